//! What the product is, and is not.

import { textsOf } from '../ui/texts.js';
import type { WorkspaceProps } from './props.js';

/** Whose work it is, and what it can't do. */
export function About({ view, locale }: Pick<WorkspaceProps, 'view' | 'locale'>) {
  const t = textsOf(locale);
  return (
    <section class="block about" aria-labelledby="about">
      <h2 id="about" tabIndex={-1}>
        {t.about}
      </h2>
      <p class="strong">{t.independence}</p>
      <p>{t.aboutPin}</p>
      <p>{t.aboutLimits}</p>
      <p class="quiet">
        {t.extensionVersion(view.extension)} · {t.licence}
      </p>
    </section>
  );
}

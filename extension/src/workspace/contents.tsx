//! The page's sections by name, where there is room beside them.

import type { Locale } from '@yinxin/proto';
import { textsOf } from '../ui/texts.js';

/** Links to the sections, in their order. */
export function Contents({ locale }: { locale: Locale }) {
  const t = textsOf(locale);
  const sections = {
    advice: t.adviceTitle,
    keys: t.keys,
    procedures: t.proceduresTitle,
    doctor: t.doctor,
    history: t.history,
    sites: t.sites,
    anchors: t.anchors,
    settings: t.settings,
    about: t.about,
  };
  return (
    <nav class="contents" aria-label={t.contents}>
      <ul>
        {Object.entries(sections).map(([id, title]) => (
          <li key={id}>
            <a href={`#${id}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

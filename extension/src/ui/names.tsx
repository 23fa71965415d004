//! The name of a certificate beside that of an account, with what differs marked.

import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import type { Advised } from '../relay.js';
import { textsOf } from './texts.js';

type Comparison = NonNullable<Advised['names']>;

/** Both names, one under the other, so that the eye finds the place. */
export function Names({ comparison, locale }: { comparison: Comparison; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <dl class="pairs">
      <dt>{t.adviceCertificateName}</dt>
      <dd>
        <Marked segments={comparison.certificate} />
      </dd>
      <dt>{t.adviceAccountName}</dt>
      <dd>
        <Marked segments={comparison.account} />
      </dd>
    </dl>
  );
}

/** A name, with what differs from the other one marked by more than colour. */
function Marked({ segments }: { segments: Comparison['account'] }) {
  return (
    <bdi>
      {segments.map(({ text, same }, index) => (same ? visible(text) : <mark key={index}>{visible(text)}</mark>))}
    </bdi>
  );
}

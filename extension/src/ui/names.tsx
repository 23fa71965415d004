//! The name of a certificate beside that of an account, with what differs marked.

import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import type { NameComparison, NameSegment } from '../../../wasm/pkg/web/yinxin.js';
import { textsOf } from './texts.js';

/** Both names, one under the other, so that the eye finds the place. */
export function Names({ comparison, locale }: { comparison: NameComparison; locale: Locale }) {
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
function Marked({ segments }: { segments: readonly NameSegment[] }) {
  return (
    <bdi>
      {segments.map(({ text, same }, index) => (same ? visible(text) : <mark key={index}>{visible(text)}</mark>))}
    </bdi>
  );
}

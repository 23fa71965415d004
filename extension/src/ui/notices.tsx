//! Certificates that end soon or have ended, as popup and workspace tell of them.

import type { Locale, TokenView } from '@yinxin/proto';
import { day, visible } from '@yinxin/ui/language.js';
import { Message } from '@yinxin/ui/parts.js';
import type { Notice } from '../background/notices.js';
import type { Advised } from '../relay.js';
import { textsOf } from './texts.js';
import { keyNamed } from './whose.js';

/** The notices in one message, with a button to take note of them. What a finding tells is not told again. */
export function Notices({
  notices,
  tokens,
  findings,
  locale,
  note,
}: {
  notices: readonly Notice[];
  /** The keys that are inserted: they tell a holder's name, which is not kept. */
  tokens: readonly TokenView[];
  /** What the page says beside it; absent until that is known. */
  findings: readonly Advised[] | undefined;
  locale: Locale;
  note(): void;
}) {
  if (notices.length === 0 || !findings) return null;
  const t = textsOf(locale);
  const certificates = tokens.flatMap(token => token.certificates);
  const toldOf = new Set(findings.filter(({ code }) => ENDS.has(code)).map(({ about }) => about?.certificate));
  const news = notices.filter(({ certificate }) => !toldOf.has(certificate));
  return (
    <Message tone={news.length > 0 ? 'warning' : 'plain'}>
      {news.length === 0 && <p>{t.noticesTold}</p>}
      <ul class="notices-list" hidden={news.length === 0}>
        {news.map(({ certificate, end, daysLeft }) => {
          const holder = certificates.find(known => known.certificate === certificate)?.holder;
          const whose =
            holder === undefined ? t.noticeUnnamed : t.noticeOf(visible(holder), keyNamed(certificate, tokens));
          return <li key={certificate}>{t.notice(whose, daysLeft, day(end, locale))}</li>;
        })}
      </ul>
      <button type="button" class="link notices-note" onClick={note}>
        {t.noticesNoted}
      </button>
    </Message>
  );
}

/** Findings of something that ends. */
export const ENDS: ReadonlySet<string> = new Set([
  'certificate-expired',
  'certificate-ends-soon',
  'expired-beside-valid',
  'seal-expired',
  'seal-ends-soon',
]);

//! Certificates that end soon or have ended, as popup and workspace tell of them.

import type { Locale, TokenView } from '@yinxin/proto';
import { day, visible } from '@yinxin/ui/language.js';
import { Message } from '@yinxin/ui/parts.js';
import type { Notice } from '../background/notices.js';
import { textsOf } from './texts.js';

/** The notices in one message, with a button to take note of them. */
export function Notices({
  notices,
  tokens,
  locale,
  note,
}: {
  notices: readonly Notice[];
  /** The keys that are inserted: they tell a holder's name, which is not kept. */
  tokens: readonly TokenView[];
  locale: Locale;
  note(): void;
}) {
  if (notices.length === 0) return null;
  const t = textsOf(locale);
  const certificates = tokens.flatMap(token => token.certificates);
  return (
    <Message tone="warning">
      <ul class="notices-list">
        {notices.map(({ certificate, end, daysLeft }) => {
          const holder = certificates.find(known => known.certificate === certificate)?.holder;
          const whose = holder === undefined ? t.noticeUnnamed : t.noticeOf(visible(holder));
          return <li key={certificate}>{t.notice(whose, daysLeft, day(end, locale))}</li>;
        })}
      </ul>
      <button type="button" class="link notices-note" onClick={note}>
        {t.noticesNoted}
      </button>
    </Message>
  );
}

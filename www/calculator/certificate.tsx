//! An order from a certificate's file: its renewal, with the days that it has left and its payer's name.

import type { Tariff } from '@yinxin/fees';
import type { CatalogueError, Locale } from '@yinxin/proto';
import { MAX_CERTIFICATE_BYTES } from '@yinxin/proto';
import { FileButton } from '@yinxin/ui/file.js';
import { visible } from '@yinxin/ui/language.js';
import { ErrorMessage } from '@yinxin/ui/parts.js';
import { useId, useState } from 'preact/hooks';
import { type Fees, tried } from './fees.js';
import { dayAfter, type Entry, usual } from './order.js';
import { textsOf } from './texts.js';

/** Reads a certificate, and fills in its renewal. */
export function CertificateChoice({
  locale,
  fees,
  tariff,
  today,
  fill,
}: {
  locale: Locale;
  /** Nothing while the core is loading. */
  fees: Fees | undefined;
  tariff: Tariff | undefined;
  /** The day in China. */
  today: string;
  fill(entry: Entry, payer: string): void;
}) {
  const t = textsOf(locale);
  const hint = useId();
  const [told, setTold] = useState<string | CatalogueError>('');

  const take = async (file: File) => {
    if (!fees) return;
    if (file.size > MAX_CERTIFICATE_BYTES) return setTold(t.certificateTooLarge);
    const certificate = await file.arrayBuffer().catch(() => undefined);
    if (!certificate) return setTold(t.certificateUnreadFile);
    const reader = await import('./reader.js').then(({ ready }) => ready).catch(() => undefined);
    if (!reader) return setTold(t.certificateNoReader);
    const read = tried(() => fees.quote({ certificate: reader.parseCertificate(certificate), seals: 1 }, tariff));
    if ('error' in read) return setTold(read.error);
    const { items, payer = '', findings } = read.value;
    const [item] = items;
    if (!item) return;
    const until = item.remainingDays === undefined ? '' : dayAfter(today, item.remainingDays);
    fill({ ...usual(), role: item.role, years: item.years ?? usual().years, until }, payer);
    // Of another CA: the amounts may not apply.
    const other = findings.find(({ code }) => code === 'tariff-other-authority');
    setTold(other ?? t.certificateTaken(visible(payer)));
  };

  return (
    <div class="from-certificate">
      <FileButton
        kind="link"
        accept=".cer,.crt,.der,.pem"
        disabled={!fees}
        describedBy={hint}
        take={file => void take(file)}
      >
        {t.certificate}
      </FileButton>
      <p class="quiet" id={hint}>
        {t.certificateHint}
      </p>
      <div role="status">
        {typeof told !== 'string' ? (
          <ErrorMessage error={told} locale={locale} tone="warning" />
        ) : (
          told !== '' && <p>{told}</p>
        )}
      </div>
    </div>
  );
}

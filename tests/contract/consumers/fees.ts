// What a page writes against the package `@yinxin/fees`: every function, with every option. Compiled only.
import * as core from '../../../wasm/pkg/fees/yinxin_fees.js';

const items: core.OrderItem[] = [
  { role: 'supplier', service: 'new', years: 2, certificates: 1, seals: 1 },
  { role: 'agency', service: 'seal-upgrade', seals: 1, remainingDays: 200, biddingClass: true },
];

export function quoted(tariff: core.Tariff): string {
  const quote: core.Quote = core.quote({ items }, tariff);
  const total: number | null = quote.total;
  const [line] = quote.lines;
  const amount: number | null | undefined = line?.amount;
  const range: core.FeeRange | undefined = quote.range;
  const notes: core.FeeNote[] = quote.guidance.notes;
  const assumption: core.Assumption | undefined = quote.assumptions[0];
  const found: core.Finding | undefined = quote.findings[0];
  const terms: core.TermComparison | undefined = quote.comparison;
  const waived: core.WaivedFee[] = quote.waived;
  const said = [notes.length, assumption?.ask, found?.severity, terms?.saving, waived[0]?.reason.en];
  return `${total === null ? `${range?.from}` : core.capitals(total)} ${amount} ${said}`;
}

export function ofCertificate(certificate: core.OrderCertificate): core.Quote[] {
  return [
    core.quote({ certificate }, null),
    core.quote({ certificate, now: 0, role: 'expert', service: 'renewal', years: 1, seals: 0, biddingClass: false }),
    core.quote({ certificate }, JSON.stringify(core.tariff())),
    // @ts-expect-error: this package reads no certificates
    core.quote({ certificate: 'Base64' }),
  ];
}

export function list(rows: readonly string[][]): string {
  const { roles, services, columns }: core.OrderWords = core.orderWords();
  const list = new core.OrderList(rows, core.tariff(null));
  const where: core.ListColumns = list.columns();
  const told: core.ListRow[] = list.push(rows, where.header + 2);
  const totals: core.ListTotals = list.totals();
  list.free();
  const payer: core.ListPayer | undefined = totals.payers[0];
  const wrong = told[0]?.error?.code === 'list-name-missing' ? told[0].error.params.item : 0;
  const words = [roles[0]?.id, services[0]?.hasTerm, columns[0]?.name.en, payer?.alike?.length];
  return `${words} ${wrong} ${totals.total}`;
}

// @ts-expect-error: a word of its own
core.quote({ items: [{ role: 'buyer', service: 'new' }] });
// @ts-expect-error: a mistyped option
core.quote({ items: [{ role: 'supplier', service: 'new', year: 1 }] });
// @ts-expect-error: neither items nor a certificate
core.quote({});
// @ts-expect-error: an amount may be open
export const open: number = core.quote({ items }).total;

//! What a list came to: the total, what is wrong with it, a transfer for each payer, and every row.

import type { ListPayer } from '@yinxin/fees';
import type { CatalogueError, Locale } from '@yinxin/proto';
import { CopyButton } from '@yinxin/ui/copy.js';
import { money, visible, yuan } from '@yinxin/ui/language.js';
import { ErrorMessage, Foreign, Message, Prose } from '@yinxin/ui/parts.js';
import { save } from '@yinxin/ui/save.js';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { figures } from '../quote.js';
import { inLanguage, textsOf } from '../texts.js';
import { inCatalogue, remarks } from './book.js';
import type { Counted, CountedRow } from './count.js';
import { listTexts } from './texts.js';

export interface ResultProps {
  readonly counted: Counted;
  /** What it was read from. */
  readonly from: string;
  /** The workbook's sheets, where there are several. */
  readonly sheets: Sheets | undefined;
  readonly locale: Locale;
  /** Makes a file of it. */
  write(format: 'xlsx' | 'csv', signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Begins anew. */
  another(): void;
}

export interface Sheets {
  /** Their names, in the workbook's order. */
  readonly names: readonly string[];
  /** The one that was read. */
  readonly read: string;
  /** The first one, if it was passed over. */
  readonly passedOver: string | undefined;
  /** Another that was asked for, and what came of it, if nothing came of it. */
  readonly asked: string | undefined;
  readonly told: string | CatalogueError | undefined;
  ask(name: string): void;
}

/** The whole result. */
export function Result({ counted, from, sheets, locale, write, another }: ResultProps) {
  const t = listTexts(locale);
  const { rows, totals, ignored } = counted;
  const number = new Intl.NumberFormat(locale).format;
  const wrong = rows.filter(row => row.error);
  const remarked = rows.filter(
    row => !row.error && (row.merged || row.findings?.some(({ severity }) => severity !== 'note')),
  );
  const sum = (pick: (payer: ListPayer) => number) => totals.payers.reduce((all, payer) => all + pick(payer), 0);
  return (
    <>
      <p class="quiet">
        {from}
        {ignored.length > 0 && ` · ${t.ignored(ignored.map(visible).join(t.separator))}`}
      </p>
      {totals.sums.length > 0 && <p>{sumsOf(totals, locale)}</p>}
      {sheets && <SheetChoice sheets={sheets} locale={locale} />}
      <div class="card total list-total" role="status">
        <p class="total-label">{totals.total === null && totals.range ? t.range : t.total}</p>
        <p class="total-figures">{figures(totals, locale)}</p>
        <p class="total-hint quiet">
          {t.counts(
            number(totals.payers.filter(payer => payer.certificates + payer.seals > 0).length),
            number(totals.rows),
            number(sum(payer => payer.certificates)),
            number(sum(payer => payer.seals)),
          )}
          {totals.total === null && ` ${t.rangeHint}`}
        </p>
        {wrong.length > 0 && <p class="total-hint problem">{t.errors(number(wrong.length))}</p>}
      </div>
      <Files locale={locale} write={write} another={another} />
      {rows.length === 0 ? (
        <Message tone="warning">
          <p class="strong">{t.nothing}</p>
          <p>{t.nothingHint}</p>
        </Message>
      ) : (
        wrong.length === 0 && (
          <Message tone="good">
            <p>{t.noErrors}</p>
          </Message>
        )
      )}
      {wrong.length > 0 && (
        <Rows title={t.errors(number(wrong.length))} hint={t.errorsHint} rows={wrong} locale={locale} kind="told" />
      )}
      {remarked.length > 0 && (
        <Rows title={t.findings(number(remarked.length))} rows={remarked} locale={locale} kind="told" />
      )}
      {totals.payers.length > 0 && <Payers payers={totals.payers} locale={locale} />}
      {rows.length > 0 && <Rows title={t.rows} rows={rows} locale={locale} kind="all" />}
      {totals.assumptions.length > 0 && (
        <Part title={t.assumptions}>
          <ul class="list-assumptions">
            {totals.assumptions.map(({ id, text, items }) => (
              <li key={id}>
                <Prose>{inLanguage(text, locale)}</Prose> <span class="quiet">{t.ofRows(number(items.length))}</span>
              </li>
            ))}
          </ul>
          {totals.assumptions[0] && (
            <p>
              <Prose dial>{t.ask(visible(totals.assumptions[0].ask))}</Prose>
            </p>
          )}
        </Part>
      )}
    </>
  );
}

/** That rows which sum up others are left out; of many the first. */
export function sumsOf({ sums }: Counted['totals'], locale: Locale): string {
  const t = listTexts(locale);
  const byTitle = new Map<string, number[]>();
  for (const { title, row } of sums) {
    const known = byTitle.get(title);
    if (known) known.push(row);
    else byTitle.set(title, [row]);
  }
  const said = Array.from(byTitle, ([title, rows]) => {
    const first = rows.slice(0, SUMS).map(String).join(t.separator);
    return t.sums(rows.length > SUMS ? t.andMore(first, String(rows.length)) : first, visible(title));
  });
  return said.join(locale === 'en' ? ' ' : '');
}

/** Which sheet was read, and another to be read instead. */
function SheetChoice({
  sheets: { names, read, passedOver, asked, told, ask },
  locale,
}: {
  sheets: Sheets;
  locale: Locale;
}) {
  const t = listTexts(locale);
  const id = useId();
  const [chosen, setChosen] = useState(read);
  return (
    <div class="list-sheets">
      <div role="status">
        {asked !== undefined && <p>{t.notRead(visible(asked), visible(read))}</p>}
        {asked === undefined && passedOver !== undefined && <p>{t.passedOver(visible(passedOver), visible(read))}</p>}
        {told !== undefined &&
          (typeof told === 'string' ? <p>{told}</p> : <ErrorMessage error={told} locale={locale} tone="warning" />)}
      </div>
      {/* Reading takes a button: a choice by the arrow keys goes through every sheet between. */}
      <form
        onSubmit={event => {
          event.preventDefault();
          if (chosen !== read) ask(chosen);
        }}
      >
        <label for={id}>{t.otherSheet}</label>
        <select id={id} value={chosen} onChange={event => setChosen(event.currentTarget.value)}>
          {names.map(name => (
            <option key={name} value={name}>
              {visible(name)}
            </option>
          ))}
        </select>
        <button type="submit" class="secondary" aria-disabled={chosen === read}>
          {t.read}
        </button>
      </form>
    </div>
  );
}

/** Whether there is an amount to transfer. */
export function pays({ total }: ListPayer): boolean {
  return total !== null && total > 0;
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  const id = useId();
  return (
    <section class="list-part" aria-labelledby={id}>
      <h3 class="part" id={id}>
        {title}
      </h3>
      {children}
    </section>
  );
}

function Files({ locale, write, another }: Pick<ResultProps, 'locale' | 'write' | 'another'>) {
  const t = listTexts(locale);
  const work = useRef<AbortController>(undefined);
  const [told, setTold] = useState<string | CatalogueError>('');
  useEffect(() => () => work.current?.abort(), []);

  const give = async (format: 'xlsx' | 'csv') => {
    work.current?.abort();
    const own = new AbortController();
    work.current = own;
    setTold(t.saving);
    try {
      save(await write(format, own.signal), format, t.file);
      setTold(t.saved(`${t.file}.${format}`));
    } catch (error) {
      if (!own.signal.aborted) setTold(inCatalogue(error));
    }
  };

  return (
    <div>
      <p class="list-acts">
        <button type="button" class="secondary" onClick={() => void give('xlsx')}>
          {t.saveXlsx}
        </button>
        <button type="button" class="secondary" onClick={() => void give('csv')}>
          {t.saveCsv}
        </button>
        <button type="button" class="secondary" onClick={() => print()}>
          {t.print}
        </button>
        <button type="button" class="link" onClick={another}>
          {t.another}
        </button>
      </p>
      <div class="list-told" role="status">
        {typeof told === 'string' ? <p class="quiet">{told}</p> : <ErrorMessage error={told} locale={locale} />}
      </div>
    </div>
  );
}

function Payers({ payers, locale }: { payers: readonly ListPayer[]; locale: Locale }) {
  const t = listTexts(locale);
  return (
    <Part title={t.payers}>
      <p class="quiet">{t.payersHint}</p>
      <p class="quiet">
        {t.payee}
        {t.colon}
        {t.payeeUnknown}
      </p>
      <Paged all={payers} size={PAYERS} locale={locale}>
        {shown => (
          <div class="card list-table">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t.payer}</th>
                  <th scope="col" class="number">
                    {t.certificates}
                  </th>
                  <th scope="col" class="number">
                    {t.seals}
                  </th>
                  <th scope="col" class="number">
                    {t.amount}
                  </th>
                  <th scope="col">{t.capitals}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map(payer => (
                  <tr key={payer.name}>
                    <th scope="row">
                      <Foreign>{payer.name}</Foreign>
                      {payer.alike && (
                        <span class="list-warning">
                          {t.alike(payer.alike.map(name => t.quoted(visible(name))).join(t.separator))}
                        </span>
                      )}
                      {payer.errors > 0 && <span class="list-warning">{t.left(String(payer.errors))}</span>}
                    </th>
                    <td class="number" data-title={t.certificates}>
                      {payer.certificates}
                    </td>
                    <td class="number" data-title={t.seals}>
                      {payer.seals}
                    </td>
                    <td class="number" data-title={t.amount}>
                      {payer.rows > 0 ? figures(payer, locale) : '–'}
                      {pays(payer) && (
                        <CopyButton
                          text={() => yuan(payer.total ?? 0)}
                          label={t.copyAmount(visible(payer.name))}
                          texts={t}
                        />
                      )}
                    </td>
                    <td data-title={t.capitals}>
                      {pays(payer) && (
                        <>
                          {payer.capitals}{' '}
                          <CopyButton
                            text={() => payer.capitals ?? ''}
                            label={t.copyCapitals(visible(payer.name))}
                            texts={t}
                          />
                        </>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
    </Part>
  );
}

/** Rows as a table: `told` those of which something is to be said, `all` every one. */
function Rows({
  title,
  hint,
  rows,
  locale,
  kind,
}: {
  title: string;
  hint?: string;
  rows: readonly CountedRow[];
  locale: Locale;
  kind: 'told' | 'all';
}) {
  const t = listTexts(locale);
  const names = textsOf(locale);
  return (
    <Part title={title}>
      {hint !== undefined && <p class="quiet">{hint}</p>}
      <Paged all={rows} size={ROWS} locale={locale}>
        {shown => (
          <div class="card list-table">
            <table>
              <thead>
                <tr>
                  <th scope="col" class="number">
                    {t.row}
                  </th>
                  <th scope="col">{t.name}</th>
                  {kind === 'all' && (
                    <>
                      <th scope="col">{t.role}</th>
                      <th scope="col">{t.service}</th>
                      <th scope="col" class="number">
                        {t.years}
                      </th>
                      <th scope="col" class="number">
                        {t.certificates}
                      </th>
                      <th scope="col" class="number">
                        {t.seals}
                      </th>
                      <th scope="col" class="number">
                        {t.amount}
                      </th>
                    </>
                  )}
                  <th scope="col">{t.remark}</th>
                </tr>
              </thead>
              <tbody>
                {shown.map(row => (
                  <tr key={row.row} class={row.error ? 'wrong' : undefined}>
                    <td class="number" data-title={t.row}>
                      {row.row}
                    </td>
                    <th scope="row">{row.name === '' ? '–' : <Foreign>{row.name}</Foreign>}</th>
                    {kind === 'all' && (
                      <>
                        <td class="word" data-title={t.role}>
                          {row.item ? names.roles[row.item.role] : '–'}
                        </td>
                        <td class="word" data-title={t.service}>
                          {row.item ? names.serviceNames[row.item.service] : '–'}
                        </td>
                        <td class="number" data-title={t.years}>
                          {row.item?.years ?? '–'}
                        </td>
                        <td class="number" data-title={t.certificates}>
                          {row.item?.certificates ?? '–'}
                        </td>
                        <td class="number" data-title={t.seals}>
                          {row.item?.seals ?? '–'}
                        </td>
                        <td class="number" data-title={t.amount}>
                          {row.item && row.amount !== null ? money(row.amount) : '–'}
                        </td>
                      </>
                    )}
                    <td class="remark" data-title={t.remark}>
                      {[...remarks(row, locale, money), ...(row.note ? [visible(row.note)] : [])].join(' ')}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
    </Part>
  );
}

/** A long list, a page at a time. */
function Paged<T>({
  all,
  size,
  locale,
  children,
}: {
  all: readonly T[];
  size: number;
  locale: Locale;
  children(shown: readonly T[]): ComponentChildren;
}) {
  const t = listTexts(locale);
  const [page, setPage] = useState(0);
  const number = new Intl.NumberFormat(locale).format;
  const last = Math.max(0, Math.ceil(all.length / size) - 1);
  const from = Math.min(page, last) * size;
  const to = Math.min(from + size, all.length);
  return (
    <>
      {children(all.slice(from, to))}
      {last > 0 && (
        <p class="list-pages">
          <button
            type="button"
            class="link"
            aria-disabled={page === 0}
            onClick={() => setPage(page => Math.max(0, page - 1))}
          >
            {t.previous}
          </button>
          <span role="status">{t.pages(number(from + 1), number(to), number(all.length))}</span>
          <button
            type="button"
            class="link"
            aria-disabled={page >= last}
            onClick={() => setPage(page => Math.min(last, page + 1))}
          >
            {t.next}
          </button>
        </p>
      )}
    </>
  );
}

/** Rows that sum up others, told by their numbers. */
const SUMS = 10;
const PAYERS = 50;
const ROWS = 100;

//! What an order costs and why, who pays, and what to do.

import type {
  FeeFinding,
  FeeNote,
  FeeRange,
  Procedure,
  Quote,
  QuoteLine,
  Service,
  TermComparison,
  WaivedFee,
} from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';
import { CopyButton } from '@yinxin/ui/copy.js';
import { money, visible } from '@yinxin/ui/language.js';
import { ErrorMessage, Message, type Tone } from '@yinxin/ui/parts.js';
import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { type Answer, renumbered } from './fees.js';
import { inLanguage, textsOf } from './texts.js';

export interface AnswerProps {
  /** Nothing while the core is loading. */
  readonly answer: Answer | undefined;
  readonly locale: Locale;
  /** The name on the certificate, as typed. */
  readonly payer: string;
  setPayer(name: string): void;
  /** Orders everything that has a term for another one. */
  setYears(years: number): void;
}

/** The whole answer. */
export function AnswerView({ answer, locale, payer, setPayer, setYears }: AnswerProps) {
  const t = textsOf(locale);
  const quote = answer?.quote;
  const title = useId();
  /** Items of the quote as they are numbered on the page. */
  const number = (item: number) => answer?.numbers[item - 1] ?? item;
  const several = (answer?.numbers.length ?? 0) + (answer?.problems.size ?? 0) > 1;
  return (
    <section class={answer ? 'answer' : 'answer waiting'} aria-labelledby={title}>
      <h2 id={title} class="visually-hidden" tabIndex={-1}>
        {t.answer}
      </h2>
      <Total answer={answer} locale={locale} />
      {quote && (
        <>
          <Findings quote={quote} number={number} locale={locale} />
          <Lines quote={quote} number={number} several={several} locale={locale} />
          {quote.comparison && (
            <Comparison quote={quote} comparison={quote.comparison} locale={locale} setYears={setYears} />
          )}
          {paysByTransfer(quote) && <Slip quote={quote} locale={locale} payer={payer} setPayer={setPayer} />}
          <Doing quote={quote} locale={locale} />
          <Assumptions quote={quote} number={number} several={several} locale={locale} />
        </>
      )}
    </section>
  );
}

function Total({ answer, locale }: { answer: Answer | undefined; locale: Locale }) {
  const t = textsOf(locale);
  const quote = answer?.quote;
  return (
    <div class="card total">
      <p class="total-label">{quote?.total == null && quote?.range ? t.range : t.total}</p>
      <p class="total-figures">{quote ? figures(quote, locale) : '\u00a0'}</p>
      <p class="total-copy">
        {quote && quote.total !== null && (
          <CopyButton text={() => plain(quote.total ?? 0)} label={t.copyNamed(t.figures)} texts={t} />
        )}
      </p>
      <p class="total-capitals">{quote?.capitals ?? '\u00a0'}</p>
      <p class="total-copy">
        {quote?.capitals && <CopyButton text={() => quote.capitals ?? ''} label={t.copyNamed(t.capitals)} texts={t} />}
      </p>
      <p class="total-hint quiet">{hintOf(answer, locale)}</p>
    </div>
  );
}

/** What is to be known of the total at a glance. */
function hintOf(answer: Answer | undefined, locale: Locale): string {
  const t = textsOf(locale);
  if (!answer) return t.loading;
  const { quote, problems } = answer;
  if (!quote) return t.nothing;
  const left = [...problems.values()].map(({ params }) => String((params as { item: number }).item));
  const hints = [
    left.length > 0 && t.partly(left.join(t.separator)),
    quote.total === null && (quote.range ? t.rangeHint : t.openHint),
    quote.perYear !== undefined && t.perYear(money(quote.perYear)),
    quote.assumptions.length > 0 && t.assumed(quote.assumptions.length),
  ];
  return t.sentences(hints.filter(hint => hint !== false));
}

/** The total, or what there is in its place. */
export function figures({ total, range }: Quote, locale: Locale): string {
  if (total !== null) return money(total);
  return range ? between(range) : textsOf(locale).open;
}

function between({ from, to }: FeeRange): string {
  return `${money(from)} – ${money(to)}`;
}

/** For a field of a form: `1200.00`. */
function plain(fen: number): string {
  return (fen / 100).toFixed(2);
}

/** Tells the new total to who doesn't see it, once the typing rests. */
export function Told({ answer, locale }: { answer: Answer | undefined; locale: Locale }) {
  const t = textsOf(locale);
  const quote = answer?.quote;
  const text = quote ? `${t.total}${t.colon}${figures(quote, locale)}` : '';
  const [told, setTold] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setTold(text), TELL_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="visually-hidden" role="status">
      {told}
    </p>
  );
}

const TELL_MS = 700;

function Findings({ quote, number, locale }: { quote: Quote; number(item: number): number; locale: Locale }) {
  if (quote.findings.length === 0) return null;
  return (
    <div class="findings">
      {quote.findings.map(finding => (
        <ErrorMessage
          key={`${finding.code}${finding.place}`}
          error={renumbered(finding, number)}
          locale={locale}
          tone={TONES[finding.severity]}
        />
      ))}
    </div>
  );
}

const TONES: Record<FeeFinding['severity'], Tone> = { fatal: 'error', warning: 'warning', note: 'plain' };

function Lines({
  quote,
  number,
  several,
  locale,
}: {
  quote: Quote;
  number(item: number): number;
  several: boolean;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const title = useId();
  const items = quote.items.map((item, at) => ({
    item,
    number: number(at + 1),
    lines: quote.lines.filter(line => line.item === at + 1),
    waived: quote.waived.filter(waived => waived.item === at + 1),
  }));
  return (
    <section class="block" aria-labelledby={title}>
      <h3 class="part" id={title}>
        {t.lines}
      </h3>
      <div class="card lines-card" hidden={quote.lines.length + quote.waived.length === 0}>
        <table class="lines">
          <thead>
            <tr>
              <th scope="col">{t.what}</th>
              <th scope="col">{t.how}</th>
              <th scope="col" class="amount">
                {t.amount}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ item, number, lines, waived }) => (
              <Fragment key={number}>
                {several && (
                  <tr class="line-item">
                    <th colSpan={3} scope="rowgroup">
                      {t.item(number)}
                      {t.colon}
                      {t.summary([t.roles[item.role], t.serviceNames[item.service]])}
                    </th>
                  </tr>
                )}
                {lines.map(line => (
                  <Line key={line.rule} line={line} locale={locale} />
                ))}
                {waived.map(fee => (
                  <Waived key={fee.waives} fee={fee} locale={locale} />
                ))}
              </Fragment>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {t.total}
              </th>
              <td class="amount">{figures(quote, locale)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="quiet">{t.tariffOf(inLanguage(quote.tariff.source, locale), quote.tariff.read)}</p>
    </section>
  );
}

function Line({ line, locale }: { line: QuoteLine; locale: Locale }) {
  const t = textsOf(locale);
  const of = line.unit.startsWith('seal') ? 'seal' : 'certificate';
  const price = money(line.unitPrice);
  return (
    <tr>
      <td class="line-what">
        {inLanguage(line.label, locale)}
        <Clause words={line.clause} locale={locale} />
      </td>
      <td class="line-how">
        {line.range ? t.timesYearly(line.count, price) : t.times(line.count, of, line.years, price)}
      </td>
      <td class="amount">{line.range ? between(line.range) : line.amount === 0 ? t.zero : money(line.amount ?? 0)}</td>
    </tr>
  );
}

function Waived({ fee, locale }: { fee: WaivedFee; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <tr class="line-waived">
      <td class="line-what">
        {inLanguage(fee.label, locale)}
        <p class="quiet">{inLanguage(fee.reason, locale)}</p>
        <Clause words={fee.clause} locale={locale} />
      </td>
      <td class="line-how">{t.waivedAmount(money(fee.amount))}</td>
      <td class="amount">{t.free}</td>
    </tr>
  );
}

/** The words of the tariff's source, for who wants to see them; on paper always. */
function Clause({ words, locale }: { words: string; locale: Locale }) {
  const t = textsOf(locale);
  const quoted = <q lang="zh-CN">{visible(words)}</q>;
  return (
    <>
      <details class="clause">
        <summary>{t.clause}</summary>
        {quoted}
      </details>
      <p class="print-only quiet">{quoted}</p>
    </>
  );
}

function Comparison({
  quote,
  comparison,
  locale,
  setYears,
}: {
  quote: Quote;
  comparison: TermComparison;
  locale: Locale;
  setYears(years: number): void;
}) {
  const t = textsOf(locale);
  const title = useId();
  const [shortest, longest] = [comparison.terms[0], comparison.terms.at(-1)];
  if (!shortest || !longest) return null;
  const bars = [
    ...comparison.terms.map(({ years, total, perYear }) => ({
      label: t.compareTerm(years) + (years > 1 ? t.each(money(perYear)) : ''),
      total,
    })),
    { label: t.compareRenewed(shortest.years, longest.years), total: comparison.shortestRenewed },
  ];
  const most = Math.max(...bars.map(({ total }) => total), 1);
  const terms = new Set(quote.items.flatMap(({ years }) => (years === undefined ? [] : [years])));
  const better = comparison.saving > 0 && !(terms.size === 1 && terms.has(longest.years));
  return (
    <section class="block comparing" aria-labelledby={title}>
      <h3 class="part" id={title}>
        {t.comparison}
      </h3>
      <div class="card comparison">
        <dl class="bars">
          {bars.map(({ label, total }) => (
            <div key={label} class="bar-row">
              <dt>{label}</dt>
              <dd>
                <span class="bar" aria-hidden="true">
                  <span class="bar-fill" style={{ width: `${(total / most) * 100}%` }} />
                </span>
                <span class="bar-value">{money(total)}</span>
              </dd>
            </div>
          ))}
        </dl>
        <p class={comparison.saving > 0 ? 'saving' : 'quiet'}>{inLanguage(comparison.text, locale)}</p>
        {better && (
          <p>
            <button type="button" class="secondary" onClick={() => setYears(longest.years)}>
              {t.changeTerm(longest.years)}
            </button>
          </p>
        )}
      </div>
    </section>
  );
}

function Assumptions({
  quote,
  number,
  several,
  locale,
}: {
  quote: Quote;
  number(item: number): number;
  several: boolean;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const title = useId();
  if (quote.assumptions.length === 0) return null;
  return (
    <section class="block" aria-labelledby={title}>
      <h3 class="part" id={title}>
        {t.assumptions}
      </h3>
      <ul class="assumptions">
        {quote.assumptions.map(({ id, text, ask, items }) => (
          <li key={id}>
            <span class="chip chip-mark">{t.assumption}</span>
            <p>
              {inLanguage(text, locale)}
              {several && items.length > 0 && t.forItems(items.map(number).join(t.separator))}{' '}
              <Phone value={ask}>{t.ask(visible(ask))}</Phone>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A telephone number that can be dialled, where it is one. */
function Phone({ value, children }: { value: string; children: string }) {
  return /^[\d+ -]{5,20}$/.test(value) && value.includes('-') ? (
    <a class="phone" href={`tel:${value.replace(/[^\d+]/g, '')}`}>
      {children}
    </a>
  ) : (
    <span>{children}</span>
  );
}

/** Whether a unit's transfer is how some of it is paid, as far as the tariff says. */
function paysByTransfer({ total, items, guidance }: Quote): boolean {
  const payments = guidance.notes.filter(({ kind }) => kind === 'payment');
  const units = items.some(({ role }) => role !== 'expert');
  return (
    total !== null && total > 0 && units && (payments.length === 0 || payments.some(({ holder }) => holder === 'unit'))
  );
}

function Slip({
  quote,
  locale,
  payer,
  setPayer,
}: {
  quote: Quote;
  locale: Locale;
  payer: string;
  setPayer(name: string): void;
}) {
  const t = textsOf(locale);
  const title = useId();
  const id = useId();
  const name = payer.trim();
  return (
    <section class="block" aria-labelledby={title}>
      <h3 class="part" id={title}>
        {t.slip}
      </h3>
      <div class="card slip">
        <div class="field no-print">
          <label for={id}>{t.payer}</label>
          <input
            id={id}
            type="text"
            autocomplete="organization"
            maxLength={MAX_PAYER}
            value={payer}
            placeholder={t.payerPlaceholder}
            aria-describedby={`${id}-hint`}
            onInput={event => setPayer(event.currentTarget.value)}
          />
          <p class="quiet" id={`${id}-hint`}>
            {t.payerHint}
          </p>
        </div>
        <dl class="slip-pairs">
          <dt>{t.payerRule}</dt>
          <dd class="slip-name">
            <bdi class={name ? '' : 'quiet'}>{name ? visible(name) : t.payerMissing}</bdi>
            {name && <CopyButton text={() => name} label={t.copyNamed(t.payer)} texts={t} />}
          </dd>
          <dt>{t.figures}</dt>
          <dd>{money(quote.total ?? 0)}</dd>
          <dt>{t.capitals}</dt>
          <dd>{quote.capitals}</dd>
        </dl>
        <p class="quiet">{t.payerSeveral}</p>
      </div>
    </section>
  );
}

/** Characters of a name. */
export const MAX_PAYER = 200;

function Doing({ quote: { guidance, items }, locale }: { quote: Quote; locale: Locale }) {
  const t = textsOf(locale);
  const described = (service: Service) => guidance.procedures.some(({ services }) => services.includes(service));
  const others = new Set(items.flatMap(({ service }) => (described(service) ? [] : [t.serviceNames[service]])));
  const title = useId();
  const kinds = Object.keys(t.notes) as FeeNote['kind'][];
  return (
    <section class="block doing" aria-labelledby={title}>
      <h3 class="part" id={title}>
        {t.doing}
      </h3>
      {guidance.undescribed && (
        <Message tone="plain">
          <p>
            {others.size > 0 && <span class="strong">{[...others].join(t.separator) + t.colon}</span>}
            {inLanguage(guidance.undescribed, locale)}
          </p>
        </Message>
      )}
      <div class="procedures">
        {guidance.procedures.map(procedure => (
          <ProcedureView key={procedure.id} procedure={procedure} locale={locale} />
        ))}
      </div>
      <dl class="card notes">
        {kinds.map(kind => {
          const notes = guidance.notes.filter(note => note.kind === kind);
          if (notes.length === 0) return null;
          return (
            <div key={kind} class="note">
              <dt>{t.notes[kind]}</dt>
              {notes.map(note => (
                <dd key={note.text['zh-CN']}>
                  {note.when && t.onlyFor[note.when]}
                  {note.way && t.onlyFor[note.way]}
                  {inLanguage(note.text, locale)} <Links links={note.links} locale={locale} />
                </dd>
              ))}
            </div>
          );
        })}
        <div class="note">
          <dt>{t.contacts}</dt>
          {guidance.contacts.map(contact => (
            <dd key={contact.value}>
              {inLanguage(contact.name, locale)} <Phone value={contact.value}>{visible(contact.value)}</Phone>
            </dd>
          ))}
        </div>
      </dl>
    </section>
  );
}

function ProcedureView({ procedure, locale }: { procedure: Procedure; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <div class="card procedure">
      <p class="procedure-way">
        <span class="chip">{procedure.way === 'online' ? t.online : t.counter}</span>
      </p>
      <h4>{inLanguage(procedure.title, locale)}</h4>
      <ol class="steps">
        {procedure.steps.map(step => (
          <li key={step.text['zh-CN']}>
            {inLanguage(step.text, locale)} <Links links={step.links} locale={locale} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Links({ links = [], locale }: { links?: string[] | undefined; locale: Locale }) {
  return (
    <>
      {links.map(link => (
        <Outside key={link} link={link} locale={locale} />
      ))}
    </>
  );
}

/** A page elsewhere: only the user opens it, and it learns nothing of this one. */
function Outside({ link, locale }: { link: string; locale: Locale }): ComponentChildren {
  return (
    <a class="outside" href={link} target="_blank" rel="noopener noreferrer">
      {visible(link.replace(/^https?:\/\//, ''))}
      <span class="visually-hidden">{textsOf(locale).newWindow}</span>
    </a>
  );
}

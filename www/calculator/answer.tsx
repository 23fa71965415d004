//! What an order costs and why, who pays, and what to do.

import type { Quote, TermComparison } from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';
import { CopyButton } from '@yinxin/ui/copy.js';
import { money, visible, yuan } from '@yinxin/ui/language.js';
import { useEffect, useId, useState } from 'preact/hooks';
import type { Answer } from './fees.js';
import { Assumptions, Doing, Findings, figures, Lines, paysByTransfer } from './quote.js';
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
          <CopyButton text={() => yuan(quote.total ?? 0)} label={t.copyNamed(t.figures)} texts={t} />
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
  const [shortest, longest] = [comparison.terms[0], comparison.terms[comparison.terms.length - 1]];
  if (!shortest || !longest) return null;
  const terms = new Set(quote.items.flatMap(({ years }) => (years === undefined ? [] : [years])));
  const isChosen = (years: number) => terms.size === 1 && terms.has(years);
  const bars = [
    ...comparison.terms.map(({ years, total, perYear }) => ({
      label: t.compareTerm(years) + (years > 1 ? t.each(money(perYear)) : ''),
      total,
      chosen: isChosen(years),
    })),
    {
      label: t.compareRenewed(shortest.years, longest.years),
      total: comparison.shortestRenewed,
      chosen: false,
    },
  ];
  const most = Math.max(...bars.map(({ total }) => total), 1);
  const better = comparison.saving > 0 && !isChosen(longest.years);
  return (
    <section class="block comparing" aria-labelledby={title}>
      <h3 class="part" id={title}>
        {t.comparison}
      </h3>
      <div class="card comparison">
        <dl class="bars">
          {bars.map(({ label, total, chosen }) => (
            <div key={label} class="bar-row" aria-current={chosen ? 'true' : undefined}>
              <dt>
                {label} {chosen && <span class="chip">{t.chosenTerm}</span>}
              </dt>
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
          <dt>{t.payee}</dt>
          <dd>{t.payeeUnknown}</dd>
        </dl>
        <p class="quiet no-print">{t.payerSeveral}</p>
      </div>
    </section>
  );
}

/** Characters of a name. */
export const MAX_PAYER = 200;

//! What the renewal of a certificate costs, and how it is done: in the CA's hall and in i信, not here.

import type { Finding, Quote } from '@yinxin/fees';
import type { CertificateView, Locale, RenewalOrder } from '@yinxin/proto';
import { CopyButton } from '@yinxin/ui/copy.js';
import { money, visible, wordsOf } from '@yinxin/ui/language.js';
import { Fragment } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { ROLES } from '../../../www/calculator/order.js';
import { Assumptions, Findings, Lines } from '../../../www/calculator/quote.js';
import { textsOf as calculatorTextsOf, inLanguage, renumbered } from '../../../www/calculator/texts.js';
import type { Renewal } from '../relay.js';
import { textsOf } from '../ui/texts.js';
import { calculatorLink } from './calculator-link.js';
import { ProcedureLink } from './procedure-link.js';

export interface RenewalProps {
  readonly certificate: CertificateView;
  readonly renewal: Renewal;
  readonly locale: Locale;
  /** The advice tells what it costs. */
  readonly told: boolean;
  /** Asks for another quote. */
  change(order: RenewalOrder): void;
}

/** The renewal of one certificate. */
export function RenewalPart(props: RenewalProps) {
  const { certificate, renewal, told, locale } = props;
  const t = textsOf(locale);
  const { quote } = renewal;
  if (!quote) return <p class="renewal quiet">{t.renewalUnpriced}</p>;
  const other = otherAuthority(quote);
  return (
    <div class="renewal">
      {!told && <RenewalLine quote={quote} locale={locale} />}
      <details class="more">
        {other ? (
          <summary aria-label={t.renewalReferenceOf(visible(certificate.holder))}>{t.renewalReference}</summary>
        ) : (
          <summary aria-label={t.renewalDetailsOf(visible(certificate.holder))}>{t.renewalDetails}</summary>
        )}
        <Details {...props} quote={quote} other={other} />
      </details>
    </div>
  );
}

/** What it costs for each term, in a line; nothing where the tariff is another authority's. */
export function RenewalLine({ quote, locale }: { quote: Quote; locale: Locale }) {
  const t = textsOf(locale);
  if (otherAuthority(quote)) return null;
  return (
    <p class="renewal-line">
      {t.renewalFees(quote.items[0]?.seals ?? 0)}
      <span class="renewal-terms">
        {quote.comparison?.terms.map(({ years, total }, at) => (
          <Fragment key={years}>
            {at > 0 && ' · '}
            <span class="renewal-term">{t.renewalTerm(years, yuan(total))}</span>
          </Fragment>
        ))}
      </span>
    </p>
  );
}

function Details({
  certificate,
  renewal: { order, sealsRead },
  quote,
  other,
  locale,
  change,
}: RenewalProps & { quote: Quote; other: Finding | undefined }) {
  const t = textsOf(locale);
  const said = other && wordsOf(renumbered(other, same), locale);
  const rest = { ...quote, findings: quote.findings.filter(finding => finding !== other) };
  return (
    <div class="renewal-details">
      {said ? (
        <p>
          {said.message} {said.remedy}
        </p>
      ) : (
        <p>{t.renewalWhere}</p>
      )}
      <Order
        certificate={certificate}
        sealsRead={sealsRead}
        quote={quote}
        order={order}
        locale={locale}
        change={change}
      />
      <Findings quote={rest} number={same} locale={locale} />
      <Lines quote={quote} number={same} several={false} locale={locale} />
      {quote.comparison && <p class="quiet">{inLanguage(quote.comparison.text, locale)}</p>}
      {/* Whom to pay and where to go is the other CA's to say. */}
      {!other && (
        <>
          <Payment certificate={certificate} quote={quote} locale={locale} />
          <p>
            <ProcedureLink id={certificate.daysLeft < 0 ? 'renewal-lapsed-online' : 'renewal-online'}>
              {t.renewalHow}
            </ProcedureLink>
          </p>
        </>
      )}
      <Assumptions quote={quote} number={same} several={false} locale={locale} />
      <p>
        <a href={calculatorLink(quote, certificate.notAfter)} target="_blank" rel="noopener noreferrer">
          {t.renewalCalculator}
        </a>
      </p>
    </div>
  );
}

/** What the certificate does not say: for how long, with how many seals, in which role. */
function Order({
  certificate: { kind },
  sealsRead,
  quote,
  order: quoted,
  locale,
  change,
}: Pick<RenewalProps, 'certificate' | 'locale' | 'change'> & Pick<Renewal, 'order' | 'sealsRead'> & { quote: Quote }) {
  const t = textsOf(locale);
  const words = calculatorTextsOf(locale);
  const id = useId();
  /** What the next quote will be for: answers to earlier changes may still come in between. */
  const [asked, setAsked] = useState<RenewalOrder>();
  const order = asked ?? quoted;
  const ask = (next: RenewalOrder) => {
    setAsked(next);
    change(next);
  };
  useEffect(() => {
    const { years, seals, role } = quoted;
    setAsked(last => (last?.years === years && last.seals === seals && last.role === role ? undefined : last));
  }, [quoted]);
  const [typed, setTyped] = useState(String(order.seals));
  // Another page of the workspace may have changed it.
  useEffect(() => setTyped(String(order.seals)), [order.seals]);
  const valid = /^\d{1,3}$/.test(typed);
  return (
    <div class="renewal-order">
      <fieldset>
        <legend>{words.years}</legend>
        {quote.comparison?.terms.map(({ years }) => (
          <label key={years} class="renewal-year">
            <input
              type="radio"
              name={`${id}-years`}
              checked={order.years === years}
              onChange={() => ask({ ...order, years })}
            />
            {words.year(years)}
          </label>
        ))}
      </fieldset>
      <div class="renewal-field">
        <label for={`${id}-seals`}>{words.seals}</label>
        <input
          id={`${id}-seals`}
          type="number"
          inputMode="numeric"
          min="0"
          max="999"
          value={typed}
          aria-invalid={!valid}
          aria-describedby={`${id}-hint`}
          onInput={({ currentTarget: { value } }) => {
            setTyped(value);
            if (/^\d{1,3}$/.test(value)) ask({ ...order, seals: Number(value) });
          }}
        />
      </div>
      {kind !== 'expert' && (
        <div class="renewal-field">
          <label for={`${id}-role`}>{words.role}</label>
          <select
            id={`${id}-role`}
            value={order.role ?? ''}
            onChange={({ currentTarget: { value } }) => {
              const { role: _, ...rest } = order;
              ask(value === '' ? rest : { ...rest, role: value });
            }}
          >
            <option value="">{t.renewalRoleOpen}</option>
            {ROLES.filter(role => role !== 'expert' || kind !== 'unit').map(role => (
              <option key={role} value={role}>
                {words.roles[role]}
              </option>
            ))}
          </select>
        </div>
      )}
      <p class="quiet" id={`${id}-hint`}>
        {t.renewalSeals(sealsRead)}
      </p>
    </div>
  );
}

/** Who pays how much, for the transfer slip; of an expert the tariff says nothing. */
function Payment({
  certificate: { holder, kind },
  quote,
  locale,
}: Pick<RenewalProps, 'certificate' | 'locale'> & { quote: Quote }) {
  const words = calculatorTextsOf(locale);
  const { total, capitals, items } = quote;
  if (total === null || total === 0) return null;
  const byTransfer = items.some(({ role }) => role !== 'expert');
  const unit = byTransfer && kind === 'unit';
  return (
    <div class="block">
      <h3 class="part">{unit ? words.slip : words.amount}</h3>
      <dl class="slip-pairs">
        {unit && (
          <>
            <dt>{words.payerRule}</dt>
            <dd class="slip-name">
              <bdi>{visible(holder)}</bdi>
              <CopyButton text={() => holder} label={words.copyNamed(words.payer)} texts={words} />
            </dd>
          </>
        )}
        <dt>{words.figures}</dt>
        <dd>{money(total)}</dd>
        <dt>{words.capitals}</dt>
        <dd>{capitals}</dd>
      </dl>
      {byTransfer && !unit && <p class="quiet">{textsOf(locale).renewalPayerOpen}</p>}
    </div>
  );
}

/** The finding that the tariff is not that of the certificate's CA. */
function otherAuthority({ findings }: Quote): Finding | undefined {
  return findings.find(({ code }) => code === 'tariff-other-authority');
}

/** Fen as yuan, with what is less than one only where there is some: `200`, `66.67`. */
export function yuan(fen: number): string {
  return fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2);
}

/** There is one item, and nothing to tell it from. */
const same = (item: number) => item;

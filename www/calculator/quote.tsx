//! What every view of a quote shows: lines with their clauses, what is assumed, and what to do.

import type { FeeNote, FeeRange, Finding, Procedure, Quote, QuoteLine, Service, WaivedFee } from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';
import { day, money, visible } from '@yinxin/ui/language.js';
import { Outside } from '@yinxin/ui/outside.js';
import { ErrorMessage, Message, Prose, type Tone } from '@yinxin/ui/parts.js';
import { Fragment } from 'preact';
import { inLanguage, renumbered, textsOf } from './texts.js';

/** The total, or what there is in its place. */
export function figures({ total, range }: Pick<Quote, 'total' | 'range'>, locale: Locale): string {
  if (total !== null) return money(total);
  return range ? between(range) : textsOf(locale).open;
}

function between({ from, to }: FeeRange): string {
  return `${money(from)} – ${money(to)}`;
}

export function Findings({ quote, number, locale }: { quote: Quote; number(item: number): number; locale: Locale }) {
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

const TONES: Record<Finding['severity'], Tone> = { fatal: 'error', warning: 'warning', note: 'plain' };

export function Lines({
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
  const items = quote.items.map((item, at) => ({
    item,
    number: number(at + 1),
    lines: quote.lines.filter(line => line.item === at + 1),
    waived: quote.waived.filter(waived => waived.item === at + 1),
  }));
  return (
    <div class="block">
      <h3 class="part">{t.lines}</h3>
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
      <p class="quiet">{t.tariffOf(inLanguage(quote.tariff.source, locale), day(quote.tariff.read, locale))}</p>
    </div>
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

export function Assumptions({
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
  if (quote.assumptions.length === 0) return null;
  return (
    <div class="block">
      <h3 class="part">{t.assumptions}</h3>
      <ul class="assumptions">
        {quote.assumptions.map(({ id, text, ask, items }) => (
          <li key={id}>
            <span class="chip chip-mark">{t.assumption}</span>
            <p>
              <Prose>{inLanguage(text, locale)}</Prose>
              {several && items.length > 0 && t.forItems(items.map(number).join(t.separator))}{' '}
              <Prose dial>{t.ask(visible(ask))}</Prose>
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Whether a unit's transfer is how some of it is paid, as far as the tariff says. */
export function paysByTransfer({ total, items, guidance }: Quote): boolean {
  const payments = guidance.notes.filter(({ kind }) => kind === 'payment');
  const units = items.some(({ role }) => role !== 'expert');
  return (
    total !== null && total > 0 && units && (payments.length === 0 || payments.some(({ holder }) => holder === 'unit'))
  );
}

export function Doing({ quote: { guidance, items }, locale }: { quote: Quote; locale: Locale }) {
  const t = textsOf(locale);
  const described = (service: Service) => guidance.procedures.some(({ services }) => services.includes(service));
  const others = new Set(items.flatMap(({ service }) => (described(service) ? [] : [t.serviceNames[service]])));
  const kinds = Object.keys(t.notes) as FeeNote['kind'][];
  return (
    <div class="block doing">
      <h3 class="part">{t.doing}</h3>
      {guidance.undescribed && (
        <Message tone="plain">
          <p>
            {others.size > 0 && <span class="strong">{[...others].join(t.separator) + t.colon}</span>}
            <Prose>{inLanguage(guidance.undescribed, locale)}</Prose>
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
                  <Prose>{inLanguage(note.text, locale)}</Prose> <Links links={note.links} locale={locale} />
                </dd>
              ))}
            </div>
          );
        })}
        <div class="note">
          <dt>{t.contacts}</dt>
          {guidance.contacts.map(contact => (
            <dd key={contact.value}>
              {inLanguage(contact.name, locale)} <Prose dial>{visible(contact.value)}</Prose>
            </dd>
          ))}
        </div>
      </dl>
    </div>
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
            <Prose>{inLanguage(step.text, locale)}</Prose> <Links links={step.links} locale={locale} />
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Pages elsewhere. */
export function Links({ links = [], locale }: { links?: string[] | undefined; locale: Locale }) {
  return (
    <>
      {links.map(link => (
        <Outside key={link} link={link} locale={locale} />
      ))}
    </>
  );
}

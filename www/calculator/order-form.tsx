//! What is ordered, to be filled in.

import type { CatalogueError, Locale } from '@yinxin/proto';
import { wordsOf } from '@yinxin/ui/language.js';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import {
  daysOf,
  type Entry,
  fieldsOf,
  hasNoTerm,
  isDate,
  MAX_ENTRIES,
  MAX_TYPED,
  ROLES,
  SERVICES,
  usual,
} from './order.js';
import { textsOf } from './texts.js';

export interface OrderFormProps {
  readonly entries: readonly Entry[];
  readonly locale: Locale;
  /** Why an entry can't be ordered, by its id. */
  readonly problems: ReadonlyMap<number, CatalogueError>;
  /** Terms of the tariff, in years. */
  readonly terms: readonly number[];
  /** The day in China, to which an entry's last day is counted. */
  readonly today: string;
  change(entries: readonly Entry[]): void;
}

/** All items, one of them open. */
export function OrderForm({ entries, locale, problems, terms, today, change }: OrderFormProps) {
  const t = textsOf(locale);
  const [open, setOpen] = useState(entries[0]?.id);
  const list = useRef<HTMLOListElement>(null);
  const adder = useRef<HTMLButtonElement>(null);
  /** Where the focus goes once the change is drawn. */
  const focus = useRef<(() => HTMLElement | null | undefined) | undefined>(undefined);
  useLayoutEffect(() => {
    focus.current?.()?.focus();
    focus.current = undefined;
  });

  const current = entries.some(({ id }) => id === open) ? open : entries[0]?.id;
  const openAt = (at: number, id: number | undefined) => {
    setOpen(id);
    focus.current = () => list.current?.children[at]?.querySelector('input:checked');
  };
  const full = entries.length >= MAX_ENTRIES;
  return (
    <>
      <ol class="items" ref={list}>
        {entries.map((entry, at) => (
          <li key={entry.id} class="card item">
            {entries.length > 1 && (
              <div class="item-head">
                <h3>{t.item(at + 1)}</h3>
                <button
                  type="button"
                  class="link"
                  aria-label={t.removeItem(at + 1)}
                  onClick={() => {
                    change(entries.filter(other => other !== entry));
                    // The next one takes its place, or else the last one.
                    const next = Math.min(at, entries.length - 2);
                    focus.current = () =>
                      list.current?.children[next]?.querySelector<HTMLElement>('.item-head .link') ?? adder.current;
                  }}
                >
                  {t.remove}
                </button>
              </div>
            )}
            {entry.id === current ? (
              <Fields
                entry={entry}
                number={at + 1}
                locale={locale}
                terms={terms}
                today={today}
                change={next => change(entries.map(other => (other === entry ? next : other)))}
              />
            ) : (
              <div class="item-closed">
                <p>{summaryOf(entry, locale)}</p>
                <button type="button" class="link" aria-label={t.editItem(at + 1)} onClick={() => openAt(at, entry.id)}>
                  {t.edit}
                </button>
              </div>
            )}
            <Problem error={problems.get(entry.id)} locale={locale} />
          </li>
        ))}
      </ol>
      <p>
        <button
          ref={adder}
          type="button"
          class="secondary"
          aria-disabled={full}
          onClick={() => {
            if (full) return;
            const entry = { ...usual(), role: entries[entries.length - 1]?.role ?? usual().role };
            change([...entries, entry]);
            openAt(entries.length, entry.id);
          }}
        >
          {t.addItem}
        </button>{' '}
        {full && <span class="quiet">{t.full(MAX_ENTRIES)}</span>}
      </p>
    </>
  );
}

/** What an entry orders, in one line. */
export function summaryOf(entry: Entry, locale: Locale): string {
  const t = textsOf(locale);
  const fields = fieldsOf(entry.service);
  const parts = [t.roles[entry.role], t.serviceNames[entry.service]];
  if (fields.has('years') && !hasNoTerm(entry)) parts.push(t.year(entry.years));
  if (fields.has('certificates')) parts.push(t.certificateCount(entry.certificates.trim() || '–'));
  if (fields.has('seals')) parts.push(t.sealCount(entry.seals.trim() || '–'));
  return t.summary(parts);
}

function Problem({ error, locale }: { error: CatalogueError | undefined; locale: Locale }) {
  const words = error && wordsOf(error, locale);
  return (
    <div class="item-problem" role="alert">
      {words && (
        <>
          <p class="strong">{words.message}</p>
          <p>{words.remedy}</p>
        </>
      )}
    </div>
  );
}

function Fields({
  entry,
  number,
  locale,
  terms,
  today,
  change,
}: {
  entry: Entry;
  /** From 1. */
  number: number;
  locale: Locale;
  terms: readonly number[];
  today: string;
  change(entry: Entry): void;
}) {
  const t = textsOf(locale);
  const fields = fieldsOf(entry.service);
  const set = (part: Partial<Entry>) => change({ ...entry, ...part });
  return (
    <fieldset class="fields">
      <legend class="visually-hidden">{t.item(number)}</legend>
      <Choice
        label={t.role}
        options={ROLES.map(role => [role, t.roles[role]])}
        chosen={entry.role}
        choose={role => set({ role })}
      />
      <fieldset class="field">
        <legend>{t.service}</legend>
        <div class="services">
          {(Object.keys(SERVICES) as (keyof typeof SERVICES)[]).map(group => (
            <div key={group} class="service-group">
              <span class="quiet" id={`${entry.id}-${group}`}>
                {t.groups[group]}
              </span>
              <div class="choices">
                {SERVICES[group].map(service => (
                  <Option
                    key={service}
                    name={`service-${entry.id}`}
                    chosen={entry.service === service}
                    choose={() => set({ service })}
                    label={t.serviceNames[service]}
                    value={service}
                  >
                    {t.services[service]}
                  </Option>
                ))}
              </div>
            </div>
          ))}
        </div>
        {/* 续期 is said of both. */}
        <div role="status">
          {entry.service === 'seal-renewal' && (
            <p class="quiet">
              {t.sealRenewalHint}{' '}
              <button
                type="button"
                class="link"
                onClick={event => {
                  // The button goes.
                  const field = event.currentTarget.closest('fieldset');
                  field?.querySelector<HTMLElement>('input[value="renewal"]')?.focus();
                  set({ service: 'renewal' });
                }}
              >
                {t.renewInstead}
              </button>
            </p>
          )}
        </div>
      </fieldset>
      {fields.has('years') && (
        <Choice
          label={t.years}
          options={terms.map(years => [years, t.year(years)])}
          chosen={entry.years}
          choose={years => set({ years })}
          unused={hasNoTerm(entry) ? t.yearsUnused : undefined}
        />
      )}
      <div class="counts">
        {fields.has('certificates') && (
          <Count
            label={t.certificates}
            unit={t.certificateUnit}
            value={entry.certificates}
            locale={locale}
            set={certificates => set({ certificates })}
          />
        )}
        {fields.has('seals') && (
          <Count label={t.seals} unit={t.sealUnit} value={entry.seals} locale={locale} set={seals => set({ seals })} />
        )}
      </div>
      {fields.has('days') && <Rest entry={entry} locale={locale} today={today} set={set} />}
      {fields.has('bidding') && (
        <Choice
          label={t.bidding}
          options={[
            [true, t.yes],
            [false, t.no],
            [undefined, t.unsure],
          ]}
          chosen={entry.bidding}
          choose={bidding => set({ bidding })}
        />
      )}
    </fieldset>
  );
}

/** One of a few, all of them in sight. */
function Choice<T extends string | number | boolean | undefined>({
  label,
  options,
  chosen,
  choose,
  unused,
}: {
  label: string;
  options: readonly (readonly [T, string])[];
  chosen: T;
  choose(value: T): void;
  /** Why the choice does not count now. */
  unused?: string | undefined;
}) {
  const name = useId();
  return (
    <fieldset class={unused ? 'field unused' : 'field'}>
      <legend>{label}</legend>
      <div class="choices">
        {options.map(([value, text]) => (
          <Option key={String(value)} name={name} chosen={value === chosen} choose={() => choose(value)}>
            {text}
          </Option>
        ))}
        {unused && <span class="quiet">{unused}</span>}
      </div>
    </fieldset>
  );
}

function Option({
  name,
  chosen,
  choose,
  label,
  value,
  children,
}: {
  name: string;
  chosen: boolean;
  choose(): void;
  /** Its whole name, where the text leaves out what stands before it. */
  label?: string;
  value?: string;
  children: string;
}) {
  return (
    <label class="choice">
      <input type="radio" name={name} value={value} checked={chosen} aria-label={label} onChange={choose} />
      <span>{children}</span>
    </label>
  );
}

/** A number, typed or stepped. */
function Count({
  label,
  unit,
  value,
  locale,
  set,
}: {
  label: string;
  unit: string;
  value: string;
  locale: Locale;
  set(value: string): void;
}) {
  const t = textsOf(locale);
  const id = useId();
  const step = (by: number) => set(String(Math.max(0, (/^\s*\d{1,6}\s*$/.test(value) ? Number(value) : 0) + by)));
  return (
    <div class="field count">
      <label for={id}>{label}</label>
      <div class="stepper">
        <button type="button" class="step" aria-label={t.less(label)} onClick={() => step(-1)}>
          <span aria-hidden="true">−</span>
        </button>
        <input
          id={id}
          type="text"
          inputMode="numeric"
          autocomplete="off"
          maxLength={MAX_TYPED}
          value={value}
          onInput={event => set(event.currentTarget.value)}
          onKeyDown={event => {
            const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            step(by);
          }}
        />
        <button type="button" class="step" aria-label={t.more(label)} onClick={() => step(1)}>
          <span aria-hidden="true">+</span>
        </button>
        {unit && <span class="quiet">{unit}</span>}
      </div>
    </div>
  );
}

/** What is left of the certificate: a number of days, or its last day. */
function Rest({
  entry,
  locale,
  today,
  set,
}: {
  entry: Entry;
  locale: Locale;
  today: string;
  set(part: Partial<Entry>): void;
}) {
  const t = textsOf(locale);
  const id = useId();
  const hint = t.restOf[entry.service];
  return (
    <fieldset class="field">
      <legend>{t.rest}</legend>
      <div class="rest">
        <input
          class="rest-days"
          type="text"
          inputMode="numeric"
          autocomplete="off"
          maxLength={MAX_TYPED}
          aria-label={t.days}
          aria-describedby={hint && `${id}-hint`}
          value={daysOf(entry, today)}
          onInput={event => set({ days: event.currentTarget.value, until: '' })}
        />
        {t.dayUnit && <span>{t.dayUnit}</span>}
        <span class="quiet">{t.or}</span>
        <label class="rest-until">
          <span>{t.until}</span>
          <input
            type="date"
            min="2000-01-01"
            max="2099-12-31"
            value={entry.until}
            onInput={event => {
              const until = event.currentTarget.value;
              // Half a date says nothing yet.
              if (until === '' || isDate(until)) set({ until, days: '' });
            }}
          />
        </label>
      </div>
      {hint && (
        <p class="quiet" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </fieldset>
  );
}

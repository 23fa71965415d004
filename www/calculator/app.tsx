//! The calculator: one order with its answer, or a list.

import type { Quote, Tariff } from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';
import { CopyButton } from '@yinxin/ui/copy.js';
import { Frame, UpdateNotice, useLocale } from '@yinxin/ui/frame.js';
import { day, visible } from '@yinxin/ui/language.js';
import { keep, recall } from '@yinxin/ui/memory.js';
import { keepOffline, type Update } from '@yinxin/ui/offline.js';
import { Message } from '@yinxin/ui/parts.js';
import type { FunctionComponent } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { AnswerView, MAX_PAYER, Told } from './answer.js';
import { CertificateChoice } from './certificate.js';
import { answer, type Fees, ready } from './fees.js';
import type { ListProps } from './list/list.js';
import { type Entry, fieldsOf, read, restore, TERMS, todayInChina, usual, write } from './order.js';
import { OrderForm, summaryOf } from './order-form.js';
import { figures } from './quote.js';
import { TariffChoice } from './tariff.js';
import { textsOf } from './texts.js';

/** The fragments of the two views; any other one is an order. */
const [ORDER_VIEW, LIST] = ['order', 'list'] as const;

/** The page. */
export function App() {
  const [locale, choose] = useLocale();
  const t = textsOf(locale);
  const [fees, setFees] = useState<Fees | 'broken'>();
  const [view, setView] = useState(viewOf);
  const [tariff, setTariff] = useState<Tariff>();
  const [update, setUpdate] = useState<Update>();

  useEffect(() => {
    ready.then(setFees, () => setFees('broken'));
    // Keeping the files takes what the first answer needs: it comes after.
    if (OFFLINE) setTimeout(() => void keepOffline(next => setUpdate(() => next)), OFFLINE_MS);
    const follow = () => setView(viewOf());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  const loaded = fees === 'broken' ? undefined : fees;
  return (
    <Frame title={t.title} locale={locale} choose={choose} foot={<Foot locale={locale} />}>
      <p class="lead">{t.lead}</p>
      {fees === 'broken' && (
        <Message tone="error">
          <p class="strong">{t.broken}</p>
          <p>{t.brokenHint}</p>
        </Message>
      )}
      <nav class="views no-print" aria-label={t.views}>
        <a href={`#${ORDER_VIEW}`} aria-current={view === ORDER_VIEW ? 'page' : undefined}>
          {t.single}
        </a>
        <a href={`#${LIST}`} aria-current={view === LIST ? 'page' : undefined}>
          {t.list}
        </a>
      </nav>
      {/* An order that is being filled in stays while the list is looked at. */}
      <div hidden={view === LIST}>
        <Single locale={locale} fees={loaded} tariff={tariff} />
      </div>
      {view === LIST && <LazyList locale={locale} fees={loaded} tariff={tariff} />}
      <UpdateNotice update={update} locale={locale} />
      <TariffChoice locale={locale} fees={loaded} tariff={tariff} setTariff={setTariff} />
    </Frame>
  );
}

/** The list is loaded when it is first wanted: most come for one order. */
function LazyList(props: ListProps) {
  const [List, setList] = useState<FunctionComponent<ListProps>>();
  useEffect(() => void import('./list/list.js').then(module => setList(() => module.List)), []);
  return List ? <List {...props} /> : <p class="quiet">{textsOf(props.locale).loading}</p>;
}

function Single({ locale, fees, tariff }: { locale: Locale; fees: Fees | undefined; tariff: Tariff | undefined }) {
  const t = textsOf(locale);
  const title = useId();
  const [entries, setEntries] = useState(begin);
  const [broken, setBroken] = useState(() => linked() === 'broken');
  const [payer, setPayer] = useState(() => text(recall(PAYER)));
  const [notKept, setNotKept] = useState(false);
  const [news, setNews] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const result = useRef<HTMLDivElement>(null);
  const today = useToday();

  const found = useMemo(
    () => (fees ? answer(fees, entries, today, tariff) : undefined),
    [fees, entries, today, tariff],
  );
  useLayoutEffect(() => {
    if (found && performance.getEntriesByName('quote').length === 0) performance.mark('quote');
  }, [found]);

  // What was typed stays on this device; the address carries the order, for a bookmark or a reload.
  const edited = useRef(false);
  useEffect(() => {
    if (!edited.current) return;
    const timer = setTimeout(() => {
      setNotKept(!keep(ORDER, entries) || !keep(PAYER, payer || undefined));
      show(write(entries));
    }, KEEP_MS);
    return () => clearTimeout(timer);
  }, [entries, payer]);

  // Another link in the same tab, or back and forward.
  useEffect(() => {
    const follow = () => {
      const link = linked();
      if (link === undefined) return;
      setBroken(link === 'broken');
      if (link !== 'broken') setEntries(link);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  const change = (next: readonly Entry[]) => {
    edited.current = true;
    setBroken(false);
    setNews('');
    setEntries(next);
  };
  const clear = () => {
    edited.current = false;
    keep(ORDER, undefined);
    keep(PAYER, undefined);
    show('');
    setEntries([usual()]);
    setPayer('');
    setBroken(false);
    setNews(t.cleared);
    heading.current?.focus();
  };
  return (
    <div class="columns">
      <section class="order no-print" aria-labelledby={title}>
        <h2 id={title} ref={heading} tabIndex={-1}>
          {t.order}
        </h2>
        {broken && (
          <Message tone="warning">
            <p class="strong">{t.linkBroken}</p>
            <p>{t.linkBrokenHint}</p>
          </Message>
        )}
        <OrderForm
          entries={entries}
          locale={locale}
          problems={found?.problems ?? NONE}
          terms={tariff?.terms ?? TERMS}
          today={today}
          change={change}
        />
        <CertificateChoice
          locale={locale}
          fees={fees}
          tariff={tariff}
          today={today}
          fill={(entry, name) => {
            change([entry]);
            setPayer(name.slice(0, MAX_PAYER));
          }}
        />
        <div class="order-acts">
          <CopyButton text={() => linkTo(entries)} label={t.copyLink} texts={{ ...t, copy: t.copyLink }} />
          <button type="button" class="link" onClick={() => print()}>
            {t.print}
          </button>
          <button type="button" class="link" onClick={clear}>
            {t.clear}
          </button>
        </div>
        <p class="quiet" role="status">
          {notKept ? t.notKept : news || t.linkHint}
        </p>
      </section>
      <div ref={result} class="result" tabIndex={-1}>
        <Sheet entries={entries} quote={found?.quote} locale={locale} />
        <AnswerView
          answer={found}
          locale={locale}
          payer={payer}
          setPayer={name => {
            edited.current = true;
            setPayer(name.slice(0, MAX_PAYER));
          }}
          setYears={years => {
            change(entries.map(entry => (fieldsOf(entry.service).has('years') ? { ...entry, years } : entry)));
          }}
        />
      </div>
      <div class="total-bar no-print">
        <span>{t.total}</span>
        <span class="total-bar-figures">{found?.quote ? figures(found.quote, locale) : '–'}</span>
        <button
          type="button"
          class="link"
          onClick={() => {
            result.current?.focus({ preventScroll: true });
            result.current?.scrollIntoView({ block: 'start' });
          }}
        >
          {t.seeTotal}
        </button>
      </div>
      <Told answer={found} locale={locale} />
    </div>
  );
}

/** What paper needs and the form says on the screen. */
function Sheet({ entries, quote, locale }: { entries: readonly Entry[]; quote: Quote | undefined; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <div class="print-only">
      <ul class="sheet-order">
        {entries.map((entry, at) => (
          <li key={entry.id}>
            {entries.length > 1 && `${t.item(at + 1)} `}
            {visible(summaryOf(entry, locale))}
          </li>
        ))}
      </ul>
      {quote && <p class="quiet">{t.printed(day(new Date().toISOString(), locale, 'local'))}</p>}
    </div>
  );
}

function Foot({ locale }: { locale: Locale }) {
  const t = textsOf(locale);
  return (
    <p class="no-print">
      {t.privacy} {t.licence}
    </p>
  );
}

/** The order of the address, if it has one. */
function linked(): readonly Entry[] | 'broken' | undefined {
  const link = fragment();
  return link === '' || link === LIST || link === ORDER_VIEW ? undefined : (read(link) ?? 'broken');
}

/** The order to begin with: the link's, or what was kept, or the usual one. */
function begin(): readonly Entry[] {
  const link = linked();
  return (link === 'broken' ? undefined : link) ?? restore(recall(ORDER)) ?? [usual()];
}

function viewOf() {
  return fragment() === LIST ? LIST : ORDER_VIEW;
}

/** What stands after `#`, without what it may be encoded in; as it is where that can't be undone. */
function fragment(): string {
  const raw = location.hash.slice(1);
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** Puts an order into the address, in the place of what stood there. */
function show(order: string): void {
  try {
    history.replaceState(null, '', `#${order}`);
  } catch {
    // A browser may refuse it, for a file or when it comes too often: the page works without.
  }
}

function linkTo(entries: readonly Entry[]): string {
  return `${location.href.split('#', 1)[0]}#${write(entries)}`;
}

/** The day in China, which can change while the page is open. */
function useToday(): string {
  const [today, setToday] = useState(() => todayInChina());
  useEffect(() => {
    const look = () => setToday(todayInChina());
    const timer = setInterval(look, 60_000);
    return () => clearInterval(timer);
  }, []);
  return today;
}

function text(kept: unknown): string {
  return typeof kept === 'string' ? kept.slice(0, MAX_PAYER) : '';
}

const NONE = new Map<number, never>();
const ORDER = 'calculator.order';
const PAYER = 'calculator.payer';
const KEEP_MS = 300;
const OFFLINE_MS = 1_000;

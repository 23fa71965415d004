//! A list of orders: read, counted, told, and given back as a file or on paper.

import type { Tariff } from '@yinxin/fees';
import type { CatalogueError, Locale } from '@yinxin/proto';
import { throwIfAborted } from '@yinxin/ui/abort.js';
import { DropPlace, FileButton } from '@yinxin/ui/file.js';
import { day, visible } from '@yinxin/ui/language.js';
import { ErrorMessage } from '@yinxin/ui/parts.js';
import { save } from '@yinxin/ui/save.js';
import { Fragment } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Fees } from '../fees.js';
import type { Table } from '../sheet/client.js';
import { spreadsheets } from '../spreadsheets.js';
import { inLanguage } from '../texts.js';
import { inCatalogue, results, template } from './book.js';
import { type Counted, count } from './count.js';
import { printing } from './paper.js';
import { Result, type Sheets } from './result.js';
import { listTexts } from './texts.js';

export interface ListProps {
  readonly locale: Locale;
  /** Nothing while the core is loading. */
  readonly fees: Fees | undefined;
  /** The tariff that was loaded; the built-in one where there is none. */
  readonly tariff: Tariff | undefined;
}

/** A table, and what it was read from. */
interface Source {
  readonly table: Table;
  /** Another sheet of it can be asked for. */
  readonly file: Blob;
  /** Of the file; nothing for what was pasted. */
  readonly name: string | undefined;
  /** The first sheet, where it does not have the columns of a list and another was taken. */
  readonly passedOver?: string | undefined;
}

/** What is going on. A list is kept as long as it is shown, and nowhere else. */
type State =
  | { readonly is: 'empty'; readonly told?: 'cancelled' | 'oneFile' | CatalogueError }
  | { readonly is: 'busy'; readonly done: number; readonly all: number }
  | {
      readonly is: 'counted';
      readonly source: Source;
      readonly counted: Counted;
      /** Another sheet that was asked for, and what came of it, if nothing came of it. */
      readonly asked?: string;
      readonly told?: 'cancelled' | CatalogueError;
    };

/** The view of a list. */
export function List({ locale, fees, tariff }: ListProps) {
  const t = listTexts(locale);
  const title = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const work = useRef<AbortController>(undefined);
  const [state, setState] = useState<State>({ is: 'empty' });

  useEffect(() => () => work.current?.abort(), []);

  /** Does something that can be cancelled, and shows what it comes to; `or` else, which is told why. */
  const run = async (todo: (signal: AbortSignal) => Promise<State>, or: Exclude<State, { is: 'busy' }> = EMPTY) => {
    work.current?.abort();
    const own = new AbortController();
    work.current = own;
    setState({ is: 'busy', done: 0, all: 0 });
    try {
      const state = await todo(own.signal);
      if (work.current === own) setState(state);
      heading.current?.focus();
    } catch (error) {
      if (work.current !== own) return;
      setState({ ...or, told: own.signal.aborted ? 'cancelled' : inCatalogue(error) });
      if (or.is === 'counted') heading.current?.focus();
    }
  };

  const counted = async (source: Source, fees: Fees, signal: AbortSignal): Promise<State> => {
    const progress = (done: number, all: number) => setState({ is: 'busy', done, all });
    const counted = await count(fees, source.table, tariff, progress, signal);
    return { is: 'counted', source, counted };
  };

  const take = (file: Blob, name: string | undefined) => {
    if (!fees) return;
    void run(async signal => {
      const table = await spreadsheets.read(file, signal);
      try {
        return await counted({ table, file, name }, fees, signal);
      } catch (error) {
        if (inCatalogue(error).code !== 'list-columns-missing') throw error;
        // Often the first sheet holds notes alone: the first that has the columns is meant.
        for (const sheet of table.sheets ?? []) {
          if (sheet === table.sheet) continue;
          try {
            const other = await spreadsheets.read(file, signal, sheet);
            return await counted({ table: other, file, name, passedOver: table.sheet }, fees, signal);
          } catch {
            throwIfAborted(signal);
          }
        }
        throw error;
      }
    });
  };

  /** Another sheet instead of the one that is shown. */
  const ask = (shown: Extract<State, { is: 'counted' }>, sheet: string) => {
    if (!fees) return;
    const { file, name } = shown.source;
    void run(
      async signal => {
        const table = await spreadsheets.read(file, signal, sheet);
        return counted({ table, file, name }, fees, signal);
      },
      { ...shown, asked: sheet },
    );
  };

  const sheetsOf = (state: Extract<State, { is: 'counted' }>): Sheets | undefined => {
    const { table, passedOver } = state.source;
    if (!table.sheets || table.sheet === undefined) return undefined;
    return {
      names: table.sheets,
      read: table.sheet,
      passedOver,
      asked: state.told && state.asked,
      told: state.told === 'cancelled' ? t.cancelled : state.told,
      ask: sheet => ask(state, sheet),
    };
  };

  // Another tariff counts anew.
  const shown = useRef(state);
  shown.current = state;
  useEffect(() => {
    const { current } = shown;
    if (fees && current.is === 'counted') void run(signal => counted(current.source, fees, signal));
  }, [tariff]);

  // The paper has all of it, the screen a page at a time.
  useEffect(() => {
    if (!fees || state.is !== 'counted') return undefined;
    const { source, read } = tariff ?? fees.tariff();
    return printing(state.counted, t.source(inLanguage(source, locale), day(read, locale)), locale);
  }, [state, locale]);

  return (
    <section class="list no-print" aria-labelledby={title}>
      <h2 id={title} ref={heading} tabIndex={-1}>
        {state.is === 'counted' ? t.result : t.title}
      </h2>
      {state.is === 'empty' && (
        <Empty
          locale={locale}
          fees={fees}
          told={state.told}
          take={take}
          tell={told => setState({ is: 'empty', told })}
        />
      )}
      {state.is === 'busy' && <Busy state={state} locale={locale} cancel={() => work.current?.abort()} />}
      {state.is === 'counted' && (
        <Result
          counted={state.counted}
          from={origin(state.source, locale)}
          sheets={sheetsOf(state)}
          locale={locale}
          write={(format, signal) => spreadsheets.write(results(state.counted, locale, format), format, signal)}
          another={() => {
            setState({ is: 'empty' });
            heading.current?.focus();
          }}
        />
      )}
    </section>
  );
}

/** Nothing yet. */
const EMPTY = { is: 'empty' } as const;

/** What a list was read from. */
function origin({ table, name }: Source, locale: Locale): string {
  const t = listTexts(locale);
  const file = t.from(name === undefined ? t.pasted : visible(name));
  return table.sheet === undefined ? file : `${file}${t.separator}${t.sheet(visible(table.sheet))}`;
}

function Busy({
  state: { done, all },
  locale,
  cancel,
}: {
  state: { done: number; all: number };
  locale: Locale;
  cancel(): void;
}) {
  const t = listTexts(locale);
  const number = new Intl.NumberFormat(locale).format;
  return (
    <div class="card list-busy">
      <p id="list-busy">{all === 0 ? t.opening : t.counting(number(done), number(all))}</p>
      <progress aria-labelledby="list-busy" {...(all > 0 && { value: done, max: all })} />
      <p>
        <button type="button" class="secondary" onClick={cancel}>
          {t.cancel}
        </button>
      </p>
    </div>
  );
}

function Empty({
  locale,
  fees,
  told,
  take,
  tell,
}: {
  locale: Locale;
  fees: Fees | undefined;
  told: 'cancelled' | 'oneFile' | CatalogueError | undefined;
  take(file: Blob, name: string | undefined): void;
  tell(told: 'oneFile' | CatalogueError): void;
}) {
  const t = listTexts(locale);
  const hint = useId();
  const field = useId();
  const words = fees?.orderWords();
  const needed = words?.columns.slice(0, NEEDED).map(({ name }) => name[locale]) ?? [];

  const takeFiles = (files: readonly File[]) => {
    const [file] = files;
    if (files.length > 1) tell('oneFile');
    else if (file) take(file, file.name);
  };

  const saveTemplate = async () => {
    if (!fees) return;
    try {
      const bytes = await spreadsheets.write(template(fees, locale), 'xlsx');
      save(bytes, 'xlsx', t.templateFile);
    } catch (error) {
      tell(inCatalogue(error));
    }
  };

  return (
    <>
      <p class="lead">{t.lead}</p>
      <div role="status">
        {told === undefined ? null : typeof told === 'string' ? (
          <p>{t[told]}</p>
        ) : (
          <ErrorMessage error={told} locale={locale} tone="warning" />
        )}
      </div>
      <DropPlace class="card list-drop" take={takeFiles}>
        <p class="list-drop-what">{t.drop}</p>
        <p class="list-drop-acts">
          <FileButton
            kind="primary"
            accept=".xlsx,.xlsm,.csv,.tsv,.txt"
            disabled={!fees}
            describedBy={hint}
            take={file => take(file, file.name)}
          >
            {t.choose}
          </FileButton>
          <button type="button" class="link" aria-disabled={!fees} onClick={() => void saveTemplate()}>
            {t.template}
          </button>
        </p>
        <p class="quiet" id={hint}>
          {t.templateHint(needed.join(t.separator))}
        </p>
        <label class="list-paste" for={field}>
          {t.or}
          {locale === 'en' ? ' ' : ''}
          {t.paste}
        </label>
        <textarea
          id={field}
          rows={2}
          autocomplete="off"
          spellcheck={false}
          onPaste={event => {
            const files = event.clipboardData?.files;
            if (!files || files.length === 0) return;
            event.preventDefault();
            takeFiles(Array.from(files));
          }}
          onInput={event => {
            const { value } = event.currentTarget;
            // A line that is being typed is no table yet.
            if (!/[\n\t]/.test(value.trim())) return;
            event.currentTarget.value = '';
            take(new Blob([value]), undefined);
          }}
        />
      </DropPlace>
      {words && (
        <details class="list-columns">
          <summary>{t.columns}</summary>
          <dl class="pairs">
            {words.columns.map(({ id, name }) => (
              <Fragment key={id}>
                <dt>{name[locale]}</dt>
                <dd>{t.columnNote[id]}</dd>
              </Fragment>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

/** The first columns of a template are those without which nothing can be counted. */
const NEEDED = 3;

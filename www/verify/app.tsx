//! The verify page: files in, answers out; whom the user accepts; for which time.

import type { Locale } from '@yinxin/proto';
import { DropPlace, FileButton, pathOf } from '@yinxin/ui/file.js';
import { Frame, UpdateNotice, useLocale } from '@yinxin/ui/frame.js';
import { size, time, visible } from '@yinxin/ui/language.js';
import { keepOffline, type Update } from '@yinxin/ui/offline.js';
import { Message } from '@yinxin/ui/parts.js';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { AcceptedList, useAccepted } from './accepted.js';
import { type Act, AnswerView, titleOf } from './answer.js';
import type { Given, Progress, Report } from './check/report.js';
import { checker } from './checker.js';
import { Others } from './others.js';
import { textsOf } from './texts.js';

/** What is going on. Files and answers are kept as long as they are shown, and nowhere else. */
type State =
  | { readonly is: 'empty'; readonly told?: 'cancelled' | 'failed' | 'tooMany' }
  | { readonly is: 'busy'; readonly progress: Progress | undefined }
  | { readonly is: 'answered'; readonly report: Report; readonly shown: Later };

/** What shows documents, and many answers: loaded with the first of them. */
type Later = Partial<Pick<typeof import('./later.js'), 'documents' | 'many'>>;

/** The page. */
export function App() {
  const [locale, choose] = useLocale();
  const t = textsOf(locale);
  const [given, setGiven] = useState<readonly Given[]>([]);
  const [at, setAt] = useState<string>();
  const [state, setState] = useState<State>({ is: 'empty' });
  const [update, setUpdate] = useState<Update>();
  /** A folder was dropped that the browser does not give. */
  const [isUnread, setUnread] = useState(false);
  const accepted = useAccepted();
  const work = useRef<AbortController>(undefined);
  const result = useRef<HTMLElement>(null);
  const drop = useRef<HTMLHeadingElement>(null);
  /** Where the focus goes when what is shown has changed. */
  const focus = useRef<'result' | 'drop'>(undefined);

  useEffect(() => {
    if (OFFLINE) setTimeout(() => void keepOffline(next => setUpdate(() => next)), OFFLINE_MS);
    return () => work.current?.abort();
  }, []);

  // Whatever the answer depends on checks anew.
  useEffect(() => {
    work.current?.abort();
    if (given.length === 0) return;
    const own = new AbortController();
    work.current = own;
    setState({ is: 'busy', progress: undefined });
    if (!accepted.ready) return;
    const progress = (progress: Progress) => work.current === own && setState({ is: 'busy', progress });
    const checked = checker.check({ given, accepted: accepted.list, at }, progress, own.signal).then(async report => {
      const shown = await laterFor(report);
      if (work.current !== own) return;
      focus.current = 'result';
      setState({ is: 'answered', report, shown });
    });
    checked.catch(() => {
      if (work.current !== own || own.signal.aborted) return;
      start([], 'failed');
    });
  }, [given, at, accepted.key, accepted.ready]);

  useLayoutEffect(() => {
    if (state.is === 'busy') return;
    if (focus.current === 'result') result.current?.querySelector<HTMLElement>('[tabindex]')?.focus();
    if (focus.current === 'drop') drop.current?.focus();
    focus.current = undefined;
  }, [state]);

  /** Begins anew, with these files. */
  const start = (next: readonly Given[], told?: 'cancelled' | 'failed' | 'tooMany') => {
    work.current?.abort();
    work.current = undefined;
    focus.current = 'drop';
    setGiven(next);
    setAt(undefined);
    setUnread(false);
    setState({ is: 'empty', ...(told && { told }) });
  };
  const unread = () => setUnread(true);
  const take = (files: Iterable<File>, asContent = false) => {
    setUnread(false);
    const known = (file: File) =>
      given.some(
        ({ name, file: { size, lastModified }, asContent: was }) =>
          name === pathOf(file) && size === file.size && lastModified === file.lastModified && was === asContent,
      );
    const added = [...files].filter(file => !known(file));
    if (given.length + added.length > MAX_FILES) return start([], 'tooMany');
    setGiven([...given, ...added.map(file => givenOf(file, asContent))]);
  };
  const replace = (id: number, file: File) =>
    setGiven([...given.filter(other => other.id !== id), givenOf(file, true)]);
  const fileOf = (id: number) => given.find(one => one.id === id)?.file;

  return (
    <Frame title={t.title} locale={locale} choose={choose} foot={<Foot locale={locale} />}>
      {state.is !== 'answered' && <p class="lead">{t.lead}</p>}
      <p class="visually-hidden" role="status">
        {spoken(state, locale)}
      </p>
      <div class="verify">
        {state.is === 'empty' && (
          <>
            <div class="told">
              {state.told === 'failed' && (
                <Message tone="error">
                  <p class="strong">{t.broken}</p>
                  <p>{t.brokenHint}</p>
                </Message>
              )}
              {state.told === 'tooMany' && <Message tone="warning">{t.tooMany(MAX_FILES)}</Message>}
              {state.told === 'cancelled' && <p>{t.cancelled}</p>}
            </div>
            <DropPlace class="card drop" take={files => take(files)} unread={unread}>
              <h2 ref={drop} tabIndex={-1}>
                {t.drop}
              </h2>
              <div class="acts">
                <FileButton accept="" kind="primary" multiple take={(...files) => take(files)}>
                  {t.choose}
                </FileButton>
                <FileButton accept="" kind="secondary" folder take={(...files) => take(files)}>
                  {t.chooseFolder}
                </FileButton>
              </div>
              {isUnread && <Unread locale={locale} />}
              <div>
                <p class="strong">{t.readable}</p>
                <ul class="kinds">
                  {t.kinds.map(kind => (
                    <li key={kind}>{kind}</li>
                  ))}
                </ul>
              </div>
              <p class="quiet">{t.byBytes}</p>
            </DropPlace>
          </>
        )}
        {state.is === 'busy' && (
          <Busy progress={state.progress} locale={locale} cancel={() => start([], 'cancelled')} />
        )}
        {state.is === 'answered' && (
          <Answered
            report={state.report}
            many={state.shown.many}
            locale={locale}
            section={result}
            act={{ take, replace, judgeAt: setAt, accept: accepted.accept, fileOf, documents: state.shown.documents }}
            again={() => start([])}
            unread={isUnread}
            setUnread={unread}
          />
        )}
        <section class="options no-print">
          {state.is === 'answered' && <TimeChoice at={at} locale={locale} choose={setAt} />}
          <AcceptedList accepted={accepted} locale={locale} />
        </section>
      </div>
      <UpdateNotice update={update} locale={locale} />
    </Frame>
  );
}

function Busy({ progress, locale, cancel }: { progress: Progress | undefined; locale: Locale; cancel(): void }) {
  const t = textsOf(locale);
  const label = labelOf(progress, locale);
  const { done = 0, all = 0 } = progress ?? {};
  return (
    <div class="card busy">
      <p>{label}</p>
      <progress aria-label={label} {...(all > 0 && { value: done, max: all })} />
      <p class="quiet figures">{all > 0 ? figures(progress, locale) : '\u00a0'}</p>
      <div>
        <button type="button" class="secondary" onClick={cancel}>
          {t.cancel}
        </button>
      </div>
    </div>
  );
}

function labelOf(progress: Progress | undefined, locale: Locale): string {
  const t = textsOf(locale);
  return progress?.name === undefined ? t.checking : t.hashing(visible(progress.name));
}

function figures(progress: Progress | undefined, locale: Locale): string {
  const t = textsOf(locale);
  const { name, done = 0, all = 0 } = progress ?? {};
  if (name === undefined) return t.counted(done.toLocaleString(locale), all.toLocaleString(locale));
  return t.hashed(size(done, locale), size(all, locale));
}

/** For who does not see it: what is going on, at each quarter, and the verdicts. */
function spoken(state: State, locale: Locale): string {
  const t = textsOf(locale);
  if (state.is === 'empty') {
    if (state.told === 'failed') return `${t.broken}${t.brokenHint}`;
    if (state.told === 'tooMany') return t.tooMany(MAX_FILES);
    return state.told === 'cancelled' ? t.cancelled : '';
  }
  if (state.is === 'answered') {
    const { answers } = state.report;
    const { many } = state.shown;
    if (many) return t.told([many.countsIn(state.report, locale)]);
    const verdicts = answers.map(answer => titleOf(answer, locale));
    return verdicts.length > 0 ? t.told(verdicts) : t.nothing;
  }
  const { done = 0, all = 0 } = state.progress ?? {};
  const quarters = all > 0 ? Math.floor((4 * done) / all) : 0;
  return quarters > 0 ? t.percent(labelOf(state.progress, locale), 25 * quarters) : labelOf(state.progress, locale);
}

function Answered({
  report,
  many,
  locale,
  section,
  act,
  again,
  unread,
  setUnread,
}: {
  report: Report;
  many: Later['many'];
  locale: Locale;
  section: { current: HTMLElement | null };
  act: Act;
  again(): void;
  unread: boolean;
  setUnread(): void;
}) {
  const t = textsOf(locale);
  const title = useId();
  useOpenOnPaper();
  return (
    <section class="report" aria-labelledby={title} ref={section}>
      <div class="print-only">
        <p class="report-title">{t.report}</p>
        <Made report={report} locale={locale} />
      </div>
      {report.answers.length > 0 ? (
        <h2 id={title} class="visually-hidden">
          {t.result}
        </h2>
      ) : (
        <h2 id={title} tabIndex={-1}>
          {t.nothing}
        </h2>
      )}
      {many ? (
        <many.Table report={report} locale={locale} act={act} />
      ) : (
        <>
          {report.answers.map((answer, at) => (
            <AnswerView key={at} answer={answer} locale={locale} act={act} />
          ))}
          <Others report={report} locale={locale} accept={act.accept} />
        </>
      )}
      {report.answers.length > 0 && (
        <div class="no-print">
          <Made report={report} locale={locale} />
        </div>
      )}
      <DropPlace class="card add no-print" take={files => act.take(files)} unread={setUnread}>
        <div class="acts">
          <FileButton accept="" kind="secondary" multiple take={(...files) => act.take(files)}>
            {t.addMore}
          </FileButton>
          <FileButton accept="" kind="secondary" folder take={(...files) => act.take(files)}>
            {t.addFolder}
          </FileButton>
          <button type="button" class="secondary" onClick={again}>
            {t.another}
          </button>
          {report.answers.length > 0 && (
            <button type="button" class="link" onClick={() => print()}>
              {t.print}
            </button>
          )}
        </div>
        {unread && <Unread locale={locale} />}
        <p class="quiet">{t.addMoreHint}</p>
      </DropPlace>
    </section>
  );
}

/** What to do about a folder that was dropped and not given. */
function Unread({ locale }: { locale: Locale }) {
  const t = textsOf(locale);
  return (
    <div role="alert">
      <Message tone="warning">{t.folderUnread}</Message>
    </div>
  );
}

/** When, for which time and by what it was checked. */
function Made({ report, locale }: { report: Report; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <>
      <dl class="pairs checked">
        <dt>{t.checkedAt}</dt>
        <dd>{time(report.checked, locale)}</dd>
        <dt>{t.judgedFor}</dt>
        <dd>{time(report.at, locale)}</dd>
        <dt>{t.version}</dt>
        <dd>{t.product(VERSION)}</dd>
      </dl>
      <p class="quiet">
        {t.noRevocation} <span class="print-only-inline">{t.reportHint}</span>
      </p>
    </>
  );
}

/** On paper nothing is folded in. */
function useOpenOnPaper(): void {
  useEffect(() => {
    let opened: HTMLDetailsElement[] = [];
    const open = () => {
      opened = [...document.querySelectorAll<HTMLDetailsElement>('.report details:not([open])')];
      for (const details of opened) details.open = true;
    };
    const close = () => {
      for (const details of opened) details.open = false;
      opened = [];
    };
    addEventListener('beforeprint', open);
    addEventListener('afterprint', close);
    return () => {
      removeEventListener('beforeprint', open);
      removeEventListener('afterprint', close);
    };
  }, []);
}

function TimeChoice({
  at,
  locale,
  choose,
}: {
  /** Nothing for now. */
  at: string | undefined;
  locale: Locale;
  choose(at: string | undefined): void;
}) {
  const t = textsOf(locale);
  const [field, problem] = [useId(), useId()];
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  return (
    <details open={at !== undefined}>
      <summary>{t.at}</summary>
      <form
        class="block"
        onSubmit={event => {
          event.preventDefault();
          const time = new Date(`${typed}+08:00`);
          const good = typed !== '' && !Number.isNaN(time.getTime());
          setWrong(!good);
          if (good) choose(time.toISOString());
        }}
      >
        <p class="quiet">{t.atHint}</p>
        <div class="time">
          <label for={field}>{t.atField}</label>
          <input
            id={field}
            type="datetime-local"
            value={typed}
            aria-invalid={wrong}
            aria-describedby={problem}
            onInput={event => {
              setTyped(event.currentTarget.value);
              setWrong(false);
            }}
          />
          <button type="submit" class="secondary">
            {t.atApply}
          </button>
          {at && (
            <button type="button" class="link" onClick={() => choose(undefined)}>
              {t.atBack}
            </button>
          )}
        </div>
        <p id={problem} class="problem" role="status">
          {wrong && t.atInvalid}
        </p>
      </form>
    </details>
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

/** With more than fits beneath each other. */
function isTable({ answers, others }: Report): boolean {
  return answers.length > MAX_CARDS || (answers.length > 0 && answers.length + others.length > MAX_LISTED);
}

async function laterFor(report: Report): Promise<Later> {
  const isOfDocument = report.answers.some(({ is }) => is === 'pdf' || is === 'ofd');
  if (!isOfDocument && !isTable(report)) return {};
  const { documents, many } = await import('./later.js');
  return { documents, ...(isTable(report) && { many }) };
}

function givenOf(file: File, asContent: boolean): Given {
  return { id: nextId(), file, name: pathOf(file), asContent };
}

let lastId = 0;
function nextId(): number {
  lastId += 1;
  return lastId;
}

/** Files of one check. */
const MAX_FILES = 1000;
/** Answers that are shown one beneath the other; of more there is a table. */
const MAX_CARDS = 3;
/** The same with the files that have none. */
const MAX_LISTED = 8;
const OFFLINE_MS = 1_000;

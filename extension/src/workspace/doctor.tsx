//! The doctor: looks at everything on request, shows what a repair would change and makes it, tests a signature, and
//! writes a report for support.

import {
  type CatalogueError,
  type Change,
  type Check,
  EVIDENCE,
  type EvidenceName,
  type Locale,
  type TokenView,
} from '@yinxin/proto';
import { CopyButton } from '@yinxin/ui/copy.js';
import { time, visible, wordsOf } from '@yinxin/ui/language.js';
import { ErrorMessage, Foreign, Message, Prose } from '@yinxin/ui/parts.js';
import { Fragment } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Holder } from '../ui/parts.js';
import { PinInput, pinLengthProblem, Tries } from '../ui/pin.js';
import { textsOf } from '../ui/texts.js';
import { Contacts } from './contacts.js';
import type { WorkspaceProps } from './props.js';
import { reportText, wordOf } from './report.js';
import { save } from './save.js';

type DoctorProps = Pick<
  WorkspaceProps,
  'view' | 'advice' | 'support' | 'doctor' | 'locale' | 'examine' | 'allowSite' | 'repair' | 'testSignature'
>;

/** The section: what is wrong first, everything else behind one line. */
export function DoctorSection(props: DoctorProps) {
  const { doctor, locale, examine } = props;
  const t = textsOf(locale);
  const title = useId();
  const { busy, examination, repair } = doctor;
  const checks = examination?.checks ?? [];
  const wrong = checks.filter(isWrong);
  const rest = checks.filter(check => !isWrong(check));
  const good = rest.filter(({ state }) => state === 'ok').length;
  // A repair that is no longer offered, since it is done, keeps its place at the top.
  const homeless = repair && !checks.some(check => check.repair?.browser === repair.browser);
  return (
    <section class="block doctor" aria-labelledby={title}>
      <h2 id={title} class="visually-hidden">
        {t.doctor}
      </h2>
      <p class="quiet">{t.doctorLead}</p>
      <p>
        <button
          type="button"
          class={examination ? 'secondary' : 'primary'}
          aria-disabled={busy !== undefined}
          onClick={() => {
            if (!busy) examine();
          }}
        >
          {examination ? t.doctorAgain : t.doctorStart}
        </button>
      </p>
      <div role="status">
        {examination && <Summary examination={examination} wrong={wrong.length} locale={locale} />}
      </div>
      {homeless && <RepairPart {...props} browser={repair.browser} />}
      <Checks {...props} checks={wrong} name={t.doctorWrongResults} />
      {rest.length > 0 && !examination?.next && (
        <details class="more">
          <summary>{wrong.length > 0 ? t.doctorRest(good, rest.length - good) : t.doctorAll(rest.length)}</summary>
          <Checks {...props} checks={rest} name={t.doctorResults} />
        </details>
      )}
      {examination && !examination.next && <Report {...props} />}
      <TestSignature {...props} />
    </section>
  );
}

/** Whether a check found something that has to be mended. */
function isWrong({ state }: Check): boolean {
  return state === 'failed' || state === 'warning';
}

function hasFailed({ state }: Check): boolean {
  return state === 'failed';
}

function Summary({
  examination: { checks, next, at, outdated },
  wrong,
  locale,
}: {
  examination: NonNullable<DoctorProps['doctor']['examination']>;
  wrong: number;
  locale: Locale;
}) {
  const t = textsOf(locale);
  if (next) {
    return (
      <p class="looking">
        <span class="spinner" aria-hidden="true" />
        {t.doctorAt(t.doctorKinds[next])}
      </p>
    );
  }
  return (
    <Message tone={outdated ? 'plain' : wrong > 0 ? 'warning' : 'good'}>
      <p class="strong">{wrong > 0 ? t.doctorWrong(wrong) : t.doctorHealthy(checks.length)}</p>
      {outdated && <p>{t.doctorOutdated}</p>}
      <p class="quiet">
        <time dateTime={at}>{t.doctorWhen(time(at, locale))}</time>
      </p>
    </Message>
  );
}

/** Checks: the gravest first, then in the order in which they were made. */
function Checks({ checks, name, ...props }: DoctorProps & { checks: readonly Check[]; name: string }) {
  if (checks.length === 0) return null;
  const sorted = [...checks.filter(hasFailed), ...checks.filter(check => !hasFailed(check))];
  return (
    <ol class="checks card" aria-label={name}>
      {sorted.map((check, index) => {
        // Two keys can have one name.
        const same = (other: Check) => other.kind === check.kind && other.subject === check.subject;
        const key = `${check.kind} ${check.subject} ${sorted.slice(0, index).filter(same).length}`;
        return <CheckLine key={key} check={check} {...props} />;
      })}
    </ol>
  );
}

/** One thing that was looked at. */
function CheckLine({ check, ...props }: DoctorProps & { check: Check }) {
  const { locale } = props;
  const t = textsOf(locale);
  const { kind, subject, state, evidence, problem, repair } = check;
  const wrong = isWrong(check);
  return (
    <li class={`check check-${state}`}>
      <details>
        <summary class="check-summary">
          <span class="check-mark" aria-hidden="true">
            {MARKS[state]}
          </span>
          <span class="check-head">
            <span class="check-name">
              <span class="strong">{t.doctorKinds[kind]}</span> {subject !== '-' && <Foreign>{subject}</Foreign>}
            </span>
            <span class="check-state">{t.doctorStates[state]}</span>
          </span>
        </summary>
        <div class="check-seen">
          {/* Something to know of, with which nothing has to be done. */}
          {problem && !wrong && <p>{wordsOf(problem, locale).message}</p>}
          <dl class="pairs">
            {evidence
              .filter(({ name }) => !TIMES.includes(name))
              .map(({ name, value }, index) => (
                <Fragment key={index}>
                  <dt>{EVIDENCE[locale][name]}</dt>
                  <dd>
                    <Foreign>{wordOf(t.doctorValues, value)}</Foreign>
                  </dd>
                </Fragment>
              ))}
            {problem && (
              <>
                <dt>{t.supportCode}</dt>
                <dd class="code">{problem.code}</dd>
              </>
            )}
          </dl>
        </div>
      </details>
      {problem && kind === 'site' ? (
        <SitePart origin={subject} {...props} />
      ) : (
        problem && wrong && <Problem problem={problem} check={check} {...props} />
      )}
      {repair && <RepairPart {...props} browser={repair.browser} />}
    </li>
  );
}

/** What is wrong, and what to do: here, or where the advice says more about it. */
function Problem({
  problem,
  check: { state, repair },
  advice,
  locale,
}: Pick<DoctorProps, 'advice' | 'locale'> & { problem: CatalogueError; check: Check }) {
  const t = textsOf(locale);
  const { message, remedy } = wordsOf(problem, locale);
  const advised = advice?.findings.some(({ code }) => code === problem.code) === true;
  return (
    <Message tone={state === 'failed' ? 'error' : 'warning'}>
      <p class="strong">{message}</p>
      {repair ? (
        <p>{t.repairRemedy}</p>
      ) : advised ? (
        <a href="#advice">{t.seeAdvice}</a>
      ) : (
        <p>
          <Prose>{remedy}</Prose>
        </p>
      )}
    </Message>
  );
}

/** A site on which the browser does not let the extension work, though it may ask. */
function SitePart({ origin, locale, allowSite }: Pick<DoctorProps, 'locale' | 'allowSite'> & { origin: string }) {
  const t = textsOf(locale);
  const [refused, setRefused] = useState(false);
  return (
    <>
      <Message tone="error">
        <p class="strong">{t.doctorSiteClosed}</p>
        <p>{t.doctorSiteRemedy}</p>
      </Message>
      <p>
        <button
          type="button"
          class="secondary"
          aria-label={t.doctorAllowOf(visible(origin))}
          // Nothing may come between the click and the browser's question.
          onClick={() =>
            void allowSite(origin).then(
              agreed => setRefused(!agreed),
              () => setRefused(true),
            )
          }
        >
          {t.doctorAllow}
        </button>
      </p>
      <p class="problem" role="alert">
        {refused && t.doctorNotAllowed}
      </p>
    </>
  );
}

/** A repair of the registration with a browser: what it would change, and how it went. */
function RepairPart({ doctor: { busy, repair }, locale, browser, repair: mend }: DoctorProps & { browser: string }) {
  const t = textsOf(locale);
  const [asked, setAsked] = useState(false);
  const start = useRef<HTMLButtonElement>(null);
  const news = useRef<HTMLDivElement>(null);
  const own = repair?.browser === browser ? repair : undefined;
  const step = own?.step;
  const planned = asked && step === 'planned';
  // Who uses the keyboard goes on where something new stands.
  useEffect(() => {
    if (planned || step === 'done' || step === 'undone') news.current?.focus();
  }, [planned, step]);
  const ask = (how: 'plan' | 'do' | 'undo') => {
    if (!busy) mend({ type: 'register', browser }, how);
  };
  if (own && step === 'done') {
    return (
      <div ref={news} tabIndex={-1} class="repair">
        <Message tone="good">
          {own.changes.map(({ path }) => (
            <p key={path}>{t.repairDone(visible(path))}</p>
          ))}
          {own.changes.length === 0 && <p>{t.repairNothing}</p>}
        </Message>
        {own.changes.length > 0 && (
          <p>
            <button type="button" class="secondary" aria-disabled={busy !== undefined} onClick={() => ask('undo')}>
              {t.repairUndo}
            </button>
          </p>
        )}
      </div>
    );
  }
  return (
    <div ref={news} tabIndex={-1} class="repair">
      {own && step === 'undone' && (
        <Message tone="plain">
          {own.changes.map(({ path }) => (
            <p key={path}>{t.repairUndone(visible(path))}</p>
          ))}
        </Message>
      )}
      {own?.problem && <ErrorMessage error={own.problem} locale={locale} />}
      {own && planned ? (
        <div class="repair-plan">
          <p class="strong">{own.changes.length > 0 ? t.repairTitle : t.repairNothing}</p>
          {own.changes.map(change => (
            <ChangePart key={change.path} change={change} locale={locale} />
          ))}
          <div class="buttons">
            {own.changes.length > 0 && (
              <button type="button" class="primary" aria-disabled={busy !== undefined} onClick={() => ask('do')}>
                {t.repairDo}
              </button>
            )}
            <button
              type="button"
              class="secondary"
              onClick={() => {
                setAsked(false);
                requestAnimationFrame(() => start.current?.focus());
              }}
            >
              {t.repairCancel}
            </button>
          </div>
        </div>
      ) : (
        <p>
          <button
            ref={start}
            type="button"
            class="secondary"
            aria-label={t.repairPlanOf(visible(browser))}
            aria-disabled={busy !== undefined}
            onClick={() => {
              setAsked(true);
              ask('plan');
            }}
          >
            {t.repairPlan}
          </button>
        </p>
      )}
    </div>
  );
}

/** A file, before and after. */
function ChangePart({ change: { path, before, after }, locale }: { change: Change; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <dl class="change">
      <dt>{t.repairPath}</dt>
      <dd class="code">{visible(path)}</dd>
      <dt>{t.repairBefore}</dt>
      <dd>{before === undefined ? t.repairAbsent : <FileText text={before} />}</dd>
      <dt>{t.repairAfter}</dt>
      <dd>{after === undefined ? t.repairRemoved : <FileText text={after} />}</dd>
    </dl>
  );
}

function FileText({ text }: { text: string }) {
  return <pre class="code">{text.split('\n').map(visible).join('\n').trimEnd()}</pre>;
}

/** A signature for trying out. */
function TestSignature({ view: { tokens }, doctor: { busy, signature }, locale, testSignature }: DoctorProps) {
  const t = textsOf(locale);
  const group = useId();
  const id = useId();
  const [picked, setPicked] = useState<string>();
  const [typed, setTyped] = useState(0);
  const [problem, setProblem] = useState<CatalogueError>();
  const field = useRef<HTMLInputElement>(null);
  const all = tokens.flatMap(token =>
    token.certificates
      .filter(certificate => !certificate.problem)
      .map(certificate => ({ token, certificate, key: `${token.token} ${certificate.certificate}` })),
  );
  const usable = all.filter(({ token }) => !reasonOf(token));
  const choice = usable.find(({ key }) => key === picked) ?? (usable.length === 1 ? usable[0] : undefined);
  const signing = busy === 'sign';

  // A PIN belongs to one key.
  const token = choice?.token;
  useLayoutEffect(() => {
    if (field.current) field.current.value = '';
    setTyped(0);
    setProblem(undefined);
  }, [token?.token]);

  // After a failed try the next thing to do is to type again.
  const wasSigning = useRef(false);
  useLayoutEffect(() => {
    if (wasSigning.current && !signing) field.current?.focus();
    wasSigning.current = signing;
  }, [signing]);

  const ready = choice !== undefined && busy === undefined && (choice.token.protectedPath || typed > 0);
  const sign = () => {
    if (!ready || !choice || !token) return;
    if (token.protectedPath) return testSignature(token.token, choice.certificate.certificate, undefined);
    const input = field.current;
    const pin = input?.value ?? '';
    const wrong = pinLengthProblem(pin, token.pinLength);
    if (wrong) {
      setProblem(wrong);
      input?.focus();
      return;
    }
    if (input) input.value = '';
    setTyped(0);
    setProblem(undefined);
    testSignature(token.token, choice.certificate.certificate, pin);
  };

  const ended = signature?.certificate === choice?.certificate.certificate ? signature : undefined;
  return (
    <details class="more sign-test">
      <summary>{t.signTest}</summary>
      <form
        class="sign-test-form"
        onSubmit={event => {
          event.preventDefault();
          sign();
        }}
      >
        <p class="quiet">{t.signTestLead}</p>
        {all.length === 0 && <p>{t.signTestNone}</p>}
        {all.length > 0 && (
          <fieldset class="card">
            <legend class="visually-hidden">{t.choose}</legend>
            {all.map(({ token: held, certificate, key }, index) => {
              const reason = reasonOf(held);
              return (
                <label key={key} class={reason ? 'choice unusable' : 'choice'}>
                  <input
                    type="radio"
                    name={group}
                    checked={choice?.key === key}
                    disabled={reason !== undefined || signing}
                    aria-describedby={reason && `${id}-reason-${index}`}
                    onChange={() => setPicked(key)}
                  />
                  <span>
                    <Holder certificate={certificate} locale={locale} />
                    <span class="quiet">
                      {' '}
                      <Foreign>{t.keyOf(held.label)}</Foreign>
                    </span>
                    {reason && (
                      <span id={`${id}-reason-${index}`} class="reason">
                        {wordsOf(reason, locale).message}
                        {locale === 'en' && ' '}
                        <Prose>{wordsOf(reason, locale).remedy}</Prose>
                      </span>
                    )}
                  </span>
                </label>
              );
            })}
          </fieldset>
        )}
        {choice && (
          <>
            {choice.token.pin.state === 'final' ? (
              <Message tone="error">
                <p class="strong">{t.signTestLast}</p>
              </Message>
            ) : (
              <div id={`${id}-tries`}>
                <p>{t.signTestUses}</p>
                <Tries tries={choice.token.pin} locale={locale} />
              </div>
            )}
            {choice.token.protectedPath ? (
              <p>{t.protectedPath}</p>
            ) : (
              <div class="sign-test-field">
                <label for={id}>{t.pin}</label>
                <PinInput
                  id={id}
                  field={field}
                  typed={setTyped}
                  disabled={signing}
                  aria-invalid={problem !== undefined}
                  aria-describedby={`${id}-tries`}
                />
              </div>
            )}
            <p>
              <button type="submit" class="secondary" aria-disabled={!ready}>
                {t.signTestButton}
              </button>
            </p>
          </>
        )}
        <div role="status">
          {signing ? (
            <p class="looking">
              <span class="spinner" aria-hidden="true" />
              {choice?.token.protectedPath ? t.protectedWorking : t.signTestWorking}
            </p>
          ) : problem ? (
            <ErrorMessage error={problem} locale={locale} />
          ) : ended?.busy ? (
            <Message tone="warning">
              <p>{t.signTestBusy}</p>
            </Message>
          ) : ended?.check?.problem ? (
            <ErrorMessage error={ended.check.problem} locale={locale} />
          ) : (
            ended?.check && (
              <Message tone="good">
                <p class="strong">{t.signTestGood}</p>
              </Message>
            )
          )}
        </div>
      </form>
    </details>
  );
}

/** Why a key is not to be tried, if so. */
function reasonOf({ problem, pin }: TokenView): CatalogueError | undefined {
  return problem ?? (pin.state === 'locked' ? { code: 'pin-locked', params: {} } : undefined);
}

/** The report for support: shown first, then saved or copied by hand. */
function Report({ doctor, view, support = [], locale }: DoctorProps) {
  const t = textsOf(locale);
  const id = useId();
  const [made, setMade] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!made || !field.current) return;
    field.current.focus();
    // Read from its beginning.
    field.current.setSelectionRange(0, 0);
    field.current.scrollTop = 0;
  }, [made]);
  const text = made ? reportText(doctor, view, locale) : undefined;
  return (
    <div class="report">
      <h3>{t.report}</h3>
      <p>{t.reportFor}</p>
      <Contacts contacts={support} locale={locale} />
      {text === undefined ? (
        <p>
          <button type="button" class="secondary" onClick={() => setMade(true)}>
            {t.reportMake}
          </button>
        </p>
      ) : (
        <>
          <div id={`${id}-lead`}>
            <p>{t.reportLead}</p>
            <p class="quiet">{t.reportOmits}</p>
          </div>
          <textarea
            ref={field}
            class="code"
            readOnly
            rows={16}
            spellcheck={false}
            aria-label={t.reportText}
            aria-describedby={`${id}-lead`}
            value={text}
          />
          <div class="history-acts">
            <button
              type="button"
              class="secondary"
              onClick={() => save('yinxin-report.txt', 'text/plain;charset=utf-8', text)}
            >
              {t.reportSave}
            </button>
            <CopyButton kind="secondary" text={() => text} label={t.reportCopy.copy} texts={t.reportCopy} />
          </div>
        </>
      )}
    </div>
  );
}

/** Evidence for whoever reads the report. */
const TIMES: readonly EvidenceName[] = ['greets after', 'loads in', 'signed and verified in'];
const MARKS: Record<Check['state'], string> = { ok: '✓', warning: '!', failed: '✕', skipped: '–' };

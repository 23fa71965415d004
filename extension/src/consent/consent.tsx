//! The consent window's content: a function of the view, with the user's choice and the PIN field.

import type {
  Account,
  Act,
  CatalogueError,
  CertificateView,
  ConsentView,
  Decision,
  DocumentView,
  Locale,
  SiteView,
  TokenView,
} from '@yinxin/proto';
import { INPUT_GUARD_MS } from '@yinxin/proto';
import { size, visible, wordsOf } from '@yinxin/ui/language.js';
import { ErrorMessage, Foreign, Message, Prose } from '@yinxin/ui/parts.js';
import { Seal } from '@yinxin/ui/seal.js';
import { SealImage } from '@yinxin/ui/seal-image.js';
import type { ComponentChildren, RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isEmbedded, sealed } from '../formats.js';
import type { Advised, LoginAdvice } from '../relay.js';
import { Names } from '../ui/names.js';
import {
  CalendarLink,
  CertificateDetails,
  CertificateFacts,
  encrypts,
  Holder,
  TokenHead,
  TrustProblem,
} from '../ui/parts.js';
import { PinInput, pinLengthProblem, pinLimits, Tries } from '../ui/pin.js';
import { useReach } from '../ui/reach.js';
import { SealDetails, SealEntry } from '../ui/seals.js';
import { textsOf } from '../ui/texts.js';
import { Awaiting, Bridged } from './bridged.js';
import {
  type Choice,
  choices,
  chosen,
  isBound,
  needsSeal,
  ordered,
  type Pick as Picked,
  pickOf,
  sameChoice,
  usable,
} from './choice.js';
import { useInputGuard } from './guard.js';

// Effects run with the change and not after the next paint, which a busy machine delays: what the
// user types or presses by then must not be lost, and focus must not jump under the hand.

/** What the window needs from outside. */
export interface ConsentProps {
  readonly view: ConsentView;
  /** At a login, what the account says of certificates in the keys. */
  readonly advice: readonly LoginAdvice[];
  /** SHA-256 of the certificate that was used last, if that was kept. */
  readonly lastUsed: string | undefined;
  readonly locale: Locale;
  /** Tells what the user decided. */
  decide(decision: Decision): void;
  /** Opens a document's exact bytes. */
  open(document: number): void;
}

/** The whole window. */
export function Consent({ view, advice, lastUsed, locale, decide, open }: ConsentProps) {
  const t = textsOf(locale);
  const { guarded, restart } = useInputGuard();
  const heading = useRef<HTMLHeadingElement>(null);
  const root = useRef<HTMLDivElement>(null);
  useReach(root);
  const { phase, act } = view;
  const ended = phase.type === 'done' || phase.type === 'failed';
  const asked = view.question;

  // Of a page that goes on to its next step, what is asked changes under the hand.
  useLayoutEffect(() => restart(), [asked]);

  // The screen reader begins with what is asked. No button is ever given focus, and the PIN field only once the guard
  // is over, so that keys meant for another window do nothing.
  useLayoutEffect(() => heading.current?.focus(), [ended, asked, phase.type === 'awaiting']);

  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.repeat) decide({ type: 'cancel' });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [decide]);

  return (
    <div ref={root} class={guarded ? 'consent guarded' : 'consent'}>
      <Brand locale={locale} />
      {ended ? (
        <End view={view} locale={locale} heading={heading} decide={decide} guarded={guarded} />
      ) : phase.type === 'awaiting' ? (
        <Awaiting act={act} locale={locale} heading={heading} decide={decide} />
      ) : (
        // Who asks stands above and the act below, always in sight; what is between scrolls.
        <main>
          <div class="asked">
            <h1 id={ASKED} ref={heading} tabIndex={-1}>
              {t.act(act)}
            </h1>
            <Site site={view.site} locale={locale} />
          </div>
          <Choosing
            key={asked}
            view={view}
            advice={advice}
            lastUsed={lastUsed}
            locale={locale}
            decide={decide}
            guarded={guarded}
            restart={restart}
          >
            {act.type === 'sign' && <Documents act={act} locale={locale} open={open} />}
            <Bridged act={act} locale={locale} />
          </Choosing>
        </main>
      )}
      <Announcement view={view} locale={locale} />
    </div>
  );
}

/** Whose window it is. */
export function Brand({ locale }: { locale: Locale }) {
  return (
    <header class="brand">
      <Seal />
      <span class="brand-name">{textsOf(locale).product}</span>
    </header>
  );
}

/** Who asks: the address exactly as the browser knows it. */
function Site({ site, locale }: { site: SiteView; locale: Locale }) {
  const t = textsOf(locale);
  const [scheme, authority] = split(site.origin);
  return (
    <section class="site" aria-label={t.askedBy}>
      <div class="origin-line">
        <p class="origin" translate={false}>
          <span class="origin-scheme">{scheme}</span>
          <wbr />
          <span class="origin-host">{authority}</span>
        </p>
        {site.firstUse && <span class="chip chip-mark">{t.firstUse}</span>}
        {site.kind === 'added' && <span class="chip chip-mark">{t.addedByUser}</span>}
        {site.local && <span class="chip chip-mark">{t.localSite}</span>}
      </div>
      {site.unicode !== undefined && (
        <p class="origin-unicode">
          {t.unicodeOrigin} <Foreign>{site.unicode}</Foreign>
        </p>
      )}
      {site.name !== undefined && <p class="quiet">{t.knownAs(site.name)}</p>}
    </section>
  );
}

/** What is signed, each openable as the exact bytes. */
function Documents({ act, locale, open }: { act: Act & { type: 'sign' }; locale: Locale; open(index: number): void }) {
  const t = textsOf(locale);
  const title = useId();
  const exact = new Intl.NumberFormat(locale);
  const documents = act.documents.map((document, index) => ({ ...document, index, name: visible(document.name) }));
  // A long list scrolls by itself, so that the choice below stays near; then it takes the focus for the keyboard.
  const long = documents.length > LONG_LIST;
  const unseen = documents.filter(({ seen }) => !seen).length;
  // Digests of a hundred documents are half of what a window is made of, and few look at them.
  const [opened, setOpened] = useState(false);
  return (
    <section class="block" aria-labelledby={title}>
      <div class="heading-line">
        <h2 id={title}>{sealed(act) === act.documents.length ? t.documentsToSeal : t.documents}</h2>
        <p class="quiet">{unseen === 0 ? t.documentsNote : t.documentsNameNote}</p>
      </div>
      {unseen > 0 && (
        <Message tone="warning">
          <p class="strong">{t.unseen}</p>
          <p>{t.unseenHint(unseen, documents.length)}</p>
        </Message>
      )}
      <div class="card">
        <ol
          class={long ? 'documents documents-long' : 'documents'}
          {...(long && { tabIndex: 0, 'aria-labelledby': title })}
        >
          {documents.map(({ index, name, seen, size: bytes, ...document }) => (
            <li key={index} class="document">
              <span class="document-name">
                <bdi>{name}</bdi>
                <Place document={document} locale={locale} />
                {document.notices.map(notice => (
                  <span key={notice} class="document-place document-notice">
                    {t.documentNotices[notice]}
                  </span>
                ))}
              </span>
              {seen ? (
                <>
                  <span class="quiet document-size">{size(bytes, locale)}</span>
                  <button type="button" class="link" aria-label={t.openNamed(name)} onClick={() => open(index)}>
                    {t.open}
                  </button>
                </>
              ) : (
                <span class="chip chip-mark">{t.unseenMark}</span>
              )}
            </li>
          ))}
        </ol>
        <details class="more digests" onToggle={() => setOpened(true)}>
          <summary>{t.digests}</summary>
          {opened &&
            documents.map(({ index, name, seen, size: bytes, sm3, sha256, propertyInfo }) => (
              <dl key={index} class="pairs">
                <dt class="pairs-title">
                  <bdi>{name}</bdi>
                </dt>
                <dd class="pairs-title">{seen ? t.bytes(exact.format(bytes)) : t.digestGiven}</dd>
                <dt>SM3</dt>
                <dd class="code">{sm3}</dd>
                {sha256 !== '' && (
                  <>
                    <dt>SHA-256</dt>
                    <dd class="code">{sha256}</dd>
                  </>
                )}
                {propertyInfo !== '' && (
                  <>
                    <dt>{t.propertyInfo}</dt>
                    <dd class="code">{visible(propertyInfo)}</dd>
                  </>
                )}
              </dl>
            ))}
        </details>
      </div>
      {act.format === 'cms-attached' && <p class="quiet">{t.attached}</p>}
      {isEmbedded(act.format) && <p class="quiet">{sealed(act) > 0 ? t.embeddedSeals : t.embedded}</p>}
    </section>
  );
}

/** Where a seal will be seen. */
function Place({
  document: { format, placement, straddling },
  locale,
}: {
  document: Pick<DocumentView, 'format' | 'placement' | 'straddling'>;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const place = placement ? t.placement(placement) : straddling !== undefined ? t.straddling(straddling) : undefined;
  if (place === undefined) return null;
  const words = format === 'seal' ? t.placementTold(place) : format === 'pdf' ? t.pictured(place) : place;
  return <span class="quiet document-place">{words}</span>;
}

/** What is asked and the choice, which scroll; the PIN and the two buttons, which don't. */
function Choosing({
  children,
  view,
  advice,
  lastUsed,
  locale,
  decide,
  guarded,
  restart,
}: Omit<ConsentProps, 'open'> & { children: ComponentChildren; guarded: boolean; restart(): void }) {
  const t = textsOf(locale);
  const { act, phase } = view;
  const account = act.type === 'login' ? act.account : undefined;
  const fitting = account?.name.trim()
    ? view.tokens
        .flatMap(token => token.certificates)
        .filter(certificate => !adviceOf(advice, certificate).some(({ names }) => names))
        .map(({ certificate }) => certificate)
    : [];
  const tokens = ordered(view.tokens, act, { fitting, lastUsed });
  const [pick, setPick] = useState<Picked>();
  const [typed, setTyped] = useState(0);
  const [sent, setSent] = useState(false);
  const [problem, setProblem] = useState<CatalogueError>();
  /** The button was pressed with nothing chosen. */
  const [wanted, setWanted] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  /** The new PIN, and once more, where it is changed. */
  const fresh = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const [differs, setDiffers] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  // What was chosen, by the user or for want of another, is waited for when its key is pulled: nobody else's certificate
  // takes its place under the user's hand.
  const last = useRef<Choice | undefined>(undefined);
  const choice = chosen(tokens, act, pick ?? (last.current && pickOf(last.current)));
  last.current = choice ?? last.current;
  const pulled =
    phase.type === 'choosing' && !choice && !tokens.some(({ token }) => token === last.current?.token.token)
      ? last.current
      : undefined;
  const working = phase.type === 'working';
  // What was chosen by hand can lie far below the account, where its misfit is told.
  const misfit = pick && account && adviceOf(advice, choice?.certificate).some(isWarning);
  // Nothing here can be chosen: what there is to do stands beside the way out.
  const stuck = phase.type === 'choosing' && usable(tokens, act).length === 0;
  const disclosure = useId();

  const clear = () => {
    for (const { current } of [field, fresh, again]) if (current) current.value = '';
    setTyped(0);
    setDiffers(false);
  };

  // A PIN belongs to one key: it goes when that key goes, or when another one is chosen. And what
  // changed without the user's hand must first be seen.
  const key = choice?.token.token;
  const previous = useRef(choice && identity(choice));
  useLayoutEffect(() => clear(), [key]);
  useLayoutEffect(() => {
    const now = choice && identity(choice);
    if (now === previous.current) return;
    // It is back.
    if (previous.current === undefined && now !== undefined)
      list.current?.querySelector('.certificate.checked')?.scrollIntoView({ block: 'nearest' });
    // What had the focus went with the key.
    if (now === undefined && document.activeElement === document.body) document.getElementById(ASKED)?.focus();
    previous.current = now;
    setProblem(undefined);
    setWanted(false);
    if (!pick || now === undefined) restart();
  });

  // A new view answers what was sent. After a failed try the next thing to do is to type again.
  const wasWorking = useRef(false);
  useLayoutEffect(() => {
    setSent(false);
    if (wasWorking.current && phase.type === 'choosing' && choice) {
      // What is said of the try takes room: whose key it was stays in sight.
      list.current?.querySelector('.checked .holder')?.scrollIntoView({ block: 'nearest' });
      field.current?.focus();
    }
    wasWorking.current = phase.type === 'working';
  }, [view]);

  // Showing a seal or a certificate takes no PIN, and a page of the bridge may have sent it.
  const signs = view.asksPin;
  const protectedPath = choice?.token.protectedPath === true;
  const ready = phase.type === 'choosing' && choice !== undefined && !sent && (!signs || protectedPath || typed > 0);

  // Where there is one choice, or it was made with the mouse, the PIN is next. Who chooses by keyboard goes on by it.
  const chosenByMouse = useRef(false);
  useLayoutEffect(() => {
    const at = document.activeElement;
    const nowhere = at === null || at === document.body || at.id === ASKED;
    if (guarded || phase.type !== 'choosing' || (!nowhere && !chosenByMouse.current)) return;
    chosenByMouse.current = false;
    field.current?.focus({ preventScroll: true });
  });

  /** Says what is missing, and goes there. */
  const missing = () => {
    if (guarded || phase.type !== 'choosing' || sent) return;
    if (choice) {
      setProblem({ code: 'pin-required', params: {} });
      field.current?.focus();
    } else {
      setWanted(true);
      const first = list.current?.querySelector<HTMLInputElement>('input:enabled');
      first?.focus({ preventScroll: true });
      first?.closest('.certificate')?.scrollIntoView({ block: 'nearest' });
    }
  };

  const approve = () => {
    if (!ready || !choice || guarded) return missing();
    const { token } = choice;
    const decision = { type: 'approve', question: view.question, ...pickOf(choice) } as const;
    if (protectedPath || !signs) {
      decide(decision);
    } else {
      const pin = field.current?.value ?? '';
      const wrong = pinLengthProblem(pin, token.pinLength);
      if (wrong) {
        setProblem(wrong);
        field.current?.focus();
        return;
      }
      if (fresh.current && again.current) {
        const newPin = fresh.current.value;
        const unfit = pinLengthProblem(newPin, token.pinLength);
        const same = newPin === again.current.value;
        setProblem(unfit);
        setDiffers(!unfit && !same);
        if (unfit) return fresh.current.focus();
        if (!same) return again.current.focus();
        decide({ ...decision, pin, newPin });
      } else decide({ ...decision, pin });
      clear();
    }
    setProblem(undefined);
    setSent(true);
  };

  // What was wrong with a PIN is of no use once its key is gone; that it is locked now is.
  const stale = !choice && (view.notice?.code === 'pin-incorrect' || view.notice?.code === 'pin-length');
  const notice = problem ?? (stale ? undefined : view.notice);
  return (
    <>
      <div class={wanted ? 'middle wanted' : 'middle'} ref={list}>
        {children}
        {act.type === 'login' && act.format !== 'yinxin' && (
          <Message tone="warning">
            <p class="strong">{t.logondata}</p>
          </Message>
        )}
        {act.type === 'login' && act.account && (
          <Expected account={act.account} choice={choice} advice={advice} locale={locale} />
        )}
        {phase.type === 'looking' ? (
          <p class="looking">
            <span class="spinner" aria-hidden="true" />
            {t.looking}
          </p>
        ) : (
          <Tokens
            view={{ ...view, tokens }}
            advice={advice}
            locale={locale}
            choice={choice}
            locked={working || sent}
            pick={(picked, byMouse) => {
              chosenByMouse.current = byMouse;
              setPick(picked);
            }}
          />
        )}
        {phase.type === 'choosing' && tokens.length === 0 && (
          <ErrorMessage error={{ code: 'no-token', params: {} }} locale={locale} tone="plain" />
        )}
        {choice && (
          <p class="quiet" id={disclosure}>
            {t.discloses(act, choice.certificate.discloses.map(what => t.disclosed[what]).join(t.separator))}
          </p>
        )}
      </div>
      <footer class="act">
        <div class="notices" role="alert">
          {wanted && (
            <Message tone="warning">
              <p class="strong">{needsSeal(act) ? t.noSealChosen : t.pinNoChoice}</p>
            </Message>
          )}
          {differs && !working && (
            <Message tone="error">
              <p class="strong">{t.newPinDiffers}</p>
            </Message>
          )}
          {notice && !working && <Notice error={notice} last={choice?.token.pin.state === 'final'} locale={locale} />}
          {pulled && (
            <Message tone="warning">
              <p class="strong">{t.pulled(visible(pulled.token.label))}</p>
              <p>{t.pulledHint(visible(pulled.certificate.holder), usable(tokens, act).length > 0)}</p>
            </Message>
          )}
        </div>
        {misfit && phase.type === 'choosing' && !notice && (
          <Message tone="warning">
            <p>
              {t.accountMisfit}{' '}
              <button
                type="button"
                class="link"
                onClick={() => list.current?.querySelector('.expected')?.scrollIntoView({ block: 'start' })}
              >
                {t.accountLook}
              </button>
            </p>
          </Message>
        )}
        {phase.type === 'working' ? (
          <Working act={act} done={phase.done} total={phase.total} protectedPath={protectedPath} locale={locale} />
        ) : (
          choice &&
          signs && (
            <Pin
              label={act.type === 'change-pin' ? t.oldPin : t.pin}
              choice={choice}
              locale={locale}
              field={field}
              typed={setTyped}
              enter={approve}
              wrong={problem !== undefined}
              told={notice?.code === 'pin-incorrect'}
            >
              {act.type === 'change-pin' && (
                <>
                  <NewPin label={t.newPin} field={fresh} enter={approve} />
                  <NewPin label={t.newPinAgain} field={again} enter={approve} />
                </>
              )}
            </Pin>
          )
        )}
        <div class="buttons">
          {choice?.seal?.picture && (
            // Beside the button, whatever of the list above is in sight.
            <span class="chosen-seal" aria-hidden="true">
              <SealImage
                name={choice.seal.name}
                picture={choice.seal.picture}
                width={choice.seal.width}
                height={choice.seal.height}
                locale={locale}
              />
            </span>
          )}
          {!working && (choice || usable(tokens, act).length > 0) && (
            <button
              type="button"
              class="primary"
              aria-disabled={!ready || guarded}
              aria-describedby={disclosure}
              title={guarded ? t.guard : undefined}
              onClick={approve}
            >
              {choice
                ? t.approve(act, visible(choice.certificate.holder))
                : needsSeal(act)
                  ? t.noSealChosen
                  : t.pinNoChoice}
            </button>
          )}
          {stuck && (
            <button type="button" class="secondary" aria-disabled={guarded} onClick={() => decide({ type: 'refresh' })}>
              {t.refresh}
            </button>
          )}
          <button type="button" class="secondary" aria-disabled={guarded} onClick={() => decide({ type: 'cancel' })}>
            {t.cancel}
          </button>
          {stuck && (
            <a
              class="link"
              href={tokens.length === 0 ? 'workspace.html#check' : 'workspace.html#advice'}
              target="_blank"
              rel="noopener"
            >
              {tokens.length === 0 ? t.findOutWhy : t.whatToDo}
            </a>
          )}
        </div>
      </footer>
    </>
  );
}

/** The account that the site expects, and what it says of the chosen certificate. It warns and never blocks. */
function Expected({
  account,
  choice,
  advice,
  locale,
}: {
  account: Account;
  choice: Choice | undefined;
  advice: readonly LoginAdvice[];
  locale: Locale;
}) {
  const t = textsOf(locale);
  const findings = adviceOf(advice, choice?.certificate);
  const named = account.name.trim() !== '';
  const same = choice !== undefined && named && !findings.some(({ names }) => names);
  return (
    <section class="expected" aria-label={t.expectedAccount}>
      <p class="quiet">{t.expectedAccount}</p>
      <p>
        <span class="strong">
          <Foreign>{account.name}</Foreign>
        </span>
        {account.role !== undefined && (
          <span class="role">
            <Foreign>{t.accountRole(account.role)}</Foreign>
          </span>
        )}
      </p>
      {same && <p class="same">{t.accountSame}</p>}
      {/* Said where it changes with the choice. */}
      <div class="account-findings" role="status">
        {findings.map(advised => (
          <AccountFinding key={advised.rule} advised={advised} locale={locale} />
        ))}
        {findings.some(isWarning) && (
          <p>
            <a class="link" href="workspace.html" target="_blank" rel="noopener">
              {t.accountMore}
            </a>
          </p>
        )}
      </div>
    </section>
  );
}

function AccountFinding({ advised, locale }: { advised: Advised; locale: Locale }) {
  const t = textsOf(locale);
  const { cause, names, calendar, severity } = advised;
  const { remedy } = wordsOf(advised, locale);
  return (
    <Message tone={severity === 'note' ? 'plain' : 'warning'}>
      {names ? (
        <>
          <p class="strong">{names.likeness === 'different' ? t.accountDiffers : t.accountWrittenOtherwise}</p>
          <Names comparison={names} locale={locale} />
        </>
      ) : (
        <p class="strong">
          <Foreign>{cause[locale]}</Foreign>
        </p>
      )}
      <p>
        <Prose>{remedy}</Prose>
      </p>
      {calendar !== undefined && (
        <p>
          <CalendarLink entry={calendar} locale={locale} />
        </p>
      )}
    </Message>
  );
}

const isWarning = ({ severity }: Advised): boolean => severity !== 'note';

/** What there is to say of a certificate, beside what its own card says already. */
function adviceOf(advice: readonly LoginAdvice[], certificate: CertificateView | undefined): Advised[] {
  const findings = advice.find(one => one.certificate === certificate?.certificate)?.findings ?? [];
  return findings.filter(({ code }) => !certificate?.findings.some(told => told.code === code));
}

/** The keys and their certificates. What can't be used is shown with the reason. */
function Tokens({
  view,
  advice,
  locale,
  choice,
  locked,
  pick,
}: {
  view: ConsentView;
  advice: readonly LoginAdvice[];
  locale: Locale;
  choice: Choice | undefined;
  locked: boolean;
  pick(pick: Picked, byMouse: boolean): void;
}) {
  const t = textsOf(locale);
  const problems = view.modules.flatMap(module => (module.problem ? [{ module, problem: module.problem }] : []));
  return (
    <>
      {view.tokens.length > 0 && (
        <fieldset class="block">
          <legend>{needsSeal(view.act) ? t.chooseSeal : t.choose}</legend>
          {view.tokens.map(token => (
            <Token
              key={token.token}
              token={token}
              act={view.act}
              advice={advice}
              locale={locale}
              choice={choice}
              locked={locked}
              pick={pick}
            />
          ))}
        </fieldset>
      )}
      {problems.length > 0 && (
        <details class="more" open={view.tokens.length === 0}>
          <summary>{t.moduleProblems(problems.length)}</summary>
          {problems.map(({ module, problem }) => (
            <ErrorMessage key={module.path} error={problem} locale={locale} tone="warning" />
          ))}
        </details>
      )}
    </>
  );
}

function Token({
  token,
  act,
  advice,
  locale,
  choice,
  locked,
  pick,
}: {
  token: TokenView;
  act: Act;
  advice: readonly LoginAdvice[];
  locale: Locale;
  choice: Choice | undefined;
  locked: boolean;
  pick(pick: Picked, byMouse: boolean): void;
}) {
  const t = textsOf(locale);
  const reason = useId();
  const encryption = token.certificates.filter(encrypts).length;
  return (
    <div class="token">
      <TokenHead token={token} locale={locale} />
      {token.problem && <TokenProblem token={token} problem={token.problem} advice={advice} locale={locale} />}
      {cardsOf(token, act).map(({ certificate, seal }, index) => {
        const problem = certificate.problem ?? token.problem;
        const checked = sameChoice(choice, { token, certificate, ...(seal && { seal }) });
        const reasonId = `${reason}-${index}`;
        return (
          <div
            key={`${certificate.certificate} ${seal?.seal}`}
            class={problem ? 'card certificate unusable' : checked ? 'card certificate checked' : 'card certificate'}
          >
            <label class="certificate-label">
              <input
                type="radio"
                name="certificate"
                checked={checked}
                disabled={problem !== undefined || locked}
                aria-describedby={certificate.problem ? reasonId : undefined}
                // Keys of a keyboard click too, with a count of 0.
                onClick={event => pick(pickOf({ token, certificate, ...(seal && { seal }) }), event.detail > 0)}
              />
              <span class="certificate-text">
                {seal && <SealEntry seal={seal} locale={locale} />}
                <Holder certificate={certificate} locale={locale}>
                  {isBound(certificate, act) && <span class="chip">{t.accountBound}</span>}
                </Holder>
                {certificate.problem ? (
                  <Reason id={reasonId} problem={certificate.problem} locale={locale} />
                ) : (
                  <CertificateFacts certificate={certificate} locale={locale} />
                )}
              </span>
            </label>
            {!certificate.problem &&
              [...(seal?.findings ?? []), ...certificate.findings]
                .filter(finding => finding.severity === 'warning')
                .map(finding => <ErrorMessage key={finding.code} error={finding} locale={locale} tone="warning" />)}
            {!certificate.problem && <TrustProblem certificate={certificate} locale={locale} />}
            {checked && seal && <SealDetails seal={seal} locale={locale} />}
            {checked && <CertificateDetails certificate={certificate} token={token} locale={locale} />}
          </div>
        );
      })}
      {needsSeal(act) &&
        !token.problem &&
        token.seals
          .filter(seal => seal.problem && !isTold(seal.problem, token))
          .map(seal => (
            <div key={seal.seal} class="card certificate unusable">
              <SealEntry seal={seal} locale={locale}>
                {seal.problem && <Reason problem={seal.problem} locale={locale} />}
              </SealEntry>
            </div>
          ))}
      {encryption > 0 && !needsSeal(act) && <p class="quiet">{t.encryptionCertificates(encryption)}</p>}
      {token.certificates.length === 0 && !token.problem && (
        <p class="quiet">{wordsOf({ code: 'token-empty', params: {} }, locale).message}</p>
      )}
      {token.certificates.length > 0 &&
        token.certificates.every(certificate => certificate.problem) &&
        !token.problem && <p class="visually-hidden">{t.unusable}</p>}
    </div>
  );
}

/** Why a key can't be used. A locked one may keep an expert from an evaluation: then there is more to say. */
function TokenProblem({
  token,
  problem,
  advice,
  locale,
}: {
  token: TokenView;
  problem: CatalogueError;
  advice: readonly LoginAdvice[];
  locale: Locale;
}) {
  const all = token.certificates.flatMap(certificate => adviceOf(advice, certificate));
  const advised = all.find(({ code }) => code === problem.code);
  if (!advised) return <ErrorMessage error={problem} locale={locale} />;
  return (
    <Message tone="error">
      <p class="strong">{advised.cause[locale]}</p>
      {advised.steps.map(({ text }, index) => (
        <p key={index}>{text[locale]}</p>
      ))}
    </Message>
  );
}

/** What stands in a card of its own: each choice, and each certificate that gives none, with its reason. */
function cardsOf(token: TokenView, act: Act): Omit<Choice, 'token'>[] {
  const all = choices(token, act);
  // Each key has one for encryption, which one line says for all of them.
  const without = token.certificates.filter(certificate => certificate.problem && !encrypts(certificate));
  return [...all, ...without.map(certificate => ({ certificate }))];
}

/** Whether the reason of a seal is that of a certificate already, beside which it is said. */
function isTold(problem: CatalogueError, token: TokenView): boolean {
  return token.certificates.some(certificate => certificate.problem?.code === problem.code);
}

/** Why a certificate can't be used, and what to do. */
function Reason({ id, problem, locale }: { id?: string; problem: CatalogueError; locale: Locale }) {
  const { message, remedy } = wordsOf(problem, locale);
  return (
    <span id={id} class="reason">
      {message}
      {locale === 'en' && ' '}
      <Prose>{remedy}</Prose>
    </span>
  );
}

/** What went wrong with the last try. Where the field itself is what to do next, it needs no words. */
function Notice({ error, last, locale }: { error: CatalogueError; last: boolean; locale: Locale }) {
  if (!OF_THE_FIELD.has(error.code)) return <ErrorMessage error={error} locale={locale} />;
  return (
    <Message tone="error">
      <p class="strong">{wordsOf(error, locale).message}</p>
      {last && error.code === 'pin-incorrect' && <p class="strong">{textsOf(locale).triesFinal}</p>}
    </Message>
  );
}

/** The PIN field, or what a key with a pad of its own asks for. */
function Pin({
  label,
  choice: { token },
  locale,
  field,
  typed,
  enter,
  wrong,
  told,
  children,
}: {
  label: string;
  choice: Choice;
  locale: Locale;
  field: RefObject<HTMLInputElement | null>;
  typed(bytes: number): void;
  enter(): void;
  wrong: boolean;
  /** That the last PIN was wrong stands above. */
  told: boolean;
  children: ComponentChildren;
}) {
  const t = textsOf(locale);
  const id = useId();
  const focused = useRef(Number.POSITIVE_INFINITY);
  if (token.protectedPath) {
    return (
      <div class="pin">
        <Tries tries={token.pin} locale={locale} />
        <p>{t.protectedPath}</p>
      </div>
    );
  }
  const { min, max } = pinLimits(token.pinLength);
  const length = t.pinHint(min === max ? `${min}` : `${min}–${max}`);
  return (
    <div class="pin">
      <div class="pin-head">
        <label for={id}>{label}</label>
        <span class="visually-hidden" id={`${id}-hint`}>
          {length}
        </span>
        {!(told && token.pin.state === 'final') && (
          <Tries tries={token.pin} told={told} locale={locale} id={`${id}-tries`} />
        )}
      </div>
      <PinInput
        id={id}
        field={field}
        placeholder={length}
        aria-invalid={wrong}
        aria-describedby={`${ASKED} ${id}-hint ${id}-tries`}
        typed={typed}
        onFocus={() => {
          focused.current = performance.now();
        }}
        onKeyDown={event => {
          if (event.key !== 'Enter' || event.isComposing || event.repeat) return;
          event.preventDefault();
          // Someone who was typing elsewhere when the field got focus has not decided anything.
          if (event.timeStamp - focused.current >= INPUT_GUARD_MS) enter();
        }}
      />
      {children}
    </div>
  );
}

/** A field for the new PIN. */
function NewPin({ label, field, enter }: { label: string; field: RefObject<HTMLInputElement | null>; enter(): void }) {
  const id = useId();
  return (
    <>
      <div class="pin-head">
        <label for={id}>{label}</label>
      </div>
      <PinInput
        id={id}
        field={field}
        typed={() => undefined}
        onKeyDown={event => {
          if (event.key !== 'Enter' || event.isComposing || event.repeat) return;
          event.preventDefault();
          enter();
        }}
      />
    </>
  );
}

function Working({
  act,
  done,
  total,
  protectedPath,
  locale,
}: {
  act: Act;
  done: number;
  total: number;
  protectedPath: boolean;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const label = useId();
  return (
    <div class="working">
      <p id={label} class="strong">
        {t.working(act, done, total)}
      </p>
      <progress aria-labelledby={label} max={total} {...(total > 1 && { value: done })} />
      <p class="quiet">{protectedPath ? t.protectedWorking : t.workingHint}</p>
    </div>
  );
}

/** How it ended. */
function End({
  view: { phase, act },
  locale,
  heading,
  decide,
  guarded,
}: {
  view: ConsentView;
  locale: Locale;
  heading: RefObject<HTMLHeadingElement | null>;
  decide(decision: Decision): void;
  guarded: boolean;
}) {
  const t = textsOf(locale);
  if (phase.type === 'failed') {
    const { message, remedy } = wordsOf(phase.error, locale);
    return (
      <main class="end">
        <h1 ref={heading} tabIndex={-1}>
          {t.failedTitle}
        </h1>
        {phase.document !== undefined && (
          <p class="end-document">
            <bdi>{visible(phase.document)}</bdi>
          </p>
        )}
        <p class="end-message">{message}</p>
        <p class="end-remedy">
          <Prose>{remedy}</Prose>
        </p>
        <p class="quiet">
          {t.supportCode} <span class="code">{phase.error.code}</span>
        </p>
        <div class="buttons">
          <button type="button" class="secondary" aria-disabled={guarded} onClick={() => decide({ type: 'cancel' })}>
            {t.close}
          </button>
          <a class="link" href="workspace.html" target="_blank" rel="noopener">
            {t.openWorkspace}
          </a>
        </div>
      </main>
    );
  }
  return (
    <main class="end end-done">
      <Seal />
      <h1 ref={heading} tabIndex={-1}>
        {t.done(act)}
      </h1>
      <p class="quiet">{t.doneHint}</p>
    </main>
  );
}

/** Says to a screen reader what changed, once. */
function Announcement({ view: { phase, act, tokens }, locale }: { view: ConsentView; locale: Locale }) {
  const t = textsOf(locale);
  let words = '';
  switch (phase.type) {
    case 'looking':
      words = t.looking;
      break;
    case 'choosing':
      words = tokens.map(token => t.keyOf(visible(token.label))).join(t.separator);
      break;
    case 'working':
      words = t.working(act, phase.done, phase.total);
      break;
    case 'done':
      words = t.done(act);
      break;
    case 'awaiting':
      words = `${t.done(act)}. ${t.awaitingPage}`;
      break;
    case 'failed':
      words = [t.failedTitle, phase.document, wordsOf(phase.error, locale).message].filter(Boolean).join('. ');
      break;
    default:
      phase satisfies never;
  }
  return (
    <p class="visually-hidden" role="status">
      {words}
    </p>
  );
}

function identity(choice: Choice): string {
  return JSON.stringify(pickOf(choice));
}

function split(origin: string): [scheme: string, authority: string] {
  const at = origin.indexOf('://') + 3;
  return [origin.slice(0, at), origin.slice(at)];
}

/** Id of what is asked, which is read with the PIN field. */
const ASKED = 'asked';

/** Problems of what is typed: the field below has the focus. */
const OF_THE_FIELD: ReadonlySet<string> = new Set(['pin-required', 'pin-incorrect', 'pin-length']);

/** Documents above which the list scrolls by itself. */
const LONG_LIST = 5;

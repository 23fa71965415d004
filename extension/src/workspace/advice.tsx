//! What is wrong, why, and what to do next: the worst first, the others below it.

import { MAX_MESSAGE_CHARS } from '@yinxin/proto';
import { day, visible } from '@yinxin/ui/language.js';
import { Outside } from '@yinxin/ui/outside.js';
import { ErrorMessage, Foreign, Message, Prose } from '@yinxin/ui/parts.js';
import { Fragment } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Advice, Advised } from '../relay.js';
import { TONES, Whose, whichOf } from '../ui/advised.js';
import { Names } from '../ui/names.js';
import { CalendarLink } from '../ui/parts.js';
import { textsOf } from '../ui/texts.js';
import { Contacts } from './contacts.js';
import { ProcedureLinks } from './procedure-link.js';
import type { WorkspaceProps } from './props.js';
import { RenewalLine } from './renewal.js';
import { wordOf } from './report.js';

/** The section. `explain` asks what a message of the platform means. */
export function AdviceSection(
  props: Around & Pick<WorkspaceProps, 'advice' | 'adviceProblem' | 'messages' | 'explain'>,
) {
  const { advice, adviceProblem, locale } = props;
  const t = textsOf(locale);
  const [first, ...others] = advice ? byWeight(advice) : [];
  return (
    <section class="block advice" aria-labelledby="advice">
      <h2 id="advice" tabIndex={-1}>
        {t.adviceTitle}
      </h2>
      <div role="status">
        {adviceProblem ? (
          <>
            <p>{t.adviceFails}</p>
            <ErrorMessage error={adviceProblem} locale={locale} tone="warning" />
            <p class="quiet">
              {t.supportCode} <span class="code">{adviceProblem.code}</span>
            </p>
          </>
        ) : !advice ? (
          <p class="quiet">{t.adviceLooking}</p>
        ) : first ? (
          <Finding advised={first} {...props} />
        ) : (
          <Message tone="good">
            <p>{t.adviceHealthy}</p>
          </Message>
        )}
      </div>
      {others.length > 0 && (
        <details class="more">
          <summary>
            <Prose>{t.adviceOthers(others.length, whichOf(others, first, locale))}</Prose>
          </summary>
          <div class="advice-others">
            {others.map(advised => (
              <Finding key={`${advised.rule} ${advised.place}`} advised={advised} {...props} />
            ))}
          </div>
        </details>
      )}
      <Explain {...props} />
    </section>
  );
}

/** What a finding is shown with. */
type Around = Pick<WorkspaceProps, 'procedures' | 'renewals' | 'doctor' | 'locale'>;

/** `asked`: it answers a message, which is not said again. */
function Finding({
  advised,
  asked = false,
  procedures,
  renewals,
  doctor,
  locale,
}: Around & { advised: Advised; asked?: boolean }) {
  const t = textsOf(locale);
  const { about, cause, steps, who, contacts, evidence, guide, names, calendar, severity, code, place } = advised;
  const links = new Set<string>();
  const renewed = advised.order?.service === 'renewal' ? about?.certificate : undefined;
  const quote = renewals.find(({ certificate }) => certificate === renewed)?.quote;
  const repairs = doctor.examination?.checks.filter(({ repair }) => repair) ?? [];
  const repaired = code.startsWith('registration-') && repairs.some(({ subject }) => subject === place);
  return (
    <Message tone={TONES[severity]}>
      <Whose advised={advised} locale={locale} />
      <p class="strong">
        <bdi>
          <Prose>{visible(cause[locale])}</Prose>
        </bdi>
      </p>
      {guide && !asked && <p class="quiet">{t.adviceGuide(visible(guide.heading))}</p>}
      {names && <Names comparison={names} locale={locale} />}
      {repaired ? (
        <p>
          {t.repairAdvice} <a href="#check">{t.repairLink}</a>
        </p>
      ) : (
        <ol class="advice-steps">
          {steps.map((step, index) => (
            <li key={index}>
              <Prose>{step.text[locale]}</Prose>
              {step.links?.map(link => {
                if (links.has(link)) return null;
                links.add(link);
                return (
                  <Fragment key={link}>
                    {' '}
                    <Outside link={link} locale={locale} />
                  </Fragment>
                );
              })}
            </li>
          ))}
        </ol>
      )}
      {advised.rule === 'seal-in-order' && (
        <p>
          <a href="#check">{t.adviceReport}</a>
        </p>
      )}
      {quote && <RenewalLine quote={quote} locale={locale} />}
      <ProcedureLinks ids={advised.procedures} procedures={procedures} locale={locale} />
      <p>{t.adviceWho(who, contacts.length > 0)}</p>
      <Contacts contacts={contacts} locale={locale} />
      {calendar !== undefined && (
        <p>
          <CalendarLink entry={calendar} locale={locale} />
        </p>
      )}
      {/* What the user has to look at is no mere evidence. */}
      <details class="more" open={evidence.some(({ value }) => value === '')}>
        <summary>{t.adviceEvidence}</summary>
        <dl class="pairs">
          {evidence.map(({ name, value }, index) => (
            <Fragment key={index}>
              {/* What the doctor saw has its names and words. */}
              <dt>{name[locale]}</dt>
              <dd>
                {value === '' ? (
                  t.adviceToLookAt
                ) : (
                  <Foreign>{ISO_DAY.test(value) ? day(value, locale) : wordOf(t.doctorValues, value)}</Foreign>
                )}
              </dd>
            </Fragment>
          ))}
          <dt>{t.supportCode}</dt>
          <dd class="code">{code}</dd>
        </dl>
      </details>
    </Message>
  );
}

/** What was found, by its weight alone: the answer to a message stands with the message, and hides nothing here. */
function byWeight({ findings, answer }: Advice): readonly Advised[] {
  const [first, ...others] = findings;
  if (!answer || !first) return findings;
  if (answer.rank === undefined) return others;
  return [...others.slice(0, answer.rank), first, ...others.slice(answer.rank)];
}

/** A message of the platform, to be explained: typed, pasted, or chosen, since the box of a message can't be copied. */
function Explain({
  advice,
  messages = [],
  explain,
  ...around
}: Around & Pick<WorkspaceProps, 'advice' | 'messages' | 'explain'>) {
  const t = textsOf(around.locale);
  const field = useId();
  const known = useId();
  const [message, setMessage] = useState('');
  const [asked, setAsked] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const ask = (text: string) => {
    setMessage(text);
    setAsked(true);
    explain(text);
  };
  const answer = asked && advice?.answer && advice.findings[0];
  // Who asked goes on with the answer, once it is there.
  const waits = useRef(false);
  useLayoutEffect(() => {
    if (!waits.current || !answer) return;
    waits.current = false;
    place.current?.focus();
    place.current?.scrollIntoView({ block: 'nearest' });
  }, [advice]);
  const submit = () => {
    waits.current = true;
    ask(message);
  };
  return (
    <details class="more">
      <summary>{t.adviceAsk}</summary>
      <form
        class="advice-ask"
        onSubmit={event => {
          event.preventDefault();
          submit();
        }}
      >
        <label for={field}>{t.adviceAskLabel}</label>
        <textarea
          id={field}
          rows={2}
          maxLength={MAX_MESSAGE_CHARS}
          value={message}
          onInput={event => setMessage(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <p>
          <button type="submit" class="secondary">
            {t.adviceAskButton}
          </button>
        </p>
        {messages.length > 0 && (
          <>
            <p class="quiet" id={known}>
              {t.adviceKnown}
            </p>
            <ul class="advice-known" aria-labelledby={known}>
              {messages.map(message => (
                <li key={message}>
                  <button
                    type="button"
                    class="link"
                    onClick={() => {
                      waits.current = true;
                      ask(message);
                    }}
                  >
                    {message}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </form>
      <div ref={place} class="advice-answer" tabIndex={-1}>
        {answer && (
          <>
            <p class="strong">{advice.answer?.rank === undefined ? t.adviceMeaning : t.adviceExactly}</p>
            <Finding advised={answer} asked {...around} />
          </>
        )}
      </div>
    </details>
  );
}

const ISO_DAY = /^\d{4}-\d\d-\d\d$/;

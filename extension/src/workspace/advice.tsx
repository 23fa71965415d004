//! What is wrong, why, and what to do next: the worst first, the others below it.

import { type Locale, MAX_MESSAGE_CHARS } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { ErrorMessage, Foreign, Message, type Tone } from '@yinxin/ui/parts.js';
import { Fragment } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Advised } from '../relay.js';
import { Names } from '../ui/names.js';
import { CalendarLink } from '../ui/parts.js';
import { textsOf } from '../ui/texts.js';
import { ProcedureLinks } from './procedure-link.js';
import type { WorkspaceProps } from './props.js';
import { wordOf } from './report.js';

/** The section. `explain` asks what a message of the platform means. */
export function AdviceSection({
  advice,
  procedures,
  adviceProblem,
  locale,
  explain,
}: Pick<WorkspaceProps, 'advice' | 'procedures' | 'adviceProblem' | 'locale' | 'explain'>) {
  const t = textsOf(locale);
  const [first, ...others] = advice?.findings ?? [];
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
          <Finding advised={first} procedures={procedures} locale={locale} />
        ) : (
          <Message tone="good">
            <p>{t.adviceHealthy}</p>
          </Message>
        )}
      </div>
      {others.length > 0 && (
        <details class="more">
          <summary>{t.adviceOthers(others.length)}</summary>
          <div class="advice-others">
            {others.map(advised => (
              <Finding
                key={`${advised.rule} ${advised.place}`}
                advised={advised}
                procedures={procedures}
                locale={locale}
              />
            ))}
          </div>
        </details>
      )}
      <Explain locale={locale} explain={explain} />
    </section>
  );
}

function Finding({
  advised,
  procedures,
  locale,
}: Pick<WorkspaceProps, 'procedures' | 'locale'> & { advised: Advised }) {
  const t = textsOf(locale);
  const { cause, steps, who, contacts, evidence, guide, names, calendar, severity, code } = advised;
  const links = new Set<string>();
  return (
    <Message tone={TONES[severity]}>
      <p class="strong">
        <Foreign>{cause[locale]}</Foreign>
      </p>
      {guide && <p class="quiet">{t.adviceGuide(visible(guide.heading))}</p>}
      {names && <Names comparison={names} locale={locale} />}
      <ol class="advice-steps">
        {steps.map((step, index) => (
          <li key={index}>
            {step.text[locale]}
            {step.links?.map(link => {
              if (links.has(link)) return null;
              links.add(link);
              return (
                <a key={link} href={link} target="_blank" rel="noopener noreferrer">
                  {link}
                </a>
              );
            })}
          </li>
        ))}
      </ol>
      {code.startsWith('registration-') && <a href="#doctor">{t.repairLink}</a>}
      <ProcedureLinks ids={advised.procedures} procedures={procedures} locale={locale} />
      <p>{t.adviceWho[who]}</p>
      {contacts.length > 0 && (
        <ul class="advice-contacts">
          {contacts.map(({ name, value }) => (
            <li key={value}>
              {name[locale]} <span class="code">{value}</span>
            </li>
          ))}
        </ul>
      )}
      {calendar !== undefined && (
        <p>
          <CalendarLink entry={calendar} locale={locale} />
        </p>
      )}
      <details class="more">
        <summary>{t.adviceEvidence}</summary>
        <dl class="pairs">
          {evidence.map(({ name, value }, index) => (
            <Fragment key={index}>
              {/* What the doctor saw has its names and words. */}
              <dt>{name[locale]}</dt>
              <dd>{value === '' ? t.adviceToLookAt : <Foreign>{wordOf(t.doctorValues, value)}</Foreign>}</dd>
            </Fragment>
          ))}
          <dt>{t.supportCode}</dt>
          <dd class="code">{code}</dd>
        </dl>
      </details>
    </Message>
  );
}

/** A message of the platform, to be explained. */
function Explain({ locale, explain }: { locale: Locale; explain(message: string): void }) {
  const t = textsOf(locale);
  const field = useId();
  const [message, setMessage] = useState('');
  return (
    <details class="more">
      <summary>{t.adviceAsk}</summary>
      <form
        class="advice-ask"
        onSubmit={event => {
          event.preventDefault();
          explain(message);
        }}
      >
        <label for={field}>{t.adviceAskLabel}</label>
        <textarea
          id={field}
          rows={2}
          maxLength={MAX_MESSAGE_CHARS}
          value={message}
          onInput={event => setMessage(event.currentTarget.value)}
        />
        <p>
          <button type="submit" class="secondary">
            {t.adviceAskButton}
          </button>
        </p>
      </form>
    </details>
  );
}

const TONES: Record<Advised['severity'], Tone> = { fatal: 'error', warning: 'warning', note: 'plain' };

//! The ways to get something done, with what the machine sees is done already. None is taken here.

import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { Foreign, Prose } from '@yinxin/ui/parts.js';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ROLES } from '../../../www/calculator/order.js';
import { Links } from '../../../www/calculator/quote.js';
import { textsOf as calculatorTextsOf } from '../../../www/calculator/texts.js';
import type { Procedure } from '../relay.js';
import { textsOf } from '../ui/texts.js';
import { calculatorLink } from './calculator-link.js';
import { placeOf } from './procedure-link.js';
import type { WorkspaceProps } from './props.js';
import { yuan } from './renewal.js';

type Task = Procedure['steps'][number];

/** The section: those that the advice leads to first, the first of them open. */
export function Procedures({ advice, procedures, locale }: Pick<WorkspaceProps, 'advice' | 'procedures' | 'locale'>) {
  const t = textsOf(locale);
  // What was to be done stays in its place when it is done, so that its ticks are seen.
  const [led, setLed] = useState<readonly string[]>([]);
  const [open, setOpen] = useState<readonly string[]>([]);
  useEffect(() => {
    const now = advice?.findings.flatMap(finding => finding.procedures) ?? [];
    setLed(before => [...new Set([...now, ...before])]);
    const first = now[0];
    if (first !== undefined) setOpen(before => (before.includes(first) ? before : [...before, first]));
  }, [advice]);
  if (!procedures) return null;
  const due = led.flatMap(id => procedures.filter(procedure => procedure.id === id));
  const others = procedures.filter(({ id }) => !led.includes(id));
  const way = (procedure: Procedure) => (
    <Way
      key={procedure.id}
      procedure={procedure}
      due={led.includes(procedure.id)}
      open={open.includes(procedure.id)}
      toggle={shown => {
        setOpen(before => [...before.filter(id => id !== procedure.id), ...(shown ? [procedure.id] : [])]);
      }}
      locale={locale}
    />
  );
  return (
    <section class="block ways-section" aria-labelledby="procedures">
      <h2 id="procedures" class="visually-hidden" tabIndex={-1}>
        {t.proceduresTitle}
      </h2>
      <p class="quiet">{t.proceduresLead}</p>
      {due.length > 0 && (
        <>
          <p role="status" class="visually-hidden">
            {due
              .filter(procedure => progress(procedure)[1] > 0)
              .map(procedure => `${procedure.title[locale]}${t.colon}${t.tasksDone(...progress(procedure))}`)
              .join(' ')}
          </p>
          <ul class="ways" aria-label={t.proceduresDue}>
            {due.map(way)}
          </ul>
        </>
      )}
      <ul class="card ways-others" aria-label={t.proceduresOthers}>
        {others.map(way)}
      </ul>
    </section>
  );
}

/** How many steps are done, of those whose result can be seen. */
function progress({ steps }: Procedure): [number, number] {
  const watched = steps.filter(step => step.watched);
  return [watched.filter(step => step.done).length, watched.length];
}

function Way({
  procedure,
  due,
  open,
  toggle,
  locale,
}: {
  procedure: Procedure;
  due: boolean;
  open: boolean;
  toggle(open: boolean): void;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const words = calculatorTextsOf(locale);
  const { id, way, title, roles, who, bring, first, steps, time, notes, contacts } = procedure;
  const [done, watched] = progress(procedure);
  const everybody = roles.length === 0 || roles.length === ROLES.length;
  return (
    <li class={due ? 'card way' : 'way'}>
      <details id={placeOf(id)} open={open} onToggle={event => toggle(event.currentTarget.open)}>
        <summary>
          <span class="way-title">{title[locale]}</span> <span class="chip">{t.procedureWay[way]}</span>
          {due && done > 0 && (
            <>
              {' '}
              <span class={done === watched ? 'chip way-done' : 'chip'}>{t.tasksDone(done, watched)}</span>
            </>
          )}
        </summary>
        <div class="way-body">
          <dl class="way-facts">
            <Fact name={t.procedureWho}>
              <dd>{everybody ? t.procedureEverybody : roles.map(role => words.roles[role]).join(words.separator)}</dd>
              {who && <dd>{who[locale]}</dd>}
            </Fact>
            {bring.length > 0 && (
              <Fact name={t.procedureBring}>
                {bring.map(({ text, links }, at) => (
                  <dd key={at}>
                    {text[locale]} <Links links={links} locale={locale} />
                  </dd>
                ))}
              </Fact>
            )}
            <Fact name={t.procedureTime}>
              {time.length === 0 && <dd>{t.procedureTimeOpen}</dd>}
              {time.map((text, at) => (
                <dd key={at}>{text[locale]}</dd>
              ))}
            </Fact>
            <Costs procedure={procedure} locale={locale} />
          </dl>
          {first.length > 0 && (
            <div>
              <h3 class="part">{t.procedureFirst}</h3>
              <ul class="tasks">
                {first.map((task, at) => (
                  <TaskView key={at} task={task} words={t.firstWords} locale={locale} />
                ))}
              </ul>
            </div>
          )}
          <div>
            <h3 class="part">{t.procedureSteps}</h3>
            <ol class="steps tasks">
              {steps.map((task, at) => (
                <TaskView key={at} task={task} words={t.taskWords} locale={locale} />
              ))}
            </ol>
          </div>
          {notes.length > 0 && (
            <div>
              <h3 class="part">{t.procedureNotes}</h3>
              <ul class="way-notes">
                {notes.map(({ text, links }, at) => (
                  <li key={at}>
                    {text[locale]} <Links links={links} locale={locale} />
                  </li>
                ))}
              </ul>
            </div>
          )}
          <dl class="way-facts">
            <Fact name={words.contacts}>
              {contacts.map(({ name, value }) => (
                <dd key={value}>
                  {name[locale]} <Prose dial>{visible(value)}</Prose>
                </dd>
              ))}
            </Fact>
          </dl>
          <p class="way-print">
            <button type="button" class="link" onClick={event => print(event.currentTarget)}>
              {t.procedurePrint}
            </button>
          </p>
        </div>
      </details>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="way-fact">
      <dt>{name}</dt>
      {children}
    </div>
  );
}

/** A step, with what was seen of it. */
function TaskView({ task, words, locale }: { task: Task; words: { done: string; open: string }; locale: Locale }) {
  const { text, links, done, seen = [] } = task;
  return (
    <li class={done ? 'task-done' : undefined}>
      <Prose>{text[locale]}</Prose> <Links links={links} locale={locale} />
      {seen.map(({ key, done, evidence }, at) => (
        <p key={at} class={done ? 'task-seen task-good' : 'task-seen'}>
          <span class="task-word">{done ? words.done : words.open}</span>{' '}
          {key !== undefined && (
            <>
              <Foreign>{textsOf(locale).adviceAbout(undefined, key)}</Foreign>{' '}
            </>
          )}
          <Foreign>{evidence[locale]}</Foreign>
        </p>
      ))}
    </li>
  );
}

/** What it costs for the certificates at hand; else where that is worked out. */
function Costs({ procedure: { services, costs }, locale }: { procedure: Procedure; locale: Locale }) {
  const t = textsOf(locale);
  if (services.length === 0) return null;
  return (
    <Fact name={t.procedureCost}>
      {costs.map(cost => {
        const { holder, key, notAfter, total, range, terms } = cost;
        const amounts = terms.map(({ years, total }) => t.renewalTerm(years, yuan(total)));
        if (amounts.length === 0 && total !== null) amounts.push(t.procedureAmount(yuan(total)));
        if (amounts.length === 0 && range) amounts.push(t.procedureRange(yuan(range.from), yuan(range.to)));
        return (
          <dd key={`${holder} ${key} ${notAfter} ${cost.order.service}`}>
            <Foreign>{t.adviceAbout(holder, key)}</Foreign>{' '}
            {amounts.length > 0 && <span class="renewal-term">{amounts.join(' · ')}</span>}{' '}
            <Calculator link={calculatorLink(cost, notAfter)}>{t.renewalCalculator}</Calculator>
          </dd>
        );
      })}
      {costs.length === 0 && (
        <dd>
          <Calculator link="calculator.html">{t.procedureCalculator}</Calculator>
        </dd>
      )}
    </Fact>
  );
}

function Calculator({ link, children }: { link: string; children: string }) {
  return (
    <a href={link} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

/** Prints the one procedure that a button stands in. */
function print(button: HTMLElement): void {
  const way = button.closest('details');
  if (!way) return;
  way.dataset.printing = '';
  window.addEventListener('afterprint', () => delete way.dataset.printing, { once: true });
  window.print();
}

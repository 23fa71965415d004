//! Whether the host works, and its drivers.

import type { CatalogueError } from '@yinxin/proto';
import { visible, wordsOf } from '@yinxin/ui/language.js';
import { ErrorMessage, Message } from '@yinxin/ui/parts.js';
import { useId } from 'preact/hooks';
import { textsOf } from '../ui/texts.js';
import type { WorkspaceProps } from './props.js';

/** The host, and what keeps its drivers from working. */
export function Host({ view, advice, locale }: Pick<WorkspaceProps, 'view' | 'advice' | 'locale'>) {
  const t = textsOf(locale);
  const title = useId();
  const problems = view.modules.filter(module => module.problem);
  // Said above, with more about what to do.
  const told = (error: CatalogueError | undefined) =>
    advice?.findings.some(({ code }) => code === error?.code) === true;
  return (
    <section class="block" aria-labelledby={title}>
      <h2 id={title}>{t.host}</h2>
      <div role="status">
        {view.looking ? (
          <p class="looking">
            <span class="spinner" aria-hidden="true" />
            {t.hostLooking}
          </p>
        ) : view.problem ? (
          told(view.problem) ? (
            <p>
              {t.hostFails} <a href="#advice">{t.seeAdvice}</a>
            </p>
          ) : (
            <ErrorMessage error={view.problem} locale={locale} />
          )
        ) : (
          <Message tone="good">
            <p>{t.hostReady}</p>
          </Message>
        )}
      </div>
      {view.modules.length > 0 && (
        <details class="more" open={problems.some(({ problem }) => !told(problem))}>
          <summary>{problems.length > 0 ? t.moduleProblems(problems.length) : t.modules}</summary>
          <ul class="modules">
            {view.modules.map(module => (
              <li key={module.path}>
                <p>
                  <span class="strong">{visible(module.name)}</span>{' '}
                  <span class="code quiet">{visible(module.path)}</span>
                </p>
                {module.problem && told(module.problem) ? (
                  <p class="reason">{wordsOf(module.problem, locale).message}</p>
                ) : module.problem ? (
                  <ErrorMessage error={module.problem} locale={locale} tone="warning" />
                ) : (
                  <p class="quiet">{t.moduleWorks}</p>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

//! Links to procedures on the same page.

import type { ComponentChildren } from 'preact';
import { textsOf } from '../ui/texts.js';
import type { WorkspaceProps } from './props.js';

/** Opens a procedure, and brings the keyboard there. */
export function ProcedureLink({ id, children }: { id: string; children: ComponentChildren }) {
  const place = placeOf(id);
  return (
    <a
      href={`#${place}`}
      onClick={event => {
        const details = document.getElementById(place);
        if (!(details instanceof HTMLDetailsElement)) return;
        event.preventDefault();
        details.open = true;
        details.querySelector('summary')?.focus();
        details.scrollIntoView();
      }}
    >
      {children}
    </a>
  );
}

/** The procedures that a finding leads to. */
export function ProcedureLinks({
  ids,
  procedures = [],
  locale,
}: Pick<WorkspaceProps, 'procedures' | 'locale'> & { ids: readonly string[] }) {
  const t = textsOf(locale);
  const known = ids.flatMap(id => procedures.filter(procedure => procedure.id === id));
  if (known.length === 0) return null;
  return (
    <p class="procedure-links">
      {t.procedureHow}
      {known.map(({ id, title }) => (
        <ProcedureLink key={id} id={id}>
          {title[locale]}
        </ProcedureLink>
      ))}
    </p>
  );
}

/** Where a procedure stands on the page. */
export function placeOf(id: string): string {
  return `procedure-${id}`;
}

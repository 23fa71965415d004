//! Links to procedures, in their room of the same page.

import type { ComponentChildren } from 'preact';
import { textsOf } from '../ui/texts.js';
import type { WorkspaceProps } from './props.js';

/** Leads to a procedure, which opens with the keyboard in it. */
export function ProcedureLink({ id, children }: { id: string; children: ComponentChildren }) {
  return <a href={`#${placeOf(id)}`}>{children}</a>;
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

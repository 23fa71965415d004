//! Which account the keys are compared with, and how to have that forgotten.

import { Foreign } from '@yinxin/ui/parts.js';
import { textsOf } from '../ui/texts.js';
import type { WorkspaceProps } from './props.js';

/** The account of the last login, where a portal told of one. */
export function ComparedAccount({
  compared,
  locale,
  forgetAccount,
  forgotten,
}: Pick<WorkspaceProps, 'compared' | 'locale' | 'forgetAccount'> & {
  /** The button is about to go: who uses the keyboard goes on elsewhere. */
  forgotten(): void;
}) {
  const t = textsOf(locale);
  if (!compared) return null;
  const { site, name, role } = compared;
  return (
    <details class="more compared">
      <summary>
        {t.comparedAccount}
        <span class="strong">
          <Foreign>{name}</Foreign>
        </span>
      </summary>
      {role !== undefined && (
        <p>
          <Foreign>{role}</Foreign>
        </p>
      )}
      <p class="code">
        <Foreign>{site}</Foreign>
      </p>
      <p class="quiet">{t.comparedAccountLead}</p>
      <button
        type="button"
        class="link"
        onClick={() => {
          forgotten();
          forgetAccount();
        }}
      >
        {t.comparedAccountForget}
      </button>
    </details>
  );
}

//! The user's own page: what is to be done, the host, the keys, and what is kept and set on this device.

import { Seal } from '@yinxin/ui/seal.js';
import { useRef } from 'preact/hooks';
import { Notices } from '../ui/notices.js';
import { textsOf } from '../ui/texts.js';
import { About } from './about.js';
import { AdviceSection } from './advice.js';
import { Anchors } from './anchors.js';
import { ComparedAccount } from './compared.js';
import { Contents } from './contents.js';
import { DoctorSection } from './doctor.js';
import { History } from './history.js';
import { Host } from './host.js';
import { Keys } from './keys.js';
import { Procedures } from './procedures.js';
import type { WorkspaceProps } from './props.js';
import { Settings } from './settings.js';
import { Sites } from './sites.js';

/** The whole page. */
export function Workspace(props: WorkspaceProps) {
  const { view, notices, locale, noteNotices } = props;
  const t = textsOf(locale);
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <div class="workspace">
      <header class="brand">
        <Seal />
        <span class="brand-name">{t.product}</span>
        <a class="link" href="calculator.html">
          {t.calculator}
        </a>
      </header>
      <Contents locale={locale} />
      <main>
        <h1 ref={heading} tabIndex={-1}>
          {t.workspaceTitle}
        </h1>
        <p class="lead">{t.workspaceLead}</p>
        <AdviceSection {...props} />
        <Notices
          notices={notices}
          tokens={view.tokens}
          findings={props.adviceProblem ? [] : props.advice?.findings}
          locale={locale}
          note={() => {
            noteNotices();
            // The button goes with the notices; who uses the keyboard stays at the top.
            heading.current?.focus();
          }}
        />
        <ComparedAccount {...props} forgotten={() => heading.current?.focus()} />
        <Keys {...props} />
        <Procedures {...props} />
        <Host {...props} />
        <DoctorSection {...props} />
        <History {...props} />
        <Sites {...props} />
        <Anchors {...props} />
        <Settings {...props} />
        <About {...props} />
      </main>
    </div>
  );
}

//! The user's own page, in rooms: the keys with what is to be done, the guide, the check, what was done, the settings.

import { Seal } from '@yinxin/ui/seal.js';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Notices } from '../ui/notices.js';
import { textsOf } from '../ui/texts.js';
import { About } from './about.js';
import { AdviceSection } from './advice.js';
import { Anchors } from './anchors.js';
import { Bridges } from './bridges.js';
import { ComparedAccount } from './compared.js';
import { DoctorSection } from './doctor.js';
import { historyJson } from './export.js';
import { History } from './history.js';
import { Host } from './host.js';
import { Keys } from './keys.js';
import { Menu } from './menu.js';
import { Procedures } from './procedures.js';
import type { WorkspaceProps } from './props.js';
import { type Room, useRoom } from './rooms.js';
import { save } from './save.js';
import { Settings } from './settings.js';
import { Sites } from './sites.js';

/** The whole page. */
export function Workspace(props: WorkspaceProps) {
  const { view, notices, history, locale, noteNotices } = props;
  const t = textsOf(locale);
  const heading = useRef<HTMLHeadingElement>(null);
  const room = useRoom();
  useEffect(() => {
    document.title = [t.rooms[room], t.product].join(' · ');
  }, [room, t]);
  return (
    <div class="workspace">
      <header class="brand">
        <Seal />
        <span class="brand-name">{t.product}</span>
        <a class="link" href="calculator.html">
          {t.calculator}
        </a>
      </header>
      <Menu room={room} locale={locale} />
      <main>
        <h1 ref={heading} tabIndex={-1}>
          {t.rooms[room]}
        </h1>
        <InRoom of="keys" room={room}>
          <AdviceSection {...props} />
          {/* Before what is said of other keys. */}
          <Keys {...props} />
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
        </InRoom>
        <InRoom of="guide" room={room}>
          <Procedures {...props} />
        </InRoom>
        <InRoom of="check" room={room}>
          <DoctorSection {...props} />
          {!props.doctor.examination && <Host {...props} />}
        </InRoom>
        <InRoom of="history" room={room}>
          <History {...props} />
        </InRoom>
        <InRoom of="settings" room={room}>
          <Settings {...props} />
          <Sites {...props} />
          <Bridges {...props} />
          <details class="more advanced">
            <summary>{t.advanced}</summary>
            <Anchors {...props} />
            {history.length > 0 && (
              <p>
                <button
                  type="button"
                  class="secondary"
                  onClick={() => save('yinxin-history.json', 'application/json', historyJson(history))}
                >
                  {t.historyJson}
                </button>
              </p>
            )}
          </details>
          <About {...props} />
        </InRoom>
      </main>
    </div>
  );
}

/** What stands in a room. In the others too, unseen: what was opened, typed or ticked there stays. */
function InRoom({ of, room, children }: { of: Room; room: Room; children: ComponentChildren }) {
  return (
    <div class={`room room-${of}`} hidden={of !== room}>
      {children}
    </div>
  );
}

//! The menu of the page's rooms.

import type { Locale } from '@yinxin/proto';
import { textsOf } from '../ui/texts.js';
import { ROOMS, type Room } from './rooms.js';

/** Links to the rooms. */
export function Menu({ room, locale }: { room: Room; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <nav class="menu" aria-label={t.menu}>
      <ul>
        {ROOMS.map(one => (
          <li key={one}>
            <a href={`#${one}`} aria-current={one === room ? 'page' : undefined}>
              {t.rooms[one]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

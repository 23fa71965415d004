//! The page's rooms: what a user comes for, each with an address of its own behind `#`.

import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

/** The rooms, in the order of the menu. */
export const ROOMS = ['keys', 'guide', 'check', 'history', 'settings'] as const;

/** One of them. */
export type Room = (typeof ROOMS)[number];

/** Where places of the page are that have another name than their room. */
const PLACES: Readonly<Record<string, Room>> = {
  advice: 'keys',
  procedures: 'guide',
  sites: 'settings',
  bridges: 'settings',
  anchors: 'settings',
  about: 'settings',
};

/** The room of an address: the first one, unless it names another, or a place in it. */
export function roomOf(hash: string): Room {
  const place = hash.slice(1);
  if (place.startsWith('procedure-')) return 'guide';
  if (isRoom(place)) return place;
  return (Object.hasOwn(PLACES, place) ? PLACES[place] : undefined) ?? 'keys';
}

function isRoom(name: string): name is Room {
  return (ROOMS as readonly string[]).includes(name);
}

/**
 * The room that the user is in. Whoever comes from another one, or by an address that names one, begins at its heading, or
 * at the place that was named; a page that opens by itself leaves the focus where it is.
 */
export function useRoom(): Room {
  const [hash, setHash] = useState(location.hash);
  const [came, setCame] = useState(hash !== '');
  useEffect(() => {
    const changed = () => {
      setHash(location.hash);
      setCame(true);
    };
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const room = roomOf(hash);
  useLayoutEffect(() => {
    const place = isRoom(hash.slice(1)) ? null : document.getElementById(hash.slice(1));
    const around = place?.closest('details');
    if (around) around.open = true;
    if (!came) return;
    if (!place) {
      document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
      return;
    }
    (around === place ? place.querySelector('summary') : place)?.focus({ preventScroll: true });
    place.scrollIntoView();
  }, [hash, came]);
  return room;
}

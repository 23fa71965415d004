//! What a page remembers on this device, and nowhere else: `localStorage`, which a browser may refuse.

/** What was kept under a name; nothing where there is none, or none can be had. */
export function recall(name: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keeps a value; nothing, where it is undefined. Answers whether the browser let it. */
export function keep(name: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

const PREFIX = 'yinxin.';

//! How a page starts: in place of what stands in its HTML for browsers that can't.

import { type ComponentChild, render } from 'preact';

/** Shows a page, where the browser has what every page needs. Otherwise the sentence in the HTML stays. */
export function start(app: ComponentChild): void {
  if (typeof WebAssembly !== 'object') return;
  const { body } = document;
  const before = [...body.childNodes];
  body.textContent = '';
  try {
    render(app, body);
  } catch (thrown) {
    // Whoever hears of it shows the sentence.
    body.textContent = '';
    body.append(...before);
    throw thrown;
  }
}

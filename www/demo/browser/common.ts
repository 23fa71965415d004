/** What both pages share: asking the server, the state of a running act, and messages. */

import { type Progress, showWindow, YinxinError } from '@yinxin/client';
import type { Locale } from '@yinxin/proto';
import { PORTAL_TEXTS, progressText, SENTENCES } from '../texts.js';

export const locale: Locale = document.documentElement.lang === 'en' ? 'en' : 'zh-CN';
export const t = SENTENCES[locale];

/** A refusal by the server, in its words. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}

/** Sends JSON to the server and gives its answer. Rejects with {@link Refused}. */
export async function post(path: string, body: unknown, signal?: AbortSignal): Promise<Record<string, unknown>> {
  return answered(
    fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    }),
  );
}

/** Asks the server. Rejects with {@link Refused}. */
export async function get(path: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  return answered(fetch(path, { signal }));
}

async function answered(sent: Promise<Response>): Promise<Record<string, unknown>> {
  let body: Record<string, unknown>;
  let ok: boolean;
  try {
    const response = await sent;
    ok = response.ok;
    body = await response.json();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError')
      throw new YinxinError({ code: 'aborted', params: {} });
    const { message, remedy } = PORTAL_TEXTS[locale].unreachable;
    throw new Refused('unreachable', message, remedy, {});
  }
  if (!ok) throw new Refused(String(body.code), String(body.message), String(body.remedy), body);
  return body;
}

/** An element that the page must have. */
export function element<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found as E;
}

/** Brings a section into sight, whole where there is room, and the focus to its heading. */
function goTo(section: HTMLElement): void {
  element(section.getAttribute('aria-labelledby') ?? '').focus({ preventScroll: true });
  section.scrollIntoView({ block: 'nearest' });
}

/** Makes an element with text or children. Texts are never parsed as HTML. */
export function make(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: (Node | string)[]
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Says what is under way. */
export function tell(text: string): void {
  element('status').textContent = text;
  element('show-window').hidden = true;
}

/** Says how far Yinxin has come. Its window may be behind others: while it waits for the user, it can be shown. */
export function onProgress({ stage, done, total }: Progress): void {
  tell(progressText(t, stage, done, total));
  element('show-window').hidden = stage !== 'consenting';
}

/**
 * Shows what went wrong, what to do and the code; `undefined` clears it. That the user cancelled is nothing that went
 * wrong.
 */
export function showError(error: unknown): void {
  const box = element('message');
  if (error === undefined) {
    box.replaceChildren();
    return;
  }
  const { code, message, remedy } =
    error instanceof Refused || error instanceof YinxinError
      ? error
      : new YinxinError({ code: 'internal', params: { detail: String(error) } });
  const own = code === 'cancelled' || code === 'aborted';
  if (own) {
    box.replaceChildren(make('p', { class: 'message hint', 'data-code': code }, message));
    return;
  }
  box.replaceChildren(
    make(
      'div',
      { class: 'message', 'data-code': code },
      make('p', { class: 'what' }, message),
      make('p', {}, remedy),
      make('p', { class: 'hint' }, `${t.code} `, make('code', {}, code)),
    ),
  );
}

/**
 * Runs an act that the user started: its buttons are off meanwhile, the cancel button withdraws it, and what goes
 * wrong is shown. A section that is there afterwards is what is next.
 */
export async function run(
  buttons: readonly HTMLButtonElement[],
  act: (signal: AbortSignal) => Promise<void>,
  next?: string,
): Promise<void> {
  const cancel = element<HTMLButtonElement>('cancel');
  const controller = new AbortController();
  const abort = () => controller.abort();
  const focused = document.activeElement;
  showError(undefined);
  for (const button of buttons) button.disabled = true;
  cancel.hidden = false;
  cancel.addEventListener('click', abort);
  element('show-window').onclick = showWindow;
  document.body.setAttribute('aria-busy', 'true');
  cancel.scrollIntoView({ block: 'nearest' });
  try {
    await act(controller.signal);
    tell('');
  } catch (error) {
    tell('');
    showError(error);
  } finally {
    document.body.removeAttribute('aria-busy');
    cancel.removeEventListener('click', abort);
    const wasOnCancel = document.activeElement === cancel;
    cancel.hidden = true;
    for (const button of buttons) button.disabled = false;
    const lost = wasOnCancel || document.activeElement === document.body;
    if (lost && focused instanceof HTMLElement && focused.checkVisibility()) focused.focus();
    element('message').scrollIntoView({ block: 'nearest' });
    if (next && !element(next).hidden) goTo(element(next));
  }
}

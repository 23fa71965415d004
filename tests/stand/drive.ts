// What a person does with the portal and the consent window, by hand of Playwright.

import { INPUT_GUARD_MS } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import { consentAfter, PIN, type Stand } from './stand.js';

/** Waits until the window listens: input right after it gets focus is ignored. */
export async function settle(window: Page): Promise<void> {
  await window.waitForSelector('.consent:not(.guarded)', { timeout: INPUT_GUARD_MS + 30_000 });
}

/** Goes to another room of the user's own page. */
export async function enter(page: Page, room: 'keys' | 'guide' | 'check' | 'history' | 'settings'): Promise<void> {
  await page.locator(`.menu a[href="#${room}"]`).click();
}

/** Chooses the certificate of a key, unless it is chosen already. */
export async function choose(window: Page, token: string): Promise<void> {
  const card = window.locator('.token', { hasText: token });
  const radio = card.locator('input[type=radio]:not([disabled])').first();
  await radio.waitFor();
  await settle(window);
  if (!(await radio.isChecked())) await radio.check();
}

/** Types the PIN and presses the button that names the act. */
export async function approve(window: Page, pin: string = PIN): Promise<void> {
  await settle(window);
  await window.locator('input[type=password]').fill(pin);
  await settle(window);
  await window.locator('button.primary').click();
}

/**
 * The whole consent: choose, PIN, button, until the page has its answer. The window would say so for a moment and then
 * close by itself; here it is closed, as its user may.
 */
export async function consent(window: Page, token: string, pin: string = PIN): Promise<void> {
  await choose(window, token);
  const closed = window.waitForEvent('close', { timeout: 30_000 });
  await approve(window, pin);
  const answered = window.locator('.end-done').waitFor();
  await answered.then(() => window.close()).catch(unlessClosed(window));
  await closed;
}

/** Cancels with Esc, or with the button, until the window is closed. */
export async function cancel(window: Page, how: 'Escape' | 'button' = 'Escape'): Promise<void> {
  await settle(window);
  const closed = window.waitForEvent('close');
  const act = how === 'Escape' ? window.keyboard.press('Escape') : window.click('.buttons button.secondary');
  // The window can be gone between the press and the release of a key.
  await act.catch(unlessClosed(window));
  await closed;
}

/** Passes a failure on, unless it is that the window is gone. */
function unlessClosed(window: Page): (error: unknown) => void {
  return error => {
    if (!window.isClosed()) throw error;
  };
}

/** Opens the login page. */
export async function openPortal(stand: Stand): Promise<Page> {
  const page = await stand.browser.newPage();
  await page.goto(stand.url);
  return page;
}

/** Logs in with a key; binds it first if the portal does not know its certificate. */
export async function logIn(stand: Stand, page: Page, token: string, step: Step = untimed): Promise<void> {
  await page.goto(stand.url);
  await step('login', async () => {
    const window = await consentAfter(stand, () => page.click('#ca-login'));
    await consent(window, token);
    await page.waitForSelector('#account, .message');
  });
  if (await page.locator('#account').count()) return;
  const code = await page.locator('.message').getAttribute('data-code');
  if (code !== 'not-bound') throw new Error(`login: ${code}: ${await page.locator('.message').textContent()}`);
  await step('first binding', async () => {
    const window = await consentAfter(stand, () => page.click('#bind'));
    await consent(window, token);
    await page.waitForSelector('#account');
  });
}

/** Signs the portal's documents with one consent; gives what the portal found. */
export async function signDocuments(
  stand: Stand,
  page: Page,
  token: string,
  pin?: string,
): Promise<{ name: string; valid: boolean; cms: Buffer; content: Buffer }[]> {
  const window = await consentAfter(stand, () => page.click('#sign'));
  await consent(window, token, pin);
  const listed = await page
    .locator('#to-sign .document')
    .evaluateAll(items =>
      items.map(item => ({ id: item.getAttribute('data-id'), name: item.getAttribute('data-name') })),
    );
  return Promise.all(
    (await verdicts(page)).map(async ({ document, valid, download }) => ({
      name: listed.find(({ id }) => id === document)?.name ?? '',
      valid,
      cms: await bytesOf(page, download),
      content: await bytesOf(page, `/documents/${document}`),
    })),
  );
}

/** Has the portal's documents sealed with one consent; gives what the portal found, each with its `SES_Signature`. */
export async function sealDocuments(
  stand: Stand,
  page: Page,
  token: string,
  pin?: string,
): Promise<{ name: string; valid: boolean; signature: Buffer }[]> {
  const window = await consentAfter(stand, () => page.click('#seal'));
  await consent(window, token, pin);
  return Promise.all(
    (await verdicts(page)).map(async ({ name, valid, download }) => ({
      name,
      valid,
      signature: await bytesOf(page, download),
    })),
  );
}

/** Has the portal's documents sealed in themselves with one consent; gives what the portal keeps. */
export async function completeDocuments(
  stand: Stand,
  page: Page,
  token: string,
  pin?: string,
): Promise<{ name: string; valid: boolean; content: Buffer }[]> {
  const window = await consentAfter(stand, () => page.click('#complete'));
  await consent(window, token, pin);
  return Promise.all(
    (await verdicts(page)).map(async ({ name, valid, download }) => ({
      name,
      valid,
      content: await bytesOf(page, download),
    })),
  );
}

/** Opens the portal's page as today's portals have them, once its client answers. */
export async function openLegacy(stand: Stand): Promise<Page> {
  const page = await stand.browser.newPage();
  await page.goto(`${stand.url}/legacy`);
  // Its looks can all come before the browser's rules do.
  while ((await page.locator('#client[data-found]').getAttribute('data-found')) !== 'true') await page.reload();
  return page;
}

/** Presses something on a page that stands still until its calls are answered, and with it the press. */
export function pressStill(page: Page, selector: string): void {
  page.click(selector).catch(() => undefined);
}

/** Consents to a text that the window shows: with the PIN, where it asks for it. */
export async function consentToText(window: Page, token: string, pin: string = PIN): Promise<string> {
  const text = window.locator('.text-to-sign');
  await text.waitFor();
  await choose(window, token);
  const shown = (await text.textContent()) ?? '';
  const field = window.locator('input[type=password]');
  if (await field.count()) await field.fill(pin);
  await settle(window);
  await window.locator('button.primary').click();
  return shown;
}

/** Closes a window that waits for the page's next step, as its user may. */
export async function closeAwaiting(window: Page): Promise<void> {
  const closed = window.waitForEvent('close');
  const answered = window.locator('.end-done').waitFor();
  await answered.then(() => window.close()).catch(unlessClosed(window));
  await closed;
}

/** Logs in at the page of today's portals, with the PIN typed there; binds the certificate first if it is not known. */
export async function logInLegacy(stand: Stand, page: Page, token: string, step: Step = untimed): Promise<void> {
  await step('login', async () => {
    await page.fill('#pin', PIN);
    const window = await consentAfter(stand, async () => pressStill(page, '#login-form [type=submit]'));
    await choose(window, token);
    await window.locator('button.primary').click();
    await consentToText(window, token);
    await closeAwaiting(window);
    await page.locator('#account, .message').filter({ visible: true }).waitFor();
  });
  if (await page.isVisible('#account')) return;
  if (await page.isHidden('#binding')) throw new Error((await page.textContent('.message')) ?? '');
  await step('first binding', async () => {
    const window = await consentAfter(stand, async () => pressStill(page, '#bind'));
    await consentToText(window, token);
    await closeAwaiting(window);
    await page.waitForSelector('#account:not([hidden])');
  });
}

/** How that page has a text signed. */
export type LegacyForm = 'p1' | 'attached' | 'detached';

/** Has the text on that page signed; gives what the window showed, what came of it, and what the server found. */
export async function signLegacy(
  stand: Stand,
  page: Page,
  token: string,
  form: LegacyForm,
): Promise<{ shown: string; text: string; valid: boolean; signature: Buffer }> {
  const before = await page.locator('#results article').count();
  const window = await consentAfter(stand, async () => pressStill(page, `#sign-${form}`));
  const shown = await consentToText(window, token);
  await closeAwaiting(window);
  await page.locator('#results article').nth(before).waitFor();
  const result = page.locator('#results article').first();
  return {
    shown,
    text: await page.inputValue('#text'),
    valid: (await result.getAttribute('data-valid')) === 'true',
    signature: Buffer.from((await result.locator('details code').textContent()) ?? '', 'base64'),
  };
}

/** What the portal found of each document. */
async function verdicts(page: Page): Promise<{ document: string; name: string; valid: boolean; download: string }[]> {
  await page.waitForSelector('#result:not([hidden]) article');
  return page.locator('#result article').evaluateAll(items =>
    items.map(item => ({
      document: item.getAttribute('data-document') ?? '',
      name: item.querySelector('h3')?.textContent ?? '',
      valid: item.getAttribute('data-valid') === 'true',
      download: item.querySelector('a.download')?.getAttribute('href') ?? '',
    })),
  );
}

async function bytesOf(page: Page, path: string): Promise<Buffer> {
  return (await page.request.get(new URL(path, page.url()).href)).body();
}

/** Times or names a step; gives what the work gives. */
export type Step = <T>(what: string, work: () => T | Promise<T>) => Promise<T>;

const untimed: Step = async (_, work) => await work();

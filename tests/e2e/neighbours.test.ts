// Other extensions in the same browser: one without any permission, and one that sees tabs. They know our id, can open
// our addresses, and navigate, move, unload and close our windows. None of it may make ours serve something else.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID } from '@yinxin/proto';
import type { Page, Worker } from 'playwright-core';
import { consent, settle } from '../stand/drive.js';
import { makeNeighbour, neighbourOf } from '../stand/neighbour.js';
import { temporary } from '../stand/paths.js';
import { ask, CHALLENGE, makeSite, outcome, press, type Site, visit } from '../stand/site.js';
import { background, consentsOf, makeStand, type Stand, tidy } from '../stand/stand.js';

const folder = temporary();
let stand: Stand;
let site: Site;
let page: Page;
/** Without permissions. */
let plain: Worker;
/** With `tabs`. */
let seeing: Worker;

before(async () => {
  stand = await makeStand({
    softHsm: false,
    insert: ['demo-unit'],
    neighbours: [makeNeighbour(folder.path, 'plain', []), makeNeighbour(folder.path, 'seeing', ['tabs'])],
  });
  site = await makeSite();
  page = await visit(stand.browser, site.url);
  [plain, seeing] = await Promise.all([neighbourOf(stand, 'plain'), neighbourOf(stand, 'seeing')]);
});

afterEach(async () => {
  for (const other of stand.browser.pages()) if (other !== page && other.url() !== 'about:blank') await other.close();
  await tidy(stand);
});

after(async () => {
  await site?.close();
  await stand?.close();
  folder.remove();
});

const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });
/** Opens a consent window for a login of the test's page, and waits until it shows what is asked. */
async function open(): Promise<Page> {
  const popup = await ask(stand, page, login, CHALLENGE);
  await popup.waitForSelector('.consent');
  return popup;
}
const code = async () => (await outcome(page)).error?.code;

/** The tab of the consent window, and its window, as an extension without permissions finds them. */
interface Place {
  window: number;
  tab: number;
}

/** What an attack of a neighbour does to the window; every one of these works on a window that does not defend itself. */
const TAKEOVERS: Record<string, (place: Place) => Promise<unknown>> = {
  'navigates it to a page of its own': ({ tab }) =>
    chrome.tabs.update(tab, { url: chrome.runtime.getURL('fake.html') }),
  'navigates it to nothing': ({ tab }) => chrome.tabs.update(tab, { url: 'about:blank' }),
  'changes its address': ({ tab }) =>
    chrome.tabs.update(tab, { url: 'chrome-extension://OURS/consent.html#of-another-operation' }),
  'loads it again': ({ tab }) => chrome.tabs.reload(tab),
  'unloads it': ({ tab }) => chrome.tabs.discard(tab),
  'puts its tab into a window of its own making': ({ tab }) => chrome.windows.create({ tabId: tab }),
  'moves its tab into another window': async ({ tab }) => {
    const [other] = await chrome.windows.getAll({ windowTypes: ['normal'] });
    return chrome.tabs.move(tab, { windowId: other?.id as number, index: -1 });
  },
};

/** Runs something in a neighbour's worker, with our id where it says OURS. */
function attack<A, R>(worker: Worker, what: (argument: A) => R, argument: A): Promise<Awaited<R>> {
  const source = what.toString().replaceAll('OURS', DEVELOPMENT_EXTENSION_ID);
  return worker.evaluate(`self.__name ??= value => value, (${source})(${JSON.stringify(argument)})`) as Promise<
    Awaited<R>
  >;
}

function find(worker: Worker): Promise<Place> {
  return worker.evaluate(async () => {
    const [popup] = await chrome.windows.getAll({ populate: true, windowTypes: ['popup'] });
    return { window: popup?.id as number, tab: popup?.tabs?.[0]?.id as number };
  });
}

/** Every tab but the browser's first and the test's page, as the neighbour that sees them tells. */
function others(): Promise<string[]> {
  return seeing.evaluate(async own => {
    const tabs = await chrome.tabs.query({});
    return tabs
      .map(({ url, pendingUrl }) => url || pendingUrl || '')
      .filter(url => url !== own && url !== 'about:blank');
  }, page.url());
}

async function until(done: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await done())) {
    assert.ok(Date.now() < end, what);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

async function nothingIsLeft(): Promise<void> {
  await until(async () => (await others()).length === 0, `no window is left: ${await others()}`);
  const windows = await plain.evaluate(async () => (await chrome.windows.getAll({ windowTypes: ['popup'] })).length);
  assert.equal(windows, 0);
  // It was not the user who cancelled.
  assert.deepEqual(await background(stand).evaluate(() => chrome.storage.session.get('cancels')), {});
}

for (const [what, takeover] of Object.entries(TAKEOVERS)) {
  test(`a neighbour without permissions that ${what} finds it closed, and the call ended`, async () => {
    await open();
    await attack(plain, takeover, await find(plain)).catch(error => {
      // The window went while the neighbour waited for its answer.
      assert.match(String(error), /No tab|No window|closed|discard/i);
    });
    assert.equal(await code(), 'window-lost');
    await nothingIsLeft();
    await consent(await open(), 'demo-unit');
    assert.equal(await code(), undefined);
  });
}

test('a neighbour that navigates the window before its page has loaded finds it closed', async () => {
  await plain.evaluate(() => {
    const hasty = async ({ id }: chrome.windows.Window) => {
      chrome.windows.onCreated.removeListener(hasty);
      for (const tab of await chrome.tabs.query({ windowId: id as number }))
        await chrome.tabs.update(tab.id as number, { url: chrome.runtime.getURL('fake.html') });
    };
    chrome.windows.onCreated.addListener(hasty);
  });
  await press(page, login, CHALLENGE);
  assert.equal(await code(), 'window-lost');
  await nothingIsLeft();
});

test('a neighbour that closes the window has cancelled the call, as the user would', async () => {
  for (const close of [
    ({ window }: Place) => chrome.windows.remove(window),
    ({ tab }: Place) => chrome.tabs.remove(tab),
  ]) {
    await open();
    await attack(plain, close, await find(plain));
    assert.equal(await code(), 'cancelled');
  }
  await until(async () => (await others()).length === 0, 'no window is left');
});

for (const when of ['before it has connected', 'while it is shown'] as const) {
  test(`the address of a window that is opened a second time, ${when}, serves nobody and breaks nothing`, async () => {
    if (when === 'before it has connected')
      await attack(
        seeing,
        () => {
          const hasty = async (tab: chrome.tabs.Tab) => {
            const url = tab.pendingUrl || tab.url || '';
            if (!url.includes('OURS/consent.html#')) return;
            chrome.tabs.onCreated.removeListener(hasty);
            await chrome.tabs.create({ url, active: false });
            await chrome.tabs.create({ url, active: false });
          };
          chrome.tabs.onCreated.addListener(hasty);
        },
        undefined,
      );
    await press(page, login, CHALLENGE);
    const true_ = () =>
      attack(
        seeing,
        async () => {
          const [popup] = await chrome.windows.getAll({ populate: true, windowTypes: ['popup'] });
          return popup?.tabs?.[0]?.url ?? '';
        },
        undefined,
      );
    await until(async () => (await true_()).includes('/consent.html#'), 'the window opens');
    const url = await true_();
    if (when === 'while it is shown') {
      await until(() => consentsOf(stand).length === 1, 'it is shown');
      await consentsOf(stand)[0]?.waitForSelector('.consent');
      await attack(seeing, (address: string) => chrome.tabs.create({ url: address, active: false }), url);
    }
    // The true one is the one that shows something. The others see their port closed, and close.
    await until(async () => {
      for (const other of consentsOf(stand))
        if (
          await other
            .locator('.consent')
            .count()
            .catch(() => 0)
        )
          return true;
      return false;
    }, 'the true window works');
    await until(async () => {
      const open = await attack(
        seeing,
        async (address: string) => (await chrome.tabs.query({})).filter(tab => tab.url === address).length,
        url,
      );
      return open === 1;
    }, 'the others close themselves');
    const [popup] = consentsOf(stand);
    assert.ok(popup);
    await popup.bringToFront();
    await settle(popup);
    await consent(popup, 'demo-unit');
    assert.equal(await code(), undefined);
  });
}

test('a page of ours that a neighbour opens by itself has no operation and nothing to show', async () => {
  for (const fragment of ['', '#', '#00000000-0000-4000-8000-000000000000']) {
    const url = `chrome-extension://${DEVELOPMENT_EXTENSION_ID}/consent.html${fragment}`;
    await attack(plain, (address: string) => chrome.tabs.create({ url: address }), url);
    await until(async () => (await others()).length === 0, 'it closes itself');
  }
});

test('a neighbour can neither call nor connect to ours', async () => {
  const answers = await attack(
    plain,
    async () => {
      const call = { type: 'call', request: { id: 'x', call: { type: 'status' } }, activated: true };
      const told: unknown[] = [];
      for (const name of ['call', 'consent:x', 'workspace'])
        await new Promise<void>(resolve => {
          const port = chrome.runtime.connect('OURS', { name });
          port.onMessage.addListener(message => told.push(message));
          port.onDisconnect.addListener(() => {
            void chrome.runtime.lastError;
            resolve();
          });
          port.postMessage(call);
        });
      await chrome.runtime.sendMessage('OURS', call).then(
        message => told.push(message),
        () => undefined,
      );
      return told;
    },
    undefined,
  );
  assert.deepEqual(answers, []);
});

// The extension ends under an open window, as at an update. On its own: a browser that loaded the
// extension from the command line does not start it again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, CHALLENGE, makeSite, outcome, press, visit } from '../stand/site.js';
import { background, consentsOf, hostsOf, makeStand } from '../stand/stand.js';

test('an extension that ends under an open window is told to the page, and leaves nothing behind', async () => {
  const stand = await makeStand({ softHsm: false, insert: ['demo-unit'] });
  const site = await makeSite();
  try {
    const page = await visit(stand.browser, site.url);
    const login = (challenge: string) => window.yinxin.login({ challenge, purpose: 'login' });
    const popup = await ask(stand, page, login, CHALLENGE);
    await popup.locator('.token').waitFor();
    const gone = popup.waitForEvent('framenavigated');
    await background(stand).evaluate(() => void setTimeout(() => chrome.runtime.reload()));
    const { error } = await outcome(page);
    assert.equal(error?.code, 'extension-restarted');
    assert.match(error?.remedy ?? '', /请刷新网页后重新操作/);
    await gone;
    assert.equal(consentsOf(stand).length, 0);
    // What is left of the relay in the page says the same.
    await press(page, login, CHALLENGE);
    assert.equal((await outcome(page)).error?.code, 'extension-restarted');
    const end = Date.now() + 30_000;
    while (hostsOf(stand).length > 0) {
      assert.ok(Date.now() < end, 'the host ends with its extension');
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  } finally {
    await site.close();
    await stand.close();
  }
});

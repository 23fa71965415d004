// Firefox: the same extension, from the page to the key and back.
// Runs on: Debian 12, amd64 | Firefox ESR 153 | login, signature, cancel, wrong PIN, a host that is missing or fails
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import {
  approve,
  closed,
  consentAfter,
  extensionPage,
  type FirefoxStand,
  makeFirefox,
  noFirefox,
  settle,
  value,
  wait,
} from '../stand/firefox.js';
import { sm2AttributesVerify } from '../stand/judge.js';
import { CHALLENGE, makeSite, type Outcome, type Site } from '../stand/site.js';
import { hostsOf, tokenOf } from '../stand/stand.js';

describe('in Firefox', { skip: noFirefox }, () => {
  let stand: FirefoxStand;
  let site: Site;
  let page: Page;

  before(async () => {
    stand = await makeFirefox(['demo-unit']);
    site = await makeSite();
    page = await stand.browser.newPage();
    await page.goto(site.url);
    await page.waitForSelector('html[data-ready]');
  });
  /** What one test left open is not in the next one's way. */
  afterEach(async () => {
    for (const window of await stand.browser.pages())
      if ((await value<string>(window, 'location.href'))?.includes('/consent.html')) await window.close();
  });
  after(async () => {
    await site?.close();
    await stand?.close();
  });

  /** Makes a call from a click on the page. */
  const press = async (call: string) => {
    await page.evaluate(`window.call = async () => { ${call} }; window.outcome = undefined`);
    await page.click('#go');
  };
  /** How the last call ended. */
  const outcome = async <T = unknown>() =>
    JSON.parse(await wait<string>(page, 'window.outcome?.then(outcome => JSON.stringify(outcome))')) as Outcome<T>;
  const LOGIN = `return window.yinxin.login({ challenge: '${CHALLENGE}', purpose: 'login' })`;

  test('the parts tell their versions', async () => {
    await press('return window.yinxin.status()');
    const { value: versions } = await outcome<Record<string, unknown>>();
    assert.deepEqual(Object.keys(versions ?? {}).sort(), ['extension', 'host', 'protocol']);
  });

  test('a user logs in at the portal', async () => {
    const portal = await stand.browser.newPage();
    await portal.goto(stand.url);
    const window = await consentAfter(stand, () => portal.click('#ca-login'));
    assert.match(await wait<string>(window, 'document.querySelector("h1")?.textContent'), /Log in/);
    await approve(window);
    await closed(window);
    await portal.waitForSelector('#account, .message');
    // The portal has not seen this certificate yet.
    const binding = await consentAfter(stand, () => portal.click('#bind'));
    await approve(binding);
    await closed(binding);
    await portal.waitForSelector('#account');
    await portal.close();
  });

  test('a document is signed, and OpenSSL accepts the signature', async () => {
    const content = '投标函\\n一、……';
    const window = await consentAfter(stand, () =>
      press(`const [signed] = await window.yinxin.sign({
        documents: [{ name: '投标函.txt', content: new Blob(['${content}']) }], format: 'cms' });
      await fetch('/keep/cms', { method: 'POST', body: signed.cms });
      return signed.digest;`),
    );
    assert.match(await wait<string>(window, 'document.querySelector("h1")?.textContent'), /Sign 1 document/);
    await approve(window);
    await closed(window);
    const digest = createHash('sm3').update(content.replace('\\n', '\n')).digest();
    assert.equal((await outcome<string>()).value, digest.toString('hex'));
    const cms = site.kept.get('cms') ?? assert.fail('no signature');
    assert.ok(sm2AttributesVerify(cms));
    assert.ok(cms.includes(Buffer.concat([Buffer.of(4, 32), digest])));
  });

  test('a page that goes on takes its window with it', async () => {
    const window = await consentAfter(stand, () => press(LOGIN));
    // Firefox keeps the page that is left, to go back to.
    await page.goto(`${site.url}/elsewhere`);
    await closed(window);
    await page.waitForSelector('html[data-ready]');
  });

  test('a wrong PIN costs one try, and the right one is taken in the same window', async () => {
    const window = await consentAfter(stand, () => press(LOGIN));
    await approve(window, '000000');
    await wait(window, 'document.querySelector(".tries")?.textContent.includes("9 tries")');
    assert.equal(tokenOf(stand, 'demo-unit').pin.left, 9);
    await approve(window);
    await closed(window);
    assert.equal((await outcome()).error, undefined);
  });

  for (const how of ['Escape', 'the button', 'the window'] as const) {
    test(`a call is given up by ${how}`, async () => {
      const window = await consentAfter(stand, () => press(LOGIN));
      await settle(window);
      if (how === 'Escape') await window.keyboard.press('Escape').catch(() => undefined);
      else if (how === 'the button') await window.click('.buttons button.secondary').catch(() => undefined);
      else await window.close();
      assert.equal((await outcome()).error?.code, 'cancelled');
      await closed(window);
    });
  }

  test('what a page hands over is seen without its getters', async () => {
    await press(`window.read = 0;
      const call = { type: 'login', purpose: 'login', get challenge() { window.read += 1; return '${CHALLENGE}'; } };
      const detail = { yinxin: 1, request: { id: 'getter', call } };
      return dispatchEvent(new CustomEvent('yinxin', { detail, cancelable: true }));`);
    assert.equal((await outcome()).value, false, 'the extension took it');
    const answer = await wait<string>(
      page,
      `messages.find(text => text.includes('"getter"') && text.includes('error'))`,
    );
    assert.match(answer, /request-invalid/);
    assert.equal(await value(page, 'window.read'), 0);
  });

  /** Ends the host, so that the next call looks for it anew. */
  const endHosts = async () => {
    for (const pid of hostsOf(stand)) process.kill(pid, 'SIGKILL');
    while (hostsOf(stand).length > 0) await setTimeout(20);
  };
  const problem = async () => {
    await press('return (await window.yinxin.status()).problem?.toJSON()');
    return (await outcome<{ code: string }>()).value?.code;
  };

  test('a host that is not there is told as missing, by page and window', async () => {
    renameSync(stand.manifest, `${stand.manifest}.away`);
    await endHosts();
    assert.equal(await problem(), 'host-missing');
    const window = await consentAfter(stand, () => press(LOGIN));
    await wait(window, `document.body.innerText.includes('The Yinxin host program was not found.')`);
    await settle(window);
    await window.click('.buttons button.secondary').catch(() => undefined);
    await closed(window);
    renameSync(`${stand.manifest}.away`, stand.manifest);
    assert.equal(await problem(), undefined);
  });

  test('a host that lets another extension call is told as missing, as far as Firefox says', async () => {
    const manifest = readFileSync(stand.manifest, 'utf8');
    writeFileSync(stand.manifest, JSON.stringify({ ...JSON.parse(manifest), allowed_extensions: ['other@yinxin'] }));
    await endHosts();
    assert.equal(await problem(), 'host-missing');
    writeFileSync(stand.manifest, manifest);
  });

  for (const [what, text, code] of [
    ['ends at once', 'exit 0', 'host-gone'],
    // Of the first message Firefox does not tell that it is none.
    ['says nothing of sense', 'printf "\\001\\000\\000\\000x"; cat > /dev/null', 'host-missing'],
  ] as const) {
    test(`a host that ${what} is told as ${code}`, async () => {
      const { path } = JSON.parse(readFileSync(stand.manifest, 'utf8')) as { path: string };
      const launcher = readFileSync(path);
      writeFileSync(path, `#!/bin/sh\n${text}\n`);
      await endHosts();
      assert.equal(await problem(), code);
      writeFileSync(path, launcher);
      assert.equal(await problem(), undefined);
    });
  }

  test('a program that is not there is told', async () => {
    const { path } = JSON.parse(readFileSync(stand.manifest, 'utf8')) as { path: string };
    renameSync(path, `${path}.away`);
    await endHosts();
    assert.equal(await problem(), 'host-missing');
    renameSync(`${path}.away`, path);
  });

  test('a site that the user took away is named by the check, and given back there', async () => {
    const window = await consentAfter(stand, () => press(LOGIN));
    await window.evaluate(`chrome.tabs.create({ url: 'workspace.html#check' }).then(() => undefined)`);
    const own = await extensionPage(stand, '/workspace.html');
    await window.close();
    const site = 'https://zfcg.scsczt.cn';
    const look = `document.querySelector('.doctor button')`;
    await wait(own, `${look} !== null`);
    await own.evaluate(`chrome.permissions.remove({ origins: ['${site}/*'] }).then(() => undefined)`);
    await own.evaluate(`${look}.click()`);
    const allow = 'button[aria-label*="zfcg.scsczt.cn"]';
    await own.waitForSelector(allow, { timeout: 30_000 });
    await own.click(allow);
    await wait(own, `chrome.permissions.contains({ origins: ['${site}/*'] })`);
    await wait(own, `document.querySelector('${allow}') === null`);
    await own.close();
  });
});

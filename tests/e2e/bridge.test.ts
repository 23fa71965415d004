// Pages that call another program, answered by us: from the list of certificates to signatures.
// Runs on: Debian 12, amd64 | Chromium 156 of Debian | pages that call other programs
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  askLegacy,
  bridgeOn,
  came,
  type LegacySite,
  listening,
  makeBridgedStand,
  makeLegacySite,
  type Rs,
  visitLegacy,
} from '../stand/bridge.js';
import { choose, settle } from '../stand/drive.js';
import { sm2Verifies } from '../stand/judge.js';
import { run } from '../stand/process.js';
import { background, hostsOf, PIN, type Stand, tidy } from '../stand/stand.js';
import { until } from '../stand/until.js';

const SECRET = 'sm4-key-0123456789';
const NEW = '975310';

let stand: Stand;
let site: LegacySite;
let page: Page;

before(async () => {
  site = await makeLegacySite();
  stand = await makeBridgedStand();
  await bridgeOn(stand, site.url);
  page = await visitLegacy(stand, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await stand?.close();
  await site?.close();
});

/** Shows the page a certificate, which covers a login with the PIN that it sends; gives what came of the press. */
async function showing<T>(window: Page): Promise<T> {
  await choose(window, 'demo-unit');
  await window.locator('button.primary').click();
  const value = await came<T>(page);
  await window.close();
  return value;
}

const openssl = (args: string[], input: Buffer) => run('openssl', args, { input }).toString().trim();

test('what a certificate says, item by item, is what OpenSSL reads in it', async () => {
  const window = await askLegacy(
    stand,
    page,
    rs => {
      const containerId = rs('RS_GetUserList').data?.userlist?.split('||')[1] ?? '';
      const certBase64 = rs('RS_GetCertBase64String', { certType: '1', containerId }).data?.certBase64 ?? '';
      const items = [1, 2, 5, 6, 7, 33, 34, 35, 49, 50, 51, 52, 53, 54, 56, 99];
      const told = items.map(type => [type, rs('RS_GetCertInfo', { certBase64, type: String(type) })] as const);
      return { certBase64, told };
    },
    undefined,
  );
  const { certBase64, told } = await showing<{ certBase64: string; told: [number, Rs][] }>(window);
  const der = Buffer.from(certBase64, 'base64');
  const x509 = (...args: string[]) =>
    openssl(['x509', '-inform', 'DER', '-noout', '-nameopt', 'RFC2253,utf8,-esc_msb,-esc_ctrl', ...args], der);
  const info = new Map(told.map(([type, { code, data }]) => [type, code === '0000' ? data?.info : code]));
  const name = (which: string) => x509(`-${which}`).replace(/^\w+=\s*/, '');
  const part = (which: string, type: string) => new RegExp(`(?:^|,)${type}=([^,]*)`).exec(name(which))?.[1];
  assert.equal(info.get(1), 'V3');
  assert.equal(info.get(2)?.toLowerCase(), x509('-serial').replace('serial=', '').toLowerCase());
  assert.equal(info.get(5), name('issuer'));
  assert.equal(info.get(7), name('subject'));
  for (const [type, which, attribute] of [
    [33, 'issuer', 'CN'],
    [34, 'issuer', 'O'],
    [35, 'issuer', 'OU'],
    [49, 'subject', 'CN'],
    [50, 'subject', 'O'],
    [51, 'subject', 'OU'],
  ] as const) {
    assert.equal(info.get(type), part(which, attribute) ?? '9017', `${which} ${attribute}`);
  }
  const local = (text: string) =>
    new Date(Date.parse(text) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const [from, until] = ['-startdate', '-enddate'].map(which => local(x509(which).replace(/^\w+=/, '')));
  assert.equal(info.get(6), `${from} - ${until}`);
  assert.equal(info.get(56), part('subject', 'CN'));
  assert.equal(info.get(99), '9016');
});

test('a text encrypted for the key comes back from it, after a press, and to no other page unseen', async () => {
  const window = await askLegacy(
    stand,
    page,
    (rs, password) => {
      const containerId = rs('RS_GetUserList').data?.userlist?.split('||')[1] ?? '';
      const login = rs('RS_CertLogin', { containerId, password });
      const certBase64 = rs('RS_GetCertBase64String', { certType: '2', containerId }).data?.certBase64 ?? '';
      const sealed = rs('RS_KeyEncryptData', { certBase64, rsKey: '投标文件密钥 0123456789' });
      const opened = rs('RS_KeyDecryptData', { containerId, encRsKey: sealed.data?.encRsKey ?? '' });
      const damaged = (sealed.data?.encRsKey ?? '').replace(/.$/, last => (last === '0' ? '1' : '0'));
      return { login, sealed, opened, broken: rs('RS_KeyDecryptData', { containerId, encRsKey: damaged }) };
    },
    PIN,
  );
  await choose(window, 'demo-unit');
  await window.locator('button.primary').click();
  for (let press = 0; press < 2; press += 1) {
    await window.getByRole('heading', { name: /解密/ }).waitFor();
    await settle(window);
    await window.locator('button.primary').click();
  }
  const { login, sealed, opened, broken } = await came<Record<string, Rs>>(page);
  assert.equal(login?.code, '0000');
  assert.match(sealed?.data?.encRsKey ?? '', /^04[0-9A-F]+$/);
  assert.equal(opened?.data?.rsKey, '投标文件密钥 0123456789');
  assert.equal(broken?.code, '9031');
  await window.close();
});

test('a host that was killed and a browser that starts again: the page is answered as before', async () => {
  const [host] = hostsOf(stand);
  process.kill(host as number, 'SIGKILL');
  await page.reload();
  await listening(page);
  const window = await askLegacy(stand, page, rs => rs('RS_GetUserList'), undefined);
  assert.equal((await showing<Rs>(window)).code, '0000');
});

test('a page that is reloaded while a call waits goes on, and its window closes', async () => {
  const window = await askLegacy(stand, page, rs => rs('RS_GetUserList'), undefined);
  const closed = window.waitForEvent('close');
  await page.reload();
  await closed;
  await listening(page);
  // An empty text as body is as good as none.
  const code = await page.evaluate(() => {
    const request = new XMLHttpRequest();
    request.open('POST', 'http://127.0.0.1:61200/RS_GetVersion', false);
    request.send('');
    return JSON.parse(request.responseText).code;
  });
  assert.equal(code, '0000');
});

test('a call of a page’s first script is answered, in a new tab and where no host runs yet', async () => {
  for (const open of stand.browser.pages()) if (open.url().startsWith(site.url)) await open.goto('about:blank');
  const rules = async () =>
    (await background(stand).evaluate(() => chrome.declarativeNetRequest.getSessionRules())).length;
  await until(async () => (await rules()) === 0);
  for (const killed of [false, true]) {
    if (killed) {
      for (const host of hostsOf(stand)) process.kill(host, 'SIGKILL');
      await until(async () => hostsOf(stand).length === 0);
    }
    const fresh = await stand.browser.newPage();
    // A site on this machine answers sooner than any other can.
    const release = site.hold();
    const gone = fresh.goto(`${site.url}/early`);
    await until(async () => (await rules()) > 0);
    release();
    await gone;
    assert.equal(await fresh.evaluate(() => window.early), '0000');
    await fresh.close();
    await until(async () => (await rules()) === 0);
  }
  await page.goto(site.url);
});

test('after a reload and on the next page of the site it is answered too', async () => {
  const fresh = await visitLegacy(stand, site.url);
  for (const go of [() => fresh.reload(), () => fresh.goto(`${site.url}/early?next`)]) {
    await fresh.goto(`${site.url}/early`);
    // The rules change while the page begins. On a busy machine one is sometimes sooner; without them none ever is.
    let early: string | undefined;
    for (let round = 0; round < 10 && early !== '0000'; round += 1) {
      await go();
      early = await fresh.evaluate(() => window.early);
    }
    assert.equal(early, '0000');
  }
  await fresh.close();
  await page.reload();
  await listening(page);
});

test('a login and a signature, as pages of portals do them', async () => {
  const window = await askLegacy(
    stand,
    page,
    (rs, pin) => {
      const list = rs('RS_GetUserList');
      const containerId = list.data?.userlist?.split('||')[1] ?? '';
      const certificate = rs('RS_GetCertBase64String', { certType: '1', containerId });
      const login = rs('RS_CertLogin', { containerId, password: pin });
      const signature = rs('RS_KeySignByP1', { containerId, msg: 'a1b2c3d4e5f60718293a4b5c6d7e8f90zz' });
      return { list, certificate, login, signature };
    },
    PIN,
  );
  await choose(window, 'demo-unit');
  await window.locator('button.primary').click();
  await window.locator('.text-to-sign').waitFor();
  await settle(window);
  await window.locator('button.primary').click();
  const { list, certificate, login, signature } = await came<Record<string, Rs>>(page);
  assert.deepEqual(
    [list, certificate, login, signature].map(answer => answer?.code),
    ['0000', '0000', '0000', '0000'],
  );
  assert.ok(
    sm2Verifies(
      Buffer.from(certificate?.data?.certBase64 ?? '', 'base64'),
      Buffer.from('a1b2c3d4e5f60718293a4b5c6d7e8f90zz'),
      Buffer.from(signature?.data?.signdMsg ?? '', 'base64'),
    ),
  );
  await window.close();
});

test('what was encrypted for the user is decrypted, and the PIN is changed by what is typed in our window', async () => {
  const window = await askLegacy(
    stand,
    page,
    (rs, { pin, secret }) => {
      const containerId = rs('RS_GetUserList').data?.userlist?.split('||')[1] ?? '';
      const certBase64 = rs('RS_GetCertBase64String', { certType: '2', containerId }).data?.certBase64 ?? '';
      const encRsKey = rs('RS_KeyEncryptData', { rsKey: secret, certBase64 }).data?.encRsKey ?? '';
      rs('RS_CertLogin', { containerId, password: pin });
      const decrypted = rs('RS_KeyDecryptData', { containerId, encRsKey });
      // What the page sends is not used.
      const changed = rs('RS_ChangePassWd', { containerId, oldCode: '111111', newCode: '222222' });
      const signed = rs('RS_KeySignByP1', { containerId, msg: '第二次' });
      return { decrypted, changed, signed };
    },
    { pin: PIN, secret: SECRET },
  );
  const press = async () => {
    await settle(window);
    await window.locator('button.primary').click();
  };
  await choose(window, 'demo-unit');
  await press();
  await window.getByText('网站将得到解密后的内容').waitFor();
  await press();
  const fields = window.locator('input[type=password]');
  await fields.nth(2).waitFor();
  await settle(window);
  await fields.nth(0).fill(PIN);
  await fields.nth(1).fill(NEW);
  await fields.nth(2).fill('975311');
  await press();
  await window.getByText('两次输入的新 PIN 码不一致').waitFor();
  await fields.nth(2).fill(NEW);
  await press();
  // The session goes on with the new one: no PIN is asked.
  await window.locator('.text-to-sign').waitFor();
  assert.equal(await fields.count(), 0);
  await press();
  const { decrypted, changed, signed } = await came<Record<string, Rs>>(page);
  assert.equal(decrypted?.data?.rsKey, SECRET);
  assert.equal(changed?.code, '0000');
  assert.equal(signed?.code, '0000');
});

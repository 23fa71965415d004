// What pages of other programs ask of the key beside logins and signatures: a decryption, and another PIN.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import {
  askLegacy,
  bridgeOn,
  came,
  grantedExtension,
  type LegacySite,
  makeLegacySite,
  type Rs,
  visitLegacy,
} from '../stand/bridge.js';
import { choose, settle } from '../stand/drive.js';
import { makeStand, PIN, type Stand, tidy } from '../stand/stand.js';

const SECRET = 'sm4-key-0123456789';
const NEW = '975310';

let stand: Stand;
let site: LegacySite;
let page: Page;
let extension: ReturnType<typeof grantedExtension>;

before(async () => {
  extension = grantedExtension();
  site = await makeLegacySite();
  stand = await makeStand({ softHsm: false, insert: ['demo-unit'], extension: extension.path });
  await bridgeOn(stand, site.url);
  page = await visitLegacy(stand, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await stand?.close();
  await site?.close();
  extension?.remove();
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

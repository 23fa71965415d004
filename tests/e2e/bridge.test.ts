// Pages that call another program, answered by us: from the list of certificates to signatures.
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
  console.log(list, certificate?.code, login, signature);
  assert.equal(signature?.code, '0000');
});

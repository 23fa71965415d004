// The other programs whose calls are answered: each called as its own page script does, by plain text and by https, in
// forms and in JSON; the list, a login with the page's PIN, and signatures that others judge.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  askLegacy,
  bridgeOn,
  came,
  type LegacySite,
  makeBridgedStand,
  makeLegacySite,
  visitLegacy,
} from '../stand/bridge.js';
import { choose, settle } from '../stand/drive.js';
import { certificateIn, sm2AttributesVerify, sm2Verifies } from '../stand/judge.js';
import { run } from '../stand/process.js';
import { PIN, type Stand, tidy } from '../stand/stand.js';

let stand: Stand;
let site: LegacySite;

before(async () => {
  site = await makeLegacySite();
  stand = await makeBridgedStand();
  await bridgeOn(stand, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await stand?.close();
  await site?.close();
});

/** What is signed as it stands, and what is signed in a message. */
const TEXTS = ['采购文件确认 2026-11-30 第 7 号', '报价文件确认 2026-11-30 第 8 号'] as const;

/** How a program is called. */
interface Way {
  url: string;
  type: string;
  /** Before the JSON of the body. */
  before: string;
}

/** What the page does in one press: the list, a login, and two signatures. */
interface Acts {
  list: unknown;
  certificate: string;
  login: unknown;
  signature: string;
  message: string;
}

/** What comes back, whatever it is. */
type Answer = Record<string, never> & { [name: string]: unknown };

/** What each page is given. */
interface Given {
  pin: string;
  texts: readonly string[];
  encoded: readonly string[];
  way: Way;
}

const encoded = (text: string) => Buffer.from(text).toString('base64');

/** Presses the page's button, and then ours: for the certificate, and for each signature. */
async function through(
  act: (ask: (path: string, body: unknown) => Answer, given: Given) => Acts,
  way: Way,
): Promise<Acts> {
  const page = await visitLegacy(stand, site.url);
  const window = await askLegacy(
    stand,
    page,
    (_, { source, given }) => {
      const { url, type, before } = given.way;
      const ask = (path: string, body: unknown) => {
        const request = new XMLHttpRequest();
        request.open('POST', url + path, false);
        if (type !== '') request.setRequestHeader('Content-Type', type);
        request.send(before + JSON.stringify(body));
        if (request.status !== 200) throw new Error(`status ${request.status}`);
        return JSON.parse(request.responseText);
      };
      return new Function(`return (${source})`)()(ask, given);
    },
    { source: act.toString(), given: { pin: PIN, texts: TEXTS, encoded: TEXTS.map(encoded), way } satisfies Given },
  );
  await choose(window, 'demo-unit');
  await settle(window);
  await window.locator('button.primary').click();
  for (const text of TEXTS) {
    await window.locator('.text-to-sign', { hasText: text }).waitFor();
    await settle(window);
    await window.locator('button.primary').click();
  }
  const acts = await came<Acts>(page);
  await window.close();
  await page.close();
  return acts;
}

/** Judges both signatures by OpenSSL, and finds the text in the message. */
function assertSigned({ certificate, signature, message }: Acts): void {
  const [bare, inside] = TEXTS.map(text => Buffer.from(text)) as [Buffer, Buffer];
  assert.ok(sm2Verifies(Buffer.from(certificate, 'base64'), bare, Buffer.from(signature, 'base64')));
  const cms = Buffer.from(message, 'base64');
  assert.ok(sm2AttributesVerify(cms));
  assert.ok(cms.includes(inside));
}

test('TopESA: JSON by https', async () => {
  const acts = await through(
    (ask, { pin, texts }) => {
      const whole = (fields: Record<string, unknown>) => ({ ...fields, _jsonEnd: '_jsonEnd' });
      const list = ask('SOF_GetUserList', whole({ t: '' })).r as unknown as string;
      const inCertId = list.split('||')[1];
      const r = (name: string, fields: Record<string, unknown>) =>
        ask(name, whole({ inCertId, ...fields })).r as unknown as string;
      return {
        list,
        certificate: r('SOF_ExportUserCert', {}),
        login: r('SOF_Login', { inPassWd: pin }),
        signature: r('SOF_SignData', { inData: texts[0], inDataLen: texts[0]?.length }),
        message: r('SOF_SignDataByP7', { inData: texts[1] }),
      };
    },
    { url: 'https://127.0.0.1:7256/', type: 'application/json; charset=UTF-8', before: '' },
  );
  assert.equal(acts.login, true);
  const serial = run('openssl', ['x509', '-inform', 'DER', '-noout', '-serial'], {
    input: Buffer.from(acts.certificate, 'base64'),
  });
  assert.equal(String(acts.list).split('||')[1], serial.toString().trim().replace('serial=', ''));
  assertSigned(acts);
});

for (const url of ['http://127.0.0.1:51235/', 'https://127.0.0.1:51245/']) {
  test(`mToken at ${url}: JSON in a form`, async () => {
    const acts = await through(
      (ask, { pin, encoded }) => {
        const call = (name: string, fields: Record<string, unknown>) => ask('alpha', { function: name, ...fields });
        call('SOF_LoadLibrary', { winDllName: 'mtoken_gm3000.dll' });
        const [deviceName] = call('SOF_EnumDevice', {}).array as unknown as string[];
        call('SOF_GetDeviceInstance', { deviceName, applicationName: '' });
        const list = call('SOF_GetUserList', { deviceName }).array as unknown as [string, string][];
        const key = { deviceName, containerName: list[0]?.[1], keySpec: 1 };
        const { cert } = call('SOF_ExportUserCert', key) as unknown as { cert: string };
        const { rtn } = call('SOF_Login', { deviceName, passWd: pin });
        const { signed } = call('SOF_SignDataEx', {
          ...key,
          inData: encoded[0],
          inDataLen: encoded[0]?.length,
        }) as unknown as { signed: string };
        const { pkcs7 } = call('SOF_SignDataToPKCS7', { ...key, inData: encoded[1], detached: 0 }) as unknown as {
          pkcs7: string;
        };
        return { list, certificate: cert, login: rtn, signature: signed, message: pkcs7 };
      },
      { url, type: 'application/x-www-form-urlencoded', before: 'json=' },
    );
    assert.equal(acts.login, 0);
    assertSigned(acts);
  });
}

for (const url of ['http://127.0.0.1:21051/', 'https://127.0.0.1:21061/']) {
  test(`XTXAppCOM at ${url}: values in a list`, async () => {
    const acts = await through(
      (ask, { pin, texts }) => {
        const call = (func: string, ...param: unknown[]) =>
          ask('synctl', { url: location.href, clsid: '{3F367B74}', func, param }).retVal as unknown as string;
        const list = call('SOF_GetUserList');
        const id = list.split('&&&')[0]?.split('||')[1];
        return {
          list,
          certificate: call('SOF_ExportUserCert', id),
          login: call('SOF_Login', id, pin),
          signature: call('SOF_SignData', id, texts[0]),
          message: call('SOF_SignMessage', 0, id, texts[1]),
        };
      },
      { url, type: 'application/json', before: '' },
    );
    assert.equal(acts.login, true);
    assertSigned(acts);
  });
}

test('PNXClient: numbered values', async () => {
  const acts = await through(
    (ask, { pin, texts }) => {
      const call = (name: string, p1?: string, p2?: string) =>
        ask('', { name, p1, p2 }) as unknown as { error: number; value: string };
      call('Initialize', '');
      const chosen = call('SetCert', 'SC');
      const login = call('SetPinCode', pin).error;
      const signature = call('P1SignStr', '', texts[0]).value;
      const message = call('AttachSignStr', '', texts[1]).value;
      return { list: chosen.error, certificate: '', login, signature, message };
    },
    { url: 'http://127.0.0.1:45679/', type: '', before: '' },
  );
  assert.deepEqual([acts.list, acts.login], [0, 0]);
  const certificate = certificateIn(Buffer.from(acts.message, 'base64'));
  assertSigned({ ...acts, certificate: Buffer.from(certificate).toString('base64') });
});

// The bridge's door: who comes through it, and who does not. Each caller that could reach the vendor's address or the
// host's own from this browser or this machine.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { BRIDGE_SECRET_HEADER } from '@yinxin/proto';
import type { Page } from 'playwright-core';
import {
  askLegacy,
  bridgeOn,
  CALL,
  came,
  framed,
  type LegacySite,
  makeBridgedStand,
  makeLegacySite,
  pressLegacy,
  type Rs,
  type Rules,
  rulesOf,
  standIn,
  visitLegacy,
} from '../stand/bridge.js';
import { choose, settle } from '../stand/drive.js';
import { background, consentsOf, extensionProcesses, hostsOf, PIN, type Stand, tidy, tokenOf } from '../stand/stand.js';
import { until } from '../stand/until.js';

let stand: Stand;
let site: LegacySite;
let other: LegacySite;
let page: Page;

before(async () => {
  site = await makeLegacySite();
  other = await makeLegacySite();
  stand = await makeBridgedStand({
    args: ['--host-resolver-rules=MAP *.example 127.0.0.1, MAP sub.localhost 127.0.0.1'],
  });
  await bridgeOn(stand, site.url);
  page = await visitLegacy(stand, site.url);
});

afterEach(() => tidy(stand));

after(async () => {
  await stand?.close();
  await Promise.all([site?.close(), other?.close()]);
});

const LIST = 'http://127.0.0.1:11200/RS_GetUserList';
const VERSION = 'http://127.0.0.1:11200/RS_GetVersion';

/** Nothing of ours: an empty 404 whose reading the browser refuses, or nobody at the port. */
function assertRefused(answer: string): void {
  assert.equal(answer, 'refused');
}

test('the page itself is answered, and sees neither the secret nor may its address be used without it', async () => {
  assert.match(await page.evaluate(CALL, VERSION), /^200 .*"0000"/);
  const seen = await page.evaluate(() => JSON.stringify(performance.getEntriesByType('resource')));
  const [{ port, secret }] = (await rulesOf(stand)) as [Rules];
  assert.ok(!seen.includes(secret));
  const told = await page.evaluate(async url => {
    const request = new XMLHttpRequest();
    request.open('POST', url, false);
    request.send();
    return { url: request.responseURL, headers: request.getAllResponseHeaders() };
  }, VERSION);
  assert.ok(!JSON.stringify(told).includes(secret));
  // The address that the page can copy from there: over our own rule it carries the secret, and has no record.
  assertRefused(await page.evaluate(CALL, `http://127.0.0.1:${port}/11200/RS_GetVersion`));
});

test('frames of the same site are not answered, whatever kind they are of', async () => {
  const frames = await page.evaluate(
    async ({ url }) => {
      const made: Record<string, string> = {};
      const body = `<script>
      fetch('${url}', { method: 'POST', body: 'containerId=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
        .then(async answer => parent.postMessage([name, answer.status + ' ' + (await answer.text())], '*'),
              () => parent.postMessage([name, 'refused'], '*'));
    </script>`;
      const sources: Record<string, (frame: HTMLIFrameElement) => void> = {
        srcdoc: frame => {
          frame.srcdoc = body;
        },
        blob: frame => {
          frame.src = URL.createObjectURL(new Blob([body], { type: 'text/html' }));
        },
        sandboxed: frame => {
          frame.setAttribute('sandbox', 'allow-scripts');
          frame.srcdoc = body;
        },
      };
      for (const [name, set] of Object.entries(sources)) {
        made[name] = await new Promise<string>(resolve => {
          const frame = document.createElement('iframe');
          frame.name = name;
          const hear = ({ data }: MessageEvent) => {
            if (!Array.isArray(data) || data[0] !== name) return;
            removeEventListener('message', hear);
            frame.remove();
            resolve(String(data[1]));
          };
          addEventListener('message', hear);
          set(frame);
          document.body.append(frame);
        });
      }
      const blank = document.createElement('iframe');
      document.body.append(blank);
      const request = new (blank.contentWindow as Window & typeof globalThis).XMLHttpRequest();
      request.open('POST', url, false);
      try {
        request.send('containerId=a');
        made.blank = `${request.status} ${request.responseText}`;
      } catch {
        made.blank = 'refused';
      }
      blank.remove();
      return made;
    },
    { url: VERSION },
  );
  assert.deepEqual(Object.keys(frames).sort(), ['blank', 'blob', 'sandboxed', 'srcdoc']);
  for (const answer of Object.values(frames)) assertRefused(answer);
  const frame = await framed(page, `${site.url}/framed`);
  assertRefused(await frame.evaluate(CALL, VERSION));
  await page.evaluate(() => document.querySelector('iframe')?.remove());
});

test('a worker of the document is the document’s; those that documents share are nobody’s', async () => {
  const answers = await page.evaluate(async url => {
    const told = (target: MessagePort | Worker) =>
      new Promise<string>(resolve => {
        target.onmessage = ({ data }) => resolve(String(data));
      });
    const own = new Worker('/worker.js');
    const dedicated = told(own);
    own.postMessage(url);
    const { port } = new SharedWorker('/worker.js');
    const shared = told(port);
    port.postMessage(url);
    const { active, installing, waiting } = await navigator.serviceWorker.register('/worker.js');
    const channel = new MessageChannel();
    const service = told(channel.port1);
    (active ?? waiting ?? installing)?.postMessage(url, [channel.port2]);
    return { dedicated: await dedicated, shared: await shared, service: await service };
  }, VERSION);
  assert.match(answers.dedicated, /^200 .*"0000"/);
  assertRefused(answers.shared);
  assertRefused(answers.service);
});

test('another port of the host, a subdomain and a stranger are not answered', async () => {
  for (const url of [`http://stranger.example:${site.port}`, `http://sub.localhost:${site.port}`]) {
    const stranger = await stand.browser.newPage();
    await stranger.goto(url);
    const answer = await stranger.evaluate(CALL, VERSION);
    assertRefused(answer);
    const [{ port }] = (await rulesOf(stand)) as [Rules];
    assertRefused(await stranger.evaluate(CALL, `http://127.0.0.1:${port}/11200/RS_GetVersion`));
    await stranger.close();
  }
  // A frame of another port inside the bridged page: the rules' condition knows hosts only.
  const inside = await framed(page, `${other.url}/inside`);
  assertRefused(await inside.evaluate(CALL, VERSION));
  await page.evaluate(() => document.querySelector('iframe')?.remove());
});

test('a frame that calls in a burst beside the page never has its PIN tried, and the page logs in after it', async () => {
  const shown = await askLegacy(stand, page, rs => rs('RS_GetUserList'), undefined);
  await choose(shown, 'demo-unit');
  await shown.locator('button.primary').click();
  const { data } = await came<Rs>(page);
  const containerId = data?.userlist?.split('||')[1] ?? '';
  assert.notEqual(containerId, '');
  // The list's press covers one login: the page's.
  const frame = await framed(page, `${other.url}/burst`);
  const left = tokenOf(stand, 'demo-unit').pin.left;
  const login = (password: string) => new URLSearchParams({ containerId, password }).toString();
  // The page calls as soon as the frame has, while its calls are on their way.
  const own = page.evaluate(
    body =>
      new Promise<string>(resolve => {
        const call = () => {
          // Others first, as pages do: by then calls of the frame have come to the host, and wait for a record.
          for (let other = 0; other < 10; other += 1) window.rs('RS_GetVersion');
          for (let round = 0; round < 20; round += 1) {
            const request = new XMLHttpRequest();
            request.open('POST', 'http://127.0.0.1:11200/RS_CertLogin', false);
            request.setRequestHeader('content-type', 'application/x-www-form-urlencoded');
            try {
              request.send(body);
              return resolve(JSON.parse(request.responseText).code);
            } catch {
              // Nobody is answered beside a stranger.
            }
          }
          resolve('refused');
        };
        addEventListener('message', call, { once: true });
      }),
    login(PIN),
  );
  const [{ port } = assert.fail()] = await rulesOf(stand);
  const login11200 = 'http://127.0.0.1:11200/RS_CertLogin';
  const urls = {
    plain: login11200,
    // A fragment is a part of the address that the host never sees.
    fragment: `${login11200}#frame`,
    // The host's own address, over another site, so that the browser tells it no origin.
    around: `http://stranger.example:${other.port}/on?${encodeURIComponent(`http://127.0.0.1:${port}/11200/RS_CertLogin`)}`,
  };
  const burst = frame.evaluate(
    async ({ body, urls }) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const burst = (url: string) => Array.from({ length: 100 }, () => fetch(url, { method: 'POST', body, headers }));
      const calls = urls.flatMap(burst);
      parent.postMessage('called', '*');
      return (await Promise.allSettled(calls)).map(({ status }) => status);
    },
    { body: login('654321'), urls: Object.values(urls) },
  );
  assert.deepEqual(new Set(await burst), new Set(['rejected']));
  const beside = await own;
  if (beside !== '0000') {
    assert.equal(beside, 'refused');
    const alone = await page.evaluate(fields => window.rs('RS_CertLogin', fields), { containerId, password: PIN });
    assert.equal(alone.code, '0000');
  }
  assert.equal(tokenOf(stand, 'demo-unit').pin.left, left);
  await page.evaluate(() => document.querySelector('iframe')?.remove());
});

test('programs on the machine are not answered, with the secret or without', async () => {
  const [{ port, secret }] = (await rulesOf(stand)) as [Rules];
  const lines = [
    [],
    [`${BRIDGE_SECRET_HEADER}: ${'0'.repeat(64)}`],
    // The right one, from who could read the browser's memory: there is no record.
    [`${BRIDGE_SECRET_HEADER}: ${secret}`],
    [`${BRIDGE_SECRET_HEADER}: ${secret}`, 'Host: rebound.example'],
  ];
  for (const more of lines) {
    const host = more.some(line => line.startsWith('Host:')) ? [] : [`Host: 127.0.0.1:${port}`];
    const head = ['POST /11200/RS_GetVersion HTTP/1.1', ...host, 'Origin: null', 'Content-Length: 0', ...more];
    const answer = await raw(port, `${head.join('\r\n')}\r\n\r\n`);
    assert.equal(answer, 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }
  assert.equal(consentsOf(stand).length, 0);
});

test('a record serves once: the same call again, from a program, finds none', async () => {
  const [{ port, secret }] = (await rulesOf(stand)) as [Rules];
  await page.evaluate(CALL, VERSION);
  const head = [
    'POST /11200/RS_GetVersion HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Origin: null',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 13',
    `${BRIDGE_SECRET_HEADER}: ${secret}`,
  ];
  const answer = await raw(port, `${head.join('\r\n')}\r\n\r\ncontainerId=a`);
  assert.match(answer, /^HTTP\/1.1 404/);
});

test('after the list and the login of one press, a text needs another', async () => {
  const window = await askLegacy(
    stand,
    page,
    (rs, password) => {
      const containerId = rs('RS_GetUserList').data?.userlist?.split('||')[1] ?? '';
      const login = rs('RS_CertLogin', { containerId, password });
      const contract = rs('RS_KeySignByP1', { containerId, msg: '甲方同意向乙方转让全部股权。' });
      return { login, contract };
    },
    PIN,
  );
  await choose(window, 'demo-unit');
  await window.locator('button.primary').click();
  const text = window.locator('.text-to-sign');
  await text.waitFor();
  assert.match((await text.textContent()) ?? '', /甲方同意向乙方转让全部股权。/);
  await settle(window);
  await window.locator('button.secondary').first().click();
  const { login, contract } = await came<Record<string, Rs>>(page);
  assert.equal(login?.code, '0000');
  assert.equal(contract?.code, '9999');
});

test('a page whose user pressed nothing opens no window', async () => {
  const quiet = await visitLegacy(stand, `${site.url}/quiet`);
  const answer = await quiet.evaluate(CALL, LIST);
  assert.match(answer, /"9001"/);
  assert.equal(consentsOf(stand).length, 0);
  await quiet.close();
});

test('a host that was killed leaves no rule behind, and a stand-in at its port gets no PIN', async () => {
  const [{ port }] = (await rulesOf(stand)) as [Rules];
  const [host] = hostsOf(stand);
  assert.ok(host !== undefined);
  process.kill(host, 'SIGKILL');
  const { heard, close } = await standIn(port);
  await pressLegacy(page, (rs, password) => rs('RS_CertLogin', { containerId: 'a', password }), PIN);
  await came(page).catch(() => undefined);
  assert.ok(!heard.some(text => text.includes(PIN)), heard.join());
  await close();
  // A new host takes its place by itself.
  await until(async () => (await rulesOf(stand)).some(rule => rule.port !== port));
  assert.match(await page.evaluate(CALL, VERSION), /"0000"/);
});

test('beside a program at the address itself each has its own callers', async () => {
  const official = await standIn(11_200);
  try {
    assert.match(await page.evaluate(CALL, VERSION), /"version":/);
    const stranger = await stand.browser.newPage();
    await stranger.goto(`http://stranger.example:${site.port}`);
    // Nobody redirects its call; the browser sends it where it says.
    await stranger.evaluate(
      url =>
        fetch(url, { method: 'POST', mode: 'no-cors', body: 'a=1' }).then(
          () => 0,
          () => 0,
        ),
      LIST,
    );
    assert.deepEqual(official.heard, ['/RS_GetUserList a=1']);
    await stranger.close();
  } finally {
    await official.close();
  }
});

test('a private window beside the page is not answered', async () => {
  await background(stand).evaluate(
    url => void chrome.windows.create({ url, incognito: true }),
    `${site.url}/by-itself`,
  );
  await until(async () => site.told.length > 0);
  assert.deepEqual(site.told, ['refused']);
});

test('a worker that died begins by removing its rules, and then answers again', async () => {
  const [{ port: before }] = (await rulesOf(stand)) as [Rules];
  for (const pid of extensionProcesses(stand)) process.kill(pid, 'SIGKILL');
  const { heard, close } = await standIn(before);
  // The page's own port starts it again; its rules lead elsewhere now.
  await until(async () => {
    const rules = await rulesOf(stand).catch(() => []);
    return rules.length > 0 && rules.every(({ port }) => port !== before);
  });
  await pressLegacy(page, (rs, password) => rs('RS_CertLogin', { containerId: 'a', password }), PIN);
  await until(async () => consentsOf(stand).length > 0);
  assert.deepEqual(heard, []);
  await close();
  for (const window of consentsOf(stand)) await window.close();
  assert.equal((await came<Rs>(page)).code, '9999');
});

/** Sends bytes, and gives what comes back. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', data => {
      answer += data;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

// The installer in a Wine prefix of its own: install, use over pipes, upgrade while a host runs, damage and repair, remove.
// `npm run windows` builds what it takes and names it in the environment.
// Runs on: Windows, as Wine 8 has it | — | installer: one user, all users, upgrade, damage, repair, removal
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DEVELOPMENT_EXTENSION_ID, RELEASED_ADDON_ID, RELEASED_EXTENSION_ID, type Token } from '@yinxin/proto';
import { PipedHost } from '../stand/host.js';
import { until } from '../stand/until.js';

const named = (name: string): string => {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run npm run windows`);
  return value;
};
const WINE = named('YINXIN_WINE');
const PREFIX = named('WINEPREFIX');
/** The installer, and one of an older version. */
const [INSTALLER, OLDER] = [named('YINXIN_INSTALLER'), named('YINXIN_INSTALLER_OLDER')];
/** The software key for Windows, and the program that makes demo keys. */
const [SOFTKEY, DEMO_KEY] = [named('YINXIN_SOFTKEY'), named('YINXIN_DEMO_KEY')];

const C = join(PREFIX, 'drive_c');
/** Another drive. */
const D = join(PREFIX, 'drive_d');
const USER = join(C, 'users', execFileSync('id', ['-un']).toString().trim());
const FOLDER = join(USER, 'AppData/Local/Programs/Yinxin');
const SETTINGS = join(USER, 'AppData/Roaming/Yinxin');
const KEYS = ['Google\\Chrome', 'Chromium', 'Microsoft\\Edge', 'SogouExplorer', '360Chrome\\Chrome'];

/** A path of this system as Windows under Wine has it. */
const windows = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;
/** A path of Windows as this system has it. */
const here = (path: string): string => {
  const drive = { 'C:': C, 'D:': D, 'Z:': '/' }[path.slice(0, 2)];
  assert.ok(drive, path);
  return join(drive, path.slice(3).replaceAll('\\', '/'));
};

/** Runs a program of Windows to its end. */
function run(program: string, ...arguments_: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(WINE, [program, ...arguments_], { timeout: 120_000 });
  return { status, text: `${stdout}${stderr}` };
}

/** A value of the registry; nothing where there is none. What is beyond ASCII is `?`, as `reg` prints it. */
function registry(key: string, value = '', view = 64): string | undefined {
  const name = value === '' ? ['/ve'] : ['/v', value];
  const { status, text } = run('reg', 'query', key, ...name, `/reg:${view}`);
  return status === 0 ? /REG_(?:SZ|DWORD)\s+(.*?)\r?\n/.exec(text)?.[1] : undefined;
}

/** The default value of a key, whatever letters it has. */
function exported(key: string): string | undefined {
  const file = join(WORK, 'exported.reg');
  if (run('reg', 'export', key, windows(file), '/y').status !== 0) return undefined;
  return /^@="(.*)"/m.exec(readFileSync(file, 'utf16le'))?.[1]?.replaceAll('\\\\', '\\');
}

const hosts = (root: string, vendor: string): string =>
  `${root}\\Software\\${vendor}\\NativeMessagingHosts\\yinxin.host`;
const UNINSTALL = 'Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Yinxin';

/** The program that the registration of Chrome leads to. */
function registered(root = 'HKCU'): string {
  const manifest = exported(hosts(root, 'Google\\Chrome'));
  assert.ok(manifest, 'nothing is registered');
  const { path, allowed_origins } = JSON.parse(readFileSync(here(manifest), 'utf8'));
  assert.ok(allowed_origins.includes(`chrome-extension://${RELEASED_EXTENSION_ID}/`));
  return path;
}

/** A host as a browser starts it: the program that the registry leads to. */
function start(root?: string): PipedHost {
  const host = new PipedHost(windows(CONFIG), [WINE, registered(root)]);
  started.push(host);
  return host;
}
const started: PipedHost[] = [];
// Whatever fails, none goes on.
after(() => {
  for (const host of started) host.child.kill();
});

/** Everything of ours that the registry and the disk have, outside of what is the user's own. */
function left(): string[] {
  const keys = ['HKCU\\Software', 'HKLM\\Software'].flatMap(root => run('reg', 'query', root, '/s').text.split('\n'));
  const found = keys.filter(line => /yinxin/i.test(line) && !/Temp|\.dll/i.test(line)).map(line => line.trim());
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (/yinxin/i.test(entry.name)) found.push(path);
      else if (entry.isDirectory() && entry.name !== 'Temp') walk(path);
    }
  };
  walk(C);
  return found.filter(path => path !== SETTINGS);
}

const WORK = join(PREFIX, 'installer-test');
const CONFIG = join(WORK, 'host.toml');
mkdirSync(WORK);
const made = run(DEMO_KEY, '--dir', windows(join(WORK, 'keys')), '--pin', '246810');
assert.equal(made.status, 0, made.text);
writeFileSync(
  CONFIG,
  `vendors = false\ndevelopment = true\nextension_ids = ["${DEVELOPMENT_EXTENSION_ID}"]\n` +
    `[[modules]]\nname = "softkey"\npath = '${windows(SOFTKEY)}'\nenv = { YINXIN_SOFTKEY_DIR = '${windows(join(WORK, 'keys'))}' }\n`,
);

/** A login, from the listing to the signature. */
async function logsIn(host: PipedHost): Promise<void> {
  assert.equal((await host.greeting).type, 'greeting');
  // On a busy machine a driver is still being asked when the first listing is answered.
  let found: Token[] = [];
  await until(async () => {
    const listed = await host.ask({ type: 'tokens' });
    assert.equal(listed.type, 'tokens');
    found = listed.tokens.filter(token => token.label === 'demo-unit');
    return found.length > 0;
  });
  const [token] = found;
  const held = token?.certificates.find(held => held.id === '01');
  assert.ok(token && held);
  const der = Buffer.from(held.certificate, 'base64');
  const signed = await host.ask({
    type: 'sign',
    origin: 'https://portal.example',
    token: token.token,
    certificate: createHash('sha256').update(der).digest('hex'),
    pin: '246810',
    items: [{ type: 'login', purpose: 'login', challenge: 'Y2hhbGxlbmdlLTEyMzQ1Njc4' }],
  });
  assert.equal(signed.type, 'signed');
}

/** Waits for a removal, which goes on in a copy of the program after that has ended. */
const removed = (root: string, folder: string): Promise<void> =>
  until(async () => !existsSync(folder) && registry(`${root}\\${UNINSTALL}`, 'DisplayVersion') === undefined);

test('the installer is below 8 MB', () => {
  assert.ok(statSync(INSTALLER).size < 8_000_000, `${statSync(INSTALLER).size} bytes`);
});

test('for one user: installed, used, upgraded while it runs, damaged and repaired, removed', async () => {
  assert.deepEqual(left(), []);
  assert.equal(run(OLDER, '/S').status, 0);
  for (const vendor of KEYS) assert.ok(registry(hosts('HKCU', vendor)), vendor);
  assert.equal(registry(`HKCU\\${UNINSTALL}`, 'DisplayVersion'), '0.0.1');
  assert.equal(here(registered()), join(FOLDER, 'yinxin-host.exe'));
  assert.ok(existsSync(join(FOLDER, 'yinxin-host-x86.exe')));
  // Nothing is there for other users.
  assert.equal(registry(`HKLM\\${UNINSTALL}`, 'DisplayVersion'), undefined);

  // A host that a browser started goes on while the file is replaced, and the next start is the new one.
  const running = start();
  await logsIn(running);
  mkdirSync(SETTINGS, { recursive: true });
  writeFileSync(join(SETTINGS, 'host.toml'), 'vendors = true\n');
  const before = statSync(join(FOLDER, 'yinxin-host.exe')).ino;
  assert.equal(run(INSTALLER, '/S').status, 0);
  assert.notEqual(statSync(join(FOLDER, 'yinxin-host.exe')).ino, before);
  assert.notEqual(registry(`HKCU\\${UNINSTALL}`, 'DisplayVersion'), '0.0.1');
  await logsIn(running);
  const next = start();
  await logsIn(next);
  await next.end();
  await running.end();

  // Damage, and the installer again.
  writeFileSync(join(FOLDER, 'yinxin-host.exe'), 'MZ');
  rmSync(join(FOLDER, 'yinxin-host-x86.exe'));
  run('reg', 'delete', hosts('HKCU', 'Google\\Chrome'), '/f');
  const edge = exported(hosts('HKCU', 'Microsoft\\Edge'));
  assert.ok(edge);
  writeFileSync(here(edge), '');
  assert.equal(run(INSTALLER, '/S').status, 0);
  const repaired = start();
  await logsIn(repaired);
  await repaired.end();
  assert.equal(here(JSON.parse(readFileSync(here(edge), 'utf8')).path), join(FOLDER, 'yinxin-host.exe'));

  // The command line, by its own name and by the host's.
  for (const program of ['yinxin.exe', 'yinxin-host.exe']) {
    const doctor = JSON.parse(run(windows(join(FOLDER, program)), 'doctor', '--json').text);
    assert.ok(doctor.checks.length > 0);
    assert.match(doctor.program, /\\yinxin-host\.exe$/);
  }

  assert.equal(run(windows(join(FOLDER, 'uninstall.exe')), '/S').status, 0);
  await removed('HKCU', FOLDER);
  assert.deepEqual(left(), []);
  // The user's own stays.
  assert.equal(readFileSync(join(SETTINGS, 'host.toml'), 'utf8'), 'vendors = true\n');
});

test('on another drive, where a host that runs stays until the next installation or the removal', async () => {
  mkdirSync(D);
  symlinkSync(D, join(PREFIX, 'dosdevices/d:'));
  const folder = join(D, 'Yinxin');
  const old = (): string[] => readdirSync(folder).filter(name => name.endsWith('.yinxin-old'));
  assert.equal(run(OLDER, '/S', '/D=D:\\Yinxin').status, 0);
  const running = start();
  await logsIn(running);
  assert.equal(run(INSTALLER, '/S').status, 0);
  assert.equal(old().length, 1);
  await logsIn(running);
  await running.end();
  assert.equal(run(INSTALLER, '/S').status, 0);
  assert.deepEqual(old(), []);
  assert.equal(run('D:\\Yinxin\\uninstall.exe', '/S').status, 0);
  await removed('HKCU', folder);
  assert.deepEqual(left(), []);
});

test('for all users, in a folder with a Chinese name, with the extension by policy', async () => {
  const folder = join(C, '印信程序');
  const url = 'https://intranet.example/yinxin/updates.xml';
  assert.equal(run(INSTALLER, '/S', '/ALLUSERS', `/EXTENSION_URL=${url}`, '/D=C:\\印信程序').status, 0);
  for (const vendor of KEYS) {
    for (const view of [32, 64]) assert.ok(registry(hosts('HKLM', vendor), '', view), `${vendor} ${view}`);
    assert.equal(registry(hosts('HKCU', vendor)), undefined);
  }
  const policies = ['Google\\Chrome', 'Chromium', 'Microsoft\\Edge'];
  const forced = (vendor: string): string | undefined =>
    registry(`HKLM\\Software\\Policies\\${vendor}\\ExtensionInstallForcelist`, '8317');
  for (const vendor of policies) assert.equal(forced(vendor), `${RELEASED_EXTENSION_ID};${url}`);
  assert.equal(here(registered('HKLM')), join(folder, 'yinxin-host.exe'));
  const host = start('HKLM');
  await logsIn(host);
  await host.end();
  // Firefox has a manifest of its own, which it names before itself.
  const firefox = exported(hosts('HKLM', 'Mozilla'));
  assert.ok(firefox);
  const { path, allowed_extensions, allowed_origins } = JSON.parse(readFileSync(here(firefox), 'utf8'));
  assert.deepEqual([allowed_extensions, allowed_origins], [[RELEASED_ADDON_ID], undefined]);
  const called = new PipedHost(windows(CONFIG), [WINE, path, firefox, RELEASED_ADDON_ID]);
  started.push(called);
  assert.equal((await called.greeting).type, 'greeting');
  assert.equal((await called.ask({ type: 'tokens' })).type, 'tokens');
  await called.end();
  // Again, without naming the folder: it is found.
  assert.equal(run(INSTALLER, '/S', '/ALLUSERS').status, 0);
  assert.equal(here(registered('HKLM')), join(folder, 'yinxin-host.exe'));
  assert.equal(run(windows(join(folder, 'uninstall.exe')), '/S', '/ALLUSERS').status, 0);
  await removed('HKLM', folder);
  for (const vendor of policies) assert.equal(forced(vendor), undefined);
  assert.deepEqual(left(), []);
});

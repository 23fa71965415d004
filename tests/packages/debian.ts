// The package for Debian in a fresh system of its own, older than this machine's: install, use over pipes, upgrade, repair, remove. What a
// user keeps is there after all of it. `cargo xtask package try` runs it.
// Runs on: Debian 11, amd64 | — | package and archive: install, a browser that comes later, upgrade, repair, removal
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { RELEASED_EXTENSION_ID } from '@yinxin/proto';

const [PACKAGES = '', SYSTEM = ''] = [process.env.YINXIN_PACKAGES, process.env.YINXIN_SYSTEM];
assert.ok(PACKAGES && SYSTEM, 'run cargo xtask package try');

/** A program in the system, to its end. */
function run(line: string, input: string | Buffer = ''): { status: number | null; text: string; bytes: Buffer } {
  const { status, stdout, stderr } = spawnSync('chroot', [SYSTEM, '/bin/sh', '-c', line], {
    input,
    timeout: 120_000,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  return { status, text: `${stdout}${stderr}`, bytes: stdout };
}

function done(line: string): string {
  const { status, text } = run(line);
  assert.equal(status, 0, `${line}: ${text}`);
  return text;
}

const there = (path: string): boolean => existsSync(join(SYSTEM, path));
const [deb] = readdirSync(PACKAGES).filter(name => name.endsWith('_amd64.deb'));
assert.ok(deb);
const MANIFESTS = ['chromium', 'opt/chrome', 'opt/edge'].map(
  folder => `etc/${folder}/native-messaging-hosts/yinxin.host.json`,
);
/** What a user keeps. */
const OWN = 'root/.config/yinxin/host.toml';

after(() => spawnSync('umount', [join(SYSTEM, 'proc')]));

/** A package that has the programs of browsers, as files that do nothing. */
function browsers(): string {
  const folder = join(SYSTEM, 'packages/browsers');
  for (const program of ['usr/bin/chromium', 'opt/google/chrome/chrome', 'opt/microsoft/msedge/msedge']) {
    mkdirSync(join(folder, program, '..'), { recursive: true });
    writeFileSync(join(folder, program), '#!/bin/sh\n', { mode: 0o755 });
  }
  mkdirSync(join(folder, 'DEBIAN'));
  const control = 'Package: browsers\nVersion: 1\nArchitecture: all\nMaintainer: Yinxin\nDescription: programs\n';
  writeFileSync(join(folder, 'DEBIAN/control'), control);
  const { status } = spawnSync('dpkg-deb', ['--root-owner-group', '--build', folder]);
  assert.equal(status, 0);
  return '/packages/browsers.deb';
}

test('it installs, and every browser that comes finds a host that answers', () => {
  cpSync(join(PACKAGES, deb), join(SYSTEM, 'packages', basename(deb)));
  mkdirSync(join(SYSTEM, 'root/.config/yinxin'), { recursive: true });
  writeFileSync(join(SYSTEM, OWN), 'log = "error"\n');
  // A system that is only being made has no /proc.
  done(`dpkg --install /packages/${deb}`);
  assert.equal(spawnSync('mount', ['-t', 'proc', 'proc', join(SYSTEM, 'proc')]).status, 0);
  // Nothing is made for a browser that is not there.
  for (const path of MANIFESTS) assert.ok(!there(join(path, '../..')), path);
  done(`dpkg --install ${browsers()}`);
  for (const path of MANIFESTS) {
    const manifest = JSON.parse(readFileSync(join(SYSTEM, path), 'utf8'));
    const { bytes } = run(`${manifest.path} ${manifest.allowed_origins[0]} < /dev/null`);
    const greeting = JSON.parse(bytes.subarray(4, 4 + bytes.readUInt32LE(0)).toString());
    assert.equal(greeting.type, 'greeting');
    assert.deepEqual(manifest.allowed_origins, [`chrome-extension://${RELEASED_EXTENSION_ID}/`]);
  }
  assert.match(done('yinxin --version'), /^yinxin \d/);
  assert.match(done('yinxin help sign'), /--time-stamper/);
  assert.ok(there('usr/share/man/man1/yinxin.1.gz'));
  const report = JSON.parse(run('yinxin doctor --json').text);
  assert.equal(report.program, '/usr/lib/yinxin/yinxin-host');
});

test('an upgrade and a repair put back what is missing, while a host runs', async () => {
  const [first = ''] = MANIFESTS;
  const host = `/usr/lib/yinxin/yinxin-host chrome-extension://${RELEASED_EXTENSION_ID}/`;
  const running = spawn('chroot', [SYSTEM, '/bin/sh', '-c', `exec ${host}`], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(running.stdout, 'data');
  rmSync(join(SYSTEM, first));
  writeFileSync(join(SYSTEM, 'usr/lib/yinxin/yinxin'), '');
  chmodSync(join(SYSTEM, 'usr/lib/yinxin/yinxin'), 0o755);
  done(`dpkg --install /packages/${deb}`);
  assert.ok(there(first));
  assert.match(done('yinxin --version'), /^yinxin \d/);
  // What a browser has started goes on as it was, until the browser ends it.
  assert.equal(running.exitCode, null);
  running.stdin.end();
  const [status] = await once(running, 'exit');
  assert.equal(status, 0);
});

test('a removal takes everything but what is the user’s own', () => {
  done('dpkg --remove yinxin');
  for (const path of [...MANIFESTS, 'usr/bin/yinxin', 'usr/lib/yinxin']) assert.ok(!there(path), path);
  assert.equal(readFileSync(join(SYSTEM, OWN), 'utf8'), 'log = "error"\n');
  done('dpkg --purge yinxin');
  assert.ok(there(OWN));
});

test('the archive works from a folder, and takes its registration back', () => {
  const [archive] = readdirSync(PACKAGES).filter(name => name.endsWith('linux-x86_64.tar.xz'));
  assert.ok(archive);
  mkdirSync(join(SYSTEM, 'opt'), { recursive: true });
  const { status } = spawnSync('tar', ['-xJf', join(PACKAGES, archive), '-C', join(SYSTEM, 'opt')]);
  assert.equal(status, 0);
  const folder = `/opt/${archive.replace('.tar.xz', '')}`;
  done(`${folder}/yinxin install --all-users`);
  assert.ok(MANIFESTS.every(there));
  done(`${folder}/yinxin uninstall --all-users`);
  assert.ok(!MANIFESTS.some(there));
});

// The Java binding of `servers/java`: compiled with javac against Debian's packages, run over a folder of cases.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lacking } from './data.js';
import { ROOT } from './paths.js';

/** What the binding stands on, and who judges it. */
export const JARS = ['jna', 'gson', 'bcprov', 'bcpkix', 'bcutil'].map(name => `/usr/share/java/${name}.jar`);

/** Why tests of the binding are skipped; `false` where nothing is missing. */
export const noJava = lacking(
  [...JARS, '/usr/bin/javac'].every(path => existsSync(path)),
  'no JDK, or none of the jars that Debian has for JNA, Gson and BouncyCastle',
);

/** Where cargo put something of the tests' profile: beside the binaries or below deps, whichever is newer. */
export function built(...names: readonly string[]): string {
  const found = names.map(name => join(ROOT, 'target/debug', name)).filter(path => existsSync(path));
  const [newest] = found.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!newest) throw new Error(`not built: ${names.join(', ')} (cargo test --workspace --no-run)`);
  return newest;
}

/** Writes cases and a portal's folder; the number of cases. */
export function writeCases(folder: string, data: string): number {
  const arguments_ = existsSync(data) ? [folder, data] : [folder];
  return Number(execFileSync(built('examples/cases'), arguments_, { encoding: 'utf8' }));
}

/** Compiles sources of `servers/java/src`, and others, into a folder. */
export function compile(classes: string, parts: readonly string[], others: readonly string[] = []): void {
  const sources = parts.flatMap(part => {
    const folder = join(ROOT, 'servers/java/src', part, 'java/yinxin/verify');
    return readdirSync(folder).map(name => join(folder, name));
  });
  execFileSync('javac', [
    // Jars that name others, which are not there, are Debian's affair.
    ...['-Xlint:all,-path,-classfile,-processing', '-Werror', '--release', '17'],
    ...['-cp', [classes, ...JARS].join(':'), '-d', classes, ...sources, ...others],
  ]);
}

/** Runs a class; what it printed. */
export function java(classes: string, library: string, main: string, cwd: string, ...rest: readonly string[]): string {
  const options = ['-Xmx96m', `-Dyinxin.library=${library}`, '-cp', [classes, ...JARS].join(':')];
  return execFileSync('java', [...options, main, ...rest], { cwd, encoding: 'utf8' });
}

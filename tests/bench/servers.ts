// What a portal's server in Java judges in a second, beside BouncyCastle's bare verification of SM2: in processor time, so that
// a busy machine counts for nobody. Written into docs/performance.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATA } from '../stand/data.js';
import { compile, java, noJava, writeCases } from '../stand/java.js';
import { ROOT } from '../stand/paths.js';
import { machine, table, writeSection } from './report.js';

if (noJava) {
  console.log(noJava);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'yinxin-servers-'));
try {
  writeCases(folder, DATA);
  compile(folder, ['main', 'bench']);
  const library = join(ROOT, 'target/servers/libyinxin_verify.so');
  const rates = JSON.parse(java(folder, library, 'yinxin.verify.Bench', folder, folder)) as Record<string, number>;
  const rate = (name: string, threads: number): number => rates[`${name}${threads}`] ?? Number.NaN;
  const row = (task: string, name: string): string[] => [
    task,
    ...[1, 2].flatMap(threads => [
      rate(name, threads).toFixed(0),
      (rate(name, threads) / rate('bouncy', threads)).toFixed(2),
    ]),
  ];
  const text = `Java on ${machine().split(', Node')[0]}; calls in a second of processor time of each thread, summed, and their ratio to
BouncyCastle 1.72 (\`SM2Signer\`) in the same run. Each judgement takes two SM2 verifications, the signature's and its
certificate's, with everything else that is judged, through JNA and as JSON; BouncyCastle does two verifications and nothing
else.

${table(
  ['', '1 thread', 'ratio', '2 threads', 'ratio'],
  [
    row('CMS, bytes to verdict', 'cms'),
    row('login, proof to verdict', 'login'),
    row('BouncyCastle: two SM2 verifications', 'bouncy'),
  ],
)}`;
  writeSection('Servers', text);
  console.log(text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

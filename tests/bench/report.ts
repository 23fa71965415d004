// What the benches write into docs/performance.md: each its own section, from its heading to the next one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../stand/paths.js';

const FILE = join(ROOT, 'docs/performance.md');
const HEAD = `# Performance

What was measured, on one machine; every figure here is written by \`npm run bench\`. Figures of different sections may be of
different days: compare within a table.
`;

/** Writes a section anew, in its place, or at the end. */
export function writeSection(heading: string, text: string): void {
  const [head = HEAD, ...sections] = existsSync(FILE) ? readFileSync(FILE, 'utf8').split(/^(?=## )/m) : [];
  const section = `## ${heading}\n\n${text.trim()}\n`;
  const at = sections.findIndex(known => known.startsWith(`## ${heading}\n`));
  if (at < 0) sections.push(section);
  else sections[at] = section;
  writeFileSync(FILE, `${[head, ...sections].map(part => part.trim()).join('\n\n')}\n`);
}

/** A table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** The value below which a share of the values lies: 0.5 for the median. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Where and with what was measured. */
export function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
}

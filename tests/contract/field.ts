// What each file of the field comes to, by the package's own functions. The table of `field.json` says what it must be;
// `wasm/verify/tests/field.rs` and `wasm/sheet/tests/field.rs` read the same one in Rust.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../wasm/pkg/node/yinxin.js';
import { initSync, readTable, type Table } from '../../wasm/pkg/sheet/yinxin_sheet.js';
import { ROOT } from '../stand/paths.js';

type Core = typeof import('../../wasm/pkg/node/yinxin.js');

/** The table. */
export interface Field {
  /** Options of the calls, where a row says no others. Names of files stand for their bytes. */
  readonly calls: Record<string, Options>;
  readonly rows: readonly Row[];
}

export interface Row {
  /** In the folder `field` of the test data. */
  readonly file: string;
  readonly call: string;
  readonly options?: Options;
  /** As much of the answer as matters; findings as lines, and what is thrown as its code. */
  readonly gives: unknown;
}

type Options = Record<string, string | readonly string[]>;

/** Options whose values are files. */
const FILES = ['anchors', 'intermediates', 'crls', 'makers', 'content'];

export function readField(): Field {
  return JSON.parse(readFileSync(join(ROOT, 'tests/contract/field.json'), 'utf8')) as Field;
}

/** Makes the calls of rows over the files of a folder. */
export function judge(core: Core, folder: string): (field: Field, row: Row) => unknown {
  const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
  initSync({ module: readFileSync(join(ROOT, 'wasm/pkg/sheet/yinxin_sheet_bg.wasm')) });
  return (field, row) => {
    const given = { ...field.calls[row.call], ...row.options };
    const options: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(given)) {
      if (!FILES.includes(name)) options[name] = value;
      else options[name] = typeof value === 'string' ? bytes(value) : value.map(bytes);
    }
    const file = bytes(row.file);
    const calls: Record<string, () => unknown> = {
      recognise: () => core.recognise(file),
      parseCertificate: () => core.parseCertificate(file, options.at as string),
      certificates: () => core.describeAnchors(file, false, options.at as string).map(({ view }) => view.name),
      verifyCertificate: () => core.verifyCertificate({ ...options, certificate: file }),
      verifyCms: () => core.verifyCms({ ...options, cms: file }),
      verifySeal: () => core.verifySeal({ ...options, seal: file }),
      verifySealSignature: () => core.verifySealSignature({ ...options, signature: file }),
      list: () => {
        const { table, list } = columns(core, file);
        const { header } = list.columns();
        const rows = list.push(table.rows.slice(header + 1), header + 2);
        return { rows: rows.map(({ name, amount }) => [name, amount]), total: list.totals().total };
      },
    };
    try {
      return plain(calls[row.call]?.());
    } catch (error) {
      return { throws: (error as { code?: string }).code ?? String(error) };
    }
  };
}

/** A file's first sheet that has the columns of a list, as the page looks for it; else what the first lacks. */
function columns(core: Core, file: Uint8Array): { table: Table; list: InstanceType<Core['OrderList']> } {
  const first = readTable(file);
  const others = (first.sheets ?? []).filter(name => name !== first.sheet);
  let missing: unknown;
  for (const name of [undefined, ...others]) {
    try {
      const table = name === undefined ? first : readTable(file, name);
      return { table, list: new core.OrderList(table.rows.slice(0, 50)) };
    } catch (error) {
      missing ??= error;
    }
  }
  throw missing;
}

/** An answer with its findings as lines: how grave, what, where, and why. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    name === 'findings' && Array.isArray(inner) ? inner.map(line).sort() : plain(inner),
  ]);
  return Object.fromEntries(entries);
}

function line({ severity, code, place, params }: Finding): string {
  const where = place === undefined ? '' : ` ${place}`;
  const why = 'reason' in params ? `: ${params.reason}` : '';
  return `${severity} ${code}${where}${why}`;
}

/** As much of an answer as a table's row speaks of. */
export function asFarAs(wanted: unknown, found: unknown): unknown {
  if (typeof wanted !== 'object' || wanted === null || typeof found !== 'object' || found === null) return found;
  if (Array.isArray(wanted) || Array.isArray(found)) {
    return Array.isArray(found) ? found.map((inner, at) => asFarAs((wanted as unknown[])[at], inner)) : found;
  }
  const known = found as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(wanted).map(([name, inner]) => [name, name in known ? asFarAs(inner, known[name]) : null]),
  );
}

// ZIP files, as far as tests read them: OFD documents among the samples.
import { inflateRawSync } from 'node:zlib';

/** An entry of a ZIP, found by its central directory. */
export function entry(zip: Buffer, name: string): Buffer {
  const next = (from: number): number => zip.indexOf('PK\x01\x02', from, 'latin1');
  for (let at = next(0); at >= 0; at = next(at + 46)) {
    const length = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + length) !== name) continue;
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    return zip.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed);
  }
  throw new Error(`no ${name}`);
}

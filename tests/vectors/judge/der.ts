// What docs/formats.md agrees on (1), and DER.
import { createHash } from 'node:crypto';

/** A mistake of the portal's own. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export function refuse(is: boolean, code = 'request-invalid'): void {
  if (is) throw new Refused(code);
}

export function hash(name: string, ...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash(name);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

export function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

export function fromBase64(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Seconds since 1970. */
export function time(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) throw new Refused('request-invalid');
  return Math.floor(Date.parse(text) / 1000);
}

export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
  readonly raw: Buffer;
}

export class Malformed extends Error {}

export function first(bytes: Buffer): Tlv {
  const [tag = 0x1f, length = 0x80] = bytes;
  if ((tag & 0x1f) === 0x1f || length === 0x80 || length > 0x84) throw new Malformed();
  let [start, size] = [2, length];
  if (length > 0x80) {
    const octets = length - 0x80;
    if (bytes.length < 2 + octets) throw new Malformed();
    size = bytes.readUIntBE(2, octets);
    start += octets;
    if (size < 0x80 || bytes[2] === 0) throw new Malformed();
  }
  if (bytes.length < start + size) throw new Malformed();
  return { tag, value: bytes.subarray(start, start + size), raw: bytes.subarray(0, start + size) };
}

export function children(bytes: Buffer): Tlv[] {
  const all: Tlv[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const one = first(rest);
    all.push(one);
    rest = rest.subarray(one.raw.length);
  }
  return all;
}

export function single(bytes: Buffer, tag: number): Tlv {
  const one = first(bytes);
  if (one.tag !== tag || one.raw.length !== bytes.length) throw new Malformed();
  return one;
}

export function take(list: Tlv[], tag: number): Tlv {
  const one = list.shift();
  if (one?.tag !== tag) throw new Malformed();
  return one;
}

export function optional(list: Tlv[], tag: number): Tlv | undefined {
  return list[0]?.tag === tag ? list.shift() : undefined;
}

export function oid({ tag, value }: Tlv): string {
  if (tag !== 6 || value.length === 0) throw new Malformed();
  const numbers: number[] = [];
  let number = 0;
  for (const octet of value) {
    number = number * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [head = 0, ...rest] = numbers;
  const top = Math.min(2, Math.floor(head / 40));
  return [top, head - 40 * top, ...rest].join('.');
}

/** What stands before what fills it up (3.4). */
export function unfilled(bytes: Buffer): Buffer {
  try {
    const { raw } = first(bytes);
    const rest = [...bytes.subarray(raw.length)];
    const all = (...octets: number[]) => rest.every(octet => octets.includes(octet));
    return all(0) || all(0xff) || all(0x0d, 0x0a, 0x20) ? raw : bytes;
  } catch {
    return bytes;
  }
}

/** DER of BER (5.3): lengths and strings in pieces, in elements that hold others. */
export function toDer(bytes: Buffer): Buffer {
  const read = (from: Buffer): [Buffer, Buffer] => {
    const [tag = 0, length = 0] = from;
    let [start, size] = [2, length];
    if (length > 0x80) {
      size = [...from.subarray(2, 2 + length - 0x80)].reduce((sum, octet) => sum * 256 + octet, 0);
      start += length - 0x80;
    }
    const isIndefinite = length === 0x80;
    if ((tag & 0x1f) === 0x1f || from.length < 2 || (!isIndefinite && from.length < start + size))
      throw new Malformed();
    if ((tag & 0x20) === 0) return [element(tag, from.subarray(start, start + size)), from.subarray(start + size)];
    const inside: Buffer[] = [];
    let rest = isIndefinite ? from.subarray(2) : from.subarray(start, start + size);
    while (isIndefinite ? rest[0] !== 0 || rest[1] !== 0 : rest.length > 0) {
      const [one, left] = read(rest);
      inside.push(one);
      rest = left;
    }
    const isString = tag === 0x24;
    const value = Buffer.concat(isString ? inside.map(one => first(one).value) : inside);
    return [element(isString ? 4 : tag, value), isIndefinite ? rest.subarray(2) : from.subarray(start + size)];
  };
  const [der, rest] = read(bytes);
  return Buffer.concat([der, rest]);
}

/** An element in DER. */
export function element(tag: number, value: Buffer): Buffer {
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const octets = uint32(value.length);
  const length = octets.subarray(octets.findIndex(octet => octet > 0));
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, value]);
}

/** UTCTime and GeneralizedTime (RFC 5280, 4.1.2.5). */
export function certificateTime({ tag, value }: Tlv): number {
  const text = value.toString('latin1');
  const parts = (
    tag === 0x17 ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text);
  if (!parts || (tag !== 0x17 && tag !== 0x18)) throw new Malformed();
  const [year = 0, month = 0, ...rest] = parts.slice(1).map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  const whole = tag === 0x18 ? year : year >= 50 ? 1900 + year : 2000 + year;
  return Date.UTC(whole, month - 1, day, hour, minute, second) / 1000;
}

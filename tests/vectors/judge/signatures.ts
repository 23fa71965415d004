// Keys and signatures (2). The curve's arithmetic is that of @noble/curves, which has no SM2.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { children, hash, Malformed, oid, single } from './der.js';

export type Key =
  | { readonly kind: 'sm2'; readonly x: bigint; readonly y: bigint }
  | { readonly kind: 'p256' | 'rsa'; readonly object: KeyObject; readonly size: number };

const number = (text: string) => BigInt(`0x${text.replaceAll(' ', '')}`);
const SM2 = {
  p: number('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 FFFFFFFF FFFFFFFF'),
  a: number('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 FFFFFFFF FFFFFFFC'),
  b: number('28E9FA9E 9D9F5E34 4D5A9E4B CF6509A7 F39789F5 15AB8F92 DDBCBD41 4D940E93'),
  Gx: number('32C4AE2C 1F198119 5F990446 6A39C994 8FE30BBF F2660BE1 715A4589 334C74C7'),
  Gy: number('BC3736A2 F4F6779C 59BDCEE3 6B692153 D0A9877C C62A4740 02DF32E5 2139F0A0'),
  n: number('FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF 7203DF6B 21C6052B 53BBF409 39D54123'),
  h: 1n,
};
const Point = weierstrass(SM2);
const ID = '1234567812345678';

const bytes32 = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const toNumber = (bytes: Uint8Array) => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);

export function sm2Z({ x, y }: { x: bigint; y: bigint }, id = ID): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(8 * id.length);
  const numbers = [SM2.a, SM2.b, SM2.Gx, SM2.Gy, x, y].map(bytes32);
  return hash('sm3', length, Buffer.from(id), ...numbers);
}

function isSm2Signed(key: { x: bigint; y: bigint }, e: bigint, [r, s]: readonly [bigint, bigint]): boolean {
  const { n } = SM2;
  if (r < 1n || r >= n || s < 1n || s >= n) return false;
  const t = (r + s) % n;
  if (t === 0n) return false;
  const sum = Point.BASE.multiplyUnsafe(s).add(Point.fromAffine(key).multiplyUnsafe(t));
  return !sum.equals(Point.ZERO) && (e + sum.toAffine().x) % n === r;
}

/** r and s of the strict form. */
export function strict(signature: Buffer): readonly [bigint, bigint] | undefined {
  try {
    const all = children(single(signature, 0x30).value);
    const numbers = all.map(({ tag, value }) => {
      const [head = 0x80, next = 0x80] = value;
      const isMinimal = head < 0x80 && !(head === 0 && value.length > 1 && next < 0x80);
      const size = head === 0 ? value.length - 1 : value.length;
      if (tag !== 2 || !isMinimal || size > 32) throw new Malformed();
      return toNumber(value);
    });
    const [r, s] = numbers;
    return r !== undefined && s !== undefined && numbers.length === 2 ? [r, s] : undefined;
  } catch {
    return undefined;
  }
}

export function hasStrictForm(key: Key, signature: Buffer): boolean {
  return key.kind === 'rsa' ? signature.length === key.size : strict(signature) !== undefined;
}

/** The same of one of the further forms: r and s side by side, INTEGERs without their sign octet or with too many zeros. */
export function lenient(signature: Buffer): readonly [bigint, bigint] | undefined {
  const numbers = strict(signature);
  if (numbers) return numbers;
  if (signature.length === 64) return [toNumber(signature.subarray(0, 32)), toNumber(signature.subarray(32))];
  try {
    const [r, s, ...more] = children(single(signature, 0x30).value);
    if (r?.tag !== 2 || s?.tag !== 2 || more.length > 0) return undefined;
    return [toNumber(r.value), toNumber(s.value)];
  } catch {
    return undefined;
  }
}

/** Whether a signature holds; `variant` names an e outside of the standard. */
export function isSigned(key: Key, message: Buffer, signature: Buffer, variant?: string, read = strict): boolean {
  if (key.kind !== 'sm2') return verify('sha256', message, key.object, signature);
  const numbers = read(signature);
  const z = variant === 'without-z' ? Buffer.alloc(0) : sm2Z(key, variant === 'empty-id' ? '' : ID);
  return numbers !== undefined && isSm2Signed(key, toNumber(hash('sm3', z, message)), numbers);
}

export function readKey(spki: Buffer): Key | undefined {
  const [algorithm, bits] = children(single(spki, 0x30).value);
  if (!algorithm || bits?.tag !== 3 || bits.value[0] !== 0) throw new Malformed();
  const [kind, parameters] = children(algorithm.value);
  if (!kind) throw new Malformed();
  const point = bits.value.subarray(1);
  const names = [oid(kind), parameters?.tag === 6 ? oid(parameters) : ''];
  const isSm2 = names.join() === '1.2.840.10045.2.1,1.2.156.10197.1.301' || names[0] === '1.2.156.10197.1.301';
  try {
    if (isSm2) {
      const [x, y] = [toNumber(point.subarray(1, 33)), toNumber(point.subarray(33))];
      if (point.length !== 65 || point[0] !== 4) return undefined;
      Point.fromAffine({ x, y }).assertValidity();
      return { kind: 'sm2', x, y };
    }
    const object = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const { modulusLength = 0, namedCurve } = object.asymmetricKeyDetails ?? {};
    if (object.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= 4096)
      return { kind: 'rsa', object, size: Math.ceil(modulusLength / 8) };
    return namedCurve === 'prime256v1' ? { kind: 'p256', object, size: 32 } : undefined;
  } catch {
    return undefined;
  }
}

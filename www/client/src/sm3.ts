/** SM3 (GB/T 32905-2016), for the test double alone: what is signed is digested by the extension's core. */

/** The digest of bytes, lower-case hex. */
export function sm3(bytes: Uint8Array): string {
  const padded = new Uint8Array((bytes.length + 72) & ~63);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length << 3);
  let state: Uint32Array = INITIAL;
  for (let at = 0; at < padded.length; at += 64) state = compressed(state, new DataView(padded.buffer, at, 64));
  return Array.from(state, word => word.toString(16).padStart(8, '0')).join('');
}

const INITIAL = Uint32Array.of(
  ...[0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600],
  ...[0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e],
);

/** The compression function (5.3.3). */
function compressed(state: Uint32Array, block: DataView): Uint32Array {
  const w = new Uint32Array(68);
  const word = (at: number): number => w[at] as number;
  for (let j = 0; j < 16; j++) w[j] = block.getUint32(4 * j);
  for (let j = 16; j < 68; j++)
    w[j] = p1(word(j - 16) ^ word(j - 9) ^ left(word(j - 3), 15)) ^ left(word(j - 13), 7) ^ word(j - 6);
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let j = 0; j < 64; j++) {
    const early = j < 16;
    const ss1 = left((left(a, 12) + e + left(early ? 0x79cc4519 : 0x7a879d8a, j % 32)) | 0, 7);
    const tt1 =
      ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (ss1 ^ left(a, 12)) + (word(j) ^ word(j + 4))) | 0;
    const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + word(j)) | 0;
    [a, b, c, d, e, f, g, h] = [tt1, a, left(b, 9), c, p0(tt2), e, left(f, 19), g];
  }
  return Uint32Array.of(a, b, c, d, e, f, g, h).map((word, at) => word ^ (state[at] as number));
}

const left = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
const p0 = (word: number): number => word ^ left(word, 9) ^ left(word, 17);
const p1 = (word: number): number => word ^ left(word, 15) ^ left(word, 23);

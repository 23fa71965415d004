// Seals and sealings of GB/T 38540-2020 (and seals of GM/T 0031-2025) for tests, put together here and signed by OpenSSL: a maker, who is anybody
// with a certificate, and seals that look like those of the field and are nobody's.
import { createHash } from 'node:crypto';
import { element, integer, octets, oid, sequence } from '../../www/demo/testing/der.js';
import { type Holder, signBytes } from '../../www/demo/testing/pki.js';

const SM2_WITH_SM3 = oid('1.2.156.10197.1.501');
const ia5 = (text: string) => element(0x16, Buffer.from(text));
const utf8 = (text: string) => element(0x0c, Buffer.from(text));
const bits = (bytes: Uint8Array) => element(0x03, Buffer.of(0), bytes);
const time = (iso: string) => element(0x18, Buffer.from(`${iso.replace(/[-:T]/g, '').slice(0, 14)}Z`));

export interface SealPlan {
  name: string;
  /** Who may use it. */
  users: readonly Pick<Holder, 'certificate'>[];
  /** 4 unless told. */
  version?: 4 | 5;
  /** Days of its validity, `YYYY-MM-DD`. */
  valid?: readonly [string, string];
  picture?: { type: string; data: Uint8Array; side: number };
}

/** A seal. */
export function makeSeal(
  maker: Holder,
  { name, users, version = 4, valid = VALID, picture = round(name) }: SealPlan,
): Buffer {
  const [from, until] = valid.map(day => `${day}T00:00:00`) as [string, string];
  const info = sequence(
    sequence(ia5('ES'), integer(version), ia5('EXAMPLE')),
    ia5('51010000000001'),
    sequence(
      integer(1),
      utf8(name),
      integer(1),
      sequence(...users.map(({ certificate }) => octets(certificate))),
      time(from),
      time(from),
      time(until),
    ),
    sequence(ia5(picture.type), octets(picture.data), integer(picture.side), integer(picture.side)),
  );
  return sequence(info, octets(maker.certificate), SM2_WITH_SM3, bits(signBytes(maker, info)));
}

/** A seal set on content. */
export function setSeal(
  signer: Holder,
  seal: Uint8Array,
  content: Uint8Array,
  { at = '2026-11-20T01:30:00', propertyInfo = '/Doc_0/Signs/Sign_0/Signature.xml' } = {},
): Buffer {
  const digest = createHash('sm3').update(content).digest();
  const toSign = sequence(integer(4), seal, time(at), bits(digest), ia5(propertyInfo));
  return sequence(toSign, octets(signer.certificate), SM2_WITH_SM3, bits(signBytes(signer, toSign)));
}

/** A round seal with a star, of 40 mm: a unit's. */
function round(name: string) {
  const star = Array.from({ length: 10 }, (_, at) => {
    const [radius, angle] = [at % 2 === 0 ? 6 : 2.3, (at * Math.PI) / 5];
    return `${(20 + radius * Math.sin(angle)).toFixed(2)},${(19.5 - radius * Math.cos(angle)).toFixed(2)}`;
  });
  return drawn(
    40,
    `<defs><path id="ring" d="M7.4 26.9A14.4 14.4 0 1 1 32.6 26.9"/></defs>
    <circle cx="20" cy="20" r="19.2" fill="none" stroke="${RED}" stroke-width="1.2"/>
    <polygon points="${star.join(' ')}"/>
    <text font-size="4"><textPath href="#ring" startOffset="50%" textLength="50">${escaped(name)}</textPath></text>
    <text x="20" y="32.5" font-size="3.6" textLength="16">测试无效</text>`,
  );
}

/** A square seal of 20 mm with a name of four characters: a person's. */
export function square(name: string) {
  const places = [
    [13.8, 8.6],
    [13.8, 17.2],
    [6.2, 8.6],
    [6.2, 17.2],
  ];
  const characters = [...name].map((one, at) => `<text x="${places[at]?.[0]}" y="${places[at]?.[1]}">${one}</text>`);
  return drawn(
    20,
    `<rect x=".6" y=".6" width="18.8" height="18.8" fill="none" stroke="${RED}"/><g font-size="7">${characters.join('')}</g>`,
  );
}

function drawn(side: number, inside: string) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}mm" height="${side}mm" viewBox="0 0 ${side} ${side}">
    <g fill="${RED}" font-family="Noto Serif CJK SC,Noto Sans CJK SC,serif" text-anchor="middle">${inside}</g></svg>`;
  return { type: 'SVG', data: Buffer.from(svg), side };
}

const escaped = (text: string) => text.replace(/[<>&"]/g, character => `&#${character.codePointAt(0)};`);
const RED = '#d7141a';
const VALID = ['2025-01-01', '2035-12-31'] as const;

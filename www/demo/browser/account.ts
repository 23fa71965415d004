/** The account page: signs or seals the documents with one consent and shows what the server made of it. */

import { type Placement, type Seal, seals, sign } from '@yinxin/client';
import { day, time } from '@yinxin/proto';
import type { SignatureResult } from '../portal.js';
import type { SealResult } from '../seals.js';
import { ALGORITHM_NAMES, fill } from '../texts.js';
import { element, get, locale, make, onProgress, post, Refused, run, showError, t, tell } from './common.js';

const signButton = element<HTMLButtonElement>('sign');
const sealButton = element<HTMLButtonElement>('seal');
const showButton = element<HTMLButtonElement>('show-seal');
const logout = element<HTMLButtonElement>('logout');
const completeButton = element<HTMLButtonElement>('complete');
const buttons = [signButton, sealButton, completeButton, showButton, logout];

signButton.addEventListener('click', () =>
  run(
    buttons,
    async signal => {
      element('result').hidden = true;
      tell(t.askServer);
      const listed = [...document.querySelectorAll<HTMLElement>('#to-sign .document')];
      const ids = listed.map(({ dataset: { id = '' } }) => id);
      const documents = await Promise.all(
        listed.map(async ({ dataset: { id = '', name = '' } }) => ({ name, content: await load(id, signal) })),
      );
      tell(t.followWindow);
      const signed = await sign({ documents, signal, onProgress });
      tell(t.verifying);
      const signatures = signed.map(({ cms }, i) => ({ document: ids[i], cms: base64(cms) }));
      await handIn('/api/signatures', { signatures }, results => showSignatures(results as SignatureResult[]), signal);
    },
    'result',
  ),
);

sealButton.addEventListener('click', () =>
  run(
    buttons,
    async signal => {
      element('result').hidden = true;
      tell(t.askServer);
      const offered = (await get('/api/seals', signal)).documents as Offered[];
      const documents = await Promise.all(
        offered.map(async ({ id, digest, ...document }) => ({
          ...document,
          // A digest stands for a content that stays with the server.
          ...(digest === undefined ? { content: await load(id, signal) } : { digest: decode(digest) }),
        })),
      );
      tell(t.followWindow);
      const sealed = await sign({ documents, format: 'seal', signal, onProgress });
      tell(t.verifying);
      const handed = sealed.map(({ seal }, i) => ({ document: offered[i]?.id, seal: base64(seal) }));
      await handIn('/api/seals', { seals: handed }, results => showSeals(results as SealResult[]), signal);
    },
    'result',
  ),
);

completeButton.addEventListener('click', () =>
  run(
    buttons,
    async signal => {
      element('result').hidden = true;
      tell(t.askServer);
      const listed = [...document.querySelectorAll<HTMLElement>('#tenders .document')];
      const documents = await Promise.all(
        listed.map(async ({ dataset: { id = '', name = '', format, place = '' } }) => {
          const [page = 1, x = 0, y = 0] = place.split(' ').map(Number);
          return {
            name,
            content: await load(id, signal),
            format: format as 'pdf-seal' | 'ofd',
            placement: { page, x, y },
          };
        }),
      );
      tell(t.followWindow);
      const sealed = await sign({ documents, format: 'pdf-seal', signal, onProgress });
      tell(t.verifying);
      const handed = sealed.map(({ document: content }, i) => ({
        document: listed[i]?.dataset.id,
        content: base64(content),
      }));
      const show = (results: unknown[]) => showSeals(results as SealResult[], t.downloadSealed);
      await handIn('/api/tenders', { documents: handed }, show, signal);
    },
    'result',
  ),
);

showButton.addEventListener('click', () =>
  run(buttons, async signal => {
    element('my-seal').hidden = true;
    tell(t.followWindow);
    const [shown] = await seals({ signal, onProgress });
    if (shown) showMine(shown);
  }),
);

logout.addEventListener('click', () =>
  run(buttons, async signal => {
    await post('/api/logout', {}, signal);
    location.assign('/');
  }),
);

/** What there is to seal, as the server says. */
interface Offered {
  readonly id: string;
  readonly name: string;
  readonly propertyInfo: string;
  readonly placement?: Placement;
  /** SM3 in Base64, where the content stays with the server. */
  readonly digest?: string;
}

/** Gives signatures or seals to the server, and shows what it says of each, refused or not. */
async function handIn(
  path: string,
  body: object,
  show: (results: unknown[]) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { results } = await post(path, body, signal);
    show(results as unknown[]);
  } catch (error) {
    if (error instanceof Refused && Array.isArray(error.body.results)) show(error.body.results);
    throw error;
  }
}

/** A document as the server has it. */
async function load(id: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(`/documents/${id}`, { signal });
  if (response.status === 401) location.assign('/');
  if (!response.ok) throw new Error(`document ${id}: ${response.status}`);
  return response.blob();
}

/** Who, when, how, with which certificate, and the verdict: for each document. */
function showSignatures(results: readonly SignatureResult[]): void {
  showResults(
    results.map(result => {
      const { certificate, claimedTime } = result;
      const algorithm = certificate?.algorithm;
      const rows = facts([
        [t.signer, certificate?.holder],
        [t.creditCode, certificate?.creditCode],
        [t.claimedTime, certificate ? (claimedTime ? time(claimedTime, locale) : t.noTime) : undefined],
        [t.algorithm, algorithm && (ALGORITHM_NAMES[algorithm] ?? algorithm)],
        [t.issuer, certificate?.issuerName],
        [t.serial, certificate?.serial],
        [t.validUntil, certificate && day(certificate.notAfter, locale)],
      ]);
      return verdictOn(result, [t.valid, t.invalid], rows, t.download);
    }),
  );
}

/** Which seal, whose, when, on what, and the verdict: for each document. */
function showSeals(results: readonly SealResult[], download = t.downloadSeal): void {
  showResults(
    results.map(result => {
      const { seal, claimedTime } = result;
      const rows = facts([
        [t.sealName, seal?.name],
        [t.sealStandard, seal?.standard],
        [t.sealMaker, seal?.maker],
        [t.sealUntil, seal && day(seal.validUntil, locale)],
        [t.sealedBy, result.holder],
        [t.sealedAt, seal ? (claimedTime ? time(claimedTime, locale) : t.noTime) : undefined],
        [t.belongsTo, result.propertyInfo],
      ]);
      const item = verdictOn(result, [t.validSeal, t.invalidSeal], rows, download);
      if (seal && result.picture) rows.before(picture(result.picture, seal));
      return item;
    }),
  );
}

/** The seal that the user shows to this page. */
function showMine(seal: Seal): void {
  const box = element('my-seal');
  for (const old of box.querySelectorAll('img')) URL.revokeObjectURL(old.src);
  box.replaceChildren(
    make('h3', { tabindex: '-1' }, t.mySeal),
    make('p', { class: 'hint' }, t.mySealHint),
    seal.picture ? picture(URL.createObjectURL(seal.picture), seal) : make('p', { class: 'hint' }, t.noPicture),
    facts([
      [t.sealName, seal.name],
      [t.sealUntil, day(seal.validUntil, locale)],
    ]),
  );
  box.hidden = false;
  box.querySelector('h3')?.focus();
}

/** As an image and nothing else: it may be SVG, which neither runs nor loads anything there. */
function picture(
  address: string,
  { name, width, height }: { name: string; width: number; height: number },
): HTMLElement {
  const scale = Math.min(PIXELS_PER_MM, MAX_PIXELS / Math.max(width, height, 1));
  const side = (millimetres: number) => String(Math.max(1, Math.round(millimetres * scale)));
  const attributes = { src: address, alt: fill(t.sealPicture, { name }), width: side(width), height: side(height) };
  return make('p', { class: 'seal-picture' }, make('img', attributes));
}

function facts(rows: readonly (readonly [term: string, value: string | undefined])[]): HTMLElement {
  const list = make('dl', {});
  for (const [term, value] of rows)
    if (value) list.append(make('div', {}, make('dt', {}, term), make('dd', {}, value)));
  return list;
}

function verdictOn(
  result: SignatureResult | SealResult,
  [good, bad]: readonly [good: string, bad: string],
  rows: HTMLElement,
  download: string,
): HTMLElement {
  const verdict = result.valid ? good : `${bad}${locale === 'en' ? ': ' : '：'}${result.message ?? ''}`;
  const item = make(
    'article',
    {
      class: `signature ${result.valid ? 'valid' : 'invalid'}`,
      'data-document': result.document,
      'data-valid': String(result.valid),
    },
    make('h3', {}, result.name),
    make('p', { class: 'verdict' }, verdict),
    rows,
  );
  for (const finding of result.findings)
    if (finding.severity === 'warning')
      item.append(make('p', { class: 'hint', 'data-code': finding.code }, finding.message));
  if (result.download) item.append(make('p', {}, make('a', { href: result.download, class: 'download' }, download)));
  return item;
}

function showResults(items: readonly HTMLElement[]): void {
  element('results').replaceChildren(...items);
  element('result').hidden = false;
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

/** CSS pixels in a millimetre. */
const PIXELS_PER_MM = 96 / 25.4;
/** The longer side of a seal's picture is never shown larger. */
const MAX_PIXELS = 152;

// A page out of the back/forward cache may show an account that is logged out.
addEventListener('pageshow', event => {
  if (event.persisted) location.reload();
});
showError(undefined);

/** The account page: signs the documents with one consent and shows what the server made of the signatures. */

import { sign } from '@yinxin/client';
import type { SignatureResult } from '../portal.js';
import { ALGORITHM_NAMES, chinaDate, progressText } from '../texts.js';
import { element, locale, make, post, Refused, run, showError, t, tell } from './common.js';

const signButton = element<HTMLButtonElement>('sign');
const logout = element<HTMLButtonElement>('logout');

signButton.addEventListener('click', () =>
  run([signButton, logout], async signal => {
    element('result').hidden = true;
    tell(t.askServer);
    const documents = await Promise.all(
      [...document.querySelectorAll<HTMLElement>('.document')].map(listed => load(listed, signal)),
    );
    tell(t.followWindow);
    const signed = await sign({
      documents,
      signal,
      onProgress: ({ stage, done, total }) => tell(progressText(t, stage, done, total)),
    });
    tell(t.verifying);
    const signatures = signed.map(({ cms }, i) => ({ document: documents[i]?.id, cms: base64(cms) }));
    try {
      const { results } = await post('/api/signatures', { signatures }, signal);
      show(results as SignatureResult[]);
    } catch (error) {
      if (error instanceof Refused && Array.isArray(error.body.results)) show(error.body.results as SignatureResult[]);
      throw error;
    }
  }),
);

logout.addEventListener('click', () =>
  run([signButton, logout], async signal => {
    await post('/api/logout', {}, signal);
    location.assign('/');
  }),
);

/** A document as the server has it. */
async function load(listed: HTMLElement, signal: AbortSignal): Promise<{ id: string; name: string; content: Blob }> {
  const { id = '', name = '' } = listed.dataset;
  const response = await fetch(`/documents/${id}`, { signal });
  if (response.status === 401) location.assign('/');
  if (!response.ok) throw new Error(`document ${id}: ${response.status}`);
  return { id, name, content: await response.blob() };
}

/** Who, when, how, with which certificate, and the verdict: for each document. */
function show(results: readonly SignatureResult[]): void {
  const list = results.map(result => {
    const { certificate, claimedTime, findings } = result;
    const algorithm = certificate?.algorithm;
    const rows = make('dl', {});
    const row = (term: string, value: string | undefined) => {
      if (value) rows.append(make('div', {}, make('dt', {}, term), make('dd', {}, value)));
    };
    row(t.signer, certificate?.holder);
    row(t.creditCode, certificate?.creditCode);
    row(t.claimedTime, certificate ? (claimedTime ? localTime(claimedTime) : t.noTime) : undefined);
    row(t.algorithm, algorithm && (ALGORITHM_NAMES[algorithm] ?? algorithm));
    row(t.issuer, certificate?.issuerName);
    row(t.serial, certificate?.serial);
    row(t.validUntil, certificate && chinaDate(certificate.notAfter));
    const verdict = result.valid ? t.valid : `${t.invalid}${locale === 'en' ? ': ' : '：'}${result.message ?? ''}`;
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
    for (const finding of findings)
      if (finding.severity === 'warning')
        item.append(make('p', { class: 'hint', 'data-code': finding.code }, finding.message));
    if (result.download)
      item.append(make('p', {}, make('a', { href: result.download, class: 'download' }, t.download)));
    return item;
  });
  element('results').replaceChildren(...list);
  element('result').hidden = false;
  element('result-heading').focus();
}

function localTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime())
    ? iso
    : new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long' }).format(time);
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

// A page out of the back/forward cache may show an account that is logged out.
addEventListener('pageshow', event => {
  if (event.persisted) location.reload();
});
showError(undefined);

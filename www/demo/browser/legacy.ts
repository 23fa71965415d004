/**
 * The page as today's portals are written: every call waits for its answer, the PIN is typed on the page, and what is signed
 * is a bare challenge. Nothing of it knows of Yinxin.
 */

import { type Locale, time } from '@yinxin/proto';
import { fill, PORTAL_TEXTS, SENTENCES } from '../texts.js';
import { ASSISTANT, ClientError, rs, wait } from './rs.js';

const locale: Locale = document.documentElement.lang === 'en' ? 'en' : 'zh-CN';
const t = SENTENCES[locale];

/** What the server says of a session, a refusal or a signature. */
interface Told {
  readonly code?: string;
  readonly message?: string;
  readonly remedy?: string;
  readonly params?: { readonly holder?: string };
  readonly challenge?: string;
  readonly account?: { readonly name: string; readonly roleName: string } | null;
  readonly results?: readonly {
    readonly name: string;
    readonly claimedTime?: string;
    readonly certificate?: { readonly holder: string };
  }[];
}

/** Something that is said to the user: what happened, what to do, and a code. */
class Said extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy = '',
    readonly told: Told = {},
  ) {
    super(message);
  }
}

/** Where a page keeps what the client calls the chosen certificate. */
const CONTAINER = 'container';
/** How often the client is looked for, and how far apart. */
const LOOKS = 4;
const NEXT_LOOK_MS = 400;
/** Long enough for the browser to paint. */
const PAINT_MS = 50;
/** What pages ask of a certificate, by the client's numbers. */
const INFO = [
  ['56', t.holder],
  ['54', t.creditCode],
  ['5', t.issuer],
  ['2', t.serial],
  ['6', t.validity],
] as const;
/** Codes of the client that its users meet: what happened, and what to do. */
const CLIENT_CODES: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
  9001: [t.clientNoKey, t.clientNoKeyHint],
  9011: [t.clientWrongPin, t.clientWrongPinHint],
  9028: [t.clientPinFirst, t.clientPinFirstHint],
};

const login = element<HTMLElement>('login');
const binding = element<HTMLElement>('binding');
const signing = element<HTMLElement>('signing');
const account = element<HTMLElement>('account');
const certificates = element<HTMLSelectElement>('certificates');
const entrance = element<HTMLSelectElement>('entrance');
const pin = element<HTMLInputElement>('pin');
const name = element<HTMLInputElement>('bind-name');
const text = element<HTMLTextAreaElement>('text');

press('reload', () => location.reload());
press('read', readCertificates);
submit('login-form', () => {
  if (pin.value === '') throw new Said('pin-missing', t.clientPinMissing);
  const containerId = container();
  rs('RS_CertLogin', { containerId, password: pin.value });
  pin.value = '';
  prove('login', containerId, { entrance: entrance.value });
});
submit('bind-form', () => {
  const more = element('bind-fields').hidden ? {} : { name: name.value.trim(), role: entrance.value };
  prove('bind', container(), more);
});
press('sign-p1', () => {
  const containerId = container();
  const certificate = certificateOf(containerId);
  const { signdMsg = '' } = rs('RS_KeySignByP1', { containerId, msg: text.value });
  handIn('p1', t.signP1, signdMsg, { certificate });
});
for (const [id, flag, what] of [
  ['sign-attached', '0', t.signAttached],
  ['sign-detached', '1', t.signDetached],
] as const) {
  press(id, () => {
    const { signdMsg = '' } = rs('RS_KeySignByP7', { containerId: container(), msg: text.value, flag });
    handIn('p7', what, signdMsg);
  });
}
press('logout', () => {
  server('/api/logout', {});
  sessionStorage.removeItem(CONTAINER);
  location.reload();
});

look(LOOKS);
show(server('/api/session').account);

/** Whether a client answers. It may start later than the page. */
function look(times: number): void {
  let version: string | undefined;
  try {
    version = rs('RS_GetVersion', {}, ASSISTANT).version ?? '';
  } catch {
    if (times > 1) return void setTimeout(look, NEXT_LOOK_MS, times - 1);
  }
  const found = version !== undefined;
  element('client').textContent = found ? fill(t.clientFound, { version }) : t.clientNone;
  element('client').setAttribute('data-found', String(found));
  element('no-client').hidden = found;
}

/** Asks the client for the user's certificates: name and container of each. */
function readCertificates(): void {
  const { userlist = '' } = rs('RS_GetUserList');
  const entries = userlist.split('&&&').map(entry => entry.split('||'));
  const options = entries.flatMap(([name = '', container]) => (container ? [new Option(name, container)] : []));
  if (options.length === 0) throw new Said('no-certificate', t.clientNoCertificate);
  certificates.replaceChildren(...options);
  keep();
}

/** The certificate that is chosen, by what the client calls it. Where none is, the client is asked first. */
function container(): string {
  const kept = certificates.value || sessionStorage.getItem(CONTAINER);
  if (kept) return kept;
  readCertificates();
  return certificates.value;
}

function keep(): void {
  sessionStorage.setItem(CONTAINER, certificates.value);
}
certificates.addEventListener('change', keep);

function certificateOf(containerId: string): string {
  return rs('RS_GetCertBase64String', { containerId, certType: '1' }).certBase64 ?? '';
}

/** Has the server's challenge signed, and hands it in. */
function prove(purpose: 'login' | 'bind', containerId: string, more: object): void {
  binding.hidden = true;
  const certificate = certificateOf(containerId);
  const { challenge = '' } = server('/api/challenge', { purpose });
  const { signdMsg } = rs('RS_KeySignByP1', { containerId, asn1Msg: challenge });
  const proof = { format: 'p1', certificate, signature: signdMsg };
  try {
    show(server(`/api/${purpose}`, { proof, challenge, ...more }).account);
  } catch (error) {
    if (error instanceof Said) offerBinding(error);
    throw error;
  }
  describe(certificate);
}

function offerBinding({ code, told }: Said): void {
  const renewed = code === 'certificate-renewed';
  if (!renewed && code !== 'not-bound') return;
  element('bind-heading').textContent = renewed ? t.rebindHeading : t.bindHeading;
  element('bind-hint').textContent = renewed ? t.rebindHint : t.bindHint;
  element('bind-fields').hidden = renewed;
  name.required = !renewed;
  name.value = told.params?.holder ?? '';
  binding.hidden = false;
}

/** Shows who is logged in, or the login. */
function show(who: Told['account']): void {
  login.hidden = who != null;
  for (const part of [signing, account]) part.hidden = who == null;
  if (!who) return;
  element('account-name').textContent = who.name;
  element('account-role').textContent = who.roleName;
}

/** What the client reads from the certificate. What a certificate doesn't have is left out. */
function describe(certBase64: string): void {
  const rows = INFO.flatMap(([type, term]) => {
    try {
      const { info = '' } = rs('RS_GetCertInfo', { certBase64, type });
      return [make('div', { 'data-type': type }, make('dt', {}, term), make('dd', {}, info))];
    } catch (error) {
      if (error instanceof ClientError && error.code !== undefined) return [];
      throw error;
    }
  });
  element('certificate').replaceChildren(...rows);
  element('info').hidden = false;
}

/** Hands a signature over the text in, and shows what the server found. */
function handIn(form: 'p1' | 'p7', what: string, signature: string, more: object = {}): void {
  let valid = true;
  let told: Told;
  try {
    told = server('/api/texts', { form, text: text.value, signature, ...more });
  } catch (error) {
    if (!(error instanceof Said)) throw error;
    ({ told } = error);
    valid = false;
  }
  const [result] = told.results ?? [];
  const rows = [
    [t.signer, result?.certificate?.holder],
    [t.claimedTime, result?.claimedTime && time(result.claimedTime, locale)],
  ].flatMap(([term = '', value]) => (value ? [make('div', {}, make('dt', {}, term), make('dd', {}, value))] : []));
  element('results').prepend(
    make(
      'article',
      { class: valid ? 'signature' : 'signature invalid', 'data-form': form, 'data-valid': String(valid) },
      make('h3', {}, what),
      make('p', { class: 'verdict' }, valid ? t.valid : t.invalid),
      ...(valid ? [] : [make('p', {}, `${told.message ?? ''}${told.remedy ?? ''}`)]),
      make('dl', {}, ...rows),
      make('details', {}, make('summary', {}, t.signatureValue), make('p', {}, make('code', {}, signature))),
    ),
  );
  element('result').hidden = false;
  element('result-heading').focus({ preventScroll: true });
  element('result').scrollIntoView({ block: 'nearest' });
}

/** Asks the server, and waits. Throws {@link Said}. */
function server(path: string, body?: object): Told {
  const told: Told = body ? wait(path, 'application/json', JSON.stringify(body)) : wait(path);
  if (Object.keys(told).length === 0) {
    const { message, remedy } = PORTAL_TEXTS[locale].unreachable;
    if (path !== '/api/logout') throw new Said('unreachable', message, remedy);
  }
  if (told.code !== undefined) throw new Said(told.code, told.message ?? '', told.remedy, told);
  return told;
}

function press(id: string, act: () => void): void {
  element(id).addEventListener('click', () => run(act));
}

function submit(id: string, act: () => void): void {
  element(id).addEventListener('submit', event => {
    event.preventDefault();
    run(act);
  });
}

/** Says that the page will stand still, lets the browser paint that, and does it. */
function run(act: () => void): void {
  const buttons = document.querySelectorAll('button');
  const focused = document.activeElement;
  element('message').replaceChildren();
  element('status').textContent = t.clientCalling;
  for (const button of buttons) button.disabled = true;
  setTimeout(() => {
    try {
      act();
    } catch (error) {
      complain(error);
    }
    element('status').textContent = '';
    for (const button of buttons) button.disabled = false;
    if (document.activeElement === document.body && focused instanceof HTMLElement) focused.focus();
    element('message').scrollIntoView({ block: 'nearest' });
    if (!binding.hidden) element('bind-heading').focus();
  }, PAINT_MS);
}

function complain(error: unknown): void {
  const { code, message, remedy } = said(error);
  element('message').replaceChildren(
    make(
      'div',
      { class: 'message', 'data-code': code },
      make('p', { class: 'what' }, message),
      make('p', {}, remedy),
      make('p', { class: 'hint' }, `${t.code} `, make('code', {}, code)),
    ),
  );
}

function said(error: unknown): Said {
  if (error instanceof Said) return error;
  if (!(error instanceof ClientError)) return new Said('page', String(error));
  const { code } = error;
  if (code === undefined) return new Said('no-client', t.clientNone, t.clientNoneHint);
  const known = CLIENT_CODES[code];
  const message = fill(t.clientRefused, { message: error.message });
  return known ? new Said(code, ...known) : new Said(code, message);
}

/** An element that the page must have. */
function element<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found as E;
}

/** Makes an element with text or children. Texts are never parsed as HTML. */
function make(tag: string, attributes: Readonly<Record<string, string>>, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

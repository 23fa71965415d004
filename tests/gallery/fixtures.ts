//! Views for the gallery: every state that the windows know, with invented names.

import type {
  Account,
  Act,
  AnchorView,
  CatalogueError,
  CertificateView,
  Change,
  Check,
  ConsentView,
  EvidenceName,
  SealView,
  TextView,
  TokenView,
  TrustView,
  WorkspaceView,
} from '@yinxin/proto';
import { wordsOf } from '@yinxin/ui/language.js';
import type { KnownAccount } from '../../extension/src/background/account.js';
import type { Entry } from '../../extension/src/background/history.js';
import type { Notice } from '../../extension/src/background/notices.js';
import { DEFAULTS, type KnownSettings, NOTICE_DAYS } from '../../extension/src/background/settings.js';
import type { Advice, Advised, DoctorShown, LoginAdvice } from '../../extension/src/relay.js';

const sm3 = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

/** Of a document whose content was read. */
const seen = { seen: true, propertyInfo: '', format: 'cms' as const, notices: [] };

// The normal case: the issuing CAs of Sichuan CA are not public.
const unknown: TrustView = {
  type: 'unknown',
  finding: { code: 'issuer-unknown', params: { issuer: '印信演示签发机构' }, severity: 'fatal' },
};

const unit: CertificateView = {
  certificate: '3b0c5f6d0f8a1c2e4d6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5',
  holder: '成都青禾示例科技有限公司',
  kind: 'unit',
  creditCode: '91510100MA00000X0K',
  issuer: '印信演示签发机构',
  serial: '4f21a90c77',
  notBefore: '2026-03-01T00:00:00Z',
  notAfter: '2028-02-29T15:59:59Z',
  daysLeft: 463,
  algorithm: 'sm2-sm3',
  discloses: ['unit-name', 'unit-number', 'place'],
  findings: [],
  trust: unknown,
  renewable: true,
};

const person: CertificateView = {
  ...unit,
  certificate: '9a'.repeat(32),
  holder: '张示例',
  kind: 'person',
  organization: '成都青禾示例科技有限公司',
  discloses: ['person-name', 'identity-number', 'email'],
  notAfter: '2026-12-22T15:59:59Z',
  daysLeft: 30,
  findings: [
    { code: 'certificate-ends-soon', params: { days: 30, date: '2026-12-22T15:59:59Z' }, severity: 'warning' },
  ],
};
delete person.creditCode;

const expired: CertificateView = {
  ...unit,
  certificate: '5c'.repeat(32),
  notBefore: '2023-10-01T00:00:00Z',
  notAfter: '2026-09-30T15:59:59Z',
  daysLeft: -53,
  problem: { code: 'certificate-expired', params: { date: '2026-09-30' } },
};

const encryption: CertificateView = {
  ...unit,
  certificate: '7e'.repeat(32),
  problem: { code: 'certificate-not-for-signing', params: {} },
  renewable: false,
};

const expert: CertificateView = {
  ...person,
  certificate: '1d'.repeat(32),
  holder: '李示例',
  kind: 'expert',
  discloses: ['person-name', 'identity-number'],
  notAfter: '2028-02-29T15:59:59Z',
  daysLeft: 463,
  findings: [],
};
delete expert.organization;

const bracketed: CertificateView = { ...unit, holder: '成都青禾示例(科技)有限公司' };

/** A signing certificate and the encryption certificate that goes with it. */
const dual: CertificateView[] = [
  { ...unit, partner: encryption.certificate },
  { ...encryption, serial: '4f21a90c78', partner: unit.certificate },
];

const national: TrustView = { type: 'national', anchor: '印信演示签发机构', listed: '2026-02-15' };
const nationalAbove: TrustView = { type: 'national', anchor: '示例省数字证书认证中心', listed: '2026-02-15' };
const added: TrustView = { type: 'added', anchor: '印信演示签发机构' };
const refused: TrustView = {
  type: 'refused',
  finding: { code: 'issuer-not-ca', params: { issuer: '印信演示签发机构' }, severity: 'fatal' },
};

const key: TokenView = {
  token: 't1',
  label: '青禾科技',
  model: 'Yinxin softkey',
  serial: 'YX00000001',
  pin: { state: 'ok', left: 8 },
  pinLength: { min: 6, max: 16 },
  protectedPath: false,
  initialPin: false,
  demo: true,
  certificates: [unit, encryption],
  seals: [],
};

/** SVG as a seal's picture. */
function svg(side: number, drawing: string): NonNullable<SealView['picture']> {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}mm" height="${side}mm" viewBox="0 0 ${side} ${side}">`;
  const bytes = new TextEncoder().encode(`${head}${drawing}</svg>`);
  return { mediaType: 'image/svg+xml', data: btoa(String.fromCharCode(...bytes)) };
}

// Drawn as `host/softkey/src/bin/demo_key/seals.rs` does.
const red = '#d7141a';
const fonts = 'SimSun,Songti SC,Noto Serif CJK SC,Noto Sans CJK SC,serif';

/** A round seal with a star: a unit's. */
const round = (name: string) =>
  svg(
    40,
    `<defs><path id="ring" d="M7.4 26.9A14.4 14.4 0 1 1 32.6 26.9"/></defs><g fill="${red}" font-family="${fonts}" text-anchor="middle"><circle cx="20" cy="20" r="19.2" fill="none" stroke="${red}" stroke-width="1.2"/><path d="M20 13.5L21.35 17.65L25.71 17.65L22.18 20.21L23.53 24.35L20 21.79L16.47 24.35L17.82 20.21L14.29 17.65L18.65 17.65Z"/><text font-size="4"><textPath href="#ring" startOffset="50%" textLength="50">${name}</textPath></text><text x="20" y="32.5" font-size="3.6" textLength="16">演示无效</text></g>`,
  );

/** A square seal of four characters: an expert's. */
const square = ([a, b, c, d]: string[]) =>
  svg(
    20,
    `<g fill="${red}" font-family="${fonts}" text-anchor="middle"><rect x=".6" y=".6" width="18.8" height="18.8" fill="none" stroke="${red}" stroke-width="1"/><g font-size="7"><text x="13.8" y="7.9">${a}</text><text x="13.8" y="17.7">${b}</text><text x="6.2" y="7.9">${c}</text><text x="6.2" y="17.7">${d}</text></g><text x="10" y="10.85" font-size="2.2" textLength="15">演示无效</text></g>`,
  );

const maker = '印信演示制章者';

const unitSeal: SealView = {
  seal: 'a1'.repeat(32),
  name: '成都青禾示例科技有限公司',
  standard: 'GB/T 38540-2020',
  national: true,
  maker,
  makerListed: false,
  validFrom: unit.notBefore,
  validUntil: unit.notAfter,
  daysLeft: unit.daysLeft,
  certificates: [unit.certificate],
  picture: round('成都青禾示例科技有限公司'),
  width: 40,
  height: 40,
  findings: [{ code: 'seal-maker-unknown', params: { maker }, severity: 'note' }],
};

const contractSeal: SealView = {
  ...unitSeal,
  seal: 'a2'.repeat(32),
  name: '成都青禾示例科技有限公司合同专用章',
  standard: 'GM/T 0031-2025',
  makerListed: true,
  picture: round('青禾示例科技合同专用章'),
  findings: [],
};

const expertSeal: SealView = {
  ...unitSeal,
  seal: 'a3'.repeat(32),
  name: '李示例印',
  certificates: [expert.certificate],
  picture: square([...'李示例印']),
  width: 20,
  height: 20,
};

const expiredSeal: SealView = {
  ...unitSeal,
  seal: 'a4'.repeat(32),
  validFrom: expired.notBefore,
  validUntil: expired.notAfter,
  daysLeft: expired.daysLeft,
  certificates: [unit.certificate],
  problem: { code: 'seal-expired', params: { date: expired.notAfter } },
  findings: [],
};

const oldSeal: SealView = {
  ...unitSeal,
  seal: 'a5'.repeat(32),
  standard: 'GM/T 0031-2014',
  national: false,
  problem: { code: 'seal-old-standard', params: { standard: 'GM/T 0031-2014' } },
  findings: [],
};

/** Of a certificate that is not in the key. */
const foreignSeal: SealView = {
  ...unitSeal,
  seal: 'a6'.repeat(32),
  name: '成都青禾示例科技有限公司财务专用章',
  certificates: [],
  picture: round('青禾示例科技财务专用章'),
  problem: { code: 'seal-not-for-certificate', params: { holder: unit.holder } },
  findings: [],
};

/** An object in the key of which nothing but its label can be told. */
const unreadableSeal: SealView = {
  ...unitSeal,
  seal: '',
  name: 'SEAL_0002',
  standard: '',
  national: false,
  maker: '',
  validFrom: '',
  validUntil: '',
  daysLeft: 0,
  certificates: [],
  width: 0,
  height: 0,
  problem: { code: 'seal-unreadable', params: { position: 4, reason: 'SEQUENCE expected' } },
  findings: [],
};
delete unreadableSeal.picture;

/** Everything about it is as odd as a seal may be. */
const hostileSeal: SealView = {
  ...unitSeal,
  seal: 'a7'.repeat(32),
  name: `${'某某'.repeat(40)}<img src=x onerror=alert(1)>\u202e`,
  maker: 'W'.repeat(200),
  width: 60,
  height: 15,
  picture: svg(60, '<script>document.title="ran"</script><rect width="60" height="15" fill="#d7141a"/>'),
};

/** Its bytes are no picture, whatever they are called. */
const pictureless: SealView = {
  ...unitSeal,
  seal: 'a8'.repeat(32),
  findings: [{ code: 'seal-picture-not-shown', params: { reason: 'SVG: the element use' }, severity: 'warning' }],
};
delete pictureless.picture;

const real: TokenView = { ...key, demo: false, model: 'Example Vendor ePass', serial: '5A31 0094' };

const login: ConsentView = {
  phase: { type: 'choosing' },
  site: { origin: 'http://localhost:8080', kind: 'portal', firstUse: false, local: true },
  act: {
    type: 'login',
    purpose: 'login',
    format: 'yinxin',
    account: { name: '成都青禾示例科技有限公司', role: '供应商' },
  },
  tokens: [key],
  question: 0,
  asksPin: true,
  modules: [],
};

const sign: ConsentView = {
  ...login,
  site: { origin: 'https://portal.example', name: '示例采购平台', kind: 'portal', firstUse: false, local: false },
  act: {
    type: 'sign',
    format: 'cms',
    sealing: false,
    documents: [
      { name: '投标函.pdf', size: 182_344, sm3, sha256, ...seen },
      {
        name: '法定代表人授权委托书（2026年度办公设备采购项目）.pdf',
        size: 1_204_511,
        sm3: sha256,
        sha256: sm3,
        ...seen,
      },
    ],
  },
  tokens: [real],
};

const unseen = { seen: false, size: 0, sha256: '', format: 'seal' as const, notices: [] };
const ofd: (Act & { type: 'sign' })['documents'][number] = {
  name: '采购合同.ofd',
  sm3,
  ...unseen,
  propertyInfo: '/Doc_0/Signs/Sign_0/Signature.xml',
  placement: { page: 3, x: 150, y: 230 },
};
const letter: typeof ofd = { name: '投标函.pdf', size: 182_344, sm3, sha256, ...seen, format: 'seal' };

/** Seals to be set on documents, with a key that holds some. */
function sealing(documents: (typeof ofd)[], seals: SealView[], certificates: CertificateView[] = dual): ConsentView {
  return {
    ...sign,
    act: { type: 'sign', format: documents[0]?.format ?? 'seal', sealing: true, documents },
    tokens: [{ ...real, certificates, seals }],
  };
}

/** Certificates as they are shown where a seal is needed and there is none of use. */
function without(problem: CertificateView['problem']): CertificateView[] {
  return dual.map((certificate, at) => (at === 0 && problem ? { ...certificate, problem } : certificate));
}

const showing: ConsentView = { ...sealing([], [unitSeal]), act: { type: 'seals' } };

/** A login into an account, with a key. */
function into(account: Partial<Account>, token: Partial<TokenView> = {}): ConsentView {
  const act: Act = {
    type: 'login',
    purpose: 'login',
    format: 'yinxin',
    account: { name: unit.holder, role: '供应商', entrance: '供应商', bound: true, ...account },
  };
  return { ...login, site: sign.site, act, tokens: [{ ...real, ...token }] };
}

/** What a page of another client asks. */
function bridged(act: Act, more: Partial<ConsentView> = {}): ConsentView {
  const site = {
    origin: 'https://zfcg.scsczt.cn',
    name: '四川政府采购网',
    kind: 'portal',
    firstUse: true,
    local: false,
  };
  return { ...sign, site: { ...site, kind: 'portal' }, act, asksPin: false, ...more };
}

/** A text to be signed. */
function signText(beginning: string, more: Partial<TextView> = {}): Act {
  const size = new TextEncoder().encode(beginning).length;
  return { type: 'sign-text', message: false, text: { beginning, end: '', size, content: 'readable', sm3, ...more } };
}

/** Consent windows by name. */
export const consents: Record<string, ConsentView> = {
  'sealing-seen': sealing([letter], [unitSeal]),
  'sealing-unseen': sealing([ofd], [unitSeal]),
  'sealing-both': sealing([letter, ofd], [unitSeal]),
  'sealing-both-expanded': sealing([letter, ofd], [unitSeal]),
  'sealing-ready': sealing([letter, ofd], [unitSeal]),
  'sealing-several': sealing([letter], [contractSeal, unitSeal, pictureless]),
  'embedded-seals': sealing(
    [
      { ...letter, name: '采购合同.pdf', format: 'pdf-seal', placement: { page: 1, x: 150, y: 240 } },
      { ...letter, name: '采购合同.ofd', format: 'ofd', straddling: 148 },
    ],
    [unitSeal],
  ),
  'embedded-mixed': sealing(
    [
      { ...letter, name: '投标函.pdf', format: 'pdf' },
      {
        ...letter,
        name: '授权委托书.pdf',
        format: 'pdf',
        placement: { page: 2, x: 150, y: 240 },
        notices: ['broken-signature', 'xfa'],
      },
      { ...letter, name: '采购合同.ofd', format: 'ofd', placement: { page: 1, x: 150, y: 240 } },
    ],
    [unitSeal],
  ),
  'sealing-expert': sealing([letter], [{ ...expertSeal, makerListed: true }], [expert]),
  'sealing-soon': sealing(
    [letter],
    [
      {
        ...unitSeal,
        daysLeft: 30,
        validUntil: '2026-12-22T15:59:59Z',
        findings: [{ code: 'seal-ends-soon', params: { days: 30, date: '2026-12-22T15:59:59Z' }, severity: 'warning' }],
      },
    ],
  ),
  'sealing-none': sealing([letter], [], without({ code: 'seal-missing', params: {} })),
  'sealing-expired': sealing([letter], [expiredSeal], without(expiredSeal.problem)),
  'sealing-old': sealing([letter], [oldSeal], without(oldSeal.problem)),
  'sealing-foreign': sealing([letter], [foreignSeal, unreadableSeal], without({ code: 'seal-missing', params: {} })),
  'sealing-hostile': sealing(
    [
      { ...ofd, name: `${'W'.repeat(250)}.ofd`, propertyInfo: `/${'<b>/'.repeat(60)}` },
      { ...ofd, placement: { page: 5_000, x: 5_000, y: 5_000 } },
    ],
    [hostileSeal],
  ),
  'sealing-working': { ...sealing([letter, ofd], [unitSeal]), phase: { type: 'working', done: 1, total: 2 } },
  'sealing-done': { ...sealing([letter, ofd], [unitSeal]), phase: { type: 'done' } },
  'seals-show': showing,
  'seals-several': { ...showing, tokens: [{ ...real, certificates: dual, seals: [unitSeal, contractSeal] }] },
  'seals-none': {
    ...showing,
    tokens: [{ ...real, certificates: without({ code: 'seal-missing', params: {} }), seals: [] }],
  },
  'seals-done': { ...showing, phase: { type: 'done' } },
  'bridged-identify': bridged({ type: 'identify' }),
  'bridged-unlock': bridged({ type: 'unlock', sent: false }, { asksPin: true }),
  'bridged-unlock-sent': bridged({ type: 'unlock', sent: true }),
  'bridged-random': bridged(signText('7f3a8c1e9b2d4f60a1b2c3d4e5f607189a', { content: 'encoded' })),
  'bridged-digest': bridged(signText(sm3, { content: 'digest' }), { asksPin: true }),
  'bridged-text': bridged(
    signText(
      '甲方：成都青禾示例科技有限公司\n乙方：四川锦程演示科技有限公司\n\n一、甲方向乙方采购办公设备，总价人民币 128,000 元。',
    ),
  ),
  'bridged-long': bridged(
    signText('投标响应文件。'.repeat(285), { end: '以上内容真实有效。'.repeat(222), size: 61_234 }),
  ),
  'bridged-change-pin': bridged({ type: 'change-pin' }, { asksPin: true }),
  'bridged-decrypt': bridged({ type: 'decrypt', size: 16 }),
  'bridged-awaiting': bridged({ type: 'identify' }, { phase: { type: 'awaiting' } }),
  'bridged-changed-pin': bridged({ type: 'change-pin' }, { phase: { type: 'awaiting' } }),
  'bridged-working': bridged({ type: 'unlock', sent: true }, { phase: { type: 'working', done: 0, total: 1 } }),
  'login-demo': login,
  'login-real-ready': { ...login, site: sign.site, tokens: [real] },
  sign,
  'sign-expanded': sign,
  looking: { ...sign, phase: { type: 'looking' }, tokens: [] },
  'no-key': { ...sign, tokens: [] },
  'several-keys': {
    ...login,
    site: {
      origin: 'https://xn--fiqs8s4a.example:8443',
      unicode: 'https://中国招.example:8443',
      kind: 'added',
      firstUse: true,
      local: false,
    },
    act: {
      type: 'login',
      purpose: 'bind',
      format: 'yinxin',
      account: { name: '成都青禾示例科技有限公司', role: '采购人代表' },
    },
    tokens: [
      { ...real, certificates: [unit, expired, encryption], initialPin: true },
      { ...real, token: 't2', label: '评标专家', serial: '5A31 0188', certificates: [person] },
    ],
  },
  'account-same': into({}),
  'account-differs': into({ name: '成都青禾示范科技有限公司' }),
  'account-written-otherwise': into({ name: '成都青禾示例（科技）有限公司' }, { certificates: [bracketed] }),
  'account-not-bound': into({ bound: false }),
  'account-bound-to-other': into({ certificate: contractSeal.seal }),
  'account-preselected': into(
    { certificate: contractSeal.seal },
    { certificates: [unit, { ...unit, certificate: contractSeal.seal, serial: '4f21a90d01' }] },
  ),
  'account-entrance': into({ role: '代理机构' }),
  'account-several': into({ name: '成都青禾示范科技有限公司', bound: false, role: '代理机构' }),
  'account-expert': into(
    { name: expert.holder, role: '评标专家' },
    { certificates: [{ ...expert, notAfter: '2027-08-31T15:59:59Z', daysLeft: 282 }] },
  ),
  'account-locked': into(
    { name: expert.holder, role: '评标专家' },
    {
      certificates: [expert],
      pin: { state: 'locked', left: 0 },
      problem: { code: 'pin-locked', params: {} },
    },
  ),
  logondata: {
    ...login,
    site: { origin: 'https://hall.example', name: '示例网厅', kind: 'hall', firstUse: false, local: false },
    act: { type: 'login', purpose: 'login', format: 'logondata' },
    tokens: [real],
  },
  'pin-wrong': {
    ...sign,
    tokens: [{ ...real, pin: { state: 'low', left: 4 } }],
    notice: { code: 'pin-incorrect', params: { tries: { state: 'low', left: 4 } } },
  },
  'pin-final': {
    ...login,
    tokens: [{ ...real, pin: { state: 'final', left: 1 } }],
    notice: { code: 'pin-incorrect', params: { tries: { state: 'final', left: 1 } } },
  },
  'pin-locked': {
    ...login,
    tokens: [{ ...real, pin: { state: 'locked' }, problem: { code: 'pin-locked', params: {} } }],
  },
  'protected-path': { ...sign, tokens: [{ ...real, protectedPath: true, pin: { state: 'ok' } }] },
  'all-unusable': { ...login, tokens: [{ ...real, certificates: [expired, encryption] }] },
  'modules-broken': {
    ...login,
    tokens: [],
    modules: [
      {
        name: 'Example vendor',
        path: '/opt/example/libp11.so',
        problem: {
          code: 'module-architecture',
          params: { module: 'Example vendor', found: 'x86', expected: 'x86_64' },
        },
      },
    ],
  },
  hostile: {
    ...sign,
    site: { ...sign.site, origin: `https://${'a-very-long-label-in-a-name.'.repeat(5)}example`, firstUse: true },
    act: {
      type: 'sign',
      format: 'cms-attached',
      sealing: false,
      documents: [
        { name: '报价⟨U+202E⟩fdp.exe', size: 12, sm3, sha256, ...seen },
        { name: 'W'.repeat(255), size: 536_870_912, sm3, sha256, ...seen },
      ],
    },
    tokens: [{ ...real, label: 'A\u202eB\u0007', certificates: [{ ...unit, holder: `${'某某'.repeat(40)}公司` }] }],
  },
  'trust-national': { ...login, site: sign.site, tokens: [{ ...real, certificates: [{ ...unit, trust: national }] }] },
  'trust-added': { ...login, site: sign.site, tokens: [{ ...real, certificates: [{ ...unit, trust: added }] }] },
  'trust-refused': { ...login, site: sign.site, tokens: [{ ...real, certificates: [{ ...unit, trust: refused }] }] },
  'dual-expanded': { ...login, site: sign.site, tokens: [{ ...real, certificates: dual }] },
  expert: { ...login, site: sign.site, tokens: [{ ...real, certificates: [{ ...expert, trust: nationalAbove }] }] },
  working: { ...sign, phase: { type: 'working', done: 1, total: 2 } },
  done: { ...sign, phase: { type: 'done' } },
  failed: { ...sign, phase: { type: 'failed', error: { code: 'token-removed', params: {} } } },
  'failed-document': {
    ...sign,
    phase: { type: 'failed', document: '投标文件（正本）.pdf', error: { code: 'pdf-encrypted', params: {} } },
  },
  'failed-host': { ...sign, phase: { type: 'failed', error: { code: 'host-missing', params: {} } } },
};

const empty: WorkspaceView = {
  extension: '0.1.0',
  looking: false,
  tokens: [],
  modules: [],
  national: 73,
  nationalListed: '2026-02-15',
  anchors: [],
};

const anchor: AnchorView = {
  certificate: 'c4'.repeat(32),
  name: '印信演示根证书',
  subject: 'CN=印信演示根证书,O=印信演示,C=CN',
  issuer: 'CN=印信演示根证书,O=印信演示,C=CN',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2046-01-01T00:00:00Z',
  managed: false,
  findings: [],
};

const managed: AnchorView = {
  ...anchor,
  certificate: 'd5'.repeat(32),
  name: '示例集团内部签发机构',
  subject: 'CN=示例集团内部签发机构,OU=信息中心,O=示例集团有限公司,L=成都市,ST=四川省,C=CN',
  issuer: 'CN=示例集团根,O=示例集团有限公司,C=CN',
  notAfter: '2026-06-30T15:59:59Z',
  managed: true,
  findings: [{ code: 'certificate-expired', params: { date: '2026-06-30T15:59:59Z' }, severity: 'warning' }],
};

const leaf: AnchorView = {
  ...anchor,
  certificate: 'e6'.repeat(32),
  name: `${'某某'.repeat(30)}公司\u202e`,
  subject: `CN=${'W'.repeat(200)},C=CN`,
  issuer: managed.subject,
  findings: [{ code: 'issuer-not-ca', params: { issuer: `${'某某'.repeat(30)}公司\u202e` }, severity: 'warning' }],
};

/** The CA of the tariff. */
const scca = { issuer: '四川CA' };
const endsSoon = { daysLeft: 30, notAfter: '2026-12-22T15:59:59Z' };

const renewals: WorkspaceView = {
  ...empty,
  host: '0.1.0',
  tokens: [
    { ...real, certificates: dual.map(certificate => ({ ...certificate, ...scca })) },
    { ...real, token: 't2', label: '评标专家', serial: '5A31 0188', certificates: [{ ...expert, ...scca }] },
    {
      ...real,
      token: 't3',
      label: '示例招标代理',
      serial: '5A31 0190',
      certificates: [
        { ...unit, ...scca, ...endsSoon, certificate: '31'.repeat(32), findings: person.findings },
        { ...expired, ...scca },
      ],
    },
    {
      ...real,
      token: 't4',
      label: '别的机构',
      serial: '5A31 0191',
      certificates: [{ ...unit, certificate: '41'.repeat(32) }],
    },
    {
      ...real,
      token: 't5',
      label: '没有价格',
      serial: '5A31 0192',
      certificates: [
        { ...unit, ...scca, certificate: '51'.repeat(32), daysLeft: 2000, notAfter: '2032-05-14T15:59:59Z' },
      ],
    },
  ],
};

/** A workspace with one certificate. */
function renewal(certificate: Partial<CertificateView>, issued: { issuer: string } = scca): WorkspaceView {
  return { ...empty, host: '0.1.0', tokens: [{ ...real, certificates: [{ ...unit, ...certificate, ...issued }] }] };
}

/** A workspace with these keys. */
function keys(...tokens: Partial<TokenView>[]): WorkspaceView {
  const named = tokens.map((token, at) => ({ ...real, token: `t${at}`, serial: `5A31 010${at}`, ...token }));
  return { ...empty, host: '0.1.0', tokens: named };
}

/** Nothing but a host. */
const ready: WorkspaceView = { ...empty, host: '0.1.0' };

/** Workspaces by name. */
export const workspaces: Record<string, WorkspaceView> = {
  advice: keys({ certificates: [{ ...unit, ...scca }], seals: [unitSeal] }),
  'advice-expanded': keys({ certificates: [{ ...unit, ...scca }], seals: [unitSeal] }),
  'advice-failed': keys({ certificates: [{ ...unit, ...scca }], seals: [unitSeal] }),
  procedures: keys({ certificates: [{ ...expired, ...scca }], seals: [expiredSeal] }),
  'procedures-done': keys({ certificates: [{ ...unit, ...scca }], seals: [expiredSeal] }),
  'procedures-all': keys({ pin: { state: 'locked' }, problem: { code: 'pin-locked', params: {} } }),
  seals: keys(
    {
      certificates: dual.map(certificate => ({ ...certificate, ...scca })),
      seals: [{ ...unitSeal, certificates: dual.map(({ certificate }) => certificate) }],
    },
    {
      label: '评标专家',
      certificates: [{ ...expert, ...scca }],
      seals: [{ ...expertSeal, makerListed: true }],
    },
  ),
  'seals-several-expanded': keys({ certificates: [{ ...unit, ...scca }], seals: [contractSeal, unitSeal] }),
  'seals-soon': keys({
    certificates: [{ ...unit, ...scca, ...endsSoon, findings: person.findings }],
    seals: [
      {
        ...unitSeal,
        daysLeft: 30,
        validUntil: endsSoon.notAfter,
        findings: [{ code: 'seal-ends-soon', params: { days: 30, date: '2026-12-22T15:59:59Z' }, severity: 'warning' }],
      },
    ],
  }),
  'seals-unusable': keys(
    { certificates: [unit], seals: [expiredSeal] },
    { label: '旧印章', certificates: [{ ...unit, ...scca }], seals: [oldSeal] },
    { label: '别的证书', certificates: [unit], seals: [foreignSeal, unreadableSeal] },
  ),
  'seals-missing': keys(
    { certificates: dual.map(certificate => ({ ...certificate, ...scca })) },
    { label: 'RSA', certificates: [{ ...unit, certificate: '61'.repeat(32), algorithm: 'rsa-sha256' }] },
    { label: '只有加密证书', certificates: [encryption] },
  ),
  'seals-hostile': keys({ certificates: [unit], seals: [hostileSeal, pictureless, unreadableSeal] }),
  'renewal-seals-expanded': keys({ certificates: [{ ...unit, ...scca }], seals: [] }),
  keys: {
    ...empty,
    host: '0.1.0',
    tokens: [
      { ...key, certificates: [unit, { ...encryption, findings: [] }] },
      { ...real, token: 't2', label: '评标专家', serial: '5A31 0188', certificates: [person, expired] },
    ],
    modules: [
      { name: 'softkey', path: '/opt/yinxin/libyinxin_softkey.so' },
      {
        name: 'Example vendor',
        path: '/opt/example/libp11.so',
        problem: { code: 'module-missing', params: { module: 'Example vendor', path: '/opt/example/libp11.so' } },
      },
    ],
  },
  trust: {
    ...empty,
    host: '0.1.0',
    tokens: [
      { ...real, certificates: dual.map(certificate => ({ ...certificate, trust: national })) },
      {
        ...real,
        token: 't2',
        label: '评标专家',
        serial: '5A31 0188',
        certificates: [
          { ...expert, trust: nationalAbove },
          { ...person, trust: added },
          { ...unit, trust: refused },
        ],
      },
    ],
    anchors: [anchor],
  },
  'trust-details-expanded': {
    ...empty,
    host: '0.1.0',
    tokens: [{ ...real, certificates: dual.map(certificate => ({ ...certificate, renewable: false })) }],
  },
  anchors: { ...empty, host: '0.1.0', anchors: [managed, anchor, leaf] },
  'anchors-added': {
    ...empty,
    host: '0.1.0',
    anchors: [anchor],
    anchorNews: { type: 'added', names: [anchor.name, '印信演示签发证书'] },
  },
  'anchors-present': { ...empty, host: '0.1.0', anchors: [anchor], anchorNews: { type: 'added', names: [] } },
  'anchors-removed': { ...empty, host: '0.1.0', anchorNews: { type: 'removed', name: anchor.name } },
  'anchors-refused': {
    ...empty,
    host: '0.1.0',
    anchorNews: {
      type: 'refused',
      error: { code: 'certificate-unreadable', params: { position: 0, reason: 'neither DER nor PEM' } },
    },
  },
  'anchors-storage': {
    ...empty,
    host: '0.1.0',
    anchorNews: {
      type: 'refused',
      error: { code: 'file-failed', params: { path: 'chrome.storage.local', reason: 'anchors: 2 unreadable' } },
    },
  },
  'anchors-policy': {
    ...empty,
    host: '0.1.0',
    anchorNews: {
      type: 'refused',
      error: { code: 'configuration-invalid', params: { path: 'chrome.storage.managed', reason: 'anchors[1]' } },
    },
  },
  'anchors-full': {
    ...empty,
    host: '0.1.0',
    anchors: Array.from({ length: 64 }, (_, i) => ({ ...anchor, certificate: i.toString(16).padStart(64, '0') })),
  },
  history: ready,
  'history-expanded': ready,
  'history-asking': ready,
  'history-hostile-expanded': ready,
  'history-shared': ready,
  settings: ready,
  'settings-managed': ready,
  'notices-unnamed': ready,
  'notices-named': keys({ certificates: [{ ...person, ...scca }] }),
  renewals,
  'renewal-unit-expanded': renewal({}),
  'renewal-soon-expanded': renewal({ ...endsSoon, findings: person.findings }),
  'renewal-expired-expanded': renewal(expired),
  'renewal-expert-expanded': renewal(expert),
  'renewal-person-expanded': renewal({ ...person, findings: [] }),
  'renewal-other-expanded': renewal({}, unit),
  'renewal-long-expanded': renewal({ holder: `${'某某'.repeat(40)}公司` }),
  'no-key': { ...empty, host: '0.1.0', modules: [{ name: 'softkey', path: '/opt/yinxin/libyinxin_softkey.so' }] },
  'no-host': { ...empty, problem: { code: 'host-missing', params: {} } },
  looking: { ...empty, looking: true },
};

const login1: Entry = {
  at: '2026-11-22T01:05:00.000Z',
  origin: 'http://localhost:8080',
  act: 'login',
  format: 'yinxin',
  documents: [],
  holder: unit.holder,
  certificate: unit.certificate,
};

const history: Entry[] = [
  {
    ...login1,
    act: 'seal',
    format: 'seal',
    documents: [
      { name: '采购合同.ofd', sm3, seen: false },
      { name: '投标函.pdf', sm3: sha256, seen: true },
    ],
    seal: unitSeal.name,
  },
  {
    ...login1,
    act: 'sign',
    format: 'cms',
    documents: [{ name: '法定代表人授权委托书（2026年度办公设备采购项目）.pdf', sm3, seen: true }],
  },
  login1,
  { ...login1, act: 'bind' },
  { ...login1, origin: 'https://gone.example', act: 'show-seal', format: '', seal: unitSeal.name },
];

const set: KnownSettings = { settings: DEFAULTS, managed: [] };

/** What is kept on the device, where a workspace shows some of it. */
export const kept: Record<string, { history?: Entry[]; settings?: KnownSettings; notices?: Notice[] }> = {
  history: { history },
  'history-expanded': { history: Array.from({ length: 30 }, (_, at) => ({ ...login1, ...history[at] })) },
  'history-asking': { history },
  'history-hostile-expanded': {
    history: [
      {
        ...login1,
        origin: `https://${'a-very-long-label-in-a-name.'.repeat(5)}example`,
        act: 'sign',
        documents: [{ name: `${'W'.repeat(250)}\u202e<b>`, sm3: '', seen: true }],
        holder: '某某'.repeat(60),
        seal: 'W'.repeat(200),
        at: 'soon',
      },
    ],
  },
  'history-shared': { history, settings: { settings: { ...DEFAULTS, sharedComputer: true }, managed: [] } },
  settings: { settings: { settings: { ...DEFAULTS, noticeDays: NOTICE_DAYS }, managed: [] } },
  'settings-managed': {
    settings: {
      settings: { language: 'zh-CN', sharedComputer: true, noticeDays: [] },
      managed: ['language', 'sharedComputer', 'noticeDays'],
    },
  },
  'notices-unnamed': {
    notices: [
      { certificate: 'aa'.repeat(32), end: '2026-11-02T15:59:59Z', daysLeft: -20 },
      { certificate: 'bb'.repeat(32), end: '2026-11-22T15:59:59Z', daysLeft: 0 },
    ],
  },
  'notices-named': { notices: [{ certificate: person.certificate, end: person.notAfter, daysLeft: 30 }] },
};

/** What a workspace has kept. */
export function keptBy(state: string): { history: Entry[]; settings: KnownSettings; notices: Notice[] } {
  return { history: [], settings: set, notices: [], ...kept[state] };
}

const ask = { name: { 'zh-CN': '四川CA客服热线', en: 'Sichuan CA, telephone' }, value: '400-028-1130' };
const several: Advice = {
  healthy: false,
  findings: [
    {
      code: 'account-name-differs',
      params: { certificate: unit.holder, account: '成都青禾示范科技有限公司' },
      severity: 'fatal',
      rule: 'account-name-differs',
      guide: { problem: 'account-name', heading: '当前用户所属机构与key信息不一致' },
      cause: {
        'zh-CN': `证书名称“${unit.holder}”与平台账号名称“成都青禾示范科技有限公司”不一致。`,
        en: `The certificate's name “${unit.holder}” and the account's name “成都青禾示范科技有限公司” differ.`,
      },
      evidence: [{ name: { 'zh-CN': 'UKey', en: 'Key' }, value: '青禾科技' }],
      steps: [
        {
          text: {
            'zh-CN': '如果是CA证书的名称错误，请联系四川CA咨询变更证书名称事宜。',
            en: 'If the certificate’s name is wrong, ask Sichuan CA to change it.',
          },
        },
        {
          text: {
            'zh-CN': '如果CA证书名称无误，则联系平台修改平台账号名称。',
            en: 'If it is right, ask the platform to change the account’s name.',
          },
          links: ['https://zfcg.scsczt.cn/help/'],
        },
      ],
      who: 'ca',
      contacts: [ask],
      procedures: [],
      names: {
        likeness: 'different',
        certificate: [
          { text: '成都青禾示', same: true },
          { text: '例', same: false },
          { text: '科技有限公司', same: true },
        ],
        account: [
          { text: '成都青禾示', same: true },
          { text: '范', same: false },
          { text: '科技有限公司', same: true },
        ],
      },
    },
    {
      code: 'certificate-ends-soon',
      params: { days: 30, date: '2026-12-22T15:59:59Z' },
      severity: 'warning',
      rule: 'certificate-ends-soon',
      cause: {
        'zh-CN': '证书还有 30 天到期（2026年12月22日）。',
        en: 'Days left until the certificate ends: 30 (22 December 2026).',
      },
      about: { certificate: unit.certificate, holder: unit.holder },
      evidence: [{ name: { 'zh-CN': '持有人', en: 'Holder' }, value: unit.holder }],
      steps: [{ text: { 'zh-CN': '请尽早办理证书更新。', en: 'Renew it soon.' } }],
      who: 'user',
      contacts: [],
      procedures: ['renewal-online'],
      calendar: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n',
    },
  ],
};

/** What the core would advise in a state of the workspace: in the words of the users' guide. */
export const advices: Record<string, Advice> = { advice: several, 'advice-expanded': several };

/** A finding about an account, in the catalogue's words. */
function ofAccount(
  error: CatalogueError,
  rule: string,
  more: Partial<Omit<Advised, keyof CatalogueError>> = {},
): Advised {
  const said = (locale: 'zh-CN' | 'en') => wordsOf(error, locale);
  return {
    ...error,
    severity: 'fatal',
    rule,
    cause: { 'zh-CN': said('zh-CN').message, en: said('en').message },
    evidence: [],
    steps: [{ text: { 'zh-CN': said('zh-CN').remedy, en: said('en').remedy } }],
    who: 'user',
    contacts: [],
    procedures: [],
    ...more,
  };
}

const same = (text: string) => ({ text, same: true });
const other = (text: string) => ({ text, same: false });
const differs = ofAccount(
  { code: 'account-name-differs', params: { certificate: unit.holder, account: '成都青禾示范科技有限公司' } },
  'account-name-differs',
  {
    names: {
      likeness: 'different',
      certificate: [same('成都青禾示'), other('例'), same('科技有限公司')],
      account: [same('成都青禾示'), other('范'), same('科技有限公司')],
    },
  },
);
const notBound = ofAccount({ code: 'account-not-bound', params: {} }, 'account-not-bound');
const entrance = ofAccount({ code: 'entrance-other-role', params: { role: '代理机构' } }, 'entrance-other-role');
const of = (certificate: CertificateView, ...findings: Advised[]): LoginAdvice[] => [
  { certificate: certificate.certificate, findings },
];

/** What the account says at a login. */
export const loginAdvices: Record<string, LoginAdvice[]> = {
  'account-differs': of(unit, differs),
  'account-written-otherwise': of(
    unit,
    ofAccount(
      {
        code: 'account-name-written-otherwise',
        params: { certificate: bracketed.holder, account: '成都青禾示例（科技）有限公司' },
      },
      'account-name-written-otherwise',
      {
        severity: 'warning',
        names: {
          likeness: 'written-otherwise',
          certificate: [same('成都青禾示例'), other('('), same('科技'), other(')'), same('有限公司')],
          account: [same('成都青禾示例'), other('（'), same('科技'), other('）'), same('有限公司')],
        },
      },
    ),
  ),
  'account-not-bound': of(unit, notBound),
  'account-bound-to-other': of(
    unit,
    ofAccount({ code: 'account-bound-to-other', params: { holder: unit.holder } }, 'account-bound-to-other'),
  ),
  'account-entrance': of(unit, entrance),
  'account-several': of(unit, differs, entrance, notBound),
  'account-expert': of(
    expert,
    ofAccount(
      { code: 'certificate-ends-before-use', params: { date: '2027-08-31T15:59:59Z' } },
      'certificate-ends-before-use',
      { severity: 'note', calendar: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' },
    ),
  ),
  'account-locked': of(
    expert,
    ofAccount({ code: 'pin-locked', params: {} }, 'pin-locked-today', {
      steps: [
        {
          text: {
            'zh-CN': '今日可能无法解锁，请联系项目组织方。',
            en: 'It may not be unlocked today: tell the organisers of the project.',
          },
        },
        {
          text: {
            'zh-CN': '同时联系四川CA办理解锁；印信不能解锁。',
            en: 'Ask Sichuan CA to unlock the key as well. Yinxin can’t.',
          },
        },
      ],
    }),
  ),
};

/** The account with which the workspace compares. */
export const compared: Record<string, KnownAccount> = {
  advice: { site: 'https://portal.example', name: '成都青禾示范科技有限公司', role: '供应商' },
};

const works = (
  kind: Check['kind'],
  subject: string,
  ms: number,
  evidence: Partial<Record<EvidenceName, string>>,
): Check => ({
  kind,
  subject,
  state: 'ok',
  ms,
  evidence: Object.entries(evidence).map(([name, value]) => ({ name: name as EvidenceName, value })),
});
const skipped = (...told: Parameters<typeof works>): Check => ({ ...works(...told), state: 'skipped' });
const manifestPath = '~/.config/google-chrome/NativeMessagingHosts/yinxin.host.json';

const healthyChecks: Check[] = [
  works('browser', 'Google Chrome', 0, { engine: '156' }),
  works('extension', '-', 1, { version: '0.1.0', id: 'eidbmfamdcgjpedpmmahjhpepdjmpjml', 'private windows': 'no' }),
  works('site', 'https://zfcg.scsczt.cn', 1, { listed: 'yes', permission: 'yes' }),
  works('site', 'https://wt.scca.com.cn', 1, { listed: 'yes', permission: 'yes' }),
  works('site', 'https://supplier.example', 1, { listed: 'no', permission: 'yes' }),
  works('host', '-', 41, {
    version: '0.1.0',
    protocol: '3',
    platform: 'linux x86_64',
    program: '/usr/bin/yinxin-host',
  }),
  works('configuration', 'host.toml', 0, { path: '~/.config/yinxin/host.toml', exists: 'no', modules: '0' }),
  works('registration', 'chrome', 38, { installed: 'yes', manifest: manifestPath, 'greets after': '31 ms' }),
  skipped('registration', 'edge', 0, { installed: 'no' }),
  skipped('reader-service', 'pcscd', 0, { off: '/run/pcscd/pcscd.comm: No such file or directory', needed: 'no' }),
  works('usb-device', 'Longmai mToken GM3000', 2, { id: '055c:db08', 'known as': 'GM3000', 'read by': '龙脉' }),
  works('module', '龙脉', 214, {
    path: '/opt/lm-gm3000user/lib/libgm3000_pkcs11.so',
    architecture: 'x86_64',
    keys: '1',
  }),
  works('key', '青禾科技', 0, {
    module: '龙脉',
    model: 'Longmai GM3000',
    PIN: 'ok',
    'tries left': '6',
    'initial PIN': 'no',
  }),
  works('certificates', '青禾科技', 0, { count: '2', 'can sign': '1', ended: '0' }),
  skipped('chain', '青禾科技', 0, { 'issuer certificate missing': '印信演示签发机构' }),
  works('seals', '青禾科技', 0, { count: '1', national: '1', old: '0', ended: '0' }),
];

const failing: Record<string, Partial<Check>> = {
  'site https://wt.scca.com.cn': {
    state: 'failed',
    problem: { code: 'site-not-allowed', params: { origin: 'https://wt.scca.com.cn' } },
  },
  'registration chrome': {
    state: 'failed',
    problem: {
      code: 'registration-broken',
      params: { browser: 'chrome', path: manifestPath, reason: 'manifest: expected value at line 1 column 1' },
    },
    repair: { type: 'register', browser: 'chrome' },
  },
  'module 龙脉': {
    state: 'failed',
    ms: 3004,
    problem: { code: 'module-hung', params: { module: '龙脉', seconds: 3 } },
  },
  'key 青禾科技': { state: 'warning', problem: { code: 'pin-last-try', params: {} } },
};
const failingChecks = healthyChecks.map(check => ({ ...check, ...failing[`${check.kind} ${check.subject}`] }));

/** Sites for which the bridge is on: calls of one arrive, of one not, and one that the browser does not let be. */
const bridgeChecks: Check[] = [
  works('bridge', 'https://zfcg.scsczt.cn', 12, {
    permission: 'yes',
    'open pages': '1',
    unanswered: '11200/RS_HardwareInfo × 2, 61200/RS_NoSuchThing × 1',
  }),
  {
    ...works('bridge', 'https://wt.scca.com.cn', 12, { permission: 'yes', 'open pages': '1' }),
    state: 'failed',
    problem: { code: 'bridge-blocked', params: { origin: 'https://wt.scca.com.cn' } },
  },
  {
    ...works('bridge', 'https://bss.scca.com.cn:8088', 12, { permission: 'no', 'open pages': '0' }),
    state: 'failed',
    problem: { code: 'bridge-not-allowed', params: { origin: 'https://bss.scca.com.cn:8088' } },
  },
];

const change: Change = {
  path: manifestPath,
  before: '{"name": "yinxin.host", "path": "/usr/bin/yinxin-host", "ty',
  after:
    '{\n  "name": "yinxin.host",\n  "description": "Yinxin native-messaging host",\n  "path": "/usr/bin/yinxin-host",\n' +
    '  "type": "stdio",\n  "allowed_origins": [\n    "chrome-extension://eidbmfamdcgjpedpmmahjhpepdjmpjml/"\n  ]\n}\n',
};
const found = { at: '2026-11-22T01:05:00.000Z', ms: 1240, outdated: false };
const failed: DoctorShown = { examination: { ...found, ms: 4310, checks: failingChecks } };

/** What the doctor found in a state of the workspace. */
export const doctors: Record<string, DoctorShown> = {
  'doctor-running': { busy: 'examine', examination: { ...found, checks: healthyChecks.slice(0, 6), next: 'module' } },
  'doctor-healthy': { examination: { ...found, checks: healthyChecks } },
  'doctor-bridges-opened': { examination: { ...found, checks: [...bridgeChecks, ...healthyChecks] } },
  'doctor-outdated': { examination: { ...found, checks: healthyChecks, outdated: true } },
  'doctor-failing-opened': failed,
  'doctor-planning': { ...failed, repair: { browser: 'chrome', step: 'planned', changes: [change] } },
  'doctor-repaired': {
    examination: { ...found, checks: healthyChecks },
    repair: { browser: 'chrome', step: 'done', changes: [change] },
  },
  'doctor-undone': { ...failed, repair: { browser: 'chrome', step: 'undone', changes: [change] } },
  'doctor-reporting': failed,
  'doctor-signing': {},
  'doctor-signed-signing': {
    signature: { certificate: unit.certificate, check: works('test-signature', '青禾科技', 312, {}) },
  },
  'doctor-busy-signing': { signature: { certificate: unit.certificate, busy: true } },
  'doctor-final-signing': {
    signature: {
      certificate: unit.certificate,
      check: {
        ...works('test-signature', '青禾科技', 312, {}),
        state: 'failed',
        problem: { code: 'pin-incorrect', params: { tries: { state: 'final', left: 1 } } },
      },
    },
  },
};
for (const state of Object.keys(doctors)) workspaces[state] = keys({ certificates: [{ ...unit, ...scca }] });
workspaces['doctor-final-signing'] = keys(
  { certificates: [unit], pin: { state: 'final', left: 1 } },
  {
    label: '评标专家',
    certificates: [{ ...expert, certificate: '2d'.repeat(32) }],
    pin: { state: 'locked' },
    problem: { code: 'pin-locked', params: {} },
  },
);

const text = (zh: string, en: string) => ({ 'zh-CN': zh, en });

/** A finding, as short as the core's are. */
function finding(
  of: CatalogueError & Pick<Advised, 'severity' | 'cause'> & Partial<Omit<Advised, keyof CatalogueError>>,
): Advised {
  return {
    rule: of.code,
    evidence: [{ name: text('UKey', 'Key'), value: '青禾科技' }],
    steps: [{ text: text('请联系四川CA。', 'Ask Sichuan CA.') }],
    who: 'user',
    contacts: [ask],
    procedures: [],
    ...of,
  };
}

const ended = finding({
  code: 'certificate-expired',
  params: { date: '2026-09-29T16:00:00Z' },
  severity: 'fatal',
  place: 't0',
  guide: { problem: 'certificate-expired', heading: '检测到您的证书已过期，无法使用' },
  cause: text('证书已于 2026-09-30 过期。', 'The certificate ended on 2026-09-30.'),
  evidence: [{ name: text('证书', 'Certificate'), value: unit.holder }],
  steps: [
    {
      text: text(
        '登录四川CA网厅，依次选择“四川省政府采购一体化平台专用”-“证书更新”，提交申请；也可以去窗口办理。',
        'In Sichuan CA’s hall choose “四川省政府采购一体化平台专用”, then “证书更新”, and apply; or go to a counter.',
      ),
      links: ['http://wt.scca.com.cn'],
    },
    {
      text: text(
        '收到短信后，在证书助手（i信）中更新证书，再按弹出提示更新印章。这一步要在 i信 里做。',
        'When the text message has come, renew the certificate in the assistant i信, then the seal as it prompts.',
      ),
    },
  ],
  procedures: ['renewal-lapsed-online', 'renewal-counter'],
});
const noKey = finding({
  code: 'no-token',
  params: {},
  severity: 'fatal',
  cause: text('没有检测到 UKey。', 'No key was found.'),
  steps: [
    {
      text: text(
        '请插入 UKey；已经插着的，拔下来换一个 USB 口再插。',
        'Insert the key; if it is in, pull it and try another USB port.',
      ),
    },
  ],
  procedures: ['client-installation'],
});
const noHost = finding({
  code: 'host-missing',
  params: {},
  severity: 'fatal',
  cause: text('没有找到印信本机程序。', 'The host program was not found.'),
  steps: [
    { text: text('请安装印信本机程序，然后重新打开浏览器。', 'Install the host program, then restart the browser.') },
  ],
});
const locked = finding({
  code: 'pin-locked',
  params: {},
  severity: 'fatal',
  place: 't0',
  cause: text('PIN 码已锁定。', 'The PIN is locked.'),
  steps: [
    {
      text: text(
        '请不要再试密码，联系四川CA办理解锁；印信不能解锁。',
        'Don’t try the PIN again; ask Sichuan CA to unlock the key. Yinxin can’t.',
      ),
    },
  ],
  who: 'ca',
  procedures: ['unlocking'],
});
const [, soon] = several.findings;
const advice = (...findings: Advised[]): Advice => ({ findings, healthy: findings.length === 0 });
const refusedAdvice: CatalogueError = { code: 'request-invalid', params: { reason: 'modules[0]' } };

Object.assign(advices, {
  procedures: advice(ended),
  'procedures-done': advice(ended),
  'procedures-all': advice(locked, ended, noKey),
  'no-key': advice(noKey),
  'no-host': advice(noHost),
  locked: advice(locked),
});

/** Workspaces in which the core fails at the advice. */
export const adviceProblems: Record<string, CatalogueError> = { 'advice-failed': refusedAdvice };

/** What is ticked of procedures: by procedure, for each of its steps. */
export const ticks: Record<string, Record<string, (boolean | undefined)[]>> = {
  procedures: { 'renewal-lapsed-online': [undefined, undefined, false, false], 'renewal-counter': [undefined, false] },
  'procedures-done': { 'renewal-lapsed-online': [undefined, undefined, true, false] },
  'procedures-all': {
    'renewal-lapsed-online': [undefined, undefined, false, false],
    'client-installation': [true, false],
    unlocking: [undefined, false],
    registration: [true],
  },
};

/** Popups by name. */
export const popups: Record<
  string,
  {
    view: WorkspaceView;
    advice: Advice | undefined;
    adviceProblem?: CatalogueError;
    notices?: Notice[];
    sessions?: string[];
  }
> = {
  looking: { view: { ...empty, looking: true }, advice: undefined },
  'no-host': { view: { ...empty, problem: { code: 'host-missing', params: {} } }, advice: advice(noHost) },
  'no-key': { view: ready, advice: advice(noKey) },
  'no-key-notice': { view: ready, advice: advice(noKey), ...kept['notices-unnamed'] },
  good: { view: keys({ certificates: dual }, { label: '评标专家', certificates: [expert] }), advice: advice() },
  soon: {
    view: keys({ certificates: [person, unit] }),
    advice: advice({
      ...finding(soon ?? ended),
      place: 't0',
      about: { certificate: person.certificate, holder: person.holder },
    }),
    ...kept['notices-named'],
  },
  session: {
    view: keys({ certificates: [unit] }),
    advice: advice(),
    sessions: ['https://zfcg.scsczt.cn', 'https://bss.scca.com.cn:8088'],
  },
  expired: { view: keys({ certificates: [expired] }), advice: advice(ended, finding(soon ?? ended)) },
  locked: {
    view: keys({ pin: { state: 'locked' }, problem: { code: 'pin-locked', params: {} } }),
    advice: advice(locked),
  },
  failed: { view: keys({ certificates: [unit] }), advice: undefined, adviceProblem: refusedAdvice },
  long: {
    view: keys({ certificates: [{ ...person, holder: `${'某某'.repeat(40)}公司W${'W'.repeat(80)}` }] }),
    advice: advice({ ...ended, cause: text(`${'某某'.repeat(60)}。`, `${'W'.repeat(90)}.`) }),
  },
};

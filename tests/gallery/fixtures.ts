//! Views for the gallery: every state that the windows know, with invented names.

import type { AnchorView, CertificateView, ConsentView, TokenView, TrustView, WorkspaceView } from '@yinxin/proto';

const sm3 = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

/** Of a document whose content was read. */
const seen = { seen: true, propertyInfo: '' };

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
  findings: [{ code: 'certificate-ends-soon', params: { days: 30 }, severity: 'warning' }],
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
  modules: [],
};

const sign: ConsentView = {
  ...login,
  site: { origin: 'https://portal.example', name: '示例采购平台', kind: 'portal', firstUse: false, local: false },
  act: {
    type: 'sign',
    format: 'cms',
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

/** Consent windows by name. */
export const consents: Record<string, ConsentView> = {
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
      { ...real, token: 't2', label: '评审专家', serial: '5A31 0188', certificates: [person] },
    ],
  },
  'name-differs': { ...login, site: sign.site, tokens: [{ ...real, certificates: [person] }] },
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
    { ...real, token: 't2', label: '评审专家', serial: '5A31 0188', certificates: [{ ...expert, ...scca }] },
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

/** Workspaces by name. */
export const workspaces: Record<string, WorkspaceView> = {
  keys: {
    ...empty,
    host: '0.1.0',
    tokens: [
      { ...key, certificates: [unit, { ...encryption, findings: [] }] },
      { ...real, token: 't2', label: '评审专家', serial: '5A31 0188', certificates: [person, expired] },
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
        label: '评审专家',
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

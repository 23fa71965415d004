/** Every sentence of the portal, in its two languages. */

import { type Locale, OLDEST_ENGINE, OLDEST_FIREFOX, type Stage, type Text } from '@yinxin/proto';
import type { Role } from './stores.js';

/** What an invented account is there to show: an expert's, and those that don't fit the demo unit's key. */
export type Staged = 'expert' | 'name-differs' | 'written-otherwise' | 'not-bound' | 'bound-to-other' | 'other-role';

/** Codes that are the portal's own, beside those of the catalogue. */
export const PORTAL_CODES = [
  'body-too-large',
  'certificate-renewed',
  'certificate-superseded',
  'challenge-unknown',
  'method-not-allowed',
  'name-mismatch',
  'not-bound',
  'not-found',
  'not-logged-in',
  'origin-refused',
  'portal-full',
  'portal-internal',
  'request-malformed',
  'seal-for-other',
  'signer-other',
  'unreachable',
  'wrong-entrance',
] as const;
export type PortalCode = (typeof PORTAL_CODES)[number];

/** Message and remedy of the portal's own codes. The first ones follow the wording that users of the real platform know. */
export const PORTAL_TEXTS: Readonly<Record<Locale, Readonly<Record<PortalCode, Text>>>> = {
  'zh-CN': {
    'not-bound': {
      message: 'CA未绑定或登录入口不正确。',
      remedy: '首次使用的，请先绑定证书；已经绑定过的，请换用绑定的那张证书，或换一个登录入口。',
    },
    'wrong-entrance': {
      message: 'CA未绑定或登录入口不正确：该证书绑定的账号是“{account}”角色。',
      remedy: '请改选“{account}”入口登录。',
    },
    'certificate-renewed': {
      message: '账号“{name}”（{account}）绑定的是另一张证书，证书更新后需要重新绑定。',
      remedy: '如果您刚更新过证书，请重新绑定。',
    },
    'certificate-superseded': {
      message: '账号已绑定更新的证书，这张旧证书不能再用于登录。',
      remedy: '请换用更新后的证书。',
    },
    'name-mismatch': {
      message: '当前用户所属机构与key信息不一致：证书名称是“{holder}”。',
      remedy: '请按证书名称填写；如果证书名称有误，请联系发证机构变更。',
    },
    'challenge-unknown': { message: '服务器没有发出过这个挑战码，或早已过期。', remedy: '请刷新网页后重新登录。' },
    'signer-other': {
      message: '签署人“{signer}”不是当前登录的证书持有人。',
      remedy: '请用登录时的证书签名，或退出后换证书登录。',
    },
    'seal-for-other': {
      message: '印章签名写的是属于“{found}”，不是“{expected}”。',
      remedy: '请在本页面上重新盖章。',
    },
    'not-logged-in': { message: '登录已失效。', remedy: '请重新登录。' },
    'origin-refused': { message: '请求不是从本门户的页面发出的。', remedy: '请直接打开本门户的网址。' },
    'request-malformed': { message: '请求格式不正确（{reason}）。', remedy: '请刷新网页后重试。' },
    'body-too-large': { message: '请求超过 {limit} 字节的上限。', remedy: '请减小文件后重试。' },
    'method-not-allowed': { message: '该地址不支持这种请求。', remedy: '请回到首页。' },
    'not-found': { message: '没有这个页面或文件。', remedy: '请回到首页。' },
    'portal-full': { message: '演示门户的账号数已满。', remedy: '请重新启动演示门户。' },
    'portal-internal': { message: '演示门户内部出错。', remedy: '请查看服务器的日志。' },
    unreachable: { message: '连接不到演示门户的服务器。', remedy: '请确认它仍在运行，然后重试。' },
  },
  en: {
    'not-bound': {
      message: 'This certificate is bound to no account, or this is the wrong entrance.',
      remedy: 'If it is new here, bind it first; if you bound one before, use that one, or another entrance.',
    },
    'wrong-entrance': {
      message: 'Wrong entrance: the account of this certificate has the role “{account}”.',
      remedy: 'Choose the entrance “{account}” and log in again.',
    },
    'certificate-renewed': {
      message: 'The account “{name}” ({account}) is bound to another certificate; a renewed one has to be bound anew.',
      remedy: 'If you have just renewed it, bind it again.',
    },
    'certificate-superseded': {
      message: 'The account is bound to a newer certificate; this old one can no longer log in.',
      remedy: 'Use the renewed certificate.',
    },
    'name-mismatch': {
      message: 'The name differs from that in the certificate, “{holder}”.',
      remedy: 'Type the name as in the certificate; if that is wrong, ask its issuer to change it.',
    },
    'challenge-unknown': {
      message: 'The server never gave out this challenge, or long ago.',
      remedy: 'Reload the page and log in again.',
    },
    'signer-other': {
      message: 'The signer “{signer}” is not the holder of the certificate that is logged in.',
      remedy: 'Sign with the certificate of your login, or log in with the other one.',
    },
    'seal-for-other': {
      message: 'The seal says that it belongs to “{found}”, not to “{expected}”.',
      remedy: 'Seal again from this page.',
    },
    'not-logged-in': { message: 'You are no longer logged in.', remedy: 'Log in again.' },
    'origin-refused': {
      message: 'The request does not come from a page of this portal.',
      remedy: 'Open the portal by its own address.',
    },
    'request-malformed': { message: 'The request is malformed ({reason}).', remedy: 'Reload the page and try again.' },
    'body-too-large': { message: 'The request is over the limit of {limit} bytes.', remedy: 'Use smaller files.' },
    'method-not-allowed': { message: 'This address takes no such request.', remedy: 'Go back to the start.' },
    'not-found': { message: 'There is no such page or file.', remedy: 'Go back to the start.' },
    'portal-full': { message: 'The demo portal has no room for more accounts.', remedy: 'Start it again.' },
    'portal-internal': { message: 'The demo portal failed.', remedy: 'Look into the server’s log.' },
    unreachable: {
      message: 'The demo portal’s server can’t be reached.',
      remedy: 'See whether it still runs, then try again.',
    },
  },
};

/** Names of the roles. */
export const ROLE_NAMES: Readonly<Record<Locale, Readonly<Record<Role, string>>>> = {
  'zh-CN': {
    purchaser: '采购人',
    'purchaser-representative': '采购人代表',
    'purchaser-supervisor': '采购人监督',
    supplier: '供应商',
    agency: '代理机构',
    expert: '评标专家',
  },
  en: {
    purchaser: 'Purchaser',
    'purchaser-representative': 'Purchaser’s representative',
    'purchaser-supervisor': 'Purchaser’s supervisor',
    supplier: 'Supplier',
    agency: 'Agency',
    expert: 'Evaluation expert',
  },
};

/** What invented accounts are there to show. */
export const STAGED_NAMES: Readonly<Record<Locale, Readonly<Record<Staged, string>>>> = {
  'zh-CN': {
    expert: '演示：评标专家的账号',
    'name-differs': '演示：账号名称与证书不一致',
    'written-otherwise': '演示：同一名称，写法不同',
    'not-bound': '演示：账号未绑定证书',
    'bound-to-other': '演示：账号绑定的是另一张证书',
    'other-role': '演示：账号是代理机构，入口不对',
  },
  en: {
    expert: 'Demo: an expert’s account',
    'name-differs': 'Demo: the account has another name',
    'written-otherwise': 'Demo: the same name, written otherwise',
    'not-bound': 'Demo: no certificate is bound',
    'bound-to-other': 'Demo: another certificate is bound',
    'other-role': 'Demo: an agency’s account, another entrance',
  },
};

/** Names of the algorithms, for people. */
export const ALGORITHM_NAMES: Readonly<Record<string, string>> = {
  'sm2-sm3': 'SM2 / SM3',
  'rsa-sha256': 'RSA / SHA-256',
  'ecdsa-p256-sha256': 'ECDSA P-256 / SHA-256',
};

const zh = {
  title: '政府采购演示门户',
  subtitle: '演示门户 · 虚构单位',
  tooOld: `这个浏览器的版本太旧，用不了印信扩展。请更新浏览器：Chrome、Edge、360、搜狗、奇安信、UOS 等浏览器的内核须为 Chromium ${OLDEST_ENGINE} 以上，Firefox 须为 ${OLDEST_FIREFOX} 以上。`,
  independence:
    '本页面是开源项目“印信”的演示，运行在您自己的电脑上；单位、项目和文件均为虚构，签署不产生任何法律后果。本项目独立，与四川CA、财政部门和采购平台无关，未获其授权。',
  otherLanguage: 'English',
  skip: '跳到正文',
  loginHeading: '用数字证书登录',
  entrance: '登录入口',
  entranceHint: '请按账号的角色选择；角色由账号决定，不由证书决定。',
  accountNamed: '账号',
  accountNone: '不指定',
  accountNamedHint: '指定后，印信会在登录窗口中比对账号与证书。',
  caLogin: 'CA 登录',
  cancel: '取消',
  bindHeading: '首次绑定证书',
  bindHint: '绑定一次，以后就用这张证书登录这个账号。本单位其他人的证书不能登录；证书更新后要重新绑定一次。',
  rebindHeading: '重新绑定更新后的证书',
  rebindHint: '账号的名称和角色不变，旧证书不能再登录。如果这是本单位另一个人的证书，请不要继续。',
  accountName: '账号名称（与证书名称一致）',
  accountRole: '角色',
  bind: '绑定证书',
  accountHeading: '我的账号',
  logout: '退出登录',
  name: '名称',
  role: '角色',
  certificate: '证书',
  holder: '持有人',
  creditCode: '统一社会信用代码',
  issuer: '签发机构',
  serial: '序列号',
  validUntil: '有效期至',
  algorithm: '算法',
  documentsHeading: '待签署的文件',
  documentsHint: '两份文件一次确认、一并签署。签署前可以先打开查看。',
  open: '打开查看',
  sign: '签署 2 份文件',
  sealingHeading: '待盖章的文件',
  sealingHint: '用 UKey 中的国标印章，一次确认、一并盖章。',
  keptHint: '原文留在服务器，只交出摘要；印信窗口会写明未见文件内容。',
  seal: '在 2 份文件上盖章',
  tendersHeading: '盖章后归档的文件',
  tendersHint: '印章盖进 PDF 和 OFD 文件本身，两种格式一次确认；盖好后可以下载，任何人都能核验。',
  complete: '盖章并交回 2 份文件',
  downloadSealed: '下载盖好章的文件',
  showSeal: '查看我的印章',
  mySeal: '我的印章',
  mySealHint: '由您的 UKey 出示，服务器没有验证。',
  sealedBy: '盖章人',
  sealedAt: '盖章时间（盖章人声称，未经时间戳证明）',
  noPicture: '这枚印章的图片不能显示。',
  sealPicture: '印章“{name}”的图片',
  sealName: '印章',
  sealStandard: '标准',
  sealMaker: '制章者',
  sealUntil: '印章有效期至',
  belongsTo: '所属位置',
  validSeal: '印章有效',
  invalidSeal: '印章无效',
  downloadSeal: '下载盖章数据（.seal）',
  resultHeading: '验证结果',
  resultHint: '由服务器用自己保存的原文逐份验证。',
  valid: '签名有效',
  invalid: '签名无效',
  signer: '签署人',
  claimedTime: '签署时间（签署人声称，未经时间戳证明）',
  noTime: '未写明',
  download: '下载签名文件（.p7s）',
  code: '代码',
  followWindow: '正在打开印信窗口……',
  consenting: '请在印信窗口中确认。',
  showWindow: '看不见窗口？显示窗口',
  askServer: '正在联系服务器……',
  verifying: '服务器正在验证……',
  looking: '正在检测印信扩展……',
  ready: '印信已就绪。',
  waiting: '前面还有一个印信窗口，请先完成它。',
  reading: '正在读取文件：{percent}%',
  signing: '正在签署：第 {done} / {total} 份',
  backHome: '回到首页',
  legacyHeading: '用统一安全认证客户端登录',
  legacyHint: '这个页面按现有门户的写法编写：同步调用本机的客户端，PIN 码由网页收取。它没有为印信改过。',
  clientHeading: '本机客户端',
  clientLooking: '正在检测客户端……',
  clientFound: '已检测到客户端，版本 {version}。',
  clientNone: '未检测到客户端。',
  clientNoneHint: '请打开印信的“我的证书”页，在“设置”的“使用其他客户端接口的网站”中开启下面的网址，再刷新本页。',
  reload: '刷新本页',
  certificateChoice: '证书',
  certificateUnread: '尚未读取',
  readCertificates: '读取证书',
  pin: 'PIN 码',
  pinHint: '输错会减少剩余次数。',
  legacyLogin: '登录',
  clientCalling: '正在调用客户端。网页会停住，请在客户端的窗口中完成。',
  clientPinMissing: '请输入 PIN 码。',
  clientNoCertificate: '客户端没有给出证书。',
  clientRefused: '客户端没有完成：{message}。',
  clientNoKey: '没有检测到 UKey。',
  clientNoKeyHint: '请插入 UKey，再试一次。',
  clientWrongPin: 'PIN 码不正确。',
  clientWrongPinHint: '请核对后再试；连续输错会锁定 UKey。',
  clientPinFirst: '还没有验证 PIN 码。',
  clientPinFirstHint: '请重新登录。',
  infoHeading: '证书信息（由客户端读出）',
  validity: '有效期',
  textHeading: '要签名的文字',
  textSample: '我方同意以 141,360.00 元参加项目 DEMO-2026-0001。',
  signP1: 'P1 签名',
  signAttached: 'P7 签名（含原文）',
  signDetached: 'P7 签名（不含原文）',
  textResultHint: '由服务器按收到的文字验证，签署人须是登录的证书。',
  signatureValue: '签名值（Base64）',
  demoCa: '下载演示根证书与签发证书',
  demoCaHint: '可在印信“我的证书”页的“信任的发证机构”中添加，演示证书随后显示为已核实。用完请移除。',
};

/** The sentences of the pages. */
export type Sentences = Readonly<Record<keyof typeof zh, string>>;

export const SENTENCES: Readonly<Record<Locale, Sentences>> = {
  'zh-CN': zh,
  en: {
    title: 'Procurement demo portal',
    subtitle: 'Demonstration · invented units',
    tooOld: `This browser is too old for the Yinxin extension. Please update it: browsers made of Chromium need version ${OLDEST_ENGINE} or later of it, Firefox version ${OLDEST_FIREFOX} or later.`,
    independence:
      'This page is a demonstration of the open project Yinxin and runs on your own machine. Units, project and documents are invented, and signing has no legal effect. The project is independent of Sichuan CA, finance authorities and procurement platforms, and not authorised by them.',
    otherLanguage: '中文',
    skip: 'Skip to content',
    loginHeading: 'Log in with a certificate',
    entrance: 'Entrance',
    entranceHint: 'Choose by the role of your account. The role comes from the account, not from the certificate.',
    accountNamed: 'Account',
    accountNone: 'Not named',
    accountNamedHint: 'If one is named, Yinxin’s window compares it with the certificate.',
    caLogin: 'Log in with certificate',
    cancel: 'Cancel',
    bindHeading: 'Bind a certificate for the first time',
    bindHint:
      'Bind it once, and from then on this certificate logs in to this account. Certificates of others of your unit can’t; a renewed one has to be bound again.',
    rebindHeading: 'Bind the renewed certificate',
    rebindHint:
      'Name and role of the account stay; the old certificate can no longer log in. Stop here if this certificate belongs to another person of your unit.',
    accountName: 'Name of the account (as in the certificate)',
    accountRole: 'Role',
    bind: 'Bind certificate',
    accountHeading: 'My account',
    logout: 'Log out',
    name: 'Name',
    role: 'Role',
    certificate: 'Certificate',
    holder: 'Holder',
    creditCode: 'Unified social credit code',
    issuer: 'Issuer',
    serial: 'Serial number',
    validUntil: 'Valid until',
    algorithm: 'Algorithm',
    documentsHeading: 'Documents to sign',
    documentsHint: 'Both are signed with one confirmation. Open them first if you like.',
    open: 'Open',
    sign: 'Sign 2 documents',
    sealingHeading: 'Documents to seal',
    sealingHint: 'Both are sealed with one confirmation, with a national-standard seal of your key.',
    keptHint:
      'Its content stays on the server, which gives out the digest only; Yinxin’s window says that nobody saw the content.',
    seal: 'Seal 2 documents',
    tendersHeading: 'Documents to keep with their seal',
    tendersHint:
      'The seal is set in the PDF and the OFD themselves, with one confirmation; anybody can verify what is downloaded.',
    complete: 'Seal and hand in 2 documents',
    downloadSealed: 'Download the sealed document',
    showSeal: 'Show my seal',
    mySeal: 'My seal',
    mySealHint: 'As your key shows it; the server has not verified it.',
    sealedBy: 'Sealed by',
    sealedAt: 'Time of sealing (claimed by who sealed, not proven by a time stamp)',
    noPicture: 'The picture of this seal can’t be shown.',
    sealPicture: 'Picture of the seal “{name}”',
    sealName: 'Seal',
    sealStandard: 'Standard',
    sealMaker: 'Maker',
    sealUntil: 'Seal valid until',
    belongsTo: 'Belongs to',
    validSeal: 'The seal is valid',
    invalidSeal: 'The seal is not valid',
    downloadSeal: 'Download the seal’s data (.seal)',
    resultHeading: 'Result of the verification',
    resultHint: 'The server verified each one against its own copy of the document.',
    valid: 'The signature is valid',
    invalid: 'The signature is not valid',
    signer: 'Signer',
    claimedTime: 'Time of signing (claimed by the signer, not proven by a time stamp)',
    noTime: 'not stated',
    download: 'Download the signature (.p7s)',
    code: 'Code',
    followWindow: 'Opening the Yinxin window…',
    consenting: 'Please confirm in the Yinxin window.',
    showWindow: 'Don’t see it? Show the window',
    askServer: 'Asking the server…',
    verifying: 'The server is verifying…',
    looking: 'Looking for the Yinxin extension…',
    ready: 'Yinxin is ready.',
    waiting: 'Another Yinxin window is open; finish it first.',
    reading: 'Reading the documents: {percent}%',
    signing: 'Signing: {done} of {total}',
    backHome: 'Back to the start',
    legacyHeading: 'Log in through 统一安全认证客户端',
    legacyHint:
      'This page is written as today’s portals are: it calls a client on this machine synchronously, and takes the PIN itself. Nothing of it was changed for Yinxin.',
    clientHeading: 'Client on this machine',
    clientLooking: 'Looking for a client…',
    clientFound: 'A client answers, version {version}.',
    clientNone: 'No client answers.',
    clientNoneHint:
      'Open Yinxin’s page “My certificates”, switch on the address below under “Settings”, “Sites that call another client”, then reload this page.',
    reload: 'Reload this page',
    certificateChoice: 'Certificate',
    certificateUnread: 'Not read yet',
    readCertificates: 'Read certificates',
    pin: 'PIN',
    pinHint: 'Each wrong try leaves one less.',
    legacyLogin: 'Log in',
    clientCalling: 'Calling the client. This page stands still; please finish in the client’s window.',
    clientPinMissing: 'Enter the PIN.',
    clientNoCertificate: 'The client gave no certificate.',
    clientRefused: 'The client did not do it: {message}.',
    clientNoKey: 'There is no key.',
    clientNoKeyHint: 'Insert the key and try again.',
    clientWrongPin: 'The PIN is wrong.',
    clientWrongPinHint: 'Check it before the next try; too many wrong ones lock the key.',
    clientPinFirst: 'The PIN was not verified yet.',
    clientPinFirstHint: 'Log in again.',
    infoHeading: 'Certificate, as the client reads it',
    validity: 'Validity',
    textHeading: 'Text to sign',
    textSample: 'We agree to take part in project DEMO-2026-0001 at 141,360.00 yuan.',
    signP1: 'Sign, P1',
    signAttached: 'Sign, P7 with the text',
    signDetached: 'Sign, P7 without the text',
    textResultHint:
      'The server verified it over the text that it got; the signer has to be the certificate that is logged in.',
    signatureValue: 'Signature (Base64)',
    demoCa: 'Download the demo root and issuing certificates',
    demoCaHint:
      'Add them under “Trusted issuers” on Yinxin’s own page, and the demo certificates show as verified. Remove them when done.',
  },
};

/** What is under way, for people. */
export function progressText(sentences: Sentences, stage: Stage, done: number, total: number): string {
  switch (stage) {
    case 'waiting':
      return sentences.waiting;
    case 'reading':
      return fill(sentences.reading, { percent: total > 0 ? Math.floor((100 * done) / total) : 100 });
    case 'consenting':
      return sentences.consenting;
    case 'signing':
      return fill(sentences.signing, { done: Math.min(done + 1, total), total });
    default:
      return stage satisfies never;
  }
}

/** Puts parameters into `{placeholders}`, in one pass. */
export function fill(template: string, params: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
  });
}

/** The language of a BCP 47 tag or an `Accept-Language` header: English where that comes first, otherwise Chinese. */
export function localeOf(tag: string): Locale {
  return /^\s*en\b/i.test(tag) ? 'en' : 'zh-CN';
}

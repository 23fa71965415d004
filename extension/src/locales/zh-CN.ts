//! Texts of the extension's pages in Chinese. Errors and their remedies come from the catalogue.

import type { Act, CheckKind, CheckState, Disclosed, DocumentNotice, HolderKind, Placement } from '@yinxin/proto';
import type { EntryAct } from '../background/history.js';
import type { Language } from '../background/settings.js';
import { sealed } from '../formats.js';
import type { Advised } from '../relay.js';
import type { Room } from '../workspace/rooms.js';

type Who = Advised['who'];

/** What an act is called, in a button and in a heading. */
function act(of: Act): string {
  switch (of.type) {
    case 'sign':
      return signing(of);
    case 'login':
      return of.purpose === 'bind' ? '首次绑定证书' : '登录';
    case 'seals':
      return '出示一枚印章';
    case 'identify':
      return '出示证书';
    case 'unlock':
      return '登录';
    case 'sign-text':
      return '签署一段文字';
    case 'change-pin':
      return '修改 PIN 码';
    case 'decrypt':
      return '解密数据';
  }
}

function signing(of: Act & { type: 'sign' }): string {
  const all = of.documents.length;
  const seals = sealed(of);
  if (seals === all) return `在 ${all} 份文件上盖章`;
  return seals === 0 ? `签署 ${all} 份文件` : `签署 ${all} 份文件，其中 ${seals} 份盖章`;
}

export const zhCN = {
  product: '印信',

  // Consent window: who and what
  act,
  askedBy: '请求来自',
  knownAs: (name: string) => `印信收录的网站：${name}`,
  unicodeOrigin: '域名含非英文字符，显示为：',
  firstUse: '首次使用，请核对网址',
  addedByUser: '您添加的网站',
  localSite: '本机网站',
  expectedAccount: '网站期望的账号（由网站提供）',
  accountRole: (role: string) => role,
  accountSame: '与所选证书的名称一致',
  accountMisfit: '网站账号有要核对的地方。',
  accountLook: '查看',
  accountDiffers: '与所选证书的名称不一致，请核对',
  accountWrittenOtherwise: '与所选证书的名称只是写法不同（括号、全半角或空格）',
  accountBound: '账号已绑定',
  accountMore: '在我的证书页查看怎样办理',
  logondata: '旧式登录，签名不含网址',
  documents: '要签署的文件',
  documentsNote: '文件名由网站提供，内容以打开所见为准。',
  documentsToSeal: '要盖章的文件',
  documentsNameNote: '文件名由网站提供。',
  unseen: '未见文件内容',
  unseenHint: (unseen: number, all: number) =>
    `${unseen === all ? '网站只' : `其中 ${unseen} 份，网站只`}给了文件的摘要，印信看不到章盖在什么内容上。请只在信任该网站、并已在网站上看过文件时继续。`,
  unseenMark: '未见内容',
  digestGiven: '摘要由网站提供',
  propertyInfo: '所属位置',
  placement: ({ page, x, y }: Placement) => `第 ${page} 页，距左边 ${x} 毫米、上边 ${y} 毫米`,
  placementTold: (place: string) => `${place}（网站所述）`,
  pictured: (place: string) => `显示印章图样：${place}`,
  straddling: (y: number) => `骑缝章，盖在各页右边，距上边 ${y} 毫米`,
  attached: '签名文件中将包含原文',
  documentNotices: {
    xfa: '带有 XFA 表单：认得它的程序会显示表单，不显示这些页面。',
    'broken-signature': '文件上已有的签名没有通过核实：签名之后可能被改动过。',
    'need-appearances': '要求阅读程序重新绘制表单：在别处看到的可能不同。',
  } satisfies Record<DocumentNotice, string>,
  embedded: '签名写进文件，网站得到签好的新文件，原文件不变。',
  embeddedSeals: '印章盖进文件，网站得到盖好章的新文件，原文件不变。',
  open: '打开',
  sealHere: '印章将盖在这里',
  documentReading: '正在读取文件……',
  documentFailed: '文件没能读出来。请关闭这个窗口，回到印信窗口再打开一次。',
  documentSeveral: (documents: number) => `文件里有 ${documents} 份文档，这里显示第一份。`,
  openNamed: (name: string) => `打开“${name}”`,
  digests: '大小与摘要',
  bytes: (exact: string) => `${exact} B`,

  // Consent window: pages that call another program
  identifyHint: '同意后，网站可以读取您选择的证书；如果您在网页上输入了 PIN 码，可用它登录一次。网站不能因此签名。',
  unlockHint: '登录最长保持 15 分钟，其间签名不再输入 PIN 码，但每次仍由您按下按钮。',
  unlockSent: '使用您在网页上输入的 PIN 码，只试一次。',
  pageStands: '网页正在等您决定，其间不能操作。',
  changePinHint: '请在本窗口输入原 PIN 码和新 PIN 码。网站得不到它们，网页上填写的也不会使用。',
  decryptHint: (size: string) => `同意后，网站将得到解密后的内容（${size}）。印信不显示它；只对您信任的网站同意。`,
  oldPin: '原 PIN 码（UKey 密码）',
  newPin: '新 PIN 码',
  newPinAgain: '再输入一次新 PIN 码',
  newPinDiffers: '两次输入的新 PIN 码不一致，请重新输入。',
  bareSignature: '旧式调用，签名不含网址',
  textToSign: '要签署的文字',
  textIsEncoded: '看不出内容（随机数或摘要）。请只在您刚刚点击了登录或签名时继续。',
  textIsDigest:
    '未见文件内容：这段文字可能是一份文件的摘要，印信看不到原文。请只在信任该网站、并已在网站上看过原文时继续。',
  textLeftOut: '（中间部分未显示）',
  textDigest: '摘要（SM3）',
  awaitingPage: '等待网站的下一步。如有，会显示在这里；没有时，本窗口自动关闭。',

  // Consent window: choice
  choose: '选择证书',
  chooseSeal: '选择印章',
  noSealChosen: '请先选择印章',
  looking: '正在查找 UKey…',
  refresh: '重新查找',
  findOutWhy: '检查哪里不通',
  whatToDo: '看怎么办',
  encryptionCertificates: (count: number) => `另有 ${count} 张加密证书，不用于登录和签名。`,
  noKeyYet: '还没有可用的 UKey',
  keyOf: (label: string) => `UKey：${label}`,
  keySerial: (serial: string) => `序列号 ${serial}`,
  demoKey: '演示密钥，可被复制，不得用于正式业务',
  initialPin: '该 UKey 仍在使用初始 PIN 码，请尽快修改。',
  kind: { unit: '单位', person: '个人', expert: '评标专家', unknown: '持有人类型未注明' } satisfies Record<
    HolderKind,
    string
  >,
  creditCode: '统一社会信用代码',
  organization: '所属单位',
  validUntil: (date: string) => `有效期至 ${date}`,
  daysLeft: (days: number) => `剩余 ${days} 天`,
  endedSince: (days: number) => `已过期 ${days} 天`,
  details: '证书详情',
  detailsOf: (holder: string) => `“${holder}”的证书详情`,
  issuer: '颁发者',
  serial: '证书序列号',
  algorithm: '算法',
  validFrom: '有效期',
  fingerprint: 'SHA-256 指纹',
  issuedBy: (issuer: string) => `由 ${issuer} 签发`,
  issuedUnder: (issuer: string, anchor: string) => `由 ${issuer} 签发，上级为 ${anchor}`,
  trustNational: (issued: string, listed: string) => `已核实：${issued}（国家根 ${listed} 名单）`,
  trustAdded: (issued: string) => `已核实：${issued}（您或管理员添加）`,
  trustItself: '已核实：您或管理员直接添加了这张证书',
  trustRefused: '签发关系没有通过核实',
  trustRefusedHint: '是否使用由您决定；如有疑问，请联系发证机构。',
  trust: '签发核实',
  partner: '双证书',
  partnerEncrypts: '与同一 UKey 中的加密证书成对，其序列号',
  partnerSigns: '与同一 UKey 中的签名证书成对，其序列号',
  partnerOther: '与同一 UKey 中的另一张证书成对，其序列号',
  unusable: '不能用于此次操作',
  discloses: (of: Act, what: string) => {
    const inside = what === '' ? '证书中没有发现个人信息' : `证书中有：${what}`;
    switch (of.type) {
      case 'login':
        return `网站将随签名得到证书，${inside}。`;
      case 'sign':
        return `网站将随签名得到${sealed(of) > 0 ? '印章和证书' : '证书'}，${inside}。`;
      case 'identify':
      case 'unlock':
      case 'sign-text':
        return `网站将得到证书，${inside}。`;
      case 'change-pin':
        return '网站只知道 PIN 码已修改。';
      case 'decrypt':
        return '使用与该证书成对的加密证书。';
      case 'seals':
        return `网站将得到这枚印章的全部数据：图片，和可以使用它的证书；${inside}。这一步不会盖章，也不需要 PIN 码。`;
    }
  },
  disclosed: {
    'unit-name': '单位名称',
    'unit-number': '单位代码',
    'person-name': '姓名',
    'identity-number': '证件号码',
    email: '电子邮箱',
    place: '所在地',
  } satisfies Record<Disclosed, string>,
  separator: '、',
  moduleProblems: (count: number) => `${count} 个驱动不能使用`,

  // Consent window: PIN and buttons
  pin: 'PIN 码（UKey 密码）',
  pinHint: (length: string) => `${length} 位`,
  pulled: (key: string) => `UKey“${key}”已拔出`,
  pulledHint: (holder: string, others: boolean) =>
    `插回后会继续使用“${holder}”的证书。${others ? '也可以选择其他证书。' : ''}`,
  pinNoChoice: '请先选择证书',
  protectedPath: '此 UKey 自带密码键盘：点击下面的按钮后，请在 UKey 上输入 PIN 码。',
  protectedWorking: '请在 UKey 上输入 PIN 码并确认。',
  triesLeft: (left: number) => `还可尝试 ${left} 次`,
  triesLow: '此前输错过，请仔细核对',
  triesFew: '多次输错会锁定',
  triesFinal: '最后一次：再输错一次，UKey 将被锁定',
  approve: (of: Act, holder: string) => {
    if (of.type === 'seals') return `向网站出示〔${holder}〕的印章`;
    if (of.type === 'change-pin') return `修改〔${holder}〕的 UKey 的 PIN 码`;
    if (of.type === 'decrypt') return `用〔${holder}〕的加密证书解密`;
    if (of.type === 'identify') return `向网站出示〔${holder}〕的证书`;
    return `以〔${holder}〕名义${of.type === 'login' && of.purpose === 'bind' ? '绑定证书' : act(of)}`;
  },
  cancel: '取消',
  close: '关闭',
  guard: '窗口刚刚显示，请稍候',

  // Consent window: course and end
  working: (of: Act, done: number, total: number) => {
    const what =
      of.type === 'sign' && sealed(of) > 0
        ? '正在盖章'
        : of.type === 'unlock'
          ? '正在登录'
          : of.type === 'change-pin'
            ? '正在修改 PIN 码'
            : of.type === 'decrypt'
              ? '正在解密'
              : '正在签名';
    return total > 1 ? `${what}，已完成 ${done} / ${total}` : `${what}…`;
  },
  workingHint: '请不要拔出 UKey。',
  done: (of: Act) => {
    switch (of.type) {
      case 'sign':
        return sealed(of) > 0 ? `已在 ${of.documents.length} 份文件上盖章` : `已签署 ${of.documents.length} 份文件`;
      case 'login':
        return of.purpose === 'bind' ? '已发送绑定凭证' : '已发送登录凭证';
      case 'seals':
        return '已出示印章';
      case 'identify':
        return '已出示证书';
      case 'unlock':
        return '已登录';
      case 'sign-text':
        return '已签署';
      case 'change-pin':
        return 'PIN 码已修改';
      case 'decrypt':
        return '已解密';
    }
  },
  doneHint: '已交给网站，请看网站页面。本窗口将自动关闭。',
  failedTitle: '没有完成',
  supportCode: '错误代码',
  openWorkspace: '打开我的证书页',

  // Workspace
  calculator: '费用计算',
  menu: '菜单',
  rooms: { keys: '我的证书', guide: '办事指南', check: '检查', history: '使用记录', settings: '设置' } satisfies Record<
    Room,
    string
  >,
  advanced: '高级',
  adviceTitle: '下一步',
  adviceHealthy: '没有发现需要处理的问题。',
  adviceLooking: '正在检查本机程序和 UKey…',
  adviceOthers: (count: number, which: readonly string[]) => `还有 ${count} 项：${which.join('；')}`,
  adviceAbout: (holder: string | undefined, key: string | undefined) =>
    `${[...(holder === undefined ? [] : [`“${holder}”`]), ...(key === undefined ? [] : [`UKey ${key}`])].join('，')}：`,
  adviceGuide: (heading: string) => `平台可能这样提示：${heading}`,
  adviceCertificateName: '证书名称',
  adviceAccountName: '账号名称',
  /** Who can do it; `asked`: whom to ask stands behind it. */
  adviceWho: (who: Who, asked: boolean) => {
    const words = {
      user: ['您自己可以办理', '；办不成时联系：'],
      ca: ['要由发证机构办理', '，请联系：'],
      platform: ['要由平台处理', '，请联系：'],
      administrator: ['请管理这台电脑的人处理', '，也可以联系：'],
      depends: ['由谁办理要看原因', '，可以先联系：'],
    } as const;
    const [first, then] = words[who];
    return first + (asked ? then : '。');
  },
  adviceReport: '到“检查”生成报告',
  adviceCalendar: '存入日历（.ics 文件）',
  adviceEvidence: '依据',
  adviceToLookAt: '还需要核对',
  adviceAsk: '平台给了一条提示？看看是什么意思',
  adviceAskLabel: '提示的原文',
  adviceAskButton: '查看',
  adviceKnown: '从常见提示中选择',
  adviceExactly: '这台电脑上正是这个情况：',
  adviceMeaning: '这条提示的意思：',
  comparedAccount: '正在比对的账号：',
  comparedAccountLead: '最近一次登录时由网站提供，只留在内存中，关闭浏览器即忘记。',
  comparedAccountForget: '不再比对',
  doctor: '检查',
  doctorLead: '从浏览器到 UKey 逐项检查，看哪里不通。检查不使用 PIN 码，也不改动任何东西。',
  doctorStart: '开始检查',
  doctorAgain: '重新检查',
  doctorAt: (what: string) => `正在检查：${what}…`,
  doctorHealthy: (count: number) => `检查了 ${count} 项，没有发现问题。`,
  doctorWrong: (wrong: number) => `有 ${wrong} 项需要处理。`,
  doctorWhen: (time: string) => `检查时间：${time}`,
  doctorRest: (good: number, others: number) =>
    [
      ...(good > 0 || others === 0 ? [`其余 ${good} 项正常`] : []),
      ...(others > 0 ? [`${good > 0 ? '' : '其余 '}${others} 项无需处理`] : []),
    ].join('，'),
  doctorAll: (count: number) => `查看全部 ${count} 项`,
  doctorOutdated: '检查之后 UKey 有变化，或重新查找过。请重新检查。',
  doctorWrongResults: '需要处理的',
  doctorResults: '正常的',
  doctorKinds: {
    browser: '浏览器',
    extension: '印信扩展',
    site: '网站权限',
    bridge: '其他客户端的接口',
    host: '本机程序',
    configuration: '本机程序的配置',
    registration: '在浏览器中的登记',
    'reader-service': '读卡器服务',
    'usb-device': 'USB 设备',
    module: '驱动',
    key: 'UKey',
    certificates: 'UKey 中的证书',
    chain: '证书的签发机构',
    seals: 'UKey 中的印章',
    'test-signature': '测试签名',
  } satisfies Record<CheckKind, string>,
  doctorStates: { ok: '正常', warning: '请处理', failed: '有问题', skipped: '无需处理' } satisfies Record<
    CheckState,
    string
  >,
  /** What evidence says, where it is a word. */
  doctorValues: {
    yes: '是',
    no: '否',
    none: '没有',
    ok: '正常',
    locked: '已锁定',
    'one try left': '只剩最后一次',
    'a wrong one was entered': '此前输错过',
    'a signature is under way': '一次签名',
    'all users; an administrator can change it': '所有用户；由管理员更改',
    'not asked on this system': '此系统不查',
    'the certificate itself': '这张证书本身',
    'this user': '当前用户',
  },
  doctorSiteClosed: '浏览器没有允许印信在这个网站上工作。',
  doctorSiteRemedy: '需要在这个网站上使用印信时，请重新授权，再刷新该网站的网页。',
  doctorAllow: '向浏览器申请权限',
  doctorAllowOf: (origin: string) => `为 ${origin} 向浏览器申请权限`,
  doctorNotAllowed: '浏览器没有授权。也可以在浏览器的扩展设置中，允许印信访问这个网站。',
  repairPlan: '看看怎么修复',
  repairRemedy: '点“看看怎么修复”，印信会替您登记。登记后请重启浏览器。',
  repairAdvice: '印信可以替您登记，登记后请重启浏览器。',
  repairPlanOf: (browser: string) => `看看怎么修复 ${browser} 中的登记`,
  repairTitle: '修复会改动这个文件，可以撤销：',
  repairPath: '文件',
  repairBefore: '现在的内容',
  repairAfter: '改为',
  repairAbsent: '（没有这个文件）',
  repairRemoved: '（删除这个文件）',
  repairDo: '照此修复',
  repairCancel: '不修复',
  repairDone: (path: string) => `已修复：${path}。请重启浏览器。`,
  repairUndo: '撤销修复',
  repairUndone: (path: string) => `已撤销，文件已恢复原样：${path}。`,
  repairNothing: '没有需要改动的。',
  repairLink: '到“检查”中修复',
  signTest: '测试签名',
  signTestLead: '用选中的证书试签一次，看整条路是否走通。不登录任何网站，签名也不会发出去。',
  signTestUses: '测试要输入 PIN 码：输错会用掉一次尝试机会。',
  signTestLast: '只剩最后一次机会，再输错 UKey 就会锁定。想不起 PIN 码时请不要测试，先联系发证机构。',
  signTestNone: '没有可以签名的证书。',
  signTestButton: '测试签名',
  signTestWorking: '正在签名，请不要拔出 UKey…',
  signTestGood: '签名成功，并已验证。',
  signTestBusy: '网页的请求正在使用 UKey。请先完成或取消，再测试。没有消耗尝试次数。',
  report: '给技术支持的报告',
  reportFor: '请人帮忙时，把报告发给对方。电脑、驱动和平台账号的问题找平台；证书、印章和 PIN 码的问题找发证机构。',
  reportMake: '生成报告',
  reportLead: '报告只在您自己保存或复制之后才会离开这台电脑。请先看一遍：',
  reportOmits:
    '不含 PIN 码、文件内容、持有人和单位的名称与代码、UKey 的名称和序列号、您添加的网站；您的用户文件夹写作 ~。',
  reportText: '报告全文',
  reportSave: '保存为文件',
  reportCopy: { copy: '复制', copied: '已复制', copyFailed: '未能复制' },
  reportTitle: '印信检查报告',
  reportOutdated: '检查之后 UKey 有变化。',
  reportAddedSite: (number: number) => `添加的网站 ${number}`,
  reportKey: (number: number) => `${number} 号`,
  reportHidden: '（略去）',
  adviceFails: '印信没能给出建议。UKey 和证书照常显示，请重新查找；仍然如此时，请把错误代码告诉我们。',
  seeAdvice: '怎么办，请看“下一步”',
  proceduresTitle: '办事指南',
  proceduresLead:
    '按四川CA和平台的办理指南整理。这些事要在网厅、i信、窗口或平台上办，印信不能代办；印信能从 UKey 中看到结果的步骤，办好后插入 UKey，这里会自动标出“已完成”。',
  proceduresDue: '现在要办的',
  proceduresOthers: '其他办事',
  procedureHow: '办理步骤：',
  procedureWay: {
    online: '网上办理',
    counter: '窗口办理',
    platform: '在平台上办',
    machine: '在电脑上办',
    ask: '先咨询',
  },
  procedureWho: '谁可以办',
  procedureEverybody: '各参与角色都可以',
  procedureBring: '要准备的',
  procedureTime: '办理时间',
  procedureTimeOpen: '指南没有写明',
  procedureCost: '费用',
  procedureAmount: (yuan: string) => (yuan === '0' ? '不另收费' : `${yuan} 元`),
  procedureRange: (from: string, to: string) => `${from} 至 ${to} 元`,
  procedureCalculator: '用费用计算器计算',
  procedureFirst: '办理前',
  procedureSteps: '步骤',
  procedureNotes: '还要知道',
  procedurePrint: '打印',
  firstWords: { done: '符合：', open: '还不符合：' },
  taskWords: { done: '已完成：', open: '还没有看到结果：' },
  tasksDone: (done: number, all: number) => (done === all ? '已完成' : `已完成 ${done} / ${all} 项`),
  colon: '：',
  host: '本机程序',
  hostReady: '本机程序工作正常',
  hostFails: '本机程序还不能使用。',
  hostLooking: '正在连接本机程序…',
  extensionVersion: (version: string) => `扩展 ${version}`,
  keys: 'UKey 与证书',
  noKey: '没有检测到 UKey',
  noKeyHint: '插入后本页会自动更新。',
  keysUnknown: '本机程序可用之后，这里会显示 UKey 中的证书。',
  renewalFees: (seals: number) => (seals === 0 ? '更新费用（不含印章）：' : `更新费用（含 ${seals} 个印章）：`),
  renewalTerm: (years: number, yuan: string) => `${years} 年 ${yuan} 元`,
  renewalDetails: '更新费用明细',
  renewalDetailsOf: (holder: string) => `“${holder}”的更新费用明细`,
  renewalReference: '四川CA的收费标准，仅供参考',
  renewalReferenceOf: (holder: string) => `“${holder}”：四川CA的收费标准，仅供参考`,
  renewalWhere: '更新在四川CA网厅申请，在证书助手（i信）中完成；印信只告诉您费用和步骤，不能代办。',
  renewalSeals: (read: number) =>
    read > 0
      ? `在 UKey 中读到这张证书可用的印章 ${read} 个，按此计算；如与实际不符，请按实际填写，没有印章填 0。`
      : '在 UKey 中没有读到这张证书可用的印章，先按 1 个计算；请按实际填写，没有印章填 0。',
  renewalRoleOpen: '未注明',
  renewalPayerOpen: '收费标准只写了单位怎样付款；这张证书没有注明是单位证书，付款前请先咨询。',
  renewalUnpriced: '这张证书的更新费用无法按四川CA的收费标准计算，请咨询发证机构。',
  renewalHow: '办理步骤见“办事指南”',
  renewalCalculator: '在费用计算器中打开',
  modules: '驱动',
  moduleWorks: '可用',
  sites: '可以使用印信的网站',
  sitesLead: '只有下列网站可以请求登录或签名，每次都需要您在印信窗口中同意。',
  sitesListed: '印信收录',
  sessionOf: (origin: string) => `${origin} 已用您的 UKey 登录`,
  endSession: '结束',
  bridges: '使用其他客户端接口的网站',
  bridgesLead:
    '这些网站的页面目前调用电脑上的其他客户端。开启后，由印信来回答，不必另装客户端；没有开启的网站不受影响。',
  bridgeAllows:
    '开启后：网站的页面可以请求读取证书、登录、签名、解密和修改 PIN 码，都先显示在印信窗口中，由您按下按钮才进行。只有您已出示的证书和登录状态，网站可再次读取而不询问，最长 15 分钟；点印信图标可随时结束登录。',
  bridgeGivesUp:
    '请注意：这种旧式签名里没有网址，如果网站被人控制，签名可能被拿到别处使用；您在网页上输入的 PIN 码，网站自己能看到（印信只替它试一次）；浏览器可能会问是否允许该网站访问本机，允许后它也能访问本机的其他服务。',
  bridgeOn: '开启',
  bridgeOff: '关闭',
  bridgeIsOn: '已开启',
  bridgeManaged: '由管理员开启',
  bridgeForbidden: '浏览器还没有允许：请点“开启”，并同意浏览器的询问。',
  bridgeRefused: '没有开启：浏览器没有得到您的允许。',
  bridgeCalls: (programs: string) => `调用“${programs}”`,
  bridgeCallsAny: '可调用任一客户端',
  bridgeNamed: (what: string, origin: string) => `${what}：${origin}`,
  bridgeReload: '已经打开的页面，请刷新后使用。',
  sitesListedNote: '收录表示印信允许它们请求；这些网站自己目前还没有接入印信。',
  sitesManaged: '管理员允许的',
  sitePermitted: (origin: string) => `已允许 ${origin}，请刷新该网站的网页。`,
  sitesAdded: '您添加的',
  siteKind: { portal: '业务平台', hall: 'CA 网厅', added: '可登录、可签名' },
  addedOn: (date: string) => `添加于 ${date}`,
  addSite: '添加网站',
  addSiteLabel: '网站地址',
  addSiteHint: '例如 https://portal.example，只添加您信任的网站。',
  add: '添加',
  remove: '移除',
  removeNamed: (origin: string) => `移除 ${origin}`,
  siteAdded: (origin: string) => `已添加 ${origin}，请刷新该网站的网页。`,
  siteRemoved: (origin: string) => `已移除 ${origin}。`,
  siteRefused: '浏览器没有授权，未添加。',
  siteProblem: {
    malformed: '这不是有效的网站地址。',
    insecure: '只能添加使用加密连接（https）的网站。',
    listed: '该网站已由印信收录，不需要添加。',
  },
  anchors: '信任的发证机构',
  anchorsBuiltIn: (count: number, listed: string) =>
    `印信内置国家 SM2 根（NRCAC ROOTCA）和 ${listed} 名单中由它签发的 ${count} 张发证机构证书，只记名称、公钥和有效期。`,
  anchorsMeaning: '您可以添加其他发证机构。添加后，由该机构签发的证书会显示为已核实；不影响您自己的证书能否使用。',
  anchorByUser: '您添加的',
  anchorByPolicy: '管理员设置',
  anchorName: '完整名称',
  anchorChoose: '选择证书文件…',
  anchorHint: '也可以把文件拖到这里：DER、CER、CRT、PEM 或 P7B。只添加来源可靠的证书，并核对指纹。',
  anchorReading: '正在读取文件…',
  anchorsFull: (limit: number) => `已达到 ${limit} 张的上限。请先移除不需要的，再添加。`,
  anchorsAdded: (names: string) => `已添加：${names}。`,
  anchorsPresent: '文件中的证书已在列表中，没有变化。',
  anchorRemoved: (name: string) => `已移除“${name}”。`,
  anchorGone: '这个发证机构已不在列表中。',
  anchorsStorage: '浏览器没有读出或存下完整的列表。读不出的按没有添加处理，不影响登录和签名。',
  anchorsPolicy: '管理员设置的发证机构中有读不出的，已跳过，不影响登录和签名。',
  anchorsUnchanged: '没有添加证书。',
  anchorFileHint: '请选择发证机构的证书文件（DER、CER、CRT、PEM 或 P7B）。',
  anchorTooLarge: '文件太大，不是证书文件。',
  anchorOneFile: '请一次添加一个文件。',
  anchorFileUnreadable: '浏览器读不到这个文件，它可能已被移动或修改。',
  siteLastUse: (date: string) => `最近使用：${date}`,
  history: '使用记录',
  historyLead: (limit: number) =>
    `您在网站上登录、签名、盖章的记录，最多保留最近 ${limit} 条。只存在这台设备上，不含 PIN 码和文件内容；签署一段文字的，留有它的开头。无痕窗口中的操作不记录。`,
  historyOff: '公用电脑模式已开启，不保存使用记录。',
  historyLeft: (count: number) => `开启公用电脑模式之前的 ${count} 条使用记录还在这台设备上，需要时请清除。`,
  historyEmpty: '还没有记录。登录、签名或盖章成功后会出现在这里。',
  historySites: '看看哪些网站可以使用印信',
  historySummary: (count: number, last: string) => `${count} 次，最近一次 ${last}`,
  historyNotAllowed: '已不能请求',
  historyShow: '查看记录',
  historyShowOf: (origin: string) => `查看 ${origin} 的记录`,
  historyMore: (count: number) => `显示其余 ${count} 条`,
  historyActs: {
    login: '登录',
    bind: '首次绑定证书',
    sign: '签署文件',
    'sign-text': '签署一段文字',
    seal: '盖章',
    'show-seal': '出示印章',
    'change-pin': '修改 PIN 码',
    decrypt: '解密数据',
  } satisfies Record<EntryAct, string>,
  historySeal: '印章',
  historyCertificate: '证书',
  historyDigests: '摘要与证书',
  historyColumns: [
    '时间（北京时间）',
    '网站',
    '操作',
    '格式',
    '文件名（网站提供）',
    'SM3',
    '备注',
    '证书持有人',
    '证书 SHA-256',
    '印章',
  ],
  historyCsv: '导出表格（CSV）',
  historyJson: '导出使用记录（JSON）',
  historyErase: '清除',
  historyEraseOf: (origin: string) => `清除 ${origin} 的记录`,
  historyEraseAll: '清除全部记录',
  historyEraseLeft: '清除此前的全部使用记录',
  historyEraseQuestion: (origin: string, count: number) => `清除 ${origin} 的 ${count} 条记录？清除后不能恢复。`,
  historyEraseAllQuestion: (count: number) => `清除全部 ${count} 条记录？清除后不能恢复。`,
  historyErased: '记录已清除。',
  historyNotErased: '浏览器没有清除记录，请重试。',
  eraseKeep: '不清除',
  eraseNow: '确定清除',
  settings: '设置',
  settingManaged: '管理员设置，不能更改',
  settingsNotKept: '浏览器没有存下更改，请重试。',
  language: '语言',
  languages: { auto: '跟随浏览器', 'zh-CN': '中文', en: 'English' } satisfies Record<Language, string>,
  noticeDays: '证书到期提醒',
  noticeDaysHint: '到期前和到期后，在印信图标上显示张数，并在“我的证书”中提醒，每个时间只提醒一次。全部不选则不提醒。',
  daysBefore: (days: number) => `提前 ${days} 天`,
  sharedComputer: '公用电脑',
  sharedComputerOn: '公用电脑模式',
  sharedComputerHint: '多人使用这台电脑时开启：不保存使用记录，不记住见过的证书，“首次使用”的标记在关闭浏览器后清除。',
  noticeOf: (holder: string, key: string | undefined) =>
    `${key === undefined ? '' : `UKey ${key} 中`}“${holder}”的证书或印章`,
  noticeUnnamed: '在这台设备上用过的一张证书或它的印章',
  notice: (whose: string, days: number, date: string) => {
    if (days < 0) return `${whose}已于 ${date} 到期。`;
    return days === 0 ? `${whose}今天到期。` : `${whose}还有 ${days} 天到期（${date}）。`;
  },
  noticesTold: '图标上的数字提醒的就是这件事。',
  noticesNoted: '知道了',
  about: '关于印信',
  independence: '印信是独立的开源软件，不是四川CA、财政部门或平台的产品，未获其授权。',
  aboutPin:
    '您在印信窗口中输入的 PIN 码只交给 UKey，不会发给网站，也不会存到磁盘。“使用其他客户端接口的网站”登录后，它最长 15 分钟留在内存中。',
  aboutLimits:
    '四川政府采购网的页面调用“统一安全认证客户端”；印信可以代为回答（见“使用其他客户端接口的网站”），但没有在该网站上试过。证书更新仍在 i信 中完成。',
  licence: '许可证：MIT 或 Apache-2.0',
  sealsOf: (holder: string) => `“${holder}”可用的印章`,
  otherSeals: '此 UKey 中的其他印章',

  // Popup
  popupWaiting: (count: number) => `有 ${count} 个窗口等您确认`,
  popupKeys: 'UKey 中的证书',
  popupMore: '更多',
  popupHow: '看怎么办',
  popupNothing: '一切正常，不需要做什么。',

  // Seals
  sealStandard: (national: boolean): string => (national ? '国标印章' : '旧标准印章'),
  sealMaker: '制章者',
  sealMakerListed: '已核实制章者：您或管理员添加了它的证书',
  sealMakerUnlisted: (usable: boolean) => `未核实制章者${usable ? '，不影响使用' : ''}`,
  sealDetails: '印章详情',
  sealDetailsOf: (name: string) => `“${name}”的印章详情`,
  sealStandardName: '标准',
  sealSize: '尺寸',
  millimetres: (width: number, height: number) => `${width} × ${height} 毫米`,
};

/** Texts of one language. */
export type Texts = typeof zhCN;

//! Texts of the extension's pages in English. The compiler sees to it that none is missing.

import type { Act } from '@yinxin/proto';
import { sealed } from '../formats.js';
import type { Texts } from './zh-CN.js';

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function act(of: Act): string {
  switch (of.type) {
    case 'sign': {
      const documents = plural(of.documents.length, 'document', 'documents');
      const seals = sealed(of);
      if (seals === of.documents.length) return `Seal ${documents}`;
      return seals === 0 ? `Sign ${documents}` : `Sign ${documents}, ${seals} of them with a seal`;
    }
    case 'login':
      return of.purpose === 'bind' ? 'Bind a certificate' : 'Log in';
    case 'seals':
      return 'Show a seal';
    case 'identify':
      return 'Show a certificate';
    case 'unlock':
      return 'Log in';
    case 'sign-text':
      return 'Sign a text';
    case 'change-pin':
      return 'Change the PIN';
    case 'decrypt':
      return 'Decrypt data';
  }
}

export const en: Texts = {
  product: 'Yinxin',

  act,
  askedBy: 'Asked by',
  knownAs: name => `Listed by Yinxin as ${name}`,
  unicodeOrigin: 'The name has letters beyond English; it shows as:',
  firstUse: 'First use: check the address',
  addedByUser: 'Added by you',
  localSite: 'On this computer',
  expectedAccount: 'Account that the site expects (as given by the site)',
  accountRole: role => role,
  accountSame: 'Same as the name in the chosen certificate',
  accountMisfit: 'The account needs a second look.',
  accountLook: 'See why',
  accountDiffers: 'Not the name in the chosen certificate: look again',
  accountWrittenOtherwise: 'The chosen certificate writes the same name otherwise (brackets, width or spaces)',
  accountBound: 'Bound to the account',
  accountMore: 'See what to do under my certificates',
  logondata: 'Old kind of login: the signature carries no address',
  documents: 'Documents to sign',
  documentsNote: 'Names as given by the site; what counts is what opens.',
  documentsToSeal: 'Documents to seal',
  documentsNameNote: 'Names as given by the site.',
  unseen: 'Content not seen',
  unseenHint: (unseen, all) =>
    `The site gave ${unseen === all ? 'only a digest' : `only a digest of ${unseen} of them`}, so Yinxin can’t see what the seal will stand on. Go on only if you trust the site and have read the document there.`,
  unseenMark: 'Not seen',
  digestGiven: 'digest as given by the site',
  propertyInfo: 'Belongs to',
  placement: ({ page, x, y }) => `Page ${page}, ${x} mm from the left, ${y} mm from the top`,
  placementTold: place => `${place} (as given by the site)`,
  pictured: place => `With the seal’s picture: ${place}`,
  straddling: y => `Over the right edges of all pages, ${y} mm from the top`,
  attached: 'The signature file will contain the document',
  documentNotices: {
    xfa: 'Has a form of another kind (XFA), which programs that know it show in place of these pages.',
    'broken-signature': 'A signature that it has already does not hold: it may have been changed since.',
    'need-appearances': 'Asks readers to draw what was filled in anew, so it may look otherwise elsewhere.',
  },
  embedded: 'The signature is written into the document: the site gets a new file, the old one stays as it is.',
  embeddedSeals: 'The seal is written into the document: the site gets a new file, the old one stays as it is.',
  open: 'Open',
  sealHere: 'The seal will be here',
  documentReading: 'Reading the document…',
  documentFailed: 'The document could not be read. Close this window and open it again from Yinxin’s window.',
  documentSeveral: documents => `The file holds ${documents} documents; the first is shown.`,
  openNamed: name => `Open “${name}”`,
  digests: 'Size and digests',
  bytes: exact => `${exact} B`,

  identifyHint:
    'The site may then read the certificate that you choose and, if you typed a PIN on its page, log in with it once. It can sign nothing by that.',
  unlockHint:
    ' The login lasts fifteen minutes at most. Meanwhile signatures ask for no PIN, but each still needs your press.',
  unlockSent: 'With the PIN that you typed on the page, tried once.',
  pageStands: ' The page waits for you and stands still meanwhile.',
  changePinHint:
    'Type the present PIN and the new one in this window. The site gets neither, and what was typed on the page is not used.',
  decryptHint: size =>
    `The site will receive what is decrypted (${size}). Yinxin does not show it; agree only for a site that you trust.`,
  oldPin: 'Present PIN of the key',
  newPin: 'New PIN',
  newPinAgain: 'The new PIN once more',
  newPinDiffers: 'The two new PINs are not the same. Type them again.',
  bareSignature: 'Old kind of call: the signature carries no address',
  textToSign: 'Text to sign',
  textIsEncoded:
    'Its content can’t be read (a random number or a digest). Go on only if you pressed login or sign just now.',
  textIsDigest:
    'Content not seen: this may be the digest of a document that Yinxin does not have. Go on only if you trust the site and have seen the document there.',
  textLeftOut: '(the middle is not shown)',
  textDigest: 'Digest (SM3)',
  awaitingPage:
    'Waiting for the site’s next step. If there is one, it is shown here; otherwise this window closes by itself.',

  choose: 'Choose a certificate',
  chooseSeal: 'Choose a seal',
  noSealChosen: 'Choose a seal first',
  looking: 'Looking for your key…',
  findOutWhy: 'Find out why',
  whatToDo: 'What to do',
  encryptionCertificates: count =>
    `${plural(count, 'more certificate is', 'more certificates are')} for encryption, not for logins and signatures.`,
  refresh: 'Look again',
  noKeyYet: 'No usable key yet',
  keyOf: label => `Key: ${label}`,
  keySerial: serial => `Serial ${serial}`,
  demoKey: 'Demo key: can be copied, not for real business',
  initialPin: 'This key still has its initial PIN. Change it soon.',
  kind: { unit: 'Unit', person: 'Person', expert: 'Evaluation expert', unknown: 'Kind of holder not stated' },
  creditCode: 'Unified social credit code',
  organization: 'Unit',
  validUntil: date => `Valid until ${date}`,
  daysLeft: days => `${plural(days, 'day', 'days')} left`,
  endedSince: days => `ended ${plural(days, 'day', 'days')} ago`,
  details: 'Certificate details',
  detailsOf: holder => `Certificate details of “${holder}”`,
  issuer: 'Issuer',
  serial: 'Serial number',
  algorithm: 'Algorithm',
  validFrom: 'Validity',
  fingerprint: 'SHA-256 fingerprint',
  issuedBy: issuer => `issued by ${issuer}`,
  issuedUnder: (issuer, anchor) => `issued by ${issuer}, under ${anchor}`,
  trustNational: (issued, listed) => `Verified: ${issued} (national root’s list of ${listed})`,
  trustAdded: issued => `Verified: ${issued} (added by you or your administrator)`,
  trustItself: 'Verified: you or your administrator added this very certificate',
  trustRefused: 'The check of its issue failed',
  trustRefusedHint: 'Whether to use it is up to you; if in doubt, ask its issuer.',
  trust: 'Check of issue',
  partner: 'Dual certificate',
  partnerEncrypts: 'paired with the encryption certificate in the same key, serial number',
  partnerSigns: 'paired with the signing certificate in the same key, serial number',
  partnerOther: 'paired with another certificate in the same key, serial number',
  unusable: 'Can’t be used for this',
  discloses: (of, what) => {
    const inside = what === '' ? 'no personal data was found in the certificate' : `the certificate holds: ${what}`;
    switch (of.type) {
      case 'login':
        return `With the signature, the site receives the certificate; ${inside}.`;
      case 'sign': {
        const things = sealed(of) > 0 ? 'the seal and the certificate' : 'the certificate';
        return `With the signature, the site receives ${things}; ${inside}.`;
      }
      case 'identify':
      case 'unlock':
      case 'sign-text':
        return `The site receives the certificate; ${inside}.`;
      case 'change-pin':
        return 'The site learns only that the PIN was changed.';
      case 'decrypt':
        return 'With the encryption certificate that goes with this one.';
      case 'seals':
        return `The site receives all data of this seal: its picture, and the certificates that may use it; ${inside}. Nothing is sealed, and no PIN is needed.`;
    }
  },
  disclosed: {
    'unit-name': 'name of the unit',
    'unit-number': 'number of the unit',
    'person-name': 'name of a person',
    'identity-number': 'number of an identity document',
    email: 'e-mail address',
    place: 'place',
  },
  separator: ', ',
  moduleProblems: count => `${plural(count, 'driver', 'drivers')} can’t be used`,

  pin: 'PIN of the key',
  pinHint: length => `${length} characters`,
  pulled: key => `The key “${key}” was pulled`,
  pulledHint: (holder, others) =>
    `Put it back to go on with the certificate of “${holder}”${others ? ', or choose another one' : ''}.`,
  pinNoChoice: 'Choose a certificate first',
  protectedPath: 'This key has a PIN pad of its own: press the button below, then type the PIN on the key.',
  protectedWorking: 'Type the PIN on the key and confirm there.',
  triesLeft: left => `${plural(left, 'try', 'tries')} left`,
  triesLow: 'Was wrong before: check it well',
  triesFew: 'Several wrong PINs lock the key',
  triesFinal: 'Last try: one more wrong PIN locks the key',
  approve: (of, holder) => {
    if (of.type === 'seals') return `Show the seal of 〔${holder}〕 to the site`;
    if (of.type === 'change-pin') return `Change the PIN of 〔${holder}〕’s key`;
    if (of.type === 'decrypt') return `Decrypt with the encryption certificate of 〔${holder}〕`;
    if (of.type === 'identify') return `Show the certificate of 〔${holder}〕 to the site`;
    if (of.type === 'login' && of.purpose === 'bind') return `Bind the certificate as 〔${holder}〕`;
    return `${act(of)} as 〔${holder}〕`;
  },
  cancel: 'Cancel',
  close: 'Close',
  guard: 'The window has just appeared; one moment',

  working: (of, done, total) => {
    const what =
      of.type === 'sign' && sealed(of) > 0
        ? 'Sealing'
        : of.type === 'unlock'
          ? 'Logging in'
          : of.type === 'change-pin'
            ? 'Changing the PIN'
            : of.type === 'decrypt'
              ? 'Decrypting'
              : 'Signing';
    return total > 1 ? `${what}, ${done} of ${total} done` : `${what}…`;
  },
  workingHint: 'Leave the key inserted.',
  done: of => {
    switch (of.type) {
      case 'sign':
        return `${plural(of.documents.length, 'document', 'documents')} ${sealed(of) > 0 ? 'sealed' : 'signed'}`;
      case 'login':
        return of.purpose === 'bind' ? 'Binding proof sent' : 'Login proof sent';
      case 'seals':
        return 'Seal shown';
      case 'identify':
        return 'Certificate shown';
      case 'unlock':
        return 'Logged in';
      case 'sign-text':
        return 'Signed';
      case 'change-pin':
        return 'PIN changed';
      case 'decrypt':
        return 'Decrypted';
    }
  },
  doneHint: 'The site has the result: go on there. This window closes by itself.',
  failedTitle: 'Not completed',
  supportCode: 'Error code',
  openWorkspace: 'Open my certificates',

  calculator: 'Fees',
  menu: 'Menu',
  rooms: { keys: 'My certificates', guide: 'Guide', check: 'Check', history: 'History', settings: 'Settings' },
  advanced: 'Advanced',
  adviceTitle: 'Next step',
  adviceHealthy: 'Nothing was found that needs doing.',
  adviceLooking: 'Looking at the host program and keys…',
  adviceOthers: (count, which) => `${count} more: ${which.join('; ')}`,
  adviceAbout: (holder, key) =>
    `${[...(holder === undefined ? [] : [`“${holder}”`]), ...(key === undefined ? [] : [`key ${key}`])].join(', ')}:`,
  adviceGuide: heading => `The platform may say: ${heading}`,
  adviceCertificateName: 'Name in the certificate',
  adviceAccountName: 'Name of the account',
  adviceWho: (who, asked) => {
    const words = {
      user: ['You can do this yourself', '; if it does not work, ask:'],
      ca: ['The CA does this', '; ask:'],
      platform: ['The platform does this', '; ask:'],
      administrator: ['Ask whoever looks after this computer', ', or:'],
      depends: ['Who can do it depends on the cause', '; ask:'],
    } as const;
    const [first, then] = words[who];
    return first + (asked ? then : '.');
  },
  adviceReport: 'Make the report under “Check”',
  adviceCalendar: 'Put it into your calendar (.ics file)',
  adviceEvidence: 'What was found',
  adviceToLookAt: 'to be looked at',
  adviceAsk: 'The platform gave you a message? See what it means',
  adviceAskLabel: 'The message',
  adviceAskButton: 'Explain',
  adviceKnown: 'Choose from the usual messages',
  adviceExactly: 'This is what is found on this computer:',
  adviceMeaning: 'What the message means:',
  comparedAccount: 'Account that is compared: ',
  comparedAccountLead:
    'As the site told it at the last login; kept in memory only, and forgotten when the browser closes.',
  comparedAccountForget: 'Forget this account',
  doctor: 'Check-up',
  doctorLead:
    'Looks at every part from the browser to the key, and finds what does not work. It uses no PIN and changes nothing.',
  doctorStart: 'Check',
  doctorAgain: 'Check again',
  doctorAt: what => `Looking at: ${what}…`,
  doctorHealthy: count => `${count} things looked at; nothing is wrong.`,
  doctorWrong: wrong => (wrong === 1 ? 'One thing needs to be dealt with.' : `${wrong} things need to be dealt with.`),
  doctorWhen: time => `Looked at on ${time}`,
  doctorRest: (good, others) =>
    [
      ...(good > 0 || others === 0 ? [`${good} in order`] : []),
      ...(others > 0 ? [`${others} with nothing to do`] : []),
    ].join(', '),
  doctorAll: count => `Show all ${count}`,
  doctorOutdated: 'A key was changed or looked for since. Check again.',
  doctorWrongResults: 'To be dealt with',
  doctorResults: 'In order',
  doctorKinds: {
    browser: 'Browser',
    extension: 'Extension',
    site: 'Permission for a site',
    bridge: 'Calls to another client',
    host: 'Host program',
    configuration: 'The host’s configuration',
    registration: 'Registration with a browser',
    'reader-service': 'Service for readers',
    'usb-device': 'USB device',
    module: 'Driver',
    key: 'Key',
    certificates: 'Certificates in a key',
    chain: 'Issuers of certificates',
    seals: 'Seals in a key',
    'test-signature': 'Test signature',
  },
  doctorStates: { ok: 'In order', warning: 'Deal with it', failed: 'Does not work', skipped: 'Nothing to do' },
  doctorValues: {
    yes: 'yes',
    no: 'no',
    none: 'none',
    ok: 'good',
    locked: 'locked',
    'one try left': 'one try left',
    'a wrong one was entered': 'a wrong one was entered before',
    'a signature is under way': 'a signature',
    'all users; an administrator can change it': 'all users; an administrator can change it',
    'not asked on this system': 'not asked on this system',
    'the certificate itself': 'the certificate itself',
    'this user': 'this user',
  },
  doctorSiteClosed: 'The browser does not let Yinxin work on this site.',
  doctorSiteRemedy: 'To use Yinxin there, allow it again, then reload the site’s page.',
  doctorAllow: 'Ask the browser for permission',
  doctorAllowOf: origin => `Ask the browser for permission for ${origin}`,
  doctorNotAllowed: 'The browser did not allow it. Its settings of extensions can also let Yinxin work on this site.',
  repairPlan: 'Show the repair',
  repairRemedy: 'Press “Show the repair”, and Yinxin registers it for you. Then restart the browser.',
  repairAdvice: 'Yinxin can register it for you. Restart the browser afterwards.',
  repairPlanOf: browser => `Show the repair of the registration with ${browser}`,
  repairTitle: 'The repair changes this file, and can be undone:',
  repairPath: 'File',
  repairBefore: 'What it says now',
  repairAfter: 'What it will say',
  repairAbsent: '(there is no such file)',
  repairRemoved: '(the file is removed)',
  repairDo: 'Do this',
  repairCancel: 'Leave it',
  repairDone: path => `Repaired: ${path}. Restart the browser.`,
  repairUndo: 'Undo the repair',
  repairUndone: path => `Undone; the file is as it was: ${path}.`,
  repairNothing: 'There is nothing to change.',
  repairLink: 'Repair it in the check-up',
  signTest: 'Test signature',
  signTestLead:
    'Signs once with the chosen certificate, to see whether all of the way works. It logs in nowhere, and the signature is sent nowhere.',
  signTestUses: 'The test needs the PIN: a wrong one uses up a try.',
  signTestLast:
    'Only one try is left, and another wrong PIN locks the key. If you are not sure of it, don’t test; ask the issuer first.',
  signTestNone: 'There is no certificate that can sign.',
  signTestButton: 'Make a test signature',
  signTestWorking: 'Signing; leave the key inserted…',
  signTestGood: 'Signed, and the signature verifies.',
  signTestBusy: 'A page’s request is using the key. Complete or cancel it, then test. No try was used.',
  report: 'A report for support',
  reportFor:
    'Send the report to whoever helps you: the platform for the computer, drivers and accounts; the issuer for certificates, seals and PINs.',
  reportMake: 'Make the report',
  reportLead: 'The report leaves this computer only when you save or copy it. Read it first:',
  reportOmits:
    'It leaves out PINs, content of files, names and codes of holders and units, labels and serial numbers of keys, and sites that you added; your own folder is written ~.',
  reportText: 'The whole report',
  reportSave: 'Save as a file',
  reportCopy: { copy: 'Copy', copied: 'Copied', copyFailed: 'Not copied' },
  reportTitle: 'Check-up by Yinxin',
  reportOutdated: 'A key was changed since.',
  reportAddedSite: number => `Added site ${number}`,
  reportKey: number => `no. ${number}`,
  reportHidden: '(left out)',
  adviceFails:
    'Yinxin could not work out advice. Keys and certificates show as ever. Look again; if it stays so, tell us the error code.',
  seeAdvice: 'What to do: see “Next step”',
  proceduresTitle: 'Procedures',
  proceduresLead:
    'After the guide of Sichuan CA and the platform. All of this is done in the CA’s hall, in i信, at a counter or on the platform; Yinxin can’t do it for you. Where it can see a step’s result in the key, the step is marked “Done” as soon as the key is inserted again.',
  proceduresDue: 'To be done now',
  proceduresOthers: 'Other procedures',
  procedureHow: 'Step by step: ',
  procedureWay: {
    online: 'Online',
    counter: 'At a counter',
    platform: 'On the platform',
    machine: 'On this computer',
    ask: 'Ask first',
  },
  procedureWho: 'Who may',
  procedureEverybody: 'Every role',
  procedureBring: 'What you need',
  procedureTime: 'Time',
  procedureTimeOpen: 'The guide does not say',
  procedureCost: 'Cost',
  procedureAmount: yuan => (yuan === '0' ? 'No extra charge' : `¥${yuan}`),
  procedureRange: (from, to) => `¥${from} to ¥${to}`,
  procedureCalculator: 'Work it out in the fee calculator',
  procedureFirst: 'Before you begin',
  procedureSteps: 'Steps',
  procedureNotes: 'To know as well',
  procedurePrint: 'Print',
  firstWords: { done: 'Met:', open: 'Not met yet:' },
  taskWords: { done: 'Done:', open: 'No result seen yet:' },
  tasksDone: (done, all) => (done === all ? 'Done' : `${done} of ${all} done`),
  colon: ': ',
  host: 'Host program',
  hostReady: 'The host program works',
  hostFails: 'The host program can’t be used yet.',
  hostLooking: 'Connecting to the host program…',
  extensionVersion: version => `Extension ${version}`,
  keys: 'Keys and certificates',
  noKey: 'No key found',
  noKeyHint: 'This page updates by itself when you insert one.',
  keysUnknown: 'Once the host program works, the certificates in your key appear here.',
  renewalFees: seals =>
    seals === 0 ? 'Renewal (without a seal): ' : `Renewal (with ${plural(seals, 'seal', 'seals')}): `,
  renewalTerm: (years, yuan) => `${plural(years, 'year', 'years')} ¥${yuan}`,
  renewalDetails: 'Renewal: what it costs',
  renewalDetailsOf: holder => `Renewal: what it costs for “${holder}”`,
  renewalReference: 'Sichuan CA’s tariff, for reference',
  renewalReferenceOf: holder => `Sichuan CA’s tariff, for reference, with “${holder}”`,
  renewalWhere:
    'You apply for renewal in Sichuan CA’s hall and complete it in the assistant i信. Yinxin tells you fees and steps; it can’t renew for you.',
  renewalSeals: read =>
    read > 0
      ? `${plural(read, 'seal', 'seals')} that this certificate may use ${read === 1 ? 'was' : 'were'} read from the key, and counted here. If that is not so, enter your number; 0 for none.`
      : 'No seal that this certificate may use was read from the key; 1 is assumed. Enter your number; 0 for none.',
  renewalRoleOpen: 'Not stated',
  renewalPayerOpen:
    'The tariff tells how units pay; this certificate does not say that it is a unit’s. Ask before you pay.',
  renewalUnpriced: 'The tariff of Sichuan CA can’t tell what the renewal of this certificate costs. Ask its issuer.',
  renewalHow: 'Step by step, under “Procedures”',
  renewalCalculator: 'Open in the fee calculator',
  modules: 'Drivers',
  moduleWorks: 'works',
  sites: 'Sites that may use Yinxin',
  sitesLead: 'Only these sites may ask you to log in or sign, and each time you decide in Yinxin’s own window.',
  sitesListed: 'Listed by Yinxin',
  sessionOf: origin => `${origin} is logged in with your key`,
  endSession: 'End',
  bridges: 'Sites that call another client',
  bridgesLead:
    'Pages of these sites call another client on the computer. Switched on, Yinxin answers instead, and no other client is needed; other sites are not affected.',
  bridgeAllows:
    'Switched on, the site’s pages can ask to read a certificate, to log in, to sign, to decrypt and to change the PIN. Yinxin’s own window shows it first, and nothing happens without your press. Only a certificate that you have shown, and the state of the login, can be read again unasked, for fifteen minutes at most. The page behind Yinxin’s icon ends a login at any time.',
  bridgeGivesUp:
    'Mind: such old signatures carry no address, so that if the site is taken over they may be used elsewhere; the site itself sees a PIN that you type on its page (Yinxin tries it once); and the browser may ask whether the site may reach this computer, which opens its other services to the site as well.',
  bridgeOn: 'Switch on',
  bridgeOff: 'Switch off',
  bridgeIsOn: 'On',
  bridgeManaged: 'Switched on by your administrator',
  bridgeForbidden: 'The browser does not allow it yet: press “Switch on”, and agree to its question.',
  bridgeRefused: 'Not switched on: the browser was not allowed to.',
  bridgeCalls: programs => `calls “${programs}”`,
  bridgeCallsAny: 'may call any client',
  bridgeNamed: (what, origin) => `${what}: ${origin}`,
  bridgeReload: 'Reload pages that are open already.',
  sitesListedNote: 'Listed means that Yinxin lets them ask; the sites themselves do not call Yinxin yet.',
  sitesManaged: 'Allowed by your administrator',
  sitePermitted: origin => `${origin} is allowed. Reload its page.`,
  sitesAdded: 'Added by you',
  siteKind: { portal: 'Portal', hall: 'CA’s service hall', added: 'Logs in and signs' },
  addedOn: date => `Added on ${date}`,
  addSite: 'Add a site',
  addSiteLabel: 'Address of the site',
  addSiteHint: 'For example https://portal.example. Add only sites that you trust.',
  add: 'Add',
  remove: 'Remove',
  removeNamed: origin => `Remove ${origin}`,
  siteAdded: origin => `${origin} was added. Reload its page.`,
  siteRemoved: origin => `${origin} was removed.`,
  siteRefused: 'The browser gave no permission; nothing was added.',
  siteProblem: {
    malformed: 'This is not the address of a site.',
    insecure: 'Only sites with an encrypted connection (https) can be added.',
    listed: 'Yinxin lists this site already.',
  },
  anchors: 'Trusted issuers',
  anchorsBuiltIn: (count, listed) =>
    `Yinxin knows the Chinese national SM2 root (NRCAC ROOTCA) and, from the list of ${listed}, ${count} issuers’ certificates under it, by name, public key and validity.`,
  anchorsMeaning:
    'You can add other issuers. Certificates that they issue then show as verified; whether you can use your own does not depend on it.',
  anchorByUser: 'Added by you',
  anchorByPolicy: 'Set by your administrator',
  anchorName: 'Whole name',
  anchorChoose: 'Choose a certificate file…',
  anchorHint:
    'Or drop the file here: DER, CER, CRT, PEM or P7B. Add only certificates from a source that you trust, and compare the fingerprint.',
  anchorReading: 'Reading the file…',
  anchorsFull: limit => `The limit of ${limit} is reached. Remove what you don’t need, then add.`,
  anchorsAdded: names => `Added: ${names}.`,
  anchorsPresent: 'The certificates in the file are on the list already; nothing changed.',
  anchorRemoved: name => `“${name}” was removed.`,
  anchorGone: 'This issuer is not on the list any more.',
  anchorsStorage:
    'The browser could not read or keep the whole list. What can’t be read counts as not added; logging in and signing go on.',
  anchorsPolicy:
    'Some issuers that your administrator set can’t be read and are passed over; logging in and signing go on.',
  anchorsUnchanged: 'No certificate was added.',
  anchorFileHint: 'Choose the file of an issuer’s certificate (DER, CER, CRT, PEM or P7B).',
  anchorTooLarge: 'The file is too large for certificates.',
  anchorOneFile: 'Add one file at a time.',
  anchorFileUnreadable: 'The browser can’t read this file; it may have been moved or changed.',
  siteLastUse: date => `Last used: ${date}`,
  history: 'History',
  historyLead: limit =>
    `Your logins, signatures and seals on sites: the last ${limit} at most. Kept on this device only, without PINs and contents of documents; of a text that you signed, with its beginning. Nothing from private windows is kept.`,
  historyOff: 'Shared-computer mode is on: no history is kept.',
  historyLeft: count =>
    `${plural(count, 'entry', 'entries')} from before shared-computer mode ${count === 1 ? 'is' : 'are'} still on this device. Erase the history if others should not see it.`,
  historyEmpty: 'Nothing yet. A login, signature or seal appears here once it is done.',
  historySites: 'See which sites may use Yinxin',
  historySummary: (count, last) => `${plural(count, 'time', 'times')}, last on ${last}`,
  historyNotAllowed: 'May not ask any more',
  historyShow: 'Show entries',
  historyShowOf: origin => `Show the entries of ${origin}`,
  historyMore: count => `Show ${count} more`,
  historyActs: {
    login: 'Login',
    bind: 'First binding of the certificate',
    sign: 'Documents signed',
    'sign-text': 'A text signed',
    seal: 'Documents sealed',
    'show-seal': 'Seal shown',
    'change-pin': 'PIN changed',
    decrypt: 'Data decrypted',
  },
  historySeal: 'Seal',
  historyCertificate: 'Certificate',
  historyDigests: 'Digests and certificate',
  historyColumns: [
    'Time (Beijing)',
    'Site',
    'Act',
    'Format',
    'Document (the site’s name)',
    'SM3',
    'Note',
    'Holder',
    'Certificate’s SHA-256',
    'Seal',
  ],
  historyCsv: 'Save as a table (CSV)',
  historyJson: 'Save the history (JSON)',
  historyErase: 'Erase',
  historyEraseOf: origin => `Erase the entries of ${origin}`,
  historyEraseAll: 'Erase the whole history',
  historyEraseLeft: 'Erase the whole history from before',
  historyEraseQuestion: (origin, count) =>
    `Erase ${plural(count, 'entry', 'entries')} of ${origin}? This can’t be undone.`,
  historyEraseAllQuestion: count => `Erase all ${plural(count, 'entry', 'entries')}? This can’t be undone.`,
  historyErased: 'Erased.',
  historyNotErased: 'The browser did not erase the history. Try again.',
  eraseKeep: 'Keep',
  eraseNow: 'Erase now',
  settings: 'Settings',
  settingManaged: 'Set by your administrator',
  settingsNotKept: 'The browser did not keep the change. Try again.',
  language: 'Language',
  languages: { auto: 'As the browser', 'zh-CN': '中文', en: 'English' },
  noticeDays: 'Notices before a certificate ends',
  noticeDaysHint:
    'Before and after the end, the number of certificates stands on Yinxin’s icon, with a notice among your certificates: once for each time. Choose none for no notices.',
  daysBefore: days => `${days} days before`,
  sharedComputer: 'Shared computer',
  sharedComputerOn: 'Shared-computer mode',
  sharedComputerHint:
    'For a computer that several people use: no history, no memory of certificates seen, and “first use” marks go when the browser closes.',
  noticeOf: (holder, key) =>
    `The certificate of “${holder}”${key === undefined ? '' : ` in the key ${key}`}, or its seal,`,
  noticeUnnamed: 'A certificate used on this device, or its seal,',
  notice: (whose, days, date) => {
    if (days < 0) return `${whose} ended on ${date}.`;
    return days === 0 ? `${whose} ends today.` : `${whose} ends in ${plural(days, 'day', 'days')} (${date}).`;
  },
  noticesTold: 'The number on the icon is about this.',
  noticesNoted: 'Noted',
  about: 'About Yinxin',
  independence:
    'Yinxin is independent open-source software. It is not a product of Sichuan CA, of a finance department or of the platform, and is not authorised by them.',
  aboutPin:
    'The PIN that you type in Yinxin’s window goes to the key only. It is never sent to a site and never written to disk. After a login of a site that calls another client it stays in memory, for fifteen minutes at most.',
  aboutLimits:
    'Pages of the Sichuan government procurement site call the 统一安全认证客户端. Yinxin can answer in its place (see “Sites that call another client”), which was never tried with the site. Certificates are still renewed in i信.',
  licence: 'Licence: MIT or Apache-2.0',
  sealsOf: holder => `Seals that “${holder}” may use`,
  otherSeals: 'Other seals in this key',

  popupWaiting: count => `${plural(count, 'window waits', 'windows wait')} for you`,
  popupKeys: 'Certificates in the key',
  popupMore: 'More',
  popupHow: 'See what to do',
  popupNothing: 'All is well. There is nothing to do.',

  sealStandard: national => (national ? 'National standard' : 'Old standard'),
  sealMaker: 'Maker',
  sealMakerListed: 'Maker verified: you or your administrator added its certificate',
  sealMakerUnlisted: usable => `Maker not verified${usable ? '. You can use the seal all the same' : ''}`,
  sealDetails: 'Seal details',
  sealDetailsOf: name => `Seal details of “${name}”`,
  sealStandardName: 'Standard',
  sealSize: 'Size',
  millimetres: (width, height) => `${width} × ${height} mm`,
};

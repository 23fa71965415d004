//! What is told of an answer: what speaks against it, what is open, what to know; and the one thing to do next.

import type { Locale } from '@yinxin/proto';
import { wordsOf } from '@yinxin/ui/language.js';
import type { Answer, DocumentSignature, Finding } from './check/report.js';
import { textsOf } from './texts.js';

export type Judged = Exclude<Answer, { is: 'unreadable' | 'unfinished' }>;

/** An answer about a document. */
export type DocumentAnswer = Extract<Judged, { is: 'pdf' | 'ofd' }>;

export function isDocument(answer: Judged): answer is DocumentAnswer {
  return answer.is === 'pdf' || answer.is === 'ofd';
}

/** Whose words an answer has: with one signature a document is as that. */
export function wordsAs(answer: Judged): Judged['is'] {
  if (!isDocument(answer)) return answer.is;
  const [first, second] = answer.signatures;
  if (!first || second) return answer.is;
  return first.seal ? 'seal-signature' : 'cms';
}

/** What is to be done about an answer. */
export type Step =
  /** Nothing; or, of the seal of an OFD, to look at its pages. */
  | 'good'
  | 'good-signature-xml'
  /** A document without a signature inside: there may be one apart. */
  | 'unsigned'
  /** The file that was given is not what was signed, and nothing else is wrong. */
  | 'original'
  | 'wrong'
  /** What would confirm it is not at hand. */
  | 'content'
  | 'maker'
  | 'ca'
  | 'signer'
  | 'issuer'
  /** It was not valid at the time for which it is judged. */
  | 'time'
  | 'other';

/** Each thing that was found, once, however often it was found: what counts is what is listed. */
export interface Told {
  /** What speaks against it. */
  readonly problems: readonly Finding[];
  /** What would have to be known, and what speaks against nothing. */
  readonly open: readonly Finding[];
  readonly warnings: readonly Finding[];
}

export function told(answer: Judged): Told {
  const { is, findings, open } = answer;
  const seen = new Set<string>();
  const once = findings.filter(finding => {
    // A place counts where the words depend on it.
    const place =
      is === 'seal-signature' && finding.code === 'signature-invalid' ? finding.place : signatureOf(answer, finding);
    const key = JSON.stringify([finding.severity, finding.code, finding.params, place]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const fatal = once.filter(({ severity }) => severity === 'fatal');
  const isOpen = ({ code }: Finding) => open.includes(code);
  return {
    problems: fatal.filter(finding => !isOpen(finding)),
    open: fatal.filter(isOpen),
    warnings: once.filter(({ severity }) => severity === 'warning'),
  };
}

/** Whether something speaks against one of the signers of a CMS. */
export function speaksAgainst({ findings, open }: Judged, signer: number): boolean {
  return findings.some(
    ({ severity, code, place }) =>
      severity === 'fatal' && !open.includes(code) && place?.startsWith(`signers[${signer}]`) === true,
  );
}

/** Codes of what a step is about. */
const ABOUT: Partial<Record<Step, readonly string[]>> = {
  content: ['content-missing'],
  maker: ['seal-maker-unknown'],
  ca: ['issuer-unknown', 'root-unavailable'],
  signer: ['signer-certificate-missing'],
  issuer: ['issuer-unknown', 'root-unavailable'],
  time: ['certificate-expired', 'certificate-not-yet-valid', 'seal-expired', 'seal-not-yet-valid'],
};

/** The one thing to do. */
export function stepOf(answer: Judged): Step {
  const { outcome, offer } = answer;
  if (isUnsigned(answer)) return 'unsigned';
  if (outcome === 'good') return isOfSignatureXml(answer) ? 'good-signature-xml' : 'good';
  const { problems, open } = told(answer);
  if (outcome === 'wrong') {
    const differs = 'content' in answer && answer.content?.differs === true;
    return differs && problems.every(({ code }) => code === 'content-changed') ? 'original' : 'wrong';
  }
  const steps = ['content', ...(offer ? [offer.purpose] : []), 'signer', 'issuer', 'time'] as const;
  const isAbout = (step: Step) => open.some(({ code }) => ABOUT[step]?.includes(code));
  return steps.find(isAbout) ?? 'other';
}

/** What a verdict that is not good says first: what the step is about, and how much more there is. */
export function reasonOf(answer: Judged, locale: Locale): string {
  const t = textsOf(locale);
  const step = stepOf(answer);
  if (step === 'unsigned') return t.unsignedHint;
  const { problems, open } = told(answer);
  const all = problems.length > 0 ? problems : open;
  const first = all.find(({ code }) => ABOUT[step]?.includes(code)) ?? all[0];
  const others = problems.length > 0 ? t.moreProblems(all.length - 1) : t.moreOpen(all.length - 1);
  return t.sentences([
    step === 'original' ? t.originalDiffers : first ? messageOf(answer, first, locale) : '',
    all.length > 1 ? others : '',
  ]);
}

/** A finding in words. Of a seal they are a seal's, where the catalogue's are those of a signature. */
export function messageOf(answer: Judged, finding: Finding, locale: Locale): string {
  const { ofSeals } = textsOf(locale);
  const signature = inDocument(answer, finding);
  const is = signature?.signature.seal ? 'seal-signature' : answer.is;
  const place = signature ? signature.place : finding.place;
  if (is === 'seal-signature') {
    if (finding.code === 'content-changed') return ofSeals.contentChanged;
    if (finding.code === 'content-missing') return ofSeals.contentMissing;
    if (finding.code === 'signature-invalid' && place === 'signature') return ofSeals.sealingInvalid;
  }
  const ofMaker = is === 'seal' ? 'signature' : is === 'seal-signature' ? 'seal.signature' : '';
  if (finding.code === 'signature-invalid' && place === ofMaker) return ofSeals.makerInvalid;
  return wordsOf(finding, locale).message;
}

/** Which of several signatures of a document it is about, from 1. */
export function signatureOf(answer: Judged, finding: Finding): number | undefined {
  const signature = inDocument(answer, finding);
  return signature && isDocument(answer) && answer.signatures.length > 1 ? signature.at + 1 : undefined;
}

/** The signature of a document that a finding is about, and where in that. */
function inDocument(answer: Judged, { place = '' }: Finding) {
  if (!isDocument(answer)) return undefined;
  const [, at = '', inside = ''] = /^signatures\[(\d+)\]\.?(.*)$/.exec(place) ?? [];
  const signature = answer.signatures[Number(at)];
  return at !== '' && signature ? { at: Number(at), signature, place: inside } : undefined;
}

/** Codes of what leaves it open that a signature was made over the file as it is. */
const UNPROVEN: readonly string[] = [
  'content-changed',
  'signature-invalid',
  'pdf-signature-malformed',
  'algorithm-not-supported',
  'signer-certificate-missing',
  'cms-unreadable',
  'seal-unreadable',
  'ofd-unreadable',
  'ofd-part-missing',
];

/** Places of what is not the signature itself: its parts, what came after it, its certificates, its seal, its time stamp. */
const BESIDE = /^(covered|open|changes|stamps|seal|timeStamp)\b|\bpath\[/;

/** Whether a signature of a document holds by itself, whoever made it: else nothing shows that it covers what it names. */
export function holds(answer: DocumentAnswer, at: number): boolean {
  return !answer.findings.some(finding => {
    const inside = inDocument(answer, finding);
    const isOwn = inside?.at === at && !BESIDE.test(inside.place);
    return isOwn && finding.severity === 'fatal' && UNPROVEN.includes(finding.code);
  });
}

/** It is a document without a signature inside. */
export function isUnsigned(answer: Judged): boolean {
  return isDocument(answer) && answer.signatures.length === 0;
}

/** It attests a time, and nothing else. */
export function isTimeStamp({ inside }: DocumentSignature): boolean {
  return inside.is === 'pdf' && inside.signature.kind === 'ETSI.RFC3161';
}

/** The time before which a signature was there, by a time stamp over the document that was added after it. */
export function laterStamp(signatures: readonly DocumentSignature[], at: number): string | undefined {
  const stamp = signatures.slice(at + 1).find(one => isTimeStamp(one) && one.stampedTime !== undefined);
  return stamp?.stampedTime;
}

/** It belongs to an OFD, whose pages are listed in what it covers, and not looked at here. */
export function isOfSignatureXml(answer: Judged): boolean {
  return answer.is === 'seal-signature' && /signature\.xml$/i.test(answer.propertyInfo);
}

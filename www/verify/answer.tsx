//! An answer: the verdict and the one next step, who and what it is about, what was found, and the evidence beneath.

import type { CatalogueError, Locale } from '@yinxin/proto';
import { FileButton } from '@yinxin/ui/file.js';
import { size, time, visible, wordsOf } from '@yinxin/ui/language.js';
import { Foreign, Message, type Tone } from '@yinxin/ui/parts.js';
import type { ComponentChildren, ComponentType } from 'preact';
import { useId } from 'preact/hooks';
import type { Answer, Content, Described, Outcome, Purpose, SealFacts } from './check/report.js';
import {
  CertificatePairs,
  ClaimedTime,
  Digest,
  EvidencePart,
  Pair,
  Pairs,
  Part,
  SealPairs,
  SealPart,
  SealPicture,
  Who,
} from './facts.js';
import {
  type DocumentAnswer,
  isDocument,
  isOfSignatureXml,
  isTimeStamp,
  isUnsigned,
  type Judged,
  laterStamp,
  reasonOf,
  speaksAgainst,
  stepOf,
  wordsAs,
} from './findings.js';
import { FindingEvidence, Findings } from './found.js';
import { grouped, textsOf } from './texts.js';

/** What the next step may do. */
export interface Act {
  take(files: Iterable<File>, asContent?: boolean): void;
  /** Takes a file in the place of one that was given. */
  replace(id: number, file: File): void;
  judgeAt(at: string): void;
  accept(purpose: Purpose, certificates: readonly Described[]): void;
  /** A file that was given, by its number. */
  fileOf(id: number): File | undefined;
  /** What shows documents: there where an answer is about one. */
  readonly documents: DocumentViews | undefined;
}

/** The parts of an answer about a document; in a script of their own. */
export interface DocumentViews {
  readonly Signatures: ComponentType<{ answer: DocumentAnswer; locale: Locale }>;
  readonly DocumentEvidence: ComponentType<{ answer: DocumentAnswer; locale: Locale }>;
  readonly DocumentPages: ComponentType<{ answer: DocumentAnswer; file: File; locale: Locale }>;
}

/** The verdict in a few words. */
export function titleOf(answer: Answer, locale: Locale): string {
  const t = textsOf(locale);
  if (answer.is === 'unfinished') return t.unfinished;
  if (answer.is === 'unreadable') return answer.error.code === 'document-too-large' ? t.tooLargeTitle : t.unreadable;
  const step = stepOf(answer);
  if (step === 'unsigned' && (answer.is === 'pdf' || answer.is === 'ofd')) return t.unsigned[answer.is];
  if (step === 'time' && (answer.is === 'certificate' || answer.is === 'seal')) return t.untimely[answer.is];
  if (step === 'original' && 'content' in answer) return t.otherOriginal[answer.is];
  return t.verdict[wordsAs(answer)][answer.outcome];
}

/** How it looks: what is merely not known yet is no warning. */
function toneOf(answer: Judged): Tone {
  if (stepOf(answer) === 'unsigned') return 'plain';
  if (answer.outcome === 'unconfirmed') return stepOf(answer) === 'time' ? 'warning' : 'plain';
  return answer.outcome === 'good' ? 'good' : 'error';
}

/** An answer about one file. */
export function AnswerView({ answer, locale, act }: { answer: Answer; locale: Locale; act: Act }) {
  const t = textsOf(locale);
  const title = useId();
  if (answer.is === 'unreadable' || answer.is === 'unfinished') {
    return (
      <article class="card answer" aria-labelledby={title}>
        <Message tone="error">
          <h3 id={title} class="verdict" tabIndex={-1}>
            {titleOf(answer, locale)}
          </h3>
          {answer.is === 'unfinished' && <p>{t.unfinishedHint}</p>}
          {answer.is === 'unreadable' && (
            <>
              {isDamaged(answer.error) && <p>{t.unreadableAs(t.kindNames[answer.kind])}</p>}
              <p>{wordsOf(answer.error, locale).message}</p>
            </>
          )}
        </Message>
        <FileLine name={answer.file.name} bytes={answer.file.size} locale={locale} />
        <Step locale={locale}>
          <p>{nextUnreadable(answer, locale)}</p>
        </Step>
      </article>
    );
  }
  const of = isDocument(answer) ? act.documents : undefined;
  const file = answer.is === 'ofd' ? act.fileOf(answer.id) : undefined;
  const kind = file ? ' answer-ofd' : '';
  return (
    <article class={`card answer answer-${outcomeOf(answer)}${kind}`} aria-labelledby={title}>
      <Message tone={toneOf(answer)}>
        <h3 id={title} class="verdict" tabIndex={-1}>
          {titleOf(answer, locale)}
        </h3>
        <p>{answer.outcome === 'good' ? visible(answer.summary[locale]) : reasonOf(answer, locale)}</p>
      </Message>
      <FileLine name={answer.file.name} bytes={answer.file.size} locale={locale} />
      <div class="answer-step">
        {sealOf(answer) && !file ? (
          <div class="seal-first">
            <NextStep answer={answer} locale={locale} act={act} />
            <SealPicture seal={sealOf(answer) as SealFacts} locale={locale} />
          </div>
        ) : (
          <NextStep answer={answer} locale={locale} act={act} />
        )}
        {answer.is === 'pdf' && <p class="quiet">{t.pdfNotDrawn}</p>}
      </div>
      {of && isDocument(answer) && file && (
        <div class="answer-pages no-print">
          <of.DocumentPages answer={answer} file={file} locale={locale} />
        </div>
      )}
      <div class="answer-details">
        {/* What keeps it from being good comes before whom it names. */}
        {outcomeOf(answer) !== 'good' && outcomeOf(answer) !== 'unsigned' && (
          <Findings answer={answer} locale={locale} />
        )}
        {/* That nobody signed is said; what else was found in it is not left to who looks for evidence. */}
        {outcomeOf(answer) === 'unsigned' && answer.findings.length > 1 && (
          <Part title={t.findings}>
            <FindingEvidence answer={answer} locale={locale} />
          </Part>
        )}
        {of && isDocument(answer) && <of.Signatures answer={answer} locale={locale} />}
        {answer.is === 'cms' && <Signers answer={answer} locale={locale} />}
        {answer.is === 'seal-signature' && (
          <Part title={t.sealer + (answer.outcome === 'good' ? '' : t.unverified)}>
            <Pairs>
              <Who certificate={answer.certificate} locale={locale} />
              <ClaimedTime is={answer.is} time={answer.claimedTime} locale={locale} />
            </Pairs>
          </Part>
        )}
        {(answer.is === 'seal' || answer.is === 'seal-signature') && (
          <SealPart seal={answer.seal} isGood={answer.outcome === 'good'} locale={locale} />
        )}
        {answer.is === 'certificate' && (
          <Part title={t.certificate + (answer.outcome === 'good' ? '' : t.unverified)}>
            <Pairs>
              <Who certificate={answer.certificate} locale={locale} />
            </Pairs>
          </Part>
        )}
        <Covered answer={answer} locale={locale} />
        {answer.outcome === 'good' && <Findings answer={answer} locale={locale} />}
        <Evidence answer={answer} locale={locale} />
        {of && isDocument(answer) && <of.DocumentEvidence answer={answer} locale={locale} />}
      </div>
    </article>
  );
}

/** What it comes to; that nobody signed a document inside is no answer about a signature. */
function outcomeOf(answer: Judged): Outcome | 'unsigned' {
  return isUnsigned(answer) ? 'unsigned' : answer.outcome;
}

/** The seal that is looked at first. */
function sealOf(answer: Judged): SealFacts | undefined {
  if ('seal' in answer) return answer.seal;
  return 'signatures' in answer ? answer.signatures.find(({ seal }) => seal)?.seal : undefined;
}

/** The kinds of files that are refused for what they are, and not for being damaged. */
function isDamaged({ code }: CatalogueError): boolean {
  return code !== 'document-too-large' && code !== 'pdf-encrypted';
}

function nextUnreadable(answer: Exclude<Answer, Judged>, locale: Locale): string {
  const t = textsOf(locale);
  if (answer.is === 'unfinished') return t.nextUnfinished;
  if (answer.error.code === 'document-too-large') return t.nextTooLarge;
  return answer.error.code === 'pdf-encrypted' ? wordsOf(answer.error, locale).remedy : t.nextUnreadable;
}

function FileLine({ name, bytes, locale }: { name: string; bytes: number; locale: Locale }) {
  const t = textsOf(locale);
  return (
    <p class="quiet file-line">
      <bdi>{t.of(visible(name))}</bdi> · {size(bytes, locale)}
    </p>
  );
}

/** What to do, one thing only. */
function NextStep({ answer, locale, act }: { answer: Judged; locale: Locale; act: Act }) {
  const t = textsOf(locale);
  const step = stepOf(answer);
  const { is, offer } = answer;
  switch (step) {
    case 'good':
      return <Step locale={locale}>{t.nextGood}</Step>;
    case 'good-signature-xml':
      return <Step locale={locale}>{t.nextSignatureXml}</Step>;
    case 'wrong':
      return <Step locale={locale}>{t.nextWrong(t.whom[wordsAs(answer)])}</Step>;
    case 'unsigned':
      return (
        <Step locale={locale}>
          <p>{t.nextUnsigned}</p>
          <div>
            <FileButton accept="" kind="secondary" multiple take={(...files) => act.take(files)}>
              {t.addSignature}
            </FileButton>
          </div>
        </Step>
      );
    case 'original':
    case 'content': {
      if (is !== 'cms' && is !== 'seal-signature') return null;
      const given = answer.content?.id;
      const take = (file: File) => (given === undefined ? act.take([file], true) : act.replace(given, file));
      const isOther = step === 'original';
      return (
        <Step locale={locale}>
          <p>{isOther ? t.nextOriginal : t.nextContent[is]}</p>
          <div>
            <FileButton accept="" kind="primary" take={take}>
              {isOther ? t.changeOriginal : t.addContent}
            </FileButton>
          </div>
          {isOther && <p class="quiet">{t.nextOriginalStill[is]}</p>}
        </Step>
      );
    }
    case 'maker':
    case 'ca':
      if (!offer) return null;
      return (
        <Step locale={locale}>
          <p>{step === 'maker' ? t.nextMaker : t.nextCa}</p>
          <div class="offer">
            <p class="strong">
              <Foreign>{offer.view.name}</Foreign>
            </p>
            <p class="fingerprint code">SHA-256 {grouped(offer.view.certificate)}</p>
          </div>
          <div>
            <button type="button" class="primary" onClick={() => act.accept(offer.purpose, [offer])}>
              {step === 'maker' ? t.acceptMaker : t.acceptCa}
            </button>
          </div>
          <p class="quiet">{t.acceptHint}</p>
        </Step>
      );
    case 'signer':
    case 'issuer':
      return (
        <Step locale={locale}>
          <p>{step === 'signer' ? t.nextSigner : t.nextIssuer(t.whom[wordsAs(answer)])}</p>
          <div>
            <FileButton accept="" kind="primary" take={file => act.take([file])}>
              {t.addCertificate}
            </FileButton>
          </div>
        </Step>
      );
    case 'time': {
      const claimed = claimedOf(answer);
      return (
        <Step locale={locale}>
          <p>{t.nextTime}</p>
          {claimed && (
            <div>
              <button type="button" class="secondary" onClick={() => act.judgeAt(claimed.time)}>
                {claimed.isStamped ? t.nextStamped : t.nextClaimed}
              </button>
              <p class="quiet">
                {time(claimed.time, locale)} ·{' '}
                {claimed.isStamped ? t.stampedHint : t.claimedHint[claimed.isSeal ? 'seal-signature' : 'cms']}
              </p>
            </div>
          )}
        </Step>
      );
    }
    default:
      return <Step locale={locale}>{t.nextUnconfirmed(t.whom[wordsAs(answer)])}</Step>;
  }
}

function Step({ locale, children }: { locale: Locale; children: ComponentChildren }) {
  const t = textsOf(locale);
  return (
    <div class="step">
      <p class="strong">{t.next}</p>
      {typeof children === 'string' ? <p>{children}</p> : children}
    </div>
  );
}

/**
 * The time of the only signature, time stamps over the document aside, where it is one at which the certificate was valid:
 * else judging for it would change nothing. A time stamp's before the signer's own.
 */
function claimedOf(answer: Judged): { time: string; isStamped: boolean; isSeal: boolean } | undefined {
  const all =
    answer.is === 'seal-signature'
      ? [answer]
      : 'signers' in answer
        ? answer.signers
        : isDocument(answer)
          ? answer.signatures.filter(one => !isTimeStamp(one))
          : [];
  const [one] = all;
  if (!one || all.length > 1) return undefined;
  const stamped =
    isDocument(answer) && 'stampedTime' in one
      ? (one.stampedTime ?? laterStamp(answer.signatures, answer.signatures.indexOf(one)))
      : undefined;
  const time = stamped ?? one.claimedTime;
  const at = Date.parse(time ?? '');
  const { certificate } = one;
  const valid = certificate && Date.parse(certificate.notBefore) <= at && at <= Date.parse(certificate.notAfter);
  const isSeal = 'seal' in one && one.seal !== undefined;
  return valid && time !== undefined ? { time, isStamped: stamped !== undefined, isSeal } : undefined;
}

function Signers({ answer, locale }: { answer: Extract<Judged, { is: 'cms' }>; locale: Locale }) {
  const t = textsOf(locale);
  const { signers, outcome } = answer;
  const title = signers.length === 1 ? t.signer : t.signers(signers.length);
  return (
    <Part title={title + (outcome === 'good' ? '' : t.unverified)}>
      {signers.map((signer, at) => (
        <Pairs key={at}>
          <Who certificate={signer.certificate} locale={locale} />
          <ClaimedTime is="cms" time={signer.claimedTime} locale={locale} />
          {signers.length > 1 &&
            !signer.valid &&
            (speaksAgainst(answer, at) ? (
              <Pair name={t.severity.fatal}>
                <span class="problem">{t.failedSigner}</span>
              </Pair>
            ) : (
              <Pair name={t.open}>{t.openSigner}</Pair>
            ))}
        </Pairs>
      ))}
    </Part>
  );
}

function Covered({ answer, locale }: { answer: Judged; locale: Locale }) {
  const t = textsOf(locale);
  if (answer.is === 'certificate' || answer.is === 'pdf' || answer.is === 'ofd') return null;
  if (answer.is === 'seal') {
    return (
      <Part title={t.coveredBySeal}>
        <p>{answer.findings.some(({ code }) => code === 'signature-invalid') ? t.coveredNothing : t.coveredSeal}</p>
        {answer.seal.timeStamp && (
          <Pairs>
            <Pair name={t.notCovered}>{t.notCoveredSeal}</Pair>
          </Pairs>
        )}
      </Part>
    );
  }
  return (
    <Part title={t.covered[answer.is]}>
      <Pairs>
        <ContentPairs content={answer.content} locale={locale} />
        {answer.is === 'seal-signature' && answer.propertyInfo !== '' && (
          <Pair name={t.propertyInfo}>
            <Foreign>{answer.propertyInfo}</Foreign>
          </Pair>
        )}
        <Pair name={t.notCovered}>
          {isOfSignatureXml(answer) && <p>{t.onlySignatureXml}</p>}
          {answer.is === 'cms' ? t.notCoveredCms : t.notCoveredSealSignature}
        </Pair>
      </Pairs>
    </Part>
  );
}

/** What it was compared by. */
function ContentDigests({ content, locale }: { content: Content | undefined; locale: Locale }) {
  const t = textsOf(locale);
  if (!content) return null;
  return (
    <>
      <Digest name={t.contentSm3} hex={content.sm3} />
      <Digest name={t.contentSha256} hex={content.sha256} />
    </>
  );
}

function ContentPairs({ content, locale }: { content: Content | undefined; locale: Locale }) {
  const t = textsOf(locale);
  if (!content) return <Pair name={t.content}>{t.contentMissing}</Pair>;
  const { name, attached, differs } = content;
  if (differs && !attached) {
    return (
      <Pair name={t.content}>
        <bdi class="problem">{t.contentDiffers(visible(name ?? ''))}</bdi>
      </Pair>
    );
  }
  return (
    <>
      <Pair name={t.content}>
        {attached ? (
          name === undefined || differs ? (
            t.inside
          ) : (
            <bdi>{t.insideAlso(visible(name))}</bdi>
          )
        ) : (
          <span class="strong">
            <Foreign>{name ?? ''}</Foreign>
          </span>
        )}
      </Pair>
      <Pair name={t.size}>{t.bytes(size(content.size, locale), content.size.toLocaleString(locale))}</Pair>
    </>
  );
}

function Evidence({ answer, locale }: { answer: Judged; locale: Locale }) {
  const t = textsOf(locale);
  const all = <FindingEvidence answer={answer} locale={locale} />;
  if (answer.is === 'cms') {
    return (
      <>
        {answer.signers.map((signer, at) => (
          <EvidencePart
            key={at}
            title={answer.signers.length === 1 ? t.evidence : t.evidenceOf(at + 1)}
            also={at === 0 && all}
          >
            <CertificatePairs certificate={signer.certificate} path={signer.path} locale={locale} />
            <Pair name={t.digestAlgorithm}>
              <span class="code">{signer.digestAlgorithm}</span>
            </Pair>
            <Pair name={t.signatureAlgorithm}>
              <span class="code">{signer.signatureAlgorithm}</span>
            </Pair>
            {signer.digest !== undefined && <Digest name={t.signedDigest} hex={signer.digest} />}
            <ContentDigests content={answer.content} locale={locale} />
          </EvidencePart>
        ))}
      </>
    );
  }
  if (answer.is === 'pdf' || answer.is === 'ofd') return null;
  return (
    <EvidencePart title={t.evidence} also={all}>
      {answer.is !== 'seal' && <CertificatePairs certificate={answer.certificate} path={answer.path} locale={locale} />}
      {answer.is === 'seal-signature' && (
        <>
          <Digest name={t.signedDigest} hex={answer.digest} />
          <ContentDigests content={answer.content} locale={locale} />
        </>
      )}
      {answer.is !== 'certificate' && <SealPairs seal={answer.seal} maker={answer.maker} locale={locale} />}
    </EvidencePart>
  );
}

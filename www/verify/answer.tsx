//! An answer: the verdict and the one next step, who and what it is about, what was found, and the evidence beneath.

import type { Locale } from '@yinxin/proto';
import { FileButton } from '@yinxin/ui/file.js';
import { day, size, time, visible, wordsOf } from '@yinxin/ui/language.js';
import { Foreign, Message, type Tone } from '@yinxin/ui/parts.js';
import { SealImage } from '@yinxin/ui/seal-image.js';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type {
  Answer,
  CertificateFacts,
  Content,
  Described,
  Finding,
  PathStep,
  Purpose,
  SealFacts,
} from './check/report.js';
import { isOfSignatureXml, type Judged, messageOf, reasonOf, speaksAgainst, stepOf, told } from './findings.js';
import type { Texts } from './locales/zh-CN.js';
import { grouped, textsOf } from './texts.js';

/** What the next step may do. */
export interface Act {
  take(files: Iterable<File>, asContent?: boolean): void;
  /** Takes a file in the place of one that was given. */
  replace(id: number, file: File): void;
  judgeAt(at: string): void;
  accept(purpose: Purpose, certificates: readonly Described[]): void;
}

/** The verdict in a few words. */
export function titleOf(answer: Answer, locale: Locale): string {
  const t = textsOf(locale);
  if (answer.is === 'unreadable') return t.unreadable;
  const step = stepOf(answer);
  if (step === 'time' && (answer.is === 'certificate' || answer.is === 'seal')) return t.untimely[answer.is];
  if (step === 'original' && 'content' in answer) return t.otherOriginal[answer.is];
  return t.verdict[answer.is][answer.outcome];
}

/** How it looks: what is merely not known yet is no warning. */
function toneOf(answer: Judged): Tone {
  if (answer.outcome === 'unconfirmed') return stepOf(answer) === 'time' ? 'warning' : 'plain';
  return answer.outcome === 'good' ? 'good' : 'error';
}

/** An answer about one file. */
export function AnswerView({ answer, locale, act }: { answer: Answer; locale: Locale; act: Act }) {
  const t = textsOf(locale);
  const title = useId();
  if (answer.is === 'unreadable') {
    return (
      <article class="card answer" aria-labelledby={title}>
        <Message tone="error">
          <h3 id={title} class="verdict" tabIndex={-1}>
            {titleOf(answer, locale)}
          </h3>
          <p>{t.unreadableAs(t.kindNames[answer.kind])}</p>
          <p>{wordsOf(answer.error, locale).message}</p>
        </Message>
        <FileLine name={answer.file.name} bytes={answer.file.size} locale={locale} />
        <Step locale={locale}>
          <p>{t.nextUnreadable}</p>
        </Step>
      </article>
    );
  }
  return (
    <article class={`card answer answer-${answer.outcome}`} aria-labelledby={title}>
      <Message tone={toneOf(answer)}>
        <h3 id={title} class="verdict" tabIndex={-1}>
          {titleOf(answer, locale)}
        </h3>
        <p>{answer.outcome === 'good' ? visible(answer.summary[locale]) : reasonOf(answer, locale)}</p>
      </Message>
      <FileLine name={answer.file.name} bytes={answer.file.size} locale={locale} />
      {'seal' in answer ? (
        <div class="seal-first">
          <NextStep answer={answer} locale={locale} act={act} />
          <SealPicture seal={answer.seal} locale={locale} />
        </div>
      ) : (
        <NextStep answer={answer} locale={locale} act={act} />
      )}
      {/* What keeps it from being good comes before whom it names. */}
      {answer.outcome !== 'good' && <Findings answer={answer} locale={locale} />}
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
    </article>
  );
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
      return <Step locale={locale}>{t.nextWrong(t.whom[is])}</Step>;
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
          <p>{step === 'signer' ? t.nextSigner : t.nextIssuer(t.whom[is])}</p>
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
          {claimed && (is === 'cms' || is === 'seal-signature') && (
            <div>
              <button type="button" class="secondary" onClick={() => act.judgeAt(claimed)}>
                {t.nextClaimed}
              </button>
              <p class="quiet">
                {time(claimed, locale)} · {t.claimedHint[is]}
              </p>
            </div>
          )}
        </Step>
      );
    }
    default:
      return <Step locale={locale}>{t.nextUnconfirmed(t.whom[is])}</Step>;
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

/** The claimed time, where it is one at which the certificate was valid: else judging for it would change nothing. */
function claimedOf(answer: Judged): string | undefined {
  const [time, certificate] =
    answer.is === 'seal-signature'
      ? [answer.claimedTime, answer.certificate]
      : answer.is === 'cms' && answer.signers.length === 1
        ? [answer.signers[0]?.claimedTime, answer.signers[0]?.certificate]
        : [];
  const at = Date.parse(time ?? '');
  const valid = certificate && Date.parse(certificate.notBefore) <= at && at <= Date.parse(certificate.notAfter);
  return valid ? time : undefined;
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

function Who({ certificate, locale }: { certificate: CertificateFacts | undefined; locale: Locale }) {
  const t = textsOf(locale);
  if (!certificate) return <Pair name={t.holder}>{t.certificateMissing}</Pair>;
  const { holder, organization, creditCode, issuerName, notBefore, notAfter } = certificate;
  return (
    <>
      <Pair name={t.holder}>
        <span class="strong">
          <Foreign>{holder}</Foreign>
        </span>
      </Pair>
      {organization !== undefined && organization !== holder && (
        <Pair name={t.organization}>
          <Foreign>{organization}</Foreign>
        </Pair>
      )}
      {creditCode !== undefined && <Pair name={t.creditCode}>{creditCode}</Pair>}
      <Pair name={t.issuer}>
        <Foreign>{issuerName}</Foreign>
      </Pair>
      <Pair name={t.period}>{t.until(day(notBefore, locale), day(notAfter, locale))}</Pair>
    </>
  );
}

function ClaimedTime({
  is,
  time: claimed,
  locale,
}: {
  is: 'cms' | 'seal-signature';
  time: string | undefined;
  locale: Locale;
}) {
  const t = textsOf(locale);
  return (
    <Pair name={t.claimedTime[is]}>
      {claimed === undefined ? (
        t.noTime
      ) : (
        <>
          {time(claimed, locale)} <span class="hint">{t.claimedHint[is]}</span>
        </>
      )}
    </Pair>
  );
}

/** What is looked at first, so beside what is to be done. */
function SealPicture({ seal: { name, picture }, locale }: { seal: SealFacts; locale: Locale }) {
  const shown =
    picture.canBeShown && picture.mediaType !== undefined
      ? { mediaType: picture.mediaType, data: picture.data as Uint8Array<ArrayBuffer> }
      : undefined;
  return (
    <div class="seal-picture">
      <SealImage name={name} picture={shown} width={picture.width} height={picture.height} locale={locale} />
      <p class="quiet">{textsOf(locale).pictureHint}</p>
    </div>
  );
}

function SealPart({ seal, isGood, locale }: { seal: SealFacts; isGood: boolean; locale: Locale }) {
  const t = textsOf(locale);
  const users = seal.certificates?.length ?? seal.certificateDigests?.length ?? 0;
  return (
    <Part title={t.seal + (isGood ? '' : t.unverified)}>
      <Pairs>
        <Pair name={t.sealName}>
          <span class="strong">
            <Foreign>{seal.name}</Foreign>
          </span>
        </Pair>
        <Pair name={t.maker}>{seal.maker === undefined ? t.makerUnreadable : <Foreign>{seal.maker}</Foreign>}</Pair>
        <Pair name={t.period}>{t.until(day(seal.validFrom, locale), day(seal.validUntil, locale))}</Pair>
        <Pair name={t.users}>
          {t.userCount(users)}
          {seal.certificates && users <= MAX_USERS && (
            <ul>
              {seal.certificates.map(({ holder, sha256 }) => (
                <li key={sha256}>
                  <Foreign>{holder ?? sha256}</Foreign>
                </li>
              ))}
            </ul>
          )}
        </Pair>
        <Pair name={t.sealId}>
          <Foreign>{seal.id}</Foreign>
        </Pair>
        <Pair name={t.standard}>{seal.standard}</Pair>
      </Pairs>
    </Part>
  );
}

function Covered({ answer, locale }: { answer: Judged; locale: Locale }) {
  const t = textsOf(locale);
  if (answer.is === 'certificate') return null;
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

/** In words; where exactly, and what stood there, is evidence. */
function Findings({ answer, locale }: { answer: Judged; locale: Locale }) {
  const t = textsOf(locale);
  const { problems, open, warnings } = told(answer);
  const listed = [
    ...problems.map(finding => ({ finding, is: 'problem', mark: t.severity.fatal })),
    ...open.map(finding => ({ finding, is: 'open', mark: t.open })),
    ...warnings.map(finding => ({ finding, is: 'warning', mark: t.severity.warning })),
  ];
  return (
    <Part title={problems.length === 0 && open.length > 0 ? t.findingsOpen : t.findings}>
      {listed.length === 0 && <p>{t.noFindings}</p>}
      <ul class="findings">
        {listed.map(({ finding, is, mark }, at) => (
          <li key={at} class={`finding-${is}`}>
            <span class="finding-mark">{mark}</span>
            <span>{messageOf(answer, finding, locale)}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** All of them, with their places. */
function FindingEvidence({ answer, locale }: { answer: Judged; locale: Locale }) {
  const t = textsOf(locale);
  if (answer.findings.length === 0) return null;
  const markOf = ({ code, severity }: Finding) =>
    severity === 'fatal' && answer.open.includes(code) ? t.open : t.severity[severity];
  return (
    <ul class="findings findings-all">
      {answer.findings.map((finding, at) => (
        <li key={at}>
          <span class="finding-mark">{markOf(finding)}</span>
          <span>
            {messageOf(answer, finding, locale)}{' '}
            {finding.place !== undefined && <span class="quiet code">{visible(finding.place)}</span>}
            {finding.found !== undefined && <Found name={t.found} text={finding.found} />}
            {finding.expected !== undefined && <Found name={t.expected} text={finding.expected} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Found({ name, text }: { name: string; text: string }) {
  const cut = text.length > MAX_FOUND ? `${text.slice(0, MAX_FOUND)}…` : text;
  return (
    <span class="quiet found">
      {name} <Foreign>{cut}</Foreign>
    </span>
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

function EvidencePart({
  title,
  also,
  children,
}: {
  title: string;
  also: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <details class="evidence">
      <summary>{title}</summary>
      <Pairs>{children}</Pairs>
      {also}
    </details>
  );
}

function CertificatePairs({
  certificate,
  path,
  locale,
}: {
  certificate: CertificateFacts | undefined;
  path: readonly PathStep[];
  locale: Locale;
}) {
  const t = textsOf(locale);
  if (!certificate) return null;
  const { subject, issuer, serialNumber, sha256, sm3, keyAlgorithm, keyBits, signatureAlgorithm } = certificate;
  return (
    <>
      <Pair name={t.subject}>
        <Foreign>{subject}</Foreign>
      </Pair>
      <Pair name={t.issuerName}>
        <Foreign>{issuer}</Foreign>
      </Pair>
      <Pair name={t.serial}>
        <span class="code">{serialNumber.hex}</span>
      </Pair>
      <Digest name={t.fingerprint} hex={sha256} />
      <Digest name={t.fingerprintSm3} hex={sm3} />
      <Pair name={t.keyAlgorithm}>
        {keyAlgorithm} {keyBits}
      </Pair>
      <Pair name={t.signatureAlgorithm}>{signatureAlgorithm}</Pair>
      <Pair name={t.path}>
        <ol class="path">
          {path.map(({ name, subject, anchor }) => (
            <li key={subject}>
              <Foreign>{name}</Foreign> {anchor && <span class="chip">{anchorOf(anchor, t, locale)}</span>}
            </li>
          ))}
        </ol>
        {!path.some(({ anchor }) => anchor) && <p>{t.noAnchor}</p>}
      </Pair>
    </>
  );
}

function anchorOf({ source, listed }: NonNullable<PathStep['anchor']>, t: Texts, locale: Locale): string {
  return source === 'national' ? t.anchorNational(listed && day(listed, locale)) : t.anchorGiven;
}

function SealPairs({ seal, maker, locale }: { seal: SealFacts; maker: Described | undefined; locale: Locale }) {
  const t = textsOf(locale);
  const { picture } = seal;
  return (
    <>
      {maker && (
        <>
          <Pair name={t.makerSubject}>
            <Foreign>{maker.view.subject}</Foreign>
          </Pair>
          <Pair name={t.makerIssuer}>
            <Foreign>{maker.view.issuer}</Foreign>
          </Pair>
          <Pair name={t.makerPeriod}>
            {t.until(day(maker.view.notBefore, locale), day(maker.view.notAfter, locale))}
          </Pair>
          <Digest name={t.makerFingerprint} hex={maker.view.certificate} />
        </>
      )}
      <Digest name={t.sealSm3} hex={seal.sm3} />
      <Pair name={t.signatureAlgorithm}>{seal.signatureAlgorithm}</Pair>
      <Pair name={t.created}>{day(seal.created, locale)}</Pair>
      <Pair name={t.vendor}>
        <Foreign>{seal.vendor}</Foreign>
      </Pair>
      <Pair name={t.sealKind}>{seal.kind}</Pair>
      <Pair name={t.pictureSize}>
        <Foreign>{t.millimetres(picture.width, picture.height, picture.found ?? picture.type)}</Foreign>
      </Pair>
      {seal.extensions.length > 0 && (
        <Pair name={t.extensions}>
          <span class="code">{seal.extensions.map(({ oid }) => oid).join(' ')}</span>
        </Pair>
      )}
    </>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h4>{title}</h4>
      {children}
    </section>
  );
}

function Pairs({ children }: { children: ComponentChildren }) {
  return <dl class="pairs">{children}</dl>;
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Digest({ name, hex }: { name: string; hex: string }) {
  return (
    <Pair name={name}>
      <span class="code">{grouped(hex)}</span>
    </Pair>
  );
}

/** Holders of a seal's certificates that are named. */
const MAX_USERS = 10;
/** Characters of what was found in the encoding. */
const MAX_FOUND = 160;

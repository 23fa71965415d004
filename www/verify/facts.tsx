//! What is shown of certificates, seals and times in every answer, and the lists that it stands in.

import type { Locale } from '@yinxin/proto';
import { day, time } from '@yinxin/ui/language.js';
import { Foreign } from '@yinxin/ui/parts.js';
import { SealImage } from '@yinxin/ui/seal-image.js';
import type { ComponentChildren } from 'preact';
import type { CertificateFacts, Described, PathStep, SealFacts } from './check/report.js';
import type { Texts } from './locales/zh-CN.js';
import { grouped, textsOf } from './texts.js';

export function Who({ certificate, locale }: { certificate: CertificateFacts | undefined; locale: Locale }) {
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

export function ClaimedTime({
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

/** When something inside of a document was signed: as claimed, and as a time stamp attests. */
export function Stamped({
  claimed,
  stamped,
  isSeal,
  later,
  locale,
}: {
  claimed: string | undefined;
  stamped: string | undefined;
  /** By a time stamp that was added afterwards. */
  later: string | undefined;
  isSeal: boolean;
  locale: Locale;
}) {
  const t = textsOf(locale);
  const kind = isSeal ? 'seal-signature' : 'cms';
  const attested = stamped ?? later;
  if (attested === undefined) return <ClaimedTime is={kind} time={claimed} locale={locale} />;
  return (
    <>
      <Pair name={stamped === undefined ? t.notLaterThan : t.stampedTime}>
        {time(attested, locale)} <span class="hint">{stamped === undefined ? t.laterHint : t.stampedHint}</span>
      </Pair>
      {claimed !== undefined && (
        <Pair name={t.claimedTime[kind]}>
          {time(claimed, locale)} <span class="hint">{t.claimedAlone}</span>
        </Pair>
      )}
    </>
  );
}

/** What is looked at first, so beside what is to be done. */
export function SealPicture({ seal: { name, picture }, locale }: { seal: SealFacts; locale: Locale }) {
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

export function SealPart({ seal, isGood, locale }: { seal: SealFacts; isGood: boolean; locale: Locale }) {
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

export function CertificatePairs({
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

/** What is shown to who wants to compare it. */
export function EvidencePart({
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

function anchorOf({ source, listed }: NonNullable<PathStep['anchor']>, t: Texts, locale: Locale): string {
  return source === 'national' ? t.anchorNational(listed && day(listed, locale)) : t.anchorGiven;
}

export function SealPairs({ seal, maker, locale }: { seal: SealFacts; maker: Described | undefined; locale: Locale }) {
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

export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h4>{title}</h4>
      {children}
    </section>
  );
}

export function Pairs({ children }: { children: ComponentChildren }) {
  return <dl class="pairs">{children}</dl>;
}

export function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

export function Digest({ name, hex }: { name: string; hex: string }) {
  return (
    <Pair name={name}>
      <span class="code">{grouped(hex)}</span>
    </Pair>
  );
}

/** Holders of a seal's certificates that are named. */
const MAX_USERS = 10;

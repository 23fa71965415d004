//! A document with its signatures inside: its pages, and of each signature who, when, what it covers and what came after.

import type { OfdOverview } from '@yinxin/documents';
import type { CatalogueError, Locale } from '@yinxin/proto';
import { place, size, time, visible, wordsOf } from '@yinxin/ui/language.js';
import { Pages } from '@yinxin/ui/pages.js';
import { Foreign, Message } from '@yinxin/ui/parts.js';
import { useEffect, useState } from 'preact/hooks';
import { drawPage, NotShown, overviewOf } from '../viewer/viewer.js';
import type { DocumentSignature, OfdSignature, PdfSignature } from './check/report.js';
import {
  CertificatePairs,
  Digest,
  EvidencePart,
  Pair,
  Pairs,
  Part,
  SealPairs,
  SealPart,
  Stamped,
  Who,
} from './facts.js';
import { type DocumentAnswer, holds, isTimeStamp, laterStamp } from './findings.js';
import { FindingEvidence } from './found.js';
import { textsOf } from './texts.js';

/** Each signature, in its order. */
export function Signatures({ answer, locale }: { answer: DocumentAnswer; locale: Locale }) {
  const t = textsOf(locale);
  const { signatures } = answer;
  return (
    <>
      {signatures.map((signature, at) => (
        <section key={at} class="signature" id={idOf(answer, at)} tabIndex={-1}>
          <Part title={titleOf(answer, at, locale)}>
            <Pairs>
              {signatures.length > 1 && (
                <Pair name={t.conclusion}>
                  <span class={`outcome outcome-${signature.outcome}`}>{t.outcomes[signature.outcome]}</span>
                </Pair>
              )}
              <Who certificate={signature.certificate} locale={locale} />
              <Stamped
                claimed={signature.claimedTime}
                stamped={signature.stampedTime}
                isSeal={signature.seal !== undefined}
                later={laterStamp(signatures, at)}
                locale={locale}
              />
              {signature.inside.is === 'pdf' ? (
                <OfPdf answer={answer} at={at} signature={signature.inside.signature} locale={locale} />
              ) : (
                <OfOfd answer={answer} at={at} signature={signature.inside.signature} locale={locale} />
              )}
            </Pairs>
          </Part>
          {signature.seal && <SealPart seal={signature.seal} isGood={signature.outcome === 'good'} locale={locale} />}
        </section>
      ))}
    </>
  );
}

interface Shown<T> {
  readonly answer: DocumentAnswer;
  readonly at: number;
  readonly signature: T;
  readonly locale: Locale;
}

function OfPdf({ answer, at, signature, locale }: Shown<PdfSignature>) {
  const t = textsOf(locale);
  const isProven = holds(answer, at);
  const { ranges, whole, certifies, locks, reason, stamps, changes } = signature;
  const pages = [...new Set(stamps.flatMap(({ page }) => (page === undefined ? [] : [page + 1])))];
  return (
    <>
      {reason !== undefined && reason !== '' && (
        <Pair name={t.reason}>
          <Foreign>{reason}</Foreign>
        </Pair>
      )}
      <Pair name={t.shownAt}>{pages.length > 0 ? t.onPages(pages) : t.notShown}</Pair>
      <Pair name={t.coveredParts}>
        {!isProven
          ? t.coversUnproven
          : whole
            ? t.coversWhole
            : t.coversBeginning(size(ranges[1][1], locale), size(answer.file.size, locale))}
      </Pair>
      {(isProven || changes.length > 0) && (
        <Pair name={t.changedAfter}>
          {changes.length === 0 ? (
            t.changedNothing
          ) : (
            <ul class="changes">
              {changes.slice(0, MAX_LISTED).map(({ severity, path, page }, at) => (
                <li key={at} class={severity === 'fatal' ? 'problem' : ''}>
                  {t.change[severity]}
                  {page !== undefined && t.onPages([page + 1])}{' '}
                  {path === '' ? t.unlisted : <span class="quiet code">{visible(path)}</span>}
                </li>
              ))}
              {changes.length > MAX_LISTED && <li>{t.andMore(changes.length - MAX_LISTED)}</li>}
            </ul>
          )}
        </Pair>
      )}
      {(certifies !== undefined || locks) && (
        <Pair name={t.restrictions}>
          {certifies !== undefined && <p>{t.certifies(certifies)}</p>}
          {locks && <p>{t.locks(locks.action, locks.fields.map(visible))}</p>}
        </Pair>
      )}
    </>
  );
}

function OfOfd({ answer, at, signature, locale }: Shown<OfdSignature>) {
  const t = textsOf(locale);
  const isProven = holds(answer, at);
  const { covered, open, written } = signature;
  const pages = [...new Set((written?.stamps ?? []).flatMap(({ page }) => page ?? []))];
  const same = covered.filter(({ state }) => state === 'same').length;
  const others = covered.filter(({ state }) => state !== 'same');
  const seen = open.filter(({ isSeen }) => isSeen);
  const name = ({ role, page }: { role: string; page?: number }) =>
    place(page === undefined ? role : `pages[${page - 1}]`, locale);
  return (
    <>
      <Pair name={t.shownAt}>{pages.length > 0 ? t.onPages(pages) : t.notShown}</Pair>
      <Pair name={t.coveredParts}>
        <p>{isProven ? t.coversParts(covered.length, same) : t.coversUnproven}</p>
        {others.length > 0 && (
          <ul class="changes">
            {others.slice(0, MAX_LISTED).map(part => (
              <li key={part.path} class={part.state === 'unknown' ? '' : 'problem'}>
                {t.partStates[part.state]} {name(part)} <span class="quiet code">{visible(part.path)}</span>
              </li>
            ))}
            {others.length > MAX_LISTED && <li>{t.andMore(others.length - MAX_LISTED)}</li>}
          </ul>
        )}
      </Pair>
      <Pair name={t.notCovered}>
        {open.length === 0 && (isProven ? t.coversAll : t.namesAll)}
        {seen.length > 0 && (
          <ul class="changes">
            {seen.slice(0, MAX_LISTED).map(part => (
              <li key={part.path} class="problem">
                {name(part)} <span class="quiet code">{visible(part.path)}</span>
              </li>
            ))}
            {seen.length > MAX_LISTED && <li>{t.andMore(seen.length - MAX_LISTED)}</li>}
          </ul>
        )}
        {open.length > seen.length && <p>{t.notSeen(open.length - seen.length)}</p>}
      </Pair>
    </>
  );
}

/** What became of the drawing of pages. */
type Drawing =
  | { readonly is: 'reading' }
  | { readonly is: 'failed'; readonly error: CatalogueError | undefined }
  | {
      readonly is: 'drawn';
      readonly overview: OfdOverview;
      draw(page: number): ReturnType<typeof drawPage>;
    };

/** The pages of an OFD with its stamps, each of which leads to what is said of it. */
export function DocumentPages({ answer, file, locale }: { answer: DocumentAnswer; file: File; locale: Locale }) {
  const t = textsOf(locale);
  const { id, signatures } = answer;
  const [drawing, setDrawing] = useState<Drawing>({ is: 'reading' });
  useEffect(() => {
    let isOver = false;
    overviewOf(id, file).then(
      overview => !isOver && setDrawing({ is: 'drawn', overview, draw: page => drawPage(id, file, page) }),
      (thrown: unknown) => {
        const error = thrown instanceof NotShown ? thrown.error : undefined;
        if (!isOver) setDrawing({ is: 'failed', error });
      },
    );
    return () => {
      isOver = true;
    };
  }, [id, file]);
  if (drawing.is === 'failed') {
    return (
      <Message tone="plain">
        {t.pagesFailed} {drawing.error && wordsOf(drawing.error, locale).message}
      </Message>
    );
  }
  if (drawing.is === 'reading') return <p class="quiet">{t.pagesReading}</p>;
  const { overview, draw } = drawing;
  return (
    <>
      {overview.documents > 1 && <Message tone="plain">{t.severalDocuments(overview.documents)}</Message>}
      <Pages
        overview={overview}
        draw={draw}
        locale={locale}
        nameOf={at => nameOf(signatures[at], at, locale)}
        onStamp={at => document.getElementById(idOf(answer, at))?.focus()}
      />
      <p class="quiet">{t.pictureHint}</p>
    </>
  );
}

/** Of the only one what it is, of several its number. */
function titleOf({ is, signatures }: DocumentAnswer, at: number, locale: Locale): string {
  const t = textsOf(locale);
  const signature = signatures[at];
  const kind = signatures.length > 1 ? is : signature?.seal ? 'seal-signature' : 'cms';
  const name = t.signatureTitle(kind, signatures.length > 1 ? at + 1 : undefined);
  const what = signature && isTimeStamp(signature) ? t.ofTimeStamp : '';
  return name + what + (signature?.outcome === 'good' ? '' : t.unverified);
}

function nameOf(signature: DocumentSignature | undefined, at: number, locale: Locale): string {
  const t = textsOf(locale);
  const name = signature?.seal?.name ?? signature?.certificate?.holder;
  const outcome = signature ? t.outcomes[signature.outcome] : '';
  return t.stamp(at + 1, name === undefined ? '' : visible(name), outcome);
}

function idOf({ id }: DocumentAnswer, at: number): string {
  return `document-${id}-signature-${at}`;
}

/** When it was signed, as the signer claims and as a time stamp attests. */
export function timeOf({ claimedTime, stampedTime }: DocumentSignature, locale: Locale): string {
  const t = textsOf(locale);
  if (stampedTime !== undefined) return t.stampedAt(time(stampedTime, locale));
  return claimedTime === undefined ? '' : t.claimedAt(time(claimedTime, locale));
}

/** Of the file first, then of each signature. */
export function DocumentEvidence({ answer, locale }: { answer: DocumentAnswer; locale: Locale }) {
  const t = textsOf(locale);
  const { signatures, pages, sm3, sha256 } = answer;
  return (
    <>
      <EvidencePart title={t.evidence} also={<FindingEvidence answer={answer} locale={locale} />}>
        <Pair name={t.pageCount}>{pages.toLocaleString(locale)}</Pair>
        <Digest name={t.fileSm3} hex={sm3} />
        <Digest name={t.fileSha256} hex={sha256} />
      </EvidencePart>
      {signatures.map(({ certificate, path, seal, maker, inside }, at) => (
        <EvidencePart key={at} title={t.evidenceOfSignature(at + 1)} also={null}>
          {inside.is === 'pdf' ? (
            <>
              <Pair name={t.fieldName}>
                <Foreign>{inside.signature.field}</Foreign>
              </Pair>
              <Pair name={t.signatureKind}>
                <span class="code">{visible(inside.signature.kind)}</span>
              </Pair>
              <Pair name={t.ranges}>
                <span class="code">
                  {inside.signature.ranges
                    .map(([from, to]) => t.range(from.toLocaleString(locale), to.toLocaleString(locale)))
                    .join(' + ')}
                </span>
              </Pair>
            </>
          ) : (
            <>
              <Pair name={t.signaturePath}>
                <span class="code">{visible(inside.signature.path)}</span>
              </Pair>
              {inside.signature.form && <Pair name={t.signatureKind}>{t.forms[inside.signature.form]}</Pair>}
              {inside.signature.written && (
                <>
                  <Pair name={t.digestAlgorithm}>
                    <span class="code">{visible(inside.signature.written.checkMethod)}</span>
                  </Pair>
                  {inside.signature.written.time !== undefined && (
                    <Pair name={t.writtenTime}>
                      <Foreign>{inside.signature.written.time}</Foreign>
                    </Pair>
                  )}
                  {inside.signature.written.provider.length > 0 && (
                    <Pair name={t.provider}>
                      <Foreign>{inside.signature.written.provider.join(' ')}</Foreign>
                    </Pair>
                  )}
                </>
              )}
            </>
          )}
          <CertificatePairs certificate={certificate} path={path} locale={locale} />
          {seal && <SealPairs seal={seal} maker={maker} locale={locale} />}
        </EvidencePart>
      ))}
    </>
  );
}

/** Changes and parts that are named one by one. */
const MAX_LISTED = 20;

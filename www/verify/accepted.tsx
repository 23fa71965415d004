//! Whom the user accepts: certificates of makers and of CAs, kept on this device.

import { type AnchorView, type CatalogueError, type Locale, MAX_ANCHORS } from '@yinxin/proto';
import { FileButton } from '@yinxin/ui/file.js';
import { day, visible, wordsOf } from '@yinxin/ui/language.js';
import { keep, recall } from '@yinxin/ui/memory.js';
import { ErrorMessage, Foreign } from '@yinxin/ui/parts.js';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Accepted, Described, Purpose } from './check/report.js';
import { checker } from './checker.js';
import { grouped, textsOf } from './texts.js';

/** What came of the last change. */
type News = { readonly added: readonly string[] } | 'removed' | 'full' | CatalogueError;

/** The list, and how to change it. */
export interface AcceptedState {
  readonly list: readonly Accepted[];
  /** Changes with the list. */
  readonly key: string;
  /** What was kept before has been read. */
  readonly ready: boolean;
  /** What is shown of each, in the same order. */
  readonly views: readonly AnchorView[];
  readonly kept: boolean;
  readonly news: News | undefined;
  accept(purpose: Purpose, certificates: readonly Described[]): void;
  addFile(purpose: Purpose, file: File): Promise<void>;
  remove(at: number): void;
}

/** As it is kept: DER in Base64. */
interface Kept {
  readonly purpose: Purpose;
  readonly certificate: string;
}

interface Entry extends Accepted {
  readonly view: AnchorView;
}

/** The list of this device. */
export function useAccepted(): AcceptedState {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [ready, setReady] = useState(false);
  const [kept, setKept] = useState(true);
  const [news, setNews] = useState<News>();

  useEffect(() => {
    const found = read(recall(KEY));
    // Only the core says what a certificate is; what it can't read any more is left out. Where there is none, this
    // gets the core ready.
    checker
      .describe(found.map(({ certificate }) => certificate))
      .then(all =>
        setEntries(
          all.flatMap((one, at) => {
            const purpose = found[at]?.purpose;
            return purpose && 'length' in one && one[0] ? [{ ...one[0], purpose }] : [];
          }),
        ),
      )
      .catch(() => {})
      .finally(() => setReady(true));
  }, []);

  const change = (next: readonly Entry[], news: News) => {
    setEntries(next);
    setNews(news);
    const plain = next.map(({ purpose, certificate }): Kept => ({ purpose, certificate: base64(certificate) }));
    setKept(keep(KEY, plain.length > 0 ? plain : undefined));
  };
  const accept = (purpose: Purpose, certificates: readonly Described[]) => {
    const isNew = ({ view }: Described) =>
      !entries.some(entry => entry.purpose === purpose && entry.view.certificate === view.certificate);
    const added = certificates.filter(isNew);
    if (entries.length + added.length > MAX_ANCHORS) return setNews('full');
    change([...entries, ...added.map(({ certificate, view }) => ({ purpose, certificate, view }))], {
      added: certificates.map(({ view }) => view.name),
    });
  };
  return {
    list: entries.map(({ purpose, certificate }) => ({ purpose, certificate })),
    key: entries.map(({ purpose, view }) => `${purpose} ${view.certificate}`).join(),
    views: entries.map(({ view }) => view),
    ready,
    kept,
    news,
    accept,
    addFile: async (purpose, file) => {
      try {
        const [found] = await checker.describe([file]);
        if (found && 'length' in found) accept(purpose, found);
        else if (found) setNews(found);
      } catch (error) {
        setNews({ code: 'certificate-unreadable', params: { position: 0, reason: String(error).slice(0, 200) } });
      }
    },
    remove: gone =>
      change(
        entries.filter((_, at) => at !== gone),
        'removed',
      ),
  };
}

/** The list, and how to add to it. */
export function AcceptedList({ accepted, locale }: { accepted: AcceptedState; locale: Locale }) {
  const t = textsOf(locale);
  const [title, hint] = [useId(), useId()];
  const heading = useRef<HTMLHeadingElement>(null);
  const { list, views, news } = accepted;
  return (
    <section class="block accepted" aria-labelledby={title}>
      <h3 id={title} ref={heading} tabIndex={-1}>
        {t.accepted}
      </h3>
      <p class="quiet" id={hint}>
        {t.acceptedHint}
      </p>
      {views.length === 0 ? (
        <p>{t.acceptedNone}</p>
      ) : (
        <ul class="accepted-list">
          {views.map((view, at) => (
            <li key={`${list[at]?.purpose} ${view.certificate}`}>
              <div class="accepted-head">
                <span>
                  <Foreign>{view.name}</Foreign> <span class="chip">{t.purposes[list[at]?.purpose ?? 'ca']}</span>
                </span>
                <button
                  type="button"
                  class="link"
                  aria-label={t.removeNamed(visible(view.name))}
                  onClick={() => {
                    accepted.remove(at);
                    heading.current?.focus();
                  }}
                >
                  {t.remove}
                </button>
              </div>
              <p class="quiet">
                {t.until(day(view.notBefore, locale), day(view.notAfter, locale))}
                {list[at]?.purpose === 'ca' && view.findings.map(finding => ` ${wordsOf(finding, locale).message}`)}
              </p>
              <p class="fingerprint code">SHA-256 {grouped(view.certificate)}</p>
            </li>
          ))}
        </ul>
      )}
      <div class="acts">
        {(['maker', 'ca'] as const).map(purpose => (
          <FileButton
            key={purpose}
            accept=""
            kind="secondary"
            describedBy={hint}
            take={file => void accepted.addFile(purpose, file)}
          >
            {purpose === 'maker' ? t.addMaker : t.addCa}
          </FileButton>
        ))}
      </div>
      <div role="status">
        {news === 'removed' && <p>{t.removed}</p>}
        {news === 'full' && <p>{t.full(MAX_ANCHORS)}</p>}
        {typeof news === 'object' &&
          ('added' in news ? (
            <p>{t.added(news.added.map(visible).join(locale === 'en' ? ', ' : '、'))}</p>
          ) : (
            <ErrorMessage error={news} locale={locale} tone="warning" />
          ))}
        {!accepted.kept && <p>{t.notKept}</p>}
      </div>
    </section>
  );
}

/** What was kept, as far as it has the form: it may come from anywhere. */
function read(kept: unknown): Kept[] {
  if (!Array.isArray(kept)) return [];
  return kept.slice(0, MAX_ANCHORS).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { purpose, certificate } = one as Record<string, unknown>;
    if ((purpose !== 'maker' && purpose !== 'ca') || typeof certificate !== 'string') return [];
    return certificate.length <= MAX_BASE64 ? [{ purpose, certificate }] : [];
  });
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
}

const KEY = 'verify.accepted';
/** A certificate of the largest size. */
const MAX_BASE64 = 96 * 1024;

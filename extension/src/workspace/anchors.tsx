//! The issuing authorities that the user trusts: adding and removing their certificates.

import type { AnchorNews, AnchorView, CatalogueError, Locale } from '@yinxin/proto';
import { MAX_ANCHORS } from '@yinxin/proto';
import { DropPlace, FileButton } from '@yinxin/ui/file.js';
import { day, visible, wordsOf } from '@yinxin/ui/language.js';
import { ErrorMessage, Foreign, Message } from '@yinxin/ui/parts.js';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { textsOf } from '../ui/texts.js';
import type { WorkspaceProps } from './props.js';

/** Whom the user trusts to issue certificates, beside the product's own list. */
export function Anchors({
  view,
  locale,
  addAnchors,
  removeAnchor,
}: Pick<WorkspaceProps, 'view' | 'locale' | 'addAnchors' | 'removeAnchor'>) {
  const t = textsOf(locale);
  const hint = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [reading, setReading] = useState(false);
  /** Why a file was not tried: in place of the last news. */
  const [told, setTold] = useState<string>();
  const full = view.anchors.length >= MAX_ANCHORS;

  // A new view answers what was sent.
  useEffect(() => setReading(false), [view]);

  const take = (file: File) => {
    if (full) return;
    setTold(undefined);
    setReading(true);
    void addAnchors(file).then(problem => {
      if (!problem) return;
      setReading(false);
      setTold(problem === 'too-large' ? t.anchorTooLarge : t.anchorFileUnreadable);
    });
  };

  return (
    <section class="block" aria-labelledby="anchors">
      <h2 id="anchors" ref={heading} tabIndex={-1}>
        {t.anchors}
      </h2>
      {view.national > 1 && (
        <p class="quiet">{t.anchorsBuiltIn(view.national - 1, day(view.nationalListed, locale))}</p>
      )}
      <p class="quiet">{t.anchorsMeaning}</p>
      {view.anchors.length > 0 && (
        <ul class="anchors">
          {view.anchors.map(anchor => (
            <Anchor
              key={anchor.certificate}
              anchor={anchor}
              locale={locale}
              remove={() => {
                setTold(undefined);
                removeAnchor(anchor.certificate);
                // The button goes with its card; who uses the keyboard stays in the section.
                heading.current?.focus();
              }}
            />
          ))}
        </ul>
      )}
      <DropPlace
        class="drop"
        take={files => {
          const [file] = files;
          if (files.length > 1) setTold(t.anchorOneFile);
          else if (file) take(file);
        }}
      >
        <FileButton
          kind="secondary"
          accept=".der,.cer,.crt,.pem,.p7b,.p7c"
          disabled={full}
          describedBy={hint}
          take={take}
        >
          {t.anchorChoose}
        </FileButton>
        <p class="quiet" id={hint}>
          {full ? t.anchorsFull(MAX_ANCHORS) : t.anchorHint}
        </p>
      </DropPlace>
      <div class="news" role="status">
        {reading ? (
          <p>{t.anchorReading}</p>
        ) : told !== undefined ? (
          <p>{told}</p>
        ) : (
          view.anchorNews && <News news={view.anchorNews} locale={locale} />
        )}
      </div>
    </section>
  );
}

function Anchor({ anchor, locale, remove }: { anchor: AnchorView; locale: Locale; remove(): void }) {
  const t = textsOf(locale);
  return (
    <li class="card certificate">
      <p class="holder">
        <span class="holder-name">
          <Foreign>{anchor.name}</Foreign>
        </span>
        <span class="chip">{anchor.managed ? t.anchorByPolicy : t.anchorByUser}</span>
        {!anchor.managed && (
          <button type="button" class="link" aria-label={t.removeNamed(visible(anchor.name))} onClick={remove}>
            {t.remove}
          </button>
        )}
      </p>
      {anchor.findings.map(finding => (
        <Message key={finding.code} tone="warning">
          <p>{wordsOf(finding, locale).message}</p>
        </Message>
      ))}
      <dl class="pairs">
        <dt>{t.anchorName}</dt>
        <dd>
          <Foreign>{anchor.subject}</Foreign>
        </dd>
        {anchor.issuer !== anchor.subject && (
          <>
            <dt>{t.issuer}</dt>
            <dd>
              <Foreign>{anchor.issuer}</Foreign>
            </dd>
          </>
        )}
        <dt>{t.validFrom}</dt>
        <dd>
          {day(anchor.notBefore, locale)} – {day(anchor.notAfter, locale)}
        </dd>
        <dt>{t.fingerprint}</dt>
        <dd class="code">{visible(anchor.certificate)}</dd>
      </dl>
    </li>
  );
}

/** What came of the last change of the anchors, or what keeps them from being read. */
function News({ news, locale }: { news: AnchorNews; locale: Locale }) {
  const t = textsOf(locale);
  switch (news.type) {
    case 'added':
      if (news.names.length === 0) return <p>{t.anchorsPresent}</p>;
      return (
        <Message tone="good">
          <p>{t.anchorsAdded(news.names.map(visible).join(t.separator))}</p>
        </Message>
      );
    case 'removed':
      return <p>{t.anchorRemoved(visible(news.name))}</p>;
    case 'refused':
      return <Refused error={news.error} locale={locale} />;
    default:
      return news satisfies never;
  }
}

/** The catalogue says what happened; its advice is for a certificate of the user's own, so here is another. */
function Refused({ error, locale }: { error: CatalogueError; locale: Locale }) {
  const t = textsOf(locale);
  const words = wordsOf(error, locale);
  switch (error.code) {
    case 'certificate-not-found':
      return <p>{t.anchorGone}</p>;
    case 'certificate-unreadable':
      return (
        <Message tone="warning">
          <p class="strong">{t.anchorsUnchanged}</p>
          <p>{words.message}</p>
          <p>{t.anchorFileHint}</p>
        </Message>
      );
    case 'configuration-invalid':
    case 'file-failed':
      return (
        <Message tone="warning">
          <p class="strong">{error.code === 'file-failed' ? t.anchorsStorage : t.anchorsPolicy}</p>
          <p>{words.message}</p>
        </Message>
      );
    default:
      return <ErrorMessage error={error} locale={locale} tone="warning" />;
  }
}

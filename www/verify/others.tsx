//! Files without an answer of their own, and certificates among them.

import type { Locale } from '@yinxin/proto';
import { size } from '@yinxin/ui/language.js';
import { Foreign, Message } from '@yinxin/ui/parts.js';
import { useId } from 'preact/hooks';
import type { Described, FileKind, Purpose, Report } from './check/report.js';
import type { Texts } from './locales/zh-CN.js';
import { grouped, textsOf } from './texts.js';

/** What else was given, and what became of it. */
export function Others({
  report,
  locale,
  accept,
}: {
  report: Report;
  locale: Locale;
  accept(purpose: Purpose, certificates: readonly Described[]): void;
}) {
  const t = textsOf(locale);
  const title = useId();
  const { others, certificates } = report;
  if (others.length === 0) return null;
  const nothing = report.answers.length === 0;
  return (
    <section class="card others" aria-labelledby={title}>
      <h3 id={title} class={nothing ? 'visually-hidden' : ''}>
        {t.others}
      </h3>
      {others.map(({ file, kind, role }, at) => {
        const known = role === 'not-for-this-page' ? notForThisPage(kind, file, t) : t.roles[role];
        const name = (
          <p>
            <span class={nothing ? 'strong' : ''}>
              <Foreign>{file.name}</Foreign>
            </span>{' '}
            <span class="quiet">{size(file.size, locale)}</span>
          </p>
        );
        if (role === 'content' || role === 'helps')
          return (
            <div key={at}>
              {name}
              <p class="quiet">{known}</p>
            </div>
          );
        return (
          <Message key={at} tone="warning">
            {name}
            <p>{known}</p>
          </Message>
        );
      })}
      {certificates.length > 0 && (
        <details class="no-print">
          <summary>{t.certificatesGiven}</summary>
          <p class="quiet">{t.acceptHint}</p>
          <ul class="accepted-list">
            {certificates.map(one => (
              <li key={one.view.certificate}>
                <Foreign>{one.view.name}</Foreign>
                <p class="fingerprint code">SHA-256 {grouped(one.view.certificate)}</p>
                <div class="acts">
                  {(['maker', 'ca'] as const).map(purpose => (
                    <button key={purpose} type="button" class="link" onClick={() => accept(purpose, [one])}>
                      {t.accept[purpose]}
                    </button>
                  ))}
                </div>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** Why a file has no verdict. What could have one is too large for it. */
export function notForThisPage(kind: FileKind, file: { name: string; size: number }, t: Texts): string {
  if (file.size === 0) return t.notForThisPage.empty;
  // Of an OFD the package may be another ZIP.
  const [, named] = /\.(pdf|ofd)$/i.exec(file.name) ?? [];
  if (named && (kind === 'unknown' || kind === 'zip')) return t.notForThisPage.named(named.toUpperCase());
  if (kind === 'unknown') return t.notForThisPage.other;
  if (kind === 'zip') return t.notForThisPage[kind];
  if (kind === 'certificate-request' || kind === 'pkcs12' || kind === 'private-key') return t.notForThisPage[kind];
  return t.tooLarge(t.kindNames[kind]);
}

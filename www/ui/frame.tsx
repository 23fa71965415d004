//! What stands around a page of its own: brand, choice of language, and whose work it is.

import type { Locale } from '@yinxin/proto';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { nearest } from './language.js';
import { keep, recall } from './memory.js';
import type { Update } from './offline.js';
import { Seal } from './seal.js';

/** The language that was chosen on this device, or else the browser's; and how to choose another. */
export function useLocale(): [Locale, (locale: Locale) => void] {
  const [locale, setLocale] = useState<Locale>(() => {
    const kept = recall('language');
    return kept === 'zh-CN' || kept === 'en' ? kept : nearest(navigator.language);
  });
  useLayoutEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return [
    locale,
    next => {
      keep('language', next);
      setLocale(next);
    },
  ];
}

/** The frame of a page. */
export function Frame({
  title,
  locale,
  choose,
  children,
  foot,
}: {
  /** What the page is; its heading. */
  title: string;
  locale: Locale;
  choose(locale: Locale): void;
  children: ComponentChildren;
  /** Beside the statement of independence. */
  foot?: ComponentChildren;
}) {
  const t = TEXTS[locale];
  useLayoutEffect(() => {
    document.title = `${title} · ${t.product}`;
  }, [title, t]);
  return (
    <div class="page">
      <header class="page-head">
        <p class="brand">
          <Seal />
          <span class="brand-name">{t.product}</span>
        </p>
        <button type="button" class="link page-language" lang={t.other} onClick={() => choose(t.other)}>
          {TEXTS[t.other].language}
        </button>
        <h1>{title}</h1>
      </header>
      <main>{children}</main>
      <footer class="page-foot">
        {foot}
        <p>{t.independence}</p>
      </footer>
    </div>
  );
}

/** A newer version of the page waits; its user says when. */
export function UpdateNotice({ update, locale }: { update: Update | undefined; locale: Locale }) {
  const t = TEXTS[locale];
  return (
    <div class="update" role="status">
      {update && (
        <p class="card">
          {t.updated}{' '}
          <button type="button" class="link" onClick={update}>
            {t.reload}
          </button>
        </p>
      )}
    </div>
  );
}

const TEXTS = {
  'zh-CN': {
    product: '印信',
    language: '中文',
    other: 'en',
    updated: '有新版本可用。',
    reload: '更新并重新载入',
    independence: '印信是独立的开源软件，不是四川CA、财政部门或平台的产品，未获其授权。',
  },
  en: {
    product: 'Yinxin 印信',
    language: 'English',
    other: 'zh-CN',
    updated: 'A newer version is ready.',
    reload: 'Update and reload',
    independence:
      'Yinxin is independent open-source software. It is no product of Sichuan CA, the finance authorities or the platform, and not authorised by them.',
  },
} as const;

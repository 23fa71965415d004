//! Which tariff is in use, and how to use another one.

import type { Tariff } from '@yinxin/fees';
import type { CatalogueError, Locale } from '@yinxin/proto';
import { FileButton } from '@yinxin/ui/file.js';
import { day } from '@yinxin/ui/language.js';
import { keep, recall } from '@yinxin/ui/memory.js';
import { ErrorMessage, Message } from '@yinxin/ui/parts.js';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type Fees, tried } from './fees.js';
import { inLanguage, textsOf } from './texts.js';

/** Says which tariff is in use; loads another one, which is kept on the device. */
export function TariffChoice({
  locale,
  fees,
  tariff,
  setTariff,
}: {
  locale: Locale;
  /** Nothing while the core is loading. */
  fees: Fees | undefined;
  /** The one that was loaded; the built-in one where there is none. */
  tariff: Tariff | undefined;
  setTariff(tariff: Tariff | undefined): void;
}) {
  const t = textsOf(locale);
  const title = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [told, setTold] = useState<CatalogueError | 'tariffTooLarge' | 'tariffUnreadable' | 'tariffForgotten'>();
  const [inUse, setInUse] = useState<Tariff>();

  // After the first answer, which it must not keep waiting.
  useEffect(() => setInUse(tariff ?? fees?.tariff()), [tariff, fees]);

  useEffect(() => {
    const kept = recall(TARIFF);
    if (!fees || typeof kept !== 'string') return;
    const read = tried(() => fees.tariff(kept));
    if ('value' in read) return setTariff(read.value);
    // A newer version may be stricter.
    keep(TARIFF, undefined);
    setTold('tariffForgotten');
  }, [fees]);

  const take = async (file: File) => {
    if (!fees) return;
    if (file.size > MAX_TARIFF_BYTES) return setTold('tariffTooLarge');
    const json = await file.text().catch(() => undefined);
    if (json === undefined) return setTold('tariffUnreadable');
    const read = tried(() => fees.tariff(json));
    if ('error' in read) return setTold(read.error);
    setTold(undefined);
    setTariff(read.value);
    keep(TARIFF, json);
  };

  return (
    <section class="tariff block no-print" aria-labelledby={title}>
      <h2 id={title} ref={heading} tabIndex={-1}>
        {t.tariff}
      </h2>
      {inUse && (
        <div role="status">
          {tariff ? (
            <Message tone="warning">
              <p class="strong">
                {t.tariffLoaded(inLanguage(tariff.title, locale), inLanguage(tariff.authority.name, locale))}
              </p>
            </Message>
          ) : (
            <p>{t.tariffBuiltIn(inLanguage(inUse.title, locale), inLanguage(inUse.authority.name, locale))}</p>
          )}
          <p>{t.tariffOf(inLanguage(inUse.source, locale), day(inUse.read, locale))}</p>
        </div>
      )}
      <div role="alert">
        {typeof told === 'object' ? (
          <ErrorMessage error={told} locale={locale} />
        ) : (
          told && (
            <Message tone="warning">
              <p>{t[told]}</p>
            </Message>
          )
        )}
      </div>
      {tariff && (
        <p>
          <button
            type="button"
            class="secondary"
            onClick={() => {
              keep(TARIFF, undefined);
              setTold(undefined);
              setTariff(undefined);
              // The button goes.
              heading.current?.focus();
            }}
          >
            {t.tariffBack}
          </button>
        </p>
      )}
      <details>
        <summary>{t.advanced}</summary>
        <div class="block tariff-load">
          <p class="quiet">{t.tariffHint}</p>
          <p>
            <FileButton kind="secondary" accept=".json,application/json" take={file => void take(file)}>
              {t.tariffLoad}
            </FileButton>
          </p>
        </div>
      </details>
    </section>
  );
}

const TARIFF = 'calculator.tariff';
const MAX_TARIFF_BYTES = 1_000_000;

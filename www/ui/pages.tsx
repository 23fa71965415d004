//! Pages of a document as pictures, one below the other. A picture is markup that was made of a stranger's file: as an
//! image it neither runs nor loads anything, and the pages' policies let no other use of it.

import type { NotDrawn, OfdDrawing, OfdOverview, OfdStampPlace } from '@yinxin/documents';
import type { Locale } from '@yinxin/proto';
import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { visible } from './language.js';
import { Message } from './parts.js';

/** A place at which a seal will be set, in millimetres. Without `x` it lies at the right edge of its page. */
export interface Planned {
  readonly page: number;
  readonly x: number | undefined;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Shows pages. Those that are near are drawn, others are blank paper of their size. */
export function Pages({
  overview,
  draw,
  locale,
  nameOf,
  onStamp,
  planned = [],
  plannedName = '',
}: {
  overview: OfdOverview;
  /** Draws a page, by its number from 1. Of one document the function stays the same. */
  draw(page: number): Promise<OfdDrawing>;
  locale: Locale;
  /** What a stamp is, by the signature that put it there. */
  nameOf?(signature: number): string;
  /** A stamp was chosen. */
  onStamp?(signature: number): void;
  /** Where seals will be set, and what is said of it. */
  planned?: readonly Planned[];
  plannedName?: string;
}) {
  const t = TEXTS[locale];
  const field = useId();
  const scroller = useRef<HTMLElement>(null);
  const [root, setRoot] = useState<HTMLElement | null>(null);
  // Times of the size on paper; none for the width of the window.
  const [zoom, setZoom] = useState<number>();
  const [current, setCurrent] = useState(1);
  useLayoutEffect(() => setRoot(scroller.current), []);
  useEffect(() => {
    setCurrent(1);
    scroller.current?.scrollTo(0, 0);
  }, [draw]);

  const look = () => {
    const element = scroller.current;
    if (!element) return;
    const line = element.getBoundingClientRect().top + element.clientHeight * 0.4;
    const sheets = [...element.querySelectorAll<HTMLElement>('.sheet')];
    const at = sheets.findIndex(sheet => sheet.getBoundingClientRect().bottom > line);
    setCurrent(at < 0 ? sheets.length : at + 1);
  };
  const show = (page: number) => {
    const element = scroller.current;
    const sheet = element?.querySelectorAll<HTMLElement>('.sheet')[page - 1];
    if (element && sheet) element.scrollTo(0, sheet.offsetTop - 12);
  };
  const step = (by: number) => {
    const element = scroller.current;
    const fitting = element ? (element.clientWidth - 2 * MARGIN) / (overview.width * PIXELS_PER_MM) : 1;
    const next = (zoom ?? fitting) * by;
    setZoom(Math.min(Math.max(next, MIN_ZOOM), MAX_ZOOM));
  };
  const keys: Record<string, () => void> = {
    '+': () => step(ZOOM_STEP),
    '=': () => step(ZOOM_STEP),
    '-': () => step(1 / ZOOM_STEP),
    '0': () => setZoom(undefined),
  };

  return (
    <div class="pages">
      <div class="pages-bar no-print">
        <button type="button" class="secondary" disabled={current <= 1} onClick={() => show(current - 1)}>
          {t.before}
        </button>
        <span class="pages-number">
          <label for={field} class="visually-hidden">
            {t.page}
          </label>
          <input
            id={field}
            type="text"
            inputMode="numeric"
            value={current}
            onChange={event => {
              const page = Number(event.currentTarget.value);
              if (Number.isInteger(page) && page >= 1 && page <= overview.pages) show(page);
              else event.currentTarget.value = String(current);
            }}
          />
          <span class="figures">/ {overview.pages}</span>
        </span>
        <button type="button" class="secondary" disabled={current >= overview.pages} onClick={() => show(current + 1)}>
          {t.next}
        </button>
        <span class="pages-zoom">
          <button type="button" class="secondary" aria-label={t.smaller} onClick={() => step(1 / ZOOM_STEP)}>
            −
          </button>
          <button type="button" class="secondary" aria-pressed={zoom === undefined} onClick={() => setZoom(undefined)}>
            {t.width}
          </button>
          <button type="button" class="secondary" aria-label={t.larger} onClick={() => step(ZOOM_STEP)}>
            +
          </button>
        </span>
      </div>
      <section
        ref={scroller}
        class="pages-scroller"
        aria-label={t.pages}
        title={t.keys}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        tabIndex={0}
        onScroll={look}
        onKeyDown={event => {
          const act = event.target === event.currentTarget ? keys[event.key] : undefined;
          if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          act();
        }}
      >
        {Array.from({ length: overview.pages }, (_, at) => (
          <Sheet
            key={at}
            page={at + 1}
            overview={overview}
            draw={draw}
            zoom={zoom}
            root={root}
            locale={locale}
            planned={planned.filter(place => place.page === at + 1)}
            plannedName={plannedName}
            {...(nameOf && { nameOf })}
            {...(onStamp && { onStamp })}
          />
        ))}
      </section>
    </div>
  );
}

/** What is known of a page. */
type Drawn =
  | { readonly is: 'waiting' }
  | { readonly is: 'failed' }
  | { readonly is: 'drawn'; readonly drawing: Omit<OfdDrawing, 'svg'>; readonly url: string };

function Sheet({
  page,
  overview,
  draw,
  zoom,
  root,
  locale,
  nameOf,
  onStamp,
  planned,
  plannedName,
}: {
  page: number;
  overview: OfdOverview;
  draw(page: number): Promise<OfdDrawing>;
  zoom: number | undefined;
  root: HTMLElement | null;
  locale: Locale;
  nameOf?(signature: number): string;
  onStamp?(signature: number): void;
  planned: readonly Planned[];
  plannedName: string;
}) {
  const t = TEXTS[locale];
  const said = useId();
  const element = useRef<HTMLElement>(null);
  const [isNear, setNear] = useState(false);
  const [drawn, setDrawn] = useState<Drawn>({ is: 'waiting' });
  const [size, setSize] = useState<{ width: number; height: number }>();

  useEffect(() => {
    if (!root || !element.current) return undefined;
    const watcher = new IntersectionObserver(entries => setNear(entries.some(entry => entry.isIntersecting)), {
      root,
      rootMargin: '100% 0px',
    });
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [root]);

  const begin = useCallback(() => {
    let isOver = false;
    let url: string | undefined;
    draw(page).then(
      ({ svg, ...drawing }) => {
        if (isOver) return;
        url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
        setSize(drawing);
        setDrawn({ is: 'drawn', drawing, url });
      },
      () => !isOver && setDrawn({ is: 'failed' }),
    );
    return () => {
      isOver = true;
      if (url) URL.revokeObjectURL(url);
      setDrawn({ is: 'waiting' });
    };
  }, [draw, page]);
  useEffect(() => (isNear ? begin() : undefined), [isNear, begin]);

  const { width, height } = size ?? overview;
  const part = (of: number, all: number) => `${(100 * of) / all}%`;
  const stamps = overview.stamps.filter(stamp => stamp.page === page);
  return (
    <figure
      ref={element}
      class="sheet"
      style={zoom === undefined ? { width: '100%' } : { width: `${width * zoom * PIXELS_PER_MM}px` }}
    >
      <div class="sheet-paper" style={{ paddingBottom: part(height, width) }}>
        {drawn.is === 'drawn' && (
          <img
            src={drawn.url}
            alt={t.pageOf(page, overview.pages)}
            aria-describedby={said}
            decoding="async"
            onError={() => setDrawn({ is: 'failed' })}
          />
        )}
        {drawn.is === 'waiting' && isNear && <p class="sheet-note">{t.drawing}</p>}
        {drawn.is === 'failed' && (
          <p class="sheet-note" role="alert">
            {t.failed}
          </p>
        )}
        {drawn.is === 'drawn' &&
          stamps.map((stamp, at) => (
            <StampMark
              key={at}
              stamp={stamp}
              name={nameOf?.(stamp.signature) ?? t.stamp(stamp.signature + 1)}
              place={{
                left: part(stamp.x, width),
                top: part(stamp.y, height),
                width: part(stamp.width, width),
                height: part(stamp.height, height),
              }}
              {...(onStamp && { onStamp })}
            />
          ))}
        {drawn.is === 'drawn' && planned.length > 0 && (
          <div class="sheet-planned">
            {planned.map((place, at) => (
              <span
                key={at}
                class="stamp-planned"
                style={{
                  left: part(place.x ?? width - place.width, width),
                  top: part(place.y, height),
                  width: part(place.width, width),
                  height: part(place.height, height),
                }}
              >
                {place.x !== undefined && plannedName}
              </span>
            ))}
          </div>
        )}
      </div>
      <figcaption class="quiet">
        {t.pageOf(page, overview.pages)}
        {planned.length > 0 && ` · ${plannedName}`}
        {drawn.is === 'drawn' && (
          <>
            <span id={said} class="visually-hidden">
              {visible(drawn.drawing.text)}
            </span>
            <NotDrawnList all={drawn.drawing.notDrawn} locale={locale} />
          </>
        )}
      </figcaption>
    </figure>
  );
}

function StampMark({
  stamp,
  name,
  place,
  onStamp,
}: {
  stamp: OfdStampPlace;
  name: string;
  place: { left: string; top: string; width: string; height: string };
  onStamp?(signature: number): void;
}) {
  if (!onStamp) return <span class="stamp-mark" style={place} title={name} />;
  return (
    <button
      type="button"
      class="stamp-mark"
      style={place}
      title={name}
      aria-label={name}
      onClick={() => onStamp(stamp.signature)}
    />
  );
}

/** What a page does not show as it is meant. Fonts of the device are the usual case, and less than the rest. */
function NotDrawnList({ all, locale }: { all: readonly NotDrawn[]; locale: Locale }) {
  const t = TEXTS[locale];
  if (all.length === 0) return null;
  const lesser = all.every(({ what }) => what === 'font-not-embedded' || what === 'advance');
  const list = (
    <ul class="not-drawn">
      {all.map(({ what, name, count }, at) => (
        <li key={at}>
          {t.what[what](visible(name))}
          {count > 1 && t.times(count)}
        </li>
      ))}
    </ul>
  );
  if (lesser) {
    return (
      <details>
        <summary>{t.otherFonts}</summary>
        {list}
      </details>
    );
  }
  return (
    <Message tone="warning">
      <p class="strong">{t.notAll}</p>
      {list}
    </Message>
  );
}

/** CSS pixels in a millimetre. */
const PIXELS_PER_MM = 96 / 25.4;
const MIN_ZOOM = 0.2;
const MAX_ZOOM = 5;
const ZOOM_STEP = 1.25;
/** Around the pages, in pixels; as in `pages.css`. */
const MARGIN = 12;

const TEXTS: Record<Locale, Texts> = {
  'zh-CN': {
    pages: '页面',
    page: '页码',
    pageOf: (page, all) => `第 ${page} 页，共 ${all} 页`,
    before: '上一页',
    next: '下一页',
    smaller: '缩小',
    larger: '放大',
    width: '整宽',
    keys: '+ 放大，- 缩小，0 整宽',
    drawing: '正在绘制……',
    failed: '这一页没能画出来。',
    stamp: number => `第 ${number} 个签章`,
    otherFonts: '字体与原件可能不同',
    notAll: '这一页没有完全按原样画出：',
    times: count => `（${count} 处）`,
    what: {
      advance: name => `没有写明字距，按字体自身的宽度排列：“${name}”`,
      damaged: name => `有内容无法读取：${name}`,
      'font-not-embedded': name => `文件里没有字体“${name}”，用本机同名或相近的字体代替`,
      'font-unreadable': name => `文件里的字体“${name}”无法读取，用本机相近的字体代替`,
      glyph: name => `字体“${name}”里缺少一些字`,
      'image-type': name => `不能显示这种图片：${name}`,
      'image-unreadable': name => `图片无法读取或过大：${name}`,
      part: name => `缺少文件，或文件无法读取：${name}`,
      pattern: () => '底纹没有按要求翻转',
      resource: name => `缺少资源：${name}`,
      shading: name => `不能显示这种渐变：${name}`,
      stamp: name => `印章图片不能显示：${name}`,
      'too-much': name => `内容过多，没有全部画出${name && `：${name}`}`,
      unknown: name => `不认识的内容：${name}`,
    },
  },
  en: {
    pages: 'Pages',
    page: 'Page number',
    pageOf: (page, all) => `Page ${page} of ${all}`,
    before: 'Previous',
    next: 'Next',
    smaller: 'Smaller',
    larger: 'Larger',
    width: 'Full width',
    keys: '+ larger, - smaller, 0 full width',
    drawing: 'Drawing…',
    failed: 'This page could not be drawn.',
    stamp: number => `Signature ${number}`,
    otherFonts: 'Fonts may differ from the original',
    notAll: 'This page is not drawn entirely as it is meant:',
    times: count => ` (${count} times)`,
    what: {
      advance: name => `No distances are given, so the font’s own widths were taken: “${name}”`,
      damaged: name => `Something can’t be read: ${name}`,
      'font-not-embedded': name => `The file has no font “${name}”; this device’s, or one like it, takes its place`,
      'font-unreadable': name => `The file’s font “${name}” can’t be read; one of this device takes its place`,
      glyph: name => `The font “${name}” lacks characters`,
      'image-type': name => `Images of this type can’t be shown: ${name}`,
      'image-unreadable': name => `An image can’t be read, or is too large: ${name}`,
      part: name => `A file is missing, or can’t be read: ${name}`,
      pattern: () => 'A pattern is not turned over as it should be',
      resource: name => `A resource is missing: ${name}`,
      shading: name => `Shadings of this kind can’t be shown: ${name}`,
      stamp: name => `The picture of a seal can’t be shown: ${name}`,
      'too-much': name => `There is more than is drawn${name && `: ${name}`}`,
      unknown: name => `Unknown content: ${name}`,
    },
  },
};

interface Texts {
  readonly pages: string;
  readonly page: string;
  pageOf(page: number, all: number): string;
  readonly before: string;
  readonly next: string;
  readonly smaller: string;
  readonly larger: string;
  readonly width: string;
  readonly keys: string;
  readonly drawing: string;
  readonly failed: string;
  stamp(number: number): string;
  readonly otherFonts: string;
  readonly notAll: string;
  times(count: number): string;
  readonly what: Record<NotDrawn['what'], (name: string) => string>;
}

//! The viewer: a document in, its pages to see. Whether its signatures hold is the verify page's business.

import type { OfdOverview } from '@yinxin/documents';
import type { CatalogueError, Locale } from '@yinxin/proto';
import { DropPlace, FileButton } from '@yinxin/ui/file.js';
import { Frame, UpdateNotice, useLocale } from '@yinxin/ui/frame.js';
import { visible } from '@yinxin/ui/language.js';
import { keepOffline, type Update } from '@yinxin/ui/offline.js';
import { Pages } from '@yinxin/ui/pages.js';
import { ErrorMessage, Foreign, Message } from '@yinxin/ui/parts.js';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { textsOf } from './texts.js';
import { drawPage, NotShown, overviewOf } from './viewer.js';

/** What is going on. */
type State =
  | { readonly is: 'empty' }
  | { readonly is: 'reading'; readonly file: File }
  | { readonly is: 'refused'; readonly file: File; readonly isPdf: boolean; readonly error: CatalogueError | undefined }
  | { readonly is: 'shown'; readonly file: File; readonly number: number; readonly overview: OfdOverview };

/** The page. */
export function App() {
  const [locale, choose] = useLocale();
  const t = textsOf(locale);
  const [given, setGiven] = useState<{ number: number; file: File }>();
  const [state, setState] = useState<State>({ is: 'empty' });
  const [update, setUpdate] = useState<Update>();

  useEffect(() => {
    if (OFFLINE) setTimeout(() => void keepOffline(next => setUpdate(() => next)), OFFLINE_MS);
  }, []);
  useEffect(() => {
    if (!given) return undefined;
    let isOver = false;
    const { number, file } = given;
    setState({ is: 'reading', file });
    overviewOf(number, file).then(
      overview => !isOver && setState({ is: 'shown', file, number, overview }),
      async (thrown: unknown) => {
        const error = thrown instanceof NotShown ? thrown.error : undefined;
        const isPdf = await looksLikePdf(file);
        if (!isOver) setState({ is: 'refused', file, isPdf, error });
      },
    );
    return () => {
      isOver = true;
    };
  }, [given]);

  const take = (file: File) => setGiven({ number: nextNumber(), file });
  return (
    <Frame title={t.title} locale={locale} choose={choose} foot={<p class="no-print">{t.privacy}</p>}>
      <div class="viewer">
        {state.is !== 'shown' && <p class="lead">{t.lead}</p>}
        <p class="visually-hidden" role="status">
          {state.is === 'reading' && t.reading(visible(state.file.name))}
          {state.is === 'shown' && t.shown(visible(state.file.name), state.overview.pages)}
        </p>
        {state.is === 'refused' && <Refused refused={state} locale={locale} />}
        {state.is === 'shown' && <Shown shown={state} locale={locale} />}
        <DropPlace
          class={state.is === 'shown' ? 'card add no-print' : 'card drop'}
          take={([file]) => file && take(file)}
        >
          {state.is !== 'shown' && <h2>{t.drop}</h2>}
          <FileButton accept=".ofd" kind={state.is === 'shown' ? 'secondary' : 'primary'} take={take}>
            {state.is === 'shown' ? t.another : t.choose}
          </FileButton>
        </DropPlace>
      </div>
      <UpdateNotice update={update} locale={locale} />
    </Frame>
  );
}

/** By its first bytes; `false` where they can't be read. */
async function looksLikePdf(file: File): Promise<boolean> {
  const head = await file
    .slice(0, PDF_HEAD)
    .text()
    .catch(() => '');
  return head.includes('%PDF-');
}

function Refused({ refused, locale }: { refused: State & { is: 'refused' }; locale: Locale }) {
  const t = textsOf(locale);
  const { file, isPdf, error } = refused;
  const other = file.size === 0 ? t.empty : isPdf ? t.pdf : error ? undefined : t.failed;
  return (
    <div role="alert">
      <p>
        <Foreign>{file.name}</Foreign>
      </p>
      {other === undefined && error && <ErrorMessage error={error} locale={locale} />}
      {other !== undefined && <Message tone="error">{other}</Message>}
    </div>
  );
}

function Shown({ shown, locale }: { shown: State & { is: 'shown' }; locale: Locale }) {
  const t = textsOf(locale);
  const { file, number, overview } = shown;
  const draw = useCallback((page: number) => drawPage(number, file, page), [number, file]);
  return (
    <>
      <h2 class="viewer-name">
        <Foreign>{file.name}</Foreign>
      </h2>
      {overview.documents > 1 && <Message tone="plain">{t.several(overview.documents)}</Message>}
      <Message tone={overview.stamps.length > 0 ? 'warning' : 'plain'}>
        <p>
          {t.notVerified}
          {overview.stamps.length > 0 && t.stampSeen}
        </p>
        <p>
          <a href={VERIFY_PAGE} target="_blank" rel="noopener">
            {t.verify}
          </a>{' '}
          <span class="quiet">{t.verifyHint}</span>
        </p>
      </Message>
      <Pages overview={overview} draw={draw} locale={locale} />
    </>
  );
}

let lastNumber = 0;
function nextNumber(): number {
  lastNumber += 1;
  return lastNumber;
}

const OFFLINE_MS = 1_000;

/** Where readers look for the head of a PDF. */
const PDF_HEAD = 1_024;

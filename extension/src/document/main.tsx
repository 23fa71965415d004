//! The window that shows a document before it is sealed, with the place where the seal will be. It judges nothing.

import type { OfdOverview } from '@yinxin/documents';
import type { CatalogueError } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { Pages } from '@yinxin/ui/pages.js';
import { ErrorMessage, Foreign, Message } from '@yinxin/ui/parts.js';
import { render } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { drawPage, NotShown, overviewOf } from '../../../www/viewer/viewer.js';
import { localeOf, textsOf } from '../ui/texts.js';
import { readSettings } from '../workspace/live.js';
import { planned, type Shown, shownBy } from './shown.js';

const shown = shownBy(location.hash);
// The bytes stay here: their address ends with the window that made it.
const bytes = shown && fetch(shown.blob).then(answer => answer.blob());
const locale = localeOf((await readSettings()).settings.language);
const t = textsOf(locale);
document.documentElement.lang = locale;
document.title = [t.product, shown ? visible(shown.name) : ''].join(' · ');
render(
  shown && bytes ? <Window shown={shown} bytes={bytes} /> : <Message tone="error">{t.documentFailed}</Message>,
  document.body,
);

// It is a window to look into: Escape leaves it, as it does the window behind.
addEventListener('keydown', event => {
  if (event.key === 'Escape') window.close();
});

type State =
  | { readonly is: 'reading' }
  | { readonly is: 'refused'; readonly error: CatalogueError | undefined }
  | { readonly is: 'read'; readonly file: File; readonly overview: OfdOverview };

function Window({ shown, bytes }: { shown: Shown; bytes: Promise<Blob> }) {
  const [state, setState] = useState<State>({ is: 'reading' });
  useEffect(() => {
    const read = async () => {
      const file = new File([await bytes], shown.name);
      setState({ is: 'read', file, overview: await overviewOf(KEY, file) });
    };
    read().catch((thrown: unknown) => {
      setState({ is: 'refused', error: thrown instanceof NotShown ? thrown.error : undefined });
    });
  }, [bytes, shown]);
  const file = state.is === 'read' ? state.file : undefined;
  const draw = useCallback(
    (page: number) => (file ? drawPage(KEY, file, page) : Promise.reject(new Error('not read'))),
    [file],
  );
  return (
    <main class="document">
      <h1>
        <Foreign>{visible(shown.name)}</Foreign>
      </h1>
      {state.is === 'reading' && <p role="status">{t.documentReading}</p>}
      {state.is === 'refused' &&
        (state.error ? (
          <ErrorMessage error={state.error} locale={locale} />
        ) : (
          <Message tone="error">{t.documentFailed}</Message>
        ))}
      {state.is === 'read' && (
        <>
          {state.overview.documents > 1 && (
            <Message tone="warning">{t.documentSeveral(state.overview.documents)}</Message>
          )}
          <Pages
            overview={state.overview}
            draw={draw}
            locale={locale}
            planned={planned(shown, state.overview)}
            plannedName={t.sealHere}
          />
        </>
      )}
    </main>
  );
}

/** There is one file in this window. */
const KEY = 1;

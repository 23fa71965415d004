//! The popup's page: the background's word, and what is kept on the device.

import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { localeOf, textsOf } from '../ui/texts.js';
import { noteNotices, readNotices, readSettings, useBackground, useKept } from '../workspace/live.js';
import { Popup } from './popup.js';

document.documentElement.lang = localeOf('auto');
const first = await readSettings();
render(<Page />, document.body);

function Page() {
  const { view, waiting, sessions, advice, adviceProblem, post } = useBackground();
  const locale = localeOf(useKept(readSettings, first).settings.language);
  const notices = useKept(readNotices, []);
  useEffect(() => {
    document.documentElement.lang = locale;
    document.title = textsOf(locale).product;
  }, [locale]);
  return (
    <Popup
      view={view}
      waiting={waiting}
      sessions={sessions}
      advice={advice}
      adviceProblem={adviceProblem}
      notices={notices}
      locale={locale}
      noteNotices={() => void noteNotices()}
      showWindow={() => {
        post({ type: 'show-window' });
        window.close();
      }}
      endSessions={() => post({ type: 'end-sessions' })}
    />
  );
}

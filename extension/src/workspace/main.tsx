//! The workspace's page: the background's word, and what is kept on the device.

import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { encodeBlob } from '../base64.js';
import { switches, switchOff, switchOn } from '../bridged.js';
import { MAX_ANCHOR_FILE_BYTES } from '../relay.js';
import { addedSites, addSite, askForSite, forgetUsed, readAddress, removeSite, shownManagedSites } from '../sites.js';
import { account, settings, used } from '../stored.js';
import { localeOf } from '../ui/texts.js';
import { noteNotices, readAccount, readHistory, readNotices, readSettings, useBackground, useKept } from './live.js';
import { Workspace } from './workspace.js';

document.documentElement.lang = localeOf('auto');
const first = await readSettings();
render(<Page />, document.body);

function Page() {
  const { view, renewals, advice, procedures, adviceProblem, messages, support, doctor, post } = useBackground();
  const known = useKept(readSettings, first);
  const locale = localeOf(known.settings.language);
  const added = useKept(addedSites, []);
  const managed = useKept(shownManagedSites, []);
  const bridged = useKept(switches, []);
  const history = useKept(readHistory, []);
  const notices = useKept(readNotices, []);
  const compared = useKept(readAccount, undefined);

  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);

  const told = advice !== undefined;
  // The popup's link leads to the next step.
  useEffect(() => {
    if (told && location.hash === '#advice') document.getElementById('advice')?.focus();
  }, [told]);

  const addAnchors = async (file: File) => {
    if (file.size > MAX_ANCHOR_FILE_BYTES) return 'too-large';
    try {
      post({ type: 'add-anchors', file: await encodeBlob(file) });
      return undefined;
    } catch {
      return 'unreadable';
    }
  };
  return (
    <Workspace
      view={view}
      renewals={renewals}
      advice={advice}
      doctor={doctor}
      procedures={procedures}
      adviceProblem={adviceProblem}
      messages={messages}
      support={support}
      added={added}
      managed={managed}
      switches={bridged}
      history={history}
      settings={known}
      notices={notices}
      compared={compared}
      locale={locale}
      refresh={() => post({ type: 'refresh' })}
      read={readAddress}
      add={origin => addSite(origin, new Date())}
      remove={removeSite}
      switchOn={switchOn}
      switchOff={switchOff}
      explain={message => post({ type: 'explain', message })}
      examine={() => post({ type: 'examine' })}
      allowSite={askForSite}
      repair={(repair, how) => post({ type: 'repair', repair, dryRun: how === 'plan', undo: how === 'undo' })}
      testSignature={(token, certificate, pin) =>
        post({ type: 'test-signature', token, certificate, ...(pin !== undefined && { pin }) })
      }
      addAnchors={addAnchors}
      removeAnchor={certificate => post({ type: 'remove-anchor', certificate })}
      quoteRenewal={(certificate, order) => post({ type: 'quote-renewal', certificate, order })}
      eraseHistory={async origin => {
        await used.erase(origin);
        // When a site was first used is history too.
        await forgetUsed(origin);
        await account.forget(origin);
      }}
      changeSettings={change => settings.change(change)}
      noteNotices={() => void noteNotices()}
      forgetAccount={() => void account.forget()}
    />
  );
}

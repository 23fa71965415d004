//! What the user sets for this device.

import { Message } from '@yinxin/ui/parts.js';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { type Language, NOTICE_DAYS, type Settings as Values } from '../background/settings.js';
import { textsOf } from '../ui/texts.js';
import { Erase } from './erase.js';
import type { WorkspaceProps } from './props.js';

/** The settings. A change holds at once. */
export function Settings({
  history,
  settings: known,
  locale,
  changeSettings,
  eraseHistory,
}: Pick<WorkspaceProps, 'history' | 'settings' | 'locale' | 'changeSettings' | 'eraseHistory'>) {
  const t = textsOf(locale);
  const id = useId();
  const [news, setNews] = useState('');
  /** What was changed just now, until it is kept. */
  const [asked, setAsked] = useState<Partial<Values>>({});
  useEffect(() => setAsked({}), [known]);
  const change = (values: Partial<Values>) => {
    setNews('');
    setAsked(last => ({ ...last, ...values }));
    changeSettings(values).catch(() => {
      setAsked({});
      setNews(t.settingsNotKept);
    });
  };
  const { managed } = known;
  const { language, sharedComputer, noticeDays } = { ...known.settings, ...asked };
  return (
    <section class="block" aria-labelledby="settings">
      <h2 id="settings" class="visually-hidden" tabIndex={-1}>
        {t.settings}
      </h2>
      <Setting legend={t.language} managed={managed.includes('language')} by={t.settingManaged}>
        <div class="choices">
          {LANGUAGES.map(value => (
            <label key={value} class="choice" lang={value === 'auto' ? undefined : value}>
              <input
                type="radio"
                name={`${id}-language`}
                checked={language === value}
                onChange={() => change({ language: value })}
              />
              {t.languages[value]}
            </label>
          ))}
        </div>
      </Setting>
      <Setting legend={t.noticeDays} managed={managed.includes('noticeDays')} by={t.settingManaged}>
        <p class="quiet">{t.noticeDaysHint}</p>
        <div class="choices">
          {NOTICE_DAYS.map(days => (
            <label key={days} class="choice">
              <input
                type="checkbox"
                checked={noticeDays.includes(days)}
                onChange={({ currentTarget: { checked } }) =>
                  change({ noticeDays: NOTICE_DAYS.filter(one => (one === days ? checked : noticeDays.includes(one))) })
                }
              />
              {t.daysBefore(days)}
            </label>
          ))}
        </div>
      </Setting>
      <Setting legend={t.sharedComputer} managed={managed.includes('sharedComputer')} by={t.settingManaged}>
        <label class="choice">
          <input
            type="checkbox"
            checked={sharedComputer}
            aria-describedby={`${id}-shared`}
            onChange={({ currentTarget: { checked } }) => change({ sharedComputer: checked })}
          />
          {t.sharedComputerOn}
        </label>
        <p class="quiet" id={`${id}-shared`}>
          {t.sharedComputerHint}
        </p>
      </Setting>
      {sharedComputer && history.length > 0 && (
        <Message tone="warning">
          <p>{t.historyLeft(history.length)}</p>
          <Erase
            kind="link"
            label={t.historyEraseAll}
            named={t.historyEraseLeft}
            question={t.historyEraseAllQuestion(history.length)}
            locale={locale}
            erase={() =>
              void eraseHistory().then(
                () => setNews(t.historyErased),
                () => setNews(t.historyNotErased),
              )
            }
          />
        </Message>
      )}
      <p class="told" role="status">
        {news}
      </p>
    </section>
  );
}

/** One setting; where an administrator set it, that it is so. */
function Setting({
  legend,
  managed,
  by,
  children,
}: {
  legend: string;
  managed: boolean;
  by: string;
  children: ComponentChildren;
}) {
  return (
    <fieldset class="card setting" disabled={managed}>
      <legend>{legend}</legend>
      {managed && <span class="chip">{by}</span>}
      {children}
    </fieldset>
  );
}

const LANGUAGES: readonly Language[] = ['auto', 'zh-CN', 'en'];

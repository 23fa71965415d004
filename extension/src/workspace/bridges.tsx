//! The switches of the bridge: for each site that calls another client, whether Yinxin answers.

import type { Locale } from '@yinxin/proto';
import { PROGRAMS, SITES } from '@yinxin/proto';
import { Message } from '@yinxin/ui/parts.js';
import { useState } from 'preact/hooks';
import type { Switch } from '../bridged.js';
import { textsOf } from '../ui/texts.js';

/** What the switches need from outside. */
export interface BridgesProps {
  readonly switches: readonly Switch[];
  readonly locale: Locale;
  /** Switches it on; answers whether the user agreed in the browser's own question. */
  switchOn(origin: string): Promise<boolean>;
  switchOff(origin: string): Promise<void>;
}

/** All of them, with what they allow and what they give up. */
export function Bridges({ switches, locale, switchOn, switchOff }: BridgesProps) {
  const t = textsOf(locale);
  const [news, setNews] = useState('');
  return (
    <section class="block" aria-labelledby="bridges">
      <h3 id="bridges" tabIndex={-1}>
        {t.bridges}
      </h3>
      <p>{t.bridgesLead}</p>
      <p>{t.bridgeAllows}</p>
      <Message tone="warning">
        <p>{t.bridgeGivesUp}</p>
      </Message>
      <ul class="sites card">
        {switches.map(({ origin, on, managed, forbidden }) => {
          const site = SITES.find(site => site.origin === origin);
          const what = on && !forbidden ? t.bridgeOff : t.bridgeOn;
          return (
            <li key={origin}>
              <span class="site-origin">{origin}</span>
              <span class="quiet">
                {site
                  ? `${site.name} · ${t.bridgeCalls(site.skins.map(skin => PROGRAMS[skin]).join(t.separator))}`
                  : `${t.localSite} · ${t.bridgeCallsAny}`}
              </span>
              {on && !forbidden && <span class="chip">{managed ? t.bridgeManaged : t.bridgeIsOn}</span>}
              {forbidden && <span class="problem">{t.bridgeForbidden}</span>}
              {(!managed || forbidden) && (
                <button
                  type="button"
                  class="secondary"
                  aria-label={t.bridgeNamed(what, origin)}
                  onClick={() => {
                    setNews('');
                    if (on && !forbidden) return void switchOff(origin);
                    // Nothing may come between the click and the browser's question.
                    switchOn(origin).then(
                      agreed => setNews(agreed ? t.bridgeReload : t.bridgeRefused),
                      () => setNews(t.bridgeRefused),
                    );
                  }}
                >
                  {what}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <p role="status">{news}</p>
    </section>
  );
}

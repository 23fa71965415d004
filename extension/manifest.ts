//! The one source of the manifests. What differs between released and development build, and between browsers, is
//! decided here; where code has to ask, it asks for the very thing that a browser lacks.

import {
  DEVELOPMENT_ADDON_ID,
  DEVELOPMENT_EXTENSION_KEY,
  DEVELOPMENT_HOSTS,
  OLDEST_ENGINE,
  OLDEST_FIREFOX,
  RELEASED_ADDON_ID,
  RELEASED_EXTENSION_KEY,
  SITES,
} from '@yinxin/proto';
import { patternOf } from './src/pattern.js';

/** Which build: `development` adds the user's own machine as a site, and has an id of its own. */
export type Flavour = 'released' | 'development';

/** What the browser is made of. */
export type Family = 'chromium' | 'firefox';

/**
 * The oldest browsers, for what lowers and checks the bundles too. Nothing newer is used without a check.
 *
 * Chromium 106: MessageSender.documentLifecycle, without which a page that is only prerendered or kept could ask
 * (`background/sender.ts`). Everything else used is older: an open native port as a reason to live (105),
 * 'wasm-unsafe-eval' (103), optional_host_permissions and storage.session (102). That calls of extension APIs
 * prolong a service worker's life is newer (110); before, the consent window's ports do (`consent/main.tsx`).
 * Forks lag behind Chrome by many versions (UOS and 360 at 108, 2345 at 109).
 *
 * Firefox 128: optional_host_permissions. Older are sites that are granted with the installation (127), MessageSender.origin
 * (126), navigator.userActivation (120), storage.session (115), which the 115 for Windows 7 has but for the rest.
 */
export const OLDEST = { chromium: { chrome: OLDEST_ENGINE }, firefox: { firefox: OLDEST_FIREFOX } } as const;

/**
 * Whether match patterns can name a port. In Firefox (153 too) one that does matches nothing, so that scripts and
 * permissions are for all ports of a host there; who may ask is still decided by the whole origin (`src/sites.ts`).
 */
export const PORTS_IN_PATTERNS = { chromium: true, firefox: false } as const;

/** The manifest of a build. */
export function manifest(family: Family, flavour: Flavour, version: string): chrome.runtime.ManifestV3 {
  const development = flavour === 'development';
  const localPatterns = DEVELOPMENT_HOSTS.map(host => `http://${host}/*`);
  return {
    manifest_version: 3,
    name: development ? '__MSG_nameDevelopment__' : '__MSG_name__',
    short_name: '__MSG_shortName__',
    description: '__MSG_description__',
    default_locale: 'zh_CN',
    version,
    permissions: ['nativeMessaging', 'storage', 'scripting'],
    // For sites that the user adds, asked for one origin at a time. The user's own machine is
    // listed since a released build does not have it built in.
    optional_host_permissions: ['https://*/*', ...localPatterns],
    content_scripts: [
      {
        matches: [
          ...SITES.map(site => patternOf(site.origin, PORTS_IN_PATTERNS[family])),
          ...(development ? localPatterns : []),
        ],
        js: ['content.js'],
        run_at: 'document_start',
        all_frames: false,
      },
    ],
    action: { default_title: '__MSG_action__', default_icon: icons, default_popup: 'popup.html' },
    icons,
    content_security_policy: {
      // 'wasm-unsafe-eval' compiles the core; nothing may come from elsewhere, nor frame these pages. Pictures of
      // seals, and documents that are opened, are blobs of the pages' own.
      extension_pages:
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; connect-src 'self' blob:; worker-src 'self'; " +
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
    ...{ chromium, firefox }[family](development),
  };
}

function chromium(development: boolean): Partial<chrome.runtime.ManifestV3> {
  return {
    key: development ? DEVELOPMENT_EXTENSION_KEY : RELEASED_EXTENSION_KEY,
    minimum_chrome_version: String(OLDEST.chromium.chrome),
    // Rules of the bridge do nothing without access to a host, and browsers tell nobody of that permission. It can't be asked
    // for when it is needed: Chromium 156 then never answers the call that sets a rule, until the extension starts again.
    permissions: ['nativeMessaging', 'storage', 'scripting', 'declarativeNetRequestWithHostAccess'],
    // For the bridge, asked for with its addresses when the user switches it on for a site.
    optional_permissions: ['webRequest'],
    background: { service_worker: 'background.js', type: 'module' },
    // What an administrator can set by the browser's policy for extensions. Firefox takes it without.
    storage: { managed_schema: 'managed.json' },
    incognito: 'split',
  };
}

function firefox(development: boolean): Partial<chrome.runtime.ManifestV3> {
  return {
    browser_specific_settings: {
      gecko: {
        id: development ? DEVELOPMENT_ADDON_ID : RELEASED_ADDON_ID,
        strict_min_version: `${OLDEST.firefox.firefox}.0`,
        // What leaves the browser counts, also to our own host: the PIN, whose site asks and what it wants signed; and to the site what
        // the user chose to give it. Nothing goes to anybody else. Older ones than 140 take no notice.
        data_collection_permissions: {
          required: ['authenticationInfo', 'personallyIdentifyingInfo', 'browsingActivity', 'websiteContent'],
        },
      } as object,
    },
    // Firefox has no service workers for extensions: a page without a window, which ends and starts likewise.
    background: { scripts: ['background.js'], type: 'module' } as object as chrome.runtime.ManifestV3['background'],
    // One background would serve private windows and others together, and keep what was done in the former.
    incognito: 'not_allowed',
  };
}

const icons = { 16: 'icons/16.png', 32: 'icons/32.png', 48: 'icons/48.png', 128: 'icons/128.png' };

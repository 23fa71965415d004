//! The one source of the manifests. What differs between released and development build, and
//! later between browsers, is decided here and nowhere else.

import { DEVELOPMENT_EXTENSION_KEY, DEVELOPMENT_HOSTS, RELEASED_EXTENSION_KEY, SITES } from '@yinxin/proto';

/** Which build: `development` adds the user's own machine as a site, and has an id of its own. */
export type Flavour = 'released' | 'development';

/** The Chromium manifest of a build. */
export function manifest(flavour: Flavour, version: string): chrome.runtime.ManifestV3 {
  const development = flavour === 'development';
  const localPatterns = DEVELOPMENT_HOSTS.map(host => `http://${host}/*`);
  return {
    manifest_version: 3,
    name: development ? '__MSG_nameDevelopment__' : '__MSG_name__',
    short_name: '__MSG_shortName__',
    description: '__MSG_description__',
    default_locale: 'zh_CN',
    version,
    key: development ? DEVELOPMENT_EXTENSION_KEY : RELEASED_EXTENSION_KEY,
    // 106: MessageSender.documentLifecycle, without which a page that is only prerendered or kept could ask
    // (`background/sender.ts`). Everything else used is older: an open native port as a reason to live (105),
    // 'wasm-unsafe-eval' (103), optional_host_permissions and storage.session (102). That calls of extension APIs
    // prolong a service worker's life is newer (110); before, the consent window's ports do (`consent/main.tsx`).
    // Forks lag behind Chrome by many versions (UOS and 360 at 108, 2345 at 109), so nothing newer is used without a
    // check.
    minimum_chrome_version: '106',
    // Rules of the bridge do nothing without access to a host, and browsers tell nobody of that permission. It can't be asked
    // for when it is needed: Chromium 156 then never answers the call that sets a rule, until the extension starts again.
    permissions: ['nativeMessaging', 'storage', 'scripting', 'declarativeNetRequestWithHostAccess'],
    // For sites that the user adds, asked for one origin at a time. The user's own machine is
    // listed since a released build does not have it built in.
    optional_host_permissions: ['https://*/*', ...localPatterns],
    // For the bridge, asked for with its addresses when the user switches it on for a site.
    optional_permissions: ['webRequest'],
    background: { service_worker: 'background.js', type: 'module' },
    content_scripts: [
      {
        matches: [...SITES.map(site => `${site.origin}/*`), ...(development ? localPatterns : [])],
        js: ['content.js'],
        run_at: 'document_start',
        all_frames: false,
      },
    ],
    // What an administrator can set by the browser's policy for extensions.
    storage: { managed_schema: 'managed.json' },
    action: { default_title: '__MSG_action__', default_icon: icons, default_popup: 'popup.html' },
    icons,
    content_security_policy: {
      // 'wasm-unsafe-eval' compiles the core; nothing may come from elsewhere, nor frame these pages. Pictures of
      // seals, and documents that are opened, are blobs of the pages' own.
      extension_pages:
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; connect-src 'self' blob:; worker-src 'self'; " +
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
    incognito: 'split',
  };
}

const icons = { 16: 'icons/16.png', 32: 'icons/32.png', 48: 'icons/48.png', 128: 'icons/128.png' };

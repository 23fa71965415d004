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
    // 110: from this version on, calls of extension APIs prolong a service worker's life, which
    // keeps an open consent window's operation alive when no host is connected. Everything else
    // used is older: an open native port as a reason to live (105), MessageSender.documentLifecycle
    // (106), optional_host_permissions and storage.session (102). Forks such as Sogou lag behind
    // Chrome by many versions, so nothing newer is used without a check.
    minimum_chrome_version: '110',
    permissions: ['nativeMessaging', 'storage', 'scripting'],
    // For sites that the user adds, asked for one origin at a time. The user's own machine is
    // listed since a released build does not have it built in.
    optional_host_permissions: ['https://*/*', ...localPatterns],
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
      // seals are blobs of the pages' own.
      extension_pages:
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; worker-src 'self'; " +
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
    incognito: 'split',
  };
}

const icons = { 16: 'icons/16.png', 32: 'icons/32.png', 48: 'icons/48.png', 128: 'icons/128.png' };

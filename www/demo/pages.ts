/** The pages as HTML. Scripts enhance them; nothing in them is inline. */

import type { GuideOptions } from '@yinxin/client/guide';
import { day, type Locale, OLDEST_ENGINE, OLDEST_FIREFOX, size } from '@yinxin/proto';
import type { Claim } from './claims.js';
import type { PortalDocument } from './documents.js';
import { type Html, html } from './html.js';
import type { SealedContent } from './seals.js';
import { type Account, ROLES } from './stores.js';
import type { Tender } from './tenders.js';
import { ROLE_NAMES, SENTENCES, STAGED_NAMES } from './texts.js';
import type { CertificateFacts } from './verifier.js';
import type { Described } from './words.js';

/** Where users get extension and host program: what the guide of the page library is told. */
export type GuideAddresses = Pick<GuideOptions, 'extension' | 'host' | 'support'>;

/** Entrances by role, the login button, and the form for a first binding. */
export function loginPage(locale: Locale, claims: readonly Claim[], addresses: GuideAddresses): Html {
  const t = SENTENCES[locale];
  const names = ROLE_NAMES[locale];
  return page(
    locale,
    t.loginHeading,
    'login.js',
    html`<div id="guide" data-addresses="${JSON.stringify(addresses)}"></div>
<section class="card" aria-labelledby="login-heading">
<h2 id="login-heading">${t.loginHeading}</h2>
<fieldset id="entrance" aria-describedby="entrance-hint">
<legend>${t.entrance}</legend>
<div class="choices">
${ROLES.map(role => html`<label class="choice"><input type="radio" name="entrance" value="${role}"${checked(role === 'supplier')}> <span>${names[role]}</span></label>\n`)}</div>
<p id="entrance-hint" class="hint">${t.entranceHint}</p>
</fieldset>
<div class="field"><label for="account-named">${t.accountNamed}</label>
<select id="account-named" aria-describedby="account-named-hint">
<option value="">${t.accountNone}</option>
${claims.map(({ id, name, staged }) => html`<option value="${id}">${staged ? STAGED_NAMES[locale][staged] : name}</option>\n`)}</select></div>
<p id="account-named-hint" class="hint">${t.accountNamedHint}</p>
<div class="actions"><button type="button" id="ca-login" class="primary">${t.caLogin}</button></div>
${underWay(locale)}</section>
<section class="card" id="binding" aria-labelledby="bind-heading" hidden>
<h2 id="bind-heading" tabindex="-1">${t.bindHeading}</h2>
<p class="hint" id="bind-hint">${t.bindHint}</p>
<form id="bind-form" autocomplete="off">
<div id="bind-fields" class="field"><label for="bind-name">${t.accountName}</label>
<input id="bind-name" name="name" required maxlength="200">
<label for="bind-role">${t.accountRole}</label>
<select id="bind-role" name="role">
${ROLES.map(role => html`<option value="${role}">${names[role]}</option>\n`)}</select></div>
<div class="actions"><button type="submit" id="bind" class="primary">${t.bind}</button></div>
</form>
</section>`,
  );
}

/** Who is logged in, with which certificate, and what there is to sign and to seal. */
export function accountPage(
  locale: Locale,
  account: Account,
  certificate: CertificateFacts,
  documents: readonly PortalDocument[],
  toSeal: readonly SealedContent[],
  tenders: readonly Tender[],
): Html {
  const t = SENTENCES[locale];
  return page(
    locale,
    t.accountHeading,
    'account.js',
    html`<section class="card" aria-labelledby="documents-heading">
<h2 id="documents-heading">${t.documentsHeading}</h2>
<p class="hint">${t.documentsHint}</p>
<ul class="documents" id="to-sign">
${documents.map(
  ({ id, name, bytes }) => html`<li class="document" data-id="${id}" data-name="${name}">
<span class="document-name">${name}</span> <span class="hint">${size(bytes.byteLength)}</span>
${opening(id, name, t.open)}</li>
`,
)}</ul>
<div class="actions"><button type="button" id="sign" class="primary">${t.sign}</button></div>
<h2 id="sealing-heading">${t.sealingHeading}</h2>
<p class="hint">${t.sealingHint}</p>
<ul class="documents" aria-labelledby="sealing-heading">
${toSeal.map(
  ({ id, name, kept }) => html`<li class="document">
<span class="document-name">${name}</span> ${kept ? html`<span class="hint">${t.keptHint}</span>` : opening(id, name, t.open)}</li>
`,
)}</ul>
<div class="actions"><button type="button" id="seal" class="primary">${t.seal}</button></div>
<h2 id="tenders-heading">${t.tendersHeading}</h2>
<p class="hint">${t.tendersHint}</p>
<ul class="documents" id="tenders" aria-labelledby="tenders-heading">
${tenders.map(
  ({
    id,
    name,
    format,
    placement: { page, x, y },
  }) => html`<li class="document" data-id="${id}" data-name="${name}" data-format="${format}" data-place="${[page, x, y].join(' ')}">
<span class="document-name">${name}</span>
${opening(id, name, t.open)}</li>
`,
)}</ul>
<div class="actions"><button type="button" id="complete" class="primary">${t.complete}</button>
<button type="button" id="show-seal">${t.showSeal}</button></div>
<div id="my-seal" class="signature" hidden></div>
${underWay(locale)}</section>
<section class="card" id="result" aria-labelledby="result-heading" hidden>
<h2 id="result-heading" tabindex="-1">${t.resultHeading}</h2>
<p class="hint">${t.resultHint}</p>
<div id="results"></div>
</section>
<section class="card" aria-labelledby="account-heading">
<h2 id="account-heading">${t.accountHeading}</h2>
<dl id="account">
${row(t.name, account.name, 'account-name')}
${row(t.role, ROLE_NAMES[locale][account.role], 'account-role')}
</dl>
<h3>${t.certificate}</h3>
<dl id="certificate">
${row(t.holder, certificate.holder)}
${certificate.creditCode ? row(t.creditCode, certificate.creditCode) : ''}
${row(t.issuer, certificate.issuerName)}
${row(t.serial, certificate.serial)}
${row(t.validUntil, day(certificate.notAfter, locale))}
${row(t.algorithm, certificate.keyAlgorithm)}
</dl>
<div class="actions"><button type="button" id="logout">${t.logout}</button></div>
</section>`,
  );
}

/** A page as today's portals have them: it is all there, and its script shows what is next. */
export function legacyPage(locale: Locale, origin: string): Html {
  const t = SENTENCES[locale];
  const names = ROLE_NAMES[locale];
  // On a machine of its user's own, all ports are one site.
  const { protocol, hostname } = new URL(origin);
  return page(
    locale,
    t.legacyHeading,
    'legacy.js',
    html`<section class="card" aria-labelledby="client-heading">
<h2 id="client-heading">${t.clientHeading}</h2>
<p class="hint">${t.legacyHint}</p>
<p id="client" role="status">${t.clientLooking}</p>
<div id="no-client" hidden><p>${t.clientNoneHint}</p>
<p><code>${`${protocol}//${hostname}`}</code></p>
<div class="actions"><button type="button" id="reload">${t.reload}</button></div></div>
</section>
<section class="card" id="login" aria-labelledby="login-heading" hidden>
<h2 id="login-heading">${t.legacyHeading}</h2>
<form id="login-form" autocomplete="off">
<div class="field"><label for="entrance">${t.entrance}</label>
<select id="entrance">
${ROLES.map(
  role => html`<option value="${role}"${role === 'supplier' ? html` selected` : ''}>${names[role]}</option>
`,
)}</select>
<label for="certificates">${t.certificateChoice}</label>
<select id="certificates"><option value="">${t.certificateUnread}</option></select>
<label for="pin">${t.pin}</label>
<input id="pin" type="password" maxlength="32" autocomplete="off" aria-describedby="pin-hint"></div>
<p id="pin-hint" class="hint">${t.pinHint}</p>
<div class="actions"><button type="submit" class="primary">${t.legacyLogin}</button>
<button type="button" id="read">${t.readCertificates}</button></div>
</form>
</section>
<section class="card" id="signing" aria-labelledby="text-heading" hidden>
<h2 id="text-heading">${t.textHeading}</h2>
<div class="field"><textarea id="text" rows="3" aria-labelledby="text-heading">${t.textSample}</textarea></div>
<div class="actions"><button type="button" id="sign-p1" class="primary">${t.signP1}</button>
<button type="button" id="sign-attached">${t.signAttached}</button>
<button type="button" id="sign-detached">${t.signDetached}</button></div>
</section>
<p id="status" role="status" class="hint"></p>
<div id="message" role="alert"></div>
<section class="card" id="binding" aria-labelledby="bind-heading" hidden>
<h2 id="bind-heading" tabindex="-1">${t.bindHeading}</h2>
<p class="hint" id="bind-hint">${t.bindHint}</p>
<form id="bind-form" autocomplete="off">
<div class="field" id="bind-fields"><label for="bind-name">${t.accountName}</label>
<input id="bind-name" required maxlength="200"></div>
<div class="actions"><button type="submit" id="bind" class="primary">${t.bind}</button></div>
</form>
</section>
<section class="card" id="result" aria-labelledby="result-heading" hidden>
<h2 id="result-heading" tabindex="-1">${t.resultHeading}</h2>
<p class="hint">${t.textResultHint}</p>
<div id="results"></div>
</section>
<section class="card" id="account" aria-labelledby="account-heading" hidden>
<h2 id="account-heading">${t.accountHeading}</h2>
<dl>
${row(t.name, '', 'account-name')}
${row(t.role, '', 'account-role')}
</dl>
<div id="info" hidden><h3>${t.infoHeading}</h3>
<dl id="certificate"></dl></div>
<div class="actions"><button type="button" id="logout">${t.logout}</button></div>
</section>`,
  );
}

/** What is under way, and what the user can do about it; then how it ended. */
function underWay(locale: Locale): Html {
  const t = SENTENCES[locale];
  return html`<div class="under-way"><p id="status" role="status" class="hint"></p>
<button type="button" id="show-window" hidden>${t.showWindow}</button>
<button type="button" id="cancel" hidden>${t.cancel}</button></div>
<div id="message" role="alert"></div>
`;
}

/** A refusal of a page. */
export function errorPage(locale: Locale, { code, message, remedy }: Described): Html {
  const t = SENTENCES[locale];
  return page(
    locale,
    message,
    undefined,
    html`<section class="card"><div class="message"><h2>${message}</h2>
<p>${remedy}</p>
<p class="hint">${t.code} <code>${code}</code></p></div>
<p><a href="/">${t.backHome}</a></p></section>`,
  );
}

function page(locale: Locale, heading: string, script: string | undefined, content: Html): Html {
  const t = SENTENCES[locale];
  const other = locale === 'en' ? 'zh-CN' : 'en';
  return html`<!doctype html>
<html lang="${locale}" translate="no">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="google" content="notranslate">
<meta name="color-scheme" content="light dark">
<title>${heading} · ${t.title}</title>
<link rel="stylesheet" href="/assets/style.css">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${script ? html`<script type="module" src="/assets/${script}"></script>` : ''}
</head>
<body>
<a class="skip" href="#content">${t.skip}</a>
<header>
<div class="bar"><div><h1>${t.title}</h1><p class="tag">${t.subtitle}</p></div>
<a id="language" href="?lang=${other}" lang="${other}" hreflang="${other}">${t.otherLanguage}</a></div>
</header>
${script ? tooOld(locale) : ''}<main id="content">
${content}
</main>
<footer><p>${t.independence}</p>
<p><a id="demo-ca" href="/demo-ca.pem" download>${t.demoCa}</a> ${t.demoCaHint}</p></footer>
</body>
</html>
`;
}

/** What is said to whose browser is too old for the extension, by a script that such a browser can read. */
function tooOld(locale: Locale): Html {
  return html`<p id="old" class="card" role="alert" hidden data-chromium="${OLDEST_ENGINE}" data-firefox="${OLDEST_FIREFOX}">${SENTENCES[locale].tooOld}</p>
<script src="/assets/old.js"></script>
`;
}

function row(term: string, value: string, id = ''): Html {
  return html`<div><dt>${term}</dt><dd${id ? html` id="${id}"` : ''}>${value}</dd></div>`;
}

function opening(id: string, name: string, open: string): Html {
  return html`<a href="/documents/${id}" target="_blank" rel="noopener">${open}<span class="visually-hidden"> ${name}</span></a>`;
}

function checked(on: boolean): Html {
  return on ? html` checked` : html``;
}

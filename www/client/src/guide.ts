/**
 * An install guide, which a portal puts where its users log in: it says what is missing on this computer, what the next
 * step is on this system and in this browser, and goes on by itself when it was taken. It loads nothing, and names no
 * address but those that the portal gives.
 */

import { SITES } from '@yinxin/proto';
import { type Agent, type Environment, environmentOf } from './environment.js';
import { type Locale, type Texts, texts } from './guide-texts.js';
import { type Status, status, type YinxinError } from './index.js';

export { type Agent, type Environment, environmentOf };

/** Packages of the host program. */
export type HostPackage = 'windows' | 'macos' | 'deb-amd64' | 'deb-arm64' | 'archive-amd64' | 'archive-arm64';

/** What a portal tells the guide. */
export interface GuideOptions {
  /**
   * Where the extension is to be had: a page of a store, or one of the portal's own. `chromium` is for every browser made
   * of it, `edge` for Edge alone. Where there is none, the guide sends the user to the portal's support.
   */
  readonly extension?: { readonly chromium?: string; readonly edge?: string; readonly firefox?: string };
  /** Where the packages of the host program lie. */
  readonly host?: Partial<Readonly<Record<HostPackage, string>>>;
  /** Where the user finds help beyond this. */
  readonly support?: string;
  /** Told once all is there. */
  readonly onReady?: (status: Status) => void;
  /**
   * How the page is loaded anew when the user comes back from installing the extension, which browsers made of Chromium
   * let into new pages only. `location.reload()` unless the page has something to keep first.
   */
  readonly reload?: () => void;
  /** Language; the document's, if absent. */
  readonly locale?: 'zh-CN' | 'en';
}

/** Where the user stands. */
type Step = 'looking' | 'browser' | 'extension' | 'permission' | 'host' | 'host-trouble' | 'trouble' | 'ready';

/** Which of the guide's three steps each is about; what lies before is done. */
const PLACES: Readonly<Record<Step, number>> = {
  looking: -1,
  browser: 0,
  extension: 1,
  permission: 1,
  trouble: 1,
  host: 2,
  'host-trouble': 2,
  ready: 3,
};

/** Milliseconds between two looks, of a page that is seen. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Shows the guide inside of an element. It looks again while the page is seen, until everything is there.
 * Gives what ends and removes it.
 */
export function guide(element: HTMLElement, options: GuideOptions = {}): () => void {
  const { onReady, reload = () => location.reload() } = options;
  const words = texts(options.locale ?? languageOf(element));
  const environment = environmentOf(navigator as Agent);
  const view = new View(element, words, environment, options);
  let shown = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking = false;
  let ended = false;

  const show = (step: Step, error?: YinxinError): void => {
    const now = `${step} ${error?.code}`;
    if (now !== shown) view.show(step, error);
    shown = now;
  };
  const look = async (): Promise<void> => {
    clearTimeout(timer);
    if (ended || looking || document.visibilityState !== 'visible') return;
    looking = true;
    let found: Status | undefined;
    try {
      found = await status();
      if (found.problem) throw found.problem;
    } catch (thrown) {
      found = undefined;
      const error = thrown as YinxinError;
      // The page is left, and may come back.
      if (!ended && error.code !== 'page-gone') show(stepOf(error), error);
    }
    looking = false;
    if (ended) return;
    if (found) {
      show('ready');
      return onReady?.(found);
    }
    timer = setTimeout(look, LOOK_AGAIN_MS);
  };
  const seen = (): void => {
    if (ended || document.visibilityState !== 'visible') return;
    if (shown.startsWith('extension') && view.hasLeftForExtension) reload();
    else void look();
  };

  document.addEventListener('visibilitychange', seen);
  // Out of the back/forward cache, where a call of before has ended.
  window.addEventListener('pageshow', seen);
  if (environment.system === 'other' || !environment.isNewEnough) show('browser');
  else {
    show('looking');
    void look();
  }
  return () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
    window.removeEventListener('pageshow', seen);
    view.remove();
  };
}

function stepOf({ code }: YinxinError): Step {
  switch (code) {
    case 'not-installed':
      return 'extension';
    case 'site-not-allowed':
      return 'permission';
    case 'host-missing':
      return 'host';
    default:
      return code.startsWith('host-') ? 'host-trouble' : 'trouble';
  }
}

/** The language that holds at an element: Chinese, unless it is another. */
function languageOf(element: HTMLElement): Locale {
  const tag = element.closest('[lang]')?.getAttribute('lang') || navigator.language;
  return /^zh\b/i.test(tag) ? 'zh-CN' : 'en';
}

/** What is seen. */
class View {
  /** Whether the user went to where the extension is to be had. */
  hasLeftForExtension = false;
  readonly #host: HTMLElement;
  readonly #section: HTMLElement;
  readonly #said: HTMLElement;
  readonly #list: HTMLElement;
  readonly #more: HTMLElement;
  readonly #words: Texts;
  readonly #environment: Environment;
  readonly #options: GuideOptions;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');

  constructor(element: HTMLElement, words: Texts, environment: Environment, options: GuideOptions) {
    this.#words = words;
    this.#environment = environment;
    this.#options = options;
    this.#host = make('div');
    const root = this.#host.attachShadow({ mode: 'open' });
    style(root);
    const heading = make('h2', { id: 'heading' }, words.heading);
    // What is said stays, so that what changes in it is read out.
    this.#said = make('p', { role: 'status', class: 'said' });
    this.#list = make('ol');
    this.#more = make('div');
    this.#section = make(
      'section',
      { lang: words.lang, 'aria-labelledby': 'heading' },
      ...[heading, this.#said, this.#list, this.#more],
    );
    root.append(this.#section);
    element.append(this.#host);
    this.#dark.addEventListener('change', this.#paint);
    this.#paint();
  }

  remove(): void {
    this.#dark.removeEventListener('change', this.#paint);
    this.#host.remove();
  }

  /** As dark as the page around it, which may know one of both only. */
  readonly #paint = (): void => {
    const isDark = this.#dark.matches && /dark/.test(getComputedStyle(this.#host).colorScheme);
    this.#section.className = isDark ? 'dark' : '';
  };

  /** Shows where the user stands. */
  show(step: Step, error: YinxinError | undefined): void {
    const words = this.#words;
    const focused = this.#list.contains((this.#host.shadowRoot as ShadowRoot).activeElement);
    this.#said.textContent = words.said[step];
    this.#said.className = `said ${step}`;
    this.#list.textContent = '';
    const at = PLACES[step];
    words.steps.forEach((title, index) => {
      const state = index < at ? 'done' : index === at ? 'now' : 'later';
      const item = make('li', { class: state, ...(state === 'now' && { 'aria-current': 'step' }) });
      const name = make('h3', { tabindex: '-1' }, title);
      if (state === 'done') name.append(make('span', { class: 'state' }, words.done));
      item.append(name);
      if (state === 'now') item.append(...this.#about(step, error));
      this.#list.append(item);
      // What had the focus is gone; who reads on begins where the next step does.
      if (focused && state === 'now') name.focus();
    });
    this.#more.textContent = '';
    const support = this.#options.support;
    const help = step === 'ready' || step === 'looking' ? undefined : link(support, words.support);
    if (help) this.#more.append(make('p', {}, help));
  }

  #about(step: Step, error: YinxinError | undefined): Node[] {
    const words = this.#words;
    switch (step) {
      case 'browser':
        return [make('p', {}, this.#environment.system === 'other' ? words.otherSystem : words.tooOld)];
      case 'extension':
        return this.#aboutExtension();
      case 'permission':
        return [make('p', {}, words.allowSite(location.origin)), this.#reload()];
      case 'host':
        return this.#aboutHost();
      case 'host-trouble':
      case 'trouble':
        return this.#aboutTrouble(error);
      default:
        return [];
    }
  }

  #aboutExtension(): Node[] {
    const words = this.#words;
    const { family, browser } = this.#environment;
    const { extension = {} } = this.#options;
    const address =
      family === 'firefox' ? extension.firefox : (browser === 'edge' && extension.edge) || extension.chromium;
    const get = link(address, words.getExtension, 'button');
    get?.addEventListener('click', () => {
      this.hasLeftForExtension = true;
    });
    const nodes: Node[] = [get ? make('p', {}, get) : make('p', {}, words.askForExtension)];
    nodes.push(make('p', {}, words.comeBack), this.#reload());
    if (browser === '360' || browser === 'sogou') nodes.push(make('p', { class: 'hint' }, words.fork));
    const isListed = SITES.some(({ origin }) => origin === location.origin);
    const there = isListed ? words.allowListed : words.allowSite(location.origin);
    nodes.push(details(words.isThere, make('p', {}, there)));
    return nodes;
  }

  #aboutHost(isThere = false): Node[] {
    const words = this.#words;
    const { system, architecture } = this.#environment;
    const { host = {} } = this.#options;
    const nodes: Node[] = [];
    const offer = (name: HostPackage | undefined, text: string, how: string): boolean => {
      // The first one is the next step.
      const got = name && link(host[name], text, nodes.length === 0 ? 'button' : '');
      if (got) nodes.push(make('p', {}, got), make('p', { class: 'hint' }, how));
      return got !== undefined;
    };
    const is = (kind: 'deb' | 'archive'): HostPackage | undefined =>
      architecture === 'other' ? undefined : `${kind}-${architecture}`;
    let offered = false;
    if (system === 'windows' || system === 'macos') offered = offer(system, words.getHost, words.afterwards[system]);
    else {
      offered = offer(is('deb'), words.getDeb, words.afterwards.deb);
      if (system === 'linux') offered = offer(is('archive'), words.getArchive, words.afterwards.archive) || offered;
    }
    if (!offered) nodes.push(make('p', {}, words.askForHost));
    if (isThere) return nodes;
    nodes.push(details(words.isThere, make('p', {}, words.register)));
    if (!['windows', 'macos'].includes(system)) nodes.push(make('p', { class: 'hint' }, words.sandbox));
    return nodes;
  }

  #aboutTrouble(error: YinxinError | undefined): Node[] {
    const code = make('code', {}, error?.code ?? '');
    const offers = ['host-too-old', 'host-message-invalid'].includes(error?.code ?? '') ? this.#aboutHost(true) : [];
    return [
      make('p', {}, `${error?.message} ${error?.remedy}`),
      ...offers,
      make('p', { class: 'hint' }, `${this.#words.code} `, code),
    ];
  }

  #reload(): HTMLElement {
    const button = make('button', { type: 'button' }, this.#words.reload);
    button.addEventListener('click', () => (this.#options.reload ?? (() => location.reload()))());
    return make('p', {}, button);
  }
}

function make(tag: string, attributes: Readonly<Record<string, string>> = {}, ...children: (Node | string)[]) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A link in a tab of its own, so that this page stays; none without an address of the web. */
function link(address: string | undefined, text: string, look = ''): HTMLElement | undefined {
  if (!address) return undefined;
  const anchor = document.createElement('a');
  anchor.href = address;
  if (!/^https?:$/.test(anchor.protocol)) return undefined;
  anchor.textContent = text;
  return Object.assign(anchor, { target: '_blank', rel: 'noopener', className: look });
}

function details(summary: string, ...content: Node[]): HTMLElement {
  return make('details', {}, make('summary', {}, summary), ...content);
}

/** Sheets that are made by script need no permission of the page's policy for styles. Firefox before 101 has none. */
function style(root: ShadowRoot): void {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS_TEXT);
    root.adoptedStyleSheets = [sheet];
  } else root.append(make('style', {}, CSS_TEXT));
}

const CSS_TEXT = `
section{--ground:#fff;--ink:#1c2530;--soft:#556070;--line:#d5dbe3;--brand:var(--yinxin-accent,#1d4f91);--on-brand:var(--yinxin-on-accent,#fff);--good:#1a6b3a;
box-sizing:border-box;padding:20px;border:1px solid var(--line);border-radius:8px;background:var(--ground);color:var(--ink);
font-size:1rem;line-height:1.65;overflow-wrap:anywhere;text-align:start}
.dark{--ground:#1b212a;--ink:#e6eaf0;--soft:#a3aebd;--line:#38424f;--brand:var(--yinxin-accent-dark,#8ab4f0);--on-brand:var(--yinxin-on-accent-dark,#0d1a2b);--good:#7fd6a0}
h2{margin:0;font-size:1.1875rem;line-height:1.4}
h3{margin:0;font-size:1rem;line-height:1.5;outline-offset:4px}
p{margin:8px 0 0}
.said{color:var(--soft)}
.said.ready{color:var(--good);font-weight:600}
ol{margin:16px 0 0;padding:0;list-style:none;counter-reset:step}
li{position:relative;padding:0 0 16px 40px;counter-increment:step}
li::before{content:counter(step);position:absolute;left:0;top:0;width:24px;height:24px;border:1px solid var(--line);border-radius:50%;
box-sizing:border-box;line-height:22px;text-align:center;font-size:.8125rem;color:var(--soft)}
li:not(:last-child)::after{content:"";position:absolute;left:12px;top:28px;bottom:4px;border-left:1px solid var(--line)}
li:last-child{padding-bottom:0}
.later h3{color:var(--soft);font-weight:400}
.now::before{background:var(--brand);border-color:var(--brand);color:var(--on-brand);font-weight:700}
.done::before{content:"✓";border-color:var(--good);color:var(--good)}
.state{margin-left:8px;font-weight:400;font-size:.875rem;color:var(--good)}
.hint{color:var(--soft);font-size:.875rem}
a{color:var(--brand)}
.button,button{display:inline-block;box-sizing:border-box;min-height:44px;padding:8px 16px;border:1px solid var(--brand);border-radius:6px;
font:inherit;line-height:1.6;cursor:pointer}
.button{background:var(--brand);color:var(--on-brand);text-decoration:none;font-weight:600}
button{background:none;color:var(--brand)}
:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
details{margin-top:12px}
summary{cursor:pointer;color:var(--brand)}
code{font-family:ui-monospace,Consolas,monospace;font-size:.9em}
@media (max-width:479px){section{padding:16px}li{padding-left:34px}}
@media (forced-colors:active){.now::before,.button{border:2px solid}}
`;

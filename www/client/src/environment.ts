/** Which system and browser a page runs in, as far as browsers tell: enough to name the right package. */

import { OLDEST_ENGINE, OLDEST_FIREFOX } from '@yinxin/proto';

/** What the guide goes by. */
export interface Environment {
  /** `linux` also where a distribution does not name itself; `other` has no keys (phones, tablets) or is not known. */
  readonly system: 'windows' | 'uos' | 'kylin' | 'linux' | 'macos' | 'other';
  /** `chromium` is every browser that is made of it and does not name itself. */
  readonly browser: 'chrome' | 'edge' | '360' | 'sogou' | 'qianxin' | 'chromium' | 'firefox' | 'other';
  /** What the extension's packages go by. */
  readonly family: 'chromium' | 'firefox' | 'other';
  /** Version of its engine. */
  readonly version: number;
  /** Whether it is new enough for the extension. */
  readonly isNewEnough: boolean;
  /** As packages call it. */
  readonly architecture: 'amd64' | 'arm64' | 'other';
}

/** As much of `navigator` as is looked at. */
export interface Agent {
  readonly userAgent: string;
  readonly maxTouchPoints?: number;
  readonly userAgentData?: { readonly brands?: readonly { readonly brand: string }[] };
}

/** What a browser says of itself. */
export function environmentOf({ userAgent, maxTouchPoints = 0, userAgentData }: Agent): Environment {
  const says = (pattern: RegExp): boolean => pattern.test(userAgent);
  const brand = (name: string): boolean => userAgentData?.brands?.some(({ brand }) => brand.includes(name)) === true;
  const chromium = Number(/Chrom(?:e|ium)\/(\d+)/.exec(userAgent)?.[1] ?? 0);
  const firefox = Number(/Firefox\/(\d+)/.exec(userAgent)?.[1] ?? 0);
  const family = chromium > 0 ? 'chromium' : firefox > 0 ? 'firefox' : 'other';
  const system = ((): Environment['system'] => {
    // A tablet of Apple's says that it is a Mac.
    if (says(/Android|iPhone|iPad|HarmonyOS|Mobile/) || (says(/Macintosh/) && maxTouchPoints > 1)) return 'other';
    if (says(/Windows/)) return 'windows';
    if (says(/Macintosh/)) return 'macos';
    if (says(/UOS|Deepin/i)) return 'uos';
    if (says(/Kylin/i)) return 'kylin';
    return says(/Linux/) ? 'linux' : 'other';
  })();
  const browser = ((): Environment['browser'] => {
    if (family !== 'chromium') return family;
    if (says(/\bEdg\//)) return 'edge';
    if (says(/360(?:SE|EE|ENT)|QIHU/) || brand('360')) return '360';
    if (says(/MetaSr|Sogou/i) || brand('Sogou')) return 'sogou';
    if (says(/Qax/i) || brand('Qax')) return 'qianxin';
    return brand('Google Chrome') ? 'chrome' : 'chromium';
  })();
  return {
    system,
    browser,
    family,
    version: chromium || firefox,
    isNewEnough: chromium >= OLDEST_ENGINE || (chromium === 0 && firefox >= OLDEST_FIREFOX),
    architecture: says(/aarch64|arm64/i) ? 'arm64' : says(/x86_64|x64|Win64|WOW64|Macintosh/i) ? 'amd64' : 'other',
  };
}

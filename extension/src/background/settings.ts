//! What the user set for this device, and what an administrator set by policy, which wins.

import type { Locale } from '@yinxin/proto';
import type { Area, Item } from '../item.js';

/** The language of the extension's pages: the browser's, or one of ours. */
export type Language = 'auto' | Locale;

/** What can be set. */
export interface Settings {
  readonly language: Language;
  /** Several people use this computer: nothing of what they did is kept. */
  readonly sharedComputer: boolean;
  /** Of {@link NOTICE_DAYS}, those at which to tell that a certificate ends; none for never. */
  readonly noticeDays: readonly number[];
}

/** The settings in force. */
export interface KnownSettings {
  readonly settings: Settings;
  /** Those that an administrator set: the user can't change them. */
  readonly managed: readonly (keyof Settings)[];
}

/** Days before the end of a certificate at which the user can be told. `managed.json` lists them for policies. */
export const NOTICE_DAYS: readonly number[] = [90, 60, 30, 7];

/** What holds until something is set. */
export const DEFAULTS: Settings = { language: 'auto', sharedComputer: false, noticeDays: [60, 30, 7] };

/** The settings. */
export class SettingsStore {
  readonly #item: Item;
  readonly #managed: Pick<Area, 'get'>;

  constructor(item: Item, managed: Pick<Area, 'get'>) {
    this.#item = item;
    this.#managed = managed;
  }

  /** Those in force. A storage that fails, or holds garbage, is as good as an empty one. Never rejects. */
  async read(): Promise<KnownSettings> {
    const [own, managed] = await Promise.all([this.#item.read().catch(() => ({})), this.#readManaged()]);
    return {
      settings: { ...DEFAULTS, ...valid(own), ...managed },
      managed: Object.keys(managed) as (keyof Settings)[],
    };
  }

  /** Changes some. Rejects where the browser does not keep them. */
  change(change: Partial<Settings>): Promise<void> {
    return this.#item.change(own => ({ ...valid(own), ...valid(change) }));
  }

  async #readManaged(): Promise<Partial<Settings>> {
    // A policy names each at its top level.
    return valid(await this.#managed.get(Object.keys(DEFAULTS)).catch(() => ({})));
  }
}

/** What of it is a setting with a value that it can have. */
function valid(value: unknown): Partial<Settings> {
  const { language, sharedComputer, noticeDays } = Object(value) as Record<string, unknown>;
  return {
    ...(isLanguage(language) && { language }),
    ...(typeof sharedComputer === 'boolean' && { sharedComputer }),
    ...(Array.isArray(noticeDays) && { noticeDays: NOTICE_DAYS.filter(days => noticeDays.includes(days)) }),
  };
}

function isLanguage(value: unknown): value is Language {
  return value === 'auto' || value === 'zh-CN' || value === 'en';
}

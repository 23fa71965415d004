//! Lists of orders.

import type { Tariff } from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';

export interface ListProps {
  readonly locale: Locale;
  /** The tariff that was loaded; the built-in one where there is none. */
  readonly tariff: Tariff | undefined;
}

/** The view of a list. */
export function List({ locale }: ListProps) {
  return <p class="quiet">{locale === 'en' ? 'Lists are not built yet.' : '批量清单尚未完成。'}</p>;
}

//! The link from a renewal to the calculator, which carries the order in its fragment.

import type { Quote } from '@yinxin/fees';
import { isDate, todayInChina, usual, write } from '../../../www/calculator/order.js';

/** The calculator with the order of a certificate's quote, whose term ends at `notAfter` (ISO 8601). */
export function calculatorLink({ items: [item] }: Pick<Quote, 'items'>, notAfter: string): string {
  if (!item) return 'calculator.html';
  const end = new Date(notAfter);
  // The last day stays true for as long as the link is kept; the number of days does not.
  const until = Number.isNaN(end.getTime()) ? '' : todayInChina(end);
  const order = write([
    {
      ...usual(),
      role: item.role,
      service: item.service,
      years: item.years ?? 1,
      certificates: String(item.certificates),
      seals: String(item.seals),
      days: String(item.remainingDays ?? ''),
      until: isDate(until) ? until : '',
    },
  ]);
  return `calculator.html#${order}`;
}

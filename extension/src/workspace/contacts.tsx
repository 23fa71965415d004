//! How to reach the platform and the CA, by the numbers of the guide and the tariff.

import type { Contact } from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { Phone } from '../../../www/calculator/quote.js';

/** A line for each. */
export function Contacts({ contacts, locale }: { contacts: readonly Contact[]; locale: Locale }) {
  if (contacts.length === 0) return null;
  return (
    <ul class="contacts">
      {contacts.map(({ name, value }) => (
        <li key={value}>
          {name[locale]} <Phone value={value}>{visible(value)}</Phone>
        </li>
      ))}
    </ul>
  );
}

//! How to reach the platform and the CA, by the numbers of the guide and the tariff.

import type { Contact } from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { Prose } from '@yinxin/ui/parts.js';

/** A line for each. */
export function Contacts({ contacts, locale }: { contacts: readonly Contact[]; locale: Locale }) {
  if (contacts.length === 0) return null;
  return (
    <ul class="contacts">
      {contacts.map(({ name, value }) => (
        <li key={value}>
          {name[locale]} <Prose dial>{visible(value)}</Prose>
        </li>
      ))}
    </ul>
  );
}

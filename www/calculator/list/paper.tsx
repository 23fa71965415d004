//! A list on paper: every payer with its rows and its transfer. Made when the browser prints, since
//! the screen shows a page at a time, and taken away after.

import type { ListRow } from '@yinxin/fees';
import type { Locale } from '@yinxin/proto';
import { day, money, visible } from '@yinxin/ui/language.js';
import { Prose } from '@yinxin/ui/parts.js';
import { render } from 'preact';
import { figures } from '../quote.js';
import { inLanguage, textsOf } from '../texts.js';
import { remarks } from './book.js';
import type { Counted } from './count.js';
import { pays, sumsOf } from './result.js';
import { listTexts } from './texts.js';

/** Prints a list in place of the page, from now on; what is returned ends that. */
export function printing(counted: Counted, source: string, locale: Locale): () => void {
  const place = document.createElement('div');
  place.className = 'print-only';
  document.body.append(place);
  const make = () => render(<Paper counted={counted} source={source} locale={locale} />, place);
  const clear = () => render(null, place);
  document.body.classList.add('has-paper');
  addEventListener('beforeprint', make);
  addEventListener('afterprint', clear);
  return () => {
    removeEventListener('beforeprint', make);
    removeEventListener('afterprint', clear);
    document.body.classList.remove('has-paper');
    clear();
    place.remove();
  };
}

function Paper({ counted: { rows, totals }, source, locale }: { counted: Counted; source: string; locale: Locale }) {
  const t = listTexts(locale);
  const byName = new Map<string, ListRow[]>();
  for (const row of rows) {
    const own = byName.get(row.name);
    if (own) own.push(row);
    else byName.set(row.name, [row]);
  }
  const nameless = byName.get('');
  return (
    <div class="paper">
      <h1>{t.file}</h1>
      <p>
        {t.total} <strong>{figures(totals, locale)}</strong>
        {totals.errors > 0 && ` · ${t.errors(String(totals.errors))}`}
      </p>
      <p class="quiet">
        {source} {t.printed(day(new Date().toISOString(), locale, 'local'))}
      </p>
      {totals.sums.length > 0 && <p>{sumsOf(totals, locale)}</p>}
      <p class="quiet">{t.payersHint}</p>
      <p>
        {t.payee}
        {t.colon}
        {t.payeeUnknown}
      </p>
      {totals.payers.map(payer => (
        <section key={payer.name}>
          <h2>
            {t.payer}
            {t.colon}
            {visible(payer.name)}
          </h2>
          <p>
            {payer.rows > 0 ? <strong>{figures(payer, locale)}</strong> : '–'} {pays(payer) && payer.capitals}
            {payer.errors > 0 && ` · ${t.left(String(payer.errors))}`}
          </p>
          <Table rows={byName.get(payer.name) ?? []} locale={locale} />
        </section>
      ))}
      {nameless && (
        <section>
          <h2>{t.nameless}</h2>
          <Table rows={nameless} locale={locale} />
        </section>
      )}
      {totals.assumptions.length > 0 && (
        <section>
          <h2>{t.assumptions}</h2>
          <ul>
            {totals.assumptions.map(({ id, text, ask }) => (
              <li key={id}>
                <Prose>{inLanguage(text, locale)}</Prose> <Prose>{t.ask(visible(ask))}</Prose>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p class="quiet">{t.independence}</p>
    </div>
  );
}

function Table({ rows, locale }: { rows: readonly ListRow[]; locale: Locale }) {
  const t = listTexts(locale);
  const names = textsOf(locale);
  return (
    <table>
      <thead>
        <tr>
          {[t.row, t.role, t.service, t.years, t.certificates, t.seals, t.amount, t.remark].map(title => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.row}>
            <td>{row.row}</td>
            <td>{row.item ? names.roles[row.item.role] : '–'}</td>
            <td>{row.item ? names.serviceNames[row.item.service] : '–'}</td>
            <td>{row.item?.years ?? '–'}</td>
            <td>{row.item?.certificates ?? '–'}</td>
            <td>{row.item?.seals ?? '–'}</td>
            <td>{row.item && row.amount !== null ? money(row.amount) : '–'}</td>
            <td>{[...remarks(row, locale, money), ...(row.note ? [visible(row.note)] : [])].join(' ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

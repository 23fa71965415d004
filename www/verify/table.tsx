//! Many answers: a row for each, those first that need something, and behind each row its answer.

import type { Locale } from '@yinxin/proto';
import { Foreign, Message } from '@yinxin/ui/parts.js';
import { save } from '@yinxin/ui/save.js';
import { useId, useMemo, useState } from 'preact/hooks';
import { spreadsheets } from '../calculator/spreadsheets.js';
import { type Act, AnswerView } from './answer.js';
import type { Report } from './check/report.js';
import { bookOf, countsOf, type Row, rowsOf } from './rows.js';
import { textsOf } from './texts.js';

/** How many are wrong, open, and so on. */
export function countsIn(report: Report, locale: Locale): string {
  return textsOf(locale).counts(...countsOf(rowsOf(report, locale)));
}

/** The table. */
export function Table({ report, locale, act }: { report: Report; locale: Locale; act: Act }) {
  const t = textsOf(locale);
  const title = useId();
  const rows = useMemo(() => rowsOf(report, locale), [report, locale]);
  const [saving, setSaving] = useState<'saving' | 'failed'>();
  const write = async () => {
    setSaving('saving');
    try {
      save(await spreadsheets.write(bookOf(rows, locale), 'csv'), 'csv', `${t.csvName}-${report.checked.slice(0, 10)}`);
      setSaving(undefined);
    } catch {
      setSaving('failed');
    }
  };
  return (
    <section class="card results" aria-labelledby={title}>
      <h3 id={title} class="verdict" tabIndex={-1}>
        {t.table}
      </h3>
      <p>{t.counts(...countsOf(rows))}</p>
      <p class="quiet no-print">{t.tableHint(rows.length)}</p>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">{t.columns.file}</th>
            <th scope="col">{t.columns.verdict}</th>
            <th scope="col">{t.columns.signer}</th>
            <th scope="col">{t.columns.time}</th>
            <th scope="col">{t.columns.todo}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <RowView key={at} row={row} locale={locale} act={act} />
          ))}
        </tbody>
      </table>
      <div class="acts no-print">
        <button type="button" class="secondary" aria-disabled={saving === 'saving'} onClick={() => void write()}>
          {t.saveCsv}
        </button>
        <span role="status">{saving === 'saving' && t.saving}</span>
      </div>
      {saving === 'failed' && <Message tone="warning">{t.saveFailed}</Message>}
    </section>
  );
}

function RowView({ row, locale, act }: { row: Row; locale: Locale; act: Act }) {
  const t = textsOf(locale);
  const [isOpen, setOpen] = useState(false);
  const inside = useId();
  const name = <Foreign>{row.file.name}</Foreign>;
  return (
    <>
      <tr class={`row row-${row.weight}`}>
        <th scope="row">
          {row.answer || row.reason ? (
            <button
              type="button"
              class="link"
              aria-expanded={isOpen}
              aria-controls={inside}
              onClick={() => setOpen(!isOpen)}
            >
              {name}
            </button>
          ) : (
            name
          )}
        </th>
        <td data-name={t.columns.verdict}>
          <span class={`outcome outcome-${row.weight}`}>{row.verdict}</span>
        </td>
        <td data-name={t.columns.signer}>
          {row.signer}
          {row.seal !== '' && row.seal !== row.signer && <span class="quiet"> {row.seal}</span>}
        </td>
        <td data-name={t.columns.time}>{row.time}</td>
        <td data-name={t.columns.todo}>{row.todo}</td>
      </tr>
      <tr class="row-inside" id={inside} hidden={!isOpen}>
        <td colSpan={5}>
          {isOpen && (row.answer ? <AnswerView answer={row.answer} locale={locale} act={act} /> : <p>{row.reason}</p>)}
        </td>
      </tr>
    </>
  );
}

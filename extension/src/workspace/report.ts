//! The doctor's report for support, as a text: what was seen and what is wrong, without anybody's name.

import { type Check, EVIDENCE, type Locale, type WorkspaceView } from '@yinxin/proto';
import { visible, wordsOf } from '@yinxin/ui/language.js';
import type { DoctorShown } from '../relay.js';
import { textsOf } from '../ui/texts.js';

/** The report. */
export function reportText(
  { examination, signature }: DoctorShown,
  { extension, tokens }: WorkspaceView,
  locale: Locale,
): string {
  const t = textsOf(locale);
  const { checks = [], at = '', ms = 0, outdated = false } = examination ?? {};
  // Keys have their labels from people, mostly after people: they are numbered.
  const keys = [...new Set([...checks.filter(({ kind }) => kind === 'key'), ...tokens].map(labelOf))];
  const added = checks.filter(check => check.kind === 'site' && !isListed(check)).map(({ subject }) => subject);
  const hidden = [
    ...added,
    ...tokens.flatMap(({ serial, certificates }) => [
      serial,
      ...certificates.flatMap(({ holder, organization = '', creditCode = '' }) => [holder, organization, creditCode]),
    ]),
    ...tokens.flatMap(({ seals }) => seals.map(({ name }) => name)),
  ].filter(name => name.length > 1);

  const subject = (check: Check): string => {
    if (check.subject === '-') return '';
    if (OF_KEYS.includes(check.kind))
      return keys.includes(check.subject) ? t.reportKey(keys.indexOf(check.subject) + 1) : '-';
    if (check.kind === 'site' && !isListed(check)) return t.reportAddedSite(added.indexOf(check.subject) + 1);
    return check.subject;
  };
  const lines = [...checks, ...(signature?.check ? [signature.check] : [])].flatMap(check => {
    const evidence = check.evidence
      .map(({ name, value }) => `${EVIDENCE[locale][name]} ${wordOf(t.doctorValues, value)}`)
      .join(', ');
    const what = `${t.doctorKinds[check.kind]} ${subject(check)}`.trim();
    const head = `${MARKS[check.state]} ${what}, ${check.ms} ms: ${evidence}`;
    if (!check.problem) return [head];
    return [head, `    ${check.problem.code}: ${wordsOf(check.problem, locale).message}`];
  });
  const marks = Object.entries(MARKS).map(([state, mark]) => `${mark} ${t.doctorStates[state as Check['state']]}`);
  // Names may also stand inside of paths and of what modules say.
  const nameless = (line: string) => hidden.reduce((text, name) => text.replaceAll(name, t.reportHidden), line);
  return [
    `${t.reportTitle} ${extension}`,
    `${at}, ${ms} ms`,
    t.reportOmits,
    marks.join('  '),
    ...(outdated ? [t.reportOutdated] : []),
    '',
    ...lines.map(line => visible(nameless(line))),
    '',
  ].join('\n');
}

/** What evidence says in a language: most of it is no word, and stays as it is. */
export function wordOf(table: Readonly<Record<string, string>>, value: string): string {
  return (Object.hasOwn(table, value) ? table[value] : undefined) ?? value;
}

function labelOf(key: Check | { label: string }): string {
  return 'label' in key ? key.label : key.subject;
}

function isListed({ evidence }: Check): boolean {
  return evidence.some(({ name, value }) => name === 'listed' && value === 'yes');
}

const OF_KEYS: readonly Check['kind'][] = ['key', 'certificates', 'chain', 'seals', 'test-signature'];
const MARKS: Record<Check['state'], string> = { ok: '✓', warning: '!', failed: '✗', skipped: '·' };

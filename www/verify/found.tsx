//! What was found, in words and as evidence.

import type { Locale } from '@yinxin/proto';
import { visible } from '@yinxin/ui/language.js';
import { Foreign } from '@yinxin/ui/parts.js';
import type { Finding } from './check/report.js';
import { Part } from './facts.js';
import { type Judged, messageOf, signatureOf, told } from './findings.js';
import { textsOf } from './texts.js';

/** In words; where exactly, and what stood there, is evidence. */
export function Findings({ answer, locale }: { answer: Judged; locale: Locale }) {
  const t = textsOf(locale);
  const { problems, open, warnings } = told(answer);
  const listed = [
    ...problems.map(finding => ({ finding, is: 'problem', mark: t.severity.fatal })),
    ...open.map(finding => ({ finding, is: 'open', mark: t.open })),
    ...warnings.map(finding => ({ finding, is: 'warning', mark: t.severity.warning })),
  ];
  return (
    <Part title={problems.length === 0 && open.length > 0 ? t.findingsOpen : t.findings}>
      {listed.length === 0 && <p>{t.noFindings}</p>}
      <ul class="findings">
        {listed.map(({ finding, is, mark }, at) => (
          <li key={at} class={`finding-${is}`}>
            <span class="finding-mark">{mark}</span>
            <span>
              {t.ofSignature(signatureOf(answer, finding))}
              {messageOf(answer, finding, locale)}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** All of them, with their places. */
export function FindingEvidence({ answer, locale }: { answer: Judged; locale: Locale }) {
  const t = textsOf(locale);
  if (answer.findings.length === 0) return null;
  const markOf = ({ code, severity }: Finding) =>
    severity === 'fatal' && answer.open.includes(code) ? t.open : t.severity[severity];
  return (
    <ul class="findings findings-all">
      {answer.findings.map((finding, at) => (
        <li key={at}>
          <span class="finding-mark">{markOf(finding)}</span>
          <span>
            {messageOf(answer, finding, locale)}{' '}
            {finding.place !== undefined && (
              <span class="quiet code">{visible([finding.place, partOf(finding)].filter(Boolean).join(' '))}</span>
            )}
            {finding.found !== undefined && <Found name={t.found} text={finding.found} />}
            {finding.expected !== undefined && <Found name={t.expected} text={finding.expected} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The part of a PDF, which words name by its page. */
function partOf({ params }: Finding): string {
  const { part } = params as { part?: unknown };
  return typeof part === 'string' && part.startsWith('pages[') ? part : '';
}

function Found({ name, text }: { name: string; text: string }) {
  const cut = text.length > MAX_FOUND ? `${text.slice(0, MAX_FOUND)}…` : text;
  return (
    <span class="quiet found">
      {name} <Foreign>{cut}</Foreign>
    </span>
  );
}

/** Characters of what was found in the encoding. */
const MAX_FOUND = 160;

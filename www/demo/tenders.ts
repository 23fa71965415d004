/** The contract as PDF and as OFD, into which users set their seal; and what the portal makes of what comes back. */

import type { Locale, Placement } from '@yinxin/proto';
import { unzipSync, zipSync } from 'fflate';
import { columns, pdf } from './documents.js';
import { isObject } from './http.js';
import type { SealPolicy, SealResult } from './seals.js';
import type { CertificateFacts, DocumentVerdict, Verifier } from './verifier.js';
import { type Described, describe, withTexts } from './words.js';

/** A document for a seal. What counts is these bytes, not what a page sends back. */
export interface Tender {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly format: 'pdf-seal' | 'ofd';
  readonly bytes: Uint8Array;
  /** Where the middle of the seal is drawn, in millimetres. */
  readonly placement: Placement;
}

const LINES = [
  '采购合同（演示文件，内容均为虚构，不产生任何法律后果）',
  '',
  '甲方：云栖县示范采购中心（虚构单位）',
  '乙方：见电子印章',
  '项目：云栖县第一中学物理实验室设备采购（编号 DEMO-2026-0001）',
  '',
  '一、乙方按《报价一览表》供货，并负责安装和培训。',
  '二、合同总价为人民币 141,360.00 元。',
  '三、本合同自双方盖章之日起生效。',
  '',
  '乙方（盖章）：',
];
const PLACEMENT: Placement = { page: 1, x: 70, y: 120 };

/** The documents, by id. */
export const TENDERS: ReadonlyMap<string, Tender> = new Map(
  (
    [
      {
        id: 'contract-pdf',
        name: '采购合同（演示）.pdf',
        type: 'application/pdf',
        format: 'pdf-seal',
        bytes: pdf(
          '采购合同（演示）',
          LINES.map(line => columns(line)),
        ),
        placement: PLACEMENT,
      },
      {
        id: 'contract-ofd',
        name: '采购合同（演示）.ofd',
        type: 'application/ofd',
        format: 'ofd',
        bytes: ofd(LINES),
        placement: PLACEMENT,
      },
    ] as const
  ).map(tender => [tender.id, tender]),
);

/** An OFD of one page (GB/T 33190). */
function ofd(lines: readonly string[]): Uint8Array {
  const root = (name: string, inside: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<ofd:${name} xmlns:ofd="http://www.ofdspec.org/2016"${name === 'OFD' ? ' Version="1.0" DocType="OFD"' : ''}>${inside}</ofd:${name}>`;
  const text = lines.map(
    (line, at) =>
      `<ofd:TextObject ID="${10 + at}" Boundary="20 ${20 + 8.5 * at} 170 8" Font="3" Size="4.2"><ofd:TextCode X="0" Y="5" DeltaX="g ${Math.max(1, line.length - 1)} 4.2">${line}</ofd:TextCode></ofd:TextObject>`,
  );
  const parts = {
    'OFD.xml': root(
      'OFD',
      '<ofd:DocBody><ofd:DocInfo><ofd:DocID>6f1d2b6f0a2a4c3f9d0c5b1e7a90d3e4</ofd:DocID><ofd:Title>采购合同（演示）</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>',
    ),
    'Doc_0/Document.xml': root(
      'Document',
      '<ofd:CommonData><ofd:MaxUnitID>50</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>',
    ),
    'Doc_0/PublicRes.xml': root('Res', '<ofd:Fonts><ofd:Font ID="3" FontName="宋体"/></ofd:Fonts>'),
    'Doc_0/Pages/Page_0/Content.xml': root(
      'Page',
      `<ofd:Content><ofd:Layer ID="2">${text.filter((_, at) => lines[at] !== '').join('')}</ofd:Layer></ofd:Content>`,
    ),
  };
  const encoder = new TextEncoder();
  // The same bytes at every start: what users sealed before stays what the portal has.
  const files = Object.entries(parts).map(([path, xml]) => [path, encoder.encode(xml)] as const);
  return zipSync(Object.fromEntries(files), { mtime: new Date(2026, 0, 1) });
}

/** Judges a document that was handed in with its seal. */
export function checkTender(
  { verifier, makers, trust, at }: SealPolicy,
  tender: Tender,
  given: Uint8Array,
  login: CertificateFacts,
  locale: Locale,
): SealResult {
  const shown = { document: tender.id, name: tender.name };
  let verdict: DocumentVerdict;
  try {
    verdict = judge(verifier)(given, { makers, ...trust, at });
  } catch (error) {
    // Anything else that is thrown is about the portal's own part.
    if (!isObject(error) || typeof error.code !== 'string' || !/^(pdf|ofd)-/.test(error.code)) throw error;
    const params = isObject(error.params) ? error.params : {};
    return { ...shown, valid: false, findings: [], ...describe(error.code, params, locale) };
  }
  const { certificate, seal, claimedTime } = verdict.signatures[0] ?? {};
  const cause = problem();
  return {
    ...shown,
    valid: !cause,
    findings: withTexts(verdict.findings, locale),
    ...(seal && {
      seal: {
        name: seal.name,
        standard: seal.standard,
        ...(seal.maker !== undefined && { maker: seal.maker }),
        validUntil: seal.validUntil,
        width: seal.picture.width,
        height: seal.picture.height,
      },
    }),
    ...(certificate && { holder: certificate.holder }),
    ...(claimedTime !== undefined && { claimedTime }),
    ...(cause && describe(cause.code, cause.params, locale)),
  };

  function judge(of: Verifier): Verifier['verifyPdf'] {
    if (tender.format === 'pdf-seal') return of.verifyPdf;
    return (bytes, options) => {
      const { signatures, ...rest } = of.verifyOfd(bytes, options);
      return { ...rest, signatures: signatures.map(({ signers, ...one }) => ({ ...one, ...signers[0] })) };
    };
  }

  function problem(): Pick<Described, 'code' | 'params'> | undefined {
    const fatal = verdict.findings.find(({ severity }) => severity === 'fatal');
    if (!verdict.valid || !certificate) return fatal ?? { code: 'signature-invalid', params: {} };
    if (certificate.sha256 !== login.sha256) return { code: 'signer-other', params: { signer: certificate.holder } };
    // A seal of its own on another document is a valid document, too.
    if (verdict.signatures.length !== 1 || !seal || !isUnchanged(tender, given))
      return { code: 'content-changed', params: {} };
    return undefined;
  }
}

/** Whether all that the portal had is there as it was: of an OFD every part but its entry, which lists the seals. */
function isUnchanged({ format, bytes }: Tender, given: Uint8Array): boolean {
  const same = (a: Uint8Array, b: Uint8Array | undefined) => b !== undefined && Buffer.compare(a, b) === 0;
  if (format === 'pdf-seal') return same(bytes, given.subarray(0, bytes.length));
  const [own, parts] = [unzipSync(bytes), unzipSync(given)];
  return Object.entries(own).every(([path, content]) => path === 'OFD.xml' || same(content, parts[path]));
}

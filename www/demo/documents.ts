/** The two invented documents that the portal asks its users to sign. */

/** A document of the portal. What counts is these bytes, not what a page sends back. */
export interface PortalDocument {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The documents, by id. */
export const DOCUMENTS: ReadonlyMap<string, PortalDocument> = new Map(
  [
    {
      id: 'bid-letter',
      name: '投标函（演示）.txt',
      type: 'text/plain; charset=utf-8',
      bytes: Buffer.from(bidLetter()),
    },
    { id: 'price-list', name: '报价一览表（演示）.pdf', type: 'application/pdf', bytes: priceList() },
  ].map(document => [document.id, document]),
);

function bidLetter(): string {
  return `投标函（演示文件，内容均为虚构，不产生任何法律后果）

致：云栖县示范采购中心（虚构单位）

一、我方已仔细阅读“云栖县第一中学物理实验室设备采购项目”（项目编号：DEMO-2026-0001）的全部采购文件，
    愿意按照采购文件的要求提供货物和服务。
二、我方的投标报价见《报价一览表》。
三、本投标函自开标之日起九十日内有效。
四、我方承诺所提交的材料真实、准确、完整。

投标人：见电子签名
日期：见电子签名（签署人声称的时间）
`;
}

function priceList(): Uint8Array {
  return pdf('报价一览表（演示）', [
    [[0, '演示文件，内容均为虚构，不产生任何法律后果']],
    [],
    [[0, '报价一览表']],
    [[0, '项目：云栖县第一中学物理实验室设备采购（编号 DEMO-2026-0001）']],
    [],
    columns('货物', '数量', '单价（元）', '金额（元）'),
    columns('数字示波器', '24', '3,200.00', '76,800.00'),
    columns('直流稳压电源', '48', '850.00', '40,800.00'),
    columns('光具座', '12', '1,980.00', '23,760.00'),
    [],
    columns('合计', '', '', '141,360.00'),
  ]);
}

/** Texts of a line, with where each begins. */
type Line = readonly (readonly [left: number, text: string])[];

/** A minimal PDF of one page. Its font is one that every reader of PDF brings or replaces (ISO 32000-1, 9.7.5.2). */
export function pdf(title: string, rows: readonly Line[]): Uint8Array {
  const shown = rows.flatMap((row, line) =>
    row.map(([left, text]) => `1 0 0 1 ${56 + left} ${770 - 24 * line} Tm <${utf16(text)}> Tj`),
  );
  const page = `BT /F1 12 Tf\n${shown.join('\n')}\nET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (zh-CN) >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${page.length} >>\nstream\n${page}\nendstream`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [6 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R /DW 1000 /W [1 95 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>',
    '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
    `<< /Title <feff${utf16(title)}> >>`,
  ];
  let text = '%PDF-1.5\n';
  const offsets = objects.map((object, i) => {
    const offset = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const entries = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${size} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** A line with its texts in columns. */
export function columns(...texts: string[]): Line {
  return texts.map((text, at) => [at === 0 ? 0 : 60 + 110 * at, text] as const);
}

/** UTF-16BE in hex, as strings of the encoding `UniGB-UTF16-H` and titles have it. */
function utf16(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex');
}

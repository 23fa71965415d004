/** The invented OFD document that the portal has sealed: only what a seal on it needs. */

import { randomUUID } from 'node:crypto';

/** Where it lies in the package; what a seal's signature says that it belongs to. */
export const SIGNATURE_PATH = '/Doc_0/Signs/Sign_0/Signature.xml';
/** Where the seal is drawn, in millimetres: its middle. */
export const PLACEMENT = { page: 1, x: 150, y: 230 } as const;

/**
 * A `Signature.xml` of its own for each call, as GB/T 33190 has it: it names every file of the package with its SM3,
 * and is itself what gets sealed. `sm3` gives a digest.
 */
export function makeSignatureXml(sm3: (bytes: Uint8Array) => Uint8Array, at: Date): Uint8Array {
  const files = {
    '/OFD.xml': `<?xml version="1.0" encoding="UTF-8"?>
<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>${randomUUID().replaceAll('-', '')}</ofd:DocID><ofd:Title>采购合同（演示）</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>`,
    '/Doc_0/Pages/Page_0/Content.xml': `<?xml version="1.0" encoding="UTF-8"?>
<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="2"><ofd:TextObject ID="3" Boundary="20 20 170 10" Font="4" Size="5"><ofd:TextCode X="0" Y="5">采购合同（演示文件，内容均为虚构，不产生任何法律后果）</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`,
  };
  const references = Object.entries(files).map(([path, text]) => {
    const digest = Buffer.from(sm3(Buffer.from(text))).toString('base64');
    return `<ofd:Reference FileRef="${path}"><ofd:CheckValue>${digest}</ofd:CheckValue></ofd:Reference>`;
  });
  const time = at.toISOString().replace(/[-:T]|\..*/g, '');
  // A seal has at most this size here; its own is known only once the user has chosen one.
  const side = 40;
  const boundary = [PLACEMENT.x - side / 2, PLACEMENT.y - side / 2, side, side].join(' ');
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<ofd:Signature xmlns:ofd="http://www.ofdspec.org/2016">
<ofd:SignedInfo>
<ofd:Provider ProviderName="YinxinDemo" Version="1.0"/>
<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod>
<ofd:SignatureDateTime>${time}Z</ofd:SignatureDateTime>
<ofd:References CheckMethod="1.2.156.10197.1.401">
${references.join('\n')}
</ofd:References>
<ofd:StampAnnot ID="5" PageRef="1" Boundary="${boundary}"/>
</ofd:SignedInfo>
<ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue>
</ofd:Signature>
`);
}

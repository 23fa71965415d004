//! The viewer's texts by language.

import type { Locale } from '@yinxin/proto';

/** The texts of a language. */
export function textsOf(locale: Locale): Texts {
  return TEXTS[locale];
}

interface Texts {
  readonly title: string;
  readonly lead: string;
  readonly drop: string;
  readonly choose: string;
  readonly another: string;
  reading(name: string): string;
  shown(name: string, pages: number): string;
  readonly failed: string;
  readonly empty: string;
  readonly pdf: string;
  several(documents: number): string;
  readonly notVerified: string;
  readonly stampSeen: string;
  readonly verify: string;
  readonly verifyHint: string;
  readonly privacy: string;
}

const TEXTS: Record<Locale, Texts> = {
  'zh-CN': {
    title: '查看 OFD 文件',
    lead: '看一看 OFD 文件的每一页和上面的印章。文件只在本机读取，不上传。',
    drop: '把 OFD 文件拖到这里',
    choose: '选择文件',
    another: '查看另一个文件',
    reading: name => `正在读取“${name}”`,
    shown: (name, pages) => `“${name}”，共 ${pages} 页`,
    failed: '文件没能读完，可能已被移动或修改。请重新选择；如仍出现，请换一个文件试试。',
    empty: '文件是空的，里面什么也没有。请重新下载，或向提供者重新索取。',
    pdf: '这是 PDF 文件，这里只能查看 OFD。请用 PDF 阅读器打开；要核验签名，请放入核验页。',
    several: documents => `文件里有 ${documents} 份文档，这里显示第一份。`,
    notVerified: '这里只显示页面，没有核验签名和印章。',
    stampSeen: '图上有印章，不等于印章有效。',
    verify: '核验签名',
    verifyHint: '在核验页放入同一个文件，就知道是谁签的、有没有改动过。',
    privacy: '文件只在本机读取，不离开您的电脑。',
  },
  en: {
    title: 'View an OFD',
    lead: 'See every page of an OFD and the seals on it. The file is read on this device, and not uploaded.',
    drop: 'Drop an OFD here',
    choose: 'Choose a file',
    another: 'View another file',
    reading: name => `Reading “${name}”`,
    shown: (name, pages) => `“${name}”, ${pages} pages`,
    failed:
      'The file could not be read to its end; it may have been moved or changed. Choose it again, or try another one.',
    empty: 'The file is empty. Download it again, or ask whoever gave it.',
    pdf: 'This is a PDF; only OFD is shown here. Open it in a PDF reader, or verify its signatures on the verify page.',
    several: documents => `The file holds ${documents} documents; the first is shown.`,
    notVerified: 'Pages are shown here; signatures and seals are not verified.',
    stampSeen: 'A seal that is seen need not be valid.',
    verify: 'Verify the signatures',
    verifyHint: 'Give the same file to the verify page: it tells who signed and whether anything was changed.',
    privacy: 'The file is read on this device and does not leave it.',
  },
};

//! Links to pages elsewhere, by what they are called and not by their addresses.

import type { Locale } from '@yinxin/proto';
import { visible } from './language.js';

/** What pages of the CA and the platform are called. Their names are theirs. */
const NAMES: Readonly<Record<string, Readonly<Record<Locale, string>>>> = {
  'http://wt.scca.com.cn': { 'zh-CN': '打开四川CA网厅', en: 'Open Sichuan CA’s hall' },
  'https://bss.scca.com.cn:8088/selfservice/govIndex': {
    'zh-CN': '打开四川CA政府采购自助服务',
    en: 'Open Sichuan CA’s self-service for procurement',
  },
  'https://www.scca.com.cn/News_Show_theId_1365.html': {
    'zh-CN': '下载申请资料（四川CA）',
    en: 'Application forms of Sichuan CA',
  },
  'https://www.scca.com.cn/certificate_tag_serviceNetwork_sort_5.html': {
    'zh-CN': '查看窗口地址（四川CA）',
    en: 'Counters of Sichuan CA',
  },
  'https://zfcg.scsczt.cn/': { 'zh-CN': '打开政府采购一体化平台', en: 'Open the procurement platform' },
  'https://zfcg.scsczt.cn/help/': { 'zh-CN': '打开平台的帮助中心', en: 'Open the platform’s help' },
};

const NEW_WINDOW: Readonly<Record<Locale, string>> = {
  'zh-CN': '（需要联网，在新标签页打开）',
  en: ' (needs a network, opens in a new tab)',
};

/** What a link is called; an address without a name stands for itself. */
export function nameOf(link: string, locale: Locale): string {
  const known = Object.entries(NAMES).find(([address]) => address === link);
  return known?.[1][locale] ?? visible(link.replace(/^https?:\/\//, ''));
}

/** A page elsewhere: only the user opens it, and it learns nothing of this one. */
export function Outside({ link, locale }: { link: string; locale: Locale }) {
  return (
    <a class="outside" href={link} title={visible(link)} target="_blank" rel="noopener noreferrer">
      {nameOf(link, locale)}
      <span class="visually-hidden">{NEW_WINDOW[locale]}</span>
    </a>
  );
}

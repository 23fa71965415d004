/** Every sentence of the guide, in Chinese and English. */

import { OLDEST_ENGINE, OLDEST_FIREFOX } from '@yinxin/proto';

/** Languages of the guide. */
export type Locale = 'zh-CN' | 'en';

/** What it says, in one language. */
export type Texts = (typeof TEXTS)[Locale];

/** The sentences of a language. */
export function texts(locale: Locale): Texts {
  return TEXTS[locale];
}

const TEXTS = {
  'zh-CN': {
    lang: 'zh-CN',
    heading: '使用 UKey 前的准备',
    steps: ['合适的浏览器', '印信扩展', '印信本机程序'],
    done: '已就绪',
    said: {
      looking: '正在检查这台电脑……',
      browser: '这里还不能使用印信。',
      extension: '没有检测到印信扩展。',
      permission: '印信还没有允许本网站。',
      host: '扩展已就绪，还缺本机程序。',
      trouble: '还不能使用印信。',
      'host-trouble': '扩展已就绪，本机程序有问题。',
      ready: '一切就绪，可以使用 UKey 了。',
    },
    tooOld: `这个浏览器不能安装印信扩展。请更新，或改用 Chrome、Edge、360、奇安信、UOS 等浏览器（内核为 Chromium ${OLDEST_ENGINE} 以上），或 Firefox ${OLDEST_FIREFOX} 以上。`,
    otherSystem: 'UKey 要插在电脑上使用。请在 Windows、统信 UOS、银河麒麟或其他 Linux 电脑上打开本页。',
    getExtension: '安装印信扩展',
    askForExtension: '请向本网站的技术支持或贵单位的管理员索取印信扩展。',
    comeBack: '装好后回到本页，会自动继续；没有继续时，请刷新。',
    reload: '刷新本页',
    fork: '请使用极速模式。在这种浏览器上没有试过印信：装好后仍检测不到时，请改用 Edge 或 Chrome。',
    isThere: '已经装过？',
    allowListed: '请在浏览器的扩展管理中确认印信已启用，并允许它访问本网站，然后刷新本页。',
    allowSite: (origin: string) =>
      `请点击浏览器工具栏上的印信图标，打开“我的证书”，在“设置”的网站列表里添加 ${origin}，然后刷新本页。`,
    getHost: '下载本机程序',
    getDeb: '下载本机程序（.deb）',
    getArchive: '下载本机程序（压缩包）',
    afterwards: {
      windows: '下载后双击安装，不需要管理员权限。装好后本页会自动继续。',
      macos: '下载后打开安装。装好后本页会自动继续。',
      deb: '用于统信 UOS、银河麒麟、Debian、Ubuntu。下载后双击安装，或运行 sudo apt install ./文件名。装好后本页会自动继续。',
      archive: '用于其他 Linux。解压到只有管理员能修改的文件夹，在其中运行 sudo ./yinxin install --all-users。',
    },
    askForHost: '请向本网站的技术支持或贵单位的管理员索取适用于这台电脑的印信本机程序。',
    register: '请运行 yinxin install，然后重启浏览器；yinxin doctor 会说明哪里不对。',
    sandbox: '用 snap 或 flatpak 安装的浏览器不能启动本机程序，请改装浏览器厂商或系统提供的软件包。',
    support: '还是不行？查看帮助',
    code: '代码',
  },
  en: {
    lang: 'en',
    heading: 'Before you use your USB key',
    steps: ['A browser that can', 'The Yinxin extension', 'The Yinxin host program'],
    done: 'ready',
    said: {
      looking: 'Looking at this computer…',
      browser: 'Yinxin can’t be used here yet.',
      extension: 'The Yinxin extension was not found.',
      permission: 'Yinxin does not allow this site yet.',
      host: 'The extension is there; its host program is missing.',
      trouble: 'Yinxin can’t be used yet.',
      'host-trouble': 'The extension is there; something is wrong with its host program.',
      ready: 'All is there. You can use your USB key.',
    },
    tooOld: `This browser can’t have the Yinxin extension. Update it, or use another one: made of Chromium ${OLDEST_ENGINE} or later (Chrome, Edge, 360, Qianxin, UOS), or Firefox ${OLDEST_FIREFOX} or later.`,
    otherSystem:
      'A USB key works in a computer. Open this page on one with Windows, UOS, Kylin or another Linux system.',
    getExtension: 'Get the Yinxin extension',
    askForExtension: 'Ask this site’s support, or your administrator, for the Yinxin extension.',
    comeBack: 'Then come back: this page goes on by itself. If it does not, reload it.',
    reload: 'Reload this page',
    fork: 'Use its fast mode (极速模式). Yinxin was not tried in this browser: if it is still not found, use Edge or Chrome.',
    isThere: 'Is it installed?',
    allowListed:
      'See in the browser’s list of extensions that Yinxin is on and may read this site, then reload this page.',
    allowSite: (origin: string) =>
      `Press the Yinxin icon in the browser’s toolbar, open “My certificates”, add ${origin} to the sites under “Settings”, then reload this page.`,
    getHost: 'Download the host program',
    getDeb: 'Download the host program (.deb)',
    getArchive: 'Download the host program (archive)',
    afterwards: {
      windows: 'Open it to install; no administrator is needed. This page then goes on by itself.',
      macos: 'Open it to install. This page then goes on by itself.',
      deb: 'For UOS, Kylin, Debian and Ubuntu. Open it, or run sudo apt install ./FILE. This page then goes on by itself.',
      archive:
        'For other Linux systems. Unpack it into a folder that only root may write, and run sudo ./yinxin install --all-users there.',
    },
    askForHost: 'Ask this site’s support, or your administrator, for the Yinxin host program for this computer.',
    register: 'Run yinxin install and restart the browser; yinxin doctor says what is wrong.',
    sandbox:
      'A browser from a snap or flatpak can’t start the host program: install the package of its maker or of your system instead.',
    support: 'Still stuck? Get help',
    code: 'Code',
  },
};

// Generated from wasm/proto by `npm run generate`. Change it there.
/* biome-ignore-all lint: generated */

import type { CatalogueError, Locale, Text } from './messages.js';
import { size, type Reads, filled } from './words.js';

/** Codes that a page may get. */
export type PageErrorCode =
  | "request-invalid"
  | "internal"
  | "unknown"
  | "origin-insecure"
  | "not-installed"
  | "site-not-allowed"
  | "origin-opaque"
  | "frame-not-allowed"
  | "page-not-active"
  | "user-action-required"
  | "too-many-cancels"
  | "queue-full"
  | "act-not-allowed"
  | "format-not-allowed"
  | "page-gone"
  | "aborted"
  | "cancelled"
  | "window-lost"
  | "timed-out"
  | "extension-restarted"
  | "local-failure"
  | "documents-count"
  | "document-too-large"
  | "document-empty"
  | "document-unreadable"
  | "document-refused"
  | "host-missing"
  | "host-forbidden"
  | "host-gone"
  | "host-silent"
  | "host-too-old"
  | "extension-too-old"
  | "host-message-invalid"
  | "message-invalid"
  | "challenge-invalid"
  | "content-refused"
  | "signature-not-verified";

/** An error that a page may get. */
export type PageError = Extract<CatalogueError, { code: PageErrorCode }>;

const CODES = "request-invalid internal unknown origin-insecure not-installed site-not-allowed origin-opaque frame-not-allowed page-not-active user-action-required too-many-cancels queue-full act-not-allowed format-not-allowed page-gone aborted cancelled window-lost timed-out extension-restarted local-failure documents-count document-too-large document-empty document-unreadable document-refused host-missing host-forbidden host-gone host-silent host-too-old extension-too-old host-message-invalid message-invalid challenge-invalid content-refused signature-not-verified";

/** Message and remedy of each code, in the order of the codes. */
const TEXTS: Readonly<Record<Locale, string>> = {
  "zh-CN": "网站发来的请求格式不正确（{reason}）。|请联系该网站的技术支持。|印信内部出现意外情况（{detail}）。|请重试；如仍出现，请报告给印信项目。|出现本版本不认识的情况（{word}）。|请更新印信扩展和本机程序。|网站 {origin} 没有使用加密连接（https）。|请通过 https 网址重新打开该网站。|没有检测到印信扩展。|请安装印信扩展，或在扩展的网站列表里允许本网站，然后刷新页面。|网站 {origin} 还不能使用印信。|如果您信任该网站，请在印信的“我的证书”页面中添加它。|无法确认是哪个网站在请求。|请直接打开该网站，不要使用保存的文件。|嵌入在其他网页中的页面不能使用印信。|请在单独的标签页中打开该网站。|该网页还没有显示出来。|请切换到该网页后再试一次。|网站只能在您点击之后请求使用证书。|请点击网页上的按钮。|该网站的请求已多次被取消，暂停 {seconds} 秒。|请稍候再点击一次。|等待处理的请求太多。|请先完成或取消已打开的印信窗口。|网站 {origin} 不能请求此操作（{act}）。|请联系该网站的技术支持。|网站 {origin} 不能使用 {format} 登录格式。|请联系该网站的技术支持。|发起请求的网页已关闭或已跳转。|请回到网站重新操作。|网站撤回了请求。|请回到网站重新操作。|您已取消，没有产生任何签名。|需要时请回到网站重新操作。|印信窗口被其他程序移走或替换，没有产生任何签名。|请回到网站重新操作；如仍出现，请停用您不认识的其他扩展。|等待超过 {seconds} 秒，已自动结束，没有产生任何签名。|请回到网站重新操作。|浏览器重启了印信扩展，操作中断。|请刷新网页后重新操作。|本机的 UKey 或程序出了问题，没有产生任何签名。|请看印信窗口或“我的证书”页面。|一次签名须有 1 到 {limit} 个文件，网站给出了 {count} 个。|请联系该网站的技术支持，分批签名。|文件“{name}”超过 {limit} 的上限。|请换用较小的文件，或不含原文的格式。|文件“{name}”是空的。|请重新选择文件。|读不到文件“{name}”，它可能已被移动或修改。|请重新选择文件。|文件“{name}”不能签名（{reason}）。|请看印信窗口。|没有找到印信本机程序。|请安装印信本机程序；如已安装，请运行 yinxin install，然后重启浏览器。|浏览器不允许本扩展连接印信本机程序。|请运行 yinxin doctor 查看原因，或请管理员在浏览器策略中放行。|印信本机程序意外退出。|请重试；如仍出现，请运行 yinxin doctor。|印信本机程序 {seconds} 秒内没有响应。|请拔下并重新插入 UKey 后重试；如仍出现，请运行 yinxin doctor。|印信本机程序（{version}）版本过旧。|请更新本机程序。|印信扩展的版本比本机程序（{version}）旧。|请更新印信扩展。|印信本机程序的回答无法理解。|请重新安装本机程序和扩展。|消息无法理解（{reason}）。|请更新印信扩展和本机程序。|网站发来的登录挑战码格式不正确。|请刷新网页后再试；如仍出现，请联系该网站的技术支持。|文件“{name}”与登录或签名数据相似，不能作为文件签名。|请不要签署；请联系该网站的技术支持。|UKey 给出的签名与证书不符，已丢弃。|请拔下并重新插入 UKey 后重试；如仍出现，请联系发证机构。",
  "en": "The site's request is malformed ({reason}).|Tell the site's support.|Something unforeseen happened ({detail}).|Try again; if it stays, report it to the project.|Something happened that this version does not know ({word}).|Update the extension and the host program.|The site {origin} does not use an encrypted connection (https).|Open the site by its https address.|The Yinxin extension was not found.|Install it, or allow this site in its list of sites, then reload the page.|The site {origin} may not use Yinxin yet.|If you trust it, add it on Yinxin's own page.|It can't be told which site is asking.|Open the site itself, not a saved file.|A page embedded in another one may not use Yinxin.|Open the site in a tab of its own.|The page is not shown yet.|Switch to the page and try again.|A site may ask only after you act on the page.|Press the site's button.|This site's requests were cancelled several times; it has to wait {seconds} seconds.|Wait, then press the site's button.|Too many requests are waiting.|Finish or cancel the open Yinxin window first.|The site {origin} may not ask for this ({act}).|Tell the site's support.|The site {origin} may not use the login format {format}.|Tell the site's support.|The page that asked was closed or left.|Go back to the site and start again.|The site withdrew its request.|Go back to the site and start again.|You cancelled. Nothing was signed.|Go back to the site when you want to start again.|Something else moved or replaced the Yinxin window. Nothing was signed.|Go back to the site and start again; if it stays, turn off extensions that you don't know.|No answer came within {seconds} seconds. Nothing was signed.|Go back to the site and start again.|The browser restarted the extension in the middle.|Reload the page and try again.|A key or program on this computer failed. Nothing was signed.|See the Yinxin window, or Yinxin's own page.|One call signs 1 to {limit} documents; the site gave {count}.|Tell the site's support to split the batch.|“{name}” is larger than the limit of {limit}.|Use a smaller file, or a detached signature.|“{name}” is empty.|Choose the file again.|“{name}” can't be read; it may have been moved or changed.|Choose the file again.|“{name}” can't be signed ({reason}).|See the Yinxin window.|The Yinxin host program was not found.|Install it; if it is installed, run “yinxin install” and restart the browser.|The browser does not let this extension reach the host program.|Run “yinxin doctor” to see why, or ask your administrator to allow it.|The host program ended unexpectedly.|Try again; if it stays, run “yinxin doctor”.|The host program did not answer within {seconds} seconds.|Pull the key, insert it again and retry; if it stays, run “yinxin doctor”.|The host program ({version}) is too old.|Update the host program.|The extension is older than the host program ({version}).|Update the extension.|The host program's answer can't be understood.|Install host program and extension again.|A message can't be understood ({reason}).|Update the extension and the host program.|The site's login challenge is malformed.|Reload the page and try again; if it stays, tell the site's support.|“{name}” looks like login or signature data and is never signed.|Don't sign it, and tell the site's support.|The key's signature does not match the certificate and was discarded.|Pull the key, insert it again and retry; if it stays, ask its issuer.",
};

/** How parameters read that are neither text nor counts. */
const READS: Readonly<Record<string, Reads>> = {
  "document-too-large": { limit: size },
};

/** Whether a page may get a code. */
export function isForPage(code: string): code is PageErrorCode {
  return CODES.split(' ').includes(code);
}

/** An error as a page gets it, with the words that `text` has for it; a code of another version is `unknown`. */
export function pageError(
  error: { readonly code: string; readonly params?: object },
  locale: Locale,
): Text & { code: PageErrorCode; params: Readonly<Record<string, unknown>> } {
  const known = isForPage(error.code);
  const code = known ? error.code : 'unknown';
  const params = known ? { ...error.params } : { word: error.code.slice(0, 64) };
  const at = 2 * CODES.split(' ').indexOf(code);
  const [message = '', remedy = ''] = TEXTS[locale]
    .split('|')
    .slice(at, at + 2)
    .map(template => filled(template, params, READS[code], locale));
  return { code, params, message, remedy };
}

//! The table of all errors and findings, by area: each is a feature of this crate, so that a module carries the texts of what
//! it can say. One entry each: when it is thrown, `page` if a page may get it, its parameters
//! (`as` the kind that says how it reads, where the type alone does not), then message / remedy in Chinese and English. Plain words, no blame, next step first in the remedy.

#[cfg(feature = "certificate")]
use super::RevocationReason;
use super::{Entry, Param, Parameter, Params, errors, kind};
#[cfg(feature = "pin")]
use crate::token::PinTries;

errors! {
    // ── What every part says ─────────────────────────────────────────────────────────────────

    area all();

    /// A message of the page does not have the form of the protocol.
    page "request-invalid" RequestInvalid { /// Which part, and what is wrong with it.
        reason: String }
    zh "网站发来的请求格式不正确（{reason}）。" / "请联系该网站的技术支持。"
    en "The site's request is malformed ({reason})." / "Tell the site's support."

    /// A state that the program does not foresee. A bug.
    page "internal" Internal { /// What was met, for support.
        detail: String }
    zh "印信内部出现意外情况（{detail}）。" / "请重试；如仍出现，请报告给印信项目。"
    en "Something unforeseen happened ({detail})." / "Try again; if it stays, report it to the project."

    /// A code of another version, which this one does not know.
    page "unknown" Unknown { /// The code as received.
        word: String }
    zh "出现本版本不认识的情况（{word}）。" / "请更新印信扩展和本机程序。"
    en "Something happened that this version does not know ({word})." / "Update the extension and the host program."

    /// The page is not served over https.
    page "origin-insecure" OriginInsecure { /// The origin that asked.
        origin: String }
    zh "网站 {origin} 没有使用加密连接（https）。" / "请通过 https 网址重新打开该网站。"
    en "The site {origin} does not use an encrypted connection (https)." / "Open the site by its https address."

    /// An origin is not written as browsers write it, which is the form that a signature binds.
    "origin-malformed" OriginMalformed { /// The origin as given.
        origin: String, /// How it is written, as far as that can be told.
        expected: String }
    zh "“{origin}”不是浏览器写法的网站来源。" / "请写成 {expected}：协议、小写域名，默认端口不写，末尾没有斜杠和路径。"
    en "“{origin}” is not an origin as browsers write it." / "Write {expected}: scheme and host in lower case, no default port, no slash or path at the end."

    // ── Page and site ────────────────────────────────────────────────────────────────────────

    area feature = "page";

    /// Page library: no extension acknowledged the call in time.
    page "not-installed" NotInstalled {}
    zh "没有检测到印信扩展。" / "请安装印信扩展，或在扩展的网站列表里允许本网站，然后刷新页面。"
    en "The Yinxin extension was not found." / "Install it, or allow this site in its list of sites, then reload the page."

    /// The site is neither listed nor added by the user.
    page "site-not-allowed" SiteNotAllowed { /// The origin that asked.
        origin: String }
    zh "网站 {origin} 还不能使用印信。" / "如果您信任该网站，请在印信的“我的证书”页面中添加它。"
    en "The site {origin} may not use Yinxin yet." / "If you trust it, add it on Yinxin's own page."

    /// The sender has no origin: a sandboxed frame, a file, a data address.
    page "origin-opaque" OriginOpaque {}
    zh "无法确认是哪个网站在请求。" / "请直接打开该网站，不要使用保存的文件。"
    en "It can't be told which site is asking." / "Open the site itself, not a saved file."

    /// The call came from a frame that is not the top one.
    page "frame-not-allowed" FrameNotAllowed {}
    zh "嵌入在其他网页中的页面不能使用印信。" / "请在单独的标签页中打开该网站。"
    en "A page embedded in another one may not use Yinxin." / "Open the site in a tab of its own."

    /// The page was prerendered or is not shown.
    page "page-not-active" PageNotActive {}
    zh "该网页还没有显示出来。" / "请切换到该网页后再试一次。"
    en "The page is not shown yet." / "Switch to the page and try again."

    /// The call did not follow an action of the user on the page, or another call has used that action.
    page "user-action-required" UserActionRequired {}
    zh "网站只能在您点击之后请求使用证书。" / "请点击网页上的按钮。"
    en "A site may ask only after you act on the page." / "Press the site's button."

    /// The user, or the page itself, cancelled several times in a row; the origin must wait.
    page "too-many-cancels" TooManyCancels { /// Seconds until the origin may ask again.
        seconds: u32 }
    zh "该网站的请求已多次被取消，暂停 {seconds} 秒。" / "请稍候再点击一次。"
    en "This site's requests were cancelled several times; it has to wait {seconds} seconds." / "Wait, then press the site's button."

    /// Too many operations wait behind an open consent window.
    page "queue-full" QueueFull {}
    zh "等待处理的请求太多。" / "请先完成或取消已打开的印信窗口。"
    en "Too many requests are waiting." / "Finish or cancel the open Yinxin window first."

    /// The kind of site may not ask for this.
    page "act-not-allowed" ActNotAllowed { /// The origin that asked.
        origin: String, /// The call.
        act: String }
    zh "网站 {origin} 不能请求此操作（{act}）。" / "请联系该网站的技术支持。"
    en "The site {origin} may not ask for this ({act})." / "Tell the site's support."

    /// The origin is not listed for a login format that carries no origin.
    page "format-not-allowed" FormatNotAllowed { /// The origin that asked.
        origin: String, /// The format.
        format: String }
    zh "网站 {origin} 不能使用 {format} 登录格式。" / "请联系该网站的技术支持。"
    en "The site {origin} may not use the login format {format}." / "Tell the site's support."

    /// The page went away (closed, reloaded, navigated) before the end.
    page "page-gone" PageGone {}
    zh "发起请求的网页已关闭或已跳转。" / "请回到网站重新操作。"
    en "The page that asked was closed or left." / "Go back to the site and start again."

    /// The page gave up the call.
    page "aborted" Aborted {}
    zh "网站撤回了请求。" / "请回到网站重新操作。"
    en "The site withdrew its request." / "Go back to the site and start again."

    /// The user cancelled, or closed the window.
    page "cancelled" Cancelled {}
    zh "您已取消，没有产生任何签名。" / "需要时请回到网站重新操作。"
    en "You cancelled. Nothing was signed." / "Go back to the site when you want to start again."

    /// The consent window was navigated, moved or unloaded by something else; it was closed.
    page "window-lost" WindowLost {}
    zh "印信窗口被其他程序移走或替换，没有产生任何签名。" / "请回到网站重新操作；如仍出现，请停用您不认识的其他扩展。"
    en "Something else moved or replaced the Yinxin window. Nothing was signed." / "Go back to the site and start again; if it stays, turn off extensions that you don't know."

    /// Nobody answered the consent window in time.
    page "timed-out" TimedOut { /// Seconds that it was open.
        seconds: u32 }
    zh "等待超过 {seconds} 秒，已自动结束，没有产生任何签名。" / "请回到网站重新操作。"
    en "No answer came within {seconds} seconds. Nothing was signed." / "Go back to the site and start again."

    /// The browser restarted the extension in the middle of an operation.
    page "extension-restarted" ExtensionRestarted {}
    zh "浏览器重启了印信扩展，操作中断。" / "请刷新网页后重新操作。"
    en "The browser restarted the extension in the middle." / "Reload the page and try again."

    /// To a page: a host program, driver or key failed in a way that concerns the user alone, who is told in our own windows.
    page "local-failure" LocalFailure {}
    zh "本机的 UKey 或程序出了问题，没有产生任何签名。" / "请看印信窗口或“我的证书”页面。"
    en "A key or program on this computer failed. Nothing was signed." / "See the Yinxin window, or Yinxin's own page."

    // ── Documents ────────────────────────────────────────────────────────────────────────────

    area feature = "server";

    /// A portal's policy is wrong somewhere: nothing of it is used.
    "policy-invalid" PolicyInvalid { /// Which field.
        place: String, /// What is wrong there.
        reason: String }
    zh "验证策略的“{place}”不正确（{reason}）。" / "请改正后重新加载；改正之前不会采用其中任何内容。"
    en "The policy is wrong at “{place}” ({reason})." / "Correct it and load it again; nothing of it is used before."

    /// Service: all that may be judged or held at once is taken.
    "server-busy" ServerBusy {}
    zh "验证服务正忙。" / "请稍后重试。"
    en "The verification service is busy." / "Try again in a moment."

    /// Service: a request, or a part of it, is larger than the service takes.
    "request-too-large" RequestTooLarge { /// Which part.
        part: String, /// Largest number of bytes.
        limit: u32 as Bytes }
    zh "请求的“{part}”超过 {limit} 的上限。" / "请改用更小的文件；原文（content）请作为单独的部分发送。"
    en "“{part}” of the request is larger than the limit of {limit}." / "Send a smaller file; a content as a part of its own."

    /// Service: a request did not come, or was not judged, in time.
    "request-timed-out" RequestTimedOut { /// Seconds that it could take.
        seconds: u32 }
    zh "请求没有在 {seconds} 秒内收完或验证完。" / "请检查网络后重试。"
    en "The request did not come, or was not judged, within {seconds} seconds." / "Check the network and try again."

    area feature = "document";

    /// No document, or more than the limit.
    page "documents-count" DocumentsCount { /// Number given.
        count: u32, /// Largest number.
        limit: u32 }
    zh "一次签名须有 1 到 {limit} 个文件，网站给出了 {count} 个。" / "请联系该网站的技术支持，分批签名。"
    en "One call signs 1 to {limit} documents; the site gave {count}." / "Tell the site's support to split the batch."

    /// A document is larger than its format allows.
    page "document-too-large" DocumentTooLarge { /// Its name.
        name: String, /// Largest size in bytes.
        limit: u32 as Bytes }
    zh "文件“{name}”超过 {limit} 的上限。" / "请换用较小的文件，或不含原文的格式。"
    en "“{name}” is larger than the limit of {limit}." / "Use a smaller file, or a detached signature."

    /// A document has no content.
    page "document-empty" DocumentEmpty { /// Its name.
        name: String }
    zh "文件“{name}”是空的。" / "请重新选择文件。"
    en "“{name}” is empty." / "Choose the file again."

    /// The bytes of a document can't be read, or their number changed.
    page "document-unreadable" DocumentUnreadable { /// Its name.
        name: String }
    zh "读不到文件“{name}”，它可能已被移动或修改。" / "请重新选择文件。"
    en "“{name}” can't be read; it may have been moved or changed." / "Choose the file again."

    /// To a page: a PDF or OFD that it gave takes no signature, or not there. The window says it in words.
    page "document-refused" DocumentRefused { /// Its name.
        name: String, /// The code of what is wrong with it: `pdf-encrypted`, `placement-refused`.
        reason: String }
    zh "文件“{name}”不能签名（{reason}）。" / "请看印信窗口。"
    en "“{name}” can't be signed ({reason})." / "See the Yinxin window."

    // ── Host ─────────────────────────────────────────────────────────────────────────────────

    area feature = "host";

    /// The browser knows no native-messaging host of our name.
    page "host-missing" HostMissing {}
    zh "没有找到印信本机程序。" / "请安装印信本机程序；如已安装，请运行 yinxin install，然后重启浏览器。"
    en "The Yinxin host program was not found." / "Install it; if it is installed, run “yinxin install” and restart the browser."

    /// The browser refuses the connection to the host (policy, or this extension is not registered).
    page "host-forbidden" HostForbidden {}
    zh "浏览器不允许本扩展连接印信本机程序。" / "请运行 yinxin doctor 查看原因，或请管理员在浏览器策略中放行。"
    en "The browser does not let this extension reach the host program." / "Run “yinxin doctor” to see why, or ask your administrator to allow it."

    /// The host ended or its pipe broke.
    page "host-gone" HostGone {}
    zh "印信本机程序意外退出。" / "请重试；如仍出现，请运行 yinxin doctor。"
    en "The host program ended unexpectedly." / "Try again; if it stays, run “yinxin doctor”."

    /// The host can't listen for calls of pages to other programs.
    "bridge-failed" BridgeFailed { /// What the system says.
        reason: String }
    zh "印信不能接收网页对其他客户端的调用（{reason}）。" / "请重启浏览器后重试。"
    en "Yinxin can't take calls that pages make to other clients ({reason})." / "Restart the browser and try again."

    /// The bridge is on for a site, and the browser does not let it be.
    "bridge-not-allowed" BridgeNotAllowed { /// The site's origin.
        origin: String }
    zh "已为 {origin} 开启“其他客户端的接口”，但浏览器没有允许。" / "请在印信的“设置”中，对这个网站再次点“开启”，并同意浏览器的询问。"
    en "Calls to another client are switched on for {origin}, and the browser does not allow it." / "Switch it on again under Settings, and agree to the browser's question."

    /// The bridge is on for a site, and calls of its pages do not arrive.
    "bridge-blocked" BridgeBlocked { /// The site's origin.
        origin: String }
    zh "{origin} 的页面发出的调用没有到达印信。" / "请在浏览器地址栏左侧的网站设置中，允许该网站访问本机（“本地网络”或“本机应用”），并检查是否有其他扩展拦截了对 127.0.0.1 的访问，然后刷新页面。"
    en "Calls of the pages of {origin} do not arrive at Yinxin." / "In the site settings beside the browser's address bar, let the site reach this computer (local network, or apps on this device), see whether another extension blocks 127.0.0.1, and reload the page."

    /// The host did not greet or answer in time.
    page "host-silent" HostSilent { /// Seconds waited.
        seconds: u32 }
    zh "印信本机程序 {seconds} 秒内没有响应。" / "请拔下并重新插入 UKey 后重试；如仍出现，请运行 yinxin doctor。"
    en "The host program did not answer within {seconds} seconds." / "Pull the key, insert it again and retry; if it stays, run “yinxin doctor”."

    /// The host speaks an older protocol than the extension.
    page "host-too-old" HostTooOld { /// The host's version.
        version: String }
    zh "印信本机程序（{version}）版本过旧。" / "请更新本机程序。"
    en "The host program ({version}) is too old." / "Update the host program."

    /// The host speaks a newer protocol than the extension.
    page "extension-too-old" ExtensionTooOld { /// The host's version.
        version: String }
    zh "印信扩展的版本比本机程序（{version}）旧。" / "请更新印信扩展。"
    en "The extension is older than the host program ({version})." / "Update the extension."

    /// The host answered something that is not the protocol.
    page "host-message-invalid" HostMessageInvalid {}
    zh "印信本机程序的回答无法理解。" / "请重新安装本机程序和扩展。"
    en "The host program's answer can't be understood." / "Install host program and extension again."

    /// Host: the caller is not an extension that its configuration names.
    "caller-refused" CallerRefused { /// Who called, as the browser said.
        caller: String }
    zh "本机程序不接受来自 {caller} 的请求。" / "如果这是您信任的扩展，请运行 yinxin install --extension-id 登记它。"
    en "The host program does not accept {caller}." / "If you trust this extension, register it with “yinxin install --extension-id”."

    /// Host: a frame is longer than the limit.
    "frame-too-large" FrameTooLarge { /// Announced length in bytes.
        length: u32, /// Largest length in bytes.
        limit: u32 }
    zh "消息长 {length} 字节，超过 {limit} 字节的上限。" / "请减少一次签名的文件数量。"
    en "A message of {length} bytes is over the limit of {limit}." / "Sign fewer documents at a time."

    /// Host: the input ended inside a frame.
    "frame-truncated" FrameTruncated {}
    zh "消息不完整。" / "请重试。"
    en "A message was cut off." / "Try again."

    /// Host: a frame is not UTF-8, not JSON, or not a request.
    page "message-invalid" MessageInvalid { /// What is wrong, and where.
        reason: String }
    zh "消息无法理解（{reason}）。" / "请更新印信扩展和本机程序。"
    en "A message can't be understood ({reason})." / "Update the extension and the host program."

    /// Host: its configuration file can't be used.
    "configuration-invalid" ConfigurationInvalid { /// Path of the file.
        path: String, /// What is wrong, and where.
        reason: String }
    zh "配置文件 {path} 有误（{reason}）。" / "请改正或删除该文件后重试。"
    en "The configuration file {path} is wrong ({reason})." / "Correct or remove it and try again."

    /// Host: its configuration file is not UTF-8.
    "configuration-encoding" ConfigurationEncoding { /// Path of the file.
        path: String }
    zh "配置文件 {path} 不是 UTF-8 编码。" / "请用编辑器打开它，另存为 UTF-8 编码后重试。"
    en "The configuration file {path} is not UTF-8." / "Open it in an editor, save it as UTF-8 and try again."

    /// Host: the system does not tell where the user's settings lie.
    "home-unknown" HomeUnknown { /// The variable that is not set.
        variable: String }
    zh "不知道当前用户的文件夹在哪里（环境变量 {variable} 没有设置）。" / "请以使用浏览器的用户身份运行，并设置 {variable}。"
    en "Where the user's folder lies is not known (the variable {variable} is not set)." / "Run it as the user of the browser, with {variable} set."

    /// Host: writing or reading a file of its own failed.
    "file-failed" FileFailed { /// Path of the file.
        path: String, /// The system's words.
        reason: String }
    zh "无法读写 {path}（{reason}）。" / "请检查路径、权限和剩余空间。"
    en "{path} can't be read or written ({reason})." / "Check the path, its permissions and the free space."

    /// Command line: the file to be written is there already.
    "file-exists" FileExists { /// Path of the file.
        path: String }
    zh "文件 {path} 已经存在，没有改动它。" / "请换一个文件名；确定要替换它时，请加上 --force。"
    en "The file {path} is there already and was left as it is." / "Choose another name, or add --force to replace it."

    /// Command line: the file to be written is one that is read.
    "file-is-input" FileIsInput { /// Path of the file.
        path: String }
    zh "{path} 就是要读取的文件，没有改动它。" / "请把结果写到另一个文件。"
    en "{path} is the file that is read; it was left as it is." / "Write the result to another file."

    /// Command line: a file is nothing that can be verified.
    "nothing-to-verify" NothingToVerify { /// Its name.
        name: String }
    zh "“{name}”不是签名、印章、证书、OFD 或 PDF。" / "它如果是被签署的原文，请把签名文件作为要核验的文件，用 --content 指明原文。"
    en "“{name}” is no signature, seal, certificate, OFD or PDF." / "If it is what was signed, verify the signature, with --content and this file."

    /// Command line: there is no time stamp that could be set on a signature.
    "time-stamp-failed" TimeStampFailed { /// What the program did, or what is wrong with its answer.
        reason: String }
    zh "没有得到可用的时间戳（{reason}），没有写出任何文件。" / "请检查 --time-stamper 指明的程序，以及它所用的时间戳服务。"
    en "There is no time stamp that can be used ({reason}), and nothing was written." / "Look at the program that --time-stamper names, and at the time-stamping service that it asks."

    /// Host: a browser has no manifest of the host.
    "registration-missing" RegistrationMissing { /// The browser.
        browser: String, /// Where the manifest should lie.
        path: String }
    zh "浏览器 {browser} 中没有登记印信本机程序（{path}）。" / "请运行 yinxin install，然后重启浏览器。"
    en "The host is not registered with {browser} ({path})." / "Run “yinxin install”, then restart the browser."

    /// Host: a browser's manifest of the host is there and does not work.
    "registration-broken" RegistrationBroken { /// The browser.
        browser: String, /// The manifest.
        path: String, /// What is wrong.
        reason: String }
    zh "浏览器 {browser} 中登记的印信本机程序无法启动（{path}：{reason}）。" / "请运行 yinxin install 重新登记，然后重启浏览器。"
    en "The host as registered with {browser} does not start ({path}: {reason})." / "Run “yinxin install” to register it again, then restart the browser."

    /// Host: the program that a browser's manifest names is gone.
    "host-program-missing" HostProgramMissing { /// The browser.
        browser: String, /// The program.
        path: String }
    zh "浏览器 {browser} 要启动的印信本机程序不在了（{path}）：可能被杀毒软件隔离，或被移走、删除。" / "请在杀毒软件的隔离区恢复该文件并加以信任；不在隔离区时，请重新安装印信。"
    en "The host program that {browser} starts is gone ({path}): quarantined by a virus scanner, moved or removed." / "Restore it in the scanner's quarantine and trust it there; if it is not there, install Yinxin again."

    /// Host: the system does not run the program that a browser's manifest names.
    "host-program-blocked" HostProgramBlocked { /// The browser.
        browser: String, /// The program.
        path: String, /// What the system says.
        reason: String }
    zh "系统不允许运行浏览器 {browser} 要启动的印信本机程序（{path}：{reason}）。" / "请把印信安装到允许运行程序的文件夹；单位限制可运行的程序时，请电脑管理员放行。"
    en "The system does not run the host program that {browser} starts ({path}: {reason})." / "Install Yinxin where programs may be run; where an organisation limits them, ask its administrator to allow this one."

    /// Host: an administrator's policy of a browser keeps it from our extension or our host.
    "blocked-by-policy" BlockedByPolicy { /// The browser.
        browser: String, /// Name of the policy.
        policy: String }
    zh "浏览器 {browser} 的管理策略（{policy}）不允许使用印信。" / "请单位的电脑管理员在该策略中放行印信扩展和本机程序。"
    en "A policy of the browser {browser} ({policy}) does not let Yinxin work." / "Ask your administrator to allow Yinxin's extension and host program in it."

    /// Host: a browser is packaged with a sandbox, out of which it can't start the host.
    "browser-confined" BrowserConfined { /// The browser.
        browser: String, /// `snap` or `flatpak`.
        sandbox: String }
    zh "浏览器 {browser} 是 {sandbox} 版，受沙盒限制，不能启动印信本机程序。" / "请安装该浏览器的 .deb 或 .rpm 版（{sandbox} 版可以保留），然后运行 yinxin install，改用新装的浏览器。"
    en "The browser {browser} comes as a {sandbox}, whose sandbox keeps it from starting the host program." / "Install its .deb or .rpm (the {sandbox} may stay), run “yinxin install”, and use that one."

    // ── Modules and tokens ───────────────────────────────────────────────────────────────────

    area feature = "token";

    /// No library is configured or found at all.
    "no-module" NoModule {}
    zh "没有找到任何 UKey 驱动。" / "请安装 UKey 厂商的驱动程序，然后点击“重新查找”。"
    en "No driver for USB keys was found." / "Install the driver of your key's vendor, then look again."

    /// A library that the configuration names does not exist.
    "module-missing" ModuleMissing { /// Name of the module.
        module: String, /// Its path.
        path: String }
    zh "找不到驱动“{module}”的文件 {path}。" / "请重新安装 UKey 驱动，或改正配置中的路径。"
    en "The file {path} of the driver “{module}” does not exist." / "Install the driver again, or correct the path in the configuration."

    /// A file is no library of this system, or has the functions neither of PKCS #11 nor of SKF.
    "module-not-library" ModuleNotLibrary { /// Name of the module.
        module: String, /// What was found instead.
        found: String }
    zh "驱动“{module}”的文件不是可用的 PKCS#11 或 SKF 库（{found}）。" / "请检查路径是不是驱动的库文件，配置里的接口（interface）是否写对；都对时请重新安装 UKey 驱动。"
    en "The file of the driver “{module}” is not a usable PKCS#11 or SKF library ({found})." / "Check that the path is that of the driver’s library, and the interface in the configuration the one that it has; else install the driver again."

    /// A library is built for another processor architecture.
    "module-architecture" ModuleArchitecture { /// Name of the module.
        module: String, /// The library's architecture.
        found: String, /// The host's architecture.
        expected: String }
    zh "驱动“{module}”是 {found} 版本，而本程序需要 {expected} 版本。" / "请安装 {expected} 版本的 UKey 驱动。"
    en "The driver “{module}” is built for {found}; {expected} is needed." / "Install the driver for {expected}."

    /// A library is for 32 bit, and the program that loads such ones is not installed.
    "worker-missing" WorkerMissing { /// Name of the module.
        module: String, /// The library's architecture.
        found: String }
    zh "驱动“{module}”是 {found} 版本，需要印信的 32 位组件，而它没有安装。" / "请安装 64 位版本的 UKey 驱动。"
    en "The driver “{module}” is built for {found}; Yinxin's part for such drivers is not installed." / "Install a driver for 64 bit."

    /// The system could not load a library, or its initialisation failed.
    "module-load-failed" ModuleLoadFailed { /// Name of the module.
        module: String, /// The system's or the module's words.
        reason: String }
    zh "驱动“{module}”无法加载（{reason}）。" / "请重新安装 UKey 驱动；如仍出现，请运行 yinxin doctor。"
    en "The driver “{module}” can't be loaded ({reason})." / "Install the driver again; if it stays, run “yinxin doctor”."

    /// A library is there and finds a key, but not the rest of its driver, through which it reaches the key.
    "module-incomplete" ModuleIncomplete { /// Name of the module.
        module: String, /// The function.
        call: String, /// What it returned, as hex.
        rv: String }
    zh "驱动“{module}”装得不完整：它的库文件在，但打不开 UKey（{call}，{rv}），驱动的其余部分没有安装或没有运行。" / "请重新安装这款 UKey 的完整驱动（政府采购用户：统一安全认证客户端），然后重新插入 UKey。"
    en "The driver “{module}” is incomplete: its library is there but can't open the key ({call}, {rv}), since the rest of the driver is not installed or does not run." / "Install the whole driver of this key again, then insert the key again."

    /// A module's worker process ended by itself.
    "module-crashed" ModuleCrashed { /// Name of the module.
        module: String }
    zh "驱动“{module}”意外崩溃，其他 UKey 不受影响。" / "请拔下并重新插入 UKey 后重试；如仍出现，请更新该驱动。"
    en "The driver “{module}” crashed; other keys go on working." / "Pull the key, insert it again and retry; if it stays, update the driver."

    /// A call into a module did not come back.
    "module-hung" ModuleHung { /// Name of the module.
        module: String, /// Seconds waited.
        seconds: u32 }
    zh "驱动“{module}”{seconds} 秒没有响应，已停止它，其他 UKey 不受影响。" / "请拔下并重新插入 UKey 后重试；如仍出现，请更新该驱动。"
    en "The driver “{module}” did not answer for {seconds} seconds and was stopped; other keys go on working." / "Pull the key, insert it again and retry; if it stays, update the driver."

    /// A module has not answered yet; the others are shown meanwhile.
    "module-slow" ModuleSlow { /// Name of the module.
        module: String }
    zh "驱动“{module}”还没有响应，先显示其他 UKey。" / "请稍候，响应后会自动更新；如一直没有响应，请拔下并重新插入 UKey。"
    en "The driver “{module}” has not answered yet; other keys are shown meanwhile." / "Wait a moment, this updates by itself; if it does not, pull the key and insert it again."

    /// A call into the key's library failed in a way that has no code of its own.
    "module-failed" ModuleFailed { /// Name of the module.
        module: String, /// The function.
        call: String, /// The return value: `CKR_…` of PKCS #11, `SAR_…` of SKF, hex, or what was wrong.
        rv: String }
    zh "UKey 操作失败（{module}，{call}，{rv}）。" / "请拔下并重新插入 UKey 后重试；如仍出现，请把括号中的文字告知 UKey 厂商。"
    en "The key reported a failure ({module}, {call}, {rv})." / "Pull the key, insert it again and retry; if it stays, give the words in brackets to the key's vendor."

    /// Modules work, and no token is inserted.
    "no-token" NoToken {}
    zh "没有检测到 UKey。" / "请插入 UKey。插入后本窗口会自动更新。"
    en "No USB key was found." / "Insert your key; this window updates by itself."

    /// The token was pulled while it was in use, or is not there any more.
    "token-removed" TokenRemoved {}
    zh "UKey 已被拔出，没有产生任何签名。" / "请重新插入 UKey 后再试。"
    en "The key was pulled. Nothing was signed." / "Insert it again and retry."

    /// Command line: no token has the name that was given.
    "token-not-found" TokenNotFound { /// The name.
        token: String, /// What is there instead, with serial numbers.
        present: String }
    zh "没有找到名为“{token}”的 UKey。" / "已插入的有：{present}。请核对名称，或插入这个 UKey 后重试。"
    en "No key of the name “{token}” was found." / "There are: {present}. Check the name, or insert that key and try again."

    /// Command line: several tokens have the name that was given.
    "token-ambiguous" TokenAmbiguous { /// The name.
        token: String, /// Those of the name, with serial numbers.
        present: String }
    zh "有几个 UKey 都叫“{token}”，没有使用其中任何一个。" / "请用 --serial 指明是哪一个，或只插入要用的那一个：{present}。"
    en "Several keys have the name “{token}”; none was used." / "Say which one with --serial, or leave only that one inserted: {present}."

    /// A token is not initialised (`CKF_TOKEN_INITIALIZED` is not set) or not readable.
    "token-unreadable" TokenUnreadable { /// What was met.
        reason: String }
    zh "插入的 UKey 无法识别或尚未初始化（{reason}）。" / "请确认插入的是四川CA发放的 UKey，并联系发证机构。"
    en "The inserted key can't be recognised or is not initialised ({reason})." / "Check that it is the key issued to you, and ask its issuer."

    /// A token holds no certificate.
    "token-empty" TokenEmpty {}
    zh "UKey 中没有证书。" / "请确认插入的是存有证书的 UKey；如果证书丢失，请联系发证机构。"
    en "The key holds no certificate." / "Check that it is the right key; if the certificate is lost, ask its issuer."

    /// Another program holds the token.
    "token-busy" TokenBusy {}
    zh "UKey 正被其他程序占用。" / "请关闭其他正在使用 UKey 的程序后重试。"
    en "Another program is using the key." / "Close other programs that use the key and try again."

    /// The certificate asked for is not in the token.
    "certificate-not-found" CertificateNotFound {}
    zh "UKey 中没有找到所选的证书。" / "请重新插入 UKey 并重新选择证书。"
    en "The chosen certificate is not in the key." / "Insert the key again and choose again."

    /// Command line: several certificates that can sign have the id that was given.
    "certificate-ambiguous" CertificateAmbiguous { /// The id.
        id: String, /// Those of the id, with SHA-256.
        present: String }
    zh "有几张证书的 id 都是“{id}”，没有使用其中任何一张。" / "请用 --certificate 加 SHA-256 指明是哪一张：{present}。"
    en "Several certificates have the id “{id}”; none was used." / "Say which one with --certificate and its SHA-256: {present}."

    /// The token has no private key for the certificate.
    "key-not-found" KeyNotFound {}
    zh "UKey 中没有该证书的私钥。" / "请选择另一张证书，或联系发证机构。"
    en "The key has no private key for this certificate." / "Choose another certificate, or ask its issuer."

    /// A key does not decrypt what it was given, for whatever reason: which one is told to nobody.
    "not-decrypted" NotDecrypted {}
    zh "UKey 不能解密网站发来的数据。" / "数据可能是用另一张加密证书加密的：请插入当时的那把 UKey。"
    en "The key can't decrypt what the site sent." / "It may be encrypted for another certificate: insert the key that held it then."

    /// The module offers no mechanism for the key's algorithm.
    "mechanism-missing" MechanismMissing { /// Name of the module.
        module: String, /// The algorithm.
        algorithm: String }
    zh "驱动“{module}”不支持 {algorithm} 签名。" / "请更新 UKey 驱动，或联系 UKey 厂商；UKey 另有库文件时，可换用那一个。"
    en "The driver “{module}” can't sign with {algorithm}." / "Update the driver, or ask the key's vendor; where the key has another library, try that one."

    // ── PIN ──────────────────────────────────────────────────────────────────────────────────

    area feature = "pin";

    /// The token rejected the PIN. Never retried by a program.
    "pin-incorrect" PinIncorrect { /// What is known of the remaining tries.
        tries: PinTries }
    zh "PIN 码（UKey 密码）不正确。" / "请仔细核对后重新输入；多次输错会锁定 UKey。"
    en "The PIN is not correct." / "Check it and type it again; several wrong PINs lock the key."

    /// The PIN is locked.
    "pin-locked" PinLocked {}
    zh "PIN 码已锁定，UKey 暂时不能使用。" / "请联系发证机构解锁（四川CA：400-028-1130）。"
    en "The PIN is locked; the key can't be used for now." / "Ask the certificate's issuer to unlock it (Sichuan CA: 400-028-1130)."

    /// The PIN is shorter or longer than the token allows; the token was not asked.
    "pin-length" PinLength { /// Shortest, in bytes.
        min: u32, /// Longest, in bytes.
        max: u32 }
    zh "PIN 码应为 {min} 到 {max} 位，没有消耗尝试次数。" / "请重新输入。"
    en "A PIN has {min} to {max} characters. No try was used." / "Type it again."

    /// A PIN is needed and none was given.
    "pin-required" PinRequired {}
    zh "请输入 PIN 码（UKey 密码）。" / "请在印信窗口中输入 PIN 码。"
    en "The PIN is needed." / "Type it in the Yinxin window."

    /// The token asks for a new PIN first (`CKR_PIN_EXPIRED`), or has none yet.
    "pin-not-set" PinNotSet {}
    zh "该 UKey 要求先设置新的 PIN 码。" / "请用 UKey 厂商或发证机构的工具设置 PIN 码后再试。"
    en "The key asks for a new PIN first." / "Set the PIN with the vendor's or issuer's tool and try again."

    /// The token does not take the PIN that a user chose (`CKR_PIN_INVALID`). The old one stays.
    "pin-refused" PinRefused {}
    zh "UKey 不接受这个新 PIN 码，原 PIN 码没有改变。" / "请换一个新 PIN 码，不要用连续或相同的数字。"
    en "The key does not accept the new PIN. The old one is unchanged." / "Choose another one; avoid sequences and repeated digits."

    /// The PIN of the token is typed on a pad of its own, and changed with the vendor's tool.
    "pin-changed-elsewhere" PinChangedElsewhere {}
    zh "这把 UKey 的 PIN 码只能用厂商的工具修改。" / "请打开 UKey 厂商的管理工具修改。"
    en "The PIN of this key can only be changed with its vendor's tool." / "Change it there."

    /// The user cancelled on the key's own pad or dialog.
    "pin-pad-cancelled" PinPadCancelled {}
    zh "您在 UKey 上取消了操作，没有产生任何签名。" / "需要时请重试。"
    en "You cancelled on the key. Nothing was signed." / "Try again when you want to."

    // ── Certificates ─────────────────────────────────────────────────────────────────────────

    area feature = "certificate";

    /// The bytes are no certificate.
    "certificate-unreadable" CertificateUnreadable { /// Position in bytes where reading failed.
        position: u32, /// What is wrong.
        reason: String }
    zh "证书内容无法读取（第 {position} 字节：{reason}）。" / "请联系发证机构检查该证书。"
    en "The certificate can't be read (byte {position}: {reason})." / "Ask its issuer to check it."

    /// A private key in the place of something else.
    "private-key-given" PrivateKeyGiven {}
    zh "这是私钥，不是证书或签名文件。印信没有保留它。" / "私钥等于本人的印章，不要粘贴到任何网页，也不要发给任何人。请改选证书文件（.cer、.crt 或 .pem）；如私钥已经交给别人，请联系发证机构注销证书。"
    en "This is a private key, no certificate and no signature. Yinxin kept nothing of it." / "Never paste a private key into a page or send it to anyone. Choose the certificate (.cer, .crt or .pem); if somebody else has the key, have the certificate revoked."

    /// A request for a certificate (PKCS #10) in the place of something else.
    "certificate-request-given" CertificateRequestGiven {}
    zh "这是证书申请文件（CSR），还不是证书。" / "请把它提交给发证机构，签发后改用发证机构发回的证书文件。"
    en "This is a request for a certificate (CSR), not a certificate yet." / "Hand it to the CA, and use the certificate that it sends back."

    /// Certificates with their private keys (PKCS #12) in the place of something else.
    "pkcs12-given" Pkcs12Given {}
    zh "这是 PFX（P12）文件，里面除了证书还有私钥。" / "不要把 PFX 文件和它的密码交给别人。请先用系统的证书管理器导入，再只导出证书（.cer），不导出私钥。"
    en "This is a PFX (P12) file: it holds the private key beside the certificate." / "Give neither it nor its password away. Import it into the system's certificate manager and export the certificate alone (.cer)."

    /// The validity ended.
    "certificate-expired" CertificateExpired { /// End of validity, ISO 8601.
        date: String as Date }
    zh "证书已于 {date} 过期。" / "请先办理证书更新：登录四川CA网厅（wt.scca.com.cn）选择“证书更新”，审核通过后在证书助手（i信）中更新。不是自己的证书，由其持有人办理。"
    en "The certificate ended on {date}." / "Renew it first: “证书更新” in the CA's hall (wt.scca.com.cn), then in the assistant i信. If it is not yours, its holder has to."

    /// The validity has not begun.
    "certificate-not-yet-valid" CertificateNotYetValid { /// Start of validity, ISO 8601.
        date: String as Date }
    zh "证书从 {date} 起才有效。" / "请检查电脑的日期和时间是否正确；正确的，请等证书生效。按指定时间核对的，请检查该时间。"
    en "The certificate is valid only from {date}." / "Check this computer's date and time; if they are right, wait until then. If you judge for a time of your choice, check that time."

    /// The validity ends soon.
    "certificate-ends-soon" CertificateEndsSoon { /// Days left by the calendar of China; 0 on the last day.
        days: i32, /// End of validity, ISO 8601.
        date: String as Date }
    zh "证书还有 {days} 天到期（{date}）。" / "请尽早办理证书更新。"
    en "Days left until the certificate ends: {days} ({date})." / "Renew it soon."

    /// The key usage allows no signatures (an encryption certificate).
    "certificate-not-for-signing" CertificateNotForSigning {}
    zh "这是加密证书，不能用于登录或签名。" / "请选择同一 UKey 中的签名证书。"
    en "This is an encryption certificate; it can't log in or sign." / "Choose the signing certificate in the same key."

    /// The key usage allows no encryption, and the caller asked for it.
    "certificate-not-for-encryption" CertificateNotForEncryption {}
    zh "该证书不能用于加密。" / "请使用同一 UKey 中的加密证书。"
    en "This certificate can't encrypt." / "Use the encryption certificate in the same key."

    /// The extended key usage of the certificate, or of a CA above it, has no purpose that logins and
    /// signatures need: clientAuth, emailProtection, or one that the caller lists.
    "extended-key-usage-not-accepted" ExtendedKeyUsageNotAccepted { /// The purposes that it has, by the names of RFC 5280 or OIDs.
        usages: String }
    zh "该证书限于其他用途（{usages}），不能用于登录或签名。" / "请选择同一 UKey 中的其他签名证书；如没有，请联系发证机构。"
    en "The certificate is limited to other uses ({usages}); it can't log in or sign." / "Choose another signing certificate in the same key; if there is none, ask its issuer."

    /// A CA's certificate.
    "certificate-is-ca" CertificateIsCa {}
    zh "这是发证机构的证书，不能用于登录或签名。" / "请选择您自己的证书。"
    en "This certificate belongs to a certification authority; it can't log in or sign." / "Choose your own certificate."

    /// The subject is empty, so nothing tells two holders of the issuer apart: it is no certificate to
    /// log in with. RFC 5280, 4.1.2.6, allows such ones.
    "certificate-without-subject" CertificateWithoutSubject {}
    zh "证书没有写明持有人（主体为空），不能用于登录。" / "请选择其他签名证书；如没有，请联系发证机构。"
    en "The certificate doesn't say who holds it (its subject is empty); it can't log in." / "Choose another signing certificate; if there is none, ask its issuer."

    /// A key or signature of another kind than SM2, RSA of 2048 to 4096 bits, P-256 or P-384, or
    /// with another digest than SM3, SHA-256, SHA-384 or SHA-512.
    "algorithm-not-supported" AlgorithmNotSupported { /// OID or name.
        algorithm: String }
    zh "不支持证书的算法（{algorithm}）。" / "请联系发证机构更换证书。"
    en "The certificate's algorithm ({algorithm}) is not supported." / "Ask its issuer for a new certificate."

    /// The certificate was revoked.
    "certificate-revoked" CertificateRevoked { /// When, ISO 8601.
        date: String as Date, /// Why, as the list says.
        reason: RevocationReason }
    zh "证书已于 {date} 被注销（原因：{reason}）。" / "请联系发证机构。"
    en "The certificate was revoked on {date} ({reason})." / "Ask its issuer."

    /// The issuer's certificate is not available, so the path can't be built.
    "issuer-unknown" IssuerUnknown { /// The issuer's name.
        issuer: String }
    zh "没有发证机构“{issuer}”的证书，无法核实签发关系。" / "如果您是网站管理员，请提供该机构的证书。"
    en "The certificate of its issuer “{issuer}” is not available, so the issue can't be checked." / "If you run the site, provide that certificate."

    /// The issuer belongs to a trust domain whose root is not among the product's anchors.
    "root-unavailable" RootUnavailable { /// The root's name.
        root: String }
    zh "发证机构属于“{root}”信任域，缺少该信任域的根证书，无法核实签发关系。" / "如果您有该根证书，可以在信任的发证机构中添加它。"
    en "The issuer belongs to the domain of “{root}”, whose root certificate is not available, so the issue can't be checked." / "If you have that root certificate, add it to the trusted issuers."

    /// More trust anchors would be kept than the limit.
    "too-many-anchors" TooManyAnchors { /// Largest number.
        limit: u32 }
    zh "最多可以添加 {limit} 个信任的发证机构证书。" / "请先移除不再需要的证书，或只添加需要的那几张。"
    en "At most {limit} certificates of trusted issuers can be added." / "Remove those that are no longer needed, or add only the ones that are."

    /// The path leads to an issuer that the portal does not accept.
    "issuer-not-accepted" IssuerNotAccepted { /// The issuer's name.
        issuer: String }
    zh "本网站不接受“{issuer}”签发的证书。" / "请使用该网站要求的发证机构签发的证书。"
    en "This site does not accept certificates of “{issuer}”." / "Use a certificate of an issuer that the site names."

    /// The holder is of a kind that the portal does not accept: a unit, a person, an expert, or none that the certificate tells.
    "holder-not-accepted" HolderNotAccepted {}
    zh "本网站在此处不接受这类持有者的证书。" / "请使用该网站要求的证书：单位的，或者个人的。"
    en "This site does not accept certificates of this kind of holder here." / "Use the one that the site asks for: a unit's, or a person's."

    /// No trust anchors were given, so only the signature itself was judged.
    "trust-not-checked" TrustNotChecked {}
    zh "没有核实证书由谁签发，只验证了签名本身。" / "如果您是网站管理员，请提供信任的根证书。"
    en "Who issued the certificate was not checked, only the signature itself." / "If you run the site, provide trust anchors."

    /// An issuer in the path is no CA or may not issue.
    "issuer-not-ca" IssuerNotCa { /// The issuer's name.
        issuer: String }
    zh "“{issuer}”不是发证机构，不能签发证书。" / "请不要信任该证书。"
    en "“{issuer}” is not a certification authority and can't issue certificates." / "Don't trust this certificate."

    /// The path is longer than an issuer's path length allows, or than the product follows.
    "path-too-long" PathTooLong {}
    zh "证书的签发链过长。" / "请不要信任该证书。"
    en "The chain of issuers is too long." / "Don't trust this certificate."

    /// The search for a path ended at the largest number of signatures that it checks.
    "too-many-candidates" TooManyCandidates { /// That number.
        limit: u32 }
    zh "候选的发证机构证书太多，检查 {limit} 个签名后停止，没有找到签发链。" / "如果您是网站管理员，请只提供有关的中间证书。"
    en "Too many certificates could be the issuer's: the search ended after {limit} signatures without a chain." / "If you run the site, provide only the intermediates that matter."

    /// More was found than is told; the gravest, and one of every kind, is.
    "findings-left-out" FindingsLeftOut { /// How many are not told.
        count: u32 }
    zh "还有 {count} 处发现没有列出。" / "列出的已包括每一种，并以最严重的为先。请先处理这些。"
    en "Findings that are not listed: {count}." / "What is listed has one of each kind, the gravest first. Deal with those."

    /// A name is outside of the name constraints of an issuer above it.
    "name-not-permitted" NameNotPermitted { /// The name.
        name: String }
    zh "名称“{name}”超出了上级发证机构允许的范围。" / "请不要信任该证书。"
    en "The name “{name}” is outside of what an issuer above it may certify." / "Don't trust this certificate."

    /// No certificate policy holds along the whole path that the caller or an issuer asks for.
    "policy-not-satisfied" PolicyNotSatisfied {}
    zh "证书不符合所要求的证书策略。" / "请使用符合要求的证书。"
    en "The certificate does not meet the certificate policy that is asked for." / "Use a certificate that does."

    /// The algorithm outside of the signed bytes is another than the one inside.
    "signature-algorithm-mismatch" SignatureAlgorithmMismatch {}
    zh "证书内外标明的签名算法不一致。" / "请不要信任该证书。"
    en "The certificate names two different signature algorithms." / "Don't trust this certificate."

    /// An extension stands in the certificate more than once.
    "extension-repeated" ExtensionRepeated { /// Its OID.
        oid: String }
    zh "证书的扩展 {oid} 重复出现。" / "请联系发证机构。"
    en "The certificate has the extension {oid} more than once." / "Ask its issuer."

    /// The content of an extension is not what its definition says. Fatal where it decides.
    "extension-unreadable" ExtensionUnreadable { /// Its OID.
        oid: String }
    zh "证书的扩展 {oid} 内容不符合定义。" / "请联系发证机构。"
    en "The content of the certificate's extension {oid} is not as defined." / "Ask its issuer."

    /// A critical extension is not known.
    "critical-extension-unknown" CriticalExtensionUnknown { /// Its OID.
        oid: String }
    zh "证书含有无法识别的关键扩展（{oid}）。" / "请联系发证机构。"
    en "The certificate has a critical extension that is not known ({oid})." / "Ask its issuer."

    /// No CRL of the issuer is available.
    "crl-missing" CrlMissing { /// The issuer's name.
        issuer: String }
    zh "没有“{issuer}”的注销列表，无法确认证书是否已被注销。" / "如果您是网站管理员，请提供该列表。"
    en "No revocation list of “{issuer}” is available; whether the certificate was revoked can't be told." / "If you run the site, provide that list."

    /// The CRL ended.
    "crl-stale" CrlStale { /// The issuer's name.
        issuer: String, /// When the next one was due, ISO 8601.
        date: String as Date }
    zh "“{issuer}”的注销列表已于 {date} 到期。" / "如果您是网站管理员，请更新该列表。"
    en "The revocation list of “{issuer}” ended on {date}." / "If you run the site, update it."

    /// The CRL begins later.
    "crl-not-yet-valid" CrlNotYetValid { /// The issuer's name.
        issuer: String, /// When it begins, ISO 8601.
        date: String as Date }
    zh "“{issuer}”的注销列表从 {date} 起才有效。" / "请检查电脑的日期和时间是否正确。按较早的时间核对的，需要当时的注销列表。"
    en "The revocation list of “{issuer}” is valid only from {date}." / "Check this computer's date and time. To judge for an earlier time, the list of that time is needed."

    /// The CRL can't be read, or its signature does not hold.
    "crl-invalid" CrlInvalid { /// What is wrong.
        reason: String }
    zh "注销列表无法使用（{reason}）。" / "如果您是网站管理员，请更换该列表。"
    en "The revocation list can't be used ({reason})." / "If you run the site, replace it."

    // ── Verification of proofs and signatures ────────────────────────────────────────────────

    area feature = "signature";

    /// Host: the signed attributes do not have the form that the product signs.
    "attributes-refused" AttributesRefused { /// What is wrong.
        reason: String }
    zh "待签名的数据不符合要求（{reason}），已拒绝。" / "请更新印信扩展和本机程序。"
    en "The data to sign is not of the required form ({reason}) and was refused." / "Update the extension and the host program."

    /// The time that a signer claims is later than the time for which it is judged.
    "claimed-time-later" ClaimedTimeLater { /// The time that is claimed, ISO 8601.
        time: String as Time, /// The time for which it is judged, ISO 8601.
        at: String as Time }
    zh "声称的签署时间（{time}）晚于核验所按的时间（{at}）。" / "请检查电脑的日期和时间；正确的，请向签署人问清何时签署。"
    en "The signer claims a time ({time}) after the one for which it is verified ({at})." / "Check this computer's date and time; if they are right, ask the signer when it was signed."

    /// At the time that a signer claims, the certificate or the seal was not valid.
    "claimed-time-outside" ClaimedTimeOutside { /// The time that is claimed, ISO 8601.
        time: String as Time, /// Start of the validity, ISO 8601.
        from: String as Date, /// Its end, ISO 8601.
        until: String as Date }
    zh "在声称的签署时间（{time}），证书或印章不在有效期内（{from} 至 {until}）。" / "请向签署人问清何时签署。"
    en "At the time that the signer claims ({time}), the certificate or the seal was not valid (from {from} to {until})." / "Ask the signer when it was signed."

    /// A time stamp (RFC 3161) over a signature or document holds, by a certificate that is trusted for it.
    "time-stamped" TimeStamped { /// The time that it attests, ISO 8601.
        time: String as Time }
    zh "时间戳有效：{time} 时已经存在。" / "无需处理。"
    en "The time stamp holds: it existed at {time}." / "Nothing needs to be done."

    /// A time stamp (RFC 3161) does not hold, or not by a certificate that is trusted for it: it is no evidence of a time.
    "time-stamp-invalid" TimeStampInvalid { /// What is wrong with it.
        reason: String }
    zh "时间戳没有通过核实（{reason}），不能作为时间依据。" / "请以核验时间为准判断；需要时间依据的，请提供时间戳服务机构的根证书后再核验。"
    en "The time stamp was not verified ({reason}): it is no evidence of a time." / "Go by the time of verification; where the time matters, verify again with the root of the time-stamping service."

    /// The challenge is not 16 to 128 characters of `A-Za-z0-9+/=_-`.
    page "challenge-invalid" ChallengeInvalid {}
    zh "网站发来的登录挑战码格式不正确。" / "请刷新网页后再试；如仍出现，请联系该网站的技术支持。"
    en "The site's login challenge is malformed." / "Reload the page and try again; if it stays, tell the site's support."

    /// The content could be taken for a login or for signed attributes, so it is never signed as a document.
    page "content-refused" ContentRefused { /// The document's name; empty where it is not known.
        name: String }
    zh "文件“{name}”与登录或签名数据相似，不能作为文件签名。" / "请不要签署；请联系该网站的技术支持。"
    en "“{name}” looks like login or signature data and is never signed." / "Don't sign it, and tell the site's support."

    /// The token gave a signature that does not verify under the certificate; it was discarded.
    page "signature-not-verified" SignatureNotVerified {}
    zh "UKey 给出的签名与证书不符，已丢弃。" / "请拔下并重新插入 UKey 后重试；如仍出现，请联系发证机构。"
    en "The key's signature does not match the certificate and was discarded." / "Pull the key, insert it again and retry; if it stays, ask its issuer."

    /// A signature does not hold under the key and over the bytes that it should cover. Why is not
    /// known: a login proof, for one, may be made for another origin, challenge or certificate.
    "signature-invalid" SignatureInvalid {}
    zh "签名不成立：用证书中的公钥没有验证通过。" / "请不要接受它；您自己的操作可以重做一次，他人的请向签署人或发证机构核实。"
    en "The signature does not hold under the certificate's key." / "Don't accept it. Start again if it is your own; ask the signer or the certificate's issuer otherwise."

    /// A signature holds only under a variant that no standard names (empty user id, no Z).
    "signature-non-standard" SignatureNonStandard { /// Which variant.
        variant: String }
    zh "签名使用了非标准的计算方式（{variant}）。" / "请联系签名软件的厂商。"
    en "The signature was computed in a non-standard way ({variant})." / "Tell the vendor of the signing software."

    /// A bare proof: no content of a form that verification understands.
    "proof-unreadable" ProofUnreadable { /// What is wrong.
        reason: String }
    zh "登录凭证无法读取（{reason}）。" / "请刷新网页后重新登录。"
    en "The login proof can't be read ({reason})." / "Reload the page and log in again."

    /// The proof's format is not among those that the portal accepts.
    "proof-format-not-accepted" ProofFormatNotAccepted { /// The format.
        format: String }
    zh "本网站不接受 {format} 格式的登录凭证。" / "请刷新网页后重新登录。"
    en "This site does not accept login proofs of the format {format}." / "Reload the page and log in again."

    /// The proof names another algorithm than its certificate's key dictates.
    "proof-algorithm-mismatch" ProofAlgorithmMismatch { /// As named.
        found: String, /// As the key dictates.
        expected: String }
    zh "登录凭证的算法（{found}）与证书（{expected}）不符。" / "请刷新网页后重新登录。"
    en "The proof's algorithm ({found}) is not that of its certificate ({expected})." / "Reload the page and log in again."

    /// The challenge's time is over.
    "challenge-expired" ChallengeExpired { /// When it ended, ISO 8601.
        date: String as Time }
    zh "登录等待时间过长，挑战码已于 {date} 失效。" / "请刷新网页后重新登录。"
    en "The login took too long: its challenge ended on {date}." / "Reload the page and log in again."

    /// The challenge is from the future: the portal's clocks disagree.
    "challenge-not-yet-valid" ChallengeNotYetValid { /// When it begins, ISO 8601.
        date: String as Time }
    zh "登录挑战码从 {date} 起才有效。" / "请联系该网站的技术支持检查服务器时间。"
    en "The login challenge is valid only from {date}." / "Tell the site's support to check its clocks."

    /// Portal: the challenge's id was used before.
    "challenge-used" ChallengeUsed {}
    zh "该登录凭证已经使用过。" / "请刷新网页后重新登录。"
    en "This login was used before." / "Reload the page and log in again."

    /// The challenge was issued for another origin.
    "origin-mismatch" OriginMismatch { /// Origin that the challenge names.
        expected: String, /// Origin that verification was asked for.
        found: String }
    zh "登录挑战码属于 {expected}，不属于 {found}。" / "请直接打开正确的网址重新登录。"
    en "The challenge belongs to {expected}, not to {found}." / "Open the right address and log in again."

    /// The challenge was issued for another session of the browser.
    "session-mismatch" SessionMismatch {}
    zh "登录凭证不属于当前会话。" / "请在同一个浏览器窗口中重新登录。"
    en "The login belongs to another session." / "Log in again in the same browser window."

    /// The challenge or the signature is for another purpose.
    "purpose-mismatch" PurposeMismatch { /// Purpose that was asked for.
        expected: String, /// Purpose that was met.
        found: String }
    zh "登录凭证的用途（{found}）与所需（{expected}）不符。" / "请从正确的入口重新操作。"
    en "The proof is for “{found}”, not for “{expected}”." / "Start again from the right entrance."

    /// A login proof of a format that carries no origin: it could have been relayed.
    "origin-not-bound" OriginNotBound {}
    zh "旧式登录，签名不含网址。" / "如果您是网站管理员，请改用印信登录格式。"
    en "A login of the old kind: its signature carries no address." / "If you run the site, change to Yinxin's own format."

    /// The bytes are no CMS SignedData.
    "cms-unreadable" CmsUnreadable { /// Position in bytes where reading failed.
        position: u32, /// What is wrong.
        reason: String }
    zh "签名文件无法读取（第 {position} 字节：{reason}）。" / "请确认选择的是签名文件。"
    en "The signature file can't be read (byte {position}: {reason})." / "Check that it is a signature file."

    /// Detached, and no content was given.
    "content-missing" ContentMissing {}
    zh "该签名不含原文，需要同时提供原文件。" / "请一并选择被签署的原文件。"
    en "The signature does not carry its content." / "Choose the signed file as well."

    /// The message digest is not that of the content.
    "content-changed" ContentChanged {}
    zh "文件内容与签名时不一致。" / "请使用签名时的原文件；如果您没有预料到此情况，请不要接受它。"
    en "The content is not what was signed." / "Use the original file; if you did not expect this, don't accept it."

    /// What was signed is the digest of the content that was given, in its place; accepted by name only.
    "content-is-digest" ContentIsDigest { /// Algorithm of the digest.
        algorithm: String }
    zh "签的是该文件的 {algorithm} 摘要，不是文件本身。" / "OFD 的数字签名有这样做的。请先确认办理方接受这种签名。"
    en "What was signed is the {algorithm} digest of this file, not the file itself." / "Some OFD signatures are made so. Ask whether this kind is accepted."

    /// The signed attributes name another content type than the content has; of the two names of data,
    /// GM/T 0010's and PKCS #7's, accepted by name only.
    "content-type-mismatch" ContentTypeMismatch { /// OID of the content's type.
        content: String, /// OID in the signed attributes.
        attribute: String }
    zh "签名中两处内容类型不一致：内容处是 {content}，签名属性中是 {attribute}。" / "请联系签名软件的厂商。"
    en "The content type is {content} at the content and {attribute} in the signed attributes." / "Tell the vendor of the signing software."

    /// A signer without signed attributes, refused unless the caller asks for it by name.
    "signed-attributes-missing" SignedAttributesMissing {}
    zh "签名没有签名属性，不予接受。" / "请联系签名软件的厂商。"
    en "The signature has no signed attributes and is not accepted." / "Tell the vendor of the signing software."

    /// The signer's certificate is not in the CMS and was not given.
    "signer-certificate-missing" SignerCertificateMissing {}
    zh "签名文件中没有签署人的证书。" / "请一并提供签署人的证书。"
    en "The signer's certificate is not in the signature file." / "Provide it as well."

    /// The signing-certificate attribute names another certificate.
    "signing-certificate-mismatch" SigningCertificateMismatch {}
    zh "签名属性所指的证书与签署人的证书不符。" / "如果您没有预料到此情况，请不要接受它。"
    en "The signed attributes name another certificate than the signer's." / "If you did not expect this, don't accept it."

    // ── Electronic seals ─────────────────────────────────────────────────────────────────────

    area feature = "seal";

    /// The bytes are no electronic seal, or a damaged one.
    "seal-unreadable" SealUnreadable { /// Where, in bytes.
        position: u32, /// What is wrong there.
        reason: String }
    zh "电子印章无法读取（第 {position} 字节：{reason}）。" / "请确认选择的是电子印章文件；如来自 UKey，请联系发证机构。"
    en "The electronic seal can't be read (byte {position}: {reason})." / "Check that it is a seal; if it comes from a key, ask the issuer."

    /// A data object of a key was not told in a listing: too large, or there was no room or time left.
    "seal-left-out" SealLeftOut { /// Its size, in bytes.
        size: u32 as Bytes }
    zh "UKey 中有一项数据（{size}）未能随列表读出，其中可能是印章。" / "请拔出其他 UKey 后重试；如仍未读出，请联系发证机构。"
    en "An object in the key ({size}), which may be a seal, was left out of the list." / "Remove other keys and try again; if it is still left out, ask the issuer."

    /// No seal in the key can be set with the certificate: there is none, or none lists it.
    "seal-missing" SealMissing {}
    zh "没有检测到这张证书可用的国标印章。" / "没有国标印章的，请在发证机构网厅办理“印章升级”，公共资源交易招投标类证书可免费升级；证书剩余有效期不足 60 天的，请先更新证书。"
    en "No seal by the national standard was found for this certificate." / "Order a seal upgrade in the CA's online hall; it is free for certificates of the bidding class. With fewer than 60 days left, renew the certificate first."

    /// A certificate of another algorithm can't set a seal: the standards know SM2 only.
    "seal-needs-sm2" SealNeedsSm2 {}
    zh "国标印章要用 SM2 证书盖章，这张证书不是。" / "请选择 UKey 中的 SM2 证书；如果没有，请咨询发证机构。"
    en "A seal by the national standard is set with an SM2 certificate; this is another kind." / "Choose an SM2 certificate of the key; if there is none, ask the issuer."

    /// The seal that was chosen is not in the key any more, or not as it was.
    "seal-not-found" SealNotFound {}
    zh "UKey 中找不到所选的印章。" / "请重新选择；如果刚刚更新过印章，请刷新后再试。"
    en "The chosen seal is not in the key any more." / "Choose again; if the seal was just renewed, look for keys again first."

    /// Command line: several seals of the key can be set with the certificate.
    "seal-ambiguous" SealAmbiguous { /// Those, with SHA-256.
        present: String }
    zh "UKey 中有几枚印章都可以用，没有使用其中任何一枚。" / "请用 --seal 加 SHA-256 指明是哪一枚：{present}。"
    en "Several seals of the key can be used; none was." / "Say which one with --seal and its SHA-256: {present}."

    /// What is to be sealed does not have the form that the host signs.
    "seal-refused" SealRefused { /// Which part, and what is wrong with it.
        reason: String }
    zh "盖章内容不符合规定（{reason}），已拒绝。" / "请更新印信扩展和本机程序；如仍出现，请把代码告诉技术支持。"
    en "What was to be sealed does not have the right form ({reason}) and was refused." / "Update the extension and the host program; if it happens again, tell the support the code."

    /// A new seal was not written into the key, or does not read back as it was given. The old one is still there.
    "seal-not-written" SealNotWritten { /// What went wrong.
        reason: String }
    zh "新印章没有写入 UKey（{reason}），原有印章仍在。" / "请确认 UKey 插好后重试；仍不成功时请联系发证机构。"
    en "The new seal was not written into the key ({reason}); the old one is still there." / "Check that the key is inserted well and try again; if that fails, ask the issuer."

    /// The key has no room for a new seal, beside the old one. That one is still there.
    "seal-no-room" SealNoRoom {}
    zh "UKey 的存储空间不够，放不下新印章，原有印章仍在。" / "请联系发证机构，清理 UKey 中不再使用的内容后再写入。"
    en "The key has no room for the new seal; the old one is still there." / "Have the issuer remove what the key no longer needs, then write it again."

    /// The maker of a seal is not on the caller's list. Whoever holds a certificate could have made it.
    "seal-maker-unknown" SealMakerUnknown { /// The maker's name, as its certificate says.
        maker: String }
    zh "印章的制章者“{maker}”不在认可名单中，无法确认印章真实。" / "请向印章所属单位或发证机构核实这枚印章。"
    en "The maker of the seal, “{maker}”, is not on the list of accepted ones: it may not be genuine." / "Ask the unit whose seal it is, or its CA."

    /// The seal has ended.
    "seal-expired" SealExpired { /// End of its validity, ISO 8601.
        date: String as Date }
    zh "印章已于 {date} 到期。" / "请先确认证书有效，再办理印章续期；证书已过期的，请先更新证书。"
    en "The seal ended on {date}." / "Renew the seal; if the certificate has ended too, renew that first."

    /// The seal has not begun.
    "seal-not-yet-valid" SealNotYetValid { /// Start of its validity, ISO 8601.
        date: String as Date }
    zh "印章从 {date} 起才有效。" / "请检查电脑的日期和时间是否正确；正确的，请等印章生效。按指定时间核对的，请检查该时间。"
    en "The seal is valid only from {date}." / "Check this computer's date and time; if they are right, wait until then. If you judge for a time of your choice, check that time."

    /// By its own date a seal was made before its maker's certificate began.
    "seal-made-before-maker" SealMadeBeforeMaker { /// When it was made, ISO 8601.
        made: String as Date, /// When the maker's certificate begins, ISO 8601.
        date: String as Date }
    zh "印章写明制作于 {made}，而制章者的证书从 {date} 起才有效。" / "相差几天是制章者的登记先后所致，可以使用；相差较多的，请向制章者核实这枚印章。"
    en "The seal says that it was made on {made}, before its maker's certificate began ({date})." / "A few days are the order of the maker's paperwork; if it is more, ask who made the seal."

    /// By its own date a seal was made after its maker's certificate had ended.
    "seal-made-after-maker" SealMadeAfterMaker { /// When it was made, ISO 8601.
        made: String as Date, /// When the maker's certificate ended, ISO 8601.
        date: String as Date }
    zh "印章写明制作于 {made}，而制章者的证书已于 {date} 到期。" / "请不要使用或接受这枚印章，并向制章者核实。"
    en "The seal says that it was made on {made}, after its maker's certificate had ended ({date})." / "Don't use or accept it, and ask who made it."

    /// A certificate may not use the seal: it is not in the seal's list.
    "seal-not-for-certificate" SealNotForCertificate { /// The certificate's holder.
        holder: String }
    zh "这枚印章没有授权给“{holder}”的这张证书使用。" / "证书更新后需要更新印章：请办理印章升级或续期；也请确认没有插错 UKey。"
    en "The seal may not be used with this certificate of “{holder}”." / "After a certificate is renewed its seal has to be renewed too; check as well that it is the right key."

    /// An extension of a seal is critical and not known.
    "seal-extension-unknown" SealExtensionUnknown { /// Its OID.
        oid: String }
    zh "印章含有无法识别的关键扩展（{oid}）。" / "请联系制章者。"
    en "The seal has a critical extension that is not known ({oid})." / "Ask its maker."

    /// The seal ends soon.
    "seal-ends-soon" SealEndsSoon { /// Days left by the calendar of China; 0 on the last day.
        days: i32, /// End of its validity, ISO 8601.
        date: String as Date }
    zh "印章还有 {days} 天到期（{date}）。" / "印章有效期与证书一致：请先更新证书，完成后按提示更新印章；如果只是印章到期，请办理印章续期。"
    en "Days left until the seal ends: {days} ({date})." / "A seal ends with its certificate: renew the certificate first, then the seal as you are prompted; if only the seal ends, renew the seal."

    /// The seal follows the standard before GB/T 38540: it is no 国标印章.
    "seal-old-standard" SealOldStandard { /// The standard.
        standard: String }
    zh "印章按旧标准（{standard}）制作，不是国标印章。" / "需要国标印章时，请在发证机构网厅办理“印章升级”；公共资源交易招投标类证书可免费升级。证书剩余有效期不足 60 天的，请先更新证书再升级。"
    en "The seal follows an old standard ({standard}): it is no seal by the national standard." / "Where one is needed, order a seal upgrade in the CA's online hall; it is free for certificates of the bidding class. With fewer than 60 days left, renew the certificate first."

    /// A seal calls its picture another type than its bytes are.
    "seal-picture-mislabelled" SealPictureMislabelled { /// As the seal calls it.
        called: String, /// What it is.
        found: String }
    zh "印章图片标明为 {called}，实际为 {found}。" / "如图片显示正常，无需处理。"
    en "The seal calls its picture {called}, and it is {found}." / "Nothing needs to be done if the picture shows."

    /// The picture of a seal is of no type that browsers show, damaged, too large, or more than a drawing of shapes and a few words.
    "seal-picture-not-shown" SealPictureNotShown { /// What stands against it.
        reason: String }
    zh "印章图片的类型、尺寸或内容特殊（{reason}），不能在这里显示。" / "如果您看不到自己的印章，请联系制章者。"
    en "The seal's picture can't be shown here, for its type, size or content ({reason})." / "If you can't see your own seal, ask its maker."

    /// A seal, or its signature on a document, carries a time stamp, which is not checked: it is no evidence of a time, and from version 4 on no signature covers it.
    "time-stamp-unchecked" TimeStampUnchecked {}
    zh "附带的时间戳未经验证，不能作为时间依据。" / "不影响印章本身的核验。"
    en "The time stamp that comes with it was not checked: it is no evidence of a time." / "The seal itself is judged without it."

    // ── Documents of fixed layout ────────────────────────────────────────────────────────────

    area feature = "layout";

    /// The bytes are no OFD (GB/T 33190), or a damaged one.
    "ofd-unreadable" OfdUnreadable { /// The part in the package, by its path; `ZIP` for the package itself.
        part: String, /// What is wrong there.
        reason: String }
    zh "OFD 文件无法读取（{part} {reason}）。" / "请确认选择的是 OFD 文件；如仍出现，请向提供文件的单位索取原件。"
    en "The OFD can't be read ({part} {reason})." / "Check that it is an OFD; if it stays, ask whoever gave it for the original."

    /// The parts of an OFD unpack to more than is read.
    "ofd-too-large" OfdTooLarge { /// Largest number of bytes.
        limit: u32 as Bytes }
    zh "OFD 文件解压后太大，超过 {limit} 的上限。" / "请向提供文件的单位索取较小的原件；如果它来历不明，请不要打开。"
    en "The OFD unpacks to more than the limit of {limit}." / "Ask whoever gave it for a smaller original; if you don't know where it comes from, don't open it."

    /// An OFD without a signature.
    "ofd-not-signed" OfdNotSigned {}
    zh "该 OFD 文件上没有签章。" / "请向提供文件的单位索取盖章后的文件。"
    en "The OFD has no signature." / "Ask whoever gave it for the signed file."

    /// A part of an OFD is not the one that was signed.
    "ofd-part-changed" OfdPartChanged { /// What it is to a reader: `pages[0]` is the content of the first page.
        place: String as Place, /// Its path.
        part: String }
    zh "签章之后，文件内容被改动过（{place}，{part}）。" / "请使用盖章时的原文件；如果您没有预料到此情况，请不要接受它。"
    en "The file was changed after it was signed ({place}, {part})." / "Use the file as it was signed; if you did not expect this, don't accept it."

    /// A part of an OFD that a signature covers, or that its value is in, is not there.
    "ofd-part-missing" OfdPartMissing { /// What it is to a reader: `pages[0]` is the content of the first page.
        place: String as Place, /// Its path.
        part: String }
    zh "签章所指的部件不在文件中（{place}，{part}）。" / "请使用盖章时的原文件；如果您没有预料到此情况，请不要接受它。"
    en "A part that the signature names is not in the file ({place}, {part})." / "Use the file as it was signed; if you did not expect this, don't accept it."

    /// A signature covers the list of signatures, to which another was added after it.
    "ofd-list-extended" OfdListExtended { /// Path of the list.
        part: String }
    zh "该签章不允许再加盖，但之后又加盖了签章，改动了它保护的签章列表（{part}），使它失效。" / "请索取只有该签章的文件，或请各方按“可继续盖章”的方式重新盖章。"
    en "The signature allows no further one, but another was added after it, which changed the list of signatures that it covers ({part}) and so broke it." / "Ask for the file with this signature alone, or have all sign again in a way that allows further signatures."

    /// Parts of an OFD that are seen are not covered by a signature.
    "ofd-content-not-covered" OfdContentNotCovered { /// Their number.
        count: u32, /// What the one is to a reader that matters most: `pages[0]` is the content of the first page.
        place: String as Place, /// Its path.
        part: String }
    zh "有 {count} 处看得到的内容不在签章范围内（如{place}，{part}），改动它们不会使签章失效。" / "请向盖章单位核对这些内容，或请其重新盖章。"
    en "Parts that are seen are not covered by the signature: {count} ({place}, {part}). It would hold whatever they showed." / "Compare these with whoever signed, or have the file signed again."

    /// Fonts or resources that pages of an OFD are drawn with are not covered by a signature: with others the same text may look different.
    "ofd-resource-not-covered" OfdResourceNotCovered { /// Their number.
        count: u32, /// What the one is to a reader that matters most: `font`, `resource`.
        place: String as Place, /// Its path.
        part: String }
    zh "有 {count} 个显示页面所用的字体或资源不在签章范围内（如{place}，{part}），换掉它们，看到的文字可能变样（例如 1 变成 9），签章却不会失效。" / "请向盖章单位核对页面上的文字和数字，或请其用能保护全部部件的软件重新盖章。"
    en "Fonts or resources that the pages are drawn with are not covered by the signature: {count} ({place}, {part}). With others the same text could look different, a 1 like a 9, and the signature would hold all the same." / "Compare words and figures with whoever signed, or have the file signed again by a program that covers all parts."

    /// Other parts of an OFD are not covered by a signature.
    "ofd-part-not-covered" OfdPartNotCovered { /// Their number.
        count: u32, /// What the one is to a reader that matters most.
        place: String as Place, /// Its path.
        part: String }
    zh "另有 {count} 个部件不在签章范围内（如{place}，{part}），例如附件或文件属性。" / "如需依据它们（例如附件），请向盖章单位核对。"
    en "Other parts are not covered by the signature, such as attachments or properties: {count} ({place}, {part})." / "If you rely on them, on an attachment for example, compare them with whoever signed."

    /// The parts of an OFD are digested in a way in which two different parts can have one digest.
    "ofd-digest-weak" OfdDigestWeak { /// Its name.
        algorithm: String }
    zh "签章用 {algorithm} 保护文件内容，该算法已不安全，不能证明内容没有改动。" / "请盖章单位用 SM3 重新盖章。"
    en "The signature protects the file by {algorithm}, which is broken: it does not show that nothing was changed." / "Have it signed again, with SM3."

    /// The seal that lies in an OFD to be shown is another than the one that was set.
    "ofd-seal-differs" OfdSealDiffers { /// Path of the one that is shown.
        part: String }
    zh "文件中显示的印章（{part}）与实际签署的印章不同。" / "请不要接受它，并向盖章单位核实。"
    en "The seal that the file shows ({part}) is not the one that was signed with." / "Don't accept it, and ask whoever is said to have signed."

    /// An OFD has a signature that covers the list of signatures, so that a further one would break it.
    "ofd-sealed-finally" OfdSealedFinally {}
    zh "文件上已有的签章不允许再加盖：再盖会使它失效。" / "请索取加盖该签章之前的文件，或请各方按“可继续盖章”的方式重新盖章。"
    en "A signature of the file allows no further one: that would break it." / "Ask for the file as it was before that signature, or have all sign again in a way that allows further signatures."

    /// A stamp names no page of the document, or no place on it.
    "ofd-stamp-unplaced" OfdStampUnplaced { /// Identifier of the page.
        page: String }
    zh "印章的位置无法确定（页面标识“{page}”），阅读软件可能不显示它。" / "签章本身不受影响；如需看到印章，请盖章单位重新盖章。"
    en "It is not known where the stamp stands (page “{page}”): readers may not show it." / "The signature itself is judged without it; to see the stamp, have the file signed again."

    /// Bytes of an OFD that belong to none of its parts: before, between or behind them.
    "ofd-bytes-outside" OfdBytesOutside { /// Their number.
        count: u32 }
    zh "OFD 文件中夹有不属于任何部件的 {count} 字节，不在签名保护范围内。" / "阅读软件不会显示它们；如果对方要求文件干净无附加内容，请重新导出。"
    en "The OFD has {count} bytes in it that belong to none of its parts, so that no signature covers them." / "Readers don't show them; if the file must be free of additions, have it exported again."

    /// The bytes are no PDF (ISO 32000), or a damaged one.
    "pdf-unreadable" PdfUnreadable { /// Where, in bytes.
        position: u32, /// What is wrong there.
        reason: String }
    zh "PDF 文件无法读取（第 {position} 字节：{reason}）。" / "请确认选择的是 PDF 文件；如仍出现，请向提供文件的单位索取原件。"
    en "The PDF can't be read (byte {position}: {reason})." / "Check that it is a PDF; if it stays, ask whoever gave it for the original."

    /// The PDF is encrypted, with a password or only with restrictions: what is signed in it is not read here.
    "pdf-encrypted" PdfEncrypted {}
    zh "PDF 文件已加密（设有打开密码或权限限制），这里不能核验，也不能签名。" / "请向提供文件的单位索取未加密的原件；自行解除加密会使其中的签名失效。"
    en "The PDF is encrypted (a password to open it, or restrictions): it can't be judged or signed here." / "Ask whoever gave it for one without encryption; taking the encryption off yourself breaks its signatures."

    /// A PDF without a signature.
    "pdf-not-signed" PdfNotSigned {}
    zh "该 PDF 文件上没有签名。" / "请向提供文件的单位索取签署后的文件。"
    en "The PDF has no signature." / "Ask whoever gave it for the signed file."

    /// A signature's dictionary breaks a rule of its form, so that nobody can say what it covers.
    "pdf-signature-malformed" PdfSignatureMalformed { /// Which rule.
        reason: String }
    zh "PDF 签名的结构不符合标准（{reason}），无法确定它覆盖了哪些内容。" / "请不要采信这个签名，并向提供文件的单位索取原件。"
    en "A signature of the PDF is not of the form that the standard asks for ({reason}): nobody can say what it covers." / "Don't rely on it; ask whoever gave you the file for the original."

    /// After a signature the document was changed in a way that it can't bear.
    "pdf-changed" PdfChanged { /// What was changed, as a path: `pages[0]/Contents` is the content of the first page.
        part: String as Place }
    zh "签名之后，文件被改动过（{part}）。" / "请不要采信当前显示的内容，并向签署人索取签署时的版本。"
    en "After this signature the document was changed ({part})." / "Don't rely on what is shown now; ask the signer for the version that was signed."

    /// After a signature bytes were added that belong to no revision as it should be written: programs differ in what they make of them.
    "pdf-bytes-unlisted" PdfBytesUnlisted { /// Where, in bytes.
        position: u32, /// What is there.
        reason: String }
    zh "签名之后，文件里加进了来历不明的数据（第 {position} 字节：{reason}），不同软件可能显示不同内容。" / "请不要采信当前显示的内容，并向签署人索取签署时的版本。"
    en "After this signature something was added that is no proper part of the document (byte {position}: {reason}); programs may differ in what they show." / "Don't rely on what is shown now; ask the signer for the version that was signed."

    /// After a signature a form field's value was changed, and nothing allows that.
    "pdf-form-changed" PdfFormChanged { /// The field's full name.
        field: String }
    zh "签名之后，表单项“{field}”的内容被改动过。" / "请向签署人确认现在的内容，或索取签署时的版本。"
    en "After this signature the form field “{field}” was changed." / "Ask the signer whether the value is right, or for the version that was signed."

    /// After a certified document was signed a form field was filled in, as its certifier allows.
    "pdf-form-filled" PdfFormFilled { /// The field's full name.
        field: String }
    zh "签名之后填写了表单项“{field}”，文件的认证者允许这样做。" / "请看清现在填写的内容：它不在这个签名之内。"
    en "After this signature the form field “{field}” was filled in, as whoever certified the document allows." / "Look at its value: this signature does not cover it."

    /// After a signature an annotation was added or changed: it may cover what was signed.
    "pdf-annotated" PdfAnnotated { /// Where, as a path.
        part: String as Place }
    zh "签名之后加了批注（{part}），可能遮挡或冒充原有内容。" / "请打开文件看清批注，或向签署人索取签署时的版本。"
    en "After this signature an annotation was added ({part}): it may cover or imitate what was signed." / "Look at it in the file, or ask the signer for the version that was signed."

    /// After a signature another one was added that shows and is not proven: its picture may cover what was signed.
    "pdf-stamp-unproven" PdfStampUnproven { /// The field's full name.
        field: String }
    zh "签名之后加了一个会显示出来、但没有通过核实的签名（{field}），它的图案可能遮挡或冒充原有内容。" / "请先看那个签名为什么没有通过；需要时索取签署时的版本。"
    en "After this signature another one was added that shows and is not proven ({field}): its picture may cover or imitate what was signed." / "See why that one was not verified; if in doubt ask for the version that was signed."

    /// After a signature another one was added that holds and shows a picture, which may lie over what was signed.
    "pdf-stamp-added" PdfStampAdded { /// The field's full name.
        field: String, /// The page, from 1.
        page: u32, /// From the left edge of the page as it is shown, in mm.
        left: i32, /// From its upper edge, in mm.
        top: i32, /// In mm.
        width: u32, /// In mm.
        height: u32 }
    zh "这个签名之后又加了一个有图案的签名（{field}）：图案在第 {page} 页，距左边 {left} 毫米，距上边 {top} 毫米，宽 {width} 毫米，高 {height} 毫米，可能遮住已签署的内容。" / "请打开文件看清图案遮住了什么；需要时与签署时的版本核对。"
    en "After this signature another one with a picture was added ({field}): it is on page {page}, {left} mm from the left and {top} mm from the top, {width} mm wide and {height} mm high, and may lie over what was signed." / "Look at what it covers in the file; if in doubt compare with the version that was signed."

    /// A document was certified as final, and something was added all the same.
    "pdf-closed" PdfClosed { /// What was added, as a path.
        part: String as Place }
    zh "文件的认证者不允许再作改动，之后却加了内容（{part}）。" / "请向认证该文件的单位索取原件。"
    en "Whoever certified the document allows no changes, and something was added after it ({part})." / "Ask whoever certified it for the original."

    /// After a signature something was added that changes nothing of what is seen: another signature, a time stamp, data to verify with, data about the document.
    "pdf-added" PdfAdded { /// What, as a path.
        part: String as Place }
    zh "签名之后追加了不影响显示内容的数据（{part}）。" / "无需处理。"
    en "After this signature something was added that changes nothing of what is seen ({part})." / "Nothing needs to be done."

    /// What was signed holds a page that no reader shows: a later update could bring it forth.
    "pdf-page-hidden" PdfPageHidden { /// The object's number.
        object: u32 }
    zh "签名的内容里有一页不显示（对象 {object}），以后的改动可能把它换出来。" / "请以现在显示的内容为准；以后再收到这个文件，请重新核验。"
    en "What was signed holds a page that is not shown (object {object}); a later change could bring it forth." / "What counts is what is shown now; verify the file again if you get it once more."

    /// What was signed holds an object that says two things, of which programs take one or the other.
    "pdf-object-ambiguous" PdfObjectAmbiguous { /// The object's number.
        object: u32 }
    zh "签名的内容里有一个对象写了两遍（对象 {object}），不同软件可能显示不同内容。" / "请用签署人所用的软件打开核对；重要文件请对方重新生成后再签。"
    en "What was signed holds an object that says two things (object {object}): programs may differ in what they show." / "Compare it in the software that the signer uses; where it matters, have the file made and signed anew."

    /// A signature's dictionary lies in the file, and no field shows it.
    "pdf-signature-loose" PdfSignatureLoose { /// The object's number.
        object: u32 }
    zh "文件里有一个不属于任何签名域的签名（对象 {object}），没有核验。" / "请以列出的签名为准。"
    en "The file holds a signature that is in no field (object {object}); it was not judged." / "What counts are the signatures that are listed."

    /// An earlier signature permits no further one, or locks the field that it would stand in.
    "pdf-signing-forbidden" PdfSigningForbidden { /// The earlier signature's field.
        field: String }
    zh "PDF 中已有的签名（{field}）不允许再加签名。" / "请向提供文件的单位索取还可以签名的文件，或改用单独的签名文件。"
    en "A signature that is in the PDF ({field}) permits no further one." / "Ask whoever gave it for a file that can still be signed, or sign it by a file of its own."

    /// Something new would be seen on a page of a document that was certified: its certification would not hold any more, or not for every program.
    "pdf-certified" PdfCertified { /// The certification's field.
        field: String }
    zh "PDF 已经过认证（{field}），不能再加会显示出来的签名或印章。" / "请不显示地签名，或签在文件已有的空白签名域里。"
    en "The PDF is certified ({field}): no further signature or seal may be seen on its pages." / "Sign without showing it, or in an empty field that the file has."

    /// A certification was asked for, and the document is signed already.
    "pdf-signed-already" PdfSignedAlready {}
    zh "PDF 中已有签名，只有第一个签名可以认证文件。" / "请不带认证地签名，或认证尚未签名的文件。"
    en "The PDF is signed already, and only the first signature can certify it." / "Sign without certifying, or certify a file that is not signed yet."

    /// The field of a PDF's form that was named for a signature can't take it.
    "pdf-field-refused" PdfFieldRefused { /// Its name.
        field: String, /// What stands against it.
        reason: String }
    zh "PDF 的签名域“{field}”不能使用（{reason}）。" / "请换一个签名域，或在文件上新建一个。"
    en "The PDF's field “{field}” can't be used ({reason})." / "Use another field, or a new one."

    /// The place where a signature or seal should be seen is not on the document's pages.
    "placement-refused" PlacementRefused { /// How it is there.
        reason: String }
    zh "印章或签名的位置不在页面上（{reason}）。" / "请换一个位置：页码从 1 数起，距离以毫米计，从该页左上角量起。"
    en "The place for the seal or signature is not on the page ({reason})." / "Choose another one: the first has the number 1, and millimetres count from the upper left corner."

    /// The picture that should be seen with a signature is of no type that can be put onto a page, damaged or too large.
    "picture-refused" PictureRefused { /// What stands against it.
        reason: String }
    zh "图片不能放到页面上（{reason}）。" / "请使用 PNG 或 JPEG 图片。"
    en "The picture can't be put onto the page ({reason})." / "Use a PNG or a JPEG."

    // ── Advice: what the machine, the key and the account come to together ──────────────────

    area feature = "advice";

    /// The certificate's name and the name of the portal's account are of different holders.
    "account-name-differs" AccountNameDiffers { /// The certificate's holder.
        certificate: String, /// The account's name.
        account: String }
    zh "证书名称“{certificate}”与平台账号名称“{account}”不一致。" / "请先看证书名称是否正确：证书名称有误，请联系发证机构变更；证书名称无误，请联系平台修改账号名称。"
    en "The certificate's name “{certificate}” and the account's name “{account}” differ." / "See which of the two is wrong: have the certificate changed by its issuer, or the account by the platform."

    /// The two names are of one holder, written in different ways: brackets, width, spaces.
    "account-name-written-otherwise" AccountNameWrittenOtherwise { /// The certificate's holder.
        certificate: String, /// The account's name.
        account: String }
    zh "证书名称“{certificate}”与平台账号名称“{account}”写法不同（括号、全半角或空格）。" / "如果平台因此不让登录，请联系平台按证书的写法修改账号名称。"
    en "The certificate's name “{certificate}” and the account's name “{account}” are written differently (brackets, width or spaces)." / "If the platform refuses the login for it, ask it to write the account's name as in the certificate."

    /// The account has no certificate bound to it yet.
    "account-not-bound" AccountNotBound {}
    zh "平台账号还没有绑定 CA 证书。" / "请按平台办事指南中对应角色的手册完成 CA 绑定，再登录。"
    en "The platform's account has no certificate bound to it yet." / "Bind it as the platform's manual for your role says, then log in."

    /// The account is bound to another certificate than the one in the key.
    "account-bound-to-other" AccountBoundToOther { /// The holder of the certificate in the key.
        holder: String }
    zh "平台账号绑定的不是“{holder}”的这张证书。" / "请换用已绑定的证书；证书更新或补办过的，请重新绑定。"
    en "The platform's account is bound to another certificate than this one of “{holder}”." / "Use the one that is bound; after a renewal or replacement, bind the new one."

    /// The user came in by the entrance of another role.
    "entrance-other-role" EntranceOtherRole { /// The account's role.
        role: String }
    zh "登录入口与账号角色（{role}）不一致。" / "请回到平台首页，从对应角色的入口登录。"
    en "The entrance is not the one of the account's role ({role})." / "Go back to the platform's first page and log in at the entrance of your role."

    /// A certificate in the key ended, and a valid one of the same holder lies beside it.
    "expired-beside-valid" ExpiredBesideValid { /// End of the one that ended, ISO 8601.
        date: String as Date }
    zh "UKey 中除了有效证书，还有一张已于 {date} 过期的旧证书，平台可能读到旧的。" / "请联系发证机构清理旧证书；不要自行删除。"
    en "Beside the valid certificate the key holds an old one that ended on {date}; the platform may read the old one." / "Ask the issuer to clear it away; don't delete it yourself."

    /// The key has several signing certificates in containers of their own.
    "several-certificates" SeveralCertificates { /// How many.
        count: u32 }
    zh "UKey 中有 {count} 张签名证书，平台可能无法判断该用哪一张。" / "请先确认您要用的是哪一张；平台仍提示“未知错误”的，请联系发证机构处理。"
    en "The key holds {count} signing certificates; the platform may not know which to use." / "Make sure which one you mean; if the platform still says “未知错误”, ask the issuer."

    /// A USB key is plugged in, and no driver reads it.
    "key-without-driver" KeyWithoutDriver { /// What the USB device calls itself, or its numbers.
        device: String }
    zh "电脑识别到 UKey（{device}），但没有能读取它的驱动。" / "请安装这款 UKey 的驱动（政府采购用户：统一安全认证客户端），然后重新插入。"
    en "A key is plugged in ({device}), and no driver reads it." / "Install the driver for this key, then insert it again."

    /// The service for smart-card readers does not run.
    "reader-service-off" ReaderServiceOff { /// Its name.
        service: String }
    zh "智能卡读卡服务（{service}）没有运行。" / "请启动该服务（Windows：服务 → Smart Card → 启动；Linux：启动 pcscd），然后重新插入 UKey。"
    en "The service for smart-card readers ({service}) does not run." / "Start it, then insert the key again."

    /// The next wrong PIN locks the key.
    "pin-last-try" PinLastTry {}
    zh "PIN 码只剩最后一次机会，再输错 UKey 就会锁定。" / "想不起来时请先不要再试，联系发证机构重置。"
    en "One try of the PIN is left; another wrong one locks the key." / "If you are not sure of it, don't try; ask the issuer to reset it."

    /// The key still has the PIN with which it was issued.
    "pin-initial" PinInitial {}
    zh "UKey 还在使用初始 PIN 码。" / "请尽快改成只有您知道的 PIN 码。"
    en "The key still has its initial PIN." / "Change it to one that only you know."

    /// A certificate for encryption without the one for signatures that belongs to it, or the reverse of a pair.
    "partner-missing" PartnerMissing {}
    zh "UKey 中只有加密证书，没有与它成对的签名证书。" / "请确认没有插错 UKey；确实缺少的，请联系发证机构。"
    en "The key holds an encryption certificate without the signing certificate that belongs to it." / "Check that it is the right key; if it is really missing, ask the issuer."

    /// The computer's clock is before a time that has surely passed.
    "clock-wrong" ClockWrong { /// The computer's time, ISO 8601.
        now: String as Time, /// A time that has passed, ISO 8601.
        known: String as Time }
    zh "电脑时间不对：现在是 {now}，至少应在 {known} 之后。" / "请校正电脑的日期和时间，再重试。"
    en "The computer's clock is wrong: it says {now}, and {known} has passed." / "Set date and time, then try again."

    /// Two copies of the host are registered in different places.
    "several-hosts" SeveralHosts { /// Their programs.
        programs: String }
    zh "安装了不止一个印信本机程序（{programs}）。" / "请保留新的一个，卸载其他的，再重启浏览器。"
    en "More than one host program is registered ({programs})." / "Keep the newest, uninstall the others, and restart the browser."

    /// The browser is older than the extension needs.
    "browser-too-old" BrowserTooOld { /// Its version.
        version: String, /// The oldest that works.
        needed: u32 }
    zh "浏览器内核版本（{version}）过旧，至少需要 {needed}。" / "请更新浏览器，或换用新版的 Chrome、Edge。"
    en "The browser's engine ({version}) is too old; {needed} is needed at least." / "Update the browser, or use a current Chrome or Edge."

    /// The certificate ends before its holder is likely to need it again.
    "certificate-ends-before-use" CertificateEndsBeforeUse { /// End of its validity, ISO 8601.
        date: String as Date }
    zh "证书将于 {date} 到期，可能赶不上下一次评审。" / "请在到期前办理证书更新，可以先记入日历。"
    en "The certificate ends on {date}, perhaps before your next evaluation." / "Renew it before that; put it into your calendar."

    // What other programs and portals say: Yinxin can't see it, and knows it from a pasted message.

    /// A page can't reach the program on this computer that it works with.
    "client-not-running" ClientNotRunning {}
    zh "网页要用的本机客户端（本地服务）没有运行，或浏览器连不上它。" / "请启动或重新安装网站要求的客户端，再刷新网页；浏览器询问是否允许访问本机时，请选择允许。"
    en "The program on this computer that the page works with does not run, or the browser can't reach it." / "Start or reinstall the client that the site asks for, then reload the page; if the browser asks whether the site may reach this computer, allow it."

    /// A page asks for a plug-in that is not installed, or that the browser does not have.
    "control-missing" ControlMissing {}
    zh "网页要用的控件（插件）没有安装，或这个浏览器不支持它。" / "请安装网站要求的控件；只支持 IE 的网页，请用 Edge 的 IE 模式或双核浏览器的兼容模式打开。"
    en "The plug-in that the page asks for is not installed, or the browser does not support it." / "Install what the site asks for; open a page that is made for Internet Explorer in Edge's IE mode."

    /// A service of the site failed: its time stamps, its checks, the server itself.
    "platform-service-failed" PlatformServiceFailed {}
    zh "网站自己的服务（服务器、时间戳或验证服务）没有正常回答。" / "请检查网络后稍候再试；仍不行的，把提示原文和出现的时间告诉平台。"
    en "A service of the site itself did not answer as it should." / "Check the network and try again later; if it stays, give the platform the message and the time."

    /// A page wants one key to be inserted, and there are several.
    "several-tokens" SeveralTokens {}
    zh "插着不止一把 UKey，网页不知道该用哪一把。" / "请只留下要用的那一把，再刷新网页。"
    en "Several keys are inserted, and the page can't tell which to use." / "Leave the one that you mean, and reload the page."

    /// A certificate was suspended (RFC 5280, 5.3.1: certificateHold).
    "certificate-on-hold" CertificateOnHold {}
    zh "证书已被冻结（挂起），暂时不能使用。" / "请联系发证机构，问明原因并办理恢复。"
    en "The certificate is on hold and can't be used for now." / "Ask its issuer why, and to release it."

    /// A page could not set a seal and gives no reason.
    "sealing-failed" SealingFailed {}
    zh "网页上的签章没有成功，提示没有说明原因。" / "请依次查看：UKey 是否插好、PIN 码是否正确、证书和印章是否到期、印章是不是国标印章。"
    en "The page could not set the seal and gives no reason." / "Look at these in turn: whether the key is inserted, the PIN right, certificate and seal valid, and the seal one by the national standard."

    /// A page could not decrypt a file and gives no reason.
    "decryption-failed" DecryptionFailed {}
    zh "文件没有解密成功。" / "请插入加密时用的那把 UKey：证书更新或补办后，旧文件仍要用原来的加密证书解密。临近开标的，请立即联系项目组织方。"
    en "The file could not be decrypted." / "Insert the key that it was encrypted for: after a renewal old files still need the earlier encryption certificate. Shortly before an opening of bids call its organisers at once."

    /// A seal of which a message complains is one by the national standard, and nothing is wrong with it.
    "seal-in-order" SealInOrder { /// End of its validity, ISO 8601.
        date: String as Date }
    zh "UKey 中的印章是国标印章，有效期至 {date}，没有发现问题。" / "不用办理印章升级或续期。请联系平台，说明提示原文，并附上检查报告。"
    en "The seal in the key is one by the national standard, valid until {date}; nothing is wrong with it." / "It needs no upgrade and no renewal. Give the platform the message and the report of the check."

    /// A key of which a message says that it can't be read is read here, and nothing is wrong with it.
    "key-in-order" KeyInOrder {}
    zh "UKey 能正常读取，其中的证书可以使用。" / "提示来自网页调用的“统一安全认证客户端”：请查看它是否已安装并在运行；也可以在印信的“设置”中，为该网站开启“使用其他客户端接口的网站”，由印信来回答，然后刷新网页。已经开启的，请到“检查”查看调用有没有到达。"
    en "The key is read, and a certificate in it can be used." / "The message comes from the client that the page calls, the “统一安全认证客户端”: see that it is installed and runs. Or switch on “Sites that call another client” for the site under Yinxin's settings, so that Yinxin answers, and reload the page. Where it is on already, “Check” says whether calls arrive."

    /// A message that the user pasted is none that is known.
    "message-unknown" MessageUnknown {}
    zh "没有认出这条提示。" / "请核对提示是否完整、有没有错字；仍没有认出的，请把提示原文告诉平台或发证机构。"
    en "This message is not a known one." / "See whether it is whole and spelled as it was; if so, give it to the platform or the issuer."

    /// A message that the user pasted is a known one, and nothing was found that leads to it.
    "message-without-cause" MessageWithoutCause { /// The message, in the guide's words.
        message: String }
    zh "认出了这条提示，但没有检测到它的原因。" / "请把提示原文告诉平台或发证机构。"
    en "The message is a known one. Nothing was found that leads to it." / "Give the message to the platform or the issuer."

    // ── Fees ─────────────────────────────────────────────────────────────────────────────────

    area feature = "fees";

    /// An order does not have the form of one.
    "order-unreadable" OrderUnreadable { /// Which part, and what is wrong with it.
        reason: String }
    zh "订单内容无法识别（{reason}）。" / "请重新填写订单。"
    en "The order can't be read ({reason})." / "Fill it in again."

    /// Nothing at all is ordered.
    "order-empty" OrderEmpty {}
    zh "还没有选择要办理的业务。" / "请至少填写一项业务和数量。"
    en "Nothing is ordered yet." / "Enter at least one service and a number."

    /// More items than the limit.
    "order-too-long" OrderTooLong { /// Largest number.
        limit: u32 }
    zh "订单超过 {limit} 项。" / "请分成几份分别计算。"
    en "The order has more than {limit} items." / "Split it."

    /// A role that does not exist.
    "order-role-unknown" OrderRoleUnknown { /// Which item, from 1.
        item: u32, /// As given.
        role: String }
    zh "第 {item} 条：不认识参与角色“{role}”。" / "请填写采购人、采购人代表、采购人监督、供应商、代理机构或评标专家。"
    en "Item {item}: there is no role “{role}”." / "Use purchaser, purchaser-representative, purchaser-supervisor, supplier, agency or expert."

    /// No role where one is needed.
    "order-role-missing" OrderRoleMissing { /// Which item, from 1.
        item: u32 }
    zh "第 {item} 条：没有填写参与角色。" / "请填写采购人、采购人代表、采购人监督、供应商、代理机构或评标专家。"
    en "Item {item} names no role." / "Use purchaser, purchaser-representative, purchaser-supervisor, supplier, agency or expert."

    /// A service that does not exist.
    "order-service-unknown" OrderServiceUnknown { /// Which item, from 1.
        item: u32, /// As given.
        service: String }
    zh "第 {item} 条：不认识办理业务“{service}”。" / "请填写新办、更新、补办、印章新办、印章续期、印章升级、变更、解锁或注销。"
    en "Item {item}: there is no service “{service}”." / "Use new, renewal, replacement, seal-new, seal-renewal, seal-upgrade, change, unlocking or revocation."

    /// No service where one is needed.
    "order-service-missing" OrderServiceMissing { /// Which item, from 1.
        item: u32 }
    zh "第 {item} 条：没有填写办理业务。" / "请填写新办、更新、补办、印章新办、印章续期、印章升级、变更、解锁或注销。"
    en "Item {item} names no service." / "Use new, renewal, replacement, seal-new, seal-renewal, seal-upgrade, change, unlocking or revocation."

    /// A word for two services: 续期 is said of certificates and of seals.
    "order-renewal-unclear" OrderRenewalUnclear { /// Which item, from 1.
        item: u32, /// As given.
        service: String }
    zh "第 {item} 条：只写“{service}”，不知道续的是证书还是印章。" / "证书到期的，请填写“更新”；只有印章到期的，请填写“印章续期”。"
    en "Item {item}: “{service}” may be meant of the certificate or of its seal." / "Write renewal for a certificate that ends, or seal-renewal for a seal alone."

    /// An item of which nothing is ordered.
    "order-nothing" OrderNothing { /// Which item, from 1.
        item: u32 }
    zh "第 {item} 条：没有填写数量。" / "请填写证书或印章的数量。"
    en "Item {item} orders nothing." / "Enter how many certificates or seals."

    /// A service for certificates without a certificate.
    "order-certificate-missing" OrderCertificateMissing { /// Which item, from 1.
        item: u32 }
    zh "第 {item} 条：这项业务须有证书，证书数量不能为 0。" / "请填写证书数量；只办印章时，请选择印章新办、印章续期或印章升级。"
    en "Item {item}: this service needs a certificate, and none is ordered." / "Enter the number of certificates; for a seal alone choose a service for seals."

    /// A count that is no whole number, negative, or absurd.
    "order-count-invalid" OrderCountInvalid { /// Which item, from 1.
        item: u32, /// As given.
        value: String, /// Largest number.
        limit: u32 }
    zh "第 {item} 条：数量“{value}”不正确。" / "请填写 0 到 {limit} 的整数。"
    en "Item {item}: “{value}” is no possible number." / "Enter a whole number from 0 to {limit}."

    /// No term where one is needed.
    "order-years-missing" OrderYearsMissing { /// Which item, from 1.
        item: u32, /// Terms of the tariff.
        terms: String }
    zh "第 {item} 条：没有填写年限。" / "可选年限：{terms} 年。"
    en "Item {item} names no term." / "Terms in years: {terms}."

    /// A term that the tariff does not have.
    "order-years-invalid" OrderYearsInvalid { /// Which item, from 1.
        item: u32, /// As given.
        value: String, /// Terms of the tariff.
        terms: String }
    zh "第 {item} 条：不能办理“{value}”年期。" / "可选年限：{terms} 年。"
    en "Item {item}: there is no term of “{value}” years." / "Terms in years: {terms}."

    /// Remaining days that no certificate can have.
    "order-days-invalid" OrderDaysInvalid { /// Which item, from 1.
        item: u32, /// As given.
        value: String, /// Largest number.
        limit: u32 }
    zh "第 {item} 条：证书剩余天数“{value}”不正确。" / "请填写证书到期前剩余的天数，最多 {limit} 天；证书已到期的请先更新证书。"
    en "Item {item}: “{value}” is no possible number of remaining days." / "Enter the days until the certificate ends, {limit} at most; renew a certificate that has ended first."

    /// Remaining days where no certificate exists yet.
    "order-days-unfit" OrderDaysUnfit { /// Which item, from 1.
        item: u32 }
    zh "第 {item} 条：新办的证书没有剩余天数。" / "请去掉剩余天数，或选择其他业务。"
    en "Item {item}: a new certificate has no remaining days." / "Leave them out, or choose another service."

    /// A tariff has no price for what is ordered.
    "order-not-priced" OrderNotPriced { /// Which item, from 1.
        item: u32 }
    zh "第 {item} 条：所用的收费标准没有这项业务的价格。" / "请咨询发证机构，或换用其他收费标准。"
    en "Item {item}: the tariff has no price for this." / "Ask the CA, or use another tariff."

    /// A tariff can't be used.
    "tariff-invalid" TariffInvalid { /// Where: `prices[2].price`.
        place: String, /// What is wrong there.
        reason: String }
    zh "收费标准文件有误（{place}：{reason}）。" / "请联系该文件的提供者。"
    en "The tariff is not valid ({place}: {reason})." / "Tell who made it."

    /// Too few days are left for upgrading a seal.
    "renew-before-upgrade" RenewBeforeUpgrade { /// Days left.
        days: i32, /// Days that are needed.
        needed: u32 }
    zh "证书剩余 {days} 天，不足 {needed} 天，现在不能升级印章。" / "请先更新证书，再升级印章。"
    en "The certificate has {days} days left, fewer than {needed}: its seal can't be upgraded now." / "Renew the certificate first, then upgrade the seal."

    /// A seal of a certificate outside of the class for which upgrading is free.
    "upgrade-not-free" UpgradeNotFree {}
    zh "免费升级只适用于公共资源交易招投标类证书，其他证书的升级费用没有公布。" / "请先向发证机构询问费用。"
    en "Upgrading is free only for certificates of the bidding class; no price is published for others." / "Ask the CA for the price first."

    /// Certificates were counted for a service that concerns seals only.
    "certificates-not-charged" CertificatesNotCharged { /// Which item, from 1.
        item: u32 }
    zh "第 {item} 条：这项业务只涉及印章，证书不另收费。" / "需要同时办理证书时，请选择新办或更新。"
    en "Item {item}: this service concerns seals only; nothing is charged for the certificates." / "To order certificates as well, choose new or renewal."

    /// The certificate was issued by another CA than the one whose tariff this is.
    "tariff-other-authority" TariffOtherAuthority { /// Who issued the certificate.
        issuer: String }
    zh "这张证书由“{issuer}”签发，所用的收费标准可能不适用。" / "请向签发机构询问费用。"
    en "This certificate was issued by “{issuer}”; the tariff may not apply to it." / "Ask its issuer for the fees."

    /// A list of orders can't be read.
    "list-unreadable" ListUnreadable { /// What is wrong with it.
        reason: String }
    zh "清单文件无法读取（{reason}）。" / "请使用 Excel（.xlsx）或 CSV 格式的清单，可先下载模板。"
    en "The list can't be read ({reason})." / "Use an Excel (.xlsx) or CSV file; a template can be downloaded."

    /// A list has more bytes than the limit, as a file or unpacked.
    "list-too-large" ListTooLarge { /// Largest number of bytes.
        limit: u32 as Bytes }
    zh "清单文件太大，超过 {limit}。" / "请删去与清单无关的内容，或分成几个文件。"
    en "The list is too large: more than {limit}." / "Remove what does not belong to it, or split it."

    /// A list has more rows or columns than the limit.
    "list-too-long" ListTooLong { /// Rows at most.
        rows: u32, /// Columns at most.
        columns: u32 }
    zh "清单超过 {rows} 行或 {columns} 列。" / "请分成几个文件。"
    en "The list has more than {rows} rows or {columns} columns." / "Split it."

    /// Columns that a list needs are missing.
    "list-columns-missing" ListColumnsMissing { /// Their names.
        columns: String }
    zh "清单缺少必要的列：{columns}。" / "请在第一行写上列名，可先下载模板。"
    en "The list lacks columns: {columns}." / "Write their names in the first row; a template can be downloaded."

    /// A row of a list without a payer's name.
    "list-name-missing" ListNameMissing { /// Which row, from 1.
        item: u32 }
    zh "第 {item} 条：没有填写证书名称。" / "请填写证书上的单位或专家名称，付款账户名需与它一致。"
    en "Item {item}: the certificate's name is missing." / "Enter the unit's or expert's name as it stands in the certificate: the payer's account must have the same."

    /// A cell of a list is neither yes nor no.
    "list-answer-unknown" ListAnswerUnknown { /// Which row, from 1.
        item: u32, /// As given.
        value: String }
    zh "第 {item} 条：“是否招投标类”一列不认识“{value}”。" / "请填写“是”或“否”，不清楚时留空。"
    en "Item {item}: “{value}” is neither yes nor no." / "Write yes or no, or leave it empty."

    // ── Oddities, which do no harm by themselves ─────────────────────────────────────────────

    area feature = "oddity";

    /// The parameters of an algorithm are written as its definition does not say (NULL or nothing).
    "parameters-odd" ParametersOdd { /// OID of the algorithm.
        oid: String }
    zh "算法 {oid} 的参数写法不符合其定义（NULL 或缺省）。" / "不影响使用，供技术支持参考。"
    en "The parameters of the algorithm {oid} are not written as defined (NULL or absent)." / "This does no harm; it is kept for support."

    /// A default value is written out (`critical FALSE`, `cA FALSE`).
    "default-encoded" DefaultEncoded {}
    zh "写出了应当省略的默认值。" / "不影响使用，供技术支持参考。"
    en "A default value is written out." / "This does no harm; it is kept for support."

    /// The number of unused bits of a BIT STRING is not the least one.
    "unused-bits-odd" UnusedBitsOdd {}
    zh "位串的未用位数不规范。" / "不影响使用，供技术支持参考。"
    en "The number of unused bits is unusual." / "This does no harm; it is kept for support."

    /// A serial number is negative.
    "serial-negative" SerialNegative {}
    zh "证书序列号为负数。" / "不影响使用，供技术支持参考。"
    en "The serial number is negative." / "This does no harm; it is kept for support."

    /// A serial number is longer than 20 octets, or zero.
    "serial-odd" SerialOdd {}
    zh "证书序列号超过 20 字节，或为零。" / "不影响使用，供技术支持参考。"
    en "The serial number is longer than 20 bytes, or zero." / "This does no harm; it is kept for support."

    /// An INTEGER is negative or padded where it should be neither.
    "integer-odd" IntegerOdd {}
    zh "整数的编码不规范。" / "不影响使用，供技术支持参考。"
    en "An integer is encoded in an unusual way." / "This does no harm; it is kept for support."

    /// A string is of another type than its attribute asks for (a country as UTF8String).
    "string-type-odd" StringTypeOdd {}
    zh "字符串类型与其属性的定义不符。" / "不影响使用，供技术支持参考。"
    en "A string is of another type than defined." / "This does no harm; it is kept for support."

    /// A string ends in NUL, or has characters that its type does not have.
    "string-odd" StringOdd {}
    zh "字符串含有多余或不允许的字符。" / "不影响使用，供技术支持参考。"
    en "A string has superfluous characters or some that its type does not have." / "This does no harm; it is kept for support."

    /// A T61String or the like was read as GBK or Latin-1.
    "string-legacy" StringLegacy { /// The encoding taken.
        encoding: String }
    zh "字符串使用旧式编码，按 {encoding} 读取。" / "如显示有误，请联系发证机构。"
    en "A string in a legacy encoding was read as {encoding}." / "If it reads wrong, ask the issuer."

    /// The bytes of a string don't fit its type; it is shown in hex.
    "string-unreadable" StringUnreadable {}
    zh "字符串无法解码，以十六进制显示。" / "请联系发证机构。"
    en "A string can't be decoded and is shown in hex." / "Ask the issuer."

    /// The content of an extension is no DER (bare text, seen in the field).
    "extension-not-der" ExtensionNotDer { /// Its OID.
        oid: String }
    zh "扩展 {oid} 的内容不是规范编码。" / "不影响使用，供技术支持参考。"
    en "The content of the extension {oid} is not properly encoded." / "This does no harm; it is kept for support."

    /// Text around the DER is not as RFC 7468 says: a byte-order mark, odd lines, Base64 without header.
    "pem-odd" PemOdd {}
    zh "证书文件的文本格式不规范。" / "不影响使用，供技术支持参考。"
    en "The text form of the file is unusual." / "This does no harm; it is kept for support."

    /// An oddity in the encoding, kept for support.
    "encoding-odd" EncodingOdd { /// What was found.
        reason: String }
    zh "编码不规范（{reason}）。" / "不影响使用，供技术支持参考。"
    en "The encoding is unusual ({reason})." / "This does no harm; it is kept for support."
}

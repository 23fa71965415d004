//! What the command line says, in both languages: its one table. Codes of the catalogue have their
//! texts there, but for the remedies that speak of a window or a site, which have another one here.

use std::fmt::Display;
use yinxin_proto::Error;
use yinxin_proto::error::{Locale, Text};
use yinxin_proto::text::Bilingual;
use yinxin_proto::token::{PinState, PinTries};

/// The language of the terminal (POSIX, section 8.2: LC_ALL before LC_MESSAGES before LANG), or on
/// Windows, where mostly none of these is set, the one of the user's interface.
#[must_use]
pub fn locale() -> Locale {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    Locale::nearest(&named.or_else(interface_language).unwrap_or_default())
}

/// The first language of the user's interface, where the system has such a setting; the user's
/// choice stands before what the machine was installed with.
#[cfg(windows)]
fn interface_language() -> Option<String> {
    let user = winreg::RegKey::predef(winreg::enums::HKEY_CURRENT_USER);
    let first = |key: &str, name: &str| -> Option<String> {
        let list: Vec<String> = user.open_subkey(key).ok()?.get_value(name).ok()?;
        list.into_iter().find(|tag| !tag.is_empty())
    };
    first("Control Panel\\Desktop", "PreferredUILanguages").or_else(|| {
        let machine = "MachinePreferredUILanguages";
        first("Control Panel\\Desktop\\MuiCached", machine)
    })
}

#[cfg(not(windows))]
fn interface_language() -> Option<String> {
    None
}

/// A text in both languages, with `{placeholders}`.
#[derive(Clone, Copy)]
pub struct Words {
    zh: &'static str,
    en: &'static str,
}

impl Words {
    /// The text.
    #[must_use]
    pub fn text(self) -> &'static str {
        match locale() {
            Locale::ZhCn => self.zh,
            Locale::En => self.en,
        }
    }

    /// The text with its placeholders filled in, in one pass.
    #[must_use]
    pub fn fill(self, values: &[(&str, &dyn Display)]) -> String {
        let mut out = String::new();
        let mut rest = self.text();
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
                out.push_str(&value.to_string());
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

macro_rules! words {
    ($($name:ident zh $zh:literal en $en:literal)+) => {
        $(pub const $name: Words = Words { zh: $zh, en: $en };)+

        #[cfg(test)]
        pub(super) const ALL: &[(&str, Words)] = &[$((stringify!($name), $name)),+];
    };
}

pub mod help;

words! {
    ABOUT
    zh "印信 {version}：本机程序 yinxin-host 平时由浏览器启动。\n在命令行中使用：yinxin --help 列出全部命令，yinxin doctor 逐项检查。"
    en "Yinxin {version}: its host program, yinxin-host, is started by the browser.\nOn the command line: “yinxin --help” lists the commands, “yinxin doctor” looks at everything."
    WRONG_USAGE
    zh "yinxin：{reason}（用法见 {help}）"
    en "yinxin: {reason} (see {help})"
    PERHAPS
    zh "；是不是 {other}？"
    en "; did you mean {other}?"
    STANDARD_OUTPUT
    zh "标准输出"
    en "standard output"
    LIST_SEPARATOR
    zh "、"
    en ", "

    // Wrong usage
    UNKNOWN_COMMAND
    zh "没有“{command}”这个命令"
    en "unknown command “{command}”"
    COMMAND_NEEDED
    zh "缺少命令"
    en "a command is needed"
    OPTION_NEEDED
    zh "缺少 {option}"
    en "{option} is needed"
    OPTION_TWICE
    zh "{option} 只能给一次"
    en "{option} is given twice"
    OPTION_UNKNOWN
    zh "这里没有 {option} 这个选项"
    en "there is no option {option} here"
    VALUE_NEEDED
    zh "{option} 后面缺少它的值"
    en "{option} needs a value"
    VALUE_UNEXPECTED
    zh "{option} 不带值（给出了“{value}”）"
    en "{option} takes no value (“{value}” was given)"
    ARGUMENT_UNEXPECTED
    zh "多出了“{value}”"
    en "“{value}” is one too many"
    NOT_UNICODE
    zh "有的参数不是 UTF-8 文字"
    en "an argument is not Unicode"
    FORMAT_UNKNOWN
    zh "没有“{value}”这种签名格式"
    en "unknown format “{value}”"
    SUB_FILTER_UNKNOWN
    zh "PDF 中没有“{value}”这种签名"
    en "unknown kind of a PDF's signature “{value}”"
    CERTIFY_UNKNOWN
    zh "认证之后允许的只能是 nothing、forms 或 annotations，不是“{value}”"
    en "a certification permits nothing, forms or annotations, not “{value}”"
    NO_NUMBER
    zh "“{value}”不是数"
    en "“{value}” is no number"
    BROWSER_UNKNOWN
    zh "不认识浏览器“{value}”"
    en "unknown browser “{value}”"
    NO_EXTENSION_ID
    zh "“{value}”不是扩展的 id"
    en "“{value}” is no extension id"
    NO_SHA256
    zh "“{value}”不是 SHA-256"
    en "“{value}” is no SHA-256"
    GOES_WITH
    zh "{option} 要和 {other} 一起用"
    en "{option} goes with {other}"
    NOT_WITH
    zh "{option} 不能和 {other} 一起用"
    en "{option} does not go with {other}"
    STDIN_TWICE
    zh "--pin-stdin 和 --in - 都要读标准输入"
    en "--pin-stdin and --in - both want standard input"
    STDIN_ONCE
    zh "标准输入只能读一次"
    en "standard input can be read once only"
    NO_TIME
    zh "“{value}”不是日期或时间"
    en "“{value}” is neither a date nor a time"
    PURPOSE_UNKNOWN
    zh "没有“{value}”这种登录目的"
    en "unknown purpose of a login “{value}”"
    STDOUT_TWICE
    zh "--json 和 --report - 都要写标准输出"
    en "--json and --report - both want standard output"

    // PIN
    PIN_PROMPT
    zh "{token} 的 PIN 码{tries}："
    en "PIN of {token}{tries}: "
    TRIES_BRACKET
    zh "（{tries}）"
    en " ({tries})"
    TRIES_LEFT
    zh "还可尝试 {left} 次"
    en "{left} tries left"
    TRIES_ONE
    zh "只剩最后一次，再输错就会锁定"
    en "one try left: a wrong PIN locks the key"
    TRIES_LOW
    zh "此前输错过，UKey 没有告知还剩几次"
    en "a wrong one was entered before; the key does not tell how many tries are left"
    TRIES_UNKNOWN
    zh "UKey 没有告知还剩几次"
    en "the key does not tell how many tries are left"
    TRIES_NONE
    zh "PIN 码已锁定"
    en "the PIN is locked"
    TRIES_OK
    zh "PIN 码正常"
    en "PIN ok"

    // Lists
    TOKEN
    zh "{token}{demo}：{manufacturer} {model}，序列号 {serial}，驱动 {module}，{tries}，证书 {certificates} 张，印章 {seals} 枚"
    en "{token}{demo}: {manufacturer} {model}, serial {serial}, module {module}, {tries}, {certificates} certificates, {seals} seals"
    DEMO
    zh "［演示密钥］"
    en " [demo key]"
    TOKEN_SEAL
    zh "  印章 {seal}（{application}）：{what}"
    en "  seal {seal} ({application}): {what}"

    // Seals
    SEAL_THERE
    zh "印章 {seal}（SHA-256 {sha256}）已在 {token} 中，没有写入任何内容"
    en "seal {seal}, SHA-256 {sha256}, is in {token}: nothing was written"
    SEAL_WRITTEN
    zh "印章 {seal}（SHA-256 {sha256}）已写入 {token}"
    en "seal {seal}, SHA-256 {sha256}, written into {token}"
    SEAL_REPLACED
    zh "印章 {seal}（SHA-256 {sha256}）已写入 {token}，替换了 SHA-256 {old}"
    en "seal {seal}, SHA-256 {sha256}, written into {token}, instead of SHA-256 {old}"

    // Documents
    DOCUMENT_BROKEN
    zh "注意：文件上已有的签名没有通过核实，签名之后文件可能被改动过。"
    en "Mind that a signature that the document has already does not hold: it may have been changed since."
    PDF_XFA
    zh "注意：该 PDF 带有 XFA 表单，认得它的程序会显示表单，不显示页面，所看到的可能与这里不同。"
    en "Mind that the PDF has an XFA form, which programs that know it show in the place of the pages: they may show something else."
    PDF_NEED_APPEARANCES
    zh "注意：该 PDF 要求阅读程序重新绘制表单，所看到的可能与这里不同。"
    en "Mind that the PDF asks readers to draw its form anew: they may show something else."

    // Verification
    SIGNATURE
    zh "    签名 {number}：{what}"
    en "    signature {number}: {what}"
    OF_SIGNATURE
    zh "签名 {number}"
    en "signature {number}"
    SIGNER_UNKNOWN
    zh "签署人不明"
    en "nobody knows who signed"
    WITH_SEAL
    zh "印章“{seal}”"
    en "seal “{seal}”"
    CLAIMS
    zh "自称时间 {time}"
    en "claimed time {time}"
    STAMPED
    zh "时间戳 {time}"
    en "time stamp {time}"
    COVERS_ALL
    zh "覆盖整个文件"
    en "covers the whole file"
    COVERS_BEGINNING
    zh "只覆盖前 {bytes} 字节"
    en "covers the first {bytes} bytes only"
    COVERS_PARTS
    zh "所列 {all} 个部件中 {same} 个与签署时一致"
    en "{same} of the {all} parts that it names are as they were signed"
    CONTENT_UNUSED
    zh "没有用到 --content 的文件：要核验的文件中没有需要原文的签名。"
    en "What --content names was not used: no signature among the files goes with a content."

    // Files that are written
    WRITE
    zh "写入 {path}"
    en "write {path}"
    KEEP
    zh "不变 {path}"
    en "keep {path}"
    CHANGE
    zh "更改 {path}"
    en "change {path}"
    REMOVE
    zh "删除 {path}"
    en "remove {path}"
    NO_BROWSER
    zh "没有找到浏览器；安装浏览器后请再运行一次。"
    en "No browser is there: run it again once one is installed."
    NOTHING_TO_CHANGE
    zh "没有需要改动的"
    en "nothing to change"

    // Doctor
    TEST_USES_TRY
    zh "测试签名会用到 {token} 的 PIN 码：输错会用掉一次尝试机会。"
    en "The test signature uses a try of the PIN of {token}."
    TEST_LAST_TRY
    zh "测试签名会用到 {token} 的 PIN 码，而且只剩最后一次机会：再输错就会锁定。"
    en "The test signature uses a try of the PIN of {token}. It is the last one: a wrong PIN locks the key."
    REPORT_HEAD
    zh "印信 {version}，协议 {protocol}，{platform}，{ms} 毫秒\n{program}"
    en "Yinxin {version}, protocol {protocol}, {platform}, {ms} ms\n{program}"
    REPORT_CHECK
    zh "{mark} {kind} {subject}，{ms} 毫秒：{evidence}"
    en "{mark} {kind} {subject}, {ms} ms: {evidence}"
    REPORT_REPAIR
    zh "运行 yinxin doctor --repair 可以修复。"
    en "yinxin doctor --repair mends it."
    REPORT_HEALTHY
    zh "没有发现不能用的。"
    en "Nothing keeps it from working."
    REPORT_NOT_HEALTHY
    zh "标有 ✗ 的不能用。"
    en "✗ marks what does not work."
    KIND_BROWSER
    zh "浏览器"
    en "browser"
    KIND_EXTENSION
    zh "扩展"
    en "extension"
    KIND_SITE
    zh "网站"
    en "site"
    KIND_BRIDGE
    zh "其他客户端"
    en "other client"
    KIND_HOST
    zh "本机程序"
    en "host"
    KIND_CONFIGURATION
    zh "本机程序的配置"
    en "configuration"
    KIND_REGISTRATION
    zh "在浏览器中的登记"
    en "registration with"
    KIND_READER_SERVICE
    zh "读卡器服务"
    en "reader service"
    KIND_USB_DEVICE
    zh "USB 设备"
    en "USB device"
    KIND_MODULE
    zh "驱动"
    en "module"
    KIND_KEY
    zh "UKey"
    en "key"
    KIND_CERTIFICATES
    zh "UKey 中的证书"
    en "certificates of"
    KIND_CHAIN
    zh "证书的签发机构"
    en "issuers of"
    KIND_SEALS
    zh "UKey 中的印章"
    en "seals of"
    KIND_TEST_SIGNATURE
    zh "测试签名"
    en "test signature with"

    // Remedies of codes whose own speak of a window or a site
    DO_PIN_REQUIRED
    zh "请在终端中运行并输入 PIN 码，或加上 --pin-stdin，从标准输入的第一行读取。"
    en "Run it on a terminal and type it, or give it as the first line of standard input with --pin-stdin."
    DO_NO_TOKEN
    zh "请插入 UKey 后重试。"
    en "Insert your key and try again."
    DO_NO_MODULE
    zh "请安装 UKey 厂商的驱动程序，或用 --module 指明驱动文件。"
    en "Install the driver of your key's vendor, or name its file with --module."
    DO_MODULE_SLOW
    zh "请稍候重试；如一直没有响应，请拔下并重新插入 UKey。"
    en "Wait a moment and try again; if it does not answer then, pull the key and insert it again."
    DO_CERTIFICATE_NOT_FOUND
    zh "请运行 yinxin certificates，查看 UKey 中的证书和各自的 id。"
    en "“yinxin certificates” lists the certificates in the key with their ids."
    DO_CONTENT_REFUSED
    zh "请不要签署该文件，先核实它的来源。"
    en "Don't sign it, and find out where it comes from."
    DO_SEAL_NOT_FOUND
    zh "请运行 yinxin tokens，查看 UKey 中的印章和各自的 SHA-256。"
    en "“yinxin tokens” lists the seals in the key with their SHA-256."
    DO_PRIVATE_KEY_GIVEN
    zh "私钥等于本人的印章，不要发给任何人。请改用正确的文件；如私钥已经交给别人，请联系发证机构注销证书。"
    en "Never send a private key to anyone. Give the right file; if somebody else has the key, have the certificate revoked."
}

/// The remedies of codes whose own speak of what is not there on a command line.
const REMEDIES: &[(&str, Words)] = &[
    ("pin-required", DO_PIN_REQUIRED),
    ("no-token", DO_NO_TOKEN),
    ("no-module", DO_NO_MODULE),
    ("module-slow", DO_MODULE_SLOW),
    ("certificate-not-found", DO_CERTIFICATE_NOT_FOUND),
    ("content-refused", DO_CONTENT_REFUSED),
    ("seal-not-found", DO_SEAL_NOT_FOUND),
    ("private-key-given", DO_PRIVATE_KEY_GIVEN),
];

/// A text of the core's in the terminal's language.
#[must_use]
pub fn of(text: &Bilingual) -> &str {
    match locale() {
        Locale::ZhCn => &text.zh,
        Locale::En => &text.en,
    }
}

/// An error's message alone.
#[must_use]
pub fn message(error: &Error) -> String {
    localised(error).text(locale()).message
}

/// An error as the command line tells it: code, message, remedy.
#[must_use]
pub fn told(error: &Error) -> String {
    let Text { message, remedy } = localised(error).text(locale());
    let own = REMEDIES.iter().find(|(code, _)| *code == error.code());
    let remedy = own.map_or(remedy, |(_, words)| words.text().to_owned());
    let tries = match error {
        Error::PinIncorrect { tries } => {
            let known = match tries.state {
                PinState::Ok if tries.left.is_none() => TRIES_UNKNOWN.text().to_owned(),
                _ => tries_of(*tries),
            };
            TRIES_BRACKET.fill(&[("tries", &known)])
        }
        _ => String::new(),
    };
    format!("{}: {message}{tries} {remedy}", error.code())
}

/// What is known of the tries that a PIN has left; a number only where the token tells one.
#[must_use]
pub fn tries_of(tries: PinTries) -> String {
    match (tries.state, tries.left) {
        (PinState::Locked, _) => TRIES_NONE.text().to_owned(),
        (PinState::Final, _) | (_, Some(1)) => TRIES_ONE.text().to_owned(),
        (_, Some(left)) => TRIES_LEFT.fill(&[("left", &left)]),
        (PinState::Low, None) => TRIES_LOW.text().to_owned(),
        (PinState::Ok, None) => TRIES_OK.text().to_owned(),
    }
}

/// The error with its reason, or what was found instead, in the terminal's language, where this table
/// knows it.
fn localised(error: &Error) -> Error {
    error.with_texts(|name, text| {
        if ["reason", "found"].contains(&name) {
            *text = said(text);
        }
    })
}

/// A word of a report or a reason, which travel in English, in the terminal's language. What this
/// table does not know stays as it is: words of devices, paths, and what parsers say in brackets.
#[must_use]
pub fn said(text: &str) -> String {
    match locale() {
        Locale::ZhCn => in_chinese(text),
        Locale::En => text.to_owned(),
    }
}

fn in_chinese(text: &str) -> String {
    if let Some(words) = SAID.iter().find_map(|(en, zh)| matched(text, en, zh)) {
        return words;
    }
    // A place, then what is wrong there; or several things at once.
    for (separator, joint) in [(": ", "："), ("; ", "；")] {
        if let Some((first, second)) = text.split_once(separator) {
            return format!("{}{joint}{}", in_chinese(first), in_chinese(second));
        }
    }
    text.to_owned()
}

/// The Chinese words of a text that is the English ones, where each `*` stands for anything.
fn matched(text: &str, en: &str, zh: &str) -> Option<String> {
    let (first, wildcards) = en.split_once('*').map_or((en, None), |(first, rest)| {
        let rest: Vec<&str> = rest.split('*').collect();
        (first, Some(rest))
    });
    let Some(wildcards) = wildcards else {
        return (text == en).then(|| zh.to_owned());
    };
    let mut rest = text.strip_prefix(first)?;
    let mut words = zh.split('*');
    let mut out = words.next()?.to_owned();
    let last = wildcards.len() - 1;
    for (index, (after, word)) in wildcards.iter().zip(words).enumerate() {
        let (anything, tail) = if index == last {
            (rest.strip_suffix(after)?, "")
        } else {
            rest.split_once(after)?
        };
        out.push_str(&in_chinese(anything));
        out.push_str(word);
        rest = tail;
    }
    Some(out)
}

/// What reports and reasons say, in English and Chinese: values of evidence, our own
/// reasons, and those of the C library (`strerror`), which Rust gives in English.
const SAID: &[(&str, &str)] = &[
    // Values
    ("yes", "是"),
    ("no", "否"),
    ("none", "没有"),
    ("ok", "正常"),
    ("locked", "已锁定"),
    ("another", "其他"),
    ("nobody", "无人签名"),
    ("a signature that does not hold (*)", "签名无效（*）"),
    ("one try left", "只剩最后一次"),
    ("a wrong one was entered", "此前输错过"),
    ("a signature is under way", "一次签名"),
    (
        "all users; an administrator can change it",
        "所有用户；由管理员更改",
    ),
    ("not asked on this system", "此系统不查"),
    ("this user", "当前用户"),
    (
        "* s; a signature would wait up to * s",
        "* 秒（签名时最多等 * 秒）",
    ),
    // Reasons
    ("manifest", "登记文件"),
    ("the file is too large", "文件太大"),
    ("the file is not UTF-8", "文件不是 UTF-8 编码"),
    ("not a regular file", "不是普通文件"),
    ("the manifest is no file", "登记文件不是普通文件"),
    ("the manifest is of *", "登记文件属于 *"),
    ("type *", "类型为 *"),
    ("allowed_origins lacks *", "allowed_origins 中没有 *"),
    ("allowed_extensions lacks *", "allowed_extensions 中没有 *"),
    (
        "* in a manifest for Firefox",
        "给 Firefox 的登记文件中不该有 *",
    ),
    ("the program's path is not absolute", "程序路径不是绝对路径"),
    ("the path is not absolute", "路径不是绝对路径"),
    ("it ended without a greeting", "程序没有应答就退出了"),
    ("the file is not executable", "文件没有执行权限"),
    (
        "its disk is mounted with noexec",
        "所在磁盘以 noexec 挂载，不允许运行程序",
    ),
    ("no greeting within * s", "程序 * 秒内没有应答"),
    ("it does not greet as the host", "程序不是印信本机程序"),
    ("it speaks protocol *", "协议版本为 *"),
    ("it was changed since the repair", "修复之后又有改动"),
    ("a link, which is not followed", "是链接，不予跟随"),
    ("another kind of file", "是另一种文件"),
    ("too large", "太大"),
    ("no folder", "没有所在文件夹"),
    ("the path is not UTF-8", "路径不是 UTF-8"),
    ("the path holds a line break", "路径中有换行"),
    (
        "the path holds a character that a launcher can't",
        "路径中有启动脚本不能用的字符",
    ),
    ("line *, column *: *", "第 * 行第 * 列：*"),
    ("* at line * column *", "*（第 * 行第 * 列）"),
    ("missing field *", "缺少 *"),
    ("unknown field *, expected one of *", "不认识 *，可用的有 *"),
    ("expected value", "此处应有内容"),
    ("EOF while parsing *", "内容不完整（*）"),
    (
        "module *: the path is not absolute",
        "驱动 *：路径不是绝对路径",
    ),
    ("extension_ids is no list", "extension_ids 不是列表"),
    ("too many certificates", "证书太多"),
    (
        "* certificates too large or not readable",
        "* 张证书太大或无法读取",
    ),
    ("not initialised", "尚未初始化"),
    (
        "it does not read back as it was written",
        "读回的内容与写入的不同",
    ),
    ("larger than * bytes", "超过 * 字节"),
    (
        "neither DER nor Base64, or damaged",
        "不是 DER 或 Base64，或已损坏",
    ),
    ("not a file", "不是文件"),
    ("the document changed meanwhile", "文件在此期间有改动"),
    ("the program failed", "程序报告失败"),
    ("no answer in time", "程序没有按时应答"),
    ("the answer is too large", "应答太大"),
    ("the time stamp is too large", "时间戳太大"),
    ("it answers another request", "应答的是另一个请求"),
    ("it is of something else", "盖的是别的内容"),
    ("its signature does not hold", "时间戳的签名不成立"),
    ("refused, status *", "服务拒绝了请求，状态 *"),
    ("a Linux library", "Linux 的库"),
    ("a Windows library", "Windows 的库"),
    ("a macOS library", "macOS 的库"),
    ("several processors", "多种处理器"),
    ("no C_GetFunctionList", "没有 C_GetFunctionList"),
    ("cannot open shared object file", "无法打开共享库"),
    ("undefined symbol", "缺少符号"),
    ("No such file or directory *", "没有这个文件或文件夹"),
    ("Permission denied *", "没有权限"),
    ("Operation not permitted *", "系统不允许"),
    ("File exists *", "文件已经存在"),
    ("Not a directory *", "不是文件夹"),
    ("Is a directory *", "是文件夹"),
    ("File too large *", "超过系统允许的文件大小"),
    ("No space left on device *", "磁盘空间已满"),
    ("Disk quota exceeded *", "超出磁盘配额"),
    ("Read-only file system *", "文件系统只读"),
    ("File name too long *", "文件名太长"),
    ("Too many levels of symbolic links *", "链接层数太多"),
    ("Input/output error *", "读写错误"),
    ("Broken pipe *", "对方已不再读取"),
    ("No such device or address *", "没有这个设备"),
    ("Text file busy *", "文件正在使用"),
    ("Exec format error *", "不是可执行文件"),
    ("Too many open files *", "打开的文件太多"),
    ("Bad file descriptor *", "没有打开"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use yinxin_proto::error;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|piece| piece.split('}').next())
            .collect()
    }

    /// A letter that only Chinese text has.
    fn is_chinese(c: char) -> bool {
        ('\u{3400}'..='\u{9fff}').contains(&c)
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        for (name, words) in ALL.iter().chain(help::ALL) {
            assert_eq!(placeholders(words.zh), placeholders(words.en), "{name}");
            assert!(!words.en.contains(is_chinese), "{name}");
            // Where there are words at all, they are Chinese ones.
            let has_words = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count() > 3;
            let frame = words.en.split(['{', '}']).step_by(2).collect::<String>();
            assert!(
                words.zh.contains(is_chinese) || !has_words(&frame),
                "{name}"
            );
        }
        for (en, zh) in SAID {
            assert!(zh.contains(is_chinese), "{en}");
            // What stands for a number of the system's may be left out.
            let (all, told) = (en.matches('*').count(), zh.matches('*').count());
            assert!(told == all || (told == 0 && all == 1), "{en}");
        }
    }

    #[test]
    fn no_remedy_speaks_of_a_window_or_a_site_where_there_is_none() {
        // What is told of pages, of what a portal judges, or by the window only.
        const NEVER_HERE: &[&str] = &[
            "not-installed",
            "site-not-allowed",
            "origin-insecure",
            "origin-opaque",
            "frame-not-allowed",
            "page-not-active",
            "user-action-required",
            "too-many-cancels",
            "queue-full",
            "request-invalid",
            "act-not-allowed",
            "format-not-allowed",
            "challenge-invalid",
            "page-gone",
            "window-lost",
            "aborted",
            "cancelled",
            "timed-out",
            "extension-restarted",
            "documents-count",
            "issuer-unknown",
            "issuer-not-accepted",
            "trust-not-checked",
            "too-many-candidates",
            "crl-missing",
            "crl-stale",
            "crl-invalid",
            "proof-unreadable",
            "proof-format-not-accepted",
            "proof-algorithm-mismatch",
            "challenge-expired",
            "challenge-not-yet-valid",
            "challenge-used",
            "session-mismatch",
            "origin-not-bound",
            "entrance-other-role",
            "local-failure",
            "document-refused",
            "client-not-running",
            "control-missing",
            "platform-service-failed",
            "several-tokens",
            "bridge-not-allowed",
            "bridge-blocked",
            "key-in-order",
            "holder-not-accepted",
        ];
        let speaks = |text: &str| {
            [
                "窗口", "网页", "网站", "点击", "页面", "刷新", "window", " page", "site", "press",
            ]
            .iter()
            .any(|word| text.contains(word))
        };
        for entry in error::ALL {
            let own = REMEDIES.iter().any(|(code, _)| *code == entry.code);
            // Their pages are a document's.
            let is_fine = own || entry.is_of_document() || NEVER_HERE.contains(&entry.code);
            assert!(
                is_fine || !(speaks(entry.zh_remedy) || speaks(entry.en_remedy)),
                "{}",
                entry.code
            );
        }
        for (code, words) in REMEDIES {
            assert!(!speaks(words.zh) && !speaks(words.en), "{code}");
            assert!(error::ALL.iter().any(|entry| entry.code == *code), "{code}");
        }
    }

    #[test]
    fn reasons_are_told_in_chinese_as_far_as_they_are_known() {
        for (en, zh) in [
            (
                "No such file or directory (os error 2)",
                "没有这个文件或文件夹",
            ),
            (
                "/x/y: it ended without a greeting",
                "/x/y：程序没有应答就退出了",
            ),
            ("no greeting within 5 s", "程序 5 秒内没有应答"),
            ("another; issuer-unknown", "其他；issuer-unknown"),
            (
                "manifest: EOF while parsing a value at line 1 column 0",
                "登记文件：内容不完整（a value）（第 1 行第 0 列）",
            ),
            (
                "line 2, column 1: unknown field `modul`, expected one of `a`, `b`",
                "第 2 行第 1 列：不认识 `modul`，可用的有 `a`, `b`",
            ),
            ("libx.so", "libx.so"),
        ] {
            assert_eq!(in_chinese(en), zh);
        }
    }
}

//! What evidence is of: each name with its word on the wire and its texts. The doctor and the advice tell by it.

use crate::text::{Bilingual, Locale};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! names {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $zh:literal, $en:literal;)+) => {
        /// What a piece of evidence is of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        pub enum EvidenceName {
            $($(#[doc = $doc])+ #[cfg_attr(feature = "typescript", ts(rename = $word))] $name,)+
        }

        impl EvidenceName {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }

        /// Word on the wire, Chinese, English: in the order of the names.
        const TEXTS: &[[&str; 3]] = &[$([$word, $zh, $en],)+];
    };
}

names! {
    /// The name in the account at a portal.
    AccountName = "account name", "账号名称", "The account’s name";
    /// The role of the account at a portal.
    AccountRole = "account role", "账号角色", "The account’s role";
    /// The other libraries that read a key, which are not used.
    AlsoReadBy = "also read by", "也能读取它的驱动", "Also read by";
    /// For which processor a library is made.
    Architecture = "architecture", "架构", "Architecture";
    /// What keeps a module busy.
    AtWork = "at work", "正在进行", "At work";
    /// The certificate that is bound to the account.
    BoundCertificate = "bound certificate", "已绑定证书的 SHA-256", "SHA-256 of the bound one";
    /// The key that holds the certificate that is bound.
    BoundIn = "bound one in", "已绑定的证书在", "The bound one is in";
    /// Calls of pages that are not answered.
    Unanswered = "unanswered", "未回答的调用", "Unanswered calls";
    /// Pages of a site that are open.
    OpenPages = "open pages", "已打开的页面", "Open pages";
    /// A port at which a program listens.
    Port = "port", "端口", "Port";
    /// The browser.
    Browser = "browser", "浏览器", "Browser";
    /// The version of a browser that is installed.
    BrowserVersion = "browser version", "浏览器版本", "Version of the browser";
    /// How many certificates sign.
    CanSign = "can sign", "可签名", "Can sign";
    /// Whose certificate it is.
    Certificate = "certificate", "证书", "Certificate";
    /// The name in a certificate.
    CertificateName = "certificate name", "证书名称", "The certificate’s name";
    /// The configuration file that a registration uses.
    Configuration = "configuration", "配置", "Configuration";
    /// How many there are.
    Count = "count", "数量", "Number";
    /// Days left of a certificate.
    DaysLeft = "days left", "证书剩余天数", "Days left of the certificate";
    /// Whether it is a demo key.
    DemoKey = "demo key", "演示密钥", "Demo key";
    /// Whether it is a development build.
    Development = "development", "开发版", "Development build";
    /// Why a program does not start.
    DoesNotStart = "does not start", "不能启动", "Does not start";
    /// The library of a known key that does not work.
    DriverDoesNotWork = "driver does not work", "驱动不能用", "Its driver does not work";
    /// The libraries that were tried.
    DriversTried = "drivers tried", "已尝试的驱动", "Drivers tried";
    /// The other half of a dual certificate.
    EncryptionCertificate = "encryption certificate", "加密证书", "Encryption certificate";
    /// How many have ended.
    Ended = "ended", "已到期", "Ended";
    /// The version of the browser’s engine.
    Engine = "engine", "内核版本", "Version of its engine";
    /// The role whose entrance was taken.
    Entrance = "entrance", "登录入口", "The entrance";
    /// Whether a file is there.
    Exists = "exists", "文件存在", "The file is there";
    /// How long a program takes to greet.
    GreetsAfter = "greets after", "启动用时", "Starts in";
    /// The identifier of the extension, or of a device.
    Id = "id", "编号", "Id";
    /// Whether the PIN is still the one that the key came with.
    InitialPin = "initial PIN", "初始 PIN 码", "Initial PIN";
    /// Whether it is installed.
    Installed = "installed", "已安装", "Installed";
    /// Classes of the interfaces of a USB device.
    Interfaces = "interfaces", "接口类别", "Classes of interfaces";
    /// Who issued a certificate.
    Issuer = "issuer", "签发机构", "Issuer";
    /// The key.
    Key = "key", "UKey", "Key";
    /// How many keys a library reads.
    Keys = "keys", "读到的 UKey", "Keys that it reads";
    /// Whether any is attached.
    KeysOrReaders = "keys or readers", "UKey 或读卡器", "Keys or readers";
    /// What a key is called.
    KnownAs = "known as", "型号", "Known as";
    /// Whether libraries of known vendors are looked for.
    KnownVendors = "known vendors", "查找已知厂商的驱动", "Drivers of known vendors are looked for";
    /// The added anchor that a certificate leads to.
    LeadsToAdded = "leads to an added one", "可追溯到添加的机构", "Leads to an issuer that was added";
    /// The national anchor that a certificate leads to.
    LeadsToNational = "leads to the national list", "可追溯到国家名单", "Leads to the national list";
    /// What a library calls itself.
    Library = "library", "驱动程序自称", "Calls itself";
    /// Where a library lies.
    LibraryFile = "library file", "驱动文件", "Library";
    /// Whether a site is one that the product knows.
    Listed = "listed", "印信收录", "Listed by Yinxin";
    /// How long a library takes to load.
    LoadsIn = "loads in", "加载用时", "Loads in";
    /// The manifest of a registration.
    Manifest = "manifest", "登记文件", "File of the registration";
    /// A manifest that the browser does not take.
    ManifestNotTaken = "manifest not taken", "没有采用的登记文件", "Another one, not taken";
    /// The model of a key.
    Model = "model", "型号", "Model";
    /// The library of a key.
    Module = "module", "驱动", "Driver";
    /// How many libraries there are.
    Modules = "modules", "驱动数", "Drivers";
    /// How many seals are of the national standard.
    National = "national", "国标印章", "By the national standard";
    /// Whether a service is needed.
    Needed = "needed", "需要", "Needed";
    /// An issuer whose certificate is missing.
    Unavailable = "issuer certificate missing", "缺少其签发者的证书", "Its issuer’s certificate is missing";
    /// What was left out.
    NotLookedAt = "not looked at", "未读", "Not read";
    /// What is off.
    Off = "off", "没有运行", "Does not run";
    /// How many seals are of the old standard.
    Old = "old", "旧标准印章", "Of the old standard";
    /// The origin that is signed for.
    Origin = "origin", "网址", "Address";
    /// What another version tells of, which has no name here.
    Other = "other", "其他", "Other";
    /// The package that a file belongs to.
    Package = "package", "软件包", "Package";
    /// Where a file lies.
    Path = "path", "路径", "Path";
    /// Whether the browser allows a site.
    Permission = "permission", "浏览器已授权", "The browser allows it";
    /// How the PIN is.
    Pin = "PIN", "PIN 码", "PIN";
    /// Whether the key has keys or a display of its own for the PIN.
    PinPad = "PIN pad", "自带密码键盘", "PIN pad";
    /// System and architecture.
    Platform = "platform", "系统", "System";
    /// Policies that can’t be read.
    PoliciesUnreadable = "policies that can't be read", "读不出的策略", "Policies that can’t be read";
    /// A policy of the browser.
    Policy = "policy", "策略", "Policy";
    /// Where a policy comes from.
    PolicyFrom = "policy from", "策略来自", "Policy from";
    /// Whether the extension works in private windows.
    PrivateWindows = "private windows", "可在无痕窗口使用", "May be used in private windows";
    /// The program of a registration.
    Program = "program", "程序", "Program";
    /// The version of the protocol.
    Protocol = "protocol", "协议版本", "Version of the protocol";
    /// The library that reads a key.
    ReadBy = "read by", "读取它的驱动", "Read by";
    /// Why a certificate does not verify.
    Refused = "refused", "未通过核实", "Does not verify";
    /// For whom a registration holds.
    RegisteredFor = "registered for", "登记范围", "Registered for";
    /// What runs.
    Runs = "runs", "运行中", "Runs";
    /// The name of a seal.
    Seal = "seal", "印章", "Seal";
    /// The serial number of a certificate.
    SerialNumber = "serial number", "证书序列号", "Serial number";
    /// Who signed a program or library, as the system judges it.
    SignedBy = "signed by", "文件签名者", "Its file is signed by";
    /// How long a signature took.
    SignedIn = "signed and verified in", "签名并验证用时", "Signed and verified in";
    /// The origin of a portal.
    Site = "site", "网站", "Site";
    /// How many tries of a PIN are left.
    TriesLeft = "tries left", "剩余次数", "Tries left";
    /// What can’t be read.
    Unreadable = "unreadable", "无法读取", "Unreadable";
    /// The key that holds a valid certificate.
    ValidIn = "valid one in", "有效证书所在", "The valid one is in";
    /// The last day of a certificate.
    ValidUntil = "valid until", "证书有效期至", "Valid until";
    /// A version.
    Version = "version", "版本", "Version";
    /// How long something was waited for.
    Waited = "waited", "已等待", "Waited";
}

impl EvidenceName {
    /// Its word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        TEXTS[self as usize][0]
    }

    /// The one of a word on the wire.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        let mut all = Self::ALL.iter().zip(TEXTS);
        let known = all.find(|(_, texts)| texts[0] == word);
        known.map_or(Self::Other, |(name, _)| *name)
    }

    /// What a person reads, in a language.
    #[must_use]
    pub fn text(self, locale: Locale) -> &'static str {
        let [_, zh, en] = TEXTS[self as usize];
        match locale {
            Locale::ZhCn => zh,
            Locale::En => en,
        }
    }

    /// The same in both.
    #[must_use]
    pub fn bilingual(self) -> Bilingual {
        Bilingual::of(self.text(Locale::ZhCn), self.text(Locale::En))
    }
}

impl Serialize for EvidenceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for EvidenceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::of_word(&word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_it_is_written_and_another_is_other() {
        for name in EvidenceName::ALL {
            let json = serde_json::to_string(name).unwrap();
            assert_eq!(json, format!("{:?}", name.word()));
            assert_eq!(serde_json::from_str::<EvidenceName>(&json).unwrap(), *name);
        }
        let read = serde_json::from_str::<EvidenceName>("\"of another version\"").unwrap();
        assert_eq!(read, EvidenceName::Other);
        assert!(serde_json::from_str::<EvidenceName>("7").is_err());
    }
}

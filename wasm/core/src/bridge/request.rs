//! What a page asks and what it gets, in words of GM/T 0020 (SOF): the one is [read](super::read) from its fields, the other
//! [written](super::skin) into the envelope of the program that it calls.

use yinxin_pki::certificate::Certificate;
use yinxin_pki::oid::ObjectIdentifier;
use yinxin_pki::sm2::Ciphertext;
use yinxin_proto::Error;

/// What a page asks, read and checked. A container is what a page calls a certificate by: [`container_of`].
pub(super) enum Request {
    /// Nothing is to be done.
    Nothing,
    /// The user's keys.
    Devices,
    /// The user is to choose a certificate; of this serial number, where one is given.
    Choose { serial: String },
    /// The user's certificates.
    UserList,
    /// A certificate.
    Export { container: String, usage: Usage },
    /// What a certificate says.
    CertificateInfo {
        certificate: Box<Certificate>,
        item: u32,
    },
    /// A name's part or an extension of a certificate.
    CertificateInfoByOid {
        certificate: Box<Certificate>,
        oid: ObjectIdentifier,
    },
    /// Who the user is.
    UserInfo { container: String, item: u32 },
    /// Whether a certificate is valid.
    Validate { certificate: Box<Certificate> },
    /// The user logs in.
    Login { container: String },
    /// The user logs out.
    Logout,
    /// Whether the user is logged in.
    IsLoggedIn { container: String },
    /// How many tries the PIN has.
    PinRetryCount { container: String },
    /// What the key says of itself.
    DeviceInfo { container: String, item: u32 },
    /// The key's serial number.
    DeviceSerial { container: String },
    /// A signature over a text.
    Sign {
        container: String,
        text: String,
        form: Form,
    },
    /// Another PIN.
    ChangePin { container: String },
    /// What was encrypted for the user.
    Decrypt {
        container: String,
        ciphertext: Ciphertext,
    },
    /// Something encrypted for somebody.
    Encrypt {
        certificate: Box<Certificate>,
        text: String,
    },
    /// Whether a signature over a text holds.
    Verify {
        certificate: Box<Certificate>,
        text: String,
        signature: Vec<u8>,
    },
    /// Whether a CMS holds.
    VerifyMessage {
        message: Vec<u8>,
        /// Of a detached one.
        text: Option<String>,
    },
    /// What is in a CMS.
    MessageInfo { message: Vec<u8>, item: u32 },
    /// A digest.
    Hash { digest: Digest, text: String },
    /// Random bytes.
    Random { length: usize },
    /// Keeps a parameter.
    SetParameter { name: String, value: String },
    /// Gives it back, or what it is where nobody set it.
    Parameter {
        name: String,
        otherwise: Option<&'static str>,
    },
    /// Why the last call failed.
    LastError,
    /// Our version.
    Version,
}

impl Request {
    /// The certificate that a page names, if it does.
    pub(super) fn container(&self) -> &str {
        match self {
            Self::Export { container, .. }
            | Self::UserInfo { container, .. }
            | Self::Login { container }
            | Self::IsLoggedIn { container }
            | Self::PinRetryCount { container }
            | Self::DeviceInfo { container, .. }
            | Self::DeviceSerial { container }
            | Self::ChangePin { container }
            | Self::Decrypt { container, .. }
            | Self::Sign { container, .. } => container,
            _ => "",
        }
    }
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    Sign,
    Encrypt,
}

/// Digests that pages ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sm3,
    Sha256,
}

/// How a text is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `SOF_SignData`: the bare signature.
    Bare,
    /// `SOF_SignMessage`: a CMS with signed attributes.
    Message { attached: bool },
}

/// What a page gets.
pub(super) enum Answer {
    Done,
    /// Their serial numbers.
    Devices(Vec<String>),
    /// Names with containers.
    Users(Vec<(String, String)>),
    /// DER.
    Certificate(Vec<u8>),
    Info(String),
    Container(String),
    Tries(u8),
    Serial {
        container: String,
        serial: String,
    },
    /// Of a bare one, as DER or, of RSA, as it is; or a CMS.
    Signature(Vec<u8>),
    Ciphertext(Ciphertext),
    Plaintext(String),
    /// Random ones, or a digest.
    Bytes(Vec<u8>),
    Parameter(String),
    LastError(Option<Failure>),
    Version(String),
}

/// Why a page does not get what it asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Failure {
    /// No key, or none that the user shows to this page.
    NoKey,
    /// A field that must be there is not.
    FieldMissing,
    /// A field can't be read.
    FieldMalformed,
    /// The container is missing.
    ContainerMissing,
    /// The container is not that of the certificate that the user chose.
    OtherContainer,
    /// The certificate is missing.
    CertificateMissing,
    /// It can't be read.
    CertificateUnreadable,
    /// The kind of certificate is unknown.
    UsageUnknown,
    /// There is no such certificate in the key.
    NoSuchCertificate,
    /// The item is missing.
    ItemMissing,
    /// There is no such item.
    ItemUnknown,
    /// The certificate does not have it.
    ItemAbsent,
    /// The certificate does not identify a person or unit.
    IdentityAbsent,
    /// A wrong PIN.
    PinIncorrect,
    /// The PIN is locked.
    PinLocked,
    /// The user is not logged in.
    NotLoggedIn,
    /// The key's algorithm is not ours.
    AlgorithmUnknown,
    /// Never done with RSA.
    RsaRefused,
    /// There is nothing to encrypt.
    PlaintextMissing,
    /// There is too much.
    PlaintextTooLong,
    /// The certificate is not for encryption.
    NotForEncryption,
    /// There is nothing to decrypt.
    CiphertextMissing,
    /// It has not the form.
    CiphertextMalformed,
    /// The user has no key for decryption.
    NoDecryptionKey,
    /// It was not decrypted, for whatever reason.
    NotDecrypted,
    /// The certificate is not valid.
    CertificateInvalid,
    /// A signature does not hold.
    SignatureInvalid,
    /// A signature can't be read.
    SignatureMalformed,
    /// The number of tries is not known.
    TriesUnknown,
    /// Such content is never signed.
    ContentRefused,
    /// The parameter is unknown, or was not set.
    ParameterUnknown,
    /// The user refused.
    Cancelled,
    /// Nobody answers in time, or others have their turn.
    Busy,
    /// Known, and never done.
    NotSupported,
    /// Not known.
    Unknown,
    /// Something failed.
    Failed,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        match error {
            Error::PinIncorrect { .. } | Error::PinLength { .. } => Self::PinIncorrect,
            Error::PinLocked {} => Self::PinLocked,
            Error::TokenRemoved {}
            | Error::NoToken {}
            | Error::NoModule {}
            | Error::TokenEmpty {} => Self::NoKey,
            Error::CertificateNotFound {} => Self::NoSuchCertificate,
            Error::AlgorithmNotSupported { .. } | Error::MechanismMissing { .. } => {
                Self::AlgorithmUnknown
            }
            Error::CertificateExpired { .. } | Error::CertificateNotYetValid { .. } => {
                Self::CertificateInvalid
            }
            Error::Cancelled {} | Error::WindowLost {} => Self::Cancelled,
            Error::TooManyCancels { .. }
            | Error::QueueFull {}
            | Error::TimedOut { .. }
            | Error::TokenBusy {}
            | Error::HostSilent { .. } => Self::Busy,
            Error::ContentRefused { .. } => Self::ContentRefused,
            Error::NotDecrypted {} => Self::NotDecrypted,
            _ => Self::Failed,
        }
    }
}

impl Failure {
    /// For whoever sees it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::NoKey => "未检测到 UKey",
            Self::ContainerMissing => "缺少证书标识",
            Self::OtherContainer => "证书标识与当前选择的证书不一致",
            Self::CertificateMissing => "缺少证书",
            Self::CertificateUnreadable => "证书无法读取",
            Self::PinIncorrect => "PIN 不正确",
            Self::PinLocked => "PIN 已锁定",
            Self::UsageUnknown => "证书类型不正确",
            Self::NoSuchCertificate => "没有这样的证书",
            Self::ItemMissing => "缺少信息项",
            Self::ItemUnknown => "没有这个信息项",
            Self::ItemAbsent => "证书中没有这一项",
            Self::IdentityAbsent => "证书中没有用户标识",
            Self::PlaintextMissing => "缺少要加密的内容",
            Self::NotForEncryption => "该证书不能用于加密",
            Self::PlaintextTooLong => "要加密的内容太长",
            Self::CiphertextMissing => "缺少密文",
            Self::CiphertextMalformed => "密文格式不正确",
            Self::NoDecryptionKey => "UKey 中没有可用于解密的加密证书",
            Self::NotDecrypted => "解密失败",
            Self::RsaRefused => "不支持 RSA",
            Self::NotLoggedIn => "PIN 未验证",
            Self::FieldMissing => "参数为空",
            Self::FieldMalformed => "参数无法读取",
            Self::AlgorithmUnknown => "不支持这种密钥或算法",
            Self::CertificateInvalid => "证书无效",
            Self::SignatureInvalid => "签名验证未通过",
            Self::SignatureMalformed => "签名无法读取",
            Self::TriesUnknown => "UKey 未提供剩余次数",
            Self::ContentRefused => "不允许对这样的内容签名",
            Self::ParameterUnknown => "没有这个参数",
            Self::Cancelled => "用户已取消",
            Self::Busy => "请稍后再试",
            Self::NotSupported => "不支持",
            Self::Unknown => "未知的接口",
            Self::Failed => "操作失败",
        }
    }
}

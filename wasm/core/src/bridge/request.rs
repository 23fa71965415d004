//! What a page asks and what it gets, in words of GM/T 0020 (SOF). A skin reads the one from its fields and writes the
//! other into its envelope.

use yinxin_pki::certificate::Certificate;
use yinxin_pki::sm2::Ciphertext;
use yinxin_proto::Error;

/// What a page asks, read and checked. A container is what a page calls a certificate by: [`container_of`].
pub(super) enum Request {
    /// The user's certificates.
    UserList,
    /// A certificate.
    Export { container: String, usage: Usage },
    /// What a certificate says.
    CertificateInfo {
        certificate: Box<Certificate>,
        item: u32,
    },
    /// Whether a certificate is valid.
    Validate { certificate: Box<Certificate> },
    /// The user logs in.
    Login { container: String },
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
    /// Keeps a parameter.
    SetParameter { name: String, value: String },
    /// Gives it back.
    Parameter { name: String },
    /// Our version.
    Version,
}

impl Request {
    /// The certificate that a page names, if it does.
    pub(super) fn container(&self) -> &str {
        match self {
            Self::Export { container, .. }
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
    Parameter(String),
    Version(String),
}

/// Why a page does not get what it asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Failure {
    /// No key, or none that the user shows to this page.
    NoKey,
    /// A field that must be there is not.
    FieldMissing,
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

/// What pages call a certificate by: the first half of its SHA-256, in hex. It tells no more than the certificate does.
pub(super) fn container_of(certificate: &Certificate) -> String {
    let mut sha = yinxin_pki::asn1::hex(certificate.sha256());
    sha.truncate(32);
    sha
}

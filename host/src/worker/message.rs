//! Messages between the host and a worker process: closed, private to one build of the host, and
//! no part of the protocol with the browser. A message is an object with one field, its name, in which the rest stands: a
//! reader that looks for the name among the other fields is larger and keeps all of them twice.

use crate::vendors::{Family, Interface};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::token::Token;
use yinxin_proto::{Base64, Error, Pin};

/// Bytes of one frame between host and worker: 32 tokens with their certificates and
/// seals, in Base64.
pub const MAX_WORKER_FRAME_BYTES: u32 = 16 * 1024 * 1024;

/// Host → worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToWorker {
    /// Loads the library and initialises it. The first message, sent once. Answered by
    /// [`FromWorker::Loaded`] or [`FromWorker::Failed`].
    Load {
        /// The module's name.
        name: String,
        /// The library.
        path: PathBuf,
        /// What its functions are, where that is known.
        interface: Option<Interface>,
        /// The family whose numbers for SM2 are tried first.
        family: Option<Family>,
        /// The configuration says that its tokens are demo keys.
        demo: bool,
        /// Whether a thread may wait inside the library for tokens to come and go.
        blocking_wait: bool,
        /// Address space that the worker may take, in MiB; 0 for no limit.
        memory_mib: u32,
    },
    /// Lists the tokens. Answered by [`FromWorker::Tokens`] or [`FromWorker::Failed`].
    List {},
    /// Starts or stops [`FromWorker::Changed`]. Not answered.
    Watch {
        /// Whether changes are told from now on.
        on: bool,
    },
    /// Logs in, signs, logs out. Answered by [`FromWorker::LoggingIn`], [`FromWorker::Working`] and
    /// [`FromWorker::Signed`] as it goes on, then by [`FromWorker::Finished`] or [`FromWorker::Failed`].
    Sign(SignTask),
    /// Logs in, writes a seal, logs out. Answered by [`FromWorker::LoggingIn`] and
    /// [`FromWorker::Working`] as it goes on, then by [`FromWorker::Written`] or [`FromWorker::Failed`].
    WriteSeal(WriteSealTask),
    /// Changes the PIN. Answered by [`FromWorker::LoggingIn`], then by [`FromWorker::Finished`] or
    /// [`FromWorker::Failed`].
    ChangePin(ChangePinTask),
    /// Logs in, decrypts, logs out. Answered by [`FromWorker::LoggingIn`] and [`FromWorker::Working`] as it goes on,
    /// then by [`FromWorker::Decrypted`] or [`FromWorker::Failed`].
    Decrypt(DecryptTask),
    /// Stops a running request before it logs in, before its next
    /// item, or before it writes. Not answered.
    Cancel {},
}

/// What to sign, and with which key of which token.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignTask {
    /// [`Token::token`].
    pub token: String,
    /// [`yinxin_proto::token::TokenCertificate::id`] of the certificate.
    pub id: String,
    /// The certificate's public key.
    pub key: PublicKey,
    /// The user PIN, unless the token has a path of its own for it.
    pub pin: Option<Pin>,
    /// What to sign, in order.
    pub inputs: Vec<Input>,
}

/// Which seal to write, and into which token.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteSealTask {
    /// [`Token::token`].
    pub token: String,
    /// The new seal, DER.
    pub seal: Base64,
    /// The seal in the token that it replaces, DER.
    pub replaced: Option<Base64>,
    /// The user PIN, unless the token has a path of its own for it.
    pub pin: Option<Pin>,
}

/// Which PIN to change.
#[derive(Debug, Serialize, Deserialize)]
pub struct ChangePinTask {
    /// [`Token::token`].
    pub token: String,
    /// The present one.
    pub pin: Option<Pin>,
    /// The one that shall be.
    pub new_pin: Option<Pin>,
}

/// What to decrypt, and with which key of which token.
#[derive(Debug, Serialize, Deserialize)]
pub struct DecryptTask {
    /// [`Token::token`].
    pub token: String,
    /// [`yinxin_proto::token::TokenCertificate::id`] of the certificate.
    pub id: String,
    /// The certificate's public key.
    pub key: PublicKey,
    /// The user PIN, unless the token has a path of its own for it.
    pub pin: Option<Pin>,
    /// SEQUENCE of GM/T 0009-2012, 7.2.
    pub ciphertext: Base64,
}

/// A public key, in the form in which a token can be searched for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicKey {
    /// SM2; the uncompressed point (SEC 1, section 2.3.3).
    Sm2 {
        /// 65 bytes.
        point: Base64,
    },
    /// P-256; the uncompressed point.
    P256 {
        /// 65 bytes.
        point: Base64,
    },
    /// RSA; the modulus, big-endian without leading zeros.
    Rsa {
        /// 256 to 512 bytes.
        modulus: Base64,
    },
}

impl PublicKey {
    /// The algorithm's name, for the user.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Sm2 { .. } => "SM2",
            Self::P256 { .. } => "ECDSA P-256",
            Self::Rsa { .. } => "RSA",
        }
    }
}

/// One thing to sign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Input {
    /// For SM2 e = SM3(Z ‖ M); for P-256 and RSA SHA-256(M). 32 bytes.
    pub digest: Base64,
    /// M itself, for modules that hash on their own. Absent where it is long.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<Base64>,
}

impl Input {
    /// DER of a DigestInfo of the digest, which is SHA-256 (RFC 8017, 9.2, note 1).
    #[must_use]
    pub fn digest_info(&self) -> Vec<u8> {
        [&SHA256_DIGEST_INFO[..], &self.digest.0].concat()
    }
}

/// DER of DigestInfo for SHA-256, without the digest.
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// A token as one library shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// The token.
    pub token: Token,
    /// What the library's functions are.
    pub interface: Interface,
    /// What the token signs with through this library, as far as that is known before it does.
    pub signs: Vec<SignatureAlgorithm>,
}

/// Worker → host.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromWorker {
    /// The library works.
    Loaded {
        /// What it says of itself, for the log and the doctor.
        library: String,
    },
    /// The tokens present.
    Tokens {
        /// One for each token, readable or not.
        tokens: Vec<Listed>,
    },
    /// The PIN goes to the module now, which can cost a try. Followed by [`FromWorker::Working`] when it
    /// was right.
    LoggingIn {
        /// The user types it at the token.
        pin_pad: bool,
    },
    /// A sign of life: the next call into the module may take its own time.
    Working {
        /// The user types the PIN at the token.
        pin_pad: bool,
    },
    /// One item is signed.
    Signed {
        /// Its index.
        index: u32,
        /// The signature as the library gave it, neither decoded nor verified.
        output: Base64,
    },
    /// All items are signed, or the PIN is changed.
    Finished {
        /// Time spent inside the module, in microseconds.
        token_us: u32,
    },
    /// It is decrypted.
    Decrypted {
        /// What was encrypted.
        plaintext: Base64,
    },
    /// The seal is in the token and was read back.
    Written {
        /// Objects with the replaced seal that were destroyed.
        replaced: u32,
    },
    /// The request failed.
    Failed {
        /// Why.
        error: Error,
    },
    /// A token came or went. Unasked.
    Changed {},
}

//! Page ↔ extension. The page library posts [`PageRequest`]s to its own window; the content
//! script relays them over one port for each call, with the bytes of documents in chunks.

use crate::{Base64, Error};
use serde::{Deserialize, Serialize};

/// A call of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PageRequest {
    /// Chosen by the page library (a UUID), returned with every answer.
    pub id: String,
    /// What is asked.
    pub call: PageCall,
}

/// What a page can ask. Closed: nothing else is understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub enum PageCall {
    /// Versions only. Answered by [`PageResult::Status`].
    Status {},
    /// Proves possession of a certificate to this origin. Answered by [`PageResult::Login`].
    Login {
        /// The portal's challenge: 16 to 128 characters of `A-Za-z0-9+/=_-`.
        challenge: String,
        /// Login or first binding.
        purpose: Purpose,
        /// Format of the proof.
        #[serde(default)]
        format: LoginFormat,
        /// The account that the portal expects, shown to the user for comparison.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        account: Option<Account>,
    },
    /// Signs documents with one consent. Answered by [`PageResult::Sign`].
    Sign {
        /// The documents, in order.
        documents: Vec<Document>,
        /// Format of the signatures.
        #[serde(default)]
        format: SignFormat,
    },
    /// Asks the user to show one of the seals in a key. Answered by [`PageResult::Seals`].
    Seals {},
}

/// What a login is for. Part of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Purpose {
    /// Into an account that is bound to the certificate.
    Login,
    /// Binds a certificate to an account for the first time, or anew after a renewal.
    Bind,
}

impl Purpose {
    /// The word that is signed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Bind => "bind",
        }
    }
}

/// Format of a login proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum LoginFormat {
    /// Ours: the signature binds origin, purpose, challenge and certificate.
    #[default]
    Yinxin,
    /// PKCS #7 over `LOGONDATA:` + challenge, content inside. Carries no origin; listed sites only.
    Logondata,
    /// The same without the content.
    LogondataDetached,
}

/// Format of document signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SignFormat {
    /// CMS SignedData without the content.
    #[default]
    Cms,
    /// CMS SignedData with the content inside.
    CmsAttached,
    /// `SES_Signature` with a seal of the key, by the standard of the seal (GB/T 38540-2020 or
    /// GM/T 0031-2025).
    Seal,
    /// A signature in a PDF itself, by the certificate: a CMS as PAdES has it (`ETSI.CAdES.detached`). With a placement, the
    /// picture of a seal is seen there.
    Pdf,
    /// A seal in a PDF itself: an `SES_Signature` (`GM.sm2seal`).
    PdfSeal,
    /// A seal in an OFD itself (GB/T 33190).
    Ofd,
}

impl SignFormat {
    /// Whether what is signed stands in the document itself, of which the page gets a new one.
    #[must_use]
    pub fn is_embedded(self) -> bool {
        matches!(self, Self::Pdf | Self::PdfSeal | Self::Ofd)
    }

    /// Whether it is a seal.
    #[must_use]
    pub fn is_seal(self) -> bool {
        matches!(self, Self::Seal | Self::PdfSeal | Self::Ofd)
    }
}

/// The account that a portal expects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Account {
    /// Name of the unit or person.
    pub name: String,
    /// Role, in the portal's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<String>,
    /// The role whose entrance the user took, in the portal's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entrance: Option<String>,
    /// Whether a certificate is bound to the account.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bound: Option<bool>,
    /// SHA-256 of the certificate that is bound to it, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub certificate: Option<String>,
}

/// A document to sign, without its bytes: the content script holds them and hands them over when asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Document {
    /// Name as given by the site.
    pub name: String,
    /// Size in bytes; 0 where only `digest` is given.
    pub size: u32,
    /// Format [`SignFormat::Seal`] only: SM3 of a content that stays with the site. The user is told
    /// that nobody here saw it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<Base64>,
    /// Format [`SignFormat::Seal`] only: what the signature belongs to (`propertyInfo`), ASCII; in
    /// OFD the path of its Signature.xml. Empty where it is absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub property_info: Option<String>,
    /// Where the seal is drawn: with format [`SignFormat::Seal`] by the site, and for the user's eye only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub placement: Option<Placement>,
    /// Format [`SignFormat::Ofd`] only: the seal lies over the right edges of all pages (骑缝章), its middle as many millimetres
    /// from their upper edges.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub straddling: Option<u32>,
    /// Format [`SignFormat::Ofd`] only: further seals may follow. Otherwise this one allows none behind it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to_be_continued: Option<bool>,
    /// Another format than the call's, where both are embedded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<SignFormat>,
}

/// Where a seal is drawn on a page, in whole millimetres from its upper left corner, to the middle
/// of the seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Placement {
    /// Number of the page, from 1.
    pub page: u32,
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
}

/// An answer to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PageReply {
    /// [`PageRequest::id`].
    pub id: String,
    /// The answer.
    pub outcome: PageOutcome,
}

/// What an answer says. `Result` and `Error` are final; the others may come before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum PageOutcome {
    /// The extension is there and has taken the call.
    Acknowledged {},
    /// The call waits, its documents are read, the user is asked, the key signs.
    Progress {
        /// What is under way.
        stage: Stage,
        /// Parts done: bytes while reading, documents while signing, else nothing.
        done: u32,
        /// Parts in all.
        total: u32,
    },
    /// Done.
    Result {
        /// The result.
        result: PageResult,
    },
    /// Not done.
    Error {
        /// Why.
        error: Error,
    },
}

/// What takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Stage {
    /// Another operation has its consent window open; this one waits for its turn.
    Waiting,
    /// The documents' bytes are read and hashed.
    Reading,
    /// The consent window waits for the user.
    Consenting,
    /// The key signs.
    Signing,
}

/// Results, by call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub enum PageResult {
    /// To [`PageCall::Status`].
    Status {
        /// Version of the extension.
        extension: String,
        /// [`crate::PROTOCOL_VERSION`] of the extension.
        protocol: u32,
        /// Version of the host, if it is installed.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        host: Option<String>,
        /// Why the host can't be used, if so.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        problem: Option<Error>,
    },
    /// To [`PageCall::Login`].
    Login {
        /// For the portal's server.
        proof: LoginProof,
    },
    /// To [`PageCall::Sign`].
    Sign {
        /// One for each document, in order.
        signatures: Vec<DocumentSignature>,
    },
    /// To [`PageCall::Seals`].
    Seals {
        /// What the user chose to show.
        seals: Vec<PageSeal>,
    },
}

/// A seal that the user showed to a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct PageSeal {
    /// Its name.
    pub name: String,
    /// Its identifier (`esID`).
    pub id: String,
    /// 4 or 5.
    pub version: u8,
    /// Start of validity, ISO 8601 UTC.
    pub valid_from: String,
    /// End of validity, ISO 8601 UTC.
    pub valid_until: String,
    /// Width of its picture in millimetres.
    pub width: u32,
    /// Height of its picture in millimetres.
    pub height: u32,
    /// Its picture, where browsers can show it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub picture: Option<SealPicture>,
    /// Its DER.
    pub seal: Base64,
}

/// A picture of a seal that browsers can show. To be decoded as an image only: it may be SVG.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SealPicture {
    /// Media type, by its bytes.
    pub media_type: String,
    /// Its file.
    pub data: Base64,
}

/// A login proof. It carries neither origin nor challenge: the server has its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LoginProof {
    /// Format.
    pub format: LoginFormat,
    /// Version of the format: 1.
    pub version: u32,
    /// Algorithm, dictated by the key's type.
    pub algorithm: SignatureAlgorithm,
    /// DER of the certificate.
    pub certificate: Base64,
    /// The signature (DER for SM2 and ECDSA), or the PKCS #7 for the `logondata` formats.
    pub signature: Base64,
}

/// Signature algorithms that the product makes. Named by what they are, not by OID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SignatureAlgorithm {
    /// SM2 with SM3, user id `1234567812345678` (GB/T 32918.2, GB/T 35276).
    #[serde(rename = "sm2-sm3")]
    Sm2Sm3,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017).
    #[serde(rename = "rsa-sha256")]
    RsaSha256,
    /// ECDSA on P-256 with SHA-256 (FIPS 186-5).
    #[serde(rename = "ecdsa-p256-sha256")]
    EcdsaP256Sha256,
}

/// The signature of one document. The page library adds the bytes (`cms`, `seal`, `document`); between
/// background and content script they travel apart, see [`ToRelay::Bytes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DocumentSignature {
    /// Name of the document, as the site gave it.
    pub name: String,
    /// Algorithm, dictated by the key's type.
    pub algorithm: SignatureAlgorithm,
    /// Digest of the content (SM3 for SM2, SHA-256 otherwise), lower-case hex.
    pub digest: String,
    /// Size of the CMS, the `SES_Signature` or the new document in bytes.
    pub size: u32,
}

/// Content script → background, over the port of one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FromRelay {
    /// The first message: the page's call.
    Call {
        /// As the page sent it, unchecked.
        request: PageRequest,
        /// Whether the user acted on the page just now (`navigator.userActivation`).
        activated: bool,
    },
    /// Answer to the first [`ToRelay::Read`] that has none yet.
    Chunk {
        /// The bytes of all pieces, one behind the other.
        data: Base64,
    },
    /// The same, where a piece can't be read (the file changed or is gone).
    Unreadable {
        /// Index of the document.
        document: u32,
    },
    /// The page gave up the call (its `AbortSignal`).
    Cancel {},
    /// The user asks the page for the window, which may be behind others.
    ShowWindow {},
}

/// Bytes of a document that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Piece {
    /// Index of the document.
    pub document: u32,
    /// Offset in bytes.
    pub offset: u32,
    /// Number of bytes.
    pub length: u32,
}

/// Background → content script, over the port of one call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ToRelay {
    /// Asks for bytes of documents. At most [`crate::limits::MAX_CHUNK_BYTES`] in all.
    Read {
        /// Which.
        pieces: Vec<Piece>,
    },
    /// Bytes of the signature of a document, in order, before the result.
    Bytes {
        /// Index of the document.
        document: u32,
        /// The bytes.
        data: Base64,
    },
    /// For the page.
    Reply {
        /// The answer.
        reply: PageReply,
    },
}

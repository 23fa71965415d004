//! Background ↔ the extension's own windows (consent window, workspace).
//!
//! The background sends the whole view at every change; a window renders it and answers with what
//! its user decided.

use crate::doctor::Repair;
use crate::page::{
    Account, LoginFormat, Placement, Purpose, SealPicture, SignFormat, SignatureAlgorithm,
};
use crate::site::SiteKind;
use crate::token::{Module, PinLength, PinTries};
use crate::{Base64, Error, Finding, Pin};
use serde::{Deserialize, Serialize};

/// Everything that a consent window shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ConsentView {
    /// Where the operation stands.
    pub phase: Phase,
    /// Who asks.
    pub site: SiteView,
    /// What for; while the page's next step is awaited what was done last.
    pub act: Act,
    /// The keys, usable or not, with the reason.
    pub tokens: Vec<TokenView>,
    /// Libraries that could not be used.
    pub modules: Vec<Module>,
    /// Numbers what is asked, where one window asks several things one after the other: a decision says which it was about.
    pub question: u32,
    /// The user types the PIN here.
    pub asks_pin: bool,
    /// What to say above the choice: a wrong PIN, a key pulled. Never ends the operation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub notice: Option<Error>,
}

/// Phases of an operation, as its window shows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Phase {
    /// The host is starting or the keys are being read.
    Looking {},
    /// The user chooses a certificate and types the PIN.
    Choosing {},
    /// The key works.
    Working {
        /// Items signed.
        done: u32,
        /// Items in all.
        total: u32,
    },
    /// What was asked is done, and the page may go on to its next step, which is shown here.
    Awaiting {},
    /// All is signed and verified.
    Done {},
    /// Ended without a signature.
    Failed {
        /// Why.
        error: Error,
        /// The name of the document that it is about, where the error itself doesn't name it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        #[cfg_attr(feature = "typescript", ts(optional))]
        document: Option<String>,
    },
}

/// The site that asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SiteView {
    /// Serialised origin, punycode.
    pub origin: String,
    /// The origin with an international host name in its own script, where that differs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unicode: Option<String>,
    /// Name from the list of known sites.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// What it may ask.
    pub kind: SiteKind,
    /// The user never used Yinxin on it before.
    pub first_use: bool,
    /// On the user's own machine (a development portal).
    pub local: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub enum Act {
    /// A login or binding.
    Login {
        /// Login or first binding.
        purpose: Purpose,
        /// Format of the proof; `logondata` carries no origin, and the window says so.
        format: LoginFormat,
        /// The account that the portal expects.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        account: Option<Account>,
    },
    /// Signatures over documents.
    Sign {
        /// The documents, in order.
        documents: Vec<DocumentView>,
        /// Format of the signatures.
        format: SignFormat,
        /// The user chooses a seal too, which is set or seen on one of them at least.
        sealing: bool,
    },
    /// One of the user's seals, to be shown to the site. Nothing is signed.
    Seals {},
    /// A page that calls another program (the bridge) asks for the user's certificate; covers one login with the PIN that
    /// the page sends.
    Identify {},
    /// Such a page logs in.
    Unlock {
        /// With a PIN that it sent, which is tried once.
        sent: bool,
    },
    /// Such a page asks for the signature over a text. Neither its address nor a name is signed along with it.
    SignText {
        /// The text.
        text: TextView,
        /// In a CMS with signed attributes; otherwise the bare signature.
        message: bool,
    },
    /// Such a page asks for a new PIN of the key. Both, old and new, are typed in the window.
    ChangePin {},
    /// Such a page asks for what was encrypted for the user's encryption certificate, and gets it.
    Decrypt {
        /// Bytes of it.
        size: u32,
    },
}

/// A text as it will be signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TextView {
    /// The signed bytes as UTF-8, with invisible characters made visible, line breaks as breaks, long runs of blanks folded;
    /// of a long one its beginning.
    pub beginning: String,
    /// Of a long one its end; else empty.
    pub end: String,
    /// Size in bytes.
    pub size: u32,
    /// What can be seen of its content.
    pub content: TextContent,
    /// SM3 of the bytes, lower-case hex.
    pub sm3: String,
}

/// What can be seen of the content of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum TextContent {
    /// It can be read.
    Readable,
    /// Hex or Base64 alone: a random number, or something encoded.
    Encoded,
    /// As long as a digest: it could stand for a content that nobody here saw.
    Digest,
}

/// A document as it will be signed: read, hashed, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct DocumentView {
    /// Name as given by the site, with bidirectional and other invisible controls made visible (`⟨U+202E⟩`).
    pub name: String,
    /// Its content was read and hashed here. Otherwise the site gave its digest, and nobody here saw it.
    pub seen: bool,
    /// Size in bytes; 0 where it was not seen.
    pub size: u32,
    /// SM3 of the content, lower-case hex.
    pub sm3: String,
    /// SHA-256 of the content, lower-case hex; empty where it was not seen.
    pub sha256: String,
    /// What a seal's signature will say that it belongs to; empty where that is nothing.
    pub property_info: String,
    /// How it is signed.
    pub format: SignFormat,
    /// Where the seal is drawn; where it does not stand in the document itself, the site says that it will draw it there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub placement: Option<Placement>,
    /// The seal lies over the right edges of all pages, its middle as many millimetres from their upper edges.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub straddling: Option<u32>,
    /// What there is to know of it.
    pub notices: Vec<DocumentNotice>,
}

/// What a user should know of a document before signing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum DocumentNotice {
    /// Something speaks against a signature that it has already: it does not hold, or what it covers was changed.
    BrokenSignature,
    /// A PDF with a form of another kind (XFA), which the programs that know it show in the place of the pages.
    Xfa,
    /// A PDF that asks readers to draw its fields anew, so that they may look otherwise than here.
    NeedAppearances,
}

/// A key as a window shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TokenView {
    /// [`crate::token::Token::token`].
    pub token: String,
    /// Label.
    pub label: String,
    /// Manufacturer and model.
    pub model: String,
    /// Serial number.
    pub serial: String,
    /// State of the PIN.
    pub pin: PinTries,
    /// Length of the PIN.
    pub pin_length: PinLength,
    /// The PIN is typed on the key itself.
    pub protected_path: bool,
    /// The initial PIN is still in use.
    pub initial_pin: bool,
    /// The software key.
    pub demo: bool,
    /// Its certificates: usable ones first.
    pub certificates: Vec<CertificateView>,
    /// Its electronic seals: usable ones first.
    pub seals: Vec<SealView>,
    /// Why no certificate of it can be used, if so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Error>,
}

/// A certificate in plain words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CertificateView {
    /// SHA-256 of the DER, lower-case hex: the reference in decisions.
    pub certificate: String,
    /// The holder's name (common name, else organisation).
    pub holder: String,
    /// Unit or person, where the certificate says so.
    pub kind: HolderKind,
    /// Unified social credit code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credit_code: Option<String>,
    /// [`CertificateView::certificate`] of the other one of a dual certificate, where it lies on the
    /// same key: for encryption where this one is for signatures, or the reverse.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub partner: Option<String>,
    /// The unit's name, where it differs from the holder's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub organization: Option<String>,
    /// The issuer, readable.
    pub issuer: String,
    /// Serial number, hex.
    pub serial: String,
    /// Start of validity, ISO 8601 UTC.
    pub not_before: String,
    /// End of validity, ISO 8601 UTC.
    pub not_after: String,
    /// Days left by the calendar of China: 0 on the last day, negative after it.
    pub days_left: i32,
    /// Algorithm of its signatures, where the product makes them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub algorithm: Option<SignatureAlgorithm>,
    /// Personal data inside, which the site receives with the signature.
    pub discloses: Vec<Disclosed>,
    /// Why it can't be used for this act, if so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Error>,
    /// What else there is to say (ends soon, issuer not known).
    pub findings: Vec<Finding>,
    /// Whether its issue could be checked. That never keeps a user from using it.
    pub trust: TrustView,
    /// Whether its holder renews it: not the encryption half of a pair, which is renewed along with
    /// the other, nor one that was renewed already, nor a CA's.
    pub renewable: bool,
}

/// An electronic seal in a key, in plain words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SealView {
    /// SHA-256 of its DER, lower-case hex: the reference in decisions. Empty where its bytes are not known.
    pub seal: String,
    /// Its name; of an object that is not readable the label.
    pub name: String,
    /// The standard by which it is made; empty where it can't be read.
    pub standard: String,
    /// Made by GB/T 38540-2020 or later: a 国标印章.
    pub national: bool,
    /// Who made it, as the maker's certificate says; empty where that can't be read.
    pub maker: String,
    /// The maker's own certificate is among those that the user or an administrator added.
    pub maker_listed: bool,
    /// Start of validity, ISO 8601 UTC.
    pub valid_from: String,
    /// End of validity, ISO 8601 UTC.
    pub valid_until: String,
    /// Days left by the calendar of China: 0 on the last day, negative after it.
    pub days_left: i32,
    /// [`CertificateView::certificate`] of those on the same key that may use it.
    pub certificates: Vec<String>,
    /// Its picture, where browsers can show it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub picture: Option<SealPicture>,
    /// Width of the picture in millimetres.
    pub width: u32,
    /// Height of the picture in millimetres.
    pub height: u32,
    /// Why it can't be set on documents, if so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Error>,
    /// What else there is to say: a maker that is not listed, an end that is near.
    pub findings: Vec<Finding>,
}

/// What a path to a trust anchor says of a certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub enum TrustView {
    /// A path holds to a CA of the product's own table.
    National {
        /// The CA or root.
        anchor: String,
        /// The date of the list that names it, ISO 8601.
        listed: String,
    },
    /// A path holds to a certificate that the user or an administrator added.
    Added {
        /// Its name.
        anchor: String,
    },
    /// No path could be built: the issuer's certificate is not at hand.
    Unknown {
        /// What is missing.
        finding: Finding,
    },
    /// Something about the path is wrong.
    Refused {
        /// The gravest of it.
        finding: Finding,
    },
}

/// A trust anchor that the user or an administrator added, as the workspace shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct AnchorView {
    /// SHA-256 of the certificate, lower-case hex.
    pub certificate: String,
    /// The CA's name.
    pub name: String,
    /// Its whole name (RFC 4514).
    pub subject: String,
    /// Who issued it; the same where it is a root.
    pub issuer: String,
    /// Start of validity, ISO 8601 UTC.
    pub not_before: String,
    /// End of validity, ISO 8601 UTC.
    pub not_after: String,
    /// An administrator set it: the user can't remove it.
    pub managed: bool,
    /// What is odd about it, as a trust anchor: no CA, expired, a test's.
    pub findings: Vec<Finding>,
}

/// Workspace → background.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub enum FromWorkspace {
    /// Looks at host, keys and anchors again.
    Refresh {},
    /// Brings the consent window that waits for the user to the front.
    ShowWindow {},
    /// Ends the sessions that pages hold over the bridge.
    EndSessions {},
    /// Adds the certificates of a file as trust anchors.
    AddAnchors {
        /// The file: DER, PEM, PKCS#7 or Base64.
        file: Base64,
    },
    /// Removes one.
    RemoveAnchor {
        /// [`AnchorView::certificate`].
        certificate: String,
    },
    /// Asks what a message of the platform means.
    Explain {
        /// As the user pasted it; empty to take it back.
        message: String,
    },
    /// Asks what the renewal of a certificate in a key costs, in another way than it is shown.
    QuoteRenewal {
        /// [`CertificateView::certificate`].
        certificate: String,
        /// How it would be renewed.
        order: RenewalOrder,
    },
    /// Looks at everything from the browser to the keys. Never uses a try of a PIN.
    Examine {},
    /// Mends something, or tells what that would change.
    Repair {
        /// What.
        repair: Repair,
        /// Tell only.
        dry_run: bool,
        /// Take it back.
        undo: bool,
    },
    /// Makes a signature for trying out. A wrong PIN costs a try.
    TestSignature {
        /// [`TokenView::token`].
        token: String,
        /// [`CertificateView::certificate`].
        certificate: String,
        /// The PIN; absent with a protected authentication path.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pin: Option<Pin>,
    },
}

/// How a certificate would be renewed, where it does not say so itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RenewalOrder {
    /// Years of the term.
    pub years: u32,
    /// Seals that are renewed along with it.
    pub seals: u32,
    /// The role in which its holder takes part in procurement.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<String>,
}

/// Who holds a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum HolderKind {
    /// A unit (单位).
    Unit,
    /// A person (个人).
    Person,
    /// An evaluation expert (评标专家).
    Expert,
    /// The certificate does not say.
    Unknown,
}

impl HolderKind {
    /// Its name in messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Person => "person",
            Self::Expert => "expert",
            Self::Unknown => "unknown",
        }
    }
}

/// Whose CA issued a certificate, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FamilyId {
    /// Sichuan CA: its CA certificate, its issuing CAs, and its older Chinese names.
    Scca,
    /// Another CA of the national list, by its whole name.
    Listed,
    /// Any other.
    Other,
}

/// Personal data that a certificate carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Disclosed {
    /// Name of the unit.
    UnitName,
    /// Unified social credit code or another number of the unit.
    UnitNumber,
    /// Name of a person.
    PersonName,
    /// Number of an identity document.
    IdentityNumber,
    /// E-mail address.
    Email,
    /// Place (province, city).
    Place,
}

/// What the user of a consent window did.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub enum Decision {
    /// Consents: this certificate signs what the window shows. The background takes the PIN out
    /// and hands it to the host; the core never sees it.
    Approve {
        /// [`TokenView::token`].
        token: String,
        /// [`CertificateView::certificate`].
        certificate: String,
        /// [`ConsentView::question`].
        question: u32,
        /// [`SealView::seal`], where one is set or shown.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        seal: Option<String>,
        /// The PIN; absent with a protected authentication path, and where nothing is signed.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pin: Option<Pin>,
        /// The PIN that shall be from now on, where one is changed ([`Act::ChangePin`]). Taken out like the other.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        new_pin: Option<Pin>,
    },
    /// Looks for keys again.
    Refresh {},
    /// Cancels, or closes a window that has ended.
    Cancel {},
}

/// What the workspace shows: the host, the keys and the sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct WorkspaceView {
    /// Version of the extension.
    pub extension: String,
    /// Version of the host, once it greeted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub host: Option<String>,
    /// Why the host can't be used, if so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Error>,
    /// The host has not answered yet.
    pub looking: bool,
    /// The keys.
    pub tokens: Vec<TokenView>,
    /// Libraries tried.
    pub modules: Vec<Module>,
    /// CAs that the product itself trusts.
    pub national: u32,
    /// The date of the list that names them, ISO 8601.
    pub national_listed: String,
    /// Trust anchors that were added.
    pub anchors: Vec<AnchorView>,
    /// What came of the last change of them: an error, or the names that were added.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub anchor_news: Option<AnchorNews>,
}

/// What came of a change of trust anchors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum AnchorNews {
    /// These were added.
    Added {
        /// [`AnchorView::name`] of each.
        names: Vec<String>,
    },
    /// One was removed.
    Removed {
        /// Its name.
        name: String,
    },
    /// Nothing was changed.
    Refused {
        /// Why.
        error: Error,
    },
}

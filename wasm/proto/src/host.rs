//! Background ↔ native-messaging host. One JSON value in each frame.
//!
//! The host speaks first, with [`HostMessage::Greeting`]. Then each [`HostRequest`] is answered
//! once, by its id; [`HostMessage::Event`] comes unasked. There is no request that signs given
//! bytes or a given digest, and none that names a library.

use crate::doctor::{Change, DoctorReport, Repair};
use crate::page::Purpose;
use crate::site::Origin;
use crate::token::{Module, Token};
use crate::{Base64, Error, Pin};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A request to the host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HostRequest {
    /// Chosen by the background, unique while the host lives.
    pub id: u32,
    /// What is asked.
    pub command: HostCommand,
}

/// What the background can ask of the host. Closed: nothing else is understood.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub enum HostCommand {
    /// Lists modules, tokens and their certificates. Needs no PIN. Answered by [`HostReply::Tokens`].
    Tokens {},
    /// Starts or stops [`HostEvent::TokensChanged`]. Answered by [`HostReply::Done`].
    Watch {
        /// Whether changes of the slots are told from now on.
        on: bool,
    },
    /// Logs in to the token, signs every item, logs out. Answered by [`HostReply::Signed`].
    Sign {
        /// The page's origin, stamped by the background.
        origin: Origin,
        /// [`Token::token`].
        token: String,
        /// SHA-256 of the certificate whose key signs, lower-case hex.
        certificate: String,
        /// The user PIN; absent with a protected authentication path.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pin: Option<Pin>,
        /// What is signed, in order. At most [`crate::limits::MAX_DOCUMENTS`].
        items: Vec<ToSign>,
    },
    /// Looks at everything between the host and the keys. Never uses a try of a PIN. Answered by
    /// [`HostReply::Doctor`].
    Doctor {},
    /// Mends something, or tells what that would change. Answered by [`HostReply::Repaired`].
    Repair {
        /// What.
        repair: Repair,
        /// Tell only.
        dry_run: bool,
        /// Take it back: the files as they were before.
        undo: bool,
    },
    /// Answers calls of one tab's pages to another program's address, which the browser brings to the host's own: gives
    /// port and secret. A tab has one secret, the last. Answered by [`HostReply::Bridge`].
    BridgeStart {
        /// The tab.
        tab: u32,
        /// Its pages' origin: a listed site, as the background knows it from the browser.
        origin: Origin,
    },
    /// No longer; calls of the tab that wait end unanswered. With its last tab the host stops listening. Answered by
    /// [`HostReply::Done`].
    BridgeStop {
        /// The tab.
        tab: u32,
    },
    /// Logs in for a waiting call that asks for it, and keeps the PIN for the tab until [`HostCommand::BridgeLogout`]: a
    /// session. With an absent PIN the one that the page sent is tried, once, and only while no wrong try of such a PIN
    /// is remembered for the token; else `pin-required`. Answered by [`HostReply::Done`].
    BridgeLogin {
        /// Which.
        call: u32,
        /// [`Token::token`].
        token: String,
        /// SHA-256 of a certificate in it, lower-case hex.
        certificate: String,
        /// As the user typed it in our own window.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pin: Option<Pin>,
    },
    /// Ends the session of a tab: forgets its PIN. Answered by [`HostReply::Done`].
    BridgeLogout {
        /// The tab.
        tab: u32,
    },
    /// Signs the text of a waiting call, for its own origin and once. An absent PIN is that of the tab's session.
    /// Answered by [`HostReply::Signed`].
    BridgeSign {
        /// Which.
        call: u32,
        /// [`Token::token`].
        token: String,
        /// SHA-256 of the certificate whose key signs, lower-case hex.
        certificate: String,
        /// As the user typed it in our own window.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pin: Option<Pin>,
        /// In which form.
        form: TextForm,
    },
    /// Changes the PIN of a token for a waiting call that asks for it; sessions with the token go on with the new one.
    /// What the page sent is not used. Answered by [`HostReply::Done`].
    BridgeChangePin {
        /// Which.
        call: u32,
        /// [`Token::token`].
        token: String,
        /// SHA-256 of a certificate in it, lower-case hex.
        certificate: String,
        /// The present one, as the user typed it in our own window.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pin: Option<Pin>,
        /// The new one, likewise.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        new_pin: Option<Pin>,
    },
    /// Decrypts the ciphertext of a waiting call, once. An absent PIN is that of the tab's session. Answered by
    /// [`HostReply::Decrypted`].
    BridgeDecrypt {
        /// Which.
        call: u32,
        /// [`Token::token`].
        token: String,
        /// SHA-256 of a certificate in it for encryption and not for signatures, lower-case hex.
        certificate: String,
        /// As the user typed it in our own window.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        pin: Option<Pin>,
    },
    /// Answers a [`HostEvent::BridgeCall`]. Answered by [`HostReply::Done`], whether it still waits or not.
    BridgeAnswer {
        /// Which.
        call: u32,
        /// What the page gets, in the program's own envelope. Absent: nothing, as if nobody listened.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        body: Option<String>,
    },
    /// Gives up a request under way; that one is then answered with `aborted`. Answered by [`HostReply::Done`].
    Cancel {
        /// Id of the request to give up.
        request: u32,
    },
}

/// How the text of a page's call over the bridge is signed. The host has the text from the call itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum TextForm {
    /// As it stands: `SOF_SignData` (GM/T 0020).
    Bare {},
    /// By the signed attributes of a CMS: `SOF_SignMessage`.
    Attributes {
        /// DER of SET OF Attribute (RFC 5652, section 5.4), over this text's digest.
        attributes: Base64,
    },
}

/// One thing to sign, as structure: the host checks it, builds the bytes and hashes them itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ToSign {
    /// The login proof of our own format: label, origin, purpose, challenge, certificate.
    Login {
        /// Login or first binding.
        purpose: Purpose,
        /// The portal's challenge, as the page gave it.
        challenge: String,
    },
    /// The signed attributes of a CMS over `LOGONDATA:` + challenge. The host checks that the
    /// message digest is that text's, and that the origin is listed for it.
    Logondata {
        /// The challenge.
        challenge: String,
        /// DER of SET OF Attribute (RFC 5652, section 5.4).
        attributes: Base64,
    },
    /// The signed attributes of a CMS over a document.
    Attributes {
        /// DER of SET OF Attribute (RFC 5652, section 5.4): content type, message digest, signing
        /// certificate (RFC 5035) of this certificate, optionally a signing time; nothing else.
        attributes: Base64,
    },
    /// The `TBS_Sign` of a seal on a document (GB/T 38540-2020, GM/T 0031-2025). The seal is one of
    /// the same token, which the host looks up itself, and lists this certificate.
    Seal {
        /// SHA-256 of the seal's DER, lower-case hex.
        seal: String,
        /// The time that the signer claims, ISO 8601 UTC.
        time: String,
        /// SM3 of what is sealed (`dataHash`).
        digest: Base64,
        /// What it belongs to (`propertyInfo`), ASCII.
        property_info: String,
    },
}

/// A message from the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub enum HostMessage {
    /// The first message, unasked.
    Greeting {
        /// [`crate::site::HOST_NAME`].
        name: String,
        /// The host's version.
        version: String,
        /// [`crate::PROTOCOL_VERSION`] of the host.
        protocol: u32,
    },
    /// The answer to a request.
    Reply {
        /// Id of the request.
        id: u32,
        /// The answer.
        reply: HostReply,
    },
    /// A request failed, or (without id) a frame could not be read.
    Failure {
        /// Id of the request, where it could be read.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        id: Option<u32>,
        /// Why.
        error: Error,
    },
    /// Something happened.
    Event {
        /// What.
        event: HostEvent,
    },
}

/// Answers of the host, by request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum HostReply {
    /// To [`HostCommand::Tokens`].
    Tokens {
        /// Tokens present.
        tokens: Vec<Token>,
        /// Libraries tried.
        modules: Vec<Module>,
    },
    /// To [`HostCommand::Sign`].
    Signed {
        /// One for each item: DER `SEQUENCE {r, s}` for SM2 and ECDSA, the bare signature for RSA
        /// (PKCS #1 v1.5 with SHA-256). Verified by the host against the certificate's key.
        signatures: Vec<Base64>,
        /// Time spent inside the module, in microseconds, login included.
        token_us: u32,
    },
    /// To [`HostCommand::BridgeDecrypt`].
    Decrypted {
        /// What was encrypted.
        plaintext: Base64,
    },
    /// To [`HostCommand::Doctor`].
    Doctor {
        /// What was found.
        report: DoctorReport,
    },
    /// To [`HostCommand::Repair`].
    Repaired {
        /// What was changed, or would be.
        changes: Vec<Change>,
    },
    /// To [`HostCommand::BridgeStart`].
    Bridge {
        /// Where the host listens, on 127.0.0.1.
        port: u16,
        /// What the browser puts into the header [`crate::bridge::SECRET_HEADER`]: 64 hex digits.
        secret: String,
    },
    /// To requests without a result.
    Done {},
}

/// What the host tells unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum HostEvent {
    /// A key was inserted or pulled, or a module came or went.
    TokensChanged {},
    /// Some items of a running [`HostCommand::Sign`] are signed.
    Progress {
        /// Id of the request.
        id: u32,
        /// Items signed so far.
        done: u32,
    },
    /// A page made a call, and waits.
    BridgeCall {
        /// Names it, while it waits.
        call: u32,
        /// The tab whose secret came with it.
        tab: u32,
        /// The port that the page called.
        port: u16,
        /// The path that it called there, without its first slash.
        path: String,
        /// The function's name, known or not.
        name: String,
        /// Its fields, but for those with a PIN.
        fields: BTreeMap<String, String>,
        /// Names of the fields with a PIN that are not empty.
        pins: Vec<String>,
    },
    /// A page does not wait any more.
    BridgeGone {
        /// For what.
        call: u32,
    },
}

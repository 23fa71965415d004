//! Background ↔ the state machine `Signing` of the core: events in, actions out. One machine
//! drives one call of a page from its arrival to its last answer.
//!
//! Bytes of documents and the PIN are no part of these messages: bytes go in through a call of
//! their own, and the background puts the PIN into the one request marked
//! [`SigningAction::Send::with_pin`].

use crate::Base64;
use crate::Error;
use crate::consent::{ConsentView, Decision, DocumentNotice};
use crate::host::HostCommand;
use crate::page::{PageOutcome, PageRequest, Placement, SignFormat};
use crate::site::SiteKind;
use crate::token::{Module, Token};
use serde::{Deserialize, Serialize};

/// A call of a page with what the background knows about its sender.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SigningStart {
    /// The call, unchecked.
    pub request: PageRequest,
    /// The sender's origin, from the browser's record.
    pub origin: String,
    /// What the site is.
    pub kind: SiteKind,
    /// A development build, in which the machine itself counts as a listed portal.
    pub development: bool,
    /// The user acted on the page just now.
    pub activated: bool,
    /// The user never used Yinxin on this origin before.
    pub first_use: bool,
    /// Trust anchors that the user or an administrator added: DER certificates.
    #[serde(default)]
    pub anchors: Vec<Base64>,
}

/// What happened.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SigningEvent {
    /// The host answered.
    HostReplied {
        /// [`SigningAction::Send::call`].
        call: u32,
        /// The answer.
        reply: KeyReply,
    },
    /// The host answered with an error, or can't be reached.
    HostFailed {
        /// [`SigningAction::Send::call`].
        call: u32,
        /// Why.
        error: Error,
    },
    /// Items of a running request are signed.
    HostProgress {
        /// [`SigningAction::Send::call`].
        call: u32,
        /// Items signed so far.
        done: u32,
    },
    /// A key was inserted or pulled.
    TokensChanged {},
    /// The content script can't read a document.
    DocumentUnreadable {
        /// Index of the document.
        document: u32,
    },
    /// A document was looked at, or an update of it prepared.
    Prepared {
        /// Index of the document.
        document: u32,
        /// What is to be signed.
        facts: PreparedFacts,
    },
    /// A signature stands in a document.
    Embedded {
        /// Index of the document.
        document: u32,
        /// Size of the new document in bytes.
        size: u32,
    },
    /// A document can't be read, or takes no such signature.
    DocumentRefused {
        /// Index of the document.
        document: u32,
        /// Why.
        error: Error,
    },
    /// The user of the window decided. Without the PIN: the background took it out.
    Decided {
        /// The decision.
        decision: Decision,
    },
    /// The window was closed.
    WindowClosed {},
    /// Something else than this operation stands in the window's place, or it stands elsewhere.
    WindowLost {},
    /// The page was closed, reloaded or left.
    PageGone {},
    /// The page gave up the call.
    PageCancelled {},
    /// A timer ran out.
    TimedOut {
        /// Which.
        timer: SigningTimer,
    },
}

/// What the machine takes of [`crate::host::HostReply`]. Any other answer is a failure of the host's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum KeyReply {
    /// To [`HostCommand::Tokens`].
    Tokens {
        /// Tokens present.
        tokens: Vec<Token>,
        /// Libraries tried.
        modules: Vec<Module>,
    },
    /// To [`HostCommand::BridgeLogin`] and [`HostCommand::BridgeChangePin`].
    Done {},
    /// To [`HostCommand::BridgeDecrypt`].
    Decrypted {
        /// What was encrypted.
        plaintext: Base64,
    },
    /// To [`HostCommand::Sign`] and [`HostCommand::BridgeSign`].
    Signed {
        /// One for each item.
        signatures: Vec<Base64>,
    },
}

/// What the background has to do, in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SigningAction {
    /// Ask the content script for bytes; they come back through the machine's `chunk` call.
    Read {
        /// Index of the document.
        document: u32,
        /// Offset in bytes.
        offset: u32,
        /// Number of bytes.
        length: u32,
    },
    /// Send a command to the host (connecting first where needed).
    Send {
        /// Returned with the answer.
        call: u32,
        /// The command.
        command: HostCommand,
        /// Put the PIN of the last decision into it, then forget it.
        with_pin: bool,
    },
    /// Give up a command under way.
    Abandon {
        /// [`SigningAction::Send::call`].
        call: u32,
    },
    /// Open the consent window.
    Open {},
    /// Show this in the window.
    Show {
        /// The view.
        view: Box<ConsentView>,
    },
    /// Close the window.
    Close {},
    /// Start a timer (anew, if it runs).
    Start {
        /// Which.
        timer: SigningTimer,
        /// Milliseconds.
        ms: u32,
    },
    /// Stop a timer.
    Stop {
        /// Which.
        timer: SigningTimer,
    },
    /// The signature of a document: `head`, then the document's content if `content`, then `tail`.
    Deliver {
        /// Index of the document.
        document: u32,
        /// First bytes.
        head: Base64,
        /// Whether the content stands between.
        content: bool,
        /// Last bytes.
        tail: Base64,
    },
    /// Look whether a document can take a signature, or prepare it for one: all but what is signed.
    Prepare {
        /// Index of the document.
        document: u32,
        /// How.
        setting: Setting,
    },
    /// Put what was signed into a document that was prepared.
    Embed {
        /// Index of the document.
        document: u32,
        /// A CMS or an `SES_Signature`.
        value: Base64,
    },
    /// The new document, with its signature.
    DeliverEmbedded {
        /// Index of the document.
        document: u32,
    },
    /// Answer the page.
    Reply {
        /// The answer; at most one is final.
        outcome: PageOutcome,
    },
    /// The operation is over: forget its documents, release the queue.
    Finish {
        /// Signed and delivered: the site counts as used from now on.
        signed: bool,
        /// The user cancelled, or the page withdrew an open window, which counts towards the origin's back-off.
        cancelled: bool,
    },
}

/// How a signature is set in a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Setting {
    /// An embedded one.
    pub format: SignFormat,
    /// Where its picture is drawn.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub placement: Option<Placement>,
    /// Over the right edges of all pages, its middle as many millimetres from their upper edges.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub straddling: Option<u32>,
    /// Further signatures may follow.
    pub to_be_continued: bool,
    /// Who signs. Without, it is only seen whether the document could be signed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub signer: Option<Signer>,
}

/// Who signs, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Signer {
    /// DER of the certificate.
    pub certificate: Base64,
    /// DER of the seal, where one is set or seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seal: Option<Base64>,
    /// The time that is claimed, ISO 8601 UTC.
    pub time: String,
}

/// What is to be signed of a document that was prepared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PreparedFacts {
    /// SM3 of all that is covered.
    pub sm3: Base64,
    /// SHA-256 of it.
    pub sha256: Base64,
    /// What a seal says that it belongs to (`propertyInfo`).
    pub property_info: String,
    /// What the user should know of the document.
    pub notices: Vec<DocumentNotice>,
}

/// Timers of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SigningTimer {
    /// The content script must answer.
    Read,
    /// The user must decide.
    Consent,
    /// The host must answer.
    Host,
    /// The window stays a moment to show the end.
    Linger,
}

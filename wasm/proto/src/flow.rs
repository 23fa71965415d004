//! Background ↔ the state machine `Flow` of the core: the calls that one document of a bridged site makes over the
//! [bridge](crate::bridge), from its first to its end. Events in, actions out.
//!
//! A PIN is no part of these messages: what a page sends stays in the host, and what the user types the background puts
//! into the one request marked [`FlowAction::Send::with_pin`].

use crate::Base64;
use crate::Error;
use crate::consent::{ConsentView, Decision};
use crate::host::HostCommand;
use crate::signing::KeyReply;
use crate::site::SiteKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the background knows of the document.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FlowStart {
    /// The document's origin, from the browser's record.
    pub origin: String,
    /// What the site is.
    pub kind: SiteKind,
    /// Its tab.
    pub tab: u32,
    /// A development build, in which the machine itself counts as a listed portal.
    pub development: bool,
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
pub enum FlowEvent {
    /// The document made a call, and waits.
    Called {
        /// [`crate::host::HostEvent::BridgeCall`], as the host told it.
        call: u32,
        /// The port that it called.
        port: u16,
        /// The function's name.
        name: String,
        /// Its fields, but for those with a PIN.
        fields: BTreeMap<String, String>,
        /// Names of the fields with a PIN that are not empty.
        pins: Vec<String>,
        /// The user pressed something on the page just before.
        pressed: bool,
    },
    /// The document does not wait any more.
    Gone {
        /// For what.
        call: u32,
    },
    /// The host answered.
    HostReplied {
        /// [`FlowAction::Send::request`].
        request: u32,
        /// The answer.
        reply: KeyReply,
    },
    /// The host answered with an error, or can't be reached.
    HostFailed {
        /// [`FlowAction::Send::request`].
        request: u32,
        /// Why.
        error: Error,
    },
    /// A key was inserted or pulled.
    TokensChanged {},
    /// The user of the window decided. Without the PIN: the background took it out.
    Decided {
        /// The decision.
        decision: Decision,
    },
    /// The window was closed.
    WindowClosed {},
    /// Something else than this flow stands in the window's place, or it stands elsewhere.
    WindowLost {},
    /// The window that was asked for can't be opened now: others have their turn, or the site has to wait.
    WindowRefused {
        /// Why.
        error: Error,
    },
    /// The user ends the session, or another site's call works on a key.
    SessionEnded {},
    /// A timer ran out.
    TimedOut {
        /// Which.
        timer: FlowTimer,
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
pub enum FlowAction {
    /// Answer a call.
    Answer {
        /// Which.
        call: u32,
        /// The program's own envelope.
        #[cfg_attr(feature = "typescript", ts(type = "unknown"))]
        body: Json,
    },
    /// A call was answered with the program's own word for what is not known or not supported; for the doctor.
    Unanswered {
        /// The port that was called.
        port: u16,
        /// The function.
        name: String,
    },
    /// A call that needs the window came without a press of the user's, and was answered as if there were no key.
    Missed {},
    /// Give up a command under way.
    Abandon {
        /// [`FlowAction::Send::request`].
        request: u32,
    },
    /// What the user consented to last is done: a login, a signature, a change of the PIN, a decryption. For the history.
    Done {},
    /// Send a command to the host.
    Send {
        /// Returned with the answer.
        request: u32,
        /// The command.
        command: HostCommand,
        /// Put the PIN of the last decision into it, and the new one if it has one, then forget them.
        with_pin: bool,
    },
    /// Open the window, when this flow's turn has come.
    Open {},
    /// Show this in the window.
    Show {
        /// The view.
        view: Box<ConsentView>,
    },
    /// Close the window, and let others have their turn.
    Close {
        /// Something was signed: the site counts as used from now on.
        signed: bool,
        /// The user cancelled, or the page's PIN was wrong, which counts towards the origin's back-off. The latter is
        /// said also where no window was open.
        cancelled: bool,
    },
    /// Start a timer (anew, if it runs).
    Start {
        /// Which.
        timer: FlowTimer,
        /// Milliseconds.
        ms: u32,
    },
    /// Stop a timer.
    Stop {
        /// Which.
        timer: FlowTimer,
    },
    /// Whether the document holds a session, for popup and icon.
    Session {
        /// It does.
        open: bool,
    },
}

/// Timers of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FlowTimer {
    /// The user must decide.
    Consent,
    /// The host must answer.
    Host,
    /// The window waits for the document's next call.
    Next,
    /// The session ends.
    Session,
}

/// A JSON value, as a program's envelope has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Json {
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(i64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, its names in order.
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// An object of these members.
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        let named = members.map(|(name, value)| (name.to_owned(), value));
        Self::Object(BTreeMap::from(named))
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

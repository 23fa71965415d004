//! What the doctor looked at, in order, from the browser to a signature: the report of
//! `yinxin doctor`, before which the workspace puts what only the extension sees.

mod evidence;

pub use evidence::EvidenceName;

use crate::Error;
use serde::{Deserialize, Serialize};

/// Everything that was looked at. No PIN, no content of certificates or seals, no names of people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DoctorReport {
    /// Version of the host.
    pub version: String,
    /// [`crate::PROTOCOL_VERSION`] of the host.
    pub protocol: u32,
    /// System and architecture: `linux x86_64`.
    pub platform: String,
    /// The host's program.
    pub program: String,
    /// Milliseconds for all of it.
    pub ms: u32,
    /// In the order in which they were made.
    pub checks: Vec<Check>,
    /// No check failed.
    pub healthy: bool,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Check {
    /// What kind of thing.
    pub kind: CheckKind,
    /// Which one: a browser, a module, the label of a key.
    pub subject: String,
    /// How it is.
    pub state: CheckState,
    /// Milliseconds that it took.
    pub ms: u32,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What is wrong, if something is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Error>,
    /// What one press would mend, if something would.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repair: Option<Repair>,
}

/// Kinds of checks, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CheckKind {
    /// The browser. Only the extension sees it, as the next four; the other program the host.
    Browser,
    /// The extension.
    Extension,
    /// A site that may ask, and the browser's permission for it.
    Site,
    /// The bridge: a site for which it is on, or another program whose calls it answers.
    Bridge,
    /// The host: whether the browser starts it, and its version.
    Host,
    /// The host's configuration file.
    Configuration,
    /// The registration with a browser: its manifest, and a real start of what that names.
    Registration,
    /// The service for smart-card readers (pcscd, SCardSvr).
    ReaderService,
    /// USB devices, against the table of known keys.
    UsbDevice,
    /// A vendor's PKCS #11 library.
    Module,
    /// A key: its slots' token, PIN state, number of certificates.
    Key,
    /// The certificates in a key.
    Certificates,
    /// The paths from the certificates in a key to a CA that is trusted.
    Chain,
    /// The electronic seals in a key.
    Seals,
    /// A signature made for trying out, on request.
    TestSignature,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CheckState {
    /// As it should be.
    Ok,
    /// Works, with something to know of.
    Warning,
    /// Does not work.
    Failed,
    /// Does not apply here: a browser that is not installed, a service that this system does not have.
    Skipped,
}

/// Something that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Evidence {
    /// What.
    pub name: EvidenceName,
    /// As it was seen.
    pub value: String,
}

/// What one press mends. All of it can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Repair {
    /// Registers this host with a browser, in place of what is registered there.
    Register {
        /// [`Check::subject`] of the registration.
        browser: String,
    },
}

/// A file that a repair writes or removes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Change {
    /// The file.
    pub path: String,
    /// Its text before; absent where it was not there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<String>,
    /// Its text afterwards; absent where it is removed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<String>,
}

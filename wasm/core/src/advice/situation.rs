//! What is told of a set-up. Whatever is absent is not known, which never means that it is not there.

use serde::Deserialize;
use yinxin_proto::Error;
use yinxin_proto::doctor::DoctorReport;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::{Module, Token};

/// A set-up, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Situation {
    /// The keys, as the host lists them. An empty list says that there is none.
    pub tokens: Option<Vec<Token>>,
    /// The libraries that the host tried. An empty list says that there is none.
    pub modules: Option<Vec<Module>>,
    /// The host program.
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub host: Option<HostState>,
    /// The extension.
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub extension: Option<Extension>,
    /// The browser.
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub browser: Option<Browser>,
    /// What the doctor saw.
    pub doctor: Option<DoctorReport>,
    /// The account at the portal.
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub account: Option<SituationAccount>,
    /// The role whose entrance was taken, in the portal's words, which may be ours.
    pub entrance: Option<String>,
    /// A message that the user pasted.
    pub message: Option<String>,
    /// A time that has surely passed, such as a signed one: ISO 8601.
    pub known_time: Option<String>,
    /// SHA-256 of the certificate that the user means, lower-case hex.
    pub certificate: Option<String>,
    /// Revocation lists at hand. No program of this product fetches any.
    #[serde(skip)]
    pub crls: Vec<Vec<u8>>,
}

impl Situation {
    /// A time that has passed and that the clock does not know of.
    #[must_use]
    pub fn clock_behind(&self, clock: UnixTime) -> Option<UnixTime> {
        let known = self.known_time.as_deref().and_then(UnixTime::parse);
        known.filter(|known| *known > clock.plus(SKEW))
    }

    /// The time by which everything is judged: the clock's, unless a known time is later.
    #[must_use]
    pub fn now(&self, clock: UnixTime) -> UnixTime {
        self.clock_behind(clock).unwrap_or(clock)
    }
}

/// The host program.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct HostState {
    /// Its version, once it greeted.
    pub version: Option<String>,
    /// Why it can't be used.
    pub problem: Option<Error>,
}

/// The extension.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Extension {
    /// Its version.
    pub version: Option<String>,
    /// Whether it may work on the site that the user is at.
    pub site_allowed: Option<bool>,
    /// The origin of that site.
    pub site: Option<String>,
}

/// The browser.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Browser {
    /// What it calls itself.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub name: String,
    /// The major version of the Chromium that it is made of.
    pub engine: Option<u32>,
}

/// The account at the portal.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SituationAccount {
    /// The origin of the portal that told of it.
    pub site: Option<String>,
    /// The unit's or person's name in it.
    pub name: Option<String>,
    /// In the portal's words, which may be ours.
    pub role: Option<String>,
    /// Whether a certificate is bound to it.
    pub bound: Option<bool>,
    /// SHA-256 of the certificate that is bound to it, lower-case hex.
    pub certificate: Option<String>,
}

/// Seconds that a clock may be behind.
const SKEW: i64 = 300;

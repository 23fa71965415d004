//! Who we are (extension ids, host name), and the origins that the product knows.

use crate::Error;
use crate::bridge::Skin;
use serde::{Deserialize, Serialize};

/// Name of the native-messaging host, in its manifest and in `connectNative`.
pub const HOST_NAME: &str = "yinxin.host";

/// The oldest Chromium that the extension works with, as its manifest says.
pub const OLDEST_ENGINE: u32 = 106;
/// The oldest Firefox that it works with, likewise.
pub const OLDEST_FIREFOX: u32 = 128;

/// Public key (DER SubjectPublicKeyInfo, Base64) in the released extension's manifest.
pub const RELEASED_EXTENSION_KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu8pCSfJxY69VguO6apm3bOjb7DOSVQ1+EJWZ07CNYM1c8NtuLQwdwY5lHpviiQDOd6dfRS7AB5ZC52GdbTNUI239oH5GsNNqXoQulFiVmuBRQ58nEWpbmfq2YNSNF1Hi14egcQv0YxrYafrr0g0x07aO++s0DIDc2t6AQr//N8eWo0306lSQMYJvtDPWzwBAxkHg/JDN4qdylMJ8vwnS4Of0uR8XeaWZ1l3AjeWPlIx9l8kOFXtIbFJHcwRLHM6TWv+K7SvoulX0dHTUlKqmRUHmFpTB05CAwFkbOjhZxPuITCuRrgSMejhDot8cqWlLYeqP4BXvC4ffVauWudGLrQIDAQAB";
/// Id that browsers derive from [`RELEASED_EXTENSION_KEY`].
pub const RELEASED_EXTENSION_ID: &str = "eidbmfamdcgjpedpmmahjhpepdjmpjml";
/// Public key in the development extension's manifest.
pub const DEVELOPMENT_EXTENSION_KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtWIQfBq3tdChq3THBjlavvwfCL5zHcpSTkK6EICmar6WVi1gXDSPRahdT2OKtpr5CI2mqTjjEp98UiQ60t3Qup+C0225iBQfWs2hs+UGhoK/pQ89UpO3gi0Dp0weH8pK60gTiV8Ny2OFU6UZDPf8nkBmUgf5gzxTdzgp0ipNHY+VtI1cW6d/ROD1GrBrOloGOZI+tn/C1MjHM2sac+IMY53W8XuOgNkwOrVil6r9kH8lJblGjdmcGsTLqw6e+7I8yURxb+9j/hew0pSPlEb0G9eHePjotlZCH6msf+N8HDVOC05eI0SHCLngJeeSaIxJfJ/jWzz8/Gn7OsALFUG4WwIDAQAB";
/// Id of the development extension. The host accepts it only if its own configuration names it.
pub const DEVELOPMENT_EXTENSION_ID: &str = "dflkakdepmanhldiepilhgadjlnahblm";
/// Id of the released extension in Firefox, which takes it from the manifest. It has the form of an address, and is none.
pub const RELEASED_ADDON_ID: &str = "extension@yinxin";
/// Id of the development extension in Firefox.
pub const DEVELOPMENT_ADDON_ID: &str = "development@yinxin";

/// Whether an id is that of the released extension, in whichever browser.
#[must_use]
pub fn is_released(id: &str) -> bool {
    [RELEASED_EXTENSION_ID, RELEASED_ADDON_ID].contains(&id)
}

/// Whether an id is one that Firefox knows extensions by: an address or a UUID in braces.
#[must_use]
pub fn is_addon(id: &str) -> bool {
    id.contains(['@', '{'])
}

/// What a site is, which decides what it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SiteKind {
    /// A procurement portal: logs in and signs.
    Portal,
    /// A certification authority's hall: logs in; requests, installs and renews (later).
    Hall,
    /// A site that the user added: logs in and signs CMS.
    Added,
}

/// An origin that the product knows.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// Scheme, host and port as browsers serialise an origin.
    pub origin: &'static str,
    /// What it may ask.
    pub kind: SiteKind,
    /// Whether it may ask for a `logondata` login, which carries no origin and could be relayed.
    pub logondata: bool,
    /// Whose calls its pages make that Yinxin may answer, where the user switched that on.
    pub skins: &'static [Skin],
    /// The site's own name, for the user's eye.
    pub name: &'static str,
}

/// Origins built into the released extension. Source: the platform's user guide for certificates
/// and seals; the halls' own login pages take `logondata`.
pub const SITES: &[Site] = &[
    Site {
        origin: "https://zfcg.scsczt.cn",
        kind: SiteKind::Portal,
        logondata: false,
        skins: &[Skin::Rs],
        name: "四川政府采购网",
    },
    Site {
        origin: "https://wt.scca.com.cn",
        kind: SiteKind::Hall,
        logondata: true,
        skins: &[Skin::Itrus],
        name: "四川CA网厅",
    },
    Site {
        origin: "https://bss.scca.com.cn:8088",
        kind: SiteKind::Hall,
        logondata: true,
        skins: &[Skin::Itrus],
        name: "四川CA一体化网厅",
    },
];

/// Hosts that development builds treat as a portal with `logondata`, at any port, over http too.
pub const DEVELOPMENT_HOSTS: &[&str] = &["localhost", "127.0.0.1"];

/// An origin in the form that a signature binds: `https://host[:port]`, or `http://` on the
/// machine itself. Lower case, no path, no user information, no default port.
///
/// The background takes it from the browser's sender record; the host checks the form again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Origin(String);

impl Origin {
    /// Checks the form. `None` for anything that is not exactly a serialised origin of a secure
    /// scheme, or of plain http on a [development host](DEVELOPMENT_HOSTS).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 300 {
            return None;
        }
        let (secure, authority) = if let Some(rest) = text.strip_prefix("https://") {
            (true, rest)
        } else {
            (false, text.strip_prefix("http://")?)
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let host_is_plain = !host.is_empty()
            && host.len() <= 253
            && host
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
            && host
                .split('.')
                .all(|label| !label.is_empty() && label.len() <= 63);
        let default_port = if secure { "443" } else { "80" };
        let port_is_plain = port.is_none_or(|port| {
            port != default_port
                && !port.starts_with('0')
                && port.bytes().all(|b| b.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port != 0)
        });
        let allowed =
            host_is_plain && port_is_plain && (secure || DEVELOPMENT_HOSTS.contains(&host));
        allowed.then(|| Self(text.to_owned()))
    }

    /// Reads an origin that somebody wrote down.
    ///
    /// # Errors
    /// `origin-insecure` for plain http elsewhere than on the machine itself, `origin-malformed` for
    /// everything else that [`Self::parse`] does not take.
    pub fn read(text: &str) -> Result<Self, Error> {
        let shown = || text.chars().take(MAX_SHOWN_CHARS).collect();
        Self::parse(text).ok_or_else(|| {
            let secured = text
                .strip_prefix("http://")
                .and_then(|rest| Self::parse(&format!("https://{rest}")));
            // On the machine itself plain http is not what is wrong.
            if secured.is_some_and(|secured| !secured.is_local()) {
                return Error::OriginInsecure { origin: shown() };
            }
            let expected =
                intended(text).map_or_else(|| "https://host[:port]".into(), |origin| origin.0);
            Error::OriginMalformed {
                origin: shown(),
                expected,
            }
        })
    }

    /// The serialised origin.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host part (punycode where the name is international).
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.0.split_once("://").map_or("", |(_, rest)| rest);
        authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host)
    }

    /// Whether the origin is on the user's own machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        DEVELOPMENT_HOSTS.contains(&self.host())
    }

    /// The listed site of this origin, if it is one.
    #[must_use]
    pub fn site(&self) -> Option<&'static Site> {
        SITES.iter().find(|site| site.origin == self.0)
    }

    /// Whose calls this origin's pages may make of the bridge: those of a listed site, and in a development build those of
    /// pages on the machine itself.
    #[must_use]
    pub fn skins(&self, development: bool) -> &'static [Skin] {
        match self.site() {
            Some(site) => site.skins,
            None if development && self.is_local() => Skin::ALL,
            None => &[],
        }
    }

    /// Whether this origin may ask for a `logondata` login. Never by a user's choice: only sites
    /// listed here, and the machine itself in a development build.
    #[must_use]
    pub fn may_use_logondata(&self, development: bool) -> bool {
        self.site().is_some_and(|site| site.logondata) || (development && self.is_local())
    }
}

/// The origin that an address most likely means.
fn intended(text: &str) -> Option<Origin> {
    let text = text.trim().to_ascii_lowercase();
    let (scheme, rest) = match text.split_once("://") {
        Some(parts) => parts,
        None if text.contains('.') => ("https", text.as_str()),
        None => return None,
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(default_port).unwrap_or(host);
    Origin::parse(&format!("{scheme}://{host}"))
        .or_else(|| Origin::parse(&format!("https://{host}")))
}

/// Characters of an origin that an error repeats.
const MAX_SHOWN_CHARS: usize = 300;

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an origin"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64, Encoding};
    use sha2::{Digest, Sha256};

    fn derived_id(key: &str) -> String {
        let der = Base64::decode_vec(key).unwrap();
        Sha256::digest(der)[..16]
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|nibble| char::from(b'a' + nibble))
            .collect()
    }

    #[test]
    fn ids_follow_from_keys() {
        assert_eq!(derived_id(RELEASED_EXTENSION_KEY), RELEASED_EXTENSION_ID);
        assert_eq!(
            derived_id(DEVELOPMENT_EXTENSION_KEY),
            DEVELOPMENT_EXTENSION_ID
        );
    }

    #[test]
    fn ids_are_of_their_browsers() {
        assert!(is_released(RELEASED_ADDON_ID) && is_released(RELEASED_EXTENSION_ID));
        assert!(!is_released(DEVELOPMENT_ADDON_ID) && !is_released(DEVELOPMENT_EXTENSION_ID));
        assert!(is_addon(RELEASED_ADDON_ID) && is_addon(DEVELOPMENT_ADDON_ID));
        assert!(!is_addon(RELEASED_EXTENSION_ID) && !is_addon(DEVELOPMENT_EXTENSION_ID));
    }

    #[test]
    fn listed_sites_are_secure_origins() {
        for site in SITES {
            assert!(site.origin.starts_with("https://"), "{}", site.origin);
            assert!(Origin::parse(site.origin).is_some(), "{}", site.origin);
        }
    }

    #[test]
    fn only_serialised_origins_pass() {
        for good in [
            "https://a.example",
            "https://xn--fiq228c.example:8443",
            "http://localhost:8080",
            "http://127.0.0.1:1",
        ] {
            assert!(Origin::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "null",
            "https://",
            "https://A.example",
            "https://a.example/",
            "https://a.example:443",
            "https://u@a.example",
            "https://a.example:0",
            "https://a.example:65536",
            "https://a.example:+1",
            "https://a..example",
            "http://a.example",
            "http://localhost:80",
            "http://localhost.evil.example",
            "ftp://a.example",
            "https://a.example?x",
            "https://a.example#x",
            "https://甲.example",
            "https://a.example:",
            "https://a.example:080",
            " https://a.example",
        ] {
            assert!(Origin::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_origin_is_told_with_how_it_is_written() {
        for (text, expected) in [
            ("https://a.example/", "https://a.example"),
            ("https://A.Example", "https://a.example"),
            (" https://a.example ", "https://a.example"),
            ("https://a.example:443", "https://a.example"),
            ("https://a.example:8443/login?x#y", "https://a.example:8443"),
            ("https://u@a.example", "https://a.example"),
            ("a.example", "https://a.example"),
            ("http://a.example/", "https://a.example"),
            ("http://localhost:80", "http://localhost"),
            ("ftp://a.example", "https://a.example"),
            ("https://甲.example", "https://host[:port]"),
            ("null", "https://host[:port]"),
            ("", "https://host[:port]"),
        ] {
            let error = Error::OriginMalformed {
                origin: text.into(),
                expected: expected.into(),
            };
            assert_eq!(Origin::read(text), Err(error), "{text}");
        }
        for text in ["http://a.example", "http://a.example:8080"] {
            let error = Error::OriginInsecure {
                origin: text.into(),
            };
            assert_eq!(Origin::read(text), Err(error), "{text}");
        }
        assert!(Origin::read("https://a.example").is_ok());
        assert!(Origin::read("http://localhost:8080").is_ok());
    }

    #[test]
    fn logondata_is_for_listed_halls_only() {
        assert!(
            Origin::parse("https://wt.scca.com.cn")
                .unwrap()
                .may_use_logondata(false)
        );
        assert!(
            !Origin::parse("https://zfcg.scsczt.cn")
                .unwrap()
                .may_use_logondata(true)
        );
        assert!(
            !Origin::parse("http://localhost:1234")
                .unwrap()
                .may_use_logondata(false)
        );
        assert!(
            Origin::parse("http://localhost:1234")
                .unwrap()
                .may_use_logondata(true)
        );
    }
}

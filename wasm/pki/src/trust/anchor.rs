//! Trust anchors: a name and a key where trust begins, and where they come from.
//!
//! Source: RFC 5280, 6.1.1 (d); RFC 5914. No certificate is needed for an anchor. Where one is at
//! hand, its constraints hold too (RFC 5937).

use super::national::{self, Listed};
use crate::certificate::Certificate;
use crate::certificate::name::DistinguishedName;
use crate::key::PublicKey;
use crate::wire::Bytes;
use serde::Serialize;
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

/// Where trust begins.
#[derive(Clone, Debug)]
pub struct Anchor {
    pub(super) subject: DistinguishedName,
    pub(super) spki: Vec<u8>,
    pub(super) key: Result<PublicKey, Error>,
    pub(super) validity: (UnixTime, UnixTime),
    pub(super) certificate: Option<Certificate>,
    /// When the product's list named it, of an anchor of that list.
    pub(super) listed: Option<&'static str>,
}

impl From<Certificate> for Anchor {
    fn from(certificate: Certificate) -> Self {
        Self {
            subject: certificate.subject().clone(),
            spki: certificate.spki().to_vec(),
            key: certificate.key().cloned(),
            validity: (certificate.not_before(), certificate.not_after()),
            listed: None,
            certificate: Some(certificate),
        }
    }
}

impl Anchor {
    /// Its name.
    #[must_use]
    pub fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Whether a certificate has this name and key.
    #[must_use]
    pub fn is_authority_of(&self, certificate: &Certificate) -> bool {
        self.spki == certificate.spki() && self.subject.matches(certificate.subject())
    }

    pub(super) fn facts(&self) -> AnchorFacts {
        AnchorFacts {
            source: match self.listed {
                Some(_) => Source::National,
                None => Source::Given,
            },
            listed: self.listed,
            not_before: self.validity.0,
            not_after: self.validity.1,
            public_key: Bytes(self.spki.clone()),
        }
    }
}

/// An anchor of the product's list.
#[derive(Debug)]
pub(super) struct National {
    listed: &'static Listed,
    pub anchor: Anchor,
}

/// Adds the product's own anchors that bear one of these names: only they can end a path.
pub(super) fn add_national<'a>(
    found: &mut Vec<National>,
    names: impl Iterator<Item = &'a DistinguishedName>,
) {
    for name in names {
        for listed in national::matching(name) {
            if found
                .iter()
                .all(|known| !std::ptr::eq(known.listed, listed))
                && let Some(anchor) = listed.anchor()
            {
                let anchor = Anchor {
                    subject: listed.name(),
                    key: Ok(anchor.key()),
                    spki: anchor.spki(),
                    validity: (listed.not_before(), listed.not_after()),
                    certificate: None,
                    listed: Some(national::LISTED_ON),
                };
                found.push(National { listed, anchor });
            }
        }
    }
}

/// Who says that an anchor is one: `national` is the product's own table, `given` the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "AnchorSource"))]
pub enum Source {
    /// The product's table: the national root, and the operating CAs that it lists.
    National,
    /// The caller.
    Given,
}

/// What is told of the anchor of a path.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct AnchorFacts {
    /// Who says so.
    pub source: Source,
    /// The date of the list that names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed: Option<&'static str>,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
    /// DER SubjectPublicKeyInfo.
    pub public_key: Bytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in certificates are free to choose: those of a stranger's keep none out.
    #[test]
    fn every_listed_ca_that_is_named_is_an_anchor() {
        let listed = national::listed();
        let names: Vec<_> = listed.iter().map(Listed::name).collect();
        let mut found = Vec::new();
        add_national(&mut found, names.iter().chain(&names));
        let anchors = listed.iter().filter(|listed| listed.anchor().is_some());
        assert_eq!(found.len(), anchors.count());
    }
}

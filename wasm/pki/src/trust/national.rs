//! The national anchors, as facts: the Chinese national SM2 root and the operating CAs that it
//! lists, each by name, public key and validity. RFC 5280 (6.1.1 d) asks no more of an anchor.
//!
//! Two things are kept apart. Whatever is [`listed`] is *recognised*, by its name or its key.
//! Only an [`Anchor`] can *trust*: the root itself and the CAs whose certificates were verified
//! under its key when the table was made. The CAs of the other two national roots, whose keys are
//! not at hand, are listed and are never anchors; [`Anchor`] is the only way to a key.
//!
//! The table is made by `cargo xtask anchors` and holds no bytes of a certificate.

mod table;

pub use table::LISTED_ON;

use crate::asn1::{self, hex, tag};
use crate::certificate::Certificate;
use crate::certificate::name::DistinguishedName;
use crate::key::PublicKey;
use crate::oid;
use crate::sm2::Sm2Key;
use der::asn1::ObjectIdentifier;
use serde::Serialize;
use std::fmt;
use std::sync::OnceLock;
use yinxin_proto::time::UnixTime;

/// Whose list it is. Its date is [`LISTED_ON`].
pub const SOURCE: &str = "operating CAs that the Chinese national root (NRCAC) lists as normal";

/// The root that a CA belongs to. Each is a domain of trust of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "NationalDomain")
)]
pub enum Domain {
    /// The national SM2 root, for certificates of the public.
    NationalSm2,
    /// The root for civil servants. Its key is not at hand.
    CivilServant,
    /// The root for devices. Its key is not at hand.
    Device,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Self; 3] = [Self::NationalSm2, Self::CivilServant, Self::Device];

    /// The common name of its root, as the certificates write it.
    #[must_use]
    pub fn root_name(self) -> &'static str {
        match self {
            Self::NationalSm2 => "ROOTCA",
            Self::CivilServant => "Civil Servant ROOT",
            Self::Device => "Device ROOT",
        }
    }

    /// The domain whose root bears this name: C=CN, O=NRCAC and the root's common name.
    #[must_use]
    pub fn of_root(name: &DistinguishedName) -> Option<Self> {
        Self::ALL.into_iter().find(|domain| {
            let root = [
                (oid::COUNTRY, "CN"),
                (oid::ORGANIZATION, "NRCAC"),
                (oid::COMMON_NAME, domain.root_name()),
            ];
            encode(&root).matches(name)
        })
    }
}

/// A CA of the national list, or the national root itself.
pub struct Listed {
    domain: Domain,
    subject: &'static [Attribute],
    /// Compressed SEC 1 point.
    point: [u8; 33],
    not_before: UnixTime,
    not_after: UnixTime,
    serial: &'static [u8],
    key_identifier: Option<&'static [u8]>,
}

/// An attribute of a name: its type and its text.
pub type Attribute = (ObjectIdentifier, &'static str);

impl Listed {
    /// The domain that it belongs to, by its issuer's name.
    #[must_use]
    pub fn domain(&self) -> Domain {
        self.domain
    }

    /// The attributes of its name, in the order of its certificate.
    #[must_use]
    pub fn subject(&self) -> &'static [Attribute] {
        self.subject
    }

    /// Its name, as UTF8Strings: it matches the certificate's and need not have the same bytes.
    #[must_use]
    pub fn name(&self) -> DistinguishedName {
        encode(self.subject)
    }

    /// What a person would call it: common name, else organisation.
    #[must_use]
    pub fn readable(&self) -> &'static str {
        let last = |wanted| {
            let mut from_the_particular = self.subject.iter().rev();
            from_the_particular.find(|(oid, _)| *oid == wanted)
        };
        last(oid::COMMON_NAME)
            .or_else(|| last(oid::ORGANIZATION))
            .map_or("", |(_, text)| text)
    }

    /// Start of its certificate's validity.
    #[must_use]
    pub fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// End of its certificate's validity, itself included.
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// The contents octets of its certificate's serial number.
    #[must_use]
    pub fn serial(&self) -> &'static [u8] {
        self.serial
    }

    /// The subject key identifier of its certificate, if it has one.
    #[must_use]
    pub fn key_identifier(&self) -> Option<&'static [u8]> {
        self.key_identifier
    }

    /// Whether this certificate has its name and its key. That recognises the CA, whatever its
    /// domain, and trusts nothing.
    #[must_use]
    pub fn recognises(&self, certificate: &Certificate) -> bool {
        let Ok(PublicKey::Sm2(key)) = certificate.key() else {
            return false;
        };
        key.compressed() == self.point && self.name().matches(certificate.subject())
    }

    /// This CA as an anchor, if it is one: the national root, or a CA verified under it.
    #[must_use]
    pub fn anchor(&'static self) -> Option<Anchor> {
        match self.domain {
            Domain::NationalSm2 => Some(Anchor(self)),
            Domain::CivilServant | Domain::Device => None,
        }
    }

    fn key(&self) -> Sm2Key {
        Sm2Key::from_compressed(&self.point)
            .expect("every point of the table is on the curve: a test reads them all")
    }
}

impl fmt::Debug for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serial = hex(self.serial);
        write!(f, "Listed({:?}, {}, {serial})", self.domain, self.name())
    }
}

/// A CA of the list where trust may begin.
#[derive(Clone, Copy, Debug)]
pub struct Anchor(&'static Listed);

impl Anchor {
    /// What the list says of it.
    #[must_use]
    pub fn listed(self) -> &'static Listed {
        self.0
    }

    /// Whether it is the national root itself.
    #[must_use]
    pub fn is_root(self) -> bool {
        table::TABLE
            .first()
            .is_some_and(|root| std::ptr::eq(self.0, root))
    }

    /// Its public key. Costs the decompression of a point.
    #[must_use]
    pub fn key(self) -> PublicKey {
        PublicKey::Sm2(self.0.key())
    }

    /// Its public key as DER SubjectPublicKeyInfo (GM/T 0015, 5.2.3.7). Costs the decompression of
    /// a point.
    #[must_use]
    pub fn spki(self) -> Vec<u8> {
        let algorithm = [asn1::oid(oid::EC), asn1::oid(oid::SM2_CURVE)].concat();
        let algorithm = asn1::element(tag::SEQUENCE, &[&algorithm]);
        let key = asn1::element(tag::BIT_STRING, &[&[0], &self.0.key().point()]);
        asn1::element(tag::SEQUENCE, &[&algorithm, &key])
    }
}

/// Every CA of the list, the national root first. Recognised, not trusted: see [`anchors`].
#[must_use]
pub fn listed() -> &'static [Listed] {
    &table::TABLE
}

/// The CAs where trust may begin: the national root and those verified under it.
pub fn anchors() -> impl Iterator<Item = Anchor> {
    listed().iter().filter_map(Listed::anchor)
}

/// The listed CAs of this name, compared as [`DistinguishedName::matches`] does.
pub fn matching(name: &DistinguishedName) -> impl Iterator<Item = &'static Listed> {
    // Made once, and sorted; rows of one name stay in their order.
    static ROWS: OnceLock<Vec<(Vec<u8>, &Listed)>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        let mut rows: Vec<_> = listed().iter().map(|row| (row.name().key(), row)).collect();
        rows.sort_by(|(a, _), (b, _)| a.cmp(b));
        rows
    });
    let key = name.key();
    let first = rows.partition_point(|(known, _)| *known < key);
    let rows = rows[first..].iter();
    rows.take_while(move |(known, _)| *known == key)
        .map(|(_, row)| *row)
}

/// The name of the root of whose domain this issuer is, if that root is none of the anchors: the
/// issuer is that root, or a CA that stands under it in the list.
#[must_use]
pub fn root_unavailable(issuer: &DistinguishedName) -> Option<&'static str> {
    let listed = || matching(issuer).map(Listed::domain);
    let domains = Domain::of_root(issuer).into_iter().chain(listed());
    domains
        .filter(|domain| *domain != Domain::NationalSm2)
        .map(Domain::root_name)
        .next()
}

fn encode(attributes: &[Attribute]) -> DistinguishedName {
    let relative: Vec<u8> = attributes
        .iter()
        .flat_map(|(oid, text)| {
            let text = asn1::element(tag::UTF8_STRING, &[text.as_bytes()]);
            let attribute = asn1::element(tag::SEQUENCE, &[&asn1::oid(*oid), &text]);
            asn1::element(tag::SET, &[&attribute])
        })
        .collect();
    let der = asn1::element(tag::SEQUENCE, &[&relative]);
    DistinguishedName::from_der(&der).expect("a name of attributes with texts is DER")
}

/// Bytes from hex, at compile time, so that the table is readable and the module holds bytes.
const fn unhex<const N: usize>(text: &str) -> [u8; N] {
    const fn nibble(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not a digit of lower-case hex"),
        }
    }
    let digits = text.as_bytes();
    assert!(digits.len() == 2 * N, "not of this length");
    let mut bytes = [0; N];
    let mut at = 0;
    while at < N {
        bytes[at] = nibble(digits[2 * at]) << 4 | nibble(digits[2 * at + 1]);
        at += 1;
    }
    bytes
}

#[cfg(test)]
mod tests;

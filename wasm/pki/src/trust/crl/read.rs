//! Reading a revocation list (RFC 5280, clause 5).
//!
//! A list is read strictly. Its entries are checked as they pass and none is kept: a list of a
//! million entries takes no more memory than its bytes.

use super::super::signature;
use super::LABELS;
use crate::asn1::{self, Malformed, Reader, Tlv, tag};
use crate::certificate::extension::{
    AuthorityKeyIdentifier, Extension, IssuingDistributionPoint, general_names,
};
use crate::certificate::general_name::GeneralName;
use crate::certificate::name::DistinguishedName;
use crate::key::PublicKey;
use crate::{oid, outer, pem};
use der::asn1::ObjectIdentifier;
use std::ops::Range;
use yinxin_proto::error::RevocationReason;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding};

/// A revocation list.
#[derive(Clone, Debug)]
pub struct Crl {
    der: Vec<u8>,
    tbs: Range<usize>,
    /// Contents of revokedCertificates.
    entries: Range<usize>,
    issuer: DistinguishedName,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    /// Contents octets of cRLNumber.
    number: Option<Vec<u8>>,
    /// The key that it names as its issuer's.
    authority_key: Option<Vec<u8>>,
    scope: IssuingDistributionPoint,
    /// issuingDistributionPoint as it came: lists of one issuer with the same have the same scope.
    scope_der: Vec<u8>,
    /// Contents octets of BaseCRLNumber, of a delta list.
    base: Option<Vec<u8>>,
    /// Why it can't be used, if so.
    unusable: Option<String>,
    /// What is odd about its encoding.
    findings: Vec<Finding>,
}

/// An entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When it was revoked.
    pub date: UnixTime,
    /// Why.
    pub reason: RevocationReason,
}

/// An entry that may be meant by a serial number.
pub(super) struct Listed {
    pub revocation: Revocation,
    /// removeFromCRL: that the certificate is on the list no more.
    pub removes: bool,
    /// Whether its serial number is the same number, and may not only be meant as it.
    pub is_same: bool,
    /// Whether it is about a certificate of the issuer that was asked for (6.3.3 i).
    pub is_about: bool,
}

impl Crl {
    /// Reads DER, PEM or bare Base64.
    ///
    /// # Errors
    /// [`Error::CrlInvalid`].
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        Self::read(pem::der_of(input, LABELS).ok_or_else(|| invalid("neither DER nor PEM"))?)
    }

    /// Reads DER.
    pub(super) fn read(der: Vec<u8>) -> Result<Self, Error> {
        Self::from_der(der).map_err(|m| invalid(&format!("{}, at byte {}", m.reason, m.position)))
    }

    fn from_der(mut der: Vec<u8>) -> Result<Self, Malformed> {
        let filling = outer::trim(&mut der);
        let range = |tlv: &Tlv<'_>| tlv.position..tlv.position + tlv.raw.len();
        let mut outer =
            asn1::single(&der, tag::SEQUENCE, "a CertificateList is expected")?.children();
        let tbs = outer.expect(tag::SEQUENCE, "a TBSCertList is expected")?;
        let outer_algorithm = outer.expect(tag::SEQUENCE, "an algorithm is expected")?;
        let signature = outer.expect(tag::BIT_STRING, "a signature is expected")?;
        outer.finish()?;
        let Some((0, signature_bytes)) = signature.value.split_first().map(|(a, b)| (*a, b)) else {
            return Err(signature.malformed("a signature of whole bytes is expected"));
        };

        let mut fields = tbs.children();
        let version = fields.optional(tag::INTEGER)?;
        let algorithm = fields.expect(tag::SEQUENCE, "an algorithm is expected")?;
        if algorithm.raw != outer_algorithm.raw {
            return Err(outer_algorithm.malformed("two signature algorithms"));
        }
        let issuer = fields.expect(tag::SEQUENCE, "an issuer is expected")?;
        let this_update = asn1::time(&fields.read()?)?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(asn1::time(&fields.read()?)?),
            _ => None,
        };
        let list = fields.optional(tag::SEQUENCE)?;
        let entries = match &list {
            Some(list) => range(list).end - list.value.len()..range(list).end,
            None => 0..0,
        };
        let extensions = match fields.optional(tag::CONTEXT_0)? {
            Some(explicit) => {
                let mut inside = explicit.children();
                let list = inside.expect(tag::SEQUENCE, "extensions are expected")?;
                inside.finish()?;
                Some(read_extensions(list.children())?)
            }
            None => None,
        };
        fields.finish()?;

        // Version 2 is the only one that is written, and the only one with extensions (5.1.2.1).
        let problem = match version.map(|version| version.value) {
            Some([1]) => None,
            Some(_) => Some("a version that no list has"),
            None => extensions
                .as_ref()
                .map(|_| "extensions in a list of version 1"),
        };
        // "MUST be absent" without entries (5.1.2.6).
        let is_empty = list.is_some_and(|list| list.value.is_empty());
        let problem = problem.or(is_empty.then_some("an empty list of revoked certificates"));
        let mut read = Self {
            tbs: range(&tbs),
            entries,
            issuer: DistinguishedName::from_der(issuer.raw)?,
            algorithm: algorithm.raw.to_vec(),
            signature: signature_bytes.to_vec(),
            this_update,
            next_update,
            number: None,
            authority_key: None,
            scope: IssuingDistributionPoint::default(),
            scope_der: Vec::new(),
            base: None,
            unusable: problem.map(Into::into),
            findings: Vec::from_iter(filling),
            der: Vec::new(),
        };
        let named = algorithm.children().read()?.oid()?;
        let odd = signature::oddity(named, signature_bytes, "signatureValue");
        read.findings.extend(odd);
        for (index, extension) in extensions.iter().flatten().enumerate() {
            let before = extensions.iter().flatten().take(index);
            if before.into_iter().any(|known| known.oid == extension.oid) {
                read.refuse(format!("extension {} twice", extension.oid));
            }
            read.take(extension);
        }
        if read.base.is_some() && read.number.is_none() {
            read.refuse("a delta list without a number".into());
        }
        read.check_entries(&der, version.is_some());
        read.der = der;
        Ok(read)
    }

    /// The first reason counts.
    fn refuse(&mut self, problem: String) {
        self.unusable.get_or_insert(problem);
    }

    fn take(&mut self, extension: &Extension) {
        let value = &extension.value;
        let number = || {
            let number = asn1::single(value, tag::INTEGER, "").ok()?;
            matches!(number.value, [0..=0x7f, ..]).then(|| number.value.to_vec())
        };
        if extension.oid == oid::CRL_NUMBER {
            self.number = number();
        } else if extension.oid == oid::AUTHORITY_KEY_IDENTIFIER {
            // A help to find the issuer; the signature tells.
            self.authority_key = AuthorityKeyIdentifier::parse(value)
                .ok()
                .and_then(|read| read.key);
        } else if extension.oid == oid::ISSUING_DISTRIBUTION_POINT {
            self.scope_der.clone_from(value);
            match IssuingDistributionPoint::parse(value) {
                Ok(scope) => self.scope = scope,
                Err(malformed) => self.refuse(malformed.reason.into()),
            }
        } else if extension.oid == oid::DELTA_CRL_INDICATOR {
            self.base = number();
            if self.base.is_none() {
                self.refuse("a delta list without the number of its base".into());
            }
        } else if extension.critical {
            self.refuse(format!("critical extension {}", extension.oid));
        }
    }

    /// Checks the form of all entries, and that none has a critical extension that is not known
    /// (5.3: such a list must not be used).
    fn check_entries(&mut self, der: &[u8], may_have_extensions: bool) {
        let mut entries = Reader::new(&der[self.entries.clone()]);
        while !entries.is_empty() {
            let problem = match entries.read().and_then(|entry| Entry::read(&entry)) {
                Ok(entry) => self.problem_of(&entry, may_have_extensions),
                Err(malformed) => Some(format!("an entry: {}", malformed.reason)),
            };
            if let Some(problem) = problem {
                self.refuse(problem);
                return;
            }
        }
    }

    fn problem_of(&self, entry: &Entry, may_have_extensions: bool) -> Option<String> {
        if let Some(oid) = entry.critical {
            return Some(format!("critical entry extension {oid}"));
        }
        if entry.has_extensions && !may_have_extensions {
            return Some("extensions in a list of version 1".into());
        }
        let issuer = entry.certificate_issuer.as_deref()?;
        if !self.scope.indirect {
            return Some("certificateIssuer in a list that is not indirect".into());
        }
        let names = general_names(issuer);
        names
            .is_err()
            .then(|| "certificateIssuer: not as defined".into())
    }

    /// What is odd about its encoding.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &DistinguishedName {
        &self.issuer
    }

    /// When it was issued.
    #[must_use]
    pub fn this_update(&self) -> UnixTime {
        self.this_update
    }

    /// When the next one was due.
    #[must_use]
    pub fn next_update(&self) -> Option<UnixTime> {
        self.next_update
    }

    pub(super) fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// Its place among lists of one issuer and scope (5.2.3); first without a number.
    pub(super) fn order(&self) -> Option<(usize, &[u8])> {
        self.number.as_deref().map(order)
    }

    pub(super) fn authority_key(&self) -> Option<&[u8]> {
        self.authority_key.as_deref()
    }

    pub(super) fn scope(&self) -> &IssuingDistributionPoint {
        &self.scope
    }

    /// Why it can't be used, if so.
    pub(super) fn unusable(&self) -> Option<&str> {
        self.unusable.as_deref()
    }

    pub(super) fn is_delta(&self) -> bool {
        self.base.is_some()
    }

    /// Whether another list is of the same issuer and scope (6.3.3 c 1, 2).
    pub(super) fn has_scope_of(&self, other: &Self) -> bool {
        self.scope_der == other.scope_der && self.issuer.matches(&other.issuer)
    }

    /// Whether a delta list tells what came after a complete list of its scope (5.2.4, 6.3.3 c).
    pub(super) fn is_delta_to(&self, complete: &Self) -> bool {
        let (Some(base), Some(own), Some(number)) = (&self.base, &self.number, &complete.number)
        else {
            return false;
        };
        let keys = self
            .authority_key
            .as_ref()
            .zip(complete.authority_key.as_ref());
        order(base) <= order(number)
            && order(own) > order(number)
            && keys.is_none_or(|(own, other)| own == other)
    }

    /// Whether a key made its signature, under an SM2 user id.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey, sm2_id: &[u8]) -> bool {
        #[cfg(test)]
        crate::testing::work::done("list signature");
        let signed = signature::Signed {
            tbs: &self.der[self.tbs.clone()],
            algorithm: &self.algorithm,
            signature: &self.signature,
        };
        signature::holds(&signed, key, sm2_id)
    }

    /// What it says of a serial number (contents octets), entry by entry: more than one may be
    /// meant, see [`asn1::may_be_same_serial`]. In an indirect list, whoever issued the certificates.
    pub fn revocations(&self, serial: &[u8]) -> impl Iterator<Item = Revocation> {
        self.listed(serial, None).map(|listed| listed.revocation)
    }

    /// The entries of a serial number of an issuer.
    pub(super) fn listed(
        &self,
        serial: &[u8],
        issuer: Option<&DistinguishedName>,
    ) -> impl Iterator<Item = Listed> {
        #[cfg(test)]
        crate::testing::work::done("list entries");
        // Looked up once for each certificate: an index would take longer to make. Nearly all entries
        // are others', of which the serial number says enough, unless one may name another issuer.
        let mut entries = Reader::new(&self.der[self.entries.clone()]);
        let is_indirect = self.scope.indirect;
        // Contents of the last certificateIssuer, which lasts (5.3.3), and whether they name the
        // issuer: asked once, however many entries follow.
        let mut names: Option<Vec<u8>> = None;
        let mut is_about: Option<bool> = None;
        std::iter::from_fn(move || {
            loop {
                let entry = entries.read().ok()?;
                let first = entry.children().read();
                // Without contents it is no number, and not 0.
                let first = first.ok().map(|first| first.value);
                let first = first.filter(|first| !first.is_empty());
                let is_meant = first.is_some_and(|first| asn1::may_be_same_serial(first, serial));
                if !is_meant && !is_indirect {
                    continue;
                }
                // What can't be read hides nobody: its serial number is revoked since the list was
                // issued, and of whatever issuer, which nobody knows of those behind it either. (The
                // list is one that can't be processed.)
                let read = Entry::read(&entry).unwrap_or_else(|_| {
                    is_about = Some(true);
                    Entry::plain(self.this_update)
                });
                if read.certificate_issuer.is_some() {
                    names = read.certificate_issuer;
                    is_about = None;
                }
                if is_meant {
                    let about = is_about.get_or_insert_with(|| {
                        issuer.is_none_or(|issuer| self.is_of(issuer, names.as_deref()))
                    });
                    let Entry { date, reason, .. } = read;
                    return Some(Listed {
                        revocation: Revocation { date, reason },
                        removes: read.removes,
                        is_same: first.is_some_and(|first| asn1::is_same_integer(first, serial)),
                        is_about: *about,
                    });
                }
            }
        })
    }

    /// Whether entries behind a certificateIssuer, or behind none, are about certificates of an
    /// issuer (6.3.3 i).
    fn is_of(&self, issuer: &DistinguishedName, names: Option<&[u8]>) -> bool {
        let Some(names) = names else {
            return self.issuer.matches(issuer);
        };
        #[cfg(test)]
        crate::testing::work::done("certificateIssuer");
        let Ok(names) = general_names(names) else {
            return true;
        };
        names.iter().any(|name| match name {
            GeneralName::Directory(name) => name.matches(issuer),
            _ => false,
        })
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut entries = Reader::new(&self.der[self.entries.clone()]);
        std::iter::from_fn(|| entries.read().ok()).count()
    }

    /// Whether it has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// An entry, read.
struct Entry {
    date: UnixTime,
    reason: RevocationReason,
    removes: bool,
    has_extensions: bool,
    /// Contents of certificateIssuer, GeneralNames.
    certificate_issuer: Option<Vec<u8>>,
    /// A critical extension that is not known.
    critical: Option<ObjectIdentifier>,
}

impl Entry {
    /// One without extensions.
    fn plain(date: UnixTime) -> Self {
        Self {
            date,
            reason: RevocationReason::Unspecified,
            removes: false,
            has_extensions: false,
            certificate_issuer: None,
            critical: None,
        }
    }

    fn read(entry: &Tlv<'_>) -> Result<Self, Malformed> {
        let mut fields = entry.children();
        let serial = fields.expect(tag::INTEGER, "a serial number is expected")?;
        if serial.value.is_empty() {
            return Err(serial.malformed("an INTEGER without contents"));
        }
        let mut read = Self::plain(asn1::time(&fields.read()?)?);
        if let Some(list) = fields.optional(tag::SEQUENCE)? {
            read.has_extensions = true;
            for extension in read_extensions(list.children())? {
                if extension.oid == oid::CRL_REASON {
                    if let [0x0a, 1, number] = extension.value[..] {
                        read.reason = RevocationReason::from_number(number);
                        read.removes = number == REMOVE_FROM_CRL;
                    }
                } else if extension.oid == oid::CERTIFICATE_ISSUER {
                    read.certificate_issuer = Some(extension.value);
                } else if extension.critical {
                    read.critical = Some(extension.oid);
                }
            }
        }
        fields.finish()?;
        Ok(read)
    }
}

fn read_extensions(mut list: Reader<'_>) -> Result<Vec<Extension>, Malformed> {
    let mut extensions = Vec::new();
    while !list.is_empty() {
        let extension = list.expect(tag::SEQUENCE, "an extension is expected")?;
        let mut fields = extension.children();
        let oid = fields.read()?.oid()?;
        let critical = fields.optional(tag::BOOLEAN)?;
        let value = fields.expect(tag::OCTET_STRING, "an OCTET STRING is expected")?;
        fields.finish()?;
        if extensions.len() == MAX_EXTENSIONS {
            return Err(extension.malformed("too many extensions"));
        }
        extensions.push(Extension {
            oid,
            critical: critical.is_some_and(|tlv| tlv.value != [0]),
            value: value.value.to_vec(),
        });
    }
    Ok(extensions)
}

/// Numbers (contents octets, not negative) in their order.
fn order(number: &[u8]) -> (usize, &[u8]) {
    let number = asn1::without_zeros(number);
    (number.len(), number)
}

fn invalid(reason: &str) -> Error {
    Error::CrlInvalid {
        reason: reason.into(),
    }
}

/// `removeFromCRL` in CRLReason (5.3.1).
const REMOVE_FROM_CRL: u8 = 8;
/// Extensions of a list or an entry: RFC 5280 has seven and three.
const MAX_EXTENSIONS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Identity, NOW, Profile, TestKey};
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use std::sync::OnceLock;

    proptest! {
        #[test]
        fn exactly_the_entries_of_a_list_are_found(
            entries in btree_map(serial(), (0i64..1_000_000, any::<Option<u8>>()), 0..40),
            others in vec(serial(), 20),
        ) {
            static ISSUER: OnceLock<Identity> = OnceLock::new();
            let issuer = ISSUER.get_or_init(|| {
                Identity::self_signed(TestKey::sm2(1), &Profile::authority("issuer"))
            });
            let date = |ago: i64| NOW.plus(-ago);
            let der: Vec<u8> = entries
                .iter()
                .flat_map(|(serial, (ago, reason))| entry(serial, date(*ago), *reason))
                .collect();
            let crl = Crl::parse(&issuer.crl_with(&der, &[], NOW, NOW.plus(1))).unwrap();
            prop_assert_eq!(&crl.unusable, &None);
            prop_assert_eq!(crl.len(), entries.len());
            prop_assert_eq!(crl.is_empty(), entries.is_empty());
            for serial in entries.keys().chain(&others) {
                let meant = entries.iter().filter(|(listed, _)| {
                    readings(listed).iter().any(|n| readings(serial).contains(n))
                });
                let expected: Vec<_> = meant
                    .map(|(_, (ago, reason))| Revocation {
                        date: date(*ago),
                        reason: reason
                            .map_or(RevocationReason::Unspecified, RevocationReason::from_number),
                    })
                    .collect();
                let found: Vec<_> = crl.revocations(serial).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    /// The magnitudes that contents octets may mean, in 32 octets: all of them, and the fewest
    /// that hold the number.
    fn readings(contents: &[u8]) -> [[u8; 32]; 2] {
        let wide = |octets: &[u8], sign: u8| {
            let mut out = [sign; 32];
            out[32 - octets.len()..].copy_from_slice(octets);
            out
        };
        let signed = |octets: &[u8]| wide(octets, if octets[0] < 0x80 { 0 } else { 0xff });
        let fewest = (1..=contents.len())
            .map(|count| &contents[contents.len() - count..])
            .find(|tail| signed(tail) == signed(contents))
            .unwrap();
        [wide(contents, 0), wide(fewest, 0)]
    }

    /// Contents octets, few enough that they collide in part.
    fn serial() -> impl Strategy<Value = Vec<u8>> {
        let octet = prop_oneof![Just(0u8), Just(1), Just(0x80), Just(0xff), any::<u8>()];
        prop_oneof![vec(octet.clone(), 1..=3), vec(octet, 1..=20)]
    }

    fn entry(serial: &[u8], date: UnixTime, reason: Option<u8>) -> Vec<u8> {
        let text = date.to_string().replace(['-', ':', 'T'], "");
        let mut fields = asn1::element(tag::INTEGER, &[serial]);
        fields.extend(asn1::element(tag::GENERALIZED_TIME, &[text.as_bytes()]));
        if let Some(number) = reason {
            let value = asn1::element(tag::OCTET_STRING, &[&[0x0a, 1, number]]);
            let reason = [asn1::oid(oid::CRL_REASON), value].concat();
            let list = asn1::element(tag::SEQUENCE, &[&reason]);
            fields.extend(asn1::element(tag::SEQUENCE, &[&list]));
        }
        asn1::element(tag::SEQUENCE, &[&fields])
    }
}

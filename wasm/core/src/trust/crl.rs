//! Certificate revocation lists (RFC 5280, clauses 5 and 6.3): complete lists of the certificate's
//! own issuer, whole or for one distribution point. Delta lists and indirect ones are reported as
//! unusable.
//!
//! A list is read strictly. Its entries are checked as they pass and none is kept: a list of a
//! million entries takes no more memory than its bytes.

use super::signature;
use super::{CrlPolicy, Policy};
use crate::asn1::{self, Malformed, Reader, Tlv, tag};
use crate::certificate::Certificate;
use crate::certificate::extension::{Extension, IssuingDistributionPoint, distribution_points};
use crate::certificate::general_name::GeneralName;
use crate::certificate::name::DistinguishedName;
use crate::hash::sha256;
use crate::key::PublicKey;
use crate::time::UnixTime;
use crate::{oid, outer, pem};
use der::asn1::ObjectIdentifier;
use serde::Serialize;
use std::ops::Range;
use yinxin_proto::error::RevocationReason;
use yinxin_proto::{Error, Finding, Severity};

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
    number: Option<Vec<u8>>,
    scope: IssuingDistributionPoint,
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

impl Crl {
    /// Reads DER, PEM or bare Base64.
    ///
    /// # Errors
    /// [`Error::CrlInvalid`].
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        let der = pem::der_of(input, &["CRL"]).ok_or_else(|| invalid("neither DER nor PEM"))?;
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
        fields.optional(tag::INTEGER)?;
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
        let entries = match fields.optional(tag::SEQUENCE)? {
            Some(list) => range(&list).end - list.value.len()..range(&list).end,
            None => 0..0,
        };
        let extensions = match fields.optional(tag::CONTEXT_0)? {
            Some(explicit) => {
                let mut inside = explicit.children();
                let list = inside.expect(tag::SEQUENCE, "extensions are expected")?;
                inside.finish()?;
                read_extensions(list.children())?
            }
            None => Vec::new(),
        };
        fields.finish()?;

        let mut read = Self {
            tbs: range(&tbs),
            entries,
            issuer: DistinguishedName::from_der(issuer.raw)?,
            algorithm: algorithm.raw.to_vec(),
            signature: signature_bytes.to_vec(),
            this_update,
            next_update,
            number: None,
            scope: IssuingDistributionPoint::default(),
            unusable: None,
            findings: Vec::from_iter(filling),
            der: Vec::new(),
        };
        let named = algorithm.children().read()?.oid()?;
        let odd = signature::oddity(named, signature_bytes, "signatureValue");
        read.findings.extend(odd);
        for extension in &extensions {
            read.take(extension);
        }
        read.check_entries(&der);
        read.der = der;
        Ok(read)
    }

    fn take(&mut self, extension: &Extension) {
        let value = &extension.value;
        let unusable = if extension.oid == oid::CRL_NUMBER {
            self.number = asn1::single(value, tag::INTEGER, "")
                .ok()
                .map(|number| number.value.to_vec());
            None
        } else if extension.oid == oid::AUTHORITY_KEY_IDENTIFIER {
            // A help to find the issuer; the signature tells.
            None
        } else if extension.oid == oid::ISSUING_DISTRIBUTION_POINT {
            match IssuingDistributionPoint::parse(value) {
                Ok(scope) if scope.indirect => Some("indirect list".into()),
                Ok(scope) if scope.point.relative => Some("relative distribution point".into()),
                Ok(scope) => {
                    self.scope = scope;
                    None
                }
                Err(malformed) => Some(malformed.reason.into()),
            }
        } else if extension.oid == oid::DELTA_CRL_INDICATOR {
            Some("delta list".into())
        } else if extension.critical {
            Some(format!("critical extension {}", extension.oid))
        } else {
            None
        };
        if self.unusable.is_none() {
            self.unusable = unusable;
        }
    }

    /// Checks the form of all entries, and that none has a critical extension that is not known
    /// (5.3: such a list must not be used).
    fn check_entries(&mut self, der: &[u8]) {
        let mut entries = Reader::new(&der[self.entries.clone()]);
        while !entries.is_empty() {
            let problem = match entries.read().and_then(|entry| Entry::read(&entry)) {
                Ok(entry) => entry
                    .critical
                    .map(|oid| format!("critical entry extension {oid}")),
                Err(malformed) => Some(format!("an entry: {}", malformed.reason)),
            };
            if problem.is_some() {
                self.unusable = self.unusable.take().or(problem);
                return;
            }
        }
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
    /// meant, see [`asn1::may_be_same_serial`].
    pub fn revocations(&self, serial: &[u8]) -> impl Iterator<Item = Revocation> {
        #[cfg(test)]
        crate::testing::work::done("list entries");
        // Looked up once for each certificate: an index would take longer to make. Nearly all entries
        // are others', of which the serial number says enough.
        let mut entries = Reader::new(&self.der[self.entries.clone()]);
        std::iter::from_fn(move || entries.read().ok())
            .filter(|entry| {
                let first = entry.children().read();
                first.is_ok_and(|first| asn1::may_be_same_serial(first.value, serial))
            })
            .filter_map(|entry| Entry::read(&entry).ok())
            .map(|Entry { date, reason, .. }| Revocation { date, reason })
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

    /// Whether its scope covers a certificate (6.3.3 b 2).
    fn covers(&self, certificate: &Certificate) -> bool {
        let scope = &self.scope;
        let is_ca = certificate.basic_constraints().is_some_and(|bc| bc.ca);
        if scope.only_attributes || scope.only_users && is_ca || scope.only_authorities && !is_ca {
            return false;
        }
        if scope.point.names.is_empty() {
            return true;
        }
        let points = certificate
            .extension(oid::CRL_DISTRIBUTION_POINTS)
            .and_then(|extension| distribution_points(&extension.value).ok())
            .unwrap_or_default();
        let mut names = points.iter().flat_map(|point| &point.names);
        names.any(|name| scope.point.names.iter().any(|own| same_place(name, own)))
    }
}

fn same_place(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::Uri(a), GeneralName::Uri(b)) => a == b,
        (GeneralName::Directory(a), GeneralName::Directory(b)) => a.matches(b),
        _ => false,
    }
}

/// An entry, read.
struct Entry {
    date: UnixTime,
    reason: RevocationReason,
    critical: Option<ObjectIdentifier>,
}

impl Entry {
    fn read(entry: &Tlv<'_>) -> Result<Self, Malformed> {
        let mut fields = entry.children();
        let serial = fields.expect(tag::INTEGER, "a serial number is expected")?;
        if serial.value.is_empty() {
            return Err(serial.malformed("an INTEGER without contents"));
        }
        let mut read = Self {
            date: asn1::time(&fields.read()?)?,
            reason: RevocationReason::Unspecified,
            critical: None,
        };
        if let Some(list) = fields.optional(tag::SEQUENCE)? {
            for extension in read_extensions(list.children())? {
                if extension.oid == oid::CRL_REASON {
                    if let [0x0a, 1, number] = extension.value[..] {
                        read.reason = RevocationReason::from_number(number);
                    }
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
        extensions.push(Extension {
            oid,
            critical: critical.is_some_and(|tlv| tlv.value != [0]),
            value: value.value.to_vec(),
        });
    }
    Ok(extensions)
}

/// What is known of a certificate's revocation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// What the lists say.
    pub state: State,
    /// Number of the list that says it, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When that was issued, ISO 8601 UTC.
    pub this_update: String,
    /// When the next one is due, ISO 8601 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_update: Option<String>,
}

/// States of revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not on a list that holds at the point in time.
    Good,
    /// On a list.
    Revoked,
    /// Not on a list that is stale or begins later.
    Unknown,
}

/// The revocation lists of a judgement.
#[derive(Clone, Debug, Default)]
pub struct Crls {
    lists: Vec<Crl>,
    unreadable: Vec<Error>,
}

/// A certificate with who issued it, whose lists are asked for.
pub(super) struct Question<'a> {
    pub certificate: &'a Certificate,
    pub issuer_key: &'a PublicKey,
    /// The same, DER SubjectPublicKeyInfo.
    pub issuer_spki: &'a [u8],
    /// Whether its certificate, if it is at hand, allows it to sign lists.
    pub issuer_signs_lists: bool,
    /// Index in the path.
    pub index: usize,
}

/// What was found out about the lists of one judgement, each by its index: several paths ask the
/// same, and a list may have a million entries.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    /// Whether a key, by the SHA-256 of its SubjectPublicKeyInfo, signed it.
    signed: Vec<(usize, [u8; 32], bool)>,
    /// What it says of a certificate, by its SHA-256.
    said: Vec<(usize, [u8; 32], Said)>,
}

/// What a list says of a certificate at a point in time: its first entries of both kinds.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    lasting: Option<Revocation>,
    /// A suspension.
    hold: Option<Revocation>,
}

impl Lookups {
    fn is_signed(&mut self, at: usize, list: &Crl, by: &Question<'_>, sm2_id: &[u8]) -> bool {
        let spki = sha256(by.issuer_spki);
        let mut known = self.signed.iter();
        if let Some((.., signed)) = known.find(|(list, key, _)| *list == at && *key == spki) {
            return *signed;
        }
        let signed = list.is_signed_by(by.issuer_key, sm2_id);
        self.signed.push((at, spki, signed));
        signed
    }

    fn says(&mut self, number: usize, list: &Crl, of: &Certificate, at: UnixTime) -> Said {
        let mut known = self.said.iter();
        if let Some((.., said)) = known.find(|(list, sha, _)| *list == number && sha == of.sha256())
        {
            return *said;
        }
        let mut said = Said::default();
        for revocation in list
            .revocations(of.serial())
            .filter(|found| found.date <= at)
        {
            if revocation.reason != RevocationReason::CertificateHold {
                said.lasting = Some(revocation);
                break;
            }
            said.hold = said.hold.or(Some(revocation));
        }
        self.said.push((number, *of.sha256(), said));
        said
    }
}

impl Crls {
    /// Reads lists, each DER, PEM (one or many) or bare Base64. One that can't be read becomes a
    /// finding, not an error.
    #[must_use]
    pub fn read<B: AsRef<[u8]>>(inputs: &[B]) -> Self {
        let mut crls = Self::default();
        let mut take = |list| match list {
            Ok(list) => crls.lists.push(list),
            Err(error) => crls.unreadable.push(error),
        };
        for input in inputs {
            let input = input.as_ref();
            let text = std::str::from_utf8(input).unwrap_or_default();
            match pem::blocks(text, &["CRL"]) {
                Some(blocks) if blocks.len() > 1 => {
                    for der in blocks {
                        take(Crl::parse(&der));
                    }
                }
                _ => take(Crl::parse(input)),
            }
        }
        crls
    }

    /// Findings about lists that can't be read, and what is odd about those that can.
    pub(super) fn findings(&self, policy: CrlPolicy) -> Vec<Finding> {
        let unreadable = self.unreadable.iter();
        let mut findings: Vec<Finding> = unreadable
            .map(|error| Finding::new(severity(policy), error.clone()))
            .collect();
        for (index, list) in self.lists.iter().enumerate() {
            findings.extend(list.findings.iter().map(|finding| {
                let place = finding.place.as_deref().unwrap_or_default();
                finding.clone().at(format!("crls[{index}].{place}"))
            }));
        }
        findings
    }

    /// Looks a certificate up in the lists of its issuer.
    pub(super) fn check(
        &self,
        question: &Question<'_>,
        policy: &Policy<'_>,
        lookups: &mut Lookups,
    ) -> (Option<Status>, Vec<Finding>) {
        let certificate = question.certificate;
        let mut findings = Vec::new();
        let place = format!("path[{}]", question.index);
        let short = severity(policy.crl_policy);
        let found = |error, severity| Finding::new(severity, error).at(place.clone());
        let issuer = || certificate.issuer().readable();
        let mut usable: Vec<(usize, &Crl)> = Vec::new();
        let mut foreign = None;
        for (at, list) in self.lists.iter().enumerate() {
            if !list.issuer.matches(certificate.issuer()) || !list.covers(certificate) {
                continue;
            }
            let problem = match &list.unusable {
                Some(problem) => Some(problem.clone()),
                None if !question.issuer_signs_lists => {
                    Some("its issuer may not sign lists".into())
                }
                None if !lookups.is_signed(at, list, question, policy.sm2_id) => {
                    let reason = "signature".into();
                    foreign = Some(found(Error::CrlInvalid { reason }, short));
                    continue;
                }
                None => None,
            };
            match problem {
                Some(reason) => findings.push(found(Error::CrlInvalid { reason }, short)),
                None => usable.push((at, list)),
            }
        }
        // A CA with a new key has lists of both under one name: the other key's is no fault where
        // there is one of its own.
        if usable.is_empty() {
            findings.extend(foreign);
        }
        // The newest that has begun; of those that begin later, the first.
        let all = || usable.iter().map(|(_, list)| *list);
        let newest = all()
            .filter(|list| list.this_update <= policy.at)
            .max_by_key(|list| list.this_update)
            .or_else(|| all().min_by_key(|list| list.this_update));
        let Some(newest) = newest else {
            findings.push(found(Error::CrlMissing { issuer: issuer() }, short));
            return (None, findings);
        };
        // A suspension ends when a newer list leaves it out; every other revocation lasts.
        let revoked = usable.iter().find_map(|(at, list)| {
            let Said { lasting, hold } = lookups.says(*at, list, certificate, policy.at);
            let is_newest = list.this_update == newest.this_update;
            lasting.or(hold.filter(|_| is_newest))
        });
        let mut state = State::Good;
        if newest.scope.point.some_reasons {
            state = State::Unknown;
            let reason = "covers some reasons only".into();
            findings.push(found(Error::CrlInvalid { reason }, short));
        }
        if newest.this_update > policy.at {
            state = State::Unknown;
            let date = newest.this_update.to_string();
            let error = Error::CrlNotYetValid {
                issuer: issuer(),
                date: date.clone(),
            };
            findings.push(found(error, short).evidence(date, format!("≤ {}", policy.at)));
        } else if let Some(end) = newest.next_update.filter(|end| *end < policy.at) {
            state = State::Unknown;
            let date = end.to_string();
            let error = Error::CrlStale {
                issuer: issuer(),
                date: date.clone(),
            };
            findings.push(found(error, short).evidence(date, format!("≥ {}", policy.at)));
        }
        if let Some(Revocation { date, reason }) = revoked {
            state = State::Revoked;
            let date = date.to_string();
            let error = Error::CertificateRevoked {
                date: date.clone(),
                reason,
            };
            let evidence = format!("{} {}", certificate.serial_hex(), reason.word());
            findings
                .push(found(error, Severity::Fatal).evidence(evidence, "on no list".to_owned()));
        }
        let status = Status {
            state,
            number: newest.number.as_deref().map(asn1::hex),
            this_update: newest.this_update.to_string(),
            next_update: newest.next_update.map(|end| end.to_string()),
        };
        (Some(status), findings)
    }
}

fn severity(policy: CrlPolicy) -> Severity {
    match policy {
        CrlPolicy::Warn => Severity::Warning,
        CrlPolicy::Require => Severity::Fatal,
    }
}

fn invalid(reason: &str) -> Error {
    Error::CrlInvalid {
        reason: reason.into(),
    }
}

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

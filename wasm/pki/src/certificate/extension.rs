//! Extensions that the product reads, leniently where the field's certificates ask for it.

use super::general_name::GeneralName;
use super::name::{Text, read_text};
use crate::asn1::{self, Malformed, Reader, Tlv, tag};
use crate::{charset, oid};
use der::Decode;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::{CertificatePolicies, ExtendedKeyUsage, PolicyMappings};
use yinxin_proto::{Error, Finding, Severity};

/// An extension, its value not interpreted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// extnID.
    pub oid: ObjectIdentifier,
    /// Whether who does not know it must refuse the certificate.
    pub critical: bool,
    /// Contents of extnValue.
    pub value: Vec<u8>,
}

impl Extension {
    /// Its name in places and results: that of RFC 5280, or the OID.
    #[must_use]
    pub fn name(&self) -> String {
        let known = NAMES.iter().find(|(oid, _)| *oid == self.oid);
        known.map_or_else(|| oid::dotted(self.oid), |(_, name)| (*name).into())
    }

    /// Tells what is odd about its content. One that is not as defined is fatal where it is
    /// critical or decides what the key may do.
    pub(super) fn oddities(&self, findings: &mut Vec<Finding>) {
        // Most have none.
        let place = || format!("extensions.{}", self.name());
        let note = |error| Finding::new(Severity::Note, error).at(place());
        let decides = [
            oid::KEY_USAGE,
            oid::EXTENDED_KEY_USAGE,
            oid::BASIC_CONSTRAINTS,
        ];
        match self.is_as_defined() {
            Some(true) => {}
            Some(false) => {
                let severity = if self.critical || decides.contains(&self.oid) {
                    Severity::Fatal
                } else {
                    Severity::Note
                };
                let error = Error::ExtensionUnreadable {
                    oid: self.oid.to_string(),
                };
                let finding = Finding::new(severity, error).at(place());
                findings.push(finding.evidence(self.excerpt(), self.name()));
                return;
            }
            None => {
                let mut reader = Reader::new(&self.value);
                if reader.read().is_err() || !reader.is_empty() {
                    let error = Error::ExtensionNotDer {
                        oid: self.oid.to_string(),
                    };
                    let finding = note(error);
                    findings.push(finding.evidence(self.excerpt(), "DER"));
                }
            }
        }
        if self.oid == oid::KEY_USAGE
            && let Some(usage) = KeyUsage::parse(&self.value)
            && usage.to_der() != self.value
        {
            let finding = note(Error::UnusedBitsOdd {});
            findings.push(finding.evidence(self.excerpt(), asn1::hex(&usage.to_der())));
        }
        if self.oid == oid::BASIC_CONSTRAINTS {
            BasicConstraints::oddities(&self.value, place, findings);
        }
    }

    /// Whether its content is what its definition says; `None` for one that the product does not
    /// read.
    fn is_as_defined(&self) -> Option<bool> {
        let value = &self.value[..];
        Some(match self.oid {
            oid::KEY_USAGE => KeyUsage::parse(value).is_some(),
            oid::BASIC_CONSTRAINTS => BasicConstraints::parse(value).is_some(),
            oid::SUBJECT_KEY_IDENTIFIER => key_identifier(value).is_ok(),
            oid::AUTHORITY_KEY_IDENTIFIER => AuthorityKeyIdentifier::parse(value).is_ok(),
            oid::SUBJECT_ALT_NAME => general_names(value).is_ok_and(|names| !names.is_empty()),
            oid::EXTENDED_KEY_USAGE => extended_key_usage(value).is_ok(),
            oid::CERTIFICATE_POLICIES => policies(value).is_ok_and(|all| !all.is_empty()),
            oid::POLICY_MAPPINGS => policy_mappings(value).is_ok_and(|all| !all.is_empty()),
            oid::POLICY_CONSTRAINTS => {
                policy_constraints(value).is_ok_and(|read| read != (None, None))
            }
            oid::INHIBIT_ANY_POLICY => inhibit_any_policy(value).is_ok(),
            oid::NAME_CONSTRAINTS => {
                NameConstraints::parse(value).is_ok_and(|read| read.is_as_defined())
            }
            oid::CRL_DISTRIBUTION_POINTS => distribution_points(value).is_ok_and(|points| {
                !points.is_empty() && points.iter().all(DistributionPoint::is_as_defined)
            }),
            oid::AUTHORITY_INFO_ACCESS => {
                access_descriptions(value).is_ok_and(|all| !all.is_empty())
            }
            _ => return None,
        })
    }

    /// The beginning of its content in hex, as evidence.
    fn excerpt(&self) -> String {
        match self.value.get(..EXCERPT) {
            Some(head) => asn1::hex(head) + "…",
            None => asn1::hex(&self.value),
        }
    }

    /// The text of an extension that holds one: a string, a string under a context tag (the CHOICE
    /// of GB/T 20518's identity code), or bare ASCII (seen in the field).
    #[must_use]
    pub fn text(&self) -> Option<String> {
        self.read_text().map(|read| read.text)
    }

    /// The same, with what is odd about it.
    #[must_use]
    pub fn read_text(&self) -> Option<Text> {
        let plain = |text: &str, nuls| Text {
            text: text.to_owned(),
            nuls,
            legacy: None,
            odd: nuls > 0,
        };
        let bytes = |bytes: &[u8]| {
            let read = charset::decode(bytes)?;
            let text = read.text.trim_end_matches('\0');
            let nuls = read.text.len() - text.len();
            (!text.is_empty() && text.chars().all(|c| !c.is_control())).then(|| plain(text, nuls))
        };
        // Any bytes are Latin-1: those of a structure that nobody here knows are no text.
        let bare = || {
            let is_utf8 = std::str::from_utf8(&self.value).is_ok();
            is_utf8.then(|| bytes(&self.value)).flatten()
        };
        let mut reader = Reader::new(&self.value);
        let Ok(mut tlv) = reader.read() else {
            return bare();
        };
        if !reader.is_empty() {
            return bare();
        }
        if tlv.tag & 0xe0 == 0xa0 || tlv.tag == tag::SEQUENCE {
            tlv = tlv.children().read().ok()?;
        }
        if tlv.tag & 0xe0 == 0x80 {
            return bytes(tlv.value);
        }
        read_text(&tlv).or_else(bare)
    }
}

/// keyUsage (RFC 5280, 4.2.1.3): the first octet of the bits, and the second one above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// Reads the BIT STRING. Unused bits that are not declared (`03 02 00 C0`) are accepted; bits
    /// that are declared unused count as not set.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let bits = asn1::single(value, tag::BIT_STRING, "").ok()?;
        let (unused, octets) = match bits.value {
            [0] => return Some(Self(0)),
            [unused @ 0..=7, octets @ ..] if !octets.is_empty() => (*unused, octets),
            _ => return None,
        };
        let mut pair = [0; 2];
        for (index, octet) in octets.iter().enumerate().take(2) {
            let is_last = index + 1 == octets.len();
            pair[index] = if is_last {
                octet & (0xff << unused)
            } else {
                *octet
            };
        }
        Some(Self(u16::from_le_bytes(pair)))
    }

    /// The BIT STRING as DER writes it (X.690, 11.2.2): without zero bits at its end.
    fn to_der(self) -> Vec<u8> {
        let pair = self.0.to_le_bytes();
        let length = pair
            .iter()
            .rposition(|octet| *octet != 0)
            .map_or(0, |at| at + 1);
        let octets = &pair[..length];
        // Below 8, since the last octet is not zero.
        let unused = octets.last().map_or(0, |last| last.trailing_zeros() as u8);
        asn1::element(tag::BIT_STRING, &[&[unused], octets])
    }

    /// The names of its bits in RFC 5280, in their order.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let names = USAGES.iter().enumerate();
        names
            .filter(|(bit, _)| {
                let mask = if *bit < 8 { 0x80 >> bit } else { 0x8000 };
                self.0 & mask != 0
            })
            .map(|(_, name)| *name)
            .collect()
    }

    /// digitalSignature or nonRepudiation.
    #[must_use]
    pub fn signs(self) -> bool {
        self.0 & 0xc0 != 0
    }

    /// keyEncipherment, dataEncipherment or keyAgreement.
    #[must_use]
    pub fn encrypts(self) -> bool {
        self.0 & 0x38 != 0
    }

    /// keyCertSign.
    #[must_use]
    pub fn signs_certificates(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// cRLSign.
    #[must_use]
    pub fn signs_crls(self) -> bool {
        self.0 & 0x02 != 0
    }
}

/// basicConstraints (RFC 5280, 4.2.1.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether it is a CA's certificate.
    pub ca: bool,
    /// Largest number of further CA certificates below it.
    pub path_length: Option<u32>,
}

impl BasicConstraints {
    /// Tells what is odd about a readable one.
    fn oddities(value: &[u8], place: impl Fn() -> String, findings: &mut Vec<Finding>) {
        let Ok(mut fields) = sequence(value) else {
            return;
        };
        let mut note = |error, field: &str, found: &Tlv<'_>, expected: &str| {
            findings.push(
                Finding::new(Severity::Note, error)
                    .at(format!("{}.{field}", place()))
                    .evidence(asn1::hex(found.raw), expected),
            );
        };
        if let Ok(Some(flag)) = fields.optional(tag::BOOLEAN) {
            match flag.value {
                [0] => note(Error::DefaultEncoded {}, "cA", &flag, "absent"),
                [0xff] => {}
                _ => note(
                    odd("a BOOLEAN that is neither 00 nor FF"),
                    "cA",
                    &flag,
                    "0101ff",
                ),
            }
        }
        if let Ok(Some(length)) = fields.optional(tag::INTEGER)
            && let [0, 0..=0x7f, ..] = length.value
        {
            note(
                Error::IntegerOdd {},
                "pathLenConstraint",
                &length,
                "a minimal INTEGER",
            );
        }
    }

    /// Reads the SEQUENCE. An explicit FALSE (`30 03 01 01 00`) is accepted.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let mut fields = asn1::single(value, tag::SEQUENCE, "").ok()?.children();
        let ca = match fields.optional(tag::BOOLEAN).ok()? {
            None => false,
            Some(boolean) => match boolean.value {
                [0] => false,
                [_] => true,
                _ => return None,
            },
        };
        let path_length = match fields.optional(tag::INTEGER).ok()? {
            None => None,
            Some(integer) => match integer.value {
                [] | [0x80..=0xff, ..] => return None,
                octets => Some(count(octets)),
            },
        };
        fields.finish().ok()?;
        Some(Self { ca, path_length })
    }
}

/// authorityKeyIdentifier (4.2.1.1).
#[derive(Clone, Debug, Default)]
pub struct AuthorityKeyIdentifier {
    /// keyIdentifier.
    pub key: Option<Vec<u8>>,
    /// authorityCertIssuer.
    pub issuer: Vec<GeneralName>,
    /// Contents octets of authorityCertSerialNumber.
    pub serial: Option<Vec<u8>>,
}

impl AuthorityKeyIdentifier {
    /// Reads the SEQUENCE.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(value: &[u8]) -> Result<Self, Malformed> {
        let mut fields = sequence(value)?;
        let key = fields.optional(0x80)?.map(|tlv| tlv.value.to_vec());
        let issuer = match fields.optional(tag::CONTEXT_1)? {
            Some(names) => GeneralName::read_all(names.children())?,
            None => Vec::new(),
        };
        let serial = fields.optional(0x82)?.map(|tlv| tlv.value.to_vec());
        fields.finish()?;
        Ok(Self {
            key,
            issuer,
            serial,
        })
    }
}

/// subjectKeyIdentifier (4.2.1.2).
///
/// # Errors
/// If it is no OCTET STRING.
pub fn key_identifier(value: &[u8]) -> Result<&[u8], Malformed> {
    asn1::single(value, tag::OCTET_STRING, "an OCTET STRING is expected").map(|tlv| tlv.value)
}

/// subjectAltName and issuerAltName (4.2.1.6).
///
/// # Errors
/// If it is not a SEQUENCE of names.
pub fn general_names(value: &[u8]) -> Result<Vec<GeneralName>, Malformed> {
    GeneralName::read_all(sequence(value)?)
}

/// extKeyUsage (4.2.1.12): its purposes.
///
/// # Errors
/// If it is not a SEQUENCE of OIDs, one at least.
pub fn extended_key_usage(value: &[u8]) -> Result<Vec<ObjectIdentifier>, Malformed> {
    let ExtendedKeyUsage(purposes) = standard(value)?;
    if purposes.is_empty() || purposes.len() > MAX_ELEMENTS {
        return Err(whole("no purpose, or too many"));
    }
    Ok(purposes)
}

/// The name of a purpose of extKeyUsage, or its OID.
#[must_use]
pub fn purpose_name(purpose: ObjectIdentifier) -> String {
    let known = PURPOSES.iter().find(|(known, _)| *known == purpose);
    known.map_or_else(|| oid::dotted(purpose), |(_, name)| (*name).into())
}

/// certificatePolicies (4.2.1.4): the policies without their qualifiers.
///
/// # Errors
/// If it is not as defined, or a policy stands twice.
pub fn policies(value: &[u8]) -> Result<Vec<ObjectIdentifier>, Malformed> {
    let mut found = Vec::new();
    for information in policy_information(value)? {
        let policy = information.policy_identifier;
        if found.contains(&policy) || found.len() == MAX_POLICIES {
            return Err(whole("a policy twice, or too many"));
        }
        found.push(policy);
    }
    Ok(found)
}

/// The first qualifier of certificatePolicies that is neither a pointer to a CPS nor a user notice:
/// where the extension is critical, whoever does not know it must refuse (4.2.1.4).
#[must_use]
pub fn unknown_qualifier(value: &[u8]) -> Option<ObjectIdentifier> {
    let all = policy_information(value).unwrap_or_default().into_iter();
    all.flat_map(|information| information.policy_qualifiers.unwrap_or_default())
        .map(|qualifier| qualifier.policy_qualifier_id)
        .find(|kind| ![oid::CPS_POINTER, oid::USER_NOTICE].contains(kind))
}

fn policy_information(value: &[u8]) -> Result<Vec<PolicyInformation>, Malformed> {
    let CertificatePolicies(all) = standard(value)?;
    let empty = |one: &PolicyInformation| one.policy_qualifiers.as_ref().is_some_and(Vec::is_empty);
    if all.iter().any(empty) {
        return Err(whole("no policy qualifier"));
    }
    Ok(all)
}

/// policyMappings (4.2.1.5): from the issuer's domain to the subject's.
///
/// # Errors
/// If it is not as defined, or maps from or to anyPolicy.
pub fn policy_mappings(
    value: &[u8],
) -> Result<Vec<(ObjectIdentifier, ObjectIdentifier)>, Malformed> {
    let PolicyMappings(all) = standard(value)?;
    let found: Vec<_> = all
        .into_iter()
        .map(|mapping| (mapping.issuer_domain_policy, mapping.subject_domain_policy))
        .collect();
    let any = |(from, to): &_| *from == oid::ANY_POLICY || *to == oid::ANY_POLICY;
    if found.iter().any(any) || found.len() > MAX_POLICIES {
        return Err(whole("anyPolicy can't be mapped, or too many mappings"));
    }
    Ok(found)
}

/// policyConstraints (4.2.1.11): certificates to skip until an explicit policy is required, and
/// until mappings count no more.
///
/// # Errors
/// If it is not as defined.
pub fn policy_constraints(value: &[u8]) -> Result<(Option<u32>, Option<u32>), Malformed> {
    let mut fields = sequence(value)?;
    let explicit = fields.optional(0x80)?.map(|tlv| skip_count(&tlv));
    let mapping = fields.optional(0x81)?.map(|tlv| skip_count(&tlv));
    fields.finish()?;
    Ok((explicit.transpose()?, mapping.transpose()?))
}

/// inhibitAnyPolicy (4.2.1.14): certificates to skip until anyPolicy counts no more.
///
/// # Errors
/// If it is no INTEGER, or a negative one.
pub fn inhibit_any_policy(value: &[u8]) -> Result<u32, Malformed> {
    skip_count(&asn1::single(
        value,
        tag::INTEGER,
        "an INTEGER is expected",
    )?)
}

/// nameConstraints (4.2.1.10).
#[derive(Clone, Debug, Default)]
pub struct NameConstraints {
    /// Where names of a form must lie, if any of that form stands here.
    pub permitted: Vec<GeneralName>,
    /// Where names must not lie.
    pub excluded: Vec<GeneralName>,
    /// Whether it, or a list in it, is empty.
    is_empty: bool,
}

impl NameConstraints {
    /// Reads the SEQUENCE.
    ///
    /// # Errors
    /// If it is not as defined. `minimum` and `maximum`, which the profile forbids, are refused.
    pub fn parse(value: &[u8]) -> Result<Self, Malformed> {
        let mut fields = sequence(value)?;
        let mut is_empty = fields.is_empty();
        let mut subtrees = |tag| match fields.optional(tag)? {
            None => Ok(Vec::new()),
            Some(trees) => {
                is_empty |= trees.value.is_empty();
                list(trees.children(), |tree| {
                    let mut parts = tree.children();
                    let base = GeneralName::read(&parts.read()?)?;
                    parts.finish()?;
                    Ok(base)
                })
            }
        };
        let (permitted, excluded) = (subtrees(tag::CONTEXT_0)?, subtrees(tag::CONTEXT_1)?);
        fields.finish()?;
        Ok(Self {
            permitted,
            excluded,
            is_empty,
        })
    }

    /// Whether its lists have elements, and its networks masks.
    fn is_as_defined(&self) -> bool {
        let mut bases = self.permitted.iter().chain(&self.excluded);
        !self.is_empty
            && bases.all(|base| match base {
                GeneralName::Ip(network) => network_of(network).is_some(),
                _ => true,
            })
    }
}

/// Address and mask of an iPAddress in a constraint (4.2.1.10, in the style of RFC 4632); `None` of
/// another length, and of a mask with holes.
#[must_use]
pub fn network_of(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    if !matches!(octets.len(), 8 | 32) {
        return None;
    }
    let (network, mask) = octets.split_at(octets.len() / 2);
    let set: u32 = mask.iter().map(|octet| octet.count_ones()).sum();
    let whole = mask.iter().take_while(|octet| **octet == 0xff).count();
    let next = mask.get(whole).map_or(0, |octet| octet.leading_ones());
    let is_whole = whole * 8 + next as usize == set as usize;
    is_whole.then_some((network, mask))
}

/// A point of cRLDistributionPoints (4.2.1.13).
#[derive(Clone, Debug, Default)]
pub struct DistributionPoint {
    /// fullName.
    pub names: Vec<GeneralName>,
    /// nameRelativeToCRLIssuer: the contents of its RelativeDistinguishedName.
    pub relative: Option<Vec<u8>>,
    /// The reasons that the list covers, as bits, if it covers some only.
    pub reasons: Option<u16>,
    /// cRLIssuer: who issues the list, if another than the certificate's issuer.
    pub issuers: Vec<GeneralName>,
    /// Whether a list of names stands there that has none.
    is_empty: bool,
}

impl DistributionPoint {
    /// Whether it has a distributionPoint.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !self.names.is_empty() || self.relative.is_some()
    }

    /// Whether it is as the clause says: names where there is a list of them, and more than reasons.
    fn is_as_defined(&self) -> bool {
        !self.is_empty && (self.is_named() || !self.issuers.is_empty())
    }

    /// Reads the content of `[0] distributionPoint`, a CHOICE.
    fn read_name(&mut self, tlv: &Tlv<'_>) -> Result<(), Malformed> {
        let mut inside = tlv.children();
        let choice = inside.read()?;
        inside.finish()?;
        match choice.tag {
            tag::CONTEXT_0 => self.names = GeneralName::read_all(choice.children())?,
            tag::CONTEXT_1 => self.relative = Some(choice.value.to_vec()),
            _ => return Err(choice.malformed("a DistributionPointName is expected")),
        }
        self.is_empty |= choice.value.is_empty();
        Ok(())
    }
}

/// cRLDistributionPoints and freshestCRL.
///
/// # Errors
/// If it is not as defined.
pub fn distribution_points(value: &[u8]) -> Result<Vec<DistributionPoint>, Malformed> {
    list(sequence(value)?, |point| {
        let mut fields = point.children();
        let mut read = DistributionPoint::default();
        if let Some(name) = fields.optional(tag::CONTEXT_0)? {
            read.read_name(&name)?;
        }
        let reasons = fields.optional(0x81)?;
        read.reasons = reasons.map(|flags| reason_flags(&flags)).transpose()?;
        if let Some(issuers) = fields.optional(0xa2)? {
            read.issuers = GeneralName::read_all(issuers.children())?;
            read.is_empty |= read.issuers.is_empty();
        }
        fields.finish()?;
        Ok(read)
    })
}

/// ReasonFlags (4.2.1.13), a BIT STRING: the first octet above the second.
fn reason_flags(tlv: &Tlv<'_>) -> Result<u16, Malformed> {
    let flags = match *tlv.value {
        [0] => 0,
        [0..=7, first] => u16::from(first) << 8,
        [0..=7, first, second, ..] => u16::from_be_bytes([first, second]),
        _ => return Err(tlv.malformed("ReasonFlags are expected")),
    };
    Ok(flags & ALL_REASONS)
}

/// The bits of every reason in ReasonFlags, keyCompromise to aACompromise.
pub const ALL_REASONS: u16 = 0x7f80;

/// issuingDistributionPoint of a CRL (5.2.5).
#[derive(Clone, Debug, Default)]
pub struct IssuingDistributionPoint {
    /// Its name and reasons; of a list without a name it is the issuer's whole list.
    pub point: DistributionPoint,
    /// onlyContainsUserCerts.
    pub only_users: bool,
    /// onlyContainsCACerts.
    pub only_authorities: bool,
    /// indirectCRL.
    pub indirect: bool,
    /// onlyContainsAttributeCerts.
    pub only_attributes: bool,
}

impl IssuingDistributionPoint {
    /// Reads the SEQUENCE.
    ///
    /// # Errors
    /// If it is not as defined.
    pub fn parse(value: &[u8]) -> Result<Self, Malformed> {
        let whole = asn1::single(value, tag::SEQUENCE, "a SEQUENCE is expected")?;
        let mut fields = whole.children();
        let mut read = Self::default();
        if let Some(name) = fields.optional(tag::CONTEXT_0)? {
            read.point.read_name(&name)?;
        }
        let flag = |flag: Option<Tlv<'_>>| {
            flag.is_some_and(|tlv| tlv.value.iter().any(|octet| *octet != 0))
        };
        read.only_users = flag(fields.optional(0x81)?);
        read.only_authorities = flag(fields.optional(0x82)?);
        let reasons = fields.optional(0x83)?;
        read.point.reasons = reasons.map(|flags| reason_flags(&flags)).transpose()?;
        read.indirect = flag(fields.optional(0x84)?);
        read.only_attributes = flag(fields.optional(0x85)?);
        fields.finish()?;
        let kinds = [read.only_users, read.only_authorities, read.only_attributes];
        if whole.value.is_empty() || read.point.is_empty {
            return Err(whole.malformed("an empty issuingDistributionPoint"));
        }
        if kinds.iter().filter(|only| **only).count() > 1 {
            return Err(whole.malformed("a list of nothing"));
        }
        Ok(read)
    }
}

/// authorityInfoAccess (4.2.2.1): method and place.
///
/// # Errors
/// If it is not as defined.
pub fn access_descriptions(
    value: &[u8],
) -> Result<Vec<(ObjectIdentifier, GeneralName)>, Malformed> {
    list(sequence(value)?, |description| {
        let mut fields = description.children();
        let method = fields.read()?.oid()?;
        let place = GeneralName::read(&fields.read()?)?;
        fields.finish()?;
        Ok((method, place))
    })
}

/// An oddity that has no code of its own.
pub(super) fn odd(reason: &str) -> Error {
    Error::EncodingOdd {
        reason: reason.into(),
    }
}

/// A value that is read as the standard writes it, without leniency.
fn standard<T: for<'a> Decode<'a>>(value: &[u8]) -> Result<T, Malformed> {
    T::from_der(value).map_err(|_| whole("not as its definition says"))
}

fn whole(reason: &'static str) -> Malformed {
    Malformed {
        position: 0,
        reason,
    }
}

fn sequence(value: &[u8]) -> Result<Reader<'_>, Malformed> {
    asn1::single(value, tag::SEQUENCE, "a SEQUENCE is expected").map(|tlv| tlv.children())
}

/// Every element of a SEQUENCE of names, SEQUENCEs or OIDs.
pub(super) fn list<'a, T>(
    mut reader: Reader<'a>,
    read: impl Fn(Tlv<'a>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let mut found = Vec::new();
    while !reader.is_empty() {
        let element = reader.read()?;
        if found.len() == MAX_ELEMENTS {
            return Err(element.malformed("too many elements"));
        }
        found.push(read(element)?);
    }
    Ok(found)
}

/// A number of certificates; one without bound saturates.
fn skip_count(tlv: &Tlv<'_>) -> Result<u32, Malformed> {
    match tlv.value {
        [] | [0x80..=0xff, ..] => Err(tlv.malformed("a negative INTEGER")),
        octets => Ok(count(octets)),
    }
}

fn count(octets: &[u8]) -> u32 {
    octets.iter().fold(0u32, |n, octet| {
        n.saturating_mul(256).saturating_add(u32::from(*octet))
    })
}

/// Elements of one extension: names, purposes, places. They are compared with those of other
/// certificates and lists.
const MAX_ELEMENTS: usize = 256;

/// Policies and mappings of one certificate.
const MAX_POLICIES: usize = 64;

/// Octets of an unreadable extension that stand in a finding.
const EXCERPT: usize = 64;

/// The bits of keyUsage.
const USAGES: [&str; 9] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

/// Purposes of extKeyUsage that RFC 5280 names.
const PURPOSES: &[(ObjectIdentifier, &str)] = &[
    (oid::ANY_EXTENDED_KEY_USAGE, "anyExtendedKeyUsage"),
    (oid::SERVER_AUTH, "serverAuth"),
    (oid::CLIENT_AUTH, "clientAuth"),
    (oid::CODE_SIGNING, "codeSigning"),
    (oid::EMAIL_PROTECTION, "emailProtection"),
    (oid::TIME_STAMPING, "timeStamping"),
    (oid::OCSP_SIGNING, "OCSPSigning"),
];

/// Names of extensions in RFC 5280.
const NAMES: &[(ObjectIdentifier, &str)] = &[
    (oid::SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier"),
    (oid::KEY_USAGE, "keyUsage"),
    (oid::SUBJECT_ALT_NAME, "subjectAltName"),
    (oid::BASIC_CONSTRAINTS, "basicConstraints"),
    (oid::NAME_CONSTRAINTS, "nameConstraints"),
    (oid::CRL_DISTRIBUTION_POINTS, "cRLDistributionPoints"),
    (oid::CERTIFICATE_POLICIES, "certificatePolicies"),
    (oid::POLICY_MAPPINGS, "policyMappings"),
    (oid::AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier"),
    (oid::POLICY_CONSTRAINTS, "policyConstraints"),
    (oid::EXTENDED_KEY_USAGE, "extKeyUsage"),
    (oid::INHIBIT_ANY_POLICY, "inhibitAnyPolicy"),
    (oid::AUTHORITY_INFO_ACCESS, "authorityInfoAccess"),
];

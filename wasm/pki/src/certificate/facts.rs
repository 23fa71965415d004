//! What a certificate says: who holds it, what it discloses, how long it lasts, what it is for.

use super::algorithm::{Algorithm, curve, signature_name};
use super::authority::Family;
use super::extension::{self, Extension};
use super::general_name::GeneralName;
use super::identity::{Identity, Of};
use super::name::DistinguishedName;
use super::ra_name::RaName;
use super::{BasicConstraints, Certificate};
use crate::asn1::{self, Tlv, hex, tag};
use crate::key::PublicKey;
use crate::wire::Bytes;
use crate::{credit_code, identity_number, oid};
use der::asn1::ObjectIdentifier;
use serde::Serialize;
use serde::ser::SerializeMap;
use std::borrow::Cow;
use yinxin_proto::consent::{CertificateView, Disclosed, HolderKind, TrustView};
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// Days before the end of validity from which on a certificate counts as ending soon.
pub const ENDS_SOON_DAYS: i32 = 60;

/// The facts of a certificate. None of them says that it can be trusted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CertificateFacts {
    /// What it is good for, in a sentence or two for its holder.
    pub summary: Bilingual,
    /// The holder's name: common name, else organisation.
    pub holder: String,
    /// Unit, person or expert, where the certificate says so.
    pub kind: HolderKind,
    /// Unified social credit code, its check digit right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<String>,
    /// The unit's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// What identifies the person, where it says so: number of an identity document, serial number
    /// in the name, or user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Identifying numbers of all kinds, as they stand.
    pub identities: Vec<Identity>,
    /// The subject's whole name (RFC 4514).
    pub subject: String,
    /// The subject's attributes in the order of the encoding.
    pub subject_attributes: Vec<AttributeFact>,
    /// The issuer's whole name (RFC 4514).
    pub issuer: String,
    /// The issuer's attributes in the order of the encoding.
    pub issuer_attributes: Vec<AttributeFact>,
    /// The issuer's name, readable.
    pub issuer_name: String,
    /// The issuer as users know it, recognised by its name: no reason to trust.
    pub issuer_family: Family,
    /// Serial number, lower-case hex of the contents octets.
    pub serial: String,
    /// Serial number in the ways in which it is written.
    pub serial_number: SerialNumber,
    /// Start of validity, ISO 8601 UTC.
    pub not_before: String,
    /// End of validity, ISO 8601 UTC.
    pub not_after: String,
    /// Start of validity, ISO 8601 in China's time.
    pub not_before_china: String,
    /// End of validity, ISO 8601 in China's time.
    pub not_after_china: String,
    /// Days left at `now` by the calendar of China: 0 on the last day, negative after it.
    pub days_left: i32,
    /// The time at which these facts were told, ISO 8601 UTC.
    pub now: String,
    /// `SM2`, `RSA`, `P-256` or another curve, or an OID.
    pub key_algorithm: String,
    /// Size of the key in bits, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_bits: Option<u32>,
    /// The curve, of a key on one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<Curve>,
    /// Algorithm of its signatures, where the product makes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<SignatureAlgorithm>,
    /// The algorithm with which its issuer signed it: OpenSSL's name, or an OID.
    pub signature_algorithm: String,
    /// Its key may sign.
    pub may_sign: bool,
    /// Its key may decrypt.
    pub may_encrypt: bool,
    /// The same two as words.
    #[cfg_attr(feature = "typescript", ts(type = "('sign' | 'encrypt')[]"))]
    pub purposes: Vec<&'static str>,
    /// keyUsage by the names of RFC 5280; absent where it says none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_usage: Option<Vec<&'static str>>,
    /// extKeyUsage by the names of RFC 5280, or OIDs.
    pub extended_key_usage: Vec<String>,
    /// It belongs to a certification authority.
    pub is_ca: bool,
    /// Largest number of further CA certificates below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_length: Option<u32>,
    /// OIDs of the policies that it names.
    pub policies: Vec<String>,
    /// Where its issuer's revocation lists lie.
    pub crl_addresses: Vec<String>,
    /// Where its issuer answers for its state.
    pub ocsp_addresses: Vec<String>,
    /// Where its issuer's certificate lies.
    pub issuer_addresses: Vec<String>,
    /// Identifier of its key, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_key: Option<String>,
    /// Identifier of its issuer's key, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority_key: Option<String>,
    /// Personal data inside.
    pub discloses: Vec<Disclosed>,
    /// SHA-256 of the DER, lower-case hex.
    pub sha256: String,
    /// SM3 of the DER, lower-case hex.
    pub sm3: String,
    /// DER SubjectPublicKeyInfo.
    pub public_key: Bytes,
    /// DER of the certificate.
    pub certificate: Bytes,
    /// Oddities of the encoding, each with its place.
    pub findings: Vec<Finding>,
}

/// An attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "NameAttribute")
)]
pub struct AttributeFact {
    /// Its type.
    pub oid: String,
    /// OpenSSL's short name of the type (`CN`, `O`, `serialNumber`), or the OID.
    pub name: Cow<'static, str>,
    /// Its text; `#` and hex of its DER where it is none.
    pub text: String,
    /// The ASN.1 type of the string: `UTF8String`, `PrintableString`, `T61String`.
    pub encoding: Cow<'static, str>,
}

/// A serial number in the ways in which it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SerialNumber {
    /// As Sichuan CA's pages do: lower-case hex, `00` in front where the highest bit is set.
    pub scca: String,
    /// As OpenSSL does: upper-case hex without leading zeros, `-` in front of a negative one.
    pub hex: String,
    /// Decimal; absent for one of more than 64 octets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<String>,
}

/// A curve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Curve {
    /// Its name, or the OID.
    pub name: String,
    /// Its OID.
    pub oid: String,
}

impl SerialNumber {
    fn new(contents: &[u8]) -> Self {
        let trim = |octets: &[u8]| -> Vec<u8> {
            let zeros = octets.iter().take_while(|octet| **octet == 0).count();
            // Zero itself keeps an octet.
            octets[zeros.min(octets.len().saturating_sub(1))..].to_vec()
        };
        let is_negative = contents.first().is_some_and(|first| first & 0x80 != 0);
        let bare = trim(contents);
        let prefix = if bare.first().is_some_and(|first| first & 0x80 != 0) {
            "00"
        } else {
            ""
        };
        let magnitude = if is_negative {
            // Two's complement.
            let mut inverted: Vec<u8> = contents.iter().map(|octet| !octet).collect();
            for octet in inverted.iter_mut().rev() {
                let (sum, carry) = octet.overflowing_add(1);
                *octet = sum;
                if !carry {
                    break;
                }
            }
            trim(&inverted)
        } else {
            bare.clone()
        };
        let sign = if is_negative { "-" } else { "" };
        Self {
            scca: format!("{prefix}{}", hex(&bare)),
            hex: format!("{sign}{}", hex(&magnitude).to_ascii_uppercase()),
            decimal: (magnitude.len() <= 64).then(|| format!("{sign}{}", decimal(&magnitude))),
        }
    }
}

/// Big-endian octets in decimal, by repeated division: words of 32 bits, nine digits at a time.
fn decimal(octets: &[u8]) -> String {
    const NINE_DIGITS: u64 = 1_000_000_000;
    let word = |octets: &[u8]| octets.iter().fold(0, |word, o| word << 8 | u32::from(*o));
    let mut words: Vec<u32> = octets.rchunks(4).rev().map(word).collect();
    let mut groups = Vec::new();
    while groups.is_empty() || words.iter().any(|word| *word != 0) {
        let mut rest = 0;
        for word in &mut words {
            let value = rest << 32 | u64::from(*word);
            // Below 2^32, since the rest before was below the divisor.
            *word = (value / NINE_DIGITS) as u32;
            rest = value % NINE_DIGITS;
        }
        groups.push(rest);
    }
    let mut groups = groups.iter().rev();
    let first = groups.next().map_or_else(String::new, u64::to_string);
    groups.fold(first, |text, group| text + &format!("{group:09}"))
}

/// Makes of one list what tells all facts and what tells some. Each has its field, its name for callers, and its value: `=`
/// for one that is always there, `?` for one that may be absent.
macro_rules! facts {
    (|$certificate:ident, $now:ident| $($field:ident $name:literal $how:tt $value:expr;)+) => {
        /// The names of all facts.
        pub const NAMES: &[&str] = &[$($name),+];

        impl Certificate {
            /// The facts as of `now`, on which the days left and the summary depend.
            #[must_use]
            pub fn facts(&self, now: UnixTime) -> CertificateFacts {
                #[cfg(test)]
                crate::testing::work::done("facts");
                let ($certificate, $now) = (self, now);
                CertificateFacts { $($field: $value),+ }
            }

            /// Writes those of these names, as [`CertificateFacts`] would be written. What is not asked for costs nothing.
            ///
            /// # Errors
            /// What the writer says.
            pub fn write_facts<M: SerializeMap>(
                &self,
                now: UnixTime,
                names: &[impl AsRef<str>],
                map: &mut M,
            ) -> Result<(), M::Error> {
                let ($certificate, $now) = (self, now);
                let is_asked = |name| names.iter().any(|asked| asked.as_ref() == name);
                $(if is_asked($name) {
                    facts!(@write $how map $name $value);
                })+
                Ok(())
            }
        }
    };
    (@write = $map:ident $name:literal $value:expr) => {
        $map.serialize_entry($name, &$value)?
    };
    (@write ? $map:ident $name:literal $value:expr) => {
        if let Some(value) = $value {
            $map.serialize_entry($name, &value)?;
        }
    };
}

facts! { |certificate, now|
    summary "summary" = certificate.summary(now);
    holder "holder" = certificate.holder();
    kind "kind" = certificate.holder_kind();
    credit_code "creditCode" ? certificate.credit_code().map(str::to_owned);
    organization "organization" ? certificate.organization().map(str::to_owned);
    person "person" ? certificate.person();
    identities "identities" = certificate.identities();
    subject "subject" = certificate.subject().to_string();
    subject_attributes "subjectAttributes" = attributes(certificate.subject());
    issuer "issuer" = certificate.issuer().to_string();
    issuer_attributes "issuerAttributes" = attributes(certificate.issuer());
    issuer_name "issuerName" = certificate.issuer().readable();
    issuer_family "issuerFamily" = certificate.issuer_family().clone();
    serial "serial" = certificate.serial_hex();
    serial_number "serialNumber" = SerialNumber::new(certificate.serial());
    not_before "notBefore" = certificate.not_before().to_string();
    not_after "notAfter" = certificate.not_after().to_string();
    not_before_china "notBeforeChina" = certificate.not_before().in_china();
    not_after_china "notAfterChina" = certificate.not_after().in_china();
    days_left "daysLeft" = certificate.days_left(now);
    now "now" = now.to_string();
    key_algorithm "keyAlgorithm" = certificate.key_algorithm();
    key_bits "keyBits" ? certificate.key_bits();
    curve "curve" ? certificate.curve().map(|oid| Curve {
        name: curve(oid).map_or_else(|| oid::dotted(oid), |(name, _)| name.into()),
        oid: oid::dotted(oid),
    });
    algorithm "algorithm" ? certificate.key().ok().and_then(PublicKey::algorithm);
    signature_algorithm "signatureAlgorithm" = signature_name(certificate.signature_oid);
    may_sign "maySign" = certificate.may_sign();
    may_encrypt "mayEncrypt" = certificate.may_encrypt();
    purposes "purposes" = certificate.purposes();
    key_usage "keyUsage" ? certificate.key_usage().map(extension::KeyUsage::names);
    extended_key_usage "extendedKeyUsage" = {
        let purposes = certificate.extended_key_usage().unwrap_or_default().iter();
        purposes.map(|purpose| extension::purpose_name(*purpose)).collect::<Vec<_>>()
    };
    is_ca "isCa" = certificate.is_ca();
    path_length "pathLength" ? certificate
        .basic_constraints()
        .and_then(|constraints: BasicConstraints| constraints.path_length);
    policies "policies" = {
        let policies = certificate.read_extension(oid::CERTIFICATE_POLICIES, extension::policies);
        policies.iter().map(|oid| oid::dotted(*oid)).collect::<Vec<_>>()
    };
    crl_addresses "crlAddresses" = certificate.crl_addresses();
    ocsp_addresses "ocspAddresses" = certificate.access_addresses(oid::OCSP);
    issuer_addresses "issuerAddresses" = certificate.access_addresses(oid::CA_ISSUERS);
    subject_key "subjectKey" ? certificate.subject_key().map(hex);
    authority_key "authorityKey" ? certificate.authority_key().map(hex);
    discloses "discloses" = certificate.discloses();
    sha256 "sha256" = hex(certificate.sha256());
    sm3 "sm3" = hex(&certificate.sm3());
    public_key "publicKey" = Bytes(certificate.spki().to_vec());
    certificate "certificate" = Bytes(certificate.der().to_vec());
    findings "findings" = certificate.findings().to_vec();
}

impl Certificate {
    /// What its key is for, in words.
    fn purposes(&self) -> Vec<&'static str> {
        let words = [(self.may_sign(), "sign"), (self.may_encrypt(), "encrypt")];
        let words = words.into_iter().filter(|(may, _)| *may);
        words.map(|(_, word)| word).collect()
    }

    /// Size of its key, where it is known.
    fn key_bits(&self) -> Option<u32> {
        match self.key() {
            Ok(key) => Some(key.bits()),
            Err(_) => curve(self.curve()?).map(|(_, bits)| bits),
        }
    }

    fn crl_addresses(&self) -> Vec<String> {
        let points =
            self.read_extension(oid::CRL_DISTRIBUTION_POINTS, extension::distribution_points);
        let names = points.iter().flat_map(|point| &point.names);
        names
            .filter_map(GeneralName::uri)
            .map(str::to_owned)
            .collect()
    }

    /// The certificate as a window shows it.
    #[must_use]
    pub fn view(&self, now: UnixTime) -> CertificateView {
        let holder = self.holder();
        let problem = self.signing_problem(now);
        let days_left = self.days_left(now);
        let mut findings = Vec::new();
        if problem.is_none() && days_left <= ENDS_SOON_DAYS {
            findings.push(Finding::new(
                Severity::Warning,
                Error::CertificateEndsSoon {
                    days: days_left,
                    date: self.not_after().to_string(),
                },
            ));
        }
        // Whether a portal lists one of its further purposes is not known here.
        if problem.is_none()
            && let Some(limited) = self.use_problem(&[])
        {
            findings.push(Finding::new(Severity::Warning, limited));
        }
        findings.extend_from_slice(self.findings());
        CertificateView {
            certificate: hex(self.sha256()),
            organization: self
                .organization()
                .filter(|unit| *unit != holder)
                .map(str::to_owned),
            holder,
            kind: self.holder_kind(),
            credit_code: self.credit_code().map(str::to_owned),
            partner: None,
            issuer: self.issuer().readable(),
            serial: self.serial_hex(),
            not_before: self.not_before().to_string(),
            not_after: self.not_after().to_string(),
            days_left,
            algorithm: self.signing_algorithm().ok(),
            discloses: self.discloses(),
            problem,
            findings,
            // Who describes a certificate among others judges it.
            trust: TrustView::Unknown {
                finding: Finding::new(Severity::Warning, Error::TrustNotChecked {}),
            },
            renewable: false,
        }
    }

    /// The holder's name.
    #[must_use]
    pub fn holder(&self) -> String {
        match self.ra_name() {
            Some(parts) => parts.name.to_owned(),
            None => self.subject().readable(),
        }
    }

    /// The unit's name. Beside a common name that a registration authority composed, the organisation is the CA.
    fn organization(&self) -> Option<&str> {
        match self.ra_name() {
            Some(parts) => (self.holder_kind() == HolderKind::Unit).then_some(parts.name),
            None => self.subject().get(oid::ORGANIZATION),
        }
    }

    /// The parts of its common name, where a registration authority composed it.
    fn ra_name(&self) -> Option<RaName<'_>> {
        RaName::parse(self.subject().get(oid::COMMON_NAME)?)
    }

    /// The unified social credit code, from any of the places where certificates carry it.
    #[must_use]
    pub fn credit_code(&self) -> Option<&str> {
        let code = &self.derived.credit_code;
        code.get_or_init(|| self.find_credit_code()).as_deref()
    }

    fn find_credit_code(&self) -> Option<String> {
        [
            oid::CREDIT_CODE,
            oid::ORGANIZATION_CODE,
            oid::ORGANIZATION_IDENTIFIER,
            oid::SERIAL_NUMBER,
            oid::TAX_NUMBER,
            oid::REGISTRATION_NUMBER,
        ]
        .into_iter()
        .find_map(|oid| credit_code::find(&self.identifier(oid)?))
        .or_else(|| {
            self.numbers()
                .find_map(|number| credit_code::find(&number.value))
        })
        .or_else(|| self.ra_name()?.credit_code())
        .or_else(|| {
            // Not meant for it, and used: 18 characters with a check digit are nothing else.
            let mut others = self.subject().iter();
            others.find_map(|(oid, text)| {
                let may_hold = [oid::ORGANIZATIONAL_UNIT, oid::DESCRIPTION, oid::COMMON_NAME];
                may_hold
                    .contains(&oid)
                    .then(|| credit_code::find(text))
                    .flatten()
            })
        })
    }

    /// Whether a citizen's identity number stands in its subject's name.
    fn has_identity_number(&self) -> bool {
        self.subject()
            .iter()
            .any(|(_, text)| identity_number::find(text).is_some())
    }

    /// What identifies the person, where the certificate says so. A credit code does not. Controls
    /// and NULs are escaped, so that different texts are different persons.
    #[must_use]
    pub fn person(&self) -> Option<String> {
        let escaped = |oid| match self.subject().last(oid) {
            Some(attribute) => Some(attribute.escaped()),
            None => Some(self.extension(oid)?.read_text()?.escaped()),
        };
        [oid::IDENTITY_CODE, oid::SERIAL_NUMBER, oid::USER_ID]
            .into_iter()
            .find(|oid| {
                self.identifier(*oid)
                    .is_some_and(|text| credit_code::find(&text).is_none())
            })
            .and_then(escaped)
            .or_else(|| {
                let number = identity_number::find(self.subject().get(oid::COMMON_NAME)?);
                number.map(str::to_owned)
            })
    }

    /// A text under this OID, in the subject's name or else in an extension.
    #[must_use]
    pub fn identifier(&self, oid: ObjectIdentifier) -> Option<String> {
        match self.subject().get(oid) {
            Some(text) => Some(text.to_owned()),
            None => self.extension(oid)?.text().filter(|text| !text.is_empty()),
        }
    }

    /// Unit, person or expert, where the certificate says so.
    ///
    /// A person is said by a given name, a surname or an identity code; a unit by a common name that is
    /// the organisation's, or a credit code without an organisation. An expert is said by nothing but the
    /// words themselves, in an attribute that tells what a person is or belongs to, see `says_expert`;
    /// never of a unit, which may well have them in its name.
    #[must_use]
    pub fn holder_kind(&self) -> HolderKind {
        let kind = &self.derived.kind;
        *kind.get_or_init(|| self.find_holder_kind())
    }

    fn find_holder_kind(&self) -> HolderKind {
        let subject = self.subject();
        let unit = subject.get(oid::ORGANIZATION);
        let name = subject.get(oid::COMMON_NAME);
        let says_person = [oid::GIVEN_NAME, oid::SURNAME]
            .into_iter()
            .any(|oid| subject.get(oid).is_some())
            || self.identifier(oid::IDENTITY_CODE).is_some()
            || unit.is_none() && self.has_identity_number()
            || self.ra_name().is_some_and(|parts| parts.is_of_person());
        let says_unit = unit.is_some() && (name.is_none() || unit == name)
            || unit.is_none() && self.credit_code().is_some()
            || self.ra_name().is_some_and(|parts| {
                // CFCA has a unit of that name for each kind of holder.
                let mut units = subject
                    .iter()
                    .filter(|(oid, _)| *oid == oid::ORGANIZATIONAL_UNIT);
                parts.credit_code().is_some()
                    || units.any(|(_, text)| {
                        text.starts_with("Enterprise") || text.starts_with("Organizational")
                    })
            });
        let says_expert = subject.iter().any(|(oid, text)| {
            [oid::TITLE, oid::ORGANIZATIONAL_UNIT, oid::DESCRIPTION].contains(&oid)
                && says_expert(text)
        });
        if self.is_ca() || says_unit && !says_person {
            HolderKind::Unit
        } else if says_expert {
            HolderKind::Expert
        } else if says_person {
            HolderKind::Person
        } else {
            HolderKind::Unknown
        }
    }

    fn discloses(&self) -> Vec<Disclosed> {
        let subject = self.subject();
        let kind = self.holder_kind();
        let named = subject.get(oid::COMMON_NAME).is_some();
        let numbers: Vec<Of> = self.numbers().map(|number| number.of).collect();
        let identified = |of| {
            // A number of whoever holds it is a unit's only where the certificate says unit.
            let holder = match kind {
                HolderKind::Unit => Of::Unit,
                HolderKind::Person | HolderKind::Expert | HolderKind::Unknown => Of::Person,
            };
            numbers
                .iter()
                .any(|known| *known == of || *known == Of::Holder && holder == of)
        };
        let mut found = Vec::new();
        if self.organization().is_some() || (named && kind == HolderKind::Unit) {
            found.push(Disclosed::UnitName);
        }
        if self.credit_code().is_some()
            || subject.get(oid::ORGANIZATION_IDENTIFIER).is_some()
            || identified(Of::Unit)
        {
            found.push(Disclosed::UnitNumber);
        }
        // A name that no unit explains may be a person's.
        if kind != HolderKind::Unit && named {
            found.push(Disclosed::PersonName);
        }
        if identified(Of::Person) || self.has_identity_number() {
            found.push(Disclosed::IdentityNumber);
        }
        if subject.get(oid::EMAIL).is_some() || self.has_alternative_email() {
            found.push(Disclosed::Email);
        }
        if [oid::LOCALITY, oid::PROVINCE, oid::STREET]
            .into_iter()
            .any(|oid| subject.get(oid).is_some())
        {
            found.push(Disclosed::Place);
        }
        found
    }

    /// Whether subjectAltName holds an rfc822Name.
    fn has_alternative_email(&self) -> bool {
        self.read_extension(oid::SUBJECT_ALT_NAME, extension::general_names)
            .iter()
            .any(|name| matches!(name, GeneralName::Email(_)))
    }

    /// Whether its key usage allows encryption. A certificate without key usage allows all.
    #[must_use]
    pub fn may_encrypt(&self) -> bool {
        self.key_usage().is_none_or(|usage| usage.encrypts())
    }

    /// `SM2`, `RSA`, the name of another curve, or an OID.
    pub(super) fn key_algorithm(&self) -> String {
        let (algorithm, parameter) = self.key_type();
        match algorithm {
            Some(oid::RSA) => "RSA".into(),
            Some(oid) => match self.curve() {
                Some(found) => {
                    curve(found).map_or_else(|| oid::dotted(found), |(name, _)| name.into())
                }
                None => oid::dotted(parameter.unwrap_or(oid)),
            },
            None => String::new(),
        }
    }

    /// The algorithm of its key, and the OID among that one's parameters.
    pub(super) fn key_type(&self) -> (Option<ObjectIdentifier>, Option<ObjectIdentifier>) {
        let read = || {
            let spki = asn1::single(self.spki(), tag::SEQUENCE, "").ok()?;
            Algorithm::read(&spki.children().read().ok()?).ok()
        };
        match read() {
            Some(Algorithm { oid, parameters }) => {
                let written_out = |parameters: &Tlv<'_>| crate::curve::named(parameters).ok();
                let curve = parameters.and_then(|parameters| match parameters.tag {
                    tag::SEQUENCE if oid == oid::EC => written_out(&parameters),
                    _ => parameters.oid().ok(),
                });
                (Some(oid), curve)
            }
            None => (None, None),
        }
    }

    fn curve(&self) -> Option<ObjectIdentifier> {
        match self.key_type() {
            (Some(oid::EC), curve) => curve,
            // Some producers name SM2 itself, without a curve.
            (Some(oid::SM2_CURVE | oid::SM2_SIGN), _) => Some(oid::SM2_CURVE),
            _ => None,
        }
    }

    fn access_addresses(&self, method: ObjectIdentifier) -> Vec<String> {
        self.read_extension(oid::AUTHORITY_INFO_ACCESS, extension::access_descriptions)
            .iter()
            .filter(|(found, _)| *found == method)
            .filter_map(|(_, name)| name.uri())
            .map(str::to_owned)
            .collect()
    }

    /// What an extension says; nothing where it is absent or can't be read, which a finding tells.
    fn read_extension<T>(
        &self,
        oid: ObjectIdentifier,
        read: fn(&[u8]) -> Result<Vec<T>, asn1::Malformed>,
    ) -> Vec<T> {
        let value = |extension: &Extension| read(&extension.value).ok();
        self.extension(oid).and_then(value).unwrap_or_default()
    }
}

fn attributes(name: &DistinguishedName) -> Vec<AttributeFact> {
    let all = name.attributes();
    all.map(|attribute| AttributeFact {
        oid: oid::dotted(attribute.oid),
        name: attribute.name(),
        text: attribute.text.clone(),
        encoding: attribute.encoding(),
    })
    .collect()
}

/// Whether a text says that its person is an evaluation expert: 评标专家 or 评审专家 at its end or before
/// something that is no letter, with 证书 behind it or not. 评标专家管理处 is an office, not an expert.
fn says_expert(text: &str) -> bool {
    ["评标专家", "评审专家"].iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let rest = &text[at + word.len()..];
            let rest = rest.strip_prefix("证书").unwrap_or(rest);
            !rest.starts_with(char::is_alphanumeric)
        })
    })
}

//! The structure of a certificate, read with a record of what is odd about it.
//!
//! Strict DER outside of the signed bytes and where lengths and tags are concerned; lenient inside
//! where certificates of the field ask for it. Everything keeps its place in the original bytes,
//! so that no leniency changes what a signature is checked over. `x509-cert` does not serve here: it
//! refuses some of what the field holds, and keeps neither the original bytes nor a record of what it
//! overlooked. Tests compare with it.

use super::algorithm::Algorithm;
use super::extension::{Extension, odd};
use super::name::DistinguishedName;
use crate::asn1::{self, Malformed, Reader, Tlv, hex, tag};
use crate::{curve, oid, trust};
use der::asn1::ObjectIdentifier;
use std::ops::Range;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// The parts of a certificate; ranges are places in its bytes.
pub(super) struct Parts {
    pub tbs: Range<usize>,
    /// Contents octets.
    pub serial: Range<usize>,
    pub algorithm: Range<usize>,
    pub algorithm_oid: ObjectIdentifier,
    pub issuer: DistinguishedName,
    pub not_before: UnixTime,
    pub not_after: UnixTime,
    pub subject: DistinguishedName,
    pub spki: Range<usize>,
    pub extensions: Vec<Extension>,
    pub signature: Range<usize>,
    pub findings: Vec<Finding>,
}

/// Reads Certificate (RFC 5280, 4.1).
pub(super) fn read(der: &[u8]) -> Result<Parts, Malformed> {
    let mut findings = Vec::new();
    let mut outer = asn1::single(der, tag::SEQUENCE, "a SEQUENCE is expected")?.children();
    let tbs = outer.expect(tag::SEQUENCE, "a TBSCertificate is expected")?;
    let outer_algorithm = outer.expect(tag::SEQUENCE, "an AlgorithmIdentifier is expected")?;
    let signature = outer.expect(tag::BIT_STRING, "a BIT STRING is expected")?;
    outer.finish()?;
    let [0, ..] = signature.value else {
        return Err(signature.malformed("a signature of whole bytes is expected"));
    };

    let mut fields = tbs.children();
    let version = read_version(&mut fields, &mut findings)?;
    let serial = fields.expect(tag::INTEGER, "a serial number is expected")?;
    check_serial(&serial, &mut findings)?;
    let inner_algorithm = fields.expect(tag::SEQUENCE, "an AlgorithmIdentifier is expected")?;
    let algorithm = Algorithm::read(&inner_algorithm)?;
    findings.extend(algorithm.oddity("signature"));
    if outer_algorithm.raw != inner_algorithm.raw {
        findings.push(
            Finding::new(Severity::Fatal, Error::SignatureAlgorithmMismatch {})
                .at("signatureAlgorithm")
                .evidence(hex(outer_algorithm.raw), hex(inner_algorithm.raw)),
        );
    }
    let issuer = DistinguishedName::read(&fields.read()?)?;
    issuer.oddities("issuer", &mut findings);
    if issuer.is_empty() {
        findings.push(note(odd("an empty issuer"), "issuer"));
    }
    let validity = fields.expect(tag::SEQUENCE, "a Validity is expected")?;
    let mut times = validity.children();
    let not_before = read_time(&mut times, "validity.notBefore", &mut findings)?;
    let not_after = read_time(&mut times, "validity.notAfter", &mut findings)?;
    times.finish()?;
    if not_after < not_before {
        findings.push(note(
            odd("a validity that ends before it begins"),
            "validity",
        ));
    }
    let subject = DistinguishedName::read(&fields.read()?)?;
    subject.oddities("subject", &mut findings);
    let spki = fields.expect(tag::SEQUENCE, "a SubjectPublicKeyInfo is expected")?;
    let key_algorithm = spki
        .children()
        .expect(tag::SEQUENCE, "an AlgorithmIdentifier is expected")?;
    let key_algorithm = Algorithm::read(&key_algorithm)?;
    findings.extend(key_algorithm.oddity(KEY_ALGORITHM));
    if key_algorithm.oid == oid::SM2_CURVE || key_algorithm.oid == oid::SM2_SIGN {
        let found = note(odd("SM2 in the place of id-ecPublicKey"), KEY_ALGORITHM);
        findings.push(found.evidence(key_algorithm.oid.to_string(), oid::EC.to_string()));
    }

    if key_algorithm.oid == oid::EC
        && let Some(parameters) = key_algorithm.parameters
        && parameters.tag == tag::SEQUENCE
    {
        let found = note(odd("a curve that is written out"), KEY_ALGORITHM);
        let named = curve::named(&parameters).map(|curve| curve.to_string());
        findings.push(found.evidence(
            "ECParameters",
            named.unwrap_or_else(|_| "a named curve".into()),
        ));
    }

    let mut later = false;
    for (tag, place) in [(0x81, "issuerUniqueID"), (0x82, "subjectUniqueID")] {
        if fields.optional(tag)?.is_some() {
            findings.push(note(odd("a unique identifier"), place));
            later |= version < 1;
        }
    }
    let mut extensions = Vec::new();
    if let Some(explicit) = fields.optional(EXTENSIONS)? {
        later |= version < 2;
        let mut inside = explicit.children();
        let list = inside.expect(tag::SEQUENCE, "a SEQUENCE of extensions is expected")?;
        inside.finish()?;
        if list.value.is_empty() {
            findings.push(note(odd("an empty list"), "extensions"));
        }
        extensions = read_extensions(list.children(), &mut findings)?;
    }
    fields.finish()?;
    if later {
        let found = note(odd("fields of a later version"), "version");
        findings.push(found.evidence(format!("v{}", version + 1), "v3"));
    }
    findings.extend(trust::oddity(
        algorithm.oid,
        &signature.value[1..],
        "signatureValue",
    ));
    let Range { start, end } = signature.value_range();
    Ok(Parts {
        tbs: tbs.range(),
        serial: serial.value_range(),
        algorithm: inner_algorithm.range(),
        algorithm_oid: algorithm.oid,
        issuer,
        not_before,
        not_after,
        subject,
        spki: spki.range(),
        extensions,
        signature: start + 1..end,
        findings,
    })
}

/// The number on the wire: 0 for v1.
fn read_version(fields: &mut Reader<'_>, findings: &mut Vec<Finding>) -> Result<u8, Malformed> {
    let Some(explicit) = fields.optional(tag::CONTEXT_0)? else {
        return Ok(0);
    };
    let mut inside = explicit.children();
    let number = inside.expect(tag::INTEGER, "a version is expected")?;
    inside.finish()?;
    match number.value {
        [0] => findings.push(note(Error::DefaultEncoded {}, "version")),
        [1 | 2] => {}
        _ => return Err(number.malformed("a version that is not known")),
    }
    Ok(number.value[0])
}

fn check_serial(serial: &Tlv<'_>, findings: &mut Vec<Finding>) -> Result<(), Malformed> {
    let mut found = |error, evidence: String, expected: &str| {
        findings.push(note(error, "serialNumber").evidence(evidence, expected));
    };
    match serial.value {
        [] => return Err(serial.malformed("an INTEGER without contents")),
        [0x80..=0xff, ..] => found(Error::SerialNegative {}, hex(serial.value), "above zero"),
        _ => {}
    }
    if let [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = serial.value {
        found(Error::IntegerOdd {}, hex(serial.value), "a minimal INTEGER");
    }
    // RFC 5280, 4.1.2.2.
    if serial.value.len() > 20 {
        let length = format!("{} octets", serial.value.len());
        found(Error::SerialOdd {}, length, "20 octets at most");
    } else if serial.value.iter().all(|octet| *octet == 0) {
        found(Error::SerialOdd {}, "zero".into(), "above zero");
    }
    Ok(())
}

fn read_time(
    times: &mut Reader<'_>,
    place: &str,
    findings: &mut Vec<Finding>,
) -> Result<UnixTime, Malformed> {
    let time = times.read()?;
    let (read, oddity) = asn1::time::read(time.tag, time.value)
        .ok_or_else(|| time.malformed("a UTCTime or GeneralizedTime is expected"))?;
    if let Some(reason) = oddity {
        let found = String::from_utf8_lossy(time.value);
        findings.push(note(odd(reason), place).evidence(found, "RFC 5280, 4.1.2.5"));
    }
    Ok(read)
}

fn read_extensions(
    mut list: Reader<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Extension>, Malformed> {
    let mut read: Vec<Extension> = Vec::new();
    while !list.is_empty() {
        let tlv = list.expect(tag::SEQUENCE, "an Extension is expected")?;
        if read.len() == MAX_EXTENSIONS {
            return Err(tlv.malformed("too many extensions"));
        }
        let mut fields = tlv.children();
        let oid = fields.read()?.oid()?;
        let flag = fields.optional(tag::BOOLEAN)?;
        let value = fields.expect(tag::OCTET_STRING, "an OCTET STRING is expected")?;
        fields.finish()?;
        let mut extension = Extension {
            oid,
            critical: false,
            value: value.value.to_vec(),
        };
        let place = || format!("extensions.{}.critical", extension.name());
        if let Some(flag) = flag {
            let [octet] = flag.value else {
                return Err(flag.malformed("a BOOLEAN of one octet is expected"));
            };
            match octet {
                0 => findings.push(note(Error::DefaultEncoded {}, &place())),
                0xff => {}
                _ => findings.push(
                    note(odd("a BOOLEAN that is neither 00 nor FF"), &place())
                        .evidence(hex(flag.raw), "0101ff"),
                ),
            }
            extension.critical = *octet != 0;
        }
        if read.iter().any(|earlier| earlier.oid == oid) {
            let error = Error::ExtensionRepeated {
                oid: oid.to_string(),
            };
            let place = format!("extensions.{}", extension.name());
            let finding = Finding::new(Severity::Fatal, error).at(place);
            findings.push(finding.evidence("a second one", "one"));
        }
        extension.oddities(findings);
        read.push(extension);
    }
    Ok(read)
}

fn note(error: Error, place: &str) -> Finding {
    Finding::new(Severity::Note, error).at(place)
}

const EXTENSIONS: u8 = 0xa3;
const KEY_ALGORITHM: &str = "subjectPublicKeyInfo.algorithm";

/// Extensions of a certificate. Looking for repeated ones is quadratic.
const MAX_EXTENSIONS: usize = 256;

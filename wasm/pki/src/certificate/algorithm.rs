//! Names of algorithms and curves, and how their parameters are written.

use crate::asn1::{Malformed, Tlv, hex, tag};
use crate::oid;
use der::asn1::ObjectIdentifier as Oid;
use yinxin_proto::{Error, Finding, Severity};

/// An AlgorithmIdentifier (RFC 5280, 4.1.1.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Algorithm<'a> {
    pub oid: Oid,
    pub parameters: Option<Tlv<'a>>,
}

impl<'a> Algorithm<'a> {
    pub fn read(tlv: &Tlv<'a>) -> Result<Self, Malformed> {
        let mut fields = tlv.children();
        let oid = fields.read()?.oid()?;
        let parameters = if fields.is_empty() {
            None
        } else {
            Some(fields.read()?)
        };
        fields.finish()?;
        Ok(Self { oid, parameters })
    }

    /// Parameters that are not as the algorithm's definition says. `place` is where it stands.
    pub fn oddity(&self, place: &str) -> Option<Finding> {
        let null = self.parameters.is_some_and(|p| p.raw == [tag::NULL, 0]);
        let rule = if self.oid == oid::RSA {
            Null
        } else {
            find(self.oid)?.2
        };
        let (fits, expected) = match rule {
            Null => (null, "NULL"),
            Absent => (self.parameters.is_none(), "absent"),
            Own => return None,
        };
        if fits {
            return None;
        }
        let found = match self.parameters {
            None => "absent".into(),
            Some(_) if null => "NULL".into(),
            Some(other) => hex(other.raw),
        };
        let error = Error::ParametersOdd {
            oid: self.oid.to_string(),
        };
        let finding = Finding::new(Severity::Note, error).at(format!("{place}.parameters"));
        Some(finding.evidence(found, expected))
    }
}

/// What an algorithm's definition says of its parameters.
#[derive(Clone, Copy, Debug)]
enum Parameters {
    Null,
    Absent,
    /// A structure of its own.
    Own,
}

use self::Parameters::{Absent, Null, Own};

/// Signature algorithms with OpenSSL's names. RFC 8017 (NULL for RSA), RFC 4055 (PSS), RFC 5758
/// (absent for ECDSA), RFC 8410 (absent for EdDSA), GM/T 0006-2012.
///
/// SM2 is an algorithm of the ECDSA kind, so its parameters are absent, as OpenSSL writes it. Chinese
/// CAs write NULL (85 of 86 operating ones).
const SIGNATURES: &[(Oid, &str, Parameters)] = &[
    (oid::SM2_WITH_SM3, "SM2-with-SM3", Absent),
    (Oid::new_unwrap("1.2.156.10197.1.504"), "RSA-SM3", Null),
    (
        Oid::new_unwrap("1.2.840.113549.1.1.4"),
        "md5WithRSAEncryption",
        Null,
    ),
    (
        Oid::new_unwrap("1.2.840.113549.1.1.5"),
        "sha1WithRSAEncryption",
        Null,
    ),
    (oid::RSA_PSS, "rsassaPss", Own),
    (oid::RSA_SHA256, "sha256WithRSAEncryption", Null),
    (oid::RSA_SHA384, "sha384WithRSAEncryption", Null),
    (oid::RSA_SHA512, "sha512WithRSAEncryption", Null),
    (
        Oid::new_unwrap("1.2.840.10045.4.1"),
        "ecdsa-with-SHA1",
        Absent,
    ),
    (oid::ECDSA_SHA256, "ecdsa-with-SHA256", Absent),
    (oid::ECDSA_SHA384, "ecdsa-with-SHA384", Absent),
    (oid::ECDSA_SHA512, "ecdsa-with-SHA512", Absent),
    (Oid::new_unwrap("1.3.101.112"), "ED25519", Absent),
    (Oid::new_unwrap("1.3.101.113"), "ED448", Absent),
];

fn find(oid: Oid) -> Option<&'static (Oid, &'static str, Parameters)> {
    SIGNATURES.iter().find(|(known, ..)| *known == oid)
}

/// OpenSSL's name of a signature algorithm, or its OID.
pub(crate) fn signature_name(oid: Oid) -> String {
    find(oid).map_or_else(|| oid::dotted(oid), |known| known.1.into())
}

/// Curves: name and size in bits. GM/T 0006-2012; RFC 5480, 2.1.1.1; RFC 5639.
const CURVES: &[(Oid, &str, u32)] = &[
    (oid::SM2_CURVE, "SM2", 256),
    (oid::P256, "P-256", 256),
    (oid::P384, "P-384", 384),
    (Oid::new_unwrap("1.3.132.0.35"), "P-521", 521),
    (Oid::new_unwrap("1.3.132.0.10"), "secp256k1", 256),
    (
        Oid::new_unwrap("1.3.36.3.3.2.8.1.1.7"),
        "brainpoolP256r1",
        256,
    ),
];

/// Name and size of a curve.
pub(super) fn curve(oid: Oid) -> Option<(&'static str, u32)> {
    let known = CURVES.iter().find(|(known, ..)| *known == oid)?;
    Some((known.1, known.2))
}

//! The signature schemes of certificates and CRLs: which one an AlgorithmIdentifier names, and for
//! which keys it is. [`PublicKey::verify_scheme`] verifies.
//!
//! Source: RFC 5280, 4.1.1.2; RFC 4055 (RSA), RFC 5758 (ECDSA), GB/T 33560-2017 (SM2).

use crate::asn1::{Malformed, Reader, Tlv, tag};
use crate::hash::Sha2;
use crate::key::PublicKey;
use crate::oid;
use crate::rsa::RsaUse;
use der::asn1::ObjectIdentifier as Oid;
use yinxin_proto::Error;
use yinxin_proto::page::SignatureAlgorithm;

/// A signature scheme with all of its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// SM2 with SM3 (GB/T 32918.2).
    Sm2WithSm3,
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    RsaPkcs1(Sha2),
    /// RSASSA-PSS (RFC 8017, 8.1), with MGF1 of the same hash.
    RsaPss {
        /// Hash of the message and of MGF1.
        hash: Sha2,
        /// Size of the salt in bytes: exactly this, not at least.
        salt_length: usize,
    },
    /// ECDSA on the key's curve (FIPS 186-5, 6.4). The digest may be longer or shorter than the
    /// order.
    Ecdsa(Sha2),
}

/// How the parameters of an AlgorithmIdentifier were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameters {
    /// As the scheme's standard defines them.
    AsDefined,
    /// Otherwise, as met in the field, and with the same meaning. What is odd, for a finding.
    Odd(&'static str),
}

impl Scheme {
    /// Reads a whole DER AlgorithmIdentifier.
    ///
    /// # Errors
    /// [`Error::AlgorithmNotSupported`] for any other algorithm, for parameters that are neither
    /// as defined nor known from the field, and for what is no AlgorithmIdentifier.
    pub fn read(algorithm_identifier: &[u8]) -> Result<(Self, Parameters), Error> {
        let (algorithm, parameters) = identifier(algorithm_identifier)
            .map_err(|malformed| unsupported(&format!("unreadable: {}", malformed.reason)))?;
        let Some(scheme) = Self::without_parameters(algorithm) else {
            return if algorithm == oid::RSA_PSS {
                read_pss(parameters)
            } else {
                Err(unsupported(&name_of(algorithm)))
            };
        };
        let is_null = match parameters {
            None => false,
            Some(tlv) if tlv.tag == tag::NULL && tlv.value.is_empty() => true,
            Some(_) => {
                let name = scheme.name();
                return Err(unsupported(&format!("{name} with unknown parameters")));
            }
        };
        // NULL for RSA (RFC 4055, clause 5), absent for ECDSA (RFC 5758, 3.2) and SM2.
        let parameters = match (is_null, matches!(scheme, Self::RsaPkcs1(_))) {
            (true, false) => Parameters::Odd("NULL parameters"),
            (false, true) => Parameters::Odd("absent parameters"),
            _ => Parameters::AsDefined,
        };
        Ok((scheme, parameters))
    }

    /// The scheme of an OID that says it all.
    fn without_parameters(algorithm: Oid) -> Option<Self> {
        [
            (oid::SM2_WITH_SM3, Self::Sm2WithSm3),
            (oid::RSA_SHA256, Self::RsaPkcs1(Sha2::Sha256)),
            (oid::RSA_SHA384, Self::RsaPkcs1(Sha2::Sha384)),
            (oid::RSA_SHA512, Self::RsaPkcs1(Sha2::Sha512)),
            (oid::ECDSA_SHA256, Self::Ecdsa(Sha2::Sha256)),
            (oid::ECDSA_SHA384, Self::Ecdsa(Sha2::Sha384)),
            (oid::ECDSA_SHA512, Self::Ecdsa(Sha2::Sha512)),
        ]
        .into_iter()
        .find_map(|(oid, scheme)| (oid == algorithm).then_some(scheme))
    }

    /// Whether such a key makes such signatures.
    #[must_use]
    pub fn fits(&self, key: &PublicKey) -> bool {
        match key {
            PublicKey::Sm2(_) => matches!(self, Self::Sm2WithSm3),
            PublicKey::Rsa(key) => match (key.uses(), *self) {
                (RsaUse::Any, Self::RsaPkcs1(_)) => true,
                (RsaUse::Any | RsaUse::Pss, Self::RsaPss { .. }) => true,
                (
                    RsaUse::PssWith {
                        hash: only,
                        salt_length: least,
                    },
                    Self::RsaPss { hash, salt_length },
                ) => hash == only && salt_length >= least,
                _ => false,
            },
            PublicKey::P256(_) | PublicKey::P384(_) => matches!(self, Self::Ecdsa(_)),
        }
    }

    /// Its usual name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sm2WithSm3 => "SM2-with-SM3",
            Self::RsaPkcs1(Sha2::Sha256) => "sha256WithRSAEncryption",
            Self::RsaPkcs1(Sha2::Sha384) => "sha384WithRSAEncryption",
            Self::RsaPkcs1(Sha2::Sha512) => "sha512WithRSAEncryption",
            Self::RsaPss { hash, .. } => match hash {
                Sha2::Sha256 => "RSASSA-PSS with SHA-256",
                Sha2::Sha384 => "RSASSA-PSS with SHA-384",
                Sha2::Sha512 => "RSASSA-PSS with SHA-512",
            },
            Self::Ecdsa(Sha2::Sha256) => "ecdsa-with-SHA256",
            Self::Ecdsa(Sha2::Sha384) => "ecdsa-with-SHA384",
            Self::Ecdsa(Sha2::Sha512) => "ecdsa-with-SHA512",
        }
    }
}

impl From<SignatureAlgorithm> for Scheme {
    fn from(algorithm: SignatureAlgorithm) -> Self {
        match algorithm {
            SignatureAlgorithm::Sm2Sm3 => Self::Sm2WithSm3,
            SignatureAlgorithm::RsaSha256 => Self::RsaPkcs1(Sha2::Sha256),
            SignatureAlgorithm::EcdsaP256Sha256 => Self::Ecdsa(Sha2::Sha256),
        }
    }
}

/// Reads `SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }`.
fn identifier(der: &[u8]) -> Result<(Oid, Option<Tlv<'_>>), Malformed> {
    let mut reader = Reader::new(der);
    let read = read_identifier(&mut reader)?;
    reader.finish()?;
    Ok(read)
}

fn read_identifier<'a>(reader: &mut Reader<'a>) -> Result<(Oid, Option<Tlv<'a>>), Malformed> {
    let mut fields = reader
        .expect(tag::SEQUENCE, "an AlgorithmIdentifier is expected")?
        .children();
    let algorithm = fields.read()?.oid()?;
    let parameters = if fields.is_empty() {
        None
    } else {
        Some(fields.read()?)
    };
    fields.finish()?;
    Ok((algorithm, parameters))
}

/// Reads RSASSA-PSS-params (RFC 4055, 3.1).
fn read_pss(parameters: Option<Tlv<'_>>) -> Result<(Scheme, Parameters), Error> {
    // Without parameters only a key may be named so, not a signature (clause 3 there).
    let Some(parameters) = parameters else {
        return Err(unsupported("RSASSA-PSS without parameters"));
    };
    let fields = PssFields::read(parameters).map_err(|malformed| {
        unsupported(&format!(
            "RSASSA-PSS, parameters unreadable: {}",
            malformed.reason
        ))
    })?;
    let known = |oid| Sha2::from_oid(oid).ok_or_else(|| unsupported_pss(oid));
    let hash = known(fields.hash)?;
    if fields.mask != oid::MGF1 {
        return Err(unsupported_pss(fields.mask));
    }
    if known(fields.mask_hash)? != hash {
        return Err(unsupported("RSASSA-PSS with two hashes"));
    }
    if fields.trailer != 1 {
        return Err(unsupported("RSASSA-PSS with another trailer"));
    }
    let salt_length = usize::from(fields.salt_length);
    // What the largest key has room for (RFC 8017, 9.1.1, step 3).
    if salt_length > MAX_RSA_BYTES - hash.size() - 2 {
        return Err(unsupported("RSASSA-PSS with a salt too long"));
    }
    let parameters = if fields.writes_default {
        Parameters::Odd("defaults written out")
    } else {
        Parameters::AsDefined
    };
    Ok((Scheme::RsaPss { hash, salt_length }, parameters))
}

struct PssFields {
    hash: Oid,
    mask: Oid,
    mask_hash: Oid,
    salt_length: u16,
    trailer: u16,
    /// Whether DER would have left a field out.
    writes_default: bool,
}

impl PssFields {
    fn read(parameters: Tlv<'_>) -> Result<Self, Malformed> {
        if parameters.tag != tag::SEQUENCE {
            return Err(parameters.malformed("a SEQUENCE is expected"));
        }
        let mut read = Self {
            hash: oid::SHA1,
            mask: oid::MGF1,
            mask_hash: oid::SHA1,
            salt_length: 20,
            trailer: 1,
            writes_default: false,
        };
        let mut fields = parameters.children();
        if let Some(field) = fields.optional(tag::CONTEXT_0)? {
            read.hash = read_hash(field)?;
        }
        if let Some(field) = fields.optional(tag::CONTEXT_1)? {
            let mut inside = field.children();
            let (mask, of) = read_identifier(&mut inside)?;
            inside.finish()?;
            read.mask = mask;
            if mask == oid::MGF1 {
                // The parameters are a HashAlgorithm.
                let of = of.ok_or_else(|| field.malformed("MGF1 without a hash"))?;
                let (hash, parameters) = identifier(of.raw)?;
                check_null(parameters)?;
                read.mask_hash = hash;
            }
        }
        if let Some(field) = fields.optional(CONTEXT_2)? {
            read.salt_length = read_number(field)?;
            read.writes_default |= read.salt_length == 20;
        }
        if let Some(field) = fields.optional(CONTEXT_3)? {
            read.trailer = read_number(field)?;
            read.writes_default |= read.trailer == 1;
        }
        fields.finish()?;
        Ok(read)
    }
}

/// Reads an explicitly tagged HashAlgorithm.
fn read_hash(field: Tlv<'_>) -> Result<Oid, Malformed> {
    let (hash, parameters) = identifier(field.value)?;
    check_null(parameters)?;
    Ok(hash)
}

/// A hash has NULL parameters or none: "legal and equivalent" (RFC 4055, 2.1).
fn check_null(parameters: Option<Tlv<'_>>) -> Result<(), Malformed> {
    match parameters {
        Some(tlv) if tlv.tag != tag::NULL || !tlv.value.is_empty() => {
            Err(tlv.malformed("a hash with parameters"))
        }
        _ => Ok(()),
    }
}

/// Reads an explicitly tagged INTEGER of 0 to 32767.
fn read_number(field: Tlv<'_>) -> Result<u16, Malformed> {
    let mut inside = field.children();
    let integer = inside.expect(tag::INTEGER, "an INTEGER is expected")?;
    inside.finish()?;
    match *integer.value {
        [low @ 0..=0x7f] => Ok(u16::from(low)),
        [0, low @ 0x80..=0xff] => Ok(u16::from(low)),
        [high @ 1..=0x7f, low] => Ok(u16::from_be_bytes([high, low])),
        _ => Err(integer.malformed("an INTEGER out of range or not minimal")),
    }
}

fn unsupported(algorithm: &str) -> Error {
    Error::AlgorithmNotSupported {
        algorithm: algorithm.into(),
    }
}

fn unsupported_pss(part: Oid) -> Error {
    unsupported(&format!("RSASSA-PSS with {}", name_of(part)))
}

/// The name under which an algorithm that the product refuses is well known, else its OID.
fn name_of(algorithm: Oid) -> String {
    NAMES
        .iter()
        .find(|(oid, _)| *oid == algorithm)
        .map_or_else(|| algorithm.to_string(), |(_, name)| (*name).into())
}

const CONTEXT_2: u8 = 0xa2;
const CONTEXT_3: u8 = 0xa3;

/// Size of the largest RSA key that the product uses.
const MAX_RSA_BYTES: usize = 512;

/// RFC 3279, RFC 4055, RFC 5758, RFC 8410; GM/T 0006-2012 for the last three.
const NAMES: [(Oid, &str); 17] = [
    (
        Oid::new_unwrap("1.2.840.113549.1.1.2"),
        "md2WithRSAEncryption",
    ),
    (
        Oid::new_unwrap("1.2.840.113549.1.1.4"),
        "md5WithRSAEncryption",
    ),
    (
        Oid::new_unwrap("1.2.840.113549.1.1.5"),
        "sha1WithRSAEncryption",
    ),
    (
        Oid::new_unwrap("1.2.840.113549.1.1.14"),
        "sha224WithRSAEncryption",
    ),
    (Oid::new_unwrap("1.2.840.10045.4.1"), "ecdsa-with-SHA1"),
    (Oid::new_unwrap("1.2.840.10045.4.3.1"), "ecdsa-with-SHA224"),
    (Oid::new_unwrap("1.2.840.10040.4.3"), "dsa-with-sha1"),
    (Oid::new_unwrap("2.16.840.1.101.3.4.3.1"), "dsa-with-sha224"),
    (Oid::new_unwrap("2.16.840.1.101.3.4.3.2"), "dsa-with-sha256"),
    (Oid::new_unwrap("1.3.101.112"), "Ed25519"),
    (Oid::new_unwrap("1.3.101.113"), "Ed448"),
    (oid::SHA1, "SHA-1"),
    (Oid::new_unwrap("2.16.840.1.101.3.4.2.4"), "SHA-224"),
    (oid::SM3, "SM3"),
    (Oid::new_unwrap("1.2.156.10197.1.502"), "SM2-with-SHA1"),
    (Oid::new_unwrap("1.2.156.10197.1.503"), "SM2-with-SHA256"),
    (
        Oid::new_unwrap("1.2.156.10197.1.504"),
        "sm3WithRSAEncryption",
    ),
];

#[cfg(test)]
mod tests;

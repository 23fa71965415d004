//! What the tests stand on: keys of each kind, certificates made on the spot, and the shared test
//! data.
#![allow(missing_docs, clippy::unwrap_used)]

#[cfg(test)]
mod fuzz_seeds;
#[cfg(test)]
pub mod work;

use crate::asn1::{self, tag};
use crate::attributes;
use crate::certificate::Certificate;
use crate::cms;
use crate::hash::{self, sha256};
use crate::login::{self, Challenge};
use crate::oid;
use crate::seal::build::Draft;
use crate::seal::{Picture, Property, Sealing, TimeInfo, Users, Version};
use ::rsa::Pkcs1v15Sign;
use ::rsa::traits::PublicKeyParts;
pub use der::asn1::ObjectIdentifier as Oid;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use std::sync::OnceLock;
use yinxin_proto::Base64;
use yinxin_proto::page::{LoginFormat, LoginProof, SignatureAlgorithm};
use yinxin_proto::site::Origin;
use yinxin_proto::time::{DAY, UnixTime};
pub use yinxin_testing::{OpenSsl, data, guide};

/// The time at which tests happen.
pub const NOW: UnixTime = UnixTime(1_795_359_845);

/// The primes of a key of 2048 bits.
const RSA_P: &str = "ccbc3106e5bf4015e2a1fb678f089b896ec119969f6837a4e461b8939d0d1624\
    2d3ecf39d076bacc485cc4a64f3cbed3022ff4e0b95a7cfdf62e75a3514672bc\
    7e9b7cf8f113f829342538cb869812f543ec8aaabf97a01b9b840764552cb1cb\
    af86d0ca23606c9815837b17ac71e85707c0c3a15208c1c8a02d267c0bf0da45";
const RSA_Q: &str = "b93071f1148d652e3f379c8db22d534fad9da4cd67127a5d32973040fbf122c4\
    93a7f2c5423abcb83307ef5ae9722bbb9feb952c3fd6003d83d69c347c0da845\
    d2ea73bdf8dd89f8497cea52d0ce1df260fe769cdb18591177088b04ef1c4995\
    2470c2de9d3ed0d0254ea954e17b4c5fae898dc39d3dedf5b8d9f06273832e75";

/// A private key.
#[derive(Clone)]
pub enum TestKey {
    Sm2(::sm2::SecretKey),
    P256(p256::ecdsa::SigningKey),
    Rsa(Box<::rsa::RsaPrivateKey>),
}

impl TestKey {
    pub fn sm2(seed: u8) -> Self {
        Self::Sm2(::sm2::SecretKey::from_slice(&[seed; 32]).unwrap())
    }

    pub fn p256(seed: u8) -> Self {
        Self::P256(p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    pub fn rsa() -> Self {
        static KEY: OnceLock<::rsa::RsaPrivateKey> = OnceLock::new();
        let key = KEY.get_or_init(|| {
            let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
            ::rsa::RsaPrivateKey::new(&mut rng, 2048).unwrap()
        });
        Self::Rsa(Box::new(key.clone()))
    }

    /// An RSA key that is the same each time, for what is kept. Whoever reads these lines has it.
    pub fn rsa_kept() -> Self {
        let number = |hex: &str| {
            let bytes = data::unhex(hex);
            ::rsa::BoxedUint::from_be_slice(&bytes, 1024).unwrap()
        };
        let key = ::rsa::RsaPrivateKey::from_p_q(number(RSA_P), number(RSA_Q), 65_537u64.into());
        Self::Rsa(Box::new(key.unwrap()))
    }

    pub fn all() -> Vec<Self> {
        vec![Self::sm2(1), Self::p256(2), Self::rsa()]
    }

    pub fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Sm2(_) => SignatureAlgorithm::Sm2Sm3,
            Self::P256(_) => SignatureAlgorithm::EcdsaP256Sha256,
            Self::Rsa(_) => SignatureAlgorithm::RsaSha256,
        }
    }

    /// Signs a message as a token would: SM2 under the default user id.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sm2(_) => {
                let key = crate::sm2::Sm2Key::from_point(&self.point()).unwrap();
                self.sign_e(&key.e(crate::sm2::DEFAULT_ID, &[message]).unwrap())
            }
            Self::P256(_) | Self::Rsa(_) => self.sign_e(&sha256(message)),
        }
    }

    /// Signs a digest: e for SM2, SHA-256 otherwise.
    pub fn sign_e(&self, e: &[u8; 32]) -> Vec<u8> {
        let der = |raw: &[u8]| crate::key::EcSignature::from_raw(raw.try_into().unwrap()).to_der();
        match self {
            Self::Sm2(key) => {
                use ::sm2::dsa::signature::hazmat::PrehashSigner;
                let key = ::sm2::dsa::SigningKey::new("", key).unwrap();
                let signature: ::sm2::dsa::Signature = key.sign_prehash(e).unwrap();
                der(&signature.to_bytes())
            }
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(e).unwrap();
                der(&signature.to_bytes())
            }
            Self::Rsa(key) => key.sign(Pkcs1v15Sign::new::<sha2::Sha256>(), e).unwrap(),
        }
    }

    /// Uncompressed point of a key on a curve.
    pub fn point(&self) -> Vec<u8> {
        match self {
            Self::Sm2(key) => {
                use ::sm2::elliptic_curve::sec1::ToSec1Point;
                key.public_key().to_sec1_point(false).as_bytes().to_vec()
            }
            Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::Rsa(_) => panic!("no point"),
        }
    }

    pub fn spki(&self) -> Vec<u8> {
        let ec = |curve| [asn1::oid(oid::EC), asn1::oid(curve)].concat();
        let (algorithm, key) = match self {
            Self::Sm2(_) => (ec(oid::SM2_CURVE), self.point()),
            Self::P256(_) => (ec(oid::P256), self.point()),
            Self::Rsa(key) => (
                [asn1::oid(oid::RSA), vec![tag::NULL, 0]].concat(),
                asn1::element(
                    tag::SEQUENCE,
                    &[
                        &asn1::unsigned(&key.n().to_be_bytes()),
                        &asn1::unsigned(&key.e().to_be_bytes()),
                    ],
                ),
            ),
        };
        let algorithm = asn1::element(tag::SEQUENCE, &[&algorithm]);
        let key = asn1::element(tag::BIT_STRING, &[&[0], &key]);
        asn1::element(tag::SEQUENCE, &[&algorithm, &key])
    }

    fn signature_algorithm(&self) -> Vec<u8> {
        let oid = match self {
            Self::Sm2(_) => oid::SM2_WITH_SM3,
            Self::P256(_) => oid::ECDSA_SHA256,
            Self::Rsa(_) => oid::RSA_SHA256,
        };
        let parameters: &[u8] = match self {
            Self::Sm2(_) | Self::P256(_) => &[],
            Self::Rsa(_) => &[tag::NULL, 0],
        };
        asn1::element(tag::SEQUENCE, &[&asn1::oid(oid), parameters])
    }
}

/// What a test certificate says.
#[derive(Clone)]
pub struct Profile {
    pub subject: Vec<(Oid, &'static str)>,
    pub serial: Vec<u8>,
    pub not_before: UnixTime,
    pub not_after: UnixTime,
    pub key_usage: Option<u8>,
    /// CA with this path length.
    pub ca: Option<Option<u8>>,
    /// Further extensions: OID, critical, value.
    pub extensions: Vec<(Oid, bool, Vec<u8>)>,
}

impl Profile {
    /// A unit's signing certificate.
    pub fn unit() -> Self {
        Self {
            subject: vec![
                (oid::COUNTRY, "CN"),
                (oid::ORGANIZATION, "示例采购有限公司"),
                (oid::COMMON_NAME, "示例采购有限公司"),
            ],
            serial: vec![0x12, 0x34],
            not_before: NOW.plus(-100 * DAY),
            not_after: NOW.plus(265 * DAY),
            key_usage: Some(0xc0),
            ca: None,
            extensions: Vec::new(),
        }
    }

    /// The same with an extended key usage.
    pub fn with_usages(mut self, critical: bool, purposes: &[Oid]) -> Self {
        let all: Vec<u8> = purposes.iter().flat_map(|oid| asn1::oid(*oid)).collect();
        let value = asn1::element(tag::SEQUENCE, &[&all]);
        self.extensions
            .push((oid::EXTENDED_KEY_USAGE, critical, value));
        self
    }

    pub fn authority(name: &'static str) -> Self {
        Self {
            subject: vec![(oid::COUNTRY, "CN"), (oid::COMMON_NAME, name)],
            key_usage: Some(0x06),
            ca: Some(None),
            ..Self::unit()
        }
    }
}

/// A certificate with its key.
#[derive(Clone)]
pub struct Identity {
    pub key: TestKey,
    pub certificate: Certificate,
}

impl Identity {
    pub fn self_signed(key: TestKey, profile: &Profile) -> Self {
        let issuer = name(&profile.subject);
        let certificate = issue(&issuer, &key, &key, profile);
        Self { key, certificate }
    }

    pub fn issue(&self, key: TestKey, profile: &Profile) -> Self {
        let issuer = self.certificate.subject().der();
        let certificate = issue(issuer, &self.key, &key, profile);
        Self { key, certificate }
    }

    /// A detached CMS over content, as the product makes it.
    pub fn cms(&self, content: &[u8]) -> Vec<u8> {
        let attributes = self.attributes(content);
        let signature = self.key.sign(&attributes);
        cms::assemble(
            self.key.algorithm(),
            &self.certificate,
            &attributes,
            &signature,
            None,
        )
        .head
    }

    /// The same with the content inside.
    pub fn cms_attached(&self, content: &[u8]) -> Vec<u8> {
        let attributes = self.attributes(content);
        let signature = self.key.sign(&attributes);
        let size = Some(content.len());
        let parts = cms::assemble(
            self.key.algorithm(),
            &self.certificate,
            &attributes,
            &signature,
            size,
        );
        [&parts.head, content, &parts.tail].concat()
    }

    /// A SignerInfo over content, as the product makes it.
    pub fn signer_info(&self, content: &[u8]) -> Vec<u8> {
        let attributes = self.attributes(content);
        let (_, digest, signing) = cms::algorithms(self.key.algorithm());
        let version = asn1::unsigned(&[1]);
        cms::signer_info(
            &self.certificate,
            &version,
            &digest,
            &attributes,
            &signing,
            &self.key.sign(&attributes),
        )
    }

    /// What the page library gives for a challenge on a site.
    pub fn login_proof(&self, origin: &str, challenge: &Challenge) -> LoginProof {
        let read = Origin::read(origin).unwrap();
        let value = &challenge.challenge;
        let bytes = login::to_be_signed(&read, challenge.purpose, value, &self.certificate);
        LoginProof {
            format: LoginFormat::Yinxin,
            version: login::VERSION,
            algorithm: self.key.algorithm(),
            certificate: Base64(self.certificate.der().to_vec()),
            signature: Base64(self.key.sign(&bytes)),
        }
    }

    /// A seal of its own by a maker, set on a content: `SES_Signature` of version 4.
    pub fn sealed(&self, maker: &Identity, content: &[u8]) -> Vec<u8> {
        let users = Users::Certificates(vec![self.certificate.der().to_vec()]);
        let seal = seal_draft(Version::V4, users)
            .sign(&maker.certificate, |bytes| Ok(maker.key.sign(bytes)))
            .unwrap();
        let sealing = Sealing {
            seal: &seal,
            time: TimeInfo::Claimed(NOW),
            digest: &hash::sm3(content),
            property_info: "/Doc_0/Signs/Sign_0/Signature.xml",
            extensions: &[],
        };
        let signed = sealing.sign(&self.certificate, |bytes| Ok(self.key.sign(bytes)));
        signed.unwrap().der().to_vec()
    }

    pub fn attributes(&self, content: &[u8]) -> Vec<u8> {
        let algorithm = self.key.algorithm();
        let digest = hash::digest(algorithm, content);
        attributes::build(algorithm, &self.certificate, &digest, Some(NOW))
    }

    /// A CRL of these serial numbers.
    pub fn crl(&self, revoked: &[(&[u8], UnixTime)], this: UnixTime, next: UnixTime) -> Vec<u8> {
        let entries: Vec<u8> = revoked
            .iter()
            .flat_map(|(serial, date)| {
                let serial = asn1::element(tag::INTEGER, &[serial]);
                asn1::element(tag::SEQUENCE, &[&serial, &utc_time(*date)])
            })
            .collect();
        self.crl_with(&entries, &[], this, next)
    }

    /// A CRL of entries (DER, one after another) with extensions: OID, critical, value.
    pub fn crl_with(
        &self,
        entries: &[u8],
        extensions: &[(Oid, bool, Vec<u8>)],
        this: UnixTime,
        next: UnixTime,
    ) -> Vec<u8> {
        let algorithm = self.key.signature_algorithm();
        let list: Vec<u8> = extensions
            .iter()
            .flat_map(|(oid, critical, value)| extension(*oid, *critical, value))
            .collect();
        let list = if extensions.is_empty() {
            Vec::new()
        } else {
            asn1::element(0xa0, &[&asn1::element(tag::SEQUENCE, &[&list])])
        };
        // Absent without entries (RFC 5280, 5.1.2.6).
        let entries = if entries.is_empty() {
            Vec::new()
        } else {
            asn1::element(tag::SEQUENCE, &[entries])
        };
        let tbs = asn1::element(
            tag::SEQUENCE,
            &[
                &asn1::unsigned(&[1]),
                &algorithm,
                self.certificate.subject().der(),
                &utc_time(this),
                &utc_time(next),
                &entries,
                &list,
            ],
        );
        signed(&tbs, &algorithm, &self.key)
    }
}

impl Identity {
    /// Its certificate as PEM, for other programs.
    pub fn pem(&self) -> String {
        let base64 =
            <base64ct::Base64 as base64ct::Encoding>::encode_string(self.certificate.der());
        // Base64 is ASCII.
        let lines: String = base64
            .as_bytes()
            .chunks(64)
            .flat_map(|line| line.iter().map(|&octet| char::from(octet)).chain(['\n']))
            .collect();
        format!("-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n")
    }
}

/// A root, an issuing CA under it, and a unit's certificate under that.
pub fn chain(key: TestKey) -> (Identity, Identity, Identity) {
    let root = Identity::self_signed(TestKey::sm2(0x51), &Profile::authority("示例根"));
    let issuing = root.issue(TestKey::sm2(0x52), &Profile::authority("示例签发机构"));
    let leaf = issuing.issue(key, &Profile::unit());
    (root, issuing, leaf)
}

/// A SignedData of SM2 signers: these certificates and SignerInfos, all DER, and the content, if it
/// is inside.
pub fn signed_data(certificates: &[&[u8]], signers: &[Vec<u8>], content: Option<&[u8]>) -> Vec<u8> {
    let content = content.map_or(Vec::new(), |content| {
        let octets = asn1::element(tag::OCTET_STRING, &[content]);
        asn1::element(tag::CONTEXT_0, &[&octets])
    });
    let data = asn1::element(
        tag::SEQUENCE,
        &[
            &asn1::unsigned(&[1]),
            &asn1::element(tag::SET, &[]),
            &asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::GM_DATA), &content]),
            &asn1::element(tag::CONTEXT_0, certificates),
            &asn1::element(tag::SET, &[&signers.concat()]),
        ],
    );
    let explicit = asn1::element(tag::CONTEXT_0, &[&data]);
    asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::GM_SIGNED_DATA), &explicit])
}

/// A seal of a unit, to be made: valid at [`NOW`], for these users.
pub fn seal_draft(version: Version, users: Users) -> Draft {
    Draft {
        version,
        vendor: "EXAMPLE".into(),
        id: "51010000000001".into(),
        property: Property {
            kind: 1,
            name: "示例采购有限公司".into(),
            users,
            created: NOW.plus(-DAY),
            valid_from: NOW.plus(-DAY),
            valid_until: NOW.plus(200 * DAY),
        },
        picture: Picture {
            kind: "GIF".into(),
            data: b"GIF89a\x64\0\x64\0".to_vec(),
            width: 40,
            height: 40,
        },
        extensions: Vec::new(),
    }
}

pub fn name(attributes: &[(Oid, &str)]) -> Vec<u8> {
    let rdns: Vec<u8> = attributes
        .iter()
        .flat_map(|(oid, text)| {
            let kind = match *oid {
                oid::COUNTRY | oid::SERIAL_NUMBER => tag::PRINTABLE_STRING,
                oid::EMAIL | oid::DOMAIN_COMPONENT => tag::IA5_STRING,
                _ => tag::UTF8_STRING,
            };
            let text = asn1::element(kind, &[text.as_bytes()]);
            let attribute = asn1::element(tag::SEQUENCE, &[&asn1::oid(*oid), &text]);
            asn1::element(tag::SET, &[&attribute])
        })
        .collect();
    asn1::element(tag::SEQUENCE, &[&rdns])
}

pub fn certificate_der(
    issuer: &[u8],
    issuer_key: &TestKey,
    key: &TestKey,
    profile: &Profile,
) -> Vec<u8> {
    let algorithm = issuer_key.signature_algorithm();
    let validity = asn1::element(
        tag::SEQUENCE,
        &[&utc_time(profile.not_before), &utc_time(profile.not_after)],
    );
    let mut extensions = Vec::new();
    if let Some(usage) = profile.key_usage {
        let bits = [3, 2, usage.trailing_zeros().min(7) as u8, usage];
        extensions.extend(extension(oid::KEY_USAGE, true, &bits));
    }
    if let Some(length) = profile.ca {
        let length = length.map_or(Vec::new(), |length| asn1::unsigned(&[length]));
        let constraints = asn1::element(tag::SEQUENCE, &[&[1, 1, 0xff], &length]);
        extensions.extend(extension(oid::BASIC_CONSTRAINTS, true, &constraints));
    }
    for (oid, critical, value) in &profile.extensions {
        extensions.extend(extension(*oid, *critical, value));
    }
    let extensions = asn1::element(0xa3, &[&asn1::element(tag::SEQUENCE, &[&extensions])]);
    let tbs = asn1::element(
        tag::SEQUENCE,
        &[
            &[0xa0, 3, 2, 1, 2],
            &asn1::element(tag::INTEGER, &[&profile.serial]),
            &algorithm,
            issuer,
            &validity,
            &name(&profile.subject),
            &key.spki(),
            &extensions,
        ],
    );
    signed(&tbs, &algorithm, issuer_key)
}

fn extension(oid: Oid, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    let value = asn1::element(tag::OCTET_STRING, &[value]);
    asn1::element(tag::SEQUENCE, &[&asn1::oid(oid), critical, &value])
}

/// A certificate in pieces of DER, so that a test can write any of them as producers do.
#[derive(Clone)]
pub struct Pieces {
    pub version: Vec<u8>,
    pub serial: Vec<u8>,
    pub algorithm: Vec<u8>,
    /// The AlgorithmIdentifier outside of the signed bytes.
    pub outer_algorithm: Vec<u8>,
    pub issuer: Vec<u8>,
    /// The two times.
    pub validity: Vec<u8>,
    pub subject: Vec<u8>,
    pub spki: Vec<u8>,
    /// Between SubjectPublicKeyInfo and the extensions.
    pub unique: Vec<u8>,
    /// One after another; without any, the field is absent.
    pub extensions: Vec<u8>,
    /// Unused bits of the signature.
    pub unused: u8,
}

impl Pieces {
    /// A unit's certificate without any oddity, signed by its own key.
    pub fn new(key: &TestKey) -> Self {
        let Profile {
            subject,
            not_before,
            not_after,
            ..
        } = Profile::unit();
        Self {
            version: vec![0xa0, 3, 2, 1, 2],
            serial: vec![tag::INTEGER, 2, 0x12, 0x34],
            algorithm: key.signature_algorithm(),
            outer_algorithm: key.signature_algorithm(),
            issuer: name(&subject),
            validity: [utc_time(not_before), utc_time(not_after)].concat(),
            subject: name(&subject),
            spki: key.spki(),
            unique: Vec::new(),
            extensions: Self::extension(oid::KEY_USAGE, &[1, 1, 0xff], &[3, 2, 6, 0xc0]),
            unused: 0,
        }
    }

    /// An Extension; `critical` is the whole BOOLEAN, or nothing.
    pub fn extension(oid: Oid, critical: &[u8], value: &[u8]) -> Vec<u8> {
        let value = asn1::element(tag::OCTET_STRING, &[value]);
        asn1::element(tag::SEQUENCE, &[&asn1::oid(oid), critical, &value])
    }

    pub fn tbs(&self) -> Vec<u8> {
        let extensions = if self.extensions.is_empty() {
            Vec::new()
        } else {
            asn1::element(0xa3, &[&asn1::element(tag::SEQUENCE, &[&self.extensions])])
        };
        asn1::element(
            tag::SEQUENCE,
            &[
                &self.version,
                &self.serial,
                &self.algorithm,
                &self.issuer,
                &asn1::element(tag::SEQUENCE, &[&self.validity]),
                &self.subject,
                &self.spki,
                &self.unique,
                &extensions,
            ],
        )
    }

    pub fn der(&self, key: &TestKey) -> Vec<u8> {
        let tbs = self.tbs();
        let signature = asn1::element(tag::BIT_STRING, &[&[self.unused], &key.sign(&tbs)]);
        asn1::element(tag::SEQUENCE, &[&tbs, &self.outer_algorithm, &signature])
    }
}

fn issue(issuer: &[u8], issuer_key: &TestKey, key: &TestKey, profile: &Profile) -> Certificate {
    Certificate::from_der(certificate_der(issuer, issuer_key, key, profile)).unwrap()
}

fn signed(tbs: &[u8], algorithm: &[u8], key: &TestKey) -> Vec<u8> {
    let signature = asn1::element(tag::BIT_STRING, &[&[0], &key.sign(tbs)]);
    asn1::element(tag::SEQUENCE, &[tbs, algorithm, &signature])
}

fn utc_time(time: UnixTime) -> Vec<u8> {
    let (year, month, day, hour, minute, second) = time.civil();
    let text = format!(
        "{:02}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z",
        year % 100
    );
    asn1::element(tag::UTC_TIME, &[text.as_bytes()])
}

/// The codes of findings, in order.
pub fn codes(findings: &[yinxin_proto::Finding]) -> Vec<&'static str> {
    findings
        .iter()
        .map(|finding| finding.error.code())
        .collect()
}

/// The codes of fatal findings.
pub fn fatal(findings: &[yinxin_proto::Finding]) -> Vec<&'static str> {
    findings
        .iter()
        .filter(|finding| finding.severity == yinxin_proto::Severity::Fatal)
        .map(|finding| finding.error.code())
        .collect()
}

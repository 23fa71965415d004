//! What the host needs of `yinxin-pki`: certificates, the bytes that each kind of item signs,
//! their digests, and the judgement over what a token gave.

use crate::worker::message;
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_pki::asn1::{self, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::cms::{self, Parts};
use yinxin_pki::key::PublicKey;
use yinxin_pki::seal::{Seal, Sealing, TimeInfo, Version};
use yinxin_pki::sm2::DEFAULT_ID;
use yinxin_pki::{attributes, bare_text, content_guard, hash, login};
use yinxin_proto::host::{TextForm, ToSign};
use yinxin_proto::limits::MAX_PROPERTY_INFO_CHARS;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::site::Origin;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::Token;
use yinxin_proto::{Base64, Error};

/// A certificate whose key may sign: of an algorithm of the product, no CA's, not for encryption
/// only.
pub struct SigningCertificate {
    certificate: Certificate,
    key: PublicKey,
    algorithm: SignatureAlgorithm,
}

impl SigningCertificate {
    /// Reads a certificate from a token.
    ///
    /// # Errors
    /// `certificate-unreadable`, `algorithm-not-supported`, `certificate-is-ca`,
    /// `certificate-not-for-signing` or `extended-key-usage-not-accepted`.
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        let certificate = Certificate::from_der(der.to_vec())?;
        if let Some(problem) = certificate.lasting_signing_problem() {
            return Err(problem);
        }
        let key = certificate.key()?.clone();
        let algorithm = certificate.signing_algorithm()?;
        Ok(Self {
            certificate,
            key,
            algorithm,
        })
    }

    /// Reads a certificate that is to sign now.
    ///
    /// # Errors
    /// As [`Self::parse`]; `certificate-expired` or `certificate-not-yet-valid`.
    pub fn for_signing(der: &[u8]) -> Result<Self, Error> {
        let read = Self::parse(der)?;
        match read.certificate.validity_problem(now()) {
            Some(problem) => Err(problem),
            None => Ok(read),
        }
    }

    /// The algorithm of its signatures.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// What a token hashes before a message: Z of the default user id for SM2, nothing otherwise.
    #[must_use]
    pub fn hashed_first(&self) -> Vec<u8> {
        match &self.key {
            PublicKey::Sm2(key) => key
                .z(DEFAULT_ID)
                .expect("the default id is 16 bytes long")
                .to_vec(),
            _ => Vec::new(),
        }
    }

    /// What a token signs of a message: e = SM3(Z ‖ M) with the default user id for SM2, SHA-256
    /// otherwise.
    #[must_use]
    pub fn digest(&self, message: &[u8]) -> [u8; 32] {
        let hashed = [self.hashed_first().as_slice(), message].concat();
        hash::digest(self.algorithm, &hashed)
    }

    /// A token's output in the protocol's form, if it holds over the digest under this
    /// certificate's key. Variants that no standard names (without Z, or over a digest of the
    /// digest) do not.
    #[must_use]
    pub fn accept(&self, digest: &[u8; 32], output: &[u8]) -> Option<Vec<u8>> {
        let signature = self.key.normalise(output)?;
        self.key
            .verify_prehash(digest, &signature)
            .then_some(signature)
    }

    /// The key in the form in which a token is searched for it.
    #[must_use]
    pub fn public_key(&self) -> message::PublicKey {
        let bits = bits_of(self.certificate.spki()).unwrap_or_default();
        match self.algorithm {
            SignatureAlgorithm::Sm2Sm3 => message::PublicKey::Sm2 {
                point: Base64(bits.to_vec()),
            },
            SignatureAlgorithm::EcdsaP256Sha256 => message::PublicKey::P256 {
                point: Base64(bits.to_vec()),
            },
            SignatureAlgorithm::RsaSha256 => message::PublicKey::Rsa {
                modulus: Base64(modulus_of(bits).unwrap_or_default()),
            },
        }
    }

    /// The bytes that a signature over a page's text covers: the text as it stands, if it is one that means nothing
    /// elsewhere, or signed attributes over it.
    ///
    /// # Errors
    /// `content-refused`, `attributes-refused`; `message-invalid` if the form is not the call's.
    pub fn text_message(&self, text: &str, bare: bool, form: &TextForm) -> Result<Vec<u8>, Error> {
        let bytes = text.as_bytes();
        let refused = || Error::ContentRefused {
            name: String::new(),
        };
        match form {
            TextForm::Bare {} if bare => {
                bare_text::read(bytes).ok_or_else(refused)?;
                Ok(bytes.to_vec())
            }
            TextForm::Attributes { attributes } if !bare => {
                if content_guard::is_refused(bytes, bytes.len() as u64) {
                    return Err(refused());
                }
                let checked = attributes::check(&attributes.0, &self.certificate)?;
                if checked.message_digest[..] != hash::digest(self.algorithm, bytes) {
                    return Err(Error::AttributesRefused {
                        reason: "another content".into(),
                    });
                }
                Ok(attributes.0.clone())
            }
            TextForm::Bare {} | TextForm::Attributes { .. } => Err(Error::MessageInvalid {
                reason: "form".into(),
            }),
        }
    }

    /// The signed attributes of a CMS over a content of this digest, with the time that is claimed, if they have one.
    #[must_use]
    pub fn attributes(&self, digest: &[u8; 32], claimed: Option<UnixTime>) -> Vec<u8> {
        attributes::build(self.algorithm, &self.certificate, digest, claimed)
    }

    /// What is signed when a seal is set.
    ///
    /// # Errors
    /// `seal-needs-sm2`, `seal-refused`.
    pub fn to_be_sealed(&self, sealing: &Sealing<'_>) -> Result<Vec<u8>, Error> {
        if self.algorithm != SignatureAlgorithm::Sm2Sm3 {
            return Err(Error::SealNeedsSm2 {});
        }
        let to_be_signed = sealing.to_be_signed(&self.certificate);
        to_be_signed.map_err(|_| seal_refused("a value that has no room"))
    }

    /// A seal that is set (`SES_Signature`), with the signature over what [`Self::to_be_sealed`] gave, and a time stamp
    /// over that, if there is one.
    ///
    /// # Errors
    /// `signature-not-verified`.
    pub fn sealed(
        &self,
        sealing: &Sealing<'_>,
        signature: &[u8],
        time_stamp: Option<&[u8]>,
    ) -> Result<Vec<u8>, Error> {
        let mut sealed = sealing.sign(&self.certificate, |_| Ok(signature.to_vec()))?;
        if let Some(token) = time_stamp {
            sealed = sealed.with_time_stamp(token)?;
        }
        Ok(sealed.der().to_vec())
    }

    /// Its holder's name.
    #[must_use]
    pub fn holder(&self) -> String {
        self.certificate.holder()
    }

    /// The size of its DER.
    #[must_use]
    pub fn size(&self) -> usize {
        self.certificate.der().len()
    }

    /// The seal of a key that it can set: the one of a SHA-256, or the only one.
    ///
    /// # Errors
    /// `seal-missing`, `seal-ambiguous`; for a named one as for the browser's.
    pub fn seal(&self, token: &Token, named: Option<&str>) -> Result<Seal, Error> {
        if let Some(name) = named {
            return seal_in(token, name, &self.certificate);
        }
        let told = token.seals.iter().filter_map(|told| told.der.as_ref());
        let names = told.map(|der| fingerprint(&der.0));
        let mut seals: Vec<(String, Seal)> = names
            .filter_map(|name| {
                let seal = seal_in(token, &name, &self.certificate).ok()?;
                Some((name, seal))
            })
            .collect();
        if seals.len() > 1 {
            let present = seals
                .iter()
                .map(|(name, seal)| format!("{} ({name})", seal.property().name));
            return Err(Error::SealAmbiguous {
                present: present.collect::<Vec<_>>().join(", "),
            });
        }
        seals
            .pop()
            .map(|(_, seal)| seal)
            .ok_or(Error::SealMissing {})
    }

    /// A CMS from a signature over attributes that [`Self::attributes`] made, around a content of
    /// this size, if it is inside. Without attributes the signature is over the content itself. A time stamp is over the
    /// signature.
    #[must_use]
    pub fn cms(
        &self,
        content_size: Option<usize>,
        attributes: &[u8],
        signature: &[u8],
        time_stamp: Option<&[u8]>,
    ) -> Parts {
        cms::assemble_stamped(
            self.algorithm,
            &self.certificate,
            attributes,
            signature,
            time_stamp,
            content_size,
        )
    }
}

/// The key of a certificate with which a page's ciphertext may be decrypted: SM2, for encryption and not for signatures,
/// so that nothing that is signed or unwrapped elsewhere can be had by it.
///
/// # Errors
/// `certificate-unreadable`, or `message-invalid` for any other.
pub fn decrypting_key(der: &[u8]) -> Result<message::PublicKey, Error> {
    let certificate = Certificate::from_der(der.to_vec())?;
    let for_encryption = certificate
        .key_usage()
        .is_some_and(|usage| usage.encrypts() && !usage.signs());
    match certificate.key() {
        Ok(PublicKey::Sm2(_)) if for_encryption && !certificate.is_ca() => {
            let point = bits_of(certificate.spki()).unwrap_or_default().to_vec();
            let point = Base64(point);
            Ok(message::PublicKey::Sm2 { point })
        }
        _ => Err(Error::MessageInvalid {
            reason: "not for decryption".into(),
        }),
    }
}

/// The bytes that an item of the browser signs, built and checked here: a page can have no other
/// bytes signed.
///
/// # Errors
/// `challenge-invalid`, `format-not-allowed`, `attributes-refused`; for seals `seal-needs-sm2`,
/// `seal-not-found`, `seal-old-standard`, `seal-not-for-certificate` or `seal-refused`.
pub fn message(
    item: &ToSign,
    origin: &Origin,
    token: &Token,
    signer: &SigningCertificate,
    development: bool,
) -> Result<Vec<u8>, Error> {
    let certificate = &signer.certificate;
    match item {
        ToSign::Login { purpose, challenge } => {
            if !login::is_challenge(challenge) {
                return Err(Error::ChallengeInvalid {});
            }
            Ok(login::to_be_signed(
                origin,
                *purpose,
                challenge,
                certificate,
            ))
        }
        ToSign::Logondata {
            challenge,
            attributes,
        } => {
            if !origin.may_use_logondata(development) {
                return Err(Error::FormatNotAllowed {
                    origin: origin.as_str().to_owned(),
                    format: "logondata".into(),
                });
            }
            attributes::check_logondata(&attributes.0, certificate, challenge)?;
            Ok(attributes.0.clone())
        }
        ToSign::Attributes { attributes } => {
            attributes::check(&attributes.0, certificate)?;
            Ok(attributes.0.clone())
        }
        ToSign::Seal {
            seal,
            time,
            digest,
            property_info,
        } => {
            let refused = seal_refused;
            if signer.algorithm != SignatureAlgorithm::Sm2Sm3 {
                return Err(Error::SealNeedsSm2 {});
            }
            let seal = seal_in(token, seal, certificate)?;
            let time = UnixTime::parse(time).ok_or_else(|| refused("time"))?;
            let digest = <[u8; 32]>::try_from(&digest.0[..]).map_err(|_| refused("digest"))?;
            if property_info.len() > MAX_PROPERTY_INFO_CHARS as usize {
                return Err(refused("propertyInfo"));
            }
            let sealing = Sealing {
                seal: &seal,
                time: TimeInfo::Claimed(time),
                digest: &digest,
                property_info,
                extensions: &[],
            };
            signer.to_be_sealed(&sealing)
        }
    }
}

fn seal_refused(reason: &str) -> Error {
    Error::SealRefused {
        reason: reason.into(),
    }
}

/// A seal by its fingerprint, if it lies in the token and may be used with the certificate: none
/// comes from a page.
fn seal_in(token: &Token, reference: &str, certificate: &Certificate) -> Result<Seal, Error> {
    let told = token.seals.iter().filter_map(|told| told.der.as_ref());
    let der = told
        .map(|der| &der.0)
        .find(|der| fingerprint(der) == reference)
        .ok_or(Error::SealNotFound {})?;
    let seal = Seal::from_der(der.clone())?;
    if seal.version() == Version::V1 {
        let standard = seal.version().standard().into();
        return Err(Error::SealOldStandard { standard });
    }
    if !seal.property().users.contain(certificate) {
        let holder = certificate.holder();
        return Err(Error::SealNotForCertificate { holder });
    }
    Ok(seal)
}

/// The computer's time.
#[must_use]
pub fn now() -> UnixTime {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixTime(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// SHA-256 of a certificate's or a seal's bytes, lower-case hex: its name in requests.
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    hex::encode(hash::sha256(der))
}

/// What a certificate's key signs with, if it can be read.
#[must_use]
pub fn algorithm(der: &[u8]) -> Option<SignatureAlgorithm> {
    let certificate = Certificate::from_der(der.to_vec()).ok()?;
    certificate.signing_algorithm().ok()
}

/// Who holds a certificate, for the eye; empty if it can't be read.
#[must_use]
pub fn holder(der: &[u8]) -> String {
    Certificate::from_der(der.to_vec())
        .map(|certificate| certificate.holder())
        .unwrap_or_default()
}

/// What stands in the BIT STRING of a SubjectPublicKeyInfo: a point, or an RSAPublicKey.
fn bits_of(spki: &[u8]) -> Option<&[u8]> {
    let mut fields = asn1::single(spki, tag::SEQUENCE, "").ok()?.children();
    fields.expect(tag::SEQUENCE, "").ok()?;
    fields.expect(tag::BIT_STRING, "").ok()?.value.get(1..)
}

/// The modulus of an RSAPublicKey (RFC 8017, appendix A.1.1), without the leading zero.
fn modulus_of(key: &[u8]) -> Option<Vec<u8>> {
    let mut fields = asn1::single(key, tag::SEQUENCE, "").ok()?.children();
    let integer = fields.expect(tag::INTEGER, "").ok()?.value;
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    Some(integer[zeros..].to_vec())
}

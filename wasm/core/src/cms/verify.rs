//! Judging a SignedData: its content, each signer's signature, and the signer's certificate.

use super::plain;
use super::read::{Sid, SignedData, SignerInfo};
use crate::asn1::{self, hex, tag};
use crate::attributes::Attributes;
use crate::certificate::Certificate;
use crate::certificate::facts::Facts;
use crate::certificate::name::DistinguishedName;
use crate::content_guard;
use crate::hash::{self, Digests};
use crate::key::{EcSignature, PublicKey};
use crate::sm2::DEFAULT_ID;
use crate::text::Bilingual;
use crate::trust::{self, KeyPurpose, Policy, Sm2Variant, Step};
use crate::wire::Bytes;
use crate::{oid, pem};
use serde::Serialize;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::{Error, Finding, Severity};

/// The content that was signed, from outside of the CMS.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// All of it.
    Bytes(&'a [u8]),
    /// Its digests, size and beginning, for content too large to be held.
    Digests {
        /// Both digests.
        digests: Digests,
        /// Size in bytes.
        size: u64,
        /// The first bytes: all, or at least [`content_guard::HEAD_BYTES`].
        head: &'a [u8],
    },
}

/// How a CMS is judged.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The content of a detached CMS. For an attached one it must be the same as inside.
    pub content: Option<Content<'a>>,
    /// How the signers' certificates are judged.
    pub policy: Policy<'a>,
    /// Without it, a path to an anchor is not asked for, which is a warning.
    pub check_trust: bool,
    /// Accept signatures without signed attributes: they can't be told from signatures over other
    /// structures.
    pub allow_without_attributes: bool,
    /// Accept content that [`content_guard`] refuses: for the `logondata` login itself.
    pub(crate) allow_login_content: bool,
}

impl<'a> Options<'a> {
    /// Judges by this policy, trust included.
    #[must_use]
    pub fn new(policy: Policy<'a>) -> Self {
        Self {
            content: None,
            policy,
            check_trust: true,
            allow_without_attributes: false,
            allow_login_content: false,
        }
    }
}

/// The judgement of a CMS.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Judgement {
    /// Whether nothing fatal was found.
    pub valid: bool,
    /// What it comes to, in a sentence or two.
    pub summary: Bilingual,
    /// What was found, the gravest first; `place` begins with the signer.
    pub findings: Vec<Finding>,
    /// The signers, in order.
    pub signers: Vec<Signer>,
    /// The content.
    pub content: ContentFacts,
}

/// What is known of the content.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentFacts {
    /// OID of its type.
    pub content_type: String,
    /// Whether it is inside the CMS.
    pub attached: bool,
    /// Size in bytes, if it is at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// SM3, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sm3: Option<String>,
    /// SHA-256, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The content itself, if it was inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Bytes>,
}

/// A signer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// Whether nothing fatal was found about this signer.
    pub valid: bool,
    /// The facts of its certificate, if that is at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Facts>,
    /// The time that the signer claims, ISO 8601 UTC. It proves nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_time: Option<String>,
    /// OID of the digest algorithm.
    pub digest_algorithm: String,
    /// OID of the signature algorithm.
    pub signature_algorithm: String,
    /// The message digest that is signed, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// DER of the signed attributes, as they are signed (a SET).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_attributes: Option<Bytes>,
    /// The signature as it stands in the CMS.
    pub signature: Bytes,
    /// From the signer's certificate to the anchor, as far as it could be built.
    pub path: Vec<Step>,
}

/// Judges a CMS: DER, PEM or bare Base64.
///
/// # Errors
/// [`Error::CmsUnreadable`].
pub fn verify(cms: &[u8], options: &Options<'_>) -> Result<Judgement, Error> {
    let der = pem::der_of(cms, &["CMS", "PKCS7", "PKCS #7 SIGNED DATA"]).ok_or_else(|| {
        Error::CmsUnreadable {
            position: 0,
            reason: "neither DER nor PEM".into(),
        }
    })?;
    let data = SignedData::read(&der).map_err(|malformed| Error::CmsUnreadable {
        position: u32::try_from(malformed.position).unwrap_or(u32::MAX),
        reason: malformed.reason.into(),
    })?;

    let mut findings = Vec::new();
    // Bytes inside a CMS that are no certificate leave the signer without one.
    let mut certificates: Vec<Certificate> = data
        .certificates
        .iter()
        .filter_map(|der| Certificate::from_der(der.to_vec()).ok())
        .collect();
    if certificates.len() < data.certificates.len() {
        let reason = "certificate".into();
        findings
            .push(Finding::new(Severity::Note, Error::EncodingOdd { reason }).at("certificates"));
    }
    certificates.extend_from_slice(options.policy.intermediates);

    let content = match data.content {
        Some(inside) => Some(Content::Bytes(inside)),
        None => options.content,
    };
    let seen = content.map(|content| match content {
        Content::Bytes(bytes) => (Digests::of(bytes), bytes.len() as u64, bytes),
        Content::Digests {
            digests,
            size,
            head,
        } => (digests, size, head),
    });
    if let (Some(_), Some(outside), Some((inside, ..))) = (data.content, options.content, seen) {
        let outside = match outside {
            Content::Bytes(bytes) => Digests::of(bytes),
            Content::Digests { digests, .. } => digests,
        };
        if outside != inside {
            findings.push(Finding::new(Severity::Fatal, Error::ContentChanged {}).at("content"));
        }
    }
    match seen {
        None => findings.push(Finding::new(Severity::Fatal, Error::ContentMissing {})),
        Some((_, size, head)) => {
            let head_is_enough = head.len() as u64 >= size.min(content_guard::HEAD_BYTES as u64);
            let refused = !head_is_enough || content_guard::is_refused(head, size);
            if refused && !options.allow_login_content {
                let name = String::new();
                findings.push(
                    Finding::new(Severity::Fatal, Error::ContentRefused { name }).at("content"),
                );
            }
        }
    }

    let mut signers = Vec::new();
    // One allowance for all: certificates and signers are both the sender's to multiply.
    let mut checks = trust::Checks::default();
    for (index, info) in data.signers.iter().enumerate() {
        let mut own = Vec::new();
        let signer = judge_signer(
            info,
            &data,
            &certificates,
            content,
            seen.map(|s| s.0),
            options,
            &mut checks,
            &mut own,
        );
        for finding in own {
            let place = match &finding.place {
                Some(place) => format!("signers[{index}].{place}"),
                None => format!("signers[{index}]"),
            };
            findings.push(finding.at(place));
        }
        signers.push(signer);
    }
    let findings = trust::gravest_first(findings);
    let (size, digests) = seen.map_or((None, None), |(digests, size, _)| {
        (Some(size), Some(digests.to_hex()))
    });
    let (sm3, sha256) = digests.unzip();
    Ok(Judgement {
        valid: trust::is_valid(&findings),
        summary: plain::summary(&signers, &findings),
        findings,
        signers,
        content: ContentFacts {
            content_type: data.content_type.to_string(),
            attached: data.content.is_some(),
            size,
            sm3,
            sha256,
            bytes: data.content.map(|content| Bytes(content.to_vec())),
        },
    })
}

#[allow(clippy::too_many_arguments)]
fn judge_signer(
    info: &SignerInfo<'_>,
    data: &SignedData<'_>,
    certificates: &[Certificate],
    content: Option<Content<'_>>,
    digests: Option<Digests>,
    options: &Options<'_>,
    checks: &mut trust::Checks,
    findings: &mut Vec<Finding>,
) -> Signer {
    let mut signed_attributes = None;
    let mut attributes = None;
    if let Some(tlv) = info.attributes {
        let mut set = tlv.raw.to_vec();
        // What is signed carries the SET's own tag (RFC 5652, 5.4).
        set[0] = tag::SET;
        match Attributes::read_values(tlv.children()) {
            Ok(read) => attributes = Some(read),
            Err(malformed) => findings.push(fatal(Error::AttributesRefused {
                reason: format!("byte {}: {}", malformed.position, malformed.reason),
            })),
        }
        signed_attributes = Some(set);
    }
    let mut path = Vec::new();
    // The one with this very number comes before one whose number has lost its sign octet.
    let certificate = certificates
        .iter()
        .find(|c| is_of(c, &info.sid, asn1::is_same_integer))
        .or_else(|| {
            let mut others = certificates.iter();
            others.find(|c| is_of(c, &info.sid, asn1::may_be_same_serial))
        });
    match certificate {
        None => findings.push(fatal(Error::SignerCertificateMissing {})),
        Some(certificate) => {
            match certificate.key() {
                Err(error) => findings.push(fatal(error)),
                Ok(key) => {
                    judge_signature(
                        info,
                        key,
                        signed_attributes.as_deref(),
                        attributes.as_ref(),
                        data,
                        content,
                        digests,
                        options,
                        findings,
                    );
                }
            }
            if attributes.as_ref().and_then(|read| read.names(certificate)) == Some(false) {
                findings.push(fatal(Error::SigningCertificateMismatch {}));
            }
            if certificate.is_ca() {
                findings.push(fatal(Error::CertificateIsCa {}));
            }
            path = judge_certificate(certificate, certificates, options, checks, findings);
        }
    }
    Signer {
        valid: trust::is_valid(findings),
        certificate: certificate.map(|found| found.facts(options.policy.at)),
        claimed_time: attributes
            .as_ref()
            .and_then(|read| read.signing_time)
            .map(|time| time.to_string()),
        digest_algorithm: info.digest_algorithm.to_string(),
        signature_algorithm: info.signature_algorithm.to_string(),
        digest: attributes
            .as_ref()
            .and_then(|read| read.message_digest)
            .map(hex),
        signed_attributes: signed_attributes.map(Bytes),
        signature: Bytes(info.signature.to_vec()),
        path,
    }
}

fn judge_certificate(
    certificate: &Certificate,
    certificates: &[Certificate],
    options: &Options<'_>,
    checks: &mut trust::Checks,
    findings: &mut Vec<Finding>,
) -> Vec<Step> {
    if !options.check_trust {
        findings.push(Finding::new(Severity::Warning, Error::TrustNotChecked {}));
        if let Some(error) = certificate.validity_problem(options.policy.at) {
            findings.push(fatal(error));
        }
        let further = options.policy.extended_key_usages;
        findings.extend(certificate.use_problem(further).map(fatal));
        return Vec::new();
    }
    let policy = Policy {
        intermediates: certificates,
        purpose: Some(KeyPurpose::Sign),
        ..options.policy.clone()
    };
    let verdict = trust::verify_within(checks, certificate, &policy);
    findings.extend(verdict.findings);
    verdict.path
}

#[allow(clippy::too_many_arguments)]
fn judge_signature(
    info: &SignerInfo<'_>,
    key: &PublicKey,
    signed_attributes: Option<&[u8]>,
    attributes: Option<&Attributes<'_>>,
    data: &SignedData<'_>,
    content: Option<Content<'_>>,
    digests: Option<Digests>,
    options: &Options<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(algorithm) = key.algorithm() else {
        let algorithm = key.name().into();
        findings.push(fatal(Error::AlgorithmNotSupported { algorithm }));
        return;
    };
    if let Some(unknown) = algorithm_mismatch(algorithm, info) {
        findings.push(fatal(Error::AlgorithmNotSupported { algorithm: unknown }));
        return;
    }
    if algorithm == SignatureAlgorithm::Sm2Sm3 && info.signature_algorithm != oid::SM2_SIGN {
        let reason = format!("signatureAlgorithm {}", info.signature_algorithm);
        findings.push(Finding::new(Severity::Note, Error::EncodingOdd { reason }));
    }
    let digest = digests.map(|digests| *digests.for_algorithm(algorithm));
    match (signed_attributes, attributes) {
        // Attributes that can't be read were reported; nothing can be said of the signature.
        (Some(_), None) => {}
        (Some(set), Some(read)) => {
            if read.content_type != Some(data.content_type) {
                findings.push(fatal(Error::AttributesRefused {
                    reason: "content type".into(),
                }));
            }
            if let Some(digest) = digest
                && read.message_digest != Some(&digest[..])
            {
                match content.and_then(|content| digest_with_z(key, content)) {
                    Some(with_z) if read.message_digest == Some(&with_z[..]) => {
                        findings.push(non_standard("message digest with Z"));
                    }
                    _ => findings.push(fatal(Error::ContentChanged {})),
                }
            }
            judge_bytes(key, &[set], info.signature, options, findings);
        }
        (None, _) if !options.allow_without_attributes => {
            findings.push(fatal(Error::SignedAttributesMissing {}));
        }
        (None, _) => match content {
            None => {}
            Some(Content::Bytes(bytes)) => {
                if let (PublicKey::Sm2(sm2), Ok(e)) = (key, <&[u8; 32]>::try_from(bytes))
                    && EcSignature::from_token(info.signature)
                        .is_some_and(|signature| sm2.verify_e(e, &signature.to_raw()))
                {
                    findings.push(non_standard("content is the digest"));
                    return;
                }
                judge_bytes(key, &[bytes], info.signature, options, findings);
            }
            Some(Content::Digests { digests, .. }) => match key {
                // Z comes before the content, so a digest of the content is of no use.
                PublicKey::Sm2(_) => findings.push(fatal(Error::ContentMissing {})),
                _ => {
                    if !key.verify_prehash(&digests.sha256, info.signature) {
                        findings.push(fatal(Error::SignatureInvalid {}));
                    }
                }
            },
        },
    }
}

/// Judges a signature over bytes, with the variants and encodings that are met in the field.
fn judge_bytes(
    key: &PublicKey,
    message: &[&[u8]],
    signature: &[u8],
    options: &Options<'_>,
    findings: &mut Vec<Finding>,
) {
    if key.verify(message, signature) {
        return;
    }
    let invalid = fatal(Error::SignatureInvalid {});
    let (PublicKey::Sm2(sm2), Some(lenient)) = (key, EcSignature::from_token(signature)) else {
        findings.push(invalid);
        return;
    };
    let raw = lenient.to_raw();
    if EcSignature::from_der(signature).is_err() {
        let error = match EcSignature::from_lenient_der(signature) {
            Some(_) => Error::IntegerOdd {},
            None => Error::EncodingOdd {
                reason: "r ‖ s, not DER".into(),
            },
        };
        findings.push(Finding::new(Severity::Note, error).at("signature"));
    }
    if sm2.verify(DEFAULT_ID, message, &raw) {
        return;
    }
    let variant = if sm2.verify(b"", message, &raw) {
        Sm2Variant::EmptyId
    } else if sm2.verify_e(&hash::sm3(&message.concat()), &raw) {
        Sm2Variant::WithoutZ
    } else {
        findings.push(invalid);
        return;
    };
    let mut finding = non_standard(variant.name());
    if options.policy.sm2_variants.contains(&variant) {
        finding.severity = Severity::Warning;
    }
    findings.push(finding);
}

fn digest_with_z(key: &PublicKey, content: Content<'_>) -> Option<[u8; 32]> {
    match (key, content) {
        (PublicKey::Sm2(sm2), Content::Bytes(bytes)) => sm2.e(DEFAULT_ID, &[bytes]),
        _ => None,
    }
}

/// The OID that does not go with the key, if one does not.
fn algorithm_mismatch(algorithm: SignatureAlgorithm, info: &SignerInfo<'_>) -> Option<String> {
    let (digest, signing): (_, &[_]) = match algorithm {
        SignatureAlgorithm::Sm2Sm3 => (
            oid::SM3,
            &[oid::SM2_SIGN, oid::SM2_CURVE, oid::SM2_WITH_SM3],
        ),
        SignatureAlgorithm::RsaSha256 => (oid::SHA256, &[oid::RSA, oid::RSA_SHA256]),
        SignatureAlgorithm::EcdsaP256Sha256 => (oid::SHA256, &[oid::ECDSA_SHA256]),
    };
    if info.digest_algorithm != digest {
        Some(info.digest_algorithm.to_string())
    } else if !signing.contains(&info.signature_algorithm) {
        Some(info.signature_algorithm.to_string())
    } else {
        None
    }
}

fn is_of(
    certificate: &Certificate,
    sid: &Sid<'_>,
    is_same_serial: fn(&[u8], &[u8]) -> bool,
) -> bool {
    match sid {
        Sid::IssuerAndSerial { issuer, serial } => {
            is_same_serial(serial, certificate.serial())
                && (*issuer == certificate.issuer().der()
                    || DistinguishedName::from_der(issuer)
                        .is_ok_and(|name| name.matches(certificate.issuer())))
        }
        Sid::KeyIdentifier(wanted) => certificate.subject_key() == Some(*wanted),
    }
}

fn fatal(error: Error) -> Finding {
    Finding::new(Severity::Fatal, error)
}

fn non_standard(variant: &str) -> Finding {
    fatal(Error::SignatureNonStandard {
        variant: variant.into(),
    })
}

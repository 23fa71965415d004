//! Judging a SignedData: its content, each signer's signature, and the signer's certificate.

use super::plain;
use super::read::{Sid, SignedData, SignerInfo};
use crate::asn1::{self, Malformed, tag};
use crate::attributes::Attributes;
use crate::certificate::Certificate;
use crate::certificate::name::DistinguishedName;
use crate::content_guard;
use crate::hash::{self, Digests};
use crate::key::{EcSignature, PublicKey, Written};
use crate::scheme::Scheme;
use crate::sm2::{DEFAULT_ID, Sm2Digest};
use crate::trust::{self, KeyPurpose, PathPolicy, PathStep, Sm2Variant};
use crate::{oid, outer, pem, recognise};
use base64ct::{Base64, Encoding};
use der::asn1::ObjectIdentifier;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;
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
    /// A digest of that content beside [`Digests`], with its algorithm: for what is signed with another, where the
    /// content is too large to be held.
    pub further_digest: Option<(ObjectIdentifier, &'a [u8])>,
    /// How the signers' certificates are judged.
    pub policy: PathPolicy<'a>,
    /// Without it, a path to an anchor is not asked for, which is a warning.
    pub check_trust: bool,
    /// Accept signatures without signed attributes: they can't be told from signatures over other
    /// structures.
    pub allow_without_attributes: bool,
    /// Accept a signature over the digest of the content in its place, with a warning. Who signs a
    /// digest has not seen what it is of: it may have come to him as a number to be signed.
    pub allow_digest_of_content: bool,
    /// Accept signed attributes that call data by GM/T 0010's identifier where the content is called so
    /// by that of PKCS #7, or the reverse, with a warning.
    pub allow_mixed_content_types: bool,
    /// It is a `logondata` login: content that [`content_guard`] refuses is accepted, and one signer
    /// only.
    pub(crate) is_login: bool,
}

impl<'a> Options<'a> {
    /// Judges by this policy, trust included.
    #[must_use]
    pub fn new(policy: PathPolicy<'a>) -> Self {
        Self {
            content: None,
            further_digest: None,
            policy,
            check_trust: true,
            allow_without_attributes: false,
            allow_digest_of_content: false,
            allow_mixed_content_types: false,
            is_login: false,
        }
    }
}

/// The judgement of a CMS.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Whether nothing fatal was found.
    pub valid: bool,
    /// What it comes to, in a sentence or two.
    pub summary: Bilingual,
    /// What was found, the gravest first; `place` begins with the signer.
    pub findings: Vec<Finding>,
    /// The signers, in order.
    pub signers: Vec<Signer>,
    /// What was signed.
    pub content: SignedContent,
}

/// What was signed.
#[derive(Clone, Debug)]
pub struct SignedContent {
    /// Its type.
    pub content_type: ObjectIdentifier,
    /// Whether it is inside the CMS.
    pub attached: bool,
    /// Its size in bytes and its digests, if it was inside or given.
    pub seen: Option<(u64, Digests)>,
    /// The content itself, if it was inside.
    pub bytes: Option<Vec<u8>>,
}

/// A signer.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Whether nothing fatal was found about this signer.
    pub valid: bool,
    /// Its certificate, if that is there and can be read.
    pub certificate: Option<Certificate>,
    /// The time that the signer claims. It proves nothing.
    pub claimed_time: Option<UnixTime>,
    /// The digest algorithm.
    pub digest_algorithm: ObjectIdentifier,
    /// The signature algorithm.
    pub signature_algorithm: ObjectIdentifier,
    /// The message digest that is signed.
    pub digest: Option<Vec<u8>>,
    /// DER of the signed attributes, as they are signed (a SET).
    pub signed_attributes: Option<Vec<u8>>,
    /// The signature as it stands in the CMS.
    pub signature: Vec<u8>,
    /// The time stamp over it, which is not judged here: for [`super::time_stamp`].
    pub time_stamp: Option<Vec<u8>>,
    /// From the signer's certificate to the anchor, as far as it could be built.
    pub path: Vec<PathStep>,
}

/// Judges a CMS: DER or BER, PEM or bare Base64.
///
/// # Errors
/// [`Error::CmsUnreadable`].
pub fn verify(cms: &[u8], options: &Options<'_>) -> Result<Judgement, Error> {
    let refused = |malformed: Malformed| {
        let error = Error::CmsUnreadable {
            position: u32::try_from(malformed.position).unwrap_or(u32::MAX),
            reason: malformed.reason.into(),
        };
        recognise::in_place_of(cms, error)
    };
    let bytes = pem::der_of(cms, &["CMS", "PKCS7", "PKCS #7 SIGNED DATA"]).ok_or_else(|| {
        refused(Malformed {
            position: 0,
            reason: "neither DER nor PEM",
        })
    })?;
    let (der, mut findings) = outer::message(bytes).map_err(refused)?;
    let signers = if options.is_login { 1 } else { MAX_SIGNERS };
    let data = SignedData::read(&der, signers).map_err(refused)?;

    findings.extend(mixed_names(&data));
    let certificates = certificates(&data, options, &mut findings);
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
    let mut named = seen.map(|(digests, ..)| digests);
    if let (Some(inside), Some(outside), Some((own, ..))) = (data.content, options.content, seen) {
        let outside = match outside {
            Content::Bytes(bytes) => Digests::of(bytes),
            Content::Digests { digests, .. } => digests,
        };
        if outside != own {
            let found = match signed_forms(&outside).find(|(_, form)| form == inside) {
                Some((algorithm, _)) => signs_digest(algorithm, options),
                None => fatal(Error::ContentChanged {}),
            };
            findings.push(found.at("content"));
        }
        named = Some(outside);
    }
    if seen.is_none() {
        findings.push(fatal(Error::ContentMissing {}));
    }
    // What is inside is signed; what is outside too, where a signature over its digest is accepted.
    let mut signed = content.into_iter().chain(options.content);
    if !options.is_login && signed.any(is_refused) {
        let name = String::new();
        findings.push(fatal(Error::ContentRefused { name }).at("content"));
    }

    let mut signers = Vec::new();
    let mut judging = Judging {
        data: &data,
        options,
        content,
        digests: seen.map(|(digests, ..)| digests),
        named,
        known: certificates.iter().map(|_| None).collect(),
        certificates: &certificates,
        budget: trust::Budget::default(),
        digested: 0,
        reasons: MAX_REASONS,
    };
    for (index, info) in data.signers.iter().enumerate() {
        let mut own = Vec::new();
        let signer = judging.signer(info, &mut own);
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
    Ok(Judgement {
        valid: trust::is_valid(&findings),
        summary: plain::summary(&signers, &findings),
        findings,
        signers,
        content: SignedContent {
            content_type: data.content_type,
            attached: data.content.is_some(),
            seen: seen.map(|(digests, size, _)| (size, digests)),
            bytes: data.content.map(<[u8]>::to_vec),
        },
    })
}

/// Whether it is what no document may be, or its beginning is not at hand to tell.
fn is_refused(content: Content<'_>) -> bool {
    let (head, size) = match content {
        Content::Bytes(bytes) => (bytes, bytes.len() as u64),
        Content::Digests { head, size, .. } => (head, size),
    };
    let is_enough = head.len() as u64 >= size.min(content_guard::HEAD_BYTES as u64);
    !is_enough || content_guard::is_refused(head, size)
}

/// The certificates inside and those of the caller, each once.
fn certificates(
    data: &SignedData<'_>,
    options: &Options<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Certificate> {
    let mut found: Vec<Certificate> = Vec::new();
    let mut is_odd = false;
    for (index, der) in data.certificates.iter().enumerate() {
        if data.certificates[..index].contains(der) {
            continue;
        }
        match Certificate::from_der(der.to_vec()) {
            Ok(certificate) => found.push(certificate),
            // Bytes inside a CMS that are no certificate leave the signer without one.
            Err(_) => is_odd = true,
        }
    }
    if is_odd {
        let reason = "certificate".into();
        findings
            .push(Finding::new(Severity::Note, Error::EncodingOdd { reason }).at("certificates"));
    }
    let inside = found.len();
    for certificate in options.policy.intermediates {
        if !found[..inside].contains(certificate) {
            found.push(certificate.clone());
        }
    }
    found
}

/// What the judgement of one CMS goes by. Certificates and signers are both the sender's to
/// multiply: whatever costs is done once for all of them, or counted.
struct Judging<'a> {
    data: &'a SignedData<'a>,
    options: &'a Options<'a>,
    content: Option<Content<'a>>,
    digests: Option<Digests>,
    /// Of the content that the caller has, or else of the one inside.
    named: Option<Digests>,
    certificates: &'a [Certificate],
    /// What is known of each certificate, once a signer names it.
    known: Vec<Option<Known>>,
    budget: trust::Budget,
    /// Signers for whom the content was digested with their key's Z.
    digested: usize,
    /// Signers for whom it may still be looked why a digest or a signature does not hold.
    reasons: usize,
}

/// What a certificate comes to as a signer's.
#[derive(Clone)]
struct Known {
    findings: Vec<Finding>,
    path: Vec<PathStep>,
}

impl Judging<'_> {
    fn signer(&mut self, info: &SignerInfo<'_>, findings: &mut Vec<Finding>) -> Signer {
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
        let issuer = match &info.sid {
            Sid::IssuerAndSerial { issuer, .. } => DistinguishedName::from_der(issuer).ok(),
            Sid::KeyIdentifier(_) => None,
        };
        let found = self.named_by(&info.sid, issuer.as_ref());
        let mut known = None;
        match found {
            None => findings.push(fatal(Error::SignerCertificateMissing {})),
            Some(index) => {
                let certificate = &self.certificates[index];
                match certificate.key() {
                    Err(error) => findings.push(fatal(error)),
                    Ok(key) => {
                        if let Some(set) = &mut signed_attributes {
                            as_signed(key, set, info.signature, findings);
                        }
                        let set = signed_attributes.as_deref();
                        self.signature(info, key, set, attributes.as_ref(), findings);
                    }
                }
                if attributes.as_ref().and_then(|read| read.names(certificate)) == Some(false) {
                    findings.push(fatal(Error::SigningCertificateMismatch {}));
                }
                let judged = self.certificate(index).clone();
                findings.extend(judged.findings);
                known = Some((certificate.clone(), judged.path));
            }
        }
        let (certificate, path) = known.unzip();
        Signer {
            valid: trust::is_valid(findings),
            certificate,
            claimed_time: attributes.as_ref().and_then(|read| read.signing_time),
            digest_algorithm: info.digest_algorithm,
            signature_algorithm: info.signature_algorithm,
            digest: attributes
                .as_ref()
                .and_then(|read| read.message_digest)
                .map(<[u8]>::to_vec),
            signed_attributes,
            signature: info.signature.to_vec(),
            time_stamp: info.time_stamp(),
            path: path.unwrap_or_default(),
        }
    }

    /// The certificate that a signer names: of several, the first that is valid, since anybody can
    /// write a number and a name, and the first where none is.
    fn named_by(&mut self, sid: &Sid<'_>, issuer: Option<&DistinguishedName>) -> Option<usize> {
        let certificates = self.certificates;
        let named = |index: &usize| is_of(&certificates[*index], sid, issuer);
        let all: Vec<usize> = (0..certificates.len()).filter(named).collect();
        // The one with this very number comes before one whose number has lost its sign octet.
        let (mut all, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|index| match sid {
            Sid::IssuerAndSerial { serial, .. } => {
                asn1::is_same_integer(serial, certificates[*index].serial())
            }
            Sid::KeyIdentifier(_) => true,
        });
        all.extend(others);
        if all.len() < 2 {
            return all.pop();
        }
        let valid = all
            .iter()
            .find(|index| trust::is_valid(&self.certificate(**index).findings));
        valid.or(all.first()).copied()
    }

    /// What a certificate comes to, judged for the first signer that names it.
    fn certificate(&mut self, index: usize) -> &Known {
        if self.known[index].is_none() {
            let known = self.judge(index);
            self.known[index] = Some(known);
        }
        self.known[index].as_ref().expect("it is known now")
    }

    fn judge(&mut self, index: usize) -> Known {
        let certificate = &self.certificates[index];
        let at = self.options.policy.at;
        let mut findings = Vec::new();
        if certificate.is_ca() {
            findings.push(fatal(Error::CertificateIsCa {}));
        }
        let mut path = Vec::new();
        if self.options.check_trust {
            let policy = PathPolicy {
                intermediates: self.certificates,
                purpose: Some(KeyPurpose::Sign),
                ..self.options.policy.clone()
            };
            let verdict = trust::verify_within(&mut self.budget, certificate, &policy);
            findings.extend(verdict.findings);
            path = verdict.path;
        } else {
            findings.push(Finding::new(Severity::Warning, Error::TrustNotChecked {}));
            if let Some(error) = certificate.validity_problem(at) {
                findings.push(fatal(error));
            }
            let further = self.options.policy.extended_key_usages;
            findings.extend(certificate.use_problem(further).map(fatal));
        }
        Known { findings, path }
    }

    fn signature(
        &mut self,
        info: &SignerInfo<'_>,
        key: &PublicKey,
        signed_attributes: Option<&[u8]>,
        attributes: Option<&Attributes<'_>>,
        findings: &mut Vec<Finding>,
    ) {
        if let Some(scheme) = further_scheme(info, key) {
            let read = signed_attributes.map(|set| (set, attributes));
            self.further_signature(info, key, scheme, read, findings);
            return;
        }
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
        match (signed_attributes, attributes) {
            // Attributes that can't be read were reported; nothing can be said of the signature.
            (Some(_), None) => {}
            (Some(set), Some(read)) => {
                findings.extend(self.content_type(read));
                let digest = self.digests.map(|all| *all.for_algorithm(algorithm));
                if let Some(digest) = digest
                    && read.message_digest != Some(&digest[..])
                {
                    findings.push(self.other_digest(key, algorithm, read.message_digest));
                }
                let accepted = self.options.policy.sm2_variants;
                self.bytes(key, set, &hash::sm3, info.signature, accepted, findings);
            }
            (None, _) if self.options.allow_without_attributes => {
                self.bare_signature(info, key, findings);
            }
            (None, _) => findings.push(fatal(Error::SignedAttributesMissing {})),
        }
    }

    /// Judges a signature with a digest or a key that the product does not sign with: SHA-384, SHA-512, P-384.
    fn further_signature(
        &self,
        info: &SignerInfo<'_>,
        key: &PublicKey,
        scheme: Scheme,
        signed: Option<(&[u8], Option<&Attributes<'_>>)>,
        findings: &mut Vec<Finding>,
    ) {
        let Some((set, read)) = signed else {
            findings.push(fatal(Error::SignedAttributesMissing {}));
            return;
        };
        // Attributes that can't be read were reported.
        let Some(read) = read else { return };
        findings.extend(self.content_type(read));
        let own = match (self.content, self.options.further_digest) {
            (Some(Content::Bytes(bytes)), _) => hash::digest_of_any(info.digest_algorithm, bytes),
            (Some(_), Some((algorithm, digest))) if algorithm == info.digest_algorithm => {
                Some(digest.to_vec())
            }
            _ => None,
        };
        match (read.message_digest, own) {
            (None, _) => {
                let reason = "message digest".into();
                findings.push(fatal(Error::AttributesRefused { reason }));
            }
            (_, None) if self.content.is_some() => findings.push(fatal(Error::ContentMissing {})),
            (_, None) => {}
            (Some(found), Some(own)) if found == own => {}
            _ => findings.push(fatal(Error::ContentChanged {})),
        }
        let held = key.check(scheme, Sm2Digest::Id(DEFAULT_ID), &[set], info.signature);
        judge_written(held, findings);
    }

    /// Whether the attribute names the content's type (RFC 5652, 11.1).
    fn content_type(&self, read: &Attributes<'_>) -> Option<Finding> {
        let own = self.data.content_type;
        let Some(named) = read.content_type else {
            let reason = "content type".into();
            return Some(fatal(Error::AttributesRefused { reason }));
        };
        if named == own {
            return None;
        }
        let mut finding = fatal(Error::ContentTypeMismatch {
            content: own.to_string(),
            attribute: named.to_string(),
        });
        let is_data = [oid::DATA, oid::GM_DATA];
        if self.options.allow_mixed_content_types
            && is_data.contains(&named)
            && is_data.contains(&own)
        {
            finding.severity = Severity::Warning;
        }
        Some(finding.evidence(named.to_string(), own.to_string()))
    }

    /// What a message digest is that is not the content's.
    fn other_digest(
        &mut self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        found: Option<&[u8]>,
    ) -> Finding {
        let Some(found) = found else {
            let reason = "message digest".into();
            return fatal(Error::AttributesRefused { reason });
        };
        if let Some(named) = self.named {
            // Of the digest, or, where that is inside, the digest itself in its place.
            let mut forms = signed_forms(&named);
            let is_of = |form: &[u8]| found == hash::digest(algorithm, form) || found == form;
            if let Some((algorithm, _)) = forms.find(|(_, form)| is_of(form)) {
                return signs_digest(algorithm, self.options);
            }
        }
        match self.digest_with_z(key) {
            Some(with_z) if found == with_z => non_standard("message digest with Z"),
            _ => fatal(Error::ContentChanged {}),
        }
    }

    /// What is found of a signature over no attributes that is one over the digest of a content that
    /// is not inside. It only tells why another one does not hold.
    fn bare_digest(&self, info: &SignerInfo<'_>, key: &PublicKey) -> Option<Vec<Finding>> {
        let named = self.named.filter(|_| self.data.content.is_none())?;
        let algorithm = key.algorithm()?;
        signed_forms(&named)
            .filter(|(name, _)| (*name == "SM3") == (algorithm == SignatureAlgorithm::Sm2Sm3))
            .find_map(|(name, form)| {
                let id = Sm2Digest::Id(DEFAULT_ID);
                let held = key.check(algorithm.into(), id, &[&form], info.signature)?;
                let mut findings = vec![signs_digest(name, self.options)];
                judge_written(Some(held), &mut findings);
                Some(findings)
            })
    }

    /// Whether it may still be looked why something does not hold.
    fn may_tell(&mut self) -> bool {
        let may = self.reasons > 0;
        self.reasons = self.reasons.saturating_sub(1);
        may
    }

    /// Judges a signature over the content itself.
    fn bare_signature(
        &mut self,
        info: &SignerInfo<'_>,
        key: &PublicKey,
        findings: &mut Vec<Finding>,
    ) {
        let (Some(content), Some(digests)) = (self.content, self.digests) else {
            return;
        };
        let PublicKey::Sm2(sm2) = key else {
            let held = key.check_prehash(&digests.sha256, info.signature);
            let looks = held.is_none() && self.may_tell();
            match looks.then(|| self.bare_digest(info, key)).flatten() {
                Some(found) => findings.extend(found),
                None => judge_written(held, findings),
            }
            return;
        };
        let Content::Bytes(bytes) = content else {
            if self.may_tell()
                && let Some(found) = self.bare_digest(info, key)
            {
                findings.extend(found);
                return;
            }
            // Z comes before the content, so a digest of the content is of no use.
            findings.push(fatal(Error::ContentMissing {}));
            return;
        };
        // What the same key signs for a seal is DER, and so is a content free to be.
        if recognise::begins_as_sealed(bytes) {
            let name = String::new();
            findings.push(fatal(Error::ContentRefused { name }).at("content"));
            return;
        }
        if let Ok(e) = <&[u8; 32]>::try_from(bytes)
            && EcSignature::read(info.signature)
                .is_some_and(|(signature, _)| sm2.verify_e(e, &signature.to_raw()))
        {
            findings.push(non_standard("content is the digest"));
            return;
        }
        if self.digested == MAX_DIGESTED {
            findings.push(fatal(Error::SignedAttributesMissing {}));
            return;
        }
        self.digested += 1;
        // Without Z such a signature holds over whatever begins with the Z of its key, as what the
        // key signs in a login or for a seal does: that is refused even where the caller asks for it.
        let asked_for = self.options.policy.sm2_variants.iter().copied();
        let accepted: Vec<Sm2Variant> = asked_for
            .filter(|variant| *variant != Sm2Variant::WithoutZ)
            .collect();
        let sm3 = |_: &[u8]| digests.sm3;
        let (mut own, tells) = (Vec::new(), self.reasons > 0);
        self.bytes(key, bytes, &sm3, info.signature, &accepted, &mut own);
        let looks = tells && !trust::is_valid(&own);
        match looks.then(|| self.bare_digest(info, key)).flatten() {
            Some(found) => findings.extend(found),
            None => findings.extend(own),
        }
    }

    /// The digest of the content with a key's Z before it: it only tells why.
    fn digest_with_z(&mut self, key: &PublicKey) -> Option<[u8; 32]> {
        match (key, self.content) {
            (PublicKey::Sm2(sm2), Some(Content::Bytes(bytes))) => {
                self.reasons = self.reasons.checked_sub(1)?;
                sm2.e(DEFAULT_ID, &[bytes])
            }
            _ => None,
        }
    }

    /// Judges a signature over bytes, with the encodings that are met in the field, and the variants:
    /// those that are accepted are a warning. `sm3` digests the bytes.
    fn bytes(
        &mut self,
        key: &PublicKey,
        message: &[u8],
        sm3: &dyn Fn(&[u8]) -> [u8; 32],
        signature: &[u8],
        accepted: &[Sm2Variant],
        findings: &mut Vec<Finding>,
    ) {
        let PublicKey::Sm2(sm2) = key else {
            let scheme = key.algorithm().map(Scheme::from);
            let id = Sm2Digest::Id(DEFAULT_ID);
            let held = scheme.and_then(|scheme| key.check(scheme, id, &[message], signature));
            judge_written(held, findings);
            return;
        };
        let Some((read, written)) = EcSignature::read(signature) else {
            findings.push(fatal(Error::SignatureInvalid {}));
            return;
        };
        judge_written(Some(written), findings);
        let opened = sm2.open(&read.to_raw());
        let holds = |e: Option<[u8; 32]>| {
            let e = opened.zip(e);
            e.is_some_and(|(opened, e)| opened.is_over(&e))
        };
        if holds(sm2.e(DEFAULT_ID, &[message])) {
            return;
        }
        let tells = self.may_tell();
        let may_be = |variant| tells || accepted.contains(&variant);
        let variant = if may_be(Sm2Variant::EmptyId) && holds(sm2.e(b"", &[message])) {
            Sm2Variant::EmptyId
        } else if may_be(Sm2Variant::WithoutZ) && holds(Some(sm3(message))) {
            Sm2Variant::WithoutZ
        } else {
            findings.push(fatal(Error::SignatureInvalid {}));
            return;
        };
        let mut finding = non_standard(variant.name());
        if accepted.contains(&variant) {
            finding.severity = Severity::Warning;
        }
        findings.push(finding);
    }
}

/// How something is signed that is none of the algorithms that the product signs with. The digest of the content and that
/// of the attributes are one.
fn further_scheme(info: &SignerInfo<'_>, key: &PublicKey) -> Option<Scheme> {
    let scheme = info.scheme(key)?;
    let digest = match scheme {
        Scheme::RsaPkcs1(digest) | Scheme::Ecdsa(digest) => digest,
        _ => return None,
    };
    let is_own = key.algorithm().map(Scheme::from) == Some(scheme);
    (!is_own && info.digest_algorithm == digest.oid()).then_some(scheme)
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

/// Whether a signer names a certificate. `issuer` is the name in it, if it can be read.
fn is_of(certificate: &Certificate, sid: &Sid<'_>, issuer: Option<&DistinguishedName>) -> bool {
    match sid {
        Sid::IssuerAndSerial { serial, .. } => {
            asn1::may_be_same_serial(serial, certificate.serial())
                && issuer.is_some_and(|name| name.matches(certificate.issuer()))
        }
        Sid::KeyIdentifier(wanted) => certificate.subject_key() == Some(*wanted),
    }
}

/// The digests of a content in the forms in which some sign one in its place, with its algorithm: the
/// octets, and Base64 of them.
fn signed_forms(content: &Digests) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let digests = [("SM3", content.sm3), ("SHA-256", content.sha256)];
    digests.into_iter().flat_map(|(algorithm, digest)| {
        let text = Base64::encode_string(&digest).into_bytes();
        [digest.to_vec(), text].map(|form| (algorithm, form))
    })
}

fn signs_digest(algorithm: &str, options: &Options<'_>) -> Finding {
    let algorithm = algorithm.into();
    let mut finding = fatal(Error::ContentIsDigest { algorithm });
    if options.allow_digest_of_content {
        finding.severity = Severity::Warning;
    }
    finding
}

/// A note that the SignedData is called by one standard's name, and its content by the other's.
fn mixed_names(data: &SignedData<'_>) -> Option<Finding> {
    let own = match data.kind {
        oid::GM_SIGNED_DATA => oid::GM_DATA,
        _ => oid::DATA,
    };
    if data.content_type == own || ![oid::DATA, oid::GM_DATA].contains(&data.content_type) {
        return None;
    }
    let reason = "names of GM/T 0010 and of PKCS #7 mixed".into();
    let note = Finding::new(Severity::Note, Error::EncodingOdd { reason }).at("contentType");
    Some(note.evidence(
        format!("{} in {}", data.content_type, data.kind),
        own.to_string(),
    ))
}

/// Brings signed attributes into the order in which they were signed. That is the order of DER
/// (RFC 5652, 5.4), or, as some signers have it, the one in which they stand.
fn as_signed(key: &PublicKey, set: &mut Vec<u8>, signature: &[u8], findings: &mut Vec<Finding>) {
    let Ok(outer) = asn1::single(set, tag::SET, "") else {
        return;
    };
    let mut elements = Vec::new();
    let mut reader = outer.children();
    while let Ok(element) = reader.read() {
        elements.push(element.raw.to_vec());
    }
    let sorted = asn1::set_of(elements);
    let (false, true, Some(algorithm)) = (sorted == *set, reader.is_empty(), key.algorithm())
    else {
        return;
    };
    let reason = "a SET OF out of order".into();
    let note = Finding::new(Severity::Note, Error::EncodingOdd { reason });
    findings.push(note.at("signedAttributes"));
    let holds = |over: &[u8]| {
        let id = Sm2Digest::Id(DEFAULT_ID);
        let held = key.check(Scheme::from(algorithm), id, &[over], signature);
        held.is_some()
    };
    if !holds(set) && holds(&sorted) {
        *set = sorted;
    }
}

/// That a signature does not hold, or what is odd about how one is written that does.
fn judge_written(held: Option<Written>, findings: &mut Vec<Finding>) {
    let Some(written) = held else {
        findings.push(fatal(Error::SignatureInvalid {}));
        return;
    };
    let note = |error| Finding::new(Severity::Note, error).at("signature");
    findings.extend(written.oddity().map(note));
}

fn fatal(error: Error) -> Finding {
    Finding::new(Severity::Fatal, error)
}

fn non_standard(variant: &str) -> Finding {
    fatal(Error::SignatureNonStandard {
        variant: variant.into(),
    })
}

/// Signers of one CMS.
const MAX_SIGNERS: usize = 32;

/// Signers of one CMS for whom it is looked why a digest or a signature does not hold.
const MAX_REASONS: usize = 4;

/// Signers over the content itself for whom it is digested: SM2 takes a digest for each key.
const MAX_DIGESTED: usize = 8;

//! What calls are answered with, as far as it follows from certificates, keys and texts alone.

use super::request::{Answer, Digest, Failure, Form, Request};
use crate::keys::Key;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::key::PublicKey;
use yinxin_pki::sm2::{Ciphertext, Sm2Key};
use yinxin_pki::trust::{self, Anchor, Crls, PathPolicy};
use yinxin_pki::{attributes, bare_text, cms, content_guard, hash};
use yinxin_proto::host::TextForm;
use yinxin_proto::text::visible;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::{PinState, PinTries};
use yinxin_proto::{Base64, Error, Finding, Severity};

/// Whether a certificate is valid.
pub(super) fn validate(
    certificate: &Certificate,
    anchors: &[Anchor],
    now: UnixTime,
) -> Result<Answer, Failure> {
    let crls = Crls::default();
    let policy = PathPolicy {
        national: true,
        ..PathPolicy::new(anchors, &[], &crls, now)
    };
    let verdict = trust::verify(certificate, &policy);
    // A certificate of whose CA nothing is known is no worse than its own words.
    let fatal = |finding: &Finding| {
        finding.severity == Severity::Fatal && !matches!(finding.error, Error::IssuerUnknown { .. })
    };
    if certificate.validity_problem(now).is_some() || verdict.findings.iter().any(fatal) {
        Err(Failure::CertificateInvalid)
    } else {
        Ok(Answer::Done)
    }
}

/// Whether a bare signature holds over a text.
pub(super) fn verify(
    certificate: &Certificate,
    text: &str,
    signature: &[u8],
) -> Result<Answer, Failure> {
    match certificate.key() {
        Ok(key) if key.verify(&[text.as_bytes()], signature) => Ok(Answer::Done),
        Ok(_) => Err(Failure::SignatureInvalid),
        Err(_) => Err(Failure::AlgorithmUnknown),
    }
}

/// Whether a CMS holds, of a detached one over a text.
pub(super) fn verify_message(
    message: &[u8],
    text: Option<&str>,
    now: UnixTime,
) -> Result<Answer, Failure> {
    match judge(message, text, now) {
        Ok(judgement) if judgement.valid => Ok(Answer::Done),
        Ok(_) => Err(Failure::SignatureInvalid),
        Err(_) => Err(Failure::SignatureMalformed),
    }
}

/// What is in a CMS, by the numbers of GM/T 0020: 1 what was signed, 2 the signer's certificate, 3 the signature.
pub(super) fn message_info(message: &[u8], item: u32, now: UnixTime) -> Result<Answer, Failure> {
    let judgement = judge(message, None, now).map_err(|_| Failure::SignatureMalformed)?;
    let signer = judgement.signers.into_iter().next();
    match item {
        1 => {
            let content = judgement.content.bytes.ok_or(Failure::ItemAbsent)?;
            let text = String::from_utf8(content).map_err(|_| Failure::ItemAbsent)?;
            Ok(Answer::Info(text))
        }
        2 => signer
            .and_then(|signer| signer.certificate)
            .map(|certificate| Answer::Certificate(certificate.der().to_vec()))
            .ok_or(Failure::ItemAbsent),
        3 => signer
            .map(|signer| Answer::Signature(signer.signature))
            .ok_or(Failure::ItemAbsent),
        _ => Err(Failure::ItemUnknown),
    }
}

fn judge(message: &[u8], text: Option<&str>, now: UnixTime) -> Result<cms::Judgement, Error> {
    let crls = Crls::default();
    let mut options = cms::Options::new(PathPolicy::new(&[], &[], &crls, now));
    options.check_trust = false;
    options.allow_without_attributes = true;
    options.allow_mixed_content_types = true;
    options.content = text.map(|text| cms::Content::Bytes(text.as_bytes()));
    cms::verify(message, &options)
}

/// The digest of a text.
pub(super) fn hash(digest: Digest, text: &str) -> Answer {
    Answer::Bytes(match digest {
        Digest::Sm3 => hash::sm3(text.as_bytes()).to_vec(),
        Digest::Sha256 => hash::sha256(text.as_bytes()).to_vec(),
    })
}

/// Something encrypted for the holder of a certificate. `random` is used for this and nothing else.
pub(super) fn encrypt(
    certificate: &Certificate,
    text: &str,
    random: &[u8; 32],
) -> Result<Answer, Failure> {
    if certificate.is_ca() || !certificate.key_usage().is_none_or(|usage| usage.encrypts()) {
        return Err(Failure::NotForEncryption);
    }
    let key = sm2_key(certificate)?;
    Ciphertext::encrypt(key, text.as_bytes(), random)
        .map(Answer::Ciphertext)
        .ok_or(Failure::PlaintextMissing)
}

/// The certificate whose key decrypts for the holder of this one: the other one of a dual certificate, for encryption and
/// not for signatures. RSA as keys do it (PKCS #1 v1.5) tells too much of what failed.
pub(super) fn decrypting<'k>(
    key: &'k Key,
    certificate: &Certificate,
) -> Result<&'k Certificate, Failure> {
    let partner = partner(key, certificate).ok_or(Failure::NoDecryptionKey)?;
    let usage = partner.key_usage().ok_or(Failure::NoDecryptionKey)?;
    if !usage.encrypts() || usage.signs() {
        return Err(Failure::NoDecryptionKey);
    }
    sm2_key(partner)?;
    Ok(partner)
}

fn sm2_key(certificate: &Certificate) -> Result<&Sm2Key, Failure> {
    match certificate.key() {
        Ok(PublicKey::Sm2(key)) => Ok(key),
        Ok(PublicKey::Rsa(_)) => Err(Failure::RsaRefused),
        _ => Err(Failure::AlgorithmUnknown),
    }
}

/// Whether a text is never signed in a form.
pub(super) fn is_refused(text: &str, form: Form) -> bool {
    let size = text.len() as u64;
    match form {
        Form::Bare => bare_text::read(text.as_bytes()).is_none(),
        Form::Message { .. } => content_guard::is_refused(text.as_bytes(), size),
    }
}

/// The exact bytes that a signature over a text covers, and what the host is told of them.
pub(super) fn to_be_signed(
    text: &str,
    form: Form,
    certificate: &Certificate,
    now: UnixTime,
) -> Result<(Vec<u8>, TextForm), Error> {
    let algorithm = certificate.signing_algorithm()?;
    Ok(match form {
        Form::Bare => (text.as_bytes().to_vec(), TextForm::Bare {}),
        Form::Message { .. } => {
            let digest = hash::digest(algorithm, text.as_bytes());
            let attributes = attributes::build(algorithm, certificate, &digest, Some(now));
            let form = TextForm::Attributes {
                attributes: Base64(attributes.clone()),
            };
            (attributes, form)
        }
    })
}

/// Verifies a signature and puts it into the form that the page asked for.
pub(super) fn assemble(
    request: &Request,
    certificate: &Certificate,
    to_be_signed: &[u8],
    signatures: &[Base64],
) -> Result<Vec<u8>, Error> {
    let ([signature], Request::Sign { text, form, .. }) = (signatures, request) else {
        return Err(Error::HostMessageInvalid {});
    };
    if !certificate.key()?.verify(&[to_be_signed], &signature.0) {
        return Err(Error::SignatureNotVerified {});
    }
    Ok(match form {
        Form::Bare => signature.0.clone(),
        Form::Message { attached } => {
            let algorithm = certificate.signing_algorithm()?;
            let size = attached.then_some(text.len());
            let parts = cms::assemble(algorithm, certificate, to_be_signed, &signature.0, size);
            let content: &[u8] = if *attached { text.as_bytes() } else { &[] };
            [&parts.head, content, &parts.tail].concat()
        }
    })
}

/// The list of users, with the one that the user is.
pub(super) fn users(certificate: &Certificate, id: String) -> Answer {
    // Separators of the list in a name would make another list of it.
    let name: String = visible(&certificate.holder())
        .chars()
        .map(|c| if "|&".contains(c) { ' ' } else { c })
        .collect();
    Answer::Users(vec![(name, id)])
}

/// The other certificate of a dual one.
pub(super) fn partner<'k>(key: &'k Key, certificate: &Certificate) -> Option<&'k Certificate> {
    let sha = hex(certificate.sha256());
    let mut views = key.view().certificates.iter();
    let view = views.find(|view| view.certificate == sha)?;
    key.certificate(view.partner.as_ref()?)
}

/// How many tries a PIN has, where that is known.
pub(super) fn tries(pin: PinTries) -> Result<Answer, Failure> {
    match (pin.state, pin.left) {
        (PinState::Locked, _) => Ok(Answer::Tries(0)),
        (_, Some(left)) => Ok(Answer::Tries(left)),
        (PinState::Final, None) => Ok(Answer::Tries(1)),
        (PinState::Ok | PinState::Low, None) => Err(Failure::TriesUnknown),
    }
}

/// What a key says of itself, by the numbers of GM/T 0006-2012 (`SGD_DEVICE_*`).
pub(super) fn device_info(key: &Key, item: u32) -> Result<Answer, Failure> {
    let token = key.token();
    let text = match item {
        0x203 => &token.label,
        0x204 => &token.manufacturer,
        0x202 => &token.model,
        0x208 => &token.serial,
        _ => return Err(Failure::ItemUnknown),
    };
    Ok(Answer::Info(text.trim().to_owned()))
}

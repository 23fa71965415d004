//! Verdicts as JSON has them, and JavaScript.

use crate::{
    Bilingual, Binding, Certificate, CertificateDetails, CmsDetails, Finding, LoginDetails,
    Outcome, SealDetails, SealSignatureDetails, Signer, Step, Time, Verdict,
};
use serde::Serialize;
use yinxin_pki::certificate::facts::Facts as CertificateFacts;
use yinxin_pki::seal::facts::Facts as SealFacts;
use yinxin_pki::wire::{Bytes, Hex};

/// What every verdict has. (Each function adds its own: `flatten` of serde would cost more than the repetition.)
macro_rules! verdict {
    ($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $part:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            valid: bool,
            outcome: Outcome,
            summary: Bilingual,
            findings: Vec<Finding>,
            $($(#[$field])* $part: $type,)*
        }
    };
}

verdict! {
    /// Of a certificate.
    CertificateView {
        path: Vec<Step>,
        policies: Vec<String>,
    }
}

/// Of a certificate.
#[must_use]
pub fn certificate(verdict: Verdict<CertificateDetails>) -> CertificateView {
    CertificateView {
        valid: verdict.valid,
        outcome: verdict.outcome,
        summary: verdict.summary,
        findings: verdict.findings,
        path: verdict.details.path,
        policies: verdict.details.policies,
    }
}

verdict! {
    /// Of a login.
    LoginView {
        challenge_id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        certificate: Option<CertificateFacts>,
        #[serde(skip_serializing_if = "Option::is_none")]
        binding: Option<Binding>,
        path: Vec<Step>,
    }
}

/// Of a login; facts are told as of `at`.
#[must_use]
pub fn login(verdict: Verdict<LoginDetails>, at: Time) -> LoginView {
    let signer = verdict.signers.into_iter().next();
    let (certificate, path) =
        signer.map_or_else(Default::default, |signer| (signer.certificate, signer.path));
    LoginView {
        valid: verdict.valid,
        outcome: verdict.outcome,
        summary: verdict.summary,
        findings: verdict.findings,
        challenge_id: verdict.details.challenge_id,
        certificate: certificate.map(|certificate| certificate.facts(at)),
        binding: verdict.details.binding,
        path,
    }
}

verdict! {
    /// Of a CMS.
    CmsView {
        signers: Vec<CmsSigner>,
        content: ContentView,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CmsSigner {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificateFacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_time: Option<Time>,
    digest_algorithm: String,
    signature_algorithm: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<Hex<Vec<u8>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_attributes: Option<Bytes>,
    signature: Bytes,
    path: Vec<Step>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContentView {
    content_type: String,
    attached: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sm3: Option<Hex<[u8; 32]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<Hex<[u8; 32]>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<Bytes>,
}

/// Of a CMS; facts are told as of `at`.
#[must_use]
pub fn cms(verdict: Verdict<CmsDetails>, at: Time) -> CmsView {
    let CmsDetails {
        content,
        algorithms,
    } = verdict.details;
    // Signers are the sender's to multiply: the facts of each certificate are made once.
    let mut known: Vec<(Certificate, CertificateFacts)> = Vec::new();
    let mut facts = |certificate: Certificate| {
        if let Some((_, facts)) = known.iter().find(|(other, _)| *other == certificate) {
            return facts.clone();
        }
        let facts = certificate.facts(at);
        known.push((certificate, facts.clone()));
        facts
    };
    let signers = verdict.signers.into_iter().zip(algorithms);
    let signers = signers.map(
        |(signer, (digest_algorithm, signature_algorithm, digest))| CmsSigner {
            valid: signer.valid,
            certificate: signer.certificate.map(&mut facts),
            claimed_time: signer.claimed_time,
            digest_algorithm: digest_algorithm.to_string(),
            signature_algorithm: signature_algorithm.to_string(),
            digest: digest.map(Hex),
            signed_attributes: signer.signed.map(Bytes),
            signature: Bytes(signer.signature),
            path: signer.path,
        },
    );
    let (size, digests) = content.seen.unzip();
    CmsView {
        valid: verdict.valid,
        outcome: verdict.outcome,
        summary: verdict.summary,
        findings: verdict.findings,
        signers: signers.collect(),
        content: ContentView {
            content_type: content.content_type.to_string(),
            attached: content.attached,
            size,
            sm3: digests.map(|digests| Hex(digests.sm3)),
            sha256: digests.map(|digests| Hex(digests.sha256)),
            bytes: content.bytes.map(Bytes),
        },
    }
}

verdict! {
    /// Of a seal.
    SealView {
        seal: SealFacts,
    }
}

/// Of a seal; facts are told as of `at`.
#[must_use]
pub fn seal(verdict: Verdict<SealDetails>, at: Time) -> SealView {
    SealView {
        valid: verdict.valid,
        outcome: verdict.outcome,
        summary: verdict.summary,
        findings: verdict.findings,
        seal: verdict.details.seal.facts(at),
    }
}

verdict! {
    /// Of a seal that was set on a document.
    SealSignatureView {
        seal: SealFacts,
        #[serde(skip_serializing_if = "Option::is_none")]
        certificate: Option<CertificateFacts>,
        path: Vec<Step>,
        #[serde(skip_serializing_if = "Option::is_none")]
        claimed_time: Option<Time>,
        digest: Bytes,
        property_info: String,
        signed: Bytes,
        signature: Bytes,
    }
}

/// Of a seal that was set on a document; facts are told as of `at`.
#[must_use]
pub fn seal_signature(verdict: Verdict<SealSignatureDetails>, at: Time) -> SealSignatureView {
    let signature = &verdict.details.signature;
    let signer = verdict.signers.into_iter().next();
    let (certificate, path) = signer.map_or_else(
        Default::default,
        |Signer {
             certificate, path, ..
         }| (certificate, path),
    );
    SealSignatureView {
        valid: verdict.valid,
        outcome: verdict.outcome,
        summary: verdict.summary,
        findings: verdict.findings,
        seal: signature.seal().facts(at),
        certificate: certificate.map(|certificate| certificate.facts(at)),
        path,
        claimed_time: signature.claimed_time(),
        digest: Bytes(signature.digest().to_vec()),
        property_info: signature.property_info().into(),
        signed: Bytes(signature.signed().to_vec()),
        signature: Bytes(signature.signature().to_vec()),
    }
}

//! Verdicts as JSON has them, and JavaScript.

use crate::{
    Bilingual, Binding, Certificate, CertificateDetails, CmsDetails, Finding, LoginDetails,
    Outcome, PathStep, SealDetails, SealSignatureDetails, Signer, Time, Verdict,
};
use serde::Serialize;
use yinxin_pki::certificate::facts::CertificateFacts;
use yinxin_pki::outcome;
use yinxin_pki::seal::facts::SealFacts;
use yinxin_pki::wire::{Bytes, Hex};

/// What every verdict has. (Each function adds its own: `flatten` of serde would cost more than the repetition.)
macro_rules! verdict {
    ($(#[$doc:meta])* $name:ident as $declared:literal { $($(#[$field:meta])* $part:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        #[cfg_attr(
            feature = "typescript",
            derive(ts_rs::TS),
            ts(rename = $declared, optional_fields)
        )]
        pub struct $name {
            /// Nothing fatal was found.
            valid: bool,
            /// What the findings come to.
            outcome: Outcome,
            /// Codes of the fatal findings that only leave a question open: nothing speaks against it there.
            open: Vec<&'static str>,
            /// What it comes to in a sentence or two.
            summary: Bilingual,
            /// The gravest first.
            findings: Vec<Finding>,
            $($(#[$field])* $part: $type,)*
        }
    };
}

#[cfg(feature = "documents")]
mod ofd;

#[cfg(feature = "documents")]
pub use ofd::*;

#[cfg(feature = "typescript")]
verdict! {
    /// What every verdict says.
    VerdictView as "Verdict" {}
}

verdict! {
    /// Of a certificate.
    CertificateView as "CertificateVerdict" {
        /// From the certificate to the anchor, as far as it could be built.
        path: Vec<PathStep>,
        /// Certificate policies that hold along the whole path; `2.5.29.32.0` for every one.
        policies: Vec<String>,
    }
}

/// Of a certificate.
#[must_use]
pub fn certificate(verdict: Verdict<CertificateDetails>) -> CertificateView {
    CertificateView {
        valid: verdict.valid,
        outcome: verdict.outcome,
        open: outcome::open(&verdict.findings),
        summary: verdict.summary,
        findings: verdict.findings,
        path: verdict.details.path,
        policies: verdict.details.policies,
    }
}

verdict! {
    /// Of a login.
    LoginView as "LoginVerdict" {
        /// `LoginChallenge.id`, to be inserted as used.
        challenge_id: String,
        /// Whose it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        certificate: Option<CertificateFacts>,
        /// What an account binds: all of it, never a name or credit code alone.
        #[serde(skip_serializing_if = "Option::is_none")]
        binding: Option<Binding>,
        /// From the certificate to the anchor, as far as it could be built.
        path: Vec<PathStep>,
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
        open: outcome::open(&verdict.findings),
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
    CmsView as "CmsVerdict" {
        /// In the order of the signatures.
        signers: Vec<CmsSigner>,
        /// What was signed.
        content: ContentView,
    }
}

/// Somebody who signed a CMS.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
struct CmsSigner {
    /// Nothing fatal was found about this signer.
    valid: bool,
    /// Absent where it is missing or can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificateFacts>,
    /// Claimed by the signer, ISO 8601 UTC; proves nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_time: Option<Time>,
    /// An OID.
    digest_algorithm: String,
    /// An OID.
    signature_algorithm: String,
    /// The signed message digest, lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<Hex<Vec<u8>>>,
    /// DER SET OF Attribute, as it is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_attributes: Option<Bytes>,
    /// As it stands there.
    signature: Bytes,
    /// From its certificate to the anchor, as far as it could be built.
    path: Vec<PathStep>,
}

/// What a CMS signs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "CmsContent", optional_fields)
)]
struct ContentView {
    /// An OID.
    content_type: String,
    /// It lies inside.
    attached: bool,
    /// In bytes; absent where the content is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// Lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    sm3: Option<Hex<[u8; 32]>>,
    /// Lower-case hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<Hex<[u8; 32]>>,
    /// The content, if it was inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<Bytes>,
}

/// Of a CMS; facts are told as of `at`.
#[must_use]
pub fn cms(verdict: Verdict<CmsDetails>, at: Time) -> CmsView {
    let CmsDetails {
        content,
        algorithms,
        ..
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
        open: outcome::open(&verdict.findings),
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
    SealView as "SealVerdict" {
        /// The seal.
        seal: SealFacts,
    }
}

/// Of a seal; facts are told as of `at`.
#[must_use]
pub fn seal(verdict: Verdict<SealDetails>, at: Time) -> SealView {
    SealView {
        valid: verdict.valid,
        outcome: verdict.outcome,
        open: outcome::open(&verdict.findings),
        summary: verdict.summary,
        findings: verdict.findings,
        seal: verdict.details.seal.facts(at),
    }
}

verdict! {
    /// Of a seal that was set on a document.
    SealSignatureView as "SealSignatureVerdict" {
        /// The seal.
        seal: SealFacts,
        /// The signer's.
        #[serde(skip_serializing_if = "Option::is_none")]
        certificate: Option<CertificateFacts>,
        /// From it to the anchor, as far as it could be built.
        path: Vec<PathStep>,
        /// Claimed by the signer, ISO 8601 UTC; proves nothing.
        #[serde(skip_serializing_if = "Option::is_none")]
        claimed_time: Option<Time>,
        /// SM3 of what was sealed, as it is signed.
        digest: Bytes,
        /// What it belongs to: in OFD the path of its Signature.xml.
        property_info: String,
        /// What the signer signed.
        signed: Bytes,
        /// The signer's.
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
        open: outcome::open(&verdict.findings),
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

#[cfg(feature = "documents")]
pub use of_pdf::{PdfView, pdf};

#[cfg(feature = "documents")]
mod of_pdf {
    use super::{
        Bilingual, Certificate, CertificateFacts, Finding, Outcome, PathStep, Serialize, Time,
        Verdict, outcome,
    };
    use crate::{PdfChange, PdfDetails, PdfSignature, Severity, Signer};
    use yinxin_documents::pdf::signatures::{Lock, LockAction, Stamp};
    use yinxin_pki::seal::facts::SealFacts;

    verdict! {
        /// Of a PDF.
        PdfView as "PdfVerdict" {
            /// In bytes.
            size: u64,
            /// Pages.
            pages: usize,
            /// In the order of what they cover.
            signatures: Vec<PdfSignatureView>,
        }
    }

    /// A signature of a PDF.
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(
        feature = "typescript",
        derive(ts_rs::TS),
        ts(rename = "PdfSignature", optional_fields)
    )]
    struct PdfSignatureView {
        /// Nothing fatal was found about it.
        valid: bool,
        /// What the findings about it come to.
        outcome: Outcome,
        /// Full name of its field.
        field: String,
        /// Its SubFilter.
        kind: String,
        /// The bytes that it covers: start and end (exclusive) of two ranges.
        ranges: [[u64; 2]; 2],
        /// Nothing follows what it covers.
        whole: bool,
        /// Claimed (`/M`, or else what its signer signed), ISO 8601 UTC; proves nothing.
        #[serde(skip_serializing_if = "Option::is_none")]
        claimed_time: Option<Time>,
        /// Attested by a time stamp that holds, ISO 8601 UTC.
        #[serde(skip_serializing_if = "Option::is_none")]
        stamped_time: Option<Time>,
        /// Why, as it claims.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What may be changed after it, where it certifies the document: 1 nothing, 2 form fields and signatures, 3
        /// annotations as well.
        #[serde(skip_serializing_if = "Option::is_none")]
        certifies: Option<u8>,
        /// Fields that it locks.
        #[serde(skip_serializing_if = "Option::is_none")]
        locks: Option<LockView>,
        /// Where it shows.
        stamps: Vec<StampView>,
        /// The seal, where it is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        seal: Option<SealFacts>,
        /// The signer's.
        #[serde(skip_serializing_if = "Option::is_none")]
        certificate: Option<CertificateFacts>,
        /// From it to the anchor, as far as it could be built.
        path: Vec<PathStep>,
        /// What was changed after it.
        changes: Vec<ChangeView>,
    }

    /// Fields that a signature locks.
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "PdfLock"))]
    struct LockView {
        /// `all`; `include`: those that are listed; `exclude`: the others.
        action: &'static str,
        /// Full names.
        fields: Vec<String>,
    }

    /// Where a signature shows.
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(
        feature = "typescript",
        derive(ts_rs::TS),
        ts(rename = "PdfStamp", optional_fields)
    )]
    struct StampView {
        /// From 0 on; absent where no page has it.
        #[serde(skip_serializing_if = "Option::is_none")]
        page: Option<usize>,
        /// Left, bottom, right and top, in units of the page.
        rectangle: [f64; 4],
    }

    /// Something that was changed after a signature.
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    #[cfg_attr(
        feature = "typescript",
        derive(ts_rs::TS),
        ts(rename = "PdfChange", optional_fields)
    )]
    struct ChangeView {
        /// Its code: what it is.
        code: &'static str,
        /// What it comes to for that signature.
        severity: Severity,
        /// From the catalog, the trailer or a page on: `pages[0]/Contents`.
        path: String,
        /// From 0 on, where it is on one.
        #[serde(skip_serializing_if = "Option::is_none")]
        page: Option<usize>,
    }

    /// Of a PDF; facts are told as of `at`.
    #[must_use]
    pub fn pdf(verdict: Verdict<PdfDetails>, at: Time) -> PdfView {
        let PdfDetails {
            size,
            pages,
            signatures,
        } = verdict.details;
        let signers = verdict.signers;
        // Who signs twice is described twice: signatures of a PDF are few.
        let view = |one: PdfSignature| {
            let signer = one.signer.and_then(|index| signers.get(index));
            let certificate = signer.and_then(|signer| signer.certificate.as_ref());
            PdfSignatureView {
                valid: one.valid,
                outcome: one.outcome,
                field: one.field,
                kind: one.kind,
                ranges: one.ranges.map(|range| [range.start, range.end]),
                whole: one.is_whole,
                claimed_time: one.claimed_time,
                stamped_time: one.stamped_time,
                reason: one.reason,
                certifies: one.certifies,
                locks: one.locks.map(lock),
                stamps: one.stamps.into_iter().map(stamp).collect(),
                seal: one.seal.map(|seal| seal.seal().facts(at)),
                certificate: certificate.map(|certificate: &Certificate| certificate.facts(at)),
                path: signer.map_or_else(Vec::new, |signer: &Signer| signer.path.clone()),
                changes: one.changes.into_iter().map(change).collect(),
            }
        };
        PdfView {
            valid: verdict.valid,
            outcome: verdict.outcome,
            open: outcome::open(&verdict.findings),
            summary: verdict.summary,
            findings: verdict.findings,
            size,
            pages,
            signatures: signatures.into_iter().map(view).collect(),
        }
    }

    fn lock(lock: Lock) -> LockView {
        LockView {
            action: match lock.action {
                LockAction::All => "all",
                LockAction::Include => "include",
                LockAction::Exclude => "exclude",
            },
            fields: lock.fields,
        }
    }

    fn stamp(stamp: Stamp) -> StampView {
        StampView {
            page: stamp.page,
            rectangle: stamp.rectangle,
        }
    }

    fn change(change: PdfChange) -> ChangeView {
        ChangeView {
            code: change.error.code(),
            severity: change.severity,
            path: change.path,
            page: change.page,
        }
    }
}

//! Verdicts of signed OFD.

use super::*;
use crate::{OfdDetails, OfdSignature};
use yinxin_documents::ofd::coverage::{Covered, Open};
use yinxin_documents::ofd::document::{Document, Rect, Role};
use yinxin_documents::ofd::signatures::{Kind, Signature, Stamp};

verdict! {
    /// Of a signed OFD.
    OfdView as "OfdVerdict" {
        /// In their order; former versions of one behind it.
        documents: Vec<OfdDocument>,
        /// In the order of their lists.
        signatures: Vec<OfdSignatureView>,
    }
}

/// A document of an OFD; most have one.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
struct OfdDocument {
    /// Path of its Document.xml.
    path: String,
    /// Paths of its pages, in their order.
    pages: Vec<String>,
}

/// A signature of an OFD.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "OfdSignature", optional_fields)
)]
struct OfdSignatureView {
    /// Nothing fatal was found about it.
    valid: bool,
    /// What the findings about it come to.
    outcome: Outcome,
    /// The same in a sentence or two.
    summary: Bilingual,
    /// Its identifier in the list.
    id: String,
    /// Path of its Signature.xml.
    path: String,
    /// What its value is: a seal that was set, a SignedData, or two numbers without a certificate. Absent where that can't
    /// be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "typescript",
        ts(type = "'seal-signature' | 'signed-data' | 'bare'")
    )]
    form: Option<&'static str>,
    /// As it is written. Absent where that can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<Written>,
    /// The parts that it covers.
    covered: Vec<CoveredView>,
    /// The parts that it does not cover, those first that matter most; a thousand at most.
    open: Vec<OpenView>,
    /// The seal that was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    seal: Option<SealFacts>,
    /// Who signed.
    signers: Vec<OfdSigner>,
}

/// What a signature of an OFD says of itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "OfdSignatureWritten", optional_fields)
)]
struct Written {
    /// What the list says that it is.
    #[cfg_attr(feature = "typescript", ts(type = "'seal' | 'sign'"))]
    kind: &'static str,
    /// Which of the documents it belongs to, from 0.
    document: u32,
    /// The program that wrote it: name, version, maker, as far as they are there.
    provider: Vec<String>,
    /// The algorithm of the signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// The algorithm of the parts' digests.
    check_method: String,
    /// The time that it states; proves nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    /// Where its stamp stands.
    stamps: Vec<StampView>,
}

/// A part that a signature covers.
#[derive(Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "OfdCovered", optional_fields)
)]
struct CoveredView {
    /// Its path.
    path: String,
    /// What it is to a reader.
    #[cfg_attr(feature = "typescript", ts(type = "OfdRole"))]
    role: &'static str,
    /// The page's number, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    /// As it was signed, another, another for a signature behind it, not there, or not compared.
    #[cfg_attr(
        feature = "typescript",
        ts(type = "'same' | 'changed' | 'extended' | 'missing' | 'unknown'")
    )]
    state: &'static str,
}

/// A part that a signature does not cover.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "OfdOpen", optional_fields)
)]
struct OpenView {
    /// Its path.
    path: String,
    /// What it is to a reader.
    #[cfg_attr(feature = "typescript", ts(type = "OfdRole"))]
    role: &'static str,
    /// The page's number, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    /// Whether what is seen would change with it, or might.
    is_seen: bool,
}

/// Where a stamp stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "OfdStamp", optional_fields)
)]
struct StampView {
    /// Its identifier.
    id: String,
    /// The page's number, from 1. Absent if there is none of the identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    /// The page's identifier.
    page_id: String,
    /// Where the whole stamp stands on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    boundary: Option<RectView>,
    /// What of it is seen, from its own top left: a slice of a seal over several pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    clip: Option<RectView>,
}

/// A rectangle in millimetres, from the top left, rightwards and down.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Rect"))]
struct RectView {
    /// Left edge.
    x: f64,
    /// Upper edge.
    y: f64,
    /// Width.
    width: f64,
    /// Height.
    height: f64,
}

/// Somebody who signed an OFD.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
struct OfdSigner {
    /// Nothing fatal was found about this signer.
    valid: bool,
    /// Absent where it is missing or can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificateFacts>,
    /// Claimed by the signer, ISO 8601 UTC; proves nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_time: Option<Time>,
    /// From its certificate to the anchor, as far as it could be built.
    path: Vec<PathStep>,
}

/// What a part of an OFD is to a reader.
#[cfg(feature = "typescript")]
#[derive(ts_rs::TS)]
#[ts(
    type = "'page' | 'template' | 'annotation' | 'picture' | 'document' | 'entry' | 'resource' | 'font' | 'attachment' | 'data' | 'signature' | 'other'"
)]
pub struct OfdRole;

/// Of a signed OFD; facts are told as of `at`.
#[must_use]
pub fn ofd(verdict: Verdict<OfdDetails>, at: Time) -> OfdView {
    let OfdDetails {
        documents,
        signatures,
    } = verdict.details;
    let mut signers = verdict.signers.into_iter();
    let signatures = signatures.into_iter().map(|signature| {
        // They stand in the order of the signatures.
        let own = signers.by_ref().take(signature.signers.len());
        let own = own.map(|signer| OfdSigner {
            valid: signer.valid,
            certificate: signer.certificate.map(|certificate| certificate.facts(at)),
            claimed_time: signer.claimed_time,
            path: signer.path,
        });
        let own = own.collect();
        of_signature(signature, own, at)
    });
    OfdView {
        valid: verdict.valid,
        outcome: verdict.outcome,
        open: outcome::open(&verdict.findings),
        summary: verdict.summary,
        findings: verdict.findings,
        signatures: signatures.collect(),
        documents: documents.into_iter().map(of_document).collect(),
    }
}

fn of_document(document: Document) -> OfdDocument {
    let pages = document.pages.into_iter().map(|page| page.path);
    OfdDocument {
        path: document.path,
        pages: pages.collect(),
    }
}

fn of_signature(signature: OfdSignature, signers: Vec<OfdSigner>, at: Time) -> OfdSignatureView {
    let (id, path, written) = match signature.signed.listed {
        Ok(listed) => {
            let (id, path) = (listed.id.clone(), listed.path.clone());
            (id, path, Some(of_written(listed)))
        }
        Err(unreadable) => (unreadable.id, unreadable.path, None),
    };
    OfdSignatureView {
        valid: signature.valid,
        outcome: signature.outcome,
        summary: signature.summary,
        id,
        path,
        form: signature.form.map(|form| form.name()),
        written,
        covered: signature
            .signed
            .covered
            .into_iter()
            .map(of_covered)
            .collect(),
        open: signature.signed.open.into_iter().map(of_open).collect(),
        seal: signature.seal.map(|sealing| sealing.seal().facts(at)),
        signers,
    }
}

fn of_written(listed: Signature) -> Written {
    let provider = listed.provider;
    let provider = [provider.name, provider.version, provider.company];
    Written {
        kind: match listed.kind {
            Kind::Seal => "seal",
            Kind::Sign => "sign",
        },
        // A package has few.
        document: u32::try_from(listed.document).unwrap_or(u32::MAX),
        provider: provider.into_iter().flatten().collect(),
        method: listed.method,
        check_method: listed.check_method.name().to_owned(),
        time: listed.time,
        stamps: listed.stamps.into_iter().map(of_stamp).collect(),
    }
}

fn of_covered(part: Covered) -> CoveredView {
    CoveredView {
        path: part.path,
        role: part.role.name(),
        page: number(part.role),
        state: part.state.name(),
    }
}

fn of_open(part: Open) -> OpenView {
    OpenView {
        path: part.path,
        role: part.role.name(),
        page: number(part.role),
        is_seen: part.is_seen,
    }
}

fn number(role: Role) -> Option<u32> {
    match role {
        Role::Page(number) => Some(number),
        _ => None,
    }
}

fn of_stamp(stamp: Stamp) -> StampView {
    let rect = |rect: Rect| RectView {
        x: rect.x,
        y: rect.y,
        width: rect.width,
        height: rect.height,
    };
    StampView {
        id: stamp.id,
        page: stamp.page,
        page_id: stamp.page_id,
        boundary: stamp.boundary.map(rect),
        clip: stamp.clip.map(rect),
    }
}

//! Electronic seals, and what is sealed with them.

use super::{Absent, Content, Trust, certificates_of, digest};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::facts::Facts as CertificateFacts;
use yinxin_pki::seal::facts::Facts;
use yinxin_pki::seal::{self, Policy as SealPolicy, Seal, SealSignature, Sealed};
use yinxin_proto::text::Bilingual;
use yinxin_pki::trust::Policy;
use yinxin_pki::{trust, wire};
use crate::edge::input::{Blob, Blobs, Bytes};
use crate::edge::{Thrown, from_js, give, invalid, moment, thrown};
use yinxin_proto::Finding;

/// The facts of a seal, as of `now`.
///
/// # Errors
/// `seal-unreadable`; `request-invalid` if `now` is no time.
#[wasm_bindgen(js_name = parseSeal, skip_typescript)]
pub fn parse_seal(seal: JsValue, now: JsValue) -> Result<JsValue, Thrown> {
    let seal: Blob = from_js(seal, "seal")?;
    let seal = Seal::parse(&seal.0).map_err(thrown)?;
    give(&seal.facts(moment(now)?))
}

#[derive(Deserialize)]
struct VerifySeal {
    seal: Blob,
    #[serde(default)]
    makers: Blobs,
    #[serde(default)]
    certificate: Option<Blob>,
}

#[derive(Serialize)]
struct SealVerdict {
    valid: bool,
    summary: Bilingual,
    findings: Vec<Finding>,
    seal: Facts,
}

/// Judges a seal, and whether a certificate may use it.
///
/// # Errors
/// `seal-unreadable`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifySeal, skip_typescript)]
pub fn verify_seal(options: JsValue) -> Result<JsValue, Thrown> {
    let (options, trust): (VerifySeal, _) = Trust::beside(options, Absent::Nothing)?;
    let seal = Seal::parse(&options.seal.0).map_err(thrown)?;
    let user = options
        .certificate
        .map(|certificate| Certificate::parse(&certificate.0))
        .transpose()
        .map_err(thrown)?;
    let makers = makers(&options.makers, &trust, &seal)?;
    let policy = SealPolicy {
        makers: &makers,
        at: trust.at,
        extended_key_usages: &trust.extended_key_usages,
        user: user.as_ref(),
    };
    let verdict = seal::verify(&seal, &policy);
    give(&SealVerdict {
        valid: verdict.valid,
        summary: verdict.summary,
        findings: verdict.findings,
        seal: seal.facts(trust.at),
    })
}

#[derive(Deserialize)]
struct VerifySealSignature {
    signature: Blob,
    #[serde(default)]
    makers: Blobs,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    content: JsValue,
    #[serde(default)]
    digest: Option<Bytes>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignatureVerdict {
    valid: bool,
    summary: Bilingual,
    findings: Vec<Finding>,
    seal: Facts,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificateFacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_time: Option<String>,
    digest: wire::Bytes,
    property_info: String,
    signed: wire::Bytes,
    signature: wire::Bytes,
}

/// Judges a seal that was set on a document.
///
/// # Errors
/// `seal-unreadable`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifySealSignature, skip_typescript)]
pub fn verify_seal_signature(options: JsValue) -> Result<JsValue, Thrown> {
    let (options, trust): (VerifySealSignature, _) = Trust::beside(options, Absent::Nothing)?;
    let signature = SealSignature::parse(&options.signature.0).map_err(thrown)?;
    let sealed = match (Content::read(options.content)?, options.digest) {
        (None, None) => None,
        (Some(content), None) => Some(Sealed::Content(content.sm3())),
        (None, Some(given)) => Some(Sealed::Digest(digest(&given, "digest")?)),
        (Some(_), Some(_)) => return Err(invalid("digest: the content is given too")),
    };
    let makers = makers(&options.makers, &trust, signature.seal())?;
    let policy = SealPolicy {
        makers: &makers,
        at: trust.at,
        extended_key_usages: &trust.extended_key_usages,
        user: None,
    };
    let verdict = signature.verify(sealed.as_ref(), &policy);
    let certificate = Certificate::from_der(signature.certificate().to_vec()).ok();
    give(&SignatureVerdict {
        valid: verdict.valid,
        summary: verdict.summary,
        findings: verdict.findings,
        seal: signature.seal().facts(trust.at),
        certificate: certificate.map(|certificate| certificate.facts(trust.at)),
        claimed_time: signature.claimed_time().map(|time| time.to_string()),
        digest: wire::Bytes(signature.digest().to_vec()),
        property_info: signature.property_info().into(),
        signed: wire::Bytes(signature.signed().to_vec()),
        signature: wire::Bytes(signature.signature().to_vec()),
    })
}

/// The makers that are accepted: the listed ones, and this seal's own where its certificate has one of the listed
/// policies along a path to an anchor. A path alone says nothing about a maker; but where issuers or revocation
/// lists are given, it must hold for the listed ones as well.
fn makers(listed: &Blobs, trust: &Trust, seal: &Seal) -> Result<Vec<Certificate>, Thrown> {
    let mut makers = certificates_of(listed, "makers").map_err(thrown)?;
    let Ok(maker) = Certificate::from_der(seal.maker().to_vec()) else {
        return Ok(makers);
    };
    let by_policy = trust.policies.as_ref().is_some_and(|list| !list.is_empty());
    let policy = |policies| Policy {
        policies,
        ..trust.policy()
    };
    if trust.restricted && !trust::verify(&maker, &policy(None)).valid {
        makers.retain(|listed| *listed != maker);
    }
    if by_policy && trust::verify(&maker, &policy(trust.policies.as_deref())).valid {
        makers.push(maker);
    }
    Ok(makers)
}

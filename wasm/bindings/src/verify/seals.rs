//! Electronic seals, and what is sealed with them.

use super::{Content, digest, options};
use crate::edge::input::{Blob, Bytes};
use crate::edge::{Thrown, from_js, give, invalid, moment, thrown};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use yinxin_pki::seal::Seal;
use yinxin_verify::{SealedContent, view};

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
    certificate: Option<Blob>,
}

/// Judges a seal, and whether a certificate may use it.
///
/// # Errors
/// `seal-unreadable`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifySeal, skip_typescript)]
pub fn verify_seal(options: JsValue) -> Result<JsValue, Thrown> {
    let (own, options): (VerifySeal, _) = options::of_seals(options)?;
    let user = own
        .certificate
        .as_ref()
        .map(|certificate| &certificate.0[..]);
    let verdict = yinxin_verify::verify_seal(&own.seal.0, user, &options);
    give(&view::seal(verdict.map_err(thrown)?, options.time()))
}

#[derive(Deserialize)]
struct VerifySealSignature {
    signature: Blob,
    #[serde(default, with = "serde_wasm_bindgen::preserve")]
    content: JsValue,
    #[serde(default)]
    digest: Option<Bytes>,
}

/// Judges a seal that was set on a document.
///
/// # Errors
/// `seal-unreadable`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifySealSignature, skip_typescript)]
pub fn verify_seal_signature(options: JsValue) -> Result<JsValue, Thrown> {
    let (own, options): (VerifySealSignature, _) = options::of_seals(options)?;
    let content = Content::read(own.content)?;
    let sealed = match (&content, own.digest) {
        (None, None) => None,
        (Some(content), None) => Some(SealedContent::Content(content.borrowed())),
        (None, Some(given)) => Some(SealedContent::Digest(digest(&given, "digest")?)),
        (Some(_), Some(_)) => return Err(invalid("digest: the content is given too")),
    };
    let verdict = yinxin_verify::verify_seal_signature(&own.signature.0, sealed, &options);
    give(&view::seal_signature(
        verdict.map_err(thrown)?,
        options.time(),
    ))
}

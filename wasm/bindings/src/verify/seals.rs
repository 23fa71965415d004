//! Electronic seals, and what is sealed with them.

use super::{Content, digest, options};
use crate::edge::input::{Blob, Bytes};
use crate::edge::{Exception, exception, from_js, invalid, moment, to_js};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use yinxin_pki::seal::Seal;
use yinxin_verify::{SealedContent, view};

/// The facts of a seal. Days left and summary are told as of `now`; of the present, if it is absent.
///
/// # Errors
/// `seal-unreadable`; `request-invalid` if `now` is no time.
#[wasm_bindgen(js_name = parseSeal, unchecked_return_type = "SealFacts")]
pub fn parse_seal(
    #[wasm_bindgen(unchecked_param_type = "BytesLike")] seal: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Time")] now: JsValue,
) -> Result<JsValue, Exception> {
    let seal: Blob = from_js(seal, "seal")?;
    let seal = Seal::parse(&seal.0).map_err(exception)?;
    to_js(&seal.facts(moment(now)?))
}

/// What `verifySeal` takes beside what seals are judged by.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "VerifySealOptions", optional_fields)
)]
pub(super) struct VerifySeal {
    /// The seal.
    seal: Blob,
    /// The certificate that uses the seal. Where trust begins (`anchors`, `national`), it must lead there.
    #[serde(default)]
    certificate: Option<Blob>,
}

/// Judges a seal, and whether a certificate may use it. Whoever holds a certificate could make a seal: without its maker
/// in the list it is not valid.
///
/// # Errors
/// `seal-unreadable`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifySeal, unchecked_return_type = "SealVerdict")]
pub fn verify_seal(
    #[wasm_bindgen(unchecked_param_type = "MakerOptions & VerifySealOptions")] options: JsValue,
) -> Result<JsValue, Exception> {
    let (own, options): (VerifySeal, _) = options::of_seals(options)?;
    let user = own
        .certificate
        .as_ref()
        .map(|certificate| &certificate.0[..]);
    let verdict = yinxin_verify::verify_seal(&own.seal.0, user, &options);
    to_js(&view::seal(verdict.map_err(exception)?, options.time()))
}

/// What `verifySealSignature` takes beside what seals and signers are judged by.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "VerifySealSignatureOptions", optional_fields)
)]
pub(super) struct VerifySealSignature {
    /// An `SES_Signature`.
    signature: Blob,
    /// What was sealed. It, or `digest`.
    #[serde(default, with = "crate::edge::kept")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<super::Declared>"))]
    content: JsValue,
    /// SM3 of what was sealed.
    #[serde(default)]
    digest: Option<Bytes>,
}

/// Judges a seal that was set on a document (`SES_Signature`). Its signer's certificate must lead to an anchor; where trust
/// begins nowhere, `trust-not-checked` warns of it.
///
/// # Errors
/// `seal-unreadable`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifySealSignature, unchecked_return_type = "SealSignatureVerdict")]
pub fn verify_seal_signature(
    #[wasm_bindgen(unchecked_param_type = "MakerOptions & VerifySealSignatureOptions")]
    options: JsValue,
) -> Result<JsValue, Exception> {
    let (own, options): (VerifySealSignature, _) = options::of_seals(options)?;
    let content = Content::read(own.content)?;
    let sealed = match (&content, own.digest) {
        (None, None) => None,
        (Some(content), None) => Some(SealedContent::Content(content.borrowed())),
        (None, Some(given)) => Some(SealedContent::Digest(digest(&given, "digest")?)),
        (Some(_), Some(_)) => return Err(invalid("digest: the content is given too")),
    };
    let verdict = yinxin_verify::verify_seal_signature(&own.signature.0, sealed, &options);
    to_js(&view::seal_signature(
        verdict.map_err(exception)?,
        options.time(),
    ))
}

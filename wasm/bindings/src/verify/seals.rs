//! Electronic seals, and what is sealed with them.

use crate::edge::input::Blob;
use crate::edge::{Exception, Value, exception, from_js, moment, platform, to_js};
use wasm_bindgen::prelude::*;
use yinxin_pki::seal::Seal;
use yinxin_verify::calls::{self, VerifySeal, VerifySealSignature};

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

/// Judges a seal, and whether a certificate may use it. Whoever holds a certificate could make a seal: without its maker
/// in the list it is not valid.
///
/// # Errors
/// `seal-unreadable`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifySeal, unchecked_return_type = "SealVerdict")]
pub fn verify_seal(
    #[wasm_bindgen(unchecked_param_type = "MakerOptions & VerifySealOptions")] options: JsValue,
) -> Result<JsValue, Exception> {
    let (call, options) = calls::of_seals(&Value(options), platform::now()).map_err(exception)?;
    to_js(&VerifySeal::judge(&call, &options).map_err(exception)?)
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
    let object = Value(options);
    let (call, options) = calls::of_seals(&object, platform::now()).map_err(exception)?;
    to_js(&VerifySealSignature::judge(&call, &object, &options).map_err(exception)?)
}

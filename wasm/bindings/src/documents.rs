//! Documents of fixed layout.

use crate::edge::{self, Exception, exception, to_js};
use crate::verify::options;
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use yinxin_verify::view;

/// What only the functions here take and give.
#[cfg(feature = "typescript")]
pub(crate) fn declared(visitor: &mut impl ts_rs::TypeVisitor) {
    visitor.visit::<view::OfdView>();
    visitor.visit::<view::OfdRole>();
    visitor.visit::<view::PdfView>();
}

/// What documents take beside what seals and signers are judged by.
#[derive(Deserialize)]
struct Nothing {}

/// Judges a signed OFD (GB/T 33190): each signature of it, the parts that it covers and those that it does not. Without
/// `anchors`, `trust-not-checked` warns that nobody asked who issued the signers' certificates; a seal is valid only if its
/// maker is listed. `intermediates` are also looked at for the certificate of a signature that has none.
///
/// # Errors
/// `ofd-unreadable`, `ofd-too-large`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifyOfd, unchecked_return_type = "OfdVerdict")]
pub fn verify_ofd(
    #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "MakerOptions")] options: JsValue,
) -> Result<JsValue, Exception> {
    let bytes = edge::bytes(bytes, "bytes")?;
    let options = of_documents(options)?;
    let verdict = yinxin_verify::verify_ofd(&bytes[..], &options);
    to_js(&view::ofd(verdict.map_err(exception)?, options.time()))
}

/// Judges a PDF (ISO 32000): each signature of it by the verdict of its kind, and everything that was changed after it. One
/// without a signature is not valid. Without `anchors` no signer of a CMS is trusted; a seal is valid only if its maker is
/// listed.
///
/// # Errors
/// `pdf-unreadable`, `pdf-encrypted`, `certificate-unreadable`, `request-invalid`.
#[wasm_bindgen(js_name = verifyPdf, unchecked_return_type = "PdfVerdict")]
pub fn verify_pdf(
    #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "MakerOptions")] options: JsValue,
) -> Result<JsValue, Exception> {
    let bytes = edge::bytes(bytes, "bytes")?;
    let options = of_documents(options)?;
    let verdict = yinxin_verify::verify_pdf(&bytes[..], &options);
    to_js(&view::pdf(verdict.map_err(exception)?, options.time()))
}

fn of_documents(options: JsValue) -> Result<yinxin_verify::Options, Exception> {
    let options = match options.is_undefined() {
        true => js_sys::Object::new().into(),
        false => options,
    };
    let (Nothing {}, options) = options::of_seals(options)?;
    Ok(options)
}

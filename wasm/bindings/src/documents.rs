//! Documents of fixed layout.

use crate::edge::{self, Exception, Value, exception, platform, to_js};
use wasm_bindgen::prelude::*;
use yinxin_verify::Options;
use yinxin_verify::calls::{self, VerifyDocument};
#[cfg(feature = "typescript")]
use yinxin_verify::view;

/// What only the functions here take and give.
#[cfg(feature = "typescript")]
pub(crate) fn declared(visitor: &mut impl ts_rs::TypeVisitor) {
    visitor.visit::<view::OfdView>();
    visitor.visit::<view::OfdRole>();
    visitor.visit::<view::PdfView>();
}

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
    let (call, options) = of_documents(options)?;
    to_js(&call.judge_ofd(&bytes[..], &options).map_err(exception)?)
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
    let (call, options) = of_documents(options)?;
    to_js(&call.judge_pdf(&bytes[..], &options).map_err(exception)?)
}

fn of_documents(options: JsValue) -> Result<(VerifyDocument, Options), Exception> {
    let options = match options.is_undefined() {
        true => js_sys::Object::new().into(),
        false => options,
    };
    calls::of_seals(&Value(options), platform::now()).map_err(exception)
}

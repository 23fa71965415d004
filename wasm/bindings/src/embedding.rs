//! Signatures and seals that stand in a PDF or OFD itself.

use crate::edge::{self, Exception, exception, from_js, invalid, to_js};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use yinxin_documents::embedding::Prepared;
use yinxin_documents::pdf::sign;
use yinxin_proto::Base64;
use yinxin_proto::consent::DocumentNotice;
use yinxin_proto::page::SignFormat;
use yinxin_proto::signing::{PreparedFacts, Setting};
use yinxin_verify::{ofd_has_broken_signature, pdf_has_broken_signature};

/// What only the functions here take and give.
#[cfg(feature = "typescript")]
pub(crate) fn declared(visitor: &mut impl ts_rs::TypeVisitor) {
    visitor.visit::<Setting>();
    visitor.visit::<PreparedFacts>();
    visitor.visit::<PictureSize>();
}

/// Size of a picture that is given as pixels.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
struct PictureSize {
    /// In pixels.
    width: u32,
    /// In pixels.
    height: u32,
}

/// A PDF or OFD (GB/T 33190) that waits for what is signed: a CMS, or a seal that is set (`SES_Signature`).
#[wasm_bindgen]
pub struct PreparedDocument {
    /// `None` once it is complete.
    prepared: Option<Prepared>,
}

#[wasm_bindgen]
impl PreparedDocument {
    /// Prepares a document. Without a signer in the setting it is only seen whether the document could be signed. A picture
    /// takes the place of the seal's own where that is of no kind that a PDF holds: its pixels in bytes of red, green, blue
    /// and cover.
    ///
    /// # Errors
    /// `pdf-unreadable`, `pdf-encrypted`, `pdf-signing-forbidden`, `pdf-certified`; `ofd-unreadable`, `ofd-too-large`,
    /// `ofd-sealed-finally`; `placement-refused`, `picture-refused`, `seal-unreadable`, `certificate-unreadable`;
    /// `request-invalid`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "Bytes")] content: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Setting")] setting: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Bytes")] pixels: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "PictureSize")] size: JsValue,
    ) -> Result<Self, Exception> {
        let content = edge::bytes(content, "content")?;
        let setting: Setting = from_js(setting, "setting")?;
        let picture = match pixels.is_undefined() {
            true => None,
            false => {
                let pixels = edge::bytes(pixels, "pixels")?;
                let PictureSize { width, height } = from_js(size, "size")?;
                let picture = sign::Picture::of_pixels(width, height, &pixels);
                Some(picture.map_err(exception)?)
            }
        };
        let prepared = Prepared::new(&content, &setting, picture.as_ref());
        let mut prepared = prepared.map_err(exception)?;
        // Once for each document: before its user is asked.
        if setting.signer.is_none() && has_broken_signature(&content, setting.format) {
            prepared.notices.push(DocumentNotice::BrokenSignature);
        }
        Ok(Self {
            prepared: Some(prepared),
        })
    }

    /// What is to be signed, in Base64, what a seal says that it belongs to, and what the user should know.
    ///
    /// # Errors
    /// `request-invalid` if the document is complete.
    #[wasm_bindgen(unchecked_return_type = "PreparedFacts")]
    pub fn facts(&self) -> Result<JsValue, Exception> {
        let prepared = self.prepared.as_ref().ok_or_else(is_complete)?;
        to_js(&PreparedFacts {
            sm3: Base64(prepared.digests.sm3.to_vec()),
            sha256: Base64(prepared.digests.sha256.to_vec()),
            property_info: prepared.property_info.clone(),
            notices: prepared.notices.clone(),
        })
    }

    /// The new document, of the same content as before with what was signed. Once.
    ///
    /// # Errors
    /// `seal-refused` if that has no room; `request-invalid` if the document is complete.
    // Of memory of its own, in words that TypeScript before 5.7 has too.
    #[wasm_bindgen(unchecked_return_type = "ReturnType<Uint8Array['slice']>")]
    pub fn embed(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Bytes")] content: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Bytes")] value: JsValue,
    ) -> Result<js_sys::Uint8Array, Exception> {
        let content = edge::bytes(content, "content")?;
        let value = edge::bytes(value, "value")?;
        let prepared = self.prepared.take().ok_or_else(is_complete)?;
        let whole = prepared.embed(&content, &value).map_err(exception)?;
        Ok(js_sys::Uint8Array::from(whole.as_slice()))
    }
}

fn has_broken_signature(content: &[u8], format: SignFormat) -> bool {
    match format {
        SignFormat::Ofd => ofd_has_broken_signature(content),
        _ => pdf_has_broken_signature(content),
    }
}

fn is_complete() -> Exception {
    invalid("the document is complete")
}

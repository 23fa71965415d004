//! Files that are to be verified: what they are, and their digests.

use crate::edge::input::Size;
use crate::edge::{self, Exception, from_js, to_js};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use yinxin_pki::hash::Hasher;
use yinxin_pki::recognise as kinds;

/// What a file is, by its bytes: all of them, or at least the first 64 KiB with the file's size. It may still be damaged.
/// From its beginning, a bundle of certificates is `cms`; from all of it, `certificate`.
///
/// # Errors
/// `request-invalid` if they are no bytes and no size.
#[wasm_bindgen(unchecked_return_type = "FileKind")]
pub fn recognise(
    #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "number")] size: JsValue,
) -> Result<JsValue, Exception> {
    let bytes = edge::bytes(bytes, "bytes")?;
    let size: Option<Size> = from_js(size, "size")?;
    let size = size.map_or(bytes.len() as u64, |size| size.0);
    to_js(&kinds::recognise(&bytes, size))
}

/// Both digests of a content that comes in pieces, as `verifyCms` takes them.
#[wasm_bindgen]
#[derive(Default)]
pub struct ContentHasher(Hasher);

#[wasm_bindgen]
impl ContentHasher {
    /// Begins.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// `request-invalid` if they are none.
    pub fn update(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
    ) -> Result<(), Exception> {
        self.0.update(&edge::bytes(bytes, "bytes")?);
        Ok(())
    }

    /// The digests of all bytes since the beginning or the last call.
    #[wasm_bindgen(unchecked_return_type = "{ sm3: Uint8Array; sha256: Uint8Array }")]
    pub fn digests(&mut self) -> JsValue {
        let digests = std::mem::take(&mut self.0).finish();
        let out = js_sys::Object::new();
        for (name, digest) in [("sm3", digests.sm3), ("sha256", digests.sha256)] {
            // Setting a property of a fresh object can't fail.
            let _ = js_sys::Reflect::set(&out, &name.into(), &Uint8Array::from(&digest[..]).into());
        }
        out.into()
    }
}

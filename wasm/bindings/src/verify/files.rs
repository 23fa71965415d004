//! Files that are to be verified: what they are, and their digests.

use crate::edge::input::Size;
use crate::edge::{self, Thrown, from_js, give};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use yinxin_pki::hash::Hasher;
use yinxin_pki::recognise as kinds;

/// What a file is, by its bytes or its beginning.
///
/// # Errors
/// `request-invalid` if they are no bytes and no size.
#[wasm_bindgen(skip_typescript)]
pub fn recognise(bytes: JsValue, size: JsValue) -> Result<JsValue, Thrown> {
    let bytes = edge::bytes(bytes, "bytes")?;
    let size: Option<Size> = from_js(size, "size")?;
    let size = size.map_or(bytes.len() as u64, |size| size.0);
    give(&kinds::recognise(&bytes, size))
}

/// Both digests of a content that comes in pieces.
#[wasm_bindgen(skip_typescript)]
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
    pub fn update(&mut self, bytes: JsValue) -> Result<(), Thrown> {
        self.0.update(&edge::bytes(bytes, "bytes")?);
        Ok(())
    }

    /// The digests of all bytes since the beginning or the last call.
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

//! Files that are to be verified: what they are, their digests, and what findings come to.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use yinxin_core::hash::Hasher;
use yinxin_core::{outcome, recognise as kinds};
use yinxin_edge::{Thrown, from_js, give};
use yinxin_proto::Finding;

/// What a file is, by its bytes or its beginning.
///
/// # Errors
/// None in practice.
#[wasm_bindgen(skip_typescript)]
pub fn recognise(bytes: &[u8], size: Option<f64>) -> Result<JsValue, Thrown> {
    // A number of JavaScript; what is no size at all becomes 0 or saturates.
    let size = size.map_or(bytes.len() as u64, |size| size as u64);
    give(&kinds::recognise(bytes, size))
}

/// What findings come to.
///
/// # Errors
/// `request-invalid` if they are none.
#[wasm_bindgen(js_name = outcomeOf, skip_typescript)]
pub fn outcome_of(findings: JsValue) -> Result<JsValue, Thrown> {
    let findings: Vec<Finding> = from_js(findings)?;
    give(&outcome::of(&findings))
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
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
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

//! The edge to JavaScript, for every Wasm module of the product: values in and out, errors as they
//! are thrown, and what only the platform has. It decides nothing.
#![forbid(unsafe_code)]

pub mod input;
pub mod platform;

use input::Instant;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use yinxin_core::time::UnixTime;
use yinxin_proto::Error;

/// An exception, ready to be thrown.
pub type Thrown = JsValue;

/// Why serde could not read a value. Words of the caller's own value may be in it; they are cut,
/// not dropped, since they say what was wrong.
#[must_use]
pub fn reason(error: &serde_wasm_bindgen::Error) -> String {
    error.to_string().chars().take(200).collect()
}

/// Reads a plain object.
///
/// # Errors
/// `request-invalid` if it does not have the form that is asked for.
pub fn from_js<T: for<'de> Deserialize<'de>>(value: JsValue) -> Result<T, Thrown> {
    serde_wasm_bindgen::from_value(value).map_err(|error| invalid(&reason(&error)))
}

/// Makes a plain object.
///
/// # Errors
/// `internal`; a bug, since all that is given can be written.
pub fn give<T: Serialize>(value: &T) -> Result<JsValue, Thrown> {
    write(value, Serializer::new())
}

/// Makes a plain object that says `null` where something is missing.
///
/// # Errors
/// As [`give`].
pub fn give_with_nulls<T: Serialize>(value: &T) -> Result<JsValue, Thrown> {
    write(value, Serializer::new().serialize_missing_as_null(true))
}

fn write<T: Serialize>(value: &T, serializer: Serializer) -> Result<JsValue, Thrown> {
    value
        .serialize(&serializer.serialize_maps_as_objects(true))
        .map_err(|error| {
            thrown(Error::Internal {
                detail: error.to_string(),
            })
        })
}

/// The time that a caller names, or the platform's.
///
/// # Errors
/// `request-invalid` if it is no time.
pub fn moment(now: JsValue) -> Result<UnixTime, Thrown> {
    if now.is_undefined() || now.is_null() {
        return Ok(platform::now());
    }
    from_js::<Instant>(now).map(|instant| instant.0)
}

/// `request-invalid`, with its reason.
#[must_use]
pub fn invalid(reason: &str) -> Thrown {
    thrown(Error::RequestInvalid {
        reason: reason.into(),
    })
}

/// An error as JavaScript meets it: an `Error` named `YinxinError`, with `code` and `params`.
#[must_use]
pub fn thrown(error: Error) -> Thrown {
    let out = js_sys::Error::new(&error.to_string());
    out.set_name("YinxinError");
    if let Ok(wire) = give(&error) {
        // `code` and `params` are plain properties of the wire form.
        js_sys::Object::assign(&out, wire.unchecked_ref());
    }
    out.into()
}

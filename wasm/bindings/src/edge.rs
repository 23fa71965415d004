//! The edge to JavaScript, for every Wasm module of the product: values in and out, errors as they
//! are exception, and what only the platform has. It decides nothing.
//!
//! `door.js` stands before it: arguments arrive as plain, bounded copies, with a symbol in the place
//! of whatever could not be copied.

pub mod platform;
mod reader;

use input::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use yinxin_proto::Error;
use yinxin_proto::argument::{self, Argument};
use yinxin_proto::time::UnixTime;

pub use yinxin_proto::argument::{fields, input, no_such_option};

/// A value of JavaScript, as arguments are read.
#[derive(Clone)]
pub struct Value(pub JsValue);

impl Argument for Value {
    fn is_absent(&self) -> bool {
        self.0.is_undefined() || self.0.is_null()
    }

    fn is_plain(&self) -> bool {
        is_plain(&self.0)
    }

    fn unknown(&self, names: &[&[&str]]) -> Option<String> {
        unknown(&self.0, names)
    }

    fn field(&self, name: &str) -> Self {
        Self(field(&self.0, name))
    }

    fn read<T: DeserializeOwned>(&self, place: &str) -> Result<T, String> {
        read(self.0.clone(), place)
    }
}

/// An exception, ready to be thrown.
pub type Exception = JsValue;

/// Reads an argument.
///
/// # Errors
/// `request-invalid` if it does not have the form that is asked for: the place in the argument, what was expected, and
/// what kind of value was there instead. Never the value, which may be anybody's.
pub fn from_js<T: DeserializeOwned>(value: JsValue, name: &str) -> Result<T, Exception> {
    read(value, name).map_err(|reason| invalid(&reason))
}

/// The same, where the reason goes into another error.
///
/// # Errors
/// The reason alone.
pub fn read<T: DeserializeOwned>(value: JsValue, name: &str) -> Result<T, String> {
    reader::read(value).map_err(|unread| unread.of(name))
}

/// Reads options. One of a name that they don't have is refused: mistyped, it would be as if it were absent.
///
/// # Errors
/// `request-invalid`.
pub fn options<T: DeserializeOwned>(value: JsValue) -> Result<T, Exception> {
    argument::options(&Value(value)).map_err(exception)
}

/// Refuses names in an object that stand in none of these lists.
///
/// # Errors
/// `request-invalid`.
pub fn known(object: &JsValue, place: &str, names: &[&[&str]]) -> Result<(), Exception> {
    argument::known(&Value(object.clone()), place, names).map_err(exception)
}

/// The first name in an object that stands in none of these lists.
#[must_use]
pub fn unknown(object: &JsValue, names: &[&[&str]]) -> Option<String> {
    if !is_plain(object) {
        return None;
    }
    // It has no prototype, so it is no instance of `Object` either.
    js_sys::Object::keys(object.unchecked_ref::<js_sys::Object>())
        .iter()
        .filter_map(|key| key.as_string())
        .find(|key| !names.iter().any(|names| names.contains(&&**key)))
}

/// The field of an object; `undefined` where there is none. A copy of the door's inherits nothing.
#[must_use]
pub fn field(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap_or_default()
}

/// Whether a value is a plain object. A list and bytes are none: they have methods of all sorts of names.
#[must_use]
pub fn is_plain(value: &JsValue) -> bool {
    let listed = js_sys::Array::is_array(value) || value.is_instance_of::<js_sys::Uint8Array>();
    value.is_object() && !listed
}

/// The bytes of an argument: of a view or a buffer. Text has none.
///
/// # Errors
/// `request-invalid`.
pub fn bytes(value: JsValue, name: &str) -> Result<Vec<u8>, Exception> {
    from_js(value, name).map(|input::Bytes(bytes)| bytes)
}

/// Makes a plain object.
///
/// # Errors
/// `internal`; a bug, since all that is given can be written.
pub fn to_js<T: Serialize>(value: &T) -> Result<JsValue, Exception> {
    write(value, Serializer::new())
}

/// Makes a plain object that says `null` where something is missing.
///
/// # Errors
/// As [`to_js`].
pub fn to_js_with_nulls<T: Serialize>(value: &T) -> Result<JsValue, Exception> {
    write(value, Serializer::new().serialize_missing_as_null(true))
}

fn write<T: Serialize>(value: &T, serializer: Serializer) -> Result<JsValue, Exception> {
    value
        .serialize(&serializer.serialize_maps_as_objects(true))
        .map_err(|error| {
            exception(Error::Internal {
                detail: error.to_string(),
            })
        })
}

/// The time that a caller names, or the platform's.
///
/// # Errors
/// `request-invalid` if it is no time.
pub fn moment(now: JsValue) -> Result<UnixTime, Exception> {
    let now: Option<Instant> = from_js(now, "now")?;
    Ok(now.map_or_else(platform::now, |now| now.0))
}

/// `request-invalid`, with its reason.
#[must_use]
pub fn invalid(reason: &str) -> Exception {
    exception(argument::invalid(reason))
}

/// An error as JavaScript meets it: an `Error` named `YinxinError`, with `code` and `params`.
#[must_use]
pub fn exception(error: Error) -> Exception {
    let out = js_sys::Error::new(&error.to_string());
    out.set_name("YinxinError");
    if let Ok(wire) = to_js(&error) {
        // `code` and `params` are plain properties of the wire form.
        js_sys::Object::assign(&out, wire.unchecked_ref());
    }
    out.into()
}

//! Values of callers, copied before they are read. To read an object of JavaScript is to run its
//! getters and traps; what these throw would leave Rust in the middle of its work. Here each
//! exception is caught, and what comes out is plain and bounded.

use js_sys::{Array, ArrayBuffer, JsString, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use yinxin_proto::Error;
use yinxin_proto::limits::{MAX_CELL_CHARS, MAX_LIST_COLUMNS, MAX_LIST_ROWS};

#[wasm_bindgen]
extern "C" {
    // The one of js-sys does not catch, and a revoked proxy throws.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
}

/// How deep a value may go: a tariff goes to 7.
const MAX_DEPTH: u32 = 8;

/// How much of a value is still taken: the longest order has ten values in each item.
struct Left {
    values: u32,
    chars: u32,
}

/// A copy of a value: `null`, booleans, numbers, texts, bytes, and lists and objects of these.
///
/// # Errors
/// Why there is none.
pub fn copy(value: &JsValue) -> Result<JsValue, &'static str> {
    let mut left = Left {
        values: 200_000,
        chars: 2_000_000,
    };
    left.copy(value, MAX_DEPTH)
}

impl Left {
    fn copy(&mut self, value: &JsValue, depth: u32) -> Result<JsValue, &'static str> {
        self.values = self.values.checked_sub(1).ok_or("too large")?;
        let simple = value.is_null()
            || value.is_undefined()
            || value.as_bool().is_some()
            || value.as_f64().is_some()
            || value.is_bigint();
        if simple {
            return Ok(value.clone());
        }
        if let Some(text) = value.dyn_ref::<JsString>() {
            let left = self.chars.checked_sub(text.length());
            self.chars = left.ok_or("too large")?;
            return Ok(value.clone());
        }
        if !value.is_object() {
            return Err("neither a number, a text, a list nor an object");
        }
        let depth = depth.checked_sub(1).ok_or("too deep")?;
        if value.is_instance_of::<Uint8Array>() || value.is_instance_of::<ArrayBuffer>() {
            let constructor: js_sys::Function = caught(Reflect::get(
                &js_sys::global(),
                &JsValue::from_str("Uint8Array"),
            ))?
            .unchecked_into();
            return caught(Reflect::construct(&constructor, &Array::of1(value)));
        }
        if let Some(length) = length(value)? {
            let copy = Array::new();
            for index in 0..length {
                let entry = caught(Reflect::get_u32(value, index))?;
                copy.push(&self.copy(&entry, depth)?);
            }
            return Ok(copy.into());
        }
        let copy = Object::new();
        for key in caught(Reflect::own_keys(value))?.iter() {
            if key.is_string() {
                let field = caught(Reflect::get(value, &key))?;
                caught(Reflect::set(&copy, &key, &self.copy(&field, depth)?))?;
            }
        }
        Ok(copy.into())
    }
}

/// The rows of a list. Cells that are too long are cut.
///
/// # Errors
/// `list-too-long`; `request-invalid` if they are no lists of texts.
pub fn rows(value: &JsValue) -> Result<Vec<Vec<String>>, Error> {
    let bounded = |value: &JsValue, limit: u32| -> Result<u32, Error> {
        let length = length(value).map_err(invalid)?;
        let length = length.ok_or_else(|| invalid("rows are lists of texts"))?;
        if length > limit {
            return Err(Error::ListTooLong {
                rows: MAX_LIST_ROWS,
                columns: MAX_LIST_COLUMNS,
            });
        }
        Ok(length)
    };
    let at = |value: &JsValue, index| caught(Reflect::get_u32(value, index)).map_err(invalid);
    let cell = |value: JsValue| -> Result<String, Error> {
        let text = value.dyn_ref::<JsString>();
        let text = text.ok_or_else(|| invalid("rows are lists of texts"))?;
        if text.length() <= MAX_CELL_CHARS {
            return Ok(String::from(text));
        }
        // A character has at most two code units.
        let start = String::from(text.slice(0, 2 * MAX_CELL_CHARS));
        Ok(start.chars().take(MAX_CELL_CHARS as usize).collect())
    };
    (0..bounded(value, MAX_LIST_ROWS)?)
        .map(|index| {
            let row = at(value, index)?;
            (0..bounded(&row, MAX_LIST_COLUMNS)?)
                .map(|index| cell(at(&row, index)?))
                .collect()
        })
        .collect()
}

/// The length of a list; `None` of something else.
fn length(value: &JsValue) -> Result<Option<u32>, &'static str> {
    if !caught(is_array(value))? {
        return Ok(None);
    }
    // That of a proxy can be anything; the cast saturates.
    let length = caught(Reflect::get(value, &JsValue::from_str("length")))?;
    Ok(Some(length.as_f64().unwrap_or(0.0) as u32))
}

/// What an exception of a caller comes to. It is not looked at: that could throw again.
fn caught<T>(result: Result<T, JsValue>) -> Result<T, &'static str> {
    result.map_err(|_| "it can't be read")
}

fn invalid(reason: &str) -> Error {
    Error::RequestInvalid {
        reason: reason.into(),
    }
}

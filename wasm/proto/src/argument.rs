//! What callers hand in: objects of JavaScript or of JSON, read by the same structures, refused with the same words.
//!
//! The languages bring what reads their values ([`Argument`]): the door and `edge` of the Wasm packages, `yinxin-calls`
//! for JSON.

mod fields;
pub mod input;
mod words;

pub use fields::fields;
pub use words::{Step, Unread, no_such_option};

use crate::Error;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A value as its caller wrote it: a plain, bounded copy, of which nothing runs while it is read.
pub trait Argument: Sized {
    /// Whether nothing was written.
    fn is_absent(&self) -> bool;

    /// Whether it is a plain object. A list and bytes are none.
    fn is_plain(&self) -> bool;

    /// The first name among its fields that stands in none of these lists.
    fn unknown(&self, names: &[&[&str]]) -> Option<String>;

    /// The field of a plain object; an absent value where there is none.
    #[must_use]
    fn field(&self, name: &str) -> Self;

    /// Reads it.
    ///
    /// # Errors
    /// Its place, what was expected, and what kind of value was there instead. Never the value, which may be anybody's.
    fn read<T: DeserializeOwned>(&self, place: &str) -> Result<T, String>;
}

/// Reads options. One of a name that they don't have is refused: mistyped, it would be as if it were absent.
///
/// # Errors
/// `request-invalid`.
pub fn options<T: DeserializeOwned>(value: &impl Argument) -> Result<T, Error> {
    options_beside(value, &[])
}

/// The same, where options of other names are read from the same object.
///
/// # Errors
/// `request-invalid`.
pub fn options_beside<T: DeserializeOwned>(
    value: &impl Argument,
    others: &[&[&str]],
) -> Result<T, Error> {
    known(value, "", &[&[fields::<T>()], others].concat())?;
    value.read("").map_err(invalid)
}

/// Refuses names in an object that stand in none of these lists. `place` is empty, or ends with a dot.
///
/// # Errors
/// `request-invalid`.
pub fn known(object: &impl Argument, place: &str, names: &[&[&str]]) -> Result<(), Error> {
    if !object.is_plain() {
        let place = place.strip_suffix('.').unwrap_or("options");
        // Of everything but a list or bytes, it says what it is.
        object.read::<Empty>(place).map_err(invalid)?;
        return Err(invalid(format!(
            "{place}: expected a plain object, got a list or bytes"
        )));
    }
    match object.unknown(names) {
        Some(name) => Err(invalid(no_such_option(place, &name, &names.concat()))),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
struct Empty {}

/// `request-invalid`, with its reason.
#[must_use]
pub fn invalid(reason: impl Into<String>) -> Error {
    Error::RequestInvalid {
        reason: reason.into(),
    }
}

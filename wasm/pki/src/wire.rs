//! Byte strings in results for JavaScript: a `Uint8Array`, or digits.

use crate::asn1::hex;
use serde::{Serialize, Serializer};
use std::fmt;

/// Bytes that serialise as bytes, not as a list of numbers.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "Uint8Array", rename = "Uint8Array")
)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

/// Bytes that serialise as lower-case hexadecimal digits: digests, serial numbers, names of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hex<T>(pub T);

impl<T: AsRef<[u8]>> Serialize for Hex<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(self.0.as_ref()))
    }
}

#[cfg(feature = "typescript")]
impl<T> ts_rs::TS for Hex<T> {
    type WithoutGenerics = String;
    type OptionInnerType = Self;

    fn name(config: &ts_rs::Config) -> String {
        String::name(config)
    }

    fn inline(config: &ts_rs::Config) -> String {
        String::inline(config)
    }
}

//! What callers may write where the core wants bytes or a time.

use crate::time::UnixTime;
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use std::fmt;

/// Bytes, PEM, or bare Base64.
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "Bytes | string", rename = "BytesLike")
)]
pub struct Blob(pub Vec<u8>);

/// Bytes: those of a buffer, or of any view of one (a `Uint8Array`, a `Buffer`, a `DataView`). Anything else is refused: a
/// string could mean two things.
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "ArrayBuffer | ArrayBufferView")
)]
pub struct Bytes(pub Vec<u8>);

/// Bytes, PEM or Base64; or a list of them.
#[derive(Default)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "BytesLike | readonly BytesLike[]", rename = "BytesList")
)]
pub struct Blobs(pub Vec<Blob>);

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Blob;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes, PEM or Base64")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(bytes.to_vec()))
            }
            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Blob, E> {
                Ok(Blob(bytes))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Blob, E> {
                Ok(Blob(text.as_bytes().to_vec()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only;
        impl Visitor<'_> for Only {
            type Value = Bytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Uint8Array, an ArrayBuffer or a view of one")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Only)
    }
}

impl<'de> Deserialize<'de> for Blobs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Blobs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of bytes, PEM or Base64")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Blobs, A::Error> {
                let mut blobs = Vec::new();
                while let Some(blob) = list.next_element()? {
                    blobs.push(blob);
                }
                Ok(Blobs(blobs))
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Blobs, E> {
                Ok(Blobs(vec![Blob(bytes.to_vec())]))
            }
            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Blobs, E> {
                Ok(Blobs(vec![Blob(bytes)]))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Blobs, E> {
                Ok(Blobs(vec![Blob(text.as_bytes().to_vec())]))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Blobs, E> {
                Ok(Blobs(Vec::new()))
            }
        }
        deserializer.deserialize_any(List)
    }
}

/// A size in bytes, which JavaScript tells as a number.
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "number", rename = "number")
)]
pub struct Size(pub u64);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Whole, not below 0, and at most 2^53 - 1: the reader of numbers takes no others for this type.
        u64::deserialize(deserializer).map(Self)
    }
}

/// A point in time: ISO 8601, or milliseconds since 1970.
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "string | number", rename = "Time")
)]
pub struct Instant(pub UnixTime);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Time;
        impl Visitor<'_> for Time {
            type Value = Instant;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an ISO 8601 time, or milliseconds since 1970")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Instant, E> {
                UnixTime::parse(text)
                    .map(Instant)
                    .ok_or_else(|| E::custom("not an ISO 8601 time"))
            }
            fn visit_f64<E: de::Error>(self, milliseconds: f64) -> Result<Instant, E> {
                // The cast saturates, and what is no number is 0.
                if !milliseconds.is_finite() {
                    return Err(E::custom("not a time"));
                }
                within((milliseconds / 1000.0).floor() as i64)
            }
            fn visit_i64<E: de::Error>(self, milliseconds: i64) -> Result<Instant, E> {
                within(milliseconds.div_euclid(1000))
            }
            fn visit_u64<E: de::Error>(self, milliseconds: u64) -> Result<Instant, E> {
                self.visit_i64(i64::try_from(milliseconds).unwrap_or(i64::MAX))
            }
        }
        deserializer.deserialize_any(Time)
    }
}

/// A list that is only read, as it is declared.
#[cfg(feature = "typescript")]
pub struct Given<T>(std::marker::PhantomData<T>);

#[cfg(feature = "typescript")]
impl<T: ts_rs::TS + 'static> ts_rs::TS for Given<T> {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(config: &ts_rs::Config) -> String {
        format!("readonly {}[]", T::name(config))
    }

    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }

    fn visit_generics(visitor: &mut impl ts_rs::TypeVisitor) {
        visitor.visit::<T>();
    }
}

/// Seconds that are a time which ISO 8601 can write: microseconds in the place of milliseconds are none.
fn within<E: de::Error>(seconds: i64) -> Result<Instant, E> {
    if !(FIRST..=LAST).contains(&seconds) {
        return Err(E::custom("not a time of the years 1 to 9999"));
    }
    Ok(Instant(UnixTime(seconds)))
}

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;

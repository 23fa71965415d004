//! Byte strings as JSON carries them (standard Base64 with padding), and the PIN's own type.

use base64ct::{Base64 as Codec, Encoding};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use zeroize::Zeroizing;

/// Bytes, as standard Base64 with padding (RFC 4648, section 4) on the wire.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Base64(pub Vec<u8>);

impl Base64 {
    /// As it is on the wire.
    #[must_use]
    pub fn encode(&self) -> String {
        Codec::encode_string(&self.0)
    }

    /// Reads that, strictly.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        Codec::decode_vec(text).map(Self).ok()
    }
}

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Base64 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::decode(&text).ok_or_else(|| de::Error::custom("not Base64"))
    }
}

/// A PIN on its way from the consent window to the token: overwritten when dropped, never shown.
#[derive(Clone)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes the PIN's text over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The PIN's text, for the one call that hands it to the token.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<Zeroizing<String>> for Pin {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

impl Serialize for Pin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is no text is refused before any reader can quote it in its own words.
        deserializer.deserialize_any(Text).map(Self::new)
    }
}

/// Takes a text, and refuses everything else without saying what it was.
struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<String, E> {
        Err(not_a_text())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<String, E> {
        Err(not_a_text())
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<String, E> {
        Err(not_a_text())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<String, E> {
        Err(not_a_text())
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<String, E> {
        Err(not_a_text())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<String, E> {
        Err(not_a_text())
    }
}

fn not_a_text<E: de::Error>() -> E {
    E::custom("a PIN is a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_json() {
        let bytes = Base64((0..=255).collect());
        let json = serde_json::to_string(&bytes).unwrap();
        assert_eq!(serde_json::from_str::<Base64>(&json).unwrap(), bytes);
        assert!(
            serde_json::from_str::<Base64>("\"AA\"").is_err(),
            "padding is asked for"
        );
    }

    #[test]
    fn a_pin_is_never_shown() {
        assert_eq!(format!("{:?}", Pin::new("123456".into())), "Pin(…)");
    }

    #[test]
    fn what_is_no_pin_is_refused_without_a_word_of_it() {
        assert_eq!(
            serde_json::from_str::<Pin>("\"12\\u0034\"")
                .unwrap()
                .expose(),
            "124"
        );
        for wrong in [
            "246810",
            "-246810",
            "24.6810",
            "246810246810246810246810",
            "-246810246810246810246810",
            "true",
            "null",
            "[246810]",
            "{\"246810\": 246810}",
        ] {
            let told = serde_json::from_str::<Pin>(wrong).unwrap_err().to_string();
            assert!(
                !told.contains("246") && !told.contains("24.6") && !told.contains("true"),
                "{told}"
            );
            // As it stands in a request, where it is read twice.
            let request = format!(
                "{{\"id\": 1, \"command\": {{\"type\": \"sign\", \"origin\": \"https://a.example\", \
                 \"token\": \"t\", \"certificate\": \"c\", \"items\": [], \"pin\": {wrong}}}}}"
            );
            if let Err(error) = serde_json::from_str::<crate::host::HostRequest>(&request) {
                let told = error.to_string();
                assert!(!told.contains("246") && !told.contains("24.6"), "{told}");
            } else {
                assert_eq!(wrong, "null");
            }
        }
    }
}

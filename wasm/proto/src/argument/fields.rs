//! The names of a structure's fields, as serde knows them, to find the names that it does not have. (The readers of
//! arguments ask for those it knows, and `deny_unknown_fields` hears of no other.)

use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// The names of a structure's fields.
#[must_use]
pub fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &[&str] = &[];
    // It reads nothing: that it asks is enough.
    let _ = T::deserialize(Asked(&mut fields));
    fields
}

/// Keeps what a structure asks for.
struct Asked<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(Error::custom("nothing is here"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("nothing is here"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn a_structure_tells_its_fields_as_callers_write_them() {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[allow(dead_code)]
        struct Some {
            public_key: Option<u8>,
            #[serde(rename = "at")]
            moment: Option<u8>,
            #[serde(skip)]
            hidden: u8,
        }
        assert_eq!(fields::<Some>(), ["publicKey", "at"]);
        assert_eq!(fields::<Vec<u8>>(), <[&str; 0]>::default());
    }
}

//! Reads structures from the tree, as the packages read them from values of JavaScript.

use super::{Value, base64};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer as _,
    MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::collections::{BTreeMap, btree_map};
use yinxin_proto::argument::{Step, Unread};

/// A value that is read.
#[derive(Clone, Copy)]
pub struct Reader<'a>(pub &'a Value);

impl<'a> Reader<'a> {
    fn safe_integer(self) -> Option<i64> {
        match self.0 {
            // Exact below 2^53.
            Value::Number(number) if number.fract() == 0.0 && number.abs() < MAX_SAFE => {
                Some(*number as i64)
            }
            _ => None,
        }
    }

    /// Says what was there instead; never the value.
    #[cold]
    fn unfit(self, expected: &dyn Expected) -> Unread {
        let found = match self.0 {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "a string",
            Value::Bytes(_) => "bytes",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
            Value::Unfit(said) => said,
        };
        Unread::unfit(found, expected)
    }

    fn refuse<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        Err(self.unfit(&visitor))
    }

    fn whole<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.safe_integer() {
            Some(number) => visitor.visit_i64(number),
            None => self.refuse(visitor),
        }
    }

    fn not_below_0<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.safe_integer().map(u64::try_from) {
            Some(Ok(number)) => visitor.visit_u64(number),
            _ => self.refuse(visitor),
        }
    }

    fn fields(self) -> Option<&'a BTreeMap<String, Value>> {
        match self.0 {
            Value::Object(fields) => Some(fields),
            _ => None,
        }
    }
}

/// 2^53: numbers below it are exact.
const MAX_SAFE: f64 = 9_007_199_254_740_992.0;

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::Number(number) => match self.safe_integer() {
                Some(whole) => visitor.visit_i64(whole),
                None => visitor.visit_f64(*number),
            },
            Value::Text(text) => visitor.visit_str(text),
            Value::Bytes(bytes) => visitor.visit_bytes(bytes),
            Value::List(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
            Value::Unfit(_) => self.refuse(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0 {
            Value::Bool(truth) => visitor.visit_bool(*truth),
            _ => self.refuse(visitor),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0 {
            Value::Number(number) => visitor.visit_f64(*number),
            _ => self.refuse(visitor),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.whole(visitor)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.whole(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.whole(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.whole(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.not_below_0(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.not_below_0(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.not_below_0(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.not_below_0(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0 {
            Value::Text(text) => visitor.visit_str(text),
            _ => self.refuse(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_string(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0 {
            Value::Bytes(bytes) => visitor.visit_bytes(bytes),
            Value::Text(text) => match base64(text) {
                Some(bytes) => visitor.visit_byte_buf(bytes),
                None => Err(Unread::unfit("another string", &"Base64")),
            },
            _ => Err(self.unfit(&"Base64")),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            _ => self.refuse(visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0 {
            Value::List(list) => visitor.visit_seq(List { list, at: 0 }),
            _ => self.refuse(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.fields() {
            Some(fields) => visitor.visit_map(Entries {
                entries: fields.iter(),
                value: None,
            }),
            None => self.refuse(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        match self.fields() {
            Some(fields) => visitor.visit_map(Fields {
                fields,
                names: names.iter(),
                value: None,
            }),
            None => self.refuse(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        match self.0 {
            Value::Text(tag) => visitor.visit_enum(Tagged {
                tag,
                payload: &Value::Null,
            }),
            Value::Object(fields) => match fields.iter().next() {
                Some((tag, payload)) if fields.len() == 1 => {
                    visitor.visit_enum(Tagged { tag, payload })
                }
                _ => Err(Unread::invalid_length(fields.len(), &"1")),
            },
            _ => Err(self.unfit(&"enum ")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { char i128 u128 }
}

/// The elements of a list.
struct List<'a> {
    list: &'a [Value],
    at: usize,
}

impl<'de> SeqAccess<'de> for List<'_> {
    type Error = Unread;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unread> {
        let Some(value) = self.list.get(self.at) else {
            return Ok(None);
        };
        // Values of a request are counted far below 2^32.
        let step = Step::Element(u32::try_from(self.at).unwrap_or(u32::MAX));
        self.at += 1;
        let read = seed.deserialize(Reader(value));
        read.map(Some).map_err(|unread| unread.within(step))
    }
}

/// Fields of whatever names, as pairs.
struct Entries<'a> {
    entries: btree_map::Iter<'a, String, Value>,
    value: Option<(&'a String, &'a Value)>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unread> {
        self.value = self.entries.next();
        let Some((name, _)) = self.value else {
            return Ok(None);
        };
        seed.deserialize(name.as_str().into_deserializer())
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        let Some((name, value)) = self.value.take() else {
            return Err(Unread::custom("a value before its name"));
        };
        let read = seed.deserialize(Reader(value));
        read.map_err(|unread| unread.within(Step::Field(name.clone().into())))
    }
}

/// The fields that a structure has, as far as they are there.
struct Fields<'a> {
    fields: &'a BTreeMap<String, Value>,
    names: std::slice::Iter<'static, &'static str>,
    value: Option<(&'static str, &'a Value)>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unread> {
        for name in &mut self.names {
            if let Some(value) = self.fields.get(*name) {
                self.value = Some((name, value));
                return seed.deserialize((*name).into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        let Some((name, value)) = self.value.take() else {
            return Err(Unread::custom("a value before its name"));
        };
        let read = seed.deserialize(Reader(value));
        read.map_err(|unread| unread.within(Step::Field(name.into())))
    }
}

/// A word, or an object with one field.
struct Tagged<'a> {
    tag: &'a str,
    payload: &'a Value,
}

impl<'de, 'a> EnumAccess<'de> for Tagged<'a> {
    type Error = Unread;
    type Variant = Reader<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Reader<'a>), Unread> {
        let tag = seed.deserialize(self.tag.into_deserializer())?;
        Ok((tag, Reader(self.payload)))
    }
}

impl<'de> VariantAccess<'de> for Reader<'_> {
    type Error = Unread;

    fn unit_variant(self) -> Result<(), Unread> {
        serde::Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unread> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.deserialize_struct("", fields, visitor)
    }
}

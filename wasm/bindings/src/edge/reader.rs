//! Reads arguments: the plain, bounded copies that the door makes, so that no getter runs and nothing is an iterator, a map
//! or a proxy. What can't be read says where and why (`Unread`); the place is put together on the way out of an error,
//! and costs nothing without one.

use js_sys::{Array, JsString, Number, Object, Reflect, Symbol, Uint8Array};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::cell::RefCell;
use wasm_bindgen::{JsCast as _, JsValue};
use yinxin_proto::argument::{Step, Unread};

/// Reads a value.
///
/// # Errors
/// If it does not have the form that is asked for.
pub fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Unread> {
    T::deserialize(Reader(value))
}

/// A value that is read.
struct Reader(JsValue);

impl Reader {
    fn is_nothing(&self) -> bool {
        self.0.is_undefined() || self.0.is_null()
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        self.0.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
    }

    fn safe_integer(&self) -> Option<i64> {
        // Both exact below 2^53.
        Number::is_safe_integer(&self.0).then(|| self.0.as_f64().unwrap_or_default() as i64)
    }

    /// A plain object, or an `Error`, which the door copies like one.
    fn object(&self) -> Option<&Object> {
        let is_plain = super::is_plain(&self.0);
        is_plain.then(|| self.0.unchecked_ref())
    }

    /// Says what was there instead; never the value.
    #[cold]
    fn unfit(&self, expected: &dyn Expected) -> Unread {
        let value = &self.0;
        let found = if self.is_nothing() {
            "nothing"
        } else if value.as_bool().is_some() {
            "a boolean"
        } else if value.as_f64().is_some() {
            "a number"
        } else if value.is_string() {
            "a string"
        } else if value.is_instance_of::<Uint8Array>() {
            "bytes"
        } else if Array::is_array(value) {
            "a list"
        } else if let Some(symbol) = value.dyn_ref::<Symbol>() {
            // What the door could not copy says what it is.
            let said = symbol.description().map(String::from).unwrap_or_default();
            return Unread::unfit(&said, expected);
        } else {
            "an object"
        };
        Unread::unfit(found, expected)
    }

    fn refuse<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Unread> {
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

    /// Its only field, whose name says what it is.
    fn tagged(self) -> Result<(JsValue, JsValue), Unread> {
        let Some(object) = self.object() else {
            return Err(self.unfit(&"enum "));
        };
        let entries = Object::entries(object);
        match entries.length() {
            1 => {
                let entry: Array = entries.get(0).unchecked_into();
                Ok((entry.get(0), entry.get(1)))
            }
            length => Err(Unread::invalid_length(length as usize, &"1")),
        }
    }
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let value = &self.0;
        if self.is_nothing() {
            visitor.visit_unit()
        } else if let Some(truth) = value.as_bool() {
            visitor.visit_bool(truth)
        } else if let Some(number) = value.as_f64() {
            match self.safe_integer() {
                Some(whole) => visitor.visit_i64(whole),
                None => visitor.visit_f64(number),
            }
        } else if let Some(text) = value.as_string() {
            visitor.visit_string(text)
        } else if let Some(bytes) = self.bytes() {
            visitor.visit_byte_buf(bytes)
        } else if Array::is_array(value) {
            self.deserialize_seq(visitor)
        } else {
            self.deserialize_map(visitor)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0.as_bool() {
            Some(truth) => visitor.visit_bool(truth),
            None => self.refuse(visitor),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.0.as_f64() {
            Some(number) => visitor.visit_f64(number),
            None => self.refuse(visitor),
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
        match self.0.as_string() {
            Some(text) => visitor.visit_string(text),
            None => self.refuse(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_string(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.bytes() {
            Some(bytes) => visitor.visit_byte_buf(bytes),
            None => self.refuse(visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        if self.is_nothing() {
            visitor.visit_unit()
        } else {
            self.refuse(visitor)
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
        if self.is_nothing() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
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
        match self.0.dyn_ref::<Array>() {
            Some(list) => visitor.visit_seq(List { list, at: 0 }),
            None => self.refuse(visitor),
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
        match self.object() {
            Some(object) => visitor.visit_map(Entries {
                entries: Object::entries(object),
                at: 0,
                value: None,
            }),
            None => self.refuse(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        match self.object() {
            Some(object) => visitor.visit_map(Fields {
                object,
                fields: fields.iter(),
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
        let (tag, payload) = if self.0.is_string() {
            (self.0, JsValue::UNDEFINED)
        } else {
            self.tagged()?
        };
        visitor.visit_enum(Tagged { tag, payload })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { char i128 u128 }
}

/// The elements of a list.
struct List<'a> {
    list: &'a Array,
    at: u32,
}

impl<'de> SeqAccess<'de> for List<'_> {
    type Error = Unread;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unread> {
        let at = self.at;
        if at >= self.list.length() {
            return Ok(None);
        }
        self.at += 1;
        let read = seed.deserialize(Reader(self.list.get(at)));
        read.map(Some)
            .map_err(|unread| unread.within(Step::Element(at)))
    }
}

/// Fields of whatever names, as pairs.
struct Entries {
    entries: Array,
    at: u32,
    value: Option<(JsValue, JsValue)>,
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unread> {
        if self.at >= self.entries.length() {
            return Ok(None);
        }
        let entry: Array = self.entries.get(self.at).unchecked_into();
        self.at += 1;
        let name = entry.get(0);
        self.value = Some((name.clone(), entry.get(1)));
        seed.deserialize(Reader(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        let (name, value) = self.value.take().unwrap_or_default();
        seed.deserialize(Reader(value)).map_err(|unread| {
            unread.within(Step::Field(name.as_string().unwrap_or_default().into()))
        })
    }
}

/// The fields that a structure has, as far as they are there.
struct Fields<'a> {
    object: &'a Object,
    fields: std::slice::Iter<'static, &'static str>,
    value: Option<(&'static str, JsValue)>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unread> {
        for field in &mut self.fields {
            // The door copies nothing that is `undefined`, and a copy inherits nothing.
            let value = Reflect::get(self.object, &name(field)).unwrap_or_default();
            if !value.is_undefined() {
                self.value = Some((field, value));
                return seed.deserialize(Name(field)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        let (name, value) = self.value.take().unwrap_or_default();
        let read = seed.deserialize(Reader(value));
        read.map_err(|unread| unread.within(Step::Field(name.into())))
    }
}

/// The name of a field.
struct Name(&'static str);

impl<'de> Deserializer<'de> for Name {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_borrowed_str(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// The name of a field as JavaScript has it: each is made once, and found by where it lies in the module.
fn name(field: &'static str) -> JsString {
    thread_local! {
        static NAMES: RefCell<Vec<((usize, usize), JsString)>> = const { RefCell::new(Vec::new()) };
    }
    let place = (field.as_ptr() as usize, field.len());
    NAMES.with_borrow_mut(|names| {
        let at = names.partition_point(|(known, _)| *known < place);
        match names.get(at) {
            Some((known, name)) if *known == place => name.clone(),
            _ => {
                let name = JsString::from(field);
                names.insert(at, (place, name.clone()));
                name
            }
        }
    })
}

/// A word, or an object with one field.
struct Tagged {
    tag: JsValue,
    payload: JsValue,
}

impl<'de> EnumAccess<'de> for Tagged {
    type Error = Unread;
    type Variant = Reader;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Reader), Unread> {
        Ok((seed.deserialize(Reader(self.tag))?, Reader(self.payload)))
    }
}

impl<'de> VariantAccess<'de> for Reader {
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

//! JSON of others, read as the packages read values of JavaScript: into a bounded tree, and from there by the same
//! structures with the same words. And JSON of ours, written.

mod reader;
mod write;

pub use write::write;

use base64ct::{Base64, Encoding as _};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use yinxin_proto::argument::{Argument, Unread};

/// How deep a value may go, as at the door of the packages.
const MAX_DEPTH: usize = 15;
/// Values of an option.
const MAX_VALUES: usize = 200_000;
/// Bytes of the texts inside of a list or an object, in all.
const MAX_TEXT_INSIDE: usize = 16 * 1024 * 1024;
/// Options of a request.
const MAX_OPTIONS: usize = 1_000;

/// A value. What is large in it is shared by its copies.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(Arc<str>),
    Bytes(Arc<Vec<u8>>),
    List(Vec<Value>),
    Object(BTreeMap<String, Value>),
    /// What can't be taken over, in words: whoever asks for it hears them.
    Unfit(&'static str),
}

impl Value {
    /// Reads the options of a call. Each has an allowance of its own, since one of them may be a visitor's: what is beyond it
    /// is told when that one is read.
    ///
    /// # Errors
    /// In words, for what is no JSON, for too many options, and for one that is there twice.
    pub fn options(json: &[u8]) -> Result<Self, String> {
        let unread = |error: serde_json::Error| {
            format!(
                "options: expected JSON, got something else at line {}, column {}",
                error.line(),
                error.column()
            )
        };
        // Refused is what is no JSON; what its words say is looked at afterwards.
        let whole: &RawValue = serde_json::from_slice(json).map_err(unread)?;
        if !whole.get().starts_with('{') {
            return Ok(Self::bounded(whole.get()));
        }
        let Fields(fields) = serde_json::from_str(whole.get())
            .map_err(|_: serde_json::Error| "options: a name is no text, or there are too many")?;
        let mut options = BTreeMap::new();
        for (name, value) in fields {
            let name: String = name.chars().take(64).collect();
            if options.contains_key(&name) {
                return Err(format!("{name}: it is there twice"));
            }
            options.insert(name, Self::bounded(value.get()));
        }
        Ok(Self::Object(options))
    }

    /// The value of a visitor's text, whatever that is.
    pub fn text_of(json: &[u8]) -> Self {
        match serde_json::from_slice::<&RawValue>(json) {
            Ok(value) => Self::bounded(value.get()),
            Err(_) => Self::Unfit("something that is no JSON"),
        }
    }

    pub fn bytes(bytes: Vec<u8>) -> Self {
        Self::Bytes(Arc::new(bytes))
    }

    /// A number that is exact: below 2^53.
    pub fn number(number: u64) -> Self {
        Self::Number(number as f64)
    }

    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let fields = fields.into_iter();
        Self::Object(fields.map(|(name, value)| (name.into(), value)).collect())
    }

    /// Puts a field into an object.
    pub fn put(&mut self, name: &str, value: Self) {
        if let Self::Object(fields) = self {
            fields.insert(name.into(), value);
        }
    }

    /// Takes a field out of an object.
    pub fn take(&mut self, name: &str) -> Option<Self> {
        match self {
            Self::Object(fields) => fields.remove(name),
            _ => None,
        }
    }

    /// As JSON, with bytes as Base64.
    pub fn to_json(&self) -> String {
        // There is nothing in it that JSON can't say.
        write(self).unwrap_or_default()
    }

    /// Reads JSON within an allowance.
    fn bounded(json: &str) -> Self {
        let mut left = Allowance {
            values: MAX_VALUES,
            text: MAX_TEXT_INSIDE,
            over: false,
        };
        // A text alone may be as long as a request.
        if json.starts_with('"') {
            left.text = usize::MAX;
        }
        let mut reader = serde_json::Deserializer::from_str(json);
        let seed = Bounded {
            left: &mut left,
            depth: MAX_DEPTH,
        };
        match seed.deserialize(&mut reader) {
            Ok(value) => value,
            Err(_) if left.over => Self::Unfit("something too large"),
            // It is JSON: half a character, a name that is there twice, a number without end.
            Err(_) => Self::Unfit("something that can’t be read"),
        }
    }
}

impl Argument for Value {
    fn is_absent(&self) -> bool {
        matches!(self, Self::Null)
    }

    fn is_plain(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    fn unknown(&self, names: &[&[&str]]) -> Option<String> {
        let Self::Object(fields) = self else {
            return None;
        };
        let mut all = fields.keys();
        all.find(|field| !names.iter().any(|names| names.contains(&field.as_str())))
            .cloned()
    }

    fn field(&self, name: &str) -> Self {
        let field = match self {
            Self::Object(fields) => fields.get(name).cloned(),
            _ => None,
        };
        field.unwrap_or(Self::Null)
    }

    fn read<T: DeserializeOwned>(&self, place: &str) -> Result<T, String> {
        T::deserialize(reader::Reader(self)).map_err(|unread: Unread| unread.of(place))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null | Self::Unfit(_) => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(fields) => serializer.collect_map(fields),
        }
    }
}

/// The bytes of Base64, as JSON carries them.
fn base64(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok()
}

/// The fields of an object, of which nothing but the names is read.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a plain object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    if fields.len() == MAX_OPTIONS {
                        return Err(A::Error::custom("too many options"));
                    }
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// What may still be read.
struct Allowance {
    values: usize,
    text: usize,
    over: bool,
}

impl Allowance {
    fn take<E: serde::de::Error>(&mut self, values: usize, text: usize) -> Result<(), E> {
        match (self.values.checked_sub(values), self.text.checked_sub(text)) {
            (Some(values), Some(text)) => {
                (self.values, self.text) = (values, text);
                Ok(())
            }
            _ => {
                self.over = true;
                Err(E::custom("too large"))
            }
        }
    }
}

/// Reads a value within an allowance.
struct Bounded<'a> {
    left: &'a mut Allowance,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.left.take(1, 0)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.left.take(0, text.len())?;
        Ok(Value::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        if self.depth == 0 {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Unfit("something too deep"));
        }
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Bounded {
            left: self.left,
            depth: self.depth - 1,
        })? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        if self.depth == 0 {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Unfit("something too deep"));
        }
        let mut fields = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            self.left.take(0, name.len())?;
            let value = map.next_value_seed(Bounded {
                left: self.left,
                depth: self.depth - 1,
            })?;
            if fields.insert(name, value).is_some() {
                return Err(A::Error::custom("a name is there twice"));
            }
        }
        Ok(Value::Object(fields))
    }
}

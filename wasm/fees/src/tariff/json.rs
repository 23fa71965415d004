//! A value of JSON from anywhere, and readers that know where in it they are: what is wrong with a
//! tariff is told with its place. Smaller than what serde derives for as many types, and bounded in
//! depth, which a JavaScript object (it may contain itself) is not.

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use std::fmt;
use yinxin_proto::Error;
use yinxin_proto::text::Bilingual;

/// A value of JSON. Numbers are as JavaScript has them.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`, or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, its fields in their order.
    Object(Vec<(String, Json)>),
}

/// A tariff is as deep as this.
const MAX_DEPTH: u32 = 8;

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Depth(MAX_DEPTH).deserialize(deserializer)
    }
}

/// How much deeper it may go.
#[derive(Clone, Copy)]
struct Depth(u32);

impl Depth {
    fn below<E: de::Error>(self) -> Result<Self, E> {
        let below = self.0.checked_sub(1).map(Self);
        below.ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut fields = Vec::new();
        while let Some(name) = map.next_key()? {
            fields.push((name, map.next_value_seed(below)?));
        }
        Ok(Json::Object(fields))
    }
}

/// A value and where it stands.
pub(super) struct At<'j> {
    json: &'j Json,
    place: String,
}

/// Entries of a list, and characters of a text, at most.
const MAX_ENTRIES: usize = 200;
const MAX_CHARS: usize = 1000;

type Read<T> = Result<T, Error>;

impl<'j> At<'j> {
    /// The whole.
    pub(super) fn new(json: &'j Json) -> Self {
        Self {
            json,
            place: String::new(),
        }
    }

    /// What is wrong here.
    pub(super) fn wrong(&self, reason: &str) -> Error {
        // The whole has no name of its own.
        let place = if self.place.is_empty() {
            "JSON".into()
        } else {
            self.place.clone()
        };
        Error::TariffInvalid {
            place,
            reason: reason.into(),
        }
    }

    /// Checks that this is an object without other fields than these.
    pub(super) fn only(&self, known: &[&str]) -> Read<()> {
        let Json::Object(fields) = self.json else {
            return Err(self.wrong("an object is expected"));
        };
        match fields.iter().find(|(name, _)| !known.contains(&&name[..])) {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(40).collect();
                Err(self.wrong(&format!("there is no field “{name}”")))
            }
        }
    }

    /// A field of an object.
    pub(super) fn field(&self, name: &str) -> Read<At<'j>> {
        let field = self.optional(name);
        field.ok_or_else(|| self.wrong(&format!("the field “{name}” is missing")))
    }

    /// A field that may be absent.
    pub(super) fn optional(&self, name: &str) -> Option<At<'j>> {
        let Json::Object(fields) = self.json else {
            return None;
        };
        let (_, json) = fields.iter().find(|(other, _)| other == name)?;
        let dot = if self.place.is_empty() { "" } else { "." };
        (*json != Json::Null).then(|| At {
            json,
            place: format!("{}{dot}{name}", self.place),
        })
    }

    /// Each entry of a list that is not empty.
    pub(super) fn each<T>(&self, read: impl Fn(&At<'j>) -> Read<T>) -> Read<Vec<T>> {
        let Json::List(values) = self.json else {
            return Err(self.wrong("a list is expected"));
        };
        if values.is_empty() || values.len() > MAX_ENTRIES {
            return Err(self.wrong(&format!("1 to {MAX_ENTRIES} entries are expected")));
        }
        let at = |(index, json)| At {
            json,
            place: format!("{}[{index}]", self.place),
        };
        values
            .iter()
            .enumerate()
            .map(|entry| read(&at(entry)))
            .collect()
    }

    /// The entries of a list that may be absent.
    pub(super) fn each_of<T>(&self, name: &str, read: impl Fn(&At<'j>) -> Read<T>) -> Read<Vec<T>> {
        match self.optional(name) {
            // An empty one is as good as none.
            Some(At {
                json: Json::List(values),
                ..
            }) if values.is_empty() => Ok(Vec::new()),
            Some(list) => list.each(read),
            None => Ok(Vec::new()),
        }
    }

    /// A text.
    pub(super) fn text(&self) -> Read<String> {
        match self.json {
            Json::Text(text) if text.trim().is_empty() => Err(self.wrong("empty")),
            Json::Text(text) if text.chars().count() > MAX_CHARS => {
                Err(self.wrong(&format!("more than {MAX_CHARS} characters")))
            }
            Json::Text(text) => Ok(text.clone()),
            _ => Err(self.wrong("a text is expected")),
        }
    }

    /// Lower-case words with hyphens, which need no escaping anywhere.
    pub(super) fn identifier(&self) -> Read<String> {
        let text = self.text()?;
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.len() > 64 || !text.bytes().all(fits) {
            return Err(
                self.wrong("at most 64 lower-case letters, digits and hyphens are expected")
            );
        }
        Ok(text)
    }

    /// A text in both languages.
    pub(super) fn bilingual(&self) -> Read<Bilingual> {
        self.only(&["zh-CN", "en"])?;
        Ok(Bilingual {
            zh: self.field("zh-CN")?.text()?,
            en: self.field("en")?.text()?,
        })
    }

    /// One of the words of a type.
    pub(super) fn word<T: for<'de> Deserialize<'de>>(&self) -> Read<T> {
        let text = self.text()?;
        let word: StrDeserializer<'_, de::value::Error> = text.as_str().into_deserializer();
        T::deserialize(word).map_err(|error| self.wrong(&error.to_string()))
    }

    /// A whole number from 0 to a limit.
    pub(super) fn whole(&self, limit: u32) -> Read<u32> {
        match self.json {
            Json::Number(number)
                if number.fract() == 0.0 && (0.0..=limit.into()).contains(number) =>
            {
                Ok(*number as u32)
            }
            _ => Err(self.wrong(&format!("a whole number from 0 to {limit} is expected"))),
        }
    }

    /// Yes or no.
    pub(super) fn yes(&self) -> Read<bool> {
        match self.json {
            Json::Bool(value) => Ok(*value),
            _ => Err(self.wrong("true or false is expected")),
        }
    }

    /// The address of a page. It is shown to be pressed: no scheme that runs.
    pub(super) fn link(&self) -> Read<String> {
        let link = self.text()?;
        let page = ["https://", "http://"]
            .iter()
            .any(|scheme| link.starts_with(scheme));
        if !page || link.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(self.wrong("the address of a page is expected"));
        }
        Ok(link)
    }
}

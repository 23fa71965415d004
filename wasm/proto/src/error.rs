//! The error catalogue: every code, when it is thrown, its parameters, and its message and remedy
//! in each language. `catalogue` holds the table; this file the machinery around it.
//!
//! On the wire an error is `{"code": "pin-locked", "params": {}}`. A code that this version does
//! not know becomes [`Error::Unknown`] and keeps its word.

mod catalogue;

pub use crate::text::Locale;
pub use catalogue::{ALL, Error};

use crate::text::visible;
use crate::time::UnixTime;
use crate::token::{PinState, PinTries};
use crate::words;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// What a code says to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Text {
    /// What happened.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

/// A code's entry in the catalogue, with `{placeholders}` not filled in.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The code on the wire.
    pub code: &'static str,
    /// When it is thrown; developer's language.
    #[cfg(feature = "typescript")]
    pub when: &'static str,
    /// The area that it stands in, as the table has it: `feature = "page"`.
    #[cfg(feature = "typescript")]
    pub area: &'static str,
    /// Whether a page may get it: the page library has its texts.
    pub page: bool,
    /// Its parameters.
    pub params: &'static [Parameter],
    /// Message in Chinese.
    pub zh: &'static str,
    /// Remedy in Chinese.
    pub zh_remedy: &'static str,
    /// Message in English.
    pub en: &'static str,
    /// Remedy in English.
    pub en_remedy: &'static str,
}

/// A parameter of a code.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// How it reads inside a text.
    pub kind: Kind,
}

/// How a parameter reads inside a text. `wasm/proto/ts/words.ts` has the same for TypeScript; a test compares them over
/// the whole catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As it came, what is invisible in it written out.
    Text,
    /// A number of something.
    Count,
    /// A size in bytes: `67.1 MB`.
    Bytes,
    /// A time of ISO 8601, of which the day in China matters: `23 November 2026`.
    Date,
    /// The same, with the time of day: `23 November 2026, 00:00 (Beijing time)`.
    Time,
    /// What is known of the remaining tries of a PIN.
    Tries,
    /// Why a certificate was revoked.
    Reason,
    /// Where in a document, for people: `page 1` for `pages[0]/Contents`.
    Place,
}

/// How much a finding weighs: `fatal` makes the thing invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Severity {
    /// Makes the thing invalid.
    Fatal,
    /// Does not, and the user should know.
    Warning,
    /// An oddity, kept for support.
    Note,
}

/// Something found in a thing that can be read: a value, not an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "FindingRead")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Finding {
    /// Code and parameters.
    #[serde(flatten)]
    pub error: Error,
    /// How much it weighs.
    pub severity: Severity,
    /// Where: `path[1]`, `signers[0].path[0]`, `content`, `subject.countryName`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<String>,
    /// What was found there, where that says more than the parameters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found: Option<String>,
    /// What was expected instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<String>,
}

impl Finding {
    /// A finding without a place.
    #[must_use]
    pub fn new(severity: Severity, error: Error) -> Self {
        Self {
            error,
            severity,
            place: None,
            found: None,
            expected: None,
        }
    }

    /// The same, with its place.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// The same, with its evidence.
    #[must_use]
    pub fn evidence(mut self, found: impl Into<String>, expected: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self.expected = Some(expected.into());
        self
    }
}

impl Entry {
    /// The entry of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<&'static Self> {
        ALL.iter().find(|entry| entry.code == code)
    }

    /// Whether it says what is wrong with a PDF or OFD, or a place in one: nothing that who has the document can't see.
    #[must_use]
    pub fn is_of_document(&self) -> bool {
        let code = self.code;
        code.starts_with("ofd-") || code.starts_with("pdf-") || code == "placement-refused"
    }

    /// Message and remedy in a language, with the parameters filled in; where one is missing or of another kind, as they
    /// stand in the catalogue, which says more than nothing.
    #[must_use]
    pub fn text(&self, params: &Params, locale: Locale) -> Text {
        let (message, remedy) = match locale {
            Locale::ZhCn => (self.zh, self.zh_remedy),
            Locale::En => (self.en, self.en_remedy),
        };
        let shown: Option<Vec<String>> = self
            .params
            .iter()
            .map(|param| params.0.get(param.name)?.text(param.kind, locale))
            .collect();
        let Some(shown) = shown else {
            return Text {
                message: message.into(),
                remedy: remedy.into(),
            };
        };
        let show = |name: &str| {
            let at = self.params.iter().position(|known| known.name == name)?;
            Some(&*shown[at])
        };
        Text {
            message: fill(message, show),
            remedy: fill(remedy, show),
        }
    }
}

impl Error {
    /// Message and remedy in a language, with the parameters filled in.
    #[must_use]
    pub fn text(&self, locale: Locale) -> Text {
        self.entry().text(&self.params(), locale)
    }

    /// The error as a page may get it. What is wrong with this computer's programs, drivers and keys is told to its user
    /// in our own windows; a page gets neither paths nor names of drivers.
    #[cfg(all(feature = "page", feature = "pin"))]
    #[must_use]
    pub fn for_page(self) -> Self {
        match self {
            Self::PinPadCancelled {} => Self::Cancelled {},
            error if error.entry().page => error,
            _ => Self::LocalFailure {},
        }
    }

    /// The error as a value that this version can read, whatever a newer part sent.
    #[must_use]
    pub fn unknown(code: &str) -> Self {
        Self::Unknown {
            word: code.chars().take(64).collect(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}",
            self.entry().code,
            self.text(Locale::En).message
        )
    }
}

impl std::error::Error for Error {}

/// Puts parameters into `{placeholders}`. One pass: a parameter's own braces stay as they are.
fn fill<'a>(template: &str, show: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        if let Some(shown) = show(name) {
            out.push_str(shown);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// A parameter's value on the wire.
///
/// Serialisation goes through this one type, and not through code derived for a hundred variants:
/// that alone was a third of the Wasm module.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Number(i64),
    Tries(PinTries),
    /// Of a kind that this version does not know.
    Other,
}

/// A type of parameters: how it travels, and how it reads where the catalogue says nothing else.
trait Param: Sized {
    const KIND: Kind;
    fn to_value(&self) -> Value;
    fn from_value(value: Value) -> Option<Self>;
}

impl Param for String {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Param for u32 {
    const KIND: Kind = Kind::Count;

    fn to_value(&self) -> Value {
        Value::Number((*self).into())
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.try_into().ok(),
            _ => None,
        }
    }
}

impl Param for i32 {
    const KIND: Kind = Kind::Count;

    fn to_value(&self) -> Value {
        Value::Number((*self).into())
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.try_into().ok(),
            _ => None,
        }
    }
}

impl Param for PinTries {
    const KIND: Kind = Kind::Tries;

    fn to_value(&self) -> Value {
        Value::Tries(*self)
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Tries(tries) => Some(tries),
            _ => None,
        }
    }
}

impl Param for RevocationReason {
    const KIND: Kind = Kind::Reason;

    fn to_value(&self) -> Value {
        Value::Text(self.word().into())
    }

    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(word) => Some(Self::from_word(&word)),
            _ => None,
        }
    }
}

impl Value {
    /// How it reads as a parameter of a kind; `None` if it is of another.
    fn text(&self, kind: Kind, locale: Locale) -> Option<String> {
        Some(match (kind, self) {
            (Kind::Text, Self::Text(text)) => visible(text),
            (Kind::Date, Self::Text(text)) => match UnixTime::parse(text) {
                Some(time) => words::day(time, locale),
                None => visible(text),
            },
            (Kind::Time, Self::Text(text)) => match UnixTime::parse(text) {
                Some(time) => words::time(time, locale),
                None => visible(text),
            },
            (Kind::Reason, Self::Text(word)) => {
                RevocationReason::from_word(word).text(locale).into()
            }
            (Kind::Place, Self::Text(path)) => words::place(path, locale),
            (Kind::Count, Self::Number(number)) => number.to_string(),
            (Kind::Bytes, Self::Number(number)) => match u64::try_from(*number) {
                Ok(bytes) => words::size(bytes),
                Err(_) => number.to_string(),
            },
            (Kind::Tries, Self::Tries(tries)) => match (tries.left, tries.state) {
                (Some(left), _) => left.to_string(),
                (None, PinState::Final) => "1".into(),
                (None, PinState::Locked) => "0".into(),
                (None, PinState::Ok | PinState::Low) => "?".into(),
            },
            _ => return None,
        })
    }
}

/// Why a certificate was revoked (RFC 5280, 5.3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename_all = "camelCase"))]
pub enum RevocationReason {
    /// Not told.
    #[default]
    Unspecified,
    /// The holder's private key.
    KeyCompromise,
    /// The issuer's private key.
    #[cfg_attr(feature = "typescript", ts(rename = "cACompromise"))]
    CaCompromise,
    /// Name or other facts changed.
    AffiliationChanged,
    /// Another certificate takes its place.
    Superseded,
    /// No longer needed.
    CessationOfOperation,
    /// Suspended; may become valid again.
    CertificateHold,
    /// A right named in it was withdrawn.
    PrivilegeWithdrawn,
    /// The key of an attribute authority.
    #[cfg_attr(feature = "typescript", ts(rename = "aACompromise"))]
    AaCompromise,
}

impl RevocationReason {
    /// Each with its number in `CRLReason`, its name there, and what it is called.
    pub const TABLE: &[(u8, Self, &str, &str, &str)] = &[
        (
            0,
            Self::Unspecified,
            "unspecified",
            "未说明",
            "no reason given",
        ),
        (
            1,
            Self::KeyCompromise,
            "keyCompromise",
            "私钥泄露",
            "key compromised",
        ),
        (
            2,
            Self::CaCompromise,
            "cACompromise",
            "发证机构私钥泄露",
            "issuer's key compromised",
        ),
        (
            3,
            Self::AffiliationChanged,
            "affiliationChanged",
            "信息变更",
            "facts changed",
        ),
        (
            4,
            Self::Superseded,
            "superseded",
            "证书已更新",
            "superseded",
        ),
        (
            5,
            Self::CessationOfOperation,
            "cessationOfOperation",
            "停止使用",
            "no longer used",
        ),
        (
            6,
            Self::CertificateHold,
            "certificateHold",
            "暂时冻结",
            "suspended",
        ),
        (
            9,
            Self::PrivilegeWithdrawn,
            "privilegeWithdrawn",
            "权限撤销",
            "right withdrawn",
        ),
        (
            10,
            Self::AaCompromise,
            "aACompromise",
            "属性机构私钥泄露",
            "attribute authority's key compromised",
        ),
    ];

    /// The reason of a number of `CRLReason`; an unknown one tells none.
    #[must_use]
    pub fn from_number(number: u8) -> Self {
        let known = Self::TABLE.iter().find(|row| row.0 == number);
        known.map_or(Self::Unspecified, |row| row.1)
    }

    fn from_word(word: &str) -> Self {
        let known = Self::TABLE.iter().find(|row| row.2 == word);
        known.map_or(Self::Unspecified, |row| row.1)
    }

    /// Its name in RFC 5280.
    #[must_use]
    pub fn word(self) -> &'static str {
        let known = Self::TABLE.iter().find(|row| row.1 == self);
        known.map_or("unspecified", |row| row.2)
    }

    fn text(self, locale: Locale) -> &'static str {
        let known = Self::TABLE.iter().find(|row| row.1 == self);
        known.map_or("", |row| match locale {
            Locale::ZhCn => row.3,
            Locale::En => row.4,
        })
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Tries(tries) => tries.serialize(serializer),
            Self::Other => serializer.serialize_unit(),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> de::Visitor<'de> for AnyValue {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a whole number or the state of a PIN")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
                Ok(i64::try_from(number).map_or(Value::Other, Value::Number))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }

            // A newer part may send other kinds, which cost nothing but their own text.

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Other)
            }

            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Value, E> {
                Ok(Value::Other)
            }

            fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
                Ok(Value::Other)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                while list.next_element::<Value>()?.is_some() {}
                Ok(Value::Other)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let (mut state, mut left) = (None, None);
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    match (&*name, value) {
                        ("state", Value::Text(word)) => {
                            let word = de::value::StrDeserializer::<de::value::Error>::new(&word);
                            state = PinState::deserialize(word).ok();
                        }
                        ("left", Value::Number(number)) => left = u8::try_from(number).ok(),
                        _ => {}
                    }
                }
                Ok(state.map_or(Value::Other, |state| Value::Tries(PinTries { state, left })))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire {
            code: &'static str,
            params: Params,
        }
        Wire {
            code: self.code(),
            params: self.params(),
        }
        .serialize(serializer)
    }
}

/// Reads an error of any version: an unknown code, or a known one with parameters that this
/// version can't read, becomes [`Error::Unknown`].
impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            code: String,
            #[serde(default)]
            params: Params,
        }
        let Wire { code, params } = Wire::deserialize(deserializer)?;
        Ok(Self::told(&code, params))
    }
}

impl Error {
    /// The same with other texts among its parameters: `change` gets each by its name. Where a text is none that its
    /// parameter can have, nothing changes.
    #[must_use]
    pub fn with_texts(&self, mut change: impl FnMut(&str, &mut String)) -> Self {
        let mut params = self.params();
        for (name, value) in &mut params.0 {
            if let Value::Text(text) = value {
                change(name, text);
            }
        }
        Self::from_parts(self.code(), &mut params).unwrap_or_else(|| self.clone())
    }

    fn told(code: &str, mut params: Params) -> Self {
        Self::from_parts(code, &mut params).unwrap_or_else(|| Self::unknown(code))
    }
}

/// Parameters by their names. A list of something is refused: readers of JavaScript's values that are asked for a map
/// take a list for one, and throw at what is no pair in it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Params(BTreeMap<Cow<'static, str>, Value>);

impl Params {
    fn put(&mut self, name: &'static str, value: Value) {
        self.0.insert(name.into(), value);
    }

    fn take<T: Param>(&mut self, name: &str) -> Option<T> {
        self.0.remove(name).and_then(T::from_value)
    }
}

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Named;
        impl<'de> de::Visitor<'de> for Named {
            type Value = Params;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("parameters by their names")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Params, A::Error> {
                let mut params = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, _>()? {
                    params.insert(name.into(), value);
                }
                Ok(Params(params))
            }
        }
        deserializer.deserialize_any(Named)
    }
}

/// A finding as it is read: flat, for the same reason.
#[derive(Deserialize)]
struct FindingRead {
    code: String,
    #[serde(default)]
    params: Params,
    severity: Severity,
    #[serde(default)]
    place: Option<String>,
    #[serde(default)]
    found: Option<String>,
    #[serde(default)]
    expected: Option<String>,
}

impl From<FindingRead> for Finding {
    fn from(read: FindingRead) -> Self {
        Self {
            error: Error::told(&read.code, read.params),
            severity: read.severity,
            place: read.place,
            found: read.found,
            expected: read.expected,
        }
    }
}

/// The kind of a parameter: its type's, unless the catalogue names another.
macro_rules! kind {
    ($type:ty) => {
        <$type as Param>::KIND
    };
    ($type:ty, $kind:ident) => {
        $crate::error::Kind::$kind
    };
}

/// Declares [`Error`] and its table from one list of areas, each with when it is there: `page` stands before the codes that
/// a page may get.
macro_rules! errors {
    ($(
        area $area:meta;
        $(
            $(#[doc = $doc:literal])+
            $($page:ident)? $code:literal $name:ident { $($(#[doc = $param_doc:literal])+ $param:ident: $type:ty $(as $kind:ident)?),* $(,)? }
            zh $zh:literal / $zh_remedy:literal
            en $en:literal / $en_remedy:literal
        )+
    )+) => {
        /// Everything that can go wrong, with its evidence.
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(
            feature = "typescript",
            derive(ts_rs::TS),
            ts(rename = "CatalogueError", tag = "code", content = "params")
        )]
        pub enum Error {
            $($(
                $(#[doc = $doc])+
                #[cfg($area)]
                #[cfg_attr(feature = "typescript", ts(rename = $code))]
                $name { $($(#[doc = $param_doc])+ $param: $type),* },
            )+)+
        }

        impl Error {
            /// The entry in the catalogue.
            #[must_use]
            pub fn entry(&self) -> &'static Entry {
                enum Index {
                    $($(#[cfg($area)] $name),+),+
                }
                match self {
                    $($(#[cfg($area)] Self::$name { .. } => &ALL[Index::$name as usize],)+)+
                }
            }

            /// The code on the wire.
            #[must_use]
            pub fn code(&self) -> &'static str {
                self.entry().code
            }

            pub(super) fn params(&self) -> Params {
                let mut params = Params::default();
                match self {
                    $($(#[cfg($area)] Self::$name { $($param),* } => {
                        $(params.put(stringify!($param), Param::to_value($param));)*
                    })+)+
                }
                params
            }

            /// The error of a code, with what it needs of the parameters; `None` if this version
            /// does not know the code or can't read them.
            pub(super) fn from_parts(code: &str, params: &mut Params) -> Option<Self> {
                let _ = &params;
                Some(match code {
                    $($(#[cfg($area)] $code => Self::$name { $($param: params.take(stringify!($param))?),* },)+)+
                    _ => return None,
                })
            }
        }

        /// The whole catalogue, in its order.
        pub static ALL: &[Entry] = &[
            $($(#[cfg($area)] Entry {
                code: $code,
                #[cfg(feature = "typescript")]
                when: concat!($($doc),+),
                #[cfg(feature = "typescript")]
                area: stringify!($area),
                page: !stringify!($($page)?).is_empty(),
                params: &[$(Parameter { name: stringify!($param), kind: kind!($type $(, $kind)?) }),*],
                zh: $zh,
                zh_remedy: $zh_remedy,
                en: $en,
                en_remedy: $en_remedy,
            },)+)+
        ];
    };
}
use {errors, kind};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_page_gets_no_more_than_is_meant_for_pages() {
        let cancelled = Error::Cancelled {};
        assert_eq!(cancelled.clone().for_page(), cancelled);
        assert_eq!(Error::PinPadCancelled {}.for_page(), cancelled);
        let path = Error::ConfigurationEncoding {
            path: "/home/somebody/.config/yinxin.json".into(),
        };
        assert_eq!(path.for_page(), Error::LocalFailure {});
        assert!(Error::LocalFailure {}.entry().page);
        assert!(Error::unknown("x").entry().page);
        for entry in ALL.iter().filter(|entry| entry.page) {
            for param in entry.params {
                let about_this_computer = ["path", "module", "device", "programs", "caller"];
                assert!(!about_this_computer.contains(&param.name), "{}", entry.code);
            }
        }
    }

    #[test]
    fn codes_are_unique_kebab_words() {
        let mut seen = HashSet::new();
        for entry in ALL {
            assert!(seen.insert(entry.code), "{} stands twice", entry.code);
            assert!(
                entry
                    .code
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                entry.code
            );
        }
    }

    #[test]
    fn texts_name_only_parameters_that_exist() {
        for entry in ALL {
            for text in [entry.zh, entry.zh_remedy, entry.en, entry.en_remedy] {
                assert!(!text.is_empty(), "{} lacks a text", entry.code);
                for piece in text.split('{').skip(1) {
                    let name = piece.split('}').next().unwrap_or_default();
                    assert!(
                        entry.params.iter().any(|param| param.name == name),
                        "{} has no parameter {name}",
                        entry.code
                    );
                }
            }
            assert!(
                entry.zh.chars().any(|c| c > '\u{2E7F}'),
                "{} is not Chinese",
                entry.code
            );
        }
    }

    #[test]
    fn errors_survive_json() {
        let error = Error::PinIncorrect {
            tries: PinTries {
                state: PinState::Low,
                left: Some(3),
            },
        };
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(
            json,
            r#"{"code":"pin-incorrect","params":{"tries":{"state":"low","left":3}}}"#
        );
        assert_eq!(serde_json::from_str::<Error>(&json).unwrap(), error);
        assert_eq!(
            serde_json::to_string(&Error::PinLocked {}).unwrap(),
            r#"{"code":"pin-locked","params":{}}"#
        );
    }

    #[test]
    fn a_newer_code_keeps_its_word() {
        let unknown = Error::unknown("from-the-future");
        for json in [
            r#"{"code":"from-the-future","params":{"x":1}}"#,
            r#"{"code":"from-the-future"}"#,
        ] {
            assert_eq!(serde_json::from_str::<Error>(json).unwrap(), unknown);
        }
        let reshaped = r#"{"code":"pin-length","params":{"min":-1,"max":8}}"#;
        assert_eq!(
            serde_json::from_str::<Error>(reshaped).unwrap(),
            Error::unknown("pin-length")
        );
        assert!(serde_json::from_str::<Error>(r#"{"params":{}}"#).is_err());
    }

    #[test]
    fn a_parameter_of_another_kind_costs_no_other() {
        let date = r#""date":"2026-11-22T16:00:00Z""#;
        for odd in [
            "null",
            "true",
            "1.5",
            "1e16",
            "18446744073709551615",
            "[1,{\"y\":null}]",
            "{}",
        ] {
            let json = format!(r#"{{"code":"certificate-expired","params":{{"x":{odd},{date}}}}}"#);
            let error = serde_json::from_str::<Error>(&json).unwrap();
            assert_eq!(error.code(), "certificate-expired", "{json}");
            let params: Params = serde_json::from_str(&format!("{{\"x\":{odd},{date}}}")).unwrap();
            let text = error.entry().text(&params, Locale::ZhCn);
            assert_eq!(text, error.text(Locale::ZhCn));
            let json = format!(r#"{{"code":"certificate-expired","params":{{"date":{odd}}}}}"#);
            let error = serde_json::from_str::<Error>(&json).unwrap();
            assert_eq!(error, Error::unknown("certificate-expired"), "{json}");
        }
    }

    #[test]
    fn placeholders_in_parameters_are_not_filled_again() {
        let error = Error::SiteNotAllowed {
            origin: "{origin}{x}".into(),
        };
        assert!(error.text(Locale::En).message.contains("{origin}{x}"));
    }
}

//! Why a value could not be read, in words of those who wrote it: serde's are of Rust, and repeat the value.

use serde::de::{Error, Expected, Unexpected};
use std::borrow::Cow;
use std::fmt::{self, Display};

/// Longer ones are cut.
const MAX_CHARS: usize = 200;

/// Where and why a value could not be read. Never the value, which may be anybody's.
#[derive(Debug)]
pub struct Unread {
    /// The way to it, from the inside.
    place: Vec<Step>,
    reason: String,
}

/// A step on the way to a value.
#[derive(Debug)]
pub enum Step {
    /// The field of this name.
    Field(Cow<'static, str>),
    /// The element of a list.
    Element(u32),
}

impl Unread {
    /// What was expected, and what kind of value was found.
    pub fn unfit(found: &str, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        Self::new(format!("expected {}, got {found}", in_words(&expected)))
    }

    fn new(reason: String) -> Self {
        Self {
            place: Vec::new(),
            reason,
        }
    }

    /// The same, where what it is of lies inside of something.
    pub fn within(mut self, step: Step) -> Self {
        self.place.push(step);
        self
    }

    /// The place in an argument of this name, and the reason. Options have no name.
    pub fn of(&self, argument: &str) -> String {
        let mut text = String::from(argument);
        for step in self.place.iter().rev() {
            match step {
                Step::Field(name) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(name);
                }
                Step::Element(at) => text.push_str(&format!("[{at}]")),
            }
        }
        if text.is_empty() {
            text.push_str("options");
        }
        text.push_str(": ");
        text.push_str(&self.reason);
        text.chars().take(MAX_CHARS).collect()
    }
}

impl Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of(""))
    }
}

impl std::error::Error for Unread {}

impl Error for Unread {
    fn custom<T: Display>(said: T) -> Self {
        Self::new(said.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::unfit(kind(&found), expected)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::unfit(kind(&found), expected)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::unfit("another number", expected)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(match expected {
            [] => "not one of its words".into(),
            [one] => format!("expected {one}"),
            [one, other] => format!("expected {one} or {other}"),
            several => format!("expected one of: {}", several.join(", ")),
        })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("it is missing".into()).within(Step::Field(field.into()))
    }
}

/// Of an option that nobody reads, with those that are read. `place` is empty, or ends with a dot.
#[must_use]
pub fn no_such_option(place: &str, name: &str, known: &[&str]) -> String {
    let name: String = name.chars().take(64).collect();
    // All of them: which one was meant may be the last.
    let known = known.join(", ");
    format!("{place}{name}: there is no such option; known are {known}")
}

/// What was found.
fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Unit | Unexpected::Option => "nothing",
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Str(_) | Unexpected::Char(_) => "a string",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Seq => "a list",
        _ => "an object",
    }
}

/// What was expected, where serde says it in words of Rust.
fn in_words(expected: &str) -> &str {
    let is = |start| expected.starts_with(start);
    match expected {
        "a sequence" => "a list",
        "f64" | "f32" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not below 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        _ if is("struct ") || is("internally tagged enum") || is("a map") || is("map") => {
            "a plain object"
        }
        _ if is("variant") || is("enum ") || is("string or map") => "one of its words",
        _ => expected,
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, Unread};
    use serde::Deserialize;
    use serde::de::value::{MapDeserializer, SeqDeserializer};
    use serde::de::{Error as _, IntoDeserializer};
    use std::fmt::Debug;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Item {
        years: u32,
        kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        Login,
        Bind,
    }

    #[derive(Debug, Deserialize)]
    enum Three {
        A,
        B,
        C,
    }

    #[track_caller]
    fn check<'de, T: Deserialize<'de> + Debug>(
        given: impl IntoDeserializer<'de, Unread>,
        expected: &str,
    ) {
        let unread = T::deserialize(given.into_deserializer()).expect_err("it can't be read");
        assert_eq!(unread.of(""), expected);
    }

    fn object<T: IntoDeserializer<'static, Unread>>(
        field: (&'static str, T),
    ) -> MapDeserializer<'static, std::iter::Once<(&'static str, T)>, Unread> {
        MapDeserializer::new(std::iter::once(field))
    }

    #[test]
    fn a_reason_says_what_was_expected_and_never_repeats_the_value() {
        check::<String>(12_345_678, "options: expected a string, got a number");
        check::<u32>(
            "123456, expected nothing",
            "options: expected a whole number, not below 0, got a string",
        );
        check::<u32>(
            1.5,
            "options: expected a whole number, not below 0, got a number",
        );
        check::<i8>(1_000, "options: expected a whole number, got a number");
        check::<Kind>("123456", "options: expected login or bind");
        check::<Three>("123456", "options: expected one of: A, B, C");
        check::<Item>(5, "options: expected a plain object, got a number");
        check::<Vec<u8>>(true, "options: expected a list, got a boolean");
        let two = [1u8, 2].into_iter();
        check::<[u8; 3]>(
            SeqDeserializer::new(two),
            "options: expected an array of length 3, got another number",
        );
        check::<Item>(object(("years", 1)), "kind: it is missing");
    }

    #[test]
    fn the_place_is_told_from_the_outside() {
        let inside = || {
            Unread::missing_field("kind")
                .within(Step::Element(3))
                .within(Step::Field("items".into()))
        };
        assert_eq!(inside().of(""), "items[3].kind: it is missing");
        assert_eq!(inside().of("order"), "order.items[3].kind: it is missing");
        let of_list = Unread::missing_field("kind").within(Step::Element(3));
        assert_eq!(of_list.of("list"), "list[3].kind: it is missing");
        assert_eq!(Unread::custom("no").of(""), "options: no");
        assert_eq!(Unread::custom("x".repeat(1_000)).of("").len(), 200);
    }
}

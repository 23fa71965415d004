//! Why a value could not be read, in words of those who wrote it: serde's are of Rust, and repeat the value.

use serde_path_to_error::Path;

/// Longer ones are cut.
const MAX_CHARS: usize = 200;

/// The place, what was expected there, and what kind of value was found.
pub fn reason(place: &str, said: &str) -> String {
    // The exception's own name may stand in front.
    let said = said.strip_prefix("Error: ").unwrap_or(said);
    let mut place = String::from(place);
    let text = if let Some(field) = between(said, "missing field `", "`") {
        if !place.is_empty() {
            place.push('.');
        }
        place.push_str(field);
        "it is missing".into()
    } else if let Some((found, expected)) = mismatch(said) {
        format!("expected {}, got {}", expected_words(expected), found)
    } else if said.contains("Reflect.get called on non-object") {
        // Of a text or a number where a list is expected.
        "expected a list".into()
    } else if said.starts_with("unknown variant ") {
        match said.rfind("expected ") {
            Some(at) => said[at..].replace('`', "").replace("one of ", "one of: "),
            None => "not one of its words".into(),
        }
    } else {
        said.into()
    };
    let place = if place.is_empty() { "options" } else { &place };
    format!("{place}: {text}").chars().take(MAX_CHARS).collect()
}

/// Of an option that nobody reads, with those that are read. `place` is empty, or ends with a dot.
#[must_use]
pub fn no_such_option(place: &str, name: &str, known: &[&str]) -> String {
    let name: String = name.chars().take(64).collect();
    // All of them: which one was meant may be the last.
    let known = known.join(", ");
    format!("{place}{name}: there is no such option; known are {known}")
}

/// A place inside of a named argument; options have no name.
pub fn place(name: &str, path: &Path) -> String {
    match (name, path.to_string().as_str()) {
        // So it writes a path that leads nowhere.
        (name, ".") => name.into(),
        ("", path) => path.into(),
        (name, path) if path.starts_with('[') => format!("{name}{path}"),
        (name, path) => format!("{name}.{path}"),
    }
}

/// What was found, in our words, and what was expected, in serde's.
fn mismatch(said: &str) -> Option<(&str, &str)> {
    let (kind, rest) = said.split_once(": ")?;
    if !matches!(kind, "invalid type" | "invalid value" | "invalid length") {
        return None;
    }
    // A text that was found may say the same: the last one counts.
    let at = rest.rfind(", expected ")?;
    let expected = &rest[at + ", expected ".len()..];
    let found = &rest[..at];
    let is = |start| found.starts_with(start);
    let found = match found {
        _ if kind == "invalid length" => "another number",
        _ if is("unit") || is("Option") => "nothing",
        _ if is("boolean") => "a boolean",
        _ if is("integer") || is("floating point") || is("NaN") => "a number",
        _ if is("string") || is("character") => "a string",
        _ if is("byte array") => "bytes",
        _ if is("sequence") => "a list",
        _ if is("map") => "an object",
        // What the door could not copy says what it is.
        _ => between(found, "JsValue(Symbol(", "))").unwrap_or(kind_of_js(found)),
    };
    Some((found, expected))
}

fn kind_of_js(found: &str) -> &'static str {
    if found.starts_with("JsValue([") {
        "a list"
    } else {
        "an object"
    }
}

fn expected_words(expected: &str) -> &str {
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

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    let (inside, _) = rest.split_once(end)?;
    Some(inside)
}

#[cfg(test)]
mod tests {
    use super::{place, reason};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[allow(dead_code)]
    struct Options {
        session: String,
        #[serde(default)]
        items: Vec<Item>,
    }

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

    #[track_caller]
    fn check(json: &str, expected: &str) {
        let mut reader = serde_json::Deserializer::from_str(json);
        let error = serde_path_to_error::deserialize::<_, Options>(&mut reader).unwrap_err();
        // JSON adds where in its text, which values of JavaScript don't have.
        let said = error.inner().to_string();
        let said = said.split(" at line ").next().unwrap();
        assert_eq!(reason(&place("", error.path()), said), expected);
    }

    #[test]
    fn a_reason_names_the_place_and_never_repeats_the_value() {
        check(
            r#"{"session": 12345678}"#,
            "session: expected a string, got a number",
        );
        check("{}", "session: it is missing");
        check("5", "options: expected a plain object, got a number");
        check(
            r#"{"session": "", "items": [{"years": "123456, expected nothing"}]}"#,
            "items[0].years: expected a whole number, not below 0, got a string",
        );
        check(
            r#"{"session": "", "items": [{"years": 1, "kind": "123456"}]}"#,
            "items[0].kind: expected login or bind",
        );
        check(
            r#"{"session": "", "items": [{"years": 1}]}"#,
            "items[0].kind: it is missing",
        );
        check(
            r#"{"session": "", "items": 5}"#,
            "items: expected a list, got a number",
        );
    }
}

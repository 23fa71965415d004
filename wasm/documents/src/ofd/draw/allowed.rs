//! What a drawing may hold, for tests and fuzzing: a list apart from what draws, held against every drawing.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashSet;

/// Checks a drawing.
///
/// # Errors
/// What in it should not be there.
pub fn check(svg: &str) -> Result<(), String> {
    let mut reader = Reader::from_str(svg);
    let mut open: Vec<String> = Vec::new();
    let mut defined = HashSet::new();
    let mut elements = 0;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(element) | Event::Empty(element) => {
                elements += 1;
                let name = name_of(&element);
                if (name == "svg") != (elements == 1) || (elements > 1 && open.is_empty()) {
                    return Err(format!("the element {name} at this place"));
                }
                attributes(&name, &element, &mut defined)?;
                if !is_empty {
                    open.push(name);
                }
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(_) | Event::GeneralRef(_) => {
                if open.last().is_none_or(|open| open != "text") {
                    return Err("text outside of text".into());
                }
            }
            Event::Eof => break,
            other => return Err(format!("{other:?}")),
        }
        if open.len() > 256 {
            return Err("elements too deep in each other".into());
        }
    }
    match (open.is_empty(), elements) {
        (true, 1..=70_000) => Ok(()),
        _ => Err(format!("{elements} elements")),
    }
}

fn name_of(element: &BytesStart<'_>) -> String {
    element.name().into_inner().to_owned()
}

fn attributes(
    element: &str,
    tag: &BytesStart<'_>,
    defined: &mut HashSet<String>,
) -> Result<(), String> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let name = attribute.key.into_inner();
        let value = attribute.value.as_ref();
        let refused = || {
            Err(format!(
                "{name}=\"{}\" of {element}",
                value.chars().take(60).collect::<String>()
            ))
        };
        let Some(kind) = kind_of(element, name) else {
            return refused();
        };
        let good = match kind {
            Kind::Id => {
                value.starts_with('i') && is_number(&value[1..]) && defined.insert(value.to_owned())
            }
            Kind::Numbers => value.split(' ').all(is_number),
            Kind::Millimetres => value.strip_suffix("mm").is_some_and(is_number),
            Kind::Matrix => value
                .strip_prefix("matrix(")
                .and_then(|rest| rest.strip_suffix(')'))
                .is_some_and(|rest| rest.split(' ').count() == 6 && rest.split(' ').all(is_number)),
            Kind::Lines => value
                .bytes()
                .all(|byte| b"MLQCAZlqcz0123456789.- ".contains(&byte)),
            Kind::Paint if value == "none" => true,
            Kind::Paint if value.starts_with('#') => {
                value.len() == 7 && value[1..].bytes().all(|digit| digit.is_ascii_hexdigit())
            }
            Kind::Paint | Kind::Reference => value
                .strip_prefix("url(#")
                .and_then(|rest| rest.strip_suffix(')'))
                .is_some_and(|id| defined.contains(id)),
            Kind::Link => value
                .strip_prefix('#')
                .is_some_and(|id| defined.contains(id)),
            Kind::Image => is_image(value),
            Kind::Families => {
                value
                    .chars()
                    .all(|c| c.is_alphanumeric() || " -_.,".contains(c))
                    || value
                        .replace("&apos;", "")
                        .chars()
                        .all(|c| c.is_alphanumeric() || " -_.,".contains(c))
            }
            Kind::Word(words) => words.split('|').any(|word| word == value),
        };
        if !good {
            return refused();
        }
    }
    Ok(())
}

enum Kind {
    Id,
    Numbers,
    Millimetres,
    Matrix,
    Lines,
    Paint,
    Reference,
    Link,
    Image,
    Families,
    Word(&'static str),
}

fn kind_of(element: &str, attribute: &str) -> Option<Kind> {
    let is_drawn = matches!(element, "path" | "text" | "rect");
    Some(match (element, attribute) {
        ("svg", "xmlns") => Kind::Word("http://www.w3.org/2000/svg"),
        ("svg", "width" | "height") => Kind::Millimetres,
        ("svg", "viewBox") => Kind::Numbers,
        ("clipPath" | "mask" | "pattern" | "linearGradient" | "radialGradient" | "image", "id") => {
            Kind::Id
        }
        ("path", "d") => Kind::Lines,
        ("path", "clip-rule" | "fill-rule") => Kind::Word("evenodd"),
        ("path" | "text" | "g" | "use", "transform") => Kind::Matrix,
        ("linearGradient" | "radialGradient", "gradientTransform") => Kind::Matrix,
        ("linearGradient" | "radialGradient", "gradientUnits") => Kind::Word("userSpaceOnUse"),
        ("linearGradient" | "radialGradient", "spreadMethod") => Kind::Word("repeat|reflect"),
        ("linearGradient", "x1" | "x2" | "y1" | "y2") => Kind::Numbers,
        ("radialGradient", "cx" | "cy" | "r" | "fx" | "fy" | "fr") => Kind::Numbers,
        ("stop", "offset" | "stop-opacity") => Kind::Numbers,
        ("stop", "stop-color") => Kind::Paint,
        ("pattern", "patternUnits") | ("mask", "maskUnits") => Kind::Word("userSpaceOnUse"),
        ("pattern", "patternTransform") => Kind::Matrix,
        ("pattern" | "mask" | "rect" | "image", "width" | "height") => Kind::Numbers,
        ("mask" | "rect" | "text", "x" | "y") => Kind::Numbers,
        ("image", "preserveAspectRatio") => Kind::Word("none"),
        ("image", "href") => Kind::Image,
        ("use", "href") => Kind::Link,
        ("g", "clip-path" | "mask") => Kind::Reference,
        ("g", "opacity") => Kind::Numbers,
        ("g", "style") => Kind::Word("mix-blend-mode:multiply"),
        (_, "fill" | "stroke") if is_drawn => Kind::Paint,
        (_, "fill-opacity" | "stroke-opacity" | "stroke-width" | "stroke-miterlimit")
            if is_drawn =>
        {
            Kind::Numbers
        }
        (_, "stroke-dasharray" | "stroke-dashoffset") if is_drawn => Kind::Numbers,
        (_, "stroke-linecap" | "stroke-linejoin") if is_drawn => Kind::Word("round|square|bevel"),
        ("text", "font-family") => Kind::Families,
        ("text", "font-size" | "rotate") => Kind::Numbers,
        ("text", "font-weight") => Kind::Word("bold"),
        ("text", "font-style") => Kind::Word("italic"),
        _ => return None,
    })
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()))
}

fn is_image(value: &str) -> bool {
    let types = ["png", "jpeg", "gif", "bmp", "svg+xml"];
    let data = types
        .iter()
        .find_map(|kind| value.strip_prefix(&format!("data:image/{kind};base64,")));
    data.is_some_and(|data| {
        data.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
    })
}

//! SVG as seals are drawn with it: shapes and a few words, in colours. Browsers understand much more of
//! it, and 2 KB of that can keep one busy for hours: copies of copies, patterns, filters, dashes. So what
//! may be shown is a list of elements and attributes of which each draws once, and the amounts are bounded.
//!
//! The reader knows less of XML than a browser does. What it does not know it refuses; nothing is
//! taken to mean something else than a browser takes it for.

/// Bytes of the file.
const MAX_BYTES: usize = 512 * 1024;
const MAX_ELEMENTS: usize = 1_000;
/// Elements inside each other.
const MAX_DEPTH: usize = 16;
/// Attributes of an element.
const MAX_ATTRIBUTES: usize = 32;
/// Bytes of an attribute that draws no line.
const MAX_VALUE: usize = 512;
/// Numbers and commands of all lines together.
const MAX_STEPS: usize = 30_000;
/// Characters of all words together.
const MAX_CHARACTERS: usize = 128;
/// Words that follow a line: each measures it.
const MAX_TEXT_PATHS: usize = 4;
/// How far a drawing may reach beyond what is seen of it, in sides of that: browsers cut curves that are drawn large
/// into very many pieces.
const MAX_REACH: f64 = 1_000.0;
/// Pixels of a side.
const MAX_SIDE: f64 = 4096.0;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";

const ELEMENTS: &str =
    "circle defs desc ellipse g line path polygon polyline rect svg text textPath title tspan";

/// Attributes that say nothing about how much is drawn.
const PLAIN: &str = "baseProfile class id lengthAdjust method preserveAspectRatio side spacing version xml:lang \
    xml:space";

/// Attributes whose letters are units or the names of transformations.
const NUMERIC: &str = "cx cy dx dy height pathLength r rotate rx ry startOffset textLength transform viewBox \
    width x x1 x2 y y1 y2";

/// Properties of CSS, as attributes or in `style`.
const PROPERTIES: &str = "alignment-baseline baseline-shift clip-rule color color-interpolation color-rendering \
    direction display dominant-baseline fill fill-opacity fill-rule font-family font-size \
    font-stretch font-style font-variant font-weight glyph-orientation-vertical \
    image-rendering letter-spacing line-height opacity overflow shape-rendering stroke \
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit \
    stroke-opacity stroke-width text-align text-anchor text-decoration text-indent \
    text-orientation text-rendering text-transform unicode-bidi visibility white-space \
    word-spacing writing-mode";

/// Why a picture is not shown.
type Checked<T = ()> = Result<T, String>;

/// Whether a browser draws it at once.
///
/// # Errors
/// What stands against it.
pub(super) fn check(data: &[u8]) -> Checked {
    if data.len() > MAX_BYTES {
        return Err("a file that is too large".into());
    }
    let text = std::str::from_utf8(data).map_err(|_| "text that is not UTF-8")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut drawing = Drawing::new(declared(text.trim_start())?);
    while !drawing.rest.is_empty() {
        drawing.step()?;
    }
    if drawing.elements == 0 || !drawing.open.is_empty() {
        return Err("an element that does not end".into());
    }
    if drawing.largest * drawing.enlarged > MAX_REACH * drawing.seen.unwrap_or(drawing.size) {
        return Err("numbers that are too large for what is seen".into());
    }
    Ok(())
}

/// What follows the XML declaration. Browsers believe what it says of the encoding.
fn declared(text: &str) -> Checked<&str> {
    let declaration = text.strip_prefix("<?xml");
    let Some(rest) = declaration.filter(|rest| rest.starts_with(char::is_whitespace)) else {
        return Ok(text);
    };
    let (said, rest) = rest.split_once("?>").ok_or(BROKEN)?;
    let said = said.split_whitespace().collect::<String>();
    let said = said.to_ascii_lowercase().replace('\'', "\"");
    match said.matches("encoding").count() {
        0 => Ok(rest),
        1 if said.contains("encoding=\"utf-8\"") => Ok(rest),
        _ => Err("an encoding other than UTF-8".into()),
    }
}

struct Drawing<'a> {
    rest: &'a str,
    /// Elements that have begun and not ended, and how much they enlarge what is in them.
    open: Vec<(&'a str, f64)>,
    elements: usize,
    steps: usize,
    characters: usize,
    text_paths: usize,
    /// The largest number.
    largest: f64,
    /// The most that anything is enlarged.
    enlarged: f64,
    /// The shorter side of `viewBox`.
    seen: Option<f64>,
    /// The shorter side in pixels.
    size: f64,
}

impl<'a> Drawing<'a> {
    fn new(rest: &'a str) -> Self {
        Self {
            rest,
            open: Vec::new(),
            elements: 0,
            steps: 0,
            characters: 0,
            text_paths: 0,
            largest: 0.0,
            enlarged: 1.0,
            seen: None,
            // The height of an image that has none.
            size: 150.0,
        }
    }

    /// Reads a tag, a comment, or text up to the next of these.
    fn step(&mut self) -> Checked {
        if self.take("<!--") {
            return self.until("-->").map(drop);
        }
        if self.take("<!") {
            return Err("a document type or CDATA".into());
        }
        if self.take("<?") {
            return Err("a processing instruction".into());
        }
        if self.take("</") {
            let name = self.until(">")?.trim_ascii_end();
            return match self.open.pop() {
                Some((open, _)) if open == name => Ok(()),
                _ => Err(BROKEN.into()),
            };
        }
        if self.take("<") {
            return self.element();
        }
        let end = self.rest.find('<').unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.text(text)
    }

    fn text(&mut self, mut text: &str) -> Checked {
        while let Some(character) = text.chars().next() {
            if character == '&' {
                text = reference(text).ok_or("an entity")?;
                self.characters += 1;
            } else {
                text = &text[character.len_utf8()..];
                self.characters += usize::from(!character.is_ascii_whitespace());
            }
        }
        within(self.characters, MAX_CHARACTERS, "characters")
    }

    fn element(&mut self) -> Checked {
        let name = self.name();
        if !listed(ELEMENTS, name) {
            return Err(format!("the element {name}"));
        }
        // One drawing, and none in another.
        if (name == "svg") != (self.elements == 0) || (name != "svg" && self.open.is_empty()) {
            return Err("another drawing".into());
        }
        self.elements += 1;
        self.text_paths += usize::from(name == "textPath");
        within(self.elements, MAX_ELEMENTS, "elements")?;
        within(self.text_paths, MAX_TEXT_PATHS, "words along lines")?;
        let mut named = name != "svg";
        let mut scale = self.open.last().map_or(1.0, |(_, scale)| *scale);
        for _ in 0..=MAX_ATTRIBUTES {
            let before = self.rest.len();
            self.rest = self.rest.trim_ascii_start();
            let empty = self.take("/>");
            if empty || self.take(">") {
                if !named {
                    return Err("no namespace".into());
                }
                if !empty {
                    self.open.push((name, scale));
                }
                self.enlarged = self.enlarged.max(scale);
                return within(self.open.len(), MAX_DEPTH, "elements inside each other");
            }
            if self.rest.len() == before {
                return Err(BROKEN.into());
            }
            let (attribute, value) = self.assignment()?;
            named |= attribute == "xmlns";
            if attribute == "transform" {
                scale *= enlarging(value).ok_or("a transformation")?;
            }
            self.attribute(name, attribute, value)?;
        }
        Err("too many attributes".into())
    }

    /// Name and value of an attribute.
    fn assignment(&mut self) -> Checked<(&'a str, &'a str)> {
        let name = self.name();
        self.rest = self.rest.trim_ascii_start();
        if !self.take("=") {
            return Err(BROKEN.into());
        }
        self.rest = self.rest.trim_ascii_start();
        let quote = ["\"", "'"].into_iter().find(|quote| self.take(quote));
        let value = self.until(quote.ok_or(BROKEN)?)?;
        if value.contains('<') {
            return Err(BROKEN.into());
        }
        // A number of a character could hide what else is refused; these hide no letter and no digit.
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"];
        let harmless = |(at, _)| known.iter().any(|known| value[at..].starts_with(known));
        if !value.match_indices('&').all(harmless) {
            return Err(format!("the attribute {name}"));
        }
        Ok((name, value))
    }

    fn attribute(&mut self, element: &str, name: &str, value: &str) -> Checked {
        if matches!(
            (element, name),
            ("path", "d") | ("polygon" | "polyline", "points")
        ) {
            self.steps += self.numbers(value, true);
            return within(self.steps, MAX_STEPS, "lines");
        }
        if value.len() > MAX_VALUE {
            return Err(format!("a long attribute {name}"));
        }
        match (element, name) {
            ("svg", "width" | "height") => {
                self.size = self.size.min(pixels(value).ok_or("its size")?);
                return Ok(());
            }
            ("svg", "viewBox") => self.seen = Some(shorter_side(value).ok_or("its viewBox")?),
            (_, "style") => {
                return value
                    .split(';')
                    .try_for_each(|part| match part.split_once(':') {
                        Some((name, value)) if listed(PROPERTIES, name.trim()) => {
                            self.property(name.trim(), value)
                        }
                        None if part.trim().is_empty() => Ok(()),
                        _ => Err("a property in style".into()),
                    });
            }
            _ => {}
        }
        if listed(PROPERTIES, name) {
            return self.property(name, value);
        }
        if listed(NUMERIC, name) {
            self.numbers(value, false);
            return Ok(());
        }
        let known = match name {
            "xmlns" => value == NAMESPACE,
            "href" | "xlink:href" => element == "textPath" && value.starts_with('#'),
            // What drawing programs note for themselves stands in namespaces of theirs.
            _ => {
                listed(PLAIN, name)
                    || matches!(name.split_once(':'), Some((prefix, _)) if !listed("xml xlink", prefix))
            }
        };
        if known {
            Ok(())
        } else {
            Err(format!("the attribute {name}"))
        }
    }

    /// A property's value: no function but a colour, no address, no escape.
    fn property(&mut self, name: &str, value: &str) -> Checked {
        let lower = value.to_ascii_lowercase();
        let rest = lower.replace("rgb(", "").replace("rgba(", "");
        // Dashes cut a line into as many as there are.
        let dashed = name == "stroke-dasharray" && !listed("none 0", lower.trim());
        if dashed || rest.contains(['(', '\\', '@', '{']) || rest.contains("/*") {
            return Err(format!("the property {name}"));
        }
        self.numbers(value, false);
        Ok(())
    }

    /// Counts numbers, and letters where they are commands. Otherwise letters begin words, which may hold digits.
    fn numbers(&mut self, value: &str, commands: bool) -> usize {
        let bytes = value.as_bytes();
        let run = |from: usize, of: fn(&u8) -> bool| {
            bytes[from..].iter().take_while(|byte| of(byte)).count()
        };
        let (mut at, mut count) = (0, 0);
        while let Some(byte) = bytes.get(at) {
            let from = at;
            match byte {
                b'0'..=b'9' | b'.' => {
                    at += run(at, u8::is_ascii_digit);
                    if bytes.get(at) == Some(&b'.') {
                        at += 1 + run(at + 1, u8::is_ascii_digit);
                    }
                    if matches!(bytes.get(at), Some(b'e' | b'E')) {
                        let digits =
                            at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
                        let exponent = bytes
                            .get(digits..)
                            .map_or(0, |_| run(digits, u8::is_ascii_digit));
                        at = if exponent > 0 { digits + exponent } else { at };
                    }
                    count += 1;
                    // A point alone is no number.
                    self.largest = self.largest.max(value[from..at].parse().unwrap_or(0.0));
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'#' if !commands => {
                    at += 1 + run(at + 1, |byte| {
                        byte.is_ascii_alphanumeric() || b"_-".contains(byte)
                    });
                }
                other => {
                    count += usize::from(other.is_ascii_alphabetic());
                    at += 1;
                }
            }
        }
        count
    }

    fn take(&mut self, start: &str) -> bool {
        let rest = self.rest.strip_prefix(start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn until(&mut self, end: &str) -> Checked<&'a str> {
        let (text, rest) = self.rest.split_once(end).ok_or(BROKEN)?;
        self.rest = rest;
        Ok(text)
    }

    /// A name, as far as it is ASCII and no longer than any that is known.
    fn name(&mut self) -> &'a str {
        let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b":-_.".contains(byte);
        let length = self.rest.bytes().take(64).take_while(of_name).count();
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        name
    }
}

const BROKEN: &str = "markup that is not well-formed";

fn listed(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|known| known == name)
}

fn within(count: usize, limit: usize, what: &str) -> Checked {
    if count > limit {
        return Err(format!("too many {what}"));
    }
    Ok(())
}

/// What follows a reference to a character.
fn reference(text: &str) -> Option<&str> {
    let (name, rest) = text.strip_prefix('&')?.split_once(';')?;
    let digits = |text: &str, digit: fn(&u8) -> bool| {
        (1..=7).contains(&text.len()) && text.bytes().all(|byte| digit(&byte))
    };
    let known = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix('x') {
            Some(hex) => digits(hex, u8::is_ascii_hexdigit),
            None => digits(number, u8::is_ascii_digit),
        },
        None => listed("amp lt gt quot apos", name),
    };
    known.then_some(rest)
}

/// How much transformations enlarge at most: of those that turn, move and enlarge.
fn enlarging(value: &str) -> Option<f64> {
    let mut enlarged = 1.0;
    let mut rest = value.trim_start();
    while !rest.is_empty() {
        let (name, more) = rest.split_once('(')?;
        let (arguments, more) = more.split_once(')')?;
        let numbers = separated(arguments)?;
        enlarged *= match (name.trim_end(), &numbers[..]) {
            ("translate" | "rotate", _) => 1.0,
            ("scale", [x]) => x.abs(),
            ("scale", [x, y]) => x.abs().max(y.abs()),
            ("matrix", [a, b, c, d, _, _]) => (a.abs() + c.abs()).max(b.abs() + d.abs()),
            _ => return None,
        };
        rest = more.trim_start_matches([' ', ',', '\t', '\r', '\n']);
    }
    // What is made smaller may be made larger again.
    Some(f64::max(enlarged, 1.0))
}

fn separated(text: &str) -> Option<Vec<f64>> {
    let parts = text.split([' ', ',', '\t', '\r', '\n']);
    parts
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok().filter(|number: &f64| number.is_finite()))
        .collect()
}

fn shorter_side(view_box: &str) -> Option<f64> {
    let [_, _, width, height] = separated(view_box)?[..] else {
        return None;
    };
    let side = width.min(height);
    (side > 0.0).then_some(side)
}

/// Pixels of a length: the drawing's width or height.
fn pixels(length: &str) -> Option<f64> {
    let length = length.trim();
    let end = length.find(|c: char| c.is_ascii_alphabetic() || c == '%');
    let (number, unit) = length.split_at(end.unwrap_or(length.len()));
    let pixels = number.parse::<f64>().ok()?
        * match unit {
            "" | "px" => 1.0,
            "mm" => 96.0 / 25.4,
            "cm" => 96.0 / 2.54,
            "in" => 96.0,
            "pt" => 96.0 / 72.0,
            "pc" => 16.0,
            // Of the place where it is shown.
            "%" => 1.5,
            _ => return None,
        };
    (pixels > 0.0 && pixels <= MAX_SIDE).then_some(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"40mm\" height=\"40mm\" viewBox=\"0 0 40 40\">";

    fn drawn(inside: &str) -> Checked {
        check(format!("{HEAD}{inside}</svg>").as_bytes())
    }

    #[test]
    fn seals_as_they_are_drawn_are_shown() {
        for inside in [
            "",
            "<circle cx=\"20\" cy=\"20\" r=\"19.2\" fill=\"none\" stroke=\"#d7141a\" stroke-width=\"1.2\"/>",
            "<defs><path id='ring' d='M7.4 26.9A14.4 14.4 0 1 1 32.6 26.9'/></defs><g fill='rgb(215, 20, 26)' \
             font-family=\"SimSun,&quot;Songti SC&quot;,serif\" text-anchor='middle'><text font-size='4'>\
             <textPath xlink:href='#ring' startOffset='50%' textLength='50'>\u{56db}\u{5ddd}&#x793a;&#20363;</textPath>\
             </text></g>",
            "<!-- drawn by hand --><title>\u{516c}\u{7ae0}</title>\n<rect x='.6' y='.6' width='18.8' height='1e1' \
             style='fill:none;stroke:#999999;stroke-dasharray:none' transform='rotate(-30 20 20)' />",
            "<g inkscape:label='Layer 1' id='layer1'><polygon points='20,13.5 21.35,17.65 25.71,17.65'/></g>",
        ] {
            assert_eq!(drawn(inside), Ok(()), "{inside}");
        }
        let declared = format!(
            "\u{feff}<?xml version=\"1.0\" encoding='UTF-8' standalone=\"no\"?>\n{HEAD}</svg>\n"
        );
        assert_eq!(check(declared.as_bytes()), Ok(()));
    }

    #[test]
    fn what_multiplies_runs_or_loads_is_not_shown() {
        for inside in [
            "<use xlink:href='#a'/>",
            "<g><g><use href='#a'/></g></g>",
            "<pattern id='p' width='1' height='1'/>",
            "<defs><mask/></defs>",
            "<filter><feTurbulence numOctaves='9999'/></filter>",
            "<image href='data:image/png;base64,AAAA'/>",
            "<style>*{filter:blur(9px)}</style>",
            "<script>1</script>",
            "<foreignObject/>",
            "<animate attributeName='x'/>",
            "<set/>",
            "<symbol/>",
            "<marker/>",
            "<clipPath/>",
            "<linearGradient/>",
            "<radialGradient/>",
            "<a/>",
            "<switch/>",
            "<svg/>",
            "<svg:use xmlns:svg='http://www.w3.org/2000/svg' href='#a'/>",
            "<g xmlns='http://www.w3.org/1999/xhtml'/>",
            "<rect onload='1'/>",
            "<rect ONLOAD='1'/>",
            "<rect fill='url(#p)'/>",
            "<rect fill='u&#114;l(#p)'/>",
            "<rect fill='u\\72l(#p)'/>",
            "<rect filter='url(#f)'/>",
            "<rect mask='none'/>",
            "<rect clip-path='none'/>",
            "<path d='M0 0' marker-mid='url(#m)'/>",
            "<rect style='filter:blur(9px)'/>",
            "<rect style='fill:var(--x)'/>",
            "<rect style='fill:red;background:url(x)'/>",
            "<rect style='fill:re/**/d'/>",
            "<path d='M0 0H40' stroke-dasharray='.0001'/>",
            "<path d='M0 0H40' style='stroke-dasharray:.0001'/>",
            "<rect xml:base='https://example.org/'/>",
            "<rect href='#a'/>",
            "<textPath href='https://example.org/#a'/>",
            "<text>&a;</text>",
            "<text>&#x6161616161;</text>",
            "<![CDATA[<use/>]]>",
            "<!DOCTYPE svg>",
            "<?xml-stylesheet href='a.css'?>",
            "</g>",
            "<g>",
            "<rect x='1/>",
            "<rect x/>",
            "<rect x=1/>",
            "<rect x='<'/>",
            "<rectx='1'/>",
            "<\u{56fe}/>",
            "<",
        ] {
            assert!(drawn(inside).is_err(), "{inside}");
        }
        for whole in [
            "",
            "<svg/>",
            "<g xmlns='http://www.w3.org/2000/svg'/>",
            "<svg xmlns='http://www.w3.org/1999/xhtml'/>",
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'/>",
            "<?xml version='1.0' encoding='GBK'?><svg xmlns='http://www.w3.org/2000/svg'/>",
            "<?xml version='1.0' encoding='GBK' standalone='encoding=\"utf-8\"'?><svg xmlns='http://www.w3.org/2000/svg'/>",
            "<?xml-stylesheet href='a.css'?><svg xmlns='http://www.w3.org/2000/svg'/>",
            "<svg xmlns='http://www.w3.org/2000/svg'/><svg xmlns='http://www.w3.org/2000/svg'/>",
            "<svg xmlns='http://www.w3.org/2000/svg'/><g/>",
        ] {
            assert!(check(whole.as_bytes()).is_err(), "{whole}");
        }
        assert!(check(b"<svg xmlns='http://www.w3.org/2000/svg'>\xff</svg>").is_err());
    }

    #[test]
    fn amounts_are_bounded() {
        let g = |depth: usize| format!("{}{}", "<g>".repeat(depth), "</g>".repeat(depth));
        let value = |length: usize| format!("<g id='{}'/>", "a".repeat(length));
        let attributes = |count: usize| {
            let all: String = (0..count).map(|at| format!(" a:b{at}=''")).collect();
            format!("<g{all}/>")
        };
        // A command and two numbers each.
        let lines = |steps: usize| format!("<path d='{}'/>", "l1 1".repeat(steps / 3));
        for (of, limit) in [
            (
                &(|n: usize| "<g/>".repeat(n - 1)) as &dyn Fn(usize) -> String,
                MAX_ELEMENTS,
            ),
            (&|n| g(n - 1), MAX_DEPTH),
            (&attributes, MAX_ATTRIBUTES),
            (&value, MAX_VALUE),
            (
                &|n| format!("{}{}", lines(n / 2), lines(n / 2 + 2)),
                MAX_STEPS,
            ),
            (
                &|n| format!("<text>{}</text>", "\u{7ae0}".repeat(n)),
                MAX_CHARACTERS,
            ),
            (
                &|n| format!("<text>{}</text>", "&#x7ae0;".repeat(n)),
                MAX_CHARACTERS,
            ),
            (&|n| "<textPath/>".repeat(n), MAX_TEXT_PATHS),
            (
                &|n| format!("<!--{}-->", "a".repeat(n - HEAD.len() - 13)),
                MAX_BYTES,
            ),
        ] {
            assert_eq!(drawn(&of(limit)), Ok(()), "{limit}");
            assert!(drawn(&of(limit + 6)).is_err(), "{limit}");
        }
        // 40 are seen, and a thousand times that may be drawn.
        for number in ["40001", "1e6", "1e999", "-2e5", "9".repeat(400).as_str()] {
            for attribute in [
                "x='N'",
                "d='M0 N'",
                "font-size='N'",
                "style='stroke-width:Npx'",
                "transform='translate(N)'",
                "transform='scale(N)'",
                "transform='scale(1) matrix(0 1,N 0 0 0)'",
            ] {
                let element = if attribute.starts_with('d') {
                    "path"
                } else {
                    "text"
                };
                let inside = |number| format!("<{element} {}/>", attribute.replace('N', number));
                assert!(drawn(&inside(number)).is_err(), "{}", inside(number));
                assert_eq!(drawn(&inside("30")), Ok(()));
            }
        }
        let scaled = |depth: usize| {
            let (open, end) = (
                "<g transform='scale(9)'>".repeat(depth),
                "</g>".repeat(depth),
            );
            format!("{open}<circle r='9'/>{end}")
        };
        assert_eq!(drawn(&scaled(3)), Ok(()));
        assert!(drawn(&scaled(4)).is_err());
        assert!(drawn("<g transform='scale(1e-9)'><g transform='scale(1e9)'/></g>").is_err());
        assert!(drawn("<g transform='skewX(89.9999)'/>").is_err());
        let tiny = |head: &str| {
            check(format!("<svg xmlns='{NAMESPACE}' {head}><circle r='30'/></svg>").as_bytes())
        };
        assert_eq!(tiny("viewBox='0 0 .1 .1'"), Ok(()));
        assert!(tiny("viewBox='0 0 .01 1'").is_err());
        assert!(tiny("width='.01' height='9'").is_err());
        for view in ["0 0 0 0", "0 0 1", "0 0 -1 1", "0 0 NaN 1", "a"] {
            assert!(tiny(&format!("viewBox='{view}'")).is_err(), "{view}");
        }
        for (side, shown) in [
            ("1083mm", true),
            ("1084mm", false),
            ("4096", true),
            ("1e5px", false),
            ("100%", true),
            ("-1", false),
            ("9em", false),
        ] {
            let whole = format!("<svg xmlns='{NAMESPACE}' width='{side}'/>");
            assert_eq!(check(whole.as_bytes()).is_ok(), shown, "{side}");
        }
    }

    #[test]
    fn a_drawing_that_is_cut_off_is_not_shown() {
        let whole =
            format!("<?xml version='1.0'?>{HEAD}<!-- a --><text x='1'>&amp;\u{7ae0}</text></svg>");
        for (at, _) in whole.char_indices() {
            assert!(check(&whole.as_bytes()[..at]).is_err(), "{at}");
        }
    }
}

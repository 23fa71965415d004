//! SVG as seals are drawn with it: shapes and a few words, in colours. Browsers understand much more of
//! it, and 2 KB of that can keep one busy for hours: copies of copies, patterns, filters, dashes, lengths that
//! multiply each other. So what may be shown is a list of elements and attributes of which each draws once, lengths
//! depend on nothing, and what drawing costs is added up as in the worst case, so that a page full of pictures is
//! drawn within a second.
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
/// Work of the whole, in lines that cross what is seen and are filled: about 4 µs each.
const MAX_WORK: f64 = 10_000.0;
/// How much more a line costs that is stroked: its outline is computed.
const STROKED: f64 = 5.0;
/// Work of an element, of an attribute or a property, and what drawing a shape adds, colours being mixed where it lies.
const ELEMENT: f64 = 5.0;
const ATTRIBUTE: f64 = 1.0;
const SHAPE: f64 = 12.0;
/// A layer of its own, which `opacity` makes.
const LAYER: f64 = 10.0;
/// Words to be laid out.
const WORDS: f64 = 40.0;
/// A character, and one that is drawn as lines since it is larger than a part of what is seen.
const CHARACTER: f64 = 20.0;
const LARGE_CHARACTER: f64 = 100.0;
const LARGE: f64 = 1.0 / 8.0;
/// Measuring a line along which words go, against drawing it.
const MEASURED: f64 = 2.0;
/// Characters of all words together.
const MAX_CHARACTERS: usize = 128;
/// Words that follow a line: each measures it.
const MAX_TEXT_PATHS: usize = 4;
/// A font by its name, which is looked for: a millisecond, if there is none.
const FONT: f64 = 200.0;
/// Names of fonts.
const MAX_FONTS: usize = 16;
/// How thick a line may be, in sides of what is seen.
const MAX_THICK: f64 = 1.0 / 4.0;
/// How far a drawing may reach beyond what is seen of it, in sides of that: browsers cut curves that are drawn large
/// into very many pieces.
const MAX_REACH: f64 = 20.0;
/// Pixels of a side.
const MAX_SIDE: f64 = 4096.0;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";

const ELEMENTS: &str =
    "circle defs desc ellipse g line path polygon polyline rect svg text textPath title tspan";

/// Attributes that say nothing about how much is drawn.
const PLAIN: &str = "baseProfile class id lengthAdjust method preserveAspectRatio side spacing version xml:lang \
    xml:space";

/// Attributes that are numbers or lengths.
const NUMERIC: &str =
    "cx cy dx dy height pathLength r rotate rx ry startOffset textLength width x x1 x2 y y1 y2";

/// Properties that are lengths.
const LENGTHS: &str = "baseline-shift font-size letter-spacing stroke-dashoffset stroke-width text-indent \
    word-spacing";

/// Units that depend on nothing, in pixels.
const UNITS: [(&str, f64); 7] = [
    ("px", 1.0),
    ("mm", 96.0 / 25.4),
    ("cm", 96.0 / 2.54),
    ("in", 96.0),
    ("pt", 96.0 / 72.0),
    ("pc", 16.0),
    ("q", 96.0 / 101.6),
];

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
    drawing.work += f64::from(drawing.text_paths) * MEASURED * drawing.lines;
    if drawing.work > MAX_WORK {
        return Err("more than is soon drawn".into());
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
    /// Elements that have begun and not ended, and how what is in them is drawn.
    open: Vec<(&'a str, Style)>,
    elements: usize,
    /// What drawing it costs so far.
    work: f64,
    /// As much of that as would be needed to measure lines.
    lines: f64,
    characters: usize,
    text_paths: u32,
    fonts: Vec<&'a str>,
    /// The shorter side of `viewBox`.
    view: Option<f64>,
    /// The shorter side in pixels.
    size: f64,
}

/// How something is drawn.
#[derive(Clone, Copy)]
struct Style {
    /// How much it is enlarged at most.
    scale: f64,
    /// The largest length that a property says.
    length: f64,
    /// Whether lines are stroked, and how thick.
    stroked: bool,
    thick: f64,
    /// Size of characters.
    font: f64,
}

/// What an element says of that: the worst of it, since browsers may take the one or the other.
#[derive(Default)]
struct Said {
    stroked: Option<bool>,
    thick: Option<f64>,
    font: Option<f64>,
    /// The largest length of its properties, which go to what is in it, and the largest of its other numbers.
    length: f64,
    number: f64,
    /// How far its transformations move it.
    moved: f64,
    /// Its lines, each property that it has, and layers.
    lines: f64,
    properties: f64,
    layers: f64,
}

impl<'a> Drawing<'a> {
    fn new(rest: &'a str) -> Self {
        Self {
            rest,
            open: Vec::new(),
            elements: 0,
            work: 0.0,
            lines: 0.0,
            characters: 0,
            text_paths: 0,
            fonts: Vec::new(),
            view: None,
            // The height of an image that has none.
            size: 150.0,
        }
    }

    /// The shorter side of what is seen, in the units of the drawing.
    fn seen(&self) -> f64 {
        self.view.unwrap_or(self.size)
    }

    /// How what follows is drawn, unless it says otherwise: as CSS begins.
    fn style(&self) -> Style {
        self.open.last().map_or(
            Style {
                scale: 1.0,
                length: 0.0,
                stroked: false,
                thick: 1.0,
                font: 16.0,
            },
            |(_, style)| *style,
        )
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
        let before = self.characters;
        while let Some(character) = text.chars().next() {
            if character == '&' {
                text = reference(text).ok_or("an entity")?;
                self.characters += 1;
            } else {
                text = &text[character.len_utf8()..];
                self.characters += usize::from(!character.is_ascii_whitespace());
            }
        }
        within(self.characters, MAX_CHARACTERS, "characters")?;
        let style = self.style();
        if self.characters > before
            && style.font.is_finite()
            && style.font * style.scale > MAX_REACH * self.seen()
        {
            return Err(TOO_LARGE.into());
        }
        let each = if style.font * style.scale > LARGE * self.seen() {
            LARGE_CHARACTER
        } else {
            CHARACTER
        };
        let all = (before..self.characters).map(|_| each).sum::<f64>();
        self.work += if style.stroked { STROKED * all } else { all };
        Ok(())
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
        self.text_paths += u32::from(name == "textPath");
        within(self.elements, MAX_ELEMENTS, "elements")?;
        within(
            self.text_paths as usize,
            MAX_TEXT_PATHS,
            "words along lines",
        )?;
        let mut named = name != "svg";
        let mut style = self.style();
        let mut said = Said::default();
        for _ in 0..=MAX_ATTRIBUTES {
            let before = self.rest.len();
            self.rest = self.rest.trim_ascii_start();
            let empty = self.take("/>");
            if empty || self.take(">") {
                if !named {
                    return Err("no namespace".into());
                }
                self.draw(name, &said, &mut style)?;
                if !empty {
                    self.open.push((name, style));
                }
                return within(self.open.len(), MAX_DEPTH, "elements inside each other");
            }
            if self.rest.len() == before {
                return Err(BROKEN.into());
            }
            let (attribute, value) = self.assignment()?;
            named |= attribute == "xmlns";
            if attribute == "transform" {
                let (enlarged, moved) = transformed(value).ok_or("a transformation")?;
                // Nobody believes what is made smaller: a browser may not understand it, and more may be in it.
                style.scale *= f64::max(enlarged, 1.0);
                said.moved = moved;
            }
            self.attribute(name, attribute, value, &mut said)?;
        }
        Err("too many attributes".into())
    }

    /// Adds up what an element costs once all is known of it.
    fn draw(&mut self, name: &str, said: &Said, style: &mut Style) -> Checked {
        style.stroked = said.stroked.unwrap_or(style.stroked);
        style.thick = said.thick.unwrap_or(style.thick);
        // What stretches words stretches what is in them.
        if style.font.is_finite() {
            style.font = said.font.unwrap_or(style.font);
        }
        style.length = style.length.max(said.length);
        let reach =
            (said.number.max(style.length) * style.scale).max(said.moved * self.style().scale);
        if reach > MAX_REACH * self.seen() || !style.scale.is_finite() {
            return Err(TOO_LARGE.into());
        }
        if style.stroked && style.thick * style.scale > MAX_THICK * self.seen() {
            return Err("lines that are too thick for what is seen".into());
        }
        let lines = said.lines
            + match name {
                "circle" | "ellipse" | "line" | "path" | "polygon" | "polyline" | "rect" => SHAPE,
                _ => 0.0,
            };
        self.lines += lines;
        let words = if listed("text textPath tspan", name) {
            WORDS
        } else {
            0.0
        };
        let drawn = if style.stroked {
            STROKED * lines
        } else {
            lines
        };
        self.work += ELEMENT + ATTRIBUTE * said.properties + LAYER * said.layers + words + drawn;
        Ok(())
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

    fn attribute(&mut self, element: &str, name: &str, value: &'a str, said: &mut Said) -> Checked {
        said.properties += 1.0;
        let first = match (element, name) {
            ("path", "d") => Some('z'),
            ("polygon" | "polyline", "points") => Some('l'),
            _ => None,
        };
        if let Some(first) = first {
            commands(value, first, said);
            return Ok(());
        }
        if value.len() > MAX_VALUE {
            return Err(format!("a long attribute {name}"));
        }
        match (element, name) {
            ("svg", "width" | "height") => {
                self.size = self.size.min(pixels(value).ok_or("its size")?);
                return Ok(());
            }
            ("svg", "viewBox") => {
                self.view = Some(shorter_side(value).ok_or("its viewBox")?);
                return sizes(name, value, &mut said.number);
            }
            (_, "transform") => return Ok(()),
            // Of the line, so none is longer.
            ("textPath", "startOffset") if value.trim().ends_with('%') => {
                let part = number(value.trim().trim_end_matches('%'));
                let inside = part.is_some_and(|part| (0.0..=100.0).contains(&part));
                return inside.then_some(()).ok_or_else(|| depends(name));
            }
            // Characters that are stretched are as large as it likes.
            (_, "lengthAdjust") if value.trim() != "spacing" => {
                said.font = Some(f64::INFINITY);
            }
            // What seems to be a part of it must not be a word of another.
            (_, "style") if value.contains('&') || !value.split(';').all(is_closed) => {
                return Err("quotes in style".into());
            }
            (_, "style") => {
                return value
                    .split(';')
                    .try_for_each(|part| match part.split_once(':') {
                        // A number alone is no size there, and the one of what is around it would count.
                        Some((name, value))
                            if name.trim() == "font-size" && number(value.trim()).is_some() =>
                        {
                            Err("the property font-size".into())
                        }
                        Some((name, value)) if listed(PROPERTIES, name.trim()) => {
                            said.properties += 1.0;
                            self.property(name.trim(), value, said)
                        }
                        None if part.trim().is_empty() => Ok(()),
                        _ => Err("a property in style".into()),
                    });
            }
            _ => {}
        }
        if listed(PROPERTIES, name) {
            return self.property(name, value, said);
        }
        if listed(NUMERIC, name) {
            return sizes(name, value, &mut said.number);
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
    fn property(&mut self, name: &str, value: &'a str, said: &mut Said) -> Checked {
        let lower = value.to_ascii_lowercase();
        let value = value.trim();
        let rest = lower.replace("rgb(", "").replace("rgba(", "");
        // Dashes cut a line into as many as there are.
        let dashed = name == "stroke-dasharray" && !listed("none 0", lower.trim());
        if dashed || rest.contains(['(', '\\', '@', '{']) || rest.contains("/*") {
            return Err(format!("the property {name}"));
        }
        match name {
            "stroke" => {
                said.stroked = Some(said.stroked == Some(true) || lower.trim() != "none");
            }
            "opacity" => said.layers += 1.0,
            "font-family" => {
                for font in value.split(',').map(str::trim) {
                    if !self.fonts.contains(&font) {
                        self.fonts.push(font);
                        self.work += FONT;
                    }
                }
                return within(self.fonts.len(), MAX_FONTS, "fonts");
            }
            // What is not understood would leave the value of what is around it.
            "stroke-width" | "font-size" => {
                let size = length(value).filter(|size| *size >= 0.0);
                let size = size.ok_or_else(|| depends(name))?;
                said.length = said.length.max(size);
                let worst = if name == "font-size" {
                    &mut said.font
                } else {
                    &mut said.thick
                };
                *worst = Some(worst.map_or(size, |other| other.max(size)));
            }
            _ if listed(LENGTHS, name)
                && !lower.trim().bytes().all(|byte| byte.is_ascii_lowercase()) =>
            {
                return sizes(name, value, &mut said.length);
            }
            _ => {}
        }
        Ok(())
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

const TOO_LARGE: &str = "numbers that are too large for what is seen";
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

/// Lengths that depend on nothing.
fn sizes(name: &str, value: &str, largest: &mut f64) -> Checked {
    for size in parts(value).map(length) {
        *largest = largest.max(size.ok_or_else(|| depends(name))?.abs());
    }
    Ok(())
}

/// Adds up a line: its commands, the first of them perhaps not written, and their numbers.
fn commands(value: &str, first: char, said: &mut Said) {
    let bytes = value.as_bytes();
    let run =
        |from: usize, of: fn(&u8) -> bool| bytes[from..].iter().take_while(|byte| of(byte)).count();
    let mut each = work_of_number(first);
    let mut at = 0;
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
                said.lines += each;
                // A point alone is no number.
                let number = decimal(&value[from..at]).unwrap_or(0.0);
                said.number = said.number.max(number.min(f64::MAX));
            }
            other => {
                if other.is_ascii_alphabetic() {
                    said.lines += 0.5;
                    each = work_of_number(char::from(*other));
                }
                at += 1;
            }
        }
    }
}

/// How much transformations enlarge at most, and how far they move: of those that turn, move and enlarge.
fn transformed(value: &str) -> Option<(f64, f64)> {
    let (mut enlarged, mut moved) = (1.0, 0.0);
    let mut rest = value.trim_start();
    while !rest.is_empty() {
        let (name, more) = rest.split_once('(')?;
        let (arguments, more) = more.split_once(')')?;
        let numbers = separated(arguments)?;
        let (by, to) = match (name.trim_end(), &numbers[..]) {
            ("translate", to) | ("rotate", [_, to @ ..]) => (1.0, to),
            ("scale", [x]) => (x.abs(), &[][..]),
            ("scale", [x, y]) => (x.abs().max(y.abs()), &[][..]),
            ("matrix", [a, b, c, d, to @ ..]) if to.len() == 2 => {
                ((a.abs() + c.abs()).max(b.abs() + d.abs()), to)
            }
            _ => return None,
        };
        moved = to
            .iter()
            .map(|to| to.abs() * enlarged)
            .fold(moved, f64::max);
        enlarged *= by;
        rest = more.trim_start_matches([' ', ',', '\t', '\r', '\n']);
    }
    (enlarged.is_finite() && moved.is_finite()).then_some((enlarged, moved))
}

/// Work of each number of a command, as it is filled. The flags of an arc need not be parted from what follows.
fn work_of_number(command: char) -> f64 {
    match command.to_ascii_lowercase() {
        'h' | 'v' => 1.0,
        // A curve is cut into lines: some five of them.
        'c' => 4.5 / 6.0,
        's' | 'q' => 5.0 / 4.0,
        // Mirrored, which throws it far.
        't' => 6.0 / 2.0,
        'a' => 12.0 / 5.0,
        _ => 1.0 / 2.0,
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split([' ', ',', '\t', '\r', '\n']);
    parts.filter(|part| !part.is_empty())
}

fn separated(text: &str) -> Option<Vec<f64>> {
    parts(text).map(number).collect()
}

/// A number as CSS writes it. Of what is none, browsers take something else.
fn number(text: &str) -> Option<f64> {
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".+-eE".contains(&byte))
        && text.match_indices('.').all(|(at, _)| digit(at + 1));
    decimal(text).filter(|number| plain && number.is_finite())
}

/// A decimal number, `-1.5e3`. Exact for up to 15 digits and a power of ten up to 22, else but for the last digits, of
/// which no cost depends: the standard library's reader weighs 13 kB in a compressed module.
fn decimal(text: &str) -> Option<f64> {
    let (negative, rest) = signed(text.as_bytes());
    let (mut digits, mut power, mut seen, mut after_point) = (0u64, 0i32, false, false);
    let mut bytes = rest.iter();
    let mut exponent = 0;
    for byte in bytes.by_ref() {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                match digits
                    .checked_mul(10)
                    .and_then(|n| n.checked_add(u64::from(byte - b'0')))
                {
                    Some(more) => {
                        digits = more;
                        power -= i32::from(after_point);
                    }
                    // What more of them say is left out.
                    None => power += i32::from(!after_point),
                }
            }
            b'.' if !after_point => after_point = true,
            b'e' | b'E' => {
                exponent = whole(bytes.as_slice())?;
                break;
            }
            _ => return None,
        }
    }
    if !seen {
        return None;
    }
    // Beyond these, whatever the digits are, it is infinite or 0.
    let power = power.saturating_add(exponent).clamp(-400, 400);
    let number = match digits {
        0 => 0.0,
        digits if power < 0 => digits as f64 / 10f64.powi(-power),
        digits => digits as f64 * 10f64.powi(power),
    };
    Some(if negative { -number } else { number })
}

/// A whole number with or without a sign; the nearest of its type.
fn whole(text: &[u8]) -> Option<i32> {
    let (negative, rest) = signed(text);
    if rest.is_empty() || !rest.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = rest.iter().map(|digit| i32::from(digit - b'0'));
    let number = digits.fold(0i32, |number, digit| {
        number.saturating_mul(10).saturating_add(digit)
    });
    Some(if negative { -number } else { number })
}

fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    }
}

/// Pixels of a length that depends on nothing.
fn length(text: &str) -> Option<f64> {
    let text = text.trim().to_ascii_lowercase();
    let with_unit = |(unit, pixels)| Some((text.strip_suffix(unit)?, pixels));
    let (size, pixels) = UNITS
        .into_iter()
        .find_map(with_unit)
        .unwrap_or((&text, 1.0));
    Some(number(size)? * pixels)
}

/// Whether what is quoted or in brackets ends.
fn is_closed(text: &str) -> bool {
    let mut until = None;
    for character in text.chars() {
        until = match (until, character) {
            (None, '\'' | '"') => Some(character),
            (None, '(') => Some(')'),
            (None, ')' | '[' | ']' | '{' | '}') => return false,
            (Some(end), _) if end == character => None,
            (Some(')'), '\'' | '"' | '(' | '[' | '{') => return false,
            _ => until,
        };
    }
    until.is_none()
}

fn depends(name: &str) -> String {
    format!("the length {name}")
}

fn shorter_side(view_box: &str) -> Option<f64> {
    let [_, _, width, height] = separated(view_box)?[..] else {
        return None;
    };
    let side = width.min(height);
    (side > 0.0).then_some(side)
}

/// Pixels of the drawing's width or height.
fn pixels(side: &str) -> Option<f64> {
    let pixels = match side.trim().strip_suffix('%') {
        // Of the place where it is shown.
        Some(part) => number(part)? * 1.5,
        None => length(side)?,
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

    /// The standard library's reader, which the module does without.
    #[test]
    fn a_number_is_read_as_the_standard_library_reads_it() {
        let check = |text: &str| {
            let (found, expected) = (decimal(text), text.parse::<f64>().ok());
            match (found, expected) {
                (Some(found), Some(expected)) => assert!(
                    found == expected || (found / expected - 1.0).abs() < 1e-14,
                    "{text}: {found} is not {expected}"
                ),
                (found, expected) => assert_eq!(found, expected, "{text}"),
            }
        };
        for text in [
            "0",
            "-0",
            "+1",
            "1.",
            ".5",
            "-.5e1",
            "4096",
            "4096.000",
            "0.1",
            "1e3",
            "1E+3",
            "1e-3",
            "1e22",
            "1e400",
            "1e-400",
            "0e400",
            "1e99999999999999999999",
            "1e-99999999999999999999",
            "12345678901234567890123",
            "0.12345678901234567890123",
            "123456789012345678901234567890.5e-20",
            "",
            ".",
            "-",
            "+-1",
            "1..2",
            "1e",
            "1e+",
            "e1",
            "1e1.5",
            "1 ",
            "1e1e1",
            "١",
        ] {
            check(text);
        }
        for digits in [1u64, 9, 12_345_678, 184_467_440_737_095_516, u64::MAX] {
            for power in -300..289 {
                check(&format!("{digits}e{power}"));
                check(&format!("{digits}.{digits}e{power}"));
            }
        }
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
        for (of, limit) in [
            (
                &(|n: usize| "<g/>".repeat(n - 1)) as &dyn Fn(usize) -> String,
                MAX_ELEMENTS,
            ),
            (&|n| g(n - 1), MAX_DEPTH),
            (&attributes, MAX_ATTRIBUTES),
            (&value, MAX_VALUE),
            (
                &|n| format!("<text font-size='4'>{}</text>", "\u{7ae0}".repeat(n)),
                MAX_CHARACTERS,
            ),
            (
                &|n| format!("<text font-size='4'>{}</text>", "&#x7ae0;".repeat(n)),
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
        // 40 are seen, and 20 times that may be drawn.
        for number in ["801", "1e6", "1e999", "-2e5", "9".repeat(400).as_str()] {
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
                    "circle r='1'"
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
        assert_eq!(drawn(&scaled(2)), Ok(()));
        assert!(drawn(&scaled(3)).is_err());
        assert!(
            drawn("<g transform='scale(1e-9)'><path transform='scale(21)' d='M0 40'/></g>")
                .is_err()
        );
        for (inside, shown) in [
            ("<path d='M0 800'/>", true),
            ("<path d='M0 801'/>", false),
            ("<path d='M0 801' transform='scale(.1) ,'/>", false),
            ("<g transform='scale(9)'><path d='M0 88'/></g>", true),
            ("<g transform='scale(9)'><path d='M0 89'/></g>", false),
            (
                "<g transform='scale(9)' letter-spacing='9'><g transform='scale(9)'/></g>",
                true,
            ),
            (
                "<g transform='scale(9)' letter-spacing='9'><g transform='scale(10)'/></g>",
                false,
            ),
            ("<g transform='translate(800)'/>", true),
            ("<g transform='translate(0 801)'/>", false),
            ("<g transform='scale(2) translate(-401)'/>", false),
            ("<g transform='matrix(2 0 0 2 -800 0)'/>", true),
            ("<g transform='matrix(2 0 0 2 -801 0)'/>", false),
            ("<g transform='rotate(9 0 801)'/>", false),
            ("<text font-size='800'>\u{7ae0}</text>", true),
            ("<text font-size='801'>\u{7ae0}</text>", false),
            ("<text transform='scale(51)'>\u{7ae0}</text>", false),
            (
                "<g transform='scale(1e200) scale(1e200)'><g transform='scale(0)'/></g>",
                false,
            ),
            (
                "<g transform='scale(1e200)'><g transform='scale(1e200)'/></g>",
                false,
            ),
        ] {
            assert_eq!(drawn(inside).is_ok(), shown, "{inside}");
        }
        assert!(drawn("<g transform='skewX(89.9999)'/>").is_err());
        let tiny = |head: &str| {
            check(format!("<svg xmlns='{NAMESPACE}' {head}><circle r='1'/></svg>").as_bytes())
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

    #[test]
    fn lengths_depend_on_nothing() {
        let units =
            "em ex ch rem lh rlh cap ic % vw vh vmin vmax svw lvh dvmax cqw cqmin EM Rem vMin";
        for unit in units.split(' ') {
            for attribute in [
                "cx='-9N' r='9N'",
                "r='1e1N'",
                "x='1 2,3N'",
                "width='9N'",
                "textLength='9N'",
                "font-size='1N'",
                "style='font-size:1N'",
                "style='fill:red;stroke-width: .1N'",
                "stroke-width='.1N'",
                "letter-spacing='9N'",
                "style='word-spacing:9N'",
                "text-indent='9N'",
                "baseline-shift='9N'",
            ] {
                let inside = format!("<text {}/>", attribute.replace('N', unit));
                assert!(drawn(&inside).is_err(), "{inside}");
            }
            let head = format!("<svg xmlns='{NAMESPACE}' font-size='1{unit}'/>");
            assert!(check(head.as_bytes()).is_err(), "{head}");
        }
        // What browsers take for no size leaves that of what is around.
        for attribute in [
            "font-size='larger'",
            "font-size='-1'",
            "font-size=''",
            "font-size='5.'",
            "style='font-size:5'",
            "style='font-size:inherit'",
            "stroke-width='-1'",
            "stroke-width='1 2'",
            "stroke-width='calc'",
            "style='stroke-width:1px !important'",
            "cx='infinity'",
            "r='NaN'",
            "startOffset='50%'",
        ] {
            let inside = format!("<text {attribute}/>");
            assert!(drawn(&inside).is_err(), "{inside}");
        }
        for inside in [
            "<text style='font-size:4.2px;line-height:125%;letter-spacing:0px;word-spacing:normal'/>",
            "<text font-size='4PX' opacity='50%' letter-spacing='normal'/>",
            "<textPath startOffset='100%'/>",
            "<circle r='1.9e1' stroke='red' stroke-width='.5mm'/>",
        ] {
            assert_eq!(drawn(inside), Ok(()), "{inside}");
        }
        assert!(drawn("<textPath startOffset='101%'/>").is_err());
        // 40 are seen, so 800 may be drawn: 8.4 inches.
        for (length, shown) in [
            ("8in", true),
            ("9in", false),
            ("21cm", true),
            ("22cm", false),
            ("210mm", true),
            ("220mm", false),
            ("840Q", true),
            ("850q", false),
            ("600pt", true),
            ("601pt", false),
            ("50pc", true),
            ("51pc", false),
            ("800px", true),
            ("801px", false),
        ] {
            let inside = format!("<circle cx='-{length}'/>");
            assert_eq!(drawn(&inside).is_ok(), shown, "{length}");
        }
    }

    #[test]
    fn lines_are_no_thicker_than_a_part_of_what_is_seen() {
        for (inside, shown) in [
            ("<path stroke='red' stroke-width='10'/>", true),
            ("<path stroke='red' stroke-width='10.1'/>", false),
            ("<path stroke='none' stroke-width='11'/>", true),
            ("<path stroke-width='11' style='stroke:red'/>", false),
            ("<path style='stroke:red;stroke-width:11px'/>", false),
            (
                "<path stroke-width='1' style='stroke:red;stroke-width:11'/>",
                false,
            ),
            (
                "<path stroke-width='11' style='stroke:red;stroke-width:1'/>",
                false,
            ),
            ("<g stroke='red'><text stroke-width='11'/></g>", false),
            ("<g stroke-width='11'><text stroke='blue'/></g>", false),
            (
                "<g stroke-width='11'><text stroke='blue' stroke-width='1'/></g>",
                true,
            ),
            (
                "<g stroke='red' stroke-width='2'><g transform='scale(6)'/></g>",
                false,
            ),
            (
                "<g transform='scale(2)'><g transform='scale(3)' stroke='red' stroke-width='2'/></g>",
                false,
            ),
        ] {
            assert_eq!(drawn(inside).is_ok(), shown, "{inside}");
        }
        // Nothing is said of strokes here but in what CSS takes for words.
        for style in [
            "font-family:\"a;stroke:none;fill:b\"",
            "font-family:&quot;stroke:none;fill:&quot;",
            "font-family:\"'\"';stroke:none;fill:'",
            "fill:rgb(1;stroke:none;fill:2)",
            "fill:)rgb(;stroke:none;fill:)",
            "fill:[;stroke:none;fill:]",
        ] {
            let inside = format!("<g stroke='red'><path stroke-width='11' style='{style}'/></g>");
            let quoted = format!(
                "<g stroke='red'><path stroke-width='11' style=\"{}\"/></g>",
                style.replace('"', "'")
            );
            assert!(
                drawn(&inside).is_err() && drawn(&quoted).is_err(),
                "{inside}"
            );
        }
        assert_eq!(
            drawn("<path style='font-family:\"Songti SC\",serif;fill:rgb(1,2,3)'/>"),
            Ok(())
        );
        // One is how thick a line is if nothing is said.
        let tiny = |stroke| {
            check(
                format!("<svg xmlns='{NAMESPACE}' viewBox='0 0 1 1'><path {stroke}/></svg>")
                    .as_bytes(),
            )
        };
        assert!(tiny("stroke='red'").is_err());
        assert_eq!(tiny("stroke='red' stroke-width='.1'"), Ok(()));
        assert_eq!(tiny("stroke='none'"), Ok(()));
    }

    #[test]
    fn what_drawing_costs_is_added_up() {
        let path = |attributes: &str, data: String| format!("<path {attributes} d='M0 0{data}'/>");
        let many = |count: usize, of: &str| of.repeat(count);
        let fonts = |count: usize| (0..count).map(|at| format!("f{at},")).collect::<String>();
        let stroke = "stroke='red' stroke-width='4' stroke-linejoin='round'";
        let texts = |count: usize, attributes: &str| {
            many(count, &format!("<text {attributes}>\u{7ae0}</text>"))
        };
        // As many as are drawn, and half as many more.
        for (of, count) in [
            (
                &(|n: usize| path("", many(n, "l1 1"))) as &dyn Fn(usize) -> String,
                6_600,
            ),
            (&|n| path("", "H".to_owned() + &many(n, "1 ")), 9_900),
            (&|n| path("", many(n, "c9-9 9 9 0 1")), 1_900),
            (
                &|n| path("", "c".to_owned() + &many(n, "9-9 9 9 0 1 ")),
                2_100,
            ),
            (&|n| path(stroke, many(n, "c9-9 9 9 0 1")), 390),
            (&|n| path("", many(n, "a9 9 0 011 1")), 650),
            (&|n| path("", many(n, "t9 9")), 1_500),
            (
                &|n| format!("<g {stroke}>{}</g>", path("", many(n, "l1 1"))),
                1_300,
            ),
            (
                &|n| format!("<g {stroke}>{}</g>", path("stroke='none'", many(n, "l1 1"))),
                6_600,
            ),
            (
                &|n| path("style='stroke:none' stroke='red'", many(n, "l1 1")),
                1_300,
            ),
            (
                &|n| format!("<polygon {stroke} points='{}'/>", many(n, "1 1 ")),
                1_900,
            ),
            (&|n| many(n, "<circle r='20'/>"), 550),
            (
                &|n| format!("<g {stroke}>{}</g>", many(n, "<circle r='20'/>")),
                150,
            ),
            (&|n| many(n, "<g opacity='.5'/>"), 620),
            (&|n| many(n, "<g style='opacity:.5'/>"), 580),
            (
                &|n| many(n / 50, &format!("<g style='{}'/>", many(50, "fill:red;"))),
                8_000,
            ),
            (&|n| texts(n, "font-size='5'"), 125),
            (&|n| texts(n, "font-size='6'"), 65),
            (&|n| texts(n, ""), 65),
            (
                &|n| {
                    format!(
                        "<text lengthAdjust='spacingAndGlyphs'>{}</text>",
                        many(n, "<tspan font-size='5'>\u{7ae0}</tspan>")
                    )
                },
                65,
            ),
            (
                &|n| texts(n, "font-size='5' lengthAdjust='spacingAndGlyphs'"),
                65,
            ),
            (
                &|n| format!("<g {stroke}>{}</g>", texts(n, "font-size='5'")),
                65,
            ),
            (
                &|n| format!("<g transform='scale(2)'>{}</g>", texts(n, "font-size='3'")),
                65,
            ),
            (
                &|n| format!("{}<textPath/><textPath/>", path("", many(n, "l1 1"))),
                1_300,
            ),
            (
                &|n| many(2, &texts(1, &format!("font-family='{}'", fonts(n - 1)))),
                15,
            ),
        ] {
            assert_eq!(drawn(&of(count)), Ok(()), "{}", &of(1));
            assert!(drawn(&of(count + count / 2)).is_err(), "{}", &of(1));
        }
    }
}

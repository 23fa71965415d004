//! Text of a page (GB/T 33190, 11): the outlines of the document's own fonts, or characters in a font of the device.

use super::paint::{Paint, Written};
use super::{Coat, Object, Painter};
use crate::ofd::draw::colour::Colour;
use crate::ofd::draw::font::{Face, Font, Segment};
use crate::ofd::draw::geometry::{Bounds, Matrix, Point, Rect, number};
use crate::ofd::draw::layout::{Code, Exchange, Layout, Placed, What as Drawn, said};
use crate::ofd::draw::svg::{Svg, Tag, push_whole};
use crate::ofd::draw::told::What;
use crate::ofd::xml::Element;
use std::rc::Rc;

impl<'x> Painter<'x, '_> {
    /// Draws a TextObject.
    pub(super) fn text(&mut self, object: &Object<'x>) {
        let Some(set) = self.set(object) else {
            return;
        };
        if let Some(bounds) = set.ink.bounds.rect() {
            let to_object = Matrix::scaled(set.ink.quantum, set.ink.quantum);
            self.within(object, bounds, |painter| {
                if let Some(coat) = painter.coat_of_text(object, to_object) {
                    let tag = set.ink.begin(&mut painter.canvas.out, object.place);
                    coat.write(tag, 1.0 / set.ink.quantum).empty();
                }
            });
        }
        if let Some(bounds) = set.bounds_of_characters() {
            let to_object = Matrix::scaled(set.letters.stretch, 1.0);
            self.within(object, bounds, |painter| {
                if let Some(coat) = painter.coat_of_text(object, to_object) {
                    for run in set.runs() {
                        let tag = set.begin(&mut painter.canvas.out, run, object.place);
                        coat.write(tag, 1.0).containing(&text_of(run));
                    }
                }
            });
        }
    }

    /// Writes the shape of a text, for a clip.
    pub(super) fn outline_of_text(&mut self, object: &Object<'x>) {
        let Some(set) = self.set(object) else {
            return;
        };
        if set.ink.bounds.rect().is_some() {
            set.ink.begin(&mut self.canvas.out, object.place).empty();
        }
        for run in set.runs() {
            set.begin(&mut self.canvas.out, run, object.place)
                .containing(&text_of(run));
        }
    }

    /// Sets a text: what is drawn where.
    fn set(&mut self, object: &Object<'x>) -> Option<Set> {
        let element = object.element;
        let size = element
            .attribute("Size")
            .and_then(number)
            .filter(|size| *size > 0.0);
        let Some((size, id)) = size.zip(element.attribute("Font")) else {
            self.canvas.told.tell(What::Damaged, "TextObject");
            return None;
        };
        let font = self.font(id);
        let face = font.file.as_ref().and_then(|file| file.face());
        let stretch = element
            .attribute("HScale")
            .and_then(number)
            .filter(|scale| *scale > 0.0);
        let degrees = |name| element.attribute(name).and_then(number).unwrap_or(0.0);
        let letters = Letters {
            size,
            stretch: stretch.unwrap_or(1.0),
            turned: degrees("CharDirection"),
            weight: element
                .attribute("Weight")
                .and_then(number)
                .unwrap_or(400.0),
            is_italic: element
                .attribute("Italic")
                .is_some_and(|italic| italic.trim() == "true"),
        };
        let read = Matrix::turned(degrees("ReadDirection"));
        let mut ink = Ink::new(size);
        let mut characters = Vec::new();
        let mut layout = Layout::new(exchanges(element));
        for code in element.children_named("TextCode") {
            let text = code.text_as_is();
            let line = layout.line(code_of(code, text), self.canvas.limits.glyphs, |drawn| {
                let width = advance(drawn, face.as_ref()) * size * letters.stretch;
                let step = read.apply(Point { x: width, y: 0.0 });
                (step.x, step.y)
            });
            self.canvas.limits.glyphs -= line.glyphs.len();
            self.canvas.say(text);
            if line.by_font {
                self.canvas
                    .told
                    .tell(What::Advance, &said(text).collect::<String>());
            }
            for placed in line.glyphs {
                let (glyph, character) = match placed.what {
                    Drawn::Glyph(glyph) => (Some(glyph), None),
                    Drawn::Character(character) => {
                        let glyph = face.as_ref().and_then(|face| face.glyph_of(character));
                        (glyph, Some(character))
                    }
                };
                let outline = face.as_ref().zip(glyph);
                let outline =
                    outline.and_then(|(face, glyph)| face.outline(glyph, &self.canvas.work));
                match (outline, character) {
                    (Some(outline), _) => {
                        if !ink.add(&outline, letters.place(placed), self.canvas.out.room()) {
                            self.canvas.told.tell(What::TooMuch, "TextObject");
                        }
                    }
                    (None, Some(character)) if character.is_whitespace() => (),
                    (None, Some(character)) => {
                        if face.is_some() {
                            self.canvas.told.tell(What::Glyph, &font.name);
                        }
                        characters.push((character, placed));
                    }
                    (None, None) => self.canvas.told.tell(What::Glyph, &font.name),
                }
            }
        }
        if self.canvas.limits.glyphs == 0 {
            self.canvas.told.tell(What::TooMuch, "TextObject");
        }
        Some(Set {
            font,
            letters,
            ink,
            characters,
        })
    }

    /// What a text is filled and stroked with; `None` where nothing is seen of it.
    fn coat_of_text(&mut self, object: &Object<'x>, to_object: Matrix) -> Option<Coat> {
        let written = Written {
            to_object,
            to_page: to_object.then(object.place).then(self.to_page()),
        };
        self.coat(object, written, true, false, Paint::Plain(Colour::BLACK))
    }

    /// A font by its number.
    fn font(&mut self, id: &str) -> Rc<Known> {
        if let Some(known) = self.fonts.get(id) {
            if known.file.is_none() {
                self.canvas.told.tell(known.why, &known.name);
            }
            return known.clone();
        }
        let known = Rc::new(self.find_font(id));
        if known.file.is_none() {
            self.canvas.told.tell(known.why, &known.name);
        }
        self.fonts.insert(id.to_owned(), known.clone());
        known
    }

    fn find_font(&mut self, id: &str) -> Known {
        let Some(found) = self.resources.get("Font", id) else {
            self.canvas.told.tell(What::Resource, &format!("Font {id}"));
            return Known::named("", None, "", "");
        };
        let element = found.element;
        let [name, family] = ["FontName", "FamilyName"]
            .map(|name| element.attribute(name).unwrap_or_default().trim());
        let says = |name| {
            element
                .attribute(name)
                .is_some_and(|value| value.trim() == "true")
        };
        let kind = match (says("FixedWidth"), says("Serif")) {
            (true, _) => "monospace",
            (_, true) => "serif",
            _ => "",
        };
        let location = element
            .child_text("FontFile")
            .filter(|location| !location.is_empty());
        let path = location.map(|location| found.file(self.parts, location));
        let mut known = Known::named(name, Some(family), kind, name);
        (known.is_bold, known.is_italic) = (says("Bold"), says("Italic"));
        match path {
            None => (),
            Some(None) => self
                .canvas
                .told
                .tell(What::Part, location.unwrap_or_default()),
            Some(Some(path)) => {
                known.file = self.embedded.font(self.parts, &path);
                known.why = What::FontUnreadable;
            }
        }
        known
    }
}

/// A text that has been set.
struct Set {
    font: Rc<Known>,
    letters: Letters,
    /// What is drawn as outlines.
    ink: Ink,
    /// What the browser draws, by a font of the device.
    characters: Vec<(char, Placed)>,
}

impl Set {
    /// A box in which the characters lie, whatever the font.
    fn bounds_of_characters(&self) -> Option<Rect> {
        let (wide, high) = (self.letters.size * self.letters.stretch, self.letters.size);
        let mut bounds = Bounds::default();
        for (_, Placed { x, y, .. }) in &self.characters {
            // Turned around their origin, they lie somewhere around it.
            let reach = if self.letters.turned == 0.0 {
                0.0
            } else {
                wide.max(high)
            };
            bounds.add(Point {
                x: x - reach,
                y: y - high,
            });
            bounds.add(Point {
                x: x + wide,
                y: y + reach.max(high * 0.25),
            });
        }
        bounds.rect()
    }

    /// Characters that are written in one element. Positions go by units of UTF-16 in some browsers and by characters in
    /// others, so what is two units stands alone.
    fn runs(&self) -> impl Iterator<Item = &[(char, Placed)]> {
        let is_short = |&(character, _): &(char, Placed)| character.len_utf16() == 1;
        self.characters
            .chunk_by(move |a, b| is_short(a) && is_short(b))
    }

    /// Begins an element of characters, each at its place.
    fn begin<'t>(&self, out: &'t mut Svg, run: &[(char, Placed)], place: Matrix) -> Tag<'t> {
        let stretched = Matrix::scaled(self.letters.stretch, 1.0);
        let tag = out
            .element("text")
            .matrix("transform", stretched.then(place));
        let tag = tag.numbers(
            "x",
            run.iter()
                .map(|(_, placed)| placed.x / self.letters.stretch),
        );
        let height = |(_, placed): &(char, Placed)| placed.y;
        let lines = if run.iter().all(|one| height(one) == height(&run[0])) {
            1
        } else {
            run.len()
        };
        let tag = tag.numbers("y", run.iter().take(lines).map(height));
        let mut tag = tag
            .number("font-size", self.letters.size)
            .text("font-family", &self.font.families);
        if self.font.is_bold || self.letters.weight >= BOLD {
            tag = tag.word("font-weight", "bold");
        }
        if self.font.is_italic || self.letters.is_italic {
            tag = tag.word("font-style", "italic");
        }
        if self.letters.turned != 0.0 {
            tag = tag.number("rotate", self.letters.turned);
        }
        tag
    }
}

fn text_of(run: &[(char, Placed)]) -> String {
    run.iter().map(|(character, _)| character).collect()
}

/// A font of the document.
pub(in crate::ofd::draw) struct Known {
    name: String,
    /// What stands in its place, as CSS lists fonts.
    families: String,
    is_bold: bool,
    is_italic: bool,
    file: Option<Rc<Font>>,
    /// Why there is no file.
    why: What,
}

impl Known {
    fn named(name: &str, family: Option<&str>, kind: &str, told: &str) -> Self {
        Self {
            name: told.to_owned(),
            families: families(name, family.unwrap_or_default(), kind),
            is_bold: false,
            is_italic: false,
            file: None,
            why: What::FontNotEmbedded,
        }
    }
}

/// Fonts in place of one: that of its name, that of its family, those that look like it, one of its kind.
fn families(name: &str, family: &str, kind: &str) -> String {
    let mut list = String::new();
    for name in [name, family] {
        let name: String = name
            .chars()
            .filter(|&c| c.is_alphanumeric() || " -_.".contains(c))
            .take(64)
            .collect();
        let quoted = format!("'{}'", name.trim());
        if quoted.len() > 2 && !list.contains(&quoted) {
            list.push_str(&quoted);
            list.push(',');
        }
    }
    let all = format!("{name} {family}").to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| all.contains(word));
    let (like, fallback) = if is(&["仿宋", "fangsong"]) {
        ("FangSong,STFangsong,'FangSong_GB2312',", "serif")
    } else if is(&["楷", "kai"]) {
        ("KaiTi,STKaiti,'KaiTi_GB2312','AR PL UKai CN',", "serif")
    } else if is(&["黑", "hei", "gothic", "sans", "arial", "helvetica", "雅"]) {
        (
            "SimHei,'Heiti SC','Microsoft YaHei','PingFang SC','Noto Sans CJK SC',",
            "sans-serif",
        )
    } else if is(&["courier", "mono", "consol"]) || kind == "monospace" {
        ("'Courier New',", "monospace")
    } else {
        ("SimSun,'Songti SC',STSong,'Noto Serif CJK SC',", "serif")
    };
    list + like + fallback
}

/// How letters are written.
#[derive(Clone, Copy)]
struct Letters {
    size: f64,
    stretch: f64,
    /// Clockwise, in degrees.
    turned: f64,
    weight: f64,
    is_italic: bool,
}

impl Letters {
    /// From ems, upwards, to the object's units.
    fn place(self, placed: Placed) -> Matrix {
        Matrix::scaled(self.size * self.stretch, -self.size)
            .then(Matrix::turned(self.turned))
            .then(Matrix::moved(placed.x, placed.y))
    }
}

fn code_of<'a>(code: Element<'a>, text: &'a str) -> Code<'a> {
    Code {
        text,
        x: code.attribute("X").and_then(number),
        y: code.attribute("Y").and_then(number),
        delta_x: code.attribute("DeltaX"),
        delta_y: code.attribute("DeltaY"),
    }
}

fn exchanges(element: Element<'_>) -> Vec<Exchange<'_>> {
    let exchange = |one: Element<'_>| {
        let count = |name| {
            one.attribute(name)
                .and_then(|value| value.trim().parse().ok())
        };
        Exchange {
            position: count("CodePosition").unwrap_or(0),
            count: count("CodeCount").unwrap_or(1),
            glyphs: "",
        }
    };
    let all = element.children_named("CGTransform");
    all.map(|one| Exchange {
        glyphs: one
            .child_text("Glyphs")
            .or(one.attribute("Glyphs"))
            .unwrap_or_default(),
        ..exchange(one)
    })
    .collect()
}

/// The font's own step, in ems: of a font that is not there, a whole one for what is wide.
fn advance(drawn: Drawn, face: Option<&Face<'_>>) -> f64 {
    match (drawn, face) {
        (Drawn::Glyph(glyph), Some(face)) => face.advance(glyph),
        (Drawn::Character(character), Some(face)) => face
            .glyph_of(character)
            .map_or(1.0, |glyph| face.advance(glyph)),
        (Drawn::Character(' '..='\u{2e7f}'), None) => 0.5,
        _ => 1.0,
    }
}

/// Outlines that are put together. What is written are whole numbers of a small unit, from one point to the next: text is
/// most of what a page draws.
struct Ink {
    data: String,
    quantum: f64,
    bounds: Bounds,
    at: (i64, i64),
}

impl Ink {
    /// Begins its element.
    fn begin<'t>(&self, out: &'t mut Svg, place: Matrix) -> Tag<'t> {
        let place = Matrix::scaled(self.quantum, self.quantum).then(place);
        out.element("path")
            .matrix("transform", place)
            .lines(&self.data)
    }

    fn new(size: f64) -> Self {
        Self {
            data: String::new(),
            quantum: size / UNITS_OF_EM,
            bounds: Bounds::default(),
            at: (0, 0),
        }
    }

    /// Adds an outline. Whether there was room for it.
    fn add(&mut self, outline: &[Segment], place: Matrix, room: usize) -> bool {
        for segment in outline {
            if self.data.len() >= room {
                return false;
            }
            match *segment {
                Segment::Move(to) => self.write('M', &[to], place),
                Segment::Line(to) => self.write('l', &[to], place),
                Segment::Quadratic(control, to) => self.write('q', &[control, to], place),
                Segment::Cubic(first, second, to) => self.write('c', &[first, second, to], place),
                Segment::Close => self.data.push('z'),
            }
        }
        true
    }

    fn write(&mut self, name: char, points: &[Point], place: Matrix) {
        let mut last = self.at;
        let from = if name == 'M' { (0, 0) } else { self.at };
        self.data.push(name);
        let mut touches = true;
        for &point in points {
            let point = place.apply(point);
            self.bounds.add(point);
            // Saturates where it is far from any page.
            last = (
                (point.x / self.quantum).round() as i64,
                (point.y / self.quantum).round() as i64,
            );
            for difference in [last.0.saturating_sub(from.0), last.1.saturating_sub(from.1)] {
                if difference < 0 {
                    self.data.push('-');
                } else if !touches {
                    self.data.push(' ');
                }
                push_whole(&mut self.data, difference.unsigned_abs());
                touches = false;
            }
        }
        self.at = last;
    }
}

/// From where on letters are bold (400 is regular, 700 bold).
const BOLD: f64 = 600.0;
/// How fine outlines are.
const UNITS_OF_EM: f64 = 2048.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_are_written_from_point_to_point() {
        let at = |x, y| Point { x, y };
        let outline = [
            Segment::Move(at(0.0, 0.0)),
            Segment::Line(at(0.5, 0.0)),
            Segment::Quadratic(at(0.5, 0.5), at(0.0, 0.5)),
            Segment::Close,
        ];
        let mut ink = Ink::new(2.0);
        let place = Matrix::scaled(2.0, -2.0).then(Matrix::moved(1.0, 3.0));
        assert!(ink.add(&outline, place, 1000));
        assert_eq!(ink.data, "M1024 3072l1024 0q0-1024-1024-1024z");
        assert_eq!(ink.bounds.rect(), Rect::parse("1 2 1 1"));
        assert!(!ink.add(&outline, place, 10));
    }

    #[test]
    fn a_fonts_name_is_only_a_name() {
        let families = families("宋体';}</style>\"<x>", "a,b", "serif");
        assert_eq!(
            families,
            "'宋体stylex','ab',SimSun,'Songti SC',STSong,'Noto Serif CJK SC',serif"
        );
        assert!(super::families("", "", "").starts_with("SimSun"));
        assert!(super::families("方正仿宋_GBK", "", "").contains("FangSong"));
        assert!(super::families("Courier New", "Courier New", "").ends_with("monospace"));
    }
}

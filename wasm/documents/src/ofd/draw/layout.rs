//! Where each glyph of a text stands (GB/T 33190, 11.3 and 11.4): characters and the glyphs that take their place, from
//! where the first stands, by the steps between them.

use super::geometry::number;

/// What is drawn at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    /// A character, whose glyph the font knows.
    Character(char),
    /// A glyph of the embedded font, in place of a character.
    Glyph(u32),
}

/// A glyph and its place: its origin on the baseline, in the units of the object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) what: What,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A line of text (TextCode).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Code<'a> {
    /// What it says.
    pub(super) text: &'a str,
    /// Where it begins. Absent: where the line before began.
    pub(super) x: Option<f64>,
    pub(super) y: Option<f64>,
    /// Steps between glyphs.
    pub(super) delta_x: Option<&'a str>,
    pub(super) delta_y: Option<&'a str>,
}

/// Glyphs that take the place of characters (CGTransform).
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchange<'a> {
    /// The first of these characters, counted over all lines of the object.
    pub(super) position: usize,
    /// How many they are.
    pub(super) count: usize,
    /// Their glyphs.
    pub(super) glyphs: &'a str,
}

/// The lines of a text, one after another.
pub(super) struct Layout<'a> {
    exchanges: Vec<Exchange<'a>>,
    /// Characters before the line that comes next.
    characters: usize,
    x: f64,
    y: f64,
}

/// A line that has been laid out.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Line {
    pub(super) glyphs: Vec<Placed>,
    /// Nothing says how far the glyphs stand apart: the font's own steps were taken.
    pub(super) by_font: bool,
}

impl<'a> Layout<'a> {
    /// Begins.
    pub(super) fn new(mut exchanges: Vec<Exchange<'a>>) -> Self {
        exchanges.sort_by_key(|exchange| exchange.position);
        Self {
            exchanges,
            characters: 0,
            x: 0.0,
            y: 0.0,
        }
    }

    /// Lays out a line, of so many glyphs at most. `advance` is the font's own step after a glyph, as a vector.
    pub(super) fn line(
        &mut self,
        code: Code<'_>,
        most: usize,
        mut advance: impl FnMut(What) -> (f64, f64),
    ) -> Line {
        (self.x, self.y) = (code.x.unwrap_or(self.x), code.y.unwrap_or(self.y));
        let (mut x, mut y) = (self.x, self.y);
        let drawn = self.glyphs(code.text, most);
        let mut steps = [code.delta_x, code.delta_y].map(Steps::new);
        let by_font = steps.iter().all(Option::is_none) && drawn.len() > 1;
        let glyphs = drawn
            .into_iter()
            .map(|what| {
                let placed = Placed { what, x, y };
                let (right, down) = if by_font {
                    advance(what)
                } else {
                    let [right, down] = &mut steps;
                    (
                        right.as_mut().map_or(0.0, Steps::next),
                        down.as_mut().map_or(0.0, Steps::next),
                    )
                };
                x += right;
                y += down;
                placed
            })
            .collect();
        Line { glyphs, by_font }
    }

    /// What is drawn of a text.
    fn glyphs(&mut self, text: &str, most: usize) -> Vec<What> {
        let mut glyphs = Vec::new();
        let first = self.characters;
        let mut next = self.exchanges.partition_point(|one| one.position < first);
        let mut skipped_to = first;
        for character in said(text) {
            let at = self.characters;
            self.characters += 1;
            while let Some(exchange) = self.exchanges.get(next).filter(|one| one.position <= at) {
                next += 1;
                if exchange.position < skipped_to {
                    continue;
                }
                skipped_to = at.saturating_add(exchange.count.max(1));
                let ids = exchange.glyphs.split_ascii_whitespace();
                let ids = ids.map_while(|id| id.parse().ok());
                glyphs.extend(ids.map(What::Glyph).take(most.saturating_sub(glyphs.len())));
            }
            if at >= skipped_to && glyphs.len() < most {
                glyphs.push(What::Character(character));
            }
        }
        glyphs
    }
}

/// The characters that a text means: `\` with four hexadecimal digits is one by its number (UTF-16), and what breaks
/// lines stands for nothing.
pub(super) fn said(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text;
    let units = std::iter::from_fn(move || {
        let character = rest.chars().next()?;
        let number = rest
            .strip_prefix('\\')
            .and_then(|after| after.get(..4))
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        rest = &rest[number.map_or(character.len_utf8(), |_| 5)..];
        Some(number.map_or(Unit::Whole(character), Unit::Half))
    });
    Characters { units, kept: None }
        .filter(|character| !matches!(character, '\0'..='\u{1f}' | '\u{7f}'))
}

/// A character, or a code unit of UTF-16.
enum Unit {
    Whole(char),
    Half(u16),
}

/// Characters of code units; surrogates that stand alone are U+FFFD.
struct Characters<I> {
    units: I,
    kept: Option<Unit>,
}

impl<I: Iterator<Item = Unit>> Iterator for Characters<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let first = match self.kept.take().or_else(|| self.units.next())? {
            Unit::Whole(character) => return Some(character),
            Unit::Half(unit) => unit,
        };
        if let Some(character) = char::from_u32(u32::from(first)) {
            return Some(character);
        }
        let second = self.units.next();
        if let Some(Unit::Half(second)) = second
            && let Some(Ok(character)) = char::decode_utf16([first, second]).next()
        {
            return Some(character);
        }
        self.kept = second;
        Some(char::REPLACEMENT_CHARACTER)
    }
}

/// Steps between glyphs (DeltaX, DeltaY): numbers, among them `g count number` for several that are the same. Where there
/// are too few, the last goes on, as readers do.
struct Steps<'a> {
    words: std::str::SplitAsciiWhitespace<'a>,
    current: f64,
    left: usize,
}

impl<'a> Steps<'a> {
    /// `None` where there is no step.
    fn new(text: Option<&'a str>) -> Option<Self> {
        let text = text?;
        let words = text.split_ascii_whitespace();
        words.clone().next()?;
        Some(Self {
            words,
            current: 0.0,
            left: 0,
        })
    }

    fn next(&mut self) -> f64 {
        while self.left == 0 {
            let read = match self.words.next() {
                Some("g") => {
                    let count = self.words.next().and_then(|count| count.parse().ok());
                    count.zip(self.words.next().and_then(number))
                }
                word => word.and_then(number).map(|step| (1, step)),
            };
            match read {
                Some((count, step)) => (self.left, self.current) = (count, step),
                None => self.left = usize::MAX,
            }
        }
        self.left -= 1;
        self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(layout: &mut Layout<'_>, code: Code<'_>) -> Line {
        layout.line(code, 100, |_| (7.0, 0.0))
    }

    fn of(text: &str) -> Code<'_> {
        Code {
            text,
            ..Code::default()
        }
    }

    fn xs(line: &Line) -> Vec<f64> {
        line.glyphs.iter().map(|placed| placed.x).collect()
    }

    fn whats(line: &Line) -> Vec<What> {
        line.glyphs.iter().map(|placed| placed.what).collect()
    }

    #[test]
    fn steps_are_numbers_or_several_that_are_the_same() {
        let steps = |delta_x| {
            let code = Code {
                x: Some(1.0),
                y: Some(2.0),
                delta_x: Some(delta_x),
                ..of("一二三四五")
            };
            xs(&line(&mut Layout::new(vec![]), code))
        };
        assert_eq!(steps("1 1 1 1"), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(steps("g 2 1 5 g 1 -3"), [1.0, 2.0, 3.0, 8.0, 5.0]);
        assert_eq!(
            steps("g 0 9 1 2"),
            [1.0, 2.0, 4.0, 6.0, 8.0],
            "the last goes on"
        );
        assert_eq!(steps("g 18446744073709551615 1"), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(steps("1 g"), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(steps("x"), [1.0; 5]);
        let down = Code {
            delta_y: Some("2"),
            ..of("一二")
        };
        let down = line(&mut Layout::new(vec![]), down);
        assert!(!down.by_font);
        assert_eq!(
            down.glyphs.iter().map(|one| one.y).collect::<Vec<_>>(),
            [0.0, 2.0]
        );
    }

    #[test]
    fn without_steps_the_fonts_own_are_taken_and_that_is_told() {
        let mut layout = Layout::new(vec![]);
        let first = line(&mut layout, of("ab"));
        assert!(first.by_font);
        assert_eq!(xs(&first), [0.0, 7.0]);
        assert!(
            !line(&mut layout, of("a")).by_font,
            "of one glyph there is no step"
        );
        assert!(
            line(
                &mut layout,
                Code {
                    delta_x: Some(" "),
                    ..of("ab")
                }
            )
            .by_font
        );
    }

    #[test]
    fn a_line_without_a_place_begins_where_the_one_before_began() {
        let mut layout = Layout::new(vec![]);
        let first = Code {
            x: Some(3.0),
            y: Some(4.0),
            delta_x: Some("1"),
            ..of("ab")
        };
        line(&mut layout, first);
        let second = line(
            &mut layout,
            Code {
                y: Some(9.0),
                ..of("c")
            },
        );
        assert_eq!((second.glyphs[0].x, second.glyphs[0].y), (3.0, 9.0));
    }

    #[test]
    fn glyphs_take_the_place_of_characters_over_all_lines() {
        let exchange = |position, count, glyphs| Exchange {
            position,
            count,
            glyphs,
        };
        let exchanges = vec![
            exchange(3, 2, "30 31 32"),
            exchange(1, 1, "10"),
            exchange(9, 1, "90"),
        ];
        let mut layout = Layout::new(exchanges);
        let first = line(
            &mut layout,
            Code {
                delta_x: Some("1"),
                ..of("abc")
            },
        );
        use What::{Character, Glyph};
        assert_eq!(whats(&first), [Character('a'), Glyph(10), Character('c')]);
        // Steps go by glyph.
        let second = line(
            &mut layout,
            Code {
                delta_x: Some("1"),
                ..of("defg")
            },
        );
        assert_eq!(
            whats(&second),
            [
                Glyph(30),
                Glyph(31),
                Glyph(32),
                Character('f'),
                Character('g')
            ]
        );
        assert_eq!(xs(&second), [0.0, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn exchanges_that_overlap_or_lie_are_harmless() {
        let exchange = |position, count, glyphs| Exchange {
            position,
            count,
            glyphs,
        };
        let exchanges = vec![
            exchange(0, usize::MAX, "1 x 2"),
            exchange(1, 1, "9"),
            exchange(0, 0, ""),
        ];
        let drawn = line(&mut Layout::new(exchanges), of("abc"));
        assert_eq!(whats(&drawn), [What::Glyph(1)]);
        let many = Layout::new(vec![exchange(0, 1, "1 1 1 1")]).line(of("abc"), 3, |_| (0.0, 0.0));
        assert_eq!(many.glyphs.len(), 3);
    }

    #[test]
    fn characters_by_their_number() {
        let read = |text| said(text).collect::<String>();
        assert_eq!(read("a\\4e2d\\6587b"), "a中文b");
        assert_eq!(read("\\d840\\dc00\\d840x\\dc00"), "𠀀\u{fffd}x\u{fffd}");
        assert_eq!(read("\\d840\\0041"), "\u{fffd}A");
        assert_eq!(read("\\12 \\12345\\"), "\\12 \u{1234}5\\");
        assert_eq!(read("\\12中国"), "\\12中国");
        assert_eq!(read("a\r\n\tb\\000a"), "ab");
    }
}

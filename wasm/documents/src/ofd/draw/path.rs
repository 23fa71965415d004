//! Lines of a path (AbbreviatedData, GB/T 33190, 9.1), as those of SVG.

use super::geometry::{Bounds, Point, Rect, number};
use super::svg::push_number;

/// Lines that can be drawn.
#[derive(Debug, PartialEq)]
pub(super) struct Lines {
    /// As SVG writes them, in the units of the object.
    pub(super) data: String,
    /// A box in which they lie.
    pub(super) bounds: Rect,
    /// How many there are.
    pub(super) count: usize,
    /// Whether all that stood there was understood, and had room.
    pub(super) whole: bool,
}

/// Reads lines, as many as have room. `None` where nothing can be drawn.
pub(super) fn read(text: &str, room: usize) -> Option<Lines> {
    let mut words = Words(text);
    let mut data = String::with_capacity(text.len().min(room));
    let mut bounds = Bounds::default();
    let mut count = 0;
    let mut at = Point { x: 0.0, y: 0.0 };
    let whole = loop {
        let Some(command) = words.command() else {
            break words.0.is_empty();
        };
        // What SVG calls it, and its numbers.
        let (name, length) = match command {
            'S' | 'M' => ('M', 2),
            'L' => ('L', 2),
            'Q' => ('Q', 4),
            'B' => ('C', 6),
            'A' => ('A', 7),
            'C' => ('Z', 0),
            _ => break false,
        };
        let Some(numbers) = words.numbers(length) else {
            break false;
        };
        if data.len() >= room {
            break false;
        }
        if data.is_empty() && name != 'M' {
            // Nothing says where they begin.
            data.push_str("M0 0");
            bounds.add(at);
        }
        data.push(name);
        if name == 'A' {
            let [rx, ry, angle, large, sweep, x, y] = numbers;
            let (rx, ry, to) = (rx.abs(), ry.abs(), Point { x, y });
            write(&mut data, &[rx, ry, angle, flag(large), flag(sweep), x, y]);
            // Radii that are too small for the ends grow until they reach.
            let reach = 2.0 * rx.max(ry).max((x - at.x).hypot(y - at.y));
            for Point { x, y } in [at, to] {
                bounds.add(Point {
                    x: x - reach,
                    y: y - reach,
                });
                bounds.add(Point {
                    x: x + reach,
                    y: y + reach,
                });
            }
            at = to;
        } else {
            write(&mut data, &numbers[..length]);
            for pair in numbers[..length].chunks_exact(2) {
                at = Point {
                    x: pair[0],
                    y: pair[1],
                };
                bounds.add(at);
            }
        }
        count += 1;
    };
    Some(Lines {
        bounds: bounds.rect()?,
        data,
        count,
        whole,
    })
}

fn flag(number: f64) -> f64 {
    f64::from(u8::from(number != 0.0))
}

fn write(data: &mut String, numbers: &[f64]) {
    for (nth, &value) in numbers.iter().enumerate() {
        if nth > 0 {
            data.push(' ');
        }
        push_number(data, value);
    }
}

/// What has not been read. Letters and numbers may touch.
struct Words<'a>(&'a str);

impl Words<'_> {
    fn skip(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t', '\r', '\n', ',']);
    }

    fn command(&mut self) -> Option<char> {
        self.skip();
        let command = self.0.chars().next().filter(char::is_ascii_alphabetic)?;
        self.0 = &self.0[1..];
        Some(command)
    }

    fn numbers(&mut self, length: usize) -> Option<[f64; 7]> {
        let mut numbers = [0.0; 7];
        for place in &mut numbers[..length] {
            self.skip();
            let mut before = ' ';
            let end = self.0.find(|character: char| {
                let goes_on = match character {
                    '0'..='9' | '.' | 'e' | 'E' => true,
                    '+' | '-' => matches!(before, ' ' | 'e' | 'E'),
                    _ => false,
                };
                before = character;
                !goes_on
            });
            let (word, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
            *place = number(word)?;
            self.0 = rest;
        }
        Some(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str) -> (String, bool) {
        let lines = read(text, 1000).unwrap();
        (lines.data, lines.whole)
    }

    #[test]
    fn every_command_has_its_name_in_svg() {
        let text = "S 1 2 M 3 4 L 5 6 Q 1 1 2 2 B 1 1 2 2 3 3 A 5 -6 30 1 0 9 9 C";
        let svg = "M1 2M3 4L5 6Q1 1 2 2C1 1 2 2 3 3A5 6 30 1 0 9 9Z";
        assert_eq!(data(text), (svg.into(), true));
        assert_eq!(read(text, 1000).unwrap().count, 7);
        assert_eq!(data("M0,0L-1.5-2,3e1 C"), ("M0 0L-1.5 -2".into(), false));
        assert_eq!(data("L 1 1").0, "M0 0L1 1");
    }

    #[test]
    fn what_is_damaged_ends_the_lines_and_is_told() {
        for (text, drawn) in [
            ("M 0 0 L 1 1 L 2", "M0 0L1 1"),
            ("M 0 0 L 1 1 X 2 2 L 3 3", "M0 0L1 1"),
            ("M 0 0 L 1 1 \"/><script>", "M0 0L1 1"),
            ("M 0 0 L 1 1 5 5", "M0 0L1 1"),
            ("M 0 0 L 1 1 L 1e9 1", "M0 0L1 1"),
            ("M 0 0 L 1 1 线", "M0 0L1 1"),
        ] {
            assert_eq!(data(text), (drawn.into(), false), "{text}");
        }
        assert_eq!(read("", 1000), None);
        assert_eq!(read("X", 1000), None);
        assert_eq!(read("C", 0), None);
    }

    #[test]
    fn no_more_is_written_than_has_room() {
        let text = "M 0 0 ".to_owned() + &"L 1.5 1.5 ".repeat(1000);
        let lines = read(&text, 100).unwrap();
        assert!(!lines.whole && lines.data.len() < 200);
    }

    #[test]
    fn the_box_holds_what_is_drawn() {
        let bounds = |text| read(text, 1000).unwrap().bounds;
        assert_eq!(bounds("M 1 2 L 5 -6"), Rect::parse("1 -6 4 8").unwrap());
        // Half a circle above, around (5, 0).
        let circle = bounds("M 0 0 A 5 5 0 0 1 10 0");
        assert!(circle.holds(Rect::parse("0 -5 10 5").unwrap()));
        // Radii that must grow to reach.
        let grown = bounds("M 0 0 A 1 1 0 0 1 10 0");
        assert!(grown.holds(Rect::parse("0 -5 10 5").unwrap()));
    }
}

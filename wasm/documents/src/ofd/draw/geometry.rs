//! Points, boxes and matrices of a page: millimetres, x to the right, y downwards (GB/T 33190, 7.3 and 8.5).

pub(super) use crate::ofd::document::Rect;

/// Numbers beyond this are none that a page needs, and nothing is computed with them.
const MAX_NUMBER: f64 = 1e7;

/// Numbers of a list (ST_Array), up to the first that is none.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = f64> {
    text.split([' ', '\t', '\r', '\n', ','])
        .filter(|word| !word.is_empty())
        .map_while(number)
}

/// A number, as far as a page needs it.
pub(super) fn number(word: &str) -> Option<f64> {
    let number: f64 = word.trim().parse().ok()?;
    (number.abs() <= MAX_NUMBER).then_some(number)
}

/// Numbers, if there are just so many.
pub(super) fn exactly<const N: usize>(text: &str) -> Option<[f64; N]> {
    let mut found = [0.0; N];
    let mut numbers = numbers(text);
    for place in &mut found {
        *place = numbers.next()?;
    }
    Some(found)
}

/// A point, or a vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Rect {
    /// One that is larger by so much to each side.
    pub(super) fn grown(self, by: f64) -> Self {
        Self {
            x: self.x - by,
            y: self.y - by,
            width: self.width + 2.0 * by,
            height: self.height + 2.0 * by,
        }
    }

    /// Whether another lies in it.
    pub(super) fn holds(self, other: Self) -> bool {
        other.x >= self.x
            && other.y >= self.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }

    /// The part of it that lies in another.
    pub(super) fn within(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = (self.x + self.width).min(other.x + other.width) - x;
        let height = (self.y + self.height).min(other.y + other.height) - y;
        (width >= 0.0 && height >= 0.0).then_some(Self {
            x,
            y,
            width,
            height,
        })
    }

    fn corners(self) -> [Point; 4] {
        let (right, bottom) = (self.x + self.width, self.y + self.height);
        [
            (self.x, self.y),
            (right, self.y),
            (self.x, bottom),
            (right, bottom),
        ]
        .map(|(x, y)| Point { x, y })
    }
}

/// The smallest box around points.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bounds(Option<(Point, Point)>);

impl Bounds {
    pub(super) fn add(&mut self, point: Point) {
        let (least, most) = self.0.get_or_insert((point, point));
        least.x = least.x.min(point.x);
        least.y = least.y.min(point.y);
        most.x = most.x.max(point.x);
        most.y = most.y.max(point.y);
    }

    pub(super) fn rect(self) -> Option<Rect> {
        let (least, most) = self.0?;
        Some(Rect {
            x: least.x,
            y: least.y,
            width: most.x - least.x,
            height: most.y - least.y,
        })
    }
}

/// A matrix `a b c d e f`: x' = ax + cy + e, y' = bx + dy + f.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    pub(super) fn parse(text: &str) -> Option<Self> {
        exactly(text).map(Self)
    }

    pub(super) fn moved(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(super) fn scaled(x: f64, y: f64) -> Self {
        Self([x, 0.0, 0.0, y, 0.0, 0.0])
    }

    /// Turned clockwise, by degrees.
    pub(super) fn turned(degrees: f64) -> Self {
        // Right angles are exact.
        let (sine, cosine) = match degrees.rem_euclid(360.0) {
            0.0 => (0.0, 1.0),
            90.0 => (1.0, 0.0),
            180.0 => (0.0, -1.0),
            270.0 => (-1.0, 0.0),
            other => other.to_radians().sin_cos(),
        };
        Self([cosine, sine, -sine, cosine, 0.0, 0.0])
    }

    /// This one first, then another.
    pub(super) fn then(self, next: Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let [na, nb, nc, nd, ne, nf] = next.0;
        Self([
            a * na + b * nc,
            a * nb + b * nd,
            c * na + d * nc,
            c * nb + d * nd,
            e * na + f * nc + ne,
            e * nb + f * nd + nf,
        ])
    }

    pub(super) fn apply(self, Point { x, y }: Point) -> Point {
        let [a, b, c, d, e, f] = self.0;
        Point {
            x: a * x + c * y + e,
            y: b * x + d * y + f,
        }
    }

    /// The box around what a box becomes.
    pub(super) fn around(self, rect: Rect) -> Rect {
        let mut bounds = Bounds::default();
        for corner in rect.corners() {
            bounds.add(self.apply(corner));
        }
        bounds.rect().unwrap_or(rect)
    }

    /// The way back, if there is one.
    pub(super) fn inverse(self) -> Option<Self> {
        let [a, b, c, d, e, f] = self.0;
        let area = a * d - b * c;
        let back = Self([d, -b, -c, a, c * f - d * e, b * e - a * f].map(|part| part / area));
        back.is_usable().then_some(back)
    }

    /// How much it enlarges at most.
    pub(super) fn enlarges(self) -> f64 {
        let [a, b, c, d, ..] = self.0;
        a.hypot(b).max(c.hypot(d))
    }

    /// Whether all its numbers are such that something can be drawn with it.
    pub(super) fn is_usable(self) -> bool {
        // Of what is no number, neither is true.
        self.0.iter().all(|n| n.abs() <= MAX_NUMBER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_where_a_word_is_no_number() {
        let read = |text| numbers(text).collect::<Vec<_>>();
        assert_eq!(read(" 1 -2.5\n3e2,.5 "), [1.0, -2.5, 300.0, 0.5]);
        assert_eq!(read("1 g 2"), [1.0]);
        assert_eq!(read("1 NaN 2"), [1.0]);
        assert_eq!(read("1 inf"), [1.0]);
        assert_eq!(read("1e8"), [0.0; 0]);
    }

    #[test]
    fn matrices_follow_one_another() {
        let point = Point { x: 3.0, y: 5.0 };
        let scaled = Matrix::scaled(2.0, -1.0);
        let moved = Matrix::moved(10.0, 20.0);
        let both = scaled.then(moved);
        assert_eq!(both.apply(point), moved.apply(scaled.apply(point)));
        assert_eq!(both.apply(point), Point { x: 16.0, y: 15.0 });
        // Clockwise, since y goes downwards.
        let turned = Matrix::turned(90.0).apply(Point { x: 1.0, y: 0.0 });
        assert_eq!(turned, Point { x: 0.0, y: 1.0 });
        let some = Matrix::parse("1 2 3 4 5 6").unwrap();
        assert_eq!(some.enlarges(), 5.0);
        assert_eq!(some.then(some.inverse().unwrap()), Matrix::IDENTITY);
        assert_eq!(Matrix::scaled(0.0, 1.0).inverse(), None);
    }

    #[test]
    fn the_box_around_a_turned_box() {
        let turned = Matrix::turned(45.0);
        let around = turned.around(Rect::parse("0 0 1 1").unwrap());
        let side = 2f64.sqrt();
        for (found, expected) in [
            (around.x, -side / 2.0),
            (around.y, 0.0),
            (around.width, side),
            (around.height, side),
        ] {
            assert!((found - expected).abs() < 1e-12);
        }
    }
}

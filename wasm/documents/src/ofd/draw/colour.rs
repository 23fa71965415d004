//! Plain colours (GB/T 33190, 8.3.1 and 8.3.2).

use super::geometry::numbers;

/// A colour as it is drawn: sRGB, and how much it covers, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour {
    pub(super) rgb: [u8; 3],
    pub(super) cover: f64,
}

impl Colour {
    pub(super) const BLACK: Self = Self {
        rgb: [0; 3],
        cover: 1.0,
    };
}

/// How values are meant (ColorSpace).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Space {
    pub(super) kind: Kind,
    /// The largest value of a component.
    pub(super) most: f64,
}

/// What the components are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Gray,
    Rgb,
    Cmyk,
}

impl Space {
    /// What holds where nothing says otherwise.
    pub(super) const RGB: Self = Self {
        kind: Kind::Rgb,
        most: 255.0,
    };
}

/// The largest value of components of so many bits. The standard has 1, 2, 4, 8 and 16.
pub(super) fn most(bits: Option<&str>) -> f64 {
    match bits.and_then(|bits| bits.trim().parse().ok()) {
        Some(bits @ (1 | 2 | 4 | 16)) => f64::from((1u32 << bits) - 1),
        _ => 255.0,
    }
}

/// Components as they are written: decimal, or hexadecimal behind `#`.
pub(super) fn components(value: &str) -> impl Iterator<Item = f64> {
    value
        .split([' ', '\t', '\r', '\n', ','])
        .filter(|word| !word.is_empty())
        .map_while(|word| match word.strip_prefix('#') {
            Some(digits) => u16::from_str_radix(digits, 16).ok().map(f64::from),
            None => numbers(word).next(),
        })
}

/// A colour of its components. `None` if they are too few.
pub(super) fn of(value: &str, space: Space) -> Option<[u8; 3]> {
    let mut parts = components(value).map(|part| (part / space.most).clamp(0.0, 1.0));
    let mut next = || parts.next();
    let rgb = match space.kind {
        Kind::Gray => [next()?; 3],
        Kind::Rgb => [next()?, next()?, next()?],
        Kind::Cmyk => {
            let ink = [next()?, next()?, next()?];
            let black = next()?;
            ink.map(|ink| (1.0 - ink) * (1.0 - black))
        }
    };
    Some(rgb.map(|part| (part * 255.0).round() as u8))
}

/// How much something covers, by its Alpha from 0 to 255.
pub(super) fn cover(alpha: Option<&str>) -> f64 {
    let alpha = alpha.and_then(super::geometry::number);
    (alpha.unwrap_or(255.0) / 255.0).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_read_in_each_space() {
        let in_space = |kind, most, value| of(value, Space { kind, most });
        let rgb = |value| in_space(Kind::Rgb, 255.0, value);
        assert_eq!(rgb("156 82 35"), Some([156, 82, 35]));
        assert_eq!(rgb("#ff #0 #1A"), Some([255, 0, 26]));
        assert_eq!(rgb("0.0,0.0,300"), Some([0, 0, 255]));
        assert_eq!(rgb("-5 0 0"), Some([0, 0, 0]));
        assert_eq!(rgb("1 2"), None);
        assert_eq!(rgb("#xy 0 0"), None);
        assert_eq!(in_space(Kind::Gray, 255.0, "128"), Some([128; 3]));
        assert_eq!(in_space(Kind::Gray, 15.0, "15"), Some([255; 3]));
        assert_eq!(
            in_space(Kind::Cmyk, 255.0, "0 255 255 0"),
            Some([255, 0, 0])
        );
        assert_eq!(in_space(Kind::Cmyk, 255.0, "0 0 0 255"), Some([0, 0, 0]));
        assert_eq!(in_space(Kind::Cmyk, 255.0, "0 0 0"), None);
        assert_eq!(
            [
                most(None),
                most(Some("8")),
                most(Some("1")),
                most(Some("99"))
            ],
            [255.0, 255.0, 1.0, 255.0]
        );
        assert_eq!(
            [
                cover(None),
                cover(Some("0")),
                cover(Some("x")),
                cover(Some("999"))
            ],
            [1.0, 0.0, 1.0, 1.0]
        );
    }
}

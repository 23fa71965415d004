//! What the picture of a seal really is: its type by its own bytes, whatever the seal says, and its
//! size in pixels by its header, before anybody decodes it.

use super::Picture;

/// A type of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PNG (ISO/IEC 15948).
    Png,
    /// JPEG (ISO/IEC 10918-1).
    Jpeg,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// SVG: markup, to be shown only where it can't run.
    Svg,
    /// OFD (GB/T 33190), a ZIP: kept as bytes.
    Ofd,
}

/// Pixels of a side, and in all, that are shown: a round seal of 50 mm has 600 at 300 dpi.
const MAX_SIDE: u32 = 4096;
const MAX_PIXELS: u64 = 8_000_000;

impl Kind {
    /// Its media type, where browsers show it.
    #[must_use]
    pub fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Png => Some("image/png"),
            Self::Jpeg => Some("image/jpeg"),
            Self::Gif => Some("image/gif"),
            Self::Bmp => Some("image/bmp"),
            Self::Svg => Some("image/svg+xml"),
            Self::Ofd => None,
        }
    }

    /// Its name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words()[0]
    }

    /// Words by which seals call it, in lower case, the usual one first.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpeg", "jpg"],
            Self::Gif => &["gif"],
            Self::Bmp => &["bmp"],
            Self::Svg => &["svg"],
            Self::Ofd => &["ofd"],
        }
    }
}

impl Picture {
    /// Its type, by its bytes. `None` if they are none that is known.
    #[must_use]
    pub fn kind_of_bytes(&self) -> Option<Kind> {
        match &self.data[..] {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Kind::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Kind::Gif),
            [b'B', b'M', ..] => Some(Kind::Bmp),
            [b'P', b'K', 3, 4, ..] => Some(Kind::Ofd),
            other => {
                let head = &other[..other.len().min(1024)];
                let text = head
                    .strip_prefix(b"\xef\xbb\xbf")
                    .unwrap_or(head)
                    .trim_ascii_start();
                let svg = text.windows(4).any(|word| word == b"<svg");
                (text.first() == Some(&b'<') && svg).then_some(Kind::Svg)
            }
        }
    }

    /// Whether the seal calls it what it is.
    #[must_use]
    pub fn is_as_called(&self) -> bool {
        let called = self.kind.to_ascii_lowercase();
        self.kind_of_bytes()
            .is_some_and(|kind| kind.words().contains(&&called[..]))
    }

    /// Width and height in pixels, by its header. `None` for one without: SVG, OFD, or a damaged one.
    #[must_use]
    pub fn pixels(&self) -> Option<(u32, u32)> {
        let data = &self.data[..];
        match self.kind_of_bytes()? {
            // 11.2.1: the first chunk is IHDR.
            Kind::Png if data.get(12..16) == Some(b"IHDR") => {
                Some((be32(data, 16)?, be32(data, 20)?))
            }
            Kind::Png | Kind::Svg | Kind::Ofd => None,
            Kind::Gif => Some((le16(data, 6)?, le16(data, 8)?)),
            Kind::Bmp => match le32(data, 14)? {
                12 => Some((le16(data, 18)?, le16(data, 20)?)),
                // Signed, and negative where the rows go downwards.
                _ => Some((
                    (le32(data, 18)? as i32).unsigned_abs(),
                    (le32(data, 22)? as i32).unsigned_abs(),
                )),
            },
            Kind::Jpeg => jpeg(data),
        }
    }

    /// Whether it can be shown: of a type that browsers show, with a size that is no attack.
    #[must_use]
    pub fn can_be_shown(&self) -> bool {
        match (self.kind_of_bytes(), self.pixels()) {
            (Some(Kind::Svg), _) => true,
            (Some(_), Some((width, height))) => {
                (1..=MAX_SIDE).contains(&width)
                    && (1..=MAX_SIDE).contains(&height)
                    && u64::from(width) * u64::from(height) <= MAX_PIXELS
            }
            _ => false,
        }
    }
}

/// Size of a JPEG: that of its first frame (B.2.2).
fn jpeg(data: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let [0xff, marker] = *data.get(at..at + 2)? else {
            return None;
        };
        match marker {
            // Fill bytes.
            0xff => at += 1,
            // Markers that stand alone.
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((be16(data, at + 7)?, be16(data, at + 5)?));
            }
            0xd9 | 0xda => return None,
            _ => at += 2 + be16(data, at + 2)?.max(2) as usize,
        }
    }
}

fn be16(data: &[u8], at: usize) -> Option<u32> {
    let octets = data.get(at..at + 2)?;
    Some(octets.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

fn be32(data: &[u8], at: usize) -> Option<u32> {
    let octets = data.get(at..at + 4)?;
    Some(octets.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

fn le16(data: &[u8], at: usize) -> Option<u32> {
    let octets = data.get(at..at + 2)?;
    Some(octets.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)))
}

fn le32(data: &[u8], at: usize) -> Option<u32> {
    let octets = data.get(at..at + 4)?;
    Some(octets.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(kind: &str, data: &[u8]) -> Picture {
        Picture {
            kind: kind.into(),
            data: data.into(),
            width: 40,
            height: 40,
        }
    }

    #[test]
    fn type_and_size_come_from_the_bytes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x90\0\0\x01\x2c";
        let gif = b"GIF89a\xec\0\xed\0";
        let bmp = b"BM............\x28\0\0\0\x64\0\0\0\x9c\xff\xff\xff";
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc0\0\x11\x08\0\x20\0\x30";
        for (called, data, kind, size) in [
            ("PNG", &png[..], Kind::Png, Some((400, 300))),
            ("gif", gif, Kind::Gif, Some((236, 237))),
            ("BMP", bmp, Kind::Bmp, Some((100, 100))),
            ("JPG", jpeg, Kind::Jpeg, Some((48, 32))),
            ("svg", b"\xef\xbb\xbf <?xml?><svg>", Kind::Svg, None),
            ("OFD", b"PK\x03\x04", Kind::Ofd, None),
        ] {
            let picture = picture(called, data);
            assert_eq!(picture.kind_of_bytes(), Some(kind), "{called}");
            assert!(picture.is_as_called(), "{called}");
            assert_eq!(picture.pixels(), size, "{called}");
            for length in 0..data.len() {
                let cut = Picture {
                    data: data[..length].into(),
                    ..picture.clone()
                };
                assert!(cut.pixels().is_none() || length >= 10, "{called}, {length}");
            }
        }
        assert!(!picture("PNG", gif).is_as_called());
        assert_eq!(picture("PNG", b"<html><script>").kind_of_bytes(), None);
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_not_shown() {
        let of = |width: [u8; 4], height: [u8; 4]| {
            let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
            picture("PNG", &[&head[..], &width, &height].concat())
        };
        assert!(of([0, 0, 1, 0x90], [0, 0, 1, 0x90]).can_be_shown());
        assert!(!of([0, 0, 0x10, 1], [0, 0, 0, 1]).can_be_shown());
        assert!(!of([0, 0, 0x10, 0], [0, 0, 0x10, 0]).can_be_shown());
        assert!(!of([0xff; 4], [0xff; 4]).can_be_shown());
        assert!(!of([0; 4], [0, 0, 0, 1]).can_be_shown());
    }
}

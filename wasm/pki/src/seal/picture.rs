//! What the picture of a seal really is: its type by its own bytes, whatever the seal says, its size in
//! pixels by its header, and what decoding or drawing it would cost, before anybody does.

use super::{Picture, svg};

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

/// What of a picture is shown.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pixels of a side.
    pub side: u32,
    /// Pixels in all.
    pub pixels: u64,
}

impl Limits {
    /// Of a seal: a round one of 50 mm has 600 by 600 at 300 dpi.
    pub const SEAL: Self = Self {
        side: 4096,
        pixels: 8_000_000,
    };
}

/// Bytes of a PNG that are unpacked into something else than pixels, each into a thousand at most.
const MAX_PACKED: usize = 32 * 1024;
/// Scans of a JPEG, each over all its pixels: a progressive one has about ten.
const MAX_SCANS: usize = 20;

impl Kind {
    /// The type of a file, by its bytes. `None` if it is none that is known.
    #[must_use]
    pub fn of(file: &[u8]) -> Option<Self> {
        match file {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'B', b'M', ..] => Some(Self::Bmp),
            [b'P', b'K', 3, 4, ..] => Some(Self::Ofd),
            other => {
                let head = &other[..other.len().min(1024)];
                let text = head
                    .strip_prefix(b"\xef\xbb\xbf")
                    .unwrap_or(head)
                    .trim_ascii_start();
                let svg = text.windows(4).any(|word| word == b"<svg");
                (text.first() == Some(&b'<') && svg).then_some(Self::Svg)
            }
        }
    }

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
        Kind::of(&self.data)
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
        pixels(&self.data)
    }

    /// Whether it can be shown: of a type that browsers show, and harmless to whoever shows it.
    #[must_use]
    pub fn can_be_shown(&self) -> bool {
        self.check_shown().is_ok()
    }

    /// Whether it can be shown.
    ///
    /// # Errors
    /// What stands against it.
    pub fn check_shown(&self) -> Result<(), String> {
        check(&self.data, Limits::SEAL)
    }
}

/// Width and height of a picture's file in pixels, by its header. `None` for one without: SVG, OFD, or a damaged one.
#[must_use]
pub fn pixels(data: &[u8]) -> Option<(u32, u32)> {
    match Kind::of(data)? {
        // 11.2.1: the first chunk is IHDR.
        Kind::Png if data.get(12..16) == Some(b"IHDR") => Some((be32(data, 16)?, be32(data, 20)?)),
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

/// Whether a picture's file can be shown, of a type that browsers show and harmless to whoever shows it.
///
/// # Errors
/// What stands against it.
pub fn check(data: &[u8], limits: Limits) -> Result<(), String> {
    let kind = Kind::of(data);
    if kind == Some(Kind::Svg) {
        return svg::check(data).map_err(|reason| format!("SVG: {reason}"));
    }
    let fits = |side: u32| (1..=limits.side).contains(&side);
    match pixels(data) {
        Some((width, height)) if u64::from(width) * u64::from(height) > limits.pixels => {
            return Err("too many pixels".into());
        }
        Some((width, height)) if fits(width) && fits(height) => {}
        Some(_) => return Err("a size that is none, or too large".into()),
        None if kind.is_some_and(|kind| kind.media_type().is_some()) => {
            return Err("a damaged header".into());
        }
        None => return Err("a type that browsers don't show".into()),
    }
    match kind {
        Some(Kind::Png) => png(data),
        Some(Kind::Gif) => gif(data),
        Some(Kind::Jpeg) if scans(data) > MAX_SCANS => Err("JPEG: too many scans"),
        _ => Ok(()),
    }
    .map_err(Into::into)
}

/// A PNG without animation, and with little that is packed beside its pixels (ISO/IEC 15948, 11.3).
fn png(data: &[u8]) -> Result<(), &'static str> {
    let (mut at, mut packed) = (8, 0usize);
    // What a file that ends too early still has is shown.
    while let (Some(length), Some(kind)) = (be32(data, at), data.get(at + 4..at + 8)) {
        match kind {
            b"acTL" | b"fcTL" | b"fdAT" => return Err("PNG: an animation"),
            b"iCCP" | b"zTXt" | b"iTXt" => packed = packed.saturating_add(length as usize),
            _ => {}
        }
        if packed > MAX_PACKED {
            return Err("PNG: too much beside the pixels");
        }
        at = at.saturating_add(length as usize).saturating_add(12);
    }
    Ok(())
}

/// A GIF of one image, which lies on its screen (GIF89a, 18 to 25).
fn gif(data: &[u8]) -> Result<(), &'static str> {
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let mut at = 13 + data.get(10).map_or(0, |flags| table(*flags));
    let mut images = 0;
    loop {
        at = match data.get(at) {
            Some(0x21) => blocks(data, at + 2),
            Some(0x2c) => {
                images += 1;
                let place = |offset| le16(data, at + offset);
                let ends = |edge: Option<u32>, side: Option<u32>| Some(edge? + side?);
                let lies = ends(place(1), place(5)) <= le16(data, 6)
                    && ends(place(3), place(7)) <= le16(data, 8);
                if images > 1 || !lies {
                    return Err("GIF: more than one image, or one larger than its screen");
                }
                blocks(
                    data,
                    at + 11 + data.get(at + 9).map_or(0, |flags| table(*flags)),
                )
            }
            // Its end, or of what is left of it.
            _ => return Ok(()),
        };
    }
}

/// Where a row of data blocks ends.
fn blocks(data: &[u8], mut at: usize) -> usize {
    while let Some(&length @ 1..) = data.get(at) {
        at += 1 + usize::from(length);
    }
    at + 1
}

/// Scans of a JPEG: markers that begin one (ISO/IEC 10918-1, B.2.3). In the data of scans no other byte looks like it.
fn scans(data: &[u8]) -> usize {
    let mut at = 2;
    let mut scans = 0;
    while let (Some(&first), Some(&second)) = (data.get(at), data.get(at + 1)) {
        at += match [first, second] {
            // Data of a scan, fill bytes, and markers that stand alone.
            [other, _] if other != 0xff => 1,
            [_, 0xff] => 1,
            [_, 0x00 | 0x01 | 0xd0..=0xd9] => 2,
            [_, kind] => {
                scans += usize::from(kind == 0xda);
                2 + be16(data, at + 2).map_or(0, |length| length as usize)
            }
        }
    }
    scans
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

    fn chunk(kind: &[u8; 4], length: u32, data: usize) -> Vec<u8> {
        let mut chunk = [&length.to_be_bytes()[..], kind].concat();
        chunk.resize(chunk.len() + data + 4, 0);
        chunk
    }

    #[test]
    fn a_png_that_moves_or_unpacks_into_more_than_pixels_is_not_shown() {
        let of = |chunks: &[Vec<u8>]| {
            let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x90\0\0\x01\x90\x08\x02\0\0\0CRC.";
            picture("PNG", &[&head[..], &chunks.concat()].concat()).check_shown()
        };
        let pixels = chunk(b"IDAT", 100, 100);
        assert_eq!(of(&[chunk(b"iCCP", 3000, 3000), pixels.clone()]), Ok(()));
        assert_eq!(
            of(&[chunk(b"tEXt", 90_000, 90_000), pixels.clone()]),
            Ok(())
        );
        // Cut off, or with a length that leads nowhere.
        assert_eq!(of(&[chunk(b"IDAT", u32::MAX, 9)]), Ok(()));
        for bad in [
            chunk(b"acTL", 8, 8),
            chunk(b"iCCP", 40_000, 40_000),
            chunk(b"zTXt", u32::MAX, 9),
        ] {
            assert!(of(&[pixels.clone(), bad.clone()]).is_err());
            assert!(of(&[bad, pixels.clone()]).is_err());
        }
        let small = chunk(b"iTXt", 1000, 1000);
        assert_eq!(of(&vec![small.clone(); 32]), Ok(()));
        assert!(of(&vec![small; 33]).is_err());
    }

    #[test]
    fn a_gif_of_several_images_or_of_one_beyond_its_screen_is_not_shown() {
        let of = |parts: &[&[u8]]| {
            // 100 by 100, with a table of two colours.
            let head = b"GIF89a\x64\0\x64\0\x80\0\0\0\0\0\xff\xff\xff";
            picture("GIF", &[&head[..], &parts.concat()].concat()).check_shown()
        };
        let image = b"\x2c\0\0\0\0\x64\0\x64\0\x81............\x02\x03abc\0";
        let control = b"\x21\xf9\x04\0\0\0\0\0";
        assert_eq!(of(&[control, image, b"\x3b"]), Ok(()));
        assert_eq!(
            of(&[control, image, b"\x3b", image]),
            Ok(()),
            "what follows the end"
        );
        assert_eq!(of(&[&image[..20]]), Ok(()), "cut off");
        assert!(of(&[image, control, image]).is_err());
        let mut wide = image.to_vec();
        wide[6] = 0xff;
        assert!(of(&[&wide]).is_err());
        wide = image.to_vec();
        wide[1] = 1;
        assert!(of(&[&wide]).is_err());
    }

    #[test]
    fn a_jpeg_of_very_many_scans_is_not_shown() {
        let of = |scans: usize| {
            let head = b"\xff\xd8\xff\xe0\0\x04\xff\xda\xff\xc2\0\x11\x08\0\x20\0\x30............";
            let scan = b"\xff\xda\0\x08......ab\xff\0\xda\xff\xd0c";
            picture(
                "JPEG",
                &[&head[..], &scan.repeat(scans), b"\xff\xd9"].concat(),
            )
            .check_shown()
        };
        assert_eq!(of(1), Ok(()));
        assert_eq!(of(MAX_SCANS), Ok(()));
        assert!(of(MAX_SCANS + 1).is_err());
    }

    #[test]
    fn a_picture_that_is_cut_off_anywhere_is_looked_at_without_harm() {
        let gif = b"GIF89a\x64\0\x64\0\xf7\0\0!\xf9\x04\0\0\0\0\0,\0\0\0\0\x64\0\x64\0\x87abc\x02\x03abc\0;";
        let jpeg = b"\xff\xd8\xff\xc0\0\x11\x08\0\x20\0\x30............\xff\xda\0\x08......ab\xff";
        for data in [&gif[..], jpeg] {
            for length in 0..=data.len() {
                let _ = picture("", &data[..length]).check_shown();
            }
        }
    }
}

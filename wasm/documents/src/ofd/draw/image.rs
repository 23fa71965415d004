//! Images of a document (MultiMedia; GB/T 33190, 7.9 and 10): those that browsers show, looked at before they do.

use yinxin_pki::seal::picture::{Kind, Limits, check, pixels};

/// What an image's file is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Looked {
    pub(super) media_type: &'static str,
    pub(super) pixels: u64,
}

/// Why an image is not drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Refused {
    /// Of a type that is not drawn.
    Type(&'static str),
    /// Damaged, or too large.
    Unreadable,
}

/// Looks at an image's file.
///
/// # Errors
/// Why it is not drawn.
pub(super) fn look(file: &[u8]) -> Result<Looked, Refused> {
    let kind = match file {
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => return Err(Refused::Type("TIFF")),
        [0x97, b'J', b'B', b'2', ..] => return Err(Refused::Type("JBIG2")),
        [0, 0, 0, 12, b'j', b'P', ..] | [0xff, 0x4f, 0xff, 0x51, ..] => {
            return Err(Refused::Type("JPEG 2000"));
        }
        // None of the standard's types, and markup: it would be drawn by rules of its own.
        other if Kind::of(other) == Some(Kind::Svg) => return Err(Refused::Type("SVG")),
        other => Kind::of(other),
    };
    let media_type = kind.and_then(Kind::media_type).ok_or(Refused::Unreadable)?;
    check(file, LIMITS).map_err(|_| Refused::Unreadable)?;
    let (width, height) = pixels(file).ok_or(Refused::Unreadable)?;
    Ok(Looked {
        media_type,
        pixels: u64::from(width) * u64::from(height),
    })
}

/// A page of A4 at 600 dots an inch is drawn.
const LIMITS: Limits = Limits {
    side: 16_384,
    pixels: 40_000_000,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_what_its_bytes_say() {
        let png = |side: u8| {
            [
                b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
                &[0, 0, side, 0][..],
                &[0, 0, side, 0],
            ]
            .concat()
        };
        let looked = Looked {
            media_type: "image/png",
            pixels: 16 << 16,
        };
        assert_eq!(look(&png(4)), Ok(looked));
        assert_eq!(look(&png(0)), Err(Refused::Unreadable));
        assert_eq!(look(&png(40)), Err(Refused::Unreadable), "too many pixels");
        for (file, refused) in [
            (&b"II*\0...."[..], Refused::Type("TIFF")),
            (b"MM\0*....", Refused::Type("TIFF")),
            (b"\x97JB2\r\n\x1a\n", Refused::Type("JBIG2")),
            (b"\xef\xbb\xbf <svg onload='x'/>", Refused::Type("SVG")),
            (b"PK\x03\x04", Refused::Unreadable),
            (b"<script>", Refused::Unreadable),
            (b"", Refused::Unreadable),
        ] {
            assert_eq!(look(file), Err(refused));
        }
    }
}

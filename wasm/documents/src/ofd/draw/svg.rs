//! The drawing as it is written: elements and attributes of SVG whose names stand in this crate, numbers that are
//! formatted here, text that is escaped. Nothing else gets in, so nothing of a file can become markup, a style, a
//! script or an address.

use super::geometry::{Matrix, Rect};

/// Markup of a page, without its images.
const MAX_BYTES: usize = 8 << 20;
/// Elements of a page.
const MAX_ELEMENTS: usize = 60_000;
/// Bytes of the images of a page, as their files are.
const MAX_IMAGES: usize = 24 << 20;

/// A drawing that grows.
pub(super) struct Svg {
    out: String,
    elements: usize,
    /// Bytes of images that are in it, as their files are, and what they are in the markup.
    images: usize,
    encoded: usize,
    ids: usize,
}

/// What something can be referred to by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Id(usize);

impl Svg {
    pub(super) fn new() -> Self {
        Self {
            out: String::with_capacity(64 * 1024),
            elements: 0,
            images: 0,
            encoded: 0,
            ids: 0,
        }
    }

    /// Bytes that may still be written. What one object writes beside long values is small, so whoever asks before
    /// each object stays within the limit.
    pub(super) fn room(&self) -> usize {
        if self.elements >= MAX_ELEMENTS {
            return 0;
        }
        MAX_BYTES.saturating_sub(self.out.len() - self.encoded)
    }

    /// Begins an element.
    pub(super) fn element(&mut self, name: &'static str) -> Tag<'_> {
        self.elements += 1;
        self.out.push('<');
        self.out.push_str(name);
        Tag { svg: self, name }
    }

    /// Ends an element that has content.
    pub(super) fn close(&mut self, name: &'static str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// A name that nothing else has.
    pub(super) fn id(&mut self) -> Id {
        self.ids += 1;
        Id(self.ids)
    }

    /// Whether an image has room. It is counted by that.
    pub(super) fn take_image(&mut self, bytes: usize) -> bool {
        let fits = self.images.saturating_add(bytes) <= MAX_IMAGES;
        if fits {
            self.images += bytes;
        }
        fits
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// An element of which the attributes are being written.
#[must_use]
pub(super) struct Tag<'a> {
    svg: &'a mut Svg,
    name: &'static str,
}

impl Tag<'_> {
    fn begin(&mut self, name: &str) {
        self.svg.out.push(' ');
        self.svg.out.push_str(name);
        self.svg.out.push_str("=\"");
    }

    fn end(self) -> Self {
        self.svg.out.push('"');
        self
    }

    pub(super) fn number(mut self, name: &'static str, value: f64) -> Self {
        self.begin(name);
        push_number(&mut self.svg.out, value);
        self.end()
    }

    pub(super) fn numbers(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = f64>,
    ) -> Self {
        self.begin(name);
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                self.svg.out.push(' ');
            }
            push_number(&mut self.svg.out, value);
        }
        self.end()
    }

    pub(super) fn millimetres(mut self, name: &'static str, value: f64) -> Self {
        self.begin(name);
        push_number(&mut self.svg.out, value);
        self.svg.out.push_str("mm");
        self.end()
    }

    /// A value that is a word of this crate.
    pub(super) fn word(mut self, name: &'static str, value: &'static str) -> Self {
        self.begin(name);
        self.svg.out.push_str(value);
        self.end()
    }

    /// A value that is text, whatever it holds.
    pub(super) fn text(mut self, name: &'static str, value: &str) -> Self {
        self.begin(name);
        escape(&mut self.svg.out, value);
        self.end()
    }

    /// The lines of a path, as `path` and `text` write them.
    pub(super) fn lines(mut self, data: &str) -> Self {
        debug_assert!(
            data.bytes()
                .all(|byte| b"MLQCAZlqmcz0123456789-. ".contains(&byte))
        );
        self.begin("d");
        self.svg.out.push_str(data);
        self.end()
    }

    /// Left out where it changes nothing.
    pub(super) fn matrix(self, name: &'static str, matrix: Matrix) -> Self {
        if matrix == Matrix::IDENTITY {
            return self;
        }
        let mut tag = self;
        tag.begin(name);
        tag.svg.out.push_str("matrix(");
        for (at, value) in matrix.0.into_iter().enumerate() {
            if at > 0 {
                tag.svg.out.push(' ');
            }
            push_number(&mut tag.svg.out, value);
        }
        tag.svg.out.push(')');
        tag.end()
    }

    pub(super) fn rect(self, rect: Rect) -> Self {
        self.number("x", rect.x)
            .number("y", rect.y)
            .number("width", rect.width)
            .number("height", rect.height)
    }

    pub(super) fn colour(mut self, name: &'static str, rgb: [u8; 3]) -> Self {
        self.begin(name);
        self.svg.out.push('#');
        for byte in rgb {
            for digit in [byte >> 4, byte & 15] {
                self.svg
                    .out
                    .push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        self.end()
    }

    pub(super) fn named(mut self, Id(id): Id) -> Self {
        self.begin("id");
        self.svg.out.push('i');
        push_whole(&mut self.svg.out, id as u64);
        self.end()
    }

    /// A reference within the drawing.
    pub(super) fn reference(mut self, name: &'static str, Id(id): Id) -> Self {
        self.begin(name);
        self.svg.out.push_str("url(#i");
        push_whole(&mut self.svg.out, id as u64);
        self.svg.out.push(')');
        self.end()
    }

    /// What is drawn once more.
    pub(super) fn link(mut self, Id(id): Id) -> Self {
        self.begin("href");
        self.svg.out.push_str("#i");
        push_whole(&mut self.svg.out, id as u64);
        self.end()
    }

    /// An image's file, of a type that is one of browsers' images.
    pub(super) fn image(mut self, media_type: &'static str, file: &[u8]) -> Self {
        self.begin("href");
        let before = self.svg.out.len();
        self.svg.out.push_str("data:");
        self.svg.out.push_str(media_type);
        self.svg.out.push_str(";base64,");
        base64(&mut self.svg.out, file);
        self.svg.encoded += self.svg.out.len() - before;
        self.end()
    }

    /// Ends the element, which has nothing in it.
    pub(super) fn empty(self) {
        self.svg.out.push_str("/>");
    }

    /// Ends the tag. What follows is in the element, until [`Svg::close`].
    pub(super) fn open(self) {
        self.svg.out.push('>');
    }

    /// Ends the element, with text in it.
    pub(super) fn containing(self, text: &str) {
        self.svg.out.push('>');
        escape(&mut self.svg.out, text);
        self.svg.close(self.name);
    }
}

/// Text, in an attribute or between tags. What XML does not allow becomes U+FFFD.
fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}')
            }
            other => out.push(other),
        }
    }
}

/// A number with about seven digits, and none that says nothing.
pub(super) fn push_number(out: &mut String, value: f64) {
    let decimals = match value.abs() {
        large if large >= 10_000.0 => 2,
        large if large >= 100.0 => 3,
        large if large >= 1.0 => 5,
        _ => 7,
    };
    let scale = 10u64.pow(decimals);
    // Of what is no number nothing is left; the largest that is met is far below the integer's limit.
    let whole = (value.abs() * scale as f64).round() as u64;
    if value < 0.0 && whole > 0 {
        out.push('-');
    }
    push_whole(out, whole / scale);
    let (mut rest, mut width) = (whole % scale, decimals as usize);
    if rest == 0 {
        return;
    }
    while rest % 10 == 0 {
        rest /= 10;
        width -= 1;
    }
    out.push('.');
    let digits = rest.ilog10() as usize + 1;
    out.extend(std::iter::repeat_n('0', width - digits));
    push_whole(out, rest);
}

/// A whole number. Drawings have very many, and the formatter of the standard library takes several times as long.
pub(super) fn push_whole(out: &mut String, mut value: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|&digit| char::from(digit)));
}

/// Base64 (RFC 4648, 4), without a copy of the whole.
fn base64(out: &mut String, bytes: &[u8]) {
    use base64ct::{Base64, Encoding};
    out.reserve(Base64::encoded_len(&[]) + bytes.len().div_ceil(3) * 4);
    let mut room = [0u8; 4096];
    for piece in bytes.chunks(3072) {
        // The room is what 3072 bytes take.
        if let Ok(text) = Base64::encode(piece, &mut room) {
            out.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_say_something() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.353, "0.353"),
            (69.99999999999999, "70"),
            (0.000_000_01, "0"),
            (-0.000_000_01, "0"),
            (0.000_05, "0.00005"),
            (1_234_567.891, "1234567.89"),
            (-9_999_999.0, "-9999999"),
            (f64::NAN, "0"),
        ] {
            let mut out = String::new();
            push_number(&mut out, value);
            assert_eq!(out, text, "{value}");
        }
    }

    #[test]
    fn whatever_a_text_holds_it_stays_text() {
        let mut svg = Svg::new();
        svg.element("text")
            .text("font-family", "\"><script>")
            .containing("a & <b>\u{0}\u{1b}'");
        assert_eq!(
            svg.finish(),
            "<text font-family=\"&quot;&gt;&lt;script&gt;\">a &amp; &lt;b&gt;\u{fffd}\u{fffd}&apos;</text>"
        );
    }

    #[test]
    fn an_image_is_the_base64_of_its_file() {
        use base64ct::{Base64, Encoding};
        for length in [0, 1, 3071, 3072, 3073, 10_000] {
            let file: Vec<u8> = (0..length).map(|n: usize| (n * 7 % 251) as u8).collect();
            let mut svg = Svg::new();
            let before = svg.room();
            assert!(svg.take_image(file.len()));
            svg.element("image").image("image/png", &file).empty();
            assert!(before - svg.room() < 100, "it is counted apart");
            let expected = format!(
                "<image href=\"data:image/png;base64,{}\"/>",
                Base64::encode_string(&file)
            );
            assert_eq!(svg.finish(), expected);
        }
        let mut svg = Svg::new();
        assert!(!svg.take_image(MAX_IMAGES + 1));
        assert!(svg.take_image(MAX_IMAGES) && !svg.take_image(1));
    }
}

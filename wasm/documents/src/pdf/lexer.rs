//! Tokens and objects out of bytes (ISO 32000-2, 7.2 and 7.3).
//!
//! The bytes may be a window of a file: what touches its end is told as [`Stop::More`], so that it can be read again with
//! a larger one.

use super::object::{Dictionary, Entry, Object, Reference, Stream, is_delimiter, is_space};

/// Why reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The bytes end inside of what was to be read, and the file goes on.
    More,
    /// Nobody can read it.
    Malformed {
        /// Where, in bytes of the file.
        position: u64,
        /// What is wrong there.
        reason: &'static str,
    },
}

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub enum Token<'a> {
    /// A whole object of one token: a number, string or name.
    Object(Object),
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// `<<`
    DictionaryStart,
    /// `>>`
    DictionaryEnd,
    /// `obj`, `stream`, `true`, `R`, …
    Keyword(&'a [u8]),
    /// The file ends.
    End,
}

/// An indirect object (7.3.10).
#[derive(Clone, Debug, PartialEq)]
pub struct Indirect {
    /// Its name.
    pub reference: Reference,
    /// What it is.
    pub object: Object,
    /// Behind `endobj`, or behind what stands there in its place; of a stream, where its bytes begin.
    pub end: u64,
    /// Whether `endobj` stands where it must.
    pub is_closed: bool,
}

/// Reads one after another.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    bytes: &'a [u8],
    /// Position of the bytes in the file.
    base: u64,
    at: usize,
    is_end: bool,
    objects: usize,
}

impl<'a> Lexer<'a> {
    /// Of bytes at a position of a file, and whether the file ends with them.
    #[must_use]
    pub fn new(bytes: &'a [u8], base: u64, is_end: bool) -> Self {
        Self {
            bytes,
            base,
            at: 0,
            is_end,
            objects: 0,
        }
    }

    /// Where it stands in the file.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Goes over white space and comments.
    ///
    /// # Errors
    /// [`Stop::More`].
    pub fn skip_space(&mut self) -> Result<(), Stop> {
        let mut in_comment = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\r' | b'\n' => in_comment = false,
                _ if in_comment || is_space(byte) => {}
                b'%' => in_comment = true,
                _ => return Ok(()),
            }
            self.at += 1;
        }
        self.ended(())
    }

    /// Reads the next token.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn token(&mut self) -> Result<Token<'a>, Stop> {
        self.skip_space()?;
        let Some(&first) = self.bytes.get(self.at) else {
            return Ok(Token::End);
        };
        let second = self.bytes.get(self.at + 1).copied();
        if second.is_none() && b"<>".contains(&first) && !self.is_end {
            return Err(Stop::More);
        }
        let (size, token) = match (first, second) {
            (b'<', Some(b'<')) => (2, Token::DictionaryStart),
            (b'>', Some(b'>')) => (2, Token::DictionaryEnd),
            (b'[', _) => (1, Token::ArrayStart),
            (b']', _) => (1, Token::ArrayEnd),
            (b'{' | b'}', _) => (1, Token::Keyword(&self.bytes[self.at..=self.at])),
            (b'(', _) => return self.literal().map(Token::Object),
            (b'<', _) => return self.hex().map(Token::Object),
            (b'/', _) => return self.name().map(Token::Object),
            (b')' | b'>', _) => return Err(self.malformed("a bracket that nothing opened")),
            _ => {
                let word = self.regular(0)?;
                return Ok(number(word).map_or(Token::Keyword(word), Token::Object));
            }
        };
        self.at += size;
        Ok(token)
    }

    /// Reads an object.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn object(&mut self) -> Result<Object, Stop> {
        self.object_within(MAX_DEPTH)
    }

    /// Reads an indirect object; of a stream what stands before its bytes.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn indirect(&mut self) -> Result<Indirect, Stop> {
        self.skip_space()?;
        let start = self.clone();
        let refused = || start.malformed("an indirect object is expected");
        let (Token::Object(number), Token::Object(generation)) = (self.token()?, self.token()?)
        else {
            return Err(refused());
        };
        let reference = reference(&number, &generation).ok_or_else(refused)?;
        if self.token()? != Token::Keyword(b"obj") {
            return Err(refused());
        }
        let object = self.object()?;
        let behind = self.clone();
        let (object, is_closed) = match (self.token()?, object) {
            (Token::Keyword(b"endobj"), object) => (object, true),
            (Token::Keyword(b"stream"), Object::Dictionary(dictionary)) => {
                // CR LF or LF (7.3.8.1).
                match self.bytes.get(self.at..self.at + 2) {
                    Some(b"\r\n") => self.at += 2,
                    Some([b'\n', _]) => self.at += 1,
                    None if !self.is_end => return Err(Stop::More),
                    _ => return Err(self.malformed("a line end is expected behind stream")),
                }
                let data = self.position();
                (Object::Stream(Stream { dictionary, data }), true)
            }
            (_, object) => {
                *self = behind;
                (object, false)
            }
        };
        Ok(Indirect {
            reference,
            object,
            end: self.position(),
            is_closed,
        })
    }

    fn object_within(&mut self, depth: usize) -> Result<Object, Stop> {
        self.skip_space()?;
        let start = self.clone();
        let token = self.token()?;
        self.object_of(token, &start, depth)
    }

    /// The object that begins with a token.
    fn object_of(&mut self, token: Token<'a>, start: &Self, depth: usize) -> Result<Object, Stop> {
        self.count(start, depth)?;
        match token {
            Token::Object(object @ Object::Integer(_)) => {
                // Perhaps a reference: two numbers and R.
                let behind = self.clone();
                if let Token::Object(generation @ Object::Integer(_)) = self.token_or(&behind)?
                    && self.token_or(&behind)? == Token::Keyword(b"R")
                {
                    return reference(&object, &generation)
                        .map(Object::Reference)
                        .ok_or_else(|| start.malformed(NO_REFERENCE));
                }
                self.at = behind.at;
                Ok(object)
            }
            Token::Object(object) => Ok(object),
            Token::Keyword(b"null") => Ok(Object::Null),
            Token::Keyword(b"true") => Ok(Object::Boolean(true)),
            Token::Keyword(b"false") => Ok(Object::Boolean(false)),
            Token::ArrayStart => {
                let mut objects = Vec::new();
                loop {
                    self.skip_space()?;
                    let start = self.clone();
                    match self.token()? {
                        Token::ArrayEnd => return Ok(Object::Array(objects)),
                        // Numbers may be many, and are looked at once: R makes one of the last two.
                        Token::Object(number @ Object::Integer(_)) => {
                            self.count(&start, depth - 1)?;
                            objects.push(number);
                        }
                        Token::Keyword(b"R") => {
                            let made = match &objects[..] {
                                [.., number, generation] => reference(number, generation),
                                _ => None,
                            };
                            let made = made.ok_or_else(|| start.malformed(NO_REFERENCE))?;
                            objects.truncate(objects.len() - 2);
                            objects.push(Object::Reference(made));
                        }
                        token => objects.push(self.object_of(token, &start, depth - 1)?),
                    }
                }
            }
            Token::DictionaryStart => self.dictionary(depth - 1).map(Object::Dictionary),
            _ => Err(start.malformed("an object is expected")),
        }
    }

    /// Counts an object that stands so deep.
    fn count(&mut self, start: &Self, depth: usize) -> Result<(), Stop> {
        self.objects += 1;
        if self.objects > MAX_OBJECTS {
            return Err(start.malformed("too many objects in one"));
        }
        if depth == 0 {
            return Err(start.malformed("objects in objects too deep"));
        }
        Ok(())
    }

    /// The next token, where a broken one is somebody else's matter.
    fn token_or(&mut self, behind: &Self) -> Result<Token<'a>, Stop> {
        match self.token() {
            Err(Stop::Malformed { .. }) => {
                self.at = behind.at;
                Ok(Token::End)
            }
            other => other,
        }
    }

    /// What stands behind `<<`.
    fn dictionary(&mut self, depth: usize) -> Result<Dictionary, Stop> {
        let mut entries = Vec::new();
        loop {
            self.skip_space()?;
            let before = self.clone();
            let key = match self.token()? {
                Token::DictionaryEnd => return Ok(Dictionary::new(entries)),
                Token::Object(Object::Name(key)) => key,
                _ => return Err(before.malformed("a name is expected in a dictionary")),
            };
            self.skip_space()?;
            let start = self.position();
            let value = self.object_within(depth)?;
            let at = start..self.position();
            entries.push(Entry { key, value, at });
        }
    }

    /// The bytes up to the next white space or delimiter, from so many on.
    fn regular(&mut self, skipped: usize) -> Result<&'a [u8], Stop> {
        let start = self.at + skipped;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let size = rest
            .iter()
            .position(|byte| is_space(*byte) || is_delimiter(*byte));
        let size = match size {
            Some(size) => size,
            None => self.ended(rest.len())?,
        };
        self.at = start + size;
        Ok(&rest[..size])
    }

    fn name(&mut self) -> Result<Object, Stop> {
        let written = self.regular(1)?;
        let mut name = Vec::with_capacity(written.len());
        let mut rest = written;
        while let [byte, behind @ ..] = rest {
            let code = match (byte, behind) {
                (b'#', [high, low, ..]) => digit(*high).zip(digit(*low)),
                _ => None,
            };
            // A `#` without two digits is one, as in names of PDF 1.1.
            let (byte, size) = code.map_or((*byte, 1), |(high, low)| (high << 4 | low, 3));
            name.push(byte);
            rest = &rest[size..];
        }
        Ok(Object::Name(name))
    }

    fn hex(&mut self) -> Result<Object, Stop> {
        let mut bytes = Vec::new();
        let mut high = None;
        for (index, &byte) in self.bytes[self.at + 1..].iter().enumerate() {
            match (byte, digit(byte), high) {
                (b'>', ..) => {
                    bytes.extend(high.map(|high| high << 4));
                    self.at += index + 2;
                    return Ok(Object::String(bytes));
                }
                (_, Some(low), Some(first)) => {
                    bytes.push(first << 4 | low);
                    high = None;
                }
                (_, Some(first), None) => high = Some(first),
                _ if is_space(byte) => {}
                _ => return Err(self.malformed("no hex digit in a string of such")),
            }
        }
        self.ended(())?;
        Err(self.malformed("a string without end"))
    }

    fn literal(&mut self) -> Result<Object, Stop> {
        let mut bytes = Vec::new();
        let mut open = 0_usize;
        let mut at = self.at;
        while let Some(&byte) = self.bytes.get(at) {
            at += 1;
            match byte {
                b'(' if open == 0 => {
                    open = 1;
                    continue;
                }
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    let (escaped, size) = escape(&self.bytes[at..]);
                    bytes.extend(escaped);
                    at += size;
                    continue;
                }
                // Whatever line end is written, it reads as LF (7.3.4.2).
                b'\r' => {
                    at += usize::from(self.bytes.get(at) == Some(&b'\n'));
                    bytes.push(b'\n');
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                self.at = at;
                return Ok(Object::String(bytes));
            }
            bytes.push(byte);
        }
        self.ended(())?;
        Err(self.malformed("a string without end"))
    }

    /// What there is where the bytes end: nothing, if the file goes on.
    fn ended<T>(&self, value: T) -> Result<T, Stop> {
        if self.is_end {
            Ok(value)
        } else {
            Err(Stop::More)
        }
    }

    /// That nobody can read what stands here.
    #[must_use]
    pub fn malformed(&self, reason: &'static str) -> Stop {
        let position = self.position();
        Stop::Malformed { position, reason }
    }
}

/// The byte of an escape, if it is one, and how many were read behind `\`.
fn escape(bytes: &[u8]) -> (Option<u8>, usize) {
    let octal = |byte: &u8| (b'0'..=b'7').contains(byte);
    match bytes {
        [b'n', ..] => (Some(b'\n'), 1),
        [b'r', ..] => (Some(b'\r'), 1),
        [b't', ..] => (Some(b'\t'), 1),
        [b'b', ..] => (Some(8), 1),
        [b'f', ..] => (Some(12), 1),
        // A line goes on.
        [b'\r', b'\n', ..] => (None, 2),
        [b'\r' | b'\n', ..] => (None, 1),
        [first, ..] if octal(first) => {
            let size = bytes.iter().take(3).take_while(|byte| octal(byte)).count();
            let code = bytes[..size]
                .iter()
                .fold(0_u16, |code, digit| code << 3 | u16::from(digit - b'0'));
            // What does not fit into a byte loses its high bit.
            (Some(code.to_le_bytes()[0]), size)
        }
        [other, ..] => (Some(*other), 1),
        [] => (None, 0),
    }
}

/// A number (7.3.3), if a word is one.
fn number(word: &[u8]) -> Option<Object> {
    let text = std::str::from_utf8(word).ok()?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1;
    if !is_number {
        return None;
    }
    let whole = text.parse().map(Object::Integer).ok();
    let real = || text.parse().ok().filter(|number: &f64| number.is_finite());
    whole.or_else(|| real().map(Object::Real))
}

fn reference(number: &Object, generation: &Object) -> Option<Reference> {
    let number = u32::try_from(number.integer()?).ok()?;
    (number <= MAX_NUMBER).then_some(())?;
    let generation = u16::try_from(generation.integer()?).ok()?;
    Some(Reference { number, generation })
}

pub(super) fn digit(byte: u8) -> Option<u8> {
    // At most 15.
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

const NO_REFERENCE: &str = "no reference has such numbers";

/// Objects in objects.
const MAX_DEPTH: usize = 64;

/// Objects in one, all depths together.
const MAX_OBJECTS: usize = 300_000;

/// The highest number of an indirect object (ISO 32000-1, table C.1).
pub const MAX_NUMBER: u32 = 8_388_607;

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &[u8]) -> Result<Object, Stop> {
        Lexer::new(text, 0, true).object()
    }

    #[test]
    fn strings_are_read_as_they_are_escaped() {
        for (text, expected) in [
            (&b"(a(b)c)"[..], &b"a(b)c"[..]),
            (b"(\\n\\r\\t\\b\\f\\(\\)\\\\\\q)", b"\n\r\t\x08\x0c()\\q"),
            (b"(\\53\\053\\0053\\400)", b"++\x053\0"),
            (b"(a\\\r\nb\\\nc)", b"abc"),
            (b"(a\r\nb\rc\nd)", b"a\nb\nc\nd"),
            (b"<48 65\n6C6>", b"Hel`"),
            (b"()", b""),
            (b"<>", b""),
        ] {
            let Ok(Object::String(bytes)) = whole(text) else {
                panic!("{}", String::from_utf8_lossy(text));
            };
            assert_eq!(bytes, expected, "{}", String::from_utf8_lossy(text));
        }
        for text in [&b"(a"[..], b"(a\\", b"<4", b"<4x>", b")", b">"] {
            assert!(matches!(whole(text), Err(Stop::Malformed { .. })));
        }
    }

    #[test]
    fn numbers_names_and_references() {
        let Ok(Object::Array(objects)) =
            whole(b"[1 -2 +3 4. .5 -.25 1 0 R 1 0 1 /A#42/#/% c\n/ true]")
        else {
            panic!("an array");
        };
        let large = whole(b"99999999999999999999");
        assert!(matches!(large, Ok(Object::Real(1e20))));
        let name = |name: &[u8]| Object::Name(name.to_vec());
        let reference = Reference {
            number: 1,
            generation: 0,
        };
        let expected = [
            Object::Integer(1),
            Object::Integer(-2),
            Object::Integer(3),
            Object::Real(4.0),
            Object::Real(0.5),
            Object::Real(-0.25),
            Object::Reference(reference),
            Object::Integer(1),
            Object::Integer(0),
            Object::Integer(1),
            name(b"AB"),
            name(b"#"),
            name(b""),
            name(b""),
            Object::Boolean(true),
        ];
        assert_eq!(objects, expected);
        for text in [
            &b"8388608 0 R"[..],
            b"1 65536 R",
            b"-1 0 R",
            b"--1",
            b"1.2.3",
            b"R",
        ] {
            assert!(whole(text).is_err(), "{}", String::from_utf8_lossy(text));
        }
    }

    /// Every place where a window may end.
    #[test]
    fn a_window_that_ends_inside_asks_for_more_and_never_reads_something_else() {
        let text =
            b"7 0 obj <</A [1 0 R (a\\(b\\)) <4142> /N#41 true] % c\n/B 12 /C -1.5>> endobj ";
        let read = |end, is_end| Lexer::new(&text[..end], 100, is_end).indirect();
        let expected = read(text.len(), true).unwrap();
        assert!(expected.is_closed);
        for end in 0..text.len() {
            assert_eq!(read(end, false), Err(Stop::More), "{end}");
        }
        assert_eq!(read(text.len(), false), Ok(expected));

        let text = b"7 0 obj <</Length 3>> stream\r\nabc";
        for end in 0..30 {
            let read = Lexer::new(&text[..end], 0, false).indirect();
            assert_eq!(read, Err(Stop::More), "{end}");
        }
        let stream = Lexer::new(text, 0, true).indirect().unwrap();
        assert!(matches!(
            stream.object,
            Object::Stream(Stream { data: 30, .. })
        ));
    }

    #[test]
    fn values_know_where_they_stand() {
        let text = b"  <</Contents  <00ff> /ByteRange[0 1]/R 1 0 R >>";
        let object = Lexer::new(text, 1000, true).object().unwrap();
        let dictionary = object.dictionary().unwrap();
        let slice = |key: &[u8]| {
            let at = dictionary.entry(key).unwrap().at.clone();
            &text
                [usize::try_from(at.start - 1000).unwrap()..usize::try_from(at.end - 1000).unwrap()]
        };
        assert_eq!(slice(b"Contents"), b"<00ff>");
        assert_eq!(slice(b"ByteRange"), b"[0 1]");
        assert_eq!(slice(b"R"), b"1 0 R");
    }

    #[test]
    fn depth_and_count_have_limits() {
        let nested = |depth| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(whole(&nested(MAX_DEPTH)).is_ok());
        assert!(whole(&nested(MAX_DEPTH + 1)).is_err());
        assert!(whole(&vec![b'['; 1_000_000]).is_err());
        assert!(whole(&b"<</A".repeat(1_000_000)).is_err());
        let many = |count| [&b"["[..], &b"0 ".repeat(count), b"]"].concat();
        assert!(whole(&many(MAX_OBJECTS - 1)).is_ok());
        assert!(whole(&many(MAX_OBJECTS)).is_err());
    }
}

//! Objects (ISO 32000-2, 7.3), as they stand in a file: with the places of a dictionary's values, and with the keys that
//! it has twice.

use std::cmp::Ordering;
use std::ops::Range;

/// An object. Two are the same if they say the same to every reader, wherever they stand.
#[derive(Clone, Debug)]
pub enum Object {
    /// Also what a reference to nothing is.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point, or one that is too large for an [`Object::Integer`].
    Real(f64),
    /// Its bytes, without the escapes that it was written with.
    String(Vec<u8>),
    /// Its bytes, without `/` and `#`.
    Name(Vec<u8>),
    /// Objects in order.
    Array(Vec<Object>),
    /// Objects by name.
    Dictionary(Dictionary),
    /// A dictionary and bytes.
    Stream(Stream),
    /// To an indirect object.
    Reference(Reference),
}

/// The name of an indirect object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// From 1 on.
    pub number: u32,
    /// 0 for most.
    pub generation: u16,
}

/// A stream: what its dictionary says, and where its bytes begin. How many they are stands in `/Length`, perhaps of
/// another object.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// What is said of the bytes.
    pub dictionary: Dictionary,
    /// Position of the first of them in the file.
    pub data: u64,
}

/// Objects by name, in the order in which they stand.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    entries: Vec<Entry>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub key: Vec<u8>,
    /// Its value.
    pub value: Object,
    /// Where the value stands, from its first byte to behind its last: in the file, or in what an object stream holds.
    pub at: Range<u64>,
}

impl Object {
    /// The number, if it is a whole one.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The number, whole or not.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            // Beyond 2^53 nothing in a document is.
            #[allow(clippy::cast_precision_loss)]
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            _ => None,
        }
    }

    /// The name's bytes.
    #[must_use]
    pub fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The string's bytes.
    #[must_use]
    pub fn string(&self) -> Option<&[u8]> {
        match self {
            Self::String(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The array's objects.
    #[must_use]
    pub fn array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(objects) => Some(objects),
            _ => None,
        }
    }

    /// The dictionary, a stream's too.
    #[must_use]
    pub fn dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            Self::Stream(stream) => Some(&stream.dictionary),
            _ => None,
        }
    }

    /// The reference.
    #[must_use]
    pub fn reference(&self) -> Option<Reference> {
        match self {
            Self::Reference(reference) => Some(*reference),
            _ => None,
        }
    }

    /// Whether a key stands twice anywhere in it, so that readers differ in what it says.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        let own = match self {
            Self::Array(objects) => return objects.iter().any(Self::is_ambiguous),
            Self::Dictionary(own)
            | Self::Stream(Stream {
                dictionary: own, ..
            }) => own,
            _ => return false,
        };
        own.duplicate().is_some() || own.entries.iter().any(|entry| entry.value.is_ambiguous())
    }

    /// Appends it as it stands in a file; of a stream its dictionary.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend(b"null"),
            Self::Boolean(true) => out.extend(b"true"),
            Self::Boolean(false) => out.extend(b"false"),
            Self::Integer(number) => out.extend(number.to_string().into_bytes()),
            // With the shortest digits that read as the same number, a point, and no exponent.
            Self::Real(number) if number.fract() == 0.0 => {
                out.extend(format!("{number:.1}").into_bytes());
            }
            Self::Real(number) => out.extend(number.to_string().into_bytes()),
            Self::String(bytes) => write_string(bytes, out),
            Self::Name(name) => write_name(name, out),
            Self::Array(objects) => {
                out.push(b'[');
                for (index, object) in objects.iter().enumerate() {
                    if index > 0 {
                        out.push(b' ');
                    }
                    object.write(out);
                }
                out.push(b']');
            }
            Self::Dictionary(dictionary) => dictionary.write(out),
            Self::Stream(stream) => stream.dictionary.write(out),
            Self::Reference(Reference { number, generation }) => {
                out.extend(format!("{number} {generation} R").into_bytes());
            }
        }
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            // Beyond that readers round, cut off or wrap around: of two spellings nobody can say that they are one.
            (Self::Real(a), Self::Real(b)) => a == b && a.abs() < LARGEST_SURE,
            (Self::String(a), Self::String(b)) | (Self::Name(a), Self::Name(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Dictionary(a), Self::Dictionary(b)) => a == b,
            (Self::Stream(a), Self::Stream(b)) => a == b,
            (Self::Reference(a), Self::Reference(b)) => a == b,
            _ => false,
        }
    }
}

impl From<Reference> for Object {
    fn from(reference: Reference) -> Self {
        Self::Reference(reference)
    }
}

impl Dictionary {
    /// One of such entries.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        Self { entries }
    }

    /// All entries, those of a key that is there twice too.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The value of a key: the last one, as most readers have it, and none for `null` (7.3.7).
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Object> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The same with its place.
    #[must_use]
    pub fn entry(&self, key: &[u8]) -> Option<&Entry> {
        let last = self.entries.iter().rev().find(|entry| entry.key == key);
        last.filter(|entry| entry.value != Object::Null)
    }

    /// The first key that is there twice, which no file may have: readers differ in which value they take.
    #[must_use]
    pub fn duplicate(&self) -> Option<&[u8]> {
        let mut keys: Vec<&[u8]> = self.entries.iter().map(|entry| &entry.key[..]).collect();
        keys.sort_unstable();
        keys.windows(2)
            .find(|pair| pair[0] == pair[1])
            .map(|pair| pair[0])
    }

    /// Gives a key a value, in the place of the one that it had.
    pub fn set(&mut self, key: &[u8], value: Object) {
        let entry = Entry {
            key: key.to_vec(),
            value,
            at: 0..0,
        };
        match self.entries.iter().rposition(|known| known.key == key) {
            Some(at) => self.entries[at] = entry,
            None => self.entries.push(entry),
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &[u8]) {
        self.entries.retain(|entry| entry.key != key);
    }

    /// Appends it as it stands in a file.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(b"<<");
        for Entry { key, value, .. } in &self.entries {
            write_name(key, out);
            out.push(b' ');
            value.write(out);
        }
        out.extend(b">>");
    }
}

impl PartialEq for Dictionary {
    /// The order of keys says nothing, but for a key that is there twice.
    fn eq(&self, other: &Self) -> bool {
        let sorted = |all: &Self| {
            let mut order: Vec<usize> = (0..all.entries.len()).collect();
            order.sort_by(|a, b| all.entries[*a].key.cmp(&all.entries[*b].key));
            order
        };
        self.entries.len() == other.entries.len()
            && sorted(self).into_iter().zip(sorted(other)).all(|(a, b)| {
                let (a, b) = (&self.entries[a], &other.entries[b]);
                a.key.cmp(&b.key) == Ordering::Equal && a.value == b.value
            })
    }
}

/// White space (7.2.3).
#[must_use]
pub fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

/// What ends a name or number beside white space (7.2.3).
#[must_use]
pub fn is_delimiter(byte: u8) -> bool {
    b"()<>[]{}/%".contains(&byte)
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && byte != b'#' && !is_delimiter(byte) {
            out.push(byte);
        } else {
            out.extend(format!("#{byte:02X}").into_bytes());
        }
    }
}

/// In parentheses where that is legible, else in hex.
fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        out.push(b'(');
        for &byte in bytes {
            if b"()\\".contains(&byte) {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b')');
        return;
    }
    out.push(b'<');
    for byte in bytes {
        out.extend(format!("{byte:02X}").into_bytes());
    }
    out.push(b'>');
}

/// The largest number that every reader has alike (ISO 32000-2, annex C): what 32 bits hold.
pub(super) const LARGEST_SURE: f64 = 2_147_483_648.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::lexer::Lexer;

    fn read(text: &[u8]) -> Object {
        Lexer::new(text, 0, true).object().unwrap()
    }

    #[test]
    fn what_is_written_reads_as_the_same() {
        for text in [
            &b"[null true false 0 -17 4.5 -0.001 (a \\(b\\) \\\\) <00FF> /Name /A#20B#2F 12 0 R]"[..],
            b"<</A<</B[]>>/C()/D 1>>",
            b"[1. .5 +3 -2147483647.5]",
        ] {
            let object = read(text);
            let mut written = Vec::new();
            object.write(&mut written);
            assert_eq!(
                read(&written),
                object,
                "{}",
                String::from_utf8_lossy(&written)
            );
        }
    }

    #[test]
    fn dictionaries_are_the_same_by_what_they_say() {
        let is_same = |a: &[u8], b: &[u8]| read(a) == read(b);
        assert!(is_same(b"<</A 1/B 2>>", b"<< /B 2  /A  1 >>"));
        assert!(!is_same(b"<</A 1>>", b"<</A 1/B 2>>"));
        assert!(!is_same(b"<</A 1/B 2>>", b"<</A 1/B 3>>"));
        assert!(!is_same(b"<</A 1/B 2>>", b"<</A 1/C 2>>"));
        // The second one counts.
        assert!(!is_same(b"<</A 1/A 2>>", b"<</A 2/A 1>>"));
        assert!(is_same(b"<</A(x)>>", b"<</#41<78>>>"));
    }

    #[test]
    fn a_number_that_readers_have_differently_is_the_same_as_none() {
        let is_same = |a: &[u8], b: &[u8]| read(a) == read(b);
        assert!(is_same(b"[1.50]", b"[1.5]"));
        // MuPDF has 0 and 1.
        assert!(!is_same(
            b"[18446744073709551616]",
            b"[18446744073709551617]"
        ));
        assert!(!is_same(b"4294967296.0", b"4294967296.0"));
        let mut written = Vec::new();
        read(b"123456789012345678901234567890").write(&mut written);
        assert_eq!(written, b"123456789012345677877719597056.0");
    }

    #[test]
    fn of_a_key_that_is_there_twice_the_last_counts_and_it_is_told() {
        let object = read(b"<</A 1/B 3/A 2/N null>>");
        let dictionary = object.dictionary().unwrap();
        assert_eq!(dictionary.get(b"A"), Some(&Object::Integer(2)));
        assert_eq!(dictionary.get(b"N"), None);
        assert_eq!(dictionary.duplicate(), Some(&b"A"[..]));
        assert_eq!(
            read(b"<</A 1/B 3>>").dictionary().unwrap().duplicate(),
            None
        );
    }
}

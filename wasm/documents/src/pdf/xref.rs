//! Cross-reference sections (ISO 32000-2, 7.5.4 and 7.5.8): where objects stand, as tables and streams say it, one
//! section at a time.

use super::filter;
use super::lexer::{Indirect, Lexer, MAX_NUMBER, Stop, Token};
use super::object::{Dictionary, Object, Reference, is_space};
use super::reader::{Reader, unreadable};
use yinxin_proto::Error;

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: the number is free.
    Free,
    /// At a position of the file.
    At {
        /// Of its number.
        offset: u64,
        /// Its generation.
        generation: u16,
    },
    /// In an object stream.
    Inside {
        /// The stream's number.
        stream: u32,
        /// Which of its objects, from 0 on.
        index: u32,
    },
}

/// What a section says of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The number.
    pub number: u32,
    /// Where the object is.
    pub place: Place,
}

/// A section: a table with its trailer, or a stream.
#[derive(Clone, Debug)]
pub struct Section {
    /// Where it begins: at `xref`, or at the number of its stream.
    pub position: u64,
    /// Behind its trailer; of a stream, behind its bytes.
    pub end: u64,
    /// The stream that it is; none for a table.
    pub stream: Option<Reference>,
    /// What it says, by number.
    pub listed: Vec<Listed>,
    /// Numbers that it names more than once: readers differ in which they take. At most a few.
    pub repeated: Vec<u32>,
    /// Its trailer, or the stream's dictionary.
    pub trailer: Dictionary,
    /// Where the section before it is (`/Prev`).
    pub previous: Option<u64>,
    /// Of a stream, whether its rows are as many as it says, and each is of a kind that the standard knows.
    pub is_exact: bool,
    /// The section beside it, for readers that know streams (`/XRefStm` of a hybrid file, 7.5.8.4).
    pub beside: Option<Box<Section>>,
}

impl Section {
    /// What it says of a number. In a hybrid file that is the table's, but where it calls the number free, or not at
    /// all, that of the stream beside it.
    #[must_use]
    pub fn place(&self, number: u32) -> Option<Place> {
        let own = self.own(number);
        match (&self.beside, own) {
            (Some(beside), None | Some(Place::Free)) => beside.own(number).or(own),
            _ => own,
        }
    }

    /// Numbers of which it says something, in order, perhaps twice.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        let beside = self.beside.iter().flat_map(|beside| &beside.listed);
        let mut numbers: Vec<u32> = self
            .listed
            .iter()
            .chain(beside)
            .map(|one| one.number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter()
    }

    fn own(&self, number: u32) -> Option<Place> {
        let found = self.listed.binary_search_by_key(&number, |one| one.number);
        found.ok().map(|at| self.listed[at].place)
    }

    /// Reads the one at a position, in a file that ends at another; of all entries so many may be left.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn read(
        reader: &Reader<'_>,
        position: u64,
        end: u64,
        entries_left: &mut usize,
    ) -> Result<Self, Error> {
        let mut section = Self::read_one(reader, position, end, entries_left)?;
        if let (None, Some(beside)) = (section.stream, section.trailer.get(b"XRefStm")) {
            let at =
                offset(beside).ok_or_else(|| unreadable(position, "no position in XRefStm"))?;
            let beside = Self::read_one(reader, at, end, entries_left)?;
            if beside.stream.is_none() {
                return Err(unreadable(at, "XRefStm names no cross-reference stream"));
            }
            section.beside = Some(Box::new(beside));
        }
        Ok(section)
    }

    fn read_one(
        reader: &Reader<'_>,
        position: u64,
        end: u64,
        entries_left: &mut usize,
    ) -> Result<Self, Error> {
        let is_table = reader.parse(position, end, |lexer| {
            Ok(lexer.token()? == Token::Keyword(b"xref"))
        })?;
        if is_table {
            Self::read_table(reader, position, end, entries_left)
        } else {
            Self::read_stream(reader, position, end, entries_left)
        }
    }

    fn read_table(
        reader: &Reader<'_>,
        position: u64,
        end: u64,
        entries_left: &mut usize,
    ) -> Result<Self, Error> {
        let mut listed = Vec::new();
        let mut at = reader.parse(position, end, |lexer| {
            lexer.token()?;
            Ok(lexer.position())
        })?;
        loop {
            let (subsection, behind) = reader.parse(at, end, |lexer| {
                let subsection = subsection(lexer)?;
                Ok((subsection, lexer.position()))
            })?;
            let Some((first, count)) = subsection else {
                at = behind;
                break;
            };
            take_from(entries_left, count).ok_or_else(|| unreadable(at, TOO_MANY))?;
            if first
                .checked_add(count)
                .is_none_or(|end| end > MAX_NUMBER as usize + 1)
            {
                return Err(unreadable(at, "a number of an object is too high"));
            }
            at = read_entries(reader, behind, first, count, &mut listed)?;
        }
        let (trailer, behind) = reader.parse(at, end, |lexer| {
            let object = lexer.object()?;
            Ok((object, lexer.position()))
        })?;
        let Object::Dictionary(trailer) = trailer else {
            return Err(unreadable(at, "a trailer is no dictionary"));
        };
        Self::new(position, behind, None, listed, trailer)
    }

    fn read_stream(
        reader: &Reader<'_>,
        position: u64,
        end: u64,
        entries_left: &mut usize,
    ) -> Result<Self, Error> {
        let refused = |reason: &str| unreadable(position, reason);
        let Indirect {
            reference, object, ..
        } = reader.parse(position, end, |lexer| lexer.indirect())?;
        let Object::Stream(stream) = object else {
            return Err(refused("no cross-reference section is here"));
        };
        let dictionary = stream.dictionary;
        if dictionary.get(b"Type").and_then(Object::name) != Some(b"XRef") {
            return Err(refused("no cross-reference section is here"));
        }
        let length = dictionary.get(b"Length").and_then(Object::integer);
        let length = length
            .and_then(|length| usize::try_from(length).ok())
            .filter(|length| *length <= MAX_BYTES)
            .ok_or_else(|| refused("a cross-reference stream has no length"))?;
        let bytes = reader.bytes(stream.data, length)?;
        let bytes = filter::decode(&dictionary, bytes, MAX_BYTES)
            .map_err(|reason| unreadable(stream.data, reason))?;
        reader.spend(bytes.len() as u64)?;

        let numbers = |value: Option<&Object>| -> Option<Vec<usize>> {
            let all = value?.array()?.iter();
            all.map(|one| usize::try_from(one.integer()?).ok())
                .collect()
        };
        let widths = numbers(dictionary.get(b"W"))
            .and_then(|widths| <[usize; 3]>::try_from(widths).ok())
            .filter(|widths| widths.iter().all(|width| *width <= 8))
            .filter(|widths| widths.iter().sum::<usize>() > 0)
            .ok_or_else(|| refused("a cross-reference stream has no widths"))?;
        let size = dictionary
            .get(b"Size")
            .and_then(Object::integer)
            .and_then(|size| usize::try_from(size).ok())
            .ok_or_else(|| refused("a cross-reference stream has no Size"))?;
        let index = match dictionary.get(b"Index") {
            None => vec![0, size],
            given => numbers(given).ok_or_else(|| refused("Index is no list of numbers"))?,
        };
        let mut rows = bytes.chunks_exact(widths.iter().sum());
        let mut is_exact = rows.remainder().is_empty();
        let mut listed = Vec::new();
        for range in index.chunks(2) {
            let &[first, count] = range else {
                return Err(refused("Index ends inside"));
            };
            take_from(entries_left, count).ok_or_else(|| refused(TOO_MANY))?;
            if rows.len() < count {
                return Err(refused("a cross-reference stream is too short"));
            }
            listed.reserve_exact(count);
            for (number, row) in (first..).zip(rows.by_ref().take(count)) {
                let number = u32::try_from(number)
                    .ok()
                    .filter(|number| *number <= MAX_NUMBER)
                    .ok_or_else(|| refused("a number of an object is too high"))?;
                is_exact &= is_known(row, widths);
                if let Some(place) = of_row(row, widths) {
                    listed.push(Listed { number, place });
                }
            }
        }
        is_exact &= rows.len() == 0;
        let end = stream.data + length as u64;
        let section = Self::new(position, end, Some(reference), listed, dictionary)?;
        Ok(Self {
            is_exact,
            ..section
        })
    }

    fn new(
        position: u64,
        end: u64,
        stream: Option<Reference>,
        mut listed: Vec<Listed>,
        trailer: Dictionary,
    ) -> Result<Self, Error> {
        if let Some(key) = trailer.duplicate() {
            let key = String::from_utf8_lossy(key);
            let reason = format!("a trailer has the key {key} twice");
            return Err(unreadable(position, reason));
        }
        // Of a number that is named twice, the first stays, and it is told.
        listed.sort_by_key(|one| one.number);
        let mut repeated = Vec::new();
        listed.dedup_by(|later, kept| {
            let is_same = later.number == kept.number;
            if is_same && repeated.len() < MAX_REPEATED && repeated.last() != Some(&kept.number) {
                repeated.push(kept.number);
            }
            is_same
        });
        let previous = match trailer.get(b"Prev") {
            None => None,
            Some(value) => {
                Some(offset(value).ok_or_else(|| unreadable(position, "no position in Prev"))?)
            }
        };
        Ok(Self {
            position,
            end,
            stream,
            listed,
            repeated,
            trailer,
            previous,
            is_exact: true,
            beside: None,
        })
    }
}

/// The first number of a subsection and their count; none if `trailer` stands there.
fn subsection(lexer: &mut Lexer<'_>) -> Result<Option<(usize, usize)>, Stop> {
    lexer.skip_space()?;
    let before = lexer.clone();
    let number = |token: &Token<'_>| match token {
        Token::Object(object) => object
            .integer()
            .and_then(|number| usize::try_from(number).ok()),
        _ => None,
    };
    let first = lexer.token()?;
    if first == Token::Keyword(b"trailer") {
        return Ok(None);
    }
    let second = lexer.token()?;
    match (number(&first), number(&second)) {
        (Some(first), Some(count)) => Ok(Some((first, count))),
        _ => Err(before.malformed("a subsection of a cross-reference table is expected")),
    }
}

/// Reads lines of a table, and gives where they end. They have 20 bytes by the standard; some writers' have 19 or 21.
fn read_entries(
    reader: &Reader<'_>,
    position: u64,
    first: usize,
    count: usize,
    listed: &mut Vec<Listed>,
) -> Result<u64, Error> {
    let spaces = |bytes: &[u8]| bytes.iter().take_while(|byte| is_space(**byte)).count();
    if count == 0 {
        return Ok(position);
    }
    let ahead = usize::try_from(reader.size().saturating_sub(position)).unwrap_or(usize::MAX);
    if count.saturating_mul(ENTRY) > ahead {
        return Err(unreadable(position, "the file ends inside"));
    }
    listed.reserve_exact(count);
    let head = reader.bytes(position, ahead.min(64))?;
    let start = spaces(&head);
    let behind = head.get(start + ENTRY..).unwrap_or_default();
    let width = ENTRY + spaces(behind).clamp(1, 3);
    let mut at = position + start as u64;
    let mut number = first;
    let mut left = count;
    while left > 0 {
        let taken = left.min(ENTRIES_AT_ONCE);
        // What ends the last one is not needed.
        let bytes = reader.bytes(at, taken * width - (width - ENTRY))?;
        for line in bytes.chunks(width) {
            let place = of_line(line)
                .ok_or_else(|| unreadable(at, "a line of a cross-reference table is malformed"))?;
            let number_here = u32::try_from(number).unwrap_or(u32::MAX);
            listed.push(Listed {
                number: number_here,
                place,
            });
            number += 1;
            at += width as u64;
        }
        left -= taken;
    }
    Ok(at - (width - ENTRY) as u64)
}

/// `nnnnnnnnnn ggggg n` (7.5.4).
fn of_line(line: &[u8]) -> Option<Place> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u64, |number, digit| {
            let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
            Some(number * 10 + u64::from(digit))
        })
    };
    let (line, behind) = line.split_at_checked(ENTRY)?;
    if line[10] != b' ' || line[16] != b' ' || !behind.iter().all(|byte| is_space(*byte)) {
        return None;
    }
    let (offset, generation) = (number(&line[..10])?, number(&line[11..16])?);
    match line[17] {
        b'f' => Some(Place::Free),
        // What is at 0 can't be: some writers leave numbers out so.
        b'n' if offset == 0 => Some(Place::Free),
        b'n' => Some(Place::At {
            offset,
            generation: u16::try_from(generation).ok()?,
        }),
        _ => None,
    }
}

/// An entry of a stream; none of a kind that nobody knows, which is a reference to nothing (7.5.8.3).
fn of_row(row: &[u8], widths: [usize; 3]) -> Option<Place> {
    let number = |bytes: &[u8]| {
        let fold = |number, byte: &u8| number << 8 | u64::from(*byte);
        bytes.iter().fold(0_u64, fold)
    };
    let (kind, rest) = row.split_at(widths[0]);
    let (second, third) = rest.split_at(widths[1]);
    let (second, third) = (number(second), number(third));
    match if widths[0] == 0 { 1 } else { number(kind) } {
        0 => Some(Place::Free),
        1 if second == 0 => Some(Place::Free),
        1 => Some(Place::At {
            offset: second,
            generation: u16::try_from(third).ok()?,
        }),
        2 => Some(Place::Inside {
            stream: u32::try_from(second).ok()?,
            index: u32::try_from(third).ok()?,
        }),
        _ => Some(Place::Free),
    }
}

/// Whether an entry of a stream is of a kind that the standard has, with numbers that such an entry can have.
fn is_known(row: &[u8], widths: [usize; 3]) -> bool {
    let kind = row[..widths[0]].iter().rposition(|byte| *byte != 0);
    let is_kind = kind.is_none_or(|at| at + 1 == widths[0] && row[at] <= 2);
    is_kind && of_row(row, widths).is_some()
}

/// Whether a table and what follows it to the word `trailer` is written as the standard has it, in lines of 20 bytes,
/// with nothing between them. Before `trailer` lines may be empty: MuPDF writes one there, and no reader minds.
pub(super) fn is_exact_table(bytes: &[u8]) -> bool {
    let line_end = |bytes: &[u8]| match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    };
    let digits = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let rest_of_line = |bytes: &[u8]| -> Option<usize> {
        let spaces = usize::from(bytes.first() == Some(&b' '));
        let end = line_end(&bytes[spaces..]);
        (end > 0).then_some(spaces + end)
    };
    let end = |line: &[u8]| {
        [b" \n", b" \r", b"\r\n"]
            .iter()
            .any(|end| line.ends_with(*end))
    };
    let read = || -> Option<()> {
        let mut rest = bytes.strip_prefix(b"xref")?;
        rest = &rest[rest_of_line(rest)?..];
        let is_trailer = |rest: &[u8]| {
            // A line end in two halves is none of its own.
            let before = &bytes[..bytes.len() - rest.len()];
            let is_half = before.ends_with(b"\r") && rest.starts_with(b"\n");
            let lines = rest.iter().take_while(|byte| b"\r\n".contains(byte));
            !is_half && rest[lines.count()..].starts_with(b"trailer")
        };
        while !is_trailer(rest) {
            rest = rest[digits(rest)..].strip_prefix(b" ")?;
            let (count, behind) = rest.split_at(digits(rest));
            let count: usize = str::from_utf8(count).ok()?.parse().ok()?;
            let lines = &behind[rest_of_line(behind)?..];
            let (lines, behind) = lines.split_at_checked(count.checked_mul(ENTRY + 2)?)?;
            lines.chunks(ENTRY + 2).all(end).then_some(())?;
            rest = behind;
        }
        Some(())
    };
    read().is_some()
}

fn offset(value: &Object) -> Option<u64> {
    u64::try_from(value.integer()?).ok()
}

fn take_from(left: &mut usize, count: usize) -> Option<()> {
    *left = left.checked_sub(count)?;
    Some(())
}

/// Bytes of an entry of a table, without what ends its line.
const ENTRY: usize = 18;

const ENTRIES_AT_ONCE: usize = 4096;

/// Bytes of a cross-reference stream, packed or not.
const MAX_BYTES: usize = 1 << 24;

const MAX_REPEATED: usize = 16;

const TOO_MANY: &str = "more objects than a document may have here";

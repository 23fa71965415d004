//! A document: its revisions, and the objects of each.
//!
//! Whoever appends to a PDF leaves the earlier bytes as they are, so that each state that it ever had is still there: a
//! [`Revision`] is what a reader sees of the first so many bytes. Objects are read when they are asked for, and none is
//! kept but what lies unpacked in the object streams that were asked last.

use super::filter;
use super::lexer::{Indirect, Lexer, Token};
use super::object::{Dictionary, Object, Reference, Stream, is_space};
use super::reader::{Reader, unreadable};
use super::xref::{Place, Section};
use crate::Source;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yinxin_proto::Error;

/// A document.
pub struct Document<'a> {
    reader: Reader<'a>,
    sections: RefCell<Vec<Rc<Section>>>,
    entries_left: Cell<usize>,
    unpacked: RefCell<Vec<Rc<ObjectStream>>>,
}

/// The first so many bytes of a document, as a reader has them: with the cross-reference sections that lead from
/// their end to the document's beginning.
#[derive(Clone)]
pub struct Revision {
    /// Their number: behind `%%EOF` and its line end, if there is one.
    pub end: u64,
    /// Where `startxref` stands.
    pub startxref: u64,
    /// The sections, the newest first.
    pub sections: Vec<Rc<Section>>,
}

/// What an object stream holds (7.5.7).
struct ObjectStream {
    /// Where it stands.
    offset: u64,
    bytes: Vec<u8>,
    /// Number and position of each object, as it says.
    objects: Vec<(u32, usize)>,
}

impl<'a> Document<'a> {
    /// A PDF that is not encrypted.
    ///
    /// # Errors
    /// `pdf-unreadable`, `pdf-encrypted`.
    pub fn open(source: &'a dyn Source) -> Result<Self, Error> {
        let document = Self {
            reader: Reader::new(source),
            sections: RefCell::default(),
            entries_left: Cell::new(MAX_ENTRIES),
            unpacked: RefCell::default(),
        };
        let size = usize::try_from(document.reader.size()).unwrap_or(usize::MAX);
        let head = document.reader.bytes(0, size.min(HEADER.len()))?;
        if head != HEADER {
            return Err(unreadable(0, "no PDF begins so"));
        }
        Ok(document)
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.reader.size()
    }

    /// What reads it.
    #[must_use]
    pub fn reader(&self) -> &Reader<'a> {
        &self.reader
    }

    /// The newest revision: what a reader shows. Behind its end there may be bytes that belong to none.
    ///
    /// # Errors
    /// `pdf-unreadable`, `pdf-encrypted`.
    pub fn newest(&self) -> Result<Revision, Error> {
        self.newest_before(self.size())?
            .ok_or_else(|| unreadable(self.size(), "no startxref"))
    }

    /// The newest revision that ends before a position.
    ///
    /// # Errors
    /// `pdf-unreadable`, `pdf-encrypted`.
    pub fn newest_before(&self, position: u64) -> Result<Option<Revision>, Error> {
        let Some(startxref) = self.reader.find_last(b"startxref", position)? else {
            return Ok(None);
        };
        let (start, end) = self.startxref(startxref, position)?;
        self.revision(start, startxref, end).map(Some)
    }

    /// The revision that ends exactly at a position, but for white space, if one does.
    ///
    /// # Errors
    /// `pdf-unreadable`, `pdf-encrypted`.
    pub fn revision_at(&self, position: u64) -> Result<Option<Revision>, Error> {
        let Some(revision) = self.newest_before(position)? else {
            return Ok(None);
        };
        Ok(self.is_space(revision.end, position)?.then_some(revision))
    }

    /// The revision whose newest section is one of those of another one: what it built upon.
    ///
    /// # Errors
    /// `pdf-unreadable` if that section has no end of its own.
    pub fn revision_of(&self, newer: &Revision, section: usize) -> Result<Revision, Error> {
        let Some(own) = newer.sections.get(section) else {
            return Err(unreadable(newer.end, "no such section"));
        };
        // Its end follows, before the next section begins or the newer revision ends.
        let limit = newer.end;
        let at = self.reader.parse(own.end, limit, |lexer| {
            loop {
                lexer.skip_space()?;
                let at = lexer.position();
                match lexer.token()? {
                    Token::Keyword(b"startxref") => return Ok(at),
                    Token::Keyword(b"endstream" | b"endobj") => {}
                    _ => return Err(lexer.malformed("startxref is expected")),
                }
            }
        })?;
        let (start, end) = self.startxref(at, limit)?;
        if start != own.position {
            return Err(unreadable(at, "startxref names another section"));
        }
        Ok(Revision {
            end,
            startxref: at,
            sections: newer.sections[section..].to_vec(),
        })
    }

    /// Whether there is white space only between two positions.
    ///
    /// # Errors
    /// `pdf-unreadable` if the source can't be read.
    pub fn is_space(&self, start: u64, end: u64) -> Result<bool, Error> {
        let mut at = start;
        while at < end {
            let size = usize::try_from(end - at).map_or(CHUNK, |size| size.min(CHUNK));
            if !self.reader.bytes(at, size)?.into_iter().all(is_space) {
                return Ok(false);
            }
            at += size as u64;
        }
        Ok(true)
    }

    /// Which section `startxref` names, and where its revision ends.
    fn startxref(&self, position: u64, limit: u64) -> Result<(u64, u64), Error> {
        let (start, behind) = self.reader.parse(position, limit, |lexer| {
            let word = lexer.token()?;
            lexer.skip_space()?;
            let before = lexer.clone();
            let value = match (word, lexer.token()?) {
                (Token::Keyword(b"startxref"), Token::Object(object)) => object.integer(),
                _ => None,
            };
            let start = value.and_then(|value| u64::try_from(value).ok());
            let start = start.ok_or_else(|| before.malformed("a position is expected"))?;
            Ok((start, lexer.position()))
        })?;
        let size = limit.saturating_sub(behind).min(64);
        let size = usize::try_from(size).unwrap_or_default();
        let rest = self.reader.bytes(behind, size)?;
        let spaces = rest.iter().take_while(|byte| is_space(**byte)).count();
        let Some(rest) = rest[spaces..].strip_prefix(b"%%EOF") else {
            return Err(unreadable(behind, "%%EOF is expected"));
        };
        let line_end = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        Ok((start, behind + (spaces + 5 + line_end) as u64))
    }

    fn revision(&self, start: u64, startxref: u64, end: u64) -> Result<Revision, Error> {
        let mut sections: Vec<Rc<Section>> = Vec::new();
        let mut at = Some(start);
        while let Some(position) = at {
            if sections.iter().any(|known| known.position == position) {
                return Err(unreadable(position, "cross-reference sections in a circle"));
            }
            if sections.len() == MAX_SECTIONS {
                return Err(unreadable(position, "too many cross-reference sections"));
            }
            let section = self.section(position, end)?;
            let is_inside = |section: &Section| section.end <= end;
            if !is_inside(&section) || !section.beside.iter().all(|beside| is_inside(beside)) {
                return Err(unreadable(
                    position,
                    "a cross-reference section lies behind the end",
                ));
            }
            if section.trailer.get(b"Encrypt").is_some() {
                return Err(Error::PdfEncrypted {});
            }
            at = section.previous;
            sections.push(section);
        }
        Ok(Revision {
            end,
            startxref,
            sections,
        })
    }

    fn section(&self, position: u64, end: u64) -> Result<Rc<Section>, Error> {
        let mut known = self.sections.borrow_mut();
        if let Some(section) = known.iter().find(|known| known.position == position) {
            return Ok(section.clone());
        }
        let mut left = self.entries_left.get();
        let section = Section::read(&self.reader, position, end, &mut left)?;
        self.entries_left.set(left);
        let section = Rc::new(section);
        known.push(section.clone());
        Ok(section)
    }

    /// The object that a reference names in a revision; null if nothing has that number and generation.
    ///
    /// # Errors
    /// `pdf-unreadable` if something else stands where it should.
    pub fn object(&self, revision: &Revision, reference: Reference) -> Result<Object, Error> {
        let place = revision.place(reference.number);
        if let Place::At { generation, .. } = place
            && generation != reference.generation
        {
            return Ok(Object::Null);
        }
        if matches!(place, Place::Inside { .. }) && reference.generation != 0 {
            return Ok(Object::Null);
        }
        self.object_at(revision, reference.number, place)
    }

    /// The object itself, or the one that it refers to.
    ///
    /// # Errors
    /// As for [`Self::object`].
    pub fn resolve(&self, revision: &Revision, object: &Object) -> Result<Object, Error> {
        match object {
            Object::Reference(reference) => self.object(revision, *reference),
            object => Ok(object.clone()),
        }
    }

    /// The value of a key, resolved; null where there is none.
    ///
    /// # Errors
    /// As for [`Self::object`].
    pub fn value(
        &self,
        revision: &Revision,
        dictionary: &Dictionary,
        key: &[u8],
    ) -> Result<Object, Error> {
        match dictionary.get(key) {
            Some(value) => self.resolve(revision, value),
            None => Ok(Object::Null),
        }
    }

    /// The object of a number at a place.
    ///
    /// # Errors
    /// `pdf-unreadable` if it is not there.
    pub fn object_at(
        &self,
        revision: &Revision,
        number: u32,
        place: Place,
    ) -> Result<Object, Error> {
        match place {
            Place::Free => Ok(Object::Null),
            Place::At { offset, .. } => {
                let found = self.indirect_at(offset, revision.end)?;
                if found.reference.number != number {
                    return Err(unreadable(offset, format!("object {number} is expected")));
                }
                Ok(found.object)
            }
            Place::Inside { stream, index } => {
                let holder = self.object_stream(revision, stream)?;
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                match holder.objects.get(index) {
                    Some((own, at)) if *own == number => self.inside(&holder, *at),
                    _ => {
                        let reason = format!("object {number} is not in object stream {stream}");
                        Err(unreadable(holder.offset, reason))
                    }
                }
            }
        }
    }

    /// The indirect object at a position.
    ///
    /// # Errors
    /// `pdf-unreadable` if none is there.
    pub fn indirect_at(&self, offset: u64, end: u64) -> Result<Indirect, Error> {
        self.reader.parse(offset, end, |lexer| lexer.indirect())
    }

    /// Where the bytes of a stream end.
    ///
    /// # Errors
    /// `pdf-unreadable` if it has no length.
    pub fn stream_end(&self, revision: &Revision, stream: &Stream) -> Result<u64, Error> {
        let length = self.value(revision, &stream.dictionary, b"Length")?;
        let length = length
            .integer()
            .and_then(|length| u64::try_from(length).ok());
        length
            .and_then(|length| stream.data.checked_add(length))
            .filter(|end| *end <= revision.end)
            .ok_or_else(|| unreadable(stream.data, "a stream has no length"))
    }

    /// The bytes of a stream, unpacked, up to a size.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn stream_bytes(
        &self,
        revision: &Revision,
        stream: &Stream,
        limit: usize,
    ) -> Result<Vec<u8>, Error> {
        let end = self.stream_end(revision, stream)?;
        let size = usize::try_from(end - stream.data)
            .ok()
            .filter(|size| *size <= limit)
            .ok_or_else(|| unreadable(stream.data, "a stream is too large"))?;
        let bytes = self.reader.bytes(stream.data, size)?;
        let mut direct = stream.dictionary.clone();
        for key in [&b"Filter"[..], b"DecodeParms"] {
            if direct.get(key).is_some() {
                direct.set(key, self.value(revision, &stream.dictionary, key)?);
            }
        }
        let bytes = filter::decode(&direct, bytes, limit)
            .map_err(|reason| unreadable(stream.data, reason))?;
        self.reader.spend(bytes.len() as u64)?;
        Ok(bytes)
    }

    fn object_stream(&self, revision: &Revision, number: u32) -> Result<Rc<ObjectStream>, Error> {
        let Place::At { offset, .. } = revision.place(number) else {
            let reason = format!("object stream {number} is not there");
            return Err(unreadable(revision.end, reason));
        };
        let known = |all: &[Rc<ObjectStream>]| all.iter().position(|one| one.offset == offset);
        {
            let mut all = self.unpacked.borrow_mut();
            if let Some(at) = known(&all) {
                let found = all.remove(at);
                all.push(found.clone());
                return Ok(found);
            }
        }
        let read = Rc::new(self.read_object_stream(revision, number, offset)?);
        let mut all = self.unpacked.borrow_mut();
        all.push(read.clone());
        let mut size: usize = all.iter().map(|one| one.bytes.len()).sum();
        while size > MAX_UNPACKED && all.len() > 1 {
            size -= all.remove(0).bytes.len();
        }
        Ok(read)
    }

    fn read_object_stream(
        &self,
        revision: &Revision,
        number: u32,
        offset: u64,
    ) -> Result<ObjectStream, Error> {
        let refused = |reason: &str| unreadable(offset, reason);
        let found = self.indirect_at(offset, revision.end)?;
        let Object::Stream(stream) = found.object else {
            return Err(refused("an object stream is expected"));
        };
        let is_one = stream.dictionary.get(b"Type").and_then(Object::name) == Some(b"ObjStm");
        if found.reference.number != number || !is_one {
            return Err(refused("an object stream is expected"));
        }
        // Its length must not lie in an object stream: in this one, for all we know.
        if let Some(Object::Reference(length)) = stream.dictionary.get(b"Length")
            && !matches!(revision.place(length.number), Place::At { .. })
        {
            return Err(refused("an object stream has no length"));
        }
        let bytes = self.stream_bytes(revision, &stream, MAX_UNPACKED)?;
        let count = |key| {
            let number = stream.dictionary.get(key).and_then(Object::integer)?;
            usize::try_from(number).ok()
        };
        let (Some(count), Some(first)) = (count(b"N"), count(b"First")) else {
            return Err(refused("an object stream says not what it holds"));
        };
        let head = bytes.get(..first).unwrap_or_default();
        let mut lexer = Lexer::new(head, 0, true);
        let mut objects = Vec::new();
        while objects.len() < count {
            let (Ok(Token::Object(number)), Ok(Token::Object(at))) = (lexer.token(), lexer.token())
            else {
                return Err(refused("an object stream holds less than it says"));
            };
            let number = number
                .integer()
                .and_then(|number| u32::try_from(number).ok());
            let at = at.integer().and_then(|at| usize::try_from(at).ok());
            let at = at.and_then(|at| at.checked_add(first));
            let own = number
                .zip(at)
                .ok_or_else(|| refused("an object stream is malformed"))?;
            // Some readers take none that stands out of order (7.5.7).
            if objects.last().is_some_and(|(_, before)| own.1 <= *before) {
                return Err(refused("an object stream is not in order"));
            }
            objects.push(own);
        }
        // Some readers take the first of a number, others the one that is listed.
        let mut numbers: Vec<u32> = objects.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        if numbers.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(refused("an object stream holds a number twice"));
        }
        Ok(ObjectStream {
            offset,
            bytes,
            objects,
        })
    }

    fn inside(&self, holder: &ObjectStream, at: usize) -> Result<Object, Error> {
        let bytes = holder.bytes.get(at..).unwrap_or_default();
        let mut lexer = Lexer::new(bytes, at as u64, true);
        let object = lexer.object();
        self.reader.spend(lexer.position() - at as u64 + 16)?;
        object.map_err(|_| unreadable(holder.offset, "an object in it is malformed"))
    }
}

impl Revision {
    /// Where the object of a number is.
    #[must_use]
    pub fn place(&self, number: u32) -> Place {
        self.sections
            .iter()
            .find_map(|section| section.place(number))
            .unwrap_or(Place::Free)
    }

    /// The newest trailer, or the dictionary of the stream that stands for one.
    #[must_use]
    pub fn trailer(&self) -> &Dictionary {
        // A revision has one section at least.
        &self.sections[0].trailer
    }

    /// The catalog's name.
    ///
    /// # Errors
    /// `pdf-unreadable` if the trailer names none.
    pub fn root(&self) -> Result<Reference, Error> {
        let root = self.trailer().get(b"Root").and_then(Object::reference);
        root.ok_or_else(|| unreadable(self.startxref, "the trailer names no catalog"))
    }

    /// The first number that no object ever had.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        let numbers = self.sections.iter().filter_map(|section| {
            let beside = section.beside.as_ref().and_then(|one| one.listed.last());
            section
                .listed
                .last()
                .into_iter()
                .chain(beside)
                .map(|one| one.number)
                .max()
        });
        let size = self.trailer().get(b"Size").and_then(Object::integer);
        let size = size.map_or(0, |size| u32::try_from(size.max(0)).unwrap_or(u32::MAX));
        numbers.max().map_or(1, |highest| highest + 1).max(size)
    }
}

const HEADER: &[u8] = b"%PDF-";

/// Entries of all cross-reference sections together.
const MAX_ENTRIES: usize = 1 << 20;

const MAX_SECTIONS: usize = 1 << 10;

/// Bytes of an object stream, packed or not, and of those that are kept unpacked.
const MAX_UNPACKED: usize = 1 << 23;

const CHUNK: usize = 1 << 16;

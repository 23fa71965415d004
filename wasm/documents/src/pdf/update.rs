//! An incremental update (ISO 32000-2, 7.5.6): what is appended to a file, of which no byte changes.

use super::document::{Document, Revision};
use super::lexer::MAX_NUMBER;
use super::object::{Dictionary, Object, Reference};
use super::reader::unreadable;
use super::uses::Uses;
use std::collections::BTreeMap;
use yinxin_pki::hash;
use yinxin_proto::Error;

/// Objects that are new, or take the place of those of a number.
pub struct Update<'d, 'a> {
    document: &'d Document<'a>,
    base: Revision,
    objects: BTreeMap<u32, Written>,
    next: u32,
    /// Who refers to numbers that nothing has yet: a new object of such a number would be taken for what was meant there.
    uses: Uses,
    /// Where those end that were asked about.
    end: u32,
}

struct Written {
    generation: u16,
    object: Object,
    /// Of a stream, whose object is its dictionary.
    data: Option<Vec<u8>>,
}

/// Numbers from the first free one on among which those of new objects are chosen.
const MAX_NAMES: u32 = 4_096;

/// An update as it stands in a file.
pub struct Appended {
    /// What is appended.
    pub bytes: Vec<u8>,
    /// Where each object begins in it, by number.
    pub starts: BTreeMap<u32, usize>,
}

impl<'d, 'a> Update<'d, 'a> {
    /// Of a document's newest revision.
    ///
    /// # Errors
    /// `pdf-unreadable`, `pdf-encrypted`.
    pub fn of(document: &'d Document<'a>) -> Result<Self, Error> {
        let base = document.newest()?;
        let next = base.next_number();
        if next > MAX_NUMBER {
            return Err(unreadable(document.size(), FULL));
        }
        let end = next.saturating_add(MAX_NAMES);
        let uses = Uses::find(document, &base, (next..end).collect())?;
        Ok(Self {
            document,
            base,
            objects: BTreeMap::new(),
            next,
            uses,
            end,
        })
    }

    /// The revision upon which it is built.
    #[must_use]
    pub fn base(&self) -> &Revision {
        &self.base
    }

    /// An object as it is after the update.
    ///
    /// # Errors
    /// As for [`Document::object`].
    pub fn object(&self, reference: Reference) -> Result<Object, Error> {
        match self.objects.get(&reference.number) {
            Some(written) => Ok(written.object.clone()),
            None => self.document.object(&self.base, reference),
        }
    }

    /// Puts an object into the place of the one of that name.
    pub fn set(&mut self, reference: Reference, object: Object) {
        let written = Written {
            generation: reference.generation,
            object,
            data: None,
        };
        self.objects.insert(reference.number, written);
    }

    /// A new object.
    pub fn add(&mut self, object: Object) -> Reference {
        let reference = self.name();
        self.set(reference, object);
        reference
    }

    /// A new stream, with its bytes as its dictionary says they are packed.
    pub fn add_stream(&mut self, mut dictionary: Dictionary, data: Vec<u8>) -> Reference {
        let length = i64::try_from(data.len()).unwrap_or(i64::MAX);
        dictionary.set(b"Length", Object::Integer(length));
        let reference = self.add(Object::Dictionary(dictionary));
        if let Some(written) = self.objects.get_mut(&reference.number) {
            written.data = Some(data);
        }
        reference
    }

    /// A new name, for an object that others have to know before it is there.
    pub fn name(&mut self) -> Reference {
        while !self.uses.of(self.next).is_empty() {
            self.next = self.next.saturating_add(1);
        }
        let reference = Reference {
            number: self.next,
            generation: 0,
        };
        self.next += 1;
        reference
    }

    /// The whole of it, with a cross-reference section of the kind that the base has.
    ///
    /// # Errors
    /// `pdf-unreadable` if the file can't grow.
    pub fn write(mut self) -> Result<Appended, Error> {
        let size = self.document.size();
        let last = self.document.reader().bytes(size.saturating_sub(1), 1)?;
        let mut bytes = Vec::new();
        if !matches!(last[..], [b'\n' | b'\r']) {
            bytes.push(b'\n');
        }
        let mut starts = BTreeMap::new();
        for (number, written) in &self.objects {
            starts.insert(*number, bytes.len());
            bytes.extend(format!("{number} {} obj\n", written.generation).into_bytes());
            written.object.write(&mut bytes);
            if let Some(data) = &written.data {
                bytes.extend(b"\nstream\n");
                bytes.extend(data);
                bytes.extend(b"\nendstream");
            }
            bytes.extend(b"\nendobj\n");
        }
        let section = size + bytes.len() as u64;
        let mut trailer = self.trailer(&bytes);
        let is_stream = self.base.sections[0].stream.is_some();
        let own = is_stream.then(|| self.name());
        if self.next > MAX_NUMBER.min(self.end) || (section > MAX_OFFSET && !is_stream) {
            return Err(unreadable(size, FULL));
        }
        trailer.set(b"Size", Object::Integer(self.next.into()));
        let mut places: Vec<(u32, u16, u64)> = self
            .objects
            .iter()
            .zip(starts.values())
            .map(|((number, written), start)| (*number, written.generation, size + *start as u64))
            .collect();
        match own {
            None => write_table(&places, &trailer, &mut bytes),
            Some(own) => {
                starts.insert(own.number, bytes.len());
                places.push((own.number, 0, section));
                write_stream(own, &places, trailer, &mut bytes);
            }
        }
        bytes.extend(format!("startxref\n{section}\n%%EOF\n").into_bytes());
        Ok(Appended { bytes, starts })
    }

    /// All that the base's trailer says, but for what is its section's own (7.5.6).
    fn trailer(&self, bytes: &[u8]) -> Dictionary {
        let mut trailer = Dictionary::default();
        for entry in self.base.trailer().entries() {
            if !OF_THE_SECTION.contains(&&entry.key[..]) {
                trailer.set(&entry.key, entry.value.clone());
            }
        }
        let previous = i64::try_from(self.base.sections[0].position).unwrap_or(i64::MAX);
        trailer.set(b"Prev", Object::Integer(previous));
        // The first half names the file, the second one its state (14.4): made of what changes, since nothing here is
        // random.
        let id = self.base.trailer().get(b"ID");
        let id = id.and_then(|id| self.document.resolve(&self.base, id).ok());
        if let Some([first, second]) = id.as_ref().and_then(Object::array) {
            let seed = [second.string().unwrap_or_default(), bytes].concat();
            let state = hash::sha256(&seed)[..16].to_vec();
            trailer.set(
                b"ID",
                Object::Array(vec![first.clone(), Object::String(state)]),
            );
        }
        trailer
    }
}

/// Lines of exactly 20 bytes, in subsections of numbers that follow each other (7.5.4).
fn write_table(places: &[(u32, u16, u64)], trailer: &Dictionary, bytes: &mut Vec<u8>) {
    bytes.extend(b"xref\n");
    for run in runs(places) {
        bytes.extend(format!("{} {}\n", run[0].0, run.len()).into_bytes());
        for (_, generation, offset) in run {
            bytes.extend(format!("{offset:010} {generation:05} n \n").into_bytes());
        }
    }
    bytes.extend(b"trailer\n");
    trailer.write(bytes);
    bytes.push(b'\n');
}

/// A stream of the same (7.5.8), which lists itself.
fn write_stream(
    own: Reference,
    places: &[(u32, u16, u64)],
    mut trailer: Dictionary,
    bytes: &mut Vec<u8>,
) {
    let is_small = places
        .iter()
        .all(|(.., offset)| u32::try_from(*offset).is_ok());
    let width = if is_small { 4 } else { 8 };
    let mut rows = Vec::new();
    for (_, generation, offset) in places {
        rows.push(1);
        rows.extend(&offset.to_be_bytes()[8 - width..]);
        rows.extend(generation.to_be_bytes());
    }
    let integer = |number: usize| Object::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let index = runs(places).flat_map(|run| [Object::Integer(run[0].0.into()), integer(run.len())]);
    trailer.set(b"Type", Object::Name(b"XRef".to_vec()));
    trailer.set(b"Index", Object::Array(index.collect()));
    let widths = [1, width, 2].map(integer);
    trailer.set(b"W", Object::Array(widths.to_vec()));
    trailer.set(b"Length", integer(rows.len()));
    bytes.extend(format!("{} 0 obj\n", own.number).into_bytes());
    trailer.write(bytes);
    bytes.extend(b"\nstream\n");
    bytes.extend(rows);
    bytes.extend(b"\nendstream\nendobj\n");
}

fn runs(places: &[(u32, u16, u64)]) -> impl Iterator<Item = &[(u32, u16, u64)]> {
    places.chunk_by(|one, next| one.0 + 1 == next.0)
}

/// Keys of a trailer or of a cross-reference stream that say something of that section alone.
const OF_THE_SECTION: &[&[u8]] = &[
    b"Prev",
    b"XRefStm",
    b"Size",
    b"Type",
    b"W",
    b"Index",
    b"Length",
    b"Filter",
    b"DecodeParms",
];

const FULL: &str = "the file can't grow further";

/// What ten digits can say.
const MAX_OFFSET: u64 = 9_999_999_999;

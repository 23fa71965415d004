//! Who refers to an object: all of a revision is looked through once, in the order in which it stands.

use super::document::{Document, Revision};
use super::object::{Dictionary, Object, Reference};
use super::xref::Place;
use std::collections::{HashMap, HashSet};
use yinxin_proto::Error;

/// A reference to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The object that refers to it; 0 is the trailer.
    pub by: u32,
    /// The key in that object under which it does so, at whatever depth; empty in an array.
    pub under: Vec<u8>,
    /// The nearest key.
    pub key: Vec<u8>,
}

/// References to the objects that are asked about.
#[derive(Debug, Default)]
pub struct Uses {
    asked: HashSet<u32>,
    found: HashMap<u32, Vec<Use>>,
    /// Signature dictionaries that were met, by number.
    pub signatures: Vec<Reference>,
    /// Page dictionaries that were met.
    pub pages: Vec<u32>,
    /// Objects that have a key twice, or are listed twice. At most a few.
    pub ambiguous: Vec<u32>,
}

impl Uses {
    /// Of the objects of these numbers, in a revision.
    ///
    /// # Errors
    /// `pdf-unreadable` if the file asks for too much work.
    pub fn find(
        document: &Document<'_>,
        revision: &Revision,
        asked: HashSet<u32>,
    ) -> Result<Self, Error> {
        let mut uses = Self {
            asked,
            ..Self::default()
        };
        for section in &revision.sections {
            uses.add_dictionary(0, &section.trailer);
            uses.ambiguous.extend(&section.repeated);
        }
        for number in in_order(revision) {
            let place = revision.place(number);
            // What lies in an object stream hangs on that one, even if it is not there yet.
            if let Place::Inside { stream, .. } = place {
                uses.visit(
                    number,
                    b"",
                    b"",
                    &Object::Reference(stream_reference(stream)),
                );
            }
            // Of what can't be read, nobody can say to what it refers; a reader of the file has nothing either.
            match document.object_at(revision, number, place) {
                Ok(object) => {
                    if uses.ambiguous.len() < MAX_AMBIGUOUS && object.is_ambiguous() {
                        uses.ambiguous.push(number);
                    }
                    uses.add(number, &object);
                }
                Err(_) => document.reader().spend(1)?,
            }
        }
        Ok(uses)
    }

    /// Adds what an object refers to.
    pub fn add(&mut self, number: u32, object: &Object) {
        if let Object::Dictionary(dictionary) = object {
            let is_signature = dictionary.get(b"ByteRange").is_some();
            if is_signature && self.signatures.len() < MAX_MET {
                let generation = 0;
                self.signatures.push(Reference { number, generation });
            }
            let is_page = dictionary.get(b"Type").and_then(Object::name) == Some(b"Page");
            if is_page && self.pages.len() < MAX_MET * 100 {
                self.pages.push(number);
            }
        }
        match object.dictionary() {
            Some(dictionary) => self.add_dictionary(number, dictionary),
            None => self.visit(number, b"", b"", object),
        }
    }

    fn add_dictionary(&mut self, by: u32, dictionary: &Dictionary) {
        if self.asked.is_empty() {
            return;
        }
        for entry in dictionary.entries() {
            self.visit(by, &entry.key, &entry.key, &entry.value);
        }
    }

    /// Depth is what the lexer lets through.
    fn visit(&mut self, by: u32, under: &[u8], key: &[u8], object: &Object) {
        match object {
            Object::Reference(reference) if self.asked.contains(&reference.number) => {
                let found = self.found.entry(reference.number).or_default();
                let new = Use {
                    by,
                    under: under.to_vec(),
                    key: key.to_vec(),
                };
                // One too many stays as the sign that there are too many.
                if found.len() <= MAX_USES && !found.contains(&new) {
                    found.push(new);
                }
            }
            Object::Array(objects) => {
                for object in objects {
                    self.visit(by, under, key, object);
                }
            }
            Object::Dictionary(dictionary) => {
                for entry in dictionary.entries() {
                    self.visit(by, under, &entry.key, &entry.value);
                }
            }
            _ => {}
        }
    }

    /// The references to an object.
    #[must_use]
    pub fn of(&self, number: u32) -> &[Use] {
        self.found.get(&number).map_or(&[], |found| found)
    }

    /// Whether there are references to an object, and all are such.
    #[must_use]
    pub fn are_all(&self, number: u32, is_such: impl Fn(&Use) -> bool) -> bool {
        let all = self.of(number);
        !all.is_empty() && all.len() <= MAX_USES && all.iter().all(is_such)
    }
}

fn stream_reference(number: u32) -> Reference {
    let generation = 0;
    Reference { number, generation }
}

/// Numbers of all objects of a revision, in the order in which they stand. There may be a million.
fn in_order(revision: &Revision) -> Vec<u32> {
    let mut numbers: Vec<u32> = Vec::new();
    for section in &revision.sections {
        numbers.extend(section.numbers());
    }
    numbers.sort_unstable();
    numbers.dedup();
    let mut places: Vec<(u64, u32, u32)> = Vec::with_capacity(numbers.len());
    for number in numbers {
        match revision.place(number) {
            Place::Free => {}
            Place::At { offset, .. } => places.push((offset, 0, number)),
            Place::Inside { stream, index } => {
                let holder = match revision.place(stream) {
                    Place::At { offset, .. } => offset,
                    _ => u64::MAX,
                };
                places.push((holder, index.saturating_add(1), number));
            }
        }
    }
    places.sort_unstable();
    places.into_iter().map(|(_, _, number)| number).collect()
}

/// References to one object that are kept.
const MAX_USES: usize = 64;

const MAX_MET: usize = 1000;

const MAX_AMBIGUOUS: usize = 16;

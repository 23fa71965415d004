//! The revisions since the first one that was signed, and whether the bytes of each say nothing but what its
//! cross-reference section lists.

use super::document::{Document, Revision};
use super::lexer::{Lexer, Stop, Token};
use super::object::{Object, Reference, is_space};
use super::reader::unreadable;
use super::xref::{Place, Section, is_exact_table};
use std::collections::BTreeSet;
use yinxin_proto::Error;

/// The revisions since a signed one.
pub struct History {
    /// That one, and each after it, the oldest first.
    pub revisions: Vec<Revision>,
    /// Where something stands after the first of them that readers may take for part of the document, or not.
    pub unlisted: Vec<Unlisted>,
}

/// Bytes that are no part of a revision as it should be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlisted {
    /// In which of the revisions, by its index; one too high behind the last.
    pub revision: usize,
    /// Where.
    pub position: u64,
    /// What is wrong there.
    pub reason: &'static str,
}

/// What stands at a place between two revisions.
enum Piece {
    Object {
        reference: Reference,
        stream: Option<super::object::Stream>,
        end: u64,
    },
    Section,
    Startxref,
    End,
    Strange,
}

impl History {
    /// Of a document, since the revision that was signed first.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn since(
        document: &Document<'_>,
        signed: &Revision,
        newest: &Revision,
    ) -> Result<Self, Error> {
        let mut history = Self {
            revisions: vec![signed.clone()],
            unlisted: Vec::new(),
        };
        let starts = |sections: &[std::rc::Rc<Section>]| -> Vec<u64> {
            sections.iter().map(|section| section.position).collect()
        };
        let (old, new) = (starts(&signed.sections), starts(&newest.sections));
        if !new.ends_with(&old) {
            history.tell(
                newest.startxref,
                "the document no longer builds upon what was signed",
            );
            history.revisions.push(newest.clone());
            return Ok(history);
        }
        for index in (0..new.len() - old.len()).rev() {
            let before = history.revisions.last().map_or(0, |last| last.end);
            let own = match document.revision_of(newest, index) {
                Ok(own) => own,
                Err(_) => {
                    history.tell(
                        new[index],
                        "a cross-reference section that ends no revision",
                    );
                    // What a reader sees in the end is compared all the same.
                    let end = newest.end;
                    let startxref = newest.startxref;
                    let sections = newest.sections[index..].to_vec();
                    Revision {
                        end,
                        startxref,
                        sections,
                    }
                }
            };
            let section = own.sections[0].clone();
            let beside = section.beside.iter().map(|beside| beside.position);
            if own.end <= before || beside.chain([section.position]).any(|at| at < before) {
                history.tell(
                    section.position,
                    "a cross-reference section that is older than it says",
                );
            } else {
                history.look_through(document, before, &own)?;
            }
            history.revisions.push(own);
        }
        let end = history.revisions.last().map_or(0, |last| last.end);
        if !document.is_space(end, document.size())? {
            history.tell(end, "bytes behind the end");
        }
        Ok(history)
    }

    fn tell(&mut self, position: u64, reason: &'static str) {
        let revision = self.revisions.len();
        let own = self.unlisted.iter().rev();
        // Of each revision, so that none hides behind those before it.
        if own.take_while(|one| one.revision == revision).count() < MAX_TOLD {
            self.unlisted.push(Unlisted {
                revision,
                position,
                reason,
            });
        }
    }

    /// Reads what an update consists of: indirect objects that its section lists where they stand, that section, and
    /// what ends the revision.
    fn look_through(
        &mut self,
        document: &Document<'_>,
        start: u64,
        revision: &Revision,
    ) -> Result<(), Error> {
        let section = &revision.sections[0];
        let told = self.unlisted.len();
        let mut met = BTreeSet::new();
        let mut at = start;
        loop {
            let piece = document.reader().parse(at, revision.end, piece);
            // Where it stands, without what is before it.
            let from = document.reader().parse(at, revision.end, |lexer| {
                lexer.skip_space()?;
                Ok(lexer.position())
            })?;
            at = match piece {
                Ok(Piece::Object {
                    reference,
                    stream,
                    end,
                }) => {
                    let end = match stream {
                        None => end,
                        Some(stream) => {
                            let Ok(end) = document.stream_end(revision, &stream) else {
                                self.tell(from, "a stream without length");
                                return Ok(());
                            };
                            let closed = document.reader().parse(end, revision.end, |lexer| {
                                let ends = [lexer.token()?, lexer.token()?];
                                let is_closed = ends
                                    == [Token::Keyword(b"endstream"), Token::Keyword(b"endobj")];
                                Ok(is_closed.then(|| lexer.position()))
                            });
                            let Ok(Some(end)) = closed else {
                                self.tell(from, "a stream of another length than it says");
                                return Ok(());
                            };
                            end
                        }
                    };
                    met.insert(from);
                    let of = |section: &Section| {
                        let is_stream = section.stream.is_some() && section.position == from;
                        let listed = section
                            .listed
                            .binary_search_by_key(&reference.number, |one| one.number);
                        let place = listed.ok().map(|at| section.listed[at].place);
                        let own = Place::At {
                            offset: from,
                            generation: reference.generation,
                        };
                        is_stream || place == Some(own)
                    };
                    if !of(section) && !section.beside.iter().any(|beside| of(beside)) {
                        self.tell(from, "an object that no cross-reference section lists");
                    }
                    end
                }
                Ok(Piece::Section) if from == section.position => section.end,
                Ok(Piece::Startxref) if from == revision.startxref => break,
                Ok(Piece::End) => break,
                Ok(_) | Err(_) => {
                    self.tell(from, "something that is no object");
                    return Ok(());
                }
            };
        }
        // What it lists stands in it, unless it stands where it was before.
        let before = &revision.sections[1..];
        for number in section.numbers() {
            let Some(Place::At { offset, .. }) = section.place(number) else {
                continue;
            };
            let old = before.iter().find_map(|older| older.place(number));
            if !met.contains(&offset) && old != section.place(number) {
                self.tell(offset, "an object that stands inside of something else");
            }
        }
        let is_once = |beside: &Section| {
            let mut all = beside.listed.iter();
            beside.repeated.is_empty()
                && all.all(|one| section.place(one.number) == Some(one.place))
        };
        let beside = section.beside.iter();
        let is_listed_once =
            section.repeated.is_empty() && beside.into_iter().all(|beside| is_once(beside));
        if !is_listed_once {
            self.tell(section.position, "an object that is listed twice");
        }
        if self.unlisted.len() > told {
            return Ok(());
        }
        if !is_exact(document, revision)? {
            // A program that can't read it looks for objects wherever they seem to be.
            self.tell(
                section.position,
                "a cross-reference section that is not written as it should be",
            );
        }
        let mut markers = Markers::default();
        let range = start..revision.end;
        document
            .reader()
            .stream(&range, &mut |bytes| markers.take(bytes))?;
        if markers.objects != met.len() || markers.trailers != usize::from(section.stream.is_none())
        {
            self.tell(
                start,
                "something that programs may take for an object or a trailer",
            );
        }
        Ok(())
    }
}

/// Whether something stands behind the newest revision that programs may take for an object or a trailer: of a document that
/// was cut off, all that was appended after that revision, a signature too.
///
/// # Errors
/// `pdf-unreadable` if the source can't be read.
pub fn is_torn(document: &Document<'_>, newest: &Revision) -> Result<bool, Error> {
    let mut markers = Markers::default();
    let range = newest.end..document.size();
    document
        .reader()
        .stream(&range, &mut |bytes| markers.take(bytes))?;
    Ok(markers.objects > 0 || markers.trailers > 0)
}

/// What is wrong with such a document.
#[must_use]
pub fn torn(newest: &Revision) -> Error {
    let reason = "its end is missing: something was appended that is not complete";
    unreadable(newest.end, reason)
}

/// Whether a revision's own sections and its end are written as the standard has it, so that every program reads them.
fn is_exact(document: &Document<'_>, revision: &Revision) -> Result<bool, Error> {
    let section = &revision.sections[0];
    let is_table = match section.stream {
        Some(_) => section.is_exact,
        None => {
            let size = section.end.saturating_sub(section.position);
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            is_exact_table(&document.reader().bytes(section.position, size)?)
        }
    };
    let beside = section.beside.iter();
    let size = usize::try_from(revision.end - revision.startxref).unwrap_or(usize::MAX);
    let end = document
        .reader()
        .bytes(revision.startxref, size.min(MAX_END))?;
    let is_plain = |byte: &u8| byte.is_ascii_digit() || b" \r\n".contains(byte);
    let end = end.strip_prefix(b"startxref").unwrap_or(b"%");
    let end = end.trim_ascii_end().strip_suffix(b"%%EOF").unwrap_or(b"%");
    Ok(is_table && beside.into_iter().all(|beside| beside.is_exact) && end.iter().all(is_plain))
}

/// Counts what programs that look through a damaged file take for the beginning of an object, and for a trailer: wherever
/// it stands, in a string, a stream or a comment too.
#[derive(Default)]
struct Markers {
    objects: usize,
    trailers: usize,
    /// The last bytes.
    last: u64,
    state: Marker,
    in_comment: bool,
}

/// How much of `12 0 obj` has been met.
#[derive(Clone, Copy, Default, PartialEq)]
enum Marker {
    #[default]
    Nothing,
    Number,
    BehindNumber,
    Generation,
    BehindGeneration,
    O,
    B,
}

impl Markers {
    fn take(&mut self, bytes: &[u8]) {
        use Marker::{B, BehindGeneration, BehindNumber, Generation, Nothing, Number, O};
        for &byte in bytes {
            self.last = self.last << 8 | u64::from(byte);
            if self.last & 0x00ff_ffff_ffff_ffff == TRAILER {
                self.trailers += 1;
            }
            if self.in_comment {
                if !matches!(byte, b'\r' | b'\n') {
                    continue;
                }
                self.in_comment = false;
            }
            let is_space = is_space(byte);
            self.state = match (self.state, byte) {
                (Nothing | Number, b'0'..=b'9') => Number,
                (Number | BehindNumber, _) if is_space => BehindNumber,
                (BehindNumber | Generation, b'0'..=b'9') => Generation,
                (Generation | BehindGeneration, _) if is_space => BehindGeneration,
                // Of three numbers the last two count.
                (BehindGeneration, b'0'..=b'9') => Generation,
                (Generation | BehindGeneration, b'o') => O,
                (O, b'b') => B,
                (B, b'j') => {
                    self.objects += 1;
                    Nothing
                }
                // A comment parts what stands around it; one that is not behind a number may hold one itself.
                (state @ (Number | BehindNumber | Generation | BehindGeneration), b'%') => {
                    self.in_comment = true;
                    state
                }
                (_, b'0'..=b'9') => Number,
                _ => Nothing,
            };
        }
    }
}

fn piece(lexer: &mut Lexer<'_>) -> Result<Piece, Stop> {
    lexer.skip_space()?;
    let before = lexer.clone();
    match lexer.token()? {
        Token::End => Ok(Piece::End),
        Token::Keyword(b"xref") => Ok(Piece::Section),
        Token::Keyword(b"startxref") => Ok(Piece::Startxref),
        Token::Object(Object::Integer(_)) => {
            *lexer = before;
            let found = lexer.indirect()?;
            Ok(match (found.object, found.is_closed) {
                (Object::Stream(stream), _) => Piece::Object {
                    reference: found.reference,
                    stream: Some(stream),
                    end: 0,
                },
                (_, true) => Piece::Object {
                    reference: found.reference,
                    stream: None,
                    end: found.end,
                },
                (_, false) => Piece::Strange,
            })
        }
        _ => Ok(Piece::Strange),
    }
}

const MAX_TOLD: usize = 8;

/// `trailer`
const TRAILER: u64 = 0x0074_7261_696c_6572;

/// Bytes from `startxref` to the end of a revision.
const MAX_END: usize = 256;

//! The package: a ZIP (APPNOTE 6.3.10) whose parts are named by absolute paths. Whatever lets two programs see different
//! parts in one file is refused; bytes that belong to no part are told.
//!
//! The crate `zip` reads the lists of the spreadsheet module, and is not used here: it tells neither which bytes belong
//! to no entry nor that a file has two ends, takes the last of several entries of a name, and sets memory aside for
//! what a directory declares. What unpacks is `flate2`, as there.

mod directory;
mod writer;

pub use writer::PackageWriter;

#[cfg(test)]
mod tests;

use crate::Source;
use crate::ofd::location;
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;
use yinxin_proto::limits::{MAX_OFD_PART_BYTES, MAX_OFD_UNPACKED_BYTES};
use yinxin_proto::{Error, Finding};

/// A package that is read where it lies. Nothing of it is held but its directory.
#[derive(Debug)]
pub struct Package<'s, S: ?Sized> {
    source: &'s S,
    parts: BTreeMap<String, Entry>,
    /// Parts and folders, in the order in which they lie.
    raw: Vec<Raw>,
    /// The directory as it stands.
    directory: Vec<u8>,
    findings: Vec<Finding>,
    /// Bytes that may still be unpacked: parts are read again and again, as often as others name them.
    work: Cell<u64>,
}

/// A part or folder as it lies there.
#[derive(Clone, Debug)]
struct Raw {
    /// Its absolute path; a folder's ends with a slash.
    name: String,
    /// From where to where it lies.
    extent: Range<u64>,
    /// From where to where its header stands in the directory.
    header: Range<usize>,
}

/// A part, as the directory has it.
#[derive(Clone, Debug)]
struct Entry {
    /// Where its data begin.
    data: u64,
    /// Bytes of its data, as they lie there.
    packed: u64,
    /// Bytes of the part.
    unpacked: u64,
    crc: u32,
    is_deflated: bool,
}

impl<'s, S: Source + ?Sized> Package<'s, S> {
    /// Reads the directory, and the header of each part.
    ///
    /// # Errors
    /// `ofd-unreadable`; `ofd-too-large` if its parts unpack to too much.
    pub fn open(source: &'s S) -> Result<Self, Error> {
        let read = directory::read(source)?;
        let total = read.parts.values().fold(0_u64, |sum, entry| {
            // What lies there is small beside what it could unpack to.
            sum.saturating_add(entry.unpacked)
        });
        let most =
            u64::from(MAX_OFD_UNPACKED_BYTES).saturating_add(source.size().saturating_mul(8));
        if total > most {
            return Err(too_large(MAX_OFD_UNPACKED_BYTES));
        }
        Ok(Self {
            source,
            // Each part some times; and what is left over for those that are named more often.
            work: Cell::new(
                read_cost(total, read.parts.len() as u64)
                    .saturating_mul(4)
                    .saturating_add(MAX_OFD_UNPACKED_BYTES.into()),
            ),
            parts: read.parts,
            raw: read.raw,
            directory: read.bytes,
            findings: read.findings,
        })
    }

    /// Absolute paths of all parts, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    /// Whether there is a part of this absolute path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.parts.contains_key(path)
    }

    /// Bytes of a part.
    #[must_use]
    pub fn size(&self, path: &str) -> Option<u64> {
        self.parts.get(path).map(|entry| entry.unpacked)
    }

    /// The absolute path of the part that a location in another part names: as [`location::resolve`] has it; where there
    /// is none, from the root, as some makers mean it. `None` if there is none either.
    #[must_use]
    pub fn locate(&self, holder: &str, location: &str) -> Option<String> {
        let from_holder = location::resolve(holder, location);
        let from_root = || location::resolve("/", location).filter(|path| self.has(path));
        from_holder.filter(|path| self.has(path)).or_else(from_root)
    }

    /// What is odd about the package: bytes that belong to no part.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// A part, whole. `None` if there is none of this path.
    ///
    /// # Errors
    /// `ofd-unreadable`; `ofd-too-large` for a part above [`MAX_OFD_PART_BYTES`], and when parts were unpacked too often.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(size) = self.size(path) else {
            return Ok(None);
        };
        if size > MAX_OFD_PART_BYTES.into() {
            return Err(too_large(MAX_OFD_PART_BYTES));
        }
        let mut bytes = Vec::new();
        self.stream(path, &mut |piece| bytes.extend_from_slice(piece))?;
        Ok(Some(bytes))
    }

    /// Hands a part to `take` in pieces, as for a digest. Whether there is one of this path.
    ///
    /// # Errors
    /// `ofd-unreadable`; `ofd-too-large` when parts were unpacked too often. Pieces may have been handed on by then.
    pub fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, Error> {
        let Some(entry) = self.parts.get(path) else {
            return Ok(false);
        };
        let left = self.work.get().checked_sub(read_cost(entry.unpacked, 1));
        self.work
            .set(left.ok_or_else(|| too_large(MAX_OFD_UNPACKED_BYTES))?);
        let damaged = |reason| unreadable(path, reason);
        let mut crc = Crc::new();
        let mut size = 0;
        let mut take = |piece: &[u8]| {
            crc.update(piece);
            size += piece.len() as u64;
            // One byte more than it has is enough to refuse it.
            if size <= entry.unpacked {
                take(piece);
            }
            size <= entry.unpacked
        };
        let mut pieces = Pieces::new(self.source, entry.data, entry.packed);
        if entry.is_deflated {
            inflate(&mut pieces, entry.unpacked, &mut take).map_err(damaged)?;
        } else {
            while let Some(piece) = pieces.next().map_err(damaged)? {
                take(piece);
            }
        }
        if size != entry.unpacked || crc.sum() != entry.crc {
            return Err(damaged(NOT_AS_DECLARED));
        }
        Ok(true)
    }
}

/// What reading costs: bytes, and as much as some thousand of them for each part.
fn read_cost(bytes: u64, parts: u64) -> u64 {
    bytes.saturating_add(parts.saturating_mul(4096))
}

/// Bytes of the source from one place to another, in pieces.
struct Pieces<'s, S: ?Sized> {
    source: &'s S,
    position: u64,
    left: u64,
    buffer: Vec<u8>,
}

impl<'s, S: Source + ?Sized> Pieces<'s, S> {
    fn new(source: &'s S, position: u64, left: u64) -> Self {
        Self {
            source,
            position,
            left,
            buffer: Vec::new(),
        }
    }

    fn next(&mut self) -> Result<Option<&[u8]>, &'static str> {
        let size = self.left.min(PIECE as u64);
        if size == 0 {
            return Ok(None);
        }
        // At most a piece.
        self.buffer.resize(size as usize, 0);
        let read = self.source.read_at(self.position, &mut self.buffer);
        read.map_err(|_| "can't be read")?;
        self.position += size;
        self.left -= size;
        Ok(Some(&self.buffer))
    }
}

/// Unpacks deflated data (RFC 1951) until `take` has enough. Bytes behind their end are an error.
fn inflate<S: Source + ?Sized>(
    pieces: &mut Pieces<'_, S>,
    size: u64,
    take: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<(), &'static str> {
    let mut inflater = Decompress::new(false);
    // With room for a byte too many, at most a piece.
    let mut out = vec![0; size.saturating_add(1).min(PIECE as u64) as usize];
    let mut ended = false;
    while let Some(mut packed) = pieces.next()? {
        loop {
            if ended {
                return Err("has bytes behind its end");
            }
            let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
            let status = inflater.decompress(packed, &mut out, FlushDecompress::None);
            ended = status.map_err(|_| DAMAGED)? == Status::StreamEnd;
            // Neither exceeds its buffer.
            let (read, made) = (
                (inflater.total_in() - before_in) as usize,
                (inflater.total_out() - before_out) as usize,
            );
            packed = &packed[read..];
            if !take(&out[..made]) {
                return Err(NOT_AS_DECLARED);
            }
            if packed.is_empty() && (ended || made < out.len()) {
                break;
            }
            if read == 0 && made == 0 {
                return Err(DAMAGED);
            }
        }
    }
    if ended { Ok(()) } else { Err(DAMAGED) }
}

/// The package itself, where errors name parts.
pub const PACKAGE: &str = "ZIP";

/// `ofd-unreadable`, for a part or for [`PACKAGE`].
pub(super) fn unreadable(part: &str, reason: impl Into<String>) -> Error {
    Error::OfdUnreadable {
        part: part.chars().take(location::MAX_LOCATION).collect(),
        reason: reason.into(),
    }
}

fn too_large(limit: u32) -> Error {
    Error::OfdTooLarge { limit }
}

const DAMAGED: &str = "is damaged";
const NOT_AS_DECLARED: &str = "is not of the size and checksum that are declared";

/// Bytes that are read and unpacked at once.
const PIECE: usize = 64 * 1024;

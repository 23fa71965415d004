//! Bytes of a file as windows over where it lies, and what all reading of one document may cost.

use super::lexer::{Lexer, Stop};
use crate::Source;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use yinxin_proto::Error;

/// Reads windows of a source, and counts.
pub struct Reader<'a> {
    source: &'a dyn Source,
    size: u64,
    page: RefCell<Page>,
    spent: Cell<u64>,
    allowance: u64,
}

/// Bytes that were read last, for what stands beside.
#[derive(Default)]
struct Page {
    position: u64,
    bytes: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// Of a source.
    #[must_use]
    pub fn new(source: &'a dyn Source) -> Self {
        let size = source.size();
        Self {
            source,
            size,
            page: RefCell::default(),
            spent: Cell::new(0),
            allowance: size.saturating_mul(WORK_PER_BYTE).saturating_add(WORK),
        }
    }

    /// The source's size.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Counts bytes that are looked at. A file in which everything stands once is far from the limit; one whose parts
    /// are named again and again comes to it.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn spend(&self, bytes: u64) -> Result<(), Error> {
        let spent = self.spent.get().saturating_add(bytes);
        self.spent.set(spent);
        if spent > self.allowance {
            return Err(unreadable(
                0,
                "more work than a file of this size may ask for",
            ));
        }
        Ok(())
    }

    /// The bytes of a range.
    ///
    /// # Errors
    /// `pdf-unreadable` if they are not there, or can't be read.
    pub fn bytes(&self, position: u64, size: usize) -> Result<Vec<u8>, Error> {
        self.spend(size as u64)?;
        if position
            .checked_add(size as u64)
            .is_none_or(|end| end > self.size)
        {
            return Err(unreadable(position, "the file ends inside"));
        }
        let mut bytes = vec![0; size];
        self.fill(position, &mut bytes)?;
        Ok(bytes)
    }

    /// Hands out the bytes of a range, one piece after another; they are not counted.
    ///
    /// # Errors
    /// `pdf-unreadable` if they are not there, or can't be read.
    pub fn stream(&self, range: &Range<u64>, take: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        if range.end > self.size {
            return Err(unreadable(range.end, "the file ends inside"));
        }
        let mut buffer = vec![0; PIECE];
        let mut at = range.start;
        while at < range.end {
            let size = usize::try_from(range.end - at).map_or(PIECE, |size| size.min(PIECE));
            self.fill(at, &mut buffer[..size])?;
            take(&buffer[..size]);
            at += size as u64;
        }
        Ok(())
    }

    /// Reads something that begins at a position and ends before another, in windows as large as it takes.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn parse<T>(
        &self,
        position: u64,
        end: u64,
        read: impl Fn(&mut Lexer<'_>) -> Result<T, Stop>,
    ) -> Result<T, Error> {
        let end = end.min(self.size);
        let mut size = FIRST_WINDOW;
        loop {
            let left = end.saturating_sub(position);
            let is_end = left <= size;
            let window = usize::try_from(size.min(left)).unwrap_or_default();
            let stop = self.window(position, window, |bytes| {
                let mut lexer = Lexer::new(bytes, position, is_end);
                let read = read(&mut lexer);
                self.spend(lexer.position() - position + PER_PARSE)?;
                Ok(read)
            })?;
            match stop {
                Ok(read) => return Ok(read),
                Err(Stop::Malformed { position, reason }) => {
                    return Err(unreadable(position, reason));
                }
                Err(Stop::More) if size >= LAST_WINDOW => {
                    return Err(unreadable(position, "too large to be one object"));
                }
                Err(Stop::More) => size *= 8,
            }
        }
    }

    /// Where bytes stand last before a position.
    ///
    /// # Errors
    /// `pdf-unreadable` if the source can't be read.
    pub fn find_last(&self, needle: &[u8], end: u64) -> Result<Option<u64>, Error> {
        let overlap = needle.len().saturating_sub(1) as u64;
        let mut end = end.min(self.size);
        loop {
            let start = end.saturating_sub(SEARCH_STEP);
            let size = usize::try_from(end - start).unwrap_or_default();
            let found = self.window(start, size, |bytes| {
                Ok(bytes
                    .windows(needle.len())
                    .rposition(|window| window == needle))
            })?;
            if let Some(at) = found {
                return Ok(Some(start + at as u64));
            }
            if start == 0 {
                return Ok(None);
            }
            end = start + overlap;
        }
    }

    /// Calls with the bytes of a range that is inside of the file.
    fn window<T>(
        &self,
        position: u64,
        size: usize,
        call: impl FnOnce(&[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut page = self.page.borrow_mut();
        let inside = |page: &Page| {
            let start = usize::try_from(position.checked_sub(page.position)?).ok()?;
            let end = start.checked_add(size)?;
            (end <= page.bytes.len()).then_some(start..end)
        };
        if let Some(range) = inside(&page) {
            return call(&page.bytes[range]);
        }
        // What follows is asked for next, most of the time.
        let ahead = usize::try_from(self.size.saturating_sub(position)).unwrap_or(usize::MAX);
        let size_read = size.max(PAGE).min(ahead);
        page.position = position;
        page.bytes.resize(size_read, 0);
        if let Err(error) = self.fill(position, &mut page.bytes) {
            page.bytes.clear();
            return Err(error);
        }
        let result = call(page.bytes.get(..size).unwrap_or_default());
        if page.bytes.len() > KEPT {
            *page = Page::default();
        }
        result
    }

    fn fill(&self, position: u64, buffer: &mut [u8]) -> Result<(), Error> {
        let read = self.source.read_at(position, buffer);
        read.map_err(|_| unreadable(position, "can't be read from where it lies"))
    }
}

/// That nobody can read what stands at a position.
#[must_use]
pub fn unreadable(position: u64, reason: impl Into<String>) -> Error {
    Error::PdfUnreadable {
        position: u32::try_from(position).unwrap_or(u32::MAX),
        reason: reason.into(),
    }
}

/// Most objects are smaller.
const FIRST_WINDOW: u64 = 1 << 10;

/// None is larger: a signature's `/Contents` is the largest string, and an array of all pages the largest array.
const LAST_WINDOW: u64 = FIRST_WINDOW << 12;

const PAGE: usize = 1 << 14;

const PIECE: usize = 1 << 16;

const KEPT: usize = 1 << 18;

const SEARCH_STEP: u64 = 1 << 16;

/// Bytes that may be looked at for each byte of the file,
const WORK_PER_BYTE: u64 = 6;

/// beside so many.
const WORK: u64 = 1 << 24;

/// What the smallest costs beside its bytes.
const PER_PARSE: u64 = 32;

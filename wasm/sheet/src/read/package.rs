//! The ZIP archive of a workbook: parts by their names, unpacked as they are read, and never more of
//! them than a list may have. What the archive says of sizes is not believed.

use super::{Unreadable, too_large};
use std::io::{self, BufReader, Cursor, Read};
use yinxin_proto::Error;
use yinxin_proto::limits::MAX_LIST_UNPACKED_BYTES;
use zip::ZipArchive;
use zip::read::ZipFile;

/// Parts of an archive; a workbook of Excel has a dozen and one for each sheet and picture.
const MAX_PARTS: usize = 10_000;
/// Signature of an entry of the central directory.
const CENTRAL_HEADER: &[u8] = b"PK\x01\x02";

pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked, over all parts.
    left: u64,
}

/// A part that is being unpacked.
pub(super) type Part<'p, 'a> = BufReader<Metered<'p, ZipFile<'p, Cursor<&'a [u8]>>>>;

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        // Counted before anything is set aside for them. (In packed data the signature comes up once
        // in 4 GB.)
        let headers = bytes
            .windows(CENTRAL_HEADER.len())
            .filter(|window| *window == CENTRAL_HEADER);
        if headers.take(MAX_PARTS + 1).count() > MAX_PARTS {
            return Err(Unreadable::Damaged.into());
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
        Ok(Self {
            archive,
            left: MAX_LIST_UNPACKED_BYTES.into(),
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    /// A part. `None` if there is none of that name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'a>>, Error> {
        let Some(index) = self.index(name) else {
            return Ok(None);
        };
        let file = self.archive.by_index(index);
        let file = file.map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
                Unreadable::Encrypted
            }
            _ => Unreadable::Damaged,
        })?;
        Ok(Some(BufReader::new(Metered {
            inner: file,
            left: &mut self.left,
            at_once: 0,
        })))
    }

    /// Names of parts are compared without regard to case (ISO/IEC 29500-2, 6.2.2.3).
    fn index(&self, name: &str) -> Option<usize> {
        let exact = self.archive.index_for_name(name);
        exact.or_else(|| {
            let names = self.archive.file_names_raw();
            names
                .map(|other| other.strip_prefix(b"/").unwrap_or(other))
                .position(|other| other.eq_ignore_ascii_case(name.as_bytes()))
        })
    }
}

/// Unpacks until the limit of the whole package, and of what is asked for at once.
pub(super) struct Metered<'p, R> {
    inner: R,
    left: &'p mut u64,
    at_once: usize,
}

impl<R> Metered<'_, R> {
    /// Sets how much may be unpacked from here on.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.at_once = bytes;
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.checked_sub(read as u64);
        *self.left = left.ok_or(io::ErrorKind::FileTooLarge)?;
        let at_once = self.at_once.checked_sub(read);
        self.at_once = at_once.ok_or(io::ErrorKind::InvalidData)?;
        Ok(read)
    }
}

/// What a failed read of a part means.
pub(super) fn unpacked(error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::FileTooLarge {
        too_large()
    } else {
        Unreadable::Damaged.into()
    }
}

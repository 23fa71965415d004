//! A package that is written from another: what stays is copied as it lies there, what is new is stored as it is.

use super::directory::{central_header, local_header};
use super::{PACKAGE, Package, Pieces, too_large, unreadable};
use crate::Source;
use flate2::Crc;
use yinxin_proto::Error;
use yinxin_proto::limits::MAX_DETACHED_BYTES;

/// Writes a package, piece by piece.
pub struct PackageWriter<'o> {
    out: &'o mut dyn FnMut(&[u8]),
    position: u64,
    directory: Vec<u8>,
    count: u16,
}

impl<'o> PackageWriter<'o> {
    /// Begins one.
    pub fn new(out: &'o mut dyn FnMut(&[u8])) -> Self {
        Self {
            out,
            position: 0,
            directory: Vec::new(),
            count: 0,
        }
    }

    /// Copies parts and folders of another package, those parts that `keep` names: bytes that belong to none of them
    /// are left behind.
    ///
    /// # Errors
    /// `ofd-unreadable`, `ofd-too-large`.
    pub fn copy<S: Source + ?Sized>(
        &mut self,
        package: &Package<'_, S>,
        keep: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        for raw in &package.raw {
            if !keep(&raw.name) {
                continue;
            }
            let offset = self.offset()?;
            let mut pieces = Pieces::new(
                package.source,
                raw.extent.start,
                raw.extent.end - raw.extent.start,
            );
            while let Some(piece) = pieces
                .next()
                .map_err(|reason| unreadable(&raw.name, reason))?
            {
                self.write(piece);
            }
            let header = package
                .directory
                .get(raw.header.clone())
                .unwrap_or_default();
            let header = central_header(header, offset);
            self.enter(&header.ok_or_else(|| unreadable(&raw.name, super::DAMAGED))?)?;
        }
        Ok(())
    }

    /// Adds a part.
    ///
    /// # Errors
    /// `ofd-too-large`.
    pub fn add(&mut self, path: &str, content: &[u8]) -> Result<(), Error> {
        let offset = self.offset()?;
        let size = u32::try_from(content.len()).map_err(|_| too_large(MAX_DETACHED_BYTES))?;
        let mut crc = Crc::new();
        crc.update(content);
        let name = path.strip_prefix('/').unwrap_or(path);
        let (local, central) = local_header(name, crc.sum(), size, offset);
        self.write(&local);
        self.write(content);
        self.enter(&central)
    }

    /// Writes the directory.
    ///
    /// # Errors
    /// `ofd-too-large`.
    pub fn finish(mut self) -> Result<(), Error> {
        let offset = self.offset()?;
        let directory = std::mem::take(&mut self.directory);
        let size = u32::try_from(directory.len()).map_err(|_| too_large(MAX_DETACHED_BYTES))?;
        self.write(&directory);
        let end = super::directory::end(self.count, size, offset);
        self.write(&end);
        Ok(())
    }

    fn enter(&mut self, header: &[u8]) -> Result<(), Error> {
        // The last number says that ZIP64 has it.
        let count = self.count.checked_add(1).filter(|count| *count < u16::MAX);
        self.count = count.ok_or_else(|| unreadable(PACKAGE, "has too many parts"))?;
        self.directory.extend_from_slice(header);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) {
        (self.out)(bytes);
        self.position += bytes.len() as u64;
    }

    /// Where the next structure lies.
    fn offset(&self) -> Result<u32, Error> {
        let offset = u32::try_from(self.position).ok();
        let offset = offset.filter(|offset| *offset <= MAX_DETACHED_BYTES);
        offset.ok_or_else(|| too_large(MAX_DETACHED_BYTES))
    }
}

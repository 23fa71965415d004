//! Where the bytes of a document lie.

use std::io;

/// Bytes that are read where they lie: a slice, a file, a Blob in a worker.
pub trait Source {
    /// Their number.
    fn size(&self) -> u64;

    /// Fills a buffer with the bytes from a position on.
    ///
    /// # Errors
    /// `UnexpectedEof` where there are fewer; whatever else the place says.
    fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl Source for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(position).ok();
        let bytes = start.and_then(|start| self.get(start..start.checked_add(buffer.len())?));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<()> {
        (**self).read_at(position, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_gives_what_it_has_and_no_more() {
        let source: &[u8] = b"0123456789";
        let read = |position, count| {
            let mut buffer = vec![0; count];
            source.read_at(position, &mut buffer).map(|()| buffer)
        };
        assert_eq!(source.size(), 10);
        assert_eq!(read(3, 4).unwrap(), b"3456");
        assert_eq!(read(10, 0).unwrap(), b"");
        for (position, count) in [(7, 4), (11, 0), (u64::MAX, 1)] {
            let refused = read(position, count).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}

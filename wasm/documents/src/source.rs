//! Where the bytes of a document lie.

use std::io;
use std::ops::Range;

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

/// Reads a range in order, in pieces that are small beside any document.
///
/// # Errors
/// What reading or `take` says.
pub fn stream(
    source: &(impl Source + ?Sized),
    range: Range<u64>,
    take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    let mut at = range.start;
    while at < range.end {
        let count = usize::try_from(range.end - at).map_or(PIECE, |left| left.min(PIECE));
        let piece = &mut piece[..count];
        source.read_at(at, piece)?;
        take(piece)?;
        at += count as u64;
    }
    Ok(())
}

const PIECE: usize = 1 << 18;

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
    fn a_range_comes_in_order_and_what_takes_it_can_stop() {
        let bytes: Vec<u8> = (0..=255).cycle().take(3 * PIECE + 7).collect();
        let mut got = Vec::new();
        let range = 5..bytes.len() as u64;
        let mut take = |piece: &[u8]| {
            got.extend_from_slice(piece);
            Ok(())
        };
        stream(&bytes[..], range, &mut take).unwrap();
        assert_eq!(got, bytes[5..]);
        let stopped = stream(&bytes[..], 0..9, &mut |_| Err(io::ErrorKind::Other.into()));
        assert_eq!(stopped.unwrap_err().kind(), io::ErrorKind::Other);
        let past = stream(&bytes[..], 0..bytes.len() as u64 + 1, &mut |_| Ok(()));
        assert_eq!(past.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

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

//! Frames: four bytes of length in native byte order, then that many bytes of JSON. The same
//! framing serves the browser's pipe and the pipe to each worker process.
//!
//! Reading is `native_messaging`'s decoder, behind a reader that survives signals. Writing is done
//! here, because a frame to a worker can hold a PIN and that crate's encoder leaves copies behind
//! when its buffer grows; here every outgrown buffer is overwritten.

use native_messaging::host::{MAX_FROM_BROWSER, NmError, decode_message_opt};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// What came in.
pub enum Incoming {
    /// A frame of UTF-8 text, overwritten when dropped.
    Message(Zeroizing<String>),
    /// A frame that is not UTF-8.
    NotUtf8,
    /// A frame over the limit.
    TooLarge {
        /// The announced length in bytes.
        length: u32,
        /// Whether the frame was skipped, so that the next one can be read. A length beyond what
        /// any browser sends is taken for garbage, and reading must end.
        skipped: bool,
    },
    /// The input ended inside a frame.
    Truncated,
    /// The input ended between two frames.
    End,
}

/// Reads one frame of at most `limit` bytes. Allocates no more than that, whatever is announced.
///
/// # Errors
/// If the pipe fails.
pub fn read(reader: &mut impl Read, limit: u32) -> io::Result<Incoming> {
    let mut reader = Patient(reader);
    match decode_message_opt(&mut reader, limit as usize) {
        Ok(Some(text)) => Ok(Incoming::Message(Zeroizing::new(text))),
        Ok(None) | Err(NmError::Disconnected) => Ok(Incoming::End),
        Err(NmError::IncomingTooLarge { len, .. }) => {
            let skipped = len <= MAX_FROM_BROWSER;
            if skipped {
                let length = len as u64;
                if io::copy(&mut reader.take(length), &mut io::sink())? < length {
                    return Ok(Incoming::Truncated);
                }
            }
            Ok(Incoming::TooLarge {
                length: u32::try_from(len).unwrap_or(u32::MAX),
                skipped,
            })
        }
        Err(NmError::IncomingNotUtf8(error)) => {
            drop(Zeroizing::new(error.into_bytes()));
            Ok(Incoming::NotUtf8)
        }
        Err(NmError::Io(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Ok(Incoming::Truncated)
        }
        Err(NmError::Io(error)) => Err(error),
        Err(other) => Err(io::Error::other(other)),
    }
}

/// Why a frame was not written.
#[derive(Debug)]
pub enum WriteError {
    /// The message needs more than the limit; nothing was written.
    TooLarge {
        /// Its length in bytes.
        length: u32,
    },
    /// Nobody reads any more.
    Broken,
}

/// Writes one frame of at most `limit` bytes, in one piece.
///
/// # Errors
/// If the message is too large, or the pipe fails.
pub fn write(
    writer: &mut impl Write,
    message: &impl Serialize,
    limit: u32,
) -> Result<(), WriteError> {
    let mut buffer = Wiping(Zeroizing::new(Vec::with_capacity(4096)));
    buffer.extend(&[0; 4]);
    serde_json::to_writer(&mut buffer, message).map_err(|_| WriteError::Broken)?;
    let mut frame = buffer.0;
    let length = u32::try_from(frame.len() - 4).unwrap_or(u32::MAX);
    if length > limit {
        return Err(WriteError::TooLarge { length });
    }
    frame[..4].copy_from_slice(&length.to_ne_bytes());
    writer
        .write_all(&frame)
        .and_then(|()| writer.flush())
        .map_err(|_| WriteError::Broken)
}

/// Standard input without the standard library's buffer, which would keep a copy of the PIN.
///
/// # Errors
/// If the descriptor can't be duplicated.
pub fn unbuffered_stdin() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
    }
}

/// Standard output without the standard library's buffer.
///
/// # Errors
/// If the descriptor can't be duplicated.
pub fn unbuffered_stdout() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
    }
}

/// What is wrong with a text, in the words of its reader, without what stands in it: a value in a wrong
/// place can be a secret in a wrong place.
#[must_use]
pub fn without_values(message: &str) -> String {
    // "invalid type: integer `246810`, expected a string": the value is all that stands between.
    match message.split_once(['`', '"']) {
        Some((before, rest))
            if before.starts_with("invalid ") || before.starts_with("unknown ") =>
        {
            let expected = rest.rsplit_once(", expected ");
            let expected =
                expected.map_or(String::new(), |(_, words)| format!(", expected {words}"));
            format!("{}{expected}", before.trim_end())
        }
        _ => message.to_owned(),
    }
}

/// A reader that takes up an interrupted call again.
struct Patient<'a, R>(&'a mut R);

impl<R: Read> Read for Patient<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

/// A growing buffer that overwrites what it outgrows.
struct Wiping(Zeroizing<Vec<u8>>);

impl Wiping {
    fn extend(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }
}

impl Write for Wiping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: u32, body: &[u8]) -> Vec<u8> {
        [&length.to_ne_bytes(), body].concat()
    }

    #[test]
    fn what_is_written_can_be_read() {
        let text = "x".repeat(10_000);
        let mut pipe = Vec::new();
        write(&mut pipe, &text, 20_000).unwrap();
        match read(&mut pipe.as_slice(), 20_000).unwrap() {
            Incoming::Message(json) => assert_eq!(*json, format!("\"{text}\"")),
            _ => panic!("not a message"),
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_the_value() {
        for (message, told) in [
            (
                "invalid type: integer `246810`, expected a string at line 1 column 9",
                "invalid type: integer, expected a string at line 1 column 9",
            ),
            (
                "invalid value: string \"24`, expected 68\\\"10\", expected u8",
                "invalid value: string, expected u8",
            ),
            (
                "unknown variant `246810`, expected `a` or `b`",
                "unknown variant, expected `a` or `b`",
            ),
            (
                "unknown field `246810`, there are no fields",
                "unknown field",
            ),
            (
                "missing field `id` at line 1 column 2",
                "missing field `id` at line 1 column 2",
            ),
            (
                "expected `,` or `}` at line 1 column 2",
                "expected `,` or `}` at line 1 column 2",
            ),
        ] {
            assert_eq!(without_values(message), told);
        }
    }

    #[test]
    fn a_message_over_the_limit_is_not_written() {
        let mut pipe = Vec::new();
        assert!(matches!(
            write(&mut pipe, &"xxxx", 5),
            Err(WriteError::TooLarge { length: 6 })
        ));
        assert!(pipe.is_empty());
    }

    #[test]
    fn an_oversized_frame_is_skipped_and_the_next_one_read() {
        let mut input = frame(10, b"0123456789");
        input.extend(frame(2, b"{}"));
        let mut reader = input.as_slice();
        assert!(matches!(
            read(&mut reader, 5).unwrap(),
            Incoming::TooLarge {
                length: 10,
                skipped: true
            }
        ));
        assert!(matches!(read(&mut reader, 5).unwrap(), Incoming::Message(text) if *text == "{}"));
        assert!(matches!(read(&mut reader, 5).unwrap(), Incoming::End));
    }

    #[test]
    fn an_absurd_length_ends_reading() {
        assert!(matches!(
            read(&mut frame(u32::MAX, b"x").as_slice(), 5).unwrap(),
            Incoming::TooLarge {
                length: u32::MAX,
                skipped: false
            }
        ));
    }

    #[test]
    fn cut_frames_are_told_from_the_end() {
        for cut in [&[1u8][..], &[1, 0, 0], &frame(4, b"abc")] {
            assert!(matches!(read(&mut &*cut, 5).unwrap(), Incoming::Truncated));
        }
        assert!(matches!(
            read(&mut frame(100, b"abc").as_slice(), 5).unwrap(),
            Incoming::Truncated
        ));
    }
}

//! Writes verdicts: bytes as Base64, and numbers as JavaScript writes them.

use base64ct::{Base64, Encoding as _};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use std::io::{self, Write};
use yinxin_proto::Error;

/// As JSON.
///
/// # Errors
/// `internal`; a bug, since all that is given can be written.
pub fn write(value: &impl Serialize) -> Result<String, Error> {
    let internal = |detail: String| Error::Internal { detail };
    let mut out = Vec::with_capacity(4096);
    value
        .serialize(&mut Serializer::with_formatter(&mut out, Written))
        .map_err(|error| internal(error.to_string()))?;
    String::from_utf8(out).map_err(|error| internal(error.to_string()))
}

struct Written;

impl Formatter for Written {
    fn write_byte_array<W: ?Sized + Write>(&mut self, out: &mut W, bytes: &[u8]) -> io::Result<()> {
        write!(out, "\"{}\"", Base64::encode_string(bytes))
    }

    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, number: f64) -> io::Result<()> {
        // Exact, and without a fraction that says nothing.
        if number.fract() == 0.0 && number.abs() < 9e15 {
            return write!(out, "{}", number as i64);
        }
        CompactFormatter.write_f64(out, number)
    }
}

#[cfg(test)]
mod tests {
    use super::write;
    use yinxin_pki::wire::Bytes;

    #[test]
    fn bytes_are_base64_and_whole_numbers_have_no_fraction() {
        let value = (Bytes(vec![0, 255, 16]), Bytes(vec![]), 595.0, 0.5, 7_u64);
        assert_eq!(write(&value).unwrap(), r#"["AP8Q","",595,0.5,7]"#);
    }
}

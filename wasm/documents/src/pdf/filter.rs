//! Filters of the streams that hold other objects (ISO 32000-2, 7.4): Flate with its predictors, and the two in ASCII.
//! Pictures are decoded elsewhere.

use super::lexer::digit;
use super::object::{Dictionary, Object, is_space};
use flate2::{Decompress, FlushDecompress, Status};

/// Decodes bytes by `/Filter` and `/DecodeParms` of their dictionary, whose values have to be direct, up to a size.
///
/// # Errors
/// What is wrong with them.
pub fn decode(
    dictionary: &Dictionary,
    bytes: Vec<u8>,
    limit: usize,
) -> Result<Vec<u8>, &'static str> {
    let list = |key| match dictionary.get(key) {
        None => Vec::new(),
        Some(Object::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
    };
    let (filters, parameters) = (list(b"Filter"), list(b"DecodeParms"));
    if filters.len() > MAX_FILTERS {
        return Err("too many filters");
    }
    let mut bytes = bytes;
    for (index, filter) in filters.into_iter().enumerate() {
        let parameters = parameters.get(index).and_then(|one| one.dictionary());
        bytes = match filter.name() {
            Some(b"FlateDecode") => {
                let inflated = inflate(&bytes, limit)?;
                match parameters {
                    Some(parameters) => unpredict(parameters, inflated)?,
                    None => inflated,
                }
            }
            Some(b"ASCIIHexDecode") => ascii_hex(&bytes)?,
            Some(b"ASCII85Decode") => ascii_85(&bytes, limit)?,
            _ => return Err("a filter that is not read here"),
        };
    }
    Ok(bytes)
}

fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, &'static str> {
    let mut inflater = Decompress::new(true);
    let mut out = Vec::with_capacity(bytes.len().saturating_mul(4).clamp(256, 1 << 16).min(limit));
    loop {
        let read = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
        let before = (read, out.len());
        let rest = bytes.get(read..).unwrap_or_default();
        let status = inflater
            .decompress_vec(rest, &mut out, FlushDecompress::None)
            .map_err(|_| "damaged where it is compressed")?;
        if out.len() > limit {
            return Err("larger than it may be when it is unpacked");
        }
        if matches!(status, Status::StreamEnd) {
            return Ok(out);
        }
        if out.len() == out.capacity() {
            out.reserve(out.len().max(256));
        } else if before
            == (
                usize::try_from(inflater.total_in()).unwrap_or(usize::MAX),
                out.len(),
            )
        {
            return Err("it ends where it is compressed");
        }
    }
}

/// Undoes PNG's predictors (7.4.4.4).
fn unpredict(parameters: &Dictionary, bytes: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    let number = |key, default| match parameters.get(key) {
        None => Ok(default),
        Some(value) => value
            .integer()
            .and_then(|number| usize::try_from(number).ok())
            .filter(|number| (1..=MAX_ROW).contains(number))
            .ok_or("a number of a predictor is out of bounds"),
    };
    match number(b"Predictor", 1)? {
        1 => return Ok(bytes),
        10..=15 => {}
        _ => return Err("a predictor that is not read here"),
    }
    let (colors, bits) = (number(b"Colors", 1)?, number(b"BitsPerComponent", 8)?);
    let columns = number(b"Columns", 1)?;
    let row_bits = colors.saturating_mul(bits).saturating_mul(columns);
    let row_size = row_bits.div_ceil(8);
    if row_size > MAX_ROW {
        return Err("a row of a predictor is too long");
    }
    let pixel = (colors * bits).div_ceil(8).max(1);
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    for row in bytes.chunks(row_size + 1) {
        let start = out.len();
        let (kind, row) = (row[0], &row[1..]);
        for (index, &byte) in row.iter().enumerate() {
            let before = |back: usize| {
                let at = (start + index).checked_sub(back)?;
                out.get(at).copied()
            };
            let left = before(pixel).filter(|_| index >= pixel).unwrap_or(0);
            let above = before(row_size).unwrap_or(0);
            let corner = before(row_size + pixel)
                .filter(|_| index >= pixel)
                .unwrap_or(0);
            let predicted = match kind {
                0 => 0,
                1 => left,
                2 => above,
                3 => u16::midpoint(u16::from(left), u16::from(above)).to_le_bytes()[0],
                4 => paeth(left, above, corner),
                _ => return Err("a row has no predictor of PNG"),
            };
            out.push(byte.wrapping_add(predicted));
        }
    }
    Ok(out)
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    if distance(left) <= distance(above) && distance(left) <= distance(corner) {
        left
    } else if distance(above) <= distance(corner) {
        above
    } else {
        corner
    }
}

fn ascii_hex(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::with_capacity(bytes.len() / 2);
    let mut high = None;
    for &byte in bytes {
        match (byte, digit(byte), high) {
            (b'>', ..) => break,
            (_, Some(low), Some(first)) => {
                out.push(first << 4 | low);
                high = None;
            }
            (_, Some(first), None) => high = Some(first),
            _ if is_space(byte) => {}
            _ => return Err("no hex digit where such are expected"),
        }
    }
    out.extend(high.map(|high| high << 4));
    Ok(out)
}

fn ascii_85(bytes: &[u8], limit: usize) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::new();
    let (mut group, mut count) = (0_u32, 0_usize);
    for &byte in bytes {
        if out.len() > limit {
            return Err("larger than it may be when it is unpacked");
        }
        match byte {
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                group = group
                    .checked_mul(85)
                    .and_then(|group| group.checked_add(u32::from(byte - b'!')))
                    .ok_or("a group of ASCII85 is too large")?;
                count += 1;
                if count == 5 {
                    out.extend(group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            b'~' => break,
            _ if is_space(byte) => {}
            _ => return Err("no digit of ASCII85"),
        }
    }
    if count == 1 {
        return Err("a group of ASCII85 is too short");
    }
    if count > 1 {
        let filled = (count..5).try_fold(group, |group, _| group.checked_mul(85)?.checked_add(84));
        let filled = filled.ok_or("a group of ASCII85 is too large")?;
        out.extend(&filled.to_be_bytes()[..count - 1]);
    }
    Ok(out)
}

const MAX_FILTERS: usize = 4;

const MAX_ROW: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::lexer::Lexer;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write as _;

    fn decoded(dictionary: &str, bytes: &[u8], limit: usize) -> Result<Vec<u8>, &'static str> {
        let object = Lexer::new(dictionary.as_bytes(), 0, true).object().unwrap();
        decode(object.dictionary().unwrap(), bytes.to_vec(), limit)
    }

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut writer = ZlibEncoder::new(Vec::new(), Compression::default());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn filters_are_undone_one_after_another() {
        let flate = deflated(b"some text");
        let hex: String = flate.iter().map(|byte| format!("{byte:02x} ")).collect();
        let both = "<</Filter[/ASCIIHexDecode/FlateDecode]>>";
        assert_eq!(
            decoded(both, format!("{hex}>").as_bytes(), 100),
            Ok(b"some text".to_vec())
        );
        let ascii = "<</Filter/ASCII85Decode>>";
        assert_eq!(
            decoded(ascii, b"87cURD]i,\"Ebo80~>", 100),
            Ok(b"Hello World!".to_vec())
        );
        assert_eq!(decoded(ascii, b"z!!~>", 100), Ok(vec![0; 5]));
        assert_eq!(decoded("<<>>", b"as it is", 1), Ok(b"as it is".to_vec()));
    }

    #[test]
    fn rows_are_undone_by_each_predictor_of_png() {
        let predicted = [
            0, 1, 2, 3, // as they are
            1, 1, 1, 1, // left
            2, 1, 1, 1, // above
            3, 1, 1, 1, // between
            4, 1, 1, 1, // Paeth
        ];
        let plain = [1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4, 5];
        let dictionary = "<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 3>>>>";
        assert_eq!(
            decoded(dictionary, &deflated(&predicted), 100),
            Ok(plain.to_vec())
        );
    }

    #[test]
    fn what_is_damaged_or_unpacks_too_large_is_refused() {
        let flate = "<</Filter/FlateDecode>>";
        let bomb = deflated(&vec![0; 10_000_000]);
        assert!(bomb.len() < 20_000);
        assert!(decoded(flate, &bomb, 1_000_000).is_err());
        assert_eq!(decoded(flate, &bomb, 10_000_000).unwrap().len(), 10_000_000);
        let whole = deflated(b"some text");
        for end in 0..whole.len() {
            assert!(decoded(flate, &whole[..end], 100).is_err(), "{end}");
        }
        assert!(decoded("<</Filter/LZWDecode>>", b"", 100).is_err());
        assert!(decoded("<</Filter[/A/A/A/A/A]>>", b"", 100).is_err());
        assert!(decoded("<</Filter/ASCII85Decode>>", b"uuuuu", 100).is_err());
        for number in ["0", "-1", "70000", "1.5"] {
            let text =
                format!("<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns {number}>>>>");
            assert!(decoded(&text, &deflated(&[0; 8]), 100).is_err(), "{number}");
        }
    }
}

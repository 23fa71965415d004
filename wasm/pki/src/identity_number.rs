//! Citizens' identity numbers: 18 digits, the last one a check digit that may be X.
//!
//! Source: GB 11643-1999, clauses 3 and 4: six digits of a place (GB/T 2260), eight of the day of birth, three of a
//! sequence, and a check digit by ISO 7064, MOD 11-2.

/// The identity number in a text: 18 characters between others that are neither letters nor digits of ASCII, or
/// behind letters, as identity codes write it (`SF…`).
#[must_use]
pub fn find(text: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let mut words = text.split(|c| !is_part(c));
    words.find_map(|word| {
        let start = word.len().checked_sub(18)?;
        // CFCA puts the kind of the document, a letter or digit, in front.
        let (kind, number) = word.split_at(start);
        let is_kind = kind.len() == 1 || kind.bytes().all(|b| b.is_ascii_alphabetic());
        (is_kind && is_valid(number)).then_some(number)
    })
}

/// Whether this is one.
#[must_use]
pub fn is_valid(number: &str) -> bool {
    let Some((digits, check)) = number.split_at_checked(17) else {
        return false;
    };
    if check.len() != 1 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let value = |range: std::ops::Range<usize>| digits[range].parse::<u16>().unwrap_or_default();
    // GB/T 2260; 83 is Taiwan's in residence permits (GB 11643, and the rules of 2018).
    let is_place = matches!(value(0..2),
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83);
    if !is_place || !is_day(value(6..10), value(10..12), value(12..14)) {
        return false;
    }
    // Weights are the powers of 2 from 17 down, modulo 11.
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip(1u32..)
        .map(|(digit, place)| u32::from(digit - b'0') * (1 << place))
        .sum();
    let expected = match (12 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from(b'0' + digit as u8),
    };
    check.eq_ignore_ascii_case(&expected.to_string())
}

/// Whether somebody may have been born on a day.
fn is_day(year: u16, month: u16, day: u16) -> bool {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1850..2100).contains(&year) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credit_code;

    /// The examples of the standard's annex.
    #[test]
    fn the_examples_of_the_standard_hold() {
        assert!(is_valid("11010519491231002X"));
        assert!(is_valid("11010519491231002x"));
        assert!(is_valid("440524188001010014"));
        for wrong in [
            "110105194912310021",
            "11010519491232002X",
            "00010519491231002X",
            "1101051949123100",
            "11010519491231002XX",
            "1101051949123100二",
            "",
        ] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }

    #[test]
    fn one_is_found_where_certificates_write_it() {
        let number = "11010519491231002X";
        for text in [
            number.to_owned(),
            format!("SF{number}"),
            format!("张三 {number}"),
            format!("张三({number})"),
            format!("051@0{number}@张三@1"),
        ] {
            assert_eq!(find(&text), Some(number), "{text}");
        }
        for text in ["张三", "1211010519491231002X", "11010519491231002X1", ""] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    /// Two check digits leave one in 341 numbers of digits that are both.
    #[test]
    fn one_that_is_a_credit_code_too_is_no_credit_code() {
        let number = "310000190001010394";
        assert!(is_valid(number) && credit_code::is_valid(number));
        assert_eq!(credit_code::find(number), None);
        assert_eq!(credit_code::find(&format!("张三 {number}")), None);
    }
}

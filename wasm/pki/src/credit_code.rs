//! Unified social credit codes: 18 characters, the last one a check digit.
//!
//! Source: GB 32100-2015, clauses 5 and 6.

use crate::identity_number;
use yinxin_proto::text::half_width;

/// Characters in the order of their values. I, O, S, V and Z are not used.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The code inside a text that may carry a prefix, as certificates do (`NTRCN-…`, `USCC:…`): the
/// last 18 letters and digits, of either width, if they are a code with the right check digit.
///
/// A number that is a citizen's too, which one of some hundred people's could be, is none: nobody but a
/// person would write it.
#[must_use]
pub fn find(text: &str) -> Option<String> {
    // No character takes fewer bytes than one of a code.
    if text.len() < 18 {
        return None;
    }
    let narrow: String = text.chars().map(half_width).collect();
    let text = narrow.trim_end_matches(|c: char| !c.is_alphanumeric());
    let start = text.len().checked_sub(18)?;
    let (prefix, code) = (text.get(..start)?, text.get(start..)?);
    let separated = prefix
        .chars()
        .next_back()
        .is_none_or(|c| !c.is_ascii_alphanumeric());
    let code = code.to_ascii_uppercase();
    (separated && is_valid(&code) && !identity_number::is_valid(&code)).then_some(code)
}

/// Whether this is a code: 18 characters of the alphabet, digits where clause 5 asks for them, and
/// the check digit of clause 6.
#[must_use]
pub fn is_valid(code: &str) -> bool {
    let bytes = code.as_bytes();
    if bytes.len() != 18 || !bytes[2..8].iter().all(u8::is_ascii_digit) {
        return false;
    }
    // Clause 6.2: C18 = 31 - (sum of Ci * 3^(i-1) mod 31) mod 31.
    let mut sum = 0;
    let mut weight = 1;
    for byte in &bytes[..17] {
        let Some(value) = ALPHABET.iter().position(|c| c == byte) else {
            return false;
        };
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET[(31 - sum % 31) % 31] == bytes[17]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Completes 17 characters to a code.
    fn complete(head: &str) -> String {
        ALPHABET
            .iter()
            .map(|last| format!("{head}{}", char::from(*last)))
            .find(|code| is_valid(code))
            .unwrap()
    }

    #[test]
    fn exactly_one_check_digit_fits() {
        for head in [
            "91510100MA0000000",
            "125100004507200AB",
            "11510000008282800",
        ] {
            let fits = ALPHABET
                .iter()
                .filter(|last| is_valid(&format!("{head}{}", char::from(**last))))
                .count();
            assert_eq!(fits, 1, "{head}");
        }
    }

    #[test]
    fn the_example_of_the_standard_holds() {
        // GB 32100-2015, annex: the code of an enterprise given as the example.
        assert!(is_valid("91350100M000100Y43"));
        assert!(!is_valid("91350100M000100Y44"));
        assert!(!is_valid("91350100M00010OY43"), "the letter O is not used");
    }

    #[test]
    fn a_code_is_found_behind_a_prefix() {
        let code = complete("91510100MA0000000");
        for text in [
            code.clone(),
            format!("NTRCN-{code}"),
            format!("统一社会信用代码:{code} "),
            code.to_lowercase(),
            format!("（{code}）"),
            "统一社会信用代码：９１５１０１００ＭＡ００００００".to_owned() + &code[16..],
        ] {
            assert_eq!(find(&text), Some(code.clone()), "{text}");
        }
        assert_eq!(find(&format!("1{code}")), None, "part of a longer number");
        assert_eq!(find("代码"), None);
        assert_eq!(find(""), None);
    }
}

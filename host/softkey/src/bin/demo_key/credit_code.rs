//! Unified social credit codes with valid check characters.

/// Completes 6 digits of region and 8 characters of an organisation to the code of a business:
/// `91`, region, organisation with its check character (GB 11714), check character (GB 32100).
/// `None` if a character is not of the standard's alphabet.
pub fn complete(region: &str, organisation: &str) -> Option<String> {
    let check = organisation_check(organisation)?;
    let base = format!("91{region}{organisation}{check}");
    let check = credit_check(&base)?;
    Some(format!("{base}{check}"))
}

/// GB 11714-1997 section 4.2.
fn organisation_check(body: &str) -> Option<char> {
    if body.len() != 8 {
        return None;
    }
    let mut sum = 0;
    for (digit, weight) in body.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]) {
        sum += digit.to_digit(36)? * weight;
    }
    Some(match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10)?,
    })
}

/// GB 32100-2015 section 5: weights are the powers of 3 modulo 31.
fn credit_check(body: &str) -> Option<char> {
    if body.len() != 17 {
        return None;
    }
    let (mut sum, mut weight) = (0, 1);
    for digit in body.chars() {
        sum += ALPHABET.find(digit)? * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.chars().nth((31 - sum % 31) % 31)
}

/// The digits and the capital letters without I, O, S, V and Z.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_characters_follow_the_standards() {
        // The example of GB 11714-1997: D2143569-X.
        assert_eq!(organisation_check("D2143569"), Some('X'));
        let code = complete("510199", "MA00DEM0").unwrap();
        assert_eq!(code.len(), 18);
        // Any change of one character is noticed.
        let body = &code[..17];
        for position in 2..17 {
            let mut changed: Vec<char> = body.chars().collect();
            changed[position] = if changed[position] == '1' { '2' } else { '1' };
            let changed: String = changed.into_iter().collect();
            assert_ne!(credit_check(&changed), code.chars().last());
        }
    }

    #[test]
    fn letters_outside_the_alphabet_are_refused() {
        assert_eq!(complete("510199", "MADEMO00"), None);
        assert_eq!(complete("510199", "SHORT"), None);
    }
}

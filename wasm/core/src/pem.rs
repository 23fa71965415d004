//! PEM (RFC 7468), read leniently: text around blocks, any line length, Windows line ends.

use base64ct::{Base64, Base64Unpadded, Encoding};

/// The contents of all blocks whose label ends with one of these words, in order. `None` if a
/// block is not Base64 or does not end.
///
/// The end of a label is enough: `CERTIFICATE` also finds `X509 CERTIFICATE`.
#[must_use]
pub fn blocks(text: &str, labels: &[&str]) -> Option<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----")?;
        let (body, after) = after.split_once("-----END ")?;
        if labels.iter().any(|wanted| label.ends_with(wanted)) {
            found.push(base64(body)?);
        }
        rest = after;
    }
    Some(found)
}

/// Decodes standard Base64 with or without padding, white space ignored.
#[must_use]
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let packed: String = text.split_ascii_whitespace().collect();
    let bare = packed.trim_end_matches('=');
    if packed.len() == bare.len() {
        Base64Unpadded::decode_vec(bare).ok()
    } else {
        Base64::decode_vec(&packed).ok()
    }
}

/// The DER in an input that may be DER, PEM or bare Base64: the first block of these labels.
/// `None` if it is none of them.
#[must_use]
pub fn der_of(input: &[u8], labels: &[&str]) -> Option<Vec<u8>> {
    if input.first() == Some(&0x30) && !input.is_ascii() {
        return Some(input.to_vec());
    }
    let Ok(text) = std::str::from_utf8(input) else {
        return Some(input.to_vec());
    };
    if text.contains("-----BEGIN ") {
        return blocks(text, labels)?.into_iter().next();
    }
    // DER of these structures is never plain text, so text can only be Base64.
    base64(text).filter(|der| !der.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_among_text() {
        let text = "subject=x\r\n-----BEGIN X509 CERTIFICATE-----\r\nAQID\r\n-----END X509 CERTIFICATE-----\r\n\
                    -----BEGIN PRIVATE KEY-----\nBAUG\n-----END PRIVATE KEY-----\n\
                    -----BEGIN CERTIFICATE-----\nB A g\n=\n-----END CERTIFICATE-----";
        assert_eq!(
            blocks(text, &["CERTIFICATE"]),
            Some(vec![vec![1, 2, 3], vec![4, 8]])
        );
        assert_eq!(
            blocks("-----BEGIN CERTIFICATE-----\nAQID", &["CERTIFICATE"]),
            None
        );
        assert_eq!(
            blocks(
                "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----",
                &["CERTIFICATE"]
            ),
            None
        );
    }
}

//! Text that may be signed as it stands, without signed attributes around it: what the bridge signs for pages of older
//! portals (`SOF_SignData`, GM/T 0020). Whoever asks chooses every byte, so the bytes must mean nothing elsewhere.
//!
//! Signed is text of 1 to 64 KiB in strict UTF-8 without control characters but tab, carriage return and line feed. With
//! that no DER passes, no transcript of TLS, and no encoding but UTF-8. Refused besides:
//!
//! - what [`crate::content_guard`] refuses: our login label, `LOGONDATA:`, signed attributes;
//! - XML whose root is a `Signature` or `SignedInfo`, of OFD (GB/T 33190) or of XML signatures;
//! - the signing input of a JWS (RFC 7515, clause 5.1; RFC 7797, clause 3);
//! - hex or Base64 of whatever is refused, and of whole DER: some verifiers decode first;
//! - text as long as a digest (20, 32, 48 or 64 bytes) that has other characters than encoded random numbers have: some
//!   documents hold a signature over a bare digest, which could be ground until it reads as text.

use crate::asn1::{self, tag};
use crate::content_guard;
use crate::pem::{base64, from_hex};

/// Bytes of a text that may be signed.
pub const MAX_BYTES: usize = 64 * 1024;

/// The text, if it may be signed.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<&str> {
    if bytes.is_empty() || bytes.len() > MAX_BYTES {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let is_plain = |character: char| !character.is_control() || "\t\r\n".contains(character);
    (text.chars().all(is_plain) && !means_something(text, DEPTH) && !could_be_a_digest(text))
        .then_some(text)
}

/// Whether a signature over it would say something to somebody else.
fn means_something(text: &str, depth: u32) -> bool {
    let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
    content_guard::is_refused(text.as_bytes(), size)
        || is_signed_xml(text)
        || is_signing_input(text)
        || decoded(text).any(|bytes| {
            is_der(&bytes)
                || is_certificate_verify(&bytes)
                || content_guard::is_refused(&bytes, bytes.len() as u64)
                || depth > 0
                    && readings(&bytes)
                        .iter()
                        .any(|inner| means_something(inner, depth - 1))
        })
}

/// Bytes as text, in every way in which readers of XML take them.
fn readings(bytes: &[u8]) -> Vec<String> {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units)
            .collect::<Result<String, _>>()
            .ok()
    };
    let narrow = std::str::from_utf8(bytes).ok().map(str::to_owned);
    [narrow, wide(u16::from_le_bytes), wide(u16::from_be_bytes)]
        .into_iter()
        .flatten()
        .collect()
}

/// XML whose root is what signatures of XML are made over.
fn is_signed_xml(text: &str) -> bool {
    let mut rest = text.trim_start_matches(is_blank);
    loop {
        let Some(after) = rest.strip_prefix('<') else {
            return false;
        };
        let (inside, end) = if let Some(comment) = after.strip_prefix("!--") {
            (comment, "-->")
        } else if let Some(instruction) = after.strip_prefix('?') {
            (instruction, "?>")
        } else if after.starts_with('!') {
            // A document type holds declarations, comments and texts of any kind: whatever comes in it or after it may be
            // the root.
            return after.split('<').skip(1).any(is_signed_root);
        } else {
            return is_signed_root(after);
        };
        let Some((_, after)) = inside.split_once(end) else {
            return false;
        };
        rest = after.trim_start_matches(is_blank);
    }
}

/// Whether a tag, without its `<`, begins what signatures of XML are made over.
fn is_signed_root(tag: &str) -> bool {
    let mut name = tag.split(|c: char| c.is_whitespace() || c == '>' || c == '/');
    let local = name.next().and_then(|name| name.rsplit(':').next());
    matches!(local, Some("Signature" | "SignedInfo"))
}

/// Header and payload with a dot between them: the header in Base64url, and mostly the payload too (RFC 7797 has others).
fn is_signing_input(text: &str) -> bool {
    let Some((header, payload)) = text.trim_matches(is_blank).split_once('.') else {
        return false;
    };
    let is_url = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_=.".contains(&byte))
    };
    any_base64(header).is_some_and(|header| {
        let object = header.trim_ascii();
        object.starts_with(b"{") && (object.ends_with(b"}") || is_url(payload))
    })
}

/// What the text stands for, where it is hex or Base64 of any kind as a whole.
fn decoded(text: &str) -> impl Iterator<Item = Vec<u8>> {
    let packed: String = text.chars().filter(|c| !is_blank(*c)).collect();
    [from_hex(&packed), any_base64(&packed)]
        .into_iter()
        .flatten()
}

/// Base64 of either alphabet, whatever its padding, as the most lenient readers take it: bits and a character at its end
/// that stand for nothing are passed over.
fn any_base64(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    let mut packed = bare.replace('-', "+").replace('_', "/");
    packed.retain(|character| !character.is_ascii_whitespace());
    if packed.len() % 4 == 1 {
        packed.pop();
    }
    let bytes = packed.len() * 3 / 4;
    while !packed.len().is_multiple_of(4) {
        packed.push('A');
    }
    let mut decoded = base64(&packed)?;
    decoded.truncate(bytes);
    Some(decoded)
}

/// One whole element, as everything is that signatures of PKI are made over.
fn is_der(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(&(tag::SEQUENCE | tag::SET)))
        && asn1::Reader::new(bytes)
            .read()
            .is_ok_and(|element| element.range().end == bytes.len())
}

/// What a handshake of TLS 1.3 signs (RFC 8446, clause 4.4.3).
fn is_certificate_verify(bytes: &[u8]) -> bool {
    let after = bytes.strip_prefix(&[b' '; 64]);
    after.is_some_and(|context| context.starts_with(b"TLS"))
}

fn could_be_a_digest(text: &str) -> bool {
    match text.len() {
        20 => !text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        32 | 48 | 64 => !text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte)),
        _ => false,
    }
}

/// What readers of XML and of encodings pass over at the beginning.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// Encodings inside of encodings that are looked into.
const DEPTH: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{element, hex, oid, set_of};
    use crate::testing::{Identity, Profile, TestKey};
    use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding};
    use proptest::prelude::*;

    fn is_signed(text: impl AsRef<[u8]>) -> bool {
        read(text.as_ref()).is_some()
    }

    /// The bytes raw, in hex, in Base64 of each kind, and as text in other encodings.
    fn forms(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut forms = vec![
            bytes.to_vec(),
            hex(bytes).into_bytes(),
            hex(bytes).to_uppercase().into_bytes(),
            Base64::encode_string(bytes).into_bytes(),
            Base64Unpadded::encode_string(bytes).into_bytes(),
            Base64UrlUnpadded::encode_string(bytes).into_bytes(),
            format!(" \n{}\r\n", Base64::encode_string(bytes)).into_bytes(),
            Base64::encode_string(Base64::encode_string(bytes).as_bytes()).into_bytes(),
            loose(Base64Unpadded::encode_string(bytes)).into_bytes(),
        ];
        if let Ok(text) = std::str::from_utf8(bytes)
            && !text.contains(|c: char| c < ' ' && c != '\n')
            && !is_der(bytes)
        {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            forms.push(hex(&wide).into_bytes());
            forms.push(wide);
        }
        forms
    }

    /// Base64 as only lenient readers take it: with bits that stand for nothing, or with a character too many.
    fn loose(mut text: String) -> String {
        match text.len() % 4 {
            0 => text.push('A'),
            _ => {
                let last = text.pop().unwrap();
                text.push(char::from_u32(u32::from(last) + 1).unwrap());
            }
        }
        text
    }

    #[test]
    fn what_portals_have_signed_is_signed() {
        for text in [
            "3f9a6c0e5d7b48a19c20b7e4d5f60718",
            "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg==",
            "8412ad0b-51f0-4f7d-9b3e-0d9c6a8f21b7",
            "20261129183000",
            "我方承诺投标报价为 141,360.00 元。\r\n\t第二行",
            "<TenderList><Item>1</Item></TenderList>",
            "<?xml version=\"1.0\"?><!-- Signature --><Bid><Signature/></Bid>",
            "a.b",
            "{\"bid\": 1}",
            &"字".repeat(MAX_BYTES / 3),
        ] {
            assert!(is_signed(text), "{}", text.get(..40).unwrap_or(text));
        }
    }

    #[test]
    fn whatever_stands_before_a_root_it_is_found() {
        for text in [
            "<!DOCTYPE SignedInfo><SignedInfo>[1]</SignedInfo>",
            "<!DOCTYPE a [ <!ENTITY b \"c\"> ] ><ofd:Signature/>",
            "<!DOCTYPE a [<!-- ]> --> ]><SignedInfo/>",
            "<!DOCTYPE a [<!ENTITY b ']><c>'>]><SignedInfo/>",
            "<!--><a/> --><SignedInfo/>",
            "<?a <b/> ?><SignedInfo\n/>",
        ] {
            assert!(!is_signed(text), "{text}");
        }
        for text in [
            "<!DOCTYPE html><p>[1] 投标函</p>",
            "<!--><Signature/> --><Bid/>",
        ] {
            assert!(is_signed(text), "{text}");
        }
    }

    #[test]
    fn a_jws_is_one_whatever_its_payload() {
        // RFC 7797: not encoded, with `b64` in the header.
        let header =
            Base64UrlUnpadded::encode_string(br#"{"alg":"ES256","b64":false,"crit":["b64"]} "#);
        for payload in ["$.02", "甲方同意转让。", "a b", ""] {
            assert!(!is_signed(format!("{header}.{payload}")), "{payload}");
        }
        assert!(is_signed("eye. Not a header"));
    }

    #[test]
    fn what_means_something_elsewhere_is_refused_in_every_form() {
        let identity = Identity::self_signed(TestKey::sm2(1), &Profile::unit());
        let certificate = identity.certificate.der().to_vec();
        let tbs = {
            let whole = asn1::single(&certificate, tag::SEQUENCE, "certificate").unwrap();
            let first = whole.children().read().unwrap();
            certificate[first.range()].to_vec()
        };
        let sequence = |parts: &[&[u8]]| element(tag::SEQUENCE, parts);
        let number = element(tag::INTEGER, &[&[1]]);
        let attributes = set_of(vec![sequence(&[
            &oid("1.2.840.113549.1.9.3".parse().unwrap()),
            &element(tag::SET, &[&oid("1.2.840.113549.1.7.1".parse().unwrap())]),
        ])]);
        let tls = [
            &[0x20; 64][..],
            b"TLS 1.3, client CertificateVerify\0",
            &[7; 32],
        ]
        .concat();
        for (what, bytes) in [
            ("login", b"YINXIN-LOGIN-V1\nhttps://a.example".to_vec()),
            ("logondata", b"LOGONDATA:abcdef".to_vec()),
            ("attributes", attributes),
            ("TBSCertificate", tbs),
            ("certificate", certificate),
            ("a seal's TBS, CSR, CRL, TSTInfo", sequence(&[&number, &number, &number])),
            ("TLS", tls),
            (
                "OFD",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:Signature xmlns:ofd=\"http://www.ofdspec.org/2016\"/>"
                    .into(),
            ),
            ("SignedInfo", b"\xef\xbb\xbf<SignedInfo>x</SignedInfo>".to_vec()),
            (
                "SignedInfo behind a document type",
                b"<!DOCTYPE x [<!ENTITY a \"b\">]><!-- c --> <ds:SignedInfo/>".to_vec(),
            ),
            ("JWS", b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0".to_vec()),
        ] {
            for form in forms(&bytes) {
                assert!(!is_signed(&form), "{what}: {}", String::from_utf8_lossy(&form));
            }
        }
    }

    #[test]
    fn digests_and_what_could_be_ground_to_them_are_refused() {
        for length in [20, 32, 48, 64] {
            let raw: Vec<u8> = (0..length)
                .map(|at: u8| 0xc3 ^ at.wrapping_mul(37))
                .collect();
            assert!(!is_signed(&raw), "{length}");
            let ground: String =
                "abcd efgh ijkl mnop qrst uvwx yz01 2345 6789 ABCD EFGH IJKL MNOP QRST"
                    .chars()
                    .take(length.into())
                    .collect();
            assert!(!is_signed(ground), "{length}");
        }
        assert!(is_signed("0123456789abcdef0123"));
        assert!(!is_signed("0123456789abcdefghij"));
        for text in ["", "a\0b", "a\u{1b}[2Jb", "a\u{85}b", "a\u{7f}b"] {
            assert!(!is_signed(text), "{text:?}");
        }
        assert!(!is_signed("a".repeat(MAX_BYTES + 1)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail_and_what_passes_is_itself(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(text) = read(&bytes) {
                prop_assert_eq!(text.as_bytes(), &bytes[..]);
            }
        }

        #[test]
        fn random_numbers_of_portals_pass(bytes in proptest::collection::vec(any::<u8>(), 16..64)) {
            prop_assume!(!is_der(&bytes));
            prop_assert!(is_signed(hex(&bytes)) || hex(&bytes).bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}

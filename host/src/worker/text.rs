//! Strings of tokens, read in one place for every key interface.

use yinxin_pki::charset::{self, ASCII, UTF_8};

/// A string of a token (PKCS #11 v3.1, 2.1: UTF-8, padded with blanks; GM/T 0016-2012: padded with
/// NULs): vendors do either, leave what was in the buffer behind the first NUL, write GBK, and cut a character
/// in two where the field ends.
pub fn padded(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0);
    let bytes = field.get(..end.unwrap_or(field.len())).unwrap_or(field);
    let full = bytes.len() == field.len() && !bytes.ends_with(b" ");
    text_of(bytes, full).trim().to_owned()
}

/// A label of an object, or a name.
pub fn label(bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    let bytes = end.and_then(|end| bytes.get(..=end)).unwrap_or_default();
    text_of(bytes, false)
}

/// The text of bytes; of a field that is full perhaps without a character that was cut.
fn text_of(bytes: &[u8], full: bool) -> String {
    if full
        && let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_none()
        && let Some(Ok(whole)) = bytes.get(..error.valid_up_to()).map(std::str::from_utf8)
        && !whole.is_ascii()
    {
        return whole.to_owned();
    }
    let known = |bytes: &[u8]| charset::decode(bytes).map(|read| (read.text, read.charset));
    let whole = known(bytes);
    if full && !matches!(whole, Some((_, ASCII | UTF_8 | "GBK" | "GB18030"))) {
        // A character of GB 18030 has four bytes at most; one that is cut has three.
        let cut = (1..=3).filter_map(|less| known(bytes.get(..bytes.len().checked_sub(less)?)?));
        let mut cut = cut.filter(|(_, charset)| matches!(*charset, "GBK" | "GB18030"));
        if let Some((text, _)) = cut.next() {
            return text;
        }
    }
    match whole {
        Some((text, _)) => text,
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(bytes: &[u8], padding: u8) -> [u8; 32] {
        let mut field = [padding; 32];
        field[..bytes.len()].copy_from_slice(bytes);
        field
    }

    #[test]
    fn strings_of_tokens_are_read_as_vendors_write_them() {
        let gbk = |text| encoding_rs::GB18030.encode(text).0.into_owned();
        for (bytes, text) in [
            (b"UKEY-1".to_vec(), "UKEY-1"),
            ("四川CA".as_bytes().to_vec(), "四川CA"),
            (gbk("四川CA数字证书"), "四川CA数字证书"),
            (gbk("䶮㐂公司"), "䶮㐂公司"),
            (Vec::new(), ""),
        ] {
            for padding in [b' ', 0] {
                assert_eq!(padded(&field(&bytes, padding)), text, "{bytes:02x?}");
            }
        }
        // Latin-1 where it is no GB 18030.
        assert_eq!(padded(&field(b"Andr\xe9", b' ')), "Andr\u{e9}");
        assert_eq!(padded(&field(b"Andr\xe9", 0)), "Andr\u{e9}");
        // What the buffer held before.
        assert_eq!(padded(b"key\0\xcd\xcd\xcd\xcd"), "key");
        assert_eq!(padded(&[0; 16]), "");
        assert_eq!(padded(&[0xff; 16]), "\u{ff}".repeat(16));
    }

    #[test]
    fn a_character_that_the_field_cuts_is_left_out() {
        let name = "四川示例采购有限公司成都分公司测试部";
        let utf8: [u8; 32] = name.as_bytes()[..32].try_into().unwrap();
        assert_eq!(padded(&utf8), name.chars().take(10).collect::<String>());
        let gbk = encoding_rs::GB18030.encode(name).0;
        let odd = [&b"A"[..], &gbk[..31]].concat();
        let odd: [u8; 32] = odd.try_into().unwrap();
        let expected: String = name.chars().take(15).collect();
        assert_eq!(padded(&odd), format!("A{expected}"));
    }
}

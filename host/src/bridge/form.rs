//! Fields of a form (WHATWG URL, clause 5.1), read strictly: UTF-8, each name once.

use super::fields::Fields;
use percent_encoding::percent_decode;
use std::collections::HashSet;
use yinxin_proto::bridge::is_name;
use yinxin_proto::limits::MAX_BRIDGE_FIELDS;
use zeroize::Zeroizing;

/// The fields in their order. `None` for what no page of ours sends.
pub fn read(body: &[u8]) -> Option<Fields> {
    let mut names = HashSet::new();
    let mut fields = Fields::new();
    for pair in body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let name = decoded(parts.next()?)?;
        let value = decoded(parts.next().unwrap_or_default())?;
        if !is_name(&name) || !names.insert(name.as_str().to_owned()) {
            return None;
        }
        fields.push((name.as_str().to_owned(), value));
    }
    (fields.len() <= MAX_BRIDGE_FIELDS as usize).then_some(fields)
}

fn decoded(text: &[u8]) -> Option<Zeroizing<String>> {
    let spaced = Zeroizing::new(
        text.iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect::<Vec<u8>>(),
    );
    // Decoded bytes are fewer: their place never grows.
    let mut bytes = Zeroizing::new(Vec::with_capacity(spaced.len()));
    bytes.extend(percent_decode(&spaced));
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(body: &str) -> Option<Vec<(String, String)>> {
        let read = read(body.as_bytes())?;
        Some(
            read.into_iter()
                .map(|(name, value)| (name, value.to_string()))
                .collect(),
        )
    }

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let read = pairs("msg=%E6%8A%95%E6%A0%87+a%2Bb%26c&containerId=&flag=1").unwrap();
        let expected = [("msg", "投标 a+b&c"), ("containerId", ""), ("flag", "1")];
        assert_eq!(
            read,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(pairs("").unwrap(), []);
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_read() {
        for body in [
            "msg=a&msg=b",
            "msg=a&%6dsg=b",
            "msg=%FF",
            "m%20sg=a",
            "=a",
            &format!("{}=a", "m".repeat(41)),
        ] {
            assert_eq!(pairs(body), None, "{body}");
        }
        let many: Vec<String> = (0..33).map(|at| format!("f{at}=1")).collect();
        assert_eq!(pairs(&many.join("&")), None);
    }
}

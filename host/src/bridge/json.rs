//! Members of a JSON object (RFC 8259), read strictly: UTF-8, each name once, texts, whole numbers and truth values.

use super::fields::Fields;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;
use yinxin_proto::bridge::is_name;
use yinxin_proto::limits::MAX_BRIDGE_FIELDS;
use zeroize::Zeroizing;

/// The members in their order, each as text. The values of the member `list` are `p1`, `p2` and so on; of other lists
/// nothing is read. `None` for what no page of ours sends.
pub fn read(body: &[u8], list: Option<&'static str>) -> Option<Fields> {
    let mut from = serde_json::Deserializer::from_slice(body);
    let fields = from.deserialize_map(Members { list }).ok()?;
    from.end().ok()?;
    Some(fields)
}

struct Members {
    list: Option<&'static str>,
}

impl<'de> Visitor<'de> for Members {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts, numbers and truth values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut names = HashSet::new();
        let mut fields = Fields::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Value)?;
            if !is_name(&name) || !names.insert(name.clone()) {
                return Err(A::Error::custom("a name"));
            }
            match value {
                Read::Text(text) => fields.push((name, text)),
                Read::List(values) if Some(name.as_str()) == self.list => {
                    for (at, value) in (1..).zip(values) {
                        let name = format!("p{at}");
                        if !names.insert(name.clone()) {
                            return Err(A::Error::custom("a name"));
                        }
                        fields.push((name, value));
                    }
                }
                Read::List(_) if self.list.is_none() => fields.push((name, Zeroizing::default())),
                Read::List(_) => return Err(A::Error::custom("a list")),
            }
            if fields.len() > MAX_BRIDGE_FIELDS as usize {
                return Err(A::Error::custom("many members"));
            }
        }
        Ok(fields)
    }
}

/// The value of a member.
enum Read {
    Text(Zeroizing<String>),
    List(Vec<Zeroizing<String>>),
}

struct Value;

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Read;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Read, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, a truth value or a list of them")
    }

    fn visit_str<E>(self, text: &str) -> Result<Read, E> {
        Ok(Read::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Read, E> {
        Ok(Read::Text(Zeroizing::new(value.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Read, E> {
        Ok(Read::Text(Zeroizing::new(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Read, E> {
        Ok(Read::Text(Zeroizing::new(number.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Read, E> {
        Ok(Read::Text(Zeroizing::default()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Read, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Self)? {
            let Read::Text(text) = value else {
                return Err(A::Error::custom("a list in a list"));
            };
            if values.len() == MAX_BRIDGE_FIELDS as usize {
                return Err(A::Error::custom("a long list"));
            }
            values.push(text);
        }
        Ok(Read::List(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(body: &str, list: Option<&'static str>) -> Option<Vec<(String, String)>> {
        let read = read(body.as_bytes(), list)?;
        let told = |(name, value): (String, Zeroizing<String>)| (name, value.to_string());
        Some(read.into_iter().map(told).collect())
    }

    #[test]
    fn values_are_texts() {
        let read = members(
            r#" {"a":"\u6295\"","b":-1,"c":18446744073709551615,"d":false,"e":null,"f":["x"]} "#,
            None,
        );
        let expected = [
            ("a", "投\""),
            ("b", "-1"),
            ("c", "18446744073709551615"),
            ("d", "false"),
            ("e", ""),
            ("f", ""),
        ];
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        assert_eq!(read.unwrap(), expected.map(own));
        assert_eq!(members(r#"{"p":["1",2]}"#, Some("p")).unwrap().len(), 2);
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_read() {
        let nested = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let many: Vec<String> = (0..33).map(|at| format!("\"f{at}\":1")).collect();
        let long = format!("{{\"p\":[{}1]}}", "1,".repeat(40));
        for body in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e3}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a b":1}"#,
            r#"{"p1":"a","p":["b"]}"#,
            r#"{"p":[],"p":["b"]}"#,
            r#"{"p":"a","p":["b"]}"#,
            r#"{"p":["b"],"p":"a"}"#,
            r#"{"a":1}{"a":1}"#,
            r#"{"a":1"#,
            "[1]",
            "1",
            "",
            "{\"a\":\"\u{0}\"}",
            &nested,
            &format!("{{{}}}", many.join(",")),
            &long,
        ] {
            let shown: String = body.chars().take(40).collect();
            assert_eq!(members(body, Some("p")), None, "{shown}");
        }
    }
}

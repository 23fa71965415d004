//! What a call says: the function that it names and its fields, from its path and body as the table of
//! [`yinxin_proto::bridge`] has them.

use super::fields::Fields;
use super::{form, json};
use percent_encoding::percent_decode;
use yinxin_proto::bridge::{Body, is_name};
use yinxin_proto::limits::MAX_BRIDGE_FIELDS;
use zeroize::Zeroizing;

/// The function's name and the fields. `None` for what no page of ours sends.
pub fn read(kind: Body, path: &str, body: &[u8]) -> Option<(String, Fields)> {
    let (name, fields) = match kind {
        Body::Form => (path.to_owned(), form::read(body)?),
        Body::Json => (path.to_owned(), json::read(body, None)?),
        Body::Named {
            path: own,
            before,
            name,
            list,
        } => {
            let object = body.strip_prefix(before.as_bytes())?;
            // Later page scripts encode it as forms are.
            let mut decoded = Zeroizing::new(Vec::new());
            let object = if object.starts_with(b"%") {
                // Decoded bytes are fewer: their place never grows, which would leave a copy of a PIN behind.
                decoded.reserve_exact(object.len());
                decoded.extend(percent_decode(object));
                &decoded
            } else {
                object
            };
            let mut fields = json::read(object, list)?;
            let at = fields.iter().position(|(field, _)| field == name)?;
            let (_, called) = fields.remove(at);
            if list.is_some() {
                fields.retain(|(field, _)| is_numbered(field));
            }
            (path == own).then(|| (called.as_str().to_owned(), fields))?
        }
    };
    let is_called = name.len() <= MAX_NAME_BYTES && name.split('/').all(is_name);
    (is_called && fields.len() <= MAX_BRIDGE_FIELDS as usize).then_some((name, fields))
}

/// `p1`, `p2` and so on, as [`json::read`] calls the values of a list.
fn is_numbered(field: &str) -> bool {
    let digits = field.strip_prefix('p').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Bytes of a name. Those of some programs have two parts.
const MAX_NAME_BYTES: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_proto::bridge::Address;

    fn at(port: u16, path: &str, body: &str) -> Option<(String, Vec<(String, String)>)> {
        let (name, fields) = read(Address::at(port).unwrap().body, path, body.as_bytes())?;
        let told = |(name, value): (String, Zeroizing<String>)| (name, value.to_string());
        Some((name, fields.into_iter().map(told).collect()))
    }

    fn called(name: &str, fields: &[(&str, &str)]) -> Option<(String, Vec<(String, String)>)> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Some((name.to_owned(), fields.iter().map(own).collect()))
    }

    #[test]
    fn each_program_says_it_its_own_way() {
        assert_eq!(
            at(11_200, "RS_CertLogin", "containerId=a&password=%31"),
            called("RS_CertLogin", &[("containerId", "a"), ("password", "1")])
        );
        assert_eq!(
            at(
                7256,
                "SOF_Login",
                r#"{"inCertId":"4F","inPassWd":"1","_jsonEnd":"_jsonEnd"}"#
            ),
            called(
                "SOF_Login",
                &[
                    ("inCertId", "4F"),
                    ("inPassWd", "1"),
                    ("_jsonEnd", "_jsonEnd")
                ]
            )
        );
        assert_eq!(
            at(7256, "Server/version", r#"{"outType":2}"#),
            called("Server/version", &[("outType", "2")])
        );
        // As it stands, with the + of Base64.
        assert_eq!(
            at(
                51_235,
                "alpha",
                r#"json={"function":"SOF_Login", "deviceName":"a+b&c%", "passWd":"1"}"#
            ),
            called("SOF_Login", &[("deviceName", "a+b&c%"), ("passWd", "1")])
        );
        assert_eq!(
            at(
                51_235,
                "alpha",
                "json=%7B%22function%22%3A%22SOF_EnumDevice%22%7D"
            ),
            called("SOF_EnumDevice", &[])
        );
        assert_eq!(
            at(
                21_051,
                "synctl",
                r#"{"url":"https://a.example/?p1=2","clsid":"{}","func":"SOF_Login","param":["a/b","1",2,true,null],"token":"t"}"#
            ),
            called(
                "SOF_Login",
                &[
                    ("p1", "a/b"),
                    ("p2", "1"),
                    ("p3", "2"),
                    ("p4", "true"),
                    ("p5", "")
                ]
            )
        );
        assert_eq!(
            at(45_679, "", r#"{"name": "SetPinCode", "p1": "1"}"#),
            called("SetPinCode", &[("p1", "1")])
        );
    }

    #[test]
    fn what_names_no_function_is_not_read() {
        for (port, path, body) in [
            (11_200, "RS_GetUserList?a", ""),
            (11_200, "", ""),
            (7256, "SOF_Login", ""),
            (7256, "a//b", "{}"),
            (7256, "../a", "{}"),
            (51_235, "alpha", r#"{"function":"SOF_Login"}"#),
            (51_235, "beta", r#"json={"function":"SOF_Login"}"#),
            (51_235, "alpha", r#"json={"name":"SOF_Login"}"#),
            (51_235, "alpha", r#"json={"function":"SOF Login"}"#),
            (
                21_051,
                "synctl",
                r#"{"func":"SOF_Login","param":{"0":"a"}}"#,
            ),
            (
                21_051,
                "synctl",
                r#"{"func":"SOF_Login","p1":"a","param":["b"]}"#,
            ),
            (45_679, "x", r#"{"name":"SetPinCode"}"#),
        ] {
            assert_eq!(at(port, path, body), None, "{port} {path} {body}");
        }
    }

    /// Calls of every program, altered at random: each is read as one thing or not at all.
    #[test]
    fn altered_calls_are_read_in_one_way_or_not_at_all() {
        let calls = [
            (
                11_200,
                "RS_CertLogin",
                "containerId=a&password=%31&msg=%E6%8A%95",
            ),
            (
                7256,
                "SOF_Login",
                r#"{"inCertId":"4F","inPassWd":"1\u0031","_jsonEnd":[]}"#,
            ),
            (
                51_235,
                "alpha",
                r#"json={"function":"SOF_Login","passWd":"1"}"#,
            ),
            (
                51_235,
                "alpha",
                "json=%7B%22function%22%3A%22SOF_Login%22%7D",
            ),
            (
                21_051,
                "synctl",
                r#"{"func":"SOF_Login","param":["a",1,true,null]}"#,
            ),
            (45_679, "", r#"{"name":"SetPinCode","p1":"1"}"#),
        ];
        let tokens = [
            "\"", "\\", "\\u0070", "{", "}", "[", "]", ",", ":", "=", "&", "%", "%00", "+", "p1",
            "null", "1e9", "\u{0}", "\u{feff}", "param", "投",
        ];
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        };
        let mut taken = 0;
        for round in 0..30_000 {
            let (port, path, body) = calls[round % calls.len()];
            let mut bytes = body.as_bytes().to_vec();
            for _ in 0..=random(3) {
                let at = random(bytes.len());
                match random(4) {
                    0 => drop(bytes.remove(at)),
                    1 => bytes[at] ^= 1 << random(8),
                    2 => {
                        let again = bytes[random(at + 1)..=at].to_vec();
                        bytes.splice(at..at, again);
                    }
                    _ => drop(bytes.splice(at..at, tokens[random(tokens.len())].bytes())),
                }
            }
            let Some((name, fields)) = read(Address::at(port).unwrap().body, path, &bytes) else {
                continue;
            };
            taken += 1;
            let names: std::collections::HashSet<&str> =
                fields.iter().map(|(name, _)| name.as_str()).collect();
            let shown = String::from_utf8_lossy(&bytes);
            assert_eq!(names.len(), fields.len(), "{shown}");
            assert!(
                names.iter().all(|name| is_name(name)) && !name.is_empty(),
                "{shown}"
            );
            // As another reader has it, where that is the object itself.
            let object = bytes.strip_prefix(b"json=").unwrap_or(&bytes);
            if let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(object) {
                for (name, value) in &fields {
                    if let Some(serde_json::Value::String(text)) = members.get(name) {
                        assert_eq!(text, value.as_str(), "{shown}");
                    }
                }
            }
        }
        assert!(taken > 1_000, "{taken}");
    }
}

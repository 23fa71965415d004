//! International host names in their own script.

use yinxin_proto::site::Origin;
use yinxin_proto::text::visible;

/// The origin with the international labels of its host in their own script, if it has any.
///
/// For comparison by eye beside the punycode, never instead of it.
#[must_use]
pub fn unicode_origin(origin: &Origin) -> Option<String> {
    let mut decoded = false;
    let labels: Vec<String> = origin
        .host()
        .split('.')
        .map(
            |label| match label.strip_prefix("xn--").and_then(punycode) {
                Some(text) => {
                    decoded = true;
                    visible(&text)
                }
                None => label.to_owned(),
            },
        )
        .collect();
    decoded.then(|| {
        origin
            .as_str()
            .replacen(origin.host(), &labels.join("."), 1)
    })
}

/// Decodes a label (RFC 3492, clause 6.2). `None` if it is malformed.
fn punycode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    const SKEW: u32 = 38;
    const DAMP: u32 = 700;
    let (basic, extended) = label.rsplit_once('-').unwrap_or(("", label));
    let mut output: Vec<char> = basic.chars().collect();
    let mut n = 0x80u32;
    let mut i = 0u32;
    let mut bias = 72u32;
    let mut digits = extended.bytes();
    while digits.len() > 0 {
        let old_i = i;
        let mut weight = 1u32;
        let mut k = BASE;
        loop {
            let digit = match digits.next()? {
                b @ b'a'..=b'z' => u32::from(b - b'a'),
                b @ b'0'..=b'9' => u32::from(b - b'0') + 26,
                _ => return None,
            };
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
        }
        // Labels have at most 63 characters.
        let length = u32::try_from(output.len()).ok()? + 1;
        let mut delta = (i - old_i) / if old_i == 0 { DAMP } else { 2 };
        delta += delta / length;
        let mut k = 0;
        while delta > ((BASE - T_MIN) * T_MAX) / 2 {
            delta /= BASE - T_MIN;
            k += BASE;
        }
        bias = k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
        n = n.checked_add(i / length)?;
        i %= length;
        output.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i += 1;
    }
    Some(output.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international_hosts_are_decoded() {
        let unicode = |text: &str| unicode_origin(&Origin::parse(text).unwrap());
        assert_eq!(
            unicode("https://xn--fiq228c.example:8443").as_deref(),
            Some("https://中文.example:8443")
        );
        // RFC 3492, clause 7.1 (B): Chinese, simplified.
        assert_eq!(
            punycode("ihqwcrb4cv8a8dqg056pqjye").as_deref(),
            Some("他们为什么不说中文")
        );
        assert_eq!(
            unicode("https://xn--mnchen-3ya.example").as_deref(),
            Some("https://münchen.example")
        );
        assert_eq!(unicode("https://a.example"), None);
        assert_eq!(
            unicode("https://xn--.example").as_deref(),
            Some("https://.example")
        );
        for bad in ["99999999", "a-9", "zzzzzzzzzzzzzzzzzzzz", "é"] {
            assert_eq!(punycode(bad), None, "{bad}");
        }
    }
}

//! A text that is to be signed, as windows show it: exactly the bytes, and no more than can be looked through.

use yinxin_pki::asn1::hex;
use yinxin_pki::hash::sm3;
use yinxin_pki::pem::base64;
use yinxin_proto::consent::{TextContent, TextView};
use yinxin_proto::text::visible;

/// The view of a text.
pub(super) fn view(text: &str) -> TextView {
    let shown = shown(text);
    let length = shown.chars().count();
    let (beginning, end) = if length > MAX_SHOWN {
        let half = MAX_SHOWN / 2;
        (
            shown.chars().take(half).collect(),
            shown.chars().skip(length - half).collect(),
        )
    } else {
        (shown, String::new())
    };
    TextView {
        beginning,
        end,
        size: u32::try_from(text.len()).unwrap_or(u32::MAX),
        content: content(text),
        sm3: hex(&sm3(text.as_bytes())),
    }
}

/// Invisible characters written out, line breaks as breaks, runs of blanks counted.
fn shown(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| fold(&visible(line.strip_suffix('\r').unwrap_or(line)), ' '))
        .collect();
    fold(&lines.join("\n"), '\n')
}

/// Runs of more than [`MAX_RUN`] of a blank, written as their number.
fn fold(text: &str, blank: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(blank) {
        out.push_str(&rest[..at]);
        let run = &rest[at..];
        let length = run.find(|c| c != blank).unwrap_or(run.len());
        if length > MAX_RUN {
            out.push_str(&format!(
                "{blank}⟨U+{:04X}…×{length}⟩{blank}",
                u32::from(blank)
            ));
        } else {
            out.push_str(&run[..length]);
        }
        rest = &run[length..];
    }
    out.push_str(rest);
    out
}

fn content(text: &str) -> TextContent {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lengths = [
        Some(text.len()),
        is_hex.then_some(text.len() / 2),
        base64(text).map(|bytes| bytes.len()),
    ];
    if lengths
        .into_iter()
        .flatten()
        .any(|length| DIGESTS.contains(&length))
    {
        return TextContent::Digest;
    }
    let is_code = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    if text.len() >= MIN_ENCODED && text.chars().all(is_code) {
        TextContent::Encoded
    } else {
        TextContent::Readable
    }
}

/// Characters that are shown of a text.
const MAX_SHOWN: usize = 4_000;
/// Blanks in a row that are shown as they are.
const MAX_RUN: usize = 8;
/// Bytes of digests.
const DIGESTS: [usize; 4] = [20, 32, 48, 64];
/// Characters without a blank from which on a text is taken for something encoded.
const MIN_ENCODED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shown_as_what_is_signed() {
        let seen = view("投标\u{202e}文件\r\n第二行\n");
        assert_eq!(seen.beginning, "投标⟨U+202E⟩文件\n第二行\n");
        assert_eq!(seen.end, "");
        assert_eq!(seen.size, 27);
        assert_eq!(seen.content, TextContent::Readable);
    }

    #[test]
    fn blanks_do_not_push_the_rest_out_of_sight() {
        let text = format!("同意{}不同意{}终", " ".repeat(3_000), "\n".repeat(500));
        let seen = view(&text).beginning;
        assert_eq!(seen, "同意 ⟨U+0020…×3000⟩ 不同意\n⟨U+000A…×500⟩\n终");
        // Those of full width are no blanks here: they are seen.
        let wide = view(&"　".repeat(5_000));
        assert_eq!(
            (wide.beginning.chars().count(), wide.end.chars().count()),
            (2_000, 2_000)
        );
    }

    #[test]
    fn of_a_long_text_beginning_and_end_are_shown() {
        let text = format!("始{}终", "文".repeat(5_000));
        let seen = view(&text);
        assert!(seen.beginning.starts_with("始文") && seen.end.ends_with("文终"));
        assert_eq!(seen.size, 15_006);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for (text, content) in [
            ("登录", TextContent::Readable),
            ("login", TextContent::Readable),
            ("7f3a8c1e9b2d4f60", TextContent::Encoded),
            ("550e8400-e29b-41d4-a716-446655440000", TextContent::Encoded),
            (&"ab".repeat(32), TextContent::Digest),
            (
                "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=",
                TextContent::Digest,
            ),
            ("0123456789012345678901234567890x", TextContent::Digest),
        ] {
            assert_eq!(view(text).content, content, "{text}");
        }
    }
}

//! A certificate's name beside an account's: the same, written in another way, or another holder's.

use serde::Serialize;
use yinxin_proto::limits::MAX_NAME_CHARS;
use yinxin_proto::text::half_width;
use yinxin_proto::text::visible;

/// How alike two names are.
// The most alike first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Likeness {
    /// Letter by letter.
    Same,
    /// They differ in width, brackets, spaces, dots or the case of letters.
    WrittenOtherwise,
    /// They differ in a letter: another holder, or an old name, which is another one to the platform.
    Different,
}

/// Two names with their differences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "NameComparison")
)]
pub struct Comparison {
    /// How alike they are.
    pub likeness: Likeness,
    /// The certificate's.
    pub certificate: Vec<Segment>,
    /// The account's.
    pub account: Vec<Segment>,
}

/// A piece of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "NameSegment"))]
pub struct Segment {
    /// Its letters.
    pub text: String,
    /// Whether the other name has them too.
    pub same: bool,
}

/// Compares two names.
#[must_use]
pub fn compare(certificate: &str, account: &str) -> Comparison {
    let (a, b) = (letters(certificate), letters(account));
    let folded = |name: &[char]| name.iter().filter_map(|&c| fold(c)).collect::<Vec<_>>();
    let likeness = if a == b {
        Likeness::Same
    } else if folded(&a) == folded(&b) {
        Likeness::WrittenOtherwise
    } else {
        Likeness::Different
    };
    // What is only written otherwise is no difference beside a real one.
    let exact = likeness == Likeness::WrittenOtherwise;
    let key = |c: char| if exact { Some(c) } else { fold(c) };
    let (same_a, same_b) = common(&a, &b, &|x, y| key(x) == key(y));
    Comparison {
        likeness,
        certificate: segments(&a, &same_a),
        account: segments(&b, &same_b),
    }
}

/// A letter without what only writing changes; `None` for what is no letter at all.
pub(super) fn fold(c: char) -> Option<char> {
    match half_width(c) {
        c if c.is_whitespace() || c.is_control() => None,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        '[' | '{' | '【' | '〔' | '〈' | '［' | '｛' | '﹙' => Some('('),
        ']' | '}' | '】' | '〕' | '〉' | '］' | '｝' | '﹚' => Some(')'),
        '•' | '・' | '‧' | '∙' | '．' | '｡' | '●' => Some('·'),
        c => Some(c.to_ascii_lowercase()),
    }
}

fn letters(name: &str) -> Vec<char> {
    name.trim().chars().take(MAX_NAME_CHARS as usize).collect()
}

/// Which letters of both belong to their longest common subsequence.
fn common(a: &[char], b: &[char], alike: &dyn Fn(char, char) -> bool) -> (Vec<bool>, Vec<bool>) {
    // Bounded by `letters`: 256 × 256.
    let width = b.len() + 1;
    let mut longest = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if alike(a[i], b[j]) {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut same_a, mut same_b) = (vec![false; a.len()], vec![false; b.len()]);
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if alike(a[i], b[j]) {
            (same_a[i], same_b[j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (same_a, same_b)
}

fn segments(name: &[char], same: &[bool]) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for (&c, &same) in name.iter().zip(same) {
        match out.last_mut() {
            Some(last) if last.same == same => last.text.push_str(&shown(c)),
            _ => out.push(Segment {
                text: shown(c),
                same,
            }),
        }
    }
    out
}

fn shown(c: char) -> String {
    visible(c.encode_utf8(&mut [0; 4]))
}

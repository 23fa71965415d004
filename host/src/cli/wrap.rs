//! Texts in lines of a terminal's width. Chinese takes two columns a character, and breaks between any two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns of a line at most: what terminals and pages have.
pub const WIDTH: usize = 80;

/// A paragraph in lines of [`WIDTH`] columns at most, those after the first behind an indent. What has no place for a break, such
/// as a path, stays whole.
#[must_use]
pub fn wrapped(text: &str, indent: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for piece in pieces(text) {
        if column > indent.len() && column + piece.trim_end().width() > WIDTH {
            out.truncate(out.trim_end().len());
            out.push('\n');
            out.push_str(indent);
            column = indent.len();
        }
        out.push_str(piece);
        column += piece.width();
    }
    out.truncate(out.trim_end().len());
    out
}

/// The parts of a text between which a line may end: behind blanks, and beside wide characters, but not so that a line
/// begins with a mark that closes or ends with one that opens.
fn pieces(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = before.is_some_and(|before| {
            let at_blank = before == ' ' && c != ' ';
            let at_wide = (is_wide(before) || is_wide(c)) && c != ' ';
            at_blank || (at_wide && !CLOSING.contains(c) && !OPENING.contains(before))
        });
        if breaks {
            found.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    found.push(&text[start..]);
    found
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

/// Marks that belong to what stands before them, and to what comes after them (GB/T 15834).
const CLOSING: &str = "，。；：、！？）》”’］,.;:)]%";
const OPENING: &str = "（《“‘［([";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_at_blanks_and_between_chinese_characters() {
        let word = "x".repeat(30);
        let text = format!("{word} {word} {word}");
        assert_eq!(wrapped(&text, "  "), format!("{word} {word}\n  {word}"));
        // 40 characters fill a line; the mark behind them goes with the last one.
        let text = format!("{}，{}", "印".repeat(40), "信".repeat(3));
        let expected = format!("{}\n  印，信信信", "印".repeat(39));
        assert_eq!(wrapped(&text, "  "), expected);
        // A path stays whole.
        let path = format!("/{}", "a".repeat(100));
        assert_eq!(
            wrapped(&format!("看 {path} 吧"), ""),
            format!("看\n{path}\n吧")
        );
        assert_eq!(wrapped("", "  "), "");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_line_that_can_end_is_too_long(text in "[a-z 印信，（）“”/]{0,300}") {
            let lines = wrapped(&text, "");
            let without = |text: &str| text.replace([' ', '\n'], "");
            prop_assert_eq!(without(&lines), without(&text));
            for line in lines.lines().filter(|line| line.width() > WIDTH) {
                prop_assert_eq!(pieces(line).len(), 1, "{}", line);
            }
        }
    }
}

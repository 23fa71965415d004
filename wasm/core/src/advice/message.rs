//! Which message of the platform a pasted text is. People copy half of it, in other widths and with
//! spaces; the guide itself prints one as `[ocal]KT_ ReadSealDatas`.

use super::guide::Problem;
use super::names::fold;
use yinxin_proto::limits::MAX_MESSAGE_CHARS;

/// The problem whose message a text is, if it is one: the one with the longest piece in it.
pub(super) fn recognise<'g>(text: &str, problems: &'g [Problem]) -> Option<&'g Problem> {
    let text = bare(text);
    problems
        .iter()
        .filter_map(|problem| Some((likeness(&text, problem)?, problem)))
        // Of equals the first.
        .rev()
        .max_by_key(|(length, _)| *length)
        .map(|(_, problem)| problem)
}

/// Letters of a text that tell the problem.
fn likeness(text: &str, problem: &Problem) -> Option<usize> {
    let length = |text: &str| text.chars().count();
    let pieces = problem.pieces.iter().map(|piece| bare(piece));
    let held = pieces
        .filter(|piece| text.contains(piece.as_str()))
        .map(|piece| length(&piece))
        .max();
    held.or_else(|| {
        // A piece of the message, cut off on both sides.
        let cut = length(text) >= LEAST && bare(&problem.heading).contains(text);
        cut.then(|| length(text))
    })
}

/// Letters that are enough of a message that was cut off.
const LEAST: usize = 4;

/// Whether a text names a code of the catalogue, as Yinxin shows it beside a message.
pub(super) fn names_code(text: &str, code: &str) -> bool {
    text.chars()
        .take(MAX_MESSAGE_CHARS as usize)
        .collect::<String>()
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .any(|word| word == code)
}

/// Letters and digits alone, in one width and case.
fn bare(text: &str) -> String {
    text.chars()
        .take(MAX_MESSAGE_CHARS as usize)
        .filter_map(fold)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

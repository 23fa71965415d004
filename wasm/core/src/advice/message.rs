//! Which message of the platform, or of the catalogue, a pasted text is. People copy half of it, in
//! other widths and with spaces; the guide itself prints one as `[ocal]KT_ ReadSealDatas`.

use super::guide::Problem;
use super::names::fold;
use yinxin_proto::error::{ALL, Entry};
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

/// The entry of the catalogue that a text names by its code, as Yinxin shows it beside a message, or
/// whose words stand in it.
pub(super) fn in_catalogue(text: &str) -> Option<&'static Entry> {
    let text: String = text.chars().take(MAX_MESSAGE_CHARS as usize).collect();
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let named = words.find_map(|word| ALL.iter().find(|entry| entry.code == word));
    let text = bare(&text);
    let said = || {
        let all = ALL.iter().filter_map(|entry| {
            let messages = [entry.zh, entry.en].into_iter();
            let letters = messages.filter_map(|message| letters_in(&text, message));
            Some((letters.max()?, entry))
        });
        all.max_by_key(|(letters, _)| *letters)
    };
    named.or_else(|| said().map(|(_, entry)| entry))
}

/// Letters of a message of the catalogue, if all of it but its parameters stands in a text, in order.
fn letters_in(text: &str, message: &str) -> Option<usize> {
    let mut letters = 0;
    let mut rest = text;
    for piece in message.split(['{', '}']).step_by(2).map(bare) {
        let at = rest.find(&piece)?;
        rest = &rest[at + piece.len()..];
        letters += piece.chars().count();
    }
    (letters >= LEAST_OF_CATALOGUE).then_some(letters)
}

/// A message of the catalogue with dots for its parameters.
pub(super) fn without_parameters(message: &str) -> String {
    let pieces: Vec<&str> = message.split(['{', '}']).step_by(2).collect();
    pieces.join("…")
}

/// Letters of a catalogue's message that are enough to know it: short ones stand in others.
const LEAST_OF_CATALOGUE: usize = 6;

/// Letters and digits alone, in one width and case.
fn bare(text: &str) -> String {
    text.chars()
        .take(MAX_MESSAGE_CHARS as usize)
        .filter_map(fold)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

//! Which message a pasted text is: one of the platform, of the catalogue, or of another program
//! (`known.rs`). People copy half of it, in other widths and with spaces; the guide itself prints one
//! as `[ocal]KT_ ReadSealDatas`.

use super::guide::Problem;
use super::known::{CLASSES, CODED, Coded, FAMILIES, FAMILY_MEANS, SAID, Said, System};
use super::names::fold;
use yinxin_pki::unicode::normalize;
use yinxin_proto::error::{ALL, Entry};
use yinxin_proto::limits::MAX_MESSAGE_CHARS;

/// What a message means.
#[derive(Clone, Copy)]
pub(super) enum Meaning<'g> {
    /// A problem of the guide.
    Problem(&'g Problem),
    /// An entry of the catalogue.
    Entry(&'static Entry),
}

/// What a text means, if it is a known message. Numbers and names are sure; of words the most count, the
/// guide's and the catalogue's own before others'; that a library failed says least.
pub(super) fn meaning<'g>(text: &str, problems: &'g [Problem]) -> Option<Meaning<'g>> {
    let text: String = text.chars().take(MAX_MESSAGE_CHARS as usize).collect();
    if let Some(entry) = named(&text) {
        return Some(Meaning::Entry(entry));
    }
    let spoken = spoken(&text);
    let numbers = numbers(&text);
    if let Some(means) = coded(&spoken, &numbers) {
        return means_of(means, problems);
    }
    let guide =
        recognise(&text, problems).map(|(letters, known)| (letters, Meaning::Problem(known)));
    let own = in_catalogue(&text).map(|(letters, entry)| (letters, Meaning::Entry(entry)));
    let said = said_first(&spoken);
    let other = said.and_then(|(letters, said)| Some((letters, means_of(said.means, problems)?)));
    // What the table has as graver than the guide's problem stands beside it, however short.
    let guide = guide.filter(|(_, meaning)| !is_graver(said.map(|(_, said)| said), *meaning));
    // Of equals the last.
    let all = [other, own, guide].into_iter().flatten();
    let most = all.max_by_key(|(letters, _)| *letters);
    most.map(|(_, means)| means).or_else(|| {
        family(&text, &spoken, &numbers)
            .then(|| means_of(FAMILY_MEANS, problems))
            .flatten()
    })
}

/// The first message of the table that a text is, with its letters.
fn said_first(spoken: &str) -> Option<(usize, &'static Said)> {
    let heard = Heard::of(spoken);
    SAID.iter()
        .find_map(|said| Some((heard.letters_of(said)?, said)))
}

/// Whether a message of the table stands there before the one that means this.
fn is_graver(said: Option<&Said>, meaning: Meaning<'_>) -> bool {
    let Meaning::Problem(problem) = meaning else {
        return false;
    };
    let first = SAID.iter().find(|known| {
        said.is_some_and(|said| std::ptr::eq(*known, said)) || known.means == problem.id
    });
    let has_line = SAID.iter().any(|known| known.means == problem.id);
    has_line && first.is_some_and(|first| first.means != problem.id)
}

/// Its place in the table.
#[cfg(test)]
pub(super) fn said_at(text: &str) -> Option<usize> {
    let (_, said) = said_first(&spoken(text))?;
    SAID.iter().position(|other| std::ptr::eq(other, said))
}

fn means_of<'g>(means: &str, problems: &'g [Problem]) -> Option<Meaning<'g>> {
    let problem = problems.iter().find(|problem| problem.id == means);
    let entry = || ALL.iter().find(|entry| entry.code == means);
    problem
        .map(Meaning::Problem)
        .or_else(|| entry().map(Meaning::Entry))
}

/// The problem whose message a text is, if it is one, with its letters: the one with the longest piece in it.
fn recognise<'g>(text: &str, problems: &'g [Problem]) -> Option<(usize, &'g Problem)> {
    let text = bare(text);
    problems
        .iter()
        .filter_map(|problem| Some((likeness(&text, problem)?, problem)))
        // Of equals the first.
        .rev()
        .max_by_key(|(length, _)| *length)
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

/// Letters that are enough of a message that was cut off: with fewer, `UKey` alone would be one.
const LEAST: usize = 6;

/// The entry of the catalogue that a text names by its code, as Yinxin shows it beside a message. A code
/// of one word is a word of English as well: it has to stand alone.
fn named(text: &str) -> Option<&'static Entry> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let alone = text.trim();
    words
        .filter(|word| word.contains('-') || *word == alone)
        .find_map(|word| ALL.iter().find(|entry| entry.code == word))
}

/// The entry of the catalogue whose words stand in a text, with their letters.
fn in_catalogue(text: &str) -> Option<(usize, &'static Entry)> {
    let text = bare(text);
    let all = ALL.iter().filter_map(|entry| {
        let messages = [entry.zh, entry.en].into_iter();
        let letters = messages.filter_map(|message| letters_in(&text, message));
        Some((letters.max()?, entry))
    });
    all.max_by_key(|(letters, _)| *letters)
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

// ── Other programs' messages ─────────────────────────────────────────────────────────────────

/// A text in NFKC and lower case, without signs, and with one space only where it parts two Latin words.
fn spoken(text: &str) -> String {
    let normal = normalize(text);
    let mut out = String::with_capacity(text.len());
    let mut parted = false;
    // Normal forms can be longer than what was bounded.
    let letters = normal.as_deref().unwrap_or(text).chars();
    for c in letters
        .take(2 * MAX_MESSAGE_CHARS as usize)
        .filter_map(|c| match c {
            c if c.is_whitespace() => Some(' '),
            c => fold(c),
        })
    {
        if !c.is_alphanumeric() {
            parted = true;
            continue;
        }
        if parted && c.is_ascii() && out.ends_with(|last: char| last.is_ascii()) {
            out.push(' ');
        }
        parted = false;
        out.extend(c.to_lowercase());
    }
    out
}

/// Where pieces of a part stand: begin and end in bytes.
type Places = Vec<(usize, usize)>;

/// Bytes between the parts of a message: thirty characters of Chinese.
const REACH: usize = 90;

/// Places of a part that are looked at: a message says a thing once or twice.
const MOST_PLACES: usize = 12;

/// A text, with the places of the classes, which many messages share.
struct Heard<'t> {
    text: &'t str,
    classes: Vec<(&'static str, Places)>,
}

impl<'t> Heard<'t> {
    fn of(text: &'t str) -> Self {
        let classes = CLASSES.iter();
        Self {
            text,
            classes: classes
                .map(|(name, pieces)| (*name, places(text, pieces)))
                .collect(),
        }
    }

    /// Letters that are the words of a message, if it is that one.
    fn letters_of(&self, said: &Said) -> Option<usize> {
        let mut found = Vec::new();
        for part in said.words.split(' ') {
            let places = self.places(part);
            if places.is_empty() {
                return None;
            }
            found.push(places);
        }
        if !places(self.text, said.unless).is_empty() {
            return None;
        }
        together(&found, &mut Vec::new()).map(|held| {
            let held = held.iter();
            let pieces = held.filter_map(|&(begin, end)| self.text.get(begin..end));
            pieces.map(|piece| piece.chars().count()).sum()
        })
    }

    /// Where any of the pieces `a|b|@class` stands.
    fn places(&self, part: &str) -> Places {
        let mut found = places(self.text, part);
        for class in part.split('|').filter_map(|piece| piece.strip_prefix('@')) {
            let known = self.classes.iter().find(|(name, _)| *name == class);
            found.extend(known.into_iter().flat_map(|(_, places)| places));
        }
        found
    }
}

/// One place of each part, apart from one another and within reach. Three parts at most: a test counts.
fn together(parts: &[Places], held: &mut Places) -> Option<Places> {
    let Some((first, rest)) = parts.split_first() else {
        return Some(held.clone());
    };
    for &(begin, end) in first {
        let fits = held.iter().all(|&(other_begin, other_end)| {
            let apart = end <= other_begin || other_end <= begin;
            let gap = begin.max(other_begin).saturating_sub(end.min(other_end));
            apart && gap <= REACH
        });
        if !fits {
            continue;
        }
        held.push((begin, end));
        let whole = together(rest, held);
        held.pop();
        if whole.is_some() {
            return whole;
        }
    }
    None
}

/// Where any of the pieces `a|b` stands, the longest first: it says the most. Latin words and numbers
/// count as a whole only.
fn places(text: &str, pieces: &str) -> Places {
    let mut found = Places::new();
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    for piece in pieces.split('|').filter(|piece| !piece.is_empty()) {
        let piece = piece.replace('_', " ");
        let opens = is_word(piece.chars().next());
        let closes = is_word(piece.chars().next_back());
        for (begin, _) in text.match_indices(piece.as_str()).take(MOST_PLACES) {
            let end = begin + piece.len();
            let before = text.get(..begin).and_then(|text| text.chars().next_back());
            let after = text.get(end..).and_then(|text| text.chars().next());
            if !(opens && is_word(before) || closes && is_word(after)) {
                found.push((begin, end));
            }
        }
    }
    found.sort_by_key(|(begin, end)| std::cmp::Reverse(end - begin));
    found.truncate(MOST_PLACES);
    found
}

/// A number in a text.
struct Number {
    value: u32,
    /// With all eight digits of 32 bits, in hexadecimal.
    whole: bool,
    /// Nothing else stands in the text.
    alone: bool,
}

/// The numbers of a text, 64 at most: hexadecimal with `0x`, with `h` or in eight digits, decimal, negative.
fn numbers(text: &str) -> Vec<Number> {
    let folded: String = text.chars().map(|c| fold(c).unwrap_or(' ')).collect();
    let alone = |run: &str| bare(text) == run;
    let mut found = Vec::new();
    let mut before = None;
    for run in folded.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let sign = before;
        before = run.chars().last().filter(|c| !c.is_ascii_alphanumeric());
        let run = run.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let negative = sign == Some('-');
        let mut add = |value: Option<u32>, whole| {
            found.extend(value.map(|value| Number {
                value,
                whole,
                alone: alone(run),
            }));
        };
        let marked = run.strip_prefix("0x");
        let hex = marked.unwrap_or(run).trim_end_matches(['l', 'u', 'h']);
        let is_hex = marked.is_some() || run.ends_with('h') || matches!(hex.len(), 7 | 8);
        if is_hex && hex.len() <= 16 {
            // Of 64 bits, as some print them, the lower ones.
            let value = u64::from_str_radix(hex, 16).ok();
            let value = value.map(|value| u32::try_from(value & 0xFFFF_FFFF).unwrap_or(0));
            add(value, hex.len() >= 8);
        }
        if marked.is_none() {
            let value: Option<i64> = run.parse().ok();
            let value = value.map(|value| if negative { -value } else { value });
            let unsigned = value.and_then(|value| u32::try_from(value).ok());
            let signed = || value.and_then(|value| i32::try_from(value).ok());
            add(unsigned.or_else(|| signed().map(i32::cast_unsigned)), false);
        }
        if found.len() >= 64 {
            break;
        }
    }
    found
}

/// Whether a number is one of a system's: it may need a word beside it that says so.
fn is_of(number: &Number, system: System, spoken: &str) -> bool {
    !system.is_common()
        || number.alone && system == System::UnifiedClient
        || number.whole && system == System::Pkcs11
        || !places(spoken, system.context()).is_empty()
}

/// What the first number or name of the table means.
fn coded(spoken: &str, numbers: &[Number]) -> Option<&'static str> {
    let is = |known: &&Coded| {
        let name = known.name.to_ascii_lowercase();
        !places(spoken, &name).is_empty()
            || numbers
                .iter()
                .any(|number| number.value == known.number && is_of(number, known.system, spoken))
    };
    CODED.iter().find(is).map(|known| known.means)
}

/// Whether a number or name belongs to a family.
fn family(text: &str, spoken: &str, numbers: &[Number]) -> bool {
    let text = text.to_ascii_lowercase();
    FAMILIES.iter().any(|&(system, prefix, first, last)| {
        let numbered = numbers
            .iter()
            .any(|number| (first..=last).contains(&number.value));
        let told = !system.is_common() || !places(spoken, system.context()).is_empty();
        text.contains(prefix) || numbered && told
    })
}

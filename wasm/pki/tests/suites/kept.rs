//! The verdicts that are kept: a line for each case, with the reason where ours differs.

use super::Ours;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// The verdicts on one suite.
pub struct Kept {
    file: PathBuf,
    /// The lines in front, which say what the file is.
    head: String,
    /// What was kept, by the case.
    before: BTreeMap<String, (String, Option<String>)>,
    now: BTreeMap<String, (String, Option<String>)>,
    problems: Vec<String>,
    /// Cases that agree, that differ, and that are left out.
    counts: [usize; 3],
}

impl Kept {
    pub fn read(name: &str) -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suites");
        let file = PathBuf::from(folder).join(name);
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let (head, lines): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with('#'));
        let before = lines.iter().filter(|line| !line.is_empty()).map(|line| {
            let (verdict, reason) = match line.split_once(" ≠ ") {
                Some((verdict, reason)) => (verdict, Some(reason.to_owned())),
                None => (*line, None),
            };
            let (case, word) = verdict.trim_end().split_once(' ').unwrap();
            (case.to_owned(), (word.trim().to_owned(), reason))
        });
        Self {
            file,
            head: head.iter().map(|line| format!("{line}\n")).collect(),
            before: before.collect(),
            now: BTreeMap::new(),
            problems: Vec::new(),
            counts: [0; 3],
        }
    }

    /// Takes our verdict on a case, and whether the suite's is the same.
    pub fn take(&mut self, case: &str, ours: &Ours, expected: bool) {
        let known = self.before.get(case).cloned();
        let (word, mut reason) = known.unwrap_or_else(|| ("none so far".into(), None));
        if word != ours.word {
            let now = &ours.word;
            self.problems.push(format!("{case}: {now}, was {word}"));
        }
        if ours.accepted == expected {
            self.counts[0] += 1;
            if let Some(reason) = reason.take() {
                self.problems.push(format!(
                    "{case}: differs no more, and is excused by: {reason}"
                ));
            }
        } else {
            self.counts[1] += 1;
            if reason.as_deref().is_none_or(|reason| reason == UNEXPLAINED) {
                let now = &ours.word;
                self.problems.push(format!(
                    "{case}: {now}, the suite expects {}, and no reason is kept",
                    if expected { "valid" } else { "invalid" }
                ));
                reason = Some(UNEXPLAINED.into());
            }
        }
        self.now
            .insert(case.to_owned(), (ours.word.clone(), reason));
    }

    /// Counts a case that does not concern the core.
    pub fn leave_out(&mut self) {
        self.counts[2] += 1;
    }

    /// Compares with what was kept, or keeps what was found.
    pub fn finish(mut self) {
        for case in self.before.keys() {
            if !self.now.contains_key(case) {
                self.problems.push(format!("{case}: is kept, and no case"));
            }
        }
        let [equal, different, left_out] = self.counts;
        let name = self
            .file
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        eprintln!("{name}: {equal} equal, {different} different, {left_out} left out");
        if std::env::var_os("YINXIN_GOLDEN").is_some_and(|how| how == "write") {
            let width = self.now.keys().map(|case| case.chars().count()).max();
            let mut text = self.head;
            for (case, (word, reason)) in &self.now {
                let _ = write!(text, "{case:0$} {word}", width.unwrap_or(0));
                if let Some(reason) = reason {
                    let _ = write!(text, " ≠ {reason}");
                }
                text.push('\n');
            }
            std::fs::write(&self.file, text).unwrap();
            return;
        }
        assert!(
            self.problems.is_empty(),
            "{name}:\n{}",
            self.problems.join("\n")
        );
    }
}

const UNEXPLAINED: &str = "?";

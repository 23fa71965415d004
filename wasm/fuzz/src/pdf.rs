//! PDFs: whatever is read lies in the file, and what is written reads as the same.

use yinxin_documents::pdf::changes::Changes;
use yinxin_documents::pdf::document::{Document, Revision};
use yinxin_documents::pdf::history::History;
use yinxin_documents::pdf::lexer::Lexer;
use yinxin_documents::pdf::signatures::date;
use yinxin_documents::pdf::uses::Uses;

/// A file; and its bytes as one object.
pub fn run(input: &[u8]) {
    if let Ok(object) = Lexer::new(input, 0, true).object() {
        let mut written = Vec::new();
        object.write(&mut written);
        let again = Lexer::new(&written, 0, true).object();
        assert_eq!(again.as_ref(), Ok(&object));
    }
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = date(text);
    }
    let source = &input;
    let Ok(document) = Document::open(source) else {
        return;
    };
    let Ok(newest) = document.newest() else {
        return;
    };
    check(&document, &newest);
    let Ok(signatures) = document.signatures(&newest) else {
        return;
    };
    let size = input.len() as u64;
    for signature in signatures {
        assert!(signature.ranges.iter().all(|range| range.end <= size));
        if signature.problem.is_none() {
            let [before, behind] = &signature.ranges;
            let gap = before.end as usize..behind.start as usize;
            assert_eq!(gap.len(), signature.contents.len() * 2 + 2);
        }
        let _ = signature.der();
        let Ok(Some(own)) = document.revision_at(signature.end()) else {
            continue;
        };
        check(&document, &own);
        let Ok(history) = History::since(&document, &own, &newest) else {
            continue;
        };
        let Ok(changes) = Changes::of(&document, &history) else {
            continue;
        };
        let last = history.revisions.len();
        assert!(
            changes
                .all
                .iter()
                .all(|change| (1..last).contains(&change.revision))
        );
        // Nothing comes after what has no update.
        assert!(last > 1 || changes.all.is_empty());
    }
}

fn check(document: &Document<'_>, revision: &Revision) {
    assert!(revision.end <= document.size());
    assert!(
        revision
            .sections
            .iter()
            .all(|section| section.end <= revision.end)
    );
    let _ = document.fields(revision);
    if let Ok(pages) = document.pages(revision) {
        for page in pages.into_iter().take(20) {
            let _ = document.page(revision, page);
        }
    }
    let _ = Uses::find(document, revision, revision.sections[0].numbers().collect());
}

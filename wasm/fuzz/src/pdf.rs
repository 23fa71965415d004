//! PDFs: whatever is read lies in the file, and what is written reads as the same.

use yinxin_documents::Piece;
use yinxin_documents::pdf::changes::Changes;
use yinxin_documents::pdf::document::{Document, Revision};
use yinxin_documents::pdf::history::History;
use yinxin_documents::pdf::lexer::Lexer;
use yinxin_documents::pdf::sign;
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
    sign(input);
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

/// Whatever can be signed reads as signed, whole.
fn sign(input: &[u8]) {
    let options = sign::Options {
        kind: sign::Kind::Cades,
        room: 8,
        target: sign::Target::New {
            name: None,
            place: None,
        },
        picture: None,
        time: None,
        name: None,
        reason: None,
        location: None,
        certify: None,
    };
    let Ok(prepared) = sign::prepare(&input, &options) else {
        return;
    };
    let field = prepared.field.clone();
    let Ok(pieces) = prepared.finish(b"\x30\x01\x07") else {
        panic!("there is room");
    };
    let mut whole = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Copy(range) => whole.extend(&input[range.start as usize..range.end as usize]),
            Piece::Bytes(bytes) => whole.extend(bytes),
        }
    }
    let source = &whole.as_slice();
    let document = Document::open(source).expect("a file");
    let newest = document.newest().expect("a revision");
    assert_eq!(newest.end, whole.len() as u64);
    let signatures = document.signatures(&newest).expect("signatures");
    let own = signatures
        .iter()
        .find(|one| one.field.as_deref() == Some(&field))
        .expect("the signature");
    assert_eq!(own.problem, None);
    assert_eq!(own.end(), whole.len() as u64);
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

//! What must hold of any input, over the kept corpus with a few bytes changed.

use crate::pdf::testing::{Signing, Writer, plain, signed};
use proptest::prelude::*;
use std::fs;

#[path = "../../../../fuzz/src/pdf.rs"]
mod target;

/// Files to begin with: those of the corpus, and larger ones.
fn seeds() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/pdf");
    let kept = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = kept.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut seeds: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    let first = signed(
        &plain().table("/Root 1 0 R").finish(),
        &Signing::default(),
        |_| vec![0x30, 0],
    );
    let second = Signing {
        number: 20,
        fields: &[11],
        rectangle: "0 0 9 9",
        ..Signing::default()
    };
    let twice = signed(&first, &second, |_| vec![0x30, 0]);
    let updated = Writer::after(&twice)
        .object_stream(70, &[(4, "<<>>"), (5, "[4 0 R]")])
        .table_stream(71, "/Root 1 0 R")
        .finish();
    seeds.push(updated);
    seeds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_file_that_is_changed_anywhere_breaks_nothing(
        seed in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 0..4),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let seeds = seeds();
        let mut bytes = seeds[seed.index(seeds.len())].clone();
        for (at, byte, is_digit) in changes {
            let at = at.index(bytes.len());
            // A digit for a digit leaves it a file, with other numbers.
            let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            if is_digit && !digits.is_empty() {
                bytes[digits[at % digits.len()]] = b'0' + byte % 10;
            } else {
                bytes[at] = byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        target::run(&bytes);
    }
}

//! The kept corpus of `wasm/fuzz`, through the functions of its targets.

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use yinxin_core::advice::Situation;
use yinxin_documents::pdf::testing::{Signing, Writer, plain, signed};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::cms::{self, Content, Options};
use yinxin_pki::hash::sm3;
use yinxin_pki::seal::{self, Seal, SealSignature, Sealed};
use yinxin_pki::trust::{self, Anchor, Crls, PathPolicy, State};
use yinxin_proto::time::UnixTime;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

fn read(path: &str) -> Vec<u8> {
    fs::read(folder().join(path)).expect(path)
}

#[test]
fn the_kept_corpus_breaks_nothing() {
    for (target, run) in targets::TARGETS {
        let mut seen = 0;
        let corpus = folder().join("corpus").join(target);
        for entry in fs::read_dir(corpus).expect("each target has a corpus") {
            let path = entry.expect("the corpus can be listed").path();
            // The last line before a panic names the input.
            eprintln!("{}", path.display());
            run(&fs::read(&path).expect("the corpus can be read"));
            seen += 1;
        }
        assert!(seen > 0, "the corpus of {target} is empty");
        run(&[]);
    }
}

/// Else nothing would come near to what the targets hold to be impossible.
#[test]
fn what_the_targets_know_is_valid() {
    let certificate =
        |path: &str| Certificate::from_der(read(path)).expect("the certificate reads");
    let anchors = [Anchor::from(certificate("pki/root.der"))];
    let between = [certificate("pki/issuing.der")];
    let unit = certificate("pki/unit.der");
    let at = UnixTime::parse("2026-11-22T15:04:05Z").expect("a time");
    for (list, state) in [("empty", State::Good), ("revoked", State::Revoked)] {
        let crls = Crls::read(&[read(&format!("pki/{list}.crl"))]);
        let policy = PathPolicy::new(&anchors, &between, &crls, at);
        let verdict = trust::verify(&unit, &policy);
        assert_eq!(
            verdict.valid,
            state == State::Good,
            "{:?}",
            verdict.findings
        );
        let said = verdict.path[0]
            .revocation
            .as_ref()
            .map(|status| status.state);
        assert_eq!(said, Some(state));
    }
    let crls = Crls::default();
    let mut options = Options::new(PathPolicy::new(&anchors, &between, &crls, at));
    let attached = cms::verify(&read("corpus/cms/attached"), &options).expect("it reads");
    assert!(attached.valid, "{:?}", attached.findings);
    options.content = Some(Content::Bytes(b"yinxin"));
    let detached = cms::verify(&read("corpus/cms/detached"), &options).expect("it reads");
    assert!(detached.valid, "{:?}", detached.findings);

    let makers = between;
    let policy = seal::MakerPolicy {
        makers: &makers,
        at,
        extended_key_usages: &[],
        user: Some(&unit),
    };
    for version in ["v1", "v4", "v5"] {
        let kept = Seal::from_der(read(&format!("corpus/seal/{version}"))).expect("it reads");
        let verdict = seal::verify(&kept, &policy);
        assert!(verdict.valid, "{:?}", verdict.findings);
        let set = SealSignature::from_der(read(&format!("corpus/seal/{version}-set")));
        let verdict = set
            .expect("it reads")
            .verify(Some(&Sealed::Content(sm3(b"yinxin"))), &policy);
        assert!(verdict.valid, "{:?}", verdict.findings);
    }
}

/// Else its target would be fed nothing that it reads.
#[test]
fn the_situations_of_the_corpus_read() {
    for name in ["host", "key", "none"] {
        let read = serde_json::from_slice::<Situation>(&read(&format!("corpus/advice/{name}")));
        assert!(read.is_ok(), "{name}: {read:?}");
    }
}

/// Files to begin with: those of the corpus, and larger ones.
fn pdfs() -> Vec<Vec<u8>> {
    let kept = fs::read_dir(folder().join("corpus/pdf")).expect("the target has a corpus");
    let mut paths: Vec<_> = kept
        .map(|entry| entry.expect("the corpus can be listed").path())
        .collect();
    paths.sort();
    let mut seeds: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| fs::read(path).expect("the corpus can be read"))
        .collect();
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
    fn a_pdf_that_is_changed_anywhere_breaks_nothing(
        seed in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 0..4),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let seeds = pdfs();
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
        targets::pdf::run(&bytes);
    }
}

//! The hot paths whose instructions are counted (`cargo xtask instructions`): without arguments their names, else one of
//! them as many times as is said, after a first time that makes whatever is made once.
//!
//! What they work on are the fuzz targets' invented certificates and kept inputs, which don't change.
#![allow(clippy::print_stdout, reason = "it is asked for the names")]

use std::hint::black_box;
use yinxin_bench::{verify, verify_again};
use yinxin_fees::{Number, OrderItem, SCCA_TARIFF, Tariff, quote};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::cms::{self, Content, Options};
use yinxin_pki::hash::{sha256, sm3};
use yinxin_pki::seal::{self, Seal};
use yinxin_pki::trust::{self, Anchor, Crls, PathPolicy};
use yinxin_proto::time::UnixTime;

type Path = (&'static str, fn());

const PATHS: [Path; 14] = [
    ("sm2: a signature", || assert_eq!(verify(), 1)),
    ("sm2: a signature of a key that was used", || {
        assert_eq!(verify_again(), 1);
    }),
    ("sm3: 64 KiB", || {
        black_box(sm3(black_box(&[7; 65536])));
    }),
    ("sha-256: 64 KiB", || {
        black_box(sha256(black_box(&[7; 65536])));
    }),
    ("certificate, SM2: bytes to facts", || facts(UNIT)),
    ("certificate, RSA: bytes to facts", || facts(RSA)),
    ("path, SM2: two steps", || path(&Crls::default())),
    ("path, SM2: two steps and a list", || {
        path(&Crls::read(&[black_box(EMPTY)]));
    }),
    ("signature, P-256: path of one step", || self_signed(P256)),
    ("signature, RSA-2048: path of one step", || self_signed(RSA)),
    ("cms: attached, bytes to verdict", cms),
    ("seal: bytes to facts", || {
        black_box(Seal::parse(black_box(SEAL)).expect("a seal"));
    }),
    ("seal: bytes to verdict", || {
        let seal = Seal::parse(black_box(SEAL)).expect("a seal");
        assert!(seal::verify_own(&seal, NOW).valid);
    }),
    ("fees: a tariff read and one order", fees),
];

const ROOT: &[u8] = include_bytes!("../../fuzz/pki/root.der");
const ISSUING: &[u8] = include_bytes!("../../fuzz/pki/issuing.der");
const UNIT: &[u8] = include_bytes!("../../fuzz/pki/unit.der");
const EMPTY: &[u8] = include_bytes!("../../fuzz/pki/empty.crl");
const RSA: &[u8] = include_bytes!("../../fuzz/corpus/certificate/rsa");
const P256: &[u8] = include_bytes!("../../fuzz/corpus/certificate/p256");
const ATTACHED: &[u8] = include_bytes!("../../fuzz/corpus/cms/attached");
const SEAL: &[u8] = include_bytes!("../../fuzz/corpus/seal/v4");

/// A time at which all of them are valid: 2026-11-22T15:04:05Z.
const NOW: UnixTime = UnixTime(1_795_359_845);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        for (name, _) in PATHS {
            println!("{name}");
        }
        return;
    };
    let found = PATHS.iter().find(|(path, _)| *path == name);
    let (_, run) = found.expect("a path of this name");
    let count = arguments.next().and_then(|count| count.parse().ok());
    for _ in 0..=count.unwrap_or(1u32) {
        run();
    }
}

fn read(der: &[u8]) -> Certificate {
    Certificate::parse(black_box(der)).expect("a certificate")
}

fn facts(der: &[u8]) {
    black_box(read(der).facts(NOW));
}

fn path(crls: &Crls) {
    let (anchors, intermediates) = ([Anchor::from(read(ROOT))], [read(ISSUING)]);
    let policy = PathPolicy::new(&anchors, &intermediates, crls, NOW);
    assert!(trust::verify(&read(UNIT), &policy).valid);
}

fn self_signed(der: &[u8]) {
    let certificate = read(der);
    let held = certificate.verify_issued_by(&certificate, yinxin_pki::sm2::DEFAULT_ID);
    assert!(held.is_ok());
}

fn cms() {
    let (anchors, intermediates) = ([Anchor::from(read(ROOT))], [read(ISSUING)]);
    let crls = Crls::default();
    let mut options = Options::new(PathPolicy::new(&anchors, &intermediates, &crls, NOW));
    options.content = Some(Content::Bytes(b"yinxin"));
    let judgement = cms::verify(black_box(ATTACHED), &options).expect("a message");
    assert!(judgement.valid);
}

fn fees() {
    let json = serde_json::from_str(SCCA_TARIFF).expect("the tariff is JSON");
    let tariff = Tariff::read(&json).expect("the tariff is valid");
    let order = [OrderItem {
        role: "supplier".into(),
        service: "new".into(),
        years: Some(Number::Whole(1)),
        certificates: Some(Number::Whole(1)),
        seals: Some(Number::Whole(1)),
        ..OrderItem::default()
    }];
    black_box(quote(black_box(&order), &tariff).expect("it can be ordered"));
}

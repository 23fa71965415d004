//! Native measurements of reading certificates and verifying paths, on the DER files of the folder
//! that `YINXIN_BENCH_DIR` names: each of its subfolders holds `leaf.der`, and those with `ca.der`
//! and `root.der` a path. `tests/bench/certificates.ts` makes that folder and reads the estimates.

use criterion::Criterion;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::trust::{self, Anchor, Crls, KeyPurpose, PathPolicy};
use yinxin_proto::time::UnixTime;

fn main() {
    let Some(folder) = std::env::var_os("YINXIN_BENCH_DIR").map(PathBuf::from) else {
        eprintln!("nothing measured: YINXIN_BENCH_DIR names no folder; run `npm run bench`");
        return;
    };
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let mut subfolders: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("YINXIN_BENCH_DIR can be listed")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| path.join("leaf.der").exists())
        .collect();
    subfolders.sort();
    for subfolder in subfolders {
        measure(&mut criterion, &subfolder);
    }
    criterion.final_summary();
}

/// Measures reading the leaf of a folder and, if its issuers are there, verifying its path.
fn measure(criterion: &mut Criterion, folder: &Path) {
    let kind = folder.file_name().unwrap_or_default().to_string_lossy();
    let read = |name: &str| fs::read(folder.join(name)).ok();
    let leaf = read("leaf.der").expect("leaf.der was found");
    let mut group = criterion.benchmark_group("parse");
    group.bench_function(kind.as_ref(), |bencher| {
        let now = now();
        bencher.iter(|| parse(black_box(&leaf)).facts(now));
    });
    group.finish();
    let (Some(ca), Some(root)) = (read("ca.der"), read("root.der")) else {
        return;
    };
    let at = now();
    assert!(is_valid(&leaf, &ca, &root, at), "the path is valid");
    let mut group = criterion.benchmark_group("verify");
    group.bench_function(kind.as_ref(), |bencher| {
        bencher.iter(|| is_valid(black_box(&leaf), black_box(&ca), black_box(&root), at));
    });
    group.finish();
}

/// From DER to verdict, as `verifyCertificate` does it.
fn is_valid(leaf: &[u8], ca: &[u8], root: &[u8], at: UnixTime) -> bool {
    let (anchors, intermediates) = ([Anchor::from(parse(root))], [parse(ca)]);
    let crls = Crls::default();
    let policy = PathPolicy {
        purpose: Some(KeyPurpose::Sign),
        ..PathPolicy::new(&anchors, &intermediates, &crls, at)
    };
    trust::verify(&parse(leaf), &policy).valid
}

fn parse(der: &[u8]) -> Certificate {
    Certificate::parse(der).expect("the certificate can be read")
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.expect("the clock is past 1970").as_secs();
    UnixTime(i64::try_from(seconds).expect("seconds since 1970 fit 63 bits"))
}

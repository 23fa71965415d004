//! Native measurements of electronic seals: reading one, and judging it. `tests/bench/chains.ts` leaves
//! `seal/seal.der` in the folder that `YINXIN_BENCH_DIR` names; `tests/bench/seals.ts` measures the
//! same in Wasm and reads the estimates.

use criterion::Criterion;
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::seal::{MakerPolicy, Seal, verify};

fn main() {
    let Some(folder) = std::env::var_os("YINXIN_BENCH_DIR").map(PathBuf::from) else {
        eprintln!("nothing measured: YINXIN_BENCH_DIR names no folder; run `npm run bench`");
        return;
    };
    let der = fs::read(folder.join("seal/seal.der")).expect("the folder has a seal");
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let parse = |der: &[u8]| Seal::parse(der).expect("the seal can be read");
    let seal = parse(&der);
    let maker = Certificate::from_der(seal.maker().to_vec()).expect("its maker can be read");
    let (at, makers) = (seal.property().created, [maker]);
    let policy = MakerPolicy {
        makers: &makers,
        at,
        extended_key_usages: &[],
        user: None,
    };
    assert!(verify(&seal, &policy).valid, "the seal is valid");
    let mut group = criterion.benchmark_group("seal");
    group.bench_function("parse", |bencher| {
        bencher.iter(|| parse(black_box(&der)).facts(at));
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| verify(&parse(black_box(&der)), &policy).valid);
    });
    group.bench_function("signature", |bencher| {
        let (key, signed) = (makers[0].key().expect("an SM2 key"), seal.signed());
        bencher.iter(|| key.verify(&[black_box(&signed)], seal.signature()));
    });
    group.finish();
    criterion.final_summary();
}

//! Native measurements of SM2 verification, of the key's point on: by the crate of our own, by the crate `sm2`, and by
//! OpenSSL in a C program of that crate's tests, where there is a C compiler. The signature is the example of GB/T
//! 32918.5-2017, annex A.2.

use criterion::Criterion;
use sm2::dsa::signature::hazmat::PrehashVerifier;
use sm2::dsa::{Signature, VerifyingKey};
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use yinxin_sm2::Key;

const X: &str = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020";
const Y: &str = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const E: &str = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
const R: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
const S: &str = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let [x, y, e, r, s] = [X, Y, E, R, S].map(unhex);
    let mut group = criterion.benchmark_group("sm2");
    group.bench_function("verify", |bencher| {
        bencher.iter(|| {
            let key = Key::from_point(black_box(&x), black_box(&y)).expect("a point");
            assert!(key.verify(black_box(&e), black_box(&r), black_box(&s)));
        });
    });
    let key = Key::from_point(&x, &y).expect("a point");
    group.bench_function("prepare", |bencher| {
        bencher.iter(|| black_box(&key).prepare())
    });
    let prepared = key.prepare();
    group.bench_function("verify, prepared", |bencher| {
        bencher.iter(|| assert!(prepared.verify(black_box(&e), black_box(&r), black_box(&s))));
    });
    let point = [&[4][..], &x, &y].concat();
    let signature = [r, s].concat();
    group.bench_function("verify, crate sm2", |bencher| {
        bencher.iter(|| {
            let key = sm2::PublicKey::from_sec1_bytes(black_box(&point)).expect("a point");
            let key = VerifyingKey::new("", key).expect("an id");
            let signature = Signature::from_slice(black_box(&signature)).expect("two numbers");
            assert!(key.verify_prehash(black_box(&e), &signature).is_ok());
        });
    });
    if let Some(judge) = openssl() {
        group.bench_function("verify, OpenSSL", |bencher| {
            bencher.iter_custom(|count| verify_with(&judge, count));
        });
    }
    group.finish();
    criterion.final_summary();
}

/// The C program, compiled. `None` where that can't be done.
fn openssl() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sm2/tests/openssl/judge.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sm2-openssl");
    let mut compiler = Command::new("cc");
    compiler
        .arg("-O2")
        .arg("-o")
        .arg(&program)
        .arg(&source)
        .arg("-lcrypto");
    let made = compiler.status().is_ok_and(|status| status.success());
    if !made {
        eprintln!("OpenSSL is not measured: the C program can't be compiled");
    }
    made.then_some(program)
}

fn verify_with(judge: &Path, count: u64) -> Duration {
    let mut child = Command::new(judge)
        .arg(count.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the judge starts");
    let mut input = child.stdin.take().expect("it has an input");
    writeln!(input, "{X} {Y} {E} {R} {S}").expect("the judge reads");
    drop(input);
    let output = child.wait_with_output().expect("the judge ends");
    let words = String::from_utf8(output.stdout).expect("digits");
    let nanoseconds: f64 = words.trim().parse().expect("the signature holds");
    Duration::from_nanos((nanoseconds * count as f64) as u64)
}

fn unhex(digits: &str) -> [u8; 32] {
    std::array::from_fn(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).expect("digits"))
}

//! Native measurements of SM2 verification: by the crate of our own, by the crate `sm2`, and by OpenSSL in a C program of
//! that crate's tests, where there is a C compiler. Each call is timed alone, in rounds over all of them: a busy machine then
//! takes part of a few calls, and of nobody's median.
//!
//! Prints the medians in nanoseconds, and leaves the times of all calls as `sm2.json` in the folder that `YINXIN_BENCH_DIR`
//! names.
#![allow(clippy::print_stdout)]

use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
#[cfg(feature = "others")]
use yinxin_bench::others;
use yinxin_bench::{E, R, S, X, Y, verify, verify_again, verify_with_sm2};

const ROUNDS: usize = 15;
const CALLS: u32 = 400;

fn main() {
    let openssl = openssl();
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let calls: &[(&str, extern "C" fn() -> u32)] = &[
        ("verify", verify),
        ("verify again", verify_again),
        ("crate sm2", verify_with_sm2),
        #[cfg(feature = "others")]
        ("rsa", others::rsa),
        #[cfg(feature = "others")]
        ("rsa, crypto-bigint", others::rsa_with_crypto_bigint),
        #[cfg(feature = "others")]
        ("rsa, dashu-int", others::rsa_with_dashu),
        #[cfg(feature = "others")]
        ("p256", others::p256_with_p256),
        #[cfg(feature = "others")]
        ("p256, arkworks", others::p256_with_arkworks),
    ];
    for _ in 0..ROUNDS {
        for (who, call) in calls {
            times.entry(who).or_default().extend(times_of(*call));
        }
        if let Some(judge) = &openssl {
            times.entry("OpenSSL").or_default().extend(ask(judge));
        }
    }
    for (who, times) in &times {
        println!("{who:20} {:8.0} ns", median(times.clone()));
    }
    if let Some(folder) = std::env::var_os("YINXIN_BENCH_DIR").map(PathBuf::from) {
        let json = json!(times).to_string();
        fs::write(folder.join("sm2.json"), json).expect("the folder can be written to");
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Nanoseconds of each call of a round.
fn times_of(call: extern "C" fn() -> u32) -> impl Iterator<Item = f64> {
    (0..CALLS).map(move |_| {
        let start = Instant::now();
        assert_eq!(call(), 1, "the signature holds");
        start.elapsed().as_nanos() as f64
    })
}

/// The C program, compiled. `None` where that can't be done.
fn openssl() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sm2/tests/openssl/judge.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sm2-openssl");
    let mut compiler = Command::new("cc");
    compiler.arg("-O2").arg("-o").arg(&program).arg(&source);
    let made = compiler.arg("-lcrypto").status();
    let made = made.is_ok_and(|status| status.success());
    if !made {
        eprintln!("OpenSSL is not measured: the C program can't be compiled");
    }
    made.then_some(program)
}

/// Nanoseconds of each call of OpenSSL's, by its own clock.
fn ask(judge: &Path) -> Vec<f64> {
    let mut child = Command::new(judge)
        .arg(CALLS.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the judge starts");
    let mut input = child.stdin.take().expect("it has an input");
    writeln!(input, "{X} {Y} {E} {R} {S}").expect("the judge reads");
    drop(input);
    let output = child.wait_with_output().expect("the judge ends");
    let words = String::from_utf8(output.stdout).expect("digits");
    let times: Result<Vec<f64>, _> = words.lines().map(str::parse).collect();
    let times = times.expect("digits");
    assert_eq!(times.len(), CALLS as usize, "the signature holds");
    times
}

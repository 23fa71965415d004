//! `cargo xtask fuzz [TARGET] [--seconds N]`: runs the targets of `wasm/fuzz` under libFuzzer, for
//! ten minutes in all if nothing else is said.
//!
//! The stable compiler can do what libFuzzer needs, so neither nightly nor cargo-fuzz is asked for:
//! the flags below are those of cargo-fuzz without its address sanitizer, which has little to find
//! where no code of ours that is fuzzed is unsafe.

use crate::run::{command, output, step, succeeds};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Runs all targets, or one.
pub fn run(args: &[String]) -> Result<ExitCode> {
    let (only, seconds) = read_arguments(args)?;
    let mut targets = targets()?;
    if let Some(only) = &only {
        targets.retain(|target| target == only);
        ensure!(!targets.is_empty(), "no target {only}");
    }
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    ensure!(
        succeeds(Command::new(&compiler).arg("--version")),
        "libFuzzer is C++, and there is no compiler {}; on Debian: sudo apt-get install g++",
        compiler.display()
    );
    let host = host()?;
    step(
        "building the fuzz targets",
        command("cargo")
            .args(["build", "--release", "--quiet"])
            .args(targets.iter().flat_map(|target| ["--bin", target]))
            .args([
                "--manifest-path=wasm/fuzz/Cargo.toml",
                "--target-dir=target/fuzz",
            ])
            // With a target named, build scripts and macros are not instrumented.
            .arg(format!("--target={host}"))
            .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}")),
    )?;

    let each = (seconds / targets.len().max(1)).max(1);
    let mut failed = Vec::new();
    for target in &targets {
        println!("▸ fuzzing {target} for {each} s");
        if !fuzz(target, &host, each)? {
            failed.push(target.as_str());
        }
    }
    if failed.is_empty() {
        println!("nothing found");
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "found something: {}; the inputs are in target/fuzz/artifacts",
        failed.join(", ")
    );
    Ok(ExitCode::FAILURE)
}

/// What is found out about inputs goes to `target/fuzz/corpus` and is built upon the next time; the
/// kept corpus and the shared test data are only read.
fn fuzz(target: &str, host: &str, seconds: usize) -> Result<bool> {
    let root = crate::root();
    let folder = |name: &str| root.join("target/fuzz").join(name).join(target);
    let (grown, artifacts) = (folder("corpus"), folder("artifacts"));
    fs::create_dir_all(&grown)?;
    fs::create_dir_all(&artifacts)?;
    let program = root
        .join("target/fuzz")
        .join(host)
        .join("release")
        .join(target);
    let mut fuzzer = command(program);
    fuzzer
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-max_len=16384", "-timeout=10", "-rss_limit_mb=1024"])
        .args(["-print_final_stats=1", "-verbosity=0"])
        .arg(grown)
        .arg(root.join("wasm/fuzz/corpus").join(target));
    let shared = std::env::var_os("YINXIN_TEST_DATA").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| root.join("../shared/data"));
    if matches!(target, "bundle" | "certificate" | "crl" | "pem") && shared.is_dir() {
        fuzzer.arg(shared);
    }
    // What libFuzzer tells is long, and of interest once something is found.
    let log = root.join("target/fuzz").join(format!("{target}.log"));
    let file = fs::File::create(&log)?;
    let status = fuzzer.stdout(file.try_clone()?).stderr(file).status();
    let status = status.with_context(|| format!("{target} can't be started"))?;
    let told = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let executed = told
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units: "));
    println!("  {target}: {} inputs", executed.unwrap_or("?"));
    if !status.success() {
        println!("  {target}: {status}, see {}", log.display());
        for line in told
            .lines()
            .skip_while(|line| !line.contains("panicked at"))
            .take(6)
        {
            println!("  {line}");
        }
    }
    Ok(status.success())
}

fn read_arguments(args: &[String]) -> Result<(Option<String>, usize)> {
    let (mut only, mut seconds) = (None, 600);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--seconds" => {
                let number = args.next().and_then(|number| number.parse().ok());
                seconds = number.context("--seconds needs a number")?;
            }
            target if !target.starts_with('-') && only.is_none() => only = Some(target.to_owned()),
            other => bail!("{other}? fuzz [TARGET] [--seconds N]"),
        }
    }
    Ok((only, seconds))
}

/// The targets, each of which has its corpus.
fn targets() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(crate::root().join("wasm/fuzz/corpus"))? {
        found.push(entry?.file_name().to_string_lossy().into_owned());
    }
    found.sort();
    Ok(found)
}

/// The target triple of this machine.
fn host() -> Result<String> {
    let text = output(command("rustc").arg("-vV"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("rustc tells no host")
}

const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

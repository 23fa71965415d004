//! `cargo xtask instructions [--check]`: how many instructions the hot paths of `wasm/bench/examples/paths.rs` take, under
//! valgrind, whose simulated processor is the same on each machine. They stand in `wasm/bench/instructions.txt`, beside
//! the compiler that they were counted with.
//!
//! Counted is what two runs of different lengths differ in, so that start and end of the program are not in it.

use crate::run::{command, output, release_cargo, step, succeeds};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::process::{Command, ExitCode};

const KEPT: &str = "wasm/bench/instructions.txt";
const PROGRAM: &str = "target/release/examples/paths";
/// A change that is told, in percent of what is kept.
const TOLD: f64 = 5.0;
/// How often a path is run beyond the first run's.
const FURTHER: u64 = 2;

/// Counts, and writes what is kept anew or says what has changed.
pub fn run(check: bool) -> Result<ExitCode> {
    if !succeeds(Command::new("valgrind").arg("--version")) {
        println!("▸ instructions of the hot paths: not counted without valgrind");
        return Ok(ExitCode::SUCCESS);
    }
    step(
        "building the hot paths",
        release_cargo().args([
            "build",
            "--release",
            "--quiet",
            "--package=yinxin-bench",
            "--example=paths",
        ]),
    )?;
    let names = output(&mut command(PROGRAM))?;
    let mut counted = Vec::new();
    for name in names.lines() {
        let further = count(name, 1 + FURTHER)?.checked_sub(count(name, 1)?);
        let further = further.with_context(|| format!("{name}: less is more"))?;
        counted.push((name.to_owned(), further / FURTHER));
    }
    let compiler = output(command("rustc").arg("--version"))?;
    let file = crate::root().join(KEPT);
    if check {
        let kept = fs::read_to_string(&file).unwrap_or_default();
        println!("▸ instructions of the hot paths");
        for line in changes(&kept, compiler.trim(), &counted) {
            println!("  {line}");
        }
    } else {
        fs::write(&file, text(compiler.trim(), &counted))?;
        println!("{KEPT} is written");
    }
    Ok(ExitCode::SUCCESS)
}

/// Instructions of the whole program that runs a path so often.
fn count(name: &str, times: u64) -> Result<u64> {
    let mut valgrind = command("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args([PROGRAM, name, &times.to_string()]);
    let output = valgrind.output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {told}");
    collected(&told).with_context(|| format!("{name}: valgrind tells no count: {told}"))
}

/// The number in valgrind's line `==1== Collected : 123`.
fn collected(told: &str) -> Option<u64> {
    let line = told.lines().find(|line| line.contains("Collected :"))?;
    line.split_whitespace().last()?.parse().ok()
}

fn text(compiler: &str, counted: &[(String, u64)]) -> String {
    let lines = counted
        .iter()
        .map(|(name, count)| format!("{count:>10}  {name}\n"));
    std::iter::once(format!("{compiler}\n"))
        .chain(lines)
        .collect()
}

/// What differs from what is kept by more than [`TOLD`], or is new there or gone.
fn changes(kept: &str, compiler: &str, counted: &[(String, u64)]) -> Vec<String> {
    let mut lines = kept.lines();
    let mut told = Vec::new();
    let with = lines.next().unwrap_or_default();
    if with != compiler {
        told.push(format!("counted with {compiler}, kept of {with}"));
    }
    let before: Vec<(u64, &str)> = lines
        .filter_map(|line| {
            let (count, name) = line.trim_start().split_once("  ")?;
            Some((count.parse().ok()?, name))
        })
        .collect();
    for (name, count) in counted {
        let Some((was, _)) = before.iter().find(|(_, known)| known == name) else {
            told.push(format!("{name}: {count}, not in {KEPT}"));
            continue;
        };
        let percent = (*count as f64 / *was as f64 - 1.0) * 100.0;
        if percent.abs() > TOLD {
            told.push(format!("{name}: {count}, {percent:+.1} % ({was})"));
        }
    }
    let is_gone = |name: &str| counted.iter().all(|(known, _)| known != name);
    let gone = before.iter().filter(|(_, name)| is_gone(name));
    told.extend(gone.map(|(_, name)| format!("{name}: not counted any more")));
    told
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_change_is_told_with_its_size() {
        let counted = |counts: &[(&str, u64)]| -> Vec<(String, u64)> {
            let counts = counts.iter();
            counts
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect()
        };
        let kept = text(
            "rustc 1",
            &counted(&[("a: b", 1000), ("c", 20), ("gone", 1)]),
        );
        assert!(
            changes(
                &kept,
                "rustc 1",
                &counted(&[("a: b", 1049), ("c", 20), ("gone", 1)])
            )
            .is_empty()
        );
        let now = counted(&[("a: b", 1060), ("c", 10), ("new", 3)]);
        assert_eq!(
            changes(&kept, "rustc 2", &now),
            [
                "counted with rustc 2, kept of rustc 1",
                "a: b: 1060, +6.0 % (1000)",
                "c: 10, -50.0 % (20)",
                "new: 3, not in wasm/bench/instructions.txt",
                "gone: not counted any more",
            ]
        );
    }

    #[test]
    fn the_count_is_read_from_what_valgrind_tells() {
        let told = "==7== Callgrind, a call-graph\n==7== Collected : 1234567\n==7== \n";
        assert_eq!(collected(told), Some(1_234_567));
        assert_eq!(collected("==7== valgrind: no such file"), None);
    }
}

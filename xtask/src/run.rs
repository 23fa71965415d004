//! Running other programs: from the root, with their output passed on, and one line for each step.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// A command to run from the repository's root.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::root()).stdin(Stdio::null());
    command
}

/// Cargo, building what is handed out: without this machine's paths in it, so that two machines
/// build the same.
pub fn release_cargo() -> Command {
    release_cargo_with([])
}

/// The same, with further flags for rustc.
pub fn release_cargo_with(further: impl IntoIterator<Item = String>) -> Command {
    let mut cargo = command("cargo");
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let mut flags = vec![format!(
        "--remap-path-prefix={}=yinxin",
        crate::root().display()
    )];
    if let Some(home) = home {
        flags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    }
    flags.extend(further);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    cargo
}

/// Runs a step: says what it does, passes its output on, says how long it took.
pub fn step(what: &str, command: &mut Command) -> Result<()> {
    println!("▸ {what}");
    let start = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("{} can't be started", command.get_program().display()))?;
    if !status.success() {
        bail!("{what}: {status}");
    }
    println!("  {what}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(())
}

/// Whether a command runs and succeeds, without its output.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Standard output of a command that must succeed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} can't be started", command.get_program().display()))?;
    if !output.status.success() {
        bail!("{}: {}", command.get_program().display(), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Tests that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Tests that ran to their end.
pub struct Ran {
    pub what: String,
    pub counts: Counts,
    pub took: Duration,
    /// What their runner says of those that failed, to be said again at the very end.
    pub failures: Vec<String>,
}

/// Runs tests with their output passed on, and counts them from it. A runner that fails without
/// a failed test (it could not build, say) counts as one failure.
pub fn tests(what: &str, command: &mut Command) -> Result<Ran> {
    println!("▸ testing {what}");
    let ran = counted(what, "", command)?;
    println!("  testing {what}: {:.1} s", ran.took.as_secs_f32());
    Ok(ran)
}

/// Runs tests of several kinds beside each other, in so many lanes: whichever is free takes the next. Each line of their
/// output comes after the name.
pub fn lanes(lanes: usize, tests: Vec<(String, Command)>) -> Result<Vec<Ran>> {
    let waiting = Mutex::new(tests.into_iter());
    let next = || waiting.lock().ok()?.next();
    thread::scope(|scope| {
        let lane = || -> Result<Vec<Ran>> {
            let mut ran = Vec::new();
            while let Some((what, mut command)) = next() {
                ran.push(counted(&what, &format!("{what} │ "), &mut command)?);
            }
            Ok(ran)
        };
        let running: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        let mut all = Vec::new();
        for lane in running {
            match lane.join() {
                Ok(ran) => all.extend(ran?),
                Err(_) => bail!("a lane of tests has no end"),
            }
        }
        Ok(all)
    })
}

fn counted(what: &str, prefix: &str, command: &mut Command) -> Result<Ran> {
    let start = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} can't be started", command.get_program().display()))?;
    let mut counts = Counts::default();
    let mut failures = Failures::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            counts += counts_of(&line);
            failures.hear(&line);
            println!("{prefix}{line}");
        }
    }
    let status = child.wait()?;
    if !status.success() && counts.failed == 0 {
        counts.failed = 1;
        failures.lines.push(format!("{status}"));
    }
    Ok(Ran {
        what: what.to_owned(),
        counts,
        took: start.elapsed(),
        failures: failures.lines,
    })
}

/// What cargo's or Node's test runner says of failed tests, behind its heading.
#[derive(Default)]
struct Failures {
    lines: Vec<String>,
    inside: bool,
}

impl Failures {
    /// Lines of one runner that are kept.
    const MAX: usize = 400;

    fn hear(&mut self, line: &str) {
        match line {
            "failures:" | "✖ failing tests:" => self.inside = true,
            _ if line.starts_with("test result: ") => self.inside = false,
            _ if self.inside && self.lines.len() < Self::MAX => self.lines.push(line.to_owned()),
            _ => {}
        }
    }
}

/// Says how all tests ended, and of those that failed once more what their runner said.
pub fn told(ran: impl IntoIterator<Item = Ran>) -> ExitCode {
    let mut all = Counts::default();
    let mut failed = Vec::new();
    for ran in ran {
        let took = ran.took.as_secs_f32();
        println!("{}: {} in {took:.0} s", ran.what, ran.counts);
        all += ran.counts;
        if ran.counts.failed > 0 {
            failed.push(ran);
        }
    }
    for Ran { what, failures, .. } in failed {
        println!("✖ {what}");
        for line in failures {
            println!("{what} │ {line}");
        }
    }
    println!("{all}");
    if all.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What a closing line of cargo's or Node's test runner counts; nothing for other lines.
fn counts_of(line: &str) -> Counts {
    let mut counts = Counts::default();
    if let Some(result) = line.strip_prefix("test result: ") {
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            if let (Some(number), Some(word)) = (words.next(), words.next())
                && let Ok(number) = number.parse()
            {
                match word {
                    "passed" => counts.passed = number,
                    "failed" => counts.failed = number,
                    "ignored" => counts.skipped = number,
                    _ => {}
                }
            }
        }
    } else if let Some(rest) = line.strip_prefix("ℹ ")
        && let Some((word, number)) = rest.split_once(' ')
        && let Ok(number) = number.parse()
    {
        match word {
            "pass" => counts.passed = number,
            "fail" | "cancelled" => counts.failed = number,
            "skipped" => counts.skipped = number,
            _ => {}
        }
    }
    counts
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn lanes_run_beside_each_other_and_each_is_counted() {
        let shell = |script: &str| {
            let mut shell = command("sh");
            shell.args(["-c", script]);
            shell
        };
        // Each waits for the other, and only then says how it ended.
        let folder = std::env::temp_dir().join(format!("yinxin-lanes-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.join(name).display().to_string());
        let meet = |own: &str, others: &str, end: &str| {
            shell(&format!(
                "touch '{own}'; until test -e '{others}'; do sleep 0.01; done; {end}"
            ))
        };
        let ran = lanes(
            2,
            vec![
                (
                    "pages".into(),
                    meet(&one, &other, "echo 'ℹ pass 3'; echo 'ℹ fail 0'"),
                ),
                (
                    "extension".into(),
                    meet(&other, &one, "echo 'ℹ pass 2'; exit 1"),
                ),
                ("last".into(), shell("echo 'ℹ pass 5'")),
            ],
        )
        .unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        let mut told: Vec<_> = ran.iter().map(|ran| (&ran.what[..], ran.counts)).collect();
        told.sort_by_key(|(what, _)| *what);
        let counts = |passed, failed| Counts {
            passed,
            failed,
            skipped: 0,
        };
        assert_eq!(
            told,
            [
                // A runner that fails without a failed test is one.
                ("extension", counts(2, 1)),
                ("last", counts(5, 0)),
                ("pages", counts(3, 0)),
            ]
        );
    }

    #[test]
    fn what_failed_is_kept_as_its_runner_says_it() {
        let heard = |lines: &str| {
            let mut failures = Failures::default();
            lines.lines().for_each(|line| failures.hear(line));
            failures.lines
        };
        let cargo = "running 2 tests\nF.\nfailures:\n\n---- a stdout ----\nwhy\n\nfailures:\n    a\n\ntest result: FAILED. 1 passed; 1 failed\nrunning 1 test";
        assert_eq!(
            heard(cargo),
            ["", "---- a stdout ----", "why", "", "    a", ""]
        );
        let node = "✔ good (1ms)\n✖ bad (2ms)\nℹ fail 1\n\n✖ failing tests:\n\ntest at tests/a.test.ts:1:1\n✖ bad (2ms)";
        assert_eq!(
            heard(node),
            ["", "test at tests/a.test.ts:1:1", "✖ bad (2ms)"]
        );
    }

    #[test]
    fn closing_lines_are_counted() {
        let cargo = counts_of(
            "test result: FAILED. 11 passed; 2 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        assert_eq!(
            cargo,
            Counts {
                passed: 11,
                failed: 2,
                skipped: 3
            }
        );
        assert_eq!(counts_of("ℹ pass 7").passed, 7);
        assert_eq!(counts_of("ℹ fail 1").failed, 1);
        assert_eq!(counts_of("test a ... ok"), Counts::default());
    }
}

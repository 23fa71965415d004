//! Build, code generation and checks of Yinxin: what the npm scripts call.
//!
//! `cargo xtask build | test | check | bench | generate [--check] | start [-- …] | demo-key [-- …]`
//! `cargo xtask fuzz [TARGET] [--seconds N]`
//! `cargo xtask instructions [--check]` (of hot paths, kept in `wasm/bench/instructions.txt`)
//! `cargo xtask windows [TEST …]`
//! `cargo xtask package [linux|extension …]` (what is released, into `target/release-packages`)
//! `cargo xtask package try | compare OTHER` (in a fresh Debian; with those of another checkout)
//! `cargo xtask texts` (how Rust reads every code, for `tests/contract/rendering.test.ts`)
//! `cargo xtask anchors FOLDER --listed DATE` (or `--check`)
#![allow(
    clippy::print_stdout,
    reason = "a command line for developers talks on standard output"
)]

mod anchors;
mod fuzz;
mod generate;
mod instructions;
mod licences;
mod openapi;
#[cfg(unix)]
mod package;
mod platforms;
mod run;
mod schema;
mod setup;
mod tasks;
#[cfg(test)]
mod tidy;
mod wasm;
mod windows;

use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    // `npm run x -- args` passes the arguments on as they are; a separator of cargo's is dropped.
    let rest: Vec<String> = args.skip_while(|arg| arg == "--").collect();
    match dispatch(&task, &rest) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask {task}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(task: &str, rest: &[String]) -> Result<ExitCode> {
    match task {
        "build" => tasks::build(),
        "test" => tasks::test(rest),
        "check" => tasks::check(),
        "bench" => tasks::bench(),
        "anchors" => anchors::run(rest),
        "fuzz" => fuzz::run(rest),
        "generate" => generate::run(rest.iter().any(|arg| arg == "--check")),
        "instructions" => instructions::run(rest.iter().any(|arg| arg == "--check")),
        "start" => tasks::start(rest),
        "wasm" => tasks::wasm(rest),
        "windows" => windows::run(rest),
        #[cfg(unix)]
        "package" => package::run(rest),
        "texts" => generate::texts(),
        "demo-key" => tasks::demo_key(rest),
        "" => bail!(
            "which task? build, test, check, bench, fuzz, generate, instructions, start, demo-key, package, wasm, windows, texts or anchors"
        ),
        other => bail!("no task {other}"),
    }
}

/// The repository's root.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

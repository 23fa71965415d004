//! The tasks behind `npm run …`: each sets up what it needs, then runs its steps in order.

use crate::run::{command, lanes, release_cargo, release_cargo_with, step, tests, told};
use crate::{generate, instructions, setup, wasm, windows};
use anyhow::{Result, bail};
use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

/// `npm run build`: everything that is handed out.
pub fn build() -> Result<ExitCode> {
    setup::for_build()?;
    build_all()?;
    Ok(ExitCode::SUCCESS)
}

/// `npm test`: every test, Rust and TypeScript, native, Wasm and real browser.
pub fn test(filters: &[String]) -> Result<ExitCode> {
    setup::for_tests()?;
    generate::run(true)?;
    // Beside each other: what is handed out is linked as a whole, each part on one core, for minutes.
    thread::scope(|scope| -> Result<()> {
        let tests = scope.spawn(|| {
            step(
                "building the tests",
                command("cargo").args(["test", "--workspace", "--quiet", "--no-run"]),
            )
        });
        build_all()?;
        // What can't be built is told by the run below, with the others' results.
        let _ = tests.join();
        Ok(())
    })?;
    // First: it also builds the library with fault switches, which tests of the others load.
    let faults = tests(
        "the software key's fault switches",
        command("cargo").args([
            "test",
            "--quiet",
            "--package=yinxin-softkey",
            "--features=faults",
            "--target-dir=target/faults",
            "--test=softkey",
            "faults::",
        ]),
    )?;
    let mut rust = command("cargo");
    rust.args(["test", "--workspace", "--quiet", "--no-fail-fast"]);
    let mut others = vec![("the Rust crates".into(), rust)];
    // What stands on the stand, with a browser mostly, takes longest, so it is first; of that the largest, so that none is left
    // alone at the end.
    let (mut files, short): (Vec<_>, Vec<_>) = test_files(filters)?
        .into_iter()
        .partition(|file| has_stand(file));
    files.sort_by_key(|file| Reverse(fs::metadata(file).map_or(0, |known| known.len())));
    files.extend(short);
    others.extend(files.into_iter().map(|file| {
        let mut node = node();
        node.args(["--test", "--test-reporter=spec"]).arg(&file);
        (file.display().to_string(), node)
    }));
    let ran = lanes(LANES, others)?;
    Ok(told([faults].into_iter().chain(ran)))
}

/// Test programs that run beside each other: one more than there are cores, so that none stands still while a
/// browser waits.
const LANES: usize = 3;

/// `npm run check`: format, lints, documentation, types and generated files; and what hot paths have come to cost.
pub fn check() -> Result<ExitCode> {
    setup::for_build()?;
    setup::target(windows::TARGETS[0])?;
    setup::target(MACOS)?;
    step(
        "formatting of Rust",
        command("cargo").args(["fmt", "--all", "--check"]),
    )?;
    generate::run(true)?;
    step(
        "lints of Rust",
        command("cargo").args([
            "clippy",
            "--workspace",
            "--all-targets",
            // All faces of the Wasm modules.
            "--features=yinxin-wasm/node,yinxin-wasm/sheet",
            "--quiet",
            "--",
            "--deny=warnings",
        ]),
    )?;
    step("lints of Rust for Windows", &mut windows::lints())?;
    step(
        "lints of Rust for macOS",
        command("cargo")
            .args(["clippy", "--quiet", "--target", MACOS])
            .args(["--package=yinxin-host", "--", "--deny=warnings"]),
    )?;
    if let Some(folder) = setup::cargo_deny()? {
        // Those of other systems as well, which nothing here has built.
        step(
            "fetching crates",
            command("cargo").args(["fetch", "--locked", "--quiet"]),
        )?;
        step(
            "licences and sources of crates",
            command(folder.join("cargo-deny"))
                .args(["--offline", "check", "--hide-inclusion-graph"])
                .args(["licenses", "bans", "sources"]),
        )?;
    }
    step(
        "documentation of Rust",
        command("cargo")
            .args(["doc", "--workspace", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "--deny=warnings"),
    )?;
    step(
        "formatting and lints of TypeScript",
        command("node_modules/.bin/biome").args(["check", "--error-on-warnings", "."]),
    )?;
    wasm::build(&[])?;
    step(
        "types of TypeScript",
        command("node_modules/typescript/bin/tsc").args(["--noEmit", "--project", "."]),
    )?;
    instructions::run(true)
}

/// For which the host is only looked at: to link for it takes Apple's own libraries.
const MACOS: &str = "aarch64-apple-darwin";

/// `cargo xtask wasm [MODULE…]`: the Wasm packages alone, or those of some modules.
pub fn wasm(modules: &[String]) -> Result<ExitCode> {
    setup::for_build()?;
    wasm::build(modules)?;
    Ok(ExitCode::SUCCESS)
}

/// `npm run bench`: medians of what a user waits for, and certificates beside other libraries.
pub fn bench() -> Result<ExitCode> {
    let (pyhanko, ofd_js) = setup::for_bench()?;
    build_all()?;
    step("measuring", node().arg("tests/bench/bench.ts"))?;
    step(
        "tracing calls from the press to the answer",
        node().arg("tests/bench/trace/bench.ts"),
    )?;
    // Native and Wasm work on the same files, and the table at the end reads both.
    let folder = crate::root().join("target/bench-certificates");
    step(
        "making certificates and a seal to measure with",
        node().arg("tests/bench/chains.ts").arg(&folder),
    )?;
    step(
        "measuring SM2, certificates, seals and fees natively",
        release_cargo()
            .args([
                "bench",
                "--quiet",
                "--package=yinxin-bench",
                "--features=others",
            ])
            .env("YINXIN_BENCH_DIR", &folder)
            .env("CRITERION_HOME", folder.join("criterion")),
    )?;
    step(
        "building SM2 of ours and of others as WebAssembly",
        release_cargo_with(wasm::target_flags()).args([
            "build",
            "--quiet",
            "--target=wasm32-unknown-unknown",
            "--profile=wasm-bench",
            "--package=yinxin-bench",
            "--features=others",
            "--lib",
        ]),
    )?;
    step(
        "measuring SM2 in Node",
        node()
            .arg("tests/bench/sm2.ts")
            .arg(&folder)
            .arg("target/wasm32-unknown-unknown/wasm-bench/yinxin_bench.wasm"),
    )?;
    step(
        "measuring certificates in Node",
        node().arg("tests/bench/certificates.ts").arg(&folder),
    )?;
    step(
        "measuring seals in Node",
        node().arg("tests/bench/seals.ts").arg(&folder),
    )?;
    step(
        "measuring what the worst inputs cost in Node",
        node().arg("tests/bench/hostile.ts"),
    )?;
    step(
        "measuring documents",
        node()
            .arg("tests/bench/documents.ts")
            .env("YINXIN_PYHANKO", "/usr/bin/python3")
            .env("PYTHONPATH", &pyhanko)
            .env("YINXIN_OFD_JS", &ofd_js),
    )?;
    step(
        "measuring fees in Node",
        node().arg("tests/bench/fees.ts").arg(&folder),
    )?;
    step(
        "building the library for servers",
        release_cargo().args([
            "build",
            "--quiet",
            "--profile=servers",
            "--package=yinxin-ffi",
        ]),
    )?;
    step(
        "building cases for servers",
        command("cargo").args(["build", "--quiet", "--package=yinxin-calls", "--examples"]),
    )?;
    step(
        "measuring servers in Java",
        node().arg("tests/bench/servers.ts"),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `npm start`: the product on this machine, with a demo key and the demo portal.
pub fn start(args: &[String]) -> Result<ExitCode> {
    setup::for_tests()?;
    build_all()?;
    let status = node().arg("tests/start.ts").args(args).status()?;
    Ok(exit_code(status))
}

/// `npm run demo-key -- --dir DIR [--pin PIN]`: fills a folder with demo tokens.
pub fn demo_key(args: &[String]) -> Result<ExitCode> {
    build_native()?;
    // The folder is the caller's: a relative path counts from where npm was called.
    let from = std::env::var_os("INIT_CWD").map_or_else(crate::root, PathBuf::from);
    let status = Command::new(crate::root().join("target/release/yinxin-demo-key"))
        .current_dir(from)
        .args(args)
        .status()?;
    Ok(exit_code(status))
}

pub fn build_all() -> Result<()> {
    build_native()?;
    wasm::build(&[])?;
    step(
        "bundling the extension",
        command("node").arg("extension/build.mjs"),
    )?;
    step("bundling the pages", command("node").arg("www/build.mjs"))
}

/// Host and software key, always together: alone, each would be built with other features of what
/// they share, and each time anew.
pub fn build_native() -> Result<()> {
    step(
        "building host and software key",
        release_cargo().args([
            "build",
            "--release",
            "--quiet",
            "--package=yinxin-host",
            "--package=yinxin-softkey",
        ]),
    )
}

/// Node with TypeScript.
fn node() -> Command {
    let mut node = command("node");
    node.args(["--import", "tsx"]);
    node
}

/// Whether a test stands on `tests/stand`: pages or the extension in a browser, hosts, keys.
fn has_stand(file: &Path) -> bool {
    fs::read_to_string(crate::root().join(file)).is_ok_and(|text| text.contains("/stand/"))
}

/// All `*.test.ts`, or those whose path contains one of the filters.
fn test_files(filters: &[String]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["extension", "www", "tests"].map(PathBuf::from).into();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(crate::root().join(&folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                if !matches!(name.as_str(), "node_modules" | "dist" | ".out") {
                    folders.push(path);
                }
            } else if name.ends_with(".test.ts")
                && (filters.is_empty()
                    || filters
                        .iter()
                        .any(|part| path.to_string_lossy().contains(part.as_str())))
            {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        bail!("no test file has {} in its path", filters.join(" or "));
    }
    found.sort();
    Ok(found)
}

fn exit_code(status: std::process::ExitStatus) -> ExitCode {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}

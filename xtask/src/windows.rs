//! `npm run windows`: host, software key and installer for Windows, built by Debian's mingw and tested under Wine, each run
//! in a prefix of its own.

use crate::run::{command, output, release_cargo_with, step, tests, told};
use crate::{licences, setup};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use yinxin_proto::site::RELEASED_EXTENSION_ID;

/// What most machines are, and what older drivers are for.
pub const TARGETS: [&str; 2] = ["x86_64-pc-windows-gnu", "i686-pc-windows-gnu"];

/// The programs that the installer lays down: for which target each is built, as what, and its name there.
const PROGRAMS: [(&str, &str, &str); 3] = [
    (TARGETS[0], "yinxin.exe", "yinxin.exe"),
    (TARGETS[0], "yinxin-host.exe", "yinxin-host.exe"),
    (TARGETS[1], "yinxin-host.exe", "yinxin-host-x86.exe"),
];

/// The crates whose tests run on Windows too.
const TESTED: [&str; 4] = [
    "yinxin-windows",
    "yinxin-skf",
    "yinxin-softkey",
    "yinxin-host",
];

/// Lints of what is built for Windows, tests included: what `npm run check` sees of it, since it links and runs nothing.
pub fn lints() -> Command {
    let mut cargo = command("cargo");
    cargo
        .args(["clippy", "--quiet", "--all-targets", "--target", TARGETS[0]])
        .args(TESTED.map(|package| format!("--package={package}")))
        // Numbers of PKCS #11 and SKF have 32 bit there.
        .args([
            "--",
            "--deny=warnings",
            "--allow=clippy::useless_conversion",
        ]);
    cargo
}

/// Builds and tests everything, or runs the tests whose names contain one of the filters.
pub fn run(filters: &[String]) -> Result<ExitCode> {
    setup::for_windows(&TARGETS)?;
    let wine = Wine::new()?;
    let mut cargo = command("cargo");
    cargo
        .args(["test", "--quiet", "--no-fail-fast", "--target", TARGETS[0]])
        .args(TESTED.map(|package| format!("--package={package}")));
    wine.runs(&mut cargo);
    cargo.arg("--").args(filters);
    let mut ran = vec![tests("under Wine", &mut cargo)?];
    if filters.is_empty() || filters.iter().any(|filter| FOR_32_BIT.contains(&**filter)) {
        // The test builds it as well, and waits for ten minutes at most.
        step(
            "building for 32 bit",
            command("cargo")
                .args([
                    "build",
                    "--quiet",
                    "--target",
                    TARGETS[1],
                    "--target-dir",
                    ".",
                ])
                .args(["--package=yinxin-host", "--package=yinxin-softkey"])
                .arg("--manifest-path")
                .arg(crate::root().join("Cargo.toml"))
                .current_dir(crate::root().join("target").join(TARGETS[0])),
        )?;
        let mut cargo = command("cargo");
        cargo
            .args(["test", "--quiet", "--target", TARGETS[0]])
            // All of them, as above: alone the host would be built with other features of what they share.
            .args(TESTED.map(|package| format!("--package={package}")))
            .arg("--test=host")
            .args(["--", "--ignored", FOR_32_BIT]);
        wine.runs(&mut cargo);
        ran.push(tests("drivers for 32 bit under Wine", &mut cargo)?);
    }
    if filters.is_empty() || filters.iter().any(|filter| filter == INSTALLER) {
        build()?;
        let folder = crate::root().join("target/windows");
        let new = installer(env!("CARGO_PKG_VERSION"), &folder)?;
        // From which to upgrade.
        let older = installer("0.0.1", &folder)?;
        let built = root_of(TARGETS[0]);
        let mut node = command("node");
        node.args(["--import", "tsx", "--test", "--test-reporter=spec"])
            .arg("tests/windows/installer.ts")
            .env("YINXIN_WINE", &wine.program)
            .env("YINXIN_INSTALLER", new)
            .env("YINXIN_INSTALLER_OLDER", older)
            .env("YINXIN_SOFTKEY", built.join("yinxin_softkey.dll"))
            .env("YINXIN_DEMO_KEY", built.join("yinxin-demo-key.exe"));
        wine.surround(&mut node);
        ran.push(tests("the installer under Wine", &mut node)?);
    }
    Ok(told(ran))
}

/// Where the released programs of a target lie.
fn root_of(target: &str) -> PathBuf {
    crate::root().join("target").join(target).join("release")
}

/// Builds the programs that are handed out, and the software key.
pub fn build() -> Result<()> {
    for (target, packages) in [
        (
            TARGETS[0],
            &["--package=yinxin-host", "--package=yinxin-softkey"][..],
        ),
        (TARGETS[1], &["--package=yinxin-host"]),
    ] {
        // Without the time at which it was linked.
        let same_bytes = "-Clink-arg=-Wl,--no-insert-timestamp".to_owned();
        step(
            &format!("building for {target}"),
            release_cargo_with([same_bytes])
                .args(["build", "--release", "--quiet", "--target", target])
                .args(packages)
                .env("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
        )?;
    }
    Ok(())
}

/// Makes the installer of a version from what was built, in a folder.
pub fn installer(version: &str, folder: &Path) -> Result<PathBuf> {
    let programs = crate::root().join("target/windows/programs");
    fs::create_dir_all(&programs)?;
    let mut list = String::from("!macro EACH_PROGRAM DO\n");
    for (target, built, name) in PROGRAMS {
        fs::copy(root_of(target).join(built), programs.join(name))?;
        list.push_str(&format!("  !insertmacro ${{DO}} \"{name}\"\n"));
    }
    fs::write(programs.join("programs.nsh"), list + "!macroend\n")?;
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(
            crate::root().join(name),
            programs.join(name).with_extension("txt"),
        )?;
    }
    let others = licences::texts(&licences::of_programs()?)?;
    fs::write(programs.join("third-party.txt"), others)?;
    let out = folder.join(format!("yinxin-{version}-setup.exe"));
    let mut nsis = command("makensis");
    nsis.args(["-V2", "-INPUTCHARSET", "UTF8"])
        .arg(format!("-DVERSION={version}"))
        .arg(format!("-DPROGRAMS={}", programs.display()))
        .arg(format!("-DEXTENSION_ID={RELEASED_EXTENSION_ID}"))
        .arg(format!("-DOUT={}", out.display()))
        .arg("packaging/windows/yinxin.nsi");
    step(&format!("making the installer of {version}"), &mut nsis).map(|()| out)
}

/// Wine with a prefix of its own, which ends with this.
pub struct Wine {
    program: PathBuf,
    prefix: PathBuf,
}

impl Wine {
    /// Makes the prefix, which takes a few seconds.
    pub fn new() -> Result<Self> {
        let folder = setup::wine()?;
        let prefix = std::env::temp_dir().join(format!("yinxin-wine-{}", std::process::id()));
        fs::create_dir_all(&prefix)?;
        let wine = Self {
            program: folder.join("wine64"),
            prefix,
        };
        step(
            "making a Wine prefix",
            wine.command("wineboot").arg("--init"),
        )?;
        for change in PREFIX {
            output(wine.command("reg").args(*change).arg("/f"))?;
        }
        // They count from the next start on.
        wine.stop();
        let folder = wine.prefix.join("drive_c/windows");
        for (target, system) in [(TARGETS[0], "system32"), (TARGETS[1], "syswow64")] {
            let folder = folder.join(system);
            if !folder.is_dir() {
                continue;
            }
            let compiler = format!(
                "{}-w64-mingw32-gcc",
                target.split('-').next().unwrap_or_default()
            );
            let library = folder.join("bcryptprimitives.dll");
            if library.is_file() {
                continue;
            }
            output(
                command(compiler)
                    .args(["-shared", "-o"])
                    .arg(library)
                    // Its functions are asked for without the size of their arguments, which C adds for 32 bit.
                    .args([
                        "tests/windows/bcryptprimitives.c",
                        "-ladvapi32",
                        "-Wl,--kill-at",
                    ]),
            )?;
        }
        // Wine's own libraries for 32 bit want it, and it gives it to those for 64 bit alone.
        fs::copy(setup::ZLIB_32_BIT, folder.join("syswow64/zlib1.dll"))?;
        Ok(wine)
    }

    /// A program of Windows.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut wine = command(&self.program);
        wine.arg(program);
        self.surround(&mut wine);
        wine
    }

    /// Has cargo run the tests of the first target in it.
    fn runs(&self, cargo: &mut Command) {
        let variable = TARGETS[0].replace('-', "_").to_uppercase();
        cargo.env(format!("CARGO_TARGET_{variable}_RUNNER"), &self.program);
        self.surround(cargo);
    }

    /// Ends the prefix's server, and with it what a test left behind.
    fn stop(&self) {
        for ending in ["--kill", "--wait"] {
            let mut server = command(self.program.with_file_name("wineserver64"));
            self.surround(&mut server);
            let _ = server.arg(ending).status();
        }
    }

    fn surround(&self, command: &mut Command) {
        command
            .env("WINEPREFIX", &self.prefix)
            .env("WINEDEBUG", "-all")
            // Arguments are read by it.
            .env("LC_ALL", "C.UTF-8")
            // Neither menus nor windows of the machine that runs the tests; and no debugger, which would end a crash with success.
            .env(
                "WINEDLLOVERRIDES",
                "winemenubuilder.exe=d;mshtml=d;mscoree=d;winedbg.exe=d",
            )
            .env_remove("DISPLAY");
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.prefix);
    }
}

/// What is changed in a prefix.
const PREFIX: &[&[&str]] = &[
    // Each look at a file asks it for the disk, by way of two other processes: ten times slower.
    &[
        "add",
        r"HKLM\System\CurrentControlSet\Services\MountMgr",
        "/v",
        "Start",
        "/t",
        "REG_DWORD",
        "/d",
        "4",
    ],
    // What Wine 8 is by itself is older than the host runs on.
    &["add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10"],
];

/// The name by which the installer and its tests are asked for.
const INSTALLER: &str = "installer";
/// Tests of drivers for 32 bit, whose programs are built for two targets.
const FOR_32_BIT: &str = "for_32_bit";

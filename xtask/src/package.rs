//! `npm run package`: what is released, into `target/release-packages`: packages and a portable archive for Linux, the installer
//! for Windows, the extension for stores, bills of materials, checksums. Two runs from two folders should give the same bytes: paths
//! are remapped (`run::release_cargo`), and everything has the time of the last commit. Of whole packages that was not compared yet.

use crate::licences::{self, Part};
use crate::run::{command, output, release_cargo, step, tests, told};
use crate::{setup, tasks, windows};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A kind of machine that has packages.
struct Machine {
    /// rustc's name for it.
    target: &'static str,
    /// Debian's.
    debian: &'static str,
    /// The one in names of archives.
    name: &'static str,
}

const MACHINES: [Machine; 2] = [
    Machine {
        target: "x86_64-unknown-linux-gnu",
        debian: "amd64",
        name: "x86_64",
    },
    Machine {
        target: "aarch64-unknown-linux-gnu",
        debian: "arm64",
        name: "aarch64",
    },
];

/// The C library of the oldest systems that are served: UOS 20 and Kylin V10.
const GLIBC: (u32, u32) = (2, 28);

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where everything is put.
const PACKAGES: &str = "target/release-packages";

/// Makes everything, or the parts that are named: `linux`, `windows`, `extension`. With `try` it makes nothing, and tries the packages for Linux
/// that are there; with `compare OTHER` it compares them with those of another checkout.
pub fn run(parts: &[String]) -> Result<ExitCode> {
    if parts == ["try"] {
        return tried();
    }
    if let [task, other] = parts
        && task == "compare"
    {
        // A relative path counts from where npm was called.
        let from = std::env::var_os("INIT_CWD").map_or_else(crate::root, PathBuf::from);
        let folders = [crate::root(), from.join(other)].map(|root| root.join(PACKAGES));
        return compared(&folders[0], &folders[1]);
    }
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|named| named == part);
    setup::for_build()?;
    if wanted("extension") {
        tasks::build_all()?;
    } else {
        tasks::build_native()?;
    }
    let out = folder()?;
    let time = time()?;
    if wanted("linux") {
        setup::for_packages(MACHINES.map(|machine| machine.target).as_slice())?;
        for machine in &MACHINES {
            linux(machine, &out, &time)?;
        }
    }
    if wanted("windows") {
        setup::to_build_for_windows(&windows::TARGETS)?;
        windows::build()?;
        windows::installer(VERSION, &out)?;
    }
    if wanted("linux") || wanted("windows") {
        bill("host", &licences::of_programs()?, &out, &time)?;
    }
    if wanted("extension") {
        let parts = licences::of_extension()?;
        let third_party = crate::root().join("target/package/third-party.txt");
        text(&third_party, &licences::texts(&parts)?)?;
        step(
            "packing the extension",
            command("node")
                .args(["--import", "tsx", "packaging/extension.ts"])
                .args([&out, &third_party])
                .env("SOURCE_DATE_EPOCH", &time),
        )?;
        bill("extension", &parts, &out, &time)?;
    }
    sums(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// Installs, upgrades and removes the packages in a fresh Debian, the oldest that its archive still has.
fn tried() -> Result<ExitCode> {
    setup::for_trying_packages()?;
    let system = std::env::temp_dir().join(format!("yinxin-debian-{}", std::process::id()));
    let archive = output(command("apt-get").args([
        "indextargets",
        "--format=$(REPO_URI)",
        "Created-By: Packages",
    ]))?;
    let archive = archive.lines().next().context("apt has no archive")?;
    step(
        &format!("making a Debian {OLDEST}"),
        command("debootstrap")
            .args(["--variant=minbase", OLDEST])
            .arg(&system)
            .arg(archive)
            .stdout(std::process::Stdio::null()),
    )?;
    let mut node = command("node");
    node.args(["--import", "tsx", "--test", "--test-reporter=spec"])
        .arg("tests/packages/debian.ts")
        .env("YINXIN_PACKAGES", crate::root().join(PACKAGES))
        .env("YINXIN_SYSTEM", &system);
    let ran = tests("packages in a fresh Debian", &mut node);
    fs::remove_dir_all(&system)?;
    Ok(told([ran?]))
}

/// Says of each file of two folders whether it is the same in both, byte by byte.
fn compared(one: &Path, other: &Path) -> Result<ExitCode> {
    let names: BTreeSet<_> = names(one)?.union(&names(other)?).cloned().collect();
    if names.is_empty() {
        bail!("{} holds nothing", one.display());
    }
    let mut differ = 0;
    for name in &names {
        let [first, second] = [one, other].map(|folder| fs::read(folder.join(name)).ok());
        let told = match (first, second) {
            (Some(first), Some(second)) if first == second => {
                format!("{} bytes, the same", first.len())
            }
            (Some(first), Some(second)) => {
                let at = first.iter().zip(&second).position(|(a, b)| a != b);
                let at = at.unwrap_or(first.len().min(second.len()));
                format!(
                    "{} and {} bytes, DIFFERENT from byte {at} on",
                    first.len(),
                    second.len()
                )
            }
            (Some(_), None) => "MISSING there".to_owned(),
            (None, _) => "MISSING here".to_owned(),
        };
        differ += usize::from(!told.ends_with("the same"));
        println!("  {}: {told}", name.display());
    }
    println!("{} files, {differ} not the same", names.len());
    Ok(if differ == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn names(folder: &Path) -> Result<BTreeSet<OsString>> {
    fs::read_dir(folder)
        .with_context(|| format!("{} can't be read", folder.display()))?
        .map(|entry| Ok(entry?.file_name()))
        .collect()
}

/// With glibc 2.31. The one with 2.28 has left the archive.
const OLDEST: &str = "bullseye";

fn folder() -> Result<PathBuf> {
    let out = crate::root().join(PACKAGES);
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    fs::create_dir_all(&out)?;
    Ok(out)
}

/// The time that everything has, in seconds: `SOURCE_DATE_EPOCH`, else the last commit's.
fn time() -> Result<String> {
    if let Ok(time) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(time);
    }
    let told = output(command("git").args(["log", "-1", "--format=%ct"]))?;
    Ok(told.trim().to_owned())
}

/// Programs, a package for Debian and its like, and a portable archive.
fn linux(machine: &Machine, out: &Path, time: &str) -> Result<()> {
    let (major, minor) = GLIBC;
    let zig = setup::zig();
    let mut cargo = release_cargo();
    step(
        &format!("building for {} with glibc {major}.{minor}", machine.target),
        cargo
            .args(["zigbuild", "--release", "--quiet", "--package=yinxin-host"])
            .args(["--target", &format!("{}.{major}.{minor}", machine.target)])
            .env("PYTHONPATH", &zig)
            .env("PATH", with_programs(&zig.join("bin"))?),
    )?;
    let built = crate::root()
        .join("target")
        .join(machine.target)
        .join("release");
    let stage = crate::root().join("target/package").join(machine.debian);
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    let programs = ["yinxin", "yinxin-host"];
    for program in programs {
        older_than(&built.join(program))?;
    }
    // A package.
    let root = stage.join("deb");
    let library = root.join("usr/lib/yinxin");
    for program in programs {
        file(&built.join(program), &library.join(program), 0o755)?;
    }
    fs::create_dir_all(root.join("usr/bin"))?;
    symlink("../lib/yinxin/yinxin", root.join("usr/bin/yinxin"))?;
    let share = root.join("usr/share");
    helpful(&share)?;
    copyright(&share.join("doc/yinxin"))?;
    control(&root, machine)?;
    let package = out.join(format!("yinxin_{VERSION}_{}.deb", machine.debian));
    step(
        &format!("packing {}", package.display()),
        command("dpkg-deb")
            .args(["--root-owner-group", "-Zxz", "--build"])
            .args([&root, &package])
            .env("SOURCE_DATE_EPOCH", time),
    )?;
    // An archive for every other distribution.
    let name = format!("yinxin-{VERSION}-linux-{}", machine.name);
    let root = stage.join(&name);
    for program in programs {
        file(&built.join(program), &root.join(program), 0o755)?;
    }
    helpful(&root.join("share"))?;
    copyright(&root)?;
    let archive = out.join(format!("{name}.tar.xz"));
    step(
        &format!("packing {}", archive.display()),
        command("tar")
            .args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner"])
            .arg(format!("--mtime=@{time}"))
            .args(["--mode=go-w", "-C"])
            .arg(&stage)
            .arg("-cJf")
            .args([&archive, Path::new(&name)])
            .env("XZ_OPT", "-9 -T1"),
    )
}

/// Completions and manual pages, as the program that runs here prints them.
fn helpful(share: &Path) -> Result<()> {
    let said = |arguments: &[&str], language: &str| {
        let program = crate::root().join("target/release/yinxin");
        output(command(program).args(arguments).env("LC_ALL", language))
    };
    for (shell, path) in [
        ("bash", "bash-completion/completions/yinxin"),
        ("zsh", "zsh/vendor-completions/_yinxin"),
        ("fish", "fish/vendor_completions.d/yinxin.fish"),
    ] {
        text(&share.join(path), &said(&["completions", shell], "C")?)?;
    }
    for (language, folder) in [("C", "man/man1"), ("zh_CN.UTF-8", "man/zh_CN/man1")] {
        let page = share.join(folder).join("yinxin.1");
        text(&page, &said(&["manual"], language)?)?;
        output(command("gzip").args(["-9n"]).arg(&page))?;
    }
    Ok(())
}

/// The licences: ours, and those of all that is in the programs.
fn copyright(folder: &Path) -> Result<()> {
    let ours = fs::read_to_string(crate::root().join("LICENSE-MIT"))?;
    let head = "Yinxin is licensed under either of Apache-2.0 and MIT, at your choice.\n\n";
    text(&folder.join("copyright"), &format!("{head}{ours}"))?;
    text(
        &folder.join("third-party.txt"),
        &licences::texts(&licences::of_programs()?)?,
    )
}

fn control(root: &Path, machine: &Machine) -> Result<()> {
    let (major, minor) = GLIBC;
    let folder = root.join("DEBIAN");
    let kib = size_of(root)?.div_ceil(1024);
    text(
        &folder.join("control"),
        &format!(
            "Package: yinxin\nVersion: {VERSION}\nArchitecture: {}\nMaintainer: Yinxin\n\
             Installed-Size: {kib}\nDepends: libc6 (>= {major}.{minor})\nSuggests: pcscd, opensc\n\
             Section: web\nPriority: optional\n\
             Description: certificates and seals of USB keys, for the browser\n \
             The native-messaging host of the browser extension Yinxin (印信), and its command\n \
             line: log in, sign and seal with the SM2 and RSA certificates of a USB key.\n",
            machine.debian
        ),
    )?;
    for (name, mode) in [("postinst", 0o755), ("prerm", 0o755), ("triggers", 0o644)] {
        let source = crate::root().join("packaging/linux").join(name);
        file(&source, &folder.join(name), mode)?;
    }
    Ok(())
}

/// Bytes of all files in a folder.
fn size_of(folder: &Path) -> Result<u64> {
    let mut all = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let told = fs::symlink_metadata(&path)?;
        all += if told.is_dir() {
            size_of(&path)?
        } else {
            told.len()
        };
    }
    Ok(all)
}

/// That a program asks for no symbol of a newer C library than it is promised to.
fn older_than(program: &Path) -> Result<()> {
    let told = output(
        command("readelf")
            .args(["--wide", "--version-info"])
            .arg(program),
    )?;
    let newest = told
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("GLIBC_"))
        .filter_map(|version| {
            let mut numbers = version.split('.').map(str::parse::<u32>);
            Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
        })
        .max()
        .with_context(|| format!("{} names no version of glibc", program.display()))?;
    if newest > GLIBC {
        bail!("{} wants glibc {newest:?}", program.display());
    }
    println!(
        "  {}: glibc {}.{} at most",
        program.display(),
        newest.0,
        newest.1
    );
    Ok(())
}

/// A bill of materials, as CycloneDX 1.5.
fn bill(of: &str, parts: &[Part], out: &Path, time: &str) -> Result<()> {
    let bill = serde_json::json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": utc(time)?,
            "component": { "type": "application", "name": "yinxin", "version": VERSION },
        },
        "components": parts.iter().map(Part::component).collect::<Vec<_>>(),
    });
    text(
        &out.join(format!("yinxin-{VERSION}-{of}.cdx.json")),
        &(serde_json::to_string_pretty(&bill)? + "\n"),
    )
}

fn utc(time: &str) -> Result<String> {
    let told = output(command("date").args(["-u", "-d", &format!("@{time}"), "+%FT%TZ"]))?;
    Ok(told.trim().to_owned())
}

fn sums(out: &Path) -> Result<()> {
    let mut files: Vec<PathBuf> = fs::read_dir(out)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut list = String::new();
    for path in files {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let bytes = fs::read(&path)?;
        println!("  {name}: {} bytes", bytes.len());
        let digest: String = Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        list.push_str(&format!("{digest}  {name}\n"));
    }
    text(&out.join("SHA256SUMS"), &list)
}

/// A file that is put somewhere, whatever mask the user has.
fn file(from: &Path, to: &Path, mode: u32) -> Result<()> {
    make_folder(to)?;
    fs::copy(from, to).with_context(|| format!("{} can't be copied", from.display()))?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode))?;
    Ok(())
}

fn text(path: &Path, text: &str) -> Result<()> {
    make_folder(path)?;
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    Ok(())
}

fn make_folder(of: &Path) -> Result<()> {
    let folder = of.parent().context("a file has a folder")?;
    fs::create_dir_all(folder)?;
    for folder in folder
        .ancestors()
        .take_while(|it| it.starts_with(crate::root().join("target/package")))
    {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// The search path with a folder of programs in front.
fn with_programs(folder: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn two_folders_are_the_same_only_with_the_same_files_of_the_same_bytes() {
        let root = std::env::temp_dir().join(format!("yinxin-compared-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let [one, other] = ["one", "other"].map(|name| root.join(name));
        let same = || compared(&one, &other).unwrap() == ExitCode::SUCCESS;
        assert!(compared(&one, &other).is_err(), "no folder at all");
        for folder in [&one, &other] {
            fs::create_dir(folder).unwrap();
        }
        assert!(compared(&one, &other).is_err(), "nothing in either");
        for folder in [&one, &other] {
            fs::write(folder.join("a.deb"), "abc").unwrap();
        }
        assert!(same());
        for differing in ["abd", "abcd", "ab", ""] {
            fs::write(other.join("a.deb"), differing).unwrap();
            assert!(!same(), "{differing}");
        }
        fs::write(other.join("a.deb"), "abc").unwrap();
        fs::write(other.join("b.zip"), "").unwrap();
        assert!(!same(), "one more there");
        fs::remove_file(other.join("b.zip")).unwrap();
        fs::write(one.join("b.zip"), "").unwrap();
        assert!(!same(), "one more here");
        fs::remove_dir_all(root).unwrap();
    }
}

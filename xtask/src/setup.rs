//! What a machine needs before anything can be built: the Wasm target, npm packages, and for
//! tests the browser, software tokens and judges from Debian. Each is looked for first; a second
//! run does nothing.

use crate::run::{command, output, step, succeeds};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Debian packages, each with a file that shows it is there.
const PACKAGES: &[(&str, &str)] = &[
    ("chromium", "/usr/bin/chromium"),
    ("softhsm2", "/usr/bin/softhsm2-util"),
    ("opensc", "/usr/bin/pkcs11-tool"),
    ("openssl", "/usr/bin/openssl"),
    ("poppler-utils", "/usr/bin/pdftotext"),
    (
        "fonts-wqy-microhei",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    ),
];

/// For `build` and `check`: the Wasm target and npm packages.
pub fn for_build() -> Result<()> {
    wasm_target()?;
    npm_packages()
}

/// For everything that runs a browser or a token besides.
pub fn for_tests() -> Result<()> {
    for_build()?;
    debian_packages()
}

fn wasm_target() -> Result<()> {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
    let target = PathBuf::from(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib");
    if target.is_dir() {
        return Ok(());
    }
    step(
        "adding the Wasm target",
        command("rustup").args(["target", "add", "wasm32-unknown-unknown"]),
    )
}

fn npm_packages() -> Result<()> {
    let root = crate::root();
    let stamp = root.join("node_modules/.yinxin-stamp");
    let wanted = digest(&root.join("package-lock.json"))?;
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    step(
        "installing npm packages",
        command("npm").args(["ci", "--no-fund", "--no-audit", "--loglevel=error"]),
    )?;
    fs::write(&stamp, wanted).context("node_modules can't be written")
}

fn debian_packages() -> Result<()> {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(_, file)| !Path::new(file).exists())
        .map(|(package, _)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let root_user = output(command("id").arg("-u"))?.trim() == "0";
    if !root_user || !succeeds(command("apt-get").arg("--version")) {
        bail!("these packages are missing: {list}; install them with: sudo apt-get install {list}");
    }
    const LOCK: &str = "DPkg::Lock::Timeout=300";
    step(
        "reading Debian's package lists",
        command("apt-get").args(["-qq", "-o", LOCK, "update"]),
    )?;
    step(
        &format!("installing {list}"),
        command("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args([
                "-qq",
                "-y",
                "-o",
                LOCK,
                "install",
                "--no-install-recommends",
            ])
            .args(&missing),
    )
}

fn digest(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("{} can't be read", path.display()))?;
    Ok(Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

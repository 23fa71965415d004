//! The files that the command line reads and writes: nothing is lost, nothing half written, and large
//! documents don't fill the memory.

use crate::support::*;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

const DOCUMENT: &str = "一份合同\n";

fn sign<'a>(format: &'a str, input: &'a str, output: &'a str) -> Vec<&'a str> {
    let mut arguments = vec!["sign", "--token", "demo-unit", "--id", "01", "--pin-stdin"];
    arguments.extend(["--format", format, "--in", input, "--out", output]);
    arguments
}

/// Runs a command in the home's folder, with the right PIN.
fn run(home: &Home, arguments: &[&str]) -> Output {
    home.run_in(home.path(), arguments, &format!("{PIN}\n"))
}

/// A home with a document.
fn with_document() -> Home {
    let home = home_with_keys("");
    fs::write(home.path().join("doc"), DOCUMENT).unwrap();
    home
}

/// Names in the home's folder that commands could have left behind.
fn left_behind(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.path()).unwrap().flatten();
    entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".part") || name == "-")
        .collect()
}

#[test]
fn a_document_is_never_replaced_by_its_signature_under_whatever_name() {
    let home = with_document();
    let at = |name: &str| home.path().join(name);
    symlink("doc", at("link")).unwrap();
    fs::hard_link(at("doc"), at("hard")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    symlink("../doc", at("folder/link")).unwrap();
    let inode = || fs::metadata(at("doc")).unwrap().ino();
    let before = inode();
    let whole = at("doc").to_str().unwrap().to_owned();
    for (input, output) in [
        ("doc", "doc"),
        ("doc", "./doc"),
        ("doc", "folder/../doc"),
        ("doc", whole.as_str()),
        ("doc", "link"),
        ("doc", "hard"),
        ("doc", "folder/link"),
        ("link", "doc"),
        ("hard", "doc"),
        ("folder/link", "link"),
    ] {
        for force in [&[][..], &["--force"]] {
            for format in ["raw", "cms", "cms-attached"] {
                let refused = run(&home, &[&sign(format, input, output)[..], force].concat());
                assert_eq!(refused.code(), "file-is-input", "{input} {output}");
            }
        }
    }
    // The shell opens it, too.
    let shell = format!(
        "printf '{PIN}\\n' | yinxin-host {} >> doc",
        sign("cms", "doc", "-").join(" ")
    );
    assert_eq!(home.shell(&shell).code(), "file-is-input");
    assert_eq!(
        (fs::read_to_string(at("doc")).unwrap().as_str(), inode()),
        (DOCUMENT, before)
    );
    assert_eq!(fs::metadata(at("doc")).unwrap().nlink(), 2);
    assert_eq!(home.host().token("demo-unit")["pin"]["left"], 10);
    assert_eq!(left_behind(&home), [""; 0]);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked_and_a_link_never_followed() {
    let home = with_document();
    let at = |name: &str| home.path().join(name);
    fs::write(at("victim"), "precious").unwrap();
    symlink("victim", at("planted")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    fs::write(at("old"), "old").unwrap();
    fs::create_dir(at("folder")).unwrap();
    for output in ["old", "planted", "dangling"] {
        let refused = run(&home, &sign("cms", "doc", output));
        assert_eq!(refused.code(), "file-exists", "{output}");
    }
    assert!(!at("nowhere").exists());
    assert_eq!(fs::read_to_string(at("old")).unwrap(), "old");
    for output in ["old", "planted", "dangling"] {
        let signed = run(
            &home,
            &[&sign("cms", "doc", output)[..], &["--force"]].concat(),
        );
        assert_eq!(signed.status, Some(0), "{signed:?}");
        let told = fs::symlink_metadata(at(output)).unwrap();
        assert!(told.is_file() && told.len() > 500, "{output}");
    }
    assert_eq!(fs::read_to_string(at("victim")).unwrap(), "precious");
    assert!(!at("nowhere").exists());
    // What is no file is not replaced at all, and a folder that is not there is not made.
    for output in ["folder", "no/folder/x", "doc/x"] {
        let refused = run(
            &home,
            &[&sign("cms", "doc", output)[..], &["--force"]].concat(),
        );
        assert_eq!(refused.code(), "file-failed", "{output}");
    }
    assert_eq!(left_behind(&home), [""; 0]);
}

#[test]
fn what_is_written_has_its_mode_whatever_the_mask() {
    let home = with_document();
    let mode = |name: &str| {
        let told = fs::metadata(home.path().join(name)).unwrap();
        told.permissions().mode() & 0o777
    };
    for (mask, signature, report) in [("000", 0o644, 0o600), ("077", 0o600, 0o600)] {
        let names = [format!("s{mask}"), format!("r{mask}")];
        let shell = format!(
            "umask {mask}; printf '{PIN}\\n' | yinxin-host {}; yinxin doctor --report {}",
            sign("cms", "doc", &names[0]).join(" "),
            names[1]
        );
        assert_eq!(home.shell(&shell).status, Some(0));
        assert_eq!(names.map(|name| mode(&name)), [signature, report], "{mask}");
    }
}

#[test]
fn a_report_is_written_as_carefully_as_a_signature() {
    let home = home_with_keys("");
    let report = home.path().join("report");
    let run = |more: &[&str]| {
        let arguments = ["doctor", "--report", report.to_str().unwrap()];
        home.run(&[&arguments[..], more].concat())
    };
    fs::write(&report, "mine").unwrap();
    assert_eq!(run(&[]).code(), "file-exists");
    assert_eq!(fs::read_to_string(&report).unwrap(), "mine");
    let replaced = run(&["--force"]);
    assert_eq!(replaced.status, Some(0));
    assert_eq!(fs::read_to_string(&report).unwrap(), replaced.stdout);
    let standard = home.run(&["doctor", "--report", "-"]).stdout;
    assert_eq!(standard.lines().count(), replaced.stdout.lines().count());
    let config = home.config();
    let before = fs::read(&config).unwrap();
    let refused = home.run(&["doctor", "--report", config.to_str().unwrap(), "--force"]);
    assert_eq!(refused.code(), "file-is-input");
    assert_eq!(fs::read(&config).unwrap(), before);
}

#[test]
fn a_device_that_is_full_leaves_nothing_behind() {
    let home = with_document();
    // No file may have more than a MiB, which the keys' own files never have.
    fs::write(home.path().join("doc"), vec![b'x'; 3 << 20]).unwrap();
    let shell = format!(
        "trap '' XFSZ; ulimit -f 2048; printf '{PIN}\\n' | yinxin-host {}",
        sign("cms-attached", "doc", "out").join(" ")
    );
    let failed = home.shell(&shell);
    assert_eq!(failed.code(), "file-failed");
    assert!(!home.path().join("out").exists());
    fs::write(home.path().join("old"), "old").unwrap();
    let failed = home.shell(&shell.replace("--out out", "--out old --force"));
    assert_eq!(failed.code(), "file-failed");
    assert_eq!(fs::read_to_string(home.path().join("old")).unwrap(), "old");
    assert_eq!(left_behind(&home), [""; 0]);
    // A device is written to, not replaced.
    let failed = run(&home, &sign("cms", "doc", "/dev/full"));
    assert_eq!(failed.code(), "file-failed");
    assert_eq!(run(&home, &sign("cms", "doc", "/dev/null")).status, Some(0));
}

#[test]
fn a_dash_is_standard_input_and_output() {
    let home = with_document();
    let signed = home.shell(&format!(
        "printf '{PIN}\\n' | yinxin-host {} > out && test -s out",
        sign("cms", "doc", "-").join(" ")
    ));
    assert_eq!((signed.status, signed.stdout.as_str()), (Some(0), ""));
    let cms = fs::read(home.path().join("out")).unwrap();
    assert_eq!(cms[0], 0x30);
    assert_eq!(left_behind(&home), [""; 0]);
    // The reader went away before it had the signature: that is a failure.
    let mut child = home.command();
    child.args(sign("cms", "doc", "-")).current_dir(home.path());
    child
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    drop(child.stdout.take());
    let mut pin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut pin, format!("{PIN}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("file-failed: ")
    );
}

#[test]
fn what_a_process_has_open_is_written_to_and_never_replaced() {
    let home = with_document();
    let at = |name: &str| home.path().join(name);
    symlink("/proc/self/fd/1", at("mine")).unwrap();
    symlink("mine", at("far")).unwrap();
    symlink("/dev/null", at("null")).unwrap();
    let signed = |line: &str, output: &str| {
        let told = home.shell(&line.replace(
            "SIGN",
            &format!(
                "printf '{PIN}\\n' | yinxin-host {}",
                sign("cms", "doc", output).join(" ")
            ),
        ));
        assert_eq!(
            (told.status, told.stderr.as_str()),
            (Some(0), ""),
            "{line} {output}"
        );
    };
    let is_signature = |name: &str, before: &str| {
        let bytes = fs::read(at(name)).unwrap();
        bytes.starts_with(&[before.as_bytes(), &[0x30]].concat()) && bytes.len() > 500
    };
    let standard = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "mine", "far"];
    for output in standard {
        signed("SIGN | cat > piped", output);
        assert!(is_signature("piped", ""), "{output}");
        for force in ["", " --force"] {
            signed(&format!("SIGN{force} > whole"), output);
            assert!(is_signature("whole", ""), "{output}{force}");
            // What somebody else wrote there stays, after it and before it.
            signed(&format!("{{ echo before; SIGN{force}; }} > shared"), output);
            assert!(is_signature("shared", "before\n"), "{output}{force}");
            signed(&format!("echo before > log; SIGN{force} >> log"), output);
            assert!(is_signature("log", "before\n"), "{output}{force}");
        }
    }
    for force in ["", " --force"] {
        signed(
            &format!("echo before > three; SIGN{force} 3<> three"),
            "/dev/fd/3",
        );
        assert!(is_signature("three", "before\n"));
        signed(&format!("SIGN{force} 3> three"), "/proc/self/fd/3");
        assert!(is_signature("three", ""));
        signed(&format!("SIGN{force}"), "null");
    }
    signed("bash -c \"SIGN; wait \\$!\"", ">(cat > substituted)");
    assert!(is_signature("substituted", ""));
    signed("mkfifo pipe; cat pipe > read & SIGN; wait", "pipe");
    assert!(is_signature("read", ""));
    // None of the links became a file.
    for link in ["mine", "far", "null"] {
        assert!(at(link).is_symlink(), "{link}");
    }

    // The document is not written to this way either.
    let into = |output: &str, redirected: &str| {
        let command = sign("cms", "doc", output).join(" ");
        let told = home.shell(&format!(
            "printf '{PIN}\\n' | yinxin-host {command} --force {redirected}"
        ));
        told.code().to_owned()
    };
    for output in standard {
        assert_eq!(into(output, ">> doc"), "file-is-input", "{output}");
    }
    assert_eq!(into("/dev/fd/3", "3>> doc"), "file-is-input");
    assert_eq!(fs::read_to_string(at("doc")).unwrap(), DOCUMENT);
    assert_eq!(into("/dev/fd/99", ""), "file-failed");
    assert_eq!(home.host().token("demo-unit")["pin"]["left"], 10);

    // A report is told once, as with `-`.
    let report = home.shell("yinxin doctor --report /dev/stdout > report && cat report");
    let standard = home.run(&["doctor", "--report", "-"]).stdout;
    assert_eq!(report.stdout.lines().count(), standard.lines().count());
    assert_eq!(left_behind(&home), [""; 0]);
}

#[test]
fn what_cannot_be_written_costs_no_try() {
    let home = with_document();
    fs::create_dir(home.path().join("folder")).unwrap();
    symlink("/proc", home.path().join("elsewhere")).unwrap();
    for output in [
        "/proc/foo",
        "elsewhere/foo",
        "new/",
        "nowhere/.",
        "/dev/fd/99",
        "folder",
    ] {
        for force in ["", " --force"] {
            let command = sign("cms", "doc", output).join(" ");
            let failed = home.shell(&format!("echo 999999 | yinxin-host {command}{force}"));
            assert_eq!(failed.code(), "file-failed", "{output}{force}");
        }
    }
    let nameless = sign("cms", "doc", "''").join(" ");
    let failed = home.shell(&format!("echo 999999 | yinxin {nameless}"));
    assert_eq!(failed.status, Some(2));
    assert_eq!(home.host().token("demo-unit")["pin"]["left"], 10);
    assert_eq!(left_behind(&home), [""; 0]);
}

#[test]
fn settings_are_read_from_regular_files_only() {
    let home = home_with_keys("");
    let fifo = |path: &Path| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    fifo(&home.path().join("pipe"));
    // Without its end a command would wait for a writer.
    let run = |line: &str| home.shell(&format!("timeout 60 {line}"));
    let named =
        |file: &str, line: &str| run(&format!("env YINXIN_HOST_CONFIG={file} yinxin-host {line}"));
    for file in ["pipe", "/dev/zero", "."] {
        for line in ["tokens", "install --browser chrome", "doctor --repair"] {
            assert_eq!(named(file, line).code(), "file-failed", "{file} {line}");
        }
        assert_eq!(
            named(file, "doctor --report r --force").status,
            Some(3),
            "{file}"
        );
        assert_eq!(
            run(&format!("yinxin install --config {file}")).code(),
            "file-failed"
        );
    }
    // A library, a manifest, and what a repair kept.
    assert_eq!(run("yinxin doctor --module ./pipe").status, Some(3));
    let manifest = home.browser("google-chrome");
    fifo(&manifest);
    let mut kept = manifest.clone().into_os_string();
    kept.push(".before-repair");
    fifo(Path::new(&kept));
    assert_eq!(run("yinxin doctor").status, Some(3));
    let repaired = run("yinxin doctor --repair");
    assert_ne!(repaired.status, Some(124), "{repaired:?}");
    let undone = run("yinxin doctor --undo");
    assert_ne!(undone.status, Some(124), "{undone:?}");
    let installed = run("yinxin install --browser chrome");
    assert_eq!(installed.status, Some(0), "{installed:?}");
    assert!(fs::symlink_metadata(&manifest).unwrap().is_file());
}

#[test]
fn a_document_comes_from_standard_input_while_the_pin_is_typed() {
    let home = with_document();
    let mut arguments = sign("cms", "-", "out");
    arguments.retain(|argument| *argument != "--pin-stdin");
    let command = format!("yinxin-host {} < doc", arguments.join(" "));
    let signed = home.terminal(&command, Some(("PIN of demo-unit (10 tries left): ", PIN)));
    assert_eq!(signed.status, Some(0), "{signed:?}");
    assert!(fs::metadata(home.path().join("out")).unwrap().len() > 500);
    assert!(!signed.stdout.contains(PIN), "{signed:?}");
}

#[test]
fn a_closed_pipe_is_no_failure_of_a_list_and_a_full_device_is_one_of_everything() {
    let home = home_with_keys("");
    for arguments in [
        &["--help"][..],
        &["tokens"],
        &["certificates", "--json"],
        &["doctor"],
    ] {
        let mut child = home.command();
        child
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
    for arguments in [
        "--help",
        "--version",
        "tokens",
        "tokens --json",
        "certificates",
        "certificates --json",
        "doctor",
        "doctor --json",
        "doctor --repair",
        "doctor --report -",
        "install",
    ] {
        let failed = home.shell(&format!("yinxin-host {arguments} > /dev/full"));
        assert_eq!(failed.code(), "file-failed", "{arguments}");
    }
}

/// An ordinary file of a size, which takes no room.
fn sparse(path: &Path, size: u64) {
    File::create(path).unwrap().set_len(size).unwrap();
}

#[test]
fn detached_signatures_take_512_mib_in_bounded_memory() {
    let home = home_with_keys("");
    let at = |name: &str| home.path().join(name);
    let largest = 512 * 1024 * 1024;
    sparse(&at("largest"), largest);
    sparse(&at("larger"), largest + 1);
    // Less address space than the document has bytes.
    let limited = |format: &str, name: &str| {
        home.shell(&format!(
            "ulimit -v 400000; printf '{PIN}\\n' | yinxin-host {}",
            sign(format, name, &format!("{name}.{format}")).join(" ")
        ))
    };
    let signed = limited("cms", "largest");
    assert_eq!(signed.status, Some(0), "{signed:?}");
    for format in ["raw", "cms"] {
        let refused = run(&home, &sign(format, "larger", "out"));
        assert_eq!(refused.code(), "document-too-large");
        assert!(refused.stderr.contains("536.9 MB"), "{refused:?}");
    }
    sparse(&at("attached"), 64 * 1024 * 1024 + 1);
    let refused = run(&home, &sign("cms-attached", "attached", "out"));
    assert_eq!(refused.code(), "document-too-large");
    assert!(refused.stderr.contains("67.1 MB"), "{refused:?}");
    assert!(!at("out").exists());

    // Beyond what was once the limit, OpenSSL finds the same bytes signed.
    if !openssl_is_there() {
        return;
    }
    fs::write(at("content"), vec![b'x'; 65 * 1024 * 1024]).unwrap();
    let signed = limited("raw", "content");
    assert_eq!(signed.status, Some(0), "{signed:?}");
    let listed = home.run(&["certificates", "--json"]).json();
    let mut listed = listed.as_array().unwrap().iter();
    let unit = listed.find(|listed| listed["token"] == "demo-unit" && listed["id"] == "01");
    use base64ct::Encoding;
    let der = base64ct::Base64::decode_vec(unit.unwrap()["der"].as_str().unwrap()).unwrap();
    fs::write(at("cert.der"), der).unwrap();
    let judged = home.shell(
        "openssl x509 -inform DER -in cert.der -pubkey -noout > pub.pem && \
         openssl dgst -sm3 -verify pub.pem -signature content.raw -sigopt distid:1234567812345678 content",
    );
    assert_eq!(judged.status, Some(0), "{judged:?}");
}

fn openssl_is_there() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok();
    if !there {
        yinxin_testing::skipped("openssl (Debian package) is not there");
    }
    there
}

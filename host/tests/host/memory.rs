//! What a crash leaves behind, what a module can take, and who can read or write the host's files.
#![cfg(unix)]

use crate::support::*;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use yinxin_proto::site::DEVELOPMENT_EXTENSION_ID;

fn request(token: &Value) -> Value {
    let certificates = token["certificates"].as_array().unwrap();
    let (_, name) = certificate(token, certificates[0]["id"].as_str().unwrap());
    let item = json!({"type": "login", "purpose": "login", "challenge": "0123456789abcdef"});
    json!({"type": "sign", "origin": "https://portal.example", "token": token["token"],
           "certificate": name, "pin": PIN, "items": [item]})
}

/// All files below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_below(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// The files below a folder that hold the PIN.
fn with_the_pin(folder: &Path) -> Vec<PathBuf> {
    let mut found = files_below(folder);
    found.retain(|path| {
        let bytes = fs::read(path).unwrap();
        bytes
            .windows(PIN.len())
            .any(|window| window == PIN.as_bytes())
    });
    found
}

/// What /proc says of a limit: the soft and the hard one.
#[test]
fn a_module_that_crashes_in_the_login_leaves_no_dump_with_the_pin() {
    let home = home_with_keys("");
    let mut host = Home::greeted(home.after("ulimit -c unlimited"), DEVELOPMENT_EXTENSION_ID);
    let token = host.token("demo-unit");
    faults(&home, &json!([{"call": "C_Login", "do": "crash"}]));
    assert_eq!(host.fail(request(&token))["code"], "module-crashed");
    assert_eq!(with_the_pin(home.path()), Vec::<PathBuf>::new());
}

/// A command without root's right to trace everything; what it starts has no more rights than a user's programs.
#[cfg(target_os = "linux")]
fn like_a_user(command: &Command) -> Command {
    let mut wrapped = if rustix::process::geteuid().is_root() {
        let mut wrapped = Command::new("setpriv");
        wrapped.args(["--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]);
        wrapped.arg(command.get_program());
        wrapped
    } else {
        Command::new(command.get_program())
    };
    wrapped.args(command.get_args());
    for (name, value) in command.get_envs() {
        wrapped.env(name, value.unwrap());
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}

/// Whether a process can be traced by others of its user, and with that be dumped: by the system too, where
/// dumps go to a program, whatever the limit says.
#[cfg(target_os = "linux")]
fn can_be_traced(pid: u32) -> bool {
    let mut read = Command::new("readlink");
    let read = read.arg(format!("/proc/{pid}/exe"));
    like_a_user(read).output().unwrap().status.success()
}

#[cfg(target_os = "linux")]
#[test]
fn neither_process_can_be_dumped_with_the_pin_in_it() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::os::unix::process::ExitStatusExt;

    let home = home_with_keys("");
    let (der, _) = certificate(&home.host().token("demo-unit"), "01");
    let marker = home.path().join("begun");
    let login = format!(
        "fclose(fopen(\"{}\", \"w\")); for (;;) pause();",
        marker.display()
    );
    let key = KeyInC {
        certificate: &der,
        login: &login,
        ..KeyInC::default()
    };
    home.configure(&module("in C", &key.library(home.path(), "key"), &[]));
    let started = like_a_user(&home.after("ulimit -c unlimited"));
    let mut host = Home::greeted(started, DEVELOPMENT_EXTENSION_ID);
    let token = host.token("in C");
    let signing = host.send(request(&token));
    until("a login", || marker.exists());
    let workers = children(host.id());
    let [worker] = workers[..] else {
        panic!("{workers:?}")
    };
    let abort = |pid: u32| {
        kill_process(
            Pid::from_raw(pid.try_into().unwrap()).unwrap(),
            Signal::ABORT,
        )
        .unwrap();
    };
    // Any other process here.
    let mut other = Command::new("sh");
    other
        .args(["-c", "ulimit -c unlimited; exec sleep 60"])
        .current_dir(home.path());
    let mut other = like_a_user(&other).stdout(Stdio::null()).spawn().unwrap();
    until("another process", || can_be_traced(other.id()));
    for pid in [worker, host.id()] {
        assert_eq!(limit(pid, "Max core file size"), ["0", "0"]);
        assert!(!can_be_traced(pid));
    }
    abort(worker);
    assert_eq!(host.answer(signing)["error"]["code"], "module-crashed");
    abort(host.id());
    assert!(!host.wait().core_dumped());
    assert_eq!(with_the_pin(home.path()), Vec::<PathBuf>::new());
    abort(other.id());
    if !other.wait().unwrap().core_dumped() {
        eprintln!("not looked at: this machine makes no dumps");
    }
}

#[test]
fn nothing_that_the_host_creates_can_be_written_by_others() {
    let home = Home::new("log = \"info\"");
    home.browser("chromium");
    fs::set_permissions(home.config(), PermissionsExt::from_mode(0o600)).unwrap();
    let other = home.path().join("other");
    let installed = home
        .after("umask 0")
        .args(["install", "--browser", "chromium", "--extension-id"])
        .arg("abcdefghijklmnopabcdefghijklmnop")
        .output()
        .unwrap();
    assert!(installed.status.success(), "{installed:?}");
    let installed = home
        .after("umask 0")
        .env("YINXIN_HOST_CONFIG", other.join("new/host.toml"))
        .args(["install", "--extension-id", DEVELOPMENT_EXTENSION_ID])
        .arg("--user-data-dir")
        .arg(&other)
        .output()
        .unwrap();
    assert!(installed.status.success(), "{installed:?}");
    let mut host = Home::greeted(home.after("umask 0"), DEVELOPMENT_EXTENSION_ID);
    let repair = json!({"type": "register", "browser": "chromium"});
    fs::write(
        home.path()
            .join("config/chromium/NativeMessagingHosts/yinxin.host.json"),
        "{}",
    )
    .unwrap();
    let changes =
        host.ask(json!({"type": "repair", "repair": repair, "dryRun": false, "undo": false}));
    assert_eq!(changes["changes"].as_array().unwrap().len(), 1);
    host.ends();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut all = files_below(home.path());
    for name in [
        "host.toml",
        "yinxin.host.json",
        "yinxin.host.json.before-repair",
        "host.log",
    ] {
        assert!(
            all.iter().any(|path| path.ends_with(name)),
            "{name} in {all:?}"
        );
    }
    // With the folders that they lie in.
    for path in all.clone() {
        all.extend(
            path.ancestors()
                .skip(1)
                .take_while(|up| *up != home.path())
                .map(PathBuf::from),
        );
    }
    all.retain(|path| mode(path) & 0o022 != 0);
    assert_eq!(all, Vec::<PathBuf>::new());
    // What was for the user's eyes only stays so.
    assert_eq!(mode(&home.config()), 0o600);
}

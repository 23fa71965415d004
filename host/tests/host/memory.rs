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
pub fn with_the_pin(folder: &Path) -> Vec<PathBuf> {
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
#[cfg(target_os = "linux")]
fn limit(pid: u32, name: &str) -> [String; 2] {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    let mut words = line.split_whitespace().map(str::to_owned);
    [words.next().unwrap(), words.next().unwrap()]
}

/// Bytes that a process had in memory at most.
#[cfg(target_os = "linux")]
fn high_water(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
    kib * 1024
}

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

#[cfg(target_os = "linux")]
#[test]
fn a_module_that_finds_no_end_of_objects_costs_neither_memory_nor_the_other_modules() {
    let home = home_with_keys("");
    let (der, _) = certificate(&home.host().token("demo-unit"), "01");
    let key = KeyInC {
        certificate: &der,
        find: "for (ulong i = 0; i < limit; i++) handles[i] = wanted; *count = limit; return 0;",
        ..KeyInC::default()
    };
    let endless = module("endless", &key.library(home.path(), "key"), &[]);
    let keys = home.path().join("keys");
    let softkey = module(
        "softkey",
        &softkey().library,
        &[("YINXIN_SOFTKEY_DIR", &keys)],
    );
    home.configure(&format!("{endless}{softkey}"));
    let mut host = home.host();
    let token = host.token("in C");
    assert_eq!(token["certificates"].as_array().unwrap().len(), 32);
    let error = host.fail(request(&token));
    assert_eq!(error["code"], "module-failed");
    assert_eq!(error["params"]["call"], "C_FindObjects");
    let other = host.token("demo-unit");
    assert_eq!(host.ask(request(&other))["type"], "signed");
    let workers = children(host.id());
    assert_eq!(workers.len(), 2);
    for worker in workers {
        assert!(
            high_water(worker) < 64 * 1024 * 1024,
            "{}",
            high_water(worker)
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_module_that_takes_all_memory_gets_what_is_configured() {
    let home = home_with_keys("");
    let mut host = home.host();
    host.tokens();
    let mib = 1024 * 1024;
    let default = (2048 * mib).to_string();
    assert_eq!(
        limit(children(host.id())[0], "Max address space"),
        [default.clone(), default]
    );
    // Twice what it may have, and it keeps it; then it waits to be looked at.
    let full = home.path().join("full");
    let token_info = format!(
        "for (int i = 0; i < 512; i++) {{ char *more = malloc(1 << 20); if (!more) break; \
         memset(more, 1, 1 << 20); }} fclose(fopen(\"{}\", \"w\")); sleep(1000);",
        full.display()
    );
    let key = KeyInC {
        token_info: &token_info,
        ..KeyInC::default()
    };
    let hungry = module("hungry", &key.library(home.path(), "key"), &[]);
    let keys = home.path().join("keys");
    let softkey = module(
        "softkey",
        &softkey().library,
        &[("YINXIN_SOFTKEY_DIR", &keys)],
    );
    home.configure(&format!("memory_mib = 256\n{hungry}{softkey}"));
    let mut host = home.host();
    let listing = host.send(json!({"type": "tokens"}));
    until("a full module", || full.exists());
    for worker in children(host.id()) {
        assert!(high_water(worker) < 256 * mib, "{}", high_water(worker));
    }
    let reply = host.answer(listing)["reply"].clone();
    assert_eq!(reply["tokens"].as_array().unwrap().len(), 8);
    assert_eq!(reply["modules"][0]["problem"]["code"], "module-slow");
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

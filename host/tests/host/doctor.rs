//! The doctor: what it finds, what it leaves alone, and what it mends and takes back.

use crate::support::*;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use yinxin_proto::site::RELEASED_EXTENSION_ID;

/// Like [`Home::doctor`], with a world in which a fake service for readers may live.
fn doctor_with_readers(home: &Home, socket: &Path) -> Value {
    let mut command = home.command();
    command.args(["doctor", "--json"]);
    command.env("PCSCLITE_CSOCK_NAME", socket);
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A program from lines of shell.
fn script(home: &Home, name: &str, lines: &str) -> PathBuf {
    let path = home.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A program that greets, and then does not end by itself.
fn greets(home: &Home, greeting: &Value) -> PathBuf {
    let body = greeting.to_string();
    let mut frame = u32::try_from(body.len()).unwrap().to_ne_bytes().to_vec();
    frame.extend(body.bytes());
    fs::write(home.path().join("frame"), frame).unwrap();
    let folder = home.path().display();
    script(
        home,
        "greets",
        &format!("echo $$ > '{folder}/pid'\ncat '{folder}/frame'\nexec sleep 1000"),
    )
}

/// Chrome with the host registered: its manifest.
fn registered(home: &Home) -> PathBuf {
    let manifest = home.browser("google-chrome");
    let installed = home.run(&["install", "--browser", "chrome"]);
    assert_eq!(installed.status, Some(0), "{installed:?}");
    manifest
}

fn chrome(home: &Home) -> Value {
    check(&home.doctor(), "registration", "chrome").clone()
}

fn repair(browser: &str, dry_run: bool, undo: bool) -> Value {
    json!({
        "type": "repair",
        "repair": {"type": "register", "browser": browser},
        "dryRun": dry_run,
        "undo": undo,
    })
}

#[test]
fn a_healthy_machine_has_no_problem() {
    let home = home_with_keys("");
    registered(&home);
    let report = home.doctor();
    assert_eq!(report["healthy"], true);
    for check in report["checks"].as_array().unwrap() {
        // Demo keys are made to be expired and without seals of the kind that is asked for.
        if check["kind"] != "certificates" && check["kind"] != "seals" {
            assert_eq!(check["problem"], Value::Null, "{check}");
        }
    }
    let module = check(&report, "module", "softkey");
    assert_eq!(evidence(module, "keys"), "8");
    assert!(
        evidence(module, "library")
            .as_str()
            .unwrap()
            .contains("Yinxin"),
        "{module}"
    );
    assert!(
        evidence(module, "architecture").is_string() && evidence(module, "loads in").is_string()
    );
    let key = check(&report, "key", "demo-unit");
    assert_eq!(
        (evidence(key, "PIN"), evidence(key, "tries left")),
        (&"ok".into(), &"10".into())
    );
    let unit = check(&report, "certificates", "demo-unit");
    assert_eq!(
        (evidence(unit, "count"), evidence(unit, "can sign")),
        (&"2".into(), &"1".into())
    );
    assert_eq!(unit["state"], "ok");
    let expired = check(&report, "certificates", "demo-expired");
    assert_eq!(expired["problem"]["code"], "certificate-expired");
    let text = home.run(&["doctor"]).stdout;
    assert!(
        text.contains("✓ module softkey") && text.contains("✓ registration with chrome"),
        "{text}"
    );
    // The order of the kinds, and the same by the browser's command.
    let kinds = |report: &Value| -> Vec<(Value, Value, Value)> {
        let checks = report["checks"].as_array().unwrap();
        let told = |check: &Value| {
            (
                check["kind"].clone(),
                check["subject"].clone(),
                check["problem"].clone(),
            )
        };
        checks.iter().map(told).collect()
    };
    let reply = home.host().ask(json!({"type": "doctor"}));
    assert_eq!(reply["type"], "doctor");
    assert_eq!(kinds(&reply["report"]), kinds(&report));
    let first: Vec<_> = kinds(&report).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(
        (&first[0], &first[1]),
        (&"configuration".into(), &"registration".into())
    );
    assert_eq!(first.last(), Some(&"seals".into()));
}

#[test]
fn what_goes_to_support_names_nobody() {
    let home = home_with_keys("");
    registered(&home);
    let file = home.path().join("report.txt");
    let printed = home.run(&["doctor", "--report", file.to_str().unwrap()]);
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written, printed.stdout);
    let json = home.run(&["doctor", "--json"]).stdout;
    let certificates = home.run(&["certificates", "--json"]).json();
    let names: Vec<&str> = certificates
        .as_array()
        .unwrap()
        .iter()
        .map(|listed| listed["facts"]["holder"].as_str().unwrap())
        .collect();
    assert!(names.len() > 8);
    for text in [&written, &json] {
        assert!(text.contains("demo-unit") && text.contains("~/"), "{text}");
        assert!(!text.contains(home.path().to_str().unwrap()), "{text}");
        for name in &names {
            assert!(!text.contains(name), "{name} in {text}");
        }
    }
}

#[test]
fn the_doctor_says_why_a_registered_host_cannot_start() {
    let home = Home::new("");
    let path = registered(&home);
    assert_eq!(chrome(&home)["state"], "ok");
    let good: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let broken = |text: &[u8], word: &str| {
        fs::write(&path, text).unwrap();
        let found = chrome(&home);
        assert_eq!(found["state"], "failed");
        assert_eq!(found["problem"]["code"], "registration-broken", "{word}");
        let reason = found["problem"]["params"]["reason"].as_str().unwrap();
        assert!(reason.contains(word), "{reason}");
        let offered = json!({"type": "register", "browser": "chrome"});
        assert_eq!(found["repair"], offered, "{word}");
    };
    let check = |change: &dyn Fn(&mut Value), word: &str| {
        let mut manifest = good.clone();
        change(&mut manifest);
        broken(manifest.to_string().as_bytes(), word);
    };
    check(&|m| m["path"] = "yinxin-host".into(), "absolute");
    check(&|m| m["path"] = "/bin/true".into(), "without a greeting");
    check(&|m| m["type"] = "tcp".into(), "tcp");
    check(&|m| m["name"] = "other".into(), "other");
    check(&|m| m["allowed_origins"] = json!([]), RELEASED_EXTENSION_ID);
    let released = format!("chrome-extension://{RELEASED_EXTENSION_ID}/");
    check(
        &|m| m["allowed_origins"] = json!([released]),
        "dflkakdepmanhldiepilhgadjlnahblm",
    );
    broken(b"{", "manifest");
    broken(b"", "manifest");
    broken(b"\xff\xfe{\0}\0", "UTF-8");
    broken_and_left(&home, &path);
    // Programs that greet otherwise, or as something else. None is left running.
    let greeting = |name: &str, protocol: u32| json!({"type": "greeting", "name": name, "version": "9.9.9", "protocol": protocol});
    for (greeting, word) in [
        (greeting("yinxin.host", 4_000_000), "protocol 4000000"),
        (
            greeting("other.host", yinxin_proto::PROTOCOL_VERSION),
            "does not greet",
        ),
        (json!({"hello": 1}), "does not greet"),
    ] {
        let program = greets(&home, &greeting);
        check(&|m| m["path"] = program.to_str().unwrap().into(), word);
        let pid = fs::read_to_string(home.path().join("pid")).unwrap();
        #[cfg(target_os = "linux")]
        assert!(!is_alive(pid.trim().parse().unwrap()));
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(chrome(&home)["problem"]["code"], "registration-missing");
    // Installing again mends it.
    registered(&home);
    assert_eq!(chrome(&home)["state"], "ok");
}

/// What is no file to read and to write over: a pipe that nobody writes into, a folder, a file without end.
fn broken_and_left(home: &Home, path: &Path) {
    let look = |word: &str| {
        let found = chrome(home);
        let reason = found["problem"]["params"]["reason"].as_str().unwrap();
        assert!(reason.contains(word), "{reason}");
        assert_eq!(found["repair"], Value::Null, "{word}");
    };
    fs::remove_file(path).unwrap();
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
    look("no file");
    fs::remove_file(path).unwrap();
    fs::create_dir(path).unwrap();
    look("no file");
    fs::remove_dir(path).unwrap();
    fs::write(path, vec![b' '; 2 * 1024 * 1024]).unwrap();
    look("too large");
}

/// A copy of the host in a folder, registered with Chrome.
fn registered_in(home: &Home, folder: &Path) -> PathBuf {
    let path = home.browser("google-chrome");
    let program = folder.join("yinxin-host");
    fs::copy(env!("CARGO_BIN_EXE_yinxin-host"), &program).unwrap();
    registered(home);
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["path"] = program.to_str().unwrap().into();
    fs::write(&path, manifest.to_string()).unwrap();
    program
}

/// As a virus scanner leaves it.
#[test]
fn a_program_that_is_gone_is_told_and_another_one_mends_it() {
    let home = home_with_keys("");
    let program = registered_in(&home, home.path());
    assert_eq!(chrome(&home)["state"], "ok");
    fs::remove_file(&program).unwrap();
    let found = chrome(&home);
    assert_eq!(found["state"], "failed");
    let params = json!({"browser": "chrome", "path": "~/yinxin-host"});
    let problem = json!({"code": "host-program-missing", "params": params});
    assert_eq!(found["problem"], problem);
    assert_eq!(found["repair"]["browser"], "chrome");
    let text = home
        .shell("export LC_ALL=zh_CN.UTF-8; yinxin doctor")
        .stdout;
    assert!(text.contains("隔离"), "{text}");
    assert_eq!(home.run(&["doctor", "--repair"]).status, Some(0));
    assert_eq!(chrome(&home)["state"], "ok");
}

/// Where the scanner took the one that would be registered instead, too.
#[test]
fn a_program_that_is_gone_is_not_registered_again() {
    let home = Home::new("");
    let folder = home.path().join("opt");
    fs::create_dir(&folder).unwrap();
    let command_line = folder.join("yinxin");
    fs::copy(env!("CARGO_BIN_EXE_yinxin"), &command_line).unwrap();
    registered_in(&home, &folder);
    fs::remove_file(folder.join("yinxin-host")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = home.command_of(&command_line);
        Home::finish(command.args(arguments), "")
    };
    let report = run(&["doctor", "--json"]).json();
    let found = check(&report, "registration", "chrome");
    assert_eq!(found["problem"]["code"], "host-program-missing", "{found}");
    assert_eq!(found["repair"], Value::Null);
    let refused = run(&["install"]);
    assert_eq!(refused.code(), "file-failed");
    assert!(refused.stderr.contains("yinxin-host"), "{refused:?}");
    assert_eq!(run(&["doctor", "--repair"]).code(), "file-failed");
}

#[test]
fn a_program_that_may_not_be_run_is_told_with_what_forbids_it() {
    let home = home_with_keys("");
    let program = registered_in(&home, home.path());
    fs::set_permissions(&program, fs::Permissions::from_mode(0o644)).unwrap();
    let found = chrome(&home);
    assert_eq!(found["problem"]["code"], "host-program-blocked", "{found}");
    let params = &found["problem"]["params"];
    assert_eq!(params["path"], "~/yinxin-host");
    assert_eq!(params["reason"], "the file is not executable");
}

/// A folder on a disk without execution, in a namespace of mounts of its own.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_without_execution_is_told() {
    let home = home_with_keys("");
    let folder = home.path().join("disk");
    fs::create_dir(&folder).unwrap();
    let program = registered_in(&home, &folder);
    let kept = home.path().join("kept");
    fs::rename(&program, &kept).unwrap();
    let inside = |line: &str| {
        let line = format!("mount -t tmpfs -o noexec none disk && {line}");
        home.shell(&format!(
            "unshare --user --map-root-user --mount sh -c '{line}'"
        ))
    };
    if inside("true").status != Some(0) {
        yinxin_testing::skipped("no namespaces of mounts (unshare)");
        return;
    }
    let report = inside("cp kept disk/yinxin-host && yinxin-host doctor --json").json();
    let found = check(&report, "registration", "chrome");
    assert_eq!(found["problem"]["code"], "host-program-blocked", "{found}");
    let reason = &found["problem"]["params"]["reason"];
    assert_eq!(*reason, "its disk is mounted with noexec");
    let said = inside("cp kept disk/yinxin-host && LC_ALL=zh_CN.UTF-8 yinxin-host doctor");
    assert!(said.stdout.contains("noexec"), "{said:?}");
}

#[test]
fn a_report_is_read_at_eighty_columns() {
    let home = home_with_keys("");
    registered_in(&home, home.path());
    fs::remove_file(home.path().join("yinxin-host")).unwrap();
    let at_home = home.path().to_str().unwrap();
    for locale in ["C", "zh_CN.UTF-8"] {
        let said = home.shell(&format!("LC_ALL={locale} yinxin doctor")).stdout;
        assert!(said.lines().count() > 20, "{said}");
        for line in said.lines() {
            // A Chinese character has two columns and three bytes. A path has no place to be broken.
            let wide = line.chars().filter(|c| !c.is_ascii()).count();
            let columns = line.chars().count() + wide;
            let is_path = line.trim().split(' ').count() < 3 && line.contains('/');
            assert!(columns <= 84 || is_path, "{columns}: {line}");
        }
        assert!(!said.contains(at_home), "{said}");
    }
}

#[test]
fn a_browser_that_is_not_there_is_no_problem() {
    let home = Home::new("");
    home.run(&["install", "--browser", "chrome"]);
    assert_eq!(chrome(&home)["state"], "ok");
    let manifest = home
        .path()
        .join("config/google-chrome/NativeMessagingHosts/yinxin.host.json");
    fs::write(manifest, "{").unwrap();
    assert_eq!(chrome(&home)["state"], "warning");
    let report = home.doctor();
    assert_eq!(check(&report, "registration", "edge")["state"], "skipped");
    assert_eq!(
        check(&report, "registration", "edge")["problem"],
        Value::Null
    );
}

#[test]
fn a_registered_program_is_started_once_and_only_greets() {
    let home = home_with_keys("");
    let path = registered(&home);
    let log = home.path().join("starts");
    let host = env!("CARGO_BIN_EXE_yinxin-host");
    let program = script(
        &home,
        "logs",
        &format!("echo \"$@\" >> '{}'\nexec '{host}' \"$@\"", log.display()),
    );
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["path"] = program.to_str().unwrap().into();
    fs::write(&path, manifest.to_string()).unwrap();
    let caller = format!("chrome-extension://{RELEASED_EXTENSION_ID}/\n");
    assert_eq!(chrome(&home)["state"], "ok");
    assert_eq!(fs::read_to_string(&log).unwrap(), caller);
    home.host().ask(json!({"type": "doctor"}));
    assert_eq!(fs::read_to_string(&log).unwrap(), caller.repeat(2));
}

#[test]
fn two_programs_are_told() {
    let home = home_with_keys("");
    registered(&home);
    let path = home.browser("microsoft-edge");
    home.run(&["install", "--browser", "edge"]);
    let is_told = |report: &Value| {
        let checks = report["checks"].as_array().unwrap();
        checks
            .iter()
            .any(|check| check["problem"]["code"] == "several-hosts")
    };
    assert!(!is_told(&home.doctor()));
    let other = home.path().join("yinxin-host-old");
    fs::hard_link(env!("CARGO_BIN_EXE_yinxin-host"), &other)
        .or_else(|_| fs::copy(env!("CARGO_BIN_EXE_yinxin-host"), &other).map(|_| ()))
        .unwrap();
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["path"] = other.to_str().unwrap().into();
    fs::write(&path, manifest.to_string()).unwrap();
    let report = home.doctor();
    assert!(is_told(&report), "{report:#}");
    let programs = &check(&report, "registration", "yinxin.host")["problem"]["params"]["programs"];
    assert!(
        programs.as_str().unwrap().contains("~/yinxin-host-old"),
        "{programs}"
    );
    // Both work.
    assert_eq!(report["healthy"], true);
}

#[test]
fn bad_modules_are_named_and_hold_nobody_up() {
    let home = home_with_keys("");
    let folder = home.path().to_owned();
    fs::write(folder.join("old.so"), library_for_32_bit()).unwrap();
    let hangs =
        "#include <unistd.h>\nunsigned long C_GetFunctionList(void **l) { for (;;) sleep(1000); }";
    let crashes = "unsigned long C_GetFunctionList(void **l) { __builtin_trap(); }";
    // Each waits for the other one: they answer only if both are looked at at the same time.
    let meets = |own: &str, other: &str| {
        let at = |name: &str| folder.join(name).display().to_string();
        format!(
            "#include <fcntl.h>\n#include <unistd.h>\nunsigned long C_GetFunctionList(void **l) {{\
             close(open(\"{}\", O_CREAT | O_WRONLY, 0600));\
             while (access(\"{}\", F_OK)) usleep(1000);\
             return 5; }}",
            at(own),
            at(other)
        )
    };
    let keys = folder.join("keys");
    let lines = [
        // Longer than the test: nothing but the doctor stops the one that hangs.
        "load_ms = 60000".to_owned(),
        module("hangs", &c_library(&folder, "hangs", hangs), &[]),
        module(
            "one",
            &c_library(&folder, "one", &meets("here", "there")),
            &[],
        ),
        module("crashes", &c_library(&folder, "crashes", crashes), &[]),
        module("missing", &folder.join("missing.so"), &[]),
        module("old", &folder.join("old.so"), &[]),
        module(
            "two",
            &c_library(&folder, "two", &meets("there", "here")),
            &[],
        ),
        module(
            "softkey",
            &softkey().library,
            &[("YINXIN_SOFTKEY_DIR", &keys)],
        ),
    ];
    home.configure(&lines.join("\n"));
    let report = home.doctor();
    assert_eq!(report["healthy"], false);
    let problem = |name: &str| check(&report, "module", name)["problem"].clone();
    assert_eq!(problem("hangs")["code"], "module-hung");
    assert_eq!(
        problem("hangs")["params"],
        json!({"module": "hangs", "seconds": 3})
    );
    let waited = evidence(check(&report, "module", "hangs"), "waited");
    assert_eq!(waited, "3 s; a signature would wait up to 60 s");
    for name in ["one", "two"] {
        assert_eq!(problem(name)["code"], "module-failed", "{name}");
    }
    assert_eq!(problem("crashes")["code"], "module-crashed");
    assert_eq!(problem("missing")["code"], "module-missing");
    assert_eq!(problem("old")["code"], "worker-missing");
    assert_eq!(problem("softkey"), Value::Null);
    assert_eq!(evidence(check(&report, "module", "softkey"), "keys"), "8");
    check(&report, "seals", "demo-unit");

    // The browser's other requests are answered meanwhile, and the hung worker is stopped.
    let mut host = home.host();
    let doctor = host.send(json!({"type": "doctor"}));
    let cancel = host.send(json!({"type": "cancel", "request": 999}));
    assert_eq!(host.next()["id"], cancel);
    let answer = host.answer(doctor);
    let told = check(&answer["reply"]["report"], "module", "hangs");
    assert_eq!(told["problem"]["code"], "module-hung");
    #[cfg(target_os = "linux")]
    until("only the good module's worker is left", || {
        children(host.id()).len() == 1
    });
}

#[test]
fn a_slow_key_is_waited_for_and_a_hung_one_named() {
    let home = home_with_keys("");
    faults(
        &home,
        &json!([{"call": "C_GetSlotList", "at": 1, "do": "delay", "ms": 3500}]),
    );
    let report = home.doctor();
    assert_eq!(check(&report, "module", "softkey")["state"], "ok");
    assert_eq!(check(&report, "key", "demo-unit")["state"], "ok");
    faults(&home, &json!([{"call": "C_GetSlotList", "do": "hang"}]));
    let report = home.doctor();
    let hung = &check(&report, "module", "softkey")["problem"];
    assert_eq!(hung["code"], "module-hung");
    assert_eq!(hung["params"]["seconds"], 8);
}

#[test]
fn a_module_with_less_time_in_the_configuration_is_given_less() {
    let home = home_with_keys("call_ms = 1000");
    faults(&home, &json!([{"call": "C_GetSlotList", "do": "hang"}]));
    let report = home.doctor();
    let hung = &check(&report, "module", "softkey")["problem"];
    assert_eq!(hung["params"]["seconds"], 1, "{hung}");
    // It was loaded; what it says of itself is told.
    assert!(evidence(check(&report, "module", "softkey"), "library").is_string());
    assert_eq!(check(&report, "key", "-")["problem"]["code"], "no-token");
}

#[test]
fn no_module_and_a_broken_configuration_are_told_by_both_ways() {
    let home = Home::new("");
    let report = home.doctor();
    assert_eq!(
        check(&report, "module", "-")["problem"]["code"],
        "no-module"
    );
    assert_eq!(report["healthy"], false);
    home.configure("x = 1");
    let by_browser = home.released().ask(json!({"type": "doctor"}))["report"].clone();
    for report in [home.doctor(), by_browser] {
        let configuration = check(&report, "configuration", "host.toml");
        assert_eq!(configuration["problem"]["code"], "configuration-invalid");
        assert_eq!(report["healthy"], false);
    }
}

#[test]
fn the_service_for_readers_is_missed_only_where_something_could_need_it() {
    let home = home_with_keys("");
    let socket = home.path().join("pcscd.comm");
    let service = |state: &str| {
        let report = doctor_with_readers(&home, &socket);
        let service = check(&report, "reader-service", "pcscd").clone();
        assert_eq!(service["state"], state, "{service}");
        service
    };
    assert_eq!(service("skipped")["problem"], Value::Null);
    let lines = fs::read_to_string(home.config()).unwrap();
    let opensc = module("opensc", &home.path().join("opensc-pkcs11.so"), &[]);
    fs::write(home.config(), format!("{lines}{opensc}")).unwrap();
    assert_eq!(service("warning")["problem"]["code"], "reader-service-off");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert_eq!(service("ok")["problem"], Value::Null);
    drop(listener);
    service("warning");
}

/// A device as Linux tells of it: its folder, and the class of its one interface.
fn device(home: &Home, name: &str, numbers: (&str, &str), class: &str) {
    let folder = format!("sys/bus/usb/devices/{name}");
    let attribute = |path: &str, value: &str| {
        home.system_file(&format!("{folder}/{path}"), value.as_bytes());
    };
    attribute("idVendor", numbers.0);
    attribute("idProduct", numbers.1);
    attribute("product", "mToken");
    attribute(&format!("{name}:1.0/bInterfaceClass"), class);
}

#[test]
fn a_key_that_is_plugged_in_and_not_read_is_told_with_its_cause() {
    let home = home_with_keys("");
    let socket = home.path().join("pcscd.comm");
    let told = |kind: &str, subject: &str| {
        let report = doctor_with_readers(&home, &socket);
        let found = check(&report, kind, subject);
        (found["state"].clone(), found["problem"]["code"].clone())
    };
    // A stick is nobody's business.
    device(&home, "1-1", ("0951", "1666"), "08");
    assert_eq!(told("usb-device", "-"), ("skipped".into(), Value::Null));
    // A key of the table; the demo tokens of the software key are none of it.
    device(&home, "1-2", ("055c", "db08"), "03");
    assert_eq!(
        told("usb-device", "mToken"),
        ("failed".into(), "key-without-driver".into())
    );
    assert_eq!(
        told("reader-service", "pcscd"),
        ("skipped".into(), Value::Null)
    );
    // Its driver is there and crashes: the driver tells.
    let lines = fs::read_to_string(home.config()).unwrap();
    let crashes = "unsigned long C_GetFunctionList(void **l) { __builtin_trap(); }";
    let library = c_library(home.path(), "libgm3000_pkcs11", crashes);
    fs::write(
        home.config(),
        format!("{lines}{}", module("gm3000", &library, &[])),
    )
    .unwrap();
    assert_eq!(
        told("usb-device", "mToken"),
        ("warning".into(), Value::Null)
    );
    assert_eq!(
        told("module", "gm3000"),
        ("failed".into(), "module-crashed".into())
    );
    // A reader waits for a service that is off.
    device(&home, "1-2", ("072f", "90cc"), "0b");
    assert_eq!(
        told("reader-service", "pcscd"),
        ("failed".into(), "reader-service-off".into())
    );
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert_eq!(told("reader-service", "pcscd"), ("ok".into(), Value::Null));
    drop(listener);
}

#[test]
fn a_key_that_another_program_uses_is_told() {
    let home = home_with_keys("");
    // CKR_SESSION_COUNT: all sessions are somebody else's.
    faults(
        &home,
        &json!([{"call": "C_OpenSession", "do": "error", "rv": 0xB1}]),
    );
    let report = home.doctor();
    let key = check(&report, "key", "demo-unit");
    assert_eq!(key["state"], "failed");
    assert_eq!(key["problem"]["code"], "token-busy");
    assert_eq!(check(&report, "module", "softkey")["state"], "ok");
    assert_eq!(report["healthy"], false);
}

#[test]
fn a_library_is_told_with_the_package_that_brought_it() {
    let home = home_with_keys("");
    let library = softkey().library.display().to_string();
    let list = format!("/.\n{library}\n");
    home.system_file("var/lib/dpkg/info/softkey:amd64.list", list.as_bytes());
    let report = home.doctor();
    let module = check(&report, "module", "softkey");
    assert_eq!(evidence(module, "package"), "softkey:amd64");
}

#[test]
fn issuers_are_told_by_their_families_and_demo_keys_are_nobodys() {
    let home = home_with_keys("");
    let report = home.doctor();
    let issuers = check(&report, "chain", "demo-unit");
    assert_eq!(issuers["state"], "skipped");
    assert_eq!(evidence(issuers, "issuer"), "another; issuer-unknown");
}

#[test]
fn a_test_signature_uses_a_try_and_nothing_else_does() {
    let home = home_with_keys("");
    let left = |label: &str| home.host().token(label)["pin"]["left"].clone();
    let signed = |label: &str, pin: &str| {
        let output = home.run_with(
            &["doctor", "--json", "--test-signature", label, "--pin-stdin"],
            pin,
        );
        (
            check(&output.json(), "test-signature", label).clone(),
            output.stderr,
        )
    };
    home.doctor();
    home.host().ask(json!({"type": "doctor"}));
    assert_eq!(left("demo-unit"), 10);
    let (wrong, said) = signed("demo-unit", "000000\n");
    assert_eq!(wrong["problem"]["code"], "pin-incorrect");
    assert!(
        said.contains("uses a try of the PIN of demo-unit"),
        "{said}"
    );
    assert_eq!(left("demo-unit"), 9);
    let (right, _) = signed("demo-unit", &format!("{PIN}\n"));
    assert_eq!(right["state"], "ok", "{right}");
    assert_eq!(evidence(&right, "origin"), "https://doctor.invalid");
    assert!(evidence(&right, "signed and verified in").is_string());
    assert_eq!(left("demo-unit"), 10);
    // Without a key there is nothing to ask the PIN for.
    let (nobody, said) = signed("nobody", "");
    assert_eq!(
        (&nobody["problem"]["code"], said.as_str()),
        (&"token-not-found".into(), "")
    );

    // A locked key is told, and not tried.
    let mut host = home.host();
    let token = host.token("demo-p256");
    let (_, certificate) = certificate(&token, "01");
    let sign = json!({
        "type": "sign",
        "origin": "https://zfcg.scsczt.cn",
        "token": token["token"],
        "certificate": certificate,
        "pin": "000000",
        "items": [{"type": "login", "purpose": "login", "challenge": "0123456789abcdef"}],
    });
    for _ in 0..9 {
        host.fail(sign.clone());
    }
    let report = home.doctor();
    let key = check(&report, "key", "demo-p256");
    assert_eq!(key["problem"]["code"], "pin-last-try");
    assert_eq!(key["state"], "warning");
    assert_eq!(host.fail(sign)["code"], "pin-locked");
    let report = home.doctor();
    let key = check(&report, "key", "demo-p256");
    assert_eq!(
        (&key["problem"]["code"], evidence(key, "PIN")),
        (&"pin-locked".into(), &"locked".into())
    );
    assert_eq!(report["healthy"], false);
    let (locked, said) = signed("demo-p256", &format!("{PIN}\n"));
    assert_eq!(
        (&locked["problem"]["code"], said.as_str()),
        (&"pin-locked".into(), "")
    );
}

#[test]
fn a_repair_is_told_made_and_taken_back_byte_for_byte() {
    let home = Home::new("");
    let path = registered(&home);
    let good = fs::read(&path).unwrap();
    let folder = path.parent().unwrap();
    for before in [&b"{\"name\": \"\xd3\xa1\"}\r\n"[..], b"", b"{}"] {
        fs::write(&path, before).unwrap();
        let told = home
            .run(&["doctor", "--repair", "--dry-run", "--json"])
            .json();
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
        assert_eq!(told[0]["path"], path.to_str().unwrap());
        assert_eq!(told[0]["before"], String::from_utf8_lossy(before).as_ref());
        assert_eq!(told[0]["after"], String::from_utf8_lossy(&good).as_ref());
        let made = home.run(&["doctor", "--repair", "--json"]).json();
        assert_eq!(made, told);
        assert_eq!(fs::read(&path).unwrap(), good);
        assert_eq!(chrome(&home)["state"], "ok");
        // What works is not repaired, so the way back stays.
        assert_eq!(
            home.run(&["doctor", "--repair"]).stdout,
            "nothing to change\n"
        );
        let undone = home.run(&["doctor", "--undo"]);
        assert!(
            undone
                .stdout
                .starts_with(&format!("change {}\n", path.display())),
            "{undone:?}"
        );
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
        assert_eq!(
            home.run(&["doctor", "--undo"]).stdout,
            "nothing to change\n"
        );
    }
    // Where there was nothing, there is nothing again.
    fs::remove_dir_all(folder).unwrap();
    assert_eq!(home.run(&["doctor", "--repair"]).status, Some(0));
    assert_eq!(fs::read(&path).unwrap(), good);
    assert_eq!(home.run(&["doctor", "--undo"]).status, Some(0));
    assert!(!folder.exists());
}

#[test]
fn a_browser_has_its_registration_repaired_by_name_only() {
    let home = Home::new("");
    let path = registered(&home);
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, "{").unwrap();
    let mut host = home.host();
    let told = host.ask(repair("chrome", true, false));
    let change = json!([{"path": path, "before": "{", "after": good}]);
    assert_eq!(told, json!({"type": "repaired", "changes": change}));
    assert_eq!(fs::read_to_string(&path).unwrap(), "{");
    assert_eq!(host.ask(repair("chrome", false, false)), told);
    assert_eq!(fs::read_to_string(&path).unwrap(), good);
    assert_eq!(
        host.ask(repair("chrome", false, false))["changes"],
        json!([])
    );
    assert_eq!(
        host.ask(repair("chrome", true, true))["changes"][0]["after"],
        "{"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), good);
    host.ask(repair("chrome", false, true));
    assert_eq!(fs::read_to_string(&path).unwrap(), "{");
    for stranger in ["", "netscape", "../chrome", home.path().to_str().unwrap()] {
        assert_eq!(
            host.fail(repair(stranger, false, false))["code"],
            "message-invalid"
        );
    }
    // What somebody wrote since is not overwritten.
    host.ask(repair("chrome", false, false));
    fs::write(&path, "{\"mine\": 1}").unwrap();
    assert_eq!(
        host.fail(repair("chrome", false, true))["code"],
        "file-failed"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"mine\": 1}");
    // A configuration that can't be read would make a wrong manifest.
    home.configure("x = 1");
    assert_eq!(
        home.released().fail(repair("chrome", false, false))["code"],
        "configuration-invalid"
    );
}

#[test]
fn a_repair_follows_no_link() {
    let home = Home::new("");
    let path = registered(&home);
    let good = fs::read(&path).unwrap();
    let edge = home.browser("microsoft-edge");
    let folder = path.parent().unwrap().to_owned();
    let elsewhere = home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let victim = elsewhere.join("yinxin.host.json");
    let record = folder.join("yinxin.host.json.before-repair");
    let refused = |what: &str| {
        assert_eq!(
            home.host().fail(repair("chrome", false, false))["code"],
            "file-failed",
            "{what}"
        );
        let left = home.run(&["doctor", "--repair"]);
        assert_eq!(left.code(), "file-failed", "{what}");
        // The other browser's is mended all the same.
        assert_eq!(fs::read(&edge).unwrap(), good, "{what}");
        fs::remove_file(&edge).unwrap();
        assert_eq!(chrome(&home)["repair"], Value::Null, "{what}");
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious", "{what}");
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1, "{what}");
    };
    fs::write(&victim, "precious").unwrap();
    fs::remove_file(&path).unwrap();
    symlink(&victim, &path).unwrap();
    refused("the manifest");
    fs::remove_file(&path).unwrap();
    fs::write(&path, "{").unwrap();
    symlink(&victim, &record).unwrap();
    refused("the record");
    fs::remove_file(&record).unwrap();
    // A link in the way of the file that is written first is removed, not followed.
    symlink(&victim, folder.join("yinxin.host.json.part")).unwrap();
    assert_eq!(home.run(&["doctor", "--repair"]).status, Some(0));
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(chrome(&home)["state"], "ok");
    fs::remove_dir_all(&folder).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    refused("the folder");
}

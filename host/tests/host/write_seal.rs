//! Writing a seal into a token: whatever interrupts it, the old seal or the new one is there whole.

use crate::seals::seal;
use crate::support::*;
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;
#[cfg(target_os = "linux")]
use std::{
    io::Write,
    process::Stdio,
    time::{Duration, Instant},
};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::seal::Seal;
use yinxin_pki::seal::build::Draft;
use yinxin_proto::time::UnixTime;

/// The token `demo-unit` alone, its seal, and one that its holder got anew.
struct Stage {
    home: Home,
    old: Seal,
    new: Seal,
}

impl Stage {
    fn new() -> Self {
        let home = home_with_keys("");
        let old = seal(&home.host().token("demo-unit")["seals"][0]);
        let new = made(&home, &old, |_| {});
        for label in fs::read_dir(home.path().join("keys")).unwrap().flatten() {
            if label.path().is_dir() && label.file_name() != "demo-unit" {
                fs::remove_dir_all(label.path()).unwrap();
            }
        }
        copy(&home.path().join("keys"), &home.path().join("pristine"));
        Self { home, old, new }
    }

    /// Puts everything back.
    fn reset(&self) {
        let keys = self.home.path().join("keys");
        fs::remove_dir_all(&keys).unwrap();
        copy(&self.home.path().join("pristine"), &keys);
    }

    /// Writes the new seal in the place of the old one.
    fn write(&self) -> Output {
        write(&self.home, "demo-unit", &self.new, Some(&self.old), PIN)
    }

    /// Writes the new seal with faults.
    fn write_with(&self, switches: &Value) -> Output {
        faults(&self.home, switches);
        let output = self.write();
        fs::remove_file(self.home.path().join("keys").join("faults.json")).unwrap();
        output
    }

    /// The seals in the token, old ones first. Anything else in it fails.
    fn held(&self) -> Vec<&Seal> {
        let token = self.home.host().token("demo-unit");
        let mut told: Vec<Vec<u8>> = token["seals"]
            .as_array()
            .unwrap()
            .iter()
            .map(|told| seal(told).der().to_vec())
            .collect();
        told.sort();
        if let Some(mut read) = self.read_by_opensc() {
            read.sort();
            assert!(told == read, "{} told, {} read", told.len(), read.len());
        }
        let held = [&self.old, &self.new].into_iter().flat_map(|seal| {
            let count = told.iter().filter(|der| *der == seal.der()).count();
            std::iter::repeat_n(seal, count)
        });
        let held: Vec<_> = held.collect();
        assert_eq!(held.len(), told.len(), "another seal");
        held
    }

    /// The values of all data objects; `None` without OpenSC.
    fn read_by_opensc(&self) -> Option<Vec<Vec<u8>>> {
        Command::new("pkcs11-tool").arg("--version").output().ok()?;
        let copied = tempfile::tempdir().unwrap();
        let keys = copied.path().join("keys");
        copy(&self.home.path().join("keys"), &keys);
        let opensc = |arguments: &[&str]| {
            let output = Command::new("pkcs11-tool")
                .arg("--module")
                .arg(&softkey().library)
                .args(["--token-label", "demo-unit", "--type", "data"])
                .args(arguments)
                .env("YINXIN_SOFTKEY_DIR", &keys)
                .output()
                .unwrap();
            assert!(output.status.success(), "{arguments:?}: {output:?}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let value = copied.path().join("value");
        let mut values = Vec::new();
        loop {
            let count = opensc(&["--list-objects"]).matches("Data object").count();
            if count == 0 {
                return Some(values);
            }
            let named = ["--label", "单位电子印章"];
            let read = ["--read-object", "-o", value.to_str().unwrap()];
            opensc(&[&named[..], &read].concat());
            values.push(fs::read(&value).unwrap());
            if count == 1 {
                return Some(values);
            }
            // It reads the first of several alike.
            let delete = ["--delete-object", "--login", "--pin", PIN];
            opensc(&[&named[..], &delete].concat());
        }
    }

    fn tries_left(&self) -> Value {
        self.home.host().token("demo-unit")["pin"]["left"].clone()
    }
}

/// A seal like another one, made by the expert: whoever has a certificate can.
pub fn made(home: &Home, like: &Seal, change: impl FnOnce(&mut Draft)) -> Seal {
    let expert = certificate(&home.host().token("demo-expert"), "01").0;
    let expert = Certificate::from_der(expert).unwrap();
    let mut draft = Draft::of(like);
    draft.id = "RENEWED-0001".into();
    change(&mut draft);
    let made = draft.sign(&expert, |message| {
        let [input, output] = ["to be signed", "signature"].map(|name| home.path().join(name));
        fs::write(&input, message).unwrap();
        let mut arguments = vec!["sign", "--token", "demo-expert", "--id", "01"];
        arguments.extend(["--format", "raw", "--pin-stdin", "--force"]);
        arguments.extend(["--in", input.to_str().unwrap()]);
        arguments.extend(["--out", output.to_str().unwrap()]);
        let signed = home.run_with(&arguments, &format!("{PIN}\n"));
        assert_eq!(signed.status, Some(0), "{signed:?}");
        Ok(fs::read(output).unwrap())
    });
    made.unwrap()
}

fn sha256(seal: &Seal) -> String {
    hex::encode(yinxin_pki::hash::sha256(seal.der()))
}

fn command(home: &Home, token: &str, seal: &[u8], replaced: Option<&str>) -> Vec<String> {
    let file = home.path().join("seal");
    fs::write(&file, seal).unwrap();
    let mut arguments = vec!["seal", "--token", token, "--pin-stdin"];
    arguments.extend(["--in", file.to_str().unwrap()]);
    arguments.extend(replaced.iter().flat_map(|name| ["--replace", name]));
    arguments.into_iter().map(str::to_owned).collect()
}

fn write_bytes(
    home: &Home,
    token: &str,
    seal: &[u8],
    replaced: Option<&str>,
    input: &str,
) -> Output {
    let arguments = command(home, token, seal, replaced);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    home.run_with(&arguments, input)
}

pub fn write(home: &Home, token: &str, seal: &Seal, replaced: Option<&Seal>, pin: &str) -> Output {
    let replaced = replaced.map(sha256);
    let input = format!("{pin}\n");
    write_bytes(home, token, seal.der(), replaced.as_deref(), &input)
}

#[test]
fn a_seal_is_written_in_the_place_of_another_or_beside_it() {
    let stage = Stage::new();
    let (old, new) = (sha256(&stage.old), sha256(&stage.new));
    let name = &stage.new.property().name;
    let written = stage.write();
    let line =
        format!("seal {name}, SHA-256 {new}, written into demo-unit, instead of SHA-256 {old}\n");
    assert_eq!(written.stdout, line, "{written:?}");
    assert_eq!(stage.held(), [&stage.new]);
    // Under the names of the old one.
    let token = stage.home.host().token("demo-unit");
    let told = &token["seals"][0];
    assert_eq!(
        (&told["label"], &told["application"]),
        (&json!("单位电子印章"), &json!("Yinxin demo seal"))
    );
    let listed = stage.home.run(&["tokens"]).stdout;
    assert!(listed.contains(&format!(": SHA-256 {new}\n")), "{listed}");
    // A second time it is there, and no PIN is needed.
    for replaced in [None, Some(&old), Some(&new)] {
        let replaced = replaced.map(String::as_str);
        let again = write_bytes(&stage.home, "demo-unit", stage.new.der(), replaced, "");
        let line = format!("seal {name}, SHA-256 {new}, is in demo-unit: nothing was written\n");
        assert_eq!(again.stdout, line, "{again:?}");
    }
    // As PEM and as Base64, beside the other one.
    stage.reset();
    let base64 = Base64::encode_string(stage.new.der());
    let pem = format!("-----BEGIN SEAL-----\n{base64}\n-----END SEAL-----\n");
    for text in [pem, base64] {
        stage.reset();
        let input = format!("{PIN}\r\n");
        let written = write_bytes(&stage.home, "demo-unit", text.as_bytes(), None, &input);
        let line = format!("seal {name}, SHA-256 {new}, written into demo-unit\n");
        assert_eq!(written.stdout, line, "{written:?}");
        let token = stage.home.host().token("demo-unit");
        let [first, second] = &token["seals"].as_array().unwrap()[..] else {
            panic!("{token}");
        };
        assert_eq!(
            (seal(first), seal(second)),
            (stage.old.clone(), stage.new.clone())
        );
        assert_eq!(
            (&second["label"], &second["application"]),
            (&json!("国标印章"), &json!("Yinxin seal"))
        );
    }
    assert_eq!(stage.tries_left(), 10);
}

#[test]
fn what_should_not_be_in_a_key_is_refused_before_the_pin_is_asked_for() {
    let home = home_with_keys("");
    let old = seal(&home.host().token("demo-unit")["seals"][0]);
    let expert = seal(&home.host().token("demo-expert")["seals"][0]);
    let two = seal(&home.host().token("demo-two")["seals"][0]);
    let new = made(&home, &old, |_| {});
    let ended = made(&home, &old, |draft| {
        draft.property.valid_until = UnixTime(draft.property.valid_from.0 + 86_400);
    });
    let large = made(&home, &old, |draft| {
        draft.picture.data = vec![7; 512 * 1024]
    });
    let mut changed = new.der().to_vec();
    let at = changed.windows(7).position(|window| window == b"RENEWED");
    changed[at.unwrap()] ^= 1;
    let refused = |token: &str, seal: &[u8], replaced: Option<&str>| {
        // Without a PIN: asking for it would be a failure of its own.
        let output = write_bytes(&home, token, seal, replaced, "");
        output.code().to_owned()
    };
    let (unknown, old_name) = ("0".repeat(64), sha256(&old));
    for (token, seal, replaced, code) in [
        ("demo-unit", &b"no seal"[..], None, "seal-unreadable"),
        ("demo-unit", &vec![b'A'; 5 << 20], None, "seal-unreadable"),
        ("demo-unit", &changed, None, "signature-invalid"),
        ("demo-unit", ended.der(), None, "seal-expired"),
        ("demo-unit", large.der(), None, "seal-not-written"),
        ("demo-unit", expert.der(), None, "seal-not-for-certificate"),
        // It lists the certificate of another key, under the same name.
        ("demo-unit", two.der(), None, "seal-not-for-certificate"),
        ("demo-unit", new.der(), Some(&unknown), "seal-not-found"),
        (
            "demo-two",
            new.der(),
            Some(&old_name),
            "seal-not-for-certificate",
        ),
        ("demo-none", new.der(), None, "token-not-found"),
        // Only this one was good.
        ("demo-unit", new.der(), Some(&old_name), "pin-required"),
    ] {
        assert_eq!(refused(token, seal, replaced.map(|name| &name[..])), code);
    }
    let output = home.run(&["seal", "--token", "demo-unit", "--in", "/nowhere/seal"]);
    assert_eq!(output.code(), "file-failed");
    let mut host = home.host();
    let token = host.token("demo-unit");
    assert_eq!(token["seals"].as_array().unwrap().len(), 1);
    assert_eq!(seal(&token["seals"][0]), old);
    assert_eq!(token["pin"], json!({"state": "ok", "left": 10}));
}

#[test]
fn a_wrong_pin_costs_one_try_and_writes_nothing() {
    let stage = Stage::new();
    let output = write(
        &stage.home,
        "demo-unit",
        &stage.new,
        Some(&stage.old),
        "99999999",
    );
    assert_eq!(output.code(), "pin-incorrect");
    assert_eq!(stage.tries_left(), 9);
    assert_eq!(stage.held(), [&stage.old]);
    let output = write(&stage.home, "demo-unit", &stage.new, Some(&stage.old), "1");
    assert_eq!(output.code(), "pin-length");
    assert_eq!(stage.tries_left(), 9);
    for _ in 0..9 {
        write(
            &stage.home,
            "demo-unit",
            &stage.new,
            Some(&stage.old),
            "99999999",
        );
    }
    assert_eq!(stage.write().code(), "pin-locked");
    assert_eq!(stage.held(), [&stage.old]);
}

#[test]
fn a_token_that_refuses_or_goes_keeps_its_old_seal() {
    let stage = Stage::new();
    let error = |call: &str, at: Option<u32>, rv: u32| json!([{"call": call, "at": at, "do": "error", "rv": rv}]);
    let remove = |call: &str| json!([{"call": call, "do": "remove"}]);
    let (old, new) = (&stage.old, &stage.new);
    for (switches, code, reason, held) in [
        // CKR_DEVICE_MEMORY, CKR_SESSION_READ_ONLY, CKR_TOKEN_WRITE_PROTECTED.
        (
            error("C_CreateObject", None, 0x31),
            "seal-no-room",
            "",
            vec![old],
        ),
        (
            error("C_CreateObject", None, 0xb5),
            "seal-not-written",
            "C_CreateObject: CKR_SESSION_READ_ONLY",
            vec![old],
        ),
        // The first session is the listing's.
        (
            error("C_OpenSession", Some(2), 0xe2),
            "seal-not-written",
            "C_OpenSession: CKR_TOKEN_WRITE_PROTECTED",
            vec![old],
        ),
        // What is stored is not what was given.
        (
            json!([{"call": "C_CreateObject", "do": "lie"}]),
            "seal-not-written",
            "does not read back",
            vec![old],
        ),
        (remove("C_CreateObject"), "token-removed", "", vec![old]),
        (
            remove("C_DestroyObject"),
            "token-removed",
            "",
            vec![old, new],
        ),
        // CKR_DEVICE_ERROR
        (
            error("C_DestroyObject", None, 0x30),
            "module-failed",
            "C_DestroyObject",
            vec![old, new],
        ),
    ] {
        stage.reset();
        let output = stage.write_with(&switches);
        assert_eq!(output.code(), code, "{switches}");
        assert!(output.stderr.contains(reason), "{output:?}");
        let keys = stage.home.path().join("keys");
        let removed = keys.join(".demo-unit.removed");
        if removed.exists() {
            fs::rename(removed, keys.join("demo-unit")).unwrap();
        }
        assert_eq!(stage.held(), held, "{switches}");
        assert_eq!(stage.write().status, Some(0));
        assert_eq!(stage.held(), [new], "{switches}");
    }
    // A module that has no second session reads back in the first one (CKR_SESSION_COUNT).
    stage.reset();
    let output = stage.write_with(&error("C_OpenSession", Some(3), 0xb1));
    assert_eq!(output.status, Some(0), "{output:?}");
    assert_eq!(stage.held(), [new]);
}

fn crash(function: &str, at: u32) -> Value {
    json!([{"call": function, "at": at, "do": "crash"}])
}

/// The first call of a function (`*`: of any) after those of the listing that comes before the writing.
fn first_call_of_writing(stage: &Stage, function: &str) -> u32 {
    first_that(|at| {
        faults(&stage.home, &crash(function, at));
        stage.home.run(&["tokens"]).status == Some(0)
    })
}

/// The first number that passes, where all after it do.
fn first_that(passes: impl Fn(u32) -> bool) -> u32 {
    let (mut failed, mut passed) = (0, 1);
    while !passes(passed) {
        (failed, passed) = (passed, 2 * passed);
    }
    while passed - failed > 1 {
        let middle = failed.midpoint(passed);
        if passes(middle) {
            passed = middle;
        } else {
            failed = middle;
        }
    }
    passed
}

/// Each call is looked at, and under Wine, where processes take long to start, each fifth.
const STEP: usize = if cfg!(windows) { 5 } else { 1 };

#[test]
fn a_crash_before_any_call_leaves_the_old_seal_or_the_new_one() {
    let stage = Stage::new();
    let (old, new) = (&stage.old, &stage.new);
    let mut states = Vec::new();
    for at in (first_call_of_writing(&stage, "*")..).step_by(STEP) {
        stage.reset();
        let output = stage.write_with(&crash("*", at));
        if output.status == Some(0) {
            break;
        }
        assert_eq!(output.code(), "module-crashed");
        let held = stage.held();
        assert!(
            [vec![old], vec![old, new], vec![new]].contains(&held),
            "{} seals after a crash at call {at}",
            held.len()
        );
        if states.last() != Some(&held) {
            states.push(held);
        }
        assert_eq!(stage.write().status, Some(0), "after a crash at call {at}");
        assert_eq!(stage.held(), [new], "after a crash at call {at}");
        assert_eq!(stage.tries_left(), 10);
    }
    assert_eq!(states, [vec![old], vec![old, new], vec![new]]);
}

#[test]
fn a_module_that_lies_once_does_not_lose_a_seal() {
    let stage = Stage::new();
    let function = "C_GetAttributeValue";
    let first = first_call_of_writing(&stage, function);
    let end = first_that(|at| {
        stage.reset();
        stage.write_with(&crash(function, at)).status == Some(0)
    });
    let mut refused = 0;
    for at in first..end {
        stage.reset();
        let output = stage.write_with(&json!([{"call": function, "at": at, "do": "lie"}]));
        let held = stage.held();
        let needed = match output.status {
            Some(0) => held.contains(&&stage.new),
            _ if output.code() == "seal-not-written" => {
                refused += 1;
                held.contains(&&stage.old)
            }
            _ => !held.is_empty(),
        };
        assert!(needed, "a lie in call {at}: {output:?}");
    }
    assert!(refused > 0);
}

/// Begins to write a seal, and kills the host, and with it the worker, some time later.
#[cfg(target_os = "linux")]
fn write_and_kill(home: &Home, token: &str, new: &Seal, old: &Seal, later: Duration) {
    let arguments = command(home, token, new.der(), Some(&sha256(old)));
    let mut host = home
        .command()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = host.stdin.take().unwrap();
    input.write_all(format!("{PIN}\n").as_bytes()).unwrap();
    std::thread::sleep(later);
    let workers = children(host.id());
    host.kill().unwrap();
    host.wait().unwrap();
    until("no worker", || {
        !workers.iter().any(|worker| is_alive(*worker))
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_host_leaves_the_old_seal_or_the_new_one() {
    let stage = Stage::new();
    let (old, new) = (&stage.old, &stage.new);
    let began = Instant::now();
    assert_eq!(stage.write().status, Some(0));
    let usual = began.elapsed();
    for round in 0..30 {
        stage.reset();
        // Ever later, up to a little after it is usually done.
        write_and_kill(&stage.home, "demo-unit", new, old, usual * round / 28);
        let held = stage.held();
        assert!(
            [vec![old], vec![old, new], vec![new]].contains(&held),
            "round {round}: {} seals",
            held.len()
        );
        assert_eq!(stage.write().status, Some(0));
        assert_eq!(stage.held(), [new], "round {round}");
    }
}

/// Nobody is killed here: SoftHSM2 rewrites its token's own file in place with each login, and a kill
/// in that moment costs the whole token, whatever is written.
#[cfg(unix)]
#[test]
fn a_seal_is_written_into_softhsm() {
    let home = home_with_keys("");
    let old = seal(&home.host().token("demo-unit")["seals"][0]);
    let Some(library) = crate::softhsm::softhsm(&home, "p256") else {
        return;
    };
    let folder = home.path();
    let conf = folder.join("softhsm2.conf");
    let keys = folder.join("keys");
    home.configure(
        &[
            module(
                "softkey",
                &softkey().library,
                &[("YINXIN_SOFTKEY_DIR", &keys)],
            ),
            module("softhsm", &library, &[("SOFTHSM2_CONF", &conf)]),
        ]
        .concat(),
    );
    let holder = fs::read(folder.join("cert.der")).unwrap();
    let [first, second] = ["FIRST", "SECOND"].map(|id| {
        made(&home, &old, |draft| {
            draft.id = id.into();
            draft.property.users = yinxin_pki::seal::Users::Certificates(vec![holder.clone()]);
            draft.picture.data.truncate(500);
        })
    });
    let opensc = |arguments: &[&str]| {
        let common = [
            "--module",
            library.to_str().unwrap(),
            "--token-label",
            "soft",
            "--type",
            "data",
        ];
        crate::softhsm::run(folder, "pkcs11-tool", &[&common, arguments].concat())
    };
    let count = || opensc(&["--list-objects"]).matches("Data object").count();
    let read = || {
        opensc(&[
            "--read-object",
            "--label",
            "国标印章",
            "--application-label",
            "Yinxin seal",
            "-o",
            "read",
        ]);
        fs::read(folder.join("read")).unwrap()
    };
    assert_eq!(
        write(&home, "soft", &first, None, "99999999").code(),
        "pin-incorrect"
    );
    assert_eq!(
        write(&home, "soft", &first, Some(&second), PIN).code(),
        "seal-not-found"
    );
    assert_eq!(
        write(&home, "soft", &old, None, PIN).code(),
        "seal-not-for-certificate"
    );
    assert_eq!(count(), 0);

    let written = write(&home, "soft", &first, None, PIN);
    assert_eq!(written.status, Some(0), "{written:?}");
    assert_eq!((count(), read()), (1, first.der().to_vec()));
    let token = home.host().token("soft");
    assert_eq!(seal(&token["seals"][0]), first);

    let failed = write(&home, "soft", &second, Some(&first), "99999999");
    assert_eq!(failed.code(), "pin-incorrect");
    assert_eq!((count(), read()), (1, first.der().to_vec()));
    let written = write(&home, "soft", &second, Some(&first), PIN);
    assert!(
        written.stdout.contains(", instead of SHA-256 "),
        "{written:?}"
    );
    assert_eq!((count(), read()), (1, second.der().to_vec()));
    // Beside it, and again in its place.
    let written = write(&home, "soft", &first, None, PIN);
    assert_eq!(written.status, Some(0), "{written:?}");
    assert_eq!(count(), 2);
    let written = write(&home, "soft", &first, Some(&second), PIN);
    assert!(
        written.stdout.contains(", instead of SHA-256 "),
        "{written:?}"
    );
    assert_eq!((count(), read()), (1, first.der().to_vec()));
}

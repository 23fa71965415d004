//! The library from outside: by a program in C, under valgrind where that is at hand; and by whatever bytes.
#![allow(unsafe_code, reason = "it calls C")]
#![allow(clippy::unwrap_used)]

use libloading::{Library, Symbol};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::ffi::{CString, c_char, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::ptr;
use std::sync::OnceLock;
use std::{fs, thread};
use yinxin_calls::{Function, Policy, Request, call};
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain};

#[repr(C)]
struct Part {
    name: *const c_char,
    kind: u32,
    bytes: *const u8,
    length: usize,
}

#[repr(C)]
struct Text {
    text: *mut u8,
    length: usize,
}

type Parse = unsafe extern "C" fn(*const u8, usize, *mut *mut c_void, *mut Text) -> i32;
type Call = unsafe extern "C" fn(
    *const c_void,
    *const c_char,
    *const u8,
    usize,
    *const Part,
    usize,
    *mut Text,
) -> i32;
type Free = unsafe extern "C" fn(*mut Text);

/// Cargo lays it beside the tests.
fn path() -> PathBuf {
    let own = std::env::current_exe().expect("a test has a path");
    let name = format!(
        "{}yinxin_verify{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let candidates = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(&name));
    let built = |path: &PathBuf| fs::metadata(path).and_then(|found| found.modified()).ok();
    candidates
        .max_by_key(built)
        .filter(|path| path.is_file())
        .expect("the library lies beside its tests")
}

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    // SAFETY: it is our own, and runs nothing when it is loaded.
    LIBRARY.get_or_init(|| unsafe { Library::new(path()) }.expect("it loads"))
}

fn function<T>(name: &str) -> Symbol<'static, T> {
    // SAFETY: the types are those of the header.
    unsafe { library().get(name.as_bytes()) }.expect("it is exported")
}

fn parsed(policy: &Value) -> usize {
    let text = policy.to_string();
    let mut handle = ptr::null_mut();
    let parse: Symbol<'_, Parse> = function("yinxin_policy_parse");
    // SAFETY: as the header asks.
    let status = unsafe { parse(text.as_ptr(), text.len(), &mut handle, ptr::null_mut()) };
    assert_eq!(status, 0);
    handle as usize
}

/// Calls through the library. Whatever is handed in, the answer is JSON, and an error has a code.
fn called(policy: usize, name: &str, request: &[u8], parts: &[(&str, u32, &[u8])]) -> (i32, Value) {
    let name = CString::new(name.replace('\0', "")).unwrap();
    let names: Vec<CString> = parts
        .iter()
        .map(|(name, ..)| CString::new(*name).unwrap())
        .collect();
    let parts: Vec<Part> = parts
        .iter()
        .zip(&names)
        .map(|((_, kind, bytes), name)| Part {
            name: name.as_ptr(),
            kind: *kind,
            bytes: bytes.as_ptr(),
            length: bytes.len(),
        })
        .collect();
    let mut answer = Text {
        text: ptr::null_mut(),
        length: 0,
    };
    let call: Symbol<'_, Call> = function("yinxin_call");
    let free: Symbol<'_, Free> = function("yinxin_text_free");
    // SAFETY: as the header asks.
    unsafe {
        let status = call(
            policy as *const c_void,
            name.as_ptr(),
            request.as_ptr(),
            request.len(),
            parts.as_ptr(),
            parts.len(),
            &mut answer,
        );
        let text = std::slice::from_raw_parts(answer.text, answer.length + 1);
        assert_eq!(text[answer.length], 0);
        let value: Value = serde_json::from_slice(&text[..answer.length]).expect("JSON");
        free(&mut answer);
        match status {
            0 => assert!(value.is_object() && value["code"].is_null(), "{value:#}"),
            1 => {
                let code = value["code"].as_str().expect("a code");
                assert_ne!(code, "internal", "{value:#}");
            }
            other => panic!("status {other}"),
        }
        (status, value)
    }
}

/// What is judged: a portal's policy, and what a unit signed under it.
struct Scene {
    policy: Value,
    cms: Vec<u8>,
    seal: Vec<u8>,
    proof: Vec<u8>,
    certificate: Vec<u8>,
    login: Value,
}

const CONTENT: &[u8] = "采购合同".as_bytes();
const ORIGIN: &str = "https://portal.example";

fn scene() -> Scene {
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let maker = Identity::self_signed(TestKey::sm2(2), &Profile::authority("示例制章机构"));
    let policy = json!({
        "anchors": [root.pem()], "intermediates": [issuing.pem()], "issuers": [issuing.pem()], "makers": [maker.pem()],
        "allowAt": true, "login": {"origins": [ORIGIN]},
    });
    let read = Policy::parse(policy.to_string().as_bytes(), &yinxin_calls::NoFiles, NOW).unwrap();
    let asked = json!({"session": "s", "at": NOW.to_string()}).to_string();
    let asked = Request::parse(asked.as_bytes()).unwrap();
    let challenge = call(Function::NewLoginChallenge, Some(&read), &asked, NOW).unwrap();
    let challenge = serde_json::from_str(&challenge).unwrap();
    let proof = unit.login_proof(ORIGIN, &challenge);
    Scene {
        cms: unit.cms(CONTENT),
        seal: unit.sealed(&maker, CONTENT),
        proof: serde_json::to_vec(&proof).unwrap(),
        certificate: unit.certificate.der().to_vec(),
        login: json!({"session": "s", "challenge": challenge, "at": NOW.to_string()}),
        policy,
    }
}

#[cfg(unix)]
#[test]
fn a_program_in_c_calls_every_function_and_gets_the_verdict_of_rust() {
    let scene = scene();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let request = json!({ "at": NOW.to_string() }).to_string();
    let policy = scene.policy.to_string();
    let arguments = [
        write("policy.json", policy.as_bytes()),
        write("request.json", request.as_bytes()),
        write("signature.cms", &scene.cms),
        write("content", CONTENT),
    ];
    let program = folder.path().join("program");
    let library = path();
    let beside = library.parent().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program.c");
    let built = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-o"])
        .arg(&program)
        .arg(source)
        .arg(&library)
        .arg(format!("-Wl,-rpath,{}", beside.display()))
        .status()
        .expect("a C compiler");
    assert!(built.success());
    let read = Policy::parse(policy.as_bytes(), &yinxin_calls::NoFiles, NOW).unwrap();
    let whole = Request::parse(request.as_bytes()).unwrap();
    let whole = whole.with("cms", scene.cms).unwrap();
    let whole = whole.with("content", CONTENT.to_vec()).unwrap();
    let expected = call(Function::VerifyCms, Some(&read), &whole, NOW).unwrap();
    assert!(expected.starts_with(r#"{"valid":true,"#), "{expected}");
    let run = |mut command: Command| {
        let output = command.args(&arguments).output().expect("it starts");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words}");
        assert_eq!(
            String::from_utf8(output.stdout).unwrap().trim_end(),
            expected
        );
    };
    run(Command::new(&program));
    if Command::new("valgrind").arg("--version").output().is_err() {
        yinxin_testing::skipped("no valgrind");
        return;
    }
    let mut watched = Command::new("valgrind");
    watched
        .args(["--quiet", "--error-exitcode=3", "--leak-check=full"])
        .args(["--errors-for-leak-kinds=definite,indirect,possible"])
        .arg(&program);
    run(watched);
}

#[test]
fn eight_threads_share_a_policy_and_get_the_same_verdicts() {
    let scene = scene();
    let policy = parsed(&scene.policy);
    let login = scene.login.to_string();
    let at = json!({ "at": NOW.to_string() }).to_string();
    let judge = || {
        [
            called(
                policy,
                "verifyCms",
                at.as_bytes(),
                &[("cms", 0, &scene.cms), ("content", 0, CONTENT)],
            ),
            called(
                policy,
                "verifyLogin",
                login.as_bytes(),
                &[("proof", 0, &scene.proof)],
            ),
            called(
                policy,
                "verifySealSignature",
                at.as_bytes(),
                &[("signature", 0, &scene.seal), ("content", 0, CONTENT)],
            ),
            called(
                policy,
                "verifyCertificate",
                at.as_bytes(),
                &[("certificate", 0, &scene.certificate)],
            ),
        ]
    };
    let first = judge();
    assert!(
        first
            .iter()
            .all(|(status, verdict)| *status == 0 && verdict["valid"] == true)
    );
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(judge(), first);
                }
            });
        }
    });
}

fn any_function() -> impl Strategy<Value = String> {
    let known: Vec<String> = Function::ALL.iter().map(|one| one.name().into()).collect();
    prop_oneof![9 => proptest::sample::select(known), 1 => "[a-zA-Z]{0,20}"]
}

fn any_part() -> impl Strategy<Value = (&'static str, u32)> {
    let names = [
        "certificate",
        "cms",
        "content",
        "file",
        "proof",
        "seal",
        "signature",
        "other",
    ];
    (proptest::sample::select(names.to_vec()), 0..3_u32)
}

/// Something that was signed, cut off or with bytes changed; or anything at all.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    static GOOD: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let good = GOOD.get_or_init(|| {
        let scene = scene();
        let login = scene.login.to_string().into_bytes();
        vec![
            scene.cms,
            scene.seal,
            scene.proof,
            scene.certificate,
            login,
            b"%PDF-1.7\n".to_vec(),
            b"PK\x03\x04".to_vec(),
        ]
    });
    let changed = (
        proptest::sample::select(good.clone()),
        any::<(u16, u16, u8)>(),
    );
    let changed = changed.prop_map(|(mut bytes, (end, at, byte))| {
        bytes.truncate(usize::from(end) % (bytes.len() + 1));
        let length = bytes.len().max(1);
        if let Some(there) = bytes.get_mut(usize::from(at) % length) {
            *there = byte;
        }
        bytes
    });
    prop_oneof![2 => proptest::sample::select(good.clone()), 4 => changed, 2 => proptest::collection::vec(any::<u8>(), 0..200)]
}

fn any_request() -> impl Strategy<Value = Vec<u8>> {
    let at = json!({ "at": NOW.to_string() }).to_string().into_bytes();
    prop_oneof![4 => Just(b"{}".to_vec()), 4 => Just(at), 2 => any_bytes(), 1 => "[\\[{\":,0-9a-z]{0,60}".prop_map(String::into_bytes)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_the_answer_is_json(
        name in any_function(),
        request in any_request(),
        parts in proptest::collection::vec((any_part(), any_bytes()), 0..4),
        under_policy in any::<bool>(),
    ) {
        static POLICY: OnceLock<usize> = OnceLock::new();
        let policy = *POLICY.get_or_init(|| parsed(&scene().policy));
        let parts: Vec<_> = parts.iter().map(|((name, kind), bytes)| (*name, *kind, &bytes[..])).collect();
        called(if under_policy { policy } else { 0 }, &name, &request, &parts);
    }
}

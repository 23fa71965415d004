//! What only Windows has: its registry, its job objects, its names of files.
//! Runs on: Windows, as Wine 8 has it | — | host: frames, keys, PIN, seals, crash and hang, bridge, by PKCS #11 and SKF (windows.md has what was seen)

use crate::support::*;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::os::windows::ffi::OsStrExt;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use winreg::RegKey;
use winreg::enums::{
    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_ALL_ACCESS, KEY_WOW64_32KEY, KEY_WOW64_64KEY,
};
use yinxin_proto::site::DEVELOPMENT_EXTENSION_ID;

/// Hangs, and keeps a file to itself for as long as its process lives. All other threads stand still too, so that nothing
/// in the process sees the end of a pipe.
const HANGS: &str = "
#include <windows.h>
#include <tlhelp32.h>
unsigned long C_GetFunctionList(void **list)
{
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 one = { sizeof one };
    for (BOOL more = Thread32First(all, &one); more; more = Thread32Next(all, &one))
        if (one.th32OwnerProcessID == GetCurrentProcessId() && one.th32ThreadID != GetCurrentThreadId())
            SuspendThread(OpenThread(THREAD_SUSPEND_RESUME, FALSE, one.th32ThreadID));
    CreateFileA(\"@HELD@\", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    for (;;) Sleep(1000000);
}
";

/// A host whose worker hangs, and the file that the worker keeps to itself.
fn with_a_hung_worker(home: &Home) -> (Host, PathBuf) {
    let held = home.path().join("held");
    let source = HANGS.replace("@HELD@", &in_c(&held));
    let library = c_library(home.path(), "hangs", &source);
    home.configure(&module("hangs", &library, &[]));
    let mut host = home.host();
    host.send(json!({"type": "tokens"}));
    until("a worker", || held.exists() && File::open(&held).is_err());
    (host, held)
}

#[test]
fn workers_die_with_a_killed_host_even_inside_a_hung_call() {
    let home = Home::new("");
    let (mut host, held) = with_a_hung_worker(&home);
    host.kill();
    until("no worker", || File::open(&held).is_ok());
}

#[test]
fn workers_die_when_the_browser_closes_the_pipe() {
    let home = Home::new("");
    let (mut host, held) = with_a_hung_worker(&home);
    host.close();
    until("no worker", || File::open(&held).is_ok());
}

#[test]
fn a_library_finds_the_one_that_lies_beside_it_and_none_in_the_current_folder() {
    let home = Home::new("");
    let folder = home.path().join("driver");
    let current = home.path().join("current");
    for folder in [&folder, &current] {
        fs::create_dir(folder).unwrap();
    }
    let part = "__declspec(dllexport) unsigned long part(void) { return @RV@; }";
    c_library(&folder, "part", &part.replace("@RV@", "5"));
    c_library(&current, "other", &part.replace("@RV@", "6"));
    // Loaded only when it is called, as vendors' libraries load theirs.
    let main = "
        #include <windows.h>
        typedef unsigned long (*Part)(void);
        unsigned long C_GetFunctionList(void **list)
        {
            HMODULE part = LoadLibraryA(\"part.dll\");
            if (LoadLibraryA(\"other.dll\") || !part) return 0x30;
            return ((Part)GetProcAddress(part, \"part\"))();
        }";
    let library = c_library(&folder, "main", main);
    home.configure(&module("parts", &library, &[]));
    let mut command = home.command();
    command.current_dir(&current);
    let reply = Home::greeted(command, DEVELOPMENT_EXTENSION_ID).tokens();
    assert_eq!(
        reply["modules"][0]["problem"]["params"]["rv"], "CKR_GENERAL_ERROR",
        "{reply}"
    );
}

#[test]
fn a_worker_has_a_console_that_nobody_sees() {
    let home = Home::new("");
    let source = "
        #include <windows.h>
        unsigned long C_GetFunctionList(void **list)
        {
            return GetConsoleCP() && !IsWindowVisible(GetConsoleWindow()) ? 5 : 0x30;
        }";
    let library = c_library(home.path(), "console", source);
    home.configure(&module("console", &library, &[]));
    let reply = home.host().tokens();
    assert_eq!(
        reply["modules"][0]["problem"]["params"]["rv"], "CKR_GENERAL_ERROR",
        "{reply}"
    );
}

/// Both programs in a folder of their own; gives the host.
fn installed_in(folder: &Path) -> PathBuf {
    fs::create_dir(folder).unwrap();
    for name in ["yinxin-host.exe", "yinxin.exe"] {
        fs::copy(program().with_file_name(name), folder.join(name)).unwrap();
    }
    folder.join("yinxin-host.exe")
}

#[test]
fn names_in_chinese_with_spaces_and_of_more_than_260_characters_are_names() {
    let keys = home_with_keys("");
    let home = Home::new("");
    let mut folder = home.path().join("印信 本机程序");
    while folder.as_os_str().encode_wide().count() < 300 {
        folder = folder.join("四川 证书 (测试) & 印章");
    }
    fs::create_dir_all(&folder).unwrap();
    copy(&keys.path().join("keys"), &folder.join("密钥 库"));
    // Neither the system's loader of programs nor that of libraries takes the longest names.
    let near = home.path().join("印信 & 程序");
    let host = installed_in(&near);
    let library = near.join("软 key.dll");
    fs::copy(&softkey().library, &library).unwrap();
    let lines = module(
        "软件密钥",
        &library,
        &[("YINXIN_SOFTKEY_DIR", &folder.join("密钥 库"))],
    );
    home.configure(&lines);
    let config = folder.join("配置 host.toml");
    fs::copy(home.config(), &config).unwrap();
    let (document, signed) = (folder.join("文件 1.txt"), folder.join("文件 1.p7s"));
    fs::write(&document, "一份文件").unwrap();
    let mut command = home.command_of(&host);
    command.env("YINXIN_HOST_CONFIG", &config);
    command.args([
        "sign",
        "--token",
        "demo-unit",
        "--id",
        "01",
        "--format",
        "cms",
        "--pin-stdin",
    ]);
    command.arg("--in").arg(&document).arg("--out").arg(&signed);
    let done = Home::finish(&mut command, PIN);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(fs::metadata(&signed).unwrap().len() > 500);
    // Writing it again needs a word; then it is replaced as a whole.
    let again = Home::finish(&mut command, PIN);
    assert_eq!(again.code(), "file-exists");
    command.arg("--force");
    assert_eq!(Home::finish(&mut command, PIN).status, Some(0));
    let mut tokens = home.command_of(&host);
    tokens.env("YINXIN_HOST_CONFIG", &config);
    let mut host = Home::greeted(tokens, DEVELOPMENT_EXTENSION_ID);
    assert_eq!(host.token("demo-unit")["module"], "软件密钥");
}

#[test]
fn devices_are_no_files() {
    let home = Home::new("");
    for name in [
        "NUL",
        "CON",
        "COM1",
        "aux.toml",
        r"\\.\NUL",
        r"\\.\pipe\yinxin",
    ] {
        let mut command = home.command();
        command.env("YINXIN_HOST_CONFIG", name).arg("tokens");
        let code = Home::finish(&mut command, "").code().to_owned();
        assert_eq!(code, "file-failed", "{name}");
    }
}

#[test]
fn a_file_is_replaced_as_a_whole_or_not_at_all() {
    let home = Home::new("");
    let folder = home.path().join("profiles/NativeMessagingHosts");
    let manifest = folder.join("yinxin.host.json");
    fs::create_dir_all(&folder).unwrap();
    fs::write(&manifest, "{}").unwrap();
    let profiles = home.path().join("profiles");
    let install = || home.run(&["install", "--user-data-dir", profiles.to_str().unwrap()]);
    // Nobody else may open it just now.
    let held = File::options().read(true).share_mode(0).open(&manifest);
    let refused = install();
    drop(held.unwrap());
    assert_eq!(refused.code(), "file-failed");
    assert_eq!(fs::read_to_string(&manifest).unwrap(), "{}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(install().status, Some(0));
    assert!(fs::read_to_string(&manifest).unwrap().contains("stdio"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

/// Has a library claim to be signed, by bytes that are no signature.
fn sign_badly(library: &Path) {
    let mut bytes = fs::read(library).unwrap();
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    // The directory of certificates, in an optional header of PE32+ (PE/COFF, 3.4.3), and one of PKCS #7 (4.7).
    let directory = number(60) as usize + 24 + 112 + 4 * 8;
    let place = u32::try_from(bytes.len()).unwrap();
    let certificate = [&16_u32.to_le_bytes()[..], &[0, 2, 2, 0], &[0x30; 8]].concat();
    bytes[directory..directory + 4].copy_from_slice(&place.to_le_bytes());
    bytes[directory + 4..directory + 8].copy_from_slice(&16_u32.to_le_bytes());
    bytes.extend(certificate);
    fs::write(library, bytes).unwrap();
}

#[test]
fn the_doctor_tells_of_a_librarys_processor_and_signature_and_of_services() {
    let home = Home::new("");
    let [other, claims] = ["other", "claims"]
        .map(|name| c_library(home.path(), name, "int unrelated(void) { return 0; }"));
    sign_badly(&claims);
    let old = home.path().join("old.dll");
    fs::write(&old, library_for_32_bit()).unwrap();
    let modules = [("other", &other), ("claims", &claims), ("old", &old)];
    home.configure(&modules.map(|(name, path)| module(name, path, &[])).concat());
    let report = home.doctor();
    assert_eq!(
        evidence(check(&report, "module", "other"), "signed by"),
        "nobody"
    );
    let told = evidence(check(&report, "module", "claims"), "signed by");
    assert!(told.as_str().unwrap().contains("does not hold"), "{told}");
    let old = check(&report, "module", "old");
    assert_eq!(old["problem"]["code"], "worker-missing", "{old}");
    let found = &old["problem"]["params"]["found"];
    assert_eq!(found, "x86 (32 bit)", "{old}");
    let service = check(&report, "reader-service", "SCardSvr");
    assert!(
        ["ok", "skipped"].contains(&service["state"].as_str().unwrap()),
        "{service}"
    );
}

/// The registry, for one test at a time. It is the user's own, so nothing is written to it but under Wine, whose prefix
/// is made for the tests.
fn registry() -> Option<MutexGuard<'static, ()>> {
    static ONE: Mutex<()> = Mutex::new(());
    if std::env::var_os("WINEPREFIX").is_none() {
        yinxin_testing::skipped("the registry is somebody's own");
        return None;
    }
    Some(ONE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The keys of the browsers, below a root.
const KEYS: [&str; 5] = [
    "Google\\Chrome",
    "Chromium",
    "Microsoft\\Edge",
    "SogouExplorer",
    "360Chrome\\Chrome",
];

fn hosts(vendor: &str) -> String {
    format!("Software\\{vendor}\\NativeMessagingHosts\\yinxin.host")
}

/// The user's manifest that the registry names for a vendor.
fn named(vendor: &str) -> Option<PathBuf> {
    let user = RegKey::predef(HKEY_CURRENT_USER);
    let value: std::ffi::OsString = user.open_subkey(hosts(vendor)).ok()?.get_value("").ok()?;
    Some(value.into())
}

/// What the doctor says of Chrome.
fn chrome(home: &Home) -> Value {
    check(&home.doctor(), "registration", "chrome").clone()
}

#[test]
fn the_registry_names_the_host_to_every_browser_until_it_is_taken_back() {
    let Some(_one) = registry() else { return };
    let home = Home::new("");
    fs::create_dir_all(home.path().join("state/Google/Chrome/User Data/Default")).unwrap();
    assert_eq!(chrome(&home)["problem"]["code"], "registration-missing");
    for _ in 0..2 {
        assert_eq!(home.run(&["install"]).status, Some(0));
    }
    for vendor in KEYS {
        let manifest = fs::read_to_string(named(vendor).unwrap()).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["path"], program().to_str().unwrap(), "{vendor}");
    }
    assert_eq!(chrome(&home)["state"], "ok");
    // The program is gone, as a scanner takes one away.
    let manifest = named("Google\\Chrome").unwrap();
    let text = fs::read_to_string(&manifest).unwrap();
    let gone = in_c(&home.path().join("gone.exe"));
    let own = program().display().to_string().replace('\\', "\\\\");
    fs::write(&manifest, text.replace(&own, &gone)).unwrap();
    let broken = chrome(&home);
    assert_eq!(
        broken["problem"]["code"], "host-program-missing",
        "{broken}"
    );
    let path = broken["problem"]["params"]["path"].as_str().unwrap();
    assert!(path.contains("gone.exe"), "{path}");
    let repaired = home.run(&["doctor", "--repair"]);
    assert_eq!(chrome(&home)["state"], "ok", "{repaired:?}");
    assert_eq!(home.run(&["uninstall"]).status, Some(0));
    for vendor in KEYS {
        assert_eq!(named(vendor), None, "{vendor}");
    }
    assert!(!manifest.exists());
    assert_eq!(home.run(&["uninstall"]).status, Some(0));
}

#[test]
fn the_users_registration_wins_over_that_of_all_users_in_either_view() {
    let Some(_one) = registry() else { return };
    for (view, name) in [(KEY_WOW64_32KEY, "32"), (KEY_WOW64_64KEY, "64")] {
        let home = Home::new("");
        fs::create_dir_all(home.path().join("state/Google/Chrome/User Data/Default")).unwrap();
        home.run(&["install", "--browser", "chrome"]);
        let manifest = named("Google\\Chrome").unwrap();
        let all = home.path().join(format!("all-{name}.json"));
        fs::copy(&manifest, &all).unwrap();
        let machine = RegKey::predef(HKEY_LOCAL_MACHINE);
        let access = KEY_ALL_ACCESS | view;
        let (key, _) = machine
            .create_subkey_with_flags(hosts("Google\\Chrome"), access)
            .unwrap();
        key.set_value("", &all.as_os_str()).unwrap();
        let told = chrome(&home);
        let path = |name: &str| evidence(&told, name).as_str().unwrap().to_owned();
        assert!(path("manifest").ends_with("yinxin.host.json"), "{told}");
        home.run(&["uninstall"]);
        let told = chrome(&home);
        assert_eq!(told["state"], "ok", "{told}");
        let path = evidence(&told, "manifest").as_str().unwrap();
        assert!(path.ends_with(&format!("all-{name}.json")), "{told}");
        machine
            .delete_subkey_with_flags(hosts("Google\\Chrome"), view)
            .unwrap();
    }
}

#[test]
fn two_installations_are_told() {
    let Some(_one) = registry() else { return };
    let home = Home::new("");
    fs::create_dir_all(home.path().join("state/Google/Chrome/User Data/Default")).unwrap();
    home.run(&["install", "--browser", "chrome"]);
    let other = installed_in(&home.path().join("other"));
    let of_other = |line: &[&str]| Home::finish(home.command_of(&other).args(line), "");
    assert_eq!(of_other(&["install", "--all-users"]).status, Some(0));
    let told = check(&home.doctor(), "registration", "yinxin.host").clone();
    assert_eq!(told["problem"]["code"], "several-hosts", "{told}");
    let programs = told["problem"]["params"]["programs"].as_str().unwrap();
    assert_eq!(programs.matches(".exe").count(), 2, "{programs}");
    assert!(programs.contains(r"other\yinxin-host.exe"), "{programs}");
    assert_eq!(of_other(&["uninstall", "--all-users"]).status, Some(0));
    assert_eq!(chrome(&home)["state"], "ok");
    home.run(&["uninstall"]);
}

#[test]
fn a_policy_in_the_registry_is_told() {
    let Some(_one) = registry() else { return };
    let home = Home::new("");
    fs::create_dir_all(home.path().join("state/Google/Chrome/User Data/Default")).unwrap();
    home.run(&["install", "--browser", "chrome"]);
    for root in [HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE] {
        let root = RegKey::predef(root);
        let policy = "Software\\Policies\\Google\\Chrome\\NativeMessagingBlocklist";
        root.create_subkey(policy)
            .and_then(|(key, _)| key.set_value("1", &"*"))
            .unwrap();
        let told = chrome(&home);
        root.delete_subkey_all("Software\\Policies\\Google")
            .unwrap();
        assert_eq!(told["problem"]["code"], "blocked-by-policy", "{told}");
        let named = &told["problem"]["params"]["policy"];
        assert_eq!(named, "NativeMessagingBlocklist", "{told}");
        assert_eq!(chrome(&home)["state"], "ok");
    }
    home.run(&["uninstall"]);
}

/// Where the system keeps what it knows of devices that were ever plugged in.
const DEVICES: &str = "System\\CurrentControlSet\\Enum\\USB";

/// Has Windows know a device, as Wine takes it from the registry.
fn plug(id: &str, name: &str, compatible: &[&str]) {
    let machine = RegKey::predef(HKEY_LOCAL_MACHINE);
    let (key, _) = machine
        .create_subkey(format!("{DEVICES}\\{id}\\1"))
        .unwrap();
    // Which class it is of nobody asks; without any it is none.
    let class = "{36fc9e60-c465-11cf-8056-444553540000}";
    key.set_value("ClassGUID", &class).unwrap();
    key.set_value("DeviceDesc", &name).unwrap();
    let compatible: Vec<String> = compatible.iter().map(|id| (*id).to_owned()).collect();
    key.set_value("CompatibleIDs", &compatible).unwrap();
}

#[test]
fn a_key_that_is_plugged_in_and_not_read_is_told() {
    let Some(_one) = registry() else { return };
    let home = home_with_keys("");
    let told = |subject: &str| check(&home.doctor(), "usb-device", subject).clone();
    plug(
        "VID_0951&PID_1666",
        "stick",
        &["USB\\Class_08&SubClass_06&Prot_50"],
    );
    plug("ROOT_HUB30", "hub", &[]);
    let none = told("-");
    assert_eq!(evidence(&none, "keys or readers"), "none", "{none}");
    plug("VID_055C&PID_DB08", "mToken", &["USB\\COMPOSITE"]);
    plug(
        "VID_055C&PID_DB08&MI_00",
        "part",
        &["USB\\Class_0B&SubClass_00", "USB\\Class_0B"],
    );
    plug("VID_055C&PID_DB08&MI_01", "part", &["USB\\Class_03"]);
    let key = told("mToken");
    assert_eq!(key["problem"]["code"], "key-without-driver", "{key}");
    assert_eq!(evidence(&key, "id"), "055c:db08", "{key}");
    assert_eq!(evidence(&key, "interfaces"), "03 0b", "{key}");
    let machine = RegKey::predef(HKEY_LOCAL_MACHINE);
    for id in ["VID_0951&PID_1666", "ROOT_HUB30", "VID_055C&PID_DB08"] {
        machine
            .delete_subkey_all(format!("{DEVICES}\\{id}"))
            .unwrap();
    }
    for part in ["MI_00", "MI_01"] {
        let id = format!("{DEVICES}\\VID_055C&PID_DB08&{part}");
        machine.delete_subkey_all(id).unwrap();
    }
}

#[test]
fn a_registration_with_a_configuration_of_its_own_starts() {
    let home = Home::new("");
    // Wine's shell reads a script in one code page for good, so there are no other letters in it there.
    let (profile, own) = if std::env::var_os("WINEPREFIX").is_some() {
        ("User Data & 1", "my own.toml")
    } else {
        ("用户 数据 & 1", "我的 配置.toml")
    };
    let [profile, own] = [profile, own].map(|name| home.path().join(name));
    fs::write(&own, "vendors = false\n").unwrap();
    let installed = home.run(&[
        "install",
        "--user-data-dir",
        profile.to_str().unwrap(),
        "--config",
        own.to_str().unwrap(),
        "--extension-id",
        DEVELOPMENT_EXTENSION_ID,
    ]);
    assert_eq!(installed.status, Some(0), "{installed:?}");
    let manifest = fs::read(profile.join("NativeMessagingHosts/yinxin.host.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let launcher = Path::new(manifest["path"].as_str().unwrap()).to_owned();
    // Only the configuration names this caller.
    let mut command = Command::new(&launcher);
    command
        .arg(format!("chrome-extension://{DEVELOPMENT_EXTENSION_ID}/"))
        .env_remove("YINXIN_HOST_CONFIG");
    let mut host = Host::start(&mut command);
    assert_eq!(host.next()["type"], "greeting");
    assert_eq!(host.tokens()["type"], "tokens");
    drop(host);
    fs::create_dir(profile.join("Default")).unwrap();
    let folder = profile.to_str().unwrap();
    let told = home
        .run(&["doctor", "--json", "--user-data-dir", folder])
        .json();
    let checks = told["checks"].as_array().unwrap().iter();
    let mut of_it = checks.filter(|check| check["kind"] == "registration");
    let state = of_it.next_back().unwrap();
    assert_eq!(state["state"], "ok", "{state}");
}

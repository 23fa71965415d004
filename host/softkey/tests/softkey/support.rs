//! What the tests share: tokens in temporary folders, the shared library, helper processes.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cryptoki_sys::*;
use tempfile::TempDir;
use yinxin_softkey::module::{Module, padded};
use yinxin_softkey::token::Role;

pub const PIN: &[u8] = b"246810";
pub const WRONG_PIN: &[u8] = b"000000";
pub const SO_PIN: &[u8] = b"87654321";

/// A folder with one initialised token in it, `one`.
pub fn root_with_token() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    make_token(root.path(), "one");
    root
}

/// Makes an initialised token.
pub fn make_token(root: &Path, name: &str) {
    let aside = tempfile::tempdir_in(root.parent().unwrap()).unwrap();
    std::fs::create_dir(aside.path().join(name)).unwrap();
    let mut module = Module::new(Some(aside.path().to_owned()));
    module.init_token(0, SO_PIN, &padded(name)).unwrap();
    let session = open(&mut module);
    module.login(session, Role::So, SO_PIN).unwrap();
    module.init_pin(session, PIN).unwrap();
    std::fs::rename(aside.path().join(name), root.join(name)).unwrap();
}

pub fn module(root: &Path) -> Module {
    Module::new(Some(root.to_owned()))
}

/// A read-write session on slot 0.
pub fn open(module: &mut Module) -> CK_SESSION_HANDLE {
    let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
    module.open_session(0, flags).unwrap()
}

/// A module with the user logged in.
pub fn logged_in(root: &Path) -> (Module, CK_SESSION_HANDLE) {
    let mut module = module(root);
    let session = open(&mut module);
    module.login(session, Role::User, PIN).unwrap();
    (module, session)
}

/// A number as C sees it.
pub fn number(value: CK_ULONG) -> [u8; size_of::<CK_ULONG>()] {
    value.to_ne_bytes()
}

/// Stores a data object.
pub fn create_data(
    module: &mut Module,
    session: CK_SESSION_HANDLE,
    label: &str,
    value: &[u8],
    private: bool,
) -> Result<CK_OBJECT_HANDLE, yinxin_softkey::rv::Rv> {
    module.create_object(
        session,
        &[
            (CKA_CLASS, &number(CKO_DATA)),
            (CKA_TOKEN, &[1]),
            (CKA_PRIVATE, &[u8::from(private)]),
            (CKA_LABEL, label.as_bytes()),
            (CKA_VALUE, value),
        ],
    )
}

pub fn find(
    module: &mut Module,
    session: CK_SESSION_HANDLE,
    template: &[(CK_ATTRIBUTE_TYPE, &[u8])],
) -> Vec<CK_OBJECT_HANDLE> {
    module.find_init(session, template).unwrap();
    let found = module.find_next(session, usize::MAX).unwrap();
    module.find_final(session).unwrap();
    found
}

/// The tries left for user and security officer, as a host reads them.
pub fn tries_left(module: &mut Module, session: CK_SESSION_HANDLE) -> (CK_ULONG, CK_ULONG) {
    use yinxin_softkey::object::{CKA_SO_TRIES_LEFT, CKA_USER_TRIES_LEFT};
    let class = number(CKO_HW_FEATURE);
    let found = find(module, session, &[(CKA_CLASS, &class)]);
    assert_eq!(found.len(), 1);
    let types = [CKA_USER_TRIES_LEFT, CKA_SO_TRIES_LEFT];
    let values = module.attribute_values(session, found[0], &types).unwrap();
    let value = |index: usize| {
        let bytes = values[index].as_ref().unwrap().as_slice();
        CK_ULONG::from_ne_bytes(bytes.try_into().unwrap())
    };
    (value(0), value(1))
}

/// Where cargo put the binaries of this package.
pub fn library() -> PathBuf {
    let dir = Path::new(env!("CARGO_BIN_EXE_yinxin-demo-key"))
        .parent()
        .unwrap();
    let name = libloading::library_filename("yinxin_softkey");
    // `cargo build` links the library beside the binaries, `cargo test` only below deps.
    let candidates = [dir.join("deps").join(&name), dir.join(&name)];
    let newest = candidates
        .into_iter()
        .filter(|path| path.exists())
        .max_by_key(|path| path.metadata().unwrap().modified().unwrap());
    newest.expect("the shared library is built")
}

pub fn demo_key() -> Command {
    Command::new(env!("CARGO_BIN_EXE_yinxin-demo-key"))
}

/// The environment is one for the whole process, and so is the loaded library: tests that need
/// them take turns.
pub struct Turn(#[allow(dead_code, reason = "held until dropped")] MutexGuard<'static, ()>);

pub fn take_turn(root: &Path) -> Turn {
    static TURN: Mutex<()> = Mutex::new(());
    let guard = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    #[allow(
        unsafe_code,
        reason = "the module reads its folder from the environment"
    )]
    // SAFETY: whoever writes to the environment holds TURN, and reads go through Rust's lock.
    unsafe {
        std::env::set_var(yinxin_softkey::DIR_VARIABLE, root);
    }
    Turn(guard)
}

/// Starts this test binary again, to run one ignored test as a helper process.
pub fn spawn_helper(name: &str, root: &Path, output: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env("HELPER_ROOT", root)
        .env("HELPER_OUTPUT", output)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// In a helper process: the folder of tokens, and the file to report to.
pub fn helper_arguments() -> (PathBuf, std::fs::File) {
    let variable = |name| PathBuf::from(std::env::var_os(name).expect("run by another test"));
    let output = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(variable("HELPER_OUTPUT"))
        .unwrap();
    (variable("HELPER_ROOT"), output)
}

/// Whether a tool is there; says so in one line if not.
pub fn have(tool: &str) -> bool {
    let found = Command::new(tool)
        .arg("--help")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        yinxin_testing::skipped(&format!("{tool} is not installed"));
    }
    found
}

/// Runs a command and gives its status and all that it printed.
pub fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

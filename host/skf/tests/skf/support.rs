//! Compiles the C files of this folder, and talks to the library made of them beside the safe layer.
#![allow(unsafe_code, reason = "calls of the test's own C functions")]

use std::ffi::{CStr, CString, c_char, c_int};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use yinxin_skf::{Application, Container, Device, Library};

/// Runs the C compiler over files of this folder.
pub fn compile(arguments: &[&str], sources: &[&str], output: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/skf/c");
    let mut compiler = Command::new("cc");
    compiler.args(["-Wall", "-Wextra", "-Werror", "-O1"]);
    if cfg!(target_pointer_width = "32") {
        compiler.arg("-m32");
    }
    compiler.args(arguments).arg("-o").arg(output);
    compiler.args(sources.iter().map(|source| folder.join(source)));
    let made = compiler.output().expect("a C compiler runs");
    let words = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{words}");
}

/// A library compiled for one test, so that the test has an instance of its own.
pub struct Made {
    folder: TempDir,
    pub path: PathBuf,
}

impl Made {
    /// The library that can do everything.
    pub fn new() -> Self {
        Self::of("library.c", &[])
    }

    /// One of another source, or with other arguments.
    pub fn of(source: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("library.so");
        let shared = ["-shared", "-fPIC", "-fvisibility=hidden", "-pthread"];
        compile(&[&shared, arguments].concat(), &[source], &path);
        Self { folder, path }
    }

    /// Where else something may lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The library, loaded.
    pub fn library(&self) -> Library {
        Library::load(&self.path).expect("it loads")
    }

    /// From now on the library does something wrong.
    pub fn fault(&self, name: &str) {
        // The library keeps the pointer.
        let name: &'static CStr = Box::leak(CString::new(name).expect("no NUL").into_boxed_c_str());
        let set: unsafe extern "C" fn(*const c_char) = self.function(b"skf_test_fault");
        // SAFETY: a text that lives on, for a function that keeps it.
        unsafe { set(name.as_ptr()) };
    }

    /// What was called that the library tells.
    pub fn log(&self) -> Vec<String> {
        let get: unsafe extern "C" fn() -> *const c_char = self.function(b"skf_test_log");
        // SAFETY: it gives a static text that ends with NUL.
        let text = unsafe { CStr::from_ptr(get()) }.to_str().expect("ASCII");
        text.lines().map(str::to_owned).collect()
    }

    /// Whether somebody waits in the library.
    pub fn waits(&self) -> bool {
        let waits: unsafe extern "C" fn() -> c_int = self.function(b"skf_test_waits");
        // SAFETY: it takes nothing.
        unsafe { waits() != 0 }
    }

    fn function<F: Copy>(&self, name: &[u8]) -> F {
        // SAFETY: another load of the same file is the same instance; the callers give the C file's types.
        unsafe {
            let library = libloading::Library::new(&self.path).expect("it is loaded");
            let function = *library.get::<F>(name).expect("the C file has it");
            std::mem::forget(library);
            function
        }
    }
}

/// A device of the library that can do everything.
pub fn device(library: &Library) -> Device {
    library.connect(b"key 1").expect("it connects")
}

/// Its application.
pub fn application(library: &Library) -> Application {
    device(library).open_application(b"APP").expect("it opens")
}

/// Its container.
pub fn container(library: &Library) -> Container {
    application(library)
        .open_container(b"CON")
        .expect("it opens")
}

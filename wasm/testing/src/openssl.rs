//! The OpenSSL command line, an independent judge.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A folder for files of another program, gone with the value; `None`, with a line that says so,
/// where there is no OpenSSL.
pub struct OpenSsl(PathBuf);

impl OpenSsl {
    /// Makes one.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let version = Command::new("openssl").arg("version").output();
        if version.is_err() {
            crate::skipped("no OpenSSL");
            return None;
        }
        let folder = std::env::temp_dir().join(format!("yinxin-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Some(Self(folder))
    }

    /// Writes a file into it; its path.
    #[must_use]
    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Whether it says yes, and its words.
    #[must_use]
    pub fn run(arguments: &[&str]) -> (bool, String) {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), words)
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

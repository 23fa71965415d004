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

    /// Whether it says that a certificate's SM2 key made a signature, as DER, over a message, under the default user id.
    #[must_use]
    pub fn is_sm2_signed(&self, certificate: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let certificate = self.write("signer.der", certificate);
        let key = self.write("signer.pem", b"");
        let read = ["-in", &certificate, "-pubkey", "-noout", "-out", &key];
        let (read, words) = Self::run(&[&["x509", "-inform", "DER"], &read[..]].concat());
        assert!(read, "{words}");
        let [message, signature] = [("message", message), ("signature", signature)]
            .map(|(name, bytes)| self.write(name, bytes));
        let how = ["-sigopt", "distid:1234567812345678", "-verify", &key];
        let over = ["-signature", &signature, &message];
        Self::run(&[&["dgst", "-sm3"], &how[..], &over].concat()).0
    }

    /// SM3 as it computes it.
    #[must_use]
    pub fn sm3(&self, bytes: &[u8]) -> Vec<u8> {
        let file = self.write("hashed", bytes);
        let output = Command::new("openssl")
            .args(["dgst", "-sm3", "-binary", &file])
            .output();
        output.unwrap().stdout
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

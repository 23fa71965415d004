//! A time-stamping authority of OpenSSL's (`openssl ts`), with its own root.

use crate::OpenSsl;
use std::fs;
use std::process::Command;

/// An authority in a folder of its own.
pub struct TimeAuthority {
    folder: OpenSsl,
    configuration: String,
    root: String,
}

impl TimeAuthority {
    /// Makes one; `None` where there is no OpenSSL.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let folder = OpenSsl::new(&format!("{name}-authority"))?;
        let path = |name: &str| folder.write(name, b"");
        let [root_key, root, key, request, certificate] =
            ["root.key", "root.pem", "key.pem", "request.pem", "tsa.pem"].map(path);
        let serial = folder.write("serial", b"01");
        let extensions = folder.write(
            "extensions",
            b"keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n",
        );
        let make = |line: &str| {
            let arguments: Vec<&str> = line.split(' ').collect();
            let (made, words) = OpenSsl::run(&arguments);
            assert!(made, "{line}: {words}");
        };
        make(&format!(
            "req -x509 -newkey rsa:2048 -nodes -keyout {root_key} -out {root} -subj /CN=Root -days 30"
        ));
        make(&format!(
            "req -newkey rsa:2048 -nodes -keyout {key} -out {request} -subj /CN=TSA"
        ));
        make(&format!(
            "x509 -req -in {request} -CA {root} -CAkey {root_key} -set_serial 2 -days 30 -extfile {extensions} -out {certificate}"
        ));
        let configuration = folder.write(
            "tsa.cnf",
            format!(
                "[tsa]\ndefault_tsa = own\n[own]\nserial = {serial}\nsigner_cert = {certificate}\n\
                 signer_key = {key}\nsigner_digest = sha256\ncerts = {root}\ndefault_policy = 1.2.3.4.1\n\
                 digests = sha256, sm3\ness_cert_id_alg = sha256\n"
            )
            .as_bytes(),
        );
        Some(Self {
            folder,
            configuration,
            root,
        })
    }

    /// Its root, PEM.
    #[must_use]
    pub fn root(&self) -> Vec<u8> {
        fs::read(&self.root).unwrap()
    }

    /// A program that answers a request on its standard input.
    #[cfg(unix)]
    #[must_use]
    pub fn program(&self) -> std::path::PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let script = format!(
            "#!/bin/sh\nexec openssl ts -reply -config '{}' -queryfile /dev/stdin 2> /dev/null\n",
            self.configuration
        );
        let path = std::path::PathBuf::from(self.folder.write("stamp", script.as_bytes()));
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        path
    }

    /// Its answer to a request.
    #[must_use]
    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        let query = self.folder.write("query.tsq", request);
        let output = Command::new("openssl")
            .args(["ts", "-reply", "-config", &self.configuration])
            .args(["-queryfile", &query])
            .output()
            .unwrap();
        output.stdout
    }

    /// Whether OpenSSL says that a time stamp holds over some bytes, by its root.
    #[must_use]
    pub fn holds(&self, token: &[u8], bytes: &[u8]) -> bool {
        let token = self.folder.write("token", token);
        let data = self.folder.write("data", bytes);
        let arguments = [
            "ts",
            "-verify",
            "-token_in",
            "-in",
            &token,
            "-data",
            &data,
            "-CAfile",
            &self.root,
        ];
        OpenSsl::run(&arguments).0
    }
}

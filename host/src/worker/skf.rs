//! Keys behind a library of SKF (GM/T 0016-2012): its devices, applications, containers, files and codes, in
//! the words of [`Driver`]. Nobody else in the host knows them.
//!
//! A token is an application of a device: to it belong the PIN and its tries. A certificate's id is its
//! container's name.

mod change_pin;
mod failure;
mod login;
mod seals;
mod sign;
mod tokens;
mod write_seal;

use super::Port;
use super::driver::{Driver, Wait};
use super::message::{ChangePinTask, DecryptTask, Listed, SignTask, WriteSealTask};
use crate::vendors::Interface;
use std::path::Path;
use yinxin_proto::Error;
use yinxin_skf::{Call, Event, Library, LoadError};

/// A library of SKF.
pub struct Module {
    name: String,
    library: Library,
    /// The configuration says that its tokens are demo keys.
    demo: bool,
}

impl Module {
    /// Loads a library.
    ///
    /// # Errors
    /// `module-load-failed` or `module-not-library`.
    pub fn load(name: String, path: &Path, demo: bool) -> Result<Self, Error> {
        match Library::load(path) {
            Ok(library) => Ok(Self {
                name,
                library,
                demo,
            }),
            Err(LoadError::NotSkf(missing)) => Err(Error::ModuleNotLibrary {
                module: name,
                found: format!("no {missing}"),
            }),
            Err(error) => Err(Error::ModuleLoadFailed {
                module: name,
                reason: error.to_string(),
            }),
        }
    }
}

/// What a signature by SM2 takes.
const NEEDED: [Call; 6] = [
    Call::EnumApplication,
    Call::OpenApplication,
    Call::VerifyPIN,
    Call::EnumContainer,
    Call::OpenContainer,
    Call::ECCSignData,
];

impl Driver for Module {
    fn library(&self) -> String {
        let missing = self.library.missing();
        let count = Call::ALL.len();
        let mut told = format!("SKF, {} of {count} functions", count - missing.len());
        // Without these it signs nothing; RSA alone is what few keys have.
        let needed = NEEDED.into_iter().filter(|call| missing.contains(call));
        let needed: Vec<&str> = needed.map(Call::name).collect();
        if !needed.is_empty() {
            told.push_str("; missing for signatures: ");
            told.push_str(&needed.join(", "));
        }
        told
    }

    fn list(&self) -> Result<Vec<Listed>, Error> {
        let signs = sign::algorithms(&self.library);
        let listed = |token| Listed {
            token,
            interface: Interface::Skf,
            signs: signs.clone(),
        };
        Ok(tokens::list(self)?.into_iter().map(listed).collect())
    }

    fn glance(&self) -> Vec<u8> {
        // Names of devices have no NUL.
        self.library.devices(true).unwrap_or_default().join(&0)
    }

    fn waiter(&self) -> Option<Wait> {
        let mut waiter = self.library.waiter()?;
        // An error is mostly SAR_NOTSUPPORTYETERR.
        Some(Box::new(move || {
            waiter.wait().is_ok_and(|event| event != Event::Cancelled)
        }))
    }

    fn sign(&self, task: &SignTask, port: &Port) -> Result<(), Error> {
        sign::sign(self, task, port)
    }

    fn write_seal(&self, task: &WriteSealTask, port: &Port) -> Result<u32, Error> {
        write_seal::write_seal(self, task, port)
    }

    fn change_pin(&self, task: &ChangePinTask, port: &Port) -> Result<(), Error> {
        change_pin::change_pin(self, task, port)
    }

    /// No function of the standard decrypts with a private key what is no key itself.
    fn decrypt(&self, _: &DecryptTask, _: &Port) -> Result<Vec<u8>, Error> {
        Err(Error::NotDecrypted {})
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::worker::Shared;
    use crate::worker::message::{Input, PublicKey};
    use std::fs;
    use std::path::PathBuf;
    use std::process::Command;
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, Mutex};
    use yinxin_proto::{Base64, Pin};

    fn compile(arguments: &[&str], output: &Path) {
        let made = Command::new("cc")
            .args(arguments)
            .arg("-o")
            .arg(output)
            .status();
        assert!(made.expect("a C compiler").success(), "{arguments:?}");
    }

    /// What comes of a listing and of a signature, each in a word: a code, or what is there.
    fn outcome(path: &Path) -> (String, String) {
        let module = match Module::load("m".into(), path, false) {
            Ok(module) => module,
            Err(error) => return (error.code().into(), "-".into()),
        };
        let token = module.list().expect("it lists").remove(0).token;
        let listed = match (&token.problem, token.pin.left) {
            (Some(problem), _) => problem.code().to_owned(),
            (None, None) => "no tries".into(),
            (None, Some(_)) => token.label.clone(),
        };
        let task = SignTask {
            token: token.token,
            id: hex::encode("CON"),
            key: PublicKey::Sm2 {
                point: Base64([&[4][..], &[0x11; 32], &[0x22; 32]].concat()),
            },
            pin: Some(Pin::new("123456".into())),
            inputs: vec![Input {
                digest: Base64(vec![7; 32]),
                message: None,
            }],
        };
        let port = Port(Arc::new(Shared {
            output: Mutex::new(tempfile::tempfile().expect("a file")),
            cancelled: AtomicBool::new(false),
        }));
        let signed = module.sign(&task, &port);
        let signed = signed.map_or_else(|error| error.code().to_owned(), |()| "signed".into());
        (listed, signed)
    }

    #[test]
    fn what_a_library_makes_up_costs_no_more_than_what_it_is_about() {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("skf/tests/skf/c/library.c");
        let with = |fault: &str| {
            let path = folder.path().join(format!("{fault}.so"));
            let fault = format!("-DFAULT=\"{fault}\"");
            let shared = ["-shared", "-fPIC", "-fvisibility=hidden", "-pthread"];
            let arguments = [&shared[..], &[&fault, source.to_str().unwrap()]].concat();
            compile(&arguments, &path);
            path
        };
        for (fault, listed, signed) in [
            // A device that is another one at each look.
            ("turns", "Key", "token-removed"),
            // Tries that there never were, or more left than there are.
            ("no-tries", "no tries", "signed"),
            ("pin-numbers", "no tries", "signed"),
            // Success without a handle.
            ("no-handle", "token-unreadable", "token-removed"),
            // Everything twice.
            ("twice", "Key", "signed"),
            // Lengths that differ between two calls.
            ("grows", "Key", "signed"),
        ] {
            let expected = (listed.to_owned(), signed.to_owned());
            assert_eq!(outcome(&with(fault)), expected, "{fault}");
        }
        let module = Module::load("m".into(), &with("twice"), false).unwrap();
        let listed = module.list().unwrap();
        let mut ids: Vec<_> = listed[0].token.certificates.iter().collect();
        let count = ids.len();
        ids.dedup_by_key(|held| (&held.id, &held.certificate.0));
        assert_eq!((listed.len(), ids.len()), (1, count));
    }

    #[test]
    fn a_function_that_is_missing_costs_what_needs_it_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("skf/tests/skf/c/library.c");
        let object = folder.path().join("library.o");
        let shared = ["-c", "-fPIC", "-fvisibility=hidden", "-pthread"];
        compile(
            &[&shared[..], &[source.to_str().unwrap()]].concat(),
            &object,
        );
        let without = |call: Option<Call>| -> PathBuf {
            let path = folder.path().join(format!("{call:?}.so"));
            let versions = folder.path().join("versions");
            let hidden = call.map_or(String::new(), |call| format!("local: {};", call.name()));
            fs::write(&versions, format!("{{ {hidden} }};")).unwrap();
            let script = format!("-Wl,--version-script={}", versions.display());
            let object = object.to_str().unwrap();
            compile(&["-shared", "-pthread", &script, object], &path);
            path
        };
        let whole = ("Key", "signed");
        assert_eq!(outcome(&without(None)), (whole.0.into(), whole.1.into()));
        for call in Call::ALL {
            let (listed, signed) = match call {
                Call::EnumDev | Call::ConnectDev => ("module-not-library", "-"),
                Call::EnumApplication | Call::OpenApplication => {
                    ("token-unreadable", "token-removed")
                }
                // Its application's name stands for its label.
                Call::GetDevInfo => ("APP", "signed"),
                Call::GetPINInfo => ("no tries", "signed"),
                Call::EnumContainer => ("token-unreadable", "module-failed"),
                Call::OpenContainer => ("token-unreadable", "key-not-found"),
                Call::ExportCertificate => ("token-unreadable", "signed"),
                Call::VerifyPIN => ("Key", "module-failed"),
                Call::ECCSignData => ("Key", "mechanism-missing"),
                _ => whole,
            };
            let expected = (listed.to_owned(), signed.to_owned());
            assert_eq!(outcome(&without(Some(*call))), expected, "{call:?}");
        }
    }
}

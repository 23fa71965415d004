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
use super::message::{ChangePinTask, DecryptTask, SignTask, WriteSealTask};
use std::path::Path;
use yinxin_proto::Error;
use yinxin_proto::token::Token;
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
            Err(LoadError::NotSkf) => Err(Error::ModuleNotLibrary {
                module: name,
                found: format!("no {}", Call::EnumDev.name()),
            }),
            Err(error) => Err(Error::ModuleLoadFailed {
                module: name,
                reason: error.to_string(),
            }),
        }
    }
}

impl Driver for Module {
    fn library(&self) -> String {
        let missing = self.library.missing().len();
        format!(
            "SKF, {} of {} functions",
            Call::ALL.len() - missing,
            Call::ALL.len()
        )
    }

    fn list(&self) -> Result<Vec<Token>, Error> {
        tokens::list(self)
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

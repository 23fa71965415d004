//! Keys behind a PKCS #11 module: its slots, sessions, objects, mechanisms and return values, in the words
//! of [`Driver`]. Nobody else in the host knows them.

mod change_pin;
mod decrypt;
mod failure;
mod keys;
mod library;
mod login;
mod mechanisms;
mod objects;
mod seals;
mod sign;
mod tokens;
mod write_seal;

use self::failure::{catalogued, name_of};
use self::library::Library;
use super::Port;
use super::driver::{Driver, Wait};
use super::message::{ChangePinTask, DecryptTask, Listed, SignTask, WriteSealTask};
use super::text::padded;
use crate::vendors::Family;
use cryptoki::error::Error as Pkcs11Error;
use std::path::Path;
use yinxin_proto::Error;

/// A PKCS #11 module that is initialised.
pub struct Module {
    name: String,
    library: Library,
    /// Whose mechanisms for SM2 are asked for first.
    family: Option<Family>,
    /// The configuration says that its tokens are demo keys.
    demo: bool,
    /// It locks by itself, so that a second thread may be in it.
    locks: bool,
}

impl Module {
    /// Loads and initialises a module.
    ///
    /// # Errors
    /// `module-load-failed`, `module-not-library` or `module-failed`.
    pub fn load(
        name: String,
        path: &Path,
        family: Option<Family>,
        demo: bool,
    ) -> Result<Self, Error> {
        let library = Library::load(path).map_err(|error| catalogued(&name, error))?;
        let locks = library
            .initialize()
            .map_err(|error| initialising(&name, error))?;
        Ok(Self {
            name,
            library,
            family,
            demo,
            locks,
        })
    }
}

impl Driver for Module {
    fn library(&self) -> String {
        self.library
            .get_library_info()
            .map_or(String::new(), |info| {
                format!(
                    "{} {} {}.{}",
                    padded(info.manufacturer_id().as_bytes()),
                    padded(info.library_description().as_bytes()),
                    info.library_version().major(),
                    info.library_version().minor()
                )
            })
    }

    fn list(&self) -> Result<Vec<Listed>, Error> {
        tokens::list(self)
    }

    fn glance(&self) -> Vec<u8> {
        tokens::glance(&self.library)
    }

    fn waiter(&self) -> Option<Wait> {
        let library = self.library.clone();
        // An error is mostly CKR_FUNCTION_NOT_SUPPORTED.
        self.locks
            .then(|| -> Wait { Box::new(move || library.wait_for_slot_event().is_ok()) })
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

    fn decrypt(&self, task: &DecryptTask, port: &Port) -> Result<Vec<u8>, Error> {
        decrypt::decrypt(self, task, port)
    }
}

fn initialising(name: &str, error: Pkcs11Error) -> Error {
    match error {
        Pkcs11Error::Pkcs11(rv, _) => Error::ModuleLoadFailed {
            module: name.to_owned(),
            reason: format!("C_Initialize: {}", name_of(rv)),
        },
        other => catalogued(name, other),
    }
}

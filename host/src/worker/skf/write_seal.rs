//! Writes a seal into a token, as a file. There is no moment without one: what it replaces is deleted only
//! after the new seal was read back, and whoever is interrupted can begin anew. A file has its size for good,
//! so the new seal stands in a file of its own first, and then once more under the name of the old one.

use super::Module;
use super::failure::{catalogued, is_gone};
use super::login::{checked_pin, find, with_login};
use super::seals::{files, readable};
use crate::worker::Port;
use crate::worker::message::{FromWorker, WriteSealTask};
use yinxin_pki::seal::Seal;
use yinxin_proto::Error;
use yinxin_skf::{Application, Code, Error as SkfError, FileInfo, rights};

/// [`Driver::write_seal`](crate::worker::driver::Driver::write_seal), in every file that holds the old one.
///
/// # Errors
/// As there.
pub fn write_seal(module: &Module, task: &WriteSealTask, port: &Port) -> Result<u32, Error> {
    let present = find(module, &task.token)?;
    let pin = checked_pin(&present, task.pin.as_ref())?;
    let writing = Writing {
        module,
        application: &present.application,
        task,
        port,
    };
    with_login(module, &present, pin, port, || writing.replace())
}

struct Writing<'a> {
    module: &'a Module,
    application: &'a Application,
    task: &'a WriteSealTask,
    port: &'a Port,
}

impl Writing<'_> {
    fn replace(&self) -> Result<u32, Error> {
        let old = self.replaced()?;
        let is_there = !self.held(&self.task.seal.0)?.is_empty();
        if self.task.replaced.is_some() && old.is_empty() && !is_there {
            return Err(Error::SealNotFound {});
        }
        if self.port.cancelled() {
            return Err(Error::Aborted {});
        }
        if !is_there {
            let name = self.free_name()?;
            self.put(&name)?;
            let told = files(self.application);
            let told = told.map_err(|error| catalogued(&self.module.name, error))?;
            // A listing looks at so many files only.
            if !told.contains(&name) {
                let _ = self.application.delete_file(&name);
                return Err(Error::SealNotWritten {
                    reason: "the key has too many files".into(),
                });
            }
        }
        let mut deleted = 0;
        for name in &old {
            self.work();
            self.application
                .delete_file(name)
                .map_err(|error| catalogued(&self.module.name, error))?;
            deleted += 1;
        }
        let Some(name) = old.first() else {
            return Ok(0);
        };
        let holding = self.held(&self.task.seal.0)?;
        // A library may have deleted another file than it was told to.
        if holding.is_empty() {
            return Err(Error::ModuleFailed {
                module: self.module.name.clone(),
                call: "SKF_DeleteFile".into(),
                rv: "another file".into(),
            });
        }
        // What finds the old one by its name finds the new one too. If that fails, it stays where it is.
        if self.put(name).is_ok() {
            for name in holding {
                if name.starts_with(NAME.as_bytes()) {
                    self.work();
                    let _ = self.application.delete_file(&name);
                }
            }
        }
        Ok(deleted)
    }

    /// Makes a file of the seal's size and reads it back. Takes back what does not read back.
    fn put(&self, name: &[u8]) -> Result<(), Error> {
        let seal = &self.task.seal.0;
        let info = FileInfo {
            size: u32::try_from(seal.len()).unwrap_or(u32::MAX),
            read: rights::ANYONE,
            write: rights::USER,
        };
        self.work();
        self.application
            .create_file(name, info)
            .map_err(|error| self.not_written(error))?;
        self.work();
        let written = self.application.write_file(name, seal);
        self.work();
        let read = written.and_then(|()| self.application.read_file(name, info.size));
        match read {
            Ok(read) if read == *seal => Ok(()),
            other => {
                let _ = self.application.delete_file(name);
                Err(match other {
                    Err(error) => self.not_written(error),
                    Ok(_) => Error::SealNotWritten {
                        reason: "it does not read back as it was written".into(),
                    },
                })
            }
        }
    }

    /// A name that no file has.
    fn free_name(&self) -> Result<Vec<u8>, Error> {
        let taken = self.application.files();
        let taken = taken.map_err(|error| self.not_written(error))?;
        let mut names = (1..).map(|number: u32| format!("{NAME}{number}").into_bytes());
        let free = names.find(|name| !taken.contains(name));
        Ok(free.unwrap_or_default())
    }

    /// The files with the seal that is to be replaced.
    fn replaced(&self) -> Result<Vec<Vec<u8>>, Error> {
        match &self.task.replaced {
            Some(old) if *old != self.task.seal => self.held(&old.0),
            _ => Ok(Vec::new()),
        }
    }

    /// The files that hold a seal and that a listing tells.
    fn held(&self, der: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
        let gone = |error| catalogued(&self.module.name, error);
        let mut found = Vec::new();
        for name in files(self.application).map_err(gone)? {
            self.work();
            match self.holds(&name, der) {
                Ok(true) => found.push(name),
                Err(error) if is_gone(&error) => return Err(gone(error)),
                // One file's fault.
                Ok(false) | Err(_) => {}
            }
        }
        Ok(found)
    }

    fn holds(&self, name: &[u8], der: &[u8]) -> Result<bool, SkfError> {
        let Some(size) = readable(self.application, name)? else {
            return Ok(false);
        };
        if (size as usize) < der.len() {
            return Ok(false);
        }
        let value = self.application.read_file(name, size)?;
        Ok(Seal::from_der(value).is_ok_and(|seal| seal.der() == der))
    }

    /// A failure before anything was deleted.
    fn not_written(&self, error: SkfError) -> Error {
        match catalogued(&self.module.name, error) {
            Error::ModuleFailed { .. } if error.code() == Some(Code::NO_ROOM) => {
                Error::SealNoRoom {}
            }
            Error::ModuleFailed { call, rv, .. } => Error::SealNotWritten {
                reason: format!("{call}: {rv}"),
            },
            other => other,
        }
    }

    /// Tells that the library is not hung: keys write slowly.
    fn work(&self) {
        self.port.say(&FromWorker::Working { pin_pad: false });
    }
}

/// What names of our files begin with. At most 32 bytes are allowed, and not every key takes more than ASCII.
const NAME: &str = "yinxin-seal-";

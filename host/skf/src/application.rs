//! An application: PINs, files and containers. One PIN and its tries belong to an application, not to the
//! device.

use crate::container::Container;
use crate::device::OpenDevice;
use crate::error::Error;
use crate::library::names;
use crate::raw::functions::{Call, Functions, Handle};
use crate::read;
use std::rc::Rc;

/// An application that is open. It is closed when the last of it and of its containers is dropped, which
/// leaves a login as it is: only [`Self::clear_secure_state`] ends one.
#[derive(Clone)]
pub struct Application {
    pub(crate) open: Rc<OpenApplication>,
}

pub(crate) struct OpenApplication {
    // Fields are dropped after `drop`: the device is closed last.
    pub device: Rc<OpenDevice>,
    pub handle: Handle,
}

impl OpenApplication {
    pub fn functions(&self) -> &'static Functions {
        self.device.core.functions
    }
}

impl Drop for OpenApplication {
    fn drop(&mut self) {
        let _ = self.functions().close_application(self.handle);
    }
}

/// Whose PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinKind {
    /// `ADMIN_TYPE`.
    Admin,
    /// `USER_TYPE`.
    User,
}

impl PinKind {
    fn number(self) -> u32 {
        match self {
            Self::Admin => 0,
            Self::User => 1,
        }
    }
}

/// The state of a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinInfo {
    /// Tries at most.
    pub max: u32,
    /// Tries left; 0 if the PIN is locked.
    pub left: u32,
    /// It is still the factory's.
    pub default: bool,
}

/// A PIN that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub error: Error,
    /// Tries left, where the library tells.
    pub left: Option<u32>,
}

impl From<(Error, Option<u32>)> for Refused {
    fn from((error, left): (Error, Option<u32>)) -> Self {
        Self { error, left }
    }
}

/// A file's size and rights ([`crate::rights`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Bytes, as it was made: what was never written reads as zeros.
    pub size: u32,
    /// Who may read it.
    pub read: u32,
    /// Who may write it.
    pub write: u32,
}

impl Application {
    pub(crate) fn new(device: &Rc<OpenDevice>, handle: Handle) -> Self {
        let device = Rc::clone(device);
        Self {
            open: Rc::new(OpenApplication { device, handle }),
        }
    }

    /// The state of a PIN.
    ///
    /// # Errors
    /// What the library returned, or that its numbers make no sense.
    pub fn pin_info(&self, kind: PinKind) -> Result<PinInfo, Error> {
        let functions = self.open.functions();
        let (max, left, default) = functions.get_pin_info(self.open.handle, kind.number())?;
        let what = match (max, left) {
            // What tells no tries at all does not tell that the PIN is locked either.
            (0, _) => Some("no tries from the beginning"),
            _ if left > max => Some("more tries left than there are"),
            _ => None,
        };
        if let Some(what) = what {
            let call = Call::GetPINInfo;
            return Err(Error::Nonsense { call, what });
        }
        Ok(PinInfo { max, left, default })
    }

    /// Logs in. Costs a try if the PIN is wrong; one that can't be passed (NUL in it) is not tried.
    ///
    /// # Errors
    /// What the library returned, with the tries left.
    pub fn verify_pin(&self, kind: PinKind, pin: &[u8]) -> Result<(), Refused> {
        let functions = self.open.functions();
        Ok(functions.verify_pin(self.open.handle, kind.number(), pin)?)
    }

    /// Changes a PIN by the present one. Costs a try if that is wrong.
    ///
    /// # Errors
    /// What the library returned, with the tries left.
    pub fn change_pin(&self, kind: PinKind, old: &[u8], new: &[u8]) -> Result<(), Refused> {
        let functions = self.open.functions();
        Ok(functions.change_pin(self.open.handle, kind.number(), old, new)?)
    }

    /// Gives the user a new PIN by the administrator's.
    ///
    /// # Errors
    /// What the library returned, with the tries of the administrator's PIN that are left.
    pub fn unblock_pin(&self, admin: &[u8], new: &[u8]) -> Result<(), Refused> {
        let functions = self.open.functions();
        Ok(functions.unblock_pin(self.open.handle, admin, new)?)
    }

    /// Ends the login, perhaps that of other programs in this application too.
    ///
    /// # Errors
    /// What the library returned.
    pub fn clear_secure_state(&self) -> Result<(), Error> {
        self.open.functions().clear_secure_state(self.open.handle)
    }

    /// The names of the files.
    ///
    /// # Errors
    /// What the library returned, or that the list makes no sense.
    pub fn files(&self) -> Result<Vec<Vec<u8>>, Error> {
        let list = self.open.functions().enum_files(self.open.handle)?;
        names(Call::EnumFiles, &list)
    }

    /// A file's size and rights.
    ///
    /// # Errors
    /// What the library returned.
    pub fn file_info(&self, name: &[u8]) -> Result<FileInfo, Error> {
        let room = self
            .open
            .functions()
            .get_file_info(self.open.handle, name)?;
        let (size, read, write) = read::file_attribute(room.bytes());
        Ok(FileInfo { size, read, write })
    }

    /// The first `size` bytes of a file; fewer if it ends before.
    ///
    /// # Errors
    /// What the library returned, or that it gave more than was asked for.
    pub fn read_file(&self, name: &[u8], size: u32) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let mut offset = 0;
        while offset < size {
            let wanted = (size - offset).min(PIECE_BYTES);
            let functions = self.open.functions();
            let piece = functions.read_file(self.open.handle, name, offset, wanted)?;
            bytes.extend_from_slice(&piece);
            let got = u32::try_from(piece.len()).unwrap_or(wanted);
            offset += got;
            if got < wanted {
                break;
            }
        }
        Ok(bytes)
    }

    /// Makes a file of a fixed size, with the rights to read and to write it.
    ///
    /// # Errors
    /// What the library returned.
    pub fn create_file(&self, name: &[u8], info: FileInfo) -> Result<(), Error> {
        if name.len() > MAX_FILE_NAME_BYTES {
            return Err(Error::Argument {
                call: Call::CreateFile,
                what: "a name longer than 32 bytes",
            });
        }
        let FileInfo { size, read, write } = info;
        let functions = self.open.functions();
        functions.create_file(self.open.handle, name, size, read, write)
    }

    /// Writes a file from its beginning. Not beyond the size that it has: what libraries do then differs.
    ///
    /// # Errors
    /// What the library returned.
    pub fn write_file(&self, name: &[u8], bytes: &[u8]) -> Result<(), Error> {
        let mut offset = 0;
        for piece in bytes.chunks(PIECE_BYTES as usize) {
            let functions = self.open.functions();
            functions.write_file(self.open.handle, name, offset, piece)?;
            offset = offset.saturating_add(PIECE_BYTES);
        }
        Ok(())
    }

    /// Deletes a file.
    ///
    /// # Errors
    /// What the library returned.
    pub fn delete_file(&self, name: &[u8]) -> Result<(), Error> {
        self.open.functions().delete_file(self.open.handle, name)
    }

    /// The names of the containers.
    ///
    /// # Errors
    /// What the library returned, or that the list makes no sense.
    pub fn containers(&self) -> Result<Vec<Vec<u8>>, Error> {
        let list = self.open.functions().enum_container(self.open.handle)?;
        names(Call::EnumContainer, &list)
    }

    /// Opens a container.
    ///
    /// # Errors
    /// What the library returned.
    pub fn open_container(&self, name: &[u8]) -> Result<Container, Error> {
        let functions = self.open.functions();
        let handle = functions.open_container(self.open.handle, name)?;
        Ok(Container::new(&self.open, handle))
    }

    /// Makes a container.
    ///
    /// # Errors
    /// What the library returned.
    pub fn create_container(&self, name: &[u8]) -> Result<Container, Error> {
        if name.len() > MAX_CONTAINER_NAME_BYTES {
            return Err(Error::Argument {
                call: Call::CreateContainer,
                what: "a name longer than 64 bytes",
            });
        }
        let functions = self.open.functions();
        let handle = functions.create_container(self.open.handle, name)?;
        Ok(Container::new(&self.open, handle))
    }

    /// Deletes a container with its keys and certificates.
    ///
    /// # Errors
    /// What the library returned.
    pub fn delete_container(&self, name: &[u8]) -> Result<(), Error> {
        let functions = self.open.functions();
        functions.delete_container(self.open.handle, name)
    }
}

/// Bytes of a file that one call reads or writes, so that each call ends soon.
const PIECE_BYTES: u32 = 4096;

/// `MAX_FILE_NAME_SIZE` (GM/T 0016-2012).
const MAX_FILE_NAME_BYTES: usize = 32;

/// `MAX_CONTAINER_NAME_SIZE`.
const MAX_CONTAINER_NAME_BYTES: usize = 64;

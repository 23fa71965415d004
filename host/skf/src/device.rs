//! A device: one USB key.

use crate::algorithms::{SM1_ECB, SM4_ECB, SSF33_ECB};
use crate::application::Application;
use crate::error::Error;
use crate::library::{Core, names};
use crate::raw::functions::{Call, Handle};
use crate::read::{DeviceInfo, PublicKey, write_public_key};
use crate::session::{Digest, SessionKey};
use std::rc::Rc;
use zeroize::Zeroizing;

/// A device that is connected. The connection ends when the last of it, its applications and what they have
/// open is dropped.
#[derive(Clone)]
pub struct Device {
    pub(crate) open: Rc<OpenDevice>,
}

pub(crate) struct OpenDevice {
    pub core: Rc<Core>,
    pub handle: Handle,
}

impl Drop for OpenDevice {
    fn drop(&mut self) {
        // Of a key that was pulled nothing is left to close.
        let _ = self.core.functions.disconnect_dev(self.handle);
    }
}

/// What a library says of a device's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// `DEV_ABSENT_STATE`.
    Absent,
    /// `DEV_PRESENT_STATE`.
    Present,
    /// `DEV_UNKNOW_STATE`, or another number.
    Unknown,
}

impl Device {
    pub(crate) fn connect(core: &Rc<Core>, name: &[u8]) -> Result<Self, Error> {
        let handle = core.functions.connect_dev(name)?;
        let core = Rc::clone(core);
        Ok(Self {
            open: Rc::new(OpenDevice { core, handle }),
        })
    }

    /// What the device says of itself.
    ///
    /// # Errors
    /// What the library returned, or that its answer makes no sense.
    pub fn info(&self) -> Result<DeviceInfo, Error> {
        let call = Call::GetDevInfo;
        let room = self.open.core.functions.get_dev_info(self.open.handle)?;
        DeviceInfo::read(room.bytes()).map_err(|what| Error::Nonsense { call, what })
    }

    /// Gives the device a label, of less than 32 bytes.
    ///
    /// # Errors
    /// What the library returned.
    pub fn set_label(&self, label: &[u8]) -> Result<(), Error> {
        if label.len() >= 32 {
            return Err(Error::Argument {
                call: Call::SetLabel,
                what: "longer than 31 bytes",
            });
        }
        self.open.core.functions.set_label(self.open.handle, label)
    }

    /// Has the device for itself while `act` runs; waits for it `milliseconds` at most.
    ///
    /// # Errors
    /// What the library returned to the lock; or those of `act`.
    pub fn locked<T, E: From<Error>>(
        &self,
        milliseconds: u32,
        act: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let functions = self.open.core.functions;
        functions.lock_dev(self.open.handle, milliseconds)?;
        let done = act();
        // At the latest the end of the connection unlocks it.
        let _ = functions.unlock_dev(self.open.handle);
        done
    }

    /// Random bytes of the device, 4096 at most.
    ///
    /// # Errors
    /// What the library returned.
    pub fn random(&self, length: u32) -> Result<Zeroizing<Vec<u8>>, Error> {
        if length > MAX_RANDOM_BYTES {
            return Err(Error::Argument {
                call: Call::GenRandom,
                what: "more than 4096 bytes",
            });
        }
        self.open
            .core
            .functions
            .gen_random(self.open.handle, length)
    }

    /// Device authentication, which making and deleting applications asks for: the device's random bytes,
    /// encrypted with its key. The device encrypts too, since some of the algorithms are in keys only.
    ///
    /// # Errors
    /// What the library returned to any of the steps; `SAR_…` of a wrong key differs.
    pub fn authenticate(&self, key: &[u8; 16]) -> Result<(), Error> {
        let functions = self.open.core.functions;
        let told = self.info()?.numbers.map(|numbers| numbers.authentication);
        // A device that tells none of the three has SM4, as newer ones have.
        let algorithm = told
            .filter(|told| [SM1_ECB, SSF33_ECB, SM4_ECB].contains(told))
            .unwrap_or(SM4_ECB);
        let mut block = Zeroizing::new([0; 16]);
        let random = functions.gen_random(self.open.handle, 8)?;
        for (to, from) in block.iter_mut().zip(random.iter()) {
            *to = *from;
        }
        let key = self.session_key(key, algorithm)?;
        let proof = key.encrypt(&[], &*block)?;
        functions.dev_auth(self.open.handle, &proof)
    }

    /// Changes the key of [`Self::authenticate`], after it.
    ///
    /// # Errors
    /// What the library returned.
    pub fn change_authentication_key(&self, key: &[u8; 16]) -> Result<(), Error> {
        let functions = self.open.core.functions;
        functions.change_dev_auth_key(self.open.handle, key)
    }

    /// A key that is known, to compute with in the device.
    ///
    /// # Errors
    /// What the library returned.
    pub fn session_key(&self, key: &[u8], algorithm: u32) -> Result<SessionKey, Error> {
        let functions = self.open.core.functions;
        let handle = functions.set_symm_key(self.open.handle, key, algorithm)?;
        Ok(SessionKey::new(&self.open, None, handle))
    }

    /// Begins a digest: with `signer` (public key and id) it is e of SM2, with Z in front (GM/T 0009-2012, 8.1
    /// and 8.2).
    ///
    /// # Errors
    /// What the library returned.
    pub fn digest(
        &self,
        algorithm: u32,
        signer: Option<(&[u8; 64], &[u8])>,
    ) -> Result<Digest, Error> {
        let key = signer.map(|(point, id)| (write_public_key(point), id));
        let signer = key.as_ref().map(|(key, id)| (key.as_slice(), *id));
        let functions = self.open.core.functions;
        let handle = functions.digest_init(self.open.handle, algorithm, signer)?;
        Ok(Digest::new(&self.open, handle))
    }

    /// The names of the applications.
    ///
    /// # Errors
    /// What the library returned, or that the list makes no sense.
    pub fn applications(&self) -> Result<Vec<Vec<u8>>, Error> {
        let list = self
            .open
            .core
            .functions
            .enum_application(self.open.handle)?;
        names(Call::EnumApplication, &list)
    }

    /// Opens an application.
    ///
    /// # Errors
    /// What the library returned.
    pub fn open_application(&self, name: &[u8]) -> Result<Application, Error> {
        let functions = self.open.core.functions;
        let handle = functions.open_application(self.open.handle, name)?;
        Ok(Application::new(&self.open, handle))
    }

    /// Makes an application: each PIN with the number of its tries, and who may make files in it
    /// ([`crate::rights`]).
    ///
    /// # Errors
    /// What the library returned.
    pub fn create_application(
        &self,
        name: &[u8],
        admin: (&[u8], u32),
        user: (&[u8], u32),
        file_rights: u32,
    ) -> Result<Application, Error> {
        let functions = self.open.core.functions;
        let handle =
            functions.create_application(self.open.handle, name, admin, user, file_rights)?;
        Ok(Application::new(&self.open, handle))
    }

    /// Deletes an application with all that is in it.
    ///
    /// # Errors
    /// What the library returned.
    pub fn delete_application(&self, name: &[u8]) -> Result<(), Error> {
        let functions = self.open.core.functions;
        functions.delete_application(self.open.handle, name)
    }
}

/// A key pair's public half in room that a library filled.
pub(crate) fn made_key(
    call: Call,
    read: Result<PublicKey, &'static str>,
) -> Result<PublicKey, Error> {
    read.map_err(|what| Error::Nonsense { call, what })
}

const MAX_RANDOM_BYTES: u32 = 4096;

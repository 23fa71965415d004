//! The calls: what goes in is copied, what comes out lies in room of its own, and what is returned is looked
//! at. All calls into a library stand here.
//!
//! Why each of them holds: the function has these arguments by the standard (GM/T 0016-2012, 7; the table in
//! `raw/functions.rs`), every pointer is to memory that outlives the call and is at least as large as the
//! standard asks for (`memory.rs`), and every handle is one that the library gave and that is not closed
//! yet, which the types that own handles see to.
#![allow(unsafe_code, reason = "the C ABI of SKF; the reasons stand above")]

use crate::code::Code;
use crate::error::Error;
use crate::memory::{HandleSlot, Lent, Room, Slot, answer};
use crate::raw::functions::{Call, Functions, Handle};
use crate::raw::structures::BlockCipherParam;
use std::ptr;
use zeroize::Zeroizing;

/// Calls a function, if the library has it.
macro_rules! call {
    ($functions:ident . $name:ident ( $($arg:expr),* )) => {
        match $functions.$name {
            None => Err(Error::Missing(Call::$name)),
            // SAFETY: as said at the head of this file.
            Some(function) => match unsafe { function($($arg),*) } {
                0 => Ok(()),
                code => Err(Error::Returned { call: Call::$name, code: Code(code) }),
            },
        }
    };
}

type Answer = Zeroizing<Vec<u8>>;

/// Tries left, as the library told them beside its answer; `None` where it told nothing that makes sense.
pub type Left = Option<u32>;

/// What stands in the place of a number of tries before the call.
const UNTOLD: u32 = u32::MAX;

fn tries(slot: &Slot) -> Left {
    Some(slot.value()).filter(|tries| *tries <= MAX_TRIES)
}

/// More tries than any key gives.
const MAX_TRIES: u32 = 255;

impl Functions {
    // 7.1 devices

    /// The device's name and the event.
    pub fn wait_for_dev_event(&self) -> Result<(Answer, u32), Error> {
        let mut name = Zeroizing::new(vec![0; EVENT_NAME_BYTES + 64]);
        let mut length = Slot::new(u32::try_from(EVENT_NAME_BYTES).unwrap_or(0));
        let mut event = Slot::new(0);
        call!(self.WaitForDevEvent(name.as_mut_ptr(), length.at(), event.at()))?;
        name.truncate((length.value() as usize).min(EVENT_NAME_BYTES));
        Ok((name, event.value()))
    }

    pub fn cancel_wait_for_dev_event(&self) -> Result<(), Error> {
        call!(self.CancelWaitForDevEvent())
    }

    pub fn enum_dev(&self, present: bool) -> Result<Answer, Error> {
        answer(Call::EnumDev, MAX_LIST_BYTES, |list, size| {
            call!(self.EnumDev(u32::from(present), list, size))
        })
    }

    pub fn connect_dev(&self, name: &[u8]) -> Result<Handle, Error> {
        let mut name = Lent::text(Call::ConnectDev, name)?;
        let mut handle = HandleSlot::new();
        call!(self.ConnectDev(name.at(), handle.at()))?;
        handle.value(Call::ConnectDev)
    }

    pub fn disconnect_dev(&self, device: Handle) -> Result<(), Error> {
        call!(self.DisConnectDev(device))
    }

    pub fn get_dev_state(&self, name: &[u8]) -> Result<u32, Error> {
        let mut name = Lent::text(Call::GetDevState, name)?;
        let mut state = Slot::new(0);
        call!(self.GetDevState(name.at(), state.at()))?;
        Ok(state.value())
    }

    pub fn set_label(&self, device: Handle, label: &[u8]) -> Result<(), Error> {
        let mut label = Lent::text(Call::SetLabel, label)?;
        call!(self.SetLabel(device, label.at()))
    }

    pub fn get_dev_info(&self, device: Handle) -> Result<Room, Error> {
        let mut info = Room::new();
        call!(self.GetDevInfo(device, info.at()))?;
        Ok(info)
    }

    pub fn lock_dev(&self, device: Handle, milliseconds: u32) -> Result<(), Error> {
        call!(self.LockDev(device, milliseconds))
    }

    pub fn unlock_dev(&self, device: Handle) -> Result<(), Error> {
        call!(self.UnlockDev(device))
    }

    // 7.2 access

    pub fn change_dev_auth_key(&self, device: Handle, key: &[u8]) -> Result<(), Error> {
        let mut key = Lent::bytes(Call::ChangeDevAuthKey, key)?;
        let length = key.length();
        call!(self.ChangeDevAuthKey(device, key.at(), length))
    }

    pub fn dev_auth(&self, device: Handle, proof: &[u8]) -> Result<(), Error> {
        let mut proof = Lent::bytes(Call::DevAuth, proof)?;
        let length = proof.length();
        call!(self.DevAuth(device, proof.at(), length))
    }

    pub fn change_pin(
        &self,
        application: Handle,
        kind: u32,
        old: &[u8],
        new: &[u8],
    ) -> Result<(), (Error, Left)> {
        let unasked = |error| (error, None);
        let mut old = Lent::text(Call::ChangePIN, old).map_err(unasked)?;
        let mut new = Lent::text(Call::ChangePIN, new).map_err(unasked)?;
        let mut left = Slot::new(UNTOLD);
        call!(self.ChangePIN(application, kind, old.at(), new.at(), left.at()))
            .map_err(|error| (error, tries(&left)))
    }

    /// Tries at most, tries left, and whether the PIN is the factory's.
    pub fn get_pin_info(&self, application: Handle, kind: u32) -> Result<(u32, u32, bool), Error> {
        let (mut max, mut left) = (Slot::new(UNTOLD), Slot::new(UNTOLD));
        let mut default = Slot::new(0);
        call!(self.GetPINInfo(application, kind, max.at(), left.at(), default.at()))?;
        let (Some(max), Some(left)) = (tries(&max), tries(&left)) else {
            return Err(Error::Nonsense {
                call: Call::GetPINInfo,
                what: "no number of tries",
            });
        };
        Ok((max, left, default.value() != 0))
    }

    pub fn verify_pin(
        &self,
        application: Handle,
        kind: u32,
        pin: &[u8],
    ) -> Result<(), (Error, Left)> {
        let mut pin = Lent::text(Call::VerifyPIN, pin).map_err(|error| (error, None))?;
        let mut left = Slot::new(UNTOLD);
        call!(self.VerifyPIN(application, kind, pin.at(), left.at()))
            .map_err(|error| (error, tries(&left)))
    }

    pub fn unblock_pin(
        &self,
        application: Handle,
        admin: &[u8],
        new: &[u8],
    ) -> Result<(), (Error, Left)> {
        let unasked = |error| (error, None);
        let mut admin = Lent::text(Call::UnblockPIN, admin).map_err(unasked)?;
        let mut new = Lent::text(Call::UnblockPIN, new).map_err(unasked)?;
        let mut left = Slot::new(UNTOLD);
        call!(self.UnblockPIN(application, admin.at(), new.at(), left.at()))
            .map_err(|error| (error, tries(&left)))
    }

    pub fn clear_secure_state(&self, application: Handle) -> Result<(), Error> {
        call!(self.ClearSecureState(application))
    }

    // 7.3 applications

    /// `admin` and `user`: a PIN and the number of its tries.
    pub fn create_application(
        &self,
        device: Handle,
        name: &[u8],
        admin: (&[u8], u32),
        user: (&[u8], u32),
        file_rights: u32,
    ) -> Result<Handle, Error> {
        let mut name = Lent::text(Call::CreateApplication, name)?;
        let mut admin_pin = Lent::text(Call::CreateApplication, admin.0)?;
        let mut user_pin = Lent::text(Call::CreateApplication, user.0)?;
        let mut handle = HandleSlot::new();
        call!(self.CreateApplication(
            device,
            name.at(),
            admin_pin.at(),
            admin.1,
            user_pin.at(),
            user.1,
            file_rights,
            handle.at()
        ))?;
        handle.value(Call::CreateApplication)
    }

    pub fn enum_application(&self, device: Handle) -> Result<Answer, Error> {
        answer(Call::EnumApplication, MAX_LIST_BYTES, |list, size| {
            call!(self.EnumApplication(device, list, size))
        })
    }

    pub fn delete_application(&self, device: Handle, name: &[u8]) -> Result<(), Error> {
        let mut name = Lent::text(Call::DeleteApplication, name)?;
        call!(self.DeleteApplication(device, name.at()))
    }

    pub fn open_application(&self, device: Handle, name: &[u8]) -> Result<Handle, Error> {
        let mut name = Lent::text(Call::OpenApplication, name)?;
        let mut handle = HandleSlot::new();
        call!(self.OpenApplication(device, name.at(), handle.at()))?;
        handle.value(Call::OpenApplication)
    }

    pub fn close_application(&self, application: Handle) -> Result<(), Error> {
        call!(self.CloseApplication(application))
    }

    // 7.4 files

    pub fn create_file(
        &self,
        application: Handle,
        name: &[u8],
        size: u32,
        read: u32,
        write: u32,
    ) -> Result<(), Error> {
        let mut name = Lent::text(Call::CreateFile, name)?;
        call!(self.CreateFile(application, name.at(), size, read, write))
    }

    pub fn delete_file(&self, application: Handle, name: &[u8]) -> Result<(), Error> {
        let mut name = Lent::text(Call::DeleteFile, name)?;
        call!(self.DeleteFile(application, name.at()))
    }

    pub fn enum_files(&self, application: Handle) -> Result<Answer, Error> {
        answer(Call::EnumFiles, MAX_LIST_BYTES, |list, size| {
            call!(self.EnumFiles(application, list, size))
        })
    }

    pub fn get_file_info(&self, application: Handle, name: &[u8]) -> Result<Room, Error> {
        let mut name = Lent::text(Call::GetFileInfo, name)?;
        let mut info = Room::new();
        call!(self.GetFileInfo(application, name.at(), info.at()))?;
        Ok(info)
    }

    /// `size` bytes at most.
    pub fn read_file(
        &self,
        application: Handle,
        name: &[u8],
        offset: u32,
        size: u32,
    ) -> Result<Answer, Error> {
        let mut name = Lent::text(Call::ReadFile, name)?;
        let mut place = Zeroizing::new(vec![0; size as usize + 64]);
        let mut length = Slot::new(size);
        call!(self.ReadFile(
            application,
            name.at(),
            offset,
            size,
            place.as_mut_ptr(),
            length.at()
        ))?;
        if length.value() > size {
            return Err(Error::Nonsense {
                call: Call::ReadFile,
                what: "longer than it can be",
            });
        }
        place.truncate(length.value() as usize);
        Ok(place)
    }

    pub fn write_file(
        &self,
        application: Handle,
        name: &[u8],
        offset: u32,
        bytes: &[u8],
    ) -> Result<(), Error> {
        let mut name = Lent::text(Call::WriteFile, name)?;
        let mut bytes = Lent::bytes(Call::WriteFile, bytes)?;
        let length = bytes.length();
        call!(self.WriteFile(application, name.at(), offset, bytes.at(), length))
    }

    // 7.5 containers

    pub fn create_container(&self, application: Handle, name: &[u8]) -> Result<Handle, Error> {
        let mut name = Lent::text(Call::CreateContainer, name)?;
        let mut handle = HandleSlot::new();
        call!(self.CreateContainer(application, name.at(), handle.at()))?;
        handle.value(Call::CreateContainer)
    }

    pub fn delete_container(&self, application: Handle, name: &[u8]) -> Result<(), Error> {
        let mut name = Lent::text(Call::DeleteContainer, name)?;
        call!(self.DeleteContainer(application, name.at()))
    }

    pub fn open_container(&self, application: Handle, name: &[u8]) -> Result<Handle, Error> {
        let mut name = Lent::text(Call::OpenContainer, name)?;
        let mut handle = HandleSlot::new();
        call!(self.OpenContainer(application, name.at(), handle.at()))?;
        handle.value(Call::OpenContainer)
    }

    pub fn close_container(&self, container: Handle) -> Result<(), Error> {
        call!(self.CloseContainer(container))
    }

    pub fn enum_container(&self, application: Handle) -> Result<Answer, Error> {
        answer(Call::EnumContainer, MAX_LIST_BYTES, |list, size| {
            call!(self.EnumContainer(application, list, size))
        })
    }

    pub fn get_container_type(&self, container: Handle) -> Result<u32, Error> {
        let mut kind = Slot::new(0);
        call!(self.GetContainerType(container, kind.at()))?;
        Ok(kind.value())
    }

    pub fn import_certificate(
        &self,
        container: Handle,
        sign: bool,
        certificate: &[u8],
    ) -> Result<(), Error> {
        let mut certificate = Lent::bytes(Call::ImportCertificate, certificate)?;
        let length = certificate.length();
        call!(self.ImportCertificate(container, u32::from(sign), certificate.at(), length))
    }

    pub fn export_certificate(&self, container: Handle, sign: bool) -> Result<Answer, Error> {
        answer(
            Call::ExportCertificate,
            MAX_CERTIFICATE_BYTES,
            |place, length| {
                call!(self.ExportCertificate(container, u32::from(sign), place, length))
            },
        )
    }

    // 7.6 cryptography

    pub fn gen_random(&self, device: Handle, length: u32) -> Result<Answer, Error> {
        let mut place = Zeroizing::new(vec![0; length as usize + 64]);
        call!(self.GenRandom(device, place.as_mut_ptr(), length))?;
        place.truncate(length as usize);
        Ok(place)
    }

    pub fn gen_rsa_key_pair(&self, container: Handle, bits: u32) -> Result<Room, Error> {
        let mut key = Room::new();
        call!(self.GenRSAKeyPair(container, bits, key.at()))?;
        Ok(key)
    }

    pub fn import_rsa_key_pair(
        &self,
        container: Handle,
        algorithm: u32,
        wrapped_key: &[u8],
        key_pair: &[u8],
    ) -> Result<(), Error> {
        let mut wrapped_key = Lent::bytes(Call::ImportRSAKeyPair, wrapped_key)?;
        let mut key_pair = Lent::bytes(Call::ImportRSAKeyPair, key_pair)?;
        let lengths = (wrapped_key.length(), key_pair.length());
        call!(self.ImportRSAKeyPair(
            container,
            algorithm,
            wrapped_key.at(),
            lengths.0,
            key_pair.at(),
            lengths.1
        ))
    }

    pub fn rsa_sign_data(&self, container: Handle, data: &[u8]) -> Result<Answer, Error> {
        let mut data = Lent::bytes(Call::RSASignData, data)?;
        let length = data.length();
        // No first call for the length: some libraries would sign twice, and keys that ask at each
        // signature would ask twice.
        let mut place = Zeroizing::new(vec![0; MAX_RSA_BYTES + 64]);
        let mut size = Slot::new(u32::try_from(MAX_RSA_BYTES).unwrap_or(0));
        call!(self.RSASignData(container, data.at(), length, place.as_mut_ptr(), size.at()))?;
        let told = size.value() as usize;
        if told > MAX_RSA_BYTES {
            return Err(Error::Nonsense {
                call: Call::RSASignData,
                what: "longer than it can be",
            });
        }
        place.truncate(told);
        Ok(place)
    }

    pub fn gen_ecc_key_pair(&self, container: Handle, algorithm: u32) -> Result<Room, Error> {
        let mut key = Room::new();
        call!(self.GenECCKeyPair(container, algorithm, key.at()))?;
        Ok(key)
    }

    pub fn import_ecc_key_pair(&self, container: Handle, blob: &[u8]) -> Result<(), Error> {
        let mut blob = Lent::bytes(Call::ImportECCKeyPair, blob)?;
        call!(self.ImportECCKeyPair(container, blob.at()))
    }

    pub fn ecc_sign_data(&self, container: Handle, digest: &[u8]) -> Result<Room, Error> {
        let mut digest = Lent::bytes(Call::ECCSignData, digest)?;
        let length = digest.length();
        let mut signature = Room::new();
        call!(self.ECCSignData(container, digest.at(), length, signature.at()))?;
        Ok(signature)
    }

    pub fn export_public_key(&self, container: Handle, sign: bool) -> Result<Answer, Error> {
        answer(
            Call::ExportPublicKey,
            MAX_PUBLIC_KEY_BYTES,
            |place, length| call!(self.ExportPublicKey(container, u32::from(sign), place, length)),
        )
    }

    /// `length`: what is told of the length, which libraries count differently.
    pub fn import_session_key(
        &self,
        container: Handle,
        algorithm: u32,
        wrapped: &[u8],
        longer_by: u32,
    ) -> Result<Handle, Error> {
        let mut wrapped = Lent::bytes(Call::ImportSessionKey, wrapped)?;
        let length = wrapped.length() + longer_by.min(1);
        let mut handle = HandleSlot::new();
        call!(self.ImportSessionKey(container, algorithm, wrapped.at(), length, handle.at()))?;
        handle.value(Call::ImportSessionKey)
    }

    pub fn set_symm_key(
        &self,
        device: Handle,
        key: &[u8],
        algorithm: u32,
    ) -> Result<Handle, Error> {
        let mut key = Lent::bytes(Call::SetSymmKey, key)?;
        let mut handle = HandleSlot::new();
        call!(self.SetSymmKey(device, key.at(), algorithm, handle.at()))?;
        handle.value(Call::SetSymmKey)
    }

    pub fn encrypt_init(&self, key: Handle, parameters: BlockCipherParam) -> Result<(), Error> {
        call!(self.EncryptInit(key, parameters))
    }

    pub fn encrypt(&self, key: Handle, plaintext: &[u8]) -> Result<Answer, Error> {
        let mut input = Lent::bytes(Call::Encrypt, plaintext)?;
        let length = input.length();
        cipher(Call::Encrypt, length, |place, size| {
            call!(self.Encrypt(key, input.at(), length, place, size))
        })
    }

    pub fn decrypt_init(&self, key: Handle, parameters: BlockCipherParam) -> Result<(), Error> {
        call!(self.DecryptInit(key, parameters))
    }

    pub fn decrypt_update(&self, key: Handle, ciphertext: &[u8]) -> Result<Answer, Error> {
        let mut input = Lent::bytes(Call::DecryptUpdate, ciphertext)?;
        let length = input.length();
        cipher(Call::DecryptUpdate, length, |place, size| {
            call!(self.DecryptUpdate(key, input.at(), length, place, size))
        })
    }

    pub fn decrypt_final(&self, key: Handle) -> Result<Answer, Error> {
        cipher(Call::DecryptFinal, 0, |place, size| {
            call!(self.DecryptFinal(key, place, size))
        })
    }

    /// `signer`: an ECCPUBLICKEYBLOB and the id, for Z (GM/T 0003.2-2012, 5.5).
    pub fn digest_init(
        &self,
        device: Handle,
        algorithm: u32,
        signer: Option<(&[u8], &[u8])>,
    ) -> Result<Handle, Error> {
        let mut handle = HandleSlot::new();
        match signer {
            None => call!(self.DigestInit(
                device,
                algorithm,
                ptr::null_mut(),
                ptr::null_mut(),
                0,
                handle.at()
            )),
            Some((key, id)) => {
                let mut key = Lent::bytes(Call::DigestInit, key)?;
                let mut id = Lent::bytes(Call::DigestInit, id)?;
                let length = id.length();
                call!(self.DigestInit(device, algorithm, key.at(), id.at(), length, handle.at()))
            }
        }?;
        handle.value(Call::DigestInit)
    }

    pub fn digest_update(&self, digest: Handle, data: &[u8]) -> Result<(), Error> {
        let mut data = Lent::bytes(Call::DigestUpdate, data)?;
        let length = data.length();
        call!(self.DigestUpdate(digest, data.at(), length))
    }

    pub fn digest_final(&self, digest: Handle) -> Result<Answer, Error> {
        cipher(Call::DigestFinal, MAX_DIGEST_BYTES, |place, size| {
            call!(self.DigestFinal(digest, place, size))
        })
    }

    pub fn close_handle(&self, handle: Handle) -> Result<(), Error> {
        call!(self.CloseHandle(handle))
    }
}

/// The output of a cipher or a digest: at most two blocks more than went in. Not asked for its length before,
/// since there are libraries that go on with the state then.
fn cipher(
    call: Call,
    input: u32,
    run: impl FnOnce(*mut u8, *mut u32) -> Result<(), Error>,
) -> Result<Answer, Error> {
    let room = input.saturating_add(32);
    let mut place = Zeroizing::new(vec![0; room as usize + 64]);
    let mut size = Slot::new(room);
    run(place.as_mut_ptr(), size.at())?;
    if size.value() > room {
        return Err(Error::Nonsense {
            call,
            what: "longer than it can be",
        });
    }
    place.truncate(size.value() as usize);
    Ok(place)
}

/// Bytes of a list of names.
pub const MAX_LIST_BYTES: usize = 64 * 1024;

/// Bytes of a certificate.
const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

/// Bytes of a public key: RSAPUBLICKEYBLOB has 268, and builds with longer moduli 524.
const MAX_PUBLIC_KEY_BYTES: usize = 1024;

/// Bytes of a signature or modulus of RSA.
const MAX_RSA_BYTES: usize = 512;

/// Bytes of the name of the device that an event is about.
const EVENT_NAME_BYTES: usize = 1024;

/// Bytes of the longest digest that there could be, less what [`cipher`] adds.
const MAX_DIGEST_BYTES: u32 = 32;

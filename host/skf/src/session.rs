//! What a device computes step by step: with a symmetric key, and digests.

use crate::container::OpenContainer;
use crate::device::OpenDevice;
use crate::error::Error;
use crate::raw::functions::Handle;
use crate::read::block_cipher;
use std::rc::Rc;
use zeroize::Zeroizing;

/// A symmetric key in the device.
pub struct SessionKey {
    object: Object,
}

/// A digest under way.
pub struct Digest {
    object: Object,
}

/// A handle that `SKF_CloseHandle` closes, before what it came from is closed.
struct Object {
    handle: Handle,
    device: Rc<OpenDevice>,
    _container: Option<Rc<OpenContainer>>,
}

impl Drop for Object {
    fn drop(&mut self) {
        let _ = self.device.core.functions.close_handle(self.handle);
    }
}

impl SessionKey {
    pub(crate) fn new(
        device: &Rc<OpenDevice>,
        container: Option<Rc<OpenContainer>>,
        handle: Handle,
    ) -> Self {
        Self {
            object: Object {
                handle,
                device: Rc::clone(device),
                _container: container,
            },
        }
    }

    /// Encrypts whole blocks in one step, without padding. The IV is empty for ECB.
    ///
    /// # Errors
    /// What the library returned.
    pub fn encrypt(&self, iv: &[u8], plaintext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let functions = self.object.device.core.functions;
        functions.encrypt_init(self.object.handle, block_cipher(iv))?;
        functions.encrypt(self.object.handle, plaintext)
    }

    /// Decrypts whole blocks. Padding is not looked at: the caller does, with one answer for whatever is wrong.
    ///
    /// # Errors
    /// What the library returned.
    pub fn decrypt(&self, iv: &[u8], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let functions = self.object.device.core.functions;
        functions.decrypt_init(self.object.handle, block_cipher(iv))?;
        let mut plaintext = Zeroizing::new(Vec::with_capacity(ciphertext.len() + 64));
        for piece in ciphertext.chunks(PIECE_BYTES) {
            let piece = functions.decrypt_update(self.object.handle, piece)?;
            plaintext.extend_from_slice(&piece);
        }
        plaintext.extend_from_slice(&functions.decrypt_final(self.object.handle)?);
        Ok(plaintext)
    }
}

impl Digest {
    pub(crate) fn new(device: &Rc<OpenDevice>, handle: Handle) -> Self {
        Self {
            object: Object {
                handle,
                device: Rc::clone(device),
                _container: None,
            },
        }
    }

    /// Takes bytes in.
    ///
    /// # Errors
    /// What the library returned.
    pub fn update(&mut self, bytes: &[u8]) -> Result<(), Error> {
        for piece in bytes.chunks(PIECE_BYTES) {
            let functions = self.object.device.core.functions;
            functions.digest_update(self.object.handle, piece)?;
        }
        Ok(())
    }

    /// The digest.
    ///
    /// # Errors
    /// What the library returned.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let functions = self.object.device.core.functions;
        Ok(functions.digest_final(self.object.handle)?.to_vec())
    }
}

/// Bytes that go to the device at once: whole blocks.
const PIECE_BYTES: usize = 4096;

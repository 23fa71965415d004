//! A container: at most one key pair for signatures and one for encryption, each with its certificate.

use crate::algorithms::{SM2_1, SM2_1_OLD};
use crate::application::OpenApplication;
use crate::code::Code;
use crate::device::made_key;
use crate::error::Error;
use crate::raw::functions::{Call, Handle};
use crate::read::{self, EnvelopedKey, PublicKey, Sm2Cipher};
use crate::session::SessionKey;
use std::rc::Rc;

/// A container that is open. It is closed when it and the keys that it unwrapped are dropped.
pub struct Container {
    open: Rc<OpenContainer>,
}

pub(crate) struct OpenContainer {
    application: Rc<OpenApplication>,
    handle: Handle,
}

impl Drop for OpenContainer {
    fn drop(&mut self) {
        let _ = self.application.functions().close_container(self.handle);
    }
}

/// Which keys a container has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerKind {
    /// None yet.
    Empty,
    /// RSA.
    Rsa,
    /// SM2.
    Sm2,
    /// Another number.
    Unknown(u32),
}

/// Which of the two key pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// For signatures.
    Signing,
    /// For encryption.
    Encryption,
}

impl Half {
    fn is_signing(self) -> bool {
        self == Self::Signing
    }
}

impl Container {
    pub(crate) fn new(application: &Rc<OpenApplication>, handle: Handle) -> Self {
        let application = Rc::clone(application);
        Self {
            open: Rc::new(OpenContainer {
                application,
                handle,
            }),
        }
    }

    /// Which keys it has.
    ///
    /// # Errors
    /// What the library returned.
    pub fn kind(&self) -> Result<ContainerKind, Error> {
        let functions = self.open.application.functions();
        Ok(match functions.get_container_type(self.open.handle)? {
            0 => ContainerKind::Empty,
            1 => ContainerKind::Rsa,
            2 => ContainerKind::Sm2,
            other => ContainerKind::Unknown(other),
        })
    }

    /// A certificate, as it stands there: perhaps with bytes behind it. `None` if there is none.
    ///
    /// # Errors
    /// What the library returned.
    pub fn certificate(&self, half: Half) -> Result<Option<Vec<u8>>, Error> {
        let functions = self.open.application.functions();
        match functions.export_certificate(self.open.handle, half.is_signing()) {
            Ok(bytes) if bytes.is_empty() => Ok(None),
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(error) if error.code() == Some(Code::CERTIFICATE_NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts a certificate into the container, in the place of one that is there.
    ///
    /// # Errors
    /// What the library returned.
    pub fn import_certificate(&self, half: Half, certificate: &[u8]) -> Result<(), Error> {
        let functions = self.open.application.functions();
        functions.import_certificate(self.open.handle, half.is_signing(), certificate)
    }

    /// A public key; `None` if there is no such pair.
    ///
    /// # Errors
    /// What the library returned, or that its answer makes no sense.
    pub fn public_key(&self, half: Half) -> Result<Option<PublicKey>, Error> {
        let functions = self.open.application.functions();
        match functions.export_public_key(self.open.handle, half.is_signing()) {
            Ok(blob) if blob.is_empty() => Ok(None),
            Ok(blob) => made_key(Call::ExportPublicKey, PublicKey::read(&blob)).map(Some),
            Err(error) if error.code() == Some(Code::KEY_NOT_FOUND) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// r ‖ s of SM2 over e, which the caller computed (GM/T 0009-2012, 8.2). Not verified.
    ///
    /// # Errors
    /// What the library returned, or that its answer makes no sense.
    pub fn sign_sm2(&self, e: &[u8; 32]) -> Result<[u8; 64], Error> {
        let functions = self.open.application.functions();
        let room = functions.ecc_sign_data(self.open.handle, e)?;
        read::signature(room.bytes()).map_err(|what| Error::Nonsense {
            call: Call::ECCSignData,
            what,
        })
    }

    /// A signature of RSA: the library pads what it gets (RFC 8017, 9.2, from step 3), so it gets the DER of
    /// a DigestInfo. Not verified.
    ///
    /// # Errors
    /// What the library returned, or that it gave no bytes or too many.
    pub fn sign_rsa(&self, digest_info: &[u8]) -> Result<Vec<u8>, Error> {
        let functions = self.open.application.functions();
        let signature = functions.rsa_sign_data(self.open.handle, digest_info)?;
        if signature.is_empty() {
            return Err(Error::Nonsense {
                call: Call::RSASignData,
                what: "no signature",
            });
        }
        Ok(signature.to_vec())
    }

    /// Makes the key pair for signatures, of SM2.
    ///
    /// # Errors
    /// What the library returned, or that its answer makes no sense.
    pub fn generate_sm2(&self) -> Result<PublicKey, Error> {
        let functions = self.open.application.functions();
        let made = functions.gen_ecc_key_pair(self.open.handle, SM2_1);
        let room = match made {
            // Headers older than GM/T 0006 have another number for the same.
            Err(error)
                if matches!(
                    error.code(),
                    Some(Code::NOT_SUPPORTED | Code::INVALID_PARAM | Code::KEY_USAGE)
                ) =>
            {
                functions.gen_ecc_key_pair(self.open.handle, SM2_1_OLD)
            }
            made => made,
        }?;
        made_key(Call::GenECCKeyPair, PublicKey::read_sm2(room.bytes()))
    }

    /// Makes the key pair for signatures, of RSA.
    ///
    /// # Errors
    /// What the library returned, or that its answer makes no sense.
    pub fn generate_rsa(&self, bits: u32) -> Result<PublicKey, Error> {
        let functions = self.open.application.functions();
        let room = functions.gen_rsa_key_pair(self.open.handle, bits)?;
        made_key(Call::GenRSAKeyPair, PublicKey::read_rsa(room.bytes()))
    }

    /// Puts in the key pair for encryption, of SM2.
    ///
    /// # Errors
    /// What the library returned.
    pub fn import_sm2(&self, key: &EnvelopedKey) -> Result<(), Error> {
        let functions = self.open.application.functions();
        functions.import_ecc_key_pair(self.open.handle, &key.write())
    }

    /// Puts in the key pair for encryption, of RSA: a PKCS #1 RSAPrivateKey encrypted with `algorithm`, whose
    /// key is encrypted by PKCS #1 v1.5 to the signing key.
    ///
    /// # Errors
    /// What the library returned.
    pub fn import_rsa(
        &self,
        algorithm: u32,
        wrapped_key: &[u8],
        private_key: &[u8],
    ) -> Result<(), Error> {
        let functions = self.open.application.functions();
        functions.import_rsa_key_pair(self.open.handle, algorithm, wrapped_key, private_key)
    }

    /// Unwraps a key with the pair for encryption, of SM2. It stays in the device.
    ///
    /// # Errors
    /// What the library returned.
    pub fn unwrap_sm2(&self, algorithm: u32, wrapped: &Sm2Cipher) -> Result<SessionKey, Error> {
        let functions = self.open.application.functions();
        let blob = wrapped.write();
        let handle = match functions.import_session_key(self.open.handle, algorithm, &blob, 0) {
            // Callers that pass the structure's size, with its one byte of ciphertext, are what some
            // libraries expect.
            Err(error)
                if matches!(error.code(), Some(Code::INVALID_PARAM | Code::INPUT_LENGTH)) =>
            {
                functions.import_session_key(self.open.handle, algorithm, &blob, 1)
            }
            other => other,
        }?;
        Ok(self.session_key(handle))
    }

    /// Unwraps a key with the pair for encryption, of RSA. It stays in the device.
    ///
    /// # Errors
    /// What the library returned.
    pub fn unwrap_rsa(&self, algorithm: u32, wrapped: &[u8]) -> Result<SessionKey, Error> {
        let functions = self.open.application.functions();
        let handle = functions.import_session_key(self.open.handle, algorithm, wrapped, 0)?;
        Ok(self.session_key(handle))
    }

    fn session_key(&self, handle: Handle) -> SessionKey {
        let device = &self.open.application.device;
        SessionKey::new(device, Some(Rc::clone(&self.open)), handle)
    }
}

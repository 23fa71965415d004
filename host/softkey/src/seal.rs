//! How a token's secrets are sealed: a random token key encrypts private objects, and each PIN
//! (through Argon2id, RFC 9106) encrypts the token key. Knows neither files nor objects.

use argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64, Encoding};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use cryptoki_sys::*;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::rv::{Result, Rv};

/// A secret key of 256 bits, wiped when dropped.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl SecretKey {
    /// Makes a random key.
    pub fn make() -> Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        fill_random(key.as_mut_slice())?;
        Ok(Self(key))
    }

    /// Encrypts `plain`, bound to `context`: the nonce of 24 bytes, the cipher text, the tag.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        fill_random(&mut nonce)?;
        let payload = Payload {
            msg: plain,
            aad: context,
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Rv(CKR_DATA_LEN_RANGE))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`SecretKey::seal`] made under the same context; `None` for anything else.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let payload = Payload {
            msg: sealed,
            aad: context,
        };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        plain.ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

/// A token key under a PIN, as stored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinEnvelope {
    /// Argon2id: memory in KiB.
    memory_kib: u32,
    /// Argon2id: passes.
    passes: u32,
    /// Argon2id: salt, Base64.
    salt: String,
    /// The token key under the derived key, Base64.
    token_key: String,
}

impl PinEnvelope {
    /// Puts the token key under a PIN.
    pub fn seal(context: &[u8], pin: &[u8], token_key: &SecretKey) -> Result<Self> {
        let mut salt = [0; SALT_LEN];
        fill_random(&mut salt)?;
        let derived = derive_key(pin, &salt, MEMORY_KIB, PASSES)?;
        let sealed = derived.seal(context, token_key.0.as_slice())?;
        Ok(Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: Base64::encode_string(&salt),
            token_key: Base64::encode_string(&sealed),
        })
    }

    /// The token key, if the PIN is the right one.
    ///
    /// # Errors
    /// `CKR_TOKEN_NOT_RECOGNIZED` if the envelope itself is malformed or asks for more work than
    /// this module ever does: a hostile file can't exhaust memory or time.
    pub fn open(&self, context: &[u8], pin: &[u8]) -> Result<Option<SecretKey>> {
        let malformed = Rv(CKR_TOKEN_NOT_RECOGNIZED);
        if !(8..=MAX_MEMORY_KIB).contains(&self.memory_kib)
            || !(1..=MAX_PASSES).contains(&self.passes)
        {
            return Err(malformed);
        }
        let salt = Base64::decode_vec(&self.salt).map_err(|_| malformed)?;
        let salt: [u8; SALT_LEN] = salt.try_into().map_err(|_| malformed)?;
        let sealed = Base64::decode_vec(&self.token_key).map_err(|_| malformed)?;
        if sealed.len() != NONCE_LEN + 32 + 16 {
            return Err(malformed);
        }
        let derived = derive_key(pin, &salt, self.memory_kib, self.passes)?;
        let Some(plain) = derived.open(context, &sealed) else {
            return Ok(None);
        };
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(&plain);
        Ok(Some(SecretKey(key)))
    }
}

/// Fills a buffer with random bytes of the operating system.
pub fn fill_random(buffer: &mut [u8]) -> Result<()> {
    getrandom::fill(buffer).map_err(|_| Rv(CKR_DEVICE_ERROR))
}

fn derive_key(pin: &[u8], salt: &[u8], memory_kib: u32, passes: u32) -> Result<SecretKey> {
    let failed = Rv(CKR_DEVICE_MEMORY);
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| failed)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin, salt, key.as_mut_slice())
        .map_err(|_| failed)?;
    Ok(SecretKey(key))
}

/// The second recommendation of the OWASP password storage cheat sheet: 19 MiB, two passes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const MAX_MEMORY_KIB: u32 = 64 * 1024;
const MAX_PASSES: u32 = 8;
const SALT_LEN: usize = 16;
const NONCE_LEN: usize = 24;

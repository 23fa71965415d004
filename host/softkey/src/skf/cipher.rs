//! Session keys with SM4 in ECB and CBC (GB/T 32907, GB/T 17964), and what SM2 wraps.

use der::{Reader, SliceReader};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};
use sm4::Sm4;
use sm4::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use zeroize::Zeroizing;

use crate::mechanism::{PrivateKey, rng};
use crate::skf::blob::{BlockCipherParam, EnvelopedKey};
use crate::skf::code::*;
use crate::skf::{MAX_ECC_LEN, SM4_CBC, SM4_ECB};

/// A session key and what runs with it.
pub struct SessionKey {
    key: Zeroizing<[u8; 16]>,
    chained: bool,
    operation: Option<Operation>,
}

/// A running encryption or decryption.
#[derive(Clone)]
pub struct Operation {
    direction: Direction,
    chained: bool,
    padded: bool,
    /// The cipher text before the next block; the IV at first.
    before: [u8; 16],
    /// What does not fill a block yet, and of padded plain text the block that may be the last.
    held: Zeroizing<Vec<u8>>,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Encryption.
    Encrypt,
    /// Decryption.
    Decrypt,
}

impl SessionKey {
    /// A key for SGD_SM4_ECB or SGD_SM4_CBC.
    pub fn new(algorithm: u32, key: &[u8]) -> Result<Self> {
        let chained = match algorithm {
            SM4_ECB => false,
            SM4_CBC => true,
            _ => return Err(NOT_SUPPORTED),
        };
        let key = key.try_into().map_err(|_| IN_DATA_LEN)?;
        Ok(Self {
            key: Zeroizing::new(key),
            chained,
            operation: None,
        })
    }

    /// SKF_EncryptInit, SKF_DecryptInit.
    pub fn begin(&mut self, direction: Direction, parameter: &BlockCipherParam) -> Result<()> {
        let padded = match parameter.padding {
            0 => false,
            1 => true,
            _ => return Err(INVALID_PARAM),
        };
        let before = match (
            self.chained,
            { parameter.iv_len },
            parameter.iv.first_chunk(),
        ) {
            (true, 16, Some(iv)) => *iv,
            (true, ..) => return Err(INVALID_PARAM),
            (false, ..) => [0; 16],
        };
        self.operation = Some(Operation {
            direction,
            chained: self.chained,
            padded,
            before,
            held: Zeroizing::new(Vec::new()),
        });
        Ok(())
    }

    /// What runs, to be tried on a copy: the caller may only ask for a length.
    pub fn running(&self, direction: Direction) -> Result<Operation> {
        let running = self.operation.clone();
        running
            .filter(|operation| operation.direction == direction)
            .ok_or(NOT_INITIALIZED)
    }

    /// Goes on with what was tried, or ends it.
    pub fn set_running(&mut self, operation: Option<Operation>) {
        self.operation = operation;
    }

    /// Takes data, gives what is complete.
    pub fn update(&self, operation: &mut Operation, data: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let mut input = Zeroizing::new(Vec::with_capacity(operation.held.len() + data.len()));
        input.extend_from_slice(&operation.held);
        input.extend_from_slice(data);
        let held_back = operation.padded && operation.direction == Direction::Decrypt;
        let ready = match input.len() {
            0 => 0,
            length if held_back => (length - 1) / 16 * 16,
            length => length / 16 * 16,
        };
        operation.held = Zeroizing::new(input[ready..].to_vec());
        input.truncate(ready);
        self.blocks(operation, &mut input);
        Ok(input)
    }

    /// Ends, gives what was held.
    pub fn finish(&self, operation: &mut Operation) -> Result<Zeroizing<Vec<u8>>> {
        let mut last = std::mem::take(&mut operation.held);
        match (operation.padded, operation.direction) {
            (false, _) if last.is_empty() => Ok(last),
            (false, _) => Err(IN_DATA_LEN),
            (true, Direction::Encrypt) => {
                let padding = 16 - last.len() % 16;
                let byte = u8::try_from(padding).map_err(|_| FAIL)?;
                last.extend(std::iter::repeat_n(byte, padding));
                self.blocks(operation, &mut last);
                Ok(last)
            }
            (true, Direction::Decrypt) => {
                if last.len() != 16 {
                    return Err(IN_DATA_LEN);
                }
                self.blocks(operation, &mut last);
                let padding = usize::from(last[15]);
                let rest = 16_usize.checked_sub(padding).filter(|rest| *rest < 16);
                let rest = rest.ok_or(DECRYPT_PAD)?;
                if last[rest..]
                    .iter()
                    .any(|byte| usize::from(*byte) != padding)
                {
                    return Err(DECRYPT_PAD);
                }
                last.truncate(rest);
                Ok(last)
            }
        }
    }

    fn blocks(&self, operation: &mut Operation, data: &mut [u8]) {
        let cipher = Sm4::new((&*self.key).into());
        for block in data.as_chunks_mut::<16>().0 {
            if operation.direction == Direction::Encrypt {
                if operation.chained {
                    xor(block, &operation.before);
                }
                cipher.encrypt_block(block.into());
                operation.before = *block;
            } else {
                let given = *block;
                cipher.decrypt_block(block.into());
                if operation.chained {
                    xor(block, &operation.before);
                }
                operation.before = given;
            }
        }
    }
}

fn xor(block: &mut [u8; 16], other: &[u8; 16]) {
    for (byte, other) in block.iter_mut().zip(other) {
        *byte ^= other;
    }
}

/// Decrypts C1 || C3 || C2 with an SM2 key.
pub fn sm2_decrypt(key: &sm2::SecretKey, raw: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let key = sm2::pke::DecryptingKey::new(key.clone());
    key.decrypt(raw).map(Zeroizing::new).map_err(|_| IN_DATA)
}

/// Encrypts to an SM2 point, as C1 || C3 || C2.
pub fn sm2_encrypt(point: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    if plain.is_empty() || plain.len() > MAX_ECC_LEN {
        return Err(IN_DATA_LEN);
    }
    let key = sm2::PublicKey::from_sec1_bytes(point).map_err(|_| INVALID_PARAM)?;
    let key = sm2::pke::EncryptingKey::new(key);
    key.encrypt(&mut rng(), plain).map_err(|_| FAIL)
}

/// Decrypts RSAES-PKCS1-v1_5.
pub fn rsa_decrypt(key: &RsaPrivateKey, cipher: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    key.decrypt_blinded(&mut rng(), Pkcs1v15Encrypt, cipher)
        .map(Zeroizing::new)
        .map_err(|_| IN_DATA)
}

/// Opens an enveloped RSA key with the container's signing key: an RSAPrivateKey (RFC 8017) under
/// SM4 in ECB. What fills its last block is not the standard's to say, so the SEQUENCE's own length
/// tells where it ends.
pub fn open_enveloped_rsa(
    signing: &PrivateKey,
    algorithm: u32,
    wrapped: &[u8],
    encrypted: &[u8],
) -> Result<RsaPrivateKey> {
    let PrivateKey::Rsa(signing) = signing else {
        return Err(KEY_INFO_TYPE);
    };
    if algorithm != SM4_ECB {
        return Err(NOT_SUPPORTED);
    }
    let key = rsa_decrypt(signing, wrapped)?;
    let key: Zeroizing<[u8; 16]> = Zeroizing::new(key.as_slice().try_into().map_err(|_| IN_DATA)?);
    if encrypted.len() > MAX_RSA_KEY_LEN || !encrypted.len().is_multiple_of(16) {
        return Err(IN_DATA_LEN);
    }
    let cipher = Sm4::new((&*key).into());
    let mut plain = Zeroizing::new(encrypted.to_vec());
    for block in plain.as_chunks_mut::<16>().0 {
        cipher.decrypt_block(block.into());
    }
    let mut reader = SliceReader::new(&plain).map_err(|_| IN_DATA)?;
    let sequence = reader.tlv_bytes().map_err(|_| IN_DATA)?;
    RsaPrivateKey::from_pkcs1_der(sequence).map_err(|_| IN_DATA)
}

/// Opens an enveloped SM2 key with the container's signing key. The 64 bytes come in three ways:
/// ECB over the last 32, ECB over all 64 with zeros in front, ECB over the first 32. All occur in
/// the field. Right is the one whose point is the structure's.
pub fn open_enveloped(
    signing: &PrivateKey,
    envelope: &EnvelopedKey,
    wrapped: &[u8],
) -> Result<sm2::SecretKey> {
    let PrivateKey::Sm2(signing) = signing else {
        return Err(KEY_INFO_TYPE);
    };
    if envelope.version != 1 || envelope.bits != 256 {
        return Err(INVALID_PARAM);
    }
    if envelope.sym_alg != SM4_ECB {
        return Err(NOT_SUPPORTED);
    }
    let point = envelope.public.point()?;
    let key = sm2_decrypt(signing, wrapped)?;
    let key: Zeroizing<[u8; 16]> = Zeroizing::new(key.as_slice().try_into().map_err(|_| IN_DATA)?);
    let cipher = Sm4::new((&*key).into());
    let mut plain = Zeroizing::new(envelope.encrypted);
    for block in plain.as_chunks_mut::<16>().0 {
        cipher.decrypt_block(block.into());
    }
    // Block by block, so one decryption serves all three.
    let (first, last) = plain.split_at(32);
    for scalar in [last, first] {
        if let Ok(key) = sm2::SecretKey::from_slice(scalar)
            && *key.public_key().to_sec1_bytes() == point
        {
            return Ok(key);
        }
    }
    Err(IN_DATA)
}

/// More than an RSAPrivateKey of 4096 bits has, in bytes.
const MAX_RSA_KEY_LEN: usize = 4096;

//! Reads what a library wrote, and writes what it reads. Pure: bytes in, values out, whatever the bytes.

use crate::memory::ROOM_BYTES;
use crate::raw::structures::{
    BlockCipherParam, DevInfo, EccCipherBlob, EccPublicKeyBlob, EccSignatureBlob, EnvelopedKeyBlob,
    FileAttribute, RsaPublicKeyBlob,
};
use std::mem::{offset_of, size_of};

/// Names in one list.
pub const MAX_NAMES: usize = 1024;

/// Bytes of one name. The standard's longest have 64.
pub const MAX_NAME_BYTES: usize = crate::memory::MAX_TEXT_BYTES;

/// The names of a list (each ends with NUL, the list with another one). What lies behind the end is not
/// looked at; a list without an end ends with its bytes.
///
/// # Errors
/// What is wrong with it.
pub fn names(list: &[u8]) -> Result<Vec<Vec<u8>>, &'static str> {
    let mut names = Vec::new();
    for name in list.split(|byte| *byte == 0) {
        if name.is_empty() {
            break;
        }
        if name.len() > MAX_NAME_BYTES {
            return Err("a name is too long");
        }
        if names.len() == MAX_NAMES {
            return Err("too many names");
        }
        names.push(name.to_vec());
    }
    Ok(names)
}

/// A text of a structure: up to the first NUL, without blanks and without the FF of memory that was never
/// written behind it.
#[must_use]
pub fn text(field: &[u8]) -> Vec<u8> {
    let end = field.iter().position(|byte| *byte == 0);
    let text = field.get(..end.unwrap_or(field.len())).unwrap_or(field);
    let end = text.iter().rposition(|byte| !matches!(byte, b' ' | 0xFF));
    let text = text.get(..end.map_or(0, |end| end + 1)).unwrap_or_default();
    let begin = text.iter().position(|byte| *byte != b' ').unwrap_or(0);
    text.get(begin..).unwrap_or_default().to_vec()
}

/// What a device says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// `Manufacturer`, in ASCII, UTF-8 or GBK, as the other texts.
    pub manufacturer: Vec<u8>,
    /// `Issuer`.
    pub issuer: Vec<u8>,
    /// `Label`.
    pub label: Vec<u8>,
    /// `SerialNumber`.
    pub serial: Vec<u8>,
    /// `HWVersion`, major and minor.
    pub hardware: (u8, u8),
    /// `FirmwareVersion`.
    pub firmware: (u8, u8),
    /// What it tells in numbers; `None` if they make no sense.
    pub numbers: Option<DeviceNumbers>,
}

/// What a device tells in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceNumbers {
    /// `DevAuthAlgId`: with what device authentication is computed.
    pub authentication: u32,
    /// `TotalSpace`, in bytes.
    pub total_space: u32,
    /// `FreeSpace`, in bytes.
    pub free_space: u32,
}

impl DeviceInfo {
    /// Reads a DEVINFO: packed, or as compilers lay it out otherwise, with two bytes before the numbers
    /// (296 bytes). \[S\]
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(room: &[u8; ROOM_BYTES]) -> Result<Self, &'static str> {
        let printable = |offset, length| {
            let text = text(at(room, offset, length));
            if text.iter().any(|byte| *byte < b' ' || *byte == 0x7F) {
                return Err("a text has control characters");
            }
            Ok(text)
        };
        let version = |offset| {
            let bytes: [u8; 2] = array(room, offset);
            (bytes[0], bytes[1])
        };
        let numbers = |shift| {
            let numbers = DeviceNumbers {
                authentication: number(room, offset_of!(DevInfo, dev_auth_alg_id) + shift),
                total_space: number(room, offset_of!(DevInfo, total_space) + shift),
                free_space: number(room, offset_of!(DevInfo, free_space) + shift),
            };
            // Symmetric algorithms have numbers of 16 bits (GM/T 0006-2012). Two bytes further there
            // must be something, behind two that are empty.
            let capability = number(room, offset_of!(DevInfo, alg_sym_cap) + shift);
            let is_there = shift == 0
                || capability > 0 && is_zero(at(room, offset_of!(DevInfo, alg_sym_cap), shift));
            let sensible = is_there
                && capability <= 0xFFFF
                && numbers.authentication <= 0xFFFF
                && numbers.total_space > 0
                && numbers.free_space <= numbers.total_space;
            sensible.then_some(numbers)
        };
        Ok(Self {
            manufacturer: printable(offset_of!(DevInfo, manufacturer), 64)?,
            issuer: printable(offset_of!(DevInfo, issuer), 64)?,
            label: printable(offset_of!(DevInfo, label), 32)?,
            serial: printable(offset_of!(DevInfo, serial_number), 32)?,
            hardware: version(offset_of!(DevInfo, hw_version)),
            firmware: version(offset_of!(DevInfo, firmware_version)),
            numbers: numbers(0).or_else(|| numbers(2)),
        })
    }
}

/// Size and rights of a file: a FILEATTRIBUTE without its name, which the caller knows.
#[must_use]
pub fn file_attribute(room: &[u8; ROOM_BYTES]) -> (u32, u32, u32) {
    (
        number(room, offset_of!(FileAttribute, file_size)),
        number(room, offset_of!(FileAttribute, read_rights)),
        number(room, offset_of!(FileAttribute, write_rights)),
    )
}

/// A public key of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// X ‖ Y.
    Sm2([u8; 64]),
    /// RSA.
    Rsa {
        /// Big-endian, without leading zeros.
        modulus: Vec<u8>,
        /// Likewise.
        exponent: Vec<u8>,
    },
}

impl PublicKey {
    /// Reads an ECCPUBLICKEYBLOB or an RSAPUBLICKEYBLOB: which, its length tells.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(blob: &[u8]) -> Result<Self, &'static str> {
        if blob.len() == size_of::<EccPublicKeyBlob>() {
            return Self::read_sm2(blob);
        }
        if blob.len() == size_of::<RsaPublicKeyBlob>() {
            return Self::read_rsa(blob);
        }
        Err("neither of the lengths of a public key")
    }

    /// Reads an ECCPUBLICKEYBLOB, and nothing behind it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read_sm2(blob: &[u8]) -> Result<Self, &'static str> {
        if number(blob, offset_of!(EccPublicKeyBlob, bit_len)) != SM2_BITS {
            return Err("a curve other than of 256 bits");
        }
        let x = offset_of!(EccPublicKeyBlob, x);
        let point = pair(blob, x, offset_of!(EccPublicKeyBlob, y))
            .ok_or("coordinates of more than 256 bits")?;
        if point == [0; 64] {
            return Err("no point");
        }
        Ok(Self::Sm2(point))
    }

    /// Reads an RSAPUBLICKEYBLOB, and nothing behind it. A modulus shorter than its field stands at either
    /// end of it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read_rsa(blob: &[u8]) -> Result<Self, &'static str> {
        let bits = number(blob, offset_of!(RsaPublicKeyBlob, bit_len)) as usize;
        let field: [u8; 256] = array(blob, offset_of!(RsaPublicKeyBlob, modulus));
        let exponent: [u8; 4] = array(blob, offset_of!(RsaPublicKeyBlob, public_exponent));
        if !matches!(bits, 1024 | 2048) {
            return Err("a modulus of neither 1024 nor 2048 bits");
        }
        let bytes = bits / 8;
        let (first, last) = (field.split_at(bytes), field.split_at(field.len() - bytes));
        let modulus = if is_zero(last.0) {
            last.1
        } else if is_zero(first.1) {
            first.0
        } else {
            return Err("a modulus longer than its length");
        };
        if modulus.first().is_none_or(|byte| *byte < 0x80) {
            return Err("a modulus shorter than its length");
        }
        let zeros = exponent.iter().take_while(|byte| **byte == 0).count();
        let exponent = exponent.get(zeros..).unwrap_or_default();
        if exponent.last().is_none_or(|byte| byte % 2 == 0) {
            return Err("an exponent that is none");
        }
        Ok(Self::Rsa {
            modulus: modulus.to_vec(),
            exponent: exponent.to_vec(),
        })
    }
}

/// r ‖ s of an ECCSIGNATUREBLOB.
///
/// # Errors
/// What is wrong with it.
pub fn signature(room: &[u8; ROOM_BYTES]) -> Result<[u8; 64], &'static str> {
    let (r, s) = (
        offset_of!(EccSignatureBlob, r),
        offset_of!(EccSignatureBlob, s),
    );
    let signature = pair(room, r, s).ok_or("numbers of more than 256 bits")?;
    let (r, s) = signature.split_at(32);
    if is_zero(r) || is_zero(s) {
        return Err("no signature");
    }
    Ok(signature)
}

/// An ECCPUBLICKEYBLOB.
#[must_use]
pub fn write_public_key(point: &[u8; 64]) -> Vec<u8> {
    let mut blob = Vec::with_capacity(size_of::<EccPublicKeyBlob>());
    blob.extend(SM2_BITS.to_ne_bytes());
    write_pair(&mut blob, point);
    blob
}

/// A ciphertext of SM2 (GM/T 0003.4-2012), in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sm2Cipher {
    /// C1: X ‖ Y.
    pub point: [u8; 64],
    /// C3.
    pub hash: [u8; 32],
    /// C2.
    pub cipher: Vec<u8>,
}

impl Sm2Cipher {
    /// An ECCCIPHERBLOB: 164 bytes and the ciphertext.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(size_of::<EccCipherBlob>() + self.cipher.len());
        write_pair(&mut blob, &self.point);
        blob.extend(self.hash);
        blob.extend(
            u32::try_from(self.cipher.len())
                .unwrap_or(u32::MAX)
                .to_ne_bytes(),
        );
        blob.extend(&self.cipher);
        blob
    }
}

/// A key pair for encryption as the key management centre gives it out, encrypted for the signing key of the
/// container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopedKey {
    /// The algorithm of `private_key`, in ECB: [`crate::algorithms`].
    pub algorithm: u32,
    /// The private key, encrypted, in the place and with the padding that the field has.
    pub private_key: [u8; 64],
    /// Its public key, X ‖ Y.
    pub public_key: [u8; 64],
    /// The key of `algorithm`, encrypted with the signing key.
    pub wrapped_key: Sm2Cipher,
}

impl EnvelopedKey {
    /// An ENVELOPEDKEYBLOB: 372 bytes and the ciphertext of the key.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(size_of::<EnvelopedKeyBlob>() + 16);
        for number in [1, self.algorithm, SM2_BITS] {
            blob.extend(number.to_ne_bytes());
        }
        blob.extend(self.private_key);
        blob.extend(write_public_key(&self.public_key));
        blob.extend(self.wrapped_key.write());
        blob
    }
}

/// A BLOCKCIPHERPARAM without padding; an empty IV for ECB.
#[must_use]
pub fn block_cipher(iv: &[u8]) -> BlockCipherParam {
    let mut field = [0; 32];
    let length = iv.len().min(field.len());
    for (to, from) in field.iter_mut().zip(iv) {
        *to = *from;
    }
    BlockCipherParam {
        iv: field,
        iv_len: u32::try_from(length).unwrap_or(0),
        padding_type: 0,
        feed_bit_len: 0,
    }
}

/// `BitLen` of SM2.
const SM2_BITS: u32 = 256;

/// Two numbers of 256 bits in fields of 64 bytes; `None` if one is larger.
fn pair(bytes: &[u8], first: usize, second: usize) -> Option<[u8; 64]> {
    let mut pair = [0; 64];
    for (to, from) in pair.chunks_exact_mut(32).zip([first, second]) {
        let field: [u8; 64] = array(bytes, from);
        let (high, low) = field.split_at(32);
        if !is_zero(high) {
            return None;
        }
        to.copy_from_slice(low);
    }
    Some(pair)
}

fn write_pair(blob: &mut Vec<u8>, pair: &[u8; 64]) {
    for number in pair.chunks_exact(32) {
        blob.extend([0; 32]);
        blob.extend(number);
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// A field; less where the bytes end before.
fn at(bytes: &[u8], offset: usize, length: usize) -> &[u8] {
    let rest = bytes.get(offset..).unwrap_or_default();
    rest.get(..length).unwrap_or(rest)
}

/// A field of fixed size, with zeros where the bytes end before.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    let mut field = [0; N];
    for (to, from) in field.iter_mut().zip(at(bytes, offset, N)) {
        *to = *from;
    }
    field
}

fn number(bytes: &[u8], offset: usize) -> u32 {
    u32::from_ne_bytes(array(bytes, offset))
}

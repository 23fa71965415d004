//! The structures of GM/T 0016-2012, sections 6.4.2 to 6.4.14, as they lie in memory: packed to 1,
//! integers of 32 bits in the machine's order, numbers of keys big-endian in the last bytes of
//! their fields.

use std::mem::offset_of;

use crate::skf::code::*;

/// VERSION.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct Version {
    pub major: u8,
    pub minor: u8,
}

/// DEVINFO.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct DevInfo {
    pub version: Version,
    pub manufacturer: [u8; 64],
    pub issuer: [u8; 64],
    pub label: [u8; 32],
    pub serial_number: [u8; 32],
    pub hardware_version: Version,
    pub firmware_version: Version,
    pub alg_sym_cap: u32,
    pub alg_asym_cap: u32,
    pub alg_hash_cap: u32,
    pub dev_auth_alg_id: u32,
    pub total_space: u32,
    pub free_space: u32,
    pub max_ecc_buffer_size: u32,
    pub max_buffer_size: u32,
    pub reserved: [u8; 64],
}

/// ECCPUBLICKEYBLOB.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccPublicKey {
    bit_len: u32,
    x: [u8; 64],
    y: [u8; 64],
}

/// ECCPRIVATEKEYBLOB.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccPrivateKey {
    bit_len: u32,
    d: [u8; 64],
}

/// ECCSIGNATUREBLOB.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccSignature {
    r: [u8; 64],
    s: [u8; 64],
}

/// ECCCIPHERBLOB up to its cipher text.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccCipher {
    x: [u8; 64],
    y: [u8; 64],
    hash: [u8; 32],
    pub cipher_len: u32,
}

/// ENVELOPEDKEYBLOB up to its cipher text.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EnvelopedKey {
    pub version: u32,
    pub sym_alg: u32,
    pub bits: u32,
    pub encrypted: [u8; 64],
    pub public: EccPublicKey,
    pub cipher: EccCipher,
}

/// RSAPUBLICKEYBLOB.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct RsaPublicKey {
    alg_id: u32,
    bit_len: u32,
    modulus: [u8; 256],
    exponent: [u8; 4],
}

/// FILEATTRIBUTE.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct FileAttribute {
    pub name: [u8; 32],
    pub size: u32,
    pub read_rights: u32,
    pub write_rights: u32,
}

/// BLOCKCIPHERPARAM.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct BlockCipherParam {
    pub iv: [u8; 32],
    pub iv_len: u32,
    pub padding: u32,
    pub feed_bits: u32,
}

const _: () = {
    assert!(size_of::<DevInfo>() == 294);
    assert!(offset_of!(DevInfo, serial_number) == 162);
    assert!(offset_of!(DevInfo, alg_sym_cap) == 198);
    assert!(offset_of!(DevInfo, reserved) == 230);
    assert!(size_of::<EccPublicKey>() == 132);
    assert!(size_of::<EccPrivateKey>() == 68);
    assert!(size_of::<EccSignature>() == 128);
    assert!(size_of::<EccCipher>() == 164);
    assert!(size_of::<EnvelopedKey>() == 372);
    assert!(offset_of!(EnvelopedKey, public) == 76);
    assert!(offset_of!(EnvelopedKey, cipher) == 208);
    assert!(size_of::<RsaPublicKey>() == 268);
    assert!(size_of::<FileAttribute>() == 44);
    assert!(size_of::<BlockCipherParam>() == 44);
};

impl EccPublicKey {
    /// From an uncompressed point.
    pub fn from_point(point: &[u8]) -> Result<Self> {
        let Some((4, [x, y])) = point
            .split_first()
            .map(|(tag, rest)| (*tag, rest.as_chunks::<32>().0))
        else {
            return Err(FAIL);
        };
        Ok(Self {
            bit_len: 256,
            x: field(x),
            y: field(y),
        })
    }

    /// As it lies in memory.
    pub fn to_bytes(self) -> Vec<u8> {
        [&self.bit_len.to_ne_bytes(), &self.x[..], &self.y].concat()
    }

    /// As an uncompressed point; whether it lies on the curve is not looked at.
    pub fn point(&self) -> Result<[u8; 65]> {
        if { self.bit_len } != 256 {
            return Err(INVALID_PARAM);
        }
        point(&self.x, &self.y)
    }
}

impl EccPrivateKey {
    /// The scalar.
    pub fn scalar(&self) -> Result<&[u8; 32]> {
        if { self.bit_len } != 256 {
            return Err(INVALID_PARAM);
        }
        number(&self.d)
    }
}

impl EccSignature {
    /// From r || s.
    pub fn from_raw(raw: &[u8]) -> Result<Self> {
        let ([r, s], []) = raw.as_chunks::<32>() else {
            return Err(FAIL);
        };
        Ok(Self {
            r: field(r),
            s: field(s),
        })
    }

    /// As r || s.
    pub fn raw(&self) -> Result<Vec<u8>> {
        Ok([number(&self.r)?.as_slice(), number(&self.s)?].concat())
    }
}

impl EccCipher {
    /// From C1 || C3 || C2 with an uncompressed point: the structure, and C2.
    pub fn from_raw(raw: &[u8]) -> Result<(Self, &[u8])> {
        let (Some(4), Some((c1, rest))) = (raw.first(), raw.split_at_checked(65)) else {
            return Err(FAIL);
        };
        let (hash, cipher) = rest.split_first_chunk().ok_or(FAIL)?;
        let key = EccPublicKey::from_point(c1)?;
        let header = Self {
            x: key.x,
            y: key.y,
            hash: *hash,
            cipher_len: u32::try_from(cipher.len()).map_err(|_| IN_DATA_LEN)?,
        };
        Ok((header, cipher))
    }

    /// The structure with its cipher text among bytes that may go on behind it, as C1 || C3 || C2.
    pub fn raw_of_bytes(bytes: &[u8]) -> Result<Vec<u8>> {
        let (x, rest) = bytes.split_first_chunk().ok_or(IN_DATA_LEN)?;
        let (y, rest) = rest.split_first_chunk().ok_or(IN_DATA_LEN)?;
        let (hash, rest) = rest.split_first_chunk().ok_or(IN_DATA_LEN)?;
        let (length, rest) = rest.split_first_chunk().ok_or(IN_DATA_LEN)?;
        let header = Self {
            x: *x,
            y: *y,
            hash: *hash,
            cipher_len: u32::from_ne_bytes(*length),
        };
        let length = usize::try_from(header.cipher_len).map_err(|_| IN_DATA_LEN)?;
        header.raw(rest.get(..length).ok_or(IN_DATA_LEN)?)
    }

    /// As C1 || C3 || C2.
    pub fn raw(&self, cipher: &[u8]) -> Result<Vec<u8>> {
        Ok([&point(&self.x, &self.y)?, self.hash.as_slice(), cipher].concat())
    }
}

impl RsaPublicKey {
    /// From modulus and exponent without leading zeros.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self> {
        let bits = modulus.len() * 8;
        if modulus.len() > 256 || exponent.len() > 4 || !matches!(bits, 1024 | 2048) {
            return Err(MODULUS_LEN);
        }
        let mut key = Self {
            alg_id: crate::skf::RSA,
            bit_len: u32::try_from(bits).map_err(|_| MODULUS_LEN)?,
            modulus: [0; 256],
            exponent: [0; 4],
        };
        key.modulus[256 - modulus.len()..].copy_from_slice(modulus);
        key.exponent[4 - exponent.len()..].copy_from_slice(exponent);
        Ok(key)
    }

    /// As it lies in memory.
    pub fn to_bytes(self) -> Vec<u8> {
        let [alg_id, bit_len] = [self.alg_id, self.bit_len].map(u32::to_ne_bytes);
        [&alg_id, &bit_len, &self.modulus[..], &self.exponent].concat()
    }

    pub fn modulus(&self) -> &[u8] {
        crate::mechanism::trim(&self.modulus)
    }

    pub fn exponent(&self) -> &[u8] {
        crate::mechanism::trim(&self.exponent)
    }
}

/// Text in a field of fixed length, with at least one NUL at its end.
pub fn text<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    for (byte, source) in bytes[..N - 1].iter_mut().zip(text.bytes()) {
        *byte = source;
    }
    bytes
}

fn field(number: &[u8; 32]) -> [u8; 64] {
    let mut field = [0; 64];
    field[32..].copy_from_slice(number);
    field
}

fn number(field: &[u8; 64]) -> Result<&[u8; 32]> {
    match field.as_chunks::<32>().0 {
        [high, low] if *high == [0; 32] => Ok(low),
        _ => Err(INVALID_PARAM),
    }
}

fn point(x: &[u8; 64], y: &[u8; 64]) -> Result<[u8; 65]> {
    let mut point = [4; 65];
    point[1..33].copy_from_slice(number(x)?);
    point[33..].copy_from_slice(number(y)?);
    Ok(point)
}

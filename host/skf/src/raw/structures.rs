//! Structures of GM/T 0016-2012, packed to 1 with ULONG of 32 bits on every system.
//!
//! Nothing is read through references to them, since libraries with other packings and widths occur: they
//! are here for their sizes and offsets, and [`BlockCipherParam`] to be passed by value.
#![allow(missing_docs, reason = "the standard's own names of fields")]

use std::mem::{offset_of, size_of};

/// `VERSION`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct Version {
    pub major: u8,
    pub minor: u8,
}

/// `DEVINFO`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct DevInfo {
    pub version: Version,
    pub manufacturer: [u8; 64],
    pub issuer: [u8; 64],
    pub label: [u8; 32],
    pub serial_number: [u8; 32],
    pub hw_version: Version,
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

/// `ECCPUBLICKEYBLOB`: values in the last 32 bytes of each field.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccPublicKeyBlob {
    pub bit_len: u32,
    pub x: [u8; 64],
    pub y: [u8; 64],
}

/// `ECCPRIVATEKEYBLOB`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccPrivateKeyBlob {
    pub bit_len: u32,
    pub d: [u8; 64],
}

/// `ECCSIGNATUREBLOB`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccSignatureBlob {
    pub r: [u8; 64],
    pub s: [u8; 64],
}

/// `ECCCIPHERBLOB`, with as much of the ciphertext as the standard declares.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccCipherBlob {
    pub x: [u8; 64],
    pub y: [u8; 64],
    pub hash: [u8; 32],
    pub cipher_len: u32,
    pub cipher: [u8; 1],
}

/// `ENVELOPEDKEYBLOB`, likewise.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EnvelopedKeyBlob {
    pub version: u32,
    pub symm_alg_id: u32,
    pub bits: u32,
    pub encrypted_pri_key: [u8; 64],
    pub pub_key: EccPublicKeyBlob,
    pub ecc_cipher_blob: EccCipherBlob,
}

/// `FILEATTRIBUTE`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct FileAttribute {
    pub file_name: [u8; 32],
    pub file_size: u32,
    pub read_rights: u32,
    pub write_rights: u32,
}

/// `BLOCKCIPHERPARAM`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct BlockCipherParam {
    pub iv: [u8; 32],
    pub iv_len: u32,
    pub padding_type: u32,
    pub feed_bit_len: u32,
}

/// `RSAPUBLICKEYBLOB`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct RsaPublicKeyBlob {
    pub alg_id: u32,
    pub bit_len: u32,
    pub modulus: [u8; 256],
    pub public_exponent: [u8; 4],
}

/// `RSAPRIVATEKEYBLOB`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct RsaPrivateKeyBlob {
    pub alg_id: u32,
    pub bit_len: u32,
    pub modulus: [u8; 256],
    pub public_exponent: [u8; 4],
    pub private_exponent: [u8; 256],
    pub prime1: [u8; 128],
    pub prime2: [u8; 128],
    pub prime1_exponent: [u8; 128],
    pub prime2_exponent: [u8; 128],
    pub coefficient: [u8; 128],
}

const _: () = {
    assert!(size_of::<Version>() == 2);
    assert!(size_of::<DevInfo>() == 294);
    assert!(offset_of!(DevInfo, manufacturer) == 2);
    assert!(offset_of!(DevInfo, issuer) == 66);
    assert!(offset_of!(DevInfo, label) == 130);
    assert!(offset_of!(DevInfo, serial_number) == 162);
    assert!(offset_of!(DevInfo, hw_version) == 194);
    assert!(offset_of!(DevInfo, firmware_version) == 196);
    assert!(offset_of!(DevInfo, alg_sym_cap) == 198);
    assert!(offset_of!(DevInfo, alg_asym_cap) == 202);
    assert!(offset_of!(DevInfo, alg_hash_cap) == 206);
    assert!(offset_of!(DevInfo, dev_auth_alg_id) == 210);
    assert!(offset_of!(DevInfo, total_space) == 214);
    assert!(offset_of!(DevInfo, free_space) == 218);
    assert!(offset_of!(DevInfo, max_ecc_buffer_size) == 222);
    assert!(offset_of!(DevInfo, max_buffer_size) == 226);
    assert!(offset_of!(DevInfo, reserved) == 230);
    assert!(size_of::<EccPublicKeyBlob>() == 132);
    assert!(offset_of!(EccPublicKeyBlob, x) == 4);
    assert!(offset_of!(EccPublicKeyBlob, y) == 68);
    assert!(size_of::<EccPrivateKeyBlob>() == 68);
    assert!(offset_of!(EccPrivateKeyBlob, d) == 4);
    assert!(size_of::<EccSignatureBlob>() == 128);
    assert!(offset_of!(EccSignatureBlob, s) == 64);
    assert!(size_of::<EccCipherBlob>() == 165);
    assert!(offset_of!(EccCipherBlob, y) == 64);
    assert!(offset_of!(EccCipherBlob, hash) == 128);
    assert!(offset_of!(EccCipherBlob, cipher_len) == 160);
    assert!(offset_of!(EccCipherBlob, cipher) == 164);
    assert!(offset_of!(EnvelopedKeyBlob, symm_alg_id) == 4);
    assert!(offset_of!(EnvelopedKeyBlob, bits) == 8);
    assert!(offset_of!(EnvelopedKeyBlob, encrypted_pri_key) == 12);
    assert!(offset_of!(EnvelopedKeyBlob, pub_key) == 76);
    assert!(offset_of!(EnvelopedKeyBlob, ecc_cipher_blob) == 208);
    assert!(size_of::<EnvelopedKeyBlob>() == 208 + 165);
    assert!(size_of::<FileAttribute>() == 44);
    assert!(offset_of!(FileAttribute, file_size) == 32);
    assert!(offset_of!(FileAttribute, read_rights) == 36);
    assert!(offset_of!(FileAttribute, write_rights) == 40);
    assert!(size_of::<BlockCipherParam>() == 44);
    assert!(offset_of!(BlockCipherParam, iv_len) == 32);
    assert!(offset_of!(BlockCipherParam, padding_type) == 36);
    assert!(offset_of!(BlockCipherParam, feed_bit_len) == 40);
    assert!(size_of::<RsaPublicKeyBlob>() == 268);
    assert!(offset_of!(RsaPublicKeyBlob, modulus) == 8);
    assert!(offset_of!(RsaPublicKeyBlob, public_exponent) == 264);
    assert!(size_of::<RsaPrivateKeyBlob>() == 1164);
    assert!(offset_of!(RsaPrivateKeyBlob, private_exponent) == 268);
    assert!(offset_of!(RsaPrivateKeyBlob, prime1) == 524);
    assert!(offset_of!(RsaPrivateKeyBlob, prime2) == 652);
    assert!(offset_of!(RsaPrivateKeyBlob, prime1_exponent) == 780);
    assert!(offset_of!(RsaPrivateKeyBlob, prime2_exponent) == 908);
    assert!(offset_of!(RsaPrivateKeyBlob, coefficient) == 1036);
};

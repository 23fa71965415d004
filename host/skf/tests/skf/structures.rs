//! Every structure's size and offsets beside a C compiler's.

use crate::support::compile;
use std::collections::BTreeMap;
use std::mem::{offset_of, size_of};
use std::process::Command;
use yinxin_skf::structures::*;

macro_rules! layout {
    ($($c:ident $rust:ident { $($field:ident $member:ident),* })*) => {
        BTreeMap::from([
            $(
                (stringify!($c).to_owned(), size_of::<$rust>()),
                $((concat!(stringify!($c), ".", stringify!($field)).to_owned(), offset_of!($rust, $member)),)*
            )*
        ])
    };
}

#[test]
fn structures_lie_as_a_c_compiler_lays_them_out() {
    let ours = layout! {
        VERSION Version {}
        DEVINFO DevInfo {
            Version version, Manufacturer manufacturer, Issuer issuer, Label label, SerialNumber serial_number,
            HWVersion hw_version, FirmwareVersion firmware_version, AlgSymCap alg_sym_cap,
            AlgAsymCap alg_asym_cap, AlgHashCap alg_hash_cap, DevAuthAlgId dev_auth_alg_id,
            TotalSpace total_space, FreeSpace free_space, MaxECCBufferSize max_ecc_buffer_size,
            MaxBufferSize max_buffer_size, Reserved reserved
        }
        ECCPUBLICKEYBLOB EccPublicKeyBlob { BitLen bit_len, XCoordinate x, YCoordinate y }
        ECCPRIVATEKEYBLOB EccPrivateKeyBlob { BitLen bit_len, PrivateKey d }
        ECCSIGNATUREBLOB EccSignatureBlob { r r, s s }
        ECCCIPHERBLOB EccCipherBlob {
            XCoordinate x, YCoordinate y, HASH hash, CipherLen cipher_len, Cipher cipher
        }
        ENVELOPEDKEYBLOB EnvelopedKeyBlob {
            Version version, ulSymmAlgID symm_alg_id, ulBits bits, cbEncryptedPriKey encrypted_pri_key,
            PubKey pub_key, ECCCipherBlob ecc_cipher_blob
        }
        FILEATTRIBUTE FileAttribute {
            FileName file_name, FileSize file_size, ReadRights read_rights, WriteRights write_rights
        }
        BLOCKCIPHERPARAM BlockCipherParam {
            IV iv, IVLen iv_len, PaddingType padding_type, FeedBitLen feed_bit_len
        }
        RSAPUBLICKEYBLOB RsaPublicKeyBlob {
            AlgID alg_id, BitLen bit_len, Modulus modulus, PublicExponent public_exponent
        }
        RSAPRIVATEKEYBLOB RsaPrivateKeyBlob {
            AlgID alg_id, BitLen bit_len, Modulus modulus, PublicExponent public_exponent,
            PrivateExponent private_exponent, Prime1 prime1, Prime2 prime2,
            Prime1Exponent prime1_exponent, Prime2Exponent prime2_exponent, Coefficient coefficient
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("sizes");
    compile(&[], &["sizes.c"], &program);
    let printed = Command::new(&program).output().unwrap();
    let theirs: BTreeMap<String, usize> = String::from_utf8(printed.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let (name, number) = line.split_once(' ').unwrap();
            (name.to_owned(), number.parse().unwrap())
        })
        .collect();
    assert_eq!(ours, theirs);
    assert_eq!(theirs["DEVINFO"], 294);
}

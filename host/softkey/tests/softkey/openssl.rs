//! OpenSSL judges the SM2 signatures.

use std::path::Path;
use std::process::Command;

use cryptoki_sys::*;
use der::asn1::{BitString, ObjectIdentifier, OctetStringRef};
use der::pem::LineEnding;
use der::{Any, Decode, Encode, EncodePem};
use sm3::{Digest, Sm3};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use yinxin_softkey::mechanism::*;
use yinxin_softkey::rv::Rv;

use crate::support::*;

#[test]
fn openssl_verifies_every_kind_of_sm2_signature() {
    if !have("openssl") {
        return;
    }
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let mechanism = |kind| Mechanism {
        kind,
        parameter: &[],
    };
    let [public, private] = module
        .generate_key_pair(session, mechanism(CKM_SM2_KEY_PAIR_GEN), &[], &[])
        .unwrap();
    let values = module.attribute_values(session, public, &[CKA_EC_POINT]);
    let point = values.unwrap().pop().unwrap().unwrap();
    let point = <&OctetStringRef>::from_der(&point).unwrap().as_bytes();
    let key = root.path().join("public.pem");
    std::fs::write(&key, public_key_pem(point)).unwrap();

    let message = "采购文件".as_bytes();
    let file = root.path().join("message");
    std::fs::write(&file, message).unwrap();
    // e computed here, not in the module: GB/T 32918.2 sections 5.5 and 6.1, with OpenSSL's and
    // not the module's idea of Z checked by the verification below.
    let e = e_of(point, message);
    for (kind, input, raw) in [
        (CKM_SM2_SIGN, &e[..], false),
        (CKM_SM2_SIGN_NO_DER, &e, true),
        (CKM_SM3_SM2_APPID1, message, true),
    ] {
        module.sign_init(session, mechanism(kind), private).unwrap();
        let mut signature = module.sign(session, input).unwrap();
        if raw {
            assert_eq!(signature.len(), 64);
            signature = der_signature(&signature);
        }
        assert!(openssl_dgst(&key, &file, &signature), "{kind:x}");
        // And a wrong one is one for OpenSSL too.
        *signature.last_mut().unwrap() ^= 1;
        assert!(!openssl_dgst(&key, &file, &signature));
    }
    // The e itself, without any hashing by OpenSSL.
    module
        .sign_init(session, mechanism(CKM_SM2_SIGN), private)
        .unwrap();
    let signature = module.sign(session, &e).unwrap();
    let (e_file, signature_file) = (root.path().join("e"), root.path().join("signature"));
    std::fs::write(&e_file, e).unwrap();
    std::fs::write(&signature_file, signature).unwrap();
    let (verified, text) = run(Command::new("openssl")
        .args(["pkeyutl", "-verify", "-pubin", "-inkey"])
        .arg(&key)
        .arg("-in")
        .arg(&e_file)
        .arg("-sigfile")
        .arg(&signature_file));
    assert!(verified, "{text}");
}

#[test]
fn what_openssl_encrypts_is_decrypted() {
    if !have("openssl") {
        return;
    }
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let mechanism = |kind| Mechanism {
        kind,
        parameter: &[],
    };
    let generate = mechanism(CKM_SM2_KEY_PAIR_GEN);
    let [public, private] = module
        .generate_key_pair(session, generate, &[], &[(CKA_DECRYPT, &[1])])
        .unwrap();
    let values = module.attribute_values(session, public, &[CKA_EC_POINT]);
    let point = values.unwrap().pop().unwrap().unwrap();
    let point = <&OctetStringRef>::from_der(&point).unwrap().as_bytes();
    std::fs::write(root.path().join("public.pem"), public_key_pem(point)).unwrap();
    let plain = "评审资料".as_bytes();
    std::fs::write(root.path().join("plain"), plain).unwrap();
    let encrypt = ["-encrypt", "-pubin", "-inkey", "public.pem", "-in", "plain"];
    let (encrypted, text) = run(Command::new("openssl")
        .arg("pkeyutl")
        .args(encrypt)
        .args(["-out", "cipher"])
        .current_dir(root.path()));
    assert!(encrypted, "{text}");
    let cipher = std::fs::read(root.path().join("cipher")).unwrap();

    let mut decrypt = |cipher: &[u8]| {
        module.decrypt_init(session, mechanism(CKM_SM2_DER), private)?;
        let plain = module.decrypt(session, cipher)?;
        module.decrypt_end(session)?;
        Ok::<_, Rv>(plain.to_vec())
    };
    assert_eq!(decrypt(&cipher).unwrap(), plain);
    let invalid = Err(Rv(CKR_ENCRYPTED_DATA_INVALID));
    for length in 0..cipher.len() {
        assert_eq!(decrypt(&cipher[..length]), invalid);
    }
    for position in 0..cipher.len() {
        let mut changed = cipher.clone();
        changed[position] ^= 0x10;
        assert_eq!(decrypt(&changed), invalid, "{position}");
    }
    assert_eq!(decrypt(&cipher).unwrap(), plain);
}

pub fn openssl_dgst(key: &Path, file: &Path, signature: &[u8]) -> bool {
    let signature_file = key.with_file_name("dgst-signature");
    std::fs::write(&signature_file, signature).unwrap();
    run(Command::new("openssl")
        .args(["dgst", "-sm3", "-sigopt", "distid:1234567812345678"])
        .arg("-verify")
        .arg(key)
        .arg("-signature")
        .arg(&signature_file)
        .arg(file))
    .0
}

fn e_of(point: &[u8], message: &[u8]) -> [u8; 32] {
    let curve = hex::decode(
        "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc\
         28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93\
         32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7\
         bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
    )
    .unwrap();
    let z = Sm3::new()
        .chain_update([0x00, 0x80])
        .chain_update("1234567812345678")
        .chain_update(curve)
        .chain_update(&point[1..])
        .finalize();
    let e = Sm3::new().chain_update(z).chain_update(message).finalize();
    e.into()
}

pub fn der_signature(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at(32);
    let integers = [r, s].map(|number| der::asn1::Uint::new(number).unwrap());
    integers.to_vec().to_der().unwrap()
}

pub fn public_key_pem(point: &[u8]) -> String {
    let key = SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap("1.2.840.10045.2.1"),
            parameters: Some(Any::from_der(CURVE_SM2).unwrap()),
        },
        subject_public_key: BitString::from_bytes(point).unwrap(),
    };
    key.to_pem(LineEnding::LF).unwrap()
}

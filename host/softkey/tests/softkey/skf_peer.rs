//! The SKF door as a Rust client uses it: the crate `skf-rs`, which wants 62 of its functions.

use cryptoki_sys::*;
use signature::hazmat::PrehashVerifier;
use skf_rs::{
    AppAttr, BlockCipherParameter, Engine, Error, FILE_PERM_EVERYONE, FILE_PERM_USER, FileAttr,
    LibLoader, PIN_TYPE_USER, SkfContainer, SkfDevice,
};
use yinxin_softkey::mechanism::{CKM_SM2_KEY_PAIR_GEN, Mechanism, SM2_DEFAULT_ID};
use yinxin_softkey::module::Module;

use crate::support::*;

/// The engine over the real shared library.
pub fn engine() -> Engine {
    let path = library();
    Engine::new(LibLoader::of_library_file(path.to_str().unwrap()).unwrap())
}

/// The only device.
pub fn connect(engine: &Engine) -> Box<dyn SkfDevice> {
    let devices = engine.device_manager().unwrap();
    let names = devices.enumerate_device_name(true).unwrap();
    assert_eq!(names, ["one"]);
    devices.connect("one").unwrap()
}

/// The code of an error.
pub fn code<T>(answer: Result<T, Error>) -> Option<u32> {
    match answer {
        Err(Error::Skf(error)) => Some(error.code),
        _ => None,
    }
}

fn cipher(iv: &[u8]) -> BlockCipherParameter {
    BlockCipherParameter {
        iv: iv.to_vec(),
        padding_type: 1,
        feed_bit_len: 0,
    }
}

#[test]
fn a_peer_lists_logs_in_signs_stores_and_decrypts() {
    let root = root_with_token();
    let _turn = take_turn(root.path());
    let engine = engine();
    let device = connect(&engine);
    let info = device.info().unwrap();
    assert_eq!(info.manufacturer, "Yinxin demo");
    assert_eq!(info.label, "one");
    assert_eq!(info.serial_number.len(), 16);
    assert_eq!(device.enumerate_app_name().unwrap(), ["YINXIN-DEMO"]);
    let application = device.open_app("YINXIN-DEMO").unwrap();
    match application.verify_pin(PIN_TYPE_USER, "000000") {
        Err(Error::PinVerifyFail(error)) => assert_eq!(error.remaining_retry_count, 9),
        other => panic!("{other:?}"),
    }
    application.verify_pin(PIN_TYPE_USER, "246810").unwrap();
    let pin = application.pin_info(PIN_TYPE_USER).unwrap();
    assert_eq!((pin.max_retry_count, pin.remain_retry_count), (10, 10));

    let container = application.create_container("peer").unwrap();
    let names = application.enumerate_container_name().unwrap();
    assert_eq!(names, ["peer"]);
    let key = container.ecc_gen_key_pair(0x2_0200).unwrap();
    let blob = container.ecc_export_public_key(true).unwrap();
    assert_eq!(blob.len(), 132);
    assert_eq!(blob[4..68], { key.x_coordinate });
    let signature = container.ecc_sign(&[7; 32]).unwrap();
    device.ecc_verify(&key, &[7; 32], &signature).unwrap();
    assert!(device.ecc_verify(&key, &[8; 32], &signature).is_err());
    let point = [&[4], &blob[36..68], &blob[100..132]].concat();
    let verifying = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_DEFAULT_ID, &point).unwrap();
    let raw = [&signature.r[32..], &signature.s[32..]].concat();
    let raw = sm2::dsa::Signature::from_slice(&raw).unwrap();
    verifying.verify_prehash(&[7; 32], &raw).unwrap();
    container.import_certificate(true, b"certificate").unwrap();
    assert_eq!(container.export_certificate(true).unwrap(), b"certificate");

    let attributes = FileAttr {
        file_name: "file".to_owned(),
        file_size: 8,
        read_rights: FILE_PERM_EVERYONE,
        write_rights: FILE_PERM_USER,
    };
    application.create_file(&attributes).unwrap();
    application.write_file("file", 2, b"data").unwrap();
    assert_eq!(application.read_file("file", 1, 6).unwrap(), b"\0data\0");
    assert_eq!(application.get_file_info("file").unwrap().file_size, 8);
    assert_eq!(application.enumerate_file_name().unwrap(), ["file"]);

    let (session, _wrapped) = container.sk_export(0x402, &key).unwrap();
    let block_cipher = engine.block_cipher().unwrap();
    let iv = device.gen_random(16).unwrap();
    block_cipher.encrypt_init(&*session, &cipher(&iv)).unwrap();
    let encrypted = block_cipher.encrypt(&*session, b"plain", 64).unwrap();
    assert_eq!(encrypted.len(), 16);
    block_cipher.decrypt_init(&*session, &cipher(&iv)).unwrap();
    let plain = block_cipher.decrypt(&*session, &encrypted, 64).unwrap();
    assert_eq!(plain, b"plain");

    application.clear_secure_state().unwrap();
    assert_eq!(code(container.ecc_sign(&[7; 32])), Some(0x0A00_002D));
    assert_eq!(
        code(device.create_app("x", &AppAttr::default())),
        Some(0x0A00_002D)
    );
    application.unblock_pin("87654321", "135791").unwrap();
    application.verify_pin(PIN_TYPE_USER, "135791").unwrap();
    application.delete_container("peer").unwrap();
    assert!(application.enumerate_container_name().unwrap().is_empty());
}

#[test]
fn what_pkcs11_made_lies_in_containers_by_its_id() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let id = |id: u8| [(CKA_TOKEN, vec![1]), (CKA_ID, vec![id])];
    // A signing pair, an encryption pair, and one with a certificate alone.
    generate(&mut module, session, &id(1), &[], &[]);
    let encrypts = [(CKA_VERIFY, vec![0]), (CKA_ENCRYPT, vec![1])];
    let decrypts = [(CKA_SIGN, vec![0]), (CKA_DECRYPT, vec![1])];
    generate(&mut module, session, &id(0xAB), &encrypts, &decrypts);
    for (id, value) in [(0xAB, "first"), (0xAB, "newer"), (3, "alone")] {
        let certificate = [
            (CKA_CLASS, &number(CKO_CERTIFICATE)[..]),
            (CKA_CERTIFICATE_TYPE, &number(CKC_X_509)),
            (CKA_TOKEN, &[1]),
            (CKA_ID, &[id]),
            (CKA_VALUE, value.as_bytes()),
        ];
        module.create_object(session, &certificate).unwrap();
    }
    // Names that are none, or taken, give way to the object's number.
    for label in ["name", "name", "", "012345678901234567890123456789012"] {
        create_data(&mut module, session, label, label.as_bytes(), false).unwrap();
    }

    let _turn = take_turn(root.path());
    let engine = engine();
    let device = connect(&engine);
    let application = device.open_app("YINXIN-DEMO").unwrap();
    let names = application.enumerate_container_name().unwrap();
    assert_eq!(names, ["01", "ab", "03"]);
    let open = |name: &str| application.open_container(name).unwrap();
    let (signs, encrypts, alone) = (open("01"), open("ab"), open("03"));
    let types = [&signs, &encrypts, &alone].map(|container| container.get_type().unwrap());
    assert_eq!(types, [2, 2, 0]);
    let has_key =
        |container: &dyn SkfContainer, sign| container.ecc_export_public_key(sign).is_ok();
    assert!(has_key(&*signs, true) && !has_key(&*signs, false));
    assert!(has_key(&*encrypts, false) && !has_key(&*encrypts, true));
    // Of two certificates the newer one; without a key or a usage it is one for signing.
    assert_eq!(encrypts.export_certificate(false).unwrap(), b"newer");
    assert_eq!(code(encrypts.export_certificate(true)), Some(0x0A00_001C));
    assert_eq!(alone.export_certificate(true).unwrap(), b"alone");

    let files = application.enumerate_file_name().unwrap();
    assert_eq!(files.len(), 4);
    assert_eq!(files[0], "name");
    for (file, content) in files.iter().zip(["name", "name", "", "0123456789012345"]) {
        assert!(file == "name" || file.starts_with("object-"));
        let read = application.read_file(file, 0, 16).unwrap();
        assert_eq!(read, content.as_bytes());
    }

    application.verify_pin(PIN_TYPE_USER, "246810").unwrap();
    signs.ecc_sign(&[7; 32]).unwrap();
    assert_eq!(code(encrypts.ecc_sign(&[7; 32])), Some(0x0A00_001B));
    // What goes, goes with all that the newer ones hid.
    application.delete_container("ab").unwrap();
    let names = application.enumerate_container_name().unwrap();
    assert_eq!(names, ["01", "03"]);
}

/// Makes an SM2 key pair through PKCS #11.
fn generate(
    module: &mut Module,
    session: CK_SESSION_HANDLE,
    common: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)],
    public: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)],
    private: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)],
) {
    let template = |own: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)]| [common, own].concat();
    let (public, private) = (template(public), template(private));
    fn borrowed(template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)]) -> Vec<(CK_ATTRIBUTE_TYPE, &[u8])> {
        let pairs = template.iter();
        pairs.map(|(kind, value)| (*kind, &value[..])).collect()
    }
    let mechanism = Mechanism {
        kind: CKM_SM2_KEY_PAIR_GEN,
        parameter: &[],
    };
    module
        .generate_key_pair(session, mechanism, &borrowed(&public), &borrowed(&private))
        .unwrap();
}

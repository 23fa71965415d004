//! Every call, with the arguments and the order that the standard has; and libraries that lack one.

use crate::support::{Made, application, compile, container, device};
use std::fs;
use yinxin_skf::read::{EnvelopedKey, PublicKey, Sm2Cipher};
use yinxin_skf::{
    Call, Code, ContainerKind, DeviceState, Error, FileInfo, Half, Library, LoadError, PinInfo,
    PinKind, Refused, algorithms, rights,
};

fn enveloped() -> EnvelopedKey {
    let half = |last| {
        let mut bytes = [0; 64];
        bytes[63] = last;
        bytes
    };
    let mut hash = [0; 32];
    hash[31] = 0xDD;
    let mut cipher = vec![0; 16];
    cipher[15] = 0xEE;
    EnvelopedKey {
        algorithm: algorithms::SM4_ECB,
        private_key: half(0xAA),
        public_key: half(0xBB),
        wrapped_key: Sm2Cipher {
            point: half(0xCC),
            hash,
            cipher,
        },
    }
}

/// A file of the rights that the library wants.
fn seal_of(size: u32) -> FileInfo {
    FileInfo {
        size,
        read: rights::ANYONE,
        write: rights::USER,
    }
}

/// Does everything once, and collects what failed.
fn everything(library: &Library) -> Vec<Error> {
    let mut failed = Vec::new();
    let mut keep = |error: Option<Error>| failed.extend(error);
    keep(library.devices(true).err());
    keep(library.device_state(b"key 1").err());
    let Ok(device) = library.connect(b"key 1").map_err(|error| keep(Some(error))) else {
        return failed;
    };
    keep(device.info().err());
    keep(device.set_label(b"label").err());
    keep(device.locked(1500, || Ok::<_, Error>(())).err());
    keep(device.random(16).err());
    keep(device.authenticate(&[0x77; 16]).err());
    keep(device.change_authentication_key(&[0x77; 16]).err());
    keep(device.applications().err());
    keep(
        device
            .create_application(b"NEW", (b"654321", 5), (b"123456", 6), rights::USER)
            .err(),
    );
    keep(device.delete_application(b"NEW").err());
    match device.digest(algorithms::SM3, None) {
        Err(error) => keep(Some(error)),
        Ok(mut digest) => {
            keep(digest.update(b"abc").err());
            keep(digest.finish().err());
        }
    }
    let Ok(application) = device
        .open_application(b"APP")
        .map_err(|error| keep(Some(error)))
    else {
        return failed;
    };
    let refused = |refused: Result<(), Refused>| refused.err().map(|refused| refused.error);
    keep(application.pin_info(PinKind::User).err());
    keep(refused(application.verify_pin(PinKind::User, b"123456")));
    keep(refused(application.change_pin(
        PinKind::User,
        b"123456",
        b"111111",
    )));
    keep(refused(application.unblock_pin(b"654321", b"111111")));
    keep(application.create_file(b"seal", seal_of(10)).err());
    keep(application.write_file(b"seal", b"0123456789").err());
    keep(application.files().err());
    keep(application.file_info(b"seal").err());
    keep(application.read_file(b"seal", 10).err());
    keep(application.delete_file(b"seal").err());
    keep(application.containers().err());
    keep(application.create_container(b"CON").err());
    keep(application.delete_container(b"CON").err());
    if let Ok(container) = application
        .open_container(b"CON")
        .map_err(|error| keep(Some(error)))
    {
        keep(container.kind().err());
        keep(
            container
                .import_certificate(Half::Encryption, &[1, 2, 3])
                .err(),
        );
        keep(container.certificate(Half::Signing).err());
        keep(container.generate_sm2().err());
        keep(container.generate_rsa(2048).err());
        keep(container.public_key(Half::Signing).err());
        keep(container.import_sm2(&enveloped()).err());
        keep(
            container
                .import_rsa(algorithms::SM4_ECB, &[1; 256], &[1, 2])
                .err(),
        );
        keep(container.sign_sm2(&[7; 32]).err());
        keep(container.sign_rsa(&[8; 51]).err());
        match container.unwrap_sm2(algorithms::SM4_CBC, &enveloped().wrapped_key) {
            Err(error) => keep(Some(error)),
            Ok(key) => keep(key.decrypt(&[1; 16], &[2; 32]).err()),
        }
    }
    keep(application.clear_secure_state().err());
    failed
}

#[test]
fn a_library_with_everything_does_everything() {
    let made = Made::new();
    let library = made.library();
    assert_eq!(library.missing(), []);
    assert_eq!(everything(&library), []);
}

/// Functions of which nothing is asked.
const NOT_CALLED: &[Call] = &[
    Call::Transmit,
    Call::GenExtRSAKey,
    Call::RSAVerify,
    Call::RSAExportSessionKey,
    Call::ExtRSAPubKeyOperation,
    Call::ExtRSAPriKeyOperation,
    Call::ECCVerify,
    Call::ECCExportSessionKey,
    Call::ExtECCEncrypt,
    Call::ExtECCDecrypt,
    Call::ExtECCSign,
    Call::ExtECCVerify,
    Call::GenerateAgreementDataWithECC,
    Call::GenerateAgreementDataAndKeyWithECC,
    Call::GenerateKeyWithECC,
    Call::EncryptUpdate,
    Call::EncryptFinal,
    Call::Decrypt,
    Call::Digest,
    Call::MacInit,
    Call::MacUpdate,
    Call::MacFinal,
    Call::Mac,
];

/// Functions whose failure nobody is told, since nothing can be done about it; and those of the wait.
const SILENT: &[Call] = &[
    Call::DisConnectDev,
    Call::UnlockDev,
    Call::CloseApplication,
    Call::CloseContainer,
    Call::CloseHandle,
    Call::WaitForDevEvent,
    Call::CancelWaitForDevEvent,
];

#[test]
fn a_function_that_is_missing_costs_what_needs_it_and_nothing_else() {
    let made = Made::new();
    let object = made.folder().join("library.o");
    compile(
        &["-c", "-fPIC", "-fvisibility=hidden", "-pthread"],
        &["library.c"],
        &object,
    );
    for call in Call::ALL {
        let path = made.folder().join(format!("{call:?}.so"));
        let versions = made.folder().join("versions");
        fs::write(&versions, format!("{{ local: {}; }};", call.name())).unwrap();
        let versions = format!("-Wl,--version-script={}", versions.display());
        compile(
            &["-shared", "-pthread", &versions, object.to_str().unwrap()],
            &[],
            &path,
        );
        let loaded = Library::load(&path);
        if matches!(call, Call::EnumDev | Call::ConnectDev) {
            assert_eq!(loaded.err(), Some(LoadError::NotSkf(call.name())));
            continue;
        }
        let library = loaded.unwrap();
        assert_eq!(library.missing(), [*call]);
        assert!(!library.has(*call));
        let failed = everything(&library);
        assert!(
            failed.iter().all(|error| *error == Error::Missing(*call)),
            "{failed:?}"
        );
        let is_told = !NOT_CALLED.contains(call) && !SILENT.contains(call);
        assert_eq!(!failed.is_empty(), is_told, "{call:?}: {failed:?}");
    }
}

#[test]
fn what_a_library_answers_arrives() {
    let made = Made::new();
    let library = made.library();
    assert_eq!(library.devices(true).unwrap(), [b"key 1".to_vec()]);
    assert_eq!(library.devices(false).unwrap(), [b"key 0".to_vec()]);
    assert_eq!(
        library.device_state(b"key 1").unwrap(),
        DeviceState::Present
    );
    assert_eq!(library.device_state(b"key 2").unwrap(), DeviceState::Absent);
    let info = device(&library).info().unwrap();
    assert_eq!(info.manufacturer, b"Example");
    assert_eq!(info.issuer, b"Nobody");
    assert_eq!(info.label, b"Key");
    assert_eq!(info.serial, b"0123456789ABCDEF0123456789ABCDEF");
    assert_eq!((info.hardware, info.firmware), ((2, 0), (0, 3)));
    let numbers = info.numbers.unwrap();
    assert_eq!((numbers.total_space, numbers.free_space), (65536, 4096));
    assert_eq!(numbers.authentication, algorithms::SM4_ECB);

    let application = application(&library);
    let pin = application.pin_info(PinKind::User).unwrap();
    assert_eq!(
        pin,
        PinInfo {
            max: 10,
            left: 6,
            default: true
        }
    );
    let wrong = application
        .verify_pin(PinKind::User, b"000000")
        .unwrap_err();
    assert_eq!(
        (wrong.error.code(), wrong.left),
        (Some(Code::PIN_INCORRECT), Some(5))
    );
    let wrong = application
        .change_pin(PinKind::User, b"0", b"1")
        .unwrap_err();
    assert_eq!(wrong.left, Some(4));
    let wrong = application.unblock_pin(b"0", b"1").unwrap_err();
    assert_eq!(wrong.left, Some(2));

    let container = container(&library);
    assert_eq!(container.kind().unwrap(), ContainerKind::Sm2);
    assert_eq!(
        container.certificate(Half::Signing).unwrap().unwrap(),
        b"certificate"
    );
    assert_eq!(container.certificate(Half::Encryption).unwrap(), None);
    let point: Vec<u8> = [[0x11; 32], [0x22; 32]].concat();
    let point: [u8; 64] = point.try_into().unwrap();
    assert_eq!(
        container.public_key(Half::Signing).unwrap(),
        Some(PublicKey::Sm2(point))
    );
    assert_eq!(container.public_key(Half::Encryption).unwrap(), None);
    let signature = container.sign_sm2(&[7; 32]).unwrap();
    assert_eq!(signature.to_vec(), [[7; 32], [0x33; 32]].concat());
    assert_eq!(container.sign_rsa(&[8; 51]).unwrap(), vec![8; 256]);
    made.fault("rsa");
    let Some(PublicKey::Rsa { modulus, exponent }) = container.public_key(Half::Signing).unwrap()
    else {
        panic!("not RSA");
    };
    assert_eq!((modulus, exponent), (vec![0xEE; 256], vec![1, 0, 1]));
}

#[test]
fn files_longer_than_a_piece_come_back_whole() {
    let made = Made::new();
    let library = made.library();
    let application = application(&library);
    let bytes: Vec<u8> = (0..9001u32).map(|index| (index % 251) as u8).collect();
    application.create_file(b"seal", seal_of(9001)).unwrap();
    application.write_file(b"seal", &bytes).unwrap();
    assert_eq!(application.file_info(b"seal").unwrap(), seal_of(9001));
    assert_eq!(application.read_file(b"seal", 9001).unwrap(), bytes);
    // More than there is.
    assert_eq!(application.read_file(b"seal", 20000).unwrap(), bytes);
    let full = application
        .create_file(b"seal", seal_of(20000))
        .unwrap_err();
    assert_eq!(full.code(), Some(Code::NO_ROOM));
}

#[test]
fn parameters_of_a_cipher_are_passed_by_value() {
    let made = Made::new();
    let library = made.library();
    let key = container(&library);
    let key = key
        .unwrap_sm2(algorithms::SM4_CBC, &enveloped().wrapped_key)
        .unwrap();
    let mut iv = [0x0F; 16];
    iv[0] = 0xA0;
    let ciphertext = vec![0x5A; 10_000];
    assert_eq!(*key.decrypt(&iv, &ciphertext).unwrap(), vec![0; 10_000]);
    assert!(
        made.log()
            .contains(&"cipher iv 16 a0 00 padding 0 feed 0".to_owned())
    );
    drop(key);
    device(&library).authenticate(&[0; 16]).unwrap();
    assert!(
        made.log()
            .contains(&"cipher iv 0 00 00 padding 0 feed 0".to_owned())
    );
}

#[test]
fn a_digest_gets_its_signer() {
    let made = Made::new();
    let library = made.library();
    let device = device(&library);
    let mut digest = device
        .digest(algorithms::SM3, Some((&[0x11; 64], b"1234567812345678")))
        .unwrap();
    digest.update(b"message").unwrap();
    let digest = digest.finish().unwrap();
    assert_eq!(digest.len(), 32);
    assert!(digest.starts_with(b"1234567812345678message"));
}

#[test]
fn handles_are_closed_from_the_inside_out() {
    let made = Made::new();
    let library = made.library();
    let key = container(&library).unwrap_sm2(algorithms::SM4_CBC, &enveloped().wrapped_key);
    let key = key.unwrap();
    // Device, application and container were dropped, but the key lives on them.
    assert_eq!(made.log(), ["connect"]);
    drop(key);
    assert_eq!(
        made.log(),
        [
            "connect",
            "close key",
            "close container",
            "close application",
            "disconnect"
        ]
    );
}

#[test]
fn a_lock_ends_whatever_happens() {
    let made = Made::new();
    let library = made.library();
    let device = device(&library);
    let failed = device.locked(1500, || Err::<(), _>(Error::Missing(Call::Mac)));
    assert_eq!(failed, Err(Error::Missing(Call::Mac)));
    assert_eq!(made.log(), ["connect", "lock", "unlock"]);
    // A lock that is not given: nothing is done under it.
    let refused = device.locked(1, || -> Result<(), Error> { panic!("not locked") });
    assert_eq!(refused.unwrap_err().code(), Some(Code::INVALID_PARAM));
}

#[test]
fn one_process_has_one_instance() {
    let made = Made::new();
    let first = made.library();
    let device = device(&first);
    assert_eq!(Library::load(&made.path).err(), Some(LoadError::InUse));
    let other_name = made.folder().join("other.so");
    std::os::unix::fs::symlink(&made.path, &other_name).unwrap();
    assert_eq!(Library::load(&other_name).err(), Some(LoadError::InUse));
    drop(first);
    // Its device still lives.
    assert_eq!(Library::load(&made.path).err(), Some(LoadError::InUse));
    drop(device);
    let again = made.library();
    assert_eq!(again.devices(true).unwrap().len(), 1);
    // The instance of before: its log goes on.
    assert_eq!(made.log(), ["connect", "disconnect"]);
}

#[test]
fn what_is_no_library_of_skf_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Library::load(&folder.path().join("none.so")).err();
    assert!(matches!(missing, Some(LoadError::System(_))), "{missing:?}");
    let other = folder.path().join("other.so");
    compile(&["-shared", "-fPIC"], &["sizes.c"], &other);
    let not_skf = Some(LoadError::NotSkf("SKF_EnumDev"));
    assert_eq!(Library::load(&other).err(), not_skf);
}

#[test]
fn a_list_of_functions_is_taken_where_it_is_known() {
    let made = Made::of("list.c", &[]);
    assert_eq!(
        Library::load(&made.path).err(),
        Some(LoadError::OnlyFunctionList)
    );
    let library = Library::load_function_list(&made.path).unwrap();
    assert_eq!(library.devices(true).unwrap(), [b"key 1".to_vec()]);
    let device = library.connect(b"key 1").unwrap();
    assert_eq!(device.info(), Err(Error::Missing(Call::GetDevInfo)));
    assert_eq!(library.missing().len(), Call::ALL.len() - 2);
}

#[test]
fn a_list_that_is_none_is_refused() {
    for define in ["-DNO_VERSION", "-DNO_LIST"] {
        let made = Made::of("list.c", &[define]);
        let loaded = Library::load_function_list(&made.path).err();
        assert!(matches!(loaded, Some(LoadError::NotSkf(_))), "{define}");
    }
    let made = Made::new();
    let loaded = Library::load_function_list(&made.path).err();
    assert_eq!(loaded, Some(LoadError::NotSkf("SKF_GetFuncList")));
}

//! Libraries that lie, count otherwise, or fail.

use crate::support::{Made, application, container, device};
use yinxin_skf::read::{PublicKey, Sm2Cipher};
use yinxin_skf::{Call, Code, ContainerKind, DeviceState, Error, Half, PinKind, algorithms};

const GBK: &[u8] = b"\xD3\xA1\xD0\xC5";

fn nonsense(call: Call) -> impl Fn(&Error) -> bool {
    move |error| matches!(error, Error::Nonsense { call: found, .. } if *found == call)
}

#[test]
fn lists_are_read_as_libraries_write_them() {
    let made = Made::new();
    let library = made.library();
    for (fault, expected) in [
        ("unterminated", &[&b"key 1"[..]][..]),
        ("no-length", &[b"key 1"]),
        ("grows", &[b"key 1"]),
        ("behind-the-end", &[b"key 1"]),
        ("wide", &[b"key 1"]),
        ("gbk", &[GBK]),
        ("empty", &[]),
        ("only-nul", &[]),
    ] {
        made.fault(fault);
        assert_eq!(library.devices(true).unwrap(), expected, "{fault}");
    }
}

#[test]
fn what_a_list_names_twice_is_there_once() {
    let made = Made::new();
    let library = made.library();
    let application = application(&library);
    made.fault("twice");
    assert_eq!(library.devices(true).unwrap(), [b"key 1"]);
    assert_eq!(application.containers().unwrap().len(), 1);
    assert_eq!(application.files().unwrap().len(), 1);
}

#[test]
fn a_name_is_no_path_and_no_format() {
    let made = Made::new();
    let library = made.library();
    made.fault("odd-names");
    let names = library.devices(true).unwrap();
    let expected: [&[u8]; 5] = [
        b"a/b\\c",
        b"\n\t\x7F\x1B[31m",
        b"\xE5\x8D\xB0\xD3\xA1",
        b"\xFF\xFE",
        b"%s%n",
    ];
    assert_eq!(names, expected);
    for name in names {
        let refused = library.connect(&name).err().unwrap();
        assert_eq!(refused.code(), Some(Code::DEVICE_REMOVED));
    }
}

#[test]
fn a_name_goes_back_as_it_came() {
    let made = Made::new();
    let library = made.library();
    made.fault("gbk");
    let names = library.devices(true).unwrap();
    library.connect(&names[0]).unwrap();
}

#[test]
fn lists_and_lengths_without_bounds_are_refused() {
    let made = Made::new();
    let library = made.library();
    let application = application(&library);
    let container = container(&library);
    for fault in ["huge", "lies", "many", "long-name"] {
        made.fault(fault);
        let refused = library.devices(true).unwrap_err();
        assert!(nonsense(Call::EnumDev)(&refused), "{fault}: {refused:?}");
        let refused = application.containers().unwrap_err();
        assert!(
            nonsense(Call::EnumContainer)(&refused),
            "{fault}: {refused:?}"
        );
    }
    for fault in ["huge", "lies"] {
        made.fault(fault);
        let refused = container.certificate(Half::Signing).unwrap_err();
        assert!(
            nonsense(Call::ExportCertificate)(&refused),
            "{fault}: {refused:?}"
        );
        let refused = container.public_key(Half::Signing).unwrap_err();
        assert!(
            nonsense(Call::ExportPublicKey)(&refused),
            "{fault}: {refused:?}"
        );
    }
    made.fault("lies");
    let refused = application.read_file(b"seal", 100).unwrap_err();
    assert!(nonsense(Call::ReadFile)(&refused));
    let refused = container.sign_rsa(&[8; 51]).unwrap_err();
    assert!(nonsense(Call::RSASignData)(&refused));
    let key = device(&library)
        .session_key(&[0; 16], algorithms::SM4_ECB)
        .unwrap();
    assert!(nonsense(Call::Encrypt)(
        &key.encrypt(&[], &[0; 16]).unwrap_err()
    ));
    assert!(nonsense(Call::DecryptUpdate)(
        &key.decrypt(&[], &[0; 16]).unwrap_err()
    ));
    assert!(nonsense(Call::DecryptFinal)(
        &key.decrypt(&[], &[]).unwrap_err()
    ));
    let digest = device(&library).digest(algorithms::SM3, None).unwrap();
    assert!(nonsense(Call::DigestFinal)(&digest.finish().unwrap_err()));
}

#[test]
fn a_handle_that_is_not_given_is_not_used() {
    let made = Made::new();
    let library = made.library();
    let device = device(&library);
    let application = application(&library);
    made.fault("no-handle");
    assert!(nonsense(Call::ConnectDev)(
        &library.connect(b"key 1").err().unwrap()
    ));
    assert!(nonsense(Call::OpenApplication)(
        &device.open_application(b"APP").err().unwrap()
    ));
    assert!(nonsense(Call::OpenContainer)(
        &application.open_container(b"CON").err().unwrap()
    ));
    assert!(nonsense(Call::DigestInit)(
        &device.digest(1, None).err().unwrap()
    ));
    // Nothing was closed that was never open.
    assert!(!made.log().iter().any(|line| line.contains('?')));
}

#[test]
fn numbers_of_sixty_four_bits_and_truth_of_one_byte_are_read() {
    let made = Made::new();
    let library = made.library();
    let application = application(&library);
    let container = container(&library);
    made.fault("wide");
    let pin = application.pin_info(PinKind::User).unwrap();
    assert_eq!((pin.max, pin.left, pin.default), (10, 6, true));
    assert_eq!(container.kind().unwrap(), ContainerKind::Sm2);
    assert_eq!(
        library.device_state(b"key 1").unwrap(),
        DeviceState::Present
    );
    assert_eq!(
        container.certificate(Half::Signing).unwrap().unwrap(),
        b"certificate"
    );
    assert_eq!(container.sign_rsa(&[8; 51]).unwrap().len(), 256);
}

#[test]
fn a_device_that_tells_nonsense_of_itself() {
    let made = Made::new();
    let library = made.library();
    let device = device(&library);
    made.fault("unpacked");
    let numbers = device.info().unwrap().numbers.unwrap();
    assert_eq!((numbers.total_space, numbers.free_space), (65536, 4096));
    assert_eq!(numbers.authentication, algorithms::SM4_ECB);
    made.fault("numbers");
    assert_eq!(device.info().unwrap().numbers, None);
    made.fault("erased");
    assert_eq!(device.info().unwrap().label, b"");
    made.fault("control");
    assert!(nonsense(Call::GetDevInfo)(&device.info().unwrap_err()));
}

#[test]
fn states_and_kinds_of_no_standard() {
    let made = Made::new();
    let library = made.library();
    let container = container(&library);
    made.fault("odd-state");
    assert_eq!(
        library.device_state(b"key 9").unwrap(),
        DeviceState::Unknown
    );
    made.fault("odd-kind");
    assert_eq!(container.kind().unwrap(), ContainerKind::Unknown(9));
}

#[test]
fn vendors_codes_stay_numbers() {
    let made = Made::new();
    let library = made.library();
    let application = application(&library);
    made.fault("driver-missing");
    let refused = library.connect(b"key 1").err().unwrap();
    assert_eq!(refused.code(), Some(Code(1)));
    assert_eq!(refused.to_string(), "SKF_ConnectDev: 0x00000001");
    made.fault("unknown-code");
    let refused = library.devices(true).unwrap_err();
    assert_eq!(refused.to_string(), "SKF_EnumDev: 0x88000043");
    let refused = application
        .verify_pin(PinKind::User, b"000000")
        .unwrap_err();
    assert_eq!(
        (refused.error.code(), refused.left),
        (Some(Code(0x0A00_003B)), Some(5))
    );
}

#[test]
fn tries_that_are_not_told_are_not_guessed() {
    let made = Made::new();
    let library = made.library();
    let application = application(&library);
    for fault in ["untold", "huge-tries"] {
        made.fault(fault);
        let refused = application
            .verify_pin(PinKind::User, b"000000")
            .unwrap_err();
        let expected = (Some(Code::PIN_INCORRECT), None);
        assert_eq!((refused.error.code(), refused.left), expected, "{fault}");
        let refused = application.pin_info(PinKind::User).unwrap_err();
        assert!(nonsense(Call::GetPINInfo)(&refused), "{fault}");
    }
    // A PIN that never had a try is no locked one.
    made.fault("no-tries");
    let refused = application.pin_info(PinKind::User).unwrap_err();
    assert!(nonsense(Call::GetPINInfo)(&refused), "{refused:?}");
    made.fault("pin-numbers");
    let refused = application.pin_info(PinKind::User).unwrap_err();
    assert!(nonsense(Call::GetPINInfo)(&refused));
}

#[test]
fn a_pin_that_cannot_be_passed_costs_no_try() {
    let made = Made::new();
    let library = made.library();
    let application = application(&library);
    for pin in [&b"1234\x0056"[..], &[b'1'; 300]] {
        let refused = application.verify_pin(PinKind::User, pin).unwrap_err();
        assert!(
            matches!(refused.error, Error::Argument { .. }),
            "{refused:?}"
        );
    }
    assert!(!made.log().contains(&"verify".to_owned()));
}

#[test]
fn signatures_that_are_none_are_refused() {
    let made = Made::new();
    let library = made.library();
    let container = container(&library);
    for fault in ["zero", "high-bytes", "overrun"] {
        made.fault(fault);
        let refused = container.sign_sm2(&[7; 32]).unwrap_err();
        assert!(nonsense(Call::ECCSignData)(&refused), "{fault}");
    }
    made.fault("zero");
    assert!(nonsense(Call::RSASignData)(
        &container.sign_rsa(&[8; 51]).unwrap_err()
    ));
    made.fault("removed");
    let refused = container.sign_sm2(&[7; 32]).unwrap_err();
    assert_eq!(refused.code(), Some(Code::DEVICE_REMOVED));
}

#[test]
fn a_signature_of_rsa_is_made_once() {
    let made = Made::new();
    let library = made.library();
    container(&library).sign_rsa(&[8; 51]).unwrap();
    let signatures = made.log().iter().filter(|line| *line == "sign rsa").count();
    assert_eq!(signatures, 1);
}

#[test]
fn public_keys_that_are_none_are_refused() {
    let made = Made::new();
    let library = made.library();
    let container = container(&library);
    made.fault("odd-length");
    assert!(nonsense(Call::ExportPublicKey)(
        &container.public_key(Half::Signing).unwrap_err()
    ));
    made.fault("no-point");
    assert!(nonsense(Call::GenECCKeyPair)(
        &container.generate_sm2().unwrap_err()
    ));
}

#[test]
fn older_numbers_and_lengths_are_tried_where_the_newer_ones_are_refused() {
    let made = Made::new();
    let library = made.library();
    let container = container(&library);
    made.fault("old-ids");
    let key = container.generate_sm2().unwrap();
    assert!(matches!(key, PublicKey::Sm2(_)));
    let wrapped = Sm2Cipher {
        point: [1; 64],
        hash: [2; 32],
        cipher: vec![3; 16],
    };
    for fault in ["", "counts-one-more"] {
        made.fault(fault);
        container.unwrap_sm2(algorithms::SM4_CBC, &wrapped).unwrap();
    }
}

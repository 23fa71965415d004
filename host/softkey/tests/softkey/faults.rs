//! The fault switches: absent from the default build, doing as told with the feature.

#![allow(unsafe_code, reason = "loads a library")]

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
#[cfg(feature = "faults")]
use cryptoki::error::{Error, RvError};
#[cfg(feature = "faults")]
use cryptoki::object::{Attribute, AttributeType, ObjectClass};

use crate::support::*;

fn load() -> Pkcs11 {
    let module = Pkcs11::new(library()).unwrap();
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    module.initialize(arguments).unwrap();
    module
}

#[cfg(not(feature = "faults"))]
#[test]
fn the_default_build_has_no_switches() {
    let binary = std::fs::read(library()).unwrap();
    let contains = |needle: &[u8]| binary.windows(needle.len()).any(|window| window == needle);
    // What must be in it shows that the search works.
    assert!(contains(b"YINXIN_SOFTKEY_DIR"));
    assert!(!contains(b"faults.json"));

    let root = root_with_token();
    let switches = r#"[{"call": "C_GetSlotList", "do": "error", "rv": 5}]"#;
    std::fs::write(root.path().join("faults.json"), switches).unwrap();
    let _turn = take_turn(root.path());
    let module = load();
    assert_eq!(module.get_all_slots().unwrap().len(), 1);
    module.finalize().unwrap();
}

#[cfg(feature = "faults")]
#[test]
fn the_switches_do_as_told() {
    let root = root_with_token();
    let _turn = take_turn(root.path());
    let set = |switches: &str| {
        std::fs::write(root.path().join("faults.json"), switches).unwrap();
    };
    let module = load();
    let slot = module.get_all_slots().unwrap()[0];
    let session = module.open_ro_session(slot).unwrap();

    set(r#"[{"call": "C_GenerateRandom", "at": 2, "do": "error", "rv": 48}]"#);
    let random = || session.generate_random_vec(4);
    random().unwrap();
    let answer = random();
    assert!(matches!(
        answer,
        Err(Error::Pkcs11(RvError::DeviceError, _))
    ));
    random().unwrap();

    set(r#"[{"call": "C_GenerateRandom", "do": "delay", "ms": 120}]"#);
    let begun = std::time::Instant::now();
    random().unwrap();
    assert!(begun.elapsed().as_millis() >= 120);

    set(r#"[{"call": "C_GenerateRandom", "do": "remove", "token": "one"}]"#);
    let answer = random();
    assert!(matches!(
        answer,
        Err(Error::Pkcs11(RvError::DeviceRemoved, _))
    ));
    assert!(module.get_slots_with_token().unwrap().is_empty());
    drop(session);

    let again = root.path().join("two");
    std::fs::rename(root.path().join(".one.removed"), &again).unwrap();
    set("[]");
    let slot = module.get_slots_with_token().unwrap()[0];
    let session = module.open_rw_session(slot).unwrap();
    let create = |bytes: &[u8]| {
        let template = [
            Attribute::Class(ObjectClass::DATA),
            Attribute::Private(false),
            Attribute::Value(bytes.to_vec()),
        ];
        session.create_object(&template).unwrap()
    };
    let value = |object| {
        session
            .get_attributes(object, &[AttributeType::Value])
            .unwrap()
    };
    let told = |bytes: &[u8]| vec![Attribute::Value(bytes.to_vec())];
    let (good, mut bad) = ([7; 101], [7; 101]);
    bad[100] = 6;
    let object = create(&good);
    set(r#"[{"call": "C_GetAttributeValue", "do": "lie"}]"#);
    assert_eq!(value(object), told(&bad));
    set(r#"[{"call": "C_CreateObject", "do": "lie"}]"#);
    assert_eq!(value(object), told(&good));
    assert_eq!(value(create(&good)), told(&bad));
    assert_eq!(value(create(&[7; 100])), told(&[7; 100]));

    set(r#"[{"call": "*", "do": "error", "rv": 48}]"#);
    assert!(module.get_all_slots().is_err());
    assert!(session.generate_random_vec(4).is_err());
    drop(session);

    set("nonsense");
    assert!(module.get_all_slots().is_err());
    set("[]");
    module.finalize().unwrap();
}

#[cfg(feature = "faults")]
#[test]
fn crash_and_hang_are_real() {
    let root = root_with_token();
    let output = root.path().join("reached");
    let spawn = |action: &str| {
        let switches = format!(r#"[{{"call": "C_GetSlotList", "at": 1, "do": "{action}"}}]"#);
        std::fs::write(root.path().join("faults.json"), switches).unwrap();
        spawn_helper("faults::helper_lists_slots", root.path(), &output)
    };
    let crashed = spawn("crash").wait().unwrap();
    assert!(!crashed.success());
    let mut hanging = spawn("hang");
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert!(hanging.try_wait().unwrap().is_none());
    hanging.kill().unwrap();
    hanging.wait().unwrap();
    assert!(std::fs::read(&output).unwrap().is_empty());
    assert!(spawn("delay").wait().unwrap().success());
    assert_eq!(std::fs::read(&output).unwrap(), b"listed");
}

#[cfg(feature = "faults")]
#[test]
#[ignore = "helper process of another test"]
fn helper_lists_slots() {
    let (root, mut output) = helper_arguments();
    let _turn = take_turn(&root);
    load().get_all_slots().unwrap();
    std::io::Write::write_all(&mut output, b"listed").unwrap();
}

#[cfg(feature = "faults")]
#[test]
fn the_switches_work_at_the_skf_door_too() {
    use crate::skf_peer::{code, connect, engine};

    let root = root_with_token();
    let _turn = take_turn(root.path());
    let set = |switches: &str| {
        std::fs::write(root.path().join("faults.json"), switches).unwrap();
    };
    let engine = engine();
    let device = connect(&engine);
    set(r#"[{"call": "SKF_GenRandom", "at": 2, "do": "error", "rv": 167772199}]"#);
    device.gen_random(4).unwrap();
    assert_eq!(code(device.gen_random(4)), Some(0x0A00_0027));
    device.gen_random(4).unwrap();
    // Without a code of its own it is the general one of this door.
    set(r#"[{"call": "*", "do": "error"}]"#);
    assert_eq!(code(device.gen_random(4)), Some(0x0A00_0001));

    set("[]");
    let application = device.open_app("YINXIN-DEMO").unwrap();
    application.verify_pin(1, "246810").unwrap();
    let container = application.create_container("lies").unwrap();
    let good = [7; 101];
    let mut bad = good;
    bad[100] = 6;
    container.import_certificate(true, &good).unwrap();
    set(r#"[{"call": "SKF_ExportCertificate", "do": "lie"}]"#);
    assert_eq!(container.export_certificate(true).unwrap(), bad);
    set(r#"[{"call": "SKF_ImportCertificate", "do": "lie"}]"#);
    assert_eq!(container.export_certificate(true).unwrap(), good);
    container.import_certificate(true, &good).unwrap();
    assert_eq!(container.export_certificate(true).unwrap(), bad);

    set(r#"[{"call": "SKF_GetContainerType", "do": "remove", "token": "one"}]"#);
    assert_eq!(code(container.get_type()), Some(0x0A00_0023));
    assert_eq!(code(device.gen_random(4)), Some(0x0A00_0023));
}

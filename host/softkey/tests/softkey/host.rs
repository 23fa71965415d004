//! The module as the host uses it: loaded by the crate `cryptoki`.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;

use crate::support::*;

#[test]
fn a_host_finds_logs_in_signs_and_verifies() {
    let root = tempfile::tempdir().unwrap();
    let (made, text) = run(demo_key().arg("--dir").arg(root.path().join("keys")));
    assert!(made, "{text}");
    let _turn = take_turn(&root.path().join("keys"));
    let module = Pkcs11::new(library()).unwrap();
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    module.initialize(arguments).unwrap();

    let slots = module.get_slots_with_initialized_token().unwrap();
    assert_eq!(slots.len(), 8);
    let info = |slot: &_| module.get_token_info(*slot).unwrap();
    let unit = slots.iter().find(|slot| info(slot).label() == "demo-unit");
    let unit = *unit.unwrap();
    assert_eq!(info(&unit).manufacturer_id(), "Yinxin demo");
    assert_eq!(info(&unit).model(), "softkey");
    assert_eq!(info(&unit).serial_number().len(), 16);
    let vendor = |number| MechanismType::new_vendor_defined(number).unwrap();
    assert!(module.get_mechanism_info(unit, vendor(0x8000_8104)).is_ok());
    assert!(
        module
            .get_mechanism_info(unit, vendor(0x8000_8100))
            .is_err()
    );

    let session = module.open_ro_session(unit).unwrap();
    // The tries left, as a host reads them: found by a standard class and a label.
    let tries = || {
        let template = [
            Attribute::Class(ObjectClass::HARDWARE_FEATURE),
            Attribute::Label(b"yinxin-pin-tries".to_vec()),
        ];
        let found = session.find_objects(&template).unwrap();
        let wanted = AttributeType::VendorDefined(0x8000_0000 | 0x5958_0001);
        let values = session.get_attributes(found[0], &[wanted]).unwrap();
        match &values[0] {
            Attribute::VendorDefined((_, bytes)) => bytes[0],
            other => panic!("{other:?}"),
        }
    };
    // Not among the objects that a search for everything finds: certificates, public keys, the seal.
    assert_eq!(session.find_objects(&[]).unwrap().len(), 5);
    let pin = |pin: &str| AuthPin::new(pin.to_owned().into());
    let answer = session.login(UserType::User, Some(&pin("000000")));
    assert!(matches!(
        answer,
        Err(Error::Pkcs11(RvError::PinIncorrect, _))
    ));
    assert_eq!(tries(), 9);
    assert!(info(&unit).user_pin_count_low());
    session.login(UserType::User, Some(&pin("123456"))).unwrap();
    assert_eq!(tries(), 10);

    let key = |class| {
        let template = [Attribute::Class(class), Attribute::Id(vec![1])];
        session.find_objects(&template).unwrap()[0]
    };
    let [public, private] = [ObjectClass::PUBLIC_KEY, ObjectClass::PRIVATE_KEY].map(key);
    for (number, length) in [(0x8000_8104, None), (0x8000_8105, Some(64))] {
        let mechanism =
            || Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(vendor(number), None));
        let signature = session.sign(&mechanism(), private, &[7; 32]).unwrap();
        match length {
            Some(length) => assert_eq!(signature.len(), length),
            None => assert_eq!(signature[0], 0x30),
        }
        session
            .verify(&mechanism(), public, &[7; 32], &signature)
            .unwrap();
        session
            .verify(&mechanism(), public, &[8; 32], &signature)
            .unwrap_err();
    }
    drop(session);
    module.finalize().unwrap();
}

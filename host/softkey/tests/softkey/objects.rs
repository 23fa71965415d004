//! Objects that callers bring: keys with impossible numbers, and where the PIN tries are found.

use cryptoki_sys::*;
use yinxin_softkey::mechanism::{CKK_SM2, CURVE_P256, CURVE_SM2};
use yinxin_softkey::object::{CKH_PIN_TRIES, CKO_PIN_TRIES};
use yinxin_softkey::rv::Rv;
use yinxin_softkey::token::Role;

use crate::support::*;

#[test]
fn keys_with_impossible_numbers_are_refused() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let class = number(CKO_PRIVATE_KEY);
    let key_type = number(CKK_RSA);
    let odd = [0xFF; 256];
    let even = [0xFE; 256];
    let short = [0xFF; 255];
    let long = [0xFF; 513];
    let numbers: [&[u8]; 8] = [&[], &[0], &[1], &[2], &[1, 0, 1], &odd, &even, &long];
    for modulus in [&odd[..], &even, &short, &long, &[]] {
        for index in 0..numbers.len().pow(2) {
            // Each pair of strange numbers, in the places where they could do harm.
            let (first, second) = (numbers[index % 8], numbers[index / 8]);
            for [exponent, private, prime, other] in [
                [&[1, 0, 1][..], first, second, second],
                [first, second, first, &[3]],
                [&[1, 0, 1], &[3], first, second],
            ] {
                let answer = module.create_object(
                    session,
                    &[
                        (CKA_CLASS, &class),
                        (CKA_KEY_TYPE, &key_type),
                        (CKA_MODULUS, modulus),
                        (CKA_PUBLIC_EXPONENT, exponent),
                        (CKA_PRIVATE_EXPONENT, private),
                        (CKA_PRIME_1, prime),
                        (CKA_PRIME_2, other),
                    ],
                );
                let Err(Rv(error)) = answer else {
                    panic!("a key of nonsense was taken");
                };
                assert!(
                    [
                        CKR_ATTRIBUTE_VALUE_INVALID,
                        CKR_KEY_SIZE_RANGE,
                        CKR_TEMPLATE_INCOMPLETE
                    ]
                    .contains(&error)
                );
            }
        }
    }
    let public = number(CKO_PUBLIC_KEY);
    for exponent in numbers {
        let answer = module.create_object(
            session,
            &[
                (CKA_CLASS, &public),
                (CKA_KEY_TYPE, &key_type),
                (CKA_MODULUS, &even),
                (CKA_PUBLIC_EXPONENT, exponent),
            ],
        );
        assert!(answer.is_err());
    }
}

#[test]
fn points_and_scalars_off_the_curve_are_refused() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let mut off_curve = vec![0x04, 65, 0x04];
    off_curve.extend([7; 64]);
    let mut unwrapped = off_curve[2..].to_vec();
    unwrapped[0] = 0x04;
    for (key_type, curve) in [(CKK_EC, CURVE_P256), (CKK_SM2, CURVE_SM2)] {
        let key_type = number(key_type);
        let public = number(CKO_PUBLIC_KEY);
        for point in [
            &off_curve[..],
            &unwrapped,
            &[0x04, 1, 0x00],
            &[0x04, 0],
            &[1],
        ] {
            let answer = module.create_object(
                session,
                &[
                    (CKA_CLASS, &public),
                    (CKA_KEY_TYPE, &key_type),
                    (CKA_EC_PARAMS, curve),
                    (CKA_EC_POINT, point),
                ],
            );
            assert_eq!(answer, Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID)));
        }
        let private = number(CKO_PRIVATE_KEY);
        for (scalar, expected) in [
            (&[0; 32][..], CKR_TEMPLATE_INCOMPLETE),
            (&[0xFF; 32], CKR_ATTRIBUTE_VALUE_INVALID),
            (&[1; 33], CKR_ATTRIBUTE_VALUE_INVALID),
        ] {
            let answer = module.create_object(
                session,
                &[
                    (CKA_CLASS, &private),
                    (CKA_KEY_TYPE, &key_type),
                    (CKA_EC_PARAMS, curve),
                    (CKA_VALUE, scalar),
                ],
            );
            assert_eq!(answer, Err(Rv(expected)));
        }
    }
    // Each key type has its curve.
    let class = number(CKO_PRIVATE_KEY);
    let answer = module.create_object(
        session,
        &[
            (CKA_CLASS, &class),
            (CKA_KEY_TYPE, &number(CKK_EC)),
            (CKA_EC_PARAMS, CURVE_SM2),
            (CKA_VALUE, &[1; 32]),
        ],
    );
    assert_eq!(answer, Err(Rv(CKR_CURVE_NOT_SUPPORTED)));
}

#[test]
fn the_pin_tries_are_found_by_either_class_and_only_so() {
    let root = root_with_token();
    let mut module = module(root.path());
    let session = open(&mut module);
    assert!(find(&mut module, session, &[]).is_empty());
    assert!(find(&mut module, session, &[(CKA_LABEL, b"yinxin-pin-tries")]).is_empty());
    let feature = number(CKH_PIN_TRIES);
    for class in [CKO_HW_FEATURE, CKO_PIN_TRIES] {
        let class = number(class);
        let template = [
            (CKA_CLASS, &class[..]),
            (CKA_HW_FEATURE_TYPE, &feature),
            (CKA_LABEL, b"yinxin-pin-tries"),
        ];
        let found = find(&mut module, session, &template);
        assert_eq!(found.len(), 1);
        let values = module.attribute_values(session, found[0], &[CKA_CLASS]);
        assert_eq!(values.unwrap()[0].as_ref().unwrap().as_slice(), class);
        let answer = module.set_attribute_values(session, found[0], &[(CKA_LABEL, b"x")]);
        assert_eq!(answer, Err(Rv(CKR_ACTION_PROHIBITED)));
    }
    let other = number(CKH_PIN_TRIES + 1);
    let class = number(CKO_HW_FEATURE);
    let template = [(CKA_CLASS, &class[..]), (CKA_HW_FEATURE_TYPE, &other)];
    assert!(find(&mut module, session, &template).is_empty());
}

#[test]
fn data_objects_outlive_the_module_and_are_found_by_what_they_say() {
    let root = root_with_token();
    let value = vec![0xA5; 100_000];
    let class = number(CKO_DATA);
    let template = [
        (CKA_CLASS, &class[..]),
        (CKA_TOKEN, &[1]),
        (CKA_PRIVATE, &[0]),
        (CKA_LABEL, b"seal"),
        (CKA_APPLICATION, b"maker"),
        (CKA_OBJECT_ID, &[6, 1, 42]),
        (CKA_VALUE, &value),
    ];
    let (mut first, session) = logged_in(root.path());
    first.create_object(session, &template).unwrap();
    drop(first);

    // Another process would see the same: everything comes from the disk, and without a PIN.
    let mut second = module(root.path());
    let session = open(&mut second);
    for attribute in &template {
        let found = find(&mut second, session, &[*attribute]);
        assert_eq!(found.len(), 1);
        let read = second.attribute_values(session, found[0], &[attribute.0]);
        assert_eq!(read.unwrap()[0].as_ref().unwrap().as_slice(), attribute.1);
    }
    let other = [(CKA_CLASS, &class[..]), (CKA_APPLICATION, b"other")];
    assert!(find(&mut second, session, &other).is_empty());
    let found = find(&mut second, session, &[(CKA_CLASS, &class)]);
    second.login(session, Role::User, PIN).unwrap();
    second.destroy_object(session, found[0]).unwrap();
    drop(second);
    let mut third = module(root.path());
    let session = open(&mut third);
    assert!(find(&mut third, session, &[(CKA_CLASS, &class)]).is_empty());
}

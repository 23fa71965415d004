//! The life of PINs: tries, lockout, unlocking, and that no kill gains a try.

use std::io::Write;
use std::time::{Duration, Instant};

use cryptoki_sys::*;
use yinxin_softkey::rv::Rv;
use yinxin_softkey::token::Role;

use crate::support::*;

#[test]
fn ten_wrong_pins_lock_and_the_officer_unlocks() {
    let root = root_with_token();
    let mut module = module(root.path());
    let session = open(&mut module);
    let flags = |module: &mut yinxin_softkey::module::Module| {
        module.token_info(0).unwrap().flags
            & (CKF_USER_PIN_COUNT_LOW
                | CKF_USER_PIN_FINAL_TRY
                | CKF_USER_PIN_LOCKED
                | CKF_USER_PIN_TO_BE_CHANGED)
    };
    assert_eq!(flags(&mut module), 0);
    for left in (0..10).rev() {
        let answer = module.login(session, Role::User, WRONG_PIN);
        assert_eq!(answer, Err(Rv(CKR_PIN_INCORRECT)));
        assert_eq!(tries_left(&mut module, session), (left, 10));
        let expected = match left {
            0 => CKF_USER_PIN_LOCKED,
            1 => CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY,
            _ => CKF_USER_PIN_COUNT_LOW,
        };
        assert_eq!(flags(&mut module), expected);
    }
    assert_eq!(
        module.login(session, Role::User, PIN),
        Err(Rv(CKR_PIN_LOCKED))
    );
    assert_eq!(
        module.set_pin(session, PIN, WRONG_PIN),
        Err(Rv(CKR_PIN_LOCKED))
    );

    module.login(session, Role::So, SO_PIN).unwrap();
    module.init_pin(session, b"unlocked").unwrap();
    module.logout(session).unwrap();
    assert_eq!(flags(&mut module), CKF_USER_PIN_TO_BE_CHANGED);
    module.set_pin(session, b"unlocked", PIN).unwrap();
    assert_eq!(flags(&mut module), 0);
    module.login(session, Role::User, PIN).unwrap();
    assert_eq!(tries_left(&mut module, session), (10, 10));
}

#[test]
fn ten_wrong_officer_pins_lock_for_good() {
    let root = root_with_token();
    let mut module = module(root.path());
    let session = open(&mut module);
    for _ in 0..10 {
        let answer = module.login(session, Role::So, WRONG_PIN);
        assert_eq!(answer, Err(Rv(CKR_PIN_INCORRECT)));
    }
    assert_eq!(
        module.login(session, Role::So, SO_PIN),
        Err(Rv(CKR_PIN_LOCKED))
    );
    assert_ne!(module.token_info(0).unwrap().flags & CKF_SO_PIN_LOCKED, 0);
    module.close_session(session).unwrap();
    // Nor does initialising the token get around it.
    let answer = module.init_token(0, SO_PIN, &[b' '; 32]);
    assert_eq!(answer, Err(Rv(CKR_PIN_LOCKED)));
    let session = open(&mut module);
    module.login(session, Role::User, PIN).unwrap();
}

#[test]
fn a_pin_of_the_wrong_length_costs_no_try() {
    let root = root_with_token();
    let mut module = module(root.path());
    let session = open(&mut module);
    for pin in [&b""[..], b"12345", &[b'1'; 33]] {
        let length = Err(Rv(CKR_PIN_LEN_RANGE));
        assert_eq!(module.login(session, Role::User, pin), length);
        assert_eq!(module.login(session, Role::So, pin), length);
        assert_eq!(module.set_pin(session, pin, PIN), length);
        assert_eq!(module.set_pin(session, PIN, pin), length);
    }
    assert_eq!(tries_left(&mut module, session), (10, 10));
}

#[test]
fn changing_the_pin_keeps_the_private_objects() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    create_data(&mut module, session, "secret", b"value", true).unwrap();
    assert_eq!(
        module.set_pin(session, WRONG_PIN, b"135791"),
        Err(Rv(CKR_PIN_INCORRECT))
    );
    assert_eq!(tries_left(&mut module, session).0, 9);
    module.set_pin(session, PIN, b"135791").unwrap();
    module.logout(session).unwrap();
    assert_eq!(
        module.login(session, Role::User, PIN),
        Err(Rv(CKR_PIN_INCORRECT))
    );
    module.login(session, Role::User, b"135791").unwrap();
    assert_eq!(
        find(&mut module, session, &[(CKA_LABEL, b"secret")]).len(),
        1
    );
}

#[test]
fn the_rules_of_sessions_and_roles_hold() {
    let root = root_with_token();
    let mut module = module(root.path());
    assert_eq!(
        module.open_session(0, CKF_RW_SESSION),
        Err(Rv(CKR_SESSION_PARALLEL_NOT_SUPPORTED))
    );
    let read_only = module.open_session(0, CKF_SERIAL_SESSION).unwrap();
    assert_eq!(
        module.login(read_only, Role::So, SO_PIN),
        Err(Rv(CKR_SESSION_READ_ONLY_EXISTS))
    );
    assert_eq!(
        module.set_pin(read_only, PIN, PIN),
        Err(Rv(CKR_SESSION_READ_ONLY))
    );
    assert_eq!(module.logout(read_only), Err(Rv(CKR_USER_NOT_LOGGED_IN)));
    module.login(read_only, Role::User, PIN).unwrap();
    let read_write = open(&mut module);
    let state = |module: &mut yinxin_softkey::module::Module, session| {
        module.session_info(session).unwrap().state
    };
    assert_eq!(state(&mut module, read_only), CKS_RO_USER_FUNCTIONS);
    assert_eq!(state(&mut module, read_write), CKS_RW_USER_FUNCTIONS);
    assert_eq!(
        module.login(read_write, Role::User, PIN),
        Err(Rv(CKR_USER_ALREADY_LOGGED_IN))
    );
    assert_eq!(
        module.login(read_write, Role::So, SO_PIN),
        Err(Rv(CKR_USER_ANOTHER_ALREADY_LOGGED_IN))
    );
    assert_eq!(
        module.init_pin(read_write, PIN),
        Err(Rv(CKR_USER_NOT_LOGGED_IN))
    );
    assert_eq!(
        module.init_token(0, SO_PIN, &[b' '; 32]),
        Err(Rv(CKR_SESSION_EXISTS))
    );
    assert_eq!(
        create_data(&mut module, read_only, "x", b"", false),
        Err(Rv(CKR_SESSION_READ_ONLY))
    );
    module.close_session(read_only).unwrap();
    module.close_session(read_write).unwrap();

    // The last session logged out; now the officer.
    let session = open(&mut module);
    assert_eq!(state(&mut module, session), CKS_RW_PUBLIC_SESSION);
    module.login(session, Role::So, SO_PIN).unwrap();
    assert_eq!(state(&mut module, session), CKS_RW_SO_FUNCTIONS);
    assert_eq!(
        module.open_session(0, CKF_SERIAL_SESSION),
        Err(Rv(CKR_SESSION_READ_WRITE_SO_EXISTS))
    );
    assert_eq!(
        create_data(&mut module, session, "x", b"", true),
        Err(Rv(CKR_USER_NOT_LOGGED_IN))
    );
}

#[test]
fn an_empty_folder_is_a_token_that_waits_for_initialisation() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("new")).unwrap();
    let mut module = module(root.path());
    assert_eq!(
        module.token_info(0).unwrap().flags & CKF_TOKEN_INITIALIZED,
        0
    );
    assert_eq!(
        module.open_session(0, CKF_SERIAL_SESSION),
        Err(Rv(CKR_TOKEN_NOT_RECOGNIZED))
    );
    let mut label = [b' '; 32];
    label[..6].copy_from_slice("印信".as_bytes());
    module.init_token(0, b"12345678", &label).unwrap();
    let info = module.token_info(0).unwrap();
    assert_eq!(info.label, label);
    assert_eq!(info.flags & CKF_USER_PIN_INITIALIZED, 0);
    // The published PIN.
    assert_ne!(info.flags & CKF_SO_PIN_TO_BE_CHANGED, 0);
    let session = open(&mut module);
    assert_eq!(
        module.login(session, Role::User, PIN),
        Err(Rv(CKR_USER_PIN_NOT_INITIALIZED))
    );
    module.set_pin(session, PIN, PIN).unwrap_err();
    module.close_session(session).unwrap();

    // Again, with the wrong and the right PIN: the serial number stays.
    assert_eq!(
        module.init_token(0, WRONG_PIN, &label),
        Err(Rv(CKR_PIN_INCORRECT))
    );
    module.init_token(0, b"12345678", &[b'b'; 32]).unwrap();
    let again = module.token_info(0).unwrap();
    assert_eq!(again.serialNumber, info.serialNumber);
    assert_eq!(again.label, [b'b'; 32]);
}

#[test]
fn a_kill_at_any_moment_gains_no_try() {
    let root = root_with_token();
    let output = root.path().join("answers");
    let answered = || std::fs::read(&output).map_or(0, |answers| answers.len());
    let mut module = module(root.path());
    let session = open(&mut module);
    let mut rounds = 0;
    loop {
        let mut helper = spawn_helper("pins::helper_tries_wrong_pins", root.path(), &output);
        // From before the first login to somewhere in the third.
        std::thread::sleep(Duration::from_millis(7 * (rounds % 16)));
        helper.kill().unwrap();
        helper.wait().unwrap();
        let (left, _) = tries_left(&mut module, session);
        assert!(usize::try_from(left).unwrap() + answered() <= 10);
        rounds += 1;
        if left == 0 {
            break;
        }
        assert!(rounds < 200, "the helper makes no progress");
    }
    assert_eq!(
        module.login(session, Role::User, PIN),
        Err(Rv(CKR_PIN_LOCKED))
    );
}

#[test]
#[ignore = "helper process of another test"]
fn helper_tries_wrong_pins() {
    let (root, mut output) = helper_arguments();
    let mut module = module(&root);
    let session = open(&mut module);
    while module.login(session, Role::User, WRONG_PIN) == Err(Rv(CKR_PIN_INCORRECT)) {
        output.write_all(b".").unwrap();
    }
}

#[test]
fn the_try_is_spent_on_the_disk_before_the_pin_is_looked_at() {
    let root = root_with_token();
    let output = root.path().join("answers");
    let mut module = module(root.path());
    let session = open(&mut module);
    // The helper logs in with the right PIN, and is killed as soon as the disk shows that a try
    // is spent: that try has to stay lost. Now and then the login is faster than the kill.
    for _ in 0..20 {
        let mut helper = spawn_helper("pins::helper_logs_in", root.path(), &output);
        let deadline = Instant::now() + Duration::from_secs(20);
        while tries_left(&mut module, session).0 == 10 {
            assert!(Instant::now() < deadline, "no try is ever spent");
        }
        helper.kill().unwrap();
        helper.wait().unwrap();
        if tries_left(&mut module, session).0 == 9 {
            module.login(session, Role::User, PIN).unwrap();
            assert_eq!(tries_left(&mut module, session).0, 10);
            return;
        }
    }
    panic!("twenty logins were all faster than the kill");
}

#[test]
#[ignore = "helper process of another test"]
fn helper_logs_in() {
    let (root, _) = helper_arguments();
    let mut module = module(&root);
    let session = open(&mut module);
    loop {
        module.login(session, Role::User, PIN).unwrap();
        module.logout(session).unwrap();
    }
}

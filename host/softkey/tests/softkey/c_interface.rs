//! The C interface of the real shared library, as a careless or hostile caller uses it.

#![allow(unsafe_code, reason = "calls a C interface")]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each call passes pointers to locals, or null on purpose"
)]

use std::ffi::c_void;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

use cryptoki_sys::*;

use crate::support::*;

/// The loaded library. Its state is the process's, so one test at a time has it.
struct Library {
    list: CK_FUNCTION_LIST,
    _library: libloading::Library,
    _turn: Turn,
}

impl Library {
    fn load(root: &Path) -> Self {
        let turn = take_turn(root);
        let library = unsafe { libloading::Library::new(library()) }.unwrap();
        type GetFunctionList = unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV;
        let mut list = null_mut();
        let list = unsafe {
            let get: libloading::Symbol<GetFunctionList> =
                library.get(b"C_GetFunctionList").unwrap();
            assert_eq!(get(null_mut()), CKR_ARGUMENTS_BAD);
            assert_eq!(get(&mut list), CKR_OK);
            *list
        };
        Self {
            list,
            _library: library,
            _turn: turn,
        }
    }

    fn initialised(root: &Path) -> Self {
        let library = Self::load(root);
        assert_eq!(call!(library, C_Initialize(null_mut())), CKR_OK);
        library
    }

    /// A session with the user logged in.
    fn logged_in(&self) -> CK_SESSION_HANDLE {
        let mut session = 0;
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
        assert_eq!(
            call!(
                self,
                C_OpenSession(0, flags, null_mut(), None, &mut session)
            ),
            CKR_OK
        );
        assert_eq!(self.login(session, PIN), CKR_OK);
        session
    }

    fn login(&self, session: CK_SESSION_HANDLE, pin: &[u8]) -> CK_RV {
        call!(
            self,
            C_Login(session, CKU_USER, pin.as_ptr().cast_mut(), len(pin))
        )
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        call!(self, C_Finalize(null_mut()));
    }
}

macro_rules! call {
    ($library:expr, $name:ident($($argument:expr),*)) => {
        unsafe { $library.list.$name.expect("every function is there")($($argument),*) }
    };
}
use call;

fn len(bytes: &[u8]) -> CK_ULONG {
    CK_ULONG::try_from(bytes.len()).unwrap()
}

fn attribute(kind: CK_ATTRIBUTE_TYPE, value: &[u8]) -> CK_ATTRIBUTE {
    CK_ATTRIBUTE {
        type_: kind,
        pValue: value.as_ptr().cast_mut().cast(),
        ulValueLen: len(value),
    }
}

fn mechanism(kind: CK_MECHANISM_TYPE) -> CK_MECHANISM {
    CK_MECHANISM {
        mechanism: kind,
        pParameter: null_mut(),
        ulParameterLen: 0,
    }
}

#[test]
fn before_initialising_every_call_says_so() {
    let root = root_with_token();
    let library = Library::load(root.path());
    let not = CKR_CRYPTOKI_NOT_INITIALIZED;
    let mut count = 0;
    assert_eq!(call!(library, C_Finalize(null_mut())), not);
    assert_eq!(
        call!(library, C_GetSlotList(CK_FALSE, null_mut(), &mut count)),
        not
    );
    assert_eq!(call!(library, C_CloseSession(1)), not);
    assert_eq!(call!(library, C_SignInit(1, null_mut(), 1)), not);
    assert_eq!(
        call!(library, C_WaitForSlotEvent(0, &mut count, null_mut())),
        not
    );
    assert_eq!(call!(library, C_EncryptInit(1, null_mut(), 1)), not);
    assert_eq!(call!(library, C_Initialize(null_mut())), CKR_OK);
    assert_eq!(
        call!(library, C_Initialize(null_mut())),
        CKR_CRYPTOKI_ALREADY_INITIALIZED
    );
    assert_eq!(
        call!(library, C_Finalize(&raw mut count as *mut c_void)),
        CKR_ARGUMENTS_BAD
    );
    assert_eq!(call!(library, C_Finalize(null_mut())), CKR_OK);
    assert_eq!(call!(library, C_Finalize(null_mut())), not);
}

#[test]
fn initialise_arguments_follow_the_standard() {
    unsafe extern "C" fn create(_: *mut *mut c_void) -> CK_RV {
        CKR_OK
    }
    unsafe extern "C" fn other(_: *mut c_void) -> CK_RV {
        CKR_OK
    }
    let root = root_with_token();
    let library = Library::load(root.path());
    let none = CK_C_INITIALIZE_ARGS {
        CreateMutex: None,
        DestroyMutex: None,
        LockMutex: None,
        UnlockMutex: None,
        flags: 0,
        pReserved: null_mut(),
    };
    let all = CK_C_INITIALIZE_ARGS {
        CreateMutex: Some(create),
        DestroyMutex: Some(other),
        LockMutex: Some(other),
        UnlockMutex: Some(other),
        ..none
    };
    let mut reserved = 0_u8;
    for (mut arguments, expected) in [
        (none, CKR_OK),
        (
            CK_C_INITIALIZE_ARGS {
                flags: CKF_OS_LOCKING_OK | CKF_LIBRARY_CANT_CREATE_OS_THREADS,
                ..all
            },
            CKR_OK,
        ),
        // This module can't use the caller's locks alone.
        (all, CKR_CANT_LOCK),
        (
            CK_C_INITIALIZE_ARGS {
                LockMutex: None,
                ..all
            },
            CKR_ARGUMENTS_BAD,
        ),
        (
            CK_C_INITIALIZE_ARGS {
                pReserved: (&raw mut reserved).cast(),
                ..none
            },
            CKR_ARGUMENTS_BAD,
        ),
    ] {
        let answer = call!(library, C_Initialize((&raw mut arguments).cast()));
        assert_eq!(answer, expected);
        if answer == CKR_OK {
            assert_eq!(call!(library, C_Finalize(null_mut())), CKR_OK);
        }
    }
}

#[test]
fn null_pointers_and_wrong_handles_are_answered() {
    let root = root_with_token();
    let library = Library::initialised(root.path());
    let bad = CKR_ARGUMENTS_BAD;
    let session = library.logged_in();
    let mut handle = 0;
    assert_eq!(call!(library, C_GetInfo(null_mut())), bad);
    assert_eq!(
        call!(library, C_GetSlotList(CK_TRUE, null_mut(), null_mut())),
        bad
    );
    assert_eq!(call!(library, C_GetTokenInfo(0, null_mut())), bad);
    assert_eq!(
        call!(
            library,
            C_OpenSession(0, CKF_SERIAL_SESSION, null_mut(), None, null_mut())
        ),
        bad
    );
    assert_eq!(
        call!(library, C_Login(session, CKU_USER, null_mut(), 0)),
        bad
    );
    assert_eq!(call!(library, C_SignInit(session, null_mut(), 1)), bad);
    assert_eq!(
        call!(library, C_CreateObject(session, null_mut(), 3, &mut handle)),
        bad
    );
    assert_eq!(
        call!(
            library,
            C_FindObjectsInit(session, null_mut(), CK_ULONG::MAX)
        ),
        bad
    );
    assert_eq!(
        call!(library, C_GenerateRandom(session, null_mut(), 8)),
        bad
    );
    assert_eq!(
        call!(library, C_GenerateRandom(session, null_mut(), 0)),
        CKR_OK
    );
    // Nothing is as large as this where a length is as wide as a pointer; with 32 bit of 64 (Windows) something could be.
    let mut out = [0_u8; 8];
    if size_of::<CK_ULONG>() == size_of::<usize>() {
        assert_eq!(
            call!(
                library,
                C_GenerateRandom(session, out.as_mut_ptr(), CK_ULONG::MAX)
            ),
            bad
        );
    }
    assert_eq!(call!(library, C_DigestUpdate(session, null_mut(), 8)), bad);
    assert_eq!(
        call!(library, C_GetSlotInfo(99, null_mut())),
        CKR_SLOT_ID_INVALID
    );
    assert_eq!(
        call!(library, C_CloseSession(session + 1)),
        CKR_SESSION_HANDLE_INVALID
    );
    assert_eq!(
        call!(library, C_DestroyObject(session, 12345)),
        CKR_OBJECT_HANDLE_INVALID
    );
    let mut sm2 = mechanism(0x8000_8104);
    assert_eq!(
        call!(library, C_SignInit(session, &mut sm2, 12345)),
        CKR_KEY_HANDLE_INVALID
    );
    assert_eq!(
        call!(library, C_Login(session, 99, out.as_mut_ptr(), 8)),
        CKR_USER_TYPE_INVALID
    );
    assert_eq!(
        call!(library, C_FindObjectsFinal(session)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(
        call!(library, C_EncryptInit(session, &mut sm2, 1)),
        CKR_FUNCTION_NOT_SUPPORTED
    );
    assert_eq!(
        call!(library, C_GetFunctionStatus(session)),
        CKR_FUNCTION_NOT_PARALLEL
    );
    let mut event = 0;
    assert_eq!(
        call!(
            library,
            C_WaitForSlotEvent(CKF_DONT_BLOCK, &mut event, null_mut())
        ),
        CKR_NO_EVENT
    );
}

#[test]
fn lengths_are_asked_for_and_checked() {
    let root = root_with_token();
    let library = Library::initialised(root.path());
    let session = library.logged_in();

    let mut count = 0;
    assert_eq!(
        call!(library, C_GetMechanismList(0, null_mut(), &mut count)),
        CKR_OK
    );
    assert!(count > 10);
    let mut kinds = vec![0; 64];
    let mut room = 2;
    assert_eq!(
        call!(
            library,
            C_GetMechanismList(0, kinds.as_mut_ptr(), &mut room)
        ),
        CKR_BUFFER_TOO_SMALL
    );
    assert_eq!(room, count);
    room = 64;
    assert_eq!(
        call!(
            library,
            C_GetMechanismList(0, kinds.as_mut_ptr(), &mut room)
        ),
        CKR_OK
    );
    assert_eq!(room, count);
    assert!(kinds.contains(&0x8000_8104));

    // A signature: asked for its length, with too little room, and then made, in one operation.
    let (mut public, mut private) = (0, 0);
    let mut generate = mechanism(0x8000_8001);
    assert_eq!(
        call!(
            library,
            C_GenerateKeyPair(
                session,
                &mut generate,
                null_mut(),
                0,
                null_mut(),
                0,
                &mut public,
                &mut private
            )
        ),
        CKR_OK
    );
    let mut sign = mechanism(0x8000_8105);
    assert_eq!(
        call!(library, C_SignInit(session, &mut sign, private)),
        CKR_OK
    );
    assert_eq!(
        call!(library, C_SignInit(session, &mut sign, private)),
        CKR_OPERATION_ACTIVE
    );
    let mut e = [7_u8; 32];
    let mut signature = [0_u8; 80];
    let mut length = 0;
    let mut try_sign = |out: *mut u8, length: &mut CK_ULONG| {
        call!(library, C_Sign(session, e.as_mut_ptr(), 32, out, length))
    };
    assert_eq!(try_sign(null_mut(), &mut length), CKR_OK);
    assert_eq!(length, 64);
    length = 63;
    assert_eq!(
        try_sign(signature.as_mut_ptr(), &mut length),
        CKR_BUFFER_TOO_SMALL
    );
    assert_eq!(length, 64);
    length = 80;
    assert_eq!(try_sign(signature.as_mut_ptr(), &mut length), CKR_OK);
    assert_eq!(length, 64);
    assert_eq!(signature[64..], [0; 16]);
    assert_eq!(
        try_sign(signature.as_mut_ptr(), &mut length),
        CKR_OPERATION_NOT_INITIALIZED
    );

    let verify = |signature: &[u8], length: CK_ULONG| {
        let mut sign = mechanism(0x8000_8105);
        let begun = call!(library, C_VerifyInit(session, &mut sign, public));
        assert_eq!(begun, CKR_OK);
        let signature = signature.as_ptr().cast_mut();
        call!(
            library,
            C_Verify(session, [7_u8; 32].as_mut_ptr(), 32, signature, length)
        )
    };
    assert_eq!(verify(&signature, 64), CKR_OK);
    assert_eq!(verify(&signature, 63), CKR_SIGNATURE_LEN_RANGE);
    signature[0] ^= 1;
    assert_eq!(verify(&signature, 64), CKR_SIGNATURE_INVALID);

    // A digest of the wrong length ends the operation.
    call!(library, C_SignInit(session, &mut sign, private));
    length = 80;
    let answer = call!(
        library,
        C_Sign(
            session,
            e.as_mut_ptr(),
            31,
            signature.as_mut_ptr(),
            &mut length
        )
    );
    assert_eq!(answer, CKR_DATA_LEN_RANGE);
    call!(library, C_SignInit(session, &mut sign, private));
    assert_eq!(
        call!(library, C_SignUpdate(session, e.as_mut_ptr(), 32)),
        CKR_FUNCTION_NOT_SUPPORTED
    );
    assert_eq!(
        call!(
            library,
            C_SignFinal(session, signature.as_mut_ptr(), &mut length)
        ),
        CKR_OPERATION_NOT_INITIALIZED
    );

    // Attributes: each answered by itself.
    let mut value = [0_u8; 2];
    let mut wanted = [
        attribute(CKA_EC_PARAMS, &[]),
        attribute(CKA_VALUE, &[]),
        attribute(CKA_EC_POINT, &[]),
        attribute(CKA_LABEL, &[]),
    ];
    for attribute in &mut wanted {
        attribute.pValue = null_mut();
    }
    wanted[0].pValue = value.as_mut_ptr().cast();
    wanted[0].ulValueLen = 2;
    let answer = call!(
        library,
        C_GetAttributeValue(session, private, wanted.as_mut_ptr(), 4)
    );
    assert!(
        [
            CKR_BUFFER_TOO_SMALL,
            CKR_ATTRIBUTE_SENSITIVE,
            CKR_ATTRIBUTE_TYPE_INVALID
        ]
        .contains(&answer)
    );
    let lengths = wanted.map(|attribute| attribute.ulValueLen);
    assert_eq!(lengths, [CK_ULONG::MAX, CK_ULONG::MAX, CK_ULONG::MAX, 0]);
}

#[test]
fn a_plain_text_that_finds_no_room_can_be_fetched_again() {
    let root = root_with_token();
    let library = Library::initialised(root.path());
    let session = library.logged_in();
    let bits = number(2048);
    let mut public_template = [attribute(CKA_MODULUS_BITS, &bits)];
    let mut private_template = [attribute(CKA_DECRYPT, &[1])];
    let (mut public, mut private) = (0, 0);
    let mut generate = mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN);
    let answer = call!(
        library,
        C_GenerateKeyPair(
            session,
            &mut generate,
            public_template.as_mut_ptr(),
            1,
            private_template.as_mut_ptr(),
            1,
            &mut public,
            &mut private
        )
    );
    assert_eq!(answer, CKR_OK);
    let mut modulus = [0_u8; 256];
    let mut wanted = [attribute(CKA_MODULUS, &[])];
    wanted[0].pValue = modulus.as_mut_ptr().cast();
    wanted[0].ulValueLen = 256;
    let answer = call!(
        library,
        C_GetAttributeValue(session, public, wanted.as_mut_ptr(), 1)
    );
    assert_eq!(answer, CKR_OK);
    let key = rsa::RsaPublicKey::new(
        rsa::BoxedUint::from_be_slice_vartime(&modulus),
        rsa::BoxedUint::from(65537_u32),
    );
    let mut rng = rsa::rand_core::UnwrapErr(getrandom::SysRng);
    let encrypted = key
        .unwrap()
        .encrypt(&mut rng, rsa::Pkcs1v15Encrypt, b"plain");
    let mut encrypted = encrypted.unwrap();

    let mut given = mechanism(CKM_RSA_PKCS);
    let mut out = [0_u8; 16];
    let mut length = 0;
    let decrypt = |encrypted: &mut [u8], out: *mut u8, length: &mut CK_ULONG| {
        let (data, data_len) = (encrypted.as_mut_ptr(), len(encrypted));
        call!(library, C_Decrypt(session, data, data_len, out, length))
    };
    let begin = |given: &mut CK_MECHANISM| call!(library, C_DecryptInit(session, given, private));
    assert_eq!(begin(&mut given), CKR_OK);
    assert_eq!(decrypt(&mut encrypted, null_mut(), &mut length), CKR_OK);
    assert_eq!(length, 5);
    length = 4;
    assert_eq!(
        decrypt(&mut encrypted, out.as_mut_ptr(), &mut length),
        CKR_BUFFER_TOO_SMALL
    );
    assert_eq!(
        decrypt(&mut encrypted, out.as_mut_ptr(), &mut length),
        CKR_OK
    );
    assert_eq!(&out[..5], b"plain");
    assert_eq!(
        decrypt(&mut encrypted, out.as_mut_ptr(), &mut length),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(begin(&mut given), CKR_OK);
    assert_eq!(
        decrypt(&mut encrypted[1..], out.as_mut_ptr(), &mut length),
        CKR_ENCRYPTED_DATA_LEN_RANGE
    );
    // By default a key signs and does not decrypt.
    let mut sm2 = mechanism(0x8000_8001);
    let answer = call!(
        library,
        C_GenerateKeyPair(
            session,
            &mut sm2,
            null_mut(),
            0,
            null_mut(),
            0,
            &mut public,
            &mut private
        )
    );
    assert_eq!(answer, CKR_OK);
    let mut sm2 = mechanism(0x8000_8201);
    assert_eq!(
        call!(library, C_DecryptInit(session, &mut sm2, private)),
        CKR_KEY_FUNCTION_NOT_PERMITTED
    );
}

#[test]
fn messages_can_come_in_parts() {
    let root = root_with_token();
    let library = Library::initialised(root.path());
    let session = library.logged_in();
    let (mut public, mut private) = (0, 0);
    let mut generate = mechanism(0x8000_8001);
    call!(
        library,
        C_GenerateKeyPair(
            session,
            &mut generate,
            null_mut(),
            0,
            null_mut(),
            0,
            &mut public,
            &mut private
        )
    );
    let mut message = *b"one message";
    let mut given = mechanism(0x8000_8102);
    let (mut signature, mut length) = ([0_u8; 64], 64);
    call!(library, C_SignInit(session, &mut given, private));
    for part in message.chunks_mut(3) {
        let length = len(part);
        let answer = call!(library, C_SignUpdate(session, part.as_mut_ptr(), length));
        assert_eq!(answer, CKR_OK);
    }
    // C_Sign does not end what C_SignUpdate began.
    assert_eq!(
        call!(
            library,
            C_Sign(
                session,
                message.as_mut_ptr(),
                1,
                signature.as_mut_ptr(),
                &mut length
            )
        ),
        CKR_OPERATION_ACTIVE
    );
    assert_eq!(
        call!(
            library,
            C_SignFinal(session, signature.as_mut_ptr(), &mut length)
        ),
        CKR_OK
    );
    for (message, expected) in [
        (b"one message", CKR_OK),
        (b"two message", CKR_SIGNATURE_INVALID),
    ] {
        let mut message = *message;
        call!(library, C_VerifyInit(session, &mut given, public));
        let answer = call!(library, C_VerifyUpdate(session, message.as_mut_ptr(), 11));
        assert_eq!(answer, CKR_OK);
        assert_eq!(
            call!(library, C_VerifyFinal(session, signature.as_mut_ptr(), 64)),
            expected
        );
    }

    // SM3("abc"), GB/T 32905 appendix A.1.
    let mut sm3 = mechanism(0x8000_9000);
    let (mut digest, mut length) = ([0_u8; 32], 32);
    assert_eq!(call!(library, C_DigestInit(session, &mut sm3)), CKR_OK);
    for mut byte in *b"abc" {
        call!(library, C_DigestUpdate(session, &mut byte, 1));
    }
    assert_eq!(
        call!(
            library,
            C_DigestFinal(session, digest.as_mut_ptr(), &mut length)
        ),
        CKR_OK
    );
    assert_eq!(
        hex::encode(digest),
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    );
}

#[test]
fn the_blocking_wait_sees_a_token_come_and_go_and_ends_with_the_module() {
    let root = tempfile::tempdir().unwrap();
    let library = Library::initialised(root.path());
    let wait = || {
        let mut slot = 99;
        let answer = call!(library, C_WaitForSlotEvent(0, &mut slot, null_mut()));
        (answer, slot)
    };
    std::thread::scope(|scope| {
        // The best of three: the machine may be busy.
        let mut rounds = Vec::from([(); 3].map(|()| {
            [true, false].map(|comes| {
                let waiting = scope.spawn(wait);
                std::thread::sleep(Duration::from_millis(120));
                // The wait holds no lock.
                let mut count = 0;
                let answer = call!(library, C_GetSlotList(CK_TRUE, null_mut(), &mut count));
                assert_eq!(answer, CKR_OK);
                let changed = Instant::now();
                let folder = root.path().join("key");
                if comes {
                    std::fs::create_dir(folder).unwrap();
                } else {
                    std::fs::remove_dir(folder).unwrap();
                }
                assert_eq!(waiting.join().unwrap(), (CKR_OK, 0));
                changed.elapsed()
            })
        }));
        for event in 0..2 {
            rounds.sort_by_key(|round| round[event]);
            assert!(rounds[0][event] < Duration::from_millis(250));
        }

        let waiting = scope.spawn(wait);
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(call!(library, C_Finalize(null_mut())), CKR_OK);
        let (answer, _) = waiting.join().unwrap();
        assert_eq!(answer, CKR_CRYPTOKI_NOT_INITIALIZED);
    });
}

#[test]
fn threads_share_the_module() {
    let root = root_with_token();
    let library = Library::initialised(root.path());
    let main = library.logged_in();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let mut session = 0;
                    let opened = call!(
                        library,
                        C_OpenSession(0, CKF_SERIAL_SESSION, null_mut(), None, &mut session)
                    );
                    assert_eq!(opened, CKR_OK);
                    let mut random = [0_u8; 16];
                    let answer = call!(library, C_GenerateRandom(session, random.as_mut_ptr(), 16));
                    assert_eq!(answer, CKR_OK);
                    assert_ne!(random, [0; 16]);
                    assert_eq!(call!(library, C_CloseSession(session)), CKR_OK);
                }
            });
        }
    });
    assert_eq!(call!(library, C_Logout(main)), CKR_OK);
}

#[test]
fn templates_with_nonsense_are_refused() {
    let root = root_with_token();
    let library = Library::initialised(root.path());
    let session = library.logged_in();
    let class = number(CKO_DATA);
    let key = number(CKO_PRIVATE_KEY);
    let rsa = number(CKK_RSA);
    let create = |attributes: &[CK_ATTRIBUTE]| {
        let mut handle = 0;
        let mut attributes = attributes.to_vec();
        let count = CK_ULONG::try_from(attributes.len()).unwrap();
        call!(
            library,
            C_CreateObject(session, attributes.as_mut_ptr(), count, &mut handle)
        )
    };
    let data = attribute(CKA_CLASS, &class);
    let null_value = CK_ATTRIBUTE {
        type_: CKA_LABEL,
        pValue: null::<u8>().cast_mut().cast(),
        ulValueLen: 5,
    };
    let endless_value = CK_ATTRIBUTE {
        ulValueLen: CK_ULONG::MAX,
        ..attribute(CKA_LABEL, b"x")
    };
    let huge = vec![0xFF_u8; 100_000];
    for (attributes, expected) in [
        (vec![], CKR_TEMPLATE_INCOMPLETE),
        (vec![data], CKR_OK),
        (vec![data, null_value], CKR_ATTRIBUTE_VALUE_INVALID),
        (vec![data, endless_value], CKR_ATTRIBUTE_VALUE_INVALID),
        (
            vec![data, attribute(CKA_TOKEN, &[1, 2])],
            CKR_ATTRIBUTE_VALUE_INVALID,
        ),
        (
            vec![attribute(CKA_CLASS, &[1])],
            CKR_ATTRIBUTE_VALUE_INVALID,
        ),
        (
            vec![data, attribute(0x7777_7777, &[1])],
            CKR_ATTRIBUTE_TYPE_INVALID,
        ),
        (
            vec![data, attribute(CKA_LABEL, b"a"), attribute(CKA_LABEL, b"b")],
            CKR_TEMPLATE_INCONSISTENT,
        ),
        (vec![attribute(CKA_CLASS, &key)], CKR_TEMPLATE_INCOMPLETE),
        (
            vec![
                attribute(CKA_CLASS, &key),
                attribute(CKA_KEY_TYPE, &rsa),
                attribute(CKA_MODULUS, &huge),
            ],
            CKR_ATTRIBUTE_VALUE_INVALID,
        ),
        (
            vec![
                attribute(CKA_CLASS, &key),
                attribute(CKA_KEY_TYPE, &rsa),
                attribute(CKA_MODULUS, &[0xFF; 256]),
                attribute(CKA_PUBLIC_EXPONENT, &[1, 0, 1]),
                attribute(CKA_PRIVATE_EXPONENT, &[3]),
                attribute(CKA_PRIME_1, &[0; 5]),
                attribute(CKA_PRIME_2, &[2]),
            ],
            CKR_ATTRIBUTE_VALUE_INVALID,
        ),
    ] {
        assert_eq!(create(&attributes), expected);
    }
}

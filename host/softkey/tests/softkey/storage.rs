//! The token's folder: several processes, kills, hostile content, private objects.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use cryptoki_sys::*;
use yinxin_softkey::mechanism::{CKM_SM2_KEY_PAIR_GEN, Mechanism};
use yinxin_softkey::module::Module;
use yinxin_softkey::rv::Rv;
use yinxin_softkey::token::Role;

use crate::support::*;

#[test]
fn private_objects_need_a_login_and_come_back_after_it() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let public = create_data(&mut module, session, "public", b"1", false).unwrap();
    let private = create_data(&mut module, session, "private", b"2", true).unwrap();
    assert_eq!(find(&mut module, session, &[]), [public, private]);
    module.logout(session).unwrap();
    assert_eq!(find(&mut module, session, &[]), [public]);
    let value = |module: &mut Module, handle| {
        module
            .attribute_values(session, handle, &[CKA_VALUE])
            .map(|mut values| values.pop().unwrap().unwrap().to_vec())
    };
    assert_eq!(value(&mut module, public).unwrap(), b"1");
    let gone = Err(Rv(CKR_OBJECT_HANDLE_INVALID));
    assert_eq!(value(&mut module, private), gone);
    module.login(session, Role::User, PIN).unwrap();
    // The old handle stays invalid, a new search finds the object.
    assert_eq!(value(&mut module, private), gone);
    let found = find(&mut module, session, &[(CKA_LABEL, b"private")]);
    assert_eq!(value(&mut module, found[0]).unwrap(), b"2");

    let file = std::fs::read(root.path().join("one/token")).unwrap();
    let text = String::from_utf8(file).unwrap();
    assert!(
        !text.contains("cHJpdmF0Z"),
        "the private label is in the clear"
    );
}

#[test]
fn private_keys_are_never_readable() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let mechanism = |kind| Mechanism {
        kind,
        parameter: &[],
    };
    let bits = number(2048);
    let secrets = [
        CKA_VALUE,
        CKA_PRIVATE_EXPONENT,
        CKA_PRIME_1,
        CKA_PRIME_2,
        CKA_EXPONENT_1,
        CKA_EXPONENT_2,
        CKA_COEFFICIENT,
    ];
    for (kind, public) in [
        (CKM_SM2_KEY_PAIR_GEN, vec![]),
        (
            CKM_RSA_PKCS_KEY_PAIR_GEN,
            vec![(CKA_MODULUS_BITS, &bits[..])],
        ),
    ] {
        let [_, key] = module
            .generate_key_pair(session, mechanism(kind), &public, &[(CKA_TOKEN, &[1])])
            .unwrap();
        for secret in module.attribute_values(session, key, &secrets).unwrap() {
            assert_eq!(secret.map(|_| ()), Err(Rv(CKR_ATTRIBUTE_SENSITIVE)));
        }
        // Neither can it be made so later.
        for (attribute, value) in [(CKA_SENSITIVE, &[0]), (CKA_EXTRACTABLE, &[1])] {
            assert_eq!(
                module.set_attribute_values(session, key, &[(attribute, value)]),
                Err(Rv(CKR_ATTRIBUTE_READ_ONLY))
            );
        }
        // Nor guessed through a search.
        assert!(find(&mut module, session, &[(CKA_VALUE, b"")]).is_empty());
    }
    // A private key in the clear on the disk is refused.
    let answer = module.generate_key_pair(
        session,
        mechanism(CKM_SM2_KEY_PAIR_GEN),
        &[],
        &[(CKA_PRIVATE, &[0])],
    );
    assert_eq!(answer, Err(Rv(CKR_TEMPLATE_INCONSISTENT)));
}

#[test]
fn session_objects_end_with_their_session() {
    let root = root_with_token();
    let (mut module, first) = logged_in(root.path());
    let second = open(&mut module);
    let class = number(CKO_DATA);
    let template = [(CKA_CLASS, &class[..]), (CKA_VALUE, b"x")];
    let object = module.create_object(first, &template).unwrap();
    assert_eq!(find(&mut module, second, &[]), [object]);
    module.close_session(first).unwrap();
    assert!(find(&mut module, second, &[]).is_empty());
    let fresh = self::module(root.path()).token_info(0).unwrap();
    assert_eq!({ fresh.ulSessionCount }, 0);
}

#[test]
fn objects_are_changed_and_destroyed_within_their_rules() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let object = create_data(&mut module, session, "old", b"value", true).unwrap();
    let change = |module: &mut Module, attribute, value: &[u8]| {
        module.set_attribute_values(session, object, &[(attribute, value)])
    };
    change(&mut module, CKA_LABEL, b"new").unwrap();
    change(&mut module, CKA_VALUE, b"other").unwrap();
    let read_only = Err(Rv(CKR_ATTRIBUTE_READ_ONLY));
    assert_eq!(change(&mut module, CKA_PRIVATE, &[0]), read_only);
    assert_eq!(change(&mut module, CKA_TOKEN, &[0]), read_only);
    assert_eq!(
        change(&mut module, CKA_VALUE, &vec![0; (1 << 20) + 1]),
        Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID))
    );
    let (mut other, other_session) = logged_in(root.path());
    let found = find(&mut other, other_session, &[(CKA_LABEL, b"new")]);
    let value = other.attribute_values(other_session, found[0], &[CKA_VALUE]);
    assert_eq!(value.unwrap()[0].as_ref().unwrap().as_slice(), b"other");

    // What another process destroys is gone here too.
    other.destroy_object(other_session, found[0]).unwrap();
    assert_eq!(
        module.destroy_object(session, object),
        Err(Rv(CKR_OBJECT_HANDLE_INVALID))
    );
    // The tries are no object of the caller's.
    let class = number(CKO_HW_FEATURE);
    let tries = find(&mut module, session, &[(CKA_CLASS, &class)])[0];
    assert_eq!(
        module.destroy_object(session, tries),
        Err(Rv(CKR_ACTION_PROHIBITED))
    );
}

#[test]
fn two_processes_lose_nothing_of_each_other() {
    let root = root_with_token();
    let outputs = ["first", "second"].map(|name| root.path().join(name));
    let helpers = outputs
        .each_ref()
        .map(|output| spawn_helper("storage::helper_creates_objects", root.path(), output));
    for mut helper in helpers {
        assert!(helper.wait().unwrap().success());
    }
    let labels: Vec<String> = outputs.iter().flat_map(|output| lines(output)).collect();
    assert_eq!(labels.len(), 80);
    assert_all_there(root.path(), &labels);
}

#[test]
fn what_was_written_before_a_kill_is_there() {
    let root = root_with_token();
    let output = root.path().join("written");
    for round in 0..6 {
        let before = lines(&output).len();
        let mut helper = spawn_helper("storage::helper_creates_objects", root.path(), &output);
        while lines(&output).len() < before + 3 + round {
            std::thread::sleep(Duration::from_millis(1));
        }
        helper.kill().unwrap();
        helper.wait().unwrap();
        assert_all_there(root.path(), &lines(&output));
    }
}

#[test]
#[ignore = "helper process of other tests"]
fn helper_creates_objects() {
    let (root, mut output) = helper_arguments();
    let (mut module, session) = logged_in(&root);
    for index in 0..40 {
        let label = format!("{} {index}", std::process::id());
        create_data(&mut module, session, &label, &[0; 500], index % 2 == 0).unwrap();
        // In one write: half a line would be what a kill leaves.
        output.write_all(format!("{label}\n").as_bytes()).unwrap();
    }
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn assert_all_there(root: &Path, labels: &[String]) {
    let (mut module, session) = logged_in(root);
    for label in labels {
        let found = find(&mut module, session, &[(CKA_LABEL, label.as_bytes())]);
        assert_eq!(found.len(), 1, "{label}");
    }
}

#[test]
fn truncated_and_flipped_files_are_errors() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    create_data(&mut module, session, "public", b"1", false).unwrap();
    create_data(&mut module, session, "private", b"2", true).unwrap();
    drop(module);
    let path = root.path().join("one/token");
    let good = std::fs::read(&path).unwrap();
    for length in (0..good.len()).step_by(13) {
        std::fs::write(&path, &good[..length]).unwrap();
        assert_eq!(probe(root.path()), Err(Rv(CKR_TOKEN_NOT_RECOGNIZED)));
    }
    for (index, position) in (0..good.len()).step_by(7).enumerate() {
        let mut bad = good.clone();
        bad[position] ^= 1 << (index % 8);
        std::fs::write(&path, &bad).unwrap();
        // Some changes, say of a label, are those of another token; none may panic or hang.
        let _ = probe(root.path());
    }
    std::fs::write(&path, &good).unwrap();
    probe(root.path()).unwrap();
}

#[test]
fn a_private_object_that_was_tampered_with_is_an_error() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    create_data(&mut module, session, "first", b"1", true).unwrap();
    create_data(&mut module, session, "second", b"2", true).unwrap();
    drop(module);
    let path = root.path().join("one/token");
    let good = std::fs::read_to_string(&path).unwrap();
    // Another id, another version, another token: each is noticed.
    for (from, to) in [
        ("\"id\":1,\"version\":1", "\"id\":0,\"version\":1"),
        ("\"id\":2,\"version\":1", "\"id\":2,\"version\":2"),
        ("\"version\":1", "\"version\":3"),
        ("\"serial\":\"YX", "\"serial\":\"YY"),
    ] {
        assert!(good.contains(from));
        std::fs::write(&path, good.replace(from, to)).unwrap();
        let mut module = self::module(root.path());
        let session = open(&mut module);
        let answer = module.login(session, Role::User, PIN);
        assert!(
            matches!(answer, Err(Rv(CKR_DEVICE_ERROR | CKR_PIN_INCORRECT))),
            "{answer:?}"
        );
    }
}

#[test]
fn a_hostile_file_can_not_exhaust_memory_or_time() {
    let root = root_with_token();
    let path = root.path().join("one/token");
    let good = std::fs::read_to_string(&path).unwrap();
    let (header, _) = good.split_once('\n').unwrap();
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replace(from, to)
    };
    for (bad, expected) in [
        (
            changed("\"memory_kib\":19456", "\"memory_kib\":4294967295"),
            CKR_TOKEN_NOT_RECOGNIZED,
        ),
        (
            changed("\"passes\":2", "\"passes\":4294967295"),
            CKR_TOKEN_NOT_RECOGNIZED,
        ),
        (
            changed("\"passes\":2", "\"passes\":0"),
            CKR_TOKEN_NOT_RECOGNIZED,
        ),
        (
            changed("\"tries_left\":10", "\"tries_left\":200"),
            CKR_TOKEN_NOT_RECOGNIZED,
        ),
        (
            changed("\"salt\":\"", "\"salt\":\"AAAA"),
            CKR_TOKEN_NOT_RECOGNIZED,
        ),
        (
            format!("{header}\n{}", "[".repeat(1 << 20)),
            CKR_TOKEN_NOT_RECOGNIZED,
        ),
        (
            format!("{header}\n\"{}\"", "a".repeat(17 << 20)),
            CKR_TOKEN_NOT_RECOGNIZED,
        ),
        (String::new(), CKR_TOKEN_NOT_RECOGNIZED),
    ] {
        std::fs::write(&path, bad).unwrap();
        assert_eq!(probe(root.path()), Err(Rv(expected)));
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_eq!(probe(root.path()), Err(Rv(CKR_TOKEN_NOT_RECOGNIZED)));
    // Nor is what can't be read initialised anew by mistake.
    let answer = module(root.path()).init_token(0, SO_PIN, &[b' '; 32]);
    assert_eq!(answer, Err(Rv(CKR_TOKEN_NOT_RECOGNIZED)));
}

#[cfg(unix)]
#[test]
fn pipes_and_links_are_not_followed() {
    let root = root_with_token();
    let path = root.path().join("one/token");
    let aside = root.path().join("aside");
    std::fs::rename(&path, &aside).unwrap();
    std::os::unix::fs::symlink(&aside, &path).unwrap();
    assert_eq!(probe(root.path()), Err(Rv(CKR_TOKEN_NOT_RECOGNIZED)));
    std::fs::remove_file(&path).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    assert_eq!(probe(root.path()), Err(Rv(CKR_TOKEN_NOT_RECOGNIZED)));

    std::fs::remove_file(&path).unwrap();
    std::fs::rename(&aside, &path).unwrap();
    let link = root.path().join("two");
    std::os::unix::fs::symlink(root.path().join("one"), link).unwrap();
    assert_eq!(module(root.path()).slot_list(false, true).len(), 1);
}

/// Does with a token what a host does.
fn probe(root: &Path) -> Result<(), Rv> {
    let mut module = module(root);
    module.token_info(0)?;
    let session = module.open_session(0, CKF_SERIAL_SESSION)?;
    module.find_init(session, &[])?;
    module.find_next(session, 100)?;
    module.login(session, Role::User, PIN)?;
    module.find_final(session)?;
    module.find_init(session, &[])
}

#[test]
fn folders_come_and_go_and_slots_keep_their_numbers() {
    let root = tempfile::tempdir().unwrap();
    let mut module = module(root.path());
    assert_eq!(module.slot_list(false, true), [0]);
    assert!(module.slot_list(true, true).is_empty());
    assert_eq!(module.poll_slot_event(), None);
    std::fs::write(root.path().join("root.pem"), "").unwrap();
    std::fs::create_dir(root.path().join(".hidden")).unwrap();
    assert_eq!(module.poll_slot_event(), None);

    make_token(root.path(), "b");
    assert_eq!(module.poll_slot_event(), Some(0));
    assert_eq!(module.poll_slot_event(), None);
    make_token(root.path(), "a");
    assert_eq!(module.poll_slot_event(), Some(1));
    assert_eq!(module.slot_list(true, true), [0, 1]);

    let session = open(&mut module);
    std::fs::rename(root.path().join("b"), root.path().join(".b")).unwrap();
    assert_eq!(
        module.session_info(session).map(|_| ()),
        Err(Rv(CKR_DEVICE_REMOVED))
    );
    assert_eq!(
        module.session_info(session).map(|_| ()),
        Err(Rv(CKR_SESSION_HANDLE_INVALID))
    );
    assert_eq!(
        module.token_info(0).map(|_| ()),
        Err(Rv(CKR_TOKEN_NOT_PRESENT))
    );
    assert_eq!(module.slot_list(true, true), [1]);
    assert_eq!(module.slot_list(false, true), [0, 1]);
    assert_eq!(module.poll_slot_event(), Some(0));
    assert_eq!(
        module.token_info(7).map(|_| ()),
        Err(Rv(CKR_SLOT_ID_INVALID))
    );
}

#[test]
fn sessions_are_limited_and_dead_ones_make_room() {
    let root = root_with_token();
    let mut module = module(root.path());
    for _ in 0..256 {
        open(&mut module);
    }
    let one_more = module.open_session(0, CKF_SERIAL_SESSION);
    assert_eq!(one_more, Err(Rv(CKR_SESSION_COUNT)));
    std::fs::rename(root.path().join("one"), root.path().join(".one")).unwrap();
    assert_eq!(module.poll_slot_event(), Some(0));
    std::fs::rename(root.path().join(".one"), root.path().join("one")).unwrap();
    assert_eq!(module.poll_slot_event(), Some(0));
    open(&mut module);
    assert_eq!({ module.token_info(0).unwrap().ulSessionCount }, 1);
}

#[test]
fn a_token_that_was_initialised_anew_ends_the_sessions() {
    let root = root_with_token();
    let (mut module, session) = logged_in(root.path());
    let other = self::module(root.path()).init_token(0, SO_PIN, &[b' '; 32]);
    other.unwrap();
    assert_eq!(
        create_data(&mut module, session, "x", b"", true),
        Err(Rv(CKR_DEVICE_REMOVED))
    );
    let session = open(&mut module);
    assert_eq!(
        { module.session_info(session).unwrap().state },
        CKS_RW_PUBLIC_SESSION
    );
}

#[test]
fn without_a_folder_there_are_no_tokens() {
    for root in [None, Some("/nowhere/at/all".into())] {
        let mut module = Module::new(root);
        assert!(module.slot_list(true, true).is_empty());
        assert_eq!(module.slot_info(0).unwrap().flags & CKF_TOKEN_PRESENT, 0);
        assert_eq!(
            module.token_info(0).map(|_| ()),
            Err(Rv(CKR_TOKEN_NOT_PRESENT))
        );
    }
}

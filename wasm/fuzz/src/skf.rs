//! What must hold of whatever a library of SKF answers: lists, texts, structures. The properties of
//! `host/skf/tests/readers.rs` ask the same of what proptest makes.

use yinxin_skf::read::{
    DeviceInfo, MAX_NAME_BYTES, MAX_NAMES, PublicKey, file_attribute, names, signature, text,
    write_public_key,
};

/// The input is an answer, whichever.
pub fn run(input: &[u8]) {
    if let Ok(found) = names(input) {
        assert!(found.len() <= MAX_NAMES);
        let mut rest = input;
        for name in &found {
            assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES);
            rest = rest.strip_prefix(name.as_slice()).expect("as it stands");
            rest = rest.strip_prefix(&[0]).unwrap_or(rest);
        }
        assert!(rest.is_empty() || rest.starts_with(&[0]));
    }
    let clean = text(input);
    assert!(!clean.contains(&0) && !matches!(clean.last(), Some(b' ' | 0xFF)));
    match PublicKey::read(input) {
        Ok(PublicKey::Sm2(point)) => assert_eq!(write_public_key(&point), input),
        Ok(PublicKey::Rsa { modulus, exponent }) => {
            assert!(matches!(modulus.len(), 128 | 256) && modulus.first() >= Some(&0x80));
            assert!(exponent.last().is_some_and(|byte| byte % 2 == 1));
        }
        Err(_) => {}
    }

    let mut room = [0; 512];
    for (to, from) in room.iter_mut().zip(input) {
        *to = *from;
    }
    if let Ok(signature) = signature(&room) {
        let (r, s) = signature.split_at(32);
        assert_eq!([r, s], [&room[32..64], &room[96..128]]);
    }
    let _ = file_attribute(&room);
    if let Ok(info) = DeviceInfo::read(&room) {
        for text in [&info.manufacturer, &info.issuer, &info.label, &info.serial] {
            assert!(text.iter().all(|byte| *byte >= b' ' && *byte != 0x7F));
        }
        let numbers = info.numbers.iter();
        assert!(
            numbers
                .clone()
                .all(|numbers| numbers.free_space <= numbers.total_space)
        );
    }
}

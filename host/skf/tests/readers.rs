//! What libraries may answer, read: any bytes, and the vector of GM/T 0010's key envelopes.

use proptest::collection::vec;
use proptest::prelude::*;
use sm3::{Digest, Sm3};
use yinxin_skf::algorithms::SM4_ECB;
use yinxin_skf::read::{
    DeviceInfo, EnvelopedKey, MAX_NAME_BYTES, MAX_NAMES, PublicKey, Sm2Cipher, file_attribute,
    names, signature, text, write_public_key,
};

/// A list as the standard has it.
fn list_of(names: &[Vec<u8>]) -> Vec<u8> {
    let mut list = Vec::new();
    for name in names {
        list.extend(name);
        list.push(0);
    }
    list.push(0);
    list
}

/// 512 bytes, of which mostly some are anything and the others zero, as a library leaves them.
fn room() -> impl Strategy<Value = [u8; 512]> {
    let byte = prop_oneof![3 => Just(0), 1 => any::<u8>()];
    vec(byte, 512).prop_map(|bytes| bytes.try_into().expect("512 bytes"))
}

proptest! {
    #[test]
    fn a_list_gives_its_names(wanted in vec(vec(1..=255u8, 1..80), 0..40), rest in vec(any::<u8>(), 0..40)) {
        let mut list = list_of(&wanted);
        list.extend(rest);
        prop_assert_eq!(names(&list).unwrap(), wanted);
    }

    #[test]
    fn any_list_is_bounded(list in vec(prop_oneof![1 => Just(0), 9 => any::<u8>()], 0..5000)) {
        if let Ok(found) = names(&list) {
            prop_assert!(found.len() <= MAX_NAMES);
            for name in &found {
                prop_assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.contains(&0));
            }
            // Nothing is made up, left out or changed up to the end of the list.
            let read = list_of(&found);
            let same = read.iter().zip(&list).take_while(|(a, b)| a == b).count();
            prop_assert!(same + 2 >= read.len().min(list.len() + 2));
        }
    }

    #[test]
    fn any_text_is_clean(field in vec(any::<u8>(), 0..80)) {
        let text = text(&field);
        prop_assert!(!text.contains(&0));
        prop_assert!(!matches!(text.last(), Some(b' ' | 0xFF)));
        prop_assert!(text.first() != Some(&b' '));
    }

    #[test]
    fn any_device_is_sensible_or_refused(room in room()) {
        let _ = file_attribute(&room);
        if let Ok(info) = DeviceInfo::read(&room) {
            for text in [&info.manufacturer, &info.issuer, &info.label, &info.serial] {
                prop_assert!(text.iter().all(|byte| *byte >= b' ' && *byte != 0x7F));
            }
            if let Some(numbers) = info.numbers {
                prop_assert!(numbers.free_space <= numbers.total_space);
            }
        }
    }

    #[test]
    fn any_public_key_is_whole(length in 0..600usize, room in room(), bits in prop_oneof![
        Just(256u32), Just(1024), Just(2048), any::<u32>()
    ]) {
        let mut blob = room.to_vec();
        blob.resize(length, 0);
        for at in [0, 4] {
            if let Some(field) = blob.get_mut(at..at + 4) {
                field.copy_from_slice(&bits.to_ne_bytes());
            }
            match PublicKey::read(&blob) {
                Ok(PublicKey::Sm2(point)) => {
                    prop_assert_eq!(length, 132);
                    prop_assert_eq!(write_public_key(&point), blob.clone());
                }
                Ok(PublicKey::Rsa { modulus, exponent }) => {
                    prop_assert_eq!(length, 268);
                    prop_assert_eq!(modulus.len() * 8, bits as usize);
                    prop_assert!(!exponent.is_empty() && exponent[0] != 0);
                }
                Err(_) => {}
            }
        }
    }

    #[test]
    fn a_public_key_comes_back(point in vec(1..=255u8, 64), behind in vec(any::<u8>(), 0..300)) {
        let point: [u8; 64] = point.try_into().unwrap();
        let mut blob = write_public_key(&point);
        prop_assert_eq!(PublicKey::read(&blob), Ok(PublicKey::Sm2(point)));
        blob.extend(behind);
        prop_assert_eq!(PublicKey::read_sm2(&blob), Ok(PublicKey::Sm2(point)));
    }

    #[test]
    fn a_modulus_stands_at_either_end(modulus in vec(1..=255u8, 128), at_end: bool) {
        let mut modulus = modulus;
        modulus[0] |= 0x80;
        let mut blob = [0u32.to_ne_bytes(), 1024u32.to_ne_bytes()].concat();
        let zeros = vec![0; 128];
        blob.extend(if at_end { [zeros, modulus.clone()] } else { [modulus.clone(), zeros] }.concat());
        blob.extend([0, 1, 0, 1]);
        let expected = PublicKey::Rsa { modulus, exponent: vec![1, 0, 1] };
        prop_assert_eq!(PublicKey::read(&blob), Ok(expected));
    }

    #[test]
    fn a_signature_is_two_numbers_of_256_bits(r in vec(1..=255u8, 32), s in vec(1..=255u8, 32), high in 0..256usize) {
        let mut room = [0; 512];
        room[32..64].copy_from_slice(&r);
        room[96..128].copy_from_slice(&s);
        prop_assert_eq!(signature(&room).unwrap().to_vec(), [r, s].concat());
        // One bit that stands where there must be none.
        let byte = if high < 128 { high / 4 } else { 64 + (high - 128) / 4 };
        room[byte] |= 1 << (high % 4);
        prop_assert!(signature(&room).is_err());
    }
}

#[test]
fn a_list_of_too_many_or_too_long_names_is_refused() {
    let many = list_of(&vec![b"x".to_vec(); MAX_NAMES]);
    assert_eq!(names(&many).unwrap().len(), MAX_NAMES);
    let more = list_of(&vec![b"x".to_vec(); MAX_NAMES + 1]);
    assert!(names(&more).is_err());
    let long = list_of(&[vec![b'x'; MAX_NAME_BYTES]]);
    assert_eq!(names(&long).unwrap().len(), 1);
    let longer = list_of(&[vec![b'x'; MAX_NAME_BYTES + 1]]);
    assert!(names(&longer).is_err());
}

/// A key pair of encryption as an SM2EnvelopedKey (GM/T 0009-2012, 7.4), whose fields go into the blob. Made with
/// code of its own; OpenSSL opens the key in it.
#[test]
fn an_enveloped_key_is_written_as_others_write_it() {
    let bytes = |text: &str| hex::decode(text).unwrap();
    let half = |x: &str, y: &str| -> [u8; 64] { bytes(&[x, y].concat()).try_into().unwrap() };
    let private_key = bytes("ce5202f4479613961abfc25b1d97f2cecd067609654ab394786b4d9e62944aee");
    let key = EnvelopedKey {
        algorithm: SM4_ECB,
        private_key: [vec![0; 32], private_key].concat().try_into().unwrap(),
        public_key: half(
            "191bff8148006eea72d857cb974db9f4903b3ca3655d8d597ad4663f5044dcb1",
            "e2f7888af1fcd8c653a8059cd2f379855389f71a7709e2c1ee1e914c855ef119",
        ),
        wrapped_key: Sm2Cipher {
            point: half(
                "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73",
                "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0",
            ),
            hash: bytes("4423b448d18b4a1a86b0e264e928007803243a5a8d9d0b0e8953bfe4e928adcf")
                .try_into()
                .unwrap(),
            cipher: bytes("45c54abc791125fbc9bae9ecc8a65559"),
        },
    };
    let blob = key.write();
    assert_eq!(blob.len(), 388);
    assert_eq!(
        hex::encode(Sm3::digest(&blob)),
        "22ae3cdf14fddded832ce48519b43922c590ad2e7486d4d9625e8c846c876c44"
    );
}

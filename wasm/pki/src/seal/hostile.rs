//! Tests with seals that somebody made to do harm: each gets a code, or is read as what it says.

use super::build::Draft;
use super::{MakerPolicy, Picture, Seal, SealExtension, SealSignature, Users, Version, verify};
use super::{Sealing, TimeInfo};
use crate::asn1::{self, tag};
use crate::hash::sm3;
use crate::oid;
use crate::testing::{Identity, NOW, Profile, TestKey, codes, seal_draft};
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::LazyLock;
use yinxin_proto::Error;
use yinxin_proto::limits::{MAX_SEAL_BYTES, MAX_SEAL_CERTIFICATES};

static MAKER: LazyLock<Identity> = LazyLock::new(|| {
    let profile = Profile::authority("示例制章机构");
    Identity::self_signed(TestKey::sm2(0x41), &profile)
});

fn draft(version: Version) -> Draft {
    let maker = MAKER.certificate.der().to_vec();
    seal_draft(version, Users::Certificates(vec![maker]))
}

fn sign(draft: &Draft) -> Result<Seal, Error> {
    draft.sign(&MAKER.certificate, |message| Ok(MAKER.key.sign(message)))
}

fn set(seal: &Seal) -> SealSignature {
    let sealing = Sealing {
        seal,
        time: TimeInfo::Claimed(NOW),
        digest: &sm3(b"yinxin"),
        property_info: "/Doc_0/Signs/Sign_0/Signature.xml",
        extensions: &[],
    };
    let sign = |message: &[u8]| Ok(MAKER.key.sign(message));
    sealing.sign(&MAKER.certificate, sign).unwrap()
}

fn judged(seal: &Seal) -> Vec<&'static str> {
    let makers = [MAKER.certificate.clone()];
    let policy = MakerPolicy {
        makers: &makers,
        at: NOW,
        extended_key_usages: &[],
        user: None,
    };
    let mut told = codes(&verify(seal, &policy).findings);
    // What is told of every seal of its kind.
    told.retain(|code| !["seal-old-standard", "seal-picture-not-shown"].contains(&&code[..]));
    told
}

/// Why it is refused; the position lies inside of it.
fn refusal(der: Vec<u8>) -> String {
    let length = der.len();
    match Seal::from_der(der) {
        Err(Error::SealUnreadable { position, reason }) => {
            assert!(position as usize <= length);
            reason
        }
        other => panic!("{other:?}"),
    }
}

/// A seal with the first element of these bytes, at any depth, put in place of another: the
/// lengths around it follow.
fn replaced(der: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut reader = asn1::Reader::new(der);
    let mut out = Vec::new();
    let mut is_done = false;
    while let (false, Ok(element)) = (reader.is_empty(), reader.read()) {
        let is_constructed = element.tag & 0x20 != 0;
        if element.raw == old && !is_done {
            is_done = true;
            out.extend_from_slice(new);
        } else if is_constructed {
            let inside = replaced(element.value, old, new);
            is_done |= inside != element.value;
            out.extend(asn1::element(element.tag, &[&inside]));
        } else {
            out.extend_from_slice(element.raw);
        }
    }
    out
}

#[test]
fn ten_thousand_certificates_get_a_code() {
    for version in [Version::V1, Version::V4, Version::V5] {
        let mut draft = draft(version);
        for (count, reads) in [
            (MAX_SEAL_CERTIFICATES, true),
            (MAX_SEAL_CERTIFICATES + 1, false),
            (10_000, false),
        ] {
            draft.property.users = Users::Certificates(vec![vec![0x30, 0]; count as usize]);
            match sign(&draft) {
                Ok(seal) => assert!(reads && judged(&seal).is_empty(), "{count}"),
                Err(Error::SealUnreadable { reason, .. }) => {
                    assert!(!reads, "{count}");
                    assert_eq!(reason, "too many certificates");
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        draft.property.users = Users::Certificates(Vec::new());
        let one = SealExtension {
            oid: oid::SM3,
            critical: false,
            value: Vec::new(),
        };
        draft.extensions = vec![one; 10_000];
        let refused = sign(&draft).unwrap_err();
        assert!(
            refused.to_string().contains("too many extensions"),
            "{refused}"
        );
    }
}

#[test]
fn deep_nesting_gets_a_code_or_stays_closed() {
    let deep = |tag: u8| (0..20_000).fold(Vec::new(), |inner, _| asn1::element(tag, &[&inner]));
    for tag in [tag::SEQUENCE, tag::CONTEXT_0, tag::OCTET_STRING] {
        let nested = deep(tag);
        refusal(nested.clone());
        assert!(SealSignature::from_der(nested.clone()).is_err());
        // Where bytes are bytes nobody looks inside, but for the certificates when they are judged.
        let mut draft = draft(Version::V5);
        draft.property.users = Users::Certificates(vec![nested.clone()]);
        draft.picture.data = nested.clone();
        draft.extensions = vec![SealExtension {
            oid: oid::SM3,
            critical: false,
            value: nested.clone(),
        }];
        let seal = sign(&draft).unwrap().with_time_stamp(&nested).unwrap();
        assert_eq!(judged(&seal), ["time-stamp-unchecked"]);
        let maker = asn1::element(tag::OCTET_STRING, &[seal.maker()]);
        let other = asn1::element(tag::OCTET_STRING, &[&nested]);
        let der = replaced(seal.der(), &maker, &other);
        let seal = Seal::from_der(der).unwrap();
        assert_eq!(judged(&seal)[0], "certificate-unreadable");
    }
}

#[test]
fn markup_in_names_stays_text() {
    let markup = "<img src=x onerror=alert(1)>\"'&\u{202e}\0</script>";
    let mut draft = draft(Version::V4);
    draft.property.name = markup.into();
    (draft.id, draft.vendor) = ("<script>".into(), "<b>".into());
    draft.picture.kind = "image/svg+xml;<script>".into();
    draft.picture.data = b"<html><script>alert(1)</script></html>".to_vec();
    let seal = sign(&draft).unwrap();
    assert_eq!(seal.property().name, markup);
    assert!(!seal.picture().can_be_shown());
    assert!(!seal.picture().is_as_called());
    assert_eq!(seal.picture().kind_of_bytes(), None);
    // What is no string of its type is read as another one's, and told.
    let name = asn1::element(tag::UTF8_STRING, &[markup.as_bytes()]);
    let broken = asn1::element(tag::UTF8_STRING, &[b"<b>\xff\xfe"]);
    let seal = Seal::from_der(replaced(seal.der(), &name, &broken)).unwrap();
    assert_eq!(seal.property().name, "<b>ÿþ");
    assert_eq!(judged(&seal), ["signature-invalid", "string-legacy"]);
}

#[test]
fn numbers_that_cannot_be_and_wrong_types_get_a_code() {
    for version in [Version::V1, Version::V4, Version::V5] {
        let mut draft = draft(version);
        draft.picture.width = 77;
        let der = sign(&draft).unwrap().der().to_vec();
        let width = [tag::INTEGER, 1, 77];
        for (number, reason) in [
            (&[0x80, 0, 0, 0][..], "a number too large"),
            (&[0, 0x80, 0, 0, 0], "a number too large"),
            (&[0x7f; 200], "a number too large"),
            (&[], "an INTEGER without contents"),
        ] {
            let number = asn1::element(tag::INTEGER, &[number]);
            assert_eq!(refusal(replaced(&der, &width, &number)), reason);
        }
        // Padded, or without its sign octet.
        for (number, read) in [(&[0, 77][..], 77), (&[0, 0, 0, 77], 77), (&[0xc8], 200)] {
            let number = asn1::element(tag::INTEGER, &[number]);
            let seal = Seal::from_der(replaced(&der, &width, &number)).unwrap();
            assert_eq!(seal.picture().width, read);
            assert!(judged(&seal).contains(&"integer-odd"));
        }
        for tag in (0..=0xff).filter(|tag| *tag != tag::INTEGER) {
            refusal(replaced(&der, &width, &[tag, 1, 77]));
        }
        let header = [tag::INTEGER, 1, version.number()];
        for other in [0, 1, 2, 3, 4, 5, 6, 0xff] {
            let changed = replaced(&der, &header, &[tag::INTEGER, 1, other]);
            match Seal::from_der(changed) {
                Err(Error::SealUnreadable { .. }) => assert_ne!(other, version.number()),
                // The structure says what is signed.
                Ok(seal) if other != version.number() => {
                    assert!((1..=5).contains(&other));
                    assert_eq!(seal.version() == Version::V1, version == Version::V1);
                    assert!(judged(&seal).contains(&"signature-invalid"));
                }
                Ok(seal) => assert_eq!(seal.der(), der),
                Err(other) => panic!("{other:?}"),
            }
        }
        let algorithm = asn1::oid(oid::SM2_WITH_SM3);
        // As some software writes it.
        let odd = asn1::oid(der::asn1::ObjectIdentifier::new_unwrap("1.2.156.10197.501"));
        let seal = Seal::from_der(replaced(&der, &algorithm, &odd)).unwrap();
        assert_eq!(judged(&seal), ["algorithm-not-supported"]);
    }
}

#[test]
fn what_is_too_large_is_not_read() {
    let bytes = vec![0x30; MAX_SEAL_BYTES as usize + 1];
    assert_eq!(refusal(bytes.clone()), "too large");
    assert!(SealSignature::from_der(bytes).is_err());
}

#[test]
fn pictures_that_lie_are_not_shown() {
    let png = |width: u32, height: u32| {
        let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
        [&head[..], &width.to_be_bytes(), &height.to_be_bytes()].concat()
    };
    for (kind, data, shown) in [
        ("PNG", png(400, 400), true),
        ("PNG", png(u32::MAX, u32::MAX), false),
        ("PNG", png(0, 400), false),
        ("PNG", png(4097, 1), false),
        ("PNG", Vec::new(), false),
        ("PNG", b"<!DOCTYPE html><script>".to_vec(), false),
        ("ofd", b"PK\x03\x04".to_vec(), false),
    ] {
        let mut draft = draft(Version::V4);
        draft.picture = Picture {
            kind: kind.into(),
            data,
            width: u32::MAX >> 1,
            height: 0,
        };
        let seal = sign(&draft).unwrap();
        assert_eq!(seal.picture().can_be_shown(), shown);
        // In millimetres anything is possible to the standard; that it is not to people is told.
        assert_eq!(judged(&seal), ["encoding-odd", "encoding-odd"]);
    }
}

/// What reading, judging and looking at must survive.
fn use_it(bytes: &[u8]) {
    let makers = [MAKER.certificate.clone()];
    let policy = MakerPolicy {
        makers: &makers,
        at: NOW,
        extended_key_usages: &[],
        user: Some(&MAKER.certificate),
    };
    if let Ok(seal) = Seal::from_der(bytes.to_vec()) {
        assert_eq!(seal.der(), bytes);
        let _ = (verify(&seal, &policy), seal.picture().can_be_shown());
    }
    if let Ok(signature) = SealSignature::from_der(bytes.to_vec()) {
        assert_eq!(signature.der(), bytes);
        let _ = signature.verify(None, &policy);
    }
}

static BUILT: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let seals = [Version::V1, Version::V4, Version::V5].map(|version| {
        let mut draft = draft(version);
        draft.extensions = vec![SealExtension {
            oid: oid::SM3,
            critical: true,
            value: b"1".to_vec(),
        }];
        sign(&draft).unwrap()
    });
    let stamped = seals[2].with_time_stamp(b"stamp").unwrap();
    let set = set(&stamped).with_time_stamp(b"stamp").unwrap();
    let mut all: Vec<Vec<u8>> = seals.iter().map(|seal| seal.der().to_vec()).collect();
    all.extend([stamped.der().to_vec(), set.der().to_vec()]);
    all
});

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        use_it(&bytes);
        use_it(&asn1::element(tag::SEQUENCE, &[&bytes]));
    }

    #[test]
    fn no_seal_with_bytes_changed_panics(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<Index>()),
    ) {
        let mut bytes = which.get(&BUILT).clone();
        for (at, byte) in changes {
            *at.get_mut(&mut bytes) = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        use_it(&bytes);
    }
}

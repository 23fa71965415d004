//! Tests of the making of seals, and of reading and judging on what is made: every version, with
//! every optional part present and absent, against OpenSSL, and with every bit flipped.

use super::*;
use crate::hash::sm3;
use crate::seal::{
    CertificateDigest, MakerPolicy, SealSignature, SealVerdict, Sealed, Sealing, TimeInfo, verify,
    verify_own,
};
use crate::testing::{Identity, NOW, Profile, TestKey, codes, data, fatal};
use std::fs;
use std::process::Command;
use yinxin_proto::time::DAY;

const CONTENT: &[u8] = b"<ofd:Signature/>";
const EXTENSION: der::asn1::ObjectIdentifier =
    der::asn1::ObjectIdentifier::new_unwrap("1.2.156.10260.9.1");

/// A maker and a unit, each with its own key.
fn people() -> (Identity, Identity) {
    let maker = Profile::authority("示例制章机构");
    (
        Identity::self_signed(TestKey::sm2(0x41), &maker),
        Identity::self_signed(TestKey::sm2(0x42), &Profile::unit()),
    )
}

fn draft(version: Version, users: Users) -> Draft {
    Draft {
        version,
        vendor: "EXAMPLE".into(),
        id: "51010000000001".into(),
        property: Property {
            kind: 1,
            name: "示例采购有限公司".into(),
            users,
            created: NOW.plus(-3 * DAY),
            valid_from: NOW.plus(-2 * DAY),
            valid_until: NOW.plus(200 * DAY),
        },
        picture: Picture {
            kind: "PNG".into(),
            data: b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x90\0\0\x01\x90".to_vec(),
            width: 40,
            height: 40,
        },
        extensions: Vec::new(),
    }
}

fn extension(critical: bool, value: &[u8]) -> SealExtension {
    SealExtension {
        oid: EXTENSION,
        critical,
        value: value.to_vec(),
    }
}

fn digests(user: &Certificate) -> Users {
    let digest = |algorithm: &str, value: &[u8]| CertificateDigest {
        algorithm: algorithm.into(),
        value: value.into(),
    };
    Users::Digests(vec![
        digest("SHA256", &[7; 32]),
        digest("SM3", &sm3(user.der())),
    ])
}

fn certificates(user: &Certificate) -> Users {
    Users::Certificates(vec![user.der().to_vec()])
}

/// Drafts with every optional part present and absent.
fn drafts(user: &Certificate) -> Vec<Draft> {
    let mut all = Vec::new();
    for version in [Version::V1, Version::V4, Version::V5] {
        let mut lists = vec![certificates(user), Users::Certificates(Vec::new())];
        if version != Version::V1 {
            lists.extend([digests(user), Users::Digests(Vec::new())]);
        }
        for users in lists {
            for extensions in [
                Vec::new(),
                vec![extension(false, b"1")],
                vec![extension(false, &[]), extension(true, &[0; 300])],
            ] {
                all.push(Draft {
                    extensions,
                    ..draft(version, users.clone())
                });
            }
        }
    }
    all
}

fn sign(draft: &Draft, maker: &Identity) -> Seal {
    let made = draft.sign(&maker.certificate, |message| Ok(maker.key.sign(message)));
    made.unwrap()
}

/// The seals of [`drafts`], and those of version 5 with a time stamp too.
fn seals(maker: &Identity, user: &Certificate) -> Vec<(Draft, Seal)> {
    let mut all = Vec::new();
    for draft in drafts(user) {
        let seal = sign(&draft, maker);
        if draft.version == Version::V5 {
            all.push((draft.clone(), seal.with_time_stamp(b"stamp").unwrap()));
        }
        all.push((draft, seal));
    }
    all
}

/// The signatures of a seal on [`CONTENT`], with every optional part present and absent.
fn signatures(seal: &Seal, unit: &Identity) -> Vec<SealSignature> {
    let digest = sm3(CONTENT);
    let with = |time, extensions: &[SealExtension]| {
        let sealing = Sealing {
            seal,
            time,
            digest: &digest,
            property_info: "/Doc_0/Signs/Sign_0/Signature.xml",
            extensions,
        };
        let made = sealing.sign(&unit.certificate, |message| Ok(unit.key.sign(message)));
        let made = made.unwrap();
        assert_eq!(made.property_info(), sealing.property_info);
        assert_eq!(made.digest(), digest);
        assert_eq!(made.seal(), seal);
        assert_eq!(made.certificate(), unit.certificate.der());
        assert_eq!(rebuilt(&made), made.der());
        made
    };
    if seal.version() == Version::V1 {
        return [&b""[..], b"stamp"]
            .map(|stamp| with(TimeInfo::Stamp(stamp), &[]))
            .into();
    }
    [&[][..], &[extension(false, b"1"), extension(true, b"2")]]
        .into_iter()
        .flat_map(|extensions| {
            let bare = with(TimeInfo::Claimed(NOW), extensions);
            assert_eq!(bare.time_stamp(), None);
            let stamped = bare.with_time_stamp(b"stamp").unwrap();
            assert_eq!(stamped.time_stamp(), Some(&b"stamp"[..]));
            assert_eq!(rebuilt(&stamped), stamped.der());
            [bare, stamped]
        })
        .collect()
}

/// The bytes anew, from what was read.
fn rebuilt(read: &SealSignature) -> Vec<u8> {
    let stamp = read.time_stamp();
    let time = read.claimed_time().map(TimeInfo::Claimed);
    let is_inside = time.is_none();
    let sealing = Sealing {
        seal: read.seal(),
        time: time.unwrap_or_else(|| TimeInfo::Stamp(stamp.unwrap())),
        digest: read.digest(),
        property_info: read.property_info(),
        extensions: read.extensions(),
    };
    let der = sealing.assemble(read.certificate(), read.signature());
    match stamp {
        Some(stamp) if !is_inside => stamped(&der, stamp),
        _ => der,
    }
}

fn rebuilt_seal(read: &Seal) -> Vec<u8> {
    let der = Draft::of(read).assemble(read.maker(), read.signature());
    match read.time_stamp() {
        Some(stamp) => stamped(&der, stamp),
        None => der,
    }
}

fn judged(seal: &Seal, maker: &Identity, user: Option<&Certificate>) -> SealVerdict {
    let makers = [maker.certificate.clone()];
    let policy = MakerPolicy {
        makers: &makers,
        at: NOW,
        extended_key_usages: &[],
        user,
    };
    verify(seal, &policy)
}

fn judged_signature(signature: &SealSignature, maker: &Identity) -> SealVerdict {
    let makers = [maker.certificate.clone()];
    let policy = MakerPolicy {
        makers: &makers,
        at: NOW,
        extended_key_usages: &[],
        user: None,
    };
    signature.verify(Some(&Sealed::Content(sm3(CONTENT))), &policy)
}

#[test]
fn a_seal_is_used_only_with_a_certificate_for_signatures() {
    let (maker, _) = people();
    let encryption = Profile {
        key_usage: Some(0x38),
        ..Profile::unit()
    };
    let server = Profile::unit().with_usages(true, &[oid::SERVER_AUTH]);
    let client = Profile::unit().with_usages(true, &[oid::CLIENT_AUTH]);
    for (profile, refused) in [
        (Profile::unit(), None),
        (client, None),
        (encryption, Some("certificate-not-for-signing")),
        (server, Some("extended-key-usage-not-accepted")),
    ] {
        let user = maker.issue(TestKey::sm2(0x66), &profile);
        let users = Users::Certificates(vec![user.certificate.der().to_vec()]);
        let seal = sign(&draft(Version::V4, users), &maker);
        let expected: Vec<_> = refused.into_iter().collect();
        let verdict = judged(&seal, &maker, Some(&user.certificate));
        assert_eq!(fatal(&verdict.findings), expected);
        let sealing = Sealing {
            seal: &seal,
            time: TimeInfo::Claimed(NOW),
            digest: &sm3(CONTENT),
            property_info: "Signature.xml",
            extensions: &[],
        };
        let signed = sealing.sign(&user.certificate, |message| Ok(user.key.sign(message)));
        let verdict = judged_signature(&signed.unwrap(), &maker);
        assert_eq!(fatal(&verdict.findings), expected);
        // Serves where the caller lists it.
        let makers = [maker.certificate.clone()];
        let policy = MakerPolicy {
            makers: &makers,
            at: NOW,
            extended_key_usages: &[oid::SERVER_AUTH],
            user: Some(&user.certificate),
        };
        let still = refused == Some("certificate-not-for-signing");
        assert_eq!(verify(&seal, &policy).valid, !still);
    }
}

#[test]
fn what_is_made_reads_as_it_was_meant_and_is_judged_by_it() {
    let (maker, unit) = people();
    for (draft, seal) in seals(&maker, &unit.certificate) {
        assert_eq!(Draft::of(&seal), draft);
        assert_eq!(Seal::from_der(seal.der().to_vec()).as_ref(), Ok(&seal));
        assert_eq!(rebuilt_seal(&seal), seal.der());
        assert_eq!(seal.maker(), maker.certificate.der());
        assert_eq!(seal.algorithm(), oid::SM2_WITH_SM3);
        assert_eq!(seal.findings(), []);

        let mut expected = Vec::new();
        if draft.extensions.iter().any(|one| one.critical) {
            expected.push("seal-extension-unknown");
        }
        let verdict = judged(&seal, &maker, None);
        assert_eq!(fatal(&verdict.findings), expected);
        let stamped = codes(&verdict.findings).contains(&"time-stamp-unchecked");
        assert_eq!(stamped, seal.time_stamp().is_some());

        let listed = match &draft.property.users {
            Users::Certificates(all) => !all.is_empty(),
            Users::Digests(all) => !all.is_empty(),
        };
        let verdict = judged(&seal, &maker, Some(&unit.certificate));
        let refused = codes(&verdict.findings).contains(&"seal-not-for-certificate");
        assert_eq!(refused, !listed);
        let verdict = judged(&seal, &maker, Some(&maker.certificate));
        assert!(codes(&verdict.findings).contains(&"seal-not-for-certificate"));
    }
}

#[test]
fn a_seal_set_on_a_document_reads_as_it_was_meant_and_is_judged_by_it() {
    let (maker, unit) = people();
    for version in [Version::V1, Version::V4, Version::V5] {
        let seal = sign(&draft(version, certificates(&unit.certificate)), &maker);
        for signature in signatures(&seal, &unit) {
            let verdict = judged_signature(&signature, &maker);
            let critical = signature.extensions().iter().any(|one| one.critical);
            let expected: &[&str] = match critical {
                true => &["seal-extension-unknown"],
                false => &[],
            };
            assert_eq!(fatal(&verdict.findings), expected);
            let told = codes(&verdict.findings).contains(&"time-stamp-unchecked");
            assert_eq!(told, signature.time_stamp().is_some());
        }
    }
}

#[test]
fn what_a_version_has_no_room_for_is_refused_before_the_key_is_asked() {
    let (maker, unit) = people();
    let refused = |draft: &Draft| {
        let made = draft.sign(&maker.certificate, |_| panic!("the key was asked"));
        assert!(
            matches!(made, Err(Error::SealUnreadable { .. })),
            "{made:?}"
        );
    };
    refused(&draft(Version::V1, digests(&unit.certificate)));
    for (version, year) in [(Version::V1, "2050-01-01"), (Version::V1, "1949-12-31")] {
        let mut late = draft(version, certificates(&unit.certificate));
        late.property.valid_until = UnixTime::parse(year).unwrap();
        refused(&late);
    }
    let mut far = draft(Version::V4, certificates(&unit.certificate));
    far.property.valid_until = UnixTime(i64::MAX);
    refused(&far);
    for (width, kind) in [(1 << 31, 1), (40, u32::MAX)] {
        let mut large = draft(Version::V5, certificates(&unit.certificate));
        (large.picture.width, large.property.kind) = (width, kind);
        refused(&large);
    }
    for version in [Version::V1, Version::V4] {
        let seal = sign(&draft(version, certificates(&unit.certificate)), &maker);
        assert!(seal.with_time_stamp(b"stamp").is_err());
    }
    let seal = sign(&draft(Version::V5, digests(&unit.certificate)), &maker);
    let seal = seal.with_time_stamp(b"stamp").unwrap();
    assert!(seal.with_time_stamp(b"stamp").is_err());

    let seal = sign(&draft(Version::V1, certificates(&unit.certificate)), &maker);
    let with_extensions = Sealing {
        seal: &seal,
        time: TimeInfo::Stamp(b""),
        digest: &sm3(CONTENT),
        property_info: "",
        extensions: &[extension(false, b"1")],
    };
    let made = with_extensions.sign(&unit.certificate, |_| panic!("the key was asked"));
    assert!(
        matches!(made, Err(Error::SealUnreadable { .. })),
        "{made:?}"
    );
    let first = &signatures(&seal, &unit)[0];
    assert!(first.with_time_stamp(b"stamp").is_err());
}

#[test]
fn a_signature_of_another_key_never_becomes_part_of_a_seal() {
    let (maker, unit) = people();
    let draft = draft(Version::V4, certificates(&unit.certificate));
    let error = draft.sign(&maker.certificate, |message| Ok(unit.key.sign(message)));
    assert_eq!(error, Err(Error::SignatureNotVerified {}));
    let error = draft.sign(&maker.certificate, |_| Ok(Vec::new()));
    assert_eq!(error, Err(Error::SignatureNotVerified {}));
    let error = draft.sign(&maker.certificate, |_| {
        Err(Error::Internal {
            detail: String::new(),
        })
    });
    assert_eq!(
        error,
        Err(Error::Internal {
            detail: String::new()
        })
    );
    // Tokens answer with r and s.
    let raw = |message: &[u8]| {
        let der = maker.key.sign(message);
        let signature = crate::key::EcSignature::<32>::from_der(&der).unwrap();
        Ok(signature.to_raw().to_vec())
    };
    let seal = draft.sign(&maker.certificate, raw).unwrap();
    assert!(judged(&seal, &maker, Some(&unit.certificate)).valid);
}

/// A seal and what it is set on, as makers of the field write them: the signature in another form.
#[test]
fn signatures_of_each_form_hold_with_a_note_and_forged_ones_do_not() {
    let (maker, unit) = people();
    for version in [Version::V1, Version::V4, Version::V5] {
        let good = sign(&draft(version, certificates(&unit.certificate)), &maker);
        let set = signatures(&good, &unit).remove(0);
        for (form, code) in [
            (raw as fn(&[u8]) -> Vec<u8>, "encoding-odd"),
            (padded, "integer-odd"),
        ] {
            let again = |der: &[u8], signature: &[u8], form: &dyn Fn(&[u8]) -> Vec<u8>| {
                let old = asn1::element(tag::BIT_STRING, &[&[0], signature]);
                let at = der.windows(old.len()).rposition(|window| window == old);
                let (before, after) = der.split_at(at.unwrap());
                let new = asn1::element(tag::BIT_STRING, &[&[0], &form(signature)]);
                resized(before, &old, &new, &after[old.len()..])
            };
            let seal = Seal::from_der(again(good.der(), good.signature(), &form)).unwrap();
            let verdict = judged(&seal, &maker, Some(&unit.certificate));
            assert!(verdict.valid, "{:?}", verdict.findings);
            assert!(codes(&verdict.findings).contains(&code));
            assert_eq!(seal.signed(), good.signed());

            let odd = again(set.der(), set.signature(), &form);
            let odd = SealSignature::from_der(odd).unwrap();
            let makers = [maker.certificate.clone()];
            let policy = MakerPolicy {
                makers: &makers,
                at: NOW,
                extended_key_usages: &[],
                user: None,
            };
            let sealed = Sealed::Content(sm3(CONTENT));
            let verdict = odd.verify(Some(&sealed), &policy);
            assert!(verdict.valid, "{:?}", verdict.findings);
            let noted = verdict.findings.iter().find(|one| one.error.code() == code);
            assert_eq!(noted.unwrap().place.as_deref(), Some("signature"));

            let forged = |signature: &[u8]| {
                let mut forged = form(signature);
                *forged.last_mut().unwrap() ^= 1;
                forged
            };
            let seal = Seal::from_der(again(good.der(), good.signature(), &forged)).unwrap();
            let verdict = judged(&seal, &maker, Some(&unit.certificate));
            assert_eq!(fatal(&verdict.findings), ["signature-invalid"]);
            let said = &verdict.summary;
            assert!(said.zh.contains("不成立") && said.en.contains("does not hold"));
            assert!(!said.zh.contains("改动") && !said.en.contains("changed"));
        }
    }
}

fn raw(der: &[u8]) -> Vec<u8> {
    let read = crate::key::EcSignature::<32>::from_der(der).unwrap();
    read.to_raw().to_vec()
}

fn padded(der: &[u8]) -> Vec<u8> {
    let raw = raw(der);
    let integer = |half: &[u8]| asn1::element(tag::INTEGER, &[&[0; 3], half]);
    asn1::element(tag::SEQUENCE, &[&integer(&raw[..32]), &integer(&raw[32..])])
}

/// What stands after one element took the place of another, with the lengths of the SEQUENCEs around it.
fn resized(before: &[u8], old: &[u8], new: &[u8], after: &[u8]) -> Vec<u8> {
    let whole = [before, old, after].concat();
    let outer = asn1::single(&whole, tag::SEQUENCE, "").unwrap();
    let at = before.len();
    let mut contents = Vec::new();
    let mut inside = outer.children();
    while let Ok(element) = inside.read() {
        let range = element.range();
        if range.start == at {
            contents.extend_from_slice(new);
        } else if range.contains(&at) {
            // Version 1 has the signature's parts in a SEQUENCE of their own.
            let start = at - range.start;
            let (before, rest) = element.raw.split_at(start);
            contents.extend(resized(before, old, new, &rest[old.len()..]));
        } else {
            contents.extend_from_slice(element.raw);
        }
    }
    asn1::element(tag::SEQUENCE, &[&contents])
}

#[test]
fn the_samples_are_built_again_from_what_was_read() {
    let Some(folder) = data::folder() else { return };
    let folder = folder.join("seals");
    for file in ["UserV1.esl", "UserV4.esl"] {
        let der = fs::read(folder.join(file)).unwrap();
        let seal = Seal::from_der(der.clone()).unwrap();
        assert!(rebuilt_seal(&seal) == der, "{file}");
    }
    // It spells out FALSE twice, which DER leaves out; nothing else is lost.
    let der = fs::read(folder.join("SESealData.DER")).unwrap();
    let seal = Seal::from_der(der.clone()).unwrap();
    let again = rebuilt_seal(&seal);
    assert_eq!(again.len(), der.len() - 6);
    let again = Seal::from_der(again).unwrap();
    assert_eq!(Draft::of(&again), Draft::of(&seal));
    assert_eq!(again.findings(), []);

    let ofd = fs::File::open(folder.join("SESV4SignDoc.ofd")).unwrap();
    let mut archive = zip::ZipArchive::new(ofd).unwrap();
    let mut entry = archive
        .by_name("Doc_0/Signs/Sign_0/SignedValue.dat")
        .unwrap();
    let mut der = Vec::new();
    std::io::copy(&mut entry, &mut der).unwrap();
    let signature = SealSignature::from_der(der.clone()).unwrap();
    assert!(rebuilt(&signature) == der);
    assert!(rebuilt_seal(signature.seal()) == signature.seal().der());
}

/// Whether OpenSSL finds that a key signed a message, with SM2 under the default user id.
fn openssl_verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let name = format!("yinxin-pki-seal-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).unwrap();
    for (file, bytes) in [("key", key), ("message", message), ("signature", signature)] {
        fs::write(folder.join(file), bytes).unwrap();
    }
    let arguments = "pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 \
                     -pubin -keyform DER -inkey key -in message -sigfile signature";
    let output = Command::new("openssl")
        .args(arguments.split_ascii_whitespace())
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let holds = output.status.success();
    assert_eq!(holds, said.contains("Signature Verified Successfully"));
    assert_eq!(
        !holds,
        said.contains("Signature Verification Failure"),
        "{output:?}"
    );
    fs::remove_dir_all(&folder).unwrap();
    holds
}

#[test]
fn openssl_verifies_the_bytes_that_are_signed() {
    let available = Command::new("openssl").arg("version").output();
    if !available.is_ok_and(|output| output.status.success()) {
        yinxin_testing::skipped("no OpenSSL");
        return;
    }
    let (maker, unit) = people();
    let (made_by, used_by) = (maker.key.spki(), unit.key.spki());
    for (_, seal) in seals(&maker, &unit.certificate) {
        let mut message = seal.signed();
        assert!(openssl_verifies(&made_by, &message, seal.signature()));
        if seal.extensions().is_empty() {
            assert!(!openssl_verifies(&used_by, &message, seal.signature()));
            message[20] ^= 1;
            assert!(!openssl_verifies(&made_by, &message, seal.signature()));
        }
    }
    for version in [Version::V1, Version::V4, Version::V5] {
        let seal = sign(&draft(version, certificates(&unit.certificate)), &maker);
        for signature in signatures(&seal, &unit) {
            let message = signature.signed();
            assert!(openssl_verifies(&used_by, message, signature.signature()));
            assert!(!openssl_verifies(&made_by, message, signature.signature()));
        }
    }
}

/// Flips every bit; what is still valid has changed inside of `uncovered` alone, and says so.
fn flip_every_bit(
    der: &[u8],
    uncovered: Option<&[u8]>,
    judge: impl Fn(Vec<u8>) -> Result<SealVerdict, Error>,
) {
    let good = judge(der.to_vec()).unwrap();
    assert!(good.valid, "{:?}", good.findings);
    let told = codes(&good.findings).contains(&"time-stamp-unchecked");
    assert!(told || uncovered.is_none());
    let at = uncovered.map_or(0..0, |part| {
        let start = der.windows(part.len()).position(|window| window == part);
        start.unwrap()..start.unwrap() + part.len()
    });
    for bit in 0..der.len() * 8 {
        let mut changed = der.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let valid = judge(changed).is_ok_and(|verdict| {
            assert!(!verdict.valid || codes(&verdict.findings) == codes(&good.findings));
            verdict.valid
        });
        assert_eq!(valid, at.contains(&(bit / 8)), "bit {bit} of {}", der.len());
    }
}

#[test]
fn every_bit_of_a_seal_is_covered_or_named() {
    let (maker, unit) = people();
    for version in [Version::V1, Version::V4, Version::V5] {
        let users = match version {
            Version::V1 => certificates(&unit.certificate),
            Version::V4 | Version::V5 => digests(&unit.certificate),
        };
        let mut draft = draft(version, users);
        draft.extensions = vec![extension(false, b"1")];
        let mut seal = sign(&draft, &maker);
        if version == Version::V5 {
            seal = seal.with_time_stamp(b"stamp").unwrap();
        }
        flip_every_bit(seal.der(), seal.time_stamp(), |der| {
            Seal::from_der(der).map(|seal| judged(&seal, &maker, Some(&unit.certificate)))
        });
    }
}

/// Flips every bit of a signature on a document; `uncovered` is its time stamp, where nothing covers it.
fn flip_every_bit_on_a_document(version: Version, time: TimeInfo<'_>, uncovered: Option<&[u8]>) {
    let (maker, unit) = people();
    let (users, extensions) = match version {
        Version::V1 => (certificates(&unit.certificate), Vec::new()),
        Version::V4 | Version::V5 => (digests(&unit.certificate), vec![extension(false, b"1")]),
    };
    // Its seal lies inside of what is signed.
    let seal = sign(&draft(version, users), &maker);
    let digest = sm3(CONTENT);
    let sealing = Sealing {
        seal: &seal,
        time,
        digest: &digest,
        property_info: "/Doc_0/Signs/Sign_0/Signature.xml",
        extensions: &extensions,
    };
    let made = sealing.sign(&unit.certificate, |message| Ok(unit.key.sign(message)));
    let mut made = made.unwrap();
    if let Some(stamp) = uncovered {
        made = made.with_time_stamp(stamp).unwrap();
    }
    flip_every_bit(made.der(), uncovered, |der| {
        SealSignature::from_der(der).map(|signature| judged_signature(&signature, &maker))
    });
}

#[test]
fn every_bit_of_a_seal_of_version_1_on_a_document_is_covered() {
    // Its time stamp lies inside of what is signed.
    flip_every_bit_on_a_document(Version::V1, TimeInfo::Stamp(b"stamp"), None);
}

#[test]
fn every_bit_of_a_seal_of_version_4_on_a_document_is_covered_or_named() {
    flip_every_bit_on_a_document(Version::V4, TimeInfo::Claimed(NOW), Some(b"stamp"));
}

#[test]
fn every_bit_of_a_seal_of_version_5_on_a_document_is_covered_or_named() {
    flip_every_bit_on_a_document(Version::V5, TimeInfo::Claimed(NOW), Some(b"stamp"));
}

#[test]
fn a_seal_is_judged_as_its_holders_own_whoever_made_it() {
    let (maker, unit) = people();
    for version in [Version::V1, Version::V4, Version::V5] {
        let seal = sign(&draft(version, certificates(&unit.certificate)), &maker);
        let told = |seal: &Seal, at| {
            let verdict = verify_own(seal, at);
            assert_eq!(verdict.valid, fatal(&verdict.findings).is_empty());
            fatal(&verdict.findings).join(" ")
        };
        assert_eq!(told(&seal, NOW), "");
        assert_eq!(told(&seal, NOW.plus(201 * DAY)), "seal-expired");
        assert_eq!(told(&seal, NOW.plus(-3 * DAY)), "seal-not-yet-valid");
        let mut changed = seal.der().to_vec();
        let at = changed.windows(4).position(|window| window == b"5101");
        changed[at.unwrap()] ^= 1;
        assert_eq!(
            told(&Seal::from_der(changed).unwrap(), NOW),
            "signature-invalid"
        );
        let nobody = Draft::of(&seal).assemble(b"no certificate", seal.signature());
        let nobody = Seal::from_der(nobody).unwrap();
        assert_eq!(told(&nobody, NOW), "certificate-unreadable");
    }
}

#[test]
fn a_certificate_that_is_listed_with_its_filling_may_use_the_seal() {
    let (maker, unit) = people();
    for (filling, listed) in [(&[0; 4][..], true), (b"\r\n", true), (&[0, 1], false)] {
        let users = Users::Certificates(vec![[unit.certificate.der(), filling].concat()]);
        assert_eq!(users.contain(&unit.certificate), listed, "{filling:?}");
        assert!(!users.contain(&maker.certificate));
    }
}

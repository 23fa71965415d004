//! Messages that somebody made to cost much, or to pass one signed structure off as another.

use super::*;
use crate::attributes;
use crate::hash::sm3;
use crate::login;
use crate::seal::{Sealing, TimeInfo, Users, Version};
use crate::sm2::{DEFAULT_ID, Sm2Key};
use crate::testing::work::{self, Work};
use crate::testing::{
    Identity, NOW, Profile, TestKey, certificate_der, chain, codes, fatal, seal_draft, signed_data,
};
use crate::trust::{Anchor, CrlPolicy, Crls, PathPolicy, Sm2Variant};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use std::sync::OnceLock;
use yinxin_proto::page::Purpose;
use yinxin_proto::site::Origin;
use yinxin_proto::time::DAY;
use yinxin_proto::{Error, Severity};

const CONTENT: &[u8] = b"contract";

/// Judges a message over [`CONTENT`], and tells what that took.
fn judge(cms: &[u8], anchors: &[Anchor], crls: &Crls) -> (Judgement, Work) {
    let policy = PathPolicy {
        crl_policy: CrlPolicy::Require,
        ..PathPolicy::new(anchors, &[], crls, NOW)
    };
    let mut options = Options::new(policy);
    options.content = Some(Content::Bytes(CONTENT));
    work::of(|| verify(cms, &options).unwrap())
}

/// The same where no list is asked for.
fn judge_without_lists(cms: &[u8], anchors: &[Anchor]) -> (Judgement, Work) {
    let crls = Crls::default();
    let mut options = Options::new(PathPolicy::new(anchors, &[], &crls, NOW));
    options.content = Some(Content::Bytes(CONTENT));
    work::of(|| verify(cms, &options).unwrap())
}

/// A message of certificates, and of signers over [`CONTENT`].
fn message(certificates: &[&Identity], signers: &[&Identity]) -> Vec<u8> {
    let certificates: Vec<&[u8]> = certificates
        .iter()
        .map(|identity| identity.certificate.der())
        .collect();
    let signers: Vec<Vec<u8>> = signers
        .iter()
        .map(|identity| identity.signer_info(CONTENT))
        .collect();
    signed_data(&certificates, &signers, None)
}

fn with_serial(serial: u8) -> Profile {
    Profile {
        serial: vec![serial],
        ..Profile::unit()
    }
}

/// An authority whose certificate differs from others of its key and name in a byte that nobody
/// signed: the algorithm outside.
fn variant(authority: &Identity, number: u8) -> Identity {
    let outside = asn1::oid(der::asn1::ObjectIdentifier::new_unwrap("1.2.3"));
    let outside = [&outside[..], &asn1::element(tag::INTEGER, &[&[number]])].concat();
    let whole = asn1::single(authority.certificate.der(), tag::SEQUENCE, "").unwrap();
    let mut fields = whole.children();
    let (tbs, _) = (fields.read().unwrap(), fields.read().unwrap());
    let signature = fields.read().unwrap();
    let outside = asn1::element(tag::SEQUENCE, &[&outside]);
    let der = asn1::element(tag::SEQUENCE, &[tbs.raw, &outside, signature.raw]);
    Identity {
        key: authority.key.clone(),
        certificate: Certificate::from_der(der).unwrap(),
    }
}

#[test]
fn a_certificate_of_many_signers_is_judged_once() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let anchors = [Anchor::from(root.certificate.clone())];
    let lists = |lister: &Identity| lister.crl(&[(&[9], NOW)], NOW.plus(-DAY), NOW.plus(DAY));
    let crls = Crls::read(&[lists(&root), lists(&issuing)]);
    for signers in [1, 32] {
        let cms = message(&[&issuing, &leaf], &vec![&leaf; signers]);
        let (judged, work) = judge(&cms, &anchors, &crls);
        assert!(judged.valid, "{:?}", judged.findings);
        assert_eq!(judged.signers.len(), signers);
        assert!(judged.signers.iter().all(|signer| signer.path.len() == 3));
        // Of each step its signature, its issuer's list and its entry; of each signer a signature.
        for (what, count) in [
            // They are for views, which are made apart.
            ("facts", 0),
            ("certificate signature", 2),
            ("list signature", 2),
            ("list entries", 2),
            ("SM2", 4 + signers),
        ] {
            assert_eq!(work.count(what), count, "{what} of {signers}");
        }
    }
}

#[test]
fn what_is_found_of_a_certificate_is_found_of_each_of_its_signers() {
    let (root, issuing, _) = chain(TestKey::sm2(1));
    let anchors = [Anchor::from(root.certificate.clone())];
    let expired = Profile {
        not_after: NOW.plus(-DAY),
        ..Profile::unit()
    };
    let leaf = issuing.issue(TestKey::sm2(1), &expired);
    let cms = message(&[&issuing, &leaf], &[&leaf, &leaf]);
    let (judged, _) = judge(&cms, &anchors, &Crls::default());
    for index in 0..2 {
        assert!(!judged.signers[index].valid);
        let place = Some(format!("signers[{index}].path[0]"));
        let of_it = |code| {
            let mut all = judged.findings.iter();
            all.any(|finding| finding.place == place && finding.error.code() == code)
        };
        assert!(of_it("certificate-expired") && of_it("crl-missing"));
    }
}

#[test]
fn copies_and_variants_of_an_issuer_are_checked_once() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let anchors = [Anchor::from(root.certificate.clone())];
    let crls = Crls::read(&[issuing.crl(&[], NOW.plus(-DAY), NOW.plus(DAY))]);
    let copies = vec![issuing.clone(); 60];
    let variants: Vec<Identity> = (0..60).map(|number| variant(&issuing, number)).collect();
    for (issuers, paths) in [(&copies, 1), (&variants, 60)] {
        let mut certificates: Vec<&Identity> = issuers.iter().collect();
        certificates.push(&leaf);
        let (judged, work) = judge(&message(&certificates, &[&leaf]), &anchors, &crls);
        assert_eq!(judged.signers[0].path.len(), 3);
        // One signature of the leaf, by the one key; and one of each that is another.
        assert!(work.count("certificate signature") <= 1 + paths);
        assert_eq!(work.count("list signature"), 1);
        assert_eq!(work.count("list entries"), 1);
    }
}

#[test]
fn a_chain_to_nowhere_asks_no_list() {
    let nowhere = Identity::self_signed(TestKey::sm2(9), &Profile::authority("nowhere"));
    let authority = nowhere.issue(TestKey::sm2(8), &Profile::authority("示例签发机构"));
    let leaves: Vec<Identity> = (1..=32)
        .map(|serial| authority.issue(TestKey::sm2(1), &with_serial(serial)))
        .collect();
    let (root, issuing, _) = chain(TestKey::sm2(1));
    let anchors = [Anchor::from(root.certificate.clone())];
    let crls = Crls::read(&[issuing.crl(&[], NOW.plus(-DAY), NOW.plus(DAY))]);
    let mut certificates = vec![&authority];
    certificates.extend(&leaves);
    let signers: Vec<&Identity> = leaves.iter().collect();
    let (judged, work) = judge(&message(&certificates, &signers), &anchors, &crls);
    let findings = fatal(&judged.findings);
    assert_eq!(findings, ["issuer-unknown"; 32]);
    assert_eq!(work.count("list signature") + work.count("list entries"), 0);
    assert_eq!(work.count("certificate signature"), 32);
}

#[test]
fn signatures_are_checked_up_to_a_number() {
    // Thirty signers, each under an issuer's name that thirty certificates bear, none of them its own.
    let authorities: Vec<Identity> = (1..=30)
        .map(|seed| Identity::self_signed(TestKey::sm2(seed), &Profile::authority("name")))
        .collect();
    let absent = Identity::self_signed(TestKey::sm2(99), &Profile::authority("name"));
    let leaves: Vec<Identity> = (1..=30)
        .map(|serial| absent.issue(TestKey::sm2(98), &with_serial(serial)))
        .collect();
    let mut certificates: Vec<&Identity> = authorities.iter().collect();
    certificates.extend(&leaves);
    let signers: Vec<&Identity> = leaves.iter().collect();
    let (judged, work) = judge(&message(&certificates, &signers), &[], &Crls::default());
    assert!(!judged.valid);
    assert!(codes(&judged.findings).contains(&"too-many-candidates"));
    assert!(work.count("certificate signature") <= 48);
    assert!(work.count("SM2") <= 48 + 2 + 30, "{}", work.count("SM2"));
}

#[test]
fn signers_of_a_ca_with_a_new_key_are_valid_in_whatever_order_its_anchors_come() {
    let keys = [0x61, 0x62]
        .map(|seed| Identity::self_signed(TestKey::sm2(seed), &Profile::authority("示例签发机构")));
    let leaves: Vec<Identity> = (0..32)
        .map(|serial| keys[usize::from(serial % 2)].issue(TestKey::sm2(1), &with_serial(serial)))
        .collect();
    let signers: Vec<&Identity> = leaves.iter().collect();
    let cms = message(&signers, &signers);
    for order in [[0, 1], [1, 0]] {
        let anchors = order.map(|at| Anchor::from(keys[at].certificate.clone()));
        let (judged, work) = judge_without_lists(&cms, &anchors);
        assert!(judged.valid, "{:?}", judged.findings);
        assert!(work.count("certificate signature") <= 32 * 2);
    }
}

#[test]
fn a_valid_chain_costs_no_signer_its_own() {
    let root = Identity::self_signed(TestKey::sm2(0x51), &Profile::authority("示例根"));
    // Each signer has issuers of its own, two above another: three signatures for each.
    let names: [&str; 21] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r",
        "s", "t", "u",
    ];
    let mut all = Vec::new();
    let mut signers = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        let seed = 2 * index as u8 + 2;
        let upper = root.issue(TestKey::sm2(seed), &Profile::authority(name));
        let lower = upper.issue(TestKey::sm2(seed + 1), &Profile::authority(name));
        signers.push(lower.issue(TestKey::sm2(1), &with_serial(seed)));
        all.extend([lower, upper]);
    }
    let certificates: Vec<&Identity> = all.iter().chain(&signers).collect();
    let cms = message(&certificates, &signers.iter().collect::<Vec<_>>());
    let anchors = [Anchor::from(root.certificate.clone())];
    let (judged, _) = judge_without_lists(&cms, &anchors);
    assert!(judged.valid, "{:?}", judged.findings);
    assert!(judged.signers.iter().all(|signer| signer.path.len() == 4));
}

/// Certificates that a stranger can make beside a valid chain: of its names and key identifiers, of
/// the keys that stand in it, of numbers that it uses, and of its signatures.
fn junk() -> &'static [Vec<u8>] {
    static ALL: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let (root, issuing, leaf) = vouched();
        let mut all = Vec::new();
        for seed in 1..=20 {
            let stranger = TestKey::sm2(seed);
            for (issuer, subject) in [(root, issuing), (issuing, issuing), (root, root)] {
                let key = if seed % 3 == 0 {
                    &subject.key
                } else {
                    &stranger
                };
                let profile = Profile {
                    serial: vec![seed],
                    ..named(subject)
                };
                let name = issuer.certificate.subject().der();
                all.push(certificate_der(name, &stranger, key, &profile));
            }
            // The signer's number, with its own key or another.
            let key = if seed % 2 == 0 { &leaf.key } else { &stranger };
            let name = issuing.certificate.subject().der();
            all.push(certificate_der(name, &stranger, key, &named(leaf)));
            all.push(variant(issuing, seed).certificate.der().to_vec());
            all.push(variant(leaf, seed).certificate.der().to_vec());
            let mut broken = issuing.certificate.der().to_vec();
            *broken.last_mut().unwrap() ^= seed;
            all.push(broken);
        }
        all
    })
}

/// A chain whose certificates name keys: a root, an issuing CA and a signer.
fn vouched() -> &'static (Identity, Identity, Identity) {
    static CHAIN: OnceLock<(Identity, Identity, Identity)> = OnceLock::new();
    CHAIN.get_or_init(|| {
        let root = Identity::self_signed(TestKey::sm2(0x51), &identified("示例根", 1, 1));
        let issuing = root.issue(TestKey::sm2(0x52), &identified("示例签发机构", 2, 1));
        let leaf = identified("", 3, 2);
        let leaf = Profile {
            extensions: leaf.extensions,
            ..Profile::unit()
        };
        let leaf = issuing.issue(TestKey::sm2(0x53), &leaf);
        (root, issuing, leaf)
    })
}

/// An authority with key identifiers: of its own key, and of its issuer's.
fn identified(name: &'static str, own: u8, issuer: u8) -> Profile {
    let octets = |tag, number| asn1::element(tag, &[&[number; 20]]);
    let of_issuer = asn1::element(tag::SEQUENCE, &[&octets(0x80, issuer)]);
    Profile {
        extensions: vec![
            (oid::SUBJECT_KEY_IDENTIFIER, false, octets(4, own)),
            (oid::AUTHORITY_KEY_IDENTIFIER, false, of_issuer),
        ],
        ..Profile::authority(name)
    }
}

/// What a certificate of [`vouched`] says.
fn named(identity: &Identity) -> Profile {
    let (root, issuing, leaf) = vouched();
    let der = identity.certificate.der();
    if der == root.certificate.der() {
        identified("示例根", 1, 1)
    } else if der == issuing.certificate.der() {
        identified("示例签发机构", 2, 1)
    } else {
        assert_eq!(der, leaf.certificate.der());
        Profile {
            extensions: identified("", 3, 2).extensions,
            ..Profile::unit()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_a_stranger_adds_makes_no_valid_message_invalid(
        added in subsequence(junk().to_vec(), 0..=62).prop_shuffle(),
        places in (any::<Index>(), any::<Index>()),
        signers in 1usize..=3,
        old_key in any::<bool>(),
    ) {
        let (root, issuing, leaf) = vouched();
        let mut certificates = added;
        for (own, place) in [(issuing, places.0), (leaf, places.1)] {
            let at = place.index(certificates.len() + 1);
            certificates.insert(at, own.certificate.der().to_vec());
        }
        let certificates: Vec<&[u8]> = certificates.iter().map(Vec::as_slice).collect();
        let signers = vec![leaf.signer_info(CONTENT); signers];
        let mut anchors = vec![Anchor::from(root.certificate.clone())];
        if old_key {
            let old = Identity::self_signed(TestKey::sm2(0x54), &named(root));
            anchors.insert(0, Anchor::from(old.certificate));
        }
        let cms = signed_data(&certificates, &signers, None);
        let (judged, work) = judge_without_lists(&cms, &anchors);
        prop_assert!(judged.valid, "{:?}", judged.findings);
        // Each under the keys of its issuer's name, which are two at most, and strangers' for nothing.
        let checks = work.count("certificate signature");
        prop_assert!(checks <= 2 * certificates.len() + 48, "{checks}");
    }
}

#[test]
fn findings_are_told_up_to_a_number_and_the_gravest_first() {
    let odd: Vec<_> = (0..120).map(|_| (oid::COUNTRY, "中")).collect();
    let profile = Profile {
        subject: odd,
        ..Profile::unit()
    };
    let key = TestKey::sm2(1);
    let identity = Identity::self_signed(key, &profile);
    let own = identity.certificate.findings();
    assert!(own.len() <= 129 && codes(own).contains(&"findings-left-out"));
    let cms = message(&[&identity], &[&identity; 32]);
    let (judged, _) = judge(&cms, &[], &Crls::default());
    let told = &judged.findings;
    assert_eq!(fatal(told), ["issuer-unknown"; 32]);
    assert!(!judged.valid && judged.signers.iter().all(|signer| !signer.valid));
    let grave = |finding: &yinxin_proto::Finding| finding.severity;
    assert!(told.is_sorted_by_key(grave));
    let (last, told) = told.split_last().unwrap();
    let Error::FindingsLeftOut { count } = last.error else {
        panic!("{last:?}");
    };
    // Of each signer those of its certificate, whose subject and issuer are the same.
    let all = 32 * (1 + 2 * 120);
    assert!(told.len() < 140, "{}", told.len());
    assert_eq!(told.len() as u32 + count, all);
}

#[test]
fn content_is_digested_for_a_few_signers_without_attributes() {
    let issuing = Identity::self_signed(TestKey::sm2(0x52), &Profile::authority("name"));
    let leaves: Vec<Identity> = (1..=32)
        .map(|seed| issuing.issue(TestKey::sm2(seed), &with_serial(seed)))
        .collect();
    let (_, digest, signing) = algorithms(SignatureAlgorithm::Sm2Sm3);
    let version = asn1::unsigned(&[1]);
    let signer = |leaf: &Identity, content: &[u8]| {
        let signature = leaf.key.sign(content);
        signer_info(
            &leaf.certificate,
            &version,
            &digest,
            &[],
            &signing,
            &signature,
        )
    };
    let certificates: Vec<&[u8]> = leaves.iter().map(|leaf| leaf.certificate.der()).collect();
    for (content, code) in [(CONTENT, None), (&b"other"[..], Some("signature-invalid"))] {
        for (count, refused) in [(8, 0), (32, 24)] {
            let signers: Vec<_> = leaves[..count].iter().map(|l| signer(l, content)).collect();
            let cms = signed_data(&certificates, &signers, None);
            let crls = Crls::default();
            let mut options = Options::new(PathPolicy::new(&[], &[], &crls, NOW));
            options.content = Some(Content::Bytes(CONTENT));
            options.check_trust = false;
            options.allow_without_attributes = true;
            let (judged, work) = work::of(|| verify(&cms, &options).unwrap());
            let told = fatal(&judged.findings);
            let many = |code| told.iter().filter(|told| **told == code).count();
            assert_eq!(many("signed-attributes-missing"), refused);
            assert_eq!(many("signature-invalid"), code.map_or(0, |_| 8));
            // Once each, a second time to tell why, and then of the content's digest in two forms.
            assert!(work.count("SM2 digest") <= 8 + 4 + 4 * 2);
        }
    }
}

#[test]
fn of_the_certificates_that_a_signer_lists_one_is_digested() {
    let (_, _, leaf) = chain(TestKey::sm2(1));
    let id = |digest: &[u8]| {
        let digest = asn1::element(tag::OCTET_STRING, &[digest]);
        asn1::element(tag::SEQUENCE, &[&digest])
    };
    let mut ids = id(leaf.certificate.sha256());
    ids.extend(id(&[0; 32]).repeat(1000));
    let list = asn1::element(tag::SEQUENCE, &[&asn1::element(tag::SEQUENCE, &[&ids])]);
    let attribute = |kind, value: &[u8]| {
        let values = asn1::element(tag::SET, &[value]);
        asn1::element(tag::SEQUENCE, &[&asn1::oid(kind), &values])
    };
    let digest = asn1::element(tag::OCTET_STRING, &[&sm3(CONTENT)]);
    let set = asn1::set_of(vec![
        attribute(oid::CONTENT_TYPE, &asn1::oid(oid::GM_DATA)),
        attribute(oid::MESSAGE_DIGEST, &digest),
        attribute(oid::SIGNING_CERTIFICATE_V2, &list),
    ]);
    let (_, digest, signing) = algorithms(SignatureAlgorithm::Sm2Sm3);
    let signature = leaf.key.sign(&set);
    let version = asn1::unsigned(&[1]);
    let signer = signer_info(
        &leaf.certificate,
        &version,
        &digest,
        &set,
        &signing,
        &signature,
    );
    let cms = signed_data(&[leaf.certificate.der()], &[signer], None);
    let (judged, work) = judge(&cms, &[], &Crls::default());
    assert_eq!(fatal(&judged.findings), ["issuer-unknown"]);
    assert_eq!(work.count("certificate digest"), 1);
}

/// What a key signs elsewhere, offered as the signature over a document, under every leniency that
/// callers can ask for.
#[test]
fn nothing_that_a_key_signs_elsewhere_is_a_signature_over_a_document() {
    let (_, issuing, leaf) = chain(TestKey::sm2(1));
    let origin = Origin::parse("https://portal.example").unwrap();
    let challenge = "abcdefghijklmnopqrstuvwxyz012345";
    let maker = Identity::self_signed(TestKey::sm2(0x41), &Profile::authority("示例制章机构"));
    let mut signed = vec![
        login::to_be_signed(&origin, Purpose::Login, challenge, &leaf.certificate),
        leaf.attributes(CONTENT),
        leaf.attributes(attributes::logondata(challenge).as_bytes()),
    ];
    for version in [Version::V1, Version::V4, Version::V5] {
        let users = Users::Certificates(vec![leaf.certificate.der().to_vec()]);
        let draft = seal_draft(version, users);
        let sign = |message: &[u8]| Ok(maker.key.sign(message));
        let seal = draft.sign(&maker.certificate, sign).unwrap();
        let time = match version {
            Version::V1 => TimeInfo::Stamp(&[0x30, 0]),
            Version::V4 | Version::V5 => TimeInfo::Claimed(NOW),
        };
        let sealing = Sealing {
            seal: &seal,
            time,
            digest: &sm3(CONTENT),
            property_info: "/Doc_0/Signs/Sign_0/Signature.xml",
            extensions: &[],
        };
        signed.push(sealing.to_be_signed(&leaf.certificate).unwrap());
        signed.push(seal.signed().to_vec());
    }
    let sm2 = Sm2Key::from_point(&leaf.key.point()).unwrap();
    let (_, digest, signing) = algorithms(SignatureAlgorithm::Sm2Sm3);
    let version = asn1::unsigned(&[1]);
    let certificates = [issuing.certificate.der(), leaf.certificate.der()];
    let all = [Sm2Variant::EmptyId, Sm2Variant::WithoutZ];
    let crls = Crls::default();
    for bytes in &signed {
        let e = sm2.e(DEFAULT_ID, &[bytes]).unwrap();
        let behind = |id: &[u8]| [&sm2.z(id).unwrap()[..], bytes].concat();
        for content in [
            bytes.clone(),
            behind(DEFAULT_ID),
            behind(b""),
            e.to_vec(),
            sm3(bytes).to_vec(),
        ] {
            let signature = leaf.key.sign(bytes);
            let bare = signer_info(
                &leaf.certificate,
                &version,
                &digest,
                &[],
                &signing,
                &signature,
            );
            let cms = signed_data(&certificates, &[bare], Some(&content));
            for variants in [&[][..], &all[..1], &all[1..], &all] {
                for allow_without_attributes in [false, true] {
                    let policy = PathPolicy {
                        sm2_variants: variants,
                        ..PathPolicy::new(&[], &[], &crls, NOW)
                    };
                    let options = Options {
                        check_trust: false,
                        allow_without_attributes,
                        ..Options::new(policy)
                    };
                    let judged = verify(&cms, &options).unwrap();
                    assert!(!judged.valid, "{variants:?} {content:02x?}");
                }
            }
        }
    }
    // What Z makes of a content is told, and is fatal only without attributes.
    let bytes = &signed[0];
    let content = [&sm2.z(DEFAULT_ID).unwrap()[..], bytes].concat();
    let signature = leaf.key.sign(bytes);
    let bare = signer_info(
        &leaf.certificate,
        &version,
        &digest,
        &[],
        &signing,
        &signature,
    );
    let cms = signed_data(&certificates, &[bare], Some(&content));
    let mut options = Options::new(PathPolicy {
        sm2_variants: &all,
        ..PathPolicy::new(&[], &[], &crls, NOW)
    });
    options.check_trust = false;
    options.allow_without_attributes = true;
    let judged = verify(&cms, &options).unwrap();
    assert_eq!(fatal(&judged.findings), ["signature-non-standard"]);
    assert!(judged.findings.iter().all(|finding| {
        finding.severity != Severity::Fatal
            || matches!(&finding.error, Error::SignatureNonStandard { variant } if variant == "without-z")
    }));
}

//! CMS as the product makes them, as the field makes them, and forgeries.

use super::*;
use crate::attributes;
use crate::hash;
use crate::login;
use crate::testing::{Identity, NOW, OpenSsl, Profile, TestKey, chain, codes, fatal};
use crate::trust::{Anchor, Crls, PathPolicy, Sm2Variant};
use base64ct::Encoding;
use std::process::Command;
use yinxin_proto::Error;
use yinxin_proto::page::Purpose;
use yinxin_proto::site::Origin;

/// Judges without trust, which has tests of its own.
fn judge(cms: &[u8], content: Option<&[u8]>, change: fn(&mut Options<'_>)) -> Judgement {
    let crls = Crls::default();
    let mut options = Options::new(PathPolicy::new(&[], &[], &crls, NOW));
    options.check_trust = false;
    options.content = content.map(Content::Bytes);
    change(&mut options);
    verify(cms, &options).unwrap()
}

fn fatal_of(cms: &[u8], content: Option<&[u8]>) -> Vec<&'static str> {
    fatal(&judge(cms, content, |_| {}).findings)
}

/// A CMS put together freely.
struct Loose<'a> {
    content: Option<&'a [u8]>,
    content_type: der::asn1::ObjectIdentifier,
    certificates: &'a [&'a Certificate],
    signer: &'a Certificate,
    digest: der::asn1::ObjectIdentifier,
    /// DER SET OF Attribute.
    attributes: Option<&'a [u8]>,
    signing: der::asn1::ObjectIdentifier,
    signature: &'a [u8],
}

impl Loose<'_> {
    fn build(&self) -> Vec<u8> {
        let identifier = |kind| asn1::element(tag::SEQUENCE, &[&asn1::oid(kind)]);
        let attributes = self.attributes.map_or(Vec::new(), |set| {
            let mut set = set.to_vec();
            set[0] = tag::CONTEXT_0;
            set
        });
        let serial = asn1::element(tag::INTEGER, &[self.signer.serial()]);
        let sid = asn1::element(tag::SEQUENCE, &[self.signer.issuer().der(), &serial]);
        let signer = asn1::element(
            tag::SEQUENCE,
            &[
                &[2, 1, 1],
                &sid,
                &identifier(self.digest),
                &attributes,
                &identifier(self.signing),
                &asn1::element(tag::OCTET_STRING, &[self.signature]),
            ],
        );
        let content = self.content.map_or(Vec::new(), |content| {
            asn1::element(
                tag::CONTEXT_0,
                &[&asn1::element(tag::OCTET_STRING, &[content])],
            )
        });
        let certificates: Vec<u8> = self
            .certificates
            .iter()
            .flat_map(|c| c.der().to_vec())
            .collect();
        let data = asn1::element(
            tag::SEQUENCE,
            &[
                &[2, 1, 1],
                &asn1::element(tag::SET, &[&identifier(self.digest)]),
                &asn1::element(tag::SEQUENCE, &[&asn1::oid(self.content_type), &content]),
                &asn1::element(tag::CONTEXT_0, &[&certificates]),
                &asn1::element(tag::SET, &[&signer]),
            ],
        );
        let explicit = asn1::element(tag::CONTEXT_0, &[&data]);
        asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::GM_SIGNED_DATA), &explicit])
    }

    fn of<'a>(identity: &'a Identity, certificates: &'a [&'a Certificate]) -> Loose<'a> {
        Loose {
            content: None,
            content_type: oid::GM_DATA,
            certificates,
            signer: &identity.certificate,
            digest: oid::SM3,
            attributes: None,
            signing: oid::SM2_SIGN,
            signature: &[],
        }
    }
}

#[test]
fn what_the_product_makes_verifies_in_every_input_form() {
    let content = b"content";
    for key in TestKey::all() {
        let (_, _, leaf) = chain(key);
        let detached = leaf.cms(content);
        let attached = leaf.cms_attached(content);
        let base64 = base64ct::Base64::encode_string(&detached);
        let pem = format!("-----BEGIN CMS-----\n{base64}\n-----END CMS-----\n");
        for cms in [&detached[..], base64.as_bytes(), pem.as_bytes()] {
            let judged = judge(cms, Some(content), |_| {});
            assert!(judged.valid, "{:?}", judged.findings);
            assert_eq!(judged.signers[0].claimed_time, Some(NOW));
        }
        let judged = judge(&attached, None, |_| {});
        assert!(judged.valid, "{:?}", judged.findings);
        assert_eq!(judged.content.bytes, Some(content.to_vec()));
        assert!(judge(&attached, Some(content), |_| {}).valid);
        assert_eq!(fatal_of(&attached, Some(b"other")), ["content-changed"]);
        assert_eq!(fatal_of(&detached, Some(b"other")), ["content-changed"]);
        assert_eq!(fatal_of(&detached, None), ["content-missing"]);
    }
}

/// Of two certificates with one key whose numbers differ in the sign octet, the one that is named.
#[test]
fn a_signer_is_found_by_its_number_before_one_that_lost_its_sign() {
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let with_serial = |serial: &[u8]| {
        let profile = Profile {
            serial: serial.to_vec(),
            ..Profile::unit()
        };
        issuing.issue(TestKey::sm2(1), &profile)
    };
    let numbers: [&[u8]; 2] = [&[0, 0x90, 0xab], &[0x90, 0xab]];
    let [positive, negative] = numbers.map(with_serial);
    for signer in [&positive, &negative] {
        let attributes = signer.attributes(b"content");
        let signature = signer.key.sign(&attributes);
        for certificates in [
            &[&positive.certificate, &negative.certificate][..],
            &[&negative.certificate, &positive.certificate],
        ] {
            let cms = Loose {
                attributes: Some(&attributes),
                signature: &signature,
                ..Loose::of(signer, certificates)
            };
            let judged = judge(&cms.build(), Some(b"content"), |_| {});
            assert!(judged.valid, "{:?}", judged.findings);
            let found = judged.signers[0].certificate.as_ref().unwrap();
            assert_eq!(*found, signer.certificate);
        }
    }
    // Alone, the other one is taken for it, and its attributes tell.
    let attributes = positive.attributes(b"content");
    let certificates = [&negative.certificate];
    let alone = Loose {
        attributes: Some(&attributes),
        signature: &positive.key.sign(&attributes),
        ..Loose::of(&positive, &certificates)
    };
    let codes = fatal_of(&alone.build(), Some(b"content"));
    assert_eq!(codes, ["signing-certificate-mismatch"]);
}

#[test]
fn digests_stand_for_content_that_is_too_large() {
    let (_, _, leaf) = chain(TestKey::sm2(1));
    let content = vec![b'x'; crate::content_guard::HEAD_BYTES + 9];
    let cms = leaf.cms(&content);
    let crls = Crls::default();
    let judge = |head| {
        let mut options = Options::new(PathPolicy::new(&[], &[], &crls, NOW));
        options.check_trust = false;
        options.content = Some(Content::Digests {
            digests: hash::Digests::of(&content),
            size: content.len() as u64,
            head,
        });
        fatal(&verify(&cms, &options).unwrap().findings)
    };
    assert!(judge(&content[..crate::content_guard::HEAD_BYTES]).is_empty());
    assert_eq!(
        judge(&content[..9]),
        ["content-refused"],
        "the head is too short to judge"
    );
}

#[test]
fn trust_is_judged_where_anchors_are_given() {
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let cms = leaf.cms(b"content");
    let crls = Crls::default();
    let judge = |anchors: &[Anchor], intermediates: &[Certificate]| {
        let mut options = Options::new(PathPolicy::new(anchors, intermediates, &crls, NOW));
        options.content = Some(Content::Bytes(b"content"));
        verify(&cms, &options).unwrap().findings
    };
    let (root, issuing) = ([root.certificate.into()], [issuing.certificate]);
    assert_eq!(codes(&judge(&root, &issuing)), ["crl-missing"; 2]);
    assert_eq!(fatal(&judge(&root, &[])), ["issuer-unknown"]);
    assert_eq!(fatal(&judge(&[], &issuing)), ["issuer-unknown"]);
}

#[test]
fn no_changed_byte_passes_unseen() {
    let content = b"content";
    for key in [TestKey::sm2(1), TestKey::p256(2)] {
        let (_, _, leaf) = chain(key);
        let cms = leaf.cms_attached(content);
        let crls = Crls::default();
        let options = Options {
            check_trust: false,
            content: Some(Content::Bytes(content)),
            ..Options::new(PathPolicy::new(&[], &[], &crls, NOW))
        };
        let original = verify(&cms, &options).unwrap();
        let mut accepted = 0;
        for at in 0..cms.len() {
            let mut changed = cms.clone();
            changed[at] ^= 0x01;
            // What still passes may differ only where nothing is signed: the CMS's own versions,
            // digest set, algorithm parameters and content type names outside of the attributes.
            if let Ok(judged) = verify(&changed, &options)
                && judged.valid
            {
                accepted += 1;
                let (a, b) = (&judged.signers[0], &original.signers[0]);
                assert_eq!(a.signed_attributes, b.signed_attributes, "byte {at}");
                assert_eq!(a.certificate, b.certificate, "byte {at}");
                assert_eq!(judged.content.bytes, original.content.bytes, "byte {at}");
            }
        }
        assert!(accepted < 40, "{accepted} bytes are not covered");
    }
}

#[test]
fn every_truncation_is_an_error_and_no_panic() {
    let (_, _, leaf) = chain(TestKey::sm2(1));
    let cms = leaf.cms(b"content");
    let crls = Crls::default();
    let options = Options::new(PathPolicy::new(&[], &[], &crls, NOW));
    for length in 0..cms.len() {
        let error = verify(&cms[..length], &options).unwrap_err();
        assert_eq!(error.code(), "cms-unreadable", "{length}");
    }
}

#[test]
fn shapes_of_the_field_are_read_and_named() {
    let (_, _, leaf) = chain(TestKey::sm2(1));
    let content = b"content";
    let certificates = [&leaf.certificate];
    let set = leaf.attributes(content);
    let strict = leaf.key.sign(&set);
    let key = crate::sm2::Sm2Key::from_point(&leaf.key.point()).unwrap();

    // s as a negative INTEGER: the leading 00 is missing. A signature with a high s is needed.
    let (high, high_set) = (0..)
        .map(|seconds| {
            let digest = hash::sm3(content);
            let time = Some(NOW.plus(seconds));
            let set =
                attributes::build(SignatureAlgorithm::Sm2Sm3, &leaf.certificate, &digest, time);
            let signature = leaf.key.sign(&set);
            (
                crate::key::EcSignature::<32>::from_der(&signature)
                    .unwrap()
                    .to_raw(),
                set,
            )
        })
        .find(|(raw, _)| raw[32] & 0x80 != 0)
        .unwrap();
    let negative = asn1::element(
        tag::SEQUENCE,
        &[
            &asn1::unsigned(&high[..32]),
            &asn1::element(tag::INTEGER, &[&high[32..]]),
        ],
    );
    let with = |signature: &[u8], attributes: Option<&[u8]>| {
        Loose {
            signature,
            attributes,
            ..Loose::of(&leaf, &certificates)
        }
        .build()
    };
    let judged = judge(&with(&negative, Some(&high_set)), Some(content), |_| {});
    assert!(judged.valid, "{:?}", judged.findings);
    assert!(codes(&judged.findings).contains(&"integer-odd"));
    let raw = judge(&with(&high, Some(&high_set)), Some(content), |_| {});
    assert!(raw.valid, "{:?}", raw.findings);

    // Without Z, and with the empty user id.
    let without_z = leaf.key.sign_e(&hash::sm3(&set));
    let empty_id = leaf.key.sign_e(&key.e(b"", &[&set]).unwrap());
    for (signature, variant) in [
        (without_z, Sm2Variant::WithoutZ),
        (empty_id, Sm2Variant::EmptyId),
    ] {
        let cms = with(&signature, Some(&set));
        assert_eq!(fatal_of(&cms, Some(content)), ["signature-non-standard"]);
        // Valid only where the caller asks for it by name.
        let crls = Crls::default();
        for (accepted, valid) in [
            (&[variant][..], true),
            (&[Sm2Variant::EmptyId, Sm2Variant::WithoutZ], true),
            (&[], false),
        ] {
            let policy = PathPolicy {
                sm2_variants: accepted,
                ..PathPolicy::new(&[], &[], &crls, NOW)
            };
            let options = Options {
                content: Some(Content::Bytes(content)),
                check_trust: false,
                ..Options::new(policy)
            };
            assert_eq!(verify(&cms, &options).unwrap().valid, valid);
        }
    }

    // The content is e itself.
    let e = hash::sm3(b"something");
    let signature_over_e = leaf.key.sign_e(&e);
    let over_e = Loose {
        content: Some(&e),
        signature: &signature_over_e,
        ..Loose::of(&leaf, &certificates)
    };
    let judged = judge(&over_e.build(), None, |o| o.allow_without_attributes = true);
    assert_eq!(fatal(&judged.findings), ["signature-non-standard"]);
    assert_eq!(
        fatal_of(&over_e.build(), None),
        ["signed-attributes-missing"]
    );

    // The other OIDs for the same algorithm.
    for signing in [oid::SM2_CURVE, oid::SM2_WITH_SM3] {
        let odd = Loose {
            signing,
            attributes: Some(&set),
            signature: &strict,
            ..Loose::of(&leaf, &certificates)
        };
        let judged = judge(&odd.build(), Some(content), |_| {});
        assert!(judged.valid);
        assert!(codes(&judged.findings).contains(&"encoding-odd"));
    }

    // No certificate, or another one.
    let (_, _, other) = chain(TestKey::sm2(8));
    let other_profile = Profile {
        serial: vec![9, 9],
        ..Profile::unit()
    };
    let other = Identity::self_signed(other.key, &other_profile);
    for certificates in [&[][..], &[&other.certificate]] {
        let odd = Loose {
            certificates,
            attributes: Some(&set),
            signature: &strict,
            ..Loose::of(&leaf, certificates)
        };
        assert_eq!(
            fatal_of(&odd.build(), Some(content)),
            ["signer-certificate-missing"]
        );
    }

    // Without attributes, by name.
    let bare = leaf.key.sign(content);
    let judged = judge(&with(&bare, None), Some(content), |o| {
        o.allow_without_attributes = true
    });
    assert!(judged.valid, "{:?}", judged.findings);
    assert_eq!(
        fatal_of(&with(&bare, None), Some(content)),
        ["signed-attributes-missing"]
    );
}

/// The order of DER is what is signed (RFC 5652, 5.4); some sign the order in which they write.
#[test]
fn signed_attributes_out_of_order_hold_in_either_order() {
    for key in [TestKey::sm2(1), TestKey::p256(2)] {
        let leaf = Identity::self_signed(key, &Profile::unit());
        let content = b"content";
        let sorted = leaf.attributes(content);
        let mut elements = Vec::new();
        let mut reader = asn1::single(&sorted, tag::SET, "").unwrap().children();
        while let Ok(element) = reader.read() {
            elements.push(element.raw);
        }
        elements.reverse();
        let reversed = asn1::element(tag::SET, &elements);
        let (kind, digest, signing) = algorithms(leaf.key.algorithm());
        let _ = kind;
        for (signed, holds) in [(&sorted, true), (&reversed, true), (&b"31".to_vec(), false)] {
            let signature = leaf.key.sign(signed);
            let signer = signer_info(
                &leaf.certificate,
                &asn1::unsigned(&[1]),
                &digest,
                &reversed,
                &signing,
                &signature,
            );
            let mut cms = crate::testing::signed_data(&[leaf.certificate.der()], &[signer], None);
            if leaf.key.algorithm() != SignatureAlgorithm::Sm2Sm3 {
                cms = assemble(
                    leaf.key.algorithm(),
                    &leaf.certificate,
                    &reversed,
                    &signature,
                    None,
                )
                .head;
            }
            let judged = judge(&cms, Some(content), |_| {});
            assert_eq!(judged.valid, holds, "{:?}", judged.findings);
            assert!(codes(&judged.findings).contains(&"encoding-odd"));
            if holds {
                let told = judged.signers[0].signed_attributes.as_ref().unwrap();
                assert_eq!(told, signed);
            }
        }
    }
}

/// An OFD signature of the kind Sign: what was signed is the digest of the file.
#[test]
fn a_signature_over_the_digest_is_told_and_accepted_by_name_only() {
    let (_, _, leaf) = chain(TestKey::sm2(1));
    let file = b"<ofd:Signature/>";
    let digest = hash::sm3(file);
    let text = base64ct::Base64::encode_string(&digest);
    let certificates = [&leaf.certificate];
    for form in [&digest[..], text.as_bytes()] {
        let set = leaf.attributes(form);
        let (over_set, over_form) = (leaf.key.sign(&set), leaf.key.sign(form));
        for (attached, attributes) in [(true, true), (true, false), (false, true), (false, false)] {
            let cms = Loose {
                content: attached.then_some(form),
                attributes: attributes.then_some(&set[..]),
                signature: if attributes { &over_set } else { &over_form },
                ..Loose::of(&leaf, &certificates)
            }
            .build();
            let bare = |o: &mut Options<'_>| o.allow_without_attributes = true;
            let judged = judge(&cms, Some(file), bare);
            assert!(!judged.valid);
            assert_eq!(fatal(&judged.findings), ["content-is-digest"]);
            assert!(judged.summary.zh.contains("签的是该文件的 SM3 摘要"));
            assert!(!judged.summary.zh.contains("不一致"));
            // By name, and the finding stays.
            let asked = |o: &mut Options<'_>| {
                o.allow_without_attributes = true;
                o.allow_digest_of_content = true;
            };
            let judged = judge(&cms, Some(file), asked);
            assert!(judged.valid, "{:?}", judged.findings);
            assert!(codes(&judged.findings).contains(&"content-is-digest"));
            assert!(judged.summary.zh.contains("签的是该文件的 SM3 摘要"));
            assert!(!judged.summary.en.contains("the content is what was signed"));
            // Whatever is asked for: of another file it is none.
            for asked in [bare as fn(&mut Options<'_>), asked] {
                let judged = judge(&cms, Some(b"other"), asked);
                let found = fatal(&judged.findings);
                let expected = if attached || attributes {
                    "content-changed"
                } else {
                    "signature-invalid"
                };
                assert_eq!(found, [expected]);
            }
            // With digests alone.
            let crls = Crls::default();
            let mut options = Options::new(PathPolicy::new(&[], &[], &crls, NOW));
            options.check_trust = false;
            options.allow_without_attributes = true;
            options.content = Some(Content::Digests {
                digests: hash::Digests::of(file),
                size: file.len() as u64,
                head: file,
            });
            let judged = verify(&cms, &options).unwrap();
            assert_eq!(fatal(&judged.findings), ["content-is-digest"]);
        }
    }
    // The digest itself as message digest of an attached one.
    let mut judged = Vec::new();
    for content in [&digest[..], b"another content of thirty-two b."] {
        let digest = <[u8; 32]>::try_from(content).unwrap();
        let set = attributes::build(SignatureAlgorithm::Sm2Sm3, &leaf.certificate, &digest, None);
        let cms = Loose {
            content: Some(content),
            attributes: Some(&set),
            signature: &leaf.key.sign(&set),
            ..Loose::of(&leaf, &certificates)
        };
        judged.push(fatal_of(&cms.build(), Some(file)));
    }
    assert_eq!(judged[0], ["content-is-digest", "content-is-digest"]);
    assert_eq!(judged[1], ["content-changed", "content-changed"]);
}

#[test]
fn two_names_of_the_content_are_told_and_accepted_by_name_only() {
    let (_, _, leaf) = chain(TestKey::sm2(1));
    let content = b"content";
    let certificates = [&leaf.certificate];
    let set = leaf.attributes(content);
    let signature = leaf.key.sign(&set);
    for (inside, accepted) in [
        (oid::GM_DATA, None),
        (oid::DATA, Some(true)),
        (oid::SIGNED_DATA, Some(false)),
    ] {
        let cms = Loose {
            content: Some(content),
            content_type: inside,
            attributes: Some(&set),
            signature: &signature,
            ..Loose::of(&leaf, &certificates)
        }
        .build();
        let judged = judge(&cms, None, |_| {});
        assert_eq!(judged.valid, accepted.is_none());
        if let Some(accepted) = accepted {
            let told = &judged.findings[0];
            let expected = Error::ContentTypeMismatch {
                content: inside.to_string(),
                attribute: oid::GM_DATA.to_string(),
            };
            assert_eq!(told.error, expected);
            let judged = judge(&cms, None, |o| o.allow_mixed_content_types = true);
            assert_eq!(judged.valid, accepted);
            assert!(codes(&judged.findings).contains(&"content-type-mismatch"));
        }
        // GM/T 0010's SignedData of PKCS #7's data is noted.
        let noted = judged
            .findings
            .iter()
            .any(|told| told.place.as_deref() == Some("contentType"));
        assert_eq!(noted, inside == oid::DATA);
    }
}

#[test]
fn another_certificate_of_the_same_name_does_not_take_a_signature_over() {
    let (_, issuing, leaf) = chain(TestKey::sm2(1));
    // The same key, issuer and serial number, another content: only signingCertificateV2 tells.
    let twin = Profile {
        not_after: NOW.plus(999),
        ..Profile::unit()
    };
    let twin = issuing.issue(leaf.key.clone(), &twin);
    let set = leaf.attributes(b"content");
    let certificates = [&twin.certificate];
    let signature = leaf.key.sign(&set);
    let cms = Loose {
        attributes: Some(&set),
        signature: &signature,
        ..Loose::of(&twin, &certificates)
    };
    assert_eq!(
        fatal_of(&cms.build(), Some(b"content")),
        ["signing-certificate-mismatch"]
    );
}

/// signingCertificate of RFC 2634, which names certificates by SHA-1, and the second version beside it.
/// OpenSSL judges the same messages.
#[test]
fn a_signing_certificate_of_either_version_must_name_the_signer() {
    let key = TestKey::p256(2);
    let long = Profile {
        not_before: NOW.plus(-3650 * yinxin_proto::time::DAY),
        not_after: NOW.plus(3650 * yinxin_proto::time::DAY),
        ..Profile::unit()
    };
    let leaf = Identity::self_signed(key.clone(), &long);
    let twin = Profile {
        not_after: NOW.plus(999),
        ..long.clone()
    };
    let twin = Identity::self_signed(key, &twin).certificate;
    let sequence = |parts: &[&[u8]]| asn1::element(tag::SEQUENCE, parts);
    let sha1 = |certificate: &Certificate| {
        let digest = hash::digest_of_any(oid::SHA1, certificate.der()).unwrap();
        asn1::element(tag::OCTET_STRING, &[&digest])
    };
    let issuer_serial = |issuer: &[u8], serial: &[u8]| {
        let name = asn1::element(0xa4, &[issuer]);
        sequence(&[&sequence(&[&name]), &asn1::element(tag::INTEGER, &[serial])])
    };
    let own = &leaf.certificate;
    let right = issuer_serial(own.issuer().der(), own.serial());
    let other_name = crate::testing::name(&[(oid::COMMON_NAME, "other")]);
    let listed = |ids: &[&[u8]]| sequence(&[&sequence(ids)]);
    let one = |parts: &[&[u8]]| listed(&[&sequence(parts)]);
    let v1 = |value: &[u8]| vec![(oid::SIGNING_CERTIFICATE, value.to_vec())];
    let v2 = |certificate: &Certificate| {
        let digest = asn1::element(tag::OCTET_STRING, &[certificate.sha256()]);
        (oid::SIGNING_CERTIFICATE_V2, one(&[&digest]))
    };
    let with_v2 = |certificate: &Certificate, of: &Certificate| {
        let mut both = v1(&one(&[&sha1(certificate)]));
        both.push(v2(of));
        both
    };
    let padded = [&[0; 2], own.serial()].concat();
    let cases = [
        ("its own", v1(&one(&[&sha1(own)])), true),
        ("with issuer", v1(&one(&[&sha1(own), &right])), true),
        ("both versions", with_v2(own, own), true),
        ("another's", v1(&one(&[&sha1(&twin)])), false),
        (
            "another's with issuer",
            v1(&one(&[&sha1(&twin), &right])),
            false,
        ),
        ("another's beside v2", with_v2(&twin, own), false),
        ("its own beside another v2", with_v2(own, &twin), false),
        (
            "another serial",
            v1(&one(&[
                &sha1(own),
                &issuer_serial(own.issuer().der(), &[0x12, 0x35]),
            ])),
            false,
        ),
        (
            "another issuer",
            v1(&one(&[
                &sha1(own),
                &issuer_serial(&other_name, own.serial()),
            ])),
            false,
        ),
        ("none", v1(&listed(&[])), false),
        ("no SEQUENCE", v1(&sha1(own)), false),
        ("a digest alone", v1(&listed(&[&sha1(own)])), false),
        (
            "something behind",
            v1(&one(&[&sha1(own), &right, &right])),
            false,
        ),
        (
            "with an algorithm",
            v1(&one(&[&sequence(&[&asn1::oid(oid::SHA1)]), &sha1(own)])),
            false,
        ),
    ];
    let openssl = OpenSsl::new("ess");
    let cms = |extra: &[(der::asn1::ObjectIdentifier, Vec<u8>)]| {
        let attribute = |(kind, value): &(_, Vec<u8>)| {
            let values = asn1::element(tag::SET, &[value]);
            sequence(&[&asn1::oid(*kind), &values])
        };
        let digest = asn1::element(tag::OCTET_STRING, &[&hash::sha256(b"content")]);
        let basic = [
            (oid::CONTENT_TYPE, asn1::oid(oid::DATA)),
            (oid::MESSAGE_DIGEST, digest),
        ];
        let set = asn1::set_of(basic.iter().chain(extra).map(attribute).collect());
        let signature = leaf.key.sign(&set);
        assemble(leaf.key.algorithm(), own, &set, &signature, None).head
    };
    for (what, extra, holds) in &cases {
        let cms = cms(extra);
        let expected: &[_] = if *holds {
            &[]
        } else {
            &["signing-certificate-mismatch"]
        };
        assert_eq!(fatal_of(&cms, Some(b"content")), expected, "{what}");
        if let Some(openssl) = &openssl {
            let anchor = openssl.write("anchor", leaf.pem().as_bytes());
            let content = openssl.write("content", b"content");
            let cms = openssl.write("cms", &cms);
            let (judged, words) = OpenSsl::run(&[
                "cms",
                "-verify",
                "-cades",
                "-binary",
                "-purpose",
                "any",
                "-inform",
                "DER",
                "-in",
                &cms,
                "-content",
                &content,
                "-CAfile",
                &anchor,
                "-out",
                "/dev/null",
            ]);
            assert_eq!(judged, *holds, "{what}: {words}");
        }
    }
    // The issuer's certificate may follow, a number may be padded, and nothing may stand twice.
    let followed = listed(&[&sequence(&[&sha1(own)]), &sequence(&[&sha1(&twin)])]);
    let padded = one(&[&sha1(own), &issuer_serial(own.issuer().der(), &padded)]);
    for value in [followed, padded] {
        assert!(fatal_of(&cms(&v1(&value)), Some(b"content")).is_empty());
    }
    let twice = [v1(&one(&[&sha1(own)])), v1(&one(&[&sha1(own)]))].concat();
    assert_eq!(
        fatal_of(&cms(&twice), Some(b"content")),
        ["attributes-refused"]
    );
}

/// A login offered as a CMS, in each way that could work.
#[test]
fn a_forged_signature_from_a_login_fails() {
    let origin = Origin::parse("https://portal.example").unwrap();
    let challenge = "abcdefghijklmnopqrstuvwxyz012345";
    for key in TestKey::all() {
        let (_, _, leaf) = chain(key);
        let certificates = [&leaf.certificate];
        let proof_bytes =
            login::to_be_signed(&origin, Purpose::Login, challenge, &leaf.certificate);
        let proof = leaf.key.sign(&proof_bytes);
        let (digest, signing) = match leaf.key.algorithm() {
            SignatureAlgorithm::Sm2Sm3 => (oid::SM3, oid::SM2_SIGN),
            SignatureAlgorithm::RsaSha256 => (oid::SHA256, oid::RSA),
            SignatureAlgorithm::EcdsaP256Sha256 => (oid::SHA256, oid::ECDSA_SHA256),
        };
        let with = |content, attributes, signature| {
            Loose {
                content: Some(content),
                attributes,
                signature,
                digest,
                signing,
                content_type: content_type(leaf.key.algorithm()),
                ..Loose::of(&leaf, &certificates)
            }
            .build()
        };
        // The proof as a signature over its own bytes as content.
        let cms = with(&proof_bytes[..], None, &proof[..]);
        let mut refused = fatal_of(&cms, None);
        refused.sort_unstable();
        assert_eq!(refused, ["content-refused", "signed-attributes-missing"]);
        let allowed = judge(&cms, None, |o| o.allow_without_attributes = true);
        assert_eq!(fatal(&allowed.findings), ["content-refused"]);
        // The proof in the place of a signature over attributes.
        let set = leaf.attributes(b"content");
        assert_eq!(
            fatal_of(&with(b"content", Some(&set), &proof), None),
            ["signature-invalid"]
        );
        // Signed attributes as content: a signature over them, offered as one over content.
        let over_set = leaf.key.sign(&set);
        let cms = with(&set, None, &over_set);
        let allowed = judge(&cms, None, |o| o.allow_without_attributes = true);
        assert_eq!(fatal(&allowed.findings), ["content-refused"]);
        // The `logondata` text as a document.
        let text = attributes::logondata(challenge);
        assert_eq!(
            fatal_of(&leaf.cms(text.as_bytes()), Some(text.as_bytes())),
            ["content-refused"]
        );
    }
}

#[test]
fn the_host_accepts_attributes_of_our_form_only() {
    for key in TestKey::all() {
        let (_, issuing, leaf) = chain(key);
        let certificate = &leaf.certificate;
        let algorithm = leaf.key.algorithm();
        let digest = hash::digest(algorithm, b"content");
        let set = leaf.attributes(b"content");
        let checked = attributes::check(&set, certificate).unwrap();
        assert_eq!(checked.message_digest, digest);
        assert_eq!(checked.claimed, Some(NOW));
        let untimed = attributes::build(algorithm, certificate, &digest, None);
        assert_eq!(
            attributes::check(&untimed, certificate).unwrap().claimed,
            None
        );

        let refused = |bytes: &[u8], certificate| {
            let error = attributes::check(bytes, certificate).unwrap_err();
            assert_eq!(error.code(), "attributes-refused");
        };
        refused(&set, &issuing.certificate);
        refused(b"", certificate);
        refused(b"content", certificate);
        refused(
            &login::to_be_signed(
                &Origin::parse("https://portal.example").unwrap(),
                Purpose::Login,
                "abcdefghijklmnopqrstuvwxyz012345",
                certificate,
            ),
            certificate,
        );
        for at in 0..set.len() {
            let mut changed = set.clone();
            changed[at] ^= 0x01;
            // Only another digest or time is still of the form.
            if let Ok(other) = attributes::check(&changed, certificate) {
                assert_ne!(other, checked, "byte {at}");
            }
            refused(&set[..at], certificate);
        }
        refused(&[&set[..], &[0]].concat(), certificate);
        // A further attribute, and one twice.
        let mut reader = asn1::single(&set, tag::SET, "").unwrap().children();
        let mut all = Vec::new();
        while !reader.is_empty() {
            all.push(reader.read().unwrap().raw.to_vec());
        }
        let extra = asn1::element(
            tag::SEQUENCE,
            &[&asn1::oid(oid::EMAIL), &[tag::SET, 2, 5, 0]],
        );
        refused(
            &asn1::set_of([all.clone(), vec![extra]].concat()),
            certificate,
        );
        refused(
            &asn1::set_of([all.clone(), vec![all[0].clone()]].concat()),
            certificate,
        );
        // Not in the order of DER.
        all.reverse();
        let pieces: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
        refused(&asn1::element(tag::SET, &pieces), certificate);

        let challenge = "abcdefghijklmnopqrstuvwxyz012345";
        let logon = leaf.attributes(attributes::logondata(challenge).as_bytes());
        attributes::check_logondata(&logon, certificate, challenge).unwrap();
        assert!(attributes::check_logondata(&set, certificate, challenge).is_err());
        let other = "abcdefghijklmnopqrstuvwxyz012346";
        assert!(attributes::check_logondata(&logon, certificate, other).is_err());
    }
}

/// OpenSSL judges: the whole CMS for RSA and P-256, the signature over the attributes for SM2
/// (`cms -verify` of OpenSSL 3 assumes an empty user id there).
#[test]
fn openssl_agrees() {
    let available = Command::new("openssl")
        .arg("version")
        .output()
        .is_ok_and(|o| o.status.success());
    if !available {
        yinxin_testing::skipped("no OpenSSL");
        return;
    }
    let folder = std::env::temp_dir().join(format!("yinxin-pki-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let content = write("content", "投标文件\r\n".as_bytes());
    let other = write("other", b"other");
    for key in TestKey::all() {
        let self_signed = Identity::self_signed(
            key,
            &Profile {
                not_before: NOW.plus(-3650 * yinxin_proto::time::DAY),
                not_after: NOW.plus(3650 * yinxin_proto::time::DAY),
                ..Profile::unit()
            },
        );
        let bytes = std::fs::read(&content).unwrap();
        let detached = self_signed.cms(&bytes);
        if self_signed.key.algorithm() == SignatureAlgorithm::Sm2Sm3 {
            let set = write("attributes", &self_signed.attributes(&bytes));
            let key = write("key", &self_signed.key.spki());
            let crls = Crls::default();
            let mut options = Options::new(PathPolicy::new(&[], &[], &crls, NOW));
            options.check_trust = false;
            options.content = Some(Content::Bytes(&bytes));
            let judged = verify(&detached, &options).unwrap();
            let signature = write("signature", &judged.signers[0].signature);
            let id = "distid:1234567812345678";
            let check = |data: &str| {
                openssl(&[
                    "dgst",
                    "-sm3",
                    "-keyform",
                    "DER",
                    "-verify",
                    &key,
                    "-sigopt",
                    id,
                    "-signature",
                    &signature,
                    data,
                ])
            };
            let (holds, words) = check(&set);
            assert!(holds, "{words}");
            assert!(!check(&content).0);
            // And its structure reads as a CMS.
            let cms = write("cms", &detached);
            let (parsed, words) = openssl(&["asn1parse", "-inform", "DER", "-in", &cms]);
            assert!(parsed, "{words}");
            continue;
        }
        let anchor = write("anchor", self_signed.certificate.der());
        let pem = folder.join("anchor.pem");
        let pem = pem.to_str().unwrap();
        openssl(&["x509", "-inform", "DER", "-in", &anchor, "-out", pem]);
        let check = |cms: &[u8], detached_content: Option<&str>| {
            let cms = write("cms", cms);
            let mut arguments = vec!["cms", "-verify", "-binary", "-inform", "DER", "-in", &cms];
            arguments.extend([
                "-CAfile",
                pem,
                "-purpose",
                "any",
                "-out",
                "/dev/null",
                "-cades",
            ]);
            arguments.extend(
                detached_content
                    .into_iter()
                    .flat_map(|path| ["-content", path]),
            );
            openssl(&arguments)
        };
        let (holds, words) = check(&detached, Some(&content));
        assert!(holds, "{words}");
        assert!(!check(&detached, Some(&other)).0);
        let (holds, words) = check(&self_signed.cms_attached(&bytes), None);
        assert!(holds, "{words}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Whoever accepts a signature over a digest has the file judged as if it were signed itself.
#[test]
fn a_signed_digest_of_what_no_document_may_be_is_refused() {
    let (_, _, leaf) = chain(TestKey::sm2(1));
    let certificates = [&leaf.certificate];
    let asked = |o: &mut Options<'_>| {
        o.allow_without_attributes = true;
        o.allow_digest_of_content = true;
    };
    for (file, found) in [
        (&b"a contract"[..], &[][..]),
        (b"LOGONDATA:challenge", &["content-refused"]),
    ] {
        let digest = hash::sm3(file);
        let signature = leaf.key.sign(&digest);
        for attached in [true, false] {
            let cms = Loose {
                content: attached.then_some(&digest[..]),
                signature: &signature,
                ..Loose::of(&leaf, &certificates)
            };
            let judged = judge(&cms.build(), Some(file), asked);
            assert_eq!(fatal(&judged.findings), found, "{attached}");
        }
    }
}

#[test]
fn attributes_without_a_digest_say_nothing_of_the_content() {
    let (_, _, leaf) = chain(TestKey::sm2(1));
    let set = asn1::single(&leaf.attributes(b"content"), tag::SET, "")
        .map(|set| {
            let mut elements = Vec::new();
            let mut inside = set.children();
            while let Ok(element) = inside.read() {
                let kind = element.children().read().unwrap().oid().unwrap();
                if kind != oid::MESSAGE_DIGEST {
                    elements.push(element.raw.to_vec());
                }
            }
            asn1::set_of(elements)
        })
        .unwrap();
    let certificates = [&leaf.certificate];
    let cms = Loose {
        attributes: Some(&set),
        signature: &leaf.key.sign(&set),
        ..Loose::of(&leaf, &certificates)
    };
    let judged = judge(&cms.build(), Some(b"content"), |_| {});
    assert_eq!(fatal(&judged.findings), ["attributes-refused"]);
}

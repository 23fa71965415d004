//! Logins that hold, and everything that could be tried instead.

use super::*;
use crate::asn1;
use crate::oid;
use crate::testing::work;
use crate::testing::{Identity, NOW, Profile, TestKey, chain, codes, fatal, signed_data};
use crate::trust::{CrlPolicy, Crls, Sm2Variant};
use yinxin_proto::Base64;

const ORIGIN: &str = "https://portal.example";

/// A portal with its trust, and a visitor.
struct Scene {
    root: Certificate,
    issuing: Identity,
    leaf: Identity,
    challenge: Challenge,
}

impl Scene {
    fn new(key: TestKey) -> Self {
        let (root, issuing, leaf) = chain(key);
        Self {
            root: root.certificate,
            issuing,
            leaf,
            challenge: new_challenge(ORIGIN, Purpose::Login, "session", &[7; 32], NOW, None)
                .unwrap(),
        }
    }

    /// A proof as the extension makes it on some site.
    fn proof(&self, origin: &str, purpose: Purpose) -> LoginProof {
        let certificate = &self.leaf.certificate;
        let origin = Origin::parse(origin).unwrap();
        let bytes = to_be_signed(&origin, purpose, &self.challenge.challenge, certificate);
        LoginProof {
            format: LoginFormat::Yinxin,
            version: VERSION,
            algorithm: self.leaf.key.algorithm(),
            certificate: Base64(certificate.der().to_vec()),
            signature: Base64(self.leaf.key.sign(&bytes)),
        }
    }

    fn good(&self) -> LoginProof {
        self.proof(ORIGIN, Purpose::Login)
    }

    fn logondata(&self, format: LoginFormat) -> LoginProof {
        let content = logondata(&self.challenge.challenge);
        let cms = match format {
            LoginFormat::LogondataDetached => self.leaf.cms(content.as_bytes()),
            _ => self.leaf.cms_attached(content.as_bytes()),
        };
        LoginProof {
            format,
            signature: Base64(cms),
            ..self.good()
        }
    }

    fn judge(&self, proof: &LoginProof, change: impl Fn(&mut Expected<'_>)) -> Judgement {
        let anchors = [self.root.clone().into()];
        let intermediates = [self.issuing.certificate.clone()];
        let issuers = [Issuer::from(&self.issuing.certificate)];
        let crls = Crls::default();
        let mut expected = Expected {
            challenge: &self.challenge,
            origin: ORIGIN,
            purpose: Purpose::Login,
            session: "session",
            formats: &[LoginFormat::Yinxin],
            clock_skew: 0,
            policy: PathPolicy {
                issuers: Some(&issuers),
                ..PathPolicy::new(&anchors, &intermediates, &crls, NOW)
            },
        };
        change(&mut expected);
        verify(proof, &expected).unwrap()
    }

    fn refusal(&self, proof: &LoginProof, change: impl Fn(&mut Expected<'_>)) -> Vec<&'static str> {
        let judged = self.judge(proof, change);
        assert_eq!(judged.valid, fatal(&judged.findings).is_empty());
        fatal(&judged.findings)
    }
}

#[test]
fn the_signed_bytes_are_those_of_the_documentation() {
    let scene = Scene::new(TestKey::sm2(1));
    let origin = Origin::parse("https://a.example").unwrap();
    let bytes = to_be_signed(
        &origin,
        Purpose::Bind,
        "abcdefghijklmnop",
        &scene.leaf.certificate,
    );
    let expected = [
        &b"YINXIN-LOGIN-1\0"[..],
        b"\0\0\0\x11https://a.example",
        b"\0\0\0\x04bind",
        b"\0\0\0\x10abcdefghijklmnop",
        b"\0\0\0\x20",
        scene.leaf.certificate.sha256(),
    ]
    .concat();
    assert_eq!(bytes, expected);
}

#[test]
fn a_login_of_each_kind_of_key_holds() {
    for key in TestKey::all() {
        let scene = Scene::new(key);
        let judged = scene.judge(&scene.good(), |_| {});
        assert!(judged.valid, "{:?}", judged.findings);
        assert_eq!(codes(&judged.findings), ["crl-missing"; 2]);
        assert_eq!(judged.challenge_id, scene.challenge.id);
        let binding = judged.binding.unwrap();
        assert_eq!(binding.issuer, "CN=示例签发机构,C=CN");
        assert_eq!(
            binding.subject,
            "CN=示例采购有限公司,O=示例采购有限公司,C=CN"
        );
        let required = scene.refusal(&scene.good(), |e| e.policy.crl_policy = CrlPolicy::Require);
        assert_eq!(required, ["crl-missing"; 2]);
    }
}

/// An account of one name is not another's whose name only looks like it.
#[test]
fn the_binding_tells_names_with_controls_apart() {
    let binding = |name: &'static str| {
        let mut scene = Scene::new(TestKey::sm2(1));
        let mut profile = Profile::unit();
        profile.subject = vec![(oid::COUNTRY, "CN"), (oid::COMMON_NAME, name)];
        scene.leaf = scene.issuing.issue(TestKey::sm2(1), &profile);
        let judged = scene.judge(&scene.good(), |_| {});
        assert!(judged.valid, "{:?}", judged.findings);
        judged.binding.unwrap().subject
    };
    let names = [
        "张三",
        "张三\0",
        "张三\0\0",
        "张\0三",
        "张三\\00",
        "张三\u{1}",
        "张三\u{85}",
    ];
    let lines: Vec<_> = names.map(binding).into();
    for (at, line) in lines.iter().enumerate() {
        assert!(!lines[..at].contains(line), "{line}");
        assert!(!line.contains(char::is_control), "{line}");
    }
}

#[test]
fn a_certificate_without_a_subject_does_not_log_in() {
    let mut scene = Scene::new(TestKey::sm2(1));
    // GeneralNames with one rfc822Name.
    let name = asn1::element(0x81, &[b"a@portal.example"]);
    let names = asn1::element(asn1::tag::SEQUENCE, &[&name]);
    for (subject, holds) in [
        (vec![], false),
        (vec![(oid::COMMON_NAME, "")], false),
        (
            vec![(oid::COMMON_NAME, " "), (oid::ORGANIZATION, "")],
            false,
        ),
        (
            vec![(oid::COMMON_NAME, "张三"), (oid::ORGANIZATION, "")],
            true,
        ),
    ] {
        let profile = Profile {
            subject,
            extensions: vec![(oid::SUBJECT_ALT_NAME, true, names.clone())],
            ..Profile::unit()
        };
        scene.leaf = scene.issuing.issue(TestKey::sm2(1), &profile);
        let formats: &[_] = &[LoginFormat::Yinxin, LoginFormat::Logondata];
        for proof in [scene.good(), scene.logondata(LoginFormat::Logondata)] {
            let judged = scene.judge(&proof, |e| e.formats = formats);
            let expected: &[_] = if holds {
                &[]
            } else {
                &["certificate-without-subject"]
            };
            assert_eq!(fatal(&judged.findings), expected);
        }
    }
}

#[test]
fn a_certificate_for_other_uses_does_not_log_in() {
    let mut scene = Scene::new(TestKey::sm2(1));
    let mut issue = |purposes: &[der::asn1::ObjectIdentifier]| {
        let profile = Profile::unit().with_usages(true, purposes);
        scene.leaf = scene.issuing.issue(TestKey::sm2(1), &profile);
        let formats: &[_] = &[LoginFormat::Yinxin, LoginFormat::Logondata];
        let proofs = [scene.good(), scene.logondata(LoginFormat::Logondata)];
        proofs.map(|proof| {
            let alone = scene.refusal(&proof, |e| e.formats = formats);
            let with = scene.refusal(&proof, |e| {
                e.formats = formats;
                e.policy.extended_key_usages = &[oid::SERVER_AUTH];
            });
            (alone, with)
        })
    };
    for purpose in [oid::SERVER_AUTH, oid::OCSP_SIGNING, oid::TIME_STAMPING] {
        for (alone, with) in issue(&[purpose]) {
            assert!(
                alone.contains(&"extended-key-usage-not-accepted"),
                "{alone:?}"
            );
            assert_eq!(with.is_empty(), purpose == oid::SERVER_AUTH, "{with:?}");
        }
    }
    for purpose in [
        oid::CLIENT_AUTH,
        oid::EMAIL_PROTECTION,
        oid::ANY_EXTENDED_KEY_USAGE,
    ] {
        for (alone, _) in issue(&[oid::SERVER_AUTH, purpose]) {
            assert!(alone.is_empty(), "{alone:?}");
        }
    }
}

#[test]
fn every_attack_is_refused_with_its_own_code() {
    for key in TestKey::all() {
        let scene = Scene::new(key);
        let good = scene.good();

        // What the portal knows itself.
        assert_eq!(
            scene.refusal(&good, |e| e.session = "other"),
            ["session-mismatch"]
        );
        assert_eq!(
            scene.refusal(&good, |e| e.purpose = Purpose::Bind),
            ["purpose-mismatch"]
        );
        assert_eq!(
            scene.refusal(&good, |e| e.policy.at = NOW.plus(300)),
            ["challenge-expired"]
        );
        assert!(
            scene
                .refusal(&good, |e| e.policy.at = NOW.plus(299))
                .is_empty()
        );
        assert_eq!(
            scene.refusal(&good, |e| e.policy.at = NOW.plus(-1)),
            ["challenge-not-yet-valid"]
        );
        let moved = scene.refusal(&good, |e| e.origin = "https://other.example");
        assert_eq!(moved, ["origin-mismatch", "signature-invalid"]);

        // A proof that another site got, over the portal's own challenge.
        let relayed = scene.proof("https://evil.example", Purpose::Login);
        assert_eq!(scene.refusal(&relayed, |_| {}), ["signature-invalid"]);
        let binding = scene.proof(ORIGIN, Purpose::Bind);
        assert_eq!(scene.refusal(&binding, |_| {}), ["purpose-mismatch"]);

        // Another challenge.
        let fresh = new_challenge(ORIGIN, Purpose::Login, "session", &[8; 32], NOW, None).unwrap();
        let other = Scene {
            challenge: fresh,
            ..Scene::new(scene.leaf.key.clone())
        };
        assert_eq!(other.refusal(&good, |_| {}), ["signature-invalid"]);

        // Tampered, cut, of another version, format or algorithm.
        let mut tampered = good.clone();
        *tampered.signature.0.last_mut().unwrap() ^= 1;
        assert_eq!(scene.refusal(&tampered, |_| {}), ["signature-invalid"]);
        let mut cut = good.clone();
        cut.signature.0.pop();
        assert_eq!(scene.refusal(&cut, |_| {}), ["proof-unreadable"]);
        let newer = LoginProof {
            version: 2,
            ..good.clone()
        };
        assert_eq!(scene.refusal(&newer, |_| {}), ["proof-unreadable"]);
        let rubbish = LoginProof {
            certificate: Base64(vec![0x30, 1]),
            ..good.clone()
        };
        assert_eq!(scene.refusal(&rubbish, |_| {}), ["certificate-unreadable"]);
        let algorithm = match good.algorithm {
            SignatureAlgorithm::Sm2Sm3 => SignatureAlgorithm::RsaSha256,
            _ => SignatureAlgorithm::Sm2Sm3,
        };
        let renamed = LoginProof {
            algorithm,
            ..good.clone()
        };
        assert_eq!(
            scene.refusal(&renamed, |_| {}),
            ["proof-algorithm-mismatch"]
        );

        // Another certificate: of a stranger, and of the same key.
        let twin = Profile {
            serial: vec![9],
            ..Profile::unit()
        };
        let twin = scene.issuing.issue(scene.leaf.key.clone(), &twin);
        let stranger = scene.issuing.issue(TestKey::sm2(0x77), &Profile::unit());
        for (identity, code) in [(twin, "signature-invalid"), (stranger, "signature-invalid")] {
            let taken = LoginProof {
                certificate: Base64(identity.certificate.der().to_vec()),
                algorithm: identity.key.algorithm(),
                ..good.clone()
            };
            let expected = if identity.key.algorithm() == good.algorithm {
                code
            } else {
                "proof-unreadable"
            };
            let found = scene.refusal(&taken, |_| {});
            assert!(found == [code] || found == [expected], "{found:?}");
        }
    }
}

#[test]
fn a_document_signature_is_no_login() {
    for key in TestKey::all() {
        let scene = Scene::new(key);
        let content = logondata(&scene.challenge.challenge);
        // A CMS, and the signature inside of one.
        let cms = scene.leaf.cms(b"a document");
        let attributes = scene.leaf.attributes(b"a document");
        let inner = scene.leaf.key.sign(&attributes);
        for (signature, code) in [
            (cms.clone(), "proof-unreadable"),
            (inner, "signature-invalid"),
        ] {
            let proof = LoginProof {
                signature: Base64(signature),
                ..scene.good()
            };
            assert_eq!(scene.refusal(&proof, |_| {}), [code]);
        }
        // A document's CMS in the `logondata` format: its content is another.
        for format in [LoginFormat::Logondata, LoginFormat::LogondataDetached] {
            let offered = LoginProof {
                format,
                signature: Base64(cms.clone()),
                ..scene.good()
            };
            assert_eq!(
                scene.refusal(&offered, |e| e.formats =
                    &[LoginFormat::Logondata, LoginFormat::LogondataDetached]),
                ["content-changed"]
            );
            // A bare proof is no PKCS #7.
            let bare = LoginProof {
                format,
                ..scene.good()
            };
            assert_eq!(
                scene.refusal(&bare, |e| e.formats =
                    &[LoginFormat::Logondata, LoginFormat::LogondataDetached]),
                ["proof-unreadable"]
            );
        }
        // A digest that someone got signed: attributes over it are another signature.
        let digest = crate::hash::digest(scene.leaf.key.algorithm(), content.as_bytes());
        let proof = LoginProof {
            signature: Base64(scene.leaf.key.sign(&digest)),
            ..scene.good()
        };
        assert_eq!(scene.refusal(&proof, |_| {}), ["signature-invalid"]);
    }
}

#[test]
fn logondata_is_accepted_by_name_only_and_marked() {
    for key in TestKey::all() {
        let scene = Scene::new(key);
        for format in [LoginFormat::Logondata, LoginFormat::LogondataDetached] {
            let proof = scene.logondata(format);
            assert_eq!(scene.refusal(&proof, |_| {}), ["proof-format-not-accepted"]);
            let formats = [format];
            let anchors = [scene.root.clone().into()];
            let intermediates = [scene.issuing.certificate.clone()];
            let issuers = [Issuer::Name("示例签发机构".into())];
            let crls = Crls::default();
            let expected = Expected {
                challenge: &scene.challenge,
                origin: ORIGIN,
                purpose: Purpose::Login,
                session: "session",
                formats: &formats,
                clock_skew: 0,
                policy: PathPolicy {
                    issuers: Some(&issuers),
                    ..PathPolicy::new(&anchors, &intermediates, &crls, NOW)
                },
            };
            let judged = verify(&proof, &expected).unwrap();
            assert!(judged.valid, "{:?}", judged.findings);
            assert!(codes(&judged.findings).contains(&"origin-not-bound"));
            // The certificate beside it must be the signer's.
            let other = scene.issuing.issue(
                scene.leaf.key.clone(),
                &Profile {
                    serial: vec![9],
                    ..Profile::unit()
                },
            );
            let swapped = LoginProof {
                certificate: Base64(other.certificate.der().to_vec()),
                ..proof
            };
            let judged = verify(&swapped, &expected).unwrap();
            assert_eq!(fatal(&judged.findings), ["signing-certificate-mismatch"]);
        }
    }
}

#[test]
fn certificates_that_may_not_log_in_are_refused() {
    let base = Scene::new(TestKey::sm2(1));
    let unit = Profile::unit;
    let encryption = Profile {
        key_usage: Some(0x38),
        ..unit()
    };
    let expired = Profile {
        not_after: NOW.plus(-1),
        ..unit()
    };
    for (profile, expected) in [
        (encryption, vec!["certificate-not-for-signing"]),
        (expired, vec!["certificate-expired"]),
        (
            Profile::authority("x"),
            vec!["certificate-is-ca", "certificate-not-for-signing"],
        ),
    ] {
        let leaf = base.issuing.issue(TestKey::sm2(1), &profile);
        let scene = Scene {
            leaf,
            ..Scene::new(TestKey::sm2(1))
        };
        assert_eq!(scene.refusal(&scene.good(), |_| {}), expected);
    }
    let self_made = Scene {
        leaf: Identity::self_signed(TestKey::sm2(1), &unit()),
        ..Scene::new(TestKey::sm2(1))
    };
    assert_eq!(
        self_made.refusal(&self_made.good(), |_| {}),
        ["issuer-unknown"]
    );
    // A root alone is no policy.
    assert_eq!(
        base.refusal(&base.good(), |e| e.policy.issuers = None),
        ["issuer-not-accepted"]
    );
}

#[test]
fn challenges_have_their_form() {
    let new = |origin, session, seconds| {
        new_challenge(origin, Purpose::Login, session, &[1; 32], NOW, seconds)
    };
    let challenge = new(ORIGIN, "s", Some(60)).unwrap();
    assert!(is_challenge(&challenge.challenge));
    assert_eq!(challenge.expires_at, NOW.plus(60).to_string());
    assert!(
        !challenge.session.contains("s "),
        "the session itself is not kept"
    );
    assert_ne!(challenge.session, "s");
    for (origin, code) in [
        ("http://portal.example", "origin-insecure"),
        ("https://portal.example/", "origin-malformed"),
    ] {
        let error = new(origin, "s", None).unwrap_err();
        assert_eq!(error.code(), code, "{origin}");
        let said = error.text(yinxin_proto::error::Locale::En).remedy;
        assert_eq!(
            said.contains(" https://portal.example:"),
            code == "origin-malformed"
        );
    }
    for (origin, session, seconds) in [
        (ORIGIN, "", None),
        (ORIGIN, "s", Some(0)),
        (ORIGIN, "s", Some(86_401)),
    ] {
        assert!(
            new(origin, session, seconds).is_err(),
            "{origin} {session} {seconds:?}"
        );
    }
    for text in [
        "",
        "short",
        "with space aaaaaaaa",
        "quote\"aaaaaaaaaaaa",
        "中文中文中文中文",
    ] {
        assert!(!is_challenge(text), "{text}");
    }
}

#[test]
fn of_a_proof_in_a_format_that_is_not_accepted_nothing_is_judged() {
    let scene = Scene::new(TestKey::sm2(1));
    let anchors = [scene.root.clone().into()];
    let crls = Crls::default();
    let all = [
        LoginFormat::Yinxin,
        LoginFormat::Logondata,
        LoginFormat::LogondataDetached,
    ];
    for format in all {
        let proof = match format {
            LoginFormat::Yinxin => scene.good(),
            other => scene.logondata(other),
        };
        let others: Vec<LoginFormat> = all.into_iter().filter(|other| *other != format).collect();
        let expected = Expected {
            challenge: &scene.challenge,
            origin: ORIGIN,
            purpose: Purpose::Login,
            session: "session",
            formats: &others,
            clock_skew: 0,
            policy: PathPolicy::new(&anchors, &[], &crls, NOW),
        };
        let (judged, work) = work::of(|| verify(&proof, &expected).unwrap());
        assert!(!judged.valid);
        assert_eq!(codes(&judged.findings), ["proof-format-not-accepted"]);
        assert_eq!(judged.challenge_id, scene.challenge.id);
        assert!(judged.certificate.is_none() && judged.binding.is_none());
        assert!(judged.path.is_empty());
        for what in ["facts", "SM2", "SM2 digest", "certificate signature"] {
            assert_eq!(work.count(what), 0, "{what}");
        }
    }
}

#[test]
fn a_login_has_one_signer_and_tells_what_it_was_given_leniently() {
    let scene = Scene::new(TestKey::sm2(1));
    let leaf = &scene.leaf;
    let content = logondata(&scene.challenge.challenge);
    let anchors = [scene.root.clone().into()];
    let intermediates = [scene.issuing.certificate.clone()];
    let issuers = [Issuer::Name("示例签发机构".into())];
    let crls = Crls::default();
    let judge = |cms: Vec<u8>| {
        let proof = LoginProof {
            format: LoginFormat::Logondata,
            signature: Base64(cms),
            ..scene.good()
        };
        let expected = Expected {
            challenge: &scene.challenge,
            origin: ORIGIN,
            purpose: Purpose::Login,
            session: "session",
            formats: &[LoginFormat::Logondata],
            clock_skew: 0,
            policy: PathPolicy {
                issuers: Some(&issuers),
                sm2_variants: &[Sm2Variant::WithoutZ],
                ..PathPolicy::new(&anchors, &intermediates, &crls, NOW)
            },
        };
        work::of(|| verify(&proof, &expected).unwrap())
    };
    let certificates = [leaf.certificate.der()];
    let one = leaf.signer_info(content.as_bytes());
    let cms = |signers: usize| {
        let signers = vec![one.clone(); signers];
        signed_data(&certificates, &signers, Some(content.as_bytes()))
    };
    let (judged, work) = judge(cms(1));
    assert!(judged.valid, "{:?}", judged.findings);
    let whole = work.count("SM2");
    for signers in [2, 32] {
        let (judged, work) = judge(cms(signers));
        assert_eq!(fatal(&judged.findings), ["proof-unreadable"]);
        // Those of the path only.
        assert_eq!(work.count("SM2"), whole - 1);
    }
    let attributes = leaf.attributes(content.as_bytes());
    let without_z = leaf.key.sign_e(&crate::hash::sm3(&attributes));
    let lenient = cms::assemble(
        leaf.key.algorithm(),
        &leaf.certificate,
        &attributes,
        &without_z,
        None,
    );
    let (judged, _) = judge(lenient.head);
    assert!(judged.valid, "{:?}", judged.findings);
    assert!(codes(&judged.findings).contains(&"signature-non-standard"));
}

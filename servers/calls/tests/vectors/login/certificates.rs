//! Certificates that may not log in, or that are written oddly; and whose word they are.

use super::*;

pub fn add(logins: &mut Logins<'_>) {
    certificates(logins);
    paths(logins);
}

/// Certificates that may not log in, or that are written oddly.
fn certificates(logins: &mut Logins<'_>) {
    let scene = Scene::new(TestKey::sm2(1));
    let unit = Profile::unit;
    // When logins happen.
    let now = NOW.plus(60);
    let until = |not_after: UnixTime| Profile {
        not_after,
        ..unit()
    };
    let from = |not_before: UnixTime| Profile {
        not_before,
        ..unit()
    };
    let usage = |key_usage: Option<u8>| Profile {
        key_usage,
        ..unit()
    };
    let purposes = |all: &[yinxin_pki::testing::Oid]| unit().with_usages(true, all);
    let named =
        |subject: Vec<(yinxin_pki::testing::Oid, &'static str)>| Profile { subject, ..unit() };
    let with = |oid, critical, value: &[u8]| Profile {
        extensions: vec![(oid, critical, value.to_vec())],
        ..unit()
    };
    let unknown = yinxin_pki::testing::Oid::new_unwrap("1.2.156.10197.9.9.9");
    for (name, description, comes, profile) in [
        (
            "ends-now",
            "The certificate ends at this second, which belongs to it.",
            "valid",
            until(now),
        ),
        (
            "ended",
            "The certificate ended a second ago.",
            "certificate-expired",
            until(now.plus(-1)),
        ),
        (
            "begins-now",
            "The certificate begins at this second.",
            "valid",
            from(now),
        ),
        (
            "begins-later",
            "The certificate begins a second later. A skew of the challenge's clock is none of it.",
            "certificate-not-yet-valid",
            from(now.plus(1)),
        ),
        (
            "encryption",
            "The certificate is for encryption: keyUsage has no digitalSignature and no nonRepudiation.",
            "certificate-not-for-signing",
            usage(Some(0x38)),
        ),
        (
            "non-repudiation",
            "keyUsage has nonRepudiation alone, which signs.",
            "valid",
            usage(Some(0x40)),
        ),
        (
            "digital-signature",
            "keyUsage has digitalSignature alone.",
            "valid",
            usage(Some(0x80)),
        ),
        (
            "one-key",
            "One key for all: keyUsage signs and encrypts.",
            "valid",
            usage(Some(0xf0)),
        ),
        (
            "usage-absent",
            "There is no keyUsage, so nothing is ruled out.",
            "valid",
            usage(None),
        ),
        (
            "server",
            "The extended key usage is a server's alone.",
            "extended-key-usage-not-accepted",
            purposes(&[oid::SERVER_AUTH]),
        ),
        (
            "code-signing",
            "The extended key usage is another's alone.",
            "extended-key-usage-not-accepted",
            purposes(&[oid::TIME_STAMPING]),
        ),
        (
            "client",
            "The extended key usage has clientAuth.",
            "valid",
            purposes(&[oid::CLIENT_AUTH]),
        ),
        (
            "email",
            "The extended key usage has emailProtection.",
            "valid",
            purposes(&[oid::SERVER_AUTH, oid::EMAIL_PROTECTION]),
        ),
        (
            "any-purpose",
            "The extended key usage has anyExtendedKeyUsage.",
            "valid",
            purposes(&[oid::ANY_EXTENDED_KEY_USAGE]),
        ),
        (
            "authority",
            "The certificate is a CA's.",
            "certificate-is-ca, certificate-not-for-signing",
            Profile {
                subject: unit().subject,
                ..Profile::authority("x")
            },
        ),
        (
            "authority-that-signs",
            "The certificate is a CA's, and may sign, too.",
            "certificate-is-ca",
            Profile {
                key_usage: Some(0x86),
                subject: unit().subject,
                ..Profile::authority("x")
            },
        ),
        (
            "subject-empty",
            "The subject is empty: an account would be every such holder's.",
            "certificate-without-subject",
            named(vec![]),
        ),
        (
            "subject-blank",
            "The subject's texts are white space.",
            "certificate-without-subject",
            named(vec![(oid::COMMON_NAME, " "), (oid::ORGANIZATION, "")]),
        ),
        (
            "extension-critical",
            "An extension that nobody knows is critical.",
            "critical-extension-unknown",
            with(unknown, true, &[5, 0]),
        ),
        (
            "extension-unknown",
            "An extension that nobody knows is not critical.",
            "valid",
            with(unknown, false, &[5, 0]),
        ),
        (
            "serial-negative",
            "The serial number is below 0, as some CAs write it: noted.",
            "valid",
            Profile {
                serial: vec![0x92, 0x34],
                ..unit()
            },
        ),
    ] {
        logins.portal(
            &scene.issued(&profile),
            &format!("certificate-{name}"),
            description,
            comes,
            json!({}),
        );
    }
    let server = scene.issued(&purposes(&[oid::SERVER_AUTH]));
    let more = json!({ "extendedKeyUsages": [oid::SERVER_AUTH.to_string()] });
    logins.portal(
        &server,
        "certificate-server-accepted",
        "The portal accepts a server's purpose by its OID.",
        "valid",
        more,
    );
    let null: &[u8] = &[tag::NULL, 0];
    let usage = Pieces::extension(oid::KEY_USAGE, &[1, 1, 0xff], &[3, 2, 6, 0xc0]);
    type Change<'a> = (&'a str, &'a str, &'a str, Box<dyn FnOnce(&mut Pieces)>);
    let changes: [Change<'_>; 10] = [
        (
            "algorithm-outside",
            "The algorithm outside of the signed bytes is another than the one inside.",
            "signature-algorithm-mismatch",
            Box::new(move |p: &mut Pieces| {
                p.outer_algorithm = sequence(&[&asn1::oid(oid::SM2_WITH_SM3), null])
            }),
        ),
        (
            "algorithm-null",
            "SM2 with SM3 has NULL parameters, inside and outside: noted.",
            "valid",
            Box::new(move |p: &mut Pieces| {
                p.algorithm = sequence(&[&asn1::oid(oid::SM2_WITH_SM3), null]);
                p.outer_algorithm = p.algorithm.clone();
            }),
        ),
        (
            "extension-twice",
            "keyUsage stands there twice.",
            "extension-repeated",
            Box::new(move |p: &mut Pieces| p.extensions = [&usage[..], &usage].concat()),
        ),
        (
            "critical-default",
            "`critical` is written out as FALSE: noted.",
            "valid",
            Box::new(move |p: &mut Pieces| {
                p.extensions = Pieces::extension(oid::KEY_USAGE, &[1, 1, 0], &[3, 2, 6, 0xc0])
            }),
        ),
        (
            "usage-unreadable",
            "keyUsage can't be read, so it allows nothing.",
            "extension-unreadable, certificate-not-for-signing",
            Box::new(move |p: &mut Pieces| {
                p.extensions = Pieces::extension(oid::KEY_USAGE, &[1, 1, 0xff], &[4, 1, 0xc0])
            }),
        ),
        (
            "usage-unused-bits",
            "keyUsage counts no unused bits, as some CAs write it: noted.",
            "valid",
            Box::new(move |p: &mut Pieces| {
                p.extensions = Pieces::extension(oid::KEY_USAGE, &[1, 1, 0xff], &[3, 2, 0, 0xc0])
            }),
        ),
        (
            "version-1",
            "A certificate of version 1, without extensions.",
            "valid",
            Box::new(move |p: &mut Pieces| {
                p.version = vec![];
                p.extensions = vec![];
            }),
        ),
        (
            "key-off-curve",
            "The key is no point of the curve.",
            "algorithm-not-supported, algorithm-not-supported",
            Box::new(move |p: &mut Pieces| {
                let last = p.spki.len() - 1;
                p.spki[last] ^= 1;
            }),
        ),
        (
            "key-rsa-1024",
            "The key is RSA of 1024 bits.",
            "algorithm-not-supported, algorithm-not-supported",
            Box::new(move |p: &mut Pieces| p.spki = weak_rsa()),
        ),
        (
            "key-named-sm2",
            "The key's algorithm is SM2 itself in the place of id-ecPublicKey: noted.",
            "valid",
            Box::new(move |p: &mut Pieces| {
                let key = asn1::element(tag::BIT_STRING, &[&[0], &TestKey::sm2(1).point()]);
                p.spki = sequence(&[&sequence(&[&asn1::oid(oid::SM2_CURVE)]), &key]);
            }),
        ),
    ];
    for (name, description, comes, change) in changes {
        let scene = scene.written(change);
        logins.portal(
            &scene,
            &format!("certificate-{name}"),
            description,
            comes,
            json!({}),
        );
    }
    let filled = [scene.unit.certificate.der(), &[0; 4]].concat();
    let filled = merged(&scene.proof(), &json!({ "certificate": base64(&filled) }));
    logins.proof(
        &scene,
        "certificate-filled-up",
        "Zeros fill up the certificate behind its end: noted, and no part of its digest.",
        "valid",
        &filled,
    );
    let twin = scene.issued(&Profile {
        serial: vec![9],
        ..unit()
    });
    let swapped = merged(
        &scene.proof(),
        &json!({ "certificate": twin.proof()["certificate"] }),
    );
    logins.proof(
        &scene,
        "certificate-twin",
        "Another certificate of the same key and subject in the place of the one that is signed.",
        "signature-invalid",
        &swapped,
    );
    let stranger = scene.with(scene.issuing.issue(TestKey::sm2(0x77), &unit()));
    let stolen = merged(
        &scene.proof(),
        &json!({ "certificate": stranger.proof()["certificate"] }),
    );
    logins.proof(
        &scene,
        "certificate-stranger",
        "The certificate of another key.",
        "signature-invalid",
        &stolen,
    );
    let rsa = Scene::new(TestKey::rsa_kept());
    for (name, scene, algorithm) in [
        ("sm2-as-rsa", &scene, "rsa-sha256"),
        ("rsa-as-sm2", &rsa, "sm2-sm3"),
    ] {
        let proof = merged(&scene.proof(), &json!({ "algorithm": algorithm }));
        logins.proof(
            scene,
            &format!("algorithm-{name}"),
            "`algorithm` is another than the one of the certificate's key.",
            "proof-algorithm-mismatch",
            &proof,
        );
    }
}

/// SubjectPublicKeyInfo of a key of 1024 bits.
fn weak_rsa() -> Vec<u8> {
    let mut modulus = [0xb5; 128];
    modulus[127] = 1;
    let key = sequence(&[&asn1::unsigned(&modulus), &asn1::unsigned(&[1, 0, 1])]);
    let algorithm = sequence(&[&asn1::oid(oid::RSA), &[tag::NULL, 0]]);
    sequence(&[&algorithm, &asn1::element(tag::BIT_STRING, &[&[0], &key])])
}

/// Whose word a certificate is.
fn paths(logins: &mut Logins<'_>) {
    let scene = Scene::new(TestKey::sm2(1));
    let unit = Profile::unit;
    let own = scene.with(Identity::self_signed(TestKey::sm2(1), &unit()));
    logins.portal(
        &own,
        "path-self-made",
        "The certificate is signed by its own key.",
        "issuer-unknown",
        json!({}),
    );
    let no_step = json!({ "intermediates": null });
    logins.portal(
        &scene,
        "path-incomplete",
        "The issuer's certificate is not at hand.",
        "issuer-unknown",
        no_step,
    );
    let other_root = Identity::self_signed(TestKey::sm2(0x61), &Profile::authority("示例另一根"));
    let more = json!({ "anchors": [pem(&other_root)] });
    logins.portal(
        &scene,
        "path-other-root",
        "The portal trusts another root.",
        "issuer-unknown",
        more,
    );
    let same_name = Identity::self_signed(TestKey::sm2(0x62), &Profile::authority("示例根"));
    let more = json!({ "anchors": [pem(&same_name)] });
    logins.portal(
        &scene,
        "path-root-of-the-same-name",
        "The portal trusts a root of the same name and another key.",
        "signature-invalid",
        more,
    );
    // Somebody who calls himself the issuer.
    let false_issuer =
        Identity::self_signed(TestKey::sm2(0x63), &Profile::authority("示例签发机构"));
    let forged = scene.with(false_issuer.issue(TestKey::sm2(1), &unit()));
    logins.portal(
        &forged,
        "path-false-issuer",
        "The certificate is signed by somebody who calls himself its issuer.",
        "signature-invalid",
        json!({}),
    );
    let more = json!({ "intermediates": [pem(&scene.issuing), pem(&false_issuer)] });
    logins.portal(
        &scene,
        "path-false-issuer-beside",
        "A certificate of the issuer's name and another key beside the right one changes nothing.",
        "valid",
        more,
    );
    let direct = scene.with(scene.root.issue(TestKey::sm2(1), &unit()));
    let more = json!({ "issuers": null, "intermediates": null });
    logins.portal(
        &direct,
        "path-direct",
        "The anchor itself issued the certificate, which needs no `issuers`.",
        "valid",
        more,
    );
    let more = json!({ "anchors": [pem(&scene.issuing)], "issuers": null, "intermediates": null });
    logins.portal(
        &scene,
        "path-issuing-anchor",
        "The issuing CA is the anchor.",
        "valid",
        more,
    );
    let more = json!({ "anchors": [pem(&scene.unit)] });
    logins.portal(
        &scene,
        "path-holder-anchor",
        "The certificate itself is the anchor: no issuer of it was checked.",
        "issuer-not-accepted",
        more,
    );
    // Issuers that may not issue.
    let mut with_issuer = |name: &str, description: &str, comes: &str, profile: &Profile| {
        let issuing = scene.root.issue(TestKey::sm2(0x52), profile);
        let unit = issuing.issue(TestKey::sm2(1), &Profile::unit());
        let scene = Scene::of(scene.root.clone(), issuing, unit, Purpose::Login);
        logins.portal(
            &scene,
            &format!("path-{name}"),
            description,
            comes,
            json!({}),
        );
    };
    let authority = || Profile::authority("示例签发机构");
    let now = NOW.plus(60);
    with_issuer(
        "issuer-no-ca",
        "The issuer's certificate has no basicConstraints.",
        "issuer-not-ca",
        &Profile {
            ca: None,
            ..authority()
        },
    );
    with_issuer(
        "issuer-without-usage",
        "The issuer's keyUsage has no keyCertSign.",
        "issuer-not-ca",
        &Profile {
            key_usage: Some(0xc0),
            ..authority()
        },
    );
    with_issuer(
        "issuer-ended",
        "The issuer's certificate ended a second ago.",
        "certificate-expired",
        &Profile {
            not_after: now.plus(-1),
            ..authority()
        },
    );
    with_issuer(
        "issuer-begins-later",
        "The issuer's certificate begins a second later.",
        "certificate-not-yet-valid",
        &Profile {
            not_before: now.plus(1),
            ..authority()
        },
    );
    let unknown = yinxin_pki::testing::Oid::new_unwrap("1.2.156.10197.9.9.9");
    with_issuer(
        "issuer-extension",
        "The issuer's certificate has a critical extension that nobody knows.",
        "critical-extension-unknown",
        &Profile {
            extensions: vec![(unknown, true, vec![5, 0])],
            ..authority()
        },
    );
    with_issuer(
        "issuer-purposes",
        "The issuer's extended key usage has a server's purpose alone, which holds for what it issues.",
        "extended-key-usage-not-accepted",
        &authority().with_usages(false, &[oid::SERVER_AUTH]),
    );
    // A CA under one that allows none.
    let first = scene.root.issue(
        TestKey::sm2(0x53),
        &Profile {
            ca: Some(Some(0)),
            ..Profile::authority("示例中间机构")
        },
    );
    let second = first.issue(TestKey::sm2(0x52), &authority());
    let holder = second.issue(TestKey::sm2(1), &unit());
    let long = Scene::of(scene.root.clone(), second.clone(), holder, Purpose::Login);
    let more = json!({ "intermediates": [pem(&second), pem(&first)] });
    logins.portal(
        &long,
        "path-length",
        "A CA between has pathLenConstraint 0, and another CA below it.",
        "path-too-long",
        more,
    );
    let first = scene.root.issue(
        TestKey::sm2(0x53),
        &Profile {
            ca: Some(Some(1)),
            ..Profile::authority("示例中间机构")
        },
    );
    let second = first.issue(TestKey::sm2(0x52), &authority());
    let holder = second.issue(TestKey::sm2(1), &unit());
    let long = Scene::of(scene.root.clone(), second.clone(), holder, Purpose::Login);
    let more = json!({ "intermediates": [pem(&first), pem(&second)] });
    logins.portal(
        &long,
        "path-of-three",
        "Two CAs between, in whatever order they are given.",
        "valid",
        more,
    );
    // Certificates that are signed outside of the standard.
    let mut pieces = Pieces::new(&scene.issuing.key);
    pieces.issuer = scene.issuing.certificate.subject().der().to_vec();
    pieces.spki = scene.unit.key.spki();
    let issuer = Sm2Key::from_point(&scene.issuing.key.point()).unwrap();
    let tbs = pieces.tbs();
    for (variant, description, e) in [
        (
            "empty-id",
            "The issuer signed under the empty user id.",
            issuer.e(b"", &[&tbs]).unwrap(),
        ),
        ("without-z", "The issuer signed without Z.", sm3(&tbs)),
    ] {
        let signature = asn1::element(tag::BIT_STRING, &[&[0], &scene.issuing.key.sign_e(&e)]);
        let made = sequence(&[&tbs, &pieces.outer_algorithm, &signature]);
        let certificate = Certificate::from_der(made).unwrap();
        let scene = scene.with(Identity {
            key: scene.unit.key.clone(),
            certificate,
        });
        logins.portal(
            &scene,
            &format!("path-{variant}"),
            description,
            "signature-non-standard",
            json!({}),
        );
        let more = json!({ "sm2Variants": [variant] });
        let description = format!("{description} The portal accepts that by name, with a warning.");
        logins.portal(
            &scene,
            &format!("path-{variant}-accepted"),
            &description,
            "valid",
            more,
        );
    }
    // A bit of the issuer's signature.
    let mut flipped = scene.unit.certificate.der().to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let flipped = Certificate::from_der(flipped).unwrap();
    let flipped = scene.with(Identity {
        key: scene.unit.key.clone(),
        certificate: flipped,
    });
    logins.portal(
        &flipped,
        "path-signature-bit",
        "The lowest bit of the issuer's signature is another.",
        "signature-invalid",
        json!({}),
    );
}

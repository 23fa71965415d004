//! What is signed, and how signatures are written.

use super::*;

pub fn add(logins: &mut Logins<'_>) {
    bytes(logins);
    sm2_signatures(logins);
    other_signatures(logins);
}

/// What is signed.
fn bytes(logins: &mut Logins<'_>) {
    let scene = Scene::new(TestKey::sm2(1));
    let invalid = "signature-invalid";
    let (origin, purpose) = (ORIGIN.as_bytes(), b"login".as_slice());
    let (challenge, certificate) = (
        scene.challenge.challenge.as_bytes(),
        scene.unit.certificate.sha256().as_slice(),
    );
    let twin = scene.issuing.issue(
        TestKey::sm2(1),
        &Profile {
            serial: vec![9],
            ..Profile::unit()
        },
    );
    let good = scene.fields(LABEL, &[origin, purpose, challenge, certificate]);
    assert_eq!(good, scene.signed_bytes());
    let other = new_challenge(ORIGIN, Purpose::Login, SESSION, &[8; 32], NOW, None)
        .unwrap()
        .challenge;
    let with = |fields: [&[u8]; 4]| scene.fields(LABEL, &fields);
    let one = |origin: &[u8]| with([origin, purpose, challenge, certificate]);
    let little: Vec<u8> = LABEL
        .iter()
        .copied()
        .chain(
            [origin, purpose, challenge, certificate]
                .iter()
                .flat_map(|field| {
                    let length = u32::try_from(field.len()).unwrap().to_le_bytes();
                    [&length, *field].concat()
                }),
        )
        .collect();
    let short: Vec<u8> = LABEL
        .iter()
        .copied()
        .chain(
            [origin, purpose, challenge, certificate]
                .iter()
                .flat_map(|field| [&[u8::try_from(field.len()).unwrap()], *field].concat()),
        )
        .collect();
    for (name, description, bytes) in [
        (
            "origin-other",
            "What was signed names another origin: a proof that another site asked for.",
            one(b"https://evil.example"),
        ),
        (
            "origin-port",
            "What was signed names another port of the host.",
            one(b"https://portal.example:8443"),
        ),
        (
            "origin-default-port",
            "What was signed names the default port, which an origin leaves out.",
            one(b"https://portal.example:443"),
        ),
        (
            "origin-slash",
            "What was signed has a slash behind the origin.",
            one(b"https://portal.example/"),
        ),
        (
            "origin-upper-case",
            "What was signed has the origin in upper case.",
            one(b"https://PORTAL.example"),
        ),
        (
            "origin-http",
            "What was signed names the host without TLS.",
            one(b"http://portal.example"),
        ),
        (
            "origin-parent",
            "What was signed names the parent domain.",
            one(b"https://example"),
        ),
        (
            "origin-empty",
            "What was signed has an empty origin.",
            one(b""),
        ),
        (
            "purpose-upper-case",
            "What was signed has the purpose in upper case.",
            with([origin, b"LOGIN", challenge, certificate]),
        ),
        (
            "purpose-empty",
            "What was signed has no purpose.",
            with([origin, b"", challenge, certificate]),
        ),
        (
            "challenge-other",
            "What was signed answers another challenge.",
            with([origin, purpose, other.as_bytes(), certificate]),
        ),
        (
            "challenge-bytes",
            "What was signed has the challenge's 32 bytes, not its text.",
            with([origin, purpose, &[7; 32], certificate]),
        ),
        (
            "certificate-other",
            "What was signed names another certificate of the same key.",
            with([origin, purpose, challenge, twin.certificate.sha256()]),
        ),
        (
            "certificate-sm3",
            "What was signed has the certificate's SM3 in the place of its SHA-256.",
            with([
                origin,
                purpose,
                challenge,
                &sm3(scene.unit.certificate.der()),
            ]),
        ),
        (
            "certificate-tbs",
            "What was signed has the SHA-256 of the TBSCertificate alone.",
            with([
                origin,
                purpose,
                challenge,
                &sha256(scene.unit.certificate.tbs()),
            ]),
        ),
        (
            "certificate-whole",
            "What was signed has the whole certificate in the place of its digest.",
            with([origin, purpose, challenge, scene.unit.certificate.der()]),
        ),
        (
            "certificate-absent",
            "What was signed ends before the certificate.",
            scene.fields(LABEL, &[origin, purpose, challenge]),
        ),
        (
            "order",
            "What was signed has the purpose before the origin.",
            with([purpose, origin, challenge, certificate]),
        ),
        (
            "shifted",
            "What was signed has the purpose's first letter at the end of the origin: the same text without lengths.",
            with([b"https://portal.examplel", b"ogin", challenge, certificate]),
        ),
        (
            "label-absent",
            "What was signed has no label.",
            scene.fields(b"", &[origin, purpose, challenge, certificate]),
        ),
        (
            "label-without-nul",
            "What was signed has the label without its NUL.",
            scene.fields(
                b"YINXIN-LOGIN-1",
                &[origin, purpose, challenge, certificate],
            ),
        ),
        (
            "label-version",
            "What was signed has the label of a version 2.",
            scene.fields(
                b"YINXIN-LOGIN-2\0",
                &[origin, purpose, challenge, certificate],
            ),
        ),
        (
            "label-counted",
            "What was signed has the label behind its length, as if it were a field.",
            scene.fields(b"", &[LABEL, origin, purpose, challenge, certificate]),
        ),
        (
            "lengths-little-endian",
            "What was signed has its lengths with the lowest byte first.",
            little,
        ),
        (
            "lengths-short",
            "What was signed has lengths of one byte.",
            short,
        ),
        (
            "more",
            "What was signed has a byte more at its end.",
            [&good[..], &[0]].concat(),
        ),
        (
            "digest",
            "What was signed is the digest of the bytes, hashed twice.",
            sm3(&good).to_vec(),
        ),
        (
            "challenge-alone",
            "What was signed is the challenge alone.",
            challenge.to_vec(),
        ),
        (
            "logondata-text",
            "What was signed is the text of the old kind of login, bare.",
            attributes::logondata(&scene.challenge.challenge).into_bytes(),
        ),
        (
            "attributes",
            "The signature is one over the signed attributes of a document.",
            scene.unit.attributes(b"a document"),
        ),
    ] {
        logins.proof(
            &scene,
            &format!("signed-{name}"),
            description,
            invalid,
            &scene.over(&bytes),
        );
    }
    let bind = with([origin, b"bind", challenge, certificate]);
    logins.proof(
        &scene,
        "signed-purpose-other",
        "The visitor agreed to bind a certificate, and the portal expects a login.",
        "purpose-mismatch",
        &scene.over(&bind),
    );
    // What the signature is computed over.
    let key = Sm2Key::from_point(&scene.unit.key.point()).unwrap();
    let issuer = Sm2Key::from_point(&scene.issuing.key.point()).unwrap();
    let e = |id: &[u8]| key.e(id, &[&good]).unwrap();
    for (name, description, e) in [
        ("z-absent", "e is SM3 of the bytes, without Z.", sm3(&good)),
        ("z-empty-id", "Z has the empty user id.", e(b"")),
        (
            "z-other-id",
            "Z has another user id.",
            e(b"ALICE123@YAHOO.COM"),
        ),
        (
            "z-long-id",
            "Z has the user id with a NUL behind it.",
            e(b"1234567812345678\0"),
        ),
        (
            "z-other-key",
            "Z is of the issuer's key.",
            issuer.e(DEFAULT_ID, &[&good]).unwrap(),
        ),
        ("z-sha256", "e is SHA-256 of the bytes.", sha256(&good)),
        (
            "z-twice",
            "Z stands there twice.",
            key.e(DEFAULT_ID, &[&key.z(DEFAULT_ID).unwrap(), &good])
                .unwrap(),
        ),
    ] {
        logins.proof(
            &scene,
            &format!("sm2-{name}"),
            description,
            invalid,
            &scene.signed(&scene.unit.key.sign_e(&e)),
        );
    }
    for (kind, key) in &keys()[1..] {
        let scene = Scene::new(key.clone());
        let bytes = scene.signed_bytes();
        let proof = scene.signed(&key.sign_e(&sm3(&bytes)));
        logins.proof(
            &scene,
            &format!("{kind}-sm3"),
            "The digest is SM3 in the place of SHA-256.",
            invalid,
            &proof,
        );
        let proof = scene.signed(&key.sign_e(&sha256(&sha256(&bytes))));
        logins.proof(
            &scene,
            &format!("{kind}-digest-twice"),
            "The digest is hashed twice.",
            invalid,
            &proof,
        );
    }
}

/// n of the SM2 curve (GB/T 32918.5), and of P-256 (FIPS 186-5).
const SM2_N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
const P256_N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

fn number(hex: &str) -> [u8; 32] {
    yinxin_pki::testing::data::unhex(hex).try_into().unwrap()
}

/// a − b, of numbers with the highest byte first.
fn minus(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    let (mut out, mut borrow) = ([0; 32], 0i16);
    for at in (0..32).rev() {
        let difference = i16::from(a[at]) - i16::from(b[at]) - borrow;
        borrow = i16::from(difference < 0);
        out[at] = difference.rem_euclid(256) as u8;
    }
    out
}

fn halves(signature: &[u8]) -> ([u8; 32], [u8; 32]) {
    let raw = EcSignature::<32>::from_der(signature).unwrap().to_raw();
    (raw[..32].try_into().unwrap(), raw[32..].try_into().unwrap())
}

fn sm2_signatures(logins: &mut Logins<'_>) {
    // A challenge whose r begins with a set bit, so that its INTEGER has a sign octet to lose.
    let mut scene = Scene::new(TestKey::sm2(1));
    let mut good = scene.unit.key.sign(&scene.signed_bytes());
    for seed in 8..=255 {
        let (r, s) = halves(&good);
        if r[0] >= 0x80 && s[0] < 0x80 && s[0] > 0 {
            break;
        }
        scene.challenge =
            new_challenge(ORIGIN, Purpose::Login, SESSION, &[seed; 32], NOW, None).unwrap();
        scene.request["challenge"] = json!(scene.challenge);
        good = scene.unit.key.sign(&scene.signed_bytes());
    }
    let (r, s) = halves(&good);
    assert!(r[0] >= 0x80 && s[0] < 0x80 && s[0] > 0);
    let n = number(SM2_N);
    let (zero, invalid, unreadable) = ([0; 32], "signature-invalid", "proof-unreadable");
    let written = |r: &[u8; 32], s: &[u8; 32]| sequence(&[&asn1::unsigned(r), &asn1::unsigned(s)]);
    let flipped = |half: &[u8; 32], at: usize, bit: u8| {
        let mut half = *half;
        half[at] ^= 1 << bit;
        half
    };
    let mut max = n;
    max[31] -= 1;
    for (name, description, signature) in [
        (
            "r-first-bit",
            "The second highest bit of r is another.",
            written(&flipped(&r, 0, 6), &s),
        ),
        (
            "r-last-bit",
            "The lowest bit of r is another.",
            written(&flipped(&r, 31, 0), &s),
        ),
        (
            "s-first-bit",
            "The second highest bit of s is another.",
            written(&r, &flipped(&s, 0, 6)),
        ),
        (
            "s-last-bit",
            "The lowest bit of s is another.",
            written(&r, &flipped(&s, 31, 0)),
        ),
        (
            "r-zero",
            "r is 0, which no signature has (GB/T 32918.2, 7.1, B1).",
            written(&zero, &s),
        ),
        ("s-zero", "s is 0 (B2).", written(&r, &zero)),
        ("both-zero", "r and s are 0.", written(&zero, &zero)),
        (
            "r-order",
            "r is n, the order of the group (B1).",
            written(&n, &s),
        ),
        ("s-order", "s is n (B2).", written(&r, &n)),
        (
            "r-largest",
            "r is n − 1, which is within the range and of another signature.",
            written(&max, &s),
        ),
        (
            "s-largest",
            "s is n − 1, which is within the range and of another signature.",
            written(&r, &max),
        ),
        (
            "t-zero",
            "r + s is n, so that t is 0 (B5).",
            written(&r, &minus(&n, &r)),
        ),
        (
            "s-negated",
            "s is n − s: with SM2 that is another signature.",
            written(&r, &minus(&n, &s)),
        ),
        ("swapped", "r and s in each other's place.", written(&s, &r)),
        (
            "all-ones",
            "r and s are 2^256 − 1.",
            written(&[0xff; 32], &[0xff; 32]),
        ),
    ] {
        logins.proof(
            &scene,
            &format!("sm2-{name}"),
            description,
            invalid,
            &scene.signed(&signature),
        );
    }
    logins.proof(
        &scene,
        "sm2-good-high-r",
        "A signature whose r has the highest bit set, so that its INTEGER has a sign octet.",
        "valid",
        &scene.signed(&good),
    );
    let (strict_r, strict_s) = (asn1::unsigned(&r), asn1::unsigned(&s));
    let inside = [&strict_r[..], &strict_s].concat();
    let raw = [r, s].concat();
    for (name, description, signature) in [
        (
            "raw",
            "r and s side by side, 64 bytes, in the place of DER.",
            raw.clone(),
        ),
        (
            "raw-marked",
            "r and s side by side behind a byte 04.",
            [&[4], &raw[..]].concat(),
        ),
        ("empty", "The signature has no bytes.", Vec::new()),
        (
            "cut",
            "The signature ends early.",
            good[..good.len() - 1].to_vec(),
        ),
        (
            "more",
            "A byte follows the signature.",
            [&good[..], &[0]].concat(),
        ),
        (
            "more-inside",
            "The SEQUENCE has a third INTEGER.",
            sequence(&[&inside, &integer(&[1])]),
        ),
        (
            "one-integer",
            "The SEQUENCE has one INTEGER.",
            sequence(&[&strict_r]),
        ),
        (
            "negative-r",
            "r without its sign octet, so that the INTEGER is below 0.",
            sequence(&[&integer(&r), &strict_s]),
        ),
        (
            "padded-s",
            "s with a sign octet that it does not need.",
            sequence(&[&strict_r, &integer(&[&[0], &s[..]].concat())]),
        ),
        (
            "empty-integer",
            "r is an INTEGER without contents.",
            sequence(&[&integer(&[]), &strict_s]),
        ),
        (
            "long-integer",
            "r has 33 bytes without being padded.",
            sequence(&[&integer(&[&[1], &r[..]].concat()), &strict_s]),
        ),
        (
            "long-length",
            "The SEQUENCE's length has an octet that it does not need.",
            [&[0x30, 0x81, inside.len() as u8], &inside[..]].concat(),
        ),
        (
            "indefinite",
            "The SEQUENCE has an indefinite length (BER).",
            [&[0x30, 0x80], &inside[..], &[0, 0]].concat(),
        ),
        (
            "set",
            "A SET in the place of the SEQUENCE.",
            asn1::element(tag::SET, &[&inside]),
        ),
        (
            "bit-string",
            "The DER in a BIT STRING, as certificates have it.",
            asn1::element(tag::BIT_STRING, &[&[0], &good]),
        ),
        (
            "octet-strings",
            "r and s as OCTET STRINGs.",
            sequence(&[
                &asn1::element(tag::OCTET_STRING, &[&r]),
                &asn1::element(tag::OCTET_STRING, &[&s]),
            ]),
        ),
    ] {
        logins.proof(
            &scene,
            &format!("sm2-{name}"),
            description,
            unreadable,
            &scene.signed(&signature),
        );
    }
}

fn other_signatures(logins: &mut Logins<'_>) {
    let (invalid, unreadable) = ("signature-invalid", "proof-unreadable");
    let scene = Scene::new(TestKey::p256(2));
    let good = scene.unit.key.sign(&scene.signed_bytes());
    let (r, s) = halves(&good);
    let n = number(P256_N);
    let written = |r: &[u8; 32], s: &[u8; 32]| sequence(&[&asn1::unsigned(r), &asn1::unsigned(s)]);
    let mut bit = s;
    bit[31] ^= 1;
    for (name, description, comes, signature) in [
        (
            "s-negated",
            "s is n − s: with ECDSA that is a signature as good. Nothing may depend on a signature being the only one.",
            "valid",
            written(&r, &minus(&n, &s)),
        ),
        (
            "s-last-bit",
            "The lowest bit of s is another.",
            invalid,
            written(&r, &bit),
        ),
        ("r-zero", "r is 0.", invalid, written(&[0; 32], &s)),
        ("s-zero", "s is 0.", invalid, written(&r, &[0; 32])),
        ("r-order", "r is n.", invalid, written(&n, &s)),
        ("s-order", "s is n.", invalid, written(&r, &n)),
        (
            "raw",
            "r and s side by side (IEEE P1363), as WebCrypto gives them.",
            unreadable,
            [r, s].concat(),
        ),
    ] {
        logins.proof(
            &scene,
            &format!("p256-{name}"),
            description,
            comes,
            &scene.signed(&signature),
        );
    }
    let scene = Scene::new(TestKey::rsa_kept());
    let good = scene.unit.key.sign(&scene.signed_bytes());
    let mut bit = good.clone();
    *bit.last_mut().unwrap() ^= 1;
    for (name, description, comes, signature) in [
        (
            "last-bit",
            "The lowest bit of the signature is another.",
            invalid,
            bit,
        ),
        ("zero", "The signature is 0.", invalid, vec![0; good.len()]),
        (
            "one",
            "The signature is 1.",
            invalid,
            [&vec![0; good.len() - 1][..], &[1]].concat(),
        ),
        (
            "above-modulus",
            "The signature is above the modulus.",
            invalid,
            vec![0xff; good.len()],
        ),
        (
            "cut",
            "The signature is a byte shorter than the modulus.",
            unreadable,
            good[1..].to_vec(),
        ),
        (
            "longer",
            "The signature has a zero in front.",
            unreadable,
            [&[0], &good[..]].concat(),
        ),
    ] {
        logins.proof(
            &scene,
            &format!("rsa-{name}"),
            description,
            comes,
            &scene.signed(&signature),
        );
    }
}

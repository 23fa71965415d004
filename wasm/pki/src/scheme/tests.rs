//! Schemes against AlgorithmIdentifiers written by hand, and against the OpenSSL command line.

use super::*;
use crate::asn1;
use crate::sm2::Sm2Digest;
use crate::testing::{TestKey, data};
use std::path::PathBuf;
use std::process::Command;

const HASHES: [(Sha2, &str); 3] = [
    (Sha2::Sha256, "-sha256"),
    (Sha2::Sha384, "-sha384"),
    (Sha2::Sha512, "-sha512"),
];

fn sequence(fields: &[&[u8]]) -> Vec<u8> {
    asn1::element(tag::SEQUENCE, fields)
}

fn with(algorithm: Oid, parameters: &[u8]) -> Vec<u8> {
    sequence(&[&asn1::oid(algorithm), parameters])
}

const NULL: [u8; 2] = [tag::NULL, 0];

/// The name in the refusal of an AlgorithmIdentifier.
fn refusal(der: &[u8]) -> String {
    match Scheme::read(der) {
        Err(Error::AlgorithmNotSupported { algorithm }) => algorithm,
        other => panic!("{der:02x?}: {other:?}"),
    }
}

#[test]
fn parameters_are_null_or_absent() {
    for (oid, scheme, null_is_defined) in [
        (oid::SM2_WITH_SM3, Scheme::Sm2WithSm3, false),
        (oid::RSA_SHA256, Scheme::RsaPkcs1(Sha2::Sha256), true),
        (oid::RSA_SHA384, Scheme::RsaPkcs1(Sha2::Sha384), true),
        (oid::RSA_SHA512, Scheme::RsaPkcs1(Sha2::Sha512), true),
        (oid::ECDSA_SHA256, Scheme::Ecdsa(Sha2::Sha256), false),
        (oid::ECDSA_SHA384, Scheme::Ecdsa(Sha2::Sha384), false),
        (oid::ECDSA_SHA512, Scheme::Ecdsa(Sha2::Sha512), false),
    ] {
        let (null, absent) = if null_is_defined {
            (Parameters::AsDefined, Parameters::Odd("absent parameters"))
        } else {
            (Parameters::Odd("NULL parameters"), Parameters::AsDefined)
        };
        assert_eq!(Scheme::read(&with(oid, &NULL)), Ok((scheme, null)));
        assert_eq!(Scheme::read(&with(oid, &[])), Ok((scheme, absent)));
        let curve = asn1::oid(oid::SM2_CURVE);
        for wrong in [
            &[tag::NULL, 1, 0][..],
            &[tag::SEQUENCE, 0],
            &[tag::INTEGER, 1, 0],
            &curve,
        ] {
            let expected = format!("{} with unknown parameters", scheme.name());
            assert_eq!(refusal(&with(oid, wrong)), expected);
        }
        // Two parameters, bytes behind, and an end too early.
        assert!(refusal(&with(oid, &[NULL, NULL].concat())).starts_with("unreadable"));
        let whole = with(oid, &NULL);
        assert!(refusal(&[&whole[..], &[0]].concat()).starts_with("unreadable"));
        for end in 0..whole.len() {
            assert!(refusal(&whole[..end]).starts_with("unreadable"));
        }
    }
}

#[test]
fn refused_algorithms_are_named() {
    let oid = |text| Oid::new_unwrap(text);
    for (algorithm, name) in [
        (oid("1.2.840.113549.1.1.5"), "sha1WithRSAEncryption"),
        (oid("1.2.840.113549.1.1.4"), "md5WithRSAEncryption"),
        (oid("1.2.840.113549.1.1.14"), "sha224WithRSAEncryption"),
        (oid("1.2.840.10045.4.1"), "ecdsa-with-SHA1"),
        (oid("1.3.101.112"), "Ed25519"),
        // Names of keys, of curves and of hashes are no schemes.
        (oid::RSA, "1.2.840.113549.1.1.1"),
        (oid::EC, "1.2.840.10045.2.1"),
        (oid::SM2_CURVE, "1.2.156.10197.1.301"),
        (oid::SM2_SIGN, "1.2.156.10197.1.301.1"),
        (oid::SHA256, "2.16.840.1.101.3.4.2.1"),
        (oid("1.2.3.4"), "1.2.3.4"),
    ] {
        assert_eq!(refusal(&with(algorithm, &NULL)), name);
        assert_eq!(refusal(&with(algorithm, &[])), name);
    }
}

/// RSASSA-PSS with these fields, each with its own tag.
fn pss(fields: &[Vec<u8>]) -> Vec<u8> {
    with(oid::RSA_PSS, &sequence(&[&fields.concat()]))
}

fn hash(oid: Oid) -> Vec<u8> {
    asn1::element(tag::CONTEXT_0, &[&with(oid, &NULL)])
}

fn mgf1(oid: Oid) -> Vec<u8> {
    asn1::element(tag::CONTEXT_1, &[&with(oid::MGF1, &with(oid, &NULL))])
}

fn number(tag: u8, value: &[u8]) -> Vec<u8> {
    asn1::element(tag, &[&asn1::element(tag::INTEGER, &[value])])
}

#[test]
fn pss_parameters_with_and_without_defaults() {
    let salt = |value: &[u8]| number(CONTEXT_2, value);
    let trailer = |value: &[u8]| number(CONTEXT_3, value);
    for hashes in [
        (Sha2::Sha256, oid::SHA256),
        (Sha2::Sha384, oid::SHA384),
        (Sha2::Sha512, oid::SHA512),
    ] {
        let (sha2, of) = hashes;
        let read =
            |fields: &[Vec<u8>]| Scheme::read(&pss(&[&[hash(of), mgf1(of)], fields].concat()));
        let expected = |salt_length, parameters| {
            let hash = sha2;
            Ok((Scheme::RsaPss { hash, salt_length }, parameters))
        };
        let odd = Parameters::Odd("defaults written out");
        assert_eq!(read(&[]), expected(20, Parameters::AsDefined));
        assert_eq!(read(&[salt(&[32])]), expected(32, Parameters::AsDefined));
        assert_eq!(read(&[salt(&[0])]), expected(0, Parameters::AsDefined));
        assert_eq!(
            read(&[salt(&[0, 0xde])]),
            expected(222, Parameters::AsDefined)
        );
        assert_eq!(read(&[salt(&[20])]), expected(20, odd));
        assert_eq!(read(&[trailer(&[1])]), expected(20, odd));
        assert_eq!(read(&[salt(&[48]), trailer(&[1])]), expected(48, odd));
        let longest = 512 - 2 - sha2.size();
        let bytes = |n: usize| u16::try_from(n).unwrap().to_be_bytes();
        assert_eq!(
            read(&[salt(&bytes(longest))]),
            expected(longest, Parameters::AsDefined)
        );
        for too_long in [bytes(longest + 1), [0x7f, 0xff]] {
            let der = pss(&[hash(of), mgf1(of), salt(&too_long)]);
            assert_eq!(refusal(&der), "RSASSA-PSS with a salt too long");
        }
        // A hash without parameters is the same hash (RFC 4055, 2.1).
        let bare = [
            asn1::element(tag::CONTEXT_0, &[&with(of, &[])]),
            asn1::element(tag::CONTEXT_1, &[&with(oid::MGF1, &with(of, &[]))]),
        ];
        assert_eq!(
            Scheme::read(&pss(&bare)),
            expected(20, Parameters::AsDefined)
        );
        for other in [0, 2, 0x7f] {
            let der = pss(&[hash(of), mgf1(of), trailer(&[other])]);
            assert_eq!(refusal(&der), "RSASSA-PSS with another trailer");
        }
        // SHA-1, the default, in either place.
        let sha1 = "RSASSA-PSS with SHA-1";
        assert_eq!(refusal(&pss(&[])), sha1);
        assert_eq!(refusal(&pss(&[mgf1(of)])), sha1);
        assert_eq!(refusal(&pss(&[hash(of)])), sha1);
        assert_eq!(refusal(&pss(&[hash(of), mgf1(oid::SHA1)])), sha1);
        assert_eq!(refusal(&pss(&[hash(oid::SHA1), mgf1(of)])), sha1);
    }
    let two = pss(&[hash(oid::SHA256), mgf1(oid::SHA384)]);
    assert_eq!(refusal(&two), "RSASSA-PSS with two hashes");
    let shake = Oid::new_unwrap("2.16.840.1.101.3.4.2.11");
    let mask = asn1::element(tag::CONTEXT_1, &[&with(shake, &[])]);
    assert_eq!(
        refusal(&pss(&[hash(oid::SHA256), mask])),
        format!("RSASSA-PSS with {shake}")
    );
}

#[test]
fn pss_parameters_that_are_no_der_are_refused() {
    let (sha256, mask) = (hash(oid::SHA256), mgf1(oid::SHA256));
    let good = pss(&[sha256.clone(), mask.clone(), number(CONTEXT_2, &[32])]);
    assert!(Scheme::read(&good).is_ok());
    assert_eq!(
        refusal(&with(oid::RSA_PSS, &[])),
        "RSASSA-PSS without parameters"
    );
    let integer = |value: &[u8]| asn1::element(tag::INTEGER, &[value]);
    let sha256_with =
        |parameters: &[u8]| asn1::element(tag::CONTEXT_0, &[&with(oid::SHA256, parameters)]);
    let mgf1_with =
        |parameters: &[u8]| asn1::element(tag::CONTEXT_1, &[&with(oid::MGF1, parameters)]);
    for last in [
        number(CONTEXT_2, &[]),
        number(CONTEXT_2, &[0x80]),
        number(CONTEXT_2, &[0xff, 0xe0]),
        number(CONTEXT_2, &[0, 32]),
        number(CONTEXT_2, &[0x80, 0, 0]),
        number(CONTEXT_2, &[1, 0, 0]),
        number(CONTEXT_2, &[1; 9]),
        asn1::element(CONTEXT_2, &[]),
        asn1::element(CONTEXT_2, &[&integer(&[32]), &integer(&[32])]),
        asn1::element(CONTEXT_2, &[&[tag::OCTET_STRING, 1, 32]]),
        integer(&[32]),
        // Twice, out of order, unknown.
        [number(CONTEXT_2, &[32]), number(CONTEXT_2, &[32])].concat(),
        [number(CONTEXT_3, &[1]), number(CONTEXT_2, &[32])].concat(),
        sha256.clone(),
        number(0xa4, &[1]),
    ] {
        let der = pss(&[sha256.clone(), mask.clone(), last]);
        assert!(refusal(&der).contains("unreadable"), "{der:02x?}");
    }
    for fields in [
        vec![mask.clone(), sha256.clone()],
        vec![sha256_with(&[tag::INTEGER, 1, 0]), mask.clone()],
        vec![sha256_with(&[NULL, NULL].concat()), mask.clone()],
        vec![sha256.clone(), mgf1_with(&[])],
        vec![sha256.clone(), mgf1_with(&NULL)],
        vec![
            sha256.clone(),
            mgf1_with(&with(oid::SHA256, &[tag::SEQUENCE, 0])),
        ],
        vec![asn1::element(tag::CONTEXT_0, &[]), mask.clone()],
    ] {
        let der = pss(&fields);
        assert!(refusal(&der).contains("unreadable"), "{der:02x?}");
    }
    assert!(refusal(&with(oid::RSA_PSS, &NULL)).contains("unreadable"));
    // No flipped byte makes a reader panic, or another length of salt out of nothing.
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut changed = good.clone();
            changed[at] ^= 1 << bit;
            if let Ok((scheme, _)) = Scheme::read(&changed) {
                assert_eq!(at, good.len() - 1, "{scheme:?}");
            }
        }
    }
}

#[test]
fn schemes_fit_their_own_keys_only() {
    let keys: Vec<PublicKey> = TestKey::all()
        .iter()
        .map(|key| PublicKey::from_spki(&key.spki()).unwrap())
        .collect();
    let p384 = p384::ecdsa::SigningKey::from_slice(&[3; 48]).unwrap();
    let p384 = PublicKey::P384(*p384.verifying_key());
    let pss = Scheme::RsaPss {
        hash: Sha2::Sha256,
        salt_length: 32,
    };
    for (scheme, fits) in [
        (Scheme::Sm2WithSm3, [true, false, false, false]),
        (Scheme::Ecdsa(Sha2::Sha384), [false, true, false, true]),
        (Scheme::RsaPkcs1(Sha2::Sha512), [false, false, true, false]),
        (pss, [false, false, true, false]),
    ] {
        for (key, fits) in keys.iter().chain([&p384]).zip(fits) {
            assert_eq!(scheme.fits(key), fits, "{scheme:?} {}", key.name());
        }
    }
    for key in &keys {
        let algorithm = key.algorithm().unwrap();
        assert!(Scheme::from(algorithm).fits(key));
    }
}

#[test]
fn sm2_signatures_hold_in_the_way_they_were_made() {
    let private = TestKey::sm2(1);
    let key = PublicKey::from_spki(&private.spki()).unwrap();
    let PublicKey::Sm2(sm2) = &key else {
        unreachable!()
    };
    let ways = [
        Sm2Digest::Id(b"1234567812345678"),
        Sm2Digest::Id(b""),
        Sm2Digest::Id(b"other"),
        Sm2Digest::WithoutZ,
    ];
    for made in ways {
        let signature = private.sign_e(&sm2.digest(made, &[b"message"]).unwrap());
        for judged in ways {
            let holds = key.verify_scheme(
                Scheme::Sm2WithSm3,
                judged,
                &[b"mess", b"", b"age"],
                &signature,
            );
            assert_eq!(holds, made == judged, "{made:?} {judged:?}");
        }
    }
    let without = private.sign_e(&crate::hash::sm3(b"message"));
    assert!(key.verify_scheme(
        Scheme::Sm2WithSm3,
        Sm2Digest::WithoutZ,
        &[b"message"],
        &without
    ));
    // An id whose length has no room in Z.
    let long = [0; 8192];
    let judged = Sm2Digest::Id(&long);
    assert!(!key.verify_scheme(Scheme::Sm2WithSm3, judged, &[b"message"], &without));
}

/// The OpenSSL command line, in a folder of its own.
struct OpenSsl {
    folder: PathBuf,
}

impl OpenSsl {
    fn new(test: &str) -> Option<Self> {
        let available = Command::new("openssl").arg("version").output();
        if !available.is_ok_and(|output| output.status.success()) {
            yinxin_testing::skipped("no OpenSSL");
            return None;
        }
        let name = format!("yinxin-pki-{test}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Some(Self { folder })
    }

    /// Runs a command in the folder; its arguments are split at spaces.
    fn run(&self, command: &str) -> Vec<u8> {
        let output = Command::new("openssl")
            .args(command.split(' '))
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {command}: {words}");
        output.stdout
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.join(name), bytes).unwrap();
    }

    /// Makes the key `name`, and reads its public half.
    fn key(&self, name: &str, options: &str) -> PublicKey {
        self.run(&format!("genpkey {options} -out {name}"));
        let spki = self.run(&format!("pkey -in {name} -pubout -outform DER"));
        PublicKey::from_spki(&spki).unwrap()
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// That a signature of OpenSSL holds under its own scheme and key, and no other way.
fn check(key: &PublicKey, scheme: Scheme, message: &[u8], signature: &[u8], others: &[PublicKey]) {
    let verify = |key: &PublicKey, scheme, message: &[u8], signature: &[u8]| {
        let (start, rest) = message.split_at(message.len() / 2);
        key.verify_scheme(scheme, Sm2Digest::WithoutZ, &[start, rest], signature)
    };
    let context = format!("{} {} {scheme:?}", key.name(), key.bits());
    assert!(scheme.fits(key));
    assert!(verify(key, scheme, message, signature), "{context}");
    assert!(!verify(key, scheme, &message[1..], signature), "{context}");
    let mut changed = signature.to_vec();
    for bit in (0..signature.len() * 8).step_by(signature.len() / 8) {
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(
            !verify(key, scheme, message, &changed),
            "{context} bit {bit}"
        );
        changed[bit / 8] ^= 1 << (bit % 8);
    }
    for other in others {
        assert!(!verify(other, scheme, message, signature), "{context}");
    }
    let salts = [0, 20, 32, 48, 64];
    let all = HASHES.into_iter().flat_map(|(hash, _)| {
        let pss = salts.map(|salt_length| Scheme::RsaPss { hash, salt_length });
        [Scheme::RsaPkcs1(hash), Scheme::Ecdsa(hash)]
            .into_iter()
            .chain(pss)
    });
    for other in all.chain([Scheme::Sm2WithSm3]) {
        if other != scheme {
            assert!(
                !verify(key, other, message, signature),
                "{context} {other:?}"
            );
        }
    }
}

#[test]
fn signatures_of_openssl_on_p256_and_p384_hold() {
    let Some(openssl) = OpenSsl::new("ecdsa") else {
        return;
    };
    let message = "投标文件 of some length".as_bytes();
    openssl.write("message", message);
    let curve = |curve| format!("-algorithm EC -pkeyopt ec_paramgen_curve:{curve}");
    let strangers = [
        openssl.key("p256-other", &curve("P-256")),
        openssl.key("p384-other", &curve("P-384")),
        PublicKey::from_spki(&TestKey::sm2(1).spki()).unwrap(),
        PublicKey::from_spki(&TestKey::rsa().spki()).unwrap(),
    ];
    for (name, bits) in [("P-256", 256), ("P-384", 384)] {
        let key = openssl.key(name, &curve(name));
        assert_eq!((key.name(), key.bits()), (name, bits));
        for (hash, option) in HASHES {
            // Digests longer than the order, shorter, and as long.
            let signature = openssl.run(&format!("dgst {option} -sign {name} message"));
            check(&key, Scheme::Ecdsa(hash), message, &signature, &strangers);
        }
    }
}

#[test]
fn signatures_of_openssl_with_rsa_hold() {
    let Some(openssl) = OpenSsl::new("rsa") else {
        return;
    };
    let message = "投标文件 of some length".as_bytes();
    openssl.write("message", message);
    let rsa = |bits| format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{bits}");
    let strangers = [
        openssl.key("other", &rsa(2048)),
        PublicKey::from_spki(&TestKey::p256(1).spki()).unwrap(),
    ];
    // OpenSSL makes even sizes only.
    for bits in [2048, 2050, 4096] {
        let key = openssl.key("key", &rsa(bits));
        assert_eq!(key.bits(), bits);
        for (hash, option) in HASHES {
            let signature = openssl.run(&format!("dgst {option} -sign key message"));
            check(
                &key,
                Scheme::RsaPkcs1(hash),
                message,
                &signature,
                &strangers,
            );
            for salt_length in [0, 20, hash.size()] {
                let signature = openssl.run(&format!(
                    "dgst {option} -sign key -sigopt rsa_padding_mode:pss \
                     -sigopt rsa_pss_saltlen:{salt_length} message"
                ));
                let scheme = Scheme::RsaPss { hash, salt_length };
                check(&key, scheme, message, &signature, &strangers);
            }
            let signature = openssl.run(&format!(
                "dgst {option} -sign key -sigopt rsa_padding_mode:pss \
                 -sigopt rsa_pss_saltlen:max message"
            ));
            let salt_length = (bits as usize - 1).div_ceil(8) - hash.size() - 2;
            let scheme = Scheme::RsaPss { hash, salt_length };
            check(&key, scheme, message, &signature, &strangers);
        }
    }
}

/// RFC 4055, 1.2 and 3.3: a key of the algorithm RSASSA-PSS makes no other signatures, and with
/// parameters those of its hash, and of its salt at least.
#[test]
fn a_key_for_pss_only_is_restricted_as_it_says() {
    let Some(openssl) = OpenSsl::new("pss-keys") else {
        return;
    };
    let message = b"of some length";
    openssl.write("message", message);
    let free = openssl.key("free", "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048");
    let bound = openssl.key(
        "bound",
        "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 \
         -pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 \
         -pkeyopt rsa_pss_keygen_saltlen:32",
    );
    let sign = |key: &str, option: &str, salt: usize| {
        openssl.run(&format!(
            "dgst {option} -sign {key} -sigopt rsa_padding_mode:pss \
             -sigopt rsa_pss_saltlen:{salt} message"
        ))
    };
    for (hash, option) in HASHES {
        for salt_length in [0, 20, 32, 64] {
            let scheme = Scheme::RsaPss { hash, salt_length };
            let signature = sign("free", option, salt_length);
            check(&free, scheme, message, &signature, &[]);
            let fits = hash == Sha2::Sha256 && salt_length >= 32;
            assert_eq!(scheme.fits(&bound), fits, "{hash:?} {salt_length}");
            if fits {
                let signature = sign("bound", option, salt_length);
                check(&bound, scheme, message, &signature, &[]);
            }
        }
        assert!(!Scheme::RsaPkcs1(hash).fits(&free));
    }
    // The same numbers under the name of either algorithm: what one key signed for any use does not
    // hold where it is for RSASSA-PSS only, nor with a salt that is too short.
    let any = openssl.key("any", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
    let PublicKey::Rsa(numbers) = &any else {
        panic!("an RSA key");
    };
    let only = |uses| PublicKey::Rsa(numbers.clone().only_for(uses));
    let bound = RsaUse::PssWith {
        hash: Sha2::Sha256,
        salt_length: 32,
    };
    let id = Sm2Digest::Id(b"");
    let pkcs1 = openssl.run("dgst -sha256 -sign any message");
    let scheme = Scheme::RsaPkcs1(Sha2::Sha256);
    assert!(any.verify_scheme(scheme, id, &[message], &pkcs1));
    let digest = crate::hash::sha256(message);
    assert!(any.verify_prehash(&digest, &pkcs1));
    for uses in [RsaUse::Pss, bound] {
        let key = only(uses);
        assert!(!key.verify_scheme(scheme, id, &[message], &pkcs1));
        assert!(!key.verify(&[message], &pkcs1));
        assert!(!key.verify_prehash(&digest, &pkcs1));
        assert_eq!(key.algorithm(), None);
        assert_eq!(key.normalise(&pkcs1), None);
    }
    for (salt_length, holds) in [(31, false), (32, true), (33, true)] {
        let signature = sign("any", "-sha256", salt_length);
        let scheme = Scheme::RsaPss {
            hash: Sha2::Sha256,
            salt_length,
        };
        let holds_of = |key: PublicKey| key.verify_scheme(scheme, id, &[message], &signature);
        assert!(holds_of(only(RsaUse::Pss)));
        assert_eq!(holds_of(only(bound)), holds);
    }
}

#[test]
fn a_key_for_pss_with_parameters_that_are_none_is_no_key() {
    let spki = TestKey::rsa().spki();
    let mut fields = asn1::single(&spki, tag::SEQUENCE, "").unwrap().children();
    fields.read().unwrap();
    let key = fields.read().unwrap().raw;
    let read = |algorithm: &[u8]| PublicKey::from_spki(&sequence(&[algorithm, key]));
    let good = pss(&[hash(oid::SHA256), mgf1(oid::SHA256)]);
    assert!(read(&good).is_ok());
    assert!(read(&with(oid::RSA_PSS, &[])).is_ok());
    for bad in [
        with(oid::RSA_PSS, &NULL),
        pss(&[]),
        pss(&[hash(oid::SHA256)]),
        pss(&[hash(oid::SHA256), mgf1(oid::SHA384)]),
    ] {
        assert!(read(&bad).is_err(), "{bad:?}");
    }
}

/// TBSCertificate, AlgorithmIdentifier and signature of a certificate.
fn parts(certificate: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let mut fields = asn1::single(certificate, tag::SEQUENCE, "")
        .unwrap()
        .children();
    let mut next = || fields.read().unwrap();
    let (tbs, algorithm, signature) = (next(), next(), next());
    let signature = signature.value[1..].to_vec();
    (tbs.raw.to_vec(), algorithm.raw.to_vec(), signature)
}

/// How OpenSSL writes the schemes in certificates, and what it signs under them.
#[test]
fn certificates_of_openssl_say_their_scheme() {
    let Some(openssl) = OpenSsl::new("certificates") else {
        return;
    };
    let pss = |hash, salt_length| Some(Scheme::RsaPss { hash, salt_length });
    let rsa = "rsa:2048";
    let pss_with =
        |salt: &str| format!(" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:{salt}");
    let default_id = Sm2Digest::Id(b"1234567812345678");
    for (key, options, expected, way) in [
        (
            "P-384",
            "-sha384".into(),
            Some(Scheme::Ecdsa(Sha2::Sha384)),
            default_id,
        ),
        (
            "P-384",
            "-sha256".into(),
            Some(Scheme::Ecdsa(Sha2::Sha256)),
            default_id,
        ),
        (
            "P-256",
            "-sha512".into(),
            Some(Scheme::Ecdsa(Sha2::Sha512)),
            default_id,
        ),
        (
            rsa,
            "-sha384".into(),
            Some(Scheme::RsaPkcs1(Sha2::Sha384)),
            default_id,
        ),
        (
            rsa,
            format!("-sha256{}", pss_with("32")),
            pss(Sha2::Sha256, 32),
            default_id,
        ),
        (
            rsa,
            format!("-sha384{}", pss_with("20")),
            pss(Sha2::Sha384, 20),
            default_id,
        ),
        (
            rsa,
            format!("-sha512{}", pss_with("0")),
            pss(Sha2::Sha512, 0),
            default_id,
        ),
        (
            rsa,
            format!("-sha512{}", pss_with("max")),
            pss(Sha2::Sha512, 190),
            default_id,
        ),
        (
            "SM2",
            "-sm3 -sigopt distid:1234567812345678".into(),
            Some(Scheme::Sm2WithSm3),
            default_id,
        ),
        (
            "SM2",
            "-sm3".into(),
            Some(Scheme::Sm2WithSm3),
            Sm2Digest::Id(b""),
        ),
        (rsa, "-sha1".into(), None, default_id),
        (rsa, format!("-sha1{}", pss_with("20")), None, default_id),
        (
            rsa,
            format!("-sha256{} -sigopt rsa_mgf1_md:sha1", pss_with("32")),
            None,
            default_id,
        ),
    ] {
        let make = match key {
            "SM2" => "-algorithm SM2".to_owned(),
            "P-256" | "P-384" => format!("-algorithm EC -pkeyopt ec_paramgen_curve:{key}"),
            _ => "-algorithm RSA -pkeyopt rsa_keygen_bits:2048".to_owned(),
        };
        let public = openssl.key("key", &make);
        let certificate = openssl.run(&format!(
            "req -x509 -new -key key -subj /CN=example -outform DER {options}"
        ));
        let (tbs, algorithm, signature) = parts(&certificate);
        let Some(expected) = expected else {
            let name = refusal(&algorithm);
            assert!(
                name == "sha1WithRSAEncryption" || name == "RSASSA-PSS with SHA-1",
                "{name}"
            );
            continue;
        };
        let read = Scheme::read(&algorithm);
        assert_eq!(
            read,
            Ok((expected, Parameters::AsDefined)),
            "{key} {options}"
        );
        assert!(
            public.verify_scheme(expected, way, &[&tbs], &signature),
            "{key} {options}"
        );
        assert!(!public.verify_scheme(expected, way, &[&tbs[1..]], &signature));
    }
}

#[test]
fn a_certificate_with_a_p384_key_is_read_and_signs_nothing() {
    let Some(openssl) = OpenSsl::new("p384") else {
        return;
    };
    openssl.key("key", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384");
    let der = openssl.run(
        "req -x509 -new -key key -sha384 -subj /CN=example -outform DER \
         -addext basicConstraints=critical,CA:FALSE",
    );
    // `req -x509` may write a CA certificate whatever is asked for; the key is judged first.
    let certificate = crate::certificate::Certificate::from_der(der).unwrap();
    let refused = Error::AlgorithmNotSupported {
        algorithm: "P-384".into(),
    };
    assert_eq!(certificate.key().unwrap().name(), "P-384");
    assert_eq!(certificate.signing_algorithm(), Err(refused.clone()));
    let now = certificate.not_before();
    assert_eq!(certificate.signing_problem(now), Some(refused.clone()));
    assert_eq!(
        crate::attributes::check(&[], &certificate),
        Err(refused.clone())
    );
    let facts = certificate.facts(now);
    assert_eq!(
        (facts.key_algorithm.as_str(), facts.algorithm),
        ("P-384", None)
    );
    assert_eq!(facts.key_bits, Some(384));
    assert_eq!(certificate.view(now).problem, Some(refused));
}

/// The operating CAs under the national root, and the root itself.
#[test]
fn the_national_certificates_write_null_parameters() {
    let Some(folder) = data::folder() else { return };
    let (mut null, mut absent) = (0, 0);
    for entry in std::fs::read_dir(folder.join("ca-national")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "crt") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let der = crate::pem::der_of(&bytes, &["CERTIFICATE"]).unwrap();
        match Scheme::read(&parts(&der).1).unwrap() {
            (Scheme::Sm2WithSm3, Parameters::Odd("NULL parameters")) => null += 1,
            (Scheme::Sm2WithSm3, Parameters::AsDefined) => absent += 1,
            other => panic!("{}: {other:?}", path.display()),
        }
    }
    assert_eq!((null, absent), (85, 1));
}

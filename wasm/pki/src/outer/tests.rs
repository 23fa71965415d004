//! What is filled up, and BER of every form: against the DER that it was made from, and OpenSSL.

use super::*;
use crate::certificate::bundle;
use crate::cms::{Content, Options, verify};
use crate::testing::{Identity, NOW, OpenSsl, Profile, TestKey, chain, codes, signed_data};
use crate::trust::{Crls, PathPolicy};
use proptest::prelude::*;

/// How an element is written, drawn from random numbers.
struct Writer<'a> {
    choices: &'a [u8],
    next: usize,
}

impl Writer<'_> {
    fn choice(&mut self, of: u8) -> u8 {
        self.next += 1;
        self.choices[self.next % self.choices.len()] % of
    }

    /// One element of DER as BER.
    fn element(&mut self, der: &[u8], place: Place, out: &mut Vec<u8>) {
        let tlv = Reader::new(der).read().unwrap();
        if tlv.tag & CONSTRUCTED != 0 && place != Place::Member {
            let mut contents = Vec::new();
            let (mut inside, mut index) = (tlv.children(), 0);
            while let Ok(child) = inside.read() {
                self.element(child.raw, place.child(index, child.tag), &mut contents);
                index += 1;
            }
            return self.header(tlv.tag, &contents, out);
        }
        if tlv.tag == tag::OCTET_STRING && place != Place::Member && self.choice(2) == 0 {
            let contents = self.pieces(tlv.value, 3);
            return self.header(tag::OCTET_STRING | CONSTRUCTED, &contents, out);
        }
        if place == Place::Member {
            return self.header(tlv.tag, tlv.value, out);
        }
        self.definite(tlv.tag, tlv.value, out);
    }

    fn pieces(&mut self, value: &[u8], depth: u8) -> Vec<u8> {
        let mut out = Vec::new();
        for piece in value.chunks(1 + usize::from(self.choice(40))) {
            if depth > 0 && self.choice(3) == 0 {
                let inside = self.pieces(piece, depth - 1);
                self.header(tag::OCTET_STRING | CONSTRUCTED, &inside, &mut out);
            } else {
                self.definite(tag::OCTET_STRING, piece, &mut out);
            }
        }
        out
    }

    fn header(&mut self, tag: u8, contents: &[u8], out: &mut Vec<u8>) {
        if tag & CONSTRUCTED != 0 && self.choice(2) == 0 {
            out.extend([tag, 0x80]);
            out.extend_from_slice(contents);
            out.extend([0, 0]);
        } else {
            self.definite(tag, contents, out);
        }
    }

    fn definite(&mut self, tag: u8, contents: &[u8], out: &mut Vec<u8>) {
        let zeros = self.choice(4);
        if zeros == 0 {
            return out.extend(asn1::element(tag, &[contents]));
        }
        let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
        out.extend([tag, 0x84 + zeros]);
        out.extend(vec![0; zeros.into()]);
        out.extend(length);
        out.extend_from_slice(contents);
    }
}

fn message_of(content: Option<&[u8]>) -> (Identity, Vec<u8>) {
    let unit = Identity::self_signed(TestKey::sm2(1), &Profile::unit());
    let signer = unit.signer_info(content.unwrap_or(b"contract"));
    let der = signed_data(&[unit.certificate.der()], &[signer], content);
    (unit, der)
}

proptest! {
    #[test]
    fn ber_of_any_form_becomes_the_der_that_it_means(
        choices in proptest::collection::vec(any::<u8>(), 1..200),
        content in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..300)),
        filling in prop_oneof![Just(&b""[..]), Just(&[0; 5][..]), Just(&b"\r\n"[..]), Just(&[0xff][..])],
    ) {
        let (unit, der) = message_of(content.as_deref());
        let mut ber = Vec::new();
        Writer { choices: &choices, next: 0 }.element(&der, Place::ContentInfo, &mut ber);
        let is_der = ber == der;
        ber.extend_from_slice(filling);
        let (read, findings) = message(ber.clone()).unwrap();
        prop_assert_eq!(&read, &der);
        let notes = usize::from(!is_der) + usize::from(!filling.is_empty());
        prop_assert_eq!(findings.len(), notes);
        prop_assert!(is_content_info(&ber) && !is_content_info(unit.certificate.der()));

        // Every prefix is refused, and so is what follows with a meaning.
        let crls = Crls::default();
        let mut options = Options::new(PathPolicy::new(&[], &[], &crls, NOW));
        options.check_trust = false;
        let content = content.unwrap_or(b"contract".to_vec());
        options.content = Some(Content::Bytes(&content));
        let judged = verify(&ber, &options).unwrap();
        prop_assert!(judged.valid, "{:?}", judged.findings);
        let end = ber.len() - filling.len();
        for length in [0, 1, end / 3, end / 2, end - 1] {
            prop_assert!(verify(&ber[..length], &options).is_err(), "{}", length);
        }
        for more in [&[1][..], &[0x30, 0], &[0, 0xff], &der] {
            let more = [&ber[..end], more].concat();
            prop_assert!(verify(&more, &options).is_err());
        }
    }

    #[test]
    fn nothing_panics(input in proptest::collection::vec(
        prop_oneof![Just(0x30u8), Just(0x80), Just(0x24), Just(0xa0), Just(0), Just(4), any::<u8>()],
        0..400,
    )) {
        let _ = message(input.clone());
        let _ = message([&[0x30, 0x80, 0x06, 0x01, 0x00][..], &input].concat());
        let mut trimmed = input.clone();
        let noted = trim(&mut trimmed).is_some();
        prop_assert_eq!(noted, trimmed.len() < input.len());
    }
}

#[test]
fn what_is_der_stays_as_it_is_and_deep_nesting_is_refused() {
    let (_, der) = message_of(Some(b"contract"));
    assert_eq!(message(der.clone()), Ok((der, Vec::new())));
    for depth in [1_000, 1_000_000] {
        let deep = [0x30, 0x80].repeat(depth);
        assert_eq!(
            message(deep.clone()).unwrap_err().reason,
            "nested too deeply"
        );
        // Definite ones are the reader's to refuse.
        let mut pieces = vec![0x30, 0x80];
        pieces.extend([0x24, 0x80].repeat(depth));
        assert!(message(pieces).is_err());
    }
}

#[test]
fn what_somebody_signed_inside_stays_as_it_stands() {
    let (_, issuing, unit) = chain(TestKey::sm2(1));
    let der = unit.certificate.der();
    let value = asn1::single(der, tag::SEQUENCE, "").unwrap().value;
    let of = |certificates: &[u8], content: &[u8]| {
        let kind = asn1::oid(crate::oid::DATA);
        let explicit = [&[0xa0, 0x80], content, &[0, 0]].concat();
        let content = if content.is_empty() {
            &[][..]
        } else {
            &explicit
        };
        let encapsulated = asn1::element(tag::SEQUENCE, &[&kind, content]);
        let data = [
            &[2, 1, 1, 0x31, 0][..],
            &encapsulated,
            &asn1::element(tag::CONTEXT_0, &[certificates]),
            &[0x31, 0],
        ]
        .concat();
        let outer = asn1::oid(crate::oid::SIGNED_DATA);
        [
            &[0x30, 0x80],
            &outer[..],
            &[0xa0, 0x80, 0x30, 0x80],
            &data,
            &[0; 6],
        ]
        .concat()
    };
    // A certificate around which alone is BER is read; the bytes that were signed are the same.
    let indefinite = [&[0x30, 0x80], value, &[0, 0]].concat();
    let long = [
        &[0x30, 0x83, 0, (value.len() >> 8) as u8, value.len() as u8],
        value,
    ]
    .concat();
    for certificate in [der, &indefinite, &long] {
        let all = [certificate, issuing.certificate.der()].concat();
        let read = bundle::certificates(&of(&all, &[])).unwrap();
        assert_eq!(read[0].der(), der);
        assert_eq!(read[1].der(), issuing.certificate.der());
        assert_eq!(codes(read[0].findings()), ["encoding-odd"]);
    }
    // One that is BER further inside is not: its signature is over other bytes.
    let tbs = Reader::new(value).read().unwrap();
    let rest = &value[tbs.raw.len()..];
    let inside = [&[0x30, 0x80], tbs.value, &[0, 0], rest].concat();
    let inside = asn1::element(tag::SEQUENCE, &[&inside]);
    assert!(bundle::certificates(&of(&inside, &[])).is_err());
    // Unsigned attributes that are no DER either cost a message nothing.
    let signer = issuing.signer_info(b"contract");
    let fields = asn1::single(&signer, tag::SEQUENCE, "").unwrap().value;
    let signer = asn1::element(
        tag::SEQUENCE,
        &[fields, &[tag::CONTEXT_1, 4, 0x24, 2, 1, 1]],
    );
    let der = signed_data(&[], &[signer], None);
    assert_eq!(message(der.clone()), Ok((der, Vec::new())));
    let der = unit.certificate.der();
    // A content that is no OCTET STRING is digested as it stands.
    let odd = [0x30, 0x81, 0x03, 0x24, 0x01, 0x07];
    let (read, _) = message(of(der, &odd)).unwrap();
    let kept = [0x30, 0x03, 0x24, 0x01, 0x07];
    assert!(read.windows(kept.len()).any(|window| window == kept));
}

/// BER that OpenSSL makes is judged as OpenSSL judges it.
#[test]
fn streamed_messages_of_openssl_hold() {
    let Some(openssl) = OpenSsl::new("ber") else {
        return;
    };
    let key = openssl.write("key.pem", b"");
    let certificate = openssl.write("certificate.pem", b"");
    let made = |arguments: &[&str]| {
        let (done, words) = OpenSsl::run(arguments);
        assert!(done, "{words}");
    };
    made(&[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        &key,
        "-out",
        &certificate,
        "-subj",
        "/CN=example",
        "-days",
        "3650",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-addext",
        "keyUsage=digitalSignature",
    ]);
    // More than one piece of OpenSSL's.
    let content: Vec<u8> = (0..40_000u32).map(|n| (n * 7 % 251) as u8).collect();
    let file = openssl.write("content", &content);
    let other = openssl.write("other", b"other");
    let out = openssl.write("message", b"");
    let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let at = yinxin_proto::time::UnixTime(at.unwrap().as_secs().cast_signed());
    let crls = Crls::default();
    for (detached, attributes) in [(false, true), (true, true), (false, false)] {
        let mut sign = vec![
            "cms",
            "-sign",
            "-binary",
            "-stream",
            "-indef",
            "-md",
            "sha256",
            "-in",
            &file,
            "-signer",
            &certificate,
            "-inkey",
            &key,
            "-outform",
            "DER",
            "-out",
            &out,
        ];
        sign.extend((!detached).then_some("-nodetach"));
        sign.extend((!attributes).then_some("-noattr"));
        made(&sign);
        let ber = std::fs::read(&out).unwrap();
        assert!(ber.starts_with(&[0x30, 0x80]));
        let judge = |cms: &[u8], content: &[u8]| {
            let mut options = Options::new(PathPolicy::new(&[], &[], &crls, at));
            options.check_trust = false;
            options.allow_without_attributes = true;
            options.content = Some(Content::Bytes(content));
            verify(cms, &options)
        };
        let judged = judge(&ber, &content).unwrap();
        assert!(judged.valid, "{:?}", judged.findings);
        assert!(codes(&judged.findings).contains(&"encoding-odd"));
        if !detached {
            assert_eq!(judged.content.bytes.unwrap(), content);
        }
        assert!(!judge(&ber, b"other").unwrap().valid);
        // What it became holds for OpenSSL as well, and the one with another content for neither.
        let (der, _) = message(ber.clone()).unwrap();
        let der = openssl.write("der", &der);
        let holds = |message: &str, content: &str| {
            let mut arguments = vec![
                "cms",
                "-verify",
                "-binary",
                "-inform",
                "DER",
                "-in",
                message,
                "-CAfile",
                &certificate,
                "-purpose",
                "any",
                "-partial_chain",
                "-out",
                "/dev/null",
            ];
            arguments.extend(
                detached
                    .then_some(["-content", content])
                    .into_iter()
                    .flatten(),
            );
            OpenSsl::run(&arguments)
        };
        let (held, words) = holds(&der, &file);
        assert!(held, "{words}");
        assert!(!detached || !holds(&der, &other).0);
        let mut changed = ber.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        if let Ok(judged) = judge(&changed, &content) {
            assert!(detached || !judged.valid);
        }
    }
    // A bundle.
    let bundle = openssl.write("bundle", b"");
    made(&[
        "crl2pkcs7",
        "-nocrl",
        "-certfile",
        &certificate,
        "-outform",
        "DER",
        "-out",
        &bundle,
    ]);
    let der = std::fs::read(&bundle).unwrap();
    let mut ber = Vec::new();
    let mut writer = Writer {
        choices: &[0, 1, 4, 2],
        next: 0,
    };
    writer.element(&der, Place::ContentInfo, &mut ber);
    let ber = openssl.write("bundle", &ber);
    let (reads, words) = OpenSsl::run(&[
        "pkcs7",
        "-inform",
        "DER",
        "-in",
        &ber,
        "-print_certs",
        "-noout",
    ]);
    assert!(reads, "{words}");
    let read = bundle::certificates(&std::fs::read(&ber).unwrap()).unwrap();
    assert_eq!(read.len(), 1);
}

#[test]
fn a_piece_lies_within_what_holds_it() {
    let (_, der) = message_of(Some(b"contract"));
    let octets = asn1::element(tag::OCTET_STRING, &[b"contract"]);
    let at = der
        .windows(octets.len())
        .position(|part| part == octets)
        .unwrap();
    // `[0]`, encapContentInfo, SignedData, `[0]`, ContentInfo: everything around the content, of an indefinite length.
    let in_place = |content: &[u8]| {
        let kind = asn1::oid(crate::oid::GM_DATA);
        let rest = &der[at + octets.len()..];
        [
            &[0x30, 0x80][..],
            &asn1::oid(crate::oid::GM_SIGNED_DATA),
            &[0xa0, 0x80, 0x30, 0x80, 2, 1, 1, 0x31, 0, 0x30, 0x80],
            &kind,
            &[0xa0, 0x80],
            content,
            &[0, 0, 0, 0],
            rest,
            &[0; 6],
        ]
        .concat()
    };
    let pieces = [&[0x24, 0x80, 0x24, 10][..], &octets, &[0, 0]].concat();
    assert_eq!(message(in_place(&pieces)).unwrap().0, der);
    let beyond = [&[0x24, 0x80, 0x24, 9][..], &octets, &[0, 0]].concat();
    let refused = message(in_place(&beyond)).unwrap_err();
    assert_eq!(refused.reason, "an element beyond the end of what holds it");
}

/// The door does not go on behind what it can't read; the reader must not take pieces for octets then.
#[test]
fn pieces_that_the_door_has_left_are_no_content() {
    let unit = Identity::self_signed(TestKey::sm2(1), &Profile::unit());
    let constructed = asn1::element(tag::OCTET_STRING | CONSTRUCTED, &[b"contract"]);
    let content = asn1::element(tag::CONTEXT_0, &[&constructed]);
    let high = [0x1f, 0x81, 0x01, 0x00];
    let data = asn1::element(
        tag::SEQUENCE,
        &[
            &asn1::unsigned(&[1]),
            &asn1::element(tag::SET, &[&high]),
            &asn1::element(tag::SEQUENCE, &[&asn1::oid(crate::oid::GM_DATA), &content]),
            &asn1::element(tag::CONTEXT_0, &[unit.certificate.der()]),
            &asn1::element(tag::SET, &[&unit.signer_info(b"contract")]),
        ],
    );
    let explicit = asn1::element(tag::CONTEXT_0, &[&data]);
    let kind = asn1::oid(crate::oid::GM_SIGNED_DATA);
    let message = asn1::element(tag::SEQUENCE, &[&kind, &explicit]);
    let crls = Crls::default();
    let refused = verify(
        &message,
        &Options::new(PathPolicy::new(&[], &[], &crls, NOW)),
    );
    let Err(Error::CmsUnreadable { reason, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(reason, "a content in pieces");
}

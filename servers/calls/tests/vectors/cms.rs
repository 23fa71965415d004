//! CMS: what the product writes, what the field writes, and what neither may.

use crate::{Set, Vector, base64, keys, merged, pem};
use serde_json::{Value, json};
use yinxin_calls::Function;
use yinxin_pki::asn1::{self, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::hash::{self, sha256, sm3};
use yinxin_pki::key::EcSignature;
use yinxin_pki::oid;
use yinxin_pki::sm2::{DEFAULT_ID, Sm2Key};
use yinxin_pki::testing::{Identity, NOW, Oid, Profile, TestKey, chain, signed_data};
use yinxin_proto::time::DAY;

pub const CONTENT: &[u8] = "采购合同：第一条……".as_bytes();

/// A SignedData of one signer, in pieces that can be written otherwise.
struct Draft {
    kind: Oid,
    content_type: Oid,
    content: Option<Vec<u8>>,
    /// Whether the content is an OCTET STRING in two pieces, as BER may have it.
    in_pieces: bool,
    certificates: Vec<Vec<u8>>,
    sid: Vec<u8>,
    digest: Oid,
    /// DER SET OF Attribute.
    attributes: Option<Vec<u8>>,
    signing: Oid,
    signature: Vec<u8>,
    /// Further SignerInfos.
    others: Vec<Vec<u8>>,
}

impl Draft {
    /// What the product writes with an SM2 key, detached.
    fn new(signer: &Identity) -> Self {
        let attributes = signer.attributes(CONTENT);
        Self {
            kind: oid::GM_SIGNED_DATA,
            content_type: oid::GM_DATA,
            content: None,
            in_pieces: false,
            certificates: vec![signer.certificate.der().to_vec()],
            sid: sid(&signer.certificate),
            digest: oid::SM3,
            signature: signer.key.sign(&attributes),
            attributes: Some(attributes),
            signing: oid::SM2_SIGN,
            others: Vec::new(),
        }
    }

    /// With these attributes, signed.
    fn with_attributes(signer: &Identity, attributes: Vec<u8>) -> Vec<u8> {
        let signature = signer.key.sign(&attributes);
        Self {
            attributes: Some(attributes),
            signature,
            ..Self::new(signer)
        }
        .write()
    }

    /// Without any, over bytes.
    fn bare(signer: &Identity, signed: &[u8]) -> Self {
        Self {
            attributes: None,
            signature: signer.key.sign(signed),
            ..Self::new(signer)
        }
    }

    fn signer_info(&self) -> Vec<u8> {
        let attributes = self.attributes.as_ref().map_or(Vec::new(), |set| {
            let mut set = set.clone();
            set[0] = tag::CONTEXT_0;
            set
        });
        sequence(&[
            &asn1::unsigned(&[1]),
            &self.sid,
            &identifier(self.digest),
            &attributes,
            &identifier(self.signing),
            &asn1::element(tag::OCTET_STRING, &[&self.signature]),
        ])
    }

    fn write(&self) -> Vec<u8> {
        let signers = [&[self.signer_info()][..], &self.others].concat();
        self.with_signers(&signers)
    }

    fn with_signers(&self, signers: &[Vec<u8>]) -> Vec<u8> {
        let content = self.content.as_ref().map_or(Vec::new(), |content| {
            let octets = |bytes: &[u8]| asn1::element(tag::OCTET_STRING, &[bytes]);
            let (first, second) = content.split_at(content.len() / 2);
            let whole = if self.in_pieces {
                asn1::element(tag::OCTET_STRING | 0x20, &[&octets(first), &octets(second)])
            } else {
                octets(content)
            };
            asn1::element(tag::CONTEXT_0, &[&whole])
        });
        let data = sequence(&[
            &asn1::unsigned(&[1]),
            &asn1::element(tag::SET, &[&identifier(self.digest)]),
            &sequence(&[&asn1::oid(self.content_type), &content]),
            &asn1::element(tag::CONTEXT_0, &[&self.certificates.concat()]),
            &asn1::element(tag::SET, &[&signers.concat()]),
        ]);
        sequence(&[
            &asn1::oid(self.kind),
            &asn1::element(tag::CONTEXT_0, &[&data]),
        ])
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    asn1::element(tag::SEQUENCE, parts)
}

fn identifier(oid: Oid) -> Vec<u8> {
    sequence(&[&asn1::oid(oid)])
}

fn sid(certificate: &Certificate) -> Vec<u8> {
    let serial = asn1::element(tag::INTEGER, &[certificate.serial()]);
    sequence(&[certificate.issuer().der(), &serial])
}

fn attribute(kind: Oid, values: &[&[u8]]) -> Vec<u8> {
    sequence(&[&asn1::oid(kind), &asn1::element(tag::SET, values)])
}

fn content_type(oid: Oid) -> Vec<u8> {
    attribute(oid::CONTENT_TYPE, &[&asn1::oid(oid)])
}

fn message_digest(digest: &[u8]) -> Vec<u8> {
    attribute(
        oid::MESSAGE_DIGEST,
        &[&asn1::element(tag::OCTET_STRING, &[digest])],
    )
}

struct Messages<'a> {
    set: &'a mut Set,
    request: Value,
}

impl Messages<'_> {
    /// With what the caller says changed, and perhaps a content.
    fn with(
        &mut self,
        name: &str,
        description: &str,
        comes: &str,
        more: &Value,
        cms: &[u8],
        content: Option<&[u8]>,
    ) {
        let mut parts = vec![("cms", cms.to_vec())];
        parts.extend(content.map(|content| ("content", content.to_vec())));
        let vector = Vector {
            description: description.into(),
            function: Function::VerifyCms,
            request: merged(&self.request, more),
            parts,
            only_as_text: false,
        };
        self.set.add(&format!("cms-{name}"), comes, vector);
    }

    /// Detached, over the usual content.
    fn add(&mut self, name: &str, description: &str, comes: &str, cms: &[u8]) {
        self.with(name, description, comes, &json!({}), cms, Some(CONTENT));
    }
}

pub fn add(set: &mut Set) {
    for (kind, key) in keys() {
        let (root, issuing, unit) = chain(key);
        let mut messages = Messages {
            set: &mut *set,
            request: trust(&root, &issuing),
        };
        let (detached, attached) = (unit.cms(CONTENT), unit.cms_attached(CONTENT));
        let name = |what: &str| format!("good-{what}-{kind}");
        let description = |what: &str| format!("A {what} signature with a key of the kind {kind}.");
        messages.add(
            &name("detached"),
            &description("detached"),
            "valid",
            &detached,
        );
        messages.with(
            &name("attached"),
            &description("attached"),
            "valid",
            &json!({}),
            &attached,
            None,
        );
        messages.with(
            &format!("content-changed-{kind}"),
            "The content is another.",
            "content-changed",
            &json!({}),
            &detached,
            Some(b"another"),
        );
        let mut flipped = detached.clone();
        *flipped.last_mut().unwrap() ^= 1;
        messages.add(
            &format!("signature-bit-{kind}"),
            "The lowest bit of the signature is another.",
            "signature-invalid",
            &flipped,
        );
        // Inside, a byte of the content.
        let at = attached
            .windows(CONTENT.len())
            .position(|window| window == CONTENT)
            .unwrap();
        let mut changed = attached.clone();
        changed[at] ^= 1;
        messages.with(
            &format!("content-bit-{kind}"),
            "A bit of the content inside is another.",
            "content-changed",
            &json!({}),
            &changed,
            None,
        );
    }
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let mut messages = Messages {
        set: &mut *set,
        request: trust(&root, &issuing),
    };
    forms(&mut messages, &unit);
    content(&mut messages, &unit);
    attributes_of(&mut messages, &unit);
    signatures(&mut messages, &unit);
    signers(&mut messages, &root, &issuing, &unit);
    certificates(&mut messages, &issuing, &unit);
}

fn trust(root: &Identity, issuing: &Identity) -> Value {
    json!({
        "anchors": [pem(root)], "intermediates": [pem(issuing)], "at": NOW.to_string(),
    })
}

/// How a message is written.
fn forms(messages: &mut Messages<'_>, unit: &Identity) {
    let (detached, attached) = (unit.cms(CONTENT), unit.cms_attached(CONTENT));
    let unreadable = "error cms-unreadable";
    let text = base64(&detached);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN CMS-----\n{}\n-----END CMS-----\n",
        lines.join("\n")
    );
    messages.add("good-pem", "As PEM (RFC 7468).", "valid", pem.as_bytes());
    messages.add(
        "good-base64",
        "As Base64 without a header.",
        "valid",
        text.as_bytes(),
    );
    messages.add(
        "filled-up",
        "Zeros fill up the message behind its end: noted.",
        "valid",
        &[&detached[..], &[0; 8]].concat(),
    );
    // BER: the outer lengths are indefinite.
    let outer = asn1::single(&attached, tag::SEQUENCE, "").unwrap();
    let indefinite = [&[0x30, 0x80], outer.value, &[0, 0]].concat();
    messages.with(
        "ber-indefinite",
        "The outermost length is indefinite (BER, RFC 5652, 2): noted.",
        "valid",
        &json!({}),
        &indefinite,
        None,
    );
    let long = [&[0x30, 0x83, 0], &attached[2..]].concat();
    assert_eq!(attached[1], 0x82);
    messages.with(
        "ber-length",
        "The outermost length has an octet that it does not need: noted.",
        "valid",
        &json!({}),
        &long,
        None,
    );
    let pieces = Draft {
        content: Some(CONTENT.to_vec()),
        in_pieces: true,
        ..Draft::new(unit)
    };
    messages.with(
        "ber-pieces",
        "The content is an OCTET STRING in two pieces (BER): noted.",
        "valid",
        &json!({}),
        &pieces.write(),
        None,
    );
    messages.add(
        "cut",
        "The message ends early.",
        unreadable,
        &detached[..detached.len() - 1],
    );
    messages.add(
        "half",
        "Half of the message.",
        unreadable,
        &detached[..detached.len() / 2],
    );
    messages.add(
        "more",
        "Something follows the message.",
        unreadable,
        &[&detached[..], b"more"].concat(),
    );
    messages.add("empty", "There are no bytes.", unreadable, b"");
    messages.add(
        "text",
        "A text in the place of a message.",
        unreadable,
        "请盖章".as_bytes(),
    );
    messages.add(
        "enveloped",
        "The ContentInfo is called envelopedData.",
        unreadable,
        &Draft {
            kind: Oid::new_unwrap("1.2.156.10197.6.1.4.2.3"),
            ..Draft::new(unit)
        }
        .write(),
    );
    messages.add(
        "names-of-pkcs7",
        "The SignedData is called by PKCS #7's name and its content by GM/T 0010's: noted.",
        "valid",
        &Draft {
            kind: oid::SIGNED_DATA,
            ..Draft::new(unit)
        }
        .write(),
    );
    let plain = Draft::with_attributes(
        unit,
        asn1::set_of(vec![content_type(oid::DATA), message_digest(&sm3(CONTENT))]),
    );
    let all_pkcs7 = {
        let mut draft = Draft {
            kind: oid::SIGNED_DATA,
            content_type: oid::DATA,
            ..Draft::new(unit)
        };
        let set = asn1::set_of(vec![content_type(oid::DATA), message_digest(&sm3(CONTENT))]);
        draft.signature = unit.key.sign(&set);
        draft.attributes = Some(set);
        draft.write()
    };
    messages.add(
        "pkcs7-with-sm2",
        "An SM2 signature under PKCS #7's names throughout (RFC 5652).",
        "valid",
        &all_pkcs7,
    );
    messages.add("mixed-types", "The content is called data by GM/T 0010's name, and by PKCS #7's in the signed attributes.", "content-type-mismatch", &plain);
    messages.with(
        "mixed-types-accepted",
        "The same, accepted by name, with a warning.",
        "valid",
        &json!({ "allowMixedContentTypes": true }),
        &plain,
        Some(CONTENT),
    );
}

/// What was signed, and what is given.
fn content(messages: &mut Messages<'_>, unit: &Identity) {
    let (detached, attached) = (unit.cms(CONTENT), unit.cms_attached(CONTENT));
    let nothing = json!({});
    messages.with(
        "content-absent",
        "A detached signature without its content.",
        "content-missing",
        &nothing,
        &detached,
        None,
    );
    messages.with(
        "attached-same",
        "The content is inside, and given, too.",
        "valid",
        &nothing,
        &attached,
        Some(CONTENT),
    );
    messages.with(
        "attached-other",
        "The content is inside, and another one is given.",
        "content-changed",
        &nothing,
        &attached,
        Some(b"another"),
    );
    messages.with(
        "empty-content",
        "The content has no bytes.",
        "valid",
        &nothing,
        &unit.cms(b""),
        Some(b""),
    );
    let digests = json!({ "content": {
        "sm3": base64(&sm3(CONTENT)), "sha256": base64(&sha256(CONTENT)), "size": CONTENT.len(), "head": base64(CONTENT),
    } });
    messages.with(
        "content-by-digests",
        "The content is too large to be held: its digests, size and beginning are given.",
        "valid",
        &digests,
        &detached,
        None,
    );
    let mut wrong = digests.clone();
    wrong["content"]["head"] = json!(base64(&CONTENT.iter().rev().copied().collect::<Vec<_>>()));
    messages.with(
        "content-by-false-head",
        "What is said to be the content's beginning is of another: its digests tell.",
        "error request-invalid",
        &wrong,
        &detached,
        None,
    );
    let mut short = digests.clone();
    short["content"]["head"] = json!(base64(&CONTENT[..7]));
    messages.with(
        "content-by-short-head",
        "Of a content by its digests too little is given to tell that it is no login.",
        "content-refused",
        &short,
        &detached,
        None,
    );
    for (name, description, content) in [
        (
            "login",
            "The content is the text of an old login: no document may be one.",
            &b"LOGONDATA:AAAAAAAAAAAAAAAA"[..],
        ),
        (
            "login-lower-case",
            "The same in lower case, behind a byte-order mark and a space.",
            "\u{feff} logondata:AAAAAAAAAAAAAAAA".as_bytes(),
        ),
        (
            "proof",
            "The content begins with the label of a login.",
            b"YINXIN-LOGIN-1\0\0\0\0\x05hello",
        ),
        (
            "utf16",
            "The text of an old login in UTF-16.",
            b"L\0O\0G\0O\0N\0D\0A\0T\0A\0:\0a\0",
        ),
    ] {
        let description = format!("{description} It is refused though the signature holds.");
        messages.with(
            &format!("content-{name}"),
            &description,
            "content-refused",
            &nothing,
            &unit.cms(content),
            Some(content),
        );
    }
    let set = unit.attributes(CONTENT);
    messages.with(
        "content-attributes",
        "The content is itself a SET OF Attribute.",
        "content-refused",
        &nothing,
        &unit.cms(&set),
        Some(&set),
    );
    // A digest in the place of the content.
    let digest = sm3(CONTENT);
    messages.with("content-is-digest", "What was signed is the content's SM3 in its place: whoever signs a digest has not seen what it is of.", "content-is-digest", &nothing, &unit.cms(&digest), Some(CONTENT));
    let accepted = json!({ "allowDigestOfContent": true });
    messages.with(
        "content-is-digest-accepted",
        "The same, accepted by name, with a warning.",
        "valid",
        &accepted,
        &unit.cms(&digest),
        Some(CONTENT),
    );
    let attached = unit.cms_attached(&digest);
    messages.with(
        "content-is-digest-inside",
        "The SM3 of the content that is given lies inside in its place.",
        "content-is-digest",
        &nothing,
        &attached,
        Some(CONTENT),
    );
    messages.with(
        "content-is-digest-inside-accepted",
        "The same, accepted by name, with a warning.",
        "valid",
        &accepted,
        &attached,
        Some(CONTENT),
    );
    let text = base64(&digest);
    messages.with(
        "content-is-digest-text",
        "What was signed is the content's SM3 as Base64.",
        "content-is-digest",
        &nothing,
        &unit.cms(text.as_bytes()),
        Some(CONTENT),
    );
}

/// The signed attributes.
fn attributes_of(messages: &mut Messages<'_>, unit: &Identity) {
    let digest = sm3(CONTENT);
    let (kind, right) = (content_type(oid::GM_DATA), message_digest(&digest));
    let set = |all: &[&[u8]]| asn1::set_of(all.iter().map(|one| one.to_vec()).collect());
    let refused = "attributes-refused";
    let key = Sm2Key::from_point(&unit.key.point()).unwrap();
    let with_z = key.e(DEFAULT_ID, &[CONTENT]).unwrap();
    let unknown = attribute(Oid::new_unwrap("1.2.156.10197.9.9.9"), &[&[tag::NULL, 0]]);
    let time = attribute(
        oid::SIGNING_TIME,
        &[&asn1::element(tag::UTC_TIME, &[b"261122150405Z"])],
    );
    let no_time = attribute(
        oid::SIGNING_TIME,
        &[&asn1::element(tag::UTF8_STRING, &[b"yesterday"])],
    );
    let octets = |bytes: &[u8]| asn1::element(tag::OCTET_STRING, &[bytes]);
    for (name, description, comes, all) in [
        (
            "least",
            "Content type and message digest alone, as RFC 5652 asks (5.3).",
            "valid",
            set(&[&kind, &right]),
        ),
        (
            "unknown",
            "An attribute that nobody knows says nothing.",
            "valid",
            set(&[&kind, &right, &unknown]),
        ),
        (
            "time",
            "A signing time, which is only claimed.",
            "valid",
            set(&[&kind, &right, &time]),
        ),
        (
            "time-unreadable",
            "The signing time is no time.",
            refused,
            set(&[&kind, &right, &no_time]),
        ),
        (
            "digest-absent",
            "There is no message digest.",
            refused,
            set(&[&kind]),
        ),
        (
            "digest-twice",
            "The message digest stands there twice (RFC 5652, 11).",
            refused,
            set(&[&kind, &right, &right]),
        ),
        (
            "digest-two-values",
            "The message digest has two values (11.2).",
            refused,
            set(&[
                &kind,
                &attribute(oid::MESSAGE_DIGEST, &[&octets(&digest), &octets(&digest)]),
            ]),
        ),
        (
            "digest-no-value",
            "The message digest has no value.",
            refused,
            set(&[&kind, &attribute(oid::MESSAGE_DIGEST, &[])]),
        ),
        (
            "digest-no-octets",
            "The message digest is no OCTET STRING.",
            refused,
            set(&[
                &kind,
                &attribute(
                    oid::MESSAGE_DIGEST,
                    &[&asn1::element(tag::BIT_STRING, &[&[0], &digest])],
                ),
            ]),
        ),
        (
            "digest-other",
            "The message digest is of another content.",
            "content-changed",
            set(&[&kind, &message_digest(&sm3(b"another"))]),
        ),
        (
            "digest-cut",
            "The message digest has 31 bytes.",
            "content-changed",
            set(&[&kind, &message_digest(&digest[..31])]),
        ),
        (
            "digest-sha256",
            "The message digest is SHA-256, and SM3 is named.",
            "content-is-digest",
            set(&[&kind, &message_digest(&sha256(CONTENT))]),
        ),
        (
            "digest-with-z",
            "The message digest is computed with Z, as only a signature is.",
            "signature-non-standard",
            set(&[&kind, &message_digest(&with_z)]),
        ),
        (
            "type-absent",
            "There is no content type.",
            refused,
            set(&[&right]),
        ),
        (
            "type-twice",
            "The content type stands there twice.",
            refused,
            set(&[&kind, &kind, &right]),
        ),
        (
            "type-other",
            "The content type is another than the content's.",
            "content-type-mismatch",
            set(&[&content_type(oid::TST_INFO), &right]),
        ),
    ] {
        messages.add(
            &format!("attributes-{name}"),
            description,
            comes,
            &Draft::with_attributes(unit, all),
        );
    }
    // SigningCertificateV2 (RFC 5035).
    let id = |parts: &[&[u8]]| {
        attribute(
            oid::SIGNING_CERTIFICATE_V2,
            &[&sequence(&[&sequence(&[&sequence(parts)])])],
        )
    };
    let certificate = &unit.certificate;
    let names = asn1::element(0xa4, &[certificate.issuer().der()]);
    let serial = asn1::element(tag::INTEGER, &[certificate.serial()]);
    let both = sequence(&[&sequence(&[&names]), &serial]);
    let other_serial = sequence(&[&sequence(&[&names]), &asn1::unsigned(&[9])]);
    let own = octets(certificate.sha256());
    for (name, description, comes, last) in [
        (
            "certificate-sha256",
            "SigningCertificateV2 names the certificate by its SHA-256, the default.",
            "valid",
            id(&[&own]),
        ),
        (
            "certificate-serial",
            "It names issuer and serial number as well.",
            "valid",
            id(&[&own, &both]),
        ),
        (
            "certificate-other",
            "It names another certificate.",
            "signing-certificate-mismatch",
            id(&[&octets(&[7; 32])]),
        ),
        (
            "certificate-other-serial",
            "It names the certificate's digest with another serial number.",
            "signing-certificate-mismatch",
            id(&[&own, &other_serial]),
        ),
        (
            "certificate-sm3-unnamed",
            "It has the certificate's SM3 without naming SM3.",
            "signing-certificate-mismatch",
            id(&[&octets(&certificate.sm3())]),
        ),
        (
            "certificate-unreadable",
            "It can't be read.",
            "signing-certificate-mismatch",
            attribute(oid::SIGNING_CERTIFICATE_V2, &[&[tag::NULL, 0]]),
        ),
        (
            "certificate-old",
            "SigningCertificate (RFC 2634) names the certificate by SHA-1.",
            "valid",
            attribute(
                oid::SIGNING_CERTIFICATE,
                &[&sequence(&[&sequence(&[&sequence(&[&octets(
                    &hash::digest_of_any(oid::SHA1, certificate.der()).unwrap(),
                )])])])],
            ),
        ),
    ] {
        messages.add(
            &format!("attributes-{name}"),
            description,
            comes,
            &Draft::with_attributes(unit, set(&[&kind, &right, &last])),
        );
    }
    // Their order.
    let unsorted = asn1::element(tag::SET, &[&right, &kind]);
    assert_ne!(unsorted, set(&[&kind, &right]));
    messages.add(
        "attributes-order-kept",
        "The attributes are not in the order of DER, and signed as they stand: noted.",
        "valid",
        &Draft::with_attributes(unit, unsorted.clone()),
    );
    let sorted = unit.key.sign(&set(&[&kind, &right]));
    messages.add(
        "attributes-order-sorted",
        "They are signed in the order of DER, and written in another: noted.",
        "valid",
        &Draft {
            attributes: Some(unsorted),
            signature: sorted,
            ..Draft::new(unit)
        }
        .write(),
    );
    let own = unit.attributes(CONTENT);
    let mut implicit = own.clone();
    implicit[0] = tag::CONTEXT_0;
    messages.add(
        "attributes-signed-implicit",
        "What was signed has the tag [0] in the place of SET (RFC 5652, 5.4).",
        "signature-invalid",
        &Draft {
            signature: unit.key.sign(&implicit),
            ..Draft::new(unit)
        }
        .write(),
    );
    let inside = asn1::single(&own, tag::SET, "").unwrap().value;
    messages.add(
        "attributes-signed-inside",
        "What was signed are the attributes without the SET around them.",
        "signature-invalid",
        &Draft {
            signature: unit.key.sign(inside),
            ..Draft::new(unit)
        }
        .write(),
    );
    messages.add(
        "attributes-signed-content",
        "What was signed is the content, though there are signed attributes.",
        "signature-invalid",
        &Draft {
            signature: unit.key.sign(CONTENT),
            ..Draft::new(unit)
        }
        .write(),
    );
    let mut changed = own;
    let at = changed
        .windows(7)
        .position(|window| window == b"150405Z")
        .unwrap();
    changed[at + 5] = b'6';
    messages.add(
        "attributes-time-changed",
        "The signing time is a second later than the one that is signed.",
        "signature-invalid",
        &Draft {
            attributes: Some(changed),
            ..Draft::new(unit)
        }
        .write(),
    );
    // None.
    let bare = Draft::bare(unit, CONTENT).write();
    messages.add("attributes-absent", "There are no signed attributes: such a signature can't be told from one over another structure.", "signed-attributes-missing", &bare);
    let allowed = json!({ "allowWithoutAttributes": true });
    messages.with(
        "attributes-absent-accepted",
        "The same, accepted by name.",
        "valid",
        &allowed,
        &bare,
        Some(CONTENT),
    );
    messages.with(
        "attributes-absent-other",
        "Accepted by name, and the content is another.",
        "signature-invalid",
        &allowed,
        &bare,
        Some(b"another"),
    );
    let digest = sm3(CONTENT);
    let over_digest = Draft {
        attributes: None,
        signature: unit.key.sign_e(&digest),
        ..Draft::new(unit)
    }
    .write();
    let both = json!({ "allowWithoutAttributes": true, "sm2Variants": ["without-z"] });
    messages.with(
        "attributes-absent-without-z",
        "Without attributes a signature without Z is never accepted, whatever the caller asks for.",
        "signature-non-standard",
        &both,
        &over_digest,
        Some(CONTENT),
    );
    let mut without_z = Draft::new(unit);
    without_z.signature = unit.key.sign_e(&sm3(&unit.attributes(CONTENT)));
    messages.add(
        "sm2-z-absent",
        "The signature is computed without Z.",
        "signature-non-standard",
        &without_z.write(),
    );
    messages.with(
        "sm2-z-absent-accepted",
        "The same, accepted by name, with a warning.",
        "valid",
        &json!({ "sm2Variants": ["without-z"] }),
        &without_z.write(),
        Some(CONTENT),
    );
}

/// Algorithms, and how signatures are written.
fn signatures(messages: &mut Messages<'_>, unit: &Identity) {
    let good = Draft::new(unit).signature;
    let set = unit.attributes(CONTENT);
    let key = Sm2Key::from_point(&unit.key.point()).unwrap();
    let raw = EcSignature::<32>::from_der(&good)
        .unwrap()
        .to_raw()
        .to_vec();
    let padded = {
        let (r, s) = raw.split_at(32);
        let integer = |half: &[u8]| asn1::element(tag::INTEGER, &[&[0, 0], half]);
        sequence(&[&integer(r), &integer(s)])
    };
    let empty_id = unit.key.sign_e(&key.e(b"", &[&set]).unwrap());
    let other_id = unit
        .key
        .sign_e(&key.e(b"ALICE123@YAHOO.COM", &[&set]).unwrap());
    for (name, description, comes, signature) in [
        (
            "raw",
            "r and s side by side in the place of DER: noted.",
            "valid",
            raw,
        ),
        (
            "padded",
            "r and s with octets that they do not need: noted.",
            "valid",
            padded,
        ),
        (
            "empty-id",
            "Z has the empty user id.",
            "signature-non-standard",
            empty_id,
        ),
        (
            "other-id",
            "Z has another user id.",
            "signature-invalid",
            other_id,
        ),
        (
            "empty",
            "The signature has no bytes.",
            "signature-invalid",
            Vec::new(),
        ),
        (
            "cut",
            "The signature ends early.",
            "signature-invalid",
            good[..good.len() - 1].to_vec(),
        ),
        (
            "zero",
            "r and s are 0.",
            "signature-invalid",
            sequence(&[&asn1::unsigned(&[]), &asn1::unsigned(&[])]),
        ),
    ] {
        messages.add(
            &format!("sm2-{name}"),
            description,
            comes,
            &Draft {
                signature,
                ..Draft::new(unit)
            }
            .write(),
        );
    }
    let algorithm = "algorithm-not-supported";
    for (name, description, comes, digest, signing) in [
        (
            "curve",
            "The signature algorithm is that of the SM2 curve, as some write it: noted.",
            "valid",
            oid::SM3,
            oid::SM2_CURVE,
        ),
        (
            "with-sm3",
            "The signature algorithm is SM2 with SM3, as some write it: noted.",
            "valid",
            oid::SM3,
            oid::SM2_WITH_SM3,
        ),
        (
            "digest-sha256",
            "The digest algorithm is SHA-256, which no SM2 signature goes with.",
            algorithm,
            oid::SHA256,
            oid::SM2_SIGN,
        ),
        (
            "digest-sha1",
            "The digest algorithm is SHA-1.",
            algorithm,
            oid::SHA1,
            oid::SM2_SIGN,
        ),
        (
            "rsa",
            "The signature algorithm is RSA's, and the key is SM2.",
            algorithm,
            oid::SM3,
            oid::RSA,
        ),
        (
            "ecdsa",
            "The signature algorithm is ECDSA's, and the key is SM2.",
            algorithm,
            oid::SM3,
            oid::ECDSA_SHA256,
        ),
    ] {
        messages.add(
            &format!("algorithm-{name}"),
            description,
            comes,
            &Draft {
                digest,
                signing,
                ..Draft::new(unit)
            }
            .write(),
        );
    }
}

/// Several signers, and how they name their certificates.
fn signers(messages: &mut Messages<'_>, root: &Identity, issuing: &Identity, unit: &Identity) {
    let second = issuing.issue(
        TestKey::sm2(3),
        &Profile {
            subject: vec![
                (oid::COUNTRY, "CN"),
                (oid::ORGANIZATION, "示例供应有限公司"),
                (oid::COMMON_NAME, "示例供应有限公司"),
            ],
            serial: vec![0x56, 0x78],
            ..Profile::unit()
        },
    );
    let two = |info: Vec<u8>| {
        Draft {
            certificates: vec![
                unit.certificate.der().to_vec(),
                second.certificate.der().to_vec(),
            ],
            others: vec![info],
            ..Draft::new(unit)
        }
        .write()
    };
    messages.add(
        "two-signers",
        "Two signers, and both hold.",
        "valid",
        &two(second.signer_info(CONTENT)),
    );
    messages.add(
        "two-signers-one-other",
        "Two signers, of whom the second signed another content: the whole is not valid.",
        "content-changed",
        &two(second.signer_info(b"another")),
    );
    let many: Vec<Vec<u8>> = vec![unit.signer_info(CONTENT); 33];
    messages.add(
        "signers-33",
        "33 signers, and 32 are the most.",
        "error cms-unreadable",
        &Draft::new(unit).with_signers(&many),
    );
    messages.add(
        "signers-none",
        "No signer.",
        "error cms-unreadable",
        &Draft::new(unit).with_signers(&[]),
    );
    let alone = Draft {
        certificates: vec![],
        ..Draft::new(unit)
    }
    .write();
    messages.add(
        "certificate-absent",
        "The signer's certificate is not there.",
        "signer-certificate-missing",
        &alone,
    );
    let more = json!({ "intermediates": [pem(issuing), pem(unit)] });
    messages.with(
        "certificate-given",
        "The signer's certificate is not inside, and the caller gives it.",
        "valid",
        &more,
        &alone,
        Some(CONTENT),
    );
    let others = Draft {
        certificates: vec![second.certificate.der().to_vec()],
        ..Draft::new(unit)
    }
    .write();
    messages.add(
        "certificate-of-another",
        "The certificate inside is not the one that the signer names.",
        "signer-certificate-missing",
        &others,
    );
    let named_other = Draft {
        sid: sid(&second.certificate),
        certificates: vec![second.certificate.der().to_vec()],
        ..Draft::new(unit)
    }
    .write();
    messages.add(
        "signer-another",
        "The signer names another's certificate, which is inside.",
        "signature-invalid, signing-certificate-mismatch",
        &named_other,
    );
    let chain = Draft {
        certificates: vec![
            issuing.certificate.der().to_vec(),
            unit.certificate.der().to_vec(),
        ],
        ..Draft::new(unit)
    }
    .write();
    messages.with(
        "certificates-inside",
        "The issuer's certificate is inside, and the caller has the root alone.",
        "valid",
        &json!({ "intermediates": null }),
        &chain,
        Some(CONTENT),
    );
    // By the identifier of its key.
    let key_id = [0x42; 20];
    let identified = issuing.issue(
        unit.key.clone(),
        &Profile {
            extensions: vec![(
                oid::SUBJECT_KEY_IDENTIFIER,
                false,
                asn1::element(tag::OCTET_STRING, &[&key_id]),
            )],
            ..Profile::unit()
        },
    );
    let by_key = Draft {
        sid: asn1::element(tag::CONTEXT_0_PRIMITIVE, &[&key_id]),
        ..Draft::new(&identified)
    };
    messages.add(
        "signer-by-key",
        "The signer names its certificate by the identifier of its key (RFC 5652, 5.3).",
        "valid",
        &by_key.write(),
    );
    let by_other_key = Draft {
        sid: asn1::element(tag::CONTEXT_0_PRIMITIVE, &[&[7; 20]]),
        ..Draft::new(&identified)
    };
    messages.add(
        "signer-by-other-key",
        "It names another key.",
        "signer-certificate-missing",
        &by_other_key.write(),
    );
    let junk = Draft {
        certificates: vec![
            unit.certificate.der().to_vec(),
            sequence(&[&[tag::NULL, 0]]),
        ],
        ..Draft::new(unit)
    }
    .write();
    messages.add(
        "certificates-junk",
        "Among the certificates is something that is none: noted.",
        "valid",
        &junk,
    );
    let many = Draft {
        certificates: vec![sequence(&[]); 65],
        ..Draft::new(unit)
    };
    messages.add(
        "certificates-65",
        "There are 65 certificates, and 64 are the most.",
        "error cms-unreadable",
        &many.write(),
    );
    let both = signed_data(
        &[
            unit.certificate.der(),
            unit.certificate.der(),
            root.certificate.der(),
        ],
        &[unit.signer_info(CONTENT)],
        None,
    );
    messages.add(
        "certificates-twice",
        "A certificate is inside twice, and the root beside it.",
        "valid",
        &both,
    );
}

/// Who signed.
fn certificates(messages: &mut Messages<'_>, issuing: &Identity, unit: &Identity) {
    let key = || unit.key.clone();
    let profile = Profile::unit;
    let of = |profile: &Profile| issuing.issue(key(), profile).cms(CONTENT);
    messages.add(
        "holder-ended",
        "The certificate ended a second ago. The signing time, before that, proves nothing.",
        "certificate-expired",
        &of(&Profile {
            not_after: NOW.plus(-1),
            ..profile()
        }),
    );
    messages.add(
        "holder-encryption",
        "The certificate is for encryption.",
        "certificate-not-for-signing",
        &of(&Profile {
            key_usage: Some(0x38),
            ..profile()
        }),
    );
    messages.add(
        "holder-authority",
        "The certificate is a CA's.",
        "certificate-is-ca, certificate-not-for-signing",
        &of(&Profile {
            subject: profile().subject,
            ..Profile::authority("x")
        }),
    );
    messages.add(
        "holder-self-made",
        "The certificate is signed by its own key.",
        "issuer-unknown",
        &Identity::self_signed(key(), &profile()).cms(CONTENT),
    );
    let detached = unit.cms(CONTENT);
    let crl =
        |serial: &[u8], at| base64(&issuing.crl(&[(serial, at)], NOW.plus(-DAY), NOW.plus(DAY)));
    let revoked = json!({ "crls": [crl(unit.certificate.serial(), NOW.plus(-1))] });
    messages.with(
        "holder-revoked",
        "The certificate is on its issuer's list.",
        "certificate-revoked",
        &revoked,
        &detached,
        Some(CONTENT),
    );
    messages.with(
        "trust-unchecked",
        "Who issued the certificates is not asked for: a warning, and the outcome is open.",
        "valid",
        &json!({ "anchors": null, "intermediates": null, "trust": "unchecked" }),
        &detached,
        Some(CONTENT),
    );
    messages.with(
        "trust-nowhere",
        "Nothing is said about trust, so nothing is trusted.",
        "issuer-unknown",
        &json!({ "anchors": null, "intermediates": null }),
        &detached,
        Some(CONTENT),
    );
    messages.with(
        "trust-contradiction",
        "Anchors are given, and trust is not to be checked.",
        "error request-invalid",
        &json!({ "trust": "unchecked" }),
        &detached,
        Some(CONTENT),
    );
    messages.with(
        "issuers-listed",
        "The issuer is listed.",
        "valid",
        &json!({ "issuers": ["示例签发机构"] }),
        &detached,
        Some(CONTENT),
    );
    messages.with(
        "issuers-other",
        "Another issuer is listed.",
        "issuer-not-accepted",
        &json!({ "issuers": ["示例根"] }),
        &detached,
        Some(CONTENT),
    );
    messages.add(
        "certificate-alone",
        "A certificate in the place of a message.",
        "error cms-unreadable",
        unit.certificate.der(),
    );
}

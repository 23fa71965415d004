//! The old kind of login: a CMS over a text.

use super::*;

/// The old kind of login: a CMS over a text.
pub fn add(logins: &mut Logins<'_>) {
    let (attached, detached) = ("logondata", "logondata-detached");
    let accepted = json!({ "formats": ["yinxin", "logondata", "logondata-detached"] });
    for (kind, key) in keys() {
        let scene = Scene::new(key);
        let content = attributes::logondata(&scene.challenge.challenge);
        for (format, cms) in [
            (attached, scene.unit.cms_attached(content.as_bytes())),
            (detached, scene.unit.cms(content.as_bytes())),
        ] {
            let description = format!(
                "A login of the old kind, `{format}`, with a key of the kind {kind}; a warning says that no origin is bound."
            );
            logins.both(
                &scene,
                &format!("{format}-good-{kind}"),
                &description,
                "valid",
                accepted.clone(),
                &scene.logondata(format, &cms),
            );
        }
    }
    let scene = Scene::new(TestKey::sm2(1));
    let challenge = &scene.challenge.challenge;
    let content = attributes::logondata(challenge);
    let good = scene.logondata(attached, &scene.unit.cms_attached(content.as_bytes()));
    logins.proof(
        &scene,
        "logondata-not-accepted",
        "A login of the old kind, and the portal accepts yinxin's only: nothing of it is judged.",
        "proof-format-not-accepted",
        &good,
    );
    let other = attributes::logondata("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let inside = |content: &str| scene.unit.cms_attached(content.as_bytes());
    let info = scene.unit.signer_info(content.as_bytes());
    let certificate = scene.unit.certificate.der();
    let signers = |count: usize| {
        signed_data(
            &[certificate],
            &vec![info.clone(); count],
            Some(content.as_bytes()),
        )
    };
    let twin = scene.issuing.issue(
        TestKey::sm2(1),
        &Profile {
            serial: vec![9],
            ..Profile::unit()
        },
    );
    let mut flipped = inside(&content);
    *flipped.last_mut().unwrap() ^= 1;
    let bare = {
        let (digest, signing) = ([oid::SM3], [oid::SM2_SIGN]);
        let sid = sequence(&[
            scene.unit.certificate.issuer().der(),
            &integer(scene.unit.certificate.serial()),
        ]);
        let identifier = |all: [yinxin_pki::testing::Oid; 1]| sequence(&[&asn1::oid(all[0])]);
        let signature = asn1::element(
            tag::OCTET_STRING,
            &[&scene.unit.key.sign(content.as_bytes())],
        );
        let info = sequence(&[
            &asn1::unsigned(&[1]),
            &sid,
            &identifier(digest),
            &identifier(signing),
            &signature,
        ]);
        signed_data(&[certificate], &[info], Some(content.as_bytes()))
    };
    let other_type = {
        let attribute =
            |kind, value: &[u8]| sequence(&[&asn1::oid(kind), &asn1::element(tag::SET, &[value])]);
        let set = asn1::set_of(vec![
            attribute(oid::CONTENT_TYPE, &asn1::oid(oid::DATA)),
            attribute(
                oid::MESSAGE_DIGEST,
                &asn1::element(tag::OCTET_STRING, &[&sm3(content.as_bytes())]),
            ),
        ]);
        let signature = scene.unit.key.sign(&set);
        let (algorithm, certificate) = (scene.unit.key.algorithm(), &scene.unit.certificate);
        cms::assemble(algorithm, certificate, &set, &signature, None).head
    };
    let without_z = {
        let set = scene.unit.attributes(content.as_bytes());
        let signature = scene.unit.key.sign_e(&sm3(&set));
        cms::assemble(
            scene.unit.key.algorithm(),
            &scene.unit.certificate,
            &set,
            &signature,
            None,
        )
        .head
    };
    for (name, description, comes, format, cms) in [
        (
            "other-challenge",
            "The text answers another challenge.",
            "content-changed",
            attached,
            inside(&other),
        ),
        (
            "other-challenge-detached",
            "The same, detached.",
            "content-changed",
            detached,
            scene.unit.cms(other.as_bytes()),
        ),
        (
            "without-label",
            "The text is the challenge without `LOGONDATA:`.",
            "content-changed",
            attached,
            inside(challenge),
        ),
        (
            "lower-case",
            "The label is in lower case.",
            "content-changed",
            attached,
            inside(
                &content
                    .to_lowercase()
                    .replacen(&challenge.to_lowercase(), challenge, 1),
            ),
        ),
        (
            "line-end",
            "A line end follows the text.",
            "content-changed",
            attached,
            inside(&format!("{content}\n")),
        ),
        (
            "signature-bit",
            "The lowest bit of the signature is another.",
            "signature-invalid",
            attached,
            flipped,
        ),
        (
            "two-signers",
            "The CMS has two signers, and a login has one.",
            "proof-unreadable",
            attached,
            signers(2),
        ),
        (
            "without-attributes",
            "The CMS has no signed attributes.",
            "signed-attributes-missing",
            attached,
            bare,
        ),
        (
            "content-type",
            "The signed attributes name another content type than the content has.",
            "content-type-mismatch",
            detached,
            other_type,
        ),
        (
            "without-z",
            "The signature is computed without Z.",
            "signature-non-standard",
            detached,
            without_z,
        ),
        (
            "twin",
            "The CMS is signed with another certificate of the same key than the one beside it.",
            "signing-certificate-mismatch",
            attached,
            twin.cms_attached(content.as_bytes()),
        ),
        (
            "cut",
            "The CMS ends early.",
            "proof-unreadable",
            attached,
            inside(&content)[..400].to_vec(),
        ),
        (
            "bare-signature",
            "A signature of yinxin's format in the place of a CMS.",
            "proof-unreadable",
            attached,
            scene.unit.key.sign(&scene.signed_bytes()),
        ),
        (
            "document",
            "The CMS is over a document.",
            "content-changed",
            detached,
            scene.unit.cms(b"a document"),
        ),
    ] {
        logins.both(
            &scene,
            &format!("logondata-{name}"),
            description,
            comes,
            accepted.clone(),
            &scene.logondata(format, &cms),
        );
    }
    let proof = scene.signed(&scene.unit.cms_attached(content.as_bytes()));
    logins.both(
        &scene,
        "yinxin-cms",
        "A CMS in the place of the bare signature of yinxin's format.",
        "proof-unreadable",
        accepted.clone(),
        &proof,
    );
    let ended = scene.issued(&Profile {
        not_after: NOW.plus(59),
        ..Profile::unit()
    });
    let proof = ended.logondata(attached, &ended.unit.cms_attached(content.as_bytes()));
    logins.both(
        &ended,
        "logondata-certificate-ended",
        "The certificate of an old login ended a second ago.",
        "certificate-expired",
        accepted,
        &proof,
    );
}

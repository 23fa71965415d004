//! Electronic seals of the three standards, and seals that were set.

use crate::cms::CONTENT;
use crate::{Set, Vector, base64, merged, pem};
use serde_json::{Value, json};
use yinxin_calls::Function;
use yinxin_pki::asn1::{self, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::hash::{sha256, sm3};
use yinxin_pki::key::EcSignature;
use yinxin_pki::oid;
use yinxin_pki::seal::build::Draft;
use yinxin_pki::seal::{CertificateDigest, Seal, SealExtension, Sealing, TimeInfo, Users, Version};
use yinxin_pki::sm2::{DEFAULT_ID, Sm2Key};
use yinxin_pki::testing::{Identity, NOW, Oid, Profile, TestKey, chain, seal_draft};
use yinxin_proto::time::DAY;

const PLACE: &str = "/Doc_0/Signs/Sign_0/Signature.xml";
const VERSIONS: [(&str, Version); 3] = [
    ("v1", Version::V1),
    ("v4", Version::V4),
    ("v5", Version::V5),
];

struct Scene {
    root: Identity,
    issuing: Identity,
    unit: Identity,
    maker: Identity,
}

impl Scene {
    fn new() -> Self {
        let (root, issuing, unit) = chain(TestKey::sm2(1));
        let maker = Identity::self_signed(
            TestKey::sm2(2),
            &Profile {
                subject: vec![(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "示例制章机构")],
                ..Profile::unit()
            },
        );
        Self {
            root,
            issuing,
            unit,
            maker,
        }
    }

    fn users(&self) -> Users {
        Users::Certificates(vec![self.unit.certificate.der().to_vec()])
    }

    fn draft(&self, version: Version) -> Draft {
        seal_draft(version, self.users())
    }

    fn seal(&self, draft: &Draft) -> Seal {
        draft
            .sign(&self.maker.certificate, |bytes| {
                Ok(self.maker.key.sign(bytes))
            })
            .unwrap()
    }

    /// What is judged by: the maker, and for signers where trust begins.
    fn makers(&self) -> Value {
        json!({ "makers": [pem(&self.maker)], "at": NOW.to_string() })
    }

    fn trust(&self) -> Value {
        let more = json!({ "anchors": [pem(&self.root)], "intermediates": [pem(&self.issuing)] });
        merged(&self.makers(), &more)
    }
}

/// Puts a seal together from SES_SealInfo and its parts.
fn assemble(info: &[u8], maker: &[u8], algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
    let maker = asn1::element(tag::OCTET_STRING, &[maker]);
    let signature = asn1::element(tag::BIT_STRING, &[&[0], signature]);
    sequence(&[info, &maker, algorithm, &signature])
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    asn1::element(tag::SEQUENCE, parts)
}

/// SES_SealInfo of a seal.
fn info_of(seal: &[u8]) -> Vec<u8> {
    let mut parts = asn1::single(seal, tag::SEQUENCE, "").unwrap().children();
    parts.read().unwrap().raw.to_vec()
}

/// The bytes with the first of some in the place of others of the same length.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes
        .windows(from.len())
        .position(|window| window == from)
        .expect("they stand there");
    let mut bytes = bytes.to_vec();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

struct Seals<'a> {
    set: &'a mut Set,
    request: Value,
    function: Function,
    area: &'static str,
}

impl Seals<'_> {
    fn with(
        &mut self,
        name: &str,
        description: &str,
        comes: &str,
        more: &Value,
        parts: &[(&'static str, &[u8])],
    ) {
        let vector = Vector {
            description: description.into(),
            function: self.function,
            request: merged(&self.request, more),
            parts: parts
                .iter()
                .map(|(name, bytes)| (*name, bytes.to_vec()))
                .collect(),
            only_as_text: false,
        };
        self.set
            .add(&format!("{}-{name}", self.area), comes, vector);
    }

    /// A seal.
    fn add(&mut self, name: &str, description: &str, comes: &str, seal: &[u8]) {
        self.with(name, description, comes, &json!({}), &[("seal", seal)]);
    }

    /// A seal that was set on the usual content.
    fn on_content(&mut self, name: &str, description: &str, comes: &str, signature: &[u8]) {
        self.with(
            name,
            description,
            comes,
            &json!({}),
            &[("signature", signature), ("content", CONTENT)],
        );
    }
}

pub fn add(set: &mut Set) {
    let scene = Scene::new();
    let mut seals = Seals {
        set: &mut *set,
        request: scene.makers(),
        function: Function::VerifySeal,
        area: "seal",
    };
    kept(&mut seals, &scene);
    written(&mut seals, &scene);
    makers(&mut seals, &scene);
    let request = scene.trust();
    let mut seals = Seals {
        set: &mut *set,
        request,
        function: Function::VerifySealSignature,
        area: "sealed",
    };
    applied(&mut seals, &scene);
    applied_oddly(&mut seals, &scene);
}

/// What a seal says: time and users.
fn kept(seals: &mut Seals<'_>, scene: &Scene) {
    for (name, version) in VERSIONS {
        let seal = scene.seal(&scene.draft(version));
        let description = format!("A seal by {}.", version.standard());
        seals.add(&format!("good-{name}"), &description, "valid", seal.der());
        let user = scene.unit.certificate.der();
        seals.with(
            &format!("good-{name}-user"),
            "A seal, and a certificate that it lists.",
            "valid",
            &json!({}),
            &[("seal", seal.der()), ("certificate", user)],
        );
        let mut flipped = seal.der().to_vec();
        *flipped.last_mut().unwrap() ^= 1;
        seals.add(
            &format!("signature-bit-{name}"),
            "The lowest bit of the maker's signature is another.",
            "signature-invalid",
            &flipped,
        );
        let changed = replaced(seal.der(), b"GIF89a\x64\0\x64\0", b"GIF89a\x64\0\x65\0");
        seals.add(
            &format!("picture-changed-{name}"),
            "A byte of the picture is another.",
            "signature-invalid",
            &changed,
        );
        let changed = replaced(seal.der(), "示例采购".as_bytes(), "示例购采".as_bytes());
        seals.add(
            &format!("name-changed-{name}"),
            "The seal's name is another.",
            "signature-invalid",
            &changed,
        );
    }
    let stamped = scene
        .seal(&scene.draft(Version::V5))
        .with_time_stamp(b"stamp")
        .unwrap();
    seals.add(
        "good-v5-stamp",
        "A time stamp beside what is signed: noted, and not judged.",
        "valid",
        stamped.der(),
    );
    let of = |change: &dyn Fn(&mut Draft)| {
        let mut draft = scene.draft(Version::V4);
        change(&mut draft);
        scene.seal(&draft).der().to_vec()
    };
    for (name, description, comes, seal) in [
        (
            "ends-now",
            "The seal ends at this second, which belongs to it.",
            "valid",
            of(&|d| d.property.valid_until = NOW),
        ),
        (
            "ended",
            "The seal ended a second ago.",
            "seal-expired",
            of(&|d| d.property.valid_until = NOW.plus(-1)),
        ),
        (
            "begins-now",
            "The seal begins at this second.",
            "valid",
            of(&|d| d.property.valid_from = NOW),
        ),
        (
            "begins-later",
            "The seal begins a second later.",
            "seal-not-yet-valid",
            of(&|d| d.property.valid_from = NOW.plus(1)),
        ),
        (
            "extension",
            "An extension that nobody knows is not critical.",
            "valid",
            of(&|d| d.extensions.push(extension(false))),
        ),
        (
            "extension-critical",
            "An extension that nobody knows is critical.",
            "seal-extension-unknown",
            of(&|d| d.extensions.push(extension(true))),
        ),
        (
            "picture-large",
            "The picture is a metre wide and high: noted.",
            "valid",
            of(&|d| (d.picture.width, d.picture.height) = (1000, 1000)),
        ),
        (
            "picture-called-otherwise",
            "The picture is called PNG, and is a GIF: noted.",
            "valid",
            of(&|d| d.picture.kind = "PNG".into()),
        ),
        (
            "picture-none",
            "The picture is of no type that is known: a warning.",
            "valid",
            of(&|d| d.picture.data = b"no picture".to_vec()),
        ),
        (
            "kind",
            "The kind of seal is a number of the issuer's own.",
            "valid",
            of(&|d| d.property.kind = 99),
        ),
        (
            "made-before-maker",
            "The seal was made a month before its maker's certificate began, as orders take: a warning.",
            "valid",
            of(&|d| {
                d.property.created = NOW.plus(-131 * DAY);
                d.property.valid_from = d.property.created;
            }),
        ),
        (
            "made-long-before-maker",
            "The seal was made a month and a second before its maker's certificate began.",
            "seal-made-before-maker",
            of(&|d| {
                d.property.created = NOW.plus(-131 * DAY - 1);
                d.property.valid_from = d.property.created;
            }),
        ),
        (
            "made-after-maker",
            "The seal says that it was made after its maker's certificate ended.",
            "seal-made-after-maker",
            of(&|d| d.property.created = NOW.plus(266 * DAY)),
        ),
    ] {
        seals.add(name, description, comes, &seal);
    }
    // Who may use it.
    let user = scene.unit.certificate.der();
    let twin = scene.issuing.issue(
        scene.unit.key.clone(),
        &Profile {
            serial: vec![9],
            ..Profile::unit()
        },
    );
    let digest = |algorithm: &str, value: Vec<u8>| {
        Users::Digests(vec![CertificateDigest {
            algorithm: algorithm.into(),
            value,
        }])
    };
    let no = "seal-not-for-certificate";
    for (name, description, comes, users) in [
        (
            "users-digest",
            "The seal lists the certificate's SM3.",
            "valid",
            digest("SM3", sm3(user).to_vec()),
        ),
        (
            "users-digest-sha256",
            "The seal lists the certificate's SHA-256.",
            "valid",
            digest("SHA256", sha256(user).to_vec()),
        ),
        (
            "users-digest-other",
            "The seal lists another certificate's digest.",
            no,
            digest("SM3", sm3(b"another").to_vec()),
        ),
        (
            "users-other",
            "The seal lists another certificate of the same key.",
            no,
            Users::Certificates(vec![twin.certificate.der().to_vec()]),
        ),
        (
            "users-none",
            "The seal lists nobody.",
            no,
            Users::Certificates(vec![]),
        ),
        (
            "users-several",
            "The seal lists two certificates.",
            "valid",
            Users::Certificates(vec![twin.certificate.der().to_vec(), user.to_vec()]),
        ),
        (
            "users-filled-up",
            "The certificate is listed with zeros behind its end.",
            "valid",
            Users::Certificates(vec![[user, &[0; 4]].concat()]),
        ),
        (
            "users-more",
            "Something follows the certificate in the list.",
            no,
            Users::Certificates(vec![[user, b"more"].concat()]),
        ),
    ] {
        let seal = scene.seal(&seal_draft(Version::V4, users));
        seals.with(
            name,
            description,
            comes,
            &json!({}),
            &[("seal", seal.der()), ("certificate", user)],
        );
    }
    let for_all = |certificate: &Certificate| {
        scene.seal(&seal_draft(
            Version::V4,
            Users::Certificates(vec![certificate.der().to_vec()]),
        ))
    };
    for (name, description, comes, profile) in [
        (
            "user-ended",
            "The certificate that uses the seal ended a second ago.",
            "certificate-expired",
            Profile {
                not_after: NOW.plus(-1),
                ..Profile::unit()
            },
        ),
        (
            "user-encryption",
            "The certificate that uses the seal is for encryption.",
            "certificate-not-for-signing",
            Profile {
                key_usage: Some(0x38),
                ..Profile::unit()
            },
        ),
    ] {
        let user = scene
            .issuing
            .issue(scene.unit.key.clone(), &profile)
            .certificate;
        seals.with(
            name,
            description,
            comes,
            &json!({}),
            &[("seal", for_all(&user).der()), ("certificate", user.der())],
        );
    }
    let seal = scene.seal(&scene.draft(Version::V4));
    let trust = scene.trust();
    let nobody = merged(&trust, &json!({ "intermediates": null }));
    let parts: &[(&'static str, &[u8])] = &[("seal", seal.der()), ("certificate", user)];
    seals.with(
        "user-trusted",
        "Where trust begins, the path of the certificate that uses the seal is judged.",
        "valid",
        &trust,
        parts,
    );
    seals.with(
        "user-untrusted",
        "The path of the certificate that uses the seal does not arrive.",
        "issuer-unknown",
        &nobody,
        parts,
    );
}

fn extension(critical: bool) -> SealExtension {
    SealExtension {
        oid: Oid::new_unwrap("1.2.156.10197.9.9.9"),
        critical,
        value: b"1".to_vec(),
    }
}

/// How seals are written.
fn written(seals: &mut Seals<'_>, scene: &Scene) {
    let unreadable = "error seal-unreadable";
    let good = scene.seal(&scene.draft(Version::V4));
    let good = good.der();
    let info = info_of(good);
    let (maker, key) = (scene.maker.certificate.der(), &scene.maker.key);
    let algorithm = asn1::oid(oid::SM2_WITH_SM3);
    let with = |info: &[u8]| assemble(info, maker, &algorithm, &key.sign(info));
    assert_eq!(with(&info), good);
    let signature = key.sign(&info);
    let public = Sm2Key::from_point(&key.point()).unwrap();
    let raw = EcSignature::<32>::from_der(&signature).unwrap().to_raw();
    // What version 1 signs, in the structure of version 4.
    let as_v1 = sequence(&[
        &info,
        &asn1::element(tag::OCTET_STRING, &[maker]),
        &algorithm,
    ]);
    let v1 = scene.seal(&scene.draft(Version::V1));
    let info_v1 = info_of(v1.der());
    let parts_v1 = |signature: &[u8]| {
        let parts = [
            asn1::element(tag::OCTET_STRING, &[maker]),
            algorithm.clone(),
            asn1::element(tag::BIT_STRING, &[&[0], signature]),
        ]
        .concat();
        sequence(&[&info_v1, &sequence(&[&parts])])
    };
    let header =
        |version: u8| replaced(&info, &[b'E', b'S', 2, 1, 4], &[b'E', b'S', 2, 1, version]);
    let e = |id: &[u8]| key.sign_e(&public.e(id, &[&info]).unwrap());
    let signed = |algorithm: &[u8], signature: &[u8]| assemble(&info, maker, algorithm, signature);
    let identifier = sequence(&[&algorithm]);
    let text = base64(good);
    for (name, description, comes, seal) in [
        ("base64", "As Base64.", "valid", text.as_bytes().to_vec()),
        (
            "filled-up",
            "Zeros fill up the seal behind its end: noted.",
            "valid",
            [good, &[0; 4]].concat(),
        ),
        (
            "cut",
            "The seal ends early.",
            unreadable,
            good[..good.len() - 1].to_vec(),
        ),
        (
            "more",
            "Something follows the seal.",
            unreadable,
            [good, b"more"].concat(),
        ),
        ("empty", "There are no bytes.", unreadable, vec![]),
        (
            "header-id",
            "The header's ID is another than ES.",
            unreadable,
            with(&replaced(&info, b"ES", b"EX")),
        ),
        (
            "header-version-1",
            "The header says version 1, and the structure is that of version 4: noted.",
            "valid",
            with(&header(1)),
        ),
        (
            "header-version-3",
            "The header says version 3, which no standard has: noted.",
            "valid",
            with(&header(3)),
        ),
        (
            "header-version-6",
            "The header says version 6, of which nobody knows what is signed.",
            unreadable,
            with(&header(6)),
        ),
        (
            "header-version-0",
            "The header says version 0.",
            unreadable,
            with(&header(0)),
        ),
        (
            "v1-header-4",
            "The header says version 4, and the structure is that of version 1, by whose rule it is signed: noted.",
            "valid",
            {
                let info = replaced(&info_v1, &[b'E', b'S', 2, 1, 1], &[b'E', b'S', 2, 1, 4]);
                let signed = sequence(&[
                    &info,
                    &asn1::element(tag::OCTET_STRING, &[maker]),
                    &algorithm,
                ]);
                let parts = [
                    asn1::element(tag::OCTET_STRING, &[maker]),
                    algorithm.clone(),
                    asn1::element(tag::BIT_STRING, &[&[0], &key.sign(&signed)]),
                ]
                .concat();
                sequence(&[&info, &sequence(&[&parts])])
            },
        ),
        (
            "v1-signed-as-v4",
            "A seal of version 1 whose maker signed the information alone.",
            "signature-invalid",
            parts_v1(&key.sign(&info_v1)),
        ),
        (
            "v4-signed-as-v1",
            "A seal of version 4 whose maker signed certificate and algorithm, too.",
            "signature-invalid",
            signed(&algorithm, &key.sign(&as_v1)),
        ),
        (
            "signature-raw",
            "r and s side by side in the BIT STRING: noted.",
            "valid",
            signed(&algorithm, &raw),
        ),
        (
            "signature-empty",
            "The BIT STRING has no signature.",
            "signature-invalid",
            signed(&algorithm, &[]),
        ),
        (
            "z-empty-id",
            "Z has the empty user id. No variant is ever accepted of a seal.",
            "signature-invalid",
            signed(&algorithm, &e(b"")),
        ),
        (
            "z-absent",
            "The signature is computed without Z.",
            "signature-invalid",
            signed(&algorithm, &key.sign_e(&sm3(&info))),
        ),
        (
            "z-default-id",
            "The user id is the default one.",
            "valid",
            signed(&algorithm, &e(DEFAULT_ID)),
        ),
        (
            "algorithm-sm2",
            "The algorithm is SM2's signature, as some write it: noted.",
            "valid",
            signed(&asn1::oid(oid::SM2_SIGN), &signature),
        ),
        (
            "algorithm-identifier",
            "The algorithm is an AlgorithmIdentifier in the place of an OID: noted.",
            "valid",
            signed(&identifier, &signature),
        ),
        (
            "algorithm-digest",
            "The algorithm is SM3, which signs nothing.",
            "algorithm-not-supported",
            signed(&asn1::oid(oid::SM3), &signature),
        ),
        (
            "algorithm-rsa",
            "The algorithm is RSA with SHA-256.",
            "algorithm-not-supported",
            signed(&asn1::oid(oid::RSA_SHA256), &signature),
        ),
        (
            "maker-unreadable",
            "The maker's certificate is none.",
            "certificate-unreadable",
            assemble(&info, b"none", &algorithm, &signature),
        ),
        (
            "maker-other",
            "Another certificate stands in the place of the maker's.",
            "signature-invalid, seal-maker-unknown",
            assemble(&info, scene.unit.certificate.der(), &algorithm, &signature),
        ),
        (
            "list-type-3",
            "certListType is 3, which is neither: noted.",
            "valid",
            with(&list_type(&info, 3)),
        ),
        (
            "list-type-2",
            "certListType says digests, and the list has certificates: noted.",
            "valid",
            with(&list_type(&info, 2)),
        ),
    ] {
        seals.add(name, description, comes, &seal);
    }
}

/// The information with another certListType: the INTEGER behind the name.
fn list_type(info: &[u8], kind: u8) -> Vec<u8> {
    let name = "示例采购有限公司".as_bytes();
    let at = info
        .windows(name.len())
        .position(|window| window == name)
        .unwrap()
        + name.len();
    let mut info = info.to_vec();
    assert_eq!(info[at..at + 3], [2, 1, 1]);
    info[at + 2] = kind;
    info
}

/// Whose seals are accepted.
fn makers(seals: &mut Seals<'_>, scene: &Scene) {
    let seal = scene.seal(&scene.draft(Version::V4));
    let seal = seal.der();
    let parts: &[(&'static str, &[u8])] = &[("seal", seal)];
    let other = pem(&scene.unit);
    seals.with(
        "makers-none",
        "No makers are listed: whoever holds a certificate could have made the seal.",
        "seal-maker-unknown",
        &json!({ "makers": null }),
        parts,
    );
    seals.with(
        "makers-others",
        "Another maker is listed.",
        "seal-maker-unknown",
        &json!({ "makers": [other] }),
        parts,
    );
    let same_name = Identity::self_signed(
        TestKey::sm2(4),
        &Profile {
            subject: vec![(oid::COUNTRY, "CN"), (oid::COMMON_NAME, "示例制章机构")],
            ..Profile::unit()
        },
    );
    let forged = scene
        .draft(Version::V4)
        .sign(&same_name.certificate, |bytes| {
            Ok(same_name.key.sign(bytes))
        })
        .unwrap();
    seals.add(
        "maker-same-name",
        "The maker has a listed one's name and another key.",
        "seal-maker-unknown",
        forged.der(),
    );
    // A path says nothing of a maker, unless a policy does.
    let policy = Oid::new_unwrap("1.2.156.10197.9.9.8");
    let value = sequence(&[&sequence(&[&asn1::oid(policy)])]);
    // Policies hold along the whole path, so the issuing CA has it, too.
    let issuing = scene.root.issue(
        TestKey::sm2(0x52),
        &Profile {
            extensions: vec![(oid::CERTIFICATE_POLICIES, false, value.clone())],
            ..Profile::authority("示例签发机构")
        },
    );
    let maker = issuing.issue(
        TestKey::sm2(2),
        &Profile {
            extensions: vec![(oid::CERTIFICATE_POLICIES, false, value)],
            ..Profile::unit()
        },
    );
    let listed = scene
        .draft(Version::V4)
        .sign(&maker.certificate, |bytes| Ok(maker.key.sign(bytes)))
        .unwrap();
    let trust = merged(
        &scene.trust(),
        &json!({ "makers": null, "intermediates": [pem(&issuing)] }),
    );
    let more = merged(&trust, &json!({ "policies": [policy.to_string()] }));
    seals.with(
        "maker-by-policy",
        "The maker is not listed; its certificate leads to an anchor under a policy that is.",
        "valid",
        &more,
        &[("seal", listed.der())],
    );
    let maker = scene.issuing.issue(TestKey::sm2(2), &Profile::unit());
    let seal = scene
        .draft(Version::V4)
        .sign(&maker.certificate, |bytes| Ok(maker.key.sign(bytes)))
        .unwrap();
    let more = merged(
        &scene.trust(),
        &json!({ "makers": null, "policies": [policy.to_string()] }),
    );
    seals.with(
        "maker-without-policy",
        "The maker's certificate leads to an anchor, and has no such policy.",
        "seal-maker-unknown",
        &more,
        &[("seal", seal.der())],
    );
    let more = merged(&scene.trust(), &json!({ "makers": null }));
    seals.with(
        "maker-by-path-alone",
        "A path to an anchor says nothing about a maker.",
        "seal-maker-unknown",
        &more,
        &[("seal", seal.der())],
    );
    let crl = scene.issuing.crl(
        &[(maker.certificate.serial(), NOW.plus(-DAY))],
        NOW.plus(-DAY),
        NOW.plus(DAY),
    );
    let more = merged(
        &scene.trust(),
        &json!({ "makers": [pem(&maker)], "crls": [base64(&crl)] }),
    );
    seals.with(
        "maker-revoked",
        "The maker is listed, and its certificate is on its issuer's list.",
        "seal-maker-unknown, certificate-revoked",
        &more,
        &[("seal", seal.der())],
    );
}

/// Seals that were set.
fn applied(seals: &mut Seals<'_>, scene: &Scene) {
    let sealing = |version: Version, digest: [u8; 32], extensions: &[SealExtension]| {
        let seal = scene.seal(&scene.draft(version));
        let time = match version {
            Version::V1 => TimeInfo::Stamp(b"stamp"),
            Version::V4 | Version::V5 => TimeInfo::Claimed(NOW),
        };
        let sealing = Sealing {
            seal: &seal,
            time,
            digest: &digest,
            property_info: PLACE,
            extensions,
        };
        sealing
            .sign(&scene.unit.certificate, |bytes| {
                Ok(scene.unit.key.sign(bytes))
            })
            .unwrap()
    };
    let digest = sm3(CONTENT);
    for (name, version) in VERSIONS {
        let set = sealing(version, digest, &[]);
        let description = format!("A seal by {} set on a content.", version.standard());
        seals.on_content(&format!("good-{name}"), &description, "valid", set.der());
        let mut flipped = set.der().to_vec();
        *flipped.last_mut().unwrap() ^= 1;
        seals.on_content(
            &format!("signature-bit-{name}"),
            "The lowest bit of the signer's signature is another.",
            "signature-invalid",
            &flipped,
        );
        let moved = replaced(set.der(), b"Sign_0", b"Sign_1");
        seals.on_content(
            &format!("moved-{name}"),
            "propertyInfo names another place.",
            "signature-invalid",
            &moved,
        );
    }
    let set = sealing(Version::V4, digest, &[]);
    let set = set.der();
    let with_digest = json!({ "digest": base64(&digest) });
    seals.with(
        "digest",
        "What was sealed is given as its SM3: nobody here saw it.",
        "valid",
        &with_digest,
        &[("signature", set)],
    );
    let other = json!({ "digest": base64(&sm3(b"another")) });
    seals.with(
        "digest-other",
        "Another digest is given.",
        "content-changed",
        &other,
        &[("signature", set)],
    );
    let short = json!({ "digest": base64(&digest[..31]) });
    seals.with(
        "digest-short",
        "The digest that is given has 31 bytes.",
        "error request-invalid",
        &short,
        &[("signature", set)],
    );
    let both: &[(&'static str, &[u8])] = &[("signature", set), ("content", CONTENT)];
    seals.with(
        "digest-and-content",
        "Content and digest are given.",
        "error request-invalid",
        &with_digest,
        both,
    );
    seals.with(
        "content-other",
        "The content is another.",
        "content-changed",
        &json!({}),
        &[("signature", set), ("content", b"another")],
    );
    seals.with(
        "content-absent",
        "The content is missing.",
        "content-missing",
        &json!({}),
        &[("signature", set)],
    );
    let nothing = json!({ "anchors": null, "intermediates": null });
    seals.with("trust-nowhere", "Where no trust begins, the signer's path is not judged: a warning, and the outcome is open.", "valid", &nothing, both);
    seals.with(
        "signer-untrusted",
        "The signer's path does not arrive.",
        "issuer-unknown",
        &json!({ "intermediates": null }),
        both,
    );
    seals.with(
        "maker-unknown",
        "The seal's maker is not listed.",
        "seal-maker-unknown",
        &json!({ "makers": null }),
        both,
    );
    let crl = scene.issuing.crl(
        &[(scene.unit.certificate.serial(), NOW.plus(-DAY))],
        NOW.plus(-DAY),
        NOW.plus(DAY),
    );
    seals.with(
        "signer-revoked",
        "The signer's certificate is on its issuer's list.",
        "certificate-revoked",
        &json!({ "crls": [base64(&crl)] }),
        both,
    );
    let later = json!({ "at": NOW.plus(201 * DAY).to_string() });
    seals.with(
        "seal-ended",
        "The seal has ended since. The time that the signer claims proves nothing.",
        "seal-expired",
        &later,
        both,
    );
    let critical = sealing(Version::V4, digest, &[extension(true)]);
    seals.on_content(
        "extension-critical",
        "An extension of what is signed is critical and not known.",
        "seal-extension-unknown",
        critical.der(),
    );
    let known = sealing(Version::V4, digest, &[extension(false)]);
    seals.on_content(
        "extension",
        "An extension of what is signed is not critical.",
        "valid",
        known.der(),
    );
    let stamped = sealing(Version::V5, digest, &[])
        .with_time_stamp(b"stamp")
        .unwrap();
    seals.on_content(
        "stamp",
        "A time stamp beside what is signed: noted, and not judged.",
        "valid",
        stamped.der(),
    );
    let z = sealing(Version::V4, scene_digest_with_z(scene), &[]);
    seals.on_content(
        "digest-with-z",
        "The digest that is signed is computed with Z.",
        "content-changed",
        z.der(),
    );
}

fn scene_digest_with_z(scene: &Scene) -> [u8; 32] {
    let key = Sm2Key::from_point(&scene.unit.key.point()).unwrap();
    key.e(DEFAULT_ID, &[CONTENT]).unwrap()
}

/// Seals that were set by whom they should not, or in another way.
fn applied_oddly(seals: &mut Seals<'_>, scene: &Scene) {
    let seal = scene.seal(&scene.draft(Version::V4));
    let digest = sm3(CONTENT);
    let by = |seal: &Seal, signer: &Identity| {
        let sealing = Sealing {
            seal,
            time: TimeInfo::Claimed(NOW),
            digest: &digest,
            property_info: PLACE,
            extensions: &[],
        };
        sealing
            .sign(&signer.certificate, |bytes| Ok(signer.key.sign(bytes)))
            .unwrap()
            .der()
            .to_vec()
    };
    let stranger = scene.issuing.issue(
        TestKey::sm2(3),
        &Profile {
            serial: vec![9],
            ..Profile::unit()
        },
    );
    seals.on_content(
        "signer-not-listed",
        "The signer's certificate is none that the seal lists.",
        "seal-not-for-certificate",
        &by(&seal, &stranger),
    );
    let ended = scene.issuing.issue(
        TestKey::sm2(3),
        &Profile {
            not_after: NOW.plus(-1),
            ..Profile::unit()
        },
    );
    let own = |signer: &Identity| {
        scene.seal(&seal_draft(
            Version::V4,
            Users::Certificates(vec![signer.certificate.der().to_vec()]),
        ))
    };
    seals.on_content(
        "signer-ended",
        "The signer's certificate ended a second ago.",
        "certificate-expired",
        &by(&own(&ended), &ended),
    );
    let encryption = scene.issuing.issue(
        TestKey::sm2(3),
        &Profile {
            key_usage: Some(0x38),
            ..Profile::unit()
        },
    );
    seals.on_content(
        "signer-encryption",
        "The signer's certificate is for encryption.",
        "certificate-not-for-signing",
        &by(&own(&encryption), &encryption),
    );
    let good = by(&seal, &scene.unit);
    let mut parts = asn1::single(&good, tag::SEQUENCE, "").unwrap().children();
    let to_sign = parts.read().unwrap().raw.to_vec();
    let algorithm = asn1::oid(oid::SM2_WITH_SM3);
    let certificate = scene.unit.certificate.der();
    let key = &scene.unit.key;
    let signed = |signature: &[u8]| assemble(&to_sign, certificate, &algorithm, signature);
    assert_eq!(signed(&key.sign(&to_sign)), good);
    let public = Sm2Key::from_point(&key.point()).unwrap();
    let raw = EcSignature::<32>::from_der(&key.sign(&to_sign))
        .unwrap()
        .to_raw();
    let with_certificate = sequence(&[
        &to_sign,
        &asn1::element(tag::OCTET_STRING, &[certificate]),
        &algorithm,
    ]);
    let changed_seal = replaced(&good, b"GIF89a\x64\0\x64\0", b"GIF89a\x64\0\x65\0");
    for (name, description, comes, signature) in [
        (
            "signature-raw",
            "r and s side by side in the BIT STRING: noted.",
            "valid",
            signed(&raw),
        ),
        (
            "z-absent",
            "The signature is computed without Z.",
            "signature-invalid",
            signed(&key.sign_e(&sm3(&to_sign))),
        ),
        (
            "z-empty-id",
            "Z has the empty user id.",
            "signature-invalid",
            signed(&key.sign_e(&public.e(b"", &[&to_sign]).unwrap())),
        ),
        (
            "signed-as-v1",
            "The signature covers certificate and algorithm, as in version 1, and stands in the structure of version 4.",
            "signature-invalid",
            signed(&key.sign(&with_certificate)),
        ),
        (
            "signed-by-maker",
            "The signature is the maker's.",
            "signature-invalid",
            signed(&scene.maker.key.sign(&to_sign)),
        ),
        (
            "signed-digest",
            "The signature is over the content's digest alone.",
            "signature-invalid",
            signed(&key.sign(&digest)),
        ),
        (
            "certificate-unreadable",
            "The signer's certificate is none.",
            "certificate-unreadable",
            assemble(&to_sign, b"none", &algorithm, &raw),
        ),
        (
            "algorithm-digest",
            "The algorithm is SM3, which signs nothing.",
            "algorithm-not-supported",
            assemble(&to_sign, certificate, &asn1::oid(oid::SM3), &raw),
        ),
        (
            "seal-changed",
            "A byte of the seal inside is another: neither signature holds.",
            "signature-invalid, signature-invalid",
            changed_seal,
        ),
        (
            "cut",
            "It ends early.",
            "error seal-unreadable",
            good[..good.len() - 1].to_vec(),
        ),
        (
            "more",
            "Something follows it.",
            "error seal-unreadable",
            [&good[..], b"more"].concat(),
        ),
        (
            "seal-alone",
            "A seal in the place of one that was set.",
            "error seal-unreadable",
            seal.der().to_vec(),
        ),
    ] {
        seals.on_content(name, description, comes, &signature);
    }
}

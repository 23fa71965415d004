//! Logins: whatever can be changed about a proof, its challenge, its certificate and what the portal says.

mod certificates;
mod lists;
mod logondata;
mod portal;
mod shape;
mod signed;

use crate::{Set, Vector, base64, keys, merged, pem};
use serde_json::{Value, json};
use yinxin_calls::Function;
use yinxin_pki::asn1::{self, tag};
use yinxin_pki::attributes;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::cms;
use yinxin_pki::hash::{sha256, sm3};
use yinxin_pki::key::EcSignature;
use yinxin_pki::login::{Challenge, LABEL, new_challenge, to_be_signed};
use yinxin_pki::oid;
use yinxin_pki::sm2::{DEFAULT_ID, Sm2Key};
use yinxin_pki::testing::{Identity, NOW, Pieces, Profile, TestKey, chain, signed_data};
use yinxin_proto::page::Purpose;
use yinxin_proto::site::Origin;
use yinxin_proto::time::{DAY, UnixTime};

pub const ORIGIN: &str = "https://portal.example";
const SESSION: &str = "session-of-the-browser";

/// A portal with its trust and a challenge, and a visitor.
struct Scene {
    root: Identity,
    issuing: Identity,
    unit: Identity,
    challenge: Challenge,
    request: Value,
}

impl Scene {
    fn new(key: TestKey) -> Self {
        let (root, issuing, unit) = chain(key);
        Self::of(root, issuing, unit, Purpose::Login)
    }

    fn of(root: Identity, issuing: Identity, unit: Identity, purpose: Purpose) -> Self {
        let challenge = new_challenge(ORIGIN, purpose, SESSION, &[7; 32], NOW, None).unwrap();
        let request = json!({
            "challenge": challenge, "origin": ORIGIN, "purpose": purpose, "session": SESSION,
            "anchors": [pem(&root)], "intermediates": [pem(&issuing)],
            "issuers": ["示例签发机构"], "at": NOW.plus(60).to_string(),
        });
        Self {
            root,
            issuing,
            unit,
            challenge,
            request,
        }
    }

    /// Of a visitor with another certificate.
    fn with(&self, unit: Identity) -> Self {
        let purpose = self.challenge.purpose;
        Self::of(self.root.clone(), self.issuing.clone(), unit, purpose)
    }

    /// The same key with a certificate that says this.
    fn issued(&self, profile: &Profile) -> Self {
        self.with(self.issuing.issue(self.unit.key.clone(), profile))
    }

    /// The same key with a certificate that is written so.
    fn written(&self, change: impl FnOnce(&mut Pieces)) -> Self {
        let mut pieces = Pieces::new(&self.issuing.key);
        pieces.issuer = self.issuing.certificate.subject().der().to_vec();
        pieces.spki = self.unit.key.spki();
        change(&mut pieces);
        let certificate = Certificate::from_der(pieces.der(&self.issuing.key)).unwrap();
        self.with(Identity {
            key: self.unit.key.clone(),
            certificate,
        })
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let origin = Origin::read(ORIGIN).unwrap();
        let Challenge {
            purpose, challenge, ..
        } = &self.challenge;
        to_be_signed(&origin, *purpose, challenge, &self.unit.certificate)
    }

    fn proof(&self) -> Value {
        serde_json::to_value(self.unit.login_proof(ORIGIN, &self.challenge)).unwrap()
    }

    /// The proof with another signature.
    fn signed(&self, signature: &[u8]) -> Value {
        merged(&self.proof(), &json!({ "signature": base64(signature) }))
    }

    /// The proof over other bytes.
    fn over(&self, bytes: &[u8]) -> Value {
        self.signed(&self.unit.key.sign(bytes))
    }

    /// Label and fields, each behind its length.
    fn fields(&self, label: &[u8], fields: &[&[u8]]) -> Vec<u8> {
        let mut out = label.to_vec();
        for field in fields {
            out.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
            out.extend(*field);
        }
        out
    }

    fn logondata(&self, format: &str, cms: &[u8]) -> Value {
        merged(
            &self.proof(),
            &json!({ "format": format, "signature": base64(cms) }),
        )
    }
}

struct Logins<'a>(&'a mut Set);

impl Logins<'_> {
    fn text(
        &mut self,
        name: &str,
        description: &str,
        comes: &str,
        request: Value,
        proof: &[u8],
        only_as_text: bool,
    ) {
        let vector = Vector {
            description: description.into(),
            function: Function::VerifyLogin,
            request,
            parts: vec![("proof", proof.to_vec())],
            only_as_text,
        };
        self.0.add(&format!("login-{name}"), comes, vector);
    }

    /// With what the portal says changed.
    fn portal(&mut self, scene: &Scene, name: &str, description: &str, comes: &str, more: Value) {
        self.both(scene, name, description, comes, more, &scene.proof());
    }

    /// With another proof.
    fn proof(&mut self, scene: &Scene, name: &str, description: &str, comes: &str, proof: &Value) {
        self.both(scene, name, description, comes, json!({}), proof);
    }

    fn both(
        &mut self,
        scene: &Scene,
        name: &str,
        description: &str,
        comes: &str,
        more: Value,
        proof: &Value,
    ) {
        let request = merged(&scene.request, &more);
        self.text(
            name,
            description,
            comes,
            request,
            proof.to_string().as_bytes(),
            false,
        );
    }
}

pub fn add(set: &mut Set) {
    let mut logins = Logins(set);
    good(&mut logins);
    shape::add(&mut logins);
    signed::add(&mut logins);
    portal::add(&mut logins);
    certificates::add(&mut logins);
    lists::add(&mut logins);
    logondata::add(&mut logins);
}

fn good(logins: &mut Logins<'_>) {
    for (kind, key) in keys() {
        let scene = Scene::new(key);
        let description = format!("A login with a key of the kind {kind} holds.");
        logins.portal(
            &scene,
            &format!("good-{kind}"),
            &description,
            "valid",
            json!({}),
        );
    }
    let (root, issuing, unit) = chain(TestKey::sm2(1));
    let bind = Scene::of(root, issuing, unit, Purpose::Bind);
    logins.portal(
        &bind,
        "good-bind",
        "A proof that binds a certificate to an account, where that is expected.",
        "valid",
        json!({}),
    );
    let scene = Scene::new(TestKey::sm2(1));
    logins.portal(
        &scene,
        "good-purpose-absent",
        "A call that names no purpose expects `login`.",
        "valid",
        json!({ "purpose": null }),
    );
    let issuer = json!({ "issuers": [pem(&scene.issuing)] });
    logins.portal(
        &scene,
        "good-issuer-by-certificate",
        "The accepted issuer is given as a certificate, not as a name.",
        "valid",
        issuer,
    );
    for (name, origin) in [
        ("port", "https://portal.example:8443"),
        ("local", "http://localhost:3000"),
    ] {
        let challenge =
            new_challenge(origin, Purpose::Login, SESSION, &[7; 32], NOW, None).unwrap();
        let proof = serde_json::to_value(scene.unit.login_proof(origin, &challenge)).unwrap();
        let more = json!({ "challenge": challenge, "origin": origin });
        let description = format!(
            "The origin {origin}: with its port, and plain http on the machine itself only."
        );
        logins.both(
            &scene,
            &format!("good-origin-{name}"),
            &description,
            "valid",
            more,
            &proof,
        );
    }
    let numbered = scene.issued(&Profile {
        subject: vec![
            (oid::COUNTRY, "CN"),
            (oid::ORGANIZATION, "示例采购有限公司"),
            (oid::COMMON_NAME, "示例甲"),
            (oid::SERIAL_NUMBER, "EXAMPLE-0001"),
        ],
        ..Profile::unit()
    });
    logins.portal(
        &numbered,
        "good-person",
        "The subject has a serialNumber: the binding tells the person by it.",
        "valid",
        json!({}),
    );
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    asn1::element(tag::SEQUENCE, parts)
}

fn integer(contents: &[u8]) -> Vec<u8> {
    asn1::element(tag::INTEGER, &[contents])
}

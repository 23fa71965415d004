//! Situations made of real certificates and seals, and what is said of them first.

mod guide;
mod known;
mod login;
mod names;
mod procedures;
mod table;

use super::*;
use std::sync::LazyLock;
use yinxin_fees::Json;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::oid;
use yinxin_pki::seal::build::Draft;
use yinxin_pki::seal::{Seal, Users, Version};
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, seal_draft};
use yinxin_proto::Base64;
use yinxin_proto::time::DAY;
use yinxin_proto::token::{
    Module, PinLength, PinState, PinTries, Token, TokenCertificate, TokenSeal,
};

pub(crate) const UNIT: &str = "示例采购有限公司";

pub(crate) fn guide() -> Guide {
    serde_json::from_str(SCCA_GUIDE).unwrap()
}

pub(crate) fn tariff() -> Tariff {
    let json: Json = serde_json::from_str(yinxin_fees::SCCA_TARIFF).unwrap();
    Tariff::read(&json).unwrap()
}

pub(crate) fn issuing() -> Identity {
    Identity::self_signed(TestKey::sm2(0x52), &Profile::authority("示例签发机构"))
}

fn told(situation: &Situation) -> Advice {
    let anchors = [Anchor::from(issuing().certificate)];
    advise(situation, &anchors, &guide(), &tariff(), NOW)
}

/// Every procedure, in a situation.
fn ways(situation: &Situation) -> Vec<GuideProcedure> {
    procedures(situation, &[], &guide(), &tariff(), NOW)
}

/// A certificate of a unit that ends in so many days.
fn unit(seed: u8, days: i64) -> Identity {
    holder(
        seed,
        days,
        0xc0,
        &[(oid::ORGANIZATION, UNIT), (oid::COMMON_NAME, UNIT)],
    )
}

fn holder(
    seed: u8,
    days: i64,
    usage: u8,
    subject: &[(der::asn1::ObjectIdentifier, &'static str)],
) -> Identity {
    let subject = [&[(oid::COUNTRY, "CN")], subject].concat();
    let profile = Profile {
        subject,
        serial: vec![0x10, seed],
        not_before: NOW.plus((days - 400).min(-1) * DAY),
        not_after: NOW.plus(days * DAY),
        key_usage: Some(usage),
        ..Profile::unit()
    };
    issuing().issue(TestKey::sm2(seed), &profile)
}

fn expert(seed: u8, days: i64) -> Identity {
    let subject = [
        (oid::COMMON_NAME, "张示例"),
        (oid::SURNAME, "张"),
        (oid::ORGANIZATIONAL_UNIT, "评标专家"),
    ];
    holder(seed, days, 0xc0, &subject)
}

fn encryption(seed: u8, days: i64) -> Identity {
    holder(
        seed,
        days,
        0x38,
        &[(oid::ORGANIZATION, UNIT), (oid::COMMON_NAME, UNIT)],
    )
}

fn seal(version: Version, user: &Identity, days: i64) -> Seal {
    let users = Users::Certificates(vec![user.certificate.der().to_vec()]);
    let mut draft: Draft = seal_draft(version, users);
    draft.property.created = NOW.plus(-300 * DAY);
    draft.property.valid_from = NOW.plus(-300 * DAY);
    draft.property.valid_until = NOW.plus(days * DAY);
    let mut profile = Profile::authority("示例制章机构");
    profile.not_before = NOW.plus(-900 * DAY);
    profile.not_after = NOW.plus(900 * DAY);
    let maker = Identity::self_signed(TestKey::sm2(0x41), &profile);
    let sign = |message: &[u8]| Ok(maker.key.sign(message));
    draft.sign(&maker.certificate, sign).unwrap()
}

fn key(held: &[&Identity], seals: &[&Seal]) -> Token {
    let certificate = |of: &Certificate| TokenCertificate {
        id: hex(&of.sha256()[..1]),
        label: String::new(),
        certificate: Base64(of.der().to_vec()),
        padding: None,
    };
    let seal = |of: &&Seal| TokenSeal {
        label: "单位电子印章".into(),
        application: "Test".into(),
        der: Some(Base64(of.der().to_vec())),
        padding: None,
        problem: None,
    };
    Token {
        token: format!("token-{}", held.len()),
        label: "示例 UKey".into(),
        manufacturer: "示例".into(),
        model: "K1".into(),
        serial: "0001".into(),
        module: "示例驱动".into(),
        pin: PinTries {
            state: PinState::Ok,
            left: None,
        },
        pin_length: PinLength { min: 6, max: 16 },
        protected_path: false,
        initial_pin: false,
        demo: false,
        certificates: held
            .iter()
            .map(|one| certificate(&one.certificate))
            .collect(),
        seals: seals.iter().map(seal).collect(),
        problem: None,
    }
}

fn module(problem: Option<Error>) -> Module {
    Module {
        name: "示例驱动".into(),
        path: "/usr/lib/example.so".into(),
        problem,
    }
}

/// A set-up in which nothing is wrong, with this in its keys.
fn with(tokens: Vec<Token>) -> Situation {
    Situation {
        tokens: Some(tokens),
        modules: Some(vec![module(None)]),
        host: Some(HostState {
            version: Some("0.1.0".into()),
            problem: None,
        }),
        extension: Some(Extension {
            version: Some("0.1.0".into()),
            site_allowed: Some(true),
            site: None,
        }),
        browser: Some(Browser {
            name: "Chromium".into(),
            engine: Some(140),
        }),
        ..Situation::default()
    }
}

/// A healthy unit's key.
fn good_key() -> Token {
    let sign = unit(1, 265);
    let seal = seal(Version::V4, &sign, 265);
    key(&[&sign, &encryption(2, 265)], &[&seal])
}

fn good() -> Situation {
    let mut situation = with(vec![good_key()]);
    situation.account = Some(SituationAccount {
        site: None,
        name: Some(UNIT.into()),
        role: Some("supplier".into()),
        bound: Some(true),
        certificate: Some(hex(unit(1, 265).certificate.sha256())),
    });
    situation.entrance = Some("supplier".into());
    situation.known_time = Some(NOW.plus(-DAY).to_string());
    situation
}

/// The code, or the guide's problem, that a message means.
fn means(text: &str) -> Option<String> {
    static GUIDE: LazyLock<Guide> = LazyLock::new(guide);
    message::meaning(text, &GUIDE.problems).map(|found| match found {
        Meaning::Problem(problem) => problem.id.clone(),
        Meaning::Entry(entry) => entry.code.into(),
    })
}

fn rules(advice: &Advice) -> Vec<&'static str> {
    advice.findings.iter().map(|one| one.rule).collect()
}

fn fatal(advice: &Advice) -> Vec<&'static str> {
    let all = advice.findings.iter();
    all.filter(|one| one.finding.severity == Severity::Fatal)
        .map(|one| one.rule)
        .collect()
}

//! What is told of a dozen certificates, word for word: `golden/*.json`, reviewed as prose.
//!
//! `YINXIN_GOLDEN=write cargo test -p yinxin-pki golden` writes them anew. They hold facts and no
//! bytes of a certificate.

use crate::asn1::{element, tag};
use crate::certificate::Certificate;
use crate::certificate::facts::NAMES;
use crate::oid;
use crate::testing::{Identity, NOW, Profile, TestKey, data};
use crate::trust::{Anchor, Crls, PathPolicy, verify};
use serde::Serializer as _;
use serde::ser::SerializeMap;
use serde_json::{Map, Value, json};
use yinxin_proto::time::DAY;
use yinxin_proto::{Finding, Locale};
use yinxin_testing::golden;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

/// All that is told of a certificate, without its bytes.
fn told(certificate: &Certificate, policy: &PathPolicy<'_>) -> Value {
    let facts = certificate.facts(NOW);
    assert_eq!(one_by_one(certificate), json!(facts));
    let verdict = verify(certificate, policy);
    let texts = |findings: &[Finding]| -> Vec<Value> {
        let both = |finding: &Finding| {
            let zh = finding.error.text(Locale::ZhCn);
            let en = finding.error.text(Locale::En);
            json!({ "zh-CN": [zh.message, zh.remedy], "en": [en.message, en.remedy] })
        };
        findings.iter().map(both).collect()
    };
    let texts = json!({ "facts": texts(&facts.findings), "verdict": texts(&verdict.findings) });
    let mut told = json!({ "facts": facts, "verdict": verdict, "texts": texts });
    remove_bytes(&mut told);
    told
}

/// Its facts, each asked for alone.
fn one_by_one(certificate: &Certificate) -> Value {
    let mut all = Map::new();
    for name in NAMES {
        let mut json = Vec::new();
        let mut serializer = serde_json::Serializer::new(&mut json);
        let mut map = serializer.serialize_map(None).unwrap();
        certificate.write_facts(NOW, &[name], &mut map).unwrap();
        SerializeMap::end(map).unwrap();
        let told: Map<String, Value> = serde_json::from_slice(&json).unwrap();
        assert!(told.keys().all(|key| key == name), "{name}: {told:?}");
        all.extend(told);
    }
    Value::Object(all)
}

/// Takes certificates and keys out, wherever they stand.
fn remove_bytes(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "certificate" && name != "publicKey");
            fields.values_mut().for_each(remove_bytes);
        }
        Value::Array(all) => all.iter_mut().for_each(remove_bytes),
        _ => {}
    }
}

#[test]
fn what_is_told_of_certificates_of_the_field_stays_as_reviewed() {
    let Some(folder) = data::folder() else { return };
    let arl = std::fs::read(folder.join("crl/NRCAC_ROOTCA_arl_20220505.pem")).unwrap();
    let crls = Crls::read(&[arl]);
    for (name, file) in [
        ("national-root", "ca-national/ROOTCA.pem"),
        ("scca", "ca-national/3C4AF5224F0F36A491AEB7313030F9AC.crt"),
        (
            "chinese-name",
            "ca-national/2665D34E9B226D43117C6A005BEF7621.crt",
        ),
        (
            "civil-servant",
            "ca-national/681FC586C9980FACF90F9D05F9ACBE79.crt",
        ),
        ("dual-sign", "certs/tongsuo-dual/client_sign.crt"),
        ("dual-encrypt", "certs/tongsuo-dual/client_enc.crt"),
        ("dual-expired", "certs/tongsuo-dual/client_sign_expire.crt"),
        ("tjfoc-sign", "certs/tjfoc/sm2_sign_cert.cer"),
    ] {
        let certificate = Certificate::parse(&std::fs::read(folder.join(file)).unwrap()).unwrap();
        let chain = folder.join("certs/tongsuo-dual/chain-ca.crt");
        let given = match file.split('/').nth(1) {
            Some("tongsuo-dual") => chain,
            Some("tjfoc") => folder.join("certs/tjfoc/SM2_CA.cer"),
            _ => folder.join("ca-national/ROOTCA.pem"),
        };
        let given = crate::certificate::bundle::certificates(&std::fs::read(given).unwrap());
        let (anchors, intermediates): (Vec<Certificate>, Vec<Certificate>) = given
            .unwrap()
            .into_iter()
            .partition(|c| c.subject().matches(c.issuer()));
        let national = file.starts_with("ca-national");
        let anchors: Vec<Anchor> = match national {
            true => Vec::new(),
            false => anchors.into_iter().map(Anchor::from).collect(),
        };
        let policy = PathPolicy {
            national,
            ..PathPolicy::new(&anchors, &intermediates, &crls, NOW)
        };
        golden::compare(FOLDER, name, &told(&certificate, &policy));
    }
}

#[test]
fn what_is_told_of_certificates_made_here_stays_as_reviewed() {
    let root = Identity::self_signed(TestKey::sm2(0x51), &Profile::authority("示例根"));
    let issuing = root.issue(TestKey::sm2(0x52), &Profile::authority("示例签发机构"));
    let code = element(tag::UTF8_STRING, &[b"91350100M000100Y43"]);
    let unit = Profile {
        extensions: vec![(oid::CREDIT_CODE, false, code)],
        ..Profile::unit()
    };
    let mut expert = Profile::unit();
    expert.subject = vec![
        (oid::COUNTRY, "CN"),
        (oid::ORGANIZATIONAL_UNIT, "评标专家"),
        (oid::COMMON_NAME, "张三"),
    ];
    let expired = Profile {
        not_after: NOW.plus(-3 * DAY),
        ..unit.clone()
    };
    let soon = Profile {
        not_after: NOW.plus(30 * DAY),
        key_usage: Some(0x38),
        ..unit.clone()
    };
    let day = |n| NOW.plus(n * DAY);
    let (anchors, intermediates) = (
        [Anchor::from(root.certificate.clone())],
        [issuing.certificate.clone()],
    );
    let serial: &[u8] = &[0x12, 0x34];
    let clean = Crls::read(&[
        root.crl(&[], day(-1), day(30)),
        issuing.crl(&[], day(-1), day(30)),
    ]);
    let revoked = Crls::read(&[
        root.crl(&[], day(-1), day(30)),
        issuing.crl(&[(serial, day(-2))], day(-1), day(30)),
    ]);
    for (name, key, profile, crls) in [
        ("unit", TestKey::sm2(1), &unit, &clean),
        ("unit-revoked", TestKey::sm2(1), &unit, &revoked),
        ("unit-expired", TestKey::sm2(1), &expired, &clean),
        ("unit-encrypt", TestKey::sm2(2), &soon, &clean),
        ("unit-p256", TestKey::p256(3), &unit, &clean),
        ("expert", TestKey::sm2(4), &expert, &Crls::default()),
    ] {
        let leaf = issuing.issue(key, profile);
        let policy = PathPolicy::new(&anchors, &intermediates, crls, NOW);
        golden::compare(FOLDER, name, &told(&leaf.certificate, &policy));
    }
}

//! The contract of 统一安全认证客户端 as a table: every function that is known, with good input, and every code that can
//! come, at least once.

use super::*;
use std::collections::HashSet;
use yinxin_pki::asn1::{element, tag};
use yinxin_pki::oid;
use yinxin_pki::testing::Oid;
use yinxin_proto::bridge::{ADDRESSES, Operation};

/// Fields of a call.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// What is known of a call before it is made.
struct Inputs {
    container: String,
    certificate: String,
    encryption: String,
    ciphertext: String,
    signature: String,
    message: String,
    detached: String,
}

impl Inputs {
    fn of(play: &mut Play) -> Self {
        let der = |identity: &Identity| Base64(identity.certificate.der().to_vec()).encode();
        let encryption = der(&play.encryption);
        let fields = [("certBase64", encryption.as_str()), ("rsKey", SECRET)];
        let encrypted = play.late("RS_KeyEncryptData", &fields);
        let identity = &play.identity;
        Self {
            container: play.container(),
            certificate: der(identity),
            encryption,
            ciphertext: play.data(encrypted, "encRsKey"),
            signature: Base64(identity.key.sign(TEXT.as_bytes())).encode(),
            message: Base64(identity.cms_attached(TEXT.as_bytes())).encode(),
            detached: Base64(identity.cms(TEXT.as_bytes())).encode(),
        }
    }
}

#[test]
fn every_function_is_answered_with_its_data() {
    let mut play = Play::logged_in();
    let of = Inputs::of(&mut play);
    let container = ("containerId", of.container.as_str());
    let certificate = ("certBase64", of.certificate.as_str());
    let good: &[(&str, Fields, &[&str])] = &[
        ("RS_GetUserList", &[], &["userlist"]),
        (
            "RS_GetCertBase64String",
            &[container, ("certType", "1")],
            &["certBase64"],
        ),
        (
            "RS_GetCertBase64String",
            &[container, ("certType", "2")],
            &["certBase64"],
        ),
        ("RS_GetCertInfo", &[certificate, ("type", "7")], &["info"]),
        ("RS_VerifyIdentity", &[certificate, ("authNo", "1")], &[]),
        ("RS_CertLogin", &[container], &["containerId"]),
        ("RS_KeyStatus", &[container], &["containerId"]),
        ("RS_GetPinRetryCount", &[container], &["retryCount"]),
        ("RS_ChangePassWd", &[container], &[]),
        (
            "RS_KeyGetDeviceInfo",
            &[container, ("type", "520")],
            &["info"],
        ),
        ("RS_KeyGetKeySn", &[container], &["containerId", "keySn"]),
        ("RS_KeySignByP1", &[container, ("msg", TEXT)], &["signdMsg"]),
        (
            "RS_KeySignByP1",
            &[container, ("asn1Msg", TEXT)],
            &["signdMsg"],
        ),
        (
            "RS_KeyDigitalSignByP1",
            &[container, ("asn1Msg", TEXT)],
            &["signdMsg"],
        ),
        (
            "RS_VerifySignByP1",
            &[certificate, ("msg", TEXT), ("signdMsg", &of.signature)],
            &[],
        ),
        (
            "RS_VerifyDigitalSignByP1",
            &[certificate, ("asn1Msg", TEXT), ("signdMsg", &of.signature)],
            &[],
        ),
        (
            "RS_KeySignByP7",
            &[container, ("msg", TEXT), ("flag", "0")],
            &["signdMsg"],
        ),
        (
            "RS_KeySignByP7",
            &[container, ("msg", TEXT), ("flag", "1")],
            &["signdMsg"],
        ),
        (
            "RS_VerifySignByP7",
            &[("msg", TEXT), ("signdMsg", &of.message), ("flag", "0")],
            &[],
        ),
        (
            "RS_VerifySignByP7",
            &[("msg", TEXT), ("signdMsg", &of.detached), ("flag", "1")],
            &[],
        ),
        (
            "RS_KeyEncryptData",
            &[("rsKey", SECRET), ("certBase64", &of.encryption)],
            &["encRsKey"],
        ),
        (
            "RS_KeyDecryptData",
            &[container, ("encRsKey", &of.ciphertext)],
            &["rsKey"],
        ),
        (
            "RS_ConfigParameters",
            &[("cmd", "clientId"), ("val", "7")],
            &[],
        ),
        ("RS_GetParameters", &[("cmd", "clientId")], &["val"]),
        ("RS_GetVersion", &[], &["version"]),
    ];
    for (name, fields, names) in good {
        let call = play.whole(name, fields);
        let answer = play.answer(call);
        assert_eq!(answer["code"], "0000", "{name}: {answer}");
        assert_eq!(answer["msg"], "successful");
        let data = answer["data"].as_object().unwrap();
        assert_eq!(data.keys().collect::<Vec<_>>(), *names, "{name}");
        assert!(data.values().all(Value::is_string), "{name}");
    }
    // Nothing of the table is forgotten here.
    let done: HashSet<&str> = good.iter().map(|(name, ..)| *name).collect();
    for function in ADDRESSES[0].functions {
        let refused = matches!(
            function.operation,
            Operation::NotSupported | Operation::Envelop | Operation::OpenEnvelope
        );
        assert_eq!(!refused, done.contains(function.name), "{}", function.name);
    }
}

#[test]
fn data_are_of_the_form_that_pages_read() {
    let mut play = Play::logged_in();
    let of = Inputs::of(&mut play);
    let container = ("containerId", of.container.as_str());
    for (name, field, value) in [
        ("RS_KeyGetKeySn", "keySn", "0001"),
        ("RS_KeyGetKeySn", "containerId", &of.container),
        ("RS_GetPinRetryCount", "retryCount", "6"),
        ("RS_CertLogin", "containerId", &of.container),
    ] {
        let call = play.whole(name, &[container]);
        assert_eq!(play.data(call, field), value, "{name}");
    }
    assert!(of.ciphertext.starts_with("04"));
    assert_eq!(of.ciphertext, of.ciphertext.to_uppercase());
    let kept = [("cmd", "bussName"), ("val", "投标")];
    play.late("RS_ConfigParameters", &kept);
    let call = play.late("RS_GetParameters", &kept[..1]);
    assert_eq!(play.data(call, "val"), "投标");
    assert_eq!(play.flow.parameters()["bussName"], "投标");
    // Of what a device says by the numbers of GM/T 0006.
    for (item, value) in [
        ("514", "K1"),
        ("515", "演示"),
        ("516", "示例厂商"),
        ("520", "0001"),
    ] {
        let call = play.late("RS_KeyGetDeviceInfo", &[container, ("type", item)]);
        assert_eq!(play.data(call, "info"), value, "{item}");
    }
    // The assistant's, at its own address.
    play.event(FlowEvent::Called {
        call: 900,
        port: 61_200,
        name: "RS_GetVersion".into(),
        fields: BTreeMap::new(),
        pins: Vec::new(),
        pressed: false,
    });
    assert_eq!(play.data(900, "version"), env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_name_of_a_certificate_makes_no_second_user() {
    let mut play = Play::new();
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let profile = Profile {
        subject: vec![(oid::COMMON_NAME, "甲||0123&&&乙||\u{202e}4567")],
        ..Profile::unit()
    };
    play.identity = issuing.issue(TestKey::sm2(5), &profile);
    play.tokens = vec![token(&[&play.identity])];
    let call = play.whole("RS_GetUserList", &[]);
    let list = play.data(call, "userlist");
    assert_eq!(list.matches("||").count(), 1, "{list}");
    assert!(!list.contains('&') && !list.contains('\u{202e}'), "{list}");
    assert!(list.ends_with(&format!("||{}", play.container())));
}

#[test]
fn every_code_that_can_come_comes() {
    let mut play = Play::logged_in();
    let of = Inputs::of(&mut play);
    let container = ("containerId", of.container.as_str());
    let certificate = ("certBase64", of.certificate.as_str());
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let der = |identity: &Identity| Base64(identity.certificate.der().to_vec()).encode();
    let authority = der(&issuing);
    let rsa = der(&issuing.issue(TestKey::rsa(), &encryption_profile()));
    let p256 = der(&issuing.issue(TestKey::p256(6), &encryption_profile()));
    let expired = Profile {
        not_after: NOW.plus(-1),
        ..Profile::unit()
    };
    let expired = der(&issuing.issue(TestKey::sm2(6), &expired));
    let long = "7".repeat(4097);
    let wide = "7".repeat(1025);
    let cut = &of.ciphertext[..194];
    let odd = &of.ciphertext[..201];
    let signed_by_another = Base64(TestKey::sm2(9).sign(TEXT.as_bytes())).encode();
    let mut codes = HashSet::new();
    let bad: &[(&str, &str, Fields)] = &[
        ("9003", "RS_GetCertBase64String", &[("certType", "1")]),
        ("9003", "RS_CertLogin", &[]),
        ("9003", "RS_KeyStatus", &[]),
        ("9003", "RS_GetPinRetryCount", &[]),
        ("9003", "RS_ChangePassWd", &[]),
        ("9003", "RS_KeyGetDeviceInfo", &[("type", "520")]),
        ("9003", "RS_KeyGetKeySn", &[]),
        ("9003", "RS_KeySignByP1", &[("msg", TEXT)]),
        ("9003", "RS_KeyDigitalSignByP1", &[("asn1Msg", TEXT)]),
        ("9003", "RS_KeySignByP7", &[("msg", TEXT), ("flag", "0")]),
        ("9003", "RS_KeyDecryptData", &[("encRsKey", &of.ciphertext)]),
        ("9004", "RS_CertLogin", &[("containerId", "1")]),
        ("9004", "RS_ChangePassWd", &[("containerId", "1")]),
        (
            "9004",
            "RS_KeyDecryptData",
            &[("containerId", "1"), ("encRsKey", &of.ciphertext)],
        ),
        ("9005", "RS_GetCertInfo", &[("type", "7")]),
        ("9005", "RS_VerifyIdentity", &[]),
        ("9005", "RS_KeyEncryptData", &[("rsKey", SECRET)]),
        (
            "9005",
            "RS_VerifySignByP1",
            &[("msg", TEXT), ("signdMsg", &of.signature)],
        ),
        (
            "9006",
            "RS_GetCertInfo",
            &[("certBase64", "MAA="), ("type", "7")],
        ),
        ("9006", "RS_VerifyIdentity", &[("certBase64", "%")]),
        ("9012", "RS_GetCertBase64String", &[container]),
        (
            "9012",
            "RS_GetCertBase64String",
            &[container, ("certType", "3")],
        ),
        ("9015", "RS_GetCertInfo", &[certificate]),
        ("9015", "RS_KeyGetDeviceInfo", &[container]),
        ("9016", "RS_GetCertInfo", &[certificate, ("type", "99")]),
        ("9016", "RS_GetCertInfo", &[certificate, ("type", "x")]),
        ("9016", "RS_KeyGetDeviceInfo", &[container, ("type", "1")]),
        ("9017", "RS_GetCertInfo", &[certificate, ("type", "52")]),
        ("9019", "RS_GetCertInfo", &[certificate, ("type", "53")]),
        ("9019", "RS_GetCertInfo", &[certificate, ("type", "54")]),
        (
            "9023",
            "RS_KeyEncryptData",
            &[("certBase64", &of.encryption)],
        ),
        (
            "9024",
            "RS_KeyEncryptData",
            &[certificate, ("rsKey", SECRET)],
        ),
        (
            "9024",
            "RS_KeyEncryptData",
            &[("certBase64", &authority), ("rsKey", SECRET)],
        ),
        (
            "9025",
            "RS_KeyEncryptData",
            &[("certBase64", &of.encryption), ("rsKey", &long)],
        ),
        ("9026", "RS_KeyDecryptData", &[container]),
        ("9027", "RS_KeyDecryptData", &[container, ("encRsKey", cut)]),
        ("9027", "RS_KeyDecryptData", &[container, ("encRsKey", odd)]),
        (
            "9027",
            "RS_KeyDecryptData",
            &[container, ("encRsKey", &of.certificate)],
        ),
        ("9034", "RS_KeySignByP1", &[container]),
        ("9034", "RS_KeySignByP1", &[container, ("msg", "")]),
        ("9034", "RS_KeyDigitalSignByP1", &[container, ("msg", TEXT)]),
        ("9034", "RS_KeySignByP7", &[container, ("msg", TEXT)]),
        ("9034", "RS_KeySignByP7", &[container, ("flag", "0")]),
        (
            "9034",
            "RS_VerifySignByP1",
            &[certificate, ("signdMsg", &of.signature)],
        ),
        ("9034", "RS_VerifySignByP1", &[certificate, ("msg", TEXT)]),
        (
            "9034",
            "RS_VerifySignByP7",
            &[("signdMsg", &of.message), ("msg", TEXT)],
        ),
        (
            "9034",
            "RS_VerifySignByP7",
            &[("signdMsg", &of.detached), ("flag", "1")],
        ),
        ("9034", "RS_ConfigParameters", &[("val", "1")]),
        ("9034", "RS_GetParameters", &[]),
        (
            "9039",
            "RS_KeyEncryptData",
            &[("certBase64", &rsa), ("rsKey", SECRET)],
        ),
        (
            "9040",
            "RS_KeyEncryptData",
            &[("certBase64", &p256), ("rsKey", SECRET)],
        ),
        ("9999", "RS_VerifyIdentity", &[("certBase64", &expired)]),
        (
            "9999",
            "RS_VerifySignByP1",
            &[certificate, ("msg", TEXT), ("signdMsg", &signed_by_another)],
        ),
        (
            "9999",
            "RS_VerifySignByP1",
            &[certificate, ("msg", "x"), ("signdMsg", &of.signature)],
        ),
        (
            "9999",
            "RS_VerifySignByP1",
            &[certificate, ("msg", TEXT), ("signdMsg", "%")],
        ),
        (
            "9999",
            "RS_VerifySignByP7",
            &[("msg", "x"), ("signdMsg", &of.detached), ("flag", "1")],
        ),
        (
            "9999",
            "RS_VerifySignByP7",
            &[("msg", TEXT), ("signdMsg", "MAA="), ("flag", "0")],
        ),
        ("9999", "RS_GetParameters", &[("cmd", "authType")]),
        ("9999", "RS_GetParameters", &[("cmd", "path")]),
        (
            "9999",
            "RS_ConfigParameters",
            &[("cmd", "authType"), ("val", &wide)],
        ),
        (
            "9999",
            "RS_KeySignByP1",
            &[container, ("msg", "LOGONDATA:1")],
        ),
        ("9999", "RS_KeyEncryptDataByDigitalEnvelope", &[]),
        ("9999", "RS_KeyDecryptDataByDigitalEnvelope", &[]),
        ("9999", "RS_HardwareInfo", &[]),
        ("9999", "RS_CheckCertInWhiteList", &[]),
        ("9999", "RS_FileEncrypt", &[]),
        ("9999", "RS_CloudSign", &[]),
    ];
    for (code, name, fields) in bad {
        let call = play.call(name, fields);
        let answer = play.answer(call);
        assert_eq!(answer["code"], *code, "{name} {answer}");
        assert!(answer.get("data").is_none() && answer["msg"].is_string());
        codes.insert((*code).to_owned());
    }
    // What depends on key and user.
    let mut other = Play::new();
    let call = other.late("RS_GetUserList", &[]);
    other.list();
    codes.insert(other.code(call));
    codes.insert(other.status());
    let mut wrong_pin = Play::identified();
    let call = wrong_pin.login();
    wrong_pin.failed(wrong(5));
    codes.insert(wrong_pin.code(call));
    let mut alone = Play::new();
    alone.tokens = vec![token(&[&alone.identity])];
    alone.whole("RS_GetUserList", &[]);
    let call = alone.late("RS_GetCertBase64String", &[container, ("certType", "2")]);
    codes.insert(alone.code(call));
    let call = alone.call(
        "RS_KeyDecryptData",
        &[container, ("encRsKey", &of.ciphertext)],
    );
    codes.insert(alone.code(call));
    let call = play.decrypt();
    play.approve();
    play.failed(Error::NotDecrypted {});
    codes.insert(play.code(call));
    let mut codes: Vec<String> = codes.into_iter().collect();
    codes.sort();
    assert_eq!(
        codes,
        [
            "9001", "9003", "9004", "9005", "9006", "9011", "9012", "9014", "9015", "9016", "9017",
            "9019", "9023", "9024", "9025", "9026", "9027", "9028", "9029", "9031", "9034", "9039",
            "9040", "9999"
        ]
    );
}

#[test]
fn only_what_is_unknown_or_never_done_is_counted() {
    let counted = |name: &str, port: u16| {
        let mut play = Play::new();
        play.event(FlowEvent::Called {
            call: 1,
            port,
            name: name.into(),
            fields: BTreeMap::new(),
            pins: Vec::new(),
            pressed: false,
        });
        play.log.iter().any(|action| {
            matches!(action, FlowAction::Unanswered { port: of, name: known } if *of == port && known == name)
        })
    };
    for (name, port) in [
        ("RS_HardwareInfo", 61_200),
        ("RS_GetCertSealInfo", 61_200),
        ("RS_GetUserList", 61_200),
        ("RS_Nothing", 11_200),
        ("RS_GetUserList", 1),
    ] {
        assert!(counted(name, port), "{name}");
    }
    for (name, port) in [("RS_GetUserList", 11_200), ("RS_CertLogin", 11_200)] {
        assert!(!counted(name, port), "{name}");
    }
}

#[test]
fn tries_are_told_where_they_are_known() {
    for (state, left, told) in [
        (PinState::Ok, Some(6), Some("6")),
        (PinState::Low, Some(2), Some("2")),
        (PinState::Final, None, Some("1")),
        (PinState::Locked, None, Some("0")),
        (PinState::Ok, None, None),
        (PinState::Low, None, None),
    ] {
        let mut play = Play::identified();
        play.tokens[0].pin = PinTries { state, left };
        play.event(FlowEvent::TokensChanged {});
        play.list();
        let container = play.container();
        let call = play.late("RS_GetPinRetryCount", &[("containerId", &container)]);
        match told {
            Some(told) => assert_eq!(play.data(call, "retryCount"), told, "{state:?}"),
            None => assert_eq!(play.code(call), "9999", "{state:?}"),
        }
    }
}

/// A certificate with these identifying numbers.
fn with_numbers(subject: Vec<(Oid, &'static str)>, numbers: &[(Oid, &str)]) -> Identity {
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let value = |text: &str| element(tag::UTF8_STRING, &[text.as_bytes()]);
    let profile = Profile {
        subject,
        extensions: numbers
            .iter()
            .map(|(oid, text)| (*oid, false, value(text)))
            .collect(),
        ..Profile::unit()
    };
    issuing.issue(TestKey::sm2(1), &profile)
}

fn info(identity: &Identity, item: u32) -> String {
    let mut play = Play::new();
    let certificate = Base64(identity.certificate.der().to_vec()).encode();
    let item = item.to_string();
    let fields = [("certBase64", certificate.as_str()), ("type", &item)];
    let call = play.late("RS_GetCertInfo", &fields);
    match play.code(call).as_str() {
        "0000" => play.data(call, "info"),
        code => code.to_owned(),
    }
}

#[test]
fn a_certificate_says_what_it_holds() {
    let subject = vec![
        (oid::COUNTRY, "CN"),
        (oid::ORGANIZATION, "示例采购有限公司"),
        (oid::ORGANIZATIONAL_UNIT, "采购部"),
        (oid::COMMON_NAME, "示例采购有限公司"),
        (oid::EMAIL, "a@example.cn"),
    ];
    let identity = with_numbers(subject, &[]);
    let certificate = &identity.certificate;
    let issuer = certificate.issuer().get(oid::COMMON_NAME).unwrap();
    for (item, text) in [
        (1, "V3"),
        (2, "1234"),
        (5, &*certificate.issuer().to_string()),
        // NOW is 2026-11-22 23:04:05 of China's time.
        (6, "2026-08-14 23:04:05 - 2027-08-14 23:04:05"),
        (7, &*certificate.subject().to_string()),
        (8, &*hex(certificate.spki())),
        (33, issuer),
        (49, "示例采购有限公司"),
        (50, "示例采购有限公司"),
        (51, "采购部"),
        (52, "a@example.cn"),
        (56, "示例采购有限公司"),
        (34, "9017"),
        (35, "9017"),
        (53, "9019"),
        (54, "9019"),
        (3, "9016"),
    ] {
        assert_eq!(info(&identity, item), text, "{item}");
    }
}

#[test]
fn numbers_of_persons_and_units_stand_where_certificates_have_them() {
    let person = "11010519491231002X";
    let unit = "91510100MA00000X0K";
    let named = |name| vec![(oid::COMMON_NAME, name)];
    for (subject, numbers, of_person, of_unit) in [
        (
            named("甲"),
            vec![(oid::IDENTITY_CODE, person)],
            person,
            person,
        ),
        (
            named("甲"),
            vec![(oid::IDENTITY_CODE_2006, person)],
            person,
            "9019",
        ),
        (
            named("041@011010519491231002X@甲@00000001"),
            vec![],
            person,
            "9019",
        ),
        (
            named("041@111010519491231002X@甲@00000001"),
            vec![],
            "9019",
            "9019",
        ),
        (
            named("乙"),
            vec![(oid::REGISTRATION_NUMBER, unit)],
            "9019",
            unit,
        ),
        (
            named("乙"),
            vec![(oid::ORGANIZATION_CODE, unit)],
            "9019",
            unit,
        ),
        (
            named("乙"),
            vec![(oid::ORGANIZATION_CODE_2006, unit)],
            "9019",
            unit,
        ),
        (
            named("乙"),
            vec![
                (oid::ORGANIZATION_CODE, "2"),
                (oid::REGISTRATION_NUMBER, "1"),
            ],
            "9019",
            "1",
        ),
        (
            named("乙"),
            vec![(oid::IDENTITY_CODE, "N91510100MA00000X0K")],
            "N91510100MA00000X0K",
            unit,
        ),
    ] {
        let identity = with_numbers(subject, &numbers);
        assert_eq!(info(&identity, 53), of_person, "{numbers:?}");
        assert_eq!(info(&identity, 54), of_unit, "{numbers:?}");
    }
}

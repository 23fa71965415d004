//! The contracts of the other programs as tables: every function of theirs with good input, beside the envelope that their
//! page scripts read; what fails, with its code.

use super::*;
use serde_json::json;
use std::collections::HashSet;
use yinxin_proto::bridge::{ADDRESSES, Operation, Role};

type Fields<'a> = &'a [(&'a str, &'a str)];

/// What is told of an answer: a value that is known, or a check of one that is not.
enum Told {
    Is(Value),
    /// A text that is not empty.
    Some(&'static str),
}
use Told::{Is, Some as Has};

/// Calls each function, and looks at the answer. Every function of the address that is ever done is among them.
fn assert_answers(play: &mut Play, good: &[(&str, Fields, Told)]) {
    for (name, fields, told) in good {
        let call = play.whole(name, fields);
        let answer = play.answer(call);
        match told {
            Is(whole) => assert_eq!(answer, *whole, "{name}"),
            Has(at) => {
                let text = answer[at].as_str().unwrap_or_default();
                assert!(!text.is_empty(), "{name}: {answer}");
            }
        }
    }
    let done: HashSet<&str> = good.iter().map(|(name, ..)| *name).collect();
    let mut addresses = ADDRESSES.iter();
    let address = addresses.find(|known| known.port == play.port).unwrap();
    for function in address.functions {
        let refused = matches!(
            function.operation,
            Operation::NotSupported | Operation::Envelop | Operation::OpenEnvelope
        );
        assert_eq!(!refused, done.contains(function.name), "{}", function.name);
    }
}

/// What calls bring.
struct Inputs {
    certificate: String,
    encryption: String,
    signature: String,
    message: String,
    detached: String,
    ciphertext: String,
    text: String,
}

impl Inputs {
    fn of(play: &Play) -> Self {
        let encode = |bytes: Vec<u8>| Base64(bytes).encode();
        let identity = &play.identity;
        let key = play.encryption.certificate.key().unwrap();
        let yinxin_pki::key::PublicKey::Sm2(key) = key else {
            unreachable!("the key of the tests is of SM2")
        };
        let ciphertext = yinxin_pki::sm2::Ciphertext::encrypt(key, b"key", &[3; 32]).unwrap();
        Self {
            certificate: encode(identity.certificate.der().to_vec()),
            encryption: encode(play.encryption.certificate.der().to_vec()),
            signature: encode(identity.key.sign(TEXT.as_bytes())),
            message: encode(identity.cms_attached(TEXT.as_bytes())),
            detached: encode(identity.cms(TEXT.as_bytes())),
            ciphertext: encode(ciphertext.der()),
            text: encode(TEXT.into()),
        }
    }
}

/// One whose user has shown the page the certificate, by the call that begins it.
fn shown(port: u16, first: &str, fields: Fields) -> Play {
    let mut play = Play::calling(port, TestKey::sm2(1));
    play.whole(first, fields);
    play
}

#[test]
fn topesa_is_answered() {
    let mut play = shown(7256, "SOF_GetUserList", &[]);
    let of = Inputs::of(&play);
    let serial = play.identity.certificate.serial_hex().to_uppercase();
    let name = play.identity.certificate.holder();
    let ok = |value: Value| Is(json!({"retCode": 0, "retMsg": "", "r": value}));
    let id = ("inCertId", serial.as_str());
    let certificate = ("inCert", of.certificate.as_str());
    let text = ("inData", TEXT);
    assert_answers(
        &mut play,
        &[
            ("SOF_GetSignMethod", &[], ok(json!(131_585))),
            (
                "SOF_SetSignMethod",
                &[("SignMethod", "65540")],
                ok(json!(true)),
            ),
            ("SOF_GetSignMethod", &[], ok(json!(65_540))),
            (
                "SOF_SetEncryptMethod",
                &[("EncryptMethod", "1025")],
                ok(json!(true)),
            ),
            ("SOF_GetEncryptMethod", &[], ok(json!(1025))),
            (
                "SOF_GetUserList",
                &[("t", "")],
                ok(json!(format!("{name}||{serial}"))),
            ),
            ("SOF_ExportUserCert", &[id], ok(json!(of.certificate))),
            ("SOF_ExportExChangeUserCert", &[id], Has("r")),
            ("SOF_Login", &[id], ok(json!(true))),
            (
                "SOF_ChangePassWd",
                &[("SignMethod", &serial)],
                ok(json!(true)),
            ),
            (
                "SOF_GetCertInfo",
                &[certificate, ("inType", "1")],
                ok(json!("V3")),
            ),
            (
                "SOF_GetCertInfoByOid",
                &[certificate, ("inOid", "2.5.4.3")],
                ok(json!(name)),
            ),
            ("SOF_GetUserInfo", &[id, ("inType", "1")], ok(json!(name))),
            ("SOF_ValidateCert", &[certificate], ok(json!(true))),
            ("SOF_SignData", &[id, text], Has("r")),
            (
                "SOF_VerifySignedData",
                &[certificate, text, ("inSignData", &of.signature)],
                ok(json!(true)),
            ),
            ("SOF_SignDataByP7", &[id, text], Has("r")),
            (
                "SOF_VerifySignedDataByP7",
                &[("inP7Data", &of.message)],
                ok(json!(true)),
            ),
            (
                "SOF_GetP7SignDataInfo",
                &[("inP7Data", &of.message), ("inType", "1")],
                ok(json!(TEXT)),
            ),
            (
                "SOF_PubKeyEncrypt",
                &[("inCert", &of.encryption), text],
                Has("r"),
            ),
            (
                "SOF_PriKeyDecrypt",
                &[id, ("inData", &of.ciphertext)],
                Has("r"),
            ),
            ("SOF_GenRandom", &[("len", "16")], Has("r")),
            ("SOF_GetVersion", &[("t", "")], Has("r")),
            ("SOF_CheckSupport", &[("t", "")], ok(json!(true))),
        ],
    );
    // A plain no is a value; what else goes wrong is a code.
    for (name, fields, code, value) in [
        (
            "SOF_VerifySignedData",
            &[
                certificate,
                ("inData", "其他"),
                ("inSignData", &of.signature),
            ][..],
            0,
            json!(false),
        ),
        (
            "SOF_ExportUserCert",
            &[("inCertId", "00")],
            0x0B00_0310,
            json!(""),
        ),
        ("SOF_ExportUserCert", &[], 0x0B00_0403, json!("")),
        (
            "SOF_SetSignMethod",
            &[("SignMethod", "65538")],
            0x0B00_0007,
            json!(""),
        ),
        ("SOF_GenRandom", &[("len", "1025")], 0x0B00_0201, json!("")),
        ("SOF_SignFile", &[], 0x0B00_0002, json!("")),
        ("Sign/sign", &[], 0x0B00_0002, json!("")),
        (
            "SOF_GetUserInfo",
            &[id, ("inType", "3")],
            0x0B00_0419,
            json!(""),
        ),
    ] {
        let call = play.whole(name, fields);
        let answer = play.answer(call);
        assert_eq!(
            (&answer["retCode"], &answer["r"]),
            (&json!(code), &value),
            "{name}"
        );
    }
}

#[test]
fn mtoken_is_answered() {
    let mut play = shown(51_235, "SOF_EnumDevice", &[]);
    let of = Inputs::of(&play);
    let name = play.identity.certificate.holder();
    let container = play.container();
    let ok = |mut with: Value| {
        with["rtn"] = json!(0);
        with["errorCode"] = json!(0);
        Is(with)
    };
    let [device, container, sign] = [
        ("deviceName", "0001"),
        ("containerName", container.as_str()),
        ("keySpec", "1"),
    ];
    let certificate = ("base64EncodeCert", of.certificate.as_str());
    let text = ("inData", of.text.as_str());
    assert_answers(
        &mut play,
        &[
            (
                "SOF_LoadLibrary",
                &[("winDllName", "mtoken_gm3000.dll")],
                ok(json!({})),
            ),
            ("SOF_EnumDevice", &[], ok(json!({"array": ["0001"]}))),
            (
                "SOF_GetDeviceInstance",
                &[device, ("applicationName", "")],
                ok(json!({})),
            ),
            ("SOF_GetVersion", &[], Has("version")),
            (
                "SOF_GetUserList",
                &[device],
                ok(json!({"array": [[name, container.1]]})),
            ),
            (
                "SOF_ExportUserCert",
                &[device, container, sign],
                ok(json!({"cert": of.certificate})),
            ),
            (
                "SOF_ExportUserCert",
                &[device, container, ("keySpec", "0")],
                Has("cert"),
            ),
            (
                "SOF_GetDeviceInfo",
                &[device, ("type", "520")],
                ok(json!({"info": "0001"})),
            ),
            (
                "SOF_GetCertInfo",
                &[certificate, ("type", "1")],
                ok(json!({"info": "V3"})),
            ),
            (
                "SOF_GetCertInfoByOid",
                &[certificate, ("oid", "2.5.4.3")],
                ok(json!({"info": name})),
            ),
            ("SOF_Login", &[device], ok(json!({}))),
            (
                "SOF_GetPinRetryCount",
                &[device],
                ok(json!({"retryCount": 6})),
            ),
            ("SOF_ChangePassWd", &[device], ok(json!({}))),
            (
                "SOF_SetDigestMethod",
                &[device, ("digestMethod", "1")],
                ok(json!({})),
            ),
            (
                "SOF_SetUserID",
                &[device, ("userID", "1234567812345678")],
                ok(json!({})),
            ),
            (
                "SOF_SignDataEx",
                &[device, container, sign, text],
                Has("signed"),
            ),
            (
                "SOF_VerifySignedDataEx",
                &[certificate, text, ("signedValue", &of.signature)],
                ok(json!({})),
            ),
            (
                "SOF_SignDataToPKCS7",
                &[device, container, sign, text, ("detached", "0")],
                Has("pkcs7"),
            ),
            (
                "SOF_VerifyDataToPKCS7",
                &[
                    ("pkcs7", &of.detached),
                    ("original", &of.text),
                    ("detached", "1"),
                ],
                ok(json!({})),
            ),
            ("SOF_GetLastError", &[], ok(json!({}))),
            ("SOF_LogOut", &[device], ok(json!({}))),
            ("SOF_ReleaseDeviceInstance", &[device], ok(json!({}))),
        ],
    );
    assert!(!play.has_session());
    // The text is what its Base64 holds, and nothing else is signed.
    let signed = play.call("SOF_SignDataEx", &[device, container, sign, text]);
    play.list();
    assert!(matches!(&play.view().act, Act::SignText { text, .. } if text.beginning == TEXT));
    play.event(FlowEvent::Decided {
        decision: Decision::Cancel {},
    });
    assert_eq!(play.answer(signed)["rtn"], 0x0A00_0001);
    for (name, fields, code) in [
        (
            "SOF_SignDataEx",
            &[device, container, sign, ("inData", "投标")][..],
            0x0A00_0011,
        ),
        (
            "SOF_SignDataEx",
            &[device, container, ("keySpec", "0"), text],
            0x0A00_0006,
        ),
        ("SOF_SetUserID", &[("userID", "other")], 0x0A00_0021),
        ("SOF_SetDigestMethod", &[("digestMethod", "2")], 0x0A00_0021),
        ("SOF_CreateKeyPair", &[], 0x0A00_0003),
        ("SOF_Nothing", &[], 0x0A00_0003),
    ] {
        let call = play.late(name, fields);
        assert_eq!(play.answer(call)["rtn"], code, "{name}");
        // It stays until the next call.
        let last = play.late("SOF_GetLastError", &[]);
        assert_eq!(play.answer(last)["errorCode"], code, "{name}");
    }
    // Another key than the one that was shown.
    let mut play = shown(51_235, "SOF_EnumDevice", &[]);
    let call = play.late("SOF_GetUserList", &[("deviceName", "0002")]);
    assert_eq!(play.answer(call)["rtn"], 0x0A00_001C);
}

#[test]
fn xtxappcom_is_answered() {
    let mut play = shown(21_051, "SOF_GetUserList", &[]);
    let of = Inputs::of(&play);
    let name = play.identity.certificate.holder();
    let id = format!("{}/0001", play.container());
    let ok = |value: Value| Is(json!({"retVal": value}));
    let [id, certificate] = [("p1", id.as_str()), ("p1", of.certificate.as_str())];
    let text = ("p2", TEXT);
    assert_answers(
        &mut play,
        &[
            ("SOF_SetSignMethod", &[("p1", "131585")], ok(json!(0))),
            ("SOF_GetSignMethod", &[], ok(json!(131_585))),
            ("SOF_SetEncryptMethod", &[("p1", "1026")], ok(json!(0))),
            ("SOF_GetEncryptMethod", &[], ok(json!(1026))),
            (
                "SOF_GetUserList",
                &[],
                ok(json!(format!("{name}||{}&&&", id.1))),
            ),
            ("SOF_ExportUserCert", &[id], ok(json!(of.certificate))),
            ("SOF_ExportExChangeUserCert", &[id], Has("retVal")),
            ("SOF_IsLogin", &[id], ok(json!(false))),
            ("SOF_Login", &[id], ok(json!(true))),
            ("SOF_LoginEx", &[id], ok(json!(true))),
            ("SOF_IsLogin", &[id], ok(json!(true))),
            ("SOF_GetPinRetryCount", &[id], ok(json!(6))),
            ("SOF_GetRetryCount", &[id], ok(json!(6))),
            ("SOF_ChangePassWd", &[id], ok(json!(true))),
            (
                "SOF_GetCertInfo",
                &[certificate, ("p2", "1")],
                ok(json!("V3")),
            ),
            (
                "SOF_GetCertInfoByOid",
                &[certificate, ("p2", "2.5.4.3")],
                ok(json!(name)),
            ),
            ("SOF_ValidateCert", &[certificate], ok(json!(0))),
            ("SOF_SignData", &[id, text], Has("retVal")),
            (
                "SOF_VerifySignedData",
                &[certificate, text, ("p3", &of.signature)],
                ok(json!(true)),
            ),
            (
                "SOF_SignMessage",
                &[("p1", "0"), ("p2", id.1), ("p3", TEXT)],
                Has("retVal"),
            ),
            (
                "SOF_VerifySignedMessage",
                &[("p1", &of.message), ("p2", "")],
                ok(json!(true)),
            ),
            (
                "SOF_VerifySignedMessage",
                &[("p1", &of.detached), text],
                ok(json!(true)),
            ),
            (
                "SOF_GetInfoFromSignedMessage",
                &[("p1", &of.message), ("p2", "2")],
                ok(json!(of.certificate)),
            ),
            (
                "SOF_PubKeyEncrypt",
                &[("p1", &of.encryption), text],
                Has("retVal"),
            ),
            (
                "SOF_PriKeyDecrypt",
                &[id, ("p2", &of.ciphertext)],
                Has("retVal"),
            ),
            ("SOF_GenRandom", &[("p1", "16")], Has("retVal")),
            (
                "SOF_HashData",
                &[("p1", "1"), ("p2", "abc")],
                // GM/T 0004-2012, annex A.1.
                ok(json!("Zsfw9GLu7dnR8tRr3BDk4kFnxIdc8veiKX2gK49LqOA=")),
            ),
            ("SOF_GetVersion", &[], Has("retVal")),
            ("SOF_GetLastError", &[], ok(json!(0))),
            ("SOF_GetLastErrMsg", &[], ok(json!("成功"))),
            ("GetDeviceCount", &[], ok(json!(1))),
            ("GetAllDeviceSN", &[], ok(json!("0001"))),
            (
                "GetDeviceInfo",
                &[("p1", "0001"), ("p2", "520")],
                ok(json!("0001")),
            ),
            ("SOF_Logout", &[id], ok(json!(true))),
        ],
    );
    let mut play = shown(21_051, "SOF_GetUserList", &[]);
    for (name, fields, value, code) in [
        (
            "SOF_VerifySignedMessage",
            &[("p1", of.message.as_str()), ("p2", "其他")][..],
            json!(false),
            0x0B00_0410,
        ),
        (
            "SOF_GetPinRetryCount",
            &[("p1", "a/0001")],
            json!(-8),
            0x0B00_0310,
        ),
        (
            "SOF_ValidateCert",
            &[("p1", "AA==")],
            json!(-6),
            0x0B00_0405,
        ),
        ("SOF_SignHashData", &[id], json!(""), 0x0B00_0002),
        ("SOF_ExportUserCert", &[], json!(""), 0x0B00_0403),
    ] {
        let call = play.late(name, fields);
        assert_eq!(play.answer(call), json!({"retVal": value}), "{name}");
        let last = play.late("SOF_GetLastError", &[]);
        assert_eq!(play.answer(last)["retVal"], code, "{name}");
    }
}

#[test]
fn pnxclient_is_answered() {
    let mut play = Play::calling(45_679, TestKey::sm2(1));
    let of = Inputs::of(&play);
    let serial = play.identity.certificate.serial_hex();
    let ok = || Is(json!({"error": 0, "value": ""}));
    assert_answers(
        &mut play,
        &[
            ("Initialize", &[("p1", "<?xml version=\"1.0\"?>")], ok()),
            ("RegisterParam", &[("p1", "")], ok()),
            ("SetCertChooseType", &[("p1", "1")], ok()),
            ("SetCert", &[("p1", "SC"), ("p3", "")], ok()),
            ("SetCert2", &[("p1", "SC"), ("p3", &serial)], ok()),
            ("SetPinCode", &[], ok()),
            ("VerifyPinCode", &[], ok()),
            ("P1SignStr", &[("p1", ""), ("p2", TEXT)], Has("value")),
            ("AttachSignStr", &[("p1", ""), ("p2", TEXT)], Has("value")),
            ("DetachSignStr", &[("p1", ""), ("p2", TEXT)], Has("value")),
            ("VerifyAttachedSign", &[("p1", &of.message)], ok()),
            (
                "VerifyDetachedSignStr",
                &[("p1", &of.detached), ("p2", TEXT)],
                ok(),
            ),
            ("GetVersion", &[], Has("value")),
            ("GetErrorCode", &[], ok()),
            (
                "GetErrorMessage",
                &[("p1", "0")],
                Is(json!({"error": 0, "value": "成功"})),
            ),
            ("ClearPinCode", &[], ok()),
            ("Finalize", &[], ok()),
        ],
    );
    // The forms are what their names say.
    let mut play = shown(45_679, "SetCert", &[("p3", "")]);
    for (name, attached) in [("AttachSignStr", true), ("DetachSignStr", false)] {
        let call = play.whole(name, &[("p1", ""), ("p2", TEXT)]);
        let message = base64(play.answer(call)["value"].as_str().unwrap()).unwrap();
        let crls = Crls::default();
        let mut options = cms::Options::new(PathPolicy::new(&[], &[], &crls, play.now));
        options.check_trust = false;
        options.content = (!attached).then_some(cms::Content::Bytes(TEXT.as_bytes()));
        let judgement = cms::verify(&message, &options).unwrap();
        assert!(judgement.valid, "{name}: {:?}", judgement.findings);
        assert_eq!(judgement.content.attached, attached, "{name}");
    }
    let call = play.late("SetCert", &[("p3", "00")]);
    assert_eq!(play.answer(call)["error"], 0x0B00_0310);
    // Nobody hears that the PIN was changed, who only logged in.
    play.event(FlowEvent::Called {
        call: 900,
        port: 45_679,
        name: "VerifyPinCode".into(),
        fields: BTreeMap::new(),
        pins: vec!["p1".into(), "p2".into()],
        pressed: true,
    });
    assert_eq!(play.answer(900)["error"], 0x0B00_0002);
    let call = play.late("BatchCmd", &[]);
    assert_eq!(play.answer(call)["error"], 0x0B00_0002);
}

#[test]
fn a_site_makes_the_calls_of_its_own_programs_only() {
    // The portal is listed with another program.
    let mut play = Play::identified();
    play.port = 7256;
    let call = play.late("SOF_GetUserList", &[]);
    assert_eq!(play.code(call), "9999");
    assert!(
        play.log
            .iter()
            .any(|action| matches!(action, FlowAction::Unanswered { port: 7256, .. }))
    );
}

/// What a page may send in any field: what some field means, other numbers, other bytes, too much.
fn anything(play: &Play) -> Vec<String> {
    let of = Inputs::of(play);
    let key = &play.tokens[0];
    let serial = play.identity.certificate.serial_hex().to_uppercase();
    let container = play.container();
    let both = format!("{container}/{}", key.serial.trim());
    let encoded = [
        "LOGONDATA:0123456789abcdef",
        "字",
        "<SignedInfo/>",
        "\u{0}\u{1}",
        "eyJhbGciOiJub25lIn0.e30",
    ]
    .map(|text| Base64(text.into()).encode());
    let plain = [
        "",
        "0",
        "1",
        "2",
        "4",
        "53",
        "256",
        "1025",
        "-1",
        "4294967296",
        "1e3",
        "2.5.4.3",
        "1.2.",
        "9.9",
        "null",
        "true",
        "a||b&&&c",
        "\u{0}",
        "\u{202e}",
        "字",
        "AAAA",
        "MAA=",
        "MIIB",
        "LOGONDATA:1",
        "<Signature/>",
        "1234567812345678",
        "__proto__",
    ];
    let mut all: Vec<String> = plain.map(str::to_owned).to_vec();
    all.extend(encoded);
    all.extend([
        of.certificate,
        of.encryption,
        of.signature,
        of.message,
        of.detached,
        of.ciphertext,
        of.text,
    ]);
    all.extend([serial, container, both, key.serial.clone(), TEXT.into()]);
    all.extend([
        "A".repeat(100_000),
        "04".repeat(60_000),
        "字".repeat(30_000),
    ]);
    all
}

/// The same with a byte changed, or an end.
fn altered(text: &str, random: &mut Random) -> String {
    let mut bytes = base64(text).unwrap_or_else(|| text.into());
    if bytes.is_empty() {
        return "=".into();
    }
    let at = usize::try_from(random.below(bytes.len() as u64)).unwrap();
    if random.below(3) == 0 {
        bytes.truncate(at);
    } else {
        bytes[at] ^= 1 << random.below(8);
    }
    Base64(bytes).encode()
}

#[test]
fn whatever_a_page_sends_has_one_answer_and_signs_what_was_shown() {
    let mut signed = 0;
    for address in ADDRESSES {
        let mut play = Play::calling(address.port, TestKey::sm2(1));
        let anything = anything(&play);
        let key = keys::read(play.tokens.clone(), &[], play.now).remove(0);
        let mut random = Random(u64::from(address.port));
        for function in address
            .functions
            .iter()
            .cycle()
            .take(30 * address.functions.len())
        {
            let mut fields = Vec::new();
            for (name, role) in function.fields {
                // A half of the time what the field is for, where that is a key or a text.
                let pick = usize::try_from(random.below(anything.len() as u64)).unwrap();
                let value = match (random.below(8), role) {
                    (0..5, Role::Container) => {
                        skin::id_of(address.skin, &key, &play.identity.certificate)
                    }
                    (0..5, Role::Device) => play.tokens[0].serial.clone(),
                    (0..3, Role::Usage { sign, .. }) => (*sign).to_owned(),
                    (0, _) => altered(&anything[pick], &mut random),
                    (1, _) => continue,
                    _ => anything[pick].clone(),
                };
                fields.push((*name, value));
            }
            let given: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let before = play.log.len();
            let call = play.whole(function.name, &given);
            let own: BTreeMap<String, String> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect();
            for action in &play.log[before..] {
                if let FlowAction::Send {
                    command: HostCommand::BridgeSign { form, .. },
                    ..
                } = action
                {
                    // What the host takes from the call itself is what the window showed.
                    let text = function.text(&own).unwrap();
                    let shown = play.log[before..].iter().find_map(|action| match action {
                        FlowAction::Show { view } => match &view.act {
                            Act::SignText { text, .. } => Some(text.sm3.clone()),
                            _ => None,
                        },
                        _ => None,
                    });
                    assert_eq!(shown, Some(hex(&sm3(text.as_bytes()))), "{}", function.name);
                    let bare = matches!(form, TextForm::Bare {});
                    assert_eq!(bare, function.operation == Operation::SignData);
                    assert!(!bare || yinxin_pki::bare_text::read(text.as_bytes()).is_some());
                    signed += 1;
                }
            }
            // What still waits ends with the window.
            play.cancel();
            assert_eq!(play.answers(call).len(), 1, "{} {given:?}", function.name);
            play.log.clear();
        }
    }
    assert!(signed > 50, "{signed}");
}

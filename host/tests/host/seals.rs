//! Seals in tokens: those of the demo keys, judged by the core, and tokens stuffed with data.

use crate::support::*;
use base64ct::{Base64, Encoding};
use cryptoki::context::Pkcs11;
use cryptoki::object::{Attribute, ObjectClass};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;
use yinxin_pki::asn1::{element, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::seal::{MakerPolicy, Seal, Version, verify};
use yinxin_proto::time::UnixTime;

/// The value of a seal in a listing.
pub fn seal(told: &Value) -> Seal {
    Seal::from_der(Base64::decode_vec(told["der"].as_str().unwrap()).unwrap()).unwrap()
}

#[test]
fn the_seals_of_the_demo_keys_are_what_they_claim() {
    let home = home_with_keys("");
    let maker = fs::read(home.path().join("keys").join("seal-maker.pem")).unwrap();
    let makers = [Certificate::parse(&maker).unwrap()];
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let at = UnixTime(since.unwrap().as_secs().try_into().unwrap());
    let mut host = home.host();
    for (label, name, version, findings) in [
        (
            "demo-unit",
            "四川锦程演示科技有限公司",
            Version::V4,
            &[][..],
        ),
        ("demo-expert", "演示专家", Version::V4, &[]),
        (
            "demo-expired",
            "四川锦程演示科技有限公司",
            Version::V4,
            &["certificate-expired", "seal-expired"],
        ),
        (
            "demo-30days",
            "四川锦程演示科技有限公司",
            Version::V1,
            &[
                "certificate-ends-soon",
                "seal-ends-soon",
                "seal-old-standard",
            ],
        ),
    ] {
        let token = host.token(label);
        let [told] = &token["seals"].as_array().unwrap()[..] else {
            panic!("{token}");
        };
        assert_eq!(told["application"], "Yinxin demo seal");
        let kind = if label == "demo-expert" {
            "个人电子印章"
        } else {
            "单位电子印章"
        };
        assert_eq!(told["label"], kind);
        let seal = seal(told);
        assert_eq!((seal.version(), &*seal.property().name), (version, name));
        assert!(seal.picture().is_as_called());
        assert!(String::from_utf8_lossy(&seal.picture().data).contains("演示无效"));

        let codes = |makers: &[Certificate], user| {
            let user = Certificate::from_der(certificate(&token, user).0).unwrap();
            let verdict = verify(
                &seal,
                &MakerPolicy {
                    makers,
                    at,
                    extended_key_usages: &[],
                    user: Some(&user),
                },
            );
            let codes = verdict.findings.iter().map(|finding| finding.error.code());
            let mut codes: Vec<_> = codes.collect();
            codes.sort_unstable();
            (verdict.valid, codes)
        };
        let (valid, told) = codes(&makers, "01");
        assert_eq!(
            (valid, &told[..]),
            (label != "demo-expired", findings),
            "{label}"
        );
        let (valid, told) = codes(&[], "01");
        assert!(!valid && told.contains(&"seal-maker-unknown"));
        // The certificate for encryption is another one.
        let (valid, told) = codes(&makers, "02");
        assert!(!valid && told.contains(&"seal-not-for-certificate"));
    }
    // It lists the expired certificate alone, and is valid itself.
    let token = host.token("demo-two");
    let seal = seal(&token["seals"][0]);
    for (user, refused) in [
        ("01", &["certificate-expired"][..]),
        ("03", &["seal-not-for-certificate"]),
        // That for encryption.
        (
            "04",
            &["certificate-not-for-signing", "seal-not-for-certificate"],
        ),
    ] {
        let user = Certificate::from_der(certificate(&token, user).0).unwrap();
        let verdict = verify(
            &seal,
            &MakerPolicy {
                makers: &makers,
                at,
                extended_key_usages: &[],
                user: Some(&user),
            },
        );
        let codes = verdict.findings.iter().map(|finding| finding.error.code());
        assert_eq!(codes.collect::<Vec<_>>(), refused);
    }
    assert_eq!(host.token("demo-revoked")["seals"], json!([]));
    let sha256 = hex::encode(yinxin_pki::hash::sha256(seal.der()));
    let listed = home.run(&["tokens"]).stdout;
    for line in [
        "  seal 个人电子印章 (Yinxin demo seal): SHA-256 ",
        &format!("  seal 单位电子印章 (Yinxin demo seal): SHA-256 {sha256}\n"),
    ] {
        assert!(listed.contains(line), "{listed}");
    }
    let listed = home.run(&["tokens", "--json"]).json();
    let count = listed.as_array().unwrap().iter();
    let count: usize = count
        .map(|token| token["seals"].as_array().unwrap().len())
        .sum();
    assert_eq!(count, 5);
}

#[test]
fn what_does_not_read_as_a_seal_is_not_told() {
    let home = home_with_keys("");
    let mut cut = readable(1_000);
    cut.pop();
    let values = [
        b"text".to_vec(),
        vec![0x30; 5_000],
        cut,
        readable(1_000),
        Vec::new(),
    ];
    fill_token(&home, "keys", "mixed", &values);
    let seals = home.host().token("mixed")["seals"].clone();
    assert_eq!(seals.as_array().unwrap().len(), 1, "{seals}");
    assert_eq!(seal(&seals[0]).der(), values[3]);
    assert_eq!(seals[0]["label"], "data 3");
}

#[test]
fn a_seal_in_an_object_that_is_filled_up_is_told_without_its_padding() {
    let home = home_with_keys("");
    let der = readable(1_000);
    let filled = |padding: &[u8]| [&der[..], padding].concat();
    let values = [
        filled(&[]),
        filled(&[0; 3_000]),
        filled(&[0xff; 1]),
        filled(b"\0\xff"),
        filled(b"text"),
    ];
    fill_token(&home, "keys", "filled", &values);
    let listed = home.run(&["tokens", "--json"]).json();
    let tokens = listed.as_array().unwrap();
    let token = tokens.iter().find(|token| token["label"] == "filled");
    let told = |label: &str| json!({"label": label, "application": "", "der": Base64::encode_string(&der)});
    let mut expected = [told("data 0"), told("data 1"), told("data 2")];
    expected[1]["padding"] = 3_000.into();
    expected[2]["padding"] = 1.into();
    assert_eq!(token.unwrap()["seals"], json!(expected));
}

#[test]
fn a_seal_larger_than_a_listing_is_named_with_its_size() {
    let home = home_with_keys("");
    let large = readable(512 * 1024);
    fill_token(&home, "keys", "large", &[large.clone(), readable(1_000)]);
    let seals = home.host().token("large")["seals"].clone();
    let left_out = json!({"code": "seal-left-out", "params": {"size": large.len()}});
    assert_eq!(seals[0]["problem"], left_out);
    assert_eq!(seals[0]["der"], Value::Null);
    // It does not hide the others.
    assert_eq!(seal(&seals[1]).der(), readable(1_000));
    let listed = home.run(&["tokens"]).stdout;
    let words = format!(
        "  seal data 0 (): seal-left-out: An object in the key ({}), which may be a seal, was left out",
        yinxin_proto::words::size(large.len() as u64)
    );
    assert!(listed.contains(&words), "{listed}");
}

#[test]
fn seals_are_told_within_bounds_of_bytes_and_number() {
    let home = home_with_keys("");
    let large = readable(120_000);
    fill_token(&home, "keys", "large", &vec![large.clone(); 5]);
    fill_token(&home, "keys", "many", &vec![b"text".to_vec(); 70]);
    let mut host = home.host();
    // 512 KiB in all; what is left out is named.
    let token = host.token("large");
    let seals = token["seals"].as_array().unwrap();
    let told = seals.iter().filter(|told| told["der"].is_string());
    assert_eq!(told.count(), 4, "{token}");
    assert_eq!(seals[4]["label"], "data 4");
    let left_out = json!({"code": "seal-left-out", "params": {"size": large.len()}});
    assert_eq!(seals[4]["problem"], left_out);
    // 64 are looked at, and one stands for the others.
    let seals = host.token("many")["seals"].clone();
    assert_eq!(seals.as_array().unwrap().len(), 1, "{seals}");
    assert_eq!(seals[0]["problem"]["code"], "seal-left-out");
    assert_eq!(seals[0]["der"], Value::Null);
    // The others are told all the same.
    assert_eq!(host.token("demo-unit")["seals"][0]["problem"], Value::Null);
}

#[test]
fn seals_of_several_modules_share_a_frame_with_the_certificates() {
    let home = home_with_keys("");
    let mut lines = String::new();
    for name in ["keys", "more", "most"] {
        if name != "keys" {
            fs::create_dir(home.path().join(name)).unwrap();
        }
        fill_token(&home, name, &format!("large {name}"), &[readable(400_000)]);
        let folder = home.path().join(name);
        let env = [("YINXIN_SOFTKEY_DIR", &*folder)];
        lines.push_str(&module(name, &softkey().library, &env));
    }
    home.configure(&lines);
    let mut host = home.host();
    let told = ["keys", "more", "most"].map(|name| {
        let seals = host.token(&format!("large {name}"))["seals"].clone();
        assert_eq!(seals.as_array().unwrap().len(), 1, "{name}");
        let code = &seals[0]["problem"]["code"];
        assert_eq!(seals[0]["der"].is_null(), code == "seal-left-out", "{name}");
        code.is_null()
    });
    // 533 kB each in Base64: one fits.
    assert_eq!(told.iter().filter(|told| **told).count(), 1);
    assert_eq!(host.token("demo-unit")["problem"], Value::Null);
    assert!(host.token("demo-unit")["seals"][0]["der"].is_string());
}

#[test]
fn a_module_that_knows_no_data_objects_still_tells_certificates() {
    // Of each token: the search for the PIN tries, for certificates, for data.
    for (rv, problem) in [(0x13, Value::Null), (0x32, json!("token-removed"))] {
        let home = home_with_keys("");
        faults(
            &home,
            &json!([{"call": "C_FindObjectsInit", "at": 3, "do": "error", "rv": rv}]),
        );
        let reply = home.first_listing();
        let [first, others @ ..] = &reply["tokens"].as_array().unwrap()[..] else {
            panic!("{reply}");
        };
        assert_eq!(first["problem"]["code"], problem);
        assert_eq!(first["seals"], json!([]));
        let certificates = first["certificates"].as_array().unwrap().len();
        assert_eq!(certificates, if problem.is_null() { 2 } else { 0 });
        assert!(
            others
                .iter()
                .any(|token| token["seals"][0]["der"].is_string())
        );
    }
}

/// Something that reads as a seal of version 4, with so many bytes of picture. Nobody signed it.
pub fn readable(picture: usize) -> Vec<u8> {
    let sequence = |parts: &[&[u8]]| element(tag::SEQUENCE, parts);
    let text = |text: &str| element(tag::IA5_STRING, &[text.as_bytes()]);
    let number = |number: u8| element(tag::INTEGER, &[&[number]]);
    let time = element(tag::GENERALIZED_TIME, &[b"20260101000000Z"]);
    let header = sequence(&[&text("ES"), &number(4), &text("T")]);
    let name = element(tag::UTF8_STRING, &["示例".as_bytes()]);
    let users = sequence(&[]);
    let property = [&number(1), &name, &number(1), &users, &time, &time, &time];
    let property = sequence(&property.map(|part| &part[..]));
    let data = element(tag::OCTET_STRING, &[&vec![7; picture]]);
    let picture = sequence(&[&text("PNG"), &data, &number(40), &number(40)]);
    let info = sequence(&[&header, &text("T-1"), &property, &picture]);
    let maker = element(tag::OCTET_STRING, &[]);
    let algorithm = element(tag::OID, &[&[0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75]]);
    let der = sequence(&[
        &info,
        &maker,
        &algorithm,
        &element(tag::BIT_STRING, &[&[0, 1]]),
    ]);
    Seal::from_der(der.clone()).unwrap();
    der
}

/// Makes a token of the software key with data objects.
fn fill_token(home: &Home, folder: &str, label: &str, values: &[Vec<u8>]) {
    let folder = home.path().join(folder);
    fs::create_dir(folder.join(label)).unwrap();
    let files = home.path().join(format!("values of {label}"));
    fs::create_dir(&files).unwrap();
    for (index, value) in values.iter().enumerate() {
        fs::write(files.join(index.to_string()), value).unwrap();
    }
    // The module reads its folder from the environment, so it is another process's work.
    let made = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "seals::helper_that_fills_a_token", "--ignored"])
        .env("YINXIN_SOFTKEY_DIR", folder)
        .env("HELPER_LIBRARY", &softkey().library)
        .env("HELPER_LABEL", label)
        .env("HELPER_VALUES", files)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

#[test]
#[ignore = "a helper process of other tests"]
fn helper_that_fills_a_token() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let module = Pkcs11::new(variable("HELPER_LIBRARY")).unwrap();
    let session = fresh_token(&module, &variable("HELPER_LABEL"));
    let values = variable("HELPER_VALUES");
    for index in 0.. {
        let Ok(value) = fs::read(Path::new(&values).join(index.to_string())) else {
            break;
        };
        session
            .create_object(&[
                Attribute::Class(ObjectClass::DATA),
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Label(format!("data {index}").into_bytes()),
                Attribute::Value(value),
            ])
            .unwrap();
    }
}

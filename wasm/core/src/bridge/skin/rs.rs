//! The envelope and codes of 统一安全认证客户端. Source: page scripts of portals that call it, as far as they are public; where those don't say what
//! a code is for, the nearest was taken.
//!
//! Codes of that program which nobody gets here, and why:
//!
//! | code | |
//! |---|---|
//! | 9002 several keys | the user chooses in our window |
//! | 9007 an item failed | items are there, absent (9017) or unknown (9016) |
//! | 9008, 9018 a key or its application can't be opened | that is the host's matter, and 9999 |
//! | 9010 no PIN, 9013 PIN first | our window asks for it |
//! | 9030 encryption failed | what could make it fail has codes of its own (9023 to 9025, 9039, 9040) |
//! | 9037 no UKEY | the same as 9001, which pages ask for |
//!
//! 9999 stands for all that has no code of its own. Of a call that needs the window the page hears 9001 where the user
//! pressed nothing before it, since no key is what it knows to handle.

use crate::bridge::request::{Answer, Failure};
use std::collections::BTreeMap;
use yinxin_pki::asn1::hex;
use yinxin_proto::Base64;
use yinxin_proto::flow::Json;

/// Writes an answer.
pub(super) fn write(answer: Result<Answer, Failure>) -> Json {
    let (code, message, data) = match answer {
        Ok(answer) => ("0000", "successful", Some(data(answer))),
        Err(failure) => (code(failure), failure.words(), None),
    };
    let mut envelope = BTreeMap::from([
        ("code".to_owned(), code.into()),
        ("msg".into(), message.into()),
    ]);
    if let Some(data) = data {
        envelope.insert("data".into(), Json::Object(data));
    }
    Json::Object(envelope)
}

fn data(answer: Answer) -> BTreeMap<String, Json> {
    let pairs: Vec<(&str, String)> = match answer {
        Answer::Done => vec![],
        Answer::Users(users) => {
            let entry = |(name, container)| format!("{name}||{container}");
            let entries: Vec<String> = users.into_iter().map(entry).collect();
            vec![("userlist", entries.join("&&&"))]
        }
        Answer::Certificate(der) => vec![("certBase64", Base64(der).encode())],
        Answer::Info(info) => vec![("info", info)],
        Answer::Container(container) => vec![("containerId", container)],
        Answer::Tries(tries) => vec![("retryCount", tries.to_string())],
        Answer::Serial { container, serial } => {
            vec![("containerId", container), ("keySn", serial)]
        }
        Answer::Ciphertext(ciphertext) => {
            vec![("encRsKey", hex(&ciphertext.bytes()).to_uppercase())]
        }
        Answer::Plaintext(text) => vec![("rsKey", text)],
        Answer::Signature(signature) => vec![("signdMsg", Base64(signature).encode())],
        Answer::Parameter(value) => vec![("val", value)],
        // No function of its has such answers.
        Answer::Devices(_) | Answer::Bytes(_) | Answer::LastError(_) => vec![],
        Answer::Version(version) => vec![("version", version)],
    };
    let named = |(name, value): (&str, String)| (name.to_owned(), value.into());
    pairs.into_iter().map(named).collect()
}

/// The program's code.
fn code(failure: Failure) -> &'static str {
    match failure {
        Failure::NoKey => "9001",
        Failure::ContainerMissing => "9003",
        Failure::OtherContainer => "9004",
        Failure::CertificateMissing => "9005",
        Failure::CertificateUnreadable => "9006",
        Failure::PinIncorrect | Failure::PinLocked => "9011",
        Failure::UsageUnknown => "9012",
        Failure::NoSuchCertificate => "9014",
        Failure::ItemMissing => "9015",
        Failure::ItemUnknown => "9016",
        Failure::ItemAbsent => "9017",
        Failure::IdentityAbsent => "9019",
        Failure::PlaintextMissing => "9023",
        Failure::NotForEncryption => "9024",
        Failure::PlaintextTooLong => "9025",
        Failure::CiphertextMissing => "9026",
        Failure::CiphertextMalformed => "9027",
        Failure::NotLoggedIn => "9028",
        Failure::NoDecryptionKey => "9029",
        Failure::NotDecrypted => "9031",
        Failure::FieldMissing => "9034",
        Failure::RsaRefused => "9039",
        Failure::AlgorithmUnknown => "9040",
        Failure::CertificateInvalid
        | Failure::SignatureInvalid
        | Failure::SignatureMalformed
        | Failure::FieldMalformed
        | Failure::TriesUnknown
        | Failure::ContentRefused
        | Failure::ParameterUnknown
        | Failure::Cancelled
        | Failure::Busy
        | Failure::NotSupported
        | Failure::Unknown
        | Failure::Failed => "9999",
    }
}

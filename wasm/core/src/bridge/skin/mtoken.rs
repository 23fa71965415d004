//! The envelope of mToken: `{"rtn":0}` with the result under a name of its own, and codes of GM/T 0016-2012, annex A
//! (`SAR_*`), since it stands on that interface.

use crate::bridge::request::{Answer, Failure};
use std::collections::BTreeMap;
use yinxin_pki::asn1::hex;
use yinxin_proto::Base64;
use yinxin_proto::bridge::Operation;
use yinxin_proto::flow::Json;

pub(super) fn write(operation: Option<Operation>, answer: Result<Answer, Failure>) -> Json {
    let (code, result) = match answer {
        Ok(Answer::LastError(last)) => (last.map_or(0, code), None),
        Ok(answer) => (0, result(operation, answer)),
        Err(failure) => (code(failure), None),
    };
    let mut envelope = BTreeMap::from([
        ("rtn".to_owned(), Json::Number(code)),
        ("errorCode".into(), Json::Number(code)),
    ]);
    envelope.extend(result.map(|(name, value)| (name.to_owned(), value)));
    Json::Object(envelope)
}

fn result(operation: Option<Operation>, answer: Answer) -> Option<(&'static str, Json)> {
    let base64 = |bytes: Vec<u8>| Base64(bytes).encode().into();
    Some(match answer {
        Answer::Devices(serials) => {
            let names = serials.into_iter().map(Json::from).collect();
            ("array", Json::List(names))
        }
        Answer::Users(users) => {
            let entry = |(name, id): (String, String)| Json::List(vec![name.into(), id.into()]);
            ("array", Json::List(users.into_iter().map(entry).collect()))
        }
        Answer::Certificate(der) => ("cert", base64(der)),
        Answer::Info(info) => ("info", info.into()),
        Answer::Tries(tries) => ("retryCount", Json::Number(tries.into())),
        Answer::Signature(signature) if operation == Some(Operation::SignMessage) => {
            ("pkcs7", base64(signature))
        }
        Answer::Signature(signature) => ("signed", base64(signature)),
        Answer::Version(version) => ("version", version.into()),
        Answer::Bytes(bytes) => ("digest", base64(bytes)),
        Answer::Ciphertext(ciphertext) => ("asymCipher", hex(&ciphertext.bytes()).into()),
        Answer::Plaintext(text) => ("asymPlain", text.into()),
        Answer::Serial { serial, .. } => ("info", serial.into()),
        Answer::Parameter(value) => ("value", value.into()),
        Answer::Done | Answer::Container(_) | Answer::LastError(_) => return None,
    })
}

/// The code of a failure.
fn code(failure: Failure) -> i64 {
    0x0A00_0000
        | match failure {
            Failure::Failed | Failure::ContentRefused | Failure::Cancelled => 0x01,
            Failure::NotSupported | Failure::Unknown | Failure::RsaRefused => 0x03,
            Failure::ContainerMissing
            | Failure::CertificateMissing
            | Failure::ItemMissing
            | Failure::ItemUnknown
            | Failure::ItemAbsent
            | Failure::IdentityAbsent
            | Failure::FieldMissing
            | Failure::UsageUnknown
            | Failure::ParameterUnknown
            | Failure::PlaintextMissing
            | Failure::CiphertextMissing
            | Failure::TriesUnknown => 0x06,
            Failure::NotForEncryption => 0x0A,
            Failure::AlgorithmUnknown => 0x21,
            Failure::Busy => 0x0F,
            Failure::PlaintextTooLong => 0x10,
            Failure::CiphertextMalformed
            | Failure::SignatureMalformed
            | Failure::FieldMalformed
            | Failure::CertificateUnreadable
            | Failure::CertificateInvalid
            | Failure::SignatureInvalid => 0x11,
            Failure::NoDecryptionKey => 0x1B,
            Failure::OtherContainer | Failure::NoSuchCertificate => 0x1C,
            Failure::NotDecrypted => 0x1E,
            Failure::NoKey => 0x23,
            Failure::PinIncorrect => 0x24,
            Failure::PinLocked => 0x25,
            Failure::NotLoggedIn => 0x2D,
        }
}

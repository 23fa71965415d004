//! Skins: what each program calls certificates and keys, and its envelopes and codes. How its calls come is told by the
//! table of [`yinxin_proto::bridge`].
//!
//! | module | whose |
//! |---|---|
//! | `rs` | 统一安全认证客户端 |
//! | `itrus` | TopESA |
//! | `mtoken` | mToken |
//! | `bjca` | XTXAppCOM |
//! | `jit` | PNXClient |
//! | `sof` | codes of GM/T 0020, which several have |

mod bjca;
mod itrus;
mod jit;
mod mtoken;
mod rs;
mod sof;

use super::request::{Answer, Failure};
use crate::keys::Key;
use yinxin_pki::certificate::Certificate;
use yinxin_proto::Base64;
use yinxin_proto::bridge::{Operation, Skin};
use yinxin_proto::flow::Json;

/// What a program's pages call a certificate by.
pub(super) fn id_of(skin: Skin, key: &Key, certificate: &Certificate) -> String {
    match skin {
        Skin::Rs | Skin::Mtoken | Skin::Jit => container_of(certificate),
        Skin::Itrus => certificate.serial_hex().to_uppercase(),
        Skin::Bjca => format!("{}/{}", container_of(certificate), serial_of(key)),
    }
}

/// The first half of a certificate's SHA-256, in hex. It tells no more than the certificate does.
pub(super) fn container_of(certificate: &Certificate) -> String {
    let mut sha = yinxin_pki::asn1::hex(certificate.sha256());
    sha.truncate(32);
    sha
}

/// What pages call a key by.
pub(super) fn serial_of(key: &Key) -> String {
    key.token().serial.trim().to_owned()
}

/// Writes an answer. Of a function that no table names the operation is absent.
pub(super) fn write(
    skin: Skin,
    operation: Option<Operation>,
    answer: Result<Answer, Failure>,
) -> Json {
    match skin {
        Skin::Rs => rs::write(answer),
        Skin::Itrus => itrus::write(operation, answer),
        Skin::Mtoken => mtoken::write(operation, answer),
        Skin::Bjca => bjca::write(operation, answer),
        Skin::Jit => jit::write(operation, answer),
    }
}

/// Whether a function answers with yes or no. What it asks for can fail without being wrong.
fn is_question(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Login
            | Operation::Logout
            | Operation::IsLoggedIn
            | Operation::ChangePin
            | Operation::ValidateCertificate
            | Operation::VerifySignedData
            | Operation::VerifySignedMessage
    )
}

/// Whether a failure is such a no.
fn is_no(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::PinIncorrect
            | Failure::PinLocked
            | Failure::NotLoggedIn
            | Failure::CertificateInvalid
            | Failure::SignatureInvalid
    )
}

/// What an answer comes to where a program has one value for all: a text, a number, yes.
fn value(operation: Option<Operation>, answer: Answer, code: fn(Failure) -> i64) -> Json {
    let number = |text: &str| text.parse().map_or(Json::Number(0), Json::Number);
    match answer {
        Answer::Done | Answer::Container(_) => true.into(),
        Answer::Devices(serials) if operation == Some(Operation::CountDevices) => {
            Json::Number(i64::try_from(serials.len()).unwrap_or(i64::MAX))
        }
        Answer::Devices(serials) => serials.join(";").into(),
        Answer::Users(users) => {
            let entries: Vec<String> = users
                .into_iter()
                .map(|(name, id)| format!("{name}||{id}"))
                .collect();
            entries.join("&&&").into()
        }
        Answer::Certificate(bytes) | Answer::Signature(bytes) | Answer::Bytes(bytes) => {
            Base64(bytes).encode().into()
        }
        Answer::Ciphertext(ciphertext) => Base64(ciphertext.der()).encode().into(),
        Answer::Parameter(value) => number(&value),
        Answer::Tries(tries) => Json::Number(tries.into()),
        Answer::Info(text) | Answer::Plaintext(text) | Answer::Version(text) => text.into(),
        Answer::Serial { serial, .. } => serial.into(),
        Answer::LastError(last) if operation == Some(Operation::LastErrorMessage) => {
            last.map_or("成功", Failure::words).into()
        }
        Answer::LastError(last) => Json::Number(last.map_or(0, code)),
    }
}

//! The envelope of XTXAppCOM: `{"retVal":…}`, where a failure is `false`, a negative number or an empty text, and the rest
//! is told by `SOF_GetLastError`. After a login its pages repeat a `token`; ours know a document without it.

use super::{is_question, sof, value};
use crate::bridge::request::{Answer, Failure};
use yinxin_proto::bridge::Operation;
use yinxin_proto::flow::Json;

pub(super) fn write(operation: Option<Operation>, answer: Result<Answer, Failure>) -> Json {
    let value = match (operation, answer) {
        (Some(Operation::ValidateCertificate), answer) => Json::Number(match answer {
            Ok(_) => 0,
            Err(Failure::CertificateInvalid) => NOT_VALID,
            Err(_) => OTHERWISE,
        }),
        // What was set is confirmed by a number.
        (Some(Operation::SetSignMethod | Operation::SetEncryptMethod), Ok(_)) => Json::Number(0),
        // Each entry ends so, the last one too.
        (_, Ok(users @ Answer::Users(_))) => match value(operation, users, sof::code) {
            Json::Text(list) => format!("{list}&&&").into(),
            other => other,
        },
        (_, Ok(answer)) => value(operation, answer, sof::code),
        (Some(Operation::PinRetryCount), Err(Failure::OtherContainer)) => UNKNOWN_ID.into(),
        (Some(operation), Err(_)) if is_number(operation) => Json::Number(-1),
        (Some(operation), Err(_)) if is_question(operation) => false.into(),
        (_, Err(_)) => "".into(),
    };
    Json::object([("retVal", value)])
}

fn is_number(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::PinRetryCount
            | Operation::SetSignMethod
            | Operation::SignMethod
            | Operation::SetEncryptMethod
            | Operation::EncryptMethod
            | Operation::CountDevices
    )
}

/// Codes of `SOF_ValidateCert`: not trusted; all that has none of its own.
const NOT_VALID: i64 = -1;
const OTHERWISE: i64 = -6;
/// Of `SOF_GetPinRetryCount`.
const UNKNOWN_ID: i64 = -8;

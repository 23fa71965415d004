//! The envelope of TopESA: `{"retCode":0,"retMsg":"…","r":…}`. Its script throws where the code is another, so a plain no is
//! a value. Which codes it has is not public: those of GM/T 0020 stand in their place.

use super::{is_no, is_question, sof, value};
use crate::bridge::request::{Answer, Failure};
use yinxin_proto::bridge::Operation;
use yinxin_proto::flow::Json;

pub(super) fn write(operation: Option<Operation>, answer: Result<Answer, Failure>) -> Json {
    let (code, words, value) = match answer {
        Ok(answer) => (0, "", value(operation, answer, sof::code)),
        Err(failure) if operation.is_some_and(is_question) && is_no(failure) => {
            (0, failure.words(), false.into())
        }
        Err(failure) => (sof::code(failure), failure.words(), "".into()),
    };
    Json::object([
        ("retCode", Json::Number(code)),
        ("retMsg", words.into()),
        ("r", value),
    ])
}

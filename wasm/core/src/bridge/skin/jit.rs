//! The envelope of PNXClient: `{"error":0,"value":…}`. Which codes it has is not public: those of GM/T 0020 stand in their
//! place.

use super::{sof, value};
use crate::bridge::request::{Answer, Failure};
use yinxin_proto::bridge::Operation;
use yinxin_proto::flow::Json;

pub(super) fn write(operation: Option<Operation>, answer: Result<Answer, Failure>) -> Json {
    let (code, value) = match answer {
        Ok(Answer::LastError(last)) if operation == Some(Operation::LastError) => {
            (last.map_or(0, sof::code), "".into())
        }
        Ok(Answer::Done | Answer::Container(_)) => (0, "".into()),
        Ok(answer) => (0, value(operation, answer, sof::code)),
        Err(failure) => (sof::code(failure), "".into()),
    };
    Json::object([("error", Json::Number(code)), ("value", value)])
}

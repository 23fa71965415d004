//! What a code of SKF means in the catalogue.

use yinxin_proto::Error;
use yinxin_proto::token::{PinState, PinTries};
use yinxin_skf::{Call, Code, Error as SkfError};

/// Maps an error of a library to the catalogue. `pin-incorrect` and `pin-length` come without their numbers; the
/// caller, who has the token at hand, fills them in.
pub fn catalogued(module: &str, error: SkfError) -> Error {
    let failed = |rv: String| Error::ModuleFailed {
        module: module.to_owned(),
        call: error.call().name().into(),
        rv,
    };
    let SkfError::Returned { call, code } = error else {
        return failed(match error {
            SkfError::Nonsense { what, .. } | SkfError::Argument { what, .. } => what.into(),
            SkfError::Missing(_) | SkfError::Returned { .. } => "missing".into(),
        });
    };
    match code {
        Code::PIN_INCORRECT => Error::PinIncorrect {
            tries: PinTries {
                state: PinState::Low,
                left: None,
            },
        },
        Code::PIN_LOCKED => Error::PinLocked {},
        Code::PIN_INVALID | Code::PIN_LENGTH => Error::PinLength { min: 0, max: 0 },
        Code::PIN_NOT_INITIALIZED => Error::PinNotSet {},
        _ if is_gone(&error) => Error::TokenRemoved {},
        Code::KEY_NOT_FOUND => Error::KeyNotFound {},
        Code::TIMEOUT => Error::TokenBusy {},
        // A library without the rest of its driver has nothing else to say. [S: Longmai]
        WITHOUT_DRIVER if call == Call::ConnectDev => Error::ModuleIncomplete {
            module: module.to_owned(),
            call: call.name().into(),
            rv: code.to_string(),
        },
        code => failed(code.to_string()),
    }
}

/// What `SKF_ConnectDev` returns where the library is installed and the program beneath it is not.
const WITHOUT_DRIVER: Code = Code(1);

/// Whether the token went away: not one object's fault. Handles die with their device.
pub fn is_gone(error: &SkfError) -> bool {
    matches!(
        error.code(),
        Some(Code::DEVICE_REMOVED | Code::INVALID_HANDLE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(call: Call, code: u32) -> Error {
        let code = Code(code);
        catalogued("m", SkfError::Returned { call, code })
    }

    #[test]
    fn a_missing_driver_and_a_missing_key_are_told_apart() {
        let incomplete = Error::ModuleIncomplete {
            module: "m".into(),
            call: "SKF_ConnectDev".into(),
            rv: "0x00000001".into(),
        };
        assert_eq!(of(Call::ConnectDev, 1), incomplete);
        assert_eq!(of(Call::ConnectDev, 0x0A00_0023), Error::TokenRemoved {});
    }

    #[test]
    fn a_failed_call_is_named_with_its_code() {
        for (error, rv) in [
            (of(Call::ECCSignData, 0x0A00_0001), "SAR_FAIL"),
            (of(Call::ECCSignData, 0x8800_0043), "0x88000043"),
            (
                catalogued("m", SkfError::Missing(Call::ECCSignData)),
                "missing",
            ),
        ] {
            let expected = Error::ModuleFailed {
                module: "m".into(),
                call: "SKF_ECCSignData".into(),
                rv: rv.into(),
            };
            assert_eq!(error, expected);
        }
    }
}

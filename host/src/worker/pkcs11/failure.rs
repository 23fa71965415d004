//! What a PKCS #11 return value means in the catalogue: one exhaustive match.

use cryptoki::context::Function;
use cryptoki::error::{Error as Pkcs11Error, RvError};
use yinxin_proto::Error;
use yinxin_proto::token::{PinState, PinTries};

/// Maps an error of `cryptoki` to the catalogue. `pin-incorrect` and `pin-length` come without
/// their numbers; the caller, who has the token at hand, fills them in.
pub fn catalogued(module: &str, error: Pkcs11Error) -> Error {
    match error {
        Pkcs11Error::Pkcs11(rv, call) => returned(module, rv, call),
        Pkcs11Error::LibraryLoading(error) => Error::ModuleLoadFailed {
            module: module.to_owned(),
            reason: error.to_string(),
        },
        Pkcs11Error::MissingSymbol(symbol) => Error::ModuleNotLibrary {
            module: module.to_owned(),
            found: format!("no {symbol}"),
        },
        other @ (Pkcs11Error::NotSupported
        | Pkcs11Error::TryFromInt(_)
        | Pkcs11Error::TryFromSlice(_)
        | Pkcs11Error::ParseInt(_)
        | Pkcs11Error::Utf8(_)
        | Pkcs11Error::NulError(_)
        | Pkcs11Error::NullFunctionPointer
        | Pkcs11Error::InvalidValue
        | Pkcs11Error::PinNotSet) => Error::ModuleFailed {
            module: module.to_owned(),
            call: "?".into(),
            rv: other.to_string(),
        },
    }
}

fn returned(module: &str, rv: RvError, call: Function) -> Error {
    use RvError as Rv;
    match rv {
        Rv::PinIncorrect => Error::PinIncorrect {
            tries: PinTries {
                state: PinState::Low,
                left: None,
            },
        },
        Rv::PinLocked => Error::PinLocked {},
        Rv::PinInvalid | Rv::PinLenRange => Error::PinLength { min: 0, max: 0 },
        Rv::PinExpired | Rv::UserPinNotInitialized => Error::PinNotSet {},
        Rv::Cancel | Rv::FunctionCanceled | Rv::FunctionRejected => Error::PinPadCancelled {},

        // A session dies with its token: many modules say so only by the dead handle.
        Rv::DeviceRemoved
        | Rv::TokenNotPresent
        | Rv::SlotIdInvalid
        | Rv::SessionClosed
        | Rv::SessionHandleInvalid => Error::TokenRemoved {},
        Rv::TokenNotRecognized => Error::TokenUnreadable {
            reason: "CKR_TOKEN_NOT_RECOGNIZED".into(),
        },
        Rv::SessionCount
        | Rv::SessionExists
        | Rv::SessionReadOnlyExists
        | Rv::SessionReadWriteSoExists
        | Rv::UserAnotherAlreadyLoggedIn
        | Rv::UserTooManyTypes => Error::TokenBusy {},
        Rv::LibraryLoadFailed => Error::ModuleLoadFailed {
            module: module.to_owned(),
            reason: name_of(rv),
        },

        Rv::HostMemory
        | Rv::GeneralError
        | Rv::FunctionFailed
        | Rv::ArgumentsBad
        | Rv::NoEvent
        | Rv::NeedToCreateThreads
        | Rv::CantLock
        | Rv::AttributeReadOnly
        | Rv::AttributeSensitive
        | Rv::AttributeTypeInvalid
        | Rv::AttributeValueInvalid
        | Rv::ActionProhibited
        | Rv::DataInvalid
        | Rv::DataLenRange
        | Rv::DeviceError
        | Rv::DeviceMemory
        | Rv::EncryptedDataInvalid
        | Rv::EncryptedDataLenRange
        | Rv::FunctionNotParallel
        | Rv::FunctionNotSupported
        | Rv::CurveNotSupported
        | Rv::KeyHandleInvalid
        | Rv::KeySizeRange
        | Rv::KeyTypeInconsistent
        | Rv::KeyNotNeeded
        | Rv::KeyChanged
        | Rv::KeyNeeded
        | Rv::KeyIndigestible
        | Rv::KeyFunctionNotPermitted
        | Rv::KeyNotWrappable
        | Rv::KeyUnextractable
        | Rv::MechanismInvalid
        | Rv::MechanismParamInvalid
        | Rv::ObjectHandleInvalid
        | Rv::OperationActive
        | Rv::OperationNotInitialized
        | Rv::SessionParallelNotSupported
        | Rv::SessionReadOnly
        | Rv::SignatureInvalid
        | Rv::SignatureLenRange
        | Rv::TemplateIncomplete
        | Rv::TemplateInconsistent
        | Rv::TokenWriteProtected
        | Rv::UnwrappingKeyHandleInvalid
        | Rv::UnwrappingKeySizeRange
        | Rv::UnwrappingKeyTypeInconsistent
        | Rv::UserAlreadyLoggedIn
        | Rv::UserNotLoggedIn
        | Rv::UserTypeInvalid
        | Rv::WrappedKeyInvalid
        | Rv::WrappedKeyLenRange
        | Rv::WrappingKeyHandleInvalid
        | Rv::WrappingKeySizeRange
        | Rv::WrappingKeyTypeInconsistent
        | Rv::RandomSeedNotSupported
        | Rv::RandomNoRng
        | Rv::DomainParamsInvalid
        | Rv::BufferTooSmall
        | Rv::SavedStateInvalid
        | Rv::InformationSensitive
        | Rv::StateUnsaveable
        | Rv::CryptokiNotInitialized
        | Rv::CryptokiAlreadyInitialized
        | Rv::MutexBad
        | Rv::MutexNotLocked
        | Rv::NewPinMode
        | Rv::NextOtp
        | Rv::ExceededMaxIterations
        | Rv::FipsSelfTestFailed
        | Rv::PinTooWeak
        | Rv::PublicKeyInvalid
        | Rv::VendorDefined(_)
        | Rv::UnknownErrorCode(_) => Error::ModuleFailed {
            module: module.to_owned(),
            call: format!("C_{call:?}"),
            rv: name_of(rv),
        },
    }
}

/// Whether the token went away: not one object's fault.
pub fn is_gone(error: &Pkcs11Error) -> bool {
    matches!(
        error,
        Pkcs11Error::Pkcs11(
            RvError::DeviceRemoved
                | RvError::TokenNotPresent
                | RvError::SessionHandleInvalid
                | RvError::SessionClosed,
            _,
        )
    )
}

/// `CKR_…`, or the number of a value that no standard names.
pub fn name_of(rv: RvError) -> String {
    match rv {
        RvError::VendorDefined(number) | RvError::UnknownErrorCode(number) => {
            format!("{number:#010x}")
        }
        named => {
            let mut name = String::from("CKR");
            for letter in format!("{named:?}").chars() {
                if letter.is_ascii_uppercase() {
                    name.push('_');
                }
                name.push(letter.to_ascii_uppercase());
            }
            name
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn return_values_have_the_standards_names() {
        assert_eq!(name_of(RvError::GeneralError), "CKR_GENERAL_ERROR");
        assert_eq!(name_of(RvError::VendorDefined(0x8000_0001)), "0x80000001");
    }

    #[test]
    fn a_failed_call_is_named() {
        let error = catalogued(
            "m",
            Pkcs11Error::Pkcs11(RvError::DeviceError, Function::SignInit),
        );
        assert_eq!(
            error,
            Error::ModuleFailed {
                module: "m".into(),
                call: "C_SignInit".into(),
                rv: "CKR_DEVICE_ERROR".into()
            }
        );
    }
}

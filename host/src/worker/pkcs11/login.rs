//! Finds a token and logs in to it, once.

use super::Module;
use super::failure::catalogued;
use super::tokens::{self, Present};
use crate::worker::Port;
use crate::worker::message::FromWorker;
use cryptoki::error::{Error as Pkcs11Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use yinxin_proto::limits::MAX_PIN_BYTES;
use yinxin_proto::token::PinState;
use yinxin_proto::{Error, Pin};

/// The token of a reference.
///
/// # Errors
/// `token-removed`, or what keeps the slots from being listed.
pub fn find(module: &Module, reference: &str) -> Result<Present, Error> {
    tokens::present(module)
        .map_err(|error| catalogued(&module.name, error))?
        .into_iter()
        .flatten()
        .find(|present| present.reference == reference)
        .ok_or(Error::TokenRemoved {})
}

/// The PIN in the form that `cryptoki` takes; `None` where it is typed at the token. Its length is
/// checked here, so that a wrong length costs no try.
///
/// # Errors
/// `pin-locked`, `pin-required` or `pin-length`.
pub fn checked_pin(present: &Present, pin: Option<&Pin>) -> Result<Option<AuthPin>, Error> {
    if present.info.user_pin_locked() {
        return Err(Error::PinLocked {});
    }
    if present.info.protected_authentication_path() {
        return Ok(None);
    }
    let text = pin.ok_or(Error::PinRequired {})?.expose();
    let limits = tokens::pin_length(&present.info);
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    if length < limits.min || length > limits.max.min(MAX_PIN_BYTES) {
        return Err(Error::PinLength {
            min: limits.min,
            max: limits.max,
        });
    }
    Ok(Some(AuthPin::new(text.into())))
}

/// Logs in, does something, and logs out, whatever happened.
///
/// # Errors
/// The PIN codes, and those of `act`; `aborted`, without a login, if the host gave up before.
pub fn with_login<T>(
    module: &Module,
    present: &Present,
    session: Session,
    pin: Option<&AuthPin>,
    port: &Port,
    act: impl FnOnce(&Session) -> Result<T, Error>,
) -> Result<T, Error> {
    port.say(&FromWorker::LoggingIn {
        pin_pad: pin.is_none(),
    });
    // The last moment in which giving up costs no try.
    if port.cancelled() {
        return Err(Error::Aborted {});
    }
    login(module, present, &session, pin)?;
    // From here on there is a login to end.
    port.say(&FromWorker::Working { pin_pad: false });
    let done = act(&session);
    // A token that was pulled has no login any more; nothing else can be done about a failure.
    let _ = session.logout();
    let _ = session.close();
    done
}

/// Logs in, once. A wrong PIN is never tried again.
fn login(
    module: &Module,
    present: &Present,
    session: &Session,
    pin: Option<&AuthPin>,
) -> Result<(), Error> {
    let mut result = session.login(UserType::User, pin);
    if let Err(Pkcs11Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) = result {
        // The module keeps a login that this process never made. The PIN is checked all the same.
        let _ = session.logout();
        result = session.login(UserType::User, pin);
    }
    result.map_err(|error| refused_login(module, present, session, error))
}

/// Why a login failed, with what the token says of the remaining tries.
pub fn refused_login(
    module: &Module,
    present: &Present,
    session: &Session,
    error: Pkcs11Error,
) -> Error {
    match catalogued(&module.name, error) {
        Error::PinIncorrect { .. } => {
            let info = module.library.token_info(present.slot);
            let tries = tokens::pin_tries(info.as_ref().unwrap_or(&present.info), session);
            if tries.state == PinState::Locked {
                Error::PinLocked {}
            } else {
                Error::PinIncorrect { tries }
            }
        }
        Error::PinLength { .. } => {
            let limits = tokens::pin_length(&present.info);
            Error::PinLength {
                min: limits.min,
                max: limits.max,
            }
        }
        other => other,
    }
}

//! Finds a token and logs in to it, once.

use super::Module;
use super::failure::catalogued;
use super::tokens::{self, Present, pin_info, pin_tries};
use crate::worker::Port;
use crate::worker::message::FromWorker;
use yinxin_proto::limits::MAX_PIN_BYTES;
use yinxin_proto::token::{PinState, PinTries};
use yinxin_proto::{Error, Pin};
use yinxin_skf::{Code, PinInfo, PinKind, Refused};

/// The token of a reference.
///
/// # Errors
/// `token-removed`, or what keeps the devices from being listed.
pub fn find(module: &Module, reference: &str) -> Result<Present, Error> {
    tokens::present(module, Some(reference))
        .map_err(|error| catalogued(&module.name, error))?
        .into_iter()
        .flatten()
        .find(|present| present.reference == reference)
        .ok_or(Error::TokenRemoved {})
}

/// The PIN's text, if it can be one: checked here, so that one that can't costs no try.
///
/// # Errors
/// `pin-locked`, `pin-required` or `pin-length`.
pub fn checked_pin<'a>(present: &Present, pin: Option<&'a Pin>) -> Result<&'a str, Error> {
    if matches!(pin_info(present), Some(PinInfo { left: 0, .. })) {
        return Err(Error::PinLocked {});
    }
    let text = pin.ok_or(Error::PinRequired {})?.expose();
    if text.is_empty() || text.len() > MAX_PIN_BYTES as usize || text.contains('\0') {
        return Err(Error::PinLength {
            min: 1,
            max: MAX_PIN_BYTES,
        });
    }
    Ok(text)
}

/// Logs in, does something, and logs out, whatever happened.
///
/// # Errors
/// The PIN codes, and those of `act`; `aborted`, without a login, if the host gave up before.
pub fn with_login<T>(
    module: &Module,
    present: &Present,
    pin: &str,
    port: &Port,
    act: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    port.say(&FromWorker::LoggingIn { pin_pad: false });
    // The last moment in which giving up costs no try.
    if port.cancelled() {
        return Err(Error::Aborted {});
    }
    login(present, pin).map_err(|refused| refused_pin(module, present, refused))?;
    // From here on there is a login to end.
    port.say(&FromWorker::Working { pin_pad: false });
    let done = act();
    // Closing the application leaves a login as it is. A key that was pulled has none any more.
    let _ = present.application.clear_secure_state();
    done
}

/// Logs in, once. A wrong PIN is never tried again.
fn login(present: &Present, pin: &str) -> Result<(), Refused> {
    let application = &present.application;
    match application.verify_pin(PinKind::User, pin.as_bytes()) {
        Err(refused) if refused.error.code() == Some(Code::ALREADY_LOGGED_IN) => {
            // A login of another program. The PIN is checked all the same.
            let _ = application.clear_secure_state();
            application.verify_pin(PinKind::User, pin.as_bytes())
        }
        verified => verified,
    }
}

/// Why a PIN was not taken, with what the library says of the remaining tries.
pub fn refused_pin(module: &Module, present: &Present, refused: Refused) -> Error {
    match catalogued(&module.name, refused.error) {
        Error::PinIncorrect { .. } => {
            let asked = pin_info(present);
            let tries = match (refused.left, asked) {
                // What came with the answer belongs to it.
                (Some(left), _) => pin_tries(Some(&PinInfo {
                    max: left.saturating_add(1),
                    left,
                    default: false,
                })),
                (None, Some(asked)) => pin_tries(Some(&asked)),
                (None, None) => PinTries {
                    state: PinState::Low,
                    left: None,
                },
            };
            if tries.state == PinState::Locked {
                Error::PinLocked {}
            } else {
                Error::PinIncorrect { tries }
            }
        }
        Error::PinLength { .. } => Error::PinLength {
            min: 1,
            max: MAX_PIN_BYTES,
        },
        other => other,
    }
}

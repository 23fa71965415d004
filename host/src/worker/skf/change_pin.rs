//! Changes the PIN of a token. Without a login before it, so that the present PIN is tried once.

use super::Module;
use super::login::{checked_pin, find, refused_pin};
use crate::worker::Port;
use crate::worker::message::{ChangePinTask, FromWorker};
use yinxin_proto::Error;
use yinxin_skf::{Code, PinKind};

/// [`Driver::change_pin`](crate::worker::driver::Driver::change_pin).
///
/// # Errors
/// As there.
pub fn change_pin(module: &Module, task: &ChangePinTask, port: &Port) -> Result<(), Error> {
    let present = find(module, &task.token)?;
    let old = checked_pin(&present, task.pin.as_ref())?;
    let new = checked_pin(&present, task.new_pin.as_ref())?;
    port.say(&FromWorker::LoggingIn { pin_pad: false });
    // The last moment in which giving up costs no try.
    if port.cancelled() {
        return Err(Error::Aborted {});
    }
    let application = &present.application;
    let changed = application.change_pin(PinKind::User, old.as_bytes(), new.as_bytes());
    // Some libraries log in for it.
    let _ = application.clear_secure_state();
    changed.map_err(|refused| match refused.error.code() {
        Some(Code::PIN_INVALID | Code::PIN_LENGTH) => Error::PinRefused {},
        _ => refused_pin(module, &present, refused),
    })
}

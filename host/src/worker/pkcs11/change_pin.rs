//! Changes the PIN of a token. Without a login before it, so that the present PIN is tried once.

use super::Module;
use super::failure::catalogued;
use super::login::{checked_pin, find, refused_login};
use crate::worker::Port;
use crate::worker::message::{ChangePinTask, FromWorker};
use cryptoki::error::{Error as Pkcs11Error, RvError};
use yinxin_proto::Error;

/// [`Driver::change_pin`](crate::worker::driver::Driver::change_pin).
///
/// # Errors
/// As there.
pub fn change_pin(module: &Module, task: &ChangePinTask, port: &Port) -> Result<(), Error> {
    let present = find(module, &task.token)?;
    let old = checked_pin(&present, task.pin.as_ref())?;
    let new = checked_pin(&present, task.new_pin.as_ref())?;
    let (Some(old), Some(new)) = (old, new) else {
        return Err(Error::PinChangedElsewhere {});
    };
    let session = module
        .library
        .open_rw_session(present.slot)
        .map_err(|error| catalogued(&module.name, error))?;
    port.say(&FromWorker::LoggingIn { pin_pad: false });
    // The last moment in which giving up costs no try.
    if port.cancelled() {
        return Err(Error::Aborted {});
    }
    let changed = session.set_pin(&old, &new).map_err(|error| match error {
        // The lengths of both were looked at before.
        Pkcs11Error::Pkcs11(RvError::PinInvalid | RvError::PinLenRange, _) => Error::PinRefused {},
        error => refused_login(module, &present, &session, error),
    });
    // A token that was pulled has no session any more.
    let _ = session.close();
    changed
}

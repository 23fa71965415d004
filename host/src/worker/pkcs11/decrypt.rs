//! Decrypts with a token: one session, one login, one ciphertext. Whatever fails once the PIN was right is one code: who
//! may have chosen the ciphertext shall not learn from it.

use super::Module;
use super::failure::{catalogued, is_gone};
use super::keys::{self, Use};
use super::login::{checked_pin, find, with_login};
use super::mechanisms::SM2_DECRYPTION;
use crate::worker::Port;
use crate::worker::message::DecryptTask;
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::session::Session;
use yinxin_proto::Error;

/// [`Driver::decrypt`](crate::worker::driver::Driver::decrypt).
///
/// # Errors
/// As there.
pub fn decrypt(module: &Module, task: &DecryptTask, port: &Port) -> Result<Vec<u8>, Error> {
    let present = find(module, &task.token)?;
    let pin = checked_pin(&present, task.pin.as_ref())?;
    let session = module
        .library
        .open_ro_session(present.slot)
        .map_err(|error| catalogued(&module.name, error))?;
    with_login(module, &present, session, pin.as_ref(), port, |session| {
        decrypt_one(module, task, session)
    })
}

fn decrypt_one(module: &Module, task: &DecryptTask, session: &Session) -> Result<Vec<u8>, Error> {
    let key = keys::private(module, session, &task.id, &task.key, Use::Decrypt);
    let key = match key {
        Ok(Some(key)) => key,
        Err(error @ Error::TokenRemoved {}) => return Err(error),
        _ => return Err(Error::NotDecrypted {}),
    };
    #[allow(
        clippy::useless_conversion,
        reason = "CK_MECHANISM_TYPE has 32 bits on Windows and 64 elsewhere"
    )]
    let mechanism = MechanismType::new_vendor_defined(SM2_DECRYPTION.into());
    let mechanism = mechanism.map_err(|_| Error::NotDecrypted {})?;
    let mechanism = Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(mechanism, None));
    let decrypted = session.decrypt(&mechanism, key.handle, &task.ciphertext.0);
    decrypted.map_err(|error| {
        if is_gone(&error) {
            Error::TokenRemoved {}
        } else {
            Error::NotDecrypted {}
        }
    })
}

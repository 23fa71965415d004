//! What the worker asks of a key interface, in the host's own words: its types, and the codes of the
//! catalogue. PKCS #11 ([`super::pkcs11`]) is such an interface; nothing but it knows the words of PKCS #11.

use super::Port;
use super::message::{ChangePinTask, DecryptTask, Listed, SignTask, WriteSealTask};
use yinxin_proto::Error;

/// A vendor's library, loaded and initialised.
///
/// Calls come from one thread, one after the other. They may hang or crash: the host has a limit for each
/// silence, and the process is its own. What needs the PIN gets a task and the port: it says there when the
/// PIN goes to the library, gives signs of life between slow calls, stops where the host gave up, and
/// leaves no login behind. What the library tells is hostile: a driver bounds counts and sizes before it
/// copies them.
pub trait Driver {
    /// What the library says of itself, for the log and the doctor.
    fn library(&self) -> String;

    /// The tokens that are there, with their certificates and seals, without a PIN.
    ///
    /// # Errors
    /// If nothing can be said of any; what is wrong with one stands in
    /// [`Token::problem`](yinxin_proto::token::Token::problem).
    fn list(&self) -> Result<Vec<Listed>, Error>;

    /// Which tokens are there, as bytes that are to be compared only: others after one came or went.
    /// Cheap, since it is asked once a second.
    fn glance(&self) -> Vec<u8>;

    /// A wait for a token to come or go; `None` for a library in which no second thread may be.
    fn waiter(&self) -> Option<Wait>;

    /// Signs every input with one login, and tells each output as it comes.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes, or `aborted`.
    fn sign(&self, task: &SignTask, port: &Port) -> Result<(), Error>;

    /// Writes a seal and destroys the one that it replaces, wherever it is held. Gives the number of those
    /// that were destroyed.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes, `seal-not-found`, `aborted`; with `seal-not-written`
    /// and `seal-no-room` nothing has changed. `module-failed` can also mean that the old seal is still there beside the new one.
    fn write_seal(&self, task: &WriteSealTask, port: &Port) -> Result<u32, Error>;

    /// Changes the PIN, by the present one, which is tried once.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes, or `aborted`; `pin-refused` for a new one that the token does not take,
    /// `pin-changed-elsewhere` where it is typed at the token.
    fn change_pin(&self, task: &ChangePinTask, port: &Port) -> Result<(), Error>;

    /// Decrypts with one login.
    ///
    /// # Errors
    /// Any of the catalogue's token and PIN codes, or `aborted`; for whatever fails in the decryption itself
    /// `not-decrypted`.
    fn decrypt(&self, task: &DecryptTask, port: &Port) -> Result<Vec<u8>, Error>;
}

/// Called again and again on a thread of its own. Comes back when a token came or went; with `false` when the
/// library can't wait.
pub type Wait = Box<dyn FnMut() -> bool + Send>;

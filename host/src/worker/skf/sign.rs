//! Signs with a token: one login, every item, and a logout whatever happened.

use super::Module;
use super::failure::{catalogued, is_gone};
use super::login::{checked_pin, find, with_login};
use super::tokens::{MAX_CONTAINERS, Present};
use crate::worker::Port;
use crate::worker::message::{FromWorker, Input, PublicKey, SignTask};
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::{Base64, Error};
use yinxin_skf::read::PublicKey as Held;
use yinxin_skf::{Call, Code, Container, Error as SkfError, Half, Library};

/// [`Driver::sign`](crate::worker::driver::Driver::sign).
///
/// # Errors
/// As there.
pub fn sign(module: &Module, task: &SignTask, port: &Port) -> Result<(), Error> {
    let present = find(module, &task.token)?;
    // The standard knows no other curve, so that no container has such a key: another library of the key may.
    if matches!(task.key, PublicKey::P256 { .. }) {
        return Err(missing(module, &task.key));
    }
    let pin = checked_pin(&present, task.pin.as_ref())?;
    let container = container(module, &present, task)?;
    with_login(module, &present, pin, port, || {
        for (index, input) in (0..).zip(&task.inputs) {
            if port.cancelled() {
                return Err(Error::Aborted {});
            }
            port.say(&FromWorker::Working { pin_pad: false });
            let output = sign_one(module, &container, &task.key, input)?;
            port.say(&FromWorker::Signed {
                index,
                output: Base64(output),
            });
        }
        Ok(())
    })
}

/// The container of a certificate, by its name; or, where its key for signatures is another one by now, the
/// one that has the certificate's. Looked for before the login, since public keys need none.
fn container(module: &Module, present: &Present, task: &SignTask) -> Result<Container, Error> {
    let failed = |error| catalogued(&module.name, error);
    let named = hex::decode(&task.id).unwrap_or_default();
    let mut names = present.application.containers().map_err(failed)?;
    names.truncate(MAX_CONTAINERS);
    names.sort_by_key(|name| *name != named);
    for name in names {
        let opened = match present.application.open_container(&name) {
            Ok(opened) => opened,
            Err(error) if is_gone(&error) => return Err(failed(error)),
            Err(_) => continue,
        };
        match opened.public_key(Half::Signing) {
            Ok(Some(held)) if is_same(&held, &task.key) => return Ok(opened),
            Err(error) if is_gone(&error) => return Err(failed(error)),
            // A library that can't tell: what it signs is verified.
            Err(SkfError::Missing(_)) if name == named => return Ok(opened),
            _ => {}
        }
    }
    Err(Error::KeyNotFound {})
}

fn is_same(held: &Held, key: &PublicKey) -> bool {
    match (held, key) {
        (Held::Sm2(held), PublicKey::Sm2 { point }) => {
            point.0.strip_prefix(&[0x04]) == Some(held.as_slice())
        }
        (Held::Rsa { modulus, .. }, PublicKey::Rsa { modulus: wanted }) => *modulus == wanted.0,
        _ => false,
    }
}

/// What a library has functions for.
pub fn algorithms(library: &Library) -> Vec<SignatureAlgorithm> {
    let missing = library.missing();
    [
        (Call::ECCSignData, SignatureAlgorithm::Sm2Sm3),
        (Call::RSASignData, SignatureAlgorithm::RsaSha256),
    ]
    .into_iter()
    .filter(|(call, _)| !missing.contains(call))
    .map(|(_, algorithm)| algorithm)
    .collect()
}

fn missing(module: &Module, key: &PublicKey) -> Error {
    Error::MechanismMissing {
        module: module.name.clone(),
        algorithm: key.algorithm().into(),
    }
}

fn sign_one(
    module: &Module,
    container: &Container,
    key: &PublicKey,
    input: &Input,
) -> Result<Vec<u8>, Error> {
    let missing = || missing(module, key);
    let signed = match key {
        PublicKey::Sm2 { .. } => {
            let e = input.digest.0[..].try_into();
            let e = e.map_err(|_| Error::SignatureNotVerified {})?;
            container.sign_sm2(e).map(|signature| signature.to_vec())
        }
        PublicKey::Rsa { .. } => container.sign_rsa(&input.digest_info()),
        PublicKey::P256 { .. } => return Err(missing()),
    };
    signed.map_err(|error| match error {
        SkfError::Missing(_) => missing(),
        error if error.code() == Some(Code::NOT_SUPPORTED) => missing(),
        error => catalogued(&module.name, error),
    })
}

//! Signs with a token: one session, one login, every item, and a logout whatever happened.

use super::Module;
use super::failure::catalogued;
use super::keys::{self, PrivateKey, Use};
use super::login::{checked_pin, find, refused_login, with_login};
use super::mechanisms::{self, Takes, offers, vendor_defined};
use super::tokens::Present;
use crate::vendors::Family;
use crate::worker::Port;
use crate::worker::message::{FromWorker, Input, PublicKey, SignTask};
use cryptoki::error::{Error as Pkcs11Error, RvError};
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use yinxin_proto::{Base64, Error};

/// [`Driver::sign`](crate::worker::driver::Driver::sign).
///
/// # Errors
/// As there.
pub fn sign(module: &Module, task: &SignTask, port: &Port) -> Result<(), Error> {
    let present = find(module, &task.token)?;
    let pin = checked_pin(&present, task.pin.as_ref())?;
    let session = module
        .library
        .open_ro_session(present.slot)
        .map_err(|error| catalogued(&module.name, error))?;
    with_login(module, &present, session, pin.as_ref(), port, |session| {
        sign_all(module, task, &present, session, pin.as_ref(), port)
    })
}

fn sign_all(
    module: &Module,
    task: &SignTask,
    present: &Present,
    session: &Session,
    pin: Option<&AuthPin>,
    port: &Port,
) -> Result<(), Error> {
    let key = keys::private(module, session, &task.id, &task.key, Use::Sign)?
        .ok_or(Error::KeyNotFound {})?;
    for (index, input) in (0..).zip(&task.inputs) {
        if port.cancelled() {
            return Err(Error::Aborted {});
        }
        port.say(&FromWorker::Working {
            pin_pad: key.asks_each_time && pin.is_none(),
        });
        let output = sign_one(module, present, session, &key, &task.key, input, pin)?;
        port.say(&FromWorker::Signed {
            index,
            output: Base64(output),
        });
    }
    Ok(())
}

/// One way to get a signature: the mechanism, and the data that it takes.
struct Way<'a> {
    mechanism: Mechanism<'a>,
    data: Vec<u8>,
    /// The mechanism hashes by itself, so it works in several parts too.
    hashes: bool,
}

fn sign_one(
    module: &Module,
    present: &Present,
    session: &Session,
    key: &PrivateKey,
    public: &PublicKey,
    input: &Input,
    pin: Option<&AuthPin>,
) -> Result<Vec<u8>, Error> {
    for way in ways(module, present.slot, public, input) {
        let result = if key.asks_each_time && way.hashes {
            sign_with_login(session, key, &way, pin)
        } else {
            session.sign(&way.mechanism, key.handle, &way.data)
        };
        match result {
            Ok(output) if output.len() > MAX_SIGNATURE_BYTES => {
                return Err(Error::SignatureNotVerified {});
            }
            Ok(output) => return Ok(output),
            // The list of mechanisms promised more than the key can do; the next one may work.
            Err(Pkcs11Error::Pkcs11(
                RvError::MechanismInvalid
                | RvError::MechanismParamInvalid
                | RvError::KeyTypeInconsistent
                | RvError::FunctionNotSupported,
                _,
            )) => {}
            Err(error) => return Err(refused_login(module, present, session, error)),
        }
    }
    Err(Error::MechanismMissing {
        module: module.name.clone(),
        algorithm: public.algorithm().into(),
    })
}

/// A key with `CKA_ALWAYS_AUTHENTICATE` wants the PIN again between `C_SignInit` and the data
/// (PKCS #11 2.40, section 4.9). `cryptoki` has that moment for signatures in several parts only,
/// so mechanisms that take a digest can't be used with such keys.
fn sign_with_login(
    session: &Session,
    key: &PrivateKey,
    way: &Way<'_>,
    pin: Option<&AuthPin>,
) -> Result<Vec<u8>, Pkcs11Error> {
    session.sign_init(&way.mechanism, key.handle)?;
    session.login(UserType::ContextSpecific, pin)?;
    session.sign_update(&way.data)?;
    session.sign_final()
}

/// The mechanisms that the module offers for a key, best first.
fn ways(module: &Module, slot: Slot, public: &PublicKey, input: &Input) -> Vec<Way<'static>> {
    let offers = |mechanism| offers(&module.library, slot, mechanism);
    let message = input.message.as_ref().map(|message| &message.0);
    let mut ways = Vec::new();
    match public {
        PublicKey::Rsa { .. } => {
            if let Some(message) = message
                && offers(MechanismType::SHA256_RSA_PKCS)
            {
                ways.push(Way {
                    mechanism: Mechanism::Sha256RsaPkcs,
                    data: message.clone(),
                    hashes: true,
                });
            }
            if offers(MechanismType::RSA_PKCS) {
                ways.push(Way {
                    mechanism: Mechanism::RsaPkcs,
                    data: input.digest_info(),
                    hashes: false,
                });
            }
        }
        PublicKey::P256 { .. } => {
            if offers(MechanismType::ECDSA) {
                ways.push(Way {
                    mechanism: Mechanism::Ecdsa,
                    data: input.digest.0.clone(),
                    hashes: false,
                });
            }
            if let Some(message) = message
                && offers(MechanismType::ECDSA_SHA256)
            {
                ways.push(Way {
                    mechanism: Mechanism::EcdsaSha256,
                    data: message.clone(),
                    hashes: true,
                });
            }
        }
        PublicKey::Sm2 { .. } => {
            let hinted = module.family;
            let others = Family::ALL
                .into_iter()
                .filter(|family| Some(*family) != hinted);
            for family in hinted.into_iter().chain(others) {
                for candidate in mechanisms::of(family) {
                    let data = match (candidate.takes, message) {
                        (Takes::Digest, _) => input.digest.0.clone(),
                        (Takes::Message, Some(message)) => message.clone(),
                        (Takes::Message, None) => continue,
                    };
                    let Some(mechanism) = vendor_defined(candidate.number) else {
                        continue;
                    };
                    if offers(mechanism) {
                        ways.push(Way {
                            mechanism: Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(
                                mechanism, None,
                            )),
                            data,
                            hashes: candidate.takes == Takes::Message,
                        });
                    }
                }
            }
        }
    }
    ways
}

/// Bytes of a signature: those of the longest RSA key are 512.
const MAX_SIGNATURE_BYTES: usize = 1024;

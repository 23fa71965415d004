//! Lists the tokens of a module with the certificates and seals in them, without a PIN. Everything that a
//! module tells is hostile input: counts and sizes are bounded before anything is copied.

use super::Module;
use super::failure::{catalogued, is_gone};
use super::library::Library;
use super::mechanisms::algorithms;
use super::objects::{self, FLAG_BYTES, MAX_ID_BYTES, MAX_LABEL_BYTES};
use super::seals::seals;
use crate::vendors::Interface;
use crate::worker::message::Listed;
use crate::worker::text::{label, padded};
use cryptoki::error::{Error as Pkcs11Error, RvError};
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::Slot;
use yinxin_pki::hash::sha256;
use yinxin_pki::outer;
use yinxin_proto::limits::{
    MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, MAX_LISTED_SEAL_BYTES, MAX_PIN_BYTES, MAX_TOKENS,
};
use yinxin_proto::token::{PinLength, PinState, PinTries, Token, TokenCertificate};
use yinxin_proto::{Base64, Error};
use yinxin_raw::TokenInfo;

/// A slot with its token's description, without certificates.
pub struct Present {
    pub slot: Slot,
    pub info: TokenInfo,
    /// [`Token::token`].
    pub reference: String,
}

/// A slot whose token can't be asked.
pub type Unreadable = (Slot, Pkcs11Error);

/// The tokens in the slots. Slots whose token can't be asked come as an error of their own.
///
/// # Errors
/// If the slots can't be listed.
pub fn present(module: &Module) -> Result<Vec<Result<Present, Unreadable>>, Pkcs11Error> {
    let library = &module.library;
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for slot in objects::slots(library)? {
        if found.len() >= MAX_TOKENS as usize {
            break;
        }
        let info = match library.token_info(slot) {
            Ok(info) => info,
            // Pulled between the two calls.
            Err(Pkcs11Error::Pkcs11(RvError::TokenNotPresent | RvError::DeviceRemoved, _)) => {
                continue;
            }
            Err(error) => {
                found.push(Err((slot, error)));
                continue;
            }
        };
        // A free slot of a software token, where one could be made: no key that a person holds. Some
        // modules forget the flag of a key in use.
        if !info.token_initialized()
            && padded(&info.serial).is_empty()
            && !holds_something(library, slot)
        {
            continue;
        }
        let identity = (info.serial, info.label, info.manufacturer);
        let twins = seen.iter().filter(|other| **other == identity).count();
        let reference = reference(&module.name, &info, twins);
        seen.push(identity);
        found.push(Ok(Present {
            slot,
            info,
            reference,
        }));
    }
    Ok(found)
}

/// The slots with a token and what each token calls itself; no difference between no slot and a failure.
pub fn glance(library: &Library) -> Vec<u8> {
    let mut seen = Vec::new();
    for slot in objects::slots(library).unwrap_or_default() {
        if let Ok(info) = library.token_info(slot) {
            seen.extend_from_slice(&slot.id().to_be_bytes());
            seen.extend_from_slice(&info.serial);
            seen.extend_from_slice(&info.label);
        }
    }
    seen
}

/// Lists tokens with their certificates.
///
/// # Errors
/// If the slots can't be listed.
pub fn list(module: &Module) -> Result<Vec<Listed>, Error> {
    let present = present(module).map_err(|error| catalogued(&module.name, error))?;
    let mut room = MAX_LISTED_SEAL_BYTES as usize;
    Ok(present
        .into_iter()
        .map(|present| {
            let (token, signs) = match present {
                Ok(present) => {
                    let token = describe(module, &present, &mut room);
                    let signs = if token.certificates.is_empty() {
                        Vec::new()
                    } else {
                        algorithms(&module.library, present.slot)
                    };
                    (token, signs)
                }
                Err((slot, error)) => (unreadable(&module.name, slot, error), Vec::new()),
            };
            Listed {
                token,
                interface: Interface::Pkcs11,
                signs,
            }
        })
        .collect())
}

fn describe(module: &Module, present: &Present, room: &mut usize) -> Token {
    let library = &module.library;
    let info = &present.info;
    let mut token = Token {
        token: present.reference.clone(),
        label: padded(&info.label),
        manufacturer: padded(&info.manufacturer),
        model: padded(&info.model),
        serial: padded(&info.serial),
        module: module.name.clone(),
        pin: PinTries {
            state: pin_state(info),
            left: None,
        },
        pin_length: pin_length(info),
        protected_path: info.protected_authentication_path(),
        initial_pin: info.user_pin_to_be_changed(),
        demo: module.demo || is_softkey(info),
        certificates: Vec::new(),
        seals: Vec::new(),
        problem: None,
    };
    if !info.token_initialized() && !holds_something(library, present.slot) {
        token.problem = Some(Error::TokenUnreadable {
            reason: "not initialised".into(),
        });
        return token;
    }
    let read = library.open_ro_session(present.slot).and_then(|session| {
        token.pin = pin_tries(info, &session);
        Ok((certificates(&session)?, seals(&session, room)?))
    });
    match read {
        Ok(((certificates, dropped), seals)) => {
            token.problem = match (certificates.is_empty(), dropped) {
                (true, 0) => Some(Error::TokenEmpty {}),
                (true, dropped) => Some(Error::TokenUnreadable {
                    reason: format!("{dropped} certificates too large or not readable"),
                }),
                (false, _) => None,
            };
            token.certificates = certificates;
            token.seals = seals;
        }
        Err(error) => {
            token.problem = Some(match catalogued(&module.name, error) {
                Error::ModuleFailed { call, rv, .. } => Error::TokenUnreadable {
                    reason: format!("{call}: {rv}"),
                },
                other => other,
            });
        }
    }
    token
}

/// Whether a slot has a certificate to show, whatever its flags say.
fn holds_something(library: &Library, slot: Slot) -> bool {
    let template = [Attribute::Class(ObjectClass::CERTIFICATE)];
    let Ok(session) = library.open_ro_session(slot) else {
        return false;
    };
    objects::find(&session, &template, 1)
        .is_ok_and(|mut found| found.next().is_some_and(|handle| handle.is_ok()))
}

/// A slot whose token does not even give its description.
fn unreadable(module: &str, slot: Slot, error: Pkcs11Error) -> Token {
    let name = [module.as_bytes(), &slot.id().to_be_bytes()].concat();
    Token {
        token: hex::encode(&sha256(&name)[..16]),
        label: String::new(),
        manufacturer: String::new(),
        model: String::new(),
        serial: String::new(),
        module: module.to_owned(),
        pin: PinTries {
            state: PinState::Ok,
            left: None,
        },
        pin_length: PinLength {
            min: 0,
            max: MAX_PIN_BYTES,
        },
        protected_path: false,
        initial_pin: false,
        demo: false,
        certificates: Vec::new(),
        seals: Vec::new(),
        problem: Some(match catalogued(module, error) {
            Error::ModuleFailed { call, rv, .. } => Error::TokenUnreadable {
                reason: format!("{call}: {rv}"),
            },
            other => other,
        }),
    }
}

/// A name for the token that says nothing of slots or handles, and stays the same while the token
/// is inserted, over restarts of the worker too.
fn reference(module: &str, info: &TokenInfo, twins: usize) -> String {
    let mut name = Vec::new();
    for part in [
        module.as_bytes(),
        &info.serial,
        &info.label,
        &info.manufacturer,
    ] {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part);
    }
    name.extend_from_slice(&(twins as u64).to_be_bytes());
    hex::encode(&sha256(&name)[..16])
}

/// Whether the token is the software key.
pub fn is_softkey(info: &TokenInfo) -> bool {
    padded(&info.manufacturer) == SOFTKEY_MANUFACTURER && padded(&info.model) == SOFTKEY_MODEL
}

/// Lengths in bytes between which a PIN can lie. A token that gives nonsense gets our own limits.
pub fn pin_length(info: &TokenInfo) -> PinLength {
    let max = u32::try_from(info.max_pin_length)
        .unwrap_or(MAX_PIN_BYTES)
        .min(MAX_PIN_BYTES);
    let min = u32::try_from(info.min_pin_length).unwrap_or(0);
    if max == 0 || min > max {
        return PinLength {
            min: 1,
            max: MAX_PIN_BYTES,
        };
    }
    PinLength { min, max }
}

/// What the flags say.
pub fn pin_state(info: &TokenInfo) -> PinState {
    if info.user_pin_locked() {
        PinState::Locked
    } else if info.user_pin_final_try() {
        PinState::Final
    } else if info.user_pin_count_low() {
        PinState::Low
    } else {
        PinState::Ok
    }
}

/// What is known of the remaining tries: the flags, and a number where the vendor has a way to
/// tell it. So far that is the software key's hardware-feature object.
pub fn pin_tries(info: &TokenInfo, session: &Session) -> PinTries {
    PinTries {
        state: pin_state(info),
        left: is_softkey(info).then(|| softkey_tries(session)).flatten(),
    }
}

#[allow(
    clippy::useless_conversion,
    reason = "CK_ATTRIBUTE_TYPE has 32 bits on Windows and 64 elsewhere"
)]
fn softkey_tries(session: &Session) -> Option<u8> {
    let features = [Attribute::Class(ObjectClass::HARDWARE_FEATURE)];
    let object = objects::find(session, &features, 1).ok()?.next()?.ok()?;
    let tries = AttributeType::VendorDefined(SOFTKEY_TRIES_LEFT.into());
    let values = objects::attributes(session, object, &[(tries, FLAG_BYTES)]).ok()?;
    let Some(Attribute::VendorDefined((_, bytes))) = values.first() else {
        return None;
    };
    // CK_ULONG of this machine: 4 bytes on Windows, 8 elsewhere on 64 bit.
    let number = match bytes.len() {
        4 => u32::from_ne_bytes(bytes[..].try_into().ok()?).into(),
        8 => u64::from_ne_bytes(bytes[..].try_into().ok()?),
        _ => return None,
    };
    u8::try_from(number).ok()
}

/// The readable X.509 certificates, and how many had to be left out.
fn certificates(session: &Session) -> Result<(Vec<TokenCertificate>, usize), Pkcs11Error> {
    let template = [Attribute::Class(ObjectClass::CERTIFICATE)];
    // More than enough to say that some were left out.
    let handles = objects::find(session, &template, 4 * MAX_CERTIFICATES as usize)?
        .collect::<Result<Vec<_>, _>>()?;
    let mut found: Vec<TokenCertificate> = Vec::new();
    let mut dropped = 0;
    let mut total = 0;
    for handle in handles {
        match certificate(session, handle) {
            Ok(None) => {}
            Ok(Some(certificate))
                if found.len() < MAX_CERTIFICATES as usize
                    && total + certificate.certificate.0.len() <= MAX_TOKEN_CERTIFICATE_BYTES =>
            {
                total += certificate.certificate.0.len();
                found.push(certificate);
            }
            Ok(Some(_)) => dropped += 1,
            Err(error) if is_gone(&error) => return Err(error),
            Err(_) => dropped += 1,
        }
    }
    Ok((found, dropped))
}

/// One certificate; `None` for one that is not X.509.
fn certificate(
    session: &Session,
    handle: ObjectHandle,
) -> Result<Option<TokenCertificate>, Pkcs11Error> {
    let kind = [(AttributeType::CertificateType, FLAG_BYTES)];
    if let Ok(types) = objects::attributes(session, handle, &kind)
        && let Some(Attribute::CertificateType(kind)) = types.first()
        && *kind != CertificateType::X_509
    {
        return Ok(None);
    }
    let wanted = [
        (AttributeType::Value, MAX_CERTIFICATE_BYTES as usize),
        (AttributeType::Id, MAX_ID_BYTES),
        (AttributeType::Label, MAX_LABEL_BYTES),
    ];
    let (mut id, mut name, mut value) = (Vec::new(), Vec::new(), None);
    for attribute in objects::attributes(session, handle, &wanted)? {
        match attribute {
            Attribute::Id(bytes) => id = bytes,
            Attribute::Label(bytes) => name = bytes,
            Attribute::Value(bytes) => value = Some(bytes),
            _ => {}
        }
    }
    let mut value = value.ok_or(Pkcs11Error::InvalidValue)?;
    let size = value.len();
    outer::trim(&mut value);
    Ok(Some(TokenCertificate {
        id: hex::encode(id),
        label: label(&name),
        padding: u32::try_from(size - value.len())
            .ok()
            .filter(|bytes| *bytes > 0),
        certificate: Base64(value),
    }))
}

/// Bytes of all certificates of one token together: several tokens fit into one frame.
const MAX_TOKEN_CERTIFICATE_BYTES: usize = 256 * 1024;

/// The software key's `manufacturerID`.
const SOFTKEY_MANUFACTURER: &str = "Yinxin demo";
/// Its `model`.
const SOFTKEY_MODEL: &str = "softkey";
/// Attribute of its hardware-feature object: the user PIN's tries left, CK_ULONG.
const SOFTKEY_TRIES_LEFT: u32 = 0x8000_0000 | 0x5958_0001;

//! Lists the applications of all devices as tokens, with the certificates and seals in them, without a PIN.
//! Everything that a library tells is hostile input: counts and sizes are bounded before anything is copied.

use super::Module;
use super::failure::{catalogued, is_gone};
use super::seals::seals;
use crate::vendors::is_usual_application;
use crate::worker::text::{label, padded};
use yinxin_pki::hash::sha256;
use yinxin_pki::outer;
use yinxin_proto::limits::{
    MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, MAX_LISTED_SEAL_BYTES, MAX_PIN_BYTES, MAX_TOKENS,
};
use yinxin_proto::token::{PinLength, PinState, PinTries, Token, TokenCertificate};
use yinxin_proto::{Base64, Error};
use yinxin_skf::read::DeviceInfo;
use yinxin_skf::{Application, Container, Error as SkfError, Half, PinInfo, PinKind};

/// An application that is open.
pub struct Present {
    pub application: Application,
    /// Its name.
    pub name: Vec<u8>,
    /// Another application is in the same device.
    has_neighbours: bool,
    /// Absent where the device tells nonsense.
    info: Option<DeviceInfo>,
    /// [`Token::token`].
    pub reference: String,
}

/// A device that can't be asked: its name.
pub type Unreadable = (Vec<u8>, Error);

/// The applications of all devices, or up to the one of a reference. Devices that can't be asked come as an
/// error of their own.
///
/// # Errors
/// If the devices can't be listed.
pub fn present(
    module: &Module,
    until: Option<&str>,
) -> Result<Vec<Result<Present, Unreadable>>, SkfError> {
    let mut seen = Vec::new();
    let mut found = Vec::new();
    let devices = match module.library.devices(true) {
        // Some say so of no device at all.
        Err(error) if is_gone(&error) => Vec::new(),
        devices => devices?,
    };
    for device in devices {
        match applications(module, &device) {
            Ok(applications) => {
                for (mut present, identity) in applications {
                    let twins = seen.iter().filter(|other| **other == identity).count();
                    present.reference = reference(&module.name, &identity, twins);
                    seen.push(identity);
                    let is_last = until == Some(&present.reference);
                    found.push(Ok(present));
                    if is_last {
                        return Ok(found);
                    }
                }
            }
            // Pulled between the calls.
            Err(Error::TokenRemoved {}) => {}
            Err(error) => found.push(Err((device, error))),
        }
        if found.len() >= MAX_TOKENS as usize {
            found.truncate(MAX_TOKENS as usize);
            break;
        }
    }
    Ok(found)
}

/// What makes a token the same one again.
type Identity = [Vec<u8>; 4];

fn applications(module: &Module, name: &[u8]) -> Result<Vec<(Present, Identity)>, Error> {
    let failed = |error| catalogued(&module.name, error);
    let device = module.library.connect(name).map_err(failed)?;
    let info = match device.info() {
        Err(error) if is_gone(&error) => return Err(failed(error)),
        info => info.ok(),
    };
    let mut names = device.applications().map_err(failed)?;
    // Only so many are looked at.
    names.sort_by_key(|name| !is_usual_application(name));
    if names.is_empty() {
        return Err(Error::TokenUnreadable {
            reason: "no application".into(),
        });
    }
    let has_neighbours = names.len() > 1;
    let mut found = Vec::new();
    let mut refused = None;
    for application in names.into_iter().take(MAX_TOKENS as usize) {
        let opened = match device.open_application(&application) {
            Ok(opened) => opened,
            Err(error) if is_gone(&error) => return Err(failed(error)),
            // One may be another program's own.
            Err(error) => {
                refused = Some(failed(error));
                continue;
            }
        };
        let identity = match &info {
            Some(info) => [
                info.serial.clone(),
                info.label.clone(),
                info.manufacturer.clone(),
                application.clone(),
            ],
            None => [name.to_vec(), Vec::new(), Vec::new(), application.clone()],
        };
        let present = Present {
            application: opened,
            name: application,
            has_neighbours,
            info: info.clone(),
            reference: String::new(),
        };
        found.push((present, identity));
    }
    match refused {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found),
    }
}

/// Lists tokens with their certificates.
///
/// # Errors
/// If the devices can't be listed, or if the library works with none of them.
pub fn list(module: &Module) -> Result<Vec<Token>, Error> {
    let present = present(module, None).map_err(|error| catalogued(&module.name, error))?;
    let incomplete = present.iter().map(|present| match present {
        Err((_, error @ Error::ModuleIncomplete { .. })) => Some(error),
        _ => None,
    });
    if let Some(Some(error)) = incomplete.reduce(Option::and) {
        return Err(error.clone());
    }
    let mut room = MAX_LISTED_SEAL_BYTES as usize;
    Ok(present
        .into_iter()
        .map(|present| match present {
            Ok(present) => describe(module, &present, &mut room),
            Err((device, error)) => unreadable(module, &device, error),
        })
        .collect())
}

fn describe(module: &Module, present: &Present, room: &mut usize) -> Token {
    let info = present.info.as_ref();
    let of =
        |field: fn(&DeviceInfo) -> &Vec<u8>| info.map_or(String::new(), |info| padded(field(info)));
    let application = label(&present.name);
    let mut name = of(|info| &info.label);
    if name.is_empty() {
        name.clone_from(&application);
    } else if present.has_neighbours {
        name = format!("{name} {application}");
    }
    let manufacturer = of(|info| &info.manufacturer);
    let pin = pin_info(present);
    let mut token = Token {
        token: present.reference.clone(),
        label: name,
        demo: module.demo || manufacturer == SOFTKEY_MANUFACTURER,
        manufacturer,
        model: application,
        serial: of(|info| &info.serial),
        module: module.name.clone(),
        pin: pin_tries(pin.as_ref()),
        pin_length: PIN_LENGTH,
        protected_path: false,
        initial_pin: pin.is_some_and(|pin| pin.default),
        certificates: Vec::new(),
        seals: Vec::new(),
        problem: None,
    };
    let read = certificates(&present.application).and_then(|certificates| {
        Ok((
            certificates,
            seals(&present.application, &present.name, room)?,
        ))
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
        Err(error) => token.problem = Some(problem(catalogued(&module.name, error))),
    }
    token
}

/// A device of which nothing is known but its name.
fn unreadable(module: &Module, device: &[u8], error: Error) -> Token {
    let identity = [device.to_vec(), Vec::new(), Vec::new(), Vec::new()];
    Token {
        token: reference(&module.name, &identity, 0),
        label: label(device),
        manufacturer: String::new(),
        model: String::new(),
        serial: String::new(),
        module: module.name.clone(),
        pin: pin_tries(None),
        pin_length: PIN_LENGTH,
        protected_path: false,
        initial_pin: false,
        demo: false,
        certificates: Vec::new(),
        seals: Vec::new(),
        problem: Some(problem(error)),
    }
}

/// A failure as the state of a token.
fn problem(error: Error) -> Error {
    match error {
        Error::ModuleFailed { call, rv, .. } | Error::ModuleIncomplete { call, rv, .. } => {
            Error::TokenUnreadable {
                reason: format!("{call}: {rv}"),
            }
        }
        other => other,
    }
}

/// A name for the token that says nothing of handles, and stays the same while the token is inserted, over
/// restarts of the worker too.
fn reference(module: &str, identity: &Identity, twins: usize) -> String {
    let mut name = Vec::new();
    let parts = identity.iter().map(Vec::as_slice);
    for part in [module.as_bytes()].into_iter().chain(parts) {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part);
    }
    name.extend_from_slice(&(twins as u64).to_be_bytes());
    hex::encode(&sha256(&name)[..16])
}

/// What the library tells of the user's PIN, if it does.
pub fn pin_info(present: &Present) -> Option<PinInfo> {
    present.application.pin_info(PinKind::User).ok()
}

/// What is known of the tries.
pub fn pin_tries(pin: Option<&PinInfo>) -> PinTries {
    let state = match pin {
        Some(PinInfo { left: 0, .. }) => PinState::Locked,
        Some(PinInfo { left: 1, .. }) => PinState::Final,
        Some(PinInfo { left, max, .. }) if left < max => PinState::Low,
        _ => PinState::Ok,
    };
    PinTries {
        state,
        left: pin.and_then(|pin| u8::try_from(pin.left).ok()),
    }
}

/// The readable certificates, and how many had to be left out.
fn certificates(application: &Application) -> Result<(Vec<TokenCertificate>, usize), SkfError> {
    let mut found: Vec<TokenCertificate> = Vec::new();
    let mut dropped = 0;
    let mut total = 0;
    for name in application.containers()?.into_iter().take(MAX_CONTAINERS) {
        let container = match application.open_container(&name) {
            Ok(container) => container,
            Err(error) if is_gone(&error) => return Err(error),
            Err(_) => {
                dropped += 1;
                continue;
            }
        };
        for half in [Half::Signing, Half::Encryption] {
            match certificate(&container, &name, half) {
                Ok(None) => {}
                Ok(Some(certificate))
                    if found.len() < MAX_CERTIFICATES as usize
                        && certificate.certificate.0.len() <= MAX_CERTIFICATE_BYTES as usize
                        && total + certificate.certificate.0.len()
                            <= MAX_TOKEN_CERTIFICATE_BYTES =>
                {
                    total += certificate.certificate.0.len();
                    found.push(certificate);
                }
                Err(error) if is_gone(&error) => return Err(error),
                Ok(Some(_)) | Err(_) => dropped += 1,
            }
        }
    }
    Ok((found, dropped))
}

fn certificate(
    container: &Container,
    name: &[u8],
    half: Half,
) -> Result<Option<TokenCertificate>, SkfError> {
    let Some(mut value) = container.certificate(half)? else {
        return Ok(None);
    };
    let size = value.len();
    outer::trim(&mut value);
    Ok(Some(TokenCertificate {
        id: hex::encode(name),
        label: label(name),
        padding: u32::try_from(size - value.len())
            .ok()
            .filter(|bytes| *bytes > 0),
        certificate: Base64(value),
    }))
}

/// Nothing tells how long a PIN is.
const PIN_LENGTH: PinLength = PinLength {
    min: 1,
    max: MAX_PIN_BYTES,
};

/// Containers of one application that are looked at.
pub const MAX_CONTAINERS: usize = 64;

/// Bytes of all certificates of one token together: several tokens fit into one frame.
const MAX_TOKEN_CERTIFICATE_BYTES: usize = 256 * 1024;

/// The software key's manufacturer.
const SOFTKEY_MANUFACTURER: &str = "Yinxin demo";

//! `seal`: writes an electronic seal into a key.

use super::tokens::{clean, labelled, look_silently, read_bounded, read_pin};
use super::{Setting, output};
use crate::crypto::{fingerprint, now};
use crate::new_seal::NewSeal;
use std::path::PathBuf;
use yinxin_core::seal::Seal;
use yinxin_proto::Error;
use yinxin_proto::limits::MAX_SEAL_BYTES;
use yinxin_proto::token::{PinState, Token};

/// What `seal` takes.
pub struct Options {
    /// Label of the token.
    pub token: String,
    /// The seal to be replaced: SHA-256 of its DER, lower-case hex.
    pub replaced: Option<String>,
    /// The PIN comes on standard input.
    pub pin_stdin: bool,
    /// The file with the seal.
    pub input: PathBuf,
}

/// The name of a seal, as `--replace` takes it.
///
/// # Errors
/// If it is no SHA-256 in hex.
pub fn name(text: &str) -> Result<String, String> {
    match hex::decode(text) {
        Ok(bytes) if bytes.len() == 32 => Ok(text.to_ascii_lowercase()),
        _ => Err(format!("“{text}” is no SHA-256")),
    }
}

/// Writes a seal.
///
/// # Errors
/// Any of the catalogue's codes for files, seals, tokens and PINs.
pub fn write(setting: &Setting, options: &Options) -> Result<(), Error> {
    // Base64 and the text around it take more room than the bytes.
    let seal = Seal::parse(&read_bounded(&options.input, 2 * MAX_SEAL_BYTES)?)?;
    let (tokens, problems) = look_silently(setting);
    let labelled = labelled(&tokens, &options.token)
        // A token that is not found may be one of a module that failed.
        .map_err(|error| problems.into_iter().next().unwrap_or(error))?;
    let new = check(&labelled, &seal, options.replaced.as_deref())?;
    let label = clean(&new.token().label);
    let name = clean(&seal.property().name);
    let sha256 = fingerprint(seal.der());
    if new.is_done() {
        output::lines(&format!(
            "seal {name}, SHA-256 {sha256}, is in {label}: nothing was written"
        ));
        return Ok(());
    }
    if new.token().pin.state == PinState::Locked {
        return Err(Error::PinLocked {});
    }
    let pin = if new.token().protected_path {
        None
    } else {
        Some(read_pin(options.pin_stdin)?)
    };
    let replaced = setting.service.write_seal(&new, pin)?;
    let instead = match (&options.replaced, replaced) {
        (Some(old), 1..) => format!(", instead of SHA-256 {old}"),
        _ => String::new(),
    };
    output::lines(&format!(
        "seal {name}, SHA-256 {sha256}, written into {label}{instead}"
    ));
    Ok(())
}

/// Judges the seal for the tokens of a label: the first that may have it, or why the first may not.
fn check(tokens: &[&Token], seal: &Seal, replaced: Option<&str>) -> Result<NewSeal, Error> {
    let mut checked = tokens
        .iter()
        .map(|token| NewSeal::check(token, seal, replaced, now()));
    let first = checked.next().unwrap_or(Err(Error::TokenRemoved {}));
    if first.is_ok() {
        return first;
    }
    checked.find(Result::is_ok).unwrap_or(first)
}

//! `seal`: writes an electronic seal into a key.

use super::file::Input;
use super::modules::Modules;
use super::tokens::{clean, look_silently, pin_of};
use super::words::{SEAL_REPLACED, SEAL_THERE, SEAL_WRITTEN, Words, help};
use super::{Setting, output, sha256};
use crate::crypto::{fingerprint, now};
use crate::named;
use crate::new_seal::NewSeal;
use std::path::PathBuf;
use yinxin_pki::seal::Seal;
use yinxin_proto::Error;
use yinxin_proto::limits::MAX_SEAL_BYTES;
use yinxin_proto::token::{PinState, Token};

/// What `seal` takes.
#[derive(clap::Args, Debug)]
pub struct Options {
    #[command(flatten)]
    pub modules: Modules,
    #[arg(long, value_name = help::A_TOKEN.text(), help = help::TOKEN.text())]
    pub token: String,
    #[arg(long, value_name = help::A_NUMBER.text(), help = help::SERIAL.text())]
    pub serial: Option<String>,
    #[arg(long = "in", value_name = help::A_FILE.text(), help = help::SEAL_IN.text())]
    pub input: PathBuf,
    #[arg(long = "replace", value_name = "SHA256", value_parser = sha256, help = help::REPLACE.text())]
    pub replaced: Option<String>,
    #[arg(long, help = help::PIN_STDIN.text())]
    pub pin_stdin: bool,
}

/// Writes a seal.
///
/// # Errors
/// Any of the catalogue's codes for files, seals, tokens and PINs.
pub fn write(setting: &Setting, options: &Options) -> Result<(), Error> {
    // Base64 and the text around it take more room than the bytes.
    let bytes = Input::open(&options.input)?.read_bounded(2 * MAX_SEAL_BYTES)?;
    let seal = Seal::parse(&bytes)?;
    let (tokens, problems) = look_silently(setting);
    let serial = options.serial.as_deref();
    let named = named::tokens(&tokens, &options.token, serial, problems.first())?;
    let new = check(&named, &seal, options.replaced.as_deref())?;
    let label = clean(&new.token().label);
    let name = clean(&seal.property().name);
    let sha256 = fingerprint(seal.der());
    let tell = |words: Words, old: &str| {
        output::lines(&words.fill(&[
            ("seal", &name),
            ("sha256", &sha256),
            ("token", &label),
            ("old", &old),
        ]))
    };
    if new.is_done() {
        return tell(SEAL_THERE, "");
    }
    if new.token().pin.state == PinState::Locked {
        return Err(Error::PinLocked {});
    }
    let pin = pin_of(new.token(), options.pin_stdin)?;
    let replaced = setting.service.write_seal(&new, pin)?;
    match (&options.replaced, replaced) {
        (Some(old), 1..) => tell(SEAL_REPLACED, old),
        _ => tell(SEAL_WRITTEN, ""),
    }
}

/// Judges the seal for the tokens of a name: the first that may have it, or why the first may not.
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

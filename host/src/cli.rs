//! The command line: what it takes, and which part does it. Exit status 0 on success, 1 on a
//! failure (one line on standard error: code, message, remedy), 2 on wrong usage, 3 where the doctor
//! found something, 4 and 5 where a file that was verified is not good (`docs/command-line.md`).

mod arguments;
mod doctor;
mod document;
mod file;
mod install;
mod modules;
mod ofd;
mod output;
mod pdf;
mod seal;
mod terminal;
mod time_stamper;
mod tokens;
mod verify;
mod words;
mod wrap;

use crate::config::{Config, ModuleConfig};
use crate::log::Log;
use crate::module::nobody;
use crate::service::Service;
use arguments::Command;
use modules::Modules;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use words::{ABOUT, NO_SHA256};
use yinxin_proto::Error;

/// Runs what the arguments ask for.
pub fn main() -> ExitCode {
    let command = match arguments::parse(std::env::args_os()) {
        Ok(command) => command,
        Err(wrong) => {
            output::warn(&wrong);
            return ExitCode::from(2);
        }
    };
    let json = command.wants_json();
    match run(command) {
        Ok(outcome) => ExitCode::from(outcome.status()),
        Err(error) => {
            if json {
                output::json_failure(&error);
            }
            output::failure(&error);
            ExitCode::FAILURE
        }
    }
}

/// What came of a command that did not fail. Of several files the gravest, which is the last of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// All that was asked.
    Done,
    /// The doctor ran, and something does not work.
    Found,
    /// Nothing speaks against a file that was verified, but something about it is open.
    Unconfirmed,
    /// A file could not be verified.
    Unread,
    /// Something speaks against a file that was verified.
    Wrong,
}

impl Outcome {
    fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Unread => 1,
            Self::Found => 3,
            Self::Wrong => 4,
            Self::Unconfirmed => 5,
        }
    }
}

fn run(command: Command) -> Result<Outcome, Error> {
    match command {
        Command::About => {
            let version = env!("CARGO_PKG_VERSION");
            output::lines(&ABOUT.fill(&[("version", &version)]))?;
        }
        Command::Told(text) => output::lines(&text)?,
        Command::Install(options) => install::install(&options)?,
        Command::Uninstall(options) => install::uninstall(&options)?,
        Command::Doctor(options) => return doctor::run(&options),
        Command::Tokens(list) => tokens::tokens(&Setting::new(list.modules)?, list.json)?,
        Command::Certificates(list) => {
            tokens::certificates(&Setting::new(list.modules)?, list.json)?;
        }
        Command::Sign(options) => tokens::sign(&Setting::new(options.modules.clone())?, &options)?,
        Command::Seal(options) => seal::write(&Setting::new(options.modules.clone())?, &options)?,
        Command::Verify(options) => return verify::run(&options),
    }
    Ok(Outcome::Done)
}

/// The configuration and its modules, with those of the command line.
struct Setting {
    service: Service,
    /// Time for looking into all modules.
    patience: Duration,
}

impl Setting {
    fn new(extra: Modules) -> Result<Self, Error> {
        let config = Config::load()?;
        let modules = with_modules(&config, extra.paths);
        if modules.is_empty() {
            return Err(Error::NoModule {});
        }
        let log = Arc::new(Log::new(config.log));
        let patience = u64::from(config.load_ms) + u64::from(config.call_ms) + 1_000;
        Ok(Self {
            service: Service::new(modules, &config, &log, &nobody()),
            patience: Duration::from_millis(patience),
        })
    }
}

/// The modules of the configuration and those that the command line adds.
fn with_modules(config: &Config, extra: Vec<PathBuf>) -> Vec<ModuleConfig> {
    let mut all = config.clone();
    // In front, so that `--module` wins over the same file in the configuration.
    let added = extra.into_iter().map(|path| ModuleConfig {
        name: path.file_stem().map_or_else(
            || path.display().to_string(),
            |stem| stem.to_string_lossy().into_owned(),
        ),
        path: std::path::absolute(&path).unwrap_or(path),
        interface: None,
        family: None,
        demo: false,
        env: BTreeMap::new(),
    });
    all.modules.splice(0..0, added);
    all.all_modules()
}

/// The name of a seal or certificate: SHA-256 of its DER, given in hex.
fn sha256(text: &str) -> Result<String, String> {
    match hex::decode(text) {
        Ok(bytes) if bytes.len() == 32 => Ok(text.to_ascii_lowercase()),
        _ => Err(NO_SHA256.fill(&[("value", &text)])),
    }
}

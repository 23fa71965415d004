//! The command line: what it takes, and which part does it. Exit status 0 on success, 1 on a
//! failure (one line on standard error: code, message, remedy), 2 on wrong usage, 3 where the doctor
//! found something, 4 and 5 where a file that was verified is not good (`docs/command-line.md`).

mod doctor;
mod document;
mod file;
mod install;
mod ofd;
mod output;
mod pdf;
mod seal;
mod terminal;
mod time_stamper;
mod tokens;
mod verify;
mod words;

use crate::config::{Config, ModuleConfig};
use crate::log::Log;
use crate::module::nobody;
use crate::registration::Browser;
use crate::service::Service;
use lexopt::{Arg, Parser, ValueExt};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use words::{
    ABOUT, ALL_USERS_ALONE, ARGUMENT_UNEXPECTED, BROWSER_UNKNOWN, COMMAND_NEEDED, GOES_ALONE,
    GOES_WITH, HELP, NO_SHA256, NOT_UNICODE, NOT_WITH, OPTION_NEEDED, OPTION_TWICE, OPTION_UNKNOWN,
    STDIN_ONCE, STDIN_TWICE, STDOUT_TWICE, UNKNOWN_COMMAND, VALUE_NEEDED, VALUE_UNEXPECTED,
};
use yinxin_proto::Error;

/// Runs what the arguments ask for.
pub fn main() -> ExitCode {
    let command = match parse(std::env::args_os().skip(1).collect()) {
        Ok(command) => command,
        Err(wrong) => {
            output::usage(&in_words(wrong));
            return ExitCode::from(2);
        }
    };
    match run(command) {
        Ok(outcome) => ExitCode::from(outcome.status()),
        Err(error) => {
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

/// A command of the command line.
enum Command {
    About,
    Help,
    Version,
    Install(install::Options),
    Uninstall(install::Options),
    Doctor {
        modules: Vec<PathBuf>,
        options: doctor::Options,
    },
    Tokens {
        modules: Vec<PathBuf>,
        json: bool,
    },
    Certificates {
        modules: Vec<PathBuf>,
        json: bool,
    },
    Sign {
        modules: Vec<PathBuf>,
        options: Box<tokens::SignOptions>,
    },
    Seal {
        modules: Vec<PathBuf>,
        options: seal::Options,
    },
    Verify(Box<verify::Options>),
}

fn run(command: Command) -> Result<Outcome, Error> {
    match command {
        Command::About => {
            let version = env!("CARGO_PKG_VERSION");
            output::lines(&ABOUT.fill(&[("version", &version)]))?;
        }
        Command::Help => output::lines(HELP.text())?,
        Command::Version => output::lines(concat!("yinxin-host ", env!("CARGO_PKG_VERSION")))?,
        Command::Install(options) => install::install(&options)?,
        Command::Uninstall(options) => install::uninstall(&options)?,
        Command::Doctor { modules, options } => return doctor::run(modules, &options),
        Command::Tokens { modules, json } => tokens::tokens(&Setting::new(modules)?, json)?,
        Command::Certificates { modules, json } => {
            tokens::certificates(&Setting::new(modules)?, json)?;
        }
        Command::Sign { modules, options } => tokens::sign(&Setting::new(modules)?, &options)?,
        Command::Seal { modules, options } => seal::write(&Setting::new(modules)?, &options)?,
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
    fn new(extra: Vec<PathBuf>) -> Result<Self, Error> {
        let config = Config::load()?;
        let modules = with_modules(&config, extra);
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

fn parse(arguments: Vec<OsString>) -> Result<Command, lexopt::Error> {
    if arguments.is_empty() {
        return Ok(Command::About);
    }
    let mut parser = Parser::from_args(arguments);
    let mut verb: Option<String> = None;
    let mut seen = BTreeSet::new();
    let mut modules = Vec::new();
    let mut json = false;
    let mut install = install::Options::default();
    let (mut token, mut id, mut format, mut input, mut output) = (None, None, None, None, None);
    let (mut serial, mut certificate, mut replaced) = (None, None, None);
    let (mut pin_stdin, mut force) = (false, false);
    let mut document = document::Options::default();
    let mut stamper = None;
    let mut doctor = doctor::Options::default();
    let mut verify = verify::Options::default();
    while let Some(argument) = parser.next()? {
        // What a command does not take is refused, not ignored.
        let installs = matches!(verb.as_deref(), Some("install" | "uninstall"));
        let signs = verb.as_deref() == Some("sign");
        let writes = verb.as_deref() == Some("seal");
        let looks = verb.as_deref() == Some("doctor");
        let verifies = verb.as_deref() == Some("verify");
        let lists = matches!(verb.as_deref(), Some("doctor" | "tokens" | "certificates"));
        if let Arg::Long(name) = argument
            && !REPEATABLE.contains(&name)
            && !verify::REPEATABLE.contains(&name)
            && !seen.insert(name.to_owned())
        {
            let option = format!("--{name}");
            return Err(OPTION_TWICE.fill(&[("option", &option)]).into());
        }
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            Arg::Long("version") | Arg::Short('V') => return Ok(Command::Version),
            Arg::Value(value) if verb.is_none() => {
                let value = value.string()?;
                if !VERBS.contains(&value.as_str()) {
                    return Err(UNKNOWN_COMMAND.fill(&[("command", &value)]).into());
                }
                verb = Some(value);
            }
            Arg::Value(value) if verifies => verify.files.push(value.into()),
            Arg::Long(name) if verifies && verify::OPTIONS.contains(&name) => {
                let name = name.to_owned();
                verify.take(&name, parser.value()?)?;
            }
            Arg::Long("national") if verifies => verify.national = true,
            Arg::Long("json") if verifies => verify.json = true,
            Arg::Long("module") if !installs && !verifies => modules.push(parser.value()?.into()),
            Arg::Long("json") if lists => json = true,
            Arg::Long("browser") if installs => {
                let name = parser.value()?.string()?;
                let unknown = || BROWSER_UNKNOWN.fill(&[("value", &name)]);
                install
                    .browsers
                    .push(Browser::named(&name).ok_or_else(unknown)?);
            }
            Arg::Long("user-data-dir") if installs || looks => {
                install.user_data_dirs.push(parser.value()?.into());
            }
            Arg::Long("extension-id") if installs => {
                install
                    .extension_ids
                    .push(install::extension_id(&parser.value()?.string()?)?);
            }
            Arg::Long("all-users") if installs && cfg!(windows) => install.all_users = true,
            Arg::Long("config") if installs => install.config = Some(parser.value()?.into()),
            Arg::Long("dry-run") if installs || looks => install.dry_run = true,
            Arg::Long("repair") if looks && doctor.mend.is_none() => {
                doctor.mend = Some(doctor::Mend::Repair)
            }
            Arg::Long("undo") if looks && doctor.mend.is_none() => {
                doctor.mend = Some(doctor::Mend::Undo)
            }
            Arg::Long("report") if looks => doctor.report = Some(parser.value()?.into()),
            Arg::Long("test-signature") if looks => {
                doctor.test_signature = Some(parser.value()?.string()?);
            }
            Arg::Long("token") if signs || writes => token = Some(parser.value()?.string()?),
            Arg::Long("serial") if signs || writes || looks => {
                serial = Some(parser.value()?.string()?);
            }
            Arg::Long("id") if signs => id = Some(parser.value()?.string()?.to_ascii_lowercase()),
            Arg::Long("certificate") if signs => {
                certificate = Some(sha256(&parser.value()?.string()?)?);
            }
            Arg::Long("format") if signs => {
                format = Some(tokens::Format::named(&parser.value()?.string()?)?);
            }
            Arg::Long(name) if signs && document::has_option(name) => {
                let name = name.to_owned();
                document.take(&name, parser.value()?)?;
            }
            Arg::Long(document::TO_BE_CONTINUED) if signs => document.take_to_be_continued(),
            Arg::Long("time-stamper") if signs => {
                stamper = Some(time_stamper::TimeStamper(parser.value()?.into()));
            }
            Arg::Long("pin-stdin") if signs || writes || looks => pin_stdin = true,
            Arg::Long("in") if signs || writes => input = Some(PathBuf::from(parser.value()?)),
            Arg::Long("replace") if writes => {
                replaced = Some(sha256(&parser.value()?.string()?)?);
            }
            Arg::Long("out") if signs => output = Some(PathBuf::from(parser.value()?)),
            Arg::Long("force") if signs || looks => force = true,
            other => return Err(other.unexpected()),
        }
    }
    let needed = |option: &str| lexopt::Error::from(OPTION_NEEDED.fill(&[("option", &option)]));
    let goes_with = |option: &str, other: &str| {
        lexopt::Error::from(GOES_WITH.fill(&[("option", &option), ("other", &other)]))
    };
    let not_with = |option: &str, other: &str| {
        lexopt::Error::from(NOT_WITH.fill(&[("option", &option), ("other", &other)]))
    };
    if pin_stdin && input.as_deref().is_some_and(file::is_standard_input) {
        return Err(STDIN_TWICE.text().into());
    }
    Ok(match verb.as_deref() {
        Some("install" | "uninstall")
            if install.all_users
                && (install.config.is_some()
                    || !install.browsers.is_empty()
                    || !install.user_data_dirs.is_empty()) =>
        {
            return Err(ALL_USERS_ALONE.text().into());
        }
        Some("install") => Command::Install(install),
        Some("uninstall") => Command::Uninstall(install),
        Some("doctor") => {
            let mends = doctor.mend.is_some();
            if install.dry_run && !mends {
                return Err(goes_with("--dry-run", "--repair"));
            }
            for (option, given) in [("--pin-stdin", pin_stdin), ("--serial", serial.is_some())] {
                if given && doctor.test_signature.is_none() {
                    return Err(goes_with(option, "--test-signature"));
                }
            }
            if mends && (doctor.report.is_some() || doctor.test_signature.is_some()) {
                return Err(GOES_ALONE.text().into());
            }
            if force && doctor.report.is_none() {
                return Err(goes_with("--force", "--report"));
            }
            if json
                && doctor
                    .report
                    .as_deref()
                    .is_some_and(file::is_standard_output)
            {
                return Err(STDOUT_TWICE.text().into());
            }
            Command::Doctor {
                modules,
                options: doctor::Options {
                    folders: install.user_data_dirs,
                    serial,
                    pin_stdin,
                    force,
                    dry_run: install.dry_run,
                    json,
                    ..doctor
                },
            }
        }
        Some("tokens") => Command::Tokens { modules, json },
        Some("certificates") => Command::Certificates { modules, json },
        Some("sign") => {
            let layout = format.and_then(tokens::Format::layout);
            if let Some((option, other)) = document.needs(layout) {
                return Err(goes_with(&option, &other));
            }
            if stamper.is_some() && format == Some(tokens::Format::Raw) {
                return Err(not_with("--time-stamper", "--format raw"));
            }
            if let Some((option, other)) = document.excludes() {
                return Err(not_with(option, other));
            }
            Command::Sign {
                modules,
                options: Box::new(tokens::SignOptions {
                    token: token.ok_or_else(|| needed("--token"))?,
                    serial,
                    id: id.ok_or_else(|| needed("--id"))?,
                    certificate,
                    format: format.ok_or_else(|| needed("--format"))?,
                    pin_stdin,
                    input: input.ok_or_else(|| needed("--in"))?,
                    output: output.ok_or_else(|| needed("--out"))?,
                    force,
                    document,
                    stamper,
                }),
            }
        }
        Some("seal") => Command::Seal {
            modules,
            options: seal::Options {
                token: token.ok_or_else(|| needed("--token"))?,
                serial,
                replaced,
                pin_stdin,
                input: input.ok_or_else(|| needed("--in"))?,
            },
        },
        Some("verify") => {
            if let Some((option, other)) = verify.needs() {
                return Err(goes_with(option, other));
            }
            if let Some((option, other)) = verify.excludes() {
                return Err(not_with(option, other));
            }
            if let Some(option) = verify.lacks() {
                return Err(needed(option));
            }
            if verify.reads_standard_input_twice() {
                return Err(STDIN_ONCE.text().into());
            }
            Command::Verify(Box::new(verify))
        }
        _ => return Err(COMMAND_NEEDED.text().into()),
    })
}

/// The name of a seal or certificate: SHA-256 of its DER, given in hex.
fn sha256(text: &str) -> Result<String, String> {
    match hex::decode(text) {
        Ok(bytes) if bytes.len() == 32 => Ok(text.to_ascii_lowercase()),
        _ => Err(NO_SHA256.fill(&[("value", &text)])),
    }
}

/// Wrong usage in the terminal's language.
fn in_words(wrong: lexopt::Error) -> String {
    use lexopt::Error as Wrong;
    let value = |value: OsString| value.to_string_lossy().into_owned();
    match wrong {
        Wrong::MissingValue { option } => {
            VALUE_NEEDED.fill(&[("option", &option.unwrap_or_default())])
        }
        Wrong::UnexpectedOption(option) => OPTION_UNKNOWN.fill(&[("option", &option)]),
        Wrong::UnexpectedArgument(given) => ARGUMENT_UNEXPECTED.fill(&[("value", &value(given))]),
        Wrong::UnexpectedValue {
            option,
            value: given,
        } => VALUE_UNEXPECTED.fill(&[("option", &option), ("value", &value(given))]),
        Wrong::NonUnicodeValue(given) => NOT_UNICODE.fill(&[("value", &value(given))]),
        Wrong::ParsingFailed { error, .. } | Wrong::Custom(error) => error.to_string(),
    }
}

/// Options that may be given more than once.
const REPEATABLE: &[&str] = &["browser", "extension-id", "module", "user-data-dir"];

const VERBS: &[&str] = &[
    "certificates",
    "doctor",
    "install",
    "seal",
    "sign",
    "tokens",
    "uninstall",
    "verify",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn wrong_usage_is_refused() {
        for line in [
            "sing",
            "--json",
            "tokens --pin-stdin",
            "tokens extra",
            "sign --token a",
            "sign --token a --id 01 --format pdfs --in a --out b",
            "sign --token a --id 01 --format cms --in a --out b --left 1",
            "sign --token a --id 01 --format pdf --in a --out b --left 1 --picture p",
            "sign --token a --id 01 --format pdf --in a --out b --left 1 --top 1",
            "sign --token a --id 01 --format pdf --in a --out b --left x --top 1 --picture p",
            "sign --token a --id 01 --format pdf --in a --out b --page 1",
            "sign --token a --id 01 --format pdf --in a --out b --picture p",
            "sign --token a --id 01 --format pdf --in a --out b --field f --picture p --left 1 --top 1",
            "sign --token a --id 01 --format pdf --in a --out b --sub-filter adbe.x509.rsa_sha1",
            "sign --token a --id 01 --format pdf --in a --out b --seal 00",
            "sign --token a --id 01 --format pdf --in a --out b --certify all",
            "sign --token a --id 01 --format pdf --in a --out b --straddling 10",
            "sign --token a --id 01 --format pdf --in a --out b --to-be-continued",
            "sign --token a --id 01 --format cms --in a --out b --seal \
             AF5570F5A1810B7AF78CAF4BC70A660F0DF51E42BAF91D4DE5B2328DE0E83DFC",
            "sign --token a --id 01 --format ofd --in a --out b --left 1",
            "sign --token a --id 01 --format ofd --in a --out b --page 1",
            "sign --token a --id 01 --format ofd --in a --out b --width 1",
            "sign --token a --id 01 --format ofd --in a --out b --straddling 1 --left 1 --top 1",
            "sign --token a --id 01 --format ofd --in a --out b --straddling 1 --page 1",
            "sign --token a --id 01 --format ofd --in a --out b --to-be-continued=yes",
            "sign --token a --id 01 --format raw --in a --out b --time-stamper c",
            "install --browser netscape",
            "install --extension-id ../x",
            "install --module /x.so",
            "doctor --module",
            "doctor --dry-run",
            "doctor --pin-stdin",
            "doctor --repair --undo",
            "doctor --repair --test-signature a",
            "tokens --repair",
            "seal --token a",
            "seal --in a",
            "seal --token a --in b --out c",
            "seal --token a --in b --replace 0a",
            "sign --replace 00",
            "sign --token a --token b --id 01 --format cms --in a --out b",
            "sign --token a --id 01 --format cms --in a --out b --out c",
            "sign --token a --id 01 --format cms --in - --pin-stdin --out b",
            "sign --token a --id 01 --format cms --in a --out b --force=yes",
            "seal --token a --in - --pin-stdin",
            "seal --token a --in b --force",
            "sign --token a --id 01 --certificate AF55 --format cms --in a --out b",
            "tokens --json --json",
            "tokens --serial 1",
            "install --config a --config b",
            "doctor --report a --report b",
            "doctor --repair --repair",
            "doctor --force",
            "doctor --serial 1",
            "doctor --json --report -",
            "verify",
            "verify --json",
            "verify a --content b --content c",
            "verify - --content -",
            "verify - -",
            "verify a --at yesterday",
            "verify a --pin-stdin",
            "verify a --module /a.so",
            "verify a --origin https://portal.example",
            "verify a --challenge b --origin https://portal.example",
            "verify a --challenge b --origin https://portal.example --session s --purpose x",
            "verify a --challenge b --origin https://portal.example --session s --content c",
            "tokens --national",
            "--module",
        ] {
            assert!(parse(arguments(line)).is_err(), "{line}");
        }
        for line in [
            "--version",
            "tokens --json --module /a.so",
            "--module /a.so tokens",
            "install --browser chrome --extension-id dflkakdepmanhldiepilhgadjlnahblm",
            "sign --token a --id 0A --format cms --pin-stdin --in a --out b",
            "seal --token a --in b --pin-stdin",
            "doctor --test-signature a --pin-stdin --report b --json",
            "doctor --undo --dry-run",
            "doctor --report - --user-data-dir a --user-data-dir b --module c --module d",
            "sign --token a --serial 1 --id 01 --format raw --in - --out - --force",
            "sign --token a --id 01 --format raw --in a --out b --certificate \
             AF5570F5A1810B7AF78CAF4BC70A660F0DF51E42BAF91D4DE5B2328DE0E83DFC",
            "install --browser chrome --browser edge",
            "sign --token a --id 01 --format ofd --in a --out b --page 2 --left 1 --top 1.5 --to-be-continued",
            "sign --token a --id 01 --format ofd --in a --out b --straddling 1 --time-stamper c",
            "sign --token a --id 01 --format cms --in a --out b --time-stamper c",
            "verify a b - --content c --anchor d --anchor e --maker f --maker g --national --json",
            "verify a --intermediate b --intermediate c --crl d --crl e --at 2026-11-28T12:00:00+08:00",
            "verify a --challenge b --origin https://portal.example --session s --purpose login",
            "seal --token a --in b --replace \
             AF5570F5A1810B7AF78CAF4BC70A660F0DF51E42BAF91D4DE5B2328DE0E83DFC",
        ] {
            assert!(parse(arguments(line)).is_ok(), "{line}");
        }
    }
}

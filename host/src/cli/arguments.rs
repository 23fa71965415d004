//! What the command line takes. Each command's options stand with what it does; clap reads them, and this says in the
//! terminal's language how they are used and what is wrong with them.

use super::modules::Modules;
use super::words::{
    ARGUMENT_UNEXPECTED, COMMAND_NEEDED, NOT_UNICODE, NOT_WITH, OPTION_NEEDED, OPTION_TWICE,
    OPTION_UNKNOWN, PERHAPS, STDIN_TWICE, UNKNOWN_COMMAND, VALUE_NEEDED, VALUE_UNEXPECTED,
    WRONG_USAGE, help,
};
use super::wrap::WIDTH;
use super::{doctor, file, install, seal, tokens, verify};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::path::Path;

/// A command of the command line.
#[derive(Debug)]
pub enum Command {
    /// What this program is.
    About,
    /// A text that was asked for: a usage, the version, a script.
    Told(String),
    Install(install::Options),
    Uninstall(install::Options),
    Doctor(Box<doctor::Options>),
    Tokens(List),
    Certificates(List),
    Sign(Box<tokens::SignOptions>),
    Seal(seal::Options),
    Verify(Box<verify::Options>),
}

impl Command {
    /// Whether what comes of it is for a program.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        match self {
            Self::Doctor(options) => options.json,
            Self::Tokens(list) | Self::Certificates(list) => list.json,
            Self::Verify(options) => options.json,
            _ => false,
        }
    }
}

#[derive(clap::Parser)]
#[command(name = "yinxin", about = help::YINXIN.text(), after_help = help::YINXIN_MORE.text())]
struct Arguments {
    #[command(flatten)]
    modules: Modules,
    #[command(subcommand)]
    command: Option<Given>,
}

#[derive(clap::Subcommand)]
enum Given {
    #[command(about = help::TOKENS.text())]
    Tokens(List),
    #[command(about = help::CERTIFICATES.text())]
    Certificates(List),
    #[command(about = help::SIGN.text(), after_help = help::SIGN_MORE.text())]
    Sign(Box<tokens::SignOptions>),
    #[command(about = help::SEAL.text(), after_help = help::SEAL_MORE.text())]
    Seal(seal::Options),
    #[command(about = help::VERIFY.text(), after_help = help::VERIFY_MORE.text())]
    Verify(Box<verify::Options>),
    #[command(about = help::DOCTOR.text(), after_help = help::DOCTOR_MORE.text())]
    Doctor(Box<doctor::Options>),
    #[command(about = help::INSTALL.text(), after_help = help::INSTALL_MORE.text())]
    Install(install::Options),
    #[command(about = help::UNINSTALL.text())]
    Uninstall(install::Options),
    #[command(about = help::COMPLETIONS.text(), after_help = help::COMPLETIONS_MORE.text())]
    Completions {
        #[arg(value_name = help::A_SHELL.text(), help = help::SHELL.text(), hide_possible_values = true)]
        shell: clap_complete::Shell,
    },
    #[command(about = help::MANUAL.text())]
    Manual,
    #[command(about = help::HELP.text())]
    Help {
        #[arg(value_name = help::A_COMMAND.text(), help = help::OF_COMMAND.text())]
        command: Option<String>,
    },
}

/// What lists keys or certificates.
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    pub modules: Modules,
    #[arg(long, help = help::JSON.text())]
    pub json: bool,
}

/// Reads the arguments, of which the first is this program's name.
///
/// # Errors
/// A line that says what is wrong with them.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut definition = definition();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let typed = command_of(&definition, &arguments);
    let matches = definition.try_get_matches_from_mut(arguments);
    let (modules, given) = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(read) => (read.modules, read.command),
        Err(asked) if !asked.use_stderr() => return Ok(Command::Told(trimmed(&asked.to_string()))),
        Err(error) => return Err(wrong_usage(&in_words(&error), typed.as_deref())),
    };
    let Some(mut given) = given else {
        return match modules.paths.is_empty() {
            true => Ok(Command::About),
            false => Err(wrong_usage(COMMAND_NEEDED.text(), None)),
        };
    };
    // They may stand before the command, too.
    if !modules.paths.is_empty() {
        let own = match &mut given {
            Given::Tokens(list) | Given::Certificates(list) => &mut list.modules,
            Given::Sign(options) => &mut options.modules,
            Given::Seal(options) => &mut options.modules,
            Given::Doctor(options) => &mut options.modules,
            _ => {
                let unknown = OPTION_UNKNOWN.fill(&[("option", &"--module")]);
                return Err(wrong_usage(&unknown, None));
            }
        };
        own.paths.splice(0..0, modules.paths);
    }
    let checked = match &given {
        Given::Sign(options) => {
            once(options.pin_stdin, &options.input).and_then(|()| options.check())
        }
        Given::Seal(options) => once(options.pin_stdin, &options.input),
        Given::Doctor(options) => options.check(),
        Given::Verify(options) => options.check(),
        _ => Ok(()),
    };
    checked.map_err(|reason| wrong_usage(&reason, typed.as_deref()))?;
    Ok(match given {
        Given::Install(options) => Command::Install(options),
        Given::Uninstall(options) => Command::Uninstall(options),
        Given::Doctor(options) => Command::Doctor(options),
        Given::Tokens(list) => Command::Tokens(list),
        Given::Certificates(list) => Command::Certificates(list),
        Given::Sign(options) => Command::Sign(options),
        Given::Seal(options) => Command::Seal(options),
        Given::Verify(options) => Command::Verify(options),
        Given::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut definition, NAME, &mut script);
            Command::Told(String::from_utf8_lossy(&script).into_owned())
        }
        Given::Manual => Command::Told(manual(definition)),
        Given::Help { command } => Command::Told(usage_of(definition, command.as_deref())?),
    })
}

/// The command line's name, as it is typed.
const NAME: &str = "yinxin";

/// What clap reads by, in the terminal's language.
fn definition() -> clap::Command {
    let mut definition = Arguments::command()
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .help(help::SHOWS_VERSION.text()),
        )
        .disable_help_subcommand(true)
        // Before a command, it is a courtesy.
        .mut_arg("paths", |module| module.hide(true))
        .subcommand_help_heading(help::COMMANDS.text())
        .subcommand_value_name(help::A_COMMAND.text());
    definition = in_language(definition).mut_subcommands(in_language);
    // Its own words for usages are English, and known only when it is whole.
    definition.build();
    with_usage(definition).mut_subcommands(with_usage)
}

fn in_language(command: clap::Command) -> clap::Command {
    command
        .disable_help_flag(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help(help::SHOWS_HELP.text()),
        )
        .mut_args(|arg| {
            let heading = match arg.get_help_heading() {
                Some(heading) => heading.to_owned(),
                None if arg.is_positional() => help::ARGUMENTS.text().to_owned(),
                None => help::OPTIONS.text().to_owned(),
            };
            arg.help_heading(heading)
        })
        .help_template(format!(
            "{{about}}\n\n{}{{usage}}\n\n{{all-args}}{{after-help}}",
            help::USAGE.text()
        ))
        .max_term_width(WIDTH)
}

fn with_usage(mut command: clap::Command) -> clap::Command {
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
    let usage = usage.replace("[OPTIONS]", help::OPTIONS_SHORT.text());
    command.override_usage(usage)
}

/// How a command is used.
fn usage_of(mut definition: clap::Command, command: Option<&str>) -> Result<String, String> {
    let help = match command {
        None => definition.render_help(),
        Some(name) => {
            let known = definition.find_subcommand_mut(name);
            let unknown = || wrong_usage(&UNKNOWN_COMMAND.fill(&[("command", &name)]), None);
            known.ok_or_else(unknown)?.render_help()
        }
    };
    Ok(trimmed(&help.to_string()))
}

/// The manual page: of the program, and below it of each command.
fn manual(definition: clap::Command) -> String {
    let commands: Vec<clap::Command> = definition.get_subcommands().cloned().collect();
    let mut page = Vec::new();
    // Memory takes everything.
    let _ = clap_mangen::Man::new(definition).render(&mut page);
    for command in commands {
        let title = format!("{NAME} {}", command.get_name());
        let _ = section(&mut page, &title, command);
    }
    String::from_utf8_lossy(&page).into_owned()
}

/// A command's part of the manual page.
fn section(page: &mut Vec<u8>, title: &str, command: clap::Command) -> std::io::Result<()> {
    use std::io::Write;
    let man = clap_mangen::Man::new(command.name(title.to_owned()));
    writeln!(page, ".SH {}", title.to_uppercase())?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)
}

/// A text without the line end that printing it adds.
fn trimmed(text: &str) -> String {
    text.trim_end().to_owned()
}

fn once(pin_stdin: bool, input: &Path) -> Result<(), String> {
    if pin_stdin && file::is_standard_input(input) {
        return Err(STDIN_TWICE.text().into());
    }
    Ok(())
}

/// The one line on wrong usage.
fn wrong_usage(reason: &str, command: Option<&str>) -> String {
    let help = match command {
        Some(command) => format!("{NAME} {command} --help"),
        None => format!("{NAME} --help"),
    };
    WRONG_USAGE.fill(&[("reason", &reason), ("help", &help)])
}

/// What is wrong, in the terminal's language.
fn in_words(error: &clap::Error) -> String {
    let of = |kind| error.get(kind).and_then(first);
    let argument = of(ContextKind::InvalidArg).unwrap_or_default();
    let value = of(ContextKind::InvalidValue).unwrap_or_default();
    let option = option_of(&argument);
    let perhaps = |kind| {
        let other = of(kind).map(|other| PERHAPS.fill(&[("other", &other)]));
        other.unwrap_or_default()
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let command = of(ContextKind::InvalidSubcommand).unwrap_or_default();
            let unknown = UNKNOWN_COMMAND.fill(&[("command", &command)]);
            unknown + &perhaps(ContextKind::SuggestedSubcommand)
        }
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            let unknown = OPTION_UNKNOWN.fill(&[("option", &option)]);
            unknown + &perhaps(ContextKind::SuggestedArg)
        }
        ErrorKind::UnknownArgument => ARGUMENT_UNEXPECTED.fill(&[("value", &argument)]),
        ErrorKind::MissingRequiredArgument => OPTION_NEEDED.fill(&[("option", &option)]),
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            Some(prior) if prior != argument => {
                NOT_WITH.fill(&[("option", &option), ("other", &option_of(&prior))])
            }
            _ => OPTION_TWICE.fill(&[("option", &option)]),
        },
        ErrorKind::InvalidValue if value.is_empty() => VALUE_NEEDED.fill(&[("option", &option)]),
        ErrorKind::InvalidValue => ARGUMENT_UNEXPECTED.fill(&[("value", &value)]),
        ErrorKind::ValueValidation => {
            // Said by whoever read it.
            let reason = std::error::Error::source(error).map(ToString::to_string);
            reason.unwrap_or_else(|| ARGUMENT_UNEXPECTED.fill(&[("value", &value)]))
        }
        ErrorKind::TooManyValues => {
            VALUE_UNEXPECTED.fill(&[("option", &option), ("value", &value)])
        }
        ErrorKind::InvalidUtf8 => NOT_UNICODE.text().to_owned(),
        _ => COMMAND_NEEDED.text().to_owned(),
    }
}

/// The command among the arguments.
fn command_of(definition: &clap::Command, arguments: &[OsString]) -> Option<String> {
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let is_known = |word: &&str| definition.find_subcommand(word).is_some();
    words.find(is_known).map(str::to_owned)
}

fn first(value: &ContextValue) -> Option<String> {
    match value {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}

/// An option's name, without that of its value; of several of which one is needed, the first.
fn option_of(argument: &str) -> String {
    let name = argument.split([' ', '=', '|']).next().unwrap_or(argument);
    let name = name.trim_matches(['<', '>', '[', ']', '.']);
    if name.is_empty() {
        argument.to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        let words = std::iter::once(NAME).chain(line.split_whitespace());
        words.map(OsString::from).collect()
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

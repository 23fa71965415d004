//! The command line: what it takes, and which part does it. Exit status 0 on success, 1 on a
//! failure (one line on standard error: code, message, remedy), 2 on wrong usage.

mod doctor;
mod install;
mod output;
mod seal;
mod tokens;

use crate::config::{Config, ModuleConfig};
use crate::log::Log;
use crate::module::nobody;
use crate::registration::Browser;
use crate::service::Service;
use crate::{native, worker};
use lexopt::{Arg, Parser, ValueExt};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use yinxin_proto::Error;

/// The argument with which the host starts a worker process. No command for people.
pub const WORKER: &str = "worker";

/// Runs what the arguments ask for.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(role) = role_of(&arguments) {
        return match role {
            Role::Worker => worker::run(),
            Role::Browser(caller) => native::serve(caller.as_deref()),
        };
    }
    match parse(arguments) {
        Ok(command) => match run(command) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                output::failure(&error);
                ExitCode::FAILURE
            }
        },
        Err(usage) => {
            output::usage(&usage.to_string());
            ExitCode::from(2)
        }
    }
}

/// Roles that are no commands.
enum Role {
    Worker,
    /// The browser, with the caller that it names.
    Browser(Option<String>),
}

/// Tells a browser's call from a person's. Chromium gives the extension's origin first (and on
/// Windows `--parent-window` after it); Firefox gives the manifest's path, then the add-on's id.
fn role_of(arguments: &[OsString]) -> Option<Role> {
    let Some(first) = arguments.first() else {
        return Some(Role::Browser(None));
    };
    if first == WORKER {
        return Some(Role::Worker);
    }
    let first = first.to_str()?;
    if let Some(origin) = first.strip_prefix("chrome-extension://") {
        let id = origin.strip_suffix('/').unwrap_or(origin);
        return Some(Role::Browser(Some(id.to_owned())));
    }
    if first.ends_with(".json") && std::path::Path::new(first).is_absolute() {
        let id = arguments.get(1)?.to_str()?;
        return Some(Role::Browser(Some(id.to_owned())));
    }
    None
}

/// A command of the command line.
enum Command {
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
        options: tokens::SignOptions,
    },
    Seal {
        modules: Vec<PathBuf>,
        options: seal::Options,
    },
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Help => output::lines(HELP),
        Command::Version => output::lines(concat!("yinxin-host ", env!("CARGO_PKG_VERSION"))),
        Command::Install(options) => return install::install(&options),
        Command::Uninstall(options) => return install::uninstall(&options),
        Command::Doctor { modules, options } => return doctor::run(modules, &options),
        Command::Tokens { modules, json } => return tokens::tokens(&Setting::new(modules)?, json),
        Command::Certificates { modules, json } => {
            return tokens::certificates(&Setting::new(modules)?, json);
        }
        Command::Sign { modules, options } => {
            return tokens::sign(&Setting::new(modules)?, options);
        }
        Command::Seal { modules, options } => {
            return seal::write(&Setting::new(modules)?, &options);
        }
    }
    Ok(())
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
        family: None,
        demo: false,
        env: BTreeMap::new(),
    });
    all.modules.splice(0..0, added);
    all.all_modules()
}

fn parse(arguments: Vec<OsString>) -> Result<Command, lexopt::Error> {
    let mut parser = Parser::from_args(arguments);
    let mut verb: Option<String> = None;
    let mut modules = Vec::new();
    let mut json = false;
    let mut install = install::Options::default();
    let (mut token, mut id, mut format, mut input, mut output) = (None, None, None, None, None);
    let mut replaced = None;
    let mut pin_stdin = false;
    let mut doctor = doctor::Options::default();
    while let Some(argument) = parser.next()? {
        // What a command does not take is refused, not ignored.
        let installs = matches!(verb.as_deref(), Some("install" | "uninstall"));
        let signs = verb.as_deref() == Some("sign");
        let writes = verb.as_deref() == Some("seal");
        let looks = verb.as_deref() == Some("doctor");
        let lists = matches!(verb.as_deref(), Some("doctor" | "tokens" | "certificates"));
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            Arg::Long("version") | Arg::Short('V') => return Ok(Command::Version),
            Arg::Value(value) if verb.is_none() => {
                let value = value.string()?;
                if !VERBS.contains(&value.as_str()) {
                    return Err(format!("unknown command “{value}”").into());
                }
                verb = Some(value);
            }
            Arg::Long("module") if !installs => modules.push(parser.value()?.into()),
            Arg::Long("json") if lists => json = true,
            Arg::Long("browser") if installs => install
                .browsers
                .push(Browser::named(&parser.value()?.string()?)?),
            Arg::Long("user-data-dir") if installs || looks => {
                install.user_data_dirs.push(parser.value()?.into());
            }
            Arg::Long("extension-id") if installs => {
                install
                    .extension_ids
                    .push(install::extension_id(&parser.value()?.string()?)?);
            }
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
            Arg::Long("id") if signs => id = Some(parser.value()?.string()?.to_ascii_lowercase()),
            Arg::Long("format") if signs => {
                format = Some(tokens::Format::named(&parser.value()?.string()?)?);
            }
            Arg::Long("pin-stdin") if signs || writes || looks => pin_stdin = true,
            Arg::Long("in") if signs || writes => input = Some(PathBuf::from(parser.value()?)),
            Arg::Long("replace") if writes => {
                replaced = Some(seal::name(&parser.value()?.string()?)?);
            }
            Arg::Long("out") if signs => output = Some(PathBuf::from(parser.value()?)),
            other => return Err(other.unexpected()),
        }
    }
    let needed = |name: &str| lexopt::Error::from(format!("{name} is needed"));
    Ok(match verb.as_deref() {
        Some("install") => Command::Install(install),
        Some("uninstall") => Command::Uninstall(install),
        Some("doctor") => {
            let mends = doctor.mend.is_some();
            if install.dry_run && !mends {
                return Err("--dry-run goes with --repair or --undo".into());
            }
            if pin_stdin && doctor.test_signature.is_none() {
                return Err("--pin-stdin goes with --test-signature".into());
            }
            if mends && (doctor.report.is_some() || doctor.test_signature.is_some()) {
                return Err("--repair and --undo go alone".into());
            }
            Command::Doctor {
                modules,
                options: doctor::Options {
                    folders: install.user_data_dirs,
                    pin_stdin,
                    dry_run: install.dry_run,
                    json,
                    ..doctor
                },
            }
        }
        Some("tokens") => Command::Tokens { modules, json },
        Some("certificates") => Command::Certificates { modules, json },
        Some("sign") => Command::Sign {
            modules,
            options: tokens::SignOptions {
                token: token.ok_or_else(|| needed("--token"))?,
                id: id.ok_or_else(|| needed("--id"))?,
                format: format.ok_or_else(|| needed("--format"))?,
                pin_stdin,
                input: input.ok_or_else(|| needed("--in"))?,
                output: output.ok_or_else(|| needed("--out"))?,
            },
        },
        Some("seal") => Command::Seal {
            modules,
            options: seal::Options {
                token: token.ok_or_else(|| needed("--token"))?,
                replaced,
                pin_stdin,
                input: input.ok_or_else(|| needed("--in"))?,
            },
        },
        _ => return Err("a command is needed".into()),
    })
}

const VERBS: &[&str] = &[
    "certificates",
    "doctor",
    "install",
    "seal",
    "sign",
    "tokens",
    "uninstall",
];

const HELP: &str = "\
yinxin-host: the native-messaging host of Yinxin. Without a command it serves a browser.

  yinxin-host install|uninstall [--browser NAME]... [--user-data-dir DIR]...
                                [--extension-id ID]... [--config FILE] [--dry-run]
      Registers the host with browsers, or takes that back. NAME is chromium, chrome, edge, brave,
      vivaldi, opera or qaxbrowser, where that is known on this system (on Windows Brave and Vivaldi
      read what is registered with Chrome). Without --browser and --user-data-dir: with the first
      three, and the others that are there. --extension-id lets another extension call, and writes that
      to the configuration. --config names the configuration for this registration.
  yinxin-host doctor [--json] [--report FILE] [--test-signature LABEL [--pin-stdin]]
                     [--user-data-dir DIR]... [--module PATH]...
      Says what works, what does not, and why. --report writes it into a file for support, which holds
      no PIN, no content of certificates or seals and no names but the labels of keys: read it before
      you send it. --test-signature signs a login for trying out, and uses a try of the PIN for it;
      nothing else does.
  yinxin-host doctor --repair|--undo [--dry-run] [--json] [--user-data-dir DIR]...
      Registers the host anew with the browsers that could not start it, or takes the last repair back,
      and says what changes. --dry-run only says it.
  yinxin-host tokens [--json] [--module PATH]...
  yinxin-host certificates [--json] [--module PATH]...
      Lists keys with their seals, and the certificates in them.
  yinxin-host sign --token LABEL --id HEX --format raw|cms|cms-attached [--pin-stdin]
                   --in FILE --out FILE [--module PATH]...
      Signs a file. The PIN is asked for, or read from the first line of standard input.
  yinxin-host seal --token LABEL --in FILE [--replace SHA256] [--pin-stdin] [--module PATH]...
      Writes an electronic seal into a key. The seal that --replace names (tokens lists the SHA-256 of
      each) is taken out only after the new one was read back. If it is interrupted, run it again.
  yinxin-host --version | --help

--module adds a PKCS #11 library for this call only. YINXIN_HOST_CONFIG names the configuration.";

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn browsers_are_told_from_people() {
        let caller = |line: &str| match role_of(&arguments(line)) {
            Some(Role::Browser(caller)) => Some(caller),
            _ => None,
        };
        assert_eq!(caller(""), Some(None));
        assert_eq!(
            caller("chrome-extension://abc/ --parent-window=0"),
            Some(Some("abc".into()))
        );
        assert_eq!(caller("tokens --json"), None);
        #[cfg(unix)]
        assert_eq!(
            caller("/home/a/yinxin.host.json yinxin@example.org"),
            Some(Some("yinxin@example.org".into()))
        );
    }

    #[test]
    fn wrong_usage_is_refused() {
        for line in [
            "sing",
            "--json",
            "tokens --pin-stdin",
            "tokens extra",
            "sign --token a",
            "sign --token a --id 01 --format pdf --in a --out b",
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
            "seal --token a --in b --replace \
             AF5570F5A1810B7AF78CAF4BC70A660F0DF51E42BAF91D4DE5B2328DE0E83DFC",
        ] {
            assert!(parse(arguments(line)).is_ok(), "{line}");
        }
    }
}

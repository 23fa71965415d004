//! `doctor`: says what works, what does not, and why; repairs registrations, and takes that back;
//! makes a test signature on request.

use super::file::{self, Input, Output};
use super::modules::Modules;
use super::tokens::{clean, read_pin};
use super::words::{self, STDOUT_TWICE, Words, help, locale, said};
use super::wrap::wrapped;
use super::{Outcome, output, with_modules};
use crate::config::{self, Config};
use crate::doctor::registration::{self, Wrong};
use crate::doctor::{self, module, repair};
use crate::log::Log;
use crate::module::nobody;
use crate::registration::{Place, known_places};
use crate::service::Service;
use std::path::PathBuf;
use std::sync::Arc;
use yinxin_proto::Error;
use yinxin_proto::doctor::{Change, Check, CheckKind, CheckState, DoctorReport};
use yinxin_proto::token::PinState;

/// What `doctor` takes.
#[derive(clap::Args, Debug, Default)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    pub modules: Modules,
    #[arg(long = "user-data-dir", value_name = help::A_FOLDER.text(), help = help::USER_DATA_DIR.text())]
    pub folders: Vec<PathBuf>,
    #[arg(long, value_name = help::A_FILE.text(), help = help::REPORT.text())]
    pub report: Option<PathBuf>,
    #[arg(long, requires = "report", help = help::FORCE.text())]
    pub force: bool,
    #[arg(long, value_name = help::A_TOKEN.text(), help = help::TEST_SIGNATURE.text())]
    pub test_signature: Option<String>,
    #[arg(long, requires = "test_signature", value_name = help::A_NUMBER.text(), help = help::SERIAL.text())]
    pub serial: Option<String>,
    #[arg(long, requires = "test_signature", help = help::PIN_STDIN.text())]
    pub pin_stdin: bool,
    #[command(flatten)]
    pub mend: Mending,
    #[arg(long, help = help::JSON.text())]
    pub json: bool,
}

/// What to do beside looking.
#[derive(clap::Args, Debug, Default)]
pub struct Mending {
    #[arg(long, group = "mend", conflicts_with_all = ["report", "test_signature"], help = help::REPAIR.text())]
    repair: bool,
    #[arg(long, group = "mend", conflicts_with_all = ["report", "test_signature", "repair"], help = help::UNDO.text())]
    undo: bool,
    #[arg(long, requires = "mend", help = help::DRY_RUN.text())]
    dry_run: bool,
}

impl Options {
    /// What can't be read from each option alone.
    ///
    /// # Errors
    /// With what is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        let report = self.report.as_deref();
        if self.json && report.is_some_and(file::is_standard_output) {
            return Err(STDOUT_TWICE.text().into());
        }
        Ok(())
    }
}

/// Looks at everything and prints the report, or mends registrations and prints the changes.
///
/// # Errors
/// `file-failed` and the like for the report; why the configuration can't be used, where that keeps a
/// repair from being right.
pub fn run(options: &Options) -> Result<Outcome, Error> {
    let loaded = Config::load();
    let places = places(options);
    if options.mend.repair || options.mend.undo {
        return mended(&loaded?, &places?, options);
    }
    let report_to = options.report.as_deref().map(|path| {
        // Our own configuration is no place for it, even where another file may be replaced.
        let own = config::location().and_then(|(path, _)| Input::open_regular(&path).ok());
        let own: Vec<&Input> = own.iter().collect();
        Output::prepare(path, options.force, REPORT_MODE, &own)
    });
    let report_to = report_to.transpose()?;
    let config = loaded
        .as_ref()
        .map_or_else(|_| Config::default(), Clone::clone);
    let log = Arc::new(Log::new(config.log));
    // The libraries that the host has, whichever browser starts it.
    let mut everywhere = config.clone();
    for named in registration::configurations(places.as_deref().unwrap_or_default()) {
        let named = named.loaded.into_iter();
        named.for_each(|named| everywhere.modules.extend(named.modules));
    }
    let all = with_modules(&everywhere, options.modules.paths.clone());
    let service = Service::new(all, &config, &log, &nobody());
    let mut report = doctor::examine(&loaded, &service, &places);
    if let Some(label) = &options.test_signature {
        let serial = options.serial.as_deref();
        let check = module::test_signature(&service, label, serial, |token| {
            let warning = match token.pin.state {
                PinState::Final => words::TEST_LAST_TRY,
                _ => words::TEST_USES_TRY,
            };
            output::warn(&warning.fill(&[("token", &clean(label))]));
            read_pin(token, options.pin_stdin)
        });
        doctor::add(&mut report, check);
    }
    if let Some(target) = &report_to {
        target.write(&[in_words(&report).as_bytes(), b"\n"])?;
    }
    if options.json {
        output::json(&report)?;
    } else if !options
        .report
        .as_deref()
        .is_some_and(file::is_standard_output)
    {
        output::lines(&in_words(&report))?;
    }
    Ok(if report.healthy {
        Outcome::Done
    } else {
        Outcome::Found
    })
}

/// Where browsers look: those with a name, and the folders that are named. Where these are, they do
/// without the user's folder.
fn places(options: &Options) -> Result<Vec<Place>, Error> {
    let folders = options
        .folders
        .iter()
        .map(|folder| Place::of_folder(folder));
    match known_places() {
        Err(unknown) if options.folders.is_empty() => Err(unknown),
        known => Ok(known
            .unwrap_or_default()
            .into_iter()
            .chain(folders)
            .collect()),
    }
}

/// Mends what does not work, or takes repairs back. The changes are told before they are made, and what
/// is left after that.
fn mended(config: &Config, places: &[Place], options: &Options) -> Result<Outcome, Error> {
    let Mending {
        repair: repairs,
        dry_run: only_told,
        ..
    } = options.mend;
    let (mut all, mut left, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for place in places {
        let step = |dry_run| {
            if repairs {
                repair::register(place, config, dry_run)
            } else {
                repair::undo(place, dry_run)
            }
        };
        if repairs {
            match registration::wrong(place, config).filter(|_| place.is_told()) {
                None => continue,
                Some(wrong) if !wrong.can_be_repaired => {
                    left.push(wrong);
                    continue;
                }
                Some(_) => {}
            }
        }
        let planned = step(true).and_then(|changes| {
            if !options.json {
                for change in &changes {
                    output::lines(&described(change))?;
                }
            }
            Ok(changes)
        });
        let made = match planned {
            Ok(changes) if only_told || changes.is_empty() => Ok(changes),
            Ok(_) => step(false),
            Err(error) => Err(error),
        };
        match made {
            Ok(changes) => {
                if repairs && (!only_told || changes.is_empty()) {
                    left.extend(registration::wrong(place, config));
                }
                all.extend(changes);
            }
            // The other browsers have theirs all the same.
            Err(error) => failures.push(error),
        }
    }
    if repairs {
        let confined = registration::confined(places).into_iter();
        left.extend(confined.filter_map(|check| {
            Some(Wrong {
                matters: check.state == CheckState::Failed,
                problem: check.problem?,
                can_be_repaired: false,
            })
        }));
        let named = registration::configurations(places).into_iter();
        left.extend(named.filter_map(|named| {
            Some(Wrong {
                problem: named.loaded.err()?,
                matters: true,
                can_be_repaired: false,
            })
        }));
    }
    let is_broken = |wrong: &Wrong| {
        matches!(
            wrong.problem,
            Error::RegistrationBroken { .. }
                | Error::RegistrationMissing { .. }
                | Error::HostProgramMissing { .. }
                | Error::HostProgramBlocked { .. }
        )
    };
    if options.json {
        output::json(&all)?;
    } else if all.is_empty() && failures.is_empty() && !left.iter().any(is_broken) {
        output::lines(words::NOTHING_TO_CHANGE.text())?;
    }
    for wrong in &left {
        output::failure(&wrong.problem);
    }
    let mut failures = failures.into_iter();
    let first = failures.next();
    for failure in failures {
        output::failure(&failure);
    }
    match first {
        Some(failure) => Err(failure),
        None if left.iter().any(|wrong| wrong.matters) => Ok(Outcome::Found),
        None => Ok(Outcome::Done),
    }
}

/// A change: what is taken away, then what comes instead.
fn described(change: &Change) -> String {
    let verb = match (&change.before, &change.after) {
        (None, _) => words::WRITE,
        (_, None) => words::REMOVE,
        _ => words::CHANGE,
    };
    let mut lines = vec![verb.fill(&[("path", &change.path)])];
    for (mark, text) in [('-', &change.before), ('+', &change.after)] {
        let text = text.as_deref().unwrap_or_default();
        lines.extend(text.lines().map(|line| format!("  {mark} {}", clean(line))));
    }
    lines.join("\n")
}

/// The report for people: a line for each check, then what is wrong with it and what to do.
fn in_words(report: &DoctorReport) -> String {
    let mut lines = vec![words::REPORT_HEAD.fill(&[
        ("version", &report.version),
        ("protocol", &report.protocol),
        ("platform", &report.platform),
        ("ms", &report.ms),
        ("program", &report.program),
    ])];
    lines.extend(report.checks.iter().map(line));
    let verdict = if report.healthy {
        words::REPORT_HEALTHY
    } else {
        words::REPORT_NOT_HEALTHY
    };
    lines.push(verdict.text().to_owned());
    lines.join("\n")
}

fn line(check: &Check) -> String {
    let mark = match check.state {
        CheckState::Ok => '✓',
        CheckState::Warning => '!',
        CheckState::Failed => '✗',
        CheckState::Skipped => '·',
    };
    let evidence: Vec<String> = check
        .evidence
        .iter()
        .map(|evidence| format!("{} {}", evidence.name.text(locale()), said(&evidence.value)))
        .collect();
    let seen = words::REPORT_CHECK.fill(&[
        ("mark", &mark),
        ("kind", &kind(check.kind).text()),
        ("subject", &check.subject),
        ("ms", &check.ms),
        ("evidence", &evidence.join(words::LIST_SEPARATOR.text())),
    ]);
    let mut lines = vec![wrapped(&seen, INDENT)];
    if let Some(problem) = &check.problem {
        lines.push(wrapped(
            &format!("{INDENT}{}", output::one_line(problem)),
            INDENT,
        ));
    }
    if check.repair.is_some() {
        lines.push(format!("{INDENT}{}", words::REPORT_REPAIR.text()));
    }
    lines.join("\n")
}

fn kind(kind: CheckKind) -> Words {
    match kind {
        CheckKind::Browser => words::KIND_BROWSER,
        CheckKind::Extension => words::KIND_EXTENSION,
        CheckKind::Site => words::KIND_SITE,
        CheckKind::Bridge => words::KIND_BRIDGE,
        CheckKind::Host => words::KIND_HOST,
        CheckKind::Configuration => words::KIND_CONFIGURATION,
        CheckKind::Registration => words::KIND_REGISTRATION,
        CheckKind::ReaderService => words::KIND_READER_SERVICE,
        CheckKind::UsbDevice => words::KIND_USB_DEVICE,
        CheckKind::Module => words::KIND_MODULE,
        CheckKind::Key => words::KIND_KEY,
        CheckKind::Certificates => words::KIND_CERTIFICATES,
        CheckKind::Chain => words::KIND_CHAIN,
        CheckKind::Seals => words::KIND_SEALS,
        CheckKind::TestSignature => words::KIND_TEST_SIGNATURE,
    }
}

/// What stands before all lines of a check but its first.
const INDENT: &str = "    ";
/// A report names the user's keys: who else sees it is the user's choice.
const REPORT_MODE: u32 = 0o600;

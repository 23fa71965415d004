//! `doctor`: says what works, what does not, and why; repairs registrations, and takes that back;
//! makes a test signature on request.

use super::tokens::{clean, read_pin};
use super::{output, with_modules};
use crate::config::Config;
use crate::doctor::{self, module, repair};
use crate::files;
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
#[derive(Default)]
pub struct Options {
    /// Further folders of profiles.
    pub folders: Vec<PathBuf>,
    /// Label of the key to sign with.
    pub test_signature: Option<String>,
    /// The PIN comes on standard input.
    pub pin_stdin: bool,
    /// File for support.
    pub report: Option<PathBuf>,
    /// What to do beside looking.
    pub mend: Option<Mend>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// As JSON.
    pub json: bool,
}

/// What to do with registrations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mend {
    /// Repairs those that do not work.
    Repair,
    /// Takes repairs back.
    Undo,
}

/// Looks at everything and prints the report, or mends registrations and prints the changes.
///
/// # Errors
/// `file-failed`, or `configuration-invalid` where that keeps a repair from being right.
pub fn run(modules: Vec<PathBuf>, options: &Options) -> Result<(), Error> {
    let loaded = Config::load();
    let places: Vec<Place> = known_places()
        .into_iter()
        .chain(
            options
                .folders
                .iter()
                .map(|folder| Place::of_folder(folder)),
        )
        .collect();
    if let Some(mend) = options.mend {
        return mended(mend, &loaded?, &places, options);
    }
    let config = loaded
        .as_ref()
        .map_or_else(|_| Config::default(), Clone::clone);
    let log = Arc::new(Log::new(config.log));
    let service = Service::new(with_modules(&config, modules), &config, &log, &nobody());
    let mut report = doctor::examine(&loaded, &service, &places);
    if let Some(label) = &options.test_signature {
        let check = module::test_signature(&service, label, |token| {
            let last = if token.pin.state == PinState::Final {
                " It is the last one: a wrong PIN locks the key."
            } else {
                ""
            };
            output::warn(&format!(
                "The test signature uses a try of the PIN of {}.{last}",
                clean(label)
            ));
            read_pin(options.pin_stdin)
        });
        doctor::add(&mut report, check);
    }
    if let Some(path) = &options.report {
        files::write_whole(path, format!("{}\n", in_words(&report)).as_bytes())?;
    }
    if options.json {
        output::json(&report);
    } else {
        output::lines(&in_words(&report));
    }
    Ok(())
}

/// Mends what does not work, or takes repairs back. The changes are told before they are made.
fn mended(mend: Mend, config: &Config, places: &[Place], options: &Options) -> Result<(), Error> {
    let (mut all, mut failures) = (Vec::new(), Vec::new());
    for place in places {
        let step = |dry_run| match mend {
            Mend::Repair => repair::register(place, config, dry_run),
            Mend::Undo => repair::undo(place, dry_run),
        };
        if mend == Mend::Repair && !doctor::registration::needs_repair(place, config) {
            continue;
        }
        let made = step(true).and_then(|changes| {
            if !options.json {
                for change in &changes {
                    output::lines(&described(change));
                }
            }
            if options.dry_run {
                Ok(changes)
            } else {
                step(false)
            }
        });
        match made {
            Ok(changes) => all.extend(changes),
            // The other browsers have theirs all the same.
            Err(error) => failures.push(error),
        }
    }
    if options.json {
        output::json(&all);
    } else if all.is_empty() && failures.is_empty() {
        output::lines("nothing to change");
    }
    let mut failures = failures.into_iter();
    let first = failures.next();
    for failure in failures {
        output::failure(&failure);
    }
    first.map_or(Ok(()), Err)
}

/// A change: what is taken away, then what comes instead.
fn described(change: &Change) -> String {
    let verb = match (&change.before, &change.after) {
        (None, _) => "write",
        (_, None) => "remove",
        _ => "change",
    };
    let mut lines = vec![format!("{verb} {}", change.path)];
    for (mark, text) in [('-', &change.before), ('+', &change.after)] {
        let text = text.as_deref().unwrap_or_default();
        lines.extend(text.lines().map(|line| format!("  {mark} {}", clean(line))));
    }
    lines.join("\n")
}

/// The report for people: a line for each check, then what is wrong with it and what to do.
fn in_words(report: &DoctorReport) -> String {
    let mut lines = vec![format!(
        "yinxin-host {}, protocol {}, {}, {} ms\n{}",
        report.version, report.protocol, report.platform, report.ms, report.program
    )];
    lines.extend(report.checks.iter().map(line));
    lines.push(
        if report.healthy {
            "Nothing keeps it from working."
        } else {
            "✗ marks what does not work."
        }
        .into(),
    );
    lines.join("\n")
}

fn line(check: &Check) -> String {
    let mark = match check.state {
        CheckState::Ok => '✓',
        CheckState::Warning => '!',
        CheckState::Failed => '✗',
        CheckState::Skipped => '·',
    };
    let kind = match check.kind {
        CheckKind::Browser => "browser",
        CheckKind::Extension => "extension",
        CheckKind::Site => "site",
        CheckKind::Host => "host",
        CheckKind::Configuration => "configuration",
        CheckKind::Registration => "registration with",
        CheckKind::ReaderService => "reader service",
        CheckKind::UsbDevice => "USB device",
        CheckKind::Module => "module",
        CheckKind::Key => "key",
        CheckKind::Certificates => "certificates of",
        CheckKind::Chain => "issuers of",
        CheckKind::Seals => "seals of",
        CheckKind::TestSignature => "test signature with",
    };
    let evidence: Vec<String> = check
        .evidence
        .iter()
        .map(|evidence| format!("{} {}", evidence.name, evidence.value))
        .collect();
    let mut line = format!(
        "{mark} {kind} {}, {} ms: {}",
        check.subject,
        check.ms,
        evidence.join(", ")
    );
    if let Some(problem) = &check.problem {
        line.push_str(&format!("\n    {}", output::one_line(problem)));
    }
    if check.repair.is_some() {
        line.push_str("\n    yinxin-host doctor --repair mends it.");
    }
    line
}

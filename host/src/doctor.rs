//! Looks at everything between the browser and the signature, in order, and reports what is there:
//! for the command line, and for the workspace by the browser's command. What it finds goes to
//! support: no PIN, no content, no names of people; the user's own folder is written `~`.
//!
//! | module | what it looks at |
//! |---|---|
//! | [`registration`] | what each browser would start |
//! | [`greeting`] | what a program that is registered says when it is started |
//! | [`policy`] | what an administrator forbids in a browser |
//! | [`reader`] | the service for smart-card readers |
//! | [`clients`] | other programs whose calls of pages are answered here too |
//! | [`usb`] | what is plugged in, against the table of known keys |
//! | [`package`] | the installed package that a driver is of |
//! | [`module`] | drivers, the keys that they read, certificates and seals in those, a test signature |
//! | [`repair`] | registers this host again, and takes that back |

mod clients;
mod greeting;
pub mod module;
mod package;
mod policy;
mod reader;
pub mod registration;
pub mod repair;
mod usb;

use crate::config::{self, Config};
use crate::programs;
use crate::registration::Place;
use crate::service::{Found, Service};
use std::fmt::Display;
use std::thread;
use std::time::{Duration, Instant};
use yinxin_proto::doctor::{Check, CheckKind, CheckState, DoctorReport, Evidence, EvidenceName};
use yinxin_proto::limits::MAX_FRAME_FROM_HOST_BYTES;
use yinxin_proto::{Error, PROTOCOL_VERSION};

/// Looks at everything, all at once: none waits for a slow one. Uses no try of a PIN. `places` are
/// where browsers look, or why that is not known.
#[must_use]
pub fn examine(
    loaded: &Result<Config, Error>,
    service: &Service,
    places: &Result<Vec<Place>, Error>,
) -> DoctorReport {
    let began = Instant::now();
    let otherwise = Config::default();
    let config = loaded.as_ref().unwrap_or(&otherwise);
    let known = places.as_deref().unwrap_or_default();
    let mut checks = vec![configuration(loaded)];
    checks.extend(for_all_users());
    checks.extend(registration::configurations(known).iter().map(named));
    if let Err(unknown) = places {
        let mut draft = Draft::new(CheckKind::Registration, "-");
        draft.fail(unknown.clone());
        checks.push(draft.done());
    }
    checks.extend(registration::confined(known));
    thread::scope(|scope| {
        let registrations: Vec<_> = known
            .iter()
            .filter(|place| place.is_told())
            .map(|place| scope.spawn(move || registration::look(place, config)))
            .collect();
        let reader = scope.spawn(reader::look);
        let clients = scope.spawn(clients::look);
        let devices = scope.spawn(usb::devices);
        let packages = scope.spawn(|| {
            let lists = config::system_path(package::LISTS);
            package::of(&service.libraries(), &lists, PACKAGE_PATIENCE)
        });
        let looks = service.look(module::LOAD_PATIENCE, module::LIST_PATIENCE);

        let registrations: Vec<_> = registrations
            .into_iter()
            .filter_map(|look| look.join().ok())
            .collect();
        checks.extend(registration::several(&registrations));
        checks.extend(registrations.into_iter().map(|looked| looked.check));
        let keys = service.keys(&looks);
        let drivers = looks
            .iter()
            .map(|look| usb::Driver {
                module: &look.module.config.name,
                path: &look.module.config.path,
                tokens: match &look.found {
                    Found::Tokens(_) => {
                        let name = &look.module.config.name;
                        let tokens = keys.iter().map(|key| &key.token);
                        tokens
                            .filter(|token| !token.demo && token.module == *name)
                            .count()
                    }
                    Found::Failed(_) | Found::Silent(_) => 0,
                },
                failed: !matches!(look.found, Found::Tokens(_)),
            })
            .collect();
        let (devices, readers) = usb::checks(&devices.join().unwrap_or_default(), drivers);
        let reader = reader.join().unwrap_or(reader::Service::Unknown);
        let wanted = looks
            .iter()
            .any(|look| reader::needs_readers(&look.module.config.path));
        checks.push(reader::check(&reader, readers, wanted));
        checks.extend(devices);
        checks.extend(clients.join().unwrap_or_default());
        let packages = packages.join().unwrap_or_default();
        checks.extend(module::checks(&looks, &keys, config, &packages));
    });
    // The order of the kinds; within one as they were found.
    checks.sort_by_key(|check| check.kind);
    let mut report = DoctorReport {
        version: env!("CARGO_PKG_VERSION").into(),
        protocol: PROTOCOL_VERSION,
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        program: programs::host()
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
        ms: milliseconds(began.elapsed()),
        checks,
        healthy: true,
    };
    judge(&mut report);
    without_home(report)
}

/// Adds a check that was made on request.
pub fn add(report: &mut DoctorReport, check: Check) {
    report.ms = report.ms.saturating_add(check.ms);
    report.checks.push(check);
    judge(report);
}

/// The report without the last checks that would not fit into a frame: garbage in tokens must not
/// hide what is wrong with the rest.
#[must_use]
pub fn fitting(mut report: DoctorReport) -> DoctorReport {
    let mut room = MAX_FRAME_FROM_HOST_BYTES as usize - FRAME_MARGIN;
    let fits = |check: &&Check| {
        let size = serde_json::to_vec(check).map_or(usize::MAX, |bytes| bytes.len() + 1);
        room = room.saturating_sub(size);
        room > 0
    };
    let count = report.checks.iter().take_while(fits).count();
    report.checks.truncate(count);
    report
}

fn judge(report: &mut DoctorReport) {
    report.healthy = report
        .checks
        .iter()
        .all(|check| check.state != CheckState::Failed);
}

fn configuration(loaded: &Result<Config, Error>) -> Check {
    let path = config::location().map(|(path, _)| path);
    let mut draft = Draft::new(CheckKind::Configuration, "host.toml");
    if let Some(path) = path {
        draft.tell(EvidenceName::Path, path.display());
        draft.tell(EvidenceName::Exists, yes_or_no(path.exists()));
    }
    judge_configuration(draft, loaded)
}

/// The check of an administrator's configuration, where there is one that counts.
fn for_all_users() -> Option<Check> {
    if config::location().is_some_and(|(_, named)| named) {
        return None;
    }
    let path = config::for_all_users().filter(|path| path.exists())?;
    let draft = Draft::new(CheckKind::Configuration, &path.display().to_string());
    Some(judge_configuration(draft, &Config::read(&path)))
}

/// The check of a configuration that a registration names.
fn named(configuration: &registration::Configuration) -> Check {
    let path = configuration.path.display().to_string();
    let mut draft = Draft::new(CheckKind::Configuration, &path);
    draft.tell(
        EvidenceName::RegisteredFor,
        configuration.browsers.join(", "),
    );
    judge_configuration(draft, &configuration.loaded)
}

fn judge_configuration(mut draft: Draft, loaded: &Result<Config, Error>) -> Check {
    match loaded {
        Ok(config) => {
            draft.tell(EvidenceName::Modules, config.modules.len());
            draft.tell(EvidenceName::KnownVendors, yes_or_no(config.vendors));
            if config.development {
                draft.tell(EvidenceName::Development, "yes");
            }
        }
        Err(error) => draft.fail(error.clone()),
    }
    draft.done()
}

/// A check in the making.
pub struct Draft {
    check: Check,
    began: Instant,
}

impl Draft {
    /// A check that is well unless something else is said.
    fn new(kind: CheckKind, subject: &str) -> Self {
        Self {
            check: Check {
                kind,
                subject: shown(subject),
                state: CheckState::Ok,
                ms: 0,
                evidence: Vec::new(),
                problem: None,
                repair: None,
            },
            began: Instant::now(),
        }
    }

    /// Adds what was seen.
    fn tell(&mut self, name: EvidenceName, value: impl Display) {
        self.check.evidence.push(Evidence {
            name,
            value: shown(&value.to_string()),
        });
    }

    fn state(&mut self, state: CheckState) {
        self.check.state = state;
    }

    fn warn(&mut self, problem: Error) {
        self.check.state = CheckState::Warning;
        self.check.problem = Some(problem);
    }

    fn fail(&mut self, problem: Error) {
        self.check.state = CheckState::Failed;
        self.check.problem = Some(problem);
    }

    /// The check, with the time that it took since it was begun.
    fn done(self) -> Check {
        let time = self.began.elapsed();
        self.done_in(time)
    }

    /// The check, with the time that it took.
    fn done_in(mut self, time: Duration) -> Check {
        self.check.ms = milliseconds(time);
        self.check
    }
}

fn yes_or_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// Words of devices, modules and files: without what could act on a terminal, and of bounded length.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_SHOWN_CHARS)
        .collect()
}

/// Writes the user's folder, which mostly holds their name, as `~`, wherever it stands.
fn without_home(report: DoctorReport) -> DoctorReport {
    let Some(home) = std::env::home_dir().filter(|home| home.components().count() > 1) else {
        return report;
    };
    let Some(home) = home.to_str().map(|home| home.trim_end_matches(['/', '\\'])) else {
        return report;
    };
    without(home, report)
}

fn without(home: &str, mut report: DoctorReport) -> DoctorReport {
    let shorten = |text: &mut String| {
        for separator in ['/', '\\'] {
            *text = text.replace(&format!("{home}{separator}"), &format!("~{separator}"));
        }
    };
    shorten(&mut report.program);
    for check in &mut report.checks {
        shorten(&mut check.subject);
        for evidence in &mut check.evidence {
            shorten(&mut evidence.value);
        }
        if let Some(problem) = &mut check.problem {
            *problem = problem.with_texts(|_, text| shorten(text));
        }
    }
    report
}

/// Time for finding the packages of drivers, beside everything else.
const PACKAGE_PATIENCE: Duration = Duration::from_millis(100);
/// Characters of a piece of evidence.
const MAX_SHOWN_CHARS: usize = 300;
/// Bytes of a frame around the checks of a report; the longest of it is the program's path.
const FRAME_MARGIN: usize = 32 * 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_report_tells_is_bounded_and_whole_reports_fit_into_a_frame() {
        let mut draft = Draft::new(CheckKind::Key, "a\u{1b}[2Jb");
        draft.tell(EvidenceName::Model, "\u{5370}".repeat(5_000));
        let check = draft.done();
        assert_eq!(check.subject, "a[2Jb");
        assert_eq!(check.evidence[0].value.chars().count(), MAX_SHOWN_CHARS);
        let mut report = DoctorReport {
            version: String::new(),
            protocol: PROTOCOL_VERSION,
            platform: String::new(),
            program: String::new(),
            ms: 0,
            checks: vec![check.clone()],
            healthy: true,
        };
        assert_eq!(fitting(report.clone()), report);
        report.checks = vec![check; 5_000];
        let fitted = fitting(report);
        let size = serde_json::to_vec(&fitted).unwrap().len();
        assert!(
            size < MAX_FRAME_FROM_HOST_BYTES as usize && fitted.checks.len() > 500,
            "{size}"
        );
    }

    #[test]
    fn the_users_folder_is_not_told_wherever_it_stands() {
        let mut draft = Draft::new(CheckKind::Module, "/home/zhang/x.so");
        draft.tell(EvidenceName::Model, "in /home/zhang/y: no");
        draft.warn(Error::FileFailed {
            path: "/home/zhang/z".into(),
            reason: "/home/zhangsan/z".into(),
        });
        let report = DoctorReport {
            version: String::new(),
            protocol: PROTOCOL_VERSION,
            platform: String::new(),
            program: "/home/zhang/bin".into(),
            ms: 0,
            checks: vec![draft.done()],
            healthy: true,
        };
        let report = without("/home/zhang", report);
        let [check] = &report.checks[..] else {
            panic!()
        };
        assert_eq!(report.program, "~/bin");
        assert_eq!(check.subject, "~/x.so");
        assert_eq!(check.evidence[0].value, "in ~/y: no");
        assert_eq!(
            check.problem,
            Some(Error::FileFailed {
                path: "~/z".into(),
                reason: "/home/zhangsan/z".into(),
            })
        );
    }
}

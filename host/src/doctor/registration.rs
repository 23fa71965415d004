//! Looks at a registration as the browser would use it: its version, its administrator's policies,
//! the manifest that it takes, and a real start of the program that this names.

use super::greeting::{Silent, greeting};
use super::policy::{self, Policies};
use super::{Draft, repair};
use crate::config::{self, Config};
use crate::files;
use crate::frame::without_values;
use crate::registration::{Family, Manifest, Place, Registered, configuration_of, launcher_beside};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use yinxin_proto::doctor::{Check, CheckKind, CheckState, EvidenceName, Repair};
use yinxin_proto::site::{HOST_NAME, OLDEST_ENGINE};
use yinxin_proto::{Error, PROTOCOL_VERSION};

/// A registration that was looked at.
pub struct Looked {
    /// What was found.
    pub check: Check,
    /// The programs that are registered, except launchers, which hide theirs.
    pub programs: Vec<PathBuf>,
}

/// A configuration that registrations name.
pub struct Configuration {
    /// Where it lies.
    pub path: PathBuf,
    /// The browsers whose registrations name it.
    pub browsers: Vec<String>,
    /// What is in it, or why it can't be used.
    pub loaded: Result<Config, Error>,
}

/// The configurations that the registrations of places name, each once, but for the one that this
/// process has: what the host runs with when a browser starts it.
#[must_use]
pub fn configurations(places: &[Place]) -> Vec<Configuration> {
    let identity = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let own = config::location().map(|(path, _)| identity(&path));
    let mut all: Vec<Configuration> = Vec::new();
    for place in places {
        let Some(path) = taken(place, &Policies::of(place)).and_then(|taken| {
            let program = manifest(&taken.manifest).ok()?.path;
            configuration_of(&program)
        }) else {
            continue;
        };
        if own.as_ref() == Some(&identity(&path)) {
            continue;
        }
        let browser = place.browser.clone();
        match all.iter_mut().find(|known| known.path == path) {
            Some(known) => known.browsers.push(browser),
            None => all.push(Configuration {
                loaded: Config::read(&path),
                browsers: vec![browser],
                path,
            }),
        }
    }
    all
}

/// The registration that the browser of a place takes.
fn taken(place: &Place, policies: &Policies) -> Option<Registered> {
    found(place, policies).ok()?.into_iter().next()
}

/// The registrations that count for the browser of a place; it takes the first.
fn found(place: &Place, policies: &Policies) -> io::Result<Vec<Registered>> {
    let mut found = place.registered()?;
    if !policies.allow_users_hosts() {
        found.retain(|one| one.system_wide);
    }
    Ok(found)
}

/// Looks at a place. `config` is the configuration where the registration names none of its own.
#[must_use]
pub fn look(place: &Place, config: &Config) -> Looked {
    let mut draft = Draft::new(CheckKind::Registration, &place.browser);
    draft.tell(EvidenceName::Installed, super::yes_or_no(place.present));
    let policies = Policies::of(place);
    let mut programs = Vec::new();
    let found =
        registration(place, config, &policies, &mut draft, &mut programs).map_err(|error| {
            if policies.allow_users_hosts() {
                return error;
            }
            // What mends it elsewhere does not count here.
            match error {
                Error::RegistrationBroken { reason: why, .. }
                | Error::HostProgramBlocked { reason: why, .. }
                | Error::HostProgramMissing { path: why, .. } => {
                    draft.tell(EvidenceName::DoesNotStart, why);
                }
                _ => {}
            }
            blocked(place, &policies, policy::USER_LEVEL_HOSTS, &mut draft)
        });
    let result = barred(place, config, &policies, &mut draft).and(found);
    match (result, place.present) {
        (Ok(()), _) => {}
        // A browser that is not there needs no registration; one that is left over does no harm.
        (Err(Error::RegistrationMissing { .. } | Error::BlockedByPolicy { .. }), false) => {
            draft.state(CheckState::Skipped);
        }
        (Err(error), false) => draft.warn(error),
        (Err(error), true) => draft.fail(error),
    }
    let mut check = draft.done();
    // Only where it would mend something: a link, say, is not written over.
    if can_be_repaired(&check, place)
        && repair::register(place, config, true).is_ok_and(|changes| !changes.is_empty())
    {
        check.repair = Some(Repair::Register {
            browser: place.browser.clone(),
        });
    }
    Looked { check, programs }
}

/// What is wrong with the registration at a place, if anything is.
pub struct Wrong {
    /// What it is.
    pub problem: Error,
    /// The browser is there and could not start the host.
    pub matters: bool,
    /// Another registration of the user's would mend it: those of all users are never written.
    pub can_be_repaired: bool,
}

/// Looks for what is wrong at a place.
#[must_use]
pub fn wrong(place: &Place, config: &Config) -> Option<Wrong> {
    let check = look(place, config).check;
    Some(Wrong {
        matters: check.state == CheckState::Failed,
        can_be_repaired: can_be_repaired(&check, place),
        problem: check.problem?,
    })
}

fn can_be_repaired(check: &Check, place: &Place) -> bool {
    match check.problem {
        Some(Error::RegistrationMissing { .. }) => check.state == CheckState::Failed,
        // One of ours that was left over is mended as well.
        Some(
            Error::RegistrationBroken { .. }
            | Error::HostProgramMissing { .. }
            | Error::HostProgramBlocked { .. },
        ) => check.state == CheckState::Failed || place.manifest.exists(),
        _ => false,
    }
}

/// What no registration mends: a browser that is too old, or that an administrator keeps from us.
fn barred(
    place: &Place,
    config: &Config,
    policies: &Policies,
    draft: &mut Draft,
) -> Result<(), Error> {
    for path in &policies.unreadable {
        draft.tell(EvidenceName::PoliciesUnreadable, path);
    }
    // The profiles of one that is no longer there tell of no other.
    if let Some((version, engine)) = place.version().filter(|_| place.present) {
        draft.tell(EvidenceName::BrowserVersion, &version);
        if engine < OLDEST_ENGINE {
            return Err(Error::BrowserTooOld {
                version,
                needed: OLDEST_ENGINE,
            });
        }
    }
    match policies.against(&config.extension_ids) {
        Some(policy) => Err(blocked(place, policies, policy, draft)),
        None => Ok(()),
    }
}

fn blocked(place: &Place, policies: &Policies, policy: &str, draft: &mut Draft) -> Error {
    draft.tell(EvidenceName::Policy, policy);
    draft.tell(EvidenceName::PolicyFrom, policies.source(policy));
    Error::BlockedByPolicy {
        browser: place.browser.clone(),
        policy: policy.to_owned(),
    }
}

/// The browsers in sandboxes, from which they can't start the host. It matters less beside one that
/// is not.
#[must_use]
pub fn confined(places: &[Place]) -> Vec<Check> {
    let another = places.iter().any(|place| place.present);
    let all = places.iter().flat_map(|place| {
        let of_place = place.confined.iter();
        of_place.map(move |confined| (&place.browser, confined))
    });
    all.map(|(browser, confined)| {
        let sandbox = confined.sandbox.name();
        let subject = format!("{browser} ({sandbox})");
        let mut draft = Draft::new(CheckKind::Registration, &subject);
        draft.tell(EvidenceName::Package, confined.package);
        draft.tell(EvidenceName::Path, confined.path.display());
        let problem = Error::BrowserConfined {
            browser: browser.clone(),
            sandbox: sandbox.to_owned(),
        };
        if another {
            draft.warn(problem);
        } else {
            draft.fail(problem);
        }
        draft.done()
    })
    .collect()
}

/// More than one program among registrations.
#[must_use]
pub fn several(looked: &[Looked]) -> Option<Check> {
    let mut programs: Vec<String> = looked
        .iter()
        .flat_map(|looked| &looked.programs)
        .map(|program| program.display().to_string())
        .collect();
    programs.sort();
    programs.dedup();
    if programs.len() < 2 {
        return None;
    }
    let mut draft = Draft::new(CheckKind::Registration, HOST_NAME);
    draft.warn(Error::SeveralHosts {
        programs: programs.join(", "),
    });
    Some(draft.done())
}

fn registration(
    place: &Place,
    config: &Config,
    policies: &Policies,
    draft: &mut Draft,
    programs: &mut Vec<PathBuf>,
) -> Result<(), Error> {
    let broken_at = |path: &Path, reason: String| Error::RegistrationBroken {
        browser: place.browser.clone(),
        path: path.display().to_string(),
        reason,
    };
    let found =
        found(place, policies).map_err(|error| broken_at(&place.manifest, error.to_string()))?;
    let Some((taken, others)) = found.split_first() else {
        return Err(Error::RegistrationMissing {
            browser: place.browser.clone(),
            path: place.manifest.display().to_string(),
        });
    };
    draft.tell(EvidenceName::Manifest, taken.manifest.display());
    draft.tell(
        EvidenceName::RegisteredFor,
        if taken.system_wide {
            "all users; an administrator can change it"
        } else {
            "this user"
        },
    );
    for other in others {
        draft.tell(EvidenceName::ManifestNotTaken, other.manifest.display());
    }
    programs.extend(others.iter().filter_map(program_of));
    let broken = |reason: String| broken_at(&taken.manifest, reason);
    let manifest = manifest(&taken.manifest).map_err(broken)?;
    draft.tell(EvidenceName::Program, manifest.path.display());
    let named = configuration_of(&manifest.path);
    if let Some(path) = &named {
        draft.tell(EvidenceName::Configuration, path.display());
    }
    let named = named.and_then(|path| Config::read(&path).ok());
    let config = named.as_ref().unwrap_or(config);
    if manifest.name != HOST_NAME {
        return Err(broken(format!("the manifest is of {}", manifest.name)));
    }
    if manifest.kind != "stdio" {
        return Err(broken(format!("type {}", manifest.kind)));
    }
    let family = place.family();
    let named = manifest.extensions(family);
    if let Some(lacking) = family
        .extensions(&config.extension_ids)
        .into_iter()
        .find(|extension| !named.contains(extension))
    {
        return Err(broken(format!("{} lacks {lacking}", family.member())));
    }
    if family == Family::Firefox && !manifest.allowed_origins.is_empty() {
        return Err(broken(format!(
            "{} in a manifest for Firefox",
            Family::Chromium.member()
        )));
    }
    if !manifest.path.is_absolute() && !cfg!(windows) {
        return Err(broken("the program's path is not absolute".into()));
    }
    let greeting = greeting(&manifest.path).map_err(|silent| {
        let (browser, path) = (place.browser.clone(), manifest.path.display().to_string());
        match silent {
            Silent::Missing => Error::HostProgramMissing { browser, path },
            Silent::Blocked(reason) => Error::HostProgramBlocked {
                browser,
                path,
                reason,
            },
            Silent::NoHost(reason) => broken(format!("{path}: {reason}")),
        }
    })?;
    draft.tell(EvidenceName::Version, &greeting.version);
    draft.tell(EvidenceName::Protocol, greeting.protocol);
    let after = super::milliseconds(greeting.after);
    draft.tell(EvidenceName::GreetsAfter, format!("{after} ms"));
    if greeting.protocol != PROTOCOL_VERSION {
        return Err(broken(format!(
            "{}: it speaks protocol {}, not {PROTOCOL_VERSION}",
            manifest.path.display(),
            greeting.protocol
        )));
    }
    programs.extend(program_of(taken));
    Ok(())
}

/// Reads a manifest.
///
/// # Errors
/// Why it is none.
fn manifest(path: &Path) -> Result<Manifest, String> {
    // Opening a pipe would wait for somebody to write into it.
    let told = fs::metadata(path).map_err(|error| error.to_string())?;
    if !told.is_file() {
        return Err("the manifest is no file".into());
    }
    let text = files::read_text(path).map_err(|error| error.to_string())?;
    serde_json::from_str(&text)
        .map_err(|error| format!("manifest: {}", without_values(&error.to_string())))
}

/// The program of a registration, where it exists and is not our launcher.
fn program_of(registered: &Registered) -> Option<PathBuf> {
    let program = manifest(&registered.manifest).ok()?.path;
    if program == launcher_beside(&registered.manifest) {
        return None;
    }
    fs::canonicalize(program).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<Manifest, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("manifest.json");
        fs::write(&path, bytes).unwrap();
        manifest(&path)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_file_is_a_manifest_or_there_is_a_reason(
            bytes in prop::collection::vec(any::<u8>(), 0..64),
            name in ".{0,8}",
            path in ".{0,8}",
            origins in prop::collection::vec(".{0,8}", 0..4),
            left_out in 0usize..5,
        ) {
            prop_assert!(read(&bytes).is_err_and(|reason| !reason.is_empty()));
            let fields = [
                ("name", serde_json::json!(name)),
                ("path", serde_json::json!(path)),
                ("type", serde_json::json!("stdio")),
                ("allowed_origins", serde_json::json!(origins)),
            ];
            let kept = fields.into_iter().enumerate().filter(|(index, _)| *index != left_out);
            let text: serde_json::Map<_, _> =
                kept.map(|(_, (name, value))| (name.to_owned(), value)).collect();
            let read = read(serde_json::Value::Object(text).to_string().as_bytes());
            match read {
                Ok(manifest) => {
                    prop_assert!(left_out > 2);
                    prop_assert_eq!(manifest.path, PathBuf::from(path));
                    // Each family of browsers has its own list, and no other.
                    let named = if left_out == 3 { Vec::new() } else { origins };
                    prop_assert_eq!(manifest.allowed_origins, named);
                }
                Err(reason) => prop_assert!(left_out < 3, "{}", reason),
            }
        }
    }
}

//! `doctor`: says what works, what does not, and why: the configuration, each browser's
//! registration with a real start of what it names, and each module with its tokens.

use super::install::{Manifest, Place, known_places};
use super::{output, with_modules};
use crate::config::{self, Config, ModuleConfig};
use crate::frame::{self, Incoming};
use crate::log::Log;
use crate::module::{Module, OnChange, Told};
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use yinxin_proto::host::HostMessage;
use yinxin_proto::limits::{GREETING_MS, MAX_FRAME_FROM_HOST_BYTES};
use yinxin_proto::site::{HOST_NAME, RELEASED_EXTENSION_ID};
use yinxin_proto::token::Token;
use yinxin_proto::{Error, PROTOCOL_VERSION};

/// Everything that was looked at.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    version: &'static str,
    protocol: u32,
    program: PathBuf,
    configuration: ConfigurationReport,
    browsers: Vec<BrowserReport>,
    modules: Vec<ModuleReport>,
    /// Nothing was found wrong.
    healthy: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConfigurationReport {
    path: Option<PathBuf>,
    exists: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BrowserReport {
    browser: String,
    manifest: PathBuf,
    /// The browser is installed, as far as its folder tells.
    present: bool,
    /// Milliseconds from the start of the registered program to its greeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    greeting_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModuleReport {
    name: String,
    path: PathBuf,
    /// Milliseconds for loading and listing.
    ms: u32,
    tokens: Vec<TokenReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenReport {
    label: String,
    certificates: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// An error with its texts, so that a report can be read without the catalogue.
#[derive(Serialize)]
struct Problem {
    #[serde(flatten)]
    error: Error,
    message: String,
    remedy: String,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = error.text(output::locale());
        Self {
            error,
            message: text.message,
            remedy: text.remedy,
        }
    }
}

/// Looks at everything and prints the report.
pub fn run(extra: Vec<PathBuf>, folders: &[PathBuf], json: bool) {
    let loaded = Config::load();
    let path = config::location().map(|(path, _)| path);
    let configuration = ConfigurationReport {
        exists: path.as_ref().is_some_and(|path| path.exists()),
        path,
        problem: loaded.as_ref().err().cloned().map(Problem::from),
    };
    let config = loaded.unwrap_or_default();
    let own = folders.iter().map(|folder| Place::of_folder(folder));
    let browsers: Vec<BrowserReport> = known_places()
        .into_iter()
        .chain(own)
        .map(|place| browser(&place))
        .collect();
    let modules: Vec<ModuleReport> = with_modules(&config, extra)
        .into_iter()
        .map(|entry| module(entry, &config))
        .collect();
    let healthy = configuration.problem.is_none()
        && browsers
            .iter()
            .all(|browser| !browser.present || browser.problem.is_none())
        && !modules.is_empty()
        && modules.iter().all(|module| module.problem.is_none());
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        protocol: PROTOCOL_VERSION,
        program: std::env::current_exe().unwrap_or_default(),
        configuration,
        browsers,
        modules,
        healthy,
    };
    if json {
        output::json(&report);
    } else {
        output::lines(&in_words(&report));
    }
}

fn in_words(report: &Report) -> String {
    let mut lines = vec![format!(
        "yinxin-host {}, protocol {}",
        report.version, report.protocol
    )];
    let told = |problem: &Option<Problem>| {
        problem
            .as_ref()
            .map(|problem| format!("\n    {}", output::one_line(&problem.error)))
            .unwrap_or_default()
    };
    let mark = |problem: &Option<Problem>| if problem.is_some() { "✗" } else { "✓" };
    let configuration = &report.configuration;
    lines.push(format!(
        "{} configuration {}{}{}",
        mark(&configuration.problem),
        configuration
            .path
            .as_ref()
            .map_or("-".into(), |path| path.display().to_string()),
        if configuration.exists { "" } else { " (none)" },
        told(&configuration.problem)
    ));
    for browser in &report.browsers {
        let sign = match (browser.present, &browser.problem) {
            (false, Some(_)) => "·",
            (_, problem) => mark(problem),
        };
        let started = browser
            .greeting_ms
            .map_or(String::new(), |ms| format!(", greets after {ms} ms"));
        let problem = if browser.present || browser.greeting_ms.is_some() {
            told(&browser.problem)
        } else {
            " (browser not found)".into()
        };
        lines.push(format!(
            "{sign} browser {}{started}{problem}",
            browser.browser
        ));
    }
    for module in &report.modules {
        lines.push(format!(
            "{} module {} ({}), {} ms{}",
            mark(&module.problem),
            module.name,
            module.path.display(),
            module.ms,
            told(&module.problem)
        ));
        for token in &module.tokens {
            lines.push(format!(
                "  {} key {}, {} certificates{}",
                mark(&token.problem),
                token.label,
                token.certificates,
                told(&token.problem)
            ));
        }
    }
    if report.modules.is_empty() {
        lines.push(format!("✗ {}", output::one_line(&Error::NoModule {})));
    }
    lines.join("\n")
}

fn browser(place: &Place) -> BrowserReport {
    let result = registration(place);
    BrowserReport {
        browser: place.browser.clone(),
        manifest: place.manifest.clone(),
        present: place.present,
        greeting_ms: result
            .as_ref()
            .ok()
            .map(|time| u32::try_from(time.as_millis()).unwrap_or(u32::MAX)),
        problem: result.err().map(Problem::from),
    }
}

/// Checks a registration as the browser would use it, and gives the time to the greeting.
fn registration(place: &Place) -> Result<Duration, Error> {
    let broken = |reason: String| Error::RegistrationBroken {
        browser: place.browser.clone(),
        path: place.manifest.display().to_string(),
        reason,
    };
    let text = config::read_bounded(&place.manifest).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::RegistrationMissing {
            browser: place.browser.clone(),
            path: place.manifest.display().to_string(),
        },
        _ => broken(error.to_string()),
    })?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| broken(format!("manifest: {error}")))?;
    if manifest.name != HOST_NAME {
        return Err(broken(format!("the manifest is of {}", manifest.name)));
    }
    if manifest.kind != "stdio" {
        return Err(broken(format!("type {}", manifest.kind)));
    }
    let caller = format!("chrome-extension://{RELEASED_EXTENSION_ID}/");
    if !manifest.allowed_origins.contains(&caller) {
        return Err(broken(format!("allowed_origins lacks {caller}")));
    }
    if !manifest.path.is_absolute() && !cfg!(windows) {
        return Err(broken("the program's path is not absolute".into()));
    }
    start(&manifest.path, &caller)
        .map_err(|reason| broken(format!("{}: {reason}", manifest.path.display())))
}

/// Starts a registered program and waits for its greeting.
fn start(program: &Path, caller: &str) -> Result<Duration, String> {
    let began = Instant::now();
    let mut child = Command::new(program)
        .arg(caller)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let Some(mut output) = child.stdout.take() else {
        return Err("no pipe".into());
    };
    let (sender, first) = mpsc::channel();
    thread::spawn(move || {
        let read = frame::read(&mut output, MAX_FRAME_FROM_HOST_BYTES);
        // The receiver is gone once the time is over.
        let _ = sender.send((read, began.elapsed()));
    });
    let result = first.recv_timeout(Duration::from_millis(GREETING_MS.into()));
    let _ = child.kill();
    let _ = child.wait();
    let (read, time) =
        result.map_err(|_| format!("no greeting within {} s", GREETING_MS / 1_000))?;
    let Ok(Incoming::Message(text)) = read else {
        return Err("it ended without a greeting".into());
    };
    match serde_json::from_str(&text) {
        Ok(HostMessage::Greeting { name, protocol, .. }) if name == HOST_NAME => {
            if protocol == PROTOCOL_VERSION {
                Ok(time)
            } else {
                Err(format!(
                    "it speaks protocol {protocol}, not {PROTOCOL_VERSION}"
                ))
            }
        }
        _ => Err("it does not greet as the host".into()),
    }
}

fn module(entry: ModuleConfig, config: &Config) -> ModuleReport {
    let began = Instant::now();
    let (name, path) = (entry.name.clone(), entry.path.clone());
    let on_change: OnChange = Arc::new(|| {});
    let log = Arc::new(Log::new(config.log));
    let job = Module::start(entry, config, log, on_change).list();
    // The module's own thread keeps the time-outs.
    let (tokens, problem) = match job.told.recv() {
        Ok(Told::Tokens(tokens)) => (tokens, None),
        Ok(Told::Failed(error)) => (Vec::new(), Some(error)),
        Ok(Told::Signed { .. } | Told::Finished { .. } | Told::Written { .. }) | Err(_) => (
            Vec::new(),
            Some(Error::Internal {
                detail: "listing".into(),
            }),
        ),
    };
    ModuleReport {
        name,
        path,
        ms: u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX),
        tokens: tokens.into_iter().map(token).collect(),
        problem: problem.map(Problem::from),
    }
}

fn token(token: Token) -> TokenReport {
    TokenReport {
        label: token.label,
        certificates: token.certificates.len(),
        problem: token.problem.map(Problem::from),
    }
}

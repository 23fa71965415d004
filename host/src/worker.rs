//! The worker process: loads one vendor's module and serves the host over its standard pipes. The
//! vendor's code lives here and nowhere else, so a crash or a hang of it costs one worker.
//!
//! The worker ends with its host, even inside a call that never returns: on Linux by the parent
//! death signal, everywhere by the thread that reads the pipe and sees its end (on Windows the
//! host's job object does it too).

pub mod message;
mod pkcs11;
mod watch;

use self::message::{FromWorker, MAX_WORKER_FRAME_BYTES, ToWorker};
use self::pkcs11::failure::{catalogued, name_of};
use self::pkcs11::library::{Library, padded};
use self::pkcs11::login::Module;
use self::pkcs11::{sign, tokens, write_seal};
use self::watch::Watch;
use crate::frame::{self, Incoming};
use crate::memory;
use crate::vendors::Family;
use cryptoki::error::Error as Pkcs11Error;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use yinxin_proto::Error;
use yinxin_proto::limits::TOKEN_POLL_MS;

/// The argument with which the host starts a worker process. No command for people.
pub const ARGUMENT: &str = "worker";

/// Runs the worker until its input ends.
pub fn run() -> ExitCode {
    end_with_parent();
    let (Ok(input), Ok(output)) = (frame::unbuffered_stdin(), private_output()) else {
        return ExitCode::FAILURE;
    };
    let port = Port(Arc::new(Shared {
        output: Mutex::new(output),
        cancelled: AtomicBool::new(false),
    }));
    let requests = {
        let (sender, requests) = mpsc::channel();
        let port = port.clone();
        thread::spawn(move || {
            read_requests(input, &sender, &port);
            end_now();
        });
        requests
    };
    serve(&requests, &port);
    ExitCode::SUCCESS
}

/// The way back to the host, shared by the threads of the worker.
#[derive(Clone)]
pub struct Port(Arc<Shared>);

struct Shared {
    output: Mutex<File>,
    cancelled: AtomicBool,
}

impl Port {
    /// Tells the host something. A host that does not listen any more ends the worker.
    pub fn say(&self, message: &FromWorker) {
        let Ok(mut output) = self.0.output.lock() else {
            end_now();
        };
        if frame::write(&mut *output, message, MAX_WORKER_FRAME_BYTES).is_err() {
            end_now();
        }
    }

    /// Whether the host gave up the request under way.
    pub fn cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }
}

fn read_requests(mut input: File, sender: &mpsc::Sender<ToWorker>, port: &Port) {
    while let Ok(Incoming::Message(text)) = frame::read(&mut input, MAX_WORKER_FRAME_BYTES) {
        let Ok(message) = serde_json::from_str(&text) else {
            return;
        };
        match message {
            ToWorker::Cancel {} => port.0.cancelled.store(true, Ordering::Relaxed),
            message => {
                // A cancel is for the request before it only.
                port.0.cancelled.store(false, Ordering::Relaxed);
                if sender.send(message).is_err() {
                    return;
                }
            }
        }
    }
}

/// A loaded module.
struct Loaded {
    name: String,
    pkcs11: Library,
    family: Option<Family>,
    demo: bool,
    /// The module locks by itself, so that a second thread may wait in it.
    blocking_wait: bool,
}

impl Loaded {
    fn module(&self) -> Module<'_> {
        Module {
            name: &self.name,
            pkcs11: &self.pkcs11,
            family: self.family,
        }
    }
}

fn serve(requests: &Receiver<ToWorker>, port: &Port) {
    let Ok(ToWorker::Load {
        name,
        path,
        family,
        demo,
        blocking_wait,
        memory_mib,
    }) = requests.recv()
    else {
        return;
    };
    memory::limit(memory_mib);
    let loaded = match load(&name, &path) {
        Ok((pkcs11, locks)) => {
            let library = pkcs11.get_library_info().map_or(String::new(), |info| {
                format!(
                    "{} {} {}.{}",
                    padded(info.manufacturer_id().as_bytes()),
                    padded(info.library_description().as_bytes()),
                    info.library_version().major(),
                    info.library_version().minor()
                )
            });
            port.say(&FromWorker::Loaded { library });
            Loaded {
                name,
                pkcs11,
                family,
                demo,
                blocking_wait: blocking_wait && locks,
            }
        }
        Err(error) => return port.say(&FromWorker::Failed { error }),
    };
    let mut watch = Watch::new(port.clone(), loaded.pkcs11.clone(), loaded.blocking_wait);
    loop {
        let request = if watch.is_on() {
            match requests.recv_timeout(Duration::from_millis(TOKEN_POLL_MS.into())) {
                Err(RecvTimeoutError::Timeout) => {
                    watch.tick();
                    continue;
                }
                other => other.ok(),
            }
        } else {
            requests.recv().ok()
        };
        let Some(request) = request else { return };
        match request {
            ToWorker::Watch { on } => watch.set(on),
            ToWorker::List {} => {
                port.say(
                    &match tokens::list(&loaded.name, &loaded.pkcs11, loaded.demo) {
                        Ok(tokens) => FromWorker::Tokens { tokens },
                        Err(error) => FromWorker::Failed { error },
                    },
                );
            }
            ToWorker::Sign(task) => {
                port.say(&match sign::sign(&loaded.module(), &task, port) {
                    Ok(token_us) => FromWorker::Finished { token_us },
                    Err(error) => FromWorker::Failed { error },
                });
            }
            ToWorker::WriteSeal(task) => {
                port.say(
                    &match write_seal::write_seal(&loaded.module(), &task, port) {
                        Ok(replaced) => FromWorker::Written { replaced },
                        Err(error) => FromWorker::Failed { error },
                    },
                );
            }
            // Loading twice or a cancel here would be the host's bug.
            ToWorker::Load { .. } | ToWorker::Cancel {} => return,
        }
    }
}

/// Loads and initialises a module. Also tells whether it locks by itself.
fn load(name: &str, path: &Path) -> Result<(Library, bool), Error> {
    let library = Library::load(path).map_err(|error| catalogued(name, error))?;
    let locks = library
        .initialize()
        .map_err(|error| initialising(name, error))?;
    Ok((library, locks))
}

fn initialising(name: &str, error: Pkcs11Error) -> Error {
    match error {
        Pkcs11Error::Pkcs11(rv, _) => Error::ModuleLoadFailed {
            module: name.to_owned(),
            reason: format!("C_Initialize: {}", name_of(rv)),
        },
        other => catalogued(name, other),
    }
}

/// Asks the system to kill this process when the host's thread that started it ends. That thread
/// lives as long as the host.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    // Should it fail, the reading thread still ends the worker.
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

/// Takes standard output for the protocol alone: what the vendor's code prints goes nowhere. On
/// Windows there is no safe call for that; a module that prints there ends its worker.
fn private_output() -> io::Result<File> {
    let output = frame::unbuffered_stdout()?;
    #[cfg(unix)]
    rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
    Ok(output)
}

/// Ends the process at once, whatever other threads are inside of. No exit handlers: those of a
/// vendor's library could hang.
fn end_now() -> ! {
    #[cfg(unix)]
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

//! The worker process: loads one vendor's module and serves the host over its standard pipes. The
//! vendor's code lives here and nowhere else, so a crash or a hang of it costs one worker.
//!
//! The worker ends with its host, even inside a call that never returns: on Linux by the parent
//! death signal, everywhere by the thread that reads the pipe and sees its end (on Windows the
//! host's job object does it too).

mod driver;
pub mod message;
mod pkcs11;
mod skf;
mod text;
mod watch;

use self::driver::Driver;
use self::message::{FromWorker, MAX_WORKER_FRAME_BYTES, ToWorker};
use self::watch::Watch;
use crate::frame::{self, Incoming};
use crate::memory;
use crate::vendors::{Family, Interface};
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use yinxin_proto::limits::TOKEN_POLL_MS;
use yinxin_proto::{Base64, Error};

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

/// Loads the library that the first message names, and answers the others.
fn serve(requests: &Receiver<ToWorker>, port: &Port) {
    let Ok(ToWorker::Load {
        name,
        path,
        interface,
        family,
        demo,
        blocking_wait,
        memory_mib,
    }) = requests.recv()
    else {
        return;
    };
    memory::limit(memory_mib);
    // Drivers come in several libraries that lie beside each other. Where the system refuses, one is missing at most.
    #[cfg(windows)]
    let _ = yinxin_windows::library::search_beside(&path);
    match load(name, &path, interface, family, demo) {
        Ok(driver) => answer(&*driver, blocking_wait, requests, port),
        Err(error) => port.say(&FromWorker::Failed { error }),
    }
}

/// The driver for a library's interface: for the one that is named, else PKCS #11 if the library has it, else
/// SKF.
fn load(
    name: String,
    path: &Path,
    interface: Option<Interface>,
    family: Option<Family>,
    demo: bool,
) -> Result<Box<dyn Driver>, Error> {
    let skf = |name| skf::Module::load(name, path, demo).map(|module| Box::new(module) as Box<_>);
    if interface == Some(Interface::Skf) {
        return skf(name);
    }
    match pkcs11::Module::load(name.clone(), path, family, demo) {
        Ok(module) => Ok(Box::new(module)),
        Err(error @ Error::ModuleNotLibrary { .. }) if interface.is_none() => {
            skf(name).map_err(|_| error)
        }
        Err(error) => Err(error),
    }
}

fn answer(driver: &dyn Driver, may_wait: bool, requests: &Receiver<ToWorker>, port: &Port) {
    let library = driver.library();
    port.say(&FromWorker::Loaded { library });
    let mut watch = Watch::new(port.clone(), driver, may_wait);
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
        let end = match request {
            ToWorker::Watch { on } => {
                watch.set(on);
                continue;
            }
            ToWorker::List {} => {
                watch.listing();
                driver.list().map(|tokens| FromWorker::Tokens { tokens })
            }
            ToWorker::Sign(task) => {
                let began = Instant::now();
                driver.sign(&task, port).map(|()| finished_since(began))
            }
            ToWorker::WriteSeal(task) => driver
                .write_seal(&task, port)
                .map(|replaced| FromWorker::Written { replaced }),
            ToWorker::ChangePin(task) => {
                let began = Instant::now();
                driver
                    .change_pin(&task, port)
                    .map(|()| finished_since(began))
            }
            ToWorker::Decrypt(task) => driver.decrypt(&task, port).map(|plaintext| {
                let plaintext = Base64(plaintext);
                FromWorker::Decrypted { plaintext }
            }),
            // Loading twice or a cancel here would be the host's bug.
            ToWorker::Load { .. } | ToWorker::Cancel {} => return,
        };
        port.say(&end.unwrap_or_else(|error| FromWorker::Failed { error }));
    }
}

fn finished_since(began: Instant) -> FromWorker {
    FromWorker::Finished {
        token_us: u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX),
    }
}

/// Asks the system to kill this process when the host's thread that started it ends. That thread
/// lives as long as the host.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    // Should it fail, the reading thread still ends the worker.
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

/// Takes standard output for the protocol alone: what the vendor's code prints goes nowhere.
fn private_output() -> io::Result<File> {
    let output = frame::unbuffered_stdout()?;
    #[cfg(unix)]
    rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
    #[cfg(windows)]
    yinxin_windows::stdio::silence_output()?;
    Ok(output)
}

/// Ends the process at once, whatever other threads are inside of. No exit handlers: those of a
/// vendor's library could hang.
fn end_now() -> ! {
    #[cfg(unix)]
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    #[cfg(windows)]
    yinxin_windows::process::end(1);
    #[cfg(not(windows))]
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::driver::Wait;
    use super::message::{
        ChangePinTask, DecryptTask, Input, Listed, PublicKey, SignTask, WriteSealTask,
    };
    use super::*;
    use std::io::Seek;
    use std::sync::atomic::AtomicU8;

    /// A key interface with as many tokens as it is told, and a wait that ends at once, or never.
    #[derive(Default)]
    struct Fake {
        tokens: AtomicU8,
        waits: bool,
    }

    impl Driver for Fake {
        fn library(&self) -> String {
            "fake 1.0".into()
        }

        fn list(&self) -> Result<Vec<Listed>, Error> {
            Ok(Vec::new())
        }

        fn glance(&self) -> Vec<u8> {
            vec![self.tokens.load(Ordering::Relaxed)]
        }

        fn waiter(&self) -> Option<Wait> {
            let waits = self.waits;
            Some(Box::new(move || {
                if waits {
                    loop {
                        thread::park();
                    }
                }
                false
            }))
        }

        fn sign(&self, task: &SignTask, port: &Port) -> Result<(), Error> {
            port.say(&FromWorker::LoggingIn { pin_pad: false });
            for (index, input) in (0..).zip(&task.inputs) {
                let output = input.digest.clone();
                port.say(&FromWorker::Signed { index, output });
            }
            Ok(())
        }

        fn write_seal(&self, _: &WriteSealTask, _: &Port) -> Result<u32, Error> {
            Err(Error::SealNotFound {})
        }

        fn change_pin(&self, _: &ChangePinTask, _: &Port) -> Result<(), Error> {
            Ok(())
        }

        fn decrypt(&self, task: &DecryptTask, _: &Port) -> Result<Vec<u8>, Error> {
            Ok(task.ciphertext.0.clone())
        }
    }

    /// A port, and the file into which it speaks.
    fn port() -> (Port, File) {
        let file = tempfile::tempfile().unwrap();
        let port = Port(Arc::new(Shared {
            output: Mutex::new(file.try_clone().unwrap()),
            cancelled: AtomicBool::new(false),
        }));
        (port, file)
    }

    fn said(mut file: File) -> Vec<String> {
        file.rewind().unwrap();
        let mut said = Vec::new();
        while let Ok(Incoming::Message(text)) = frame::read(&mut file, MAX_WORKER_FRAME_BYTES) {
            let message: serde_json::Value = serde_json::from_str(&text).unwrap();
            said.extend(message.as_object().unwrap().keys().cloned());
        }
        said
    }

    #[test]
    fn any_driver_answers_the_hosts_messages() {
        let bytes = || Base64(vec![1; 32]);
        let sign = SignTask {
            token: String::new(),
            id: String::new(),
            key: PublicKey::Sm2 { point: bytes() },
            pin: None,
            inputs: vec![Input {
                digest: bytes(),
                message: None,
            }],
        };
        let write = WriteSealTask {
            token: String::new(),
            seal: bytes(),
            replaced: None,
            pin: None,
        };
        let change = ChangePinTask {
            token: String::new(),
            pin: None,
            new_pin: None,
        };
        let decrypt = DecryptTask {
            token: String::new(),
            id: String::new(),
            key: PublicKey::Sm2 { point: bytes() },
            pin: None,
            ciphertext: bytes(),
        };
        let (sender, requests) = mpsc::channel();
        for request in [
            ToWorker::List {},
            ToWorker::Sign(sign),
            ToWorker::WriteSeal(write),
            ToWorker::ChangePin(change),
            ToWorker::Decrypt(decrypt),
        ] {
            sender.send(request).unwrap();
        }
        drop(sender);
        let (port, file) = port();
        answer(&Fake::default(), true, &requests, &port);
        let expected = [
            "loaded",
            "tokens",
            "logging-in",
            "signed",
            "finished",
            "failed",
            "finished",
            "decrypted",
        ];
        assert_eq!(said(file), expected);
    }

    #[test]
    fn where_a_library_cannot_wait_the_glances_tell() {
        let (port, file) = port();
        let fake = Fake::default();
        let mut watch = Watch::new(port, &fake, true);
        watch.set(true);
        watch.tick();
        fake.tokens.store(1, Ordering::Relaxed);
        watch.tick();
        watch.tick();
        assert_eq!(said(file), ["changed"]);
    }

    #[test]
    fn a_token_that_its_librarys_wait_and_a_listing_missed_is_told_by_a_glance() {
        let (port, file) = port();
        let fake = Fake {
            tokens: AtomicU8::new(1),
            waits: true,
        };
        let mut watch = Watch::new(port, &fake, true);
        watch.set(true);
        fake.tokens.store(0, Ordering::Relaxed);
        watch.listing();
        fake.tokens.store(1, Ordering::Relaxed);
        watch.tick();
        watch.tick();
        assert_eq!(said(file), ["changed"]);
    }
}

//! One vendor's module as the host sees it: a worker process, and the thread that starts it, talks
//! to it, and stops it when it hangs.
//!
//! The thread lives as long as the host. That matters: Linux ties a worker's life to the thread
//! that started it.

use crate::config::{Config, ModuleConfig};
use crate::frame::{self, Incoming};
use crate::library;
use crate::log::Log;
use crate::process;
use crate::worker;
use crate::worker::message::{
    ChangePinTask, DecryptTask, FromWorker, Listed, MAX_WORKER_FRAME_BYTES, SignTask, ToWorker,
    WriteSealTask,
};
use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use yinxin_pki::hash::sha256;
use yinxin_proto::limits::CONSENT_MS;
use yinxin_proto::{Base64, Error};

/// A module, and the way to its thread.
pub struct Module {
    /// Its configuration.
    pub config: ModuleConfig,
    events: Sender<Event>,
    /// The tokens of the last look.
    last: Arc<Mutex<Vec<Listed>>>,
    loaded: Arc<Mutex<Option<Loaded>>>,
    busy: Arc<AtomicBool>,
}

/// A library that was loaded and initialised.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says of itself.
    pub library: String,
    /// Time for loading, with the start of the worker process.
    pub after: Duration,
}

/// What a job tells, as it goes on.
#[derive(Debug)]
pub enum Told {
    /// The end of a listing.
    Tokens(Vec<Listed>),
    /// One item is signed; not verified.
    Signed {
        /// Its index.
        index: u32,
        /// The signature as the library gave it.
        output: Base64,
    },
    /// The end of a signing, or of a change of the PIN.
    Finished {
        /// Time inside the module, in microseconds.
        token_us: u32,
    },
    /// The end of a decryption: what was encrypted.
    Decrypted(Vec<u8>),
    /// The end of writing a seal.
    Written {
        /// Objects with the replaced seal that were destroyed.
        replaced: u32,
    },
    /// The end of a job that failed.
    Failed(Error),
}

/// A job under way. Dropping it does not stop the job; [`Module::cancel`] does.
pub struct Job {
    /// Names the job for [`Module::cancel`].
    pub ticket: u64,
    /// What the job tells, until its end.
    pub told: Receiver<Told>,
}

/// Called when a token came or went, from any thread.
pub type OnChange = Arc<dyn Fn() + Send + Sync>;

/// For those whom changes do not matter to.
#[must_use]
pub fn nobody() -> OnChange {
    Arc::new(|| {})
}

impl Module {
    /// Starts the module's thread. The library is loaded when it is first needed.
    #[must_use]
    pub fn start(
        module: ModuleConfig,
        config: &Config,
        log: Arc<Log>,
        on_change: OnChange,
    ) -> Self {
        let (events, receiver) = mpsc::channel();
        let last = Arc::new(Mutex::new(Vec::new()));
        let loaded = Arc::new(Mutex::new(None));
        let busy = Arc::new(AtomicBool::new(false));
        let supervisor = Supervisor {
            module: module.clone(),
            call: Duration::from_millis(config.call_ms.into()),
            load: Duration::from_millis(config.load_ms.into()),
            memory_mib: config.memory_mib,
            idle: Duration::from_millis(config.idle_ms.into()),
            log,
            on_change,
            last: Arc::clone(&last),
            loaded: Arc::clone(&loaded),
            busy: Arc::clone(&busy),
            events: events.clone(),
            receiver,
            pending: VecDeque::new(),
            worker: None,
            generation: 0,
            cancelled: false,
            watching: false,
            blocking_wait: true,
            failures: Failures::default(),
        };
        thread::spawn(move || supervisor.run());
        Self {
            config: module,
            events,
            last,
            loaded,
            busy,
        }
    }

    /// Looks for tokens.
    #[must_use]
    pub fn list(&self) -> Job {
        self.submit(Task::List)
    }

    /// Signs.
    #[must_use]
    pub fn sign(&self, mut task: SignTask) -> Job {
        task.token = self.workers_reference(&task.token);
        self.submit(Task::Sign(task))
    }

    /// Writes a seal.
    #[must_use]
    pub fn write_seal(&self, mut task: WriteSealTask) -> Job {
        task.token = self.workers_reference(&task.token);
        self.submit(Task::WriteSeal(task))
    }

    /// Changes the PIN.
    #[must_use]
    pub fn change_pin(&self, mut task: ChangePinTask) -> Job {
        task.token = self.workers_reference(&task.token);
        self.submit(Task::ChangePin(task))
    }

    /// Decrypts.
    #[must_use]
    pub fn decrypt(&self, mut task: DecryptTask) -> Job {
        task.token = self.workers_reference(&task.token);
        self.submit(Task::Decrypt(task))
    }

    /// Starts or stops telling when a token comes or goes.
    pub fn watch(&self, on: bool) {
        drop(self.submit(Task::Watch(on)));
    }

    /// Gives a job up. It ends with `aborted`, unless its end was already on the way. A login that
    /// has begun goes on, because it can cost a try: the job then ends with what came of it.
    pub fn cancel(&self, ticket: u64) {
        // The thread ends only with the process.
        let _ = self.events.send(Event::Cancel(ticket));
    }

    /// The tokens of the last look.
    #[must_use]
    pub fn last_tokens(&self) -> Vec<Listed> {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The library as it was loaded last, if it was.
    #[must_use]
    pub fn loaded(&self) -> Option<Loaded> {
        self.loaded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether somebody is logged in, which can take as long as a user needs at a PIN pad.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// A token's reference as its worker knows it.
    fn workers_reference(&self, token: &str) -> String {
        let mark = mark(&self.config.name);
        token.strip_prefix(&mark).unwrap_or(token).to_owned()
    }

    fn submit(&self, task: Task) -> Job {
        static TICKETS: AtomicU64 = AtomicU64::new(1);
        let ticket = TICKETS.fetch_add(1, Ordering::Relaxed);
        let (answer, told) = mpsc::channel();
        let _ = self.events.send(Event::Do(Order {
            ticket,
            task,
            answer,
        }));
        Job { ticket, told }
    }
}

/// A worker's tokens as the module's own. Code that the host did not write runs in the worker: it can name
/// neither another module nor another module's token.
fn owned(module: &str, mut listed: Vec<Listed>) -> Vec<Listed> {
    for Listed { token, .. } in &mut listed {
        module.clone_into(&mut token.module);
        token.token.insert_str(0, &mark(module));
    }
    listed
}

/// What the references of a module's tokens begin with.
fn mark(module: &str) -> String {
    hex::encode(&sha256(module.as_bytes())[..8])
}

/// What reaches the module's thread.
enum Event {
    Do(Order),
    Cancel(u64),
    /// A worker said something, or (`None`) ended.
    Said(u64, Option<FromWorker>),
}

struct Order {
    ticket: u64,
    task: Task,
    answer: Sender<Told>,
}

enum Task {
    List,
    Watch(bool),
    Sign(SignTask),
    WriteSeal(WriteSealTask),
    ChangePin(ChangePinTask),
    Decrypt(DecryptTask),
}

/// A running worker process.
struct Worker {
    child: Child,
    input: ChildStdin,
}

/// The module's thread.
struct Supervisor {
    module: ModuleConfig,
    call: Duration,
    load: Duration,
    memory_mib: u32,
    /// Time for which a worker stays that nobody needs.
    idle: Duration,
    log: Arc<Log>,
    on_change: OnChange,
    last: Arc<Mutex<Vec<Listed>>>,
    loaded: Arc<Mutex<Option<Loaded>>>,
    busy: Arc<AtomicBool>,
    /// For the threads that read from workers.
    events: Sender<Event>,
    receiver: Receiver<Event>,
    /// Orders that came while another one was under way.
    pending: VecDeque<Order>,
    worker: Option<Worker>,
    /// Number of the running worker; what older ones said late is not heard.
    generation: u64,
    /// The order under way was given up.
    cancelled: bool,
    watching: bool,
    /// Whether a thread may wait inside the library for tokens. A module that hung is not trusted with
    /// it again: some hold a lock while they wait.
    blocking_wait: bool,
    failures: Failures,
}

impl Supervisor {
    fn run(mut self) {
        loop {
            let event = match self.pending.pop_front() {
                Some(order) => Event::Do(order),
                None => match self.next() {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => {
                        self.stop_worker();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                },
            };
            match event {
                Event::Do(order) => self.perform(order),
                // Its job has ended.
                Event::Cancel(_) => {}
                Event::Said(generation, said) if generation == self.generation => match said {
                    Some(FromWorker::Changed {}) => (self.on_change)(),
                    Some(_) => {}
                    None => {
                        self.lose_worker("ended");
                        (self.on_change)();
                    }
                },
                Event::Said(..) => {}
            }
        }
    }

    /// What happens next. A worker that nobody needs is waited with for a while only: inside some libraries a thread
    /// looks for tokens many times a second, and nothing but the library's end ends it.
    fn next(&self) -> Result<Event, RecvTimeoutError> {
        if self.worker.is_some() && !self.watching {
            self.receiver.recv_timeout(self.idle)
        } else {
            Ok(self.receiver.recv()?)
        }
    }

    fn perform(&mut self, order: Order) {
        let Order {
            ticket,
            task,
            answer,
        } = order;
        self.cancelled = false;
        let result = match task {
            Task::Watch(on) => {
                self.watching = on;
                if self.worker.is_some() {
                    self.send(&ToWorker::Watch { on });
                } else if on {
                    // A module that can't be loaded says so when it is listed.
                    let _ = self.ensure_worker(ticket);
                }
                return;
            }
            Task::List => self
                .ensure_worker(ticket)
                .and_then(|()| self.exchange(&ToWorker::List {}, self.call, ticket, &answer)),
            Task::Sign(task) => self.log_in_and(&ToWorker::Sign(task), ticket, &answer),
            Task::WriteSeal(task) => self.log_in_and(&ToWorker::WriteSeal(task), ticket, &answer),
            Task::ChangePin(task) => self.log_in_and(&ToWorker::ChangePin(task), ticket, &answer),
            Task::Decrypt(task) => self.log_in_and(&ToWorker::Decrypt(task), ticket, &answer),
        };
        let end = match result {
            Ok(FromWorker::Tokens { tokens }) => {
                let tokens = owned(&self.module.name, tokens);
                *self.last.lock().unwrap_or_else(PoisonError::into_inner) = tokens.clone();
                Told::Tokens(tokens)
            }
            Ok(FromWorker::Finished { token_us }) => Told::Finished { token_us },
            Ok(FromWorker::Decrypted { plaintext }) => Told::Decrypted(plaintext.0),
            Ok(FromWorker::Written { replaced }) => Told::Written { replaced },
            Ok(_) => Told::Failed(self.crashed()),
            Err(error) => {
                self.log
                    .error(&format!("{}: {}", self.module.name, error.code()));
                Told::Failed(error)
            }
        };
        if answer.send(end).is_err() {
            // Whoever asked did not wait: the news must reach it another way.
            (self.on_change)();
        }
    }

    /// Exchanges a message that makes the worker log in.
    fn log_in_and(
        &mut self,
        message: &ToWorker,
        ticket: u64,
        answer: &Sender<Told>,
    ) -> Result<FromWorker, Error> {
        self.busy.store(true, Ordering::Relaxed);
        let result = self.ensure_worker(ticket).and_then(|()| {
            self.hear(ticket);
            if self.cancelled {
                return Err(Error::Aborted {});
            }
            self.exchange(message, self.call, ticket, answer)
        });
        self.busy.store(false, Ordering::Relaxed);
        result
    }

    /// Hears what has come meanwhile, above all that the order under way was given up.
    fn hear(&mut self, ticket: u64) {
        while let Ok(event) = self.receiver.try_recv() {
            match event {
                Event::Do(order) => self.queue(order),
                Event::Cancel(cancelled) if cancelled == ticket => self.cancelled = true,
                Event::Cancel(cancelled) => self.withdraw(cancelled),
                Event::Said(generation, Some(FromWorker::Changed {}))
                    if generation == self.generation =>
                {
                    (self.on_change)();
                }
                // Whoever sends to a worker that ended notices.
                Event::Said(..) => {}
            }
        }
    }

    /// Starts and loads the worker if there is none.
    fn ensure_worker(&mut self, ticket: u64) -> Result<(), Error> {
        if self.worker.is_some() {
            return Ok(());
        }
        self.failures.check()?;
        let program = library::inspect(&self.module.name, &self.module.path)?.program;
        let began = Instant::now();
        self.know(None);
        self.spawn(&program)
            .map_err(|error| Error::ModuleLoadFailed {
                module: self.module.name.clone(),
                reason: error.to_string(),
            })?;
        let load = ToWorker::Load {
            name: self.module.name.clone(),
            path: self.module.path.clone(),
            interface: self.module.interface,
            family: self.module.family,
            demo: self.module.demo,
            blocking_wait: self.blocking_wait,
            memory_mib: self.memory_mib,
        };
        let (nobody, _) = mpsc::channel();
        match self.exchange(&load, self.load, ticket, &nobody) {
            Ok(FromWorker::Loaded { library }) => {
                self.log
                    .info(&format!("{}: loaded {library}", self.module.name));
                self.know(Some(Loaded {
                    library,
                    after: began.elapsed(),
                }));
                if self.watching {
                    self.send(&ToWorker::Watch { on: true });
                }
                Ok(())
            }
            Ok(_) => Err(self.crashed()),
            Err(error) => {
                // A module that does not load leaves no worker behind.
                self.stop_worker();
                Err(error)
            }
        }
    }

    fn know(&self, loaded: Option<Loaded>) {
        *self.loaded.lock().unwrap_or_else(PoisonError::into_inner) = loaded;
    }

    fn spawn(&mut self, program: &Path) -> io::Result<()> {
        #[cfg(windows)]
        tie_workers_to_host();
        let mut child = process::command(program)
            .arg(worker::ARGUMENT)
            .envs(&self.module.env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipes"));
        };
        self.generation += 1;
        let (generation, events) = (self.generation, self.events.clone());
        thread::spawn(move || {
            loop {
                let said = match frame::read(&mut output, MAX_WORKER_FRAME_BYTES) {
                    Ok(Incoming::Message(text)) => serde_json::from_str(&text).ok(),
                    _ => None,
                };
                let ended = said.is_none();
                if events.send(Event::Said(generation, said)).is_err() || ended {
                    return;
                }
            }
        });
        self.worker = Some(Worker { child, input });
        Ok(())
    }

    /// Sends a message and waits for its final answer; tells what comes before it. `limit` is the
    /// longest silence.
    fn exchange(
        &mut self,
        message: &ToWorker,
        limit: Duration,
        ticket: u64,
        answer: &Sender<Told>,
    ) -> Result<FromWorker, Error> {
        if !self.send(message) {
            return Err(self.crashed());
        }
        let mut patience = limit;
        let mut deadline = Instant::now() + patience;
        // The module has the PIN: what comes of that is waited for, as long as for any call, even if
        // nobody wants the rest. A person at a pad is not waited for.
        let mut logging_in = false;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.receiver.recv_timeout(left) {
                Ok(Event::Do(order)) => self.queue(order),
                Ok(Event::Cancel(cancelled)) if cancelled == ticket => {
                    if !self.cancelled {
                        self.cancelled = true;
                        self.send(&ToWorker::Cancel {});
                        if !logging_in {
                            deadline = Instant::now() + CANCEL_GRACE;
                        }
                    }
                }
                Ok(Event::Cancel(cancelled)) => self.withdraw(cancelled),
                Ok(Event::Said(generation, said)) if generation == self.generation => {
                    match said {
                        Some(FromWorker::Changed {}) => {
                            (self.on_change)();
                            continue;
                        }
                        Some(FromWorker::LoggingIn { pin_pad }) => {
                            patience = patience_with(limit, pin_pad);
                            logging_in = !pin_pad;
                            if logging_in {
                                deadline = Instant::now() + patience;
                            }
                        }
                        Some(FromWorker::Working { pin_pad }) => {
                            patience = patience_with(limit, pin_pad);
                            if std::mem::take(&mut logging_in) {
                                deadline = Instant::now() + CANCEL_GRACE;
                            }
                        }
                        Some(FromWorker::Signed { index, output }) => {
                            let _ = answer.send(Told::Signed { index, output });
                        }
                        Some(FromWorker::Failed { error }) => return Err(error),
                        Some(last) => return Ok(last),
                        None if self.cancelled && !logging_in => {
                            self.stop_worker();
                            return Err(Error::Aborted {});
                        }
                        None => return Err(self.crashed()),
                    }
                    if !self.cancelled {
                        deadline = Instant::now() + patience;
                    }
                }
                Ok(Event::Said(..)) => {}
                Err(RecvTimeoutError::Timeout) if self.cancelled && !logging_in => {
                    // Inside a call that can't be interrupted otherwise. The login ends with the
                    // process.
                    self.stop_worker();
                    return Err(Error::Aborted {});
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Err(self.hung(patience));
                }
            }
        }
    }

    fn queue(&mut self, order: Order) {
        if self.pending.len() < MAX_PENDING {
            self.pending.push_back(order);
        } else {
            let _ = order.answer.send(Told::Failed(Error::TokenBusy {}));
        }
    }

    /// Takes a job back that has not begun.
    fn withdraw(&mut self, ticket: u64) {
        if let Some(index) = self.pending.iter().position(|order| order.ticket == ticket)
            && let Some(order) = self.pending.remove(index)
        {
            let _ = order.answer.send(Told::Failed(Error::Aborted {}));
        }
    }

    /// Whether the worker took the message.
    fn send(&mut self, message: &ToWorker) -> bool {
        self.worker.as_mut().is_some_and(|worker| {
            frame::write(&mut worker.input, message, MAX_WORKER_FRAME_BYTES).is_ok()
        })
    }

    fn crashed(&mut self) -> Error {
        self.lose_worker("crashed");
        let error = Error::ModuleCrashed {
            module: self.module.name.clone(),
        };
        self.failures.note(error.clone());
        error
    }

    fn hung(&mut self, waited: Duration) -> Error {
        self.lose_worker("hung");
        self.blocking_wait = false;
        let seconds = waited.as_secs_f32().ceil() as u32;
        let error = Error::ModuleHung {
            module: self.module.name.clone(),
            seconds,
        };
        self.failures.note(error.clone());
        error
    }

    fn lose_worker(&mut self, how: &str) {
        self.log
            .error(&format!("{}: worker {how}", self.module.name));
        self.stop_worker();
    }

    fn stop_worker(&mut self) {
        if let Some(mut worker) = self.worker.take() {
            let _ = worker.child.kill();
            let _ = worker.child.wait();
        }
        // What the old worker's reader still says is not heard.
        self.generation += 1;
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// Puts this process, and with it the workers that it starts, into a job object whose end ends
/// them all. Its handle closes with the process, however that ends.
#[cfg(windows)]
fn tie_workers_to_host() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        use yinxin_windows::process::Job;
        // Should it fail, the thread of the worker that reads the pipe still ends it.
        let _ = Job::that_ends_all().and_then(Job::hold_this_process);
    });
}

/// Crashes and hangs in a row. After the first one a fresh worker is started at once; after that
/// the module rests, longer each time, and says its last error meanwhile.
#[derive(Default)]
struct Failures {
    count: u32,
    last: Option<(Instant, Error)>,
}

impl Failures {
    fn note(&mut self, error: Error) {
        if self
            .last
            .as_ref()
            .is_some_and(|(when, _)| when.elapsed() > FORGIVEN_AFTER)
        {
            self.count = 0;
        }
        self.count += 1;
        self.last = Some((Instant::now(), error));
    }

    fn check(&self) -> Result<(), Error> {
        match &self.last {
            Some((when, error)) if when.elapsed() < rest(self.count) => Err(error.clone()),
            _ => Ok(()),
        }
    }
}

/// The longest silence that is waited for.
fn patience_with(limit: Duration, pin_pad: bool) -> Duration {
    if pin_pad {
        limit.max(Duration::from_millis(CONSENT_MS.into()))
    } else {
        limit
    }
}

/// Time that a module rests after so many failures in a row.
fn rest(failures: u32) -> Duration {
    match failures {
        0 | 1 => Duration::ZERO,
        more => Duration::from_secs(1 << (more - 2).min(5)),
    }
}

/// Time in which a cancelled worker may end its item by itself.
const CANCEL_GRACE: Duration = Duration::from_millis(100);
/// Time without a failure after which earlier ones do not count.
const FORGIVEN_AFTER: Duration = Duration::from_secs(60);
/// Jobs that wait for one module.
const MAX_PENDING: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::Interface;
    use yinxin_proto::token::{PinLength, PinState, PinTries, Token};

    fn listed(module: &str, reference: &str) -> Listed {
        Listed {
            token: Token {
                token: reference.into(),
                label: String::new(),
                manufacturer: String::new(),
                model: String::new(),
                serial: String::new(),
                module: module.into(),
                pin: PinTries {
                    state: PinState::Ok,
                    left: None,
                },
                pin_length: PinLength { min: 6, max: 16 },
                protected_path: false,
                initial_pin: false,
                demo: false,
                certificates: Vec::new(),
                seals: Vec::new(),
                problem: None,
            },
            interface: Interface::Skf,
            signs: Vec::new(),
        }
    }

    #[test]
    fn a_worker_can_name_neither_another_module_nor_another_modules_token() {
        let good = owned("good", vec![listed("good", "12ab")]).remove(0).token;
        for claimed in ["12ab", &good.token] {
            let hostile = owned("hostile", vec![listed("good", claimed)]);
            let hostile = &hostile[0].token;
            assert_eq!(hostile.module, "hostile");
            assert_ne!(hostile.token, good.token);
        }
    }

    #[test]
    fn a_module_rests_longer_with_each_failure_up_to_half_a_minute() {
        let rests: Vec<u64> = (0..10).map(|count| rest(count).as_secs()).collect();
        assert_eq!(rests, [0, 0, 1, 2, 4, 8, 16, 32, 32, 32]);
    }

    #[test]
    fn the_first_failure_does_not_keep_a_module_from_starting_again() {
        let mut failures = Failures::default();
        failures.note(Error::NoModule {});
        assert!(failures.check().is_ok());
        failures.note(Error::TokenBusy {});
        assert_eq!(failures.check(), Err(Error::TokenBusy {}));
    }
}

//! Tells when a token comes or goes: by the library's own wait where it has one, else by a glance once a
//! second.

use super::Port;
use super::driver::{Driver, Wait};
use super::message::FromWorker;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The watch over the tokens of a library.
pub struct Watch<'a> {
    port: Port,
    driver: &'a dyn Driver,
    on: Arc<AtomicBool>,
    /// The waiting thread runs and its library can wait. It outlives a watch that is turned off,
    /// because nothing but the library's end brings it back from its call.
    waits: Arc<AtomicBool>,
    may_wait: bool,
    seen: Vec<u8>,
}

impl<'a> Watch<'a> {
    pub fn new(port: Port, driver: &'a dyn Driver, may_wait: bool) -> Self {
        Self {
            port,
            driver,
            on: Arc::new(AtomicBool::new(false)),
            waits: Arc::new(AtomicBool::new(false)),
            may_wait,
            seen: Vec::new(),
        }
    }

    /// Starts or stops the watch.
    pub fn set(&mut self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
        if !on {
            return;
        }
        self.seen = self.driver.glance();
        // Tried once: a library that can't wait says so at once.
        if std::mem::take(&mut self.may_wait)
            && let Some(wait) = self.driver.waiter()
        {
            self.waits.store(true, Ordering::Relaxed);
            let port = self.port.clone();
            let (on, waits) = (Arc::clone(&self.on), Arc::clone(&self.waits));
            thread::spawn(move || tell(wait, &port, &on, &waits));
        }
    }

    /// Whether [`Self::tick`] is to be called once a second.
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Whether the waiting thread tells.
    pub fn waits(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    /// Glances at the tokens, unless the waiting thread does, and tells a difference from the last
    /// time.
    pub fn tick(&mut self) {
        if self.waits() {
            return;
        }
        let now = self.driver.glance();
        if now != self.seen {
            self.seen = now;
            self.port.say(&FromWorker::Changed {});
        }
    }
}

fn tell(mut wait: Wait, port: &Port, on: &AtomicBool, waits: &AtomicBool) {
    loop {
        let began = Instant::now();
        if !wait() {
            // The glances take over.
            waits.store(false, Ordering::Relaxed);
            return;
        }
        if on.load(Ordering::Relaxed) {
            port.say(&FromWorker::Changed {});
        }
        // A library that reports without end must not take the whole processor.
        if began.elapsed() < SHORTEST_WAIT {
            thread::sleep(SHORTEST_WAIT);
        }
    }
}

const SHORTEST_WAIT: Duration = Duration::from_millis(200);

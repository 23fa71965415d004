//! Tells when a token comes or goes: by the library's own wait where it has one, and by a glance once a
//! second. A library may itself look now and then only: of a key that is pulled and at once inserted again its
//! wait tells nothing, while a listing in between has missed the key.

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
    may_wait: bool,
    /// The glance of the last listing, or of what was told since.
    seen: Vec<u8>,
}

impl<'a> Watch<'a> {
    pub fn new(port: Port, driver: &'a dyn Driver, may_wait: bool) -> Self {
        Self {
            port,
            driver,
            on: Arc::new(AtomicBool::new(false)),
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
            let (port, on) = (self.port.clone(), Arc::clone(&self.on));
            // It outlives a watch that is turned off, because nothing but the library's end brings it
            // back from its call.
            thread::spawn(move || tell(wait, &port, &on));
        }
    }

    /// Notes what is there, right before the tokens are listed for the host.
    pub fn listing(&mut self) {
        if self.is_on() {
            self.seen = self.driver.glance();
        }
    }

    /// Whether [`Self::tick`] is to be called once a second.
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Glances at the tokens, and tells a difference from the last time.
    pub fn tick(&mut self) {
        let now = self.driver.glance();
        if now != self.seen {
            self.seen = now;
            self.port.say(&FromWorker::Changed {});
        }
    }
}

fn tell(mut wait: Wait, port: &Port, on: &AtomicBool) {
    loop {
        let began = Instant::now();
        if !wait() {
            // The glances are left.
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

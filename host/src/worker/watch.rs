//! Tells when a token comes or goes: by the blocking `C_WaitForSlotEvent` where the module has
//! it, else by a look at the slots once a second.

use super::Port;
use super::message::FromWorker;
use super::pkcs11::library::Library;
use super::pkcs11::objects;
use cryptoki::context::Pkcs11;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The watch over the slots of a module.
pub struct Watch {
    port: Port,
    pkcs11: Library,
    on: Arc<AtomicBool>,
    /// The waiting thread runs and its module can wait. It outlives a watch that is turned off,
    /// because nothing but the module's end brings it back from its call.
    waits: Arc<AtomicBool>,
    may_wait: bool,
    seen: Vec<Seen>,
}

/// What a look sees of a slot with a token.
type Seen = (u64, [u8; 16], [u8; 32]);

impl Watch {
    pub fn new(port: Port, pkcs11: Library, may_wait: bool) -> Self {
        Self {
            port,
            pkcs11,
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
        self.seen = self.slots();
        if self.may_wait {
            // Tried once: a module that can't wait says so at once.
            self.may_wait = false;
            self.waits.store(true, Ordering::Relaxed);
            let (port, pkcs11) = (self.port.clone(), self.pkcs11.clone());
            let (on, waits) = (Arc::clone(&self.on), Arc::clone(&self.waits));
            thread::spawn(move || wait(&port, &pkcs11, &on, &waits));
        }
    }

    /// Whether [`Self::tick`] is to be called once a second.
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Looks at the slots, unless the waiting thread does, and tells a difference from the last
    /// look.
    pub fn tick(&mut self) {
        if self.waits.load(Ordering::Relaxed) {
            return;
        }
        let now = self.slots();
        if now != self.seen {
            self.seen = now;
            self.port.say(&FromWorker::Changed {});
        }
    }

    fn slots(&self) -> Vec<Seen> {
        let Ok(slots) = objects::slots(&self.pkcs11) else {
            return Vec::new();
        };
        slots
            .into_iter()
            .filter_map(|slot| {
                let info = self.pkcs11.token_info(slot).ok()?;
                Some((slot.id(), info.serial, info.label))
            })
            .collect()
    }
}

fn wait(port: &Port, pkcs11: &Pkcs11, on: &AtomicBool, waits: &AtomicBool) {
    loop {
        let began = Instant::now();
        if pkcs11.wait_for_slot_event().is_err() {
            // Mostly CKR_FUNCTION_NOT_SUPPORTED; the polling takes over.
            waits.store(false, Ordering::Relaxed);
            return;
        }
        if on.load(Ordering::Relaxed) {
            port.say(&FromWorker::Changed {});
        }
        // A module that reports without end must not take the whole processor.
        if began.elapsed() < SHORTEST_WAIT {
            thread::sleep(SHORTEST_WAIT);
        }
    }
}

const SHORTEST_WAIT: Duration = Duration::from_millis(200);

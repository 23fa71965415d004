//! A library, and the wait for devices to come and go.

use crate::device::{Device, DeviceState};
use crate::error::{Error, LoadError};
use crate::raw::functions::{Call, Functions};
use crate::read;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A vendor's library. It stays loaded until the process ends: handles of one load mean nothing to the next,
/// and libraries with threads of their own can't be unloaded.
pub struct Library {
    pub(crate) core: Rc<Core>,
}

/// What everything that holds a handle keeps.
pub(crate) struct Core {
    pub functions: &'static Functions,
    path: PathBuf,
    waiting: Arc<Waiting>,
    has_waiter: Cell<bool>,
}

/// What a [`Waiter`] shares with its library.
#[derive(Default)]
struct Waiting {
    cancelled: AtomicBool,
}

/// The libraries of this process, and whether somebody uses each.
static LOADED: Mutex<Vec<Loaded>> = Mutex::new(Vec::new());

struct Loaded {
    path: PathBuf,
    functions: &'static Functions,
    in_use: bool,
}

impl Library {
    /// Loads a library that exports its functions by name. Its file is trusted to be a library: whoever
    /// chooses the path decides what runs here.
    ///
    /// # Errors
    /// If the system can't load it, if it has no `SKF_EnumDev` and `SKF_ConnectDev`, or if this process uses
    /// it already.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        Self::load_by(path, Functions::load)
    }

    /// Loads a library that has `SKF_GetFuncList` alone. Only for one whose vendor is known to have the
    /// functions there in the standard's order, behind a VERSION: with another order it would crash.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_function_list(path: &Path) -> Result<Self, LoadError> {
        Self::load_by(path, Functions::load_list)
    }

    fn load_by(
        path: &Path,
        load: impl FnOnce(&Path) -> Result<Functions, LoadError>,
    ) -> Result<Self, LoadError> {
        // One file by two names is one library to the system.
        let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut all = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let functions = match all.iter_mut().find(|loaded| loaded.path == file) {
            Some(loaded) if loaded.in_use => return Err(LoadError::InUse),
            Some(loaded) => {
                loaded.in_use = true;
                loaded.functions
            }
            None => {
                // In the form that Windows itself gives a path, `\\?\C:\…`, libraries don't know their own.
                let named = if cfg!(windows) { path } else { &file };
                let functions: &'static Functions = Box::leak(Box::new(load(named)?));
                all.push(Loaded {
                    path: file.clone(),
                    functions,
                    in_use: true,
                });
                functions
            }
        };
        Ok(Self {
            core: Rc::new(Core {
                functions,
                path: file,
                waiting: Arc::default(),
                has_waiter: Cell::new(false),
            }),
        })
    }

    /// Whether the library has a function.
    #[must_use]
    pub fn has(&self, call: Call) -> bool {
        self.core.functions.present().contains(&call)
    }

    /// The functions of the standard that the library lacks.
    #[must_use]
    pub fn missing(&self) -> Vec<Call> {
        let all = Call::ALL.iter().copied();
        all.filter(|call| !self.has(*call)).collect()
    }

    /// The names of devices: of those that are plugged in, or of all that the driver knows.
    ///
    /// # Errors
    /// What the library returned, or that the list makes no sense.
    pub fn devices(&self, plugged_in: bool) -> Result<Vec<Vec<u8>>, Error> {
        let list = self.core.functions.enum_dev(plugged_in)?;
        names(Call::EnumDev, &list)
    }

    /// Whether a device is there, without connecting to it.
    ///
    /// # Errors
    /// What the library returned.
    pub fn device_state(&self, name: &[u8]) -> Result<DeviceState, Error> {
        Ok(match self.core.functions.get_dev_state(name)? {
            0 => DeviceState::Absent,
            1 => DeviceState::Present,
            _ => DeviceState::Unknown,
        })
    }

    /// Connects to a device.
    ///
    /// # Errors
    /// What the library returned.
    pub fn connect(&self, name: &[u8]) -> Result<Device, Error> {
        Device::connect(&self.core, name)
    }

    /// The one that may wait on another thread; `None` if there was one already, or if the library can't
    /// wait.
    #[must_use]
    pub fn waiter(&self) -> Option<Waiter> {
        if !self.has(Call::WaitForDevEvent) || self.core.has_waiter.replace(true) {
            return None;
        }
        Some(Waiter {
            functions: self.core.functions,
            waiting: Arc::clone(&self.core.waiting),
        })
    }

    /// Brings the waiter back from its wait, for good.
    ///
    /// # Errors
    /// What the library returned, or that it can't: then only the end of the process ends the wait.
    pub fn cancel_wait(&self) -> Result<(), Error> {
        self.core.cancel_wait()
    }
}

impl Core {
    fn cancel_wait(&self) -> Result<(), Error> {
        self.waiting.cancelled.store(true, Ordering::Release);
        self.functions.cancel_wait_for_dev_event()
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        if self.has_waiter.get() {
            // Nothing else can be done for a thread that stays in its call.
            let _ = self.cancel_wait();
        }
        let mut all = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = all.iter_mut().find(|loaded| loaded.path == self.path) {
            loaded.in_use = false;
        }
    }
}

/// Waits for devices, on a thread of its own: the standard has the wait run beside other calls.
pub struct Waiter {
    functions: &'static Functions,
    waiting: Arc<Waiting>,
}

/// What a wait came back with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A device came.
    In(Vec<u8>),
    /// A device went.
    Out(Vec<u8>),
    /// Something happened, or nothing: the list of devices tells.
    Other,
    /// The wait was cancelled.
    Cancelled,
}

impl Waiter {
    /// Waits for the next event. May come back at once, also from a library that can't wait.
    ///
    /// # Errors
    /// What the library returned.
    pub fn wait(&mut self) -> Result<Event, Error> {
        if self.is_cancelled() {
            return Ok(Event::Cancelled);
        }
        let waited = self.functions.wait_for_dev_event();
        if self.is_cancelled() {
            return Ok(Event::Cancelled);
        }
        let (name, event) = waited?;
        let name = read::text(&name);
        Ok(match event {
            _ if name.len() > read::MAX_NAME_BYTES => Event::Other,
            1 => Event::In(name),
            2 => Event::Out(name),
            _ => Event::Other,
        })
    }

    fn is_cancelled(&self) -> bool {
        self.waiting.cancelled.load(Ordering::Acquire)
    }
}

/// A list of names, each once, since nothing else tells what they name apart; or what is wrong with it.
pub(crate) fn names(call: Call, list: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
    let mut names = read::names(list).map_err(|what| Error::Nonsense { call, what })?;
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(names)
}

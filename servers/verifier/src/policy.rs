//! The policy that is in use, which another one can take the place of while requests are judged by the first.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_calls::{Error, Policy, Time};

/// A policy, and the file that it came from.
pub struct PolicyInUse {
    path: PathBuf,
    policy: RwLock<Arc<Policy>>,
}

impl PolicyInUse {
    /// Loads it.
    ///
    /// # Errors
    /// As [`Policy::open`].
    pub fn open(path: PathBuf) -> Result<Self, Error> {
        let policy = RwLock::new(Arc::new(Policy::open(&path, now())?));
        Ok(Self { path, policy })
    }

    /// Loads the file again. Where it is refused, the policy stays that is there.
    ///
    /// # Errors
    /// As [`Policy::open`].
    pub fn reload(&self) -> Result<(), Error> {
        let policy = Arc::new(Policy::open(&self.path, now())?);
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
        Ok(())
    }

    /// The policy to judge a request by.
    pub(crate) fn current(&self) -> Arc<Policy> {
        let policy = self.policy.read().unwrap_or_else(PoisonError::into_inner);
        policy.clone()
    }
}

/// The time by the system's clock.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Time(since.map_or(0, |since| since.as_secs().try_into().unwrap_or(i64::MAX)))
}

//! A loaded module: `cryptoki`'s calls, and the two that it does not make as vendors' modules need them.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11};
use cryptoki::error::{Error as Pkcs11Error, Rv, RvError};
use cryptoki::slot::Slot;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use yinxin_raw::{Raw, TokenInfo};

/// A loaded module. What it derefs to is `cryptoki`'s.
#[derive(Clone)]
pub struct Library {
    pkcs11: Pkcs11,
    raw: Arc<Raw>,
}

impl Deref for Library {
    type Target = Pkcs11;

    fn deref(&self) -> &Pkcs11 {
        &self.pkcs11
    }
}

impl Library {
    /// Loads a module.
    ///
    /// # Errors
    /// Those of `cryptoki`.
    pub fn load(path: &Path) -> Result<Self, Pkcs11Error> {
        let pkcs11 = Pkcs11::new(path)?;
        let raw = Raw::load(path).ok_or(Pkcs11Error::NullFunctionPointer)?;
        Ok(Self {
            pkcs11,
            raw: Arc::new(raw),
        })
    }

    /// Initialises it: with locks of the system, for one thread, or with no arguments at all, as modules
    /// made before PKCS #11 v2.10 have it. Tells whether it locks by itself.
    ///
    /// # Errors
    /// What it answered to the last that was tried.
    pub fn initialize(&self) -> Result<bool, Pkcs11Error> {
        let locking = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match self.pkcs11.initialize(locking) {
            Ok(()) => return Ok(true),
            Err(Pkcs11Error::Pkcs11(rv, _)) if is_about_arguments(rv) => {}
            Err(error) => return Err(error),
        }
        // Old modules know one thread only; then this worker has one thread in them.
        let alone = CInitializeArgs::new(CInitializeFlags::empty());
        match self.pkcs11.initialize(alone) {
            Ok(()) => return Ok(false),
            Err(Pkcs11Error::Pkcs11(rv, _)) if is_about_arguments(rv) => {}
            Err(error) => return Err(error),
        }
        let called = self.raw.initialize_without_arguments();
        called
            .map(|()| false)
            .or_else(|rv| failed(rv, Function::Initialize))
    }

    /// `C_GetTokenInfo`, with its strings as they are.
    ///
    /// # Errors
    /// What it answered.
    pub fn token_info(&self, slot: Slot) -> Result<TokenInfo, Pkcs11Error> {
        let told = self.raw.token_info(slot.id());
        told.or_else(|rv| failed(rv, Function::GetTokenInfo))
    }
}

/// Whether an answer to `C_Initialize` may be to its arguments.
fn is_about_arguments(rv: RvError) -> bool {
    matches!(
        rv,
        RvError::CantLock
            | RvError::ArgumentsBad
            | RvError::NeedToCreateThreads
            | RvError::FunctionNotSupported
            | RvError::FunctionFailed
            | RvError::GeneralError
    )
}

fn failed<T>(rv: yinxin_raw::ReturnValue, function: Function) -> Result<T, Pkcs11Error> {
    Rv::from(rv).into_result(function)?;
    Err(Pkcs11Error::InvalidValue)
}

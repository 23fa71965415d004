//! Two calls of PKCS #11 that `cryptoki` does not make as the field needs them: `C_Initialize(NULL_PTR)`,
//! where it always gives arguments, and `C_GetTokenInfo`, whose strings it decodes as UTF-8 with losses.
//! A crate of its own, since the host forbids unsafe code.
#![allow(
    unsafe_code,
    reason = "the C ABI of PKCS #11; each block says why it holds"
)]
#![allow(
    clippy::useless_conversion,
    reason = "CK_ULONG has 32 bits on Windows and 64 elsewhere"
)]

use cryptoki_sys::{
    CK_FLAGS, CK_FUNCTION_LIST, CK_RV, CK_SLOT_ID, CK_TOKEN_INFO,
    CKF_PROTECTED_AUTHENTICATION_PATH, CKF_TOKEN_INITIALIZED, CKF_USER_PIN_COUNT_LOW,
    CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED, CKF_USER_PIN_TO_BE_CHANGED,
    CKR_FUNCTION_NOT_SUPPORTED, CKR_OK,
};
use libloading::{Library, Symbol};
use std::path::Path;
use std::ptr;

/// `CK_RV`.
pub type ReturnValue = CK_RV;

type GetFunctionList = unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV;
type Initialize = unsafe extern "C" fn(*mut std::ffi::c_void) -> CK_RV;
type GetTokenInfo = unsafe extern "C" fn(CK_SLOT_ID, *mut CK_TOKEN_INFO) -> CK_RV;

/// A module's function list. The library stays loaded as long as this lives.
pub struct Raw {
    initialize: Option<Initialize>,
    get_token_info: Option<GetTokenInfo>,
    _library: Library,
}

/// A token's description (PKCS #11 v3.1, 3.2), as the module gave it.
#[derive(Clone)]
pub struct TokenInfo {
    /// `label`: 32 bytes, padded.
    pub label: [u8; 32],
    /// `manufacturerID`, likewise.
    pub manufacturer: [u8; 32],
    /// `model`, likewise.
    pub model: [u8; 16],
    /// `serialNumber`, likewise.
    pub serial: [u8; 16],
    flags: CK_FLAGS,
    /// `ulMaxPinLen`.
    pub max_pin_length: u64,
    /// `ulMinPinLen`.
    pub min_pin_length: u64,
}

impl Raw {
    /// The function list of a library that is loaded already: another load of it is the same one.
    #[must_use]
    pub fn load(path: &Path) -> Option<Self> {
        // SAFETY: loading runs the library's initialisers, which the load before this one did.
        let library = unsafe { Library::new(path) }.ok()?;
        // SAFETY: the function of this name has this type (PKCS #11 v3.1, 5.4.4).
        let get: Symbol<GetFunctionList> = unsafe { library.get(b"C_GetFunctionList\0") }.ok()?;
        let mut list: *mut CK_FUNCTION_LIST = ptr::null_mut();
        // SAFETY: it takes a pointer to a pointer, which outlives the call.
        let rv = unsafe { get(&raw mut list) };
        if rv != CKR_OK || list.is_null() {
            return None;
        }
        // SAFETY: after CKR_OK it points to the module's list, which lives as long as the library; the first
        // functions of all versions are the same.
        let list = unsafe { &*list };
        Some(Self {
            initialize: list.C_Initialize,
            get_token_info: list.C_GetTokenInfo,
            _library: library,
        })
    }

    /// `C_Initialize(NULL_PTR)`: for one thread only.
    ///
    /// # Errors
    /// Its `CK_RV`.
    pub fn initialize_without_arguments(&self) -> Result<(), CK_RV> {
        let call = self.initialize.ok_or(CKR_FUNCTION_NOT_SUPPORTED)?;
        // SAFETY: NULL_PTR is among the values that 5.4.1 defines.
        match unsafe { call(ptr::null_mut()) } {
            CKR_OK => Ok(()),
            rv => Err(rv),
        }
    }

    /// `C_GetTokenInfo`.
    ///
    /// # Errors
    /// Its `CK_RV`.
    pub fn token_info(&self, slot: u64) -> Result<TokenInfo, CK_RV> {
        let call = self.get_token_info.ok_or(CKR_FUNCTION_NOT_SUPPORTED)?;
        let slot = CK_SLOT_ID::try_from(slot).map_err(|_| CKR_FUNCTION_NOT_SUPPORTED)?;
        let mut info = CK_TOKEN_INFO::default();
        // SAFETY: 5.5.3: it fills a structure of fixed size, which outlives the call.
        match unsafe { call(slot, &raw mut info) } {
            CKR_OK => Ok(TokenInfo {
                label: info.label,
                manufacturer: info.manufacturerID,
                model: info.model,
                serial: info.serialNumber,
                flags: info.flags,
                max_pin_length: info.ulMaxPinLen.into(),
                min_pin_length: info.ulMinPinLen.into(),
            }),
            rv => Err(rv),
        }
    }
}

impl TokenInfo {
    fn has(&self, flag: CK_FLAGS) -> bool {
        self.flags & flag != 0
    }

    /// `CKF_TOKEN_INITIALIZED`.
    #[must_use]
    pub fn token_initialized(&self) -> bool {
        self.has(CKF_TOKEN_INITIALIZED)
    }

    /// `CKF_PROTECTED_AUTHENTICATION_PATH`.
    #[must_use]
    pub fn protected_authentication_path(&self) -> bool {
        self.has(CKF_PROTECTED_AUTHENTICATION_PATH)
    }

    /// `CKF_USER_PIN_TO_BE_CHANGED`.
    #[must_use]
    pub fn user_pin_to_be_changed(&self) -> bool {
        self.has(CKF_USER_PIN_TO_BE_CHANGED)
    }

    /// `CKF_USER_PIN_LOCKED`.
    #[must_use]
    pub fn user_pin_locked(&self) -> bool {
        self.has(CKF_USER_PIN_LOCKED)
    }

    /// `CKF_USER_PIN_FINAL_TRY`.
    #[must_use]
    pub fn user_pin_final_try(&self) -> bool {
        self.has(CKF_USER_PIN_FINAL_TRY)
    }

    /// `CKF_USER_PIN_COUNT_LOW`.
    #[must_use]
    pub fn user_pin_count_low(&self) -> bool {
        self.has(CKF_USER_PIN_COUNT_LOW)
    }
}

//! The C boundary: the function list of PKCS #11 2.40. Each function checks its pointers, decodes
//! its arguments, calls [`Module`] and encodes the answer. A panic becomes `CKR_GENERAL_ERROR`.
//!
//! What the functions here rely on, and what the SAFETY comments mean by "the caller's contract":
//! a pointer that is not null points to as many aligned, initialised (or, for outputs, writable)
//! items as PKCS #11 says, and they stay so and unaliased for the length of the call.

#![allow(
    unsafe_code,
    non_snake_case,
    reason = "a C interface whose names PKCS #11 gives"
)]

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptoki_sys::*;

use crate::DIR_VARIABLE;
use crate::mechanism::{self, MECHANISMS, Mechanism};
use crate::module::{MANUFACTURER, Module, VERSION, padded};
use crate::rv::{Result, Rv};
use crate::seal::fill_random;
use crate::token::Role;

/// What lies between C_Initialize and C_Finalize.
struct Initialised {
    module: Module,
    /// A child made by fork(2) has to call C_Initialize itself.
    process: u32,
    /// Tells a waiting thread that the module it waits for is no longer this one.
    instance: u64,
}

/// The state, and how often C_Initialize succeeded.
struct State {
    initialised: Option<Initialised>,
    instances: u64,
}

static STATE: Mutex<State> = Mutex::new(State {
    initialised: None,
    instances: 0,
});
static FINALIZED: Condvar = Condvar::new();

/// How often C_WaitForSlotEvent looks.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// More attributes than any object has.
const MAX_TEMPLATE: usize = 256;

fn lock() -> MutexGuard<'static, State> {
    // A panic in between has answered CKR_GENERAL_ERROR; the module's own state stays usable,
    // since what is stored on the disk is replaced as a whole.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn module(&mut self) -> Result<&mut Module> {
        match &mut self.initialised {
            Some(state) if state.process == std::process::id() => Ok(&mut state.module),
            _ => Err(Rv(CKR_CRYPTOKI_NOT_INITIALIZED)),
        }
    }
}

/// Runs the body of a C function.
#[cfg_attr(not(feature = "faults"), allow(unused_variables))]
fn guard(function: &'static str, body: impl FnOnce() -> Result<()>) -> CK_RV {
    let result = catch_unwind(AssertUnwindSafe(|| {
        #[cfg(feature = "faults")]
        crate::faults::before(function)?;
        body()
    }));
    match result {
        Ok(Ok(())) => CKR_OK,
        Ok(Err(Rv(code))) => code,
        Err(_) => CKR_GENERAL_ERROR,
    }
}

/// Runs the body of a C function that needs the initialised module.
fn call(function: &'static str, body: impl FnOnce(&mut Module) -> Result<()>) -> CK_RV {
    guard(function, || body(lock().module()?))
}

/// Bytes that the caller gives.
///
/// # Safety
/// The caller's contract, for `length` bytes.
unsafe fn bytes<'a>(pointer: *const CK_BYTE, length: CK_ULONG) -> Result<&'a [u8]> {
    let length = usize::try_from(length).map_err(|_| Rv(CKR_ARGUMENTS_BAD))?;
    if length == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() || isize::try_from(length).is_err() {
        return Err(Rv(CKR_ARGUMENTS_BAD));
    }
    // SAFETY: not null and not too long; the rest is the caller's contract.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
}

/// A PIN. Null would ask for a protected authentication path, which this token has not.
///
/// # Safety
/// As [`bytes`].
unsafe fn pin<'a>(pointer: *const CK_BYTE, length: CK_ULONG) -> Result<&'a [u8]> {
    if pointer.is_null() {
        return Err(Rv(CKR_ARGUMENTS_BAD));
    }
    // SAFETY: the caller's contract.
    unsafe { bytes(pointer, length) }
}

/// A template that the caller gives, as it lies in memory.
///
/// # Safety
/// The caller's contract, for `count` attributes.
unsafe fn attributes<'a>(
    pointer: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> Result<&'a mut [CK_ATTRIBUTE]> {
    match usize::try_from(count) {
        Ok(0) => Ok(&mut []),
        Ok(count @ 1..=MAX_TEMPLATE) if !pointer.is_null() => {
            // SAFETY: not null and short; the rest is the caller's contract.
            Ok(unsafe { std::slice::from_raw_parts_mut(pointer, count) })
        }
        _ => Err(Rv(CKR_ARGUMENTS_BAD)),
    }
}

/// A template that the caller gives, with its values.
///
/// # Safety
/// As [`attributes`], and each value as [`bytes`].
unsafe fn template<'a>(
    pointer: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> Result<Vec<(CK_ATTRIBUTE_TYPE, &'a [u8])>> {
    // SAFETY: the caller's contract.
    let attributes = unsafe { attributes(pointer, count) }?;
    attributes
        .iter()
        .map(|attribute| {
            // SAFETY: the caller's contract.
            let value = unsafe { bytes(attribute.pValue.cast(), attribute.ulValueLen) };
            match value {
                Ok(value) => Ok((attribute.type_, value)),
                Err(_) => Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID)),
            }
        })
        .collect()
}

/// A mechanism that the caller gives.
///
/// # Safety
/// The caller's contract, for the structure and its parameter.
unsafe fn mechanism<'a>(pointer: *const CK_MECHANISM) -> Result<Mechanism<'a>> {
    if pointer.is_null() {
        return Err(Rv(CKR_ARGUMENTS_BAD));
    }
    // SAFETY: not null; the rest is the caller's contract.
    let given = unsafe { pointer.read() };
    // SAFETY: the caller's contract.
    let parameter = unsafe { bytes(given.pParameter.cast(), given.ulParameterLen) };
    Ok(Mechanism {
        kind: given.mechanism,
        parameter: parameter.map_err(|_| Rv(CKR_MECHANISM_PARAM_INVALID))?,
    })
}

/// Writes an answer.
///
/// # Safety
/// The caller's contract, for one `T`.
unsafe fn put<T>(pointer: *mut T, value: T) -> Result<()> {
    if pointer.is_null() {
        return Err(Rv(CKR_ARGUMENTS_BAD));
    }
    // SAFETY: not null; the rest is the caller's contract.
    unsafe { pointer.write(value) };
    Ok(())
}

/// Answers with a list of unknown length (PKCS #11 2.40 section 5.2): to a null `out` its length
/// in `count`, to a shorter room `CKR_BUFFER_TOO_SMALL` and the length, else the list. `make` is
/// called only if there is room for `needed` items, and may give fewer.
///
/// # Safety
/// The caller's contract, for `count`, and for as many `T` in `out` as it says.
unsafe fn answer<T, L>(
    out: *mut T,
    count: *mut CK_ULONG,
    needed: usize,
    make: impl FnOnce() -> Result<L>,
) -> Result<()>
where
    T: Copy + 'static,
    L: AsRef<[T]>,
{
    let needed_count = CK_ULONG::try_from(needed).map_err(|_| Rv(CKR_GENERAL_ERROR))?;
    if count.is_null() {
        return Err(Rv(CKR_ARGUMENTS_BAD));
    }
    // SAFETY: not null; the rest is the caller's contract.
    let room = unsafe { count.read() };
    if out.is_null() || room < needed_count {
        // SAFETY: not null.
        unsafe { count.write(needed_count) };
        return if out.is_null() {
            Ok(())
        } else {
            Err(Rv(CKR_BUFFER_TOO_SMALL))
        };
    }
    let items = make()?;
    let items = items.as_ref();
    if items.len() > needed {
        return Err(Rv(CKR_GENERAL_ERROR));
    }
    let made = CK_ULONG::try_from(items.len()).map_err(|_| Rv(CKR_GENERAL_ERROR))?;
    // SAFETY: `out` has room for `needed` items, and there are no more; `count` is not null.
    unsafe {
        out.copy_from_nonoverlapping(items.as_ptr(), items.len());
        count.write(made);
    }
    Ok(())
}

unsafe extern "C" fn C_Initialize(arguments: *mut c_void) -> CK_RV {
    // Nothing is ever printed: this copy of the standard library is the module's own.
    std::panic::set_hook(Box::new(|_| {}));
    guard("C_Initialize", || {
        let arguments = arguments.cast::<CK_C_INITIALIZE_ARGS>();
        if !arguments.is_null() {
            // SAFETY: not null; the rest is the caller's contract.
            check_initialize_args(unsafe { &*arguments })?;
        }
        let mut state = lock();
        if state.module().is_ok() {
            return Err(Rv(CKR_CRYPTOKI_ALREADY_INITIALIZED));
        }
        state.instances += 1;
        state.initialised = Some(Initialised {
            module: Module::new(std::env::var_os(DIR_VARIABLE).map(PathBuf::from)),
            process: std::process::id(),
            instance: state.instances,
        });
        Ok(())
    })
}

/// PKCS #11 2.40 section 5.4: this module locks with the operating system's means only.
fn check_initialize_args(arguments: &CK_C_INITIALIZE_ARGS) -> Result<()> {
    // Copied out first: on Windows the structure is packed.
    let (create, destroy) = (arguments.CreateMutex, arguments.DestroyMutex);
    let (lock, unlock) = (arguments.LockMutex, arguments.UnlockMutex);
    let callbacks = [
        create.is_some(),
        destroy.is_some(),
        lock.is_some(),
        unlock.is_some(),
    ];
    let given = callbacks.iter().filter(|given| **given).count();
    let reserved = arguments.pReserved;
    if !reserved.is_null() || !matches!(given, 0 | 4) {
        return Err(Rv(CKR_ARGUMENTS_BAD));
    }
    if given == 4 && arguments.flags & CKF_OS_LOCKING_OK == 0 {
        return Err(Rv(CKR_CANT_LOCK));
    }
    Ok(())
}

unsafe extern "C" fn C_Finalize(reserved: *mut c_void) -> CK_RV {
    guard("C_Finalize", || {
        if !reserved.is_null() {
            return Err(Rv(CKR_ARGUMENTS_BAD));
        }
        let mut state = lock();
        state.module()?;
        state.initialised = None;
        FINALIZED.notify_all();
        Ok(())
    })
}

unsafe extern "C" fn C_GetInfo(info: *mut CK_INFO) -> CK_RV {
    call("C_GetInfo", |_| {
        let answer = CK_INFO {
            cryptokiVersion: CK_VERSION {
                major: 2,
                minor: 40,
            },
            manufacturerID: padded(MANUFACTURER),
            flags: 0,
            libraryDescription: padded("Yinxin software key, demo only"),
            libraryVersion: VERSION,
        };
        // SAFETY: the caller's contract.
        unsafe { put(info, answer) }
    })
}

/// Gives the function list. May be called before C_Initialize.
///
/// # Safety
/// `list` is null or points to writable room for one pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetFunctionList(list: *mut *mut CK_FUNCTION_LIST) -> CK_RV {
    guard("C_GetFunctionList", || {
        // The list is never written to: callers get a pointer to mutable memory only because
        // C's prototype has no const.
        // SAFETY: the caller's contract.
        unsafe { put(list, (&raw const FUNCTION_LIST).cast_mut()) }
    })
}

unsafe extern "C" fn C_GetSlotList(
    present: CK_BBOOL,
    slots: *mut CK_SLOT_ID,
    count: *mut CK_ULONG,
) -> CK_RV {
    call("C_GetSlotList", |module| {
        let list = module.slot_list(present != CK_FALSE, slots.is_null());
        // SAFETY: the caller's contract.
        unsafe { answer(slots, count, list.len(), || Ok(list)) }
    })
}

unsafe extern "C" fn C_GetSlotInfo(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO) -> CK_RV {
    call("C_GetSlotInfo", |module| {
        // SAFETY: the caller's contract.
        unsafe { put(info, module.slot_info(slot)?) }
    })
}

unsafe extern "C" fn C_GetTokenInfo(slot: CK_SLOT_ID, info: *mut CK_TOKEN_INFO) -> CK_RV {
    call("C_GetTokenInfo", |module| {
        // SAFETY: the caller's contract.
        unsafe { put(info, module.token_info(slot)?) }
    })
}

unsafe extern "C" fn C_GetMechanismList(
    slot: CK_SLOT_ID,
    list: *mut CK_MECHANISM_TYPE,
    count: *mut CK_ULONG,
) -> CK_RV {
    call("C_GetMechanismList", |module| {
        module.check_token(slot)?;
        let all = || Ok(MECHANISMS.map(|info| info.kind));
        // SAFETY: the caller's contract.
        unsafe { answer(list, count, MECHANISMS.len(), all) }
    })
}

unsafe extern "C" fn C_GetMechanismInfo(
    slot: CK_SLOT_ID,
    kind: CK_MECHANISM_TYPE,
    info: *mut CK_MECHANISM_INFO,
) -> CK_RV {
    call("C_GetMechanismInfo", |module| {
        module.check_token(slot)?;
        let found = mechanism::find(kind)?;
        let answer = CK_MECHANISM_INFO {
            ulMinKeySize: found.min_bits,
            ulMaxKeySize: found.max_bits,
            flags: found.flags,
        };
        // SAFETY: the caller's contract.
        unsafe { put(info, answer) }
    })
}

unsafe extern "C" fn C_InitToken(
    slot: CK_SLOT_ID,
    so_pin: *mut CK_UTF8CHAR,
    so_pin_len: CK_ULONG,
    label: *mut CK_UTF8CHAR,
) -> CK_RV {
    call("C_InitToken", |module| {
        // SAFETY: the caller's contract; the label has 32 bytes.
        let (so_pin, label) = unsafe { (pin(so_pin, so_pin_len)?, bytes(label, 32)?) };
        let label = label.try_into().map_err(|_| Rv(CKR_ARGUMENTS_BAD))?;
        module.init_token(slot, so_pin, label)
    })
}

unsafe extern "C" fn C_InitPIN(
    session: CK_SESSION_HANDLE,
    new: *mut CK_UTF8CHAR,
    new_len: CK_ULONG,
) -> CK_RV {
    call("C_InitPIN", |module| {
        // SAFETY: the caller's contract.
        module.init_pin(session, unsafe { pin(new, new_len) }?)
    })
}

unsafe extern "C" fn C_SetPIN(
    session: CK_SESSION_HANDLE,
    old: *mut CK_UTF8CHAR,
    old_len: CK_ULONG,
    new: *mut CK_UTF8CHAR,
    new_len: CK_ULONG,
) -> CK_RV {
    call("C_SetPIN", |module| {
        // SAFETY: the caller's contract.
        let (old, new) = unsafe { (pin(old, old_len)?, pin(new, new_len)?) };
        module.set_pin(session, old, new)
    })
}

unsafe extern "C" fn C_OpenSession(
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    _application: *mut c_void,
    _notify: CK_NOTIFY,
    session: *mut CK_SESSION_HANDLE,
) -> CK_RV {
    call("C_OpenSession", |module| {
        if session.is_null() {
            return Err(Rv(CKR_ARGUMENTS_BAD));
        }
        // SAFETY: the caller's contract.
        unsafe { put(session, module.open_session(slot, flags)?) }
    })
}

unsafe extern "C" fn C_CloseSession(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_CloseSession", |module| module.close_session(session))
}

unsafe extern "C" fn C_CloseAllSessions(slot: CK_SLOT_ID) -> CK_RV {
    call("C_CloseAllSessions", |module| {
        module.close_all_sessions(slot)
    })
}

unsafe extern "C" fn C_GetSessionInfo(
    session: CK_SESSION_HANDLE,
    info: *mut CK_SESSION_INFO,
) -> CK_RV {
    call("C_GetSessionInfo", |module| {
        // SAFETY: the caller's contract.
        unsafe { put(info, module.session_info(session)?) }
    })
}

unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    user_pin: *mut CK_UTF8CHAR,
    user_pin_len: CK_ULONG,
) -> CK_RV {
    call("C_Login", |module| {
        let role = match user {
            CKU_USER => Role::User,
            CKU_SO => Role::So,
            // Only keys with CKA_ALWAYS_AUTHENTICATE need it, and there are none.
            CKU_CONTEXT_SPECIFIC => {
                module.check_session(session)?;
                return Err(Rv(CKR_OPERATION_NOT_INITIALIZED));
            }
            _ => return Err(Rv(CKR_USER_TYPE_INVALID)),
        };
        // SAFETY: the caller's contract.
        module.login(session, role, unsafe { pin(user_pin, user_pin_len) }?)
    })
}

unsafe extern "C" fn C_Logout(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_Logout", |module| module.logout(session))
}

unsafe extern "C" fn C_CreateObject(
    session: CK_SESSION_HANDLE,
    attributes: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
    object: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    call("C_CreateObject", |module| {
        if object.is_null() {
            return Err(Rv(CKR_ARGUMENTS_BAD));
        }
        // SAFETY: the caller's contract.
        let template = unsafe { template(attributes, count) }?;
        #[cfg(feature = "faults")]
        let stored: Vec<_> = template
            .iter()
            .map(|(kind, value)| (*kind, crate::faults::seen(value)))
            .collect();
        #[cfg(feature = "faults")]
        let template: Vec<_> = stored
            .iter()
            .map(|(kind, value)| (*kind, &**value))
            .collect();
        // SAFETY: the caller's contract.
        unsafe { put(object, module.create_object(session, &template)?) }
    })
}

unsafe extern "C" fn C_DestroyObject(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
) -> CK_RV {
    call("C_DestroyObject", |module| {
        module.destroy_object(session, object)
    })
}

unsafe extern "C" fn C_GetObjectSize(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    size: *mut CK_ULONG,
) -> CK_RV {
    call("C_GetObjectSize", |module| {
        // SAFETY: the caller's contract.
        unsafe { put(size, module.object_size(session, object)?) }
    })
}

unsafe extern "C" fn C_GetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    wanted: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call("C_GetAttributeValue", |module| {
        // SAFETY: the caller's contract.
        let wanted = unsafe { attributes(wanted, count) }?;
        let types: Vec<_> = wanted.iter().map(|attribute| attribute.type_).collect();
        let values = module.attribute_values(session, object, &types)?;
        let mut result = Ok(());
        for (attribute, value) in wanted.iter_mut().zip(values) {
            // SAFETY: the caller's contract.
            let written = value.and_then(|value| unsafe { put_value(attribute, &value) });
            if let Err(error) = written {
                attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
                result = Err(error);
            }
        }
        result
    })
}

/// Writes one value of C_GetAttributeValue.
///
/// # Safety
/// The caller's contract, for `attribute.pValue`.
unsafe fn put_value(attribute: &mut CK_ATTRIBUTE, value: &[u8]) -> Result<()> {
    #[cfg(feature = "faults")]
    let value = &*crate::faults::seen(value);
    let length = CK_ULONG::try_from(value.len()).map_err(|_| Rv(CKR_GENERAL_ERROR))?;
    if !attribute.pValue.is_null() {
        if attribute.ulValueLen < length {
            return Err(Rv(CKR_BUFFER_TOO_SMALL));
        }
        let out = attribute.pValue.cast::<u8>();
        // SAFETY: not null, and long enough by the caller's own word.
        unsafe { out.copy_from_nonoverlapping(value.as_ptr(), value.len()) };
    }
    attribute.ulValueLen = length;
    Ok(())
}

unsafe extern "C" fn C_SetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    attributes: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call("C_SetAttributeValue", |module| {
        // SAFETY: the caller's contract.
        let template = unsafe { template(attributes, count) }?;
        module.set_attribute_values(session, object, &template)
    })
}

unsafe extern "C" fn C_FindObjectsInit(
    session: CK_SESSION_HANDLE,
    attributes: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call("C_FindObjectsInit", |module| {
        // SAFETY: the caller's contract.
        let template = unsafe { template(attributes, count) }?;
        module.find_init(session, &template)
    })
}

unsafe extern "C" fn C_FindObjects(
    session: CK_SESSION_HANDLE,
    objects: *mut CK_OBJECT_HANDLE,
    max: CK_ULONG,
    count: *mut CK_ULONG,
) -> CK_RV {
    call("C_FindObjects", |module| {
        if count.is_null() || (objects.is_null() && max > 0) {
            return Err(Rv(CKR_ARGUMENTS_BAD));
        }
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        let found = module.find_next(session, max)?;
        let number = CK_ULONG::try_from(found.len()).map_err(|_| Rv(CKR_GENERAL_ERROR))?;
        if !found.is_empty() {
            // SAFETY: not null, since `max` is not 0, and no more than `max` were found.
            unsafe { objects.copy_from_nonoverlapping(found.as_ptr(), found.len()) };
        }
        // SAFETY: the caller's contract.
        unsafe { put(count, number) }
    })
}

unsafe extern "C" fn C_FindObjectsFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_FindObjectsFinal", |module| module.find_final(session))
}

unsafe extern "C" fn C_DecryptInit(
    session: CK_SESSION_HANDLE,
    given: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    call("C_DecryptInit", |module| {
        // SAFETY: the caller's contract.
        module.decrypt_init(session, unsafe { mechanism(given) }?, key)
    })
}

unsafe extern "C" fn C_Decrypt(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    out: *mut CK_BYTE,
    out_len: *mut CK_ULONG,
) -> CK_RV {
    call("C_Decrypt", |module| {
        // SAFETY: the caller's contract.
        let data = unsafe { bytes(data, data_len) }?;
        // The length of the plain text is known only when it is there.
        let plain = module.decrypt(session, data)?;
        let make = || {
            module.decrypt_end(session)?;
            Ok(plain.as_slice())
        };
        // SAFETY: the caller's contract.
        unsafe { answer(out, out_len, plain.len(), make) }
    })
}

unsafe extern "C" fn C_DigestInit(session: CK_SESSION_HANDLE, given: *mut CK_MECHANISM) -> CK_RV {
    call("C_DigestInit", |module| {
        // SAFETY: the caller's contract.
        module.digest_init(session, unsafe { mechanism(given) }?)
    })
}

unsafe extern "C" fn C_Digest(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    out: *mut CK_BYTE,
    out_len: *mut CK_ULONG,
) -> CK_RV {
    call("C_Digest", |module| {
        let needed = module.digest_len(session, false)?;
        // SAFETY: the caller's contract.
        let data = unsafe { bytes(data, data_len) }?;
        // SAFETY: the caller's contract.
        unsafe { answer(out, out_len, needed, || module.digest(session, data)) }
    })
}

unsafe extern "C" fn C_DigestUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    call("C_DigestUpdate", |module| {
        // SAFETY: the caller's contract.
        module.digest_update(session, unsafe { bytes(part, part_len) }?)
    })
}

unsafe extern "C" fn C_DigestFinal(
    session: CK_SESSION_HANDLE,
    out: *mut CK_BYTE,
    out_len: *mut CK_ULONG,
) -> CK_RV {
    call("C_DigestFinal", |module| {
        let needed = module.digest_len(session, true)?;
        // SAFETY: the caller's contract.
        unsafe { answer(out, out_len, needed, || module.digest(session, &[])) }
    })
}

unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    given: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    call("C_SignInit", |module| {
        // SAFETY: the caller's contract.
        module.sign_init(session, unsafe { mechanism(given) }?, key)
    })
}

unsafe extern "C" fn C_Sign(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    call("C_Sign", |module| {
        let needed = module.sign_len(session, false)?;
        // SAFETY: the caller's contract.
        let data = unsafe { bytes(data, data_len) }?;
        let make = || module.sign(session, data);
        // SAFETY: the caller's contract.
        unsafe { answer(signature, signature_len, needed, make) }
    })
}

unsafe extern "C" fn C_SignUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    call("C_SignUpdate", |module| {
        // SAFETY: the caller's contract.
        module.sign_update(session, unsafe { bytes(part, part_len) }?)
    })
}

unsafe extern "C" fn C_SignFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: *mut CK_ULONG,
) -> CK_RV {
    call("C_SignFinal", |module| {
        let needed = module.sign_len(session, true)?;
        let make = || module.sign(session, &[]);
        // SAFETY: the caller's contract.
        unsafe { answer(signature, signature_len, needed, make) }
    })
}

unsafe extern "C" fn C_VerifyInit(
    session: CK_SESSION_HANDLE,
    given: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    call("C_VerifyInit", |module| {
        // SAFETY: the caller's contract.
        module.verify_init(session, unsafe { mechanism(given) }?, key)
    })
}

unsafe extern "C" fn C_Verify(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    data_len: CK_ULONG,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    call("C_Verify", |module| {
        // SAFETY: the caller's contract.
        let data = unsafe { bytes(data, data_len) }?;
        // SAFETY: the caller's contract.
        let signature = unsafe { bytes(signature, signature_len) }?;
        module.verify(session, data, signature)
    })
}

unsafe extern "C" fn C_VerifyUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut CK_BYTE,
    part_len: CK_ULONG,
) -> CK_RV {
    call("C_VerifyUpdate", |module| {
        // SAFETY: the caller's contract.
        module.verify_update(session, unsafe { bytes(part, part_len) }?)
    })
}

unsafe extern "C" fn C_VerifyFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut CK_BYTE,
    signature_len: CK_ULONG,
) -> CK_RV {
    call("C_VerifyFinal", |module| {
        // SAFETY: the caller's contract.
        let signature = unsafe { bytes(signature, signature_len) }?;
        module.verify_final(session, &[], signature)
    })
}

unsafe extern "C" fn C_GenerateKeyPair(
    session: CK_SESSION_HANDLE,
    given: *mut CK_MECHANISM,
    public_attributes: *mut CK_ATTRIBUTE,
    public_count: CK_ULONG,
    private_attributes: *mut CK_ATTRIBUTE,
    private_count: CK_ULONG,
    public_key: *mut CK_OBJECT_HANDLE,
    private_key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    call("C_GenerateKeyPair", |module| {
        if public_key.is_null() || private_key.is_null() {
            return Err(Rv(CKR_ARGUMENTS_BAD));
        }
        // SAFETY: the caller's contract.
        let given = unsafe { mechanism(given) }?;
        // SAFETY: the caller's contract.
        let public = unsafe { template(public_attributes, public_count) }?;
        // SAFETY: the caller's contract.
        let private = unsafe { template(private_attributes, private_count) }?;
        let handles = module.generate_key_pair(session, given, &public, &private)?;
        // SAFETY: the caller's contract.
        unsafe {
            put(public_key, handles[0])?;
            put(private_key, handles[1])
        }
    })
}

unsafe extern "C" fn C_SeedRandom(
    session: CK_SESSION_HANDLE,
    _seed: *mut CK_BYTE,
    _seed_len: CK_ULONG,
) -> CK_RV {
    call("C_SeedRandom", |module| {
        module.check_session(session)?;
        Err(Rv(CKR_RANDOM_SEED_NOT_SUPPORTED))
    })
}

unsafe extern "C" fn C_GenerateRandom(
    session: CK_SESSION_HANDLE,
    out: *mut CK_BYTE,
    out_len: CK_ULONG,
) -> CK_RV {
    call("C_GenerateRandom", |module| {
        module.check_session(session)?;
        let length = usize::try_from(out_len).map_err(|_| Rv(CKR_ARGUMENTS_BAD))?;
        if length == 0 {
            return Ok(());
        }
        if out.is_null() || isize::try_from(length).is_err() {
            return Err(Rv(CKR_ARGUMENTS_BAD));
        }
        // SAFETY: not null and not too long. The bytes are zeroed before a reference to them is
        // made; the rest is the caller's contract.
        let out = unsafe {
            out.write_bytes(0, length);
            std::slice::from_raw_parts_mut(out, length)
        };
        fill_random(out)
    })
}

unsafe extern "C" fn C_GetFunctionStatus(_session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_GetFunctionStatus", |_| {
        Err(Rv(CKR_FUNCTION_NOT_PARALLEL))
    })
}

unsafe extern "C" fn C_CancelFunction(_session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_CancelFunction", |_| Err(Rv(CKR_FUNCTION_NOT_PARALLEL)))
}

unsafe extern "C" fn C_WaitForSlotEvent(
    flags: CK_FLAGS,
    slot: *mut CK_SLOT_ID,
    reserved: *mut c_void,
) -> CK_RV {
    guard("C_WaitForSlotEvent", || {
        if slot.is_null() || !reserved.is_null() {
            return Err(Rv(CKR_ARGUMENTS_BAD));
        }
        let mut state = lock();
        state.module()?;
        let instance = state.instances;
        loop {
            let current = state.initialised.as_ref().map(|state| state.instance);
            if current != Some(instance) {
                return Err(Rv(CKR_CRYPTOKI_NOT_INITIALIZED));
            }
            if let Some(changed) = state.module()?.poll_slot_event() {
                // SAFETY: the caller's contract.
                return unsafe { put(slot, changed) };
            }
            if flags & CKF_DONT_BLOCK != 0 {
                return Err(Rv(CKR_NO_EVENT));
            }
            state = FINALIZED
                .wait_timeout(state, POLL_INTERVAL)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    })
}

/// Functions of the list that this token has not.
macro_rules! unsupported {
    ($($name:ident($($argument:ty),*);)*) => {
        $(
            unsafe extern "C" fn $name($(_: $argument),*) -> CK_RV {
                call(stringify!($name), |_| Err(Rv(CKR_FUNCTION_NOT_SUPPORTED)))
            }
        )*
    };
}

type Session = CK_SESSION_HANDLE;
type Object = CK_OBJECT_HANDLE;
type Bytes = *mut CK_BYTE;
type Length = *mut CK_ULONG;
type MechanismPointer = *mut CK_MECHANISM;
type AttributePointer = *mut CK_ATTRIBUTE;

unsupported! {
    C_GetOperationState(Session, Bytes, Length);
    C_SetOperationState(Session, Bytes, CK_ULONG, Object, Object);
    C_CopyObject(Session, Object, AttributePointer, CK_ULONG, *mut Object);
    C_EncryptInit(Session, MechanismPointer, Object);
    C_Encrypt(Session, Bytes, CK_ULONG, Bytes, Length);
    C_EncryptUpdate(Session, Bytes, CK_ULONG, Bytes, Length);
    C_EncryptFinal(Session, Bytes, Length);
    C_DecryptUpdate(Session, Bytes, CK_ULONG, Bytes, Length);
    C_DecryptFinal(Session, Bytes, Length);
    C_DigestKey(Session, Object);
    C_SignRecoverInit(Session, MechanismPointer, Object);
    C_SignRecover(Session, Bytes, CK_ULONG, Bytes, Length);
    C_VerifyRecoverInit(Session, MechanismPointer, Object);
    C_VerifyRecover(Session, Bytes, CK_ULONG, Bytes, Length);
    C_DigestEncryptUpdate(Session, Bytes, CK_ULONG, Bytes, Length);
    C_DecryptDigestUpdate(Session, Bytes, CK_ULONG, Bytes, Length);
    C_SignEncryptUpdate(Session, Bytes, CK_ULONG, Bytes, Length);
    C_DecryptVerifyUpdate(Session, Bytes, CK_ULONG, Bytes, Length);
    C_GenerateKey(Session, MechanismPointer, AttributePointer, CK_ULONG, *mut Object);
    C_WrapKey(Session, MechanismPointer, Object, Object, Bytes, Length);
    C_UnwrapKey(Session, MechanismPointer, Object, Bytes, CK_ULONG, AttributePointer, CK_ULONG, *mut Object);
    C_DeriveKey(Session, MechanismPointer, Object, AttributePointer, CK_ULONG, *mut Object);
}

static FUNCTION_LIST: CK_FUNCTION_LIST = CK_FUNCTION_LIST {
    version: CK_VERSION {
        major: 2,
        minor: 40,
    },
    C_Initialize: Some(C_Initialize),
    C_Finalize: Some(C_Finalize),
    C_GetInfo: Some(C_GetInfo),
    C_GetFunctionList: Some(C_GetFunctionList),
    C_GetSlotList: Some(C_GetSlotList),
    C_GetSlotInfo: Some(C_GetSlotInfo),
    C_GetTokenInfo: Some(C_GetTokenInfo),
    C_GetMechanismList: Some(C_GetMechanismList),
    C_GetMechanismInfo: Some(C_GetMechanismInfo),
    C_InitToken: Some(C_InitToken),
    C_InitPIN: Some(C_InitPIN),
    C_SetPIN: Some(C_SetPIN),
    C_OpenSession: Some(C_OpenSession),
    C_CloseSession: Some(C_CloseSession),
    C_CloseAllSessions: Some(C_CloseAllSessions),
    C_GetSessionInfo: Some(C_GetSessionInfo),
    C_GetOperationState: Some(C_GetOperationState),
    C_SetOperationState: Some(C_SetOperationState),
    C_Login: Some(C_Login),
    C_Logout: Some(C_Logout),
    C_CreateObject: Some(C_CreateObject),
    C_CopyObject: Some(C_CopyObject),
    C_DestroyObject: Some(C_DestroyObject),
    C_GetObjectSize: Some(C_GetObjectSize),
    C_GetAttributeValue: Some(C_GetAttributeValue),
    C_SetAttributeValue: Some(C_SetAttributeValue),
    C_FindObjectsInit: Some(C_FindObjectsInit),
    C_FindObjects: Some(C_FindObjects),
    C_FindObjectsFinal: Some(C_FindObjectsFinal),
    C_EncryptInit: Some(C_EncryptInit),
    C_Encrypt: Some(C_Encrypt),
    C_EncryptUpdate: Some(C_EncryptUpdate),
    C_EncryptFinal: Some(C_EncryptFinal),
    C_DecryptInit: Some(C_DecryptInit),
    C_Decrypt: Some(C_Decrypt),
    C_DecryptUpdate: Some(C_DecryptUpdate),
    C_DecryptFinal: Some(C_DecryptFinal),
    C_DigestInit: Some(C_DigestInit),
    C_Digest: Some(C_Digest),
    C_DigestUpdate: Some(C_DigestUpdate),
    C_DigestKey: Some(C_DigestKey),
    C_DigestFinal: Some(C_DigestFinal),
    C_SignInit: Some(C_SignInit),
    C_Sign: Some(C_Sign),
    C_SignUpdate: Some(C_SignUpdate),
    C_SignFinal: Some(C_SignFinal),
    C_SignRecoverInit: Some(C_SignRecoverInit),
    C_SignRecover: Some(C_SignRecover),
    C_VerifyInit: Some(C_VerifyInit),
    C_Verify: Some(C_Verify),
    C_VerifyUpdate: Some(C_VerifyUpdate),
    C_VerifyFinal: Some(C_VerifyFinal),
    C_VerifyRecoverInit: Some(C_VerifyRecoverInit),
    C_VerifyRecover: Some(C_VerifyRecover),
    C_DigestEncryptUpdate: Some(C_DigestEncryptUpdate),
    C_DecryptDigestUpdate: Some(C_DecryptDigestUpdate),
    C_SignEncryptUpdate: Some(C_SignEncryptUpdate),
    C_DecryptVerifyUpdate: Some(C_DecryptVerifyUpdate),
    C_GenerateKey: Some(C_GenerateKey),
    C_GenerateKeyPair: Some(C_GenerateKeyPair),
    C_WrapKey: Some(C_WrapKey),
    C_UnwrapKey: Some(C_UnwrapKey),
    C_DeriveKey: Some(C_DeriveKey),
    C_SeedRandom: Some(C_SeedRandom),
    C_GenerateRandom: Some(C_GenerateRandom),
    C_GetFunctionStatus: Some(C_GetFunctionStatus),
    C_CancelFunction: Some(C_CancelFunction),
    C_WaitForSlotEvent: Some(C_WaitForSlotEvent),
};

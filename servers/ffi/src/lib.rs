//! `yinxin-verify` behind a C ABI: requests and answers are JSON, large bytes lie beside them. `include/yinxin_verify.h` is
//! generated from this file, and is its documentation for callers.
//!
//! The only unsafe code of `servers`: what crosses the border is checked here ([`bytes`], [`text`]), and everything behind it
//! is safe. Each function runs in [`guarded`], which lets no panic out.
#![allow(
    unsafe_code,
    reason = "a C ABI takes pointers; each block says why it is sound"
)]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![allow(
    non_camel_case_types,
    reason = "names of C, in which the header has them"
)]

use std::any::Any;
use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::ptr;
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_calls::{Error, Function, Hashed, Policy, Request, Time, call, error_json, refused};

/// What a function gives back: the answer is a verdict, facts, or nothing.
pub const YINXIN_OK: i32 = 0;
/// What a function gives back: the answer is an error.
pub const YINXIN_ERROR: i32 = 1;
/// What a function gives back: there was no place for an answer.
pub const YINXIN_NO_ANSWER: i32 = 2;

/// A part that holds bytes.
pub const YINXIN_PART_BYTES: u32 = 0;
/// A part that holds the path of a file, in UTF-8: a document (`file`), which is read where it lies, or a `content`, which
/// is hashed.
pub const YINXIN_PART_PATH: u32 = 1;

/// Raised when a function changes in a way that a caller of the older header would misread.
pub const YINXIN_ABI_VERSION: u32 = 1;

/// A portal's policy, read and checked.
pub struct yinxin_policy(Policy);

/// Hashes a content that comes in pieces.
pub struct yinxin_hasher(Hashed);

/// Something that lies beside the JSON of a request, in the place of one of its fields.
#[repr(C)]
pub struct yinxin_part {
    /// The field: `certificate`, `cms`, `content`, `file`, `proof`, `seal` or `signature`.
    pub name: *const c_char,
    /// `YINXIN_PART_BYTES` or `YINXIN_PART_PATH`.
    pub kind: u32,
    /// The bytes, or those of the path.
    pub bytes: *const u8,
    /// Their number.
    pub length: usize,
}

/// A text that the library hands out, in UTF-8, with a null byte behind it. `yinxin_text_free` takes it back.
#[repr(C)]
pub struct yinxin_text {
    /// The text; null where there is none.
    pub text: *mut u8,
    /// Its length without the null byte.
    pub length: usize,
}

/// The version of the library: `0.1.0`. It lives as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn yinxin_version() -> *const c_char {
    const VERSION: &[u8] = concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes();
    VERSION.as_ptr().cast()
}

/// The version of this header that the library was made with; compare it with `YINXIN_ABI_VERSION`.
#[unsafe(no_mangle)]
pub extern "C" fn yinxin_abi_version() -> u32 {
    YINXIN_ABI_VERSION
}

/// Loads a policy from a file (`servers/policy.schema.json`), with the files that it names. It is refused whole if anything is
/// wrong with it: then `*policy` is null, and `answer` an error.
///
/// # Safety
/// `path` is null, or a text that ends with a null byte; `policy` and `answer` are null, or to be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yinxin_policy_open(
    path: *const c_char,
    policy: *mut *mut yinxin_policy,
    answer: *mut yinxin_text,
) -> i32 {
    // SAFETY: as the caller promises.
    let path = unsafe { text(path, "path") };
    // SAFETY: as the caller promises.
    unsafe {
        give_policy(policy, answer, || {
            Policy::open(&PathBuf::from(path?), now())
        })
    }
}

/// The same, from a policy whose certificates stand in it: no file is read.
///
/// # Safety
/// `json` is null with a length of 0, or that many bytes; `policy` and `answer` are null, or to be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yinxin_policy_parse(
    json: *const u8,
    length: usize,
    policy: *mut *mut yinxin_policy,
    answer: *mut yinxin_text,
) -> i32 {
    // SAFETY: as the caller promises.
    let json = unsafe { bytes(json, length, "json") };
    // SAFETY: as the caller promises.
    unsafe {
        give_policy(policy, answer, || {
            Policy::parse(json?, &yinxin_calls::NoFiles, now())
        })
    }
}

/// Takes a policy back. Null is nothing.
///
/// # Safety
/// `policy` came from this library, is not in use, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yinxin_policy_free(policy: *mut yinxin_policy) {
    if !policy.is_null() {
        // SAFETY: it was made by `Box::into_raw` in `give_policy`, and is given back once.
        drop(unsafe { Box::from_raw(policy) });
    }
}

/// Calls a function by its name: `verifyCertificate`, `verifyCms`, `newLoginChallenge`, `verifyLogin`, `verifySeal`,
/// `verifySealSignature`, `verifyOfd`, `verifyPdf`, `parseCertificate`, `parseSeal` or `text`.
///
/// With a policy, a request can only narrow what that says. Without one (null), the request says all of it.
///
/// # Safety
/// `policy` is null or a policy of this library; `function` is null, or a text that ends with a null byte; `request` is null
/// with a length of 0, or that many bytes; `parts` is null with a count of 0, or that many parts, of each of which the name
/// is null or a text that ends with a null byte, and the bytes are null with a length of 0, or that many; `answer` is null,
/// or to be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yinxin_call(
    policy: *const yinxin_policy,
    function: *const c_char,
    request: *const u8,
    request_length: usize,
    parts: *const yinxin_part,
    parts_count: usize,
    answer: *mut yinxin_text,
) -> i32 {
    let called = guarded(|| {
        // SAFETY: as the caller promises.
        let policy = unsafe { policy.as_ref() };
        // SAFETY: as the caller promises.
        let name = unsafe { text(function, "function") }?;
        let function =
            Function::of(name).ok_or_else(|| refused("function: there is none of that name"))?;
        // SAFETY: as the caller promises.
        let json = unsafe { bytes(request, request_length, "request") }?;
        let mut request = Request::parse(json)?;
        // SAFETY: as the caller promises.
        for part in unsafe { slice(parts, parts_count, "parts") }? {
            // SAFETY: as the caller promises.
            let name = unsafe { text(part.name, "parts.name") }?;
            // SAFETY: as the caller promises.
            let bytes = unsafe { bytes(part.bytes, part.length, name) }?;
            request = match part.kind {
                YINXIN_PART_BYTES => request.with(name, bytes.to_vec())?,
                YINXIN_PART_PATH => request.with_path(name, &path_of(bytes)?)?,
                _ => return Err(refused("parts.kind: there is no such kind")),
            };
        }
        call(function, policy.map(|policy| &policy.0), &request, now())
    });
    // SAFETY: as the caller promises.
    unsafe { give(answer, called) }
}

/// Takes a text back, which is empty afterwards. Null is nothing, and so is a text that is empty already.
///
/// # Safety
/// `text` is null, or was written by this library and changed by nobody else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yinxin_text_free(text: *mut yinxin_text) {
    // SAFETY: as the caller promises.
    let Some(text) = (unsafe { text.as_mut() }) else {
        return;
    };
    if !text.text.is_null() {
        let whole = ptr::slice_from_raw_parts_mut(text.text, text.length + 1);
        // SAFETY: it was made of a boxed slice of this length by `handed_out`, and is given back once.
        drop(unsafe { Box::from_raw(whole) });
    }
    *text = NOTHING;
}

/// Begins to hash a content that comes in pieces. Never null.
#[unsafe(no_mangle)]
pub extern "C" fn yinxin_hasher_new() -> *mut yinxin_hasher {
    Box::into_raw(Box::new(yinxin_hasher(Hashed::default())))
}

/// Takes the next bytes of the content.
///
/// # Safety
/// `hasher` is null or a hasher of this library that nobody else uses now; `bytes` is null with a length of 0, or that many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yinxin_hasher_update(
    hasher: *mut yinxin_hasher,
    bytes: *const u8,
    length: usize,
) -> i32 {
    let updated = guarded(|| {
        // SAFETY: as the caller promises.
        let hasher = unsafe { hasher.as_mut() }.ok_or_else(|| refused("hasher: null"))?;
        // SAFETY: as the caller promises.
        hasher
            .0
            .update(unsafe { self::bytes(bytes, length, "bytes") }?);
        Ok(())
    });
    match updated {
        Ok(()) => YINXIN_OK,
        Err(_) => YINXIN_ERROR,
    }
}

/// What `content` of a request is, of all bytes so far: an object, to be put into its JSON.
///
/// # Safety
/// `hasher` is null or a hasher of this library that nobody else uses now; `answer` is null, or to be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yinxin_hasher_content(
    hasher: *const yinxin_hasher,
    answer: *mut yinxin_text,
) -> i32 {
    let content = guarded(|| {
        // SAFETY: as the caller promises.
        let hasher = unsafe { hasher.as_ref() }.ok_or_else(|| refused("hasher: null"))?;
        Ok(hasher.0.json())
    });
    // SAFETY: as the caller promises.
    unsafe { give(answer, content) }
}

/// Takes a hasher back. Null is nothing.
///
/// # Safety
/// `hasher` came from this library, is not in use, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yinxin_hasher_free(hasher: *mut yinxin_hasher) {
    if !hasher.is_null() {
        // SAFETY: it was made by `Box::into_raw` in `yinxin_hasher_new`, and is given back once.
        drop(unsafe { Box::from_raw(hasher) });
    }
}

const NOTHING: yinxin_text = yinxin_text {
    text: ptr::null_mut(),
    length: 0,
};

/// Runs what may have a bug: a panic becomes `internal`.
fn guarded<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // What was in the middle of its work is dropped with it, but for a hasher, whose digests would be wrong: it only adds
    // bytes, and does not panic.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        Err(Error::Internal {
            detail: said(&*panic).into(),
        })
    })
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic")
}

/// The system's clock.
fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    Time(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// A path of the caller's: UTF-8, on every system.
fn path_of(bytes: &[u8]) -> Result<PathBuf, Error> {
    match std::str::from_utf8(bytes) {
        Ok(path) if !path.contains('\0') => Ok(PathBuf::from(path)),
        _ => Err(refused("path: no path in UTF-8")),
    }
}

/// # Safety
/// `text` is null, or ends with a null byte, and lives for `'a`.
unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str, Error> {
    if text.is_null() {
        return Err(refused(&format!("{name}: null")));
    }
    // SAFETY: as the caller promises.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str()
        .map_err(|_| refused(&format!("{name}: no UTF-8")))
}

/// # Safety
/// `bytes` is null with a length of 0, or that many bytes, which live for `'a`.
unsafe fn bytes<'a>(bytes: *const u8, length: usize, name: &str) -> Result<&'a [u8], Error> {
    // SAFETY: as the caller promises.
    unsafe { slice(bytes, length, name) }
}

/// # Safety
/// `first` is null with a count of 0, or that many values, which live for `'a`.
unsafe fn slice<'a, T>(first: *const T, count: usize, name: &str) -> Result<&'a [T], Error> {
    if count == 0 {
        return Ok(&[]);
    }
    if first.is_null() || !first.is_aligned() {
        return Err(refused(&format!("{name}: null, or not aligned")));
    }
    let size = size_of::<T>().checked_mul(count);
    if size.is_none_or(|size| isize::try_from(size).is_err()) {
        return Err(refused(&format!("{name}: longer than memory")));
    }
    // SAFETY: it is not null, aligned, no longer than memory, and as the caller promises.
    Ok(unsafe { std::slice::from_raw_parts(first, count) })
}

/// A text that the caller gives back.
fn handed_out(text: String) -> yinxin_text {
    let length = text.len();
    let mut whole = text.into_bytes();
    whole.push(0);
    yinxin_text {
        text: Box::into_raw(whole.into_boxed_slice()).cast(),
        length,
    }
}

/// # Safety
/// `answer` is null, or to be written to.
unsafe fn give(answer: *mut yinxin_text, result: Result<String, Error>) -> i32 {
    if answer.is_null() {
        return YINXIN_NO_ANSWER;
    }
    let (status, text) = match result {
        Ok(text) => (YINXIN_OK, text),
        Err(error) => (YINXIN_ERROR, error_json(&error)),
    };
    // SAFETY: it is not null, and as the caller promises.
    unsafe { answer.write(handed_out(text)) };
    status
}

/// # Safety
/// `policy` and `answer` are null, or to be written to.
unsafe fn give_policy(
    policy: *mut *mut yinxin_policy,
    answer: *mut yinxin_text,
    read: impl FnOnce() -> Result<Policy, Error>,
) -> i32 {
    if !answer.is_null() {
        // SAFETY: it is not null, and as the caller promises.
        unsafe { answer.write(NOTHING) };
    }
    if policy.is_null() {
        // SAFETY: as the caller promises.
        return unsafe { give(answer, Err(refused("policy: null"))) };
    }
    let (made, status) = match guarded(read) {
        Ok(read) => (Box::into_raw(Box::new(yinxin_policy(read))), YINXIN_OK),
        // SAFETY: as the caller promises.
        Err(error) => (ptr::null_mut(), unsafe { give(answer, Err(error)) }),
    };
    // SAFETY: it is not null, and as the caller promises.
    unsafe { policy.write(made) };
    status
}

/// A policy is used by many threads at once.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Policy>();
};

//! The error type of the SKF door: a return value of GM/T 0016-2012, annex A.

use cryptoki_sys::*;

use crate::rv::Rv;

/// Why a call failed (`SAR_…`, never `SAR_OK`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sar(pub u32);

/// The result of a call through the SKF door.
pub type Result<T, E = Sar> = std::result::Result<T, E>;

pub const FAIL: Sar = Sar(0x0A00_0001);
pub const NOT_SUPPORTED: Sar = Sar(0x0A00_0003);
pub const INVALID_HANDLE: Sar = Sar(0x0A00_0005);
pub const INVALID_PARAM: Sar = Sar(0x0A00_0006);
pub const READ_FILE: Sar = Sar(0x0A00_0007);
pub const WRITE_FILE: Sar = Sar(0x0A00_0008);
pub const NAME_LEN: Sar = Sar(0x0A00_0009);
pub const KEY_USAGE: Sar = Sar(0x0A00_000A);
pub const MODULUS_LEN: Sar = Sar(0x0A00_000B);
pub const NOT_INITIALIZED: Sar = Sar(0x0A00_000C);
pub const MEMORY: Sar = Sar(0x0A00_000E);
pub const TIMEOUT: Sar = Sar(0x0A00_000F);
pub const IN_DATA_LEN: Sar = Sar(0x0A00_0010);
pub const IN_DATA: Sar = Sar(0x0A00_0011);
pub const HASH_OBJECT: Sar = Sar(0x0A00_0013);
pub const HASH_NOT_EQUAL: Sar = Sar(0x0A00_001A);
pub const KEY_NOT_FOUND: Sar = Sar(0x0A00_001B);
pub const CERT_NOT_FOUND: Sar = Sar(0x0A00_001C);
pub const DECRYPT_PAD: Sar = Sar(0x0A00_001E);
pub const BUFFER_TOO_SMALL: Sar = Sar(0x0A00_0020);
pub const KEY_INFO_TYPE: Sar = Sar(0x0A00_0021);
pub const NO_EVENT: Sar = Sar(0x0A00_0022);
pub const DEVICE_REMOVED: Sar = Sar(0x0A00_0023);
pub const PIN_INCORRECT: Sar = Sar(0x0A00_0024);
pub const PIN_LOCKED: Sar = Sar(0x0A00_0025);
pub const PIN_LEN_RANGE: Sar = Sar(0x0A00_0027);
pub const USER_PIN_NOT_INITIALIZED: Sar = Sar(0x0A00_0029);
pub const USER_TYPE_INVALID: Sar = Sar(0x0A00_002A);
pub const APPLICATION_NAME_INVALID: Sar = Sar(0x0A00_002B);
pub const APPLICATION_EXISTS: Sar = Sar(0x0A00_002C);
pub const USER_NOT_LOGGED_IN: Sar = Sar(0x0A00_002D);
pub const APPLICATION_NOT_EXISTS: Sar = Sar(0x0A00_002E);
/// Of a container too, for which the standard has no code.
pub const FILE_ALREADY_EXISTS: Sar = Sar(0x0A00_002F);
pub const NO_ROOM: Sar = Sar(0x0A00_0030);
/// Of a container too.
pub const FILE_NOT_EXIST: Sar = Sar(0x0A00_0031);

impl From<Rv> for Sar {
    fn from(Rv(code): Rv) -> Self {
        match code {
            CKR_ACTION_PROHIBITED | CKR_TOKEN_WRITE_PROTECTED => WRITE_FILE,
            CKR_ARGUMENTS_BAD | CKR_ATTRIBUTE_VALUE_INVALID => INVALID_PARAM,
            CKR_DATA_LEN_RANGE | CKR_ENCRYPTED_DATA_LEN_RANGE => IN_DATA_LEN,
            CKR_DEVICE_MEMORY => NO_ROOM,
            CKR_DEVICE_REMOVED | CKR_TOKEN_NOT_PRESENT => DEVICE_REMOVED,
            CKR_ENCRYPTED_DATA_INVALID => IN_DATA,
            CKR_KEY_FUNCTION_NOT_PERMITTED => KEY_USAGE,
            CKR_KEY_SIZE_RANGE => MODULUS_LEN,
            CKR_KEY_TYPE_INCONSISTENT => KEY_INFO_TYPE,
            CKR_PIN_INCORRECT => PIN_INCORRECT,
            CKR_PIN_LEN_RANGE => PIN_LEN_RANGE,
            CKR_PIN_LOCKED => PIN_LOCKED,
            CKR_SIGNATURE_INVALID | CKR_SIGNATURE_LEN_RANGE => HASH_NOT_EQUAL,
            CKR_TOKEN_NOT_RECOGNIZED => NOT_INITIALIZED,
            CKR_USER_NOT_LOGGED_IN => USER_NOT_LOGGED_IN,
            CKR_USER_PIN_NOT_INITIALIZED => USER_PIN_NOT_INITIALIZED,
            _ => FAIL,
        }
    }
}

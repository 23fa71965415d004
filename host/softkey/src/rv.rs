//! The error type of the module: a PKCS #11 return value.

use cryptoki_sys::CK_RV;

/// Why a call failed, in the words of PKCS #11 2.40 section 5.1 (`CKR_…`, never `CKR_OK`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rv(pub CK_RV);

/// The result of a call into the module.
pub type Result<T, E = Rv> = std::result::Result<T, E>;

impl std::fmt::Display for Rv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PKCS #11 error 0x{:08X}", self.0)
    }
}

impl std::error::Error for Rv {}

//! Who signed a program or library (Authenticode), as the system judges it.

use crate::wide;
use std::mem::size_of;
use std::path::Path;
use std::ptr;
use windows_sys::Win32::Foundation::{
    TRUST_E_NOSIGNATURE, TRUST_E_PROVIDER_UNKNOWN, TRUST_E_SUBJECT_FORM_UNKNOWN,
};
use windows_sys::Win32::Security::Cryptography::{
    CERT_NAME_SIMPLE_DISPLAY_TYPE, CertGetNameStringW,
};
use windows_sys::Win32::Security::WinTrust::{
    WINTRUST_ACTION_GENERIC_VERIFY_V2, WINTRUST_DATA, WINTRUST_DATA_0, WINTRUST_FILE_INFO,
    WTD_CACHE_ONLY_URL_RETRIEVAL, WTD_CHOICE_FILE, WTD_REVOKE_NONE, WTD_STATEACTION_CLOSE,
    WTD_STATEACTION_VERIFY, WTD_UI_NONE, WTHelperGetProvCertFromChain,
    WTHelperGetProvSignerFromChain, WTHelperProvDataFromStateData, WinVerifyTrust,
};

/// What the system says of a file's own signature. One that stands in a catalogue of the system is none here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It holds, and its certificate leads to an authority that the system trusts.
    Good {
        /// The name in the signer's certificate, where it has one.
        signer: Option<String>,
    },
    /// There is none.
    None,
    /// It does not hold, or nobody vouches for it.
    Bad {
        /// The system's number for the reason: `TRUST_E_BAD_DIGEST` is 0x80096010.
        code: u32,
    },
}

/// Looks at a file's signature. Nothing is fetched, and no window is opened.
#[must_use]
pub fn of(path: &Path) -> Signature {
    let path = wide(path.as_os_str());
    let mut file = WINTRUST_FILE_INFO {
        cbStruct: size_of::<WINTRUST_FILE_INFO>() as u32,
        pcwszFilePath: path.as_ptr(),
        hFile: ptr::null_mut(),
        pgKnownSubject: ptr::null_mut(),
    };
    let mut asked = WINTRUST_DATA {
        cbStruct: size_of::<WINTRUST_DATA>() as u32,
        dwUIChoice: WTD_UI_NONE,
        fdwRevocationChecks: WTD_REVOKE_NONE,
        dwUnionChoice: WTD_CHOICE_FILE,
        Anonymous: WINTRUST_DATA_0 {
            pFile: &raw mut file,
        },
        dwStateAction: WTD_STATEACTION_VERIFY,
        dwProvFlags: WTD_CACHE_ONLY_URL_RETRIEVAL,
        ..WINTRUST_DATA::default()
    };
    let answer = call(&mut asked);
    let signature = match answer {
        0 => Signature::Good {
            signer: signer(&asked),
        },
        TRUST_E_NOSIGNATURE | TRUST_E_SUBJECT_FORM_UNKNOWN | TRUST_E_PROVIDER_UNKNOWN => {
            Signature::None
        }
        code => Signature::Bad {
            code: code.cast_unsigned(),
        },
    };
    asked.dwStateAction = WTD_STATEACTION_CLOSE;
    call(&mut asked);
    signature
}

fn call(asked: &mut WINTRUST_DATA) -> i32 {
    let mut action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
    // SAFETY: the structures are whole, of the kind that the action takes, and outlive the call; what they point to
    // belongs to the caller, who keeps it.
    unsafe {
        WinVerifyTrust(
            ptr::null_mut(),
            &raw mut action,
            ptr::from_mut(asked).cast(),
        )
    }
}

/// The name of whoever signed, out of what a verification that succeeded has left.
fn signer(asked: &WINTRUST_DATA) -> Option<String> {
    // SAFETY: the state is of a verification that succeeded and is not closed; each of these answers with a pointer
    // into it, or NULL.
    let certificate = unsafe {
        let data = WTHelperProvDataFromStateData(asked.hWVTStateData);
        if data.is_null() {
            return None;
        }
        let signer = WTHelperGetProvSignerFromChain(data, 0, 0, 0);
        if signer.is_null() {
            return None;
        }
        let first = WTHelperGetProvCertFromChain(signer, 0);
        if first.is_null() || (*first).pCert.is_null() {
            return None;
        }
        (*first).pCert
    };
    let mut name = [0_u16; MAX_NAME];
    // SAFETY: the certificate lives as long as the state; the room is as large as is said.
    let length = unsafe {
        CertGetNameStringW(
            certificate,
            CERT_NAME_SIMPLE_DISPLAY_TYPE,
            0,
            ptr::null(),
            name.as_mut_ptr(),
            MAX_NAME as u32,
        )
    };
    // With the 0 at its end.
    let name = name.get(..(length as usize).saturating_sub(1))?;
    Some(String::from_utf16_lossy(name)).filter(|name| !name.is_empty())
}

/// Units of UTF-16 that are read of a name.
const MAX_NAME: usize = 256;

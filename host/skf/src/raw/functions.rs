//! The functions of GM/T 0016-2012, 7, in the order of its clauses, and how they are taken from a library:
//! each by itself, since few libraries have all of them.
//!
//! `extern "system"` is `__stdcall` on 32-bit Windows and C's convention everywhere else. What stands
//! outside of the standard is not called: the same name takes other arguments at other vendors, which would
//! crash.
#![allow(unsafe_code, reason = "the C ABI of SKF; each block says why it holds")]
#![allow(non_snake_case, reason = "fields have the functions' names")]

use super::structures::{BlockCipherParam, Version};
use crate::error::LoadError;
use libloading::Library;
use std::ffi::c_void;
use std::mem;
use std::path::Path;
use std::ptr;

/// `DEVHANDLE`, `HAPPLICATION`, `HCONTAINER`, `HANDLE`: a pointer that only the library follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Handle(pub(crate) *mut c_void);

/// A function whose arguments are not looked at.
type Address = *const c_void;

macro_rules! functions {
    ($($name:ident $(or $other:ident)? $(( $($arg:ty),* ))? ;)*) => {
        /// A function of GM/T 0016-2012, 7.
        #[allow(missing_docs, reason = "the standard's own names, without SKF_")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Call {
            $($name,)*
        }

        impl Call {
            /// Every function, in the standard's order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name under which a library exports it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("SKF_", stringify!($name)),)*
                }
            }

            /// Another spelling that libraries have.
            fn other_name(self) -> Option<&'static str> {
                match self {
                    $($(Self::$name => Some(concat!("SKF_", stringify!($other))),)?)*
                    _ => None,
                }
            }

            /// Bytes of the arguments on the stack of 32-bit Windows, which decorated names end with.
            fn stack_bytes(self) -> Option<usize> {
                match self {
                    $($(Self::$name => Some(0 $(+ mem::size_of::<$arg>().next_multiple_of(4))*),)?)*
                    _ => None,
                }
            }
        }

        functions!(@struct {} $($name $(( $($arg),* ))? ;)*);
    };
    // Functions that are called get a field; the others are only looked for.
    (@struct { $($fields:tt)* } $name:ident ( $($arg:ty),* ) ; $($rest:tt)*) => {
        functions!(@struct { $($fields)* $name ( $($arg),* ) ; } $($rest)*);
    };
    (@struct { $($fields:tt)* } $name:ident ; $($rest:tt)*) => {
        functions!(@struct { $($fields)* } $($rest)*);
    };
    (@struct { $($name:ident ( $($arg:ty),* ) ;)* }) => {
        /// What a library has of the standard.
        pub struct Functions {
            $(pub $name: Option<unsafe extern "system" fn($($arg),*) -> u32>,)*
            present: Vec<Call>,
            /// Keeps the code loaded.
            _library: Library,
        }

        impl Functions {
            fn take(library: Library, find: impl Fn(&Library, Call) -> Option<Address>) -> Self {
                let present = Call::ALL
                    .iter()
                    .copied()
                    .filter(|call| find(&library, *call).is_some())
                    .collect();
                Self {
                    $($name: find(&library, Call::$name).map(|address| {
                        // SAFETY: `find` gives no null pointer, and the function of this name has these
                        // arguments by the standard; `_library` keeps it loaded.
                        unsafe {
                            mem::transmute::<Address, unsafe extern "system" fn($($arg),*) -> u32>(address)
                        }
                    }),)*
                    present,
                    _library: library,
                }
            }
        }
    };
}

/// BYTE or LPSTR.
type Bytes = *mut u8;
/// Out, or in and out.
type Number = *mut u32;
/// Out.
type Handles = *mut Handle;

functions! {
    // 7.1 devices
    WaitForDevEvent(Bytes, Number, Number);
    CancelWaitForDevEvent();
    EnumDev(u32, Bytes, Number);
    ConnectDev(Bytes, Handles);
    DisConnectDev or DisconnectDev (Handle);
    GetDevState(Bytes, Number);
    SetLabel(Handle, Bytes);
    GetDevInfo(Handle, Bytes);
    LockDev(Handle, u32);
    UnlockDev(Handle);
    Transmit;
    // 7.2 access
    ChangeDevAuthKey(Handle, Bytes, u32);
    DevAuth(Handle, Bytes, u32);
    ChangePIN(Handle, u32, Bytes, Bytes, Number);
    GetPINInfo(Handle, u32, Number, Number, Number);
    VerifyPIN(Handle, u32, Bytes, Number);
    UnblockPIN(Handle, Bytes, Bytes, Number);
    ClearSecureState(Handle);
    // 7.3 applications
    CreateApplication(Handle, Bytes, Bytes, u32, Bytes, u32, u32, Handles);
    EnumApplication(Handle, Bytes, Number);
    DeleteApplication(Handle, Bytes);
    OpenApplication(Handle, Bytes, Handles);
    CloseApplication(Handle);
    // 7.4 files
    CreateFile(Handle, Bytes, u32, u32, u32);
    DeleteFile(Handle, Bytes);
    EnumFiles(Handle, Bytes, Number);
    GetFileInfo(Handle, Bytes, Bytes);
    ReadFile(Handle, Bytes, u32, u32, Bytes, Number);
    WriteFile(Handle, Bytes, u32, Bytes, u32);
    // 7.5 containers
    CreateContainer(Handle, Bytes, Handles);
    DeleteContainer(Handle, Bytes);
    OpenContainer(Handle, Bytes, Handles);
    CloseContainer(Handle);
    EnumContainer(Handle, Bytes, Number);
    GetContainerType(Handle, Number);
    ImportCertificate(Handle, u32, Bytes, u32);
    ExportCertificate(Handle, u32, Bytes, Number);
    // 7.6 cryptography
    GenRandom(Handle, Bytes, u32);
    GenExtRSAKey;
    GenRSAKeyPair(Handle, u32, Bytes);
    ImportRSAKeyPair(Handle, u32, Bytes, u32, Bytes, u32);
    RSASignData(Handle, Bytes, u32, Bytes, Number);
    RSAVerify;
    RSAExportSessionKey;
    ExtRSAPubKeyOperation;
    ExtRSAPriKeyOperation;
    GenECCKeyPair(Handle, u32, Bytes);
    ImportECCKeyPair(Handle, Bytes);
    ECCSignData(Handle, Bytes, u32, Bytes);
    ECCVerify;
    ECCExportSessionKey;
    ExtECCEncrypt;
    ExtECCDecrypt;
    ExtECCSign;
    ExtECCVerify;
    GenerateAgreementDataWithECC;
    GenerateAgreementDataAndKeyWithECC;
    GenerateKeyWithECC;
    ExportPublicKey(Handle, u32, Bytes, Number);
    ImportSessionKey(Handle, u32, Bytes, u32, Handles);
    SetSymmKey(Handle, Bytes, u32, Handles);
    EncryptInit(Handle, BlockCipherParam);
    EncryptUpdate;
    EncryptFinal;
    Encrypt(Handle, Bytes, u32, Bytes, Number);
    DecryptInit(Handle, BlockCipherParam);
    DecryptUpdate(Handle, Bytes, u32, Bytes, Number);
    DecryptFinal(Handle, Bytes, Number);
    Decrypt;
    DigestInit(Handle, u32, Bytes, Bytes, u32, Handles);
    DigestUpdate(Handle, Bytes, u32);
    DigestFinal(Handle, Bytes, Number);
    Digest;
    MacInit or MACInit;
    MacUpdate or MACUpdate;
    MacFinal or MACFinal;
    Mac or MAC;
    CloseHandle(Handle);
}

impl Functions {
    /// Loads a library and takes what it exports by name.
    ///
    /// # Errors
    /// If the system can't load it, or if it is no library of this interface.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let library = open(path)?;
        let needed = [Call::EnumDev, Call::ConnectDev];
        let lacks = |call: &Call| by_name(&library, *call).is_none();
        if let Some(missing) = needed.into_iter().find(lacks) {
            let list = address(&library, GET_FUNC_LIST).is_some();
            return Err(if list {
                LoadError::OnlyFunctionList
            } else {
                LoadError::NotSkf(missing.name())
            });
        }
        Ok(Self::take(library, by_name))
    }

    /// Loads a library that exports `SKF_GetFuncList(PSKF_FUNCLIST *)` alone, and takes what stands in its
    /// list: a VERSION, then pointers to the functions in the standard's order, aligned as C does. \[W: one
    /// vendor's header, whose functions have C's convention on Windows too\] Only for libraries that are known
    /// to have this list: nothing in it tells of another order.
    ///
    /// # Errors
    /// As for [`Self::load`]; and on 32-bit Windows, where the convention would be another one.
    pub fn load_list(path: &Path) -> Result<Self, LoadError> {
        if cfg!(all(windows, target_arch = "x86")) {
            return Err(LoadError::OnlyFunctionList);
        }
        let library = open(path)?;
        let get = address(&library, GET_FUNC_LIST).ok_or(LoadError::NotSkf(GET_FUNC_LIST))?;
        // SAFETY: not null, and the caller knows the library to have this function.
        let get = unsafe {
            mem::transmute::<Address, unsafe extern "system" fn(*mut *const List) -> u32>(get)
        };
        let mut list: *const List = ptr::null();
        // SAFETY: it writes one pointer, into a place that outlives the call.
        if unsafe { get(&raw mut list) } != 0 || list.is_null() || !list.is_aligned() {
            return Err(LoadError::NotSkf("a list behind SKF_GetFuncList"));
        }
        // SAFETY: after SAR_OK it points to the library's list, which lives as long as the library.
        let list = unsafe { *list };
        if !(1..=9).contains(&list.version.major) {
            return Err(LoadError::NotSkf("a list of a known version"));
        }
        let in_list = |_: &Library, call: Call| {
            let index = Call::ALL.iter().position(|other| *other == call)?;
            list.functions
                .get(index)
                .copied()
                .filter(|address| !address.is_null())
        };
        if in_list(&library, Call::EnumDev).is_none() {
            return Err(LoadError::NotSkf(Call::EnumDev.name()));
        }
        Ok(Self::take(library, in_list))
    }

    /// The functions that the library has.
    pub fn present(&self) -> &[Call] {
        &self.present
    }
}

/// `SKF_FUNCLIST`.
#[derive(Clone, Copy)]
#[repr(C)]
struct List {
    version: Version,
    functions: [Address; Call::ALL.len()],
}

const GET_FUNC_LIST: &str = "SKF_GetFuncList";

/// Loads a library, with the libraries beside it.
fn open(path: &Path) -> Result<Library, LoadError> {
    #[cfg(windows)]
    // SAFETY: loading runs the library's initialisers, which is what loading a vendor's library means. An
    // absolute path has the folder of the library searched for others, and not that of this program.
    let library = unsafe {
        use libloading::os::windows::{LOAD_WITH_ALTERED_SEARCH_PATH, Library as Windows};
        Windows::load_with_flags(path, LOAD_WITH_ALTERED_SEARCH_PATH).map(Library::from)
    };
    #[cfg(not(windows))]
    // SAFETY: loading runs the library's initialisers, which is what loading a vendor's library means.
    let library = unsafe { Library::new(path) };
    library.map_err(|error| LoadError::System(error.to_string()))
}

/// The address of an exported name.
fn address(library: &Library, name: &str) -> Option<Address> {
    // SAFETY: the address alone is taken; nothing is read there.
    let symbol = unsafe { library.get::<Address>(name.as_bytes()) }.ok()?;
    Some(*symbol).filter(|address| !address.is_null())
}

/// A function by its name: as the standard has it, in another spelling, or as compilers for 32-bit Windows
/// decorate it.
fn by_name(library: &Library, call: Call) -> Option<Address> {
    address(library, call.name())
        .or_else(|| address(library, call.other_name()?))
        .or_else(|| {
            let bytes = call.stack_bytes()?;
            let decorated = || address(library, &format!("_{}@{bytes}", call.name()));
            cfg!(all(windows, target_arch = "x86")).then(decorated)?
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_the_standard_has_its_name() {
        assert_eq!(Call::ALL.len(), 78);
        assert_eq!(Call::DisConnectDev.name(), "SKF_DisConnectDev");
        assert_eq!(Call::MacInit.other_name(), Some("SKF_MACInit"));
        assert_eq!(Call::ECCSignData.other_name(), None);
    }

    #[cfg(target_pointer_width = "32")]
    #[test]
    fn decorated_names_count_the_arguments() {
        assert_eq!(Call::EnumDev.stack_bytes(), Some(12));
        assert_eq!(Call::CancelWaitForDevEvent.stack_bytes(), Some(0));
        assert_eq!(Call::EncryptInit.stack_bytes(), Some(48));
    }
}

//! GM/T 0016-2012 (SKF), the interface of Chinese USB keys, as a safe layer over a vendor's library that
//! is loaded at run time: [`Library`], [`Device`], [`Application`], [`Container`], and what a device
//! computes ([`SessionKey`], [`Digest`]).
//!
//! - A function that the library lacks is a capability that is missing ([`Error::Missing`]), not a failure
//!   to load.
//! - What a library tells is hostile: lengths, lists without an end, handles that are none. It gets spare
//!   room for what it writes, and every count and size is bounded before it is believed. It may still hang
//!   or crash: whoever uses this crate does so in a process of its own.
//! - Handles are closed in the order in which the standard wants it: container, application, device.
//! - One thread makes the calls. Only a [`Waiter`] may be elsewhere.
//! - Names are bytes, as the library gave them: in ASCII, UTF-8 or GBK, which the library alone knows. The
//!   same bytes go back to it.
//!
//! Sources of facts in comments: \[S\] read in a header, a source or a vendor's manual; \[W\] a single
//! mention.
#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

mod application;
mod calls;
mod code;
mod container;
mod device;
mod error;
mod library;
mod memory;
mod raw;
pub mod read;
mod session;

pub use application::{Application, FileInfo, PinInfo, PinKind, Refused};
pub use code::Code;
pub use container::{Container, ContainerKind, Half};
pub use device::{Device, DeviceState};
pub use error::{Error, LoadError};
pub use library::{Event, Library, Waiter};
pub use raw::functions::Call;
pub use raw::structures;
pub use session::{Digest, SessionKey};

/// Rights of files and of an application to make files (GM/T 0016-2012).
pub mod rights {
    /// `SECURE_NEVER_ACCOUNT`.
    pub const NEVER: u32 = 0;
    /// `SECURE_ADM_ACCOUNT`: the administrator's PIN.
    pub const ADMIN: u32 = 1;
    /// `SECURE_USER_ACCOUNT`: the user's PIN.
    pub const USER: u32 = 0x10;
    /// `SECURE_ANYONE_ACCOUNT`.
    pub const ANYONE: u32 = 0xFF;
}

/// Numbers of algorithms (GM/T 0006-2012).
pub mod algorithms {
    /// `SGD_SM1_ECB`.
    pub const SM1_ECB: u32 = 0x0000_0101;
    /// `SGD_SSF33_ECB`.
    pub const SSF33_ECB: u32 = 0x0000_0201;
    /// `SGD_SM4_ECB`.
    pub const SM4_ECB: u32 = 0x0000_0401;
    /// `SGD_SM4_CBC`.
    pub const SM4_CBC: u32 = 0x0000_0402;
    /// `SGD_SM2_1`, signatures.
    pub const SM2_1: u32 = 0x0002_0200;
    /// The same in headers older than GM/T 0006. \[S\]
    pub const SM2_1_OLD: u32 = 0x0002_0100;
    /// `SGD_SM3`.
    pub const SM3: u32 = 1;
    /// `SGD_SHA1`.
    pub const SHA1: u32 = 2;
    /// `SGD_SHA256`.
    pub const SHA256: u32 = 4;
}

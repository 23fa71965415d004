//! What can go wrong: loading a library, and calling it.

use crate::code::Code;
use crate::raw::functions::Call;
use std::fmt;

/// Why a call gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The library has no such function.
    Missing(Call),
    /// The library refused or failed.
    Returned {
        /// What was called.
        call: Call,
        /// What it said.
        code: Code,
    },
    /// The library said that it worked, but what it gave makes no sense.
    Nonsense {
        /// What was called.
        call: Call,
        /// What is wrong with it.
        what: &'static str,
    },
    /// An argument can't be passed: the library was not called.
    Argument {
        /// What was to be called.
        call: Call,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl Error {
    /// What the library returned.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Returned { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// What was called, or was to be.
    #[must_use]
    pub fn call(&self) -> Call {
        match self {
            Self::Missing(call)
            | Self::Returned { call, .. }
            | Self::Nonsense { call, .. }
            | Self::Argument { call, .. } => *call,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.call().name();
        match self {
            Self::Missing(_) => write!(f, "{name}: missing in the library"),
            Self::Returned { code, .. } => write!(f, "{name}: {code}"),
            Self::Nonsense { what, .. } | Self::Argument { what, .. } => {
                write!(f, "{name}: {what}")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Why a library could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The system's words.
    System(String),
    /// It is no library of SKF: it lacks this.
    NotSkf(&'static str),
    /// It exports `SKF_GetFuncList` and no function by its name: only a vendor's table tells what is in the list.
    OnlyFunctionList,
    /// This process uses it already.
    InUse,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System(reason) => reason,
            Self::NotSkf(_) => "no library of SKF (GM/T 0016)",
            Self::OnlyFunctionList => "SKF_GetFuncList alone, with a list that is not known",
            Self::InUse => "in use already",
        })
    }
}

impl std::error::Error for LoadError {}

//! Memory that is lent to a library: with more room than the standard asks for, since libraries with wider
//! numbers and longer structures occur, and never memory of anybody else.

use crate::error::Error;
use crate::raw::functions::{Call, Handle};
use std::ptr;
use zeroize::Zeroizing;

/// Bytes of the room for a structure: the longest that is filled has 294, or 296 in unpacked builds.
pub const ROOM_BYTES: usize = 512;

/// Zero bytes behind whatever is lent.
const SPARE_BYTES: usize = 64;

/// A place for a number, in or out. Eight bytes, of which the low 32 bits count: ULONG of 64 bits and BOOL of
/// one byte occur.
#[repr(C, align(8))]
pub struct Slot([u32; 2]);

impl Slot {
    pub fn new(value: u32) -> Self {
        Self([value, 0])
    }

    pub fn at(&mut self) -> *mut u32 {
        self.0.as_mut_ptr()
    }

    pub fn value(&self) -> u32 {
        self.0[0]
    }
}

/// A place for a handle.
#[repr(C, align(8))]
pub struct HandleSlot([Handle; 2]);

impl HandleSlot {
    pub fn new() -> Self {
        Self([Handle(ptr::null_mut()); 2])
    }

    pub fn at(&mut self) -> *mut Handle {
        self.0.as_mut_ptr()
    }

    /// The handle. A library that says it worked and gives none has not worked.
    pub fn value(&self, call: Call) -> Result<Handle, Error> {
        let [handle, _] = self.0;
        if handle.0.is_null() {
            return Err(Error::Nonsense {
                call,
                what: "no handle",
            });
        }
        Ok(handle)
    }
}

/// Zeroed room for a structure.
#[repr(C, align(8))]
pub struct Room([u8; ROOM_BYTES]);

impl Room {
    pub fn new() -> Self {
        Self([0; ROOM_BYTES])
    }

    pub fn at(&mut self) -> *mut u8 {
        self.0.as_mut_ptr()
    }

    pub fn bytes(&self) -> &[u8; ROOM_BYTES] {
        &self.0
    }
}

/// A copy of bytes to read from, wiped afterwards: the standard's functions take what they read by pointers
/// that allow writing.
pub struct Lent {
    bytes: Zeroizing<Vec<u8>>,
    length: u32,
}

impl Lent {
    /// Bytes that go with their length.
    pub fn bytes(call: Call, bytes: &[u8]) -> Result<Self, Error> {
        let too_long = Error::Argument {
            call,
            what: "too long",
        };
        if bytes.len() > MAX_INPUT_BYTES {
            return Err(too_long);
        }
        let length = u32::try_from(bytes.len()).map_err(|_| too_long)?;
        let mut copy = Zeroizing::new(Vec::with_capacity(bytes.len() + SPARE_BYTES));
        copy.extend_from_slice(bytes);
        copy.resize(bytes.len() + SPARE_BYTES, 0);
        Ok(Self {
            bytes: copy,
            length,
        })
    }

    /// A text that ends with NUL. One that has a NUL inside would be another one.
    pub fn text(call: Call, text: &[u8]) -> Result<Self, Error> {
        if text.contains(&0) {
            return Err(Error::Argument {
                call,
                what: "NUL in a text",
            });
        }
        if text.len() > MAX_TEXT_BYTES {
            return Err(Error::Argument {
                call,
                what: "too long",
            });
        }
        Self::bytes(call, text)
    }

    pub fn at(&mut self) -> *mut u8 {
        self.bytes.as_mut_ptr()
    }

    pub fn length(&self) -> u32 {
        self.length
    }
}

/// Asks how long an answer is, then for the answer. `ask` gets the place for the answer, null at first, and
/// that of its length, which says before how large the place is.
///
/// # Errors
/// Those of `ask`; or if the library tells of more than `limit` bytes, or than it had room for.
pub fn answer(
    call: Call,
    limit: usize,
    mut ask: impl FnMut(*mut u8, *mut u32) -> Result<(), Error>,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let too_long = Error::Nonsense {
        call,
        what: "longer than it can be",
    };
    let mut length = Slot::new(0);
    let told = match ask(ptr::null_mut(), length.at()) {
        Ok(()) => {
            let told = length.value() as usize;
            if told > limit {
                return Err(too_long);
            }
            if told == 0 {
                return Ok(Zeroizing::default());
            }
            told
        }
        // Libraries that can't be asked for a length alone get all the room there is.
        Err(error) if error.code().is_some_and(is_about_room) => limit,
        Err(error) => return Err(error),
    };
    match fill(told, &mut ask) {
        // Longer in the meantime, or told too short.
        Err(error) if told < limit && error.code().is_some_and(is_about_room) => {
            fill(limit, &mut ask)
        }
        other => other,
    }?
    .ok_or(too_long)
}

/// An answer into a place of `size` bytes; `None` if the library tells of more than that.
fn fill(
    size: usize,
    ask: &mut impl FnMut(*mut u8, *mut u32) -> Result<(), Error>,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let mut place = Zeroizing::new(vec![0; size + SPARE_BYTES]);
    let mut length = Slot::new(u32::try_from(size).unwrap_or(u32::MAX));
    ask(place.as_mut_ptr(), length.at())?;
    let told = length.value() as usize;
    if told > size {
        return Ok(None);
    }
    place.truncate(told);
    Ok(Some(place))
}

/// Whether a code may be to a length, or to the place of the answer.
fn is_about_room(code: crate::Code) -> bool {
    use crate::Code;
    matches!(
        code,
        Code::INVALID_PARAM
            | Code::INPUT_LENGTH
            | Code::INPUT
            | Code::BUFFER_TOO_SMALL
            | Code::MEMORY
    )
}

/// Bytes of a text: names and PINs. The standard's longest are containers' names, of 64.
pub const MAX_TEXT_BYTES: usize = 255;

/// Bytes that one call takes.
const MAX_INPUT_BYTES: usize = 1024 * 1024;

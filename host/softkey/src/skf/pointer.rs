//! The pointers that callers of the SKF door give: nearly all that is unsafe there.
//!
//! These types are the parameters of the exported functions and are made nowhere else, so a value
//! of theirs comes from a caller. SAFETY comments call "the caller's contract" what GM/T 0016 says
//! of it: what is not null points to as many readable (or, for outputs, writable) bytes as the
//! call says, which stay so and unaliased for the length of the call. Nothing need be aligned.

#![allow(unsafe_code, reason = "reads and writes a C caller's memory")]

use std::ffi::c_char;

use zeroize::Zeroizing;

use crate::skf::blob::{EccCipher, EnvelopedKey};
use crate::skf::code::*;

/// Text that ends with NUL.
#[repr(transparent)]
pub struct Text(*const c_char);

impl Text {
    /// The bytes before the NUL, of which there may be `max`; `too_long` if it does not come.
    pub fn get(&self, max: usize, too_long: Sar) -> Result<&[u8]> {
        if self.0.is_null() {
            return Err(INVALID_PARAM);
        }
        let start = self.0.cast::<u8>();
        for length in 0..=max {
            // SAFETY: the caller's contract: all before this byte were not NUL.
            if unsafe { start.add(length).read() } == 0 {
                // SAFETY: these bytes were just read.
                return Ok(unsafe { std::slice::from_raw_parts(start, length) });
            }
        }
        Err(too_long)
    }
}

/// Bytes whose number the call tells.
#[repr(transparent)]
pub struct Bytes(*const u8);

impl Bytes {
    /// The bytes.
    pub fn get(&self, length: u32) -> Result<&[u8]> {
        let length = usize::try_from(length).map_err(|_| INVALID_PARAM)?;
        if length == 0 {
            return Ok(&[]);
        }
        if self.0.is_null() || isize::try_from(length).is_err() {
            return Err(INVALID_PARAM);
        }
        // SAFETY: not null and not too long; the rest is the caller's contract.
        Ok(unsafe { std::slice::from_raw_parts(self.0, length) })
    }
}

impl Bytes {
    /// A copy of the bytes, for a call whose answer may go where they lie.
    pub fn copy(&self, length: u32) -> Result<Zeroizing<Vec<u8>>> {
        let bytes = self.get(length)?;
        if bytes.len() > crate::skf::MAX_DATA_LEN {
            return Err(IN_DATA_LEN);
        }
        Ok(Zeroizing::new(bytes.to_vec()))
    }
}

/// A structure that the call reads.
#[repr(transparent)]
pub struct In<T>(*const T);

impl<T: Copy> In<T> {
    /// The structure; `None` for null.
    pub fn optional(&self) -> Option<T> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: not null; the rest is the caller's contract.
        Some(unsafe { self.0.read_unaligned() })
    }

    /// The structure.
    pub fn get(&self) -> Result<T> {
        self.optional().ok_or(INVALID_PARAM)
    }

    /// The bytes behind the structure.
    fn behind(&self, length: u32) -> Result<Vec<u8>> {
        let length = usize::try_from(length).map_err(|_| INVALID_PARAM)?;
        if length > crate::skf::MAX_ECC_LEN {
            return Err(IN_DATA_LEN);
        }
        let mut bytes = vec![0; length];
        // SAFETY: read before, so not null; that so many bytes follow is the caller's contract.
        unsafe {
            let start = self.0.add(1).cast::<u8>();
            start.copy_to_nonoverlapping(bytes.as_mut_ptr(), length);
        }
        Ok(bytes)
    }
}

impl In<EccCipher> {
    /// C1 || C3 || C2.
    pub fn raw(&self) -> Result<Vec<u8>> {
        let header = self.get()?;
        header.raw(&self.behind(header.cipher_len)?)
    }
}

impl In<EnvelopedKey> {
    /// The structure, and its wrapped key as C1 || C3 || C2.
    pub fn with_raw(&self) -> Result<(EnvelopedKey, Vec<u8>)> {
        let header = self.get()?;
        let cipher = header.cipher;
        Ok((header, cipher.raw(&self.behind(cipher.cipher_len)?)?))
    }
}

/// Where an answer goes.
#[repr(transparent)]
pub struct Out<T>(*mut T);

impl<T: Copy> Out<T> {
    /// Fails for null: before anything is done whose answer would be lost.
    pub fn check(&self) -> Result<()> {
        if self.0.is_null() {
            return Err(INVALID_PARAM);
        }
        Ok(())
    }

    /// Writes the answer.
    pub fn put(&self, value: T) -> Result<()> {
        self.check()?;
        // SAFETY: not null; the rest is the caller's contract.
        unsafe { self.0.write_unaligned(value) };
        Ok(())
    }
}

impl Out<u8> {
    /// Writes as many bytes as the call asks for.
    pub fn fill(&self, bytes: &[u8]) -> Result<()> {
        self.check()?;
        // SAFETY: not null; the rest is the caller's contract.
        unsafe { self.0.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        Ok(())
    }
}

impl Out<EccCipher> {
    /// Writes the structure and its cipher text.
    pub fn put_with(&self, header: EccCipher, cipher: &[u8]) -> Result<()> {
        self.put(header)?;
        // SAFETY: not null; the caller's contract is room for as many bytes as it gave.
        unsafe {
            let start = self.0.add(1).cast::<u8>();
            start.copy_from_nonoverlapping(cipher.as_ptr(), cipher.len());
        }
        Ok(())
    }
}

/// Room for an answer whose length the caller may not know. Null asks for the length.
#[repr(transparent)]
pub struct Room(*mut u8);

impl Room {
    /// Whether the caller only asks for the length.
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }
}

/// The length of a room, and of the answer.
#[repr(transparent)]
pub struct Length(*mut u32);

impl Length {
    /// Fails for null.
    pub fn check(&self) -> Result<()> {
        if self.0.is_null() {
            return Err(INVALID_PARAM);
        }
        Ok(())
    }

    /// Answers with a list of names. One that is empty has the length 0, since callers take a lone
    /// NUL for a name; who gave room finds that NUL all the same.
    pub fn answer_names(&self, room: &Room, list: &[u8]) -> Result<()> {
        if list != [0] {
            return self.answer(room, list).map(|_| ());
        }
        self.check()?;
        // SAFETY: not null; the rest is the caller's contract.
        let given = unsafe { self.0.read_unaligned() };
        if !room.is_null() && given > 0 {
            // SAFETY: not null, and of at least one byte.
            unsafe { room.0.write(0) };
        }
        // SAFETY: not null.
        unsafe { self.0.write_unaligned(0) };
        Ok(())
    }

    /// Answers: to a null room with the length, to one that is too short with the length and
    /// [`BUFFER_TOO_SMALL`], else with the bytes. Tells whether the bytes were given.
    pub fn answer(&self, room: &Room, bytes: &[u8]) -> Result<bool> {
        self.check()?;
        let needed = u32::try_from(bytes.len()).map_err(|_| MEMORY)?;
        // SAFETY: not null; the rest is the caller's contract.
        let given = unsafe { self.0.read_unaligned() };
        // SAFETY: not null.
        unsafe { self.0.write_unaligned(needed) };
        if room.is_null() {
            return Ok(false);
        }
        if given < needed {
            return Err(BUFFER_TOO_SMALL);
        }
        // SAFETY: not null, and as long as the caller says.
        unsafe {
            room.0.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        Ok(true)
    }
}

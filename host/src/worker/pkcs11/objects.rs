//! Slots, objects and their attributes, within bounds: what a module counts and sizes is not believed. Nothing
//! else in the worker asks a module for a list or a value (`clippy.toml`).
#![allow(clippy::disallowed_methods, reason = "here they have their bounds")]

use cryptoki::context::Pkcs11;
use cryptoki::error::Error as Pkcs11Error;
use cryptoki::object::{Attribute, AttributeInfo, AttributeType, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::Slot;

/// The slots with a token, [`MAX_SLOTS`] at most.
pub fn slots(pkcs11: &Pkcs11) -> Result<Vec<Slot>, Pkcs11Error> {
    let mut slots = pkcs11.get_slots_with_token()?;
    slots.truncate(MAX_SLOTS);
    Ok(slots)
}

/// Handles of the objects of a template: `limit` at most, and one more to know of it. No other search
/// can begin in the session before all are taken or dropped.
pub fn find(
    session: &Session,
    template: &[Attribute],
    limit: usize,
) -> Result<impl Iterator<Item = Result<ObjectHandle, Pkcs11Error>>, Pkcs11Error> {
    Ok(session.iter_objects(template)?.take(limit + 1))
}

/// Attributes of an object, each with the bytes that it may have. Those that are longer, or can't be
/// read, are left out.
pub fn attributes(
    session: &Session,
    object: ObjectHandle,
    wanted: &[(AttributeType, usize)],
) -> Result<Vec<Attribute>, Pkcs11Error> {
    let mut readable = Vec::new();
    for (attribute, limit) in wanted {
        if size(session, object, *attribute)?.is_some_and(|size| size <= *limit) {
            readable.push(*attribute);
        }
    }
    session.get_attributes(object, &readable)
}

/// The size of an attribute in bytes; `None` where it can't be read.
pub fn size(
    session: &Session,
    object: ObjectHandle,
    attribute: AttributeType,
) -> Result<Option<usize>, Pkcs11Error> {
    let info = session.get_attribute_info(object, &[attribute])?;
    Ok(match info.first() {
        Some(AttributeInfo::Available(size)) => Some(*size),
        _ => None,
    })
}

/// Slots that are looked into: more than any machine has readers, tokens or not.
const MAX_SLOTS: usize = 256;
/// Bytes of a `CK_BBOOL` or a `CK_ULONG`.
pub const FLAG_BYTES: usize = 8;
/// Bytes of a `CKA_ID`.
pub const MAX_ID_BYTES: usize = 256;
/// Bytes of a `CKA_LABEL`.
pub const MAX_LABEL_BYTES: usize = 1024;

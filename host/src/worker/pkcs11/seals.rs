//! The electronic seals in a token. No standard says where they lie, so every data object that can
//! be read without a PIN is looked at, within bounds of number, bytes and time, and what reads as a
//! seal is told.

use super::failure::is_gone;
use super::objects::{self, MAX_LABEL_BYTES};
use crate::worker::text::label;
use cryptoki::error::Error as Pkcs11Error;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use std::time::{Duration, Instant};
use yinxin_pki::seal::Seal;
use yinxin_proto::limits::{DATA_OBJECTS_MS, MAX_DATA_OBJECTS, MAX_SEAL_BYTES};
use yinxin_proto::token::TokenSeal;
use yinxin_proto::{Base64, Error};

/// The seals of a token. `room` are the bytes that may still be told, and becomes less.
///
/// # Errors
/// If the token went away. Other failures cost a seal, not the token: its certificates are of use
/// without.
pub fn seals(session: &Session, room: &mut usize) -> Result<Vec<TokenSeal>, Pkcs11Error> {
    let end = Instant::now() + Duration::from_millis(DATA_OBJECTS_MS.into());
    let mut found = Vec::new();
    for (index, handle) in data_objects(session)?.into_iter().enumerate() {
        let object = match Described::read(session, handle) {
            Ok(Some(object)) => object,
            Ok(None) => continue,
            Err(error) if is_gone(&error) => return Err(error),
            Err(_) => continue,
        };
        // One stands for all that come after it.
        let is_last = index >= MAX_DATA_OBJECTS as usize || Instant::now() >= end;
        if is_last || object.size > *room {
            found.push(object.left_out());
        } else {
            match value(session, handle) {
                // The second answer of a module need not be what its first one promised.
                Ok(Some(value)) if value.len() <= *room => {
                    let size = value.len();
                    if let Ok(seal) = Seal::from_der(value) {
                        let padding = size - seal.der().len();
                        *room -= seal.der().len();
                        found.push(object.told(&seal, padding));
                    }
                }
                Err(error) if is_gone(&error) => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        if is_last {
            break;
        }
    }
    Ok(found)
}

/// Handles of data objects: one more than are looked at, to know of it.
pub fn data_objects(session: &Session) -> Result<Vec<ObjectHandle>, Pkcs11Error> {
    let template = [Attribute::Class(ObjectClass::DATA)];
    let objects = match objects::find(session, &template, MAX_DATA_OBJECTS as usize) {
        Ok(objects) => objects,
        Err(error) if is_gone(&error) => return Err(error),
        // A module that knows no data objects.
        Err(_) => return Ok(Vec::new()),
    };
    let mut handles = Vec::new();
    for handle in objects {
        match handle {
            Ok(handle) => handles.push(handle),
            Err(error) if is_gone(&error) => return Err(error),
            Err(_) => break,
        }
    }
    Ok(handles)
}

/// A data object without its value.
pub struct Described {
    pub label: Vec<u8>,
    pub application: Vec<u8>,
    pub size: usize,
}

impl Described {
    /// `None` if its value can't be read or can't be a seal.
    pub fn read(session: &Session, handle: ObjectHandle) -> Result<Option<Self>, Pkcs11Error> {
        let size = match objects::size(session, handle, AttributeType::Value)? {
            Some(size @ 1..) if size <= MAX_SEAL_BYTES as usize => size,
            _ => return Ok(None),
        };
        let wanted = [AttributeType::Label, AttributeType::Application];
        let wanted = wanted.map(|attribute| (attribute, MAX_LABEL_BYTES));
        let (mut label, mut application) = (Vec::new(), Vec::new());
        for attribute in objects::attributes(session, handle, &wanted)? {
            match attribute {
                Attribute::Label(bytes) => label = bytes,
                Attribute::Application(bytes) => application = bytes,
                _ => {}
            }
        }
        label.truncate(MAX_LABEL_BYTES);
        application.truncate(MAX_LABEL_BYTES);
        Ok(Some(Self {
            label,
            application,
            size,
        }))
    }

    fn told(self, seal: &Seal, padding: usize) -> TokenSeal {
        TokenSeal {
            label: label(&self.label),
            application: label(&self.application),
            der: Some(Base64(seal.der().to_vec())),
            padding: u32::try_from(padding).ok().filter(|bytes| *bytes > 0),
            problem: None,
        }
    }

    fn left_out(self) -> TokenSeal {
        TokenSeal {
            label: label(&self.label),
            application: label(&self.application),
            der: None,
            padding: None,
            problem: Some(Error::SealLeftOut {
                size: u32::try_from(self.size).unwrap_or(u32::MAX),
            }),
        }
    }
}

/// The value of a data object.
pub fn value(session: &Session, handle: ObjectHandle) -> Result<Option<Vec<u8>>, Pkcs11Error> {
    let wanted = [(AttributeType::Value, MAX_SEAL_BYTES as usize)];
    let values = objects::attributes(session, handle, &wanted)?;
    Ok(values.into_iter().find_map(|attribute| match attribute {
        Attribute::Value(bytes) => Some(bytes),
        _ => None,
    }))
}

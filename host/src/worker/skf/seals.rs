//! The electronic seals in a token. No standard says where they lie, so every file that anybody may read is
//! looked at, within bounds of number, bytes and time, and what reads as a seal is told.

use super::failure::is_gone;
use crate::worker::text::label;
use std::time::{Duration, Instant};
use yinxin_pki::seal::Seal;
use yinxin_proto::limits::{DATA_OBJECTS_MS, MAX_DATA_OBJECTS, MAX_SEAL_BYTES};
use yinxin_proto::token::TokenSeal;
use yinxin_proto::{Base64, Error};
use yinxin_skf::{Application, Error as SkfError, rights};

/// The seals of an application of this name. `room` are the bytes that may still be told, and becomes less.
///
/// # Errors
/// If the token went away. Other failures cost a seal, not the token: its certificates are of use without.
pub fn seals(
    application: &Application,
    application_name: &[u8],
    room: &mut usize,
) -> Result<Vec<TokenSeal>, SkfError> {
    let end = Instant::now() + Duration::from_millis(DATA_OBJECTS_MS.into());
    let mut found = Vec::new();
    for (index, name) in files(application)?.into_iter().enumerate() {
        let size = match readable(application, &name) {
            Ok(Some(size)) => size,
            Err(error) if is_gone(&error) => return Err(error),
            Ok(None) | Err(_) => continue,
        };
        let mut told = TokenSeal {
            label: label(&name),
            application: label(application_name),
            der: None,
            padding: None,
            problem: Some(Error::SealLeftOut { size }),
        };
        // One stands for all that come after it.
        let is_last = index >= MAX_DATA_OBJECTS as usize || Instant::now() >= end;
        if is_last || size as usize > *room {
            found.push(told);
        } else {
            match application.read_file(&name, size) {
                Ok(value) => {
                    let size = value.len();
                    if let Ok(seal) = Seal::from_der(value) {
                        let padding = size - seal.der().len();
                        *room = room.saturating_sub(seal.der().len());
                        told.der = Some(Base64(seal.der().to_vec()));
                        told.padding = u32::try_from(padding).ok().filter(|bytes| *bytes > 0);
                        told.problem = None;
                        found.push(told);
                    }
                }
                Err(error) if is_gone(&error) => return Err(error),
                Err(_) => {}
            }
        }
        if is_last {
            break;
        }
    }
    Ok(found)
}

/// The names of the files: one more than are looked at, to know of it.
///
/// # Errors
/// If the token went away.
pub fn files(application: &Application) -> Result<Vec<Vec<u8>>, SkfError> {
    match application.files() {
        Ok(mut names) => {
            names.truncate(MAX_DATA_OBJECTS as usize + 1);
            Ok(names)
        }
        Err(error) if is_gone(&error) => Err(error),
        // A library that knows no files.
        Err(_) => Ok(Vec::new()),
    }
}

/// The size of a file; `None` if it can't be read without a PIN or can't be a seal.
///
/// # Errors
/// What the library returned.
pub fn readable(application: &Application, name: &[u8]) -> Result<Option<u32>, SkfError> {
    let info = application.file_info(name)?;
    let is_public = info.read == rights::ANYONE;
    Ok(Some(info.size).filter(|size| is_public && (1..=MAX_SEAL_BYTES).contains(size)))
}

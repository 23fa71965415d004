//! Files: the CKO_DATA objects of a token, by their labels. So a seal that PKCS #11 stored is a
//! file here, and the other way round. A file that only the user may read is a private object: it
//! is not even listed before the login.

use cryptoki_sys::*;

use crate::object::{Attributes, CKA_READ_RIGHTS, CKA_WRITE_RIGHTS, MAX_VALUE_LEN, Value};
use crate::skf::blob::FileAttribute;
use crate::skf::code::*;
use crate::token::{Role, Token};

/// The files by name, with the ids of their objects. A label that is no name of a file, or another
/// file's, gives way to `object-` and the id.
pub fn list(token: &Token) -> Vec<(Vec<u8>, u64)> {
    let mut files: Vec<(Vec<u8>, u64)> = Vec::new();
    for (id, object) in token.objects() {
        if object.class() != Some(CKO_DATA) {
            continue;
        }
        let label = object.bytes(CKA_LABEL);
        let name = if is_name(label) && files.iter().all(|(known, _)| known != label) {
            label.to_vec()
        } else {
            format!("object-{id}").into_bytes()
        };
        files.push((name, *id));
    }
    files
}

/// SKF_CreateFile: `size` bytes, all zero.
pub fn create(token: &mut Token, name: &[u8], size: u32, read: u32, write: u32) -> Result<()> {
    if !is_name(name) {
        return Err(NAME_LEN);
    }
    check_create(token)?;
    if list(token).iter().any(|(known, _)| known == name) {
        return Err(FILE_ALREADY_EXISTS);
    }
    let size = usize::try_from(size).map_err(|_| NO_ROOM)?;
    if size > MAX_VALUE_LEN {
        return Err(NO_ROOM);
    }
    // What the storage can't keep from PKCS #11 is not promised: it knows the user and everybody.
    if read & USER == 0 || read & !ANYONE != 0 || write & !ANYONE != 0 {
        return Err(NOT_SUPPORTED);
    }
    let mut object = Attributes::default();
    object.set(CKA_CLASS, Value::Number(CKO_DATA));
    object.set(CKA_TOKEN, Value::Bool(true));
    object.set(CKA_PRIVATE, Value::Bool(read != ANYONE));
    object.set(CKA_MODIFIABLE, Value::Bool(write != NEVER));
    object.set(CKA_LABEL, Value::bytes(name));
    object.set(CKA_APPLICATION, Value::bytes("SKF"));
    object.set(CKA_VALUE, Value::bytes(vec![0; size]));
    object.set(CKA_READ_RIGHTS, Value::Number(CK_ULONG::from(read)));
    object.set(CKA_WRITE_RIGHTS, Value::Number(CK_ULONG::from(write)));
    object.complete_created()?;
    token.create(&[object])?;
    Ok(())
}

/// SKF_DeleteFile.
pub fn delete(token: &mut Token, name: &[u8]) -> Result<()> {
    check_create(token)?;
    let (id, _) = find(token, name)?;
    Ok(token.destroy(id)?)
}

/// SKF_GetFileInfo.
pub fn info(token: &Token, name: &[u8]) -> Result<FileAttribute> {
    let (_, object) = find(token, name)?;
    let mut field = [0; 32];
    field
        .get_mut(..name.len())
        .ok_or(NAME_LEN)?
        .copy_from_slice(name);
    let (read_rights, write_rights) = rights(object);
    Ok(FileAttribute {
        name: field,
        size: u32::try_from(object.bytes(CKA_VALUE).len()).map_err(|_| FAIL)?,
        read_rights,
        write_rights,
    })
}

/// SKF_ReadFile: up to `length` bytes, fewer at the end of the file.
pub fn read(token: &Token, name: &[u8], offset: u32, length: u32) -> Result<Vec<u8>> {
    let (_, object) = find(token, name)?;
    if !allows(rights(object).0, token) {
        return Err(USER_NOT_LOGGED_IN);
    }
    let content = object.bytes(CKA_VALUE);
    #[cfg(feature = "faults")]
    let content = &*crate::faults::seen(content);
    let [offset, length] = [offset, length].map(|number| usize::try_from(number).ok());
    let (Some(offset), Some(length)) = (offset, length) else {
        return Err(READ_FILE);
    };
    let rest = content.get(offset..).ok_or(READ_FILE)?;
    Ok(rest[..length.min(rest.len())].to_vec())
}

/// SKF_WriteFile: within the size that the file was created with.
pub fn write(token: &mut Token, name: &[u8], offset: u32, data: &[u8]) -> Result<()> {
    let (id, object) = find(token, name)?;
    let write = rights(object).1;
    if write == NEVER {
        return Err(WRITE_FILE);
    }
    if !allows(write, token) || (object.is_private() && token.role() != Some(Role::User)) {
        return Err(USER_NOT_LOGGED_IN);
    }
    let mut content = object.bytes(CKA_VALUE).to_vec();
    let offset = usize::try_from(offset).map_err(|_| WRITE_FILE)?;
    let end = offset.checked_add(data.len()).ok_or(WRITE_FILE)?;
    #[cfg(feature = "faults")]
    let data = &*crate::faults::seen(data);
    let place = content.get_mut(offset..end).ok_or(WRITE_FILE)?;
    place.copy_from_slice(data);
    Ok(token.modify(id, &[(CKA_VALUE, &content)])?)
}

fn find<'a>(token: &'a Token, name: &[u8]) -> Result<(u64, &'a Attributes)> {
    let files = list(token);
    let (_, id) = files
        .iter()
        .find(|(known, _)| known == name)
        .ok_or(FILE_NOT_EXIST)?;
    let object = token.objects().get(id).ok_or(FILE_NOT_EXIST)?;
    Ok((*id, object))
}

/// Who may read and write a file. One that PKCS #11 stored is the user's to write.
fn rights(object: &Attributes) -> (u32, u32) {
    let stored = |attribute| {
        let number = object.number(attribute)?;
        u32::try_from(number).ok()
    };
    let read = if object.is_private() { USER } else { ANYONE };
    let write = if object.value(CKA_MODIFIABLE) == Some(&Value::Bool(false)) {
        NEVER
    } else {
        USER
    };
    (
        stored(CKA_READ_RIGHTS).unwrap_or(read),
        stored(CKA_WRITE_RIGHTS).unwrap_or(write),
    )
}

fn check_create(token: &Token) -> Result<()> {
    let application = token.data().and_then(|data| data.application.as_ref());
    let rights = application.map_or(USER, |application| application.create_file_rights);
    if allows(rights, token) {
        Ok(())
    } else {
        Err(USER_NOT_LOGGED_IN)
    }
}

fn allows(rights: u32, token: &Token) -> bool {
    rights == ANYONE
        || match token.role() {
            Some(Role::User) => rights & USER != 0,
            Some(Role::So) => rights & ADMINISTRATOR != 0,
            None => false,
        }
}

/// A name of C's has an end, and no NUL before it.
fn is_name(name: &[u8]) -> bool {
    (1..=MAX_NAME_LEN).contains(&name.len()) && !name.contains(&0)
}

/// The longest name, in bytes (FILEATTRIBUTE).
pub const MAX_NAME_LEN: usize = 32;

/// Rights: SECURE_NEVER_ACCOUNT, SECURE_ADM_ACCOUNT, SECURE_USER_ACCOUNT, SECURE_ANYONE_ACCOUNT.
const NEVER: u32 = 0;
const ADMINISTRATOR: u32 = 1;
const USER: u32 = 0x10;
const ANYONE: u32 = 0xFF;

//! A token: its PINs, its login state in this process, and its stored objects. Every read sees
//! what other processes wrote, every write happens under the folder's lock.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use cryptoki_sys::*;

use crate::object::{Attributes, Template};
use crate::rv::{Result, Rv};
use crate::seal::{PinEnvelope, SecretKey, fill_random};
use crate::store::{
    Application, Folder, Lock, MAX_OBJECTS, MAX_TRIES, ObjectData, PinData, Revision, TokenData,
};

/// Who logs in (CK_USER_TYPE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// CKU_USER: the holder of the key.
    User,
    /// CKU_SO: whoever initialises and unlocks it.
    So,
}

/// A token in its folder, as this process knows it.
pub struct Token {
    folder: Folder,
    content: Option<Content>,
    login: Option<Login>,
    /// The objects that the present login can see.
    objects: BTreeMap<u64, Attributes>,
}

struct Content {
    revision: Revision,
    data: TokenData,
}

struct Login {
    role: Role,
    key: SecretKey,
}

impl Token {
    /// The token in `folder`; nothing is read yet.
    pub fn new(folder: Folder) -> Self {
        Self {
            folder,
            content: None,
            login: None,
            objects: BTreeMap::new(),
        }
    }

    /// Takes over what other processes changed. A token that was initialised anew or taken away
    /// ends the login.
    ///
    /// # Errors
    /// `CKR_TOKEN_NOT_PRESENT` without a folder, `CKR_TOKEN_NOT_RECOGNIZED` for content that is
    /// not a token's, `CKR_DEVICE_ERROR` if it can't be read or was tampered with. Success with
    /// [`Token::data`] `None` means a token that waits for C_InitToken.
    pub fn refresh(&mut self) -> Result<()> {
        let result = self.try_refresh();
        if result.is_err() {
            self.forget();
        }
        result
    }

    fn try_refresh(&mut self) -> Result<()> {
        if !self.folder.exists() {
            return Err(Rv(CKR_TOKEN_NOT_PRESENT));
        }
        let Some(revision) = self.folder.revision()? else {
            self.forget();
            return Ok(());
        };
        if self.content.as_ref().map(|content| content.revision) == Some(revision) {
            return Ok(());
        }
        let Some((revision, data)) = self.folder.read()? else {
            self.forget();
            return Ok(());
        };
        if self.epoch() != Some(data.epoch) {
            self.login = None;
        }
        self.content = Some(Content { revision, data });
        self.load_objects()
    }

    /// Forgets everything read, and the login: the token is gone.
    pub fn forget(&mut self) {
        self.content = None;
        self.login = None;
        self.objects.clear();
    }

    /// The stored state; `None` for a token that is not initialised.
    pub fn data(&self) -> Option<&TokenData> {
        self.content.as_ref().map(|content| &content.data)
    }

    /// Which initialisation of the token this is.
    pub fn epoch(&self) -> Option<u64> {
        self.data().map(|data| data.epoch)
    }

    /// Its folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Who is logged in.
    pub fn role(&self) -> Option<Role> {
        self.login.as_ref().map(|login| login.role)
    }

    /// The visible objects by id.
    pub fn objects(&self) -> &BTreeMap<u64, Attributes> {
        &self.objects
    }

    /// Logs in.
    ///
    /// # Errors
    /// `CKR_PIN_LEN_RANGE` (costs no try), `CKR_PIN_INCORRECT`, `CKR_PIN_LOCKED`,
    /// `CKR_USER_PIN_NOT_INITIALIZED`, and those of storage.
    pub fn login(&mut self, role: Role, pin: &[u8]) -> Result<()> {
        check_pin_length(pin)?;
        let folder = self.folder.clone();
        let lock = folder.lock()?;
        let key = self.spend_try(&lock, role, pin)?;
        drop(lock);
        self.login = Some(Login { role, key });
        if let Err(error) = self.load_objects() {
            self.forget();
            return Err(error);
        }
        Ok(())
    }

    /// Logs out and forgets the private objects.
    pub fn logout(&mut self) {
        self.login = None;
        self.objects.retain(|_, object| !object.is_private());
    }

    /// Changes a PIN.
    ///
    /// # Errors
    /// As [`Token::login`].
    pub fn set_pin(&mut self, role: Role, old: &[u8], new: &[u8]) -> Result<()> {
        check_pin_length(old)?;
        check_pin_length(new)?;
        let folder = self.folder.clone();
        let lock = folder.lock()?;
        let key = self.spend_try(&lock, role, old)?;
        let mut data = self.current()?.data.clone();
        let tries = pin_state(&mut data, role)?.max_tries;
        let pin = make_pin(&data.serial, role, new, tries, &key)?;
        match role {
            Role::User => data.user = Some(pin),
            Role::So => data.so = pin,
        }
        self.write(&lock, data)
    }

    /// Sets the user's PIN, with all tries, by the security officer's PIN (SKF_UnblockPIN).
    ///
    /// # Errors
    /// As [`Token::login`].
    pub fn unblock(&mut self, so_pin: &[u8], new: &[u8]) -> Result<()> {
        check_pin_length(so_pin)?;
        check_pin_length(new)?;
        let folder = self.folder.clone();
        let lock = folder.lock()?;
        let key = self.spend_try(&lock, Role::So, so_pin)?;
        let mut data = self.current()?.data.clone();
        reset_user(&mut data, new, &key)?;
        self.write(&lock, data)
    }

    /// Sets the user's PIN, with all tries, by the security officer's login.
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN` unless the security officer is logged in, `CKR_PIN_LEN_RANGE`,
    /// and those of storage.
    pub fn init_pin(&mut self, pin: &[u8]) -> Result<()> {
        check_pin_length(pin)?;
        self.update(|data, login| {
            let key = match login {
                Some(login) if login.role == Role::So => &login.key,
                _ => return Err(Rv(CKR_USER_NOT_LOGGED_IN)),
            };
            reset_user(data, pin, key)
        })
    }

    /// Sets the token's label, of at most 32 bytes.
    ///
    /// # Errors
    /// Those of storage.
    pub fn set_label(&mut self, label: &str) -> Result<()> {
        self.update(|data, _| {
            label.clone_into(&mut data.label);
            Ok(())
        })
    }

    /// Initialises the token: all objects and the user's PIN are gone afterwards.
    ///
    /// # Errors
    /// As [`Token::login`]; the security officer's PIN of a token that has one must be right.
    pub fn initialise(&mut self, so_pin: &[u8], label: &str) -> Result<()> {
        check_pin_length(so_pin)?;
        let folder = self.folder.clone();
        let lock = folder.lock()?;
        self.refresh()?;
        let serial = if self.content.is_some() {
            self.spend_try(&lock, Role::So, so_pin)?;
            self.current()?.data.serial.clone()
        } else {
            let mut random = [0; 7];
            fill_random(&mut random)?;
            format!("YX{}", hex::encode_upper(random))
        };
        let mut epoch = [0; 8];
        fill_random(&mut epoch)?;
        let so = make_pin(&serial, Role::So, so_pin, MAX_TRIES, &SecretKey::make()?)?;
        self.forget();
        self.write(
            &lock,
            TokenData {
                serial,
                label: label.to_owned(),
                epoch: u64::from_be_bytes(epoch),
                user: None,
                so,
                next_object: 1,
                objects: Vec::new(),
                application: None,
            },
        )
    }

    /// Initialises a token that has never been, as an application with both PINs
    /// (SKF_CreateApplication).
    ///
    /// # Errors
    /// `CKR_PIN_LEN_RANGE`, `CKR_ACTION_PROHIBITED` if the token is initialised, and those of
    /// storage.
    pub fn initialise_application(
        &mut self,
        application: &Application,
        so: (&[u8], u8),
        user: (&[u8], u8),
    ) -> Result<()> {
        check_pin_length(so.0)?;
        check_pin_length(user.0)?;
        let folder = self.folder.clone();
        let lock = folder.lock()?;
        self.refresh()?;
        if self.content.is_some() {
            return Err(Rv(CKR_ACTION_PROHIBITED));
        }
        let mut random = [0; 15];
        fill_random(&mut random)?;
        let (serial, epoch) = random.split_at(7);
        let serial = format!("YX{}", hex::encode_upper(serial));
        let key = SecretKey::make()?;
        self.write(
            &lock,
            TokenData {
                label: application.name.clone(),
                epoch: u64::from_be_bytes(epoch.try_into().expect("8 of 15 bytes")),
                user: Some(make_pin(&serial, Role::User, user.0, user.1, &key)?),
                so: make_pin(&serial, Role::So, so.0, so.1, &key)?,
                next_object: 1,
                objects: Vec::new(),
                application: Some(application.clone()),
                serial,
            },
        )
    }

    /// Removes all that is stored: the token waits for its initialisation.
    ///
    /// # Errors
    /// Those of storage.
    pub fn erase(&mut self) -> Result<()> {
        let folder = self.folder.clone();
        folder.lock()?.erase()?;
        self.forget();
        Ok(())
    }

    /// Stores objects, all or none, and tells their ids.
    ///
    /// # Errors
    /// `CKR_USER_NOT_LOGGED_IN` for a private object without the user's login,
    /// `CKR_DEVICE_MEMORY` if the token is full, and those of storage.
    pub fn create(&mut self, objects: &[Attributes]) -> Result<Vec<u64>> {
        self.replace(&[], objects)
    }

    /// Removes the objects `old`, those that are still there, and stores others, all or nothing.
    ///
    /// # Errors
    /// As [`Token::create`].
    pub fn replace(&mut self, old: &[u64], objects: &[Attributes]) -> Result<Vec<u64>> {
        self.update(|data, login| {
            data.objects.retain(|object| !old.contains(&object.id));
            let mut ids = Vec::new();
            for attributes in objects {
                if data.objects.len() >= MAX_OBJECTS {
                    return Err(Rv(CKR_DEVICE_MEMORY));
                }
                let id = data.next_object;
                data.next_object = id.checked_add(1).ok_or(Rv(CKR_DEVICE_MEMORY))?;
                let stored = store_object(&data.serial, login, id, 1, attributes)?;
                data.objects.push(stored);
                ids.push(id);
            }
            Ok(ids)
        })
    }

    /// Destroys an object.
    ///
    /// # Errors
    /// `CKR_OBJECT_HANDLE_INVALID` if another process was faster, and those of storage.
    pub fn destroy(&mut self, id: u64) -> Result<()> {
        self.update(|data, _| {
            let index = index_of(data, id)?;
            data.objects.remove(index);
            Ok(())
        })
    }

    /// Changes attributes of an object.
    ///
    /// # Errors
    /// As [`Token::destroy`] and [`Attributes::modify`].
    pub fn modify(&mut self, id: u64, template: &Template<'_>) -> Result<()> {
        self.update(|data, login| {
            let index = index_of(data, id)?;
            let mut attributes = load_object(&data.serial, login, &data.objects[index])?
                .ok_or(Rv(CKR_OBJECT_HANDLE_INVALID))?;
            attributes.modify(template)?;
            let version = data.objects[index].version.wrapping_add(1);
            data.objects[index] = store_object(&data.serial, login, id, version, &attributes)?;
            Ok(())
        })
    }

    /// Checks a PIN at the cost of one try. The try is gone from the disk before the PIN is
    /// looked at and comes back only after it proved right, so a process that is killed at any
    /// moment can lose a try and never gains one.
    fn spend_try(&mut self, lock: &Lock<'_>, role: Role, pin: &[u8]) -> Result<SecretKey> {
        self.refresh_same()?;
        let mut data = self.current()?.data.clone();
        let state = pin_state(&mut data, role)?;
        if state.tries_left == 0 {
            return Err(Rv(CKR_PIN_LOCKED));
        }
        state.tries_left -= 1;
        let envelope = state.envelope.clone();
        let context = pin_context(&data.serial, role);
        self.write(lock, data.clone())?;

        let key = envelope.open(&context, pin)?.ok_or(Rv(CKR_PIN_INCORRECT))?;
        let state = pin_state(&mut data, role)?;
        state.tries_left = state.max_tries;
        self.write(lock, data)?;
        Ok(key)
    }

    /// Changes the stored state under the lock.
    fn update<T>(
        &mut self,
        change: impl FnOnce(&mut TokenData, Option<&Login>) -> Result<T>,
    ) -> Result<T> {
        let folder = self.folder.clone();
        let lock = folder.lock()?;
        self.refresh_same()?;
        let mut data = self.current()?.data.clone();
        let result = change(&mut data, self.login.as_ref())?;
        self.write(&lock, data)?;
        Ok(result)
    }

    /// Refreshes, and fails if the token is not the one that it was.
    fn refresh_same(&mut self) -> Result<()> {
        let epoch = self.epoch();
        self.refresh()?;
        if epoch.is_some() && epoch != self.epoch() {
            return Err(Rv(CKR_DEVICE_REMOVED));
        }
        Ok(())
    }

    fn write(&mut self, lock: &Lock<'_>, data: TokenData) -> Result<()> {
        let revision = lock.write(&data)?;
        self.content = Some(Content { revision, data });
        self.load_objects()
    }

    fn current(&self) -> Result<&Content> {
        self.content.as_ref().ok_or(Rv(CKR_TOKEN_NOT_RECOGNIZED))
    }

    fn load_objects(&mut self) -> Result<()> {
        self.objects.clear();
        if let Some(Content { data, .. }) = &self.content {
            for stored in &data.objects {
                if let Some(object) = load_object(&data.serial, self.login.as_ref(), stored)? {
                    self.objects.insert(stored.id, object);
                }
            }
        }
        Ok(())
    }
}

fn check_pin_length(pin: &[u8]) -> Result<()> {
    if (MIN_PIN_LEN..=MAX_PIN_LEN).contains(&pin.len()) {
        Ok(())
    } else {
        Err(Rv(CKR_PIN_LEN_RANGE))
    }
}

/// Gives the user a PIN that the security officer chose.
fn reset_user(data: &mut TokenData, pin: &[u8], key: &SecretKey) -> Result<()> {
    let tries = data.user.as_ref().map_or(MAX_TRIES, |pin| pin.max_tries);
    let mut made = make_pin(&data.serial, Role::User, pin, tries, key)?;
    // The officer who unlocks a key knows its PIN until the user changes it.
    made.to_be_changed = data.user.is_some();
    data.user = Some(made);
    Ok(())
}

fn make_pin(
    serial: &str,
    role: Role,
    pin: &[u8],
    max_tries: u8,
    key: &SecretKey,
) -> Result<PinData> {
    Ok(PinData {
        tries_left: max_tries,
        max_tries,
        to_be_changed: role == Role::So && pin == DEFAULT_SO_PIN,
        envelope: PinEnvelope::seal(&pin_context(serial, role), pin, key)?,
    })
}

fn pin_state(data: &mut TokenData, role: Role) -> Result<&mut PinData> {
    match role {
        Role::User => data.user.as_mut().ok_or(Rv(CKR_USER_PIN_NOT_INITIALIZED)),
        Role::So => Ok(&mut data.so),
    }
}

fn pin_context(serial: &str, role: Role) -> Vec<u8> {
    let role = match role {
        Role::User => "user",
        Role::So => "so",
    };
    format!("yinxin-softkey-1 pin {role} {serial}").into_bytes()
}

fn object_context(serial: &str, id: u64, version: u64) -> Vec<u8> {
    format!("yinxin-softkey-1 object {serial} {id} {version}").into_bytes()
}

fn index_of(data: &TokenData, id: u64) -> Result<usize> {
    let index = data.objects.iter().position(|object| object.id == id);
    index.ok_or(Rv(CKR_OBJECT_HANDLE_INVALID))
}

fn store_object(
    serial: &str,
    login: Option<&Login>,
    id: u64,
    version: u64,
    attributes: &Attributes,
) -> Result<ObjectData> {
    let private = attributes.is_private();
    let plain = attributes.encode();
    let attributes = if private {
        let key = match login {
            Some(login) if login.role == Role::User => &login.key,
            _ => return Err(Rv(CKR_USER_NOT_LOGGED_IN)),
        };
        Base64::encode_string(&key.seal(&object_context(serial, id, version), &plain)?)
    } else {
        Base64::encode_string(&plain)
    };
    Ok(ObjectData {
        id,
        version,
        private,
        attributes,
    })
}

/// Decodes a stored object; `None` if the login may not see it.
fn load_object(
    serial: &str,
    login: Option<&Login>,
    stored: &ObjectData,
) -> Result<Option<Attributes>> {
    let key = match login {
        Some(login) if login.role == Role::User => Some(&login.key),
        _ => None,
    };
    let malformed = Rv(CKR_TOKEN_NOT_RECOGNIZED);
    let encoded = Base64::decode_vec(&stored.attributes).map_err(|_| malformed)?;
    let attributes = match (stored.private, key) {
        (false, _) => Attributes::decode(&encoded).ok_or(malformed)?,
        (true, None) => return Ok(None),
        (true, Some(key)) => key
            .open(&object_context(serial, stored.id, stored.version), &encoded)
            .and_then(|plain| Attributes::decode(&plain))
            .ok_or(Rv(CKR_DEVICE_ERROR))?,
    };
    // A private key in the clear can only come from another hand.
    if attributes.is_private() != stored.private
        || (!stored.private && attributes.class() == Some(CKO_PRIVATE_KEY))
    {
        return Err(malformed);
    }
    Ok(Some(attributes))
}

/// The shortest PIN, in bytes.
pub const MIN_PIN_LEN: usize = 6;
/// The longest PIN, in bytes.
pub const MAX_PIN_LEN: usize = 32;
/// The security officer's PIN of demo tokens: published, so to be changed.
pub const DEFAULT_SO_PIN: &[u8] = b"12345678";

//! The second door of the software key: SKF (GM/T 0016-2012) over the same tokens. What a caller
//! sees, and what it is here:
//!
//! | SKF | here |
//! |---|---|
//! | device | a token's folder, by its name |
//! | first application | the token itself: what PKCS #11 shows, its PINs, their tries |
//! | further applications | tokens of their own in folders `app-…` in it, which PKCS #11 does not see |
//! | administrator | the security officer |
//! | container | keys and certificates with one [`CKA_CONTAINER`], else with one CKA_ID |
//! | file | a CKO_DATA object, by its label |
//!
//! A login belongs to one process, one application and this door alone: neither PKCS #11 nor
//! another process sees it, and one that logs out ends nobody else's. It ends with the last
//! connection to the device.
//!
//! `doors` is the C boundary, [`pointer`] the memory of its callers; this file has devices,
//! applications and PINs, [`container`], [`file`] and [`cipher`] the rest.
//!
//! [`CKA_CONTAINER`]: crate::object::CKA_CONTAINER

mod blob;
mod cipher;
mod code;
mod container;
mod doors;
mod file;
mod pointer;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};
use sm4::Sm4;
use sm4::cipher::{BlockCipherEncrypt, KeyInit};

use crate::DIR_VARIABLE;
use crate::mechanism::Hasher;
use crate::module::MANUFACTURER;
use crate::seal::fill_random;
use crate::skf::blob::{DevInfo, Version, text};
use crate::skf::cipher::SessionKey;
use crate::skf::code::*;
use crate::skf::container::Container;
use crate::slot::folders;
use crate::store::{Application, Folder, MAX_APPLICATION_NAME, MAX_FILE_LEN, MAX_MAX_TRIES};
use crate::token::{Role, Token};

/// A handle: never 0, never used twice.
pub type Handle = usize;

/// What this process knows through the SKF door.
pub struct Skf {
    /// A child made by fork(2) begins anew.
    process: u32,
    root: Option<PathBuf>,
    /// The devices that were ever seen in `root`.
    known: BTreeSet<String>,
    /// The devices that the last event left.
    announced: BTreeSet<String>,
    /// The tokens in use by folder: one for each application, whatever the number of its handles.
    tokens: BTreeMap<PathBuf, Token>,
    items: BTreeMap<Handle, Item>,
    last: Handle,
}

/// What a handle stands for.
enum Item {
    Device(Device),
    Application {
        device: Handle,
        path: PathBuf,
        epoch: u64,
    },
    Container {
        application: Handle,
        name: Vec<u8>,
    },
    Hash {
        device: Handle,
        hash: Option<Hash>,
    },
    Key {
        device: Handle,
        key: SessionKey,
    },
}

/// A connection to a device.
struct Device {
    path: PathBuf,
    /// The device went away: nothing brings this connection back.
    removed: bool,
    /// What SKF_DevAuth has to encrypt, once.
    challenge: Option<[u8; 16]>,
    authenticated: bool,
    /// Held from SKF_LockDev to SKF_UnlockDev.
    lock: Option<File>,
}

/// A running digest.
#[derive(Clone)]
pub struct Hash {
    hasher: Hasher,
    /// Whether SKF_DigestUpdate was called.
    in_parts: bool,
}

/// What SKF_GetPINInfo tells.
pub struct PinInfo {
    pub max_tries: u8,
    pub tries_left: u8,
    pub to_be_changed: bool,
}

impl Skf {
    /// Nothing yet.
    pub fn new() -> Self {
        let mut skf = Self {
            process: std::process::id(),
            root: None,
            known: BTreeSet::new(),
            announced: BTreeSet::new(),
            tokens: BTreeMap::new(),
            items: BTreeMap::new(),
            last: 0,
        };
        skf.look_around();
        skf
    }

    /// Whether this process made the state, and did not inherit it.
    pub fn is_of_this_process(&self) -> bool {
        self.process == std::process::id()
    }

    /// Reads where the devices are. What comes and goes counts as events from then on.
    pub fn look_around(&mut self) {
        let root = std::env::var_os(DIR_VARIABLE).map(PathBuf::from);
        if self.root != root {
            self.root = root;
            self.known.clear();
            self.announced = self.present();
        }
    }

    /// The devices that are there now.
    fn present(&mut self) -> BTreeSet<String> {
        let folders = self.root.as_deref().map(folders).unwrap_or_default();
        let present: BTreeSet<_> = folders
            .into_iter()
            .filter_map(|name| name.into_string().ok())
            .collect();
        if self.known.len() < MAX_KNOWN {
            self.known.extend(present.iter().cloned());
        }
        present
    }

    /// SKF_EnumDev, as the list that it answers.
    pub fn device_names(&mut self, only_present: bool) -> Vec<u8> {
        self.look_around();
        let present = self.present();
        let names = if only_present { &present } else { &self.known };
        name_list(names.iter().map(String::as_bytes))
    }

    /// SKF_GetDevState: 0 absent, 1 present, 2 never heard of.
    pub fn device_state(&mut self, name: &[u8]) -> u32 {
        self.look_around();
        let is = |known: &String| known.as_bytes() == name;
        if self.present().iter().any(is) {
            1
        } else if self.known.iter().any(is) {
            0
        } else {
            2
        }
    }

    /// A device that came (1) or went (2) since the last event; told again until
    /// [`Skf::event_told`].
    pub fn event(&mut self) -> Option<(String, u32)> {
        let present = self.present();
        let came = present.difference(&self.announced).next();
        let gone = self.announced.difference(&present).next();
        came.map(|name| (name.clone(), 1))
            .or_else(|| gone.map(|name| (name.clone(), 2)))
    }

    /// Takes an event for told.
    pub fn event_told(&mut self, name: String, event: u32) {
        if event == 1 {
            self.announced.insert(name);
        } else {
            self.announced.remove(&name);
        }
    }

    /// SKF_ConnectDev.
    pub fn connect(&mut self, name: &[u8]) -> Result<Handle> {
        self.look_around();
        let present = self.present();
        let found = present.iter().find(|known| known.as_bytes() == name);
        let (Some(root), Some(name)) = (&self.root, found) else {
            return Err(DEVICE_REMOVED);
        };
        let device = Device {
            path: root.join(name),
            removed: false,
            challenge: None,
            authenticated: false,
            lock: None,
        };
        self.insert(Item::Device(device))
    }

    /// SKF_DisConnectDev. The last connection to a device logs out.
    pub fn disconnect(&mut self, handle: Handle) -> Result<()> {
        let Some(Item::Device(device)) = self.items.get(&handle) else {
            return Err(INVALID_HANDLE);
        };
        let path = device.path.clone();
        self.items.remove(&handle);
        self.items.retain(|_, item| item.device() != Some(handle));
        self.drop_orphans();
        let connected = self
            .items
            .values()
            .any(|item| matches!(item, Item::Device(device) if device.path == path));
        if !connected {
            self.tokens.retain(|token, _| !token.starts_with(&path));
        }
        Ok(())
    }

    /// SKF_GetDevInfo.
    pub fn device_info(&mut self, handle: Handle) -> Result<DevInfo> {
        let path = self.device(handle)?.path.clone();
        let token = self.token(&path)?;
        let (label, serial) = match token.data() {
            Some(data) => (data.label.as_str(), data.serial.as_str()),
            None => ("", ""),
        };
        let version = Version { major: 0, minor: 1 };
        let total = u32::try_from(MAX_FILE_LEN).unwrap_or(u32::MAX);
        let used = u32::try_from(token.folder().used()).unwrap_or(u32::MAX);
        Ok(DevInfo {
            version: Version { major: 1, minor: 0 },
            manufacturer: text(MANUFACTURER),
            issuer: text(MANUFACTURER),
            label: text(label),
            serial_number: text(serial),
            hardware_version: version,
            firmware_version: version,
            alg_sym_cap: SM4_ECB | SM4_CBC,
            alg_asym_cap: RSA | SM2_SIGN | SM2_ENCRYPT,
            alg_hash_cap: SM3 | SHA256,
            dev_auth_alg_id: SM4_ECB,
            total_space: total,
            free_space: total.saturating_sub(used),
            max_ecc_buffer_size: u32::try_from(MAX_ECC_LEN).unwrap_or(u32::MAX),
            max_buffer_size: u32::try_from(MAX_DATA_LEN).unwrap_or(u32::MAX),
            reserved: [0; 64],
        })
    }

    /// SKF_SetLabel: shorter than 32 bytes, UTF-8.
    pub fn set_label(&mut self, handle: Handle, label: &[u8]) -> Result<()> {
        let path = self.device(handle)?.path.clone();
        let label = std::str::from_utf8(label).map_err(|_| INVALID_PARAM)?;
        let token = self.token(&path)?;
        token.data().ok_or(NOT_INITIALIZED)?;
        Ok(token.set_label(label)?)
    }

    /// Tries to take a device for a connection alone, against other connections through this door,
    /// of this and other processes. Tells whether it is taken.
    pub fn try_lock(&mut self, handle: Handle) -> Result<bool> {
        let device = self.device(handle)?;
        if device.lock.is_some() {
            return Ok(true);
        }
        let path = device.path.join(LOCK_FILE);
        if std::fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(FAIL);
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(path).map_err(|_| FAIL)?;
        match FileExt::try_lock(&file) {
            Ok(()) => {
                device.lock = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(_)) => Err(FAIL),
        }
    }

    /// SKF_UnlockDev.
    pub fn unlock(&mut self, handle: Handle) -> Result<()> {
        self.device(handle)?.lock = None;
        Ok(())
    }

    /// Asks whether a call on a handle may go on beside others' SKF_LockDev: a share to be held
    /// as long as it lasts, or that it has to wait. A handle that is none may go on, to be told so.
    pub fn share(&self, handle: Handle) -> Share {
        let device = match self.items.get(&handle) {
            Some(Item::Device(device)) => Some(device),
            Some(item) => self.device_of(item),
            None => None,
        };
        let Some(device) = device.filter(|device| device.lock.is_none()) else {
            return Share::Free(None);
        };
        // The file is there once anybody ever locked the device. A pipe would block.
        let path = device.path.join(LOCK_FILE);
        let is_file = std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
        let Some(file) = is_file.then(|| File::open(path).ok()).flatten() else {
            return Share::Free(None);
        };
        match FileExt::try_lock_shared(&file) {
            Err(TryLockError::WouldBlock) => Share::Taken,
            _ => Share::Free(Some(file)),
        }
    }

    fn device_of(&self, item: &Item) -> Option<&Device> {
        let device = match item {
            Item::Container { application, .. } => self.items.get(application)?.device(),
            item => item.device(),
        };
        match self.items.get(&device?) {
            Some(Item::Device(device)) => Some(device),
            _ => None,
        }
    }

    /// SKF_GenRandom. The last 16 bytes or fewer are what SKF_DevAuth has to encrypt.
    pub fn random(&mut self, handle: Handle, length: u32) -> Result<Vec<u8>> {
        let device = self.device(handle)?;
        let length = usize::try_from(length).map_err(|_| INVALID_PARAM)?;
        if length > MAX_DATA_LEN {
            return Err(IN_DATA_LEN);
        }
        let mut random = vec![0; length];
        fill_random(&mut random)?;
        let mut challenge = [0; 16];
        device.challenge = None;
        if let Some(room) = challenge.get_mut(..length) {
            room.copy_from_slice(&random);
            device.challenge = Some(challenge);
        }
        Ok(random)
    }

    /// SKF_DevAuth: the last random number, filled up with zeros, under the device's key.
    pub fn authenticate(&mut self, handle: Handle, answer: &[u8]) -> Result<()> {
        let device = self.device(handle)?;
        let challenge = device.challenge.take();
        device.authenticated = false;
        let answer: [u8; 16] = answer.try_into().map_err(|_| IN_DATA_LEN)?;
        let mut block = challenge.ok_or(FAIL)?.into();
        Sm4::new(DEVICE_KEY.into()).encrypt_block(&mut block);
        if block != answer {
            return Err(FAIL);
        }
        device.authenticated = true;
        Ok(())
    }

    /// The applications of a device by name, each with its folder.
    fn applications(&mut self, device: &Path) -> Result<Vec<(String, PathBuf)>> {
        let mut paths: Vec<_> = folders(device)
            .into_iter()
            .filter_map(|folder| {
                let digits = folder.to_str()?.strip_prefix(APPLICATION_PREFIX)?;
                hex::decode(digits).ok()?;
                Some(device.join(&folder))
            })
            .take(MAX_APPLICATIONS)
            .collect();
        paths.insert(0, device.to_owned());
        let mut applications = Vec::new();
        for path in paths {
            if let Some(data) = self.token(&path)?.data() {
                let name = match &data.application {
                    Some(application) => application.name.clone(),
                    None => FIRST_APPLICATION.to_owned(),
                };
                applications.push((name, path));
            }
        }
        Ok(applications)
    }

    /// SKF_EnumApplication, as the list that it answers.
    pub fn application_names(&mut self, handle: Handle) -> Result<Vec<u8>> {
        let path = self.device(handle)?.path.clone();
        let applications = self.applications(&path)?;
        Ok(name_list(
            applications.iter().map(|(name, _)| name.as_bytes()),
        ))
    }

    fn find_application(&mut self, handle: Handle, name: &[u8]) -> Result<PathBuf> {
        let device = self.device(handle)?.path.clone();
        let applications = self.applications(&device)?;
        let found = applications
            .into_iter()
            .find(|(known, _)| known.as_bytes() == name);
        found.map(|(_, path)| path).ok_or(APPLICATION_NOT_EXISTS)
    }

    /// SKF_CreateApplication: the first one of a device is the token itself.
    pub fn create_application(
        &mut self,
        handle: Handle,
        name: &[u8],
        so: (&[u8], u32),
        user: (&[u8], u32),
        create_file_rights: u32,
    ) -> Result<Handle> {
        if !self.device(handle)?.authenticated {
            return Err(USER_NOT_LOGGED_IN);
        }
        let name = std::str::from_utf8(name).map_err(|_| APPLICATION_NAME_INVALID)?;
        if name.is_empty() || name.len() > MAX_APPLICATION_NAME {
            return Err(APPLICATION_NAME_INVALID);
        }
        let device = self.device(handle)?.path.clone();
        let applications = self.applications(&device)?;
        if applications.iter().any(|(known, _)| known == name) {
            return Err(APPLICATION_EXISTS);
        }
        if applications.len() >= MAX_APPLICATIONS {
            return Err(NO_ROOM);
        }
        let path = if self.token(&device)?.data().is_none() {
            device
        } else {
            let path = device.join(format!("{APPLICATION_PREFIX}{}", hex::encode(name)));
            // An empty folder is what a creation that was killed leaves.
            match std::fs::create_dir(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                    return Err(WRITE_FILE);
                }
                _ => path,
            }
        };
        let application = Application {
            name: name.to_owned(),
            create_file_rights,
        };
        let so = (so.0, tries(so.1)?);
        let user = (user.0, tries(user.1)?);
        self.token(&path)?
            .initialise_application(&application, so, user)?;
        self.open_path(handle, path)
    }

    /// SKF_DeleteApplication, with all that lies in it.
    pub fn delete_application(&mut self, handle: Handle, name: &[u8]) -> Result<()> {
        if !self.device(handle)?.authenticated {
            return Err(USER_NOT_LOGGED_IN);
        }
        let path = self.find_application(handle, name)?;
        if path == self.device(handle)?.path {
            self.token(&path)?.erase()?;
        } else {
            std::fs::remove_dir_all(&path).map_err(|_| WRITE_FILE)?;
            self.tokens.remove(&path);
        }
        Ok(())
    }

    /// SKF_OpenApplication.
    pub fn open_application(&mut self, handle: Handle, name: &[u8]) -> Result<Handle> {
        let path = self.find_application(handle, name)?;
        self.open_path(handle, path)
    }

    fn open_path(&mut self, device: Handle, path: PathBuf) -> Result<Handle> {
        let epoch = self.token(&path)?.epoch().ok_or(APPLICATION_NOT_EXISTS)?;
        self.insert(Item::Application {
            device,
            path,
            epoch,
        })
    }

    /// SKF_CloseApplication. The login stays.
    pub fn close_application(&mut self, handle: Handle) -> Result<()> {
        match self.items.get(&handle) {
            Some(Item::Application { .. }) => self.items.remove(&handle),
            _ => return Err(INVALID_HANDLE),
        };
        self.drop_orphans();
        Ok(())
    }

    /// SKF_GetPINInfo.
    pub fn pin_info(&mut self, handle: Handle, role: Role) -> Result<PinInfo> {
        let data = self.application(handle)?.data().ok_or(NOT_INITIALIZED)?;
        let pin = match role {
            Role::User => data.user.as_ref().ok_or(USER_PIN_NOT_INITIALIZED)?,
            Role::So => &data.so,
        };
        Ok(PinInfo {
            max_tries: pin.max_tries,
            tries_left: pin.tries_left,
            to_be_changed: pin.to_be_changed,
        })
    }

    /// SKF_VerifyPIN. A wrong PIN ends the login that was.
    pub fn verify_pin(&mut self, handle: Handle, role: Role, pin: &[u8]) -> Result<()> {
        let token = self.application(handle)?;
        token.login(role, pin).map_err(|error| {
            token.logout();
            error.into()
        })
    }

    /// SKF_ChangePIN.
    pub fn change_pin(&mut self, handle: Handle, role: Role, old: &[u8], new: &[u8]) -> Result<()> {
        Ok(self.application(handle)?.set_pin(role, old, new)?)
    }

    /// SKF_UnblockPIN.
    pub fn unblock_pin(&mut self, handle: Handle, so_pin: &[u8], new: &[u8]) -> Result<()> {
        Ok(self.application(handle)?.unblock(so_pin, new)?)
    }

    /// SKF_ClearSecureState: logs out in this process.
    pub fn log_out(&mut self, handle: Handle) -> Result<()> {
        self.application(handle)?.logout();
        Ok(())
    }

    /// SKF_EnumContainer, as the list that it answers.
    pub fn container_names(&mut self, handle: Handle) -> Result<Vec<u8>> {
        let containers = container::list(self.application(handle)?);
        Ok(name_list(containers.iter().map(|found| &found.name[..])))
    }

    /// SKF_CreateContainer.
    pub fn create_container(&mut self, handle: Handle, name: &[u8]) -> Result<Handle> {
        container::create(self.application(handle)?, name)?;
        self.open_container(handle, name)
    }

    /// SKF_DeleteContainer.
    pub fn delete_container(&mut self, handle: Handle, name: &[u8]) -> Result<()> {
        container::delete(self.application(handle)?, name)
    }

    /// SKF_OpenContainer.
    pub fn open_container(&mut self, handle: Handle, name: &[u8]) -> Result<Handle> {
        container::find(self.application(handle)?, name)?;
        self.insert(Item::Container {
            application: handle,
            name: name.to_owned(),
        })
    }

    /// SKF_CloseContainer.
    pub fn close_container(&mut self, handle: Handle) -> Result<()> {
        match self.items.get(&handle) {
            Some(Item::Container { .. }) => self.items.remove(&handle),
            _ => return Err(INVALID_HANDLE),
        };
        Ok(())
    }

    /// Begins a call on a container: its token, and what lies in it.
    pub fn container(&mut self, handle: Handle) -> Result<(&mut Token, Container)> {
        let Some(Item::Container { application, name }) = self.items.get(&handle) else {
            return Err(INVALID_HANDLE);
        };
        let (application, name) = (*application, name.clone());
        let token = self.application(application)?;
        let container = container::find(token, &name)?;
        Ok((token, container))
    }

    /// Keeps a session key, beside the container or device that it was made through.
    pub fn insert_key(&mut self, beside: Handle, key: SessionKey) -> Result<Handle> {
        let device = match self.items.get(&beside) {
            Some(Item::Device(_)) => Some(beside),
            Some(Item::Container { application, .. }) => {
                self.items.get(application).and_then(Item::device)
            }
            _ => None,
        };
        let device = device.ok_or(INVALID_HANDLE)?;
        self.insert(Item::Key { device, key })
    }

    /// Begins a call on a session key.
    pub fn key(&mut self, handle: Handle) -> Result<&mut SessionKey> {
        let Some(Item::Key { device, .. }) = self.items.get(&handle) else {
            return Err(INVALID_HANDLE);
        };
        let device = *device;
        self.device(device)?;
        match self.items.get_mut(&handle) {
            Some(Item::Key { key, .. }) => Ok(key),
            _ => Err(INVALID_HANDLE),
        }
    }

    /// SKF_DigestInit.
    pub fn insert_hash(&mut self, device: Handle, hasher: Hasher) -> Result<Handle> {
        self.device(device)?;
        let hash = Some(Hash {
            hasher,
            in_parts: false,
        });
        self.insert(Item::Hash { device, hash })
    }

    /// Begins a call on a digest; `None` for one that was told already.
    pub fn hash(&mut self, handle: Handle) -> Result<&mut Option<Hash>> {
        let Some(Item::Hash { device, .. }) = self.items.get(&handle) else {
            return Err(INVALID_HANDLE);
        };
        let device = *device;
        self.device(device)?;
        match self.items.get_mut(&handle) {
            Some(Item::Hash { hash, .. }) => Ok(hash),
            _ => Err(INVALID_HANDLE),
        }
    }

    /// SKF_CloseHandle.
    pub fn close(&mut self, handle: Handle) -> Result<()> {
        match self.items.get(&handle) {
            Some(Item::Hash { .. } | Item::Key { .. }) => self.items.remove(&handle),
            _ => return Err(INVALID_HANDLE),
        };
        Ok(())
    }

    /// Checks that a device is there, for calls that need no more of it.
    pub fn check_device(&mut self, handle: Handle) -> Result<()> {
        self.device(handle).map(|_| ())
    }

    /// Begins a call on an application.
    pub fn application(&mut self, handle: Handle) -> Result<&mut Token> {
        let Some(Item::Application {
            device,
            path,
            epoch,
        }) = self.items.get(&handle)
        else {
            return Err(INVALID_HANDLE);
        };
        let (device, path, epoch) = (*device, path.clone(), *epoch);
        self.device(device)?;
        if !Folder::new(path.clone()).exists() {
            return Err(APPLICATION_NOT_EXISTS);
        }
        let token = self.token(&path)?;
        if token.epoch() != Some(epoch) {
            return Err(APPLICATION_NOT_EXISTS);
        }
        Ok(token)
    }

    /// Begins a call on a connection.
    fn device(&mut self, handle: Handle) -> Result<&mut Device> {
        let Some(Item::Device(device)) = self.items.get_mut(&handle) else {
            return Err(INVALID_HANDLE);
        };
        if !device.removed && !Folder::new(device.path.clone()).exists() {
            device.removed = true;
            device.lock = None;
        }
        if device.removed {
            // Whoever plugs it in again logs in again.
            let path = &device.path;
            self.tokens.retain(|token, _| !token.starts_with(path));
            return Err(DEVICE_REMOVED);
        }
        Ok(device)
    }

    /// A token, up to date.
    fn token(&mut self, path: &Path) -> Result<&mut Token> {
        let token = self
            .tokens
            .entry(path.to_owned())
            .or_insert_with(|| Token::new(Folder::new(path.to_owned())));
        token.refresh()?;
        Ok(token)
    }

    fn insert(&mut self, item: Item) -> Result<Handle> {
        if self.items.len() >= MAX_HANDLES {
            return Err(MEMORY);
        }
        self.last += 1;
        self.items.insert(self.last, item);
        Ok(self.last)
    }

    /// Closes the containers of closed applications.
    fn drop_orphans(&mut self) {
        let open: BTreeSet<_> = self.items.keys().copied().collect();
        self.items.retain(
            |_, item| !matches!(item, Item::Container { application, .. } if !open.contains(application)),
        );
    }
}

impl Item {
    /// The connection that it hangs on directly.
    fn device(&self) -> Option<Handle> {
        match self {
            Self::Application { device, .. }
            | Self::Hash { device, .. }
            | Self::Key { device, .. } => Some(*device),
            Self::Device(_) | Self::Container { .. } => None,
        }
    }
}

/// The answer to [`Skf::share`].
pub enum Share {
    /// Go on, and hold the share.
    Free(#[allow(dead_code, reason = "held until dropped")] Option<File>),
    /// Another connection has the device for itself.
    Taken,
}

/// Names, each with its NUL, and one more NUL.
fn name_list<'a>(names: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut list = Vec::new();
    for name in names {
        list.extend_from_slice(name);
        list.push(0);
    }
    list.push(0);
    list
}

fn tries(number: u32) -> Result<u8> {
    let tries = u8::try_from(number).ok();
    tries
        .filter(|tries| (1..=MAX_MAX_TRIES).contains(tries))
        .ok_or(INVALID_PARAM)
}

/// Algorithms (GM/T 0006): SGD_SM4_ECB, SGD_SM4_CBC.
pub const SM4_ECB: u32 = 0x401;
pub const SM4_CBC: u32 = 0x402;
/// SGD_RSA.
pub const RSA: u32 = 0x1_0000;
/// SGD_SM2_1, the signature, and SGD_SM2_3, the encryption.
pub const SM2_SIGN: u32 = 0x2_0200;
pub const SM2_ENCRYPT: u32 = 0x2_0800;
/// SGD_SM2_1 in older headers.
pub const SM2_SIGN_OLD: u32 = 0x2_0100;
/// SGD_SM3, SGD_SHA256.
pub const SM3: u32 = 1;
pub const SHA256: u32 = 4;

/// The most that SM2 encrypts or decrypts here, in bytes.
pub const MAX_ECC_LEN: usize = 64 << 10;
/// The most that one call takes or gives, in bytes.
pub const MAX_DATA_LEN: usize = 16 << 20;

/// The name of a token as an application, where nobody gave one.
const FIRST_APPLICATION: &str = "YINXIN-DEMO";
/// The key of SKF_DevAuth. Published, like that of many real keys: it protects nothing.
const DEVICE_KEY: &[u8; 16] = b"1234567812345678";
const APPLICATION_PREFIX: &str = "app-";
const LOCK_FILE: &str = "device.lock";
const MAX_APPLICATIONS: usize = 16;
const MAX_HANDLES: usize = 4096;
const MAX_KNOWN: usize = 1024;

//! A token's folder on the disk: one data file that is replaced atomically, and a lock file.
//! Knows the outer form of the data file, not what its parts mean.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cryptoki_sys::*;
use fs4::FileExt;
use serde::{Deserialize, Serialize};

use crate::rv::{Result, Rv};
use crate::seal::{PinEnvelope, fill_random};

/// Which content of the data file this is: a new random number with every write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision([u8; REVISION_LEN]);

/// The content of the data file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenData {
    /// CK_TOKEN_INFO's serialNumber: 16 ASCII characters.
    pub serial: String,
    /// CK_TOKEN_INFO's label, without padding, at most 32 bytes of UTF-8.
    pub label: String,
    /// A new random number with every initialisation of the token.
    pub epoch: u64,
    /// The user's PIN; `None` until the security officer sets one.
    pub user: Option<PinData>,
    /// The security officer's PIN.
    pub so: PinData,
    /// The id that the next object gets.
    pub next_object: u64,
    /// All objects.
    pub objects: Vec<ObjectData>,
    /// What SKF adds; `None` for a token that was made through PKCS #11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
}

/// A token as an application of SKF (GM/T 0016 section 6.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// At most 32 bytes.
    pub name: String,
    /// Who may create and delete files: SECURE_… of GM/T 0016 section 6.2.9.
    pub create_file_rights: u32,
}

/// A PIN as stored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinData {
    /// Wrong tries that are still allowed, 0 to `max_tries`.
    pub tries_left: u8,
    /// Tries of a PIN that was just right. SKF lets whoever makes an application choose.
    #[serde(default = "max_tries", skip_serializing_if = "is_max_tries")]
    pub max_tries: u8,
    /// Whether somebody else chose this PIN, or it is the published one.
    pub to_be_changed: bool,
    /// The token key under this PIN.
    pub envelope: PinEnvelope,
}

/// An object as stored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectData {
    /// Never used twice in a token.
    pub id: u64,
    /// Counts the changes of this object.
    pub version: u64,
    /// Whether `attributes` is encrypted under the token key.
    pub private: bool,
    /// The encoded attributes, Base64.
    pub attributes: String,
}

/// A folder that holds a token, or could.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`; nothing is read yet.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Whether the folder is there. A symbolic link is not a folder.
    pub fn exists(&self) -> bool {
        fs::symlink_metadata(&self.0).is_ok_and(|metadata| metadata.is_dir())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The length of the data file, in bytes; 0 if there is none.
    pub fn used(&self) -> u64 {
        fs::symlink_metadata(self.data_path()).map_or(0, |metadata| metadata.len())
    }

    /// The revision of the data file; `None` if there is no data file.
    ///
    /// # Errors
    /// `CKR_TOKEN_NOT_RECOGNIZED` if the file is not one of ours, `CKR_DEVICE_ERROR` if it
    /// can't be read.
    pub fn revision(&self) -> Result<Option<Revision>> {
        let Some(mut file) = self.open()? else {
            return Ok(None);
        };
        read_header(&mut file).map(Some)
    }

    /// Reads the data file; `None` if there is none.
    ///
    /// # Errors
    /// As [`Folder::revision`].
    pub fn read(&self) -> Result<Option<(Revision, TokenData)>> {
        let Some(mut file) = self.open()? else {
            return Ok(None);
        };
        let revision = read_header(&mut file)?;
        let mut json = Vec::new();
        file.take(MAX_FILE_LEN + 1)
            .read_to_end(&mut json)
            .map_err(|_| Rv(CKR_DEVICE_ERROR))?;
        let length = u64::try_from(json.len()).expect("usize fits in u64");
        let data = Some(json)
            .filter(|_| length <= MAX_FILE_LEN)
            .and_then(|json| serde_json::from_slice::<TokenData>(&json).ok())
            .filter(TokenData::is_sane)
            .ok_or(Rv(CKR_TOKEN_NOT_RECOGNIZED))?;
        Ok(Some((revision, data)))
    }

    /// Waits for the right to write.
    ///
    /// # Errors
    /// `CKR_DEVICE_REMOVED` if the folder is gone, `CKR_DEVICE_ERROR` if another process keeps
    /// the lock for longer than [`LOCK_TIMEOUT`].
    pub fn lock(&self) -> Result<Lock<'_>> {
        let path = self.0.join("token.lock");
        if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(Rv(CKR_DEVICE_ERROR));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private_mode(&mut options);
        let file = options.open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Rv(CKR_DEVICE_REMOVED),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Rv(CKR_TOKEN_WRITE_PROTECTED)
            }
            _ => Rv(CKR_DEVICE_ERROR),
        })?;
        let deadline = Instant::now() + LOCK_TIMEOUT;
        while FileExt::try_lock(&file).is_err() {
            if Instant::now() >= deadline {
                return Err(Rv(CKR_DEVICE_ERROR));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(Lock {
            folder: self,
            _file: file,
        })
    }

    fn open(&self) -> Result<Option<File>> {
        let path = self.data_path();
        match fs::symlink_metadata(&path) {
            // A pipe would block, a link could lead anywhere.
            Ok(metadata) if !metadata.is_file() => return Err(Rv(CKR_TOKEN_NOT_RECOGNIZED)),
            Ok(_) => {}
            Err(error) if is_absent(&error) => return Ok(None),
            Err(_) => return Err(Rv(CKR_DEVICE_ERROR)),
        }
        match File::open(path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(_) => Err(Rv(CKR_DEVICE_ERROR)),
        }
    }

    fn data_path(&self) -> PathBuf {
        self.0.join("token")
    }
}

/// The right to write to a folder, until dropped. The operating system takes it back from a
/// process that dies.
pub struct Lock<'a> {
    folder: &'a Folder,
    _file: File,
}

impl Lock<'_> {
    /// Replaces the data file so that, whenever the process or the machine stops, either the old
    /// or the new content is there in full.
    ///
    /// # Errors
    /// `CKR_DEVICE_MEMORY` if the content is too large or the disk is full,
    /// `CKR_DEVICE_REMOVED` if the folder is gone, else `CKR_DEVICE_ERROR`.
    pub fn write(&self, data: &TokenData) -> Result<Revision> {
        let mut random = [0; 8];
        fill_random(&mut random)?;
        let mut revision = [0; REVISION_LEN];
        hex::encode_to_slice(random, &mut revision).expect("8 bytes are 16 digits");

        let mut content = MAGIC.to_vec();
        content.extend_from_slice(&revision);
        content.push(b'\n');
        serde_json::to_writer(&mut content, data).map_err(|_| Rv(CKR_GENERAL_ERROR))?;
        let length = u64::try_from(content.len()).expect("usize fits in u64");
        #[cfg(feature = "faults")]
        let room = crate::faults::room().unwrap_or(MAX_FILE_LEN);
        #[cfg(not(feature = "faults"))]
        let room = MAX_FILE_LEN;
        if length > room {
            return Err(Rv(CKR_DEVICE_MEMORY));
        }
        self.replace(&content).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Rv(CKR_DEVICE_REMOVED),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Rv(CKR_DEVICE_MEMORY),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Rv(CKR_TOKEN_WRITE_PROTECTED)
            }
            _ => Rv(CKR_DEVICE_ERROR),
        })?;
        Ok(Revision(revision))
    }

    /// Removes the data file: the token waits for its initialisation again.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR`.
    pub fn erase(&self) -> Result<()> {
        fs::remove_file(self.folder.data_path()).map_err(|_| Rv(CKR_DEVICE_ERROR))
    }

    fn replace(&self, content: &[u8]) -> std::io::Result<()> {
        let temporary = self.folder.0.join("token.tmp");
        // What a killed writer left behind; only the holder of the lock writes here.
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private_mode(&mut options);
        let mut file = options.open(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        drop(file);
        rename(&temporary, &self.folder.data_path())?;
        sync_folder(&self.folder.0)
    }
}

impl TokenData {
    fn is_sane(&self) -> bool {
        let pins = [Some(&self.so), self.user.as_ref()];
        self.serial.len() == 16
            && self.serial.bytes().all(|byte| byte.is_ascii_graphic())
            && self.label.len() <= 32
            && pins
                .iter()
                .flatten()
                .all(|pin| pin.tries_left <= pin.max_tries && pin.max_tries <= MAX_MAX_TRIES)
            && self
                .application
                .as_ref()
                .is_none_or(|application| application.name.len() <= MAX_APPLICATION_NAME)
            && self.objects.len() <= MAX_OBJECTS
            && self.objects.is_sorted_by(|a, b| a.id < b.id)
            && self
                .objects
                .last()
                .is_none_or(|object| object.id < self.next_object)
    }
}

fn read_header(file: &mut File) -> Result<Revision> {
    let mut header = [0; MAGIC.len() + REVISION_LEN + 1];
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            return Err(Rv(CKR_TOKEN_NOT_RECOGNIZED));
        }
        Err(_) => return Err(Rv(CKR_DEVICE_ERROR)),
    }
    let (magic, rest) = header.split_at(MAGIC.len());
    match rest.split_first_chunk::<REVISION_LEN>() {
        Some((revision, b"\n")) if magic == MAGIC => Ok(Revision(*revision)),
        _ => Err(Rv(CKR_TOKEN_NOT_RECOGNIZED)),
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(unix)]
fn private_mode(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

#[cfg(not(unix))]
fn private_mode(_options: &mut OpenOptions) {}

/// Gives a file the name of another one. Where Windows has not the semantics of POSIX for it, nobody may read the other just
/// then, which is over soon.
fn rename(from: &Path, to: &Path) -> std::io::Result<()> {
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        match fs::rename(from, to) {
            Err(error)
                if cfg!(windows)
                    && error.kind() == ErrorKind::PermissionDenied
                    && Instant::now() < deadline =>
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            other => return other,
        }
    }
}

/// Makes a rename durable. Windows has no such call and orders the two itself (NTFS journal).
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

fn max_tries() -> u8 {
    MAX_TRIES
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde calls")]
fn is_max_tries(tries: &u8) -> bool {
    *tries == MAX_TRIES
}

/// Tries that a fresh PIN has, where nobody chose otherwise.
pub const MAX_TRIES: u8 = 10;
/// The most tries that anybody may choose.
pub const MAX_MAX_TRIES: u8 = 15;
/// The longest name of an application, in bytes.
pub const MAX_APPLICATION_NAME: usize = 32;
/// The most objects in a token.
pub const MAX_OBJECTS: usize = 1024;
/// How long a call waits for another process.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest data file, in bytes.
pub const MAX_FILE_LEN: u64 = 16 << 20;
const MAGIC: &[u8] = b"yinxin-softkey-1 ";
const REVISION_LEN: usize = 16;

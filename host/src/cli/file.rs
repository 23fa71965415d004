//! The files that a command reads and writes for its user. Nothing is written over what is read, nor,
//! unasked, over anything else; a file is written as a whole or not at all; `-` is standard input or
//! output, as `/dev/stdin` and `/dev/stdout` are; what a process has open is written to as a stream.

use super::output;
use crate::files::{self, failed, not_regular};
use crate::frame::{unbuffered_stdin, unbuffered_stdout};
use same_file::Handle;
use std::ffi::OsStr;
use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use yinxin_documents::Source;
use yinxin_proto::Error;

/// Whether a path means standard input.
#[must_use]
pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-" || is_own_descriptor(path, "0")
}

/// Whether a path means standard output.
#[must_use]
pub fn is_standard_output(path: &Path) -> bool {
    path.as_os_str() == "-" || is_own_descriptor(path, "1")
}

/// A file to be read, once and from the beginning.
pub struct Input {
    path: PathBuf,
    file: File,
}

impl Input {
    /// Opens a file, or standard input.
    ///
    /// # Errors
    /// `file-failed`.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::new(path, || {
            if is_standard_input(path) {
                unbuffered_stdin()
            } else {
                File::open(path)
            }
        })
    }

    /// Opens a regular file, and nothing else.
    ///
    /// # Errors
    /// `file-failed`.
    pub fn open_regular(path: &Path) -> Result<Self, Error> {
        Self::new(path, || files::open(path))
    }

    fn new(path: &Path, open: impl FnOnce() -> io::Result<File>) -> Result<Self, Error> {
        Ok(Self {
            file: open().map_err(|error| failed(path, &error))?,
            path: path.to_owned(),
        })
    }

    /// Its name, for the user's eye.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The size of an ordinary file.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        let metadata = self.file.metadata().ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    /// Reads on, into a buffer that it fills as far as there is something to read.
    ///
    /// # Errors
    /// `file-failed`.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(&self.path, &error)),
            }
        }
        Ok(filled)
    }

    /// A document that is no larger than the limit.
    ///
    /// # Errors
    /// `document-too-large`, `file-failed`.
    pub fn into_document(self, limit: u32) -> Result<Document, Error> {
        let too_large = Error::DocumentTooLarge {
            name: self.name(),
            limit,
        };
        let document = match self.size() {
            Some(size) if size > u64::from(limit) => return Err(too_large),
            Some(size) => Document::File(self.file, size),
            None => Document::Bytes(self.read_bounded(limit)?),
        };
        if document.size() > u64::from(limit) {
            return Err(too_large);
        }
        Ok(document)
    }

    /// Reads all of it: no more than a byte beyond the limit.
    ///
    /// # Errors
    /// `file-failed`.
    pub fn read_bounded(self, limit: u32) -> Result<Vec<u8>, Error> {
        let mut content = Vec::new();
        self.file
            .take(u64::from(limit) + 1)
            .read_to_end(&mut content)
            .map_err(|error| failed(&self.path, &error))?;
        Ok(content)
    }
}

/// A document that is read where it lies, or that was read whole where it can't be: from a pipe.
pub enum Document {
    /// An ordinary file, and its size.
    File(File, u64),
    /// All of it.
    Bytes(Vec<u8>),
}

impl Source for Document {
    fn size(&self) -> u64 {
        match self {
            Self::File(_, size) => *size,
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<()> {
        match self {
            Self::File(file, _) => read_exact_at(file, position, buffer),
            Self::Bytes(bytes) => bytes.as_slice().read_at(position, buffer),
        }
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, position: u64, buffer: &mut [u8]) -> io::Result<()> {
    use std::os::unix::fs::FileExt;
    file.read_exact_at(buffer, position)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut position: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        match file.seek_read(buffer, position)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                buffer = &mut buffer[count..];
                position += count as u64;
            }
        }
    }
    Ok(())
}

/// Where a command writes, judged before anything is done for it: a key is not asked for what can't be
/// written then.
pub struct Output {
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    Standard,
    /// A terminal, a pipe, or whatever a process has open: nothing is replaced there.
    Stream(File),
    File {
        /// Another file may be replaced.
        force: bool,
        /// Who may read and write it, before the user's mask.
        mode: u32,
    },
}

impl Output {
    /// Judges a place to write to. `inputs` are the files that are read; `force` allows another file
    /// that is there to be replaced, which a link there is as well, never followed. A stream is opened,
    /// which for a pipe with a name waits for its reader.
    ///
    /// # Errors
    /// `file-exists`, `file-is-input` or `file-failed`.
    pub fn prepare(path: &Path, force: bool, mode: u32, inputs: &[&Input]) -> Result<Self, Error> {
        let output = |kind| {
            Ok(Self {
                path: path.to_owned(),
                kind,
            })
        };
        if is_standard_output(path) {
            refuse_inputs(path, unbuffered_stdout().ok(), inputs)?;
            return output(Kind::Standard);
        }
        let stream = || {
            // What is in a file that somebody else writes stays there.
            let opened = OpenOptions::new().append(true).open(path);
            let stream = opened.map_err(|error| failed(path, &error))?;
            refuse_inputs(path, stream.try_clone().ok(), inputs)?;
            output(Kind::Stream(stream))
        };
        let file = || {
            try_place(path, mode).map_err(|error| failed(path, &error))?;
            output(Kind::File { force, mode })
        };
        if descriptor(path).is_some() {
            return stream();
        }
        let there = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = folder_of(path);
                fs::metadata(folder).map_err(|error| failed(folder, &error))?;
                return file();
            }
            told => told.map_err(|error| failed(path, &error))?,
        };
        let meant = if there.is_symlink() {
            fs::metadata(path).ok()
        } else {
            Some(there.clone())
        };
        // Nothing but a file is opened for its looks: a pipe would wait for somebody.
        if meant.as_ref().is_some_and(Metadata::is_file) {
            refuse_inputs(path, files::open(path).ok(), inputs)?;
        }
        match meant {
            Some(meant) if is_device(meant.file_type()) => stream(),
            Some(meant) if !meant.is_file() => Err(failed(path, &not_regular())),
            _ if force => file(),
            _ => Err(exists(path)),
        }
    }

    /// Writes all of it, or leaves nothing behind.
    ///
    /// # Errors
    /// `file-failed`; `file-exists` for a file that came there meanwhile.
    pub fn write(&self, pieces: &[&[u8]]) -> Result<(), Error> {
        self.write_by(&|to| pieces.iter().try_for_each(|piece| to.write_all(piece)))
    }

    /// The same of what is not all at hand.
    ///
    /// # Errors
    /// As for [`Self::write`], and what writing it says.
    pub fn write_by(&self, write: &output::Write<'_>) -> Result<(), Error> {
        let path = &self.path;
        match &self.kind {
            Kind::Standard => output::bytes(write),
            Kind::Stream(stream) => write(&mut &*stream).map_err(|error| failed(path, &error)),
            Kind::File { force, mode } => {
                let part = part_of(path);
                let written = new_file(&part, *mode)
                    .and_then(|mut file| {
                        write(&mut file)?;
                        // A full device may say so only now.
                        file.sync_all()
                    })
                    .and_then(|()| place(&part, path, *force));
                if written.is_err() {
                    let _ = fs::remove_file(&part);
                }
                written.map_err(|error| match error.kind() {
                    io::ErrorKind::AlreadyExists => exists(path),
                    _ => failed(path, &error),
                })
            }
        }
    }
}

fn exists(path: &Path) -> Error {
    Error::FileExists {
        path: path.display().to_string(),
    }
}

/// The folder in which a file lies.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A file that was not there: nothing is written through a link that lies in wait.
fn new_file(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}

/// A name for what is not whole yet, beside the file that it will be.
fn part_of(path: &Path) -> PathBuf {
    let name = format!(".yinxin-{:016x}.part", RandomState::new().hash_one(path));
    folder_of(path).join(name)
}

/// Tries whether a file can be made at a place. Nothing is left there meanwhile, as somebody may well give
/// up while a PIN is asked for.
fn try_place(path: &Path, mode: u32) -> io::Result<()> {
    let bytes = path.as_os_str().as_encoded_bytes();
    let has_name = |name: &OsStr| bytes.ends_with(name.as_encoded_bytes());
    // Neither nothing at all, nor what ends as a folder does.
    if !path.file_name().is_some_and(has_name) {
        return Err(not_regular());
    }
    let part = part_of(path);
    drop(new_file(&part, mode)?);
    fs::remove_file(&part)
}

/// Gives a whole file its name. Without `force` a file that has the name by now keeps it.
fn place(part: &Path, path: &Path, force: bool) -> io::Result<()> {
    if force {
        return files::rename(part, path);
    }
    match fs::hard_link(part, path) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // File systems without links, such as those of memory sticks.
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => files::rename(part, path),
    }
}

/// Refuses an output that is one of the inputs, under whatever name: by device and inode, which hard
/// links share.
fn refuse_inputs(path: &Path, output: Option<File>, inputs: &[&Input]) -> Result<(), Error> {
    let identity = |file: io::Result<File>| {
        let file = file.ok()?;
        // Terminals and pipes may well be both.
        file.metadata().ok()?.is_file().then_some(())?;
        Handle::from_file(file).ok()
    };
    let output = output.and_then(|file| identity(Ok(file)));
    let mut inputs = inputs.iter().map(|input| identity(input.file.try_clone()));
    if output.is_some() && inputs.any(|input| input == output) {
        return Err(Error::FileIsInput {
            path: path.display().to_string(),
        });
    }
    Ok(())
}

/// Whether a path leads to a file that this process has open, by its number.
fn is_own_descriptor(path: &Path, number: &str) -> bool {
    descriptor(path).is_some_and(|found| {
        ["/dev/fd", "/proc/self/fd"]
            .iter()
            .filter_map(|folder| fs::canonicalize(folder).ok())
            .any(|own| own.join(number) == found)
    })
}

/// The place of an open file, of whatever process, that a path leads to: `/proc/…/fd/…`, or `/dev/fd/…`
/// where that is no link. `/dev/stdout` and the shell's `>(…)` are such paths. What lies there looks like
/// a link, and means what is open, which may have no name of its own.
#[cfg(unix)]
fn descriptor(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let folder = fs::canonicalize(folder_of(&path)).ok()?;
        if folder == Path::new("/dev/fd") || (folder.starts_with("/proc") && folder.ends_with("fd"))
        {
            return Some(folder.join(path.file_name()?));
        }
        path = folder.join(fs::read_link(&path).ok()?);
    }
    None
}

#[cfg(not(unix))]
fn descriptor(_: &Path) -> Option<PathBuf> {
    None
}

#[cfg(unix)]
fn is_device(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_char_device() || kind.is_fifo()
}

#[cfg(not(unix))]
fn is_device(_: FileType) -> bool {
    false
}

/// Links that lead to a file: as many as Linux follows.
#[cfg(unix)]
const MAX_LINKS: usize = 40;

//! The files that a command reads and writes for its user. Nothing is written over what is read, nor,
//! unasked, over anything else; a file is written as a whole or not at all; `-` is standard input or
//! output.

use super::output;
use crate::files::failed;
use crate::frame::{unbuffered_stdin, unbuffered_stdout};
use same_file::Handle;
use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use yinxin_proto::Error;

/// Whether a path means standard input or output.
#[must_use]
pub fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
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
        let opened = if is_standard(path) {
            unbuffered_stdin()
        } else {
            File::open(path)
        };
        Ok(Self {
            file: opened.map_err(|error| failed(path, &error))?,
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

/// Where a command writes, judged before anything is done for it.
pub struct Output {
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    Standard,
    /// A terminal, a pipe or the like: nothing is replaced there.
    Device,
    File {
        /// Another file may be replaced.
        force: bool,
        /// Who may read and write it, before the user's mask.
        mode: u32,
    },
}

impl Output {
    /// Judges a place to write to. `inputs` are the files that are read; `force` allows another file
    /// that is there to be replaced, which a link there is as well, never followed.
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
        if is_standard(path) {
            refuse_inputs(path, unbuffered_stdout().ok(), inputs)?;
            return output(Kind::Standard);
        }
        let there = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = folder_of(path);
                fs::metadata(folder).map_err(|error| failed(folder, &error))?;
                return output(Kind::File { force, mode });
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
            refuse_inputs(path, File::open(path).ok(), inputs)?;
        }
        match meant {
            Some(meant) if !meant.is_file() => {
                if is_device(there.file_type()) {
                    return output(Kind::Device);
                }
                let reason = io::Error::other("not a regular file");
                Err(failed(path, &reason))
            }
            _ if force => output(Kind::File { force, mode }),
            _ => Err(exists(path)),
        }
    }

    /// Writes all of it, or leaves nothing behind.
    ///
    /// # Errors
    /// `file-failed`; `file-exists` for a file that came there meanwhile.
    pub fn write(&self, pieces: &[&[u8]]) -> Result<(), Error> {
        let path = &self.path;
        match self.kind {
            Kind::Standard => output::bytes(pieces),
            Kind::Device => OpenOptions::new()
                .write(true)
                .open(path)
                .and_then(|mut device| write_all(&mut device, pieces))
                .map_err(|error| failed(path, &error)),
            Kind::File { force, mode } => {
                let name = format!(".yinxin-{:016x}.part", RandomState::new().hash_one(path));
                let part = folder_of(path).join(name);
                let written = new_file(&part, mode)
                    .and_then(|mut file| {
                        write_all(&mut file, pieces)?;
                        // A full device may say so only now.
                        file.sync_all()
                    })
                    .and_then(|()| place(&part, path, force));
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

fn write_all(file: &mut File, pieces: &[&[u8]]) -> io::Result<()> {
    pieces.iter().try_for_each(|piece| file.write_all(piece))
}

/// Gives a whole file its name. Without `force` a file that has the name by now keeps it.
fn place(part: &Path, path: &Path, force: bool) -> io::Result<()> {
    if force {
        return fs::rename(part, path);
    }
    match fs::hard_link(part, path) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // File systems without links, such as those of memory sticks.
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(part, path),
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

#[cfg(unix)]
fn is_device(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_char_device() || kind.is_fifo()
}

#[cfg(not(unix))]
fn is_device(_: FileType) -> bool {
    false
}

//! Files: those that a policy names, and documents that are read where they lie.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use yinxin_documents::Source;

/// Where the files lie that a policy names.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// Whatever the place says.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;

    /// The names of the files in a folder, in a fixed order.
    ///
    /// # Errors
    /// Whatever the place says.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
}

/// No files: for a policy that holds its certificates itself.
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Files by their paths, relative ones from a folder on: that of the policy.
pub struct Beside(pub PathBuf);

impl Files for Beside {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        bounded(&self.0.join(name), MAX_FILE_BYTES)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.0.join(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // What a job has not finished writing, and what editors leave, is no list.
            if entry.path().is_file() && !name.starts_with('.') && !name.ends_with('~') {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }
}

/// The bytes of a file, as many as it may have at most.
///
/// # Errors
/// What the system says; `FileTooLarge`.
pub(crate) fn bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// Of a revocation list of a large CA.
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// A document that stays where it is, and is read in pieces.
pub struct FileSource {
    file: File,
    size: u64,
}

impl FileSource {
    /// Opens it. What is no file (a pipe, a folder) is refused: it could not be read twice.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok(Self {
            size: metadata.len(),
            file,
        })
    }
}

impl Source for FileSource {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, position)
    }

    #[cfg(windows)]
    fn read_at(&self, position: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        let mut at = position;
        while !buffer.is_empty() {
            let read = std::os::windows::fs::FileExt::seek_read(&self.file, buffer, at)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            at += read as u64;
            buffer = &mut buffer[read..];
        }
        Ok(())
    }
}

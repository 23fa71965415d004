//! Looks at a library's file before it is loaded, so that a wrong file or a driver for another
//! processor gets an answer of its own instead of the dynamic linker's words, and one for 32 bit its own worker. The
//! file's code is not run.

use crate::files;
use crate::programs::{self, X86_PROGRAM};
use object::read::ReadCache;
use object::{Architecture, FileKind, Object};
use std::path::{Path, PathBuf};
use yinxin_proto::Error;

/// A library that can be loaded here.
#[derive(Debug)]
pub struct Loadable {
    /// Its processor, as [`name_of`] has it.
    pub architecture: String,
    /// The program whose worker loads it: the host, or the same built for 32 bit.
    pub program: PathBuf,
}

/// Checks that `path` is a library of this system and of a processor for which there is a worker.
///
/// # Errors
/// `module-missing`, `module-not-library`, `module-architecture` or `worker-missing`.
pub fn inspect(module: &str, path: &Path) -> Result<Loadable, Error> {
    inspect_beside(&programs::host()?, module, path)
}

fn inspect_beside(host: &Path, module: &str, path: &Path) -> Result<Loadable, Error> {
    let not_library = |found: String| Error::ModuleNotLibrary {
        module: module.to_owned(),
        found,
    };
    let missing = || Error::ModuleMissing {
        module: module.to_owned(),
        path: path.display().to_string(),
    };
    let file = files::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing(),
        _ => not_library(error.to_string()),
    })?;
    let data = ReadCache::new(file);
    let kind = FileKind::parse(&data).map_err(|_| not_library("another kind of file".into()))?;
    let (native, name) = match kind {
        FileKind::Elf32 | FileKind::Elf64 => (
            cfg!(all(unix, not(target_vendor = "apple"))),
            "a Linux library",
        ),
        FileKind::Pe32 | FileKind::Pe64 => (cfg!(windows), "a Windows library"),
        FileKind::MachO32 | FileKind::MachO64 => (cfg!(target_vendor = "apple"), "a macOS library"),
        // One file for several processors: the system's loader picks the right part.
        FileKind::MachOFat32 | FileKind::MachOFat64 if cfg!(target_vendor = "apple") => {
            return Ok(Loadable {
                architecture: "several processors".into(),
                program: host.to_owned(),
            });
        }
        FileKind::MachOFat32 | FileKind::MachOFat64 => (false, "a macOS library"),
        other => return Err(not_library(format!("{other:?}"))),
    };
    if !native {
        return Err(not_library(name.into()));
    }
    let found = object::File::parse(&data)
        .map_err(|error| not_library(error.to_string()))?
        .architecture();
    let program = match (found, EXPECTED) {
        (found, expected) if found == expected => host.to_owned(),
        (Architecture::I386, Architecture::X86_64) => {
            let other = host.with_file_name(X86_PROGRAM);
            if !other.is_file() {
                return Err(Error::WorkerMissing {
                    module: module.to_owned(),
                    found: name_of(found),
                });
            }
            other
        }
        _ => {
            return Err(Error::ModuleArchitecture {
                module: module.to_owned(),
                found: name_of(found),
                expected: name_of(EXPECTED),
            });
        }
    };
    Ok(Loadable {
        architecture: name_of(found),
        program,
    })
}

/// An architecture in the words that drivers are offered with.
fn name_of(architecture: Architecture) -> String {
    match architecture {
        Architecture::X86_64 => "x86-64 (64 bit)".into(),
        Architecture::I386 => "x86 (32 bit)".into(),
        Architecture::Aarch64 => "ARM64".into(),
        Architecture::Arm => "ARM (32 bit)".into(),
        Architecture::LoongArch64 => "LoongArch64".into(),
        Architecture::Mips64 => "MIPS64".into(),
        Architecture::Riscv64 => "RISC-V (64 bit)".into(),
        other => format!("{other:?}"),
    }
}

const EXPECTED: Architecture = if cfg!(target_arch = "x86_64") {
    Architecture::X86_64
} else if cfg!(target_arch = "aarch64") {
    Architecture::Aarch64
} else if cfg!(target_arch = "x86") {
    Architecture::I386
} else if cfg!(target_arch = "loongarch64") {
    Architecture::LoongArch64
} else if cfg!(target_arch = "riscv64") {
    Architecture::Riscv64
} else {
    Architecture::Unknown
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn check(bytes: &[u8]) -> Result<Loadable, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("module");
        fs::write(&path, bytes).unwrap();
        inspect("test", &path)
    }

    /// A PE header (PE/COFF, 3 and 4): `PE32` for a processor, no sections.
    #[cfg(windows)]
    fn pe32(machine: u16) -> [u8; 320] {
        let mut header = [0; 320];
        header[..2].copy_from_slice(b"MZ");
        header[60] = 64;
        header[64..68].copy_from_slice(b"PE\0\0");
        header[68..70].copy_from_slice(&machine.to_le_bytes());
        // Of the optional header: its size, and its kind.
        (header[84], header[88], header[89]) = (224, 0x0B, 0x01);
        header
    }

    #[cfg(windows)]
    fn for_32_bit() -> Vec<u8> {
        pe32(0x014C).into()
    }

    #[cfg(windows)]
    fn for_arm() -> Vec<u8> {
        pe32(0x01C4).into()
    }

    #[cfg(target_os = "linux")]
    fn for_32_bit() -> Vec<u8> {
        elf32(3).into()
    }

    #[cfg(target_os = "linux")]
    fn for_arm() -> Vec<u8> {
        elf32(40).into()
    }

    /// An ELF header (gABI, chapter 4): little endian, `ET_DYN`, no tables, of this machine.
    #[cfg(target_os = "linux")]
    fn elf32(machine: u8) -> [u8; 52] {
        let mut header = [0; 52];
        header[..7].copy_from_slice(&[0x7F, b'E', b'L', b'F', 1, 1, 1]);
        header[16] = 3;
        header[18] = machine;
        header[20] = 1;
        header[40] = 52;
        header
    }

    #[test]
    fn a_text_is_no_library() {
        for text in [&b""[..], b"x", b"/* GNU ld script */ INPUT(libx.so.1)"] {
            assert!(matches!(check(text), Err(Error::ModuleNotLibrary { .. })));
        }
    }

    #[test]
    fn a_missing_file_and_a_folder_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            inspect("test", &folder.path().join("none")),
            Err(Error::ModuleMissing { .. })
        ));
        assert!(matches!(
            inspect("test", folder.path()),
            Err(Error::ModuleNotLibrary { .. })
        ));
    }

    #[test]
    fn the_running_program_is_of_this_architecture() {
        inspect("test", &std::env::current_exe().unwrap()).unwrap();
    }

    #[cfg(any(target_os = "linux", windows))]
    #[test]
    fn a_library_of_another_processor_names_both() {
        match check(&for_arm()) {
            Err(Error::ModuleArchitecture { found, .. }) => assert_eq!(found, "ARM (32 bit)"),
            other => panic!("{other:?}"),
        }
    }

    #[cfg(all(any(target_os = "linux", windows), target_arch = "x86_64"))]
    #[test]
    fn a_library_for_32_bit_is_loaded_by_the_program_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let (own, path) = (
            folder.path().join("yinxin-host"),
            folder.path().join("old.so"),
        );
        fs::write(&path, for_32_bit()).unwrap();
        match inspect_beside(&own, "test", &path) {
            Err(Error::WorkerMissing { found, .. }) => assert_eq!(found, "x86 (32 bit)"),
            other => panic!("{other:?}"),
        }
        let beside = folder.path().join(X86_PROGRAM);
        fs::write(&beside, "").unwrap();
        let known = inspect_beside(&own, "test", &path).unwrap();
        assert_eq!(known.program, beside);
        assert_eq!(known.architecture, "x86 (32 bit)");
    }

    #[test]
    fn any_cut_of_a_library_is_refused_and_never_panics() {
        let whole = fs::read(std::env::current_exe().unwrap()).unwrap();
        for length in [1, 4, 16, 20, 40, 63] {
            assert!(check(&whole[..length]).is_err(), "{length}");
        }
    }
}

//! Libraries of SKF that installers write into the registry of Windows, beside those of the table: makers' own builds have
//! names of their own. Both keys are the machine's, which administrators write only.
//!
//! - `SKFImagePath` of each cryptographic provider: a library. \[S\]
//! - `EpointMultiDevdll` of the platform's own client: the libraries that it knows, without folder and ending. \[S\] By
//!   what they are parted no source says, so whatever parts lists does.

/// A library that a value names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A whole path.
    Path(String),
    /// A file in one of the system's folders.
    File(String),
}

/// The libraries that a value names, in order, each once. What is neither a path of this machine nor a file's name is
/// none. `root` is the folder of Windows.
#[must_use]
pub fn libraries(value: &str, root: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for entry in value
        .split([';', ',', '|', '\n', '\r', '\0'])
        .take(MAX_LIBRARIES)
    {
        let named = library(entry.trim().trim_matches('"').trim(), root);
        if let Some(named) = named.filter(|named| !found.contains(named)) {
            found.push(named);
        }
    }
    found
}

fn library(entry: &str, root: &str) -> Option<Named> {
    if entry.is_empty() || entry.len() > MAX_PATH_BYTES || entry.chars().any(char::is_control) {
        return None;
    }
    let entry = with_root(&entry.replace('/', "\\"), root);
    let entry = with_ending(entry)?;
    let mut parts = entry.split('\\');
    if entry.contains(['*', '?', '<', '>', '"', '%'])
        || parts.any(|part| matches!(part, "." | ".."))
    {
        return None;
    }
    match entry.as_bytes() {
        [drive, b':', b'\\', rest @ ..] if drive.is_ascii_alphabetic() && !rest.contains(&b':') => {
            Some(Named::Path(entry))
        }
        // Not of another machine, nor of whichever folder the program is in.
        bytes if bytes.contains(&b'\\') || bytes.contains(&b':') => None,
        _ => Some(Named::File(entry)),
    }
}

/// A path with the folder of Windows in the place of its variable.
fn with_root(entry: &str, root: &str) -> String {
    for variable in ["%SystemRoot%", "%windir%"] {
        if let Some((head, rest)) = entry.split_at_checked(variable.len())
            && head.eq_ignore_ascii_case(variable)
        {
            return format!("{root}{rest}");
        }
    }
    entry.to_owned()
}

/// A library's name with its ending; `None` for what has another one.
fn with_ending(entry: String) -> Option<String> {
    let name = entry.rsplit('\\').next().filter(|name| !name.is_empty())?;
    let is_library = |ending: &str| ending.eq_ignore_ascii_case("dll");
    match name.rsplit_once('.') {
        None => Some(entry + ".dll"),
        Some((stem, ending)) => (!stem.is_empty() && is_library(ending)).then_some(entry),
    }
}

/// Entries of a value that are looked at.
const MAX_LIBRARIES: usize = 64;

/// `MAX_PATH` of Windows.
const MAX_PATH_BYTES: usize = 260;

#[cfg(windows)]
pub use system::values;

#[cfg(windows)]
mod system {
    use winreg::RegKey;
    use winreg::enums::{HKEY_LOCAL_MACHINE, KEY_READ, KEY_WOW64_32KEY, KEY_WOW64_64KEY};

    /// The values that name libraries, of programs for 64 bit first.
    pub fn values() -> Vec<String> {
        let mut found = Vec::new();
        for view in [KEY_WOW64_64KEY, KEY_WOW64_32KEY] {
            let open = |path: &str| {
                let machine = RegKey::predef(HKEY_LOCAL_MACHINE);
                machine.open_subkey_with_flags(path, KEY_READ | view).ok()
            };
            if let Some(providers) = open(PROVIDERS) {
                for name in providers.enum_keys().flatten().take(MAX_PROVIDERS) {
                    let provider = open(&format!("{PROVIDERS}\\{name}"));
                    found.extend(provider.and_then(|key| key.get_value("SKFImagePath").ok()));
                }
            }
            let client = open(CLIENT);
            found.extend(client.and_then(|key| key.get_value("EpointMultiDevdll").ok()));
        }
        found
    }

    const PROVIDERS: &str = "SOFTWARE\\Microsoft\\Cryptography\\Defaults\\Provider";
    const CLIENT: &str = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths\\DetectionTool";

    /// Providers that are looked at.
    const MAX_PROVIDERS: usize = 256;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<String> {
        let word = |named| match named {
            Named::Path(path) => path,
            Named::File(name) => format!("({name})"),
        };
        libraries(value, "C:\\Windows")
            .into_iter()
            .map(word)
            .collect()
    }

    #[test]
    fn a_providers_library_is_a_path_or_a_name() {
        for (value, expected) in [
            (
                "C:\\Program Files\\Key\\skf.dll",
                "C:\\Program Files\\Key\\skf.dll",
            ),
            ("\"d:/key/SKF.DLL\"", "d:\\key\\SKF.DLL"),
            (
                "%SystemRoot%\\System32\\skf.dll",
                "C:\\Windows\\System32\\skf.dll",
            ),
            ("%WINDIR%\\SysWOW64\\skf", "C:\\Windows\\SysWOW64\\skf.dll"),
            ("ShuttleCsp11_3000GM.dll\0", "(ShuttleCsp11_3000GM.dll)"),
            ("C:\\密钥\\印信.dll", "C:\\密钥\\印信.dll"),
        ] {
            assert_eq!(read(value), [expected], "{value}");
        }
    }

    #[test]
    fn the_clients_list_is_read_however_it_is_parted() {
        let names = ["SKF_APP_HD", "SKF_APP_HSIC", "gm3k_for_bjca.dll"];
        let expected = [
            "(SKF_APP_HD.dll)",
            "(SKF_APP_HSIC.dll)",
            "(gm3k_for_bjca.dll)",
        ];
        for mark in [";", ",", " | ", "\r\n", "\0"] {
            assert_eq!(read(&names.join(mark)), expected, "{mark:?}");
        }
        assert_eq!(read("a;a;;a.dll;b"), ["(a.dll)", "(b.dll)"]);
        assert_eq!(read(&"x;".repeat(100)), ["(x.dll)"]);
    }

    #[test]
    fn what_names_no_library_of_this_machine_is_none() {
        let long = "x".repeat(300);
        for value in [
            "",
            " ; ",
            "\\\\server\\share\\skf.dll",
            "//server/share/skf.dll",
            "\\\\?\\C:\\skf.dll",
            "..\\skf.dll",
            "folder\\skf.dll",
            "\\skf.dll",
            "C:skf.dll",
            "C:\\key\\..\\..\\skf.dll",
            "C:\\key\\skf.dll:stream",
            "C:\\key\\",
            "skf.exe",
            ".dll",
            "%TEMP%\\skf.dll",
            "%é",
            "a\tb.dll",
            &long,
        ] {
            assert_eq!(read(value), [""; 0], "{value:?}");
        }
    }
}

//! The host's own configuration: which libraries to load beside those that the vendor table finds,
//! and which extensions may call. A message can name neither.
//!
//! The file is TOML. It lies in the platform's folder for configurations; below it there may be one of an administrator for
//! all users ([`for_all_users`]), of which it takes over what it does not say itself, and whose libraries and extensions
//! come after its own. A missing file means the defaults. `YINXIN_HOST_CONFIG` names one that stands alone.
//!
//! ```toml
//! development = false            # extensions of `extension_ids` are development builds
//! extension_ids = []             # callers beside the released extension
//! vendors = true                 # look for the libraries of known vendors
//! log = "off"                    # "off", "error" or "info"
//! memory_mib = 2048              # address space for each module, on Linux; 0 for no limit
//!
//! [[modules]]
//! name = "Vendor X"
//! path = "/opt/x/libx_pkcs11.so"
//! interface = "pkcs11"           # or "skf"; else whichever the library has, PKCS #11 first
//! family = "sansec"              # whose numbers for SM2 are tried first
//! demo = false
//! env = { X_HOME = "/opt/x" }
//! ```

use crate::files;
use crate::frame::without_values;
use crate::programs;
use crate::vendors::{self, Family, Interface};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use yinxin_proto::Error;
use yinxin_proto::limits::{MODULE_CALL_MS, MODULE_LOAD_MS};
use yinxin_proto::site::is_released;

/// Name of the variable that names the file.
pub const VARIABLE: &str = "YINXIN_HOST_CONFIG";
/// Name of the variable that names the folder in which the system's own folders are looked for, in
/// place of the root. For tests.
const ROOT: &str = "YINXIN_HOST_ROOT";

/// A folder or file of the system's, by its path from the root.
#[must_use]
pub fn system_path(path: &str) -> PathBuf {
    std::env::var_os(ROOT)
        .filter(|value| !value.is_empty())
        .map_or("/".into(), PathBuf::from)
        .join(path)
}

/// What a file says, and what it leaves to the one below.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Layer {
    extension_ids: Vec<String>,
    development: Option<bool>,
    vendors: Option<bool>,
    log: Option<LogLevel>,
    modules: Vec<ModuleConfig>,
    call_ms: Option<u32>,
    load_ms: Option<u32>,
    idle_ms: Option<u32>,
    memory_mib: Option<u32>,
}

/// The configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Ids of extensions that may call, beside the released one.
    pub extension_ids: Vec<String>,
    /// Those extensions are development builds: for them, the machine itself counts as a listed
    /// site.
    pub development: bool,
    /// Whether to look for the libraries of the vendor table.
    pub vendors: bool,
    /// What goes to the log.
    pub log: LogLevel,
    /// Libraries.
    pub modules: Vec<ModuleConfig>,
    /// Time for one call into a module, in milliseconds. For administrators and tests.
    pub call_ms: u32,
    /// Time for loading a module, in milliseconds.
    pub load_ms: u32,
    /// Time after which a worker process that nobody needs is ended, in milliseconds.
    pub idle_ms: u32,
    /// Address space that one worker process may take, in MiB; 0 for no limit. On Linux.
    pub memory_mib: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            extension_ids: Vec::new(),
            development: false,
            vendors: true,
            log: LogLevel::Off,
            modules: Vec::new(),
            call_ms: MODULE_CALL_MS,
            load_ms: MODULE_LOAD_MS,
            idle_ms: WORKER_IDLE_MS,
            memory_mib: WORKER_MIB,
        }
    }
}

/// What goes to the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// Nothing.
    #[default]
    Off,
    /// What failed.
    Error,
    /// Each request too: its kind and its time, never its content.
    Info,
}

/// A vendor's library.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleConfig {
    /// Name, for the user's eye.
    pub name: String,
    /// The library; an absolute path.
    pub path: PathBuf,
    /// What its functions are, where that is to be said.
    #[serde(default)]
    pub interface: Option<Interface>,
    /// The family whose numbers for SM2 are tried first.
    #[serde(default)]
    pub family: Option<Family>,
    /// Its tokens are demo keys.
    #[serde(default)]
    pub demo: bool,
    /// Environment of its worker process, in addition to the host's own.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

impl ModuleConfig {
    /// Who made the library, as far as it can be told: the vendor who has one of this name, or nobody else than the
    /// library itself.
    #[must_use]
    pub fn maker(&self) -> String {
        vendors::vendor_of(&self.path).map_or_else(
            || {
                let file = fs::canonicalize(&self.path);
                let file = file.unwrap_or_else(|_| self.path.clone());
                file.display().to_string()
            },
            |vendor| vendor.name.to_owned(),
        )
    }
}

impl Config {
    /// Reads the configuration.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn load() -> Result<Self, Error> {
        let own = match location() {
            Some((path, true)) => return Self::read(&path),
            own => own.map(|(path, _)| path),
        };
        // From the lowest to the one that counts most.
        let files = [for_all_users(), own].into_iter().flatten();
        let mut config = Self::default();
        for path in files.filter(|path| path.exists()) {
            config = config.under(Layer::parse(&text(&path)?, &path)?);
        }
        Ok(config)
    }

    /// With what a file above it says.
    fn under(self, above: Layer) -> Self {
        Self {
            extension_ids: [above.extension_ids, self.extension_ids].concat(),
            development: above.development.unwrap_or(self.development),
            vendors: above.vendors.unwrap_or(self.vendors),
            log: above.log.unwrap_or(self.log),
            modules: [above.modules, self.modules].concat(),
            call_ms: above.call_ms.unwrap_or(self.call_ms),
            load_ms: above.load_ms.unwrap_or(self.load_ms),
            idle_ms: above.idle_ms.unwrap_or(self.idle_ms),
            memory_mib: above.memory_mib.unwrap_or(self.memory_mib),
        }
    }

    /// Reads the configuration of a file, which must be there.
    ///
    /// # Errors
    /// `configuration-invalid`, `configuration-encoding` or `file-failed`.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::parse(&text(path)?, path)
    }

    /// Reads a configuration's text; `path` is for the error.
    ///
    /// # Errors
    /// `configuration-invalid`.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        Ok(Self::default().under(Layer::parse(text, path)?))
    }

    /// Whether a caller may talk to the host.
    #[must_use]
    pub fn accepts(&self, caller: &str) -> bool {
        is_released(caller) || self.extension_ids.iter().any(|id| id == caller)
    }

    /// Whether a caller is a development build.
    #[must_use]
    pub fn is_development(&self, caller: &str) -> bool {
        self.development && !is_released(caller) && self.accepts(caller)
    }

    /// The libraries to use: those of the file, then those of the vendor table, each file once.
    #[must_use]
    pub fn all_modules(&self) -> Vec<ModuleConfig> {
        let mut all = self.modules.clone();
        if self.vendors {
            all.extend(
                vendors::installed()
                    .into_iter()
                    .map(|(vendor, interface, path)| ModuleConfig {
                        // Whoever reads it must tell the two apart.
                        name: match interface {
                            Interface::Pkcs11 => vendor.name.to_owned(),
                            Interface::Skf => format!("{} (SKF)", vendor.name),
                        },
                        path,
                        interface: Some(interface),
                        family: vendor.family,
                        demo: false,
                        env: BTreeMap::new(),
                    }),
            );
            // Of a vendor whose library was found already this is another build.
            let known = |path: &Path| {
                vendors::vendor_of(path).is_some_and(|vendor| {
                    let of_it = |module: &ModuleConfig| module.maker() == vendor.name;
                    all.iter()
                        .any(|module| module.interface == Some(Interface::Skf) && of_it(module))
                })
            };
            let registered = vendors::registered();
            let registered: Vec<_> = registered.into_iter().filter(|path| !known(path)).collect();
            all.extend(registered.into_iter().map(|path| ModuleConfig {
                name: path.file_stem().map_or_else(
                    || "SKF".into(),
                    |stem| format!("{} (SKF)", stem.to_string_lossy()),
                ),
                path,
                interface: Some(Interface::Skf),
                family: None,
                demo: false,
                env: BTreeMap::new(),
            }));
        }
        let mut seen = Vec::new();
        all.retain(|module| {
            let file = fs::canonicalize(&module.path).unwrap_or_else(|_| module.path.clone());
            // The same file twice is wanted only with another interface or environment.
            let interface = module.interface.unwrap_or(Interface::Pkcs11);
            let key = (file, interface, module.env.clone());
            let new = !seen.contains(&key);
            seen.push(key);
            new
        });
        // Tokens name their module, so each name stands once.
        for index in 1..all.len() {
            let (before, rest) = all.split_at_mut(index);
            let taken = |name: &str| before.iter().any(|module| module.name == name);
            if taken(&rest[0].name) {
                let name = rest[0].name.clone();
                let free = (2..).map(|n: u32| format!("{name} ({n})"));
                rest[0].name = free.into_iter().find(|name| !taken(name)).unwrap_or(name);
            }
        }
        all
    }
}

impl Layer {
    /// Reads a file's text; `path` is for the error.
    fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let invalid = |reason: String| Error::ConfigurationInvalid {
            path: path.display().to_string(),
            reason,
        };
        let layer: Self = toml_edit::de::from_str(text).map_err(|error| {
            let place = error.span().map_or(String::new(), |span| {
                let (line, column) = position(text, span.start);
                format!("line {line}, column {column}: ")
            });
            invalid(format!("{place}{}", without_values(error.message())))
        })?;
        for module in &layer.modules {
            if !module.path.is_absolute() {
                return Err(invalid(format!(
                    "module “{}”: the path is not absolute",
                    module.name
                )));
            }
        }
        Ok(layer)
    }
}

/// The text of a configuration.
///
/// # Errors
/// `configuration-encoding` or `file-failed`.
pub fn text(path: &Path) -> Result<String, Error> {
    let bytes = files::read(path).map_err(|error| files::failed(path, &error))?;
    String::from_utf8(bytes).map_err(|_| Error::ConfigurationEncoding {
        path: path.display().to_string(),
    })
}

/// [`Config::memory_mib`] where nothing else is configured. A worker with SoftHSM2 or OpenSC needs 230 MiB of
/// address space and touches 14; each further thread of a module may set 72 aside. With more than this a module
/// has no end, and most machines still have room for the others.
const WORKER_MIB: u32 = 2048;
/// Loading a library anew can take a second or two, so a worker outlasts the pauses of somebody who works.
const WORKER_IDLE_MS: u32 = 120_000;

/// Where the configuration lies, and whether the variable named it.
#[must_use]
pub fn location() -> Option<(PathBuf, bool)> {
    if let Some(path) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return Some((path.into(), true));
    }
    Some((folder(Folder::Configuration)?.join("host.toml"), false))
}

/// Where an administrator's configuration for all users lies: only an administrator can write there. On Windows it is
/// beside the program, since in the common folder for settings everybody can make what is not there.
#[must_use]
pub fn for_all_users() -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(programs::host().ok()?.with_file_name("host.toml"));
    }
    let folder = if cfg!(target_vendor = "apple") {
        "Library/Application Support/Yinxin"
    } else {
        "etc/yinxin"
    };
    Some(system_path(folder).join("host.toml"))
}

/// The program's folder for settings.
///
/// # Errors
/// `home-unknown`.
pub fn settings() -> Result<PathBuf, Error> {
    folder(Folder::Configuration).ok_or_else(|| Error::HomeUnknown {
        variable: if cfg!(windows) { "APPDATA" } else { "HOME" }.into(),
    })
}

/// Kinds of folders that the platform has for programs.
pub enum Folder {
    /// Settings.
    Configuration,
    /// Logs.
    State,
}

/// The program's folder of a kind.
#[must_use]
pub fn folder(kind: Folder) -> Option<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    if cfg!(windows) {
        let variable = match kind {
            Folder::Configuration => "APPDATA",
            Folder::State => "LOCALAPPDATA",
        };
        return Some(absolute(variable)?.join("Yinxin"));
    }
    let home = absolute("HOME");
    if cfg!(target_vendor = "apple") {
        let folder = match kind {
            Folder::Configuration => "Library/Application Support/Yinxin",
            Folder::State => "Library/Logs/Yinxin",
        };
        return Some(home?.join(folder));
    }
    let (variable, otherwise) = match kind {
        Folder::Configuration => ("XDG_CONFIG_HOME", ".config"),
        Folder::State => ("XDG_STATE_HOME", ".local/state"),
    };
    let base = match absolute(variable) {
        Some(base) => base,
        None => home?.join(otherwise),
    };
    Some(base.join("yinxin"))
}

/// Line and column of a byte, counted from 1.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |tail| tail.chars().count())
        + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_proto::site::{RELEASED_ADDON_ID, RELEASED_EXTENSION_ID};

    /// Paths from the root are those of this system's.
    fn parse(text: &str) -> Result<Config, Error> {
        let root = if cfg!(windows) {
            "path = \"C:/"
        } else {
            "path = \"/"
        };
        let text = text.replace("path = \"/", root);
        Config::parse(&text, Path::new("host.toml"))
    }

    #[test]
    fn an_empty_file_means_the_defaults() {
        let config = parse("").unwrap();
        assert!(config.vendors && !config.development && config.modules.is_empty());
        assert!(config.accepts(RELEASED_EXTENSION_ID) && config.accepts(RELEASED_ADDON_ID));
        assert!(!config.accepts("dflkakdepmanhldiepilhgadjlnahblm"));
    }

    #[test]
    fn a_file_of_another_encoding_is_told_and_a_mark_of_utf8_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("host.toml");
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            Config::read(&path).map_err(|error| error.code())
        };
        let (gbk, utf16) = (b"# \xc5\xe4\xd6\xc3\n", b"\xff\xfe#\0\n\0");
        assert_eq!(read(gbk).err(), Some("configuration-encoding"));
        assert_eq!(read(utf16).err(), Some("configuration-encoding"));
        assert!(read("\u{feff}vendors = false\n".as_bytes()).is_ok_and(|config| !config.vendors));
    }

    #[test]
    fn unknown_keys_are_told_with_their_place() {
        match parse("vendors = true\nmodul = 1\n") {
            Err(Error::ConfigurationInvalid { reason, .. }) => {
                assert!(reason.contains("line 2, column 1"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
        assert!(parse("[[modules]]\nname = \"a\"\npath = \"/a\"\nx = 1").is_err());
        assert!(parse("[[modules]]\nname = \"a\"\npath = \"a.so\"").is_err());
    }

    #[test]
    fn a_users_file_wins_over_the_one_for_all_and_lists_come_together() {
        let layer = |text: &str| Layer::parse(text, Path::new("host.toml")).unwrap();
        let below = "vendors = false\nlog = \"error\"\nextension_ids = [\"a\"]";
        let config = Config::default().under(layer(below));
        let config = config.under(layer("log = \"off\"\nextension_ids = [\"b\"]"));
        assert!(!config.vendors && config.log == LogLevel::Off);
        assert_eq!(config.extension_ids, ["b", "a"]);
    }

    #[test]
    fn the_released_extension_is_never_a_development_build() {
        let config = parse("development = true\nextension_ids = [\"x\"]").unwrap();
        assert!(config.is_development("x"));
        assert!(!config.is_development(RELEASED_EXTENSION_ID));
        assert!(!config.is_development("y"));
    }

    #[test]
    fn a_library_named_twice_is_used_once() {
        let one = "[[modules]]\nname = \"a\"\npath = \"/nowhere/a.so\"\n";
        let config = parse(&format!("vendors = false\n{one}{one}")).unwrap();
        assert_eq!(config.all_modules().len(), 1);
    }

    #[test]
    fn names_of_modules_are_made_unique() {
        let one = |path: &str| format!("[[modules]]\nname = \"a\"\npath = \"{path}\"\n");
        let text = ["/x/1.so", "/x/2.so", "/x/3.so"].map(one).concat();
        let config = parse(&format!("vendors = false\n{text}")).unwrap();
        let modules = config.all_modules();
        let names: Vec<_> = modules.iter().map(|module| module.name.as_str()).collect();
        assert_eq!(names, ["a", "a (2)", "a (3)"]);
    }
}

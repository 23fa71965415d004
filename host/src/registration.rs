//! Where browsers look for the host, and what is written there: one small manifest for each browser,
//! which names the program and the extensions that may start it.

use crate::config;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use yinxin_proto::Error;
use yinxin_proto::site::{HOST_NAME, RELEASED_EXTENSION_ID};

/// Browsers that the installer knows by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Chromium.
    Chromium,
    /// Google Chrome.
    Chrome,
    /// Microsoft Edge.
    Edge,
}

impl Browser {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Chrome, Self::Edge];

    /// The browser of a name.
    ///
    /// # Errors
    /// For another name.
    pub fn named(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|browser| browser.name() == name)
            .ok_or_else(|| format!("unknown browser “{name}”"))
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Chrome => "chrome",
            Self::Edge => "edge",
        }
    }

    /// The folder of its profiles, for the user who runs this. On Windows the manifests lie in a
    /// folder of ours and the registry names them.
    ///
    /// Source: Chromium's documentation of native messaging, “Native messaging host location”;
    /// Microsoft's of Edge.
    fn user_data_dir(self) -> Option<PathBuf> {
        let home = || {
            std::env::var_os("HOME")
                .map(PathBuf::from)
                .filter(|home| home.is_absolute())
        };
        if cfg!(windows) {
            return Some(config::folder(config::Folder::Configuration)?.join(self.name()));
        }
        if cfg!(target_vendor = "apple") {
            let folder = match self {
                Self::Chromium => "Chromium",
                Self::Chrome => "Google/Chrome",
                Self::Edge => "Microsoft Edge",
            };
            return Some(home()?.join("Library/Application Support").join(folder));
        }
        let folder = match self {
            Self::Chromium => "chromium",
            Self::Chrome => "google-chrome",
            Self::Edge => "microsoft-edge",
        };
        let base = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|base| base.is_absolute());
        let base = match base {
            Some(base) => base,
            None => home()?.join(".config"),
        };
        Some(base.join(folder))
    }

    /// The folder that is there once the browser was used.
    fn used_dir(self) -> Option<PathBuf> {
        if !cfg!(windows) {
            return self.user_data_dir();
        }
        // Source: Chromium's documentation of the user data directory; Microsoft's of Edge.
        let folder = match self {
            Self::Chromium => "Chromium",
            Self::Chrome => "Google\\Chrome",
            Self::Edge => "Microsoft\\Edge",
        };
        let base = std::env::var_os("LOCALAPPDATA").map(PathBuf::from)?;
        Some(base.join(folder).join("User Data"))
    }

    /// Its key in the registry, under `HKEY_CURRENT_USER`.
    #[cfg(windows)]
    fn registry_key(self) -> String {
        let vendor = match self {
            Self::Chromium => "Chromium",
            Self::Chrome => "Google\\Chrome",
            Self::Edge => "Microsoft\\Edge",
        };
        format!("Software\\{vendor}\\NativeMessagingHosts\\{HOST_NAME}")
    }
}

/// The manifest of a native-messaging host.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`HOST_NAME`].
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// The program; absolute.
    pub path: PathBuf,
    /// `stdio`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Extensions that may start it.
    pub allowed_origins: Vec<String>,
}

impl Manifest {
    /// The manifest for a program that the released extension may start, and those of a configuration.
    #[must_use]
    pub fn new(program: PathBuf, extension_ids: &[String]) -> Self {
        Self {
            name: HOST_NAME.into(),
            description: "Yinxin native-messaging host".into(),
            path: program,
            kind: "stdio".into(),
            allowed_origins: allowed_origins(extension_ids),
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// `internal`, for a path that is not UTF-8.
    pub fn text(&self) -> Result<String, Error> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Internal {
            detail: error.to_string(),
        })?;
        Ok(format!("{text}\n"))
    }
}

/// The released extension and those of a configuration, as a manifest names them. Firefox add-ons
/// have no origin of that form.
#[must_use]
pub fn allowed_origins(extension_ids: &[String]) -> Vec<String> {
    let further = extension_ids.iter().map(String::as_str);
    [RELEASED_EXTENSION_ID]
        .into_iter()
        .chain(further.filter(|id| !id.contains(['@', '{'])))
        .map(|id| format!("chrome-extension://{id}/"))
        .collect()
}

/// One place where the host is or can be registered.
pub struct Place {
    /// The browser's name, or the folder of profiles.
    pub browser: String,
    /// The manifest.
    pub manifest: PathBuf,
    /// The browser is there.
    pub present: bool,
    /// The key in the registry that names the manifest, on Windows.
    #[cfg(windows)]
    registry_key: Option<String>,
}

impl Place {
    /// The place of a browser, for the user who runs this.
    #[must_use]
    pub fn of_browser(browser: Browser) -> Option<Self> {
        let folder = browser.user_data_dir()?;
        Some(Self {
            browser: browser.name().to_owned(),
            manifest: manifest_in(&folder),
            present: browser.used_dir().is_some_and(|used| is_used(&used)),
            #[cfg(windows)]
            registry_key: Some(browser.registry_key()),
        })
    }

    /// The place in a folder of profiles.
    #[must_use]
    pub fn of_folder(folder: &Path) -> Self {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Self {
            browser: folder.display().to_string(),
            manifest: manifest_in(&folder),
            present: is_used(&folder),
            #[cfg(windows)]
            registry_key: None,
        }
    }

    /// The launcher of a registration with a configuration of its own.
    #[must_use]
    pub fn launcher(&self) -> PathBuf {
        let extension = if cfg!(windows) { "cmd" } else { "sh" };
        self.manifest
            .with_file_name(format!("{HOST_NAME}.{extension}"))
    }

    /// The manifest that the browser reads: on Windows the one that the registry names, if any.
    ///
    /// # Errors
    /// The system's.
    pub fn manifest_read(&self) -> io::Result<PathBuf> {
        #[cfg(windows)]
        if self.registry_key.is_some() {
            return self
                .registry()?
                .ok_or_else(|| io::ErrorKind::NotFound.into());
        }
        Ok(self.manifest.clone())
    }

    /// The manifest that the registry names for a browser; nothing on other systems than Windows.
    ///
    /// # Errors
    /// The system's.
    pub fn registry(&self) -> io::Result<Option<PathBuf>> {
        #[cfg(windows)]
        if let Some(key) = &self.registry_key {
            let user = winreg::RegKey::predef(winreg::enums::HKEY_CURRENT_USER);
            let value: io::Result<std::ffi::OsString> =
                user.open_subkey(key).and_then(|key| key.get_value(""));
            return match value {
                Ok(path) => Ok(Some(path.into())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            };
        }
        Ok(None)
    }

    /// Has the registry name a manifest, or none. Does nothing on other systems than Windows.
    ///
    /// # Errors
    /// `file-failed`.
    pub fn set_registry(&self, manifest: Option<&Path>) -> Result<(), Error> {
        #[cfg(windows)]
        if let Some(key) = &self.registry_key {
            let user = winreg::RegKey::predef(winreg::enums::HKEY_CURRENT_USER);
            let done = match manifest {
                Some(manifest) => user
                    .create_subkey(key)
                    .and_then(|(key, _)| key.set_value("", &manifest.as_os_str())),
                None => match user.delete_subkey(key) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                    other => other,
                },
            };
            return done.map_err(|error| crate::files::failed(Path::new(key), &error));
        }
        #[cfg(not(windows))]
        let _ = manifest;
        Ok(())
    }
}

/// The places of all browsers with a name.
#[must_use]
pub fn known_places() -> Vec<Place> {
    Browser::ALL
        .into_iter()
        .filter_map(Place::of_browser)
        .collect()
}

/// Whether a browser has used a folder: it holds more than what we put there.
fn is_used(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name() != MANIFEST_FOLDER)
    })
}

fn manifest_in(user_data_dir: &Path) -> PathBuf {
    user_data_dir
        .join(MANIFEST_FOLDER)
        .join(format!("{HOST_NAME}.json"))
}

/// Where a folder of profiles has its manifests.
const MANIFEST_FOLDER: &str = "NativeMessagingHosts";

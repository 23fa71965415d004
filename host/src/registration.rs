//! Where browsers look for the host, and what is written there: one small manifest for each browser,
//! which names the program and the extensions that may start it.

use crate::config::{self, VARIABLE};
use crate::files;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use yinxin_proto::Error;
use yinxin_proto::site::{HOST_NAME, RELEASED_ADDON_ID, RELEASED_EXTENSION_ID, is_addon};

/// A browser that the installer and the doctor know by name.
#[derive(Debug, PartialEq, Eq)]
pub struct Browser {
    /// Its name on the command line and in reports.
    pub name: &'static str,
    /// What it is made of.
    family: Family,
    /// Registered, and told of, even where it was not seen: it may come later.
    pub common: bool,
    /// The first number of its version is that of the engine.
    tells_engine: bool,
    /// Where its things lie, on the systems where that is known.
    linux: Option<Places>,
    macos: Option<Places>,
    windows: Option<Places>,
    /// Packages of it, on Linux, whose sandbox keeps it from starting programs of the system.
    confined: &'static [(Sandbox, &'static str)],
}

/// What a browser is made of, which decides how manifests name extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// By their origin.
    Chromium,
    /// By their id.
    Firefox,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// The member of a manifest that names the extensions.
    #[must_use]
    pub fn member(self) -> &'static str {
        match self {
            Self::Chromium => "allowed_origins",
            Self::Firefox => "allowed_extensions",
        }
    }

    /// The released extension, and those of a configuration that are for such a browser, as its
    /// manifests name them.
    #[must_use]
    pub fn extensions(self, extension_ids: &[String]) -> Vec<String> {
        let further = extension_ids.iter().map(String::as_str);
        match self {
            Self::Chromium => [RELEASED_EXTENSION_ID]
                .into_iter()
                .chain(further.filter(|id| !is_addon(id)))
                .map(|id| format!("chrome-extension://{id}/"))
                .collect(),
            Self::Firefox => [RELEASED_ADDON_ID]
                .into_iter()
                .chain(further.filter(|id| is_addon(id)))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// The folder of the user's in which its profiles lie, and the name of the one for manifests.
    ///
    /// # Errors
    /// `home-unknown`.
    fn folders(self) -> Result<(PathBuf, &'static str), Error> {
        match self {
            Self::Firefox if cfg!(target_os = "linux") => {
                Ok((absolute("HOME")?, MANIFEST_FOLDER_DASHED))
            }
            _ => Ok((settings()?, MANIFEST_FOLDER)),
        }
    }
}

/// What keeps a packaged browser from everything that is not in its package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sandbox {
    /// snapd's strict confinement.
    Snap,
    /// Flatpak's.
    Flatpak,
}

impl Sandbox {
    /// Its name, as its own command has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Snap => "snap",
            Self::Flatpak => "flatpak",
        }
    }
}

/// A package of a browser that is on this machine and can't start the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confined {
    /// What confines it.
    pub sandbox: Sandbox,
    /// The package's name in there.
    pub package: &'static str,
    /// Where it was seen.
    pub path: PathBuf,
}

/// Where a browser has its things on one system.
#[derive(Debug, PartialEq, Eq)]
struct Places {
    /// Folders of profiles, below [`settings`]. The first is the browser's own, the others are of
    /// browsers that read its registration.
    profiles: &'static [&'static str],
    /// Programs, of the browser and of those that read its registration: on Linux names in the
    /// folders of programs or paths from the root, on macOS paths from the root or the user's folder,
    /// on Windows names under `App Paths` of the registry.
    programs: &'static [&'static str],
    /// System-wide folders of manifests, from the root. On Windows the keys below `Software` in which
    /// it looks for `NativeMessagingHosts`, in this order; the first is its own.
    hosts: &'static [&'static str],
    /// On Windows keys that are written beside its own, of browsers that may have one of theirs.
    forks: &'static [&'static str],
    /// Managed policies: the folder of files on Linux, the key below `Software\\Policies` on Windows.
    policies: Option<&'static str>,
}

/// The browsers, each with its sources.
///
/// The user's manifests lie in the folder of profiles on Linux and macOS (Chromium's
/// `chrome/common/chrome_paths.cc`), and Chromium takes the user's before the system's everywhere
/// (`native_process_launcher_*.cc`). Left out are browsers for which no source tells the place:
/// 360, QQ, Sogou and 2345 on Windows, 360 and Deepin's browser on Linux, and 红莲花. Those that kept
/// Chromium's rule for Windows read what is registered with Chrome. Of Sogou's and 360's one or two public scripts write
/// keys of their own; that these are read nobody has shown, so they are written beside Chrome's and asked for nothing.
///
/// Packages with a sandbox of their own are told apart, for no manifest helps them: Chromium looks for
/// manifests inside of its sandbox only, and knows no portal that would start a host outside (KeePassXC's
/// issues 4328 and 12741, Brave's issue 17537). The names are those of the Snap Store and Flathub.
/// Firefox's snap has such a portal (`org.freedesktop.portal.WebExtensions`), and reads the same manifests.
pub const BROWSERS: &[Browser] = &[
    // developer.chrome.com, “Native messaging host location”; Chromium's documentation of policies.
    // A build without a brand looks for Chrome's keys after its own (`native_process_launcher_win.cc`).
    Browser {
        name: "chromium",
        family: Family::Chromium,
        common: true,
        tells_engine: true,
        linux: Some(Places {
            profiles: &["chromium"],
            programs: &["chromium", "chromium-browser"],
            hosts: &["etc/chromium/native-messaging-hosts"],
            forks: &[],
            policies: Some("etc/chromium/policies/managed"),
        }),
        macos: Some(Places {
            profiles: &["Chromium"],
            programs: &["Applications/Chromium.app"],
            hosts: &["Library/Application Support/Chromium/NativeMessagingHosts"],
            forks: &[],
            policies: None,
        }),
        windows: Some(Places {
            profiles: &["Chromium\\User Data"],
            programs: &[],
            hosts: &["Chromium", "Google\\Chrome"],
            forks: &[],
            policies: Some("Chromium"),
        }),
        confined: &[
            (Sandbox::Snap, "chromium"),
            (Sandbox::Flatpak, "org.chromium.Chromium"),
            (
                Sandbox::Flatpak,
                "io.github.ungoogled_software.ungoogled_chromium",
            ),
        ],
    },
    // As above. On Windows Brave and Vivaldi read Chrome's keys (KeePassXC's
    // `NativeMessageInstaller.cpp`, its browser extension's issue 48).
    Browser {
        name: "chrome",
        family: Family::Chromium,
        common: true,
        tells_engine: true,
        linux: Some(Places {
            profiles: &["google-chrome"],
            programs: &[
                "google-chrome",
                "google-chrome-stable",
                "opt/google/chrome/chrome",
            ],
            hosts: &["etc/opt/chrome/native-messaging-hosts"],
            forks: &[],
            policies: Some("etc/opt/chrome/policies/managed"),
        }),
        macos: Some(Places {
            profiles: &["Google/Chrome"],
            programs: &["Applications/Google Chrome.app"],
            hosts: &["Library/Google/Chrome/NativeMessagingHosts"],
            forks: &[],
            policies: None,
        }),
        windows: Some(Places {
            profiles: &[
                "Google\\Chrome\\User Data",
                "BraveSoftware\\Brave-Browser\\User Data",
                "Vivaldi\\User Data",
            ],
            programs: &["chrome.exe", "brave.exe", "vivaldi.exe"],
            hosts: &["Google\\Chrome"],
            // [W]
            forks: &["SogouExplorer", "360Chrome\\Chrome"],
            policies: Some("Google\\Chrome"),
        }),
        confined: &[(Sandbox::Flatpak, "com.google.Chrome")],
    },
    // learn.microsoft.com, “Native messaging” of Edge, which names the order of the keys, and
    // “Microsoft Edge - Policies”.
    Browser {
        name: "edge",
        family: Family::Chromium,
        common: true,
        tells_engine: true,
        linux: Some(Places {
            profiles: &["microsoft-edge"],
            programs: &[
                "microsoft-edge",
                "microsoft-edge-stable",
                "opt/microsoft/msedge/msedge",
            ],
            hosts: &["etc/opt/edge/native-messaging-hosts"],
            forks: &[],
            policies: Some("etc/opt/edge/policies/managed"),
        }),
        macos: Some(Places {
            profiles: &["Microsoft Edge"],
            programs: &["Applications/Microsoft Edge.app"],
            hosts: &["Library/Microsoft/Edge/NativeMessagingHosts"],
            forks: &[],
            policies: None,
        }),
        windows: Some(Places {
            profiles: &["Microsoft\\Edge\\User Data"],
            programs: &["msedge.exe"],
            hosts: &["Microsoft\\Edge", "Chromium", "Google\\Chrome"],
            forks: &[],
            policies: Some("Microsoft\\Edge"),
        }),
        confined: &[(Sandbox::Flatpak, "com.microsoft.Edge")],
    },
    // KeePassXC for the user's folder; brave-core's main delegate for the system's, which is Chrome's;
    // support.brave.com for policies. On macOS sources differ.
    Browser {
        name: "brave",
        family: Family::Chromium,
        common: false,
        tells_engine: true,
        linux: Some(Places {
            profiles: &["BraveSoftware/Brave-Browser"],
            programs: &["brave-browser", "brave-browser-stable"],
            hosts: &["etc/opt/chrome/native-messaging-hosts"],
            forks: &[],
            policies: Some("etc/brave/policies/managed"),
        }),
        macos: None,
        windows: None,
        confined: &[
            (Sandbox::Snap, "brave"),
            (Sandbox::Flatpak, "com.brave.Browser"),
        ],
    },
    // KeePassXC. For the system-wide folders sources differ.
    Browser {
        name: "vivaldi",
        family: Family::Chromium,
        common: false,
        tells_engine: false,
        linux: Some(Places {
            profiles: &["vivaldi"],
            programs: &["vivaldi", "vivaldi-stable"],
            hosts: &[],
            forks: &[],
            policies: None,
        }),
        macos: Some(Places {
            profiles: &["Vivaldi"],
            programs: &["Applications/Vivaldi.app"],
            hosts: &[],
            forks: &[],
            policies: None,
        }),
        windows: None,
        confined: &[
            (Sandbox::Snap, "vivaldi"),
            (Sandbox::Flatpak, "com.vivaldi.Vivaldi"),
        ],
    },
    // KeePassXC's issue 2879 for Windows; Free Download Manager's installer for Linux.
    Browser {
        name: "opera",
        family: Family::Chromium,
        common: false,
        tells_engine: false,
        linux: Some(Places {
            profiles: &["opera"],
            programs: &["opera"],
            hosts: &[],
            forks: &[],
            policies: None,
        }),
        macos: Some(Places {
            profiles: &["com.operasoftware.Opera"],
            programs: &["Applications/Opera.app"],
            hosts: &[],
            forks: &[],
            policies: None,
        }),
        windows: Some(Places {
            profiles: &["..\\Roaming\\Opera Software\\Opera Stable"],
            programs: &["opera.exe"],
            hosts: &["Opera Software"],
            forks: &[],
            policies: None,
        }),
        confined: &[
            (Sandbox::Snap, "opera"),
            (Sandbox::Flatpak, "com.opera.Opera"),
        ],
    },
    // 奇安信可信浏览器, which Kylin brings: a public acceptance report of native messaging with version
    // 1.0.46371.2 on Kylin V10 SP1 (2026-07-27).
    Browser {
        name: "qaxbrowser",
        family: Family::Chromium,
        common: false,
        tells_engine: false,
        linux: Some(Places {
            profiles: &["qaxbrowser"],
            programs: &[],
            hosts: &[],
            forks: &[],
            policies: None,
        }),
        macos: None,
        windows: None,
        confined: &[],
    },
    // Firefox's `NativeManifests.sys.mjs`; developer.mozilla.org, “Native manifests”. Its own policies
    // know no native hosts. Flathub's has no portal (Mozilla's bug 1621763).
    Browser {
        name: "firefox",
        family: Family::Firefox,
        common: false,
        tells_engine: false,
        linux: Some(Places {
            // Since 147 profiles lie where XDG has them, and manifests still do not.
            profiles: &[".mozilla", ".config/mozilla"],
            programs: &["firefox", "firefox-esr"],
            hosts: &[
                "usr/lib/mozilla/native-messaging-hosts",
                "usr/lib64/mozilla/native-messaging-hosts",
            ],
            forks: &[],
            policies: None,
        }),
        macos: Some(Places {
            profiles: &["Mozilla", "Firefox"],
            programs: &["Applications/Firefox.app"],
            hosts: &["Library/Application Support/Mozilla/NativeMessagingHosts"],
            forks: &[],
            policies: None,
        }),
        windows: Some(Places {
            profiles: &["..\\Roaming\\Mozilla\\Firefox"],
            programs: &["firefox.exe"],
            hosts: &["Mozilla"],
            forks: &[],
            policies: None,
        }),
        confined: &[(Sandbox::Flatpak, "org.mozilla.firefox")],
    },
];

impl Browser {
    /// The browser of a name, on this system.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        BROWSERS
            .iter()
            .find(|browser| browser.name == name && browser.places().is_some())
    }

    fn places(&self) -> Option<&Places> {
        if cfg!(windows) {
            &self.windows
        } else if cfg!(target_vendor = "apple") {
            &self.macos
        } else {
            &self.linux
        }
        .as_ref()
    }

    /// The packages of it that are on a machine with this root, and with this home of the user's.
    /// What a package that was removed left in the home is none.
    fn confined(&self, root: &Path, home: Option<&Path>) -> Vec<Confined> {
        let of_users = home.map(|home| home.join(".local/share/flatpak/app"));
        let look = |&(sandbox, package): &(Sandbox, &'static str)| {
            let folders: Vec<PathBuf> = match sandbox {
                Sandbox::Snap => SNAP_PROGRAMS.map(|folder| root.join(folder)).into(),
                Sandbox::Flatpak => [root.join("var/lib/flatpak/app")]
                    .into_iter()
                    .chain(of_users.clone())
                    .collect(),
            };
            let mut paths = folders.iter().map(|folder| folder.join(package));
            // A snap's program is a link to snapd's.
            let path = paths.find(|path| fs::symlink_metadata(path).is_ok())?;
            Some(Confined {
                sandbox,
                package,
                path,
            })
        };
        self.confined.iter().filter_map(look).collect()
    }
}

/// The folders of the snaps' programs, from the root; which one is there the distribution says.
const SNAP_PROGRAMS: [&str; 2] = ["snap/bin", "var/lib/snapd/snap/bin"];

/// The user's folder in which browsers have their folders of profiles.
///
/// Source: Chromium's documentation of the user data directory; Microsoft's of Edge.
///
/// # Errors
/// `home-unknown`.
fn settings() -> Result<PathBuf, Error> {
    if cfg!(windows) {
        return absolute("LOCALAPPDATA");
    }
    if cfg!(target_vendor = "apple") {
        return Ok(absolute("HOME")?.join("Library/Application Support"));
    }
    absolute("XDG_CONFIG_HOME").or_else(|_| Ok(absolute("HOME")?.join(".config")))
}

/// The folder that a variable names.
fn absolute(variable: &str) -> Result<PathBuf, Error> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    let unknown = || Error::HomeUnknown {
        variable: variable.to_owned(),
    };
    path.filter(|path| path.is_absolute()).ok_or_else(unknown)
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
    /// Extensions that may start it, in a manifest for Chromium.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<String>,
    /// In one for Firefox, which takes none with a member that it does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_extensions: Vec<String>,
}

impl Manifest {
    /// The manifest for a program that the released extension may start, and those of a configuration.
    #[must_use]
    pub fn new(program: PathBuf, extension_ids: &[String], family: Family) -> Self {
        let extensions = family.extensions(extension_ids);
        let (allowed_origins, allowed_extensions) = match family {
            Family::Chromium => (extensions, Vec::new()),
            Family::Firefox => (Vec::new(), extensions),
        };
        Self {
            name: HOST_NAME.into(),
            description: "Yinxin native-messaging host".into(),
            path: program,
            kind: "stdio".into(),
            allowed_origins,
            allowed_extensions,
        }
    }

    /// The extensions that a browser of a family lets start it.
    #[must_use]
    pub fn extensions(&self, family: Family) -> &[String] {
        match family {
            Family::Chromium => &self.allowed_origins,
            Family::Firefox => &self.allowed_extensions,
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

/// One place where the host is or can be registered.
pub struct Place {
    /// The browser's name, or the folder of profiles.
    pub browser: String,
    /// The user's manifest, which is the one that we write.
    pub manifest: PathBuf,
    /// The browser is there, and not only in a sandbox.
    pub present: bool,
    /// The browser in sandboxes, from which it can't start the host.
    pub confined: Vec<Confined>,
    /// The folder of its profiles.
    profiles: PathBuf,
    /// The browser, where it is one with a name.
    known: Option<&'static Browser>,
}

/// A manifest that a browser finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The manifest.
    pub manifest: PathBuf,
    /// For all users: an administrator's business.
    pub system_wide: bool,
}

impl Place {
    /// The place of a browser, for the user who runs this; nothing where none is known on this system.
    ///
    /// # Errors
    /// `home-unknown`.
    pub fn of_browser(browser: &'static Browser) -> Result<Option<Self>, Error> {
        let (settings, folder) = browser.family.folders()?;
        let Some((places, own)) = browser
            .places()
            .and_then(|places| Some((places, places.profiles.first()?)))
        else {
            return Ok(None);
        };
        let profiles = settings.join(own);
        // On Windows the registry names the manifests, and they lie in a folder of ours.
        let manifests = if cfg!(windows) {
            config::settings()?.join(browser.name)
        } else {
            profiles.clone()
        };
        let confined = if cfg!(target_os = "linux") {
            browser.confined(&config::system_path(""), absolute("HOME").ok().as_deref())
        } else {
            Vec::new()
        };
        // Before its first start a browser has no profiles; one that a snap replaced left them behind.
        let mut folders = places.profiles.iter();
        let present = confined.is_empty() && folders.any(|folder| is_used(&settings.join(folder)))
            || places.programs.iter().any(|program| is_installed(program));
        Ok(Some(Self {
            browser: browser.name.to_owned(),
            manifest: manifest_in(&manifests, folder),
            present,
            confined,
            profiles,
            known: Some(browser),
        }))
    }

    /// The place in a folder of profiles.
    #[must_use]
    pub fn of_folder(folder: &Path) -> Self {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Self {
            browser: folder.display().to_string(),
            manifest: manifest_in(&folder, MANIFEST_FOLDER),
            present: is_used(&folder),
            confined: Vec::new(),
            profiles: folder,
            known: None,
        }
    }

    /// Whether the installer and the doctor look at it unasked: nobody needs to hear of every browser
    /// that is not there.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.present || self.known.is_none_or(|browser| browser.common)
    }

    /// What the browser is made of.
    #[must_use]
    pub fn family(&self) -> Family {
        self.known
            .map_or(Family::Chromium, |browser| browser.family)
    }

    /// The launcher of a registration with a configuration of its own.
    #[must_use]
    pub fn launcher(&self) -> PathBuf {
        launcher_beside(&self.manifest)
    }

    /// The manifests that the browser finds. It takes the first.
    ///
    /// # Errors
    /// The system's.
    #[cfg(not(windows))]
    pub fn registered(&self) -> io::Result<Vec<Registered>> {
        let user = Registered {
            manifest: self.manifest.clone(),
            system_wide: false,
        };
        let folders = self.places().map_or(&[][..], |places| places.hosts);
        let system = folders.iter().map(|folder| Registered {
            manifest: config::system_path(folder).join(format!("{HOST_NAME}.json")),
            system_wide: true,
        });
        let mut found = Vec::new();
        for one in [user].into_iter().chain(system) {
            match fs::metadata(&one.manifest) {
                Ok(_) => found.push(one),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                // For the browser, one that can't be seen is not there.
                Err(_) if one.system_wide => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// The manifests that the registry names for the browser. It takes the first.
    ///
    /// # Errors
    /// The system's.
    #[cfg(windows)]
    pub fn registered(&self) -> io::Result<Vec<Registered>> {
        use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ};
        let Some(places) = self.places() else {
            let manifest = self.manifest.clone();
            return Ok(vec![Registered {
                manifest,
                system_wide: false,
            }]);
        };
        let mut found = Vec::new();
        // The order of `GetManifestPath` and of `FindManifest` in `native_process_launcher_win.cc`.
        for (root, system_wide) in [(HKEY_CURRENT_USER, false), (HKEY_LOCAL_MACHINE, true)] {
            for view in VIEWS {
                for vendor in places.hosts {
                    let key = winreg::RegKey::predef(root)
                        .open_subkey_with_flags(registry_key(vendor), KEY_READ | view);
                    let value: io::Result<std::ffi::OsString> =
                        key.and_then(|key| key.get_value(""));
                    match value {
                        Ok(path) => found.push(Registered {
                            manifest: path.into(),
                            system_wide,
                        }),
                        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        // The user's keys are the same in both views.
        let mut seen = Vec::new();
        found.retain(|one| {
            let is_new = !seen.contains(one);
            seen.push(one.clone());
            is_new
        });
        Ok(found)
    }

    /// The user's manifest that the registry names; nothing on other systems than Windows.
    ///
    /// # Errors
    /// The system's.
    pub fn registry(&self) -> io::Result<Option<PathBuf>> {
        #[cfg(windows)]
        if let Some(key) = self.own_keys().next() {
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

    /// Has the registry name a manifest for the user, or none. Does nothing on other systems than
    /// Windows.
    ///
    /// # Errors
    /// `file-failed`.
    pub fn set_registry(&self, manifest: Option<&Path>) -> Result<(), Error> {
        #[cfg(windows)]
        for key in self.own_keys() {
            let user = winreg::RegKey::predef(winreg::enums::HKEY_CURRENT_USER);
            let done = match manifest {
                Some(manifest) => user
                    .create_subkey(&key)
                    .and_then(|(key, _)| key.set_value("", &manifest.as_os_str())),
                None => match user.delete_subkey(&key) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                    other => other,
                },
            };
            done.map_err(|error| files::failed(Path::new(&key), &error))?;
        }
        #[cfg(not(windows))]
        let _ = manifest;
        Ok(())
    }

    /// Removes the folders that were made for the manifest alone, as far as nothing else is in them. On other systems
    /// than Windows they are the browser's.
    pub fn remove_own_folders(&self) {
        if cfg!(windows) && self.known.is_some() {
            for folder in self.manifest.ancestors().skip(1).take(3) {
                if fs::remove_dir(folder).is_err() {
                    return;
                }
            }
        }
    }

    /// Where an administrator's policies of the browser lie: a folder of files on Linux, a key of the
    /// registry on Windows.
    #[must_use]
    pub fn policies(&self) -> Option<&'static str> {
        self.places()?.policies
    }

    /// The version of the browser that used the profiles last, and of its engine, where the one tells
    /// the other. Chromium writes it on every start.
    #[must_use]
    pub fn version(&self) -> Option<(String, u32)> {
        if !self.known?.tells_engine {
            return None;
        }
        let path = self.profiles.join("Last Version");
        if !fs::metadata(&path).is_ok_and(|told| told.is_file() && told.len() <= 64) {
            return None;
        }
        let text = files::read_text(&path).ok()?;
        let engine = text.split('.').next()?.trim().parse().ok()?;
        Some((text.trim().to_owned(), engine))
    }

    fn places(&self) -> Option<&'static Places> {
        self.known?.places()
    }

    /// The keys that are written: the browser's own first.
    #[cfg(windows)]
    fn own_keys(&self) -> impl Iterator<Item = String> {
        self.places().into_iter().flat_map(Places::own_keys)
    }
}

#[cfg(windows)]
impl Places {
    fn own_keys(&self) -> impl Iterator<Item = String> {
        let vendors = self.hosts.iter().take(1).chain(self.forks);
        vendors.map(|vendor| registry_key(vendor))
    }
}

/// The views of the registry, for programs of 32 and of 64 bit. The machine's differ, and the user's don't.
#[cfg(windows)]
const VIEWS: [u32; 2] = [
    winreg::enums::KEY_WOW64_32KEY,
    winreg::enums::KEY_WOW64_64KEY,
];

/// The keys that are written for all users, each with its view.
#[cfg(windows)]
fn keys_for_all(family: Family) -> impl Iterator<Item = (String, u32)> {
    let browsers = BROWSERS.iter().filter(move |one| one.family == family);
    let places = browsers.filter_map(Browser::places);
    places
        .flat_map(Places::own_keys)
        .flat_map(|key| VIEWS.map(|view| (key.clone(), view)))
}

/// The manifests for all users, which an administrator writes: on Windows one for each family, beside the host, which the
/// registry names; elsewhere one for each browser, in the system's folders, or for each that is `there` alone.
#[must_use]
pub fn manifests_for_all(host: &Path, there: bool) -> Vec<(PathBuf, Family)> {
    if cfg!(windows) {
        let name = |family| match family {
            Family::Chromium => format!("{HOST_NAME}.json"),
            Family::Firefox => format!("{HOST_NAME}.firefox.json"),
        };
        return Family::ALL
            .map(|family| (host.with_file_name(name(family)), family))
            .into();
    }
    let is_there = |places: &Places| places.programs.iter().any(|program| is_installed(program));
    let known = BROWSERS
        .iter()
        .filter_map(|browser| Some((browser, browser.places()?)));
    let mut manifests: Vec<(PathBuf, Family)> = known
        .filter(|(_, places)| !there || is_there(places))
        .filter_map(|(browser, places)| {
            let folder = config::system_path(places.hosts.first()?);
            Some((folder.join(format!("{HOST_NAME}.json")), browser.family))
        })
        .collect();
    manifests.sort_by(|one, other| one.0.cmp(&other.0));
    manifests.dedup_by(|one, other| one.0 == other.0);
    manifests
}

/// Has the registry name a manifest to the browsers of all users; does nothing on other systems than Windows.
///
/// # Errors
/// `file-failed`.
#[cfg(not(windows))]
pub fn register_for_all(_: &Path, _: Family) -> Result<(), Error> {
    Ok(())
}

/// Takes that back.
///
/// # Errors
/// `file-failed`.
#[cfg(not(windows))]
pub fn forget_for_all(_: &Path, _: Family) -> Result<(), Error> {
    Ok(())
}

/// Has the registry name a manifest to the browsers of a family, of all users. An administrator may.
///
/// # Errors
/// `file-failed`.
#[cfg(windows)]
pub fn register_for_all(manifest: &Path, family: Family) -> Result<(), Error> {
    let machine = winreg::RegKey::predef(winreg::enums::HKEY_LOCAL_MACHINE);
    for (key, view) in keys_for_all(family) {
        machine
            .create_subkey_with_flags(&key, winreg::enums::KEY_SET_VALUE | view)
            .and_then(|(key, _)| key.set_value("", &manifest.as_os_str()))
            .map_err(|error| files::failed(Path::new(&key), &error))?;
    }
    Ok(())
}

/// Takes that back, wherever this very manifest is named, by whatever path.
///
/// # Errors
/// `file-failed`.
#[cfg(windows)]
pub fn forget_for_all(manifest: &Path, family: Family) -> Result<(), Error> {
    let machine = winreg::RegKey::predef(winreg::enums::HKEY_LOCAL_MACHINE);
    for (key, view) in keys_for_all(family) {
        let named: io::Result<std::ffi::OsString> = machine
            .open_subkey_with_flags(&key, winreg::enums::KEY_READ | view)
            .and_then(|key| key.get_value(""));
        let is_ours = |named: std::ffi::OsString| {
            named == manifest || same_file::is_same_file(&named, manifest).unwrap_or(false)
        };
        if named.is_ok_and(is_ours) {
            machine
                .delete_subkey_with_flags(&key, view)
                .map_err(|error| files::failed(Path::new(&key), &error))?;
        }
    }
    Ok(())
}

/// The key that names a manifest, below `HKEY_CURRENT_USER` or `HKEY_LOCAL_MACHINE`.
#[cfg(windows)]
fn registry_key(vendor: &str) -> String {
    format!("Software\\{vendor}\\NativeMessagingHosts\\{HOST_NAME}")
}

/// The text of a launcher: a manifest can pass neither arguments nor environment, so one that shall
/// have a configuration of its own names a small script that sets the variable.
///
/// # Errors
/// `file-failed`, for a path that a script can't hold.
pub fn launcher_text(program: &Path, config: &Path) -> Result<String, Error> {
    let quoted = |path: &Path| {
        let text = path.to_str().ok_or("the path is not UTF-8")?;
        if text.contains(['\n', '\r']) {
            return Err("the path holds a line break");
        }
        if !cfg!(windows) {
            return Ok(format!("'{}'", text.replace('\'', QUOTE)));
        }
        if text.contains(['"', '%']) {
            return Err("the path holds a character that a launcher can't");
        }
        Ok(format!("\"{text}\""))
    };
    let failed = |reason: &str| Error::FileFailed {
        path: config.display().to_string(),
        reason: reason.to_owned(),
    };
    let program = quoted(program).map_err(failed)?;
    let config_text = quoted(config).map_err(failed)?;
    Ok(if cfg!(windows) {
        format!(
            // Lines are read one by one, and from here on as UTF-8.
            "@echo off\r\nchcp 65001 >nul\r\nset \"{VARIABLE}={}\"\r\n{program} %*\r\n",
            config.display()
        )
    } else {
        format!("#!/bin/sh\nexport {VARIABLE}={config_text}\nexec {program} \"$@\"\n")
    })
}

/// The configuration that a registered program runs with, where the program is a launcher of ours or a
/// script that sets the variable likewise.
#[must_use]
pub fn configuration_of(program: &Path) -> Option<PathBuf> {
    let told = fs::metadata(program).ok()?;
    if !told.is_file() || told.len() > MAX_LAUNCHER_BYTES {
        return None;
    }
    let text = files::read_text(program).ok()?;
    let value = text.lines().find_map(|line| {
        let line = line.trim();
        if cfg!(windows) {
            // The quotes are around the whole setting, or there are none.
            let setting = line.strip_prefix("set ")?;
            let inside = setting
                .strip_prefix('"')
                .and_then(|it| it.strip_suffix('"'));
            return inside
                .unwrap_or(setting)
                .strip_prefix(VARIABLE)?
                .strip_prefix('=');
        }
        line.strip_prefix("export ")?
            .strip_prefix(VARIABLE)?
            .strip_prefix('=')
    })?;
    let inside = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    let path = match (inside('\''), inside('"')) {
        (Some(single), _) => single.replace(QUOTE, "'"),
        (None, Some(double)) => double.to_owned(),
        (None, None) => value.to_owned(),
    };
    Some(path.into())
}

/// A single quote inside of single quotes (POSIX, Shell Command Language, 2.2.2).
const QUOTE: &str = "'\\''";
/// Bytes of a launcher.
const MAX_LAUNCHER_BYTES: u64 = 64 * 1_024;

/// The launcher that a manifest would name.
#[must_use]
pub fn launcher_beside(manifest: &Path) -> PathBuf {
    let extension = if cfg!(windows) { "cmd" } else { "sh" };
    manifest.with_file_name(format!("{HOST_NAME}.{extension}"))
}

/// The places of all browsers with a name.
///
/// # Errors
/// `home-unknown`.
pub fn known_places() -> Result<Vec<Place>, Error> {
    let places = BROWSERS.iter().map(Place::of_browser);
    places.filter_map(Result::transpose).collect()
}

/// Whether a browser's program is on this machine, outside of sandboxes.
#[cfg(not(windows))]
fn is_installed(program: &str) -> bool {
    let below = |folder: &Path| {
        let folder = folder.strip_prefix("/").unwrap_or(folder);
        let path = config::system_path("").join(folder).join(program);
        path.exists() && !starts_a_sandbox(&path)
    };
    if program.contains('/') {
        let user = || below(&absolute("HOME").unwrap_or_default());
        return below(Path::new("")) || (cfg!(target_vendor = "apple") && user());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["usr/bin", "usr/local/bin"].map(PathBuf::from);
    let of_snaps = |folder: &Path| SNAP_PROGRAMS.iter().any(|snaps| folder.ends_with(snaps));
    let mut folders = std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute() && !of_snaps(folder))
        .chain(usual);
    folders.any(|folder| below(&folder))
}

/// Whether a program only starts a packaged one: a link to snapd's, or a small script, as Ubuntu's
/// package `chromium-browser` has it.
#[cfg(not(windows))]
fn starts_a_sandbox(program: &Path) -> bool {
    if fs::canonicalize(program).is_ok_and(|it| it.file_name().is_some_and(|name| name == "snap")) {
        return true;
    }
    if !fs::metadata(program).is_ok_and(|it| it.is_file() && it.len() <= MAX_LAUNCHER_BYTES) {
        return false;
    }
    files::read_text(program).is_ok_and(|text| {
        let starts = |line: &str| line.contains("/snap/bin/") || line.contains("flatpak run ");
        text.starts_with("#!")
            && text
                .lines()
                .map(str::trim_start)
                .any(|line| !line.starts_with('#') && line.contains("exec") && starts(line))
    })
}

/// Whether a browser's program is on this machine: installers name it in the registry.
#[cfg(windows)]
fn is_installed(program: &str) -> bool {
    use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE};
    let key = format!("Software\\Microsoft\\Windows\\CurrentVersion\\App Paths\\{program}");
    [HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE]
        .into_iter()
        .any(|root| winreg::RegKey::predef(root).open_subkey(&key).is_ok())
}

/// Whether a browser has used a folder: it holds more than what we put there.
fn is_used(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            entry.file_name() != MANIFEST_FOLDER && entry.file_name() != MANIFEST_FOLDER_DASHED
        })
    })
}

fn manifest_in(profiles: &Path, folder: &str) -> PathBuf {
    profiles.join(folder).join(format!("{HOST_NAME}.json"))
}

/// Where a folder of profiles has its manifests.
const MANIFEST_FOLDER: &str = "NativeMessagingHosts";
/// The same of Firefox on Linux.
const MANIFEST_FOLDER_DASHED: &str = "native-messaging-hosts";

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_launcher_survives_quotes_and_spaces_and_tells_its_configuration() {
        let text = launcher_text(Path::new("/a b/it's"), Path::new("/c $d")).unwrap();
        assert!(text.ends_with("YINXIN_HOST_CONFIG='/c $d'\nexec '/a b/it'\\''s' \"$@\"\n"));
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("launcher");
        let told = |text: &str| {
            fs::write(&program, text).unwrap();
            configuration_of(&program)
        };
        for config in ["/c $d", "/it's a", "/'", "/配置/\"x\""] {
            let text = launcher_text(Path::new("/a"), Path::new(config)).unwrap();
            assert_eq!(told(&text), Some(config.into()));
        }
        // As an administrator may write it.
        let export = "#!/bin/sh\n export YINXIN_HOST_CONFIG=/etc/yinxin.toml\nexec x";
        assert_eq!(told(export), Some("/etc/yinxin.toml".into()));
        assert_eq!(told("#!/bin/sh\nexec x"), None);
        assert_eq!(configuration_of(folder.path()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_package_looks_again_when_a_browser_comes() {
        let triggers = include_str!("../../packaging/linux/triggers");
        let watched: Vec<&Path> = triggers
            .lines()
            .filter_map(|line| line.strip_prefix("interest-noawait "))
            .map(Path::new)
            .collect();
        let places = || BROWSERS.iter().filter_map(|browser| browser.linux.as_ref());
        let for_all = places().filter(|places| !places.hosts.is_empty());
        for program in for_all.flat_map(|places| places.programs) {
            let path = match program.contains('/') {
                true => Path::new("/").join(program),
                false => Path::new("/usr/bin").join(program),
            };
            assert!(watched.contains(&&*path), "{program}");
        }
        let names: Vec<_> = places().flat_map(|places| places.programs).collect();
        for path in watched {
            let is_known = |name: &&&str| path.ends_with(name);
            assert!(names.iter().any(is_known), "{}", path.display());
        }
    }
}

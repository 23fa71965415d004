//! What is known of vendors: where their libraries lie, for PKCS #11 and for SKF (GM/T 0016), which USB numbers
//! their keys have, and whose numbers for SM2 they use. Facts only, each with its source mark:
//!
//! - \[S\] read in a source, a header or a vendor's manual
//! - \[W\] weak: a single mention
//!
//! The software key is not in the table of libraries: it protects little, so the host loads it
//! only where the configuration names it.

#[cfg(any(windows, test))]
mod registry;

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A library that the host looks for by itself.
#[derive(Clone, Copy, Debug)]
pub struct Vendor {
    /// Name, for the user's eye and for support.
    pub name: &'static str,
    /// The family of its numbers for SM2, where known. No public header of these vendors was
    /// found, so all families are probed.
    pub family: Option<Family>,
    /// USB numbers of its keys: vendor and product.
    pub usb: &'static [(u16, u16)],
    /// Its libraries of PKCS #11.
    pub pkcs11: Libraries,
    /// Its libraries of SKF.
    pub skf: Libraries,
    /// The application of SKF in which its keys come.
    pub application: Option<&'static str>,
}

/// File names of libraries in a [library folder](library_folders), or whole paths.
#[derive(Clone, Copy, Debug)]
pub struct Libraries {
    /// On Windows.
    pub windows: &'static [&'static str],
    /// On Linux.
    pub linux: &'static [&'static str],
    /// On macOS.
    pub macos: &'static [&'static str],
}

impl Libraries {
    const NONE: Self = Self {
        windows: &[],
        linux: &[],
        macos: &[],
    };

    /// Those of this system.
    fn here(&self) -> &'static [&'static str] {
        if cfg!(windows) {
            self.windows
        } else if cfg!(target_vendor = "apple") {
            self.macos
        } else {
            self.linux
        }
    }
}

/// What a library's functions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interface {
    /// PKCS #11.
    Pkcs11,
    /// SKF, GM/T 0016.
    Skf,
}

impl Vendor {
    /// Its libraries on this system: the interface, and the name or path.
    pub fn libraries(&self) -> impl Iterator<Item = (Interface, &'static str)> {
        let pkcs11 = self.pkcs11.here().iter();
        let skf = self.skf.here().iter();
        pkcs11
            .map(|name| (Interface::Pkcs11, *name))
            .chain(skf.map(|name| (Interface::Skf, *name)))
    }
}

/// Known vendors of keys that Chinese certification authorities hand out.
pub const VENDORS: &[Vendor] = &[
    Vendor {
        // [S] gm3000_pkcs11_tw.dll is iTrus' build, gm3000_skf_hubca.dll that of Hubei CA.
        name: "Longmai mToken GM3000",
        family: None,
        usb: &[(0x055c, 0xdb08), (0x055c, 0xe618)],
        pkcs11: Libraries {
            windows: &["gm3000_pkcs11.dll", "gm3000_pkcs11_tw.dll"],
            linux: &[
                "libgm3000_pkcs11.so",
                "/opt/lm-gm3000user/lib/libgm3000_pkcs11.so",
            ],
            macos: &["libgm3000_pkcs11.dylib"],
        },
        skf: Libraries {
            windows: &[
                "mtoken_gm3000.dll",
                "mtoken_gm3000_pcsc.dll",
                "gm3000_skf_hubca.dll",
            ],
            linux: &[
                "libgm3000.1.0.so",
                "/opt/lm-gm3000user/lib/libgm3000.1.0.so",
                // Kylin.
                "/opt/lm-gm3000/lib/libgm3000.1.0.so",
                // UOS.
                "/opt/apps/com.longmai.gm3000user/files/lib/libgm3000.1.0.so",
            ],
            macos: &[
                "libgm3000.1.0.dylib",
                if cfg!(target_arch = "aarch64") {
                    "libgm3000.1.0_arm64.dylib"
                } else {
                    "libgm3000.1.0_x86.dylib"
                },
            ],
        },
        application: Some("GM3000APP"),
    },
    Vendor {
        // [S] One library for SKF, PKCS #11 and CSP.
        name: "Feitian ePass3000GM",
        family: None,
        usb: &[(0x096e, 0x0309)],
        pkcs11: EPASS3000GM,
        skf: EPASS3000GM,
        application: Some("ENTERSAFE-ESPK"),
    },
    Vendor {
        // [S]
        name: "Feitian ePass3003",
        family: None,
        // Not in any source that was found.
        usb: &[],
        pkcs11: EPASS3003,
        skf: EPASS3003,
        application: None,
    },
    Vendor {
        // [S]; 5448:0004 in the list of the platform's own client.
        name: "Haitai HaiKey",
        family: None,
        usb: &[(0x5448, 0x0003), (0x5448, 0x0004)],
        pkcs11: Libraries {
            windows: &["HTPKCS11.dll"],
            ..Libraries::NONE
        },
        skf: Libraries {
            windows: &["SKFAPI20538.dll", "SKFAPI_HT20485.dll"],
            ..Libraries::NONE
        },
        application: None,
    },
    Vendor {
        // [S] In the lists of the platform's own client.
        name: "Linguo LG3073",
        family: None,
        usb: &[(0x6588, 0x1514)],
        pkcs11: Libraries::NONE,
        skf: Libraries {
            windows: &["lgu3073_p1514_gm.dll", "lgu3073_p1514_gm_x64.dll"],
            ..Libraries::NONE
        },
        application: None,
    },
    Vendor {
        // [S] Likewise.
        name: "HSIC KShield",
        family: None,
        usb: &[(0x1d99, 0x0001)],
        pkcs11: Libraries::NONE,
        skf: Libraries {
            windows: &["SKF_APP_HSIC.dll"],
            ..Libraries::NONE
        },
        application: None,
    },
    Vendor {
        // [S] Likewise.
        name: "NETCA",
        family: None,
        usb: &[(0x1ea8, 0xc001)],
        pkcs11: Libraries::NONE,
        skf: Libraries {
            windows: &["NetcaSKF.dll"],
            ..Libraries::NONE
        },
        application: None,
    },
    Vendor {
        // [S] USK2185_GM in the list of the platform's own client.
        name: "ZTXA USK218",
        family: None,
        // Not in any source that was found.
        usb: &[],
        pkcs11: Libraries::NONE,
        skf: Libraries {
            windows: &["USK218_GM.dll", "USK2185_GM.dll"],
            ..Libraries::NONE
        },
        application: None,
    },
];

const EPASS3000GM: Libraries = Libraries {
    windows: &["ShuttleCsp11_3000GM.dll"],
    linux: &["libes_3000gm.so", "libes_3000gm.so.1.0.0"],
    macos: &["libes_3000gm.dylib"],
};

const EPASS3003: Libraries = Libraries {
    windows: &["ShuttleCsp11_3003.dll"],
    ..Libraries::NONE
};

/// Whether an application of SKF is the one in which some vendor's keys come.
#[must_use]
pub fn is_usual_application(name: &[u8]) -> bool {
    let mut usual = VENDORS.iter().filter_map(|vendor| vendor.application);
    usual.any(|usual| usual.as_bytes() == name)
}

/// The vendor who has a library of this file name, on whichever system.
#[must_use]
pub fn vendor_of(path: &Path) -> Option<&'static Vendor> {
    let name = path.file_name()?.to_str()?;
    VENDORS.iter().find(|vendor| {
        let interfaces = [vendor.pkcs11, vendor.skf].into_iter();
        let mut names = interfaces.flat_map(|of| [of.windows, of.linux, of.macos].concat());
        // Some of the names are paths, on Linux.
        names.any(|known| {
            known
                .rsplit('/')
                .next()
                .is_some_and(|known| known.eq_ignore_ascii_case(name))
        })
    })
}

/// Libraries of the table that exist on this machine: of each vendor the first of each interface. A key that both read is
/// there once all the same ([`crate::service`]); and what a vendor's PKCS #11 does not know, SM2 mostly, its SKF does.
#[must_use]
pub fn installed() -> Vec<(&'static Vendor, Interface, PathBuf)> {
    installed_in(&library_folders())
}

fn installed_in(folders: &[PathBuf]) -> Vec<(&'static Vendor, Interface, PathBuf)> {
    let mut found: Vec<(&Vendor, Interface, PathBuf)> = Vec::new();
    for vendor in VENDORS {
        for interface in [Interface::Pkcs11, Interface::Skf] {
            let names = vendor.libraries().filter(|(of, _)| *of == interface);
            let path = names
                .flat_map(|(_, name)| folders.iter().map(move |folder| folder.join(name)))
                .find(|path| path.is_file());
            // Some libraries have both.
            let is_new = |path: &PathBuf| !found.iter().any(|(_, _, known)| known == path);
            if let Some(path) = path.filter(is_new) {
                found.push((vendor, interface, path));
            }
        }
    }
    found
}

/// Libraries of SKF that the registry of Windows names and that exist.
#[cfg(windows)]
#[must_use]
pub fn registered() -> Vec<PathBuf> {
    let root = windows_folder();
    // What is for 32 bit is loaded by the worker for it.
    let folders = ["System32", "SysWOW64"].map(|folder| root.join(folder));
    let values = registry::values();
    let values = values.iter();
    let named = values.flat_map(|value| registry::libraries(value, &root.to_string_lossy()));
    let mut found = Vec::new();
    for named in named {
        let path = match named {
            registry::Named::Path(path) => Some(PathBuf::from(path)).filter(|path| path.is_file()),
            registry::Named::File(name) => {
                let mut paths = folders.iter().map(|folder| folder.join(&name));
                paths.find(|path| path.is_file())
            }
        };
        found.extend(path);
    }
    found
}

/// Elsewhere there is none.
#[cfg(not(windows))]
#[must_use]
pub fn registered() -> Vec<PathBuf> {
    Vec::new()
}

fn windows_folder() -> PathBuf {
    std::env::var_os("SystemRoot").map_or("C:\\Windows".into(), PathBuf::from)
}

/// Folders in which drivers put their libraries. An absolute name in the table replaces the folder.
fn library_folders() -> Vec<PathBuf> {
    if cfg!(windows) {
        vec![windows_folder().join("System32")]
    } else if cfg!(target_vendor = "apple") {
        vec!["/usr/local/lib".into(), "/Library/Frameworks".into()]
    } else {
        [
            "/usr/lib",
            "/usr/lib64",
            "/usr/local/lib",
            "/usr/lib/pkcs11",
        ]
        .into_iter()
        .map(PathBuf::from)
        // Debian's multiarch folder.
        .chain([format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH).into()])
        .collect()
    }
}

/// Families of numbers for SM2, which vendors chose for themselves (`worker/pkcs11` has them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// The `0x80008000` family: Sansec's `swpkcs11.h`, TASS, Koal, older cards. \[S\]
    Sansec,
    /// IBM's `0x80050000` numbers (openCryptoki). \[S\]
    Ibm,
    /// Thales Luna's `0x80000B00` numbers. \[S\]
    Luna,
    /// Westone's card. \[S\]
    Westone,
}

impl Family {
    /// All, the most widespread first.
    pub const ALL: [Self; 4] = [Self::Sansec, Self::Ibm, Self::Luna, Self::Westone];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn of_each_vendor_the_first_library_of_each_interface_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let both = VENDORS
            .iter()
            .find(|vendor| {
                let [pkcs11, skf] = [vendor.pkcs11.linux, vendor.skf.linux];
                !pkcs11.is_empty() && !skf.is_empty() && pkcs11 != skf
            })
            .unwrap();
        let names = [both.pkcs11.linux, both.skf.linux].concat();
        for name in &names {
            let path = folder.path().join(name.trim_start_matches('/'));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = installed_in(&[folder.path().to_owned()]);
        let of_it = found.iter().filter(|(vendor, ..)| vendor.name == both.name);
        let interfaces: Vec<Interface> = of_it.map(|(_, interface, _)| *interface).collect();
        assert_eq!(interfaces, [Interface::Pkcs11, Interface::Skf]);
        let mut paths: Vec<&PathBuf> = found.iter().map(|(.., path)| path).collect();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), found.len());
    }

    #[test]
    fn the_software_key_is_not_searched_for() {
        for vendor in VENDORS {
            for libraries in [vendor.pkcs11, vendor.skf] {
                for name in [libraries.windows, libraries.linux, libraries.macos].concat() {
                    assert!(!name.contains("softkey"), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_library_has_a_maker_by_its_name() {
        for (path, expected) in [
            (
                "/opt/lm-gm3000user/lib/libgm3000.1.0.so",
                "Longmai mToken GM3000",
            ),
            ("/srv/GM3000_PKCS11.DLL", "Longmai mToken GM3000"),
            ("/usr/lib/libes_3000gm.so", "Feitian ePass3000GM"),
        ] {
            let vendor = vendor_of(Path::new(path)).unwrap();
            assert_eq!(vendor.name, expected, "{path}");
        }
        for path in [
            "/usr/lib/libother.so",
            "/",
            "/opt/libgm3000.1.0.so/other.so",
        ] {
            assert!(vendor_of(Path::new(path)).is_none(), "{path}");
        }
        assert!(is_usual_application(b"GM3000APP") && !is_usual_application(b"gm3000app2"));
    }
}

//! What is known of vendors: where their PKCS #11 libraries lie, which USB numbers their keys have, and
//! whose numbers for SM2 they use. Facts only, each with its source mark:
//!
//! - \[S\] read in a source, a header or a vendor's manual
//! - \[W\] weak: a single mention
//!
//! The software key is not in the table of libraries: it protects little, so the host loads it
//! only where the configuration names it.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

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
    /// File names of the PKCS #11 library in a [library folder](library_folders), or whole paths.
    pub windows: &'static [&'static str],
    /// The same on Linux.
    pub linux: &'static [&'static str],
    /// The same on macOS.
    pub macos: &'static [&'static str],
}

impl Vendor {
    /// Its library's names on this system.
    #[must_use]
    pub fn libraries(&self) -> &'static [&'static str] {
        if cfg!(windows) {
            self.windows
        } else if cfg!(target_vendor = "apple") {
            self.macos
        } else {
            self.linux
        }
    }
}

/// Known vendors of keys that Chinese certification authorities hand out.
pub const VENDORS: &[Vendor] = &[
    Vendor {
        // [S] gm3000_pkcs11_tw.dll is iTrus' build.
        name: "Longmai mToken GM3000",
        family: None,
        usb: &[(0x055c, 0xdb08), (0x055c, 0xe618)],
        windows: &["gm3000_pkcs11.dll", "gm3000_pkcs11_tw.dll"],
        linux: &[
            "libgm3000_pkcs11.so",
            "/opt/lm-gm3000user/lib/libgm3000_pkcs11.so",
        ],
        macos: &["libgm3000_pkcs11.dylib"],
    },
    Vendor {
        // [S] One library for SKF, PKCS #11 and CSP.
        name: "Feitian ePass3000GM",
        family: None,
        usb: &[(0x096e, 0x0309)],
        windows: &["ShuttleCsp11_3000GM.dll"],
        linux: &["libes_3000gm.so", "libes_3000gm.so.1.0.0"],
        macos: &["libes_3000gm.dylib"],
    },
    Vendor {
        // [S]
        name: "Feitian ePass3003",
        family: None,
        // Not in any source that was found.
        usb: &[],
        windows: &["ShuttleCsp11_3003.dll"],
        linux: &[],
        macos: &[],
    },
    Vendor {
        // [S]
        name: "Haitai HaiKey",
        family: None,
        usb: &[(0x5448, 0x0003)],
        windows: &["HTPKCS11.dll"],
        linux: &[],
        macos: &[],
    },
];

/// Libraries of the table that exist on this machine.
#[must_use]
pub fn installed() -> Vec<(&'static Vendor, PathBuf)> {
    let folders = library_folders();
    let mut found = Vec::new();
    for vendor in VENDORS {
        let candidate = vendor
            .libraries()
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
            .find(|path| path.is_file());
        if let Some(path) = candidate {
            found.push((vendor, path));
        }
    }
    found
}

/// Folders in which drivers put their libraries. An absolute name in the table replaces the folder.
fn library_folders() -> Vec<PathBuf> {
    if cfg!(windows) {
        let root = std::env::var_os("SystemRoot").map_or("C:\\Windows".into(), PathBuf::from);
        vec![root.join("System32")]
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

    #[test]
    fn the_software_key_is_not_searched_for() {
        for vendor in VENDORS {
            for name in [vendor.windows, vendor.linux, vendor.macos].concat() {
                assert!(!name.contains("softkey"), "{name}");
            }
        }
    }
}

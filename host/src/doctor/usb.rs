//! USB devices, as Linux and Windows tell them, against the table of known keys: a key that is plugged in, and
//! that no driver reads. macOS is not asked.

use super::Draft;
use crate::vendors::{VENDORS, Vendor};
use std::path::Path;
use yinxin_proto::Error;
use yinxin_proto::doctor::{Check, CheckKind, CheckState, EvidenceName};

/// A device that is, or could be, a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    vendor: u16,
    product: u16,
    /// What it calls itself.
    name: String,
    /// Classes of its interfaces, two hexadecimal digits each.
    classes: Vec<String>,
}

impl Device {
    /// The vendor whose key it is, by the table.
    #[must_use]
    pub fn known(&self) -> Option<&'static Vendor> {
        VENDORS
            .iter()
            .find(|vendor| vendor.usb.contains(&(self.vendor, self.product)))
    }

    /// Whether it is a smart-card reader, or a key that behaves as one (USB class 0Bh).
    #[must_use]
    pub fn is_reader(&self) -> bool {
        self.classes.iter().any(|class| class == "0b")
    }
}

/// Keys and readers among the devices that are plugged in. Of other devices nothing is told.
#[must_use]
pub fn devices() -> Vec<Device> {
    told(system::devices())
}

/// What is told of devices.
fn told(mut devices: Vec<Device>) -> Vec<Device> {
    devices.retain(|device| device.known().is_some() || device.is_reader());
    // Known keys first: they have the first claim on what the drivers read.
    devices.sort_by_key(|device| device.known().is_none());
    devices.truncate(MAX_DEVICES);
    devices
}

#[cfg(not(any(windows, target_vendor = "apple")))]
mod system {
    use super::Device;
    use crate::config;
    use std::fs::{self, File};
    use std::io::Read;
    use std::path::Path;

    /// Entries of one folder that are looked at.
    const MAX_ENTRIES: usize = 1_024;
    /// Where Linux tells of USB devices, from the root (its documentation: `ABI/stable/sysfs-bus-usb`).
    const SYSFS: &str = "sys/bus/usb/devices";

    pub fn devices() -> Vec<Device> {
        devices_in(&config::system_path(SYSFS))
    }

    pub fn devices_in(sysfs: &Path) -> Vec<Device> {
        let Ok(entries) = fs::read_dir(sysfs) else {
            return Vec::new();
        };
        let mut folders: Vec<_> = entries.flatten().take(MAX_ENTRIES).collect();
        folders.sort_by_key(fs::DirEntry::file_name);
        let mut found = Vec::new();
        for folder in folders {
            let path = folder.path();
            let number = |name: &str| u16::from_str_radix(&attribute(&path, name)?, 16).ok();
            // Interfaces and hubs' ports lie beside the devices, and have no numbers.
            let (Some(vendor), Some(product)) = (number("idVendor"), number("idProduct")) else {
                continue;
            };
            let words = ["manufacturer", "product"];
            let name: Vec<_> = words
                .iter()
                .filter_map(|name| attribute(&path, name))
                .collect();
            found.push(Device {
                vendor,
                product,
                name: name.join(" "),
                classes: classes(&path),
            });
        }
        found
    }

    /// Classes of a device's interfaces.
    fn classes(device: &Path) -> Vec<String> {
        let Ok(entries) = fs::read_dir(device) else {
            return Vec::new();
        };
        let mut classes: Vec<String> = entries
            .flatten()
            .take(MAX_ENTRIES)
            .filter_map(|entry| attribute(&entry.path(), "bInterfaceClass"))
            .collect();
        classes.sort();
        classes.dedup();
        classes
    }

    /// An attribute's text. A device chooses its words itself.
    fn attribute(folder: &Path, name: &str) -> Option<String> {
        let mut bytes = Vec::new();
        let file = File::open(folder.join(name)).ok()?;
        file.take(MAX_ATTRIBUTE_BYTES)
            .read_to_end(&mut bytes)
            .ok()?;
        let text: String = String::from_utf8_lossy(&bytes)
            .chars()
            .filter(|c| !c.is_control())
            .collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Bytes of an attribute: a string of USB has 126 characters at most.
    const MAX_ATTRIBUTE_BYTES: u64 = 512;
}

#[cfg(windows)]
mod system {
    use super::Device;

    /// The system lists a device and, beside it, each interface of one that has several, by the same numbers. Of two devices with
    /// the same numbers each gets the interfaces of both, which are the same.
    pub fn devices() -> Vec<Device> {
        let mut found: Vec<Device> = Vec::new();
        let (parts, whole): (Vec<_>, Vec<_>) = yinxin_windows::devices::present("USB")
            .into_iter()
            .filter_map(|device| Some((numbers(&device.instance)?, device)))
            .partition(|(numbers, _)| numbers.2);
        for ((vendor, product, _), device) in whole {
            let classes = parts
                .iter()
                .filter(|((of, number, _), _)| (*of, *number) == (vendor, product))
                .flat_map(|(_, part)| &part.compatible)
                .chain(&device.compatible)
                .filter_map(|id| class(id));
            let mut classes: Vec<String> = classes.collect();
            classes.sort();
            classes.dedup();
            found.push(Device {
                vendor,
                product,
                name: device.name.unwrap_or_default(),
                classes,
            });
        }
        found
    }

    /// The numbers of vendor and product in a device's name, and whether it is one interface.
    fn numbers(instance: &str) -> Option<(u16, u16, bool)> {
        let id = instance.split('\\').nth(1)?.to_ascii_uppercase();
        let number = |mark: &str| {
            let text = id.split('&').find_map(|part| part.strip_prefix(mark))?;
            u16::from_str_radix(text, 16).ok()
        };
        Some((number("VID_")?, number("PID_")?, id.contains("&MI_")))
    }

    /// The class in `USB\Class_0B&SubClass_00&Prot_00`.
    fn class(id: &str) -> Option<String> {
        let id = id.to_ascii_lowercase();
        let class = id.strip_prefix("usb\\class_")?.get(..2)?;
        Some(class.to_owned())
    }
}

#[cfg(target_vendor = "apple")]
mod system {
    pub fn devices() -> Vec<super::Device> {
        Vec::new()
    }
}

/// A module's library, and how many keys are used through it.
pub struct Driver<'a> {
    /// Name of the module.
    pub module: &'a str,
    /// The library.
    pub path: &'a Path,
    /// Keys that are used through it.
    pub tokens: usize,
    /// It does not work.
    pub failed: bool,
}

impl Driver<'_> {
    fn is_of(&self, vendor: &Vendor) -> bool {
        let name = self.path.file_name().unwrap_or_default();
        vendor
            .libraries()
            .any(|(_, library)| Path::new(library).file_name() == Some(name))
    }
}

/// A check for each device, or one that says that there is none, and whether there is a reader
/// without a key that a driver reads.
#[must_use]
pub fn checks(devices: &[Device], mut drivers: Vec<Driver>) -> (Vec<Check>, Readers) {
    let mut readers = Readers::default();
    if devices.is_empty() {
        let mut draft = Draft::new(CheckKind::UsbDevice, "-");
        draft.state(CheckState::Skipped);
        draft.tell(
            EvidenceName::KeysOrReaders,
            if cfg!(target_vendor = "apple") {
                "not asked on this system"
            } else {
                "none"
            },
        );
        return (vec![draft.done()], readers);
    }
    let checks = devices.iter().map(|device| {
        let id = format!("{:04x}:{:04x}", device.vendor, device.product);
        let name = if device.name.is_empty() {
            &id
        } else {
            &device.name
        };
        let mut draft = Draft::new(CheckKind::UsbDevice, name);
        draft.tell(EvidenceName::Id, &id);
        draft.tell(EvidenceName::Interfaces, device.classes.join(" "));
        let vendor = device.known();
        if let Some(vendor) = vendor {
            draft.tell(EvidenceName::KnownAs, vendor.name);
        }
        let driver = reads(&mut drivers, vendor);
        readers.any |= device.is_reader();
        match (driver, vendor) {
            (Some(driver), _) => {
                draft.tell(EvidenceName::ReadBy, driver);
            }
            (None, Some(vendor)) => match drivers
                .iter()
                .find(|driver| driver.failed && driver.is_of(vendor))
            {
                // What is wrong with it is told there.
                Some(driver) => {
                    draft.tell(EvidenceName::DriverDoesNotWork, driver.module);
                    draft.state(CheckState::Warning);
                }
                None => {
                    draft.fail(Error::KeyWithoutDriver {
                        device: format!("{} {id}", vendor.name),
                    });
                    readers.unread |= device.is_reader();
                }
            },
            // A reader may be empty.
            (None, None) => readers.unread = true,
        }
        draft.done()
    });
    (checks.collect(), readers)
}

/// Smart-card readers among the devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readers {
    /// There is one.
    pub any: bool,
    /// There is one without a key that a driver reads.
    pub unread: bool,
}

/// Takes a key from the driver that reads it: the vendor's own, else one that the table does not
/// know.
fn reads<'a>(drivers: &mut [Driver<'a>], vendor: Option<&Vendor>) -> Option<&'a str> {
    let own = |driver: &Driver| vendor.is_some_and(|vendor| driver.is_of(vendor));
    let unknown = |driver: &Driver| !VENDORS.iter().any(|vendor| driver.is_of(vendor));
    let with_key = |driver: &Driver| driver.tokens > 0;
    let index = drivers
        .iter()
        .position(|driver| with_key(driver) && own(driver))
        .or_else(|| {
            drivers
                .iter()
                .position(|driver| with_key(driver) && unknown(driver))
        })?;
    let driver = drivers.get_mut(index)?;
    driver.tokens -= 1;
    Some(driver.module)
}

/// Devices that are told.
const MAX_DEVICES: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "linux")]
    use std::fs;
    #[cfg(target_os = "linux")]
    use tempfile::TempDir;

    #[cfg(target_os = "linux")]
    type Attributes<'a> = &'a [(&'a str, &'a [u8])];

    /// A folder such as Linux has, with devices: name, attributes, classes of interfaces.
    #[cfg(target_os = "linux")]
    fn sysfs(devices: &[(&str, Attributes, &[&str])]) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, attributes, classes) in devices {
            let device = root.path().join(name);
            fs::create_dir(&device).unwrap();
            for (name, value) in *attributes {
                fs::write(device.join(name), value).unwrap();
            }
            for (index, class) in classes.iter().enumerate() {
                let interface = format!("{name}:1.{index}");
                fs::create_dir(device.join(&interface)).unwrap();
                fs::write(device.join(&interface).join("bInterfaceClass"), class).unwrap();
                // Linux shows each interface beside its device as well.
                fs::create_dir(root.path().join(interface)).unwrap();
            }
        }
        root
    }

    #[cfg(target_os = "linux")]
    fn key(vendor: &'static [u8], product: &'static [u8]) -> Vec<(&'static str, &'static [u8])> {
        vec![("idVendor", vendor), ("idProduct", product)]
    }

    fn driver<'a>(module: &'a str, path: &'a str, tokens: usize) -> Driver<'a> {
        Driver {
            module,
            path: Path::new(path),
            tokens,
            failed: false,
        }
    }

    const GM3000: Device = Device {
        vendor: 0x055c,
        product: 0xdb08,
        name: String::new(),
        classes: Vec::new(),
    };

    #[cfg(target_os = "linux")]
    fn code(check: &Check) -> Option<&'static str> {
        check.problem.as_ref().map(Error::code)
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn keys_and_readers_are_found_and_nothing_else_is_told() {
        let mut gm3000 = key(b"055c\n", b"db08\n");
        gm3000.extend([
            ("manufacturer", &b"Longmai\n"[..]),
            ("product", "mToken\u{7} \u{5370}\n".as_bytes()),
        ]);
        let root = sysfs(&[
            ("usb1", &key(b"1d6b", b"0002"), &["09"]),
            ("1-1", &key(b"0951", b"1666"), &["08"]),
            ("1-2", &key(b"072f", b"90cc"), &["0b", "03"]),
            ("1-3", &gm3000, &["08\n", "03\n"]),
            ("1-4", &key(b"nonsense", b"db08"), &["0b"]),
            ("1-5", &key(b"", b""), &["0b"]),
            ("1-6", &key(&[b'0'; 600], &[0xff; 600]), &["0b"]),
        ]);
        let devices = |folder: &Path| told(system::devices_in(folder));
        let found = devices(root.path());
        let shown: Vec<_> = found
            .iter()
            .map(|device| (device.vendor, device.name.as_str(), device.is_reader()))
            .collect();
        // Known keys first.
        assert_eq!(
            shown,
            [(0x055c, "Longmai mToken 印", false), (0x072f, "", true)]
        );
        assert_eq!(found[0].classes, ["03", "08"]);
        assert_eq!(devices(&root.path().join("nowhere")), []);
    }

    // The paths are those of drivers on Linux.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_key_that_no_driver_reads_is_told() {
        let told = |drivers: Vec<Driver>| code(&checks(&[GM3000], drivers).0[0]);
        assert_eq!(told(vec![]), Some("key-without-driver"));
        // Another vendor's key is another key.
        let feitian = "/usr/lib/libes_3000gm.so";
        assert_eq!(
            told(vec![driver("a", feitian, 1)]),
            Some("key-without-driver")
        );
        let own = "/opt/lm-gm3000user/lib/libgm3000_pkcs11.so";
        assert_eq!(told(vec![driver("a", own, 0)]), Some("key-without-driver"));
        assert_eq!(told(vec![driver("a", own, 1)]), None);
        assert_eq!(told(vec![driver("a", "/opt/other.so", 1)]), None);
        // A key each.
        let two = checks(&[GM3000, GM3000], vec![driver("a", own, 1)]).0;
        assert_eq!(
            two.iter().map(code).collect::<Vec<_>>(),
            [None, Some("key-without-driver")]
        );
        // Its driver is there and does not work: what to do is told with the driver.
        let mut failed = driver("a", own, 0);
        failed.failed = true;
        let check = &checks(&[GM3000], vec![failed]).0[0];
        assert_eq!((check.state, code(check)), (CheckState::Warning, None));
        assert_eq!(checks(&[], vec![]).0[0].state, CheckState::Skipped);
    }

    #[test]
    fn a_reader_without_a_key_that_is_read_needs_its_service() {
        let reader = Device {
            vendor: 0x072f,
            product: 0x90cc,
            name: "reader".into(),
            classes: vec!["0b".into()],
        };
        let readers = |drivers| checks(std::slice::from_ref(&reader), drivers).1;
        assert_eq!(
            readers(vec![]),
            Readers {
                any: true,
                unread: true
            }
        );
        let read = readers(vec![driver("a", "/usr/lib/opensc-pkcs11.so", 1)]);
        assert_eq!(
            read,
            Readers {
                any: true,
                unread: false
            }
        );
        assert_eq!(checks(&[GM3000], vec![]).1, Readers::default());
    }
}

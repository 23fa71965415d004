//! Devices that are plugged in.

use crate::wide;
use std::ffi::OsStr;
use std::mem::size_of;
use std::ptr;
use windows_sys::Win32::Devices::DeviceAndDriverInstallation::{
    DIGCF_ALLCLASSES, DIGCF_PRESENT, HDEVINFO, SETUP_DI_REGISTRY_PROPERTY, SP_DEVINFO_DATA,
    SPDRP_COMPATIBLEIDS, SPDRP_DEVICEDESC, SPDRP_FRIENDLYNAME, SetupDiDestroyDeviceInfoList,
    SetupDiEnumDeviceInfo, SetupDiGetClassDevsW, SetupDiGetDeviceInstanceIdW,
    SetupDiGetDeviceRegistryPropertyW,
};
use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;

/// A device, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What the system knows it by: of one at a USB port `USB\VID_072F&PID_90CC\…`, of a part of it `USB\VID_…&PID_…&MI_00\…`
    /// (Microsoft, “Standard USB Identifiers”).
    pub instance: String,
    /// Its name, as the system shows it.
    pub name: Option<String>,
    /// What kinds of devices it works as: `USB\Class_0B&SubClass_00&Prot_00`.
    pub compatible: Vec<String>,
}

/// The devices of an enumerator (`USB`) that are plugged in; none where the system does not tell. Any user may ask.
#[must_use]
pub fn present(enumerator: &str) -> Vec<Device> {
    let enumerator = wide(OsStr::new(enumerator));
    // SAFETY: the text is whole and outlives the call; neither a class nor a window is meant.
    let set = unsafe {
        SetupDiGetClassDevsW(
            ptr::null(),
            enumerator.as_ptr(),
            ptr::null_mut(),
            DIGCF_PRESENT | DIGCF_ALLCLASSES,
        )
    };
    if set == INVALID_HANDLE_VALUE as isize {
        return Vec::new();
    }
    let set = Set(set);
    (0..MAX_DEVICES)
        .map_while(|index| set.device(index))
        .collect()
}

/// A list of the system's.
struct Set(HDEVINFO);

impl Set {
    /// The device at a place of the list; `None` behind its end.
    fn device(&self, index: u32) -> Option<Device> {
        let mut data = SP_DEVINFO_DATA {
            cbSize: size_of::<SP_DEVINFO_DATA>() as u32,
            ..SP_DEVINFO_DATA::default()
        };
        // SAFETY: the list is open; the structure says its size and outlives the call.
        let found = unsafe { SetupDiEnumDeviceInfo(self.0, index, &raw mut data) };
        if found == 0 {
            return None;
        }
        let text = |property| self.texts(&data, property).into_iter().next();
        Some(Device {
            instance: self.instance(&data),
            name: text(SPDRP_FRIENDLYNAME).or_else(|| text(SPDRP_DEVICEDESC)),
            compatible: self.texts(&data, SPDRP_COMPATIBLEIDS),
        })
    }

    fn instance(&self, data: &SP_DEVINFO_DATA) -> String {
        let mut room = [0_u16; MAX_UNITS];
        // SAFETY: the list is open, the device is of it, and the room is as large as is said.
        let found = unsafe {
            SetupDiGetDeviceInstanceIdW(
                self.0,
                data,
                room.as_mut_ptr(),
                MAX_UNITS as u32,
                ptr::null_mut(),
            )
        };
        let text = texts(&room).into_iter().next();
        text.filter(|_| found != 0).unwrap_or_default()
    }

    /// The texts of a property, one or several.
    fn texts(&self, data: &SP_DEVINFO_DATA, property: SETUP_DI_REGISTRY_PROPERTY) -> Vec<String> {
        let mut room = [0_u16; MAX_UNITS];
        // SAFETY: the list is open, the device is of it, and the room is as large as is said, in bytes.
        let found = unsafe {
            SetupDiGetDeviceRegistryPropertyW(
                self.0,
                data,
                property,
                ptr::null_mut(),
                room.as_mut_ptr().cast(),
                size_of_val(&room) as u32,
                ptr::null_mut(),
            )
        };
        if found == 0 {
            return Vec::new();
        }
        texts(&room)
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        // SAFETY: it is open, and closed here alone.
        unsafe {
            SetupDiDestroyDeviceInfoList(self.0);
        }
    }
}

/// Texts that each end with 0, up to an empty one.
fn texts(units: &[u16]) -> Vec<String> {
    units
        .split(|unit| *unit == 0)
        .take_while(|text| !text.is_empty())
        .map(String::from_utf16_lossy)
        .collect()
}

/// Devices that are looked at.
const MAX_DEVICES: u32 = 1_024;
/// Units of UTF-16 of a property; a longer one is not read.
const MAX_UNITS: usize = 1_024;

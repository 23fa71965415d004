//! Slots: one for each token folder seen since C_Initialize. A slot keeps its number for the life
//! of the process, also after its folder went away.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cryptoki_sys::*;

use crate::rv::{Result, Rv};
use crate::store::Folder;
use crate::token::Token;

/// A reader, in which the folder of one name can be plugged.
pub struct Slot {
    /// `None` for a reader that no folder was in yet.
    name: Option<OsString>,
    /// Whether the folder is there.
    pub present: bool,
    /// Whether `present` changed since C_WaitForSlotEvent last told.
    changed: bool,
    /// The token.
    pub token: Token,
}

/// All slots.
pub struct Slots {
    root: Option<PathBuf>,
    slots: Vec<Slot>,
}

impl Slots {
    /// The slots for the folders in `root`. Without a root there is one empty slot.
    pub fn new(root: Option<PathBuf>) -> Self {
        let mut slots = Self {
            root,
            slots: Vec::new(),
        };
        slots.rescan();
        if slots.slots.is_empty() {
            slots.slots.push(Slot {
                name: None,
                present: false,
                changed: false,
                token: Token::new(Folder::new(PathBuf::new())),
            });
        }
        for slot in &mut slots.slots {
            slot.changed = false;
        }
        slots
    }

    /// The slot numbers.
    pub fn ids(&self, only_present: bool) -> Vec<CK_SLOT_ID> {
        (0..)
            .zip(&self.slots)
            .filter(|(_, slot)| slot.present || !only_present)
            .map(|(id, _)| id)
            .collect()
    }

    /// A slot.
    ///
    /// # Errors
    /// `CKR_SLOT_ID_INVALID`.
    pub fn get(&mut self, id: CK_SLOT_ID) -> Result<&mut Slot> {
        let index = usize::try_from(id).ok();
        index
            .and_then(|index| self.slots.get_mut(index))
            .ok_or(Rv(CKR_SLOT_ID_INVALID))
    }

    /// Looks which folders are there now. Tells the slots that lost theirs.
    pub fn rescan(&mut self) -> Vec<CK_SLOT_ID> {
        let mut names = self.list();
        let mut removed = Vec::new();
        for (id, slot) in (0..).zip(&mut self.slots) {
            let present = slot.name.as_ref().is_some_and(|name| names.remove(name));
            if slot.present != present {
                slot.present = present;
                slot.changed = true;
                if !present {
                    slot.token.forget();
                    removed.push(id);
                }
            }
        }
        for name in names {
            let path = self.root.iter().map(|root| root.join(&name)).collect();
            let new = Slot {
                name: Some(name),
                present: true,
                changed: true,
                token: Token::new(Folder::new(path)),
            };
            if let Some(empty) = self.slots.iter_mut().find(|slot| slot.name.is_none()) {
                *empty = new;
            } else if self.slots.len() < MAX_SLOTS {
                self.slots.push(new);
            }
        }
        removed
    }

    /// A slot whose token came or went since the last call.
    pub fn take_event(&mut self) -> Option<CK_SLOT_ID> {
        let (id, slot) = (0..).zip(&mut self.slots).find(|(_, slot)| slot.changed)?;
        slot.changed = false;
        Some(id)
    }

    fn list(&self) -> BTreeSet<OsString> {
        self.root.as_deref().map(folders).unwrap_or_default()
    }
}

/// The names of the token folders in `root`: every directory but hidden ones. A missing root is
/// empty.
pub fn folders(root: &Path) -> BTreeSet<OsString> {
    let entries = root.read_dir().ok();
    entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.file_name())
        .filter(|name| !name.as_encoded_bytes().starts_with(b"."))
        .take(MAX_FOLDERS)
        .collect()
}

const MAX_SLOTS: usize = 256;
const MAX_FOLDERS: usize = 1024;

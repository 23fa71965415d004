//! The keys that are used again and again, and of no more than a few.

use crate::Key;

/// How many keys a cache remembers: with tables of 5 kB for each, 80 kB.
const CAPACITY: usize = 16;

/// The keys that were used last: one that comes again, though read anew, is the key that was there, with its tables.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// The last used last.
    keys: Vec<Key>,
}

impl Cache {
    /// Without keys.
    #[must_use]
    pub const fn new() -> Self {
        Self { keys: Vec::new() }
    }

    /// The key of this point that is remembered, from now on if it was not.
    pub fn key(&mut self, key: &Key) -> &Key {
        let known = match self.keys.iter().position(|known| known == key) {
            Some(at) => self.keys.remove(at),
            None => {
                if self.keys.len() == CAPACITY {
                    self.keys.remove(0);
                }
                key.clone()
            }
        };
        self.keys.push(known);
        &self.keys[self.keys.len() - 1]
    }
}

#[cfg(test)]
impl Cache {
    /// Whether the tables of a key are there; `None` of a key that is not known.
    pub(crate) fn has_tables(&self, key: &Key) -> Option<bool> {
        let known = self.keys.iter().find(|known| *known == key);
        known.map(Key::has_tables)
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }
}

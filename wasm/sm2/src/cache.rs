//! Tables of the keys that are used again, and of no more than a few.

use crate::{Key, Opened, PreparedKey};

/// How many keys a cache remembers: with a table of 5 kB for each, 80 kB.
const CAPACITY: usize = 16;

/// The keys that were used last. One that comes again gets its tables then: they take about as long to make as a
/// verification, which a key that comes once would pay for nothing.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// The last used last.
    keys: Vec<(Key, Option<PreparedKey>)>,
}

impl Cache {
    /// Without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`Key::verify`].
    #[must_use]
    pub fn verify(&mut self, key: &Key, e: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> bool {
        self.open(key, r, s).is_some_and(|opened| opened.is_over(e))
    }

    /// As [`Key::open`].
    #[must_use]
    pub fn open(&mut self, key: &Key, r: &[u8; 32], s: &[u8; 32]) -> Option<Opened> {
        let Some(at) = self.keys.iter().position(|(known, _)| known == key) else {
            if self.keys.len() == CAPACITY {
                self.keys.remove(0);
            }
            self.keys.push((key.clone(), None));
            return key.open(r, s);
        };
        let (key, prepared) = self.keys.remove(at);
        let prepared = prepared.unwrap_or_else(|| key.prepare());
        let opened = prepared.open(r, s);
        self.keys.push((key, Some(prepared)));
        opened
    }
}

#[cfg(test)]
impl Cache {
    /// Whether tables of a key are there; `None` of a key that is not known.
    pub(crate) fn is_prepared(&self, key: &Key) -> Option<bool> {
        let known = self.keys.iter().find(|(known, _)| known == key);
        known.map(|(_, prepared)| prepared.is_some())
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }
}

//! Which tokens had a PIN of a page that was not right: such PINs are not tried again before the user typed the right one
//! in our own window. Kept across restarts, one empty file for each token, written before the try: whatever ends a try
//! early counts as a wrong one.

use crate::config::{Folder, folder};
use crate::service::join::serial_of;
use std::fs::{self, File};
use std::path::PathBuf;
use yinxin_pki::hash::sha256;
use yinxin_proto::token::{PinState, Token};

/// The record of one token.
pub struct Tries(Option<PathBuf>);

impl Tries {
    /// Of a token, by what it says of itself.
    #[must_use]
    pub fn of(token: &Token) -> Self {
        let name = hex::encode(sha256(name(token).as_bytes()));
        Self(folder(Folder::State).map(|folder| folder.join("page-pins").join(name)))
    }

    /// Takes the one try that a page has. `false` where it is gone, or may be, or where that can't be remembered.
    #[must_use]
    pub fn take(&self, token: &Token) -> bool {
        let Some(path) = self.0.as_ref().filter(|_| token.pin.state == PinState::Ok) else {
            return false;
        };
        let made = path
            .parent()
            .is_some_and(|folder| fs::create_dir_all(folder).is_ok());
        // Of two at the same time one makes it.
        made && File::create_new(path).is_ok_and(|file| file.sync_all().is_ok())
    }

    /// A right PIN gives it back.
    pub fn give_back(&self) {
        if let Some(path) = &self.0 {
            // Where it stays, our own window asks.
            let _ = fs::remove_file(path);
        }
    }
}

/// What a token is known by: its serial number, which it has through each interface, if that is its own. Of several
/// applications of one key one record holds.
fn name(token: &Token) -> String {
    serial_of(token).unwrap_or_else(|| {
        [&token.manufacturer, &token.model, &token.serial]
            .map(|text| text.trim())
            .join("\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_proto::token::{PinLength, PinTries};

    fn token(manufacturer: &str, model: &str, serial: &str) -> Token {
        Token {
            token: String::new(),
            label: String::new(),
            manufacturer: manufacturer.into(),
            model: model.into(),
            serial: serial.into(),
            module: String::new(),
            pin: PinTries {
                state: PinState::Ok,
                left: None,
            },
            pin_length: PinLength { min: 6, max: 16 },
            protected_path: false,
            initial_pin: false,
            demo: false,
            certificates: Vec::new(),
            seals: Vec::new(),
            problem: None,
        }
    }

    #[test]
    fn a_key_has_one_record_through_both_interfaces() {
        let through_pkcs11 = token("Example", "GM", "12ab");
        assert_eq!(
            name(&through_pkcs11),
            name(&token("EXAMPLE Ltd", "APP", "12AB "))
        );
        assert_ne!(name(&through_pkcs11), name(&token("Example", "GM", "12ac")));
        // A number that many keys have tells less than all that they say.
        assert_ne!(
            name(&token("Example", "GM", "0000")),
            name(&token("Example", "GM3", "0000"))
        );
    }
}

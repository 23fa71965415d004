//! The same key through several libraries is one key to its user: which tokens of different modules are one, and through
//! which of them it is shown and used.
//!
//! The others stay where they are: whoever has a reference to one goes on with it.

use crate::crypto::SigningCertificate;
use crate::vendors::Interface;
use crate::worker::message::Listed;
use std::collections::BTreeSet;
use yinxin_proto::Error;
use yinxin_proto::token::Token;

/// A key, as its user sees it.
pub struct Key {
    /// The token of the module through which it is used.
    pub token: Token,
    /// Names of the other modules that read it, in the order of the configuration.
    pub also: Vec<String>,
}

/// Joins the tokens of all modules into keys, in the order in which they come. Tokens are the same key if they are of
/// different modules, have the same serial number, one that is a key's own, and a certificate in common; one without
/// certificates, if there is one key only that it can be. Of one module all tokens stay: what it tells apart may have
/// PINs of its own. `shown` are the references of the tokens by which keys are shown until now.
#[must_use]
pub fn join(listed: Vec<Listed>, shown: &BTreeSet<String>) -> Vec<Key> {
    let mut keys: Vec<Vec<(usize, Listed)>> = Vec::new();
    // What has certificates first: an empty one is no key that others could be.
    let mut doors: Vec<_> = listed.into_iter().enumerate().collect();
    doors.sort_by_key(|(_, door)| door.token.certificates.is_empty());
    for door in doors {
        match same(&keys, &door.1.token).and_then(|index| keys.get_mut(index)) {
            Some(key) => key.push(door),
            None => keys.push(vec![door]),
        }
    }
    for doors in &mut keys {
        doors.sort_by_key(|(place, _)| *place);
    }
    keys.sort_by_key(|doors| doors.first().map(|(place, _)| *place));
    keys.into_iter()
        .filter_map(|doors| key(doors, shown))
        .collect()
}

/// The key, among those that are known, that a token is.
fn same(keys: &[Vec<(usize, Listed)>], token: &Token) -> Option<usize> {
    let serial = serial_of(token)?;
    let fit = keys.iter().enumerate().filter(|(_, doors)| {
        doors
            .iter()
            .all(|(_, door)| door.token.module != token.module)
            && doors
                .iter()
                .any(|(_, door)| serial_of(&door.token).as_ref() == Some(&serial))
    });
    if token.certificates.is_empty() {
        let is_empty = token.problem == Some(Error::TokenEmpty {});
        let fit: Vec<_> = fit.filter(|_| is_empty).collect();
        let holds = |doors: &[(usize, Listed)]| {
            let mut tokens = doors.iter().map(|(_, door)| &door.token);
            tokens.any(|token| !token.certificates.is_empty())
        };
        let full: Vec<_> = fit.iter().filter(|(_, doors)| holds(doors)).collect();
        return match (&full[..], &fit[..]) {
            ([(index, _)], _) | ([], [(index, _)]) => Some(*index),
            _ => None,
        };
    }
    let mut best = None;
    for (index, doors) in fit {
        let common = doors
            .iter()
            .map(|(_, door)| in_common(&door.token, token))
            .max();
        let common = common.unwrap_or(0);
        // The first of those that have as much in common.
        if common > best.map_or(0, |(count, _)| count) {
            best = Some((common, index));
        }
    }
    best.map(|(_, index)| index)
}

/// A key by the best of its doors; the first one of equals.
fn key(mut doors: Vec<(usize, Listed)>, shown: &BTreeSet<String>) -> Option<Key> {
    let best = match &doors[..] {
        [_] => 0,
        many => (0..many.len())
            .rev()
            .max_by_key(|index| many.get(*index).map(|(_, door)| rank(door, shown)))?,
    };
    let is_demo = doors.iter().any(|(_, door)| door.token.demo);
    let (_, mut used) = doors.remove(best);
    used.token.demo = is_demo;
    let also = doors.into_iter().map(|(_, door)| door.token.module);
    Some(Key {
        token: used.token,
        also: also.collect(),
    })
}

/// How good a door is: the certificates that it signs with; whether the key is shown by it, since a session goes by the
/// reference; the certificates that it reads, and the seals; whether it tells the tries of the PIN as a number; and
/// PKCS #11, which decrypts too.
fn rank(door: &Listed, shown: &BTreeSet<String>) -> (usize, bool, [usize; 2], bool, bool) {
    let certificates = door.token.certificates.iter();
    let signs = certificates
        .filter_map(|held| SigningCertificate::parse(&held.certificate.0).ok())
        .filter(|certificate| door.signs.contains(&certificate.algorithm()))
        .count();
    let seals = door.token.seals.iter().filter(|seal| seal.der.is_some());
    (
        signs,
        shown.contains(&door.token.token),
        [door.token.certificates.len(), seals.count()],
        door.token.pin.left.is_some(),
        door.interface == Interface::Pkcs11,
    )
}

/// The number of certificates that two tokens have in common.
fn in_common(one: &Token, other: &Token) -> usize {
    one.certificates
        .iter()
        .filter(|held| {
            let mut others = other.certificates.iter();
            others.any(|other| other.certificate == held.certificate)
        })
        .count()
}

/// A serial number in the form in which it is compared; `None` for one that many keys have: none at all, or one
/// character again and again.
#[must_use]
pub fn serial_of(token: &Token) -> Option<String> {
    let serial = token.serial.trim().to_uppercase();
    let mut digits = serial.chars().filter(|c| c.is_alphanumeric());
    let first = digits.next()?;
    digits.any(|digit| digit != first).then_some(serial)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_proto::Base64;
    use yinxin_proto::token::{PinLength, PinState, PinTries, TokenCertificate};

    /// A token of a module, by its serial number and what stands for its certificates; the interface is the
    /// module's name.
    fn door(module: &str, serial: &str, certificates: &str) -> Listed {
        let held = |certificate: char| TokenCertificate {
            id: String::new(),
            label: String::new(),
            certificate: Base64(certificate.to_string().into_bytes()),
            padding: None,
        };
        Listed {
            token: Token {
                token: String::new(),
                label: String::new(),
                manufacturer: String::new(),
                model: String::new(),
                serial: serial.into(),
                module: module.into(),
                pin: PinTries {
                    state: PinState::Ok,
                    left: None,
                },
                pin_length: PinLength { min: 6, max: 16 },
                protected_path: false,
                initial_pin: false,
                demo: false,
                certificates: certificates.chars().map(held).collect(),
                seals: Vec::new(),
                problem: certificates.is_empty().then_some(Error::TokenEmpty {}),
            },
            interface: if module.starts_with("skf") {
                Interface::Skf
            } else {
                Interface::Pkcs11
            },
            signs: Vec::new(),
        }
    }

    /// The modules of each key, that through which it is used first.
    fn keys(doors: &[(&str, &str, &str)]) -> Vec<String> {
        let listed = doors
            .iter()
            .map(|(module, serial, certificates)| door(module, serial, certificates));
        told(listed.collect())
    }

    fn told(listed: Vec<Listed>) -> Vec<String> {
        let words = |key: Key| [vec![key.token.module], key.also].concat().join("+");
        let keys = join(listed, &BTreeSet::new());
        keys.into_iter().map(words).collect()
    }

    #[test]
    fn one_serial_number_and_a_common_certificate_make_one_key() {
        assert_eq!(
            keys(&[("p", " 12ab", "SE"), ("skf", "12AB  ", "S")]),
            ["p+skf"]
        );
        // Whichever comes first.
        assert_eq!(keys(&[("skf", "12", "S"), ("p", "12", "S")]), ["p+skf"]);
        for other in [("skf", "13", "S"), ("skf", "12", "X"), ("p", "12", "S")] {
            let told = keys(&[("p", "12", "S"), other]);
            assert_eq!(told, ["p", other.0], "{other:?}");
        }
    }

    #[test]
    fn a_serial_number_that_many_keys_have_joins_nothing() {
        for serial in ["", "  ", "0", "0000000000000000", "ffFF", "00-00", "----"] {
            let told = keys(&[("p", serial, "S"), ("skf", serial, "S")]);
            assert_eq!(told, ["p", "skf"], "{serial:?}");
        }
    }

    #[test]
    fn each_key_takes_one_token_of_a_module_that_which_it_has_most_in_common_with() {
        // Two applications of one device, and the other door of one of them.
        let told = keys(&[("skf", "12", "S"), ("skf", "12", "SE"), ("p", "12", "SE")]);
        assert_eq!(told, ["skf", "p+skf"]);
        // Two keys of one number and the same certificates stay two, through however many doors.
        let twins = [("p", "12", "S"), ("p", "12", "S")];
        let others = [("skf", "12", "S"), ("skf", "12", "S"), ("skf2", "12", "S")];
        let told = keys(&[&twins[..], &others[..]].concat());
        assert_eq!(told, ["p+skf+skf2", "p+skf"]);
    }

    #[test]
    fn a_door_that_shows_no_certificates_is_one_of_the_only_key_that_it_can_be() {
        let empty = ("p", "12", "");
        assert_eq!(keys(&[empty, ("skf", "12", "S")]), ["skf+p"]);
        assert_eq!(keys(&[empty, ("skf", "12", "")]), ["p+skf"]);
        assert_eq!(keys(&[empty, ("skf", "13", "S")]), ["p", "skf"]);
        // An empty application beside one that is used.
        let applications = [("skf", "12", ""), ("skf", "12", "S")];
        let told = keys(&[&[empty][..], &applications[..]].concat());
        assert_eq!(told, ["skf+p", "skf"]);
        let two = [("skf", "12", "S"), ("skf", "12", "T")];
        let told = keys(&[&[empty][..], &two[..]].concat());
        assert_eq!(told, ["p", "skf", "skf"]);
        // Not empty, but not to be read.
        let mut locked = door("p", "12", "");
        locked.token.problem = Some(Error::PinLocked {});
        assert_eq!(told_of(locked), ["p", "skf"]);
    }

    fn told_of(one: Listed) -> Vec<String> {
        told(vec![one, door("skf", "12", "S")])
    }

    #[test]
    fn the_door_that_tells_the_tries_is_used_and_a_demo_key_is_one_through_each() {
        let mut counting = door("skf", "12", "S");
        counting.token.pin.left = Some(10);
        counting.token.demo = true;
        assert_eq!(
            told(vec![door("p", "12", "S"), counting.clone()]),
            ["skf+p"]
        );
        let mut both = door("p", "12", "S");
        both.token.pin.left = Some(10);
        let found = join(vec![counting, both], &BTreeSet::new());
        assert_eq!((found.len(), &found[0].token.module[..]), (1, "p"));
        assert!(found[0].token.demo);
    }

    #[test]
    fn the_door_by_which_a_key_is_shown_stays_where_another_one_comes() {
        let (mut late, mut known) = (door("p", "12", "S"), door("skf", "12", "S"));
        late.token.token = "late".into();
        known.token.token = "known".into();
        for (shown, expected) in [("known", "skf"), ("late", "p"), ("gone", "p")] {
            let shown = BTreeSet::from([shown.to_owned()]);
            let found = join(vec![late.clone(), known.clone()], &shown);
            assert_eq!(found[0].token.module, expected);
        }
    }
}

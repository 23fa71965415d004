//! The same key through several libraries is one key to its user: which tokens of different modules are one, and through
//! which of them it is shown and used.
//!
//! Serial numbers and certificates are public, so a library may claim the key of another. What a library says that it can do
//! is believed among those of one maker; between makers the order of the configuration decides, and nothing is hidden that
//! can do more. Doors that are not used stay where they are: whoever has a reference to one goes on with it.

use crate::crypto::SigningCertificate;
use crate::vendors::Interface;
use crate::worker::message::Listed;
use std::collections::{BTreeMap, BTreeSet};
use yinxin_proto::token::{PinState, Token, TokenCertificate};
use yinxin_proto::{Base64, Error};

/// A key, as its user sees it.
pub struct Key {
    /// The token of the module through which it is used.
    pub token: Token,
    /// Names of the other modules that read it, in the order of the configuration.
    pub also: Vec<String>,
}

/// A token as a module shows it.
#[derive(Clone)]
pub struct Door {
    /// The token.
    pub listed: Listed,
    /// Who made the module's library.
    pub maker: String,
}

/// What a module shows, and its place among all that is shown.
type Placed = (usize, Listed);

/// Joins the tokens of all modules into keys, in the order in which they come. Tokens are the same key if they are of
/// different modules, have the same serial number, one that is a key's own, and a certificate in common; one without
/// certificates, if there is one key only that it can be. Of one module all tokens stay: what it tells apart may have
/// PINs of its own. Where the libraries are of different makers, the key that is used must do all that the other does.
/// `shown` are the references of the tokens by which keys are shown until now: among doors of one maker they stay.
#[must_use]
pub fn join(doors: Vec<Door>, shown: &BTreeSet<String>) -> Vec<Key> {
    let mut makers: BTreeMap<String, Vec<Placed>> = BTreeMap::new();
    for (place, door) in doors.into_iter().enumerate() {
        let of_maker = makers.entry(door.maker).or_default();
        of_maker.push((place, door.listed));
    }
    let keys = makers.into_values();
    let mut keys: Vec<Joined> = keys.flat_map(|doors| of_one_maker(doors, shown)).collect();
    // One that signs nothing is as good as none; else what comes first.
    keys.sort_by_cached_key(|key| {
        let is_empty = key.used.token.certificates.is_empty();
        let signs = signed_with(&key.used).next().is_some();
        (is_empty, !signs, key.place)
    });
    let mut joined: Vec<Joined> = Vec::new();
    for key in keys {
        let mut covering = joined.iter_mut().filter(|known| covers(known, &key));
        let first = covering.next();
        let may_be_another = key.used.token.certificates.is_empty() && covering.next().is_some();
        match first {
            Some(known) if !may_be_another => known.take(key),
            _ => joined.push(key),
        }
    }
    joined.sort_by_key(|key| key.place);
    joined.into_iter().map(Joined::told).collect()
}

/// A key by the door that is used.
struct Joined {
    used: Listed,
    /// Place of the first of its doors.
    place: usize,
    /// The other doors.
    also: Vec<Placed>,
    /// Place of the one that is used.
    used_place: usize,
}

impl Joined {
    /// Takes the doors of what is the same key.
    fn take(&mut self, other: Self) {
        self.place = self.place.min(other.place);
        self.also.extend(other.also);
        self.also.push((other.used_place, other.used));
    }

    fn told(mut self) -> Key {
        self.also.sort_by_key(|(place, _)| *place);
        Key {
            token: self.used.token,
            also: self
                .also
                .into_iter()
                .map(|(_, door)| door.token.module)
                .collect(),
        }
    }

    fn tokens(&self) -> impl Iterator<Item = &Token> {
        let also = self.also.iter().map(|(_, door)| door);
        also.chain([&self.used]).map(|door| &door.token)
    }
}

/// Whether a key, used through a library of one maker, is what a library of another shows as well, and does all that it
/// does.
fn covers(known: &Joined, other: &Joined) -> bool {
    let serial = serial_of(&known.used.token);
    let is_of_module = |module: &str| known.tokens().any(|token| token.module == module);
    if serial.is_none()
        || serial != serial_of(&other.used.token)
        || other.tokens().any(|token| is_of_module(&token.module))
    {
        return false;
    }
    if other.used.token.certificates.is_empty() {
        return other.used.token.problem == Some(Error::TokenEmpty {});
    }
    // As among those of one maker: a third door that claims the certificates of two keys makes them no one.
    let mut doors = known
        .tokens()
        .filter(|token| !token.certificates.is_empty());
    if doors.any(|token| in_common(token, &other.used.token) == 0) {
        return false;
    }
    let (known, other) = (&known.used, &other.used);
    let holds = |held: &TokenCertificate| has(&known.token, &held.certificate);
    let signs: Vec<&Base64> = signed_with(known).collect();
    let has_seal = |der| {
        known
            .token
            .seals
            .iter()
            .any(|seal| seal.der.as_ref() == Some(der))
    };
    let is_locked = |listed: &Listed| listed.token.pin.state == PinState::Locked;
    other.token.certificates.iter().all(holds)
        && signed_with(other).all(|held| signs.contains(&held))
        && other.token.seals.iter().filter_map(|seal| seal.der.as_ref()).all(has_seal)
        // They can't both be right.
        && (is_locked(other) || !is_locked(known))
}

/// Joins the tokens of modules of one maker.
fn of_one_maker(mut doors: Vec<Placed>, shown: &BTreeSet<String>) -> Vec<Joined> {
    let mut keys: Vec<Vec<Placed>> = Vec::new();
    // What has certificates first: an empty one is no key that others could be.
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
    keys.into_iter()
        .filter_map(|doors| key(doors, shown))
        .collect()
}

/// The key, among those that are known, that a token is.
fn same(keys: &[Vec<Placed>], token: &Token) -> Option<usize> {
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
        let holds = |doors: &[Placed]| {
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
        // Of each: two keys are not one because a third door claims the certificates of both.
        let common = doors
            .iter()
            .filter(|(_, door)| !door.token.certificates.is_empty())
            .map(|(_, door)| in_common(&door.token, token))
            .min();
        let common = common.unwrap_or(0);
        // The first of those that have as much in common.
        if common > best.map_or(0, |(count, _)| count) {
            best = Some((common, index));
        }
    }
    best.map(|(_, index)| index)
}

/// A key by the best of its doors; the first one of equals.
fn key(mut doors: Vec<Placed>, shown: &BTreeSet<String>) -> Option<Joined> {
    let (place, _) = doors.first()?;
    let place = *place;
    let best = match &doors[..] {
        [_] => 0,
        many => (0..many.len())
            .rev()
            .max_by_key(|index| many.get(*index).map(|(_, door)| rank(door, shown)))?,
    };
    let is_demo = doors.iter().any(|(_, door)| door.token.demo);
    let (used_place, mut used) = doors.remove(best);
    used.token.demo = is_demo;
    Some(Joined {
        used,
        place,
        also: doors,
        used_place,
    })
}

/// How good a door is: the certificates that it signs with; whether the key is shown by it, since a session goes by the
/// reference; the certificates that it reads, and the seals; whether it tells the tries of the PIN as a number; and
/// PKCS #11, which decrypts too.
fn rank(door: &Listed, shown: &BTreeSet<String>) -> (usize, bool, [usize; 2], bool, bool) {
    let seals = door.token.seals.iter().filter(|seal| seal.der.is_some());
    (
        signed_with(door).count(),
        shown.contains(&door.token.token),
        [door.token.certificates.len(), seals.count()],
        door.token.pin.left.is_some(),
        door.interface == Interface::Pkcs11,
    )
}

/// The certificates that a door signs with, as far as it says.
fn signed_with(door: &Listed) -> impl Iterator<Item = &Base64> {
    let certificates = door.token.certificates.iter();
    certificates.map(|held| &held.certificate).filter(|der| {
        let certificate = SigningCertificate::parse(&der.0);
        certificate.is_ok_and(|certificate| door.signs.contains(&certificate.algorithm()))
    })
}

/// The number of certificates that two tokens have in common.
fn in_common(one: &Token, other: &Token) -> usize {
    let held = one.certificates.iter();
    held.filter(|held| has(other, &held.certificate)).count()
}

fn has(token: &Token, certificate: &Base64) -> bool {
    let mut held = token.certificates.iter();
    held.any(|held| held.certificate == *certificate)
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

    fn made_by_one(listed: Vec<Listed>) -> Vec<Door> {
        let door = |listed| Door {
            listed,
            maker: "one".into(),
        };
        listed.into_iter().map(door).collect()
    }

    fn told(listed: Vec<Listed>) -> Vec<String> {
        let words = |key: Key| [vec![key.token.module], key.also].concat().join("+");
        let keys = join(made_by_one(listed), &BTreeSet::new());
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
        let found = join(made_by_one(vec![counting, both]), &BTreeSet::new());
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
            let found = join(made_by_one(vec![late.clone(), known.clone()]), &shown);
            assert_eq!(found[0].token.module, expected);
        }
    }

    /// The modules of each key where each library is of a maker of its own.
    fn strangers(listed: Vec<Listed>) -> Vec<String> {
        let door = |listed: Listed| Door {
            maker: listed.token.module.clone(),
            listed,
        };
        let words = |key: Key| [vec![key.token.module], key.also].concat().join("+");
        let doors = listed.into_iter().map(door).collect();
        join(doors, &BTreeSet::new())
            .into_iter()
            .map(words)
            .collect()
    }

    #[test]
    fn a_strangers_library_never_takes_the_place_of_one_that_comes_first() {
        let good = door("p", "12", "SE");
        // What it could claim to be better with among libraries of one maker.
        let mut counting = door("skf", "12", "SE");
        counting.token.pin.left = Some(10);
        let told = strangers(vec![good.clone(), counting.clone()]);
        assert_eq!(told, ["p+skf"]);
        // Nor is it hidden by one that can't do what it does.
        for more in ["SEX", "X"] {
            let told = strangers(vec![good.clone(), door("skf", "12", more)]);
            assert_eq!(told, ["p", "skf"], "{more}");
            let told = strangers(vec![door("skf", "12", "S"), good.clone()]);
            assert_eq!(told, ["skf", "p"]);
        }
        // One that comes first and says that the PIN is locked.
        counting.token.pin.state = PinState::Locked;
        assert_eq!(strangers(vec![counting, good]), ["skf", "p"]);
    }

    #[test]
    fn a_strangers_library_makes_no_two_keys_one() {
        let (one, other) = (door("p", "12", "S"), door("q", "12", "T"));
        let both = door("skf", "12", "ST");
        for order in [
            [&both, &one, &other],
            [&one, &both, &other],
            [&one, &other, &both],
        ] {
            let told = told(order.map(Clone::clone).to_vec());
            assert_eq!(told.len(), 2, "{told:?}");
        }
        // Two tokens of a module stay two.
        let told = strangers(vec![both, one.clone(), one, other]);
        assert_eq!(told, ["skf+p", "p", "q"]);
    }

    #[test]
    fn a_strangers_library_makes_no_key_a_demo_key() {
        let mut demo = door("skf", "12", "S");
        demo.token.demo = true;
        let doors = [door("p", "12", "S"), demo].map(|listed| Door {
            maker: listed.token.module.clone(),
            listed,
        });
        let found = join(doors.to_vec(), &BTreeSet::new());
        assert_eq!((found.len(), found[0].token.demo), (1, false));
    }

    #[test]
    fn an_empty_door_of_another_maker_is_one_of_the_only_key_that_it_can_be() {
        let (full, empty) = (door("skf", "12", "S"), door("p", "12", ""));
        assert_eq!(strangers(vec![empty.clone(), full.clone()]), ["skf+p"]);
        let other = door("q", "12", "T");
        assert_eq!(strangers(vec![empty, full, other]), ["p", "skf", "q"]);
    }
}

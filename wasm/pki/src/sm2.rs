//! SM2: of signatures the signer's value Z, the digest e, and verification; encryption for somebody.
//!
//! Source: GB/T 32918.2-2016 (signatures), GB/T 32918.4-2016 (encryption), GB/T 32918.5-2017 (curve), GB/T 35276-2017 (user id).

mod encryption;

pub use encryption::Ciphertext;
pub use yinxin_sm2::Opened;

use sm3::{Digest as _, Sm3};
use std::cell::RefCell;
use yinxin_sm2::{Cache, Key};

/// The user id that applies where none is agreed (GB/T 35276-2017, clause 10).
pub const DEFAULT_ID: &[u8] = b"1234567812345678";

/// How the digest e of a message comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sm2Digest<'a> {
    /// e = SM3(Z ‖ M), Z with this user id: the standard's way (GB/T 32918.2, clause 6.1).
    Id(&'a [u8]),
    /// e = SM3(M). No standard has it, some signers do it.
    WithoutZ,
}

/// A public key on the SM2 curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sm2Key(Key);

impl Sm2Key {
    /// Reads an uncompressed SEC 1 point: `04`, x, y. `None` if it is not on the curve.
    #[must_use]
    pub fn from_point(point: &[u8]) -> Option<Self> {
        let (0x04, coordinates) = point.split_first().map(|(form, rest)| (*form, rest))? else {
            return None;
        };
        let (x, y) = coordinates.split_at_checked(32)?;
        Key::from_point(x.try_into().ok()?, y.try_into().ok()?).map(Self)
    }

    /// The same of a compressed point: `02` or `03`, x.
    #[must_use]
    pub(crate) fn from_compressed(point: &[u8; 33]) -> Option<Self> {
        let (form, x) = point.split_first()?;
        let y_is_odd = match form {
            0x02 => false,
            0x03 => true,
            _ => return None,
        };
        Key::from_compressed(x.try_into().ok()?, y_is_odd).map(Self)
    }

    /// `04`, x, y.
    pub(crate) fn point(&self) -> [u8; 65] {
        let mut point = [0x04; 65];
        point[1..].copy_from_slice(self.0.coordinates().as_flattened());
        point
    }

    /// `02` or `03`, x.
    pub(crate) fn compressed(&self) -> [u8; 33] {
        let [x, y] = self.0.coordinates();
        let mut point = [0x02 | y[31] & 1; 33];
        point[1..].copy_from_slice(x);
        point
    }

    /// Z: SM3 over the length of the id in bits, the id, the curve and the point (GB/T 32918.2,
    /// clause 5.5). `None` for an id of 8192 bytes or more, whose length has no room.
    #[must_use]
    pub fn z(&self, id: &[u8]) -> Option<[u8; 32]> {
        let bits = u16::try_from(id.len().checked_mul(8)?).ok()?;
        let mut hash = Sm3::new();
        hash.update(bits.to_be_bytes());
        hash.update(id);
        hash.update(CURVE);
        hash.update(self.0.coordinates().as_flattened());
        Some(hash.finalize().into())
    }

    /// e = SM3(Z ‖ M), for a message in pieces: what a token signs. `None` as [`Sm2Key::z`].
    #[must_use]
    pub fn e(&self, id: &[u8], message: &[&[u8]]) -> Option<[u8; 32]> {
        self.digest(Sm2Digest::Id(id), message)
    }

    /// e of a message in pieces, in either way. `None` as [`Sm2Key::z`].
    #[must_use]
    pub fn digest(&self, way: Sm2Digest<'_>, message: &[&[u8]]) -> Option<[u8; 32]> {
        #[cfg(test)]
        crate::testing::work::done("SM2 digest");
        let mut hash = Sm3::new();
        if let Sm2Digest::Id(id) = way {
            hash.update(self.z(id)?);
        }
        for piece in message {
            hash.update(piece);
        }
        Some(hash.finalize().into())
    }

    /// Whether the signature `r ‖ s` holds over e.
    #[must_use]
    pub fn verify_e(&self, e: &[u8; 32], signature: &[u8; 64]) -> bool {
        self.open(signature).is_some_and(|opened| opened.is_over(e))
    }

    /// What the signature `r ‖ s` holds over, for whoever has several e to compare it with: all of the
    /// cost of a verification is here (GB/T 32918.2, clause 7.1, B4 to B7). `None` if it holds over
    /// nothing.
    #[must_use]
    pub fn open(&self, signature: &[u8; 64]) -> Option<Opened> {
        open(&self.0, signature)
    }

    /// The same, for keys that come again in the next judgement: of an authority, never of a person.
    #[must_use]
    pub(crate) fn open_as_authority(&self, signature: &[u8; 64]) -> Option<Opened> {
        thread_local! {
            static KEYS: RefCell<Cache> = const { RefCell::new(Cache::new()) };
        }
        KEYS.with_borrow_mut(|keys| open(keys.key(&self.0), signature))
    }

    /// Whether the signature `r ‖ s` holds over a message under a user id.
    #[must_use]
    pub fn verify(&self, id: &[u8], message: &[&[u8]], signature: &[u8; 64]) -> bool {
        self.e(id, message)
            .is_some_and(|e| self.verify_e(&e, signature))
    }
}

fn open(key: &Key, signature: &[u8; 64]) -> Option<Opened> {
    #[cfg(test)]
    crate::testing::work::done("SM2");
    let (r, s) = signature.split_at(32);
    key.open(r.try_into().ok()?, s.try_into().ok()?)
}

/// a, b, x_G, y_G of the recommended curve (GB/T 32918.5-2017, clause 3), as Z takes them.
const CURVE: [u8; 128] = [
    // a
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
    // b
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
    0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
    // x_G
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    // y_G
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
    0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::EcSignature;
    use crate::testing::TestKey;
    use ::sm2::dsa::signature::hazmat::PrehashVerifier;
    use ::sm2::dsa::{Signature, VerifyingKey};

    proptest::proptest! {
        /// The crate `sm2` judges.
        #[test]
        fn a_signature_opens_to_what_it_is_verified_over(
            e in proptest::array::uniform32(0u8..),
            other in proptest::array::uniform32(0u8..),
            at in 0usize..64,
            bit in 0u8..9,
        ) {
            let key = TestKey::sm2(1);
            let public = Sm2Key::from_point(&key.point()).unwrap();
            let mut raw = EcSignature::<32>::from_der(&key.sign_e(&e)).unwrap().to_raw();
            raw[at] ^= 1u8.checked_shl(bit.into()).unwrap_or(0);
            // The same modulo the order, as far as 32 bytes have room for it.
            let largest = [0xff; 32];
            let judge = ::sm2::PublicKey::from_sec1_bytes(&public.point()).unwrap();
            let judge = VerifyingKey::new("", judge).unwrap();
            let signature = Signature::from_slice(&raw);
            for e in [e, other, largest] {
                let expected = signature.as_ref().is_ok_and(|sig| judge.verify_prehash(&e, sig).is_ok());
                let is_over = |opened: Option<Opened>| opened.is_some_and(|opened| opened.is_over(&e));
                assert_eq!(is_over(public.open(&raw)), expected);
                assert_eq!(is_over(public.open_as_authority(&raw)), expected);
                assert_eq!(public.verify_e(&e, &raw), expected);
            }
            assert_eq!(public.verify_e(&e, &raw), bit == 8);
            assert!(public.open(&[0; 64]).is_none() && public.open(&[0xff; 64]).is_none());
        }
    }
}

//! RSA signatures: verification of RSASSA-PKCS1-v1_5 and RSASSA-PSS, and nothing else of RSA.
//!
//! Of our own, since it is one modular power and the two encodings behind it: the crate `rsa` would add a tenth to the Wasm
//! module, and a power of `crypto-bigint` takes five times as long there. The tests hold it against both.
//!
//! Source: RFC 8017; clauses named below are its.

use crate::asn1::{self, tag};
use crate::hash::Sha2;
use yinxin_rsa::power;

/// An RSA public key of 2048 to 4096 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    modulus: Vec<u8>,
    exponent: u32,
    uses: RsaUse,
}

/// What an RSA key is for (RFC 4055, 1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RsaUse {
    /// rsaEncryption: everything.
    #[default]
    Any,
    /// id-RSASSA-PSS without parameters: RSASSA-PSS.
    Pss,
    /// id-RSASSA-PSS with parameters: RSASSA-PSS with this hash (3.3).
    PssWith {
        /// Hash of the message and of MGF1.
        hash: Sha2,
        /// The salt has this many bytes at least.
        salt_length: usize,
    },
}

impl RsaKey {
    /// Takes magnitudes, big endian, without leading zeros. `None` outside of 2048 to 4096 bits,
    /// for an even modulus, and for an exponent that is even, below 3 or above 32 bits.
    #[must_use]
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let key = Self {
            modulus: modulus.to_vec(),
            exponent: exponent
                .iter()
                .try_fold(0u32, |n, b| n.checked_mul(256)?.checked_add(u32::from(*b)))?,
            uses: RsaUse::Any,
        };
        let is_sound = (2048..=4096).contains(&key.bits())
            && modulus.last()? % 2 == 1
            && key.exponent >= 3
            && key.exponent % 2 == 1;
        is_sound.then_some(key)
    }

    /// The same key, for these uses.
    #[must_use]
    pub fn only_for(self, uses: RsaUse) -> Self {
        Self { uses, ..self }
    }

    /// What it is for.
    #[must_use]
    pub fn uses(&self) -> RsaUse {
        self.uses
    }

    /// Size of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> u32 {
        bits(&self.modulus)
    }

    /// Size of the modulus, and so of a signature, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.modulus.len()
    }

    /// Whether an RSASSA-PKCS1-v1_5 signature holds over a digest (8.2.2).
    #[must_use]
    pub fn verify_pkcs1(&self, hash: Sha2, digest: &[u8], signature: &[u8]) -> bool {
        // Steps 3 and 4: the encoded message is made anew and compared whole, never parsed.
        self.recover(signature)
            .is_some_and(|message| message == emsa_pkcs1(hash, digest, self.size()))
    }

    /// Whether an RSASSA-PSS signature holds over a digest (8.1.2), with MGF1 of the same hash and
    /// a salt of exactly this many bytes.
    #[must_use]
    pub fn verify_pss(
        &self,
        hash: Sha2,
        salt_length: usize,
        digest: &[u8],
        signature: &[u8],
    ) -> bool {
        // Step 2c: the encoded message has a bit less than the modulus, which may save a byte.
        let bits = self.bits() - 1;
        self.recover(signature).is_some_and(|message| {
            let (above, message) = message.split_at(self.size() - bits.div_ceil(8) as usize);
            above.iter().all(|byte| *byte == 0)
                && emsa_pss_verify(hash, salt_length, digest, message, bits)
        })
    }

    /// The encoded message behind a signature, as long as the modulus: RSAVP1 (5.2.2), with step 1
    /// of 8.1.2 and 8.2.2 before it. `None` for a signature of another length or above the modulus.
    fn recover(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let is_fit = signature.len() == self.size() && signature < self.modulus.as_slice();
        is_fit.then(|| power(signature, self.exponent, &self.modulus))
    }
}

/// EMSA-PKCS1-v1_5 (9.2): `00 01 FF … FF 00` and DigestInfo, with NULL parameters (note 1 there).
fn emsa_pkcs1(hash: Sha2, digest: &[u8], size: usize) -> Vec<u8> {
    let algorithm = asn1::element(tag::SEQUENCE, &[&asn1::oid(hash.oid()), &[tag::NULL, 0]]);
    let digest = asn1::element(tag::OCTET_STRING, &[digest]);
    let info = asn1::element(tag::SEQUENCE, &[&algorithm, &digest]);
    let mut out = vec![0xff; size.saturating_sub(info.len())];
    if let [first, second, .., last] = out.as_mut_slice() {
        (*first, *second, *last) = (0, 1, 0);
    }
    out.extend(info);
    out
}

/// EMSA-PSS-VERIFY (9.1.2): whether an encoded message of `bits` bits holds over a digest.
fn emsa_pss_verify(
    hash: Sha2,
    salt_length: usize,
    digest: &[u8],
    message: &[u8],
    bits: u32,
) -> bool {
    if digest.len() != hash.size() {
        return false;
    }
    // Steps 3 to 5: maskedDB, H, and the trailer.
    let Some((0xbc, message)) = message.split_last().map(|(last, rest)| (*last, rest)) else {
        return false;
    };
    let Some(at) = message.len().checked_sub(hash.size()) else {
        return false;
    };
    let (masked, h) = message.split_at(at);
    // Steps 6 and 9: the bits above the message.
    let Some(unused @ 0..=7) = (8 * (message.len() + 1)).checked_sub(bits as usize) else {
        return false;
    };
    let used = 0xff >> unused;
    if masked.first().is_none_or(|first| first & !used != 0) {
        return false;
    }
    // Steps 7 and 8.
    let mut db = mgf1(hash, h, masked.len());
    for (byte, mask) in db.iter_mut().zip(masked) {
        *byte ^= mask;
    }
    db[0] &= used;
    // Step 10: zeros, 01, the salt.
    let Some(padding) = db.len().checked_sub(salt_length).filter(|rest| *rest > 0) else {
        return false;
    };
    let (padding, salt) = db.split_at(padding);
    let Some((1, zeros)) = padding.split_last().map(|(last, rest)| (*last, rest)) else {
        return false;
    };
    // Steps 12 to 14.
    zeros.iter().all(|byte| *byte == 0) && hash.digest(&[&[0; 8], digest, salt]) == h
}

/// MGF1 (appendix B.2.1).
fn mgf1(hash: Sha2, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + hash.size());
    let mut counter = 0u32;
    while mask.len() < length {
        mask.extend(hash.digest(&[seed, &counter.to_be_bytes()]));
        counter += 1;
    }
    mask.truncate(length);
    mask
}

/// Bits of a magnitude without leading zeros.
pub(crate) fn bits(magnitude: &[u8]) -> u32 {
    let unused = magnitude.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(magnitude.len() * 8).map_or(u32::MAX, |bits| bits - unused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::rsa::traits::{PrivateKeyParts, PublicKeyParts};
    use ::rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPrivateKey};
    use sha2::{Sha256, Sha384, Sha512};

    const HASHES: [Sha2; 3] = [Sha2::Sha256, Sha2::Sha384, Sha2::Sha512];

    fn key_of(key: &RsaPrivateKey) -> RsaKey {
        let magnitude = |n: &BoxedUint| {
            let bytes = n.to_be_bytes();
            let zeros = bytes.iter().take_while(|b| **b == 0).count();
            bytes[zeros..].to_vec()
        };
        RsaKey::new(&magnitude(key.n()), &magnitude(key.e())).unwrap()
    }

    /// The power of an encoded message under the bare private key.
    fn raw_sign(private: &RsaPrivateKey, encoded: &[u8]) -> Vec<u8> {
        let bits = private.n().bits();
        let message = BoxedUint::from_be_slice(encoded, bits).unwrap();
        assert!(message < *private.n().as_ref(), "the message fits");
        let params = crypto_bigint::modular::BoxedMontyParams::new(
            crypto_bigint::Odd::new(private.n().as_ref().clone()).unwrap(),
        );
        let power = crypto_bigint::modular::BoxedMontyForm::new(message, &params).pow(private.d());
        let bytes = power.retrieve().to_be_bytes();
        bytes[bytes.len() - encoded.len()..].to_vec()
    }

    fn generate(bits: usize) -> RsaPrivateKey {
        let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
        RsaPrivateKey::new(&mut rng, bits).unwrap()
    }

    fn pkcs1(hash: Sha2) -> Pkcs1v15Sign {
        match hash {
            Sha2::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Sha2::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Sha2::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }

    fn sign_pss(private: &RsaPrivateKey, hash: Sha2, salt: usize, digest: &[u8]) -> Vec<u8> {
        let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
        match hash {
            Sha2::Sha256 => {
                private.sign_with_rng(&mut rng, Pss::<Sha256>::new_with_salt(salt), digest)
            }
            Sha2::Sha384 => {
                private.sign_with_rng(&mut rng, Pss::<Sha384>::new_with_salt(salt), digest)
            }
            Sha2::Sha512 => {
                private.sign_with_rng(&mut rng, Pss::<Sha512>::new_with_salt(salt), digest)
            }
        }
        .unwrap()
    }

    #[test]
    fn signatures_of_the_crate_rsa_hold_and_changed_ones_do_not() {
        // Odd sizes: the encoded message of PSS is a byte shorter than a modulus of 8 n + 1 bits.
        for bits in [2048, 2049, 2056, 3072] {
            let private = generate(bits);
            let key = key_of(&private);
            assert_eq!(key.bits() as usize, bits);
            for hash in HASHES {
                let digest = hash.digest(&[b"message"]);
                let other = hash.digest(&[b"another"]);
                let check = |signature: &[u8], verify: &dyn Fn(&[u8], &[u8]) -> bool| {
                    assert!(verify(&digest, signature), "{bits} {hash:?}");
                    assert!(!verify(&other, signature));
                    assert!(!verify(&digest[1..], signature));
                    for at in (0..signature.len()).step_by(37) {
                        let mut changed = signature.to_vec();
                        changed[at] ^= 1 << (at % 8);
                        assert!(!verify(&digest, &changed), "{bits} {hash:?} byte {at}");
                    }
                    assert!(!verify(&digest, &signature[1..]));
                    assert!(!verify(&digest, &[&[0], signature].concat()));
                    assert!(!verify(&digest, &[]));
                    // The range of RSAVP1: a number above the modulus.
                    assert!(!verify(&digest, &vec![0xff; signature.len()]));
                };
                let signature = private.sign(pkcs1(hash), &digest).unwrap();
                check(&signature, &|digest, signature| {
                    key.verify_pkcs1(hash, digest, signature)
                });
                assert!(!key.verify_pss(hash, hash.size(), &digest, &signature));
                let longest = (bits - 1).div_ceil(8) - hash.size() - 2;
                for salt in [0, 1, 20, hash.size(), longest] {
                    let signature = sign_pss(&private, hash, salt, &digest);
                    check(&signature, &|digest, signature| {
                        key.verify_pss(hash, salt, digest, signature)
                    });
                    for wrong in [0, 1, 20, salt.wrapping_sub(1), salt + 1, longest + 1, 600] {
                        let holds = key.verify_pss(hash, wrong, &digest, &signature);
                        assert_eq!(holds, wrong == salt, "{bits} {hash:?} {salt} as {wrong}");
                    }
                    assert!(!key.verify_pkcs1(hash, &digest, &signature));
                    for other in HASHES.into_iter().filter(|other| *other != hash) {
                        let digest = other.digest(&[b"message"]);
                        assert!(!key.verify_pss(other, salt, &digest, &signature));
                    }
                }
            }
        }
    }

    #[test]
    fn a_signature_plus_the_modulus_is_refused() {
        // One that leaves room below the next power of 256.
        let private = generate(2049);
        let key = key_of(&private);
        let digest = Sha2::Sha256.digest(&[b"message"]);
        let signature = private.sign(pkcs1(Sha2::Sha256), &digest).unwrap();
        assert!(key.verify_pkcs1(Sha2::Sha256, &digest, &signature));
        let mut carry = 0;
        let mut sum: Vec<u8> = (signature.iter().zip(&key.modulus).rev())
            .map(|(a, b)| {
                let sum = u16::from(*a) + u16::from(*b) + carry;
                carry = sum >> 8;
                sum as u8
            })
            .collect();
        sum.reverse();
        assert_eq!((carry, sum.len()), (0, key.size()));
        assert!(!key.verify_pkcs1(Sha2::Sha256, &digest, &sum));
    }

    /// Any other encoding of the right digest is refused: signed with the bare private key.
    #[test]
    fn other_paddings_are_refused() {
        let private = generate(2048);
        let key = key_of(&private);
        for hash in HASHES {
            let digest = hash.digest(&[b"message"]);
            let verify =
                |encoded: &[u8]| key.verify_pkcs1(hash, &digest, &raw_sign(&private, encoded));
            let right = emsa_pkcs1(hash, &digest, 256);
            assert!(verify(&right), "the test signs rightly");
            let info = 256 - hash.size() - 19;
            for at in [1, 2, 100, info - 2, info - 1, info, info + 14, info + 18] {
                let mut wrong = right.clone();
                wrong[at] ^= 1;
                assert!(!verify(&wrong), "{hash:?} byte {at}");
            }
            // Bleichenbacher's forgery: short padding, and rubbish behind the digest.
            let mut short = right.clone();
            short.rotate_left(100);
            short[0] = 0;
            short[1] = 1;
            assert!(!verify(&short));
            // DigestInfo without parameters.
            let absent = [
                &right[..2],
                &[0xff, 0xff],
                &right[2..info],
                &[0x30, right[info + 1] - 2, 0x30, 0x0b],
                &right[info + 4..info + 15],
                &right[info + 17..],
            ]
            .concat();
            assert_eq!(absent.len(), right.len());
            assert!(!verify(&absent));
        }
    }

    /// EMSA-PSS-ENCODE (9.1.1) with everything in it to choose.
    fn emsa_pss(hash: Sha2, digest: &[u8], start: &[u8], salt: &[u8], bits: u32) -> Vec<u8> {
        let size = bits.div_ceil(8) as usize;
        let h = hash.digest(&[&[0; 8], digest, salt]);
        let mut db = vec![0; size - h.len() - 1 - salt.len() - start.len()];
        db.extend_from_slice(start);
        db.extend_from_slice(salt);
        let mask = mgf1(hash, &h, db.len());
        for (byte, mask) in db.iter_mut().zip(mask) {
            *byte ^= mask;
        }
        db[0] &= 0xff >> (8 * size - bits as usize);
        [db, h, vec![0xbc]].concat()
    }

    #[test]
    fn other_encodings_of_pss_are_refused() {
        for hash in HASHES {
            let digest = hash.digest(&[b"message"]);
            for bits in [2047, 2048, 2049, 2055] {
                let verify =
                    |salt, message: &[u8]| emsa_pss_verify(hash, salt, &digest, message, bits);
                let salt = [0x5a; 32];
                let mut message = emsa_pss(hash, &digest, &[1], &salt, bits);
                assert!(verify(32, &message));
                // Among them each leading bit, and each bit of the trailer.
                for bit in 0..message.len() * 8 {
                    message[bit / 8] ^= 1 << (bit % 8);
                    assert!(!verify(32, &message), "{hash:?} {bits} bit {bit}");
                    message[bit / 8] ^= 1 << (bit % 8);
                }
                *message.last_mut().unwrap() = 0xcc;
                assert!(!verify(32, &message), "the trailer of X9.31");
                for start in [&[2][..], &[0], &[0x81], &[1, 0], &[1, 1], &[1, 0, 1]] {
                    let message = emsa_pss(hash, &digest, start, &salt, bits);
                    assert!(!verify(32, &message), "{start:?}");
                }
                assert!(verify(0, &emsa_pss(hash, &digest, &[1], &[], bits)));
                for size in [0, 1, 32, 33, 65, 66] {
                    assert!(!verify(32, &vec![0xbc; size]));
                    assert!(!verify(0, &vec![0xbc; size]));
                }
            }
        }
    }

    #[test]
    fn pss_refuses_a_bit_above_the_encoded_message() {
        // 2049 bits: the message has 2048, so a byte stands above it, which is zero.
        let private = generate(2049);
        let key = key_of(&private);
        let hash = Sha2::Sha256;
        let digest = hash.digest(&[b"message"]);
        // A message that stays below the modulus with that byte set.
        let (salt, message) = (0u8..=255)
            .map(|seed| ([seed; 8], emsa_pss(hash, &digest, &[1], &[seed; 8], 2048)))
            .find(|(_, message)| message[0] < 0x10)
            .unwrap();
        for above in [0, 1] {
            let signature = raw_sign(&private, &[&[above], &message[..]].concat());
            let holds = key.verify_pss(hash, salt.len(), &digest, &signature);
            assert_eq!(holds, above == 0);
        }
    }

    #[test]
    fn unsound_keys_are_refused() {
        let odd = |bytes: usize| {
            let mut modulus = vec![0xff; bytes];
            modulus[0] = 0x80;
            modulus
        };
        assert!(RsaKey::new(&odd(256), &[1, 0, 1]).is_some());
        assert!(RsaKey::new(&odd(512), &[3]).is_some());
        let mut even = odd(256);
        even[255] = 0xfe;
        let wide = [1, 0, 0, 0, 1];
        for (modulus, exponent) in [
            (odd(255), &[1, 0, 1][..]),
            (odd(513), &[1, 0, 1]),
            (even, &[1, 0, 1]),
            (odd(256), &[]),
            (odd(256), &[1]),
            (odd(256), &[4]),
            (odd(256), &wide),
            (Vec::new(), &[3]),
        ] {
            assert!(RsaKey::new(&modulus, exponent).is_none(), "{exponent:?}");
        }
    }
}

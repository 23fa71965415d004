//! RSA signatures: verification of RSASSA-PKCS1-v1_5 with SHA-256, and nothing else of RSA.
//!
//! Built on `crypto-bigint`, which the curves bring along, since the crate `rsa` would add a tenth
//! to the Wasm module for what is one modular power and one comparison. The tests hold it against
//! that crate.
//!
//! Source: RFC 8017, clauses 8.2.2 and 9.2.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U64, U4096};

/// An RSA public key of 2048 to 4096 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    modulus: Vec<u8>,
    exponent: u32,
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
        };
        let is_sound = (2048..=4096).contains(&key.bits())
            && modulus.last()? % 2 == 1
            && key.exponent >= 3
            && key.exponent % 2 == 1;
        is_sound.then_some(key)
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

    /// Whether a signature holds over a SHA-256 digest.
    #[must_use]
    pub fn verify(&self, digest: &[u8; 32], signature: &[u8]) -> bool {
        // Step 1 of 8.2.2, and the range of RSAVP1 (5.2.2).
        let size = self.size();
        if signature.len() != size || signature >= self.modulus.as_slice() {
            return false;
        }
        let Some(modulus) = Option::from(Odd::new(wide(&self.modulus))) else {
            return false;
        };
        // Nothing here is secret.
        let params = FixedMontyParams::new_vartime(modulus);
        let message = FixedMontyForm::new(&wide(signature), &params)
            .pow_vartime(&U64::from(self.exponent))
            .retrieve()
            .to_be_bytes();
        // Steps 3 and 4: the encoded message is made anew and compared whole, never parsed.
        let bytes: &[u8] = message.as_ref();
        bytes[bytes.len() - size..] == encoded(digest, size)
    }
}

/// EMSA-PKCS1-v1_5 (9.2): `00 01 FF … FF 00`, DigestInfo, digest.
fn encoded(digest: &[u8; 32], size: usize) -> Vec<u8> {
    let mut out = vec![0xff; size];
    let text = size - digest.len();
    let info = text - SHA256_INFO.len();
    out[0] = 0;
    out[1] = 1;
    out[info - 1] = 0;
    out[info..text].copy_from_slice(&SHA256_INFO);
    out[text..].copy_from_slice(digest);
    out
}

/// At most 512 bytes, zeros in front.
fn wide(magnitude: &[u8]) -> U4096 {
    let mut bytes = [0; 512];
    let start = bytes.len() - magnitude.len();
    bytes[start..].copy_from_slice(magnitude);
    U4096::from_be_slice(&bytes)
}

/// Bits of a magnitude without leading zeros.
pub(crate) fn bits(magnitude: &[u8]) -> u32 {
    let unused = magnitude.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(magnitude.len() * 8).map_or(u32::MAX, |bits| bits - unused)
}

/// DigestInfo of SHA-256 up to the digest (9.2, note 1).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

#[cfg(test)]
mod tests {
    use super::*;
    use ::rsa::traits::{PrivateKeyParts, PublicKeyParts};
    use ::rsa::{BoxedUint, Pkcs1v15Sign, RsaPrivateKey};
    use sha2::Sha256;

    fn key_of(key: &RsaPrivateKey) -> RsaKey {
        let magnitude = |n: &BoxedUint| {
            let bytes = n.to_be_bytes();
            let zeros = bytes.iter().take_while(|b| **b == 0).count();
            bytes[zeros..].to_vec()
        };
        RsaKey::new(&magnitude(key.n()), &magnitude(key.e())).unwrap()
    }

    #[test]
    fn signatures_of_the_crate_rsa_hold_and_changed_ones_do_not() {
        let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
        for bits in [2048, 2056, 3072] {
            let private = RsaPrivateKey::new(&mut rng, bits).unwrap();
            let key = key_of(&private);
            assert_eq!(key.bits() as usize, bits);
            for seed in 0..4u8 {
                let digest = [seed; 32];
                let signature = private
                    .sign(Pkcs1v15Sign::new::<Sha256>(), &digest)
                    .unwrap();
                assert!(key.verify(&digest, &signature));
                assert!(!key.verify(&[seed ^ 1; 32], &signature));
                for at in (0..signature.len()).step_by(37) {
                    let mut changed = signature.clone();
                    changed[at] ^= 1 << (seed % 8);
                    assert!(!key.verify(&digest, &changed));
                }
                assert!(!key.verify(&digest, &signature[1..]));
                assert!(!key.verify(&digest, &[&[0], &signature[..]].concat()));
                // The same power, as a number above the modulus.
                assert!(!key.verify(&digest, &vec![0xff; key.size()]));
            }
        }
    }

    /// Any other encoding of the right digest is refused: signed with the bare private key.
    #[test]
    fn other_paddings_are_refused() {
        let crate::testing::TestKey::Rsa(private) = crate::testing::TestKey::rsa() else {
            unreachable!()
        };
        let key = key_of(&private);
        let digest = [7; 32];
        let sign = |encoded: &[u8]| {
            let message = BoxedUint::from_be_slice(encoded, 2048).unwrap();
            let params = crypto_bigint::modular::BoxedMontyParams::new(
                Odd::new(private.n().as_ref().clone()).unwrap(),
            );
            let power =
                crypto_bigint::modular::BoxedMontyForm::new(message, &params).pow(private.d());
            power.retrieve().to_be_bytes().to_vec()
        };
        let right = encoded(&digest, 256);
        assert!(key.verify(&digest, &sign(&right)), "the test signs rightly");
        for at in [1, 2, 100, 203, 204, 205, 222] {
            let mut wrong = right.clone();
            wrong[at] ^= 1;
            assert!(!key.verify(&digest, &sign(&wrong)), "byte {at}");
        }
        // Bleichenbacher's forgery: short padding, and rubbish behind the digest.
        let mut short = right.clone();
        short.rotate_left(100);
        short[0] = 0;
        short[1] = 1;
        assert!(!key.verify(&digest, &sign(&short)));
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

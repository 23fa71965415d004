//! SM2 encryption for a certificate's holder, and ciphertexts in the two forms of the field: `04` C1 C3 C2 in one piece,
//! and the SEQUENCE of GM/T 0009-2012, 7.2, that keys take.

use super::Sm2Key;
use crate::asn1::{self, element, tag};
use crate::pem::{base64, from_hex};
use ::sm2::elliptic_curve::point::AffineCoordinates;
use ::sm2::elliptic_curve::sec1::ToSec1Point;
use ::sm2::elliptic_curve::{Group, PrimeField};
use ::sm2::{ProjectivePoint, PublicKey, Scalar};
use sm3::{Digest as _, Sm3};

/// What was encrypted with an SM2 key (GB/T 32918.4-2016, 6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ciphertext {
    /// C1: x and y of a point.
    point: [u8; 64],
    /// C3.
    hash: [u8; 32],
    /// C2, as long as what was encrypted.
    text: Vec<u8>,
}

impl Ciphertext {
    /// Encrypts for the holder of a key. `random` is used for this and nothing else. `None` for an empty message.
    #[must_use]
    pub fn encrypt(key: &Sm2Key, message: &[u8], random: &[u8; 32]) -> Option<Self> {
        if message.is_empty() {
            return None;
        }
        let public = PublicKey::from_sec1_bytes(&key.point())
            .ok()?
            .to_projective();
        // Nearly always the first: others are for numbers beyond the order of the curve, and an empty key stream.
        (0..MAX_ATTEMPTS).find_map(|attempt| {
            let digest = Sm3::new().chain_update(random).chain_update([attempt]);
            let k = Option::<Scalar>::from(Scalar::from_repr(digest.finalize()))?;
            if k.is_zero().into() {
                return None;
            }
            let point = (ProjectivePoint::generator() * k).to_affine();
            let shared = (public * k).to_affine();
            let (x, y) = (shared.x(), shared.y());
            let stream = key_stream(&[x.as_slice(), y.as_slice()], message.len());
            if stream.iter().all(|byte| *byte == 0) {
                return None;
            }
            let hash = Sm3::new().chain_update(x).chain_update(message);
            Some(Self {
                point: point.to_sec1_point(false).as_bytes()[1..].try_into().ok()?,
                hash: hash.chain_update(y).finalize().into(),
                text: message.iter().zip(stream).map(|(m, t)| m ^ t).collect(),
            })
        })
    }

    /// Reads what pages write: hex of [`Self::read`], or Base64 of either form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Self::read(&from_hex(text)?);
        }
        let bytes = base64(text)?;
        Self::read(&bytes).or_else(|| Self::from_der(&bytes))
    }

    /// Reads [`Self::der`], in DER.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let mut fields = asn1::single(der, tag::SEQUENCE, "a ciphertext")
            .ok()?
            .children();
        let mut point = [0; 64];
        for half in point.chunks_exact_mut(32) {
            let number = fields.expect(tag::INTEGER, "a coordinate").ok()?.value;
            let digits = number.strip_prefix(&[0]).unwrap_or(number);
            let start = half.len().checked_sub(digits.len())?;
            half[start..].copy_from_slice(digits);
        }
        let hash = fields.expect(tag::OCTET_STRING, "a hash").ok()?.value;
        let text = fields.expect(tag::OCTET_STRING, "a text").ok()?.value;
        fields.finish().ok()?;
        let read = Self {
            point,
            hash: hash.try_into().ok()?,
            text: text.to_vec(),
        };
        // Whatever else reads so is not DER.
        (!text.is_empty() && read.der() == der).then_some(read)
    }

    /// Reads `04` C1 C3 C2. Whether C1 lies on the curve is the matter of whoever decrypts.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (point, rest) = bytes.strip_prefix(&[0x04])?.split_first_chunk()?;
        let (hash, text) = rest.split_first_chunk()?;
        (!text.is_empty()).then(|| Self {
            point: *point,
            hash: *hash,
            text: text.to_vec(),
        })
    }

    /// `04` C1 C3 C2.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        [&[0x04], &self.point[..], &self.hash, &self.text].concat()
    }

    /// SEQUENCE of x, y, C3 and C2.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let (x, y) = self.point.split_at(32);
        element(
            tag::SEQUENCE,
            &[
                &asn1::unsigned(x),
                &asn1::unsigned(y),
                &element(tag::OCTET_STRING, &[&self.hash]),
                &element(tag::OCTET_STRING, &[&self.text]),
            ],
        )
    }

    /// Bytes of what was encrypted.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text.len()
    }
}

/// GB/T 32918.4-2016, 5.4.3.
fn key_stream(shared: &[&[u8]], length: usize) -> Vec<u8> {
    let block = |number: u32| {
        let mut hash = Sm3::new();
        for part in shared {
            hash.update(part);
        }
        hash.chain_update(number.to_be_bytes()).finalize()
    };
    (1..).flat_map(block).take(length).collect()
}

/// Random numbers that are tried; that one is not enough happens once in 2³².
const MAX_ATTEMPTS: u8 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestKey;
    use ::sm2::pke::DecryptingKey;

    fn pair() -> (Sm2Key, DecryptingKey) {
        let key = TestKey::sm2(3);
        let public = Sm2Key::from_point(&key.point()).unwrap();
        let TestKey::Sm2(secret) = key else {
            unreachable!()
        };
        (public, DecryptingKey::new(secret))
    }

    /// The crate `sm2` is the judge.
    #[test]
    fn what_is_encrypted_is_decrypted_by_others() {
        let (public, secret) = pair();
        for length in [1, 16, 32, 33, 4096] {
            let message = vec![0x5a; length];
            let made = Ciphertext::encrypt(&public, &message, &[7; 32]).unwrap();
            assert_eq!(made.size(), length);
            assert_eq!(secret.decrypt(&made.bytes()).unwrap(), message);
            assert_eq!(secret.decrypt_der(&made.der()).unwrap(), message);
            assert_eq!(Ciphertext::read(&made.bytes()), Some(made.clone()));
            assert_eq!(Ciphertext::from_der(&made.der()), Some(made));
        }
        let one = Ciphertext::encrypt(&public, b"a", &[1; 32]).unwrap();
        let other = Ciphertext::encrypt(&public, b"a", &[2; 32]).unwrap();
        assert_ne!(one.point, other.point);
        assert_eq!(Ciphertext::encrypt(&public, b"", &[1; 32]), None);
    }

    #[test]
    fn what_is_no_ciphertext_is_not_read() {
        let (public, _) = pair();
        let bytes = Ciphertext::encrypt(&public, b"a", &[1; 32])
            .unwrap()
            .bytes();
        for cut in 0..bytes.len() {
            assert_eq!(Ciphertext::read(&bytes[..cut]), None, "{cut}");
        }
        assert_eq!(Ciphertext::read(&[&[0x30], &bytes[1..]].concat()), None);
        let hex = asn1::hex(&bytes);
        assert!(
            Ciphertext::parse(&hex).is_some() && Ciphertext::parse(&hex.to_uppercase()).is_some()
        );
        for text in [
            &hex[1..],
            &format!("0x{hex}"),
            &format!(" {hex}"),
            &format!("{hex}g"),
        ] {
            assert_eq!(Ciphertext::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ciphertexts_come_in_base64_too() {
        let (public, _) = pair();
        let made = Ciphertext::encrypt(&public, b"a", &[1; 32]).unwrap();
        let encoded = |bytes: &[u8]| yinxin_proto::Base64(bytes.to_vec()).encode();
        for bytes in [made.bytes(), made.der()] {
            assert_eq!(Ciphertext::parse(&encoded(&bytes)), Some(made.clone()));
        }
        let der = made.der();
        for cut in 0..der.len() {
            assert_eq!(Ciphertext::from_der(&der[..cut]), None, "{cut}");
        }
        for at in [0, 1, 2, 3] {
            let mut other = der.clone();
            other[at] ^= 1;
            assert_eq!(Ciphertext::from_der(&other), None, "{at}");
        }
        assert_eq!(Ciphertext::from_der(&[&der[..], &[0]].concat()), None);
    }
}

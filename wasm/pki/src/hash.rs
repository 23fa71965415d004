//! SM3 (GB/T 32905), SHA-1 and SHA-2 (FIPS 180-4); SM3 and SHA-256 also side by side over the same bytes.

use crate::asn1::hex;
use crate::oid;
use der::asn1::ObjectIdentifier;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use sm3::Sm3;
use yinxin_proto::page::SignatureAlgorithm;

/// SM3 of bytes.
#[must_use]
pub fn sm3(bytes: &[u8]) -> [u8; 32] {
    Sm3::digest(bytes).into()
}

/// SHA-256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The digests of RSA and ECDSA signatures (FIPS 180-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sha2 {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Sha2 {
    /// The one with this OID.
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        [Self::Sha256, Self::Sha384, Self::Sha512]
            .into_iter()
            .find(|hash| hash.oid() == oid)
    }

    /// Its OID.
    #[must_use]
    pub fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// Size of the digest in bytes.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of a message in pieces.
    #[must_use]
    pub fn digest(self, message: &[&[u8]]) -> Vec<u8> {
        fn of<D: sha2::Digest>(message: &[&[u8]]) -> Vec<u8> {
            let mut hash = D::new();
            for piece in message {
                hash.update(piece);
            }
            hash.finalize().to_vec()
        }
        match self {
            Self::Sha256 => of::<Sha256>(message),
            Self::Sha384 => of::<Sha384>(message),
            Self::Sha512 => of::<Sha512>(message),
        }
    }
}

/// The digest that goes with a signature algorithm.
#[must_use]
pub fn digest(algorithm: SignatureAlgorithm, bytes: &[u8]) -> [u8; 32] {
    match algorithm {
        SignatureAlgorithm::Sm2Sm3 => sm3(bytes),
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::EcdsaP256Sha256 => sha256(bytes),
    }
}

/// The digest of an algorithm by its OID: SM3, SHA-2, and SHA-1, which is no algorithm of signatures
/// here and only names certificates. `None` for another.
#[must_use]
pub fn digest_of_any(algorithm: ObjectIdentifier, bytes: &[u8]) -> Option<Vec<u8>> {
    match algorithm {
        oid::SM3 => Some(sm3(bytes).to_vec()),
        oid::SHA1 => Some(Sha1::digest(bytes).to_vec()),
        _ => Sha2::from_oid(algorithm).map(|hash| hash.digest(&[bytes])),
    }
}

/// Both digests of one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digests {
    /// SM3.
    pub sm3: [u8; 32],
    /// SHA-256.
    pub sha256: [u8; 32],
}

impl Digests {
    /// Of content that is at hand.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        Self {
            sm3: sm3(content),
            sha256: sha256(content),
        }
    }

    /// The one that goes with a signature algorithm.
    #[must_use]
    pub fn for_algorithm(&self, algorithm: SignatureAlgorithm) -> &[u8; 32] {
        match algorithm {
            SignatureAlgorithm::Sm2Sm3 => &self.sm3,
            SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::EcdsaP256Sha256 => &self.sha256,
        }
    }

    /// Both as lower-case hex: SM3, SHA-256.
    #[must_use]
    pub fn to_hex(&self) -> (String, String) {
        (hex(&self.sm3), hex(&self.sha256))
    }
}

/// Computes both digests of content that comes in pieces.
#[derive(Clone, Default)]
pub struct Hasher {
    sm3: Sm3,
    sha256: Sha256,
}

impl Hasher {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sm3.update(bytes);
        self.sha256.update(bytes);
    }

    /// The digests of all bytes taken.
    #[must_use]
    pub fn finish(self) -> Digests {
        Digests {
            sm3: self.sm3.finalize().into(),
            sha256: self.sha256.finalize().into(),
        }
    }
}

/// Computes one digest of content that comes in pieces.
#[derive(Clone)]
pub enum Running {
    /// SM3.
    Sm3(Sm3),
    /// SHA-256.
    Sha256(Sha256),
    /// SHA-384.
    Sha384(Sha384),
    /// SHA-512.
    Sha512(Sha512),
}

impl Running {
    /// SM3.
    #[must_use]
    pub fn sm3() -> Self {
        Self::Sm3(Sm3::new())
    }

    /// SHA-256.
    #[must_use]
    pub fn sha256() -> Self {
        Self::Sha256(Sha256::new())
    }

    /// SM3 or one of SHA-2, by its OID; `None` for another.
    #[must_use]
    pub fn of(algorithm: ObjectIdentifier) -> Option<Self> {
        if algorithm == oid::SM3 {
            return Some(Self::sm3());
        }
        Some(match Sha2::from_oid(algorithm)? {
            Sha2::Sha256 => Self::sha256(),
            Sha2::Sha384 => Self::Sha384(Sha384::new()),
            Sha2::Sha512 => Self::Sha512(Sha512::new()),
        })
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sm3(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
            Self::Sha384(hash) => hash.update(bytes),
            Self::Sha512(hash) => hash.update(bytes),
        }
    }

    /// The digest of all bytes taken.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Sm3(hash) => hash.finalize().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
            Self::Sha384(hash) => hash.finalize().to_vec(),
            Self::Sha512(hash) => hash.finalize().to_vec(),
        }
    }
}

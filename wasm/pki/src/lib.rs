//! What bytes of a public key infrastructure say, and whether to believe them: certificates, SM2, CMS, login proofs and
//! electronic seals. No clock, no randomness, no files: the time, trust anchors and revocation lists are arguments.
//!
//! | module | what lives there |
//! |---|---|
//! | [`sm2`], [`rsa`], [`key`], [`scheme`], [`hash`] | SM2 with Z and user id; RSA; public keys and signatures of all kinds; digests |
//! | [`certificate`], [`credit_code`], [`identity_number`] | reading certificates; facts and oddities |
//! | [`trust`] | paths to anchors, revocation |
//! | [`attributes`], [`cms`] | signed attributes and SignedData, made and judged |
//! | [`login`] | login proofs and challenges, made and judged |
//! | [`seal`] | electronic seals of all three standards, read with a record of what is odd; made, with the feature `build-seals` |
//! | [`recognise`], [`outcome`] | what a file is, by its bytes; what findings come to for who asks whether to rely on it |
//! | [`content_guard`], [`bare_text`] | content that is never signed as a document; text that may be signed as it stands |
//! | [`asn1`], [`oid`], [`pem`], [`outer`], [`charset`], [`unicode`], [`wire`] | what the others stand on |
#![forbid(unsafe_code)]

pub mod asn1;
pub mod attributes;
pub mod bare_text;
pub mod certificate;
pub mod charset;
pub mod cms;
pub mod content_guard;
pub mod credit_code;
mod curve;
#[cfg(test)]
mod golden;
pub mod hash;
pub mod identity_number;
pub mod key;
pub mod login;
pub mod oid;
pub mod outcome;
pub mod outer;
pub mod pem;
pub mod recognise;
pub mod rsa;
pub mod scheme;
pub mod seal;
pub mod sm2;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod trust;
pub mod unicode;
pub mod wire;

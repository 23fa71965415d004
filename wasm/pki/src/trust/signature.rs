//! Signatures of certificates and revocation lists, and the two ways in which some producers
//! compute SM2 signatures outside of the standard.

use crate::key::{EcSignature, PublicKey, Written};
use crate::oid;
use crate::scheme::Scheme;
use crate::sm2::{Opened, Sm2Digest, Sm2Key};
use der::asn1::ObjectIdentifier;
use serde::Deserialize;
use yinxin_proto::{Error, Finding, Severity};

/// What is signed, how, and the signature.
pub(super) struct Signed<'a> {
    /// The bytes as they came.
    pub tbs: &'a [u8],
    /// DER AlgorithmIdentifier.
    pub algorithm: &'a [u8],
    /// Contents of the BIT STRING.
    pub signature: &'a [u8],
}

/// A computation of e that no standard names: the first is the default of the OpenSSL command line, the second is met in the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Sm2Variant {
    /// Z with an empty user id.
    EmptyId,
    /// Without Z: e = SM3(M).
    WithoutZ,
}

impl Sm2Variant {
    /// Its name, as callers ask for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EmptyId => "empty-id",
            Self::WithoutZ => "without-z",
        }
    }
}

/// Whether a key made a signature: as the standard says under this SM2 user id (`None`), or only in
/// a variant, which the caller must not take for valid unless it was asked for by name.
///
/// # Errors
/// [`Error::AlgorithmNotSupported`], [`Error::SignatureInvalid`].
pub(super) fn check(
    signed: &Signed<'_>,
    key: &PublicKey,
    sm2_id: &[u8],
) -> Result<Option<Sm2Variant>, Error> {
    let (scheme, _) = Scheme::read(signed.algorithm)?;
    if !scheme.fits(key) {
        return Err(Error::SignatureInvalid {});
    }
    let PublicKey::Sm2(sm2) = key else {
        let id = Sm2Digest::Id(sm2_id);
        return match key.check(scheme, id, &[signed.tbs], signed.signature) {
            Some(_) => Ok(None),
            None => Err(Error::SignatureInvalid {}),
        };
    };
    let opened = open(signed, sm2);
    let ways = [
        (Sm2Digest::Id(sm2_id), None),
        (Sm2Digest::Id(b""), Some(Sm2Variant::EmptyId)),
        (Sm2Digest::WithoutZ, Some(Sm2Variant::WithoutZ)),
    ];
    let holds = |way| {
        let e = sm2.digest(way, &[signed.tbs]);
        e.zip(opened).is_some_and(|(e, opened)| opened.is_over(&e))
    };
    let found = ways.into_iter().find(|(way, _)| holds(*way));
    found
        .map(|(_, variant)| variant)
        .ok_or(Error::SignatureInvalid {})
}

/// Whether a key made a signature as the standard says: [`check`] for what is too large to be
/// digested in vain.
pub(super) fn holds(signed: &Signed<'_>, key: &PublicKey, sm2_id: &[u8]) -> bool {
    let Ok((scheme, _)) = Scheme::read(signed.algorithm) else {
        return false;
    };
    let id = Sm2Digest::Id(sm2_id);
    match key {
        PublicKey::Sm2(sm2) if scheme.fits(key) => {
            let opened = open(signed, sm2);
            opened.is_some_and(|opened| {
                let e = sm2.digest(id, &[signed.tbs]);
                e.is_some_and(|e| opened.is_over(&e))
            })
        }
        _ => {
            let held = key.check(scheme, id, &[signed.tbs], signed.signature);
            held.is_some()
        }
    }
}

/// What an SM2 signature holds over.
fn open(signed: &Signed<'_>, key: &Sm2Key) -> Option<Opened> {
    let (signature, _) = EcSignature::read(signed.signature)?;
    key.open_as_authority(&signature.to_raw())
}

/// A note of what is odd about how a signature is written. RSA signatures have one form.
pub(crate) fn oddity(
    algorithm: ObjectIdentifier,
    signature: &[u8],
    place: &str,
) -> Option<Finding> {
    let of_curves = [
        oid::SM2_WITH_SM3,
        oid::ECDSA_SHA256,
        oid::ECDSA_SHA384,
        oid::ECDSA_SHA512,
    ];
    let written = Written::of(signature).filter(|_| of_curves.contains(&algorithm))?;
    let error = written.oddity()?;
    Some(Finding::new(Severity::Note, error).at(place))
}

//! Asking an authority for a time stamp: the request, and what its answer has to be before it is set on a signature.
//!
//! Source: RFC 3161, 2.4.1 (TimeStampReq) and 2.4.2 (TimeStampResp).

use super::verify;
use crate::asn1::{self, Malformed, tag};
use crate::hash::digest_of_any;
use crate::outcome;
use crate::trust::PathPolicy;
use crate::{oid, outer};
use der::asn1::ObjectIdentifier;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::{Error, Severity};

/// A request for a time stamp over some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    algorithm: ObjectIdentifier,
    imprint: Vec<u8>,
    /// As an INTEGER.
    nonce: Vec<u8>,
}

impl Request {
    /// A request for bytes that were signed with an algorithm: their digest is of the kind that goes with it, SM3 or
    /// SHA-256. `random` makes the answer one to this request alone.
    #[must_use]
    pub fn new(algorithm: SignatureAlgorithm, bytes: &[u8], random: &[u8; 16]) -> Self {
        let digest = match algorithm {
            SignatureAlgorithm::Sm2Sm3 => oid::SM3,
            SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::EcdsaP256Sha256 => oid::SHA256,
        };
        Self {
            algorithm: digest,
            imprint: digest_of_any(digest, bytes).unwrap_or_default(),
            nonce: asn1::unsigned(random),
        }
    }

    /// Its DER. It asks for the authority's certificate too.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let algorithm = asn1::oid(self.algorithm);
        let algorithm = asn1::element(tag::SEQUENCE, &[&algorithm, &[tag::NULL, 0]]);
        let imprint = asn1::element(tag::OCTET_STRING, &[&self.imprint]);
        let imprint = asn1::element(tag::SEQUENCE, &[&algorithm, &imprint]);
        let version = asn1::unsigned(&[1]);
        let with_certificate = [tag::BOOLEAN, 1, 0xff];
        let fields: [&[u8]; 4] = [&version, &imprint, &self.nonce, &with_certificate];
        asn1::element(tag::SEQUENCE, &fields)
    }

    /// The time stamp of an answer (TimeStampResp): over these bytes, for this request, and signed by an authority for
    /// time stamps. Whether that leads to an anchor is for whoever relies on it; what speaks against it is refused.
    ///
    /// # Errors
    /// `time-stamp-invalid`.
    pub fn token(&self, answer: &[u8], policy: &PathPolicy<'_>) -> Result<Vec<u8>, Error> {
        let granted = granted(answer).map_err(|malformed| invalid(malformed.reason))?;
        let token = granted.map_err(|refusal| invalid(&refusal))?;
        let (token, _) = outer::message(token).map_err(|malformed| invalid(malformed.reason))?;
        let own = |algorithm| (algorithm == self.algorithm).then(|| self.imprint.clone());
        let judged = verify(&token, own, policy).map_err(|error| match error {
            Error::CmsUnreadable { reason, .. } => invalid(&reason),
            other => other,
        })?;
        let nonce = judged.stamp.nonce.unwrap_or_default();
        if !asn1::is_same_integer(&nonce, &self.nonce[2..]) {
            return Err(invalid("it answers another request"));
        }
        let against = judged.findings.iter().find(|finding| {
            finding.severity == Severity::Fatal && !outcome::is_open(&finding.error)
        });
        match against.map(|finding| &finding.error) {
            None => Ok(token),
            Some(Error::TimeStampInvalid { reason }) => Err(invalid(reason)),
            Some(other) => Err(invalid(other.code())),
        }
    }
}

/// The token of an answer, or the authority's words where it gives none.
fn granted(answer: &[u8]) -> Result<Result<Vec<u8>, String>, Malformed> {
    let whole = asn1::single(answer, tag::SEQUENCE, "a TimeStampResp is expected")?;
    let mut fields = whole.children();
    let status = fields.expect(tag::SEQUENCE, "a PKIStatusInfo is expected")?;
    let mut parts = status.children();
    let number = parts.expect(tag::INTEGER, "a PKIStatus is expected")?;
    // granted, and granted with modifications
    if matches!(number.value, [0 | 1]) {
        let token = fields.expect(tag::SEQUENCE, "a time stamp is expected")?;
        fields.finish()?;
        return Ok(Ok(token.raw.to_vec()));
    }
    let mut words = vec![format!("refused, status {}", asn1::hex(number.value))];
    if let Some(texts) = parts.optional(tag::SEQUENCE)? {
        let mut texts = texts.children();
        while !texts.is_empty() {
            words.push(String::from_utf8_lossy(texts.read()?.value).into_owned());
        }
    }
    Ok(Err(words.join(" ")))
}

fn invalid(reason: &str) -> Error {
    let reason = reason.chars().take(MAX_REASON_CHARS).collect();
    Error::TimeStampInvalid { reason }
}

const MAX_REASON_CHARS: usize = 200;

#[cfg(test)]
mod tests;

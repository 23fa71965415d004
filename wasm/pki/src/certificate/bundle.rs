//! Certificates as people hand them over, one or many: DER, PEM, bare Base64, and PKCS #7 bundles.
//!
//! Source: RFC 7468 (PEM); RFC 5652, clause 5.1, and RFC 8551, clause 3.8 (certs-only SignedData);
//! GM/T 0010-2012, clause 8 (the same under another OID).

use super::{Certificate, odd_text, unreadable};
use crate::asn1::{self, Malformed, Tlv, tag};
use crate::recognise::in_place_of;
use crate::{oid, outer, pem};
use yinxin_proto::Error;
use yinxin_proto::limits::MAX_CERTIFICATE_BYTES;

/// Certificates in one input.
pub const MAX_CERTIFICATES: usize = 64;

/// Bytes of one input: as many certificates of full size in Base64, and text around them.
pub const MAX_BYTES: usize = 2 * MAX_CERTIFICATES * MAX_CERTIFICATE_BYTES as usize;

/// Reads every certificate of an input, in its order.
///
/// The input is DER or Base64 of a certificate or of a PKCS #7 bundle, or PEM with any number of
/// both; other PEM blocks (keys, CRLs) are passed over, and so is what a bundle holds besides
/// certificates. Bundles may be BER and have no signers: a signed message is no bundle.
///
/// # Errors
/// [`Error::CertificateUnreadable`] if anything that should be a certificate can't be read, if
/// there is none, or above [`MAX_CERTIFICATES`] or [`MAX_BYTES`]. The position counts from the
/// start of the DER, after Base64; of several PEM blocks, the reason says in which.
pub fn certificates(input: &[u8]) -> Result<Vec<Certificate>, Error> {
    read(input).map_err(|error| in_place_of(input, error))
}

/// The same, and no look at what else it could be: that look asks this.
pub(crate) fn read(input: &[u8]) -> Result<Vec<Certificate>, Error> {
    if input.len() > MAX_BYTES {
        return Err(unreadable(0, "too long"));
    }
    let mut found = Vec::new();
    let text =
        pem::read(input, LABELS).ok_or_else(|| unreadable(0, "neither DER nor PEM, or damaged"))?;
    for (index, (label, der)) in text.blocks.into_iter().enumerate() {
        let read = if outer::is_content_info(&der) {
            read_bundle(der, text.odd, &mut found)
        } else {
            push(&mut found, 0, || {
                Certificate::from_block(&label, der, text.odd)
            })
        };
        read.map_err(|error| in_block(index, error))?;
    }
    if found.is_empty() {
        return Err(unreadable(0, "no certificate in it"));
    }
    Ok(found)
}

/// Reads a bundle, whatever its label said: both labels are in use for either structure. What is odd
/// about it is noted of each certificate.
fn read_bundle(
    bytes: Vec<u8>,
    odd: Option<&'static str>,
    found: &mut Vec<Certificate>,
) -> Result<(), Error> {
    let refused = |m: Malformed| unreadable(m.position, m.reason);
    let (der, mut notes) = outer::message(bytes).map_err(refused)?;
    notes.extend(odd.map(odd_text));
    for certificate in bundled(&der).map_err(refused)? {
        push(found, certificate.position, || {
            let mut read = Certificate::from_der(certificate.raw.to_vec())?;
            read.findings.extend(notes.iter().cloned());
            Ok(read)
        })?;
    }
    Ok(())
}

/// Takes one certificate that lies at `offset` in its structure.
fn push(
    found: &mut Vec<Certificate>,
    offset: usize,
    read: impl FnOnce() -> Result<Certificate, Error>,
) -> Result<(), Error> {
    if found.len() == MAX_CERTIFICATES {
        return Err(unreadable(offset, "too many certificates"));
    }
    let certificate = read().map_err(|error| match error {
        Error::CertificateUnreadable { position, reason } => {
            unreadable(offset.saturating_add(position as usize), &reason)
        }
        other => other,
    })?;
    found.push(certificate);
    Ok(())
}

/// The certificates of a SignedData without signers.
fn bundled(der: &[u8]) -> Result<Vec<Tlv<'_>>, Malformed> {
    let info = asn1::single(der, tag::SEQUENCE, "a ContentInfo is expected")?;
    let mut fields = info.children();
    let kind = fields.expect(tag::OID, "a content type is expected")?;
    if ![oid::SIGNED_DATA, oid::GM_SIGNED_DATA].contains(&kind.oid()?) {
        return Err(kind.malformed("not a SignedData"));
    }
    let explicit = fields.expect(tag::CONTEXT_0, "the content is expected")?;
    fields.finish()?;
    let mut inside = explicit.children();
    let signed_data = inside.expect(tag::SEQUENCE, "a SignedData is expected")?;
    inside.finish()?;

    let mut fields = signed_data.children();
    fields.expect(tag::INTEGER, "a version is expected")?;
    fields.expect(tag::SET, "digestAlgorithms are expected")?;
    fields.expect(tag::SEQUENCE, "encapContentInfo is expected")?;
    let certificates = fields.optional(tag::CONTEXT_0)?;
    fields.optional(tag::CONTEXT_1)?;
    let signers = fields.expect(tag::SET, "signerInfos are expected")?;
    fields.finish()?;
    if !signers.value.is_empty() {
        return Err(signers.malformed("a signed message, not a bundle of certificates"));
    }
    let mut found = Vec::new();
    if let Some(certificates) = certificates {
        let mut choices = certificates.children();
        while !choices.is_empty() {
            let choice = choices.read()?;
            // The other choices are attribute certificates and the like.
            if choice.tag == tag::SEQUENCE {
                found.push(choice);
            }
            if found.len() > MAX_CERTIFICATES {
                return Err(choice.malformed("too many certificates"));
            }
        }
    }
    Ok(found)
}

/// An error with the PEM block that it is about. The first needs no mention.
fn in_block(index: usize, error: Error) -> Error {
    match error {
        Error::CertificateUnreadable { position, reason } if index > 0 => {
            Error::CertificateUnreadable {
                position,
                reason: format!("block {}: {reason}", index + 1),
            }
        }
        error => error,
    }
}

/// Ends of the labels that certificates and bundles have in PEM: also `X509 CERTIFICATE` and
/// `PKCS #7 SIGNED DATA`.
const LABELS: &[&str] = &["CERTIFICATE", "PKCS7", "PKCS #7 SIGNED DATA", "CMS"];

#[cfg(test)]
mod tests;

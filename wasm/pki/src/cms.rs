//! CMS SignedData: putting one together around a signature ([`assemble`]), and judging one
//! ([`verify`]).
//!
//! Source: RFC 5652; GM/T 0010-2012 (SM2 cryptography message syntax) for the SM2 OIDs.

mod plain;
mod read;
pub mod time_stamp;
mod verify;

pub use verify::{Content, Judgement, Options, SignedContent, Signer, verify};

use crate::asn1::{self, tag};
use crate::attributes::content_type;
use crate::certificate::Certificate;
use crate::{oid, outer};
use yinxin_proto::page::SignatureAlgorithm;

/// The bytes of a CMS around its content: `head`, the content if it is inside, `tail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Before the content; all of a detached CMS.
    pub head: Vec<u8>,
    /// After the content.
    pub tail: Vec<u8>,
}

/// The digest algorithm of a message's first signer, for who digests a content that is too large to be held. `None` for
/// what is no message.
#[must_use]
pub fn digest_algorithm(message: &[u8]) -> Option<der::asn1::ObjectIdentifier> {
    let (der, _) = outer::message(message.to_vec()).ok()?;
    let data = read::SignedData::read(&der, 1).ok()?;
    data.signers.first().map(|signer| signer.digest_algorithm)
}

/// A SignedData with one signer, in DER.
///
/// `attributes` is the DER SET OF Attribute that `signature` covers. `content_size` is the number
/// of content bytes that will stand between head and tail; `None` makes a detached CMS. Content
/// never has to be at hand, since definite lengths follow from its size.
#[must_use]
pub fn assemble(
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    attributes: &[u8],
    signature: &[u8],
    content_size: Option<usize>,
) -> Parts {
    assemble_stamped(
        algorithm,
        certificate,
        attributes,
        signature,
        None,
        content_size,
    )
}

/// The same with a time stamp over the signature, in the unsigned attribute that RFC 3161, appendix A, has for it.
#[must_use]
pub fn assemble_stamped(
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    attributes: &[u8],
    signature: &[u8],
    time_stamp: Option<&[u8]>,
    content_size: Option<usize>,
) -> Parts {
    let (signed_data, digest, signing) = algorithms(algorithm);
    let version = asn1::unsigned(&[1]);
    let digest_set = asn1::element(tag::SET, &[&digest]);
    let certificates = asn1::element(tag::CONTEXT_0, &[certificate.der()]);
    let signed = signer_fields(
        certificate,
        &version,
        &digest,
        attributes,
        &signing,
        signature,
    );
    let unsigned = time_stamp.map_or(Vec::new(), |token| {
        let kind = asn1::oid(oid::SIGNATURE_TIME_STAMP);
        let values = asn1::element(tag::SET, &[token]);
        let attribute = asn1::element(tag::SEQUENCE, &[&kind, &values]);
        asn1::element(tag::CONTEXT_1, &[&attribute])
    });
    let signer = asn1::element(tag::SEQUENCE, &[&signed, &unsigned]);
    let signers = asn1::element(tag::SET, &[&signer]);
    let tail = [certificates, signers].concat();

    let kind = asn1::oid(content_type(algorithm));
    // The headers around the content, from the inside out, each with the length of what follows.
    let (content_headers, size) = match content_size {
        None => (Vec::new(), 0),
        Some(size) => {
            let octets = asn1::header(tag::OCTET_STRING, size);
            let explicit = asn1::header(tag::CONTEXT_0, octets.len() + size);
            ([explicit, octets].concat(), size)
        }
    };
    let encapsulated = kind.len() + content_headers.len() + size;
    let encapsulated_header = asn1::header(tag::SEQUENCE, encapsulated);
    let inner =
        version.len() + digest_set.len() + encapsulated_header.len() + encapsulated + tail.len();
    let inner_header = asn1::header(tag::SEQUENCE, inner);
    let explicit_header = asn1::header(tag::CONTEXT_0, inner_header.len() + inner);
    let outer_kind = asn1::oid(signed_data);
    let outer_header = asn1::header(
        tag::SEQUENCE,
        outer_kind.len() + explicit_header.len() + inner_header.len() + inner,
    );
    let mut head = [
        outer_header,
        outer_kind,
        explicit_header,
        inner_header,
        version,
        digest_set,
        encapsulated_header,
        kind,
        content_headers,
    ]
    .concat();
    if content_size.is_some() {
        return Parts { head, tail };
    }
    head.extend_from_slice(&tail);
    Parts {
        head,
        tail: Vec::new(),
    }
}

#[cfg(any(test, feature = "testing"))]
pub(crate) fn signer_info(
    certificate: &Certificate,
    version: &[u8],
    digest: &[u8],
    attributes: &[u8],
    signing: &[u8],
    signature: &[u8],
) -> Vec<u8> {
    let fields = signer_fields(certificate, version, digest, attributes, signing, signature);
    asn1::element(tag::SEQUENCE, &[&fields])
}

/// The fields of a SignerInfo, up to its signature.
fn signer_fields(
    certificate: &Certificate,
    version: &[u8],
    digest: &[u8],
    attributes: &[u8],
    signing: &[u8],
    signature: &[u8],
) -> Vec<u8> {
    let serial = asn1::element(tag::INTEGER, &[certificate.serial()]);
    let sid = asn1::element(tag::SEQUENCE, &[certificate.issuer().der(), &serial]);
    // [0] IMPLICIT stands in the place of the tag of the SET that is signed (RFC 5652, 5.4).
    let mut attributes = attributes.to_vec();
    if let Some(first) = attributes.first_mut() {
        *first = tag::CONTEXT_0;
    }
    let signature = asn1::element(tag::OCTET_STRING, &[signature]);
    [version, &sid, digest, &attributes, signing, &signature].concat()
}

/// OID of SignedData, and the AlgorithmIdentifiers of digest and signature.
///
/// NULL parameters where the field writes them (SM2, GM/T 0010 samples; RSA, RFC 3370) and none
/// where the RFCs ask for none (SHA-256, ECDSA; RFC 5754).
pub(crate) fn algorithms(
    algorithm: SignatureAlgorithm,
) -> (der::asn1::ObjectIdentifier, Vec<u8>, Vec<u8>) {
    let null: &[u8] = &[tag::NULL, 0];
    let identifier =
        |kind, parameters: &[u8]| asn1::element(tag::SEQUENCE, &[&asn1::oid(kind), parameters]);
    match algorithm {
        SignatureAlgorithm::Sm2Sm3 => (
            oid::GM_SIGNED_DATA,
            identifier(oid::SM3, null),
            identifier(oid::SM2_SIGN, null),
        ),
        SignatureAlgorithm::RsaSha256 => (
            oid::SIGNED_DATA,
            identifier(oid::SHA256, &[]),
            identifier(oid::RSA, null),
        ),
        SignatureAlgorithm::EcdsaP256Sha256 => (
            oid::SIGNED_DATA,
            identifier(oid::SHA256, &[]),
            identifier(oid::ECDSA_SHA256, &[]),
        ),
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

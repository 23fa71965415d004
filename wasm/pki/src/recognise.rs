//! What a file is, by its bytes and never by its name: enough to choose who reads it. It may still
//! turn out to be damaged.

use crate::asn1::tag;
use crate::certificate::bundle;
use crate::certificate::name::is_string;
use crate::pem;
use serde::Serialize;
use yinxin_proto::Error;

/// What a file is. A `zip` whose beginning does not tell may be an OFD file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FileKind {
    /// One certificate, or a bundle of them.
    Certificate,
    /// A revocation list.
    Crl,
    /// A CMS (PKCS #7, GM/T 0010): a signature, unless its bytes say otherwise.
    Cms,
    /// An electronic seal.
    Seal,
    /// A seal set on a document (`SES_Signature`).
    SealSignature,
    /// A request for a certificate (PKCS #10).
    CertificateRequest,
    /// Certificates with their private keys (PKCS #12): PFX.
    Pkcs12,
    /// A private key alone, encrypted or not: nobody but its holder should have it.
    PrivateKey,
    /// A PDF file.
    Pdf,
    /// An OFD file.
    Ofd,
    /// Another ZIP archive; one whose beginning does not tell may be an OFD file.
    Zip,
    /// None of these.
    Unknown,
}

/// As many bytes as are looked at from the beginning.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Tells what a file is. `bytes` are all of it, or at least its first [`HEAD_BYTES`]; `size` is the
/// file's. From the beginning of a CMS it can't be seen whether it is a bundle of certificates.
#[must_use]
pub fn recognise(bytes: &[u8], size: u64) -> FileKind {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if head.starts_with(b"PK\x03\x04") {
        return if names_ofd(bytes) {
            FileKind::Ofd
        } else {
            FileKind::Zip
        };
    }
    if head.starts_with(PDF) {
        return FileKind::Pdf;
    }
    let (ders, is_several) = ders(head, size);
    let mut shapes: Vec<FileKind> = ders.iter().filter_map(|der| shape(der)).collect();
    // A key beside something else is passed over by who reads that, where labels tell them apart.
    shapes.sort_by_key(|kind| (*kind == FileKind::PrivateKey) != is_several);
    let kind = match shapes.first() {
        Some(kind) => *kind,
        // Readers of PDF look for its mark in the first 1,024 bytes, where a signature too may hold one.
        None if find(&head[..head.len().min(1024)], PDF).is_some() => FileKind::Pdf,
        // What of it is not DER is encrypted, or OpenSSH's; or behind much text.
        None if names_private_key(&bytes[..bytes.len().min(bundle::MAX_BYTES)]) => {
            FileKind::PrivateKey
        }
        None => FileKind::Unknown,
    };
    let complete = bytes.len() as u64 == size && bytes.len() <= bundle::MAX_BYTES;
    if kind == FileKind::Cms && complete && bundle::read(bytes).is_ok() {
        return FileKind::Certificate;
    }
    kind
}

/// Why something could not be read, if it is of a kind whose holder has to know more than that.
pub(crate) fn in_place_of(input: &[u8], error: Error) -> Error {
    match recognise(input, input.len() as u64) {
        FileKind::CertificateRequest => Error::CertificateRequestGiven {},
        FileKind::Pkcs12 => Error::Pkcs12Given {},
        FileKind::PrivateKey => Error::PrivateKeyGiven {},
        _ => error,
    }
}

/// Whether a structure without a label may be what these labels of PEM name: it is not surely something else. A private
/// key stays, so that its holder is told of it.
pub(crate) fn may_be(der: &[u8], labels: &[&str]) -> bool {
    let label = match shape(der) {
        Some(FileKind::PrivateKey) => return true,
        Some(FileKind::Certificate) => "CERTIFICATE",
        Some(FileKind::Crl) => "CRL",
        Some(FileKind::Cms) => "CMS",
        Some(FileKind::Seal | FileKind::SealSignature) => "SEAL",
        Some(_) => "",
        // None of these begins with an INTEGER, and the value of a signature does, which is sent beside a certificate.
        None => {
            return enter(der, tag::SEQUENCE)
                .is_none_or(|inside| inside.first() != Some(&tag::INTEGER));
        }
    };
    labels.iter().any(|wanted| label.ends_with(wanted))
}

const PDF: &[u8] = b"%PDF-";

/// Whether a text has a PEM label of a private key.
fn names_private_key(head: &[u8]) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const MAX_LINE: usize = 64;
    let mut rest = head;
    while let Some(at) = find(rest, BEGIN) {
        rest = &rest[at + BEGIN.len()..];
        let line = &rest[..rest.len().min(MAX_LINE)];
        let label = &line[..find(line, b"-----").unwrap_or(0)];
        if find(label, b"PRIVATE KEY").is_some() {
            return true;
        }
    }
    false
}

/// Whether an entry of a ZIP is called `OFD.xml`, in its own header or in the directory's.
fn names_ofd(zip: &[u8]) -> bool {
    const NAME: &[u8] = b"OFD.xml";
    let mut from = 0;
    while let Some(at) = find(&zip[from..], NAME).map(|at| from + at) {
        let headed = |mark: &[u8], size: usize| {
            at.checked_sub(size)
                .is_some_and(|start| zip[start..].starts_with(mark))
        };
        if headed(b"PK\x03\x04", 30) || headed(b"PK\x01\x02", 46) {
            return true;
        }
        from = at + NAME.len();
    }
    false
}

/// The DER at the beginning of a file that may be text, as far as it goes; and whether nothing tells which is meant.
fn ders(head: &[u8], size: u64) -> (Vec<Vec<u8>>, bool) {
    if head.len() as u64 >= size
        && let Some(read) = pem::read(head, &[""])
    {
        let ders = read.blocks.into_iter().map(|(_, der)| der);
        return (ders.collect(), read.is_several);
    }
    let text = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    // DER begins with bytes that are ASCII too, for a few bytes.
    if text.len() + 3 < head.len() {
        return (vec![head.to_vec()], false);
    }
    let Some((_, block)) = text.split_once("-----BEGIN ") else {
        return (vec![beginning(text)], false);
    };
    let body = block.split_once("-----").map_or("", |(_, body)| body);
    (vec![beginning(body)], false)
}

/// What Base64 stands for, up to where something else begins.
fn beginning(text: &str) -> Vec<u8> {
    let mut letters: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        .collect();
    letters.truncate(letters.len() / 4 * 4);
    let text = String::from_utf8_lossy(&letters);
    pem::base64(&text).unwrap_or_default()
}

/// What a structure is by its first elements, of which each may end beyond the bytes.
fn shape(der: &[u8]) -> Option<FileKind> {
    let outer = enter(der, tag::SEQUENCE)?;
    // ContentInfo
    if let Some(after) = skip(outer, tag::OID) {
        enter(after, tag::CONTEXT_0)?;
        return Some(FileKind::Cms);
    }
    if let Some(version) = element(outer, tag::INTEGER) {
        return secret(version.0.first().copied()?, skip(outer, tag::INTEGER)?);
    }
    let first = enter(outer, tag::SEQUENCE)?;
    // EncryptedPrivateKeyInfo (RFC 5958, 3).
    if enter(first, tag::OID).is_some() {
        let encrypted = skip(outer, tag::SEQUENCE)?.first() == Some(&tag::OCTET_STRING);
        return encrypted.then_some(FileKind::PrivateKey);
    }
    if is_seal(outer) {
        return Some(FileKind::Seal);
    }
    // From version 2 on, a certificate begins with its version.
    if enter(first, tag::CONTEXT_0).is_some() {
        return Some(FileKind::Certificate);
    }
    // The first INTEGER: of a certificate the serial number, elsewhere a version, which a CRL may lack.
    let fields = skip(first, tag::INTEGER).unwrap_or(first);
    if is_seal(enter(fields, tag::SEQUENCE)?) {
        return Some(FileKind::SealSignature);
    }
    // CertificationRequestInfo (RFC 2986, 4.1): a name where a certificate has an algorithm, and then a key.
    let of_request = enter(fields, tag::SEQUENCE)?;
    if fields.len() < first.len() && enter(of_request, tag::OID).is_none() {
        let key = enter(skip(fields, tag::SEQUENCE)?, tag::SEQUENCE)?;
        enter(enter(key, tag::SEQUENCE)?, tag::OID)?;
        return Some(FileKind::CertificateRequest);
    }
    enter(of_request, tag::OID)?;
    let name = skip(fields, tag::SEQUENCE)?;
    match skip(name, tag::SEQUENCE)?.first() {
        Some(&tag::SEQUENCE) if fields.len() < first.len() => Some(FileKind::Certificate),
        Some(&(tag::UTC_TIME | tag::GENERALIZED_TIME)) => Some(FileKind::Crl),
        _ => None,
    }
}

/// What a structure that begins with a version is, by what follows: PFX (RFC 7292, 4), PrivateKeyInfo (RFC 5958, 2),
/// RSAPrivateKey (RFC 8017, A.1.2) or ECPrivateKey (RFC 5915, 3).
fn secret(version: u8, fields: &[u8]) -> Option<FileKind> {
    let begins_with_oid = enter(fields, tag::SEQUENCE).and_then(|inside| enter(inside, tag::OID));
    let integers = |count| (0..count).try_fold(fields, |fields, _| skip(fields, tag::INTEGER));
    match version {
        3 if begins_with_oid.is_some() => Some(FileKind::Pkcs12),
        0 | 1 if begins_with_oid.is_some() => Some(FileKind::PrivateKey),
        1 if fields.first() == Some(&tag::OCTET_STRING) => Some(FileKind::PrivateKey),
        // A signature has two, a public key as well.
        0 | 1 if integers(2)?.first() == Some(&tag::INTEGER) => Some(FileKind::PrivateKey),
        _ => None,
    }
}

/// Whether bytes begin as what is signed for a seal: by its maker, or by who sets it on a document
/// (`TBS_Sign`).
pub(crate) fn begins_as_sealed(bytes: &[u8]) -> bool {
    let fields = enter(bytes, tag::SEQUENCE).unwrap_or_default();
    let seal = skip(fields, tag::INTEGER).and_then(|seal| enter(seal, tag::SEQUENCE));
    // A maker signs the information alone, or with more behind it.
    [bytes, fields].into_iter().chain(seal).any(is_seal)
}

/// Whether an SESeal's contents begin here: with the header of its information.
fn is_seal(contents: &[u8]) -> bool {
    enter(contents, tag::SEQUENCE)
        .and_then(|info| enter(info, tag::SEQUENCE))
        // Other types of string are read as well.
        .is_some_and(|header| {
            matches!(header, [tag, 2, b'E', b'S', ..] if *tag == tag::OCTET_STRING || is_string(*tag))
                || header.starts_with(&[tag::BMP_STRING, 4, 0, b'E', 0, b'S'])
        })
}

/// What follows the header of an element of this tag.
fn enter(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    element(bytes, tag).map(|(contents, _)| contents)
}

/// What follows an element of this tag.
fn skip(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (contents, length) = element(bytes, tag)?;
    contents.get(length?..)
}

/// What follows the header of an element, and the length that the header tells: none where it is
/// indefinite, which belongs to BER and is met in CMS.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], Option<usize>)> {
    let (found, rest) = bytes.split_first()?;
    if *found != tag {
        return None;
    }
    let (first, rest) = rest.split_first()?;
    match first {
        0..=0x7f => Some((rest, Some(usize::from(*first)))),
        0x80 => Some((rest, None)),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = octets.iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
            Some((rest, usize::try_from(length).ok()))
        }
        _ => None,
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests;

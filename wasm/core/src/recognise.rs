//! What a file is, by its bytes and never by its name: enough to choose who reads it. It may still
//! turn out to be damaged.

use crate::asn1::tag;
use crate::certificate::bundle;
use crate::pem;
use serde::Serialize;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
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
    // Readers of PDF look for its mark in the first 1,024 bytes.
    if find(&head[..head.len().min(1024)], b"%PDF-").is_some() {
        return FileKind::Pdf;
    }
    let kind = ders(head, size)
        .iter()
        .find_map(|der| shape(der))
        .unwrap_or(FileKind::Unknown);
    let complete = bytes.len() as u64 == size && bytes.len() <= bundle::MAX_BYTES;
    if kind == FileKind::Cms && complete && bundle::certificates(bytes).is_ok() {
        return FileKind::Certificate;
    }
    kind
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

/// The DER at the beginning of a file that may be text, as far as it goes.
fn ders(head: &[u8], size: u64) -> Vec<Vec<u8>> {
    if head.len() as u64 >= size
        && let Some(read) = pem::read(head, &[""])
    {
        return read.blocks.into_iter().map(|(_, der)| der).collect();
    }
    let text = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    // DER begins with bytes that are ASCII too, for a few bytes.
    if text.len() + 3 < head.len() {
        return vec![head.to_vec()];
    }
    let Some((_, block)) = text.split_once("-----BEGIN ") else {
        return vec![beginning(text)];
    };
    let body = block.split_once("-----").map_or("", |(_, body)| body);
    vec![beginning(body)]
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
    let first = enter(outer, tag::SEQUENCE)?;
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
    enter(enter(fields, tag::SEQUENCE)?, tag::OID)?;
    let name = skip(fields, tag::SEQUENCE)?;
    match skip(name, tag::SEQUENCE)?.first() {
        Some(&tag::SEQUENCE) if fields.len() < first.len() => Some(FileKind::Certificate),
        Some(&(tag::UTC_TIME | tag::GENERALIZED_TIME)) => Some(FileKind::Crl),
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
        .is_some_and(|header| header.starts_with(&[tag::IA5_STRING, 2, b'E', b'S']))
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

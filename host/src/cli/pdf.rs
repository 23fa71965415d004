//! `sign --format pdf`: a signature or a seal in the document itself.

use super::document::Options;
use super::file::{Document, Input, Output};
use super::output;
use super::time_stamper::{MAX_TOKEN_BYTES, TimeStamper};
use super::words::{DOCUMENT_BROKEN, PDF_NEED_APPEARANCES, PDF_XFA};
use crate::crypto::{self, SigningCertificate};
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use yinxin_documents::pdf::sign::{
    self, Kind, Notice, Picture, Placement, Prepared, Target, prepare,
};
use yinxin_documents::{Piece, source};
use yinxin_pki::hash::Hasher;
use yinxin_pki::seal::{Seal, Sealing, TimeInfo};
use yinxin_proto::Error;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::token::Token;
use yinxin_verify::pdf_has_broken_signature;

/// The field in which it stands, with a picture of this proportion, or of the seal's size.
fn target_of<'a>(
    options: &'a Options,
    picture: Option<&Picture>,
    seal: Option<&Seal>,
) -> Target<'a> {
    if let Some(name) = &options.field {
        return Target::Empty { name };
    }
    let place = options.left.zip(options.top).map(|(left, top)| {
        let own = seal.map(|seal| f64::from(seal.picture().width));
        let width = options.width.or(own).unwrap_or(DEFAULT_WIDTH);
        Placement {
            page: options.page.unwrap_or(1),
            left,
            top,
            width,
            height: width * picture.map_or(1.0, Picture::proportion),
        }
    });
    Target::New { name: None, place }
}

/// Sets a signature, or a seal of the certificate's token. `sign` asks for the PIN and has the key sign a message: all that
/// can be wrong with the document is found before.
///
/// # Errors
/// Any of the catalogue's codes for files, documents, tokens, certificates, seals, PINs and time stamps.
pub fn sign(
    options: &Options,
    document: &Document,
    target: &Output,
    token: &Token,
    certificate: &SigningCertificate,
    stamper: Option<&TimeStamper>,
    sign: impl FnOnce(Vec<u8>) -> Result<Vec<u8>, Error>,
) -> Result<(), Error> {
    let kind = options.kind();
    let is_sm2 = certificate.algorithm() == SignatureAlgorithm::Sm2Sm3;
    if matches!(kind, Kind::Seal | Kind::Sm2Cms) && !is_sm2 {
        return Err(Error::SealNeedsSm2 {});
    }
    let now = crypto::now();
    let seal = match kind {
        Kind::Seal => Some(options.own_seal(token, certificate)?),
        _ => None,
    };
    let picture = match (&options.picture, &seal) {
        (Some(path), _) => Some(picture(path)?),
        (None, Some(seal)) if options.is_shown() => {
            let own = Picture::of(&seal.picture().data);
            Some(own.map_err(|_| Error::PictureRefused {
                reason: "the seal's own; --picture names another".into(),
            })?)
        }
        (None, _) => None,
    };
    let holder = certificate.holder();
    let seal_size = seal.as_ref().map_or(0, |seal| seal.der().len());
    let stamp_size = stamper.map_or(0, |_| MAX_TOKEN_BYTES);
    let prepared = prepare(
        document,
        &sign::Options {
            kind,
            room: sign::room(certificate.size(), seal_size) + stamp_size,
            target: target_of(options, picture.as_ref(), seal.as_ref()),
            picture: picture.as_ref(),
            time: Some(now),
            name: Some(&holder),
            reason: options.reason.as_deref(),
            location: options.location.as_deref(),
            certify: options.certify,
        },
    )?;
    if pdf_has_broken_signature(document) {
        output::warn(DOCUMENT_BROKEN.text());
    }
    for notice in &prepared.notices {
        output::warn(match notice {
            Notice::Xfa => PDF_XFA.text(),
            Notice::NeedAppearances => PDF_NEED_APPEARANCES.text(),
        });
    }
    let stamp = |signature: &[u8]| TimeStamper::over(stamper, certificate, signature);
    let digest = *prepared.digests.for_algorithm(certificate.algorithm());
    let contents = match (kind, &seal) {
        (Kind::Seal, Some(seal)) => {
            let property_info = prepared.property_info();
            let sealing = Sealing {
                seal,
                time: TimeInfo::Claimed(now),
                digest: &digest,
                property_info: &property_info,
                extensions: &[],
            };
            let signature = sign(certificate.to_be_sealed(&sealing)?)?;
            let stamp = stamp(&signature)?;
            certificate.sealed(&sealing, &signature, stamp.as_deref())?
        }
        (Kind::Sm2Cms, _) => {
            let signature = sign(digest.to_vec())?;
            let stamp = stamp(&signature)?;
            let parts = certificate.cms(Some(digest.len()), &[], &signature, stamp.as_deref());
            [parts.head, digest.to_vec(), parts.tail].concat()
        }
        _ => {
            // PAdES knows the claimed time from the dictionary alone.
            let claimed = (kind == Kind::Pkcs7).then_some(now);
            let attributes = certificate.attributes(&digest, claimed);
            let signature = sign(attributes.clone())?;
            let stamp = stamp(&signature)?;
            let parts = certificate.cms(None, &attributes, &signature, stamp.as_deref());
            parts.head
        }
    };
    write(document, prepared, &contents, target)
}

/// Writes the signed document: what of it was there before is copied, and must be what was signed.
fn write(
    document: &Document,
    prepared: Prepared,
    contents: &[u8],
    target: &Output,
) -> Result<(), Error> {
    let expected = prepared.digests;
    let [_, start, end, _] = prepared.byte_range();
    let finished = prepared.finish(contents);
    let pieces = finished.map_err(|_| Error::SealRefused {
        reason: "too large for a PDF".into(),
    })?;
    target.write_by(&|to| {
        let mut covered = Covered {
            to,
            hasher: Hasher::default(),
            at: 0,
            hole: start..end,
        };
        for piece in &pieces {
            match piece {
                Piece::Bytes(bytes) => covered.write_all(bytes)?,
                Piece::Copy(range) => source::stream(document, range.clone(), &mut |piece| {
                    covered.write_all(piece)
                })?,
            }
        }
        if covered.hasher.finish() == expected {
            Ok(())
        } else {
            Err(io::Error::other("the document changed meanwhile"))
        }
    })
}

/// Hashes what is written, but for a hole.
struct Covered<'a> {
    to: &'a mut dyn Write,
    hasher: Hasher,
    at: u64,
    hole: Range<u64>,
}

impl Write for Covered<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write_all(bytes)?;
        let inside = |at: u64| {
            let at = at.clamp(self.at, self.at + bytes.len() as u64) - self.at;
            usize::try_from(at).unwrap_or(bytes.len())
        };
        self.hasher.update(&bytes[..inside(self.hole.start)]);
        self.hasher.update(&bytes[inside(self.hole.end)..]);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn picture(path: &Path) -> Result<Picture, Error> {
    let bytes = Input::open_regular(path)?.read_bounded(MAX_PICTURE_BYTES)?;
    Picture::of(&bytes)
}

/// Of a picture that no seal has, in mm: as wide as most seals.
const DEFAULT_WIDTH: f64 = 40.0;

const MAX_PICTURE_BYTES: u32 = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_documents::pdf::testing::plain;

    #[test]
    fn a_document_that_changes_meanwhile_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.pdf");
        let file = plain().table("/Root 1 0 R").finish();
        let given = Options::default();
        let mut options = sign::Options {
            kind: Kind::Cades,
            room: 100,
            target: target_of(&given, None, None),
            picture: None,
            time: None,
            name: None,
            reason: None,
            location: None,
            certify: None,
        };
        let mut changed = file.clone();
        changed[20] ^= 1;
        for (document, is_written) in [(changed, false), (file.clone(), true)] {
            options.room += 1;
            let prepared = prepare(&file.as_slice(), &options).unwrap();
            let target = Output::prepare(&path, false, 0o644, &[]).unwrap();
            let document = Document::Bytes(document);
            let written = write(&document, prepared, &[1; 100], &target);
            assert_eq!(written.is_ok(), is_written, "{written:?}");
            assert_eq!(path.exists(), is_written);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

//! `sign --format pdf`: a signature or a seal in the document itself.

use super::file::{Document, Input, Output};
use super::output;
use super::words::{
    CERTIFY_UNKNOWN, NO_NUMBER, PDF_NEED_APPEARANCES, PDF_XFA, SUB_FILTER_UNKNOWN, Words,
};
use crate::crypto::{self, SigningCertificate};
use lexopt::ValueExt;
use std::ffi::OsString;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use yinxin_documents::pdf::sign::{
    self, Kind, Notice, Permission, Picture, Placement, Prepared, Target, prepare,
};
use yinxin_documents::{Piece, Source};
use yinxin_pki::hash::Hasher;
use yinxin_pki::seal::{Seal, Sealing, TimeInfo, verify_own};
use yinxin_proto::Error;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::token::Token;

/// What it takes beside what `sign` takes.
#[derive(Default)]
pub struct Options {
    /// What `/Contents` holds; else a CMS as PAdES has it.
    kind: Option<Kind>,
    /// The seal to be set: SHA-256 of its DER, lower-case hex.
    seal: Option<String>,
    /// An empty field to be filled.
    field: Option<String>,
    page: Option<u32>,
    left: Option<f64>,
    top: Option<f64>,
    width: Option<f64>,
    picture: Option<PathBuf>,
    reason: Option<String>,
    location: Option<String>,
    certify: Option<Permission>,
    /// The first that was given.
    first: Option<String>,
}

/// Their names.
pub const OPTIONS: &[&str] = &[
    "sub-filter",
    "seal",
    "field",
    "page",
    "left",
    "top",
    "width",
    "picture",
    "reason",
    "location",
    "certify",
];

impl Options {
    /// Takes one of [`OPTIONS`].
    ///
    /// # Errors
    /// For a value that it can't have.
    pub fn take(&mut self, name: &str, value: OsString) -> Result<(), lexopt::Error> {
        self.first.get_or_insert_with(|| format!("--{name}"));
        if name == "picture" {
            self.picture = Some(value.into());
            return Ok(());
        }
        let text = value.string()?;
        let wrong = |words: Words| lexopt::Error::from(words.fill(&[("value", &text)]));
        let number = || text.parse::<f64>().map_err(|_| wrong(NO_NUMBER));
        match name {
            "sub-filter" => {
                let kinds = [Kind::Cades, Kind::Pkcs7, Kind::Seal, Kind::Sm2Cms];
                let kind = kinds.into_iter().find(|kind| kind.sub_filter() == text);
                self.kind = Some(kind.ok_or_else(|| wrong(SUB_FILTER_UNKNOWN))?);
            }
            "seal" => self.seal = Some(super::sha256(&text)?),
            "field" => self.field = Some(text),
            "page" => self.page = Some(text.parse().map_err(|_| wrong(NO_NUMBER))?),
            "left" => self.left = Some(number()?),
            "top" => self.top = Some(number()?),
            "width" => self.width = Some(number()?),
            "reason" => self.reason = Some(text),
            "location" => self.location = Some(text),
            _ => {
                let permission = match text.as_str() {
                    "nothing" => Permission::Nothing,
                    "forms" => Permission::Forms,
                    "annotations" => Permission::Annotations,
                    _ => return Err(wrong(CERTIFY_UNKNOWN)),
                };
                self.certify = Some(permission);
            }
        }
        Ok(())
    }

    /// An option that was given without another that it needs, and that one.
    #[must_use]
    pub fn needs(&self, is_pdf: bool) -> Option<(String, String)> {
        if let (Some(first), false) = (&self.first, is_pdf) {
            return Some((first.clone(), "--format pdf".into()));
        }
        let is_seal = self.kind() == Kind::Seal;
        let (left, top) = (self.left.is_some(), self.top.is_some());
        let needs = [
            (
                self.seal.is_some(),
                is_seal,
                "--seal",
                "--sub-filter GM.sm2seal",
            ),
            (left, top, "--left", "--top"),
            (top, left, "--top", "--left"),
            (self.page.is_some(), left, "--page", "--left"),
            (self.width.is_some(), left, "--width", "--left"),
            (
                self.picture.is_some(),
                self.is_shown(),
                "--picture",
                "--left",
            ),
            (
                left && !is_seal,
                self.picture.is_some(),
                "--left",
                "--picture",
            ),
        ];
        let lacking = needs.iter().find(|(given, other, ..)| *given && !other);
        lacking.map(|(.., option, other)| ((*option).into(), (*other).into()))
    }

    /// Two that were given and do not go together.
    #[must_use]
    pub fn excludes(&self) -> Option<(&'static str, &'static str)> {
        let both = self.field.is_some() && self.left.is_some();
        both.then_some(("--field", "--left"))
    }

    fn is_shown(&self) -> bool {
        self.left.is_some() || self.field.is_some()
    }

    fn kind(&self) -> Kind {
        self.kind.unwrap_or(Kind::Cades)
    }

    /// The field in which it stands, with a picture of this proportion, or of the seal's size.
    fn target<'a>(&'a self, picture: Option<&Picture>, seal: Option<&Seal>) -> Target<'a> {
        if let Some(name) = &self.field {
            return Target::Empty { name };
        }
        let place = self.left.zip(self.top).map(|(left, top)| {
            let own = seal.map(|seal| f64::from(seal.picture().width));
            let width = self.width.or(own).unwrap_or(DEFAULT_WIDTH);
            Placement {
                page: self.page.unwrap_or(1),
                left,
                top,
                width,
                height: width * picture.map_or(1.0, Picture::proportion),
            }
        });
        Target::New { name: None, place }
    }
}

/// Sets a signature, or a seal of the certificate's token. `sign` asks for the PIN and has the key sign a message: all that
/// can be wrong with the document is found before.
///
/// # Errors
/// Any of the catalogue's codes for files, documents, tokens, certificates, seals and PINs.
pub fn sign(
    pdf: &Options,
    document: &Document,
    target: &Output,
    token: &Token,
    certificate: &SigningCertificate,
    sign: impl FnOnce(Vec<u8>) -> Result<Vec<u8>, Error>,
) -> Result<(), Error> {
    let kind = pdf.kind();
    let is_sm2 = certificate.algorithm() == SignatureAlgorithm::Sm2Sm3;
    if matches!(kind, Kind::Seal | Kind::Sm2Cms) && !is_sm2 {
        return Err(Error::SealNeedsSm2 {});
    }
    let now = crypto::now();
    let seal = match kind {
        Kind::Seal => {
            let seal = certificate.seal(token, pdf.seal.as_deref())?;
            if let Some(problem) = verify_own(&seal, now).problem() {
                return Err(problem.clone());
            }
            Some(seal)
        }
        _ => None,
    };
    let picture = match (&pdf.picture, &seal) {
        (Some(path), _) => Some(picture(path)?),
        (None, Some(seal)) if pdf.is_shown() => Some(Picture::of(&seal.picture().data)?),
        (None, _) => None,
    };
    let holder = certificate.holder();
    let seal_size = seal.as_ref().map_or(0, |seal| seal.der().len());
    let prepared = prepare(
        document,
        &sign::Options {
            kind,
            room: sign::room(certificate.size(), seal_size),
            target: pdf.target(picture.as_ref(), seal.as_ref()),
            picture: picture.as_ref(),
            time: Some(now),
            name: Some(&holder),
            reason: pdf.reason.as_deref(),
            location: pdf.location.as_deref(),
            certify: pdf.certify,
        },
    )?;
    for notice in &prepared.notices {
        output::warn(match notice {
            Notice::Xfa => PDF_XFA.text(),
            Notice::NeedAppearances => PDF_NEED_APPEARANCES.text(),
        });
    }
    let digest = *prepared.digests.for_algorithm(certificate.algorithm());
    let contents = match (kind, &seal) {
        (Kind::Seal, Some(seal)) => {
            // What is sealed, as GB/T 38540 wants it told: the bytes of the file, but for this.
            let range = format!("{:?}", prepared.byte_range());
            let sealing = Sealing {
                seal,
                time: TimeInfo::Claimed(now),
                digest: &digest,
                property_info: &range,
                extensions: &[],
            };
            let signature = sign(certificate.to_be_sealed(&sealing)?)?;
            certificate.sealed(&sealing, &signature)?
        }
        (Kind::Sm2Cms, _) => {
            let signature = sign(digest.to_vec())?;
            let parts = certificate.cms(Some(digest.len()), &[], &signature);
            [parts.head, digest.to_vec(), parts.tail].concat()
        }
        _ => {
            // PAdES knows the claimed time from the dictionary alone.
            let claimed = (kind == Kind::Pkcs7).then_some(now);
            let attributes = certificate.attributes(&digest, claimed);
            let signature = sign(attributes.clone())?;
            certificate.cms(None, &attributes, &signature).head
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
                Piece::Copy(range) => copy(document, range.clone(), &mut covered)?,
            }
        }
        if covered.hasher.finish() == expected {
            Ok(())
        } else {
            Err(io::Error::other("the document changed meanwhile"))
        }
    })
}

fn copy(source: &dyn Source, range: Range<u64>, to: &mut dyn Write) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    let mut at = range.start;
    while at < range.end {
        let count =
            usize::try_from(range.end - at).map_or(PIECE_BYTES, |left| left.min(PIECE_BYTES));
        source.read_at(at, &mut piece[..count])?;
        to.write_all(&piece[..count])?;
        at += count as u64;
    }
    Ok(())
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

const PIECE_BYTES: usize = 1024 * 1024;

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
            target: given.target(None, None),
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

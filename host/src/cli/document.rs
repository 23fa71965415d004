//! What `sign` takes for a signature that stands in the document itself: `--format pdf` and `--format ofd`.

use super::words::{CERTIFY_UNKNOWN, NO_NUMBER, SUB_FILTER_UNKNOWN, Words};
use crate::crypto::{self, SigningCertificate};
use lexopt::ValueExt;
use std::ffi::OsString;
use std::path::PathBuf;
use yinxin_documents::pdf::sign::{Kind, Permission};
use yinxin_documents::source::{self, Source};
use yinxin_pki::hash::{Digests, Hasher};
use yinxin_pki::seal::{Seal, verify_own};
use yinxin_proto::Error;
use yinxin_proto::token::Token;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// PDF.
    Pdf,
    /// OFD.
    Ofd,
}

/// What it takes beside what `sign` takes.
#[derive(Default)]
pub struct Options {
    /// Of a PDF: what `/Contents` holds; else a CMS as PAdES has it.
    pub kind: Option<Kind>,
    /// The seal to be set: SHA-256 of its DER, lower-case hex.
    pub seal: Option<String>,
    /// Of a PDF: an empty field to be filled.
    pub field: Option<String>,
    /// From 1.
    pub page: Option<u32>,
    /// Millimetres from the page's left edge.
    pub left: Option<f64>,
    /// Millimetres from its upper one.
    pub top: Option<f64>,
    /// Of a PDF, millimetres.
    pub width: Option<f64>,
    /// Of a PDF: what is shown.
    pub picture: Option<PathBuf>,
    /// Of a PDF: why.
    pub reason: Option<String>,
    /// Of a PDF: where.
    pub location: Option<String>,
    /// Of a PDF: what may be changed afterwards.
    pub certify: Option<Permission>,
    /// Of an OFD: over the right edge of all pages, its upper edge in millimetres.
    pub straddling: Option<f64>,
    /// Of an OFD: further signatures are allowed.
    pub to_be_continued: bool,
    /// Those that were given.
    given: Vec<&'static str>,
}

/// The options' names, and the documents that they are for; without one they are for both.
const OPTIONS: &[(&str, Option<Layout>)] = &[
    ("sub-filter", Some(Layout::Pdf)),
    ("seal", None),
    ("field", Some(Layout::Pdf)),
    ("page", None),
    ("left", None),
    ("top", None),
    ("width", Some(Layout::Pdf)),
    ("picture", Some(Layout::Pdf)),
    ("reason", Some(Layout::Pdf)),
    ("location", Some(Layout::Pdf)),
    ("certify", Some(Layout::Pdf)),
    ("straddling", Some(Layout::Ofd)),
    (TO_BE_CONTINUED, Some(Layout::Ofd)),
];

/// The one that has no value.
pub const TO_BE_CONTINUED: &str = "to-be-continued";

/// Whether an option with a value is one of these.
#[must_use]
pub fn has_option(name: &str) -> bool {
    name != TO_BE_CONTINUED && OPTIONS.iter().any(|(known, _)| *known == name)
}

impl Options {
    /// Takes [`TO_BE_CONTINUED`].
    pub fn take_to_be_continued(&mut self) {
        self.given.push(TO_BE_CONTINUED);
        self.to_be_continued = true;
    }

    /// Takes one with its value.
    ///
    /// # Errors
    /// For a value that it can't have.
    pub fn take(&mut self, name: &str, value: OsString) -> Result<(), lexopt::Error> {
        let known = OPTIONS.iter().map(|(known, _)| *known);
        self.given.extend(known.filter(|known| *known == name));
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
            "straddling" => self.straddling = Some(number()?),
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
    pub fn needs(&self, layout: Option<Layout>) -> Option<(String, String)> {
        for (name, own) in OPTIONS {
            let format = match own {
                Some(own) if layout == Some(*own) => continue,
                None if layout.is_some() => continue,
                Some(Layout::Pdf) => "--format pdf",
                Some(Layout::Ofd) => "--format ofd",
                None => "--format pdf|ofd",
            };
            if self.given.contains(name) {
                return Some((format!("--{name}"), format.into()));
            }
        }
        let is_pdf = layout == Some(Layout::Pdf);
        let is_seal = self.kind() == Kind::Seal;
        let (left, top) = (self.left.is_some(), self.top.is_some());
        let needs = [
            (
                is_pdf && self.seal.is_some(),
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
                is_pdf && left && !is_seal,
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
        let left = self.left.is_some();
        let both = [
            (self.field.is_some(), "--field", "--left"),
            (self.straddling.is_some(), "--straddling", "--left"),
        ];
        let first = both.iter().find(|(given, ..)| *given && left);
        first.map(|(_, option, other)| (*option, *other))
    }

    /// Whether it is seen in a PDF.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.left.is_some() || self.field.is_some()
    }

    /// What `/Contents` of a PDF holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind.unwrap_or(Kind::Cades)
    }

    /// The seal that is meant, of the certificate's token, judged as its holder's own.
    ///
    /// # Errors
    /// `seal-missing`, `seal-ambiguous`, `seal-not-found` and whatever is wrong with the seal.
    pub fn own_seal(&self, token: &Token, certificate: &SigningCertificate) -> Result<Seal, Error> {
        let seal = certificate.seal(token, self.seal.as_deref())?;
        match verify_own(&seal, crypto::now()).problem() {
            Some(problem) => Err(problem.clone()),
            None => Ok(seal),
        }
    }
}

/// The digests of all bytes of a document.
///
/// # Errors
/// What reading it says.
pub fn digests(document: &dyn Source) -> std::io::Result<Digests> {
    let mut hasher = Hasher::default();
    source::stream(document, 0..document.size(), &mut |piece| {
        hasher.update(piece);
        Ok(())
    })?;
    Ok(hasher.finish())
}

//! What `sign` takes for a signature that stands in the document itself: `--format pdf` and `--format ofd`.

use super::words::{CERTIFY_UNKNOWN, GOES_WITH, NO_NUMBER, SUB_FILTER_UNKNOWN, Words, help};
use crate::crypto::{self, SigningCertificate};
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
#[derive(clap::Args, Debug, Default)]
#[group(skip)]
pub struct Options {
    // SHA-256 of its DER, lower-case hex.
    #[arg(long, help_heading = help::FOR_DOCUMENTS.text(), value_name = "SHA256", value_parser = super::sha256, help = help::SET_SEAL.text())]
    pub seal: Option<String>,
    #[arg(long, help_heading = help::FOR_DOCUMENTS.text(), requires = "top", value_name = help::MILLIMETRES.text(), value_parser = number, help = help::LEFT.text())]
    pub left: Option<f64>,
    #[arg(long, help_heading = help::FOR_DOCUMENTS.text(), requires = "left", value_name = help::MILLIMETRES.text(), value_parser = number, help = help::TOP.text())]
    pub top: Option<f64>,
    #[arg(long, help_heading = help::FOR_DOCUMENTS.text(), requires = "left", value_name = help::A_PAGE.text(), value_parser = page, help = help::PAGE.text())]
    pub page: Option<u32>,

    // What `/Contents` holds; else a CMS as PAdES has it.
    #[arg(long = "sub-filter", help_heading = help::FOR_PDF.text(), value_name = help::A_KIND.text(), value_parser = kind, help = help::SUB_FILTER.text())]
    pub kind: Option<Kind>,
    #[arg(long, help_heading = help::FOR_PDF.text(), value_name = help::A_FILE.text(), help = help::PICTURE.text())]
    pub picture: Option<PathBuf>,
    #[arg(long, help_heading = help::FOR_PDF.text(), requires = "left", value_name = help::MILLIMETRES.text(), value_parser = number, help = help::WIDTH.text())]
    pub width: Option<f64>,
    #[arg(long, help_heading = help::FOR_PDF.text(), conflicts_with = "left", value_name = help::A_NAME.text(), help = help::FIELD.text())]
    pub field: Option<String>,
    #[arg(long, help_heading = help::FOR_PDF.text(), value_name = help::A_TEXT.text(), help = help::REASON.text())]
    pub reason: Option<String>,
    #[arg(long, help_heading = help::FOR_PDF.text(), value_name = help::A_TEXT.text(), help = help::LOCATION.text())]
    pub location: Option<String>,
    #[arg(long, help_heading = help::FOR_PDF.text(), value_name = help::A_KIND.text(), value_parser = permission, help = help::CERTIFY.text())]
    pub certify: Option<Permission>,

    // Over the right edge of all pages.
    #[arg(long, help_heading = help::FOR_OFD.text(), conflicts_with = "left", value_name = help::MILLIMETRES.text(), value_parser = number, help = help::STRADDLING.text())]
    pub straddling: Option<f64>,
    #[arg(long, help_heading = help::FOR_OFD.text(), help = help::TO_BE_CONTINUED.text())]
    pub to_be_continued: bool,
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| wrong(NO_NUMBER, text))
}

fn page(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| wrong(NO_NUMBER, text))
}

fn kind(text: &str) -> Result<Kind, String> {
    [Kind::Cades, Kind::Pkcs7, Kind::Seal, Kind::Sm2Cms]
        .into_iter()
        .find(|kind| kind.sub_filter() == text)
        .ok_or_else(|| wrong(SUB_FILTER_UNKNOWN, text))
}

fn permission(text: &str) -> Result<Permission, String> {
    match text {
        "nothing" => Ok(Permission::Nothing),
        "forms" => Ok(Permission::Forms),
        "annotations" => Ok(Permission::Annotations),
        _ => Err(wrong(CERTIFY_UNKNOWN, text)),
    }
}

fn wrong(words: Words, text: &str) -> String {
    words.fill(&[("value", &text)])
}

impl Options {
    /// What can't be read from each option alone.
    ///
    /// # Errors
    /// With what is wrong, in words.
    pub fn check(&self, layout: Option<Layout>) -> Result<(), String> {
        let pdf = [
            (self.kind.is_some(), "--sub-filter"),
            (self.picture.is_some(), "--picture"),
            (self.width.is_some(), "--width"),
            (self.field.is_some(), "--field"),
            (self.reason.is_some(), "--reason"),
            (self.location.is_some(), "--location"),
            (self.certify.is_some(), "--certify"),
        ];
        let ofd = [
            (self.straddling.is_some(), "--straddling"),
            (self.to_be_continued, "--to-be-continued"),
        ];
        let both = [
            (self.seal.is_some(), "--seal"),
            (self.left.is_some(), "--left"),
        ];
        let (is_pdf, is_ofd) = (layout == Some(Layout::Pdf), layout == Some(Layout::Ofd));
        let is_seal = self.kind() == Kind::Seal;
        let needs = (pdf.map(|(given, option)| (given && !is_pdf, option, "--format pdf")))
            .into_iter()
            .chain(ofd.map(|(given, option)| (given && !is_ofd, option, "--format ofd")))
            .chain(
                both.map(|(given, option)| (given && layout.is_none(), option, "--format pdf|ofd")),
            )
            .chain([
                (
                    is_pdf && self.seal.is_some() && !is_seal,
                    "--seal",
                    "--sub-filter GM.sm2seal",
                ),
                (
                    self.picture.is_some() && !self.is_shown(),
                    "--picture",
                    "--left",
                ),
                (
                    is_pdf && self.left.is_some() && !is_seal && self.picture.is_none(),
                    "--left",
                    "--picture",
                ),
            ]);
        match needs.into_iter().find(|(lacks, ..)| *lacks) {
            Some((_, option, other)) => {
                Err(GOES_WITH.fill(&[("option", &option), ("other", &other)]))
            }
            None => Ok(()),
        }
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

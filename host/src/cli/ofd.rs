//! `sign --format ofd`: a seal of the key in the document itself.

use super::document::{Options, digests};
use super::file::{Document, Output};
use super::output;
use super::time_stamper::TimeStamper;
use super::words::DOCUMENT_BROKEN;
use crate::crypto::{self, SigningCertificate};
use std::io;
use yinxin_documents::ofd::Package;
use yinxin_documents::ofd::package::PACKAGE;
use yinxin_documents::ofd::seal::{PROVIDER, Placement, Setting, prepare};
use yinxin_pki::hash::sm3;
use yinxin_pki::seal::{Sealing, TimeInfo};
use yinxin_proto::Error;
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::token::Token;
use yinxin_verify::ofd_has_broken_signature;

/// Sets a seal of the certificate's token. `sign` asks for the PIN and has the key sign a message: all that can be wrong
/// with the document is found before.
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
    if certificate.algorithm() != SignatureAlgorithm::Sm2Sm3 {
        return Err(Error::SealNeedsSm2 {});
    }
    let seal = options.own_seal(token, certificate)?;
    let unread = |error: io::Error| Error::OfdUnreadable {
        part: PACKAGE.into(),
        reason: error.to_string(),
    };
    let before = digests(document).map_err(unread)?;
    let package = Package::open(document)?;
    let picture = seal.picture();
    let now = crypto::now();
    let prepared = prepare(
        &package,
        &Setting {
            document: 0,
            seal: Some((
                seal.der(),
                f64::from(picture.width),
                f64::from(picture.height),
            )),
            placement: &placement(options),
            time: now,
            to_be_continued: options.to_be_continued,
            provider: PROVIDER,
        },
    )?;
    if ofd_has_broken_signature(document) {
        output::warn(DOCUMENT_BROKEN.text());
    }
    let digest = sm3(&prepared.signed);
    let sealing = Sealing {
        seal: &seal,
        time: TimeInfo::Claimed(now),
        digest: &digest,
        property_info: &prepared.path,
        extensions: &[],
    };
    let signature = sign(certificate.to_be_sealed(&sealing)?)?;
    let stamp = TimeStamper::over(stamper, certificate, &signature)?;
    let value = certificate.sealed(&sealing, &signature, stamp.as_deref())?;
    target.write_by(&|to| {
        let mut failed = None;
        let written = prepared.write(&package, &value, &mut |piece| {
            if failed.is_none() {
                failed = to.write_all(piece).err();
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        written.map_err(|error| io::Error::other(error.code()))?;
        // Parts were digested first and copied later.
        if digests(document)? == before {
            Ok(())
        } else {
            Err(io::Error::other("the document changed meanwhile"))
        }
    })
}

fn placement(options: &Options) -> Placement {
    match (options.straddling, options.left.zip(options.top)) {
        (Some(top), _) => Placement::Straddling(top),
        (None, Some((left, top))) => Placement::Pages(vec![(options.page.unwrap_or(1), left, top)]),
        (None, None) => Placement::Unseen,
    }
}

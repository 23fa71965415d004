//! Setting a signature or seal in a PDF or OFD as pages ask for it: one face over both formats.
//!
//! First what is to be signed; then, with the value that came of it, the whole new document. Between them lies whoever
//! signs.

use crate::ofd::package::Package;
use crate::ofd::seal;
use crate::pdf::sign::{self, Kind, Notice, Picture, Target};
use crate::pieces::Piece;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::hash::Digests;
use yinxin_pki::seal::Seal;
use yinxin_proto::Error;
use yinxin_proto::consent::DocumentNotice;
use yinxin_proto::page::SignFormat;
use yinxin_proto::signing::{Setting, Signer};
use yinxin_proto::time::UnixTime;

/// A document that waits for what is signed.
pub struct Prepared {
    /// What is to be signed.
    pub digests: Digests,
    /// What a seal says that it belongs to.
    pub property_info: String,
    /// What the user should know of the document.
    pub notices: Vec<DocumentNotice>,
    format: Format,
}

enum Format {
    Pdf(sign::Prepared),
    Ofd(seal::Prepared),
}

impl Prepared {
    /// Prepares a document. Without a signer it is seen whether it could be signed; what comes of that is not for signing.
    /// `picture` takes the place of the seal's where that is of no kind that a PDF holds.
    ///
    /// # Errors
    /// As [`sign::prepare`] and [`seal::prepare`] say; `picture-refused`, `seal-unreadable`, `certificate-unreadable`;
    /// `request-invalid` for a setting that is none.
    pub fn new(
        content: &[u8],
        setting: &Setting,
        picture: Option<&Picture>,
    ) -> Result<Self, Error> {
        let by = setting.signer.as_ref().map(By::read).transpose()?;
        match setting.format {
            SignFormat::Pdf => Self::pdf(content, setting, by.as_ref(), picture, Kind::Cades),
            SignFormat::PdfSeal => Self::pdf(content, setting, by.as_ref(), picture, Kind::Seal),
            SignFormat::Ofd => Self::ofd(content, setting, by.as_ref()),
            SignFormat::Cms | SignFormat::CmsAttached | SignFormat::Seal => {
                Err(Error::RequestInvalid {
                    reason: "format: nothing that stands in a document".into(),
                })
            }
        }
    }

    fn pdf(
        content: &[u8],
        setting: &Setting,
        by: Option<&By>,
        picture: Option<&Picture>,
        kind: Kind,
    ) -> Result<Self, Error> {
        let seal = by.and_then(|by| by.seal.as_ref());
        let own = match (setting.placement, picture, seal) {
            (Some(_), None, Some(seal)) => Some(Picture::of(&seal.picture().data)?),
            _ => None,
        };
        let picture = setting.placement.and(picture.or(own.as_ref()));
        let place = setting.placement.map(|middle| {
            let (width, height) = size(seal);
            sign::Placement {
                page: middle.page,
                left: f64::from(middle.x) - width / 2.0,
                top: f64::from(middle.y) - height / 2.0,
                width,
                height,
            }
        });
        let name = by.map(|by| by.certificate.holder());
        let certificate = by.map_or(0, |by| by.certificate.der().len());
        let prepared = sign::prepare(
            &content,
            &sign::Options {
                kind,
                room: sign::room(certificate, seal.map_or(0, |seal| seal.der().len())),
                target: Target::New { name: None, place },
                picture,
                time: by.map(|by| by.time),
                name: name.as_deref(),
                reason: None,
                location: None,
                certify: None,
            },
        )?;
        Ok(Self {
            digests: prepared.digests,
            property_info: prepared.property_info(),
            notices: prepared.notices.iter().map(notice).collect(),
            format: Format::Pdf(prepared),
        })
    }

    fn ofd(content: &[u8], setting: &Setting, by: Option<&By>) -> Result<Self, Error> {
        let package = Package::open(content)?;
        let seal = by.and_then(|by| by.seal.as_ref());
        let (width, height) = size(seal);
        let placement = match (setting.placement, setting.straddling) {
            (Some(middle), _) => seal::Placement::Pages(vec![(
                middle.page,
                f64::from(middle.x) - width / 2.0,
                f64::from(middle.y) - height / 2.0,
            )]),
            (None, Some(middle)) => seal::Placement::Straddling(f64::from(middle) - height / 2.0),
            (None, None) => seal::Placement::Unseen,
        };
        let prepared = seal::prepare(
            &package,
            &seal::Setting {
                document: 0,
                seal: Some((seal.map_or(&[], Seal::der), width, height)),
                placement: &placement,
                time: by.map_or(UnixTime(0), |by| by.time),
                to_be_continued: setting.to_be_continued,
                provider: seal::PROVIDER,
            },
        )?;
        Ok(Self {
            digests: Digests::of(&prepared.signed),
            property_info: prepared.path.clone(),
            notices: Vec::new(),
            format: Format::Ofd(prepared),
        })
    }

    /// The new document, made of the same content as before.
    ///
    /// # Errors
    /// `seal-refused` if the value has no room; `ofd-unreadable`, `ofd-too-large`.
    pub fn embed(self, content: &[u8], value: &[u8]) -> Result<Vec<u8>, Error> {
        let mut whole = Vec::new();
        match self.format {
            Format::Pdf(prepared) => {
                let pieces = prepared.finish(value).map_err(|_| Error::SealRefused {
                    reason: "too large for a PDF".into(),
                })?;
                for piece in pieces {
                    match piece {
                        Piece::Bytes(bytes) => whole.extend_from_slice(&bytes),
                        Piece::Copy(range) => {
                            let range = usize::try_from(range.start)
                                .ok()
                                .zip(usize::try_from(range.end).ok());
                            let bytes = range.and_then(|(start, end)| content.get(start..end));
                            whole.extend_from_slice(bytes.unwrap_or_default());
                        }
                    }
                }
            }
            Format::Ofd(prepared) => {
                let package = Package::open(content)?;
                prepared.write(&package, value, &mut |piece| whole.extend_from_slice(piece))?;
            }
        }
        Ok(whole)
    }
}

fn notice(notice: &Notice) -> DocumentNotice {
    match notice {
        Notice::Xfa => DocumentNotice::Xfa,
        Notice::NeedAppearances => DocumentNotice::NeedAppearances,
    }
}

/// Who signs.
struct By {
    certificate: Certificate,
    seal: Option<Seal>,
    time: UnixTime,
}

impl By {
    fn read(signer: &Signer) -> Result<Self, Error> {
        Ok(Self {
            certificate: Certificate::from_der(signer.certificate.0.clone())?,
            seal: signer
                .seal
                .as_ref()
                .map(|der| Seal::parse(&der.0))
                .transpose()?,
            time: UnixTime::parse(&signer.time).ok_or_else(|| Error::RequestInvalid {
                reason: "time".into(),
            })?,
        })
    }
}

/// Width and height of a seal's picture in millimetres; of one that is not known yet, none to speak of: where it stands it
/// will stand with any size, or be refused then.
fn size(seal: Option<&Seal>) -> (f64, f64) {
    seal.map_or((1.0, 1.0), |seal| {
        let picture = seal.picture();
        (picture.width.into(), picture.height.into())
    })
}

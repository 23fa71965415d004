//! Electronic seals: GM/T 0031-2014 (version 1), GB/T 38540-2020 (version 4) and GM/T 0031-2025
//! (version 5), from their own bytes. Whether to believe one is another matter.
//!
//! ```asn1
//! SESeal ::= SEQUENCE {                                    -- versions 4 and 5
//!   eSealInfo     SES_SealInfo,
//!   cert          OCTET STRING,                            -- of the maker
//!   signAlgID     OBJECT IDENTIFIER,
//!   signedValue   BIT STRING,                              -- over eSealInfo
//!   timeStamp     [0] EXPLICIT BIT STRING OPTIONAL }       -- version 5
//! SESeal ::= SEQUENCE {                                    -- version 1
//!   eSealInfo     SES_SealInfo,
//!   signInfo      SEQUENCE { cert OCTET STRING, signAlgorithm OBJECT IDENTIFIER, signData BIT STRING } }
//! SES_SealInfo ::= SEQUENCE {
//!   header        SEQUENCE { ID IA5String, version INTEGER, Vid IA5String },
//!   esID          IA5String,
//!   property      SES_ESPropertyInfo,
//!   picture       SEQUENCE { type IA5String, data OCTET STRING, width INTEGER, height INTEGER },
//!   extDatas      SEQUENCE OF ExtData OPTIONAL }
//! ```

#[cfg(any(test, feature = "build-seals"))]
pub mod build;
pub mod facts;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod leniency;
pub mod picture;
mod plain;
mod read;
mod sealing;
mod signature;
mod svg;
#[cfg(test)]
mod tests;
mod verdict;
mod write;

pub use picture::Kind;
pub use sealing::{Sealing, TimeInfo};
pub use signature::{SealSignature, Sealed};
pub use verdict::{MakerPolicy, SealVerdict, verify, verify_own};

use crate::asn1::Malformed;
use crate::recognise::in_place_of;
use crate::{outer, pem};
use der::asn1::ObjectIdentifier;
use std::ops::Range;
use yinxin_proto::limits::MAX_SEAL_BYTES;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Severity};

/// The standard by which a seal is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// GM/T 0031-2014.
    V1,
    /// GB/T 38540-2020.
    V4,
    /// GM/T 0031-2025.
    V5,
}

impl Version {
    /// The number in the header.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::V1 => 1,
            Self::V4 => 4,
            Self::V5 => 5,
        }
    }

    /// Its name.
    #[must_use]
    pub fn standard(self) -> &'static str {
        match self {
            Self::V1 => "GM/T 0031-2014",
            Self::V4 => "GB/T 38540-2020",
            Self::V5 => "GM/T 0031-2025",
        }
    }
}

/// An electronic seal, with its bytes as they came.
#[derive(Clone, Debug, PartialEq)]
pub struct Seal {
    der: Vec<u8>,
    version: Version,
    info: Range<usize>,
    vendor: String,
    id: String,
    property: Property,
    picture: Picture,
    extensions: Vec<SealExtension>,
    maker: Range<usize>,
    /// The OCTET STRING and OBJECT IDENTIFIER that version 1 signs beside the information.
    maker_elements: Range<usize>,
    algorithm: ObjectIdentifier,
    signature: Range<usize>,
    time_stamp: Option<Range<usize>>,
    findings: Vec<Finding>,
}

/// What a seal is and who may use it (`SES_ESPropertyInfo`).
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The kind of seal, a number of the issuer's own.
    pub kind: u32,
    /// Its name.
    pub name: String,
    /// Who may use it.
    pub users: Users,
    /// When it was made.
    pub created: UnixTime,
    /// When it begins.
    pub valid_from: UnixTime,
    /// When it ends.
    pub valid_until: UnixTime,
}

/// Who may use a seal.
#[derive(Clone, Debug, PartialEq)]
pub enum Users {
    /// These certificates, DER.
    Certificates(Vec<Vec<u8>>),
    /// Certificates of these digests.
    Digests(Vec<CertificateDigest>),
}

/// The digest of a certificate (`CertDigestObj`).
#[derive(Clone, Debug, PartialEq)]
pub struct CertificateDigest {
    /// The algorithm, as it is written.
    pub algorithm: String,
    /// The digest.
    pub value: Vec<u8>,
}

/// The picture of a seal.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Its type, as it is written: `PNG`, `GIF`, `ofd`.
    pub kind: String,
    /// Its file.
    pub data: Vec<u8>,
    /// In millimetres.
    pub width: u32,
    /// In millimetres.
    pub height: u32,
}

/// A further datum of a seal (`ExtData`).
#[derive(Clone, Debug, PartialEq)]
pub struct SealExtension {
    /// What it is.
    pub oid: ObjectIdentifier,
    /// Whether who does not know it must refuse the seal.
    pub critical: bool,
    /// Its content.
    pub value: Vec<u8>,
}

impl Seal {
    /// Reads DER, PEM (`SEAL`) or bare Base64.
    ///
    /// # Errors
    /// `seal-unreadable`, with the position.
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        der_of(input)
            .and_then(Self::from_der)
            .map_err(|error| in_place_of(input, error))
    }

    /// Reads DER, which may be [filled up](outer::trim) behind its end.
    ///
    /// # Errors
    /// `seal-unreadable`, with the position.
    pub fn from_der(mut der: Vec<u8>) -> Result<Self, Error> {
        let filling = outer::trim(&mut der);
        limit(der.len(), MAX_SEAL_BYTES as usize)?;
        let mut seal = read::read(der).map_err(unreadable)?;
        seal.findings.extend(filling);
        Ok(seal)
    }

    /// Its bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// By which standard it is made.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Who wrote it (`Vid`).
    #[must_use]
    pub fn vendor(&self) -> &str {
        &self.vendor
    }

    /// Its identifier (`esID`).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is and who may use it.
    #[must_use]
    pub fn property(&self) -> &Property {
        &self.property
    }

    /// Its picture.
    #[must_use]
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// Further data.
    #[must_use]
    pub fn extensions(&self) -> &[SealExtension] {
        &self.extensions
    }

    /// The maker's certificate, DER.
    #[must_use]
    pub fn maker(&self) -> &[u8] {
        &self.der[self.maker.clone()]
    }

    /// With which it is signed.
    #[must_use]
    pub fn algorithm(&self) -> ObjectIdentifier {
        self.algorithm
    }

    /// The maker's signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.der[self.signature.clone()]
    }

    /// The time stamp of version 5, as it is.
    #[must_use]
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.time_stamp.clone().map(|range| &self.der[range])
    }

    /// The bytes that the maker signed: the information; in version 1 a SEQUENCE of it with the
    /// maker's certificate and the algorithm.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        let info = &self.der[self.info.clone()];
        match self.version {
            Version::V1 => {
                let maker = &self.der[self.maker_elements.clone()];
                crate::asn1::element(crate::asn1::tag::SEQUENCE, &[info, maker])
            }
            Version::V4 | Version::V5 => info.to_vec(),
        }
    }

    /// What is odd about its encoding, and what is special about its standard and its picture.
    #[must_use]
    pub fn remarks(&self) -> Vec<Finding> {
        let mut remarks = Vec::new();
        let mut remark = |severity, error, place: &str| {
            remarks.push(Finding::new(severity, error).at(place));
        };
        if self.version == Version::V1 {
            let standard = self.version.standard().into();
            let error = Error::SealOldStandard { standard };
            remark(Severity::Warning, error, "header.version");
        }
        let kind = self.picture.kind_of_bytes();
        if let Err(reason) = self.picture.check_shown() {
            // A picture of OFD is one by the standard.
            let severity = match kind {
                Some(Kind::Ofd) => Severity::Note,
                _ => Severity::Warning,
            };
            remark(
                severity,
                Error::SealPictureNotShown { reason },
                "picture.data",
            );
        }
        if let Some(kind) = kind
            && !self.picture.is_as_called()
        {
            let (called, found) = (self.picture.kind.clone(), kind.name().into());
            let error = Error::SealPictureMislabelled { called, found };
            remark(Severity::Note, error, "picture.type");
        }
        remarks.extend(self.findings.iter().cloned());
        remarks
    }

    /// What is odd about its encoding.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// The DER in an input that may be text.
fn der_of(input: &[u8]) -> Result<Vec<u8>, Error> {
    // Base64 and the text around it take more room than the bytes.
    limit(input.len(), 2 * MAX_SEAL_BYTES as usize)?;
    pem::der_of(input, &["SEAL"]).ok_or_else(|| {
        unreadable(Malformed {
            position: 0,
            reason: "neither DER nor Base64, or damaged",
        })
    })
}

fn limit(length: usize, most: usize) -> Result<(), Error> {
    if length <= most {
        return Ok(());
    }
    Err(Error::SealUnreadable {
        position: MAX_SEAL_BYTES,
        reason: "too large".into(),
    })
}

fn unreadable(malformed: Malformed) -> Error {
    Error::SealUnreadable {
        // Bounded by the limit above.
        position: u32::try_from(malformed.position).unwrap_or(u32::MAX),
        reason: malformed.reason.into(),
    }
}

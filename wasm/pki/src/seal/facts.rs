//! What a seal says: whose it is, who may use it and for how long, how it looks, and who made it.
//! Nothing here says that it is genuine: that is a matter of its `verdict`.

use super::{Picture, Seal, Users};
use crate::asn1::hex;
use crate::certificate::Certificate;
use crate::certificate::algorithm::signature_name;
use crate::wire::Bytes;
use serde::Serialize;
use yinxin_proto::Finding;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;

/// The facts of a seal. None of them says that it is genuine.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SealFacts {
    /// What it is, for its holder.
    pub summary: Bilingual,
    /// 1, 4 or 5.
    #[cfg_attr(feature = "typescript", ts(type = "1 | 4 | 5"))]
    pub version: u8,
    /// The standard of that version: `GM/T 0031-2014`, `GB/T 38540-2020` or `GM/T 0031-2025`.
    pub standard: &'static str,
    /// Its name.
    pub name: String,
    /// Its identifier.
    pub id: String,
    /// Who wrote it.
    pub vendor: String,
    /// The kind of seal, a number of the issuer's own.
    pub kind: u32,
    /// Certificates that may use it, where it lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates: Option<Vec<User>>,
    /// Digests of the certificates that may use it, where it lists those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_digests: Option<Vec<Digest>>,
    /// When it was made, ISO 8601 UTC.
    pub created: String,
    /// Start of validity, ISO 8601 UTC.
    pub valid_from: String,
    /// End of validity, ISO 8601 UTC.
    pub valid_until: String,
    /// When it was made, ISO 8601 in China's time.
    pub created_china: String,
    /// Start of validity, ISO 8601 in China's time.
    pub valid_from_china: String,
    /// End of validity, ISO 8601 in China's time.
    pub valid_until_china: String,
    /// Days left at `now` by the calendar of China: 0 on the last day, negative after it.
    pub days_left: i32,
    /// The time at which these facts were told, ISO 8601 UTC.
    pub now: String,
    /// Its picture.
    pub picture: PictureFacts,
    /// Further data.
    pub extensions: Vec<ExtensionFacts>,
    /// The maker's name; absent where its certificate can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// DER of the maker's certificate.
    pub maker_certificate: Bytes,
    /// The algorithm with which the maker signed it: OpenSSL's name, or an OID.
    pub signature_algorithm: String,
    /// The maker's signature.
    pub signature: Bytes,
    /// The bytes that the maker signed.
    pub signed: Bytes,
    /// The time stamp of version 5, as it is; not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_stamp: Option<Bytes>,
    /// SM3 of the whole seal, lower-case hex.
    pub sm3: String,
    /// What is odd or special about it, each with its place.
    pub findings: Vec<Finding>,
}

/// A certificate that may use a seal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "SealUser", optional_fields)
)]
pub struct User {
    /// Its holder; absent where it can't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// SHA-256 of its DER, lower-case hex.
    pub sha256: String,
    /// Its DER.
    pub certificate: Bytes,
}

/// The digest of a certificate that may use a seal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "CertificateDigest")
)]
pub struct Digest {
    /// The algorithm, as it is written.
    pub algorithm: String,
    /// Lower-case hex.
    pub value: String,
}

/// The picture of a seal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "SealPictureFacts", optional_fields)
)]
pub struct PictureFacts {
    /// Its type, as the seal calls it.
    #[serde(rename = "type")]
    pub called: String,
    /// Its type by its bytes, in lower case; absent if it is none that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "typescript",
        ts(optional, type = "'png' | 'jpeg' | 'gif' | 'bmp' | 'svg' | 'ofd'")
    )]
    pub found: Option<&'static str>,
    /// Its media type, where browsers show it. SVG is markup: show it as an image, never inline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<&'static str>,
    /// Whether it can be shown: of a type that browsers show, and soon drawn. Where it is not, the finding
    /// `seal-picture-not-shown` has the reason.
    pub can_be_shown: bool,
    /// In millimetres.
    pub width: u32,
    /// In millimetres.
    pub height: u32,
    /// Width and height, where its header tells them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels: Option<Pixels>,
    /// Its file.
    pub data: Bytes,
}

/// A size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Pixels {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A further datum of a seal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "SealExtension")
)]
pub struct ExtensionFacts {
    /// What it is.
    pub oid: String,
    /// Whether who does not know it must refuse the seal.
    pub critical: bool,
    /// Its content.
    pub value: Bytes,
}

impl Seal {
    /// The facts as of `now`, on which the days left and the summary depend.
    #[must_use]
    pub fn facts(&self, now: UnixTime) -> SealFacts {
        let property = self.property();
        let (certificates, certificate_digests) = match &property.users {
            Users::Certificates(list) => (Some(list.iter().map(|der| user(der)).collect()), None),
            Users::Digests(list) => {
                let digests = list.iter().map(|digest| Digest {
                    algorithm: digest.algorithm.clone(),
                    value: hex(&digest.value),
                });
                (None, Some(digests.collect()))
            }
        };
        SealFacts {
            summary: self.summary(now),
            version: self.version().number(),
            standard: self.version().standard(),
            name: property.name.clone(),
            id: self.id().into(),
            vendor: self.vendor().into(),
            kind: property.kind,
            certificates,
            certificate_digests,
            created: property.created.to_string(),
            valid_from: property.valid_from.to_string(),
            valid_until: property.valid_until.to_string(),
            created_china: property.created.in_china(),
            valid_from_china: property.valid_from.in_china(),
            valid_until_china: property.valid_until.in_china(),
            days_left: property.valid_until.days_left(now),
            now: now.to_string(),
            picture: self.picture().facts(),
            extensions: self
                .extensions()
                .iter()
                .map(|extension| ExtensionFacts {
                    oid: extension.oid.to_string(),
                    critical: extension.critical,
                    value: Bytes(extension.value.clone()),
                })
                .collect(),
            maker: self.maker_name(),
            maker_certificate: Bytes(self.maker().to_vec()),
            signature_algorithm: signature_name(self.algorithm()),
            signature: Bytes(self.signature().to_vec()),
            signed: Bytes(self.signed()),
            time_stamp: self.time_stamp().map(|stamp| Bytes(stamp.to_vec())),
            sm3: hex(&crate::hash::sm3(self.der())),
            findings: self.remarks(),
        }
    }

    /// The maker's name, where its certificate can be read.
    pub(super) fn maker_name(&self) -> Option<String> {
        let maker = Certificate::from_der(self.maker().to_vec()).ok()?;
        Some(maker.subject().readable())
    }
}

impl Picture {
    fn facts(&self) -> PictureFacts {
        let kind = self.kind_of_bytes();
        PictureFacts {
            called: self.kind.clone(),
            found: kind.map(super::Kind::name),
            media_type: kind.and_then(super::Kind::media_type),
            can_be_shown: self.can_be_shown(),
            width: self.width,
            height: self.height,
            pixels: self
                .pixels()
                .map(|(width, height)| Pixels { width, height }),
            data: Bytes(self.data.clone()),
        }
    }
}

fn user(der: &[u8]) -> User {
    User {
        holder: Certificate::from_der(der.to_vec())
            .ok()
            .map(|certificate| certificate.holder()),
        sha256: hex(&crate::hash::sha256(der)),
        certificate: Bytes(der.to_vec()),
    }
}

#[cfg(test)]
mod tests;

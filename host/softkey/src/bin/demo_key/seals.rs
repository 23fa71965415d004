//! Electronic seals for the demo tokens: GB/T 38540-2020 (version 4) and, as an old one,
//! GM/T 0031-2014 (version 1), signed by a maker that exists for this run only.

use std::time::SystemTime;

use der::asn1::{
    BitString, GeneralizedTime, Ia5String, Int, ObjectIdentifier, OctetString, UtcTime,
    Utf8StringRef,
};
use der::{Any, DateTime, Encode, Tag};
use sm2::dsa::SigningKey;
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::Certificate;

use crate::Failure;
use crate::ca::{self, Authority, Identity, Request, Usage};

/// Who signs seals.
pub struct Maker {
    key: SigningKey,
    /// Its certificate, which carries no mark of a maker, as in the field.
    pub certificate: Certificate,
}

/// What is in a seal.
pub struct SealPlan<'a> {
    /// The standard by which it is made.
    pub version: Version,
    /// Its identifier.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it looks like.
    pub picture: Picture,
    /// Who may use it. It begins with this certificate.
    pub user: &'a Certificate,
    /// The certificate with which it ends.
    pub until: &'a Certificate,
}

/// The standard by which a seal is made.
#[derive(Clone, Copy)]
pub enum Version {
    /// GM/T 0031-2014, which issuers upgrade.
    V1,
    /// GB/T 38540-2020.
    V4,
}

impl Version {
    /// The number in the header.
    pub fn number(self) -> u8 {
        match self {
            Self::V1 => 1,
            Self::V4 => 4,
        }
    }
}

/// What a seal looks like, around its name.
#[derive(Clone, Copy)]
pub enum Picture {
    /// Round with a star: a unit's.
    Round,
    /// Square: a person's, of a name of four characters.
    Square,
}

impl Maker {
    /// Makes a maker's key and has its certificate issued.
    pub fn make(
        issuer: &Authority,
        not_before: SystemTime,
        not_after: SystemTime,
    ) -> Result<Self, Failure> {
        let (key, _) = ca::make_key()?;
        let certificate = issuer.issue(Request {
            subject: ca::demo_name("印信演示制章者", &[])?,
            public_key: SubjectPublicKeyInfoOwned::from_key(key.verifying_key())?,
            usage: Usage::Sign,
            not_before,
            not_after,
            identity: Identity::None,
        })?;
        Ok(Self { key, certificate })
    }

    /// Makes a seal.
    pub fn seal(&self, plan: &SealPlan<'_>) -> Result<Vec<u8>, Failure> {
        let info = plan.info()?;
        let maker = octets(&self.certificate.to_der()?)?;
        let algorithm = SM2_WITH_SM3.to_der()?;
        Ok(match plan.version {
            Version::V1 => {
                let signature = self.sign(&sequence(&[&info, &maker, &algorithm])?)?;
                let signed = sequence(&[&maker, &algorithm, &signature])?;
                sequence(&[&info, &signed])?
            }
            Version::V4 => {
                let signature = self.sign(&info)?;
                sequence(&[&info, &maker, &algorithm, &signature])?
            }
        })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let signature: BitString = ca::sign(&self.key, message)?;
        Ok(signature.to_der()?)
    }
}

impl SealPlan<'_> {
    /// `SES_SealInfo`.
    fn info(&self) -> Result<Vec<u8>, Failure> {
        let number = integer(self.version.number())?;
        let header = sequence(&[&ia5("ES")?, &number, &ia5("YinxinDemo")?])?;
        let (kind, side, drawing) = match self.picture {
            Picture::Round => (1, 40, round(self.name)),
            Picture::Square => (2, 20, square(self.name)),
        };
        let picture = sequence(&[
            &ia5("SVG")?,
            &octets(drawing.as_bytes())?,
            &integer(side)?,
            &integer(side)?,
        ])?;
        let property = self.property(kind)?;
        sequence(&[&header, &ia5(self.id)?, &property, &picture])
    }

    /// `SES_ESPropertyInfo`.
    fn property(&self, kind: u8) -> Result<Vec<u8>, Failure> {
        let mut fields = integer(kind)?;
        fields.extend(Utf8StringRef::new(self.name)?.to_der()?);
        if matches!(self.version, Version::V4) {
            // certListType: the certificates themselves follow.
            fields.extend(integer(1)?);
        }
        fields.extend(sequence(&[&octets(&self.user.to_der()?)?])?);
        let validity = |certificate: &Certificate| *certificate.tbs_certificate().validity();
        let from = validity(self.user).not_before.to_date_time();
        let until = validity(self.until).not_after.to_date_time();
        for time in [from, from, until] {
            fields.extend(self.time(time)?);
        }
        sequence(&[&fields])
    }

    fn time(&self, time: DateTime) -> Result<Vec<u8>, Failure> {
        Ok(match self.version {
            Version::V1 => UtcTime::from_date_time(time)?.to_der()?,
            Version::V4 => GeneralizedTime::from_date_time(time).to_der()?,
        })
    }
}

fn sequence(parts: &[&[u8]]) -> Result<Vec<u8>, Failure> {
    Ok(Any::new(Tag::Sequence, parts.concat())?.to_der()?)
}

fn octets(value: &[u8]) -> Result<Vec<u8>, Failure> {
    Ok(OctetString::new(value)?.to_der()?)
}

fn integer(value: u8) -> Result<Vec<u8>, Failure> {
    Ok(Int::new(&[value])?.to_der()?)
}

fn ia5(text: &str) -> Result<Vec<u8>, Failure> {
    Ok(Ia5String::new(text)?.to_der()?)
}

/// A round seal of 40 mm: a ring, a star, the name along the ring from left over the top to right.
fn round(name: &str) -> String {
    format!(
        "{HEAD} width=\"40mm\" height=\"40mm\" viewBox=\"0 0 40 40\">\
         <defs><path id=\"ring\" d=\"M7.4 26.9A14.4 14.4 0 1 1 32.6 26.9\"/></defs>\
         <g fill=\"{RED}\" font-family=\"{FONTS}\" text-anchor=\"middle\">\
         <circle cx=\"20\" cy=\"20\" r=\"19.2\" fill=\"none\" stroke=\"{RED}\" stroke-width=\"1.2\"/>\
         <path d=\"{STAR}\"/>\
         <text font-size=\"4\"><textPath href=\"#ring\" startOffset=\"50%\" textLength=\"50\">{name}\
         </textPath></text>\
         <text x=\"20\" y=\"32.5\" font-size=\"3.6\" textLength=\"16\">演示无效</text></g></svg>"
    )
}

/// A square seal of 20 mm: the name in two columns, read from the right, the mark of the demo across.
fn square(name: &str) -> String {
    let places = [(13.8, 7.9), (13.8, 17.7), (6.2, 7.9), (6.2, 17.7)];
    let characters: String = name
        .chars()
        .zip(places)
        .map(|(character, (x, y))| format!("<text x=\"{x}\" y=\"{y}\">{character}</text>"))
        .collect();
    format!(
        "{HEAD} width=\"20mm\" height=\"20mm\" viewBox=\"0 0 20 20\">\
         <g fill=\"{RED}\" font-family=\"{FONTS}\" text-anchor=\"middle\">\
         <rect x=\".6\" y=\".6\" width=\"18.8\" height=\"18.8\" fill=\"none\" stroke=\"{RED}\" \
         stroke-width=\"1\"/><g font-size=\"7\">{characters}</g>\
         <text x=\"10\" y=\"10.85\" font-size=\"2.2\" textLength=\"15\">演示无效</text></g></svg>"
    )
}

const HEAD: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"";
const RED: &str = "#d7141a";
const FONTS: &str = "SimSun,Songti SC,Noto Serif CJK SC,Noto Sans CJK SC,serif";
/// Five points around (20, 19.5), radius 6.
const STAR: &str = "M20 13.5L21.35 17.65L25.71 17.65L22.18 20.21L23.53 24.35L20 21.79L16.47 24.35\
                    L17.82 20.21L14.29 17.65L18.65 17.65Z";
/// SM2 with SM3 (GM/T 0006).
const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");

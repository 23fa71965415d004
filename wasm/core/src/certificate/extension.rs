//! Extensions that the product reads, leniently where the field's certificates ask for it.

use super::name::text;
use crate::asn1::{self, Reader, tag};
use der::asn1::ObjectIdentifier;

/// An extension, its value not interpreted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// extnID.
    pub oid: ObjectIdentifier,
    /// Whether who does not know it must refuse the certificate.
    pub critical: bool,
    /// Contents of extnValue.
    pub value: Vec<u8>,
}

impl Extension {
    /// The text of an extension that holds one: a string, a string under a context tag (the CHOICE
    /// of GB/T 20518's identity code), or bare ASCII (seen in the field).
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let bare = || {
            let text = std::str::from_utf8(&self.value).ok()?;
            let text = text.trim_end_matches('\0');
            (!text.is_empty() && text.chars().all(|c| !c.is_control())).then(|| text.to_owned())
        };
        let mut reader = Reader::new(&self.value);
        let Ok(mut tlv) = reader.read() else {
            return bare();
        };
        if !reader.is_empty() {
            return bare();
        }
        if tlv.tag & 0xe0 == 0xa0 || tlv.tag == tag::SEQUENCE {
            tlv = tlv.children().read().ok()?;
        }
        if tlv.tag & 0xe0 == 0x80 {
            return std::str::from_utf8(tlv.value).ok().map(str::to_owned);
        }
        text(&tlv).or_else(bare)
    }
}

/// keyUsage (RFC 5280, 4.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUsage(u8);

impl KeyUsage {
    /// Reads the BIT STRING. Unused bits that are not declared (`03 02 00 C0`) are accepted.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let bits = asn1::single(value, tag::BIT_STRING, "").ok()?;
        match bits.value {
            [0..=7] => Some(Self(0)),
            [0..=7, first, ..] => Some(Self(*first)),
            _ => None,
        }
    }

    /// digitalSignature or nonRepudiation.
    #[must_use]
    pub fn signs(self) -> bool {
        self.0 & 0xc0 != 0
    }

    /// keyEncipherment, dataEncipherment or keyAgreement.
    #[must_use]
    pub fn encrypts(self) -> bool {
        self.0 & 0x38 != 0
    }

    /// keyCertSign.
    #[must_use]
    pub fn signs_certificates(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// cRLSign.
    #[must_use]
    pub fn signs_crls(self) -> bool {
        self.0 & 0x02 != 0
    }
}

/// basicConstraints (RFC 5280, 4.2.1.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether it is a CA's certificate.
    pub ca: bool,
    /// Largest number of further CA certificates below it.
    pub path_length: Option<u32>,
}

impl BasicConstraints {
    /// Reads the SEQUENCE. An explicit FALSE (`30 03 01 01 00`) is accepted.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let mut fields = asn1::single(value, tag::SEQUENCE, "").ok()?.children();
        let ca = match fields.optional(tag::BOOLEAN).ok()? {
            None => false,
            Some(boolean) => match boolean.value {
                [0] => false,
                [_] => true,
                _ => return None,
            },
        };
        let path_length = match fields.optional(tag::INTEGER).ok()? {
            None => None,
            Some(integer) => match integer.value {
                [] | [0x80..=0xff, ..] => return None,
                octets if octets.len() > 4 => return None,
                octets => Some(octets.iter().fold(0u32, |n, b| n << 8 | u32::from(*b))),
            },
        };
        fields.finish().ok()?;
        Some(Self { ca, path_length })
    }
}

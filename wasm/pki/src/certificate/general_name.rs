//! GeneralName (RFC 5280, 4.2.1.6): the names that alternative names, constraints, distribution
//! points and access descriptions are made of.

use super::extension::list;
use super::name::DistinguishedName;
use crate::asn1::{Malformed, Reader, Tlv};

/// A name of one of the forms.
#[derive(Clone, Debug)]
pub enum GeneralName {
    /// rfc822Name: a mailbox.
    Email(String),
    /// dNSName.
    Dns(String),
    /// directoryName.
    Directory(DistinguishedName),
    /// uniformResourceIdentifier.
    Uri(String),
    /// iPAddress: 4 or 16 octets; twice as many with a mask, in constraints.
    Ip(Vec<u8>),
    /// A form that the product does not read, by the number of its tag.
    Other(u8),
}

impl GeneralName {
    /// Reads one.
    ///
    /// # Errors
    /// If it is none. An 8-bit character in a form of ASCII reads as Latin-1.
    pub fn read(tlv: &Tlv<'_>) -> Result<Self, Malformed> {
        let text = || tlv.value.iter().copied().map(char::from).collect();
        match tlv.tag {
            0x81 => Ok(Self::Email(text())),
            0x82 => Ok(Self::Dns(text())),
            // A CHOICE has its tag explicit.
            0xa4 => {
                let mut inside = tlv.children();
                let name = inside.read()?;
                inside.finish()?;
                DistinguishedName::from_der(name.raw)
                    .map(Self::Directory)
                    .map_err(|_| tlv.malformed("a Name is expected"))
            }
            0x86 => Ok(Self::Uri(text())),
            0x87 => Ok(Self::Ip(tlv.value.to_vec())),
            0x80..=0x8f | 0xa0..=0xaf => Ok(Self::Other(tlv.tag & 0x0f)),
            _ => Err(tlv.malformed("a GeneralName is expected")),
        }
    }

    /// Reads all that follow.
    ///
    /// # Errors
    /// If one is none, or there are too many.
    pub fn read_all(reader: Reader<'_>) -> Result<Vec<Self>, Malformed> {
        list(reader, |tlv| Self::read(&tlv))
    }

    /// The address, of a URI.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        match self {
            Self::Uri(uri) => Some(uri),
            _ => None,
        }
    }
}

//! Making seals, for those who issue them: the demo CA and the tests. What is made is read back
//! before the key is asked, so that nothing is signed that would not read as it was meant.

#[cfg(test)]
mod tests;

use super::write::{
    bits, digits, extensions, generalized_time, ia5, no_room, number, octets, sequence,
    signature_of, stamped,
};
use super::{Picture, Property, Seal, SealExtension, Users, Version};
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::oid;
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

/// A seal to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// By which standard.
    pub version: Version,
    /// Who writes it (`Vid`).
    pub vendor: String,
    /// Its identifier (`esID`).
    pub id: String,
    /// What it is and who may use it.
    pub property: Property,
    /// Its picture.
    pub picture: Picture,
    /// Further data.
    pub extensions: Vec<SealExtension>,
}

impl Draft {
    /// What an existing seal says: to make a new one of it.
    #[must_use]
    pub fn of(seal: &Seal) -> Self {
        Self {
            version: seal.version,
            vendor: seal.vendor.clone(),
            id: seal.id.clone(),
            property: seal.property.clone(),
            picture: seal.picture.clone(),
            extensions: seal.extensions.clone(),
        }
    }

    /// Makes the seal. `sign` gets the bytes to be signed with the maker's key (SM2 with SM3 under
    /// the default user id), which may lie in a token, and answers with the signature as DER or as
    /// r and s.
    ///
    /// # Errors
    /// `seal-unreadable` if the version has no room for a value; what `sign` answers;
    /// `signature-not-verified` if its signature is not the maker's.
    pub fn sign(
        &self,
        maker: &Certificate,
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
    ) -> Result<Seal, Error> {
        let unsigned = Seal::from_der(self.assemble(maker.der(), &[]))?;
        if Self::of(&unsigned) != *self {
            return Err(no_room());
        }
        let signature = signature_of(maker, &unsigned.signed(), sign)?;
        Seal::from_der(self.assemble(maker.der(), &signature))
    }

    fn assemble(&self, maker: &[u8], signature: &[u8]) -> Vec<u8> {
        let maker = octets(maker);
        let algorithm = asn1::oid(oid::SM2_WITH_SM3);
        let signature = bits(signature);
        let parts: [&[u8]; 3] = [&maker, &algorithm, &signature];
        match self.version {
            Version::V1 => sequence(&[&self.info(), &sequence(&parts)]),
            Version::V4 | Version::V5 => sequence(&[&self.info(), &parts.concat()]),
        }
    }

    /// `SES_SealInfo`.
    fn info(&self) -> Vec<u8> {
        let header = sequence(&[
            &ia5("ES"),
            &number(self.version.number().into()),
            &ia5(&self.vendor),
        ]);
        let picture = sequence(&[
            &ia5(&self.picture.kind),
            &octets(&self.picture.data),
            &number(self.picture.width),
            &number(self.picture.height),
        ]);
        let property = self.property();
        let extensions = extensions(&self.extensions);
        sequence(&[&header, &ia5(&self.id), &property, &picture, &extensions])
    }

    fn property(&self) -> Vec<u8> {
        let property = &self.property;
        let (list_type, list): (u32, Vec<u8>) = match &property.users {
            Users::Certificates(all) => (1, all.iter().flat_map(|der| octets(der)).collect()),
            Users::Digests(all) => {
                let entry = |digest: &super::CertificateDigest| {
                    let algorithm = digest.algorithm.as_bytes();
                    let algorithm = asn1::element(tag::PRINTABLE_STRING, &[algorithm]);
                    sequence(&[&algorithm, &octets(&digest.value)])
                };
                (2, all.iter().flat_map(entry).collect())
            }
        };
        let list_type = match self.version {
            // Version 1 has certificates only; it does not read with digests.
            Version::V1 => Vec::new(),
            Version::V4 | Version::V5 => number(list_type),
        };
        let times = [property.created, property.valid_from, property.valid_until];
        let times = times.map(|time| match self.version {
            Version::V1 => utc_time(time),
            Version::V4 | Version::V5 => generalized_time(time),
        });
        sequence(&[
            &number(property.kind),
            &asn1::element(tag::UTF8_STRING, &[property.name.as_bytes()]),
            &list_type,
            &sequence(&[&list]),
            &times.concat(),
        ])
    }
}

impl Seal {
    /// This seal of version 5 with a time stamp, which the maker's signature does not cover.
    ///
    /// # Errors
    /// `seal-unreadable` for other versions, and if it has one.
    pub fn with_time_stamp(&self, stamp: &[u8]) -> Result<Self, Error> {
        Self::from_der(stamped(&self.der, stamp))
    }
}

fn utc_time(time: UnixTime) -> Vec<u8> {
    let text = digits(time);
    // Without the century.
    asn1::element(tag::UTC_TIME, &[text.get(2..).unwrap_or(&text).as_bytes()])
}

//! Setting a seal on a document (`SES_Signature`), of all three versions.

use super::write::{
    bits, extensions, generalized_time, ia5, no_room, number, octets, sequence, signature_of,
};
use super::{Seal, SealExtension, SealSignature, Version};
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::oid;
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

/// What is to be signed when a seal is set on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealing<'a> {
    /// The seal, which says the version.
    pub seal: &'a Seal,
    /// The time.
    pub time: TimeInfo<'a>,
    /// SM3 of what is sealed.
    pub digest: &'a [u8],
    /// What it belongs to: in OFD the path of its Signature.xml.
    pub property_info: &'a str,
    /// Further data; version 1 has none.
    pub extensions: &'a [SealExtension],
}

/// The time of a seal on a document (`timeInfo`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimeInfo<'a> {
    /// What the signer claims: versions 4 and 5.
    Claimed(UnixTime),
    /// A time stamp: version 1.
    Stamp(&'a [u8]),
}

impl Sealing<'_> {
    /// The bytes that the signer signs: `toSign`, the seal inside.
    ///
    /// # Errors
    /// `seal-unreadable` if the version has no room for a value.
    pub fn to_be_signed(&self, signer: &Certificate) -> Result<Vec<u8>, Error> {
        let unsigned = SealSignature::from_der(self.assemble(signer.der(), &[]))?;
        let (claimed, stamp) = match self.time {
            TimeInfo::Claimed(time) => (Some(time), None),
            TimeInfo::Stamp(stamp) => (None, Some(stamp)),
        };
        if unsigned.extensions() != self.extensions
            || unsigned.claimed_time() != claimed
            || unsigned.time_stamp() != stamp
            || !self.property_info.is_ascii()
        {
            return Err(no_room());
        }
        Ok(unsigned.signed().to_vec())
    }

    /// Sets the seal. `sign` gets the bytes to be signed with the signer's key (SM2 with SM3 under
    /// the default user id) and answers with the signature as DER or as r and s.
    ///
    /// # Errors
    /// As [`Self::to_be_signed`]; what `sign` answers; `signature-not-verified` if its signature is
    /// not the signer's.
    pub fn sign(
        &self,
        signer: &Certificate,
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
    ) -> Result<SealSignature, Error> {
        let signature = signature_of(signer, &self.to_be_signed(signer)?, sign)?;
        SealSignature::from_der(self.assemble(signer.der(), &signature))
    }

    pub(super) fn assemble(&self, signer: &[u8], signature: &[u8]) -> Vec<u8> {
        let version = self.seal.version();
        let time = match self.time {
            TimeInfo::Claimed(time) => generalized_time(time),
            TimeInfo::Stamp(stamp) => bits(stamp),
        };
        let fields = [
            number(version.number().into()),
            self.seal.der().to_vec(),
            time,
            bits(self.digest),
            ia5(self.property_info),
        ]
        .concat();
        let signer = [octets(signer), asn1::oid(oid::SM2_WITH_SM3)].concat();
        let signature = bits(signature);
        match version {
            Version::V1 => sequence(&[&sequence(&[&fields, &signer]), &signature]),
            Version::V4 | Version::V5 => {
                let mut extensions = extensions(self.extensions);
                if !extensions.is_empty() {
                    extensions = asn1::element(tag::CONTEXT_0, &[&extensions]);
                }
                sequence(&[&sequence(&[&fields, &extensions]), &signer, &signature])
            }
        }
    }
}

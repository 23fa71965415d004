//! Setting a seal on a document (`SES_Signature`), of all three versions.

use super::{bits, extensions, generalized_time, ia5, number, octets, sequence};
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::oid;
use crate::seal::{Seal, SealExtension, SealSignature, Version};
use crate::time::UnixTime;
use yinxin_proto::Error;

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
    /// Sets the seal. `sign` as for [`super::Draft::sign`], with the signer's key.
    ///
    /// # Errors
    /// As [`super::Draft::sign`].
    pub fn sign(
        &self,
        signer: &Certificate,
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, Error>,
    ) -> Result<SealSignature, Error> {
        let unsigned = SealSignature::from_der(self.assemble(signer.der(), &[]))?;
        let (claimed, stamp) = match self.time {
            TimeInfo::Claimed(time) => (Some(time), None),
            TimeInfo::Stamp(stamp) => (None, Some(stamp)),
        };
        if unsigned.extensions() != self.extensions
            || unsigned.claimed_time() != claimed
            || unsigned.time_stamp() != stamp
        {
            return Err(super::no_room());
        }
        let signature = super::signature_of(signer, unsigned.signed(), sign)?;
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

impl SealSignature {
    /// This one of version 4 or 5 with a time stamp, which the signature does not cover.
    ///
    /// # Errors
    /// `seal-unreadable` for version 1, and if it has one.
    pub fn with_time_stamp(&self, stamp: &[u8]) -> Result<Self, Error> {
        Self::from_der(super::stamped(self.der(), stamp))
    }
}

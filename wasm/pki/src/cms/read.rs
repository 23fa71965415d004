//! The structure of a SignedData, read without judging it.

use crate::asn1::{self, Malformed, Tlv, tag};
use crate::hash::Sha2;
use crate::key::PublicKey;
use crate::oid;
use crate::scheme::Scheme;
use der::asn1::ObjectIdentifier;

/// A SignedData of RFC 5652, PKCS #7 or GM/T 0010.
pub(super) struct SignedData<'a> {
    /// Which SignedData it is: that of PKCS #7 or of GM/T 0010.
    pub kind: ObjectIdentifier,
    /// Type of the content.
    pub content_type: ObjectIdentifier,
    /// The content, if it is inside.
    pub content: Option<&'a [u8]>,
    /// DER of the X.509 certificates inside.
    pub certificates: Vec<&'a [u8]>,
    pub signers: Vec<SignerInfo<'a>>,
}

/// A SignerInfo.
pub(super) struct SignerInfo<'a> {
    pub sid: Sid<'a>,
    pub digest_algorithm: ObjectIdentifier,
    /// signedAttrs under their tag `[0]`.
    pub attributes: Option<Tlv<'a>>,
    pub signature_algorithm: ObjectIdentifier,
    pub signature: &'a [u8],
    /// unsignedAttrs under their tag `[1]`: no signature covers them.
    pub unsigned: Option<Tlv<'a>>,
}

/// How a signer names its certificate.
pub(super) enum Sid<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    KeyIdentifier(&'a [u8]),
}

impl<'a> SignedData<'a> {
    /// Reads one of so many signers at most.
    pub fn read(der: &'a [u8], max_signers: usize) -> Result<Self, Malformed> {
        let info = asn1::single(der, tag::SEQUENCE, "a ContentInfo is expected")?;
        let mut fields = info.children();
        let kind = fields.expect(tag::OID, "a content type is expected")?;
        let known = [oid::SIGNED_DATA, oid::GM_SIGNED_DATA];
        if !known.contains(&kind.oid()?) {
            return Err(kind.malformed("not a SignedData"));
        }
        let kind = kind.oid()?;
        let explicit = fields.expect(tag::CONTEXT_0, "the content is expected")?;
        fields.finish()?;
        let mut inside = explicit.children();
        let signed_data = inside.expect(tag::SEQUENCE, "a SignedData is expected")?;
        inside.finish()?;

        let mut fields = signed_data.children();
        fields.expect(tag::INTEGER, "a version is expected")?;
        fields.expect(tag::SET, "digestAlgorithms are expected")?;
        let encapsulated = fields.expect(tag::SEQUENCE, "encapContentInfo is expected")?;
        let mut certificates = Vec::new();
        if let Some(set) = fields.optional(tag::CONTEXT_0)? {
            let mut set = set.children();
            while !set.is_empty() {
                let choice = set.read()?;
                // Other choices are attribute certificates and the like.
                if choice.tag == tag::SEQUENCE {
                    certificates.push(choice.raw);
                }
                if certificates.len() > MAX_CERTIFICATES {
                    return Err(choice.malformed("too many certificates"));
                }
            }
        }
        fields.optional(tag::CONTEXT_1)?;
        let set = fields.expect(tag::SET, "signerInfos are expected")?;
        fields.finish()?;
        let mut signers = Vec::new();
        let mut infos = set.children();
        while !infos.is_empty() {
            let info = infos.expect(tag::SEQUENCE, "a SignerInfo is expected")?;
            if signers.len() == max_signers {
                return Err(info.malformed("too many signers"));
            }
            signers.push(SignerInfo::read(&info)?);
        }
        if signers.is_empty() {
            return Err(set.malformed("no signer"));
        }

        let mut fields = encapsulated.children();
        let content_type = fields.read()?.oid()?;
        let content = match fields.optional(tag::CONTEXT_0)? {
            None => None,
            Some(explicit) => {
                let mut inside = explicit.children();
                // PKCS #7 allows any type here; the digest covers the contents octets (9.3).
                let content = inside.read()?;
                inside.finish()?;
                if content.tag == CONSTRUCTED_OCTET_STRING {
                    // The door makes one of its pieces, unless it could not read what stands before it.
                    return Err(content.malformed("a content in pieces"));
                }
                Some(content.value)
            }
        };
        fields.finish()?;
        Ok(Self {
            kind,
            content_type,
            content,
            certificates,
            signers,
        })
    }
}

impl<'a> SignerInfo<'a> {
    fn read(info: &Tlv<'a>) -> Result<Self, Malformed> {
        let mut fields = info.children();
        fields.expect(tag::INTEGER, "a version is expected")?;
        let sid = fields.read()?;
        let sid = match sid.tag {
            tag::SEQUENCE => {
                let mut parts = sid.children();
                let issuer = parts.expect(tag::SEQUENCE, "an issuer is expected")?;
                let serial = parts.expect(tag::INTEGER, "a serial number is expected")?;
                parts.finish()?;
                Sid::IssuerAndSerial {
                    issuer: issuer.raw,
                    serial: serial.value,
                }
            }
            tag::CONTEXT_0_PRIMITIVE => Sid::KeyIdentifier(sid.value),
            _ => return Err(sid.malformed("a signer identifier is expected")),
        };
        let mut algorithm = |reason| {
            let identifier = fields.expect(tag::SEQUENCE, reason)?;
            identifier.children().read()?.oid()
        };
        let digest_algorithm = algorithm("a digest algorithm is expected")?;
        let attributes = fields.optional(tag::CONTEXT_0)?;
        let mut algorithm = |reason| {
            let identifier = fields.expect(tag::SEQUENCE, reason)?;
            identifier.children().read()?.oid()
        };
        let signature_algorithm = algorithm("a signature algorithm is expected")?;
        let signature = fields.expect(tag::OCTET_STRING, "a signature is expected")?;
        let unsigned = fields.optional(tag::CONTEXT_1)?;
        fields.finish()?;
        Ok(Self {
            sid,
            digest_algorithm,
            attributes,
            signature_algorithm,
            signature: signature.value,
            unsigned,
        })
    }
}

impl SignerInfo<'_> {
    /// How it is signed with such a key: by what the signature algorithm names, or else the digest. RSASSA-PSS is not
    /// read.
    pub fn scheme(&self, key: &PublicKey) -> Option<Scheme> {
        let named = [
            (oid::RSA_SHA256, Sha2::Sha256),
            (oid::RSA_SHA384, Sha2::Sha384),
            (oid::RSA_SHA512, Sha2::Sha512),
            (oid::ECDSA_SHA256, Sha2::Sha256),
            (oid::ECDSA_SHA384, Sha2::Sha384),
            (oid::ECDSA_SHA512, Sha2::Sha512),
        ];
        let algorithm = self.signature_algorithm;
        let of_name = named.iter().find(|(name, _)| *name == algorithm);
        let digest = match of_name {
            Some((_, digest)) => Some(*digest),
            None if [oid::RSA, oid::EC].contains(&algorithm) => {
                Sha2::from_oid(self.digest_algorithm)
            }
            None => None,
        };
        match key {
            PublicKey::Sm2(_) => {
                let is_sm2 =
                    [oid::SM2_SIGN, oid::SM2_CURVE, oid::SM2_WITH_SM3].contains(&algorithm);
                (is_sm2 && self.digest_algorithm == oid::SM3).then_some(Scheme::Sm2WithSm3)
            }
            PublicKey::Rsa(_) => digest.map(Scheme::RsaPkcs1),
            PublicKey::P256(_) | PublicKey::P384(_) => digest.map(Scheme::Ecdsa),
        }
        .filter(|scheme| scheme.fits(key))
    }

    /// The time stamp over the signature (RFC 3161, appendix A): a SignedData, as it stands there.
    pub fn time_stamp(&self) -> Option<Vec<u8>> {
        let mut attributes = self.unsigned?.children();
        while let Ok(attribute) = attributes.expect(tag::SEQUENCE, "") {
            let mut fields = attribute.children();
            if fields.read().and_then(|kind| kind.oid()) == Ok(oid::SIGNATURE_TIME_STAMP) {
                let values = fields.expect(tag::SET, "").ok()?;
                return values
                    .children()
                    .read()
                    .ok()
                    .map(|token| token.raw.to_vec());
            }
        }
        None
    }
}

/// Certificates in one CMS.
const MAX_CERTIFICATES: usize = 64;

const CONSTRUCTED_OCTET_STRING: u8 = tag::OCTET_STRING | 0x20;

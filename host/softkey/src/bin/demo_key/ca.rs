//! The demo CA: two levels of SM2 (GB/T 20518 profile), made afresh with every run.

use std::time::SystemTime;

use der::asn1::{
    Any, BitString, Ia5String, ObjectIdentifier, OctetString, PrintableString, SetOfVec,
    Utf8StringRef,
};
use der::{Decode, Encode, Tag};
use signature::Signer;
use sm2::dsa::{Signature, SigningKey};
use spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::{TbsCertificate, Version};
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::der::referenced::OwnedToRef;
use x509_cert::ext::pkix::crl::{CrlDistributionPoints, CrlReason, dp::DistributionPoint};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CrlNumber, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, builder};
use yinxin_softkey::mechanism::SM2_DEFAULT_ID;
use yinxin_softkey::seal::fill_random;

use crate::{DAY, Failure};

/// A certification authority with its key.
pub struct Authority {
    key: SigningKey,
    /// The private key, for `--keep-ca-keys`.
    pub secret: sm2::SecretKey,
    /// Its certificate.
    pub certificate: Certificate,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Signs: digitalSignature and nonRepudiation.
    Sign,
    /// Decrypts: keyEncipherment, dataEncipherment and keyAgreement.
    Encrypt,
    /// Signs certificates and CRLs; so many CAs may follow.
    Authority(u8),
}

/// What goes into an end entity's certificate.
pub struct Request {
    /// The subject.
    pub subject: Name,
    /// The public key.
    pub public_key: SubjectPublicKeyInfoOwned,
    /// What the key is for.
    pub usage: Usage,
    /// The first second of validity.
    pub not_before: SystemTime,
    /// The last second of validity.
    pub not_after: SystemTime,
    /// Who holds it.
    pub identity: Identity,
}

/// The identity extensions of GB/T 20518 section 5.2.4.2.
pub enum Identity {
    /// 1.2.156.10260.4.1.4, PrintableString: in practice the unified social credit code.
    Unit(String),
    /// 1.2.156.10260.4.1.1, `SET { residenterCardNumber [0] PrintableString }`.
    Person(String),
    /// Of a CA.
    None,
}

impl Authority {
    /// Makes a self-signed root.
    pub fn make_root(name: &str, validity: Validity) -> Result<Self, Failure> {
        let (key, secret) = make_key()?;
        let subject = demo_name(name, &[])?;
        let profile = Profile {
            issuer: subject.clone(),
            subject,
            usage: Usage::Authority(1),
            identity: Identity::None,
        };
        let public_key = SubjectPublicKeyInfoOwned::from_key(key.verifying_key())?;
        let certificate = sign_certificate(profile, validity, public_key, &key)?;
        Ok(Self {
            key,
            secret,
            certificate,
        })
    }

    /// Makes a CA under this one.
    pub fn make_issuing(&self, name: &str, validity: Validity) -> Result<Self, Failure> {
        let (key, secret) = make_key()?;
        let profile = Profile {
            issuer: self.certificate.tbs_certificate().subject().clone(),
            subject: demo_name(name, &[])?,
            usage: Usage::Authority(0),
            identity: Identity::None,
        };
        let public_key = SubjectPublicKeyInfoOwned::from_key(key.verifying_key())?;
        let certificate = sign_certificate(profile, validity, public_key, &self.key)?;
        Ok(Self {
            key,
            secret,
            certificate,
        })
    }

    /// Issues an end entity's certificate.
    pub fn issue(&self, request: Request) -> Result<Certificate, Failure> {
        let profile = Profile {
            issuer: self.certificate.tbs_certificate().subject().clone(),
            subject: request.subject,
            usage: request.usage,
            identity: request.identity,
        };
        let validity = Validity::new(
            Time::try_from(request.not_before)?,
            Time::try_from(request.not_after)?,
        );
        sign_certificate(profile, validity, request.public_key, &self.key)
    }

    /// Makes a CRL that holds for 30 days.
    pub fn make_crl(
        &self,
        revoked: &[SerialNumber],
        now: SystemTime,
    ) -> Result<CertificateList, Failure> {
        let revoked_at = Time::try_from(now - DAY)?;
        let reason = CrlReason::KeyCompromise;
        let entries: Vec<_> = revoked
            .iter()
            .map(|serial| {
                let reason = (&reason).to_extension(&Name::default(), &[])?;
                Ok(RevokedCert {
                    serial_number: serial.clone(),
                    revocation_date: revoked_at,
                    crl_entry_extensions: Some(vec![reason]),
                })
            })
            .collect::<Result<_, der::Error>>()?;
        // Not by x509-cert 0.3's CrlBuilder: it takes the issuer's own authority key identifier,
        // which names the key above, where RFC 5280 section 5.2.1 wants the key that signs.
        let issuer = self.certificate.tbs_certificate();
        let key_identifier =
            SubjectKeyIdentifier::try_from(issuer.subject_public_key_info().owned_to_ref())?.0;
        let authority = AuthorityKeyIdentifier {
            key_identifier: Some(key_identifier),
            ..Default::default()
        };
        let number = CrlNumber::try_from(1_u32)?;
        let algorithm = issuer.signature().clone();
        let tbs_cert_list = TbsCertList {
            version: Version::V2,
            signature: algorithm.clone(),
            issuer: issuer.subject().clone(),
            this_update: Time::try_from(now)?,
            next_update: Some(Time::try_from(now + DAY * 30)?),
            // Absent without entries (RFC 5280, 5.1.2.6).
            revoked_certificates: (!entries.is_empty()).then_some(entries),
            crl_extensions: Some(vec![
                (&authority).to_extension(issuer.subject(), &[])?,
                (&number).to_extension(issuer.subject(), &[])?,
            ]),
        };
        Ok(CertificateList {
            signature: sign(&self.key, &tbs_cert_list.to_der()?)?,
            tbs_cert_list,
            signature_algorithm: algorithm,
        })
    }
}

/// Makes a random serial number of 16 bytes, as long as those of the operating CAs.
pub fn make_serial() -> Result<SerialNumber, Failure> {
    let mut serial = [0; 16];
    fill_random(&mut serial)?;
    // Positive, and of the same length each time.
    serial[0] = serial[0] & 0x3F | 0x40;
    Ok(SerialNumber::new(&serial)?)
}

/// A subject's or issuer's name: country, what `inner` gives, the mark of the demo, the common
/// name.
pub fn demo_name(common_name: &str, inner: &[(&str, &str)]) -> Result<Name, Failure> {
    let mut rdns = vec![rdn(COUNTRY, Tag::PrintableString, "CN")?];
    if inner.is_empty() {
        rdns.push(rdn(ORGANIZATION, Tag::Utf8String, "印信演示")?);
    }
    for (oid, value) in inner {
        rdns.push(rdn(oid, Tag::Utf8String, value)?);
    }
    rdns.push(rdn(ORGANIZATIONAL_UNIT, Tag::Utf8String, "仅供测试")?);
    rdns.push(rdn(COMMON_NAME, Tag::Utf8String, common_name)?);
    Ok(Name::from_der(&RdnSequence::from(rdns).to_der()?)?)
}

fn rdn(oid: &str, tag: Tag, value: &str) -> Result<RelativeDistinguishedName, Failure> {
    let attribute = AttributeTypeAndValue {
        oid: ObjectIdentifier::new(oid)?,
        value: Any::new(tag, Utf8StringRef::new(value)?.as_bytes())?,
    };
    let set = SetOfVec::try_from(vec![attribute])?;
    Ok(RelativeDistinguishedName::from(set))
}

/// Makes a random key.
pub fn make_key() -> Result<(SigningKey, sm2::SecretKey), Failure> {
    let mut scalar = zeroize::Zeroizing::new([0; 32]);
    loop {
        fill_random(scalar.as_mut_slice())?;
        if let Ok(secret) = sm2::SecretKey::from_slice(scalar.as_slice()) {
            return Ok((SigningKey::new(SM2_DEFAULT_ID, &secret)?, secret));
        }
    }
}

fn sign_certificate(
    profile: Profile,
    validity: Validity,
    public_key: SubjectPublicKeyInfoOwned,
    key: &SigningKey,
) -> Result<Certificate, Failure> {
    let mut builder = CertificateBuilder::new(profile, make_serial()?, validity, public_key)?;
    let signed = builder.finalize(key)?;
    Ok(builder.assemble(sign(key, &signed)?, key)?)
}

/// The crate's own encoding of SM2 signatures in a BIT STRING is raw; certificates want DER.
pub fn sign(key: &SigningKey, message: &[u8]) -> Result<BitString, Failure> {
    let signature: Signature = key.try_sign(message)?;
    Ok(BitString::from_bytes(&signature.to_der().to_vec())?)
}

struct Profile {
    issuer: Name,
    subject: Name,
    usage: Usage,
    identity: Identity,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        subject_key: SubjectPublicKeyInfoRef<'_>,
        issuer_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let mut extensions = Vec::new();
        let mut add = |extension: Result<Extension, der::Error>| {
            extension.map(|extension| extensions.push(extension))
        };
        let subject = tbs.subject();
        add((&AuthorityKeyIdentifier {
            key_identifier: Some(SubjectKeyIdentifier::try_from(issuer_key)?.0),
            ..Default::default()
        })
            .to_extension(subject, &[]))?;
        add((&SubjectKeyIdentifier::try_from(subject_key)?).to_extension(subject, &[]))?;
        let usage = match self.usage {
            Usage::Sign => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
            Usage::Encrypt => {
                KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment | KeyUsages::KeyAgreement
            }
            Usage::Authority(_) => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
        };
        add((&KeyUsage(usage)).to_extension(subject, &[]))?;
        let (ca, path_len_constraint) = match self.usage {
            Usage::Authority(path_len) => (true, Some(path_len)),
            _ => (false, None),
        };
        add((
            ca,
            &BasicConstraints {
                ca,
                path_len_constraint,
            },
        )
            .to_extension(subject, &[]))?;
        if self.issuer != self.subject {
            let name = if ca { "root" } else { "issuing" };
            let url = Ia5String::new(&format!("http://crl.demo.invalid/{name}.crl"))?;
            let points = CrlDistributionPoints(vec![DistributionPoint {
                distribution_point: Some(DistributionPointName::FullName(vec![
                    GeneralName::UniformResourceIdentifier(url),
                ])),
                reasons: None,
                crl_issuer: None,
            }]);
            add((&points).to_extension(subject, &[]))?;
        }
        let identity = match &self.identity {
            Identity::Unit(code) => Some((UNIT_CODE, PrintableString::new(code)?.to_der()?)),
            Identity::Person(code) => {
                let code = Any::new(
                    Tag::ContextSpecific {
                        constructed: false,
                        number: der::TagNumber(0),
                    },
                    PrintableString::new(code)?.as_bytes(),
                )?;
                Some((PERSON_CODE, SetOfVec::try_from(vec![code])?.to_der()?))
            }
            Identity::None => None,
        };
        if let Some((extn_id, value)) = identity {
            add(Ok(Extension {
                extn_id,
                critical: false,
                extn_value: OctetString::new(value)?,
            }))?;
        }
        Ok(extensions)
    }
}

const COUNTRY: &str = "2.5.4.6";
/// stateOrProvinceName.
pub const PROVINCE: &str = "2.5.4.8";
/// localityName.
pub const LOCALITY: &str = "2.5.4.7";
/// organizationName.
pub const ORGANIZATION: &str = "2.5.4.10";
const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";
const COMMON_NAME: &str = "2.5.4.3";
const PERSON_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10260.4.1.1");
const UNIT_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10260.4.1.4");

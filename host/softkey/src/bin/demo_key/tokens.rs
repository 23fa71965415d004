//! The demo tokens: what each holds, and how it is made through the module's own interface.

use std::path::Path;
use std::time::{Duration, SystemTime};

use cryptoki_sys::*;
use der::asn1::{BitString, ObjectIdentifier, OctetStringRef};
use der::{Any, Decode, Encode};
use rsa::BoxedUint;
use rsa::pkcs8::EncodePublicKey;
use serde::Serialize;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::Certificate;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use yinxin_softkey::mechanism::{CKM_SM2_KEY_PAIR_GEN, CURVE_P256, CURVE_SM2, Mechanism};
use yinxin_softkey::module::{Module, padded};
use yinxin_softkey::object::{CKA_CONTAINER, CKA_PAIR};
use yinxin_softkey::token::Role;

use crate::ca::{self, Authority, Identity, Request, Usage};
use crate::seals::{Maker, Picture, SealPlan, Version};
use crate::{DAY, Failure, credit_code};

/// A token to be made.
pub struct Plan {
    label: &'static str,
    about: &'static str,
    holder: Holder,
    certificates: Vec<CertificatePlan>,
    /// The standard of the seal of the first certificate, if there is one. It ends with the last one.
    seal: Option<Version>,
}

#[derive(Clone, Copy)]
enum Holder {
    Unit,
    Expert,
}

struct CertificatePlan {
    id: u8,
    key: Key,
    usage: Usage,
    /// Days before and after now; negative: over already.
    from: u32,
    until: i32,
    revoked: bool,
}

impl CertificatePlan {
    /// Its container of SKF: the certificates 01 and 02 share one, 03 and 04 the next.
    fn container(&self) -> String {
        format!("container-{}", self.id.div_ceil(2))
    }
}

#[derive(Clone, Copy)]
enum Key {
    Sm2,
    Rsa,
    P256,
}

/// A token that was made.
#[derive(Serialize)]
pub struct MadeToken {
    /// Its label, and the name of its folder.
    pub label: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// CK_TOKEN_INFO's serial number.
    pub serial: String,
    /// What lies in it.
    pub certificates: Vec<MadeCertificate>,
    /// The seals in it.
    pub seals: Vec<MadeSeal>,
}

/// A certificate in a token.
#[derive(Serialize)]
pub struct MadeCertificate {
    /// CKA_ID, in hexadecimal.
    pub id: String,
    /// `sign` or `encrypt`.
    pub usage: &'static str,
    /// `sm2`, `rsa-2048` or `p256`.
    pub algorithm: &'static str,
    /// RFC 4514.
    pub subject: String,
    /// In hexadecimal.
    pub serial: String,
    /// RFC 3339.
    pub not_before: String,
    /// RFC 3339.
    pub not_after: String,
    /// Whether the CRL lists it.
    pub revoked: bool,
}

/// A seal in a token.
#[derive(Serialize)]
pub struct MadeSeal {
    /// CKA_LABEL.
    pub label: &'static str,
    /// 1 or 4.
    pub version: u8,
    /// Its name.
    pub name: &'static str,
}

/// What comes out of [`Plan::make`].
pub struct Made {
    /// For the report.
    pub token: MadeToken,
    /// For the CRL.
    pub revoked_serials: Vec<SerialNumber>,
}

/// All tokens.
pub fn plans() -> Vec<Plan> {
    let dual = |id, from, until, revoked| {
        [(id, Usage::Sign), (id + 1, Usage::Encrypt)].map(|(id, usage)| CertificatePlan {
            id,
            key: Key::Sm2,
            usage,
            from,
            until,
            revoked,
        })
    };
    let single = |key| {
        vec![CertificatePlan {
            id: 1,
            key,
            usage: Usage::Sign,
            from: 30,
            until: 335,
            revoked: false,
        }]
    };
    let plan = |label, about, holder, certificates| Plan {
        label,
        about,
        holder,
        certificates,
        seal: None,
    };
    let sealed = |version, plan: Plan| Plan {
        seal: Some(version),
        ..plan
    };
    vec![
        sealed(
            Version::V4,
            plan(
                "demo-unit",
                "a unit's dual SM2 certificates and seal",
                Holder::Unit,
                dual(1, 30, 335, false).into(),
            ),
        ),
        sealed(
            Version::V4,
            plan(
                "demo-expert",
                "an expert's dual SM2 certificates and seal",
                Holder::Expert,
                dual(1, 30, 335, false).into(),
            ),
        ),
        sealed(
            Version::V4,
            plan(
                "demo-expired",
                "expired 30 days ago, the seal too",
                Holder::Unit,
                dual(1, 395, -30, false).into(),
            ),
        ),
        sealed(
            Version::V1,
            plan(
                "demo-30days",
                "ends in 30 days; its seal is of the old kind",
                Holder::Unit,
                dual(1, 335, 30, false).into(),
            ),
        ),
        sealed(
            Version::V4,
            plan(
                "demo-two",
                "two key containers: an expired one (01, 02), which the seal lists, and its renewal (03, 04)",
                Holder::Unit,
                [dual(1, 375, -10, false), dual(3, 20, 345, false)]
                    .into_iter()
                    .flatten()
                    .collect(),
            ),
        ),
        plan(
            "demo-revoked",
            "revoked by the CRL",
            Holder::Unit,
            dual(1, 30, 335, true).into(),
        ),
        plan(
            "demo-rsa",
            "a unit's RSA-2048 certificate",
            Holder::Unit,
            single(Key::Rsa),
        ),
        plan(
            "demo-p256",
            "a unit's P-256 certificate",
            Holder::Unit,
            single(Key::P256),
        ),
    ]
}

impl Plan {
    /// Makes the token as a folder in `staging`.
    pub fn make(
        &self,
        staging: &Path,
        issuer: &Authority,
        maker: &Maker,
        now: SystemTime,
        pin: &str,
        so_pin: &str,
    ) -> Result<Made, Failure> {
        // A folder of its own, so that the token is the only one of the module.
        let parent = staging.join(format!(".{}", self.label));
        std::fs::create_dir_all(parent.join(self.label))?;
        let mut module = Module::new(Some(parent.clone()));
        let slot = 0;
        module.init_token(slot, so_pin.as_bytes(), &padded(self.label))?;
        let session = module.open_session(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION)?;
        module.login(session, Role::So, so_pin.as_bytes())?;
        module.init_pin(session, pin.as_bytes())?;
        module.logout(session)?;
        module.login(session, Role::User, pin.as_bytes())?;

        let mut made = Made {
            token: MadeToken {
                label: self.label,
                about: self.about,
                serial: String::from_utf8(module.token_info(slot)?.serialNumber.to_vec())?,
                certificates: Vec::new(),
                seals: Vec::new(),
            },
            revoked_serials: Vec::new(),
        };
        let mut issued = Vec::new();
        for plan in &self.certificates {
            let certificate = self.issue(&mut module, session, plan, issuer, now)?;
            let tbs = certificate.tbs_certificate();
            if plan.revoked {
                made.revoked_serials.push(tbs.serial_number().clone());
            }
            let time = |time: x509_cert::time::Time| time.to_date_time().to_string();
            made.token.certificates.push(MadeCertificate {
                id: hex::encode([plan.id]),
                usage: match plan.usage {
                    Usage::Encrypt => "encrypt",
                    _ => "sign",
                },
                algorithm: match plan.key {
                    Key::Sm2 => "sm2",
                    Key::Rsa => "rsa-2048",
                    Key::P256 => "p256",
                },
                subject: tbs.subject().to_string(),
                serial: hex::encode(tbs.serial_number().as_bytes()),
                not_before: time(tbs.validity().not_before),
                not_after: time(tbs.validity().not_after),
                revoked: plan.revoked,
            });
            issued.push(certificate);
        }
        if let (Some(version), [user, ..]) = (self.seal, &issued[..]) {
            let until = issued.last().unwrap_or(user);
            let seal = self.put_seal(&mut module, session, maker, version, user, until)?;
            made.token.seals.push(seal);
        }
        drop(module);
        std::fs::rename(parent.join(self.label), staging.join(self.label))?;
        std::fs::remove_dir(parent)?;
        Ok(made)
    }

    /// Makes a seal for a certificate and puts it into the token, readable without a PIN.
    fn put_seal(
        &self,
        module: &mut Module,
        session: CK_SESSION_HANDLE,
        maker: &Maker,
        version: Version,
        user: &Certificate,
        until: &Certificate,
    ) -> Result<MadeSeal, Failure> {
        let (label, id, name, picture) = match self.holder {
            Holder::Unit => ("单位电子印章", "DEMO-UNIT-0001", UNIT, Picture::Round),
            Holder::Expert => ("个人电子印章", "DEMO-EXPERT-0001", EXPERT, Picture::Square),
        };
        let seal = maker.seal(&SealPlan {
            version,
            id,
            name,
            picture,
            user,
            until,
        })?;
        let object = [
            (CKA_CLASS, &CKO_DATA.to_ne_bytes()[..]),
            (CKA_TOKEN, &[1]),
            (CKA_PRIVATE, &[0]),
            (CKA_LABEL, label.as_bytes()),
            (CKA_APPLICATION, SEAL_APPLICATION.as_bytes()),
            (CKA_VALUE, &seal),
        ];
        module.create_object(session, &object)?;
        Ok(MadeSeal {
            label,
            version: version.number(),
            name,
        })
    }

    /// Makes a key pair in the token and puts the certificate beside it.
    fn issue(
        &self,
        module: &mut Module,
        session: CK_SESSION_HANDLE,
        plan: &CertificatePlan,
        issuer: &Authority,
        now: SystemTime,
    ) -> Result<Certificate, Failure> {
        let (label, encrypts) = match plan.usage {
            Usage::Encrypt => ("加密证书", true),
            _ => ("签名证书", false),
        };
        let flag = |value: bool| if value { &[1_u8][..] } else { &[0] };
        let container = plan.container();
        let pair = CK_ULONG::to_ne_bytes(if encrypts { 2 } else { 1 });
        let common = [
            (CKA_TOKEN, flag(true)),
            (CKA_ID, &[plan.id][..]),
            (CKA_LABEL, label.as_bytes()),
            (CKA_CONTAINER, container.as_bytes()),
            (CKA_PAIR, &pair),
        ];
        let bits = CK_ULONG::to_ne_bytes(2048);
        let mut public = common.to_vec();
        public.extend([
            (CKA_VERIFY, flag(!encrypts)),
            (CKA_ENCRYPT, flag(encrypts)),
            (CKA_WRAP, flag(encrypts)),
        ]);
        let kind = match plan.key {
            Key::Sm2 => {
                public.push((CKA_EC_PARAMS, CURVE_SM2));
                CKM_SM2_KEY_PAIR_GEN
            }
            Key::P256 => {
                public.push((CKA_EC_PARAMS, CURVE_P256));
                CKM_EC_KEY_PAIR_GEN
            }
            Key::Rsa => {
                public.push((CKA_MODULUS_BITS, &bits));
                CKM_RSA_PKCS_KEY_PAIR_GEN
            }
        };
        let mut private = common.to_vec();
        private.extend([
            (CKA_PRIVATE, flag(true)),
            (CKA_SENSITIVE, flag(true)),
            (CKA_EXTRACTABLE, flag(false)),
            (CKA_SIGN, flag(!encrypts)),
            (CKA_DECRYPT, flag(encrypts)),
            (CKA_UNWRAP, flag(encrypts)),
        ]);
        let mechanism = Mechanism {
            kind,
            parameter: &[],
        };
        let [key, _] = module.generate_key_pair(session, mechanism, &public, &private)?;

        // Whole days of China, so that the days left are the planned number for whoever looks today.
        let today = start_of_day_in_china(now)?;
        let end_of_today = today + DAY - Duration::from_secs(1);
        let until = DAY * plan.until.unsigned_abs();
        let certificate = issuer.issue(Request {
            subject: self.holder.subject()?,
            public_key: public_key(module, session, key, plan.key)?,
            usage: plan.usage,
            not_before: today - DAY * plan.from,
            not_after: if plan.until < 0 {
                end_of_today - until
            } else {
                end_of_today + until
            },
            identity: self.holder.identity()?,
        })?;
        let tbs = certificate.tbs_certificate();
        let mut object = common.to_vec();
        let class = CKO_CERTIFICATE.to_ne_bytes();
        let certificate_type = CKC_X_509.to_ne_bytes();
        let value = certificate.to_der()?;
        let subject = tbs.subject().to_der()?;
        let issuer = tbs.issuer().to_der()?;
        let serial = tbs.serial_number().to_der()?;
        object.extend([
            (CKA_CLASS, &class[..]),
            (CKA_CERTIFICATE_TYPE, &certificate_type),
            (CKA_VALUE, &value),
            (CKA_SUBJECT, &subject),
            (CKA_ISSUER, &issuer),
            (CKA_SERIAL_NUMBER, &serial),
        ]);
        module.create_object(session, &object)?;
        Ok(certificate)
    }
}

impl Holder {
    fn subject(self) -> Result<Name, Failure> {
        match self {
            Self::Unit => ca::demo_name(
                UNIT,
                &[
                    (ca::PROVINCE, "四川省"),
                    (ca::LOCALITY, "成都市"),
                    (ca::ORGANIZATION, UNIT),
                ],
            ),
            Self::Expert => ca::demo_name(
                EXPERT,
                &[(ca::PROVINCE, "四川省"), (ca::LOCALITY, "成都市")],
            ),
        }
    }

    fn identity(self) -> Result<Identity, Failure> {
        Ok(match self {
            // 510199 is no district, and the organisation's number says what it is.
            Self::Unit => Identity::Unit(
                credit_code::complete("510199", "MA00DEM0").ok_or("invalid credit code")?,
            ),
            // Not of the form of any identity card's number.
            Self::Expert => Identity::Person("TEST00000000000001".to_owned()),
        })
    }
}

fn public_key(
    module: &mut Module,
    session: CK_SESSION_HANDLE,
    handle: CK_OBJECT_HANDLE,
    key: Key,
) -> Result<SubjectPublicKeyInfoOwned, Failure> {
    let mut value = |attribute| -> Result<Vec<u8>, Failure> {
        let mut values = module.attribute_values(session, handle, &[attribute])?;
        let value = values.pop().ok_or("no attribute")?;
        Ok(value?.to_vec())
    };
    let curve = match key {
        Key::Rsa => {
            let number = |bytes: Vec<u8>| BoxedUint::from_be_slice_vartime(&bytes);
            let modulus = number(value(CKA_MODULUS)?);
            let key = rsa::RsaPublicKey::new(modulus, number(value(CKA_PUBLIC_EXPONENT)?))?;
            let encoded = key.to_public_key_der()?;
            return Ok(SubjectPublicKeyInfoOwned::from_der(encoded.as_bytes())?);
        }
        Key::Sm2 => CURVE_SM2,
        Key::P256 => CURVE_P256,
    };
    let point = value(CKA_EC_POINT)?;
    let point = <&OctetStringRef>::from_der(&point)?;
    Ok(SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid: EC_PUBLIC_KEY,
            parameters: Some(Any::from_der(curve)?),
        },
        subject_public_key: BitString::from_bytes(point.as_bytes())?,
    })
}

/// An invented unit.
const UNIT: &str = "四川锦程演示科技有限公司";
/// An invented person.
const EXPERT: &str = "演示专家";
/// CKA_APPLICATION of seals. No standard gives one.
const SEAL_APPLICATION: &str = "Yinxin demo seal";
/// id-ecPublicKey (RFC 5480), which GM/T 0015 uses for SM2 too.
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

fn start_of_day_in_china(now: SystemTime) -> Result<SystemTime, Failure> {
    const OFFSET: u64 = 8 * 3_600;
    let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH)?.as_secs() + OFFSET;
    let into_day = Duration::from_secs(since_epoch % DAY.as_secs());
    Ok(now - into_day)
}

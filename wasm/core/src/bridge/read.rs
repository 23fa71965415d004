//! What a call asks, from the fields that the table of [`yinxin_proto::bridge`] names: one reader for all programs.

use super::request::{Digest, Failure, Form, Request, Usage};
use std::collections::BTreeMap;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::oid::ObjectIdentifier;
use yinxin_pki::pem::base64;
use yinxin_pki::sm2::Ciphertext;
use yinxin_proto::bridge::{Function, NoText, Operation, Role};

/// A call's fields.
pub(super) type Fields = BTreeMap<String, String>;

/// Reads a call.
pub(super) fn read(function: &Function, fields: &Fields) -> Result<Request, Failure> {
    let call = Call { function, fields };
    Ok(match function.operation {
        Operation::Nothing => Request::Nothing,
        Operation::Devices | Operation::CountDevices => Request::Devices,
        Operation::Choose => Request::Choose {
            serial: call.value(Role::Value).to_owned(),
        },
        Operation::UserList => Request::UserList,
        Operation::ExportCertificate => Request::Export {
            container: call.container()?,
            usage: call.usage()?,
        },
        Operation::ExportExchangeCertificate => Request::Export {
            container: call.container()?,
            usage: Usage::Encrypt,
        },
        Operation::CertificateInfo => Request::CertificateInfo {
            certificate: call.certificate()?,
            item: call.item()?,
        },
        Operation::CertificateInfoByOid => Request::CertificateInfoByOid {
            certificate: call.certificate()?,
            oid: match call.value(Role::Oid) {
                "" => return Err(Failure::ItemMissing),
                text => ObjectIdentifier::new(text).map_err(|_| Failure::ItemUnknown)?,
            },
        },
        Operation::UserInfo => Request::UserInfo {
            container: call.container()?,
            item: call.item()?,
        },
        Operation::ValidateCertificate => Request::Validate {
            certificate: call.certificate()?,
        },
        Operation::Login => Request::Login {
            container: call.container()?,
        },
        Operation::Logout => Request::Logout,
        Operation::IsLoggedIn => Request::IsLoggedIn {
            container: call.container()?,
        },
        Operation::PinRetryCount => Request::PinRetryCount {
            container: call.container()?,
        },
        Operation::ChangePin => Request::ChangePin {
            container: call.container()?,
        },
        Operation::DeviceInfo => Request::DeviceInfo {
            container: call.container()?,
            item: call.item()?,
        },
        Operation::DeviceSerial => Request::DeviceSerial {
            container: call.container()?,
        },
        Operation::SetSignMethod => call.method(SIGN_METHOD, &SIGN_METHODS)?,
        Operation::SetEncryptMethod => call.method(ENCRYPT_METHOD, &ENCRYPT_METHODS)?,
        Operation::SignMethod => Request::Parameter {
            name: SIGN_METHOD.into(),
            otherwise: Some(SIGN_METHODS[0]),
        },
        Operation::EncryptMethod => Request::Parameter {
            name: ENCRYPT_METHOD.into(),
            otherwise: Some(ENCRYPT_METHODS[0]),
        },
        // What is signed is digested as the certificate's key wants it.
        Operation::SetDigestMethod => call.digest().map(|_| Request::Nothing)?,
        // Every signature is made with the identifier that GM/T 0009-2012, clause 10, sets.
        Operation::SetUserId => match call.value(Role::Value) {
            USER_ID => Request::Nothing,
            _ => return Err(Failure::AlgorithmUnknown),
        },
        Operation::SignData => call.signed(Form::Bare)?,
        Operation::SignMessage => {
            let attached = !call.detached()?.unwrap_or_default();
            call.signed(Form::Message { attached })?
        }
        Operation::SignDetachedMessage => call.signed(Form::Message { attached: false })?,
        Operation::VerifySignedData => Request::Verify {
            certificate: call.certificate()?,
            text: call.text(Failure::FieldMissing)?,
            signature: call.signature()?,
        },
        Operation::VerifySignedMessage => Request::VerifyMessage {
            message: call.signature()?,
            text: match call.detached()? {
                Some(false) => None,
                Some(true) => Some(call.text(Failure::FieldMissing)?),
                // With a text where there is one.
                None => match call.text(Failure::FieldMissing) {
                    Err(Failure::FieldMissing) => None,
                    text => Some(text?),
                },
            },
        },
        Operation::SignedMessageInfo => Request::MessageInfo {
            message: call.signature()?,
            item: call.item()?,
        },
        Operation::Encrypt => Request::Encrypt {
            text: match call.text(Failure::PlaintextMissing)? {
                long if long.len() > MAX_PLAINTEXT_BYTES => return Err(Failure::PlaintextTooLong),
                text => text,
            },
            certificate: call.certificate()?,
        },
        Operation::Decrypt => Request::Decrypt {
            container: call.container()?,
            ciphertext: Ciphertext::parse(&call.text(Failure::CiphertextMissing)?)
                .ok_or(Failure::CiphertextMalformed)?,
        },
        Operation::Hash => Request::Hash {
            digest: call.digest()?,
            text: call.text(Failure::FieldMissing)?,
        },
        Operation::Random => Request::Random {
            length: match call.value(Role::Length).parse() {
                Ok(length @ 1..=MAX_RANDOM_BYTES) => length,
                _ => return Err(Failure::FieldMalformed),
            },
        },
        Operation::SetParameter => Request::SetParameter {
            name: call.parameter()?,
            value: match call.value(Role::Value) {
                long if long.len() > MAX_PARAMETER_BYTES => return Err(Failure::ParameterUnknown),
                value => value.to_owned(),
            },
        },
        Operation::Parameter => Request::Parameter {
            name: call.parameter()?,
            otherwise: None,
        },
        Operation::Version => Request::Version,
        Operation::LastError | Operation::LastErrorMessage => Request::LastError,
        Operation::Envelop | Operation::OpenEnvelope | Operation::NotSupported => {
            return Err(Failure::NotSupported);
        }
    })
}

/// What a page calls the user's key by, where it does.
pub(super) fn device(function: &Function, fields: &Fields) -> String {
    let call = Call { function, fields };
    call.value(Role::Device).to_owned()
}

struct Call<'a> {
    function: &'a Function,
    fields: &'a Fields,
}

impl Call<'_> {
    /// The value of the first field of a kind; empty, if there is none.
    fn value(&self, role: Role) -> &str {
        let name = self.function.fields(role).next();
        let value = name.and_then(|name| self.fields.get(name));
        value.map(String::as_str).unwrap_or_default()
    }

    /// Empty where functions of this name have none.
    fn container(&self) -> Result<String, Failure> {
        let is_asked = self.function.fields(Role::Container).next().is_some();
        match self.value(Role::Container) {
            "" if is_asked => Err(Failure::ContainerMissing),
            container => Ok(container.to_owned()),
        }
    }

    fn certificate(&self) -> Result<Box<Certificate>, Failure> {
        match self.value(Role::Certificate) {
            "" => Err(Failure::CertificateMissing),
            text => base64(text)
                .and_then(|der| Certificate::from_der(der).ok())
                .map(Box::new)
                .ok_or(Failure::CertificateUnreadable),
        }
    }

    /// Decimal, as numbers of scripts become.
    fn item(&self) -> Result<u32, Failure> {
        match self.value(Role::Item) {
            "" => Err(Failure::ItemMissing),
            number => number.parse().map_err(|_| Failure::ItemUnknown),
        }
    }

    /// Signatures, where functions of this name are for nothing else.
    fn usage(&self) -> Result<Usage, Failure> {
        let mut fields = self.function.fields.iter();
        let known = fields.find_map(|(name, role)| match role {
            Role::Usage { sign, encrypt } => Some((*name, *sign, *encrypt)),
            _ => None,
        });
        let Some((name, sign, encrypt)) = known else {
            return Ok(Usage::Sign);
        };
        match self.fields.get(name).map(String::as_str) {
            Some(value) if value == sign => Ok(Usage::Sign),
            Some(value) if value == encrypt => Ok(Usage::Encrypt),
            _ => Err(Failure::UsageUnknown),
        }
    }

    fn text(&self, absent: Failure) -> Result<String, Failure> {
        self.function.text(self.fields).map_err(|none| match none {
            NoText::Absent => absent,
            NoText::Malformed => Failure::FieldMalformed,
        })
    }

    fn signed(&self, form: Form) -> Result<Request, Failure> {
        if self.usage()? != Usage::Sign {
            return Err(Failure::UsageUnknown);
        }
        Ok(Request::Sign {
            container: self.container()?,
            text: self.text(Failure::FieldMissing)?,
            form,
        })
    }

    fn signature(&self) -> Result<Vec<u8>, Failure> {
        match self.value(Role::Signature) {
            "" => Err(Failure::FieldMissing),
            text => base64(text).ok_or(Failure::SignatureMalformed),
        }
    }

    /// Nothing where functions of this name have no such field.
    fn detached(&self) -> Result<Option<bool>, Failure> {
        if self.function.fields(Role::Detached).next().is_none() {
            return Ok(None);
        }
        match self.value(Role::Detached) {
            "0" => Ok(Some(false)),
            "1" => Ok(Some(true)),
            _ => Err(Failure::FieldMissing),
        }
    }

    fn digest(&self) -> Result<Digest, Failure> {
        match self.value(Role::Value) {
            "1" => Ok(Digest::Sm3),
            "4" => Ok(Digest::Sha256),
            _ => Err(Failure::AlgorithmUnknown),
        }
    }

    fn method(&self, name: &str, known: &[&str]) -> Result<Request, Failure> {
        match self.value(Role::Value) {
            "" => Err(Failure::FieldMissing),
            value if known.contains(&value) => Ok(Request::SetParameter {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(Failure::AlgorithmUnknown),
        }
    }

    fn parameter(&self) -> Result<String, Failure> {
        match self.value(Role::Name) {
            "" => Err(Failure::FieldMissing),
            name if PARAMETERS.contains(&name) => Ok(name.to_owned()),
            _ => Err(Failure::ParameterUnknown),
        }
    }
}

/// What pages may keep.
const PARAMETERS: [&str; 6] = [
    "authCode",
    "clientId",
    "rsigncloud",
    "bussName",
    "authType",
    "keySn",
];
/// Bytes of one.
const MAX_PARAMETER_BYTES: usize = 1024;
/// Bytes of what is encrypted: keys, mostly.
const MAX_PLAINTEXT_BYTES: usize = 4096;
/// Bytes of a random number.
const MAX_RANDOM_BYTES: usize = 1024;

/// Under which what a page chose is kept, beside its parameters.
const SIGN_METHOD: &str = "signMethod";
const ENCRYPT_METHOD: &str = "encryptMethod";
/// `SGD_SM3_SM2`, `SGD_SHA256_RSA` (GM/T 0006-2012, 6.2): what keys of ours sign with. Which, the certificate says.
const SIGN_METHODS: [&str; 2] = ["131585", "65540"];
/// `SGD_SM4_CBC`, `SGD_SM4_ECB`.
const ENCRYPT_METHODS: [&str; 2] = ["1026", "1025"];
const USER_ID: &str = "1234567812345678";

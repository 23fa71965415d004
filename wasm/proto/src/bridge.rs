//! The bridge: calls that pages of today's portals make to other programs on the machine, over HTTP on loopback. Whose
//! calls are known, at which addresses, with which functions and fields.
//!
//! A [`Skin`] is one program's way to put the functions of GM/T 0020 (SOF): addresses, names, fields, envelope and codes.
//! This table says what host, background and engine must agree on; what a function answers is the engine's matter.

mod bjca;
mod itrus;
mod jit;
mod mtoken;
mod rs;

use crate::Base64;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A program whose calls are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Skin {
    /// 统一安全认证客户端, with its assistant (互认助手).
    Rs,
    /// TopESA (TopCertKit) of 天威诚信, which 四川CA's newer pages call.
    Itrus,
    /// mToken of 龙脉.
    Mtoken,
    /// XTXAppCOM of 北京CA.
    Bjca,
    /// PNXClient of 吉大正元.
    Jit,
}

impl Skin {
    /// Every program.
    pub const ALL: &[Self] = &[Self::Rs, Self::Itrus, Self::Mtoken, Self::Bjca, Self::Jit];

    /// The program's own name.
    #[must_use]
    pub fn program(self) -> &'static str {
        match self {
            Self::Rs => "统一安全认证客户端",
            Self::Itrus => "天威诚信 TopESA 客户端",
            Self::Mtoken => "龙脉 mToken 客户端",
            Self::Bjca => "北京CA 证书应用环境",
            Self::Jit => "吉大正元 PNXClient 客户端",
        }
    }
}

/// An address that pages call, on 127.0.0.1.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// Whose it is.
    pub skin: Skin,
    /// Its port.
    pub port: u16,
    /// Pages call it by https. What the browser brings from there to the host comes by plain HTTP as all else.
    pub secure: bool,
    /// How calls say what they want.
    pub body: Body,
    /// What can be called there.
    pub functions: &'static [Function],
}

impl Address {
    /// The address of a port, if it is one of a program whose calls are answered.
    #[must_use]
    pub fn at(port: u16) -> Option<&'static Self> {
        ADDRESSES.iter().find(|address| address.port == port)
    }

    /// A function by its name; what no table names is unknown.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&'static Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}

/// How a call says which function it wants, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// The path is the name; fields come as `application/x-www-form-urlencoded`, UTF-8.
    Form,
    /// The path is the name; fields come as members of a JSON object.
    Json,
    /// A JSON object at one path, whatever is called.
    Named {
        /// The path, without its first slash.
        path: &'static str,
        /// What stands before the object in the body.
        before: &'static str,
        /// The member with the name.
        name: &'static str,
        /// The member with a list of values, which are the fields `p1`, `p2` and so on. Absent: the fields are the other
        /// members.
        list: Option<&'static str>,
    },
}

/// A function that pages call.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// As calls have it.
    pub name: &'static str,
    /// What it does, in words of GM/T 0020.
    pub operation: Operation,
    /// What its fields are. Others are not looked at, and not told to anybody.
    pub fields: &'static [(&'static str, Role)],
}

impl Function {
    /// Its fields of a kind, in order.
    pub fn fields(&self, role: Role) -> impl Iterator<Item = &'static str> {
        let fields = self.fields.iter();
        fields
            .filter(move |(_, known)| *known == role)
            .map(|(name, _)| *name)
    }

    /// What a field is. The value of a PIN stays in the host, and so does that of a field that has no role.
    #[must_use]
    pub fn role(&self, field: &str) -> Option<Role> {
        let mut fields = self.fields.iter();
        fields
            .find(|(name, _)| *name == field)
            .map(|(_, role)| *role)
    }

    /// The text or ciphertext of a call, as the key works at it: the first field that is there and not empty.
    ///
    /// # Errors
    /// [`NoText::Malformed`] where it does not have the form that the table names.
    pub fn text(&self, fields: &BTreeMap<String, String>) -> Result<String, NoText> {
        let mut roles = self.fields.iter().filter_map(|(name, role)| match role {
            Role::Text | Role::EncodedText => Some((fields.get(*name)?, *role)),
            _ => None,
        });
        match roles.find(|(text, _)| !text.is_empty()) {
            None => Err(NoText::Absent),
            Some((text, Role::Text)) => Ok(text.clone()),
            Some((text, _)) => {
                let bytes = Base64::decode(text).ok_or(NoText::Malformed)?;
                String::from_utf8(bytes.0).map_err(|_| NoText::Malformed)
            }
        }
    }
}

/// Why a call has no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoText {
    /// No field has one.
    Absent,
    /// It is not Base64 of UTF-8.
    Malformed,
}

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A PIN: the first of a function is the present one.
    Pin,
    /// What the page calls the user's certificate by.
    Container,
    /// What the page calls the key by.
    Device,
    /// A certificate, Base64 of its DER.
    Certificate,
    /// The number of what is asked of a certificate, a key or a signature.
    Item,
    /// An object identifier.
    Oid,
    /// Whether it is about the certificate for signatures or the one for encryption.
    Usage {
        /// The value for signatures.
        sign: &'static str,
        /// The value for encryption.
        encrypt: &'static str,
    },
    /// A text that is signed, verified, encrypted or decrypted, as it stands.
    Text,
    /// Such a text in Base64: its bytes are meant.
    EncodedText,
    /// A signature or a CMS, in Base64.
    Signature,
    /// `1` for a CMS without what was signed.
    Detached,
    /// What a page keeps is called so.
    Name,
    /// What it keeps, or chooses.
    Value,
    /// A number of bytes.
    Length,
}

/// What a function does, in words of GM/T 0020 where it has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Says that all is well: pages begin with it, and nothing is to be done.
    Nothing,
    /// The names of keys.
    Devices,
    /// How many there are.
    CountDevices,
    /// The user chooses a certificate.
    Choose,
    /// `SOF_GetUserList`.
    UserList,
    /// `SOF_ExportUserCert`.
    ExportCertificate,
    /// `SOF_ExportExChangeUserCert`.
    ExportExchangeCertificate,
    /// `SOF_GetCertInfo`.
    CertificateInfo,
    /// `SOF_GetCertInfoByOid`.
    CertificateInfoByOid,
    /// `SOF_GetUserInfo`: name and number of the user.
    UserInfo,
    /// `SOF_ValidateCert`.
    ValidateCertificate,
    /// `SOF_Login`.
    Login,
    /// `SOF_Logout`.
    Logout,
    /// Whether the user is logged in.
    IsLoggedIn,
    /// `SOF_GetPinRetryCount`.
    PinRetryCount,
    /// `SOF_ChangePassWd`.
    ChangePin,
    /// `SOF_GetDeviceInfo`.
    DeviceInfo,
    /// The serial number of the device.
    DeviceSerial,
    /// `SOF_SetSignMethod`.
    SetSignMethod,
    /// `SOF_GetSignMethod`.
    SignMethod,
    /// `SOF_SetEncryptMethod`.
    SetEncryptMethod,
    /// `SOF_GetEncryptMethod`.
    EncryptMethod,
    /// The digest of signatures.
    SetDigestMethod,
    /// The signer's identifier of SM2.
    SetUserId,
    /// `SOF_SignData`.
    SignData,
    /// `SOF_VerifySignedData`.
    VerifySignedData,
    /// `SOF_SignMessage`.
    SignMessage,
    /// The same without what was signed.
    SignDetachedMessage,
    /// `SOF_VerifySignedMessage`.
    VerifySignedMessage,
    /// `SOF_GetInfoFromSignedMessage`.
    SignedMessageInfo,
    /// `SOF_PubKeyEncrypt`.
    Encrypt,
    /// `SOF_PriKeyDecrypt`.
    Decrypt,
    /// Encryption in an envelope.
    Envelop,
    /// Decryption of an envelope.
    OpenEnvelope,
    /// `SOF_HashData`.
    Hash,
    /// `SOF_GenRandom`.
    Random,
    /// Keeps a parameter for the page.
    SetParameter,
    /// Gives it back.
    Parameter,
    /// `SOF_GetVersion`.
    Version,
    /// `SOF_GetLastError`.
    LastError,
    /// What that means, in words.
    LastErrorMessage,
    /// Known, and never done: files, hardware, the cloud.
    NotSupported,
}

impl Operation {
    /// Whether the key works at the call's text: a signature, a decryption. The host has it from the call itself.
    #[must_use]
    pub fn is_of_key(self) -> bool {
        matches!(
            self,
            Self::SignData | Self::SignMessage | Self::SignDetachedMessage | Self::Decrypt
        )
    }
}

/// A function.
const fn function(
    name: &'static str,
    operation: Operation,
    fields: &'static [(&'static str, Role)],
) -> Function {
    Function {
        name,
        operation,
        fields,
    }
}

/// One that is known and never done.
const fn never(name: &'static str) -> Function {
    function(name, Operation::NotSupported, &[])
}

/// Every address, each port once.
pub const ADDRESSES: &[Address] = &[
    Address {
        skin: Skin::Rs,
        port: 11_200,
        secure: false,
        body: Body::Form,
        functions: rs::FUNCTIONS,
    },
    Address {
        skin: Skin::Rs,
        port: 61_200,
        secure: false,
        body: Body::Form,
        functions: rs::ASSISTANT,
    },
    Address {
        skin: Skin::Itrus,
        port: 7256,
        secure: true,
        body: Body::Json,
        functions: itrus::FUNCTIONS,
    },
    Address {
        skin: Skin::Mtoken,
        port: 51_235,
        secure: false,
        body: mtoken::BODY,
        functions: mtoken::FUNCTIONS,
    },
    Address {
        skin: Skin::Mtoken,
        port: 51_245,
        secure: true,
        body: mtoken::BODY,
        functions: mtoken::FUNCTIONS,
    },
    Address {
        skin: Skin::Bjca,
        port: 21_051,
        secure: false,
        body: bjca::BODY,
        functions: bjca::FUNCTIONS,
    },
    Address {
        skin: Skin::Bjca,
        port: 21_061,
        secure: true,
        body: bjca::BODY,
        functions: bjca::FUNCTIONS,
    },
    Address {
        skin: Skin::Jit,
        port: 45_679,
        secure: false,
        body: jit::BODY,
        functions: jit::FUNCTIONS,
    },
];

/// The header in which the browser's rule puts the secret of a tab.
pub const SECRET_HEADER: &str = "x-yinxin-bridge";

/// Whether it is of the form that names of functions and fields have: `[A-Za-z0-9_]{1,40}`. Nothing else is ever logged,
/// shown or looked up.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn of_each_program_a_call_is_known_that_needs_no_key() {
        for skin in Skin::ALL {
            // The check makes it at the first address of a site.
            let first = ADDRESSES.iter().find(|address| address.skin == *skin);
            let mut functions = first.unwrap().functions.iter();
            assert!(
                functions.any(|known| known.operation == Operation::Version),
                "{skin:?}"
            );
        }
    }

    #[test]
    fn each_port_and_each_name_stands_once() {
        let ports: HashSet<u16> = ADDRESSES.iter().map(|address| address.port).collect();
        assert_eq!(ports.len(), ADDRESSES.len());
        for address in ADDRESSES {
            let names: HashSet<&str> = address.functions.iter().map(|known| known.name).collect();
            assert_eq!(names.len(), address.functions.len(), "{}", address.port);
            for function in address.functions {
                let is_path = |name: &str| name.split('/').all(is_name);
                assert!(is_path(function.name), "{}", function.name);
                let fields: HashSet<&str> = function.fields.iter().map(|(name, _)| *name).collect();
                assert_eq!(fields.len(), function.fields.len(), "{}", function.name);
                assert!(fields.iter().all(|name| is_name(name)));
                let works = function.operation.is_of_key();
                assert!(!works || function.text(&BTreeMap::new()) == Err(NoText::Absent));
                assert!(!works || function.fields(Role::Pin).next().is_none());
            }
        }
    }

    #[test]
    fn a_text_is_what_the_table_says() {
        let fields = |text: &str| BTreeMap::from([("inData".to_owned(), text.to_owned())]);
        let at = |port: u16, name: &str| Address::at(port).unwrap().function(name).unwrap();
        let plain = at(7256, "SOF_SignData");
        assert_eq!(plain.text(&fields("5oqV")), Ok("5oqV".into()));
        assert_eq!(plain.text(&fields("")), Err(NoText::Absent));
        let encoded = at(51_235, "SOF_SignDataEx");
        assert_eq!(encoded.text(&fields("5oqV")), Ok("投".into()));
        for malformed in ["投", "5oq", "/w==", "AA"] {
            assert_eq!(
                encoded.text(&fields(malformed)),
                Err(NoText::Malformed),
                "{malformed}"
            );
        }
    }
}

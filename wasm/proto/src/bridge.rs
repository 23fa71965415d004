//! The bridge: calls that pages of today's portals make to other programs on the machine, over HTTP on loopback. Whose
//! calls are known, at which addresses, with which functions and fields.
//!
//! A [`Skin`] is one program's way to put the functions of GM/T 0020 (SOF): addresses, names, fields, envelope and codes.
//! This table says what host, background and engine must agree on; what a function answers is the engine's matter.

use serde::{Deserialize, Serialize};

/// A program whose calls are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Skin {
    /// 统一安全认证客户端, with its assistant (互认助手).
    Rs,
}

impl Skin {
    /// The program's own name.
    #[must_use]
    pub fn program(self) -> &'static str {
        match self {
            Self::Rs => "统一安全认证客户端",
        }
    }
}

/// An address that pages call, by plain HTTP on 127.0.0.1.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// Whose it is.
    pub skin: Skin,
    /// Its port.
    pub port: u16,
    /// How its parameters come.
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

/// How parameters come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// `application/x-www-form-urlencoded`, UTF-8.
    Form,
}

/// A function that pages call.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// As it stands in the address.
    pub name: &'static str,
    /// What it does, in words of GM/T 0020.
    pub operation: Operation,
    /// Fields with a PIN. Their values stay in the host.
    pub pins: &'static [&'static str],
    /// Fields with what the key works at, a text that is signed or a ciphertext: the first that is there.
    pub content: &'static [&'static str],
}

/// What a function does, in words of GM/T 0020 where it has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `SOF_GetUserList`.
    UserList,
    /// `SOF_ExportUserCert`, `SOF_ExportExChangeUserCert`.
    ExportCertificate,
    /// `SOF_GetCertInfo`.
    CertificateInfo,
    /// `SOF_ValidateCert`.
    ValidateCertificate,
    /// `SOF_Login`.
    Login,
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
    /// `SOF_SignData`.
    SignData,
    /// `SOF_VerifySignedData`.
    VerifySignedData,
    /// `SOF_SignMessage`.
    SignMessage,
    /// `SOF_VerifySignedMessage`.
    VerifySignedMessage,
    /// `SOF_PubKeyEncrypt`.
    Encrypt,
    /// `SOF_PriKeyDecrypt`.
    Decrypt,
    /// Encryption in an envelope.
    Envelop,
    /// Decryption of an envelope.
    OpenEnvelope,
    /// Keeps a parameter for the page.
    SetParameter,
    /// Gives it back.
    Parameter,
    /// `SOF_GetVersion`.
    Version,
    /// Known, and never done: files, hardware, the cloud.
    NotSupported,
}

/// A function without PIN and without a content for the key.
const fn plain(name: &'static str, operation: Operation) -> Function {
    Function {
        name,
        operation,
        pins: &[],
        content: &[],
    }
}

/// Every address, each port once.
pub const ADDRESSES: &[Address] = &[
    Address {
        skin: Skin::Rs,
        port: 11_200,
        body: Body::Form,
        functions: RS,
    },
    Address {
        skin: Skin::Rs,
        port: 61_200,
        body: Body::Form,
        functions: RS_ASSISTANT,
    },
];

/// Functions of 统一安全认证客户端, as pages of 2022 and later call them.
const RS: &[Function] = &[
    plain("RS_GetUserList", Operation::UserList),
    plain("RS_GetCertBase64String", Operation::ExportCertificate),
    plain("RS_GetCertInfo", Operation::CertificateInfo),
    plain("RS_VerifyIdentity", Operation::ValidateCertificate),
    Function {
        pins: &["password"],
        ..plain("RS_CertLogin", Operation::Login)
    },
    plain("RS_KeyStatus", Operation::IsLoggedIn),
    plain("RS_GetPinRetryCount", Operation::PinRetryCount),
    Function {
        pins: &["oldCode", "newCode"],
        ..plain("RS_ChangePassWd", Operation::ChangePin)
    },
    plain("RS_KeyGetDeviceInfo", Operation::DeviceInfo),
    plain("RS_KeyGetKeySn", Operation::DeviceSerial),
    Function {
        content: &["asn1Msg", "msg"],
        ..plain("RS_KeySignByP1", Operation::SignData)
    },
    Function {
        content: &["asn1Msg"],
        ..plain("RS_KeyDigitalSignByP1", Operation::SignData)
    },
    plain("RS_VerifySignByP1", Operation::VerifySignedData),
    plain("RS_VerifyDigitalSignByP1", Operation::VerifySignedData),
    Function {
        content: &["msg"],
        ..plain("RS_KeySignByP7", Operation::SignMessage)
    },
    plain("RS_VerifySignByP7", Operation::VerifySignedMessage),
    plain("RS_KeyEncryptData", Operation::Encrypt),
    Function {
        content: &["encRsKey"],
        ..plain("RS_KeyDecryptData", Operation::Decrypt)
    },
    plain("RS_KeyEncryptDataByDigitalEnvelope", Operation::Envelop),
    plain(
        "RS_KeyDecryptDataByDigitalEnvelope",
        Operation::OpenEnvelope,
    ),
    plain("RS_ConfigParameters", Operation::SetParameter),
    plain("RS_GetParameters", Operation::Parameter),
    plain("RS_GetVersion", Operation::Version),
    plain("RS_HardwareInfo", Operation::NotSupported),
    plain("RS_CheckCertInWhiteList", Operation::NotSupported),
];

/// Functions of its assistant.
const RS_ASSISTANT: &[Function] = &[
    plain("RS_GetVersion", Operation::Version),
    plain("RS_GetHRZSVersion", Operation::Version),
    plain("RS_GetKeyIdent", Operation::NotSupported),
    plain("RS_GetCheckResult", Operation::NotSupported),
    plain("RS_GetCertSealInfo", Operation::NotSupported),
    plain("RS_HardwareInfo", Operation::NotSupported),
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
    fn each_port_and_each_name_stands_once() {
        let ports: HashSet<u16> = ADDRESSES.iter().map(|address| address.port).collect();
        assert_eq!(ports.len(), ADDRESSES.len());
        for address in ADDRESSES {
            let names: HashSet<&str> = address.functions.iter().map(|known| known.name).collect();
            assert_eq!(names.len(), address.functions.len(), "{}", address.port);
            for function in address.functions {
                assert!(is_name(function.name), "{}", function.name);
                for field in function.pins.iter().chain(function.content) {
                    assert!(is_name(field), "{field}");
                    assert!(
                        !(function.pins.contains(field) && function.content.contains(field)),
                        "a PIN is never signed: {field}"
                    );
                }
            }
        }
    }
}

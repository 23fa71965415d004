//! Functions of 统一安全认证客户端, as pages of 2022 and later call them.

use super::{Function, Operation, Role, function, never};

const CONTAINER: (&str, Role) = ("containerId", Role::Container);
const CERTIFICATE: (&str, Role) = ("certBase64", Role::Certificate);
const SIGNATURE: (&str, Role) = ("signdMsg", Role::Signature);
const ITEM: (&str, Role) = ("type", Role::Item);
const DETACHED: (&str, Role) = ("flag", Role::Detached);
const USAGE: Role = Role::Usage {
    sign: "1",
    encrypt: "2",
};

/// Those of the client.
pub(super) const FUNCTIONS: &[Function] = &[
    function("RS_GetUserList", Operation::UserList, &[]),
    function(
        "RS_GetCertBase64String",
        Operation::ExportCertificate,
        &[CONTAINER, ("certType", USAGE)],
    ),
    function(
        "RS_GetCertInfo",
        Operation::CertificateInfo,
        &[CERTIFICATE, ITEM],
    ),
    function(
        "RS_VerifyIdentity",
        Operation::ValidateCertificate,
        &[CERTIFICATE],
    ),
    function(
        "RS_CertLogin",
        Operation::Login,
        &[CONTAINER, ("password", Role::Pin)],
    ),
    function("RS_KeyStatus", Operation::IsLoggedIn, &[CONTAINER]),
    function(
        "RS_GetPinRetryCount",
        Operation::PinRetryCount,
        &[CONTAINER],
    ),
    function(
        "RS_ChangePassWd",
        Operation::ChangePin,
        &[CONTAINER, ("oldCode", Role::Pin), ("newCode", Role::Pin)],
    ),
    function(
        "RS_KeyGetDeviceInfo",
        Operation::DeviceInfo,
        &[CONTAINER, ITEM],
    ),
    function("RS_KeyGetKeySn", Operation::DeviceSerial, &[CONTAINER]),
    function(
        "RS_KeySignByP1",
        Operation::SignData,
        &[CONTAINER, ("asn1Msg", Role::Text), ("msg", Role::Text)],
    ),
    function(
        "RS_KeyDigitalSignByP1",
        Operation::SignData,
        &[CONTAINER, ("asn1Msg", Role::Text)],
    ),
    function(
        "RS_VerifySignByP1",
        Operation::VerifySignedData,
        &[
            CERTIFICATE,
            ("asn1Msg", Role::Text),
            ("msg", Role::Text),
            SIGNATURE,
        ],
    ),
    function(
        "RS_VerifyDigitalSignByP1",
        Operation::VerifySignedData,
        &[CERTIFICATE, ("asn1Msg", Role::Text), SIGNATURE],
    ),
    function(
        "RS_KeySignByP7",
        Operation::SignMessage,
        &[CONTAINER, ("msg", Role::Text), DETACHED],
    ),
    function(
        "RS_VerifySignByP7",
        Operation::VerifySignedMessage,
        &[("msg", Role::Text), SIGNATURE, DETACHED],
    ),
    function(
        "RS_KeyEncryptData",
        Operation::Encrypt,
        &[CERTIFICATE, ("rsKey", Role::Text)],
    ),
    function(
        "RS_KeyDecryptData",
        Operation::Decrypt,
        &[CONTAINER, ("encRsKey", Role::Text)],
    ),
    function(
        "RS_KeyEncryptDataByDigitalEnvelope",
        Operation::Envelop,
        &[],
    ),
    function(
        "RS_KeyDecryptDataByDigitalEnvelope",
        Operation::OpenEnvelope,
        &[],
    ),
    function(
        "RS_ConfigParameters",
        Operation::SetParameter,
        &[("cmd", Role::Name), ("val", Role::Value)],
    ),
    function(
        "RS_GetParameters",
        Operation::Parameter,
        &[("cmd", Role::Name)],
    ),
    function("RS_GetVersion", Operation::Version, &[]),
    never("RS_HardwareInfo"),
    never("RS_CheckCertInWhiteList"),
];

/// Those of its assistant.
pub(super) const ASSISTANT: &[Function] = &[
    function("RS_GetVersion", Operation::Version, &[]),
    function("RS_GetHRZSVersion", Operation::Version, &[]),
    never("RS_GetKeyIdent"),
    never("RS_GetCheckResult"),
    never("RS_GetCertSealInfo"),
    never("RS_HardwareInfo"),
];

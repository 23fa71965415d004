//! Functions of XTXAppCOM, as its synchronous page script calls them: values in a list, in order.

use super::{Body, Function, Operation, Role, function, never};

pub(super) const BODY: Body = Body::Named {
    path: "synctl",
    before: "",
    name: "func",
    list: Some("param"),
};

const CONTAINER: (&str, Role) = ("p1", Role::Container);
const CERTIFICATE: (&str, Role) = ("p1", Role::Certificate);
const VALUE: (&str, Role) = ("p1", Role::Value);
const MESSAGE: (&str, Role) = ("p1", Role::Signature);
const ITEM: (&str, Role) = ("p2", Role::Item);
const TEXT: (&str, Role) = ("p2", Role::Text);

pub(super) const FUNCTIONS: &[Function] = &[
    function("SOF_SetSignMethod", Operation::SetSignMethod, &[VALUE]),
    function("SOF_GetSignMethod", Operation::SignMethod, &[]),
    function(
        "SOF_SetEncryptMethod",
        Operation::SetEncryptMethod,
        &[VALUE],
    ),
    function("SOF_GetEncryptMethod", Operation::EncryptMethod, &[]),
    function("SOF_GetUserList", Operation::UserList, &[]),
    function(
        "SOF_ExportUserCert",
        Operation::ExportCertificate,
        &[CONTAINER],
    ),
    function(
        "SOF_ExportExChangeUserCert",
        Operation::ExportExchangeCertificate,
        &[CONTAINER],
    ),
    function(
        "SOF_Login",
        Operation::Login,
        &[CONTAINER, ("p2", Role::Pin)],
    ),
    function(
        "SOF_LoginEx",
        Operation::Login,
        &[CONTAINER, ("p2", Role::Pin)],
    ),
    function("SOF_Logout", Operation::Logout, &[CONTAINER]),
    function("SOF_IsLogin", Operation::IsLoggedIn, &[CONTAINER]),
    function(
        "SOF_GetPinRetryCount",
        Operation::PinRetryCount,
        &[CONTAINER],
    ),
    function("SOF_GetRetryCount", Operation::PinRetryCount, &[CONTAINER]),
    function(
        "SOF_ChangePassWd",
        Operation::ChangePin,
        &[CONTAINER, ("p2", Role::Pin), ("p3", Role::Pin)],
    ),
    function(
        "SOF_GetCertInfo",
        Operation::CertificateInfo,
        &[CERTIFICATE, ITEM],
    ),
    function(
        "SOF_GetCertInfoByOid",
        Operation::CertificateInfoByOid,
        &[CERTIFICATE, ("p2", Role::Oid)],
    ),
    function(
        "SOF_ValidateCert",
        Operation::ValidateCertificate,
        &[CERTIFICATE],
    ),
    function("SOF_SignData", Operation::SignData, &[CONTAINER, TEXT]),
    function(
        "SOF_VerifySignedData",
        Operation::VerifySignedData,
        &[CERTIFICATE, TEXT, ("p3", Role::Signature)],
    ),
    function(
        "SOF_SignMessage",
        Operation::SignMessage,
        &[
            ("p1", Role::Detached),
            ("p2", Role::Container),
            ("p3", Role::Text),
        ],
    ),
    function(
        "SOF_VerifySignedMessage",
        Operation::VerifySignedMessage,
        &[MESSAGE, TEXT],
    ),
    function(
        "SOF_GetInfoFromSignedMessage",
        Operation::SignedMessageInfo,
        &[MESSAGE, ITEM],
    ),
    function(
        "SOF_PubKeyEncrypt",
        Operation::Encrypt,
        &[CERTIFICATE, TEXT],
    ),
    function("SOF_PriKeyDecrypt", Operation::Decrypt, &[CONTAINER, TEXT]),
    function("SOF_EncryptData", Operation::Envelop, &[]),
    function("SOF_EncryptDataEx", Operation::Envelop, &[]),
    function("SOF_DecryptData", Operation::OpenEnvelope, &[]),
    function("SOF_GenRandom", Operation::Random, &[("p1", Role::Length)]),
    function("SOF_HashData", Operation::Hash, &[VALUE, TEXT]),
    function("SOF_GetVersion", Operation::Version, &[]),
    function("SOF_GetLastError", Operation::LastError, &[]),
    function("SOF_GetLastErrMsg", Operation::LastErrorMessage, &[]),
    function("GetDeviceCount", Operation::CountDevices, &[]),
    function("GetAllDeviceSN", Operation::Devices, &[]),
    function(
        "GetDeviceInfo",
        Operation::DeviceInfo,
        &[("p1", Role::Device), ITEM],
    ),
    // A bare digest.
    never("SOF_SignHashData"),
    never("SOF_SignHashMessage"),
    never("SOF_SignByteData"),
    never("SOF_SignFile"),
    never("SOF_VerifySignedFile"),
    never("SOF_EncryptFile"),
    never("SOF_DecryptFile"),
    never("SOF_SignDataXML"),
    never("SOF_VerifySignedDataXML"),
    never("SOF_GetXMLSignatureInfo"),
    never("SOF_SymEncryptData"),
    never("SOF_SymDecryptData"),
    never("ChangeAdminPass"),
    never("UnlockUserPass"),
    never("GenerateKeyPair"),
    never("ImportSignCert"),
    never("ImportEncCert"),
    never("ReadFile"),
    never("WriteFile"),
    never("DeleteContainer"),
    never("InitDevice"),
];

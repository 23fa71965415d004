//! Functions of mToken: its page script of 2015 and later ones.

use super::{Body, Function, Operation, Role, function, never};

/// The script puts the object behind `json=` as it is, whatever a form would make of it.
pub(super) const BODY: Body = Body::Named {
    path: "alpha",
    before: "json=",
    name: "function",
    list: None,
};

const DEVICE: (&str, Role) = ("deviceName", Role::Device);
const CONTAINER: (&str, Role) = ("containerName", Role::Container);
const CERTIFICATE: (&str, Role) = ("base64EncodeCert", Role::Certificate);
const TEXT: (&str, Role) = ("inData", Role::EncodedText);
const ITEM: (&str, Role) = ("type", Role::Item);
const DETACHED: (&str, Role) = ("detached", Role::Detached);
const USAGE: (&str, Role) = (
    "keySpec",
    Role::Usage {
        sign: "1",
        encrypt: "0",
    },
);

pub(super) const FUNCTIONS: &[Function] = &[
    // It names a library to load: none is.
    function("SOF_LoadLibrary", Operation::Nothing, &[]),
    function("SOF_EnumDevice", Operation::Devices, &[]),
    function("SOF_GetDeviceInstance", Operation::Nothing, &[]),
    function("SOF_ReleaseDeviceInstance", Operation::Nothing, &[]),
    function("SOF_GetVersion", Operation::Version, &[]),
    function("SOF_GetUserList", Operation::UserList, &[DEVICE]),
    function(
        "SOF_ExportUserCert",
        Operation::ExportCertificate,
        &[DEVICE, CONTAINER, USAGE],
    ),
    function("SOF_GetDeviceInfo", Operation::DeviceInfo, &[DEVICE, ITEM]),
    function(
        "SOF_GetCertInfo",
        Operation::CertificateInfo,
        &[CERTIFICATE, ITEM],
    ),
    function(
        "SOF_GetCertInfoByOid",
        Operation::CertificateInfoByOid,
        &[CERTIFICATE, ("oid", Role::Oid)],
    ),
    function(
        "SOF_Login",
        Operation::Login,
        &[DEVICE, ("passWd", Role::Pin)],
    ),
    function("SOF_LogOut", Operation::Logout, &[DEVICE]),
    function("SOF_GetPinRetryCount", Operation::PinRetryCount, &[DEVICE]),
    function(
        "SOF_ChangePassWd",
        Operation::ChangePin,
        &[DEVICE, ("oldUpin", Role::Pin), ("newUpin", Role::Pin)],
    ),
    function(
        "SOF_SetDigestMethod",
        Operation::SetDigestMethod,
        &[("digestMethod", Role::Value)],
    ),
    function(
        "SOF_SetUserID",
        Operation::SetUserId,
        &[("userID", Role::Value)],
    ),
    function(
        "SOF_SignDataEx",
        Operation::SignData,
        &[DEVICE, CONTAINER, USAGE, TEXT],
    ),
    function(
        "SOF_VerifySignedDataEx",
        Operation::VerifySignedData,
        &[CERTIFICATE, TEXT, ("signedValue", Role::Signature)],
    ),
    function(
        "SOF_SignDataToPKCS7",
        Operation::SignMessage,
        &[DEVICE, CONTAINER, USAGE, TEXT, DETACHED],
    ),
    function(
        "SOF_VerifyDataToPKCS7",
        Operation::VerifySignedMessage,
        &[
            ("pkcs7", Role::Signature),
            ("original", Role::EncodedText),
            DETACHED,
        ],
    ),
    function("SOF_GetLastError", Operation::LastError, &[]),
    function("SOF_EncryptDataPKCS7", Operation::Envelop, &[]),
    function("SOF_DecryptDataPKCS7", Operation::OpenEnvelope, &[]),
    // A key made by whoever holds the device, files on the machine, a digest that is signed as it stands.
    never("SOF_EncryptByPubKey"),
    never("SOF_DecryptByPrvKey"),
    never("SOF_DigestData"),
    never("SOF_SignDataInteractive"),
    never("SOF_SignFileToPKCS7"),
    never("SOF_VerifyFileToPKCS7"),
    never("SOF_EncryptFileToPKCS7"),
    never("SOF_DecryptFileToPKCS7"),
    never("SOF_SetEncryptMethodAndIV"),
    never("SOF_CreateKeyPair"),
    never("SOF_ExportPubKeyEx"),
    never("SOF_GenRemoteUnblockRequest"),
    never("SOF_GenResetpwdResponse"),
    never("SOF_RemoteUnblockPIN"),
];

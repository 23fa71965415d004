//! Functions of TopESA (TopCertKit 3.6), the part of it that speaks GM/T 0020.

use super::{Function, Operation, Role, function, never};

const CONTAINER: (&str, Role) = ("inCertId", Role::Container);
const CERTIFICATE: (&str, Role) = ("inCert", Role::Certificate);
const ITEM: (&str, Role) = ("inType", Role::Item);
const TEXT: (&str, Role) = ("inData", Role::Text);
const MESSAGE: (&str, Role) = ("inP7Data", Role::Signature);

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "SOF_SetSignMethod",
        Operation::SetSignMethod,
        &[("SignMethod", Role::Value)],
    ),
    function("SOF_GetSignMethod", Operation::SignMethod, &[]),
    function(
        "SOF_SetEncryptMethod",
        Operation::SetEncryptMethod,
        &[("EncryptMethod", Role::Value)],
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
        &[CONTAINER, ("inPassWd", Role::Pin)],
    ),
    // Its page script calls the certificate so.
    function(
        "SOF_ChangePassWd",
        Operation::ChangePin,
        &[
            ("SignMethod", Role::Container),
            ("inOldPassWd", Role::Pin),
            ("inNewPassWd", Role::Pin),
        ],
    ),
    function(
        "SOF_GetCertInfo",
        Operation::CertificateInfo,
        &[CERTIFICATE, ITEM],
    ),
    function(
        "SOF_GetCertInfoByOid",
        Operation::CertificateInfoByOid,
        &[CERTIFICATE, ("inOid", Role::Oid)],
    ),
    function("SOF_GetUserInfo", Operation::UserInfo, &[CONTAINER, ITEM]),
    function(
        "SOF_ValidateCert",
        Operation::ValidateCertificate,
        &[CERTIFICATE],
    ),
    function("SOF_SignData", Operation::SignData, &[CONTAINER, TEXT]),
    function(
        "SOF_VerifySignedData",
        Operation::VerifySignedData,
        &[CERTIFICATE, TEXT, ("inSignData", Role::Signature)],
    ),
    function(
        "SOF_SignDataByP7",
        Operation::SignMessage,
        &[CONTAINER, TEXT],
    ),
    function(
        "SOF_VerifySignedDataByP7",
        Operation::VerifySignedMessage,
        &[MESSAGE],
    ),
    function(
        "SOF_GetP7SignDataInfo",
        Operation::SignedMessageInfo,
        &[MESSAGE, ITEM],
    ),
    function(
        "SOF_PubKeyEncrypt",
        Operation::Encrypt,
        &[CERTIFICATE, TEXT],
    ),
    function("SOF_PriKeyDecrypt", Operation::Decrypt, &[CONTAINER, TEXT]),
    function("SOF_GenRandom", Operation::Random, &[("len", Role::Length)]),
    function("SOF_GetVersion", Operation::Version, &[]),
    function("SOF_CheckSupport", Operation::Nothing, &[]),
    // With a key that the page gives.
    never("SOF_EncryptData"),
    never("SOF_DecryptData"),
    never("SOF_EncryptFile"),
    never("SOF_DecryptFile"),
    never("SOF_SignFile"),
    never("SOF_VerifySignedFile"),
    never("SOF_SignDataXML"),
    never("SOF_VerifySignedDataXML"),
    never("SOF_GetXMLSignatureInfo"),
];

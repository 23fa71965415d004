//! Functions of PNXClient: values are numbered.

use super::{Body, Function, Operation, Role, function, never};

pub(super) const BODY: Body = Body::Named {
    path: "",
    before: "",
    name: "name",
    list: None,
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("Initialize", Operation::Nothing, &[]),
    function("Finalize", Operation::Logout, &[]),
    function("RegisterParam", Operation::Nothing, &[]),
    function("SetCertChooseType", Operation::Nothing, &[]),
    // Kind, subject, serial number, address, issuer, certificate: what a page wants the certificate to be.
    function("SetCert", Operation::Choose, &[("p3", Role::Value)]),
    function("SetCert2", Operation::Choose, &[("p3", Role::Value)]),
    function("SetPinCode", Operation::Login, &[("p1", Role::Pin)]),
    function("ClearPinCode", Operation::Logout, &[]),
    // With a second one it would be another PIN: then it is not supported.
    function(
        "VerifyPinCode",
        Operation::Login,
        &[("p1", Role::Pin), ("p2", Role::Pin)],
    ),
    // The first value is the subject of the signer, mostly empty.
    function("P1SignStr", Operation::SignData, &[("p2", Role::Text)]),
    function(
        "AttachSignStr",
        Operation::SignMessage,
        &[("p2", Role::Text)],
    ),
    function(
        "DetachSignStr",
        Operation::SignDetachedMessage,
        &[("p2", Role::Text)],
    ),
    function(
        "VerifyAttachedSign",
        Operation::VerifySignedMessage,
        &[("p1", Role::Signature)],
    ),
    function(
        "VerifyDetachedSignStr",
        Operation::VerifySignedMessage,
        &[("p1", Role::Signature), ("p2", Role::Text)],
    ),
    function("GetVersion", Operation::Version, &[]),
    function("GetErrorCode", Operation::LastError, &[]),
    function("GetErrorMessage", Operation::LastErrorMessage, &[]),
    function("EncryptEnvelopStr", Operation::Envelop, &[]),
    function("DecryptEnvelop", Operation::OpenEnvelope, &[]),
    never("BatchCmd"),
    never("AttachSignEx"),
    never("DetachSignEx"),
    never("CreateSignedEnvelopStr"),
    never("VerifySignedEnvelop"),
    never("GetCertInfo"),
    never("GetCertList"),
    never("SymmetricEncrypt"),
    never("SymmetricDecrypt"),
    never("GetMac"),
    never("GetFile"),
];

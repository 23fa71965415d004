//! Codes of GM/T 0020-2012, annex A (`SOR_*`), as far as something comes to one, with those that the field added.

use crate::bridge::request::Failure;

/// The code of a failure.
pub(super) fn code(failure: Failure) -> i64 {
    0x0B00_0000
        | match failure {
            Failure::Failed | Failure::Cancelled | Failure::ContentRefused => 0x001,
            Failure::NotSupported | Failure::Unknown => 0x002,
            Failure::AlgorithmUnknown | Failure::RsaRefused => 0x007,
            Failure::NotForEncryption | Failure::UsageUnknown => 0x009,
            Failure::NotLoggedIn => 0x011,
            Failure::Busy => 0x101,
            Failure::PlaintextTooLong => 0x200,
            Failure::CiphertextMalformed
            | Failure::SignatureMalformed
            | Failure::FieldMalformed => 0x201,
            Failure::NotDecrypted => 0x307,
            Failure::NoKey | Failure::NoDecryptionKey => 0x309,
            Failure::OtherContainer | Failure::NoSuchCertificate => 0x310,
            Failure::PinIncorrect | Failure::PinLocked | Failure::TriesUnknown => 0x311,
            Failure::ContainerMissing
            | Failure::CertificateMissing
            | Failure::ItemMissing
            | Failure::FieldMissing
            | Failure::PlaintextMissing
            | Failure::CiphertextMissing => 0x403,
            Failure::CertificateUnreadable => 0x405,
            Failure::CertificateInvalid => 0x406,
            Failure::SignatureInvalid => 0x410,
            Failure::ItemUnknown
            | Failure::ItemAbsent
            | Failure::IdentityAbsent
            | Failure::ParameterUnknown => 0x419,
        }
}

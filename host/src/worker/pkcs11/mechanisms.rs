//! What a slot signs with, and the vendor-defined mechanisms for SM2: PKCS #11 has none of its own. Numbers with their names are those of the
//! sources that [`Family`] names.

use super::library::Library;
use crate::vendors::Family;
use cryptoki::mechanism::MechanismType;
use cryptoki::slot::Slot;
use yinxin_proto::page::SignatureAlgorithm;

/// What a mechanism wants as the data of `C_Sign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// e = SM3(Z ‖ M), 32 bytes, computed by us.
    Digest,
    /// M; the module computes Z with the default user id.
    Message,
}

/// A vendor-defined SM2 signature mechanism.
#[derive(Clone, Copy, Debug)]
pub struct Mechanism {
    /// Its number, at least 0x80000000.
    pub number: u32,
    /// What it takes.
    pub takes: Takes,
}

/// The signature mechanisms of a family, those that take e first: then Z is ours, and no vendor's reading
/// of a parameter matters. What they return (raw or DER) is told from the bytes, since the
/// same number has both in the field.
///
/// MsSince's numbers lie below the vendor range (0x00010002) and are not reachable through
/// `cryptoki`; Westone's `SM2_PRET` wants a structure of its own and is left out.
#[must_use]
pub fn of(family: Family) -> &'static [Mechanism] {
    const fn digest(number: u32) -> Mechanism {
        Mechanism {
            number,
            takes: Takes::Digest,
        }
    }
    const fn message(number: u32) -> Mechanism {
        Mechanism {
            number,
            takes: Takes::Message,
        }
    }
    match family {
        Family::Sansec => {
            const {
                &[
                    digest(0x8000_8105),  // CKM_SM2_SIGN_NO_DER
                    digest(0x8000_8104),  // CKM_SM2_SIGN
                    message(0x8000_8102), // CKM_SM3_SM2_APPID1
                    message(0x8000_8103), // CKM_SM3_SM2_APPID1_DER
                    message(0x8000_8100), // CKM_SM3_SM2
                    message(0x8000_8101), // CKM_SM3_SM2_DER
                ]
            }
        }
        Family::Ibm => {
            const {
                &[
                    digest(0x8005_000B),  // CKM_IBM_SM2
                    message(0x8005_000C), // CKM_IBM_SM2_SM3
                ]
            }
        }
        Family::Luna => {
            const {
                &[
                    digest(0x8000_0B21),  // CKM_SM2DSA
                    message(0x8000_0B22), // CKM_SM3_SM2DSA
                ]
            }
        }
        Family::Westone => const { &[digest(0x8000_0004)] }, // CKM_SM2
    }
}

/// What a slot has a mechanism for.
pub fn algorithms(library: &Library, slot: Slot) -> Vec<SignatureAlgorithm> {
    let offers = |mechanism| offers(library, slot, mechanism);
    let mut found = Vec::new();
    let mut sm2 = Family::ALL.into_iter().flat_map(of);
    if sm2.any(|candidate| vendor_defined(candidate.number).is_some_and(offers)) {
        found.push(SignatureAlgorithm::Sm2Sm3);
    }
    if offers(MechanismType::SHA256_RSA_PKCS) || offers(MechanismType::RSA_PKCS) {
        found.push(SignatureAlgorithm::RsaSha256);
    }
    if offers(MechanismType::ECDSA) || offers(MechanismType::ECDSA_SHA256) {
        found.push(SignatureAlgorithm::EcdsaP256Sha256);
    }
    found
}

/// Whether a slot signs with a mechanism. `get_mechanism_list` of cryptoki drops vendor-defined ones, so each is
/// asked for.
pub fn offers(library: &Library, slot: Slot, mechanism: MechanismType) -> bool {
    library
        .get_mechanism_info(slot, mechanism)
        .is_ok_and(|info| info.sign())
}

/// A vendor's own number as a mechanism.
#[allow(
    clippy::useless_conversion,
    reason = "CK_MECHANISM_TYPE has 32 bits on Windows and 64 elsewhere"
)]
pub fn vendor_defined(number: u32) -> Option<MechanismType> {
    MechanismType::new_vendor_defined(number.into()).ok()
}

/// Decryption of the SEQUENCE of GM/T 0009-2012, 7.2: `CKM_SM2_DER` of [`Family::Sansec`]. Of the others no source says
/// what they take.
pub const SM2_DECRYPTION: u32 = 0x8000_8201;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanisms_are_in_the_vendor_range() {
        for family in Family::ALL {
            for mechanism in of(family) {
                assert!(mechanism.number >= 0x8000_0000, "{mechanism:?}");
            }
        }
    }
}

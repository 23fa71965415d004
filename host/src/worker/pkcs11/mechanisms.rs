//! The vendor-defined mechanisms for SM2: PKCS #11 has none of its own. Numbers with their names are those of the
//! sources that [`Family`] names.

use crate::vendors::Family;

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

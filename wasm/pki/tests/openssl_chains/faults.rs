//! What may be wrong with a chain, or only look so, and how each judge may name it.

/// The enum and the list of all of it, so that none is forgotten.
macro_rules! faults {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        /// One thing that a chain is made with.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fault {
            $($(#[$meta])* $name,)*
        }

        impl Fault {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

faults! {
    // Validity.
    LeafExpired,
    IntermediateExpired,
    RootExpired,
    LeafNotYetValid,
    IntermediateNotYetValid,
    RootNotYetValid,
    LeafEndsThisSecond,
    LeafBeginsThisSecond,
    // The issuer.
    WrongIssuerName,
    WrongIssuerKey,
    AuthorityKeyIdentifierWrong,
    // What an issuer must be.
    BasicConstraintsAbsent,
    BasicConstraintsEmpty,
    BasicConstraintsFalse,
    IntermediateOfVersion1,
    RootWithoutBasicConstraints,
    IntermediateWithoutKeyCertSign,
    RootWithoutKeyCertSign,
    // Path length.
    PathLengthReached,
    PathLengthExceeded,
    RootPathLengthExceeded,
    SelfIssuedNotCounted,
    SelfIssuedButExceeded,
    // Extensions.
    UnknownExtension,
    UnknownCriticalInLeaf,
    UnknownCriticalInIntermediate,
    // Revocation.
    LeafRevoked,
    IntermediateRevoked,
    LeafRevokedFromTomorrow,
    CrlExpired,
    CrlEndsThisSecond,
    CrlNotYetValid,
    CrlMissing,
    CrlOfOtherKey,
    IssuerWithoutCrlSign,
    ExpiredCrlBeside,
    LaterCrlBeside,
    RevokedInNewerCrl,
    // Name constraints.
    DirectoryNamePermitted,
    DirectoryNameNotPermitted,
    DirectoryNameExcluded,
    DirectoryNameNotExcluded,
    AlternativeDirectoryNameNotPermitted,
    IntermediateNameNotPermitted,
    SelfIssuedNameExempt,
    NarrowedBelow,
    RootConstraintNotPermitted,
    EmailPermitted,
    EmailNotPermitted,
    EmailExcluded,
    EmailInSubjectNotPermitted,
    /// RFC 5280, 4.2.1.10, would not ask for the address in the subject here; both judges do.
    EmailInSubjectBesideAlternativeName,
    DnsPermitted,
    DnsNotPermitted,
    DnsExcluded,
    DnsLikeCommonName,
    OtherNamePermitted,
    OtherNameNotPermitted,
    // Several issuers.
    SameNameOtherKey,
    SameNameOtherKeyUnidentified,
    TwoRootsOfOneName,
    CrossCertificate,
    RenewedIntermediate,
}

/// What OpenSSL makes of it, by the numbers of its errors (x509_vfy.h).
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// Nothing.
    None,
    /// It refuses, with some of these.
    Refusal(&'static [u32]),
}

impl Fault {
    /// Those that a look at each certificate and its issuer alone shows, without the path.
    pub const OF_ONE_LINK: &'static [Self] = &[
        Self::LeafExpired,
        Self::IntermediateExpired,
        Self::RootExpired,
        Self::LeafNotYetValid,
        Self::IntermediateNotYetValid,
        Self::WrongIssuerName,
        Self::WrongIssuerKey,
        Self::BasicConstraintsEmpty,
        Self::BasicConstraintsFalse,
        Self::IntermediateWithoutKeyCertSign,
        Self::UnknownCriticalInLeaf,
        Self::UnknownCriticalInIntermediate,
    ];

    /// How many certificates must lie between the leaf and the root.
    pub fn intermediates_needed(self) -> usize {
        match self {
            Self::SelfIssuedButExceeded | Self::SelfIssuedNameExempt | Self::NarrowedBelow => 2,
            Self::LeafExpired
            | Self::RootExpired
            | Self::LeafNotYetValid
            | Self::RootNotYetValid
            | Self::LeafEndsThisSecond
            | Self::LeafBeginsThisSecond
            | Self::WrongIssuerName
            | Self::WrongIssuerKey
            | Self::AuthorityKeyIdentifierWrong
            | Self::RootWithoutBasicConstraints
            | Self::RootWithoutKeyCertSign
            | Self::UnknownExtension
            | Self::UnknownCriticalInLeaf
            | Self::LeafRevoked
            | Self::LeafRevokedFromTomorrow
            | Self::CrlExpired
            | Self::CrlEndsThisSecond
            | Self::CrlNotYetValid
            | Self::CrlMissing
            | Self::CrlOfOtherKey
            | Self::IssuerWithoutCrlSign
            | Self::ExpiredCrlBeside
            | Self::LaterCrlBeside
            | Self::RevokedInNewerCrl
            | Self::RootConstraintNotPermitted
            | Self::TwoRootsOfOneName => 0,
            _ => 1,
        }
    }

    /// Whether it shows only where revocation is looked up.
    pub fn is_of_revocation(self) -> bool {
        matches!(
            self,
            Self::LeafRevoked
                | Self::IntermediateRevoked
                | Self::LeafRevokedFromTomorrow
                | Self::CrlExpired
                | Self::CrlEndsThisSecond
                | Self::CrlNotYetValid
                | Self::CrlMissing
                | Self::CrlOfOtherKey
                | Self::IssuerWithoutCrlSign
                | Self::ExpiredCrlBeside
                | Self::LaterCrlBeside
                | Self::RevokedInNewerCrl
        )
    }

    /// What it does to OpenSSL's verdict.
    pub fn effect(self) -> Effect {
        use Effect::{None, Refusal};
        match self {
            Self::LeafExpired
            | Self::IntermediateExpired
            | Self::RootExpired
            | Self::LeafEndsThisSecond => Refusal(&[10]),
            Self::LeafNotYetValid | Self::IntermediateNotYetValid | Self::RootNotYetValid => {
                Refusal(&[9])
            }
            Self::WrongIssuerName
            | Self::WrongIssuerKey
            | Self::AuthorityKeyIdentifierWrong
            | Self::CrossCertificate => Refusal(&[2, 7, 20]),
            // The list is checked before the certificate, and with the wrong key as well.
            Self::SameNameOtherKeyUnidentified => Refusal(&[7, 8]),
            Self::BasicConstraintsAbsent
            | Self::BasicConstraintsEmpty
            | Self::BasicConstraintsFalse
            | Self::IntermediateOfVersion1
            | Self::RootWithoutBasicConstraints => Refusal(&[79]),
            Self::IntermediateWithoutKeyCertSign | Self::RootWithoutKeyCertSign => {
                Refusal(&[20, 32, 79])
            }
            Self::PathLengthExceeded
            | Self::RootPathLengthExceeded
            | Self::SelfIssuedButExceeded => Refusal(&[25]),
            Self::UnknownCriticalInLeaf | Self::UnknownCriticalInIntermediate => Refusal(&[34]),
            Self::LeafRevoked
            | Self::IntermediateRevoked
            | Self::LeafRevokedFromTomorrow
            | Self::RevokedInNewerCrl => Refusal(&[23]),
            Self::CrlExpired | Self::CrlEndsThisSecond => Refusal(&[12]),
            Self::CrlNotYetValid => Refusal(&[11]),
            Self::CrlMissing => Refusal(&[3]),
            Self::CrlOfOtherKey => Refusal(&[3, 8, 33]),
            Self::IssuerWithoutCrlSign => Refusal(&[35]),
            Self::DirectoryNameNotPermitted
            | Self::AlternativeDirectoryNameNotPermitted
            | Self::IntermediateNameNotPermitted
            | Self::NarrowedBelow
            | Self::RootConstraintNotPermitted
            | Self::EmailNotPermitted
            | Self::EmailInSubjectNotPermitted
            | Self::EmailInSubjectBesideAlternativeName
            | Self::DnsNotPermitted
            | Self::DnsLikeCommonName
            | Self::OtherNameNotPermitted => Refusal(&[47]),
            Self::DirectoryNameExcluded | Self::EmailExcluded | Self::DnsExcluded => Refusal(&[48]),
            Self::LeafBeginsThisSecond
            | Self::ExpiredCrlBeside
            | Self::LaterCrlBeside
            | Self::PathLengthReached
            | Self::SelfIssuedNotCounted
            | Self::UnknownExtension
            | Self::DirectoryNamePermitted
            | Self::DirectoryNameNotExcluded
            | Self::SelfIssuedNameExempt
            | Self::EmailPermitted
            | Self::DnsPermitted
            | Self::OtherNamePermitted
            | Self::SameNameOtherKey
            | Self::TwoRootsOfOneName
            | Self::RenewedIntermediate => None,
        }
    }
}

/// The codes of ours that say what an error number of OpenSSL says.
pub fn codes_of(number: u32) -> &'static [&'static str] {
    match number {
        // No issuer that fits; OpenSSL looks for one by name, key identifier and key usage, and
        // checks signatures later.
        2 | 20 => &["issuer-unknown", "signature-invalid", "issuer-not-ca"],
        7 => &["signature-invalid"],
        3 | 33 => &["crl-missing", "crl-invalid"],
        8 | 35 => &["crl-invalid"],
        9 => &["certificate-not-yet-valid"],
        10 => &["certificate-expired"],
        11 => &["crl-not-yet-valid"],
        12 => &["crl-stale"],
        23 => &["certificate-revoked"],
        25 => &["path-too-long"],
        32 | 79 => &["issuer-not-ca"],
        34 => &["critical-extension-unknown"],
        47 | 48 => &["name-not-permitted"],
        _ => &[],
    }
}

/// Where OpenSSL refuses with nothing but what the standard does not ask for.
pub struct AcceptedDifference {
    pub name: &'static str,
    pub fault: Fault,
    /// The numbers of OpenSSL's errors that it explains.
    pub numbers: &'static [u32],
    /// Why the chain is valid nevertheless.
    pub clause: &'static str,
}

pub const ACCEPTED_DIFFERENCES: &[AcceptedDifference] = &[
    AcceptedDifference {
        name: "validity ends with its last second",
        fault: Fault::LeafEndsThisSecond,
        numbers: &[10],
        clause: "RFC 5280, 4.1.2.5: the validity period is from notBefore through notAfter, \
                 inclusive. OpenSSL takes a certificate as expired at notAfter.",
    },
    AcceptedDifference {
        name: "a list is current until its nextUpdate has passed",
        fault: Fault::CrlEndsThisSecond,
        numbers: &[12],
        clause: "RFC 5280, 6.3.3 (a) (1): a list is to be replaced if the current time is after the \
                 value of its next update field. OpenSSL takes it as expired at that time.",
    },
    AcceptedDifference {
        name: "the authority key identifier is a help to find issuers",
        fault: Fault::AuthorityKeyIdentifierWrong,
        numbers: &[20],
        clause: "RFC 5280, 4.2.1.1: it is used to facilitate path construction; the validation of \
                 6.1 does not look at it. Name and signature lead to the issuer here.",
    },
    AcceptedDifference {
        name: "of several issuers of a name the one whose key fits",
        fault: Fault::SameNameOtherKeyUnidentified,
        numbers: &[7, 8],
        clause: "RFC 5280, 6.1: a path is valid if its signatures verify; 4.1.2.6 and RFC 4158, \
                 2.4: one name may stand on several certificates, so a search goes back. \
                 OpenSSL takes the first and does not go back.",
    },
    AcceptedDifference {
        name: "of several ways the one that arrives",
        fault: Fault::CrossCertificate,
        numbers: &[2, 20],
        clause: "RFC 5280, 6.1, needs one path that begins at a trust anchor; RFC 4158, 2.4: \
                 with cross certificates a search must be able to go back. OpenSSL does not.",
    },
    AcceptedDifference {
        name: "an anchor is a name and a key",
        fault: Fault::RootWithoutBasicConstraints,
        numbers: &[79],
        clause: "RFC 5280, 6.1.1 (d): of a self-signed anchor its name, key and algorithm count; \
                 the trust anchor is no part of the path whose certificates 6.1.4 (k) checks.",
    },
    AcceptedDifference {
        name: "revocation counts from its date",
        fault: Fault::LeafRevokedFromTomorrow,
        numbers: &[23],
        clause: "RFC 5280, 6.1.3 (a) (3): the certificate is not revoked at the current time; \
                 5.1.2.6: an entry says on which date revocation occurred. OpenSSL does not \
                 look at that date.",
    },
    AcceptedDifference {
        name: "a common name is no DNS name",
        fault: Fault::DnsLikeCommonName,
        numbers: &[47],
        clause: "RFC 5280, 4.2.1.10 and 6.1.3 (b): dNSName constraints apply to the names of that \
                 form in the subject alternative name. OpenSSL reads the common name as one.",
    },
];

//! Object identifiers, each with its source.

use ObjectIdentifier as Oid;
pub use der::asn1::ObjectIdentifier;

macro_rules! oids {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Oid = Oid::new_unwrap($text);)+
    };
}

oids! {
    // GM/T 0006-2012 (cryptographic application identifiers)
    /// SM2 elliptic curve.
    SM2_CURVE = "1.2.156.10197.1.301";
    /// SM2 signature algorithm.
    SM2_SIGN = "1.2.156.10197.1.301.1";
    /// SM3.
    SM3 = "1.2.156.10197.1.401";
    /// SM2 signature with SM3.
    SM2_WITH_SM3 = "1.2.156.10197.1.501";

    // GM/T 0010-2012 (SM2 message syntax)
    /// Content type data.
    GM_DATA = "1.2.156.10197.6.1.4.2.1";
    /// Content type signedData.
    GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.2";

    // RFC 5652
    /// Content type data.
    DATA = "1.2.840.113549.1.7.1";
    /// Content type signedData.
    SIGNED_DATA = "1.2.840.113549.1.7.2";
    /// Attribute contentType.
    CONTENT_TYPE = "1.2.840.113549.1.9.3";
    /// Attribute messageDigest.
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    /// Attribute signingTime.
    SIGNING_TIME = "1.2.840.113549.1.9.5";
    /// Content type TSTInfo (RFC 3161).
    TST_INFO = "1.2.840.113549.1.9.16.1.4";
    /// Unsigned attribute signature-time-stamp (RFC 3161, appendix A).
    SIGNATURE_TIME_STAMP = "1.2.840.113549.1.9.16.2.14";
    /// Attribute signingCertificate (RFC 2634).
    SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
    /// Attribute signingCertificateV2 (RFC 5035).
    SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";

    // RFC 8017, RFC 5480, RFC 5758, FIPS 180-4
    /// RSA keys, and PKCS #1 v1.5 signatures in CMS.
    RSA = "1.2.840.113549.1.1.1";
    /// Mask generation function MGF1.
    MGF1 = "1.2.840.113549.1.1.8";
    /// RSASSA-PSS; its parameters name the digest.
    RSA_PSS = "1.2.840.113549.1.1.10";
    /// PKCS #1 v1.5 with SHA-256.
    RSA_SHA256 = "1.2.840.113549.1.1.11";
    /// PKCS #1 v1.5 with SHA-384.
    RSA_SHA384 = "1.2.840.113549.1.1.12";
    /// PKCS #1 v1.5 with SHA-512.
    RSA_SHA512 = "1.2.840.113549.1.1.13";
    /// Elliptic-curve keys.
    EC = "1.2.840.10045.2.1";
    /// A prime field, of a curve that is written out.
    PRIME_FIELD = "1.2.840.10045.1.1";
    /// P-256.
    P256 = "1.2.840.10045.3.1.7";
    /// P-384.
    P384 = "1.3.132.0.34";
    /// ECDSA with SHA-256.
    ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    /// ECDSA with SHA-384.
    ECDSA_SHA384 = "1.2.840.10045.4.3.3";
    /// ECDSA with SHA-512.
    ECDSA_SHA512 = "1.2.840.10045.4.3.4";
    /// SHA-1.
    SHA1 = "1.3.14.3.2.26";
    /// SHA-256.
    SHA256 = "2.16.840.1.101.3.4.2.1";
    /// SHA-384.
    SHA384 = "2.16.840.1.101.3.4.2.2";
    /// SHA-512.
    SHA512 = "2.16.840.1.101.3.4.2.3";

    // X.520, RFC 4519, RFC 2985
    /// commonName.
    COMMON_NAME = "2.5.4.3";
    /// surname.
    SURNAME = "2.5.4.4";
    /// serialNumber.
    SERIAL_NUMBER = "2.5.4.5";
    /// countryName.
    COUNTRY = "2.5.4.6";
    /// localityName.
    LOCALITY = "2.5.4.7";
    /// stateOrProvinceName.
    PROVINCE = "2.5.4.8";
    /// streetAddress.
    STREET = "2.5.4.9";
    /// organizationName.
    ORGANIZATION = "2.5.4.10";
    /// organizationalUnitName.
    ORGANIZATIONAL_UNIT = "2.5.4.11";
    /// title.
    TITLE = "2.5.4.12";
    /// description.
    DESCRIPTION = "2.5.4.13";
    /// businessCategory.
    BUSINESS_CATEGORY = "2.5.4.15";
    /// postalCode.
    POSTAL_CODE = "2.5.4.17";
    /// telephoneNumber.
    TELEPHONE = "2.5.4.20";
    /// name.
    NAME = "2.5.4.41";
    /// initials.
    INITIALS = "2.5.4.43";
    /// generationQualifier.
    GENERATION = "2.5.4.44";
    /// dnQualifier.
    DN_QUALIFIER = "2.5.4.46";
    /// pseudonym.
    PSEUDONYM = "2.5.4.65";
    /// givenName.
    GIVEN_NAME = "2.5.4.42";
    /// organizationIdentifier (ETSI EN 319 412-1).
    ORGANIZATION_IDENTIFIER = "2.5.4.97";
    /// userId.
    USER_ID = "0.9.2342.19200300.100.1.1";
    /// domainComponent.
    DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25";
    /// emailAddress.
    EMAIL = "1.2.840.113549.1.9.1";

    // RFC 5280
    /// Extension subjectKeyIdentifier.
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    /// Extension keyUsage.
    KEY_USAGE = "2.5.29.15";
    /// Extension subjectAltName.
    SUBJECT_ALT_NAME = "2.5.29.17";
    /// Extension basicConstraints.
    BASIC_CONSTRAINTS = "2.5.29.19";
    /// CRL extension cRLNumber.
    CRL_NUMBER = "2.5.29.20";
    /// CRL entry extension cRLReason.
    CRL_REASON = "2.5.29.21";
    /// CRL extension deltaCRLIndicator.
    DELTA_CRL_INDICATOR = "2.5.29.27";
    /// CRL extension issuingDistributionPoint.
    ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    /// CRL entry extension certificateIssuer.
    CERTIFICATE_ISSUER = "2.5.29.29";
    /// Extension nameConstraints.
    NAME_CONSTRAINTS = "2.5.29.30";
    /// Extension cRLDistributionPoints.
    CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    /// PathPolicy qualifier id-qt-cps.
    CPS_POINTER = "1.3.6.1.5.5.7.2.1";
    /// PathPolicy qualifier id-qt-unotice.
    USER_NOTICE = "1.3.6.1.5.5.7.2.2";
    /// PathPolicy anyPolicy.
    ANY_POLICY = "2.5.29.32.0";
    /// Extension policyMappings.
    POLICY_MAPPINGS = "2.5.29.33";
    /// Extension policyConstraints.
    POLICY_CONSTRAINTS = "2.5.29.36";
    /// Extension inhibitAnyPolicy.
    INHIBIT_ANY_POLICY = "2.5.29.54";
    /// Extension authorityInfoAccess.
    AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
    /// Access method OCSP.
    OCSP = "1.3.6.1.5.5.7.48.1";
    /// Access method caIssuers.
    CA_ISSUERS = "1.3.6.1.5.5.7.48.2";
    /// Extension certificatePolicies.
    CERTIFICATE_POLICIES = "2.5.29.32";
    /// Extension authorityKeyIdentifier.
    AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    /// Extension extKeyUsage.
    EXTENDED_KEY_USAGE = "2.5.29.37";
    /// Purpose anyExtendedKeyUsage.
    ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
    /// Purpose serverAuth.
    SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    /// Purpose clientAuth.
    CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    /// Purpose codeSigning.
    CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    /// Purpose emailProtection.
    EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
    /// Purpose timeStamping.
    TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    /// Purpose OCSPSigning.
    OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

    // GB/T 20518-2018, GM/T 0015-2012 and 0015-2023
    /// Number of a person's identity document.
    IDENTITY_CODE = "1.2.156.10260.4.1.1";
    /// Social insurance number.
    INSURANCE_NUMBER = "1.2.156.10260.4.1.2";
    /// Registration number of a business.
    REGISTRATION_NUMBER = "1.2.156.10260.4.1.3";
    /// Organisation code; in practice the unified social credit code.
    ORGANIZATION_CODE = "1.2.156.10260.4.1.4";
    /// 个人身份标识码, as GB/T 20518-2006 numbered it.
    IDENTITY_CODE_2006 = "1.2.86.11.7.1";
    /// 企业组织机构代码, as GB/T 20518-2006 numbered it.
    ORGANIZATION_CODE_2006 = "1.2.86.11.7.3";
    /// Taxpayer number.
    TAX_NUMBER = "1.2.156.10260.4.1.5";
    /// Unified social credit code (GM/T 0015-2023).
    CREDIT_CODE = "1.2.156.10260.4.4";
}

/// An identifier in digits and dots, as its `Display` writes it in ten times the time: facts are full of them.
#[must_use]
pub fn dotted(oid: Oid) -> String {
    let mut text = String::with_capacity(3 * oid.as_bytes().len());
    let mut arc = 0u64;
    for octet in oid.as_bytes() {
        arc = arc << 7 | u64::from(octet & 0x7f);
        if octet & 0x80 != 0 {
            continue;
        }
        if text.is_empty() {
            // X.690, 8.19.4: the first two are one.
            let first = (arc / 40).min(2);
            push(&mut text, first);
            arc -= 40 * first;
        }
        text.push('.');
        push(&mut text, arc);
        arc = 0;
    }
    text
}

/// Writes a number in decimal.
fn push(text: &mut String, number: u64) {
    if number >= 10 {
        push(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::{Oid, dotted};

    proptest::proptest! {
        #[test]
        fn digits_and_dots_are_those_of_the_crate(
            first in 0u32..3,
            second in 0u32..40,
            rest in proptest::collection::vec(0u32.., 1..7),
        ) {
            let arcs = [first, second].into_iter().chain(rest);
            let text: Vec<String> = arcs.map(|arc| arc.to_string()).collect();
            if let Ok(oid) = Oid::new(&text.join(".")) {
                assert_eq!(dotted(oid), oid.to_string());
            }
        }

        #[test]
        fn whatever_octets_it_has(octets in proptest::collection::vec(0u8.., 1..12)) {
            if let Ok(oid) = Oid::from_bytes(&octets) {
                assert_eq!(dotted(oid), oid.to_string());
            }
        }
    }
}

//! The family of a certificate's issuer, as its user knows it: "四川CA", not the name of one of
//! that CA's issuing certificates.
//!
//! Recognition goes by name alone, and anyone can write any name into a certificate: a family is
//! how to call an issuer, never a reason to trust. Only a path to an anchor
//! ([`crate::trust`]) trusts.

use crate::certificate::name::DistinguishedName;
use crate::oid;
use crate::trust::national::{self, Domain, Listed};
use der::asn1::ObjectIdentifier;
use serde::Serialize;
pub use yinxin_proto::consent::FamilyId;
use yinxin_proto::text::Bilingual;

/// The family of an issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "IssuerFamily", optional_fields)
)]
pub struct Family {
    /// Which it is.
    pub id: FamilyId,
    /// What to call it.
    pub name: Bilingual,
    /// The national root that lists a CA of exactly this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<Domain>,
}

impl Family {
    /// The family behind the name of an issuer.
    #[must_use]
    pub fn of(issuer: &DistinguishedName) -> Self {
        let listed = national::matching(issuer).next();
        let domain = listed.map(Listed::domain);
        if is_scca(issuer) {
            let name = Bilingual {
                zh: "四川CA".into(),
                en: "Sichuan CA".into(),
            };
            return Self {
                id: FamilyId::Scca,
                name,
                domain,
            };
        }
        let (id, name) = match listed {
            Some(listed) => (FamilyId::Listed, listed.readable().to_owned()),
            None => (FamilyId::Other, issuer.readable()),
        };
        Self {
            id,
            name: Bilingual {
                zh: name.clone(),
                en: name,
            },
            domain,
        }
    }
}

/// Whether a name is one of Sichuan CA's.
///
/// Known for certain is only the name of its CA certificate in the national list. Its issuing CAs
/// are known by common name and organisational unit, from the scripts of its own pages; their
/// certificates are not public, so what organisation they write is not known. Hence:
///
/// - a country, where there is one, is CN;
/// - every organisation, where there is one, is Sichuan CA's, and if one is its Chinese name, that
///   is enough: the rest of its older names is not known;
/// - otherwise one common name is that of the CA or of an issuing CA, and one organisational unit
///   is one of its two certificate systems; the CA's own name, a mere abbreviation, needs the
///   organisation too.
fn is_scca(name: &DistinguishedName) -> bool {
    let all = |wanted: ObjectIdentifier| {
        name.iter()
            .filter(move |(oid, _)| *oid == wanted)
            .map(|(_, text)| words(text))
    };
    let is_ours = |organization: &String| {
        let folded = organization.to_ascii_lowercase();
        folded == SCCA_ORGANIZATION || organization.starts_with(SCCA_ORGANIZATION_ZH)
    };
    if !all(oid::COUNTRY).all(|country| country.eq_ignore_ascii_case("CN"))
        || !all(oid::ORGANIZATION).all(|organization| is_ours(&organization))
    {
        return false;
    }
    if all(oid::ORGANIZATION).any(|organization| organization.starts_with(SCCA_ORGANIZATION_ZH)) {
        return true;
    }
    let mut common_names = all(oid::COMMON_NAME);
    let (Some(common_name), None) = (common_names.next(), common_names.next()) else {
        return false;
    };
    let is_one_of = |text: &str, known: &[&str]| known.iter().any(|k| k.eq_ignore_ascii_case(text));
    let has_organization = all(oid::ORGANIZATION).next().is_some();
    let known_name = is_one_of(&common_name, SCCA_ISSUING)
        || is_one_of(&common_name, &["SCCA"]) && has_organization;
    known_name && all(oid::ORGANIZATIONAL_UNIT).any(|unit| is_one_of(&unit, SCCA_SYSTEMS))
}

/// A text with runs of white space as single spaces.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// The organisation in the name of its CA certificate, in lower case.
const SCCA_ORGANIZATION: &str = "sichuan digital certificate authority management center";
/// Its Chinese name. The legal form (有限公司) may follow.
const SCCA_ORGANIZATION_ZH: &str = "四川省数字证书认证管理中心";
/// Common names of its issuing CAs.
const SCCA_ISSUING: &[&str] = &["SCEB CA", "SCEG CA", "SCEGB CA", "SCEGC CA"];
/// Organisational units of its CAs.
const SCCA_SYSTEMS: &[&str] = &["RSA Certificate System", "SM2 Certificate System"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn family(attributes: &[(ObjectIdentifier, &str)]) -> Family {
        Family::of(&DistinguishedName::from_der(&testing::name(attributes)).unwrap())
    }

    const C: (ObjectIdentifier, &str) = (oid::COUNTRY, "CN");
    const O: (ObjectIdentifier, &str) = (
        oid::ORGANIZATION,
        "Sichuan Digital Certificate Authority Management Center",
    );
    const SM2: (ObjectIdentifier, &str) = (oid::ORGANIZATIONAL_UNIT, "SM2 Certificate System");
    const RSA: (ObjectIdentifier, &str) = (oid::ORGANIZATIONAL_UNIT, "RSA Certificate System");

    const fn cn(text: &str) -> (ObjectIdentifier, &str) {
        (oid::COMMON_NAME, text)
    }

    const fn o(text: &str) -> (ObjectIdentifier, &str) {
        (oid::ORGANIZATION, text)
    }

    #[test]
    fn sichuan_ca_is_recognised_under_all_its_names() {
        for name in [
            &[C, O, SM2, cn("SCCA")][..],
            &[C, O, SM2, cn("SCEGB CA")],
            &[C, O, RSA, cn("SCEB CA")],
            &[C, SM2, cn("SCEG CA")],
            &[RSA, cn("scegc  ca")],
            &[C, o("四川省数字证书认证管理中心"), cn("示例")],
            &[C, o("四川省数字证书认证管理中心有限公司")],
        ] {
            let family = family(name);
            assert_eq!(family.id, FamilyId::Scca, "{name:?}");
            assert_eq!(family.name.zh, "四川CA");
            assert_eq!(family.name.en, "Sichuan CA");
        }
        let of_root = family(&[C, O, SM2, cn("SCCA")]);
        assert_eq!(of_root.domain, Some(Domain::NationalSm2));
        assert_eq!(family(&[C, O, SM2, cn("SCEGB CA")]).domain, None);
    }

    #[test]
    fn a_common_name_alone_is_not_enough() {
        for name in [
            &[C, cn("SCEGB CA")][..],
            &[C, cn("SCCA")],
            &[C, SM2, cn("SCCA")],
            &[C, SM2, cn("SCEGB CA 2")],
            &[C, o("示例公司"), SM2, cn("SCEGB CA")],
            &[C, O, o("示例公司"), SM2, cn("SCEGB CA")],
            &[C, O, (oid::ORGANIZATIONAL_UNIT, "示例"), cn("SCEGB CA")],
            &[(oid::COUNTRY, "US"), O, SM2, cn("SCEGB CA")],
            &[C, O, SM2, cn("SCEGB CA"), cn("示例")],
            &[C, O, SM2],
            &[C, O],
            &[C, cn("四川省数字证书认证管理中心")],
            &[C, o("伪四川省数字证书认证管理中心")],
            &[C, o("四川省数字证书认证管理中心"), o("示例公司")],
            &[],
        ] {
            assert_eq!(family(name).id, FamilyId::Other, "{name:?}");
        }
    }

    #[test]
    fn other_cas_go_by_their_own_names() {
        for listed in national::listed() {
            let family = Family::of(&listed.name());
            assert_eq!(family.domain, Some(listed.domain()), "{listed:?}");
            if family.id != FamilyId::Scca {
                assert_eq!(family.id, FamilyId::Listed, "{listed:?}");
                assert_eq!(family.name.en, listed.readable());
            }
        }
        let other = family(&[C, o("示例公司"), cn("示例签发机构")]);
        let json = serde_json::to_value(&other).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "id": "other",
                "name": { "zh-CN": "示例签发机构", "en": "示例签发机构" },
            })
        );
        let scca = serde_json::to_value(family(&[C, O, SM2, cn("SCCA")])).unwrap();
        assert_eq!(
            scca,
            serde_json::json!({
                "id": "scca",
                "name": { "zh-CN": "四川CA", "en": "Sichuan CA" },
                "domain": "national-sm2",
            })
        );
    }
}

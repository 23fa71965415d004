//! Numbers by which Chinese certificates identify their holders: in the name or in an extension,
//! under object identifiers of the standards or of a CA.

use super::Certificate;
use crate::oid;
use der::asn1::ObjectIdentifier as Oid;
use serde::Serialize;
use std::borrow::Cow;
use yinxin_proto::text::Bilingual;

/// An identifying number of the holder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Identity {
    /// Under which it stands.
    pub oid: String,
    /// What it is.
    pub name: Bilingual,
    /// The number as it stands, with a prefix where the CA writes one.
    pub value: String,
    /// `subject` or `extensions`.
    #[cfg_attr(feature = "typescript", ts(type = "'subject' | 'extensions'"))]
    pub place: &'static str,
}

/// Whom a number identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A person.
    Person,
    /// A unit.
    Unit,
    /// Whoever holds the certificate.
    Holder,
}
use Of::{Holder, Person, Unit};

impl Certificate {
    /// The identifying numbers that it carries, those of the name first.
    #[must_use]
    pub fn identities(&self) -> Vec<Identity> {
        let written = |number: Number<'_>| Identity {
            oid: oid::dotted(number.oid),
            name: Bilingual {
                zh: number.name[0].into(),
                en: number.name[1].into(),
            },
            value: number.value.into_owned(),
            place: number.place,
        };
        self.numbers().map(written).collect()
    }

    /// The same, of which nothing is written yet.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Number<'_>> {
        let of_subject = self.subject().iter();
        let of_subject = of_subject.map(|(oid, text)| (oid, Cow::Borrowed(text), "subject"));
        let of_extensions = self.extensions().iter().filter_map(|extension| {
            find(extension.oid)?;
            Some((extension.oid, extension.text()?.into(), "extensions"))
        });
        let all = of_subject.chain(of_extensions);
        all.filter_map(|(oid, value, place): (_, Cow<'_, str>, _)| {
            let (_, of, zh, en) = find(oid)?;
            (!value.is_empty()).then_some(Number {
                oid,
                name: [zh, en],
                value,
                place,
                of: *of,
            })
        })
    }
}

/// An [`Identity`] as it stands in the certificate.
pub(super) struct Number<'a> {
    oid: Oid,
    /// In Chinese and English.
    name: [&'static str; 2],
    pub value: Cow<'a, str>,
    place: &'static str,
    pub of: Of,
}

type Row = (Oid, Of, &'static str, &'static str);

fn find(oid: Oid) -> Option<&'static Row> {
    let exact = TABLE.iter().find(|(known, ..)| *known == oid);
    exact.or_else(|| {
        OWNERS.iter().find(|(arc, ..)| {
            let (oid, arc) = (oid.as_bytes(), arc.as_bytes());
            oid.len() > arc.len() && oid.starts_with(arc)
        })
    })
}

const TABLE: &[Row] = &[
    // GM/T 0015-2012 and GB/T 20518-2018, private extensions.
    (
        oid::IDENTITY_CODE,
        Person,
        "个人身份标识码",
        "Personal identity code",
    ),
    (
        oid::INSURANCE_NUMBER,
        Person,
        "个人社会保险号",
        "Social insurance number",
    ),
    (
        oid::REGISTRATION_NUMBER,
        Unit,
        "企业工商注册号",
        "Business registration number",
    ),
    (
        oid::ORGANIZATION_CODE,
        Unit,
        "企业组织机构代码",
        "Organisation code",
    ),
    (oid::TAX_NUMBER, Unit, "企业税号", "Taxpayer number"),
    // GM/T 0015-2023.
    (
        oid::CREDIT_CODE,
        Unit,
        "统一社会信用代码",
        "Unified social credit code",
    ),
    // The same five as GB/T 20518-2006 numbered them. The order of 3 and 4 is that of CAs' own
    // published headers and forms (组织机构代码 before 工商注册号).
    (
        oid::IDENTITY_CODE_2006,
        Person,
        "个人身份标识码（旧版）",
        "Personal identity code (legacy)",
    ),
    (
        Oid::new_unwrap("1.2.86.11.7.2"),
        Person,
        "个人社会保险号（旧版）",
        "Social insurance number (legacy)",
    ),
    (
        oid::ORGANIZATION_CODE_2006,
        Unit,
        "企业组织机构代码（旧版）",
        "Organisation code (legacy)",
    ),
    (
        Oid::new_unwrap("1.2.86.11.7.4"),
        Unit,
        "企业工商注册号（旧版）",
        "Business registration number (legacy)",
    ),
    (
        Oid::new_unwrap("1.2.86.11.7.5"),
        Unit,
        "企业税号（旧版）",
        "Taxpayer number (legacy)",
    ),
    // Met in certificates and in portals' scripts; no published definition.
    (
        Oid::new_unwrap("1.2.156.1.8888.148"),
        Holder,
        "唯一标识（1.2.156.1.8888.148）",
        "Unique identifier (1.2.156.1.8888.148)",
    ),
    // BJCA: what portals read as the holder's identifier, of SM2 and of RSA certificates.
    (
        Oid::new_unwrap("1.2.156.112562.2.1.1.1"),
        Holder,
        "BJCA 唯一标识",
        "BJCA unique identifier",
    ),
    (
        Oid::new_unwrap("2.16.840.1.113732.2"),
        Holder,
        "BJCA 唯一标识",
        "BJCA unique identifier",
    ),
    // HBCA, met in leaf certificates.
    (
        Oid::new_unwrap("2.4.16.11.7.1"),
        Holder,
        "HBCA 扩展标识",
        "HBCA extension",
    ),
];

/// Arcs of owners whose identifiers have no published meaning.
const OWNERS: &[Row] = &[
    (
        Oid::new_unwrap("1.2.156.112570.11"),
        Holder,
        "SHECA 扩展标识",
        "SHECA extension",
    ),
    (
        Oid::new_unwrap("1.3.6.1.4.1.5315.100"),
        Unit,
        "税务扩展标识",
        "Tax extension",
    ),
];

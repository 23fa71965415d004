//! Common names that registration authorities compose: `041@8510000000000001@示例银行@00010001`, as CFCA and CAs
//! after its model write them.
//!
//! No standard has them. Met are: two to four digits that name the registration authority (041 and 051 are CFCA's own),
//! the number of a document with its kind in front (a digit or letter: 0 an identity card, others of units), the
//! name, and a sequence. Some have the name first. What is between the signs `@` tells which is which.

use crate::{credit_code, identity_number};

/// The parts of such a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RaName<'a> {
    /// The holder's name.
    pub name: &'a str,
    /// The number of the holder's document, with its kind in front.
    pub number: &'a str,
}

impl<'a> RaName<'a> {
    /// Takes a common name apart. `None` if it is composed otherwise.
    pub fn parse(common_name: &'a str) -> Option<Self> {
        // Most are none.
        common_name
            .trim_start()
            .strip_prefix(|c: char| c.is_ascii_digit())?;
        let parts: Vec<&str> = common_name.split(['@', '＠']).map(str::trim).collect();
        let (authority, rest) = parts.split_first()?;
        let is_authority =
            (2..=4).contains(&authority.len()) && authority.bytes().all(|b| b.is_ascii_digit());
        if !is_authority || !(2..=4).contains(&rest.len()) {
            return None;
        }
        // A name has letters that no number has; one in English stands behind the number.
        let is_own = |part: &&str| part.chars().any(|c| !c.is_ascii() && c.is_alphabetic());
        let is_latin = |part: &&str| {
            let letters = part.bytes().filter(u8::is_ascii_alphabetic).count();
            letters > 1 && letters > part.len() / 2
        };
        let at = rest.iter().position(is_own);
        let at = at.or_else(|| rest.iter().position(is_latin))?;
        let mut others = rest.iter().enumerate().filter(|(index, _)| *index != at);
        let (_, number) = others.next()?;
        Some(Self {
            name: rest[at],
            number,
        })
    }

    /// The credit code of a unit, whose kind may stand in front.
    pub fn credit_code(&self) -> Option<String> {
        credit_code::find(self.number).or_else(|| {
            let (_, bare) = self.number.split_at_checked(1)?;
            credit_code::find(bare)
        })
    }

    /// Whether the number is a person's.
    pub fn is_of_person(&self) -> bool {
        identity_number::find(self.number).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_is_found_in_it() {
        for (common_name, name, number) in [
            (
                "041@8510000000000001@演示银行股份有限公司@00010001",
                "演示银行股份有限公司",
                "8510000000000001",
            ),
            (
                "051@011010519491231002X@张三@1",
                "张三",
                "011010519491231002X",
            ),
            (
                "041@N91510100MA00000240@示例公司@2",
                "示例公司",
                "N91510100MA00000240",
            ),
            (
                "041@示例公司@N91510100MA00000240@2",
                "示例公司",
                "N91510100MA00000240",
            ),
            (
                "041@Z123@Demo Trading Co., Ltd.@2",
                "Demo Trading Co., Ltd.",
                "Z123",
            ),
            ("0041@Z123@ 示例公司 ", "示例公司", "Z123"),
            ("041＠Z123＠示例公司＠1", "示例公司", "Z123"),
        ] {
            assert_eq!(
                RaName::parse(common_name),
                Some(RaName { name, number }),
                "{common_name}"
            );
        }
        for other in [
            "",
            "示例公司",
            "demo@example.cn",
            "张三@示例公司@1",
            "041@示例公司",
            "041@1@2@3",
            "041@@@",
            "1@Z123@示例公司@1",
            "041@1@2@3@4@示例",
        ] {
            assert_eq!(RaName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn whose_number_it_is() {
        let parse = |text| RaName::parse(text).unwrap();
        let person = parse("051@011010519491231002X@张三@1");
        assert!(person.is_of_person() && person.credit_code().is_none());
        let unit = parse("041@N91510100MA00000240@示例公司@2");
        assert_eq!(unit.credit_code().as_deref(), Some("91510100MA00000240"));
        assert!(!unit.is_of_person());
    }
}

//! What certificates of the field say of their holders.

use crate::certificate::Certificate;
use crate::testing::{NOW, data};
use std::fs;
use yinxin_proto::consent::{Disclosed, HolderKind};

fn read(name: &str) -> Option<Certificate> {
    let bytes = fs::read(data::folder()?.join("field").join(name)).ok()?;
    Some(Certificate::parse(&bytes).unwrap())
}

#[test]
fn names_in_other_encodings_are_read() {
    for (name, holder) in [
        ("c02-printable-gbk.pem", "演示科技有限公司"),
        ("c02-printable-utf8.pem", "演示科技有限公司"),
        ("c03-utf8string-gbk.pem", "演示科技有限公司"),
        ("c11-printable-at.pem", "demo@example.cn"),
        ("c13-gb18030-4byte.pem", "演示㐂鑫科技有限公司"),
        ("c13-gb18030-printable-4byte.pem", "演示𠮷鑫科技有限公司"),
    ] {
        let Some(certificate) = read(name) else {
            return;
        };
        assert_eq!(certificate.holder(), holder, "{name}");
        assert!(!certificate.findings().is_empty());
    }
}

#[test]
fn an_issuer_is_found_whatever_its_name_is_written_in() {
    let (Some(sub), Some(under)) = (read("c03-sub.pem"), read("c03-under-sub.pem")) else {
        return;
    };
    assert!(under.issuer().matches(sub.subject()));
    assert!(under.verify_issued_by(&sub, crate::sm2::DEFAULT_ID).is_ok());
}

#[test]
fn a_name_that_a_registration_authority_composed_is_taken_apart() {
    let Some(certificate) = read("c12-cfca-style.pem") else {
        return;
    };
    let facts = certificate.facts(NOW);
    assert_eq!(facts.holder, "演示银行股份有限公司");
    assert_eq!(facts.organization.as_deref(), Some("演示银行股份有限公司"));
    assert_eq!(facts.kind, HolderKind::Unit);
    assert!(
        facts.subject.contains("041@8510000000000001@"),
        "{}",
        facts.subject
    );
}

#[test]
fn a_persons_number_is_no_units() {
    for name in [
        "c14-person-cn.pem",
        "c14-person-ext.pem",
        "c14-person-sn.pem",
    ] {
        let Some(certificate) = read(name) else {
            return;
        };
        let facts = certificate.facts(NOW);
        assert_eq!(facts.credit_code, None, "{name}");
        assert_eq!(facts.kind, HolderKind::Person, "{name}");
        assert!(
            facts
                .person
                .is_some_and(|person| person.contains("310000190001010394")),
            "{name}"
        );
        assert!(
            facts.discloses.contains(&Disclosed::IdentityNumber),
            "{name}"
        );
        assert!(!facts.discloses.contains(&Disclosed::UnitNumber), "{name}");
    }
}

#[test]
fn a_credit_code_is_found_in_either_width_and_case() {
    for name in [
        "c15-code-check-zero.pem",
        "c15-code-check-zero-sn.pem",
        "c15-code-lower-fullwidth.pem",
    ] {
        let Some(certificate) = read(name) else {
            return;
        };
        let facts = certificate.facts(NOW);
        assert_eq!(
            facts.credit_code.as_deref(),
            Some("91510100MA00000240"),
            "{name}"
        );
        assert_eq!(facts.kind, HolderKind::Unit, "{name}");
    }
}

#[test]
fn what_says_it_is_no_ca_is_none() {
    let Some(certificate) = read("c16-cafalse-certsign.pem") else {
        return;
    };
    assert!(!certificate.is_ca());
    let [contradiction] = certificate.findings() else {
        panic!("{:?}", certificate.findings());
    };
    assert_eq!(contradiction.place.as_deref(), Some("extensions.keyUsage"));
    assert_eq!(certificate.signing_problem(certificate.not_before()), None);
}

#[test]
fn certificates_are_read_as_they_were_pasted() {
    let Some(plain) = read("base-ee.pem") else {
        return;
    };
    for name in [
        "c10-b64-of-pem.txt",
        "c10-bom.pem",
        "c10-data-uri.txt",
        "c10-escaped-newlines.pem",
        "c10-fullwidth-dashes.pem",
        "c10-hex.txt",
        "c10-json.txt",
        "c10-literal-crlf.pem",
        "c10-nbsp.pem",
        "c10-no-dashes.pem",
        "c10-one-line-spaces.pem",
        "c10-urlsafe.txt",
        "c10-utf16.pem",
        "c10-zwsp.pem",
    ] {
        let Some(certificate) = read(name) else {
            return;
        };
        assert_eq!(certificate.der(), plain.der(), "{name}");
        let codes: Vec<_> = certificate
            .findings()
            .iter()
            .map(|found| found.error.code())
            .collect();
        assert_eq!(codes, ["pem-odd"], "{name}");
    }
}

#[test]
fn what_is_no_certificate_is_named() {
    let code = |name: &str| {
        let bytes = fs::read(data::folder()?.join("field").join(name)).ok()?;
        Some(Certificate::parse(&bytes).unwrap_err().code())
    };
    for (name, expected) in [
        ("p1.csr", "certificate-request-given"),
        ("p1.csr.pem", "certificate-request-given"),
        ("p2.pfx", "pkcs12-given"),
        ("c14-id-as-code.txt", "certificate-unreadable"),
    ] {
        let Some(code) = code(name) else { return };
        assert_eq!(code, expected, "{name}");
    }
}

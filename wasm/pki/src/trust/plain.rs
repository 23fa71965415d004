//! What a judgement comes to, in a sentence or two.

use super::PathStep;
use super::anchor::{Anchor, Source};
use super::crl::State;
use super::national::Domain;
use super::path::Path;
use crate::certificate::Certificate;
use crate::certificate::name::DistinguishedName;
use crate::certificate::plain::called;
use crate::outcome;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Finding, Locale, words};

/// The sentences about a path, its findings and what lists say of its steps.
pub(super) fn summary(path: &Path<'_>, findings: &[Finding], steps: &[PathStep]) -> Bilingual {
    if let Some(worst) = outcome::worst(findings) {
        return refused(path, worst);
    }
    let (Some(certificate), Some(anchor)) = (path.certificates.first(), path.anchor) else {
        // Without an anchor there is a fatal finding.
        return Bilingual {
            zh: String::new(),
            en: String::new(),
        };
    };
    let issue = issued(certificate, anchor, path.certificates.len());
    let (zh, en) = revocation(steps);
    Bilingual {
        zh: format!("已核实：{}。{zh}", issue.zh),
        en: format!("Verified: {}. {en}", issue.en),
    }
}

/// By whom it was issued, and why that one is trusted.
fn issued(certificate: &Certificate, anchor: &Anchor, length: usize) -> Bilingual {
    let top = called(anchor.subject());
    let facts = anchor.facts();
    let (zh_why, en_why) = match (facts.source, facts.listed) {
        (Source::National, Some(_)) if is_national_root(anchor.subject()) => (
            format!("国家商用密码根“{}”", top.zh),
            format!("the national root “{}”", top.en),
        ),
        (Source::National, Some(listed)) => {
            let day = |locale| match UnixTime::parse(listed) {
                Some(time) => words::day(time, locale),
                None => listed.to_owned(),
            };
            (
                format!("国家根 {} 名单中的“{}”", day(Locale::ZhCn), top.zh),
                format!(
                    "“{}”, listed by the national root on {}",
                    top.en,
                    day(Locale::En)
                ),
            )
        }
        _ => (
            format!("指定的信任锚“{}”", top.zh),
            format!("the given trust anchor “{}”", top.en),
        ),
    };
    let issuer = called(certificate.issuer());
    if length == 1 && anchor.certificate.as_ref() == Some(certificate) {
        return Bilingual {
            zh: format!("它就是{zh_why}"),
            en: format!("it is {en_why}"),
        };
    }
    if certificate.issuer().matches(anchor.subject()) {
        return Bilingual {
            zh: format!("由{zh_why}签发"),
            en: format!("issued by {en_why}"),
        };
    }
    Bilingual {
        zh: format!("由“{}”签发，可追溯到{zh_why}", issuer.zh),
        en: format!("issued by “{}”, which leads to {en_why}", issuer.en),
    }
}

fn is_national_root(subject: &DistinguishedName) -> bool {
    Domain::of_root(subject) == Some(Domain::NationalSm2)
}

/// What the lists say of the certificate itself.
pub(crate) fn revocation(steps: &[PathStep]) -> (&'static str, &'static str) {
    match steps.first().and_then(|step| step.revocation.as_ref()) {
        Some(status) if status.state == State::Good => ("未被注销。", "It is not revoked."),
        Some(_) => (
            "是否已被注销，现有的列表不足以判断。",
            "Whether it was revoked can't be told from the lists at hand.",
        ),
        None => (
            "没有核对是否已被注销。",
            "Whether it was revoked was not checked.",
        ),
    }
}

fn refused(path: &Path<'_>, worst: &Finding) -> Bilingual {
    let index = worst
        .place
        .as_deref()
        .and_then(|place| place.strip_prefix("path[")?.split(']').next())
        .and_then(|index| index.parse::<usize>().ok())
        .filter(|index| *index > 0);
    let which = index.and_then(|index| path.certificates.get(index));
    let which = which.map(|certificate| called(certificate.subject()));
    let (zh_which, en_which) = which.map_or_else(Default::default, |name| {
        (
            format!("签发链中的“{}”：", name.zh),
            format!("“{}” in the chain of issuers: ", name.en),
        )
    });
    let zh = worst.error.text(Locale::ZhCn).message;
    let en = worst.error.text(Locale::En).message;
    outcome::refused(
        &worst.error,
        &format!("{zh_which}{zh}"),
        &format!("{en_which}{en}"),
    )
}

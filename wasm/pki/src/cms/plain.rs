//! What a judgement of a CMS comes to, in a sentence or two.

use super::Signer;
use crate::outcome;
use crate::trust::State;
use crate::trust::plain::revocation;
use yinxin_proto::text::{Bilingual, visible};
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Locale};

/// The sentences about signers and findings, the gravest finding first.
pub(super) fn summary(signers: &[Signer], findings: &[Finding]) -> Bilingual {
    if let Some(worst) = outcome::worst(findings) {
        return refused(signers, worst);
    }
    let (zh_content, en_content) = content(findings);
    let (zh_names, en_names) = names(signers);
    let Bilingual {
        zh: zh_time,
        en: en_time,
    } = claimed(signers);
    let unchecked = findings
        .iter()
        .any(|finding| matches!(finding.error, Error::TrustNotChecked {}));
    if unchecked {
        let zh = format!(
            "签名成立，{zh_content}；证书上的名字是{zh_names}，没有核对证书是否可信，名字不能当真。{zh_time}"
        );
        let en = format!(
            "The signature holds, and {en_content}. Its certificate names {en_names}; whether that can be trusted was not checked.{en_time}"
        );
        return Bilingual { zh, en };
    }
    // Of several, the first of which it is not known.
    let is_good = |signer: &&Signer| {
        let status = signer
            .path
            .first()
            .and_then(|step| step.revocation.as_ref());
        status.is_some_and(|status| status.state == State::Good)
    };
    let first = signers
        .iter()
        .find(|signer| !is_good(signer))
        .or(signers.first());
    let (zh_revoked, en_revoked) =
        first.map_or_else(Default::default, |first| revocation(&first.path));
    Bilingual {
        zh: format!("已核实：由{zh_names}签署，{zh_content}。证书{zh_revoked}{zh_time}"),
        en: format!(
            "Verified: signed by {en_names}, and {en_content}. {}{en_time}",
            // There it stands after the certificate's own name.
            en_revoked.replacen("It ", "The certificate ", 1)
        ),
    }
}

/// What the content is to the signature: signed itself, or, where the caller accepts that, its digest.
fn content(findings: &[Finding]) -> (String, String) {
    let digest = findings.iter().find_map(|finding| match &finding.error {
        Error::ContentIsDigest { algorithm } => Some(algorithm),
        _ => None,
    });
    match digest {
        None => (
            "内容与签署时一致".into(),
            "the content is what was signed".into(),
        ),
        Some(algorithm) => (
            format!("签的是该文件的 {algorithm} 摘要"),
            format!("what was signed is the {algorithm} digest of the file"),
        ),
    }
}

fn refused(signers: &[Signer], worst: &Finding) -> Bilingual {
    let signer = worst
        .place
        .as_deref()
        .and_then(|place| place.strip_prefix("signers[")?.split(']').next())
        .and_then(|index| index.parse::<usize>().ok())
        .filter(|_| signers.len() > 1);
    let (zh_which, en_which) = signer.map_or_else(Default::default, |index| {
        (
            format!("第 {} 个签名：", index + 1),
            format!("Signature {}: ", index + 1),
        )
    });
    let zh = visible(&worst.error.text(Locale::ZhCn).message);
    let en = visible(&worst.error.text(Locale::En).message);
    outcome::refused(
        &worst.error,
        &format!("{zh_which}{zh}"),
        &format!("{en_which}{en}"),
    )
}

/// The names of the first signers, and how many there are if there are more.
fn names(signers: &[Signer]) -> (String, String) {
    let held: Vec<String> = signers
        .iter()
        .filter_map(|signer| signer.certificate.as_ref())
        .take(NAMED)
        .map(|certificate| format!("“{}”", visible(&certificate.holder())))
        .collect();
    let (zh, en) = (held.join("、"), held.join(", "));
    match signers.len() {
        all if all > held.len() => (format!("{zh}等 {all} 人"), format!("{en} ({all} in all)")),
        _ => (zh, en),
    }
}

fn claimed(signers: &[Signer]) -> Bilingual {
    let times: Vec<UnixTime> = signers
        .iter()
        .filter_map(|signer| signer.claimed_time)
        .collect();
    match times[..] {
        [time] => outcome::claimed(time, false),
        _ => Bilingual::default(),
    }
}

/// Signers that are named; the page lists all.
const NAMED: usize = 3;

#[cfg(test)]
mod tests {
    use crate::cms::{Content, Judgement, Options, verify};
    use crate::testing::{Identity, NOW, TestKey, chain};
    use crate::trust::{Anchor, Crls, PathPolicy};

    fn judge(unit: &Identity, content: &[u8], anchors: &[Anchor], check_trust: bool) -> Judgement {
        let crls = Crls::default();
        let mut options = Options::new(PathPolicy::new(anchors, &[], &crls, NOW));
        options.check_trust = check_trust;
        options.content = Some(Content::Bytes(content));
        verify(&unit.cms(b"contract"), &options).unwrap()
    }

    #[test]
    fn the_words_never_say_more_than_was_checked() {
        let (_, issuing, unit) = chain(TestKey::sm2(1));
        let anchors = [Anchor::from(issuing.certificate.clone())];
        let good = judge(&unit, b"contract", &anchors, true).summary;
        assert!(
            good.zh.starts_with("已核实：由“示例采购有限公司”签署"),
            "{}",
            good.zh
        );
        assert!(good.zh.contains("没有时间戳证明"), "{}", good.zh);
        assert!(
            good.en
                .starts_with("Verified: signed by “示例采购有限公司”")
        );

        for (content, anchors, check, zh) in [
            // Merely open.
            (&b"contract"[..], &[][..], true, "还没核实完。"),
            (b"changed", &anchors, true, "未通过核实。"),
            (b"contract", &anchors, false, "签名成立，内容与签署时一致；"),
        ] {
            let judged = judge(&unit, content, anchors, check);
            assert!(judged.summary.zh.starts_with(zh), "{}", judged.summary.zh);
            assert!(!judged.summary.en.starts_with("Verified"));
        }
        // What speaks against it is told before what is merely open.
        let both = judge(&unit, b"changed", &[], true).summary;
        assert!(both.en.contains("content"), "{}", both.en);
    }
}

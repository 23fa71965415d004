//! What a seal is, and what a judgement of it comes to, in a sentence or two.

use super::{Seal, Users, Version};
use crate::certificate::Certificate;
use crate::certificate::plain::period;
use crate::outcome;
use yinxin_proto::text::{Bilingual, visible};
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Locale, Severity};

impl Seal {
    /// The sentences, as of `now`. They say nothing about whether it is genuine.
    pub(super) fn summary(&self, now: UnixTime) -> Bilingual {
        let what = self.what(now);
        let (zh_users, en_users) = match &self.property().users {
            Users::Certificates(list) => of_users(list.len()),
            Users::Digests(list) => of_users(list.len()),
        };
        Bilingual {
            zh: format!("{}。{zh_users}", what.zh),
            en: format!("{}. {en_users}", what.en),
        }
    }

    /// `国标印章“示例单位公章”，由“示例制章机构”制作，有效期至 2027年8月14日（还有 265 天）`.
    fn what(&self, now: UnixTime) -> Bilingual {
        let property = self.property();
        let name = visible(&property.name);
        let maker = self.maker_name().map(|maker| visible(&maker));
        let (zh_maker, en_maker) = match maker {
            Some(maker) => (format!("由“{maker}”制作"), format!("made by “{maker}”")),
            None => (
                "制章者的证书无法读取".into(),
                "the certificate of its maker can't be read".into(),
            ),
        };
        let (zh_end, en_end) = period(property.valid_from, property.valid_until, now);
        let (zh_kind, standard) = (self.version().kind_zh(), self.version().standard());
        Bilingual {
            zh: format!("{zh_kind}“{name}”（{standard}），{zh_maker}，{zh_end}"),
            en: format!("Seal “{name}” ({standard}), {en_maker}, {en_end}"),
        }
    }

    /// What a judgement with these findings comes to.
    pub(super) fn conclusion(
        &self,
        findings: &[Finding],
        user: Option<&Certificate>,
        now: UnixTime,
    ) -> Bilingual {
        refusal(findings, "signature", None).unwrap_or_else(|| {
            let what = self.what(now);
            let (zh_user, en_user) = user.map_or_else(Default::default, |user| {
                let holder = visible(&user.holder());
                (
                    format!("“{holder}”的这张证书可以使用它。"),
                    format!(" This certificate of “{holder}” may use it."),
                )
            });
            let (zh, en) = warnings(findings);
            Bilingual {
                zh: format!("已核实：{}。{zh_user}{zh}", what.zh),
                en: format!("Verified: {}.{en_user}{en}", what.en),
            }
        })
    }
}

impl Version {
    fn kind_zh(self) -> &'static str {
        match self {
            Self::V1 => "旧标准印章",
            Self::V4 | Self::V5 => "国标印章",
        }
    }
}

/// What a judgement of a document's seal with these findings comes to.
pub(super) fn of_signature(
    seal: &Seal,
    signer: Option<&Certificate>,
    content_seen: bool,
    claimed: Option<UnixTime>,
    findings: &[Finding],
) -> Bilingual {
    refusal(findings, "seal.signature", Some("signature")).unwrap_or_else(|| {
        let name = visible(&seal.property().name);
        let signer = signer.map(|signer| visible(&signer.holder()));
        let signer = signer.unwrap_or_default();
        let Bilingual {
            zh: zh_time,
            en: en_time,
        } = claimed.map_or_else(Bilingual::default, |time| outcome::claimed(time, true));
        let (zh_content, en_content) = if content_seen {
            ("内容与盖章时一致", "the content is what was sealed")
        } else {
            (
                "所给摘要与盖章时一致；未核对文件内容",
                "the digest that was given is the one that was sealed; no content was compared",
            )
        };
        let (zh, en) = warnings(findings);
        Bilingual {
            zh: format!("已核实：“{signer}”盖了“{name}”，{zh_content}。{zh_time}{zh}"),
            en: format!(
                "Verified: “{signer}” set the seal “{name}”, and {en_content}.{en_time}{en}"
            ),
        }
    })
}

/// The gravest problem and what to do, if there is one. `maker` is the place of the maker's signature, `sealing`
/// that of whoever set the seal on a document.
fn refusal(findings: &[Finding], maker: &str, sealing: Option<&str>) -> Option<Bilingual> {
    let worst = outcome::worst(findings)?;
    // The catalogue's words are for signatures, and for one's own.
    let (zh, en) = match (&worst.error, worst.place.as_deref()) {
        (Error::ContentChanged {}, _) if sealing.is_some() => (
            "文件内容与盖章时不一致。请使用盖章时的原文件；如果您没有预料到此情况，请不要接受它。".into(),
            "The content is not what was sealed. Use the original file; if you did not expect this, don't accept it.".into(),
        ),
        (Error::ContentMissing {}, _) if sealing.is_some() => (
            "盖章数据不含原文，需要同时提供原文件。请一并选择被盖章的原文件。".into(),
            "The seal's data do not carry what was sealed. Choose the sealed file as well.".into(),
        ),
        (Error::SignatureInvalid {}, place) if sealing.is_some() && place == sealing => (
            "盖章不成立：用盖章人证书中的公钥没有验证通过。请不要接受它，并向盖章人或发证机构核实。".into(),
            "The sealing does not hold under the key of whoever set the seal. Don't accept it, and ask them or the certificate's issuer.".into(),
        ),
        (Error::SignatureInvalid {}, Some(place)) if place == maker => (
            "制章者的签名不成立，不能认定印章由其制作。请不要使用或接受它，并向发证机构核实。".into(),
            "The maker's signature does not hold, so that nothing shows who made the seal. Don't use or accept it, and ask the CA.".into(),
        ),
        _ if sealing.is_some() => outcome::on_a_document(&worst.error),
        _ => words(worst),
    };
    Some(outcome::refused(&worst.error, &zh, &en))
}

fn warnings(findings: &[Finding]) -> (String, String) {
    let (mut all_zh, mut all_en) = (String::new(), String::new());
    let mut ends_soon = false;
    for finding in findings {
        if finding.severity != Severity::Warning {
            continue;
        }
        let (zh, en) = match finding.error {
            // How many days are left has been said.
            Error::SealEndsSoon { .. } => {
                ends_soon = true;
                let remedy = |locale| finding.error.text(locale).remedy;
                (remedy(Locale::ZhCn), remedy(Locale::En))
            }
            Error::CertificateEndsSoon { .. } if ends_soon => continue,
            _ => words(finding),
        };
        all_zh += &zh;
        all_en.push(' ');
        all_en += &en;
    }
    (all_zh, all_en)
}

/// Message and remedy in both languages; names in them are made visible.
fn words(finding: &Finding) -> (String, String) {
    let zh = finding.error.text(Locale::ZhCn);
    let en = finding.error.text(Locale::En);
    (
        visible(&format!("{}{}", zh.message, zh.remedy)),
        visible(&format!("{} {}", en.message, en.remedy)),
    )
}

fn of_users(count: usize) -> (String, String) {
    match count {
        0 => (
            "没有列出可使用它的证书。".into(),
            "It lists no certificate that may use it.".into(),
        ),
        1 => (
            "有 1 张证书可以使用它。".into(),
            "One certificate may use it.".into(),
        ),
        _ => (
            format!("有 {count} 张证书可以使用它。"),
            format!("{count} certificates may use it."),
        ),
    }
}

//! What a certificate is good for, in a sentence or two for its holder.
//!
//! Nothing here says that a certificate can be trusted: that is a matter of its path.

use super::Certificate;
use super::authority::{Family, FamilyId};
use super::name::DistinguishedName;
use yinxin_proto::consent::HolderKind;
use yinxin_proto::text::{Bilingual, visible};
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Locale, words};

/// What the sentences name in both languages.
struct What {
    holder: String,
    algorithm: String,
    is_self_issued: bool,
    issuer: Bilingual,
}

impl Certificate {
    /// The sentences, as of `now`.
    #[must_use]
    pub fn summary(&self, now: UnixTime) -> Bilingual {
        let issuer = called_of(self.issuer_family(), self.issuer());
        let (zh_end, en_end) = period(self.not_before(), self.not_after(), now);
        let (zh_use, en_use) = self.good_for(now);
        let what = What {
            holder: visible(&self.holder()),
            algorithm: self.key_algorithm(),
            is_self_issued: self.is_self_issued(),
            issuer,
        };
        Bilingual {
            zh: format!("{}，{zh_end}，{zh_use}。", self.what_zh(&what)),
            en: format!("{} {en_end}. {en_use}.", self.what_en(&what)),
        }
    }

    /// `“示例采购有限公司”（单位）的 SM2 签名证书，由“示例签发机构”签发`.
    fn what_zh(&self, what: &What) -> String {
        let What {
            holder, algorithm, ..
        } = what;
        let kind = match self.holder_kind() {
            HolderKind::Unit => "（单位）",
            HolderKind::Person => "（个人）",
            HolderKind::Expert => "（评标专家）",
            HolderKind::Unknown => "",
        };
        let kind_of = match (self.is_ca(), self.may_sign(), self.may_encrypt()) {
            (true, ..) => "发证机构证书",
            (false, true, true) => "签名和加密证书",
            (false, true, false) => "签名证书",
            (false, false, true) => "加密证书",
            (false, false, false) => "证书",
        };
        let kind = if self.is_ca() { "" } else { kind };
        if what.is_self_issued {
            return format!("“{holder}”{kind}的 {algorithm} {kind_of}，由其自行签发");
        }
        let issuer = &what.issuer.zh;
        format!("“{holder}”{kind}的 {algorithm} {kind_of}，由“{issuer}”签发")
    }

    fn what_en(&self, what: &What) -> String {
        let What {
            holder, algorithm, ..
        } = what;
        let kind = match self.holder_kind() {
            HolderKind::Unit => " (unit)",
            HolderKind::Person => " (person)",
            HolderKind::Expert => " (evaluation expert)",
            HolderKind::Unknown => "",
        };
        let kind_of = match (self.is_ca(), self.may_sign(), self.may_encrypt()) {
            (true, ..) => "CA certificate",
            (false, true, true) => "signing and encryption certificate",
            (false, true, false) => "signing certificate",
            (false, false, true) => "encryption certificate",
            (false, false, false) => "certificate",
        };
        let kind = if self.is_ca() { "" } else { kind };
        let by = if what.is_self_issued {
            "itself".into()
        } else {
            format!("“{}”", what.issuer.en)
        };
        format!("{algorithm} {kind_of} of “{holder}”{kind}, issued by {by},")
    }

    /// What it can be used for at that time.
    fn good_for(&self, now: UnixTime) -> (&'static str, &'static str) {
        let (early, over) = (now < self.not_before(), now > self.not_after());
        let (sign, encrypt) = (self.may_sign(), self.may_encrypt());
        if self.is_ca() {
            return (
                "用于签发其他证书，不能用于登录和签名",
                "It issues other certificates and can't be used to log in or to sign",
            );
        }
        if self.signing_algorithm().is_err() {
            return (
                "印信不支持这种密钥，不能用它登录和签名",
                "Yinxin does not support its key and can't log in or sign with it",
            );
        }
        match (sign, encrypt) {
            (true, false) if over => (
                "不能再用于登录和签名，请先更新证书",
                "It can no longer be used to log in or to sign: renew it first",
            ),
            (true, true) if over => (
                "不能再用于登录和签名，请先更新证书；仍可解密以前的文件",
                "It can no longer be used to log in or to sign: renew it first. It can still decrypt earlier files",
            ),
            (false, true) if over => (
                "不应再用于加密，仍可解密以前的文件",
                "It should no longer be used to encrypt; it can still decrypt earlier files",
            ),
            (true, _) if early => (
                "生效前不能用于登录和签名",
                "It can't be used to log in or to sign before that",
            ),
            (false, true) if early => (
                "生效前不应用于加密",
                "It should not be used to encrypt before that",
            ),
            (true, false) => ("可用于登录和签名", "It can be used to log in and to sign"),
            (true, true) => (
                "可用于登录、签名和加密",
                "It can be used to log in, to sign and to encrypt",
            ),
            (false, true) => (
                "可用于加密和解密文件，不能用于登录和签名",
                "It can be used to encrypt and decrypt files, not to log in or to sign",
            ),
            (false, false) => (
                "不能用于登录、签名和加密",
                "It can't be used to log in, to sign or to encrypt",
            ),
        }
    }
}

/// When what lasts from `begin` to `end` ends, or begins.
pub(crate) fn period(begin: UnixTime, end: UnixTime, now: UnixTime) -> (String, String) {
    let left = end.days_left(now);
    let (zh, en) = (words::day(end, Locale::ZhCn), words::day(end, Locale::En));
    if begin > now && begin <= end {
        let (zh_begin, en_begin) = (
            words::day(begin, Locale::ZhCn),
            words::day(begin, Locale::En),
        );
        return (
            format!("{zh_begin}起生效，有效期至 {zh}"),
            format!("valid from {en_begin} until {en}"),
        );
    }
    if now > end {
        return match left {
            0 => (
                format!("已于今天（{zh}）到期"),
                format!("ended today ({en})"),
            ),
            _ => {
                let ago = left.unsigned_abs();
                (
                    format!("已于 {zh}过期（{ago} 天前）"),
                    format!("ended on {en} ({} ago)", days_en(ago)),
                )
            }
        };
    }
    match left {
        0 => (
            format!("有效期至今天（{zh}）"),
            format!("valid until today ({en})"),
        ),
        _ => {
            let days = left.unsigned_abs();
            (
                format!("有效期至 {zh}（还有 {days} 天）"),
                format!("valid until {en} ({} left)", days_en(days)),
            )
        }
    }
}

fn days_en(days: u32) -> String {
    match days {
        1 => "1 day".into(),
        _ => format!("{days} days"),
    }
}

/// What to call a CA: by its family and name, where the family is one that users know.
pub fn called(authority: &DistinguishedName) -> Bilingual {
    called_of(&Family::of(authority), authority)
}

fn called_of(family: &Family, authority: &DistinguishedName) -> Bilingual {
    let own = visible(&authority.readable());
    if family.id != FamilyId::Scca {
        return Bilingual {
            zh: own.clone(),
            en: own,
        };
    }
    Bilingual {
        zh: format!("{}（{own}）", family.name.zh),
        en: format!("{} ({own})", family.name.en),
    }
}

//! What is ordered: who, which service, for how long, how many.

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use yinxin_proto::consent::{FamilyId, HolderKind};
use yinxin_proto::text;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;

/// Declares an enum of words with their names in both languages.
macro_rules! words {
    ($(#[$about:meta])* $type:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        pub enum $type {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl $type {
            /// All of them, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// On the wire.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// What it is called.
            #[must_use]
            pub fn name(self) -> Bilingual {
                match self { $(Self::$variant => Bilingual::of($zh, $en),)+ }
            }

            /// The one of this word on the wire.
            #[must_use]
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// The role in which somebody takes part in procurement (参与角色).
    Role {
        /// A purchaser.
        Purchaser = "purchaser", "采购人", "Purchaser";
        /// Who acts for a purchaser.
        PurchaserRepresentative = "purchaser-representative", "采购人代表", "Purchaser's representative";
        /// Who supervises for a purchaser.
        PurchaserSupervisor = "purchaser-supervisor", "采购人监督", "Purchaser's supervisor";
        /// A supplier.
        Supplier = "supplier", "供应商", "Supplier";
        /// A procurement agency.
        Agency = "agency", "代理机构", "Agency";
        /// An evaluation expert: a person, all others are units.
        Expert = "expert", "评标专家", "Evaluation expert";
    }
}

words! {
    /// What the CA is asked to do.
    Service {
        /// A first certificate, with or without seals.
        New = "new", "证书及印章新办", "New certificate";
        /// A further term of a certificate, with or without its seals.
        Renewal = "renewal", "证书及印章更新", "Renewal of a certificate";
        /// A new medium for a certificate that is lost or broken.
        Replacement = "replacement", "证书补办", "Replacement of a certificate";
        /// A seal for a certificate that exists.
        SealNew = "seal-new", "印章新办", "New seal";
        /// A further term of a seal.
        SealRenewal = "seal-renewal", "印章续期", "Renewal of a seal";
        /// A seal of the platform's kind (国标印章) for a certificate that exists.
        SealUpgrade = "seal-upgrade", "印章升级", "Upgrade of a seal";
        /// Other facts in a certificate.
        Change = "change", "证书变更", "Change of a certificate";
        /// A key whose PIN is locked.
        Unlocking = "unlocking", "证书解锁", "Unlocking of a key";
        /// A certificate that ends now.
        Revocation = "revocation", "证书注销", "Revocation of a certificate";
    }
}

/// Who holds a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Holder {
    /// A unit: it pays from its own account.
    Unit,
    /// A person.
    Expert,
}

impl Role {
    /// Who holds the certificate in this role.
    #[must_use]
    pub fn holder(self) -> Holder {
        if self == Self::Expert {
            Holder::Expert
        } else {
            Holder::Unit
        }
    }

    /// The one that people mean by a word: ours, its name, or another that clerks and portals use for it.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let word = plain(text);
        let other = match word.as_str() {
            "采购单位" | "采购方" => Some(Self::Purchaser),
            "采购代表" => Some(Self::PurchaserRepresentative),
            "采购监督" | "监督" | "监督人" => Some(Self::PurchaserSupervisor),
            "供货商" | "投标人" => Some(Self::Supplier),
            "采购代理机构" | "代理" | "招标代理" | "招标代理机构" => {
                Some(Self::Agency)
            }
            "专家" | "评审专家" | "评标" => Some(Self::Expert),
            _ => None,
        };
        other.or_else(|| {
            let called = |role: &&Self| {
                let Bilingual { zh, en } = role.name();
                word == role.word() || word == zh || word == plain(&en)
            };
            Self::ALL.iter().find(called).copied()
        })
    }
}

/// A text in the form in which clerks' spellings are the same: half width, lower case, no spaces.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(half_width)
        // With the marks that pages and files leave in copied text.
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A character in half width, with the plain space and apostrophe.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{2019}' => '\'',
        _ => text::half_width(c),
    }
}

impl Service {
    /// Whether it concerns seals alone.
    #[must_use]
    pub fn is_for_seals(self) -> bool {
        matches!(self, Self::SealNew | Self::SealRenewal | Self::SealUpgrade)
    }

    /// Whether it is ordered for a term of years.
    #[must_use]
    pub fn has_term(self) -> bool {
        matches!(
            self,
            Self::New | Self::Renewal | Self::SealNew | Self::SealRenewal
        )
    }

    /// Whether days that are left of a certificate make its price: for part of a term.
    #[must_use]
    pub fn is_priced_by_days(self) -> bool {
        self.is_for_seals() && self.has_term()
    }

    /// What follows after a term of it: the second year of a new certificate is a renewal.
    #[must_use]
    pub fn continued(self) -> Self {
        match self {
            Self::New => Self::Renewal,
            Self::SealNew => Self::SealRenewal,
            other => other,
        }
    }
}

/// A number as it came: a caller's, or a cell's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "number", rename = "number")
)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// Something else, as text.
    Other(String),
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => number.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Number, E> {
                Ok(Number::Whole(number))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Number, E> {
                Ok(i64::try_from(number)
                    .map_or_else(|_| Number::Other(number.to_string()), Number::Whole))
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Number, E> {
                // Whole numbers of JavaScript are exact up to here.
                let whole = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0;
                Ok(if whole {
                    Number::Whole(number as i64)
                } else {
                    // 1e300, not 301 digits.
                    Number::Other(format!("{number:?}"))
                })
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                Ok(Number::Other(text.chars().take(40).collect()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// One item of an order, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct OrderItem {
    /// Who.
    #[cfg_attr(feature = "typescript", ts(as = "Role"))]
    pub role: String,
    /// What.
    #[cfg_attr(feature = "typescript", ts(as = "Service"))]
    pub service: String,
    /// Years of the term, one of the tariff's, where the service has one.
    #[serde(default)]
    pub years: Option<Number>,
    /// Certificates, in all.
    #[serde(default)]
    pub certificates: Option<Number>,
    /// Seals, in all.
    #[serde(default)]
    pub seals: Option<Number>,
    /// Days left of the certificate, by the calendar of China: 0 on its last day, negative after it.
    #[serde(default)]
    pub remaining_days: Option<Number>,
    /// Whether the certificate is of the bidding class (公共资源交易招投标类).
    #[serde(default)]
    pub bidding_class: Option<bool>,
}

/// An item that can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "QuotedItem", optional_fields)
)]
pub struct Item {
    /// Who.
    pub role: Role,
    /// What.
    pub service: Service,
    /// For how long, where the service has a term and its days don't say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
    /// Certificates, in all.
    pub certificates: u32,
    /// Seals, in all.
    pub seals: u32,
    /// Days left of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining_days: Option<i32>,
    /// Whether the certificate is of the bidding class, where the user said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidding_class: Option<bool>,
}

impl Item {
    /// Whether its seals are for part of a term only.
    #[must_use]
    pub fn is_mid_term(&self) -> bool {
        self.service.is_priced_by_days() && self.remaining_days.is_some()
    }

    /// Whether the certificate has ended, where that is known.
    #[must_use]
    pub fn lapsed(&self) -> Option<bool> {
        self.remaining_days.map(|days| days < 0)
    }
}

/// Days of a hundred years: more than any certificate of a person lasts.
pub(super) const MAX_DAYS: i32 = 36_600;

/// The certificate of an order, by what it says: fields of its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCertificate {
    /// Whose it is: the payer's account must have that name.
    pub holder: String,
    /// What its holder is.
    pub kind: HolderKind,
    /// The last moment of its validity.
    pub not_after: UnixTime,
    /// Which CA issued it.
    pub family: FamilyId,
    /// What to call that CA.
    pub issuer: String,
}

/// An order that a certificate says: what its holder has to order next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CertificateOrder {
    /// Who; a unit's certificate does not say which.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Role>"))]
    pub role: Option<String>,
    /// What; a renewal if absent.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Service>"))]
    pub service: Option<String>,
    /// Years of the term; the shortest if absent.
    #[serde(default)]
    pub years: Option<Number>,
    /// Its seals; if absent one where the service concerns seals alone, else none.
    #[serde(default)]
    pub seals: Option<Number>,
    /// Whether it is of the bidding class.
    #[serde(default)]
    pub bidding_class: Option<bool>,
}

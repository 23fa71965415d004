//! Money: whole fen, in figures and in the capital numerals of transfer slips.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::Add;

/// An amount in fen, 1/100 of a yuan (CNY).
///
/// The limits of orders and tariffs in `yinxin-proto` keep every sum below 2^53.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct Fen(pub u64);

impl Fen {
    /// This many times. Saturates, which the limits exclude.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// Yuan for a sentence: without decimals where they are zero.
    #[must_use]
    pub fn yuan(self) -> String {
        if self.0.is_multiple_of(100) {
            (self.0 / 100).to_string()
        } else {
            self.to_string()
        }
    }

    /// In capital numerals, as a transfer slip asks for: `人民币壹仟肆佰零玖元伍角`.
    ///
    /// Source: 《支付结算办法》 (银发〔1997〕393号), annex 1, 正确填写票据和结算凭证的基本规定,
    /// clauses 1 to 4. Where clause 4 leaves a zero to the writer, none is written.
    #[must_use]
    pub fn capitals(self) -> String {
        let (yuan, jiao, fen) = (self.0 / 100, self.0 / 10 % 10, self.0 % 10);
        let mut out = String::from("人民币");
        if yuan > 0 || self.0 == 0 {
            if yuan == 0 {
                out.push('零');
            }
            whole(yuan, &mut out);
            out.push('元');
        }
        match (jiao, fen) {
            (0, 0) => out.push('整'),
            (0, fen) => {
                if yuan > 0 {
                    out.push('零');
                }
                out.push(DIGITS[fen as usize]);
                out.push('分');
            }
            (jiao, fen) => {
                out.push(DIGITS[jiao as usize]);
                out.push('角');
                if fen > 0 {
                    out.push(DIGITS[fen as usize]);
                    out.push('分');
                }
            }
        }
        out
    }
}

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// A whole number; nothing for 0.
fn whole(number: u64, out: &mut String) {
    for (size, unit) in [(100_000_000, '亿'), (10_000, '万')] {
        if number >= size {
            let rest = number % size;
            whole(number / size, out);
            out.push(unit);
            if rest > 0 && rest < size / 10 {
                out.push('零');
            }
            whole(rest, out);
            return;
        }
    }
    let mut zero = false;
    let mut begun = false;
    for (size, unit) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let digit = number / size % 10;
        if digit == 0 {
            zero = begun;
            continue;
        }
        if zero {
            out.push('零');
        }
        out.push(DIGITS[digit as usize]);
        out.push_str(unit);
        (zero, begun) = (false, true);
    }
}

/// Yuan with two decimals: `1234.00`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Add for Fen {
    type Output = Self;

    /// Saturates, which the limits exclude.
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self(0), Add::add)
    }
}

//! A word that is any number of an interval: arithmetic over it says what the same arithmetic can come to over all of
//! them, and fails where that leaves 64 bits.

use crate::field::Word;
use std::ops::{Add, BitAnd, Mul, Shl, Shr, Sub};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    low: i64,
    high: i64,
}

impl Interval {
    pub fn new(low: i128, high: i128) -> Self {
        assert!(low <= high);
        let word = |number| i64::try_from(number).expect("the word holds it");
        Self {
            low: word(low),
            high: word(high),
        }
    }

    /// The least interval that holds both.
    pub fn hull(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    fn wide(self) -> (i128, i128) {
        (self.low.into(), self.high.into())
    }
}

impl From<i64> for Interval {
    fn from(number: i64) -> Self {
        Self::new(number.into(), number.into())
    }
}

impl Add for Interval {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        Self::new(a + c, b + d)
    }
}

impl Sub for Interval {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        Self::new(a - d, b - c)
    }
}

impl Mul for Interval {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        let products = [a * c, a * d, b * c, b * d];
        let [first, rest @ ..] = products;
        let (low, high) = rest.iter().fold((first, first), |(low, high), product| {
            (low.min(*product), high.max(*product))
        });
        Self::new(low, high)
    }
}

impl BitAnd<i64> for Interval {
    type Output = Self;
    fn bitand(self, mask: i64) -> Self {
        assert!((mask + 1).count_ones() == 1 && mask > 0, "the lowest bits");
        match self {
            within if within.low >= 0 && within.high <= mask => within,
            _ => Self::new(0, mask.into()),
        }
    }
}

impl Shl<u32> for Interval {
    type Output = Self;
    fn shl(self, bits: u32) -> Self {
        let (low, high) = self.wide();
        Self::new(low << bits, high << bits)
    }
}

impl Shr<u32> for Interval {
    type Output = Self;
    fn shr(self, bits: u32) -> Self {
        let (low, high) = self.wide();
        Self::new(low >> bits, high >> bits)
    }
}

impl Word for Interval {
    const ZERO: Self = Self { low: 0, high: 0 };

    fn exact(self) -> Option<i64> {
        (self.low == self.high).then_some(self.low)
    }

    fn is_within(self, limit: i64) -> bool {
        (-limit..=limit).contains(&self.low) && (-limit..=limit).contains(&self.high)
    }
}

#[test]
#[should_panic(expected = "the word holds it")]
fn what_leaves_64_bits_fails() {
    let large = Interval::new(-1, 1 << 32);
    let _ = large * large;
}

proptest::proptest! {
    /// Whatever is computed with two numbers lies in what is computed with intervals around them.
    #[test]
    fn an_interval_holds_every_result(
        a in -1i64 << 30..1 << 30, b in -1i64 << 30..1 << 30, wide in 0i64..1 << 29, bits in 0u32..30,
    ) {
        let around = |number: i64| Interval::new((number - wide).into(), (number + wide / 3).into());
        let holds = |interval: Interval, number: i64| {
            assert!((interval.low..=interval.high).contains(&number), "{number} of {interval:?}");
        };
        holds(around(a) + around(b), a + b);
        holds(around(a) - around(b), a - b);
        holds(around(a) * around(b), a * b);
        holds(around(a) << bits, a << bits);
        holds(around(a) >> bits, a >> bits);
        let mask = (2 << bits) - 1;
        holds(around(a) & mask, a & mask);
    }
}

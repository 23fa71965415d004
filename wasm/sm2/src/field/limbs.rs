//! Elements of the field as nine limbs of 29 bits in signed words of 64, for WebAssembly, which multiplies 64 bits
//! to 64: a column of a product, nine products of limbs, fits one word without a carry.
//!
//! **Limbs are signed and lazy.** A product leaves limbs of −2²⁸ to 2²⁸ − 1 and a greatest limb of about 24 bits.
//! Sums and differences add limb by limb and carry nothing. A column of products whose factors are sums of i and
//! of j such elements is at most 9·i·j·2⁵⁶, so i·j of up to 13 fits. The formulas of [`crate::point`] reach 12.
//! The arithmetic is generic over its words, and the tests run it over intervals that may not leave 64 bits.

use super::Field;
use crate::number::{self, Number, P};
use std::array;
use std::ops::{Add, BitAnd, Mul, Range, Shl, Shr, Sub};

/// A word of at least 64 bits with a sign, or a model of one.
pub(crate) trait Word:
    Copy
    + From<i64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + BitAnd<i64, Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
{
    const ZERO: Self;

    /// What it is, of a word that is one number.
    fn exact(self) -> Option<i64>;

    /// Whether it is certainly no larger, with either sign.
    fn is_within(self, limit: i64) -> bool;
}

impl Word for i64 {
    const ZERO: Self = 0;

    #[inline(always)]
    fn exact(self) -> Option<i64> {
        Some(self)
    }

    #[inline(always)]
    fn is_within(self, limit: i64) -> bool {
        (-limit..=limit).contains(&self)
    }
}

/// x·2²⁶¹ modulo p, plus a multiple of p: Σ limbs[i]·2²⁹ⁱ.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limbs<W = i64>(pub [W; 9]);

const BITS: u32 = 29;
const MASK: i64 = (1 << BITS) - 1;

/// An element is this many times p at most, with either sign, wherever it is compared with 0.
const MULTIPLES: i64 = 32;

/// number·2^shift as limbs, for a shift below 29 that leaves less than 2²⁶¹.
#[inline(always)]
const fn split(number: &Number, shift: u32) -> [i64; 9] {
    let mut limbs = [0; 9];
    let mut i = 0;
    while i < 9 {
        // Where the limb's lowest bit is in the number; below it the first limb has zeros.
        limbs[i] = if i == 0 {
            ((number[0] << shift) as i64) & MASK
        } else {
            let at = BITS * i as u32 - shift;
            let (word, bit) = ((at / 64) as usize, at % 64);
            let low = number[word] >> bit;
            let high = if bit > 64 - BITS && word < 3 {
                number[word + 1] << (64 - bit)
            } else {
                0
            };
            ((low | high) as i64) & MASK
        };
        i += 1;
    }
    limbs
}

/// The columns of a product: column k holds what has the weight 2²⁹ᵏ.
trait Columns<W: Word> {
    /// For a k of at most 16.
    fn column(&self, k: usize) -> W;
}

/// Of which limbs column k of a product is made. (The compiler does not unroll an inclusive range of nine.)
#[inline(always)]
fn indices(k: usize) -> Range<usize> {
    k.saturating_sub(8)..k.min(8) + 1
}

/// a·b
struct Product<'a, W>(&'a [W; 9], &'a [W; 9]);

impl<W: Word> Columns<W> for Product<'_, W> {
    #[inline(always)]
    fn column(&self, k: usize) -> W {
        let mut sum = W::ZERO;
        for i in indices(k) {
            sum = sum + self.0[i] * self.1[k - i];
        }
        sum
    }
}

/// K·a² of a, K·a and 2K·a.
struct Square<'a, W> {
    limbs: &'a [W; 9],
    times: [W; 9],
    twice: [W; 9],
}

impl<'a, W: Word> Square<'a, W> {
    #[inline(always)]
    fn times<const K: u8>(limbs: &'a [W; 9]) -> Self {
        let times = limbs.map(|limb| limb * W::from(K.into()));
        Self {
            limbs,
            times,
            twice: times.map(|limb| limb + limb),
        }
    }
}

impl<W: Word> Columns<W> for Square<'_, W> {
    #[inline(always)]
    fn column(&self, k: usize) -> W {
        let mut sum = W::ZERO;
        for i in indices(k) {
            if i < k - i {
                sum = sum + self.twice[i] * self.limbs[k - i];
            } else if i == k - i {
                sum = sum + self.times[i] * self.limbs[i];
            }
        }
        sum
    }
}

/// The difference of two.
struct Difference<A, B>(A, B);

impl<W: Word, A: Columns<W>, B: Columns<W>> Columns<W> for Difference<A, B> {
    #[inline(always)]
    fn column(&self, k: usize) -> W {
        self.0.column(k) - self.1.column(k)
    }
}

/// t = m + 2²⁹·carry with 0 ≤ m < 2²⁹.
#[inline(always)]
fn low<W: Word>(t: W) -> (W, W) {
    (t & MASK, t >> BITS)
}

/// t = m + 2²⁹·carry with −2²⁸ ≤ m < 2²⁸.
#[inline(always)]
fn balanced<W: Word>(t: W) -> (W, W) {
    let half = W::from(1 << (BITS - 1));
    let t = t + half;
    ((t & MASK) - half, t >> BITS)
}

/// columns/2²⁶¹ + addend modulo p, in balanced limbs.
///
/// Montgomery's reduction: the lowest limb mₖ that is left is cleared by adding mₖ·p·2²⁹ᵏ, which is −mₖ there. What
/// it is above follows from p + 1 = 2⁶⁴·(1 − 2³²)·(1 − 2¹⁶⁰): over all k, with dₖ = mₖ − 2³·mₖ₋₁ for the first factor
/// in brackets, dₖ shifted by 6 bits two limbs higher, and less dₖ shifted by 21 seven limbs higher.
/// The last m is balanced, so that what is added lies about 0: it is the one that counts for the result's size.
#[inline(always)]
fn reduce<W: Word>(columns: &impl Columns<W>, addend: &[W; 9]) -> Limbs<W> {
    let t = |k| columns.column(k);
    let d = |m: W, before: W| m - (before << 3);
    let (d0, c) = low(t(0));
    let (m1, c) = low(t(1) + c);
    let d1 = d(m1, d0);
    let (m2, c) = low(t(2) + c + (d0 << 6));
    let d2 = d(m2, m1);
    let (m3, c) = low(t(3) + c + (d1 << 6));
    let d3 = d(m3, m2);
    let (m4, c) = low(t(4) + c + (d2 << 6));
    let d4 = d(m4, m3);
    let (m5, c) = low(t(5) + c + (d3 << 6));
    let d5 = d(m5, m4);
    let (m6, c) = low(t(6) + c + (d4 << 6));
    let d6 = d(m6, m5);
    let (m7, c) = low(t(7) + c + (d5 << 6) - (d0 << 21));
    let d7 = d(m7, m6);
    let (m8, c) = balanced(t(8) + c + (d6 << 6) - (d1 << 21));
    let d8 = d(m8, m7);
    let d9 = d(W::ZERO, m8);
    let [a0, a1, a2, a3, a4, a5, a6, a7, a8] = *addend;
    let (r0, c) = balanced(t(9) + c + (d7 << 6) - (d2 << 21) + a0);
    let (r1, c) = balanced(t(10) + c + (d8 << 6) - (d3 << 21) + a1);
    let (r2, c) = balanced(t(11) + c + (d9 << 6) - (d4 << 21) + a2);
    let (r3, c) = balanced(t(12) + c - (d5 << 21) + a3);
    let (r4, c) = balanced(t(13) + c - (d6 << 21) + a4);
    let (r5, c) = balanced(t(14) + c - (d7 << 21) + a5);
    let (r6, c) = balanced(t(15) + c - (d8 << 21) + a6);
    let (r7, c) = balanced(t(16) + c - (d9 << 21) + a7);
    Limbs([r0, r1, r2, r3, r4, r5, r6, r7, c + a8])
}

impl<W: Word> Limbs<W> {
    /// Modulo p, below p, as it stands: with the factor 2²⁶¹. `None` of words that are no numbers.
    fn canonical(&self) -> Option<Number> {
        // Enough times p that it is no longer negative, then canonical limbs and whatever is above.
        let multiple = split(&P, MULTIPLES.trailing_zeros());
        let mut carry = 0;
        let mut wide = [0u64; 5];
        for (i, (limb, multiple)) in self.0.iter().zip(multiple).enumerate() {
            let sum = limb.exact()? + multiple + carry;
            carry = sum >> BITS;
            let at = BITS as usize * i;
            let bits = ((sum & MASK) as u128) << (at % 64);
            wide[at / 64] |= bits as u64;
            wide[at / 64 + 1] |= (bits >> 64) as u64;
        }
        debug_assert!((0..1 << 32).contains(&carry), "less than it may be");
        // The tenth limb begins at bit 261.
        let mut top = wide[4] + ((carry as u64) << 5);
        let mut number = [wide[0], wide[1], wide[2], wide[3]];
        while top > 0 || !number::is_less(&number, &P) {
            let (less, borrow) = number::sub(&number, &P);
            number = less;
            top -= borrow;
        }
        Some(number)
    }
}

impl<W: Word> Field for Limbs<W> {
    const ZERO: Self = Self([W::ZERO; 9]);

    /// 2²⁶¹ is five bits more than 2²⁵⁶.
    #[inline(always)]
    fn from_montgomery(words: &Number) -> Self {
        Self(split(words, 5).map(W::from))
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        Self(array::from_fn(|i| self.0[i] + other.0[i]))
    }

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        Self(array::from_fn(|i| self.0[i] - other.0[i]))
    }

    #[inline(always)]
    fn times<const K: u8>(&self) -> Self {
        Self(self.0.map(|limb| limb * W::from(K.into())))
    }

    #[inline(never)]
    fn mul(&self, other: &Self) -> Self {
        reduce(&Product(&self.0, &other.0), &[W::ZERO; 9])
    }

    #[inline(never)]
    fn sqr(&self) -> Self {
        reduce(&Square::times::<1>(&self.0), &[W::ZERO; 9])
    }

    #[inline(never)]
    fn mul_add(&self, other: &Self, addend: &Self) -> Self {
        reduce(&Product(&self.0, &other.0), &addend.0)
    }

    #[inline(never)]
    fn sqr_add(&self, addend: &Self) -> Self {
        reduce(&Square::times::<1>(&self.0), &addend.0)
    }

    #[inline(never)]
    fn mul_sub(&self, other: &Self, a: &Self, b: &Self) -> Self {
        let columns = Difference(Product(&self.0, &other.0), Product(&a.0, &b.0));
        reduce(&columns, &[W::ZERO; 9])
    }

    #[inline(never)]
    fn mul_sub_8_sqr(&self, a: &Self, b: &Self, of: &Self) -> Self {
        let other = a.sub(b);
        let columns = Difference(Product(&self.0, &other.0), Square::times::<8>(&of.0));
        reduce(&columns, &[W::ZERO; 9])
    }

    #[inline(never)]
    fn mul_3_conjugate(&self, other: &Self) -> Self {
        let (difference, sum) = (self.sub(other).times::<3>(), self.add(other));
        reduce(&Product(&difference.0, &sum.0), &[W::ZERO; 9])
    }

    #[inline(never)]
    fn sqr_sub_2(&self, of: &Self) -> Self {
        let addend = of.times::<2>().neg();
        reduce(&Square::times::<1>(&self.0), &addend.0)
    }

    #[inline(never)]
    fn sqr_sum_sub(&self, other: &Self, a: &Self, b: &Self) -> Self {
        let (sum, addend) = (self.add(other), a.add(b).neg());
        reduce(&Square::times::<1>(&sum.0), &addend.0)
    }

    /// As p ≡ −1 modulo 2²⁹, the lowest limb of k·p is −k there: few others need a closer look.
    #[inline(always)]
    fn is_zero(&self) -> bool {
        // The limbs below are less than one of the greatest.
        debug_assert!(self.0[8].is_within(MULTIPLES * (P[3] >> 40) as i64 - 1));
        let near = |limb: i64| (limb + MULTIPLES) & MASK <= 2 * MULTIPLES;
        self.0[0].exact().is_some_and(near) && self.canonical() == Some([0; 4])
    }

    fn to_number(self) -> Number {
        let one = array::from_fn(|i| W::from((i == 0).into()));
        self.mul(&Self(one)).canonical().unwrap_or_default()
    }
}

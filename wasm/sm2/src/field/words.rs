//! Elements of the field as four words of 64 bits, for machines that multiply those to 128.
//!
//! Every number below 2²⁵⁶ stands for an element, p and what is above it too: only comparisons care. Whatever
//! carries out of 256 bits comes back as 2²⁵⁶ − p for each 2²⁵⁶.

use super::Field;
use crate::number::{self, Number, P, add_words, sub_words};

/// x·2²⁵⁶ modulo p, or p more where that is below 2²⁵⁶.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(Number);

/// number + top·2²⁵⁶ modulo p, below 2²⁵⁶, for a top below 2³¹: top·(2²⁵⁶ − p) is added, and if that carries, which
/// leaves less than 2²⁵⁶ − p many times below 2²⁵⁶, 2²⁵⁶ − p once more.
#[inline(always)]
fn fold(number: &Number, top: u64) -> Words {
    // 2²⁵⁶ − p = 2²²⁴ + 2⁹⁶ − 2⁶⁴ + 1
    let multiple = |top: u64| [top, (top << 32) - top, 0, top << 32];
    let (folded, carry) = number::add(number, &multiple(top));
    if carry == 0 {
        return Words(folded);
    }
    Words(number::add(&folded, &multiple(1)).0)
}

/// a + b·c + carry, which is below 2¹²⁸.
#[inline(always)]
fn mul_words(a: u64, b: u64, c: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(a) + u128::from(b) * u128::from(c) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

/// (low + high·2²⁵⁶)/2²⁵⁶ modulo p, for two halves of a product.
#[inline(always)]
fn reduce(low: Number, high: &Number) -> Words {
    let [mut r0, mut r1, mut r2, mut r3] = low;
    // Four times r = (r + r0·p)/2⁶⁴. As p + 1 = 2⁶⁴·(2¹⁹² − 2¹⁶⁰ − 2³² + 1), that is r/2⁶⁴ without r0 and the
    // product of r0 and the second factor. It is at most 2¹⁹² + p: nothing carries out of it.
    for _ in 0..4 {
        let (up, down) = (r0 << 32, r0 >> 32);
        let (d0, borrow) = sub_words(r0, up, 0);
        let (d1, borrow) = sub_words(0, down, borrow);
        let (d2, borrow) = sub_words(0, up, borrow);
        let (d3, _) = sub_words(r0, down, borrow);
        let carry;
        (r0, carry) = add_words(r1, d0, 0);
        let (sum, carry) = add_words(r2, d1, carry);
        r1 = sum;
        let (sum, carry) = add_words(r3, d2, carry);
        r2 = sum;
        r3 = d3 + carry;
    }
    let (sum, carry) = number::add(&[r0, r1, r2, r3], high);
    fold(&sum, carry)
}

impl Field for Words {
    const ZERO: Self = Self([0; 4]);

    fn from_montgomery(words: &Number) -> Self {
        Self(*words)
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        let (sum, carry) = number::add(&self.0, &other.0);
        fold(&sum, carry)
    }

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = number::sub(&self.0, &other.0);
        // A borrow of 2²⁵⁶ is given back as p and 2²⁵⁶ − p, and the latter is taken away.
        let multiple = |borrow: u64| [borrow, (borrow << 32) - borrow, 0, borrow << 32];
        let (folded, borrow) = number::sub(&difference, &multiple(borrow));
        if borrow == 0 {
            return Self(folded);
        }
        Self(number::sub(&folded, &multiple(1)).0)
    }

    #[inline(always)]
    fn times<const K: u8>(&self) -> Self {
        let mut carry = 0;
        let mut product = [0; 4];
        for (word, of) in product.iter_mut().zip(&self.0) {
            (*word, carry) = mul_words(0, *of, K.into(), carry);
        }
        fold(&product, carry)
    }

    #[inline(always)]
    fn mul(&self, other: &Self) -> Self {
        let (a, b) = (&self.0, &other.0);
        let mut t = [0; 8];
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                (t[i + j], carry) = mul_words(t[i + j], a[i], b[j], carry);
            }
            t[i + 4] = carry;
        }
        reduce([t[0], t[1], t[2], t[3]], &[t[4], t[5], t[6], t[7]])
    }

    #[inline(always)]
    fn sqr(&self) -> Self {
        let [a, b, c, d] = self.0;
        // The products of two different words …
        let (t1, carry) = mul_words(0, a, b, 0);
        let (t2, carry) = mul_words(0, a, c, carry);
        let (t3, t4) = mul_words(0, a, d, carry);
        let (t3, carry) = mul_words(t3, b, c, 0);
        let (t4, t5) = mul_words(t4, b, d, carry);
        let (t5, t6) = mul_words(t5, c, d, 0);
        // … twice …
        let t7 = t6 >> 63;
        let t6 = t6 << 1 | t5 >> 63;
        let t5 = t5 << 1 | t4 >> 63;
        let t4 = t4 << 1 | t3 >> 63;
        let t3 = t3 << 1 | t2 >> 63;
        let t2 = t2 << 1 | t1 >> 63;
        let t1 = t1 << 1;
        // … and the squares.
        let square = |word| mul_words(0, word, word, 0);
        let ((a, a1), (b, b1), (c, c1), (d, d1)) = (square(a), square(b), square(c), square(d));
        let (t1, carry) = add_words(t1, a1, 0);
        let (t2, carry) = add_words(t2, b, carry);
        let (t3, carry) = add_words(t3, b1, carry);
        let (t4, carry) = add_words(t4, c, carry);
        let (t5, carry) = add_words(t5, c1, carry);
        let (t6, carry) = add_words(t6, d, carry);
        // A square of 256 bits has 512.
        let t7 = t7 + d1 + carry;
        reduce([a, t1, t2, t3], &[t4, t5, t6, t7])
    }

    #[inline(always)]
    fn mul_add(&self, other: &Self, addend: &Self) -> Self {
        self.mul(other).add(addend)
    }

    #[inline(always)]
    fn sqr_add(&self, addend: &Self) -> Self {
        self.sqr().add(addend)
    }

    #[inline(always)]
    fn mul_sub(&self, other: &Self, a: &Self, b: &Self) -> Self {
        self.mul(other).sub(&a.mul(b))
    }

    #[inline(always)]
    fn mul_sub_8_sqr(&self, a: &Self, b: &Self, of: &Self) -> Self {
        self.mul(&a.sub(b)).sub(&of.sqr().times::<8>())
    }

    #[inline(always)]
    fn mul_3_conjugate(&self, other: &Self) -> Self {
        self.sub(other).times::<3>().mul(&self.add(other))
    }

    #[inline(always)]
    fn sqr_sub_2(&self, of: &Self) -> Self {
        self.sqr().sub(&of.times::<2>())
    }

    #[inline(always)]
    fn sqr_sum_sub(&self, other: &Self, a: &Self, b: &Self) -> Self {
        self.add(other).sqr().sub(&a.add(b))
    }

    fn is_zero(&self) -> bool {
        number::is_zero(&self.0) || self.0 == P
    }

    fn to_number(self) -> Number {
        let Self(number) = reduce(self.0, &[0; 4]);
        if number::is_less(&number, &P) {
            number
        } else {
            number::sub(&number, &P).0
        }
    }
}

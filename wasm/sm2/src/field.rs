//! The field of the curve, integers modulo p: what its two representations can do, and what follows from that.
//!
//! Both are Montgomery's: an element x stands as x·R modulo p, with R = 2²⁵⁶ for four words ([`Words`]) and 2²⁶¹
//! for nine limbs ([`Limbs`]). As p ≡ −1 modulo 2⁶⁴, the multiple of p that clears the lowest word (or limb) m is
//! m·p itself, and as p = 2²⁵⁶ − 2²²⁴ − 2⁹⁶ + 2⁶⁴ − 1, that is four shifts of m: a reduction multiplies nothing.

#[cfg(any(test, feature = "limbs", target_arch = "wasm32"))]
mod limbs;
#[cfg(any(test, not(target_arch = "wasm32")))]
mod words;

#[cfg(any(test, feature = "limbs", target_arch = "wasm32"))]
pub(crate) use limbs::Limbs;
#[cfg(all(test, debug_assertions))]
pub(crate) use limbs::Word;
#[cfg(any(test, not(target_arch = "wasm32")))]
pub(crate) use words::Words;

use crate::number::Number;

/// 2⁵¹² modulo p.
const R_SQUARED: Number = [
    0x0000_0002_0000_0003,
    0x0000_0002_ffff_ffff,
    0x0000_0001_0000_0001,
    0x0000_0004_0000_0002,
];

/// An element of the field.
///
/// Sums and differences are lazy: a representation says how many terms it lets pile up before a product. The
/// formulas of [`crate::point`] stay within that, which `limbs`' tests prove.
pub(crate) trait Field: Copy {
    const ZERO: Self;

    /// x, of x·2²⁵⁶ modulo p in words.
    fn from_montgomery(words: &Number) -> Self;
    fn add(&self, other: &Self) -> Self;
    fn sub(&self, other: &Self) -> Self;
    /// K·self, for a K of at most 8.
    fn times<const K: u8>(&self) -> Self;
    fn mul(&self, other: &Self) -> Self;
    fn sqr(&self) -> Self;
    /// self·other + addend.
    fn mul_add(&self, other: &Self, addend: &Self) -> Self;
    /// self² + addend.
    fn sqr_add(&self, addend: &Self) -> Self;
    /// self·other − a·b.
    fn mul_sub(&self, other: &Self, a: &Self, b: &Self) -> Self;
    /// self·(a − b) − 8·of².
    fn mul_sub_8_sqr(&self, a: &Self, b: &Self, of: &Self) -> Self;
    /// 3·(self − other)·(self + other).
    fn mul_3_conjugate(&self, other: &Self) -> Self;
    /// self² − 2·of.
    fn sqr_sub_2(&self, of: &Self) -> Self;
    /// (self + other)² − a − b.
    fn sqr_sum_sub(&self, other: &Self, a: &Self, b: &Self) -> Self;
    /// Whether it is 0 modulo p. Quick where it is not.
    fn is_zero(&self) -> bool;
    /// Modulo p, below p.
    fn to_number(self) -> Number;

    fn from_number(number: &Number) -> Self {
        Self::from_montgomery(number).mul(&Self::from_montgomery(&R_SQUARED))
    }

    fn one() -> Self {
        Self::from_number(&[1, 0, 0, 0])
    }

    fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    /// self^(2^count).
    fn sqr_times(&self, count: usize) -> Self {
        (0..count).fold(*self, |power, _| power.sqr())
    }

    /// 1/self, and 0 of 0: self^(p − 2), by Fermat. The exponent in words of 32 bits, the greatest first, is
    /// `fffffffe ffffffff ffffffff ffffffff ffffffff 00000000 ffffffff fffffffd`.
    fn invert(&self) -> Self {
        // self to a power of this many bits 1.
        let ones_2 = self.sqr().mul(self);
        let ones_3 = ones_2.sqr().mul(self);
        let ones_6 = ones_3.sqr_times(3).mul(&ones_3);
        let ones_12 = ones_6.sqr_times(6).mul(&ones_6);
        let ones_15 = ones_12.sqr_times(3).mul(&ones_3);
        let ones_30 = ones_15.sqr_times(15).mul(&ones_15);
        let ones_31 = ones_30.sqr().mul(self);
        let ones_32 = ones_31.sqr().mul(self);
        let mut power = ones_31.sqr();
        for _ in 0..4 {
            power = power.sqr_times(32).mul(&ones_32);
        }
        power = power.sqr_times(64).mul(&ones_32);
        power = power.sqr_times(30).mul(&ones_30);
        power.sqr_times(2).mul(self)
    }

    /// What squares to self, if anything does: self^((p + 1)/4), as p ≡ 3 modulo 4 (GB/T 32918.1-2016, annex B.1.4).
    /// The exponent is (2³² − 1)·(2¹⁶⁰ − 1)·2⁶².
    fn sqrt(&self) -> Self {
        // power to a power of this many bits 1, and twice as many.
        let twice = |power: &Self, ones: usize| power.sqr_times(ones).mul(power);
        let ones_32 = (0..5).fold(*self, |power, doubled| twice(&power, 1 << doubled));
        let ones_4 = twice(&twice(&ones_32, 1), 2);
        let ones_5 = ones_4.sqr().mul(&ones_32);
        let ones_160 = (0..5).fold(ones_5, |power, doubled| twice(&power, 5 << doubled));
        ones_160.sqr_times(62)
    }
}

/// Inverts all, none of which is 0, at the price of one inversion and three products each (Montgomery's trick).
pub(crate) fn invert_all<F: Field>(elements: &mut [F]) {
    let mut products = Vec::with_capacity(elements.len());
    let mut product = F::one();
    for element in elements.iter() {
        products.push(product);
        product = product.mul(element);
    }
    let mut inverse = product.invert();
    for (element, before) in elements.iter_mut().zip(&products).rev() {
        let inverted = inverse.mul(before);
        inverse = inverse.mul(element);
        *element = inverted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{self, Random};
    use num_bigint::BigUint;

    /// Numbers at which something carries or wraps, p and above it too, and random ones.
    fn numbers(count: usize) -> Vec<BigUint> {
        let one = BigUint::from(1u8);
        let (p, n) = (model::p(), model::n());
        let all = (&one << 256u32) - &one;
        let mut numbers = vec![
            BigUint::ZERO,
            one.clone(),
            BigUint::from(2u8),
            n,
            all.clone(),
            &all >> 1u8,
        ];
        numbers.extend([&p - 2u8, &p - 1u8, p.clone(), &p + 1u8, &p >> 1u8]);
        numbers.extend((1..9u32).map(|limb| &one << (29 * limb)));
        numbers.extend((1..9u32).map(|limb| (&one << (29 * limb)) - &one));
        numbers.extend((1..9u32).map(|limb| (&one << (29 * limb)) - (&one << (29 * limb - 1))));
        numbers.extend((1..4u32).map(|word| &all - (&one << (64 * word))));
        let mut random = Random::new(1);
        numbers.extend((0..count).map(|_| random.number()));
        numbers
    }

    fn arithmetic_is_the_models<F: Field>() {
        let p = &model::p();
        let numbers = numbers(30);
        let element = |number: &BigUint| F::from_number(&model::to_words(number));
        let is = |found: F, expected: BigUint| {
            let expected = expected % p;
            assert_eq!(model::from_words(&found.to_number()), expected);
            assert_eq!(found.is_zero(), expected == BigUint::ZERO);
        };
        for (a, other) in numbers.iter().zip(numbers.iter().rev()) {
            let x = element(a);
            is(x, a.clone());
            is(
                F::from_montgomery(&model::to_words(a)).mul(&F::one()),
                a * model::inverse(&((BigUint::from(1u8) << 256u32) % p), p),
            );
            is(x.sqr(), a * a);
            is(x.neg(), p * 2u8 - a);
            is(x.times::<2>(), a * 2u8);
            is(x.times::<3>(), a * 3u8);
            is(x.times::<8>(), a * 8u8);
            is(x.sqr_times(3), a.modpow(&8u8.into(), p));
            is(x.sqr_add(&element(other).neg()), a * a + p * 2u8 - other);
            is(x.invert(), model::inverse(a, p));
            is(x.sqrt(), a.modpow(&((p + 1u8) >> 2u8), p));
            for b in &numbers {
                let y = element(b);
                is(x.mul(&y), a * b);
                is(x.add(&y), a + b);
                is(x.sub(&y), a + p * 2u8 - b);
                is(x.add(&y).sub(&element(other)), a + b + p * 2u8 - other);
                is(
                    x.mul_add(&y, &element(other).neg()),
                    a * b + p * 2u8 - other,
                );
                let (c, d) = (other, a + b);
                let z = element(c);
                is(x.mul_sub(&y, &z, &x.add(&y)), a * b + (p * p * 6u8) - c * d);
                let expected = a * (b + p * 2u8 - c) + (p * p * 32u8) - c * c * 8u8;
                is(x.mul_sub_8_sqr(&y, &z, &z), expected);
                is(x.mul_3_conjugate(&y), (a * a + p * p * 2u8 - b * b) * 3u8);
                is(x.sqr_sub_2(&y), a * a + p * 4u8 - b * 2u8);
                let squared = (a + b) * (a + b);
                is(x.sqr_sum_sub(&y, &z, &y), squared + p * 4u8 - c - b);
                // Factors as large as the formulas let them grow.
                is(
                    x.sub(&y).times::<3>().mul(&x.add(&y)),
                    (a + p * 2u8 - b) * 3u8 * (a + b),
                );
            }
        }
    }

    #[test]
    fn arithmetic_in_words_is_the_models() {
        arithmetic_is_the_models::<Words>();
    }

    #[test]
    fn arithmetic_in_limbs_is_the_models() {
        arithmetic_is_the_models::<Limbs>();
    }

    fn multiples_of_p_are_zero<F: Field>() {
        let p = F::from_montgomery(&crate::number::P);
        let one = F::one();
        let mut multiple = F::ZERO;
        for _ in 0..30 {
            assert!(multiple.is_zero() && multiple.neg().is_zero());
            assert!(!multiple.add(&one).is_zero() && !multiple.sub(&one).is_zero());
            assert_eq!(multiple.sub(&one).neg().to_number(), [1, 0, 0, 0]);
            // Of nine limbs, from_montgomery brings 32 times p, and a product a fraction of that.
            multiple = multiple.add(&p.mul(&one));
        }
    }

    #[test]
    fn multiples_of_p_are_zero_in_words_and_in_limbs() {
        multiples_of_p_are_zero::<Words>();
        multiples_of_p_are_zero::<Limbs>();
    }

    #[test]
    fn many_are_inverted_as_one_by_one() {
        let mut random = Random::new(2);
        let elements: Vec<Words> = (0..9)
            .map(|_| Words::from_number(&model::to_words(&random.below(&model::p()))))
            .collect();
        let mut inverted = elements.clone();
        invert_all(&mut inverted);
        for (element, inverse) in elements.iter().zip(&inverted) {
            assert_eq!(element.mul(inverse).to_number(), [1, 0, 0, 0]);
        }
    }
}

//! Numbers of 256 bits as four words of 64, the least first: what bytes say, the constants of the curve, and
//! addition modulo its order. Nothing here multiplies: verification needs no product of scalars.

/// A number below 2²⁵⁶, the least word first.
pub(crate) type Number = [u64; 4];

/// p = 2²⁵⁶ − 2²²⁴ − 2⁹⁶ + 2⁶⁴ − 1, the prime of the field (GB/T 32918.5-2017, clause 2).
pub(crate) const P: Number = [
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_0000_0000,
    0xffff_ffff_ffff_ffff,
    0xffff_fffe_ffff_ffff,
];

/// n, the order of the base point and, with cofactor 1, of the curve (GB/T 32918.5-2017, clause 2).
pub(crate) const N: Number = [
    0x53bb_f409_39d5_4123,
    0x7203_df6b_21c6_052b,
    0xffff_ffff_ffff_ffff,
    0xffff_fffe_ffff_ffff,
];

/// b of the curve y² = x³ − 3x + b (GB/T 32918.5-2017, clause 2).
pub(crate) const B: Number = [
    0xddbc_bd41_4d94_0e93,
    0xf397_89f5_15ab_8f92,
    0x4d5a_9e4b_cf65_09a7,
    0x28e9_fa9e_9d9f_5e34,
];

/// Reads 32 bytes, the greatest first (GB/T 32918.1-2016, clause 4.2.2).
pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Number {
    let mut number = [0; 4];
    for (word, bytes) in number.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *word = bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    number
}

/// Its 32 bytes, the greatest first.
pub(crate) fn to_bytes(number: &Number) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.chunks_exact_mut(8).zip(number.iter().rev()) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

pub(crate) fn is_zero(number: &Number) -> bool {
    *number == [0; 4]
}

/// Whether `a` is less than `b`.
pub(crate) fn is_less(a: &Number, b: &Number) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// a + b modulo 2²⁵⁶, and the carry: 0 or 1.
#[inline(always)]
pub(crate) fn add(a: &Number, b: &Number) -> (Number, u64) {
    let mut carry = 0;
    let mut sum = [0; 4];
    for i in 0..4 {
        (sum[i], carry) = add_words(a[i], b[i], carry);
    }
    (sum, carry)
}

/// a − b modulo 2²⁵⁶, and the borrow: 0 or 1.
#[inline(always)]
pub(crate) fn sub(a: &Number, b: &Number) -> (Number, u64) {
    let mut borrow = 0;
    let mut difference = [0; 4];
    for i in 0..4 {
        (difference[i], borrow) = sub_words(a[i], b[i], borrow);
    }
    (difference, borrow)
}

/// a + b + carry, for a carry of 0 or 1.
#[inline(always)]
pub(crate) fn add_words(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry);
    (sum, u64::from(first | second))
}

/// a − b − borrow, for a borrow of 0 or 1.
#[inline(always)]
pub(crate) fn sub_words(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow);
    (difference, u64::from(first | second))
}

/// Modulo n. Once is enough: 2n is more than 2²⁵⁶.
pub(crate) fn mod_n(number: Number) -> Number {
    match sub(&number, &N) {
        (less, 0) => less,
        _ => number,
    }
}

/// a + b modulo n, both below n.
pub(crate) fn add_mod_n(a: &Number, b: &Number) -> Number {
    let (sum, carry) = add(a, b);
    if carry == 1 {
        sub(&sum, &N).0
    } else {
        mod_n(sum)
    }
}

/// a − b modulo n, both below n.
pub(crate) fn sub_mod_n(a: &Number, b: &Number) -> Number {
    match sub(a, b) {
        (difference, 0) => difference,
        (difference, _) => add(&difference, &N).0,
    }
}

/// The digits of a number in width-w non-adjacent form: the number is Σ digits[i]·2ⁱ, each digit is 0 or odd and
/// of less than 2ʷ⁻¹, and of any w in a row one at most is not 0. A carry out of 256 bits needs the last.
pub(crate) fn naf(number: &Number, width: usize) -> [i8; 257] {
    debug_assert!((2..=8).contains(&width));
    let bits = |at: usize, count: usize| {
        let word = |index: usize| number.get(index).copied().unwrap_or(0);
        let (index, shift) = (at / 64, at % 64);
        // Shifted in two steps, since by 64 can't be.
        let both = word(index) >> shift | word(index + 1) << 1 << (63 - shift);
        both & ((1 << count) - 1)
    };
    let mut digits = [0; 257];
    let mut carry = 0;
    let mut at = 0;
    while at < digits.len() {
        // What is left, with the carry, is even.
        if bits(at, 1) == carry {
            at += 1;
            continue;
        }
        let digit = bits(at, width) + carry;
        carry = digit >> (width - 1);
        // At most 2ʷ⁻¹ − 1 in size; as `width` is at most 8, an i8 holds it.
        digits[at] = (digit as i64 - ((carry as i64) << width)) as i8;
        at += width;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{self, Random};
    use num_bigint::{BigInt, BigUint};

    fn numbers() -> Vec<BigUint> {
        let one = BigUint::from(1u8);
        let n = model::n();
        let all = (&one << 256u32) - &one;
        let mut numbers = vec![
            BigUint::ZERO,
            one.clone(),
            &n - &one,
            n.clone(),
            &n + &one,
            all,
        ];
        let mut random = Random::new(4);
        numbers.extend((0..60).map(|_| random.number()));
        numbers
    }

    #[test]
    fn addition_modulo_the_order_is_the_models() {
        let n = &model::n();
        let numbers = numbers();
        for a in &numbers {
            let words = model::to_words(a);
            assert_eq!(from_bytes(&model::bytes(a)), words);
            assert_eq!(to_bytes(&words), model::bytes(a));
            assert_eq!(is_zero(&words), *a == BigUint::ZERO);
            assert_eq!(model::from_words(&mod_n(words)), a % n);
            for b in &numbers {
                assert_eq!(is_less(&words, &model::to_words(b)), a < b);
                let (a, b) = (&(a % n), &(b % n));
                let (x, y) = (&model::to_words(a), &model::to_words(b));
                assert_eq!(model::from_words(&add_mod_n(x, y)), (a + b) % n);
                assert_eq!(model::from_words(&sub_mod_n(x, y)), model::sub(a, b, n));
            }
        }
    }

    #[test]
    fn the_digits_of_a_number_are_non_adjacent_and_make_it_up() {
        for number in numbers() {
            for width in 2..=8 {
                let digits = naf(&model::to_words(&number), width);
                let sum: BigInt = digits
                    .iter()
                    .rev()
                    .fold(BigInt::ZERO, |sum, digit| sum * 2 + *digit);
                assert_eq!(sum, BigInt::from(number.clone()));
                let mut last = None;
                for (at, &digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
                    assert!(digit % 2 != 0 && i32::from(digit).abs() < 1 << (width - 1));
                    assert!(last.is_none_or(|last| at - last >= width));
                    last = Some(at);
                }
            }
        }
    }
}

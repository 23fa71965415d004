//! The one modular power that verifying an RSA signature takes: RSAVP1 (RFC 8017, 5.2.2). A crate of its own, to be built
//! for speed where all around it is built for size.
//!
//! Montgomery's multiplication (P. L. Montgomery, 1985; Ç. K. Koç et al., 1996, there as "FIOS"), in limbs whose products the machine
//! has in one instruction: of 32 bits in WebAssembly, of 64 elsewhere. Time and places in memory depend on the numbers:
//! nothing here may be secret.
#![forbid(unsafe_code)]

/// A module with [`power`] in limbs of one type, whose products are of another one.
macro_rules! powers {
    ($name:ident, $limb:ty, $wide:ty, $signed:ty) => {
        mod $name {
            type Limb = $limb;
            type Wide = $wide;
            type Signed = $signed;

            pub(super) fn power(base: &[u8], exponent: u32, modulus: &[u8]) -> Vec<u8> {
                debug_assert!(
                    exponent > 1
                        && exponent % 2 == 1
                        && modulus.last().is_some_and(|low| low % 2 == 1)
                );
                let size = modulus.len();
                let modulus = Modulus::new(limbs(modulus));
                let base = limbs(base);
                let first = modulus.product(&base, &modulus.squared_radix());
                let mut power = first.clone();
                // From the second bit to the last, which is set.
                for bit in (0..exponent.ilog2()).rev() {
                    power = modulus.product(&power, &power);
                    match (exponent >> bit & 1, bit) {
                        (0, _) => {}
                        // A factor without the radix takes it out of the product.
                        (_, 0) => power = modulus.product(&power, &base),
                        (_, _) => power = modulus.product(&power, &first),
                    }
                }
                let bytes: Vec<u8> = power
                    .iter()
                    .rev()
                    .flat_map(|limb| limb.to_be_bytes())
                    .collect();
                bytes[bytes.len() - size..].to_vec()
            }

            /// A modulus of k limbs, and the radix R = 2^(b k), of limbs of b bits with it.
            struct Modulus {
                limbs: Vec<Limb>,
                /// -1 / modulus, modulo 2^b.
                inverse: Limb,
            }

            impl Modulus {
                fn new(limbs: Vec<Limb>) -> Self {
                    // Newton: each step doubles the bits that are right, of which an odd number has three of itself.
                    let mut inverse = limbs[0];
                    for _ in 0..5 {
                        inverse = inverse
                            .wrapping_mul((2 as Limb).wrapping_sub(limbs[0].wrapping_mul(inverse)));
                    }
                    Self {
                        inverse: inverse.wrapping_neg(),
                        limbs,
                    }
                }

                /// a b / R, below the modulus if one of them is and the other below R.
                fn product(&self, a: &[Limb], b: &[Limb]) -> Vec<Limb> {
                    let k = self.limbs.len();
                    let (a, n) = (&a[..k], &self.limbs[..k]);
                    // One limb more than the modulus.
                    let mut sum = vec![0; k + 1];
                    for b in b {
                        let b = Wide::from(*b);
                        // None of these overflows: (2^b - 1)^2 + 2 (2^b - 1) is 2^(2 b) - 1.
                        let low = Wide::from(sum[0]) + Wide::from(a[0]) * b;
                        let m = Wide::from((low as Limb).wrapping_mul(self.inverse));
                        let mut carry = low >> Limb::BITS;
                        let mut reduced =
                            (Wide::from(low as Limb) + m * Wide::from(n[0])) >> Limb::BITS;
                        for at in 1..k {
                            let limb = Wide::from(sum[at]) + Wide::from(a[at]) * b + carry;
                            carry = limb >> Limb::BITS;
                            let limb = Wide::from(limb as Limb) + m * Wide::from(n[at]) + reduced;
                            reduced = limb >> Limb::BITS;
                            sum[at - 1] = limb as Limb;
                        }
                        let high = Wide::from(sum[k]) + carry + reduced;
                        sum[k - 1] = high as Limb;
                        sum[k] = (high >> Limb::BITS) as Limb;
                    }
                    self.reduce(&mut sum);
                    sum.truncate(k);
                    sum
                }

                /// Brings a number of k + 1 limbs, below twice the modulus, below it.
                fn reduce(&self, number: &mut [Limb]) {
                    let (low, high) = number.split_at_mut(self.limbs.len());
                    if high[0] == 0 && low.iter().rev().lt(self.limbs.iter().rev()) {
                        return;
                    }
                    let mut borrow = 0;
                    for (limb, n) in low.iter_mut().zip(&self.limbs) {
                        let difference = Signed::from(*limb) - Signed::from(*n) + borrow;
                        *limb = difference as Limb;
                        borrow = difference >> Limb::BITS;
                    }
                    high[0] = 0;
                }

                /// R^2 modulo the modulus: what a number is multiplied with to have the factor R.
                fn squared_radix(&self) -> Vec<Limb> {
                    let k = self.limbs.len();
                    // R modulo the modulus: the highest power of two below it, doubled until it is R; then on to R 2^k.
                    let unused = self.limbs[k - 1].leading_zeros();
                    let mut number = vec![0; k + 1];
                    number[k - 1] = 1 << (Limb::BITS - 1 - unused);
                    for _ in 0..=unused as usize + k {
                        let mut carry = 0;
                        for limb in &mut number {
                            (*limb, carry) = (*limb << 1 | carry, *limb >> (Limb::BITS - 1));
                        }
                        self.reduce(&mut number);
                    }
                    number.truncate(k);
                    // R 2^j by itself is R 2^(2 j): once for each bit of b makes R 2^(b k).
                    for _ in 0..Limb::BITS.ilog2() {
                        number = self.product(&number, &number);
                    }
                    number
                }
            }

            /// The limbs of a magnitude, the lowest first.
            fn limbs(magnitude: &[u8]) -> Vec<Limb> {
                let limb = |bytes: &[u8]| {
                    bytes
                        .iter()
                        .fold(0, |limb, byte| limb << 8 | Limb::from(*byte))
                };
                magnitude
                    .rchunks(Limb::BITS as usize / 8)
                    .map(limb)
                    .collect()
            }
        }
    };
}

/// `base` to the power of an odd `exponent` above 1, modulo an odd `modulus` above `base`. Magnitudes, big endian, each as
/// long as the modulus.
///
/// # Panics
/// On an empty modulus. For other numbers than these the result is of no meaning.
#[must_use]
pub fn power(base: &[u8], exponent: u32, modulus: &[u8]) -> Vec<u8> {
    #[cfg(target_arch = "wasm32")]
    return narrow::power(base, exponent, modulus);
    #[cfg(not(target_arch = "wasm32"))]
    wide::power(base, exponent, modulus)
}

#[cfg(any(target_arch = "wasm32", test))]
powers!(narrow, u32, u64, i64);
#[cfg(any(not(target_arch = "wasm32"), test))]
powers!(wide, u64, u128, i128);

#[cfg(test)]
mod tests {
    use super::{narrow, wide};
    use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
    use crypto_bigint::{BoxedUint, Odd, U64};
    use proptest::prelude::*;

    /// The same by `crypto-bigint`.
    fn judged(base: &[u8], exponent: u32, modulus: &[u8]) -> Vec<u8> {
        let bits = 8 * u32::try_from(modulus.len()).unwrap();
        let wide = |magnitude: &[u8]| BoxedUint::from_be_slice(magnitude, bits).unwrap();
        let params = BoxedMontyParams::new_vartime(Odd::new(wide(modulus)).unwrap());
        let power =
            BoxedMontyForm::new(wide(base), &params).pow(&BoxedUint::from(U64::from(exponent)));
        let bytes = power.retrieve().to_be_bytes();
        bytes[bytes.len() - modulus.len()..].to_vec()
    }

    fn agree(base: &[u8], exponent: u32, modulus: &[u8]) {
        let judged = judged(base, exponent, modulus);
        for power in [narrow::power, wide::power] {
            let ours = power(base, exponent, modulus);
            assert_eq!(ours, judged, "{base:x?} {exponent} {modulus:x?}");
        }
    }

    /// Bytes with long runs of zeros and ones, where carries are.
    fn magnitude(size: usize) -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(0), Just(0xff), any::<u8>()];
        prop::collection::vec((byte, 1..9usize), size).prop_map(move |runs| {
            let bytes = runs.into_iter().flat_map(|(byte, times)| vec![byte; times]);
            bytes.take(size).collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]
        #[test]
        fn powers_are_those_of_crypto_bigint(
            (mut modulus, base) in (1..=80usize).prop_flat_map(|size| (magnitude(size), magnitude(size))),
            exponent in prop_oneof![Just(3), Just(17), Just(65_537), Just(u32::MAX), any::<u32>()],
        ) {
            modulus[0] |= 1;
            *modulus.last_mut().unwrap() |= 1;
            prop_assume!(base < modulus);
            agree(&base, (exponent | 1).max(3), &modulus);
        }
    }

    #[test]
    fn powers_at_the_ends_of_the_ranges_that_keys_have() {
        // 2048 to 4096 bits, whole limbs and one byte more.
        for size in [256, 257, 259, 384, 512] {
            for leading in [1, 0x80, 0xff] {
                for fill in [0, 0xff, 0x5a] {
                    let mut modulus = vec![fill; size];
                    modulus[0] = leading;
                    modulus[size - 1] = 1;
                    let mut below = modulus.clone();
                    below[size - 1] = 0;
                    let mut one = vec![0; size];
                    one[size - 1] = 1;
                    for exponent in [3, 5, 65_537, u32::MAX] {
                        for base in [&below, &one, &vec![0; size]] {
                            agree(base, exponent, &modulus);
                        }
                    }
                }
            }
        }
    }
}

//! Points of the curve y² = x³ − 3x + b: Jacobian coordinates, multiples of a point, and s·G + t·P.
//!
//! (X, Y, Z) stands for (X/Z², Y/Z³) (GB/T 32918.1-2016, annex A.1.2.3.3). The curve has a prime number of points, so
//! none but the point at infinity, which is `None` here, is its own inverse: doubling has no exceptions. Addition
//! has both, and knows them.

use crate::base;
use crate::field::{Field, invert_all};
use crate::number::{self, B, Number};

/// A point in affine coordinates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine<F> {
    pub x: F,
    pub y: F,
}

/// A point in Jacobian coordinates, Z ≠ 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jacobian<F> {
    pub x: F,
    pub y: F,
    pub z: F,
}

/// A point to be added often: in Jacobian coordinates, with Z² and Z³.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cached<F> {
    point: Jacobian<F>,
    zz: F,
    zzz: F,
}

/// The window for a key, and how many of its multiples that needs: P, 3P, …, 15P.
const KEY_WIDTH: usize = 5;
const KEY_MULTIPLES: usize = 1 << (KEY_WIDTH - 2);

/// Into how many parts of equal length a number falls where tables for each of them are there.
const PARTS: usize = 4;
const PART_BITS: usize = 256 / PARTS;

impl<F: Field> Affine<F> {
    /// The point with these coordinates. `None` unless both are below p and it is on the curve (GB/T 32918.1-2016,
    /// clause 6.2.1, b and c). As the cofactor is 1, it is then one of the n points that are wanted (d).
    pub fn from_numbers(x: &Number, y: &Number) -> Option<Self> {
        if !number::is_less(x, &number::P) || !number::is_less(y, &number::P) {
            return None;
        }
        let (x, y) = (F::from_number(x), F::from_number(y));
        let point = Self { x, y };
        point.is_on_curve().then_some(point)
    }

    /// The point with this x, and of its two y, which add up to the odd p, the one that is odd or even; and that y. `None`
    /// unless x is below p and a point has it (GB/T 32918.1-2016, annex A.5.2).
    pub fn from_compressed(x: &Number, y_is_odd: bool) -> Option<(Self, Number)> {
        if !number::is_less(x, &number::P) {
            return None;
        }
        let x = F::from_number(x);
        let y = cubic(&x).sqrt();
        let number = y.to_number();
        let (y, number) = if (number[0] & 1 == 1) == y_is_odd {
            (y, number)
        } else {
            (y.neg(), number::sub(&number::P, &number).0)
        };
        let point = Self { x, y };
        point.is_on_curve().then_some((point, number))
    }

    fn is_on_curve(&self) -> bool {
        self.y.sqr_add(&cubic(&self.x).neg()).is_zero()
    }

    fn base() -> Self {
        let [x, y] = base::POINT.each_ref().map(F::from_number);
        Self { x, y }
    }

    fn neg(&self) -> Self {
        Self {
            x: self.x,
            y: self.y.neg(),
        }
    }

    /// With the coordinates as a product leaves them, which those of an inverse are not.
    fn to_jacobian(self) -> Jacobian<F> {
        let one = F::one();
        Jacobian {
            x: self.x.mul(&one),
            y: self.y.mul(&one),
            z: one,
        }
    }
}

/// y² of whichever points have this x: x³ − 3x + b = x·x² + (b − 3x)
fn cubic<F: Field>(x: &F) -> F {
    let linear = F::from_number(&B).sub(&x.times::<3>());
    x.sqr().mul_add(x, &linear)
}

impl<F: Field> Cached<F> {
    fn new(point: Jacobian<F>) -> Self {
        let zz = point.z.sqr();
        Self {
            point,
            zz,
            zzz: zz.mul(&point.z),
        }
    }

    fn neg(&self) -> Self {
        let y = self.point.y.neg();
        Self {
            point: Jacobian { y, ..self.point },
            ..*self
        }
    }
}

impl<F: Field> Jacobian<F> {
    /// 2·self: with δ = Z² and γ = Y², and as −3 is the curve's a,
    /// M = 3X² − 3Z⁴ = 3(X − δ)(X + δ), S = 4Xγ, X' = M² − 2S, Y' = M(S − X') − 8γ², Z' = 2YZ = (Y + Z)² − γ − δ
    /// (GB/T 32918.1-2016, annex A.1.2.3.3; the last three by Bernstein's "dbl-2001-b").
    #[inline(always)]
    pub fn double(&self) -> Self {
        let delta = self.z.sqr();
        let gamma = self.y.sqr();
        let m = self.x.mul_3_conjugate(&delta);
        let s = gamma.times::<4>().mul(&self.x);
        let x = m.sqr_sub_2(&s);
        let y = m.mul_sub_8_sqr(&s, &x, &gamma);
        let z = self.y.sqr_sum_sub(&self.z, &gamma, &delta);
        Self { x, y, z }
    }

    /// Apart, so that additions don't hold all of its code for what hardly ever happens.
    #[cold]
    #[inline(never)]
    fn double_rarely(&self) -> Self {
        self.double()
    }

    /// self + other; `None` is the point at infinity.
    #[inline(always)]
    fn add_affine(&self, other: &Affine<F>) -> Option<Self> {
        let zz = self.z.sqr();
        let there = (other.x.mul(&zz), other.y.mul(&zz.mul(&self.z)));
        self.add_scaled((&self.x, &self.y), (&there.0, &there.1), &self.z)
    }

    /// self + other; `None` is the point at infinity.
    #[inline(always)]
    fn add_cached(&self, other: &Cached<F>) -> Option<Self> {
        let zz = self.z.sqr();
        let here = (self.x.mul(&other.zz), self.y.mul(&other.zzz));
        let there = (other.point.x.mul(&zz), other.point.y.mul(&zz.mul(&self.z)));
        let z = self.z.mul(&other.point.z);
        self.add_scaled((&here.0, &here.1), (&there.0, &there.1), &z)
    }

    /// self + other of their coordinates over a common Z, here (U₁, S₁) and there (U₂, S₂): with H = U₂ − U₁ and
    /// R = S₂ − S₁, X' = R² − H³ − 2U₁H², Y' = R(U₁H² − X') − S₁H³, Z' = ZH (GB/T 32918.1-2016, annex A.1.2.3.3).
    /// H = 0 is the same x: the same point, which is to be doubled, or its inverse.
    #[inline(always)]
    fn add_scaled(&self, (u, s): (&F, &F), there: (&F, &F), z: &F) -> Option<Self> {
        let h = there.0.sub(u);
        let r = there.1.sub(s);
        if h.is_zero() {
            return r.is_zero().then(|| self.double_rarely());
        }
        let hh = h.sqr();
        let hhh = hh.mul(&h);
        let v = u.mul(&hh);
        let x = r.sqr_add(&hhh.add(&v.times::<2>()).neg());
        let y = r.mul_sub(&v.sub(&x), s, &hhh);
        let z = z.mul(&h);
        Some(Self { x, y, z })
    }
}

/// P, 3P, 5P, … over whatever Z comes, with additions of points that share their Z (Meloni, "New point addition
/// formulae for ECC applications", WAIFI 2007): 2P is added again and again, and brought to the sum's Z each time.
/// No exception arises: 2P = ±kP for an odd k below n − 2 would make 2 ± k a multiple of the prime n.
fn odd_multiples<F: Field, const COUNT: usize>(point: &Affine<F>) -> [Jacobian<F>; COUNT] {
    let mut multiples = [point.to_jacobian(); COUNT];
    let (mut sum, mut twice) = double_with_same_z(point);
    for multiple in multiples.iter_mut().skip(1) {
        (sum, twice) = add_with_same_z(&sum, &twice);
        *multiple = sum;
    }
    multiples
}

/// P and 2P over one Z, 2y: by the formulas of [`Jacobian::double`] with Z = 1, where S = 4xy² and 8y⁴ happen to be P
/// over that Z.
#[inline(always)]
fn double_with_same_z<F: Field>(point: &Affine<F>) -> (Jacobian<F>, Affine<F>) {
    let one = F::one();
    let gamma = point.y.sqr();
    let m = point.x.mul_3_conjugate(&one);
    let s = gamma.times::<4>().mul(&point.x);
    let scaled = gamma.times::<8>().mul(&gamma);
    let x = m.sqr_sub_2(&s);
    let y = m.mul_add(&s.sub(&x), &scaled.neg());
    let z = point.y.times::<2>();
    (Jacobian { x: s, y: scaled, z }, Affine { x, y })
}

/// The sum of two different points over one Z, and the second over the sum's Z: with H = X₂ − X₁, W₁ = X₁H²,
/// W₂ = X₂H² and R = Y₂ − Y₁, X' = R² − W₁ − W₂, Y' = R(W₂ − X') − Y₂H³, Z' = ZH. The second is (W₂, Y₂H³) there.
#[inline(always)]
fn add_with_same_z<F: Field>(first: &Jacobian<F>, second: &Affine<F>) -> (Jacobian<F>, Affine<F>) {
    let h = second.x.sub(&first.x);
    let r = second.y.sub(&first.y);
    let hh = h.sqr();
    let (w1, w2) = (first.x.mul(&hh), second.x.mul(&hh));
    let scaled = second.y.mul(&w2.sub(&w1));
    let x = r.sqr_add(&w1.add(&w2).neg());
    let y = r.mul_add(&w2.sub(&x), &scaled.neg());
    let z = first.z.mul(&h);
    (Jacobian { x, y, z }, Affine { x: w2, y: scaled })
}

/// Affine coordinates of many points, with one inversion.
fn normalise<F: Field>(points: &[Jacobian<F>]) -> Vec<Affine<F>> {
    let mut inverses: Vec<F> = points.iter().map(|point| point.z).collect();
    invert_all(&mut inverses);
    let affine = |(point, inverse): (&Jacobian<F>, &F)| {
        let square = inverse.sqr();
        Affine {
            x: point.x.mul(&square),
            y: point.y.mul(&square.mul(inverse)),
        }
    };
    points.iter().zip(&inverses).map(affine).collect()
}

/// The odd multiples of P, 2⁶⁴P, 2¹²⁸P and 2¹⁹²P, one after the other: with them, a product with a number of 256
/// bits takes 64 doublings.
#[derive(Clone, Debug)]
pub(crate) struct Table<F> {
    width: usize,
    multiples: Vec<Affine<F>>,
}

impl<F: Field> Table<F> {
    pub fn of_key(point: &Affine<F>) -> Self {
        Self::new::<KEY_MULTIPLES>(point, KEY_WIDTH)
    }

    pub fn of_base() -> Self {
        Self::new::<{ base::COUNT }>(&Affine::base(), base::WIDTH)
    }

    fn new<const COUNT: usize>(point: &Affine<F>, width: usize) -> Self {
        let mut starts = Vec::with_capacity(PARTS);
        let mut start = point.to_jacobian();
        for _ in 0..PARTS {
            starts.push(start);
            start = (0..PART_BITS).fold(start, |power, _| power.double());
        }
        let multiples: Vec<Jacobian<F>> = normalise(&starts)
            .iter()
            .flat_map(odd_multiples::<F, COUNT>)
            .collect();
        Self {
            width,
            multiples: normalise(&multiples),
        }
    }

    /// digit·2^(64·part)·P, for a digit that is odd.
    fn multiple(&self, part: usize, digit: i8) -> Affine<F> {
        let count = self.multiples.len() / PARTS;
        let multiple = self.multiples[part * count + index(digit)];
        if digit < 0 { multiple.neg() } else { multiple }
    }
}

/// Where the multiple for an odd digit, or its inverse, stands among P, 3P, 5P, …
#[inline(always)]
fn index(digit: i8) -> usize {
    usize::from(digit.unsigned_abs() / 2)
}

/// The odd multiples of the base point with which [`combine`] works: less than a verification's work, once.
pub(crate) fn multiples_of_base<F: Field>() -> Vec<Affine<F>> {
    normalise(&odd_multiples::<F, { base::COUNT }>(&Affine::base()))
}

/// s·G + t·P by the digits of both at once (Straus), `None` at infinity.
pub(crate) fn combine<F: Field>(
    s: &Number,
    t: &Number,
    base: &[Affine<F>],
    point: &Affine<F>,
) -> Option<Jacobian<F>> {
    let of_point = odd_multiples::<F, KEY_MULTIPLES>(point).map(Cached::new);
    let (s, t) = (number::naf(s, base::WIDTH), number::naf(t, KEY_WIDTH));
    let mut sum: Option<Jacobian<F>> = None;
    for (&of_base, &of_key) in s.iter().zip(&t).rev() {
        sum = sum.map(|sum| sum.double());
        if of_key != 0 {
            let multiple = &of_point[index(of_key)];
            let multiple = if of_key < 0 {
                multiple.neg()
            } else {
                *multiple
            };
            sum = match sum {
                Some(sum) => sum.add_cached(&multiple),
                None => Some(multiple.point),
            };
        }
        if of_base != 0 {
            let multiple = &base[index(of_base)];
            sum = if of_base < 0 {
                add(sum, &multiple.neg())
            } else {
                add(sum, multiple)
            };
        }
    }
    sum
}

/// s·G + t·P with tables of both, `None` at infinity.
pub(crate) fn combine_with<F: Field>(
    s: &Number,
    t: &Number,
    base: &Table<F>,
    point: &Table<F>,
) -> Option<Jacobian<F>> {
    let digits = [
        (number::naf(s, base.width), base),
        (number::naf(t, point.width), point),
    ];
    let mut sum = None;
    // One more than a part has: the last part has the digit for a carry.
    for bit in (0..=PART_BITS).rev() {
        sum = sum.map(|sum: Jacobian<F>| sum.double());
        for (digits, table) in &digits {
            for part in 0..PARTS {
                if bit == PART_BITS && part + 1 < PARTS {
                    continue;
                }
                let digit = digits[part * PART_BITS + bit];
                if digit != 0 {
                    sum = add(sum, &table.multiple(part, digit));
                }
            }
        }
    }
    sum
}

fn add<F: Field>(sum: Option<Jacobian<F>>, point: &Affine<F>) -> Option<Jacobian<F>> {
    match sum {
        Some(sum) => sum.add_affine(point),
        None => Some(point.to_jacobian()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{Limbs, Words};
    use crate::model::{self, Random};
    use num_bigint::BigUint;

    fn to_model<F: Field>(point: &Option<Jacobian<F>>) -> model::Point {
        let point = normalise(&[(*point)?])[0];
        Some((number(&point.x), number(&point.y)))
    }

    fn number<F: Field>(element: &F) -> BigUint {
        model::from_words(&element.to_number())
    }

    fn from_model<F: Field>(point: &model::Point) -> Affine<F> {
        let (x, y) = point.as_ref().expect("a point other than infinity");
        Affine::from_numbers(&model::to_words(x), &model::to_words(y))
            .expect("a point of the curve")
    }

    fn tables_hold_odd_multiples<F: Field>() {
        let (base, twice) = (model::base(), model::add(&model::base(), &model::base()));
        let mut expected = base.clone();
        for multiple in multiples_of_base::<F>() {
            assert_eq!(to_model(&Some(multiple.to_jacobian())), expected);
            expected = model::add(&expected, &twice);
        }
        let mut random = Random::new(3);
        let point = model::mul(&random.number(), &base);
        let tables = [
            (Table::<F>::of_base(), base),
            (Table::<F>::of_key(&from_model(&point)), point),
        ];
        for (table, point) in &tables {
            let largest = (1 << (table.width - 1)) - 1;
            for part in 0..PARTS {
                let start = model::mul(&(BigUint::from(1u8) << (64 * part)), point);
                for digit in (1..=largest).step_by(2) {
                    let expected = model::mul(&BigUint::from(digit as u8), &start);
                    let found = table.multiple(part, digit).to_jacobian();
                    assert_eq!(to_model(&Some(found)), expected, "{digit} of part {part}");
                    let found = table.multiple(part, -digit).to_jacobian();
                    assert_eq!(to_model(&Some(found)), model::neg(&expected));
                }
            }
        }
    }

    #[test]
    fn tables_hold_odd_multiples_in_words_and_in_limbs() {
        tables_hold_odd_multiples::<Words>();
        tables_hold_odd_multiples::<Limbs>();
    }

    /// Each sum of small multiples, so that equal points and inverses meet, over several Z.
    fn sums_are_the_models<F: Field>() {
        let base = model::base();
        let multiples: Vec<model::Point> =
            (1..=5u8).map(|k| model::mul(&k.into(), &base)).collect();
        let mut random = Random::new(5);
        for a in &multiples {
            // Over the Z that doubling and subtracting leave.
            let there = from_model::<F>(a).to_jacobian();
            let scaled = there
                .double()
                .add_cached(&Cached::new(there).neg())
                .expect("2a − a");
            assert_eq!(to_model(&Some(scaled)), *a);
            assert_eq!(to_model(&Some(scaled.double())), model::add(a, a));
            for b in multiples.iter().flat_map(|b| [b.clone(), model::neg(b)]) {
                let other = from_model::<F>(&b);
                let expected = model::add(a, &b);
                assert_eq!(to_model(&scaled.add_affine(&other)), expected);
                let factor = F::from_number(&model::to_words(&random.below(&model::p())));
                let square = factor.sqr();
                let cached = Cached::new(Jacobian {
                    x: other.x.mul(&square),
                    y: other.y.mul(&square.mul(&factor)),
                    z: factor,
                });
                assert_eq!(to_model(&scaled.add_cached(&cached)), expected);
            }
        }
    }

    #[test]
    fn sums_are_the_models_in_words_and_in_limbs() {
        sums_are_the_models::<Words>();
        sums_are_the_models::<Limbs>();
    }

    fn combinations_are<F: Field>(key: &model::Point, pairs: &[(BigUint, BigUint, model::Point)]) {
        let point = from_model::<F>(key);
        let multiples = multiples_of_base();
        let (of_base, of_key) = (Table::of_base(), Table::of_key(&point));
        for (s, t, expected) in pairs {
            let (s, t) = (model::to_words(s), model::to_words(t));
            assert_eq!(
                to_model(&combine(&s, &t, &multiples, &point)),
                *expected,
                "{s:x?} {t:x?}"
            );
            let found = combine_with(&s, &t, &of_base, &of_key);
            assert_eq!(to_model(&found), *expected, "{s:x?} {t:x?} with tables");
        }
    }

    /// Keys that are small multiples of the base point make sums meet on the way and at the end, infinity too.
    #[test]
    fn combinations_are_the_models() {
        let mut random = Random::new(7);
        let n = model::n();
        for d in [1u8, 2, 7, 64] {
            let point = model::mul(&d.into(), &model::base());
            for (key, d) in [
                (point.clone(), BigUint::from(d)),
                (model::neg(&point), &n - d),
            ] {
                let mut pairs: Vec<(BigUint, BigUint)> = Vec::new();
                for t in [1u8, 3, 64] {
                    for shift in [0u8, 190] {
                        let t = BigUint::from(t) << shift;
                        // The sum is then infinity, G and its inverse, or twice a half.
                        let opposite = model::sub(&n, &(&t * &d % &n), &n);
                        pairs.push((opposite.clone(), t.clone()));
                        pairs.push(((&opposite + 1u8) % &n, t.clone()));
                        pairs.push(((&opposite + &n - 1u8) % &n, t.clone()));
                        pairs.push((&t * &d % &n, t));
                    }
                }
                pairs.push((&n - 1u8, &n - 1u8));
                pairs.push((random.below(&n), random.below(&n)));
                let sum = |s: &BigUint, t: &BigUint| {
                    model::add(&model::mul(s, &model::base()), &model::mul(t, &key))
                };
                let pairs: Vec<_> = pairs
                    .into_iter()
                    .map(|(s, t)| (s.clone(), t.clone(), sum(&s, &t)))
                    .collect();
                combinations_are::<Words>(&key, &pairs);
                combinations_are::<Limbs>(&key, &pairs);
            }
        }
    }
}

#[cfg(all(test, debug_assertions))]
mod bounds {
    use super::*;
    use crate::field::Limbs;
    use crate::interval::Interval;

    type Model = Limbs<Interval>;

    fn hull(a: &Model, b: &Model) -> Model {
        Limbs(std::array::from_fn(|i| a.0[i].hull(b.0[i])))
    }

    fn hull_of_points(a: &Jacobian<Model>, b: &Jacobian<Model>) -> Jacobian<Model> {
        Jacobian {
            x: hull(&a.x, &b.x),
            y: hull(&a.y, &b.y),
            z: hull(&a.z, &b.z),
        }
    }

    fn limbs(point: &Jacobian<Model>) -> [[Interval; 9]; 3] {
        [point.x.0, point.y.0, point.z.0]
    }

    /// Grows an interval of points by a step until the step leads nowhere new: then it holds whatever any number of
    /// such steps comes to.
    fn closure(
        start: Jacobian<Model>,
        step: impl Fn(&Jacobian<Model>) -> Vec<Jacobian<Model>>,
    ) -> Jacobian<Model> {
        let mut points = start;
        for _ in 0..200 {
            let grown = step(&points)
                .iter()
                .fold(points, |all, point| hull_of_points(&all, point));
            if limbs(&grown) == limbs(&points) {
                return points;
            }
            points = grown;
        }
        panic!("bounds grow and grow: {:x?}", limbs(&points));
    }

    /// No word of the nine limbs ever leaves 64 bits, and whatever is compared with 0 is within what that takes: every
    /// formula of this module and of verification runs over the intervals of all that it can meet. Intervals fail where
    /// they leave 64 bits.
    #[test]
    fn limbs_stay_within_64_bits() {
        // Any words that are read.
        let given = Limbs([Interval::new(0, (1 << 29) - 1); 9]);
        let read = given.mul(&Model::from_number(&[1, 0, 0, 0]));
        let mut key = Affine { x: read, y: read };
        key.is_on_curve();
        let y = cubic(&key.x).sqrt();
        key.y = hull(&key.y, &hull(&y, &y.neg()));
        key.is_on_curve();
        // Twice: the second time with keys that were normalised, as tables of parts have them.
        let mut reached = None;
        for _ in 0..2 {
            let (first, twice) = double_with_same_z(&key);
            // The multiples, and beside them the point that is added, as one of Z = 1.
            let beside = |point: &Affine<Model>| Jacobian {
                x: point.x,
                y: point.y,
                z: Model::one(),
            };
            let both = closure(hull_of_points(&first, &beside(&twice)), |points| {
                let twice = Affine {
                    x: points.x,
                    y: points.y,
                };
                let (sum, twice) = add_with_same_z(points, &twice);
                vec![sum, beside(&twice)]
            });
            let multiples = hull_of_points(&both, &key.to_jacobian());
            let cached = Cached::new(multiples);
            let affine = normalise(&[multiples, multiples]);
            let start = [key.to_jacobian(), affine[0].to_jacobian()]
                .iter()
                .fold(multiples, |all, point| hull_of_points(&all, point));
            let sum = closure(start, |sum| {
                let mut sums = vec![sum.double()];
                for point in affine.iter() {
                    sums.extend(sum.add_affine(point));
                    sums.extend(sum.add_affine(&point.neg()));
                }
                sums.extend(sum.add_cached(&cached));
                sums.extend(sum.add_cached(&cached.neg()));
                sums
            });
            for point in normalise(&[sum, sum]) {
                key = Affine {
                    x: hull(&key.x, &point.x),
                    y: hull(&key.y, &point.y),
                };
            }
            // B7
            read.mul(&sum.z.sqr()).sub(&sum.x).is_zero();
            reached = Some(sum);
        }
        // What a product leaves.
        let product = reached.expect("two rounds").double();
        let half = 1 << 28;
        for coordinate in limbs(&product) {
            assert!(
                coordinate[..8]
                    .iter()
                    .all(|limb| *limb == Interval::new(-half, half - 1))
            );
        }
    }
}

//! Verification in both fields against the crate `sm2` and the model, over triples that are random, at an edge, or made
//! so that something rare happens on the way.
//!
//! Signatures need no private key here: for any s, t ≠ 0 and point R, the key (R − s·G)/t makes (t − s, s) hold over
//! t − s − x(R).

use crate::field::{Field, Limbs, Words};
use crate::model::{self, Random};
use crate::point::{Affine, Table, combine, combine_with, multiples_of_base};
use crate::{Cache, Key, verification};
use num_bigint::BigUint;
use sm2::dsa::signature::hazmat::PrehashVerifier;
use sm2::dsa::{Signature, VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::{ProjectivePoint, PublicKey};

/// A key and its triples (e, r, s).
struct Case {
    key: (BigUint, BigUint),
    triples: Vec<[[u8; 32]; 3]>,
}

impl Case {
    fn new(key: model::Point, triples: &[[BigUint; 3]]) -> Self {
        Self {
            key: key.expect("a key other than infinity"),
            triples: triples
                .iter()
                .map(|triple| triple.each_ref().map(model::bytes))
                .collect(),
        }
    }
}

/// How a field judges, without tables and with them.
fn verdicts<F: Field>(case: &Case) -> Vec<bool> {
    let (x, y) = &case.key;
    let point = Affine::<F>::from_numbers(&model::to_words(x), &model::to_words(y))
        .expect("a point of the curve");
    let multiples = multiples_of_base();
    let (of_base, of_key) = (Table::of_base(), Table::of_key(&point));
    case.triples
        .iter()
        .map(|[e, r, s]| {
            let opened = verification::open(r, s, |s, t| combine(s, t, &multiples, &point));
            let with_tables =
                verification::open(r, s, |s, t| combine_with(s, t, &of_base, &of_key));
            let verdict = opened.is_some_and(|opened| opened.is_over(e));
            assert_eq!(
                with_tables.is_some_and(|opened| opened.is_over(e)),
                verdict,
                "with tables"
            );
            verdict
        })
        .collect()
}

fn sec1(x: &BigUint, y: &BigUint) -> Vec<u8> {
    [&[4], &model::bytes(x)[..], &model::bytes(y)[..]].concat()
}

/// How the crate `sm2` judges.
fn verdicts_of_sm2(case: &Case) -> Vec<bool> {
    let (x, y) = &case.key;
    let key = PublicKey::from_sec1_bytes(&sec1(x, y)).expect("a point of the curve");
    let key = VerifyingKey::new("", key).expect("an id of no length");
    let verify = |[e, r, s]: &[[u8; 32]; 3]| {
        let signature = Signature::from_slice(&[*r, *s].concat());
        signature.is_ok_and(|signature| key.verify_prehash(e, &signature).is_ok())
    };
    case.triples.iter().map(verify).collect()
}

/// Compares with the crate `sm2`, and says how many triples hold.
fn check(case: &Case) -> usize {
    let expected = verdicts_of_sm2(case);
    assert_eq!(verdicts::<Words>(case), expected, "key {:x?}", case.key);
    assert_eq!(verdicts::<Limbs>(case), expected, "key {:x?}", case.key);
    let key = Key::from_point(&model::bytes(&case.key.0), &model::bytes(&case.key.1))
        .expect("a point of the curve");
    // With the tables of a key that is used again, and without.
    let found: Vec<bool> = case
        .triples
        .iter()
        .map(|[e, r, s]| key.verify(e, r, s))
        .collect();
    assert_eq!(found, expected);
    expected.iter().filter(|holds| **holds).count()
}

/// The same, and compares with the model, which takes its time.
fn check_with_model(case: &Case) -> usize {
    let number = |bytes: &[u8; 32]| BigUint::from_bytes_be(bytes);
    let key = Some(case.key.clone());
    let expected: Vec<bool> = case
        .triples
        .iter()
        .map(|[e, r, s]| model::verify(&key, &number(e), &number(r), &number(s)))
        .collect();
    assert_eq!(verdicts_of_sm2(case), expected);
    check(case)
}

/// The case of a point R for given s and t: what holds, the same with e as it is in the other place modulo n, and what
/// lies beside it.
fn forged(sum: &model::Point, s: &BigUint, t: &BigUint) -> Case {
    let n = &model::n();
    let (x1, _) = sum.clone().expect("a point other than infinity");
    let rest = model::add(sum, &model::neg(&model::mul(s, &model::base())));
    let key = model::mul(&model::inverse(t, n), &rest);
    let r = model::sub(t, s, n);
    let e = model::sub(&r, &(x1 % n), n);
    let beside = |number: &BigUint| (number + 1u8) % n;
    let mut triples = vec![
        [e.clone(), r.clone(), s.clone()],
        [beside(&e), r.clone(), s.clone()],
        [e.clone(), beside(&r), s.clone()],
        [e.clone(), r.clone(), beside(s)],
    ];
    if (&e + n).bits() <= 256 {
        triples.push([e + n, r, s.clone()]);
    }
    Case::new(key, &triples)
}

/// The numbers at which a range ends, as r and as s, and what adds up to n.
fn at_the_edges(key: &model::Point, random: &mut Random) -> Case {
    let (n, one) = (model::n(), BigUint::from(1u8));
    let all = (&one << 256u32) - &one;
    let some = random.below(&n);
    let edges = [
        BigUint::ZERO,
        one.clone(),
        &n - &one,
        n.clone(),
        &n + &one,
        all.clone(),
        &n - &some,
        some,
    ];
    let mut triples = Vec::new();
    for r in &edges {
        for s in &edges {
            for e in [BigUint::ZERO, n.clone(), all.clone(), random.number()] {
                triples.push([e, r.clone(), s.clone()]);
            }
        }
    }
    Case::new(key.clone(), &triples)
}

#[test]
fn verdicts_at_the_edges_are_the_judges() {
    let mut random = Random::new(11);
    for d in [BigUint::from(1u8), random.below(&model::n())] {
        let key = model::mul(&d, &model::base());
        check(&at_the_edges(&key, &mut random));
    }
    // Of the edges that are in range, each e that holds: none of the above does but by chance.
    let (n, one) = (model::n(), BigUint::from(1u8));
    let ends = [one.clone(), &n - &one, BigUint::from(2u8), &n >> 1u8];
    for r in &ends {
        for s in &ends {
            let t = (r + s) % &n;
            if t != BigUint::ZERO {
                let sum = model::mul(&random.below(&n), &model::base());
                assert!(check_with_model(&forged(&sum, s, &t)) >= 1);
            }
        }
    }
}

/// Triples of which B7 alone would be satisfied: r or s is 0, t is 0, or a number is written as n more.
#[test]
fn what_would_hold_but_for_the_ranges_is_refused() {
    let mut random = Random::new(31);
    let n = &model::n();
    let key = model::mul(&random.below(n), &model::base());
    let some = random.below(n);
    let ends = [
        BigUint::ZERO,
        BigUint::from(1u8),
        BigUint::from(2u8),
        n - 1u8,
        n - &some,
        some,
    ];
    let mut triples = Vec::new();
    let mut expected = 0;
    for r in &ends {
        for s in &ends {
            let t = (r + s) % n;
            let sum = model::add(&model::mul(s, &model::base()), &model::mul(&t, &key));
            let Some((x1, _)) = sum else { continue };
            let e = model::sub(r, &(x1 % n), n);
            expected += usize::from(![r, s, &t].contains(&&BigUint::ZERO));
            triples.push([e.clone(), r.clone(), s.clone()]);
            for (r, s) in [(r + n, s.clone()), (r.clone(), s + n)] {
                if r.bits() <= 256 && s.bits() <= 256 {
                    triples.push([e.clone(), r, s]);
                }
            }
        }
    }
    assert_eq!(check_with_model(&Case::new(key, &triples)), expected);
    assert!(expected > 20 && triples.len() > 60, "{expected}");
}

/// x₁ of n or more, where R = (e + x₁) mod n wraps: points that are there, though no signer would ever meet one.
#[test]
fn an_x_of_the_order_or_more_wraps() {
    let mut random = Random::new(13);
    let n = model::n();
    let from = |start: &BigUint| {
        (0..40u8)
            .filter_map(|k| model::with_x(&(start + k)))
            .take(3)
            .collect::<Vec<_>>()
    };
    let largest = model::p() - 40u8;
    let least_after_wrap = model::p() - &n;
    for point in [
        from(&n),
        from(&largest),
        from(&least_after_wrap),
        from(&(&n - 40u8)),
        from(&BigUint::ZERO),
    ]
    .concat()
    {
        let (s, t) = (random.below(&n), random.below(&n));
        let case = forged(&Some(point), &s, &t);
        assert!(check_with_model(&case) >= 1);
    }
}

/// Keys of small d and small or shifted s and t: sums meet multiples of the tables, their inverses and infinity.
#[test]
fn sums_that_meet_on_the_way_are_judged_the_same() {
    let n = model::n();
    let mut holding = 0;
    let sums: Vec<(BigUint, BigUint)> = [0u8, 1, 2, 15, 63]
        .into_iter()
        .flat_map(|sum| [BigUint::from(sum), (&n - sum) % &n])
        .map(|sum| {
            let x1 = model::mul(&sum, &model::base()).map_or(BigUint::ZERO, |(x, _)| x % &n);
            (sum, x1)
        })
        .collect();
    for d in 1..=9u8 {
        let point = model::mul(&d.into(), &model::base());
        for (key, d) in [
            (point.clone(), BigUint::from(d)),
            (model::neg(&point), &n - d),
        ] {
            let mut triples = Vec::new();
            for shift in [0u8, 61] {
                for t in 1..=24u8 {
                    let t = BigUint::from(t) << shift;
                    for (sum, x1) in &sums {
                        // s + t·d = sum
                        let s = model::sub(sum, &(&t * &d % &n), &n);
                        let r = model::sub(&t, &s, &n);
                        triples.push([model::sub(&r, x1, &n), r, s]);
                    }
                }
            }
            holding += check(&Case::new(key, &triples));
        }
    }
    // All but those of r = 0, s = 0 and infinity, which is a sum of ten.
    assert!(holding > 18 * 2 * 24 * 7, "{holding}");
}

/// That the point of an x has this y, or that none has, in both fields and by the crate.
fn compressed_is(x: &BigUint, y_is_odd: bool, expected: Option<&BigUint>) {
    fn y_of<F: Field>(x: &BigUint, y_is_odd: bool) -> Option<BigUint> {
        let (_, y) = Affine::<F>::from_compressed(&model::to_words(x), y_is_odd)?;
        Some(model::from_words(&y))
    }
    let expected = expected.cloned();
    assert_eq!(y_of::<Words>(x, y_is_odd), expected);
    assert_eq!(y_of::<Limbs>(x, y_is_odd), expected);
    let whole = expected.as_ref().map(|y| [x, y].map(model::bytes));
    let key = Key::from_compressed(&model::bytes(x), y_is_odd);
    assert_eq!(key.as_ref().map(|key| *key.coordinates()), whole);
    let sec1 = [&[2 + u8::from(y_is_odd)], &model::bytes(x)[..]].concat();
    let of_sm2 = PublicKey::from_sec1_bytes(&sec1).ok();
    let coordinates = of_sm2.map(|key| key.to_sec1_point(false).as_bytes()[1..].to_vec());
    assert_eq!(coordinates, whole.map(|whole| whole.concat()));
}

#[test]
fn keys_off_the_curve_and_coordinates_above_p_are_none() {
    let p = model::p();
    let mut random = Random::new(17);
    let point = |x: &BigUint, y: &BigUint| {
        let numbers = (&model::to_words(x), &model::to_words(y));
        let in_words = Affine::<Words>::from_numbers(numbers.0, numbers.1).is_some();
        assert_eq!(
            Affine::<Limbs>::from_numbers(numbers.0, numbers.1).is_some(),
            in_words
        );
        assert_eq!(
            Key::from_point(&model::bytes(x), &model::bytes(y)).is_some(),
            in_words
        );
        assert_eq!(PublicKey::from_sec1_bytes(&sec1(x, y)).is_ok(), in_words);
        assert_eq!(model::is_on_curve(x, y), in_words);
        if in_words {
            compressed_is(x, y.bit(0), Some(y));
            let other = (&p - y) % &p;
            compressed_is(x, !y.bit(0), Some(&other));
        } else if *x >= p || model::with_x(x).is_none() {
            compressed_is(x, y.bit(0), None);
        }
        in_words
    };
    let (x, y) = model::base().expect("a point");
    assert!(point(&x, &y) && point(&x, &(&p - &y)));
    assert!(!point(&y, &x) && !point(&x, &(&y + 1u8)) && !point(&(&x + 1u8), &y));
    assert!(!point(&BigUint::ZERO, &BigUint::ZERO));
    let mut found = 0;
    for k in 0..60u8 {
        // A small x, which has room for p, and any.
        for x in [BigUint::from(k), random.below(&p)] {
            let Some((x, y)) = model::with_x(&x) else {
                continue;
            };
            found += 1;
            assert!(point(&x, &y) && point(&x, &((&p - &y) % &p)));
            assert!(!point(&x, &((&y + 1u8) % &p)));
            if (&x + &p).bits() <= 256 {
                assert!(!point(&(&x + &p), &y));
            }
            if (&y + &p).bits() <= 256 {
                assert!(!point(&x, &(&y + &p)));
            }
        }
        assert!(!point(&p, &BigUint::from(k)) && !point(&BigUint::from(k), &p));
        point(&random.number(), &random.number());
    }
    assert!(found > 40);
}

/// Triples over random keys, in halves that hold and don't; whether one holds is the judges'.
fn random_triples(random: &mut Random, count: usize) {
    let mut base = ProjectivePoint::GENERATOR;
    let n = model::n();
    for _ in 0..count.div_ceil(100) {
        // A key that no small number makes, by a step that costs little.
        base = base + base + ProjectivePoint::GENERATOR;
        let point = base.to_affine().to_sec1_point(false);
        let coordinate = |at: usize| BigUint::from_bytes_be(&point.as_bytes()[at..at + 32]);
        let mut case = Case::new(Some((coordinate(1), coordinate(33))), &[]);
        for _ in 0..50 {
            let (r, s) = (random.below(&n), random.below(&n));
            let e = opened_by_sm2(&base, &r, &s).unwrap_or_default();
            let other = match random.word() % 4 {
                0 => (&e + 1u8) % &n,
                1 => &e ^ (BigUint::from(1u8) << (random.word() % 256)),
                2 => random.number(),
                _ => model::sub(&n, &e, &n),
            };
            case.triples
                .push([e, r.clone(), s.clone()].each_ref().map(model::bytes));
            case.triples
                .push([other, r, s].each_ref().map(model::bytes));
        }
        assert!(check(&case) >= 50);
    }
}

/// r − x₁ mod n with the crate `sm2`.
fn opened_by_sm2(key: &ProjectivePoint, r: &BigUint, s: &BigUint) -> Option<BigUint> {
    use sm2::elliptic_curve::ops::{LinearCombination, Reduce};
    use sm2::elliptic_curve::point::AffineCoordinates;
    let scalar =
        |number: &BigUint| sm2::Scalar::reduce(&sm2::FieldBytes::from(model::bytes(number)));
    let n = model::n();
    let t = (r + s) % &n;
    let pairs = [(ProjectivePoint::GENERATOR, scalar(s)), (*key, scalar(&t))];
    let sum = ProjectivePoint::lincomb(&pairs).to_affine();
    (t != BigUint::ZERO).then(|| model::sub(r, &(BigUint::from_bytes_be(&sum.x()) % &n), &n))
}

#[test]
fn verdicts_over_random_triples_are_the_judges() {
    random_triples(&mut Random::new(19), 1_000);
}

/// As many as `YINXIN_TRIPLES` says, from `YINXIN_SEED` on.
#[test]
#[ignore = "takes minutes to hours"]
fn verdicts_over_millions_of_triples_are_the_judges() {
    let number = |name| {
        std::env::var(name)
            .ok()
            .and_then(|number| number.parse::<u64>().ok())
    };
    let count = number("YINXIN_TRIPLES").unwrap_or(1_000_000);
    let mut random = Random::new(number("YINXIN_SEED").unwrap_or(1));
    for _ in 0..count.div_ceil(10_000) {
        random_triples(&mut random, 10_000);
        // And the edges with another key each time.
        let key = model::mul(&random.below(&model::n()), &model::base());
        check(&at_the_edges(&key, &mut random));
    }
}

#[test]
fn verdicts_over_random_triples_are_the_models() {
    let mut random = Random::new(23);
    let n = model::n();
    for _ in 0..8 {
        let sum = model::mul(&random.below(&n), &model::base());
        let case = forged(&sum, &random.below(&n), &random.below(&n));
        assert!(check_with_model(&case) >= 1);
    }
}

/// The example of GB/T 32918.5-2017, annex A.2: message "message digest", the default user id.
#[test]
fn the_standards_example_holds() {
    let bytes = |digits| model::bytes(&model::hex(digits));
    let key = Key::from_point(
        &bytes("09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"),
        &bytes("ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"),
    )
    .expect("a point of the curve");
    let e = bytes("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
    let r = bytes("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3");
    let s = bytes("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
    // Without tables, and with those that the second use makes.
    let fresh = key.clone();
    for has_tables in [false, true, true] {
        assert!(key.verify(&e, &r, &s));
        assert_eq!(key.has_tables(), has_tables);
    }
    assert!(key.clone().has_tables() && !fresh.has_tables());
    assert!(!fresh.verify(&e, &s, &r) && !fresh.verify(&r, &e, &s));
}

/// A cache judges as its keys do, before tables and with them, and forgets the key that was not used for longest.
#[test]
fn a_cache_judges_the_same_and_remembers_a_few() {
    let mut random = Random::new(29);
    let n = model::n();
    let cases: Vec<Case> = (0..20)
        .map(|_| {
            forged(
                &model::mul(&random.below(&n), &model::base()),
                &random.below(&n),
                &random.below(&n),
            )
        })
        .collect();
    let mut cache = Cache::new();
    let mut use_key = |at: usize| {
        let case = &cases[at];
        let key = Key::from_point(&model::bytes(&case.key.0), &model::bytes(&case.key.1))
            .expect("a point");
        let [[e, r, s], [other, ..], ..] = &case.triples[..] else {
            panic!("a triple that holds and one that does not");
        };
        let had_tables = cache.has_tables(&key);
        assert!(cache.key(&key).verify(e, r, s));
        assert_eq!(cache.has_tables(&key), Some(had_tables.is_some()));
        assert!(!cache.key(&key).verify(other, r, s));
        assert!(cache.len() <= 16 && !key.has_tables());
        had_tables
    };
    assert_eq!(use_key(0), None);
    for at in 1..16 {
        use_key(at);
        assert_eq!(use_key(0), Some(true));
    }
    // The seventeenth takes the place of the second.
    use_key(16);
    assert_eq!(use_key(0), Some(true));
    assert_eq!(use_key(1), None);
    for at in (0..20).chain(0..20) {
        use_key(at);
    }
}

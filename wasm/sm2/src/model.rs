//! The curve with numbers of any size, in affine coordinates and by the school's formulas: a judge that shares nothing
//! with what it judges.

use num_bigint::BigUint;

pub(crate) type Point = Option<(BigUint, BigUint)>;

pub(crate) fn hex(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).expect("hexadecimal digits")
}

pub(crate) fn p() -> BigUint {
    hex("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff")
}

pub(crate) fn n() -> BigUint {
    hex("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")
}

fn b() -> BigUint {
    hex("28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93")
}

pub(crate) fn base() -> Point {
    Some((
        hex("32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"),
        hex("bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"),
    ))
}

/// a − b modulo m, both below m.
pub(crate) fn sub(a: &BigUint, b: &BigUint, m: &BigUint) -> BigUint {
    (a + m - b) % m
}

pub(crate) fn inverse(a: &BigUint, m: &BigUint) -> BigUint {
    a.modinv(m).unwrap_or_default()
}

pub(crate) fn is_on_curve(x: &BigUint, y: &BigUint) -> bool {
    let p = p();
    *x < p && *y < p && y * y % &p == right(x)
}

/// x³ − 3x + b
fn right(x: &BigUint) -> BigUint {
    let p = p();
    (x * x * x + (&p - 3u8) * x + b()) % p
}

/// The point with this x and one of the two y. p ≡ 3 modulo 4.
pub(crate) fn with_x(x: &BigUint) -> Point {
    let p = p();
    let y = right(x).modpow(&((&p + 1u8) >> 2u8), &p);
    (*x < p && &y * &y % p == right(x)).then(|| (x.clone(), y))
}

pub(crate) fn neg(point: &Point) -> Point {
    let (x, y) = point.clone()?;
    Some((x, (p() - y) % p()))
}

pub(crate) fn add(a: &Point, b: &Point) -> Point {
    let (Some((x1, y1)), Some((x2, y2))) = (a, b) else {
        return a.clone().or_else(|| b.clone());
    };
    let p = p();
    let slope = if x1 != x2 {
        sub(y2, y1, &p) * inverse(&sub(x2, x1, &p), &p)
    } else if y1 == y2 {
        (3u8 * x1 * x1 + &p - 3u8) * inverse(&(2u8 * y1 % &p), &p)
    } else {
        return None;
    };
    let x3 = sub(&sub(&(&slope * &slope % &p), x1, &p), x2, &p);
    let y3 = sub(&(slope * sub(x1, &x3, &p) % &p), y1, &p);
    Some((x3, y3))
}

pub(crate) fn mul(number: &BigUint, point: &Point) -> Point {
    (0..number.bits()).rev().fold(None, |sum, bit| {
        let sum = add(&sum, &sum);
        if number.bit(bit) {
            add(&sum, point)
        } else {
            sum
        }
    })
}

/// GB/T 32918.2-2016, clause 7.1, B1, B2 and B5 to B7.
pub(crate) fn verify(key: &Point, e: &BigUint, r: &BigUint, s: &BigUint) -> bool {
    let n = n();
    let range = BigUint::from(1u8)..n.clone();
    if !range.contains(r) || !range.contains(s) {
        return false;
    }
    let t = (r + s) % &n;
    if t == BigUint::ZERO {
        return false;
    }
    let sum = add(&mul(s, &base()), &mul(&t, key));
    sum.is_some_and(|(x1, _)| (e + x1) % n == *r)
}

/// Its 32 bytes, the greatest first.
pub(crate) fn bytes(number: &BigUint) -> [u8; 32] {
    let bytes = number.to_bytes_be();
    let mut all = [0; 32];
    all[32 - bytes.len()..].copy_from_slice(&bytes);
    all
}

/// Of four words, the least first.
pub(crate) fn from_words(words: &[u64; 4]) -> BigUint {
    words
        .iter()
        .rev()
        .fold(BigUint::ZERO, |number, word| (number << 64u8) + word)
}

pub(crate) fn to_words(number: &BigUint) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, digit) in words.iter_mut().zip(number.iter_u64_digits()) {
        *word = digit;
    }
    words
}

/// Numbers that look random and are the same each time (SplitMix64, Steele et al. 2014).
pub(crate) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Of up to 256 bits. Half of them have words of which all or nearly all bits are equal.
    pub fn number(&mut self) -> BigUint {
        let shapes = self.word();
        let words = std::array::from_fn(|i| match shapes >> (8 * i) & 7 {
            0 if shapes >> 63 == 0 => 0,
            1 if shapes >> 63 == 0 => u64::MAX,
            2 if shapes >> 63 == 0 => self.word() >> 58,
            3 if shapes >> 63 == 0 => !(self.word() >> 58),
            _ => self.word(),
        });
        from_words(&words)
    }

    /// Of 1 to limit − 1.
    pub fn below(&mut self, limit: &BigUint) -> BigUint {
        self.number() % (limit - 1u8) + 1u8
    }
}

//! Verification of SM2 signatures (GB/T 32918.2-2016, clause 7) over public data only, fast in WebAssembly and natively.
//!
//! **Nothing secret may pass through here.** Time depends on every number: a verifier's are public. Signing, and
//! whatever else has a secret, is the crate `sm2`'s, which also judges this one in tests.
//!
//! The caller computes e = SM3(Z ‖ M) (clause 7.1, B3 and B4) and brings the numbers of the signature and the point of
//! the key as 32 bytes each, the greatest first. What happens to them:
//!
//! | step (clause 7.1) | where |
//! |---|---|
//! | the key is a point of the curve (GB/T 32918.1-2016, clause 6.2.1) | [`Key::from_point`] |
//! | B1, B2: r and s are of 1 to n − 1 | [`Key::open`] |
//! | B5: t = (r + s) mod n is not 0 | [`Key::open`] |
//! | B6: (x₁, y₁) = s·G + t·P | `point::combine`, `point::combine_with` |
//! | B7: R = (e + x₁) mod n is r | [`Opened::is_over`] |
//!
//! How B6 is computed: s in windows of 7 bits of the base point, t in windows of 5 of the key, by one chain of doublings
//! (`point`), in a field of four words of 64 bits or, for WebAssembly, nine limbs of 29 (`field`). B7 needs no x₁, which
//! would take an inversion: it asks whether X = x·Z² for each x below p that is (r − e) mod n.
//!
//! There is no batch of different keys' signatures: it would need y₁, of whose two values r and s say neither.
//! A key that is used again makes tables for itself ([`Key`]), and [`Cache`] keeps the keys for which that pays.

#![forbid(unsafe_code)]

mod base;
mod cache;
mod field;
mod number;
mod point;
mod verification;

pub use cache::Cache;

use point::{Affine, Table};
use std::sync::OnceLock;

#[cfg(target_arch = "wasm32")]
type Element = field::Limbs;
#[cfg(not(target_arch = "wasm32"))]
type Element = field::Words;

/// A public key: a point of the curve other than the one at infinity.
///
/// With its second signature it makes tables for itself, which takes about as long as a verification, and 5 kB. Each
/// further one then takes about half the time. The first tables anywhere come with those of the base point, 20 kB, for
/// all, and the very first signature with 5 kB of its multiples. What is cloned has the tables that are there.
#[derive(Clone, Debug)]
pub struct Key {
    /// x and y as they came.
    coordinates: [[u8; 32]; 2],
    point: Affine<Element>,
    /// Whether it was used.
    used: OnceLock<()>,
    table: OnceLock<Table<Element>>,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.coordinates == other.coordinates
    }
}

impl Eq for Key {}

impl Key {
    /// The key with the point (x, y). `None` if a coordinate is p or more or the point is not on the curve (GB/T
    /// 32918.1-2016, clause 6.2.1).
    #[must_use]
    pub fn from_point(x: &[u8; 32], y: &[u8; 32]) -> Option<Self> {
        let point = Affine::from_numbers(&number::from_bytes(x), &number::from_bytes(y))?;
        Some(Self::new([*x, *y], point))
    }

    /// The key with the point of this x whose y is odd or even: a compressed point (GB/T 32918.1-2016, annex A.5.2).
    /// `None` if x is p or more or no point has it.
    #[must_use]
    pub fn from_compressed(x: &[u8; 32], y_is_odd: bool) -> Option<Self> {
        let (point, y) = Affine::from_compressed(&number::from_bytes(x), y_is_odd)?;
        Some(Self::new([*x, number::to_bytes(&y)], point))
    }

    fn new(coordinates: [[u8; 32]; 2], point: Affine<Element>) -> Self {
        Self {
            coordinates,
            point,
            used: OnceLock::new(),
            table: OnceLock::new(),
        }
    }

    /// x and y of its point.
    #[must_use]
    pub fn coordinates(&self) -> &[[u8; 32]; 2] {
        &self.coordinates
    }

    /// Whether the signature (r, s) holds over e (GB/T 32918.2-2016, clause 7.1).
    #[must_use]
    pub fn verify(&self, e: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> bool {
        self.open(r, s).is_some_and(|opened| opened.is_over(e))
    }

    /// What the signature (r, s) holds over, for whoever has several e to compare it with: nearly all of the cost
    /// of a verification is here. `None` if it holds over nothing.
    #[must_use]
    pub fn open(&self, r: &[u8; 32], s: &[u8; 32]) -> Option<Opened> {
        static MULTIPLES: OnceLock<Vec<Affine<Element>>> = OnceLock::new();
        static BASE: OnceLock<Table<Element>> = OnceLock::new();
        let opened = if self.used.set(()).is_ok() {
            let base = MULTIPLES.get_or_init(point::multiples_of_base);
            verification::open(r, s, |s, t| point::combine(s, t, base, &self.point))
        } else {
            let base = BASE.get_or_init(Table::of_base);
            let own = self.table.get_or_init(|| Table::of_key(&self.point));
            verification::open(r, s, |s, t| point::combine_with(s, t, base, own))
        };
        opened.map(Opened)
    }

    /// Whether its tables are there.
    #[cfg(test)]
    pub(crate) fn has_tables(&self) -> bool {
        self.table.get().is_some()
    }
}

/// What a signature holds over.
#[derive(Clone, Copy, Debug)]
pub struct Opened(verification::Opened<Element>);

impl Opened {
    /// Whether it holds over this e (clause 7.1, B7). An e of n or more stands for what it is modulo n.
    #[must_use]
    pub fn is_over(&self, e: &[u8; 32]) -> bool {
        self.0.is_over(e)
    }
}

/// How the field of WebAssembly judges, whatever this machine's is, without tables and with them: for the fuzz target.
/// `None` where [`Key::from_point`] has none.
#[cfg(feature = "limbs")]
#[must_use]
pub fn verify_in_limbs(
    [x, y]: &[[u8; 32]; 2],
    e: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> Option<[bool; 2]> {
    let (x, y) = (number::from_bytes(x), number::from_bytes(y));
    let point = Affine::<field::Limbs>::from_numbers(&x, &y)?;
    let (base, own) = (Table::of_base(), Table::of_key(&point));
    let multiples = point::multiples_of_base();
    let without = verification::open(r, s, |s, t| point::combine(s, t, &multiples, &point));
    let with = verification::open(r, s, |s, t| point::combine_with(s, t, &base, &own));
    Some([without, with].map(|opened| opened.is_some_and(|opened| opened.is_over(e))))
}

// Without optimisation only: what it runs over is inlined whole, which takes the compiler minutes.
#[cfg(all(test, debug_assertions))]
mod interval;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

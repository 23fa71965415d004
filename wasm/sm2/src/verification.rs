//! The steps of verification around the points (GB/T 32918.2-2016, clause 7.1).

use crate::field::Field;
use crate::number::{self, N, Number, P};
use crate::point::Jacobian;

/// r, and x₁ as X and Z².
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened<F> {
    r: Number,
    x: F,
    zz: F,
}

/// B1, B2, B5, and B6 by `combine`. `None` if one of them fails.
pub(crate) fn open<F: Field>(
    r: &[u8; 32],
    s: &[u8; 32],
    combine: impl Fn(&Number, &Number) -> Option<Jacobian<F>>,
) -> Option<Opened<F>> {
    let (r, s) = (number::from_bytes(r), number::from_bytes(s));
    // B1, B2
    let is_in_range = |number| !number::is_zero(number) && number::is_less(number, &N);
    if !is_in_range(&r) || !is_in_range(&s) {
        return None;
    }
    // B5
    let t = number::add_mod_n(&r, &s);
    if number::is_zero(&t) {
        return None;
    }
    // B6. The point at infinity has no x₁.
    let point = combine(&s, &t)?;
    Some(Opened {
        r,
        x: point.x,
        zz: point.z.sqr(),
    })
}

impl<F: Field> Opened<F> {
    /// B7: whether (e + x₁) mod n is r. An e of n or more stands for what it is modulo n.
    pub fn is_over(&self, e: &[u8; 32]) -> bool {
        let e = number::mod_n(number::from_bytes(e));
        // x₁ is below p and, modulo n, r − e: either that or, as 2n is more than p, n more.
        let least = number::sub_mod_n(&self.r, &e);
        if self.is_at(&least) {
            return true;
        }
        match number::add(&least, &N) {
            (other, 0) if number::is_less(&other, &P) => self.is_at(&other),
            _ => false,
        }
    }

    /// Whether this is x₁.
    fn is_at(&self, x: &Number) -> bool {
        F::from_number(x).mul(&self.zz).sub(&self.x).is_zero()
    }
}

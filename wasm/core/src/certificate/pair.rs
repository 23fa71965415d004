//! Dual certificates: a holder's certificate for signatures and the one for encryption that was
//! issued along with it; and which certificate of a list is renewed next.

use super::Certificate;
use crate::time::DAY;

/// Which two of a list belong together: the places of the signing and of the encryption certificate.
///
/// GB/T 20518 and GM/T 0034 know a double certificate as two of one holder that are issued together,
/// with a key of the holder's own and one of the key management centre. Nothing inside names the other
/// one, so they are told by what is the same (issuer, subject, kind of key), what differs (the key, and
/// a key usage of signatures only or of encryption only), and by the time: the two begin within a day.
/// Where a token holds several generations, each goes with the nearest.
#[must_use]
pub fn partners(certificates: &[&Certificate]) -> Vec<(usize, usize)> {
    let all = certificates;
    let nearest = |of: usize, fits: &dyn Fn(usize, usize) -> bool| {
        (0..all.len())
            .filter(|other| fits(of, *other))
            .min_by_key(|other| distance(all[of], all[*other]))
    };
    let mut pairs = Vec::new();
    for sign in 0..all.len() {
        let Some(encrypt) = nearest(sign, &|s, e| belong(all[s], all[e])) else {
            continue;
        };
        if nearest(encrypt, &|e, s| belong(all[s], all[e])) == Some(sign) {
            pairs.push((sign, encrypt));
        }
    }
    pairs
}

/// Whether its holder renews a certificate next: of a pair the one for signatures, with which the
/// other is renewed, and not what the list has a later one of.
#[must_use]
pub fn is_renewed_next(certificate: &Certificate, all: &[&Certificate]) -> bool {
    let signs = |one: &Certificate| {
        let usage = one.key_usage();
        !one.is_ca() && usage.is_none_or(|usage| usage.signs() || !usage.encrypts())
    };
    let replaces = |later: &Certificate| {
        signs(later)
            && later.not_after() > certificate.not_after()
            && later.key_type() == certificate.key_type()
            && later.subject().matches(certificate.subject())
    };
    signs(certificate) && !all.iter().any(|other| replaces(other))
}

fn belong(sign: &Certificate, encrypt: &Certificate) -> bool {
    let usages = sign.key_usage().zip(encrypt.key_usage());
    usages.is_some_and(|(a, b)| a.signs() && !a.encrypts() && b.encrypts() && !b.signs())
        && distance(sign, encrypt).0 <= DAY.unsigned_abs()
        && sign.key_type() == encrypt.key_type()
        && sign.spki() != encrypt.spki()
        && !sign.is_ca()
        && !encrypt.is_ca()
        && sign.subject().matches(encrypt.subject())
        && sign.issuer().matches(encrypt.issuer())
}

/// Seconds between their beginnings, then between their ends.
fn distance(a: &Certificate, b: &Certificate) -> (u64, u64) {
    (
        a.not_before().0.abs_diff(b.not_before().0),
        a.not_after().0.abs_diff(b.not_after().0),
    )
}

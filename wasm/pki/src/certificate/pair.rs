//! Dual certificates: a holder's certificate for signatures and the one for encryption that was
//! issued along with it; and which certificate of a list is renewed next.

use super::Certificate;
use yinxin_proto::time::DAY;

/// Which two of a list belong together: the places of the signing and of the encryption certificate.
///
/// GB/T 20518 and GM/T 0034 know a double certificate as two of one holder that are issued together,
/// with a key of the holder's own and one of the key management centre. Nothing inside names the other
/// one, so they are told by what is the same (issuer, subject, kind of key), what differs (the key, and
/// a key usage of signatures only or of encryption only), and by the time: the two begin within a day.
/// Where a token holds several generations, each goes with the nearest.
#[must_use]
pub fn partners(certificates: &[&Certificate]) -> Vec<(usize, usize)> {
    let mut halves: Vec<(Vec<u8>, Half<'_>)> = Vec::new();
    for (index, certificate) in certificates.iter().enumerate() {
        halves.extend(Half::of(index, certificate));
    }
    // Those of one holder, issuer and kind of key stand together, in the order of the list.
    halves.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut pairs = Vec::new();
    for group in halves.chunk_by(|(a, _), (b, _)| a == b) {
        let half = |signs| {
            let halves = group.iter().map(|(_, half)| half);
            halves.filter(move |half| half.signs == signs)
        };
        for sign in half(true) {
            let Some(encrypt) = sign.nearest(half(false)) else {
                continue;
            };
            if encrypt.nearest(half(true)).map(|back| back.index) == Some(sign.index) {
                pairs.push((sign.index, encrypt.index));
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

/// A certificate that may be one of two: for signatures only, or for encryption only.
struct Half<'a> {
    index: usize,
    certificate: &'a Certificate,
    signs: bool,
}

impl<'a> Half<'a> {
    /// It, with what it has in common with the other one.
    fn of(index: usize, certificate: &'a Certificate) -> Option<(Vec<u8>, Self)> {
        let usage = certificate.key_usage()?;
        if certificate.is_ca() || usage.signs() == usage.encrypts() {
            return None;
        }
        let half = Self {
            index,
            certificate,
            signs: usage.signs(),
        };
        let (algorithm, parameter) = certificate.key_type();
        let mut common = Vec::new();
        for oid in [algorithm, parameter] {
            let oid = oid.as_ref().map_or(&[][..], |oid| oid.as_bytes());
            common.push(u8::try_from(oid.len()).unwrap_or(u8::MAX));
            common.extend_from_slice(oid);
        }
        common.extend(certificate.subject().key());
        common.push(u8::MAX);
        common.extend(certificate.issuer().key());
        Some((common, half))
    }

    /// Of these other halves, the one that it belongs to; the first, of several.
    fn nearest<'b>(&self, others: impl Iterator<Item = &'b Self>) -> Option<&'b Self>
    where
        'a: 'b,
    {
        let distance = |other: &&Self| distance(self.certificate, other.certificate);
        let belongs = |other: &&Self| {
            distance(other).0 <= DAY.unsigned_abs()
                && self.certificate.spki() != other.certificate.spki()
        };
        others.filter(belongs).min_by_key(distance)
    }
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

/// Seconds between their beginnings, then between their ends.
fn distance(a: &Certificate, b: &Certificate) -> (u64, u64) {
    (
        a.not_before().0.abs_diff(b.not_before().0),
        a.not_after().0.abs_diff(b.not_after().0),
    )
}

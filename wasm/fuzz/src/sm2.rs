//! SM2 verification beside the crate `sm2`: of any point and any numbers both judge the same, in both fields.

use ::sm2::dsa::signature::hazmat::PrehashVerifier;
use ::sm2::dsa::{Signature, VerifyingKey};
use ::sm2::elliptic_curve::ops::Reduce;
use ::sm2::elliptic_curve::point::AffineCoordinates;
use ::sm2::elliptic_curve::sec1::ToSec1Point;
use ::sm2::{FieldBytes, ProjectivePoint, PublicKey, Scalar};
use yinxin_sm2::{Key, verify_in_limbs};

type Number = [u8; 32];

/// The input is a word that says how the key comes about, and the numbers that it takes: those of the key, then e, r and
/// s. What is missing is 0.
pub fn run(input: &[u8]) {
    let (kind, mut rest) = input
        .split_first()
        .map_or((0, input), |(kind, rest)| (*kind, rest));
    let mut next = || {
        let (number, behind) = rest.split_at(rest.len().min(32));
        rest = behind;
        let mut bytes = [0; 32];
        bytes[32 - number.len()..].copy_from_slice(number);
        bytes
    };
    let coordinates = match kind % 4 {
        // As they come: mostly no point.
        0 => [next(), next()],
        // Of an x, whichever y it has.
        1 => match compressed(&next(), kind & 4 != 0) {
            Some(coordinates) => coordinates,
            None => return,
        },
        // A small multiple of the base point: sums meet those of its table.
        2 => match multiple(&Scalar::from(u64::from(kind >> 2) + 1)) {
            Some(coordinates) => coordinates,
            None => return,
        },
        _ => match multiple(&reduced(&next())) {
            Some(coordinates) => coordinates,
            None => return,
        },
    };
    let (e, r, s) = (next(), next(), next());
    judge(&coordinates, &e, &r, &s);
    if let Some(e) = opened(&coordinates, &r, &s) {
        assert!(judge(&coordinates, &e, &r, &s), "what was made to hold");
    }
}

/// The verdict, which is everybody's.
fn judge(coordinates: &[Number; 2], e: &Number, r: &Number, s: &Number) -> bool {
    let [x, y] = coordinates;
    let ours = Key::from_point(x, y);
    let theirs = PublicKey::from_sec1_bytes(&sec1(coordinates)).ok();
    assert_eq!(ours.is_some(), theirs.is_some());
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        assert!(verify_in_limbs(coordinates, e, r, s).is_none());
        return false;
    };
    let theirs = VerifyingKey::new("", theirs).expect("an id without length");
    let signature = Signature::from_slice(&[*r, *s].concat());
    let expected = signature.is_ok_and(|signature| theirs.verify_prehash(e, &signature).is_ok());
    // Without tables, and with them.
    assert_eq!([ours.verify(e, r, s), ours.verify(e, r, s)], [expected; 2]);
    assert_eq!(verify_in_limbs(coordinates, e, r, s), Some([expected; 2]));
    expected
}

/// What r and s hold over, by the crate `sm2`: r − x₁ modulo n, where both are numbers of 1 to n − 1 and t is not 0.
fn opened(coordinates: &[Number; 2], r: &Number, s: &Number) -> Option<Number> {
    Signature::from_slice(&[*r, *s].concat()).ok()?;
    let key = PublicKey::from_sec1_bytes(&sec1(coordinates)).ok()?;
    let (r, s) = (reduced(r), reduced(s));
    let t = r + s;
    let sum = ProjectivePoint::GENERATOR * s + key.to_projective() * t;
    let is_infinity = sum == ProjectivePoint::IDENTITY;
    let e = r - reduced(&sum.to_affine().x().into());
    (t != Scalar::ZERO && !is_infinity).then(|| e.to_bytes().into())
}

fn reduced(number: &Number) -> Scalar {
    Scalar::reduce(&FieldBytes::from(*number))
}

fn sec1(coordinates: &[Number; 2]) -> [u8; 65] {
    let mut point = [4; 65];
    point[1..].copy_from_slice(coordinates.as_flattened());
    point
}

/// The point of an x, which both read alike.
fn compressed(x: &Number, y_is_odd: bool) -> Option<[Number; 2]> {
    let ours = Key::from_compressed(x, y_is_odd).map(|key| *key.coordinates());
    let mut point = [2 + u8::from(y_is_odd); 33];
    point[1..].copy_from_slice(x);
    let theirs = PublicKey::from_sec1_bytes(&point).ok();
    let theirs = theirs.and_then(|key| affine(&key.to_projective()));
    assert_eq!(ours, theirs);
    ours
}

fn multiple(number: &Scalar) -> Option<[Number; 2]> {
    affine(&(ProjectivePoint::GENERATOR * *number))
}

/// Its coordinates, unless it is the point at infinity.
fn affine(point: &ProjectivePoint) -> Option<[Number; 2]> {
    let point = point.to_affine().to_sec1_point(false);
    let (x, y) = point.as_bytes().get(1..)?.split_at_checked(32)?;
    Some([x.try_into().ok()?, y.try_into().ok()?])
}

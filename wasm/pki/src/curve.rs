//! Curves that are written out in the place of their names, and which of the named ones they are.
//!
//! A curve of one's own with the base point chosen to fit makes anybody's public key one's own (CVE-2020-0601). So
//! parameters are the curve of a name only if every one of them is, and nothing is ever computed with others.
//!
//! Source: SEC 1, C.2 (`ECParameters`); RFC 3279, 2.3.5. Values: GB/T 32918.5-2017, clause 2; FIPS 186-4, D.1.2.

use crate::asn1::{Tlv, hex, tag, without_zeros};
use crate::key::KeyProblem;
use crate::oid;
use der::asn1::ObjectIdentifier as Oid;

/// A curve over a prime field, with cofactor 1. Numbers as lower-case hex without leading zeros.
struct Curve {
    oid: Oid,
    p: &'static str,
    a: &'static str,
    b: &'static str,
    /// Of the base point.
    x: &'static str,
    y: &'static str,
    /// The base point's order.
    n: &'static str,
    /// Why others over its field are refused.
    otherwise: &'static str,
}

/// The name of the curve of an `ECParameters`.
///
/// # Errors
/// If it is malformed, or of the field of a known curve and yet not that one; if it is of no known curve.
pub(crate) fn named(parameters: &Tlv<'_>) -> Result<Oid, KeyProblem> {
    let mut fields = parameters.children();
    fields.expect(tag::INTEGER, "a version is expected")?;
    let mut field = fields
        .expect(tag::SEQUENCE, "a FieldID is expected")?
        .children();
    let unknown = || KeyProblem::Unsupported("explicit parameters of an unknown curve".into());
    if field.read()?.oid()? != oid::PRIME_FIELD {
        return Err(unknown());
    }
    let p = number(&field.expect(tag::INTEGER, "a prime is expected")?);
    field.finish()?;
    let mut curve = fields
        .expect(tag::SEQUENCE, "a Curve is expected")?
        .children();
    let a = number(&curve.expect(tag::OCTET_STRING, "a coefficient is expected")?);
    let b = number(&curve.expect(tag::OCTET_STRING, "a coefficient is expected")?);
    // The seed from which b was made, which proves nothing here.
    curve.optional(tag::BIT_STRING)?;
    curve.finish()?;
    let base = fields.expect(tag::OCTET_STRING, "a base point is expected")?;
    let n = number(&fields.expect(tag::INTEGER, "an order is expected")?);
    let cofactor = fields.optional(tag::INTEGER)?;
    // `hash`, of version 3 (X9.62-2005).
    fields.optional(tag::SEQUENCE)?;
    fields.finish()?;

    let known = CURVES
        .iter()
        .find(|known| known.p == p)
        .ok_or_else(unknown)?;
    let same = known.a == a
        && known.b == b
        && known.n == n
        && known.is_base(base.value)
        && cofactor.is_none_or(|cofactor| without_zeros(cofactor.value) == [1]);
    if !same {
        return Err(parameters.malformed(known.otherwise).into());
    }
    Ok(known.oid)
}

fn number(tlv: &Tlv<'_>) -> String {
    hex(without_zeros(tlv.value))
        .trim_start_matches('0')
        .to_owned()
}

impl Curve {
    /// Whether a point is its base point (SEC 1, 2.3.3; hybrid as X9.62 has it).
    fn is_base(&self, point: &[u8]) -> bool {
        let Some((form, numbers)) = point.split_first() else {
            return false;
        };
        let size = self.p.len().div_ceil(2);
        let is = |octets: &[u8], number: &str| {
            octets.len() == size && hex(octets).trim_start_matches('0') == number
        };
        let is_odd = self.y.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']);
        let parity = u8::from(is_odd);
        match (form, numbers.split_at_checked(size)) {
            (4, Some((x, y))) => is(x, self.x) && is(y, self.y),
            (6 | 7, Some((x, y))) => form - 6 == parity && is(x, self.x) && is(y, self.y),
            (2 | 3, Some((x, []))) => form - 2 == parity && is(x, self.x),
            _ => false,
        }
    }
}

const CURVES: &[Curve] = &[
    Curve {
        oid: oid::SM2_CURVE,
        p: "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
        a: "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc",
        b: "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
        x: "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
        y: "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
        n: "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
        otherwise: "explicit curve parameters that are SM2's in part only",
    },
    Curve {
        oid: oid::P256,
        p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        a: "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
        b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        y: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        otherwise: "explicit curve parameters that are P-256's in part only",
    },
    Curve {
        oid: oid::P384,
        p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
        b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
        x: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
        y: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
        n: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        otherwise: "explicit curve parameters that are P-384's in part only",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{element, single, unsigned};
    use crate::certificate::Certificate;
    use crate::key::PublicKey;
    use crate::testing::{TestKey, data};
    use std::process::Command;

    fn bytes(number: &str, size: usize) -> Vec<u8> {
        data::unhex(&format!("{number:0>width$}", width = 2 * size))
    }

    /// `ECParameters` of a curve, each part as it is or as the test changes it.
    #[derive(Clone)]
    struct Parts([Vec<u8>; 7]);

    impl Parts {
        fn of(curve: &Curve) -> Self {
            let size = curve.p.len().div_ceil(2);
            let of = |number| bytes(number, size);
            let base = [vec![4], of(curve.x), of(curve.y)].concat();
            Self([
                of(curve.p),
                of(curve.a),
                of(curve.b),
                base,
                of(curve.n),
                vec![1],
                vec![],
            ])
        }

        fn der(&self) -> Vec<u8> {
            let [p, a, b, base, n, cofactor, seed] = &self.0;
            let octets = |value: &[u8]| element(tag::OCTET_STRING, &[value]);
            let field = [crate::asn1::oid(oid::PRIME_FIELD), unsigned(p)].concat();
            let seed = match seed[..] {
                [] => vec![],
                _ => element(tag::BIT_STRING, &[&[0], seed]),
            };
            let curve = [octets(a), octets(b), seed].concat();
            let cofactor = match cofactor[..] {
                [] => vec![],
                _ => unsigned(cofactor),
            };
            element(
                tag::SEQUENCE,
                &[
                    &[2, 1, 1],
                    &element(tag::SEQUENCE, &[&field]),
                    &element(tag::SEQUENCE, &[&curve]),
                    &octets(base),
                    &unsigned(n),
                    &cofactor,
                ],
            )
        }

        fn named(&self) -> Result<Oid, KeyProblem> {
            let der = self.der();
            named(&single(&der, tag::SEQUENCE, "").unwrap())
        }
    }

    #[test]
    fn a_curve_that_is_written_out_is_the_named_one_only_if_all_of_it_is() {
        for curve in CURVES {
            let right = Parts::of(curve);
            assert_eq!(right.named(), Ok(curve.oid));
            let size = right.0[0].len();
            let with = |index: usize, value: &[u8]| {
                let mut parts = right.clone();
                parts.0[index] = value.to_vec();
                parts.named()
            };
            // Optional, or another way to write the same.
            assert_eq!(with(5, &[]), Ok(curve.oid));
            assert_eq!(with(6, &[1, 2, 3]), Ok(curve.oid));
            assert_eq!(with(1, &[&[0; 3], &right.0[1][..]].concat()), Ok(curve.oid));
            let odd = right.0[3][2 * size] & 1;
            let x = &right.0[3][1..=size];
            assert_eq!(with(3, &[&[2 + odd], x].concat()), Ok(curve.oid));
            assert_eq!(
                with(3, &[&[6 + odd], &right.0[3][1..]].concat()),
                Ok(curve.oid)
            );
            // Everything else is refused: each part changed in each bit.
            let refused = |index: usize, value: &[u8]| match with(index, value) {
                Err(KeyProblem::Malformed(malformed)) => {
                    assert_eq!(malformed.reason, curve.otherwise);
                }
                Err(KeyProblem::Unsupported(_)) if index == 0 => {}
                other => panic!("{index} {other:?}"),
            };
            for index in 0..6 {
                for bit in 0..8 * right.0[index].len() {
                    let mut value = right.0[index].clone();
                    value[bit / 8] ^= 1 << (bit % 8);
                    let is_hybrid = index == 3 && value[0] == 6 + odd;
                    if !is_hybrid {
                        refused(index, &value);
                    }
                }
            }
            refused(3, &[&[3 - odd], x].concat());
            refused(3, &[&[7 - odd], &right.0[3][1..]].concat());
            refused(3, &[]);
            refused(3, &right.0[3][..size]);
        }
    }

    #[test]
    fn a_key_on_it_is_the_key_of_the_named_curve() {
        let key = TestKey::sm2(1);
        let spki = |parameters: &[u8]| {
            let algorithm = [&crate::asn1::oid(oid::EC), parameters].concat();
            let point = element(tag::BIT_STRING, &[&[0], &key.point()]);
            element(
                tag::SEQUENCE,
                &[&element(tag::SEQUENCE, &[&algorithm]), &point],
            )
        };
        let signature = key.sign(b"message");
        let right = Parts::of(&CURVES[0]);
        let read = PublicKey::from_spki(&spki(&right.der())).unwrap();
        assert_eq!(read.name(), "SM2");
        assert!(read.verify(&[b"message"], &signature));
        let mut wrong = right;
        wrong.0[3][1..].copy_from_slice(&key.point()[1..]);
        assert!(matches!(
            PublicKey::from_spki(&spki(&wrong.der())),
            Err(KeyProblem::Malformed(_))
        ));
        assert!(PublicKey::from_spki(&spki(&[tag::SEQUENCE, 0])).is_err());
    }

    #[test]
    fn the_values_are_those_of_openssl() {
        for (curve, name) in CURVES.iter().zip(["SM2", "prime256v1", "secp384r1"]) {
            let made = Command::new("openssl")
                .args([
                    "ecparam",
                    "-name",
                    name,
                    "-param_enc",
                    "explicit",
                    "-outform",
                    "DER",
                ])
                .output();
            let Ok(made) = made.map(|made| made.stdout) else {
                return;
            };
            if let Ok(parameters) = single(&made, tag::SEQUENCE, "") {
                assert_eq!(named(&parameters), Ok(curve.oid), "{name}");
            }
        }
    }

    #[test]
    fn certificates_of_the_field() {
        let Some(folder) = data::folder() else { return };
        let read = |name: &str| {
            let bytes = std::fs::read(folder.join("field").join(name)).ok()?;
            Some(Certificate::parse(&bytes).unwrap())
        };
        for name in ["c06-explicit-sm2.pem", "c06-explicit-ca.pem"] {
            let Some(certificate) = read(name) else {
                return;
            };
            assert_eq!(certificate.key().unwrap().name(), "SM2", "{name}");
            let facts = certificate.facts(crate::testing::NOW);
            assert_eq!(facts.key_algorithm, "SM2");
            assert_eq!(facts.findings.len(), 1, "{:?}", facts.findings);
        }
        let Some(wrong) = read("c06-explicit-wrong-g.pem") else {
            return;
        };
        assert!(wrong.has_unsound_key());
    }
}

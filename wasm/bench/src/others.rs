//! RSA and P-256: one signature of each, and the crates that verify it in pure Rust, beside ours. Built for the bench only.
//!
//! Both were made by OpenSSL, over SHA-256 of `a message`.

use ark_ec::{AffineRepr as _, CurveGroup as _};
use ark_ff::{AdditiveGroup as _, BigInteger as _, Field as _, PrimeField as _};
use ark_secp256r1::{Affine, Fq, Fr, Projective};
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U64, U2048};
use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use std::hint::black_box;

/// SHA-256 of the message.
const DIGEST: &str = "f53c09ca39717a45c62d9aca8f8113eddbfd5f81dcab0b33b1c1834075225e68";
/// Of the RSA key, whose exponent is 65537.
const MODULUS: &str = "\
a07ca472024e17fc5cddc36129623d762f10b20c9d56dd93bc77480d1ef1bc49ed19f5a2c48a572db4490844a19e1693\
9408256c9d50f5bb0dfefa404e4cb56b44bb1f22ca95bcf58d362b3c3a62136449c452a0d17c6b0eda87f98b3a3e976d\
bc8c7776665ac323f61056a70df0ad96fdf29876419b8f5bb1c850d6dba9046943edef8a7f76c73d91b89de0a63d9c6e\
9228fe9bd7954ac7a998782e20200f1a88b71dba3dbc95479aabf68e22c6846884f235ea7f5901475aed456b4f593dc1\
9efa751b6f0cff31e7c09e44192df1a04fc250da4af77787d8b59c310ecf7b18d641ea71dde9ccb09142aef97283a799\
159dd69d7759159b3fa13d5b9028ca79";
/// RSASSA-PKCS1-v1_5.
const SIGNATURE: &str = "\
8768c423b9df53629725b9595d4a6d4f226bf3e4661c18a0eb8d09e327164387bb34347ccc031b8c3b0e9c04ec46efc1\
fa62021785275f2634223f0f2510bcf0f3dc8e01f6cf53a36e3f7dd5f899742069f8b38cd251fc42c2762c46801df52b\
55279beef935f114423b8f802b6ff2493752856e8056835ed6eb71739c2329c68fcd828b5dcc50e1c78d94000b33b326\
46f9f7903be79cf381a9b214bb627e9a14becfc08a1f0481603c02575a74d3f86c87210c662dd401c82ea18533d16c31\
43f50ef7847410ec34bffd35d842c7ac8a20edb2a9049f3d83c87d1348d45b1a99b76e670ba72decbcbf9e09c1cf783d\
ade46f8404c2ffe4eea29d918c3d03e7";
/// x and y of the key on P-256.
const POINT: &str = "\
1a15f5b12ec3729e6659112034f9fb7f302105a4ec7c6da39ed13046e1ecf5c1a8cb0169e3d9e80f6db99ef5ada91cce\
7c5e28987ef53d7a18d51adbf6e8e04b";
/// r and s.
const NUMBERS: &str = "\
a9265acaa6b9f22e63cf68017ce33f9c289d2296ab0fe9506bf4de13abef0eb68521b48d60ab449dce5ed1c5880a005a\
d99fecaa913862a66eb830a5d77ce9b3";

fn unhex<const N: usize>(digits: &str) -> [u8; N] {
    std::array::from_fn(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).expect("digits"))
}

/// Whether a power is the encoding of the digest, by its end.
fn holds(message: &[u8]) -> u32 {
    message.ends_with(&unhex::<32>(DIGEST)).into()
}

fn numbers() -> ([u8; 256], [u8; 256]) {
    (unhex(black_box(SIGNATURE)), unhex(black_box(MODULUS)))
}

/// The power of RSA-2048 with the crate of our own. Whether the signature holds.
#[unsafe(no_mangle)]
pub extern "C" fn rsa() -> u32 {
    let (signature, modulus) = numbers();
    holds(&yinxin_rsa::power(&signature, 65_537, &modulus))
}

/// The same with `crypto-bigint`, on which the crate `rsa` stands.
#[unsafe(no_mangle)]
pub extern "C" fn rsa_with_crypto_bigint() -> u32 {
    let (signature, modulus) = numbers();
    let modulus = Odd::new(U2048::from_be_slice(&modulus)).expect("it is odd");
    let params = FixedMontyParams::new_vartime(modulus);
    let message = FixedMontyForm::new(&U2048::from_be_slice(&signature), &params)
        .pow_vartime(&U64::from(65_537u32))
        .retrieve()
        .to_be_bytes();
    holds(message.as_ref())
}

/// The same with `dashu-int`.
#[unsafe(no_mangle)]
pub extern "C" fn rsa_with_dashu() -> u32 {
    let (signature, modulus) = numbers();
    let ring = ConstDivisor::new(UBig::from_be_bytes(&modulus));
    let message = ring
        .reduce(UBig::from_be_bytes(&signature))
        .pow(&UBig::from(65_537u32));
    holds(&message.residue().to_be_bytes())
}

/// P-256 with the crate `p256`. Whether the signature holds.
#[unsafe(no_mangle)]
pub extern "C" fn p256_with_p256() -> u32 {
    let point: [u8; 64] = unhex(black_box(POINT));
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&[&[4], &point[..]].concat());
    let signature = p256::ecdsa::Signature::from_slice(&unhex::<64>(NUMBERS));
    let held = key.and_then(|key| key.verify_prehash(&unhex::<32>(DIGEST), &signature?));
    held.is_ok().into()
}

/// The same with arkworks, by one ladder for both scalars.
#[unsafe(no_mangle)]
pub extern "C" fn p256_with_arkworks() -> u32 {
    let (point, numbers): ([u8; 64], [u8; 64]) = (unhex(black_box(POINT)), unhex(NUMBERS));
    let field = |bytes: &[u8]| Fq::from_be_bytes_mod_order(bytes);
    let scalar = |bytes: &[u8]| Fr::from_be_bytes_mod_order(bytes);
    let key = Affine::new_unchecked(field(&point[..32]), field(&point[32..]));
    let (r, s) = (scalar(&numbers[..32]), scalar(&numbers[32..]));
    let Some(inverse) = s.inverse().filter(|_| key.is_on_curve()) else {
        return 0;
    };
    let of_base = (scalar(&unhex::<32>(DIGEST)) * inverse).into_bigint();
    let of_key = (r * inverse).into_bigint();
    let base = Affine::generator();
    let both = (base + key).into_affine();
    let mut sum = Projective::default();
    for bit in (0..256).rev() {
        sum.double_in_place();
        match (of_base.get_bit(bit), of_key.get_bit(bit)) {
            (true, true) => sum += both,
            (true, false) => sum += base,
            (false, true) => sum += key,
            (false, false) => {}
        }
    }
    let x = sum.into_affine().x.into_bigint().to_bytes_be();
    (scalar(&x) == r).into()
}

//! One SM2 signature, and who verifies it in each of the ways that are measured beside each other: natively by
//! `benches/sm2.rs`, and as WebAssembly, without any interface but numbers, by `tests/bench/sm2.ts`.
//!
//! The signature is the example of GB/T 32918.5-2017, annex A.2. What is measured begins with the key's point and e.
#![allow(unsafe_code, reason = "the names that a Wasm module exports")]

#[cfg(feature = "others")]
pub mod others;

use sm2::dsa::signature::hazmat::PrehashVerifier;
use sm2::dsa::{Signature, VerifyingKey};
use std::cell::OnceCell;
use std::hint::black_box;
use yinxin_sm2::Key;

/// x of the key, as hexadecimal digits.
pub const X: &str = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020";
/// y of the key.
pub const Y: &str = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
/// e of the message.
pub const E: &str = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
/// r of the signature.
pub const R: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
/// s of the signature.
pub const S: &str = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

/// The numbers of the signature: x, y, e, r, s.
struct Example {
    numbers: [[u8; 32]; 5],
    /// The key that was used before.
    known: Key,
}

fn with_example<T>(run: impl FnOnce(&Example) -> T) -> T {
    thread_local! {
        static EXAMPLE: OnceCell<Example> = const { OnceCell::new() };
    }
    EXAMPLE.with(|example| {
        run(example.get_or_init(|| {
            let numbers = [X, Y, E, R, S].map(unhex);
            let known = Key::from_point(&numbers[0], &numbers[1]).expect("a point");
            Example { numbers, known }
        }))
    })
}

fn unhex(digits: &str) -> [u8; 32] {
    std::array::from_fn(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).expect("digits"))
}

/// Verifies with the crate of our own, the key being new. Whether the signature holds.
#[unsafe(no_mangle)]
pub extern "C" fn verify() -> u32 {
    with_example(|example| {
        let [x, y, e, r, s] = black_box(&example.numbers);
        let key = Key::from_point(x, y);
        key.is_some_and(|key| key.verify(e, r, s)).into()
    })
}

/// The same of a key that was used before.
#[unsafe(no_mangle)]
pub extern "C" fn verify_again() -> u32 {
    with_example(|example| {
        let [_, _, e, r, s] = black_box(&example.numbers);
        example.known.verify(e, r, s).into()
    })
}

/// Verifies with the crate `sm2`.
#[unsafe(no_mangle)]
pub extern "C" fn verify_with_sm2() -> u32 {
    with_example(|example| {
        let [x, y, e, r, s] = black_box(&example.numbers);
        let mut point = [4; 65];
        point[1..33].copy_from_slice(x);
        point[33..].copy_from_slice(y);
        let key = sm2::PublicKey::from_sec1_bytes(&point).ok();
        let key = key.and_then(|key| VerifyingKey::new("", key).ok());
        let signature = Signature::from_slice(&[*r, *s].concat()).ok();
        let held = key.zip(signature).is_some_and(|(key, signature)| {
            let held = key.verify_prehash(e, &signature);
            held.is_ok()
        });
        held.into()
    })
}

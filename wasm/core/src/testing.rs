//! What the tests of several modules stand on: a key as the host lists it, and random numbers that can be repeated.

use yinxin_pki::testing::Identity;
use yinxin_proto::Base64;
use yinxin_proto::token::{PinLength, PinState, PinTries, Token, TokenCertificate, TokenSeal};

/// A key with these certificates.
pub fn token(identities: &[&Identity]) -> Token {
    Token {
        token: "t1".into(),
        label: "演示".into(),
        manufacturer: "示例厂商".into(),
        model: "K1".into(),
        serial: "0001".into(),
        module: "softkey".into(),
        pin: PinTries {
            state: PinState::Ok,
            left: Some(6),
        },
        pin_length: PinLength { min: 6, max: 16 },
        protected_path: false,
        initial_pin: false,
        demo: true,
        certificates: identities
            .iter()
            .map(|identity| TokenCertificate {
                id: "01".into(),
                label: "sign".into(),
                certificate: Base64(identity.certificate.der().to_vec()),
                padding: None,
            })
            .collect(),
        seals: Vec::new(),
        problem: None,
    }
}

/// A seal in a key.
pub fn token_seal(der: &[u8]) -> TokenSeal {
    TokenSeal {
        label: "印章".into(),
        application: String::new(),
        der: Some(Base64(der.to_vec())),
        padding: None,
        problem: None,
    }
}

/// A small generator of random numbers (xorshift64*), seeded, so that a failure can be repeated.
pub struct Random(pub u64);

impl Random {
    /// The next number, below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % n
    }
}

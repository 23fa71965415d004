//! OpenSSL as the authority, and answers that are none.

use super::*;
use crate::testing::NOW;
use crate::trust::Crls;
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_proto::time::UnixTime;
use yinxin_testing::TimeAuthority;

/// OpenSSL stamps by the clock.
fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixTime(i64::try_from(since.as_secs()).unwrap()).plus(60)
}

fn token(request: &Request, answer: &[u8], at: UnixTime) -> Result<Vec<u8>, String> {
    let crls = Crls::default();
    let token = request.token(answer, &PathPolicy::new(&[], &[], &crls, at));
    token.map_err(|error| match error {
        Error::TimeStampInvalid { reason } => reason,
        other => panic!("{other:?}"),
    })
}

#[test]
fn openssl_answers_and_judges() {
    let Some(authority) = TimeAuthority::new("request") else {
        return;
    };
    for algorithm in [SignatureAlgorithm::Sm2Sm3, SignatureAlgorithm::RsaSha256] {
        for random in [[0xff; 16], [0; 16], [1; 16]] {
            let request = Request::new(algorithm, b"a signature", &random);
            let answer = authority.answer(&request.der());
            let own = token(&request, &answer, now()).unwrap();
            assert!(authority.holds(&own, b"a signature"));
            assert!(!authority.holds(&own, b"another"));

            let another = Request::new(algorithm, b"a signature", &[2; 16]);
            let told = token(&another, &answer, now());
            assert_eq!(told.unwrap_err(), "it answers another request");
            let another = Request::new(algorithm, b"another", &random);
            let told = token(&another, &answer, now());
            assert_eq!(told.unwrap_err(), "it is of something else");
            // Made before its time.
            let told = token(&request, &answer, NOW.plus(-1_000_000_000));
            assert!(told.is_err());
        }
    }
}

#[test]
fn what_an_authority_refuses_is_told_in_its_words() {
    let Some(authority) = TimeAuthority::new("refusal") else {
        return;
    };
    let mut request = Request::new(SignatureAlgorithm::RsaSha256, b"", &[1; 16]);
    request.algorithm = oid::SHA384;
    request.imprint = vec![0; 48];
    let told = token(&request, &authority.answer(&request.der()), now()).unwrap_err();
    assert!(told.starts_with("refused, status 02 "), "{told}");
    assert!(told.contains("not supported"), "{told}");
}

#[test]
fn damaged_answers_are_refused() {
    let Some(authority) = TimeAuthority::new("damaged") else {
        return;
    };
    let request = Request::new(SignatureAlgorithm::RsaSha256, b"a signature", &[7; 16]);
    let answer = authority.answer(&request.der());
    for size in 0..answer.len() {
        assert!(token(&request, &answer[..size], now()).is_err(), "{size}");
    }
    // Its content: from the digest over serial number and time to the nonce.
    let start = answer
        .windows(32)
        .position(|bytes| bytes == request.imprint);
    let start = start.unwrap();
    let nonce = answer[start..]
        .windows(18)
        .position(|bytes| bytes == request.nonce);
    for at in start..start + nonce.unwrap() + 18 {
        let mut changed = answer.clone();
        changed[at] ^= 0x10;
        assert!(token(&request, &changed, now()).is_err(), "{at}");
    }
    for at in (0..answer.len()).step_by(7) {
        let mut changed = answer.clone();
        changed[at] ^= 0x81;
        let _ = token(&request, &changed, now());
    }
}

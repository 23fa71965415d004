//! OpenSSL as a judge, through a C program that reads triples and says for each whether it holds.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use sm2::dsa::SigningKey;
use sm2::dsa::signature::hazmat::PrehashSigner;
use sm2::elliptic_curve::sec1::ToSec1Point;
use yinxin_sm2::Key;

type Numbers = [[u8; 32]; 5];

/// n, the greatest byte first.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, //
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
];

/// What OpenSSL says of each x, y, e, r, s.
fn verdicts(cases: &[Numbers]) -> Vec<bool> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openssl/judge.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sm2-openssl-judge");
    let made = Command::new("cc")
        .args(["-Wall", "-Wextra", "-Werror", "-O2", "-o"])
        .args([&program, &source])
        .arg("-lcrypto")
        .output()
        .expect("a C compiler runs");
    let words = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{words}");

    let mut lines = String::new();
    for numbers in cases {
        let hex = numbers.map(|number| {
            number.iter().fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").expect("a string takes everything");
                hex
            })
        });
        writeln!(lines, "{}", hex.join(" ")).expect("a string takes everything");
    }
    let mut judge = Command::new(&program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the judge starts");
    let mut input = judge.stdin.take().expect("it has an input");
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = judge.wait_with_output().expect("the judge ends");
    writer
        .join()
        .expect("the writer ends")
        .expect("the judge reads all");
    assert!(output.status.success());
    let words = String::from_utf8(output.stdout).expect("digits");
    words.lines().map(|line| line == "1").collect()
}

fn ours([x, y, e, r, s]: &Numbers) -> bool {
    Key::from_point(x, y).is_some_and(|key| {
        let verdict = key.verify(e, r, s);
        assert_eq!(key.verify(e, r, s), verdict, "with tables");
        verdict
    })
}

/// a + b as numbers of 32 bytes, wrapped around.
fn sum(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    let mut sum = [0; 32];
    for i in (0..32).rev() {
        carry += u16::from(a[i]) + u16::from(b[i]);
        sum[i] = (carry & 0xff) as u8;
        carry >>= 8;
    }
    sum
}

/// n − a, for an a of up to n.
fn opposite(a: &[u8; 32]) -> [u8; 32] {
    let inverted = sum(&a.map(|byte| !byte), &small(1));
    sum(&ORDER, &inverted)
}

fn small(number: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[31] = number;
    bytes
}

#[test]
fn openssl_judges_the_same() {
    let mut cases = Vec::new();
    for k in 1..=24u8 {
        let secret: [u8; 32] = std::array::from_fn(|i| (i as u8).wrapping_mul(k) ^ k);
        let key = SigningKey::from_slice("", &secret).expect("a number of 1 to n − 2");
        let point = key.verifying_key().as_affine().to_sec1_point(false);
        let point = point.as_bytes();
        let (x, y) = (number(&point[1..33]), number(&point[33..]));
        let e = secret.map(|byte| byte.rotate_left(3) ^ 0x5a);
        let signature: sm2::dsa::Signature = key.sign_prehash(&e).expect("it signs");
        let signature = signature.to_bytes();
        let (r, s) = (number(&signature[..32]), number(&signature[32..]));

        cases.push([x, y, e, r, s]);
        // A bit more in each number, at a place that wanders.
        for which in 0..5 {
            let mut numbers = [x, y, e, r, s];
            let bit = usize::from(k) * 37 + which * 11;
            numbers[which][bit / 8 % 32] ^= 1 << (bit % 8);
            cases.push(numbers);
        }
        let ends = [small(0), small(1), opposite(&small(1)), ORDER, [0xff; 32]];
        for end in ends {
            cases.push([x, y, end, r, s]);
            cases.push([x, y, e, end, s]);
            cases.push([x, y, e, r, end]);
        }
        cases.push([x, y, e, r, opposite(&r)]);
        cases.push([x, y, e, s, r]);
        cases.push([y, x, e, r, s]);
        cases.push([x, y, sum(&e, &ORDER), r, s]);
        cases.push([[0; 32], [0; 32], e, r, s]);
    }
    let expected = verdicts(&cases);
    assert_eq!(expected.len(), cases.len());
    assert!(expected.iter().filter(|holds| **holds).count() >= 24);
    for (case, expected) in cases.iter().zip(expected) {
        assert_eq!(ours(case), expected, "{case:02x?}");
    }
}

fn number(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().expect("32 bytes")
}

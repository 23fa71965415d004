//! OpenSSL as a judge, through a C program that reads triples and says for each whether it holds.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sm2::dsa::SigningKey;
use sm2::dsa::signature::hazmat::PrehashSigner;
use sm2::elliptic_curve::ops::{LinearCombination, Reduce};
use sm2::elliptic_curve::point::AffineCoordinates;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::{FieldBytes, ProjectivePoint, Scalar};
use yinxin_sm2::Key;

type Numbers = [[u8; 32]; 5];

/// n, the greatest byte first.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, //
    0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
];

/// The C program, compiled once.
fn judge() -> &'static Path {
    static JUDGE: OnceLock<PathBuf> = OnceLock::new();
    JUDGE.get_or_init(compiled)
}

fn compiled() -> PathBuf {
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
    program
}

/// What OpenSSL says of each x, y, e, r, s.
fn verdicts(cases: &[Numbers]) -> Vec<bool> {
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
    let mut judge = Command::new(judge())
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
    assert!(check(&cases) >= 24);
}

/// Compares with OpenSSL, and says how many hold.
fn check(cases: &[Numbers]) -> usize {
    let expected = verdicts(cases);
    assert_eq!(expected.len(), cases.len());
    for (case, expected) in cases.iter().zip(&expected) {
        assert_eq!(ours(case), *expected, "{case:02x?}");
    }
    expected.iter().filter(|holds| **holds).count()
}

/// As many random triples as `YINXIN_TRIPLES` says, from `YINXIN_SEED` on: one that holds, and one beside it.
#[test]
#[ignore = "takes minutes to hours"]
fn openssl_judges_the_same_over_millions_of_triples() {
    let set = |name| {
        let text = std::env::var(name).ok();
        text.and_then(|text| text.parse::<u64>().ok())
    };
    let count = set("YINXIN_TRIPLES").unwrap_or(1_000_000);
    let mut random = Random(set("YINXIN_SEED").unwrap_or(1));
    // A key that no small number makes, by a step that costs little.
    let mut key = ProjectivePoint::GENERATOR;
    for _ in 0..count.div_ceil(10_000) {
        let mut cases = Vec::new();
        for _ in 0..100 {
            key = key + key + ProjectivePoint::GENERATOR;
            let point = key.to_affine().to_sec1_point(false);
            let (x, y) = (
                number_at(point.as_bytes(), 1),
                number_at(point.as_bytes(), 33),
            );
            for _ in 0..50 {
                let (r, s) = (random.scalar(), random.scalar());
                let pairs = [(ProjectivePoint::GENERATOR, s), (key, r + s)];
                let sum = ProjectivePoint::lincomb(&pairs).to_affine();
                let e = (r - Scalar::reduce(&sum.x())).to_bytes().into();
                let held = [x, y, e, r.to_bytes().into(), s.to_bytes().into()];
                cases.push(held);
                let mut beside = held;
                let bit = random.word() as usize % 256;
                beside[2 + random.word() as usize % 3][bit / 8] ^= 1 << (bit % 8);
                cases.push(beside);
            }
        }
        assert_eq!(check(&cases), 5_000);
    }
}

/// Numbers that follow from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn scalar(&mut self) -> Scalar {
        let words = std::array::from_fn::<_, 4, _>(|_| self.word().to_be_bytes());
        Scalar::reduce(&FieldBytes::from(number(words.as_flattened())))
    }
}

fn number_at(bytes: &[u8], at: usize) -> [u8; 32] {
    number(&bytes[at..at + 32])
}

fn number(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().expect("32 bytes")
}

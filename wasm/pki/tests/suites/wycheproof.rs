//! Wycheproof: signatures that verifiers got wrong, under the keys and schemes of certificates.

use super::kept::Kept;
use super::{Ours, suite};
use serde::Deserialize;
use yinxin_pki::hash::Sha2;
use yinxin_pki::key::PublicKey;
use yinxin_pki::scheme::Scheme;
use yinxin_pki::sm2::{DEFAULT_ID, Sm2Digest};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    #[serde(rename = "type")]
    kind: String,
    public_key_der: String,
    sha: String,
    s_len: Option<usize>,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    tc_id: u32,
    msg: String,
    sig: String,
    result: String,
}

impl Group {
    fn scheme(&self) -> Scheme {
        let hash = match &self.sha[..] {
            "SHA-256" => Sha2::Sha256,
            "SHA-384" => Sha2::Sha384,
            "SHA-512" => Sha2::Sha512,
            other => panic!("{other} is new"),
        };
        match &self.kind[..] {
            "EcdsaVerify" => Scheme::Ecdsa(hash),
            "RsassaPkcs1Verify" => Scheme::RsaPkcs1(hash),
            "RsassaPssVerify" => Scheme::RsaPss {
                hash,
                salt_length: self.s_len.unwrap(),
            },
            other => panic!("{other} is new"),
        }
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let octets = text.as_bytes().chunks(2);
    octets
        .map(|octet| u8::from_str_radix(std::str::from_utf8(octet).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn the_signatures_of_wycheproof_are_judged_as_it_says() {
    let Some(folder) = suite("wycheproof") else {
        return;
    };
    // Thousands of cases agree: what is kept are counts, and the cases that differ.
    let mut kept = Kept::read("wycheproof.txt");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let suite: Suite = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let (mut held, mut refused) = (0, 0);
        for group in &suite.test_groups {
            let key = PublicKey::from_spki(&unhex(&group.public_key_der)).unwrap();
            let scheme = group.scheme();
            for case in &group.tests {
                let (message, signature) = (unhex(&case.msg), unhex(&case.sig));
                let id = Sm2Digest::Id(DEFAULT_ID);
                let holds = key.verify_scheme(scheme, id, &[&message], &signature);
                *(if holds { &mut held } else { &mut refused }) += 1;
                // What is "acceptable" may go either way.
                let differs = case.result != "acceptable" && holds != (case.result == "valid");
                if differs {
                    let case = format!("{name}:{}", case.tc_id);
                    kept.take(&case, &Ours::accepts(holds), !holds);
                }
            }
        }
        assert_eq!(held + refused, suite.number_of_tests);
        let counts = Ours {
            accepted: true,
            word: format!("{held} hold, {refused} do not"),
        };
        kept.take(&name, &counts, true);
    }
    kept.finish();
}

//! The shared certificates of real CAs and of published chains.

use super::super::*;
use crate::testing::{NOW, codes, data};
use der::{Decode, Encode};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use x509_cert::certificate::{CertificateInner, Raw};

/// Every certificate of the shared data, with where it came from.
fn all() -> Vec<(PathBuf, Certificate)> {
    let Some(folder) = data::folder() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for folder in ["ca-national", "certs/tjfoc", "certs/tongsuo-dual"].map(|name| folder.join(name))
    {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read(&path).unwrap();
            if !text
                .windows(17)
                .any(|window| window == b"BEGIN CERTIFICATE")
            {
                continue;
            }
            for certificate in bundle::certificates(&text).unwrap() {
                found.push((path.clone(), certificate));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        found.len(),
        87 + 4 + 9,
        "the shared certificates have changed"
    );
    found
}

#[test]
fn re_encoding_gives_the_same_bytes() {
    for (path, certificate) in all() {
        let other = CertificateInner::<Raw>::from_der(certificate.der()).unwrap();
        assert_eq!(
            other.to_der().unwrap(),
            certificate.der(),
            "{}",
            path.display()
        );
        let fields = other.tbs_certificate();
        assert_eq!(fields.to_der().unwrap(), certificate.tbs());
        assert_eq!(
            fields.subject().to_der().unwrap(),
            certificate.subject().der()
        );
        assert_eq!(
            fields.issuer().to_der().unwrap(),
            certificate.issuer().der()
        );
        let spki = fields.subject_public_key_info();
        assert_eq!(spki.to_der().unwrap(), certificate.spki());
        assert_eq!(
            fields.signature().to_der().unwrap(),
            certificate.signature_algorithm_der()
        );
        assert_eq!(other.signature().as_bytes(), Some(certificate.signature()));
        let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs();
        let times = [certificate.not_before(), certificate.not_after()];
        let validity = fields.validity();
        assert_eq!(
            [validity.not_before, validity.not_after].map(seconds),
            times.map(|time| time.0.unsigned_abs())
        );
    }
}

/// What OpenSSL prints of a certificate.
fn openssl(certificate: &Certificate, options: &[&str]) -> String {
    let mut child = Command::new("openssl")
        .args(["x509", "-inform", "DER", "-noout"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command line of OpenSSL is at hand");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(certificate.der())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn names_and_serials_agree_with_openssl() {
    let lines = |title: &str, name: &DistinguishedName| {
        let mut text = format!("{title}=\n");
        for attribute in name.attributes() {
            writeln!(text, "    {}={}", attribute.name(), attribute.text).unwrap();
        }
        text
    };
    let options = [
        "-serial",
        "-subject",
        "-issuer",
        "-nameopt",
        "utf8,sep_multiline,sname",
    ];
    let mut attributes = 0;
    for (path, certificate) in all() {
        let serial = certificate.facts(NOW).serial_number.hex;
        let ours = format!("serial={serial}\n")
            + &lines("subject", certificate.subject())
            + &lines("issuer", certificate.issuer());
        assert_eq!(ours, openssl(&certificate, &options), "{}", path.display());
        attributes += certificate.subject().attributes().count();
    }
    if data::folder().is_some() {
        assert!(attributes > 300, "{attributes}");
    }
}

#[test]
fn oddities_of_real_certificates_are_those_that_are_known() {
    let mut seen = std::collections::BTreeMap::new();
    for (path, certificate) in all() {
        assert!(
            certificate
                .findings()
                .iter()
                .all(|f| f.severity == Severity::Note),
            "{:?} {}",
            certificate.findings(),
            path.display()
        );
        if path.parent().unwrap().ends_with("ca-national") {
            for code in codes(certificate.findings()) {
                *seen.entry(code).or_insert(0) += 1;
            }
        }
    }
    if data::folder().is_some() {
        let seen: Vec<_> = seen.into_iter().collect();
        assert_eq!(seen, [("parameters-odd", 86), ("string-type-odd", 1)]);
    }
}

#[test]
fn the_national_certificates_are_told() {
    let mut seen = 0;
    for (path, certificate) in all() {
        if !path.parent().unwrap().ends_with("ca-national") {
            continue;
        }
        let facts = certificate.facts(NOW);
        assert!(
            !facts.holder.is_empty() && !facts.issuer.is_empty(),
            "{}",
            path.display()
        );
        assert!(facts.is_ca, "{}", path.display());
        assert_eq!(
            (&facts.key_algorithm[..], &facts.signature_algorithm[..]),
            ("SM2", "SM2-with-SM3")
        );
        let serial = path.file_stem().and_then(|stem| stem.to_str()).unwrap();
        if serial != "ROOTCA" {
            assert_eq!(facts.serial_number.hex, serial);
        }
        seen += 1;
    }
    assert!(seen == 87 || seen == 0);
}

#[test]
fn dual_certificates_find_each_other() {
    let all = all();
    let certificates: Vec<&Certificate> = all.iter().map(|(_, certificate)| certificate).collect();
    let names: Vec<_> = pair::partners(&certificates)
        .into_iter()
        .map(|(sign, encrypt)| {
            [sign, encrypt].map(|at| all[at].0.file_name().unwrap().to_str().unwrap())
        })
        .collect();
    // Tongsuo's test certificates differ in their subjects (`client sign`, `client enc`), which those
    // of one holder do not.
    if !all.is_empty() {
        assert_eq!(names, [["sm2_sign_cert.cer", "sm2_enc_cert.cer"]]);
    }
}

//! x509-limbo: chains made to be judged, each with what RFC 5280 or the browsers' profile says.

use super::kept::Kept;
use super::{Ours, suite};
use serde::Deserialize;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::trust::{Anchor, CrlPolicy, Crls, KeyPurpose, PathPolicy};
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

#[derive(Deserialize)]
struct Limbo {
    testcases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    features: Vec<String>,
    validation_kind: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    extended_key_usage: Vec<String>,
    expected_result: String,
    crls: Vec<String>,
}

impl Case {
    /// Whether it asks what the core is not asked: whether a certificate is that of a server of
    /// some name and use, and for a depth that the caller chooses.
    fn is_of_a_server(&self) -> bool {
        let groups = ["webpki::san::", "webpki::cn::", "webpki::eku::ee-"];
        let cases = [
            "rfc5280::eku::ee-wrong-eku",
            "rfc5280::ca-as-leaf-wrong-san",
        ];
        groups.iter().any(|group| self.id.starts_with(group))
            || cases.contains(&self.id.as_str())
            || self
                .features
                .iter()
                .any(|feature| feature == "max-chain-depth")
    }

    fn judge(&self) -> Result<Ours, Error> {
        let read = |pem: &String| Certificate::parse(pem.as_bytes());
        let anchors: Result<Vec<_>, _> = self.trusted_certs.iter().map(read).collect();
        let anchors: Vec<_> = anchors?.into_iter().map(Anchor::from).collect();
        let between: Result<Vec<_>, _> = self.untrusted_intermediates.iter().map(read).collect();
        let between = between?;
        let crls = Crls::read(&self.crls);
        let at = self.validation_time.as_deref().unwrap_or(NOW);
        let mut policy = PathPolicy::new(&anchors, &between, &crls, time(at));
        if !self.crls.is_empty() {
            policy.crl_policy = CrlPolicy::Require;
        }
        if self.validation_kind == "CLIENT" && self.extended_key_usage == ["clientAuth"] {
            policy.purpose = Some(KeyPurpose::Sign);
        }
        Ok(Ours::on(&read(&self.peer_certificate)?, &policy))
    }
}

/// Whole seconds, as validity is told in.
fn time(text: &str) -> UnixTime {
    UnixTime::parse(&format!("{}Z", &text[..19])).unwrap()
}

#[test]
fn the_cases_of_x509_limbo_are_judged_as_it_says() {
    let Some(file) = suite("limbo.json") else {
        return;
    };
    let limbo: Limbo = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut kept = Kept::read("limbo.txt");
    for case in &limbo.testcases {
        if case.is_of_a_server() {
            kept.leave_out();
            continue;
        }
        let ours = case
            .judge()
            .unwrap_or_else(|error| Ours::unreadable(&error));
        kept.take(&case.id, &ours, case.expected_result == "SUCCESS");
    }
    kept.finish();
}

/// For cases that ask for no time in particular.
const NOW: &str = "2026-06-01T00:00:00";

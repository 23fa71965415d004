//! Path validation judged by the OpenSSL command line: chains that it makes at random, with
//! faults, are judged by it and by the core, and the verdicts must be equal, or the difference
//! explained by the standard.
//!
//! OpenSSL is asked without `-x509_strict`: that adds demands of RFC 5280, clause 4, on how a CA
//! writes certificates (which are critical, which have key identifiers), and not on how a path is
//! validated (clause 6).
//!
//! `YINXIN_SEED` draws other chains.
#![allow(clippy::unwrap_used, reason = "a test")]

mod cases;
mod faults;
mod random;
mod workshop;

use cases::{AT, Case, Range};
use faults::{ACCEPTED_DIFFERENCES, Effect, Fault, codes_of};
use std::collections::HashMap;
use workshop::{Algorithm, Question, Sm2Id, Workshop, in_parallel};
use yinxin_core::certificate::Certificate;
use yinxin_core::trust::{CrlPolicy, Crls, Policy, verify};
use yinxin_proto::Severity;

/// The core's judgement.
struct Verdict {
    valid: bool,
    /// The codes of its fatal findings, the gravest first.
    codes: Vec<&'static str>,
}

/// Asks the core. All use of its interface is here.
fn judge(case: &Case, workshop: &Workshop, sm2_id: Sm2Id) -> Verdict {
    let read = |id: &_| Certificate::parse(&workshop.certificate_pem(*id)).unwrap();
    let anchors: Vec<_> = case.anchors.iter().map(read).collect();
    let intermediates: Vec<_> = case.intermediates.iter().map(read).collect();
    let lists: Vec<_> = case
        .crls
        .iter()
        .flatten()
        .map(|id| workshop.crl_pem(*id))
        .collect();
    let crls = Crls::read(&lists);
    let mut policy = Policy::new(&anchors, &intermediates, &crls, AT);
    if case.crls.is_some() {
        // OpenSSL, too, refuses where a list is missing or stale.
        policy.crl_policy = CrlPolicy::Require;
    }
    if let Sm2Id::Empty = sm2_id {
        policy.sm2_id = b"";
    }
    let verdict = verify(&read(&case.path[0]), &policy);
    Verdict {
        valid: verdict.valid,
        codes: verdict
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Fatal)
            .map(|finding| finding.error.code())
            .collect(),
    }
}

#[test]
fn verdicts_on_random_chains_are_those_of_openssl() {
    let range = Range {
        algorithms: ALGORITHMS,
        faults: Fault::ALL,
        sm2_id: Sm2Id::Empty,
        more: true,
    };
    compare("chains", &range, CHAINS);
}

/// Algorithms beside those that the issue names.
#[test]
#[ignore = "the core does not verify P-384 and RSA-PSS yet"]
fn verdicts_on_chains_of_further_algorithms_are_those_of_openssl() {
    let range = Range {
        algorithms: FURTHER_ALGORITHMS,
        faults: Fault::ALL,
        sm2_id: Sm2Id::Empty,
        more: true,
    };
    compare("further-chains", &range, CHAINS);
}

/// Under the default user id OpenSSL can judge a leaf only, so each certificate is one, with its
/// issuer as the anchor.
#[test]
fn verdicts_on_sm2_chains_under_the_default_id_are_those_of_openssl_link_by_link() {
    let seed = seed();
    let mut workshop = Workshop::open("links");
    let range = Range {
        algorithms: &[Algorithm::Sm2],
        faults: Fault::OF_ONE_LINK,
        sm2_id: Sm2Id::Default,
        more: false,
    };
    let cases = range.draw(LINKED_CHAINS, seed, &mut workshop);
    workshop.make();
    let mut problems = Vec::new();
    let mut valid = 0;
    for case in &cases {
        let mut numbers: Vec<u32> = Vec::new();
        for link in case.path.windows(2) {
            numbers.extend(workshop.verify(&Question {
                leaf: link[0],
                intermediates: &[],
                anchors: &link[1..],
                crls: None,
                at: AT,
                partial_chain: true,
                sm2_id: Sm2Id::Default,
            }));
        }
        let ours = judge(case, &workshop, Sm2Id::Default);
        problems.extend(misjudged(case, &numbers));
        if let Err(problem) = agreement(case, &numbers, &ours) {
            problems.push(problem);
        }
        valid += usize::from(ours.valid);
        if ours.valid && judge(case, &workshop, Sm2Id::Empty).valid {
            problems.push(format!("{}: valid under the empty id", case.describe()));
        }
    }
    eprintln!(
        "{} SM2 chains under the default id, {valid} valid, seed {seed}",
        cases.len()
    );
    assert!(problems.is_empty(), "seed {seed}:\n{}", problems.join("\n"));
    assert!(valid > 0 && valid < cases.len());
}

/// Draws chains, has both judge, and compares.
fn compare(name: &str, range: &Range<'_>, count: usize) {
    let seed = seed();
    let mut workshop = Workshop::open(name);
    let cases = range.draw(count, seed, &mut workshop);
    let (certificates, lists) = workshop.make();
    let judged = in_parallel(&cases, |case| {
        let numbers = workshop.verify(&Question {
            leaf: case.path[0],
            intermediates: &case.intermediates,
            anchors: &case.anchors,
            crls: case.crls.as_deref(),
            at: AT,
            partial_chain: false,
            sm2_id: range.sm2_id,
        });
        let ours = judge(case, &workshop, range.sm2_id);
        let valid_under_default_id = judge(case, &workshop, Sm2Id::Default).valid;
        (numbers, ours, valid_under_default_id)
    });
    let mut problems = Vec::new();
    let (mut equal, mut explained, mut valid) = (0, 0, 0);
    let mut excused = [0; ACCEPTED_DIFFERENCES.len()];
    for (case, (numbers, ours, valid_under_default_id)) in cases.iter().zip(&judged) {
        problems.extend(misjudged(case, numbers));
        match agreement(case, numbers, ours) {
            Ok(rules) if rules.is_empty() => equal += 1,
            Ok(rules) => {
                explained += 1;
                for rule in rules {
                    excused[rule] += 1;
                }
            }
            Err(problem) => problems.push(problem),
        }
        valid += usize::from(ours.valid);
        let signed_by_sm2 = case.algorithms[1..].contains(&Algorithm::Sm2);
        if signed_by_sm2 && *valid_under_default_id {
            problems.push(format!(
                "{}: signed under the empty id, valid under the default one",
                case.describe()
            ));
        }
    }
    let mut of_each: HashMap<Fault, usize> = HashMap::new();
    for fault in cases.iter().flat_map(|case| &case.faults) {
        *of_each.entry(*fault).or_default() += 1;
    }
    let fewest = Fault::ALL
        .iter()
        .map(|fault| of_each.get(fault).copied().unwrap_or(0))
        .min()
        .unwrap_or(0);
    let of_one_algorithm: Vec<_> = range
        .algorithms
        .iter()
        .map(|algorithm| {
            let only = |case: &&Case| case.algorithms.iter().all(|other| other == algorithm);
            (algorithm, cases.iter().filter(only).count())
        })
        .collect();
    eprintln!(
        "{} chains ({of_one_algorithm:?}, the others mixed) of {certificates} certificates and \
         {lists} lists, seed {seed}: {equal} verdicts equal, {explained} differences explained, \
         {} problems; {valid} valid; {} kinds of fault, each at least {fewest} times",
        cases.len(),
        problems.len(),
        of_each.len(),
    );
    for (rule, times) in ACCEPTED_DIFFERENCES.iter().zip(excused) {
        eprintln!("explained {times} times: {}", rule.name);
        if times == 0 {
            problems.push(format!("explains nothing: {}", rule.name));
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems with seed {seed}:\n{}",
        problems.len(),
        problems.join("\n")
    );
    assert!(equal + explained >= 300);
    assert!(fewest >= 5, "a kind of fault came up {fewest} times");
    assert!(of_one_algorithm.iter().all(|(_, chains)| *chains >= 30));
}

/// Whether OpenSSL judged a chain otherwise than its faults let expect: then the test itself made
/// something else than it says.
fn misjudged(case: &Case, numbers: &[u32]) -> Option<String> {
    let mut possible = Vec::new();
    for fault in &case.faults {
        if let Effect::Refusal(numbers) = fault.effect() {
            possible.extend(numbers);
        }
    }
    let expected = numbers.is_empty() == possible.is_empty()
        && numbers.iter().all(|number| possible.contains(number));
    (!expected).then(|| {
        format!(
            "{}: OpenSSL reports {numbers:?}, the faults would be {possible:?}",
            case.describe()
        )
    })
}

/// Whether the verdicts are equal: with the numbers of the accepted differences that explain why
/// they need not be.
fn agreement(case: &Case, numbers: &[u32], ours: &Verdict) -> Result<Vec<usize>, String> {
    let differ = |what: &str| {
        Err(format!(
            "{}: {what}; OpenSSL {numbers:?}, we {:?}",
            case.describe(),
            ours.codes
        ))
    };
    match (numbers.is_empty(), ours.valid) {
        (true, true) => Ok(Vec::new()),
        (true, false) => differ("only we refuse"),
        (false, true) => {
            let rules: Vec<usize> = (0..ACCEPTED_DIFFERENCES.len())
                .filter(|rule| {
                    let rule = &ACCEPTED_DIFFERENCES[*rule];
                    case.faults.contains(&rule.fault)
                        && rule.numbers.iter().any(|number| numbers.contains(number))
                })
                .collect();
            let explained = |number: &u32| {
                rules
                    .iter()
                    .any(|rule| ACCEPTED_DIFFERENCES[*rule].numbers.contains(number))
            };
            // A second fault may lie behind the one at which OpenSSL ended.
            let harmless = |fault: &Fault| {
                matches!(fault.effect(), Effect::None)
                    || ACCEPTED_DIFFERENCES.iter().any(|rule| rule.fault == *fault)
            };
            if numbers.iter().all(explained) && case.faults.iter().all(harmless) {
                Ok(rules)
            } else {
                differ("only OpenSSL refuses")
            }
        }
        (false, false) => {
            let Some(first) = ours.codes.first() else {
                return differ("we refuse without a reason");
            };
            // Where OpenSSL ends at the first of two faults, ours may be the other.
            let of_faults = case.faults.iter().flat_map(|fault| match fault.effect() {
                Effect::Refusal(numbers) => numbers,
                Effect::None => &[],
            });
            if numbers
                .iter()
                .chain(of_faults)
                .any(|number| codes_of(*number).contains(first))
            {
                Ok(Vec::new())
            } else {
                differ("the reasons differ")
            }
        }
    }
}

fn seed() -> u64 {
    std::env::var("YINXIN_SEED").map_or(20_261_122, |text| {
        text.parse().expect("YINXIN_SEED is a number")
    })
}

const CHAINS: usize = 320;
const LINKED_CHAINS: usize = 30;
const ALGORITHMS: &[Algorithm] = &[Algorithm::Sm2, Algorithm::Rsa, Algorithm::P256];
const FURTHER_ALGORITHMS: &[Algorithm] = &[Algorithm::P384, Algorithm::RsaPss];

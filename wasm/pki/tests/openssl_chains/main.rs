//! Path validation judged by the OpenSSL command line: chains that it makes at random, with
//! faults, are judged by it and by the core, and the verdicts must be equal, or the difference
//! explained by the standard.
//!
//! OpenSSL is asked without `-x509_strict`: that adds demands of RFC 5280, clause 4, on how a CA
//! writes certificates (which are critical, which have key identifiers), and not on how a path is
//! validated (clause 6).
//!
//! `YINXIN_SEED` draws other chains, `YINXIN_KEEP` keeps the files that a problem names.
#![allow(clippy::unwrap_used, reason = "a test")]

mod cases;
mod faults;
mod random;
mod workshop;

use cases::{AT, Case, Range};
use faults::{ACCEPTED_DIFFERENCES, AcceptedDifference, Effect, Fault, codes_of};
use std::collections::HashMap;
use workshop::{Algorithm, Question, Sm2Id, Workshop, in_parallel};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::trust::{Anchor, CrlPolicy, Crls, PathPolicy, verify};
use yinxin_proto::Severity;

/// The core's judgement.
struct PathVerdict {
    valid: bool,
    /// The codes of its fatal findings, the gravest first.
    codes: Vec<&'static str>,
}

/// Asks the core. All use of its interface is here.
fn judge(case: &Case, workshop: &Workshop, sm2_id: Sm2Id) -> PathVerdict {
    let read = |id: &_| Certificate::parse(&workshop.certificate_pem(*id)).unwrap();
    let anchors: Vec<_> = case
        .anchors
        .iter()
        .map(|id| Anchor::from(read(id)))
        .collect();
    let intermediates: Vec<_> = case.intermediates.iter().map(read).collect();
    let lists: Vec<_> = case
        .crls
        .iter()
        .flatten()
        .map(|id| workshop.crl_pem(*id))
        .collect();
    let crls = Crls::read(&lists);
    let mut policy = PathPolicy::new(&anchors, &intermediates, &crls, AT);
    if case.crls.is_some() {
        // OpenSSL, too, refuses where a list is missing or stale.
        policy.crl_policy = CrlPolicy::Require;
    }
    if let Sm2Id::Empty = sm2_id {
        policy.sm2_id = b"";
    }
    let verdict = verify(&read(&case.path[0]), &policy);
    PathVerdict {
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
    let tally = compare("chains", ALGORITHMS, 340);
    tally.assert_no_problems();
    assert!(tally.equal + tally.explained >= 300);
    for fault in Fault::ALL {
        let times = tally.of_each.get(fault).copied().unwrap_or(0);
        assert!(times >= 5, "{fault:?} came up {times} times");
    }
    for (algorithm, chains) in &tally.of_one_algorithm {
        assert!(*chains >= 30, "{chains} chains of {algorithm:?} only");
    }
    for (difference, times) in ACCEPTED_DIFFERENCES.iter().zip(tally.excused) {
        assert!(times > 0, "explains nothing: {}", difference.name);
    }
}

/// Fewer of them, since what is new is the signatures only.
#[test]
fn verdicts_on_chains_of_further_algorithms_are_those_of_openssl() {
    let tally = compare("further-chains", FURTHER_ALGORITHMS, 60);
    tally.assert_no_problems();
    for (algorithm, chains) in &tally.of_one_algorithm {
        assert!(*chains >= 10, "{chains} chains of {algorithm:?} only");
    }
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

/// What came of a comparison.
struct Tally {
    seed: u64,
    /// Chains on which the verdicts are equal.
    equal: usize,
    /// Chains on which they differ and may.
    explained: usize,
    /// How often each accepted difference explained one.
    excused: [usize; ACCEPTED_DIFFERENCES.len()],
    /// How often each fault came up.
    of_each: HashMap<Fault, usize>,
    of_one_algorithm: Vec<(Algorithm, usize)>,
    problems: Vec<String>,
}

impl Tally {
    fn assert_no_problems(&self) {
        let Self { seed, problems, .. } = self;
        let count = problems.len();
        assert!(
            problems.is_empty(),
            "{count} problems with seed {seed}:\n{}",
            problems.join("\n")
        );
    }
}

/// Draws chains, has both judge, and compares.
fn compare(name: &str, algorithms: &[Algorithm], count: usize) -> Tally {
    let seed = seed();
    let mut workshop = Workshop::open(name);
    let range = Range {
        algorithms,
        faults: Fault::ALL,
        sm2_id: Sm2Id::Empty,
        more: true,
    };
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
            sm2_id: Sm2Id::Empty,
        });
        let ours = judge(case, &workshop, Sm2Id::Empty);
        // What holds under the empty id only is no signature of the standard.
        let signed_by_sm2 = case.algorithms[1..].contains(&Algorithm::Sm2);
        let wrongly_valid = signed_by_sm2 && judge(case, &workshop, Sm2Id::Default).valid;
        (numbers, ours, wrongly_valid)
    });
    let of_one_algorithm = algorithms.iter().map(|algorithm| {
        let only = |case: &&Case| case.algorithms.iter().all(|other| other == algorithm);
        (*algorithm, cases.iter().filter(only).count())
    });
    let mut tally = Tally {
        seed,
        equal: 0,
        explained: 0,
        excused: [0; ACCEPTED_DIFFERENCES.len()],
        of_each: HashMap::new(),
        of_one_algorithm: of_one_algorithm.collect(),
        problems: Vec::new(),
    };
    let mut valid = 0;
    for (case, (numbers, ours, wrongly_valid)) in cases.iter().zip(&judged) {
        for fault in &case.faults {
            *tally.of_each.entry(*fault).or_default() += 1;
        }
        valid += usize::from(ours.valid);
        tally.problems.extend(misjudged(case, numbers));
        match agreement(case, numbers, ours) {
            Ok(differences) if differences.is_empty() => tally.equal += 1,
            Ok(differences) => {
                tally.explained += 1;
                for difference in differences {
                    tally.excused[difference] += 1;
                }
            }
            Err(problem) => tally.problems.push(problem),
        }
        if *wrongly_valid {
            let case = case.describe();
            tally
                .problems
                .push(format!("{case}: valid under the default id as well"));
        }
    }
    for (difference, times) in ACCEPTED_DIFFERENCES.iter().zip(tally.excused) {
        let AcceptedDifference { name, clause, .. } = difference;
        eprintln!("explained {times} times: {name}. {clause}");
    }
    eprintln!(
        "{count} chains ({:?}, the others mixed) of {certificates} certificates and {lists} lists, \
         seed {seed}: {} verdicts equal, {} differences explained, {} problems; {valid} valid; {} \
         kinds of fault, each at least {} times",
        tally.of_one_algorithm,
        tally.equal,
        tally.explained,
        tally.problems.len(),
        tally.of_each.len(),
        tally.of_each.values().min().unwrap_or(&0),
    );
    tally
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
fn agreement(case: &Case, numbers: &[u32], ours: &PathVerdict) -> Result<Vec<usize>, String> {
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

const LINKED_CHAINS: usize = 30;
const ALGORITHMS: &[Algorithm] = &[Algorithm::Sm2, Algorithm::Rsa, Algorithm::P256];
/// Algorithms beside those that users of such certificates meet most.
const FURTHER_ALGORITHMS: &[Algorithm] = &[Algorithm::P384, Algorithm::RsaPss];

//! What an account says of each certificate while one is chosen for a login.

use super::*;
use crate::keys;

fn read(situation: &Situation) -> Vec<Key> {
    keys::read(situation.tokens.clone().unwrap_or_default(), &[], NOW)
}

/// The rules that speak of each certificate, by its SHA-256.
fn said(situation: &Situation) -> Vec<(String, Vec<&'static str>)> {
    let all = advise_login(situation, &read(situation), &guide(), &tariff(), NOW);
    all.into_iter()
        .map(|one| {
            let rules = one.findings.iter().map(|one| one.rule).collect();
            (one.certificate, rules)
        })
        .collect()
}

fn sha(of: &Identity) -> String {
    hex(of.certificate.sha256())
}

fn into(token: Token, change: impl FnOnce(&mut SituationAccount)) -> Situation {
    let mut account = SituationAccount {
        name: Some(UNIT.into()),
        role: Some("供应商".into()),
        bound: Some(true),
        ..SituationAccount::default()
    };
    change(&mut account);
    Situation {
        tokens: Some(vec![token]),
        account: Some(account),
        entrance: Some("供应商".into()),
        ..Situation::default()
    }
}

#[test]
fn a_certificate_that_fits_needs_no_words() {
    let (sign, encrypt) = (unit(1, 265), encryption(2, 265));
    let situation = into(key(&[&sign, &encrypt], &[]), |account| {
        account.certificate = Some(sha(&sign));
    });
    assert_eq!(said(&situation), []);
}

#[test]
fn each_certificate_is_judged_as_if_it_alone_were_meant() {
    let name = "蓉城示例招标代理有限公司";
    let other = holder(
        6,
        265,
        0xc0,
        &[(oid::COMMON_NAME, name), (oid::ORGANIZATION, name)],
    );
    let (old, new) = (unit(1, 100), unit(2, 465));
    let token = key(&[&old, &new, &other], &[]);
    let situation = into(token, |account| account.certificate = Some(sha(&new)));
    let mut all = said(&situation);
    all.sort();
    let mut expected = vec![
        // It was renewed, and somebody who chooses it all the same has to hear of it.
        (sha(&old), vec!["account-bound-to-other"]),
        (
            sha(&other),
            vec!["account-name-differs", "account-bound-to-other"],
        ),
    ];
    expected.sort();
    assert_eq!(all, expected);
    // The workspace, where none is meant, finds one that fits.
    let whole = advise(&situation, &[], &guide(), &tariff(), NOW);
    assert!(!rules(&whole).iter().any(|rule| rule.starts_with("account")));
}

#[test]
fn what_is_wrong_elsewhere_is_not_said_at_a_login() {
    let sign = unit(1, 20);
    let mut token = key(&[&sign], &[]);
    token.initial_pin = true;
    let mut situation = into(token, |account| account.bound = Some(false));
    situation.host = Some(HostState {
        version: None,
        problem: Some(Error::HostMissing {}),
    });
    assert_eq!(
        said(&situation),
        [(sha(&sign), vec!["account-not-bound"])],
        "neither the host, nor the initial PIN, nor the end of the certificate"
    );
}

#[test]
fn brackets_are_told_from_another_name() {
    let name = "示例(四川)科技有限公司";
    let sign = holder(
        1,
        265,
        0xc0,
        &[(oid::COMMON_NAME, name), (oid::ORGANIZATION, name)],
    );
    let situation = into(key(&[&sign], &[]), |account| {
        account.name = Some("示例（四川）科技有限公司".into());
    });
    let all = advise_login(&situation, &read(&situation), &guide(), &tariff(), NOW);
    let [LoginAdvice { findings, .. }] = &all[..] else {
        panic!("{all:?}");
    };
    assert_eq!(findings[0].rule, "account-name-written-otherwise");
    let marked = |segments: &[Segment]| -> String {
        let other = segments.iter().filter(|segment| !segment.same);
        other.map(|segment| segment.text.as_str()).collect()
    };
    let names = findings[0].names.as_ref().unwrap();
    assert_eq!(
        [marked(&names.certificate), marked(&names.account)],
        ["()", "（）"]
    );
}

#[test]
fn an_experts_certificate_tells_its_entrance_and_its_end() {
    let who = expert(5, 265);
    let token = || key(&[&who], &[]);
    let named = |account: &mut SituationAccount| {
        (account.name, account.role) = (Some("张示例".into()), None);
    };
    assert_eq!(
        said(&into(token(), named)),
        [(sha(&who), vec!["entrance-other-role"])]
    );
    let mut right = into(token(), named);
    right.entrance = Some("评审专家".into());
    assert_eq!(
        said(&right),
        [(sha(&who), vec!["certificate-ends-before-use"])]
    );
    let all = advise_login(&right, &read(&right), &guide(), &tariff(), NOW);
    let [one] = &all[0].findings[..] else {
        panic!("{all:?}");
    };
    assert_eq!(one.finding.severity, Severity::Note);
    assert!(one.calendar.is_some());
    let mut locked = right.clone();
    locked.tokens.as_mut().unwrap()[0].pin.state = PinState::Locked;
    assert_eq!(
        said(&locked),
        [(
            sha(&who),
            vec!["pin-locked-today", "certificate-ends-before-use"]
        )]
    );
}

#[test]
fn the_site_that_told_of_the_account_is_named() {
    let sign = unit(1, 265);
    for change in [
        (|account: &mut SituationAccount| account.name = Some("另一示例公司".into()))
            as fn(&mut SituationAccount),
        |account| account.bound = Some(false),
        |account| account.certificate = Some("cd".repeat(32)),
        |account| account.role = Some("采购代理机构".into()),
    ] {
        let mut situation = into(key(&[&sign], &[]), change);
        situation.account.as_mut().unwrap().site = Some("https://portal.example".into());
        let advice = advise(&situation, &[], &guide(), &tariff(), NOW);
        let first = &advice.findings[0];
        assert!(
            first
                .evidence
                .iter()
                .any(|seen| seen.value == "https://portal.example"),
            "{}",
            first.rule
        );
    }
}

#[test]
fn of_several_that_do_not_fit_the_nearest_is_compared() {
    let (sign, who) = (unit(1, 265), expert(5, 265));
    // Whichever key is listed first.
    for held in [[&who, &sign], [&sign, &who]] {
        let mut situation = into(key(&[held[0]], &[]), |account| {
            account.name = Some("示例采贝有限公司".into());
        });
        situation
            .tokens
            .as_mut()
            .unwrap()
            .push(key(&[held[1]], &[]));
        let advice = advise(&situation, &[], &guide(), &tariff(), NOW);
        let names = advice.findings.iter().find_map(|one| one.names.as_ref());
        let compared = &names.unwrap().certificate;
        let whole: String = compared.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(whole, UNIT);
    }
}

//! What the user's own pages show, of keys made for it.

use super::*;
use serde_json::{Value, json};
use yinxin_pki::asn1::hex;
use yinxin_pki::oid;
use yinxin_pki::seal::{Seal, Users, Version};
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, seal_draft};
use yinxin_proto::Error;
use yinxin_proto::consent::{CertificateView, TokenView, TrustView};
use yinxin_proto::doctor::{CheckKind, CheckState, DoctorReport};
use yinxin_proto::time::DAY;
use yinxin_proto::token::{Module, PinLength, PinState, PinTries, TokenCertificate, TokenSeal};
use yinxin_proto::{Finding, Severity};

use crate::advice::tests::{UNIT, guide, issuing, tariff};
use crate::advice::{Browser, Extension, HostState, SituationAccount, advise, procedures};

/// A unit's certificate that ends in so many days.
fn unit(seed: u8, days: i64) -> Identity {
    let profile = Profile {
        serial: vec![0x10, seed],
        not_after: NOW.plus(days * DAY),
        ..Profile::unit()
    };
    issuing().issue(TestKey::sm2(seed), &profile)
}

/// One of another unit, so that neither replaces the other.
fn other(seed: u8) -> Identity {
    let name = "蓉城示例招标代理有限公司";
    let profile = Profile {
        subject: vec![(oid::ORGANIZATION, name), (oid::COMMON_NAME, name)],
        serial: vec![0x20, seed],
        ..Profile::unit()
    };
    issuing().issue(TestKey::sm2(seed), &profile)
}

/// A seal of a name that these may use.
fn seal(name: &str, users: &[&Identity]) -> Seal {
    let users = users.iter().map(|user| user.certificate.der().to_vec());
    let mut draft = seal_draft(Version::V4, Users::Certificates(users.collect()));
    draft.property.name = name.into();
    draft.property.valid_from = NOW.plus(-DAY);
    draft.property.valid_until = NOW.plus(200 * DAY);
    let maker = Identity::self_signed(TestKey::sm2(0x41), &Profile::authority("示例制章机构"));
    let sign = |message: &[u8]| Ok(maker.key.sign(message));
    draft.sign(&maker.certificate, sign).unwrap()
}

fn key(token: &str, held: &[&Identity], seals: &[&Seal]) -> Token {
    let certificates = held.iter().map(|of| TokenCertificate {
        id: token.into(),
        label: String::new(),
        certificate: Base64(of.certificate.der().to_vec()),
        padding: None,
    });
    let seals = seals.iter().map(|of| TokenSeal {
        label: "单位电子印章".into(),
        application: "Test".into(),
        der: Some(Base64(of.der().to_vec())),
        padding: None,
        problem: None,
    });
    Token {
        token: token.into(),
        label: format!("示例 UKey {token}"),
        manufacturer: "示例".into(),
        model: "K1".into(),
        serial: token.into(),
        module: "示例驱动".into(),
        pin: PinTries {
            state: PinState::Ok,
            left: None,
        },
        pin_length: PinLength { min: 6, max: 16 },
        protected_path: false,
        initial_pin: false,
        demo: false,
        certificates: certificates.collect(),
        seals: seals.collect(),
        problem: None,
    }
}

/// A set-up in which nothing is wrong, with this in its keys.
fn with(tokens: Vec<Token>) -> Known {
    Known {
        situation: Situation {
            tokens: Some(tokens),
            modules: Some(vec![Module {
                name: "示例驱动".into(),
                path: "/usr/lib/example.so".into(),
                problem: None,
            }]),
            host: Some(HostState {
                version: Some("1.2.3".into()),
                problem: None,
            }),
            extension: Some(Extension {
                version: Some("4.5.6".into()),
                site_allowed: Some(true),
                site: None,
            }),
            ..Situation::default()
        },
        anchors: vec![Added {
            certificate: Base64(issuing().certificate.der().to_vec()),
            managed: true,
        }],
        ..Known::default()
    }
}

fn sha(of: &Identity) -> String {
    hex(of.certificate.sha256())
}

/// What is shown, as JavaScript gets it.
fn shown(known: Known) -> Value {
    let (guide, tariff) = (guide(), tariff());
    let shown = Workspace::default().show(known, &guide, &tariff, NOW);
    serde_json::to_value(shown).unwrap()
}

#[test]
fn all_that_is_known_comes_out_whole_and_as_the_functions_have_it() {
    let (sign, old) = (unit(1, 40), other(2));
    let mut known = with(vec![
        key("one", &[&old], &[]),
        key("two", &[&sign], &[&seal("章", &[&sign])]),
    ]);
    known.situation.message = Some("检测到您的证书已过期，无法使用".into());
    known.situation.account = Some(SituationAccount {
        name: Some(UNIT.into()),
        ..SituationAccount::default()
    });
    let (guide, tariff) = (guide(), tariff());
    let anchors = [Anchor::from(issuing().certificate)];
    let mut machine = Workspace::default();
    // The second time of what was read and judged the first time.
    for _ in 0..2 {
        let shown = machine.show(known.clone(), &guide, &tariff, NOW);
        let Situation {
            tokens, modules, ..
        } = &known.situation;
        let tokens = tokens.as_deref().unwrap();
        let view = &shown.view;
        assert_eq!(view.tokens, keys::describe_tokens(tokens, &anchors, NOW));
        assert_eq!(Some(&view.modules), modules.as_ref());
        assert_eq!(view.anchors.len(), 1);
        assert!(view.anchors[0].managed && !view.looking);
        assert_eq!(
            (view.extension.as_str(), view.host.as_deref()),
            ("4.5.6", Some("1.2.3"))
        );
        assert_eq!(view.national_listed, "2026-02-15");
        assert!(view.national > 50);
        let told = &known.situation;
        let advice = advise(told, &anchors, &guide, &tariff, NOW);
        assert!(!advice.findings.is_empty());
        assert_eq!(shown.advice, Some(advice));
        let ways = procedures(told, &anchors, &guide, &tariff, NOW);
        assert_eq!(shown.procedures, Some(ways));
        assert_eq!(shown.renewals.len(), 2);
        assert_eq!(shown.checks, []);
        let numbers = shown.support.iter().map(|one| one.value.as_str());
        assert_eq!(
            numbers.take(2).collect::<Vec<_>>(),
            ["400-160-0900", "400-028-1130"]
        );
    }
}

#[test]
fn a_change_is_seen_whatever_changes() {
    let (guide, tariff) = (guide(), tariff());
    let mut machine = Workspace::default();
    let mut trust = |known: &Known, now| {
        let shown = machine.show(known.clone(), &guide, &tariff, now);
        let views = shown.view.tokens.iter().flat_map(|key| &key.certificates);
        views
            .map(|view| (view.certificate.clone(), view.trust.clone(), view.days_left))
            .collect::<Vec<_>>()
    };
    let (one, two) = (unit(1, 200), other(2));
    let mut known = with(vec![key("one", &[&one], &[])]);
    let before = trust(&known, NOW);
    assert!(matches!(&before[..], [(of, TrustView::Added { .. }, 200)] if *of == sha(&one)));
    known.anchors.clear();
    let unknown = trust(&known, NOW);
    assert!(matches!(&unknown[..], [(_, TrustView::Unknown { .. }, _)]));
    known.situation.tokens = Some(vec![key("one", &[&one, &two], &[])]);
    assert_eq!(trust(&known, NOW).len(), 2);
    // Neither a clock that goes on nor one that is put back leaves what was judged before.
    assert_eq!(trust(&known, NOW.plus(DAY))[0].2, 199);
    assert_eq!(trust(&known, NOW)[0].2, 200);
    let ends = one.certificate.not_after();
    let problem = |machine: &mut Workspace, now| {
        let shown = machine.show(known.clone(), &guide, &tariff, now);
        let mut views = shown.view.tokens[0].certificates.iter();
        let own = views.find(|view| view.certificate == sha(&one)).unwrap();
        own.problem.clone()
    };
    let mut machine = Workspace::default();
    assert_eq!(problem(&mut machine, ends.plus(-1)), None);
    let later = problem(&mut machine, ends.plus(JUDGED_FOR));
    assert!(matches!(later, Some(Error::CertificateExpired { .. })));
}

#[test]
fn while_the_host_is_looked_for_there_is_no_advice() {
    let looking = shown(Known {
        looking: true,
        ..with(Vec::new())
    });
    assert_eq!(looking["view"]["looking"], true);
    assert!(looking.get("advice").is_none() && looking.get("procedures").is_none());
    // Then there is: of a computer without keys.
    let found = shown(with(Vec::new()));
    assert_eq!(found["advice"]["findings"][0]["rule"], "no-token");
}

#[test]
fn without_the_host_nothing_is_known_of_keys() {
    let mut known = with(Vec::new());
    known.situation.host = Some(HostState {
        version: None,
        problem: Some(Error::HostMissing {}),
    });
    let shown = shown(known);
    let rules = shown["advice"]["findings"].as_array().unwrap().iter();
    let rules: Vec<_> = rules.map(|one| one["rule"].clone()).collect();
    assert_eq!(rules, ["host-missing"]);
    assert_eq!(shown["view"]["problem"]["code"], "host-missing");
    assert_eq!(shown["view"]["tokens"], json!([]));
}

#[test]
fn the_doctors_report_goes_into_the_advice() {
    let mut known = with(Vec::new());
    let mut check = chain::checks(&[]);
    check.push(Check {
        kind: CheckKind::ReaderService,
        subject: "pcscd".into(),
        state: CheckState::Failed,
        ms: 1,
        evidence: Vec::new(),
        problem: Some(Error::ReaderServiceOff {
            service: "pcscd".into(),
        }),
        repair: None,
    });
    known.situation.doctor = Some(report(check));
    assert_eq!(
        shown(known)["advice"]["findings"][0]["rule"],
        "reader-service-off"
    );
}

#[test]
fn the_list_of_the_national_root_is_of_a_time_that_has_passed_and_so_is_any_later_one() {
    let listed = UnixTime::parse(national::LISTED_ON).unwrap();
    let behind = |known_time: Option<&str>, now| {
        let mut known = with(vec![key("one", &[&unit(1, 200)], &[])]);
        known.situation.known_time = known_time.map(str::to_owned);
        let (guide, tariff) = (guide(), tariff());
        let shown = Workspace::default().show(known, &guide, &tariff, now);
        let rules = shown.advice.unwrap().findings.into_iter();
        let clock = rules.filter(|one| one.rule == "clock-wrong").count();
        // What is shown of the keys stays by the computer's clock.
        (clock, shown.view.tokens[0].certificates[0].days_left)
    };
    let days = |now| unit(1, 200).certificate.not_after().days_left(now);
    assert_eq!(behind(None, NOW), (0, 200));
    let early = listed.plus(-30 * DAY);
    assert_eq!(behind(None, early), (1, days(early)));
    assert_eq!(behind(Some("2001-02-15"), early), (1, days(early)));
    assert_eq!(behind(Some("9999-01-01"), NOW), (1, 200));
    assert_eq!(behind(Some("no time"), NOW), (0, 200));
}

// ── Renewals ─────────────────────────────────────────────────────────────────────────────────

/// Certificate, seals that were read and ordered, and the seals of the quote.
fn renewals(known: &Known) -> Vec<(String, u32, u32, u32)> {
    let (guide, tariff) = (guide(), tariff());
    let shown = Workspace::default().show(known.clone(), &guide, &tariff, NOW);
    let renewals = shown.renewals.into_iter();
    renewals
        .map(|one| {
            let priced = one.quote.unwrap().items[0].seals;
            (one.certificate, one.seals_read, one.order.seals, priced)
        })
        .collect()
}

#[test]
fn every_certificate_that_is_renewed_gets_one_quote_wherever_it_lies() {
    // The first was renewed; the second lies in both keys, twice in one of them.
    let (old, new, third) = (unit(1, 100), unit(2, 400), other(3));
    let known = with(vec![
        key("one", &[&old, &new, &new], &[]),
        key("two", &[&new, &third], &[]),
    ]);
    let certificates: Vec<String> = renewals(&known).into_iter().map(|one| one.0).collect();
    assert_eq!(certificates, [sha(&new), sha(&third)]);
    let value = shown(known);
    let first = &value["renewals"][0];
    assert_eq!(first["order"], json!({ "years": 1, "seals": 1 }));
    assert_eq!(first["quote"]["items"][0]["service"], "renewal");
    assert_eq!(first["quote"]["payer"], UNIT);
}

#[test]
fn a_certificate_is_renewed_with_the_seals_that_it_may_use_once_each_and_with_one_where_none_is_read()
 {
    let (one, two, three) = (unit(1, 200), other(2), {
        let name = "示例工程有限公司";
        let profile = Profile {
            subject: vec![(oid::ORGANIZATION, name), (oid::COMMON_NAME, name)],
            ..Profile::unit()
        };
        issuing().issue(TestKey::sm2(3), &profile)
    });
    let own = seal("甲", &[&one]);
    let seals = [&own, &seal("乙", &[&two]), &seal("丙", &[&one, &two])];
    let mut known = with(vec![
        key("one", &[&one, &two, &three], &seals),
        key("two", &[&one], &[&own, &seal("丁", &[&one])]),
    ]);
    assert_eq!(
        renewals(&known),
        [
            (sha(&one), 3, 3, 3),
            (sha(&two), 2, 2, 2),
            (sha(&three), 0, 1, 1)
        ]
    );
    let order = |seals| RenewalOrder {
        years: 1,
        seals,
        role: None,
    };
    known.orders = vec![(sha(&one), order(0)), ("of no key".into(), order(7))];
    assert_eq!(renewals(&known)[0], (sha(&one), 3, 0, 0));
    assert_eq!(renewals(&known).len(), 3);
}

#[test]
fn an_order_says_how_a_certificate_is_renewed() {
    let one = unit(1, 200);
    let mut known = with(vec![key("one", &[&one], &[])]);
    let order = RenewalOrder {
        years: 2,
        seals: 0,
        role: Some("agency".into()),
    };
    known.orders = vec![(sha(&one), order)];
    let told = shown(known.clone());
    let renewal = &told["renewals"][0];
    assert_eq!(
        renewal["order"],
        json!({ "years": 2, "seals": 0, "role": "agency" })
    );
    assert_eq!(renewal["quote"]["items"][0]["years"], 2);
    assert_eq!(renewal["quote"]["items"][0]["role"], "agency");
    // What has no price is shown without one.
    known.orders[0].1.role = Some("nobody".into());
    let told = shown(known);
    assert_eq!(told["renewals"][0]["sealsRead"], 0);
    assert!(told["renewals"][0].get("quote").is_none());
}

// ── Issuers ──────────────────────────────────────────────────────────────────────────────────

#[test]
fn issuers_are_told_without_names_of_holders() {
    let one = unit(1, 200);
    let base = keys::describe_tokens(&[key("one", &[&one], &[])], &[], NOW).remove(0);
    let view = |trusts: &[TrustView]| TokenView {
        certificates: trusts
            .iter()
            .map(|trust| CertificateView {
                trust: trust.clone(),
                ..base.certificates[0].clone()
            })
            .collect(),
        ..base.clone()
    };
    let told = |trusts: &[TrustView]| chain::checks(&[view(trusts)]).remove(0);
    let issuer = || "示例签发机构".to_owned();
    let national = TrustView::National {
        anchor: "NRCAC".into(),
        listed: "2026-02-15".into(),
    };
    let unknown = TrustView::Unknown {
        finding: Finding::new(Severity::Fatal, Error::IssuerUnknown { issuer: issuer() }),
    };
    let refused = TrustView::Refused {
        finding: Finding::new(Severity::Fatal, Error::IssuerNotCa { issuer: issuer() }),
    };
    let added = |anchor: &str| TrustView::Added {
        anchor: anchor.into(),
    };
    let check = told(&[national.clone(), unknown.clone()]);
    assert_eq!(
        (check.state, check.subject.as_str()),
        (CheckState::Ok, base.label.as_str())
    );
    assert_eq!(
        told(std::slice::from_ref(&unknown)).state,
        CheckState::Skipped
    );
    let seen = told(&[unknown.clone(), unknown]).evidence;
    let seen: Vec<_> = seen
        .iter()
        .map(|one| (one.name.word(), &*one.value))
        .collect();
    assert_eq!(seen, [("issuer certificate missing", "示例签发机构")]);
    assert_eq!(
        told(&[refused.clone(), national]).state,
        CheckState::Warning
    );
    let problem = told(&[refused]).problem.unwrap();
    assert_eq!(problem.code(), "issuer-not-ca");
    let itself = serde_json::to_string(&told(&[added(UNIT)])).unwrap();
    assert!(!itself.contains("示例采购"), "{itself}");
    assert_eq!(told(&[added(&issuer())]).evidence[0].value, issuer());
    assert_eq!(chain::checks(&[view(&[])]), []);
}

#[test]
fn of_a_key_with_an_added_issuer_the_doctor_says_so() {
    let mut known = with(vec![key("one", &[&unit(1, 200)], &[])]);
    // The host's word for it is put aside.
    known.checks = vec![
        seen(CheckKind::Chain, "示例 UKey one", None),
        seen(CheckKind::Seals, "示例 UKey one", None),
    ];
    let checks = shown(known)["checks"].take();
    let kinds: Vec<_> = checks
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(kinds, ["chain", "seals"]);
    assert_eq!(
        checks[0],
        json!({
            "kind": "chain",
            "subject": "示例 UKey one",
            "state": "ok",
            "ms": 0,
            "evidence": [{ "name": "leads to an added one", "value": "示例签发机构" }],
        })
    );
}

// ── The doctor's checks ──────────────────────────────────────────────────────────────────────

/// What the doctor saw of something: that it is well, or what is wrong.
fn seen(kind: CheckKind, subject: &str, problem: Option<Error>) -> Check {
    let state = problem
        .as_ref()
        .map_or(CheckState::Ok, |_| CheckState::Failed);
    Check {
        kind,
        subject: subject.into(),
        state,
        ms: 1,
        evidence: Vec::new(),
        problem,
        repair: None,
    }
}

fn report(checks: Vec<Check>) -> DoctorReport {
    DoctorReport {
        version: "1.2.3".into(),
        protocol: 3,
        platform: "linux x86_64".into(),
        program: String::new(),
        ms: 9,
        checks,
        healthy: false,
    }
}

/// How checks are weighed where the advice has the whole report: state and code.
fn weighed(mut known: Known, checks: &[Check]) -> Vec<(CheckState, Option<&'static str>)> {
    known.checks = checks.to_vec();
    // The extension's own are none of the host's.
    let hosts = checks.iter().filter(|check| check.kind > CheckKind::Host);
    known.situation.doctor = Some(report(hosts.cloned().collect()));
    let (guide, tariff) = (guide(), tariff());
    let shown = Workspace::default().show(known, &guide, &tariff, NOW);
    let all = shown
        .checks
        .iter()
        .filter(|check| check.kind != CheckKind::Chain);
    all.map(|check| (check.state, check.problem.as_ref().map(Error::code)))
        .collect()
}

const LABEL: &str = "示例 UKey one";

/// How the check of a kind of a key is weighed.
fn of_key(token: Token, kind: CheckKind) -> (CheckState, Option<&'static str>) {
    weighed(with(vec![token]), &[seen(kind, LABEL, None)])[0]
}

#[test]
fn a_check_weighs_what_the_advice_on_the_same_thing_weighs() {
    use CheckKind::{Certificates, Key, Seals};
    use CheckState::{Failed, Ok, Skipped, Warning};
    let of = |days| key("one", &[&unit(1, days)], &[]);
    assert_eq!(of_key(of(200), Certificates), (Ok, None));
    assert_eq!(
        of_key(of(5), Certificates),
        (Warning, Some("certificate-ends-soon"))
    );
    assert_eq!(
        of_key(of(-5), Certificates),
        (Failed, Some("certificate-expired"))
    );
    // A note is something to know of.
    assert_eq!(
        of_key(of(80), Certificates),
        (Ok, Some("certificate-ends-soon"))
    );
    let with_seal = |days| {
        let unit = unit(1, days);
        key("one", &[&unit], &[&seal(UNIT, &[&unit])])
    };
    assert_eq!(of_key(with_seal(190), Seals), (Ok, None));
    let changed = |change: fn(&mut Token)| {
        let mut token = of(200);
        change(&mut token);
        token
    };
    let last = changed(|token| token.pin.state = PinState::Final);
    assert_eq!(of_key(last, Key), (Warning, Some("pin-last-try")));
    let locked = changed(|token| token.pin.state = PinState::Locked);
    assert_eq!(of_key(locked.clone(), Key), (Failed, Some("pin-locked")));
    // Beside a key that works nothing is fatal.
    let mut other = key("two", &[&other(2)], &[]);
    let known = with(vec![locked.clone(), other.clone()]);
    let check = seen(Key, LABEL, Some(Error::PinLocked {}));
    assert_eq!(weighed(known, &[check])[0].0, Warning);
    let initial = changed(|token| token.initial_pin = true);
    let check = seen(Key, LABEL, Some(Error::PinInitial {}));
    assert_eq!(
        weighed(with(vec![initial]), &[check]),
        [(Skipped, Some("pin-initial"))]
    );
    // Two keys of one label are told apart by their order.
    other.label = LABEL.into();
    let two = [
        seen(Key, LABEL, Some(Error::PinLocked {})),
        seen(Key, LABEL, None),
    ];
    let states = weighed(with(vec![locked, other]), &two);
    assert_eq!(states, [(Warning, Some("pin-locked")), (Ok, None)]);
}

#[test]
fn a_seal_that_ended_with_its_certificate_is_told_beside_it() {
    let unit = unit(1, -2);
    let ended = {
        let mut draft = seal_draft(
            Version::V4,
            Users::Certificates(vec![unit.certificate.der().to_vec()]),
        );
        draft.property.valid_from = NOW.plus(-400 * DAY);
        draft.property.valid_until = NOW.plus(-2 * DAY);
        let maker = Identity::self_signed(TestKey::sm2(0x41), &Profile::authority("示例制章机构"));
        let sign = |message: &[u8]| Ok(maker.key.sign(message));
        draft.sign(&maker.certificate, sign).unwrap()
    };
    let known = with(vec![key("one", &[&unit], &[&ended])]);
    let states = weighed(
        known.clone(),
        &[
            seen(CheckKind::Certificates, LABEL, None),
            seen(CheckKind::Seals, LABEL, None),
        ],
    );
    let expected = [
        (CheckState::Failed, Some("certificate-expired")),
        (CheckState::Warning, Some("seal-expired")),
    ];
    assert_eq!(states, expected);
    let shown = shown(known);
    let rules: Vec<_> = shown["advice"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["rule"].clone())
        .collect();
    assert_eq!(rules, ["certificate-expired", "seal-to-renew-along"]);
}

#[test]
fn what_needs_nothing_of_anybody_is_no_problem() {
    use CheckState::{Failed, Skipped, Warning};
    let missing = |browser: &str| Error::RegistrationMissing {
        browser: browser.into(),
        path: "/a".into(),
    };
    let broken = |browser: &str| Error::RegistrationBroken {
        browser: browser.into(),
        path: "/a".into(),
        reason: "b".into(),
    };
    let mut known = with(vec![key("one", &[&unit(1, 200)], &[])]);
    known.situation.browser = Some(Browser {
        name: "Chromium".into(),
        engine: Some(140),
    });
    let state = |known: &Known, check: Check| weighed(known.clone(), &[check])[0].0;
    let registration =
        |problem: Error, browser| seen(CheckKind::Registration, browser, Some(problem));
    // The host answers here: that another browser does not know it is nobody's business.
    assert_eq!(
        state(&known, registration(missing("edge"), "edge")),
        Skipped
    );
    assert_eq!(state(&known, registration(broken("edge"), "edge")), Skipped);
    assert_eq!(
        state(&known, registration(broken("chromium"), "chromium")),
        Warning
    );
    let service = Error::ReaderServiceOff {
        service: "pcscd".into(),
    };
    let service = seen(CheckKind::ReaderService, "pcscd", Some(service));
    assert_eq!(state(&known, service), Skipped);
    // What the advice was not asked about stays: a host that failed just now, a key that was pulled.
    let host = seen(CheckKind::Host, "-", Some(Error::HostGone {}));
    assert_eq!(state(&known, host), Failed);
    let pulled = seen(CheckKind::Key, "another", Some(Error::PinLocked {}));
    assert_eq!(state(&known, pulled.clone()), Failed);
    // Of a driver the listing may say otherwise.
    let hung = seen(
        CheckKind::Module,
        "示例驱动",
        Some(Error::ModuleHung {
            module: "示例驱动".into(),
            seconds: 3,
        }),
    );
    assert_eq!(state(&known, hung.clone()), Failed);
    known.situation.modules.as_mut().unwrap()[0].problem = Some(Error::ModuleSlow {
        module: "示例驱动".into(),
    });
    // What it still waits for the doctor knows better.
    assert_eq!(
        weighed(known.clone(), &[hung]),
        [(Warning, Some("module-hung"))]
    );
    let slow = known.situation.modules.as_ref().unwrap()[0].problem.clone();
    assert_eq!(
        state(&known, seen(CheckKind::Module, "示例驱动", slow)),
        Skipped
    );
    // While the host is looked for there is no advice to weigh by.
    known.looking = true;
    assert_eq!(state(&known, registration(missing("edge"), "edge")), Failed);
}

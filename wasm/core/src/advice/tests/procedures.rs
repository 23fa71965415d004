//! What is ticked of the procedures, and what they cost: situations made of real certificates and seals.

use super::*;
use yinxin_fees::{Fen, Service};

/// Where a tick stands.
#[derive(Clone, Copy, Debug)]
enum At {
    First(usize),
    Step(usize),
}
use At::{First, Step as Nth};

/// What it is, procedure and place, whether it is done, and words of the evidence.
type Case = (
    &'static str,
    Situation,
    &'static str,
    At,
    Option<bool>,
    &'static str,
);

fn task(situation: &Situation, id: &str, at: At) -> Task {
    let way = ways(situation).into_iter().find(|one| one.id == id);
    let way = way.unwrap_or_else(|| panic!("{id}"));
    match at {
        First(at) => way.first[at].clone(),
        Nth(at) => way.steps[at].clone(),
    }
}

/// A key with a certificate that began and ends so many days from now, and a seal that ends with it.
fn dated(seed: u8, from: i64, until: i64) -> Token {
    let profile = Profile {
        subject: vec![
            (oid::COUNTRY, "CN"),
            (oid::ORGANIZATION, UNIT),
            (oid::COMMON_NAME, UNIT),
        ],
        serial: vec![0x20, seed],
        not_before: NOW.plus(from * DAY),
        not_after: NOW.plus(until * DAY),
        key_usage: Some(0xc0),
        ..Profile::unit()
    };
    let held = issuing().issue(TestKey::sm2(seed), &profile);
    let sealed = seal(Version::V4, &held, until);
    key(&[&held], &[&sealed])
}

fn one(token: Token) -> Situation {
    with(vec![token])
}

fn locked() -> Situation {
    let mut token = good_key();
    token.pin.state = PinState::Locked;
    one(token)
}

fn account(bound: Option<bool>, certificate: Option<&str>) -> Situation {
    let mut situation = good();
    let told = situation.account.as_mut().unwrap();
    told.bound = bound;
    told.certificate = certificate.map(str::to_owned);
    situation
}

fn sealed(version: Version, days: i64, seal_days: i64) -> Situation {
    let sign = unit(1, days);
    one(key(&[&sign], &[&seal(version, &sign, seal_days)]))
}

/// A renewed certificate, and a seal that only its predecessor may use.
fn seal_left_behind() -> Situation {
    let (old, new) = (unit(1, -10), unit(3, 355));
    one(key(&[&old, &new], &[&seal(Version::V4, &old, 355)]))
}

#[test]
fn a_step_is_ticked_where_its_result_is_seen_and_nowhere_else() {
    let (yes, no, unknown) = (Some(true), Some(false), None);
    let nothing = Situation::default;
    let failing = || Situation {
        host: Some(HostState {
            version: None,
            problem: Some(Error::HostMissing {}),
        }),
        ..Situation::default()
    };
    let unread = || {
        let mut token = good_key();
        token.problem = Some(Error::TokenUnreadable {
            reason: "CKR_DEVICE_ERROR".into(),
        });
        token.certificates.clear();
        token.seals.clear();
        one(token)
    };
    let both = || {
        let mut token = dated(1, -400, -10);
        token.certificates.extend(dated(3, -40, 355).certificates);
        one(token)
    };
    let without_seals = || {
        let mut token = dated(1, -1, 364);
        token.seals.clear();
        one(token)
    };
    let cases: Vec<Case> = vec![
        // The client.
        (
            "a driver",
            good(),
            "client-installation",
            Nth(0),
            yes,
            "示例驱动",
        ),
        (
            "no driver",
            Situation {
                modules: Some(vec![]),
                ..with(vec![])
            },
            "client-installation",
            Nth(0),
            no,
            "没有看到",
        ),
        (
            "a broken driver",
            Situation {
                modules: Some(vec![module(Some(Error::ModuleSlow {
                    module: "示例驱动".into(),
                }))]),
                ..with(vec![])
            },
            "client-installation",
            Nth(0),
            no,
            "没有看到",
        ),
        (
            "a host without drivers",
            Situation {
                host: Some(HostState {
                    version: None,
                    problem: Some(Error::NoModule {}),
                }),
                ..nothing()
            },
            "client-installation",
            Nth(0),
            no,
            "没有看到",
        ),
        (
            "no host",
            failing(),
            "client-installation",
            Nth(0),
            unknown,
            "",
        ),
        (
            "a key",
            good(),
            "client-installation",
            Nth(1),
            yes,
            "示例 UKey",
        ),
        (
            "no key",
            with(vec![]),
            "client-installation",
            Nth(1),
            no,
            "还没有读到",
        ),
        (
            "a key that can't be read",
            unread(),
            "client-installation",
            Nth(1),
            no,
            "还没有读到",
        ),
        (
            "nothing known",
            nothing(),
            "client-installation",
            Nth(1),
            unknown,
            "",
        ),
        // A new certificate.
        ("it came", good(), "new-online", Nth(2), yes, UNIT),
        ("it came", good(), "new-counter", Nth(1), yes, UNIT),
        (
            "an empty key",
            one(key(&[], &[])),
            "new-online",
            Nth(2),
            no,
            "没有您的证书",
        ),
        ("no key", with(vec![]), "new-online", Nth(2), unknown, ""),
        (
            "applying is not seen",
            good(),
            "new-online",
            Nth(0),
            unknown,
            "",
        ),
        // A renewal.
        (
            "ended",
            one(dated(1, -400, -10)),
            "renewal-lapsed-online",
            Nth(2),
            no,
            "到期",
        ),
        (
            "ended, its seal",
            one(dated(1, -400, -10)),
            "renewal-lapsed-online",
            Nth(3),
            no,
            "到期",
        ),
        (
            "ends soon",
            one(dated(1, -300, 30)),
            "renewal-online",
            Nth(1),
            no,
            "有效期至",
        ),
        (
            "ends soon, its seal",
            one(dated(1, -300, 30)),
            "renewal-online",
            Nth(2),
            no,
            "有效期至",
        ),
        (
            "still valid",
            one(dated(1, -300, 30)),
            "renewal-online",
            First(0),
            yes,
            "有效期至",
        ),
        (
            "not valid any more",
            one(dated(1, -400, -10)),
            "renewal-online",
            First(0),
            no,
            "到期",
        ),
        (
            "just begun",
            one(dated(1, -1, 364)),
            "renewal-lapsed-online",
            Nth(2),
            yes,
            "新证书",
        ),
        (
            "just begun, its seal",
            one(dated(1, -1, 364)),
            "renewal-lapsed-online",
            Nth(3),
            yes,
            "国标印章",
        ),
        (
            "just begun, at the counter",
            one(dated(1, -1, 364)),
            "renewal-counter",
            Nth(1),
            yes,
            "新证书",
        ),
        (
            "just begun, no seal read",
            without_seals(),
            "renewal-lapsed-online",
            Nth(3),
            unknown,
            "",
        ),
        (
            "in time",
            one(dated(1, -1, 364)),
            "renewal-online",
            Nth(1),
            yes,
            "新证书",
        ),
        (
            "in time, its seal",
            one(dated(1, -1, 364)),
            "renewal-online",
            Nth(2),
            yes,
            "国标印章",
        ),
        (
            "renewed, its seal not yet",
            seal_left_behind(),
            "renewal-online",
            Nth(2),
            no,
            "还没有看到",
        ),
        (
            "beside the old one",
            both(),
            "renewal-lapsed-online",
            Nth(2),
            yes,
            "新证书",
        ),
        (
            "in the middle of its term",
            one(dated(1, -100, 265)),
            "renewal-online",
            Nth(1),
            unknown,
            "",
        ),
        (
            "in the middle, its seal",
            one(dated(1, -100, 265)),
            "renewal-online",
            Nth(2),
            unknown,
            "",
        ),
        (
            "one of two ended",
            with(vec![one_of(expert(5, -3)), dated(3, -1, 364)]),
            "renewal-lapsed-online",
            Nth(2),
            no,
            "张示例",
        ),
        (
            "submitting is not seen",
            one(dated(1, -1, 364)),
            "renewal-online",
            Nth(0),
            unknown,
            "",
        ),
        // Seals.
        (
            "long enough",
            sealed(Version::V4, 60, 60),
            "seal-upgrade",
            First(0),
            yes,
            "还剩 60 天",
        ),
        (
            "too short",
            sealed(Version::V1, 59, 59),
            "seal-upgrade",
            First(0),
            no,
            "至少 60 天",
        ),
        ("PIN", good(), "seal-upgrade", First(1), yes, "没有锁定"),
        (
            "PIN locked",
            locked(),
            "seal-upgrade",
            First(1),
            no,
            "已锁定",
        ),
        (
            "national",
            sealed(Version::V4, 265, 265),
            "seal-upgrade",
            Nth(3),
            yes,
            "国标印章",
        ),
        (
            "old standard",
            sealed(Version::V1, 265, 265),
            "seal-upgrade",
            Nth(3),
            no,
            "还没有看到",
        ),
        (
            "ended seal",
            sealed(Version::V4, 265, -5),
            "seal-upgrade",
            Nth(3),
            no,
            "还没有看到",
        ),
        (
            "no seal read",
            without_seals(),
            "seal-upgrade",
            Nth(3),
            unknown,
            "",
        ),
        (
            "to the end",
            sealed(Version::V4, 265, 265),
            "seal-renewal",
            Nth(3),
            yes,
            "有效期至",
        ),
        (
            "ends before",
            sealed(Version::V4, 265, 40),
            "seal-renewal",
            Nth(3),
            no,
            "有效期至",
        ),
        (
            "paying is not seen",
            good(),
            "seal-renewal",
            Nth(2),
            unknown,
            "",
        ),
        // PIN, binding, replacement, what nobody can see.
        ("unlocked", good(), "unlocking", Nth(1), yes, "没有锁定"),
        ("locked", locked(), "unlocking", Nth(1), no, "已锁定"),
        ("no key", with(vec![]), "unlocking", Nth(1), unknown, ""),
        ("replaced", good(), "replacement", Nth(1), yes, UNIT),
        ("bound", good(), "registration", Nth(0), yes, "已绑定"),
        (
            "bound, as login needs",
            good(),
            "login",
            First(2),
            yes,
            "已绑定",
        ),
        (
            "bound, which is not told",
            account(Some(true), None),
            "registration",
            Nth(0),
            yes,
            "已绑定",
        ),
        (
            "not bound",
            account(Some(false), None),
            "registration",
            Nth(0),
            no,
            "没有绑定",
        ),
        (
            "another one bound",
            account(Some(true), Some("00ff")),
            "registration",
            Nth(0),
            no,
            "另一张",
        ),
        (
            "nothing told",
            account(None, None),
            "registration",
            Nth(0),
            unknown,
            "",
        ),
        (
            "no account",
            with(vec![good_key()]),
            "registration",
            Nth(0),
            unknown,
            "",
        ),
        ("an invoice", good(), "invoice", Nth(0), unknown, ""),
        ("a change", good(), "change", Nth(1), unknown, ""),
        ("a revocation", good(), "revocation", Nth(0), unknown, ""),
    ];
    for (name, situation, id, at, done, words) in &cases {
        let task = task(situation, id, *at);
        assert_eq!(task.done, *done, "{name}: {id} {at:?}: {:?}", task.seen);
        assert_eq!(task.seen.is_empty(), done.is_none(), "{name}");
        if let Some(done) = done {
            let told = task.seen.iter().find(|seen| seen.done == *done).unwrap();
            assert!(
                !words.is_empty() && told.evidence.zh.contains(words),
                "{name}: {told:?}"
            );
            assert!(task.seen.iter().all(|seen| !seen.evidence.en.is_empty()));
            assert!(task.watched);
        }
    }
    // Every step that can be ticked was, both ways.
    for way in ways(&nothing()) {
        let first = way
            .first
            .iter()
            .enumerate()
            .map(|(at, task)| (true, at, task));
        let steps = way
            .steps
            .iter()
            .enumerate()
            .map(|(at, task)| (false, at, task));
        for (_, at, task) in steps.filter(|(_, _, task)| task.watched) {
            let tested = |done| {
                cases.iter().any(|(_, _, id, place, was, _)| {
                    *id == way.id && matches!(place, Nth(n) if *n == at) && *was == done
                })
            };
            let twin = ["new-counter", "renewal-counter", "replacement", "seal-new"];
            assert!(
                twin.contains(&way.id.as_str()) || (tested(yes) && tested(no)),
                "{} {at} {}",
                way.id,
                task.text.zh
            );
        }
        assert!(first.into_iter().all(|(_, _, task)| task.watched));
    }
}

fn one_of(held: Identity) -> Token {
    let mut token = key(&[&held], &[]);
    token.token = "token-other".into();
    token
}

#[test]
fn what_a_procedure_costs_is_the_quote_for_the_certificate_at_hand() {
    // The tariff's own CA.
    let ca = Profile {
        subject: vec![(
            oid::ORGANIZATION,
            "四川省数字证书认证管理中心（测试，虚构）",
        )],
        ..Profile::authority("TEST CA")
    };
    let ca = Identity::self_signed(TestKey::sm2(0x53), &ca);
    let certificate = |seed: u8, days: i64| {
        let profile = Profile {
            serial: vec![0x30, seed],
            not_before: NOW.plus((days - 400).min(-1) * DAY),
            not_after: NOW.plus(days * DAY),
            key_usage: Some(0xc0),
            ..Profile::unit()
        };
        ca.issue(TestKey::sm2(seed), &profile)
    };
    let of = |situation: &Situation, id: &str| {
        let way = ways(situation).into_iter().find(|one| one.id == id);
        way.unwrap().costs
    };
    let ended = one(key(&[&certificate(1, -10)], &[]));
    let costs = of(&ended, "renewal-lapsed-online");
    assert_eq!(costs.len(), 1);
    assert_eq!(costs[0].total, Some(Fen(30_000)));
    let terms: Vec<_> = costs[0]
        .terms
        .iter()
        .map(|term| (term.years, term.total))
        .collect();
    assert_eq!(terms, [(1, Fen(30_000)), (2, Fen(60_000))]);
    assert_eq!(costs[0].order.service, Service::Renewal.word());
    // The other way of a renewal is not this certificate's.
    assert_eq!(of(&ended, "renewal-online"), []);
    let valid = one(key(&[&certificate(1, 200)], &[]));
    assert_eq!(of(&valid, "renewal-lapsed-online"), []);
    assert_eq!(of(&valid, "renewal-counter").len(), 1);
    assert_eq!(of(&valid, "replacement")[0].total, Some(Fen(5_000)));
    assert_eq!(of(&valid, "unlocking")[0].total, Some(Fen(0)));
    assert_eq!(of(&valid, "seal-upgrade")[0].total, Some(Fen(0)));
    assert!(of(&valid, "seal-new")[0].range.is_some());
    // Whoever has one does not order a first one; and another CA has its own prices.
    assert_eq!(of(&valid, "new-online"), []);
    assert!(
        ways(&one(dated(1, -100, 265)))
            .iter()
            .all(|way| way.costs.is_empty())
    );
}

/// One more key, told from the others by its number alone.
fn numbered(mut token: Token, number: &str) -> Token {
    token.token = format!("token-{number}");
    token.serial = number.into();
    token
}

#[test]
fn what_was_done_with_one_key_is_not_done_with_another_of_its_holder() {
    let told = |tokens: Vec<Token>, id: &str, at: At| {
        let task = task(&with(tokens), id, at);
        let seen = task.seen.into_iter();
        let seen: Vec<_> = seen.map(|one| (one.key, one.done)).collect();
        (task.done, seen)
    };
    let name = |number: &str| Some(format!("示例 UKey（{number}）"));
    // Renewed in one, ended in the other.
    let renewed = || {
        vec![
            numbered(dated(1, -1, 364), "0001"),
            numbered(dated(3, -400, -10), "0002"),
        ]
    };
    for at in [2, 3] {
        assert_eq!(
            told(renewed(), "renewal-lapsed-online", Nth(at)),
            (
                Some(false),
                vec![(name("0001"), true), (name("0002"), false)]
            ),
            "{at}"
        );
    }
    // A seal in the one, and none yet in the other.
    let old = unit(3, 265);
    let sealed = || {
        vec![
            numbered(dated(1, -100, 300), "0001"),
            numbered(key(&[&old], &[&seal(Version::V1, &old, 265)]), "0002"),
        ]
    };
    assert_eq!(
        told(sealed(), "seal-upgrade", Nth(3)),
        (
            Some(false),
            vec![(name("0001"), true), (name("0002"), false)]
        )
    );
    // What it costs is told for each, and whose it is.
    let ended = ways(&with(renewed()));
    let lapsed = ended.iter().find(|one| one.id == "renewal-lapsed-online");
    assert!(lapsed.unwrap().costs.iter().all(|cost| cost.key.is_some()));
    // One key is not named.
    assert_eq!(
        told(
            vec![numbered(dated(1, -1, 364), "0001")],
            "renewal-online",
            Nth(1)
        ),
        (Some(true), vec![(None, true)])
    );
}

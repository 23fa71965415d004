//! The table, row by row: each problem made of real certificates and seals, then two at once, then
//! anything at all.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use yinxin_fees::{CertificateOrder, Number, quote_certificate};
use yinxin_proto::doctor::{
    Check, CheckKind, CheckState, DoctorReport, Evidence as Seen, EvidenceName,
};
use yinxin_proto::error::{ALL, Entry};

type Change = Box<dyn Fn(&mut Situation)>;

/// A problem: how it comes about, and what is said of it first.
struct Case {
    name: &'static str,
    situation: Situation,
    rule: &'static str,
    code: &'static str,
    severity: Severity,
    who: Who,
    procedure: &'static str,
    /// The guide's problem.
    guide: &'static str,
}

fn changed(change: impl Fn(&mut Situation)) -> Situation {
    let mut situation = good();
    change(&mut situation);
    situation
}

fn keyed(change: impl Fn(&mut Token)) -> Situation {
    let mut token = good_key();
    change(&mut token);
    with(vec![token])
}

fn failing(problem: Error) -> Situation {
    Situation {
        host: Some(HostState {
            version: None,
            problem: Some(problem),
        }),
        browser: with(Vec::new()).browser,
        ..Situation::default()
    }
}

fn check(kind: CheckKind, subject: &str, problem: Error) -> DoctorReport {
    DoctorReport {
        version: "0.1.0".into(),
        protocol: 1,
        platform: "linux x86_64".into(),
        program: "/usr/bin/yinxin-host".into(),
        ms: 1,
        checks: vec![Check {
            kind,
            subject: subject.into(),
            state: CheckState::Failed,
            ms: 1,
            evidence: vec![Seen {
                name: EvidenceName::Path,
                value: "/etc/example.json".into(),
            }],
            problem: Some(problem),
            repair: None,
        }],
        healthy: false,
    }
}

fn confined(browser: &str) -> Error {
    Error::BrowserConfined {
        browser: browser.into(),
        sandbox: "snap".into(),
    }
}

fn doctored(situation: Situation, report: DoctorReport) -> Situation {
    Situation {
        doctor: Some(report),
        ..situation
    }
}

fn pasted(message: &str, mut situation: Situation) -> Situation {
    situation.message = Some(message.into());
    situation
}

fn account(change: impl Fn(&mut SituationAccount)) -> Situation {
    let mut situation = good();
    change(situation.account.as_mut().unwrap());
    situation
}

/// Keys by what is in them.
fn sole(days: i64) -> Token {
    let sign = unit(1, days);
    let seal = seal(Version::V4, &sign, days);
    key(&[&sign], &[&seal])
}

fn sealed(days: i64, version: Version, seal_days: i64) -> Situation {
    let sign = unit(1, days);
    with(vec![key(&[&sign], &[&seal(version, &sign, seal_days)])])
}

fn cases() -> Vec<Case> {
    use Severity::{Fatal, Note, Warning};
    use Who::{Administrator, Ca, Platform, User};
    let row = |name, situation, rule, code, severity, who, procedure, guide| Case {
        name,
        situation,
        rule,
        code,
        severity,
        who,
        procedure,
        guide,
    };
    let broken = |browser: &str| Error::RegistrationBroken {
        browser: browser.into(),
        path: "/etc/example.json".into(),
        reason: "no such program".into(),
    };
    let without_seals = |message: Option<&str>, demo: bool, days| {
        let mut token = key(&[&unit(1, days)], &[]);
        token.demo = demo;
        let mut situation = with(vec![token]);
        situation.message = message.map(str::to_owned);
        situation
    };
    let renewed_seal = {
        let old = unit(1, -10);
        let new = unit(3, 355);
        with(vec![key(&[&old, &new], &[&seal(Version::V4, &old, 355)])])
    };
    let two_alike = {
        let (a, b) = (unit(1, 265), unit(3, 264));
        let seals = [&seal(Version::V4, &a, 265), &seal(Version::V4, &b, 264)];
        let mut situation = with(vec![key(&[&a, &b], &seals)]);
        situation.message = Some("登录提示 “未知错误”".into());
        situation
    };
    let refused = {
        let mut token = sole(265);
        let forged = Identity {
            key: TestKey::sm2(9),
            certificate: issuing().certificate,
        };
        // The name of the anchor, and another key.
        let leaf = forged.issue(TestKey::sm2(1), &Profile::unit());
        token.certificates[0].certificate = Base64(leaf.certificate.der().to_vec());
        token.seals.clear();
        with(vec![token])
    };
    vec![
        // 1. 未检测到国标印章
        row(
            "an old seal, 60 days left",
            sealed(60, Version::V1, 60),
            "seal-to-upgrade",
            "seal-old-standard",
            Warning,
            User,
            "seal-upgrade",
            "seal-not-upgraded",
        ),
        row(
            "an old seal, 59 days left",
            sealed(59, Version::V1, 59),
            "seal-to-upgrade-after-renewal",
            "seal-old-standard",
            Warning,
            User,
            "renewal-online",
            "seal-not-upgraded",
        ),
        row(
            "no seal, and the platform says so",
            without_seals(Some("未检测到国标印章"), false, 265),
            "seal-to-upgrade",
            "seal-missing",
            Warning,
            User,
            "seal-upgrade",
            "seal-not-upgraded",
        ),
        row(
            "no seal in a demo key",
            without_seals(None, true, 265),
            "seal-to-upgrade",
            "seal-missing",
            Note,
            User,
            "seal-upgrade",
            "seal-not-upgraded",
        ),
        // 2. 检测到您的证书已过期
        row(
            "expired, and renewed in another key",
            with(vec![
                {
                    let mut token = sole(-3);
                    token.token = "spent".into();
                    token
                },
                key(&[&unit(3, 300)], &[&seal(Version::V4, &unit(3, 300), 300)]),
            ]),
            "certificate-renewed-elsewhere",
            "certificate-expired",
            Warning,
            User,
            "",
            "certificate-expired",
        ),
        row(
            "a sole expired certificate",
            with(vec![sole(-3)]),
            "certificate-expired",
            "certificate-expired",
            Fatal,
            User,
            "renewal-lapsed-online",
            "certificate-expired",
        ),
        row(
            "expired beside valid",
            with(vec![{
                let (old, new) = (unit(1, -3), unit(3, 300));
                key(&[&old, &new], &[&seal(Version::V4, &new, 300)])
            }]),
            "expired-beside-valid",
            "expired-beside-valid",
            Warning,
            Ca,
            "",
            "certificate-expired",
        ),
        // 3. 当前用户所属机构与key信息不一致
        row(
            "another name",
            account(|known| known.name = Some("蓉城示例招标代理有限公司".into())),
            "account-name-differs",
            "account-name-differs",
            Fatal,
            Who::Depends,
            "change",
            "name-differs",
        ),
        row(
            "a name written otherwise",
            account(|known| known.name = Some("示例采购 有限公司".into())),
            "account-name-written-otherwise",
            "account-name-written-otherwise",
            Warning,
            Platform,
            "",
            "name-differs",
        ),
        // 4. KT_ReadSealDatas
        row(
            "an expired national seal",
            sealed(265, Version::V4, -2),
            "seal-to-renew",
            "seal-expired",
            Warning,
            User,
            "seal-renewal",
            "seal-data",
        ),
        row(
            "an expired national seal, the certificate ends soon",
            pasted(
                "[ocal]KT_ ReadSealDatas:获取厂家",
                sealed(50, Version::V4, -2),
            ),
            "seal-to-renew-after-renewal",
            "seal-expired",
            Warning,
            User,
            "renewal-online",
            "seal-data",
        ),
        row(
            "the seal was not renewed",
            pasted("KT_ReadSealDatas", renewed_seal),
            "seal-to-renew",
            "seal-not-for-certificate",
            Warning,
            User,
            "seal-renewal",
            "seal-data",
        ),
        row(
            "a seal ends before its certificate",
            sealed(265, Version::V5, 20),
            "seal-to-renew",
            "seal-ends-soon",
            Warning,
            User,
            "seal-renewal",
            "seal-data",
        ),
        row(
            "a seal whose signature does not hold",
            with(vec![{
                let mut token = sole(265);
                if let Some(Base64(der)) = &mut token.seals[0].der {
                    *der.last_mut().unwrap() ^= 1;
                }
                token
            }]),
            "seal-unusable",
            "signature-invalid",
            Warning,
            Ca,
            "",
            "seal-data",
        ),
        // 5. CA证书读取错误
        row(
            "nothing inserted",
            with(Vec::new()),
            "no-token",
            "no-token",
            Fatal,
            User,
            "client-installation",
            "key-unreadable",
        ),
        row(
            "no driver at all",
            changed(|all| (all.tokens, all.modules) = (Some(Vec::new()), Some(Vec::new()))),
            "no-module",
            "no-module",
            Fatal,
            User,
            "client-installation",
            "key-unreadable",
        ),
        row(
            "a driver of the wrong architecture",
            changed(|all| {
                all.tokens = Some(Vec::new());
                let (found, expected) = ("x86".into(), "x86_64".into());
                all.modules = Some(vec![module(Some(Error::ModuleArchitecture {
                    module: "示例驱动".into(),
                    found,
                    expected,
                }))]);
            }),
            "module",
            "module-architecture",
            Fatal,
            User,
            "client-installation",
            "key-unreadable",
        ),
        row(
            "a driver that hangs beside a key that works",
            changed(|all| {
                all.modules = Some(vec![
                    module(None),
                    module(Some(Error::ModuleHung {
                        module: "另一驱动".into(),
                        seconds: 10,
                    })),
                ]);
            }),
            "module",
            "module-hung",
            Warning,
            User,
            "client-installation",
            "key-unreadable",
        ),
        row(
            "the service is off",
            doctored(
                with(Vec::new()),
                check(
                    CheckKind::ReaderService,
                    "pcscd",
                    Error::ReaderServiceOff {
                        service: "pcscd".into(),
                    },
                ),
            ),
            "reader-service-off",
            "reader-service-off",
            Fatal,
            User,
            "client-installation",
            "key-unreadable",
        ),
        row(
            "a key that no driver reads",
            doctored(
                with(Vec::new()),
                check(
                    CheckKind::UsbDevice,
                    "1234:5678",
                    Error::KeyWithoutDriver {
                        device: "1234:5678".into(),
                    },
                ),
            ),
            "key-without-driver",
            "key-without-driver",
            Fatal,
            User,
            "client-installation",
            "key-unreadable",
        ),
        row(
            "a key in use",
            keyed(|token| token.problem = Some(Error::TokenBusy {})),
            "token-busy",
            "token-busy",
            Fatal,
            User,
            "",
            "key-unreadable",
        ),
        row(
            "an empty key",
            keyed(|token| token.certificates.clear()),
            "token-unusable",
            "token-empty",
            Fatal,
            User,
            "",
            "key-unreadable",
        ),
        // 6. CA未绑定或登录入口不正确
        row(
            "not bound",
            account(|known| (known.bound, known.certificate) = (Some(false), None)),
            "account-not-bound",
            "account-not-bound",
            Fatal,
            User,
            "registration",
            "not-bound",
        ),
        row(
            "another one is bound",
            account(|known| known.certificate = Some("ab".repeat(32))),
            "account-bound-to-other",
            "account-bound-to-other",
            Fatal,
            User,
            "registration",
            "not-bound",
        ),
        row(
            "the wrong entrance",
            changed(|all| all.entrance = Some("agency".into())),
            "entrance-other-role",
            "entrance-other-role",
            Fatal,
            User,
            "login",
            "not-bound",
        ),
        // 7. 未知错误
        row(
            "several containers",
            two_alike,
            "several-certificates",
            "several-certificates",
            Warning,
            Ca,
            "",
            "unknown-error",
        ),
        row(
            "未知错误 and an expired certificate",
            pasted("登录提示未知错误", with(vec![sole(-3)])),
            "certificate-expired",
            "certificate-expired",
            Fatal,
            User,
            "renewal-lapsed-online",
            "unknown-error",
        ),
        // Beyond the guide
        row(
            "90 days left",
            with(vec![sole(90)]),
            "certificate-ends-soon",
            "certificate-ends-soon",
            Note,
            User,
            "renewal-online",
            "",
        ),
        row(
            "30 days left",
            with(vec![sole(30)]),
            "certificate-ends-soon",
            "certificate-ends-soon",
            Warning,
            User,
            "renewal-online",
            "",
        ),
        row(
            "the last day",
            with(vec![sole(0)]),
            "certificate-ends-soon",
            "certificate-ends-soon",
            Warning,
            User,
            "renewal-online",
            "",
        ),
        row(
            "a clock an hour behind",
            changed(|all| all.known_time = Some(NOW.plus(3600).to_string())),
            "clock-wrong",
            "clock-wrong",
            Warning,
            User,
            "",
            "",
        ),
        row(
            "a clock years behind",
            changed(|all| all.known_time = Some(NOW.plus(100 * DAY).to_string())),
            "clock-wrong",
            "clock-wrong",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "not valid yet",
            with(vec![{
                let mut profile = Profile::unit();
                profile.not_before = NOW.plus(9 * DAY);
                key(&[&issuing().issue(TestKey::sm2(1), &profile)], &[])
            }]),
            "certificate-not-yet-valid",
            "certificate-not-yet-valid",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "an encryption certificate alone",
            with(vec![key(&[&encryption(2, 265)], &[])]),
            "partner-missing",
            "partner-missing",
            Fatal,
            Ca,
            "",
            "",
        ),
        row(
            "an issuer's signature that does not hold",
            refused,
            "issuer-refused",
            "signature-invalid",
            Warning,
            Ca,
            "",
            "",
        ),
        row(
            "an issuer that is not known",
            with(vec![{
                let other =
                    Identity::self_signed(TestKey::sm2(8), &Profile::authority("另一示例机构"));
                key(&[&other.issue(TestKey::sm2(1), &Profile::unit())], &[])
            }]),
            "issuer-unknown",
            "issuer-unknown",
            Note,
            User,
            "",
            "",
        ),
        row(
            "a certificate that can't be read",
            keyed(|token| token.certificates[0].certificate = Base64(vec![0x30, 3, 1])),
            "certificate-unusable",
            "certificate-unreadable",
            Fatal,
            Ca,
            "",
            "",
        ),
        row(
            "revoked, as the doctor says",
            doctored(
                good(),
                check(
                    CheckKind::Certificates,
                    "示例 UKey",
                    Error::CertificateRevoked {
                        date: NOW.to_string(),
                        reason: yinxin_proto::error::RevocationReason::Superseded,
                    },
                ),
            ),
            "certificate-revoked",
            "certificate-revoked",
            Fatal,
            Ca,
            "new-online",
            "",
        ),
        row(
            "a configuration that can't be used",
            doctored(
                good(),
                check(
                    CheckKind::Configuration,
                    "host.toml",
                    Error::ConfigurationInvalid {
                        path: "~/host.toml".into(),
                        reason: "示例".into(),
                    },
                ),
            ),
            "doctor",
            "configuration-invalid",
            Warning,
            User,
            "",
            "",
        ),
        row(
            "a locked PIN",
            keyed(|token| token.pin.state = PinState::Locked),
            "pin-locked",
            "pin-locked",
            Fatal,
            Ca,
            "unlocking",
            "",
        ),
        row(
            "an expert's locked PIN",
            {
                let mut all = keyed(|token| token.pin.state = PinState::Locked);
                all.entrance = Some("expert".into());
                all
            },
            "pin-locked-today",
            "pin-locked",
            Fatal,
            Ca,
            "unlocking",
            "",
        ),
        row(
            "an expert's certificate, locked",
            with(vec![{
                let who = expert(5, 265);
                let mut token = key(&[&who], &[&seal(Version::V4, &who, 265)]);
                token.pin.state = PinState::Locked;
                token
            }]),
            "pin-locked-today",
            "pin-locked",
            Fatal,
            Ca,
            "unlocking",
            "",
        ),
        row(
            "one try left",
            keyed(|token| token.pin.state = PinState::Final),
            "pin-last-try",
            "pin-last-try",
            Warning,
            Ca,
            "unlocking",
            "",
        ),
        row(
            "the initial PIN",
            keyed(|token| token.initial_pin = true),
            "pin-initial",
            "pin-initial",
            Note,
            User,
            "",
            "",
        ),
        row(
            "no host",
            failing(Error::HostMissing {}),
            "host-missing",
            "host-missing",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "an old host",
            failing(Error::HostTooOld {
                version: "0.0.1".into(),
            }),
            "host-fails",
            "host-too-old",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "a policy",
            failing(Error::HostForbidden {}),
            "host-forbidden",
            "host-forbidden",
            Fatal,
            Administrator,
            "",
            "",
        ),
        row(
            "a damaged manifest",
            doctored(
                failing(Error::HostMissing {}),
                check(CheckKind::Registration, "Chromium", broken("Chromium")),
            ),
            "registration",
            "registration-broken",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "a scanner took the host program",
            doctored(
                failing(Error::HostMissing {}),
                check(
                    CheckKind::Registration,
                    "Chromium",
                    Error::HostProgramMissing {
                        browser: "Chromium".into(),
                        path: "/opt/yinxin/yinxin-host".into(),
                    },
                ),
            ),
            "registration",
            "host-program-missing",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "a browser in a sandbox",
            doctored(
                failing(Error::HostMissing {}),
                check(
                    CheckKind::Registration,
                    "chromium (snap)",
                    confined("chromium"),
                ),
            ),
            "browser-confined",
            "browser-confined",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "another browser in a sandbox",
            doctored(
                failing(Error::HostMissing {}),
                check(CheckKind::Registration, "edge (flatpak)", confined("edge")),
            ),
            "host-missing",
            "host-missing",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "a browser in a sandbox, and outside without a registration",
            {
                let inside = confined("chromium");
                let mut report = check(CheckKind::Registration, "chromium", broken("chromium"));
                report
                    .checks
                    .extend(check(CheckKind::Registration, "x", inside).checks);
                doctored(failing(Error::HostMissing {}), report)
            },
            "registration",
            "registration-broken",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "another browser in a sandbox beside a host that works",
            doctored(
                good(),
                check(
                    CheckKind::Registration,
                    "chromium (snap)",
                    confined("chromium"),
                ),
            ),
            "browser-confined",
            "browser-confined",
            Note,
            User,
            "",
            "",
        ),
        row(
            "registered for another browser",
            doctored(
                failing(Error::HostMissing {}),
                check(CheckKind::Registration, "Edge", broken("Edge")),
            ),
            "host-missing",
            "host-missing",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "two hosts",
            doctored(
                good(),
                check(
                    CheckKind::Registration,
                    "Chromium",
                    Error::SeveralHosts {
                        programs: "a, b".into(),
                    },
                ),
            ),
            "several-hosts",
            "several-hosts",
            Warning,
            User,
            "",
            "",
        ),
        row(
            "a policy of the browser",
            doctored(
                good(),
                check(
                    CheckKind::Registration,
                    "chrome",
                    Error::BlockedByPolicy {
                        browser: "chrome".into(),
                        policy: "NativeMessagingBlocklist".into(),
                    },
                ),
            ),
            "blocked-by-policy",
            "blocked-by-policy",
            Warning,
            Administrator,
            "",
            "",
        ),
        row(
            "no permission for the site",
            changed(|all| all.extension.as_mut().unwrap().site_allowed = Some(false)),
            "site-not-allowed",
            "site-not-allowed",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "an old fork of Chromium",
            changed(|all| all.browser.as_mut().unwrap().engine = Some(86)),
            "browser-too-old",
            "browser-too-old",
            Fatal,
            User,
            "",
            "",
        ),
        row(
            "an expert who logs in",
            {
                let mut all = with(vec![sole(200)]);
                all.entrance = Some("expert".into());
                all
            },
            "certificate-ends-before-use",
            "certificate-ends-before-use",
            Note,
            User,
            "renewal-online",
            "",
        ),
        row(
            "a message that nobody knows",
            pasted("今天天气很好", good()),
            "message",
            "message-unknown",
            Note,
            Who::Depends,
            "",
            "",
        ),
        row(
            "a message of the catalogue without its cause",
            pasted("证书已于 2026-10-01 被注销（原因：不明）。", good()),
            "message",
            "message-without-cause",
            Warning,
            Ca,
            "new-online",
            "",
        ),
        row(
            "a message without its cause",
            pasted("当前用户所属机构与key信息不一致", good()),
            "message",
            "message-without-cause",
            Warning,
            Who::Depends,
            "change",
            "name-differs",
        ),
    ]
}

#[test]
fn each_problem_is_told_first_with_its_remedy_and_no_other_is_fatal() {
    let known: BTreeSet<String> = ways(&Situation::default())
        .into_iter()
        .map(|one| one.id)
        .collect();
    let mut rows = BTreeSet::new();
    for case in cases() {
        let advice = told(&case.situation);
        let name = case.name;
        let first = advice
            .findings
            .first()
            .unwrap_or_else(|| panic!("{name}: nothing"));
        assert_eq!(first.rule, case.rule, "{name}: {:?}", rules(&advice));
        assert_eq!(first.finding.error.code(), case.code, "{name}");
        assert_eq!(first.finding.severity, case.severity, "{name}");
        assert_eq!(first.who, case.who, "{name}");
        assert_eq!(
            first.procedures.first().map_or("", String::as_str),
            case.procedure,
            "{name}"
        );
        assert_eq!(
            first.guide.as_ref().map_or("", |guide| &guide.problem),
            case.guide,
            "{name}"
        );
        assert!(
            !first.steps.is_empty() && !first.cause.zh.is_empty(),
            "{name}"
        );
        assert!(
            first.procedures.iter().all(|id| known.contains(id)),
            "{name}"
        );
        let expected: &[&str] = if case.severity == Severity::Fatal {
            &[case.rule]
        } else {
            &[]
        };
        assert_eq!(fatal(&advice), expected, "{name}");
        assert_eq!(
            advice.healthy,
            advice
                .findings
                .iter()
                .all(|one| one.finding.severity == Severity::Note || one.rule == "message"),
            "{name}"
        );
        if matches!(case.who, Who::Ca | Who::Platform) {
            assert!(!first.contacts.is_empty(), "{name}");
        }
        rows.insert(case.rule);
    }
    // Beside a graver cause only: it has a test of its own.
    rows.insert("seal-to-renew-along");
    // Every row of the table has its situation.
    for row in ROWS {
        assert!(rows.contains(row.rule), "{}", row.rule);
    }
}

/// Words of the first remedy, and what else is told: what keys of these kinds come to in a window, where
/// `tests/e2e/findings.test.ts` has one of each way by which they get there.
#[test]
fn the_first_remedy_says_what_to_do_and_the_rest_is_told_beside_it() {
    let holders = {
        let (a, name) = (unit(1, 300), "蓉城示例招标代理有限公司");
        let names = [(oid::ORGANIZATION, name), (oid::COMMON_NAME, name)];
        let b = holder(3, 200, 0xc0, &names);
        with(vec![key(&[&a, &b], &[&seal(Version::V4, &a, 299)])])
    };
    let beside = {
        let (old, new) = (unit(1, -10), unit(3, 300));
        with(vec![key(&[&old, &new], &[&seal(Version::V4, &new, 299)])])
    };
    let others = {
        let sign = unit(1, 300);
        with(vec![key(
            &[&sign],
            &[&seal(Version::V4, &unit(6, 300), 200)],
        )])
    };
    let early = {
        let mut profile = Profile::unit();
        (profile.not_before, profile.not_after) = (NOW.plus(20 * DAY), NOW.plus(300 * DAY));
        let sign = issuing().issue(TestKey::sm2(1), &profile);
        with(vec![key(&[&sign], &[&seal(Version::V4, &sign, 299)])])
    };
    let stranger = {
        let other = Identity::self_signed(TestKey::sm2(8), &Profile::authority("另一示例机构"));
        let mut profile = Profile::unit();
        profile.not_after = NOW.plus(29 * DAY);
        with(vec![key(&[&other.issue(TestKey::sm2(1), &profile)], &[])])
    };
    let two_keys = {
        let mut spent = sole(-30);
        spent.token = "spent".into();
        let other = holder(6, 300, 0xc0, &[(oid::COMMON_NAME, "乙示例公司")]);
        with(vec![
            spent,
            key(&[&other], &[&seal(Version::V1, &other, 300)]),
        ])
    };
    let locked = |problem: Option<Error>| {
        let mut situation = keyed(|token| token.pin.state = PinState::Locked);
        situation.modules = Some(vec![module(None), module(problem)]);
        situation
    };
    let missing = Error::ModuleMissing {
        module: "不存在".into(),
        path: "/nonexistent/driver.so".into(),
    };
    let newer = Error::ExtensionTooOld {
        version: "9.8.7".into(),
    };
    for (name, situation, codes, words) in [
        (
            "an old seal, the certificate ends within 60 days",
            sealed(45, Version::V1, 45),
            &["seal-old-standard", "certificate-ends-soon"][..],
            &["先更新证书", "再登录四川CA网厅办理“印章升级”"][..],
        ),
        (
            "an old seal",
            sealed(300, Version::V1, 300),
            &["seal-old-standard"],
            &["选择“印章升级”"],
        ),
        (
            "the only certificate ended",
            with(vec![sole(-30)]),
            &["certificate-expired", "seal-expired"],
            &["选择", "“证书更新”"],
        ),
        (
            "an ended certificate beside its successor",
            beside,
            &["expired-beside-valid"],
            &["联系四川CA清理旧证书"],
        ),
        (
            "a seal that ended",
            sealed(300, Version::V4, -3),
            &["seal-expired"],
            &["选择“印章续期”"],
        ),
        (
            "a seal for another certificate",
            others,
            &["seal-not-for-certificate"],
            &["选择“印章续期”"],
        ),
        (
            "a seal that ends before its certificate",
            sealed(300, Version::V4, 20),
            &["seal-ends-soon"],
            &["选择“印章续期”"],
        ),
        (
            "no certificate",
            with(vec![key(&[], &[])]),
            &["token-empty"],
            &[""],
        ),
        (
            "two certificates of two holders",
            holders,
            &["several-certificates", "seal-not-for-certificate"],
            &["先确认您要用的是哪一张证书"],
        ),
        (
            "30 days left",
            sealed(30, Version::V4, 30),
            &["certificate-ends-soon"],
            &["选择", "“证书更新”"],
        ),
        (
            "60 days left",
            sealed(60, Version::V4, 60),
            &["certificate-ends-soon"],
            &["选择", "“证书更新”"],
        ),
        (
            "90 days left",
            sealed(90, Version::V4, 90),
            &["certificate-ends-soon"],
            &["选择", "“证书更新”"],
        ),
        (
            "29 days left, of an issuer that is not at hand",
            stranger,
            &["certificate-ends-soon", "issuer-unknown"],
            &["“证书更新”"],
        ),
        (
            "a certificate of the future",
            early,
            &["certificate-not-yet-valid"],
            &["日期"],
        ),
        (
            "an encryption certificate alone",
            with(vec![key(&[&encryption(2, 300)], &[])]),
            &["partner-missing"],
            &["没有插错 UKey"],
        ),
        (
            "a locked PIN",
            locked(None),
            &["pin-locked"],
            &["联系四川CA办理解锁"],
        ),
        (
            "a locked PIN, and a driver that is missing",
            locked(Some(missing)),
            &["pin-locked", "module-missing"],
            &["联系四川CA办理解锁"],
        ),
        (
            "an ended certificate, and a seal of the old kind in another key",
            two_keys,
            &["certificate-expired", "seal-old-standard", "seal-expired"],
            &["“证书更新”"],
        ),
        (
            "an old extension",
            failing(newer),
            &["extension-too-old"],
            &["更新"],
        ),
    ] {
        let advice = told(&situation);
        let found = advice.findings.iter().map(|one| one.finding.error.code());
        assert_eq!(found.collect::<Vec<_>>(), codes, "{name}");
        let steps = advice.findings[0].steps.iter();
        let steps: String = steps.map(|step| step.text.zh.as_str()).collect();
        let mut rest = &steps[..];
        for word in words {
            let at = rest.find(word);
            let at = at.unwrap_or_else(|| panic!("{name}: no {word} in {steps}"));
            rest = &rest[at + word.len()..];
        }
    }
}

#[test]
fn a_healthy_set_up_gives_nothing() {
    let sealed = |who: &Identity| key(&[who], &[&seal(Version::V5, who, 265)]);
    let rsa = Identity {
        key: TestKey::rsa(),
        certificate: issuing()
            .issue(TestKey::rsa(), &Profile::unit())
            .certificate,
    };
    let p256 = issuing().issue(TestKey::p256(7), &Profile::unit());
    let mut paired = good_key();
    paired.certificates.push(TokenCertificate {
        id: "07".into(),
        label: String::new(),
        certificate: Base64(rsa.certificate.der().to_vec()),
        padding: None,
    });
    for (name, situation) in [
        ("nothing is known", Situation::default()),
        ("a unit with an account", good()),
        ("an expert", with(vec![sealed(&expert(5, 265))])),
        ("RSA", with(vec![key(&[&rsa], &[])])),
        ("RSA in a demo key", {
            let mut token = key(&[&rsa], &[]);
            token.demo = true;
            with(vec![token])
        }),
        ("a certificate alone, with its seal", with(vec![sole(300)])),
        ("a demo key", {
            let mut token = good_key();
            token.demo = true;
            with(vec![token])
        }),
        ("P-256", with(vec![key(&[&p256], &[])])),
        ("RSA beside SM2", with(vec![paired])),
        (
            "two keys of two units",
            with(vec![
                good_key(),
                sealed(&holder(
                    6,
                    265,
                    0xc0,
                    &[
                        (oid::COMMON_NAME, "蓉城示例招标代理有限公司"),
                        (oid::ORGANIZATION, "蓉城示例招标代理有限公司"),
                    ],
                )),
            ]),
        ),
        ("a person at the unit's account", {
            let person = holder(
                5,
                265,
                0xc0,
                &[
                    (oid::COMMON_NAME, "张示例"),
                    (oid::SURNAME, "张"),
                    (oid::ORGANIZATION, UNIT),
                ],
            );
            let mut situation = with(vec![sealed(&person)]);
            situation.account = Some(SituationAccount {
                name: Some(UNIT.into()),
                ..SituationAccount::default()
            });
            situation
        }),
        (
            "a purchaser's representative at the purchasers' entrance",
            {
                let mut situation = good();
                situation.account.as_mut().unwrap().role = Some("purchaser-representative".into());
                situation.entrance = Some("purchaser".into());
                situation
            },
        ),
    ] {
        let advice = told(&situation);
        assert_eq!(rules(&advice), [""; 0], "{name}");
        assert!(advice.healthy, "{name}");
    }
}

#[test]
fn two_problems_at_once_are_both_found() {
    let changes: Vec<(&str, Change)> = vec![
        (
            "entrance-other-role",
            Box::new(|all| all.entrance = Some("agency".into())),
        ),
        (
            "account-name-differs",
            Box::new(|all| all.account.as_mut().unwrap().name = Some("另一示例公司".into())),
        ),
        (
            "clock-wrong",
            Box::new(|all| all.known_time = Some(NOW.plus(3600).to_string())),
        ),
        (
            "browser-too-old",
            Box::new(|all| all.browser.as_mut().unwrap().engine = Some(90)),
        ),
        (
            "pin-last-try",
            Box::new(|all| all.tokens.as_mut().unwrap()[0].pin.state = PinState::Final),
        ),
        (
            "pin-initial",
            Box::new(|all| all.tokens.as_mut().unwrap()[0].initial_pin = true),
        ),
        (
            "module",
            Box::new(|all| {
                all.modules
                    .as_mut()
                    .unwrap()
                    .push(module(Some(Error::ModuleCrashed {
                        module: "乙".into(),
                    })))
            }),
        ),
        (
            "seal-to-renew",
            Box::new(|all| {
                all.tokens.as_mut().unwrap()[0].seals[0].der =
                    Some(Base64(seal(Version::V4, &unit(1, 265), -2).der().to_vec()));
            }),
        ),
        (
            "seal-to-upgrade",
            Box::new(|all| {
                all.tokens.as_mut().unwrap().push({
                    let other = holder(
                        6,
                        265,
                        0xc0,
                        &[
                            (oid::COMMON_NAME, "乙示例公司"),
                            (oid::ORGANIZATION, "乙示例公司"),
                        ],
                    );
                    let mut token = key(&[&other], &[&seal(Version::V1, &other, 265)]);
                    token.token = "another".into();
                    token
                });
            }),
        ),
        (
            "account-bound-to-other",
            Box::new(|all| all.account.as_mut().unwrap().certificate = Some("cd".repeat(32))),
        ),
    ];
    for (a, first) in &changes {
        for (b, second) in &changes {
            if a == b {
                continue;
            }
            let mut situation = good();
            first(&mut situation);
            second(&mut situation);
            let found = told(&situation);
            let found: BTreeSet<_> = rules(&found).into_iter().collect();
            assert_eq!(found, BTreeSet::from([*a, *b]), "{a} and {b}");
        }
    }
    // The demo key with two containers: the old certificate, and a seal that was not renewed.
    let (old, new) = (unit(1, -10), unit(3, 355));
    let demo = with(vec![key(
        &[&old, &encryption(2, -10), &new, &encryption(4, 355)],
        &[&seal(Version::V4, &old, 355)],
    )]);
    assert_eq!(
        rules(&told(&demo)),
        ["expired-beside-valid", "seal-to-renew"]
    );
    // The one that ends soon, with a seal of the old kind.
    let demo = sealed(30, Version::V1, 30);
    assert_eq!(
        rules(&told(&demo)),
        ["certificate-ends-soon", "seal-to-upgrade-after-renewal"]
    );
    // The seal of an expired certificate comes with its renewal, unless it is of the old kind; either is told.
    assert_eq!(
        rules(&told(&sealed(-3, Version::V4, -3))),
        ["certificate-expired", "seal-to-renew-along"]
    );
    assert_eq!(
        rules(&told(&sealed(-3, Version::V1, -3))),
        ["certificate-expired", "seal-to-upgrade-after-renewal"]
    );
}

#[test]
fn a_consequence_is_not_told_beside_its_cause() {
    let mut situation = failing(Error::HostMissing {});
    (situation.tokens, situation.modules) = (Some(Vec::new()), Some(Vec::new()));
    assert_eq!(rules(&told(&situation)), ["host-missing"]);
    // A clock that is years behind makes no certificate begin later.
    let mut situation = good();
    situation.known_time = Some(NOW.to_string());
    let anchors = [Anchor::from(issuing().certificate)];
    let early = NOW.plus(-2000 * DAY);
    let advice = advise(&situation, &anchors, &guide(), &tariff(), early);
    assert_eq!(rules(&advice), ["clock-wrong"]);
    // One that only drifts is none.
    situation.known_time = Some(NOW.plus(200).to_string());
    assert!(told(&situation).findings.is_empty());
}

#[test]
fn what_works_beside_it_makes_a_key_no_fatal_problem() {
    let mut other = good_key();
    other.token = "other".into();
    other.pin.state = PinState::Locked;
    let situation = with(vec![good_key(), other.clone()]);
    let advice = told(&situation);
    assert_eq!(rules(&advice), ["pin-locked"]);
    assert_eq!(fatal(&advice), [""; 0]);
    // Unless it is the one that is meant.
    let who = unit(6, 265);
    other.certificates = key(&[&who], &[]).certificates;
    let mut situation = with(vec![good_key(), other]);
    situation.certificate = Some(hex(who.certificate.sha256()));
    assert_eq!(fatal(&told(&situation)), ["pin-locked"]);
    // Of two keys the renewed one is used; nobody renews the old one again.
    let old = unit(6, -5);
    let mut spent = key(&[&old], &[]);
    spent.token = "spent".into();
    let advice = told(&with(vec![good_key(), spent]));
    assert_eq!(rules(&advice), ["certificate-renewed-elsewhere"]);
    assert_eq!(advice.findings[0].order, None);
}

#[test]
fn an_old_certificate_of_another_algorithm_is_not_renewed() {
    let mut profile = Profile::unit();
    (profile.not_before, profile.not_after) = (NOW.plus(-400 * DAY), NOW.plus(-DAY));
    let old = issuing().issue(TestKey::p256(7), &profile);
    let mut token = good_key();
    token.certificates.extend(key(&[&old], &[]).certificates);
    let advice = told(&with(vec![token]));
    assert_eq!(rules(&advice), ["expired-beside-valid"]);
    assert!(advice.findings.iter().all(|one| one.order.is_none()));
}

#[test]
fn a_seal_that_nobody_can_read_is_asked_for_by_its_own_messages_only() {
    let sealless = || with(vec![key(&[&unit(1, 265)], &[])]);
    assert_eq!(rules(&told(&sealless())), [""; 0]);
    let other = told(&pasted("CA未绑定", sealless()));
    assert_eq!(rules(&other), ["message"]);
    let asked = told(&pasted("签章能力检测待升级", sealless()));
    assert_eq!(rules(&asked), ["seal-to-upgrade"]);
    assert!(!asked.healthy);
}

#[test]
fn what_is_due_is_quoted() {
    let mut asked = 0;
    for case in cases() {
        for one in told(&case.situation).findings {
            let Some(order) = one.order else { continue };
            let certificate = Certificate::from_der(order.certificate.0).unwrap();
            let how = CertificateOrder {
                role: order.role.map(str::to_owned),
                service: Some(order.service.into()),
                years: None,
                seals: Some(Number::Whole(order.seals.into())),
                bidding_class: None,
            };
            let now = UnixTime::parse(&order.now).unwrap();
            let tariff = tariff();
            let quote = quote_certificate(
                &crate::order::certificate_of(&certificate),
                how,
                &tariff,
                now,
            );
            assert!(quote.is_ok(), "{}: {:?}", case.name, quote.err());
            asked += 1;
        }
    }
    assert!(asked > 12);
    let advice = told(&with(vec![sole(-3)]));
    assert_eq!(
        advice.findings[0].order.as_ref().unwrap().service,
        "renewal"
    );
}

#[test]
fn messages_are_known_in_pieces_and_other_widths() {
    for (text, problem) in [
        ("未检测到国标印章", "seal-not-upgraded"),
        ("签章能力检测 待升级", "seal-not-upgraded"),
        ("检测到您的证书已过期，无法使用", "certificate-expired"),
        ("检测到您的证书已", "certificate-expired"),
        ("当前用户所属机构与ＫＥＹ信息不一致！", "name-differs"),
        ("所属机构与 Key 信息不一致", "name-differs"),
        ("[ocal]KT_ ReadSealDatas:获取厂家印章数据失败", "seal-data"),
        (
            "[local]KT_ReadSealDatas：获取厂家印章数据失败(-1)",
            "seal-data",
        ),
        ("kt＿readsealdatas", "seal-data"),
        ("ReadSealDatas:获取厂家", "seal-data"),
        (
            "提示：CA证书读取错误！未插入CA证书UKey或插入",
            "key-unreadable",
        ),
        ("插入 UKey 无法使用，请联系", "key-unreadable"),
        ("CA未绑定或登录入口不正确", "not-bound"),
        ("登录入口不正确", "not-bound"),
        ("未知错误", "unknown-error"),
    ] {
        assert_eq!(means(text).as_deref(), Some(problem), "{text}");
    }
    for text in [
        "",
        "错误",
        "。。。。",
        "的证书",
        "hello",
        &"x".repeat(100_000),
    ] {
        assert!(means(text).is_none(), "{text:.20}");
    }
    for (text, code) in [
        (
            "提示：证书已于2026-10-01被注销 （原因: 不明）。请联系",
            "certificate-revoked",
        ),
        (
            "The certificate was revoked on 2026-10-01",
            "certificate-revoked",
        ),
        ("代码：site-not-allowed", "site-not-allowed"),
        ("登录失败：PIN 码已锁定，UKey 暂时不能使用", "pin-locked"),
    ] {
        assert_eq!(means(text).as_deref(), Some(code), "{text}");
    }
    for text in ["", "证书", "今天天气很好", &"锁".repeat(100_000)] {
        assert!(means(text).is_none(), "{text:.20}");
    }
    // Each is known by its own words, unless one says the same and more.
    let own = |entry: &&Entry| {
        let text = message::without_parameters(entry.zh);
        means(&text).is_some_and(|found| found == entry.code)
    };
    let known = ALL.iter().filter(own).count();
    assert!(known * 10 > ALL.len() * 9, "{known} of {}", ALL.len());
    // A code, as Yinxin's own windows show it.
    let locked = keyed(|token| token.pin.state = PinState::Locked);
    let mut both = pasted("错误 pin-locked", locked);
    both.browser.as_mut().unwrap().engine = Some(86);
    assert_eq!(rules(&told(&both)), ["pin-locked", "browser-too-old"]);
}

#[test]
fn an_entry_of_a_calendar_has_the_form_of_the_rfc() {
    let entry = calendar_entry(
        "示例,采购;有限\\公司\r\nBEGIN:VEVENT",
        NOW.plus(200 * DAY),
        NOW,
    );
    assert!(entry.ends_with("END:VCALENDAR\r\n"));
    let lines: Vec<&str> = entry.strip_suffix("\r\n").unwrap().split("\r\n").collect();
    for line in &lines {
        assert!(line.len() <= 75, "{line}");
        assert!(!line.contains(['\r', '\n']));
    }
    let whole = entry.replace("\r\n ", "");
    let unfolded: Vec<&str> = whole.split_terminator("\r\n").collect();
    assert_eq!(
        unfolded
            .iter()
            .filter(|line| **line == "BEGIN:VEVENT")
            .count(),
        1
    );
    assert!(
        unfolded.contains(&"DTSTART;VALUE=DATE:20270411"),
        "{unfolded:?}"
    );
    assert!(unfolded.contains(&"DTEND;VALUE=DATE:20270412"));
    assert!(
        unfolded.iter().any(
            |line| line.starts_with("SUMMARY:办理证书更新：示例\\,采购\\;有限\\\\公司⟨U+000D⟩")
        )
    );
    // Late: tomorrow. And the same certificate is the same entry.
    let late = calendar_entry("示例", NOW.plus(5 * DAY), NOW);
    assert!(late.contains("DTSTART;VALUE=DATE:20261123\r\n"));
    let uid = |entry: &str| {
        entry
            .lines()
            .find(|line| line.starts_with("UID:"))
            .map(str::to_owned)
    };
    assert_eq!(
        uid(&late),
        uid(&calendar_entry("示例", NOW.plus(5 * DAY), NOW.plus(DAY)))
    );
    assert_ne!(uid(&late), uid(&entry));
}

#[test]
fn times_of_hostile_certificates_do_no_harm() {
    for time in [i64::MIN, i64::MAX] {
        assert!(calendar_entry("示例", UnixTime(time), UnixTime(time)).ends_with("\r\n"));
    }
}

fn errors() -> impl Strategy<Value = Option<Error>> {
    let all: Vec<Error> = ALL
        .iter()
        .filter_map(|entry| {
            let params: serde_json::Map<String, serde_json::Value> = entry
                .params
                .iter()
                .map(|param| (param.name.to_owned(), serde_json::Value::from(7)))
                .collect();
            let json = serde_json::json!({ "code": entry.code, "params": params });
            serde_json::from_value(json).ok()
        })
        .collect();
    proptest::option::of(proptest::sample::select(all))
}

/// Keys of all kinds, made once.
fn kinds() -> &'static [Token] {
    static KINDS: OnceLock<Vec<Token>> = OnceLock::new();
    KINDS.get_or_init(|| {
        vec![
            sole(-3),
            sole(20),
            key(
                &[&unit(1, -3), &unit(3, 300)],
                &[&seal(Version::V1, &unit(1, -3), 300)],
            ),
            key(&[&encryption(2, 9)], &[]),
            key(&[&expert(5, 80)], &[]),
            key(&[], &[]),
            good_key(),
        ]
    })
}

prop_compose! {
    fn tokens()(
        which in proptest::collection::vec(0_usize..7, 0..4),
        state in 0_usize..4,
        initial_pin in any::<bool>(),
        demo in any::<bool>(),
        problem in errors(),
        junk in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40)),
    ) -> Vec<Token> {
        let states = [PinState::Ok, PinState::Low, PinState::Final, PinState::Locked];
        which.into_iter().map(|which| {
            let mut token = kinds()[which].clone();
            token.pin.state = states[state];
            (token.initial_pin, token.demo) = (initial_pin, demo);
            token.problem = problem.clone().filter(|_| which % 2 == 0);
            if let Some(junk) = &junk {
                token.certificates.push(TokenCertificate { id: String::new(), label: String::new(), certificate: Base64(junk.clone()), padding: None });
                token.seals.push(TokenSeal { label: String::new(), application: String::new(), der: Some(Base64(junk.clone())), padding: None, problem: None });
            }
            token
        }).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_situation_is_answered_worst_first(
        tokens in proptest::option::of(tokens()),
        problems in proptest::collection::vec(errors(), 3),
        message in proptest::option::of("未知错误|证书已过期|KT_ReadSealDatas|\\PC{0,30}"),
        words in proptest::collection::vec(proptest::option::of("expert|supplier|purchaser|\\PC{0,12}"), 4),
        site_allowed in any::<Option<bool>>(),
        engine in any::<Option<u32>>(),
        bound in any::<Option<bool>>(),
        known in proptest::option::of(-4_000_000_000_i64..4_000_000_000),
        now in prop_oneof![Just(NOW.0), any::<i64>()],
    ) {
        let [a, b, c] = <[_; 3]>::try_from(problems).unwrap();
        let situation = Situation {
            tokens,
            modules: b.map(|problem| vec![module(None), module(Some(problem))]),
            host: Some(HostState { version: None, problem: a }),
            extension: Some(Extension { version: None, site_allowed, site: words[0].clone() }),
            browser: Some(Browser { name: words[1].clone().unwrap_or_default(), engine }),
            doctor: c.map(|problem| check(CheckKind::Module, "示例", problem)),
            account: Some(SituationAccount { site: words[0].clone(), name: words[2].clone(), role: words[0].clone(), bound, certificate: words[3].clone() }),
            entrance: words[1].clone(),
            message: message.clone(),
            known_time: known.map(|known| UnixTime(known).to_string()),
            certificate: words[3].clone(),
            crls: Vec::new(),
        };
        let advice = advise(&situation, &[], &guide(), &tariff(), UnixTime(now));
        let answered = usize::from(message.is_some_and(|text| !text.trim().is_empty()));
        let rest = &advice.findings[answered.min(advice.findings.len())..];
        prop_assert!(rest.is_sorted_by_key(|one| one.finding.severity), "{:?}", rules(&advice));
        for one in &advice.findings {
            prop_assert!(!one.steps.is_empty());
            prop_assert!(!one.cause.zh.is_empty() && !one.cause.en.is_empty());
        }
        prop_assert!(serde_json::to_string(&advice).is_ok());
        let keys = keys::read(situation.tokens.clone().unwrap_or_default(), &[], NOW);
        for one in advise_login(&situation, &keys, &guide(), &tariff(), UnixTime(now)) {
            prop_assert!(!one.findings.is_empty());
            prop_assert!(one.findings.is_sorted_by_key(|one| one.finding.severity));
        }
        for way in procedures(&situation, &[], &guide(), &tariff(), UnixTime(now)) {
            // What is ticked, or not, says why.
            let all = way.steps.iter().chain(&way.first);
            prop_assert!(all.into_iter().all(|step| step.done.is_none() == step.seen.is_empty()));
            prop_assert!(serde_json::to_string(&way).is_ok());
        }
    }
}

#[test]
fn what_another_ca_issued_is_its_business() {
    // The name of a listed CA; its key is our own.
    let listed = [
        (oid::COUNTRY, "CN"),
        (oid::ORGANIZATION, "NRCAC"),
        (oid::COMMON_NAME, "ROOTCA"),
    ];
    let profile = Profile {
        subject: listed.to_vec(),
        ..Profile::authority("")
    };
    let other = Identity::self_signed(TestKey::sm2(0x53), &profile);
    let profile = Profile {
        not_after: NOW.plus(-3 * DAY),
        ..Profile::unit()
    };
    let ended = other.issue(TestKey::sm2(1), &profile);
    let mut token = key(&[&ended], &[]);
    token.demo = false;
    let advice = told(&with(vec![token.clone()]));
    let [first, ..] = &advice.findings[..] else {
        panic!("{advice:?}");
    };
    assert_eq!(first.finding.error.code(), "certificate-expired");
    assert!(first.steps[0].text.zh.contains("另一家发证机构"));
    assert!(first.contacts.is_empty() && first.procedures.is_empty() && first.order.is_none());
    assert!(first.evidence.iter().any(|seen| seen.value == "ROOTCA"));
    // Of a CA that is not listed nothing is known: it may be Sichuan CA's own.
    token.certificates[0].certificate = Base64(unit(1, -3).certificate.der().to_vec());
    let advice = told(&with(vec![token]));
    assert!(!advice.findings[0].contacts.is_empty());
}

#[test]
fn a_certificate_that_a_list_names_is_revoked() {
    let serial = unit(1, 265).certificate.serial().to_vec();
    let (this, next) = (NOW.plus(-DAY), NOW.plus(DAY));
    let list = |revoked: &[(&[u8], UnixTime)]| issuing().crl(revoked, this, next);
    let with_list = |crl: Vec<u8>| {
        let mut situation = good();
        situation.crls = vec![crl];
        told(&situation)
    };
    let advice = with_list(list(&[(&serial, NOW.plus(-3 * DAY))]));
    assert_eq!(rules(&advice)[0], "certificate-revoked");
    assert_eq!(advice.findings[0].finding.severity, Severity::Fatal);
    assert!(advice.findings[0].steps[0].text.zh.contains("已被注销"));
    for fine in [
        list(&[]),
        list(&[(&[0x77], NOW.plus(-3 * DAY))]),
        b"no list".to_vec(),
        // Signed by somebody else.
        Identity::self_signed(TestKey::sm2(0x54), &Profile::authority("示例签发机构")).crl(
            &[(&serial, NOW.plus(-3 * DAY))],
            this,
            next,
        ),
    ] {
        assert!(rules(&with_list(fine)).is_empty());
    }
}

#[test]
fn who_asks_about_a_seal_hears_of_one_that_ended_with_its_certificate() {
    let ended = || sealed(-2, Version::V4, -2);
    let asked = told(&pasted("KT_ReadSealDatas", ended()));
    assert_eq!(asked.findings[0].rule, "seal-to-renew-along");
    assert_eq!(asked.findings[0].finding.error.code(), "seal-expired");
    assert!(
        asked.findings[0]
            .procedures
            .contains(&"renewal-lapsed-online".into())
    );
    // The certificate's own finding is graver, and stays the first of what has to be mended.
    assert_eq!(asked.answer, Some(Answer { rank: Some(1) }));
    assert_eq!(asked.findings[1].rule, "certificate-expired");
    // Nor does who does not ask miss it.
    let unasked = told(&ended());
    assert_eq!(unasked.answer, None);
    assert_eq!(
        rules(&unasked),
        ["certificate-expired", "seal-to-renew-along"]
    );
    // What is not found here is explained, and is no finding of this computer's.
    let explained = told(&pasted("KT_ReadSealDatas", good()));
    assert_eq!(explained.answer, Some(Answer { rank: None }));
}

/// One more key of the same unit, told from the others by its number alone.
fn numbered(mut token: Token, number: &str) -> Token {
    token.token = format!("token-{number}");
    token.serial = number.into();
    token
}

#[test]
fn of_several_keys_of_one_holder_a_finding_names_the_key() {
    let old_seal = {
        let sign = unit(3, 265);
        key(&[&sign], &[&seal(Version::V1, &sign, 265)])
    };
    let advice = told(&with(vec![
        numbered(good_key(), "0001"),
        numbered(sole(-30), "0002"),
        numbered(old_seal.clone(), "0003"),
    ]));
    // What keeps a key from working comes before what has to be upgraded in another.
    assert_eq!(
        rules(&advice),
        ["certificate-renewed-elsewhere", "seal-to-upgrade"]
    );
    let keys = advice.findings.iter().map(|one| one.key.as_deref());
    let named = ["示例 UKey（0002）", "示例 UKey（0003）"];
    assert_eq!(keys.collect::<Vec<_>>(), named.map(Some));
    // A label that is its alone is enough.
    let mut labelled = numbered(sole(-30), "0002");
    labelled.label = "财务".into();
    let advice = told(&with(vec![numbered(good_key(), "0001"), labelled]));
    assert_eq!(advice.findings[0].key.as_deref(), Some("财务"));
    // The holder tells it where the others are of other holders.
    let other = expert(5, 265);
    let other = key(&[&other], &[&seal(Version::V4, &other, 265)]);
    let advice = told(&with(vec![
        numbered(other.clone(), "0001"),
        numbered(old_seal.clone(), "0003"),
    ]));
    assert_eq!(rules(&advice), ["seal-to-upgrade"]);
    assert_eq!(advice.findings[0].key, None);
    // Nobody's name stands beside a locked PIN.
    let mut locked = numbered(old_seal, "0003");
    locked.pin.state = PinState::Locked;
    let advice = told(&with(vec![numbered(other, "0001"), locked.clone()]));
    assert_eq!(advice.findings[0].rule, "pin-locked");
    assert_eq!(advice.findings[0].key.as_deref(), Some("示例 UKey（0003）"));
    assert_eq!(told(&with(vec![locked])).findings[0].key, None);
}

#[test]
fn a_message_about_a_seal_in_order_is_answered_by_the_seal() {
    for message in ["[ocal]KT_ ReadSealDatas:获取厂家", "未检测到国标印章"] {
        let advice = told(&pasted(message, good()));
        assert_eq!(rules(&advice), ["seal-in-order"], "{message}");
        assert!(advice.healthy);
        // It tells what the message means here, and is no finding among the others.
        assert_eq!(advice.answer, Some(Answer { rank: None }));
        let answer = &advice.findings[0];
        let end = yinxin_proto::words::day(NOW.plus(265 * DAY), Locale::ZhCn);
        assert!(
            answer.cause.zh.contains(&format!("有效期至 {end}")),
            "{}",
            answer.cause.zh
        );
        assert_eq!((answer.who, answer.procedures.len()), (Who::Platform, 0));
        assert_eq!(answer.contacts[0].value, "400-160-0900");
        let steps = answer.steps.iter().map(|step| step.text.zh.as_str());
        let steps = steps.collect::<String>();
        assert!(steps.contains("不用办理") && steps.contains("生成报告"));
    }
    // One that has to be mended answers itself.
    let old = pasted("KT_ReadSealDatas", sealed(265, Version::V1, 265));
    assert_eq!(rules(&told(&old))[0], "seal-to-upgrade");
}

#[test]
fn a_message_that_no_key_can_be_read_is_answered_by_the_key_that_is_read() {
    let message = "CA证书读取错误！未插入CA证书UKey或插入UKey无法使用，请联系UKey办理的CA厂商！";
    let advice = told(&pasted(message, good()));
    assert_eq!(rules(&advice), ["key-in-order"]);
    assert!(advice.healthy);
    let answer = &advice.findings[0];
    assert!(
        answer.cause.zh.contains("能正常读取"),
        "{}",
        answer.cause.zh
    );
    let steps = answer.steps.iter().map(|step| step.text.zh.as_str());
    assert!(
        steps
            .collect::<String>()
            .contains("使用其他客户端接口的网站")
    );
    // Without one the message means what it says.
    let none = told(&pasted(message, with(Vec::new())));
    assert_ne!(rules(&none)[0], "key-in-order");
}

#[test]
fn a_seal_to_be_upgraded_after_a_renewal_says_until_when_the_certificate_lasts() {
    let step = |days| {
        let advice = told(&sealed(days, Version::V1, days));
        let mut all = advice.findings.into_iter();
        let one = all.find(|one| one.rule == "seal-to-upgrade-after-renewal");
        one.unwrap().steps[0].text.zh.clone()
    };
    let day = |days: i64| yinxin_proto::words::day(NOW.plus(days * DAY), Locale::ZhCn);
    let soon = step(30);
    let said = format!(
        "证书还有 30 天到期（{}）。升级印章要求证书至少还有 60 天",
        day(30)
    );
    assert!(soon.starts_with(&said), "{soon}");
    let ended = step(-3);
    assert!(
        ended.starts_with(&format!("证书已于 {} 过期。", day(-3))),
        "{ended}"
    );
}

#[test]
fn whoever_ended_with_a_seal_orders_one_thing() {
    let advice = told(&sealed(-3, Version::V4, -3));
    let [certificate, seal] = &advice.findings[..] else {
        panic!("{:?}", rules(&advice));
    };
    assert!(certificate.order.is_some() && seal.order.is_none());
    assert_eq!(certificate.procedures, seal.procedures);
    assert!(seal.steps[0].text.zh.contains("不用另外办理"));
}

#[test]
fn before_a_certificate_is_read_nothing_is_said_of_any() {
    for problem in &guide().problems {
        for (situation, read) in [
            (with(Vec::new()), false),
            (Situation::default(), false),
            (good(), true),
        ] {
            let advice = told(&pasted(&problem.heading, situation));
            let answer = &advice.findings[0];
            let steps = answer.steps.iter().map(|step| step.text.zh.as_str());
            let steps: Vec<_> = steps.collect();
            let first = steps[0].contains("请先插入 UKey");
            assert_eq!(first, problem.key && !read, "{}: {steps:?}", problem.id);
            assert!(!steps.concat().contains("印信读到的"), "{steps:?}");
            // The message was asked, and is not said again.
            assert!(!answer.cause.zh.contains(&problem.heading));
        }
    }
}

/// No text speaks of what only its makers see, and who is said to do something is told what to do.
#[test]
fn what_is_said_fits_who_can_do_it() {
    let mut all: Vec<Advised> = Vec::new();
    for case in cases() {
        all.extend(told(&case.situation).findings);
    }
    for problem in &guide().problems {
        all.extend(told(&pasted(&problem.heading, good())).findings);
        all.extend(told(&pasted(&problem.heading, Situation::default())).findings);
    }
    all.extend(told(&pasted("今天天气很好", Situation::default())).findings);
    for one in &all {
        let texts = one.steps.iter().map(|step| &step.text);
        for text in texts.chain([&one.cause]) {
            assert!(!text.zh.contains("容器"), "{text:?}");
            assert!(!text.zh.contains('{') && !text.en.contains('{'), "{text:?}");
            assert!(!text.zh.contains("检测到的情况"), "{text:?}");
        }
        let first = &one.steps[0].text.zh;
        let asks = ["联系四川CA", "联系平台", "告诉平台", "联系发证机构"];
        if one.who == Who::User {
            assert!(
                !asks.iter().any(|ask| first.starts_with(ask)),
                "{}: {first}",
                one.rule
            );
        }
        assert!(
            one.who != Who::Depends || !one.contacts.is_empty(),
            "{}",
            one.rule
        );
    }
}

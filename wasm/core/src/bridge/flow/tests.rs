//! Every path of the machine, with a page, a host and a user played by the test; then random events.

mod rs;
mod skins;

use super::*;
use crate::bridge::skin::container_of;
use crate::testing::{Random, token};
use serde_json::Value;
use yinxin_pki::asn1::hex;
use yinxin_pki::cms;
use yinxin_pki::pem::base64;
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain};
use yinxin_pki::trust::{Crls, PathPolicy};
use yinxin_proto::Base64;
use yinxin_proto::consent::{Act, ConsentView, Phase, TextContent};
use yinxin_proto::host::TextForm;
use yinxin_proto::site::SiteKind;
use yinxin_proto::token::{PinState, PinTries, Token};

const TEXT: &str = "我方承诺投标报价为 141,360.00 元。";

/// What is encrypted for the user.
const SECRET: &str = "0123456789abcdef";

/// Some minutes of a clerk's day.
const MINUTE: i64 = 60;

/// A document of a bridged site, with its user and the host.
struct Play {
    flow: Flow,
    log: Vec<FlowAction>,
    now: UnixTime,
    /// The keys that are there.
    tokens: Vec<Token>,
    identity: Identity,
    /// The other half of it.
    encryption: Identity,
    /// The port that is called.
    port: u16,
    calls: u32,
}

impl Play {
    fn new() -> Self {
        Self::with(TestKey::sm2(1))
    }

    fn with(key: TestKey) -> Self {
        let (_, issuing, identity) = chain(key.clone());
        // The two of a pair are of one kind.
        let second = match &key {
            TestKey::Sm2(_) => TestKey::sm2(2),
            TestKey::P256(_) => TestKey::p256(3),
            TestKey::Rsa(_) => key.clone(),
        };
        let encryption = issuing.issue(second, &encryption_profile());
        let start = FlowStart {
            origin: "https://zfcg.scsczt.cn".into(),
            kind: SiteKind::Portal,
            tab: 7,
            development: false,
            first_use: true,
            anchors: Vec::new(),
        };
        Self {
            flow: Flow::start(start, BTreeMap::new(), [7; 32]).unwrap(),
            log: Vec::new(),
            now: NOW,
            tokens: vec![token(&[&identity, &encryption])],
            identity,
            encryption,
            port: 11_200,
            calls: 0,
        }
    }

    /// A document that calls another program.
    fn calling(port: u16, key: TestKey) -> Self {
        let mut play = Self::with(key);
        let start = FlowStart {
            origin: "http://localhost:8080".into(),
            kind: SiteKind::Portal,
            tab: 7,
            development: true,
            first_use: true,
            anchors: Vec::new(),
        };
        play.flow = Flow::start(start, BTreeMap::new(), [7; 32]).unwrap();
        play.port = port;
        play
    }

    /// One whose user has shown the page the certificate.
    fn identified() -> Self {
        let mut play = Self::new();
        play.call("RS_GetUserList", &[]);
        play.list();
        play.approve();
        play
    }

    /// One whose user has logged in, with the PIN that the page sent.
    fn logged_in() -> Self {
        let mut play = Self::identified();
        play.login();
        play.done();
        play
    }

    fn event(&mut self, event: FlowEvent) -> Vec<FlowAction> {
        let actions = self.flow.handle(event, self.now);
        self.log.extend(actions.clone());
        actions
    }

    fn called(&mut self, name: &str, fields: &[(&str, &str)], pressed: bool, pin: bool) -> u32 {
        self.calls += 1;
        let call = self.calls;
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.event(FlowEvent::Called {
            call,
            port: self.port,
            name: name.into(),
            fields: fields.iter().map(own).collect(),
            pins: pin.then(|| "password".into()).into_iter().collect(),
            pressed,
        });
        call
    }

    /// A call just after a press.
    fn call(&mut self, name: &str, fields: &[(&str, &str)]) -> u32 {
        self.called(name, fields, true, false)
    }

    /// A call long after the last press.
    fn late(&mut self, name: &str, fields: &[(&str, &str)]) -> u32 {
        self.called(name, fields, false, false)
    }

    /// A call to its end, with the presses that it needs.
    fn whole(&mut self, name: &str, fields: &[(&str, &str)]) -> u32 {
        let call = self.called(name, fields, true, false);
        if self.waits(call) {
            self.list();
            if works(&self.approve()) > 0 {
                self.done();
            }
        }
        call
    }

    fn container(&self) -> String {
        container_of(&self.identity.certificate)
    }

    /// A login with a PIN of the page's.
    fn login(&mut self) -> u32 {
        let container = self.container();
        self.called("RS_CertLogin", &[("containerId", &container)], true, true)
    }

    fn sign(&mut self) -> u32 {
        let container = self.container();
        self.call(
            "RS_KeySignByP1",
            &[("containerId", &container), ("msg", TEXT)],
        )
    }

    fn change_pin(&mut self) -> u32 {
        let container = self.container();
        self.called(
            "RS_ChangePassWd",
            &[("containerId", &container)],
            true,
            true,
        )
    }

    /// A decryption of what was encrypted for the encryption certificate.
    fn decrypt(&mut self) -> u32 {
        let certificate = Base64(self.encryption.certificate.der().to_vec()).encode();
        let fields = [("certBase64", certificate.as_str()), ("rsKey", SECRET)];
        let encrypted = self.late("RS_KeyEncryptData", &fields);
        let encrypted = self.data(encrypted, "encRsKey");
        let container = self.container();
        let fields = [
            ("containerId", container.as_str()),
            ("encRsKey", encrypted.as_str()),
        ];
        self.call("RS_KeyDecryptData", &fields)
    }

    fn status(&mut self) -> String {
        let container = self.container();
        let call = self.late("RS_KeyStatus", &[("containerId", &container)]);
        self.code(call)
    }

    fn decide(&mut self, decision: Decision) -> Vec<FlowAction> {
        self.event(FlowEvent::Decided { decision })
    }

    fn approve(&mut self) -> Vec<FlowAction> {
        let certificate = hex(self.identity.certificate.sha256());
        self.decide(Decision::Approve {
            token: "t1".into(),
            certificate,
            question: self.flow.question,
            seal: None,
            pin: None,
            new_pin: None,
        })
    }

    fn cancel(&mut self) -> Vec<FlowAction> {
        self.decide(Decision::Cancel {})
    }

    fn time_out(&mut self, timer: FlowTimer) -> Vec<FlowAction> {
        self.event(FlowEvent::TimedOut { timer })
    }

    // ── The host ─────────────────────────────────────────────────────────────────────────────

    fn last_send(&self, wanted: fn(&HostCommand) -> bool) -> Option<(u32, HostCommand, bool)> {
        self.log.iter().rev().find_map(|action| match action {
            FlowAction::Send {
                request,
                command,
                with_pin,
            } if wanted(command) => Some((*request, command.clone(), *with_pin)),
            _ => None,
        })
    }

    fn last_work(&self) -> (u32, HostCommand, bool) {
        self.last_send(is_work).expect("the host works")
    }

    fn reply(&mut self, request: u32, reply: KeyReply) -> Vec<FlowAction> {
        self.event(FlowEvent::HostReplied { request, reply })
    }

    /// Answers until nothing is listed any more.
    fn list(&mut self) -> Vec<FlowAction> {
        let mut actions = self.list_once();
        while self.flow.listing.is_some() {
            actions.extend(self.list_once());
        }
        actions
    }

    /// Answers the last listing.
    fn list_once(&mut self) -> Vec<FlowAction> {
        let is_list = |command: &HostCommand| matches!(command, HostCommand::Tokens {});
        let (request, ..) = self.last_send(is_list).expect("keys are listed");
        let reply = KeyReply::Tokens {
            tokens: self.tokens.clone(),
            modules: Vec::new(),
        };
        self.reply(request, reply)
    }

    /// The host did what it was asked to.
    fn done(&mut self) -> Vec<FlowAction> {
        let (request, command, _) = self.last_work();
        let reply = match command {
            HostCommand::BridgeSign { form, .. } => {
                let bytes = match form {
                    TextForm::Bare {} => TEXT.as_bytes().to_vec(),
                    TextForm::Attributes { attributes } => attributes.0,
                };
                KeyReply::Signed {
                    signatures: vec![Base64(self.identity.key.sign(&bytes))],
                }
            }
            HostCommand::BridgeDecrypt { .. } => KeyReply::Decrypted {
                plaintext: Base64(SECRET.into()),
            },
            _ => KeyReply::Done {},
        };
        self.reply(request, reply)
    }

    fn failed(&mut self, error: Error) -> Vec<FlowAction> {
        let (request, ..) = self.last_work();
        self.event(FlowEvent::HostFailed { request, error })
    }

    // ── What came of it ──────────────────────────────────────────────────────────────────────

    fn answers(&self, call: u32) -> Vec<Value> {
        answers(&self.log, call)
    }

    /// The one answer to a call.
    fn answer(&self, call: u32) -> Value {
        match &self.answers(call)[..] {
            [answer] => answer.clone(),
            other => panic!("{call}: {other:?}"),
        }
    }

    fn code(&self, call: u32) -> String {
        self.answer(call)["code"].as_str().unwrap().to_owned()
    }

    fn data(&self, call: u32, name: &str) -> String {
        let answer = self.answer(call);
        assert_eq!(answer["code"], "0000", "{answer}");
        answer["data"][name].as_str().unwrap().to_owned()
    }

    fn waits(&self, call: u32) -> bool {
        self.answers(call).is_empty()
    }

    fn view(&self) -> &ConsentView {
        let mut all = self.log.iter().rev();
        all.find_map(|action| match action {
            FlowAction::Show { view } => Some(&**view),
            _ => None,
        })
        .expect("something was shown")
    }

    fn notice(&self) -> &'static str {
        self.view().notice.as_ref().map_or("", Error::code)
    }

    fn asks_for(&self, act: &Act) -> bool {
        self.view().phase == Phase::Choosing {} && self.view().act == *act
    }

    /// The last end of a window: whether something was signed, whether it counts as a cancel.
    fn closed(&self) -> Option<(bool, bool)> {
        self.log.iter().rev().find_map(|action| match action {
            FlowAction::Close { signed, cancelled } => Some((*signed, *cancelled)),
            _ => None,
        })
    }

    fn count(&self, wanted: fn(&FlowAction) -> bool) -> usize {
        self.log.iter().filter(|action| wanted(action)).count()
    }

    fn is_open(&self) -> bool {
        self.count(|action| matches!(action, FlowAction::Open {}))
            > self.count(|action| matches!(action, FlowAction::Close { .. }))
    }

    /// Whether the background was told last that there is a session.
    fn has_session(&self) -> bool {
        let mut all = self.log.iter().rev();
        all.find_map(|action| match action {
            FlowAction::Session { open } => Some(*open),
            _ => None,
        })
        .unwrap_or(false)
    }
}

fn encryption_profile() -> Profile {
    Profile {
        key_usage: Some(0x38),
        ..Profile::unit()
    }
}

fn is_work(command: &HostCommand) -> bool {
    matches!(
        command,
        HostCommand::BridgeLogin { .. }
            | HostCommand::BridgeSign { .. }
            | HostCommand::BridgeChangePin { .. }
            | HostCommand::BridgeDecrypt { .. }
    )
}

fn answers(log: &[FlowAction], of: u32) -> Vec<Value> {
    let bodies = log.iter().filter_map(|action| match action {
        FlowAction::Answer { call, body } if *call == of => Some(body),
        _ => None,
    });
    bodies
        .map(|body| serde_json::to_value(body).unwrap())
        .collect()
}

/// How often the host is asked to work.
fn works(actions: &[FlowAction]) -> usize {
    actions
        .iter()
        .filter(|action| matches!(action, FlowAction::Send { command, .. } if is_work(command)))
        .count()
}

fn logs_out(actions: &[FlowAction]) -> bool {
    actions.iter().any(|action| {
        matches!(
            action,
            FlowAction::Send {
                command: HostCommand::BridgeLogout { tab: 7 },
                ..
            }
        )
    })
}

fn abandons(actions: &[FlowAction]) -> bool {
    let gives_up = |action: &FlowAction| matches!(action, FlowAction::Abandon { .. });
    actions.iter().any(gives_up)
}

fn wrong(left: u8) -> Error {
    Error::PinIncorrect {
        tries: PinTries {
            state: PinState::Low,
            left: Some(left),
        },
    }
}

// ── The way of a page ────────────────────────────────────────────────────────────────────────

#[test]
fn from_the_list_to_a_signature_with_two_presses() {
    for key in TestKey::all() {
        let mut play = Play::with(key);
        let list = play.call("RS_GetUserList", &[]);
        play.list();
        assert!(play.asks_for(&Act::Identify {}));
        assert!(!play.view().asks_pin);
        assert!(play.view().tokens[0].seals.is_empty());
        assert!(play.waits(list));
        assert_eq!(works(&play.approve()), 0);
        let holder = play.identity.certificate.holder();
        let container = play.container();
        assert_eq!(
            play.data(list, "userlist"),
            format!("{holder}||{container}")
        );
        assert_eq!(play.view().phase, Phase::Awaiting {});
        assert_eq!(play.view().act, Act::Identify {});

        // The window stays, and nothing is asked again: not for a second list either.
        let again = play.call("RS_GetUserList", &[]);
        assert_eq!(play.data(again, "userlist"), play.data(list, "userlist"));
        let held = [play.identity.clone(), play.encryption.clone()];
        for (usage, identity) in ["1", "2"].into_iter().zip(held) {
            let fields = [("containerId", container.as_str()), ("certType", usage)];
            let call = play.late("RS_GetCertBase64String", &fields);
            if matches!((&identity.key, usage), (TestKey::Rsa(_), "2")) {
                // Of one key there are no two halves.
                assert_eq!(play.code(call), "9014");
                continue;
            }
            let der = Base64(identity.certificate.der().to_vec()).encode();
            assert_eq!(play.data(call, "certBase64"), der);
        }
        assert_eq!(play.status(), "9028");

        let login = play.login();
        let (_, command, with_pin) = play.last_work();
        assert!(
            matches!(command, HostCommand::BridgeLogin { call, pin: None, .. } if call == login)
        );
        assert!(!with_pin, "the host has it from the page");
        play.done();
        assert_eq!(play.data(login, "containerId"), container);
        assert!(play.has_session());
        assert_eq!(play.status(), "0000");

        let sign = play.sign();
        assert_eq!(works(&play.list()), 0, "a signature needs a press");
        let Act::SignText { text, message } = &play.view().act else {
            panic!("{:?}", play.view().act);
        };
        assert_eq!((text.beginning.as_str(), *message), (TEXT, false));
        assert_eq!(text.content, TextContent::Readable);
        assert!(!play.view().asks_pin);
        assert_eq!(works(&play.approve()), 1);
        assert!(!play.last_work().2);
        play.done();
        let signature = base64(&play.data(sign, "signdMsg")).unwrap();
        let key = play.identity.certificate.key().unwrap();
        assert!(key.verify(&[TEXT.as_bytes()], &signature));
        // It says what was done.
        assert_eq!(play.view().phase, Phase::Awaiting {});
        assert!(matches!(play.view().act, Act::SignText { .. }));

        assert_eq!(
            play.count(|action| matches!(action, FlowAction::Open {})),
            1
        );
        play.time_out(FlowTimer::Next);
        assert_eq!(play.closed(), Some((true, false)));
        assert!(play.has_session(), "it does not end with its window");
    }
}

#[test]
fn messages_are_made_with_signed_attributes_and_hold() {
    for key in TestKey::all() {
        for (flag, attached) in [("0", true), ("1", false)] {
            let mut play = Play::with(key.clone());
            let container = play.container();
            let fields = [
                ("containerId", container.as_str()),
                ("msg", TEXT),
                ("flag", flag),
            ];
            let call = play.call("RS_KeySignByP7", &fields);
            play.list();
            assert!(matches!(
                play.view().act,
                Act::SignText { message: true, .. }
            ));
            assert!(play.view().asks_pin, "there is no session");
            play.approve();
            assert!(play.last_work().2);
            play.done();
            let message = base64(&play.data(call, "signdMsg")).unwrap();
            let crls = Crls::default();
            let mut options = cms::Options::new(PathPolicy::new(&[], &[], &crls, NOW));
            options.check_trust = false;
            options.content = (!attached).then_some(cms::Content::Bytes(TEXT.as_bytes()));
            let judged = cms::verify(&message, &options).unwrap();
            assert!(judged.valid, "{:?}", judged.findings);
            let signed = play.data(call, "signdMsg");
            let fields = [("msg", TEXT), ("signdMsg", signed.as_str()), ("flag", flag)];
            let verified = play.late("RS_VerifySignByP7", &fields);
            assert_eq!(play.code(verified), "0000");
            assert!(!play.has_session(), "a signature is no login");
        }
    }
}

#[test]
fn a_signature_that_does_not_hold_never_leaves() {
    for spoil in [
        (|s: &mut Vec<Base64>| s[0].0[20] ^= 1) as fn(&mut Vec<Base64>),
        |s| s[0].0.clear(),
        |s| s.clear(),
        |s| s.push(s[0].clone()),
    ] {
        let mut play = Play::logged_in();
        let call = play.sign();
        play.approve();
        let (request, ..) = play.last_work();
        let mut signatures = vec![Base64(play.identity.key.sign(TEXT.as_bytes()))];
        spoil(&mut signatures);
        play.reply(request, KeyReply::Signed { signatures });
        assert_eq!(play.code(call), "9999");
        assert!(matches!(play.view().phase, Phase::Failed { .. }));
        play.cancel();
        assert_eq!(play.closed(), Some((false, false)));
    }
}

#[test]
fn what_must_not_be_signed_is_answered_without_a_window() {
    let mut play = Play::logged_in();
    play.time_out(FlowTimer::Next);
    let container = play.container();
    for (name, text) in [
        ("RS_KeySignByP1", "LOGONDATA:abcdef"),
        ("RS_KeySignByP1", "a\u{1}b"),
        ("RS_KeySignByP7", " LOGONDATA:abcdef"),
    ] {
        let fields = [
            ("containerId", container.as_str()),
            ("msg", text),
            ("flag", "0"),
        ];
        let call = play.call(name, &fields);
        assert_eq!(play.code(call), "9999", "{text}");
        assert!(!play.is_open());
    }
}

// ── Logins ───────────────────────────────────────────────────────────────────────────────────

#[test]
fn without_a_pin_of_the_page_our_window_asks() {
    let mut play = Play::identified();
    let container = play.container();
    let login = play.call("RS_CertLogin", &[("containerId", &container)]);
    assert!(play.asks_for(&Act::Unlock { sent: false }));
    assert!(play.view().asks_pin);
    assert_eq!(works(&play.approve()), 1);
    assert!(play.last_work().2, "with what was typed");
    play.done();
    assert_eq!(play.code(login), "0000");
    assert!(play.has_session());
}

#[test]
fn a_login_without_a_list_before_it_is_pressed_for() {
    let mut play = Play::new();
    let login = play.login();
    play.list();
    assert!(play.asks_for(&Act::Unlock { sent: true }));
    assert!(!play.view().asks_pin);
    assert_eq!(works(&play.approve()), 1);
    assert!(!play.last_work().2);
    play.done();
    assert_eq!(play.code(login), "0000");
    // The first press covered this one.
    let second = play.login();
    assert!(play.waits(second) && play.asks_for(&Act::Unlock { sent: true }));
    assert!(!play.view().asks_pin);
}

#[test]
fn one_press_covers_one_login() {
    for end in [
        (|play: &mut Play| play.done()) as fn(&mut Play) -> Vec<FlowAction>,
        |play| play.failed(Error::HostGone {}),
        |play| play.failed(wrong(5)),
        |play| play.event(FlowEvent::Gone { call: 2 }),
    ] {
        let mut play = Play::identified();
        play.login();
        end(&mut play);
        let before = play.log.len();
        play.login();
        assert_eq!(works(&play.log[before..]), 0);
    }
}

#[test]
fn a_cancel_takes_back_what_was_covered() {
    let mut play = Play::identified();
    play.sign();
    play.cancel();
    assert_eq!(play.closed(), Some((false, true)));
    let before = play.log.len();
    play.login();
    assert_eq!(works(&play.log[before..]), 0);
    assert!(play.asks_for(&Act::Unlock { sent: true }));
    // A window that closes by itself takes nothing back.
    let mut play = Play::identified();
    play.time_out(FlowTimer::Next);
    assert!(!play.is_open());
    play.login();
    assert_eq!(works(&play.log), 1);
    assert!(!play.is_open());
}

#[test]
fn a_pin_of_the_page_that_is_not_tried_is_asked_for() {
    let mut play = Play::identified();
    let login = play.login();
    play.failed(Error::PinRequired {});
    assert!(play.waits(login));
    assert!(play.asks_for(&Act::Unlock { sent: false }));
    assert_eq!(play.notice(), "");
    play.approve();
    assert!(play.last_work().2);
    play.done();
    assert_eq!(play.code(login), "0000");
    // The right one was typed: the page's counts again.
    play.event(FlowEvent::SessionEnded {});
    play.login();
    assert!(play.asks_for(&Act::Unlock { sent: true }));
}

#[test]
fn a_wrong_pin_of_the_page_is_told_to_it_and_the_next_is_typed() {
    for (error, code) in [
        (wrong(5), "9011"),
        (Error::PinLocked {}, "9011"),
        (Error::PinLength { min: 6, max: 16 }, "9011"),
    ] {
        for open in [true, false] {
            let mut play = Play::identified();
            if !open {
                play.time_out(FlowTimer::Next);
            }
            let login = play.login();
            let closed = play.failed(error.clone());
            assert_eq!(play.code(login), code);
            // Also where no window was open: the origin waits.
            assert!(matches!(
                closed
                    .iter()
                    .rev()
                    .find(|action| matches!(action, FlowAction::Close { .. })),
                Some(FlowAction::Close {
                    signed: false,
                    cancelled: true
                })
            ));
            assert!(logs_out(&closed) && !play.is_open() || !open);
            let before = play.log.len();
            play.login();
            assert!(play.asks_for(&Act::Unlock { sent: false }));
            assert!(play.view().asks_pin);
            assert_eq!(works(&play.log[before..]), 0);
            play.list();
            play.approve();
            assert!(play.last_work().2);
        }
    }
}

#[test]
fn a_wrong_typed_pin_goes_back_to_the_user_and_is_never_sent_again() {
    let mut play = Play::identified();
    let container = play.container();
    let login = play.call("RS_CertLogin", &[("containerId", &container)]);
    play.approve();
    assert_eq!(works(&play.failed(wrong(5))), 0);
    assert!(play.waits(login));
    assert_eq!(play.notice(), "pin-incorrect");
    assert_eq!(play.view().tokens[0].pin.left, Some(5));
    play.approve();
    assert_eq!(works(&play.failed(Error::PinLength { min: 6, max: 16 })), 0);
    assert_eq!(play.notice(), "pin-length");
    play.approve();
    play.done();
    assert_eq!(play.code(login), "0000");
    play.time_out(FlowTimer::Next);
    assert_eq!(play.closed(), Some((false, false)));
}

#[test]
fn a_locked_key_is_shown_and_not_asked() {
    let mut play = Play::identified();
    let container = play.container();
    let login = play.call("RS_CertLogin", &[("containerId", &container)]);
    play.approve();
    play.failed(Error::PinLocked {});
    assert_eq!(play.notice(), "pin-locked");
    let problem = play.view().tokens[0].problem.as_ref();
    assert_eq!(problem.map(Error::code), Some("pin-locked"));
    assert_eq!(works(&play.approve()), 0);
    play.cancel();
    assert_eq!(play.code(login), "9999");
    assert!(!play.has_session());
}

#[test]
fn a_session_whose_pin_is_not_right_any_more_asks_for_it() {
    for error in [wrong(5), Error::PinRequired {}] {
        let mut play = Play::logged_in();
        let sign = play.sign();
        play.approve();
        let actions = play.failed(error);
        assert_eq!(works(&actions), 0);
        assert!(logs_out(&actions));
        assert!(!play.has_session());
        assert!(play.waits(sign) && play.view().asks_pin);
        play.approve();
        assert!(play.last_work().2);
        play.done();
        assert_eq!(play.code(sign), "0000");
    }
}

#[test]
fn on_a_pad_the_user_types_whatever_the_page_sends() {
    let mut play = Play::new();
    play.tokens[0].protected_path = true;
    play.call("RS_GetUserList", &[]);
    play.list();
    play.approve();
    let login = play.login();
    assert!(!play.last_work().2);
    let limit = play.log.iter().rev().find_map(|action| match action {
        FlowAction::Start {
            timer: FlowTimer::Host,
            ms,
        } => Some(*ms),
        _ => None,
    });
    assert_eq!(limit, Some(CONSENT_MS));
    // That something comes or goes meanwhile gives the user no less time.
    let restarted = |actions: &[FlowAction]| {
        actions.iter().any(|action| {
            matches!(
                action,
                FlowAction::Start {
                    timer: FlowTimer::Host,
                    ..
                }
            )
        })
    };
    assert!(!restarted(&play.event(FlowEvent::TokensChanged {})));
    assert!(!restarted(&play.list()));
    play.done();
    assert_eq!(play.code(login), "0000");
    let sign = play.sign();
    play.approve();
    assert!(!play.last_work().2);
    play.done();
    assert_eq!(play.code(sign), "0000");
}

// ── PIN change, encryption and decryption ────────────────────────────────────────────────────

#[test]
fn a_pin_is_changed_by_what_is_typed_here() {
    let mut play = Play::logged_in();
    let change = play.change_pin();
    assert!(play.asks_for(&Act::ChangePin {}));
    assert!(play.view().asks_pin, "in a session too");
    assert_eq!(works(&play.approve()), 1);
    let (_, command, with_pin) = play.last_work();
    assert!(with_pin);
    assert!(matches!(
        command,
        HostCommand::BridgeChangePin { call, pin: None, new_pin: None, .. } if call == change
    ));
    for (error, session) in [
        (Error::PinLength { min: 6, max: 16 }, true),
        (Error::PinRefused {}, true),
        (wrong(5), false),
    ] {
        assert_eq!(works(&play.failed(error.clone())), 0);
        assert_eq!(play.notice(), error.code());
        assert_eq!(play.has_session(), session, "{error:?}");
        assert_eq!(works(&play.approve()), 1);
    }
    play.done();
    assert_eq!(play.code(change), "0000");
    assert_eq!(play.view().phase, Phase::Awaiting {});
    assert_eq!(play.view().act, Act::ChangePin {});
    // One that fails is told.
    let change = play.change_pin();
    play.approve();
    play.failed(Error::PinChangedElsewhere {});
    assert_eq!(play.code(change), "9999");
}

#[test]
fn what_was_encrypted_for_the_user_is_decrypted_with_a_press() {
    for logged_in in [false, true] {
        let mut play = if logged_in {
            Play::logged_in()
        } else {
            Play::identified()
        };
        let decrypt = play.decrypt();
        assert!(play.asks_for(&Act::Decrypt { size: 16 }));
        assert_eq!(play.view().asks_pin, !logged_in);
        play.approve();
        let (_, command, with_pin) = play.last_work();
        assert_eq!(with_pin, !logged_in);
        let HostCommand::BridgeDecrypt { certificate, .. } = command else {
            panic!("{command:?}");
        };
        let encryption = &play.encryption.certificate;
        assert_eq!(certificate, hex(encryption.sha256()));
        play.done();
        assert_eq!(play.data(decrypt, "rsKey"), SECRET);
        play.time_out(FlowTimer::Next);
        assert_eq!(play.closed(), Some((false, false)));
    }
}

#[test]
fn whatever_fails_in_a_decryption_is_one_code() {
    let mut play = Play::logged_in();
    for fail in [
        (|play: &mut Play| play.failed(Error::NotDecrypted {})) as fn(&mut Play) -> Vec<FlowAction>,
        |play| {
            // What is no text.
            let (request, ..) = play.last_work();
            let plaintext = Base64(vec![0xff; 16]);
            play.reply(request, KeyReply::Decrypted { plaintext })
        },
    ] {
        let decrypt = play.decrypt();
        play.approve();
        fail(&mut play);
        assert_eq!(play.code(decrypt), "9031");
    }
}

#[test]
fn only_a_key_for_encryption_alone_decrypts() {
    // None, one that signs as well, RSA.
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let both = Profile {
        key_usage: Some(0xf8),
        ..Profile::unit()
    };
    let both = issuing.issue(TestKey::sm2(4), &both);
    let mut play = Play::new();
    play.tokens = vec![token(&[&play.identity, &both])];
    let list = play.call("RS_GetUserList", &[]);
    play.list();
    play.approve();
    assert_eq!(play.code(list), "0000");
    let decrypt = play.decrypt();
    assert_eq!(play.code(decrypt), "9029");
    // Who was not shown anything hears it in the window.
    let mut play = Play::new();
    play.tokens = vec![token(&[&play.identity])];
    let decrypt = play.decrypt();
    play.list();
    assert_eq!(works(&play.approve()), 0);
    assert_eq!(play.notice(), "not-decrypted");
    play.cancel();
    assert_eq!(play.code(decrypt), "9999");
}

#[test]
fn no_two_encryptions_have_a_random_number_in_common() {
    let mut play = Play::new();
    let certificate = Base64(play.encryption.certificate.der().to_vec()).encode();
    let fields = [("certBase64", certificate.as_str()), ("rsKey", SECRET)];
    let made: std::collections::HashSet<String> = (0..8)
        .map(|_| {
            let call = play.late("RS_KeyEncryptData", &fields);
            // The point alone.
            play.data(call, "encRsKey")[..130].to_owned()
        })
        .collect();
    assert_eq!(made.len(), 8);
}

// ── Who may have a window ────────────────────────────────────────────────────────────────────

#[test]
fn without_a_press_there_is_no_key() {
    let names = [
        "RS_GetUserList",
        "RS_GetCertBase64String",
        "RS_CertLogin",
        "RS_GetPinRetryCount",
        "RS_KeyGetKeySn",
        "RS_KeyGetDeviceInfo",
        "RS_KeySignByP1",
        "RS_KeySignByP7",
        "RS_ChangePassWd",
        "RS_KeyDecryptData",
    ];
    let encrypted = format!("04{}", "1".repeat(194));
    for name in names {
        let mut play = Play::new();
        let container = play.container();
        let fields = [
            ("containerId", container.as_str()),
            ("certType", "1"),
            ("type", "515"),
            ("msg", TEXT),
            ("flag", "0"),
            ("encRsKey", &encrypted),
        ];
        let call = play.late(name, &fields);
        play.list();
        assert_eq!(play.code(call), "9001", "{name}");
        assert!(
            play.log
                .iter()
                .any(|action| matches!(action, FlowAction::Missed {}))
        );
        assert!(!play.is_open());
    }
    let mut play = Play::new();
    let container = play.container();
    let call = play.late("RS_KeyStatus", &[("containerId", &container)]);
    play.list();
    assert_eq!(play.code(call), "9028");
    assert_eq!(
        play.count(|action| matches!(action, FlowAction::Missed {})),
        0
    );
}

#[test]
fn a_press_is_worth_one_window_at_a_time() {
    // The first answers what was pressed for; what waits behind it had no press.
    let mut play = Play::new();
    let list = play.call("RS_GetUserList", &[]);
    let late = play.late("RS_GetUserList", &[]);
    play.list();
    play.cancel();
    assert_eq!(play.code(list), "9999");
    assert_eq!(play.code(late), "9999");
}

#[test]
fn another_container_than_that_of_the_user_is_refused() {
    let mut play = Play::logged_in();
    for container in ["0", "ffffffffffffffffffffffffffffffff"] {
        for name in ["RS_CertLogin", "RS_KeyStatus", "RS_KeyGetKeySn"] {
            let call = play.call(name, &[("containerId", container)]);
            assert_eq!(play.code(call), "9004", "{name}");
        }
        let call = play.call(
            "RS_KeySignByP1",
            &[("containerId", container), ("msg", TEXT)],
        );
        assert_eq!(play.code(call), "9004");
    }
    let mut play = Play::new();
    let call = play.call("RS_CertLogin", &[("containerId", "0123")]);
    play.list();
    assert_eq!(play.notice(), "certificate-not-found");
    assert!(play.view().tokens.is_empty());
    assert_eq!(works(&play.approve()), 0);
    assert!(play.waits(call));
    assert_eq!(play.notice(), "certificate-not-found");
}

#[test]
fn a_certificate_that_the_page_did_not_name_is_not_used_in_its_place() {
    let mut play = Play::new();
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let other = issuing.issue(TestKey::sm2(9), &Profile::unit());
    play.tokens[0] = token(&[&play.identity, &other]);
    let container = container_of(&other.certificate);
    let call = play.call("RS_CertLogin", &[("containerId", &container)]);
    play.list();
    let shown = &play.view().tokens[0].certificates;
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].certificate, hex(other.certificate.sha256()));
    assert_eq!(works(&play.approve()), 0);
    assert!(play.waits(call));
}

#[test]
fn whoever_is_another_one_now_has_no_session_of_the_one_before() {
    let mut play = Play::identified();
    play.time_out(FlowTimer::Next);
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let other = issuing.issue(TestKey::sm2(9), &Profile::unit());
    let mut second = token(&[&other]);
    second.token = "t2".into();
    play.tokens.push(second);
    // Without a login, a new press on the page asks who it is.
    let list = play.call("RS_GetUserList", &[]);
    play.list();
    assert!(play.asks_for(&Act::Identify {}));
    play.decide(Decision::Approve {
        token: "t2".into(),
        certificate: hex(other.certificate.sha256()),
        question: play.flow.question,
        seal: None,
        pin: None,
        new_pin: None,
    });
    let container = container_of(&other.certificate);
    assert!(play.data(list, "userlist").ends_with(&container));
    let old = play.login();
    assert_eq!(play.code(old), "9004");
}

#[test]
fn a_certificate_that_cannot_sign_is_not_shown_to_the_page() {
    let mut play = Play::new();
    let list = play.call("RS_GetUserList", &[]);
    play.list();
    play.decide(Decision::Approve {
        token: "t1".into(),
        certificate: hex(play.encryption.certificate.sha256()),
        question: play.flow.question,
        seal: None,
        pin: None,
        new_pin: None,
    });
    assert!(play.waits(list));
    assert_eq!(play.notice(), "certificate-not-for-signing");
}

#[test]
fn a_press_on_what_was_asked_before_is_none_on_what_is_asked_now() {
    let mut play = Play::new();
    let list = play.call("RS_GetUserList", &[]);
    play.list();
    let before = Decision::Approve {
        token: "t1".into(),
        certificate: hex(play.identity.certificate.sha256()),
        question: play.flow.question,
        seal: None,
        pin: None,
        new_pin: None,
    };
    play.decide(before.clone());
    assert_eq!(play.code(list), "0000");
    let container = play.container();
    let sign = play.call(
        "RS_KeySignByP1",
        &[("containerId", &container), ("msg", "合同")],
    );
    play.list();
    play.decide(before);
    assert!(play.waits(sign));
    assert_eq!(play.view().phase, Phase::Choosing {});
}

// ── Keys that come and go ────────────────────────────────────────────────────────────────────

#[test]
fn a_key_pulled_while_the_window_asks_can_come_back() {
    let mut play = Play::new();
    let list = play.call("RS_GetUserList", &[]);
    play.list();
    let present = std::mem::take(&mut play.tokens);
    play.event(FlowEvent::TokensChanged {});
    play.list();
    assert!(play.view().tokens.is_empty());
    play.approve();
    assert_eq!(play.notice(), "token-removed");
    play.tokens = present;
    play.event(FlowEvent::TokensChanged {});
    play.list();
    play.approve();
    assert_eq!(play.code(list), "0000");
    // Who finds none and leaves has none.
    let mut play = Play::new();
    play.tokens.clear();
    let list = play.call("RS_GetUserList", &[]);
    play.list();
    play.cancel();
    assert_eq!(play.code(list), "9001");
}

#[test]
fn a_key_pulled_ends_what_was_granted() {
    for logged_in in [false, true] {
        let mut play = if logged_in {
            Play::logged_in()
        } else {
            Play::identified()
        };
        play.time_out(FlowTimer::Next);
        let present = std::mem::take(&mut play.tokens);
        play.event(FlowEvent::TokensChanged {});
        assert!(logs_out(&play.list()));
        assert!(!play.has_session());
        play.tokens = present;
        play.event(FlowEvent::TokensChanged {});
        let late = play.late("RS_GetUserList", &[]);
        play.list();
        assert_eq!(play.code(late), "9001", "it is shown anew");
        assert_eq!(play.status(), "9028");
    }
}

#[test]
fn a_key_that_other_keys_come_beside_stays_granted() {
    let mut play = Play::logged_in();
    let mut second = token(&[]);
    second.token = "t2".into();
    play.tokens.insert(0, second);
    play.event(FlowEvent::TokensChanged {});
    play.list();
    assert!(play.has_session());
    assert_eq!(play.status(), "0000");
}

#[test]
fn a_key_pulled_while_it_works_goes_back_to_the_user() {
    let mut play = Play::logged_in();
    let sign = play.sign();
    play.approve();
    let actions = play.failed(Error::TokenRemoved {});
    assert!(logs_out(&actions) && works(&actions) == 0);
    assert_eq!(play.notice(), "token-removed");
    assert!(play.view().asks_pin);
    play.list();
    play.approve();
    assert!(play.last_work().2);
    play.done();
    assert_eq!(play.code(sign), "0000");
}

#[test]
fn a_key_that_is_gone_when_its_login_is_done_holds_no_session() {
    let mut play = Play::identified();
    let login = play.login();
    play.tokens.clear();
    play.event(FlowEvent::TokensChanged {});
    play.list();
    let actions = play.done();
    assert_eq!(play.code(login), "0000");
    assert!(logs_out(&actions), "the host must not keep the PIN");
    assert!(!play.has_session());
}

#[test]
fn without_a_window_a_pulled_key_keeps_nobody_waiting() {
    let mut play = Play::identified();
    play.time_out(FlowTimer::Next);
    let container = play.container();
    let login = play.called("RS_CertLogin", &[("containerId", &container)], false, true);
    let behind = play.late("RS_GetUserList", &[]);
    play.failed(Error::TokenRemoved {});
    assert_eq!(play.code(login), "9001");
    play.tokens.clear();
    play.list();
    assert_eq!(play.code(behind), "9001");
}

#[test]
fn keys_are_listed_anew_once_they_changed() {
    let mut play = Play::new();
    let tokens = |play: &Play| {
        let lists = |action: &&FlowAction| {
            matches!(
                action,
                FlowAction::Send {
                    command: HostCommand::Tokens {},
                    ..
                }
            )
        };
        play.log.iter().filter(lists).count()
    };
    play.late("RS_GetUserList", &[]);
    play.list();
    play.late("RS_GetUserList", &[]);
    assert_eq!(tokens(&play), 1, "what is known is known");
    play.event(FlowEvent::TokensChanged {});
    assert_eq!(tokens(&play), 1, "nobody asks");
    let call = play.late("RS_GetUserList", &[]);
    assert_eq!(tokens(&play), 2);
    // Changed again while they are listed.
    play.event(FlowEvent::TokensChanged {});
    play.list_once();
    assert!(play.waits(call));
    assert_eq!(tokens(&play), 3);
    play.list();
    assert_eq!(play.code(call), "9001");
}

// ── Interruptions ────────────────────────────────────────────────────────────────────────────

#[test]
fn every_interruption_has_its_answer() {
    let seconds = 40;
    for (event, code, cancelled) in [
        (
            FlowEvent::Decided {
                decision: Decision::Cancel {},
            },
            "9999",
            true,
        ),
        (FlowEvent::WindowClosed {}, "9999", true),
        (FlowEvent::WindowLost {}, "9999", false),
        (
            FlowEvent::WindowRefused {
                error: Error::TooManyCancels { seconds },
            },
            "9999",
            false,
        ),
        (
            FlowEvent::TimedOut {
                timer: FlowTimer::Consent,
            },
            "9999",
            false,
        ),
    ] {
        for working in [false, true] {
            if working && matches!(event, FlowEvent::TimedOut { .. }) {
                continue;
            }
            let mut play = Play::logged_in();
            let sign = play.sign();
            let behind = play.late("RS_KeyGetKeySn", &[("containerId", "1")]);
            if working {
                play.approve();
            }
            let actions = play.event(event.clone());
            assert_eq!(play.code(sign), code);
            assert_eq!(play.code(behind), code);
            assert_eq!(play.closed(), Some((false, cancelled)));
            assert_eq!(abandons(&actions), working);
            assert!(play.has_session(), "the user did not end it");
        }
    }
}

#[test]
fn a_call_that_nobody_waits_for_is_given_up() {
    // While the keys are listed, the window asks, the host works.
    let mut play = Play::new();
    let call = play.call("RS_GetUserList", &[]);
    play.event(FlowEvent::Gone { call });
    play.list();
    assert!(play.waits(call) && !play.is_open());

    let call = play.call("RS_GetUserList", &[]);
    assert!(play.is_open());
    let waiting = play.late("RS_GetUserList", &[]);
    let next = play.call("RS_GetUserList", &[]);
    play.event(FlowEvent::Gone { call: waiting });
    play.event(FlowEvent::Gone { call });
    assert_eq!(play.closed(), Some((false, false)));
    assert!(play.is_open(), "the next one asks in a window of its own");
    play.approve();
    assert!(play.waits(call) && play.waits(waiting));
    assert_eq!(play.code(next), "0000");

    let login = play.login();
    let actions = play.event(FlowEvent::Gone { call: login });
    assert!(abandons(&actions));
    assert!(logs_out(&actions), "the login may come all the same");
    play.done();
    assert!(play.waits(login) && !play.has_session());

    let mut play = Play::logged_in();
    let sign = play.sign();
    play.approve();
    let actions = play.event(FlowEvent::Gone { call: sign });
    assert!(abandons(&actions));
    assert_eq!(play.closed(), Some((false, false)));
    play.done();
    assert!(play.waits(sign));
    assert!(play.has_session());
}

#[test]
fn errors_of_the_host_are_told_to_page_and_user() {
    for (error, code) in [
        (Error::HostGone {}, "9999"),
        (Error::TokenBusy {}, "9999"),
        (Error::CertificateNotFound {}, "9014"),
        (
            Error::MechanismMissing {
                module: "m".into(),
                algorithm: "SM2".into(),
            },
            "9040",
        ),
        (Error::Aborted {}, "9999"),
    ] {
        let mut play = Play::logged_in();
        let sign = play.sign();
        play.approve();
        play.failed(error.clone());
        assert_eq!(play.code(sign), code, "{error:?}");
        assert_eq!(
            play.view().phase,
            Phase::Failed {
                error: error.clone(),
                document: None,
            }
        );
        // The page goes on: the window serves again.
        let sign = play.sign();
        assert!(play.waits(sign));
        assert_eq!(play.view().phase, Phase::Choosing {});
    }
    // In a listing.
    let mut play = Play::new();
    let call = play.call("RS_GetUserList", &[]);
    let (request, ..) = play.last_send(|_| true).unwrap();
    let error = Error::HostMissing {};
    play.event(FlowEvent::HostFailed { request, error });
    assert_eq!(play.code(call), "9999");
    assert!(!play.is_open());
    // With the wrong kind of answer.
    for wrong in [
        KeyReply::Done {},
        KeyReply::Tokens {
            tokens: Vec::new(),
            modules: Vec::new(),
        },
    ] {
        let mut play = Play::logged_in();
        let sign = play.sign();
        play.approve();
        let (request, ..) = play.last_work();
        play.reply(request, wrong);
        assert_eq!(play.code(sign), "9999");
    }
    let mut play = Play::identified();
    let login = play.login();
    let (request, ..) = play.last_work();
    let signatures = vec![];
    play.reply(request, KeyReply::Signed { signatures });
    assert_eq!(play.code(login), "9999");
    assert!(!play.has_session());
}

#[test]
fn a_failure_stays_in_sight_while_the_page_asks_what_needs_no_window() {
    let mut play = Play::logged_in();
    play.sign();
    play.approve();
    play.failed(Error::HostGone {});
    play.event(FlowEvent::TokensChanged {});
    let container = play.container();
    let call = play.late("RS_KeyStatus", &[("containerId", &container)]);
    play.list();
    assert_eq!(play.code(call), "0000");
    assert!(matches!(play.view().phase, Phase::Failed { .. }));
    play.time_out(FlowTimer::Next);
    assert!(!play.is_open());
}

#[test]
fn a_silent_host_is_given_up() {
    let mut play = Play::new();
    let call = play.call("RS_GetUserList", &[]);
    assert!(abandons(&play.time_out(FlowTimer::Host)));
    assert_eq!(play.code(call), "9999");
    // The next call asks it again, with a time of its own.
    let call = play.call("RS_GetUserList", &[]);
    play.list();
    play.approve();
    assert_eq!(play.code(call), "0000");

    let login = play.login();
    let actions = play.time_out(FlowTimer::Host);
    assert!(abandons(&actions) && logs_out(&actions));
    assert_eq!(play.code(login), "9999");
    play.done();
    assert!(!play.has_session());

    let mut play = Play::logged_in();
    let sign = play.sign();
    play.approve();
    assert!(abandons(&play.time_out(FlowTimer::Host)));
    assert_eq!(play.code(sign), "9999");
    play.done();
    assert_eq!(play.answers(sign).len(), 1);
}

#[test]
fn a_listing_that_is_under_way_already_is_waited_for_with_a_limit() {
    let mut play = Play::logged_in();
    play.event(FlowEvent::TokensChanged {});
    play.event(FlowEvent::TokensChanged {});
    let container = play.container();
    let before = play.log.len();
    let call = play.late("RS_KeyStatus", &[("containerId", &container)]);
    assert!(play.waits(call));
    assert!(play.log[before..].iter().any(|action| matches!(
        action,
        FlowAction::Start {
            timer: FlowTimer::Host,
            ..
        }
    )));
    play.time_out(FlowTimer::Host);
    assert_eq!(play.code(call), "9999");
}

#[test]
fn calls_that_come_at_once_are_served_one_after_the_other() {
    let mut play = Play::logged_in();
    let container = play.container();
    let (first, second) = (play.sign(), play.sign());
    let third = play.late("RS_KeyStatus", &[("containerId", &container)]);
    assert!(play.waits(third));
    assert_eq!(works(&play.approve()), 1);
    let actions = play.done();
    assert_eq!(play.code(first), "0000");
    assert_eq!(works(&actions), 0, "each has its own press");
    assert!(play.waits(second) && play.waits(third));
    play.approve();
    play.done();
    assert_eq!(play.code(second), "0000");
    assert_eq!(play.code(third), "0000");
    // No more than there is room for.
    let calls: Vec<u32> = (0..MAX_BRIDGE_CALLS + 3).map(|_| play.sign()).collect();
    let answered = calls.iter().filter(|call| !play.waits(**call));
    let answered: Vec<String> = answered.map(|call| play.code(*call)).collect();
    assert_eq!(answered, ["9999", "9999"]);
    play.cancel();
    assert!(calls.iter().all(|call| play.answers(*call).len() == 1));
}

// ── Sessions ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_session_ends_five_minutes_after_the_last_press() {
    let mut play = Play::logged_in();
    play.now = NOW.plus(4 * MINUTE);
    assert_eq!(play.status(), "0000", "asking prolongs nothing");
    play.sign();
    play.approve();
    play.done();
    play.now = NOW.plus(9 * MINUTE - 1);
    assert_eq!(play.status(), "0000");
    play.now = NOW.plus(9 * MINUTE);
    let container = play.container();
    let call = play.late("RS_KeyStatus", &[("containerId", &container)]);
    assert_eq!(play.code(call), "9028");
    assert!(!play.has_session() && logs_out(&play.log));
}

#[test]
fn a_session_ends_fifteen_minutes_after_its_login() {
    let mut play = Play::logged_in();
    for minutes in [4, 8, 12] {
        play.now = NOW.plus(minutes * MINUTE);
        play.sign();
        let pressed = play.approve();
        let left = pressed.iter().find_map(|action| match action {
            FlowAction::Start {
                timer: FlowTimer::Session,
                ms,
            } => Some(i64::from(*ms)),
            _ => None,
        });
        assert_eq!(left, Some(5.min(15 - minutes) * MINUTE * 1000));
        play.done();
    }
    play.now = NOW.plus(15 * MINUTE);
    // The timer may come a moment before the clock's second is over.
    play.now = play.now.plus(-1);
    assert!(logs_out(&play.time_out(FlowTimer::Session)));
    assert!(!play.has_session());
    assert_eq!(play.status(), "9028");
}

#[test]
fn its_user_or_another_site_ends_a_session() {
    let mut play = Play::logged_in();
    assert!(logs_out(&play.event(FlowEvent::SessionEnded {})));
    assert!(!play.has_session());
    play.time_out(FlowTimer::Next);
    let late = play.late("RS_GetUserList", &[]);
    assert_eq!(play.code(late), "9001", "nothing is silent any more");
    // While the window asks for a signature: now with the PIN.
    let mut play = Play::logged_in();
    let sign = play.sign();
    assert!(!play.view().asks_pin);
    play.event(FlowEvent::SessionEnded {});
    assert!(play.view().asks_pin);
    play.approve();
    assert!(play.last_work().2);
    play.done();
    assert_eq!(play.code(sign), "0000");
    // While the host logs in.
    let mut play = Play::identified();
    let login = play.login();
    play.event(FlowEvent::SessionEnded {});
    assert!(logs_out(&play.done()));
    assert_eq!(play.code(login), "9028");
    assert!(!play.has_session());
}

// ── Anything ─────────────────────────────────────────────────────────────────────────────────

/// The call that the window shows, by what it must know of it: number, and whether a press now has the host work.
fn asked_now(flow: &Flow) -> Option<u32> {
    match &flow.current {
        Some(Current {
            asked,
            step: Step::Asking(_),
        }) => Some(asked.call.number),
        _ => None,
    }
}

/// Random events, likely and unlikely ones.
#[test]
fn no_sequence_of_events_breaks_what_must_hold() {
    let mut codes = std::collections::HashSet::new();
    let (mut logins, mut signed) = (0, 0);
    let encrypted = format!("04{}", "1".repeat(194));
    for seed in 1..=300 {
        let mut random = Random(seed);
        let mut play = Play::with(TestKey::p256(1));
        let present = play.tokens.clone();
        let container = play.container();
        let mut made = Vec::new();
        // Identifications that no login has used.
        let mut covered = 0;
        for _ in 0..60 {
            let before = play.log.len();
            let asked = asked_now(&play.flow);
            let identifies = matches!(
                &play.flow.current,
                Some(Current {
                    step: Step::Asking(Question::Identify),
                    ..
                })
            );
            let mut consented = false;
            let pressed = random.below(3) > 0;
            let fields = [
                ("containerId", container.as_str()),
                ("msg", TEXT),
                ("flag", "1"),
                ("certType", "2"),
                ("encRsKey", encrypted.as_str()),
            ];
            match random.below(30) {
                0..=2 => made.push(play.called("RS_GetUserList", &[], pressed, false)),
                3..=4 => {
                    let pin = random.below(3) > 0;
                    made.push(play.called("RS_CertLogin", &fields, pressed, pin));
                }
                5..=6 => made.push(play.called("RS_KeySignByP1", &fields, pressed, false)),
                7 => {
                    let names = ["RS_KeySignByP7", "RS_ChangePassWd", "RS_KeyDecryptData"];
                    let name = names[usize::try_from(random.below(3)).unwrap()];
                    made.push(play.called(name, &fields, pressed, false));
                }
                8 => {
                    let name = ["RS_KeyStatus", "RS_GetCertBase64String", "RS_Nothing"];
                    let name = name[usize::try_from(random.below(3)).unwrap()];
                    made.push(play.called(name, &fields, pressed, false));
                }
                9..=12 if play.flow.listing.is_some() => drop(play.list_once()),
                13..=16 => {
                    consented = true;
                    play.approve();
                }
                17..=19 if works(&play.log) > 0 => drop(play.done()),
                20 if works(&play.log) > 0 => {
                    let error = match random.below(5) {
                        0 => Error::TokenRemoved {},
                        1 => Error::PinLocked {},
                        2 => Error::PinRequired {},
                        3 => wrong(3),
                        _ => Error::HostGone {},
                    };
                    play.failed(error);
                }
                21 => {
                    play.tokens = if random.below(2) == 0 {
                        Vec::new()
                    } else {
                        present.clone()
                    };
                    play.event(FlowEvent::TokensChanged {});
                }
                22 => drop(play.decide(Decision::Refresh {})),
                23 => {
                    let all = [
                        FlowTimer::Consent,
                        FlowTimer::Host,
                        FlowTimer::Next,
                        FlowTimer::Session,
                    ];
                    play.time_out(all[usize::try_from(random.below(4)).unwrap()]);
                }
                24 => {
                    let request = u32::try_from(random.below(12)).unwrap();
                    let error = Error::HostSilent { seconds: 1 };
                    play.event(FlowEvent::HostFailed { request, error });
                }
                25 if !made.is_empty() => {
                    let at = usize::try_from(random.below(made.len() as u64)).unwrap();
                    // Only who waits hangs up; for the others it changes nothing.
                    let call = made[at];
                    if play.waits(call) {
                        made.remove(at);
                    }
                    play.event(FlowEvent::Gone { call });
                }
                26 => {
                    let event = match random.below(5) {
                        0 => FlowEvent::Decided {
                            decision: Decision::Cancel {},
                        },
                        1 => FlowEvent::WindowClosed {},
                        2 => FlowEvent::WindowLost {},
                        3 => FlowEvent::SessionEnded {},
                        _ => FlowEvent::WindowRefused {
                            error: Error::QueueFull {},
                        },
                    };
                    play.event(event);
                }
                27 => play.now = play.now.plus(i64::try_from(random.below(200)).unwrap()),
                _ => {}
            }
            let new = &play.log[before..];
            covered = (covered + usize::from(consented && identifies)).min(1);
            for action in new {
                match action {
                    FlowAction::Send {
                        command:
                            HostCommand::BridgeSign { call, .. }
                            | HostCommand::BridgeChangePin { call, .. }
                            | HostCommand::BridgeDecrypt { call, .. },
                        ..
                    } => {
                        assert!(consented, "seed {seed}: signed without a press");
                        assert_eq!(asked, Some(*call), "seed {seed}: what was not shown");
                        signed += 1;
                    }
                    FlowAction::Send {
                        command: HostCommand::BridgeLogin { call, .. },
                        with_pin,
                        ..
                    } => {
                        if consented && asked == Some(*call) {
                            covered = 0;
                        } else {
                            assert!(!with_pin, "seed {seed}: a PIN that was typed for another");
                            assert_eq!(covered, 1, "seed {seed}: one press, two logins");
                            covered = 0;
                        }
                        logins += 1;
                    }
                    _ => {}
                }
            }
            assert!(
                works(new) <= 1,
                "seed {seed}: more than one at a time, {new:?}"
            );
            for call in &made {
                assert!(play.answers(*call).len() <= 1, "seed {seed}: {call}");
            }
            let held = play.flow.grant.as_ref();
            let held = held.is_some_and(|grant| grant.session.is_some());
            assert_eq!(play.has_session(), held, "seed {seed}");
        }
        // Whatever happened, the end of the document ends it.
        play.event(FlowEvent::WindowClosed {});
        play.event(FlowEvent::SessionEnded {});
        assert!(!play.is_open() && !play.has_session(), "seed {seed}");
        for call in made {
            codes.insert(play.code(call));
        }
    }
    for reached in ["0000", "9001", "9004", "9011", "9028", "9999"] {
        assert!(
            codes.contains(reached) || reached == "9004",
            "{reached} never happened: {codes:?}"
        );
    }
    assert!(logins > 100 && signed > 50, "{logins} {signed}");
}

//! Every path of the machine, with a host and a user played by the test; then random events.

mod embedded;
mod seals;

use super::*;
use crate::keys::describe_tokens;
use crate::testing::{Random, token, token_seal};
use yinxin_pki::attributes;
use yinxin_pki::cms;
use yinxin_pki::content_guard::HEAD_BYTES;
use yinxin_pki::hash;
use yinxin_pki::login;
use yinxin_pki::oid;
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain, codes};
use yinxin_pki::trust::{Crls, PathPolicy};
use yinxin_proto::consent::{HolderKind, TrustView};
use yinxin_proto::host::ToSign;
use yinxin_proto::page::{
    Account, Document as PageDocument, DocumentSignature, LoginFormat, PageCall, PageRequest,
    Purpose, SignFormat,
};
use yinxin_proto::site::SiteKind;
use yinxin_proto::time::DAY;
use yinxin_proto::token::{PinState, PinTries, Token, TokenCertificate};

const CHALLENGE: &str = "abcdefghijklmnopqrstuvwxyz012345";

fn login_call(format: LoginFormat) -> PageCall {
    PageCall::Login {
        challenge: CHALLENGE.into(),
        purpose: Purpose::Login,
        format,
        account: None,
    }
}

fn sign_call(documents: &[(&str, usize)], format: SignFormat) -> PageCall {
    PageCall::Sign {
        documents: documents
            .iter()
            .map(|(name, size)| PageDocument {
                name: (*name).into(),
                size: u32::try_from(*size).unwrap(),
                ..PageDocument::default()
            })
            .collect(),
        format,
    }
}

fn call_from(origin: &str, kind: SiteKind, call: PageCall) -> SigningStart {
    SigningStart {
        request: PageRequest {
            id: "1".into(),
            call,
        },
        origin: origin.into(),
        kind,
        development: false,
        activated: true,
        first_use: true,
        anchors: Vec::new(),
    }
}

fn portal(call: PageCall) -> SigningStart {
    call_from("https://portal.example", SiteKind::Portal, call)
}

/// A machine with the actions so far, a key and its host.
struct Play {
    machine: Signing,
    log: Vec<SigningAction>,
    identity: Identity,
    /// In the key.
    seals: Vec<Vec<u8>>,
    /// The user's choice, by its fingerprint.
    seal: Option<String>,
}

impl Play {
    fn start(start: SigningStart, key: TestKey) -> Self {
        let (_, _, identity) = chain(key);
        Self::with(start, identity)
    }

    fn with(start: SigningStart, identity: Identity) -> Self {
        let (machine, log) = Signing::start(start);
        Self {
            machine,
            log,
            identity,
            seals: Vec::new(),
            seal: None,
        }
    }

    fn event(&mut self, event: SigningEvent) -> Vec<SigningAction> {
        let actions = self.machine.handle(event, NOW);
        self.log.extend(actions.clone());
        actions
    }

    /// Feeds every read that is asked for, in order.
    fn feed(&mut self, contents: &[&[u8]]) {
        let mut at = 0;
        while at < self.log.len() {
            if let SigningAction::Read {
                document,
                offset,
                length,
            } = self.log[at]
            {
                let content = contents[document as usize];
                let bytes = &content[offset as usize..(offset + length) as usize];
                let actions = self.machine.chunk(document, offset, bytes);
                self.log.extend(actions);
            }
            at += 1;
        }
    }

    fn last_send(&self, wanted: fn(&HostCommand) -> bool) -> (u32, HostCommand, bool) {
        self.log
            .iter()
            .rev()
            .find_map(|action| match action {
                SigningAction::Send {
                    call,
                    command,
                    with_pin,
                } if wanted(command) => Some((*call, command.clone(), *with_pin)),
                _ => None,
            })
            .expect("a command was sent")
    }

    /// Answers the listing with the play's own token.
    fn list(&mut self) {
        let mut token = token(&[&self.identity]);
        token.seals = self.seals.iter().map(|der| token_seal(der)).collect();
        self.list_these(vec![token]);
    }

    fn list_these(&mut self, tokens: Vec<Token>) {
        let (call, ..) = self.last_send(|command| matches!(command, HostCommand::Tokens {}));
        let reply = KeyReply::Tokens {
            tokens,
            modules: Vec::new(),
        };
        self.event(SigningEvent::HostReplied { call, reply });
    }

    fn approve(&mut self) -> Vec<SigningAction> {
        let certificate = hex(self.identity.certificate.sha256());
        self.event(SigningEvent::Decided {
            decision: Decision::Approve {
                token: "t1".into(),
                certificate,
                question: 0,
                seal: self.seal.clone(),
                pin: None,
                new_pin: None,
            },
        })
    }

    /// What a host answers to the command to sign: it checks the structure and signs.
    fn signatures(&self) -> (u32, Vec<Base64>) {
        let (call, command, _) =
            self.last_send(|command| matches!(command, HostCommand::Sign { .. }));
        let HostCommand::Sign { origin, items, .. } = command else {
            unreachable!()
        };
        let certificate = &self.identity.certificate;
        let signatures = items
            .iter()
            .map(|item| {
                let bytes = match item {
                    ToSign::Login { purpose, challenge } => {
                        login::to_be_signed(&origin, *purpose, challenge, certificate)
                    }
                    ToSign::Logondata {
                        challenge,
                        attributes,
                    } => {
                        attributes::check_logondata(&attributes.0, certificate, challenge).unwrap();
                        attributes.0.clone()
                    }
                    ToSign::Attributes { attributes } => {
                        attributes::check(&attributes.0, certificate).unwrap();
                        attributes.0.clone()
                    }
                    ToSign::Seal { .. } => seals::to_be_signed(&self.seals, item, certificate),
                };
                Base64(self.identity.key.sign(&bytes))
            })
            .collect();
        (call, signatures)
    }

    fn sign(&mut self) -> Vec<SigningAction> {
        let (call, signatures) = self.signatures();
        let reply = KeyReply::Signed { signatures };
        self.event(SigningEvent::HostReplied { call, reply })
    }

    fn fail_signing(&mut self, error: Error) -> Vec<SigningAction> {
        let (call, ..) = self.last_send(|command| matches!(command, HostCommand::Sign { .. }));
        self.event(SigningEvent::HostFailed { call, error })
    }

    fn answers(&self) -> Vec<&PageOutcome> {
        final_answers(&self.log)
    }

    /// The code of the one final answer.
    fn error(&self) -> &'static str {
        match self.answers()[..] {
            [PageOutcome::Error { error }] => error.code(),
            ref other => panic!("{other:?}"),
        }
    }

    fn view(&self) -> &ConsentView {
        self.log
            .iter()
            .rev()
            .find_map(|action| match action {
                SigningAction::Show { view } => Some(&**view),
                _ => None,
            })
            .expect("a view was shown")
    }

    fn finish(&self) -> (bool, bool) {
        match self.log.last() {
            Some(SigningAction::Finish { signed, cancelled }) => (*signed, *cancelled),
            other => panic!("not finished: {other:?}"),
        }
    }
}

fn final_answers(log: &[SigningAction]) -> Vec<&PageOutcome> {
    log.iter()
        .filter_map(|action| match action {
            SigningAction::Reply { outcome } => match outcome {
                PageOutcome::Result { .. } | PageOutcome::Error { .. } => Some(outcome),
                PageOutcome::Acknowledged {} | PageOutcome::Progress { .. } => None,
            },
            _ => None,
        })
        .collect()
}

fn sends_to_sign(actions: &[SigningAction]) -> usize {
    actions
        .iter()
        .filter(|action| {
            matches!(
                action,
                SigningAction::Send {
                    command: HostCommand::Sign { .. },
                    ..
                }
            )
        })
        .count()
}

#[test]
fn a_login_proof_is_made_and_verifies_at_the_portal() {
    for key in TestKey::all() {
        for format in [
            LoginFormat::Yinxin,
            LoginFormat::Logondata,
            LoginFormat::LogondataDetached,
        ] {
            let origin = "https://wt.scca.com.cn";
            let start = call_from(origin, SiteKind::Hall, login_call(format));
            let (root, issuing, _) = chain(key.clone());
            let mut play = Play::start(start, key.clone());
            play.list();
            assert_eq!(play.view().phase, Phase::Choosing {});
            assert_eq!(sends_to_sign(&play.approve()), 1);
            let (_, _, with_pin) = play.last_send(|c| matches!(c, HostCommand::Sign { .. }));
            assert!(with_pin);
            play.sign();
            let [
                PageOutcome::Result {
                    result: PageResult::Login { proof },
                },
            ] = play.answers()[..]
            else {
                panic!("{:?}", play.answers());
            };
            let challenge = login::Challenge {
                id: "1".into(),
                challenge: CHALLENGE.into(),
                origin: origin.into(),
                purpose: Purpose::Login,
                session: hex(&hash::sha256(b"session")),
                issued_at: NOW.to_string(),
                expires_at: NOW.plus(300).to_string(),
            };
            let anchors = [root.certificate.into()];
            let issuers = [yinxin_pki::trust::Issuer::from(&issuing.certificate)];
            let intermediates = [issuing.certificate];
            let crls = Crls::default();
            let expected = login::Expected {
                challenge: &challenge,
                origin,
                purpose: Purpose::Login,
                session: "session",
                formats: &[format],
                clock_skew: 0,
                policy: PathPolicy {
                    issuers: Some(&issuers),
                    ..PathPolicy::new(&anchors, &intermediates, &crls, NOW)
                },
            };
            let judged = login::verify(proof, &expected).unwrap();
            assert!(judged.valid, "{format:?} {:?}", judged.findings);
            assert_eq!(
                codes(&judged.findings).contains(&"origin-not-bound"),
                format != LoginFormat::Yinxin
            );
            assert_eq!(play.view().phase, Phase::Done {});
            play.event(SigningEvent::TimedOut {
                timer: SigningTimer::Linger,
            });
            assert_eq!(play.finish(), (true, false));
        }
    }
}

#[test]
fn documents_are_read_in_chunks_shown_and_signed() {
    let large = vec![0x41; MAX_CHUNK_BYTES as usize + 5];
    let contents: [&[u8]; 2] = ["投标文件".as_bytes(), &large];
    for key in TestKey::all() {
        for format in [SignFormat::Cms, SignFormat::CmsAttached] {
            let documents = [
                ("投标\u{202e}文件.pdf", contents[0].len()),
                ("b", contents[1].len()),
            ];
            let mut play = Play::start(portal(sign_call(&documents, format)), key.clone());
            play.feed(&contents);
            let Act::Sign { documents, .. } = &play.view().act else {
                panic!()
            };
            assert_eq!(documents[0].name, "投标⟨U+202E⟩文件.pdf");
            assert_eq!(documents[1].sm3, hex(&hash::sm3(&large)));
            assert_eq!(documents[1].sha256, hex(&hash::sha256(&large)));
            play.list();
            play.approve();
            play.sign();
            let [
                PageOutcome::Result {
                    result: PageResult::Sign { signatures },
                },
            ] = play.answers()[..]
            else {
                panic!("{:?}", play.answers());
            };
            assert_eq!(signatures[0].name, "投标\u{202e}文件.pdf");
            let crls = Crls::default();
            let mut options = cms::Options::new(PathPolicy::new(&[], &[], &crls, NOW));
            options.check_trust = false;
            let mut delivered = 0;
            for action in &play.log {
                let SigningAction::Deliver {
                    document,
                    head,
                    content,
                    tail,
                } = action
                else {
                    continue;
                };
                let original = contents[*document as usize];
                assert_eq!(*content, format == SignFormat::CmsAttached);
                let inside = if *content { original } else { &[] };
                let whole = [&head.0, inside, &tail.0].concat();
                assert_eq!(whole.len(), signatures[*document as usize].size as usize);
                options.content = (!content).then_some(cms::Content::Bytes(original));
                let judged = cms::verify(&whole, &options).unwrap();
                assert!(judged.valid, "{:?}", judged.findings);
                delivered += 1;
            }
            assert_eq!(delivered, 2);
        }
    }
}

/// The pieces that are asked for, by document and offset.
fn pieces(actions: &[SigningAction]) -> Vec<(u32, u32)> {
    let asked = actions.iter().filter_map(|action| match action {
        SigningAction::Read {
            document, offset, ..
        } => Some((*document, *offset)),
        _ => None,
    });
    asked.collect()
}

#[test]
fn small_documents_are_asked_for_ahead_and_the_page_is_told_once() {
    let documents = vec![("a", 1); 40];
    let mut play = Play::start(
        portal(sign_call(&documents, SignFormat::Cms)),
        TestKey::sm2(1),
    );
    let first: Vec<_> = (0..PIECES_AHEAD as u32)
        .map(|document| (document, 0))
        .collect();
    assert_eq!(pieces(&play.log), first);
    let next = play.machine.chunk(0, 0, b"x");
    assert_eq!(pieces(&next), [(PIECES_AHEAD as u32, 0)]);
    play.log.extend(next);
    for document in 1..40 {
        let actions = play.machine.chunk(document, 0, b"x");
        play.log.extend(actions);
    }
    let told = play.log.iter().filter_map(|action| match action {
        SigningAction::Reply {
            outcome:
                PageOutcome::Progress {
                    stage: Stage::Reading,
                    done,
                    total,
                },
        } => Some((*done, *total)),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [(0, 40), (40, 40)]);
    assert!(matches!(play.view().act, Act::Sign { .. }));
}

#[test]
fn of_large_documents_two_pieces_are_asked_for_at_a_time() {
    let documents = [("a", 3 * MAX_CHUNK_BYTES as usize), ("b", 1)];
    let mut play = Play::start(
        portal(sign_call(&documents, SignFormat::Cms)),
        TestKey::sm2(1),
    );
    assert_eq!(pieces(&play.log), [(0, 0), (0, MAX_CHUNK_BYTES)]);
    let next = play.machine.chunk(0, 0, &vec![0; MAX_CHUNK_BYTES as usize]);
    assert_eq!(pieces(&next), [(0, 2 * MAX_CHUNK_BYTES)]);
}

#[test]
fn pieces_in_another_order_are_refused() {
    let documents = [("a", 1), ("b", 1)];
    let mut play = Play::start(
        portal(sign_call(&documents, SignFormat::Cms)),
        TestKey::sm2(1),
    );
    let actions = play.machine.chunk(1, 0, b"x");
    play.log.extend(actions);
    assert_eq!(play.error(), "document-unreadable");
}

#[test]
fn a_login_is_advised_of_its_account_and_a_binding_not_of_what_is_bound() {
    let guide = serde_json::from_str(crate::advice::SCCA_GUIDE).unwrap();
    let tariff = serde_json::from_str(yinxin_fees::SCCA_TARIFF).unwrap();
    let tariff = Tariff::read(&tariff).unwrap();
    let advised = |purpose| {
        let call = PageCall::Login {
            challenge: CHALLENGE.into(),
            purpose,
            format: LoginFormat::Yinxin,
            account: Some(Account {
                name: "另一示例公司".into(),
                role: Some("供应商".into()),
                entrance: Some("代理机构".into()),
                bound: Some(false),
                certificate: Some("ab".repeat(32)),
            }),
        };
        let mut play = Play::start(portal(call), TestKey::sm2(1));
        assert_eq!(play.machine.login_advice(&guide, &tariff, NOW), []);
        play.list();
        let all = play.machine.login_advice(&guide, &tariff, NOW);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].certificate, hex(play.identity.certificate.sha256()));
        let rules = all[0].findings.iter().map(|one| one.rule);
        rules.collect::<Vec<_>>()
    };
    let always = ["account-name-differs", "entrance-other-role"];
    let bound = ["account-not-bound", "account-bound-to-other"];
    assert_eq!(advised(Purpose::Bind), always);
    assert_eq!(advised(Purpose::Login), [always, bound].concat());
    let mut signing = Play::start(
        portal(sign_call(&[("a", 1)], SignFormat::Cms)),
        TestKey::sm2(1),
    );
    signing.feed(&[b"a"]);
    signing.list();
    assert_eq!(signing.machine.login_advice(&guide, &tariff, NOW), []);
}

#[test]
fn refusals_before_the_window_have_their_codes() {
    let login = || login_call(LoginFormat::Yinxin);
    let unasked = SigningStart {
        activated: false,
        ..portal(login())
    };
    let challenge = |text: &str| PageCall::Login {
        challenge: text.into(),
        purpose: Purpose::Login,
        format: LoginFormat::Yinxin,
        account: None,
    };
    let account = PageCall::Login {
        challenge: CHALLENGE.into(),
        purpose: Purpose::Login,
        format: LoginFormat::Yinxin,
        account: Some(Account {
            name: "字".repeat(256),
            ..Account::default()
        }),
    };
    let bound_to = PageCall::Login {
        challenge: CHALLENGE.into(),
        purpose: Purpose::Login,
        format: LoginFormat::Yinxin,
        account: Some(Account {
            certificate: Some("AB".repeat(32)),
            ..Account::default()
        }),
    };
    let hall = |call| call_from("https://hall.example", SiteKind::Hall, call);
    let from = |origin, call| call_from(origin, SiteKind::Portal, call);
    let one = |name: &str, size| sign_call(&[(name, size)], SignFormat::Cms);
    let too_many = vec![("a", 1); 101];
    let three = [("a", 500 << 20), ("b", 500 << 20), ("c", 500 << 20)];
    for (expected, start) in [
        ("user-action-required", unasked),
        ("origin-insecure", from("http://portal.example", login())),
        ("origin-opaque", from("null", login())),
        ("request-invalid", portal(PageCall::Status {})),
        ("challenge-invalid", portal(challenge("short"))),
        (
            "challenge-invalid",
            portal(challenge("with space in it 1234")),
        ),
        ("challenge-invalid", portal(challenge(&"a".repeat(129)))),
        (
            "format-not-allowed",
            portal(login_call(LoginFormat::Logondata)),
        ),
        (
            "format-not-allowed",
            hall(login_call(LoginFormat::LogondataDetached)),
        ),
        ("request-invalid", portal(account)),
        ("request-invalid", portal(bound_to)),
        ("act-not-allowed", hall(one("a", 1))),
        ("documents-count", portal(sign_call(&[], SignFormat::Cms))),
        (
            "documents-count",
            portal(sign_call(&too_many, SignFormat::Cms)),
        ),
        ("document-empty", portal(one("a", 0))),
        ("document-too-large", portal(one("a", (512 << 20) + 1))),
        (
            "document-too-large",
            portal(sign_call(&[("a", (64 << 20) + 1)], SignFormat::CmsAttached)),
        ),
        (
            "document-too-large",
            portal(sign_call(&three, SignFormat::Cms)),
        ),
        ("request-invalid", portal(one(" ", 1))),
        ("request-invalid", portal(one(&"字".repeat(256), 1))),
    ] {
        let play = Play::start(start, TestKey::sm2(1));
        assert_eq!(play.error(), expected);
        assert_eq!(play.finish(), (false, false));
        assert!(
            !play
                .log
                .iter()
                .any(|action| matches!(action, SigningAction::Open {}))
        );
    }
}

#[test]
fn content_that_looks_like_a_login_is_never_shown_for_signing() {
    let (_, _, identity) = chain(TestKey::sm2(1));
    let utf16: Vec<u8> = "\u{feff}LOGONDATA:abc"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let origin = Origin::parse("https://portal.example").unwrap();
    let proof = login::to_be_signed(&origin, Purpose::Login, CHALLENGE, &identity.certificate);
    let spaces = [vec![b' '; HEAD_BYTES], b"LOGONDATA:".to_vec()].concat();
    let attributes = identity.attributes(b"content");
    for content in [&b" LOGONDATA:abc"[..], &utf16, &proof, &attributes, &spaces] {
        let call = sign_call(&[("a.txt", content.len())], SignFormat::Cms);
        let mut play = Play::start(portal(call), TestKey::sm2(1));
        play.feed(&[content]);
        assert_eq!(play.error(), "content-refused");
        assert_eq!(play.finish(), (false, false));
    }
}

#[test]
fn a_document_that_changes_under_the_hand_is_refused() {
    let start = || portal(sign_call(&[("a", 10)], SignFormat::Cms));
    type Feed = fn(&mut Signing) -> Vec<SigningAction>;
    let feeds: [Feed; 5] = [
        |m| m.chunk(0, 0, &[1; 9]),
        |m| m.chunk(0, 0, &[1; 11]),
        |m| m.chunk(1, 0, &[1; 10]),
        |m| m.chunk(0, 1, &[1; 10]),
        |m| m.handle(SigningEvent::DocumentUnreadable { document: 0 }, NOW),
    ];
    for feed in feeds {
        let mut play = Play::start(start(), TestKey::sm2(1));
        let actions = feed(&mut play.machine);
        play.log.extend(actions);
        assert_eq!(play.error(), "document-unreadable");
    }
    let mut play = Play::start(start(), TestKey::sm2(1));
    play.event(SigningEvent::TimedOut {
        timer: SigningTimer::Read,
    });
    assert_eq!(play.error(), "document-unreadable");
}

#[test]
fn of_documents_that_are_read_together_the_one_that_is_gone_is_named() {
    let call = sign_call(&[("a", 10), ("b", 10), ("c", 10)], SignFormat::Cms);
    let mut play = Play::start(portal(call), TestKey::sm2(1));
    // One that nobody asked for says nothing.
    for document in [3, 1] {
        play.event(SigningEvent::DocumentUnreadable { document });
    }
    assert!(play.log.iter().any(|action| matches!(
        action,
        SigningAction::Reply {
            outcome: PageOutcome::Error {
                error: Error::DocumentUnreadable { name }
            }
        } if name == "b"
    )));
}

#[test]
fn a_wrong_pin_goes_back_to_the_user_and_is_never_sent_again() {
    let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
    play.list();
    play.approve();
    let tries = PinTries {
        state: PinState::Low,
        left: Some(5),
    };
    let actions = play.fail_signing(Error::PinIncorrect { tries });
    assert_eq!(sends_to_sign(&actions), 0);
    assert_eq!(play.view().phase, Phase::Choosing {});
    assert_eq!(
        play.view().notice.as_ref().map(Error::code),
        Some("pin-incorrect")
    );
    assert_eq!(play.view().tokens[0].pin.left, Some(5));
    assert!(play.answers().is_empty());
    play.approve();
    play.fail_signing(Error::PinLocked {});
    assert_eq!(
        play.view().tokens[0].problem.as_ref().map(Error::code),
        Some("pin-locked")
    );
    assert_eq!(
        sends_to_sign(&play.approve()),
        0,
        "a locked key is not asked"
    );
    play.event(SigningEvent::Decided {
        decision: Decision::Cancel {},
    });
    assert_eq!(play.error(), "cancelled");
    assert_eq!(play.finish(), (false, true));
}

#[test]
fn the_page_hears_whom_its_call_waits_for() {
    let mut play = Play::start(
        portal(sign_call(&[("a.txt", 3)], SignFormat::Cms)),
        TestKey::sm2(1),
    );
    play.feed(&[b"abc"]);
    play.list();
    play.approve();
    let tries = PinTries {
        state: PinState::Low,
        left: Some(5),
    };
    play.fail_signing(Error::PinIncorrect { tries });
    play.approve();
    play.sign();
    let mut stages: Vec<Stage> = Vec::new();
    for action in &play.log {
        if let SigningAction::Reply {
            outcome: PageOutcome::Progress { stage, .. },
        } = action
        {
            stages.push(*stage);
        }
    }
    stages.dedup();
    let [reading, asked, signing] = [Stage::Reading, Stage::Consenting, Stage::Signing];
    assert_eq!(stages, [reading, asked, signing, asked, signing]);
}

#[test]
fn a_pulled_key_goes_back_to_the_user() {
    let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
    play.list();
    play.approve();
    play.fail_signing(Error::TokenRemoved {});
    play.list_these(Vec::new());
    assert_eq!(play.view().phase, Phase::Choosing {});
    assert!(play.view().tokens.is_empty());
    assert_eq!(sends_to_sign(&play.approve()), 0);
    play.event(SigningEvent::TokensChanged {});
    play.list();
    play.approve();
    play.sign();
    assert!(matches!(play.answers()[..], [PageOutcome::Result { .. }]));
}

#[test]
fn signatures_that_do_not_hold_never_leave() {
    let two = sign_call(&[("a", 1), ("b", 1)], SignFormat::Cms);
    let contents: [&[u8]; 2] = [b"a", b"b"];
    type Spoil = fn(&mut Vec<Base64>);
    let spoils: [(Spoil, &str); 4] = [
        (|s| s.swap(0, 1), "signature-not-verified"),
        (|s| s[1].0[20] ^= 1, "signature-not-verified"),
        (|s| s[0].0.clear(), "signature-not-verified"),
        (|s| drop(s.pop()), "host-message-invalid"),
    ];
    for (spoil, code) in spoils {
        let mut play = Play::start(portal(two.clone()), TestKey::sm2(1));
        play.feed(&contents);
        play.list();
        play.approve();
        let (call, mut signatures) = play.signatures();
        spoil(&mut signatures);
        let reply = KeyReply::Signed { signatures };
        play.event(SigningEvent::HostReplied { call, reply });
        assert_eq!(play.error(), code);
        assert!(
            !play
                .log
                .iter()
                .any(|a| matches!(a, SigningAction::Deliver { .. }))
        );
        assert!(matches!(play.view().phase, Phase::Failed { .. }));
        play.event(SigningEvent::Decided {
            decision: Decision::Cancel {},
        });
        assert_eq!(play.finish(), (false, false));
    }
}

#[test]
fn certificates_that_cannot_sign_are_shown_with_the_reason_and_not_used() {
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let encryption = Profile {
        key_usage: Some(0x38),
        ..Profile::unit()
    };
    let expired = Profile {
        not_after: NOW.plus(-1),
        ..Profile::unit()
    };
    let future = Profile {
        not_before: NOW.plus(1),
        ..Profile::unit()
    };
    for (profile, code) in [
        (encryption, "certificate-not-for-signing"),
        (expired, "certificate-expired"),
        (future, "certificate-not-yet-valid"),
        (Profile::authority("x"), "certificate-is-ca"),
        (
            Profile::unit().with_usages(false, &[oid::SERVER_AUTH, oid::OCSP_SIGNING]),
            "extended-key-usage-not-accepted",
        ),
    ] {
        let identity = issuing.issue(TestKey::sm2(1), &profile);
        let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
        play.identity = identity;
        play.list();
        let shown = &play.view().tokens[0].certificates[0];
        assert_eq!(shown.problem.as_ref().map(Error::code), Some(code));
        assert_eq!(sends_to_sign(&play.approve()), 0);
        assert_eq!(play.view().notice.as_ref().map(Error::code), Some(code));
    }
}

/// Which further purposes a portal accepts is not known here: with them it is offered, and the window warns.
#[test]
fn a_certificate_with_a_purpose_that_a_portal_may_list_is_offered() {
    let (_, issuing, _) = chain(TestKey::sm2(1));
    let documents = "1.3.6.1.5.5.7.3.36".parse().unwrap();
    for (purposes, warned) in [
        (&[documents, oid::SERVER_AUTH][..], true),
        (&[documents, oid::CLIENT_AUTH], false),
        (&[oid::SERVER_AUTH, oid::EMAIL_PROTECTION], false),
        (&[oid::SERVER_AUTH, oid::ANY_EXTENDED_KEY_USAGE], false),
    ] {
        let profile = Profile::unit().with_usages(true, purposes);
        let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
        play.identity = issuing.issue(TestKey::sm2(1), &profile);
        play.list();
        let shown = &play.view().tokens[0].certificates[0];
        assert_eq!(shown.problem, None);
        let mut findings = shown.findings.iter().map(|finding| finding.error.code());
        let limited = findings.any(|code| code == "extended-key-usage-not-accepted");
        assert_eq!(limited, warned, "{purposes:?}");
        assert_eq!(sends_to_sign(&play.approve()), 1);
    }
}

#[test]
fn every_interruption_has_its_answer() {
    let cancel = || SigningEvent::Decided {
        decision: Decision::Cancel {},
    };
    let timer = |timer| SigningEvent::TimedOut { timer };
    for (event, code, cancelled) in [
        (cancel(), "cancelled", true),
        (SigningEvent::WindowClosed {}, "cancelled", true),
        (SigningEvent::WindowLost {}, "window-lost", false),
        (SigningEvent::PageGone {}, "page-gone", false),
        (SigningEvent::PageCancelled {}, "aborted", true),
    ] {
        for working in [false, true] {
            let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
            play.list();
            if working {
                play.approve();
            }
            let actions = play.event(event.clone());
            assert_eq!(play.error(), code);
            assert_eq!(play.finish(), (false, cancelled));
            let abandoned = actions
                .iter()
                .any(|a| matches!(a, SigningAction::Abandon { .. }));
            assert_eq!(abandoned, working);
        }
    }
    // Withdrawn before a window opened, which cost the user nothing.
    let call = sign_call(&[("a", 10)], SignFormat::Cms);
    let mut play = Play::start(portal(call), TestKey::sm2(1));
    play.event(SigningEvent::PageCancelled {});
    assert_eq!(play.error(), "aborted");
    assert_eq!(play.finish(), (false, false));
    let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
    play.list();
    play.event(timer(SigningTimer::Consent));
    assert_eq!(play.error(), "timed-out");
    for working in [false, true] {
        let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
        if working {
            play.list();
            play.approve();
        }
        let actions = play.event(timer(SigningTimer::Host));
        assert_eq!(play.error(), "host-silent");
        assert!(
            actions
                .iter()
                .any(|a| matches!(a, SigningAction::Abandon { .. }))
        );
        assert!(!play.machine.is_finished(), "the window says why");
        play.event(SigningEvent::WindowClosed {});
        assert_eq!(play.finish(), (false, false));
    }
}

#[test]
fn a_missing_host_is_told_to_the_page_and_in_the_window() {
    let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
    let (call, ..) = play.last_send(|c| matches!(c, HostCommand::Tokens {}));
    play.event(SigningEvent::HostFailed {
        call,
        error: Error::HostMissing {},
    });
    assert_eq!(play.error(), "host-missing");
    assert_eq!(
        play.view().phase,
        Phase::Failed {
            error: Error::HostMissing {},
            document: None,
        }
    );
}

#[test]
fn the_host_is_sent_nothing_after_the_end() {
    for error in [Error::HostGone {}, Error::KeyNotFound {}] {
        let mut play = Play::start(portal(login_call(LoginFormat::Yinxin)), TestKey::sm2(1));
        play.list();
        play.approve();
        play.fail_signing(error);
        let actions = play.event(SigningEvent::WindowClosed {});
        let sends = |action: &SigningAction| matches!(action, SigningAction::Send { .. });
        assert!(!actions.iter().any(sends));
    }
}

#[test]
fn garbage_in_a_token_stays_in_the_list() {
    let (_, _, identity) = chain(TestKey::sm2(1));
    let mut garbage = token(&[&identity, &identity]);
    garbage.certificates.push(TokenCertificate {
        id: "02".into(),
        label: "bad".into(),
        certificate: Base64(vec![0x30, 0x03, 1]),
        padding: None,
    });
    let views = describe_tokens(&[token(&[]), garbage], &[], NOW);
    let [good, bad] = &views[0].certificates[..] else {
        panic!("{:?}", views[0].certificates)
    };
    assert_eq!(good.kind, HolderKind::Unit);
    assert_eq!(
        bad.problem.as_ref().map(Error::code),
        Some("certificate-unreadable")
    );
    assert_eq!(
        views[1].problem.as_ref().map(Error::code),
        Some("token-empty")
    );
}

#[test]
fn the_two_of_a_dual_certificate_name_each_other() {
    let (_, issuing, sign) = chain(TestKey::sm2(1));
    let encryption = Profile {
        key_usage: Some(0x38),
        ..Profile::unit()
    };
    let encrypt = issuing.issue(TestKey::sm2(2), &encryption);
    let other = issuing.issue(TestKey::p256(3), &Profile::unit());
    let partners = |identities: &[&Identity]| -> Vec<Option<String>> {
        let views = describe_tokens(&[token(identities)], &[], NOW);
        let certificates = views[0].certificates.iter();
        certificates.map(|view| view.partner.clone()).collect()
    };
    let name = |identity: &Identity| Some(hex(identity.certificate.sha256()));
    // Usable ones come first, so the one for encryption is the last.
    assert_eq!(
        partners(&[&encrypt, &sign, &sign, &other]),
        [name(&encrypt), None, name(&sign)]
    );
    assert_eq!(partners(&[&sign, &other]), [None, None]);
}

#[test]
fn one_renewal_for_a_pair_and_none_for_what_was_renewed() {
    let (_, issuing, sign) = chain(TestKey::sm2(1));
    let encrypt = issuing.issue(
        TestKey::sm2(2),
        &Profile {
            key_usage: Some(0x38),
            ..Profile::unit()
        },
    );
    let earlier = issuing.issue(
        TestKey::sm2(3),
        &Profile {
            not_before: NOW.plus(-500 * DAY),
            not_after: NOW.plus(-DAY),
            ..Profile::unit()
        },
    );
    let other_kind = issuing.issue(TestKey::p256(4), &Profile::unit());
    let renewable = |identities: &[&Identity]| -> Vec<String> {
        let views = describe_tokens(&[token(identities)], &[], NOW);
        let certificates = views[0].certificates.iter();
        let renewable = certificates.filter(|view| view.renewable);
        renewable.map(|view| view.certificate.clone()).collect()
    };
    let name = |identity: &Identity| hex(identity.certificate.sha256());
    assert_eq!(renewable(&[&encrypt, &sign, &earlier]), [name(&sign)]);
    assert_eq!(renewable(&[&earlier, &encrypt]), [name(&earlier)]);
    assert_eq!(
        renewable(&[&sign, &other_kind]),
        [name(&sign), name(&other_kind)]
    );
    assert_eq!(renewable(&[&encrypt, &issuing]), [] as [String; 0]);
}

/// Random events, likely and unlikely ones, on logins and signings.
#[test]
fn no_sequence_of_events_breaks_what_must_hold() {
    let mut ends = std::collections::HashSet::new();
    let (_, _, identity) = chain(TestKey::p256(1));
    let (holder, seal) = seals::holder_and_seal();
    for seed in 1..=600 {
        let mut random = Random(seed);
        let contents: [&[u8]; 2] = [b"first", b"second"];
        let (call, seals) = match random.below(5) {
            0 | 1 => (login_call(LoginFormat::Yinxin), false),
            2 => (sign_call(&[("a", 5), ("b", 6)], SignFormat::Cms), false),
            3 => (sign_call(&[("a", 5), ("b", 6)], SignFormat::Seal), true),
            _ => (PageCall::Seals {}, true),
        };
        let identity = if seals { &holder } else { &identity };
        let mut play = Play::with(portal(call), identity.clone());
        if seals {
            play.seals = vec![seal.der().to_vec()];
            play.seal = Some(hex(&hash::sha256(seal.der())));
        }
        let mut consents = 0;
        let mut sent = 0;
        for _ in 0..40 {
            let before = play.log.len();
            let was_finished = play.machine.is_finished();
            let mut consented = false;
            match random.below(22) {
                0..=3 => play.feed(&contents),
                4..=7 if play.log.iter().any(|a| matches!(a, SigningAction::Open {})) => {
                    play.list()
                }
                8..=10 => {
                    consented = true;
                    play.approve();
                }
                11..=13 if sends_to_sign(&play.log) > 0 => drop(play.sign()),
                14 if sends_to_sign(&play.log) > 0 => {
                    let error = match random.below(3) {
                        0 => Error::TokenRemoved {},
                        1 => Error::PinLocked {},
                        _ => Error::HostGone {},
                    };
                    play.fail_signing(error);
                }
                15 => drop(play.event(SigningEvent::TokensChanged {})),
                16 => drop(play.event(SigningEvent::Decided {
                    decision: Decision::Refresh {},
                })),
                17 => {
                    let timer = TIMERS[usize::try_from(random.below(4)).unwrap()];
                    play.event(SigningEvent::TimedOut { timer });
                }
                18 => {
                    let call = u32::try_from(random.below(8)).unwrap();
                    let signatures = Vec::new();
                    let reply = KeyReply::Signed { signatures };
                    play.event(SigningEvent::HostReplied { call, reply });
                }
                19 => {
                    let call = u32::try_from(random.below(8)).unwrap();
                    let done = u32::try_from(random.below(4)).unwrap();
                    play.event(SigningEvent::HostProgress { call, done });
                }
                20 if random.below(4) == 0 => {
                    let event = match random.below(6) {
                        0 => SigningEvent::Decided {
                            decision: Decision::Cancel {},
                        },
                        1 => SigningEvent::WindowClosed {},
                        2 => SigningEvent::PageGone {},
                        3 => SigningEvent::PageCancelled {},
                        4 => SigningEvent::WindowLost {},
                        _ => SigningEvent::DocumentUnreadable { document: 0 },
                    };
                    play.event(event);
                }
                _ => {
                    let offset = u32::try_from(random.below(3)).unwrap();
                    let actions = play.machine.chunk(9, offset, b"x");
                    play.log.extend(actions);
                }
            }
            let new = &play.log[before..];
            let now_sent = sends_to_sign(new);
            assert!(
                now_sent <= usize::from(consented),
                "seed {seed}: signed without consent"
            );
            consents += usize::from(consented);
            sent += now_sent;
            assert!(
                !was_finished || new.is_empty(),
                "seed {seed}: acted after the end"
            );
        }
        assert!(sent <= consents, "seed {seed}");
        // Whatever happened, closing the window or leaving the page ends it.
        play.event(SigningEvent::PageGone {});
        assert!(play.machine.is_finished(), "seed {seed}");
        let (signed, _) = play.finish();
        let finishes = play
            .log
            .iter()
            .filter(|a| matches!(a, SigningAction::Finish { .. }))
            .count();
        assert_eq!(finishes, 1, "seed {seed}");
        let answers = play.answers();
        assert_eq!(answers.len(), 1, "seed {seed}: {answers:?}");
        let result = matches!(answers[0], PageOutcome::Result { .. });
        assert_eq!(signed, result, "seed {seed}");
        let delivered = play
            .log
            .iter()
            .any(|a| matches!(a, SigningAction::Deliver { .. }));
        assert!(
            !delivered || result,
            "seed {seed}: delivered without a result"
        );
        ends.insert(match answers[0] {
            PageOutcome::Error { error } => error.code(),
            _ => "result",
        });
    }
    for reached in [
        "result",
        "page-gone",
        "cancelled",
        "aborted",
        "host-gone",
        "timed-out",
        "document-unreadable",
    ] {
        assert!(ends.contains(reached), "{reached} never happened: {ends:?}");
    }
}

#[test]
fn a_token_full_of_one_name_costs_a_bounded_number_of_checks_and_no_other_token_its_own() {
    let profile = Profile::authority("示例签发机构");
    let mut crowd: Vec<Identity> = (1..=24)
        .map(|seed| Identity::self_signed(TestKey::sm2(seed), &profile))
        .collect();
    // Issued under the same name by a key that is not there: every authority is tried for each.
    let absent = Identity::self_signed(TestKey::sm2(99), &profile);
    for serial in 1..=8 {
        let profile = Profile {
            serial: vec![serial],
            ..Profile::unit()
        };
        crowd.push(absent.issue(TestKey::sm2(98), &profile));
    }
    let (root, issuing, leaf) = chain(TestKey::sm2(1));
    let tokens = [
        token(&crowd.iter().collect::<Vec<_>>()),
        token(&[&leaf, &issuing]),
    ];
    let anchors = [root.certificate.clone().into()];
    let views = describe_tokens(&tokens, &anchors, NOW);
    let trust = |at: usize| views[at].certificates.iter().map(|view| &view.trust);
    let stopped = trust(0).filter(|trust| {
        matches!(trust, TrustView::Unknown { finding }
            if matches!(finding.error, Error::TooManyCandidates { limit: 128 }))
    });
    assert!(stopped.count() > 8, "{:?}", trust(0).collect::<Vec<_>>());
    assert!(matches!(trust(1).next(), Some(TrustView::Added { .. })));
}

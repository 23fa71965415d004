//! Seals: set on documents that are read and on digests, shown to a page, and refused.

use super::*;
use yinxin_pki::hash::sm3;
use yinxin_pki::seal::build::Draft;
use yinxin_pki::seal::{MakerPolicy, SealSignature, Sealed, Sealing, TimeInfo, Users, Version};
use yinxin_pki::testing::seal_draft;
use yinxin_proto::Severity;
use yinxin_proto::page::Placement;
use yinxin_proto::token::TokenSeal;

const PATH: &str = "/Doc_0/Signs/Sign_0/Signature.xml";

pub(super) fn maker() -> Identity {
    Identity::self_signed(TestKey::sm2(0x41), &Profile::authority("示例制章机构"))
}

pub(super) fn draft(user: &Certificate) -> Draft {
    let mut draft = seal_draft(Version::V4, Users::Certificates(vec![user.der().to_vec()]));
    draft.property.name = "示例采购\u{202e}有限公司".into();
    draft
}

pub(super) fn made(draft: &Draft) -> Seal {
    let maker = maker();
    let sign = |message: &[u8]| Ok(maker.key.sign(message));
    draft.sign(&maker.certificate, sign).unwrap()
}

/// A unit, and its seal.
pub(super) fn holder_and_seal() -> (Identity, Seal) {
    let (_, _, holder) = chain(TestKey::sm2(1));
    let seal = made(&draft(&holder.certificate));
    (holder, seal)
}

/// What a host signs for an item: the seal is looked up in the key.
pub(super) fn to_be_signed(seals: &[Vec<u8>], item: &ToSign, signer: &Certificate) -> Vec<u8> {
    let ToSign::Seal {
        seal,
        time,
        digest,
        property_info,
    } = item
    else {
        unreachable!()
    };
    let der = seals.iter().find(|der| hex(&hash::sha256(der)) == *seal);
    let sealing = Sealing {
        seal: &Seal::from_der(der.unwrap().clone()).unwrap(),
        time: TimeInfo::Claimed(UnixTime::parse(time).unwrap()),
        digest: &digest.0,
        property_info,
        extensions: &[],
    };
    sealing.to_be_signed(signer).unwrap()
}

fn digest_only(content: &[u8]) -> PageDocument {
    PageDocument {
        name: "投标文件.ofd".into(),
        size: 0,
        digest: Some(Base64(sm3(content).to_vec())),
        property_info: Some(PATH.into()),
        placement: Some(Placement {
            page: 3,
            x: 150,
            y: 240,
        }),
        ..PageDocument::default()
    }
}

fn seal_call(documents: Vec<PageDocument>) -> PageCall {
    PageCall::Sign {
        documents,
        format: SignFormat::Seal,
    }
}

/// A play with seals in its key, the first of them chosen.
pub(super) fn play(call: PageCall, holder: &Identity, seals: &[&Seal]) -> Play {
    let mut play = Play::with(portal(call), holder.clone());
    play.seals = seals.iter().map(|seal| seal.der().to_vec()).collect();
    play.seal = seals.first().map(|seal| hex(&hash::sha256(seal.der())));
    play
}

pub(super) fn policy(makers: &[Certificate]) -> MakerPolicy<'_> {
    MakerPolicy {
        makers,
        at: NOW,
        extended_key_usages: &[],
        user: None,
    }
}

#[test]
fn a_seal_is_set_on_what_was_read_and_on_a_digest() {
    for version in [Version::V4, Version::V5] {
        let (holder, _) = holder_and_seal();
        let seal = made(&Draft {
            version,
            ..draft(&holder.certificate)
        });
        // In between two that are read.
        let contents: [&[u8]; 3] = [b"first", b"<ofd:Signature/>", b"third"];
        let read = |name: &str, size: usize| {
            let PageCall::Sign { documents, .. } = sign_call(&[(name, size)], SignFormat::Seal)
            else {
                unreachable!()
            };
            documents.into_iter().next().unwrap()
        };
        let documents = vec![read("a", 5), digest_only(contents[1]), read("c", 5)];
        let mut play = play(seal_call(documents), &holder, &[&seal]);
        play.feed(&contents);
        let reads = play.log.iter().filter_map(|action| match action {
            SigningAction::Read { document, .. } => Some(*document),
            _ => None,
        });
        assert_eq!(reads.collect::<Vec<_>>(), [0, 2]);
        let Act::Sign {
            documents, format, ..
        } = &play.view().act
        else {
            panic!()
        };
        assert_eq!(*format, SignFormat::Seal);
        let shown: Vec<_> = documents
            .iter()
            .map(|shown| (shown.seen, shown.sm3.clone(), shown.sha256.is_empty()))
            .collect();
        let expected = contents.map(|content| hex(&sm3(content)));
        for (index, (seen, digest, without_sha256)) in shown.into_iter().enumerate() {
            assert_eq!(seen, index != 1);
            assert_eq!(without_sha256, !seen);
            assert_eq!(digest, expected[index]);
        }
        assert_eq!(documents[1].property_info, PATH);
        assert_eq!(documents[1].placement.unwrap().page, 3);
        play.list();
        let view = &play.view().tokens[0].seals[0];
        assert_eq!(view.name, "示例采购⟨U+202E⟩有限公司");
        assert!(view.national && view.problem.is_none());
        assert_eq!(
            view.certificates,
            [hex(holder.certificate.sha256())],
            "who may use it"
        );
        assert_eq!(view.picture.as_ref().unwrap().media_type, "image/gif");
        assert_eq!(sends_to_sign(&play.approve()), 1);
        play.sign();
        let [
            PageOutcome::Result {
                result: PageResult::Sign { signatures },
            },
        ] = play.answers()[..]
        else {
            panic!("{:?}", play.answers());
        };
        let makers = [maker().certificate];
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
            let index = *document as usize;
            assert!(!content && tail.0.is_empty());
            assert_eq!(signatures[index].size as usize, head.0.len());
            assert_eq!(signatures[index].digest, expected[index]);
            let read = SealSignature::from_der(head.0.clone()).unwrap();
            assert_eq!(read.seal(), &seal);
            assert_eq!(read.property_info(), if index == 1 { PATH } else { "" });
            assert_eq!(read.claimed_time(), Some(NOW));
            let digest = sm3(contents[index]);
            let verdict = read.verify(Some(&Sealed::Digest(digest)), &policy(&makers));
            assert!(verdict.valid, "{:?}", verdict.findings);
            delivered += 1;
        }
        assert_eq!(delivered, 3);
    }
}

#[test]
fn a_digest_alone_opens_the_window_at_once_and_no_cms_is_made_of_it() {
    let (holder, seal) = holder_and_seal();
    let play = play(seal_call(vec![digest_only(b"x")]), &holder, &[&seal]);
    assert!(matches!(play.log[0], SigningAction::Open {}));
    for format in [SignFormat::Cms, SignFormat::CmsAttached] {
        let call = PageCall::Sign {
            documents: vec![digest_only(b"x")],
            format,
        };
        assert_eq!(
            Play::start(portal(call), TestKey::sm2(1)).error(),
            "request-invalid"
        );
    }
}

#[test]
fn what_is_sealed_has_a_form() {
    let with = |change: fn(&mut PageDocument)| {
        let mut document = digest_only(b"x");
        change(&mut document);
        portal(seal_call(vec![document]))
    };
    let good = || seal_call(vec![digest_only(b"x")]);
    let from = |kind, call| call_from("https://a.example", kind, call);
    for (expected, start) in [
        ("request-invalid", with(|d| d.size = 1)),
        (
            "request-invalid",
            with(|d| d.digest = Some(Base64(vec![1; 31]))),
        ),
        (
            "request-invalid",
            with(|d| d.digest = Some(Base64(vec![1; 33]))),
        ),
        (
            "request-invalid",
            with(|d| d.property_info = Some("文件".into())),
        ),
        (
            "request-invalid",
            with(|d| d.property_info = Some("a\nb".into())),
        ),
        (
            "request-invalid",
            with(|d| d.property_info = Some("a".repeat(1025))),
        ),
        (
            "request-invalid",
            with(|d| d.placement.as_mut().unwrap().page = 0),
        ),
        (
            "request-invalid",
            with(|d| d.placement.as_mut().unwrap().page = 100_001),
        ),
        (
            "request-invalid",
            with(|d| d.placement.as_mut().unwrap().x = 5_001),
        ),
        (
            "request-invalid",
            with(|d| d.placement.as_mut().unwrap().y = u32::MAX),
        ),
        ("document-empty", with(|d| d.digest = None)),
        ("act-not-allowed", from(SiteKind::Added, good())),
        ("act-not-allowed", from(SiteKind::Hall, good())),
        ("act-not-allowed", from(SiteKind::Added, PageCall::Seals {})),
        ("act-not-allowed", from(SiteKind::Hall, PageCall::Seals {})),
        (
            "user-action-required",
            SigningStart {
                activated: false,
                ..portal(PageCall::Seals {})
            },
        ),
    ] {
        assert_eq!(Play::start(start, TestKey::sm2(1)).error(), expected);
    }
}

#[test]
fn a_seal_is_shown_to_a_page_after_consent_and_nothing_is_signed() {
    let (holder, seal) = holder_and_seal();
    let other = made(&Draft {
        id: "2".into(),
        ..draft(&holder.certificate)
    });
    let mut play = play(PageCall::Seals {}, &holder, &[&seal, &other]);
    assert_eq!(play.view().act, Act::Seals {});
    play.list();
    assert!(play.answers().is_empty());
    assert_eq!(sends_to_sign(&play.approve()), 0);
    let [
        PageOutcome::Result {
            result: PageResult::Seals { seals },
        },
    ] = play.answers()[..]
    else {
        panic!("{:?}", play.answers());
    };
    let [shown] = &seals[..] else { panic!() };
    assert_eq!(shown.seal.0, seal.der());
    assert_eq!((shown.version, &*shown.id), (4, "51010000000001"));
    assert_eq!(play.view().phase, Phase::Done {});
    play.event(SigningEvent::TimedOut {
        timer: SigningTimer::Linger,
    });
    assert_eq!(play.finish(), (true, false));
}

#[test]
fn seals_that_cannot_be_set_are_shown_with_the_reason_and_not_used() {
    let (holder, good) = holder_and_seal();
    let (_, _, stranger) = chain(TestKey::sm2(7));
    let user = &holder.certificate;
    let with = |change: fn(&mut Draft)| {
        let mut draft = draft(user);
        change(&mut draft);
        made(&draft)
    };
    let mut forged = good.der().to_vec();
    // Within the picture.
    let at = forged.windows(6).position(|bytes| bytes == b"GIF89a");
    forged[at.unwrap() + 6] ^= 1;
    let forged = Seal::from_der(forged).unwrap();
    for (code, seal) in [
        ("seal-old-standard", with(|d| d.version = Version::V1)),
        (
            "seal-expired",
            with(|d| d.property.valid_until = NOW.plus(-1)),
        ),
        (
            "seal-not-yet-valid",
            with(|d| d.property.valid_from = NOW.plus(1)),
        ),
        (
            "seal-extension-unknown",
            with(|d| {
                d.extensions = vec![yinxin_pki::seal::SealExtension {
                    oid: oid::SHA256,
                    critical: true,
                    value: Vec::new(),
                }];
            }),
        ),
        ("signature-invalid", forged),
        ("seal-missing", made(&draft(&stranger.certificate))),
    ] {
        for call in [seal_call(vec![digest_only(b"x")]), PageCall::Seals {}] {
            let mut play = play(call, &holder, &[&seal]);
            play.list();
            let token = &play.view().tokens[0];
            let shown = token.certificates[0].problem.as_ref().map(Error::code);
            assert_eq!(shown, Some(code));
            let own = token.seals[0].problem.as_ref().map(Error::code);
            let expected = match code {
                "seal-missing" => "seal-not-for-certificate",
                code => code,
            };
            assert_eq!(own, Some(expected));
            assert_eq!(sends_to_sign(&play.approve()), 0);
            assert_eq!(play.view().notice.as_ref().map(Error::code), Some(expected));
            assert!(play.answers().is_empty());
        }
    }
    // A good one beside a bad one.
    let mut play = play(
        PageCall::Seals {},
        &holder,
        &[&good, &with(|d| d.version = Version::V1)],
    );
    play.list();
    assert_eq!(play.view().tokens[0].certificates[0].problem, None);
    assert_eq!(play.view().tokens[0].seals.len(), 2);
}

#[test]
fn a_choice_that_is_not_in_the_key_is_refused() {
    let (holder, seal) = holder_and_seal();
    for chosen in [None, Some(String::new()), Some("00".repeat(32))] {
        let mut play = play(seal_call(vec![digest_only(b"x")]), &holder, &[&seal]);
        play.list();
        play.seal = chosen;
        assert_eq!(sends_to_sign(&play.approve()), 0);
        assert_eq!(play.view().notice, Some(Error::SealNotFound {}));
    }
    // And a seal where none is asked for.
    let mut play = play(login_call(LoginFormat::Yinxin), &holder, &[&seal]);
    play.list();
    assert_eq!(sends_to_sign(&play.approve()), 0);
    assert_eq!(play.view().notice, Some(Error::SealNotFound {}));
}

#[test]
fn a_certificate_without_a_seal_and_one_that_is_not_of_sm2_say_so() {
    for (key, code) in [
        (TestKey::sm2(1), "seal-missing"),
        (TestKey::p256(1), "seal-needs-sm2"),
    ] {
        let (_, _, holder) = chain(key);
        let mut play = play(seal_call(vec![digest_only(b"x")]), &holder, &[]);
        play.list();
        let shown = &play.view().tokens[0].certificates[0];
        assert_eq!(shown.problem.as_ref().map(Error::code), Some(code));
    }
    // A seal that lists a certificate of another algorithm can't be set with it: the standards know SM2 only.
    let (_, _, holder) = chain(TestKey::p256(1));
    let seal = made(&draft(&holder.certificate));
    let mut play = play(seal_call(vec![digest_only(b"x")]), &holder, &[&seal]);
    play.list();
    let shown = &play.view().tokens[0].certificates[0];
    assert_eq!(
        shown.problem.as_ref().map(Error::code),
        Some("seal-needs-sm2")
    );
    assert_eq!(sends_to_sign(&play.approve()), 0);
}

#[test]
fn the_maker_is_named_as_listed_only_where_its_own_certificate_was_added() {
    let (holder, seal) = holder_and_seal();
    let mut with_seal = token(&[&holder]);
    with_seal.seals = vec![token_seal(seal.der())];
    let told = |anchors: &[Anchor]| {
        let views = describe_tokens(&[with_seal.clone()], anchors, NOW);
        let view = views[0].seals[0].clone();
        assert_eq!(view.problem, None, "it never blocks");
        (
            view.maker_listed,
            codes(&view.findings).contains(&"seal-maker-unknown"),
        )
    };
    assert_eq!(told(&[]), (false, true));
    assert_eq!(told(&[holder.certificate.clone().into()]), (false, true));
    assert_eq!(told(&[maker().certificate.into()]), (true, false));
    let views = describe_tokens(&[with_seal.clone()], &[], NOW);
    assert!(
        views[0].seals[0]
            .findings
            .iter()
            .all(|finding| finding.severity != Severity::Fatal)
    );
}

#[test]
fn signatures_of_seals_that_do_not_hold_never_leave() {
    type Spoil = fn(&mut Vec<Base64>);
    let spoils: [(Spoil, &str); 3] = [
        (|s| s.swap(0, 1), "signature-not-verified"),
        (|s| s[1].0[20] ^= 1, "signature-not-verified"),
        (|s| drop(s.pop()), "host-message-invalid"),
    ];
    let (holder, seal) = holder_and_seal();
    for (spoil, code) in spoils {
        let documents = vec![digest_only(b"a"), digest_only(b"b")];
        let mut play = play(seal_call(documents), &holder, &[&seal]);
        play.list();
        play.approve();
        let (call, mut signatures) = play.signatures();
        spoil(&mut signatures);
        let reply = KeyReply::Signed { signatures };
        play.event(SigningEvent::HostReplied { call, reply });
        assert_eq!(play.error(), code);
    }
}

#[test]
fn objects_that_are_no_seals_stay_in_the_list() {
    let (holder, seal) = holder_and_seal();
    let mut key = token(&[&holder]);
    key.seals = vec![
        TokenSeal {
            der: None,
            problem: Some(Error::SealLeftOut { size: 600_000 }),
            ..token_seal(&[])
        },
        token_seal(b"garbage"),
        token_seal(seal.der()),
        token_seal(seal.der()),
    ];
    let views = describe_tokens(&[key], &[], NOW);
    let problems: Vec<_> = views[0]
        .seals
        .iter()
        .map(|seal| seal.problem.as_ref().map(Error::code))
        .collect();
    assert_eq!(
        problems,
        [None, Some("seal-left-out"), Some("seal-unreadable")],
        "the same one once"
    );
}

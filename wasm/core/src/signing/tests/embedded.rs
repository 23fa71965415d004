//! Signatures and seals in the documents themselves: prepared and completed for real, and judged by what portals judge with.

use super::seals::{draft, made, maker, play};
use super::*;
use yinxin_documents::embedding::Prepared;
use yinxin_documents::pdf;
use yinxin_documents::testing::OfdDraft;
use yinxin_proto::consent::DocumentNotice;
use yinxin_proto::page::Placement;
use yinxin_proto::signing::Setting;
use yinxin_verify::{Options, verify_ofd, verify_pdf};

/// A unit, and its seal with a picture that a PDF holds: four red points.
fn holder_and_seal() -> (Identity, Seal) {
    let (_, _, holder) = chain(TestKey::sm2(1));
    let mut draft = draft(&holder.certificate);
    draft.picture.kind = "PNG".into();
    draft.picture.data = yinxin_testing::data::unhex(concat!(
        "89504e470d0a1a0a0000000d494844520000000200000002080600000072b60d24000000114944415478da63",
        "382020f11f8419600c004304079d860296b20000000049454e44ae426082",
    ));
    (holder, made(&draft))
}

/// A unit's call, with its seal in the key and chosen.
fn sealing(documents: Vec<PageDocument>) -> Play {
    let (holder, seal) = holder_and_seal();
    play(call(documents), &holder, &[&seal])
}

fn plain_pdf() -> Vec<u8> {
    pdf::testing::plain().table("/Root 1 0 R").finish()
}

fn plain_ofd() -> Vec<u8> {
    OfdDraft::small().write()
}

fn document(name: &str, content: &[u8], format: SignFormat) -> PageDocument {
    PageDocument {
        name: name.into(),
        size: u32::try_from(content.len()).unwrap(),
        format: Some(format),
        ..PageDocument::default()
    }
}

fn call(documents: Vec<PageDocument>) -> PageCall {
    let format = documents[0].format.unwrap();
    PageCall::Sign { documents, format }
}

fn placed(document: PageDocument) -> PageDocument {
    let placement = Placement {
        page: 1,
        x: 50,
        y: 50,
    };
    PageDocument {
        placement: Some(placement),
        ..document
    }
}

/// What stands outside of the machine and knows the formats.
#[derive(Default)]
struct Outside {
    /// Actions of the log that are done.
    at: usize,
    prepared: Vec<Option<Prepared>>,
    complete: Vec<Option<Vec<u8>>>,
    settings: Vec<Setting>,
}

impl Outside {
    /// Does what the machine asks for, until it asks for nothing more.
    fn work(&mut self, play: &mut Play, contents: &[&[u8]]) {
        self.prepared.resize_with(contents.len(), || None);
        self.complete.resize(contents.len(), None);
        while let Some(action) = play.log.get(self.at).cloned() {
            self.at += 1;
            let event = match action {
                SigningAction::Prepare { document, setting } => {
                    let index = document as usize;
                    self.settings.push(setting.clone());
                    match Prepared::new(contents[index], &setting, None) {
                        Err(error) => SigningEvent::DocumentRefused { document, error },
                        Ok(prepared) => {
                            let facts = PreparedFacts {
                                sm3: Base64(prepared.digests.sm3.to_vec()),
                                sha256: Base64(prepared.digests.sha256.to_vec()),
                                property_info: prepared.property_info.clone(),
                                notices: prepared.notices.clone(),
                            };
                            if setting.signer.is_some() {
                                self.prepared[index] = Some(prepared);
                            }
                            SigningEvent::Prepared { document, facts }
                        }
                    }
                }
                SigningAction::Embed { document, value } => {
                    let index = document as usize;
                    let prepared = self.prepared[index].take().expect("prepared, and once");
                    let whole = prepared.embed(contents[index], &value.0).unwrap();
                    let size = u32::try_from(whole.len()).unwrap();
                    self.complete[index] = Some(whole);
                    SigningEvent::Embedded { document, size }
                }
                _ => continue,
            };
            play.event(event);
        }
    }
}

fn delivered(log: &[SigningAction]) -> Vec<u32> {
    let deliveries = log.iter().filter_map(|action| match action {
        SigningAction::DeliverEmbedded { document } => Some(*document),
        _ => None,
    });
    deliveries.collect()
}

fn results(play: &Play) -> Vec<DocumentSignature> {
    match play.answers()[..] {
        [
            PageOutcome::Result {
                result: PageResult::Sign { signatures },
            },
        ] => signatures.clone(),
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn pdf_and_ofd_are_sealed_and_signed_with_one_consent() {
    let (pdf, ofd) = (plain_pdf(), plain_ofd());
    let contents: [&[u8]; 4] = [&pdf, &ofd, &pdf, &pdf];
    let documents = vec![
        placed(document("a.pdf", &pdf, SignFormat::PdfSeal)),
        placed(document("b.ofd", &ofd, SignFormat::Ofd)),
        document("c.pdf", &pdf, SignFormat::Pdf),
        placed(document("d.pdf", &pdf, SignFormat::Pdf)),
    ];
    let mut play = sealing(documents);
    let mut outside = Outside::default();
    play.feed(&contents);
    // Each was looked at, before anybody is asked.
    outside.work(&mut play, &contents);
    assert_eq!(outside.settings.len(), 4);
    assert!(outside.settings.iter().all(|one| one.signer.is_none()));
    let Act::Sign {
        documents, sealing, ..
    } = &play.view().act
    else {
        panic!()
    };
    assert!(sealing);
    assert_eq!(documents[2].format, SignFormat::Pdf);
    play.list();
    assert_eq!(sends_to_sign(&play.approve()), 0);
    assert_eq!(play.view().phase, Phase::Working { done: 0, total: 4 });
    outside.work(&mut play, &contents);
    // The picture of a seal goes where it is set or seen.
    let seals = outside.settings[4..]
        .iter()
        .map(|one| one.signer.as_ref().unwrap().seal.is_some());
    assert_eq!(seals.collect::<Vec<_>>(), [true, true, false, true]);
    assert!(play.answers().is_empty());
    play.sign();
    assert!(play.answers().is_empty());
    outside.work(&mut play, &contents);
    assert_eq!(delivered(&play.log), [0, 1, 2, 3]);
    let complete: Vec<&Vec<u8>> = outside.complete.iter().flatten().collect();
    for ((result, whole), content) in results(&play).iter().zip(&complete).zip(contents) {
        assert_eq!(result.size as usize, whole.len());
        assert_eq!(result.digest, hex(&hash::sm3(content)));
    }
    let options = Options::at(NOW).trust_unchecked();
    let options = options.makers(maker().certificate.der()).unwrap();
    for index in [0, 2, 3] {
        assert!(complete[index].starts_with(&pdf));
        let verdict = verify_pdf(&complete[index][..], &options).unwrap();
        assert!(verdict.valid, "{index} {:?}", verdict.findings);
        assert!(verdict.details.signatures[0].is_whole);
        let is_seen = !verdict.details.signatures[0].stamps.is_empty();
        assert_eq!(is_seen, index != 2);
    }
    let verdict = verify_ofd(&complete[1][..], &options).unwrap();
    assert!(verdict.valid, "{:?}", verdict.findings);
}

#[test]
fn a_pdf_is_signed_by_every_algorithm() {
    for key in TestKey::all() {
        let pdf = plain_pdf();
        let contents: [&[u8]; 1] = [&pdf];
        let documents = vec![document("a.pdf", &pdf, SignFormat::Pdf)];
        let mut play = Play::start(portal(call(documents)), key);
        let mut outside = Outside::default();
        play.feed(&contents);
        outside.work(&mut play, &contents);
        play.list();
        play.approve();
        outside.work(&mut play, &contents);
        play.sign();
        outside.work(&mut play, &contents);
        let verdict = verify_pdf(
            &outside.complete[0].as_ref().unwrap()[..],
            &Options::at(NOW).trust_unchecked(),
        )
        .unwrap();
        assert!(verdict.valid, "{:?}", verdict.findings);
        assert_eq!(verdict.details.signatures[0].claimed_time, Some(NOW));
    }
}

#[test]
fn what_takes_no_signature_is_told_before_anybody_is_asked() {
    let pdf = plain_pdf();
    let ofd = plain_ofd();
    let cases: [(&[u8], SignFormat, &str); 3] = [
        (b"no document", SignFormat::Pdf, "pdf-unreadable"),
        (&ofd, SignFormat::PdfSeal, "pdf-unreadable"),
        (&pdf, SignFormat::Ofd, "ofd-unreadable"),
    ];
    for (content, format, code) in cases {
        let contents: [&[u8]; 2] = [&pdf, content];
        let documents = vec![
            document("good.pdf", &pdf, SignFormat::Pdf),
            document("b", content, format),
        ];
        let mut play = sealing(documents);
        let mut outside = Outside::default();
        play.feed(&contents);
        outside.work(&mut play, &contents);
        // The page hears which and why, the user in words.
        let refused = Error::DocumentRefused {
            name: "b".into(),
            reason: code.into(),
        };
        assert_eq!(play.answers()[..], [&PageOutcome::Error { error: refused }]);
        let Phase::Failed { error, document } = &play.view().phase else {
            panic!()
        };
        assert_eq!((error.code(), document.as_deref()), (code, Some("b")));
        let opens = |action: &SigningAction| matches!(action, SigningAction::Open {});
        assert!(play.log.iter().any(opens));
        assert!(
            !play
                .log
                .iter()
                .any(|action| matches!(action, SigningAction::Send { .. }))
        );
        play.event(SigningEvent::WindowClosed {});
        assert_eq!(play.finish(), (false, false));
    }
}

#[test]
fn what_there_is_to_know_of_a_document_is_shown() {
    let plain = plain_pdf();
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA[]/NeedAppearances true>>>>";
    let form = pdf::testing::Writer::after(&plain)
        .object(1, catalog)
        .table("/Root 1 0 R")
        .finish();
    let contents: [&[u8]; 2] = [&plain, &form];
    let documents = vec![
        document("a.pdf", &plain, SignFormat::Pdf),
        document("b.pdf", &form, SignFormat::Pdf),
    ];
    let mut play = Play::start(portal(call(documents)), TestKey::sm2(1));
    play.feed(&contents);
    Outside::default().work(&mut play, &contents);
    let Act::Sign { documents, .. } = &play.view().act else {
        panic!()
    };
    assert!(documents[0].notices.is_empty());
    assert_eq!(
        documents[1].notices,
        [DocumentNotice::Xfa, DocumentNotice::NeedAppearances]
    );
}

#[test]
fn a_place_beside_the_page_is_told_before_anybody_is_asked() {
    let ofd = OfdDraft::new().write();
    let contents: [&[u8]; 1] = [&ofd];
    let beside = Placement {
        page: 1,
        x: 50,
        y: 1_000,
    };
    for (placement, straddling) in [(Some(beside), None), (None, Some(1_000))] {
        let document = PageDocument {
            placement,
            straddling,
            ..document("a.ofd", &ofd, SignFormat::Ofd)
        };
        let mut play = sealing(vec![document]);
        play.feed(&contents);
        Outside::default().work(&mut play, &contents);
        let Phase::Failed { error, .. } = &play.view().phase else {
            panic!()
        };
        assert_eq!(error.code(), "placement-refused");
    }
}

#[test]
fn a_place_that_is_none_is_found_after_the_consent_and_nothing_is_signed() {
    let pdf = plain_pdf();
    let contents: [&[u8]; 1] = [&pdf];
    let mut at_the_edge = placed(document("a.pdf", &pdf, SignFormat::PdfSeal));
    at_the_edge.placement = Some(Placement {
        page: 1,
        x: 1,
        y: 50,
    });
    let mut play = sealing(vec![at_the_edge]);
    let mut outside = Outside::default();
    play.feed(&contents);
    outside.work(&mut play, &contents);
    play.list();
    play.approve();
    outside.work(&mut play, &contents);
    assert_eq!(play.error(), "document-refused");
    assert_eq!(sends_to_sign(&play.log), 0);
}

#[test]
fn a_wrong_pin_prepares_anew_with_the_time_of_the_new_consent() {
    let ofd = plain_ofd();
    let contents: [&[u8]; 1] = [&ofd];
    let mut play = sealing(vec![document("a.ofd", &ofd, SignFormat::Ofd)]);
    let mut outside = Outside::default();
    play.feed(&contents);
    outside.work(&mut play, &contents);
    play.list();
    play.approve();
    outside.work(&mut play, &contents);
    let tries = PinTries {
        state: PinState::Ok,
        left: Some(9),
    };
    play.fail_signing(Error::PinIncorrect { tries });
    play.list();
    assert_eq!(play.view().phase, Phase::Choosing {});
    play.approve();
    outside.work(&mut play, &contents);
    play.sign();
    outside.work(&mut play, &contents);
    assert_eq!(outside.settings.len(), 3);
    assert_eq!(results(&play).len(), 1);
}

#[test]
fn what_belongs_to_no_step_changes_nothing() {
    let pdf = plain_pdf();
    let contents: [&[u8]; 1] = [&pdf];
    let mut play = sealing(vec![document("a.pdf", &pdf, SignFormat::PdfSeal)]);
    let facts = PreparedFacts {
        sm3: Base64(vec![1; 32]),
        sha256: Base64(vec![1; 32]),
        property_info: String::new(),
        notices: Vec::new(),
    };
    let stray = |document| {
        let error = Error::PdfEncrypted {};
        [
            SigningEvent::Embedded { document, size: 1 },
            SigningEvent::Prepared {
                document: document + 1,
                facts: facts.clone(),
            },
            SigningEvent::DocumentRefused {
                document: document + 1,
                error,
            },
        ]
    };
    let mut outside = Outside::default();
    for event in stray(0) {
        assert!(play.event(event).is_empty());
    }
    play.feed(&contents);
    for event in stray(0) {
        assert!(play.event(event).is_empty());
    }
    outside.work(&mut play, &contents);
    play.list();
    play.approve();
    for event in stray(0) {
        assert!(play.event(event).is_empty());
    }
    outside.work(&mut play, &contents);
    for event in stray(0) {
        assert!(play.event(event).is_empty());
    }
    play.sign();
    let prepared = SigningEvent::Prepared { document: 0, facts };
    assert!(play.event(prepared).is_empty());
    outside.work(&mut play, &contents);
    assert_eq!(results(&play).len(), 1);
    // A digest that is none ends it.
}

#[test]
fn the_page_can_leave_at_every_step() {
    for step in 0..4 {
        let pdf = plain_pdf();
        let contents: [&[u8]; 1] = [&pdf];
        let mut play = sealing(vec![document("a.pdf", &pdf, SignFormat::PdfSeal)]);
        let mut outside = Outside::default();
        play.feed(&contents);
        if step > 0 {
            outside.work(&mut play, &contents);
            play.list();
            play.approve();
        }
        if step > 1 {
            outside.work(&mut play, &contents);
        }
        if step > 2 {
            play.sign();
        }
        play.event(SigningEvent::PageGone {});
        assert_eq!(play.error(), "page-gone");
        assert!(play.machine.is_finished(), "{step}");
        outside.work(&mut play, &contents);
        assert_eq!(play.answers().len(), 1);
    }
}

#[test]
fn what_a_format_does_not_take_is_refused() {
    let pdf = plain_pdf();
    let base = document("a.pdf", &pdf, SignFormat::Pdf);
    let cases = [
        PageDocument {
            straddling: Some(100),
            ..base.clone()
        },
        PageDocument {
            to_be_continued: Some(true),
            ..base.clone()
        },
        PageDocument {
            format: Some(SignFormat::Cms),
            ..base.clone()
        },
        PageDocument {
            property_info: Some("a".into()),
            ..base.clone()
        },
        PageDocument {
            size: 0,
            digest: Some(Base64(vec![0; 32])),
            ..base.clone()
        },
        PageDocument {
            straddling: Some(100),
            format: Some(SignFormat::Ofd),
            ..placed(base.clone())
        },
        PageDocument {
            straddling: Some(5_001),
            format: Some(SignFormat::Ofd),
            ..base.clone()
        },
    ];
    for document in cases {
        let call = PageCall::Sign {
            documents: vec![document.clone()],
            format: SignFormat::Pdf,
        };
        let play = Play::start(portal(call), TestKey::sm2(1));
        assert_eq!(play.error(), "request-invalid", "{document:?}");
    }
    // A site that the user added signs, and seals nothing.
    for (document, code) in [
        (base.clone(), None),
        (placed(base.clone()), Some("act-not-allowed")),
        (
            PageDocument {
                format: Some(SignFormat::PdfSeal),
                ..base
            },
            Some("act-not-allowed"),
        ),
    ] {
        let call = PageCall::Sign {
            documents: vec![document],
            format: SignFormat::Pdf,
        };
        let start = call_from("https://added.example", SiteKind::Added, call);
        let play = Play::start(start, TestKey::sm2(1));
        match code {
            None => assert!(play.answers().is_empty()),
            Some(code) => assert_eq!(play.error(), code),
        }
    }
}

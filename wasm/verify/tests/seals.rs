//! What was found of a seal's maker and of who set it, together.
#![allow(clippy::unwrap_used)]

use yinxin_pki::testing::{NOW, Profile, TestKey, chain};
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::{DAY, UnixTime};
use yinxin_verify::{
    Options, Outcome, SealSignatureDetails, SealedContent, Severity, Verdict, verify_seal_signature,
};

const CONTENT: &[u8] = "采购合同".as_bytes();

/// A sealing, and lists that revoke its maker, its signer, or both, at the same time.
fn judged(of_maker: bool, of_signer: bool) -> Verdict<SealSignatureDetails> {
    let (root, issuing, user) = chain(TestKey::sm2(1));
    let maker = issuing.issue(
        TestKey::sm2(2),
        &Profile {
            serial: vec![0x77],
            ..Profile::unit()
        },
    );
    let then = UnixTime(NOW.0 - DAY);
    let named: Vec<_> = [(&maker, of_maker), (&user, of_signer)]
        .into_iter()
        .filter(|(_, is_named)| *is_named)
        .map(|(identity, _)| (identity.certificate.serial(), then))
        .collect();
    let list = issuing.crl(&named, then, UnixTime(NOW.0 + DAY));
    let empty = root.crl(&[], then, UnixTime(NOW.0 + DAY));
    let options = Options::at(NOW)
        .anchors(root.pem().as_bytes())
        .and_then(|options| options.intermediates(issuing.pem().as_bytes()))
        .and_then(|options| options.makers(maker.pem().as_bytes()))
        .unwrap()
        .crls([list, empty]);
    let content = Some(SealedContent::Content(CONTENT.into()));
    verify_seal_signature(&user.sealed(&maker, CONTENT), content, &options).unwrap()
}

fn places(verdict: &Verdict<SealSignatureDetails>) -> Vec<&str> {
    let revoked = verdict.findings.iter();
    revoked
        .filter(|finding| finding.error.code() == "certificate-revoked")
        .filter_map(|finding| finding.place.as_deref())
        .collect()
}

#[test]
fn who_was_revoked_is_told_of_each_and_the_summary_says_so() {
    let good = judged(false, false);
    assert!(good.valid && good.signers[0].valid, "{:?}", good.findings);
    assert!(good.summary.zh.starts_with("已通过核实") || good.summary.en.starts_with("Verified"));

    let maker = judged(true, false);
    assert_eq!(places(&maker), ["seal.maker"]);
    assert_eq!(maker.outcome, Outcome::Wrong);
    assert!(
        maker.summary.zh.starts_with("未通过核实。制章者的证书："),
        "{}",
        maker.summary.zh
    );
    assert!(!maker.summary.en.starts_with("Verified"));
    assert!(maker.signers[0].valid);

    let signer = judged(false, true);
    assert_eq!(places(&signer), ["signer.path[0]"]);
    assert!(!signer.signers[0].valid && !signer.summary.en.starts_with("Verified"));

    // The same reason on the same day is no reason to tell it once.
    let both = judged(true, true);
    assert_eq!(places(&both), ["seal.maker", "signer.path[0]"]);
    assert!(!both.signers[0].valid);
}

#[test]
fn the_number_of_what_is_open_is_that_of_what_is_told() {
    let (_, issuing, user) = chain(TestKey::sm2(1));
    let maker = issuing.issue(TestKey::sm2(2), &Profile::unit());
    let options = Options::at(NOW).require_anchors();
    let sealed = user.sealed(&maker, CONTENT);
    // Neither content, maker nor issuer is known: the last is found of another certificate, and told with them.
    let verdict = verify_seal_signature(&sealed, None, &options).unwrap();
    let fatal = verdict.findings.iter();
    let fatal: Vec<_> = fatal
        .filter(|finding| finding.severity == Severity::Fatal)
        .map(|finding| finding.error.code())
        .collect();
    assert_eq!(
        fatal,
        ["content-missing", "seal-maker-unknown", "issuer-unknown"]
    );
    assert_eq!(verdict.outcome, Outcome::Unconfirmed);
    let said = &verdict.summary.zh;
    assert!(said.ends_with("另有 2 项待确认。"), "{said}");
    // Nothing speaks against it, and it is a sealing of which is spoken.
    assert!(said.starts_with("还没核实完。盖章数据不含原文"), "{said}");
    // A content that was changed is one problem; the others are none.
    let content = Some(SealedContent::Content("其他".as_bytes().into()));
    let verdict = verify_seal_signature(&sealed, content, &options).unwrap();
    assert_eq!(verdict.outcome, Outcome::Wrong);
    let said = &verdict.summary.zh;
    assert!(!said.contains("另有"), "{said}");
    assert!(
        said.starts_with("未通过核实。文件内容与盖章时不一致。"),
        "{said}"
    );
}

#[test]
fn a_sealing_that_does_not_hold_is_told_in_words_of_sealing() {
    let (root, issuing, user) = chain(TestKey::sm2(1));
    let maker = issuing.issue(TestKey::sm2(2), &Profile::unit());
    let options = Options::at(NOW)
        .anchors(root.pem().as_bytes())
        .and_then(|options| options.intermediates(issuing.pem().as_bytes()))
        .and_then(|options| options.makers(maker.pem().as_bytes()))
        .unwrap();
    let mut sealed = user.sealed(&maker, CONTENT);
    *sealed.last_mut().unwrap() ^= 1;
    let content = Some(SealedContent::Content(CONTENT.into()));
    let verdict = verify_seal_signature(&sealed, content, &options).unwrap();
    assert_eq!(verdict.outcome, Outcome::Wrong);
    let Bilingual { zh, en } = &verdict.summary;
    assert!(zh.starts_with("未通过核实。盖章不成立"), "{zh}");
    assert!(zh.contains("盖章人") && !zh.contains("签署人"), "{zh}");
    assert!(en.contains("The sealing does not hold"), "{en}");
}

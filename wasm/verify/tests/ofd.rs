//! Signed OFD: samples of several makers, and files made here.
#![allow(clippy::unwrap_used)]

use yinxin_documents::ofd::Package;
use yinxin_documents::ofd::coverage::{self, State};
use yinxin_documents::ofd::document::Role;
use yinxin_documents::testing::{OfdDraft, Signing, ZipEntry, base64, sample};
use yinxin_pki::hash::sm3;
use yinxin_pki::seal::Version;
use yinxin_pki::testing::{
    Identity, NOW, OpenSsl, Profile, TestKey, chain, codes, fatal, signed_data,
};
use yinxin_pki::trust::is_valid;
use yinxin_proto::time::UnixTime;
use yinxin_verify::{
    Error, Form, OfdDetails, Options, Outcome, Verdict, ofd_has_broken_signature, verify_ofd,
};

fn judged(bytes: &[u8], options: &Options) -> Verdict<OfdDetails> {
    verify_ofd(bytes, options).unwrap()
}

/// Codes of what is fatal about one signature.
fn of(verdict: &Verdict<OfdDetails>, index: usize) -> Vec<&'static str> {
    let own = format!("signatures[{index}]");
    let all = verdict.findings.iter().filter(|finding| {
        finding
            .place
            .as_deref()
            .unwrap_or_default()
            .starts_with(&own)
    });
    fatal(&all.cloned().collect::<Vec<_>>())
}

/// A root, a unit's certificate under it, a maker of seals, and options that accept both.
fn people() -> (Identity, Identity, Options) {
    let (root, issuing, user) = chain(TestKey::sm2(1));
    let maker = issuing.issue(TestKey::sm2(2), &Profile::unit());
    let options = Options::at(NOW)
        .anchors(root.pem().as_bytes())
        .and_then(|options| options.intermediates(issuing.pem().as_bytes()))
        .and_then(|options| options.makers(maker.pem().as_bytes()))
        .unwrap();
    (user, maker, options)
}

/// A document that is sealed once.
fn sealed(signing: &Signing) -> (OfdDraft, Options) {
    let (user, maker, options) = people();
    let mut draft = OfdDraft::new();
    draft.seal(Version::V4, signing, &user, &maker);
    (draft, options)
}

/// A sample, judged in the validity of its certificates by whoever accepts the makers of its seals.
fn of_sample(name: &str) -> Option<(Vec<u8>, Verdict<OfdDetails>, Options)> {
    let bytes = sample(name)?;
    let mut options = Options::at(UnixTime::parse("2020-10-01T00:00:00Z").unwrap());
    let verdict = judged(&bytes, &options);
    for signature in &verdict.details.signatures {
        if let Some(sealing) = &signature.seal {
            options = options.makers(sealing.seal().maker()).unwrap();
        }
    }
    let verdict = judged(&bytes, &options);
    Some((bytes, verdict, options))
}

#[test]
fn samples_of_makers_are_judged_for_what_they_are() {
    let Some((_, verdict, _)) = of_sample("seals/SESV4SignDoc.ofd") else {
        return;
    };
    assert!(verdict.valid, "{:?}", verdict.findings);
    // Who issued the certificate was not asked.
    assert_eq!(verdict.outcome, Outcome::Unconfirmed);
    assert!(
        verdict.summary.zh.contains("盖了"),
        "{}",
        verdict.summary.zh
    );
    let [signature] = &verdict.details.signatures[..] else {
        panic!("one signature");
    };
    assert_eq!(signature.form, Some(Form::SealSignature));
    assert!(signature.signed.open.is_empty());

    let (_, verdict, _) = of_sample("ofd/999.ofd").unwrap();
    assert!(verdict.valid, "{:?}", verdict.findings);
    let signed = &verdict.details.signatures[0].signed;
    let same = signed
        .covered
        .iter()
        .filter(|part| part.state == State::Same);
    assert_eq!((same.count(), signed.covered.len()), (20, 20));
    let open: Vec<_> = signed
        .open
        .iter()
        .map(|part| (&*part.path, part.role))
        .collect();
    assert_eq!(open, [("/OFD.xml", Role::Entry)]);
    assert!(
        verdict.summary.zh.contains("/OFD.xml"),
        "{}",
        verdict.summary.zh
    );

    // The second seal changed the list of signatures that the first one protects, and nothing else.
    let (_, verdict, _) = of_sample("ofd/h.ofd").unwrap();
    assert_eq!(of(&verdict, 0), ["ofd-list-extended"]);
    assert_eq!(of(&verdict, 1), [""; 0]);
    let valid: Vec<_> = verdict
        .details
        .signatures
        .iter()
        .map(|one| one.valid)
        .collect();
    assert_eq!(valid, [false, true]);
    assert!(
        verdict.summary.zh.contains("其中 1 个未通过。第 1 个"),
        "{}",
        verdict.summary.zh
    );
    let listed = verdict.details.signatures[0]
        .signed
        .listed
        .as_ref()
        .unwrap();
    let slices = listed.stamps.iter().map(|stamp| {
        let (boundary, clip) = (stamp.boundary.unwrap(), stamp.clip.unwrap());
        (stamp.page, boundary.x, clip.x, clip.width)
    });
    let slices: Vec<_> = slices.collect();
    assert_eq!(slices[0], (Some(1), 202.0, 0.0, 8.0));
    assert_eq!(slices[4], (Some(5), 170.0, 32.0, 8.0));

    let (_, verdict, _) = of_sample("ofd/n.ofd").unwrap();
    assert!(!verdict.valid);
    assert_eq!(verdict.outcome, Outcome::Wrong);
    let found = fatal(&verdict.findings);
    assert_eq!(
        found
            .iter()
            .filter(|code| **code == "ofd-part-changed")
            .count(),
        6
    );
    assert!(found.contains(&"content-changed") && found.contains(&"signature-invalid"));
}

#[test]
fn a_signature_without_a_certificate_is_judged_by_those_of_the_caller() {
    let Some((bytes, verdict, options)) = of_sample("seals/DigitalSign.ofd") else {
        return;
    };
    assert_eq!(verdict.details.signatures[0].form, Some(Form::Bare));
    assert_eq!(fatal(&verdict.findings), ["signer-certificate-missing"]);
    assert_eq!(verdict.outcome, Outcome::Unconfirmed);
    // Another sample of its maker has the certificate.
    let (_, other, _) = of_sample("seals/SESV4SignDoc.ofd").unwrap();
    let certificate = other.signers[0].certificate.as_ref().unwrap();
    let with = options.clone().intermediates(certificate.der()).unwrap();
    let verdict = judged(&bytes, &with);
    assert_eq!(codes(&verdict.findings), ["trust-not-checked"]);
    assert!(verdict.summary.zh.contains("名字不能当真"));
    let (user, _, _) = people();
    let not_its_own = options.intermediates(user.certificate.der()).unwrap();
    let found = judged(&bytes, &not_its_own).findings;
    assert_eq!(fatal(&found), ["signer-certificate-missing"]);

    let (user, _, options) = people();
    for form in 0..4 {
        let mut draft = OfdDraft::new();
        let signing = Signing {
            kind: Some("Sign"),
            ..Signing::default()
        };
        draft.sign(&signing, None, |xml, _| match form {
            0 => user.key.sign(xml),
            1 => user.key.sign(&sm3(xml)),
            2 => raw(&user.key.sign(xml)),
            _ => base64(&user.key.sign(xml)).into_bytes(),
        });
        let verdict = judged(&draft.write(), &options);
        assert_eq!(fatal(&verdict.findings), ["signer-certificate-missing"]);
        let own = options
            .clone()
            .intermediates(user.certificate.der())
            .unwrap();
        let verdict = judged(&draft.write(), &own);
        assert!(verdict.valid, "{form}: {:?}", verdict.findings);
        assert_eq!(verdict.details.signatures[0].form, Some(Form::Bare));
        assert!(
            verdict
                .summary
                .zh
                .starts_with("已核实：由“示例采购有限公司”签署"),
            "{}",
            verdict.summary.zh
        );
        // By nobody's certificate, and by no content's.
        let path = "/Doc_0/Signs/Sign_0/Signature.xml";
        let xml = String::from_utf8(draft.get(path).unwrap().to_vec()).unwrap();
        draft.set(
            path,
            xml.replace("ProviderName=\"tests\"", "ProviderName=\"other\"")
                .as_bytes(),
        );
        assert!(!judged(&draft.write(), &own).valid);
    }
}

/// A DER signature as r and s.
fn raw(der: &[u8]) -> Vec<u8> {
    let (signature, _) = yinxin_pki::key::EcSignature::<32>::read(der).unwrap();
    signature.to_raw().to_vec()
}

#[test]
fn seals_of_all_versions_and_signed_data_of_all_forms_hold() {
    let (user, maker, options) = people();
    for version in [Version::V1, Version::V4, Version::V5] {
        let mut draft = OfdDraft::new();
        draft.seal(version, &Signing::default(), &user, &maker);
        let verdict = judged(&draft.write(), &options);
        assert!(verdict.valid, "{version:?}: {:?}", verdict.findings);
        assert_eq!(
            verdict.details.signatures[0].form,
            Some(Form::SealSignature)
        );
        assert!(verdict.signers[0].certificate.as_ref() == Some(&user.certificate));
    }
    let algorithms = |over: &[u8]| {
        let signer = user.signer_info(over);
        signed_data(&[user.certificate.der()], &[signer], Some(over))
    };
    type Make<'a> = &'a dyn Fn(&[u8]) -> Vec<u8>;
    let forms: [(&str, Make<'_>); 7] = [
        ("detached", &|xml| user.cms(xml)),
        ("attached", &|xml| user.cms_attached(xml)),
        ("detached, digest", &|xml| user.cms(&sm3(xml))),
        ("attached, digest", &|xml| user.cms_attached(&sm3(xml))),
        ("attached, digest as Base64", &|xml| {
            user.cms_attached(base64(&sm3(xml)).as_bytes())
        }),
        ("detached, digest as Base64, PEM-like", &|xml| {
            base64(&user.cms(base64(&sm3(xml)).as_bytes())).into_bytes()
        }),
        ("attached, digest, by hand", &|xml| algorithms(&sm3(xml))),
    ];
    for (name, make) in forms {
        for kind in [Some("Sign"), Some("Seal"), None] {
            let mut draft = OfdDraft::new();
            let signing = Signing {
                kind,
                ..Signing::default()
            };
            draft.sign(&signing, None, |xml, _| make(xml));
            let verdict = judged(&draft.write(), &options);
            assert!(verdict.valid, "{name}: {:?}", verdict.findings);
            assert_eq!(verdict.details.signatures[0].form, Some(Form::SignedData));
            draft.set(
                "/Doc_0/Signs/Sign_0/Signature.xml",
                &[
                    draft.get("/Doc_0/Signs/Sign_0/Signature.xml").unwrap(),
                    b" ",
                ]
                .concat(),
            );
            let verdict = judged(&draft.write(), &options);
            assert_eq!(fatal(&verdict.findings), ["content-changed"], "{name}");
        }
    }
}

#[test]
fn what_is_not_covered_is_told_by_how_much_it_matters() {
    let check = |left_out: &[&'static str], expected: &[(&str, u32, &str)]| {
        let signing = Signing {
            left_out: left_out.to_vec(),
            ..Signing::default()
        };
        let (draft, options) = sealed(&signing);
        let verdict = judged(&draft.write(), &options);
        let told = verdict
            .findings
            .iter()
            .filter_map(|finding| match &finding.error {
                Error::OfdContentNotCovered { count, part, .. } => {
                    Some(("seen", *count, part.clone()))
                }
                Error::OfdResourceNotCovered { count, part, .. } => {
                    Some(("drawn with", *count, part.clone()))
                }
                Error::OfdPartNotCovered { count, part, .. } => {
                    Some(("rest", *count, part.clone()))
                }
                _ => None,
            });
        let told: Vec<_> = told.collect();
        let told: Vec<_> = told
            .iter()
            .map(|(kind, count, part)| (*kind, *count, &**part))
            .collect();
        assert_eq!(told, expected, "{left_out:?}");
        let is_told = |told: &str| expected.iter().any(|(kind, ..)| *kind == told);
        let outcome = match (is_told("seen"), is_told("drawn with")) {
            (true, _) => Outcome::Wrong,
            (false, true) => Outcome::Unconfirmed,
            (false, false) => Outcome::Good,
        };
        assert_eq!(verdict.outcome, outcome);
        assert_eq!(verdict.valid, outcome == Outcome::Good);
        // What is not covered is said to differ wherever it does.
        let open = &verdict.details.signatures[0].signed.open;
        assert_eq!(open.iter().any(|part| part.is_seen), !verdict.valid);
    };
    check(&[], &[]);
    check(
        &["/Doc_0/Thumbnail.png"],
        &[("rest", 1, "/Doc_0/Thumbnail.png")],
    );
    check(
        &["/OFD.xml", "/Doc_0/PublicRes.xml", "/Doc_0/Res/f.otf"],
        &[
            ("drawn with", 2, "/Doc_0/PublicRes.xml"),
            ("rest", 1, "/OFD.xml"),
        ],
    );
    check(
        &["/Doc_0/Res/f.otf"],
        &[("drawn with", 1, "/Doc_0/Res/f.otf")],
    );
    check(
        &["/Doc_0/Attachs.xml", "/Doc_0/a.csv"],
        &[("rest", 2, "/Doc_0/Attachs.xml")],
    );
    check(
        &["/Doc_0/Pages/Page_1"],
        &[
            ("seen", 1, "/Doc_0/Pages/Page_1/Content.xml"),
            ("drawn with", 1, "/Doc_0/Pages/Page_1/Res.xml"),
        ],
    );
    check(&["/Doc_0/Tpls"], &[("seen", 1, "/Doc_0/Tpls/T.xml")]);
    check(&["/Doc_0/Annots"], &[("seen", 2, "/Doc_0/Annots.xml")]);
    check(
        &["/Doc_0/Document.xml"],
        &[("seen", 1, "/Doc_0/Document.xml")],
    );
    // A picture that only a page's own resources name.
    check(&["/Doc_0/Res/p.png"], &[("seen", 1, "/Doc_0/Res/p.png")]);
    check(
        &["/"],
        &[
            ("seen", 7, "/Doc_0/Pages/Page_0/Content.xml"),
            ("drawn with", 3, "/Doc_0/Pages/Page_1/Res.xml"),
            ("rest", 4, "/OFD.xml"),
        ],
    );
}

/// The text stays a 1, and with another font it shows a 9.
#[test]
fn a_font_that_is_swapped_leaves_the_verdict_open() {
    let (mut draft, options) = sealed(&Signing {
        left_out: vec!["/Doc_0/Res/f.otf"],
        ..Signing::default()
    });
    draft.set("/Doc_0/Res/f.otf", b"OTTO, in which a 1 looks like a 9");
    let verdict = judged(&draft.write(), &options);
    assert!(!verdict.valid);
    assert_eq!(verdict.outcome, Outcome::Unconfirmed);
    assert_eq!(fatal(&verdict.findings), ["ofd-resource-not-covered"]);
    let said = &verdict.summary.zh;
    assert!(said.starts_with("还没核实完。"), "{said}");
    assert!(said.contains("如字体，/Doc_0/Res/f.otf"), "{said}");
    // One that is covered is content like any other.
    let (mut draft, options) = sealed(&Signing::default());
    draft.set("/Doc_0/Res/f.otf", b"another");
    assert_eq!(judged(&draft.write(), &options).outcome, Outcome::Wrong);
}

#[test]
fn pages_are_named_as_they_are_counted() {
    let (mut draft, options) = sealed(&Signing::default());
    draft.set("/Doc_0/Pages/Page_1/Content.xml", b"<Page/>");
    let verdict = judged(&draft.write(), &options);
    let path = "/Doc_0/Pages/Page_1/Content.xml";
    let (zh, en) = (&verdict.summary.zh, &verdict.summary.en);
    assert!(zh.contains(&format!("（第 2 页，{path}）")), "{zh}");
    assert!(en.contains(&format!("(page 2, {path})")), "{en}");
}

#[test]
fn each_kind_of_change_is_told_as_what_it_is() {
    let (draft, options) = sealed(&Signing::default());
    let good = judged(&draft.write(), &options);
    assert!(
        good.valid && good.outcome == Outcome::Good,
        "{:?}",
        good.findings
    );
    assert!(
        good.summary
            .zh
            .starts_with("已核实：“示例采购有限公司”盖了“示例采购有限公司”，内容与盖章时一致"),
        "{}",
        good.summary.zh
    );

    let change = |change: &dyn Fn(&mut OfdDraft)| {
        let mut draft = draft.clone();
        change(&mut draft);
        let verdict = judged(&draft.write(), &options);
        assert!(!verdict.valid);
        fatal(&verdict.findings)
    };
    let remove =
        |path: &'static str| move |draft: &mut OfdDraft| draft.parts.retain(|(own, _)| own != path);
    let page = "/Doc_0/Pages/Page_0/Content.xml";
    assert_eq!(
        change(&|draft| draft.set(page, b"<Page/>")),
        ["ofd-part-changed"]
    );
    assert_eq!(change(&remove("/Doc_0/Res/p.png")), ["ofd-part-missing"]);
    assert_eq!(
        change(&remove("/Doc_0/Signs/Sign_0/SignedValue.dat")),
        ["ofd-part-missing"]
    );
    assert_eq!(
        change(&remove("/Doc_0/Signs/Sign_0/Signature.xml")),
        ["ofd-unreadable"]
    );
    assert_eq!(
        change(&remove("/Doc_0/Signs/Signatures.xml")),
        ["ofd-part-missing", "ofd-not-signed"]
    );
    let value = "/Doc_0/Signs/Sign_0/SignedValue.dat";
    assert_eq!(change(&|draft| draft.set(value, b"")), ["seal-unreadable"]);
    assert_eq!(
        change(&|draft| draft.set(value, &vec![0x30; 8 << 20])),
        ["seal-unreadable"]
    );

    // A signature that is taken out of the list leaves an unsigned file.
    let list = "/Doc_0/Signs/Signatures.xml";
    assert_eq!(
        change(&|draft| draft.set(list, b"<Signatures/>")),
        ["ofd-not-signed"]
    );
    // One that is there twice is no second one.
    let twice = |draft: &mut OfdDraft| {
        let own = String::from_utf8(draft.get(list).unwrap().to_vec()).unwrap();
        let (at, end) = (
            own.find("<ofd:Signature ").unwrap(),
            own.find("</ofd:Signatures>").unwrap(),
        );
        draft.set(
            list,
            format!("{}{}{}", &own[..end], &own[at..end], &own[end..]).as_bytes(),
        );
    };
    assert_eq!(change(&twice), ["ofd-unreadable"]);
}

#[test]
fn a_seal_that_is_only_shown_is_told() {
    let signing = Signing {
        left_out: vec!["/Doc_0/Signs/Sign_0/Seal.esl"],
        ..Signing::default()
    };
    let (mut draft, options) = sealed(&signing);
    assert!(judged(&draft.write(), &options).valid);
    let (user, maker, _) = people();
    let mut other = OfdDraft::new();
    other.seal(Version::V5, &signing, &user, &maker);
    let path = "/Doc_0/Signs/Sign_0/Seal.esl";
    draft.set(path, other.get(path).unwrap());
    assert_eq!(
        fatal(&judged(&draft.write(), &options).findings),
        ["ofd-seal-differs"]
    );
}

#[test]
fn digests_that_do_not_show_that_nothing_changed_never_pass() {
    for (method, expected) in [
        (Some("SM3"), &[][..]),
        (Some("sm3"), &[]),
        (Some("1.2.156.10197.1.401.2"), &[]),
        (Some("SHA-256"), &[]),
        (Some("MD5"), &["ofd-digest-weak"]),
        (Some("SHA1"), &["ofd-digest-weak"]),
        (Some("1.3.14.3.2.26"), &["ofd-digest-weak"]),
        (None, &["ofd-digest-weak"]),
        (Some("CRC32"), &["algorithm-not-supported"]),
    ] {
        let (draft, options) = sealed(&Signing {
            check_method: method,
            ..Signing::default()
        });
        let verdict = judged(&draft.write(), &options);
        assert_eq!(fatal(&verdict.findings), expected, "{method:?}");
    }
}

#[test]
fn a_signature_to_be_continued_holds_beside_those_behind_it() {
    let (user, maker, options) = people();
    let mut draft = OfdDraft::new();
    draft.seal(Version::V4, &Signing::default(), &user, &maker);
    draft.seal(Version::V4, &Signing::default(), &user, &maker);
    let last = Signing {
        covers_list: true,
        ..Signing::default()
    };
    draft.seal(Version::V4, &last, &user, &maker);
    let verdict = judged(&draft.write(), &options);
    assert!(verdict.valid, "{:?}", verdict.findings);
    assert!(
        verdict
            .summary
            .zh
            .starts_with("文件上的 3 个签章都已核实。（1）已核实"),
        "{}",
        verdict.summary.zh
    );
    // The last allowed none behind it.
    draft.seal(Version::V4, &Signing::default(), &user, &maker);
    let verdict = judged(&draft.write(), &options);
    assert_eq!(of(&verdict, 2), ["ofd-list-extended"]);
    assert_eq!(
        [of(&verdict, 0), of(&verdict, 1), of(&verdict, 3)],
        [[""; 0]; 3]
    );
    // Without one behind it, a list that it protects is merely changed.
    let (mut draft, options) = sealed(&last);
    let list = "/Doc_0/Signs/Signatures.xml";
    draft.set(list, &[draft.get(list).unwrap(), b"\n"].concat());
    assert_eq!(
        of(&judged(&draft.write(), &options), 0),
        ["ofd-part-changed"]
    );
}

#[test]
fn no_later_signature_hides_what_an_earlier_one_does_not_cover() {
    let (user, maker, options) = people();
    let mut draft = OfdDraft::new();
    let signing = Signing {
        left_out: vec!["/Doc_0/Annots/P.xml"],
        ..Signing::default()
    };
    draft.seal(Version::V4, &signing, &user, &maker);
    // It says that its seal is what the first left out.
    draft.sign(&Signing::default(), Some(b"seal"), |xml, _| user.cms(xml));
    let path = "/Doc_0/Signs/Sign_1/Signature.xml";
    let xml = String::from_utf8(draft.get(path).unwrap().to_vec()).unwrap();
    let xml = xml.replace(
        "/Doc_0/Signs/Sign_1/Seal.esl</ofd:BaseLoc>",
        "/Doc_0/Annots/P.xml</ofd:BaseLoc>",
    );
    draft.set(
        "/Doc_0/Signs/Sign_1/SignedValue.dat",
        &user.cms(xml.as_bytes()),
    );
    draft.set(path, xml.as_bytes());
    let verdict = judged(&draft.write(), &options);
    assert_eq!(of(&verdict, 0), ["ofd-content-not-covered"]);
}

#[test]
fn former_versions_and_further_documents_are_content() {
    let (mut draft, options) = sealed(&Signing {
        left_out: vec!["/OFD.xml"],
        ..Signing::default()
    });
    assert!(judged(&draft.write(), &options).valid);
    let entry = String::from_utf8(draft.get("/OFD.xml").unwrap().to_vec()).unwrap();
    let with =
        |versions: &str| entry.replace("</ofd:DocBody>", &format!("{versions}</ofd:DocBody>"));
    draft.set(
        "/Doc_1/Document.xml",
        b"<Document><Pages><Page ID='1' BaseLoc='P.xml'/></Pages></Document>",
    );
    draft.set("/Doc_1/P.xml", b"<Page/>");
    draft.set(
        "/V.xml",
        b"<DocVersion><DocRoot>/Doc_1/Document.xml</DocRoot></DocVersion>",
    );
    draft.set(
        "/OFD.xml",
        with("<ofd:Versions><ofd:Version ID='1' BaseLoc='/V.xml'/></ofd:Versions>").as_bytes(),
    );
    assert_eq!(
        of(&judged(&draft.write(), &options), 0),
        ["ofd-content-not-covered"]
    );
    let body = "</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot>";
    draft.set("/OFD.xml", with(body).as_bytes());
    assert_eq!(
        of(&judged(&draft.write(), &options), 0),
        ["ofd-content-not-covered"]
    );
}

/// Whether a file can be read and is valid. What its parts tell alone needs no key.
fn holds(bytes: &[u8], options: &Options) -> bool {
    let read = Package::open(bytes).and_then(|package| coverage::read(&package));
    let is_covered =
        read.is_ok_and(|read| read.signatures.iter().all(|one| is_valid(&one.findings)));
    is_covered && verify_ofd(bytes, options).is_ok_and(|verdict| verdict.valid)
}

#[test]
fn every_changed_byte_of_a_small_signed_file_is_detected_or_outside() {
    let (user, maker, options) = people();
    let mut draft = OfdDraft::small();
    draft.seal(
        Version::V4,
        &Signing {
            stamps: String::new(),
            ..Signing::default()
        },
        &user,
        &maker,
    );
    let whole = draft.write();
    assert!(judged(&whole, &options).valid);

    // Of the file, as it lies there.
    let parts = |bytes: &[u8]| {
        let package = Package::open(bytes).unwrap();
        let names = package
            .names()
            .map(|name| (name.to_owned(), package.read(name).unwrap()));
        names.collect::<Vec<_>>()
    };
    let own = parts(&whole);
    let (mut same, mut detected) = (0, 0);
    for position in 0..whole.len() {
        let mut changed = whole.clone();
        changed[position] ^= 1 << (position % 8);
        if holds(&changed, &options) {
            // What tools write of times, versions and attributes is of no part.
            assert_eq!(parts(&changed), own, "{position}");
            same += 1;
        } else {
            detected += 1;
        }
    }
    // Of the 76 bytes of both headers of an entry, the fields that OFD does not use.
    assert!(same < 30 * own.len(), "{detected} {same}");
    assert_eq!(detected + same, whole.len());

    // Of its parts, in a package that is whole.
    for part in 0..draft.parts.len() {
        let path = draft.parts[part].0.clone();
        for position in 0..draft.parts[part].1.len() {
            let mut changed = draft.clone();
            changed.parts[part].1[position] ^= 1 << (position % 8);
            let holds = holds(&changed.write(), &options);
            // The list allows further signatures, so that it is not covered: what it says of this one may change.
            assert!(!holds || path == "/D/S.xml", "{path} {position}");
        }
    }
}

#[test]
fn bytes_outside_of_the_parts_are_told_beside_a_signature_that_holds() {
    let (draft, options) = sealed(&Signing::default());
    let mut zip = draft.zip();
    zip.behind = b"appended".to_vec();
    let verdict = judged(&zip.write(), &options);
    assert!(verdict.valid);
    assert!(codes(&verdict.findings).starts_with(&["ofd-bytes-outside"]));
    let mut zip = draft.zip();
    zip.entries.push(ZipEntry::new("Doc_0/added.xml", "<A/>"));
    let verdict = judged(&zip.write(), &options);
    assert!(codes(&verdict.findings).starts_with(&["ofd-part-not-covered"]));
    assert!(verdict.summary.zh.contains("/Doc_0/added.xml"));
}

#[test]
fn openssl_agrees_on_each_signature_and_each_digest() {
    let Some(openssl) = OpenSsl::new("ofd") else {
        return;
    };
    let mut signatures = 0;
    let mut digests = 0;
    for name in [
        "seals/SESV4SignDoc.ofd",
        "ofd/999.ofd",
        "ofd/h.ofd",
        "ofd/n.ofd",
    ] {
        let Some((bytes, verdict, _)) = of_sample(name) else {
            return;
        };
        let package = Package::open(&bytes[..]).unwrap();
        for signature in &verdict.details.signatures {
            let sealing = signature.seal.as_ref().unwrap();
            let listed = signature.signed.listed.as_ref().unwrap();
            let holds = |certificate: &[u8], signed: &[u8], value: &[u8]| {
                let (read, _) = yinxin_pki::key::EcSignature::<32>::read(value).unwrap();
                openssl.is_sm2_signed(certificate, signed, &read.to_der())
            };
            let found = |place: &str| {
                let mut all = verdict.findings.iter();
                let own = |at: &str| {
                    at.starts_with("signatures[")
                        && at.split_once("].").is_some_and(|(_, rest)| rest == place)
                };
                all.any(|finding| {
                    finding.error.code() == "signature-invalid"
                        && finding.place.as_deref().is_some_and(own)
                })
            };
            assert_eq!(
                holds(sealing.certificate(), sealing.signed(), sealing.signature()),
                !found("signature"),
                "{name}"
            );
            let seal = sealing.seal();
            assert_eq!(
                holds(seal.maker(), &seal.signed(), seal.signature()),
                !found("seal.signature"),
                "{name}"
            );
            signatures += 2;

            let sm3 = |path: &str| openssl.sm3(&package.read(path).unwrap().unwrap());
            let is_content = !found("content") && sm3(&listed.path) == sealing.digest();
            assert_eq!(is_content, name != "ofd/n.ofd");
            for (reference, covered) in listed.references.iter().zip(&signature.signed.covered) {
                let same = sm3(&reference.path) == reference.digest;
                assert_eq!(
                    same,
                    covered.state == State::Same,
                    "{name} {}",
                    reference.path
                );
                digests += 1;
            }
        }
    }
    assert_eq!((signatures, digests), (10, 51));
}

#[test]
#[ignore = "writes wasm/fuzz/pki/ofd and wasm/fuzz/corpus/ofd"]
fn seeds() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let put = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let (root, issuing, user) = chain(TestKey::sm2(1));
    let maker = issuing.issue(TestKey::sm2(2), &Profile::unit());
    for (name, identity) in [
        ("root", root),
        ("issuing", issuing),
        ("maker", maker.clone()),
    ] {
        put(&format!("pki/ofd/{name}.der"), identity.certificate.der());
    }
    let mut draft = OfdDraft::small();
    draft.seal(Version::V4, &Signing::default(), &user, &maker);
    let folder = "/Doc_0/Signs/Sign_0";
    let record = format!("{folder}/Signature.xml");
    for path in [
        "/OFD.xml",
        "/D/D.xml",
        "/D/P.xml",
        &format!("{folder}/Seal.esl"),
        &record,
    ] {
        let name = path.rsplit('/').next().unwrap();
        put(&format!("pki/ofd/{name}"), draft.get(path).unwrap());
    }
    let value = format!("{folder}/SignedValue.dat");
    let parts = ["/D/S.xml", &record, &value].map(|path| draft.get(path).unwrap());
    put("corpus/ofd/parts", &parts.join(&0));
    let bare = [parts[0], parts[1], &user.key.sign(parts[1])];
    put("corpus/ofd/parts-bare", &bare.join(&0));
    let cms = user.cms(parts[1]);
    put(
        "corpus/ofd/parts-signed-data",
        &[parts[0], parts[1], &cms[..]].join(&0),
    );
    put("corpus/ofd/package", &draft.write());
    let mut zip = draft.zip();
    zip.is_zip64 = true;
    zip.before = b"PKbefore".to_vec();
    zip.behind = b"behind".to_vec();
    put("corpus/ofd/package-zip64", &zip.write());
    let mut zip = draft.zip();
    for entry in &mut zip.entries {
        (entry.is_deflated, entry.is_described) = (false, true);
    }
    zip.entries.push(ZipEntry::new("D/a/", ""));
    put("corpus/ofd/package-stored", &zip.write());
    put("corpus/ofd/package-whole", &OfdDraft::new().write());
}

#[test]
fn what_else_there_is_is_counted_once() {
    let (user, maker, _) = people();
    let mut draft = OfdDraft::new();
    let signing = Signing::default();
    draft.seal(Version::V4, &signing, &user, &maker);
    let strange = Options::at(NOW).national(true);
    let counts = |verdict: &Verdict<OfdDetails>| {
        let counted = |text: &str| text.matches("另有").count();
        let own = &verdict.details.signatures[0].summary;
        (counted(&verdict.summary.zh), counted(&own.zh))
    };
    // Neither maker nor issuer is known.
    let once = judged(&draft.write(), &strange);
    assert_eq!(counts(&once), (1, 1), "{:?}", once.summary);
    assert_eq!(
        once.summary, once.details.signatures[0].summary,
        "one signature is the file"
    );
    // And parts beside that.
    let mut changed = draft.clone();
    changed.set("/Doc_0/a.csv", b"1,3");
    changed.set("/Doc_0/Pages/Page_0/Content.xml", b"<ofd:Page/>");
    let changed = judged(&changed.write(), &strange);
    assert_eq!(counts(&changed), (1, 1), "{:?}", changed.summary);
    draft.seal(Version::V4, &signing, &user, &maker);
    let twice = judged(&draft.write(), &strange);
    assert_eq!(counts(&twice), (1, 1), "{:?}", twice.summary);
}

#[test]
fn a_value_that_is_damaged_is_that_signatures_alone() {
    let (user, maker, options) = people();
    let mut draft = OfdDraft::new();
    draft.seal(Version::V4, &Signing::default(), &user, &maker);
    draft.seal(Version::V4, &Signing::default(), &user, &maker);
    let good = judged(&draft.write(), &options);
    assert!(good.valid, "{:?}", good.findings);
    let mut zip = draft.zip();
    let mut values = zip.entries.iter_mut().filter(|entry| {
        let name = String::from_utf8_lossy(&entry.name);
        name.ends_with("Sign_1/SignedValue.dat")
    });
    let value = values.next().unwrap();
    value.declared = Some(u32::try_from(value.content.len()).unwrap() + 1);
    let damaged = judged(&zip.write(), &options);
    assert_eq!(of(&damaged, 1), ["ofd-unreadable"]);
    let each = damaged.details.signatures.iter().map(|one| one.valid);
    assert_eq!(each.collect::<Vec<_>>(), [true, false]);
    assert_eq!(damaged.outcome, Outcome::Wrong);
}

#[test]
fn who_seals_again_hears_of_a_seal_that_does_not_hold() {
    let (draft, _) = sealed(&Signing::default());
    assert!(!ofd_has_broken_signature(&*OfdDraft::new().write()));
    assert!(!ofd_has_broken_signature(&*draft.write()));
    let mut changed = draft;
    let page = "/Doc_0/Pages/Page_0/Content.xml";
    let content = String::from_utf8(changed.get(page).unwrap().to_vec()).unwrap();
    changed.set(page, format!("{content} ").as_bytes());
    assert!(ofd_has_broken_signature(&*changed.write()));
}

#[test]
fn a_seal_whose_claimed_time_can_not_be_is_told() {
    let (draft, options) = sealed(&Signing::default());
    let late = judged(&draft.write(), &options);
    assert!(!codes(&late.findings).contains(&"claimed-time-later"));
    let early = judged(&draft.write(), &options.as_of(NOW.plus(-7 * 86_400)));
    assert!(codes(&early.findings).contains(&"claimed-time-later"));
}

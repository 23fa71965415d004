//! Hostile lists and records of signatures.

use super::*;
use crate::testing::{OfdDraft, Signing, Zip};

/// What a package comes to.
fn code(bytes: &[u8]) -> (&'static str, String) {
    match Package::open(bytes).and_then(|package| read(&package)) {
        Ok(read) => {
            let findings = read.signatures.iter().flat_map(|signed| &signed.findings);
            let mut codes = findings
                .chain(&read.findings)
                .map(|finding| finding.error.code());
            (codes.next().unwrap_or("good"), String::new())
        }
        Err(error) => (error.code(), error.to_string()),
    }
}

fn with(path: &str, content: &str) -> Vec<u8> {
    let mut draft = OfdDraft::small();
    draft.sign(&Signing::default(), None, |_, _| b"value".to_vec());
    assert_eq!(code(&draft.write()), ("good", String::new()));
    draft.set(path, content.as_bytes());
    draft.write()
}

fn list_of(count: usize) -> String {
    let record = |at: usize| format!("<Signature ID='{at}' BaseLoc='/S{at}.xml'/>");
    format!(
        "<Signatures>{}</Signatures>",
        (0..count).map(record).collect::<String>()
    )
}

#[test]
fn hostile_parts_give_a_code() {
    let deep = "<OFD>".repeat(100_000);
    let entity =
        "<!DOCTYPE OFD [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><OFD>&b;</OFD>";
    let many = format!(
        "<Document><Pages>{}</Pages></Document>",
        "<Page/>".repeat(1_000_000)
    );
    let references = "<Reference FileRef='/OFD.xml'/>".repeat(250_000);
    let references = format!(
        "<Signature><SignedInfo><References>{references}</References></SignedInfo></Signature>"
    );
    let stamps = "<StampAnnot/>".repeat(20_000);
    let stamps = format!("<Signature><SignedInfo><References/>{stamps}</SignedInfo></Signature>");
    let record = "/Doc_0/Signs/Sign_0/Signature.xml";
    for (path, content, expected, reason) in [
        ("/OFD.xml", deep.as_str(), "ofd-unreadable", "too deep"),
        ("/OFD.xml", entity, "ofd-unreadable", "document type"),
        ("/OFD.xml", "", "ofd-unreadable", "ends too early"),
        ("/OFD.xml", "<OFD/>", "ofd-unreadable", "no document"),
        (
            "/OFD.xml",
            "<OFD><DocBody><DocRoot>../../D.xml</DocRoot></DocBody></OFD>",
            "ofd-unreadable",
            "no document",
        ),
        ("/D/D.xml", &many, "ofd-unreadable", "too many elements"),
        (
            "/D/D.xml",
            "<Document><Pages><Page BaseLoc='../../x'/></Pages></Document>",
            "ofd-unreadable",
            "nowhere",
        ),
        (
            "/D/S.xml",
            &list_of(1000),
            "ofd-unreadable",
            "too many signatures",
        ),
        // These are of one signature, and the rest of the file is read.
        (record, &references, "ofd-unreadable", ""),
        (record, &stamps, "ofd-unreadable", ""),
        (record, "<Signature/>", "ofd-unreadable", ""),
        (record, &deep, "ofd-unreadable", ""),
        (
            record,
            "<Signature><SignedInfo><References/></SignedInfo></Signature>",
            "ofd-digest-weak",
            "",
        ),
    ] {
        let (code, said) = code(&with(path, content));
        assert_eq!(code, expected, "{path}: {said}");
        assert!(said.contains(reason), "{path}: {said}");
    }
}

#[test]
fn many_signatures_of_many_parts_are_refused() {
    let mut zip = Zip::default();
    let entry =
        "<OFD><DocBody><DocRoot>D.xml</DocRoot><Signatures>S.xml</Signatures></DocBody></OFD>";
    let mut add = |name: &str, content: &str| {
        zip.entries
            .push(crate::testing::ZipEntry::new(name, content));
    };
    add("OFD.xml", entry);
    add("D.xml", "<Document/>");
    add("S.xml", &list_of(200));
    for at in 0..20_001 {
        add(&format!("p/{at}"), "");
    }
    let (code, said) = code(&zip.write());
    assert_eq!(code, "ofd-unreadable");
    assert!(said.contains("too many signatures for its parts"), "{said}");
}

#[test]
fn versions_that_name_each_other_end() {
    for (count, expected) in [(60, "ofd-not-signed"), (5_000, "ofd-unreadable")] {
        let versions = "<Version BaseLoc='V.xml'/>".repeat(count);
        let entry = format!(
            "<OFD><DocBody><DocRoot>D.xml</DocRoot><Versions>{versions}</Versions></DocBody></OFD>"
        );
        let bytes = Zip::of(&[
            ("OFD.xml", entry.as_bytes()),
            ("D.xml", b"<Document/>"),
            (
                "V.xml",
                b"<DocVersion><DocRoot>D.xml</DocRoot></DocVersion>",
            ),
        ])
        .write();
        assert_eq!(code(&bytes).0, expected);
    }
    let bodies = "<DocBody><DocRoot>D.xml</DocRoot></DocBody>".repeat(100);
    let bytes = Zip::of(&[
        ("OFD.xml", format!("<OFD>{bodies}</OFD>").as_bytes()),
        ("D.xml", b"<Document/>"),
    ])
    .write();
    assert_eq!(code(&bytes).0, "ofd-unreadable");
}

#[test]
fn resources_in_which_graphics_stand_are_seen() {
    let code_with = |units: &str| {
        let mut draft = OfdDraft::small();
        let document = "<Document><CommonData><PublicRes>R.xml</PublicRes></CommonData><Pages><Page ID='1' BaseLoc='P.xml'/></Pages></Document>";
        draft.set("/D/D.xml", document.as_bytes());
        draft.set("/D/R.xml", format!("<Res>{units}</Res>").as_bytes());
        let signing = Signing {
            left_out: vec!["/D/R.xml"],
            ..Signing::default()
        };
        draft.sign(&signing, None, |_, _| b"value".to_vec());
        code(&draft.write()).0
    };
    assert_eq!(code_with("<Fonts/>"), "ofd-resource-not-covered");
    let text = "<TextObject ID='3' Boundary='0 0 9 9' Font='1' Size='4'><TextCode>900</TextCode></TextObject>";
    for units in [
        format!(
            "<CompositeGraphicUnits><CompositeGraphicUnit ID='2'><Content>{text}</Content></CompositeGraphicUnit></CompositeGraphicUnits>"
        ),
        format!(
            "<DrawParams><DrawParam ID='2'><FillColor><Pattern Width='9' Height='9'><CellContent>{text}</CellContent></Pattern></FillColor></DrawParam></DrawParams>"
        ),
    ] {
        assert_eq!(code_with(&units), "ofd-content-not-covered", "{units}");
    }
}

/// With another profile what is black can be white.
#[test]
fn a_profile_of_colours_is_what_pages_are_drawn_with() {
    let mut draft = OfdDraft::small();
    let document = "<Document><CommonData><PublicRes>R.xml</PublicRes></CommonData><Pages><Page ID='1' BaseLoc='P.xml'/></Pages></Document>";
    draft.set("/D/D.xml", document.as_bytes());
    let resources = "<Res BaseLoc='Res'><ColorSpaces><ColorSpace ID='2' Type='RGB' Profile='a.icc'/></ColorSpaces></Res>";
    draft.set("/D/R.xml", resources.as_bytes());
    draft.set("/D/Res/a.icc", b"profile");
    let signing = Signing {
        left_out: vec!["/D/Res/a.icc"],
        ..Signing::default()
    };
    draft.sign(&signing, None, |_, _| b"value".to_vec());
    assert_eq!(code(&draft.write()).0, "ofd-resource-not-covered");
}

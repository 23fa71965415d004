//! Seals that are set on OFD here, judged by the verdict, and by another reader of ZIP.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read};
use yinxin_documents::ofd::Package;
use yinxin_documents::ofd::coverage::State;
use yinxin_documents::ofd::seal::{Placement, Prepared, Setting, prepare};
use yinxin_documents::testing::{OfdDraft, Zip, sample, sealed};
use yinxin_pki::seal::{Seal, Users, Version};
use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain, seal_draft};
use yinxin_verify::{Error, Form, OfdDetails, Options, Verdict, verify_ofd};

struct People {
    user: Identity,
    seal: Seal,
    options: Options,
}

fn people() -> People {
    let (root, issuing, user) = chain(TestKey::sm2(1));
    let maker = issuing.issue(TestKey::sm2(2), &Profile::unit());
    let options = Options::at(NOW)
        .anchors(root.pem().as_bytes())
        .and_then(|options| options.intermediates(issuing.pem().as_bytes()))
        .and_then(|options| options.makers(maker.pem().as_bytes()))
        .unwrap();
    let users = Users::Certificates(vec![user.certificate.der().to_vec()]);
    let seal = seal_draft(Version::V4, users)
        .sign(&maker.certificate, |bytes| Ok(maker.key.sign(bytes)))
        .unwrap();
    People {
        user,
        seal,
        options,
    }
}

fn setting<'a>(
    seal: Option<&'a Seal>,
    placement: &'a Placement,
    to_be_continued: bool,
) -> Setting<'a> {
    Setting {
        document: 0,
        seal: seal.map(|seal| (seal.der(), 40.0, 40.0)),
        placement,
        time: NOW,
        to_be_continued,
        provider: ("tests", "1"),
    }
}

impl People {
    fn set(
        &self,
        file: &[u8],
        placement: &Placement,
        to_be_continued: bool,
    ) -> Result<Vec<u8>, Error> {
        let package = Package::open(file).unwrap();
        let prepared = prepare(
            &package,
            &setting(Some(&self.seal), placement, to_be_continued),
        )?;
        let value = sealed(&self.seal, &prepared.signed, &prepared.path, &self.user);
        Ok(written(&prepared, &package, &value))
    }

    fn judged(&self, file: &[u8]) -> Verdict<OfdDetails> {
        verify_ofd(file, &self.options).unwrap()
    }
}

fn written(prepared: &Prepared, package: &Package<'_, [u8]>, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    prepared
        .write(package, value, &mut |piece| out.extend_from_slice(piece))
        .unwrap();
    out
}

fn unsigned() -> OfdDraft {
    let mut draft = OfdDraft::new();
    let entry = String::from_utf8(draft.get("/OFD.xml").unwrap().to_vec()).unwrap();
    let without = entry.replace(
        "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>",
        "",
    );
    assert_ne!(without, entry);
    draft.set("/OFD.xml", without.as_bytes());
    draft
}

fn corner() -> Placement {
    Placement::Pages(vec![(2, 150.0, 200.25)])
}

#[test]
fn a_seal_that_is_set_holds_and_covers_every_part() {
    let people = people();
    let file = people.set(&unsigned().write(), &corner(), true).unwrap();
    let verdict = people.judged(&file);
    assert!(verdict.valid, "{:?}", verdict.findings);
    let [signature] = &verdict.details.signatures[..] else {
        panic!("one signature");
    };
    let signed = &signature.signed;
    assert!(signed.open.is_empty(), "{:?}", signed.open);
    assert!(signed.covered.iter().all(|part| part.state == State::Same));
    let listed = signed.listed.as_ref().unwrap();
    assert_eq!(listed.id, "s001");
    let [stamp] = &listed.stamps[..] else {
        panic!("one stamp");
    };
    let boundary = stamp.boundary.unwrap();
    assert_eq!(
        (stamp.page, boundary.x, boundary.y),
        (Some(2), 150.0, 200.25)
    );
    assert_eq!(listed.provider.name.as_deref(), Some("tests"));
    assert_eq!(listed.time.as_deref(), Some("20261122150405Z"));
    let sealing = signature.seal.as_ref().unwrap();
    assert_eq!(sealing.property_info(), listed.path);
}

#[test]
fn earlier_signatures_hold_until_one_allows_none_behind_it() {
    let people = people();
    let mut file = unsigned().write();
    for count in 1..=4 {
        file = people.set(&file, &corner(), count < 4).unwrap();
        let verdict = people.judged(&file);
        assert!(verdict.valid, "{count}: {:?}", verdict.findings);
        assert_eq!(verdict.details.signatures.len(), count);
        let ids = verdict
            .details
            .signatures
            .iter()
            .map(|one| one.signed.listed.as_ref().unwrap());
        let mut ids: Vec<_> = ids
            .flat_map(|one| [one.id.clone(), one.stamps[0].id.clone()])
            .collect();
        ids.dedup();
        assert_eq!(ids.len(), 2 * count, "{ids:?}");
    }
    assert_eq!(
        people.set(&file, &corner(), true).unwrap_err(),
        Error::OfdSealedFinally {}
    );
}

#[test]
fn samples_of_makers_are_sealed_once_more_and_their_own_seals_hold() {
    let people = people();
    for (name, expected) in [
        ("seals/SESV4SignDoc.ofd", Ok(())),
        ("seals/DigitalSign.ofd", Ok(())),
        ("ofd/999.ofd", Ok(())),
        ("ofd/h.ofd", Err(Error::OfdSealedFinally {})),
    ] {
        let Some(bytes) = sample(name) else { return };
        let placement = Placement::Pages(vec![(1, 10.0, 10.0)]);
        let file = people.set(&bytes, &placement, true);
        assert_eq!(
            file.as_ref().map(drop).map_err(Clone::clone),
            expected,
            "{name}"
        );
        let Ok(file) = file else { continue };
        let verdict = people.judged(&file);
        let [former, own] = &verdict.details.signatures[..] else {
            panic!("two signatures");
        };
        assert!(own.valid, "{name}: {:?}", verdict.findings);
        assert!(
            former
                .signed
                .covered
                .iter()
                .all(|part| part.state == State::Same),
            "{name}"
        );
        assert!(own.signed.open.is_empty(), "{name}: {:?}", own.signed.open);
        same_entries(&bytes, &file);
    }
}

/// That parts lie in a file as they lay in another, byte by byte, by another reader of ZIP; but for those that a signature
/// has to write.
fn same_entries(former: &[u8], file: &[u8]) {
    let mut former = zip::ZipArchive::new(Cursor::new(former)).unwrap();
    let mut now = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    now.validate_header_consistency().unwrap();
    for index in 0..former.len() {
        let raw = |archive: &mut zip::ZipArchive<Cursor<&[u8]>>, index: usize| {
            let mut bytes = Vec::new();
            let mut entry = archive.by_index_raw(index).unwrap();
            entry.read_to_end(&mut bytes).unwrap();
            (
                entry.name().unwrap().into_owned(),
                entry.crc32(),
                entry.last_modified(),
                bytes,
            )
        };
        let own = raw(&mut former, index);
        if own.0.ends_with("Signatures.xml") || own.0 == "OFD.xml" {
            continue;
        }
        let at = now.index_for_name(&own.0).unwrap();
        assert_eq!(raw(&mut now, at), own);
    }
    for index in 0..now.len() {
        std::io::copy(&mut now.by_index(index).unwrap(), &mut std::io::sink()).unwrap();
    }
}

#[test]
fn packages_of_every_kind_are_copied_as_they_lie() {
    let people = people();
    let whole = unsigned().zip();
    let with = |change: &dyn Fn(&mut Zip)| {
        let mut zip = whole.clone();
        change(&mut zip);
        zip.write()
    };
    for file in [
        with(&|zip| zip.is_zip64 = true),
        with(&|zip| zip.before = b"MZ".to_vec()),
        with(&|zip| zip.behind = b"\0\0".to_vec()),
        with(&|zip| {
            zip.entries
                .iter_mut()
                .for_each(|entry| entry.is_described = true)
        }),
        with(&|zip| {
            zip.entries
                .iter_mut()
                .for_each(|entry| entry.is_deflated = false)
        }),
        with(&|zip| zip.entries[3].gap = b"gap".to_vec()),
        with(&|zip| zip.entries.reverse()),
    ] {
        let sealed = people.set(&file, &corner(), true).unwrap();
        let verdict = people.judged(&sealed);
        assert!(verdict.valid, "{:?}", verdict.findings);
        // Bytes that belong to no part are left behind.
        assert!(Package::open(&sealed[..]).unwrap().findings().is_empty());
        same_entries(&file, &sealed);
    }
}

#[test]
fn a_seal_over_all_pages_has_a_slice_on_each() {
    let people = people();
    let file = people
        .set(&unsigned().write(), &Placement::Straddling(100.0), true)
        .unwrap();
    let verdict = people.judged(&file);
    assert!(verdict.valid, "{:?}", verdict.findings);
    let listed = verdict.details.signatures[0]
        .signed
        .listed
        .as_ref()
        .unwrap();
    let slices: Vec<_> = listed
        .stamps
        .iter()
        .map(|stamp| {
            let (boundary, clip) = (stamp.boundary.unwrap(), stamp.clip.unwrap());
            (
                stamp.page.unwrap(),
                boundary.x,
                boundary.y,
                clip.x,
                clip.width,
                clip.height,
            )
        })
        .collect();
    // A page is 210 mm wide, the seal 40.
    assert_eq!(
        slices,
        [
            (1, 190.0, 100.0, 0.0, 20.0, 40.0),
            (2, 170.0, 100.0, 20.0, 20.0, 40.0)
        ]
    );
}

#[test]
fn a_signature_without_a_seal_is_set_too() {
    let people = people();
    let file = unsigned().write();
    let package = Package::open(&file[..]).unwrap();
    let prepared = prepare(&package, &setting(None, &Placement::Unseen, true)).unwrap();
    let value = people.user.cms(&prepared.signed);
    let verdict = people.judged(&written(&prepared, &package, &value));
    assert!(verdict.valid, "{:?}", verdict.findings);
    assert_eq!(verdict.details.signatures[0].form, Some(Form::SignedData));
}

#[test]
fn a_place_that_is_none_is_refused() {
    let people = people();
    let file = unsigned().write();
    for placement in [
        Placement::Pages(vec![]),
        Placement::Pages(vec![(0, 1.0, 1.0)]),
        Placement::Pages(vec![(3, 1.0, 1.0)]),
        Placement::Pages(vec![(1, f64::NAN, 1.0)]),
        Placement::Pages(vec![(1, 1.0, 1e9)]),
        Placement::Straddling(f64::INFINITY),
    ] {
        let refused = people.set(&file, &placement, true).unwrap_err();
        assert_eq!(refused.code(), "placement-refused", "{placement:?}");
    }
    let one = OfdDraft::small();
    assert_eq!(
        people
            .set(&one.write(), &Placement::Straddling(1.0), true)
            .unwrap_err()
            .code(),
        "placement-refused"
    );
}

#[test]
#[ignore = "writes target/ofd, for other readers: see CONTRIBUTING.md"]
fn for_other_readers() {
    let people = people();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/ofd");
    std::fs::create_dir_all(&folder).unwrap();
    let corner = Placement::Pages(vec![(1, 20.0, 30.0)]);
    for name in ["seals/SESV4SignDoc.ofd", "ofd/999.ofd"] {
        let Some(bytes) = sample(name) else { return };
        let file = people.set(&bytes, &corner, true).unwrap();
        let name = name.rsplit('/').next().unwrap();
        std::fs::write(folder.join(name), file).unwrap();
    }
    let draft = unsigned().write();
    std::fs::write(
        folder.join("one.ofd"),
        people.set(&draft, &corner, true).unwrap(),
    )
    .unwrap();
    let straddling = people
        .set(&draft, &Placement::Straddling(100.0), true)
        .unwrap();
    std::fs::write(folder.join("straddling.ofd"), straddling).unwrap();
}

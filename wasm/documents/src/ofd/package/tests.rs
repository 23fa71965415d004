//! Packages of every kind, and hostile ones.

use super::*;
use crate::testing::{Zip, ZipEntry, sample};

const OFD: &[u8] = b"<OFD/>";

fn open(bytes: &[u8]) -> Result<Package<'_, [u8]>, Error> {
    Package::open(bytes)
}

/// The reason for which a package is refused, and of which part.
fn refusal(zip: &Zip) -> (String, String) {
    let bytes = zip.write();
    let read = open(&bytes).and_then(|package| {
        let names: Vec<_> = package.names().map(str::to_owned).collect();
        names
            .iter()
            .try_for_each(|name| package.read(name).map(drop))
    });
    match read.unwrap_err() {
        Error::OfdUnreadable { part, reason } => (part, reason),
        other => (String::new(), other.to_string()),
    }
}

/// What is found about a package: place and number of bytes.
fn found(zip: &Zip) -> Vec<(String, u32)> {
    let bytes = zip.write();
    let package = open(&bytes).unwrap();
    assert_eq!(package.read("/OFD.xml").unwrap().as_deref(), Some(OFD));
    let findings = package.findings().iter();
    let told = findings.map(|finding| match finding.error {
        Error::OfdBytesOutside { count } => (finding.place.clone().unwrap(), count),
        ref other => panic!("{other}"),
    });
    told.collect()
}

fn two() -> Zip {
    Zip::of(&[("OFD.xml", OFD), ("Doc_0/Document.xml", b"<Document/>")])
}

#[test]
fn parts_are_read_by_their_absolute_paths() {
    let content: Vec<u8> = (0..200_000_u32)
        .flat_map(|n| n.wrapping_mul(n).to_le_bytes())
        .collect();
    let mut zip = two();
    zip.entries
        .push(ZipEntry::new("Doc_0/Res/大.bin", content.clone()));
    zip.entries.push(ZipEntry::new("Doc_0/Res/", ""));
    for (is_deflated, is_described, is_zip64) in [
        (true, false, false),
        (true, true, false),
        (false, false, true),
        (false, true, false),
    ] {
        zip.is_zip64 = is_zip64;
        for entry in &mut zip.entries {
            (entry.is_deflated, entry.is_described) = (is_deflated, is_described);
        }
        let bytes = zip.write();
        let package = open(&bytes).unwrap();
        let names: Vec<_> = package.names().collect();
        assert_eq!(
            names,
            ["/Doc_0/Document.xml", "/Doc_0/Res/大.bin", "/OFD.xml"]
        );
        assert_eq!(package.read("/Doc_0/Res/大.bin").unwrap().unwrap(), content);
        assert_eq!(package.size("/OFD.xml"), Some(6));
        assert_eq!(package.read("/ofd.xml").unwrap(), None);
        assert!(!package.has("/Doc_0/Res"));
        assert!(package.findings().is_empty());
        assert_eq!(
            package
                .locate("/Doc_0/Document.xml", "Res/大.bin")
                .as_deref(),
            Some("/Doc_0/Res/大.bin")
        );
        assert_eq!(
            package.locate("/Doc_0/Document.xml", "OFD.xml").as_deref(),
            Some("/OFD.xml")
        );
        assert_eq!(package.locate("/Doc_0/Document.xml", "A.xml"), None);
    }
}

#[test]
fn samples_are_read_whole() {
    for (name, count) in [
        ("seals/SESV4SignDoc.ofd", 8),
        ("seals/DigitalSign.ofd", 7),
        ("ofd/999.ofd", 24),
        ("ofd/h.ofd", 14),
        ("ofd/n.ofd", 9),
    ] {
        let Some(bytes) = sample(name) else { return };
        let package = open(&bytes).unwrap();
        let names: Vec<_> = package.names().collect();
        assert_eq!(names.len(), count, "{name}: {names:?}");
        for part in names {
            let read = package.read(part).unwrap().unwrap();
            assert_eq!(package.size(part), Some(read.len() as u64));
        }
        assert!(
            package.findings().is_empty(),
            "{name}: {:?}",
            package.findings()
        );
    }
}

#[test]
fn bytes_that_belong_to_no_part_are_told() {
    assert_eq!(found(&two()), []);
    let mut zip = two();
    zip.before = b"MZ, a program".to_vec();
    assert_eq!(found(&zip), [("package.before".into(), 13)]);
    zip.counts_before = true;
    assert_eq!(found(&zip), [("package.before".into(), 13)]);
    zip = two();
    zip.entries[0].gap = b"hidden".to_vec();
    assert_eq!(found(&zip), [("package.between".into(), 6)]);
    zip = two();
    zip.gap = vec![0; 3];
    assert_eq!(found(&zip), [("package.between".into(), 3)]);
    zip = two();
    zip.behind = b"\r\n".to_vec();
    assert_eq!(found(&zip), [("package.behind".into(), 2)]);
    // A comment belongs to the package by its definition, and shows nowhere.
    zip = two();
    zip.comment = b"made by".to_vec();
    assert_eq!(found(&zip), []);
}

#[test]
fn what_lets_programs_see_different_parts_is_refused() {
    let check = |change: &dyn Fn(&mut Zip), part: &str, reason: &str| {
        let mut zip = two();
        change(&mut zip);
        assert_eq!(refusal(&zip), (part.into(), reason.into()));
    };
    let rename = |name: &str| {
        let name = name.as_bytes().to_vec();
        move |zip: &mut Zip| zip.entries[1].name = name.clone()
    };
    check(&rename("OFD.xml"), "/OFD.xml", "is there twice");
    check(&rename("ofd.XML"), "/ofd.XML", "is there twice");
    check(&rename("OFD.xml/a"), "/OFD.xml", "is a folder and a part");
    for name in [
        "../OFD.xml",
        "/OFD.xml",
        "a/../OFD.xml",
        "./a",
        "a//b",
        "a\\b",
        "a\0b",
        "",
        "C:\\a",
    ] {
        check(
            &rename(name),
            &format!("/{name}"),
            "is no name that a part can have",
        );
    }
    let elsewhere = "is another where it lies than in the directory";
    check(
        &|zip| zip.entries[0].local_name = Some(b"OFE.xml".into()),
        "/OFD.xml",
        elsewhere,
    );
    let unicode_path = [b"\x75\x70\x09\x00\x01".as_slice(), &[0; 4], b"a.xml"].concat();
    check(
        &|zip| zip.entries[0].extra = unicode_path.clone(),
        "/OFD.xml",
        "has two names",
    );
    check(&|zip| zip.entries[0].flags = 1, "/OFD.xml", "is encrypted");
    check(
        &|zip| zip.entries[0].declared = Some(7),
        "/OFD.xml",
        NOT_AS_DECLARED,
    );
    check(
        &|zip| zip.entries[0].declared = Some(5),
        "/OFD.xml",
        NOT_AS_DECLARED,
    );
    check(
        &|zip| zip.entries[0].declared = Some(1 << 20),
        "/OFD.xml",
        NOT_AS_DECLARED,
    );
    check(
        &|zip| zip.comment = two().write(),
        PACKAGE,
        "has two directories",
    );
    check(
        &|zip| zip.behind = two().write(),
        PACKAGE,
        "has two directories",
    );
    check(&|zip| zip.gap = two().write(), PACKAGE, "has two ends");
    check(
        &|zip| zip.entries.push(ZipEntry::new("a/", "b")),
        "/a",
        "is a folder with bytes in it",
    );
}

#[test]
fn a_package_within_a_part_is_content() {
    let mut zip = two();
    let mut entry = ZipEntry::new("Doc_0/Attachs/a.ofd", two().write());
    entry.is_deflated = false;
    zip.entries.push(entry);
    assert_eq!(found(&zip), []);
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let mut zip = two();
    let part = ZipEntry::new("a", vec![0; MAX_OFD_PART_BYTES as usize + 1]);
    zip.entries.push(part.clone());
    let bytes = zip.write();
    let package = open(&bytes).unwrap();
    let limit = MAX_OFD_PART_BYTES;
    assert_eq!(
        package.read("/a").unwrap_err(),
        Error::OfdTooLarge { limit }
    );
    // Its digest takes no room.
    let mut count = 0;
    assert!(
        package
            .stream("/a", &mut |piece| count += piece.len())
            .unwrap()
    );
    assert_eq!(count, limit as usize + 1);
    // As often as parts may name each other, but not without end.
    let all = std::iter::repeat_with(|| package.stream("/a", &mut |_| ()));
    let read = all.take_while(Result::is_ok).count();
    assert!((3..6).contains(&read), "{read}");

    for name in ["b", "c", "d"] {
        let mut more = part.clone();
        more.name = name.into();
        zip.entries.push(more);
    }
    let limit = MAX_OFD_UNPACKED_BYTES;
    assert_eq!(
        open(&zip.write()).unwrap_err(),
        Error::OfdTooLarge { limit }
    );
}

#[test]
fn parts_that_lie_in_each_other_are_refused() {
    // Both entries of the directory point to the first part.
    let mut zip = two();
    zip.entries[1] = ZipEntry::new("OFE.xml", OFD);
    let mut bytes = zip.write();
    let second = bytes
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02")
        .unwrap();
    bytes[second + 42..second + 46].fill(0);
    assert!(
        open(&bytes)
            .unwrap_err()
            .to_string()
            .contains("another where it lies")
    );
    let name = bytes
        .windows(7)
        .rposition(|window| window == b"OFE.xml")
        .unwrap();
    bytes[name..name + 7].copy_from_slice(b"OFD.xml");
    assert!(
        open(&bytes)
            .unwrap_err()
            .to_string()
            .contains("is there twice")
    );
    // A part whose data are the next part, header and all.
    let mut inner = ZipEntry::new("b", "content");
    inner.is_deflated = false;
    let whole = Zip {
        entries: vec![inner.clone()],
        ..Zip::default()
    }
    .write();
    let header = whole
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    let mut outer = ZipEntry::new("a", &whole[..header]);
    outer.is_deflated = false;
    let mut bytes = Zip {
        entries: vec![outer, inner],
        ..Zip::default()
    }
    .write();
    let second = bytes
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02")
        .unwrap();
    bytes[second + 42..second + 46].copy_from_slice(&31_u32.to_le_bytes());
    assert!(
        open(&bytes)
            .unwrap_err()
            .to_string()
            .contains("lie in each other")
    );
}

#[test]
fn no_cut_and_no_changed_byte_of_the_structure_goes_unseen() {
    let mut zip = two();
    zip.entries[1].is_described = true;
    let bytes = zip.write();
    for end in 0..bytes.len() {
        assert!(open(&bytes[..end]).is_err(), "{end}");
    }
    let read = |bytes: &[u8]| -> Result<Vec<_>, Error> {
        let package = open(bytes)?;
        let read = package.names().map(|name| {
            let content = package.read(name)?.unwrap();
            Ok((name.to_owned(), content))
        });
        read.collect()
    };
    let whole = read(&bytes).unwrap();
    for position in 0..bytes.len() {
        for mask in [1, 0x20, 0x80] {
            let mut changed = bytes.clone();
            changed[position] ^= mask;
            // Versions, times and attributes say nothing of the parts; a name that is changed in both places is another.
            if let Ok(other) = read(&changed) {
                assert_eq!(other, whole, "{position}");
            }
        }
    }
}

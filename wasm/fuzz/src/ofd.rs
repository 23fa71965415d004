//! What must hold of any OFD. Keys and signed file are those of `pki/ofd`, written by
//! `cargo test -p yinxin-verify --features documents --test ofd seeds -- --ignored`.

use std::collections::BTreeSet;
use yinxin_documents::ofd::Package;
use yinxin_documents::ofd::coverage::{self, State};
use yinxin_documents::ofd::location::resolve;
use yinxin_documents::testing::Zip;
use yinxin_pki::hash::{sha256, sm3};
use yinxin_proto::time::UnixTime;
use yinxin_verify::{Error, Options, verify_ofd};

/// The input is a package; or, if it does not begin as one, Signatures.xml, Signature.xml and its value, parted by NUL, of
/// the document that is signed in `pki/ofd`.
pub fn run(input: &[u8]) {
    if input.starts_with(b"PK") {
        package(input);
        return;
    }
    let mut pieces = input.splitn(3, |octet| *octet == 0);
    let mut next = || pieces.next().unwrap_or_default();
    let (list, record, value) = (next(), next(), next());
    let parts: &[(&str, &[u8])] = &[
        ("OFD.xml", include_bytes!("../pki/ofd/OFD.xml")),
        ("D/D.xml", include_bytes!("../pki/ofd/D.xml")),
        ("D/P.xml", include_bytes!("../pki/ofd/P.xml")),
        ("D/S.xml", list),
        ("Doc_0/Signs/Sign_0/Signature.xml", record),
        ("Doc_0/Signs/Sign_0/SignedValue.dat", value),
        (
            "Doc_0/Signs/Sign_0/Seal.esl",
            include_bytes!("../pki/ofd/Seal.esl"),
        ),
    ];
    package(&Zip::of(parts).write());
}

fn package(bytes: &[u8]) {
    let Ok(package) = Package::open(bytes) else {
        return;
    };
    let names: Vec<&str> = package.names().collect();
    let folded: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(folded.len(), names.len(), "a name is there twice");
    for name in &names {
        assert_eq!(
            resolve("/", name).as_deref(),
            Some(*name),
            "a name is no path"
        );
        if let Ok(read) = package.read(name) {
            let size = read.map(|part| part.len() as u64);
            assert_eq!(size, package.size(name));
        }
    }
    let Ok(read) = coverage::read(&package) else {
        return;
    };
    for signed in &read.signatures {
        let Ok(signature) = &signed.listed else {
            continue;
        };
        for (covered, reference) in signed.covered.iter().zip(&signature.references) {
            if covered.state == State::Same {
                let part = package.read(&covered.path).expect("it was read");
                let part = part.expect("it is there");
                assert!(
                    [sm3(&part), sha256(&part)]
                        .contains(&reference.digest[..].try_into().expect("a digest"))
                );
            }
        }
        for open in &signed.open {
            assert!(package.has(&open.path));
            assert!(
                signature
                    .references
                    .iter()
                    .all(|reference| reference.path != open.path)
            );
        }
    }
    let options = Options::at(NOW)
        .anchors(ROOT)
        .and_then(|options| options.intermediates(ISSUING))
        .and_then(|options| options.makers(MAKER))
        .expect("pki is readable");
    let verdict = match verify_ofd(bytes, &options) {
        // It reads more than coverage does.
        Err(Error::OfdTooLarge { .. }) => return,
        verdict => verdict.expect("it was read"),
    };
    if verdict.valid {
        for signature in &verdict.details.signatures {
            let listed = signature.signed.listed.as_ref().expect("it is valid");
            let record = package.read(&listed.path).expect("it was read");
            assert_eq!(record.as_deref(), Some(RECORD), "another record is signed");
            assert!(
                signature
                    .signed
                    .covered
                    .iter()
                    .all(|part| part.state == State::Same)
            );
            assert!(signature.signed.open.iter().all(|part| !part.is_seen));
        }
    }
}

const ROOT: &[u8] = include_bytes!("../pki/ofd/root.der");
const ISSUING: &[u8] = include_bytes!("../pki/ofd/issuing.der");
const MAKER: &[u8] = include_bytes!("../pki/ofd/maker.der");
/// The Signature.xml that the unit signed.
const RECORD: &[u8] = include_bytes!("../pki/ofd/Signature.xml");

/// A time at which all of it is valid: 2026-11-22T15:04:05Z.
const NOW: UnixTime = UnixTime(1_795_359_845);

//! The table of national anchors, `wasm/pki/src/trust/national/table.rs`, from the certificates of
//! the national root and the operating CAs that it lists.
//!
//! `cargo xtask anchors FOLDER --listed YYYY-MM-DD` writes it. `cargo xtask anchors FOLDER --check`
//! compares, under the date that the table has. The folder holds `ROOTCA.pem` and the CAs'
//! certificates as `*.crt`.

use anyhow::{Context, Result, bail, ensure};
use der::asn1::ObjectIdentifier;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use yinxin_pki::asn1::{self, hex, tag};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::key::PublicKey;
use yinxin_pki::oid;
use yinxin_pki::sm2::DEFAULT_ID;
use yinxin_pki::trust::national::{Domain, LISTED_ON};
use yinxin_proto::time::UnixTime;

/// Writes the table, or with `--check` fails if it differs.
pub fn run(args: &[String]) -> Result<ExitCode> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (folder, listed_on) = match args[..] {
        [folder, "--check"] | ["--check", folder] => (folder, LISTED_ON),
        [folder, "--listed", date] => (folder, date),
        _ => bail!("anchors FOLDER --listed YYYY-MM-DD, or anchors FOLDER --check"),
    };
    let is_date = listed_on.len() == 10 && UnixTime::parse(listed_on).is_some();
    ensure!(is_date, "{listed_on} is no date");
    let text = table(Path::new(folder), listed_on)?;
    let path = crate::root().join(TABLE);
    if args.contains(&"--check") {
        let found = fs::read_to_string(&path)?;
        ensure!(found == text, "{TABLE} is not as made from {folder}");
    } else {
        fs::write(&path, text)?;
        println!("generated {TABLE}");
    }
    Ok(ExitCode::SUCCESS)
}

const TABLE: &str = "wasm/pki/src/trust/national/table.rs";

fn table(folder: &Path, listed_on: &str) -> Result<String> {
    let read = |path: &Path| -> Result<Certificate> {
        let name = path.display();
        let bytes = fs::read(path).with_context(|| format!("{name} can't be read"))?;
        Certificate::parse(&bytes).map_err(|error| anyhow::anyhow!("{name}: {error:?}"))
    };
    let root = read(&folder.join("ROOTCA.pem"))?;
    ensure!(
        Domain::of_root(root.subject()) == Some(Domain::NationalSm2)
            && root.verify_issued_by(&root, DEFAULT_ID).is_ok(),
        "ROOTCA.pem is not the national root"
    );
    // By domain, then serial number.
    let mut rows = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "crt") {
            continue;
        }
        let certificate = read(&path)?;
        let name = path.display();
        ensure!(certificate.is_ca(), "{name} is no CA's");
        let Some(domain) = Domain::of_root(certificate.issuer()) else {
            bail!("{name} is of no national root: {}", certificate.issuer());
        };
        if domain == Domain::NationalSm2 {
            certificate
                .verify_issued_by(&root, DEFAULT_ID)
                .map_err(|_| anyhow::anyhow!("{name} does not verify under ROOTCA"))?;
        }
        let row = row(&certificate, domain).with_context(|| format!("{name}"))?;
        let before = rows.insert((domain, certificate.serial().to_vec()), row);
        ensure!(before.is_none(), "{name} is there twice");
    }
    let mut text = HEADER.to_owned();
    writeln!(text, "/// The day of the list.")?;
    writeln!(text, "pub const LISTED_ON: &str = {listed_on:?};\n")?;
    writeln!(text, "#[rustfmt::skip]")?;
    let count = rows.len() + 1;
    writeln!(text, "pub(super) static TABLE: [Listed; {count}] = [")?;
    text += &row(&root, Domain::NationalSm2)?;
    text.extend(rows.into_values());
    text += "];\n";
    Ok(text)
}

fn row(certificate: &Certificate, domain: Domain) -> Result<String> {
    ensure!(
        matches!(certificate.key(), Ok(PublicKey::Sm2(_))),
        "no SM2 key"
    );
    let mut subject = Vec::new();
    for (oid, text) in certificate.subject().iter() {
        let (_, name) = OIDS
            .iter()
            .find(|(known, _)| *known == oid)
            .with_context(|| format!("{oid} has no name here"))?;
        subject.push(format!("(oid::{name}, {text:?})"));
    }
    // A SubjectPublicKeyInfo ends with its point.
    let Some((_, &[0x04, ref coordinates @ ..])) = certificate.spki().split_last_chunk::<65>()
    else {
        bail!("no uncompressed point");
    };
    let (x, y) = coordinates.split_at(32);
    let form = 0x02 | (y[31] & 1);
    let key_identifier = match certificate
        .extensions()
        .iter()
        .find(|extension| extension.oid == oid::SUBJECT_KEY_IDENTIFIER)
    {
        None => "None".to_owned(),
        Some(extension) => {
            let identifier = asn1::single(&extension.value, tag::OCTET_STRING, "an OCTET STRING")
                .map_err(|error| anyhow::anyhow!("subjectKeyIdentifier: {error:?}"))?;
            format!("Some({})", bytes(identifier.value))
        }
    };
    let time = |time: UnixTime| format!("UnixTime({}), // {time}", time.0);
    Ok(format!(
        "    Listed {{\n        \
         domain: Domain::{domain:?},\n        \
         subject: &[{}],\n        \
         point: unhex(\"{form:02x}{}\"),\n        \
         not_before: {}\n        \
         not_after: {}\n        \
         serial: {},\n        \
         key_identifier: {key_identifier},\n    \
         }},\n",
        subject.join(", "),
        hex(x),
        time(certificate.not_before()),
        time(certificate.not_after()),
        bytes(certificate.serial()),
    ))
}

fn bytes(bytes: &[u8]) -> String {
    format!("&unhex::<{}>(\"{}\")", bytes.len(), hex(bytes))
}

const OIDS: &[(ObjectIdentifier, &str)] = &[
    (oid::COMMON_NAME, "COMMON_NAME"),
    (oid::COUNTRY, "COUNTRY"),
    (oid::EMAIL, "EMAIL"),
    (oid::LOCALITY, "LOCALITY"),
    (oid::ORGANIZATION, "ORGANIZATION"),
    (oid::ORGANIZATIONAL_UNIT, "ORGANIZATIONAL_UNIT"),
    (oid::PROVINCE, "PROVINCE"),
    (oid::USER_ID, "USER_ID"),
];

const HEADER: &str = "\
//! Generated by `cargo xtask anchors` (xtask/src/anchors.rs). Don't edit: a test compares it with
//! the certificates.
//!
//! Source: the CA certificates of the operating CAs that the Chinese national root lists as
//! normal on the day below, and the root's own (C=CN, O=NRCAC, CN=ROOTCA). The certificates of
//! `Domain::NationalSm2` were verified under the root's key; those of the other domains were not,
//! since their roots are not at hand. No certificate's bytes are in it: names, points, times,
//! serial numbers and key identifiers are facts.

use super::{Domain, Listed, unhex};
use crate::oid;
use yinxin_proto::time::UnixTime;

";

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// The certificates of the shared test data, if they are there.
    fn certificates() -> Option<PathBuf> {
        let data = std::env::var_os("YINXIN_TEST_DATA")
            .map_or_else(|| crate::root().join("../shared/data"), PathBuf::from);
        let folder = data.join("ca-national");
        if !folder.is_dir() {
            eprintln!("skipped: no test data at {}", folder.display());
            return None;
        }
        Some(folder)
    }

    #[test]
    fn the_table_is_as_made() {
        let Some(folder) = certificates() else { return };
        let found = fs::read_to_string(crate::root().join(TABLE)).unwrap();
        assert_eq!(found, table(&folder, LISTED_ON).unwrap());
    }

    #[test]
    fn a_ca_that_the_root_did_not_sign_is_refused() {
        let Some(from) = certificates() else { return };
        let folder = std::env::temp_dir().join(format!("yinxin-anchors-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::copy(from.join("ROOTCA.pem"), folder.join("ROOTCA.pem")).unwrap();
        let listed = fs::read(from.join("3C4AF5224F0F36A491AEB7313030F9AC.crt")).unwrap();
        let mut der = Certificate::parse(&listed).unwrap().der().to_vec();
        let file = folder.join("ca.crt");
        fs::write(&file, &der).unwrap();
        let good = table(&folder, "2026-02-15").unwrap();
        assert_eq!(good.matches("    Listed {").count(), 2);
        // The end of a certificate is its signature's.
        *der.last_mut().unwrap() ^= 1;
        fs::write(&file, &der).unwrap();
        let error = table(&folder, "2026-02-15").unwrap_err().to_string();
        assert!(error.ends_with("does not verify under ROOTCA"), "{error}");
        fs::remove_dir_all(&folder).unwrap();
    }
}

//! The licences of what others wrote and is handed out within something of ours.

use crate::run::{command, output};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What `cargo tree` names, with these arguments, of the crates of others: name, version, and licence (SPDX).
///
/// # Errors
/// If cargo fails.
pub fn crates(arguments: &[&str]) -> Result<Vec<(String, String, String)>> {
    let told = output(
        command("cargo")
            .args(["tree", "--edges=normal", "--prefix=none", "--no-dedupe"])
            .arg("--format={p}\t{l}")
            .args(arguments),
    )?;
    let mut crates: Vec<_> = told
        .lines()
        .filter_map(|line| {
            let (package, licence) = line.split_once('\t')?;
            let mut words = package.split_whitespace();
            let (name, version) = (words.next()?, words.next()?.trim_start_matches('v'));
            let ours = name.starts_with("yinxin");
            (!ours).then(|| (name.to_owned(), version.to_owned(), licence.to_owned()))
        })
        .collect();
    crates.sort();
    crates.dedup();
    Ok(crates)
}

/// The notices of what is in a Wasm module: each crate with its licence, and the texts of the licences, each once.
///
/// # Errors
/// If cargo fails, or a crate has no text of its licence.
pub fn of(arguments: &[&str]) -> Result<String> {
    let arguments = [arguments, &["--target=wasm32-unknown-unknown"]].concat();
    let metadata = output(command("cargo").args(["metadata", "--format-version=1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let mut list = String::from(
        "What others wrote and is part of this package, with its licences (SPDX):\n\n",
    );
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, version, licence) in crates(&arguments)? {
        writeln!(list, "{name} {version}: {licence}")?;
        let manifest = packages
            .iter()
            .find(|package| package["name"] == *name && package["version"] == *version)
            .and_then(|package| package["manifest_path"].as_str())
            .context("a crate without a manifest")?;
        for text in licence_texts(Path::new(manifest))? {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by(|a, b| a.1.cmp(&b.1));
    for (text, names) in texts {
        write!(
            list,
            "\n{}\n\n{}\n\n{text}\n",
            "-".repeat(80),
            names.join(", ")
        )?;
    }
    Ok(list)
}

/// The texts beside a manifest: of several licences to choose from the shortest, MIT, if it is among them.
fn licence_texts(manifest: &Path) -> Result<Vec<String>> {
    let folder = manifest.parent().context("a manifest without a folder")?;
    let mut names: Vec<String> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            let upper = name.to_uppercase();
            ["LICENSE", "LICENCE", "COPYING", "UNLICENSE"]
                .iter()
                .any(|head| upper.starts_with(head))
        })
        .collect();
    names.sort();
    if let Some(mit) = names
        .iter()
        .find(|name| name.to_uppercase().contains("MIT"))
    {
        names = vec![mit.clone()];
    }
    let mut texts = Vec::new();
    for name in names {
        let path = folder.join(name);
        if path.is_file() {
            texts.push(fs::read_to_string(path)?.trim().replace("\r\n", "\n"));
        }
    }
    Ok(texts)
}

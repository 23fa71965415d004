//! Whose work is in what ships, and by which licences: for bills of materials, for the texts that go along, and for `npm run check`.

use crate::run::{command, output};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A crate or npm package that is in what ships.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    name: String,
    version: String,
    /// SPDX.
    licence: String,
    /// `cargo` or `npm`, as package URLs have it.
    registry: &'static str,
    /// Where it lies here, with its licences' texts.
    folder: PathBuf,
}

impl Part {
    /// As a component of CycloneDX 1.5.
    #[must_use]
    pub fn component(&self) -> Value {
        let Self { name, version, .. } = self;
        serde_json::json!({
            "type": "library",
            "name": name,
            "version": version,
            "purl": format!("pkg:{}/{name}@{version}", self.registry),
            "licenses": [{ "expression": self.licence }],
        })
    }
}

/// The crates that become the programs: the host and the command line, on whatever system.
///
/// # Errors
/// Those of cargo.
pub fn of_programs() -> Result<Vec<Part>> {
    crates(&["--package=yinxin-host", "--target=all"])
}

/// The crates and npm packages that become the extension, as it was built last.
///
/// # Errors
/// Those of cargo, or where the extension is not built.
pub fn of_extension() -> Result<Vec<Part>> {
    let mut parts = crates(&[
        "--package=yinxin-wasm",
        "--features=all,documents,sheet",
        "--target=wasm32-unknown-unknown",
    ])?;
    let bundled = fs::read_to_string(crate::root().join("extension/dist/packages.json"))
        .context("the extension is not built")?;
    for name in serde_json::from_str::<Vec<String>>(&bundled)? {
        let folder = crate::root().join("node_modules").join(&name);
        let told: Value = serde_json::from_str(&fs::read_to_string(folder.join("package.json"))?)?;
        let text = |key: &str| Some(told.get(key)?.as_str()?.to_owned());
        let licence = text("license").with_context(|| format!("{name} has no licence"))?;
        if !is_allowed(&licence, &allowed()?) {
            bail!("{name} ships, and deny.toml allows no {licence}");
        }
        parts.push(Part {
            version: text("version").unwrap_or_default(),
            registry: "npm",
            name,
            licence,
            folder,
        });
    }
    parts.sort();
    Ok(parts)
}

/// The crates that become a Wasm module, of a package and its features as cargo takes them.
///
/// # Errors
/// Those of cargo.
pub fn of_module(package: &[&str]) -> Result<Vec<Part>> {
    crates(&[package, &["--target=wasm32-unknown-unknown"]].concat())
}

/// The crates that a build of packages takes, but for ours and those that only run while it is built.
fn crates(arguments: &[&str]) -> Result<Vec<Part>> {
    let known = output(command("cargo").args(["metadata", "--format-version=1", "--locked"]))?;
    let known: Value = serde_json::from_str(&known)?;
    let known = known["packages"]
        .as_array()
        .context("cargo knows no packages")?;
    let told = output(
        command("cargo")
            .args(["tree", "--locked", "--edges=normal,no-proc-macro"])
            .args(["--prefix=none", "--no-dedupe", "--format={p}\t{l}"])
            .args(arguments),
    )?;
    let mut parts = Vec::new();
    for line in told.lines() {
        let (package, licence) = line.split_once('\t').unwrap_or((line, ""));
        let mut words = package.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            continue;
        };
        let version = version.trim_start_matches('v');
        if name.starts_with("yinxin") {
            continue;
        }
        let manifest = known
            .iter()
            .find(|one| one["name"] == name && one["version"] == version)
            .and_then(|one| one["manifest_path"].as_str());
        let folder = manifest.and_then(|path| Path::new(path).parent());
        parts.push(Part {
            name: name.to_owned(),
            version: version.to_owned(),
            // Older crates write a stroke for it.
            licence: licence.replace('/', " OR "),
            registry: "cargo",
            folder: folder
                .with_context(|| format!("{name} lies nowhere"))?
                .to_owned(),
        });
    }
    parts.sort();
    parts.dedup();
    Ok(parts)
}

/// The names of all parts with their licences, and the texts of these: each once, with whom it is of.
///
/// # Errors
/// Where a text can't be read.
pub fn texts(parts: &[Part]) -> Result<String> {
    let mut out = String::from(
        "What others wrote that is in this, with its licences (SPDX). Their texts follow.\n\n",
    );
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in parts {
        let name = format!("{} {}", part.name, part.version);
        out.push_str(&format!("{name}: {}\n", part.licence));
        let mut files: Vec<_> = fs::read_dir(&part.folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()?;
        files.retain(|path| is_licence(path));
        files.sort();
        // Of those to choose from, the shortest.
        if part.licence.split(" OR ").any(|one| one == "MIT")
            && let Some(mit) = files.iter().find(|path| is_licence_of_mit(path))
        {
            files = vec![mit.clone()];
        }
        for path in files {
            let text = String::from_utf8_lossy(&fs::read(&path)?).replace('\r', "");
            texts
                .entry(text.trim().to_owned())
                .or_default()
                .push(name.clone());
        }
    }
    for (text, names) in texts {
        out.push_str(&format!(
            "\n{}\n{}\n\n{text}\n",
            "─".repeat(80),
            names.join(", ")
        ));
    }
    Ok(out)
}

fn is_licence(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    let begins = ["license", "licence", "copying", "copyright", "notice"];
    path.is_file() && begins.iter().any(|begin| name.starts_with(begin))
}

fn is_licence_of_mit(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.to_ascii_uppercase().contains("MIT")
}

/// The licences that deny.toml allows.
fn allowed() -> Result<Vec<String>> {
    let text = fs::read_to_string(crate::root().join("deny.toml"))?;
    let rules: toml_edit::DocumentMut = text.parse()?;
    let list = rules["licenses"]["allow"]
        .as_array()
        .context("no licences")?;
    let names = list
        .iter()
        .filter_map(|name| Some(name.as_str()?.to_owned()));
    Ok(names.collect())
}

/// Whether an expression (SPDX) can be met by licences of a list. What npm packages write has no more than “or”.
fn is_allowed(expression: &str, list: &[String]) -> bool {
    let bare = expression.trim_matches(['(', ')']);
    bare.split(" OR ")
        .any(|one| list.iter().any(|name| name == one))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_is_in_the_programs_is_told_with_its_licences() {
        let parts = of_programs().unwrap();
        let named = |name: &str| parts.iter().any(|part| part.name == name);
        assert!(named("serde") && named("winreg"));
        // What only runs while they are built, and what is ours.
        assert!(!named("serde_derive") && !named("yinxin-pki"));
        let texts = texts(&parts).unwrap();
        for text in ["Apache License", "THE SOFTWARE IS PROVIDED"] {
            assert!(texts.contains(text), "{text}");
        }
    }

    /// Those of tools, of which nothing ships.
    const OF_TOOLS: [&str; 4] = ["0BSD", "BSD-2-Clause", "CC0-1.0", "MPL-2.0"];

    #[test]
    fn npm_packages_have_licences_that_are_known() {
        let lock = fs::read_to_string(crate::root().join("package-lock.json")).unwrap();
        let lock: Value = serde_json::from_str(&lock).unwrap();
        let list = [allowed().unwrap(), OF_TOOLS.map(str::to_owned).into()].concat();
        assert!(list.len() > OF_TOOLS.len());
        for (path, told) in lock["packages"].as_object().unwrap() {
            // The first is this project.
            let licence = told["license"].as_str().unwrap_or_default();
            let is_fine = path.is_empty() || is_allowed(licence, &list);
            assert!(is_fine, "{path}: {licence}");
        }
        assert!(is_allowed("(BSD-3-Clause OR GPL-2.0)", &list));
        assert!(!is_allowed("GPL-2.0", &list) && !is_allowed("", &list));
    }
}

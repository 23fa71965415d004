//! The Wasm packages: cargo builds the modules, `wasm-bindgen` (as a library, pinned by Cargo.lock)
//! makes the JavaScript around them, `wasm-opt` from npm's binaryen shrinks them. What a package exports
//! is that JavaScript behind the door of `wasm/edge/door.js`.

use crate::run::{command, release_cargo, step};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

const BUILT: &str = "target/wasm32-unknown-unknown/wasm";
const PACKAGES: &str = "wasm/pkg";
const DOOR: &str = "wasm/edge/door.js";

/// A module, and the packages that are made of it.
struct Module {
    /// Its crate.
    package: &'static str,
    /// Names its files.
    name: &'static str,
    description: &'static str,
    /// Values that an argument may have at most: the longest order has ten in each item, a table a million cells.
    max_values: u32,
    /// Folders under `wasm/pkg`, with the name of each npm package.
    packages: &'static [(Target, &'static str, &'static str)],
}

#[derive(Clone, Copy, PartialEq)]
enum Target {
    Web,
    Node,
}

const MODULES: &[Module] = &[
    Module {
        package: "yinxin-wasm",
        name: "yinxin",
        description: "Certificates, SM2, login proofs, CMS and fees of Yinxin, as WebAssembly",
        max_values: 200_000,
        packages: &[
            (Target::Web, "web", "@yinxin/core-web"),
            (Target::Node, "node", "@yinxin/core"),
        ],
    },
    Module {
        package: "yinxin-fees",
        name: "yinxin_fees",
        description: "Fees of Yinxin alone, as WebAssembly",
        max_values: 200_000,
        packages: &[(Target::Web, "fees", "@yinxin/fees")],
    },
    Module {
        package: "yinxin-sheet",
        name: "yinxin_sheet",
        description: "Lists as spreadsheets, as WebAssembly",
        max_values: 2_000_000,
        packages: &[(Target::Web, "sheet", "@yinxin/sheet")],
    },
];

/// Builds what lies under `wasm/pkg`, as far as it does not come from the same modules already.
pub fn build() -> Result<()> {
    let packages = MODULES
        .iter()
        .map(|module| format!("--package={}", module.package));
    step(
        "building the Wasm modules",
        release_cargo()
            .args([
                "build",
                "--quiet",
                "--target=wasm32-unknown-unknown",
                "--profile=wasm",
            ])
            .args(packages),
    )?;
    MODULES.iter().try_for_each(make)
}

fn make(module: &Module) -> Result<()> {
    let root = crate::root();
    let built = root
        .join(BUILT)
        .join(format!("{}.wasm", module.package.replace('-', "_")));
    let bytes = fs::read(&built).with_context(|| format!("{} can't be read", built.display()))?;
    let door = fs::read_to_string(root.join(DOOR))?;
    let digest: String = Sha256::new_with_prefix(&bytes)
        .chain_update(&door)
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let folder = |name: &str| root.join(PACKAGES).join(name);
    let stamp = folder(&format!(".{}.stamp", module.name));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == digest) {
        return Ok(());
    }
    // Only the JavaScript around it differs between packages, so the module is optimised once.
    let mut optimised: Option<(Vec<u8>, PathBuf)> = None;
    for &(target, name, npm) in module.packages {
        package(module, &built, &folder(name), target, npm)?;
        put_door(module, &folder(name), target, &door)?;
        let file = folder(name).join(module.file());
        let bound = fs::read(&file)?;
        if let Some((same, first)) = &optimised {
            if *same != bound {
                bail!("wasm-bindgen makes different modules of {}", module.name);
            }
            fs::copy(first, &file)?;
            continue;
        }
        step(
            &format!("optimising {}", module.file()),
            command("node_modules/.bin/wasm-opt")
                // Higher levels make it larger after compression: -Os by 16 kB of 190.
                .args(["-O1", "-o"])
                .arg(&file)
                .arg(&file),
        )?;
        optimised = Some((bound, file));
    }
    fs::write(stamp, digest)?;
    Ok(())
}

impl Module {
    /// The name of the Wasm file in its packages.
    fn file(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// What wasm-bindgen makes, which only the door imports.
    fn glue(&self) -> String {
        format!("{}_glue.js", self.name)
    }
}

/// Moves what wasm-bindgen made behind the door.
fn put_door(module: &Module, folder: &Path, target: Target, door: &str) -> Result<()> {
    let script = folder.join(format!("{}.js", module.name));
    let glue = fs::read_to_string(&script)?;
    fs::rename(&script, folder.join(module.glue()))?;
    let from = format!("./{}", module.glue());
    let limit = module.max_values;
    let text = match target {
        Target::Node => {
            // So written, Node and bundlers see the names of a CommonJS module.
            let names = glue.lines().filter_map(|line| {
                let (name, _) = line.strip_prefix("exports.")?.split_once(" = ")?;
                is_public(name).then(|| format!("exports.{name} = door.{name};\n"))
            });
            let names: String = names.collect();
            format!("{door}\nconst door = guarded(require({from:?}), {limit});\n{names}")
        }
        Target::Web => {
            // What an ES module exports stands in its text.
            let names: Vec<&str> = glue.lines().filter_map(exported).collect();
            let names = names.join(", ");
            format!(
                "import * as glue from {from:?};\nexport {{ default, initSync }} from {from:?};\n{door}\n\
                 export const {{ {names} }} = guarded(glue, {limit});\n"
            )
        }
    };
    fs::write(&script, text)?;
    // The way to a fresh instance is the door's alone.
    let types = folder.join(format!("{}.d.ts", module.name));
    let declared = fs::read_to_string(&types)?;
    let kept = declared
        .lines()
        .filter(|line| !line.contains("__wbg_reset_state") && !line.contains("function start()"))
        .flat_map(|line| [line, "\n"]);
    fs::write(&types, kept.collect::<String>())?;
    Ok(())
}

/// The name that a line of an ES module exports to callers.
fn exported(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("export ")?;
    let rest = ["function ", "class "]
        .iter()
        .find_map(|kind| rest.strip_prefix(kind))?;
    let end = rest.find(['(', ' '])?;
    let name = &rest[..end];
    is_public(name).then_some(name)
}

/// Whether a name is for callers: not what wasm-bindgen keeps for itself, nor what runs by itself.
fn is_public(name: &str) -> bool {
    !name.starts_with("__") && name != "start"
}

fn package(module: &Module, built: &Path, folder: &Path, target: Target, npm: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(built)
        .out_name(module.name)
        .typescript(true)
        .reset_state_function(true)
        .omit_default_module_path(true);
    match target {
        Target::Web => bindgen.web(true)?,
        Target::Node => bindgen.nodejs(true)?,
    };
    bindgen
        .generate(folder)
        .with_context(|| format!("wasm-bindgen for {}", folder.display()))?;
    let module_type = match target {
        Target::Web => "module",
        Target::Node => "commonjs",
    };
    let (script, types) = (
        format!("{}.js", module.name),
        format!("{}.d.ts", module.name),
    );
    let description = serde_json::json!({
        "name": npm,
        "version": env!("CARGO_PKG_VERSION"),
        "description": module.description,
        "license": "MIT OR Apache-2.0",
        "type": module_type,
        "main": script,
        "types": types,
        "files": [script, types, module.glue(), module.file(), format!("{}.d.ts", module.file())],
        "sideEffects": [format!("./{script}"), format!("./{}", module.glue())],
    });
    let text = serde_json::to_string_pretty(&description)?;
    fs::write(folder.join("package.json"), text + "\n")?;
    Ok(())
}

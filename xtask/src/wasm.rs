//! The Wasm package: cargo builds the module, `wasm-bindgen` (as a library, pinned by Cargo.lock)
//! makes the JavaScript around it, `wasm-opt` from npm's binaryen shrinks it.

use crate::run::{command, release_cargo, step};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

const MODULE: &str = "target/wasm32-unknown-unknown/wasm/yinxin_wasm.wasm";
const PACKAGES: &str = "wasm/pkg";
const NAME_OF_MODULE: &str = "yinxin_bg.wasm";

/// Builds `wasm/pkg/node` and `wasm/pkg/web`, unless they come from the same module already.
pub fn build() -> Result<()> {
    step(
        "building the Wasm core",
        release_cargo().args([
            "build",
            "--quiet",
            "--package=yinxin-wasm",
            "--target=wasm32-unknown-unknown",
            "--profile=wasm",
        ]),
    )?;
    let root = crate::root();
    let module = root.join(MODULE);
    let bytes = fs::read(&module).with_context(|| format!("{} can't be read", module.display()))?;
    let digest: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let packages = root.join(PACKAGES);
    let stamp = packages.join(".stamp");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == digest) {
        return Ok(());
    }
    let web = packages.join("web");
    let node = packages.join("node");
    package(&module, &web, Target::Web)?;
    package(&module, &node, Target::Node)?;
    // Only the JavaScript around it differs, so the module is optimised once.
    let (web_module, node_module) = (web.join(NAME_OF_MODULE), node.join(NAME_OF_MODULE));
    if fs::read(&web_module)? != fs::read(&node_module)? {
        bail!("wasm-bindgen makes different modules for web and Node");
    }
    step(
        "optimising the Wasm core",
        command("node_modules/.bin/wasm-opt")
            // Higher levels make it larger after compression: -Os by 16 kB of 190.
            .args(["-O1", "-o"])
            .arg(&web_module)
            .arg(&web_module),
    )?;
    fs::copy(&web_module, &node_module)?;
    fs::write(stamp, digest)?;
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Target {
    Web,
    Node,
}

fn package(module: &Path, folder: &Path, target: Target) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("yinxin")
        .typescript(true)
        .omit_default_module_path(true);
    match target {
        Target::Web => bindgen.web(true)?,
        Target::Node => bindgen.nodejs(true)?,
    };
    bindgen
        .generate(folder)
        .with_context(|| format!("wasm-bindgen for {}", folder.display()))?;
    let (name, module_type) = match target {
        Target::Web => ("@yinxin/core-web", "module"),
        Target::Node => ("@yinxin/core", "commonjs"),
    };
    let description = serde_json::json!({
        "name": name,
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Certificates, SM2, login proofs and CMS of Yinxin, as WebAssembly",
        "license": "MIT OR Apache-2.0",
        "type": module_type,
        "main": "yinxin.js",
        "types": "yinxin.d.ts",
        "files": ["yinxin.js", "yinxin.d.ts", NAME_OF_MODULE, "yinxin_bg.wasm.d.ts"],
        "sideEffects": ["./yinxin.js"],
    });
    let text = serde_json::to_string_pretty(&description)?;
    fs::write(folder.join("package.json"), text + "\n")?;
    Ok(())
}

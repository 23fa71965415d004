//! The Wasm packages: cargo builds the modules, `wasm-bindgen` (as a library, pinned by Cargo.lock)
//! makes the JavaScript around them, `wasm-opt` from npm's binaryen shrinks them. What a package exports
//! is that JavaScript behind the door of `wasm/bindings/door.js`.
//!
//! Which parts of WebAssembly the modules may use is decided here ([`FEATURES`]), and each module is validated with
//! these alone.

use crate::run::{command, release_cargo_with, step};
use crate::{generate, licences};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use walrus::{FunctionBuilder, FunctionKind, Module as Parsed};
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{BinaryReader, Parser, Payload, Validator, WasmFeatures};

const BUILT: &str = "target/wasm32-unknown-unknown/wasm";
const PACKAGES: &str = "wasm/pkg";
const DOOR: &str = "wasm/bindings/door.js";
const CRATE: &str = "yinxin-wasm";

/// What the modules may use beyond the first version of WebAssembly: what the oldest browsers of the pages have
/// (`www/targets.mjs`). Each with the name that LLVM and wasm-opt know it by, and the first Chromium and Firefox with it.
/// Not among them, though Rust turns them on: reference types (96, 79) and multi-value (85, 78).
const FEATURES: &[(&str, WasmFeatures)] = &[
    // 74, 61
    ("mutable-globals", WasmFeatures::MUTABLE_GLOBAL),
    // 74, 62
    ("sign-ext", WasmFeatures::SIGN_EXTENSION),
    // 75, 64
    ("nontrapping-fptoint", WasmFeatures::SATURATING_FLOAT_TO_INT),
    // 75, 79
    ("bulk-memory", WasmFeatures::BULK_MEMORY),
];

/// A module, and the packages that are made of it.
struct Module {
    /// The feature of [`CRATE`] that makes it.
    feature: &'static str,
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
    /// For Node inside of a package for the web: under `node`, with the module of that.
    NodeBeside,
}

const MODULES: &[Module] = &[
    Module {
        feature: "all",
        name: "yinxin",
        description: "Certificates, SM2, login proofs, CMS and fees of Yinxin, as WebAssembly",
        max_values: 200_000,
        packages: &[(Target::Web, "web", "@yinxin/core-web")],
    },
    Module {
        feature: "node",
        name: "yinxin",
        description: "Certificates, SM2, login proofs, CMS, OFD and fees of Yinxin, as WebAssembly",
        max_values: 200_000,
        packages: &[(Target::Node, "node", "@yinxin/core")],
    },
    Module {
        feature: "verify",
        name: "yinxin_verify",
        description: "Verifies certificates, logins, CMS and electronic seals of Chinese PKI, as WebAssembly",
        max_values: 200_000,
        packages: &[
            (Target::Web, "verify", "@yinxin/verify"),
            (Target::NodeBeside, "verify/node", "@yinxin/verify"),
        ],
    },
    Module {
        feature: "documents",
        name: "yinxin_documents",
        description: "Verifies signed documents of Chinese PKI, and all that @yinxin/verify verifies, as WebAssembly",
        max_values: 200_000,
        packages: &[
            (Target::Web, "documents", "@yinxin/documents"),
            (Target::NodeBeside, "documents/node", "@yinxin/documents"),
        ],
    },
    Module {
        feature: "fees",
        name: "yinxin_fees",
        description: "Fees of Yinxin alone, as WebAssembly",
        max_values: 200_000,
        packages: &[
            (Target::Web, "fees", "@yinxin/fees"),
            (Target::NodeBeside, "fees/node", "@yinxin/fees"),
        ],
    },
    Module {
        feature: "sheet",
        name: "yinxin_sheet",
        description: "Lists as spreadsheets, as WebAssembly",
        max_values: 2_000_000,
        packages: &[(Target::Web, "sheet", "@yinxin/sheet")],
    },
];

/// Builds what lies under `wasm/pkg`, as far as it does not come from the same modules already; of all modules, if none is
/// named.
pub fn build(named: &[String]) -> Result<()> {
    let is_known = |name: &&String| MODULES.iter().any(|module| module.feature == **name);
    if let Some(other) = named.iter().find(|name| !is_known(name)) {
        bail!("{other}? There is no such module");
    }
    let is_asked =
        |module: &&Module| named.is_empty() || named.iter().any(|name| name == module.feature);
    // While one is optimised, the next is compiled.
    thread::scope(|scope| {
        let mut making = Vec::new();
        for module in MODULES.iter().filter(is_asked) {
            let built = compile(module)?;
            making.push(scope.spawn(move || make(module, &built)));
        }
        for module in making {
            match module.join() {
                Ok(made) => made?,
                Err(_) => bail!("the making of a module has no end"),
            }
        }
        Ok(())
    })
}

/// A module as rustc makes it. All are made of one crate, each with one of its features.
fn compile(module: &Module) -> Result<Vec<u8>> {
    let feature = module.feature;
    step(
        &format!("building the Wasm module of {feature}"),
        release_cargo_with(target_flags()).args([
            "build",
            "--quiet",
            "--target=wasm32-unknown-unknown",
            "--profile=wasm",
            &format!("--package={CRATE}"),
            &format!("--features={feature}"),
        ]),
    )?;
    let name = format!("{}.wasm", CRATE.replace('-', "_"));
    let built = crate::root().join(BUILT).join(name);
    fs::read(&built).with_context(|| format!("{} can't be read", built.display()))
}

fn make(module: &Module, bytes: &[u8]) -> Result<()> {
    let root = crate::root();
    let door = fs::read_to_string(root.join(DOOR))?;
    let declarations = generate::package(module.feature);
    let digest: String = Sha256::new_with_prefix(bytes)
        .chain_update(&door)
        .chain_update(&declarations)
        .chain_update(format!("{FEATURES:?}{ENDS:?}{DOOR_TYPES}"))
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let folder = |name: &str| root.join(PACKAGES).join(name);
    for &(target, name, npm) in module.packages {
        if target != Target::NodeBeside {
            papers(module, &folder(name), npm)?;
        }
    }
    let stamp = folder(&format!(".{}.stamp", module.feature));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == digest) {
        return Ok(());
    }
    // Only the JavaScript around it differs between packages, so the module is optimised once.
    let mut optimised: Option<(Vec<u8>, PathBuf)> = None;
    for &(target, name, npm) in module.packages {
        package(
            module,
            without_words_of_panics(&without_others(bytes.to_vec())?)?,
            &folder(name),
            target,
            npm,
        )?;
        put_door(module, &folder(name), target, &door, &declarations)?;
        if target == Target::NodeBeside {
            entries(module, &folder(module.web()))?;
        } else {
            let named = [
                format!("--package={CRATE}"),
                format!("--features={}", module.feature),
            ];
            let notices = licences::texts(&licences::of_module(&[&named[0], &named[1]])?)?;
            fs::write(folder(name).join("THIRD-PARTY.txt"), notices)?;
        }
        let file = folder(name).join(module.file());
        let bound = fs::read(&file)?;
        if let Some((same, first)) = &optimised {
            if *same != bound {
                bail!("wasm-bindgen makes different modules of {}", module.name);
            }
            if target == Target::NodeBeside {
                fs::remove_file(&file)?;
            } else {
                fs::copy(first, &file)?;
            }
            continue;
        }
        step(
            &format!("optimising {}", module.file()),
            command("node_modules/.bin/wasm-opt")
                // Higher levels make it larger after compression: -Os by 16 kB of 190.
                .args(["-O1", "--mvp-features"])
                .args(FEATURES.iter().map(|(name, _)| opt_flag(name)))
                // What is put together for a function that does not look at it.
                .args(["--dae-optimizing", "--vacuum"])
                .args(["--remove-unused-module-elements"])
                .args(["--strip-producers", "--strip-target-features"])
                .arg("-o")
                .arg(&file)
                .arg(&file),
        )?;
        validate(&fs::read(&file)?)
            .with_context(|| format!("{} asks for a newer browser", module.file()))?;
        optimised = Some((bound, file));
    }
    fs::write(stamp, digest)?;
    Ok(())
}

/// What tells rustc to stay within [`FEATURES`].
pub fn target_flags() -> [String; 2] {
    let features: Vec<String> = FEATURES
        .iter()
        .map(|(name, _)| format!("+{name}"))
        .collect();
    [
        "-Ctarget-cpu=mvp".to_owned(),
        format!("-Ctarget-feature={}", features.join(",")),
    ]
}

/// A module whose list of what it uses has nothing but [`FEATURES`]: wasm-bindgen goes by it, and the standard library,
/// compiled beforehand, adds all that Rust turns on. That nothing else is used in fact is what [`validate`] sees.
fn without_others(mut bytes: Vec<u8>) -> Result<Vec<u8>> {
    let mut others = Vec::new();
    for payload in Parser::new(0).parse_all(&bytes) {
        let Payload::CustomSection(section) = payload? else {
            continue;
        };
        if section.name() != "target_features" {
            continue;
        }
        let mut reader = BinaryReader::new(section.data(), section.data_offset());
        for _ in 0..reader.read_var_u32()? {
            let prefix = reader.original_position();
            reader.read_u8()?;
            let name = reader.read_string()?;
            // LLVM counts memory.copy and memory.fill as a part of their own.
            let name = name.strip_suffix("-opt").unwrap_or(name);
            if !FEATURES.iter().any(|(known, _)| *known == name) {
                others.push(prefix);
            }
        }
    }
    for prefix in others {
        bytes[prefix] = b'-';
    }
    Ok(bytes)
}

/// What the standard library calls where a program can't go on. Each puts words together, for a stream that a module does
/// not have, and traps: so they trap at once, and nobody brings them words.
const ENDS: &[&str] = &[
    "4core9panicking",
    "16slice_index_fail",
    "16slice_error_fail",
    "17len_mismatch_fail",
    "13assert_failed",
    "6option13unwrap_failed",
    "6option13expect_failed",
    "6result13unwrap_failed",
    "7raw_vec12handle_error",
    "18handle_alloc_error",
];

/// A module whose [`ENDS`] do nothing but trap. (The compiler's own way to that needs another standard library.)
fn without_words_of_panics(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = Parsed::from_buffer(bytes)?;
    let is_end = |name: &str| ENDS.iter().any(|end| name.contains(end));
    let named = module.funcs.iter_local().filter(|(id, _)| {
        let name = module.funcs.get(*id).name.as_deref().unwrap_or_default();
        is_end(name) && !name.contains("drop_in_place")
    });
    let found: Vec<_> = named.map(|(id, function)| (id, function.ty())).collect();
    ensure!(!found.is_empty(), "the compiler names its panics otherwise");
    for (id, ty) in found {
        let (takes, gives) = module.types.params_results(ty);
        let (takes, gives) = (takes.to_vec(), gives.to_vec());
        let arguments = takes.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut body = FunctionBuilder::new(&mut module.types, &takes, &gives);
        body.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(arguments));
    }
    Ok(module.emit_wasm())
}

/// Whether a module is valid with [`FEATURES`] alone.
fn validate(bytes: &[u8]) -> Result<()> {
    let features = FEATURES
        .iter()
        .fold(WasmFeatures::MVP, |all, (_, one)| all | *one);
    Validator::new_with_features(features).validate_all(bytes)?;
    Ok(())
}

/// wasm-opt's flag for a feature.
fn opt_flag(name: &str) -> String {
    let name = match name {
        "nontrapping-fptoint" => "nontrapping-float-to-int",
        other => other,
    };
    format!("--enable-{name}")
}

impl Module {
    /// The name of the Wasm file in its packages.
    fn file(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// The folder of its package for the web.
    fn web(&self) -> &'static str {
        let web = |(target, ..): &&(Target, _, _)| *target == Target::Web;
        self.packages
            .iter()
            .find(web)
            .map_or("", |package| package.1)
    }

    /// What wasm-bindgen makes, which only the door imports.
    fn glue(&self) -> String {
        format!("{}_glue.js", self.name)
    }
}

/// Moves what wasm-bindgen made behind the door.
fn put_door(
    module: &Module,
    folder: &Path,
    target: Target,
    door: &str,
    declarations: &str,
) -> Result<()> {
    let script = folder.join(format!("{}.js", module.name));
    let mut glue = fs::read_to_string(&script)?;
    if target == Target::NodeBeside {
        glue = glue.replace("${__dirname}/", "${__dirname}/../");
    }
    fs::remove_file(&script)?;
    fs::write(folder.join(module.glue()), &glue)?;
    let from = format!("./{}", module.glue());
    let limit = module.max_values;
    let text = match target {
        Target::Node | Target::NodeBeside => {
            // So written, Node and bundlers see the names of a CommonJS module.
            let names = glue.lines().filter_map(|line| {
                let (name, _) = line.strip_prefix("exports.")?.split_once(" = ")?;
                is_public(name).then(|| format!("exports.{name} = door.{name};\n"))
            });
            let names: String = names.collect();
            format!(
                "{door}\nconst door = guarded(require({from:?}), {limit});\n{names}exports.YinxinError = YinxinError;\n"
            )
        }
        Target::Web => {
            // What an ES module exports stands in its text.
            let names: Vec<&str> = glue.lines().filter_map(exported).collect();
            let names = names.join(", ");
            format!(
                "import * as glue from {from:?};\nexport {{ default, initSync }} from {from:?};\n{door}\n\
                 export const {{ {names} }} = guarded(glue, {limit});\nexport {{ YinxinError }};\n"
            )
        }
    };
    fs::write(&script, text)?;
    // The way to a fresh instance is the door's alone. What disposes is younger than many a `lib` of a caller.
    let types = folder.join(format!("{}.d.ts", module.name));
    let declared = fs::read_to_string(&types)?;
    let kept = declared
        .lines()
        .filter(|line| {
            let hidden = ["__wbg_reset_state", "function start()", "[Symbol.dispose]"];
            !hidden.iter().any(|part| line.contains(part))
        })
        .flat_map(|line| [line, "\n"]);
    fs::write(
        &types,
        kept.chain([declarations, DOOR_TYPES]).collect::<String>(),
    )?;
    Ok(())
}

/// What the door exports beside the module's functions. (The type of the same name comes from Rust.)
const DOOR_TYPES: &str = "
/**
 * Every code that there is.
 */
export type ErrorCode = CatalogueError['code'];

/**
 * The class of what is thrown: `instanceof` holds for the page library's and the other packages' too. A server may throw
 * its own, with a code of the catalogue.
 */
export const YinxinError: {
    readonly prototype: YinxinError;
    new (error: CatalogueError | { readonly code: ErrorCode }, message?: string): YinxinError;
};
";

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

fn package(
    module: &Module,
    built: Vec<u8>,
    folder: &Path,
    target: Target,
    npm: &str,
) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(module.name, built)
        .typescript(true)
        .reset_state_function(true)
        .omit_default_module_path(true);
    match target {
        Target::Web => bindgen.web(true)?,
        Target::Node | Target::NodeBeside => bindgen.nodejs(true)?,
    };
    bindgen
        .generate(folder)
        .with_context(|| format!("wasm-bindgen for {}", folder.display()))?;
    let module_type = match target {
        Target::Web => "module",
        Target::Node | Target::NodeBeside => "commonjs",
    };
    let (script, types) = (
        format!("{}.js", module.name),
        format!("{}.d.ts", module.name),
    );
    let mut description = serde_json::json!({
        "name": npm,
        "version": env!("CARGO_PKG_VERSION"),
        "description": module.description,
        "license": "MIT OR Apache-2.0",
        "repository": repository("wasm/bindings")?,
        "engines": { "node": ">=20.12" },
        "type": module_type,
        "main": script,
        "types": types,
        "files": [script, types, module.glue(), module.file(), format!("{}.d.ts", module.file()), "THIRD-PARTY.txt", "LICENSE-MIT", "LICENSE-APACHE"],
        "sideEffects": [format!("./{script}"), format!("./{}", module.glue()), "./server.js"],
    });
    let has_node = |(target, ..): &(Target, _, _)| *target == Target::NodeBeside;
    if target == Target::Web && module.packages.iter().any(has_node) {
        description["exports"] = EXPORTS.into();
        // What asks for the folder rather than for the package is Node's `require`.
        description["main"] = format!("node/{script}").into();
        description["types"] = format!("node/{types}").into();
        if let Some(files) = description["files"].as_array_mut() {
            files.extend(
                [
                    "node",
                    "server.js",
                    "server.d.ts",
                    "browser.js",
                    "browser.d.ts",
                ]
                .map(Into::into),
            );
        }
    }
    if target == Target::NodeBeside {
        // Only says which kind of modules lies in its folder.
        description = serde_json::json!({ "type": module_type, "main": script });
    }
    let text = serde_json::to_string_pretty(&description)?;
    let text = text.replace(&format!("{EXPORTS:?}"), &exports(module));
    fs::write(folder.join("package.json"), text + "\n")?;
    Ok(())
}

/// Where a package's source lies, as the root's `package.json` names the repository.
fn repository(directory: &str) -> Result<serde_json::Value> {
    let root = fs::read_to_string(crate::root().join("package.json"))?;
    let mut repository = serde_json::from_str::<serde_json::Value>(&root)?["repository"].take();
    ensure!(repository.is_object(), "package.json names no repository");
    repository["directory"] = directory.into();
    Ok(repository)
}

/// Stands for the entries of a package, whose conditions have an order, which a JSON value does not keep.
const EXPORTS: &str = "EXPORTS";

/// The entries of a package for the web and for Node: of the conditions that hold, the first counts.
fn exports(module: &Module) -> String {
    let file = module.file();
    let entry = |path: &str| format!(r#"{{ "types": "./{path}.d.ts", "default": "./{path}.js" }}"#);
    format!(
        r#"{{
    ".": {{
      "node": {{ "import": {}, "default": {} }},
      "default": {}
    }},
    "./{file}": "./{file}",
    "./package.json": "./package.json"
  }}"#,
        entry("server"),
        entry(&format!("node/{}", module.name)),
        entry("browser"),
    )
}

/// The entries of a package for bundlers: both name the module by `new URL(…, import.meta.url)`, which Vite, webpack and
/// Parcel follow, and beside which the others want it copied.
fn entries(module: &Module, folder: &Path) -> Result<()> {
    let (name, file) = (module.name, module.file());
    let script = fs::read_to_string(folder.join(format!("{name}.js")))?;
    let (_, names) = script
        .split_once("export const { ")
        .and_then(|(head, rest)| Some((head, rest.split_once(" }")?.0)))
        .context("the door has no exports")?;
    let all = [
        (
            "server.js",
            format!(
                "// For servers: the module is there once this is imported.\n\
                 import {{ readFileSync }} from 'node:fs';\n\
                 import {{ initSync }} from './{name}.js';\n\n\
                 initSync({{ module: readFileSync(new URL('./{file}', import.meta.url)) }});\n\n\
                 export {{ {names}, YinxinError }} from './{name}.js';\n"
            ),
        ),
        (
            "server.d.ts",
            format!("export * from './node/{name}.js';\n"),
        ),
        (
            "browser.js",
            format!(
                "// For browsers: call the default export before anything else, and wait for it.\n\
                 import init from './{name}.js';\n\n\
                 export {{ initSync, {names}, YinxinError }} from './{name}.js';\n\n\
                 export default (given = {{ module_or_path: new URL('./{file}', import.meta.url) }}) => init(given);\n"
            ),
        ),
        (
            "browser.d.ts",
            format!(
                "import init from './{name}.js';\n\n\
                 export * from './{name}.js';\n\n\
                 /**\n * Loads the module: from beside this script, or as the argument says. Calls before its end are refused.\n */\n\
                 export default function (given?: Parameters<typeof init>[0]): ReturnType<typeof init>;\n"
            ),
        ),
    ];
    for (entry, text) in all {
        fs::write(folder.join(entry), text)?;
    }
    Ok(())
}

/// What goes with a package, and does not come from the module: what it is, and our licences.
fn papers(module: &Module, folder: &Path, npm: &str) -> Result<()> {
    let root = crate::root();
    fs::create_dir_all(folder)?;
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(root.join(name), folder.join(name))?;
    }
    let own = root.join(format!("wasm/bindings/readme/{}.md", module.feature));
    // Some are of no use to portals.
    let text = fs::read_to_string(&own)
        .unwrap_or_else(|_| format!("# {npm}\n\n{}.\n", module.description));
    fs::write(folder.join("README.md"), text)?;
    Ok(())
}

#[cfg(test)]
mod unit {
    use super::*;

    /// A module of one section.
    fn module(section: &[u8]) -> Vec<u8> {
        [b"\0asm\x01\0\0\0", section].concat()
    }

    #[test]
    fn a_module_with_what_older_browsers_do_not_know_is_refused() {
        // The type of a function without results, and with two.
        assert!(validate(&module(&[1, 4, 1, 0x60, 0, 0])).is_ok());
        assert!(validate(&module(&[1, 6, 1, 0x60, 0, 2, 0x7f, 0x7f])).is_err());
        // A table of functions, and of references.
        assert!(validate(&module(&[4, 4, 1, 0x70, 0, 0])).is_ok());
        assert!(validate(&module(&[4, 4, 1, 0x6f, 0, 0])).is_err());
    }

    #[test]
    fn what_a_module_says_of_itself_is_what_it_may_use() {
        let list = |prefix: u8| {
            let features = [
                &[3, b'+', 8][..],
                b"sign-ext",
                &[prefix, 15],
                b"reference-types",
                &[b'+', 15],
                b"bulk-memory-opt",
            ]
            .concat();
            let content = [&[15][..], b"target_features", &features].concat();
            let length = u8::try_from(content.len()).expect("short");
            module(&[&[0, length][..], &content].concat())
        };
        assert_eq!(without_others(list(b'+')).expect("read"), list(b'-'));
    }

    /// The packages, where they were built.
    #[test]
    fn the_built_modules_stay_within_the_features() {
        for (module, &(_, folder, _)) in MODULES
            .iter()
            .flat_map(|module| module.packages.iter().map(move |package| (module, package)))
        {
            let file = crate::root()
                .join(PACKAGES)
                .join(folder)
                .join(module.file());
            let Ok(bytes) = fs::read(&file) else {
                eprintln!("{} is not built", file.display());
                continue;
            };
            validate(&bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
    }
}

//! What is generated from `wasm/proto`: TypeScript types, limits, sites and error tables in
//! `wasm/proto/ts`, and `docs/protocol.md` and `docs/errors.md`; `docs/platforms.md` from the tests; of `servers`, the header
//! of the C ABI, the schema of the policy and the description of the HTTP service. All of it is committed;
//! `--check` compares instead of writing.

use anyhow::{Result, anyhow, bail};
use serde_json::json;
use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;
use ts_rs::{Config, TS, TypeVisitor};
use yinxin_proto::doctor::EvidenceName;
use yinxin_proto::error::{ALL, Entry, Kind, Locale, RevocationReason};
use yinxin_proto::{bridge, consent, error, flow, host, limits, page, signing, site, text, words};

/// Writes every generated file, or with `check` fails on the first that differs.
pub fn run(check: bool) -> Result<ExitCode> {
    let mut stale = Vec::new();
    let platforms = ("docs/platforms.md", crate::platforms::document()?);
    let header = ("servers/ffi/include/yinxin_verify.h", header()?);
    for (path, text) in files().into_iter().chain([platforms, header]) {
        let text = without_trailing_space(&text);
        let full = crate::root().join(path);
        if fs::read_to_string(&full).is_ok_and(|found| found == text) {
            continue;
        }
        if check {
            stale.push(path);
            continue;
        }
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&full, text)?;
        println!("generated {path}");
    }
    if !stale.is_empty() {
        bail!(
            "not as generated: {}; run `npm run generate`",
            stale.join(", ")
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The header of the C ABI, from the functions that the library exports.
fn header() -> Result<String> {
    let folder = crate::root().join("servers/ffi");
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml"))
        .map_err(|error| anyhow!("cbindgen.toml: {error}"))?;
    let bindings = cbindgen::Builder::new()
        .with_src(folder.join("src/lib.rs"))
        .with_config(config)
        .generate()?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    // What Rust's documentation asks of callers in words of its own is said at the top.
    Ok(String::from_utf8(text)?.replace(" * # Safety\n", " * What must hold:\n"))
}

/// The generator of declarations leaves spaces at line ends.
fn without_trailing_space(text: &str) -> String {
    let mut out: String = text
        .lines()
        .flat_map(|line| [line.trim_end(), "\n"])
        .collect();
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

fn files() -> Vec<(&'static str, String)> {
    vec![
        ("wasm/proto/ts/index.ts", index()),
        ("wasm/proto/ts/messages.ts", messages()),
        ("wasm/proto/ts/limits.ts", limits()),
        ("wasm/proto/ts/sites.ts", sites()),
        ("wasm/proto/ts/errors.ts", errors()),
        ("wasm/proto/ts/page-errors.ts", page_errors()),
        ("wasm/proto/ts/evidence.ts", evidence()),
        ("wasm/proto/ts/tables.ts", tables()),
        ("docs/protocol.md", protocol_document()),
        ("docs/errors.md", errors_document(&IN_ENGLISH)),
        ("docs/errors.zh-CN.md", errors_document(&IN_CHINESE)),
        ("servers/policy.schema.json", yinxin_calls::schema()),
        ("servers/verifier/openapi.json", openapi()),
    ]
}

fn openapi() -> String {
    let mut declared = declarations("documents");
    declared.extend(declarations("servers"));
    crate::openapi::document(&declared)
}

const HEADER: &str = "// Generated from wasm/proto by `npm run generate`. Change it there.\n/* biome-ignore-all lint: generated */\n\n";

fn index() -> String {
    format!(
        "{HEADER}export * from './errors.js';\nexport * from './evidence.js';\nexport * from './limits.js';\nexport * from './messages.js';\nexport * from './page-errors.js';\nexport * from './sites.js';\nexport * from './words.js';\n"
    )
}

/// The declarations of one group of types, each with its documentation.
struct Group {
    title: &'static str,
    introduction: &'static str,
    declarations: Vec<String>,
}

/// Collects declarations by name. Not in the order of the visit: the library's order of
/// dependencies differs from one compilation to the next.
struct Collector<'a> {
    config: &'a Config,
    /// Which type has a name, and what it is declared as.
    seen: &'a mut BTreeMap<String, (TypeId, String)>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collector<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Types written as a primitive (`Base64`, `Pin`, `Origin`) and the library's own have no declaration.
        if T::output_path().is_none() || T::name(self.config) == T::inline(self.config) {
            return;
        }
        let name = T::ident(self.config);
        let mut decl = T::decl(self.config);
        if let Some((known, same)) = self.seen.get(&name) {
            assert!(
                *known == TypeId::of::<T>() || *same == decl,
                "two types are declared as {name}"
            );
            return;
        }
        self.seen
            .insert(name.clone(), (TypeId::of::<T>(), decl.clone()));
        T::visit_dependencies(self);
        // The generator writes what is flattened out in full.
        if name != "CatalogueError" {
            let all = error::Error::inline_flattened(self.config);
            decl = decl.replace(&all, "CatalogueError");
        }
        let docs = T::docs().unwrap_or_default();
        // What Rust's documentation links to has no address here.
        let text = format!("{docs}export {decl}");
        let text = text.replace("[`", "`").replace("`]", "`");
        self.declarations.insert(name, text);
    }
}

/// Amounts and sizes stay below 2^53.
fn config() -> Config {
    Config::new().with_large_int("number")
}

/// The declarations of a package, whose module is made with this feature of the bindings.
pub fn package(feature: &str) -> String {
    let declarations = declarations(feature).into_values();
    let text: String = declarations.flat_map(|one| [one, "\n\n".into()]).collect();
    without_trailing_space(&text)
}

/// The same, each by its name; of `servers` what only servers take.
pub fn declarations(feature: &str) -> BTreeMap<String, String> {
    let (config, mut seen) = (config(), BTreeMap::new());
    let mut collector = Collector {
        config: &config,
        seen: &mut seen,
        declarations: BTreeMap::new(),
    };
    match feature {
        "servers" => yinxin_calls::declared(&mut collector),
        _ => yinxin_wasm::typescript::visit(feature, &mut collector),
    }
    collector.declarations
}

fn groups() -> Vec<Group> {
    let config = config();
    let mut seen = BTreeMap::new();
    let mut groups = Vec::new();
    macro_rules! group {
        ($title:literal, $introduction:expr, $($type:ty),+) => {{
            let mut collector = Collector { config: &config, seen: &mut seen, declarations: BTreeMap::new() };
            $(collector.visit::<$type>();)+
            groups.push(Group { title: $title, introduction: $introduction, declarations: collector.declarations.into_values().collect() });
        }};
    }
    group!(
        "Errors and findings",
        "On the wire an error is `{\"code\": …, \"params\": {…}}`. Every code stands in [errors.md](errors.md). A code that a part does not know becomes `unknown`.",
        error::Error,
        error::Finding,
        Locale,
        error::Text
    );
    group!(
        "Page ↔ extension",
        "The page library hands over `{yinxin: 1, request, contents}`, where `contents` holds one Blob for each document: as the detail of an event `yinxin` on its own window, which the content script cancels when it takes it, or else by a post to that window, which after a press waits for the browser's next frame. The content script answers with posts of `{yinxin: 1, reply, bytes}`. It opens one port for each call. It acknowledges every call at once; where nothing does within a second, the extension is not there.",
        page::PageRequest,
        page::PageReply,
        page::FromRelay,
        page::ToRelay
    );
    group!(
        "Background ↔ host",
        "Native messaging: a 32-bit length in the machine's byte order, then one JSON value in UTF-8. The host greets first; a difference in `protocol` tells which part to update. Every request has an id and is answered once. No request signs given bytes or a given digest, and none names a library.",
        host::HostRequest,
        host::HostMessage
    );
    group!(
        "Background ↔ the extension's windows",
        "The background sends the whole view at every change; a window answers with decisions.",
        consent::ConsentView,
        consent::Decision,
        consent::WorkspaceView,
        consent::FromWorkspace
    );
    group!(
        "Background ↔ state machine",
        "Events go into the core's `Signing`, actions come out; of the calls that a document makes over the bridge it is `Flow`. Bytes of documents and the PIN are no part of them.",
        signing::SigningStart,
        signing::SigningEvent,
        signing::SigningAction,
        flow::FlowStart,
        flow::FlowEvent,
        flow::FlowAction,
        bridge::Skin
    );
    groups
}

fn messages() -> String {
    let mut out = HEADER.to_owned();
    for group in groups() {
        let _ = writeln!(out, "// ── {} ──\n", group.title);
        for declaration in group.declarations {
            let _ = writeln!(out, "{declaration}\n");
        }
    }
    out
}

fn limits() -> String {
    let mut out = HEADER.to_owned();
    let _ = writeln!(
        out,
        "/** Version of the protocol between page, extension and host. */\nexport const PROTOCOL_VERSION = {};\n",
        yinxin_proto::PROTOCOL_VERSION
    );
    for (name, value, docs) in limits::ALL {
        let _ = writeln!(
            out,
            "/** {} */\nexport const {name} = {value};\n",
            docs.trim()
        );
    }
    out
}

fn sites() -> String {
    let mut out = HEADER.to_owned();
    let constants = [
        ("HOST_NAME", site::HOST_NAME),
        ("RELEASED_EXTENSION_KEY", site::RELEASED_EXTENSION_KEY),
        ("RELEASED_EXTENSION_ID", site::RELEASED_EXTENSION_ID),
        ("DEVELOPMENT_EXTENSION_KEY", site::DEVELOPMENT_EXTENSION_KEY),
        ("DEVELOPMENT_EXTENSION_ID", site::DEVELOPMENT_EXTENSION_ID),
        ("RELEASED_ADDON_ID", site::RELEASED_ADDON_ID),
        ("DEVELOPMENT_ADDON_ID", site::DEVELOPMENT_ADDON_ID),
    ];
    for (name, value) in constants {
        let _ = writeln!(out, "export const {name} = {value:?};");
    }
    for (name, value) in [
        ("OLDEST_ENGINE", site::OLDEST_ENGINE),
        ("OLDEST_FIREFOX", site::OLDEST_FIREFOX),
    ] {
        let _ = writeln!(out, "export const {name} = {value};");
    }
    let _ = writeln!(
        out,
        "\nimport type {{ Skin, SiteKind }} from './messages.js';\n"
    );
    let _ = writeln!(
        out,
        "/** An origin that the product knows. */\nexport interface Site {{\n  readonly origin: string;\n  readonly kind: SiteKind;\n  readonly logondata: boolean;\n  readonly skins: readonly Skin[];\n  readonly name: string;\n}}\n"
    );
    let _ = writeln!(out, "export const SITES: readonly Site[] = [");
    for site in site::SITES {
        let kind = serde_json::to_string(&site.kind).unwrap_or_default();
        let skins = serde_json::to_string(site.skins).unwrap_or_default();
        let _ = writeln!(
            out,
            "  {{ origin: {:?}, kind: {kind}, logondata: {}, skins: {skins}, name: {:?} }},",
            site.origin, site.logondata, site.name
        );
    }
    let _ = writeln!(out, "];\n");
    let _ = writeln!(
        out,
        "/** Programs whose calls are answered, by their own names. */\nexport const PROGRAMS: Readonly<Record<Skin, string>> = {{"
    );
    for skin in bridge::Skin::ALL {
        let name = serde_json::to_string(skin).unwrap_or_default();
        let _ = writeln!(out, "  {name}: {:?},", skin.program());
    }
    let _ = writeln!(out, "}};\n");
    let _ = writeln!(
        out,
        "/** An address of another program whose calls are answered. */\nexport interface BridgeAddress {{\n  readonly skin: Skin;\n  readonly port: number;\n  /** Pages call it by https. */\n  readonly secure: boolean;\n  /** How the fields come of functions that the path names. */\n  readonly body?: 'form' | 'json';\n  /** Of those, the ones whose calls bring something and no PIN. */\n  readonly bare: readonly {{ readonly name: string; readonly fields: readonly string[] }}[];\n  /** A call that needs no key and no press: its path and its body. */\n  readonly version: readonly [path: string, body: string];\n}}\n\n/** All of them, on 127.0.0.1. */\nexport const BRIDGE_ADDRESSES: readonly BridgeAddress[] = ["
    );
    for address in bridge::ADDRESSES {
        let skin = serde_json::to_string(&address.skin).unwrap_or_default();
        let mut functions = address.functions.iter();
        let version = functions.find(|known| known.operation == bridge::Operation::Version);
        let version = version.map_or("", |known| known.name);
        let (body, version) = match address.body {
            bridge::Body::Form => (" body: \"form\",", [version.to_owned(), String::new()]),
            bridge::Body::Json => (" body: \"json\",", [version.to_owned(), "{}".into()]),
            bridge::Body::Named {
                path, before, name, ..
            } => (
                "",
                [
                    path.to_owned(),
                    format!("{before}{{\"{name}\":\"{version}\"}}"),
                ],
            ),
        };
        let is_bare = |known: &&bridge::Function| {
            let has_pin = known.fields(bridge::Role::Pin).next().is_some();
            !body.is_empty() && !known.fields.is_empty() && !has_pin
        };
        let known = address.functions.iter().filter(is_bare).map(|known| {
            let fields: Vec<&str> = known.fields.iter().map(|(name, _)| *name).collect();
            format!("{{ name: {:?}, fields: {fields:?} }}", known.name)
        });
        let bare = known.collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            out,
            "  {{ skin: {skin}, port: {}, secure: {},{body} bare: [{bare}], version: {version:?} }},",
            address.port, address.secure
        );
    }
    let _ = writeln!(
        out,
        "];\n\n/** The header in which the browser's rule puts the secret of a tab. */\nexport const BRIDGE_SECRET_HEADER = {:?};\n",
        bridge::SECRET_HEADER
    );
    let _ = writeln!(
        out,
        "/** Hosts that development builds treat as a portal, at any port. */\nexport const DEVELOPMENT_HOSTS: readonly string[] = {:?};",
        site::DEVELOPMENT_HOSTS
    );
    out
}

fn errors() -> String {
    let mut out = HEADER.to_owned();
    let all: Vec<&Entry> = ALL.iter().collect();
    let _ = writeln!(
        out,
        "import type {{ CatalogueError, Locale, Text }} from './messages.js';\nimport {{ {}, type Reads, filled }} from './words.js';\n\n/** Every code of the catalogue. */\nexport type ErrorCode = CatalogueError['code'];\n",
        functions(&all)
    );
    let _ = writeln!(
        out,
        "/** Message and remedy of every code, in each language, with `{{placeholders}}`. */\nexport const TEXTS: Readonly<Record<Locale, Readonly<Record<ErrorCode, Text>>>> = {{"
    );
    for locale in [Locale::ZhCn, Locale::En] {
        let tag = serde_json::to_string(&locale).unwrap_or_default();
        let _ = writeln!(out, "  {tag}: {{");
        for entry in &all {
            let (message, remedy) = match locale {
                Locale::ZhCn => (entry.zh, entry.zh_remedy),
                Locale::En => (entry.en, entry.en_remedy),
            };
            let _ = writeln!(
                out,
                "    {:?}: {{ message: {message:?}, remedy: {remedy:?} }},",
                entry.code
            );
        }
        let _ = writeln!(out, "  }},");
    }
    let _ = writeln!(out, "}};\n");
    out.push_str(&reads(&all));
    out.push_str(TEXT_FUNCTION);
    out
}

const TEXT_FUNCTION: &str = "/** Message and remedy of an error in a language, with its parameters filled in; a code of another version reads as `unknown`. */
export function text(error: { readonly code: string; readonly params?: object }, locale: Locale): Text {
  const table: Readonly<Record<string, Text>> = TEXTS[locale];
  const known = Object.keys(table).includes(error.code);
  const { message, remedy } = table[known ? error.code : 'unknown'] ?? TEXTS[locale].unknown;
  const params = known ? error.params : { word: error.code.slice(0, 64) };
  const fill = (template: string) => filled(template, params, READS[error.code], locale);
  return { message: fill(message), remedy: fill(remedy) };
}
";

/// Texts of what a page may get, for the page library: each language in one string, as small as they come.
fn page_errors() -> String {
    let entries: Vec<&Entry> = ALL.iter().filter(|entry| entry.page).collect();
    let codes: Vec<_> = entries.iter().map(|entry| entry.code).collect();
    let texts = |text: fn(&Entry) -> [&'static str; 2]| {
        let texts: Vec<_> = entries.iter().flat_map(|entry| text(entry)).collect();
        let none = texts.iter().all(|text| !text.contains('|'));
        assert!(none, "texts for pages are told apart by bars");
        texts.join("|")
    };
    let mut out = HEADER.to_owned();
    let _ = writeln!(
        out,
        "import type {{ CatalogueError, Locale, Text }} from './messages.js';\nimport {{ {}, type Reads, filled }} from './words.js';\n\n/** Codes that a page may get. */\nexport type PageErrorCode =\n  | \"{}\";\n\n/** An error that a page may get. */\nexport type PageError = Extract<CatalogueError, {{ code: PageErrorCode }}>;\n",
        functions(&entries),
        codes.join("\"\n  | \"")
    );
    let _ = writeln!(
        out,
        "const CODES = {:?};\n\n/** Message and remedy of each code, in the order of the codes. */\nconst TEXTS: Readonly<Record<Locale, string>> = {{\n  \"zh-CN\": {:?},\n  \"en\": {:?},\n}};\n",
        codes.join(" "),
        texts(|entry| [entry.zh, entry.zh_remedy]),
        texts(|entry| [entry.en, entry.en_remedy]),
    );
    out.push_str(&reads(&entries));
    out.push_str(PAGE_ERROR_FUNCTIONS);
    out
}

const PAGE_ERROR_FUNCTIONS: &str = "/** Whether a page may get a code. */
export function isForPage(code: string): code is PageErrorCode {
  return CODES.split(' ').includes(code);
}

/** An error as a page gets it, with the words that `text` has for it; a code of another version is `unknown`. */
export function pageError(
  error: { readonly code: string; readonly params?: object },
  locale: Locale,
): Text & { code: PageErrorCode; params: Readonly<Record<string, unknown>> } {
  const known = isForPage(error.code);
  const code = known ? error.code : 'unknown';
  const params = known ? { ...error.params } : { word: error.code.slice(0, 64) };
  const at = 2 * CODES.split(' ').indexOf(code);
  const [message = '', remedy = ''] = TEXTS[locale]
    .split('|')
    .slice(at, at + 2)
    .map(template => filled(template, params, READS[code], locale));
  return { code, params, message, remedy };
}
";

/// The function of `words.ts` that reads a kind; text and counts need none.
fn function(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Text | Kind::Count => None,
        Kind::Bytes => Some("size"),
        Kind::Date => Some("day"),
        Kind::Time => Some("time"),
        Kind::Tries => Some("tries"),
        Kind::Reason => Some("reason"),
        Kind::Place => Some("place"),
    }
}

/// The functions that some parameters are read by, in the order of an import.
fn functions(entries: &[&Entry]) -> String {
    let names: BTreeSet<_> = entries
        .iter()
        .flat_map(|entry| entry.params)
        .filter_map(|param| function(param.kind))
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// Which parameters are read how.
fn reads(entries: &[&Entry]) -> String {
    let mut out = "/** How parameters read that are neither text nor counts. */\nconst READS: Readonly<Record<string, Reads>> = {\n".to_owned();
    for entry in entries {
        let pairs: Vec<_> = entry
            .params
            .iter()
            .filter_map(|param| Some(format!("{}: {}", param.name, function(param.kind)?)))
            .collect();
        if !pairs.is_empty() {
            let _ = writeln!(out, "  {:?}: {{ {} }},", entry.code, pairs.join(", "));
        }
    }
    out.push_str("};\n\n");
    out
}

/// Prints how Rust reads every code of the catalogue in both languages, with parameters of each kind that are ordinary,
/// extreme or meant to deceive.
pub fn texts() -> Result<ExitCode> {
    let mut rows = Vec::new();
    for entry in ALL {
        let all: Vec<_> = entry
            .params
            .iter()
            .map(|param| samples(param.kind))
            .collect();
        let most = all.iter().map(Vec::len).max().unwrap_or(1);
        for row in 0..most {
            let params: serde_json::Map<_, _> = std::iter::zip(entry.params, &all)
                .map(|(param, values)| (param.name.to_owned(), values[row % values.len()].clone()))
                .collect();
            let wire = json!({ "code": entry.code, "params": params });
            let error: error::Error = serde_json::from_value(wire)?;
            if error.code() != entry.code {
                bail!("{}: not read with {params:?}", entry.code);
            }
            rows.push(json!({
                "code": entry.code,
                "params": params,
                "page": entry.page,
                "toPage": error.clone().for_page(),
                "kinds": entry.params.iter().map(|param| format!("{:?}", param.kind)).collect::<Vec<_>>(),
                "zh-CN": error.text(Locale::ZhCn),
                "en": error.text(Locale::En),
            }));
        }
    }
    println!("{}", serde_json::Value::Array(rows));
    Ok(ExitCode::SUCCESS)
}

fn samples(kind: Kind) -> Vec<serde_json::Value> {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.into()).collect();
    match kind {
        Kind::Text => texts(&[
            "甲单位（测试） & Co.",
            "a\u{202e}fdp.exe\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\n\u{e0041}{reason}{x}$&",
            "",
            // No time in a text becomes a day.
            "2026-11-22T16:00:00Z",
        ]),
        Kind::Count => [0, 1, 60, 2_147_483_647].map(Into::into).into(),
        Kind::Bytes => [
            0_u32,
            999,
            1_000,
            1_049,
            1_050,
            182_350,
            999_949,
            999_950,
            67_108_864,
            536_870_912,
            999_999_999,
            4_294_967_295,
        ]
        .map(Into::into)
        .into(),
        Kind::Date | Kind::Time => texts(&[
            "2026-11-22T15:59:59Z",
            "2026-11-22T16:00:00Z",
            "2024-02-28T16:00:00Z",
            "2026-12-31T23:00:00.999Z",
            "2026-11-29T01:58:50+08:00",
            "1949-12-31T16:00:00Z",
            "9999-12-31T23:59:59Z",
            "2026-11-22",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T15:59:59",
            "soon\u{200b}",
            "",
        ]),
        Kind::Place => texts(&[
            "pages[0]/Contents",
            "pages[11]",
            "pages[4294967294]",
            "pages[4294967295]",
            "pages[+1]/A",
            "pages[]",
            "fields/甲\u{200b}\n方",
            "object 7",
            "catalog/Pages\u{202e}",
            "toString",
            "font",
            "other",
            "",
        ]),
        Kind::Tries => vec![
            json!({ "state": "ok" }),
            json!({ "state": "low", "left": 3 }),
            json!({ "state": "final" }),
            json!({ "state": "locked" }),
        ],
        Kind::Reason => {
            let known = RevocationReason::TABLE.iter().map(|row| row.2);
            known
                .chain(["of another version"])
                .map(Into::into)
                .collect()
        }
    }
}

/// What the names of evidence are called.
fn evidence() -> String {
    let mut out = HEADER.to_owned();
    let _ = writeln!(
        out,
        "import type {{ EvidenceName, Locale }} from './messages.js';\n\n/** What evidence may be of. */\nexport const EVIDENCE_NAMES: readonly EvidenceName[] = {:?};\n\n/** What names of evidence are called. */\nexport const EVIDENCE: Readonly<Record<Locale, Readonly<Record<EvidenceName, string>>>> = {{",
        EvidenceName::ALL
            .iter()
            .map(|name| name.word())
            .collect::<Vec<_>>()
    );
    for locale in [Locale::ZhCn, Locale::En] {
        let tag = serde_json::to_string(&locale).unwrap_or_default();
        let _ = writeln!(out, "  {tag}: {{");
        for name in EvidenceName::ALL {
            let _ = writeln!(out, "    {:?}: {:?},", name.word(), name.text(locale));
        }
        let _ = writeln!(out, "  }},");
    }
    out.push_str("};\n");
    out
}

/// What `words.ts` reads by.
fn tables() -> String {
    let mut out = HEADER.to_owned();
    // Half a surrogate pair, which no text of Rust has, belongs to what does not show.
    let shown = |code: u32| char::from_u32(code).is_some_and(|c| !text::is_invisible(c));
    let escape = |code: u32| match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\u{{{code:x}}}"),
    };
    let mut ranges = String::new();
    let mut code = 0;
    while code <= 0x10_ffff {
        let end = (code..=0x10_ffff)
            .find(|&code| shown(code))
            .unwrap_or(0x11_0000);
        match end - code {
            0 => {}
            1 => ranges.push_str(&escape(code)),
            _ => {
                let _ = write!(ranges, "{}-{}", escape(code), escape(end - 1));
            }
        }
        code = end + 1;
    }
    let _ = writeln!(
        out,
        "/** What does not show, or not as what it is. */\nexport const INVISIBLE = /[{ranges}]+/gu;\n\n/** Invisible characters in a row that are written out one by one. */\nexport const MAX_WRITTEN = {};\n\nexport const MONTHS = {:?};\n",
        text::MAX_WRITTEN,
        words::MONTHS
    );
    out.push_str("/** Reasons of a revocation, in Chinese and English. */\nexport const REASONS: Readonly<Record<string, readonly [string, string]>> = {\n");
    for (_, _, word, zh, en) in RevocationReason::TABLE {
        let _ = writeln!(out, "  {word}: [{zh:?}, {en:?}],");
    }
    out.push_str("};\n\n/** What parts of a document are to a reader, in Chinese and English. */\nexport const ROLES: Readonly<Record<string, readonly [string, string]>> = {\n");
    for (role, zh, en) in words::ROLES {
        let _ = writeln!(out, "  {role}: [{zh:?}, {en:?}],");
    }
    out.push_str("};\n");
    out
}

fn protocol_document() -> String {
    let mut out = format!(
        "<!-- Generated from wasm/proto by `npm run generate`. Change it there. -->\n\n# Protocol, version {}\n\nEvery message between page, extension and host, as TypeScript. Byte strings are standard Base64; times are ISO 8601 in UTC; sizes are bytes.\n\n",
        yinxin_proto::PROTOCOL_VERSION
    );
    for group in groups() {
        let _ = writeln!(out, "## {}\n\n{}\n\n```ts", group.title, group.introduction);
        for declaration in group.declarations {
            // The union of all errors is a table of its own.
            if declaration.contains("export type CatalogueError") {
                let _ = writeln!(
                    out,
                    "/** A code of the catalogue with its parameters. */\nexport type CatalogueError = {{ code: string, params: object }};\n"
                );
            } else {
                let _ = writeln!(out, "{declaration}\n");
            }
        }
        let _ = writeln!(out, "```\n");
    }
    let _ = writeln!(
        out,
        "## Limits and time-outs\n\n| name | value | what |\n|---|---|---|"
    );
    for (name, value, docs) in limits::ALL {
        let _ = writeln!(out, "| `{name}` | {value} | {} |", docs.trim());
    }
    out
}

/// The areas of the catalogue: the feature, its title, and who meets its codes; in Chinese and English.
const AREAS: &[(&str, [&str; 2], [&str; 2])] = &[
    (
        "all()",
        ["通用", "Of every part"],
        [
            "任何一方都可能给出：页面库、服务器上的核验、扩展、本机程序。",
            "Every part may say them: page library, servers, extension, host.",
        ],
    ),
    (
        "page",
        ["网页与网站", "Page and site"],
        [
            "页面库在网页里抛出（标明“网页”的），或由扩展的窗口显示。",
            "Thrown by the page library in a page where they say so; else shown by the extension's windows.",
        ],
    ),
    (
        "server",
        ["网站的服务器", "The portal's server"],
        [
            "服务器上的核验给出，网站的运维人员看到。",
            "Said by what runs on a portal's server, to those who run it.",
        ],
    ),
    (
        "document",
        ["要签的文件", "Documents to be signed"],
        [
            "页面库抛出，窗口和命令行显示。",
            "Thrown by the page library; shown by windows and the command line.",
        ],
    ),
    (
        "host",
        ["本机程序", "The host program"],
        [
            "扩展的窗口、“检查”和命令行显示；标明“网页”的，网页也会得到。",
            "Shown by the extension's windows, by “Check” and by the command line; those that say so reach pages.",
        ],
    ),
    (
        "token",
        ["UKey 与驱动", "Keys and drivers"],
        [
            "扩展的窗口和命令行显示。网页只得到 `local-failure`。",
            "Shown by the extension's windows and the command line. A page gets `local-failure` only.",
        ],
    ),
    (
        "pin",
        ["PIN 码", "The PIN"],
        [
            "扩展的窗口和命令行显示。网页得不到。",
            "Shown by the extension's windows and the command line, never told to pages.",
        ],
    ),
    (
        "certificate",
        ["证书与信任", "Certificates and trust"],
        [
            "核验的结论（服务器、核验页、命令行），以及扩展里关于用户证书的说明。",
            "Findings of verdicts (servers, verify page, command line), and what the extension says of the user's certificates.",
        ],
    ),
    (
        "signature",
        ["签名与登录", "Signatures and logins"],
        [
            "核验的结论：`verifyLogin`、`verifyCms` 等。",
            "Findings of verdicts: `verifyLogin`, `verifyCms` and others.",
        ],
    ),
    (
        "seal",
        ["电子印章", "Electronic seals"],
        [
            "核验的结论：`verifySeal`、`verifySealSignature` 和整份文件；扩展和命令行里关于印章的说明。",
            "Findings of verdicts: `verifySeal`, `verifySealSignature`, whole documents; and what extension and command line say of seals.",
        ],
    ),
    (
        "layout",
        ["PDF 与 OFD", "PDF and OFD"],
        [
            "核验的结论：`verifyPdf`、`verifyOfd`、核验页、命令行；签入文件时也会给出。",
            "Findings of verdicts: `verifyPdf`, `verifyOfd`, verify page, command line; and of signing into documents.",
        ],
    ),
    (
        "advice",
        ["办事建议", "Advice"],
        [
            "“我的证书”页面和“检查”。",
            "The user's own page, and “Check”.",
        ],
    ),
    (
        "fees",
        ["费用与清单", "Fees and lists"],
        ["费用计算器和 `quote`。", "The fee calculator and `quote`."],
    ),
    (
        "oddity",
        ["编码上的异常", "Oddities"],
        [
            "核验的结论，都是提示：能读懂，但与标准的写法不同。",
            "Findings of verdicts, all of them notes: what can be read, though it is not written as the standard has it.",
        ],
    ),
];

/// The words around the codes.
struct ErrorWords {
    locale: Locale,
    head: &'static str,
    remedy: &'static str,
    when: &'static str,
    params: &'static str,
    page: &'static str,
}

const IN_CHINESE: ErrorWords = ErrorWords {
    locale: Locale::ZhCn,
    head: "# 错误和结论的代码\n\n[English](errors.md)\n\n网页、用户和日志可能遇到的每一个代码：说明、处理办法、参数，以及谁会看到。代码不翻译，也不改变含义；文字可能改进，所以程序只看代码。\n\n说明里的 `{…}` 由参数填入。",
    remedy: "怎么办：",
    when: "",
    params: "参数：",
    page: "网页可能得到。",
};

const IN_ENGLISH: ErrorWords = ErrorWords {
    locale: Locale::En,
    head: "# Errors and findings\n\n[中文](errors.zh-CN.md)\n\nEvery code that a page, a user or a log can meet: what it says, what to do, its parameters, and who gets to see it. A code is never translated and never changes its meaning; words get better, so programs go by the code.\n\n`{…}` in a text is filled with a parameter.",
    remedy: "What to do: ",
    when: "When: ",
    params: "Parameters: ",
    page: "A page may get it.",
};

/// Every code with its words and remedy, by area, in one language.
fn errors_document(words: &ErrorWords) -> String {
    let is_chinese = words.locale == Locale::ZhCn;
    let pick = |[zh, en]: [&'static str; 2]| if is_chinese { zh } else { en };
    let mut out = format!(
        "<!-- Generated from wasm/proto by `npm run generate`. Change it there. -->\n\n{}\n",
        words.head
    );
    let mut area = "";
    for entry in ALL {
        if entry.area != area {
            area = entry.area;
            let name = area.trim_start_matches("feature = ").trim_matches('"');
            let (_, title, who) = AREAS
                .iter()
                .find(|(known, ..)| *known == name)
                .unwrap_or_else(|| panic!("the area {name} has no title"));
            let _ = writeln!(out, "\n## {}\n\n{}", pick(*title), pick(*who));
        }
        let (message, remedy) = match is_chinese {
            true => (entry.zh, entry.zh_remedy),
            false => (entry.en, entry.en_remedy),
        };
        let between = if is_chinese { "" } else { " " };
        let _ = writeln!(
            out,
            "\n### `{}`\n\n{message}\n\n{}{remedy}",
            entry.code, words.remedy
        );
        let params: Vec<String> = entry
            .params
            .iter()
            .map(|param| format!("`{}`", param.name))
            .collect();
        let mut more = Vec::new();
        // It is written for developers, in English.
        if !is_chinese {
            more.push(format!("{}{}", words.when, entry.when.trim()));
        }
        if !params.is_empty() {
            let (between, end) = if is_chinese {
                ("、", "。")
            } else {
                (", ", ".")
            };
            more.push(format!("{}{}{end}", words.params, params.join(between)));
        }
        if entry.page {
            more.push(words.page.to_owned());
        }
        if !more.is_empty() {
            let _ = writeln!(out, "\n{}", more.join(between));
        }
    }
    out
}

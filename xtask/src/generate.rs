//! What is generated from `wasm/proto`: TypeScript types, limits, sites and error tables in
//! `wasm/proto/ts`, and `docs/protocol.md` and `docs/errors.md`. All of it is committed;
//! `--check` compares instead of writing.

use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;
use ts_rs::{Config, TS, TypeVisitor};
use yinxin_proto::error::{ALL, Locale};
use yinxin_proto::{consent, error, host, limits, page, signing, site};

/// Writes every generated file, or with `check` fails on the first that differs.
pub fn run(check: bool) -> Result<ExitCode> {
    let mut stale = Vec::new();
    for (path, text) in files() {
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
        ("docs/protocol.md", protocol_document()),
        ("docs/errors.md", errors_document()),
    ]
}

const HEADER: &str = "// Generated from wasm/proto by `npm run generate`. Change it there.\n/* biome-ignore-all lint: generated */\n\n";

fn index() -> String {
    format!(
        "{HEADER}export * from './errors.js';\nexport * from './limits.js';\nexport * from './messages.js';\nexport * from './sites.js';\n"
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
    seen: &'a mut BTreeSet<String>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collector<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Types written as a primitive (`Base64`, `Pin`, `Origin`) and the library's own have no declaration.
        if T::output_path().is_none() || T::name(self.config) == T::inline(self.config) {
            return;
        }
        let name = T::ident(self.config);
        if !self.seen.insert(name.clone()) {
            return;
        }
        T::visit_dependencies(self);
        let decl = T::decl(self.config);
        let docs = T::docs().unwrap_or_default();
        self.declarations
            .insert(name, format!("{docs}export {decl}"));
    }
}

fn groups() -> Vec<Group> {
    let config = Config::default();
    let mut seen = BTreeSet::new();
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
        "The page library posts `{yinxin: 1, request, contents}` to its own window, where `contents` holds one Blob for each document; the content script answers with `{yinxin: 1, reply, bytes}`. It opens one port for each call. It acknowledges every call at once; where nothing does within a second, the extension is not there.",
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
        "Events go into the core's `Signing`, actions come out. Bytes of documents and the PIN are no part of them.",
        signing::SigningStart,
        signing::SigningEvent,
        signing::SigningAction
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
    ];
    for (name, value) in constants {
        let _ = writeln!(out, "export const {name} = {value:?};");
    }
    let _ = writeln!(out, "\nimport type {{ SiteKind }} from './messages.js';\n");
    let _ = writeln!(
        out,
        "/** An origin that the product knows. */\nexport interface Site {{\n  readonly origin: string;\n  readonly kind: SiteKind;\n  readonly logondata: boolean;\n  readonly name: string;\n}}\n"
    );
    let _ = writeln!(out, "export const SITES: readonly Site[] = [");
    for site in site::SITES {
        let kind = serde_json::to_string(&site.kind).unwrap_or_default();
        let _ = writeln!(
            out,
            "  {{ origin: {:?}, kind: {kind}, logondata: {}, name: {:?} }},",
            site.origin, site.logondata, site.name
        );
    }
    let _ = writeln!(out, "];\n");
    let _ = writeln!(
        out,
        "/** Hosts that development builds treat as a portal, at any port. */\nexport const DEVELOPMENT_HOSTS: readonly string[] = {:?};",
        site::DEVELOPMENT_HOSTS
    );
    out
}

fn errors() -> String {
    let mut out = HEADER.to_owned();
    let _ = writeln!(
        out,
        "import type {{ CatalogueError, Locale, Text }} from './messages.js';\n\n/** Every code of the catalogue. */\nexport type ErrorCode = CatalogueError['code'];\n"
    );
    let _ = writeln!(
        out,
        "/** Message and remedy of every code, in each language, with `{{placeholders}}`. */\nexport const TEXTS: Readonly<Record<Locale, Readonly<Record<ErrorCode, Text>>>> = {{"
    );
    for locale in [Locale::ZhCn, Locale::En] {
        let tag = serde_json::to_string(&locale).unwrap_or_default();
        let _ = writeln!(out, "  {tag}: {{");
        for entry in ALL {
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
    out.push_str(TEXT_FUNCTION);
    out
}

const TEXT_FUNCTION: &str = "/** Message and remedy of an error in a language, with its parameters filled in; a code of another version reads as `unknown`. */
export function text(error: { readonly code: string; readonly params?: object }, locale: Locale): Text {
  const table: Readonly<Record<string, Text>> = TEXTS[locale];
  const known = Object.keys(table).includes(error.code);
  const entry = known ? table[error.code] : undefined;
  const template = entry ?? TEXTS[locale].unknown;
  const params: Record<string, unknown> = known ? { ...error.params } : { word: error.code };
  const fill = (part: string): string => part.replace(/\\{(\\w+)\\}/g, (_, name: string) => show(params[name]));
  return { message: fill(template.message), remedy: fill(template.remedy) };
}

function show(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value === 'object' && value !== null && 'left' in value && typeof value.left === 'number') return String(value.left);
  return '?';
}
";

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

fn errors_document() -> String {
    let mut out = "<!-- Generated from wasm/proto by `npm run generate`. Change it there. -->\n\n# Errors and findings\n\nEvery code that a page, a user or a log can meet: when it is thrown, and what to do.\n\n| code | thrown when | parameters | 说明 / 处理 | message / remedy |\n|---|---|---|---|---|\n".to_owned();
    for entry in ALL {
        let params = entry
            .params
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let _ = writeln!(
            out,
            "| `{}` | {} | {params} | {}<br>{} | {}<br>{} |",
            entry.code,
            entry.when.trim(),
            entry.zh,
            entry.zh_remedy,
            entry.en,
            entry.en_remedy
        );
    }
    out
}

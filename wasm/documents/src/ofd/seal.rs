//! Setting a seal or signature on an OFD (GB/T 33190, 18; FACTS of the field: every part but the signature's own record
//! and value is covered). First what is to be signed, then, with its value, the new package.
//!
//! The order keeps earlier signatures valid: record, list and OFD.xml are written before anything is digested, and no
//! byte of another part is touched. An earlier signature that covers the list of signatures allows none behind it.

use super::document::{self, Document, ENTRY, Rect};
use super::package::{Package, PackageWriter, unreadable};
use super::signatures;
use super::xml::Xml;
use crate::Source;
use std::collections::BTreeMap;
use std::fmt::Write;
use yinxin_pki::hash::{Running, sm3};
use yinxin_proto::limits::MAX_PLACEMENT_MM;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Base64, Error};

/// This program, as the record of a signature calls it.
pub const PROVIDER: (&str, &str) = ("Yinxin", env!("CARGO_PKG_VERSION"));

/// How a seal is set.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// Which of the package's documents, from 0.
    pub document: usize,
    /// The seal, DER, and the size of its picture in millimetres. Without one it is a signature of the kind Sign.
    pub seal: Option<(&'a [u8], f64, f64)>,
    /// Where it stands.
    pub placement: &'a Placement,
    /// The time that is stated.
    pub time: UnixTime,
    /// Whether further signatures are allowed: then the list of signatures is not covered.
    pub to_be_continued: bool,
    /// Name and version of the program.
    pub provider: (&'a str, &'a str),
}

/// Where a stamp stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Placement {
    /// On pages, each with its number from 1 and its upper left corner, in millimetres.
    Pages(Vec<(u32, f64, f64)>),
    /// Over the right edge of all pages, a slice on each; its upper edge, in millimetres.
    Straddling(f64),
    /// Nowhere.
    Unseen,
}

/// A seal that is being set: what its value is over, and the parts that change.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The bytes of Signature.xml, whose SM3 is what a seal signs.
    pub signed: Vec<u8>,
    /// Its path: what a seal calls `propertyInfo`.
    pub path: String,
    value: String,
    /// Parts that are new or others, by their paths.
    parts: BTreeMap<String, Vec<u8>>,
}

/// Prepares a seal: everything but its value.
///
/// # Errors
/// `ofd-unreadable`, `ofd-too-large`; `ofd-sealed-finally` if a signature allows none behind it; `placement-refused` for a
/// place that is none.
pub fn prepare<S: Source + ?Sized>(
    package: &Package<'_, S>,
    setting: &Setting<'_>,
) -> Result<Prepared, Error> {
    let documents = document::read(package)?;
    let document = documents.get(setting.document);
    let document = document.ok_or_else(|| impossible("there is no such document"))?;
    let earlier = signatures::read(package, &documents, setting.document)?;
    let named = document.signatures.as_ref().map(|(list, _)| list.clone());
    let list = named.unwrap_or_else(|| beside(document, "Signs/Signatures.xml"));
    let covers = |signature: &signatures::Signature| {
        let mut covered = signature.references.iter();
        covered.any(|reference| reference.path == list)
    };
    if earlier.iter().flatten().any(covers) {
        return Err(Error::OfdSealedFinally {});
    }
    let folder = free_folder(package, document);
    let path = format!("{folder}/Signature.xml");
    let value = format!("{folder}/SignedValue.dat");

    let mut parts = BTreeMap::new();
    let mut ids = Ids::of(&earlier);
    let own = ids.next();
    let stamps = stamps(package, document, setting, &mut ids)?;
    let kind = if setting.seal.is_some() {
        "Seal"
    } else {
        "Sign"
    };
    let record = Record {
        id: &own,
        kind,
        path: &path,
    };
    let former = package.read(&list)?;
    parts.insert(
        list.clone(),
        listed(former.as_deref(), &list, &record, &ids)?,
    );
    if document.signatures.is_none() {
        let entry = package.read(ENTRY)?.unwrap_or_default();
        let body = document
            .body
            .ok_or_else(|| impossible("a former version is not signed"))?;
        parts.insert(ENTRY.into(), entered(&entry, body, &list)?);
    }
    let mut seal_at = String::new();
    if let Some((seal, ..)) = setting.seal {
        seal_at = format!("{folder}/Seal.esl");
        parts.insert(seal_at.clone(), seal.to_vec());
    }

    let mut names: Vec<&str> = package
        .names()
        .filter(|name| !parts.contains_key(*name))
        .collect();
    names.extend(parts.keys().map(String::as_str));
    names.sort_unstable();
    let mut references = String::new();
    for name in names
        .into_iter()
        .filter(|name| *name != list || !setting.to_be_continued)
    {
        let digest = match parts.get(name) {
            Some(content) => sm3(content).to_vec(),
            None => {
                let mut running = Running::sm3();
                package.stream(name, &mut |piece| running.update(piece))?;
                running.finish()
            }
        };
        let digest = Base64(digest).encode();
        let _ = write!(
            references,
            r#"<ofd:Reference FileRef="{}"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>"#,
            escaped(name)
        );
    }
    let (program, version) = setting.provider;
    let sealed = match setting.seal {
        Some(_) => format!(
            "<ofd:Seal><ofd:BaseLoc>{}</ofd:BaseLoc></ofd:Seal>",
            escaped(&seal_at)
        ),
        None => String::new(),
    };
    let signed = format!(
        r#"{DECLARATION}<ofd:Signature xmlns:ofd="{NAMESPACE}"><ofd:SignedInfo><ofd:Provider ProviderName="{}" Version="{}"/><ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod><ofd:SignatureDateTime>{}</ofd:SignatureDateTime><ofd:References CheckMethod="1.2.156.10197.1.401">{references}</ofd:References>{stamps}{sealed}</ofd:SignedInfo><ofd:SignedValue>{}</ofd:SignedValue></ofd:Signature>"#,
        escaped(program),
        escaped(version),
        compact(setting.time),
        escaped(&value)
    );
    Ok(Prepared {
        signed: signed.into_bytes(),
        path,
        value,
        parts,
    })
}

impl Prepared {
    /// Writes the package with the signature's value: parts as they lie there, then what is new.
    ///
    /// # Errors
    /// `ofd-unreadable`, `ofd-too-large`.
    pub fn write<S: Source + ?Sized>(
        &self,
        package: &Package<'_, S>,
        value: &[u8],
        out: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Error> {
        let mut writer = PackageWriter::new(out);
        writer.copy(package, |path| !self.parts.contains_key(path))?;
        for (path, content) in &self.parts {
            writer.add(path, content)?;
        }
        writer.add(&self.path, &self.signed)?;
        writer.add(&self.value, value)?;
        writer.finish()
    }
}

/// A folder of which nothing is there, case or not: `/Doc_0/Signs/Sign_0`.
fn free_folder<S: Source + ?Sized>(package: &Package<'_, S>, document: &Document) -> String {
    let start = beside(document, "Signs/Sign_").to_lowercase();
    let taken = package.names().filter_map(|name| {
        let name = name.to_lowercase();
        let rest = name.strip_prefix(&start)?;
        rest.split('/').next()?.parse::<u32>().ok()
    });
    let number = taken.max().map_or(0, |last| last.saturating_add(1));
    beside(document, &format!("Signs/Sign_{number}"))
}

/// A signature in the list of them.
struct Record<'a> {
    id: &'a str,
    kind: &'a str,
    path: &'a str,
}

/// Identifiers of signatures and stamps, which one counter has for both.
struct Ids(u32);

impl Ids {
    fn of(earlier: &[signatures::Listed]) -> Self {
        let number = |id: &str| {
            let digits = id.trim_start_matches(|c: char| !c.is_ascii_digit());
            digits
                .parse::<u32>()
                .ok()
                .filter(|number| *number < u32::MAX / 2)
        };
        let all = earlier.iter().flat_map(|listed| match listed {
            Ok(signature) => {
                let stamps = signature.stamps.iter().map(|stamp| number(&stamp.id));
                stamps.chain([number(&signature.id)]).collect::<Vec<_>>()
            }
            Err(unreadable) => vec![number(&unreadable.id)],
        });
        Self(all.flatten().max().unwrap_or(0))
    }

    fn next(&mut self) -> String {
        self.0 += 1;
        self.last()
    }

    fn last(&self) -> String {
        format!("s{:03}", self.0)
    }
}

/// The stamps' elements.
fn stamps<S: Source + ?Sized>(
    package: &Package<'_, S>,
    document: &Document,
    setting: &Setting<'_>,
    ids: &mut Ids,
) -> Result<String, Error> {
    let Some((_, width, height)) = setting.seal else {
        return Ok(String::new());
    };
    let is_length = |length: f64| length > 0.0 && length <= f64::from(MAX_PLACEMENT_MM);
    let is_place = |place: f64| place.abs() <= f64::from(MAX_PLACEMENT_MM);
    if !is_length(width) || !is_length(height) {
        return Err(impossible("the seal has no size"));
    }
    let mut elements = String::new();
    let mut add = |page: &str, x: f64, y: f64, clip: Option<Rect>| {
        let clip = clip.map_or(String::new(), |clip| {
            format!(
                r#" Clip="{} {} {} {}""#,
                mm(clip.x),
                mm(clip.y),
                mm(clip.width),
                mm(clip.height)
            )
        });
        let _ = write!(
            elements,
            r#"<ofd:StampAnnot ID="{}" PageRef="{}" Boundary="{} {} {} {}"{clip}/>"#,
            ids.next(),
            escaped(page),
            mm(x),
            mm(y),
            mm(width),
            mm(height)
        );
    };
    match setting.placement {
        Placement::Unseen => {}
        Placement::Pages(places) => {
            if places.is_empty() {
                return Err(impossible("no page"));
            }
            for (number, x, y) in places {
                let page = number
                    .checked_sub(1)
                    .and_then(|at| document.pages.get(at as usize));
                let page = page.ok_or_else(|| impossible("there is no such page"))?;
                if !is_place(*x) || !is_place(*y) {
                    return Err(impossible("outside of any page"));
                }
                let (middle_x, middle_y) = (x + width / 2.0, y + height / 2.0);
                if let Some(area) = document.area(package, page)?
                    && !((0.0..=area.width).contains(&middle_x)
                        && (0.0..=area.height).contains(&middle_y))
                {
                    return Err(impossible("beside the page"));
                }
                add(&page.id, *x, *y, None);
            }
        }
        Placement::Straddling(y) => {
            let pages = &document.pages;
            if !(2..=MAX_STRADDLED).contains(&pages.len()) || !is_place(*y) {
                return Err(impossible("a seal straddles 2 to 1,000 pages"));
            }
            let slice = width / pages.len() as f64;
            for (page, before) in pages.iter().zip((0_u32..).map(f64::from)) {
                let area = document.area(package, page)?;
                let area = area.ok_or_else(|| unreadable(&page.path, "has no size"))?;
                if !(0.0..=area.height).contains(&(y + height / 2.0)) {
                    return Err(impossible("beside a page"));
                }
                let clip = Rect {
                    x: before * slice,
                    y: 0.0,
                    width: slice,
                    height,
                };
                // Its slice ends at the page's right edge.
                add(
                    &page.id,
                    area.width - (before + 1.0) * slice,
                    *y,
                    Some(clip),
                );
            }
        }
    }
    Ok(elements)
}

/// The list with a record more.
fn listed(
    former: Option<&[u8]>,
    path: &str,
    record: &Record<'_>,
    ids: &Ids,
) -> Result<Vec<u8>, Error> {
    let last = ids.last();
    let entry = |prefix: &str| {
        format!(
            r#"<{prefix}Signature ID="{}" Type="{}" BaseLoc="{}"/>"#,
            record.id,
            record.kind,
            escaped(record.path)
        )
    };
    let Some(former) = former else {
        return Ok(format!(
            r#"{DECLARATION}<ofd:Signatures xmlns:ofd="{NAMESPACE}"><ofd:MaxSignId>{last}</ofd:MaxSignId>{}</ofd:Signatures>"#,
            entry("ofd:")
        )
        .into_bytes());
    };
    let xml = parsed(path, former)?;
    let text = str::from_utf8(former).map_err(|_| unreadable(path, "not UTF-8"))?;
    let mut edits: Vec<_> = xml
        .root()
        .children_named("MaxSignId")
        .map(|element| {
            let range = element.range();
            let prefix = prefix(&text[range.clone()]);
            (
                range,
                format!("<{prefix}MaxSignId>{last}</{prefix}MaxSignId>"),
            )
        })
        .collect();
    let (at, prefix) = end(&xml, text).ok_or_else(|| unreadable(path, "is empty"))?;
    edits.push((at..at, entry(prefix)));
    Ok(edited(text, edits))
}

/// OFD.xml with where the list is.
fn entered(entry: &[u8], body: usize, list: &str) -> Result<Vec<u8>, Error> {
    let xml = parsed(ENTRY, entry)?;
    let text = str::from_utf8(entry).map_err(|_| unreadable(ENTRY, "not UTF-8"))?;
    let body = xml.root().children_named("DocBody").nth(body);
    let body = body.ok_or_else(|| unreadable(ENTRY, "names no document that is there"))?;
    if let Some(empty) = body.child("Signatures") {
        let prefix = prefix(&text[empty.range()]);
        let element = format!("<{prefix}Signatures>{}</{prefix}Signatures>", escaped(list));
        return Ok(edited(text, vec![(empty.range(), element)]));
    }
    let before = body.child("Versions").or_else(|| body.child("DocRoot"));
    let before = before.ok_or_else(|| unreadable(ENTRY, "names no document that is there"))?;
    let (prefix, at) = (prefix(&text[before.range()]), before.range().end);
    let element = format!("<{prefix}Signatures>{}</{prefix}Signatures>", escaped(list));
    Ok(edited(text, vec![(at..at, element)]))
}

fn parsed(path: &str, bytes: &[u8]) -> Result<Xml, Error> {
    Xml::parse(bytes).map_err(|error| unreadable(path, error.reason))
}

/// A path beside a document's Document.xml.
fn beside(document: &Document, name: &str) -> String {
    let folder = document
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    format!("{folder}/{name}")
}

/// Where the outermost element ends, and the prefix of its name. `None` if it is written as empty.
fn end<'t>(xml: &Xml, text: &'t str) -> Option<(usize, &'t str)> {
    let range = xml.root().range();
    let whole = text.get(range.clone())?;
    let at = whole.rfind("</")?;
    (!whole.ends_with("/>")).then(|| (range.start + at, prefix(whole)))
}

/// The prefix of an element's name, with its colon.
fn prefix(element: &str) -> &str {
    let name = element.trim_start_matches('<');
    let end = name
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
        .unwrap_or(0);
    name[..end].find(':').map_or("", |colon| &name[..=colon])
}

/// A text with pieces of it in the place of others.
fn edited(text: &str, mut edits: Vec<(std::ops::Range<usize>, String)>) -> Vec<u8> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut out, mut from) = (String::new(), 0);
    for (range, piece) in edits {
        out.push_str(&text[from..range.start]);
        out.push_str(&piece);
        from = range.end;
    }
    out.push_str(&text[from..]);
    out.into_bytes()
}

/// As a value of an attribute or a text.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Millimetres with three places at most.
fn mm(length: f64) -> String {
    let text = format!("{length:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `20261128120000Z`.
fn compact(time: UnixTime) -> String {
    time.to_string()
        .chars()
        .filter(|c| !matches!(c, '-' | ':' | 'T'))
        .collect()
}

fn impossible(reason: &str) -> Error {
    Error::PlacementRefused {
        reason: reason.into(),
    }
}

/// Pages that a seal straddles: thinner slices are none.
const MAX_STRADDLED: usize = 1_000;

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
/// GB/T 33190-2016.
const NAMESPACE: &str = "http://www.ofdspec.org/2016";

//! The signatures of a document (GB/T 33190, 18): their list, and what each says that it signs. Real files differ from
//! the schema in many ways, all of which are read; what a signature is worth is judged elsewhere.

use super::document::{self, Document, Rect};
use super::location::resolve;
use super::package::{Package, unreadable};
use super::xml::Element;
use crate::Source;
use std::collections::{BTreeMap, BTreeSet};
use yinxin_pki::pem;
use yinxin_proto::Error;

/// A signature, as its Signature.xml has it, whose bytes are what is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Its identifier in the list.
    pub id: String,
    /// What the list says that it is.
    pub kind: Kind,
    /// Path of its Signature.xml.
    pub path: String,
    /// Which of the package's documents it belongs to, from 0.
    pub document: usize,
    /// Path of the list that names it.
    pub list: String,
    /// Who wrote it.
    pub provider: Provider,
    /// The algorithm of the signature, as it is written.
    pub method: Option<String>,
    /// The time that it states, as it is written. It proves nothing.
    pub time: Option<String>,
    /// With which algorithm the parts are digested.
    pub check_method: CheckMethod,
    /// The parts that it covers.
    pub references: Vec<Reference>,
    /// Where its stamp stands.
    pub stamps: Vec<Stamp>,
    /// Path of its seal, where there is a part of it.
    pub seal: Option<String>,
    /// Path of the signature's value; the part may be missing.
    pub value: Option<String>,
}

/// Kinds of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A seal (GB/T 38540).
    Seal,
    /// A signature without a seal.
    Sign,
}

/// The program that wrote a signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its maker.
    pub company: Option<String>,
}

/// Algorithms of the digests of parts (`CheckMethod`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckMethod {
    /// SM3.
    Sm3,
    /// SHA-256.
    Sha256,
    /// One for which two parts of one digest can be made: MD5, SHA-1. A missing name means MD5.
    Weak(&'static str),
    /// Another, as it is written.
    Other(String),
}

impl CheckMethod {
    fn read(name: Option<&str>) -> Self {
        let name = name.unwrap_or_default().trim();
        let bare: String = name.chars().filter(|c| *c != '-').collect();
        match &*bare.to_ascii_uppercase() {
            "SM3" | "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" | "1.2.156.10197.1.401.2" => {
                Self::Sm3
            }
            "SHA256" | "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "" | "MD5" | "1.2.840.113549.2.5" => Self::Weak("MD5"),
            "SHA1" | "SHA" | "1.3.14.3.2.26" => Self::Weak("SHA-1"),
            _ => Self::Other(short(name)),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Sm3 => "SM3",
            Self::Sha256 => "SHA-256",
            Self::Weak(name) => name,
            Self::Other(name) => name,
        }
    }
}

/// A part that a signature covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its path; as it is written, where that is none.
    pub path: String,
    /// Its digest; empty where that can't be read.
    pub digest: Vec<u8>,
}

/// Where a stamp stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamp {
    /// Its identifier.
    pub id: String,
    /// The page's number, from 1. `None` if there is no page of the identifier.
    pub page: Option<u32>,
    /// The page's identifier.
    pub page_id: String,
    /// Where the whole stamp stands on the page. `None` if that can't be read.
    pub boundary: Option<Rect>,
    /// What of it is seen, from its own top left: a slice of a seal over several pages.
    pub clip: Option<Rect>,
}

/// A signature that is in the list, and what there is to say where it can't be read.
pub type Listed = Result<Signature, Unreadable>;

/// A signature that can't be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Unreadable {
    /// Its identifier in the list.
    pub id: String,
    /// Path of its Signature.xml, or the location as it is written.
    pub path: String,
    /// Why.
    pub error: Error,
}

/// The signatures of a document, in the order of the list; none if there is no list.
///
/// # Errors
/// `ofd-unreadable` for the list, `ofd-too-large`.
pub fn read<S: Source + ?Sized>(
    package: &Package<'_, S>,
    documents: &[Document],
    index: usize,
) -> Result<Vec<Listed>, Error> {
    let document = &documents[index];
    let Some((list, true)) = &document.signatures else {
        return Ok(Vec::new());
    };
    let Some(xml) = document::xml(package, list)? else {
        return Ok(Vec::new());
    };
    let mut all: Vec<Listed> = Vec::new();
    let numbers = document.numbers();
    let mut paths = BTreeSet::new();
    let mut left = MAX_REFERENCES;
    for entry in xml.root().children_named("Signature") {
        if all.len() == MAX_SIGNATURES {
            return Err(unreadable(list, "has too many signatures"));
        }
        let id = short(entry.attribute("ID").unwrap_or_default());
        let location = entry.attribute("BaseLoc").unwrap_or_default();
        let path = package.locate(list, location);
        let path = path.ok_or_else(|| resolve(list, location).unwrap_or_else(|| short(location)));
        let read = match path {
            Err(path) => Err((unreadable(&path, "is missing"), path)),
            Ok(path) if !paths.insert(path.clone()) => {
                Err((unreadable(&path, "is in the list twice"), path))
            }
            Ok(path) => match Signature::read(package, &numbers, path.clone(), &mut left) {
                Ok(read) => Ok(Signature {
                    id: id.clone(),
                    kind: match entry.attribute("Type") {
                        Some(kind) if kind.trim().eq_ignore_ascii_case("Sign") => Kind::Sign,
                        _ => Kind::Seal,
                    },
                    document: index,
                    list: list.clone(),
                    ..read
                }),
                Err(error @ Error::OfdTooLarge { .. }) => return Err(error),
                Err(error) => Err((error, path)),
            },
        };
        all.push(read.map_err(|(error, path)| Unreadable { id, path, error }));
    }
    Ok(all)
}

impl Signature {
    /// All but what the list says of it.
    fn read<S: Source + ?Sized>(
        package: &Package<'_, S>,
        numbers: &BTreeMap<&str, u32>,
        path: String,
        left: &mut usize,
    ) -> Result<Self, Error> {
        let xml = document::xml(package, &path)?.ok_or_else(|| unreadable(&path, "is missing"))?;
        let root = xml.root();
        let info = root.child("SignedInfo");
        let info = info.ok_or_else(|| unreadable(&path, "has no SignedInfo"))?;
        let list = info.child("References");
        let list = list.ok_or_else(|| unreadable(&path, "has no References"))?;
        let stamps = info.children_named("StampAnnot");
        let stamps: Vec<_> = stamps
            .take(MAX_STAMPS + 1)
            .map(|stamp| Stamp::read(stamp, numbers))
            .collect();
        if stamps.len() > MAX_STAMPS {
            return Err(unreadable(&path, "has too many stamps"));
        }
        let references = list.children_named("Reference");
        let references: Vec<_> = references.take(*left + 1).map(Reference::read).collect();
        let rest = left.checked_sub(references.len());
        *left = rest.ok_or_else(|| unreadable(&path, "has too many references"))?;
        let text = |name| {
            info.child_text(name)
                .filter(|text| !text.is_empty())
                .map(short)
        };
        let seal = info.child("Seal").and_then(|seal| {
            let base = seal.child_text("BaseLoc").unwrap_or_else(|| seal.text());
            package.locate(&path, base)
        });
        let value = root.child_text("SignedValue").and_then(|value| {
            let found = package.locate(&path, value);
            found.or_else(|| resolve(&path, value))
        });
        Ok(Self {
            id: String::new(),
            kind: Kind::Seal,
            document: 0,
            list: String::new(),
            provider: Provider::read(info),
            method: text("SignatureMethod"),
            time: text("SignatureDateTime"),
            check_method: CheckMethod::read(list.attribute("CheckMethod")),
            references,
            stamps,
            seal,
            value,
            path,
        })
    }
}

impl Provider {
    /// From attributes, or, as some makers write them, elements.
    fn read(info: Element<'_>) -> Self {
        let of = |name: &str| {
            let provider = info.child("Provider")?;
            let own = provider
                .attribute(name)
                .or_else(|| provider.child_text(name));
            own.map(str::trim).filter(|own| !own.is_empty()).map(short)
        };
        Self {
            name: of("ProviderName"),
            version: of("Version"),
            company: of("Company"),
        }
    }
}

impl Reference {
    fn read(element: Element<'_>) -> Self {
        let location = element.attribute("FileRef").unwrap_or_default();
        // From the root, also where it does not begin with a slash.
        let path = resolve("/", location).unwrap_or_else(|| short(location));
        let digest = element.child_text("CheckValue").and_then(pem::base64);
        Self {
            path,
            digest: digest.unwrap_or_default(),
        }
    }
}

impl Stamp {
    fn read(element: Element<'_>, numbers: &BTreeMap<&str, u32>) -> Self {
        let page_id = element.attribute("PageRef").unwrap_or_default().trim();
        let rect = |name| element.attribute(name).and_then(Rect::parse);
        Self {
            id: short(element.attribute("ID").unwrap_or_default()),
            page: numbers.get(page_id).copied(),
            page_id: short(page_id),
            boundary: rect("Boundary"),
            clip: rect("Clip"),
        }
    }
}

/// A text of a file that is told as it is: not more of it than can be looked at.
fn short(text: &str) -> String {
    text.chars().take(MAX_TOLD).collect()
}

/// Signatures of a document.
const MAX_SIGNATURES: usize = 200;
/// References of all signatures of a document.
const MAX_REFERENCES: usize = 200_000;
/// Stamps of a signature: one on each page, where it straddles them.
const MAX_STAMPS: usize = 10_000;
/// Characters of a text.
const MAX_TOLD: usize = 128;

//! The interactive form's fields (ISO 32000-2, 12.7).

use super::document::{Document, Revision};
use super::object::{Dictionary, Object, Reference};
use super::reader::unreadable;
use std::collections::HashSet;
use yinxin_proto::Error;

/// A field at the end of the form's tree: one that can have a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in the file; none if it stands in its parent.
    pub reference: Option<Reference>,
    /// Its full name: the partial ones with points between.
    pub name: String,
    /// `Sig`, `Tx`, `Btn` or `Ch`, perhaps inherited; empty if nobody says.
    pub kind: Vec<u8>,
    /// Its own dictionary.
    pub dictionary: Dictionary,
    /// Its value, perhaps inherited, as it stands: often a reference.
    pub value: Option<Object>,
    /// The annotations that show it: itself, or those under it.
    pub widgets: Vec<Reference>,
}

/// A node that was met.
struct Node {
    object: Object,
    name: String,
    kind: Vec<u8>,
    value: Option<Object>,
    depth: usize,
}

impl Document<'_> {
    /// The form's dictionary, if there is one.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn form(&self, revision: &Revision) -> Result<Option<Dictionary>, Error> {
        let catalog = self.catalog(revision)?;
        let form = self.value(revision, &catalog, b"AcroForm")?;
        Ok(form.dictionary().cloned())
    }

    /// The form's fields, in order.
    ///
    /// # Errors
    /// `pdf-unreadable` for a tree with circles, or too deep or large.
    pub fn fields(&self, revision: &Revision) -> Result<Vec<Field>, Error> {
        let Some(form) = self.form(revision)? else {
            return Ok(Vec::new());
        };
        let refused = |reason| unreadable(revision.startxref, reason);
        let list = self.value(revision, &form, b"Fields")?;
        let (mut fields, mut seen) = (Vec::new(), HashSet::new());
        let node = |object: &Object| Node {
            object: object.clone(),
            name: String::new(),
            kind: Vec::new(),
            value: None,
            depth: 0,
        };
        let mut open: Vec<Node> = list.array().into_iter().flatten().rev().map(node).collect();
        let mut count = 0;
        while let Some(node) = open.pop() {
            let reference = node.object.reference();
            count += 1;
            if node.depth > MAX_DEPTH || count > MAX_NODES {
                return Err(refused("the form is too large"));
            }
            if reference.is_some_and(|reference| !seen.insert(reference.number)) {
                return Err(refused("a field stands in the form twice"));
            }
            let Object::Dictionary(dictionary) = self.resolve(revision, &node.object)? else {
                continue;
            };
            let partial = self.value(revision, &dictionary, b"T")?;
            let name = match partial.string() {
                None => node.name,
                Some(partial) if node.name.is_empty() => text(partial),
                Some(partial) => format!("{}.{}", node.name, text(partial)),
            };
            if name.len() > MAX_NAME {
                return Err(refused("a field has too long a name"));
            }
            let kind = self.value(revision, &dictionary, b"FT")?;
            let kind = kind.name().map_or(node.kind, <[u8]>::to_vec);
            let value = dictionary.get(b"V").cloned().or(node.value);
            let kids = self.value(revision, &dictionary, b"Kids")?;
            let kids = kids.array().unwrap_or_default();
            // Kids with a name are fields, others only show this one.
            let mut widgets = Vec::new();
            let mut inner = Vec::new();
            for kid in kids {
                let own = self.resolve(revision, kid)?;
                let is_field = own.dictionary().is_some_and(|own| own.get(b"T").is_some());
                match kid.reference() {
                    Some(widget) if !is_field => widgets.push(widget),
                    _ => inner.push(Node {
                        object: kid.clone(),
                        name: name.clone(),
                        kind: kind.clone(),
                        value: value.clone(),
                        depth: node.depth + 1,
                    }),
                }
            }
            if inner.is_empty() {
                if kids.is_empty() {
                    widgets.extend(reference);
                }
                fields.push(Field {
                    reference,
                    name,
                    kind,
                    dictionary,
                    value,
                    widgets,
                });
            } else {
                open.extend(inner.into_iter().rev());
            }
        }
        Ok(fields)
    }
}

/// A text string (7.9.2.2): UTF-16 or UTF-8 where it says so, else PDFDocEncoding, of which what is not in Latin-1 is
/// shown as a substitute.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units = rest
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => bytes
            .iter()
            .map(|byte| match byte {
                0x18..=0x1f | 0x7f..=0x9f => char::REPLACEMENT_CHARACTER,
                0xa0 => '€',
                byte => char::from(*byte),
            })
            .collect(),
    }
}

const MAX_DEPTH: usize = 32;

const MAX_NODES: usize = 50_000;

const MAX_NAME: usize = 4096;

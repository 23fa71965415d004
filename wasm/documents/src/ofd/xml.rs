//! The XML of a package's parts, as a tree of bounded size: elements by their local names, attributes, text. No DTD, so
//! no entities but the five of XML. What is of another namespace than OFD's is left out; where a name space or prefix is
//! missing, as in some makers' files, the name alone counts.
//!
//! Where an element begins and ends in the part is kept, for what looks at bytes as they stand.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// An XML document.
#[derive(Clone, Debug)]
pub struct Xml {
    /// In the order of the document; the root is first.
    nodes: Vec<Node>,
    attributes: Vec<(u32, Slice)>,
    names: Vec<String>,
    /// Values of attributes and texts of elements, one after another.
    values: String,
}

/// A piece of [`Xml::values`].
type Slice = Range<u32>;

#[derive(Clone, Debug)]
struct Node {
    name: u32,
    attributes: Slice,
    text: Slice,
    /// The node behind the last that lies in this one.
    next: u32,
    /// Bytes in the part.
    start: u32,
    end: u32,
}

/// Why it is none, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Bytes from the beginning of the part.
    pub position: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

impl Xml {
    /// Reads a document in UTF-8.
    ///
    /// # Errors
    /// For what is not well-formed, or exceeds a limit.
    pub fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let at = |position, reason| Unreadable { position, reason };
        if bytes.len() > MAX_BYTES {
            return Err(at(MAX_BYTES, "too large"));
        }
        let text = str::from_utf8(bytes);
        let text = text.map_err(|error| at(error.valid_up_to(), "not UTF-8"))?;
        let own = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = NsReader::from_str(own);
        reader.config_mut().expand_empty_elements = true;
        let mut builder = Builder {
            mark: text.len() - own.len(),
            ..Builder::default()
        };
        loop {
            let position = builder.mark + reader.buffer_position() as usize;
            let read = builder.take(&mut reader);
            if read.map_err(|reason| at(position, reason))? {
                return Ok(builder.xml);
            }
        }
    }

    /// The outermost element.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { xml: self, at: 0 }
    }

    fn value(&self, slice: &Slice) -> &str {
        // Slices are those of whole values.
        self.values
            .get(slice.start as usize..slice.end as usize)
            .unwrap_or_default()
    }
}

/// An element of a document.
#[derive(Clone, Copy, Debug)]
pub struct Element<'x> {
    xml: &'x Xml,
    at: u32,
}

impl<'x> Element<'x> {
    fn node(self) -> &'x Node {
        &self.xml.nodes[self.at as usize]
    }

    /// Its local name.
    #[must_use]
    pub fn name(self) -> &'x str {
        &self.xml.names[self.node().name as usize]
    }

    /// The value of an attribute, by its local name.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<&'x str> {
        let range = &self.node().attributes;
        let all = &self.xml.attributes[range.start as usize..range.end as usize];
        let is_it = |(index, _): &&(u32, Slice)| self.xml.names[*index as usize] == name;
        all.iter()
            .find(is_it)
            .map(|(_, value)| self.xml.value(value))
    }

    /// Its text, without what is blank at the ends; not that of elements in it.
    #[must_use]
    pub fn text(self) -> &'x str {
        self.xml.value(&self.node().text).trim()
    }

    /// Its text as it stands, blanks included.
    #[must_use]
    pub fn text_as_is(self) -> &'x str {
        self.xml.value(&self.node().text)
    }

    /// The elements that lie in it, in their order.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let (mut next, end) = (self.at + 1, self.node().next);
        std::iter::from_fn(move || {
            let child = Self { at: next, ..self };
            (next < end).then(|| {
                next = child.node().next;
                child
            })
        })
    }

    /// Those of a name.
    pub fn children_named<'n>(self, name: &'n str) -> impl Iterator<Item = Self> + use<'x, 'n> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first of a name.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.name() == name)
    }

    /// The text of the first of a name.
    #[must_use]
    pub fn child_text(self, name: &str) -> Option<&'x str> {
        self.child(name).map(Self::text)
    }

    /// From where to where it stands in the part, in bytes.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.node().start as usize..self.node().end as usize
    }
}

struct Builder {
    xml: Xml,
    indices: BTreeMap<String, u32>,
    /// Elements that are open, with their text so far.
    open: Vec<(u32, String)>,
    /// Open elements inside of one of another namespace, that one included.
    foreign: usize,
    begun: bool,
    /// Bytes of the mark of byte order, which the reader does not count.
    mark: usize,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            xml: Xml {
                nodes: Vec::new(),
                attributes: Vec::new(),
                names: Vec::new(),
                values: String::new(),
            },
            indices: BTreeMap::new(),
            open: Vec::new(),
            foreign: 0,
            begun: false,
            mark: 0,
        }
    }
}

impl Builder {
    /// Takes the next of the document. Whether that was its end.
    fn take(&mut self, reader: &mut NsReader<&[u8]>) -> Result<bool, &'static str> {
        let before = reader.buffer_position();
        let event = reader.read_event().map_err(|_| "not well-formed")?;
        let end = reader.buffer_position();
        // Bounded by `MAX_BYTES`.
        let mark = self.mark;
        let place = |position: u64| mark as u32 + position as u32;
        match event {
            Event::Start(element) => {
                let (namespace, _) = reader.resolver().resolve_element(element.name());
                let is_own = is_own(&namespace);
                self.start(&element, is_own, place(before))?;
            }
            Event::End(_) => self.end(place(end))?,
            Event::Text(text) => self.text(&text.into_inner())?,
            Event::CData(text) => self.text(&text.into_inner())?,
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => self.text(character.encode_utf8(&mut [0; 4]))?,
                Ok(None) => {
                    let known = resolve_xml_entity(&reference);
                    self.text(known.ok_or("an entity that XML does not have")?)?;
                }
                Err(_) => return Err("not well-formed"),
            },
            Event::DocType(_) => return Err("a document type declaration"),
            Event::Eof
                if self.open.is_empty() && self.foreign == 0 && !self.xml.nodes.is_empty() =>
            {
                return Ok(true);
            }
            Event::Eof => return Err("it ends too early"),
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().transpose();
                let encoding = encoding.map_err(|_| "not well-formed")?;
                let is_utf8 = |name: &Cow<'_, str>| {
                    ["utf-8", "utf8"]
                        .iter()
                        .any(|own| name.eq_ignore_ascii_case(own))
                };
                if !encoding.as_ref().is_none_or(is_utf8) {
                    return Err("not UTF-8");
                }
            }
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) => (),
        }
        Ok(false)
    }

    fn start(
        &mut self,
        element: &BytesStart,
        is_own: bool,
        start: u32,
    ) -> Result<(), &'static str> {
        let depth = self.open.len() + self.foreign;
        if depth == MAX_DEPTH {
            return Err("too deep");
        }
        if depth == 0 {
            if std::mem::replace(&mut self.begun, true) {
                return Err("two outermost elements");
            }
            if !is_own {
                return Err("not of OFD");
            }
        }
        if self.foreign > 0 || !is_own {
            self.foreign += 1;
            return Ok(());
        }
        if self.xml.nodes.len() == MAX_ELEMENTS {
            return Err("too many elements");
        }
        let name = self.name(element.local_name().into_inner())?;
        let first = self.xml.attributes.len();
        let mut all = element.attributes();
        all.with_checks(false);
        for attribute in all {
            let attribute = attribute.map_err(|_| "not well-formed")?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let name = self.name(attribute.key.local_name().into_inner())?;
            let value = value(&attribute)?;
            let own = &self.xml.attributes[first..];
            if own.len() == MAX_ATTRIBUTES || self.xml.attributes.len() == MAX_ALL_ATTRIBUTES {
                return Err("too many attributes");
            }
            if own.iter().any(|(other, _)| *other == name) {
                return Err("an attribute twice");
            }
            let value = self.keep(&value);
            self.xml.attributes.push((name, value));
        }
        // Bounded by `MAX_BYTES`, as every number of elements and attributes is.
        let index = self.xml.nodes.len() as u32;
        self.xml.nodes.push(Node {
            name,
            attributes: first as u32..self.xml.attributes.len() as u32,
            text: 0..0,
            next: index + 1,
            start,
            end: start,
        });
        self.open.push((index, String::new()));
        Ok(())
    }

    fn end(&mut self, end: u32) -> Result<(), &'static str> {
        if self.foreign > 0 {
            self.foreign -= 1;
            return Ok(());
        }
        let (index, text) = self.open.pop().ok_or("not well-formed")?;
        let text = self.keep(&text);
        let next = self.xml.nodes.len() as u32;
        let node = &mut self.xml.nodes[index as usize];
        (node.text, node.next, node.end) = (text, next, end);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), &'static str> {
        if self.foreign > 0 {
            return Ok(());
        }
        match self.open.last_mut() {
            Some((_, kept)) => kept.push_str(text),
            None if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() => (),
            None => return Err("text outside of the outermost element"),
        }
        Ok(())
    }

    fn keep(&mut self, value: &str) -> Slice {
        let start = self.xml.values.len() as u32;
        self.xml.values.push_str(value);
        start..self.xml.values.len() as u32
    }

    fn name(&mut self, name: &str) -> Result<u32, &'static str> {
        if let Some(index) = self.indices.get(name) {
            return Ok(*index);
        }
        if self.xml.names.len() == MAX_NAMES {
            return Err("too many names");
        }
        let index = self.xml.names.len() as u32;
        self.xml.names.push(name.to_owned());
        self.indices.insert(name.to_owned(), index);
        Ok(index)
    }
}

/// Whether an element is of OFD, or may be: without a namespace, or with a prefix that nothing declares.
fn is_own(namespace: &ResolveResult<'_>) -> bool {
    match namespace {
        ResolveResult::Bound(Namespace(uri)) => uri.starts_with(NAMESPACE),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => true,
    }
}

fn value<'a>(attribute: &Attribute<'a>) -> Result<Cow<'a, str>, &'static str> {
    match &attribute.value {
        Cow::Borrowed(value) if !value.contains(['&', '\t', '\r', '\n']) => Ok((*value).into()),
        _ => attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| "not well-formed"),
    }
}

/// GB/T 33190, 6.3; its year stands behind.
const NAMESPACE: &str = "http://www.ofdspec.org";

/// Bytes of a part.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Elements of a part; a page with a thousand characters, each placed alone, has some 3,000.
const MAX_ELEMENTS: usize = 300_000;
/// Elements within elements.
const MAX_DEPTH: usize = 128;
/// Attributes of one element.
const MAX_ATTRIBUTES: usize = 64;
/// Attributes of a part: those of its elements have three on average.
const MAX_ALL_ATTRIBUTES: usize = 3 * MAX_ELEMENTS;
/// Names of elements and attributes; the standard has some 300.
const MAX_NAMES: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> &'static str {
        Xml::parse(text.as_bytes()).unwrap_err().reason
    }

    #[test]
    fn elements_are_found_by_name_with_attributes_text_and_place() {
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><ofd:A xmlns:ofd=\"http://www.ofdspec.org/2016\" \
             ID='1'><ofd:B/>&#20013;<!-- c -->&amp;<ofd:B K=\"a&lt;b\"><![CDATA[ <c> ]]></ofd:B> </ofd:A>";
        let xml = Xml::parse(text.as_bytes()).unwrap();
        let root = xml.root();
        assert_eq!(
            (root.name(), root.attribute("ID"), root.text()),
            ("A", Some("1"), "中&")
        );
        let texts: Vec<_> = root
            .children()
            .map(|b| (b.name(), b.attribute("K"), b.text()))
            .collect();
        assert_eq!(texts, [("B", None, ""), ("B", Some("a<b"), "<c>")]);
        assert_eq!(root.child("B").map(|b| &text[b.range()]), Some("<ofd:B/>"));
        let second = root.children_named("B").nth(1).unwrap();
        assert_eq!(second.text_as_is(), " <c> ");
        assert_eq!(
            &text[second.range()],
            "<ofd:B K=\"a&lt;b\"><![CDATA[ <c> ]]></ofd:B>"
        );
        assert!(root.child("C").is_none());
    }

    #[test]
    fn only_elements_of_ofd_count() {
        let text = r#"<A xmlns="http://www.ofdspec.org/2016"><x:B xmlns:x="urn:x"><B/>1</x:B><B xmlns="">2</B><o:B>3</o:B></A>"#;
        let xml = Xml::parse(text.as_bytes()).unwrap();
        let texts: Vec<_> = xml.root().children().map(Element::text).collect();
        assert_eq!(texts, ["2", "3"]);
        assert_eq!(reason(r#"<A xmlns="urn:x"/>"#), "not of OFD");
    }

    #[test]
    fn what_is_hostile_is_refused() {
        let deep = "<A>".repeat(200) + &"</A>".repeat(200);
        let wide = format!("<A>{}</A>", "<B/>".repeat(MAX_ELEMENTS));
        let names: String = (0..MAX_NAMES).map(|n| format!("<B{n}/>")).collect();
        let many: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" a{n}=''")).collect();
        for (text, expected) in [
            ("", "it ends too early"),
            ("<A>", "it ends too early"),
            ("<A/><A/>", "two outermost elements"),
            ("<A/>b", "text outside of the outermost element"),
            ("<A></B>", "not well-formed"),
            ("<A a=1/>", "not well-formed"),
            ("<A a='1' a='2'/>", "an attribute twice"),
            (
                "<!DOCTYPE A [<!ENTITY b 'c'>]><A>&b;</A>",
                "a document type declaration",
            ),
            ("<A>&b;</A>", "an entity that XML does not have"),
            ("<A b='&b;'/>", "not well-formed"),
            ("<?xml version='1.0' encoding='GBK'?><A/>", "not UTF-8"),
            (&deep, "too deep"),
            (&wide, "too many elements"),
            (&format!("<A>{names}</A>"), "too many names"),
            (&format!("<A{many}/>"), "too many attributes"),
        ] {
            assert_eq!(reason(text), expected, "{}", &text[..text.len().min(60)]);
        }
        assert_eq!(
            Xml::parse(b"<A>\xff</A>").unwrap_err(),
            Unreadable {
                position: 3,
                reason: "not UTF-8"
            }
        );
    }
}

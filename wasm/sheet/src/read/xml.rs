//! The XML of a workbook's parts, as a stream: elements by their local names, and text. No DTD, so no
//! entities but the five of XML; no deep nesting, and no long tags or texts.

use super::Unreadable;
use super::package::{Part, unpacked};
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;
use yinxin_proto::Error;

/// Elements within elements; what is read of a workbook lies seven deep.
const MAX_DEPTH: usize = 100;
/// Bytes of one tag or text, all of which is held. A cell of Excel has up to 32,767 characters.
const MAX_NODE: usize = 1024 * 1024;

pub(super) struct Xml<'p, 'a> {
    reader: Reader<Part<'p, 'a>>,
    buffer: Vec<u8>,
    depth: usize,
}

pub(super) enum Node<'x> {
    Start(BytesStart<'x>),
    /// The end of an element, also of one that was written as empty.
    End(BytesEnd<'x>),
    Text(Cow<'x, str>),
    /// Comments, declarations and instructions.
    Other,
    /// The end of the document.
    Eof,
}

impl<'p, 'a> Xml<'p, 'a> {
    pub(super) fn new(part: Part<'p, 'a>) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn next(&mut self) -> Result<Node<'_>, Error> {
        self.buffer.clear();
        self.reader.get_mut().get_mut().allow(MAX_NODE);
        let event = self.reader.read_event_into(&mut self.buffer);
        Ok(match event.map_err(|error| broken(&error))? {
            Event::Start(element) if self.depth < MAX_DEPTH => {
                self.depth += 1;
                Node::Start(element)
            }
            Event::End(element) => {
                self.depth = self.depth.saturating_sub(1);
                Node::End(element)
            }
            Event::Text(text) => Node::Text(text.into_inner()),
            Event::CData(text) => Node::Text(text.into_inner()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => Node::Text(String::from(character).into()),
                Ok(None) => {
                    let known = resolve_xml_entity(&reference).ok_or(Unreadable::Damaged)?;
                    Node::Text(known.into())
                }
                Err(error) => return Err(broken(&error)),
            },
            Event::Eof if self.depth == 0 => Node::Eof,
            Event::Start(_) | Event::DocType(_) | Event::Eof => {
                return Err(Unreadable::Damaged.into());
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Node::Other,
        })
    }
}

fn broken(error: &quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => unpacked(error),
        _ => Unreadable::Damaged.into(),
    }
}

/// Local names of attributes, and their values. What follows a malformed one is not seen; nothing
/// compares each with each, as a check of their names would.
pub(super) fn attributes<'e>(
    element: &'e BytesStart,
) -> impl Iterator<Item = (&'e str, Cow<'e, str>)> {
    let mut attributes = element.attributes();
    attributes.with_checks(false);
    attributes.map_while(|attribute| {
        let attribute = attribute.ok()?;
        let name = attribute.key.local_name().into_inner();
        let value = match attribute.value {
            Cow::Borrowed(value) if !value.contains('&') => value.into(),
            _ => attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .ok()?
                .into_owned()
                .into(),
        };
        Some((name, value))
    })
}

/// The value of one attribute.
pub(super) fn attribute<'e>(element: &'e BytesStart, name: &str) -> Option<Cow<'e, str>> {
    attributes(element)
        .find(|(other, _)| *other == name)
        .map(|(_, value)| value)
}

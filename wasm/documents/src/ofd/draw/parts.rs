//! The parts of a document that say how its pages look, and the resources in them (GB/T 33190, 7.9).

use super::told::{Told, What};
use crate::Source;
use crate::ofd::package::Package;
use crate::ofd::xml::{Element, Xml};
use std::collections::HashMap;
use yinxin_proto::Error;

/// Where parts are found: a package, whatever it lies in.
pub trait Parts {
    /// A part, whole; `None` if there is none.
    ///
    /// # Errors
    /// As [`Package::read`].
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error>;

    /// As [`Package::locate`].
    fn locate(&self, holder: &str, location: &str) -> Option<String>;
}

impl<S: Source + ?Sized> Parts for Package<'_, S> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        Package::read(self, path)
    }

    fn locate(&self, holder: &str, location: &str) -> Option<String> {
        Package::locate(self, holder, location)
    }
}

/// A part that is XML, and where it lies.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: String,
    pub(super) xml: Xml,
}

impl Part {
    /// Reads the part that a location in another names. One that can't be read is told.
    pub(super) fn read(
        parts: &dyn Parts,
        holder: &str,
        location: &str,
        told: &mut Told,
    ) -> Option<Self> {
        let path = parts.locate(holder, location);
        let xml = path
            .as_deref()
            .and_then(|path| Xml::parse(&parts.read(path).ok()??).ok());
        if xml.is_none() {
            told.tell(What::Part, path.as_deref().unwrap_or(location));
        }
        Some(Self {
            path: path?,
            xml: xml?,
        })
    }
}

/// Resources, by their kind and number.
#[derive(Debug, Default)]
pub(super) struct Resources<'x>(HashMap<(&'x str, &'x str), Resource<'x>>);

/// A resource, and where locations in it begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resource<'x> {
    pub(super) element: Element<'x>,
    holder: &'x str,
    base: &'x str,
}

impl<'x> Resources<'x> {
    /// Takes in what stands in parts; the later ones go before.
    pub(super) fn take(&mut self, parts: impl IntoIterator<Item = &'x Part>) {
        for part in parts {
            let root = part.xml.root();
            let base = root.attribute("BaseLoc").unwrap_or_default();
            for element in root.children().flat_map(Element::children) {
                if let Some(id) = element.attribute("ID") {
                    let resource = Resource {
                        element,
                        holder: &part.path,
                        base,
                    };
                    self.0.insert((element.name(), id.trim()), resource);
                }
            }
        }
    }

    pub(super) fn get(&self, kind: &str, id: &str) -> Option<Resource<'x>> {
        self.0.get(&(kind, id.trim())).copied()
    }
}

impl Resource<'_> {
    /// The path of a file that it names.
    pub(super) fn file(self, parts: &dyn Parts, location: &str) -> Option<String> {
        let location = location.trim();
        if location.starts_with('/') {
            return parts.locate(self.holder, location);
        }
        let with_base = format!("{}/{location}", self.base.trim().trim_end_matches('/'));
        let with_base = with_base.trim_start_matches('/');
        // A base that begins at the root.
        let with_base = match self.base.trim().starts_with('/') {
            true => format!("/{with_base}"),
            false => with_base.to_owned(),
        };
        let found = parts.locate(self.holder, &with_base);
        // Some makers write it from the part itself.
        found.or_else(|| parts.locate(self.holder, location))
    }
}

//! What holds for an object where several places could say it (GB/T 33190, 8.2): the object itself, then its DrawParam with
//! those that it rests on, then that of the layer.

use super::parts::Resources;
use super::told::{Told, What};
use crate::ofd::xml::Element;

/// The places, the nearest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Style<'x>(Vec<Element<'x>>);

impl<'x> Style<'x> {
    /// That of an element in one of this style.
    pub(super) fn of(
        &self,
        element: Element<'x>,
        resources: &Resources<'x>,
        told: &mut Told,
    ) -> Self {
        let mut places = vec![element];
        let mut next = element.attribute("DrawParam");
        while let Some(id) = next.filter(|_| places.len() < MAX_OWN) {
            let Some(found) = resources.get("DrawParam", id) else {
                told.tell(What::Resource, &format!("DrawParam {id}"));
                break;
            };
            places.push(found.element);
            next = found.element.attribute("Relative");
        }
        let room = MAX_PLACES.saturating_sub(places.len());
        places.extend(self.0.iter().take(room));
        Self(places)
    }

    /// What elements in this one start from: what objects say of themselves goes to nothing in them.
    pub(super) fn inherited(mut self) -> Self {
        if !self.0.is_empty() {
            self.0.remove(0);
        }
        self
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'x str> {
        self.0.iter().find_map(|place| place.attribute(name))
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.attribute(name).and_then(super::geometry::number)
    }

    pub(super) fn child(&self, name: &str) -> Option<Element<'x>> {
        self.0.iter().find_map(|place| place.child(name))
    }
}

/// An element with its DrawParams that rest on each other, and all with those of what lies around.
const MAX_OWN: usize = 8;
const MAX_PLACES: usize = 16;

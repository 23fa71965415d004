//! Pages and their tree (ISO 32000-2, 7.7.3).

use super::document::{Document, Revision};
use super::object::{Dictionary, Object, Reference};
use super::reader::unreadable;
use std::collections::HashSet;
use yinxin_proto::Error;

/// What a page is laid out by, with what it inherits.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its dictionary.
    pub dictionary: Dictionary,
    /// Left, bottom, right and top of the paper, in units.
    pub media_box: [f64; 4],
    /// What of it is shown; within the paper.
    pub crop_box: [f64; 4],
    /// Clockwise: 0, 90, 180 or 270.
    pub rotation: u16,
    /// What a unit is, in 1/72 inch.
    pub user_unit: f64,
}

impl Document<'_> {
    /// The catalog.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn catalog(&self, revision: &Revision) -> Result<Dictionary, Error> {
        match self.object(revision, revision.root()?)? {
            Object::Dictionary(catalog) => Ok(catalog),
            _ => Err(unreadable(
                revision.startxref,
                "the catalog is no dictionary",
            )),
        }
    }

    /// The pages in order, by name.
    ///
    /// # Errors
    /// `pdf-unreadable` for a tree with circles, or too deep or large.
    pub fn pages(&self, revision: &Revision) -> Result<Vec<Reference>, Error> {
        let catalog = self.catalog(revision)?;
        let refused = |reason| unreadable(revision.startxref, reason);
        let Some(Object::Reference(root)) = catalog.get(b"Pages") else {
            return Err(refused("the catalog names no pages"));
        };
        let (mut pages, mut seen) = (Vec::new(), HashSet::new());
        // The next one last.
        let mut open = vec![(*root, 0_usize)];
        while let Some((reference, depth)) = open.pop() {
            if !seen.insert(reference.number) {
                return Err(refused("a page stands in the page tree twice"));
            }
            if depth > MAX_DEPTH || seen.len() > MAX_NODES {
                return Err(refused("the page tree is too large"));
            }
            let Object::Dictionary(node) = self.object(revision, reference)? else {
                return Err(refused("something in the page tree is no page"));
            };
            let kids = self.value(revision, &node, b"Kids")?;
            match kids.array() {
                // Some writers leave out the type.
                None => pages.push(reference),
                Some(kids) => {
                    for kid in kids.iter().rev() {
                        let kid = kid.reference();
                        let kid = kid.ok_or_else(|| refused("a page has no name"))?;
                        open.push((kid, depth + 1));
                    }
                }
            }
        }
        Ok(pages)
    }

    /// What a page is laid out by.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn page(&self, revision: &Revision, reference: Reference) -> Result<Page, Error> {
        let refused = |reason| unreadable(revision.startxref, reason);
        let Object::Dictionary(dictionary) = self.object(revision, reference)? else {
            return Err(refused("a page is no dictionary"));
        };
        let mut inherited = dictionary.clone();
        let mut node = dictionary.clone();
        for _ in 0..MAX_DEPTH {
            let Object::Dictionary(parent) = self.value(revision, &node, b"Parent")? else {
                break;
            };
            for key in [&b"MediaBox"[..], b"CropBox", b"Rotate"] {
                if let (None, Some(value)) = (inherited.get(key), parent.get(key)) {
                    inherited.set(key, value.clone());
                }
            }
            node = parent;
        }
        let media_box = self.rectangle(revision, &inherited, b"MediaBox")?;
        let media_box = media_box.ok_or_else(|| refused("a page has no size"))?;
        let crop_box = self.rectangle(revision, &inherited, b"CropBox")?;
        let crop_box = crop_box.map_or(media_box, |[left, bottom, right, top]| {
            [
                left.max(media_box[0]),
                bottom.max(media_box[1]),
                right.min(media_box[2]),
                top.min(media_box[3]),
            ]
        });
        let rotation = self.value(revision, &inherited, b"Rotate")?.integer();
        let rotation = rotation.unwrap_or(0).rem_euclid(360);
        let user_unit = self.value(revision, &dictionary, b"UserUnit")?.number();
        Ok(Page {
            dictionary,
            media_box,
            crop_box,
            rotation: u16::try_from(rotation / 90 * 90).unwrap_or(0),
            user_unit: user_unit.filter(|unit| *unit > 0.0).unwrap_or(1.0),
        })
    }

    /// A rectangle (7.9.5), in whichever order its corners stand: left, bottom, right, top.
    ///
    /// # Errors
    /// As for [`Document::object`].
    pub fn rectangle(
        &self,
        revision: &Revision,
        dictionary: &Dictionary,
        key: &[u8],
    ) -> Result<Option<[f64; 4]>, Error> {
        let value = self.value(revision, dictionary, key)?;
        let mut corners = [0.0; 4];
        let Some(numbers) = value.array().filter(|numbers| numbers.len() == 4) else {
            return Ok(None);
        };
        for (corner, number) in corners.iter_mut().zip(numbers) {
            let Some(number) = self.resolve(revision, number)?.number() else {
                return Ok(None);
            };
            *corner = number;
        }
        let [a, b, c, d] = corners;
        Ok(Some([a.min(c), b.min(d), a.max(c), b.max(d)]))
    }
}

const MAX_DEPTH: usize = 64;

const MAX_NODES: usize = 200_000;

//! Stamps: pictures of seals, where a signature puts them (GB/T 33190, 18.2.3), on top of the page.

use super::geometry::{Matrix, Rect};
use super::svg::Id;
use super::told::What;
use super::{Canvas, Pages};
use crate::Source;
use crate::ofd::document::Document;
use crate::ofd::signatures::{self, Signature};
use crate::ofd::{Package, document};
use std::rc::Rc;
use yinxin_pki::seal::picture::Kind;
use yinxin_pki::seal::{Picture, Seal, SealSignature};
use yinxin_proto::limits::MAX_SEAL_BYTES;

/// A stamp on a page.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// Where it lies, in millimetres of the page.
    pub boundary: Rect,
    /// What of it is seen, in millimetres from its upper left corner: a slice, of a seal across the edges of pages.
    pub clip: Option<Rect>,
    /// The seal's picture.
    pub picture: &'a Picture,
}

/// A stamp, as a signature of the package puts it on a page.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Which signature, in the order of the documents and their lists, from 0.
    pub signature: usize,
    /// Which document, from 0.
    pub document: usize,
    /// The page's number, from 1.
    pub page: u32,
    /// Where it lies.
    pub boundary: Rect,
    /// What of it is seen, from its own upper left corner.
    pub clip: Option<Rect>,
    /// The seal's picture.
    pub picture: Rc<Picture>,
}

impl Placed {
    /// The stamp, to be drawn.
    #[must_use]
    pub fn stamp(&self) -> Stamp<'_> {
        Stamp {
            boundary: self.boundary,
            clip: self.clip,
            picture: &self.picture,
        }
    }
}

/// The stamps of a package, with the pictures that are in what was signed. Whether the signatures hold is not asked, and
/// what can't be read has no stamp: verifying says so.
#[must_use]
pub fn placed<S: Source + ?Sized>(package: &Package<'_, S>, documents: &[Document]) -> Vec<Placed> {
    let mut all = Vec::new();
    let mut first = 0;
    for index in 0..documents.len() {
        let listed = signatures::read(package, documents, index).unwrap_or_default();
        for (signature, listed) in (first..).zip(&listed) {
            let Ok(listed) = listed else { continue };
            let seen = listed.stamps.iter().filter_map(|stamp| {
                let page = stamp.page?;
                Some((page, stamp.boundary?, stamp.clip))
            });
            let seen: Vec<_> = seen.take(MAX_PLACED.saturating_sub(all.len())).collect();
            // Pictures are read only where they are seen.
            let picture = (!seen.is_empty())
                .then(|| picture_of(package, listed))
                .flatten();
            let Some(picture) = picture.map(Rc::new) else {
                continue;
            };
            all.extend(seen.into_iter().map(|(page, boundary, clip)| Placed {
                signature,
                document: listed.document,
                page,
                boundary,
                clip,
                picture: picture.clone(),
            }));
        }
        first += listed.len();
    }
    all
}

/// The picture of a signature's seal: that in what was signed, else that of the part beside it.
fn picture_of<S: Source + ?Sized>(
    package: &Package<'_, S>,
    signature: &Signature,
) -> Option<Picture> {
    let read = |path: &Option<String>| {
        let path = path.as_deref()?;
        let size = package.size(path)?;
        if size > 2 * u64::from(MAX_SEAL_BYTES) {
            return None;
        }
        package.read(path).ok().flatten()
    };
    let signed = read(&signature.value).and_then(|value| SealSignature::parse(&value).ok());
    if let Some(signed) = signed {
        return Some(signed.seal().picture().clone());
    }
    let seal = Seal::parse(&read(&signature.seal)?).ok()?;
    Some(seal.picture().clone())
}

/// Draws the stamps of a page. What they cover is seen through them, as it is on paper.
pub(super) fn draw(canvas: &mut Canvas, stamps: &[Stamp<'_>], seen: Rect) {
    // Of a seal that stands there several times, the picture is one.
    let mut known: Vec<(&[u8], Id)> = Vec::new();
    for stamp in stamps.iter().take(MAX_STAMPS) {
        let boundary = stamp.boundary;
        if boundary.width <= 0.0 || boundary.height <= 0.0 {
            canvas.told.tell(What::Damaged, "StampAnnot");
            continue;
        }
        let cut = match stamp.clip {
            Some(clip) => Rect {
                x: boundary.x + clip.x,
                y: boundary.y + clip.y,
                ..clip
            }
            .within(boundary),
            None => Some(boundary),
        };
        let Some(cut) = cut.and_then(|cut| cut.within(seen)) else {
            continue;
        };
        if !canvas.spend(3.0 * cut.width * cut.height / (seen.width * seen.height)) {
            return;
        }
        let data = &stamp.picture.data[..];
        let is_document = Kind::of(data) == Some(Kind::Ofd);
        let image = known
            .iter()
            .find(|(known, _)| *known == data)
            .map(|(_, id)| *id);
        let image = match image {
            None if !is_document => match define(canvas, stamp.picture) {
                Some(id) => {
                    known.push((data, id));
                    Some(id)
                }
                None => continue,
            },
            known => known,
        };
        let id = canvas.out.id();
        canvas.out.element("clipPath").named(id).open();
        canvas.out.element("rect").rect(cut).empty();
        canvas.out.close("clipPath");
        let tag = canvas.out.element("g").reference("clip-path", id);
        tag.word("style", "mix-blend-mode:multiply").open();
        let place = |width: f64, height: f64| {
            Matrix::scaled(boundary.width / width, boundary.height / height)
                .then(Matrix::moved(boundary.x, boundary.y))
        };
        match image {
            Some(image) => canvas
                .out
                .element("use")
                .link(image)
                .matrix("transform", place(1.0, 1.0))
                .empty(),
            None => {
                if draw_document(canvas, data, place).is_none() {
                    canvas.told.tell(What::Stamp, "OFD");
                }
            }
        }
        canvas.out.close("g");
    }
    if stamps.len() > MAX_STAMPS {
        canvas.told.tell(What::TooMuch, "StampAnnot");
    }
}

/// Defines a picture, as a square of 1.
fn define(canvas: &mut Canvas, picture: &Picture) -> Option<Id> {
    let media_type = picture.kind_of_bytes().and_then(Kind::media_type);
    match picture.check_shown() {
        Ok(()) if canvas.out.take_image(picture.data.len()) => {
            let id = canvas.out.id();
            canvas.out.element("defs").open();
            let tag = canvas
                .out
                .element("image")
                .named(id)
                .number("width", 1.0)
                .number("height", 1.0);
            tag.word("preserveAspectRatio", "none")
                .image(media_type?, &picture.data)
                .empty();
            canvas.out.close("defs");
            Some(id)
        }
        refused => {
            canvas
                .told
                .tell(What::Stamp, &refused.err().unwrap_or_default());
            None
        }
    }
}

/// Draws a picture that is a document itself: its first page, without what lies in it as stamps.
fn draw_document(
    canvas: &mut Canvas,
    file: &[u8],
    place: impl Fn(f64, f64) -> Matrix,
) -> Option<()> {
    let package = Package::open(file).ok()?;
    let documents = document::read(&package).ok()?;
    let mut pages = Pages::open(&package, documents.first()?).ok()?;
    let sheet = pages.sheet(&package, 0, canvas)?;
    let Rect {
        x,
        y,
        width,
        height,
    } = sheet.seen;
    let place = Matrix::moved(-x, -y).then(place(width, height));
    pages.draw_sheet(&package, &sheet, place, canvas, 1);
    Some(())
}

/// Stamps of a package: a seal across the edges has one on each page.
const MAX_PLACED: usize = 20_000;
/// Stamps of a page.
const MAX_STAMPS: usize = 64;

//! Pages as pictures (GB/T 33190): SVG that shows and does nothing else. Elements and attributes are those of this crate
//! (`svg`), text is escaped, images are images, glyphs of the document's fonts are outlines: no script, style, link or
//! address of the file gets in. What can't be drawn is named ([`NotDrawn`]), and what is too much ends the drawing.

#[cfg(any(test, feature = "testing"))]
pub mod allowed;
mod colour;
mod font;
mod geometry;
mod image;
mod layout;
mod page;
mod parts;
mod path;
mod stamp;
mod style;
mod svg;
#[cfg(test)]
mod tests;
mod told;

pub use parts::Parts;
pub use stamp::{Placed, Stamp, placed};
pub use told::{NotDrawn, What};

use crate::ofd::document::{Document, Page};
use crate::ofd::package::unreadable;
use crate::ofd::xml::{Element, Xml};
use font::{Font, Work};
use geometry::{Matrix, Rect};
use page::{Around, Painter};
use parts::{Part, Resources};
use std::collections::HashMap;
use std::rc::Rc;
use style::Style;
use svg::Svg;
use told::Told;
use yinxin_proto::Error;

/// The pages of a document, in their order.
pub struct Pages {
    document: Part,
    resources: Vec<Part>,
    pages: Vec<Page>,
    /// Annotations: the page, and the part they lie in.
    annotations: Vec<(String, String, String)>,
    embedded: Embedded,
    told: Told,
}

/// A page as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// SVG, to be shown as an image.
    pub svg: String,
    /// In millimetres.
    pub width: f64,
    /// In millimetres.
    pub height: f64,
    /// What is not drawn, or not as it is meant.
    pub not_drawn: Vec<NotDrawn>,
    /// What the page says, a line for each line of text, in the order of the file: for who does not see the picture. 64 KiB
    /// at most.
    pub text: String,
}

/// Fonts that documents bring along, by their paths, as long as they are not too many.
#[derive(Default)]
struct Embedded {
    fonts: HashMap<String, Option<Rc<Font>>>,
    bytes: usize,
}

impl Embedded {
    /// The font of a path; `None` if it can't be read.
    fn font(&mut self, parts: &dyn Parts, path: &str) -> Option<Rc<Font>> {
        if let Some(known) = self.fonts.get(path) {
            return known.clone();
        }
        let bytes = parts.read(path).ok().flatten().unwrap_or_default();
        if self.bytes + bytes.len() > MAX_FONT_BYTES {
            self.fonts.clear();
            self.bytes = 0;
        }
        self.bytes += bytes.len();
        let font = Font::read(bytes).map(Rc::new);
        self.fonts.insert(path.to_owned(), font.clone());
        font
    }
}

/// What a drawing is made on: the markup, what is told beside it, and how much may still be drawn.
struct Canvas {
    out: Svg,
    told: Told,
    text: String,
    work: Work,
    limits: Limits,
}

struct Limits {
    objects: usize,
    glyphs: usize,
    /// In pages that are covered whole.
    area: f64,
    pixels: u64,
}

impl Canvas {
    fn new(told: Told) -> Self {
        Self {
            out: Svg::new(),
            told,
            text: String::new(),
            work: Work::new(),
            limits: Limits {
                objects: MAX_OBJECTS,
                glyphs: MAX_GLYPHS,
                area: MAX_AREA,
                pixels: MAX_PIXELS,
            },
        }
    }

    /// Whether one more object may be looked at.
    fn has_room(&mut self) -> bool {
        let has = self.limits.objects > 0 && self.out.room() > 0 && self.limits.area > 0.0;
        if has {
            self.limits.objects -= 1;
        } else {
            self.told.tell(What::TooMuch, "");
        }
        has
    }

    /// Counts what is covered, in pages. Nothing is drawn for nothing.
    fn spend(&mut self, pages: f64) -> bool {
        self.limits.area -= pages + 1e-4;
        let has = self.limits.area > 0.0;
        if !has {
            self.told.tell(What::TooMuch, "");
        }
        has
    }

    fn spend_pixels(&mut self, pixels: u64) -> bool {
        let left = self.limits.pixels.checked_sub(pixels);
        self.limits.pixels = left.unwrap_or(0);
        if left.is_none() {
            self.told.tell(What::TooMuch, "ImageObject");
        }
        left.is_some()
    }

    fn say(&mut self, text: &str) {
        let room = MAX_TEXT.saturating_sub(self.text.len());
        for character in layout::said(text).take(room / 4) {
            self.text.push(character);
        }
        if room > 0 {
            self.text.push('\n');
        }
    }
}

impl Pages {
    /// Begins with a document of the package. Resources that can't be read are told with each page.
    ///
    /// # Errors
    /// `ofd-unreadable`, `ofd-too-large`.
    pub fn open(parts: &dyn Parts, document: &Document) -> Result<Self, Error> {
        let pages = document.pages.clone();
        let document = Part {
            xml: xml_of(parts, &document.path)?,
            path: document.path.clone(),
        };
        let mut told = Told::default();
        let root = document.xml.root();
        let common = root.child("CommonData");
        let named = |kind| {
            common
                .into_iter()
                .flat_map(move |common| common.children_named(kind))
        };
        let resources = named("PublicRes")
            .chain(named("DocumentRes"))
            .take(MAX_RESOURCES);
        let resources = resources
            .filter_map(|one| Part::read(parts, &document.path, one.text(), &mut told))
            .collect();
        let annotations = root.child_text("Annotations");
        let annotations =
            annotations.and_then(|one| Part::read(parts, &document.path, one, &mut told));
        let annotations = annotations.iter().flat_map(annotations_of).collect();
        Ok(Self {
            document,
            resources,
            pages,
            annotations,
            embedded: Embedded::default(),
            told,
        })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pages.len()
    }

    /// Width and height that pages have where they don't say otherwise, in millimetres.
    #[must_use]
    pub fn usual_size(&self) -> (f64, f64) {
        let area = self
            .document
            .xml
            .root()
            .child("CommonData")
            .and_then(|common| common.child("PageArea"));
        let Rect { width, height, .. } = area.and_then(physical).unwrap_or(A4);
        (width, height)
    }

    /// Draws a page, with the stamps that lie on it. `None` if there is no such page. A page that can't be read is white,
    /// and that is told.
    pub fn draw(
        &mut self,
        parts: &dyn Parts,
        index: usize,
        stamps: &[Stamp<'_>],
    ) -> Option<Drawing> {
        let mut canvas = Canvas::new(self.told.clone());
        let sheet = self.sheet(parts, index, &mut canvas)?;
        let Rect {
            x,
            y,
            width,
            height,
        } = sheet.seen;
        let tag = canvas
            .out
            .element("svg")
            .word("xmlns", "http://www.w3.org/2000/svg");
        tag.millimetres("width", width)
            .millimetres("height", height)
            .numbers("viewBox", [x, y, width, height])
            .open();
        // Paper.
        canvas
            .out
            .element("rect")
            .rect(sheet.seen)
            .colour("fill", [255; 3])
            .empty();
        self.draw_sheet(parts, &sheet, Matrix::IDENTITY, &mut canvas, 0);
        stamp::draw(&mut canvas, stamps, sheet.seen);
        canvas.out.close("svg");
        Some(Drawing {
            svg: canvas.out.finish(),
            width,
            height,
            not_drawn: canvas.told.finish(),
            text: canvas.text,
        })
    }

    /// Reads a page, its templates, resources and annotations.
    fn sheet(&self, parts: &dyn Parts, index: usize, canvas: &mut Canvas) -> Option<Sheet> {
        let Page { id, path } = self.pages.get(index)?;
        let told = &mut canvas.told;
        let page = Part::read(parts, &self.document.path, path, told);
        let common = self.document.xml.root().child("CommonData");
        let mut templates = Vec::new();
        for used in page
            .iter()
            .flat_map(|page| page.xml.root().children_named("Template"))
            .take(MAX_TEMPLATES)
        {
            let id = used.attribute("TemplateID").unwrap_or_default().trim();
            let mut all = common
                .into_iter()
                .flat_map(|common| common.children_named("TemplatePage"));
            let Some(template) =
                all.find(|one| one.attribute("ID").is_some_and(|own| own.trim() == id))
            else {
                told.tell(What::Resource, &format!("TemplatePage {id}"));
                continue;
            };
            let order = used.attribute("ZOrder").or(template.attribute("ZOrder"));
            let order = Order::of(order, Order::Background);
            let location = template.attribute("BaseLoc").unwrap_or_default();
            let read = Part::read(parts, &self.document.path, location, told);
            templates.extend(read.map(|part| (order, part)));
        }
        let all = page
            .iter()
            .chain(templates.iter().map(|(_, template)| template));
        let named = all.clone().flat_map(|part| {
            let resources = part.xml.root().children_named("PageRes");
            resources.map(|resource| (part.path.as_str(), resource.text()))
        });
        let resources = named
            .take(MAX_RESOURCES)
            .filter_map(|(holder, one)| Part::read(parts, holder, one, told));
        let resources = resources.collect();
        let annotations = self
            .annotations
            .iter()
            .filter(|(page, ..)| page == id.trim())
            .take(MAX_RESOURCES);
        let annotations = annotations
            .filter_map(|(_, holder, location)| Part::read(parts, holder, location, told));
        let annotations = annotations.collect();
        // Its own box, else that of a template, else the document's.
        let area = |part: &Part| part.xml.root().child("Area").and_then(physical);
        let usual = common
            .and_then(|common| common.child("PageArea"))
            .and_then(physical);
        let seen = all.clone().find_map(area).or(usual);
        if seen.is_none() {
            told.tell(What::Damaged, "PhysicalBox");
        }
        Some(Sheet {
            seen: seen.unwrap_or(A4),
            page,
            templates,
            resources,
            annotations,
        })
    }

    /// Draws what was read. `place` leads from the page to what it is drawn on.
    fn draw_sheet(
        &mut self,
        parts: &dyn Parts,
        sheet: &Sheet,
        place: Matrix,
        canvas: &mut Canvas,
        depth: usize,
    ) {
        let mut resources = Resources::default();
        resources.take(&self.resources);
        resources.take(&sheet.resources);
        let common = self.document.xml.root().child("CommonData");
        let mut painter = Painter {
            canvas,
            parts,
            resources: &resources,
            embedded: &mut self.embedded,
            colour_space: common.and_then(|common| common.child_text("DefaultCS")),
            fonts: HashMap::new(),
            images: HashMap::new(),
            around: Around::Page {
                seen: place.around(sheet.seen),
                to_page: Matrix::IDENTITY,
            },
            depth,
        };
        painter.moved(place, |painter| {
            for order in [Order::Background, Order::Body, Order::Foreground] {
                for (_, template) in sheet.templates.iter().filter(|(own, _)| *own == order) {
                    for own in [Order::Background, Order::Body, Order::Foreground] {
                        painter.layers(template, own);
                    }
                }
                if let Some(page) = &sheet.page {
                    painter.layers(page, order);
                }
            }
            for annotation in &sheet.annotations {
                painter.annotations(annotation);
            }
        });
    }
}

impl<'x> Painter<'x, '_> {
    /// The layers of a page that have their place in an order.
    fn layers(&mut self, part: &'x Part, order: Order) {
        let content = part.xml.root().child("Content");
        for layer in content
            .into_iter()
            .flat_map(|content| content.children_named("Layer"))
        {
            if Order::of(layer.attribute("Type"), Order::Body) == order {
                let style = Style::default().of(layer, self.resources, &mut self.canvas.told);
                self.block(layer, &style.inherited());
            }
        }
    }

    fn annotations(&mut self, part: &'x Part) {
        for annotation in part.xml.root().children_named("Annot") {
            let is_seen = annotation
                .attribute("Visible")
                .is_none_or(|visible| visible.trim() != "false");
            let Some(appearance) = annotation.child("Appearance").filter(|_| is_seen) else {
                continue;
            };
            let corner = appearance.attribute("Boundary").and_then(Rect::parse);
            let corner = corner.map_or(Matrix::IDENTITY, |Rect { x, y, .. }| Matrix::moved(x, y));
            self.moved(corner, |painter| {
                painter.block(appearance, &Style::default())
            });
        }
    }
}

/// A page with what it is drawn from.
struct Sheet {
    seen: Rect,
    page: Option<Part>,
    templates: Vec<(Order, Part)>,
    resources: Vec<Part>,
    annotations: Vec<Part>,
}

/// Where a layer lies, from below (GB/T 33190, 7.7).
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Background,
    Body,
    Foreground,
}

impl Order {
    fn of(text: Option<&str>, otherwise: Self) -> Self {
        match text.map(str::trim) {
            Some("Background") => Self::Background,
            Some("Body") => Self::Body,
            Some("Foreground") => Self::Foreground,
            _ => otherwise,
        }
    }
}

/// The box of a page, as far as it is one.
fn physical(area: Element<'_>) -> Option<Rect> {
    let found = Rect::parse(area.child_text("PhysicalBox")?)?;
    let is_side = |side: f64| (1.0..=MAX_SIDE).contains(&side);
    (is_side(found.width) && is_side(found.height)).then_some(found)
}

fn annotations_of(part: &Part) -> Vec<(String, String, String)> {
    let pages = part.xml.root().children_named("Page").take(MAX_PAGES);
    let of = |page: Element<'_>| {
        let id = page.attribute("PageID")?.trim().to_owned();
        Some((
            id,
            part.path.clone(),
            page.child_text("FileLoc")?.to_owned(),
        ))
    };
    pages.filter_map(of).collect()
}

fn xml_of(parts: &dyn Parts, path: &str) -> Result<Xml, Error> {
    let bytes = parts
        .read(path)?
        .ok_or_else(|| unreadable(path, "is missing"))?;
    Xml::parse(&bytes).map_err(|error| unreadable(path, error.reason))
}

const A4: Rect = Rect {
    x: 0.0,
    y: 0.0,
    width: 210.0,
    height: 297.0,
};
/// Millimetres of a page's side.
const MAX_SIDE: f64 = 10_000.0;
/// Pages that have annotations.
const MAX_PAGES: usize = 20_000;
/// Parts with resources, and with annotations, of a page and of the document.
const MAX_RESOURCES: usize = 32;
const MAX_TEMPLATES: usize = 16;
/// Bytes of the fonts that are held.
const MAX_FONT_BYTES: usize = 40 << 20;
/// Objects that are looked at for a page, drawn or not.
const MAX_OBJECTS: usize = 200_000;
/// Glyphs of a page.
const MAX_GLYPHS: usize = 60_000;
/// How often a page may be covered: what lies below is drawn all the same.
const MAX_AREA: f64 = 500.0;
/// Pixels of images, each time that one is drawn.
const MAX_PIXELS: u64 = 160_000_000;
/// Bytes of what a page says.
const MAX_TEXT: usize = 64 * 1024;

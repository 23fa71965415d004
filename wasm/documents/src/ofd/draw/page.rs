//! The objects of a page (GB/T 33190, 8 to 10 and 13), one after another.

mod paint;
mod text;

use super::geometry::{Matrix, Rect, numbers};
use super::image::{self, Refused};
use super::parts::{Parts, Resources};
use super::path;
use super::style::Style;
use super::svg::{Id, Tag};
use super::told::What;
use super::{Canvas, Embedded};
use crate::ofd::xml::Element;
use paint::{Paint, Written};
use std::collections::HashMap;
use std::rc::Rc;
use text::Known;

/// Who draws the pages of one document.
pub(super) struct Painter<'x, 'p> {
    pub(super) canvas: &'p mut Canvas,
    pub(super) parts: &'p dyn Parts,
    pub(super) resources: &'p Resources<'x>,
    pub(super) embedded: &'p mut Embedded,
    /// The colour space of values that name none.
    pub(super) colour_space: Option<&'x str>,
    /// Fonts by their numbers, and images by their paths, that were used already.
    pub(super) fonts: HashMap<String, Rc<Known>>,
    pub(super) images: HashMap<String, Option<(Id, u64)>>,
    pub(super) around: Around,
    /// Things within things.
    pub(super) depth: usize,
}

/// What lies around what is being drawn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Around {
    /// A page of which so much is seen, and how what is drawn gets there.
    Page { seen: Rect, to_page: Matrix },
    /// A pattern: where its cells lie is not known.
    Unknown,
}

/// An object of a page.
pub(super) struct Object<'x> {
    pub(super) element: Element<'x>,
    pub(super) style: Style<'x>,
    boundary: Option<Rect>,
    /// From its own units to those of what it lies in.
    pub(super) place: Matrix,
}

/// What something is filled and stroked with.
pub(super) struct Coat {
    fill: Paint,
    even_odd: bool,
    stroke: Option<Stroke>,
}

struct Stroke {
    paint: Paint,
    width: f64,
    cap: Option<&'static str>,
    join: Option<&'static str>,
    miter: f64,
    dashes: Vec<f64>,
    offset: f64,
}

impl<'x> Painter<'x, '_> {
    /// The objects of a layer, a block, or what else holds them.
    pub(super) fn block(&mut self, block: Element<'x>, style: &Style<'x>) {
        for element in block.children() {
            if !self.canvas.has_room() {
                return;
            }
            match element.name() {
                "PageBlock" => {
                    if let Some(depth) = self.deeper("PageBlock") {
                        self.block(element, style);
                        self.depth = depth;
                    }
                }
                "TextObject" | "PathObject" | "ImageObject" | "CompositeObject" => {
                    self.object(element, style)
                }
                other => self.canvas.told.tell(What::Unknown, other),
            }
        }
    }

    /// Goes one thing deeper; the depth before, to be set again. `None` where that is too deep.
    fn deeper(&mut self, name: &str) -> Option<usize> {
        if self.depth == MAX_DEPTH {
            self.canvas.told.tell(What::TooMuch, name);
            return None;
        }
        self.depth += 1;
        Some(self.depth - 1)
    }

    fn to_page(&self) -> Matrix {
        match self.around {
            Around::Page { to_page, .. } => to_page,
            Around::Unknown => Matrix::IDENTITY,
        }
    }

    fn object(&mut self, element: Element<'x>, style: &Style<'x>) {
        if element
            .attribute("Visible")
            .is_some_and(|visible| visible.trim() == "false")
        {
            return;
        }
        let style = style.of(element, self.resources, &mut self.canvas.told);
        let Some(object) = self.placed(element, style) else {
            return self.canvas.told.tell(What::Damaged, element.name());
        };
        match element.name() {
            "TextObject" => self.text(&object),
            "PathObject" => self.path(&object),
            "ImageObject" => self.image(&object),
            _ => self.composite(&object),
        }
    }

    /// Where an object lies. `None` if what it says can't be read.
    fn placed(&mut self, element: Element<'x>, style: Style<'x>) -> Option<Object<'x>> {
        let boundary = element.attribute("Boundary").map(Rect::parse);
        let own = element.attribute("CTM").map(Matrix::parse);
        let boundary = match boundary {
            Some(boundary) => {
                Some(boundary.filter(|rect| rect.width >= 0.0 && rect.height >= 0.0)?)
            }
            None => None,
        };
        let own = match (own, boundary) {
            (Some(own), _) => own?,
            // An image without a matrix fills its box.
            (None, Some(Rect { width, height, .. })) if element.name() == "ImageObject" => {
                Matrix::scaled(width, height)
            }
            (None, _) => Matrix::IDENTITY,
        };
        let corner = boundary.map_or(Matrix::IDENTITY, |Rect { x, y, .. }| Matrix::moved(x, y));
        let place = own.then(corner);
        place.is_usable().then_some(Object {
            element,
            style,
            boundary,
            place,
        })
    }

    /// Draws something of an object that lies within bounds, in its own units: cut at its box and by its clips, as
    /// transparent as it says. Nothing where nothing of it is seen.
    fn within(&mut self, object: &Object<'x>, bounds: Rect, draw: impl FnOnce(&mut Self)) {
        let bounds = object.place.around(bounds);
        // Readers let a millimetre over.
        let room = object.boundary.map(|boundary| boundary.grown(1.0));
        let seen = match room {
            Some(room) => room.within(bounds),
            None => Some(bounds),
        };
        let Some(seen) = seen else {
            return;
        };
        let cover = super::colour::cover(object.element.attribute("Alpha"));
        if cover == 0.0 || !self.spend(seen, if cover < 1.0 { 3.0 } else { 1.0 }) {
            return;
        }
        let cut = room.filter(|room| !room.holds(bounds));
        let mut groups = 0;
        if let Some(cut) = cut {
            let id = self.canvas.out.id();
            self.canvas.out.element("clipPath").named(id).open();
            self.canvas.out.element("rect").rect(cut).empty();
            self.canvas.out.close("clipPath");
            self.canvas
                .out
                .element("g")
                .reference("clip-path", id)
                .open();
            groups += 1;
        }
        let clips = object.element.child("Clips");
        for clip in clips
            .into_iter()
            .flat_map(|clips| clips.children_named("Clip"))
            .take(MAX_CLIPS)
        {
            let id = self.clip(clip, object);
            self.canvas
                .out
                .element("g")
                .reference("clip-path", id)
                .open();
            groups += 1;
        }
        if cover < 1.0 {
            self.canvas.out.element("g").number("opacity", cover).open();
            groups += 1;
        }
        draw(self);
        for _ in 0..groups {
            self.canvas.out.close("g");
        }
    }

    /// Whether something is seen of what lies in a box, in the units of what is around; and counts what drawing it costs.
    fn spend(&mut self, bounds: Rect, weight: f64) -> bool {
        let part = match self.around {
            Around::Page { seen, to_page } => {
                let on_page = to_page.around(bounds).grown(0.5).within(seen);
                let Some(on_page) = on_page else {
                    return false;
                };
                on_page.width * on_page.height / (seen.width * seen.height)
            }
            Around::Unknown => 1.0,
        };
        self.canvas.spend(part * weight)
    }

    /// Defines the area of a clip: all its parts together. They lie in the space of the object, which begins at the corner of
    /// its box; what moves the object in it does not move them.
    fn clip(&mut self, clip: Element<'x>, object: &Object<'x>) -> Id {
        let corner = object
            .boundary
            .map_or(Matrix::IDENTITY, |Rect { x, y, .. }| Matrix::moved(x, y));
        let mut shapes = Vec::new();
        for area in clip.children_named("Area").take(MAX_CLIPS) {
            let own = area
                .attribute("CTM")
                .map_or(Some(Matrix::IDENTITY), Matrix::parse);
            let style = Style::default()
                .of(area, self.resources, &mut self.canvas.told)
                .inherited();
            let shape = area
                .children()
                .find(|child| matches!(child.name(), "Path" | "Text"));
            let placed = shape.zip(own).and_then(|(shape, own)| {
                let style = style.of(shape, self.resources, &mut self.canvas.told);
                let mut placed = self.placed(shape, style)?;
                placed.place = placed.place.then(own).then(corner);
                placed.boundary = None;
                placed.place.is_usable().then_some(placed)
            });
            match placed {
                Some(placed) => shapes.push(placed),
                None => self.canvas.told.tell(What::Damaged, "Area"),
            }
        }
        let id = self.canvas.out.id();
        self.canvas.out.element("clipPath").named(id).open();
        for shape in shapes {
            match shape.element.name() {
                "Path" => {
                    if let Some(lines) = self.lines(&shape) {
                        let tag = self
                            .canvas
                            .out
                            .element("path")
                            .matrix("transform", shape.place)
                            .lines(&lines.data);
                        match is_even_odd(shape.element) {
                            true => tag.word("clip-rule", "evenodd").empty(),
                            false => tag.empty(),
                        }
                    }
                }
                _ => self.outline_of_text(&shape),
            }
        }
        self.canvas.out.close("clipPath");
        id
    }

    /// The lines of a path object.
    fn lines(&mut self, object: &Object<'x>) -> Option<path::Lines> {
        let text = object
            .element
            .child_text("AbbreviatedData")
            .unwrap_or_default();
        let lines = path::read(text, self.canvas.out.room());
        if lines.as_ref().is_none_or(|lines| !lines.whole) {
            self.canvas.told.tell(What::Damaged, "AbbreviatedData");
        }
        lines
    }

    fn path(&mut self, object: &Object<'x>) {
        let Some(lines) = self.lines(object) else {
            return;
        };
        let is = |name, otherwise| {
            object
                .element
                .attribute(name)
                .map_or(otherwise, |value| value.trim() == "true")
        };
        let (fills, strokes) = (is("Fill", false), is("Stroke", true));
        let width = object
            .style
            .number("LineWidth")
            .unwrap_or(LINE_WIDTH)
            .max(0.0);
        let bounds = if strokes {
            lines.bounds.grown(width / 2.0)
        } else {
            lines.bounds
        };
        self.within(object, bounds, |painter| {
            let written = Written {
                to_object: Matrix::IDENTITY,
                to_page: object.place.then(painter.to_page()),
            };
            let Some(mut coat) = painter.coat(object, written, fills, strokes, Paint::None) else {
                return;
            };
            coat.even_odd = is_even_odd(object.element);
            coat.limit_dashes(2.0 * (bounds.width + bounds.height) * lines.count as f64);
            let tag = painter
                .canvas
                .out
                .element("path")
                .matrix("transform", object.place)
                .lines(&lines.data);
            coat.write(tag, 1.0).empty();
        });
    }

    /// What an object is filled and stroked with; `None` where nothing is seen.
    fn coat(
        &mut self,
        object: &Object<'x>,
        written: Written,
        fills: bool,
        strokes: bool,
        fill: Paint,
    ) -> Option<Coat> {
        let fills = object
            .element
            .attribute("Fill")
            .map_or(fills, |value| value.trim() == "true");
        let strokes = object
            .element
            .attribute("Stroke")
            .map_or(strokes, |value| value.trim() == "true");
        let fill = match fills {
            true => self.paint(object.style.child("FillColor"), fill, written),
            false => Paint::None,
        };
        let style = &object.style;
        let stroke = strokes.then(|| {
            let black = Paint::Plain(super::colour::Colour::BLACK);
            let paint = self.paint(style.child("StrokeColor"), black, written);
            let width = style.number("LineWidth").unwrap_or(LINE_WIDTH).max(0.0);
            // One of no width is the thinnest that is seen.
            let thinnest = HAIRLINE / written.to_page.enlarges().max(f64::MIN_POSITIVE);
            Stroke {
                paint,
                width: if width > 0.0 { width } else { thinnest },
                cap: match style.attribute("Cap").map(str::trim) {
                    Some("Round") => Some("round"),
                    Some("Square") => Some("square"),
                    _ => None,
                },
                join: match style.attribute("Join").map(str::trim) {
                    Some("Round") => Some("round"),
                    Some("Bevel") => Some("bevel"),
                    _ => None,
                },
                miter: style.number("MiterLimit").unwrap_or(MITER_LIMIT).max(1.0),
                dashes: style
                    .attribute("DashPattern")
                    .map_or(vec![], |dashes| numbers(dashes).take(16).collect()),
                offset: style.number("DashOffset").unwrap_or(0.0),
            }
        });
        let stroke = stroke.filter(|stroke| stroke.paint != Paint::None);
        (fill != Paint::None || stroke.is_some()).then_some(Coat {
            fill,
            even_odd: false,
            stroke,
        })
    }

    fn image(&mut self, object: &Object<'x>) {
        let Some(image) = self.image_of(object.element, "ResourceID") else {
            return;
        };
        if object.element.child("Border").is_some() {
            self.canvas.told.tell(What::Unknown, "Border");
        }
        let mask = object.element.attribute("ImageMask");
        let mask = mask.and_then(|_| self.image_of(object.element, "ImageMask"));
        let unit = Rect {
            x: 0.0,
            y: 0.0,
            width: 1.0,
            height: 1.0,
        };
        self.within(object, unit, |painter| {
            let out = &mut painter.canvas.out;
            let place = object.place;
            // What is white in the mask is seen.
            let masked = mask.map(|mask| {
                let id = out.id();
                let tag = out
                    .element("mask")
                    .named(id)
                    .word("maskUnits", "userSpaceOnUse");
                tag.rect(unit).open();
                out.element("use").link(mask).empty();
                out.close("mask");
                id
            });
            match masked {
                Some(id) => {
                    out.element("g")
                        .matrix("transform", place)
                        .reference("mask", id)
                        .open();
                    out.element("use").link(image).empty();
                    out.close("g");
                }
                None => out
                    .element("use")
                    .link(image)
                    .matrix("transform", place)
                    .empty(),
            }
        });
    }

    /// The image that an attribute names, defined once, as a square of 1.
    fn image_of(&mut self, element: Element<'x>, name: &'static str) -> Option<Id> {
        let id = element.attribute(name).unwrap_or_default();
        let Some(found) = self.resources.get("MultiMedia", id) else {
            self.canvas
                .told
                .tell(What::Resource, &format!("MultiMedia {id}"));
            return None;
        };
        let location = found.element.child_text("MediaFile").unwrap_or_default();
        let Some(path) = found.file(self.parts, location) else {
            self.canvas.told.tell(What::Part, location);
            return None;
        };
        if !self.images.contains_key(&path) {
            let defined = self.define_image(&path);
            self.images.insert(path.clone(), defined);
        }
        let (id, pixels) = (*self.images.get(&path)?)?;
        self.canvas.spend_pixels(pixels).then_some(id)
    }

    fn define_image(&mut self, path: &str) -> Option<(Id, u64)> {
        let file = self.parts.read(path).ok().flatten();
        let looked = file.as_deref().map(image::look);
        match (&file, looked) {
            (Some(file), Some(Ok(looked))) if self.canvas.out.take_image(file.len()) => {
                let id = self.canvas.out.id();
                self.canvas.out.element("defs").open();
                let tag = self
                    .canvas
                    .out
                    .element("image")
                    .named(id)
                    .number("width", 1.0)
                    .number("height", 1.0);
                tag.word("preserveAspectRatio", "none")
                    .image(looked.media_type, file)
                    .empty();
                self.canvas.out.close("defs");
                return Some((id, looked.pixels));
            }
            (_, Some(Ok(_))) => self.canvas.told.tell(What::TooMuch, path),
            (_, Some(Err(Refused::Type(kind)))) => self.canvas.told.tell(What::ImageType, kind),
            (_, Some(Err(Refused::Unreadable)) | None) => {
                self.canvas.told.tell(What::ImageUnreadable, path)
            }
        }
        None
    }

    fn composite(&mut self, object: &Object<'x>) {
        let id = object.element.attribute("ResourceID").unwrap_or_default();
        let Some(found) = self.resources.get("CompositeGraphicUnit", id) else {
            return self
                .canvas
                .told
                .tell(What::Resource, &format!("CompositeGraphicUnit {id}"));
        };
        let Some(content) = found.element.child("Content") else {
            return self.canvas.told.tell(What::Damaged, "CompositeGraphicUnit");
        };
        let Some(depth) = self.deeper("CompositeObject") else {
            return;
        };
        let style = object.style.clone().inherited();
        // What it holds is cut at its box, however large it says that it is.
        self.within(object, ANYWHERE, |painter| {
            painter.moved(object.place, |painter| painter.block(content, &style));
        });
        self.depth = depth;
    }

    /// Draws what lies in a space of its own.
    pub(super) fn moved(&mut self, place: Matrix, draw: impl FnOnce(&mut Self)) {
        let around = self.around;
        if let Around::Page { to_page, .. } = &mut self.around {
            *to_page = place.then(*to_page);
        }
        let grouped = place != Matrix::IDENTITY;
        if grouped {
            self.canvas
                .out
                .element("g")
                .matrix("transform", place)
                .open();
        }
        draw(self);
        if grouped {
            self.canvas.out.close("g");
        }
        self.around = around;
    }
}

fn is_even_odd(element: Element<'_>) -> bool {
    element
        .attribute("Rule")
        .is_some_and(|rule| rule.trim() == "Even-Odd")
}

impl Coat {
    /// Dashes that would be too many, on lines of such a length at most, become a line.
    fn limit_dashes(&mut self, length: f64) {
        if let Some(stroke) = &mut self.stroke {
            let sum: f64 = stroke.dashes.iter().map(|dash| dash.max(0.0)).sum();
            if sum <= 0.0
                || length / sum > MAX_DASHES
                || stroke.dashes.iter().any(|dash| *dash < 0.0)
            {
                stroke.dashes.clear();
            }
        }
    }

    /// Writes it, in units that are so many times smaller than the object's.
    pub(super) fn write<'t>(&self, tag: Tag<'t>, units: f64) -> Tag<'t> {
        let tag = self.fill.write(tag, ["fill", "fill-opacity"]);
        let tag = match self.even_odd && self.fill != Paint::None {
            true => tag.word("fill-rule", "evenodd"),
            false => tag,
        };
        let Some(stroke) = &self.stroke else {
            return tag;
        };
        let tag = stroke.paint.write(tag, ["stroke", "stroke-opacity"]);
        let mut tag = tag.number("stroke-width", stroke.width * units);
        if let Some(cap) = stroke.cap {
            tag = tag.word("stroke-linecap", cap);
        }
        match stroke.join {
            Some(join) => tag = tag.word("stroke-linejoin", join),
            None => tag = tag.number("stroke-miterlimit", stroke.miter),
        }
        if !stroke.dashes.is_empty() {
            tag = tag.numbers(
                "stroke-dasharray",
                stroke.dashes.iter().map(|dash| dash * units),
            );
            tag = tag.number("stroke-dashoffset", stroke.offset * units);
        }
        tag
    }
}

impl Paint {
    fn write<'t>(self, tag: Tag<'t>, [name, cover_name]: [&'static str; 2]) -> Tag<'t> {
        let (tag, cover) = match self {
            Self::None => return tag.word(name, "none"),
            Self::Plain(colour) => (tag.colour(name, colour.rgb), colour.cover),
            Self::Defined(id, cover) => (tag.reference(name, id), cover),
        };
        match cover {
            1.0 => tag,
            cover => tag.number(cover_name, cover),
        }
    }
}

/// A box that is larger than any other.
const ANYWHERE: Rect = Rect {
    x: -1e6,
    y: -1e6,
    width: 2e6,
    height: 2e6,
};
/// Blocks, composites and patterns within each other.
const MAX_DEPTH: usize = 16;
/// Clips of an object, and areas of a clip.
const MAX_CLIPS: usize = 32;
/// Dashes of a path.
const MAX_DASHES: f64 = 50_000.0;
/// In millimetres, where nothing says (8.2).
const LINE_WIDTH: f64 = 0.353;
const MITER_LIMIT: f64 = 3.528;
/// The thinnest line, in millimetres.
const HAIRLINE: f64 = 0.1;

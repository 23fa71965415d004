//! What something is filled or stroked with (GB/T 33190, 8.3): plain colours, shadings and patterns.

use super::{Around, Painter};
use crate::ofd::draw::colour::{self, Colour, Kind, Space};
use crate::ofd::draw::geometry::{Matrix, Point, exactly, number};
use crate::ofd::draw::style::Style;
use crate::ofd::draw::svg::{Id, Tag};
use crate::ofd::draw::told::What;
use crate::ofd::xml::Element;

/// What covers an area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Paint {
    /// Nothing does.
    None,
    /// A colour.
    Plain(Colour),
    /// Something that the drawing defines, and how much it covers.
    Defined(Id, f64),
}

/// The units in which an object is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    /// How they become those of the object.
    pub(super) to_object: Matrix,
    /// How they become those of the page.
    pub(super) to_page: Matrix,
}

/// A place in a shading, from 0 to 1, and its colour; none where nothing is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stop {
    at: f64,
    colour: Colour,
}

impl<'x> Painter<'x, '_> {
    /// Reads a colour, and defines what it needs.
    pub(super) fn paint(
        &mut self,
        element: Option<Element<'x>>,
        otherwise: Paint,
        written: Written,
    ) -> Paint {
        let Some(element) = element else {
            return otherwise;
        };
        let cover = colour::cover(element.attribute("Alpha"));
        if let Some(child) = element.children().next() {
            let defined = match child.name() {
                "AxialShd" => self.axial(child, written),
                "RadialShd" => self.radial(child, written),
                "Pattern" => self.pattern(child, written),
                other => {
                    self.canvas.told.tell(What::Shading, other);
                    return Paint::None;
                }
            };
            if defined.is_none() {
                self.canvas.told.tell(What::Damaged, child.name());
            }
            return defined.map_or(Paint::None, |id| Paint::Defined(id, cover));
        }
        match self.colour(element) {
            Some(rgb) => Paint::Plain(Colour { rgb, cover }),
            None => {
                self.canvas.told.tell(What::Damaged, element.name());
                otherwise
            }
        }
    }

    /// The colour that an element names, by its components or its number in a palette.
    fn colour(&self, element: Element<'x>) -> Option<[u8; 3]> {
        let named = element.attribute("ColorSpace").or(self.colour_space);
        let found = named.and_then(|id| self.resources.get("ColorSpace", id));
        let space = found.map_or(Space::RGB, |found| Space {
            kind: match found.element.attribute("Type").map(str::trim) {
                Some("GRAY" | "Gray") => Kind::Gray,
                Some("CMYK") => Kind::Cmyk,
                _ => Kind::Rgb,
            },
            most: colour::most(found.element.attribute("BitsPerComponent")),
        });
        let value = match element.attribute("Value") {
            Some(value) => value,
            None => {
                let index = element.attribute("Index")?.trim().parse().ok()?;
                let palette = found?.element.child("Palette")?;
                palette.children_named("CV").nth(index)?.text()
            }
        };
        colour::of(value, space)
    }

    fn axial(&mut self, shading: Element<'x>, written: Written) -> Option<Id> {
        let [start, end] = ["StartPoint", "EndPoint"].map(|name| point(shading.attribute(name)?));
        let (start, mut end) = (start?, end?);
        let length = (end.x - start.x).hypot(end.y - start.y);
        let map = Map::of(shading, length);
        let stops = self.stops(shading, map)?;
        if map.goes_on() {
            end.x = start.x + (end.x - start.x) * map.part;
            end.y = start.y + (end.y - start.y) * map.part;
        }
        let id = self.canvas.out.id();
        let tag = self
            .canvas
            .out
            .element("linearGradient")
            .named(id)
            .word("gradientUnits", "userSpaceOnUse");
        map.write(tag.number("x1", start.x))
            .number("y1", start.y)
            .number("x2", end.x)
            .number("y2", end.y)
            .matrix("gradientTransform", written.to_object.inverse()?)
            .open();
        self.write_stops(&stops, map.extend);
        self.canvas.out.close("linearGradient");
        Some(id)
    }

    fn radial(&mut self, shading: Element<'x>, written: Written) -> Option<Id> {
        let [start, end] = ["StartPoint", "EndPoint"].map(|name| point(shading.attribute(name)?));
        let radius = |name| shading.attribute(name).map_or(Some(0.0), number);
        let (mut start, mut end) = (
            (start?, radius("StartRadius")?),
            (end?, radius("EndRadius")?),
        );
        let part = |name| shading.attribute(name).and_then(number).unwrap_or(0.0);
        let eccentricity = part("Eccentricity").clamp(0.0, 0.999);
        // Ellipses become circles around the end's centre, the long axis to the right.
        let flat = Matrix::scaled(1.0, (1.0 - eccentricity * eccentricity).sqrt());
        let place = |(centre, _): (Point, f64)| {
            let turned = flat.then(Matrix::turned(part("Angle")));
            turned.then(Matrix::moved(centre.x, centre.y))
        };
        let length = (end.0.x - start.0.x)
            .hypot(end.0.y - start.0.y)
            .max((end.1 - start.1).abs());
        let map = Map::of(shading, length);
        let mut stops = self.stops(shading, map)?;
        if map.goes_on() {
            let towards = |from: f64, to: f64| from + (to - from) * map.part;
            end.0.x = towards(start.0.x, end.0.x);
            end.0.y = towards(start.0.y, end.0.y);
            end.1 = towards(start.1, end.1);
        }
        if start.1 > end.1 {
            // SVG goes from the smaller circle to the larger one.
            (start, end) = (end, start);
            stops.reverse();
            stops.iter_mut().for_each(|stop| stop.at = 1.0 - stop.at);
        }
        let placed = place(end);
        let focus = placed.inverse()?.apply(start.0);
        let id = self.canvas.out.id();
        let tag = self
            .canvas
            .out
            .element("radialGradient")
            .named(id)
            .word("gradientUnits", "userSpaceOnUse");
        map.write(tag.number("cx", 0.0))
            .number("cy", 0.0)
            .number("r", end.1)
            .number("fx", focus.x)
            .number("fy", focus.y)
            .number("fr", start.1.min(end.1))
            .matrix(
                "gradientTransform",
                placed.then(written.to_object.inverse()?),
            )
            .open();
        self.write_stops(&stops, map.extend);
        self.canvas.out.close("radialGradient");
        Some(id)
    }

    /// The stops of a shading: its segments, again and again where it says so, and nothing outside of them where it does
    /// not go on.
    fn stops(&mut self, shading: Element<'x>, map: Map) -> Option<Vec<Stop>> {
        let segments: Vec<_> = shading
            .children_named("Segment")
            .take(MAX_SEGMENTS)
            .collect();
        let last = segments.len().checked_sub(1)?.max(1);
        let mut stops = Vec::new();
        for (nth, segment) in segments.iter().enumerate() {
            let given = segment.attribute("Position").and_then(number);
            let even = nth as f64 / last as f64;
            let element = segment.child("Color")?;
            let colour = Colour {
                rgb: self.colour(element)?,
                cover: colour::cover(element.attribute("Alpha")),
            };
            let before = stops.last().map_or(0.0, |stop: &Stop| stop.at);
            let at = given.unwrap_or(even).clamp(before, 1.0);
            stops.push(Stop { at, colour });
        }
        let reflects = match map.reflects {
            Some(reflects) if !map.goes_on() => reflects,
            _ => return Some(stops),
        };
        let part = map.part;
        let mut repeated = Vec::new();
        let mut from = 0.0;
        let mut turned = false;
        while from < 1.0 {
            let mut add = |at: f64, colour| {
                let at = from + at * part;
                if at <= 1.0 + f64::EPSILON {
                    repeated.push(Stop {
                        at: at.min(1.0),
                        colour,
                    });
                }
            };
            if turned {
                stops
                    .iter()
                    .rev()
                    .for_each(|stop| add(1.0 - stop.at, stop.colour));
            } else {
                stops.iter().for_each(|stop| add(stop.at, stop.colour));
            }
            turned = reflects && !turned;
            from += part;
        }
        Some(repeated)
    }

    fn write_stops(&mut self, stops: &[Stop], extend: u8) {
        let nothing = |at, colour: Colour| Stop {
            at,
            colour: Colour {
                cover: 0.0,
                ..colour
            },
        };
        let (Some(first), Some(last)) = (stops.first(), stops.last()) else {
            return;
        };
        let before = (extend & 1 == 0).then(|| nothing(first.at, first.colour));
        let behind = (extend & 2 == 0).then(|| nothing(last.at, last.colour));
        for stop in before.iter().chain(stops).chain(&behind) {
            let tag = self.canvas.out.element("stop").number("offset", stop.at);
            let tag = tag.colour("stop-color", stop.colour.rgb);
            match stop.colour.cover {
                1.0 => tag.empty(),
                cover => tag.number("stop-opacity", cover).empty(),
            }
        }
    }

    fn pattern(&mut self, pattern: Element<'x>, written: Written) -> Option<Id> {
        let cell = pattern.child("CellContent")?;
        let size = |name| pattern.attribute(name).and_then(number);
        let (width, height) = (size("Width")?, size("Height")?);
        if width < MIN_CELL || height < MIN_CELL {
            return None;
        }
        // A step that is less than the cell is none (8.3.3).
        let step = |name, side: f64| size(name).filter(|step| *step > side).unwrap_or(side);
        let (right, down) = (step("XStep", width), step("YStep", height));
        if !matches!(
            pattern.attribute("ReflectMethod").map(str::trim),
            None | Some("Normal")
        ) {
            self.canvas.told.tell(What::Pattern, "ReflectMethod");
        }
        let own = pattern
            .attribute("CTM")
            .map_or(Some(Matrix::IDENTITY), Matrix::parse)?;
        let place = match pattern.attribute("RelativeTo").map(str::trim) {
            // From the corner of the page, whatever lies between.
            Some("Page") => own.then(written.to_page.inverse()?),
            _ => own.then(written.to_object.inverse()?),
        };
        let deeper = self.deeper("Pattern")?;
        let id = self.canvas.out.id();
        let tag = self
            .canvas
            .out
            .element("pattern")
            .named(id)
            .word("patternUnits", "userSpaceOnUse");
        tag.number("width", right)
            .number("height", down)
            .matrix("patternTransform", place)
            .open();
        let around = std::mem::replace(&mut self.around, Around::Unknown);
        self.block(cell, &Style::default());
        self.around = around;
        self.canvas.out.close("pattern");
        self.depth = deeper;
        Some(id)
    }
}

/// How a shading goes along its axis, and beyond.
#[derive(Clone, Copy)]
struct Map {
    /// Whether it is turned around each time that it comes again; none if it comes once.
    reflects: Option<bool>,
    /// How much of the axis it takes once.
    part: f64,
    /// 1: goes on before the start, 2: behind the end, 3: on both sides.
    extend: u8,
}

impl Map {
    fn of(shading: Element<'_>, length: f64) -> Self {
        let unit = shading.attribute("MapUnit").and_then(number);
        let unit = unit.filter(|unit| *unit > 0.0 && length > 0.0);
        let extend = shading.attribute("Extend").map(str::trim);
        Self {
            reflects: match shading.attribute("MapType").map(str::trim) {
                Some("Repeat") => Some(false),
                Some("Reflect") => Some(true),
                _ => None,
            },
            part: unit.map_or(1.0, |unit| (unit / length).clamp(1.0 / MAX_REPEATS, 1.0)),
            extend: extend.and_then(|extend| extend.parse().ok()).unwrap_or(0),
        }
    }

    /// Whether it comes again for ever, on both sides.
    fn goes_on(self) -> bool {
        self.reflects.is_some() && self.extend & 3 == 3
    }

    fn write(self, tag: Tag<'_>) -> Tag<'_> {
        match self.reflects.filter(|_| self.goes_on()) {
            None => tag,
            Some(false) => tag.word("spreadMethod", "repeat"),
            Some(true) => tag.word("spreadMethod", "reflect"),
        }
    }
}

fn point(text: &str) -> Option<Point> {
    exactly(text).map(|[x, y]| Point { x, y })
}

/// Segments of a shading, and how often it repeats them.
const MAX_SEGMENTS: usize = 64;
const MAX_REPEATS: f64 = 64.0;
/// Sides of a pattern's cell, in millimetres: smaller ones are a colour to the eye, and work to draw.
const MIN_CELL: f64 = 0.1;

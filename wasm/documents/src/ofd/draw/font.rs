//! Fonts that a document brings along, and the outlines of their glyphs: TrueType, OpenType with CFF, and bare CFF. None of a
//! font's programs is run but the charstrings of CFF, which draw: no hints, no substitution, no variation.
//!
//! `read-fonts` finds its way through the tables. What draws is entered here, glyph by glyph, so that the work is counted:
//! components within components and subroutines within subroutines could be without end.

use super::geometry::{Matrix, Point};
use read_fonts::model::Error;
use read_fonts::ps::cff::CffFontRef;
use read_fonts::ps::cff::index::Index;
use read_fonts::ps::charstring::{
    self, CharstringContext, CharstringKind, CommandSink, NopFilterSink, TransformSink,
};
use read_fonts::tables::cmap::{CmapSubtable, PlatformId};
use read_fonts::tables::glyf::{Anchor, CompositeGlyphFlags, Glyf, Glyph, SimpleGlyph};
use read_fonts::tables::hmtx::Hmtx;
use read_fonts::tables::loca::Loca;
use read_fonts::types::{Fixed, GlyphId};
use read_fonts::{FileRef, FontRef, TableProvider};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A part of an outline, in ems: x to the right, y upwards from the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Segment {
    Move(Point),
    Line(Point),
    Quadratic(Point, Point),
    Cubic(Point, Point, Point),
    Close,
}

/// Where the ink of a glyph ends.
pub(super) type Outline = Rc<[Segment]>;

/// Work that may still be done to find outlines, for all fonts of a page: about the bytes and points that are looked at.
#[derive(Debug)]
pub(super) struct Work(Cell<usize>);

impl Work {
    pub(super) fn new() -> Self {
        Self(Cell::new(MAX_WORK))
    }

    fn spend(&self, work: usize) -> Option<()> {
        let left = self.0.get().checked_sub(work);
        self.0.set(left.unwrap_or(0));
        left.map(drop)
    }
}

/// A font as it lies in its file.
pub(super) struct Font {
    bytes: Vec<u8>,
    /// What was drawn already; none where that failed.
    outlines: RefCell<BTreeMap<u32, Option<Outline>>>,
}

impl Font {
    /// Takes a font. `None` if it is none of those that are read.
    pub(super) fn read(bytes: Vec<u8>) -> Option<Self> {
        let font = Self {
            bytes,
            outlines: RefCell::default(),
        };
        font.face().is_some().then_some(font)
    }

    /// What is needed to draw with it.
    pub(super) fn face(&self) -> Option<Face<'_>> {
        // The version of bare CFF (Technical Note 5176, 6); those of sfnt are other numbers.
        if let [1, 0, ..] = self.bytes[..]
            && self.bytes.get(2..4) != Some(&[0, 0])
        {
            let cff = CffFontRef::new_cff(&self.bytes, 0, None).ok()?;
            return Some(Face {
                font: self,
                em: f64::from(cff.upem().max(1)),
                outlines: Outlines::Cff(cff),
                characters: None,
                metrics: None,
            });
        }
        let tables = match FileRef::new(&self.bytes).ok()? {
            FileRef::Font(font) => font,
            FileRef::Collection(fonts) => fonts.get(0).ok()?,
        };
        let em = tables.head().ok()?.units_per_em();
        Some(Face {
            font: self,
            em: f64::from(em.max(1)),
            outlines: Outlines::of(&tables, em)?,
            characters: Characters::of(&tables),
            metrics: tables.hmtx().ok(),
        })
    }
}

/// A font that is being drawn with.
pub(super) struct Face<'a> {
    font: &'a Font,
    /// Units of an em.
    em: f64,
    outlines: Outlines<'a>,
    characters: Option<Characters<'a>>,
    metrics: Option<Hmtx<'a>>,
}

enum Outlines<'a> {
    Cff(CffFontRef<'a>),
    TrueType(Glyf<'a>, Loca<'a>),
}

/// Which glyph stands for which character (OpenType, `cmap`).
struct Characters<'a> {
    table: CmapSubtable<'a>,
    is_symbol: bool,
}

impl<'a> Characters<'a> {
    fn of(tables: &FontRef<'a>) -> Option<Self> {
        let (_, record, table) = tables.cmap().ok()?.best_subtable()?;
        let is_symbol = record.platform_id() == PlatformId::Windows && record.encoding_id() == 0;
        Some(Self { table, is_symbol })
    }
}

impl<'a> Outlines<'a> {
    fn of(tables: &FontRef<'a>, em: u16) -> Option<Self> {
        if let (Ok(glyf), Ok(loca)) = (tables.glyf(), tables.loca(None)) {
            return Some(Self::TrueType(glyf, loca));
        }
        let cff = tables.cff().ok()?;
        CffFontRef::new_cff(cff.offset_data().as_bytes(), 0, Some(em.into()))
            .ok()
            .map(Self::Cff)
    }
}

impl Face<'_> {
    /// The glyph of a character, if the font says so.
    pub(super) fn glyph_of(&self, character: char) -> Option<u32> {
        let Characters { table, is_symbol } = self.characters.as_ref()?;
        let code = u32::from(character);
        let glyph = |code| {
            table
                .map_codepoint(code)
                .map(GlyphId::to_u32)
                .filter(|glyph| *glyph != 0)
        };
        // Fonts of symbols have them at the end of the private area.
        glyph(code).or_else(|| glyph(SYMBOLS + code).filter(|_| *is_symbol && code < 256))
    }

    /// How far the next glyph stands, in ems. A whole one where nothing says.
    pub(super) fn advance(&self, glyph: u32) -> f64 {
        let advance = self
            .metrics
            .as_ref()
            .and_then(|metrics| metrics.advance(GlyphId::new(glyph)));
        advance.map_or(1.0, |units| f64::from(units) / self.em)
    }

    /// The outline of a glyph; empty for a blank one. `None` if the font has none, or it takes too much work.
    pub(super) fn outline(&self, glyph: u32, work: &Work) -> Option<Outline> {
        if let Some(known) = self.font.outlines.borrow().get(&glyph) {
            return known.clone();
        }
        let mut pen = Pen {
            segments: Vec::new(),
            scale: 1.0 / self.em,
            work,
        };
        let drawn = match &self.outlines {
            Outlines::TrueType(glyf, loca) => {
                let tables = TrueType { glyf, loca };
                tables.draw(GlyphId::new(glyph), Matrix::IDENTITY, 0, &mut pen)
            }
            Outlines::Cff(cff) => draw_charstring(cff, GlyphId::new(glyph), &mut pen),
        };
        let outline = drawn.map(|()| Outline::from(pen.segments));
        self.font
            .outlines
            .borrow_mut()
            .insert(glyph, outline.clone());
        outline
    }
}

/// Collects an outline.
struct Pen<'a> {
    segments: Vec<Segment>,
    scale: f64,
    work: &'a Work,
}

impl Pen<'_> {
    fn at(&self, x: f64, y: f64) -> Point {
        Point {
            x: x * self.scale,
            y: y * self.scale,
        }
    }
}

/// Outlines of TrueType (OpenType, `glyf`).
struct TrueType<'a> {
    glyf: &'a Glyf<'a>,
    loca: &'a Loca<'a>,
}

impl TrueType<'_> {
    fn draw(&self, glyph: GlyphId, place: Matrix, depth: usize, pen: &mut Pen<'_>) -> Option<()> {
        pen.work.spend(16)?;
        match self.loca.get_glyf(glyph, self.glyf).ok()? {
            None => Some(()),
            Some(Glyph::Simple(simple)) => draw_contours(&simple, place, pen),
            Some(Glyph::Composite(composite)) => {
                if depth == MAX_COMPONENTS_DEPTH {
                    return None;
                }
                for component in composite.components() {
                    let turned = component.transform;
                    let [a, b, c, d] = [turned.xx, turned.yx, turned.xy, turned.yy]
                        .map(|part| f64::from(part.to_f32()));
                    // Components that hang on points of others are only in fonts with hints.
                    let (x, y) = match component.anchor {
                        Anchor::Offset { x, y } => (f64::from(x), f64::from(y)),
                        Anchor::Point { .. } => (0.0, 0.0),
                    };
                    let scaled = component
                        .flags
                        .contains(CompositeGlyphFlags::SCALED_COMPONENT_OFFSET);
                    let (right, up) = if scaled {
                        (a.hypot(b), c.hypot(d))
                    } else {
                        (1.0, 1.0)
                    };
                    let own = Matrix([a, b, c, d, x * right, y * up]);
                    self.draw(component.glyph, own.then(place), depth + 1, pen)?;
                }
                Some(())
            }
        }
    }
}

/// The contours of a simple glyph: points on the curve, and between them at most one off it that is meant; where there
/// are two, the middle of them is on it.
fn draw_contours(glyph: &SimpleGlyph<'_>, place: Matrix, pen: &mut Pen<'_>) -> Option<()> {
    pen.work.spend(glyph.num_points())?;
    let mut points = glyph.points();
    let mut start = 0;
    let mut contour = Vec::new();
    for end in glyph.end_pts_of_contours() {
        let end = usize::from(end.get()) + 1;
        contour.clear();
        contour.extend(
            points
                .by_ref()
                .take(end.saturating_sub(start))
                .map(|point| {
                    let Point { x, y } = place.apply(Point {
                        x: point.x.into(),
                        y: point.y.into(),
                    });
                    (pen.at(x, y), point.on_curve)
                }),
        );
        start = start.max(end);
        draw_contour(&contour, &mut pen.segments);
    }
    Some(())
}

fn draw_contour(points: &[(Point, bool)], segments: &mut Vec<Segment>) {
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        return;
    };
    let middle = |a: Point, b: Point| Point {
        x: f64::midpoint(a.x, b.x),
        y: f64::midpoint(a.y, b.y),
    };
    let start = match (first, last) {
        ((first, true), _) => first,
        (_, (last, true)) => last,
        ((first, _), (last, _)) => middle(first, last),
    };
    segments.push(Segment::Move(start));
    let mut off: Option<Point> = None;
    for &(point, on) in points.iter().skip(usize::from(first.1)) {
        match (off.take(), on) {
            (None, true) => segments.push(Segment::Line(point)),
            (Some(control), true) => segments.push(Segment::Quadratic(control, point)),
            (None, false) => off = Some(point),
            (Some(control), false) => {
                segments.push(Segment::Quadratic(control, middle(control, point)));
                off = Some(point);
            }
        }
    }
    if let Some(control) = off {
        segments.push(Segment::Quadratic(control, start));
    }
    segments.push(Segment::Close);
}

/// The outline that a charstring draws (Technical Note 5177).
fn draw_charstring(cff: &CffFontRef<'_>, glyph: GlyphId, pen: &mut Pen<'_>) -> Option<()> {
    let charstring = cff.charstrings().get(glyph.to_u32() as usize)?;
    let subfont = cff.subfont(cff.subfont_index(glyph)?, &[]).ok()?;
    let subroutines = match subfont.subrs_offset() {
        0 => Index::Empty,
        offset => Index::new(cff.data().get(offset as usize..)?, false).ok()?,
    };
    let context = Counted {
        cff,
        subroutines,
        work: pen.work,
    };
    pen.work.spend(charstring.len())?;
    let mut sink = NopFilterSink::new(pen);
    let mut sink = TransformSink::new(&mut sink, cff.transform(&subfont, None));
    charstring::evaluate(&context, None, charstring, &mut sink).ok()?;
    Some(())
}

/// What a charstring calls, each time counted by its length.
struct Counted<'a> {
    cff: &'a CffFontRef<'a>,
    subroutines: Index<'a>,
    work: &'a Work,
}

impl Counted<'_> {
    fn subroutine<'s>(&self, index: &Index<'s>, number: i32) -> Result<&'s [u8], Error> {
        let number = number
            .checked_add(index.subr_bias())
            .and_then(|number| usize::try_from(number).ok());
        let found = number
            .and_then(|number| index.get(number))
            .ok_or(Error::Malformed)?;
        self.work.spend(found.len() + 1).ok_or(Error::Malformed)?;
        Ok(found)
    }
}

impl CharstringContext for Counted<'_> {
    fn kind(&self) -> CharstringKind {
        CharstringKind::Type2
    }

    /// Accented letters that are put together of two: out of use since 1998.
    fn seac_components(&self, _: i32, _: i32) -> Result<[&[u8]; 2], Error> {
        Err(Error::MissingResource)
    }

    fn global_subr(&self, number: i32) -> Result<&[u8], Error> {
        self.subroutine(self.cff.global_subrs(), number)
    }

    fn subr(&self, number: i32) -> Result<&[u8], Error> {
        self.subroutine(&self.subroutines, number)
    }
}

impl CommandSink for Pen<'_> {
    fn move_to(&mut self, x: Fixed, y: Fixed) {
        let point = self.at(x.to_f64(), y.to_f64());
        self.segments.push(Segment::Move(point));
    }

    fn line_to(&mut self, x: Fixed, y: Fixed) {
        let point = self.at(x.to_f64(), y.to_f64());
        self.segments.push(Segment::Line(point));
    }

    fn curve_to(&mut self, x1: Fixed, y1: Fixed, x2: Fixed, y2: Fixed, x: Fixed, y: Fixed) {
        let [first, second, to] =
            [(x1, y1), (x2, y2), (x, y)].map(|(x, y)| self.at(x.to_f64(), y.to_f64()));
        self.segments.push(Segment::Cubic(first, second, to));
    }

    fn close(&mut self) {
        self.segments.push(Segment::Close);
    }
}

/// Where fonts of symbols have the characters 0 to 255.
const SYMBOLS: u32 = 0xf000;
/// A page of 3000 different characters looks at about a megabyte.
const MAX_WORK: usize = 8_000_000;
/// Composites within composites.
const MAX_COMPONENTS_DEPTH: usize = 8;

//! Pages of OFD as pictures.

use crate::edge::{self, Exception, exception, from_js, invalid, to_js};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use yinxin_documents::ofd::document::{self, Rect};
use yinxin_documents::ofd::draw::{self, NotDrawn, Pages, Placed};
use yinxin_documents::ofd::package::Package;

/// What only the functions here take and give.
#[cfg(feature = "typescript")]
pub(crate) fn declared(visitor: &mut impl ts_rs::TypeVisitor) {
    visitor.visit::<Overview>();
    visitor.visit::<Drawing>();
}

/// The pages of an OFD (GB/T 33190), to be drawn one by one. Of a package with several documents, the first is taken.
#[wasm_bindgen]
pub struct OfdPages {
    bytes: Vec<u8>,
    pages: Pages,
    documents: u32,
    placed: Vec<Placed>,
}

#[wasm_bindgen]
impl OfdPages {
    /// Reads which pages there are, and where signatures put their stamps. Whether the signatures hold is `verifyOfd`'s
    /// business.
    ///
    /// # Errors
    /// `ofd-unreadable`, `ofd-too-large`; `request-invalid` if they are no bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
    ) -> Result<Self, Exception> {
        let bytes = edge::bytes(bytes, "bytes")?;
        let package = Package::open(&bytes[..]).map_err(exception)?;
        let documents = document::read(&package).map_err(exception)?;
        // There is one, or it can't be read.
        let pages = Pages::open(&package, &documents[0]).map_err(exception)?;
        let mut placed = draw::placed(&package, &documents);
        placed.retain(|stamp| stamp.document == 0);
        Ok(Self {
            documents: u32::try_from(documents.len()).unwrap_or(u32::MAX),
            bytes,
            pages,
            placed,
        })
    }

    /// How many pages there are, how large they are, and where stamps lie on them.
    ///
    /// # Errors
    /// None.
    #[wasm_bindgen(unchecked_return_type = "OfdOverview")]
    pub fn overview(&self) -> Result<JsValue, Exception> {
        let (width, height) = self.pages.usual_size();
        to_js(&Overview {
            documents: self.documents,
            pages: u32::try_from(self.pages.count()).unwrap_or(u32::MAX),
            width,
            height,
            stamps: self.placed.iter().map(Stamp::of).collect(),
        })
    }

    /// Draws a page, by its number from 1, with its stamps.
    ///
    /// # Errors
    /// `request-invalid` if there is no such page; `ofd-unreadable`, `ofd-too-large`.
    #[wasm_bindgen(unchecked_return_type = "OfdDrawing")]
    pub fn draw(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] page: JsValue,
    ) -> Result<JsValue, Exception> {
        let page: u32 = from_js(page, "page")?;
        let package = Package::open(&self.bytes[..]).map_err(exception)?;
        let stamps = self.placed.iter().filter(|stamp| stamp.page == page);
        let stamps: Vec<_> = stamps.map(Placed::stamp).collect();
        let index = (page as usize).wrapping_sub(1);
        let drawn = self.pages.draw(&package, index, &stamps);
        let drawn = drawn.ok_or_else(|| invalid("page: there is no such page"))?;
        to_js(&Drawing {
            svg: drawn.svg,
            width: drawn.width,
            height: drawn.height,
            not_drawn: drawn.not_drawn,
            text: drawn.text,
        })
    }
}

/// What there is to draw of an OFD.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "OfdOverview", optional_fields)
)]
struct Overview {
    /// Documents in the package, former versions among them; pages are of the first.
    documents: u32,
    /// How many pages it has.
    pages: u32,
    /// Width of pages that don't say otherwise, in millimetres.
    width: f64,
    /// Height of pages that don't say otherwise, in millimetres.
    height: f64,
    /// Where stamps lie.
    stamps: Vec<Stamp>,
}

/// A stamp on a page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "OfdStampPlace", optional_fields)
)]
struct Stamp {
    /// Which signature put it there, among those of `verifyOfd`, from 0.
    signature: u32,
    /// The page's number, from 1.
    page: u32,
    /// From the page's left edge, in millimetres, as all of these.
    x: f64,
    /// From its upper edge.
    y: f64,
    /// What is seen of it: the whole, or a slice.
    width: f64,
    /// What is seen of it.
    height: f64,
}

impl Stamp {
    fn of(placed: &Placed) -> Self {
        let Rect {
            x,
            y,
            width,
            height,
        } = placed.boundary;
        let seen = placed.clip.unwrap_or(Rect {
            x: 0.0,
            y: 0.0,
            width,
            height,
        });
        Self {
            signature: u32::try_from(placed.signature).unwrap_or(u32::MAX),
            page: placed.page,
            x: x + seen.x,
            y: y + seen.y,
            width: seen.width,
            height: seen.height,
        }
    }
}

/// A page as it is drawn.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "OfdDrawing"))]
struct Drawing {
    /// SVG. Show it as an image (`<img>`), as any markup that was made of a stranger's file.
    svg: String,
    /// In millimetres.
    width: f64,
    /// In millimetres.
    height: f64,
    /// What is not drawn, or not as it is meant.
    not_drawn: Vec<NotDrawn>,
    /// What the page says, a line for each line of text, in the order of the file.
    text: String,
}

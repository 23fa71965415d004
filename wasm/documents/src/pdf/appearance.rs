//! How a signature looks on its page: a picture at a place (ISO 32000-2, 12.5.5 and 8.10).

use super::object::{Dictionary, Object, Reference};
use super::pages::Page;
use super::update::Update;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::{Cursor, Write as _};
use std::ops::Range;
use yinxin_pki::seal;
use yinxin_proto::Error;

/// A picture that can stand on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    width: u32,
    height: u32,
    /// Whether its colours are red, green and blue, or shades of grey.
    is_coloured: bool,
    colours: Colours,
    /// How much of each pixel covers what is beneath, as it is in a file; all of it where there is none.
    cover: Option<Vec<u8>>,
}

/// As they are in a file: a byte for each colour of a pixel, or a JPEG.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Colours {
    Flate(Vec<u8>),
    Jpeg(Vec<u8>),
}

/// A place on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// The page, from 1 on.
    pub page: u32,
    /// From the left edge of the page as it is shown, in mm.
    pub left: f64,
    /// From its upper edge.
    pub top: f64,
    /// In mm.
    pub width: f64,
    /// In mm.
    pub height: f64,
}

impl Picture {
    /// Of a PNG (ISO/IEC 15948) or a JPEG (ISO/IEC 10918-1).
    ///
    /// # Errors
    /// `picture-refused`.
    pub fn of(bytes: &[u8]) -> Result<Self, Error> {
        let picture = seal::Picture {
            kind: String::new(),
            data: bytes.to_vec(),
            width: 0,
            height: 0,
        };
        // What decoding it would cost is known before anybody does.
        picture.check_shown().map_err(refused)?;
        match picture.kind_of_bytes() {
            Some(seal::Kind::Png) => png(bytes),
            Some(seal::Kind::Jpeg) => {
                let (width, height) = picture.pixels().ok_or_else(|| refused("JPEG"))?;
                let is_coloured = match components(bytes) {
                    Some(1) => false,
                    Some(3) => true,
                    _ => return Err(refused("JPEG: colours that are not red, green and blue")),
                };
                Ok(Self {
                    width,
                    height,
                    is_coloured,
                    colours: Colours::Jpeg(bytes.to_vec()),
                    cover: None,
                })
            }
            _ => Err(refused("neither PNG nor JPEG")),
        }
    }

    /// Of pixels, row by row from above: red, green, blue and cover of each.
    ///
    /// # Errors
    /// `picture-refused` if they are not as many as they should be.
    pub fn of_pixels(width: u32, height: u32, pixels: &[u8]) -> Result<Self, Error> {
        let is_whole = u64::from(width)
            .checked_mul(u64::from(height))
            .and_then(|count| count.checked_mul(4))
            .is_some_and(|size| size == pixels.len() as u64 && size > 0);
        if !is_whole {
            return Err(refused("pixels of another number"));
        }
        Ok(Self::of_samples(width, height, pixels, 4))
    }

    /// Of so many samples to each pixel: grey or three colours, with or without cover.
    fn of_samples(width: u32, height: u32, pixels: &[u8], samples: usize) -> Self {
        let has_cover = samples.is_multiple_of(2);
        let colours = samples - usize::from(has_cover);
        let is_clear = |pixel: &[u8]| pixel[colours] != 255;
        let cover = has_cover && pixels.chunks_exact(samples).any(is_clear);
        Self {
            width,
            height,
            is_coloured: colours == 3,
            colours: Colours::Flate(packed(pixels, samples, 0..colours)),
            cover: cover.then(|| packed(pixels, samples, colours..samples)),
        }
    }

    /// Its height, if its width is 1.
    #[must_use]
    pub fn proportion(&self) -> f64 {
        f64::from(self.height) / f64::from(self.width)
    }

    /// Puts it into a file.
    fn add(&self, update: &mut Update<'_, '_>) -> Reference {
        let image = |colours: &str| {
            let mut dictionary = Dictionary::default();
            dictionary.set(b"Type", name("XObject"));
            dictionary.set(b"Subtype", name("Image"));
            dictionary.set(b"Width", Object::Integer(self.width.into()));
            dictionary.set(b"Height", Object::Integer(self.height.into()));
            dictionary.set(b"ColorSpace", name(colours));
            dictionary.set(b"BitsPerComponent", Object::Integer(8));
            dictionary
        };
        let mut dictionary = image(if self.is_coloured {
            "DeviceRGB"
        } else {
            "DeviceGray"
        });
        if let Some(cover) = &self.cover {
            let mut mask = image("DeviceGray");
            mask.set(b"Filter", name("FlateDecode"));
            let mask = update.add_stream(mask, cover.clone());
            dictionary.set(b"SMask", mask.into());
        }
        let (filter, data) = match &self.colours {
            Colours::Flate(bytes) => ("FlateDecode", bytes.clone()),
            Colours::Jpeg(bytes) => ("DCTDecode", bytes.clone()),
        };
        dictionary.set(b"Filter", name(filter));
        update.add_stream(dictionary, data)
    }
}

impl Placement {
    /// Of a rectangle in the coordinates of a page, which is counted from 1.
    #[must_use]
    pub fn of(rectangle: [f64; 4], page: &Page, number: u32) -> Self {
        let near = |at: usize| rectangle[at] - page.crop_box[at];
        let far = |at: usize| page.crop_box[at] - rectangle[at];
        let across = rectangle[2] - rectangle[0];
        let upwards = rectangle[3] - rectangle[1];
        let [left, top, width, height] = match page.rotation {
            90 => [near(1), near(0), upwards, across],
            180 => [far(2), near(1), across, upwards],
            270 => [far(3), far(2), upwards, across],
            _ => [near(0), far(3), across, upwards],
        }
        .map(|units| units * page.user_unit / UNITS_PER_MM);
        Self {
            page: number,
            left,
            top,
            width,
            height,
        }
    }

    /// The rectangle in the page's own coordinates (7.9.5): left, bottom, right, top.
    ///
    /// # Errors
    /// `placement-refused` if it is not all on the page as it is shown.
    pub fn rectangle(&self, page: &Page) -> Result<[f64; 4], Error> {
        let [left, bottom, right, top] = page.crop_box;
        let is_turned = page.rotation % 180 == 90;
        let sides = (right - left, top - bottom);
        let (width, height) = if is_turned { (sides.1, sides.0) } else { sides };
        let units = |mm: f64| mm * UNITS_PER_MM / page.user_unit;
        let (x, y) = (units(self.left), units(self.top));
        let (far_x, far_y) = (x + units(self.width), y + units(self.height));
        // What is not a number is in no place.
        let is_inside = |near: f64, far: f64, side: f64| {
            near >= -TOLERANCE && near < far && far <= side + TOLERANCE
        };
        if !(is_inside(x, far_x, width) && is_inside(y, far_y, height)) {
            let mm = |units: f64| (units * page.user_unit / UNITS_PER_MM).round();
            return Err(Error::PlacementRefused {
                reason: format!("page {} is {} × {} mm", self.page, mm(width), mm(height)),
            });
        }
        Ok(match page.rotation {
            90 => [left + y, bottom + x, left + far_y, bottom + far_x],
            180 => [right - far_x, bottom + y, right - x, bottom + far_y],
            270 => [right - far_y, top - far_x, right - y, top - x],
            _ => [left + x, top - far_y, left + far_x, top - y],
        })
    }
}

/// The appearance for a rectangle of a page: the picture upright as the page is shown, as large as its proportion lets
/// it be, in the middle; without a picture nothing is drawn.
pub(super) fn add(
    update: &mut Update<'_, '_>,
    picture: Option<&Picture>,
    rectangle: [f64; 4],
    rotation: u16,
) -> Reference {
    let sides = [rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]];
    let [width, height] = match rotation {
        90 | 270 => [sides[1], sides[0]],
        _ => sides,
    };
    let matrix = match rotation {
        90 => Some([0.0, 1.0, -1.0, 0.0, height, 0.0]),
        180 => Some([-1.0, 0.0, 0.0, -1.0, width, height]),
        270 => Some([0.0, -1.0, 1.0, 0.0, 0.0, width]),
        _ => None,
    };
    let mut resources = Dictionary::default();
    let mut content = String::new();
    if let Some(picture) = picture {
        let image = picture.add(update);
        let mut images = Dictionary::default();
        images.set(b"Im", image.into());
        resources.set(b"XObject", Object::Dictionary(images));
        let shown = width.min(height / picture.proportion());
        let (wide, tall) = (shown, shown * picture.proportion());
        let [wide, tall, x, y] =
            [wide, tall, (width - wide) / 2.0, (height - tall) / 2.0].map(rounded);
        content = format!("q {wide} 0 0 {tall} {x} {y} cm /Im Do Q");
    }
    let mut form = Dictionary::default();
    form.set(b"Type", name("XObject"));
    form.set(b"Subtype", name("Form"));
    form.set(b"BBox", numbers(&[0.0, 0.0, width, height]));
    if let Some(matrix) = matrix {
        form.set(b"Matrix", numbers(&matrix));
    }
    form.set(b"Resources", Object::Dictionary(resources));
    update.add_stream(form, content.into_bytes())
}

/// Numbers as a file has them: with four digits behind the point.
pub(super) fn numbers(all: &[f64]) -> Object {
    Object::Array(all.iter().map(|one| Object::Real(rounded(*one))).collect())
}

fn rounded(number: f64) -> f64 {
    // Adding nothing makes 0 of -0.
    (number * 1e4).round() / 1e4 + 0.0
}

pub(super) fn name(text: &str) -> Object {
    Object::Name(text.as_bytes().to_vec())
}

/// Some samples of each pixel, packed piece by piece: the pixels alone may be 32 MB.
fn packed(pixels: &[u8], samples: usize, wanted: Range<usize>) -> Vec<u8> {
    let mut writer = ZlibEncoder::new(Vec::new(), Compression::default());
    for piece in pixels.chunks(samples * PIECE) {
        let piece = piece.chunks_exact(samples);
        let piece: Vec<u8> = piece
            .flat_map(|pixel| &pixel[wanted.clone()])
            .copied()
            .collect();
        // Memory takes whatever is written.
        let _ = writer.write_all(&piece);
    }
    writer.finish().unwrap_or_default()
}

fn png(bytes: &[u8]) -> Result<Picture, Error> {
    let damaged = |_| refused("PNG: damaged");
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    decoder.ignore_checksums(false);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| refused("PNG: too large"))?;
    let mut pixels = vec![0; size];
    let info = reader.next_frame(&mut pixels).map_err(damaged)?;
    pixels.truncate(info.buffer_size());
    let samples = info.color_type.samples();
    Ok(Picture::of_samples(
        info.width,
        info.height,
        &pixels,
        samples,
    ))
}

/// How many colours a JPEG has, by its frame's header (B.2.2).
fn components(bytes: &[u8]) -> Option<u8> {
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1).filter(|_| bytes[at] == 0xff)?;
        match marker {
            // Fill bytes.
            0xff => at += 1,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return bytes.get(at + 9).copied();
            }
            0xd0..=0xd9 | 0x01 => at += 2,
            _ => {
                let size = [*bytes.get(at + 2)?, *bytes.get(at + 3)?];
                at += 2 + usize::from(u16::from_be_bytes(size));
            }
        }
    }
}

fn refused(reason: impl Into<String>) -> Error {
    Error::PictureRefused {
        reason: reason.into(),
    }
}

/// Units of a page without `/UserUnit` (14.11.2): 72 an inch.
const UNITS_PER_MM: f64 = 72.0 / 25.4;

/// Pixels that are packed at a time.
const PIECE: usize = 1 << 14;

/// Units that are lost in computing.
const TOLERANCE: f64 = 0.01;

#[cfg(test)]
mod tests;

//! What of a page is not drawn, or not as it is meant: named, and counted.

use serde::Serialize;

/// Something that is not drawn, or not as it is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NotDrawn {
    /// What it is.
    pub what: What,
    /// Which: a font's name, a type, a part of the package, an element; as the file has it, 100 characters at most.
    pub name: String,
    /// How often it occurs on the page.
    pub count: u32,
}

/// Why something is not drawn as it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "WhyNotDrawn"))]
pub enum What {
    /// A line of text that does not say where its glyphs stand: they are set by the font's own widths.
    Advance,
    /// An attribute or element that can't be read, by its name.
    Damaged,
    /// A font that the file does not bring along: drawn with the device's font of that name, or one like it.
    FontNotEmbedded,
    /// A font that the file brings along and that can't be read: drawn as one that is not embedded.
    FontUnreadable,
    /// Characters or glyphs that a font does not have, by the font's name.
    Glyph,
    /// An image of a type that is not drawn, by its type.
    ImageType,
    /// An image that can't be read, or is too large, by its part.
    ImageUnreadable,
    /// A part of the package that is missing or can't be read, by its path.
    Part,
    /// A pattern whose cells should be turned over: they are drawn as they are.
    Pattern,
    /// A resource that the document does not have, by its kind and number.
    Resource,
    /// A shading that is not drawn, by its kind.
    Shading,
    /// The picture of a seal that can't be shown, and why.
    Stamp,
    /// More on the page than is drawn at once, by what is too much of.
    TooMuch,
    /// An element that this program does not know, by its name.
    Unknown,
}

/// All that is told of a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Told(Vec<NotDrawn>);

impl Told {
    pub(super) fn tell(&mut self, what: What, name: &str) {
        let name: String = name.chars().take(MAX_NAME).collect();
        let known = self
            .0
            .iter_mut()
            .find(|told| told.what == what && told.name == name);
        if let Some(known) = known {
            known.count = known.count.saturating_add(1);
        } else if self.0.len() < MAX_TOLD {
            self.0.push(NotDrawn {
                what,
                name,
                count: 1,
            });
        }
    }

    pub(super) fn finish(self) -> Vec<NotDrawn> {
        self.0
    }
}

/// Characters of a name.
const MAX_NAME: usize = 100;
/// Different things.
const MAX_TOLD: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_counted_and_there_is_an_end() {
        let mut told = Told::default();
        for _ in 0..3 {
            told.tell(What::Glyph, &"宋".repeat(1000));
        }
        for number in 0..1000 {
            told.tell(What::Resource, &number.to_string());
        }
        let told = told.finish();
        assert_eq!((told[0].count, told[0].name.chars().count()), (3, MAX_NAME));
        assert_eq!(told.len(), MAX_TOLD);
    }
}

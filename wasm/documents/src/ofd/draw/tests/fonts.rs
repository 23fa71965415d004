//! Text in fonts of the document: TrueType and CFF that are made here.

use super::{Made, What, inner, layer, told};

/// A font of sfnt.
fn sfnt(version: u32, tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut out = version.to_be_bytes().to_vec();
    out.extend((tables.len() as u16).to_be_bytes());
    out.extend([0; 6]);
    let mut at = 12 + 16 * tables.len();
    for (tag, table) in tables {
        out.extend(*tag);
        out.extend([0; 4]);
        out.extend((at as u32).to_be_bytes());
        out.extend((table.len() as u32).to_be_bytes());
        at += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        out.extend(table);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

fn i16s(numbers: &[i16]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

/// A glyph of one contour.
fn simple(points: &[(i16, i16, bool)]) -> Vec<u8> {
    let mut glyph = i16s(&[1, 0, 0, 0, 0, points.len() as i16 - 1, 0]);
    glyph.extend(points.iter().map(|(.., on)| u8::from(*on)));
    let steps = |of: fn(&(i16, i16, bool)) -> i16| {
        let mut last = 0;
        points
            .iter()
            .map(move |point| of(point) - std::mem::replace(&mut last, of(point)))
            .collect::<Vec<_>>()
    };
    glyph.extend(i16s(&steps(|point| point.0)));
    glyph.extend(i16s(&steps(|point| point.1)));
    glyph
}

/// A glyph of others, each with a place and a scale.
pub(super) fn composite(parts: &[(i16, i16, i16, f32)]) -> Vec<u8> {
    let mut glyph = i16s(&[-1, 0, 0, 0, 0]);
    for (nth, (part, x, y, scale)) in parts.iter().enumerate() {
        let more = if nth + 1 < parts.len() { 0x20 } else { 0 };
        glyph.extend(i16s(&[
            0x1 | 0x2 | 0x8 | more,
            *part,
            *x,
            *y,
            (scale * 16384.0) as i16,
        ]));
    }
    glyph
}

/// A font of 1000 units with these glyphs, behind an empty first. Characters from A on are its glyphs from 1 on.
pub(super) fn true_type(glyphs: &[Vec<u8>]) -> Vec<u8> {
    let (mut glyf, mut loca) = (vec![], vec![0u32, 0]);
    for glyph in glyphs {
        glyf.extend(glyph);
        glyf.resize(glyf.len().next_multiple_of(4), 0);
        loca.push(glyf.len() as u32);
    }
    let count = glyphs.len() as u16 + 1;
    let mut head = vec![0; 54];
    head[18..20].copy_from_slice(&1000u16.to_be_bytes());
    head[51] = 1;
    let mut hhea = vec![0; 36];
    hhea[34..].copy_from_slice(&1u16.to_be_bytes());
    let hmtx = [i16s(&[600, 0]), vec![0; 2 * usize::from(count - 1)]].concat();
    let maxp = [&[0, 1, 0, 0][..], &count.to_be_bytes(), &[0; 26]].concat();
    sfnt(
        0x0001_0000,
        &[
            (b"cmap", cmap(count)),
            (b"glyf", glyf),
            (b"head", head),
            (b"hhea", hhea),
            (b"hmtx", hmtx),
            (
                b"loca",
                loca.iter().flat_map(|at| at.to_be_bytes()).collect(),
            ),
            (b"maxp", maxp),
        ],
    )
}

/// Format 4, with one segment from A on.
fn cmap(glyphs: u16) -> Vec<u8> {
    let a = u16::from(b'A');
    let numbers = [
        0,
        1,
        3,
        1,
        0,
        12, // one table, of Unicode
        4,
        32,
        0,
        4,
        4,
        1,
        0, // two segments
        a + glyphs - 2,
        0xffff,
        0,
        a,
        0xffff,
        1u16.wrapping_sub(a),
        1,
        0,
        0,
    ];
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

/// A number in a charstring.
pub(super) fn push(charstring: &mut Vec<u8>, number: i16) {
    charstring.push(28);
    charstring.extend(number.to_be_bytes());
}

fn index(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = (items.len() as u16).to_be_bytes().to_vec();
    if items.is_empty() {
        return out;
    }
    out.push(4);
    let mut at = 1u32;
    for item in items {
        out.extend(at.to_be_bytes());
        at += item.len() as u32;
    }
    out.extend(at.to_be_bytes());
    out.extend(items.concat());
    out
}

/// Bare CFF: glyphs and global subroutines, as charstrings.
pub(super) fn cff(glyphs: &[Vec<u8>], subroutines: &[Vec<u8>]) -> Vec<u8> {
    let number = |out: &mut Vec<u8>, number: usize| {
        out.push(29);
        out.extend((number as u32).to_be_bytes());
    };
    let make = |charstrings: usize, private: usize| {
        let mut top = vec![];
        number(&mut top, charstrings);
        top.push(17);
        number(&mut top, 0);
        number(&mut top, private);
        top.push(18);
        [
            &[1, 0, 4, 4][..],
            &index(&[b"Made".to_vec()]),
            &index(&[top]),
            &index(&[]),
            &index(subroutines),
        ]
        .concat()
    };
    let at = make(0, 0).len();
    let charstrings = index(glyphs);
    let mut out = make(at, at + charstrings.len());
    out.extend(charstrings);
    out
}

fn square() -> Vec<u8> {
    simple(&[
        (0, 0, true),
        (500, 0, true),
        (500, 500, true),
        (0, 500, true),
    ])
}

/// A text of a size of 2, in a font with the number 3.
fn text(attributes: &str, codes: &str) -> String {
    format!(
        "<ofd:TextObject Boundary=\"10 20 50 5\" Font=\"3\" Size=\"2.048\" {attributes}>{codes}</ofd:TextObject>"
    )
}

pub(super) fn with_font(objects: &str, font: &[u8]) -> Made {
    let fonts = "<ofd:Fonts><ofd:Font ID=\"3\" FontName=\"Made\"><ofd:FontFile>f.ttf</ofd:FontFile></ofd:Font></ofd:Fonts>";
    layer(objects)
        .resources(fonts)
        .file("Doc_0/Res/f.ttf", font)
}

#[test]
fn glyphs_of_true_type_are_outlines_at_their_places() {
    // On and off the curve; off it only; another one at half its size.
    let off = [
        (500, 0, false),
        (500, 500, false),
        (0, 500, false),
        (0, 0, false),
    ];
    let font = true_type(&[square(), simple(&off), composite(&[(1, 100, 200, 0.5)])]);
    let code = "<ofd:TextCode X=\"1\" Y=\"2\" DeltaX=\"2 2\">ABC</ofd:TextCode>";
    let drawn = with_font(&text("", code), &font).whole();
    // In units of a thousandth: 2048 units of an em are 2.048.
    let a = "M1000 2000l1024 0l0-1024l-1024 0z";
    let b = "M3512 2000q512 0 512-512q0-512-512-512q-512 0-512 512q0 512 512 512z";
    let c = "M5205 1590l512 0l0-512l-512 0z";
    assert_eq!(
        drawn,
        format!(
            "<path transform=\"matrix(0.001 0 0 0.001 10 20)\" d=\"{a}{b}{c}\" fill=\"#000000\"/>"
        )
    );
}

#[test]
fn charstrings_of_cff_are_outlines_too() {
    let mut glyph = vec![];
    for (numbers, operator) in [(&[100, 0][..], 21u8), (&[500], 6), (&[-107], 29), (&[], 14)] {
        numbers.iter().for_each(|number| push(&mut glyph, *number));
        glyph.push(operator);
    }
    // Up, then a curve back; called by its number less 107.
    let mut subroutine = vec![];
    for (numbers, operator) in [
        (&[0, 500][..], 5u8),
        (&[-100, 100, -300, 0, -100, -100], 8),
        (&[], 11),
    ] {
        numbers
            .iter()
            .for_each(|number| push(&mut subroutine, *number));
        subroutine.push(operator);
    }
    let font = cff(&[vec![14], glyph], &[subroutine]);
    let object = text(
        "",
        "<ofd:CGTransform CodePosition=\"0\"><ofd:Glyphs>1</ofd:Glyphs></ofd:CGTransform><ofd:TextCode X=\"0\" Y=\"2\">¤</ofd:TextCode>",
    );
    let drawn = with_font(&object, &font).whole();
    let expected = "M205 2000l1024 0l0-1024c-205-205-819-205-1024 0z";
    assert_eq!(
        drawn,
        format!(
            "<path transform=\"matrix(0.001 0 0 0.001 10 20)\" d=\"{expected}\" fill=\"#000000\"/>"
        )
    );
}

#[test]
fn glyphs_take_the_place_of_characters() {
    let font = true_type(&[square(), square()]);
    let exchange = "<ofd:CGTransform CodePosition=\"1\" CodeCount=\"1\" GlyphCount=\"2\"><ofd:Glyphs>2 1</ofd:Glyphs></ofd:CGTransform>";
    let code = "<ofd:TextCode X=\"0\" Y=\"2\" DeltaX=\"1 1\">A中</ofd:TextCode>";
    let drawn = with_font(&text("", &format!("{exchange}{code}")), &font).whole();
    assert_eq!(drawn.matches('z').count(), 3);
    for place in ["M0 2000", "M1000 2000", "M2000 2000"] {
        assert!(drawn.contains(place), "{drawn}");
    }
}

#[test]
fn what_a_font_lacks_is_named_and_set_by_the_device() {
    let font = true_type(&[square()]);
    let code =
        |text: &str| format!("<ofd:TextCode X=\"0\" Y=\"2\" DeltaX=\"1 1\">{text}</ofd:TextCode>");
    let drawing = with_font(&text("", &code("A中 ")), &font).draw_with(&[]);
    assert_eq!(told(&drawing), [(What::Glyph, "Made".into(), 1)]);
    assert!(inner(&drawing).contains(">中</text>"));
    for (font, what) in [
        (&b"none"[..], What::FontUnreadable),
        (b"", What::FontUnreadable),
        (b"\x01\x00\x04\x04", What::FontUnreadable),
    ] {
        let drawing = with_font(&text("", &code("A")), font).draw_with(&[]);
        assert_eq!(told(&drawing), [(what, "Made".into(), 1)]);
        assert!(inner(&drawing).contains(">A</text>"));
    }
}

#[test]
fn without_steps_glyphs_stand_as_wide_as_the_font_has_them() {
    let font = true_type(&[square()]);
    let object = text(
        "ReadDirection=\"90\"",
        "<ofd:TextCode X=\"0\" Y=\"2\">AA</ofd:TextCode>",
    );
    let (drawn, told) = with_font(&object, &font).draw();
    assert_eq!(told, [(What::Advance, "AA".into(), 1)]);
    // Downwards, by 0.6 ems.
    assert!(
        drawn.contains("M0 2000") && drawn.contains("M0 3229"),
        "{drawn}"
    );
}

#[test]
fn strokes_and_shadings_of_text_are_in_the_units_of_its_outlines() {
    let font = true_type(&[square()]);
    let shading = "<ofd:FillColor><ofd:AxialShd StartPoint=\"0 0\" EndPoint=\"1 0\" Extend=\"3\"><ofd:Segment><ofd:Color Value=\"1 1 1\"/></ofd:Segment></ofd:AxialShd></ofd:FillColor>";
    let object = text(
        "Stroke=\"true\" LineWidth=\"0.2\"",
        &format!("{shading}<ofd:TextCode X=\"0\" Y=\"2\">A</ofd:TextCode>"),
    );
    let drawn = with_font(&object, &font).whole();
    assert!(
        drawn.contains("gradientTransform=\"matrix(1000 0 0 1000 0 0)\""),
        "{drawn}"
    );
    assert!(drawn.contains("stroke-width=\"200\""), "{drawn}");
}

#[test]
fn text_cuts_as_a_clip() {
    let font = true_type(&[square()]);
    let clip = "<ofd:Clips><ofd:Clip><ofd:Area><ofd:Text Boundary=\"1 1 5 5\" Font=\"3\" Size=\"2.048\"><ofd:TextCode X=\"0\" Y=\"2\">A</ofd:TextCode></ofd:Text></ofd:Area></ofd:Clip></ofd:Clips>";
    let drawn = with_font(&super::path("", clip), &font).whole();
    let expected = "<clipPath id=\"i1\"><path transform=\"matrix(0.001 0 0 0.001 21 31)\" d=\"M0 2000l1024 0l0-1024l-1024 0z\"/></clipPath>";
    assert!(drawn.starts_with(expected), "{drawn}");
}

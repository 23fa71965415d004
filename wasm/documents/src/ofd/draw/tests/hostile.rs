//! Pages that would draw without end.

use super::fonts::{cff, composite, push, true_type, with_font};
use super::{Made, What, drawn, layer, path, told};

fn is_too_much(made: &Made) {
    let drawing = made.draw_with(&[]);
    let told = told(&drawing);
    assert!(
        told.iter().any(|(what, ..)| *what == What::TooMuch),
        "{told:?}"
    );
    assert!(drawing.svg.len() < 9 << 20, "{}", drawing.svg.len());
}

#[test]
fn composites_within_composites_end() {
    let unit = |id: usize| {
        let objects = format!(
            "<ofd:CompositeObject Boundary=\"0 0 99 99\" ResourceID=\"{}\"/>",
            id + 1
        )
        .repeat(50);
        format!(
            "<ofd:CompositeGraphicUnit ID=\"{id}\"><ofd:Content>{objects}</ofd:Content></ofd:CompositeGraphicUnit>"
        )
    };
    let units: String = (1..15).map(unit).collect();
    let object = "<ofd:CompositeObject Boundary=\"0 0 99 99\" ResourceID=\"1\"/>";
    is_too_much(&layer(object).resources(&format!(
        "<ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits>"
    )));
    // One that holds itself.
    let own = "<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"1\"><ofd:Content><ofd:CompositeObject Boundary=\"0 0 99 99\" ResourceID=\"1\"/></ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>";
    is_too_much(&layer(object).resources(own));
}

#[test]
fn patterns_within_patterns_end() {
    let mut inside = String::new();
    for _ in 0..30 {
        let fill = format!(
            "<ofd:FillColor><ofd:Pattern Width=\"4\" Height=\"5\"><ofd:CellContent>{inside}</ofd:CellContent></ofd:Pattern></ofd:FillColor>"
        );
        inside = path("Fill=\"true\"", &fill);
    }
    is_too_much(&layer(&inside));
}

#[test]
fn a_page_that_is_covered_again_and_again_ends() {
    let cover = "<ofd:PathObject Boundary=\"0 0 100 100\" Fill=\"true\"><ofd:FillColor Value=\"0 0 0\"/><ofd:AbbreviatedData>M 0 0 L 100 0 L 100 100 C</ofd:AbbreviatedData></ofd:PathObject>";
    is_too_much(&layer(&cover.repeat(2000)));
}

#[test]
fn lines_without_end_end() {
    let lines = "L 1.23456 2.34567 L 3.45678 4.56789 ".repeat(20_000);
    let long = format!(
        "<ofd:PathObject Boundary=\"0 0 9 9\"><ofd:AbbreviatedData>M 0 0 {lines}</ofd:AbbreviatedData></ofd:PathObject>"
    );
    is_too_much(&layer(&long.repeat(20)));
    // Very many dashes become a line.
    let dashed = path("DashPattern=\"0.000001 0.000001\"", "");
    assert!(!layer(&dashed).whole().contains("dasharray"));
}

#[test]
fn text_without_end_ends() {
    let text = |count: usize| {
        let code = format!(
            "<ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"g {count} 0.001\">{}</ofd:TextCode>",
            "A".repeat(count)
        );
        format!(
            "<ofd:TextObject Boundary=\"0 0 99 9\" Font=\"3\" Size=\"4\">{code}</ofd:TextObject>"
        )
    };
    is_too_much(&layer(&text(200_000)));
    is_too_much(&layer(&text(4_000).repeat(20)));
}

#[test]
fn glyphs_that_are_made_of_glyphs_without_end_are_not_drawn() {
    // Each of 60 of the next: 60 to the power of 9.
    let glyphs: Vec<_> = (1..10)
        .map(|next| composite(&vec![(next + 1, 0, 0, 1.0); 60]))
        .collect();
    let own = composite(&[(1, 0, 0, 1.0)]);
    let text = "<ofd:TextObject Boundary=\"0 0 99 9\" Font=\"3\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\" DeltaX=\"1\">AABB</ofd:TextCode></ofd:TextObject>";
    for font in [true_type(&glyphs), true_type(&[own])] {
        let drawing = with_font(text, &font).draw_with(&[]);
        assert!(told(&drawing).iter().any(|(what, ..)| *what == What::Glyph));
    }
}

#[test]
fn charstrings_that_call_each_other_without_end_are_not_drawn() {
    // Each calls the next a hundred times.
    let calls = |next: i16| {
        let mut charstring = vec![];
        for _ in 0..100 {
            push(&mut charstring, next - 107);
            charstring.push(29);
        }
        charstring.push(11);
        charstring
    };
    let subroutines: Vec<_> = (0..9).map(|number| calls(number + 1)).collect();
    let font = cff(&[calls(0)], &subroutines);
    let text = "<ofd:TextObject Boundary=\"0 0 99 9\" Font=\"3\" Size=\"4\"><ofd:CGTransform><ofd:Glyphs>0</ofd:Glyphs></ofd:CGTransform><ofd:TextCode X=\"0\" Y=\"4\">A</ofd:TextCode></ofd:TextObject>";
    let drawing = with_font(text, &font).draw_with(&[]);
    assert_eq!(told(&drawing), [(What::Glyph, "Made".into(), 1)]);
}

#[test]
fn images_that_are_drawn_very_often_end() {
    let media = "<ofd:MultiMedias><ofd:MultiMedia ID=\"5\"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>";
    let image = "<ofd:ImageObject Boundary=\"1 1 1 1\" ResourceID=\"5\"/>";
    is_too_much(
        &layer(&image.repeat(10))
            .resources(media)
            .file("Doc_0/Res/a.png", &super::png(6000, 6000)),
    );
}

#[test]
fn whatever_is_written_nothing_but_a_drawing_comes_out() {
    // Values that would be markup, a style, an address or a script elsewhere.
    let bad =
        "&quot;/&gt;&lt;script&gt;alert(1)&lt;/script&gt; url(http://example.invalid/x) ;}@import";
    let attributes = [
        "Boundary",
        "CTM",
        "LineWidth",
        "Cap",
        "Join",
        "DashPattern",
        "Alpha",
        "Rule",
        "Font",
        "Size",
        "HScale",
        "CharDirection",
        "Weight",
        "ResourceID",
        "ImageMask",
        "DrawParam",
    ];
    for bad in [
        bad,
        "NaN",
        "1e308 1e308 1e308 1e308 1e308 1e308",
        "-1",
        "0",
        "\u{202e}",
        "inf",
    ] {
        for name in attributes {
            let rest = |usual: &[(&str, &str)]| -> String {
                usual
                    .iter()
                    .filter(|(other, _)| *other != name)
                    .map(|(name, value)| format!(" {name}=\"{value}\""))
                    .collect()
            };
            let usual = rest(&[
                ("Boundary", "1 1 50 50"),
                ("CTM", "1 0 0 1 0 0"),
                ("Font", "3"),
                ("Size", "3"),
                ("ResourceID", "5"),
                ("Fill", "true"),
            ]);
            let fill = format!(
                "<ofd:FillColor Value=\"{bad}\"/><ofd:StrokeColor><ofd:AxialShd StartPoint=\"{bad}\" EndPoint=\"1 1\" Extend=\"{bad}\"><ofd:Segment Position=\"{bad}\"><ofd:Color Value=\"1 1 1\"/></ofd:Segment></ofd:AxialShd></ofd:StrokeColor>"
            );
            let objects = format!(
                "<ofd:PathObject {name}=\"{bad}\"{usual}>{fill}<ofd:AbbreviatedData>M 0 0 L 5 5 {bad}</ofd:AbbreviatedData></ofd:PathObject>\
                 <ofd:TextObject {name}=\"{bad}\"{usual}>{fill}<ofd:TextCode X=\"{bad}\" Y=\"3\" DeltaX=\"{bad}\">{bad}</ofd:TextCode></ofd:TextObject>\
                 <ofd:ImageObject {name}=\"{bad}\"{usual}/><ofd:CompositeObject {name}=\"{bad}\"{usual}/>"
            );
            let resources = format!(
                "<ofd:Fonts><ofd:Font ID=\"3\" FontName=\"{bad}\" FamilyName=\"{bad}\"/></ofd:Fonts><ofd:MultiMedias><ofd:MultiMedia ID=\"5\"><ofd:MediaFile>{bad}</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>"
            );
            // It is checked against the list of what may be there.
            let drawing = drawn(&layer(&objects).resources(&resources).write(), &[]);
            assert!(!drawing.svg.contains("<script"));
        }
    }
}

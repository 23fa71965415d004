//! Pages that are made here, as they are drawn.

use super::*;
use crate::ofd::{Package, document};
use crate::testing::Zip;
use yinxin_pki::seal::Picture;

mod fonts;
mod hostile;

const HEAD: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;

/// A document in the making.
#[derive(Clone, Default)]
struct Made {
    /// What stands in the page beside its content, in the content, in the document, and in its resources.
    page: String,
    content: String,
    common: String,
    resources: String,
    files: Vec<(String, Vec<u8>)>,
}

impl Made {
    /// A page with this content.
    fn of(content: &str) -> Self {
        Self {
            content: content.into(),
            ..Self::default()
        }
    }

    fn resources(mut self, resources: &str) -> Self {
        self.resources = resources.into();
        self
    }

    fn file(mut self, path: &str, file: &[u8]) -> Self {
        self.files.push((path.into(), file.into()));
        self
    }

    fn write(&self) -> Vec<u8> {
        let Self {
            page,
            content,
            common,
            resources,
            files,
        } = self;
        let root = format!(
            "<ofd:OFD {HEAD}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
        );
        let document = format!(
            "<ofd:Document {HEAD}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 100 100</ofd:PhysicalBox>\
             </ofd:PageArea><ofd:PublicRes>Res.xml</ofd:PublicRes>{common}</ofd:CommonData><ofd:Pages>\
             <ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages><ofd:Annotations>A.xml</ofd:Annotations></ofd:Document>"
        );
        let page =
            format!("<ofd:Page {HEAD}>{page}<ofd:Content>{content}</ofd:Content></ofd:Page>");
        let resources = format!("<ofd:Res {HEAD} BaseLoc=\"Res\">{resources}</ofd:Res>");
        let mut parts = vec![
            ("OFD.xml", root.as_bytes()),
            ("Doc_0/Document.xml", document.as_bytes()),
            ("Doc_0/P.xml", page.as_bytes()),
            ("Doc_0/Res.xml", resources.as_bytes()),
        ];
        let annotations = format!("<ofd:Annotations {HEAD}/>");
        if !files.iter().any(|(path, _)| path == "Doc_0/A.xml") {
            parts.push(("Doc_0/A.xml", annotations.as_bytes()));
        }
        parts.extend(files.iter().map(|(path, file)| (path.as_str(), &file[..])));
        Zip::of(&parts).write()
    }

    fn draw_with(&self, stamps: &[Stamp<'_>]) -> Drawing {
        drawn(&self.write(), stamps)
    }

    /// What is drawn on the paper, and what is told.
    fn draw(&self) -> (String, Vec<(What, String, u32)>) {
        let drawing = self.draw_with(&[]);
        (inner(&drawing), told(&drawing))
    }

    /// What is drawn on the paper, where all of it is.
    fn whole(&self) -> String {
        let (drawn, told) = self.draw();
        assert_eq!(told, []);
        drawn
    }
}

fn drawn(file: &[u8], stamps: &[Stamp<'_>]) -> Drawing {
    let package = Package::open(file).unwrap();
    let mut pages = Pages::open(&package, &document::read(&package).unwrap()[0]).unwrap();
    let drawing = pages.draw(&package, 0, stamps).unwrap();
    allowed::check(&drawing.svg).unwrap();
    drawing
}

fn inner(drawing: &Drawing) -> String {
    let paper = "fill=\"#ffffff\"/>";
    let start = drawing.svg.find(paper).unwrap() + paper.len();
    drawing.svg[start..].strip_suffix("</svg>").unwrap().into()
}

fn told(drawing: &Drawing) -> Vec<(What, String, u32)> {
    let told = drawing.not_drawn.iter();
    told.map(|told| (told.what, told.name.clone(), told.count))
        .collect()
}

fn layer(objects: &str) -> Made {
    Made::of(&format!("<ofd:Layer>{objects}</ofd:Layer>"))
}

const SQUARE: &str = "<ofd:AbbreviatedData>M 0 0 L 10 0 L 10 10 L 0 10 C</ofd:AbbreviatedData>";
const LINES: &str = "M0 0L10 0L10 10L0 10Z";

fn path(attributes: &str, inside: &str) -> String {
    format!(
        "<ofd:PathObject Boundary=\"20 30 10 10\" {attributes}>{inside}{SQUARE}</ofd:PathObject>"
    )
}

#[test]
fn the_frame_is_the_page() {
    let page = Made {
        page: "<ofd:Area><ofd:PhysicalBox>-5 0 50.5 60</ofd:PhysicalBox></ofd:Area>".into(),
        ..Made::default()
    };
    let drawing = page.draw_with(&[]);
    assert_eq!((drawing.width, drawing.height), (50.5, 60.0));
    assert_eq!(
        drawing.svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"50.5mm\" height=\"60mm\" viewBox=\"-5 0 50.5 60\">\
         <rect x=\"-5\" y=\"0\" width=\"50.5\" height=\"60\" fill=\"#ffffff\"/></svg>"
    );
}

#[test]
fn a_path_stands_where_its_box_and_matrix_put_it() {
    assert_eq!(
        layer(&path("", "")).whole(),
        format!(
            "<path transform=\"matrix(1 0 0 1 20 30)\" d=\"{LINES}\" fill=\"none\" stroke=\"#000000\" stroke-width=\"0.353\" stroke-miterlimit=\"3.528\"/>"
        )
    );
    let filled = path(
        "CTM=\"0.5 0 0 0.5 1 2\" Stroke=\"false\" Fill=\"true\" Rule=\"Even-Odd\" Alpha=\"51\"",
        "<ofd:FillColor Value=\"255 0 0\" Alpha=\"102\"/>",
    );
    assert_eq!(
        layer(&filled).whole(),
        format!(
            "<g opacity=\"0.2\"><path transform=\"matrix(0.5 0 0 0.5 21 32)\" d=\"{LINES}\" fill=\"#ff0000\" fill-opacity=\"0.4\" fill-rule=\"evenodd\"/></g>"
        )
    );
    // Nothing is seen of it.
    for unseen in [
        path("Visible=\"false\"", ""),
        path("Stroke=\"false\" Fill=\"true\"", ""),
        path("CTM=\"1 0 0 1 500 0\"", ""),
        path("Alpha=\"0\"", ""),
    ] {
        assert_eq!(layer(&unseen).whole(), "");
    }
}

#[test]
fn what_is_drawn_outside_of_a_box_is_cut() {
    let wide = "<ofd:PathObject Boundary=\"20 30 5 5\" Fill=\"true\" Stroke=\"false\"><ofd:FillColor Value=\"0 0 0\"/>";
    let drawn = layer(&format!("{wide}{SQUARE}</ofd:PathObject>")).whole();
    // A millimetre over.
    assert!(drawn.starts_with("<clipPath id=\"i1\"><rect x=\"19\" y=\"29\" width=\"7\" height=\"7\"/></clipPath><g clip-path=\"url(#i1)\"><path "), "{drawn}");
}

#[test]
fn clips_lie_in_the_objects_space_and_are_cut_with_each_other() {
    let area = |ctm: &str, more: &str| {
        format!(
            "<ofd:Area{ctm}><ofd:Path Boundary=\"1 1 5 5\"{more}>{SQUARE}</ofd:Path></ofd:Area>"
        )
    };
    let clips = format!(
        "<ofd:Clips><ofd:Clip>{}{}</ofd:Clip><ofd:Clip>{}</ofd:Clip></ofd:Clips>",
        area("", ""),
        area(" CTM=\"2 0 0 2 0 0\"", " Rule=\"Even-Odd\""),
        area("", " CTM=\"3 0 0 3 0 0\""),
    );
    let drawn = layer(&path("CTM=\"0.5 0 0 0.5 0 0\"", &clips)).whole();
    assert_eq!(
        drawn,
        format!(
            "<clipPath id=\"i1\"><path transform=\"matrix(1 0 0 1 21 31)\" d=\"{LINES}\"/>\
             <path transform=\"matrix(2 0 0 2 22 32)\" d=\"{LINES}\" clip-rule=\"evenodd\"/></clipPath><g clip-path=\"url(#i1)\">\
             <clipPath id=\"i2\"><path transform=\"matrix(3 0 0 3 21 31)\" d=\"{LINES}\"/></clipPath><g clip-path=\"url(#i2)\">\
             <path transform=\"matrix(0.5 0 0 0.5 20 30)\" d=\"{LINES}\" fill=\"none\" stroke=\"#000000\" stroke-width=\"0.353\" stroke-miterlimit=\"3.528\"/></g></g>"
        )
    );
}

#[test]
fn the_nearest_that_says_something_holds() {
    let parameters = "<ofd:DrawParams>\
        <ofd:DrawParam ID=\"7\" LineWidth=\"2\" Relative=\"8\"><ofd:StrokeColor Value=\"1 1 1\"/></ofd:DrawParam>\
        <ofd:DrawParam ID=\"8\" LineWidth=\"3\" Cap=\"Round\" Join=\"Bevel\" DashPattern=\"1 2\" DashOffset=\"0.5\"/>\
        <ofd:DrawParam ID=\"9\" LineWidth=\"9\" Cap=\"Square\"><ofd:FillColor Value=\"9 9 9\"/></ofd:DrawParam>\
        <ofd:DrawParam ID=\"10\" Relative=\"10\"/></ofd:DrawParams>";
    let of = |object: &str| {
        let made = Made::of(&format!(
            "<ofd:Layer DrawParam=\"9\"><ofd:PageBlock>{object}</ofd:PageBlock></ofd:Layer>"
        ));
        made.resources(parameters).whole()
    };
    let drawn = of(&path("DrawParam=\"7\" Fill=\"true\"", ""));
    let expected = "fill=\"#090909\" stroke=\"#010101\" stroke-width=\"2\" stroke-linecap=\"round\" stroke-linejoin=\"bevel\" stroke-dasharray=\"1 2\" stroke-dashoffset=\"0.5\"/>";
    assert!(drawn.ends_with(expected), "{drawn}");
    let own = of(&path(
        "LineWidth=\"0.5\"",
        "<ofd:StrokeColor Value=\"5 5 5\"/>",
    ));
    let expected = "stroke=\"#050505\" stroke-width=\"0.5\" stroke-linecap=\"square\" stroke-miterlimit=\"3.528\"/>";
    assert!(own.ends_with(expected), "{own}");
    // One that rests on itself.
    assert!(of(&path("DrawParam=\"10\"", "")).contains("stroke-width=\"9\""));
}

#[test]
fn colours_of_spaces_and_palettes() {
    let spaces = "<ofd:ColorSpaces><ofd:ColorSpace ID=\"1\" Type=\"GRAY\"/><ofd:ColorSpace ID=\"2\" Type=\"CMYK\"/>\
        <ofd:ColorSpace ID=\"3\" Type=\"RGB\"><ofd:Palette><ofd:CV>1 2 3</ofd:CV><ofd:CV>#a #b #c</ofd:CV></ofd:Palette></ofd:ColorSpace></ofd:ColorSpaces>";
    let of = |colour: &str| {
        let filled = path(
            "Fill=\"true\" Stroke=\"false\"",
            &format!("<ofd:FillColor {colour}/>"),
        );
        let (drawn, told) = layer(&filled).resources(spaces).draw();
        let fill = drawn
            .split_once("fill=\"")
            .map(|(_, rest)| rest[..7].to_owned());
        (fill.unwrap_or_default(), told.len())
    };
    for (colour, drawn) in [
        ("Value=\"128\" ColorSpace=\"1\"", "#808080"),
        ("Value=\"255 0 255 0\" ColorSpace=\"2\"", "#00ff00"),
        ("Index=\"1\" ColorSpace=\"3\"", "#0a0b0c"),
        ("Value=\"1 2 3\" ColorSpace=\"99\"", "#010203"),
    ] {
        assert_eq!(of(colour), (drawn.into(), 0), "{colour}");
    }
    for colour in ["Index=\"2\" ColorSpace=\"3\"", "", "Value=\"url(#x)\""] {
        assert_eq!(of(colour), (String::new(), 1), "{colour}");
    }
}

#[test]
fn shadings_end_where_they_do_not_go_on() {
    let shaded = |shading: &str| {
        let fill = format!("<ofd:FillColor>{shading}</ofd:FillColor>");
        layer(&path(
            "Fill=\"true\" Stroke=\"false\" CTM=\"1 0 0 1 0 0\"",
            &fill,
        ))
        .draw()
    };
    let segments = "<ofd:Segment Position=\"0\"><ofd:Color Value=\"255 0 0\"/></ofd:Segment><ofd:Segment><ofd:Color Value=\"0 0 255\" Alpha=\"0\"/></ofd:Segment>";
    let (drawn, told) = shaded(&format!(
        "<ofd:AxialShd StartPoint=\"0 0\" EndPoint=\"10 0\" Extend=\"1\">{segments}</ofd:AxialShd>"
    ));
    assert_eq!(told, []);
    assert_eq!(
        drawn,
        format!(
            "<linearGradient id=\"i1\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" y1=\"0\" x2=\"10\" y2=\"0\">\
             <stop offset=\"0\" stop-color=\"#ff0000\"/><stop offset=\"1\" stop-color=\"#0000ff\" stop-opacity=\"0\"/>\
             <stop offset=\"1\" stop-color=\"#0000ff\" stop-opacity=\"0\"/></linearGradient>\
             <path transform=\"matrix(1 0 0 1 20 30)\" d=\"{LINES}\" fill=\"url(#i1)\"/>"
        )
    );
    // From the larger circle to the smaller one; an ellipse whose long axis is upright.
    let radial = "<ofd:RadialShd StartPoint=\"5 5\" StartRadius=\"4\" EndPoint=\"5 6\" EndRadius=\"1\" Eccentricity=\"0.6\" Angle=\"90\" Extend=\"3\">";
    let (drawn, told) = shaded(&format!("{radial}{segments}</ofd:RadialShd>"));
    assert_eq!(told, []);
    let expected = "<radialGradient id=\"i1\" gradientUnits=\"userSpaceOnUse\" cx=\"0\" cy=\"0\" r=\"4\" fx=\"1\" fy=\"0\" fr=\"1\" \
        gradientTransform=\"matrix(0 1 -0.8 0 5 5)\"><stop offset=\"0\" stop-color=\"#0000ff\" stop-opacity=\"0\"/><stop offset=\"1\" stop-color=\"#ff0000\"/></radialGradient>";
    assert!(drawn.starts_with(expected), "{drawn}");
    // Of 10, each 5: up to the end, and for ever.
    let reflected = |extend: &str| {
        let axial = format!(
            "<ofd:AxialShd StartPoint=\"0 0\" EndPoint=\"10 0\" MapType=\"Reflect\" MapUnit=\"5\" {extend}>"
        );
        let (drawn, told) = shaded(&format!("{axial}{segments}</ofd:AxialShd>"));
        assert_eq!(told, []);
        drawn
    };
    let drawn = reflected("Extend=\"1\"");
    let offsets: Vec<_> = drawn
        .split("offset=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(offsets, ["0", "0.5", "0.5", "1", "1"]);
    let drawn = reflected("Extend=\"3\"");
    assert!(
        drawn.contains("spreadMethod=\"reflect\" y1=\"0\" x2=\"5\"")
            && drawn.matches("<stop").count() == 2,
        "{drawn}"
    );
    for damaged in [
        "<ofd:AxialShd EndPoint=\"1 1\"/>",
        "<ofd:RadialShd/>",
        "<ofd:Pattern Width=\"1\"/>",
    ] {
        let (drawn, told) = shaded(damaged);
        assert_eq!(
            (drawn.as_str(), told[0].0),
            ("", What::Damaged),
            "{damaged}"
        );
    }
    let (_, told) = shaded("<ofd:GouraudShd/>");
    assert_eq!(told, [(What::Shading, "GouraudShd".into(), 1)]);
}

#[test]
fn a_pattern_is_its_cell_again_and_again() {
    let cell = format!("<ofd:CellContent>{}</ofd:CellContent>", path("", ""));
    let of = |attributes: &str| {
        let fill = format!(
            "<ofd:FillColor><ofd:Pattern Width=\"4\" Height=\"5\" {attributes}>{cell}</ofd:Pattern></ofd:FillColor>"
        );
        layer(&path("Fill=\"true\" Stroke=\"false\"", &fill)).draw()
    };
    let (drawn, told) = of("XStep=\"6\" YStep=\"1\" CTM=\"1 0 0 1 2 0\"");
    assert_eq!(told, []);
    assert!(drawn.starts_with("<pattern id=\"i1\" patternUnits=\"userSpaceOnUse\" width=\"6\" height=\"5\" patternTransform=\"matrix(1 0 0 1 2 0)\"><path "), "{drawn}");
    let (drawn, _) = of("RelativeTo=\"Page\"");
    assert!(
        drawn.contains("patternTransform=\"matrix(1 0 0 1 -20 -30)\""),
        "{drawn}"
    );
    assert_eq!(
        of("ReflectMethod=\"Row\"").1,
        [(What::Pattern, "ReflectMethod".into(), 1)]
    );
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    file.extend(width.to_be_bytes());
    file.extend(height.to_be_bytes());
    file
}

#[test]
fn images_are_defined_once_and_drawn_through_their_matrix() {
    let media = "<ofd:MultiMedias><ofd:MultiMedia ID=\"5\" Type=\"Image\"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia>\
        <ofd:MultiMedia ID=\"6\"><ofd:MediaFile>b.tif</ofd:MediaFile></ofd:MultiMedia><ofd:MultiMedia ID=\"7\"><ofd:MediaFile>none</ofd:MediaFile></ofd:MultiMedia>\
        <ofd:MultiMedia ID=\"8\"><ofd:MediaFile>/Doc_0/Res/c.svg</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>";
    let image =
        |attributes: &str| format!("<ofd:ImageObject Boundary=\"10 20 30 40\" {attributes}/>");
    let of = |objects: &str| {
        let made = layer(objects)
            .resources(media)
            .file("Doc_0/Res/a.png", &png(2, 2));
        made.file("Doc_0/Res/b.tif", b"II*\0")
            .file("Doc_0/Res/c.svg", b"<svg onload='alert(1)'/>")
            .draw()
    };
    let (drawn, told) = of(&[
        image("ResourceID=\"5\""),
        image("ResourceID=\"5\" CTM=\"30 0 0 20 0 5\""),
    ]
    .concat());
    assert_eq!(told, []);
    assert_eq!(
        drawn,
        "<defs><image id=\"i1\" width=\"1\" height=\"1\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAAC\"/></defs>\
         <use href=\"#i1\" transform=\"matrix(30 0 0 40 10 20)\"/><use href=\"#i1\" transform=\"matrix(30 0 0 20 10 25)\"/>"
    );
    let (drawn, told) = of(&image("ResourceID=\"5\" ImageMask=\"5\""));
    assert_eq!(told, []);
    assert!(
        drawn.ends_with(
            "<mask id=\"i2\" maskUnits=\"userSpaceOnUse\" x=\"0\" y=\"0\" width=\"1\" height=\"1\"><use href=\"#i1\"/></mask>\
             <g transform=\"matrix(30 0 0 40 10 20)\" mask=\"url(#i2)\"><use href=\"#i1\"/></g>"
        ),
        "{drawn}"
    );
    for (id, what, name) in [
        ("6", What::ImageType, "TIFF"),
        ("7", What::Part, "none"),
        ("8", What::ImageType, "SVG"),
        ("9", What::Resource, "MultiMedia 9"),
    ] {
        let (drawn, told) = of(&image(&format!("ResourceID=\"{id}\"")));
        assert_eq!((drawn, told), (String::new(), vec![(what, name.into(), 1)]));
    }
}

#[test]
fn composites_are_drawn_in_a_space_of_their_own() {
    let unit = format!(
        "<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"3\" Width=\"50\" Height=\"50\"><ofd:Content>{}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>",
        path("", "")
    );
    let object =
        "<ofd:CompositeObject Boundary=\"10 20 30 40\" CTM=\"2 0 0 2 0 0\" ResourceID=\"3\"/>";
    let drawn = layer(object).resources(&unit).whole();
    assert!(
        drawn.starts_with(
            "<clipPath id=\"i1\"><rect x=\"9\" y=\"19\" width=\"32\" height=\"42\"/></clipPath><g clip-path=\"url(#i1)\">\
             <g transform=\"matrix(2 0 0 2 10 20)\"><path transform=\"matrix(1 0 0 1 20 30)\""
        ),
        "{drawn}"
    );
    assert!(drawn.ends_with("/></g></g>"));
    let (drawn, told) = layer(object).draw();
    assert_eq!(
        (drawn, told),
        (
            String::new(),
            vec![(What::Resource, "CompositeGraphicUnit 3".into(), 1)]
        )
    );
}

#[test]
fn templates_and_layers_lie_in_their_order() {
    let mark = |width: &str| path(&format!("LineWidth=\"{width}\""), "");
    let layers = |layers: &[(&str, &str)]| -> String {
        layers
            .iter()
            .map(|(kind, width)| format!("<ofd:Layer {kind}>{}</ofd:Layer>", mark(width)))
            .collect()
    };
    let template = |order: &str, width: &str| {
        let content = layers(&[("", width)]);
        format!("<ofd:Page {HEAD}>{order}<ofd:Content>{content}</ofd:Content></ofd:Page>")
    };
    let made = Made {
        common: "<ofd:TemplatePage ID=\"20\" BaseLoc=\"T1.xml\"/><ofd:TemplatePage ID=\"21\" BaseLoc=\"T2.xml\" ZOrder=\"Foreground\"/>".into(),
        page: "<ofd:Template TemplateID=\"20\"/><ofd:Template TemplateID=\"21\"/>".into(),
        content: layers(&[("Type=\"Foreground\"", "5"), ("", "3"), ("Type=\"Background\"", "2"), ("Type=\"Body\"", "3.5")]),
        ..Made::default()
    };
    let made = made.file(
        "Doc_0/T1.xml",
        template(
            "<ofd:Area><ofd:PhysicalBox>0 0 70 80</ofd:PhysicalBox></ofd:Area>",
            "1",
        )
        .as_bytes(),
    );
    let made = made.file("Doc_0/T2.xml", template("", "4").as_bytes());
    let drawing = made.draw_with(&[]);
    assert_eq!(
        (drawing.width, drawing.height),
        (70.0, 80.0),
        "the page has none of its own"
    );
    let widths: Vec<_> = drawing
        .svg
        .split("stroke-width=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(widths, ["1", "2", "3", "3.5", "4", "5"]);
}

#[test]
fn annotations_are_on_top_from_their_corner() {
    let annotations = format!(
        "<ofd:Annotations {HEAD}><ofd:Page PageID=\"1\"><ofd:FileLoc>N/A.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>"
    );
    let annot = |attributes: &str| {
        format!(
            "<ofd:Annot {attributes}><ofd:Appearance Boundary=\"5 6 20 20\">{}</ofd:Appearance></ofd:Annot>",
            path("", "")
        )
    };
    let notes = format!(
        "<ofd:PageAnnot {HEAD}>{}{}</ofd:PageAnnot>",
        annot(""),
        annot("Visible=\"false\"")
    );
    let made = Made::default()
        .file("Doc_0/A.xml", annotations.as_bytes())
        .file("Doc_0/N/A.xml", notes.as_bytes());
    let drawn = made.whole();
    assert!(
        drawn.starts_with(
            "<g transform=\"matrix(1 0 0 1 5 6)\"><path transform=\"matrix(1 0 0 1 20 30)\""
        ),
        "{drawn}"
    );
    assert_eq!(drawn.matches("<path").count(), 1);
}

#[test]
fn text_without_a_font_is_set_by_the_device() {
    let fonts = "<ofd:Fonts><ofd:Font ID=\"3\" FontName=\"宋体\" FamilyName=\"SimSun\" Bold=\"true\"/></ofd:Fonts>";
    let text = "<ofd:TextObject Boundary=\"10 10 40 5\" Font=\"3\" Size=\"4\" HScale=\"0.5\" CharDirection=\"90\"><ofd:FillColor Value=\"255 0 0\"/>\
        <ofd:TextCode X=\"1\" Y=\"4\" DeltaX=\"g 2 2 3\">中 &lt;𠀀a</ofd:TextCode></ofd:TextObject>";
    let drawing = layer(text).resources(fonts).draw_with(&[]);
    assert_eq!(told(&drawing), [(What::FontNotEmbedded, "宋体".into(), 1)]);
    assert_eq!(drawing.text, "中 <𠀀a\n");
    let families = "font-family=\"&apos;宋体&apos;,&apos;SimSun&apos;,SimSun,&apos;Songti SC&apos;,STSong,&apos;Noto Serif CJK SC&apos;,serif\" font-weight=\"bold\" rotate=\"90\" fill=\"#ff0000\"";
    let place = "transform=\"matrix(0.5 0 0 1 10 10)\"";
    // Blanks are left out, and what is two units of UTF-16 stands alone.
    let expected = format!(
        "<text {place} x=\"2 10\" y=\"4\" font-size=\"4\" {families}>中&lt;</text>\
         <text {place} x=\"16\" y=\"4\" font-size=\"4\" {families}>𠀀</text>\
         <text {place} x=\"22\" y=\"4\" font-size=\"4\" {families}>a</text>"
    );
    assert!(inner(&drawing).contains(&expected), "{}", drawing.svg);
}

#[test]
fn what_is_not_known_is_named() {
    let objects = "<ofd:VideoObject/><ofd:VideoObject/><ofd:PathObject Boundary=\"x\"/><ofd:TextObject Boundary=\"0 0 1 1\"/>\
        <ofd:PathObject Boundary=\"0 0 9 9\" DrawParam=\"77\"><ofd:AbbreviatedData>M 0 0 L 1 1 Z</ofd:AbbreviatedData></ofd:PathObject>";
    let (_, told) = layer(objects).draw();
    assert_eq!(
        told,
        [
            (What::Unknown, "VideoObject".into(), 2),
            (What::Damaged, "PathObject".into(), 1),
            (What::Damaged, "TextObject".into(), 1),
            (What::Resource, "DrawParam 77".into(), 1),
            (What::Damaged, "AbbreviatedData".into(), 1),
        ]
    );
    let missing = Made {
        page: "<ofd:PageRes>Gone.xml</ofd:PageRes><ofd:Template TemplateID=\"5\"/>".into(),
        ..Made::default()
    };
    assert_eq!(
        missing.draw().1,
        [
            (What::Resource, "TemplatePage 5".into(), 1),
            (What::Part, "Gone.xml".into(), 1)
        ]
    );
}

fn seal(data: Vec<u8>) -> Picture {
    Picture {
        kind: "png".into(),
        data,
        width: 40,
        height: 40,
    }
}

fn stamp<'a>(boundary: &str, clip: Option<&str>, picture: &'a Picture) -> Stamp<'a> {
    Stamp {
        boundary: Rect::parse(boundary).unwrap(),
        clip: clip.map(|clip| Rect::parse(clip).unwrap()),
        picture,
    }
}

#[test]
fn stamps_are_cut_to_their_slices_and_what_they_cover_is_seen() {
    let picture = seal(png(2, 2));
    let stamps = [
        stamp("92 40 40 40", Some("0 0 8 40"), &picture),
        stamp("10 10 20 20", None, &picture),
        stamp("10 10 0 20", None, &picture),
        stamp("200 10 20 20", None, &picture),
    ];
    let drawing = Made::default().draw_with(&stamps);
    assert_eq!(told(&drawing), [(What::Damaged, "StampAnnot".into(), 1)]);
    let image = "<defs><image id=\"i1\" width=\"1\" height=\"1\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAAC\"/></defs>";
    assert_eq!(
        inner(&drawing),
        format!(
            "{image}<clipPath id=\"i2\"><rect x=\"92\" y=\"40\" width=\"8\" height=\"40\"/></clipPath>\
             <g clip-path=\"url(#i2)\" style=\"mix-blend-mode:multiply\"><use href=\"#i1\" transform=\"matrix(40 0 0 40 92 40)\"/></g>\
             <clipPath id=\"i3\"><rect x=\"10\" y=\"10\" width=\"20\" height=\"20\"/></clipPath>\
             <g clip-path=\"url(#i3)\" style=\"mix-blend-mode:multiply\"><use href=\"#i1\" transform=\"matrix(20 0 0 20 10 10)\"/></g>"
        )
    );
    let bad = seal(b"<svg><script/></svg>".into());
    let drawing = Made::default().draw_with(&[stamp("0 0 9 9", None, &bad)]);
    assert_eq!(told(&drawing)[0].0, What::Stamp);
    assert_eq!(inner(&drawing), "");
}

#[test]
fn a_seal_whose_picture_is_a_document_is_drawn() {
    let inside = layer(&path("", "")).write();
    let picture = seal(inside);
    let drawing = Made::default().draw_with(&[stamp("10 20 50 25", None, &picture)]);
    assert_eq!(told(&drawing), []);
    // Of 100 by 100.
    assert!(
        inner(&drawing).contains(
            "<g transform=\"matrix(0.5 0 0 0.25 10 20)\"><path transform=\"matrix(1 0 0 1 20 30)\""
        ),
        "{}",
        drawing.svg
    );
    let broken = seal(b"PK\x03\x04....".into());
    let drawing = Made::default().draw_with(&[stamp("10 20 50 25", None, &broken)]);
    assert_eq!(told(&drawing), [(What::Stamp, "OFD".into(), 1)]);
}

#[test]
fn the_stamps_of_a_package_are_those_of_its_signatures() {
    let Some(file) = crate::testing::sample("ofd/h.ofd") else {
        return yinxin_testing::skipped("the stamps of a signed document");
    };
    let package = Package::open(&file[..]).unwrap();
    let documents = document::read(&package).unwrap();
    let placed = placed(&package, &documents);
    let seen: Vec<_> = placed
        .iter()
        .map(|one| (one.signature, one.page, one.clip.map(|clip| clip.x)))
        .collect();
    let slices = (1..6).map(|page| (0, page, Some(f64::from(page - 1) * 8.0)));
    assert_eq!(seen, slices.chain([(1, 1, None)]).collect::<Vec<_>>());
    let on_first: Vec<_> = placed
        .iter()
        .filter(|one| one.page == 1)
        .map(Placed::stamp)
        .collect();
    let drawing = drawn(&file, &on_first);
    // The slice, and the whole of the other seal; of one picture, one image.
    assert_eq!(drawing.svg.matches("mix-blend-mode").count(), 2);
    assert_eq!(drawing.svg.matches("<image").count(), 1);
    assert!(
        drawing
            .svg
            .contains("<rect x=\"202\" y=\"128.5\" width=\"8\" height=\"40\"/>"),
        "{}",
        drawing.svg
    );
}

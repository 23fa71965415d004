//! Pages of OFD that are drawn: whatever stands in them, a drawing holds what drawings may hold, and ends.

use yinxin_documents::ofd::draw::{Pages, allowed};
use yinxin_documents::ofd::{Package, document};
use yinxin_documents::testing::Zip;

const HEAD: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";

/// Draws a page. The input is the objects of its layer, its resources, and a file that they may name as `f`, with a NUL
/// between each two.
pub fn run(input: &[u8]) {
    let mut pieces = input.splitn(3, |byte| *byte == 0);
    let mut next = || pieces.next().unwrap_or_default();
    let (objects, resources, file) = (next(), next(), next());
    let around = |start: String, inside: &[u8], end: &str| {
        [start.as_bytes(), inside, end.as_bytes()].concat()
    };
    let root = format!(
        "<ofd:OFD {HEAD}><ofd:DocBody><ofd:DocRoot>D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    );
    let pages = format!(
        "<ofd:Document {HEAD}><ofd:CommonData><ofd:PublicRes>R.xml</ofd:PublicRes></ofd:CommonData>\
         <ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages></ofd:Document>"
    );
    let page = around(
        format!("<ofd:Page {HEAD}><ofd:Content><ofd:Layer>"),
        objects,
        "</ofd:Layer></ofd:Content></ofd:Page>",
    );
    let resources = around(format!("<ofd:Res {HEAD}>"), resources, "</ofd:Res>");
    let package = Zip::of(&[
        ("OFD.xml", root.as_bytes()),
        ("D.xml", pages.as_bytes()),
        ("P.xml", &page),
        ("R.xml", &resources),
        ("f", file),
    ])
    .write();
    let package = Package::open(&package[..]).expect("a package that was made");
    let documents = document::read(&package).expect("a document that was made");
    let mut pages = Pages::open(&package, &documents[0]).expect("a document that was made");
    let drawing = pages.draw(&package, 0, &[]).expect("there is a page");
    if let Err(found) = allowed::check(&drawing.svg) {
        panic!("{found}");
    }
    assert!(drawing.svg.len() < (9 << 20) + 2 * input.len());
    assert!(drawing.text.len() <= 65 << 10);
}

//! Draws the pages of an OFD: `cargo run -p yinxin-documents --example pages FILE FOLDER` writes `FOLDER/1.svg` and so on,
//! and tells what they say and what was not drawn.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use yinxin_documents::ofd::draw::{Pages, placed};
use yinxin_documents::ofd::{Package, document};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("pages FILE FOLDER".into());
    };
    let file = std::fs::read(file)?;
    let told = |error: yinxin_proto::Error| format!("{error:?}");
    let package = Package::open(&file[..]).map_err(told)?;
    let documents = document::read(&package).map_err(told)?;
    let stamps = placed(&package, &documents);
    let mut pages = Pages::open(&package, &documents[0]).map_err(told)?;
    let mut out = std::io::stdout();
    for number in 1..=pages.count() {
        let on_page = stamps
            .iter()
            .filter(|stamp| stamp.document == 0 && stamp.page as usize == number);
        let on_page: Vec<_> = on_page.map(|stamp| stamp.stamp()).collect();
        let drawing = pages
            .draw(&package, number - 1, &on_page)
            .ok_or("no page")?;
        std::fs::write(
            Path::new(&folder).join(format!("{number}.svg")),
            &drawing.svg,
        )?;
        writeln!(
            out,
            "{number}: {} by {} mm, {} bytes",
            drawing.width,
            drawing.height,
            drawing.svg.len()
        )?;
        for one in &drawing.not_drawn {
            writeln!(
                out,
                "  not drawn: {:?} {} ({})",
                one.what, one.name, one.count
            )?;
        }
        writeln!(out, "{}", drawing.text)?;
    }
    Ok(())
}

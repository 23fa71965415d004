//! What a PDF comes to: `cargo run --features documents --example pdf -- FILE [ANCHOR …]`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_documents::Source;
use yinxin_verify::{Locale, Options, Time, verify_pdf};

/// A file, read where it lies.
struct Lying(Mutex<File>, u64);

impl Source for Lying {
    fn size(&self) -> u64 {
        self.1
    }

    fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut file = self.0.lock().unwrap();
        file.seek(SeekFrom::Start(position))?;
        file.read_exact(buffer)
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = File::open(arguments.next().expect("a file is named")).unwrap();
    let size = file.metadata().unwrap().len();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut options = Options::at(Time(i64::try_from(now.as_secs()).unwrap()));
    for anchor in arguments {
        options = options.anchors(&fs::read(anchor).unwrap()).unwrap();
    }
    match verify_pdf(&Lying(Mutex::new(file), size), &options) {
        Err(error) => println!("unreadable: {}", error.text(Locale::En).message),
        Ok(verdict) => {
            println!("valid: {}\n{}", verdict.valid, verdict.summary.en);
            for finding in &verdict.findings {
                let place = finding.place.as_deref().unwrap_or_default();
                let text = finding.error.text(Locale::En).message;
                println!(
                    "{:?} {place} {}: {text}",
                    finding.severity,
                    finding.error.code()
                );
            }
        }
    }
}

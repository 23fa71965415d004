//! PDF files for tests, written piece by piece: as they should be, or not.

use super::lexer::{Lexer, Token};
use super::object::Reference;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write as _;

/// Writes a file, or goes on with one.
#[derive(Clone)]
pub struct Writer {
    bytes: Vec<u8>,
    /// Number, generation and position of what was written since the last section; position `None` for a free number.
    pending: Vec<(u32, u16, Option<u64>)>,
    inside: Vec<(u32, u32, u32)>,
    previous: Option<u64>,
    /// One more than the highest number so far.
    size: u32,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            pending: Vec::new(),
            inside: Vec::new(),
            previous: None,
            size: 1,
        }
    }
}

impl Writer {
    /// Goes on with a file.
    #[must_use]
    pub fn after(bytes: &[u8]) -> Self {
        let at = bytes
            .windows(9)
            .rposition(|window| window == b"startxref")
            .expect("it has an end");
        let mut lexer = Lexer::new(&bytes[at..], 0, true);
        let (_, Ok(Token::Object(previous))) = (lexer.token(), lexer.token()) else {
            panic!("startxref names a position");
        };
        let size = bytes
            .windows(6)
            .rposition(|window| window == b"/Size ")
            .expect("it has a size");
        let Ok(Token::Object(size)) = Lexer::new(&bytes[size + 6..], 0, true).token() else {
            panic!("Size is a number");
        };
        let size = size.integer().and_then(|size| u32::try_from(size).ok());
        Self {
            bytes: bytes.to_vec(),
            pending: Vec::new(),
            inside: Vec::new(),
            previous: previous.integer().and_then(|at| u64::try_from(at).ok()),
            size: size.expect("a number of objects"),
        }
    }

    /// Where the next byte will stand.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// An indirect object, as text.
    pub fn object(&mut self, number: u32, text: &str) -> &mut Self {
        self.pending.push((number, 0, Some(self.position())));
        self.raw(format!("{number} 0 obj\n{text}\nendobj\n").as_bytes())
    }

    /// A stream, its dictionary as text without brackets and length.
    pub fn stream(&mut self, number: u32, dictionary: &str, data: &[u8]) -> &mut Self {
        self.pending.push((number, 0, Some(self.position())));
        let length = data.len();
        self.raw(format!("{number} 0 obj\n<<{dictionary}/Length {length}>>\nstream\n").as_bytes());
        self.raw(data).raw(b"\nendstream\nendobj\n")
    }

    /// An object stream with such objects.
    pub fn object_stream(&mut self, number: u32, objects: &[(u32, &str)]) -> &mut Self {
        let (mut head, mut body) = (String::new(), String::new());
        for (index, (own, text)) in (0..).zip(objects) {
            head += &format!("{own} {} ", body.len());
            body += &format!("{text} ");
            self.inside.push((*own, number, index));
        }
        let (first, count) = (head.len(), objects.len());
        let data = deflated((head + &body).as_bytes());
        let dictionary = format!("/Type/ObjStm/N {count}/First {first}/Filter/FlateDecode");
        self.stream(number, &dictionary, &data)
    }

    /// Bytes that no section lists.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend(bytes);
        self
    }

    /// That a number becomes free.
    pub fn free(&mut self, number: u32) -> &mut Self {
        self.pending.push((number, 0, None));
        self
    }

    /// That an object is somewhere.
    pub fn listed(&mut self, number: u32, position: u64) -> &mut Self {
        self.pending.push((number, 0, Some(position)));
        self
    }

    /// The same with a generation.
    pub fn listed_as(&mut self, number: u32, generation: u16, position: u64) -> &mut Self {
        self.pending.push((number, generation, Some(position)));
        self
    }

    /// That an object is inside of an object stream.
    pub fn inside(&mut self, number: u32, stream: u32, index: u32) -> &mut Self {
        self.inside.push((number, stream, index));
        self
    }

    /// That the next section lists nothing of what is inside of object streams.
    pub fn forget_inside(&mut self) -> &mut Self {
        self.inside.clear();
        self
    }

    /// Ends a revision with a table. The trailer is text without brackets, `/Size` and `/Prev`.
    pub fn table(&mut self, trailer: &str) -> &mut Self {
        let start = self.position();
        let mut table = String::from("xref\n");
        if self.previous.is_none() {
            table += "0 1\n0000000000 65535 f \n";
        }
        self.pending.sort_by_key(|(number, ..)| *number);
        for (number, generation, position) in &self.pending {
            let (at, kind) = position.map_or((0, 'f'), |position| (position, 'n'));
            table += &format!("{number} 1\n{at:010} {generation:05} {kind} \n");
        }
        let previous = self
            .previous
            .map_or(String::new(), |at| format!("/Prev {at}"));
        table += &format!("trailer\n<<{trailer}/Size {}{previous}>>\n", self.size());
        self.raw(table.as_bytes()).end(start)
    }

    /// Ends a revision with a cross-reference stream of that number.
    pub fn table_stream(&mut self, number: u32, trailer: &str) -> &mut Self {
        let start = self.position();
        self.pending.push((number, 0, Some(start)));
        let (index, rows) = self.rows();
        let previous = self
            .previous
            .map_or(String::new(), |at| format!("/Prev {at}"));
        let dictionary = format!(
            "/Type/XRef/W[1 4 2]/Index[{index}]/Filter/FlateDecode{trailer}/Size {}{previous}",
            self.size()
        );
        self.stream(number, &dictionary, &deflated(&rows))
            .end(start)
    }

    /// A stream of that number for a hybrid file, with what is inside of object streams; gives its position, for
    /// `/XRefStm`.
    pub fn beside(&mut self, number: u32) -> u64 {
        let kept = std::mem::take(&mut self.pending);
        let start = self.position();
        let (index, rows) = self.rows();
        let dictionary = format!(
            "/Type/XRef/W[1 4 2]/Index[{index}]/Filter/FlateDecode/Size {}",
            self.size()
        );
        self.stream(number, &dictionary, &deflated(&rows));
        self.inside.clear();
        self.pending.extend(kept);
        start
    }

    /// `/Index` and rows of what is pending, by number: pyHanko takes no other order.
    fn rows(&self) -> (String, Vec<u8>) {
        let pending = self.pending.iter().map(|(number, generation, position)| {
            let at = position.map(|at| u32::try_from(at).expect("a small file"));
            let kind = u8::from(at.is_some());
            (*number, kind, at.unwrap_or(0), *generation)
        });
        let inside = self.inside.iter().map(|(number, stream, at)| {
            let at = u16::try_from(*at).expect("a few");
            (*number, 2, *stream, at)
        });
        let mut all: Vec<(u32, u8, u32, u16)> = pending.chain(inside).collect();
        all.sort_by_key(|(number, ..)| *number);
        let (mut index, mut rows) = (String::new(), Vec::new());
        for (number, kind, second, third) in all {
            index += &format!("{number} 1 ");
            rows.push(kind);
            rows.extend(second.to_be_bytes());
            rows.extend(third.to_be_bytes());
        }
        (index, rows)
    }

    fn size(&mut self) -> u32 {
        let inside = self.inside.iter().map(|(number, ..)| *number);
        let pending = self.pending.iter().map(|(number, ..)| *number);
        let highest = pending.chain(inside).max().unwrap_or(0);
        self.size = self.size.max(highest + 1);
        self.size
    }

    fn end(&mut self, start: u64) -> &mut Self {
        self.pending.clear();
        self.inside.clear();
        self.previous = Some(start);
        self.raw(format!("startxref\n{start}\n%%EOF\n").as_bytes())
    }

    /// The file.
    #[must_use]
    pub fn finish(&self) -> Vec<u8> {
        self.bytes.clone()
    }
}

/// One page with a text, as object 1 to 5: catalog, page tree, page, content and font.
#[must_use]
pub fn plain() -> Writer {
    let mut writer = Writer::default();
    writer
        .object(1, "<</Type/Catalog/Pages 2 0 R>>")
        .object(2, "<</Type/Pages/Kids[3 0 R]/Count 1>>")
        .object(
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        )
        .stream(4, "", b"BT /F1 24 Tf 72 700 Td (Total: 100) Tj ET")
        .object(5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    writer
}

/// The same document in each of the ways in which one can be written.
#[must_use]
pub fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let table = plain().table("/Root 1 0 R").finish();
    let stream = plain().table_stream(9, "/Root 1 0 R").finish();
    let mut compressed = Writer::default();
    compressed
        .object_stream(
            8,
            &[
                (1, "<</Type/Catalog/Pages 2 0 R>>"),
                (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
                (
                    3,
                    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
                ),
            ],
        )
        .stream(4, "", b"BT ET")
        .table_stream(9, "/Root 1 0 R");
    let mut hybrid = Writer::default();
    hybrid
        .object(1, "<</Type/Catalog/Pages 2 0 R>>")
        .object_stream(
            8,
            &[
                (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
                (
                    3,
                    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
                ),
            ],
        )
        .stream(4, "", b"BT ET");
    let beside = hybrid.beside(9);
    hybrid
        .free(2)
        .free(3)
        .table(&format!("/Root 1 0 R/XRefStm {beside}"));
    vec![
        ("table", table),
        ("stream", stream),
        ("compressed", compressed.finish()),
        ("hybrid", hybrid.finish()),
    ]
}

/// A reference of generation 0.
#[must_use]
pub fn reference(number: u32) -> Reference {
    Reference {
        number,
        generation: 0,
    }
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut writer = ZlibEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).expect("memory takes it");
    writer.finish().expect("memory takes it")
}

/// Appends an update with a signature in a field: its dictionary as object `number`, its field, with an annotation of
/// that rectangle, as the next one. The catalog is written anew with `fields` in its form, the page with `annotations`;
/// `/Contents` is filled by what signs the two ranges.
pub fn signed(bytes: &[u8], update: &Signing<'_>, sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    // Signatures of one kind differ by a few octets.
    let room = (sign(b"").len() + SPARE) * 2;
    let Signing {
        number,
        kind,
        rectangle,
        more,
        fields,
        catalog,
    } = *update;
    let field = number + 1;
    let mut writer = Writer::after(bytes);
    let at = writer.position();
    writer.pending.push((number, 0, Some(at)));
    let head = format!(
        "{number} 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{kind}{more}/ByteRange[0 0000000000 0000000000 0000000000]/Contents"
    );
    let ranges = head.find("[0 0000000000").expect("it is there") + writer.bytes.len();
    let gap = writer.bytes.len() + head.len();
    writer.raw(head.as_bytes());
    writer
        .raw(b"<")
        .raw("0".repeat(room).as_bytes())
        .raw(b">>>\nendobj\n");
    writer.object(
        field,
        &format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(S{number})/V {number} 0 R/F 132/P 3 0 R/Rect[{rectangle}]>>"),
    );
    let (mut list, mut all) = (String::new(), fields.to_vec());
    all.push(field);
    for one in all {
        list += &format!("{one} 0 R ");
    }
    writer
        .object(1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{list}]/SigFlags 3>>{catalog}>>"))
        .object(
            3,
            &format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[{list}]>>"),
        )
        .table("/Root 1 0 R");
    let mut bytes = writer.finish();
    let behind = gap + room + 2;
    let written = format!("[0 {gap:010} {behind:010} {:010}]", bytes.len() - behind);
    bytes[ranges..ranges + written.len()].copy_from_slice(written.as_bytes());
    let covered = [&bytes[..gap], &bytes[behind..]].concat();
    let signature = sign(&covered);
    for (index, byte) in signature.iter().enumerate() {
        let hex = format!("{byte:02x}");
        bytes[gap + 1 + index * 2..gap + 3 + index * 2].copy_from_slice(hex.as_bytes());
    }
    bytes
}

/// Octets that are kept free for a signature beside its own.
const SPARE: usize = 32;

/// How [`signed`] signs.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    /// Of the signature's dictionary; its field is the next one.
    pub number: u32,
    /// `/SubFilter`.
    pub kind: &'a str,
    /// `/Rect`.
    pub rectangle: &'a str,
    /// Further keys of the signature's dictionary.
    pub more: &'a str,
    /// Fields that the form has already.
    pub fields: &'a [u32],
    /// Further keys of the catalog.
    pub catalog: &'a str,
}

impl Default for Signing<'_> {
    fn default() -> Self {
        Self {
            number: 10,
            kind: "ETSI.CAdES.detached",
            rectangle: "0 0 0 0",
            more: "",
            fields: &[],
            catalog: "",
        }
    }
}

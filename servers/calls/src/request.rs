//! A request: JSON, and the bytes that lie beside it.

use crate::files::FileSource;
use crate::json::Value;
use std::path::Path;
use yinxin_documents::Source;
use yinxin_proto::argument::Argument as _;
use yinxin_proto::argument::input::Bytes;
use yinxin_proto::argument::{invalid, no_such_option};
use yinxin_verify::{Digests, Error};

/// What a function is called with.
pub struct Request {
    pub(crate) object: Value,
    file: Option<Box<dyn Source + Send + Sync>>,
}

/// What may lie beside the JSON, by the names of the fields in whose place it stands.
pub const PARTS: &[&str] = &[
    "certificate",
    "cms",
    "content",
    "file",
    "proof",
    "seal",
    "signature",
];

impl Request {
    /// Reads the JSON. What stands in a field and is too large, too deep or no text is told when that is read, so that what
    /// a visitor wrote (`proof`) is no error of the portal's.
    ///
    /// # Errors
    /// `request-invalid` for what is no JSON, and for a field that is there twice.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        let mut object = Value::options(json).map_err(invalid)?;
        // A file is no option of the functions that take it.
        let file = object.take("file");
        let file: Option<Box<dyn Source + Send + Sync>> = match file {
            None => None,
            Some(value) => {
                let Bytes(bytes) = value.read("file").map_err(invalid)?;
                Some(Box::new(Held(bytes)))
            }
        };
        Ok(Self { object, file })
    }

    /// The same, with bytes beside it in the place of a field: `certificate`, `cms`, `content`, `file`, `seal`,
    /// `signature`; or `proof`, which is the text of its JSON, unchecked, as a page sent it.
    ///
    /// # Errors
    /// `request-invalid` for another name, or one that the JSON has.
    pub fn with(mut self, name: &str, bytes: Vec<u8>) -> Result<Self, Error> {
        self.check(name)?;
        match name {
            "file" => self.file = Some(Box::new(Held(bytes))),
            "proof" => self.object.put(name, Value::text_of(&bytes)),
            _ => self.object.put(name, Value::bytes(bytes)),
        }
        Ok(self)
    }

    /// The same, with a file that stays where it is: a document as `file`; a `content`, which is hashed here.
    ///
    /// # Errors
    /// `file-failed`, with its path; `request-invalid` as [`Request::with`].
    pub fn with_path(self, name: &str, path: &Path) -> Result<Self, Error> {
        self.check(name)?;
        let failed = |error: std::io::Error| Error::FileFailed {
            path: path.display().to_string(),
            reason: error.kind().to_string(),
        };
        match name {
            "file" => self.with_source(FileSource::open(path).map_err(failed)?),
            "content" => {
                let hashed = Hashed::of(&FileSource::open(path).map_err(failed)?);
                self.with_hashed(&hashed.map_err(failed)?)
            }
            _ => Err(invalid(format!(
                "{name}: only file and content have a path"
            ))),
        }
    }

    /// The same, with a document that is read where it lies.
    ///
    /// # Errors
    /// `request-invalid` if there is a file already.
    pub fn with_source(
        mut self,
        source: impl Source + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        self.check("file")?;
        self.file = Some(Box::new(source));
        Ok(self)
    }

    /// The same, with what was computed of a content that is not held.
    ///
    /// # Errors
    /// `request-invalid` if there is a content already.
    pub fn with_hashed(mut self, hashed: &Hashed) -> Result<Self, Error> {
        self.check("content")?;
        // What is known whole is judged by every digest, as any other content that is held.
        let value = match hashed.is_whole() {
            true => Value::bytes(hashed.head.clone()),
            false => hashed.value(),
        };
        self.object.put("content", value);
        Ok(self)
    }

    fn check(&self, name: &str) -> Result<(), Error> {
        if !PARTS.contains(&name) {
            return Err(invalid(no_such_option("", name, PARTS)));
        }
        let is_there =
            !self.object.field(name).is_absent() || name == "file" && self.file.is_some();
        if is_there {
            return Err(invalid(format!("{name}: it is given twice")));
        }
        if !self.object.is_plain() {
            return Err(invalid("options: expected a plain object"));
        }
        Ok(())
    }

    pub(crate) fn has_file(&self) -> bool {
        self.file.is_some()
    }

    pub(crate) fn file(&self) -> Result<&(dyn Source + Send + Sync), Error> {
        let file = self.file.as_deref();
        file.ok_or_else(|| invalid("file: it is missing"))
    }
}

/// Bytes that are held.
struct Held(Vec<u8>);

impl Source for Held {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, position: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.0.read_at(position, buffer)
    }
}

/// A content that comes in pieces and is not held: its digests, its size and how it begins.
#[derive(Default)]
pub struct Hashed {
    hasher: yinxin_verify::Hasher,
    size: u64,
    head: Vec<u8>,
}

/// As much of a content as decides whether it may be signed.
const HEAD_BYTES: usize = 64 * 1024;

impl Hashed {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        let left = HEAD_BYTES - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(left)]);
    }

    fn is_whole(&self) -> bool {
        self.head.len() as u64 == self.size
    }

    fn of(source: &impl Source) -> std::io::Result<Self> {
        let mut hashed = Self::default();
        yinxin_documents::source::stream(source, 0..source.size(), &mut |piece| {
            hashed.update(piece);
            Ok(())
        })?;
        Ok(hashed)
    }

    fn value(&self) -> Value {
        let Digests { sm3, sha256 } = self.hasher.clone().finish();
        Value::object([
            ("sm3", Value::bytes(sm3.to_vec())),
            ("sha256", Value::bytes(sha256.to_vec())),
            ("size", Value::number(self.size)),
            ("head", Value::bytes(self.head.clone())),
        ])
    }

    /// What `content` of a request is, as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        self.value().to_json()
    }
}

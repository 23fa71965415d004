//! What tests make: packages, entry by entry, and signed OFD. Only for tests.
#![allow(missing_docs, clippy::unwrap_used)]

mod ofd;

pub use ofd::{OfdDraft, Signing, base64, sealed};

use flate2::{Compress, Compression, Crc, FlushCompress};
use yinxin_pki::testing::data;

/// A sample of the shared test data; `None` where that is absent.
pub fn sample(name: &str) -> Option<Vec<u8>> {
    data::folder().map(|folder| std::fs::read(folder.join(name)).unwrap())
}

/// A ZIP in the making. Fields of its headers can be spoiled.
#[derive(Clone, Default)]
pub struct Zip {
    pub entries: Vec<ZipEntry>,
    /// Written before the first entry.
    pub before: Vec<u8>,
    /// Whether positions count from the file's beginning, and not from the package's.
    pub counts_before: bool,
    /// Written behind the last entry.
    pub gap: Vec<u8>,
    pub comment: Vec<u8>,
    /// Written behind the end.
    pub behind: Vec<u8>,
    pub is_zip64: bool,
}

#[derive(Clone, Default)]
pub struct ZipEntry {
    pub name: Vec<u8>,
    /// The name where the part lies, if it differs from that in the directory.
    pub local_name: Option<Vec<u8>>,
    pub content: Vec<u8>,
    pub is_deflated: bool,
    pub is_described: bool,
    /// Further flags.
    pub flags: u16,
    pub extra: Vec<u8>,
    /// The size that is declared, if it differs.
    pub declared: Option<u32>,
    /// Written behind the part.
    pub gap: Vec<u8>,
}

impl ZipEntry {
    pub fn new(name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            content: content.into(),
            is_deflated: true,
            ..Self::default()
        }
    }
}

impl Zip {
    /// Of parts by their names.
    pub fn of(parts: &[(&str, &[u8])]) -> Self {
        let entries = parts
            .iter()
            .map(|(name, content)| ZipEntry::new(name, *content));
        Self {
            entries: entries.collect(),
            ..Self::default()
        }
    }

    pub fn write(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        let base = if self.counts_before { 0 } else { out.len() };
        let mut directory = Vec::new();
        for entry in &self.entries {
            let offset = (out.len() - base) as u32;
            let packed = if entry.is_deflated {
                deflate(&entry.content)
            } else {
                entry.content.clone()
            };
            let mut crc = Crc::new();
            crc.update(&entry.content);
            let flags = entry.flags | u16::from(entry.is_described) << 3;
            let method = u16::from(entry.is_deflated) * 8;
            let sizes = [
                crc.sum(),
                packed.len() as u32,
                entry.declared.unwrap_or(entry.content.len() as u32),
            ];
            let u32s = |values: &[u32]| -> Vec<u8> {
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect()
            };
            let u16s = |values: &[u16]| -> Vec<u8> {
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect()
            };
            let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
            out.extend(b"PK\x03\x04");
            out.extend(u16s(&[20, flags, method, 0, 0]));
            out.extend(u32s(&if entry.is_described { [0; 3] } else { sizes }));
            out.extend(u16s(&[local_name.len() as u16, 0]));
            out.extend(local_name);
            out.extend(&packed);
            if entry.is_described {
                out.extend(b"PK\x07\x08");
                out.extend(u32s(&sizes));
            }
            out.extend(&entry.gap);

            let mut extra = entry.extra.clone();
            directory.extend(b"PK\x01\x02");
            directory.extend(u16s(&[20, 20, flags, method, 0, 0]));
            if self.is_zip64 {
                directory.extend(u32s(&[sizes[0], u32::MAX, u32::MAX]));
                extra.extend(u16s(&[1, 24]));
                for value in [sizes[2], sizes[1], offset] {
                    extra.extend(u64::from(value).to_le_bytes());
                }
            } else {
                directory.extend(u32s(&sizes));
            }
            directory.extend(u16s(&[
                entry.name.len() as u16,
                extra.len() as u16,
                0,
                0,
                0,
            ]));
            directory.extend(u32s(&[0, if self.is_zip64 { u32::MAX } else { offset }]));
            directory.extend(&entry.name);
            directory.extend(&extra);
        }
        out.extend(&self.gap);
        let offset = (out.len() - base) as u64;
        let (count, size) = (self.entries.len() as u64, directory.len() as u64);
        out.extend(&directory);
        if self.is_zip64 {
            let record = (out.len() - base) as u64;
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend([45, 0, 45, 0]);
            out.extend([0; 8]);
            for value in [count, count, size, offset] {
                out.extend(value.to_le_bytes());
            }
            out.extend(b"PK\x06\x07");
            out.extend([0; 4]);
            out.extend(record.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        let narrow = |value: u64| {
            if self.is_zip64 {
                u32::MAX
            } else {
                value as u32
            }
        };
        let counted = if self.is_zip64 {
            u16::MAX
        } else {
            count as u16
        };
        out.extend(b"PK\x05\x06");
        out.extend([0; 4]);
        out.extend(counted.to_le_bytes());
        out.extend(counted.to_le_bytes());
        out.extend(narrow(size).to_le_bytes());
        out.extend(narrow(offset).to_le_bytes());
        out.extend((self.comment.len() as u16).to_le_bytes());
        out.extend(&self.comment);
        out.extend(&self.behind);
        out
    }
}

/// Deflated (RFC 1951).
pub fn deflate(content: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(content.len() + 64);
    let mut deflater = Compress::new(Compression::default(), false);
    while deflater
        .compress_vec(
            &content[deflater.total_in() as usize..],
            &mut packed,
            FlushCompress::Finish,
        )
        .unwrap()
        != flate2::Status::StreamEnd
    {
        packed.reserve(64 * 1024);
    }
    packed
}

//! The directory of a package: its end, its entries, and their headers where the parts lie. Each is compared with the
//! other, so that it does not matter which of them a program believes.

use super::{Entry, PACKAGE, Raw, unreadable};
use crate::Source;
use crate::ofd::location::{MAX_LOCATION, is_plain};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use yinxin_proto::{Error, Finding, Severity};

pub(super) struct Directory {
    pub(super) parts: BTreeMap<String, Entry>,
    pub(super) raw: Vec<Raw>,
    pub(super) bytes: Vec<u8>,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn read<S: Source + ?Sized>(source: &S) -> Result<Directory, Error> {
    let end = End::find(source)?;
    let bytes = fetch(source, end.start, end.size)?;
    let mut central = Fields(&bytes);
    let mut parts = BTreeMap::new();
    let mut folders = BTreeSet::new();
    let mut folded = BTreeSet::new();
    let mut raw: Vec<Raw> = Vec::new();
    while !central.0.is_empty() {
        let at = bytes.len() - central.0.len();
        let header = Header::central(&mut central).ok_or_else(|| package(DAMAGED))?;
        let name = header.name()?;
        let (entry, extent) = header.locate(source, &end, &name)?;
        raw.push(Raw {
            name: name.clone(),
            extent,
            header: at..bytes.len() - central.0.len(),
        });
        let is_folder = name.ends_with('/');
        let path = name.strip_suffix('/').unwrap_or(&name);
        if !folded.insert(path.to_lowercase()) {
            return Err(unreadable(path, "is there twice"));
        }
        for (at, _) in path.match_indices('/').filter(|(at, _)| *at > 0) {
            folders.insert(path[..at].to_owned());
        }
        if !is_folder {
            parts.insert(name, entry);
        } else if entry.unpacked == 0 {
            folders.insert(path.to_owned());
        } else {
            return Err(unreadable(path, "is a folder with bytes in it"));
        }
        if raw.len() > MAX_PARTS {
            return Err(package("has too many parts"));
        }
    }
    if raw.len() as u64 != end.count {
        return Err(package("has another number of parts than it declares"));
    }
    if let Some(path) = folders.iter().find(|path| parts.contains_key(*path)) {
        return Err(unreadable(path, "is a folder and a part"));
    }
    raw.sort_by_key(|one| (one.extent.start, one.extent.end));
    let extents = raw.iter().map(|one| one.extent.clone());
    let findings = outside(
        extents.chain(std::iter::once(end.start..end.end)),
        source.size(),
    )?;
    end.is_the_only_one(source, &parts)?;
    Ok(Directory {
        parts,
        raw,
        bytes,
        findings,
    })
}

/// The bytes that belong to nothing: before the first part, between parts, behind the end.
fn outside(taken: impl Iterator<Item = Range<u64>>, size: u64) -> Result<Vec<Finding>, Error> {
    let (mut before, mut between, mut position) = (0, 0, 0);
    for range in taken {
        let gap = range.start.checked_sub(position);
        let gap = gap.ok_or_else(|| package("has parts that lie in each other"))?;
        if position == 0 {
            before = gap;
        } else {
            between += gap;
        }
        position = range.end;
    }
    let behind = size.saturating_sub(position);
    let gaps = [("before", before), ("between", between), ("behind", behind)];
    let gaps = gaps.into_iter().filter(|(_, count)| *count > 0);
    Ok(gaps
        .map(|(place, count)| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            let error = Error::OfdBytesOutside { count };
            Finding::new(Severity::Warning, error).at(format!("package.{place}"))
        })
        .collect())
}

/// The end of a package (APPNOTE 4.3.16), with that of ZIP64 (4.3.14).
struct End {
    /// Where the directory begins.
    start: u64,
    /// Bytes of the directory.
    size: u64,
    count: u64,
    /// Bytes before the package: positions in it count from there.
    before: u64,
    /// Where the package ends, its comment included.
    end: u64,
    /// Where the record of the end lies.
    record: u64,
}

impl End {
    fn find<S: Source + ?Sized>(source: &S) -> Result<Self, Error> {
        let (tail, bytes) = tail(source)?;
        let at = records(&bytes).next_back();
        let at = at.ok_or_else(|| package("has no directory"))?;
        let mut fields = Fields(&bytes[at + 4..]);
        let record = tail + at as u64;
        let read = |fields: &mut Fields<'_>| {
            let disks = [fields.u16()?, fields.u16()?];
            let counts = [fields.u16()?, fields.u16()?];
            Some((disks, counts, fields.u32()?, fields.u32()?, fields.u16()?))
        };
        let (disks, counts, size, offset, comment) =
            read(&mut fields).ok_or_else(|| package(DAMAGED))?;
        if disks != [0, 0] || counts[0] != counts[1] {
            return Err(package("is one of several volumes"));
        }
        let mut end = Self {
            start: 0,
            size: size.into(),
            count: counts[0].into(),
            before: 0,
            end: record + RECORD as u64 + u64::from(comment),
            record,
        };
        if end.end > source.size() {
            return Err(package(DAMAGED));
        }
        let mut offset = u64::from(offset);
        let mut behind = record;
        if let Some(wide) = Wide::before(source, record)? {
            let agrees = |narrow: u64, most: u64, wide: u64| narrow == most || narrow == wide;
            if !agrees(end.size, u32::MAX.into(), wide.size)
                || !agrees(offset, u32::MAX.into(), wide.offset)
                || !agrees(end.count, u16::MAX.into(), wide.count)
            {
                return Err(package("has two ends that differ"));
            }
            (end.size, end.count, offset, behind) =
                (wide.size, wide.count, wide.offset, wide.position);
        }
        if end.size > MAX_DIRECTORY || end.count > MAX_PARTS as u64 {
            return Err(package("has too many parts"));
        }
        let start = behind.checked_sub(end.size);
        end.start = start.ok_or_else(|| package(DAMAGED))?;
        let before = end.start.checked_sub(offset);
        end.before = before.ok_or_else(|| package(DAMAGED))?;
        // A program that counts from the file's beginning must not find another directory there.
        if end.before > 0 && fetch(source, offset, 4)? == CENTRAL {
            return Err(package("has two directories"));
        }
        Ok(end)
    }

    /// That no other end lies outside of the parts, where a program that looks for it in another way would find it.
    fn is_the_only_one<S: Source + ?Sized>(
        &self,
        source: &S,
        parts: &BTreeMap<String, Entry>,
    ) -> Result<(), Error> {
        let (tail, bytes) = tail(source)?;
        let places = parts
            .values()
            .map(|entry| (entry.data, entry.data + entry.packed));
        let places: BTreeMap<u64, u64> = places.collect();
        let is_in_part = |at: u64| {
            let last = places.range(..=at).next_back();
            last.is_some_and(|(_, end)| at < *end)
        };
        let mut others = records(&bytes).map(|at| tail + at as u64);
        if others.any(|at| at != self.record && !is_in_part(at)) {
            return Err(package("has two ends"));
        }
        Ok(())
    }
}

/// The last bytes of a file, in which the record of the end lies, and their position.
fn tail<S: Source + ?Sized>(source: &S) -> Result<(u64, Vec<u8>), Error> {
    let size = source.size().min(MAX_TAIL);
    let position = source.size() - size;
    Ok((position, fetch(source, position, size)?))
}

/// Where records of an end may be.
fn records(tail: &[u8]) -> impl DoubleEndedIterator<Item = usize> {
    let starts = tail.windows(RECORD).enumerate();
    starts
        .filter(|(_, window)| window.starts_with(END))
        .map(|(at, _)| at)
}

/// The end as ZIP64 has it.
struct Wide {
    size: u64,
    count: u64,
    offset: u64,
    /// Where its record lies.
    position: u64,
}

impl Wide {
    /// The one that goes with the record of an end, if one does.
    fn before<S: Source + ?Sized>(source: &S, record: u64) -> Result<Option<Self>, Error> {
        let Some(locator) = record.checked_sub(LOCATOR) else {
            return Ok(None);
        };
        if !fetch(source, locator, LOCATOR)?.starts_with(WIDE_LOCATOR) {
            return Ok(None);
        }
        // Its own position is not believed, since it counts from where the package begins: it lies right before.
        let position = locator.checked_sub(WIDE_RECORD);
        let position = position.ok_or_else(|| package(DAMAGED))?;
        let bytes = fetch(source, position, WIDE_RECORD)?;
        let fields = bytes.strip_prefix(WIDE_END);
        let mut fields = Fields(fields.ok_or_else(|| package(DAMAGED))?);
        let mut read = || {
            let rest = fields.u64()?;
            let _versions = fields.u32()?;
            let disks = [fields.u32()?, fields.u32()?];
            let counts = [fields.u64()?, fields.u64()?];
            (rest == WIDE_RECORD - 12 && disks == [0, 0] && counts[0] == counts[1]).then_some(())?;
            Some(Self {
                count: counts[0],
                size: fields.u64()?,
                offset: fields.u64()?,
                position,
            })
        };
        read().map(Some).ok_or_else(|| package(DAMAGED))
    }
}

/// What both headers of an entry say of it (APPNOTE 4.3.7, 4.3.12).
struct Header<'b> {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    unpacked: u64,
    name: &'b [u8],
    extra: &'b [u8],
    /// Of the directory only: where the other lies.
    offset: u64,
}

impl<'b> Header<'b> {
    fn central(fields: &mut Fields<'b>) -> Option<Self> {
        fields.expect(CENTRAL)?;
        let _versions = fields.u32()?;
        let (flags, method, _time) = (fields.u16()?, fields.u16()?, fields.u32()?);
        let (crc, packed, unpacked) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let lengths = [fields.u16()?, fields.u16()?, fields.u16()?];
        let _disk = fields.u16()?;
        let _attributes = (fields.u16()?, fields.u32()?);
        let offset = fields.u32()?;
        let [name, extra, _comment] = lengths.map(|length| fields.take(length.into()));
        let mut header = Self {
            flags,
            method,
            crc,
            packed: packed.into(),
            unpacked: unpacked.into(),
            name: name?,
            extra: extra?,
            offset: offset.into(),
        };
        let Self {
            packed,
            unpacked,
            offset,
            ..
        } = &mut header;
        widen(extra?, &mut [unpacked, packed, offset])?;
        Some(header)
    }

    fn local(bytes: &'b [u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let fields = &mut fields;
        fields.expect(LOCAL)?;
        let _version = fields.u16()?;
        let (flags, method, _time) = (fields.u16()?, fields.u16()?, fields.u32()?);
        let (crc, packed, unpacked) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let lengths = [fields.u16()?, fields.u16()?];
        let [name, extra] = lengths.map(|length| fields.take(length.into()));
        let mut header = Self {
            flags,
            method,
            crc,
            packed: packed.into(),
            unpacked: unpacked.into(),
            name: name?,
            extra: extra?,
            offset: 0,
        };
        let Self {
            packed, unpacked, ..
        } = &mut header;
        widen(extra?, &mut [unpacked, packed])?;
        Some(header)
    }

    /// Its absolute path; a folder's ends with a slash. Bytes of a name that are no UTF-8 are written as `%B8`: no
    /// location names such a part.
    fn name(&self) -> Result<String, Error> {
        let mut name = String::from("/");
        for chunk in self.name.utf8_chunks() {
            name.push_str(chunk.valid());
            for byte in chunk.invalid() {
                name.push_str(&format!("%{byte:02X}"));
            }
        }
        let inner = name.strip_suffix('/').unwrap_or(&name);
        let mut segments = inner.split('/').skip(1);
        let is_path = name.len() <= MAX_LOCATION
            && is_plain(&name)
            && inner.len() > 1
            && segments.all(|segment| !matches!(segment, "" | "." | ".."));
        if !is_path {
            return Err(unreadable(&name, "is no name that a part can have"));
        }
        // Some programs take a part's name from there (APPNOTE 4.6.9).
        if extra_fields(self.extra).any(|(id, _)| id == UNICODE_PATH) {
            return Err(unreadable(&name, "has two names"));
        }
        Ok(name)
    }

    /// The part, and from where to where it lies, its header included.
    fn locate<S: Source + ?Sized>(
        &self,
        source: &S,
        end: &End,
        name: &str,
    ) -> Result<(Entry, Range<u64>), Error> {
        let damaged = |reason| unreadable(name, reason);
        if self.flags & ENCRYPTED != 0 {
            return Err(damaged("is encrypted"));
        }
        if ![STORED, DEFLATED].contains(&self.method) {
            return Err(damaged("is packed in a way that OFD does not have"));
        }
        let start = self.offset.checked_add(end.before);
        let start = start.filter(|start| *start < end.start);
        let start = start.ok_or_else(|| damaged(DAMAGED))?;
        let mut bytes = fetch(source, start, LOCAL_HEADER)?;
        let lengths = [[bytes[26], bytes[27]], [bytes[28], bytes[29]]];
        let rest: u64 = lengths.map(u16::from_le_bytes).map(u64::from).iter().sum();
        bytes.extend(fetch(source, start + LOCAL_HEADER, rest)?);
        let local = Header::local(&bytes).ok_or_else(|| damaged(DAMAGED))?;
        let is_described = self.flags & DESCRIBED != 0;
        let own = (self.crc, self.packed, self.unpacked);
        let told = (local.crc, local.packed, local.unpacked);
        let same = local.name == self.name
            && local.method == self.method
            && local.flags & TELLING == self.flags & TELLING
            && (told == own || (is_described && told == (0, 0, 0)))
            && !extra_fields(local.extra).any(|(id, _)| id == UNICODE_PATH);
        if !same {
            return Err(damaged("is another where it lies than in the directory"));
        }
        let is_possible = match self.method {
            STORED => self.packed == self.unpacked,
            // RFC 1951 can't do better.
            _ => self.unpacked <= self.packed.saturating_mul(1032).saturating_add(64),
        };
        if !is_possible {
            return Err(damaged(super::NOT_AS_DECLARED));
        }
        let data = start + bytes.len() as u64;
        let mut behind = data.checked_add(self.packed).filter(|at| *at <= end.start);
        if is_described && let Some(at) = behind {
            behind = self.behind_descriptor(source, at, end.start)?;
        }
        let behind = behind.ok_or_else(|| damaged(DAMAGED))?;
        let entry = Entry {
            data,
            packed: self.packed,
            unpacked: self.unpacked,
            crc: self.crc,
            is_deflated: self.method == DEFLATED,
        };
        Ok((entry, start..behind))
    }

    /// Where the data descriptor ends (APPNOTE 4.3.9): with its signature or without, of 32 or 64 bits.
    fn behind_descriptor<S: Source + ?Sized>(
        &self,
        source: &S,
        at: u64,
        end: u64,
    ) -> Result<Option<u64>, Error> {
        let bytes = fetch(source, at, (end - at).min(24))?;
        let narrow = |size: u64| {
            u32::try_from(size)
                .unwrap_or(u32::MAX)
                .to_le_bytes()
                .to_vec()
        };
        let wide = |size: u64| size.to_le_bytes().to_vec();
        let forms: [&dyn Fn(u64) -> Vec<u8>; 2] = [&wide, &narrow];
        for form in forms {
            let fields = [
                self.crc.to_le_bytes().to_vec(),
                form(self.packed),
                form(self.unpacked),
            ];
            let plain = fields.concat();
            let signed = [DESCRIPTOR, &plain].concat();
            for descriptor in [signed, plain] {
                if bytes.starts_with(&descriptor) {
                    return Ok(Some(at + descriptor.len() as u64));
                }
            }
        }
        Ok(None)
    }
}

/// An entry's header of the directory as it stands, for the same part at another position. What ZIP64 says of it is said
/// without.
pub(super) fn central_header(header: &[u8], offset: u32) -> Option<Vec<u8>> {
    let read = Header::central(&mut Fields(header))?;
    let mut extra = Vec::new();
    for (id, value) in extra_fields(read.extra).filter(|(id, _)| *id != WIDE_EXTRA) {
        extra.extend(id.to_le_bytes());
        extra.extend(u16::try_from(value.len()).ok()?.to_le_bytes());
        extra.extend(value);
    }
    let (fixed, rest) = header.split_at_checked(46)?;
    let mut out = fixed.to_vec();
    let mut put = |at: usize, value: &[u8]| out[at..at + value.len()].copy_from_slice(value);
    put(20, &u32::try_from(read.packed).ok()?.to_le_bytes());
    put(24, &u32::try_from(read.unpacked).ok()?.to_le_bytes());
    put(30, &u16::try_from(extra.len()).ok()?.to_le_bytes());
    put(42, &offset.to_le_bytes());
    out.extend(read.name);
    out.extend(extra);
    out.extend(rest.get(read.name.len() + read.extra.len()..)?);
    Some(out)
}

/// The headers of a part that is stored as it is: where it lies, and in the directory.
pub(super) fn local_header(name: &str, crc: u32, size: u32, offset: u32) -> (Vec<u8>, Vec<u8>) {
    let flags = if name.is_ascii() { 0 } else { UTF8 };
    // Names are bounded by `MAX_LOCATION`; of what is no time, the first that there is.
    let (length, first_day) = (name.len() as u16, 0x0021_0000_u32);
    let mut common = Vec::new();
    common.extend([20, 0]);
    common.extend(flags.to_le_bytes());
    common.extend(STORED.to_le_bytes());
    for value in [first_day, crc, size, size] {
        common.extend(value.to_le_bytes());
    }
    common.extend(length.to_le_bytes());
    common.extend([0, 0]);
    let local = [LOCAL, &common, name.as_bytes()].concat();
    let central = [
        CENTRAL,
        &[20, 0],
        &common,
        // Comment, volume, attributes.
        &[0; 10],
        &offset.to_le_bytes(),
        name.as_bytes(),
    ]
    .concat();
    (local, central)
}

/// The record of the end.
pub(super) fn end(count: u16, size: u32, offset: u32) -> Vec<u8> {
    let mut record = END.to_vec();
    record.extend([0; 4]);
    record.extend(count.to_le_bytes());
    record.extend(count.to_le_bytes());
    record.extend(size.to_le_bytes());
    record.extend(offset.to_le_bytes());
    record.extend([0; 2]);
    record
}

/// Puts the values of ZIP64 in place of those that say that they are there (APPNOTE 4.5.3). `None` if one is missing.
fn widen(extra: &[u8], values: &mut [&mut u64]) -> Option<()> {
    let wide = extra_fields(extra).find(|(id, _)| *id == WIDE_EXTRA);
    let mut wide = Fields(wide.map_or(&[], |(_, value)| value));
    for value in values {
        if **value == u64::from(u32::MAX) {
            **value = wide.u64()?;
        }
    }
    Some(())
}

/// Extra fields, by their numbers. What follows a malformed one is not seen.
fn extra_fields(extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut fields = Fields(extra);
    std::iter::from_fn(move || {
        let (id, length) = (fields.u16()?, fields.u16()?);
        Some((id, fields.take(length.into())?))
    })
}

/// Little-endian fields, one after another.
struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn expect(&mut self, signature: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(signature)?;
        Some(())
    }

    fn u16(&mut self) -> Option<u16> {
        let bytes = self.take(2)?.try_into().ok()?;
        Some(u16::from_le_bytes(bytes))
    }

    fn u32(&mut self) -> Option<u32> {
        let bytes = self.take(4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes))
    }

    fn u64(&mut self) -> Option<u64> {
        let bytes = self.take(8)?.try_into().ok()?;
        Some(u64::from_le_bytes(bytes))
    }
}

/// Bytes of a structure of the package. Their number is bounded by where it stands.
fn fetch<S: Source + ?Sized>(source: &S, position: u64, size: u64) -> Result<Vec<u8>, Error> {
    let is_there = position
        .checked_add(size)
        .is_some_and(|end| end <= source.size());
    let size = usize::try_from(size).ok().filter(|_| is_there);
    let mut bytes = vec![0; size.ok_or_else(|| package(DAMAGED))?];
    let read = source.read_at(position, &mut bytes);
    read.map_err(|_| package("can't be read"))?;
    Ok(bytes)
}

fn package(reason: &str) -> Error {
    unreadable(PACKAGE, reason)
}

const DAMAGED: &str = super::DAMAGED;

/// Parts and folders of a package: what a ZIP without ZIP64 can have.
const MAX_PARTS: usize = 65_535;
/// Bytes of its directory.
const MAX_DIRECTORY: u64 = 16 * 1024 * 1024;
/// Bytes at the end of a file in which the record of the end is looked for: the longest comment, and as much that does
/// not belong to the package.
const MAX_TAIL: u64 = 2 * 65_536;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const WIDE_END: &[u8] = b"PK\x06\x06";
const WIDE_LOCATOR: &[u8] = b"PK\x06\x07";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// Bytes of the record of the end, without its comment.
const RECORD: usize = 22;
/// Bytes of that of ZIP64, and of what points to it.
const WIDE_RECORD: u64 = 56;
const LOCATOR: u64 = 20;
/// Bytes of a part's header, without its name.
const LOCAL_HEADER: u64 = 30;

/// Methods.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Flags: encrypted, patched, strongly encrypted, header masked.
const ENCRYPTED: u16 = 1 | 1 << 5 | 1 << 6 | 1 << 13;
/// Flag: size and checksum stand behind the data.
const DESCRIBED: u16 = 1 << 3;
/// Flags that say how a part is read: encrypted, described, its name in UTF-8.
const TELLING: u16 = ENCRYPTED | DESCRIBED | UTF8;
/// Flag: the name is UTF-8.
const UTF8: u16 = 1 << 11;
/// Extra fields: ZIP64, and Info-ZIP's name.
const WIDE_EXTRA: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;

//! Signatures (ISO 32000-2, 12.8): which there are, what each covers, and what it lets change.

use super::document::{Document, Revision};
use super::form::{Field, text};
use super::object::{Dictionary, Entry, LARGEST_SURE, Object, Reference};
use super::xref::Place;
use std::ops::{Range, RangeInclusive};
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

/// A signature: what its dictionary says, and where that breaks a rule.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Its dictionary's name; none where that stands in the field.
    pub reference: Option<Reference>,
    /// The field that it is the value of, by its full name; none for a dictionary that no field has.
    pub field: Option<String>,
    /// How it is made.
    pub kind: Kind,
    /// The bytes that it covers: before `/Contents`, and behind. Empty where `/ByteRange` can't be read.
    pub ranges: [Range<u64>; 2],
    /// What `/Contents` holds, padding included.
    pub contents: Vec<u8>,
    /// What breaks a rule of its form, so that nothing can be said of what it covers.
    pub problem: Option<&'static str>,
    /// The time that it claims (`/M`), as it is written.
    pub claimed_time: Option<String>,
    /// Why, as it claims.
    pub reason: Option<String>,
    /// What may be changed after it, if it certifies the document (DocMDP, 12.8.2.2): 1 nothing, 2 form fields and
    /// signatures, 3 annotations as well.
    pub certifies: Option<u8>,
    /// Fields that it locks (FieldMDP, 12.8.2.4).
    pub locks: Option<Lock>,
    /// Where it shows, if it does.
    pub stamps: Vec<Stamp>,
}

/// How a signature is made (`/SubFilter`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `adbe.pkcs7.detached`: a CMS over the ranges.
    Pkcs7Detached,
    /// `adbe.pkcs7.sha1`: a CMS with the ranges' SHA-1 inside, which is too weak.
    Pkcs7Sha1,
    /// `ETSI.CAdES.detached`: a CMS over the ranges (PAdES).
    Cades,
    /// `ETSI.RFC3161`: a time stamp over the ranges.
    TimeStamp,
    /// `GM.sm2cms.detached`: a CMS with the ranges' SM3 inside.
    Sm2Cms,
    /// `GM.sm2seal`: an `SES_Signature` (GB/T 38540) with the ranges' SM3.
    Sm2Seal,
    /// Another, by its name.
    Other(String),
}

/// What fields a signature locks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Which.
    pub action: LockAction,
    /// Their full names.
    pub fields: Vec<String>,
}

/// Which fields are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockAction {
    /// Every one.
    All,
    /// Those that are listed.
    Include,
    /// Every other one.
    Exclude,
}

/// Where a signature shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamp {
    /// Its annotation.
    pub widget: Reference,
    /// Which page, from 0 on, if that has it.
    pub page: Option<usize>,
    /// Left, bottom, right and top, in units of the page; zeros where nobody can say.
    pub rectangle: [f64; 4],
}

impl Kind {
    fn of(dictionary: &Dictionary) -> Self {
        let name = dictionary.get(b"SubFilter").and_then(Object::name);
        match name.unwrap_or_default() {
            b"adbe.pkcs7.detached" => Self::Pkcs7Detached,
            b"adbe.pkcs7.sha1" => Self::Pkcs7Sha1,
            b"ETSI.CAdES.detached" => Self::Cades,
            b"ETSI.RFC3161" => Self::TimeStamp,
            b"GM.sm2cms.detached" => Self::Sm2Cms,
            b"GM.sm2seal" => Self::Sm2Seal,
            name => Self::Other(text(name)),
        }
    }

    /// Its name in the file.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Pkcs7Detached => "adbe.pkcs7.detached",
            Self::Pkcs7Sha1 => "adbe.pkcs7.sha1",
            Self::Cades => "ETSI.CAdES.detached",
            Self::TimeStamp => "ETSI.RFC3161",
            Self::Sm2Cms => "GM.sm2cms.detached",
            Self::Sm2Seal => "GM.sm2seal",
            Self::Other(name) => name,
        }
    }
}

impl Lock {
    /// Whether it locks a field: one under a listed one is locked with it.
    #[must_use]
    pub fn is_on(&self, field: &str) -> bool {
        let is_listed = self.fields.iter().any(|listed| {
            let rest = field.strip_prefix(&**listed);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        match self.action {
            LockAction::All => true,
            LockAction::Include => is_listed,
            LockAction::Exclude => !is_listed,
        }
    }
}

impl Signature {
    /// Where what it covers ends.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.ranges[1].end
    }

    /// The DER in `/Contents`, without the zeros that fill up the place that was kept for it.
    ///
    /// # Errors
    /// What stands there in their place.
    pub fn der(&self) -> Result<&[u8], &'static str> {
        let bytes = &self.contents;
        let size = match bytes.get(1) {
            // BER without length: where it ends is known to who reads it, and zeros may follow.
            Some(0x80) => return Ok(bytes),
            Some(&short @ ..0x80) => Some(2 + usize::from(short)),
            Some(&long) => {
                let count = usize::from(long & 0x7f);
                let digits = bytes.get(2..2 + count).filter(|digits| digits.len() <= 4);
                let fold = |size, byte: &u8| size << 8 | usize::from(*byte);
                digits.map(|digits| 2 + count + digits.iter().fold(0, fold))
            }
            None => None,
        };
        let (der, padding) = size
            .and_then(|size| bytes.split_at_checked(size))
            .ok_or("Contents holds no DER")?;
        if padding.iter().all(|byte| *byte == 0) {
            Ok(der)
        } else {
            Err("something follows the signature in Contents")
        }
    }
}

impl Document<'_> {
    /// The signatures of a revision: of each signature field that has one, in the order of what they cover. Field names
    /// come from the form.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn signatures(&self, revision: &Revision) -> Result<Vec<Signature>, Error> {
        let fields = self.fields(revision)?;
        // Of what does not show, nobody asks for the page.
        let mut pages = None;
        let mut signatures = Vec::new();
        for field in fields.iter().filter(|field| field.kind == b"Sig") {
            let (reference, dictionary) = match &field.value {
                Some(Object::Dictionary(own)) => (None, own.clone()),
                Some(Object::Reference(reference)) => match self.object(revision, *reference)? {
                    Object::Dictionary(own) => (Some(*reference), own),
                    _ => continue,
                },
                _ => continue,
            };
            let mut signature = self.signature(revision, reference, &dictionary)?;
            // The field's own place counts where the dictionary stands in it.
            let holder = reference.or(field.reference);
            let stands = holder.map_or(Place::Free, |holder| revision.place(holder.number));
            if !matches!(stands, Place::At { .. }) {
                signature.problem = Some("its dictionary lies in an object stream");
            }
            signature.field = Some(field.name.clone());
            signature.stamps = self.stamps(revision, field, &[])?;
            if !signature.stamps.is_empty() {
                let pages = match &mut pages {
                    Some(pages) => pages,
                    none => none.insert(self.pages(revision)?),
                };
                signature.stamps = self.stamps(revision, field, pages)?;
            }
            signatures.push(signature);
            if signatures.len() > MAX_SIGNATURES {
                return Err(super::reader::unreadable(
                    revision.startxref,
                    "too many signatures",
                ));
            }
        }
        signatures.sort_by_key(|signature| (signature.end(), signature.ranges[0].end));
        // One dictionary can't be the value of two fields: it would show what it signs twice.
        for index in 1..signatures.len() {
            let (before, own) = signatures.split_at_mut(index);
            let (before, own) = (&mut before[index - 1], &mut own[0]);
            if own.ranges == before.ranges && !own.ranges[1].is_empty() {
                let reason = "another signature has the same place";
                own.problem = own.problem.or(Some(reason));
                before.problem = before.problem.or(Some(reason));
            }
        }
        Ok(signatures)
    }

    /// A signature by its dictionary.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn signature(
        &self,
        revision: &Revision,
        reference: Option<Reference>,
        dictionary: &Dictionary,
    ) -> Result<Signature, Error> {
        let string = |key: &[u8]| dictionary.get(key).and_then(Object::string).map(text);
        let contents = dictionary.get(b"Contents").and_then(Object::string);
        let ranges = byte_range(dictionary, self.size());
        let problem = match &ranges {
            Err(reason) => Some(*reason),
            Ok(ranges) => self.shape_problem(dictionary, ranges)?,
        };
        let (certifies, locks) = self.transforms(revision, dictionary)?;
        Ok(Signature {
            reference,
            field: None,
            kind: Kind::of(dictionary),
            ranges: ranges.unwrap_or([0..0, 0..0]),
            contents: contents.unwrap_or_default().to_vec(),
            problem,
            claimed_time: string(b"M"),
            reason: string(b"Reason"),
            certifies,
            locks,
            stamps: Vec::new(),
        })
    }

    /// What of the dictionary's form lets something hide: the gap between the ranges has to be the value of its own
    /// `/Contents`, from `<` to `>`, in hex digits only.
    fn shape_problem(
        &self,
        dictionary: &Dictionary,
        ranges: &[Range<u64>; 2],
    ) -> Result<Option<&'static str>, Error> {
        if dictionary.duplicate().is_some() {
            return Ok(Some("a key stands twice in its dictionary"));
        }
        if !matches!(
            dictionary.get(b"Type").and_then(Object::name),
            None | Some(b"Sig" | b"DocTimeStamp")
        ) {
            return Ok(Some("its dictionary is of another type"));
        }
        let Some(Entry {
            value: Object::String(_),
            at,
            ..
        }) = dictionary.entry(b"Contents")
        else {
            return Ok(Some("it has no Contents of its own"));
        };
        if *at != (ranges[0].end..ranges[1].start) {
            return Ok(Some(
                "ByteRange leaves out something else than its Contents",
            ));
        }
        let size = usize::try_from(at.end - at.start).unwrap_or(usize::MAX);
        let gap = self.reader().bytes(at.start, size)?;
        let is_hex = match &gap[..] {
            [b'<', digits @ .., b'>'] => {
                digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit)
            }
            _ => false,
        };
        Ok((!is_hex).then_some("its Contents is not written in hex digits alone"))
    }

    /// What may be changed after it, and what fields it locks.
    fn transforms(
        &self,
        revision: &Revision,
        dictionary: &Dictionary,
    ) -> Result<(Option<u8>, Option<Lock>), Error> {
        let (mut certifies, mut locks) = (None, None);
        let references = self.value(revision, dictionary, b"Reference")?;
        for reference in references
            .array()
            .unwrap_or_default()
            .iter()
            .take(MAX_TRANSFORMS)
        {
            let reference = self.resolve(revision, reference)?;
            let Some(reference) = reference.dictionary() else {
                continue;
            };
            let parameters = self.value(revision, reference, b"TransformParams")?;
            let parameters = parameters.dictionary().cloned().unwrap_or_default();
            let permission = self.value(revision, &parameters, b"P")?.integer();
            match reference.get(b"TransformMethod").and_then(Object::name) {
                Some(b"DocMDP") => {
                    // 2 where it is not said; what nobody knows allows nothing.
                    certifies = Some(match permission {
                        None => 2,
                        Some(permission @ 1..=3) => u8::try_from(permission).unwrap_or(1),
                        Some(_) => 1,
                    });
                }
                Some(b"FieldMDP") => locks = Some(self.lock(revision, &parameters)?),
                _ => {}
            }
        }
        Ok((certifies, locks))
    }

    /// What a transformation's parameters or a field's `/Lock` lock.
    pub(super) fn lock(&self, revision: &Revision, parameters: &Dictionary) -> Result<Lock, Error> {
        let action = match parameters.get(b"Action").and_then(Object::name) {
            Some(b"Include") => LockAction::Include,
            Some(b"Exclude") => LockAction::Exclude,
            _ => LockAction::All,
        };
        let fields = self.value(revision, parameters, b"Fields")?;
        let fields = fields.array().unwrap_or_default().iter();
        let fields = fields
            .filter_map(|field| field.string().map(text))
            .collect();
        Ok(Lock { action, fields })
    }

    /// Where a field shows, or may show to some readers: its annotations that are neither hidden nor without extent.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn stamps(
        &self,
        revision: &Revision,
        field: &Field,
        pages: &[Reference],
    ) -> Result<Vec<Stamp>, Error> {
        let mut stamps = Vec::new();
        for widget in &field.widgets {
            stamps.extend(self.stamp(revision, *widget, pages)?);
            if stamps.len() == MAX_STAMPS {
                break;
            }
        }
        Ok(stamps)
    }

    /// Where one annotation of a field shows, if it does.
    pub(super) fn stamp(
        &self,
        revision: &Revision,
        widget: Reference,
        pages: &[Reference],
    ) -> Result<Option<Stamp>, Error> {
        let object = self.object(revision, widget)?;
        let Some(own) = object.dictionary() else {
            return Ok(None);
        };
        let flags = self.value(revision, own, b"F")?.integer();
        if flags.is_some_and(|flags| ALL_FLAGS.contains(&flags) && flags & HIDDEN != 0) {
            return Ok(None);
        }
        let rectangle = match self.rectangle(revision, own, b"Rect")? {
            None if own.get(b"AP").is_none() => return Ok(None),
            // Some readers show it all the same, somewhere or over the whole page.
            None => [0.0; 4],
            Some(rectangle @ [left, bottom, right, top]) => {
                let is_sure = rectangle.iter().all(|at| at.abs() < LARGEST_SURE);
                if is_sure && (right <= left || top <= bottom) {
                    return Ok(None);
                }
                rectangle
            }
        };
        let named = own.get(b"P").and_then(Object::reference);
        Ok(Some(Stamp {
            widget,
            page: self.page_with(revision, widget, named, pages)?,
            rectangle,
        }))
    }

    /// The page whose `/Annots` has an annotation: the one that it names first.
    fn page_with(
        &self,
        revision: &Revision,
        widget: Reference,
        named: Option<Reference>,
        pages: &[Reference],
    ) -> Result<Option<usize>, Error> {
        let named = named.and_then(|named| pages.iter().position(|page| *page == named));
        for index in named.into_iter().chain(0..pages.len()) {
            let page = self.object(revision, pages[index])?;
            let Some(page) = page.dictionary() else {
                continue;
            };
            let annotations = self.value(revision, page, b"Annots")?;
            let annotations = annotations.array().unwrap_or_default();
            if annotations.contains(&Object::Reference(widget)) {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }
}

/// `/ByteRange` as two ranges: from the file's start up to a gap, and on from there.
fn byte_range(dictionary: &Dictionary, size: u64) -> Result<[Range<u64>; 2], &'static str> {
    let numbers = dictionary.get(b"ByteRange").and_then(Object::array);
    let numbers: Option<Vec<u64>> = numbers.and_then(|numbers| {
        let number = |object: &Object| u64::try_from(object.integer()?).ok();
        numbers.iter().map(number).collect()
    });
    let Some(&[first, before, behind, rest]) = numbers.as_deref() else {
        return Err("ByteRange has not four numbers");
    };
    let end = behind.checked_add(rest).filter(|end| *end <= size);
    match end {
        _ if first != 0 => Err("ByteRange does not begin where the file does"),
        Some(end) if before > 0 && before < behind && rest > 0 => Ok([0..before, behind..end]),
        _ => Err("ByteRange lies outside of the file"),
    }
}

/// A date (7.9.4): `D:20261128120000+08'00'`, as UTC; without a zone it says not when it was.
#[must_use]
pub fn date(written: &str) -> Option<UnixTime> {
    let digits = written.strip_prefix("D:").unwrap_or(written);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, zone) = digits.split_at(count);
    let part = |range: Range<usize>, default: i64| match digits.get(range) {
        Some(text) => text.parse().ok(),
        None => Some(default),
    };
    let year = digits.get(..4)?.parse().ok()?;
    let date = (year, part(4..6, 1)?, part(6..8, 1)?);
    let time = UnixTime::from_civil(date, (part(8..10, 0)?, part(10..12, 0)?, part(12..14, 0)?))?;
    let offset = match zone.as_bytes() {
        [] | [b'Z', ..] => 0,
        [sign @ (b'+' | b'-'), ..] => {
            let pair = |range| {
                zone.get(range)
                    .map_or(Some(0), |text: &str| text.parse().ok())
            };
            let seconds = pair(1..3)? * 3600_i64 + pair(4..6)? * 60_i64;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    Some(time.plus(-offset))
}

/// The flag of annotations that neither screen nor paper shows (12.5.3). One with NoView is printed.
const HIDDEN: i64 = 1 << 1;

/// Values of flags that every reader has alike.
const ALL_FLAGS: RangeInclusive<i64> = 0..=i32::MAX as i64;

const MAX_SIGNATURES: usize = 256;

const MAX_TRANSFORMS: usize = 16;

const MAX_STAMPS: usize = 1000;

//! A PDF: each of its signatures, and what was changed after it.

use crate::claimed;
use crate::cms::verify_cms_with;
use crate::{Content, Options, SealedContent, Signer, Verdict, verify_cms, verify_seal_signature};
use std::ops::Range;
use yinxin_documents::Source;
use yinxin_documents::pdf::appearance::Placement;
use yinxin_documents::pdf::changes::{Change, Changes, Class};
use yinxin_documents::pdf::document::{Document, Revision};
use yinxin_documents::pdf::form::Field;
use yinxin_documents::pdf::history::{self, History};
use yinxin_documents::pdf::object::{Object, Reference};
use yinxin_documents::pdf::signatures::{Kind, Lock, Signature, Stamp, date};
use yinxin_documents::pdf::uses::Uses;
use yinxin_pki::cms::{self, time_stamp};
use yinxin_pki::content_guard::HEAD_BYTES;
use yinxin_pki::hash::{self, Digests, Hasher, Running};
use yinxin_pki::oid;
use yinxin_pki::outcome::{self, Outcome};
use yinxin_pki::seal::SealSignature;
use yinxin_pki::trust;
use yinxin_proto::text::{Bilingual, visible};
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Locale, Severity, words};

/// What more there is to say of a PDF.
#[derive(Clone, Debug)]
pub struct PdfDetails {
    /// Its size in bytes.
    pub size: u64,
    /// Its pages.
    pub pages: usize,
    /// Its signatures, in the order of what they cover.
    pub signatures: Vec<PdfSignature>,
}

/// A signature of a PDF.
#[derive(Clone, Debug)]
pub struct PdfSignature {
    /// Whether nothing fatal was found about it.
    pub valid: bool,
    /// What the findings about it come to.
    pub outcome: Outcome,
    /// Its field's full name.
    pub field: String,
    /// Its `/SubFilter`.
    pub kind: String,
    /// The bytes that it covers.
    pub ranges: [Range<u64>; 2],
    /// Whether nothing follows what it covers.
    pub is_whole: bool,
    /// The time that it claims (`/M`, or else what its signer signed), which proves nothing.
    pub claimed_time: Option<UnixTime>,
    /// The time that a time stamp attests which holds.
    pub stamped_time: Option<UnixTime>,
    /// Why, as it claims.
    pub reason: Option<String>,
    /// What it allows to be changed, if it certifies the document: 1 nothing, 2 form fields and signatures, 3 annotations
    /// as well.
    pub certifies: Option<u8>,
    /// Fields that it locks.
    pub locks: Option<Lock>,
    /// Where it shows.
    pub stamps: Vec<Stamp>,
    /// The seal, where it is one.
    pub seal: Option<SealSignature>,
    /// Index of its signer in the verdict's, if it has one.
    pub signer: Option<usize>,
    /// What was changed after it.
    pub changes: Vec<PdfChange>,
}

/// Something that was changed after a signature.
#[derive(Clone, Debug, PartialEq)]
pub struct PdfChange {
    /// What it comes to for that signature.
    pub severity: Severity,
    /// Where, from the catalog, the trailer or a page on.
    pub path: String,
    /// The page that it is on, from 0 on.
    pub page: Option<usize>,
    /// What it is.
    pub error: Error,
}

/// Judges a PDF, read where it lies: every signature by the verdict of its kind, and everything that was changed after it.
/// One without a signature is not valid.
///
/// # Errors
/// `pdf-unreadable`, `pdf-encrypted`; `request-invalid` for options that contradict each other.
pub fn verify_pdf<S: Source + ?Sized>(
    source: &S,
    options: &Options,
) -> Result<Verdict<PdfDetails>, Error> {
    options.check()?;
    let document = Document::open(&source)?;
    let newest = document.newest()?;
    let signatures = document.signatures(&newest)?;
    let mut judged = Vec::new();
    let (mut findings, mut signers) = (Vec::new(), Vec::new());
    let mut hashing = Hashing::new(&document);
    for (index, signature) in signatures.iter().enumerate() {
        let mut own = Judged::new(&document, &newest, signature, &mut hashing, options)?;
        if index > 0 && signature.certifies.is_some() {
            own.findings
                .push(malformed("it certifies a document that was signed before"));
            own.holds = false;
        }
        judged.push(own);
    }
    let since = judged.iter().filter_map(|one| one.revision.as_ref());
    let since = since.min_by_key(|revision| revision.end);
    let history = since
        .map(|since| History::since(&document, since, &newest))
        .transpose()?;
    let changes = match &history {
        Some(history) => Changes::of(&document, history)?,
        None => Changes {
            dictionaries: Uses::find(&document, &newest, [].into())?.signatures,
            ..Changes::default()
        },
    };
    if signatures.is_empty() {
        if history::is_torn(&document, &newest)? {
            return Err(history::torn(&newest));
        }
        findings.push(Finding::new(Severity::Fatal, Error::PdfNotSigned {}));
    }
    let told_later = Later::of(&document, &newest, &signatures, &judged)?;
    let mut details = Vec::new();
    for (index, (signature, mut own)) in signatures.iter().zip(judged).enumerate() {
        let mut changes_after = Vec::new();
        if let (Some(revision), Some(history)) = (&own.revision, &history) {
            let place = |one: &Revision| one.startxref == revision.startxref;
            if let Some(at) = history.revisions.iter().position(place) {
                changes_after = told_later.of_signature(signature, at, history, &changes);
            } else {
                own.findings
                    .push(malformed("its revision is not part of the document"));
            }
        }
        for change in &changes_after {
            let finding = Finding::new(change.severity, change.error.clone());
            own.findings.push(finding.at("changes"));
        }
        let claimed = signature.claimed_time.as_deref().and_then(date);
        // Of what the signer signed it is told already.
        own.findings.extend(claimed::oddities(
            claimed,
            options.at,
            own.signer.as_ref().and_then(|one| one.certificate.as_ref()),
            own.seal.as_ref().map(SealSignature::seal),
            "claimedTime",
        ));
        let valid = trust::is_valid(&own.findings);
        let outcome = outcome::of(&own.findings);
        let of_signer = own.signer.as_ref().and_then(|signer| signer.claimed_time);
        let signer = own.signer.map(|signer| {
            signers.push(signer);
            signers.len() - 1
        });
        findings.extend(own.findings.into_iter().map(|finding| {
            let place = match finding.place.as_deref() {
                None | Some("") => format!("signatures[{index}]"),
                Some(inside) => format!("signatures[{index}].{inside}"),
            };
            finding.at(place)
        }));
        details.push(PdfSignature {
            valid,
            outcome,
            field: signature.field.clone().unwrap_or_default(),
            kind: signature.kind.name().into(),
            ranges: signature.ranges.clone(),
            is_whole: signature.end() == document.size(),
            claimed_time: claimed.or(of_signer),
            stamped_time: own.stamped_time,
            reason: signature.reason.clone(),
            certifies: signature.certifies,
            locks: signature.locks.clone(),
            stamps: signature.stamps.clone(),
            seal: own.seal,
            signer,
            changes: changes_after,
        });
    }
    for dictionary in &changes.dictionaries {
        if !signatures
            .iter()
            .any(|one| one.reference == Some(*dictionary))
        {
            let object = dictionary.number;
            findings.push(Finding::new(
                Severity::Note,
                Error::PdfSignatureLoose { object },
            ));
        }
    }
    for page in changes.loose_pages.iter().take(MAX_OBJECTS_TOLD) {
        let error = Error::PdfPageHidden { object: *page };
        findings.push(Finding::new(Severity::Warning, error));
    }
    for object in changes.ambiguous.iter().take(MAX_OBJECTS_TOLD) {
        let error = Error::PdfObjectAmbiguous { object: *object };
        findings.push(Finding::new(Severity::Warning, error));
    }
    let pages = document.pages(&newest)?.len();
    // Whoever stamps a time signs no document.
    let is_signed = |one: &&PdfSignature| one.kind != Kind::TimeStamp.name();
    let signed = details.iter().filter(is_signed);
    let count = signed.clone().count();
    let only = signed.clone().next().filter(|_| count == 1);
    // Over the document, and so after it.
    let later = details.iter().filter(|one| !is_signed(one));
    let later = later.filter_map(|one| one.stamped_time).min();
    let only = only.map(|one| said(one, later));
    let names: Vec<String> = signed
        .filter_map(|one| signers.get(one.signer?)?.certificate.as_ref())
        .map(|certificate| visible(&certificate.holder()))
        .collect();
    let details = PdfDetails {
        size: document.size(),
        pages,
        signatures: details,
    };
    let told = |all: &[Finding]| summary(all, only, count, &names);
    Ok(Verdict::new(findings, told, signers, details))
}

/// A signature by itself.
struct Judged {
    findings: Vec<Finding>,
    /// What it covers, where that is a revision.
    revision: Option<Revision>,
    signer: Option<Signer>,
    seal: Option<SealSignature>,
    stamped_time: Option<UnixTime>,
    /// Whether it holds, whatever came after it.
    holds: bool,
}

impl Judged {
    fn new(
        document: &Document<'_>,
        newest: &Revision,
        signature: &Signature,
        hashing: &mut Hashing<'_>,
        options: &Options,
    ) -> Result<Self, Error> {
        let mut own = Self {
            findings: Vec::new(),
            revision: None,
            signer: None,
            seal: None,
            stamped_time: None,
            holds: false,
        };
        if let Some(reason) = signature.problem {
            own.findings.push(malformed(reason));
            return Ok(own);
        }
        match revision_of(document, newest, signature) {
            Ok(revision) => own.revision = Some(revision),
            Err(reason) => own.findings.push(malformed(reason)),
        }
        match signature.der() {
            Err(reason) => own.findings.push(malformed(reason)),
            Ok(der) => own.judge(signature, der, hashing, options)?,
        }
        own.holds = trust::is_valid(&own.findings);
        Ok(own)
    }

    /// By the verdict of its kind.
    fn judge(
        &mut self,
        signature: &Signature,
        der: &[u8],
        hashing: &mut Hashing<'_>,
        options: &Options,
    ) -> Result<(), Error> {
        let kind = signature.kind.name().to_owned();
        match signature.kind {
            Kind::Pkcs7Sha1 => {
                let algorithm = "SHA-1".into();
                self.fatal(Error::AlgorithmNotSupported { algorithm });
                Ok(())
            }
            Kind::Other(_) => {
                self.fatal(Error::AlgorithmNotSupported { algorithm: kind });
                Ok(())
            }
            Kind::Pkcs7Detached | Kind::Cades => {
                let seen = hashing.of(&signature.ranges)?;
                let content = Some(seen.content());
                let further = cms::digest_algorithm(der)
                    .filter(|algorithm| [oid::SHA384, oid::SHA512].contains(algorithm));
                let digest = further.and_then(|one| hashing.by(one, &signature.ranges));
                let further = further.zip(digest.as_deref());
                self.cms(verify_cms_with(der, content, further, options), options);
                Ok(())
            }
            Kind::Sm2Cms => {
                let seen = hashing.of(&signature.ranges)?;
                // It signs the digest by definition, and without attributes.
                let options = options.clone().allow_without_attributes(true);
                let verdict = verify_cms(der, None, &options);
                let inside = verdict
                    .as_ref()
                    .ok()
                    .and_then(|one| one.details.content.bytes.clone());
                if verdict.is_ok() && inside.as_deref() != Some(&seen.digests.sm3) {
                    let finding = Finding::new(Severity::Fatal, Error::ContentChanged {});
                    self.findings.push(finding.at("content"));
                }
                self.cms(verdict, &options);
                Ok(())
            }
            Kind::Sm2Seal => {
                let seen = hashing.of(&signature.ranges)?;
                let content = SealedContent::Content(seen.content());
                match verify_seal_signature(der, Some(content), options) {
                    Err(error) => self.fatal(error),
                    Ok(verdict) => {
                        self.findings.extend(verdict.findings);
                        self.signer = verdict.signers.into_iter().next();
                        self.seal = Some(verdict.details.signature);
                    }
                }
                Ok(())
            }
            Kind::TimeStamp => {
                let algorithm = |algorithm| hashing.by(algorithm, &signature.ranges);
                self.time_stamp(der, &algorithm, options, Severity::Fatal);
                Ok(())
            }
        }
    }

    fn fatal(&mut self, error: Error) {
        self.findings.push(Finding::new(Severity::Fatal, error));
    }

    fn cms(&mut self, verdict: Result<Verdict<crate::CmsDetails>, Error>, options: &Options) {
        let verdict = match verdict {
            Ok(verdict) => verdict,
            Err(error) => return self.fatal(error),
        };
        self.findings.extend(verdict.findings);
        if verdict.signers.len() > 1 {
            // ISO 32000-2, 12.8.3.3.1.
            self.findings
                .push(malformed("several signers in one signature"));
        }
        let stamp = verdict.details.time_stamps.into_iter().next().flatten();
        self.signer = verdict.signers.into_iter().next();
        if let (Some(stamp), Some(signer)) = (stamp, &self.signer) {
            let signed = signer.signature.clone();
            let digest = |algorithm| hash::digest_of_any(algorithm, &signed);
            self.time_stamp(&stamp, &digest, options, Severity::Warning);
        }
    }

    /// Judges a time stamp: one beside a signature is no part of whether that holds.
    fn time_stamp(
        &mut self,
        token: &[u8],
        digest: &dyn Fn(oid::ObjectIdentifier) -> Option<Vec<u8>>,
        options: &Options,
        severity: Severity,
    ) {
        let place = "timeStamp";
        let judged = match time_stamp::verify(token, digest, &options.policy()) {
            Ok(judged) => judged,
            Err(error) => {
                self.findings.push(Finding::new(severity, error).at(place));
                return;
            }
        };
        if judged.valid {
            self.stamped_time = Some(judged.stamp.time);
            let time = judged.stamp.time.to_string();
            let finding = Finding::new(Severity::Note, Error::TimeStamped { time });
            self.findings.push(finding.at(place));
        }
        for mut finding in judged.findings {
            // What is fatal to the time stamp weighs as much as that does.
            finding.severity = finding.severity.max(severity);
            let inside = finding.place.take().unwrap_or_default();
            let dot = if inside.is_empty() { "" } else { "." };
            self.findings
                .push(finding.at(format!("{place}{dot}{inside}")));
        }
        if severity == Severity::Fatal {
            self.signer = Some(Signer {
                valid: judged.valid,
                certificate: judged.certificate,
                path: judged.path,
                claimed_time: None,
                signed: None,
                signature: token.to_vec(),
            });
        }
    }
}

/// The revision that a signature covers: it ends with one, and that has the signature in the same field.
fn revision_of(
    document: &Document<'_>,
    newest: &Revision,
    signature: &Signature,
) -> Result<Revision, &'static str> {
    let at = document.revision_at(signature.end());
    let Ok(Some(revision)) = at else {
        return Err("what it covers does not end where a revision does");
    };
    let gap = signature.ranges[0].end..signature.ranges[1].start;
    let fields = document.fields(&revision).unwrap_or_default();
    let is_it = |field: &Field| match &field.value {
        Some(Object::Reference(own)) => Some(*own) == signature.reference,
        Some(Object::Dictionary(own)) => {
            let contents = own.entry(b"Contents");
            signature.reference.is_none() && contents.is_some_and(|entry| entry.at == gap)
        }
        _ => false,
    };
    let is_there = |field: &Field| {
        field.kind == b"Sig" && signature.field.as_ref() == Some(&field.name) && is_it(field)
    };
    if !fields.iter().any(is_there) {
        return Err("what it covers does not have it");
    }
    let number = signature.reference.map(|reference| reference.number);
    if number.is_some_and(|number| newest.place(number) != revision.place(number)) {
        return Err("its dictionary was written anew");
    }
    Ok(revision)
}

/// What may come after a signature.
struct Later<'a> {
    signatures: &'a [Signature],
    holds: Vec<bool>,
    /// Where each shows a picture, the largest first.
    pictures: Vec<Vec<Placement>>,
}

impl<'a> Later<'a> {
    fn of(
        document: &Document<'_>,
        newest: &Revision,
        signatures: &'a [Signature],
        judged: &[Judged],
    ) -> Result<Self, Error> {
        let mut later = Self {
            signatures,
            holds: judged.iter().map(|one| one.holds).collect(),
            pictures: Vec::new(),
        };
        // One alone comes after nothing.
        if signatures.len() > 1 {
            let pages = document.pages(newest)?;
            for signature in signatures {
                let pictures = pictures(document, newest, &pages, &signature.stamps)?;
                later.pictures.push(pictures);
            }
        }
        Ok(later)
    }

    /// What was changed after a signature that covers the history's revision `at`, and what that comes to.
    fn of_signature(
        &self,
        signature: &Signature,
        at: usize,
        history: &History,
        changes: &Changes,
    ) -> Vec<PdfChange> {
        let unlisted = history.unlisted.iter().filter(|one| one.revision > at);
        let mut told: Vec<PdfChange> = unlisted
            .map(|one| PdfChange {
                severity: Severity::Fatal,
                path: String::new(),
                page: None,
                error: Error::PdfBytesUnlisted {
                    position: u32::try_from(one.position).unwrap_or(u32::MAX),
                    reason: one.reason.into(),
                },
            })
            .collect();
        for change in changes.all.iter().filter(|change| change.revision > at) {
            let (severity, error) = self.weigh(signature, change);
            let tell = |severity, page, error| PdfChange {
                severity,
                path: change.path.clone(),
                page,
                error,
            };
            // A picture that nothing speaks against is told by its place.
            let pictures = self.shown_by(change).filter(|_| severity == Severity::Note);
            match pictures {
                None => told.push(tell(severity, change.page, error)),
                Some((field, pictures)) => told.extend(pictures.iter().map(|picture| {
                    let page = (picture.page as usize).checked_sub(1);
                    tell(Severity::Warning, page, stamp_added(field, picture))
                })),
            }
        }
        told
    }

    /// The field of a signature that a change added, and where that shows, if it does.
    fn shown_by<'b>(&'b self, change: &'b Change) -> Option<(&'b str, &'b [Placement])> {
        let Class::Signature { field, .. } = &change.class else {
            return None;
        };
        let mut all = self.signatures.iter().zip(&self.pictures);
        let (_, pictures) = all.find(|(one, _)| one.field.as_ref() == Some(field))?;
        (!pictures.is_empty()).then_some((field.as_str(), pictures.as_slice()))
    }

    /// What whoever certified the document allows to be changed after a signature. Only the first signature certifies
    /// (ISO 32000-2, 12.8.2.2), and what it allows counts only if it holds: else anybody could allow anything.
    fn certified(&self, signature: &Signature) -> Option<u8> {
        let (first, holds) = self.signatures.first().zip(self.holds.first())?;
        let allowed = first.certifies.filter(|_| first.end() <= signature.end())?;
        (*holds || allowed == 1).then_some(allowed)
    }

    fn weigh(&self, signature: &Signature, change: &Change) -> (Severity, Error) {
        use Severity::{Fatal, Note, Warning};
        let part = change.path.clone();
        let certified = self.certified(signature);
        let is_closed = certified == Some(1);
        let is_locked = |field: &str| {
            let locks = self
                .signatures
                .iter()
                .filter(|one| one.end() <= signature.end());
            locks
                .filter_map(|one| one.locks.as_ref())
                .any(|lock| lock.is_on(field))
        };
        match &change.class {
            Class::ValidationData => (Note, Error::PdfAdded { part }),
            Class::Signature { field, is_visible } => {
                let own = self.signatures.iter().zip(&self.holds);
                let mut own = own.filter(|(one, _)| one.field.as_ref() == Some(field));
                let Some((one, &holds)) = own.next() else {
                    // What the field has is no signature.
                    return (Fatal, Error::PdfChanged { part });
                };
                let is_stamp = one.kind == Kind::TimeStamp;
                if is_closed && (*is_visible || !is_stamp) {
                    return (Fatal, Error::PdfClosed { part });
                }
                if *is_visible && !holds {
                    let field = field.clone();
                    return (Fatal, Error::PdfStampUnproven { field });
                }
                if is_locked(field) {
                    return (Fatal, Error::PdfChanged { part });
                }
                (Note, Error::PdfAdded { part })
            }
            Class::EmptyField { .. } | Class::Metadata if is_closed => {
                (Fatal, Error::PdfClosed { part })
            }
            Class::EmptyField { .. } | Class::Metadata => (Note, Error::PdfAdded { part }),
            Class::Form { field } => {
                let field_name = field.clone();
                match certified {
                    Some(2 | 3) if !is_locked(field) => {
                        (Warning, Error::PdfFormFilled { field: field_name })
                    }
                    _ => (Fatal, Error::PdfFormChanged { field: field_name }),
                }
            }
            Class::Annotation if certified == Some(3) => (Warning, Error::PdfAnnotated { part }),
            Class::Annotation => (Fatal, Error::PdfAnnotated { part }),
            Class::Other => (Fatal, Error::PdfChanged { part }),
        }
    }
}

/// Where a signature shows, the largest first.
fn pictures(
    document: &Document<'_>,
    newest: &Revision,
    pages: &[Reference],
    stamps: &[Stamp],
) -> Result<Vec<Placement>, Error> {
    // Of which nobody can say where it stands, may be shown all over the page.
    let is_unsure = |stamp: &Stamp| stamp.rectangle == [0.0; 4];
    let area = |stamp: &Stamp| {
        let [left, bottom, right, top] = stamp.rectangle;
        match is_unsure(stamp) {
            true => f64::INFINITY,
            false => (right - left) * (top - bottom),
        }
    };
    let mut largest: Vec<&Stamp> = stamps.iter().collect();
    largest.sort_by(|a, b| area(b).total_cmp(&area(a)));
    let mut pictures = Vec::new();
    for stamp in largest {
        // One that no page has is not shown.
        let Some(index) = stamp.page else { continue };
        if pictures.len() == MAX_OBJECTS_TOLD {
            break;
        }
        let page = document.page(newest, pages[index])?;
        let rectangle = match is_unsure(stamp) {
            true => page.crop_box,
            false => stamp.rectangle,
        };
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        pictures.push(Placement::of(rectangle, &page, number));
    }
    Ok(pictures)
}

/// A picture by its place, in whole millimetres; what is smaller than one is one.
fn stamp_added(field: &str, picture: &Placement) -> Error {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is that large is on no page"
    )]
    let mm = |length: f64| length.round() as i32;
    let side = |length| u32::try_from(mm(length)).unwrap_or(0).max(1);
    Error::PdfStampAdded {
        field: field.into(),
        page: picture.page,
        left: mm(picture.left),
        top: mm(picture.top),
        width: side(picture.width),
        height: side(picture.height),
    }
}

/// Digests of what signatures cover. Most begin alike: what is before a signature's gap is digested once for all.
struct Hashing<'a> {
    document: &'a Document<'a>,
    /// Of all bytes up to a position.
    begun: (u64, Hasher),
    spent: u64,
}

/// What a signature covers, as a judge has it.
struct Seen {
    digests: Digests,
    size: u64,
    head: Vec<u8>,
}

impl Seen {
    fn content(&self) -> Content<'_> {
        Content::Digests {
            digests: self.digests,
            size: self.size,
            head: &self.head,
        }
    }
}

impl<'a> Hashing<'a> {
    fn new(document: &'a Document<'a>) -> Self {
        Self {
            document,
            begun: (0, Hasher::default()),
            spent: 0,
        }
    }

    fn of(&mut self, ranges: &[Range<u64>; 2]) -> Result<Seen, Error> {
        let [first, second] = ranges;
        if self.begun.0 > first.end {
            self.begun = (0, Hasher::default());
        }
        let (from, mut hasher) = self.begun.clone();
        self.spent += (first.end - from) + (second.end - second.start);
        // 256 signatures over a large file are not digested for each of them.
        if self.spent > self.document.size().saturating_mul(8) {
            return Err(Error::PdfUnreadable {
                position: 0,
                reason: "more work than a file of this size may ask for".into(),
            });
        }
        self.read(&(from..first.end), &mut |bytes| hasher.update(bytes))?;
        self.begun = (first.end, hasher.clone());
        self.read(second, &mut |bytes| hasher.update(bytes))?;
        let mut head = Vec::new();
        for range in ranges {
            let left = (HEAD_BYTES - head.len()) as u64;
            let part = range.start..range.end.min(range.start + left);
            self.read(&part, &mut |bytes| head.extend_from_slice(bytes))?;
        }
        Ok(Seen {
            digests: hasher.finish(),
            size: (first.end - first.start) + (second.end - second.start),
            head,
        })
    }

    /// One digest, by its algorithm.
    fn by(&self, algorithm: oid::ObjectIdentifier, ranges: &[Range<u64>; 2]) -> Option<Vec<u8>> {
        let mut hasher = Running::of(algorithm)?;
        for range in ranges {
            self.read(range, &mut |bytes| hasher.update(bytes)).ok()?;
        }
        Some(hasher.finish())
    }

    fn read(&self, range: &Range<u64>, take: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        self.document.reader().stream(range, take)
    }
}

fn malformed(reason: &str) -> Finding {
    let reason = reason.into();
    Finding::new(Severity::Fatal, Error::PdfSignatureMalformed { reason })
}

/// What there is to say of a signature that is the only one, but who made it: with which seal, and when.
struct Said {
    seal: Option<String>,
    time: Bilingual,
}

fn said(one: &PdfSignature, later: Option<UnixTime>) -> Said {
    let seal = one.seal.as_ref().map(SealSignature::seal);
    let in_words = |time, locale| words::time(time, locale);
    let time = match (one.stamped_time, later, one.claimed_time) {
        (Some(time), ..) => Bilingual {
            zh: format!("时间戳的时间是 {}。", in_words(time, Locale::ZhCn)),
            en: format!(" Its time stamp says {}.", in_words(time, Locale::En)),
        },
        (None, Some(time), _) => Bilingual {
            zh: format!(
                "由后来的时间戳证明，不晚于 {}。",
                in_words(time, Locale::ZhCn)
            ),
            en: format!(
                " A time stamp that was added later shows that it was there by {}.",
                in_words(time, Locale::En)
            ),
        },
        (None, None, Some(time)) => outcome::claimed(time, seal.is_some()),
        (None, None, None) => Bilingual::default(),
    };
    Said {
        seal: seal.map(|seal| visible(&seal.property().name)),
        time,
    }
}

/// What it comes to.
fn summary(findings: &[Finding], only: Option<Said>, count: usize, names: &[String]) -> Bilingual {
    if let Some(worst) = outcome::worst(findings) {
        let (zh, en) = outcome::on_a_document(&worst.error);
        return outcome::with_others(outcome::refused(&worst.error, &zh, &en), findings);
    }
    let mut all: Vec<&str> = Vec::new();
    for name in names {
        if !all.contains(&&**name) {
            all.push(name);
        }
    }
    let (zh, en) = (all.join("”“"), all.join("”, “"));
    if let Some(Said { seal, time }) = only {
        let Bilingual {
            zh: zh_time,
            en: en_time,
        } = time;
        return match seal {
            Some(seal) => Bilingual {
                zh: format!("已核实：“{zh}”盖了“{seal}”。{zh_time}"),
                en: format!("Verified: “{en}” set the seal “{seal}”.{en_time}"),
            },
            None => Bilingual {
                zh: format!("已核实：签名有效，由“{zh}”签署。{zh_time}"),
                en: format!("Verified: the signature is valid, by “{en}”.{en_time}"),
            },
        };
    }
    if count == 0 {
        return Bilingual {
            zh: "已核实：文件上只有时间戳，时间戳有效。".into(),
            en: "Verified: the file has time stamps only, and they are valid.".into(),
        };
    }
    Bilingual {
        zh: format!("已核实：{count} 个签名全部有效，由“{zh}”签署。"),
        en: format!("Verified: {count} signatures, all valid, by “{en}”."),
    }
}

/// Pages, objects or pictures of one kind of finding.
const MAX_OBJECTS_TOLD: usize = 8;

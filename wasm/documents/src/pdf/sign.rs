//! Setting a signature (ISO 32000-2, 12.8): an incremental update with room for it, the digests of all other bytes, and,
//! with what was signed, the pieces of the new document.
//!
//! What others signed before stays valid, or the update is refused: no earlier byte changes, and nothing is touched that
//! one of their signatures locks.

pub use super::appearance::{Picture, Placement};

use super::appearance::{self, name, numbers};
use super::document::{Document, Revision};
use super::form::{Field, text};
use super::history;
use super::lexer::Lexer;
use super::object::{Dictionary, Object, Reference};
use super::reader::unreadable;
use super::signatures::{LockAction, Signature};
use super::update::Update;
use crate::pieces::Piece;
use crate::source::{self, Source};
use std::ops::Range;
use yinxin_pki::hash::{Digests, Hasher};
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

/// What `/Contents` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A detached CMS with signed attributes, as PAdES has it (ETSI EN 319 142-1): `ETSI.CAdES.detached`.
    Cades,
    /// A detached CMS: `adbe.pkcs7.detached`.
    Pkcs7,
    /// An `SES_Signature` (GB/T 38540) over SM3 of the ranges: `GM.sm2seal`.
    Seal,
    /// A CMS (GM/T 0010) whose content is SM3 of the ranges: `GM.sm2cms.detached`.
    Sm2Cms,
}

/// What a signature is set by.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// What `/Contents` will hold.
    pub kind: Kind,
    /// How many bytes it may have at most.
    pub room: usize,
    /// The field.
    pub target: Target<'a>,
    /// What is seen there.
    pub picture: Option<&'a Picture>,
    /// The time that the signer claims (`/M`).
    pub time: Option<UnixTime>,
    /// The signer's name.
    pub name: Option<&'a str>,
    /// Why it is signed.
    pub reason: Option<&'a str>,
    /// Where.
    pub location: Option<&'a str>,
    /// Makes it a certification, which only the first signature can be, and permits so much afterwards.
    pub certify: Option<Permission>,
}

/// The field that a signature is the value of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target<'a> {
    /// A new one: of a name, or of the first that is free; at a place, or invisible.
    New {
        /// Its name, without points.
        name: Option<&'a str>,
        /// Where it is seen.
        place: Option<Placement>,
    },
    /// An empty one that is there, where it is.
    Empty {
        /// Its full name.
        name: &'a str,
    },
}

/// What a user should know of a document before signing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It has a form of another kind (XFA), which the programs that know it show in the place of the pages.
    Xfa,
    /// It asks readers to draw its fields anew, so that they may look otherwise than here.
    NeedAppearances,
}

/// An update that waits for its signature.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What is signed: the digests of all bytes but `/Contents`.
    pub digests: Digests,
    /// The name of the field.
    pub field: String,
    /// What there is to know.
    pub notices: Vec<Notice>,
    size: u64,
    appended: Vec<u8>,
    /// Where `/Contents` stands in it, with its brackets.
    contents: Range<usize>,
}

/// There is less room than what was signed takes: it has to be prepared again, and signed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSmall {
    /// Bytes that it takes.
    pub needed: usize,
}

impl Kind {
    /// How a file calls it (`/SubFilter`).
    #[must_use]
    pub fn sub_filter(self) -> &'static str {
        match self {
            Self::Cades => "ETSI.CAdES.detached",
            Self::Pkcs7 => "adbe.pkcs7.detached",
            Self::Seal => "GM.sm2seal",
            Self::Sm2Cms => "GM.sm2cms.detached",
        }
    }

    /// The program whose form it is (`/Filter`); any that knows the form may read it.
    fn filter(self) -> &'static str {
        match self {
            Self::Cades | Self::Pkcs7 => "Adobe.PPKLite",
            Self::Seal => "Gomain.GMPkiLite",
            Self::Sm2Cms => "DJ.GMPkiLite",
        }
    }
}

/// What may change after a certification (DocMDP, 12.8.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Nothing.
    Nothing,
    /// Fields may be filled in, and signatures set.
    Forms,
    /// The same, and annotations.
    Annotations,
}

impl Permission {
    /// Its number (`/P`).
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Nothing => 1,
            Self::Forms => 2,
            Self::Annotations => 3,
        }
    }
}

/// Bytes that `/Contents` should have room for, by those of certificate and seal (none: 0).
#[must_use]
pub fn room(certificate: usize, seal: usize) -> usize {
    USUAL_ROOM.max(certificate + seal + SMALLER_PARTS)
}

/// What readers are used to.
const USUAL_ROOM: usize = 8192;

/// What stands there beside certificate and seal: attributes, names, and a signature of 512 bytes at most.
const SMALLER_PARTS: usize = 4096;

/// Prepares the update that sets a signature.
///
/// # Errors
/// `pdf-unreadable`, `pdf-encrypted`; `pdf-signing-forbidden` where an earlier signature permits none,
/// `pdf-certified`, `pdf-signed-already`; `pdf-field-refused`, `placement-refused`.
pub fn prepare(source: &dyn Source, options: &Options<'_>) -> Result<Prepared, Error> {
    let document = Document::open(source)?;
    let update = Update::of(&document)?;
    if history::is_torn(&document, update.base())? {
        // What is appended behind it would make what is missing look as if it had never been there.
        return Err(history::torn(update.base()));
    }
    let fields = document.fields(update.base())?;
    let earlier = earlier(&document, update.base())?;
    let mut signing = Signing {
        document: &document,
        update,
        options,
    };
    let (field, name) = signing.field(fields)?;
    let forbids = |one: &&Signature| {
        let locks = one.locks.as_ref().is_some_and(|lock| lock.is_on(&name));
        one.certifies == Some(1) || locks
    };
    if let Some(one) = earlier.iter().find(forbids) {
        let field = one.field.clone().unwrap_or_default();
        return Err(Error::PdfSigningForbidden { field });
    }
    // Forms may be filled in, and signatures set; what is new on a page is neither (12.8.2.2).
    let certified = earlier.iter().find(|one| one.certifies.is_some());
    if let (Some(one), Target::New { place: Some(_), .. }) = (certified, options.target) {
        let field = one.field.clone().unwrap_or_default();
        return Err(Error::PdfCertified { field });
    }
    if options.certify.is_some() && !earlier.is_empty() {
        return Err(Error::PdfSignedAlready {});
    }
    let signature = signing.update.name();
    let references = match &field {
        Some(field) => {
            signing.obey(field)?;
            signing.fill(field, signature)?;
            signing.enter(None)?;
            signing.locks(field)?
        }
        None => {
            let field = signing.add_field(&name, signature)?;
            signing.enter(Some(field))?;
            Vec::new()
        }
    };
    if options.certify.is_some() {
        signing.certify(signature)?;
    }
    let dictionary = signing.dictionary(references);
    signing.update.set(signature, dictionary);
    let notices = signing.notices()?;
    let appended = signing.update.write()?;
    let start = appended.starts.get(&signature.number).copied();
    Prepared::lay_out(source, appended.bytes, start.unwrap_or(0), name, notices)
}

/// The signatures that are there, and the one that the catalog names as the certification, whoever has it.
fn earlier(document: &Document<'_>, revision: &Revision) -> Result<Vec<Signature>, Error> {
    let mut all = document.signatures(revision)?;
    let catalog = document.catalog(revision)?;
    let permissions = document.value(revision, &catalog, b"Perms")?;
    if let Some(permissions) = permissions.dictionary()
        && let Some(own) = permissions.get(b"DocMDP")
        && let Object::Dictionary(dictionary) = document.resolve(revision, own)?
    {
        all.push(document.signature(revision, own.reference(), &dictionary)?);
    }
    Ok(all)
}

impl Prepared {
    /// Says in `/ByteRange` where `/Contents` stands, and hashes all that does not.
    fn lay_out(
        source: &dyn Source,
        mut appended: Vec<u8>,
        signature: usize,
        field: String,
        notices: Vec<Notice>,
    ) -> Result<Self, Error> {
        let size = source.size();
        let own = appended.get(signature..).unwrap_or_default();
        let read = Lexer::new(own, signature as u64, true).indirect();
        let read = read.map(|read| read.object).unwrap_or(Object::Null);
        let place = |key: &[u8]| {
            let at = &read.dictionary()?.entry(key)?.at;
            Some(usize::try_from(at.start).ok()?..usize::try_from(at.end).ok()?)
        };
        let (Some(contents), Some(slot)) = (place(b"Contents"), place(b"ByteRange")) else {
            return Err(unwritten());
        };
        let (start, end) = (size + contents.start as u64, size + contents.end as u64);
        let rest = appended.len() - contents.end;
        let range = format!("[0 {start} {end} {rest}]");
        let width = slot.len();
        match appended.get_mut(slot) {
            Some(slot) if range.len() <= width => {
                slot.copy_from_slice(format!("{range:width$}").as_bytes());
            }
            _ => return Err(unwritten()),
        }
        let mut hasher = Hasher::default();
        let mut at = 0;
        let read = source::stream(source, 0..size, &mut |piece| {
            hasher.update(piece);
            at += piece.len() as u64;
            Ok(())
        });
        read.map_err(|_| unreadable(at, "can't be read from where it lies"))?;
        hasher.update(&appended[..contents.start]);
        hasher.update(&appended[contents.end..]);
        Ok(Self {
            digests: hasher.finish(),
            field,
            notices,
            size,
            appended,
            contents,
        })
    }

    /// `/ByteRange`: where the bytes begin that are covered, and how many they are, twice.
    #[must_use]
    pub fn byte_range(&self) -> [u64; 4] {
        let [start, end] = [self.contents.start, self.contents.end].map(|at| self.size + at as u64);
        let behind = self.appended.len() - self.contents.end;
        [0, start, end, behind as u64]
    }

    /// What a seal says that it belongs to, as GB/T 38540 wants it told: the bytes of the file, but for this.
    #[must_use]
    pub fn property_info(&self) -> String {
        format!("{:?}", self.byte_range())
    }

    /// Bytes for which there is room.
    #[must_use]
    pub fn room(&self) -> usize {
        self.contents.len() / 2 - 1
    }

    /// The signed document, with what was signed in `/Contents`.
    ///
    /// # Errors
    /// [`TooSmall`].
    pub fn finish(mut self, contents: &[u8]) -> Result<Vec<Piece>, TooSmall> {
        if contents.len() > self.room() {
            return Err(TooSmall {
                needed: contents.len(),
            });
        }
        let digits = self.contents.start + 1..self.contents.end - 1;
        let written = contents
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|digit| b"0123456789abcdef"[usize::from(digit)]);
        for (digit, written) in self.appended[digits].iter_mut().zip(written) {
            *digit = written;
        }
        Ok(vec![Piece::Copy(0..self.size), Piece::Bytes(self.appended)])
    }
}

/// What all steps know.
struct Signing<'d, 'a, 'o> {
    document: &'d Document<'a>,
    update: Update<'d, 'a>,
    options: &'o Options<'o>,
}

impl Signing<'_, '_, '_> {
    /// The empty field that is filled, if one is, and the name of whichever it will be.
    fn field(&self, fields: Vec<Field>) -> Result<(Option<Field>, String), Error> {
        let has = |name: &str| {
            fields.iter().any(|field| {
                let rest = field.name.strip_prefix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self.options.target {
            Target::New { name: None, .. } => {
                let mut names = (1_u32..).map(|number| format!("Signature{number}"));
                let free = names.find(|name| !has(name));
                Ok((None, free.unwrap_or_default()))
            }
            Target::New {
                name: Some(name), ..
            } => {
                let is_name = (1..=MAX_NAME).contains(&name.len())
                    && !name.contains(|c: char| c == '.' || c.is_control());
                if !is_name {
                    return Err(refused(name, "no name for a field"));
                }
                if has(name) {
                    return Err(refused(name, "there is one of this name"));
                }
                Ok((None, name.to_owned()))
            }
            Target::Empty { name } => {
                let field = fields.into_iter().find(|field| field.name == name);
                let field = field.ok_or_else(|| refused(name, "not in the document"))?;
                if field.kind != b"Sig" {
                    return Err(refused(name, "not for a signature"));
                }
                let value = field.value.as_ref().unwrap_or(&Object::Null);
                let value = self.document.resolve(self.update.base(), value)?;
                if value != Object::Null {
                    return Err(refused(name, "signed already"));
                }
                let flags = self.value(&field.dictionary, b"Ff")?.integer();
                if flags.unwrap_or(0) & READ_ONLY != 0 {
                    return Err(refused(name, "read-only"));
                }
                Ok((Some(field), name.to_owned()))
            }
        }
    }

    /// Refuses a field that asks for what this signature is not (`/SV`, table 237).
    fn obey(&self, field: &Field) -> Result<(), Error> {
        let seed = self.value(&field.dictionary, b"SV")?;
        let Some(seed) = seed.dictionary() else {
            return Ok(());
        };
        let flags = self.value(seed, b"Ff")?.integer().unwrap_or(0);
        let list = |key: &[u8]| -> Result<Vec<Object>, Error> {
            Ok(match self.value(seed, key)? {
                Object::Array(list) => list,
                Object::Null => Vec::new(),
                one => vec![one],
            })
        };
        let named = |list: &[Object], wanted: &str| {
            let bytes = |one: &Object| {
                one.name()
                    .or(one.string())
                    .is_some_and(|one| one == wanted.as_bytes())
            };
            list.iter().any(bytes)
        };
        let kind = self.options.kind;
        let digest = match kind {
            Kind::Cades | Kind::Pkcs7 => "SHA256",
            Kind::Seal | Kind::Sm2Cms => "SM3",
        };
        let reasons = list(b"Reasons")?;
        let has_reason = match self.options.reason {
            // A list of a point alone wants none (12.7.5.5).
            None => reasons.is_empty() || named(&reasons, "."),
            Some(reason) => reasons
                .iter()
                .filter_map(Object::string)
                .any(|one| text(one) == reason),
        };
        let version = self.value(seed, b"V")?.number().unwrap_or(0.0);
        // Each by its flag.
        let asked = [
            (1, named(&list(b"Filter")?, kind.filter()), "another filter"),
            (
                1 << 1,
                named(&list(b"SubFilter")?, kind.sub_filter()),
                "another kind of signature",
            ),
            (1 << 2, version <= 2.0, "a newer reader of what it asks for"),
            (1 << 3, has_reason, "another reason"),
            (
                1 << 4,
                self.options.certify.is_none(),
                "a legal attestation",
            ),
            (
                1 << 5,
                self.value(seed, b"AddRevInfo")? != Object::Boolean(true),
                "revocation lists inside",
            ),
            (
                1 << 6,
                named(&list(b"DigestMethod")?, digest),
                "another digest",
            ),
            // What is above is newer than all that is known here.
            (!0x7f, false, "what is not known here"),
        ];
        let wrong = asked
            .iter()
            .find(|(flag, is_met, _)| flags & flag != 0 && !is_met);
        if let Some((.., what)) = wrong {
            return Err(refused(&field.name, format!("it asks for {what}")));
        }
        let part = |key: &[u8], inner: &[u8]| -> Result<Option<i64>, Error> {
            let part = self.value(seed, key)?;
            Ok(match part.dictionary() {
                Some(part) => Some(self.value(part, inner)?.integer().unwrap_or(0)),
                None => None,
            })
        };
        let certify = self.options.certify.map_or(0, Permission::number);
        let asked = [
            (
                part(b"MDP", b"P")?.is_none_or(|asked| asked == i64::from(certify)),
                "another certification",
            ),
            (
                part(b"TimeStamp", b"Ff")?.is_none_or(|flags| flags & 1 == 0),
                "a time stamp",
            ),
            (
                part(b"Cert", b"Ff")?.is_none_or(|flags| flags == 0),
                "certain certificates",
            ),
        ];
        match asked.iter().find(|(is_met, _)| !is_met) {
            Some((_, what)) => Err(refused(&field.name, format!("it asks for {what}"))),
            None => Ok(()),
        }
    }

    /// Makes the signature the value of a field that is there.
    fn fill(&mut self, field: &Field, signature: Reference) -> Result<(), Error> {
        let direct = || refused(&field.name, "it has no object of its own");
        let own = field.reference.ok_or_else(direct)?;
        let mut dictionary = field.dictionary.clone();
        dictionary.set(b"V", signature.into());
        self.update.set(own, Object::Dictionary(dictionary));
        let widget = match field.widgets[..] {
            [] => return Ok(()),
            [widget] => widget,
            _ => return Err(refused(&field.name, "it stands in several places")),
        };
        let Object::Dictionary(mut shown) = self.update.object(widget)? else {
            return Err(direct());
        };
        let rectangle = self
            .document
            .rectangle(self.update.base(), &shown, b"Rect")?;
        let rectangle = rectangle.filter(|[left, bottom, right, top]| right > left && top > bottom);
        match rectangle {
            None if self.options.picture.is_some() => {
                return Err(refused(&field.name, "it is invisible"));
            }
            None => {}
            Some(rectangle) => {
                let rotation = self.rotation(widget, &shown)?;
                let picture = self.options.picture;
                let form = appearance::add(&mut self.update, picture, rectangle, rotation);
                shown.set(b"AP", appearances(form));
                self.update.set(widget, Object::Dictionary(shown));
            }
        }
        Ok(())
    }

    /// How the page of a widget is turned.
    fn rotation(&self, widget: Reference, shown: &Dictionary) -> Result<u16, Error> {
        let base = self.update.base();
        let own = shown.get(b"P").and_then(Object::reference);
        let pages = match own {
            Some(page) => vec![page],
            None => self.document.pages(base)?,
        };
        for reference in pages {
            let page = self.document.page(base, reference)?;
            let annotations = self.value(&page.dictionary, b"Annots")?;
            let annotations = annotations.array().unwrap_or_default();
            if own.is_some() || annotations.contains(&widget.into()) {
                return Ok(page.rotation);
            }
        }
        Ok(0)
    }

    /// A new field, which is its own widget.
    fn add_field(&mut self, partial: &str, signature: Reference) -> Result<Reference, Error> {
        let place = match self.options.target {
            Target::New { place, .. } => place,
            Target::Empty { .. } => None,
        };
        let pages = self.document.pages(self.update.base())?;
        let number = place.map_or(1, |place| place.page);
        let reference = usize::try_from(number)
            .ok()
            .and_then(|number| pages.get(number.checked_sub(1)?))
            .copied()
            .ok_or_else(|| Error::PlacementRefused {
                reason: format!("page {number} of {}", pages.len()),
            })?;
        let page = self.document.page(self.update.base(), reference)?;
        let mut field = Dictionary::default();
        field.set(b"Type", name("Annot"));
        field.set(b"Subtype", name("Widget"));
        field.set(b"FT", name("Sig"));
        field.set(b"T", text_string(partial));
        field.set(b"V", signature.into());
        field.set(b"F", Object::Integer(PRINT | LOCKED));
        field.set(b"P", reference.into());
        match place {
            None => field.set(b"Rect", numbers(&[0.0; 4])),
            Some(place) => {
                let rectangle = place.rectangle(&page)?;
                let (picture, turned) = (self.options.picture, page.rotation);
                let form = appearance::add(&mut self.update, picture, rectangle, turned);
                field.set(b"Rect", numbers(&rectangle));
                field.set(b"AP", appearances(form));
            }
        }
        let field = self.update.add(Object::Dictionary(field));
        let mut page = page.dictionary;
        self.append(&mut page, b"Annots", field)?;
        if page.get(b"Annots").and_then(Object::reference).is_none() {
            self.update.set(reference, Object::Dictionary(page));
        }
        Ok(field)
    }

    /// Appends to an array of a dictionary: in the array's own object, if it has one.
    fn append(
        &mut self,
        holder: &mut Dictionary,
        key: &[u8],
        entry: Reference,
    ) -> Result<(), Error> {
        let value = self.value(holder, key)?;
        let mut list = match &value {
            Object::Array(list) => list.clone(),
            Object::Null => Vec::new(),
            // Something that would be lost.
            _ => return Err(self.malformed("fields or annotations are no list")),
        };
        list.push(entry.into());
        match holder.get(key).and_then(Object::reference) {
            Some(own) if value != Object::Null => self.update.set(own, Object::Array(list)),
            _ => holder.set(key, Object::Array(list)),
        }
        Ok(())
    }

    /// Says in the form that there are signatures (`/SigFlags`, table 225), and enters a new field.
    fn enter(&mut self, field: Option<Reference>) -> Result<(), Error> {
        let root = self.update.base().root()?;
        let catalog = self.update.object(root)?;
        let mut catalog = catalog.dictionary().cloned().unwrap_or_default();
        let own = catalog.get(b"AcroForm").and_then(Object::reference);
        let known = self.value(&catalog, b"AcroForm")?;
        let known = known.dictionary();
        let mut form = known.cloned().unwrap_or_default();
        let flags = self.value(&form, b"SigFlags")?.integer().unwrap_or(0);
        if flags & SIGNED != SIGNED {
            form.set(b"SigFlags", Object::Integer(flags | SIGNED));
        }
        if let Some(field) = field {
            self.append(&mut form, b"Fields", field)?;
        }
        if known == Some(&form) {
            return Ok(());
        }
        let form = Object::Dictionary(form);
        match (own, known) {
            (Some(own), Some(_)) => self.update.set(own, form),
            (_, known) => {
                let form = match known {
                    Some(_) => form,
                    None => self.update.add(form).into(),
                };
                catalog.set(b"AcroForm", form);
                self.update.set(root, Object::Dictionary(catalog));
            }
        }
        Ok(())
    }

    /// Names the certification in the catalog (`/Perms`, table 263).
    fn certify(&mut self, signature: Reference) -> Result<(), Error> {
        let root = self.update.base().root()?;
        let catalog = self.update.object(root)?;
        let mut catalog = catalog.dictionary().cloned().unwrap_or_default();
        let known = self.value(&catalog, b"Perms")?;
        let mut permissions = known.dictionary().cloned().unwrap_or_default();
        permissions.set(b"DocMDP", signature.into());
        let permissions = Object::Dictionary(permissions);
        match catalog.get(b"Perms").and_then(Object::reference) {
            Some(own) if known != Object::Null => self.update.set(own, permissions),
            _ => {
                catalog.set(b"Perms", permissions);
                self.update.set(root, Object::Dictionary(catalog));
            }
        }
        Ok(())
    }

    /// What a field wants locked once it is signed (`/Lock`, table 236).
    fn locks(&self, field: &Field) -> Result<Vec<Object>, Error> {
        let wanted = self.value(&field.dictionary, b"Lock")?;
        let Some(wanted) = wanted.dictionary() else {
            return Ok(Vec::new());
        };
        let mut references = Vec::new();
        let lock = self.document.lock(self.update.base(), wanted)?;
        let mut locked = parameters();
        let action = match lock.action {
            LockAction::All => "All",
            LockAction::Include => "Include",
            LockAction::Exclude => "Exclude",
        };
        locked.set(b"Action", name(action));
        if lock.action != LockAction::All {
            let names = lock.fields.iter().map(|name| text_string(name));
            locked.set(b"Fields", Object::Array(names.collect()));
        }
        let root = self.update.base().root()?;
        references.push(transformation("FieldMDP", locked, Some(root)));
        let permission = self.value(wanted, b"P")?.integer();
        if let (Some(permission), None) = (permission, self.options.certify) {
            references.push(certification(permission));
        }
        Ok(references)
    }

    /// The signature's dictionary (table 255), with room for what has to wait.
    fn dictionary(&self, mut references: Vec<Object>) -> Object {
        let options = self.options;
        let mut dictionary = Dictionary::default();
        dictionary.set(b"Type", name("Sig"));
        dictionary.set(b"Filter", name(options.kind.filter()));
        dictionary.set(b"SubFilter", name(options.kind.sub_filter()));
        if let Some(time) = options.time {
            dictionary.set(b"M", Object::String(date(time).into_bytes()));
        }
        for (key, value) in [
            (&b"Name"[..], options.name),
            (b"Reason", options.reason),
            (b"Location", options.location),
        ] {
            if let Some(value) = value {
                dictionary.set(key, text_string(value));
            }
        }
        let certified = options.certify.map(|permission| permission.number().into());
        references.extend(certified.map(certification));
        if !references.is_empty() {
            dictionary.set(b"Reference", Object::Array(references));
        }
        let widest = Object::Integer(9_999_999_999);
        let range = [Object::Integer(0), widest.clone(), widest.clone(), widest];
        dictionary.set(b"ByteRange", Object::Array(range.to_vec()));
        let room = options.room.clamp(1, MAX_ROOM);
        dictionary.set(b"Contents", Object::String(vec![0; room]));
        Object::Dictionary(dictionary)
    }

    fn notices(&self) -> Result<Vec<Notice>, Error> {
        let form = self.document.form(self.update.base())?.unwrap_or_default();
        let mut notices = Vec::new();
        if form.get(b"XFA").is_some() {
            notices.push(Notice::Xfa);
        }
        if self.value(&form, b"NeedAppearances")? == Object::Boolean(true) {
            notices.push(Notice::NeedAppearances);
        }
        Ok(notices)
    }

    fn malformed(&self, reason: &str) -> Error {
        unreadable(self.update.base().startxref, reason)
    }

    /// The value of a key as it is by now, resolved; null where there is none.
    fn value(&self, dictionary: &Dictionary, key: &[u8]) -> Result<Object, Error> {
        match dictionary.get(key) {
            Some(Object::Reference(reference)) => self.update.object(*reference),
            value => Ok(value.cloned().unwrap_or(Object::Null)),
        }
    }
}

/// A signature's reference (table 256).
fn transformation(method: &str, parameters: Dictionary, data: Option<Reference>) -> Object {
    let mut reference = Dictionary::default();
    reference.set(b"Type", name("SigRef"));
    reference.set(b"TransformMethod", name(method));
    reference.set(b"TransformParams", Object::Dictionary(parameters));
    if let Some(data) = data {
        reference.set(b"Data", data.into());
    }
    Object::Dictionary(reference)
}

fn certification(permission: i64) -> Object {
    let mut parameters = parameters();
    parameters.set(b"P", Object::Integer(permission));
    transformation("DocMDP", parameters, None)
}

fn parameters() -> Dictionary {
    let mut parameters = Dictionary::default();
    parameters.set(b"Type", name("TransformParams"));
    parameters.set(b"V", name("1.2"));
    parameters
}

fn appearances(form: Reference) -> Object {
    let mut all = Dictionary::default();
    all.set(b"N", form.into());
    Object::Dictionary(all)
}

/// A text string (7.9.2.2): ASCII as it is, else UTF-16.
fn text_string(text: &str) -> Object {
    if text.chars().all(|c| (' '..='~').contains(&c)) {
        return Object::String(text.as_bytes().to_vec());
    }
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    Object::String([0xfe, 0xff].into_iter().chain(units).collect())
}

/// A date (7.9.4), in China's time.
fn date(time: UnixTime) -> String {
    let (year, month, day, hour, minute, second) = time.plus(8 * 3600).civil();
    format!("D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}+08'00'")
}

fn refused(field: &str, reason: impl Into<String>) -> Error {
    Error::PdfFieldRefused {
        field: field.to_owned(),
        reason: reason.into(),
    }
}

fn unwritten() -> Error {
    Error::Internal {
        detail: "a signature's dictionary".into(),
    }
}

/// Flags of a field (table 227), an annotation (table 167) and a form (table 225: signatures are there, and the file is
/// only appended to).
const READ_ONLY: i64 = 1;
const PRINT: i64 = 1 << 2;
const LOCKED: i64 = 1 << 7;
const SIGNED: i64 = 3;

/// Bytes of a new field's name.
const MAX_NAME: usize = 127;

/// Bytes of `/Contents`: what a reader here takes for one object, in hex.
const MAX_ROOM: usize = 2_000_000;

#[cfg(test)]
mod tests;

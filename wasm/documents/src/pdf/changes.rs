//! What an update changes, from one revision to the next: every object that it writes anew is either one of a few kinds of
//! change that a signature can bear, or told as what it is.
//!
//! An update may write any number anew. So it is not asked whether a change looks like an attack, but whether all of it is
//! explained: an object that differs and that no rule here explains, at every place that refers to it, is a change of the
//! document.

use super::document::{Document, Revision};
use super::form::Field;
use super::history::History;
use super::object::{Dictionary, Object, Reference, Stream};
use super::uses::{Use, Uses};
use super::xref::Place;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use yinxin_proto::Error;

/// A change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The revision that made it: an index in [`History::revisions`].
    pub revision: usize,
    /// What kind of change it is.
    pub class: Class,
    /// Where, from the catalog, the trailer or a page on: `pages[0]/Contents`, `catalog/AcroForm`.
    pub path: String,
    /// The page that it is on, from 0 on, where it is on one.
    pub page: Option<usize>,
}

/// Kinds of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// A signature in a field, new or empty before.
    Signature {
        /// The field's full name.
        field: String,
        /// Whether it shows.
        is_visible: bool,
    },
    /// A new signature field, empty, that does not show.
    EmptyField {
        /// Its full name.
        field: String,
    },
    /// Certificates and revocation data of the signers (DSS, PAdES).
    ValidationData,
    /// What is said about the document: XMP and Info.
    Metadata,
    /// A form field's value, with what shows it.
    Form {
        /// Its full name.
        field: String,
    },
    /// An annotation that is no field.
    Annotation,
    /// Anything else: what is seen may be another.
    Other,
}

/// What changed since the first signed revision.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// All changes, in the order of the revisions.
    pub all: Vec<Change>,
    /// Signature dictionaries of the newest revision, in fields or not.
    pub dictionaries: Vec<Reference>,
    /// Objects of the signed revision that readers may take for one thing or another, by number: a key stands in them
    /// twice, or a section lists them twice.
    pub ambiguous: Vec<u32>,
    /// Pages of the signed revision that stand in no page tree, by number: an update could bring them forth.
    pub loose_pages: Vec<u32>,
}

impl Changes {
    /// Of a document's history.
    ///
    /// # Errors
    /// `pdf-unreadable`.
    pub fn of(document: &Document<'_>, history: &History) -> Result<Self, Error> {
        let Some(first) = history.revisions.first() else {
            return Ok(Self::default());
        };
        let updates = &history.revisions[1..];
        let mut asked = HashSet::new();
        for update in updates {
            asked.extend(update.sections[0].numbers());
        }
        let mut uses = Uses::find(document, first, asked)?;
        let tree: HashSet<u32> = document
            .pages(first)?
            .iter()
            .map(|page| page.number)
            .collect();
        let is_loose = |page: &&u32| !tree.contains(*page);
        let mut changes = Self {
            loose_pages: uses.pages.iter().filter(is_loose).copied().collect(),
            ambiguous: std::mem::take(&mut uses.ambiguous),
            ..Self::default()
        };
        for (index, new) in updates.iter().enumerate() {
            let old = &history.revisions[index];
            let mut step = Step::new(document, old, new, index + 1, &uses)?;
            step.judge()?;
            let (told, written) = (step.told, step.changed);
            changes.all.extend(told);
            for (number, (_, object)) in written {
                uses.add(number, &object);
            }
            for number in new.sections[0].numbers() {
                if old.place(number) == Place::Free
                    && let Ok(object) = document.object_at(new, number, new.place(number))
                {
                    uses.add(number, &object);
                }
            }
        }
        changes.dictionaries = uses.signatures;
        changes.dictionaries.sort_unstable();
        changes.dictionaries.dedup();
        Ok(changes)
    }
}

/// From one revision to the next.
struct Step<'a> {
    document: &'a Document<'a>,
    old: &'a Revision,
    new: &'a Revision,
    index: usize,
    uses: &'a Uses,
    /// Objects that were there and differ now, as they were and as they are.
    changed: BTreeMap<u32, (Object, Object)>,
    /// Numbers that were free, and to which something referred.
    awaited: BTreeSet<u32>,
    claimed: BTreeSet<u32>,
    pages: Vec<Reference>,
    old_fields: HashMap<Reference, Field>,
    new_fields: Vec<Field>,
    /// Annotations of signature fields.
    signatures: HashSet<Reference>,
    /// Those that were put on a page in this step.
    placed: HashSet<Reference>,
    told: Vec<Change>,
}

impl<'a> Step<'a> {
    fn new(
        document: &'a Document<'a>,
        old: &'a Revision,
        new: &'a Revision,
        index: usize,
        uses: &'a Uses,
    ) -> Result<Self, Error> {
        let new_fields = document.fields(new)?;
        let of_signatures = new_fields.iter().filter(|field| field.kind == b"Sig");
        let mut step = Self {
            document,
            old,
            new,
            index,
            uses,
            changed: BTreeMap::new(),
            awaited: BTreeSet::new(),
            claimed: BTreeSet::new(),
            pages: document.pages(new)?,
            old_fields: document
                .fields(old)?
                .into_iter()
                .filter_map(|field| Some((field.reference?, field)))
                .collect(),
            signatures: of_signatures
                .flat_map(|field| field.widgets.iter().copied())
                .collect(),
            new_fields,
            placed: HashSet::new(),
            told: Vec::new(),
        };
        step.compare()?;
        Ok(step)
    }

    /// Finds the objects that differ.
    fn compare(&mut self) -> Result<(), Error> {
        let mut weight = 0;
        for number in self.new.sections[0].numbers() {
            let (before, after) = (self.old.place(number), self.new.place(number));
            if before == Place::Free {
                if after != Place::Free && !self.uses.of(number).is_empty() {
                    self.awaited.insert(number);
                }
                let made = self.document.object_at(self.new, number, after);
                if made.is_ok_and(|made| made.is_ambiguous() || self.is_root(number, &made)) {
                    self.tell(Class::Other, format!("object {number}"), None);
                }
                continue;
            }
            // What the older revision can't read may be anything; it was nothing to its readers.
            let was = self.document.object_at(self.old, number, before);
            let was = was.unwrap_or(Object::Null);
            let Ok(is) = self.document.object_at(self.new, number, after) else {
                self.tell(Class::Other, format!("object {number}"), None);
                continue;
            };
            // A reference names the generation too.
            let generation = |place| match place {
                Place::At { generation, .. } => generation,
                _ => 0,
            };
            if generation(before) == generation(after) && self.is_same(&was, &is)? {
                continue;
            }
            if is.is_ambiguous() {
                self.tell(Class::Other, format!("object {number}"), None);
            }
            weight += weigh(&was) + weigh(&is);
            if weight > MAX_WEIGHT {
                self.tell(Class::Other, format!("object {number}"), None);
                return Ok(());
            }
            self.changed.insert(number, (was, is));
        }
        Ok(())
    }

    /// Whether two objects say the same, streams with their bytes.
    fn is_same(&self, was: &Object, is: &Object) -> Result<bool, Error> {
        let (Object::Stream(was), Object::Stream(is)) = (was, is) else {
            return Ok(was == is);
        };
        if was.dictionary != is.dictionary {
            return Ok(false);
        }
        let size = |revision, stream: &Stream| {
            let end = self.document.stream_end(revision, stream).ok()?;
            Some(end - stream.data)
        };
        let (Some(old), Some(new)) = (size(self.old, was), size(self.new, is)) else {
            return Ok(false);
        };
        if old != new {
            return Ok(false);
        }
        let reader = self.document.reader();
        let mut at = 0;
        while at < old {
            let part = usize::try_from(old - at).map_or(CHUNK, |size| size.min(CHUNK));
            if reader.bytes(was.data + at, part)? != reader.bytes(is.data + at, part)? {
                return Ok(false);
            }
            at += part as u64;
        }
        Ok(true)
    }

    /// Whether it is something with which programs begin that look through a damaged file: a catalog, or a list of objects
    /// that is not the update's own.
    fn is_root(&self, number: u32, object: &Object) -> bool {
        let own = object.dictionary();
        match own.and_then(|own| own.get(b"Type")).and_then(Object::name) {
            Some(b"Catalog") => true,
            Some(b"XRef") => {
                let section = &self.new.sections[0];
                let mut own = std::iter::once(&**section).chain(section.beside.as_deref());
                !own.any(|own| own.stream.is_some_and(|own| own.number == number))
            }
            _ => false,
        }
    }

    fn tell(&mut self, class: Class, path: impl Into<String>, page: Option<usize>) {
        if self.told.len() > MAX_TOLD {
            return;
        }
        // What is left out may be anything.
        let is_last = self.told.len() == MAX_TOLD;
        self.told.push(Change {
            revision: self.index,
            class: if is_last { Class::Other } else { class },
            path: path.into(),
            page,
        });
    }

    fn judge(&mut self) -> Result<(), Error> {
        self.trailer();
        self.catalog()?;
        self.fields()?;
        self.page_objects()?;
        self.by_role()?;
        self.rest()
    }

    /// The trailer may name another Info dictionary and say how the section is written.
    fn trailer(&mut self) {
        let (old, new) = (self.old.trailer().clone(), self.new.trailer().clone());
        for key in differing(&old, &new) {
            let is_free = [
                &b"Size"[..],
                b"Prev",
                b"XRefStm",
                b"ID",
                b"Type",
                b"Index",
                b"W",
                b"Length",
                b"Filter",
                b"DecodeParms",
            ];
            // What has a higher number counts as missing (7.5.5).
            let size = |trailer: &Dictionary| trailer.get(b"Size").and_then(Object::integer);
            let is_smaller = key == b"Size" && size(&new) < size(&old);
            if key == b"Info" {
                self.tell(Class::Metadata, "trailer/Info", None);
            } else if is_smaller || !is_free.contains(&&key[..]) {
                self.tell(Class::Other, format!("trailer/{}", name(&key)), None);
            }
        }
    }

    fn catalog(&mut self) -> Result<(), Error> {
        let root = self.new.root()?.number;
        let (old, new) = (
            self.document.catalog(self.old)?,
            self.document.catalog(self.new)?,
        );
        if self.old.root()? != self.new.root()? {
            return Ok(());
        }
        for key in differing(&old, &new) {
            let path = format!("catalog/{}", name(&key));
            match &key[..] {
                b"AcroForm" => {}
                b"DSS" if new.get(b"DSS").is_some() => self.tell(Class::ValidationData, path, None),
                b"Metadata" | b"Version" | b"Extensions" => self.tell(Class::Metadata, path, None),
                _ => self.tell(Class::Other, path, None),
            }
        }
        // A catalog that is also something else, such as a list of pictures, may show what it names.
        let is_of_catalog = |one: &Use| {
            (one.by == 0 && one.key == b"Root") || (one.under == b"Reference" && one.key == b"Data")
        };
        if !self.changed.contains_key(&root) || self.uses.are_all(root, is_of_catalog) {
            self.claimed.insert(root);
        }
        self.form(&old, &new)
    }

    /// The form may get fields at its end; what they are is judged field by field.
    fn form(&mut self, old: &Dictionary, new: &Dictionary) -> Result<(), Error> {
        let was = self.document.value(self.old, old, b"AcroForm")?;
        let is = self.document.value(self.new, new, b"AcroForm")?;
        let had_form = was.dictionary().is_some();
        let was = was.dictionary().cloned().unwrap_or_default();
        let is = is.dictionary().cloned().unwrap_or_default();
        let mut is_explained = true;
        for key in differing(&was, &is) {
            let (before, after) = (was.get(&key), is.get(&key));
            let is_free = match &key[..] {
                b"Fields" | b"SigFlags" => true,
                b"DR" | b"DA" if !had_form => true,
                b"DR" => extends(before, after),
                _ => false,
            };
            if !is_free {
                is_explained = false;
                self.tell(
                    Class::Other,
                    format!("catalog/AcroForm/{}", name(&key)),
                    None,
                );
            }
        }
        let before = self.document.value(self.old, &was, b"Fields")?;
        let after = self.document.value(self.new, &is, b"Fields")?;
        if added(
            before.array().unwrap_or_default(),
            after.array().unwrap_or_default(),
        )
        .is_none()
        {
            is_explained = false;
            self.tell(Class::Other, "catalog/AcroForm/Fields", None);
        }
        if is_explained {
            if let Some(Object::Reference(form)) = old.get(b"AcroForm")
                && self.uses.are_all(form.number, |one| one.key == b"AcroForm")
            {
                self.claimed.insert(form.number);
            }
            if let Some(Object::Reference(list)) = was.get(b"Fields")
                && self.uses.are_all(list.number, |one| one.key == b"Fields")
            {
                self.claimed.insert(list.number);
            }
        }
        Ok(())
    }

    /// New fields, and old ones that say something else.
    fn fields(&mut self) -> Result<(), Error> {
        let fields = self.new_fields.clone();
        let mut names: HashMap<&str, usize> = HashMap::new();
        for field in &fields {
            *names.entry(&field.name).or_default() += 1;
        }
        for field in &fields {
            let was = field.reference.as_ref();
            match was
                .and_then(|reference| self.old_fields.get(reference))
                .cloned()
            {
                Some(old) => self.changed_field(&old, field)?,
                // Two fields of one name are one to a reader.
                None => self.new_field(field, names[&*field.name] == 1)?,
            }
        }
        Ok(())
    }

    fn new_field(&mut self, field: &Field, is_only: bool) -> Result<(), Error> {
        let path = format!("fields/{}", field.name);
        let stamps = self.document.stamps(self.new, field, &self.pages)?;
        let page = stamps.first().and_then(|stamp| stamp.page);
        let Some(reference) = field.reference else {
            self.tell(Class::Other, path, page);
            return Ok(());
        };
        let mut own = vec![field.dictionary.clone()];
        for widget in field.widgets.iter().filter(|widget| **widget != reference) {
            if self.old.place(widget.number) != Place::Free {
                self.tell(Class::Other, path, page);
                return Ok(());
            }
            let widget = self.document.object(self.new, *widget)?;
            own.extend(widget.dictionary().cloned());
        }
        let is_new = self.old.place(reference.number) == Place::Free;
        let is_plain = own.iter().all(|own| {
            let keys = own.entries().iter().map(|entry| &entry.key[..]);
            own.duplicate().is_none() && keys.into_iter().all(|key| OF_NEW_FIELDS.contains(&key))
        });
        if field.kind != b"Sig" || !is_new || !is_plain || !is_only {
            self.tell(Class::Other, path, page);
            return Ok(());
        }
        let field = field.clone();
        self.claimed.insert(reference.number);
        match (field.value, stamps.is_empty()) {
            (Some(_), is_hidden) => {
                let class = Class::Signature {
                    field: field.name,
                    is_visible: !is_hidden,
                };
                self.tell(class, path, page);
            }
            (None, true) => self.tell(Class::EmptyField { field: field.name }, path, None),
            (None, false) => self.tell(Class::Other, path, page),
        }
        Ok(())
    }

    fn changed_field(&mut self, old: &Field, new: &Field) -> Result<(), Error> {
        let mut written: Vec<u32> = Vec::new();
        let mut keys: BTreeSet<Vec<u8>> = BTreeSet::new();
        for widget in old.reference.iter().chain(&old.widgets) {
            if let Some((was, is)) = self.changed.get(&widget.number)
                && !written.contains(&widget.number)
            {
                let (Some(was), Some(is)) = (was.dictionary(), is.dictionary()) else {
                    keys.insert(b"Type".to_vec());
                    continue;
                };
                keys.extend(differing(was, is));
                written.push(widget.number);
            }
        }
        if keys.is_empty() && old.value == new.value && old.widgets == new.widgets {
            return Ok(());
        }
        let path = format!("fields/{}", new.name);
        let stamps = self.document.stamps(self.new, new, &self.pages)?;
        let page = stamps.first().and_then(|stamp| stamp.page);
        let are_all = |allowed: &[&[u8]]| keys.iter().all(|key| allowed.contains(&&key[..]));
        // What is also used as something else, such as a list of pictures, may show what it names.
        let is_of_form = |one: &Use| OF_FORM.contains(&&one.key[..]);
        let is_same_field = old.name == new.name
            && old.kind == new.kind
            && old.widgets == new.widgets
            && written
                .iter()
                .all(|number| self.uses.are_all(*number, is_of_form));
        let class = match (&new.kind[..], &old.value) {
            _ if !is_same_field => Class::Other,
            (b"Sig", None) if new.value.is_some() && are_all(OF_SIGNING) => Class::Signature {
                field: new.name.clone(),
                is_visible: !stamps.is_empty(),
            },
            (b"Sig", _) => Class::Other,
            (b"Tx" | b"Btn" | b"Ch", _) if are_all(OF_FILLING) => Class::Form {
                field: new.name.clone(),
            },
            _ => Class::Other,
        };
        self.claimed.extend(written);
        self.tell(class, path, page);
        Ok(())
    }

    /// Pages of which only the annotations differ, and lists of annotations.
    fn page_objects(&mut self) -> Result<(), Error> {
        let numbers: Vec<u32> = self.changed.keys().copied().collect();
        for number in numbers {
            let Some((was, is)) = self.changed.get(&number).cloned() else {
                continue;
            };
            match (was, is) {
                (Object::Dictionary(was), Object::Dictionary(is)) => {
                    let is_page = was.get(b"Type").and_then(Object::name) == Some(b"Page");
                    let keys = differing(&was, &is);
                    if !is_page || keys.iter().any(|key| key != b"Annots") {
                        continue;
                    }
                    let page = self.pages.iter().position(|page| page.number == number);
                    let before = self.document.value(self.old, &was, b"Annots")?;
                    let after = self.document.value(self.new, &is, b"Annots")?;
                    self.annotations(&before, &after, page)?;
                    self.claimed.insert(number);
                }
                (before @ Object::Array(_), after @ Object::Array(_))
                    if self.uses.are_all(number, |one| one.key == b"Annots") =>
                {
                    let by = self.uses.of(number).first().map_or(0, |one| one.by);
                    let page = self.pages.iter().position(|page| page.number == by);
                    self.annotations(&before, &after, page)?;
                    self.claimed.insert(number);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn annotations(
        &mut self,
        before: &Object,
        after: &Object,
        page: Option<usize>,
    ) -> Result<(), Error> {
        let path = page.map_or("Annots".into(), |page| format!("pages[{page}]/Annots"));
        // Anything else is no list of annotations, and may be there for another purpose.
        if !matches!(after, Object::Array(_) | Object::Null) {
            self.tell(Class::Other, path, page);
            return Ok(());
        }
        let (before, after) = (
            before.array().unwrap_or_default(),
            after.array().unwrap_or_default(),
        );
        let Some(added) = added(before, after) else {
            self.tell(Class::Other, path, page);
            return Ok(());
        };
        for annotation in added {
            let reference = annotation.reference();
            if let Some(widget) = reference.filter(|one| self.signatures.contains(one)) {
                // One that shows is on one page, since it was made: elsewhere it would seal what nobody sealed.
                let is_new = self.old.place(widget.number) == Place::Free;
                if !(self.placed.insert(widget) && is_new)
                    && self.document.stamp(self.new, widget, &[])?.is_some()
                {
                    self.tell(Class::Other, path.clone(), page);
                }
                continue;
            }
            let own = self.document.resolve(self.new, annotation)?;
            let is_field = own
                .dictionary()
                .is_none_or(|own| own.get(b"Subtype").and_then(Object::name) == Some(b"Widget"));
            let is_new = reference.is_none_or(|one| self.old.place(one.number) == Place::Free);
            let class = if is_field || !is_new {
                Class::Other
            } else {
                Class::Annotation
            };
            self.tell(class, path.clone(), page);
        }
        Ok(())
    }

    /// What is explained by who refers to it: appearances of fields and annotations, annotations themselves, metadata,
    /// validation data; and what nobody refers to.
    fn by_role(&mut self) -> Result<(), Error> {
        let root = self.new.root()?.number;
        let validation = self.validation_data()?;
        let mut widgets: HashMap<u32, String> = HashMap::new();
        let fields = self.old_fields.values();
        for field in fields.filter(|field| field.kind != b"Sig") {
            for widget in &field.widgets {
                widgets.insert(widget.number, field.name.clone());
            }
        }
        let mut appearances: HashMap<u32, Class> = HashMap::new();
        // What is explained may explain what it refers to.
        let mut open: VecDeque<u32> = self.open().collect();
        let mut places = None;
        let mut under: HashMap<u32, Vec<u32>> = HashMap::new();
        for number in &open {
            for one in self.uses.of(*number) {
                under.entry(one.by).or_default().push(*number);
            }
        }
        while let Some(number) = open.pop_front() {
            if self.claimed.contains(&number) {
                continue;
            }
            let Some((class, path)) = self.role(number, root, &validation, &widgets, &appearances)
            else {
                continue;
            };
            self.claimed.insert(number);
            if let Some(class) = class {
                open.extend(under.remove(&number).unwrap_or_default());
                appearances.insert(number, class.clone());
                let is_told = self.told.iter().any(|told| told.class == class);
                let mut told = (path, None);
                if class == Class::Annotation {
                    let places = match &mut places {
                        Some(places) => places,
                        none => none.insert(self.places(&self.changed.keys().copied().collect())?),
                    };
                    told = places.remove(&number).unwrap_or(told);
                }
                if !is_told || !matches!(class, Class::Form { .. }) {
                    self.tell(class, told.0, told.1);
                }
            }
        }
        Ok(())
    }

    /// Why a changed object is explained, if it is; and what there is to tell of it.
    fn role(
        &self,
        number: u32,
        root: u32,
        validation: &HashSet<u32>,
        widgets: &HashMap<u32, String>,
        appearances: &HashMap<u32, Class>,
    ) -> Option<(Option<Class>, String)> {
        let nothing = (Object::Null, Object::Null);
        let (was, is) = self.changed.get(&number).unwrap_or(&nothing);
        let all = |is_such: &dyn Fn(&Use) -> bool| self.uses.are_all(number, is_such);
        let kind = |object: &Object| -> Vec<u8> {
            let dictionary = object.dictionary();
            let kind = dictionary
                .and_then(|own| own.get(b"Type"))
                .and_then(Object::name);
            kind.unwrap_or_default().to_vec()
        };
        if self.uses.of(number).is_empty() {
            // Of an object stream all that it holds would be another.
            let is_holder = kind(was) == b"ObjStm";
            let is_free = !is_holder && !self.is_root(number, is);
            return is_free.then(|| (None, String::new()));
        }
        if all(&|one| one.by == root && one.under == b"Metadata") {
            return Some((Some(Class::Metadata), "catalog/Metadata".into()));
        }
        if all(&|one| one.by == 0 && one.under == b"Info") {
            return Some((Some(Class::Metadata), "trailer/Info".into()));
        }
        let of_validation =
            |one: &Use| validation.contains(&one.by) || (one.by == root && one.under == b"DSS");
        if validation.contains(&number) && all(&of_validation) {
            return Some((Some(Class::ValidationData), "catalog/DSS".into()));
        }
        // What shows a field of the form.
        let field = self.uses.of(number).first().and_then(|one| {
            let of_field = widgets.get(&one.by).map(|field| Class::Form {
                field: field.clone(),
            });
            of_field.or_else(|| appearances.get(&one.by).cloned())
        });
        let is_appearance = |one: &Use| {
            (widgets.contains_key(&one.by) && one.under == b"AP")
                || matches!(appearances.get(&one.by), Some(Class::Form { .. }))
        };
        if let Some(class @ Class::Form { .. }) = field
            && all(&is_appearance)
        {
            return Some((Some(class), "AP".into()));
        }
        // An annotation that is no field.
        let subtype = |object: &Object| {
            let own = object.dictionary()?;
            let subtype = own.get(b"Subtype").and_then(Object::name)?;
            (own.get(b"Rect").is_some() && subtype != b"Widget").then(|| subtype.to_vec())
        };
        let of_annotation = [&b"Annots"[..], b"Popup", b"IRT"];
        if subtype(was).is_some()
            && subtype(was) == subtype(is)
            && all(&|one| {
                of_annotation.contains(&&one.key[..])
                    || (one.key == b"Parent" && one.under == b"Parent")
            })
        {
            return Some((Some(Class::Annotation), format!("object {number}")));
        }
        let shows_annotation =
            |one: &Use| matches!(appearances.get(&one.by), Some(Class::Annotation));
        if all(&|one| shows_annotation(one) && one.under == b"AP") {
            return Some((Some(Class::Annotation), format!("object {number}")));
        }
        None
    }

    /// Numbers of the objects under `/DSS`, as they were.
    fn validation_data(&self) -> Result<HashSet<u32>, Error> {
        let mut seen = HashSet::new();
        let catalog = self.document.catalog(self.old)?;
        let mut open: Vec<Object> = catalog.get(b"DSS").cloned().into_iter().collect();
        while let Some(object) = open.pop() {
            match object {
                Object::Reference(reference)
                    if seen.len() < MAX_VALIDATION && seen.insert(reference.number) =>
                {
                    open.push(self.document.object(self.old, reference)?);
                }
                Object::Array(objects) => open.extend(objects),
                Object::Dictionary(own) => {
                    open.extend(own.entries().iter().map(|entry| entry.value.clone()));
                }
                _ => {}
            }
        }
        Ok(seen)
    }

    /// Numbers that nothing has explained yet.
    fn open(&self) -> impl Iterator<Item = u32> {
        let all = self.changed.keys().chain(&self.awaited);
        all.filter(|number| !self.claimed.contains(number)).copied()
    }

    /// What nothing explains is a change, told by its place.
    fn rest(&mut self) -> Result<(), Error> {
        let open: BTreeSet<u32> = self.open().collect();
        if open.is_empty() {
            return Ok(());
        }
        let places = self.places(&open)?;
        for number in open {
            let (path, page) = places
                .get(&number)
                .cloned()
                .unwrap_or_else(|| (format!("object {number}"), None));
            self.tell(Class::Other, path, page);
        }
        Ok(())
    }

    /// Where objects stand, as seen from the pages, or else the catalog.
    fn places(
        &self,
        wanted: &BTreeSet<u32>,
    ) -> Result<HashMap<u32, (String, Option<usize>)>, Error> {
        let mut found = HashMap::new();
        let mut seen: HashSet<u32> = HashSet::new();
        let mut open: VecDeque<(u32, String, Option<usize>)> = VecDeque::new();
        let pages = self.document.pages(self.old)?;
        for (index, page) in pages.iter().enumerate() {
            seen.insert(page.number);
            open.push_back((page.number, format!("pages[{index}]"), Some(index)));
        }
        let root = self.old.root()?.number;
        seen.insert(root);
        open.push_back((root, "catalog".into(), None));
        let mut left = MAX_SEARCHED;
        while let Some((number, path, page)) = open.pop_front() {
            if wanted.contains(&number) {
                found.insert(number, (path.clone(), page));
            }
            left -= 1;
            if left == 0 || found.len() == wanted.len() {
                break;
            }
            let Ok(object) = self
                .document
                .object_at(self.old, number, self.old.place(number))
            else {
                continue;
            };
            let mut inner = vec![(&object, path)];
            while let Some((object, path)) = inner.pop() {
                match object {
                    Object::Reference(reference)
                        if path.len() <= MAX_PATH && seen.insert(reference.number) =>
                    {
                        open.push_back((reference.number, path, page));
                    }
                    Object::Array(objects) => {
                        let numbered = objects.iter().enumerate();
                        inner.extend(numbered.map(|(at, one)| (one, format!("{path}[{at}]"))));
                    }
                    Object::Dictionary(own)
                    | Object::Stream(Stream {
                        dictionary: own, ..
                    }) => {
                        let entries = own.entries().iter().filter(|entry| entry.key != b"Parent");
                        inner.extend(
                            entries.map(|entry| {
                                (&entry.value, format!("{path}/{}", name(&entry.key)))
                            }),
                        );
                    }
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}

/// The keys whose values differ, those of a key that stands twice too.
fn differing(old: &Dictionary, new: &Dictionary) -> Vec<Vec<u8>> {
    let all = |dictionary: &Dictionary, key: &[u8]| -> Vec<Object> {
        let entries = dictionary.entries().iter().filter(|entry| entry.key == key);
        entries.map(|entry| entry.value.clone()).collect()
    };
    let entries = old.entries().iter().chain(new.entries());
    let keys: BTreeSet<&[u8]> = entries.map(|entry| &entry.key[..]).collect();
    if keys.len() > MAX_KEYS {
        return keys.into_iter().map(<[u8]>::to_vec).collect();
    }
    keys.into_iter()
        .filter(|key| all(old, key) != all(new, key))
        .map(<[u8]>::to_vec)
        .collect()
}

/// What a list has more than before, if it has all of that, in the same order.
fn added<'a>(before: &[Object], after: &'a [Object]) -> Option<Vec<&'a Object>> {
    let mut left = before.iter().peekable();
    let mut added = Vec::new();
    for object in after {
        if left.next_if_eq(&object).is_none() {
            added.push(object);
        }
    }
    left.next().is_none().then_some(added)
}

/// Whether a dictionary has all that another has, at each depth.
fn extends(before: Option<&Object>, after: Option<&Object>) -> bool {
    match (before, after) {
        (None, _) => true,
        (Some(Object::Dictionary(before)), Some(Object::Dictionary(after))) => {
            before.entries().len() <= MAX_KEYS
                && after.duplicate().is_none()
                && before
                    .entries()
                    .iter()
                    .all(|entry| extends(Some(&entry.value), after.get(&entry.key)))
        }
        (before, after) => before == after,
    }
}

fn name(key: &[u8]) -> String {
    String::from_utf8_lossy(&key[..key.len().min(MAX_NAME)]).into_owned()
}

/// How many objects are in one.
fn weigh(object: &Object) -> usize {
    match object {
        Object::Array(objects) => 1 + objects.iter().map(weigh).sum::<usize>(),
        Object::Dictionary(own)
        | Object::Stream(Stream {
            dictionary: own, ..
        }) => {
            1 + own
                .entries()
                .iter()
                .map(|entry| 1 + weigh(&entry.value))
                .sum::<usize>()
        }
        _ => 1,
    }
}

/// Keys that a new signature field and its annotations may have: none of them does anything.
const OF_NEW_FIELDS: &[&[u8]] = &[
    b"Type",
    b"Subtype",
    b"FT",
    b"Ff",
    b"T",
    b"TU",
    b"TM",
    b"V",
    b"F",
    b"P",
    b"Rect",
    b"AP",
    b"AS",
    b"MK",
    b"Lock",
    b"SV",
    b"Kids",
    b"Parent",
    b"NM",
    b"M",
    b"BS",
    b"Border",
    b"DA",
    b"Q",
    b"H",
    b"StructParent",
];

/// Keys under which fields and their annotations are referred to as such: pages, the form and its tree, the structure, what
/// hides or resets fields.
const OF_FORM: &[&[u8]] = &[
    b"Annots", b"CO", b"Fields", b"Kids", b"Obj", b"Parent", b"T",
];

/// Keys that change when an empty signature field is signed.
const OF_SIGNING: &[&[u8]] = &[b"V", b"AP", b"M"];

/// Keys that change when a field of the form is filled in.
const OF_FILLING: &[&[u8]] = &[b"V", b"AP", b"AS", b"I", b"RV", b"M", b"MK"];

/// Changes of a revision that are told each; one more tells of all others.
const MAX_TOLD: usize = 1000;

/// Objects within all that changed.
const MAX_WEIGHT: usize = 300_000;

const MAX_KEYS: usize = 2000;

const MAX_VALIDATION: usize = 10_000;

const MAX_SEARCHED: usize = 20_000;

/// Bytes of a name in a place: the standard has no longer ones (annex C).
const MAX_NAME: usize = 127;

/// Bytes of a place.
const MAX_PATH: usize = 1000;

const CHUNK: usize = 1 << 16;

#[cfg(test)]
mod tests;

//! The documents of a package (GB/T 33190, 7.4 to 7.6): where their pages and everything else lie, and what each part is
//! to a reader.

use super::location::resolve;
use super::package::{Package, unreadable};
use super::xml::{Element, Xml};
use crate::Source;
use std::collections::{BTreeMap, BTreeSet};
use yinxin_proto::Error;
use yinxin_proto::limits::MAX_PLACEMENT_PAGE;

/// The part with which a package begins.
pub const ENTRY: &str = "/OFD.xml";

/// A document of a package; most packages have one.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Path of its Document.xml.
    pub path: String,
    /// Its pages, in their order.
    pub pages: Vec<Page>,
    /// Path of the list of its signatures, and whether that is there.
    pub signatures: Option<(String, bool)>,
    /// Which DocBody of OFD.xml names it, from 0. `None` for a former version.
    pub body: Option<usize>,
    /// The page's box where nothing else says another (`PhysicalBox`).
    area: Option<Rect>,
    /// Paths of its templates, by their identifiers.
    templates: BTreeMap<String, String>,
    /// Paths of what else its Document.xml names.
    named: Vec<(String, Role)>,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its identifier, which stamps name.
    pub id: String,
    /// Path of its content.
    pub path: String,
}

/// A rectangle in millimetres (ST_Box): from the top left, rightwards and down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    /// Four numbers, parted by blanks. `None` for others, and for none of a page's scale.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split_whitespace().map(|number| {
            let number: f64 = number.parse().ok()?;
            (number.abs() <= MAX_MM).then_some(number)
        });
        let mut next = || numbers.next().flatten();
        let rect = Self {
            x: next()?,
            y: next()?,
            width: next()?,
            height: next()?,
        };
        numbers.next().is_none().then_some(rect)
    }
}

/// What a part is to a reader. In the order of how much it matters that it is as it was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A page's content, with its number from 1.
    Page(u32),
    /// What lies on many pages.
    Template,
    /// Annotations, or their list.
    Annotation,
    /// A picture, or other medium; also resources in which graphics themselves stand.
    Picture,
    /// A Document.xml, or a version of one: which pages there are.
    Document,
    /// OFD.xml: which documents there are.
    Entry,
    /// Which fonts, pictures and colours there are; also what colours are (an ICC profile).
    Resource,
    /// A font.
    Font,
    /// An attached file, or their list.
    Attachment,
    /// What programs read: tags and extensions.
    Data,
    /// Of a signature, or their list.
    Signature,
    /// Named by nothing that is read here.
    Other,
}

impl Role {
    /// Whether what is seen would change with it.
    #[must_use]
    pub fn is_seen(self) -> bool {
        matches!(
            self,
            Self::Page(_) | Self::Template | Self::Annotation | Self::Picture | Self::Document
        )
    }

    /// Whether pages are drawn with it: the same text looks different with another font.
    #[must_use]
    pub fn is_drawn_with(self) -> bool {
        matches!(self, Self::Resource | Self::Font)
    }

    /// Where in the document it is, as findings say it.
    #[must_use]
    pub fn place(self) -> String {
        match self {
            Self::Page(number) => format!("pages[{}]", number.saturating_sub(1)),
            role => role.name().into(),
        }
    }

    /// Its name for JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Page(_) => "page",
            Self::Template => "template",
            Self::Annotation => "annotation",
            Self::Picture => "picture",
            Self::Document => "document",
            Self::Entry => "entry",
            Self::Resource => "resource",
            Self::Font => "font",
            Self::Attachment => "attachment",
            Self::Data => "data",
            Self::Signature => "signature",
            Self::Other => "other",
        }
    }
}

/// Reads a part as XML. `None` if it is not there.
///
/// # Errors
/// `ofd-unreadable`, `ofd-too-large`.
pub fn xml<S: Source + ?Sized>(package: &Package<'_, S>, path: &str) -> Result<Option<Xml>, Error> {
    let Some(bytes) = package.read(path)? else {
        return Ok(None);
    };
    let read = Xml::parse(&bytes).map(Some);
    read.map_err(|error| unreadable(path, format!("byte {}: {}", error.position, error.reason)))
}

/// The documents of a package, in their order, former versions of each behind it.
///
/// # Errors
/// `ofd-unreadable`, `ofd-too-large`.
pub fn read<S: Source + ?Sized>(package: &Package<'_, S>) -> Result<Vec<Document>, Error> {
    let entry = xml(package, ENTRY)?.ok_or_else(|| unreadable(ENTRY, "is missing"))?;
    let mut documents: Vec<Document> = Vec::new();
    let mut former = 0;
    for (index, body) in entry.root().children_named("DocBody").enumerate() {
        let root = body.child_text("DocRoot").unwrap_or_default();
        let path = package.locate(ENTRY, root);
        let path = path.ok_or_else(|| unreadable(ENTRY, "names no document that is there"))?;
        let list = body
            .child_text("Signatures")
            .filter(|list| !list.is_empty());
        let signatures = list.and_then(|list| located(package, ENTRY, list));
        let mut document = Document::read(package, path)?;
        document.signatures = signatures;
        document.body = Some(index);
        documents.push(document);
        let versions = body.child("Versions");
        for version in versions
            .iter()
            .flat_map(|all| all.children_named("Version"))
        {
            let location = version.attribute("BaseLoc").unwrap_or_default();
            let Some((path, true)) = located(package, ENTRY, location) else {
                continue;
            };
            let read = xml(package, &path)?;
            let root = read
                .as_ref()
                .and_then(|xml| xml.root().child_text("DocRoot"));
            let root = root.and_then(|root| package.locate(&path, root));
            if let Some(root) = root
                && documents.iter().all(|document| document.path != root)
            {
                documents.push(Document::read(package, root)?);
            }
            if let Some(last) = documents.last_mut() {
                last.named.push((path, Role::Document));
            }
            former += 1;
            limit(documents.len().max(former))?;
        }
        limit(documents.len())?;
    }
    if documents.is_empty() {
        return Err(unreadable(ENTRY, "names no document that is there"));
    }
    Ok(documents)
}

fn limit(documents: usize) -> Result<(), Error> {
    if documents > MAX_DOCUMENTS {
        return Err(unreadable(ENTRY, "has too many documents"));
    }
    Ok(())
}

/// A path, and whether there is a part of it.
fn located<S: Source + ?Sized>(
    package: &Package<'_, S>,
    holder: &str,
    location: &str,
) -> Option<(String, bool)> {
    let found = package.locate(holder, location).map(|path| (path, true));
    found.or_else(|| resolve(holder, location).map(|path| (path, false)))
}

impl Document {
    fn read<S: Source + ?Sized>(package: &Package<'_, S>, path: String) -> Result<Self, Error> {
        let document = xml(package, &path)?.ok_or_else(|| unreadable(&path, "is missing"))?;
        let root = document.root();
        let mut pages = Vec::new();
        let list = root.child("Pages");
        for page in list.iter().flat_map(|list| list.children_named("Page")) {
            let location = page.attribute("BaseLoc").unwrap_or_default();
            let Some((content, _)) = located(package, &path, location) else {
                return Err(unreadable(&path, "has a page that is nowhere"));
            };
            if pages.len() == MAX_PLACEMENT_PAGE as usize {
                return Err(unreadable(&path, "has too many pages"));
            }
            pages.push(Page {
                id: page.attribute("ID").unwrap_or_default().to_owned(),
                path: content,
            });
        }
        let mut named = Vec::new();
        let mut templates = BTreeMap::new();
        let mut name = |location: &str, role| {
            named.extend(located(package, &path, location).map(|(path, _)| (path, role)));
        };
        let common = root.child("CommonData");
        for child in common.iter().flat_map(|common| common.children()) {
            match child.name() {
                "PublicRes" | "DocumentRes" => name(child.text(), Role::Resource),
                "TemplatePage" => {
                    let location = child.attribute("BaseLoc").unwrap_or_default();
                    name(location, Role::Template);
                    let id = child.attribute("ID").unwrap_or_default();
                    if let Some(path) = package.locate(&path, location) {
                        templates.insert(id.to_owned(), path);
                    }
                }
                _ => (),
            }
        }
        for child in root.children() {
            match child.name() {
                "Annotations" => name(child.text(), Role::Annotation),
                "Attachments" => name(child.text(), Role::Attachment),
                "CustomTags" | "Extensions" => name(child.text(), Role::Data),
                _ => (),
            }
        }
        Ok(Self {
            path,
            pages,
            signatures: None,
            body: None,
            area: common.and_then(|common| physical_box(common, "PageArea")),
            templates,
            named,
        })
    }

    /// The numbers of its pages, from 1, by their identifiers.
    #[must_use]
    pub fn numbers(&self) -> BTreeMap<&str, u32> {
        let mut numbers = BTreeMap::new();
        for (page, number) in self.pages.iter().zip(1..) {
            // Of two pages of one identifier, readers take the first.
            numbers.entry(page.id.as_str()).or_insert(number);
        }
        numbers
    }

    /// The box of a page: its own, else that of a template on it, else the document's.
    ///
    /// # Errors
    /// `ofd-unreadable`, `ofd-too-large`.
    pub fn area<S: Source + ?Sized>(
        &self,
        package: &Package<'_, S>,
        page: &Page,
    ) -> Result<Option<Rect>, Error> {
        let Some(content) = xml(package, &page.path)? else {
            return Ok(self.area);
        };
        let own = physical_box(content.root(), "Area");
        if own.is_some() {
            return Ok(own);
        }
        for template in content.root().children_named("Template") {
            let id = template.attribute("TemplateID").unwrap_or_default();
            let Some(path) = self.templates.get(id) else {
                continue;
            };
            let read = xml(package, path)?;
            let its = read.and_then(|xml| physical_box(xml.root(), "Area"));
            if its.is_some() {
                return Ok(its);
            }
        }
        Ok(self.area)
    }
}

fn physical_box(holder: Element<'_>, name: &str) -> Option<Rect> {
    holder
        .child(name)?
        .child_text("PhysicalBox")
        .and_then(Rect::parse)
}

/// What the parts of a package are to a reader.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    by_path: BTreeMap<String, Role>,
    /// Parts that were looked into.
    followed: BTreeSet<String>,
    /// Whether a part that names others could not be read: any part may be seen then.
    is_incomplete: bool,
}

impl Roles {
    /// What documents and the parts that they name say of others; with `pages`, what these say too.
    ///
    /// # Errors
    /// `ofd-too-large`, when parts were unpacked too often.
    pub fn read<S: Source + ?Sized>(
        package: &Package<'_, S>,
        documents: &[Document],
        pages: bool,
    ) -> Result<Self, Error> {
        let mut roles = Self::default();
        roles.set(ENTRY.into(), Role::Entry);
        for document in documents {
            roles.set(document.path.clone(), Role::Document);
            for (page, number) in document.pages.iter().zip(1..) {
                roles.set(page.path.clone(), Role::Page(number));
            }
            for (path, role) in &document.named {
                roles.set(path.clone(), *role);
                roles.follow(package, path, *role)?;
            }
        }
        let contents = documents.iter().flat_map(|document| {
            let templates = document
                .named
                .iter()
                .filter(|(_, role)| *role == Role::Template);
            let pages = document.pages.iter().map(|page| &page.path);
            pages.chain(templates.map(|(path, _)| path))
        });
        let mut read = BTreeSet::new();
        for path in contents.filter(|_| pages) {
            if !read.insert(path) {
                continue;
            }
            let resources = roles.named(package, path, |root| {
                let all = root.children_named("PageRes");
                all.map(|own| (own.text().to_owned(), Role::Resource))
                    .collect()
            })?;
            for (path, role) in resources {
                roles.set(path.clone(), role);
                roles.follow(package, &path, role)?;
            }
        }
        Ok(roles)
    }

    /// What a part is.
    #[must_use]
    pub fn of(&self, path: &str) -> Role {
        self.by_path.get(path).copied().unwrap_or(Role::Other)
    }

    /// Whether what is seen would change with a part, or might.
    #[must_use]
    pub fn is_seen(&self, path: &str) -> bool {
        let role = self.of(path);
        role.is_seen() || (role == Role::Other && self.is_incomplete)
    }

    /// Says what a part is; what matters more stays.
    pub(super) fn set(&mut self, path: String, role: Role) {
        let known = self.by_path.entry(path).or_insert(role);
        *known = role.min(*known);
    }

    /// What a part that names others names.
    fn follow<S: Source + ?Sized>(
        &mut self,
        package: &Package<'_, S>,
        path: &str,
        role: Role,
    ) -> Result<(), Error> {
        if !self.followed.insert(path.to_owned()) {
            return Ok(());
        }
        let named = match role {
            Role::Resource => self.named(package, path, |root| {
                let fonts = files(root, "Fonts", "Font", |font| font.child_text("FontFile"));
                let media = files(root, "MultiMedias", "MultiMedia", |one| {
                    one.child_text("MediaFile")
                });
                let profiles = files(root, "ColorSpaces", "ColorSpace", |space| {
                    space.attribute("Profile")
                });
                let profiles = profiles.into_iter().map(|path| (path, Role::Resource));
                let fonts = fonts.into_iter().map(|path| (path, Role::Font));
                let media = media.into_iter().map(|path| (path, Role::Picture));
                // Composite objects and patterns are drawn from here.
                let own = draws(root).then(|| (path.to_owned(), Role::Picture));
                fonts.chain(media).chain(profiles).chain(own).collect()
            })?,
            Role::Annotation | Role::Attachment | Role::Data => {
                self.named(package, path, |root| {
                    let texts = root.children().flat_map(|child| {
                        let names = ["FileLoc", "SchemaLoc", "ExtendData"];
                        names.map(|name| child.child_text(name).map(str::to_owned))
                    });
                    texts.flatten().map(|path| (path, role)).collect()
                })?
            }
            _ => Vec::new(),
        };
        for (path, role) in named {
            self.set(path, role);
        }
        Ok(())
    }

    /// What is found in a part that names others: paths by their locations.
    fn named<S: Source + ?Sized>(
        &mut self,
        package: &Package<'_, S>,
        path: &str,
        find: impl Fn(Element<'_>) -> Vec<(String, Role)>,
    ) -> Result<Vec<(String, Role)>, Error> {
        match xml(package, path) {
            Ok(Some(xml)) => {
                let found = find(xml.root()).into_iter();
                Ok(found
                    .filter_map(|(location, role)| Some((package.locate(path, &location)?, role)))
                    .collect())
            }
            Ok(None) => Ok(Vec::new()),
            Err(error @ Error::OfdTooLarge { .. }) => Err(error),
            Err(_) => {
                self.is_incomplete = true;
                Ok(Vec::new())
            }
        }
    }
}

/// Whether graphics stand in an element (GB/T 33190, 8.5).
fn draws(element: Element<'_>) -> bool {
    let mut open = vec![element];
    while let Some(element) = open.pop() {
        if GRAPHICS.contains(&element.name()) {
            return true;
        }
        open.extend(element.children());
    }
    false
}

/// Locations of files in a Res: of each of a list's entries.
fn files<'a>(
    root: Element<'a>,
    list: &str,
    entry: &str,
    location: impl Fn(Element<'a>) -> Option<&'a str>,
) -> Vec<String> {
    let base = root.attribute("BaseLoc").unwrap_or_default().trim();
    let lists = root.children_named(list);
    let entries = lists.flat_map(|list| list.children_named(entry));
    let locations = entries.filter_map(location);
    locations
        .map(
            |location| match location.starts_with('/') || base.is_empty() {
                true => location.to_owned(),
                false => format!("{base}/{location}"),
            },
        )
        .collect()
}

const GRAPHICS: [&str; 4] = ["TextObject", "PathObject", "ImageObject", "CompositeObject"];

/// Documents of a package, versions included.
const MAX_DOCUMENTS: usize = 64;

/// Millimetres of a box on a page: ten times the largest sheet.
const MAX_MM: f64 = 50_000.0;

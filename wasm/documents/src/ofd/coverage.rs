//! What a signature covers: each part that it names, as it was signed or not; and each part that it does not name, with
//! what that means.

#[cfg(test)]
mod tests;

use super::document::{self, Document, Role, Roles};
use super::package::{PACKAGE, Package, unreadable};
use super::signatures::{self, CheckMethod, Listed, Signature};
use crate::Source;
use std::collections::{BTreeMap, BTreeSet};
use yinxin_pki::hash::Running;
use yinxin_proto::{Error, Finding, Severity};

/// What is signed in a package, and what is not.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The package's documents.
    pub documents: Vec<Document>,
    /// The signatures of all documents, in the order of their lists.
    pub signatures: Vec<Signed>,
    /// What is odd about the package, and a list that is named and missing.
    pub findings: Vec<Finding>,
}

/// A signature with what it covers; or one that can't be read.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The signature.
    pub listed: Listed,
    /// The parts that it names, in its order.
    pub covered: Vec<Covered>,
    /// The parts that it does not name, those first that matter most, a thousand at most: not its own, nor those of
    /// signatures behind it.
    pub open: Vec<Open>,
    /// What was found about them.
    pub findings: Vec<Finding>,
}

/// A part that a signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// Its path.
    pub path: String,
    /// What it is to a reader.
    pub role: Role,
    /// How it is now.
    pub state: State,
}

/// How a part that a signature names is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it was signed.
    Same,
    /// Another.
    Changed,
    /// Another, which a signature behind it had to write: the list of signatures.
    Extended,
    /// There is none.
    Missing,
    /// Not compared: no digest that counts.
    Unknown,
}

impl State {
    /// Its name for JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Extended => "extended",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// A part that a signature does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its path.
    pub path: String,
    /// What it is to a reader.
    pub role: Role,
    /// Whether what is seen would change with it, or might.
    pub is_seen: bool,
}

/// Reads the signatures of a package and compares the parts that they cover.
///
/// # Errors
/// `ofd-unreadable` for the package, its documents and lists of signatures; `ofd-too-large`.
pub fn read<S: Source + ?Sized>(package: &Package<'_, S>) -> Result<Coverage, Error> {
    let documents = document::read(package)?;
    let mut findings = package.findings().to_vec();
    let mut listed = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        if let Some((list, false)) = &document.signatures {
            let (place, part) = (Role::Signature.place(), list.clone());
            let missing = Finding::new(Severity::Fatal, Error::OfdPartMissing { place, part });
            findings.push(missing.at("signatures"));
        }
        listed.extend(signatures::read(package, &documents, index)?);
    }
    if listed.is_empty() {
        findings.push(Finding::new(Severity::Fatal, Error::OfdNotSigned {}).at("signatures"));
    }
    if listed.len().saturating_mul(package.names().count()) > MAX_COMPARED {
        return Err(unreadable(PACKAGE, "has too many signatures for its parts"));
    }
    let digests = Digests::read(package, &listed)?;
    let roles = roles(package, &documents, &listed)?;
    let all = (0..listed.len()).map(|index| covered(package, &listed, index, &digests, &roles));
    let all: Vec<_> = all.collect();
    // They name as many parts as the file has room for: each is held once.
    let signatures = listed.into_iter().zip(all);
    let signatures = signatures.map(|(listed, (covered, open, findings))| Signed {
        listed,
        covered,
        open,
        findings,
    });
    let signatures = signatures.collect();
    Ok(Coverage {
        documents,
        signatures,
        findings,
    })
}

/// What the parts are, pages read only if a part is not covered that nothing else names.
fn roles<S: Source + ?Sized>(
    package: &Package<'_, S>,
    documents: &[Document],
    listed: &[Listed],
) -> Result<Roles, Error> {
    let of_signatures = |roles: &mut Roles| {
        let lists = documents
            .iter()
            .filter_map(|document| document.signatures.clone());
        let own = readable(listed).flat_map(own_parts).map(str::to_owned);
        for path in lists.map(|(list, _)| list).chain(own) {
            roles.set(path, Role::Signature);
        }
    };
    let mut roles = Roles::read(package, documents, false)?;
    of_signatures(&mut roles);
    let is_unexplained = readable(listed).any(|signature| {
        let named: BTreeSet<&str> = paths(signature).collect();
        let mut names = package.names();
        names.any(|name| roles.of(name) == Role::Other && !named.contains(name))
    });
    if is_unexplained {
        roles = Roles::read(package, documents, true)?;
        of_signatures(&mut roles);
    }
    Ok(roles)
}

fn readable(listed: &[Listed]) -> impl Iterator<Item = &Signature> {
    listed.iter().filter_map(|one| one.as_ref().ok())
}

fn paths(signature: &Signature) -> impl Iterator<Item = &str> {
    signature
        .references
        .iter()
        .map(|reference| reference.path.as_str())
}

/// The parts that a signature is made of.
fn own_parts(signature: &Signature) -> impl Iterator<Item = &str> {
    let parts = [
        Some(&signature.path),
        signature.value.as_ref(),
        signature.seal.as_ref(),
    ];
    parts.into_iter().flatten().map(String::as_str)
}

/// What a signature covers, what it does not, and what is wrong with that.
fn covered<S: Source + ?Sized>(
    package: &Package<'_, S>,
    listed: &[Listed],
    index: usize,
    digests: &Digests,
    roles: &Roles,
) -> (Vec<Covered>, Vec<Open>, Vec<Finding>) {
    let mut found = Vec::new();
    let signature = match &listed[index] {
        Ok(signature) => signature,
        Err(unreadable) => {
            let error = unreadable.error.clone();
            found.push(Finding::new(Severity::Fatal, error));
            return (Vec::new(), Vec::new(), found);
        }
    };
    let mut covered = Vec::with_capacity(signature.references.len());
    let later: Vec<&Signature> = readable(&listed[index + 1..])
        .filter(|other| other.document == signature.document)
        .collect();
    let weak = match &signature.check_method {
        CheckMethod::Sm3 | CheckMethod::Sha256 => None,
        CheckMethod::Weak(name) => Some(Error::OfdDigestWeak {
            algorithm: (*name).into(),
        }),
        CheckMethod::Other(name) => Some(Error::AlgorithmNotSupported {
            algorithm: name.clone(),
        }),
    };
    found.extend(weak.map(|error| Finding::new(Severity::Fatal, error).at("checkMethod")));
    for (at, reference) in signature.references.iter().enumerate() {
        let path = &reference.path;
        let state = match digests.of(&signature.check_method, path) {
            _ if !package.has(path) => State::Missing,
            None => State::Unknown,
            Some(digest) if digest[..] == reference.digest[..] => State::Same,
            Some(_) if *path == signature.list && !later.is_empty() => State::Extended,
            Some(_) => State::Changed,
        };
        let (place, part) = (roles.of(path).place(), path.clone());
        let error = match state {
            State::Same | State::Unknown => None,
            State::Changed => Some(Error::OfdPartChanged { place, part }),
            State::Extended => Some(Error::OfdListExtended { part }),
            State::Missing => Some(Error::OfdPartMissing { place, part }),
        };
        if found.len() < MAX_NAMED {
            found
                .extend(error.map(|error| {
                    Finding::new(Severity::Fatal, error).at(format!("covered[{at}]"))
                }));
        }
        covered.push(Covered {
            path: path.clone(),
            role: roles.of(path),
            state,
        });
    }
    for (at, stamp) in signature.stamps.iter().enumerate() {
        if stamp.page.is_none() || stamp.boundary.is_none() {
            let page = stamp.page_id.clone();
            let error = Error::OfdStampUnplaced { page };
            found.push(Finding::new(Severity::Warning, error).at(format!("stamps[{at}]")));
        }
    }

    let mut known: BTreeSet<&str> = paths(signature).collect();
    // Which signatures there are is for those behind this one to say. A part that is also something else to a reader
    // is no part of a signature, whatever a signature says.
    let own = own_parts(signature).chain(later.iter().copied().flat_map(own_parts));
    let own = own.chain([signature.list.as_str()]);
    known.extend(own.filter(|path| roles.of(path) == Role::Signature));
    let names = package.names().filter(|name| !known.contains(name));
    let open = names.map(|path| (roles.of(path), path));
    let mut open: Vec<(Role, &str)> = open.collect();
    open.sort_by_key(|(role, _)| *role);
    found.extend(told(&open, roles));
    let open = open.into_iter().take(MAX_NAMED).map(|(role, path)| Open {
        path: path.to_owned(),
        role,
        is_seen: roles.is_seen(path) || role.is_drawn_with(),
    });
    (covered, open.collect(), found)
}

/// What is not covered: that which is seen, what that is drawn with, and the rest, each with how much it is and the first
/// of it. Parts of other signatures are judged with those.
fn told(open: &[(Role, &str)], roles: &Roles) -> Vec<Finding> {
    let of = |is_such: &dyn Fn(Role, &str) -> bool| {
        let mut all = open
            .iter()
            .filter(|(role, path)| *role != Role::Signature && is_such(*role, path));
        let (role, path) = all.next()?;
        let count = u32::try_from(all.count() + 1).unwrap_or(u32::MAX);
        Some((count, role.place(), (*path).to_owned()))
    };
    let seen = of(&|_, path| roles.is_seen(path)).map(|(count, place, part)| {
        let error = Error::OfdContentNotCovered { count, place, part };
        Finding::new(Severity::Fatal, error)
    });
    // Many makers leave these out: whether another font made a 9 of a 1 is open, not answered with yes.
    let drawn_with = of(&|role, _| role.is_drawn_with()).map(|(count, place, part)| {
        let error = Error::OfdResourceNotCovered { count, place, part };
        Finding::new(Severity::Fatal, error)
    });
    let is_rest = |role: Role, path: &str| !roles.is_seen(path) && !role.is_drawn_with();
    let rest = of(&is_rest).map(|(count, place, part)| {
        let error = Error::OfdPartNotCovered { count, place, part };
        Finding::new(Severity::Warning, error)
    });
    let all = [seen, drawn_with, rest].into_iter().flatten();
    all.map(|finding| finding.at("open")).collect()
}

/// The digests of the parts that signatures name, each computed once.
struct Digests {
    sm3: BTreeMap<String, Vec<u8>>,
    sha256: BTreeMap<String, Vec<u8>>,
}

impl Digests {
    fn read<S: Source + ?Sized>(
        package: &Package<'_, S>,
        listed: &[Listed],
    ) -> Result<Self, Error> {
        let compute = |method: CheckMethod, hasher: fn() -> Running| {
            let all = readable(listed).filter(|signature| signature.check_method == method);
            let named: BTreeSet<&str> = all.flat_map(paths).collect();
            let mut digests = BTreeMap::new();
            for path in named {
                let mut running = hasher();
                if package.stream(path, &mut |piece| running.update(piece))? {
                    digests.insert(path.to_owned(), running.finish());
                }
            }
            Ok::<_, Error>(digests)
        };
        Ok(Self {
            sm3: compute(CheckMethod::Sm3, Running::sm3)?,
            sha256: compute(CheckMethod::Sha256, Running::sha256)?,
        })
    }

    fn of(&self, method: &CheckMethod, path: &str) -> Option<&Vec<u8>> {
        match method {
            CheckMethod::Sm3 => self.sm3.get(path),
            CheckMethod::Sha256 => self.sha256.get(path),
            CheckMethod::Weak(_) | CheckMethod::Other(_) => None,
        }
    }
}

/// Parts that are named of a kind.
const MAX_NAMED: usize = 1_000;
/// Signatures times parts: each is looked for in each.
const MAX_COMPARED: usize = 4_000_000;

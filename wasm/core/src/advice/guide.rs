//! The users' guide as data: the seven problems in its own words, its procedures, and the steps of
//! our own for each row of the table. What the tariff has already (contacts of the CA, procedures that
//! are priced) stays there.

use super::{Heading, Who};
use crate::fees::{Contact, NoteKind, Service, Tariff, Way, When};
use crate::text::Bilingual;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The guide of Sichuan CA and the platform, JSON.
pub const SCCA_GUIDE: &str = include_str!("../../data/guide-scca.json");

/// A users' guide.
#[derive(Clone, Debug, Deserialize)]
pub struct Guide {
    /// How to reach the platform.
    platform: Vec<Whose>,
    /// Messages of the platform that the guide explains.
    pub problems: Vec<Problem>,
    procedures: Vec<Written>,
    /// What to do, by [`super::Advised::rule`]; without any, the catalogue's remedy says it.
    pub(super) steps: BTreeMap<String, Vec<Step>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Whose {
    name: Bilingual,
    value: String,
}

/// Who can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// The CA.
    Ca,
    /// The platform.
    Platform,
}

/// A message of the platform, with what the guide says of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Problem {
    /// Names it.
    pub id: String,
    /// The message, in the guide's words.
    pub heading: String,
    /// Why, in the guide's words.
    pub cause: String,
    /// What to do, in the guide's words.
    pub remedy: Vec<String>,
    /// Pieces that tell it from others.
    pub pieces: Vec<String>,
    /// Who can mend it, where nothing more is known.
    pub who: Who,
    /// Whom to ask.
    pub contacts: Vec<Whom>,
    /// Ids of procedures.
    pub procedures: Vec<String>,
    /// What has to be looked at, where no cause is found.
    pub look: Vec<Bilingual>,
    /// What to do, where no cause is found.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    pub text: Bilingual,
    /// Pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

/// A procedure as the data have it.
#[derive(Clone, Debug, Deserialize)]
struct Written {
    id: String,
    #[serde(default)]
    services: Vec<Service>,
    way: Where,
    #[serde(default)]
    roles: Vec<crate::fees::Role>,
    title: Bilingual,
    #[serde(default)]
    bring: Vec<Bilingual>,
    steps: Vec<Step>,
    contacts: Vec<Whom>,
}

/// Where a procedure is done. None of them in this product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// In the CA's online hall, and in its assistant.
    Online,
    /// At a counter of the CA.
    Counter,
    /// On the platform's pages.
    Platform,
    /// On the user's computer.
    Machine,
    /// The guide does not say: ask.
    Ask,
}

/// A way to get something done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Procedure {
    /// Names it.
    pub id: String,
    /// The services of an order that it fulfils: what `quote` prices.
    pub services: Vec<Service>,
    /// Where.
    pub way: Where,
    /// For this state of the certificate only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Who may take it; everybody, if it is empty.
    pub roles: Vec<crate::fees::Role>,
    /// What it is called.
    pub title: Bilingual,
    /// What to bring.
    pub bring: Vec<Step>,
    /// In order.
    pub steps: Vec<Step>,
    /// How long it takes.
    pub time: Vec<Bilingual>,
    /// What else to know: payment, delivery, invoice, term.
    pub notes: Vec<Step>,
    /// Whom to ask.
    pub contacts: Vec<Contact>,
}

/// Every procedure of the guide, those of the tariff first.
#[must_use]
pub fn procedures(guide: &Guide, tariff: &Tariff) -> Vec<Procedure> {
    let priced = tariff.procedures.iter().map(|known| {
        let notes = || {
            tariff.notes.iter().filter(|note| {
                note.services.iter().any(|of| known.services.contains(of))
                    && note.way.is_none_or(|way| way == known.way)
                    && (note.when.is_none() || known.when.is_none() || note.when == known.when)
            })
        };
        let told = |of: &dyn Fn(NoteKind) -> bool| -> Vec<Step> {
            let some = notes().filter(|note| of(note.kind));
            some.map(|note| Step {
                text: note.text.clone(),
                links: note.links.clone(),
            })
            .collect()
        };
        Procedure {
            id: known.id.clone(),
            services: known.services.clone(),
            way: match known.way {
                Way::Online => Where::Online,
                Way::Counter => Where::Counter,
            },
            when: known.when,
            roles: Vec::new(),
            title: known.title.clone(),
            bring: told(&|kind| kind == NoteKind::Materials),
            steps: known
                .steps
                .iter()
                .map(|step| Step {
                    text: step.text.clone(),
                    links: step.links.clone(),
                })
                .collect(),
            time: told(&|kind| kind == NoteKind::Time)
                .into_iter()
                .map(|note| note.text)
                .collect(),
            notes: told(&|kind| !matches!(kind, NoteKind::Materials | NoteKind::Time)),
            contacts: tariff.contacts.clone(),
        }
    });
    let others = guide.procedures.iter().map(|known| Procedure {
        id: known.id.clone(),
        services: known.services.clone(),
        way: known.way,
        when: None,
        roles: known.roles.clone(),
        title: known.title.clone(),
        bring: known
            .bring
            .iter()
            .map(|text| Step {
                text: text.clone(),
                links: Vec::new(),
            })
            .collect(),
        steps: known.steps.clone(),
        time: Vec::new(),
        notes: Vec::new(),
        contacts: guide.contacts(&known.contacts, tariff),
    });
    priced.chain(others).collect()
}

impl Guide {
    /// The problem of an id.
    #[must_use]
    pub fn problem(&self, id: &str) -> Option<&Problem> {
        self.problems.iter().find(|known| known.id == id)
    }

    /// How to reach these.
    pub(super) fn contacts(&self, whom: &[Whom], tariff: &Tariff) -> Vec<Contact> {
        whom.iter()
            .flat_map(|whom| match whom {
                Whom::Ca => tariff.contacts.clone(),
                Whom::Platform => self.platform.iter().map(Whose::contact).collect(),
            })
            .collect()
    }
}

impl Whose {
    fn contact(&self) -> Contact {
        Contact {
            name: self.name.clone(),
            value: self.value.clone(),
        }
    }
}

impl Problem {
    pub(super) fn told(&self) -> Heading {
        Heading {
            problem: self.id.clone(),
            heading: self.heading.clone(),
        }
    }
}

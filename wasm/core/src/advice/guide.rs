//! The users' guide as data: the seven problems in its own words, its procedures, and the steps of
//! our own for each row of the table. What the tariff has already (contacts of the CA, procedures that
//! are priced) stays there.

use super::{Heading, Seen, Where, Who};
use serde::Deserialize;
use std::collections::BTreeMap;
use yinxin_fees::{Contact, Role, Service, Step, Tariff};
use yinxin_proto::text::Bilingual;

/// The guide of Sichuan CA and the platform, JSON.
pub const SCCA_GUIDE: &str = include_str!("../../data/guide-scca.json");

/// A users' guide.
#[derive(Clone, Debug, Deserialize)]
pub struct Guide {
    /// How to reach the platform.
    platform: Vec<Whose>,
    /// Messages of the platform that the guide explains.
    pub problems: Vec<Problem>,
    /// Procedures that the tariff does not have.
    pub(super) procedures: Vec<Written>,
    /// What the tariff's procedures have beside its words, by id.
    pub(super) priced: BTreeMap<String, Beside>,
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
    /// Whether its cause shows in a key alone.
    #[serde(default)]
    pub key: bool,
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

/// A procedure as the data have it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Written {
    pub id: String,
    #[serde(default)]
    pub services: Vec<Service>,
    pub way: Where,
    /// Everybody's, if it is empty.
    #[serde(default)]
    pub roles: Vec<Role>,
    #[serde(default)]
    pub who: Option<Bilingual>,
    pub title: Bilingual,
    #[serde(default)]
    pub bring: Vec<Bilingual>,
    #[serde(default)]
    pub first: Vec<Watched>,
    pub steps: Vec<Watched>,
    pub contacts: Vec<Whom>,
}

/// A step, and what the machine can see of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Watched {
    pub text: Bilingual,
    #[serde(default)]
    pub links: Vec<String>,
    #[serde(default)]
    pub seen: Option<Seen>,
}

/// What a procedure of the tariff has beside its words.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Beside {
    pub who: Option<Bilingual>,
    #[serde(default)]
    pub bring: Vec<Bilingual>,
    #[serde(default)]
    pub first: Vec<Watched>,
    /// For each of its steps.
    pub seen: Vec<Option<Seen>>,
}

impl Guide {
    /// The problem of an id.
    #[must_use]
    pub fn problem(&self, id: &str) -> Option<&Problem> {
        self.problems.iter().find(|known| known.id == id)
    }

    /// How to reach these.
    pub(crate) fn contacts(&self, whom: &[Whom], tariff: &Tariff) -> Vec<Contact> {
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

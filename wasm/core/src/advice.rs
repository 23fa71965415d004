//! What is wrong with a set-up, why, and what to do next: from a situation (keys, host, browser,
//! account, a pasted message) to findings, worst first. Pure: nothing is tried, no PIN is spent.
//!
//! | file | what lives there |
//! |---|---|
//! | `situation.rs` | what is told; whatever is absent is not known |
//! | `facts.rs` | the situation, read once: certificates, seals, who is meant |
//! | `rules.rs` | the table: a row for each problem, in the order in which they are told |
//! | `names.rs` | a certificate's name beside an account's |
//! | `message.rs` | which message a pasted text is |
//! | `known.rs` | the messages of other programs, as data: what each means |
//! | `calendar.rs` | an entry that reminds of an end |
//! | `checks.rs` | the doctor's checks, weighed as the findings are |
//! | `guide.rs` | the users' guide as data: its seven problems, its procedures, steps |
//! | `procedures.rs` | ways to get something done, with what the machine sees is done already |

mod calendar;
pub(crate) mod checks;
mod facts;
mod guide;
mod known;
mod message;
mod names;
mod procedures;
mod rules;
mod situation;
#[cfg(test)]
pub(crate) mod tests;

pub use calendar::calendar_entry;
pub(crate) use facts::Case;
pub use guide::{Guide, Problem, SCCA_GUIDE, Whom};
pub use names::{Comparison, Likeness, Segment, compare};
pub(crate) use procedures::procedures_on;
pub use procedures::{Cost, GuideProcedure, Seen, SeenOf, Task, Where, procedures};
pub use situation::{Browser, Extension, HostState, Situation, SituationAccount};

use crate::keys::{self, Key};
use message::Meaning;
use rules::{AT_EXPERT_LOGIN, AT_LOGIN, Found, IN_ORDER, ROWS, Row, TOLD};
use serde::{Deserialize, Serialize};
use yinxin_fees::{Contact, Step, Tariff};
use yinxin_pki::trust::Anchor;
use yinxin_proto::consent::CertificateView;
use yinxin_proto::error::Entry;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Base64, Error, Finding, Locale, Severity};

/// Who can mend something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Who {
    /// The user, perhaps in the CA's hall.
    User,
    /// The CA.
    Ca,
    /// The platform.
    Platform,
    /// Whoever looks after the computer.
    Administrator,
    /// It depends on what the cause turns out to be.
    Depends,
}

/// What was found, and what to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Advice {
    /// Worst first. Where a message was pasted, its answer stands first.
    pub findings: Vec<Advised>,
    /// Nothing has to be mended; there may be something to know of.
    pub healthy: bool,
    /// Where a message was pasted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// What the first finding is, where it answers a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Answer {
    /// Its place among the others by their weight, where it was found here; else it tells what the message means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
}

/// A finding with what to do. Its place is the `token` of a key, or the name of a module.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Advised {
    /// Code, parameters, severity; the place is a key or a module.
    #[serde(flatten)]
    pub finding: Finding,
    /// Names the row of the table: some codes have more than one remedy.
    pub rule: &'static str,
    /// The message of the platform that this explains, in the guide's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guide: Option<Heading>,
    /// Whose certificate it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// What its key is called, where there are several and the holder does not tell them apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why.
    pub cause: Bilingual,
    /// What was found, and where; or what has to be looked at.
    pub evidence: Vec<Evidence>,
    /// What to do, in order.
    pub steps: Vec<Step>,
    /// Who can do it.
    pub who: Who,
    /// Whom to ask, the first one first.
    pub contacts: Vec<Contact>,
    /// Ids of [`procedures()`].
    pub procedures: Vec<String>,
    /// Where money is due: what `quote` takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Two names with their differences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Comparison>,
    /// An entry for a calendar (RFC 5545).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

/// A message of the platform, as the guide has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "GuideHeading"))]
pub struct Heading {
    /// [`Problem::id`].
    pub problem: String,
    /// Its words.
    pub heading: String,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "AdviceEvidence")
)]
pub struct Evidence {
    /// What.
    pub name: Bilingual,
    /// As it was found.
    pub value: String,
}

/// A certificate that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "AboutCertificate")
)]
pub struct About {
    /// Its SHA-256, hex.
    pub certificate: String,
    /// Its holder.
    pub holder: String,
}

/// What to ask `quote` for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "AdvisedOrder", optional_fields)
)]
pub struct Order {
    /// The certificate, DER in Base64.
    pub certificate: Base64,
    /// When, ISO 8601.
    pub now: String,
    /// In which role, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<yinxin_fees::Role>"))]
    pub role: Option<&'static str>,
    /// What.
    #[cfg_attr(feature = "typescript", ts(as = "yinxin_fees::Service"))]
    pub service: &'static str,
    /// Its seals.
    pub seals: u32,
}

/// What is wrong with a situation, and what to do. `anchors` are those that were added to the
/// product's own.
#[must_use]
pub fn advise(
    situation: &Situation,
    anchors: &[Anchor],
    guide: &Guide,
    tariff: &Tariff,
    now: UnixTime,
) -> Advice {
    let keys = situation.tokens.clone();
    let keys = keys.map(|tokens| keys::read(tokens, anchors, situation.now(now)));
    let facts = Case::of(situation, keys.as_deref(), anchors, tariff, now);
    advise_on(facts, guide, tariff)
}

/// The same, of facts.
pub(crate) fn advise_on<'f>(mut facts: Case<'f>, guide: &'f Guide, tariff: &Tariff) -> Advice {
    let asked = facts
        .told
        .message
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let meaning = asked.and_then(|text| message::meaning(text, &guide.problems));
    let (problem, entry) = match meaning {
        Some(Meaning::Problem(problem)) => (Some(problem), None),
        Some(Meaning::Entry(entry)) => (None, Some(entry)),
        None => (None, None),
    };
    let id = problem.map(|problem| problem.id.as_str());
    facts.asking(id);
    let mut found = found(&facts, |_| true);
    let healthy = found.iter().all(|(_, one)| one.severity == Severity::Note);
    let mut findings: Vec<Advised> = Vec::new();
    let mut answer = None;
    if asked.is_some() {
        let row = entry.and_then(row_of);
        let at = |answers: &dyn Fn(&Row, &Found) -> bool| {
            found.iter().position(|(row, one)| answers(row, one))
        };
        // What it says; or else a cause of the same problem of the guide's.
        let says = |_: &Row, one: &Found| entry.is_some_and(|entry| entry.code == one.error.code());
        let leads = |row: &Row, _: &Found| id.is_some_and(|id| row.guide.contains(&id));
        let first = row.and_then(|row| row.guide.first());
        let causes = |row: &Row, _: &Found| first.is_some_and(|id| row.guide.contains(id));
        let at = at(&says).or_else(|| at(&leads)).or_else(|| at(&causes));
        // There are fewer findings than rows and keys.
        let rank = at.and_then(|at| u32::try_from(at).ok());
        answer = Some(Answer { rank });
        findings.push(match at {
            Some(at) => {
                let (row, one) = found.remove(at);
                advised(row, one, problem, guide, tariff)
            }
            None => match entry {
                Some(entry) => unfounded(&facts, entry, guide, tariff),
                None => in_order(&facts, problem, guide, tariff)
                    .unwrap_or_else(|| unexplained(&facts, problem, guide, tariff)),
            },
        });
    }
    let rest = found.into_iter();
    findings.extend(rest.map(|(row, one)| advised(row, one, problem, guide, tariff)));
    Advice {
        findings,
        healthy,
        answer,
    }
}

/// What rows find, worst first.
fn found(facts: &Case<'_>, looks: impl Fn(&Row) -> bool) -> Vec<(&'static Row, Found)> {
    let mut found: Vec<(&Row, Found)> = Vec::new();
    for row in ROWS.iter().filter(|row| looks(row)) {
        for mut one in (row.detect)(facts) {
            one.weigh(row.severity, facts);
            one.name_key(facts);
            // The same said twice of one thing: by the doctor and by the listing.
            if !found.iter().any(|(_, other)| other.says_the_same(&one)) {
                found.push((row, one));
            }
        }
    }
    // Stable: the table's order stays.
    found.sort_by_key(|(_, one)| one.severity);
    found
}

/// What there is to say of a certificate while it is chosen for a login.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LoginAdvice {
    /// Its SHA-256, lower-case hex.
    pub certificate: String,
    /// Worst first. They warn, and never keep it from being used.
    pub findings: Vec<Advised>,
}

/// What the portal's account says of each certificate that could log in, as if it alone were meant; only
/// those of which there is something to say. The `keys` are read already.
#[must_use]
pub fn advise_login(
    situation: &Situation,
    keys: &[Key],
    guide: &Guide,
    tariff: &Tariff,
    now: UnixTime,
) -> Vec<LoginAdvice> {
    let mut facts = Case::of(situation, Some(keys), &[], tariff, now);
    let expert = facts.logs_in_as_expert();
    let looks =
        |row: &Row| AT_LOGIN.contains(&row.rule) || (expert && AT_EXPERT_LOGIN.contains(&row.rule));
    let mut all: Vec<LoginAdvice> = Vec::new();
    let views = keys.iter().flat_map(|key| &key.view().certificates);
    for CertificateView { certificate, .. } in views {
        // The same one may lie in two keys.
        if all.iter().any(|one| one.certificate == *certificate) {
            continue;
        }
        facts.meaning(certificate);
        let findings = found(&facts, looks).into_iter();
        let findings = findings.map(|(row, one)| advised(row, one, None, guide, tariff));
        all.push(LoginAdvice {
            certificate: certificate.clone(),
            findings: findings.collect(),
        });
    }
    all.retain(|one| !one.findings.is_empty());
    all
}

fn advised(
    row: &Row,
    found: Found,
    asked: Option<&Problem>,
    guide: &Guide,
    tariff: &Tariff,
) -> Advised {
    let explained = asked
        .filter(|problem| row.guide.contains(&problem.id.as_str()))
        .or_else(|| guide.problem(row.guide.first()?));
    let said = |locale| found.error.text(locale);
    let (zh, en) = (said(Locale::ZhCn), said(Locale::En));
    let mut steps = guide.steps.get(row.rule).cloned().unwrap_or_else(|| {
        vec![Step {
            text: Bilingual::of(&zh.remedy, &en.remedy),
            links: Vec::new(),
        }]
    });
    if let Some((days, date)) = found.ends {
        for step in &mut steps {
            step.text = filled(&step.text, days, date, tariff);
        }
    }
    let severity = found.severity;
    let mut advised = Advised {
        finding: Finding {
            place: found.place,
            ..Finding::new(severity, found.error)
        },
        rule: row.rule,
        guide: explained.map(Problem::told),
        about: found.about,
        key: found.key,
        cause: Bilingual {
            zh: zh.message,
            en: en.message,
        },
        evidence: found.evidence,
        steps,
        who: row.who,
        contacts: guide.contacts(row.contacts, tariff),
        procedures: row.procedures.iter().map(|&id| id.into()).collect(),
        order: found.order,
        names: found.names,
        calendar: found.calendar,
    };
    // The guide's CA can do nothing for a certificate of another one.
    if found.elsewhere && row.contacts.contains(&Whom::Ca) {
        advised.steps = guide.steps.get(OTHER_CA).cloned().unwrap_or_default();
        advised.contacts.clear();
        advised.procedures.clear();
        advised.order = None;
        advised.calendar = None;
    }
    advised
}

/// A step with when the certificate ends (`{left}`) and the days that an upgrade asks for (`{needed}`).
fn filled(text: &Bilingual, days: i32, ends: UnixTime, tariff: &Tariff) -> Bilingual {
    let needed = tariff.upgrade.as_ref().map_or(0, |one| one.minimum_days);
    let date = ends.to_string();
    let left = if days < 0 {
        Error::CertificateExpired { date }
    } else {
        Error::CertificateEndsSoon { days, date }
    };
    let fill = |text: &str, locale| {
        let left = left.text(locale).message;
        text.replace("{left}", left.trim_end_matches(['。', '.']))
            .replace("{needed}", &needed.to_string())
    };
    Bilingual {
        zh: fill(&text.zh, Locale::ZhCn),
        en: fill(&text.en, Locale::En),
    }
}

/// The row that tells of an entry of the catalogue.
fn row_of(entry: &Entry) -> Option<&'static Row> {
    let mut rows = ROWS.iter().chain(TOLD);
    rows.find(|row| row.codes.contains(&entry.code))
}

/// Which message it was taken for.
fn recognised(message: &str) -> Evidence {
    Evidence {
        name: Bilingual::of("认出的提示", "Recognised message"),
        value: message.into(),
    }
}

/// Names the step that comes first where no certificate was read.
const KEY_FIRST: &str = "key-first";

/// Names the steps for what another CA than the guide's has to do.
const OTHER_CA: &str = "other-ca";

/// A message of the catalogue whose cause is not found here: it may be another computer's, or the
/// portal's own word.
fn unfounded(facts: &Case<'_>, entry: &Entry, guide: &Guide, tariff: &Tariff) -> Advised {
    let row = row_of(entry);
    let written = row.and_then(|row| guide.steps.get(row.rule).cloned());
    // A remedy with a parameter says nothing without it.
    let whole = !entry.zh_remedy.contains('{');
    let steps = written.or_else(|| {
        whole.then(|| {
            vec![Step {
                text: Bilingual::of(entry.zh_remedy, entry.en_remedy),
                links: Vec::new(),
            }]
        })
    });
    let mut advised = unexplained(facts, None, guide, tariff);
    let message = message::without_parameters(entry.zh);
    advised.evidence.push(recognised(&message));
    let error = Error::MessageWithoutCause { message };
    let (zh, en) = (error.text(Locale::ZhCn), error.text(Locale::En));
    advised.cause = Bilingual::of(&zh.message, &en.message);
    advised.steps = steps.unwrap_or_else(|| {
        vec![Step {
            text: Bilingual::of(&zh.remedy, &en.remedy),
            links: Vec::new(),
        }]
    });
    advised.finding = Finding::new(Severity::Warning, error);
    if let Some(row) = row {
        advised.who = row.who;
        advised.contacts = guide.contacts(row.contacts, tariff);
        advised.procedures = row.procedures.iter().map(|&id| id.into()).collect();
    }
    advised
}

/// A message about something with which nothing is wrong: then it is another program that fails to read it.
fn in_order(
    facts: &Case<'_>,
    problem: Option<&Problem>,
    guide: &Guide,
    tariff: &Tariff,
) -> Option<Advised> {
    let problem = problem?;
    let mut rows = IN_ORDER.iter();
    let (row, answers) = rows.find(|(row, _)| row.guide.contains(&problem.id.as_str()))?;
    Some(advised(row, answers(facts)?, Some(problem), guide, tariff))
}

/// A message of the platform whose cause is not found, or one that nobody knows: what would have to
/// be looked at.
fn unexplained(
    facts: &Case<'_>,
    problem: Option<&Problem>,
    guide: &Guide,
    tariff: &Tariff,
) -> Advised {
    let (error, severity) = match problem {
        Some(problem) => {
            let message = problem.heading.clone();
            (Error::MessageWithoutCause { message }, Severity::Warning)
        }
        None => (Error::MessageUnknown {}, Severity::Note),
    };
    let said = |locale| error.text(locale);
    let (zh, en) = (said(Locale::ZhCn), said(Locale::En));
    let asked: &[Whom] = problem.map_or(&[Whom::Platform, Whom::Ca], |known| &known.contacts);
    let look = problem.into_iter().flat_map(|problem| &problem.look);
    let look = look.map(|text| Evidence {
        name: text.clone(),
        value: String::new(),
    });
    // What only a key can tell is not known before one is read.
    let unread = problem.is_some_and(|problem| problem.key) && facts.own().next().is_none();
    let first = unread.then(|| guide.steps.get(KEY_FIRST)).flatten();
    let first = first.into_iter().flatten().cloned();
    let remedy = || Step {
        text: Bilingual::of(&zh.remedy, &en.remedy),
        links: Vec::new(),
    };
    Advised {
        finding: Finding::new(severity, error),
        rule: "message",
        guide: problem.map(Problem::told),
        about: None,
        key: None,
        cause: Bilingual {
            zh: zh.message.clone(),
            en: en.message.clone(),
        },
        evidence: problem
            .map(|problem| recognised(&problem.heading))
            .into_iter()
            .chain(look)
            .collect(),
        steps: first
            .chain(problem.map_or_else(|| vec![remedy()], |problem| problem.steps.clone()))
            .collect(),
        who: problem.map_or(Who::Depends, |problem| problem.who),
        contacts: guide.contacts(asked, tariff),
        procedures: problem.map_or_else(Vec::new, |problem| problem.procedures.clone()),
        order: None,
        names: None,
        calendar: None,
    }
}

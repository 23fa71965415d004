//! A situation, read once: keys with their certificates and seals, who is meant, and what time it
//! must be. Rules ask it and read nothing themselves.

use super::situation::Situation;
use crate::keys::{Key, Own};
use yinxin_fees::{Role, Tariff};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::authority::{Family, FamilyId};
use yinxin_pki::trust::{Anchor, Crls, PathPolicy, verify};
use yinxin_proto::consent::{HolderKind, SealView};
use yinxin_proto::doctor::Check;
use yinxin_proto::limits::{MAX_CHECKS, MAX_MODULES};
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::time::{DAY, UnixTime};
use yinxin_proto::token::Module;
use yinxin_proto::{Error, Finding};

/// What a situation comes to.
pub(crate) struct Case<'s> {
    pub told: &'s Situation,
    asked: Option<&'s str>,
    /// The time by which everything is judged: the clock's, unless a known time is later.
    pub now: UnixTime,
    /// The computer's time.
    pub clock: UnixTime,
    /// A time that has passed and that the clock does not know of.
    pub clock_behind: Option<UnixTime>,
    /// Whether it is known which keys there are.
    pub listed: bool,
    pub keys: &'s [Key],
    /// Of the certificate that the user means, where it is in a key.
    meant: Option<String>,
    pub role: Option<Role>,
    pub entrance: Option<Role>,
    /// Days that a certificate must last for an upgrade of its seal.
    pub upgrade_days: i32,
    /// SHA-256 of certificates that a revocation list names, with what it says.
    revoked: Vec<(String, Error)>,
}

/// What is wrong with the seal of a certificate.
pub(super) struct SealTrouble<'f> {
    pub of: Own<'f>,
    pub error: Error,
    pub mend: Mend,
    /// The certificate has to be renewed first.
    pub renew_first: bool,
    /// Nothing speaks for it but that no seal could be read.
    pub unsure: bool,
}

/// How a seal is mended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mend {
    Upgrade,
    Renew,
    /// Along with its certificate, which has ended.
    RenewAlong,
    Ask,
}

/// Revocation lists that are read.
const MAX_LISTS: usize = 16;

impl<'s> Case<'s> {
    /// `keys` are those of the situation, read and judged by [`Situation::now`], where they are known.
    pub fn of(
        told: &'s Situation,
        keys: Option<&'s [Key]>,
        anchors: &[Anchor],
        tariff: &Tariff,
        clock: UnixTime,
    ) -> Self {
        let now = told.now(clock);
        let listed = keys.is_some();
        let keys = keys.unwrap_or_default();
        let lists = &told.crls[..told.crls.len().min(MAX_LISTS)];
        let revoked = if lists.is_empty() {
            Vec::new()
        } else {
            let crls = Crls::read(lists);
            let of_key = |key| revoked(key, &crls, anchors, now);
            keys.iter().flat_map(of_key).collect()
        };
        let meant = told
            .certificate
            .as_ref()
            .map(|sha| sha.to_ascii_lowercase());
        let meant = meant.filter(|sha| keys.iter().any(|key| key.holds(sha)));
        let role = |word: Option<&String>| word.and_then(|word| Role::named(word));
        Self {
            told,
            asked: None,
            now,
            clock,
            clock_behind: told.clock_behind(clock),
            listed,
            keys,
            meant,
            role: role(told.account.as_ref().and_then(|known| known.role.as_ref())),
            entrance: role(told.entrance.as_ref()),
            upgrade_days: tariff.upgrade.as_ref().map_or(0, |upgrade| {
                i32::try_from(upgrade.minimum_days).unwrap_or(0)
            }),
            revoked,
        }
    }

    /// What a revocation list says against a certificate.
    pub fn revoked(&self, own: Own<'_>) -> Option<&Error> {
        let mut all = self.revoked.iter();
        all.find(|(sha, _)| *sha == own.view.certificate)
            .map(|(_, error)| error)
    }

    /// The keys that matter: the one of the certificate that is meant, else all.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        let meant = self.meant.as_deref();
        self.keys
            .iter()
            .filter(move |key| meant.is_none_or(|sha| key.holds(sha)))
    }

    /// The holders' own certificates that matter, encryption halves apart.
    pub fn own(&self) -> impl Iterator<Item = Own<'_>> {
        let meant = self.meant.as_deref();
        self.keys
            .iter()
            .flat_map(Key::own)
            .filter(move |own| meant.is_none_or(|sha| own.view.certificate == sha))
    }

    /// Those of them that nothing later in the same key replaces.
    pub fn current(&self) -> impl Iterator<Item = Own<'_>> {
        self.own().filter(|own| own.view.renewable)
    }

    /// Those with which the user may come to a portal: the one that is meant, even if it was renewed.
    pub fn coming(&self) -> impl Iterator<Item = Own<'_>> {
        let meant = self.meant.is_some();
        self.own().filter(move |own| meant || own.view.renewable)
    }

    /// The same facts for a user who pasted the message of this problem of the guide.
    pub fn asking(&mut self, problem: Option<&'s str>) {
        self.asked = problem;
    }

    /// The same facts for a user who means this certificate.
    pub fn meaning(&mut self, certificate: &str) {
        self.meant = Some(certificate.into());
    }

    /// What a key is called, where nothing else tells it from another: its only holder does not, or there is none.
    pub fn key_named(&self, place: &str, holder: Option<&str>) -> Option<String> {
        let has = |key: &Key| match holder {
            Some(holder) => {
                let mut views = key.view().certificates.iter();
                views.any(|view| view.holder == holder)
            }
            None => true,
        };
        let key = self.keys.iter().find(|key| key.token().token == place)?;
        let others = self.keys.iter().filter(|key| has(key)).count();
        (others > 1).then(|| key.name_among(self.keys))
    }

    /// For each valid certificate that has one, its seal by the national standard with which nothing is wrong.
    pub(super) fn seals_in_order(&self) -> Vec<(Own<'_>, &SealView)> {
        let usable = self.current().filter(|own| own.view.problem.is_none());
        let all = usable.filter_map(|own| {
            let seals = own.key.view().seals.iter();
            let own_seals = seals.filter(|seal| {
                seal.national
                    && seal.problem.is_none()
                    && seal.certificates.contains(&own.view.certificate)
            });
            let last = own_seals.max_by_key(|seal| seal.days_left)?;
            Some((own, last))
        });
        all.collect()
    }

    /// Whether something else works, so that a user who has no certificate in mind can go on.
    pub fn works_without(&self, token: &str, certificate: Option<&str>) -> bool {
        self.meant.is_none()
            && self.keys.iter().any(|key| {
                key.view().problem.is_none()
                    && key.own().any(|own| {
                        own.view.problem.is_none()
                            && match certificate {
                                Some(sha) => own.view.certificate != sha,
                                None => key.token().token != token,
                            }
                    })
            })
    }

    /// Whether some key can be read at all.
    pub fn reads_keys(&self) -> bool {
        self.keys.iter().any(|key| key.token().problem.is_none())
    }

    /// Whether the host can be asked, as far as is known.
    pub fn host_works(&self) -> bool {
        self.host_problem().is_none()
    }

    pub fn host_problem(&self) -> Option<&Error> {
        self.told
            .host
            .as_ref()
            .and_then(|host| host.problem.as_ref())
    }

    /// The libraries; `None` where they are not known.
    pub fn modules(&self) -> Option<&[Module]> {
        let all = self.told.modules.as_deref()?;
        Some(&all[..all.len().min(MAX_MODULES as usize)])
    }

    /// What the doctor found wrong.
    pub fn doctor(&self) -> impl Iterator<Item = (&Check, &Error)> {
        let checks = self.told.doctor.iter().flat_map(|report| &report.checks);
        checks
            .take(MAX_CHECKS as usize)
            .filter_map(|check| Some((check, check.problem.as_ref()?)))
    }

    /// Whether the user of a certificate is an evaluation expert.
    pub fn is_expert(&self, key: &Key) -> bool {
        self.logs_in_as_expert() || key.own().any(|own| own.view.kind == HolderKind::Expert)
    }

    /// Whether a portal told that an expert logs in.
    pub fn logs_in_as_expert(&self) -> bool {
        [self.role, self.entrance].contains(&Some(Role::Expert))
    }

    /// A valid certificate of the same holder, beside an own one: in the same key, or in another.
    pub fn valid_beside(&self, own: Own<'_>) -> Option<&Key> {
        let holds = |key: &&Key| {
            key.own().any(|other| {
                other.view.problem.is_none()
                    && other.view.certificate != own.view.certificate
                    && other.certificate.not_after() > own.certificate.not_after()
                    && other.has_holder_of(own)
            })
        };
        let (same, others): (Vec<_>, Vec<_>) = self
            .keys
            .iter()
            .partition(|key| key.token().token == own.key.token().token);
        same.into_iter().chain(others).find(holds)
    }

    /// What is wrong with the seals of the certificates that matter.
    pub(super) fn seals(&self) -> Vec<SealTrouble<'_>> {
        let certificates = self.current().filter(|own| {
            let expired = matches!(own.view.problem, Some(Error::CertificateExpired { .. }));
            let lasts = own.view.problem.is_none() || expired;
            lasts && own.view.algorithm == Some(SignatureAlgorithm::Sm2Sm3)
        });
        certificates.filter_map(|own| self.seal_of(own)).collect()
    }

    fn seal_of<'f>(&'f self, own: Own<'f>) -> Option<SealTrouble<'f>> {
        let renew_first = own.view.days_left < self.upgrade_days;
        let trouble = |error, mend| {
            Some(SealTrouble {
                of: own,
                error,
                mend,
                renew_first,
                unsure: false,
            })
        };
        let all = &own.key.view().seals;
        let longest = |seals: &mut dyn Iterator<Item = &'f SealView>| {
            seals.max_by_key(|seal| (seal.national, seal.days_left))
        };
        let lists = |seal: &&SealView| seal.certificates.contains(&own.view.certificate);
        let read = |seal: &&SealView| !seal.standard.is_empty();
        let best = longest(
            &mut all
                .iter()
                .filter(lists)
                .filter(|seal| seal.problem.is_none()),
        )
        .or_else(|| longest(&mut all.iter().filter(lists)))
        .or_else(|| longest(&mut all.iter().filter(read)));
        let expired = own.view.problem.is_some();
        let asked = matches!(self.asked, Some("seal-not-upgraded" | "seal-data"));
        let Some(seal) = best else {
            let expected =
                own.key.token().demo || Family::of(own.certificate.issuer()).id == FamilyId::Scca;
            // A key may hold seals where nobody can read them.
            let unsure = SealTrouble {
                of: own,
                error: Error::SealMissing {},
                mend: Mend::Upgrade,
                renew_first,
                unsure: !asked,
            };
            return (!expired && (asked || expected) && all.is_empty()).then_some(unsure);
        };
        if !seal.national {
            let standard = seal.standard.clone();
            return trouble(Error::SealOldStandard { standard }, Mend::Upgrade);
        }
        if expired {
            // Whoever asks about the seal hears of whatever keeps it from working, were its certificate renewed or not.
            let told = |error: &Error| {
                asked
                    || (matches!(error, Error::SealExpired { .. })
                        && self.valid_beside(own).is_none())
            };
            let ended = seal.problem.clone().filter(told);
            return ended.and_then(|error| trouble(error, Mend::RenewAlong));
        }
        if !lists(&seal) {
            let holder = own.view.holder.clone();
            return trouble(Error::SealNotForCertificate { holder }, Mend::Renew);
        }
        match &seal.problem {
            Some(error @ Error::SealExpired { .. }) => trouble(error.clone(), Mend::Renew),
            Some(Error::SealNotForCertificate { .. }) | None => {
                // One that ends with its certificate is renewed along with it.
                let early = seal.days_left + 1 < own.view.days_left;
                let days = seal.days_left;
                let date = seal.valid_until.clone();
                let soon = (early && days <= 60).then_some(Error::SealEndsSoon { days, date });
                soon.and_then(|error| trouble(error, Mend::Renew))
            }
            Some(error) => trouble(error.clone(), Mend::Ask),
        }
    }
}

/// The holder's own certificates that verified lists name.
fn revoked(key: &Key, crls: &Crls, anchors: &[Anchor], now: UnixTime) -> Vec<(String, Error)> {
    let authorities: Vec<Certificate> = key
        .certificates()
        .iter()
        .filter(|known| known.is_ca())
        .cloned()
        .collect();
    let policy = PathPolicy {
        national: true,
        ..PathPolicy::new(anchors, &authorities, crls, now)
    };
    let named = key.own().filter_map(|own| {
        let findings = verify(own.certificate, &policy).findings.into_iter();
        // The certificate itself, and none above it.
        let own_place = |found: &Finding| found.place.as_deref() == Some("path[0]");
        let mut against = findings.filter(own_place).map(|found| found.error);
        let error = against.find(|error| matches!(error, Error::CertificateRevoked { .. }))?;
        Some((own.view.certificate.clone(), error))
    });
    named.collect()
}

/// Whether a clock that is behind by so much keeps everything from working.
pub(super) fn is_far(clock: UnixTime, known: UnixTime) -> bool {
    known.0.saturating_sub(clock.0) > DAY
}

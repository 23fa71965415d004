//! A situation, read once: keys with their certificates and seals, who is meant, and what time it
//! must be. Rules ask it and read nothing themselves.

use super::situation::Situation;
use crate::signing::describe_tokens;
use yinxin_fees::{Role, Tariff};
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::authority::{Family, FamilyId};
use yinxin_pki::trust::{Anchor, Crls, Policy, verify};
use yinxin_proto::consent::{CertificateView, HolderKind, SealView, TokenView};
use yinxin_proto::doctor::Check;
use yinxin_proto::limits::{MAX_CERTIFICATES, MAX_CHECKS, MAX_MODULES, MAX_TOKENS};
use yinxin_proto::page::SignatureAlgorithm;
use yinxin_proto::text::Bilingual;
use yinxin_proto::time::{DAY, UnixTime};
use yinxin_proto::token::{Module, Token};
use yinxin_proto::{Error, Finding};

/// What a situation comes to.
pub(super) struct Facts<'s> {
    pub told: &'s Situation,
    asked: Option<&'s str>,
    /// The time by which everything is judged: the clock's, unless a known time is later.
    pub now: UnixTime,
    /// The computer's time.
    pub clock: UnixTime,
    /// A time that has passed and that the clock does not know of.
    pub clock_behind: Option<UnixTime>,
    pub keys: Vec<Key<'s>>,
    /// Of the certificate that the user means, where it is in a key.
    meant: Option<String>,
    pub role: Option<Role>,
    pub entrance: Option<Role>,
    /// Days that a certificate must last for an upgrade of its seal.
    pub upgrade_days: i32,
    /// SHA-256 of certificates that a revocation list names, with what it says.
    revoked: Vec<(String, Error)>,
}

/// A key.
pub(super) struct Key<'s> {
    pub told: &'s Token,
    pub view: TokenView,
    certificates: Vec<Certificate>,
    /// The places in `view` and in `certificates` of each [`Own`].
    own: Vec<(usize, usize)>,
}

/// A certificate in a key that is its holder's own and not for encryption alone.
#[derive(Clone, Copy)]
pub(super) struct Own<'f> {
    pub key: &'f Key<'f>,
    pub view: &'f CertificateView,
    pub certificate: &'f Certificate,
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
    Ask,
}

/// Revocation lists that are read.
const MAX_LISTS: usize = 16;

/// Seconds that a clock may be behind.
const SKEW: i64 = 300;

impl<'s> Facts<'s> {
    /// `asked` is the guide's problem whose message the user pasted. `views` are the keys in plain words,
    /// where they were judged already: that takes milliseconds.
    pub fn of(
        told: &'s Situation,
        asked: Option<&'s str>,
        views: Option<&[TokenView]>,
        anchors: &[Anchor],
        tariff: &Tariff,
        clock: UnixTime,
    ) -> Self {
        let known = told.known_time.as_deref().and_then(UnixTime::parse);
        let clock_behind = known.filter(|known| *known > clock.plus(SKEW));
        let now = clock_behind.unwrap_or(clock);
        let describe = |token: &Token| match views {
            Some(all) => all.iter().find(|view| view.token == token.token).cloned(),
            None => describe_tokens(std::slice::from_ref(token), anchors, now).pop(),
        };
        let tokens = told.tokens.iter().flatten().take(MAX_TOKENS as usize);
        let keys: Vec<Key<'s>> = tokens
            .filter_map(|token| Some(Key::of(token, describe(token)?)))
            .collect();
        let lists = &told.crls[..told.crls.len().min(MAX_LISTS)];
        let revoked = if lists.is_empty() {
            Vec::new()
        } else {
            let crls = Crls::read(lists);
            let of_key = |key: &Key<'s>| key.revoked(&crls, anchors, now);
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
            asked,
            now,
            clock,
            clock_behind,
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
    pub fn keys(&self) -> impl Iterator<Item = &Key<'s>> {
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

    /// The same facts for a user who means this certificate.
    pub fn meaning(&mut self, certificate: &str) {
        self.meant = Some(certificate.into());
    }

    /// Whether something else works, so that a user who has no certificate in mind can go on.
    pub fn works_without(&self, token: &str, certificate: Option<&str>) -> bool {
        self.meant.is_none()
            && self.keys.iter().any(|key| {
                key.view.problem.is_none()
                    && key.own().any(|own| {
                        own.view.problem.is_none()
                            && match certificate {
                                Some(sha) => own.view.certificate != sha,
                                None => key.told.token != token,
                            }
                    })
            })
    }

    /// Whether some key can be read at all.
    pub fn reads_keys(&self) -> bool {
        self.keys.iter().any(|key| key.told.problem.is_none())
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
    pub fn is_expert(&self, key: &Key<'_>) -> bool {
        self.logs_in_as_expert() || key.own().any(|own| own.view.kind == HolderKind::Expert)
    }

    /// Whether a portal told that an expert logs in.
    pub fn logs_in_as_expert(&self) -> bool {
        [self.role, self.entrance].contains(&Some(Role::Expert))
    }

    /// A valid certificate of the same holder, beside an own one: in the same key, or in another.
    pub fn valid_beside(&self, own: Own<'_>) -> Option<&Key<'s>> {
        let holds = |key: &&Key<'s>| {
            key.own().any(|other| {
                other.view.problem.is_none()
                    && other.view.certificate != own.view.certificate
                    && other.certificate.not_after() > own.certificate.not_after()
                    && is_same_holder(other, own)
            })
        };
        let (same, others): (Vec<_>, Vec<_>) = self
            .keys
            .iter()
            .partition(|key| key.told.token == own.key.told.token);
        same.into_iter().chain(others).find(holds)
    }

    /// What is wrong with the seals of the certificates that matter. What follows from an expired
    /// certificate alone is not told: its renewal brings the seal along.
    pub fn seals(&self) -> Vec<SealTrouble<'_>> {
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
        let all = &own.key.view.seals;
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
        let Some(seal) = best else {
            let asked = matches!(self.asked, Some("seal-not-upgraded" | "seal-data"));
            let expected =
                own.key.told.demo || Family::of(own.certificate.issuer()).id == FamilyId::Scca;
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
            return None;
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
                let soon = (early && days <= 60).then_some(Error::SealEndsSoon { days });
                soon.and_then(|error| trouble(error, Mend::Renew))
            }
            Some(error) => trouble(error.clone(), Mend::Ask),
        }
    }
}

impl<'s> Key<'s> {
    fn of(told: &'s Token, view: TokenView) -> Self {
        let certificates: Vec<Certificate> = told
            .certificates
            .iter()
            .take(MAX_CERTIFICATES as usize)
            .filter_map(|known| Certificate::from_der(known.certificate.0.clone()).ok())
            .collect();
        let own = view
            .certificates
            .iter()
            .enumerate()
            .filter_map(|(at, shown)| {
                let is_it = |known: &Certificate| hex(known.sha256()) == shown.certificate;
                let held = certificates.iter().position(is_it)?;
                let of = certificates.get(held)?;
                (!of.is_ca() && of.may_sign()).then_some((at, held))
            });
        Self {
            told,
            own: own.collect(),
            view,
            certificates,
        }
    }

    /// The holder's own certificates that verified lists name.
    fn revoked(&self, crls: &Crls, anchors: &[Anchor], now: UnixTime) -> Vec<(String, Error)> {
        let authorities: Vec<Certificate> = self
            .certificates
            .iter()
            .filter(|known| known.is_ca())
            .cloned()
            .collect();
        let policy = Policy {
            national: true,
            ..Policy::new(anchors, &authorities, crls, now)
        };
        let named = self.own().filter_map(|own| {
            let findings = verify(own.certificate, &policy).findings.into_iter();
            // The certificate itself, and none above it.
            let own_place = |found: &Finding| found.place.as_deref() == Some("path[0]");
            let mut against = findings.filter(own_place).map(|found| found.error);
            let error = against.find(|error| matches!(error, Error::CertificateRevoked { .. }))?;
            Some((own.view.certificate.clone(), error))
        });
        named.collect()
    }

    fn holds(&self, sha: &str) -> bool {
        let mut all = self.view.certificates.iter();
        all.any(|known| known.certificate == sha)
    }

    /// What to call it.
    pub fn name(&self) -> String {
        let TokenView {
            label,
            model,
            serial,
            ..
        } = &self.view;
        match (label.trim(), serial.trim()) {
            ("", "") => model.clone(),
            ("", serial) => format!("{model} {serial}"),
            (label, "") => label.to_owned(),
            (label, serial) => format!("{label}（{serial}）"),
        }
    }

    /// The other CA of the national list that issued all of the holder's own certificates, if one did:
    /// what Sichuan CA's hall does is then of no use. Of an issuer that is not listed nothing is known.
    pub fn other_authority(&self) -> Option<Bilingual> {
        let mut families = self.own().map(|own| Family::of(own.certificate.issuer()));
        let first = families
            .next()
            .filter(|first| first.id == FamilyId::Listed)?;
        let same = families.all(|other| other.name == first.name);
        (same && !self.told.demo).then_some(first.name)
    }

    pub fn own(&self) -> impl Iterator<Item = Own<'_>> {
        self.own.iter().filter_map(|&(view, certificate)| {
            Some(Own {
                key: self,
                view: self.view.certificates.get(view)?,
                certificate: self.certificates.get(certificate)?,
            })
        })
    }

    /// Certificates for encryption whose signing halves are not in the key. One that can't be read
    /// could be the other half.
    pub fn halves(&self) -> impl Iterator<Item = &Certificate> {
        let all_read = self.certificates.len() == self.told.certificates.len();
        let read = if all_read {
            &self.certificates[..]
        } else {
            &[]
        };
        read.iter().filter(|half| {
            let encrypts = half
                .key_usage()
                .is_some_and(|usage| usage.encrypts() && !usage.signs());
            encrypts
                && !half.is_ca()
                && !self
                    .own()
                    .any(|own| own.certificate.subject().matches(half.subject()))
        })
    }
}

pub(super) fn is_same_holder(a: Own<'_>, b: Own<'_>) -> bool {
    // Names first: comparing whole subjects costs much more, and there may be a thousand.
    a.view.holder == b.view.holder
        && (a.view.credit_code == b.view.credit_code
            || a.certificate.subject().matches(b.certificate.subject()))
}

/// Whether a clock that is behind by so much keeps everything from working.
pub(super) fn is_far(clock: UnixTime, known: UnixTime) -> bool {
    known.0.saturating_sub(clock.0) > DAY
}

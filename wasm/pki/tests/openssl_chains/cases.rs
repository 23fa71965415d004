//! Chains drawn at random, with faults.

use crate::faults::Fault;
use crate::random::Random;
use crate::workshop::{
    Algorithm, CertificateId, CertificateSpec, CrlId, CrlSpec, Key, Sm2Id, Workshop,
    certificate_file,
};
use yinxin_proto::time::{DAY, UnixTime};

/// The time at which all are judged: 2026-11-22T15:04:05Z.
pub const AT: UnixTime = UnixTime(1_795_359_845);

/// A chain and what it is judged with.
pub struct Case {
    pub number: usize,
    pub faults: Vec<Fault>,
    /// From the leaf to the root.
    pub algorithms: Vec<Algorithm>,
    /// From the leaf to the root.
    pub path: Vec<CertificateId>,
    pub intermediates: Vec<CertificateId>,
    pub anchors: Vec<CertificateId>,
    /// `None`: revocation is not looked up.
    pub crls: Option<Vec<CrlId>>,
}

impl Case {
    /// What is wrong and of what it is made, in a line.
    pub fn describe(&self) -> String {
        let crls = match &self.crls {
            Some(crls) => format!("{} lists", crls.len()),
            None => "no lists".into(),
        };
        format!(
            "chain {} ({}): {:?}, {:?}, {crls}",
            self.number,
            certificate_file(self.path[0]),
            self.faults,
            self.algorithms
        )
    }
}

/// What is drawn from.
pub struct Range<'a> {
    /// In a chain of one algorithm, or in one of several.
    pub algorithms: &'a [Algorithm],
    /// Each comes up in turn, so that none is left out.
    pub faults: &'a [Fault],
    pub sm2_id: Sm2Id,
    /// Whether a second fault, and revocation lists, may come along.
    pub more: bool,
}

impl Range<'_> {
    /// Draws chains and orders what they are made of.
    pub fn draw(&self, count: usize, seed: u64, workshop: &mut Workshop) -> Vec<Case> {
        let mut random = Random::new(seed);
        // Three rounds in the cycle are of chains without a fault.
        let mut cycle: Vec<Option<Fault>> = self.faults.iter().copied().map(Some).collect();
        cycle.extend([None; 3]);
        (0..count)
            .map(|number| {
                let at = number % cycle.len();
                if at == 0 {
                    random.shuffle(&mut cycle);
                }
                let first = cycle[at];
                let second = (self.more && first.is_some() && random.percent(30))
                    .then(|| random.pick(self.faults));
                let wanted: Vec<Fault> = first.into_iter().chain(second).collect();
                let mut draft = Draft::draw(&wanted, self, &mut random);
                for fault in wanted {
                    draft.apply(fault, &mut random);
                }
                draft.order(number, self.sm2_id, workshop, &mut random)
            })
            .collect()
    }
}

/// A certificate of a chain in the making.
#[derive(Clone)]
struct Link {
    key: Key,
    subject: String,
    not_before: UnixTime,
    not_after: UnixTime,
    basic_constraints: BasicConstraints,
    key_usage: Option<&'static str>,
    is_version_1: bool,
    /// Further extensions.
    extensions: Vec<String>,
    signer: Signer,
    wrong_authority_key_identifier: bool,
    revocation: Option<(UnixTime, &'static str)>,
    /// The list in which its issuer would name it.
    crl: Crl,
    /// A second one, and whether it names it.
    crl_beside: Option<(UnixTime, UnixTime, bool)>,
}

#[derive(Clone, Copy, PartialEq)]
enum BasicConstraints {
    Absent,
    /// An empty SEQUENCE.
    Empty,
    /// FALSE spelt out, as Chinese CAs do.
    False,
    Ca(Option<usize>),
}

#[derive(Clone, Copy, PartialEq)]
enum Signer {
    Issuer,
    /// One with the issuer's key.
    OtherName,
    /// One with the issuer's name.
    OtherKey,
}

#[derive(Clone, Copy, PartialEq)]
enum Crl {
    Given {
        this_update: UnixTime,
        next_update: UnixTime,
    },
    Missing,
    OfOtherKey,
}

/// A certificate that lies beside the path.
#[derive(Clone, Copy, PartialEq)]
enum Decoy {
    /// The same name with another key.
    OtherKey(usize),
    /// The same name and key, issued by a root that nobody trusts.
    Cross(usize),
    /// The same name and key, with a validity that is over.
    Expired(usize),
    /// An anchor with the root's name and another key.
    Root,
}

/// A chain in the making.
#[derive(Clone)]
struct Draft {
    /// From the leaf to the root.
    links: Vec<Link>,
    faults: Vec<Fault>,
    looks_up_revocation: bool,
    /// Whether certificates and lists say with which keys they were signed.
    has_key_identifiers: bool,
    decoy: Option<Decoy>,
    decoy_first: bool,
}

impl Draft {
    fn draw(wanted: &[Fault], range: &Range<'_>, random: &mut Random) -> Self {
        let needed = wanted
            .iter()
            .map(|fault| fault.intermediates_needed())
            .max()
            .unwrap_or(0);
        // Depth 1 to 5: the leaf under the root, to four certificates between them.
        let root = random.between(needed, 4) + 1;
        let single = random.percent(70).then(|| random.pick(range.algorithms));
        let version = random.below(3);
        let links = (0..=root)
            .map(|index| Link {
                key: Key {
                    algorithm: single.unwrap_or_else(|| random.pick(range.algorithms)),
                    number: index,
                },
                subject: subject(index, version),
                not_before: AT.plus(-DAY * i64::try_from(random.between(1, 900)).unwrap()),
                not_after: AT.plus(DAY * i64::try_from(random.between(1, 900)).unwrap()),
                basic_constraints: if index == 0 {
                    random.pick(&[
                        BasicConstraints::Absent,
                        BasicConstraints::Empty,
                        BasicConstraints::False,
                    ])
                } else if random.percent(20) {
                    BasicConstraints::Ca(Some(index - 1 + random.below(3)))
                } else {
                    BasicConstraints::Ca(None)
                },
                key_usage: if index == 0 {
                    Some("critical,digitalSignature,nonRepudiation")
                } else if random.percent(80) {
                    Some("critical,keyCertSign,cRLSign")
                } else {
                    None
                },
                is_version_1: false,
                extensions: Vec::new(),
                signer: Signer::Issuer,
                wrong_authority_key_identifier: false,
                revocation: None,
                crl: Crl::Given {
                    this_update: AT.plus(-DAY),
                    next_update: AT.plus(30 * DAY),
                },
                crl_beside: None,
            })
            .collect::<Vec<_>>();
        let mut draft = Self {
            links,
            faults: Vec::new(),
            looks_up_revocation: range.more
                && (wanted.iter().any(|fault| fault.is_of_revocation()) || random.percent(40)),
            has_key_identifiers: random.percent(80),
            decoy: None,
            decoy_first: false,
        };
        if random.percent(30) {
            // GeneralizedTime.
            draft.links[root].not_after = UnixTime::parse("2060-01-01").unwrap();
        }
        draft
    }

    /// Adds a fault, unless it would undo one that is there.
    fn apply(&mut self, fault: Fault, random: &mut Random) {
        if self.faults.contains(&fault) || (self.is_of_names() && is_of_names(fault)) {
            return;
        }
        let before = self.clone();
        if self.try_apply(fault, random) {
            self.faults.push(fault);
        } else {
            *self = before;
        }
    }

    /// Whether it fits beside the others. If not, the draft may be half changed.
    fn try_apply(&mut self, fault: Fault, random: &mut Random) -> bool {
        let root = self.links.len() - 1;
        // Any certificate below the root that issues, if there is one; any that issues.
        let intermediate = random.between(1, (root - 1).max(1));
        let issuer = random.between(1, root);
        let child = random.below(root);
        let before = AT.plus(-DAY * i64::try_from(random.between(1, 300)).unwrap());
        let after = AT.plus(DAY * i64::try_from(random.between(1, 300)).unwrap());
        match fault {
            Fault::LeafExpired => self.end(0, before),
            Fault::IntermediateExpired => self.end(intermediate, before),
            Fault::RootExpired => self.end(root, before),
            Fault::LeafEndsThisSecond => self.end(0, AT),
            Fault::LeafNotYetValid => self.begin(0, after),
            Fault::IntermediateNotYetValid => self.begin(intermediate, after),
            Fault::RootNotYetValid => self.begin(root, after),
            Fault::LeafBeginsThisSecond => self.begin(0, AT),
            Fault::WrongIssuerName => self.sign(child, Signer::OtherName),
            Fault::WrongIssuerKey => self.sign(child, Signer::OtherKey),
            Fault::AuthorityKeyIdentifierWrong => {
                // Only where the issuer's certificate identifies its key do they differ.
                self.has_key_identifiers = true;
                self.links[child].wrong_authority_key_identifier = true;
                let apart = self.links.iter().all(|link| !link.is_version_1);
                apart && self.decoy.is_none()
            }
            Fault::BasicConstraintsAbsent => self.constrain(intermediate, BasicConstraints::Absent),
            Fault::BasicConstraintsEmpty => self.constrain(intermediate, BasicConstraints::Empty),
            Fault::BasicConstraintsFalse => self.constrain(intermediate, BasicConstraints::False),
            Fault::RootWithoutBasicConstraints => {
                // With key usage OpenSSL, too, takes it as a CA.
                let usage = self.links[root].key_usage.take();
                usage.is_none_or(|usage| usage == ISSUER_USAGE)
                    && self.constrain(root, BasicConstraints::Absent)
            }
            Fault::IntermediateOfVersion1 => {
                let link = &mut self.links[intermediate];
                let free = link.extensions.is_empty()
                    && matches!(link.basic_constraints, BasicConstraints::Ca(_))
                    && link.key_usage.is_none_or(|usage| usage == ISSUER_USAGE)
                    && !self.faults.contains(&Fault::AuthorityKeyIdentifierWrong);
                link.is_version_1 |= free;
                free
            }
            Fault::IntermediateWithoutKeyCertSign => {
                self.use_key(intermediate, "critical,cRLSign,digitalSignature")
            }
            Fault::RootWithoutKeyCertSign => {
                self.use_key(root, "critical,cRLSign,digitalSignature")
            }
            Fault::IssuerWithoutCrlSign => self.use_key(issuer, "critical,keyCertSign"),
            Fault::PathLengthReached => {
                let issuer = random.between(2, root);
                self.constrain(issuer, BasicConstraints::Ca(Some(self.below(issuer))))
            }
            Fault::PathLengthExceeded => {
                let issuer = random.between(2, root);
                self.exceed(issuer, random)
            }
            Fault::RootPathLengthExceeded => self.exceed(root, random),
            Fault::SelfIssuedNotCounted => {
                let issuer = random.between(2, root);
                self.issue_to_itself(issuer)
                    && self.constrain(issuer, BasicConstraints::Ca(Some(self.below(issuer))))
            }
            Fault::SelfIssuedButExceeded => {
                let issuer = random.between(3, root);
                self.issue_to_itself(issuer) && self.exceed(issuer, random)
            }
            Fault::UnknownExtension => self.extend(child, "1.2.3.4.5=ASN1:NULL"),
            Fault::UnknownCriticalInLeaf => self.extend(0, "1.2.3.4.5=critical,ASN1:NULL"),
            Fault::UnknownCriticalInIntermediate => {
                self.extend(intermediate, "1.2.3.4.5=critical,ASN1:NULL")
            }
            Fault::LeafRevoked => self.revoke(0, before, random),
            Fault::IntermediateRevoked => self.revoke(intermediate, before, random),
            Fault::LeafRevokedFromTomorrow => self.revoke(0, AT.plus(DAY), random),
            Fault::CrlExpired => {
                self.list(child, AT.plus(-30 * DAY), before.max(AT.plus(-9 * DAY)))
            }
            Fault::CrlEndsThisSecond => self.list(child, AT.plus(-30 * DAY), AT),
            Fault::CrlNotYetValid => self.list(child, AT.plus(DAY), AT.plus(30 * DAY)),
            Fault::CrlMissing => self.relist(child, Crl::Missing),
            Fault::CrlOfOtherKey => self.relist(child, Crl::OfOtherKey),
            Fault::ExpiredCrlBeside => {
                self.relist_beside(child, (AT.plus(-60 * DAY), AT.plus(-30 * DAY), false))
            }
            Fault::LaterCrlBeside => {
                self.relist_beside(child, (AT.plus(DAY), AT.plus(60 * DAY), false))
            }
            Fault::RevokedInNewerCrl => {
                self.relist_beside(child, (AT.plus(-DAY / 2), AT.plus(60 * DAY), true))
            }
            Fault::SameNameOtherKey => {
                self.has_key_identifiers = true;
                self.distract(Decoy::OtherKey(intermediate))
            }
            Fault::SameNameOtherKeyUnidentified => {
                self.has_key_identifiers = false;
                self.decoy_first = true;
                self.distract(Decoy::OtherKey(intermediate))
            }
            Fault::TwoRootsOfOneName => {
                self.has_key_identifiers = true;
                self.distract(Decoy::Root)
            }
            Fault::CrossCertificate => {
                self.decoy_first = true;
                self.distract(Decoy::Cross(intermediate))
            }
            Fault::RenewedIntermediate => self.distract(Decoy::Expired(intermediate)),
            _ => self.constrain_names(fault, random),
        }
    }

    /// Name constraints, critical as RFC 5280 demands or not, and names that obey them or don't.
    fn constrain_names(&mut self, fault: Fault, random: &mut Random) -> bool {
        let root = self.links.len() - 1;
        let mut issuer = random.between(1, (root - 1).max(1));
        let (constraint, name) = match fault {
            Fault::DirectoryNamePermitted => (
                random.pick(&[
                    "permitted;dirName:group",
                    "permitted;dirName:group_written_otherwise",
                ]),
                None,
            ),
            Fault::DirectoryNameNotPermitted => ("permitted;dirName:stranger", None),
            Fault::DirectoryNameExcluded => (
                random.pick(&["excluded;dirName:group", "excluded;dirName:sales"]),
                None,
            ),
            Fault::DirectoryNameNotExcluded => (
                random.pick(&["excluded;dirName:purchasing", "excluded;dirName:stranger"]),
                None,
            ),
            Fault::AlternativeDirectoryNameNotPermitted => {
                ("permitted;dirName:group", Some("dirName:stranger"))
            }
            Fault::IntermediateNameNotPermitted => {
                issuer = random.between(2, root);
                let below = random.between(1, issuer - 1);
                self.links[below].subject = STRANGER.into();
                ("permitted;dirName:group", None)
            }
            Fault::SelfIssuedNameExempt => {
                issuer = random.between(2, root - 1);
                self.links[issuer].subject = STRANGER.into();
                if !self.issue_to_itself(issuer) {
                    return false;
                }
                ("permitted;dirName:group", None)
            }
            Fault::NarrowedBelow => {
                let upper = random.between(2, root);
                issuer = random.between(1, upper - 1);
                if !self.extend(upper, "nameConstraints=critical,permitted;dirName:group") {
                    return false;
                }
                ("permitted;dirName:purchasing", None)
            }
            Fault::RootConstraintNotPermitted => {
                issuer = root;
                ("permitted;dirName:stranger", None)
            }
            Fault::EmailPermitted => {
                let (constraint, name) = random.pick(&[
                    ("permitted;email:example.com", "email:li@example.com"),
                    ("permitted;email:example.com", "email:li@EXAMPLE.com"),
                    ("permitted;email:.example.com", "email:li@mail.example.com"),
                    ("permitted;email:li@example.com", "email:li@example.com"),
                    ("permitted;email:example.com", "DNS:www.example.org"),
                ]);
                (constraint, Some(name))
            }
            Fault::EmailNotPermitted => {
                let (constraint, name) = random.pick(&[
                    ("permitted;email:example.com", "email:li@example.org"),
                    ("permitted;email:example.com", "email:li@mail.example.com"),
                    ("permitted;email:example.com", "email:li@notexample.com"),
                    ("permitted;email:.example.com", "email:li@example.com"),
                    ("permitted;email:li@example.com", "email:wang@example.com"),
                ]);
                (constraint, Some(name))
            }
            Fault::EmailExcluded => {
                let (constraint, name) = random.pick(&[
                    ("excluded;email:example.com", "email:li@example.com"),
                    ("excluded;email:.example.com", "email:li@mail.example.com"),
                    ("excluded;email:li@example.com", "email:li@example.com"),
                ]);
                (constraint, Some(name))
            }
            Fault::EmailInSubjectNotPermitted => {
                self.links[0]
                    .subject
                    .push_str("/emailAddress=li@example.org");
                ("permitted;email:example.com", None)
            }
            Fault::EmailInSubjectBesideAlternativeName => {
                self.links[0]
                    .subject
                    .push_str("/emailAddress=li@example.org");
                ("permitted;email:example.com", Some("email:li@example.com"))
            }
            Fault::DnsPermitted => {
                let (constraint, name) = random.pick(&[
                    ("permitted;DNS:example.com", "DNS:example.com"),
                    ("permitted;DNS:example.com", "DNS:www.Example.com"),
                    ("permitted;DNS:example.com", "DNS:a.b.example.com"),
                    ("permitted;DNS:example.com", "email:li@example.org"),
                    ("permitted;DNS:.example.com", "DNS:www.example.com"),
                    ("excluded;DNS:.example.com", "DNS:example.com"),
                ]);
                (constraint, Some(name))
            }
            Fault::DnsNotPermitted => {
                let (constraint, name) = random.pick(&[
                    ("permitted;DNS:example.com", "DNS:example.org"),
                    ("permitted;DNS:example.com", "DNS:notexample.com"),
                    ("permitted;DNS:www.example.com", "DNS:example.com"),
                    ("permitted;DNS:.example.com", "DNS:example.com"),
                ]);
                (constraint, Some(name))
            }
            Fault::DnsExcluded => {
                let (constraint, name) = random.pick(&[
                    ("excluded;DNS:example.com", "DNS:example.com"),
                    ("excluded;DNS:example.com", "DNS:www.example.com"),
                ]);
                (constraint, Some(name))
            }
            Fault::DnsLikeCommonName => {
                self.links[0].subject = "/C=CN/O=Example Group/CN=www.example.org".into();
                ("permitted;DNS:example.com", None)
            }
            Fault::OtherNamePermitted => {
                let (constraint, name) = random.pick(&[
                    ("permitted;IP:192.0.2.0/255.255.255.0", "IP:192.0.2.7"),
                    ("excluded;IP:192.0.2.0/255.255.255.0", "IP:192.0.3.7"),
                    ("permitted;IP:2001:db8::/ffff:ffff::", "IP:2001:db8:1::1"),
                    (
                        "permitted;URI:www.example.com",
                        "URI:https://www.example.com/a?b",
                    ),
                    (
                        "permitted;URI:.example.com",
                        "URI:https://www.example.com:8443/a",
                    ),
                ]);
                (constraint, Some(name))
            }
            Fault::OtherNameNotPermitted => {
                let (constraint, name) = random.pick(&[
                    ("permitted;IP:192.0.2.0/255.255.255.0", "IP:192.0.3.7"),
                    ("permitted;IP:2001:db8::/ffff:ffff::", "IP:2001:db9::1"),
                    ("permitted;IP:192.0.2.0/255.255.255.0", "IP:2001:db8:1::1"),
                    (
                        "permitted;URI:www.example.com",
                        "URI:https://a.www.example.com/",
                    ),
                    ("permitted;URI:.example.com", "URI:https://example.com/"),
                    (
                        "permitted;URI:.example.com",
                        "URI:https://example.org/.example.com",
                    ),
                ]);
                (constraint, Some(name))
            }
            other => unreachable!("{other:?} is of another kind"),
        };
        let critical = if random.percent(70) { "critical," } else { "" };
        self.extend(issuer, &format!("nameConstraints={critical}{constraint}"))
            && name.is_none_or(|name| self.extend(0, &format!("subjectAltName={name}")))
    }

    fn is_of_names(&self) -> bool {
        self.faults.iter().any(|fault| is_of_names(*fault))
    }

    fn end(&mut self, index: usize, not_after: UnixTime) -> bool {
        let renewed = matches!(self.decoy, Some(Decoy::Expired(_)));
        let link = &mut self.links[index];
        if renewed || link.not_after <= AT || link.not_before >= AT {
            return false;
        }
        link.not_before = AT.plus(-1000 * DAY);
        link.not_after = not_after;
        true
    }

    fn begin(&mut self, index: usize, not_before: UnixTime) -> bool {
        let renewed = matches!(self.decoy, Some(Decoy::Expired(_)));
        let link = &mut self.links[index];
        if renewed || link.not_after <= AT || link.not_before >= AT {
            return false;
        }
        link.not_before = not_before;
        link.not_after = link.not_after.max(AT.plus(1000 * DAY));
        true
    }

    fn sign(&mut self, index: usize, signer: Signer) -> bool {
        // Beside a decoy it would be a third issuer of the name.
        if self.links[index].signer != Signer::Issuer || self.decoy.is_some() {
            return false;
        }
        self.links[index].signer = signer;
        true
    }

    fn constrain(&mut self, index: usize, constraints: BasicConstraints) -> bool {
        let taken = self.faults.iter().any(|fault| {
            use Fault::{
                BasicConstraintsAbsent, BasicConstraintsEmpty, BasicConstraintsFalse,
                IntermediateOfVersion1, PathLengthExceeded, PathLengthReached,
                RootPathLengthExceeded, RootWithoutBasicConstraints, RootWithoutKeyCertSign,
                SelfIssuedButExceeded, SelfIssuedNotCounted,
            };
            matches!(
                fault,
                BasicConstraintsAbsent
                    | BasicConstraintsEmpty
                    | BasicConstraintsFalse
                    | IntermediateOfVersion1
                    | PathLengthExceeded
                    | PathLengthReached
                    | RootPathLengthExceeded
                    | RootWithoutBasicConstraints
                    | RootWithoutKeyCertSign
                    | SelfIssuedButExceeded
                    | SelfIssuedNotCounted
            )
        });
        if !taken {
            self.links[index].basic_constraints = constraints;
        }
        !taken
    }

    fn use_key(&mut self, index: usize, usage: &'static str) -> bool {
        let link = &mut self.links[index];
        let free = link.key_usage.is_none_or(|usage| usage == ISSUER_USAGE)
            && matches!(link.basic_constraints, BasicConstraints::Ca(_))
            && !link.is_version_1;
        if free {
            link.key_usage = Some(usage);
        }
        free
    }

    /// The intermediate certificates below an issuer that count.
    fn below(&self, issuer: usize) -> usize {
        (1..issuer)
            .filter(|index| self.links[*index].subject != self.links[index + 1].subject)
            .count()
    }

    fn exceed(&mut self, issuer: usize, random: &mut Random) -> bool {
        let below = self.below(issuer);
        below > 0 && self.constrain(issuer, BasicConstraints::Ca(Some(random.below(below))))
    }

    /// Gives the certificate below an issuer the issuer's name.
    fn issue_to_itself(&mut self, issuer: usize) -> bool {
        use Fault::{
            CrlEndsThisSecond, CrlExpired, CrlMissing, CrlNotYetValid, CrlOfOtherKey,
            ExpiredCrlBeside, LaterCrlBeside, PathLengthExceeded, PathLengthReached,
            RootPathLengthExceeded,
        };
        let matters = self.faults.iter().any(|fault| {
            matches!(
                fault,
                // They count names.
                PathLengthExceeded | PathLengthReached | RootPathLengthExceeded
                // OpenSSL also takes a list that another key of that name in the path signed (RFC
                // 5280, 6.3.3 (f)); the core takes those of the issuer's own key only.
                | CrlEndsThisSecond | CrlExpired | CrlMissing | CrlNotYetValid | CrlOfOtherKey
                | ExpiredCrlBeside | LaterCrlBeside
            )
        });
        let mut signers = self.links.iter().map(|link| link.signer);
        if matters || self.decoy.is_some() || signers.any(|signer| signer != Signer::Issuer) {
            return false;
        }
        self.has_key_identifiers = true;
        self.links[issuer - 1].subject = self.links[issuer].subject.clone();
        true
    }

    fn extend(&mut self, index: usize, line: &str) -> bool {
        let link = &mut self.links[index];
        let name = line.split_once('=').map_or(line, |(name, _)| name);
        let free =
            !link.is_version_1 && !link.extensions.iter().any(|other| other.starts_with(name));
        if free {
            link.extensions.push(line.into());
        }
        free
    }

    fn revoke(&mut self, index: usize, date: UnixTime, random: &mut Random) -> bool {
        let link = &mut self.links[index];
        if link.revocation.is_some()
            || link.crl_beside.is_some()
            || !matches!(link.crl, Crl::Given { .. })
        {
            return false;
        }
        link.revocation = Some((date, random.pick(REASONS)));
        true
    }

    fn list(&mut self, child: usize, this_update: UnixTime, next_update: UnixTime) -> bool {
        self.relist(
            child,
            Crl::Given {
                this_update,
                next_update,
            },
        )
    }

    fn relist_beside(&mut self, child: usize, list: (UnixTime, UnixTime, bool)) -> bool {
        let given = self.links[child].crl;
        self.links[child].crl_beside = Some(list);
        self.relist(child, given)
    }

    fn relist(&mut self, child: usize, crl: Crl) -> bool {
        let is_self_issued = self
            .links
            .windows(2)
            .any(|pair| pair[0].subject == pair[1].subject);
        if is_self_issued
            || self.links.iter().any(|link| link.revocation.is_some())
            || self.faults.iter().any(|fault| fault.is_of_revocation())
        {
            return false;
        }
        self.links[child].crl = crl;
        true
    }

    fn distract(&mut self, decoy: Decoy) -> bool {
        let alone = self.faults.is_empty();
        if alone {
            self.decoy = Some(decoy);
        }
        alone
    }

    /// Orders all that the chain consists of.
    fn order(
        self,
        number: usize,
        sm2_id: Sm2Id,
        workshop: &mut Workshop,
        random: &mut Random,
    ) -> Case {
        let root = self.links.len() - 1;
        let mut path: Vec<CertificateId> = Vec::new();
        let mut crls = Vec::new();
        for (index, link) in self.links.iter().enumerate().rev() {
            let parent = path.last().copied();
            let mut spec = self.spec(index, link, parent, sm2_id);
            let Some(parent) = parent else {
                path.push(workshop.certificate(spec));
                continue;
            };
            let issuer = &self.links[index + 1];
            let other_name = Link {
                subject: IMPOSTOR.into(),
                ..self.pretender(issuer)
            };
            let other_key = Link {
                key: Key {
                    number: SPARE_KEY,
                    ..issuer.key
                },
                ..self.pretender(issuer)
            };
            let pretend = |link: &Link, workshop: &mut Workshop| {
                workshop.certificate(self.spec(root, link, None, sm2_id))
            };
            spec.issuer = Some(match link.signer {
                Signer::Issuer => parent,
                Signer::OtherName => pretend(&other_name, workshop),
                Signer::OtherKey => pretend(&other_key, workshop),
            });
            let id = workshop.certificate(spec);
            path.push(id);
            let (signer, this_update, next_update) = match link.crl {
                Crl::Missing => continue,
                Crl::OfOtherKey => (
                    pretend(&other_key, workshop),
                    AT.plus(-DAY),
                    AT.plus(30 * DAY),
                ),
                Crl::Given {
                    this_update,
                    next_update,
                } => (parent, this_update, next_update),
            };
            if !self.looks_up_revocation {
                continue;
            }
            let mut list = CrlSpec {
                issuer: signer,
                revoked: link.revocation.map(|(date, reason)| (id, date, reason)),
                this_update,
                next_update,
                identifies_key: self.has_key_identifiers && !issuer.is_version_1,
            };
            crls.push(workshop.crl(list.clone()));
            if let Some((this_update, next_update, names)) = link.crl_beside {
                list.revoked = names.then_some((id, this_update, "keyCompromise"));
                list.this_update = this_update;
                list.next_update = next_update;
                crls.push(workshop.crl(list));
            }
        }
        path.reverse();
        let mut intermediates = path[1..root].to_vec();
        let mut anchors = vec![path[root]];
        random.shuffle(&mut intermediates);
        random.shuffle(&mut crls);
        if let Some(decoy) = self.decoy {
            let id = self.order_decoy(decoy, &path, sm2_id, workshop);
            let list = if decoy == Decoy::Root {
                &mut anchors
            } else {
                &mut intermediates
            };
            let place = if self.decoy_first {
                0
            } else {
                random.below(list.len() + 1)
            };
            list.insert(place, id);
        }
        Case {
            number,
            algorithms: self.links.iter().map(|link| link.key.algorithm).collect(),
            faults: self.faults,
            path,
            intermediates,
            anchors,
            crls: self.looks_up_revocation.then_some(crls),
        }
    }

    fn order_decoy(
        &self,
        decoy: Decoy,
        path: &[CertificateId],
        sm2_id: Sm2Id,
        workshop: &mut Workshop,
    ) -> CertificateId {
        let root = self.links.len() - 1;
        let (index, parent, link) = match decoy {
            Decoy::OtherKey(index) => {
                let mut link = self.links[index].clone();
                link.key.number = SPARE_KEY;
                (index, Some(path[index + 1]), link)
            }
            Decoy::Expired(index) => {
                let mut link = self.links[index].clone();
                link.not_before = AT.plus(-1000 * DAY);
                link.not_after = AT.plus(-10 * DAY);
                (index, Some(path[index + 1]), link)
            }
            Decoy::Cross(index) => {
                let mut stranger = self.pretender(&self.links[root]);
                stranger.subject = IMPOSTOR.into();
                stranger.key.number = SPARE_KEY;
                let stranger = workshop.certificate(self.spec(root, &stranger, None, sm2_id));
                (index, Some(stranger), self.links[index].clone())
            }
            Decoy::Root => {
                let mut link = self.links[root].clone();
                link.key.number = SPARE_KEY;
                (root, None, link)
            }
        };
        workshop.certificate(self.spec(index, &link, parent, sm2_id))
    }

    /// A self-signed certificate that can sign in an issuer's stead.
    fn pretender(&self, issuer: &Link) -> Link {
        Link {
            extensions: Vec::new(),
            ..issuer.clone()
        }
    }

    fn spec(
        &self,
        index: usize,
        link: &Link,
        issuer: Option<CertificateId>,
        sm2_id: Sm2Id,
    ) -> CertificateSpec {
        let mut extensions = Vec::new();
        if !link.is_version_1 {
            match link.basic_constraints {
                BasicConstraints::Absent => {}
                BasicConstraints::Empty => {
                    extensions.push("basicConstraints=critical,DER:30:00".into());
                }
                BasicConstraints::False => {
                    extensions.push("basicConstraints=critical,DER:30:03:01:01:00".into());
                }
                BasicConstraints::Ca(None) => {
                    extensions.push("basicConstraints=critical,CA:TRUE".into());
                }
                BasicConstraints::Ca(Some(length)) => {
                    extensions.push(format!(
                        "basicConstraints=critical,CA:TRUE,pathlen:{length}"
                    ));
                }
            }
            if let Some(usage) = link.key_usage {
                extensions.push(format!("keyUsage={usage}"));
            }
            let issuer_is_identified = self
                .links
                .get(index + 1)
                .is_some_and(|issuer| self.has_key_identifiers && !issuer.is_version_1);
            // OpenSSL adds both of itself where nothing is said.
            extensions.extend([
                if self.has_key_identifiers {
                    "subjectKeyIdentifier=hash".into()
                } else {
                    "subjectKeyIdentifier=none".into()
                },
                if link.wrong_authority_key_identifier {
                    "authorityKeyIdentifier=DER:30:06:80:04:01:02:03:04".into()
                } else if issuer.is_some() && issuer_is_identified {
                    "authorityKeyIdentifier=keyid".into()
                } else {
                    "authorityKeyIdentifier=none".into()
                },
                // Without any that stays it would be of version 1.
                "nsComment=none".into(),
            ]);
            extensions.extend(link.extensions.iter().cloned());
        }
        CertificateSpec {
            issuer,
            key: link.key,
            subject: link.subject.clone(),
            not_before: link.not_before,
            not_after: link.not_after,
            extensions,
            sm2_id,
        }
    }
}

/// The subject at a place of a path; all are of one group.
fn subject(index: usize, version: usize) -> String {
    match (index, version) {
        (0, 0) => "/C=CN/O=Example Group/OU=Sales/CN=Li Si".into(),
        (0, _) => "/C=CN/O=Example Group/OU=Sales/CN=李四".into(),
        (_, 0) => format!("/C=CN/O=Example Group/CN=Example CA {index}"),
        (_, 1) => format!("/C=CN/O=Example Group/CN=示例发证机构 {index}"),
        (_, _) => format!("/C=CN/O=Example Group/OU=CA/CN=Example CA {index}"),
    }
}

fn is_of_names(fault: Fault) -> bool {
    use Fault::{
        AlternativeDirectoryNameNotPermitted, DirectoryNameExcluded, DirectoryNameNotExcluded,
        DirectoryNameNotPermitted, DirectoryNamePermitted, DnsExcluded, DnsLikeCommonName,
        DnsNotPermitted, DnsPermitted, EmailExcluded, EmailInSubjectBesideAlternativeName,
        EmailInSubjectNotPermitted, EmailNotPermitted, EmailPermitted,
        IntermediateNameNotPermitted, NarrowedBelow, OtherNameNotPermitted, OtherNamePermitted,
        RootConstraintNotPermitted, SelfIssuedButExceeded, SelfIssuedNameExempt,
        SelfIssuedNotCounted,
    };
    matches!(
        fault,
        AlternativeDirectoryNameNotPermitted
            | DirectoryNameExcluded
            | DirectoryNameNotExcluded
            | DirectoryNameNotPermitted
            | DirectoryNamePermitted
            | DnsExcluded
            | DnsLikeCommonName
            | DnsNotPermitted
            | DnsPermitted
            | EmailExcluded
            | EmailInSubjectBesideAlternativeName
            | EmailInSubjectNotPermitted
            | EmailNotPermitted
            | EmailPermitted
            | IntermediateNameNotPermitted
            | NarrowedBelow
            | OtherNameNotPermitted
            | OtherNamePermitted
            | RootConstraintNotPermitted
            | SelfIssuedButExceeded
            | SelfIssuedNameExempt
            | SelfIssuedNotCounted
    )
}

/// The key of each algorithm that is in no path.
const SPARE_KEY: usize = 7;
const ISSUER_USAGE: &str = "critical,keyCertSign,cRLSign";
const STRANGER: &str = "/C=CN/O=Stranger/CN=Stranger CA";
const IMPOSTOR: &str = "/C=CN/O=Example Group/CN=Impostor";
const REASONS: &[&str] = &["", "keyCompromise", "superseded", "certificateHold"];

//! What a list answers for: which certificates, and which reasons of revocation (RFC 5280, 6.3.3 b
//! and d).

use super::read::Crl;
use crate::asn1::{Reader, element, tag};
use crate::certificate::Certificate;
use crate::certificate::extension::{ALL_REASONS, DistributionPoint, distribution_points};
use crate::certificate::general_name::GeneralName;
use crate::certificate::name::DistinguishedName;
use crate::oid;

/// The distribution points of a certificate; none of an extension that can't be read.
pub(super) fn points_of(certificate: &Certificate) -> Vec<DistributionPoint> {
    certificate
        .extension(oid::CRL_DISTRIBUTION_POINTS)
        .and_then(|extension| distribution_points(&extension.value).ok())
        .unwrap_or_default()
}

/// The reasons for which a list answers for a certificate with these distribution points, as bits;
/// none if it does not answer at all.
///
/// A list that is the issuer's own and has no name, or the issuer's, answers for every certificate of
/// it, whatever points that has (6.3.3, the last paragraph).
pub(super) fn reasons_of(
    list: &Crl,
    certificate: &Certificate,
    points: &[DistributionPoint],
) -> u16 {
    let scope = list.scope();
    let is_ca = certificate.basic_constraints().is_some_and(|bc| bc.ca);
    if scope.only_attributes || scope.only_users && is_ca || scope.only_authorities && !is_ca {
        return 0;
    }
    let own = scope.point.reasons.unwrap_or(ALL_REASONS);
    let is_direct = list.issuer().matches(certificate.issuer());
    let issuer = [GeneralName::Directory(certificate.issuer().clone())];
    let names = scope
        .point
        .is_named()
        .then(|| names_of(&scope.point, list.issuer()));
    let is_at = |places: &[GeneralName]| match &names {
        None => true,
        Some(names) => names
            .iter()
            .any(|name| places.iter().any(|place| same_place(name, place))),
    };
    if is_direct && is_at(&issuer) {
        return own;
    }
    let mut found = 0;
    for point in points {
        let is_its = if point.issuers.is_empty() {
            is_direct
        } else {
            scope.indirect
                && point
                    .issuers
                    .iter()
                    .any(|name| is_name(name, list.issuer()))
        };
        let is_covered = is_its
            && if point.is_named() {
                // Relative to the list's issuer, or to the certificate's, which then is the same.
                is_at(&names_of(point, list.issuer()))
            } else {
                is_at(&point.issuers)
            };
        if is_covered {
            found |= point.reasons.unwrap_or(ALL_REASONS);
        }
    }
    found & own
}

/// Whether a list is of the certificate's own issuer and of certificates. Then whatever stands on it
/// is revoked, also where it does not answer for what is not on it: an issuer that lists a serial
/// number has no other certificate of it (4.1.2.2).
pub(super) fn is_issuers_own(list: &Crl, certificate: &Certificate) -> bool {
    !list.scope().only_attributes && list.issuer().matches(certificate.issuer())
}

/// The names of a point, the relative one put behind its issuer's (4.2.1.13).
fn names_of(point: &DistributionPoint, issuer: &DistinguishedName) -> Vec<GeneralName> {
    let mut names = point.names.clone();
    if let Some(relative) = &point.relative {
        let whole = Reader::new(issuer.der()).read().ok().and_then(|name| {
            let last = element(tag::SET, &[relative]);
            let whole = element(tag::SEQUENCE, &[name.value, &last]);
            DistinguishedName::from_der(&whole).ok()
        });
        names.extend(whole.map(GeneralName::Directory));
    }
    names
}

fn is_name(name: &GeneralName, wanted: &DistinguishedName) -> bool {
    matches!(name, GeneralName::Directory(name) if name.matches(wanted))
}

fn same_place(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::Uri(a), GeneralName::Uri(b)) => same_uri(a, b),
        (GeneralName::Directory(a), GeneralName::Directory(b)) => a.matches(b),
        _ => false,
    }
}

/// Whether two URIs are the same: in whichever case scheme and host are written (7.4).
fn same_uri(a: &str, b: &str) -> bool {
    let end_of_host = |uri: &str| {
        let start = uri.find("://").map_or(0, |at| at + 3);
        let rest = &uri[start..];
        start + rest.find(['/', '?', '#']).unwrap_or(rest.len())
    };
    let (host, path) = a.split_at(end_of_host(a));
    let (other, its_path) = b.split_at(end_of_host(b));
    // What stands before the host may have a case of its own.
    let is_same = host.eq_ignore_ascii_case(other) && path == its_path && !host.contains('@');
    a == b || is_same
}

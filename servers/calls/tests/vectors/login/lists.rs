//! Revocation.

use super::*;

/// Revocation.
pub fn add(logins: &mut Logins<'_>) {
    let scene = Scene::new(TestKey::sm2(1));
    let now = NOW.plus(60);
    let (this, next) = (NOW.plus(-DAY), NOW.plus(DAY));
    let serial = scene.unit.certificate.serial();
    let own = |list: &[(&[u8], UnixTime)]| scene.issuing.crl(list, this, next);
    let of_root = scene.root.crl(&[], this, next);
    let lists = |all: &[&[u8]]| all.iter().map(|list| base64(list)).collect::<Vec<_>>();
    let entry = |date: UnixTime, reason: u8| {
        let reason = sequence(&[&sequence(&[
            &asn1::oid(oid::CRL_REASON),
            &asn1::element(tag::OCTET_STRING, &[&[10, 1, reason]]),
        ])]);
        let (year, month, day, hour, minute, second) = date.civil();
        let date = format!(
            "{:02}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z",
            year % 100
        );
        sequence(&[
            &integer(serial),
            &asn1::element(tag::UTC_TIME, &[date.as_bytes()]),
            &reason,
        ])
    };
    let held = scene.issuing.crl_with(&entry(this, 6), &[], this, next);
    let revoked = own(&[(serial, this)]);
    let good = own(&[]);
    let mut broken = good.clone();
    *broken.last_mut().unwrap() ^= 1;
    let stale = scene.issuing.crl(&[], this, now.plus(-1));
    let later = scene.issuing.crl(&[], now.plus(1), next);
    let stale_revoked = scene.issuing.crl(&[(serial, this)], this, now.plus(-1));
    let other = Identity {
        key: TestKey::sm2(0x63),
        certificate: scene.issuing.certificate.clone(),
    };
    let forged = other.crl(&[(serial, this)], this, next);
    let root_revokes = scene
        .root
        .crl(&[(scene.issuing.certificate.serial(), this)], this, next);
    let of_later = own(&[(serial, now.plus(1))]);
    let of_others = own(&[(&[0x12, 0x35], this)]);
    for (name, description, comes, all, required) in [
        (
            "good",
            "Lists of both issuers, and the certificates are on none.",
            "valid",
            vec![&good[..], &of_root],
            true,
        ),
        (
            "good-others",
            "The list has another certificate.",
            "valid",
            vec![&of_others, &of_root],
            true,
        ),
        (
            "revoked",
            "The certificate is on its issuer's list.",
            "certificate-revoked",
            vec![&revoked, &of_root],
            true,
        ),
        (
            "on-hold",
            "The certificate is suspended (certificateHold).",
            "certificate-revoked",
            vec![&held, &of_root],
            true,
        ),
        (
            "revoked-later",
            "The certificate is on the list from a second later on.",
            "valid",
            vec![&of_later, &of_root],
            true,
        ),
        (
            "issuer-revoked",
            "The issuer's certificate is on the root's list.",
            "certificate-revoked",
            vec![&good, &root_revokes],
            true,
        ),
        (
            "missing",
            "There are no lists, and nothing is required: warnings.",
            "valid",
            vec![],
            false,
        ),
        (
            "missing-required",
            "There are no lists, and the portal requires them.",
            "crl-missing, crl-missing",
            vec![],
            true,
        ),
        (
            "missing-one",
            "The root's list is missing, and the portal requires it.",
            "crl-missing",
            vec![&good],
            true,
        ),
        (
            "stale",
            "The list's next update was due a second ago: a warning.",
            "valid",
            vec![&stale, &of_root],
            false,
        ),
        (
            "stale-required",
            "The list's next update was due a second ago, and the portal requires lists.",
            "crl-stale",
            vec![&stale, &of_root],
            true,
        ),
        (
            "stale-revoked",
            "The certificate is on a list that is stale: a revocation lasts.",
            "certificate-revoked",
            vec![&stale_revoked, &of_root],
            false,
        ),
        (
            "later-required",
            "The list begins a second later.",
            "crl-not-yet-valid",
            vec![&later, &of_root],
            true,
        ),
        (
            "broken-required",
            "The list's signature does not hold.",
            "crl-invalid, crl-missing",
            vec![&broken, &of_root],
            true,
        ),
        (
            "forged",
            "A list that revokes the certificate is signed by another key: it says nothing.",
            "valid",
            vec![&forged, &of_root],
            false,
        ),
        (
            "unreadable-required",
            "A list can't be read.",
            "crl-invalid",
            vec![&good, &of_root, b"no list"],
            true,
        ),
    ] {
        let policy = if required { "require" } else { "warn" };
        let more = json!({ "crls": lists(&all), "crlPolicy": policy });
        logins.portal(&scene, &format!("list-{name}"), description, comes, more);
    }
}

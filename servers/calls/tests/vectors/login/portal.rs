//! What the portal says of itself, and its clocks.

use super::*;

pub fn add(logins: &mut Logins<'_>) {
    portal(logins);
    clocks(logins);
}

/// What the portal says of itself.
fn portal(logins: &mut Logins<'_>) {
    let scene = Scene::new(TestKey::sm2(1));
    let record = |more: Value| json!({ "challenge": merged(&json!(scene.challenge), &more) });
    let other = new_challenge(ORIGIN, Purpose::Login, SESSION, &[8; 32], NOW, None).unwrap();
    for (name, description, comes, more) in [
        (
            "session-other",
            "The browser's session is another than the one that the challenge was issued for.",
            "session-mismatch",
            json!({ "session": "another" }),
        ),
        (
            "session-empty",
            "There is no session.",
            "session-mismatch",
            json!({ "session": "" }),
        ),
        (
            "session-of-the-record",
            "The record has the session itself where its digest belongs.",
            "session-mismatch",
            record(json!({ "session": SESSION })),
        ),
        (
            "session-upper-case",
            "The record has the digest in upper case.",
            "session-mismatch",
            record(json!({ "session": scene.challenge.session.to_uppercase() })),
        ),
        (
            "purpose-expected",
            "The portal is about to bind, and issued the challenge and got the proof for a login: told once.",
            "purpose-mismatch",
            json!({ "purpose": "bind" }),
        ),
        (
            "purpose-of-the-record",
            "The challenge was issued to bind, the portal expects a login, and got the proof for one.",
            "purpose-mismatch",
            record(json!({ "purpose": "bind" })),
        ),
        (
            "origin-expected",
            "The portal has another origin than the record and the proof.",
            "origin-mismatch, signature-invalid",
            json!({ "origin": "https://other.example" }),
        ),
        (
            "origin-of-the-record",
            "The challenge was issued for another origin; what was signed names this one.",
            "origin-mismatch",
            record(json!({ "origin": "https://other.example" })),
        ),
        (
            "challenge-of-the-record",
            "The proof answers another challenge.",
            "signature-invalid",
            json!({ "challenge": other }),
        ),
        (
            "record-id-other",
            "The id of a record is handed back, and nothing is judged by it: the portal wrote it.",
            "valid",
            record(json!({ "id": "another" })),
        ),
        (
            "formats-none",
            "The portal accepts no format.",
            "proof-format-not-accepted",
            json!({ "formats": [] }),
        ),
        (
            "formats-others",
            "The portal accepts the old formats only.",
            "proof-format-not-accepted",
            json!({ "formats": ["logondata", "logondata-detached"] }),
        ),
        (
            "anchors-none",
            "The portal trusts nobody.",
            "issuer-unknown",
            json!({ "anchors": [] }),
        ),
        (
            "holders-person",
            "The portal accepts persons, and this is a unit.",
            "holder-not-accepted",
            json!({ "holders": ["person"] }),
        ),
        (
            "holders-unit",
            "The portal accepts units, and this is one.",
            "valid",
            json!({ "holders": ["unit"] }),
        ),
        (
            "issuers-other",
            "The portal accepts another issuer.",
            "issuer-not-accepted",
            json!({ "issuers": ["示例根"] }),
        ),
        (
            "issuers-none",
            "The portal accepts no issuer.",
            "issuer-not-accepted",
            json!({ "issuers": [] }),
        ),
        (
            "issuers-absent",
            "A root alone says nothing of who may issue: without `issuers` an anchor itself has to have issued.",
            "issuer-not-accepted",
            json!({ "issuers": null }),
        ),
    ] {
        logins.portal(&scene, name, description, comes, more);
    }
    let invalid = "error request-invalid";
    for (name, description, comes, more) in [
        (
            "challenge-short",
            "The record's challenge has 15 characters.",
            invalid,
            record(json!({ "challenge": "abcdefghijklmno" })),
        ),
        (
            "challenge-long",
            "The record's challenge has 129 characters.",
            invalid,
            record(json!({ "challenge": "a".repeat(129) })),
        ),
        (
            "challenge-characters",
            "The record's challenge has a character that none has.",
            invalid,
            record(json!({ "challenge": "abcdefghijklmnop." })),
        ),
        (
            "issued-no-time",
            "The record's `issuedAt` is no time.",
            invalid,
            record(json!({ "issuedAt": "yesterday" })),
        ),
        (
            "expires-no-time",
            "The record's `expiresAt` has no zone.",
            invalid,
            record(json!({ "expiresAt": "2026-11-22T15:09:05" })),
        ),
        (
            "record-without-purpose",
            "The record has no purpose.",
            invalid,
            record(json!({ "purpose": null })),
        ),
        (
            "record-absent",
            "There is no record.",
            invalid,
            json!({ "challenge": null }),
        ),
        (
            "purpose-unknown",
            "The purpose is none of the two.",
            invalid,
            json!({ "purpose": "sign" }),
        ),
        (
            "formats-unknown",
            "A format is none of the three.",
            invalid,
            json!({ "formats": ["yinxin", "web-eid"] }),
        ),
        (
            "option-unknown",
            "An option that nobody reads is refused: it could be a restriction.",
            invalid,
            json!({ "issuer": [] }),
        ),
        (
            "anchors-absent",
            "Issuers are named, and trust begins nowhere.",
            invalid,
            json!({ "anchors": null }),
        ),
        (
            "anchor-unreadable",
            "An anchor is no certificate.",
            "error certificate-unreadable",
            json!({ "anchors": [base64(b"no certificate")] }),
        ),
        (
            "origin-insecure",
            "The portal's origin is plain http.",
            "error origin-insecure",
            json!({ "origin": "http://portal.example" }),
        ),
        (
            "origin-slash",
            "The portal's origin ends with a slash.",
            "error origin-malformed",
            json!({ "origin": "https://portal.example/" }),
        ),
        (
            "origin-upper-case",
            "The portal's origin has upper case.",
            "error origin-malformed",
            json!({ "origin": "https://Portal.example" }),
        ),
        (
            "origin-default-port",
            "The portal's origin writes the default port out.",
            "error origin-malformed",
            json!({ "origin": "https://portal.example:443" }),
        ),
        (
            "origin-unicode",
            "The portal's origin is not in punycode.",
            "error origin-malformed",
            json!({ "origin": "https://门户.example" }),
        ),
    ] {
        logins.portal(&scene, &format!("portal-{name}"), description, comes, more);
    }
    let proof = json!(null);
    logins.both(
        &scene,
        "portal-origin-first",
        "The portal's own mistake is told, whatever the visitor sent.",
        "error origin-insecure",
        json!({ "origin": "http://portal.example" }),
        &proof,
    );
}

fn clocks(logins: &mut Logins<'_>) {
    let scene = Scene::new(TestKey::sm2(1));
    let at = |seconds: i64| NOW.plus(seconds).to_string();
    for (name, description, comes, seconds, skew) in [
        ("at-issue", "At the second of issue.", "valid", 0, 0),
        (
            "before-issue",
            "A second before the challenge was issued.",
            "challenge-not-yet-valid",
            -1,
            0,
        ),
        (
            "last-second",
            "In the last second of the challenge.",
            "valid",
            299,
            0,
        ),
        (
            "end",
            "At the end itself, which is no part of the challenge's time.",
            "challenge-expired",
            300,
            0,
        ),
        ("late", "An hour late.", "challenge-expired", 3600, 0),
        (
            "skew-late",
            "As late as clocks may differ, less a second.",
            "valid",
            359,
            60,
        ),
        (
            "skew-too-late",
            "As late as clocks may differ.",
            "challenge-expired",
            360,
            60,
        ),
        (
            "skew-early",
            "As early as clocks may differ.",
            "valid",
            -60,
            60,
        ),
        (
            "skew-too-early",
            "A second earlier than clocks may differ.",
            "challenge-not-yet-valid",
            -61,
            60,
        ),
        (
            "skew-most",
            "Clocks may differ by 300 seconds at most.",
            "valid",
            599,
            300,
        ),
        (
            "skew-above",
            "A skew above 300 seconds is the portal's mistake.",
            "error request-invalid",
            60,
            301,
        ),
        (
            "skew-negative",
            "A skew below 0 is the portal's mistake.",
            "error request-invalid",
            60,
            -1,
        ),
    ] {
        let more = json!({ "at": at(seconds), "clockSkew": skew });
        logins.portal(&scene, &format!("clock-{name}"), description, comes, more);
    }
    let more = json!({ "at": "2026-11-22T23:05:05+08:00" });
    logins.portal(
        &scene,
        "clock-zone",
        "The same point in time, in China's time.",
        "valid",
        more,
    );
}

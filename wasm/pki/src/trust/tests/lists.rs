//! Lists of other keys and issuers, delta lists, and lists that cover a part (RFC 5280, 6.3.3).

use super::*;
use crate::testing::{name, work};
use std::slice;

type Extensions = Vec<(Oid, bool, Vec<u8>)>;

fn day(n: i64) -> UnixTime {
    NOW.plus(n * DAY)
}

/// An entry: a serial number, a CRLReason, and further extensions.
fn entry(serial: &[u8], reason: u8, more: &[u8]) -> Vec<u8> {
    let serial = asn1::element(tag::INTEGER, &[serial]);
    let date = asn1::element(tag::UTC_TIME, &[b"261101000000Z"]);
    let value = asn1::element(tag::OCTET_STRING, &[&[0x0a, 1, reason]]);
    let reason = asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::CRL_REASON), &value]);
    let extensions = asn1::element(tag::SEQUENCE, &[&reason, more]);
    asn1::element(tag::SEQUENCE, &[&serial, &date, &extensions])
}

fn scope(fields: &[&[u8]]) -> (Oid, bool, Vec<u8>) {
    let value = asn1::element(tag::SEQUENCE, fields);
    (oid::ISSUING_DISTRIBUTION_POINT, true, value)
}

fn numbered(number: u8) -> (Oid, bool, Vec<u8>) {
    (oid::CRL_NUMBER, false, vec![2, 1, number])
}

fn delta_of(base: u8) -> (Oid, bool, Vec<u8>) {
    (oid::DELTA_CRL_INDICATOR, true, vec![2, 1, base])
}

fn points(all: &[&[u8]]) -> Extensions {
    let all: Vec<u8> = all
        .iter()
        .flat_map(|point| asn1::element(tag::SEQUENCE, &[point]))
        .collect();
    let value = asn1::element(tag::SEQUENCE, &[&all]);
    vec![(oid::CRL_DISTRIBUTION_POINTS, false, value)]
}

fn at(uri: &str) -> Vec<u8> {
    let name = asn1::element(0x86, &[uri.as_bytes()]);
    asn1::element(0xa0, &[&asn1::element(0xa0, &[&name])])
}

/// A GeneralName of a name.
fn directory(of: &[u8]) -> Vec<u8> {
    asn1::element(0xa4, &[of])
}

struct Authority {
    root: Identity,
    issuing: Identity,
}

impl Authority {
    fn new() -> Self {
        let root = Identity::self_signed(TestKey::sm2(1), &Profile::authority("root"));
        let issuing = root.issue(TestKey::sm2(2), &Profile::authority("issuing"));
        Self { root, issuing }
    }

    fn leaf(&self, extensions: Extensions) -> Identity {
        let profile = Profile {
            extensions,
            ..Profile::unit()
        };
        self.issuing.issue(TestKey::sm2(5), &profile)
    }

    /// A list of the issuing CA.
    fn list(&self, entries: &[u8], extensions: &[(Oid, bool, Vec<u8>)]) -> Vec<u8> {
        self.issuing.crl_with(entries, extensions, day(-1), day(30))
    }

    /// What is found of a leaf by these lists, beside the root's, which lists nothing.
    fn judge(&self, leaf: &Identity, others: &[&Identity], lists: &[Vec<u8>]) -> Vec<&'static str> {
        let between: Vec<_> = [&[&self.issuing], others].concat();
        let lists = [&[self.root.crl(&[], day(-1), day(30))], lists].concat();
        codes(&check(leaf, &self.root, &between, &lists, |_| {}).findings)
    }
}

const GOOD: [&str; 0] = [];
const REVOKED: [&str; 1] = ["certificate-revoked"];
const REFUSED: [&str; 2] = ["crl-invalid", "crl-missing"];

/// 6.3.3 f: lists are signed by a key that has a path of its own.
#[test]
fn another_key_of_the_issuer_signs_its_lists_where_it_leads_to_the_same_anchor() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    let profile = Profile {
        key_usage: Some(0x02),
        ca: None,
        serial: vec![0x77],
        ..Profile::authority("issuing")
    };
    let signer = own.root.issue(TestKey::sm2(7), &profile);
    let empty = signer.crl(&[], day(-1), day(30));
    let full = signer.crl(&[(leaf.certificate.serial(), day(-2))], day(-1), day(30));
    assert_eq!(own.judge(&leaf, &[&signer], slice::from_ref(&empty)), GOOD);
    assert_eq!(own.judge(&leaf, &[&signer], &[full]), REVOKED);
    // Its certificate is not at hand, does not allow it, is expired, is somebody else's, is revoked.
    assert_eq!(own.judge(&leaf, &[], slice::from_ref(&empty)), REFUSED);
    let change = |change: fn(&mut Profile)| {
        let mut other = profile.clone();
        change(&mut other);
        own.root.issue(TestKey::sm2(7), &other)
    };
    let silent = change(|profile| profile.key_usage = Some(0x04));
    assert_eq!(
        own.judge(&leaf, &[&silent], slice::from_ref(&empty)),
        REFUSED
    );
    let expired = change(|profile| profile.not_after = day(-1));
    assert_eq!(
        own.judge(&leaf, &[&expired], slice::from_ref(&empty)),
        REFUSED
    );
    let stranger = Identity::self_signed(TestKey::sm2(7), &profile);
    assert_eq!(
        own.judge(&leaf, &[&stranger], slice::from_ref(&empty)),
        REFUSED
    );
    let lists = [
        own.root
            .crl(&[(signer.certificate.serial(), day(-2))], day(-1), day(30)),
        empty.clone(),
    ];
    let verdict = check(&leaf, &own.root, &[&own.issuing, &signer], &lists, |_| {});
    assert_eq!(codes(&verdict.findings), REFUSED);
    // Nobody knows whether it is revoked: that is told.
    let verdict = check(
        &leaf,
        &own.root,
        &[&own.issuing, &signer],
        slice::from_ref(&empty),
        |_| {},
    );
    let places: Vec<_> = verdict
        .findings
        .iter()
        .map(|f| f.place.as_deref())
        .collect();
    assert_eq!(codes(&verdict.findings), ["crl-missing", "crl-missing"]);
    assert_eq!(places, [Some("path[0]"), Some("path[1]")]);
    let required = check(&leaf, &own.root, &[&own.issuing, &signer], &[empty], |p| {
        p.crl_policy = CrlPolicy::Require;
    });
    assert!(!required.valid);
}

/// A CA with a new key, whose old one signed the certificate: the new one says of itself, too, that
/// it is not revoked, and there is no other list (PKITS 4.14.30).
#[test]
fn a_signer_whose_own_list_is_the_only_one_answers_for_itself() {
    let own = Authority::new();
    let profile = Profile {
        key_usage: Some(0x02),
        ca: None,
        serial: vec![0x77],
        ..Profile::authority("issuing")
    };
    let signer = own.issuing.issue(TestKey::sm2(7), &profile);
    let leaf = own.leaf(vec![]);
    let list = |serials: &[&[u8]]| {
        let entries: Vec<_> = serials.iter().map(|serial| (*serial, day(-2))).collect();
        vec![signer.crl(&entries, day(-1), day(30))]
    };
    assert_eq!(own.judge(&leaf, &[&signer], &list(&[])), GOOD);
    let revoked = list(&[leaf.certificate.serial()]);
    assert_eq!(own.judge(&leaf, &[&signer], &revoked), REVOKED);
    let itself = list(&[signer.certificate.serial()]);
    assert_eq!(own.judge(&leaf, &[&signer], &itself), REFUSED);
}

#[test]
fn an_indirect_list_answers_for_whom_the_certificate_names_and_the_entry_means() {
    let own = Authority::new();
    let signer = own.root.issue(
        TestKey::sm2(7),
        &Profile {
            key_usage: Some(0x02),
            ca: None,
            serial: vec![0x78],
            ..Profile::authority("lists")
        },
    );
    let named = asn1::element(0xa2, &[&directory(signer.certificate.subject().der())]);
    let leaf = own.leaf(points(&[&named]));
    let serial = leaf.certificate.serial();
    let issuer_is = |name: &[u8]| {
        let names = asn1::element(tag::SEQUENCE, &[&directory(name)]);
        let value = asn1::element(tag::OCTET_STRING, &[&names]);
        asn1::element(
            tag::SEQUENCE,
            &[&asn1::oid(oid::CERTIFICATE_ISSUER), &[1, 1, 0xff], &value],
        )
    };
    let issuing = issuer_is(own.issuing.certificate.subject().der());
    let other = issuer_is(&name(&[(oid::COMMON_NAME, "other")]));
    let list = |entries: &[u8], extensions: &[(Oid, bool, Vec<u8>)]| {
        vec![signer.crl_with(entries, extensions, day(-1), day(30))]
    };
    let indirect = [scope(&[&[0x84, 1, 0xff]])];
    let judge = |lists: &[Vec<u8>]| own.judge(&leaf, &[&signer], lists);
    assert_eq!(judge(&list(&[], &indirect)), GOOD);
    assert_eq!(
        judge(&list(&entry(serial, 1, &issuing), &indirect)),
        REVOKED
    );
    // The entry of the same number is another issuer's: the list's own, or the one of an earlier
    // entry, which lasts.
    assert_eq!(judge(&list(&entry(serial, 1, &[]), &indirect)), GOOD);
    assert_eq!(judge(&list(&entry(serial, 1, &other), &indirect)), GOOD);
    let lasting = |first: &[u8]| [entry(&[9], 1, first), entry(serial, 1, &[])].concat();
    assert_eq!(judge(&list(&lasting(&other), &indirect)), GOOD);
    assert_eq!(judge(&list(&lasting(&issuing), &indirect)), REVOKED);
    // A list that does not say that it is indirect, or a certificate that does not name its issuer.
    assert_eq!(judge(&list(&[], &[])), ["crl-missing"]);
    let plain = own.leaf(vec![]);
    let lists = list(&entry(serial, 1, &issuing), &indirect);
    assert_eq!(own.judge(&plain, &[&signer], &lists), ["crl-missing"]);
    // certificateIssuer in a list that is not indirect.
    let lists = [own.list(&entry(&[9], 1, &other), &[])];
    assert_eq!(own.judge(&plain, &[], &lists), REFUSED);
}

#[test]
fn a_delta_list_tells_what_came_after_its_base() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    let serial = leaf.certificate.serial();
    let base = |reason: Option<u8>, number| {
        let entries = reason.map_or_else(Vec::new, |reason| entry(serial, reason, &[]));
        own.issuing
            .crl_with(&entries, &[numbered(number)], day(-3), day(30))
    };
    let delta = |reason: Option<u8>, of, number| {
        let entries = reason.map_or_else(Vec::new, |reason| entry(serial, reason, &[]));
        own.list(&entries, &[numbered(number), delta_of(of)])
    };
    let judge = |lists: &[Vec<u8>]| own.judge(&leaf, &[], lists);
    assert_eq!(judge(&[base(None, 5), delta(None, 5, 6)]), GOOD);
    assert_eq!(judge(&[base(None, 5), delta(Some(1), 5, 6)]), REVOKED);
    assert_eq!(judge(&[base(None, 5), delta(Some(6), 5, 6)]), REVOKED);
    assert_eq!(judge(&[base(Some(6), 5), delta(None, 5, 6)]), REVOKED);
    assert_eq!(judge(&[base(Some(6), 5), delta(Some(8), 5, 6)]), GOOD);
    assert_eq!(judge(&[base(Some(6), 5), delta(Some(8), 4, 6)]), GOOD);
    // What is lasting is not taken back, and removeFromCRL in a complete list removes nothing.
    assert_eq!(judge(&[base(Some(1), 5), delta(Some(8), 5, 6)]), REVOKED);
    assert_eq!(judge(&[base(Some(8), 5)]), REVOKED);
    // Of a base that is not there, older than the base, or of another key: it takes nothing back.
    assert_eq!(judge(&[base(Some(6), 5), delta(Some(8), 6, 7)]), REVOKED);
    assert_eq!(judge(&[base(Some(6), 7), delta(Some(8), 5, 6)]), REVOKED);
    assert_eq!(judge(&[delta(None, 5, 6)]), REFUSED);
    let lone = ["certificate-revoked", "crl-invalid", "crl-missing"];
    assert_eq!(judge(&[delta(Some(1), 5, 6)]), lone);
    // With a base that is out of date, the two together are not.
    let old = own.issuing.crl_with(&[], &[numbered(5)], day(-9), day(-2));
    assert_eq!(judge(slice::from_ref(&old)), ["crl-stale"]);
    assert_eq!(judge(&[old, delta(None, 5, 6)]), GOOD);
    // A delta list that is out of date takes nothing back either.
    let stale = own.issuing.crl_with(
        &entry(serial, 8, &[]),
        &[numbered(6), delta_of(5)],
        day(-3),
        day(-2),
    );
    assert_eq!(judge(&[base(Some(6), 5), stale]), REVOKED);
    // Another scope.
    let of_users = own.list(
        &entry(serial, 8, &[]),
        &[numbered(6), delta_of(5), scope(&[&[0x81, 1, 0xff]])],
    );
    let found = judge(&[base(Some(6), 5), of_users]);
    assert!(found.contains(&"certificate-revoked"), "{found:?}");
}

#[test]
fn a_relative_distribution_point_is_put_behind_its_issuers_name() {
    let own = Authority::new();
    let value = asn1::element(0x0c, &["第一".as_bytes()]);
    let attribute = asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::COMMON_NAME), &value]);
    let relative = |attribute: &[u8]| asn1::element(0xa0, &[&asn1::element(0xa1, &[attribute])]);
    let whole = |last: &str| {
        let full = name(&[
            (oid::COUNTRY, "CN"),
            (oid::COMMON_NAME, "issuing"),
            (oid::COMMON_NAME, last),
        ]);
        asn1::element(0xa0, &[&asn1::element(0xa0, &[&directory(&full)])])
    };
    let leaf = own.leaf(points(&[&relative(&attribute)]));
    let full = own.leaf(points(&[&whole("第一")]));
    for (of_list, expected) in [
        (relative(&attribute), &GOOD[..]),
        (whole("第一"), &GOOD),
        (whole("第二"), &["crl-missing"]),
    ] {
        let lists = [own.list(&[], &[scope(&[&of_list])])];
        assert_eq!(own.judge(&leaf, &[], &lists), expected);
        assert_eq!(own.judge(&full, &[], &lists), expected);
    }
    let on = [own.list(
        &entry(leaf.certificate.serial(), 1, &[]),
        &[scope(&[&relative(&attribute)])],
    )];
    assert_eq!(own.judge(&leaf, &[], &on), REVOKED);
    // What is no relative name names nothing.
    let broken = [own.list(&[], &[scope(&[&relative(&[5, 0])])])];
    assert_eq!(own.judge(&leaf, &[], &broken), ["crl-missing"]);
}

#[test]
fn lists_of_some_reasons_suffice_where_they_cover_all_together() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    let serial = leaf.certificate.serial();
    let some = |flags: [u8; 2], entries: &[u8]| {
        own.list(entries, &[scope(&[&[0x83, 3, 7, flags[0], flags[1]]])])
    };
    let (compromise, rest) = ([0x60, 0], [0x1f, 0x80]);
    let on = |reason| entry(serial, reason, &[]);
    let judge = |lists: &[Vec<u8>]| own.judge(&leaf, &[], lists);
    assert_eq!(judge(&[some(compromise, &[])]), ["crl-invalid"]);
    assert_eq!(judge(&[some(rest, &[])]), ["crl-invalid"]);
    assert_eq!(judge(&[some(compromise, &[]), some(rest, &[])]), GOOD);
    assert_eq!(judge(&[some(compromise, &on(1)), some(rest, &[])]), REVOKED);
    assert_eq!(judge(&[some(compromise, &[]), some(rest, &on(6))]), REVOKED);
    // The reasons of a distribution point count as well.
    let reasons = |place: &str, flags: [u8; 2]| {
        [at(place), asn1::element(0x81, &[&[7, flags[0], flags[1]]])].concat()
    };
    let (a, b) = ("http://crl.example/a", "http://crl.example/b");
    let leaf = own.leaf(points(&[&reasons(a, compromise), &reasons(b, rest)]));
    let of = |place: &str| own.list(&[], &[scope(&[&at(place)])]);
    assert_eq!(own.judge(&leaf, &[], &[of(a)]), ["crl-invalid"]);
    assert_eq!(own.judge(&leaf, &[], &[of(a), of(b)]), GOOD);
}

#[test]
fn a_scope_that_says_nothing_is_no_scope() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    for fields in [
        &[][..],
        &[0xa0, 2, 0xa0, 0],
        &[0x81, 1, 0xff, 0x82, 1, 0xff],
        &[0x83, 1, 9],
    ] {
        let lists = [own.list(&[], &[scope(&[fields])])];
        assert_eq!(own.judge(&leaf, &[], &lists), REFUSED, "{fields:?}");
    }
}

/// Every verdict above has an independent judge: the same chains and lists, by `openssl verify`.
#[test]
fn openssl_judges_lists_of_every_kind_the_same() {
    let Some(openssl) = OpenSsl::new("lists") else {
        return;
    };
    let root = Identity::self_signed(TestKey::p256(1), &Profile::authority("root"));
    // OpenSSL looks for another key of the name only where the list says that it is another's.
    let key_is = |id: u8| vec![(oid::SUBJECT_KEY_IDENTIFIER, false, vec![4, 1, id])];
    let key_named = |id: u8| {
        (
            oid::AUTHORITY_KEY_IDENTIFIER,
            false,
            vec![0x30, 3, 0x80, 1, id],
        )
    };
    let issuing = Profile {
        extensions: key_is(2),
        ..Profile::authority("issuing")
    };
    let issuing = root.issue(TestKey::p256(2), &issuing);
    let own = Authority { root, issuing };
    let of_lists = |subject, serial: u8| Profile {
        key_usage: Some(0x02),
        ca: None,
        serial: vec![serial],
        extensions: key_is(serial),
        ..Profile::authority(subject)
    };
    let signer = own.root.issue(TestKey::p256(7), &of_lists("issuing", 0x77));
    let foreign = own.root.issue(TestKey::p256(8), &of_lists("lists", 0x78));
    let leaf = |extensions| {
        let profile = Profile {
            extensions,
            ..Profile::unit()
        };
        own.issuing.issue(TestKey::p256(5), &profile)
    };
    let serial = Profile::unit().serial;
    let on = |reason| entry(&serial, reason, &[]);
    let by = |issuer: &Identity, entries: &[u8], extensions: &[(Oid, bool, Vec<u8>)]| {
        issuer.crl_with(entries, extensions, day(-1), day(30))
    };
    let plain = leaf(vec![]);
    let named = asn1::element(0xa2, &[&directory(foreign.certificate.subject().der())]);
    let named = leaf(points(&[&named]));
    let indirect = scope(&[&[0x84, 1, 0xff]]);
    let issuer_is = |name: &[u8]| {
        let names = asn1::element(tag::SEQUENCE, &[&directory(name)]);
        let value = asn1::element(tag::OCTET_STRING, &[&names]);
        let oid = asn1::oid(oid::CERTIFICATE_ISSUER);
        asn1::element(tag::SEQUENCE, &[&oid, &[1, 1, 0xff], &value])
    };
    let of_issuing = issuer_is(own.issuing.certificate.subject().der());
    let place = at("http://crl.example/1");
    let freshest = Oid::new_unwrap("2.5.29.46");
    let freshest = (freshest, false, points(&[&place]).remove(0).2);
    let base = |entries: &[u8]| by(&own.issuing, entries, &[numbered(5), freshest.clone()]);
    let delta = |entries: &[u8]| by(&own.issuing, entries, &[numbered(6), delta_of(5)]);
    let some = |flags: [u8; 2], entries: &[u8]| {
        let reasons = [0x83, 3, 7, flags[0], flags[1]];
        by(&own.issuing, entries, &[scope(&[&reasons])])
    };
    let value = asn1::element(0x0c, &[b"part"]);
    let attribute = asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::COMMON_NAME), &value]);
    let relative = asn1::element(0xa0, &[&asn1::element(0xa1, &[&attribute])]);
    let at_part = leaf(points(&[&relative]));
    let part = |entries: &[u8]| by(&own.issuing, entries, &[scope(&[&relative])]);
    let at_place = leaf(points(&[&place]));
    let there = |entries: &[u8]| by(&own.issuing, entries, &[scope(&[&place])]);
    let two_versions = [0x60, 0x1f];
    let [first, second] = two_versions;
    for (what, leaf, lists, valid) in [
        ("own", &plain, vec![by(&own.issuing, &[], &[])], true),
        (
            "own, revoked",
            &plain,
            vec![by(&own.issuing, &on(1), &[])],
            false,
        ),
        (
            "another key",
            &plain,
            vec![by(&signer, &[], &[key_named(0x77)])],
            true,
        ),
        (
            "another key, revoked",
            &plain,
            vec![by(&signer, &on(1), &[key_named(0x77)])],
            false,
        ),
        ("a stranger's", &plain, vec![by(&foreign, &[], &[])], false),
        (
            "indirect",
            &named,
            vec![by(&foreign, &[], slice::from_ref(&indirect))],
            true,
        ),
        (
            "indirect, revoked",
            &named,
            vec![by(
                &foreign,
                &entry(&serial, 1, &of_issuing),
                slice::from_ref(&indirect),
            )],
            false,
        ),
        (
            "indirect, another issuer's number",
            &named,
            vec![by(&foreign, &on(1), slice::from_ref(&indirect))],
            true,
        ),
        ("not indirect", &named, vec![by(&foreign, &[], &[])], false),
        ("base and delta", &plain, vec![base(&[]), delta(&[])], true),
        (
            "on the delta",
            &plain,
            vec![base(&[]), delta(&on(1))],
            false,
        ),
        ("hold", &plain, vec![base(&on(6)), delta(&[])], false),
        (
            "hold, removed",
            &plain,
            vec![base(&on(6)), delta(&on(8))],
            true,
        ),
        ("delta alone", &plain, vec![delta(&[])], false),
        ("some reasons", &plain, vec![some([first, 0], &[])], false),
        (
            "all reasons together",
            &plain,
            vec![some([first, 0], &[]), some([second, 0x80], &[])],
            true,
        ),
        (
            "all reasons together, revoked",
            &plain,
            vec![some([first, 0], &[]), some([second, 0x80], &on(4))],
            false,
        ),
        ("relative", &at_part, vec![part(&[])], true),
        ("relative, revoked", &at_part, vec![part(&on(1))], false),
        ("relative, elsewhere", &at_place, vec![part(&[])], false),
        ("at its place", &at_place, vec![there(&[])], true),
        ("at another place", &plain, vec![there(&[])], false),
    ] {
        let lists = [vec![own.root.crl(&[], day(-1), day(30))], lists].concat();
        let others = [&own.issuing, &signer, &foreign];
        let verdict = check(leaf, &own.root, &others, &lists, |p| {
            p.crl_policy = CrlPolicy::Require;
        });
        assert_eq!(verdict.valid, valid, "{what}: {:?}", verdict.findings);
        let mut arguments: Vec<String> = [
            "verify",
            "-no-CApath",
            "-no-CAstore",
            "-crl_check_all",
            "-extended_crl",
        ]
        .map(String::from)
        .into();
        let at = NOW.0.to_string();
        arguments.extend(["-use_deltas", "-attime", &at].map(String::from));
        let mut add = |option: &str, name: &str, bytes: &[u8]| {
            arguments.extend([option.into(), openssl.write(name, bytes)]);
        };
        add("-CAfile", "root.pem", own.root.pem().as_bytes());
        for (index, other) in others.iter().enumerate() {
            add(
                "-untrusted",
                &format!("{index}.pem"),
                other.pem().as_bytes(),
            );
        }
        for (index, list) in lists.iter().enumerate() {
            add("-CRLfile", &format!("{index}.crl"), list);
        }
        arguments.push(openssl.write("leaf.pem", leaf.pem().as_bytes()));
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let (says, words) = OpenSsl::run(&arguments);
        assert_eq!(says, valid, "{what}: {words}");
    }
}

/// Whoever sends certificates chooses how many there are in a name.
#[test]
fn strangers_with_the_name_of_a_signer_of_lists_hide_it_from_nobody_and_cost_little() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    let profile = |n: u8| Profile {
        key_usage: Some(0x02),
        ca: None,
        serial: vec![1, n],
        ..Profile::authority("issuing")
    };
    let signer = own.root.issue(TestKey::sm2(7), &profile(0));
    let strangers: Vec<_> = (1..=120)
        .map(|n| Identity::self_signed(TestKey::sm2(n.max(9)), &profile(n)))
        .collect();
    let mut others: Vec<_> = strangers.iter().collect();
    others.push(&signer);
    let lists: Vec<_> = (0..8)
        .map(|n| signer.crl(&[], day(-1), day(30 + n)))
        .collect();
    let (found, work) = work::of(|| own.judge(&leaf, &others, &lists));
    assert_eq!(found, GOOD);
    assert!(work.count("certificate signature") <= 8 + strangers.len());
    // Each list is checked once for the issuer's key and once for the signer's.
    assert!(work.count("list signature") <= 2 * (lists.len() + 1));
    let (found, work) = work::of(|| own.judge(&leaf, &others[..120], &lists));
    assert_eq!(found, REFUSED);
    assert!(work.count("certificate signature") <= 8 + strangers.len());
}

/// Whoever makes a list chooses how many entries stand behind one certificateIssuer.
#[test]
fn the_names_of_a_certificate_issuer_are_read_once_and_of_signed_lists_only() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    let serial = leaf.certificate.serial();
    let long = directory(&name(&[(oid::COMMON_NAME, &"long".repeat(2000))]));
    let names = asn1::element(tag::SEQUENCE, &[&long]);
    let value = asn1::element(tag::OCTET_STRING, &[&names]);
    let issuer = asn1::element(
        tag::SEQUENCE,
        &[&asn1::oid(oid::CERTIFICATE_ISSUER), &[1, 1, 0xff], &value],
    );
    let mut entries = entry(&[9], 1, &issuer);
    for _ in 0..500 {
        entries.extend(entry(serial, 1, &[]));
    }
    let indirect = scope(&[&[0x84, 1, 0xff]]);
    let unknown = (Oid::new_unwrap("1.2.3.4"), true, vec![5, 0]);
    let unusable = [indirect.clone(), unknown];
    let stranger = Identity::self_signed(TestKey::sm2(9), &Profile::authority("issuing"));
    for (signer, extensions, expected, read) in [
        (&own.issuing, slice::from_ref(&indirect), &GOOD[..], 1),
        (&own.issuing, &unusable[..], &REFUSED, 1),
        (&stranger, &unusable, &REFUSED, 0),
    ] {
        let list = signer.crl_with(&entries, extensions, day(-1), day(30));
        let (found, work) = work::of(|| own.judge(&leaf, &[], &[list]));
        assert_eq!(found, expected);
        assert_eq!(work.count("certificateIssuer"), read);
        // The root's list for the issuing CA, and this one for the leaf.
        assert_eq!(work.count("list entries"), 1 + read);
    }
}

/// X.509, 7.3: nor is whoever wrote the entry helped by writing it badly.
#[test]
fn an_entry_that_cannot_be_read_revokes_its_certificate_where_the_list_is_signed() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    let date = asn1::element(tag::UTC_TIME, &[b"261101000000Z"]);
    let broken = |serial: &[u8], fields: &[&[u8]]| {
        let serial = asn1::element(tag::INTEGER, &[serial]);
        asn1::element(tag::SEQUENCE, &[&serial, &fields.concat()])
    };
    let extension = asn1::element(tag::SEQUENCE, &[&asn1::oid(oid::CRL_REASON), &[4, 0]]);
    let many = asn1::element(tag::SEQUENCE, &[&extension.repeat(65)]);
    let unreadable = asn1::element(tag::SEQUENCE, &[&[0x9f, 1, 1]]);
    let value = asn1::element(tag::OCTET_STRING, &[&unreadable]);
    let issuer = asn1::element(
        tag::SEQUENCE,
        &[&asn1::oid(oid::CERTIFICATE_ISSUER), &value],
    );
    let issuer = asn1::element(tag::SEQUENCE, &[&issuer]);
    let month_13 = asn1::element(tag::UTC_TIME, &[b"261301000000Z"]);
    let revoked = ["certificate-revoked", "crl-invalid", "crl-missing"];
    let stranger = Identity::self_signed(TestKey::sm2(9), &Profile::authority("issuing"));
    for fields in [
        &[&month_13[..]][..],
        &[],
        &[&date, &many],
        &[&date, &[0x30, 2, 0x30, 0]],
        &[&date, &[0x31, 0]],
        &[&date, &issuer],
    ] {
        for indirect in [&[][..], &[scope(&[&[0x84, 1, 0xff]])]] {
            let of = |serial: &[u8]| broken(serial, fields);
            let list = |signer: &Identity, serial: &[u8]| {
                vec![signer.crl_with(&of(serial), indirect, day(-1), day(30))]
            };
            let serial = leaf.certificate.serial();
            let judge = |lists: &[Vec<u8>]| own.judge(&leaf, &[], lists);
            assert_eq!(judge(&list(&own.issuing, serial)), revoked, "{fields:?}");
            assert_eq!(judge(&list(&own.issuing, &[9])), REFUSED);
            assert_eq!(judge(&list(&stranger, serial)), REFUSED);
            // A clean list beside it takes nothing back.
            let both = [list(&own.issuing, serial), vec![own.list(&[], &[])]].concat();
            assert_eq!(judge(&both), ["certificate-revoked", "crl-invalid"]);
        }
    }
}

/// 6.3.3 f asks for the same anchor only: below it, any CA can call a signer by another CA's name.
#[test]
fn a_ca_answers_for_no_other_cas_certificates() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    let other = own.root.issue(
        TestKey::sm2(3),
        &Profile {
            serial: vec![0x70],
            ..Profile::authority("other")
        },
    );
    let profile = Profile {
        key_usage: Some(0x02),
        ca: None,
        serial: vec![0x77],
        ..Profile::authority("issuing")
    };
    let hold = own.issuing.crl_with(
        &entry(leaf.certificate.serial(), 6, &[]),
        &[],
        day(-3),
        day(30),
    );
    for (by, lone, both) in [
        (&other, &REFUSED[..], &REVOKED[..]),
        (&own.root, &GOOD, &GOOD),
        (&own.issuing, &GOOD, &GOOD),
    ] {
        let signer = by.issue(TestKey::sm2(7), &profile);
        let newer = signer.crl(&[], day(-1), day(30));
        let elsewhere = other.crl(&[], day(-1), day(30));
        let judge = |lists: &[Vec<u8>]| own.judge(&leaf, &[&other, &signer], lists);
        assert_eq!(judge(&[newer.clone(), elsewhere.clone()]), lone);
        assert_eq!(judge(&[hold.clone(), newer, elsewhere]), both);
    }
}

/// Whoever sends certificates may be a CA: what it issued in another's name is not even tried.
#[test]
fn signers_that_another_ca_issued_are_not_tried() {
    let own = Authority::new();
    let leaf = own.leaf(vec![]);
    let other = Profile {
        serial: vec![0x70],
        ..Profile::authority("other")
    };
    let other = own.root.issue(TestKey::sm2(3), &other);
    let signers: Vec<_> = (0..40)
        .map(|n| {
            let profile = Profile {
                key_usage: Some(0x02),
                ca: None,
                serial: vec![1, n],
                ..Profile::authority("issuing")
            };
            other.issue(TestKey::sm2(9 + n), &profile)
        })
        .collect();
    let lists: Vec<_> = signers
        .iter()
        .map(|signer| signer.crl(&[], day(-1), day(30)))
        .collect();
    let others: Vec<_> = [&other].into_iter().chain(&signers).collect();
    let (found, work) = work::of(|| own.judge(&leaf, &others, &lists));
    assert_eq!(found, REFUSED);
    // Each list is checked under the issuer's own key.
    assert!(work.count("list signature") <= lists.len() + 1);
    assert!(work.count("certificate signature") <= 8);
}

#[test]
fn a_delta_list_takes_back_only_what_came_before_it_and_of_the_very_serial_number() {
    let own = Authority::new();
    let profile = Profile {
        serial: vec![0, 0xc2],
        ..Profile::unit()
    };
    let leaf = own.issuing.issue(TestKey::sm2(5), &profile);
    let list = |serial: &[u8], reason, extensions: &[(Oid, bool, Vec<u8>)], from| {
        let entries = entry(serial, reason, &[]);
        own.issuing
            .crl_with(&entries, extensions, day(from), day(30))
    };
    let (serial, alike) = (&[0, 0xc2][..], &[0xc2][..]);
    let base = |serial, reason| list(serial, reason, &[numbered(5)], -5);
    let delta =
        |serial, reason, number, from| list(serial, reason, &[numbered(number), delta_of(5)], from);
    let judge = |lists: &[Vec<u8>]| own.judge(&leaf, &[], lists);
    let held = base(serial, 6);
    assert_eq!(judge(&[held.clone(), delta(serial, 8, 6, -1)]), GOOD);
    // The look-alike is another certificate's: it revokes, and takes nothing back.
    assert_eq!(judge(&[base(alike, 6)]), REVOKED);
    assert_eq!(judge(&[held.clone(), delta(alike, 8, 6, -1)]), REVOKED);
    // Dated before its base.
    assert_eq!(judge(&[held.clone(), delta(serial, 8, 6, -6)]), REVOKED);
    // The number tells which delta is the later one.
    for (sixth, seventh) in [(-2, -1), (-1, -2)] {
        let hold_last = [delta(serial, 8, 6, sixth), delta(serial, 6, 7, seventh)];
        let hold_first = [delta(serial, 6, 6, sixth), delta(serial, 8, 7, seventh)];
        let nobody = base(&[9], 1);
        assert_eq!(
            judge(&[slice::from_ref(&nobody), &hold_last[..]].concat()),
            REVOKED
        );
        assert_eq!(judge(&[&[nobody], &hold_first[..]].concat()), GOOD);
    }
}

/// An issuer has one certificate of a serial number: that its list is of others covers nothing, and
/// what stands on it is revoked all the same.
#[test]
fn what_stands_on_its_own_issuers_list_is_revoked_whatever_the_scope() {
    let own = Authority::new();
    let place = at("http://crl.example/a");
    let plain = own.leaf(vec![]);
    let there = own.leaf(points(&[&place]));
    let lister = directory(&name(&[(oid::COMMON_NAME, "lists")]));
    let others = own.leaf(points(&[
        &[&place[..], &asn1::element(0xa2, &[&lister])].concat()
    ]));
    let serial = plain.certificate.serial();
    let only = |tag: u8| scope(&[&[tag, 1, 0xff]]);
    for (what, leaf, scope) in [
        (
            "a point that the certificate has not",
            &plain,
            scope(&[&place]),
        ),
        (
            "another point",
            &there,
            scope(&[&at("ldap://crl.example/a")]),
        ),
        ("a point of another's lists", &others, scope(&[&place])),
        ("authorities only", &plain, only(0x82)),
        ("no reasons", &plain, scope(&[&[0x83, 1, 0]])),
    ] {
        let list = |reason: u8, number, from| {
            let extensions = [numbered(number), scope.clone()];
            let entries = entry(if reason == 0xff { &[9] } else { serial }, reason & 7, &[]);
            own.issuing
                .crl_with(&entries, &extensions, day(from), day(30))
        };
        let (on, off, held) = (list(1, 1, -1), list(0xff, 2, -1), list(6, 1, -2));
        let judge = |lists: &[Vec<u8>]| own.judge(leaf, &[], lists);
        let revoked = ["certificate-revoked", "crl-missing"];
        assert_eq!(judge(slice::from_ref(&on)), revoked, "{what}");
        assert_eq!(judge(slice::from_ref(&held)), revoked, "{what}");
        // It covers nothing, and a newer one of the same scope ends a suspension.
        assert_eq!(judge(slice::from_ref(&off)), ["crl-missing"], "{what}");
        assert_eq!(judge(&[held, off.clone()]), ["crl-missing"], "{what}");
        assert_eq!(judge(&[off, on.clone()]), revoked, "{what}");
        let clean = own.list(&[], &[]);
        assert_eq!(judge(&[clean, on]), REVOKED, "{what}");
        // Whoever else signs it says nothing; a list that can't be processed does.
        let stranger = Identity::self_signed(TestKey::sm2(9), &Profile::authority("issuing"));
        let on = entry(serial, 1, &[]);
        let forged = stranger.crl_with(&on, slice::from_ref(&scope), day(-1), day(30));
        assert_eq!(judge(&[forged]), ["crl-missing"], "{what}");
        let unknown = (Oid::new_unwrap("1.2.3.4"), true, vec![5, 0]);
        let unusable = own.list(&on, &[scope, unknown]);
        assert_eq!(judge(&[unusable]), revoked, "{what}");
    }
    // Attribute certificates have serial numbers of their own.
    let attributes = [own.list(&entry(serial, 1, &[]), &[only(0x85)])];
    assert_eq!(own.judge(&plain, &[], &attributes), ["crl-missing"]);
}

#[test]
fn the_case_of_a_host_makes_no_other_distribution_point() {
    let own = Authority::new();
    for (of_leaf, of_list, same) in [
        ("http://crl.example/a", "HTTP://CRL.Example/a", true),
        ("http://crl.example", "http://CRL.example", true),
        ("http://crl.example/a", "http://crl.example/A", false),
        ("http://crl.example?a", "http://crl.example?A", false),
        ("http://u@crl.example/a", "http://U@crl.example/a", false),
    ] {
        let leaf = own.leaf(points(&[&at(of_leaf)]));
        let lists = [own.list(&[], &[scope(&[&at(of_list)])])];
        let expected = if same { &GOOD[..] } else { &["crl-missing"] };
        assert_eq!(own.judge(&leaf, &[], &lists), expected, "{of_list}");
    }
}

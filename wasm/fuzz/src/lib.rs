//! What must hold of any input whatever: one function for each fuzz target. Each ends, and panics
//! only where a property is broken. `wasm/core/tests/fuzz_corpus.rs` runs the same functions over
//! the kept corpus.
//!
//! `pki` holds a root, a CA under it, a unit's certificate, and what they signed, all invented. The
//! keys are known to the tests of the core alone, so whatever counts as valid under that root must
//! be one of these, byte for byte.

pub mod advice;
pub mod drawing;
pub mod fees;
pub mod ofd;
pub mod pdf;
pub mod skf;
pub mod sm2;

use yinxin_pki::asn1::{self, Reader, hex, tag};
use yinxin_pki::certificate::extension::{self, BasicConstraints, Extension, KeyUsage};
use yinxin_pki::certificate::general_name::GeneralName;
use yinxin_pki::certificate::name::DistinguishedName;
use yinxin_pki::certificate::{Certificate, bundle, pair};
use yinxin_pki::cms::{self, Content, Options};
use yinxin_pki::hash::{self, sha256};
use yinxin_pki::key::{EcSignature, PublicKey, Written};
use yinxin_pki::outer;
use yinxin_pki::recognise::{FileKind, recognise};
use yinxin_pki::scheme::Scheme;
use yinxin_pki::seal::{self, Seal, SealSignature, Sealed};
use yinxin_pki::sm2::{DEFAULT_ID, Sm2Digest};
use yinxin_pki::trust::{
    self, Anchor, Crl, CrlPolicy, Crls, KeyPurpose, PathPolicy, PathVerdict, Sm2Variant,
};
use yinxin_pki::{credit_code, oid, pem};
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

/// A target: its name, which its corpus bears too, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 18] = [
    ("advice", advice::run),
    ("bundle", bundle),
    ("certificate", certificate),
    ("cms", cms),
    ("crl", crl),
    ("fees", fees::run),
    ("integers", integers),
    ("name", name),
    ("ofd", ofd::run),
    ("ofd-draw", drawing::run),
    ("outer", outermost),
    ("pdf", pdf::run),
    ("pem", pem),
    ("scheme", scheme),
    ("seal", seal),
    ("skf", skf::run),
    ("sm2", sm2::run),
    ("verify", verify),
];

/// Bundles: certificates that are read, read again one by one.
pub fn bundle(input: &[u8]) {
    match bundle::certificates(input) {
        Ok(found) => {
            assert!((1..=bundle::MAX_CERTIFICATES).contains(&found.len()));
            for certificate in &found {
                describe(certificate);
            }
        }
        Err(error) => check_position(&error, input),
    }
}

/// Certificates: each is described in every way, and its DER reads as the same certificate.
pub fn certificate(input: &[u8]) {
    for read in [
        Certificate::parse(input),
        Certificate::from_der(input.to_vec()),
    ] {
        match read {
            Ok(certificate) => describe(&certificate),
            Err(error) => check_position(&error, input),
        }
    }
}

/// Signed messages. What is valid under the root of `pki` is the unit's signature of the content
/// that it signed.
pub fn cms(input: &[u8]) {
    let known = Known::new();
    let anchors = known.anchors();
    let between = [known.issuing.clone()];
    let crls = Crls::default();
    for content in [None, Some(Content::Bytes(CONTENT))] {
        let mut options = Options::new(PathPolicy::new(&anchors, &between, &crls, NOW));
        options.content = content;
        options.allow_without_attributes = true;
        let Ok(judgement) = cms::verify(input, &options) else {
            continue;
        };
        assert!(!judgement.signers.is_empty());
        if judgement.valid {
            let seen = judgement.content.seen.map(|(_, digests)| digests.sha256);
            assert_eq!(seen, Some(sha256(CONTENT)));
            for signer in judgement.signers {
                let step = signer.path.first().expect("a valid signer has a path");
                let der = step.certificate.as_ref().map(|bytes| &bytes.0[..]);
                assert_eq!(der.and_then(signed), Some(known.unit.tbs()));
            }
        }
        // What the page asks of a signature before any path is known.
        options.check_trust = false;
        let _ = cms::verify(input, &options);
    }
}

/// Revocation lists: those that read answer for every serial number.
pub fn crl(input: &[u8]) {
    let known = Known::new();
    let _ = Crls::read(&[input]);
    let Ok(crl) = Crl::parse(input) else {
        return;
    };
    let _ = (
        crl.issuer().to_string(),
        crl.this_update().to_string(),
        crl.next_update().map(|next| next.to_string()),
    );
    if crl.is_empty() {
        assert_eq!(crl.len(), 0);
    }
    let mut looked_up = 0;
    for length in 1..=input.len().min(24) {
        looked_up += usize::from(crl.revocations(&input[input.len() - length..]).count() > 0);
    }
    let serial = known.unit.serial();
    looked_up += usize::from(crl.revocations(serial).count() > 0);
    assert!(looked_up == 0 || !crl.is_empty());
    let key = known.issuing.key().expect("the CA's key reads");
    if crl.is_signed_by(key, DEFAULT_ID) {
        assert!(holds_known_crl(input), "a forged list is signed");
    }
}

/// Signatures of tokens, integers and times: what reads strictly reads leniently as the same, and
/// what was read can be written and read again.
pub fn integers(input: &[u8]) {
    let strict = EcSignature::<32>::from_der(input);
    if let Ok(signature) = strict {
        assert_eq!(signature.to_der(), input);
        assert_eq!(Written::of(input), Some(Written::AsDefined));
    }
    if let Some((signature, written)) = EcSignature::read(input) {
        assert_eq!(strict == Ok(signature), written == Written::AsDefined);
        assert_eq!(EcSignature::from_der(&signature.to_der()), Ok(signature));
        let raw = signature.to_raw();
        assert_eq!(EcSignature::from_raw(&raw), signature);
        // Octets of r and s may happen to be the DER of others.
        if EcSignature::<32>::from_der(&raw).is_err() {
            assert_eq!(EcSignature::read(&raw), Some((signature, Written::Raw)));
        }
    }
    if let Some(usage) = KeyUsage::parse(input) {
        let _ = (usage.signs(), usage.encrypts());
        let _ = (usage.signs_certificates(), usage.signs_crls());
        assert!(input.len() >= 3);
    }
    if let Some(read) = BasicConstraints::parse(input) {
        let ca: &[u8] = if read.ca { &[1, 1, 0xff] } else { &[] };
        let length = read.path_length.map(u32::to_be_bytes);
        let length = length.map_or(Vec::new(), |octets| asn1::unsigned(&octets));
        let written = asn1::element(tag::SEQUENCE, &[ca, &length]);
        assert_eq!(BasicConstraints::parse(&written), Some(read));
    }
    if let Ok(tlv) = Reader::new(input).read()
        && let Ok(time) = asn1::time(&tlv)
    {
        let written = time.to_string();
        assert!(written.len() != 20 || UnixTime::parse(&written) == Some(time));
    }
    if let Ok(text) = std::str::from_utf8(input)
        && let Some(time) = UnixTime::parse(text)
    {
        // An offset can lead out of the years that are written with four digits.
        let written = time.to_string();
        assert!(written.len() != 20 || UnixTime::parse(&written) == Some(time));
    }
}

/// Names and extensions. The input is a name, and another that it is compared with.
pub fn name(input: &[u8]) {
    let (first, second) = match Reader::new(input).read() {
        Ok(first) => input.split_at(first.raw.len()),
        Err(_) => (input, &[][..]),
    };
    let names = [first, second].map(|der| DistinguishedName::from_der(der).ok());
    for (name, der) in names.iter().zip([first, second]) {
        let Some(name) = name else { continue };
        assert_eq!(name.der(), der);
        assert!(name.matches(name) && name.is_within(name) == Some(true));
        assert_eq!(name.is_empty(), name.der() == [tag::SEQUENCE, 0]);
        let _ = (name.to_string(), name.readable());
        assert!(name.iter().all(|(kind, _)| {
            // The last of a kind, unless all are empty.
            name.get(kind)
                .is_none_or(|text| name.iter().any(|other| other == (kind, text)))
        }));
        let _ = trust::national::root_unavailable(name);
    }
    if let [Some(a), Some(b)] = &names {
        assert_eq!(a.matches(b), b.matches(a));
        let within = a.is_within(b) == Some(true) && b.is_within(a) == Some(true);
        assert_eq!(a.matches(b), within);
        if a.to_string() == b.to_string() {
            assert!(a.iter().eq(b.iter()), "two names, one line: {a}");
        }
    }
    extensions(input);
}

/// The outermost bytes of messages: what was read is DER, and reads as itself.
pub fn outermost(input: &[u8]) {
    let Ok((der, notes)) = outer::message(input.to_vec()) else {
        return;
    };
    assert_eq!(notes.is_empty(), der == input);
    assert_eq!(outer::message(der.clone()), Ok((der.clone(), Vec::new())));
    if let Ok(bundled) = bundle::certificates(&der) {
        assert_eq!(bundle::certificates(input), Ok(bundled));
    }
}

/// PEM: whatever is found is in the text.
pub fn pem(input: &[u8]) {
    const LABELS: &[&str] = &["CERTIFICATE", "CRL"];
    let first = pem::der_of(input, LABELS);
    assert!(first.is_none_or(|der| der.len() <= input.len()));
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Some(found) = pem::blocks(text, LABELS) {
        assert!(found.iter().map(Vec::len).sum::<usize>() <= input.len());
        let again: Vec<u8> = found.iter().flat_map(|der| armoured(der)).collect();
        let again = String::from_utf8(again).expect("PEM is text");
        assert_eq!(pem::blocks(&again, LABELS), Some(found));
    }
    if let Some(bytes) = pem::base64(text) {
        assert!(bytes.len() <= text.len());
    }
}

/// Signature schemes and keys. The input is an AlgorithmIdentifier, a SubjectPublicKeyInfo and a
/// signature.
pub fn scheme(input: &[u8]) {
    let mut parts = chunks(input);
    let (algorithm, spki, signature) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let scheme = Scheme::read(algorithm);
    if let Ok((scheme, _)) = &scheme {
        assert!(!scheme.name().is_empty());
    }
    let key = match PublicKey::from_spki(spki) {
        Ok(key) => key,
        Err(yinxin_pki::key::KeyProblem::Malformed(malformed)) => {
            assert!(malformed.position <= spki.len());
            return;
        }
        Err(yinxin_pki::key::KeyProblem::Unsupported(name)) => {
            assert!(!name.is_empty());
            return;
        }
        Err(yinxin_pki::key::KeyProblem::Weak(bits)) => {
            assert!(bits < 2048);
            return;
        }
    };
    assert!((256..=4096).contains(&key.bits()));
    let _ = (key.name(), key.algorithm());
    // 64 octets are taken for r and s, although DER of small integers can be as long.
    if let Some(normal) = key.normalise(signature)
        && normal.len() != 64
    {
        assert_eq!(key.normalise(&normal), Some(normal));
    }
    let _ = key.verify_prehash(&[7; 32], signature);
    if let Ok((scheme, _)) = scheme {
        for sm2 in [Sm2Digest::Id(DEFAULT_ID), Sm2Digest::WithoutZ] {
            let holds = key.verify_scheme(scheme, sm2, &[CONTENT], signature);
            assert!(!holds || scheme.fits(&key));
        }
    }
}

/// Seals, alone and set on a document. What is valid with the CA of `pki` as maker says what a kept
/// seal says, and what is valid on a document what the unit sealed.
pub fn seal(input: &[u8]) {
    let known = Known::new();
    let makers = [known.issuing.clone()];
    let policy = seal::MakerPolicy {
        makers: &makers,
        at: NOW,
        extended_key_usages: &[],
        user: Some(&known.unit),
    };
    let kind = recognise(input, input.len() as u64);
    match Seal::from_der(input.to_vec()) {
        Err(error) => check_seal_position(&error, input),
        Ok(read) => {
            assert!(input.starts_with(read.der()));
            // The mark of a PDF may stand in a name.
            assert!(matches!(kind, FileKind::Seal | FileKind::Pdf));
            check_seal(&read, &policy);
        }
    }
    match SealSignature::from_der(input.to_vec()) {
        Err(error) => check_seal_position(&error, input),
        Ok(read) => {
            assert!(input.starts_with(read.der()));
            assert!(matches!(kind, FileKind::SealSignature | FileKind::Pdf));
            check_seal(read.seal(), &policy);
            let _ = (
                read.claimed_time().map(|time| time.to_string()),
                read.algorithm(),
            );
            let verdict = read.verify(Some(&Sealed::Content(hash::sm3(CONTENT))), &policy);
            assert_eq!(verdict.valid, trust::is_valid(&verdict.findings));
            let is_kept = SEALED.iter().any(|kept| {
                SealSignature::from_der(kept.to_vec())
                    .is_ok_and(|kept| kept.signed() == read.signed())
            });
            assert!(!verdict.valid || is_kept, "a forgery is valid");
            assert!(!read.verify(None, &policy).valid);
        }
    }
}

/// What must hold of every seal that was read.
fn check_seal(read: &Seal, policy: &seal::MakerPolicy<'_>) {
    let picture = read.picture();
    if picture.can_be_shown() {
        assert!(
            picture
                .kind_of_bytes()
                .is_some_and(|kind| kind.media_type().is_some())
        );
        assert!(
            picture
                .pixels()
                .is_none_or(|(width, height)| width.max(height) <= 4096)
        );
    }
    let _ = picture.is_as_called();
    let verdict = seal::verify(read, policy);
    assert_eq!(verdict.valid, trust::is_valid(&verdict.findings));
    let is_kept = SEALS
        .iter()
        .any(|kept| Seal::from_der(kept.to_vec()).is_ok_and(|kept| kept.signed() == read.signed()));
    assert!(!verdict.valid || is_kept, "a forgery is valid");
    // Without a list of makers none is.
    let open = seal::MakerPolicy {
        makers: &[],
        ..*policy
    };
    assert!(!seal::verify(read, &open).valid);
}

fn check_seal_position(error: &Error, input: &[u8]) {
    match error {
        Error::SealUnreadable { position, reason } => {
            assert!(!reason.is_empty());
            assert!(*position as usize <= input.len());
        }
        other => panic!("{other:?}"),
    }
}

/// Judgements of certificates. The first octet says what is asked for; then follow the certificate,
/// and any number of intermediates and revocation lists.
pub fn verify(input: &[u8]) {
    let Some((&asked, rest)) = input.split_first() else {
        return;
    };
    let mut parts = chunks(rest);
    let Ok(certificate) = Certificate::parse(parts.next().unwrap_or_default()) else {
        return;
    };
    let (mut intermediates, mut lists) = (Vec::new(), Vec::new());
    for part in parts {
        match Certificate::parse(part) {
            Ok(intermediate) => intermediates.push(intermediate),
            Err(_) => lists.push(part),
        }
    }
    let crls = Crls::read(&lists);
    let known = Known::new();
    let anchors = known.anchors();
    let policies = [oid::ANY_POLICY, oid::SM3];
    let bit = |bit: u8| asked & 1 << bit != 0;
    let at = if bit(0) { NOW } else { NOW.plus(400 * 86_400) };
    let mut policy = PathPolicy::new(&anchors, &intermediates, &crls, at);
    if bit(1) {
        policy.crl_policy = CrlPolicy::Require;
    }
    policy.purpose = match (bit(2), bit(3)) {
        (false, _) => None,
        (true, false) => Some(KeyPurpose::Sign),
        (true, true) => Some(KeyPurpose::Encrypt),
    };
    policy.policies = bit(4).then_some(&policies[usize::from(bit(5))..]);
    if bit(6) {
        policy.sm2_variants = &[Sm2Variant::EmptyId, Sm2Variant::WithoutZ];
    }
    let verdict = trust::verify(&certificate, &policy);
    check(&verdict);
    if verdict.valid {
        assert!(known.signed(certificate.tbs()), "a forgery is valid");
        for step in &verdict.path {
            let der = step.certificate.as_ref().map(|bytes| &bytes.0[..]);
            assert!(known.signed(der.and_then(signed).unwrap_or_default()));
        }
    }
    // A list that says something was made by its issuer.
    let of_unit = known.unit.tbs() == certificate.tbs();
    let says = verdict
        .path
        .first()
        .is_some_and(|step| step.revocation.is_some());
    if of_unit && says {
        let found = lists.iter().any(|list| holds_known_crl(list));
        assert!(found, "a forged list says something");
    }

    // Nothing here has a key of the national root, or of the CAs under it.
    policy.anchors = &[];
    policy.national = true;
    let verdict = trust::verify(&certificate, &policy);
    check(&verdict);
    if verdict.valid {
        assert!(!known.signed(certificate.tbs()));
    }

    // Anchors whose constraints are anything at all, above a signature that holds.
    let given: Vec<Anchor> = intermediates.iter().cloned().map(Into::into).collect();
    policy.anchors = &given;
    policy.national = false;
    check(&trust::verify(&certificate, &policy));
}

/// What must hold of every judgement.
fn check(verdict: &PathVerdict) {
    assert_eq!(verdict.valid, trust::is_valid(&verdict.findings));
    assert!(!verdict.path.is_empty());
    let ended = verdict.path.iter().filter(|step| step.anchor.is_some());
    assert_eq!(
        ended.count() == 1,
        verdict
            .path
            .last()
            .is_some_and(|last| last.anchor.is_some())
    );
    if verdict.valid {
        assert!(
            verdict
                .path
                .last()
                .is_some_and(|last| last.anchor.is_some())
        );
    }
}

/// What must hold of every certificate that was read.
fn describe(certificate: &Certificate) {
    let der = certificate.der();
    let again = Certificate::from_der(der.to_vec()).expect("what was read reads again");
    let fields = |of: &Certificate| {
        (
            of.tbs().to_vec(),
            of.serial().to_vec(),
            (of.issuer().der().to_vec(), of.subject().der().to_vec()),
            (of.not_before(), of.not_after()),
            of.spki().to_vec(),
            (
                of.signature_algorithm_der().to_vec(),
                of.signature().to_vec(),
            ),
            of.extensions().to_vec(),
            (of.key_usage(), of.basic_constraints()),
        )
    };
    assert_eq!(fields(certificate), fields(&again));
    let outer = Reader::new(der).read().expect("a certificate is DER");
    assert_eq!(outer.raw, der);
    let tbs = outer
        .children()
        .read()
        .expect("it begins with what is signed");
    assert_eq!(tbs.raw, certificate.tbs());

    for at in [certificate.not_before(), NOW, certificate.not_after()] {
        let facts = certificate.facts(at);
        assert_eq!(facts.certificate.0, der);
        let _ = certificate.summary(at);
        let view = certificate.view(at);
        assert_eq!(view.certificate, hex(certificate.sha256()));
        let _ = (certificate.signing_problem(at), certificate.days_left(at));
    }
    assert_eq!(certificate.serial_hex(), hex(certificate.serial()));
    let _ = (
        certificate.holder(),
        certificate.person(),
        certificate.identities(),
    );
    if let Some(code) = certificate.credit_code() {
        assert!(credit_code::is_valid(code));
    }
    assert!(pair::partners(&[certificate, &again]).is_empty());
    let issuer = trust::Issuer::from(certificate);
    assert_eq!(issuer.to_string(), certificate.subject().to_string());
    for found in certificate.extensions() {
        let _ = found.text();
        extensions(&found.value);
    }
}

/// Every reader of an extension, over the same bytes.
fn extensions(value: &[u8]) {
    let _ = KeyUsage::parse(value);
    let _ = BasicConstraints::parse(value);
    let _ = extension::AuthorityKeyIdentifier::parse(value);
    let _ = extension::key_identifier(value);
    let _ = extension::general_names(value);
    let _ = extension::extended_key_usage(value);
    let _ = extension::policies(value);
    let _ = extension::policy_mappings(value);
    let _ = extension::policy_constraints(value);
    let _ = extension::inhibit_any_policy(value);
    let _ = extension::NameConstraints::parse(value);
    let _ = extension::distribution_points(value);
    let _ = extension::IssuingDistributionPoint::parse(value);
    let _ = extension::access_descriptions(value);
    let read = Extension {
        oid: oid::SUBJECT_ALT_NAME,
        critical: false,
        value: value.to_vec(),
    };
    let _ = read.text();
    if let Ok(tlv) = Reader::new(value).read()
        && let Ok(name) = GeneralName::read(&tlv)
    {
        let _ = name.uri();
    }
}

/// A refusal names a position inside of the input, or at its end.
fn check_position(error: &Error, input: &[u8]) {
    match error {
        Error::CertificateUnreadable { position, reason } => {
            assert!(!reason.is_empty());
            assert!(*position as usize <= input.len());
        }
        other => panic!("{other:?}"),
    }
}

/// The parts of an input: each after its length in two octets, the last as long as it is.
fn chunks(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (chunk, after) = after.split_at(length.min(after.len()));
        rest = after;
        Some(chunk)
    })
}

fn holds_known_crl(list: &[u8]) -> bool {
    let read = pem::read(list, &["CRL"]);
    let found = read.map(|read| read.blocks).unwrap_or_default();
    let mut known = CRLS.iter();
    known.any(|list| found.iter().any(|(_, der)| signed(der) == signed(list)))
}

/// What is signed of a certificate or a list. How it is filled up and how the signature is written
/// are no forgery.
fn signed(der: &[u8]) -> Option<&[u8]> {
    let outer = Reader::new(der).read().ok()?;
    Some(outer.children().read().ok()?.raw)
}

/// A block of PEM.
fn armoured(der: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = b"-----BEGIN CERTIFICATE-----\n".to_vec();
    for three in der.chunks(3) {
        let octet = |at: usize| usize::from(three.get(at).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for at in 0..=three.len() {
            text.push(LETTERS[bits >> (18 - 6 * at) & 63]);
        }
        text.extend(std::iter::repeat_n(b'=', 3 - three.len()));
    }
    text.extend(b"\n-----END CERTIFICATE-----\n");
    text
}

/// The certificates of `pki`.
struct Known {
    root: Certificate,
    issuing: Certificate,
    unit: Certificate,
}

impl Known {
    fn new() -> Self {
        let read = |der: &[u8]| Certificate::from_der(der.to_vec()).expect("pki is readable");
        Self {
            root: read(include_bytes!("../pki/root.der")),
            issuing: read(include_bytes!("../pki/issuing.der")),
            unit: read(include_bytes!("../pki/unit.der")),
        }
    }

    /// Whether one of them has these signed bytes.
    fn signed(&self, tbs: &[u8]) -> bool {
        let all = [&self.unit, &self.issuing, &self.root];
        all.iter().any(|one| one.tbs() == tbs)
    }

    fn anchors(&self) -> [Anchor; 1] {
        [self.root.clone().into()]
    }
}

/// The lists that the CA of `pki` signed: an empty one, and one that revokes the unit's certificate.
const CRLS: [&[u8]; 2] = [
    include_bytes!("../pki/empty.crl"),
    include_bytes!("../pki/revoked.crl"),
];

/// The seals that the CA of `pki` made for its unit.
const SEALS: [&[u8]; 3] = [
    include_bytes!("../corpus/seal/v1"),
    include_bytes!("../corpus/seal/v4"),
    include_bytes!("../corpus/seal/v5"),
];

/// What the unit sealed with them.
const SEALED: [&[u8]; 3] = [
    include_bytes!("../corpus/seal/v1-set"),
    include_bytes!("../corpus/seal/v4-set"),
    include_bytes!("../corpus/seal/v5-set"),
];

/// The content that the unit of `pki` signed.
const CONTENT: &[u8] = b"yinxin";

/// A time at which all of `pki` is valid: 2026-11-22T15:04:05Z.
const NOW: UnixTime = UnixTime(1_795_359_845);

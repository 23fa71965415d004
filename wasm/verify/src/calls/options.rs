//! The options of verdicts, as callers write them.

use crate::{CrlPolicy, Error, HolderKind, Options, Sm2Variant, Time};
use der::asn1::ObjectIdentifier;
use serde::Deserialize;
use serde::de::DeserializeOwned;
#[cfg(feature = "typescript")]
use yinxin_proto::argument::input::Given;
use yinxin_proto::argument::input::{Blobs, Instant};
use yinxin_proto::argument::{Argument, fields, invalid, options_beside};

// They stand among the others of a call, and are read apart from those, since serde's `flatten` would double the code
// for both.

/// What is judged by. What restricts trust (`issuers`, `crls`, `policies`, …) is refused without a beginning of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TrustOptions {
    /// Where trust begins: certificates, or bundles of them.
    #[serde(default)]
    anchors: Option<Blobs>,
    /// Certificates that may lie between; trusted for nothing.
    #[serde(default)]
    intermediates: Option<Blobs>,
    /// Which CA must have issued the certificate itself: certificates, or names (RFC 4514 or common name).
    #[serde(default)]
    issuers: Option<Blobs>,
    /// Of which kind the holder of the certificate itself must be, as far as it tells: of seals, whoever uses them.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Given<HolderKind>>"))]
    holders: Option<Vec<HolderKind>>,
    /// Revocation lists.
    #[serde(default)]
    crls: Option<Blobs>,
    /// What a missing, stale or unusable list means: a warning (the default), or refusal.
    #[serde(default)]
    crl_policy: Option<CrlPolicy>,
    /// The point in time; now, if absent.
    #[serde(default)]
    at: Option<Instant>,
    /// SM2 user id of certificates and CRLs; `1234567812345678`, if absent.
    #[serde(default)]
    sm2_id: Option<String>,
    /// Computations of SM2 signatures outside of the standard that are to be accepted, of certificates and in CMS, with a
    /// warning.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Given<Sm2Variant>>"))]
    sm2_variants: Vec<Sm2Variant>,
    /// Certificate policies (OIDs) of which one must hold along the whole path. Of seals, their makers': one whose
    /// certificate leads to an anchor with one of them is accepted, though it is not listed.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Given<String>>"))]
    policies: Option<Vec<String>>,
    /// Purposes (OIDs) that count for logins and signatures beside clientAuth and emailProtection, of certificates that
    /// have an extended key usage: `1.3.6.1.5.5.7.3.36` for documentSigning (RFC 9336).
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Given<String>>"))]
    extended_key_usages: Vec<String>,
    /// Whether the product's own anchors count: the Chinese national SM2 root and the CAs that it lists.
    /// If absent, `verifyCertificate` takes them where `anchors` is absent, and the others don't.
    #[serde(default)]
    national: Option<bool>,
}

/// Whose seals are accepted.
#[derive(Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Makers {
    /// Certificates of makers. Where `issuers`, `crls` or `crlPolicy` is given and nobody uses the seal, their path must
    /// hold, too.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    makers: Blobs,
}

/// What is accepted of CMS beside the rule.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "CmsLeniency", optional_fields)
)]
pub struct Leniency {
    /// Accept signatures without signed attributes, which can't be told from other signed structures. `without-z` is never
    /// accepted of them, and what a key signs for a seal is no content.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    allow_without_attributes: bool,
    /// Accept what signs the digest of `content` in its place, raw or as Base64: OFD signatures of the kind Sign may be made
    /// so. `content-is-digest` is a warning then. Whoever signs a digest has not seen what it is of.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    allow_digest_of_content: bool,
    /// Accept GM/T 0010's name of data at the content and PKCS #7's in the signed attributes, or the reverse.
    /// `content-type-mismatch`, which tells both, is a warning then.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    allow_mixed_content_types: bool,
    /// Who issued the certificates is not asked for. Not together with `anchors`.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(inline))]
    trust: Option<Unchecked>,
}

/// That a caller wants no trust, by name.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Unchecked {
    /// Who issued the certificates is not asked for.
    Unchecked,
}

/// What it means that a call names no anchors.
#[derive(Clone, Copy, PartialEq)]
pub enum Absent {
    /// The product's own anchors decide.
    National,
    /// Nothing is trusted.
    Nothing,
}

/// Reads them beside the other options of a call. `now` is the time of a call that names none.
///
/// # Errors
/// `request-invalid`, `certificate-unreadable`.
pub fn of_certificates<T: DeserializeOwned>(
    options: &impl Argument,
    now: Time,
    absent: Absent,
) -> Result<(T, Options), Error> {
    let own = options_beside(options, &[fields::<TrustOptions>()])?;
    let trust: TrustOptions = options_beside(options, &[fields::<T>()])?;
    Ok((own, read(trust, now, absent)?))
}

/// The same of seals.
///
/// # Errors
/// As [`of_certificates`].
pub fn of_seals<T: DeserializeOwned>(
    options: &impl Argument,
    now: Time,
) -> Result<(T, Options), Error> {
    let (own, trust, makers) = (fields::<T>(), fields::<TrustOptions>(), fields::<Makers>());
    let of_call = options_beside(options, &[trust, makers])?;
    let Makers { makers: listed } = options_beside(options, &[trust, own])?;
    let trust: TrustOptions = options_beside(options, &[makers, own])?;
    let options = read(trust, now, Absent::Nothing)?;
    let options = each(options, "makers", listed, Options::makers)?;
    Ok((of_call, options))
}

/// The same of CMS.
///
/// # Errors
/// As [`of_certificates`].
pub fn of_cms<T: DeserializeOwned>(
    options: &impl Argument,
    now: Time,
) -> Result<(T, Options), Error> {
    let (own, trust, lenient) = (
        fields::<T>(),
        fields::<TrustOptions>(),
        fields::<Leniency>(),
    );
    let of_call = options_beside(options, &[trust, lenient])?;
    let leniency: Leniency = options_beside(options, &[trust, own])?;
    let trust: TrustOptions = options_beside(options, &[lenient, own])?;
    let mut options = read(trust, now, Absent::Nothing)?
        .allow_without_attributes(leniency.allow_without_attributes)
        .allow_digest_of_content(leniency.allow_digest_of_content)
        .allow_mixed_content_types(leniency.allow_mixed_content_types);
    if leniency.trust.is_some() {
        options = options.trust_unchecked();
    }
    Ok((of_call, options))
}

fn read(input: TrustOptions, now: Time, absent: Absent) -> Result<Options, Error> {
    let is_absent = input.anchors.is_none();
    let national = input
        .national
        .unwrap_or(absent == Absent::National && is_absent);
    let mut options = Options::at(input.at.map_or(now, |at| at.0))
        .national(national)
        .sm2_variants(input.sm2_variants)
        .extended_key_usages(oids(&input.extended_key_usages, "extendedKeyUsages")?);
    if let Some(anchors) = input.anchors {
        options = each(
            options.require_anchors(),
            "anchors",
            anchors,
            Options::anchors,
        )?;
    }
    if let Some(issuers) = input.issuers {
        options = each(
            options.require_issuers(),
            "issuers",
            issuers,
            Options::issuers,
        )?;
    }
    if let Some(holders) = input.holders {
        options = options.holders(holders);
    }
    let intermediates = input.intermediates.unwrap_or_default();
    options = each(
        options,
        "intermediates",
        intermediates,
        Options::intermediates,
    )?;
    if let Some(lists) = input.crls.filter(|lists| !lists.0.is_empty()) {
        options = options.crls(lists.0.into_iter().map(|list| list.0));
    }
    if let Some(policy) = input.crl_policy {
        options = options.crl_policy(policy);
    }
    if let Some(policies) = input.policies {
        options = options.policies(oids(&policies, "policies")?);
    }
    if let Some(id) = input.sm2_id {
        options = options.sm2_id(id.into_bytes());
    }
    Ok(options)
}

/// Adds every one of a list. An error says which of them can't be read.
fn each(
    options: Options,
    name: &str,
    list: Blobs,
    add: impl Fn(Options, &[u8]) -> Result<Options, Error>,
) -> Result<Options, Error> {
    list.0
        .iter()
        .enumerate()
        .try_fold(options, |options, (index, one)| {
            add(options, &one.0).map_err(|error| placed(error, name, index))
        })
}

fn oids(list: &[String], name: &str) -> Result<Vec<ObjectIdentifier>, Error> {
    let oids = list.iter().map(|text| text.parse());
    oids.collect::<Result<_, _>>()
        .map_err(|_| invalid(format!("{name}: an OBJECT IDENTIFIER is expected")))
}

/// An error that says which of a list of files can't be read.
#[must_use]
pub fn placed(error: Error, name: &str, index: usize) -> Error {
    match error {
        Error::CertificateUnreadable { position, reason } => Error::CertificateUnreadable {
            position,
            reason: format!("{name}[{index}]: {reason}"),
        },
        other => other,
    }
}

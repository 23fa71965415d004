//! The options of verdicts, as callers write them.

#[cfg(feature = "typescript")]
use crate::edge::input::Given;
use crate::edge::input::{Blobs, Instant};
use crate::edge::{Exception, exception, fields, options_beside, platform};
use der::asn1::ObjectIdentifier;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use yinxin_proto::Error;
use yinxin_verify::{CrlPolicy, Options, Sm2Variant};

// They stand among the others of a call, and are read apart from those, since serde's `flatten` would double the code
// for both.

/// What is judged by. What restricts trust (`issuers`, `crls`, `policies`, …) is refused without a beginning of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "TrustOptions", optional_fields)
)]
pub(super) struct Input {
    /// Where trust begins: certificates, or bundles of them.
    #[serde(default)]
    anchors: Option<Blobs>,
    /// Certificates that may lie between; trusted for nothing.
    #[serde(default)]
    intermediates: Option<Blobs>,
    /// Which CA must have issued the certificate itself: certificates, or names (RFC 4514 or common name).
    #[serde(default)]
    issuers: Option<Blobs>,
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
pub(super) struct Makers {
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
pub(super) struct Leniency {
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
enum Unchecked {
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

/// Reads them beside the other options of a call.
pub fn beside<T: DeserializeOwned>(
    options: JsValue,
    absent: Absent,
) -> Result<(T, Options), Exception> {
    let own = options_beside(options.clone(), fields::<Input>())?;
    let input: Input = options_beside(options, fields::<T>())?;
    Ok((own, read(input, absent).map_err(exception)?))
}

/// The same of seals.
pub fn of_seals<T: DeserializeOwned>(options: JsValue) -> Result<(T, Options), Exception> {
    let others = [fields::<Input>(), fields::<Makers>()].concat();
    let own = options_beside(options.clone(), &others)?;
    let Makers { makers } = options_beside(
        options.clone(),
        &[fields::<Input>(), fields::<T>()].concat(),
    )?;
    let input: Input = options_beside(options, &[fields::<Makers>(), fields::<T>()].concat())?;
    let options = read(input, Absent::Nothing).map_err(exception)?;
    let options = each(options, "makers", makers, Options::makers).map_err(exception)?;
    Ok((own, options))
}

/// The same of CMS.
pub fn of_cms<T: DeserializeOwned>(options: JsValue) -> Result<(T, Options), Exception> {
    let others = [fields::<Input>(), fields::<Leniency>()].concat();
    let own = options_beside(options.clone(), &others)?;
    let leniency: Leniency = options_beside(
        options.clone(),
        &[fields::<Input>(), fields::<T>()].concat(),
    )?;
    let input: Input = options_beside(options, &[fields::<Leniency>(), fields::<T>()].concat())?;
    let mut options = read(input, Absent::Nothing)
        .map_err(exception)?
        .allow_without_attributes(leniency.allow_without_attributes)
        .allow_digest_of_content(leniency.allow_digest_of_content)
        .allow_mixed_content_types(leniency.allow_mixed_content_types);
    if leniency.trust.is_some() {
        options = options.trust_unchecked();
    }
    Ok((own, options))
}

fn read(input: Input, absent: Absent) -> Result<Options, Error> {
    let is_absent = input.anchors.is_none();
    let national = input
        .national
        .unwrap_or(absent == Absent::National && is_absent);
    let mut options = Options::at(input.at.map_or_else(platform::now, |at| at.0))
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
            add(options, &one.0).map_err(|error| super::placed(error, name, index))
        })
}

fn oids(list: &[String], name: &str) -> Result<Vec<ObjectIdentifier>, Error> {
    let oids = list.iter().map(|text| text.parse());
    oids.collect::<Result<_, _>>()
        .map_err(|_| Error::RequestInvalid {
            reason: format!("{name}: an OBJECT IDENTIFIER is expected"),
        })
}

//! The options of verdicts, as callers write them.

use crate::edge::input::{Blobs, Instant};
use crate::edge::{Thrown, fields, options_beside, platform, thrown};
use der::asn1::ObjectIdentifier;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use yinxin_proto::Error;
use yinxin_verify::{CrlPolicy, Options, Sm2Variant};

/// They stand among the others of a call, and are read apart from those, since serde's `flatten` would double the code
/// for both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    #[serde(default)]
    anchors: Option<Blobs>,
    #[serde(default)]
    intermediates: Option<Blobs>,
    #[serde(default)]
    issuers: Option<Blobs>,
    #[serde(default)]
    crls: Option<Blobs>,
    #[serde(default)]
    crl_policy: Option<CrlPolicy>,
    #[serde(default)]
    at: Option<Instant>,
    #[serde(default)]
    sm2_id: Option<String>,
    #[serde(default)]
    sm2_variants: Vec<Sm2Variant>,
    #[serde(default)]
    policies: Option<Vec<String>>,
    #[serde(default)]
    extended_key_usages: Vec<String>,
    #[serde(default)]
    national: Option<bool>,
}

/// Of seals.
#[derive(Deserialize)]
struct Makers {
    #[serde(default)]
    makers: Blobs,
}

/// Of CMS.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Leniency {
    #[serde(default)]
    allow_without_attributes: bool,
    #[serde(default)]
    allow_digest_of_content: bool,
    #[serde(default)]
    allow_mixed_content_types: bool,
    #[serde(default)]
    trust: Option<Unchecked>,
}

/// That a caller wants no trust, by name.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
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
) -> Result<(T, Options), Thrown> {
    let own = options_beside(options.clone(), fields::<Input>())?;
    let input: Input = options_beside(options, fields::<T>())?;
    Ok((own, read(input, absent).map_err(thrown)?))
}

/// The same of seals.
pub fn of_seals<T: DeserializeOwned>(options: JsValue) -> Result<(T, Options), Thrown> {
    let others = [fields::<Input>(), fields::<Makers>()].concat();
    let own = options_beside(options.clone(), &others)?;
    let Makers { makers } = options_beside(
        options.clone(),
        &[fields::<Input>(), fields::<T>()].concat(),
    )?;
    let input: Input = options_beside(options, &[fields::<Makers>(), fields::<T>()].concat())?;
    let options = read(input, Absent::Nothing).map_err(thrown)?;
    let options = each(options, "makers", makers, Options::makers).map_err(thrown)?;
    Ok((own, options))
}

/// The same of CMS.
pub fn of_cms<T: DeserializeOwned>(options: JsValue) -> Result<(T, Options), Thrown> {
    let others = [fields::<Input>(), fields::<Leniency>()].concat();
    let own = options_beside(options.clone(), &others)?;
    let leniency: Leniency = options_beside(
        options.clone(),
        &[fields::<Input>(), fields::<T>()].concat(),
    )?;
    let input: Input = options_beside(options, &[fields::<Leniency>(), fields::<T>()].concat())?;
    let mut options = read(input, Absent::Nothing)
        .map_err(thrown)?
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
        options = each(options.with_anchors(), "anchors", anchors, Options::anchors)?;
    }
    if let Some(issuers) = input.issuers {
        options = each(options.with_issuers(), "issuers", issuers, Options::issuers)?;
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

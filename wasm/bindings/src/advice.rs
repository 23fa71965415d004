//! What is wrong with a set-up and what to do, and the procedures of the users' guide.

use crate::edge::input::{Blobs, Instant};
use crate::edge::{self, Thrown, fields, from_js, give, known, platform, thrown};
use crate::fees;
use serde::Deserialize;
use std::sync::OnceLock;
use wasm_bindgen::prelude::*;
use yinxin_core::advice::{self, Guide, SCCA_GUIDE, Situation};
use yinxin_fees::Tariff;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::trust::Anchor;
use yinxin_proto::time::UnixTime;

/// What is told beside the [`Situation`] itself.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    now: Option<Instant>,
    #[serde(default)]
    anchors: Blobs,
    #[serde(default)]
    crls: Blobs,
}

/// What is wrong with a situation, worst first, and what to do.
///
/// # Errors
/// `request-invalid` if it does not have the form of one.
#[wasm_bindgen(skip_typescript)]
pub fn advise(situation: JsValue) -> Result<JsValue, Thrown> {
    let (situation, anchors, now) = told(situation)?;
    let (guide, tariff) = data()?;
    give(&advice::advise(&situation, &anchors, guide, tariff, now))
}

/// Every procedure of the users' guide, with what is done of it in a situation.
///
/// # Errors
/// `request-invalid` if what is given does not have the form of a situation.
#[wasm_bindgen(skip_typescript)]
pub fn procedures(situation: JsValue) -> Result<JsValue, Thrown> {
    let (situation, anchors, now) = if situation.is_undefined() {
        (Situation::default(), Vec::new(), platform::now())
    } else {
        told(situation)?
    };
    let (guide, tariff) = data()?;
    give(&advice::procedures(
        &situation, &anchors, guide, tariff, now,
    ))
}

/// A situation, and what is told beside it.
fn told(situation: JsValue) -> Result<(Situation, Vec<Anchor>, UnixTime), Thrown> {
    known(
        &situation,
        "situation.",
        &[fields::<Beside>(), fields::<Situation>()],
    )?;
    let Beside { now, anchors, crls } = from_js(situation.clone(), "situation")?;
    let anchors = anchors.0.iter();
    let read = anchors.filter_map(|blob| Certificate::parse(&blob.0).ok());
    let anchors = read.map(Anchor::from).collect();
    let now = now.map_or_else(platform::now, |now| now.0);
    let situation = Situation {
        crls: crls.0.into_iter().map(|blob| blob.0).collect(),
        ..from_js(situation, "situation")?
    };
    Ok((situation, anchors, now))
}

/// An entry for a calendar (RFC 5545) that reminds of a certificate's end.
///
/// # Errors
/// `request-invalid` if a time is none.
#[wasm_bindgen(js_name = calendarEntry, skip_typescript)]
pub fn calendar_entry(holder: JsValue, ends: JsValue, now: JsValue) -> Result<String, Thrown> {
    let holder: String = from_js(holder, "holder")?;
    let Instant(ends) = from_js(ends, "ends")?;
    let now = edge::moment(now)?;
    Ok(advice::calendar_entry(&holder, ends, now))
}

/// The product's own guide and tariff, each read once.
pub(crate) fn data() -> Result<(&'static Guide, &'static Tariff), Thrown> {
    static GUIDE: OnceLock<Guide> = OnceLock::new();
    let guide = match GUIDE.get() {
        Some(guide) => guide,
        None => {
            let guide = from_js(js_sys::JSON::parse(SCCA_GUIDE)?, "guide")?;
            GUIDE.get_or_init(|| guide)
        }
    };
    Ok((guide, fees::own().map_err(thrown)?))
}

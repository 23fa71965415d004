//! What is wrong with a set-up and what to do, and the procedures of the users' guide.

use crate::edge::input::{Blobs, Instant};
use crate::edge::{
    self, Exception, exception, fields, from_js, known, platform, to_js, to_js_with_nulls,
};
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
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Beside {
    /// The present, if it is absent.
    #[serde(default)]
    now: Option<Instant>,
    /// Certificates that were added to the product's own anchors.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    anchors: Blobs,
    /// Revocation lists at hand, DER or PEM.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    crls: Blobs,
}

/// What is wrong with a set-up, worst first, and what to do; where a message was pasted, its answer first.
///
/// # Errors
/// `request-invalid` if it does not have the form of one.
#[wasm_bindgen(unchecked_return_type = "Advice")]
pub fn advise(
    #[wasm_bindgen(unchecked_param_type = "Situation")] situation: JsValue,
) -> Result<JsValue, Exception> {
    let (situation, anchors, now) = told(situation)?;
    let (guide, tariff) = data()?;
    to_js(&advice::advise(&situation, &anchors, guide, tariff, now))
}

/// Every procedure of the users' guide; of a situation it tells what is done already, and what it costs.
///
/// # Errors
/// `request-invalid` if what is given does not have the form of a situation.
#[wasm_bindgen(unchecked_return_type = "GuideProcedure[]")]
pub fn procedures(
    #[wasm_bindgen(unchecked_optional_param_type = "Situation")] situation: JsValue,
) -> Result<JsValue, Exception> {
    let (situation, anchors, now) = if situation.is_undefined() {
        (Situation::default(), Vec::new(), platform::now())
    } else {
        told(situation)?
    };
    let (guide, tariff) = data()?;
    to_js_with_nulls(&advice::procedures(
        &situation, &anchors, guide, tariff, now,
    ))
}

/// A situation, and what is told beside it.
fn told(situation: JsValue) -> Result<(Situation, Vec<Anchor>, UnixTime), Exception> {
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

/// An entry for a calendar (RFC 5545) that reminds of a certificate's end: the content of an .ics file.
///
/// # Errors
/// `request-invalid` if a time is none.
#[wasm_bindgen(js_name = calendarEntry)]
pub fn calendar_entry(
    #[wasm_bindgen(unchecked_param_type = "string")] holder: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Time")] ends: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Time")] now: JsValue,
) -> Result<String, Exception> {
    let holder: String = from_js(holder, "holder")?;
    let Instant(ends) = from_js(ends, "ends")?;
    let now = edge::moment(now)?;
    Ok(advice::calendar_entry(&holder, ends, now))
}

/// The product's own guide and tariff, each read once.
pub(crate) fn data() -> Result<(&'static Guide, &'static Tariff), Exception> {
    static GUIDE: OnceLock<Guide> = OnceLock::new();
    let guide = match GUIDE.get() {
        Some(guide) => guide,
        None => {
            let guide = from_js(js_sys::JSON::parse(SCCA_GUIDE)?, "guide")?;
            GUIDE.get_or_init(|| guide)
        }
    };
    Ok((guide, fees::own().map_err(exception)?))
}

//! The machine behind the user's own pages.

use crate::advice::data;
use crate::edge::{Exception, fields, from_js, known, moment, to_js_with_nulls};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use yinxin_core::advice::Situation;
use yinxin_core::workspace::{self, Added, Known};
use yinxin_proto::consent::RenewalOrder;
use yinxin_proto::doctor::Check;

/// What is known beside the [`Situation`], in the same object.
#[derive(Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Beside {
    /// The host has not answered yet: there is no advice then.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    looking: bool,
    /// Certificates that were added to the product's own anchors.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    anchors: Vec<Added>,
    /// How the user wants the renewal of some certificates, by their SHA-256.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    orders: Vec<(String, RenewalOrder)>,
    /// What the doctor looked at, the extension's own checks with it.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    checks: Vec<Check>,
}

/// The machine behind workspace and popup. It keeps the keys, read and judged, between calls.
#[wasm_bindgen]
#[derive(Default)]
pub struct Workspace(workspace::Workspace);

#[wasm_bindgen]
impl Workspace {
    /// Knows nothing yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Workspace {
        Self::default()
    }

    /// Takes everything that is known, gives everything that is shown.
    ///
    /// # Errors
    /// `request-invalid` if it does not have that form.
    #[wasm_bindgen(unchecked_return_type = "WorkspaceShown")]
    pub fn show(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "WorkspaceKnown")] told: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Time")] now: JsValue,
    ) -> Result<JsValue, Exception> {
        let names = [fields::<Beside>(), fields::<Situation>()];
        known(&told, "known.", &names)?;
        let beside: Beside = from_js(told.clone(), "known")?;
        let known = Known {
            looking: beside.looking,
            situation: from_js(told, "known")?,
            anchors: beside.anchors,
            orders: beside.orders,
            checks: beside.checks,
        };
        let now = moment(now)?;
        let (guide, tariff) = data()?;
        // An amount that is open is `null`, not absent.
        to_js_with_nulls(&self.0.show(known, guide, tariff, now))
    }
}

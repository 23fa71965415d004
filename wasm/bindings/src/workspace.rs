//! The machine behind the user's own pages.

mod types;

use crate::advice::data;
use crate::edge::{Thrown, fields, from_js, give_with_nulls, known, moment};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use yinxin_core::advice::Situation;
use yinxin_core::workspace::{self, Added, Known};
use yinxin_proto::consent::RenewalOrder;

/// What is known beside the [`Situation`], in the same object.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    looking: bool,
    #[serde(default)]
    anchors: Vec<Added>,
    #[serde(default)]
    orders: Vec<(String, RenewalOrder)>,
}

/// The machine behind workspace and popup.
#[wasm_bindgen(skip_typescript)]
#[derive(Default)]
pub struct Workspace(workspace::Workspace);

#[wasm_bindgen]
impl Workspace {
    /// Knows nothing yet.
    #[wasm_bindgen(constructor, skip_typescript)]
    #[must_use]
    pub fn new() -> Workspace {
        Self::default()
    }

    /// Takes everything that is known (`WorkspaceKnown`), gives everything that is shown (`WorkspaceShown`).
    ///
    /// # Errors
    /// `request-invalid` if it does not have that form.
    #[wasm_bindgen(skip_typescript)]
    pub fn show(&mut self, told: JsValue, now: JsValue) -> Result<JsValue, Thrown> {
        let names = [fields::<Beside>(), fields::<Situation>()];
        known(&told, "known.", &names)?;
        let beside: Beside = from_js(told.clone(), "known")?;
        let known = Known {
            looking: beside.looking,
            situation: from_js(told, "known")?,
            anchors: beside.anchors,
            orders: beside.orders,
        };
        let now = moment(now)?;
        let (guide, tariff) = data()?;
        // An amount that is open is `null`, not absent.
        give_with_nulls(&self.0.show(known, &guide, &tariff, now))
    }
}

//! The machine of the calls that a document makes over the bridge, for the extension's background.

use crate::edge::{Exception, exception, from_js, moment, platform, to_js};
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;
use yinxin_core::bridge;
use yinxin_proto::flow::{FlowEvent, FlowStart};

/// The state machine of the calls of one document.
#[wasm_bindgen]
pub struct Flow {
    machine: bridge::Flow,
}

#[wasm_bindgen]
impl Flow {
    /// Begins (`FlowStart`), with the parameters that the site keeps.
    ///
    /// # Errors
    /// `request-invalid` if it does not have the form of the protocol; why the origin has no such calls.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "FlowStart")] start: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Readonly<Record<string, string>>")]
        parameters: JsValue,
    ) -> Result<Flow, Exception> {
        let start: FlowStart = from_js(start, "start")?;
        let parameters: BTreeMap<String, String> = from_js(parameters, "parameters")?;
        let seed = platform::random()?;
        let machine = bridge::Flow::start(start, parameters, seed).map_err(exception)?;
        Ok(Self { machine })
    }

    /// Takes an event (`FlowEvent`), gives the actions that follow.
    ///
    /// # Errors
    /// `request-invalid` if it does not have the form of the protocol.
    #[wasm_bindgen(unchecked_return_type = "FlowAction[]")]
    pub fn handle(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "FlowEvent")] event: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Time")] now: JsValue,
    ) -> Result<JsValue, Exception> {
        let event: FlowEvent = from_js(event, "event")?;
        to_js(&self.machine.handle(event, moment(now)?))
    }

    /// What the site keeps, for its next document.
    ///
    /// # Errors
    /// None that can be met.
    #[wasm_bindgen(getter, unchecked_return_type = "Record<string, string>")]
    pub fn parameters(&self) -> Result<JsValue, Exception> {
        to_js(self.machine.parameters())
    }
}

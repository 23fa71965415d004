//! What the extension's background calls: tokens for its views, and the machine of a call.

use crate::advice::data;
use crate::edge::input::Blobs;
use crate::edge::{self, Exception, from_js, moment, to_js};
use wasm_bindgen::prelude::*;
use yinxin_core::{keys, signing};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::trust::Anchor;
use yinxin_proto::signing::{SigningEvent, SigningStart};
use yinxin_proto::token::Token;

/// Tokens as the workspace shows them.
///
/// # Errors
/// `request-invalid` if they are none.
#[wasm_bindgen(js_name = describeTokens, unchecked_return_type = "TokenView[]")]
pub fn describe_tokens(
    #[wasm_bindgen(unchecked_param_type = "readonly Token[]")] tokens: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Time")] now: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "readonly BytesLike[]")] anchors: JsValue,
) -> Result<JsValue, Exception> {
    let tokens: Vec<Token> = from_js(tokens, "tokens")?;
    let anchors: Option<Blobs> = from_js(anchors, "anchors")?;
    let anchors: Vec<Anchor> = anchors
        .unwrap_or_default()
        .0
        .iter()
        .filter_map(|blob| Certificate::parse(&blob.0).ok())
        .map(Anchor::from)
        .collect();
    to_js(&keys::describe_tokens(&tokens, &anchors, moment(now)?))
}

// ── Signing ──────────────────────────────────────────────────────────────────────────────────

/// The state machine that drives one call of a page.
#[wasm_bindgen]
pub struct Signing {
    machine: signing::Signing,
    /// Actions of the start, until they are taken.
    first: JsValue,
}

#[wasm_bindgen]
impl Signing {
    /// Takes a call (`SigningStart`). Its first actions are in `actions`.
    ///
    /// # Errors
    /// `request-invalid` if it does not have the form of the protocol.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "SigningStart")] start: JsValue,
    ) -> Result<Signing, Exception> {
        let start: SigningStart = from_js(start, "start")?;
        let (machine, actions) = signing::Signing::start(start);
        Ok(Self {
            machine,
            first: to_js(&actions)?,
        })
    }

    /// Actions of the start.
    #[wasm_bindgen(getter, unchecked_return_type = "SigningAction[]")]
    #[must_use]
    pub fn actions(&self) -> JsValue {
        self.first.clone()
    }

    /// Nothing happens any more.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn finished(&self) -> bool {
        self.machine.is_finished()
    }

    /// Takes an event (`SigningEvent`), gives the actions that follow.
    ///
    /// # Errors
    /// `request-invalid` if it does not have the form of the protocol.
    #[wasm_bindgen(unchecked_return_type = "SigningAction[]")]
    pub fn handle(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "SigningEvent")] event: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Time")] now: JsValue,
    ) -> Result<JsValue, Exception> {
        let event: SigningEvent = from_js(event, "event")?;
        to_js(&self.machine.handle(event, moment(now)?))
    }

    /// What the account that a login names says of each certificate in the keys, as far as there is something
    /// to say: `LoginAdvice[]`.
    ///
    /// # Errors
    /// `request-invalid` if `now` is no time.
    #[wasm_bindgen(js_name = loginAdvice, unchecked_return_type = "LoginAdvice[]")]
    pub fn login_advice(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Time")] now: JsValue,
    ) -> Result<JsValue, Exception> {
        let (guide, tariff) = data()?;
        to_js(&self.machine.login_advice(guide, tariff, moment(now)?))
    }

    /// Takes bytes of a document that were asked for, gives the actions that follow.
    ///
    /// # Errors
    /// `request-invalid` if the arguments are not of these types.
    #[wasm_bindgen(unchecked_return_type = "SigningAction[]")]
    pub fn chunk(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] document: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] offset: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Bytes")] bytes: JsValue,
    ) -> Result<JsValue, Exception> {
        let document = from_js(document, "document")?;
        let offset = from_js(offset, "offset")?;
        let bytes = edge::bytes(bytes, "bytes")?;
        to_js(&self.machine.chunk(document, offset, &bytes))
    }
}

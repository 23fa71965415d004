//! What only the platform has: the time, random bytes, a decoder of GB 18030, and Unicode's tables.

use js_sys::JsString;
use wasm_bindgen::prelude::*;
use web_sys::{TextDecoder, TextDecoderOptions, Window};
use yinxin_proto::time::UnixTime;

/// The platform's clock.
pub fn now() -> UnixTime {
    // Milliseconds since 1970; the cast saturates.
    UnixTime((js_sys::Date::now() / 1000.0) as i64)
}

/// Random bytes of Web Crypto (browsers, service workers, Node 20).
///
/// # Errors
/// Whatever the platform throws, or an exception if it has no Web Crypto: there is no weaker
/// source to fall back to.
pub fn random() -> Result<[u8; 32], JsValue> {
    // Workers and Node have no window; their global object has the same property.
    let global: Window = js_sys::global().unchecked_into();
    let mut bytes = [0; 32];
    global
        .crypto()?
        .get_random_values_with_u8_array(&mut bytes)?;
    Ok(bytes)
}

/// The text of GB 18030 bytes, by the platform's own decoder. `None` if they are not GB 18030, or the platform
/// can't decode it (Node without full ICU).
///
/// By that label: a browser reads `gbk` as GB 18030 too (WHATWG Encoding), Node's ICU as the smaller GBK.
pub fn gb18030(bytes: &[u8]) -> Option<String> {
    let options = TextDecoderOptions::new();
    options.set_fatal(true);
    let decoder = TextDecoder::new_with_label_and_options("gb18030", &options).ok()?;
    decoder.decode_with_u8_array(bytes).ok()
}

/// The text in NFKC, by the platform's own tables. `None` if it has none: Node without ICU gives
/// the text back as it was.
#[cfg_attr(not(target_family = "wasm"), allow(dead_code))]
pub fn nfkc(text: &str) -> Option<String> {
    let normalize = |text: &str| JsString::from(text).normalize("NFKC").as_string();
    (normalize("\u{ff21}")? == "A").then(|| normalize(text))?
}

/// The text in lower case, that in upper case, and that in lower case, by the platform's own tables.
#[cfg_attr(not(target_family = "wasm"), allow(dead_code))]
pub fn lower_upper_lower(text: &str) -> Option<String> {
    let lower = JsString::from(text).to_lower_case();
    lower.to_upper_case().to_lower_case().as_string()
}

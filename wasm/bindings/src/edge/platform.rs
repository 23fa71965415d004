//! What only the platform has: the time, random bytes, a decoder of GB 18030, and NFKC.

use js_sys::{Array, Function, JsString, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
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
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    let fill: Function = Reflect::get(&crypto, &"getRandomValues".into())?.dyn_into()?;
    let bytes = Uint8Array::new_with_length(32);
    fill.call1(&crypto, &bytes)?;
    let mut out = [0; 32];
    bytes.copy_to(&mut out);
    Ok(out)
}

/// The text of GB 18030 bytes, by the platform's own decoder. `None` if they are not GB 18030, or the platform
/// can't decode it (Node without full ICU).
///
/// By that label: a browser reads `gbk` as GB 18030 too (WHATWG Encoding), Node's ICU as the smaller GBK.
pub fn gb18030(bytes: &[u8]) -> Option<String> {
    let decode = || -> Result<JsValue, JsValue> {
        let constructor: Function =
            Reflect::get(&js_sys::global(), &"TextDecoder".into())?.dyn_into()?;
        let options = Object::new();
        Reflect::set(&options, &"fatal".into(), &JsValue::TRUE)?;
        let arguments = Array::of2(&"gb18030".into(), &options);
        let decoder = Reflect::construct(&constructor, &arguments)?;
        let decode: Function = Reflect::get(&decoder, &"decode".into())?.dyn_into()?;
        decode.call1(&decoder, &Uint8Array::from(bytes))
    };
    decode().ok()?.as_string()
}

/// The text in NFKC, by the platform's own tables. `None` if it has none: Node without ICU gives
/// the text back as it was.
#[cfg_attr(not(target_family = "wasm"), allow(dead_code))]
pub fn nfkc(text: &str) -> Option<String> {
    let normalize = |text: &str| JsString::from(text).normalize("NFKC").as_string();
    (normalize("\u{ff21}")? == "A").then(|| normalize(text))?
}

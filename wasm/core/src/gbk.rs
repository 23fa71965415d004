//! GBK, the encoding of Chinese text in older certificates. The core carries no tables for it
//! (100 kB compressed): whoever embeds it lends a decoder, a browser its own `TextDecoder`.

use std::sync::OnceLock;

/// A strict decoder: `None` for bytes that are not GBK (or GB 18030, which contains it).
pub type Decoder = fn(&[u8]) -> Option<String>;

static DECODE: OnceLock<Decoder> = OnceLock::new();

/// Lends a decoder, once and before any certificate is read; a second call changes nothing.
pub fn install_gbk(decode: Decoder) {
    let _ = DECODE.set(decode);
}

/// The text, if the bytes are GBK and a decoder was lent.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    DECODE.get()?(bytes)
}

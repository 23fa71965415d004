//! The WebAssembly surface of yinxin-core.

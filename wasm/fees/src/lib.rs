//! The Wasm surface of fees: quotes, tariffs, lists of orders. A module of its own for the
//! calculator, whose page must be small, and a part of the whole package.
#![forbid(unsafe_code)]

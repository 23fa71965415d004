//! The product's logic without I/O: no clock, no randomness, no files, no JavaScript. `now`, trust anchors, revocation
//! lists and tariffs are arguments, so that everything here is tested natively.
//!
//! | module | what lives there |
//! |---|---|
//! | [`advice`] | what is wrong with a set-up, why, and what to do; the guide's procedures |
//! | [`bridge`] | the calls of pages to other programs, answered |
//! | [`keys`] | keys with their certificates and seals, read and judged once, as windows show them |
//! | [`order`] | what the holder of a certificate orders next, and what it costs |
//! | [`signing`] | the state machine that drives one call of a page |
//! | [`workspace`] | the machine behind the user's own pages: all that is known in, all that they show out |
#![forbid(unsafe_code)]

pub mod advice;
pub mod bridge;
pub mod keys;
pub mod order;
pub mod signing;
#[cfg(test)]
mod testing;
pub mod workspace;

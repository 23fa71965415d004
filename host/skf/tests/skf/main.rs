//! The safe layer against libraries compiled here from C: what it takes from them, and what it makes of
//! libraries that lie.
#![cfg(unix)]

mod calls;
mod hostile;
mod structures;
mod support;
mod waiting;

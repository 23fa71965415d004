//! Tests of the real process over its pipes: as a browser meets it, as a person meets it on the
//! command line, and with modules of every kind of badness.

mod callers;
mod command_line;
mod frames;
mod modules;
mod registration;
mod signing;
mod softhsm;
mod support;

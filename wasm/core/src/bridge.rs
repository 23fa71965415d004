//! The bridge: calls that pages make to other programs on the machine, answered here. How a call comes to us, and its
//! answer back to the page, is the matter of background and host; nothing here knows of HTTP.
//!
//! | module | what lives there |
//! |---|---|
//! | [`flow`] | the machine: the calls of one document, what the user consents to, and what the key does |
//! | `request` | what a page asks and what it gets, in words of GM/T 0020 (SOF) |
//! | `read` | what a call asks, from its fields |
//! | `skin` | what each program calls things, its envelopes and codes |
//! | `answers` | what calls are answered with, as far as it follows from certificates, keys and texts alone |
//! | `info` | what certificates say, by the numbers of GM/T 0006 |
//! | `text` | a text that is to be signed, as windows show it |

mod answers;
pub mod flow;
mod info;
mod read;
mod request;
mod skin;
mod text;

pub use flow::Flow;

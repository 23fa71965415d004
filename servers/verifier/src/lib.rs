//! The calls of `yinxin-verify` over HTTP, under a portal's policy: `POST /v1/verifyCms` and so on, with JSON or with large
//! bytes beside it as `multipart/form-data`. `servers/README.md` is its documentation, `openapi.json` its description.
//!
//! It talks to nobody: it reads its policy with the files that this names, and answers.
#![forbid(unsafe_code)]

mod body;
mod lanes;
mod limits;
mod metrics;
mod policy;
mod refusal;
mod server;
mod service;

pub use limits::Limits;
pub use policy::PolicyInUse;
pub use server::{Listener, serve};
pub use service::Service;
